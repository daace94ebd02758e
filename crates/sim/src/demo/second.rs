//! The cast of the second epoch: what is asked for, and how everybody feels about it. All of it is
//! made up, by draws from hashes.

use budget_client::ballot::Choice;
use budget_sim::{World, world::Ask};
use community_budget::constants::DAY_SECS;

use super::town::{Holder, POWER, PROPOSER_PURSE, TOKEN, Wish, draw};

/// The stream that the second epoch rules on: that of the first epoch's crossing.
pub const FAILING: &str = "R08";
/// The high-value ask.
pub const ROOF: &str = "S01";
/// The ask that is too much at risk, and the one that is not.
pub const TWO_WINTERS: &str = "S02";
pub const NEXT_WINTER: &str = "S03";
/// The award that the guardian stops.
pub const FIREWORKS: &str = "S06";
/// Acts, by what they do; they follow the asks on the slate.
pub const RULING: u8 = 6;
pub const LOOSENING: u8 = 7;
/// Entries of the slate.
pub const ENTRIES: u8 = 8;

/// What is asked for, and how many in a hundred of those who vote are for it, against it, or
/// abstain.
struct Staging {
    id: &'static str,
    title: &'static str,
    amount: u64,
    category: u8,
    reviews: u8,
    days: u32,
    mood: Mood,
}

/// Shares in hundred; the rest says nothing.
#[derive(Clone, Copy)]
struct Mood {
    for_: u64,
    against: u64,
    abstain: u64,
}

const fn mood(for_: u64, against: u64, abstain: u64) -> Mood {
    Mood { for_, against, abstain }
}

const STAGING: [Staging; 6] = [
    Staging {
        id: ROOF,
        title: "Theatre roof, the cheaper plan",
        amount: 48_000 * TOKEN,
        category: 3,
        reviews: 3,
        days: 180,
        mood: mood(58, 24, 8),
    },
    Staging {
        id: TWO_WINTERS,
        title: "Power for two winters ahead",
        amount: 24_000 * TOKEN,
        category: POWER,
        reviews: 3,
        days: 60,
        mood: mood(64, 9, 12),
    },
    Staging {
        id: NEXT_WINTER,
        title: "Power for one winter ahead",
        amount: 8_500 * TOKEN,
        category: POWER,
        reviews: 1,
        days: 60,
        mood: mood(60, 8, 12),
    },
    Staging {
        id: "S04",
        title: "Rain gardens on Mill Hill",
        amount: 1_245_050,
        category: 1,
        reviews: 1,
        days: 60,
        mood: mood(55, 10, 10),
    },
    Staging {
        id: "S05",
        title: "Outdoor gym, half the size",
        amount: 7_900 * TOKEN,
        category: 0,
        reviews: 0,
        days: 60,
        mood: mood(45, 18, 10),
    },
    Staging {
        id: FIREWORKS,
        title: "Fireworks over the river",
        amount: 6_500 * TOKEN,
        category: 3,
        reviews: 0,
        days: 7,
        mood: mood(58, 16, 8),
    },
];

/// How holders feel about the two acts.
const ACTS: [(u8, Mood); 2] = [(RULING, mood(70, 6, 8)), (LOOSENING, mood(52, 12, 14))];

/// The asks, each of somebody new.
pub fn wishes(world: &mut World) -> Vec<Wish> {
    let wish = |staging: &Staging| {
        let one = world.person_with(PROPOSER_PURSE, 0);
        let ask = Ask {
            category: staging.category,
            duration_secs: staging.days * DAY_SECS,
            checkpoints: staging.reviews,
            title: staging.title.to_owned(),
            ..Ask::of(staging.amount)
        };
        Wish { id: staging.id.to_owned(), ask, proposer: one.clone(), recipient: one }
    };
    STAGING.iter().map(wish).collect()
}

/// A holder's ballot on the second slate.
pub fn stances(holder: &Holder) -> Vec<(u8, Choice)> {
    let moods = (0u8..).zip(STAGING.map(|staging| staging.mood)).chain(ACTS);
    let stance = |(index, mood): (u8, Mood)| {
        let drawn = draw(&["second stance", &holder.id, &index.to_string()]) % 100;
        let choice = if drawn < mood.for_ {
            Choice::For
        } else if drawn < mood.for_ + mood.against {
            Choice::Against
        } else if drawn < mood.for_ + mood.against + mood.abstain {
            Choice::Abstain
        } else {
            return None;
        };
        Some((index, choice))
    };
    moods.filter_map(stance).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moods_are_shares_of_a_hundred() {
        for mood in STAGING.map(|staging| staging.mood).into_iter().chain(ACTS.map(|(_, m)| m)) {
            assert!(mood.for_ + mood.against + mood.abstain <= 100);
        }
    }

    #[test]
    fn acts_follow_the_asks() {
        let asks = u8::try_from(STAGING.len()).unwrap();
        assert_eq!(ACTS.map(|(index, _)| index), [asks, asks + 1]);
        assert_eq!(ENTRIES, asks + 2);
    }
}
