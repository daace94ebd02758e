//! The cast: Riverside's policy, its people, what they want and how they feel about it.
//!
//! Projects and approvals come from the election file beside this crate. Stakes, locks and who
//! stands against what are made up here, by fixed rules and draws from hashes.

use anchor_lang::prelude::Pubkey;
use budget_client::ballot::Choice;
use budget_sim::{
    World,
    svm::GENESIS,
    token::{self, SPL_TOKEN},
    world::{Ask, Person, Setup},
};
use community_budget::{
    constants::DAY_SECS,
    state::{Category, Policy},
};
use pabulib::Election;

use crate::{Done, Stop};

/// Base units in one token of either mint.
pub const TOKEN: u64 = 100;
/// EUR in the vault at the start, in base units.
pub const FUNDS: u64 = 1_000_000 * TOKEN;
/// What every proposer brings along for fees and bonds.
pub const PROPOSER_PURSE: u64 = 1_000 * TOKEN;
/// A day, as spans are added to moments.
pub const DAY: i64 = 86_400;
/// An hour.
pub const HOUR: i64 = 3_600;

const FILE: &str = include_str!("../../elections/riverside-2026.pb");

/// Index of the ask that is filed in the name of somebody who never agreed.
pub const STRANGER: u8 = 14;
/// Holders that stake and never vote.
const SILENT: usize = 77;

/// Categories: name, share of the cap.
const CATEGORIES: [(&str, u16); 4] =
    [("sport", 5_000), ("greenery", 6_000), ("transport", 3_500), ("culture", 5_000)];

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

/// How an ask of the file is put to the vote: category, days of stream, days of cliff, and how
/// many in a hundred of those who do not approve stand against it or abstain.
struct Staging {
    id: &'static str,
    category: u8,
    days: u32,
    cliff_days: u32,
    against: u64,
    abstain: u64,
}

const fn staged(
    id: &'static str,
    category: u8,
    days: u32,
    cliff_days: u32,
    against: u64,
    abstain: u64,
) -> Staging {
    Staging { id, category, days, cliff_days, against, abstain }
}

const STAGING: [Staging; 14] = [
    staged("R11", 0, 120, 0, 34, 5),
    staged("R01", 1, 90, 30, 3, 5),
    staged("R08", 2, 60, 0, 5, 5),
    staged("R04", 3, 180, 0, 50, 5),
    staged("R05", 3, 42, 0, 4, 10),
    staged("R02", 1, 30, 0, 30, 5),
    staged("R10", 2, 120, 0, 4, 5),
    staged("R12", 0, 60, 0, 4, 10),
    staged("R03", 1, 60, 0, 12, 10),
    staged("R09", 2, 45, 0, 9, 5),
    staged("R13", 0, 14, 0, 24, 10),
    staged("R06", 3, 7, 0, 0, 10),
    staged("R07", 3, 30, 0, 5, 5),
    staged("R14", 0, 60, 0, 1, 1),
];

/// Somebody with tokens staked.
pub struct Holder {
    /// Id in the file, or `H` and a number for those who never vote.
    pub id: String,
    pub name: String,
    pub person: Person,
    /// Base units of the stake mint.
    pub staked: u64,
    pub lock_secs: u32,
    /// Choice per slate index; empty for those who never vote.
    pub stances: Vec<(u8, Choice)>,
}

/// Something that Riverside may pay for.
pub struct Wish {
    pub id: String,
    pub ask: Ask,
    pub proposer: Person,
    pub recipient: Person,
}

/// Base units of the budget mint that moved.
#[derive(Default)]
pub struct Flows {
    pub fees: u64,
    pub bonds: u64,
    pub bonds_returned: u64,
    /// Payments by stream, in slate order of the awards.
    pub paid: std::collections::BTreeMap<u8, u64>,
}

/// Riverside, with the treasury in place and nothing decided yet.
pub struct Town {
    pub world: World,
    pub holders: Vec<Holder>,
    /// In slate order.
    pub wishes: Vec<Wish>,
    /// Whether the file says that the ask was selected, in slate order: one person, one vote.
    pub by_heads: Vec<bool>,
    /// What came of the money so far, as measured on token accounts.
    pub flows: Flows,
    /// Where the film evenings' money is redirected to.
    pub film_account: Pubkey,
    /// Lamports of the fee payer, and everybody's together, once all people are there.
    pub payer_at_start: u64,
    pub lamports_at_start: u64,
    /// All EUR and RIVER tokens, wherever they are.
    pub supply_at_start: [u64; 2],
}

