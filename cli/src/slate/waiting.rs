//! What a funded or approved entry waits for, and who can do what about it until when.

use community_budget::state::{ActionKind, BudgetEpoch, Entry, Treasury};

use crate::quantity::when;

/// Where a funded or approved entry is on its way. Moments are unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// Its timelock runs.
    Timelocked {
        /// When anyone may execute it.
        until: i64,
        /// When it can no longer be executed.
        lapses_at: i64,
        /// Whether the guardian may veto it meanwhile.
        can_be_vetoed: bool,
    },
    /// Anyone may execute it, if nothing blocks executions.
    Executable {
        /// When it can no longer be executed.
        lapses_at: i64,
    },
    /// Breaker or pause block its execution; its grace stands still.
    Blocked {
        /// When the block ends.
        until: i64,
        /// When it can no longer be executed, if nothing blocks it again.
        lapses_at: i64,
    },
    /// Nobody executed it in time: anyone may lapse it.
    Overdue {
        /// Since when.
        since: i64,
    },
}

/// What `entry` waits for at `now`; nothing when it waits for nothing, or the books do not add up.
pub fn waiting(
    treasury: &Treasury,
    head: &BudgetEpoch,
    entry: &Entry,
    now: i64,
) -> Option<Waiting> {
    if head.settled_at == 0 || !entry.awaits_execution() {
        return None;
    }
    let executable_at = head.executable_at(entry.tier)?;
    let standstill = treasury.standstill();
    let reached = [ActionKind::Award, ActionKind::SetPolicy].map(u8::from).contains(&entry.action);
    let stands = standstill.is_on(now);
    // Grace runs on only when the block is over: by then so much more will have been blocked.
    let at = if stands { standstill.until } else { now };
    let lapses_at = head.grace_ends_at(treasury.standstill_secs(at).ok()?)?;
    let over_at = head.grace_ends_at(treasury.standstill_secs(now).ok()?)?;
    Some(if now >= over_at {
        Waiting::Overdue { since: over_at }
    } else if now < executable_at {
        Waiting::Timelocked { until: executable_at, lapses_at, can_be_vetoed: reached }
    } else if stands && reached {
        Waiting::Blocked { until: standstill.until, lapses_at }
    } else {
        Waiting::Executable { lapses_at }
    })
}

impl Waiting {
    /// In one sentence without a full stop: what happens next, and who can do it until when.
    pub fn sentence(&self, now: i64) -> String {
        match *self {
            Self::Timelocked { until, lapses_at, can_be_vetoed } => {
                let veto = if can_be_vetoed { "the guardian may veto it until then; " } else { "" };
                format!(
                    "timelocked until {}; {veto}afterwards anyone may execute it until {}",
                    when(until, now),
                    when(lapses_at, now)
                )
            }
            Self::Executable { lapses_at } => {
                format!("anyone may execute it now, until {}", when(lapses_at, now))
            }
            Self::Blocked { until, lapses_at } => format!(
                "blocked by breaker or pause until {}; anyone may execute it between then and {}",
                when(until, now),
                when(lapses_at, now)
            ),
            Self::Overdue { since } => format!(
                "nobody executed it before {}; anyone may lapse it now, which frees its money",
                when(since, now)
            ),
        }
    }

    /// Its name in `--json`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Timelocked { .. } => "timelocked",
            Self::Executable { .. } => "executable",
            Self::Blocked { .. } => "blocked",
            Self::Overdue { .. } => "overdue",
        }
    }
}

#[cfg(test)]
mod tests {
    use community_budget::state::Outcome;

    use super::*;
    use crate::slate::tests::{DAY, ask, epoch};

    fn settled() -> (Treasury, BudgetEpoch, Entry) {
        let (treasury, mut head) = epoch();
        head.settled_at = 2_000_000;
        let mut entry = ask(0, 10, 10, 0);
        entry.outcome = Outcome::Funded.into();
        (treasury, head, entry)
    }

    #[test]
    fn the_boundaries_are_the_programs() {
        let (treasury, head, entry) = settled();
        let at = |secs: i64| waiting(&treasury, &head, &entry, head.settled_at + secs).unwrap();
        let lapses_at = head.settled_at + 14 * DAY;
        let until = head.settled_at + DAY;
        let locked = Waiting::Timelocked { until, lapses_at, can_be_vetoed: true };
        assert_eq!(at(0), locked);
        assert_eq!(at(DAY - 1), locked);
        assert_eq!(at(DAY), Waiting::Executable { lapses_at });
        assert_eq!(at(14 * DAY - 1), Waiting::Executable { lapses_at });
        assert_eq!(at(14 * DAY), Waiting::Overdue { since: lapses_at });
        // What the program itself says at each of them.
        let slate = [entry];
        let executable = |secs: i64| {
            head.executable(&slate, 0, Outcome::Funded, 0, head.settled_at + secs).is_ok()
        };
        assert!(!executable(DAY - 1) && executable(DAY));
        assert!(executable(14 * DAY - 1) && !executable(14 * DAY));
    }

    #[test]
    fn a_pause_blocks_awards_and_lets_their_grace_stand() {
        let (mut treasury, head, mut entry) = settled();
        let from = head.settled_at + 2 * DAY;
        treasury.in_force.breaker.guardian_pause_secs = u32::try_from(5 * DAY).unwrap();
        treasury.pause_executions(u32::try_from(5 * DAY).unwrap(), from).unwrap();
        let at = |entry: &Entry, days: i64| {
            waiting(&treasury, &head, entry, head.settled_at + days * DAY).unwrap()
        };
        let lapses_at = head.settled_at + 19 * DAY;
        assert_eq!(at(&entry, 3), Waiting::Blocked { until: from + 5 * DAY, lapses_at });
        assert_eq!(at(&entry, 7), Waiting::Executable { lapses_at });
        assert_eq!(at(&entry, 19), Waiting::Overdue { since: lapses_at });
        entry.action = ActionKind::SetRole.into();
        assert_eq!(at(&entry, 3), Waiting::Executable { lapses_at }, "acts go on");
    }

    #[test]
    fn what_does_not_wait_says_nothing() {
        let (treasury, mut head, mut entry) = settled();
        entry.outcome = Outcome::Executed.into();
        assert_eq!(waiting(&treasury, &head, &entry, head.settled_at), None);
        entry.outcome = Outcome::Funded.into();
        head.settled_at = 0;
        assert_eq!(waiting(&treasury, &head, &entry, 5), None);
    }

    #[test]
    fn sentences_name_who_and_until_when() {
        let words = Waiting::Timelocked { until: 86_400, lapses_at: 172_800, can_be_vetoed: true };
        assert_eq!(
            words.sentence(0),
            "timelocked until Fri 2 Jan 1970, 00:00 UTC (in 1 day); the guardian may veto it until \
             then; afterwards anyone may execute it until Sat 3 Jan 1970, 00:00 UTC (in 2 days)"
        );
    }
}
