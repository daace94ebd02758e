//! How large the community is to be, and when its story begins and ends.

use crate::trouble::{Result, Trouble};

/// Fewest members: enough for a delegate, an elector, a latecomer and a vote.
pub const MIN_STAKERS: usize = 12;
/// Most members.
pub const MAX_STAKERS: usize = 1_000;

/// Seconds in a day.
pub const DAY: i64 = 86_400;
/// Seconds in an hour.
pub const HOUR: i64 = 3_600;

/// Days from the opening of the first epoch to the close of the second one's voting.
const CLOSES_AFTER: i64 = 49 * DAY;
/// Votes of Open Harbour close at six in the evening, UTC.
const CLOSES_AT: i64 = 18 * HOUR;
/// Voting closes so long after the present at most, and a day less at least.
const LEFT: i64 = 3 * DAY;
/// What happens before the first epoch opens.
const FOUNDING: i64 = DAY;
/// From the founding to the present, at most.
pub const HISTORY_SECS: i64 = FOUNDING + CLOSES_AFTER - LEFT + DAY;

/// What is to be seeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Members with a stake, [`MIN_STAKERS`] to [`MAX_STAKERS`].
    pub stakers: usize,
    /// Unix seconds that the network's clock is to show in the end: the real time, usually.
    pub present: i64,
}

impl Plan {
    /// # Errors
    /// [`Trouble::Stakers`]
    pub(crate) fn check(&self) -> Result<()> {
        if (MIN_STAKERS..=MAX_STAKERS).contains(&self.stakers) {
            Ok(())
        } else {
            Err(Trouble::Stakers { wanted: self.stakers })
        }
    }

    /// The story's dates.
    pub(crate) fn calendar(&self) -> Calendar {
        let evening = (self.present + LEFT - CLOSES_AT).div_euclid(DAY) * DAY + CLOSES_AT;
        Calendar { opens_at: evening - CLOSES_AFTER, present: self.present }
    }
}

/// When what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Unix seconds at which the first epoch opens.
    pub opens_at: i64,
    /// Unix seconds at which the story ends.
    pub present: i64,
}

impl Calendar {
    /// Unix seconds at which the treasury is founded.
    pub fn founded_at(&self) -> i64 {
        self.opens_at - FOUNDING
    }

    /// Unix seconds of an hour of a day, counted from the first opening.
    pub fn at(&self, day: i64, hour: i64) -> i64 {
        self.opens_at + day * DAY + hour * HOUR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voting_closes_in_the_evening_two_to_three_days_after_the_present() {
        for present in (1_790_000_000..1_790_000_000 + 2 * DAY).step_by(977) {
            let calendar = Plan { stakers: 12, present }.calendar();
            let closes_at = calendar.at(49, 0);
            assert_eq!(closes_at.rem_euclid(DAY), CLOSES_AT);
            let left = closes_at - present;
            assert!(2 * DAY < left && left <= 3 * DAY, "{left}");
            assert!(present - calendar.founded_at() <= HISTORY_SECS);
        }
    }

    #[test]
    fn sizes_beyond_the_limits_are_refused_by_name() {
        let check = |stakers| Plan { stakers, present: 0 }.check();
        assert!(check(MIN_STAKERS).is_ok() && check(MAX_STAKERS).is_ok());
        for stakers in [0, MIN_STAKERS - 1, MAX_STAKERS + 1] {
            let trouble = check(stakers).unwrap_err();
            assert!(matches!(trouble, Trouble::Stakers { wanted } if wanted == stakers));
            assert!(trouble.to_string().contains("12 to 1000"), "{trouble}");
        }
    }
}
