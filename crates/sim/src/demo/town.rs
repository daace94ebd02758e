//! Riverside: its policy, its people and its books, and the checks that keep the story honest.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;
use budget_client::ballot::Choice;
use budget_rules::risk::Class;
use budget_sim::{
    Refusal, World,
    svm::GENESIS,
    token::{self, SPL_TOKEN},
    world::{Act, Ask, Person, Setup},
};
use community_budget::{
    BudgetError,
    state::{Category, Entry, Policy},
};

use super::{people, second};
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

/// The election that the first epoch follows.
pub const FILE: &str = include_str!("../../elections/riverside-2026.pb");

/// Index of the ask that is filed in the name of somebody who never agreed.
pub const STRANGER: u8 = 14;

/// Operating categories: name, share of the cap.
const CATEGORIES: [(&str, u16); 4] =
    [("sport", 5_000), ("greenery", 6_000), ("transport", 3_500), ("culture", 5_500)];
/// Index of the category whose money is not spent but at risk: power bought ahead.
pub const POWER: u8 = 4;
/// Its name.
const POWER_NAME: &str = "power futures";

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
    /// Payments by stream: epoch and place on its slate.
    pub paid: BTreeMap<(u32, u8), u64>,
    /// Paid to voters for taking part, and how often.
    pub rewards: u64,
    pub rewarded: usize,
    /// Brought back by a recipient.
    pub returned: u64,
}

/// Riverside, with the treasury in place and nothing decided yet.
pub struct Town {
    pub world: World,
    pub holders: Vec<Holder>,
    /// In the order of the first epoch's slate.
    pub wishes: Vec<Wish>,
    /// The same for the second; the acts behind them are not among them.
    pub second: Vec<Wish>,
    /// Submits the acts.
    pub mover: Person,
    /// Whether the file says that the ask was selected, in slate order: one person, one vote.
    pub by_heads: Vec<bool>,
    /// What came of the money so far, as measured on token accounts.
    pub flows: Flows,
    /// Where the film evenings' money is redirected to.
    pub film_account: Pubkey,
    /// Lamports of the fee payer, and everybody's together, once all people are there.
    pub payer_at_start: u64,
    pub lamports_at_start: u64,
    /// The most lamports that the program's accounts held when a vote had ended.
    pub peak_rent: u64,
    /// All EUR and RIVER tokens, wherever they are.
    pub supply_at_start: [u64; 2],
}

/// The default policy with Riverside's categories and the three changes that the page explains.
fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.slate.slot_fee = 25 * TOKEN;
    policy.slate.bond = 100 * TOKEN;
    policy.risk.max_recipient_bps = 6_000;
    policy.breaker.outflow_bps = 200;
    policy.risk.category_count = POWER + 1;
    for (index, category) in (0..=POWER).zip(&mut policy.risk.categories) {
        let operating = CATEGORIES.get(usize::from(index));
        let share_bps = operating.map_or(5_000, |(_, share)| *share);
        *category = Category { share_bps, ..bytemuck::Zeroable::zeroed() };
        let name = category_name(index);
        category.name[..name.len()].copy_from_slice(name.as_bytes());
    }
    let power = &mut policy.risk.categories[usize::from(POWER)];
    power.class = Class::Derivative as u8;
    power.exposure_limit_bps = 200;
    policy
}

