//! Riverside's people: who holds how much, what the first epoch asks for, and how everybody feels
//! about it.
//!
//! Projects and approvals come from the election file beside this crate. Stakes, locks and who
//! stands against what are made up here, by fixed rules and draws from hashes.

use budget_client::ballot::Choice;
use budget_sim::{World, world::Ask};
use community_budget::constants::DAY_SECS;
use pabulib::Election;

use super::town::{Holder, PROPOSER_PURSE, TOKEN, Wish, draw};

/// Holders that stake and never vote.
const SILENT: usize = 77;

/// The holders with the largest stakes: who in the file, name, tokens, lock in days.
const LARGEST: [(&str, &str, u64, u32); 5] = [
    ("V004", "Mill Hill housing co-op", 9_000, 180),
    ("V163", "Ferry Road traders", 8_500, 90),
    ("V106", "Garden association", 7_000, 180),
    ("V166", "Rowing club", 5_200, 30),
    ("V110", "Old Quay parish", 4_600, 7),
];

/// Casts two hours before the close.
pub const SWINGER: &str = "V163";
/// Changes its mind.
pub const REVISER: &str = "V110";
/// Votes for another holder in the second epoch.
pub const DELEGATE: &str = "V004";
/// Is voted for, and then votes itself.
pub const OWNER: &str = "V166";

/// How an ask of the file is put to the vote: category, days of stream, days of cliff, and how
/// many in a hundred of those who do not approve stand against it or abstain.
struct Staging {
    id: &'static str,
    category: u8,
    reviews: u8,
    days: u32,
    cliff_days: u32,
    against: u64,
    abstain: u64,
}

const fn staged(
    id: &'static str,
    category: u8,
    reviews: u8,
    days: u32,
    cliff_days: u32,
    against: u64,
    abstain: u64,
) -> Staging {
    Staging { id, category, reviews, days, cliff_days, against, abstain }
}

const STAGING: [Staging; 14] = [
    staged("R11", 0, 1, 120, 0, 34, 5),
    staged("R01", 1, 1, 84, 30, 3, 5),
    staged("R08", 2, 3, 60, 0, 5, 5),
    staged("R04", 3, 3, 180, 0, 50, 5),
    staged("R05", 3, 0, 42, 0, 4, 10),
    staged("R02", 1, 0, 30, 0, 30, 5),
    staged("R10", 2, 3, 120, 0, 4, 5),
    staged("R12", 0, 1, 60, 0, 4, 10),
    staged("R03", 1, 1, 60, 0, 12, 10),
    staged("R09", 2, 1, 60, 0, 9, 5),
    staged("R13", 0, 0, 14, 0, 24, 10),
    staged("R06", 3, 0, 7, 0, 0, 10),
    staged("R07", 3, 0, 30, 0, 5, 5),
    staged("R14", 0, 1, 60, 0, 1, 1),
];

/// What the first epoch asks for.
pub fn wishes(world: &mut World, election: &Election) -> Vec<Wish> {
    let mut person = || world.person_with(PROPOSER_PURSE, 0);
    let mut wishes: Vec<Wish> = (election.projects.iter().zip(&STAGING))
        .map(|(project, staging)| {
            let one = person();
            Wish {
                id: project.id.clone(),
                ask: Ask {
                    category: staging.category,
                    duration_secs: staging.days * DAY_SECS,
                    cliff_secs: staging.cliff_days * DAY_SECS,
                    checkpoints: staging.reviews,
                    title: project.name.clone(),
                    ..Ask::of(project.cost_cents)
                },
                proposer: one.clone(),
                recipient: one,
            }
        })
        .collect();
    wishes.push(Wish {
        id: "X01".to_owned(),
        ask: Ask {
            category: 3,
            title: "A statue of the baker on the market square".to_owned(),
            ..Ask::of(9_000 * TOKEN)
        },
        proposer: person(),
        recipient: person(),
    });
    // The film evenings are filed by the library and paid to the film club, which has to agree.
    wishes[4].recipient = person();
    wishes
}

/// Everybody who holds tokens.
pub fn holders(world: &mut World, election: &Election) -> Vec<Holder> {
    let mut holders = Vec::new();
    for number in 0..election.voters.len() + SILENT {
        let voter = election.voters.get(number);
        let id = voter.map_or_else(|| format!("H{number}"), |voter| voter.id.clone());
        let largest = LARGEST.iter().find(|(of, ..)| *of == id);
        let (tokens, lock_days) = largest.map_or_else(|| usual(&id), |(.., t, d)| (*t, *d));
        let staked = tokens * TOKEN;
        let stances = voter.map(|voter| stances(&id, &voter.approved)).unwrap_or_default();
        holders.push(Holder {
            name: largest.map_or_else(|| id.clone(), |(_, name, ..)| (*name).to_owned()),
            person: world.person_with(0, staked),
            staked,
            lock_secs: lock_days * DAY_SECS,
            stances,
            id,
        });
    }
    holders
}

/// Tokens and lock in days of somebody who is not among the largest: most have little.
fn usual(id: &str) -> (u64, u32) {
    let within = |low: u64, high: u64| low + draw(&["tokens", id]) % (high - low);
    let tokens = match draw(&["class", id]) % 100 {
        0..55 => within(20, 100),
        55..85 => within(100, 500),
        85..97 => within(500, 1_500),
        _ => within(1_500, 4_000),
    };
    let days = match draw(&["lock", id]) % 10 {
        0..5 => 7,
        5..7 => 30,
        7..9 => 90,
        _ => 180,
    };
    (tokens, days)
}

/// For what a voter of the file approves; on the rest as the staging says.
fn stances(id: &str, approved: &[u16]) -> Vec<(u8, Choice)> {
    let stance = |(index, staging): (u8, &Staging)| {
        let drawn = draw(&["stance", id, staging.id]) % 100;
        let choice = if approved.contains(&u16::from(index)) {
            Choice::For
        } else if drawn < staging.against {
            Choice::Against
        } else if drawn < staging.against + staging.abstain {
            Choice::Abstain
        } else {
            return None;
        };
        Some((index, choice))
    };
    (0u8..).zip(&STAGING).filter_map(stance).collect()
}

#[cfg(test)]
mod tests {
    use super::super::town::FILE;
    use super::*;

    #[test]
    fn the_staging_follows_the_file() {
        let election = pabulib::parse(FILE).unwrap();
        let ids: Vec<&str> = election.projects.iter().map(|project| project.id.as_str()).collect();
        assert_eq!(ids, STAGING.map(|staging| staging.id));
        for (id, ..) in LARGEST {
            assert!(election.voters.iter().any(|voter| voter.id == id), "{id}");
        }
    }

    #[test]
    fn who_approves_is_for_and_nobody_has_two_stances() {
        let election = pabulib::parse(FILE).unwrap();
        for voter in &election.voters {
            let stances = stances(&voter.id, &voter.approved);
            let for_ = stances.iter().filter(|(_, choice)| *choice == Choice::For);
            let for_: Vec<u16> = for_.map(|(index, _)| u16::from(*index)).collect();
            let mut approved = voter.approved.clone();
            approved.sort_unstable();
            assert_eq!(for_, approved, "{}", voter.id);
            assert!(stances.is_sorted_by(|a, b| a.0 < b.0), "{}", voter.id);
        }
    }
}