/// The default policy with four categories, a fee, a bond, and ten percent of the vault an epoch.
fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.slate.capacity = 16;
    policy.slate.slot_fee = 25 * TOKEN;
    policy.slate.bond = 100 * TOKEN;
    policy.risk.category_count = 4;
    for (category, (name, share_bps)) in policy.risk.categories.iter_mut().zip(CATEGORIES) {
        *category = Category { share_bps, ..bytemuck::Zeroable::zeroed() };
        category.name[..name.len()].copy_from_slice(name.as_bytes());
    }
    policy
}

/// Name of a category.
pub fn category_name(index: u8) -> &'static str {
    CATEGORIES[usize::from(index)].0
}

/// A number that follows from words.
pub fn draw(words: &[&str]) -> u64 {
    let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
    let hash = solana_sha256_hasher::hashv(&words).to_bytes();
    u64::from_le_bytes(std::array::from_fn(|byte| hash[byte]))
}

impl Town {
    /// Founds the treasury, fills the vault and gathers everybody.
    pub fn found() -> Done<Self> {
        let election = pabulib::parse(FILE).map_err(|error| Stop::broken(error.to_string()))?;
        let setup = Setup { policy: policy(), funds: FUNDS, decimals: 2, ..Setup::default() };
        let mut world = World::with(setup);
        // The first epoch opens at six in the evening.
        world.svm.set_now(GENESIS + 18 * HOUR);
        let wishes = wishes(&mut world, &election);
        let holders = holders(&mut world, &election);
        let film_account = {
            let club = world.person_with(0, 0);
            world.community.budget_account(&club.key())
        };
        let mut town = Self {
            world,
            holders,
            wishes,
            by_heads: election.projects.iter().map(|p| p.selected == Some(1)).collect(),
            flows: Flows::default(),
            film_account,
            payer_at_start: 0,
            lamports_at_start: 0,
            supply_at_start: [0; 2],
        };
        town.payer_at_start = town.world.svm.lamports(&town.world.svm.fee_payer());
        town.lamports_at_start = town.lamports();
        town.supply_at_start = town.supply();
        Ok(town)
    }

    /// Everybody's lamports together.
    pub fn lamports(&self) -> u64 {
        let svm = &self.world.svm;
        let others: u64 = svm.snapshot().values().map(|account| account.lamports).sum();
        others + svm.lamports(&svm.fee_payer())
    }

    /// Lamports of every account that the program owns, the treasury's excepted, which was there at
    /// the start.
    pub fn program_accounts(&self) -> Vec<u64> {
        (self.world.svm.snapshot().iter())
            .filter(|(key, account)| {
                account.owner == community_budget::ID && **key != self.world.community.treasury
            })
            .map(|(_, account)| account.lamports)
            .collect()
    }

    /// The sum of [`Self::program_accounts`].
    pub fn rent(&self) -> u64 {
        self.program_accounts().iter().sum()
    }

    /// All tokens of the budget and the stake mint, in whatever account.
    pub fn supply(&self) -> [u64; 2] {
        let community = &self.world.community;
        let snapshot = self.world.svm.snapshot();
        [community.budget_mint, community.stake_mint].map(|mint| {
            (snapshot.iter())
                .filter(|(_, account)| {
                    account.owner == SPL_TOKEN && account.data.starts_with(mint.as_ref())
                })
                .map(|(key, _)| token::balance(&self.world.svm, key))
                .sum()
        })
    }

    /// Slate index of an ask.
    ///
    /// # Panics
    /// When nobody asks for it.
    pub fn index(&self, id: &str) -> u8 {
        let found = (0u8..).zip(&self.wishes).find(|(_, wish)| wish.id == id);
        found.expect("the story names asks of the slate").0
    }

    /// A holder.
    ///
    /// # Panics
    /// When there is none of this id.
    pub fn holder(&self, id: &str) -> &Holder {
        let found = self.holders.iter().find(|holder| holder.id == id);
        found.expect("the story names voters of the file")
    }
}

fn wishes(world: &mut World, election: &Election) -> Vec<Wish> {
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

fn holders(world: &mut World, election: &Election) -> Vec<Holder> {
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