/// Name of a category.
pub fn category_name(index: u8) -> &'static str {
    CATEGORIES.get(usize::from(index)).map_or(POWER_NAME, |(name, _)| name)
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
        let wishes = people::wishes(&mut world, &election);
        let holders = people::holders(&mut world, &election);
        let second = second::wishes(&mut world);
        let mover = world.person_with(PROPOSER_PURSE, 0);
        let film_account = {
            let club = world.person_with(0, 0);
            world.community.budget_account(&club.key())
        };
        let mut town = Self {
            world,
            holders,
            wishes,
            second,
            mover,
            by_heads: election.projects.iter().map(|p| p.selected == Some(1)).collect(),
            flows: Flows::default(),
            film_account,
            payer_at_start: 0,
            lamports_at_start: 0,
            peak_rent: 0,
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

    /// Notes how much rent is locked now.
    pub fn note_rent(&mut self) {
        self.peak_rent = self.peak_rent.max(self.rent());
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

    /// Slate index of an ask, in whichever epoch it stands.
    ///
    /// # Panics
    /// When nobody asks for it.
    pub fn index(&self, id: &str) -> u8 {
        let place = |wishes: &[Wish]| wishes.iter().position(|wish| wish.id == id);
        let found = place(&self.wishes).or_else(|| place(&self.second));
        u8::try_from(found.expect("the story names asks of a slate")).expect("slates are short")
    }

    /// The ask at `index` of an epoch's slate.
    pub fn wish(&self, epoch: u32, index: u8) -> &Wish {
        let wishes = if epoch == 0 { &self.wishes } else { &self.second };
        &wishes[usize::from(index)]
    }

    /// The slate of an epoch, as far as it is used.
    pub fn slate(&self, epoch: u32) -> Vec<Entry> {
        let mut slate = self.world.svm.slate(&self.world.community.epoch(epoch));
        slate.truncate(self.world.epoch(epoch).entry_count.into());
        slate
    }

    /// Pays a stream out and returns what its payout account got.
    pub fn pay_out(&mut self, epoch: u32, index: u8) -> Done<u64> {
        let account = self.world.stream(epoch, index).payout_account;
        let before = token::balance(&self.world.svm, &account);
        self.world.claim(epoch, index)?;
        let amount = token::balance(&self.world.svm, &account) - before;
        *self.flows.paid.entry((epoch, index)).or_default() += amount;
        Ok(amount)
    }

    /// Sends what the program must refuse for `error`, without changing an account; returns the
    /// program's answer.
    pub fn refused(
        &mut self,
        error: BudgetError,
        act: impl FnOnce(&mut World) -> Act,
    ) -> Done<String> {
        let before = self.world.svm.snapshot();
        let Err(refusal) = act(&mut self.world) else {
            return Err(Stop::broken(format!("the program took what it must refuse: {error}")));
        };
        told(refusal.code() == Some(u32::from(error)), "another error was to be the answer")?;
        told(self.world.svm.snapshot() == before, "a refusal changes no account")?;
        Ok(answer(&refusal))
    }

    /// Everybody who votes.
    pub fn voters(&self) -> Vec<Person> {
        let voters = self.holders.iter().filter(|holder| !holder.stances.is_empty());
        voters.map(|holder| holder.person.clone()).collect()
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

/// Stops the story where it is not as the page tells it.
pub fn told(holds: bool, what: &str) -> Done {
    if holds { Ok(()) } else { Err(Stop::broken(format!("the story does not hold: {what}"))) }
}

/// The program's own words from the log of a refusal: name, number and message of its error.
fn answer(refusal: &Refusal) -> String {
    let between = |start: &str, end: &str| {
        let line = refusal.logs.iter().find(|line| line.contains(start))?;
        let rest = line.split(start).nth(1)?;
        Some(rest.split(end).next().unwrap_or(rest).to_owned())
    };
    let name = between("Error Code: ", ".").unwrap_or_default();
    let number = between("Error Number: ", ".").unwrap_or_default();
    let message = between("Error Message: ", "\n").unwrap_or_default();
    // The message ends with a full stop, and Anchor's log line adds its own.
    let message = message.trim_end_matches('.');
    format!("{name} ({number}): {message}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_that_does_not_hold_ends_with_exit_code_1() {
        assert!(told(true, "it holds").is_ok());
        let stop = told(false, "the money is there").unwrap_err();
        assert_eq!(stop.code, 1);
        assert_eq!(stop.sentence, "the story does not hold: the money is there");
    }

    #[test]
    fn a_refusal_must_be_the_one_that_is_told() {
        let mut town = Town::found().unwrap();
        let wish = town.wishes[0].recipient.clone();
        let answer =
            town.refused(BudgetError::RoleRequired, |world| world.pause_executions(&wish, 60));
        assert!(answer.unwrap().starts_with("RoleRequired ("));
        let other =
            town.refused(BudgetError::VetoNotAllowed, |world| world.pause_executions(&wish, 60));
        assert_eq!(other.unwrap_err().code, 1, "another error");
        let guardian = town.world.guardian.clone();
        let taken =
            town.refused(BudgetError::RoleRequired, |world| world.pause_executions(&guardian, 60));
        assert_eq!(taken.unwrap_err().code, 1, "no refusal at all");
    }
}
