//! A community with brisk epochs, one voter and a node.
//!
//! Under [`brisk`] an epoch that opens on day 0 votes from day 3, is settled on day 6, its acts and
//! risky awards are executed on day 10, and the next epoch may open on day 7.

use anchor_lang::prelude::Pubkey;
use anchor_spl::token_2022::spl_token_2022::state::AccountState;
use budget_client::ballot::Choice::For;
use budget_keeper::{Crank, Reason, Settings, Snapshot};
use budget_sim::{
    node::Node,
    svm::GENESIS,
    token::edit,
    world::{Ask, Person, test_policy},
};
use community_budget::{
    constants::DAY_SECS,
    state::{Action, Policy},
};

use crate::stage::{DAY, node, work, world};

pub const MILLION: u64 = 1_000_000;
/// The risky category of [`brisk`].
pub const HEDGES: u8 = 1;

/// Epochs of a week, no fees, a hedge category, a breaker that trips at a loss of 5 % for 30 days.
pub fn brisk() -> Policy {
    let mut policy = test_policy();
    policy.schedule.period_secs = 7 * DAY_SECS;
    policy.schedule.submission_secs = 3 * DAY_SECS;
    policy.schedule.voting_secs = 3 * DAY_SECS;
    policy.schedule.max_extension_secs = 0;
    policy.slate.slot_fee = 0;
    policy.slate.bond = 0;
    policy.budget.epoch_cap_bps = 3_000;
    policy.risk.max_drawdown_bps = 500;
    policy.risk.mark_age_secs = 60 * DAY_SECS;
    policy.risk.category_count = 2;
    policy.risk.categories[usize::from(HEDGES)] = policy.risk.categories[0];
    let hedges = &mut policy.risk.categories[usize::from(HEDGES)];
    hedges.name = *b"hedges\0\0\0\0\0\0\0\0\0\0";
    hedges.class = 1;
    hedges.exposure_limit_bps = 5_000;
    hedges.haircut_bps = 1_000;
    policy.breaker.trip_secs = 30 * DAY_SECS;
    policy
}

/// A community with one voter who decides, under a node.
pub struct Scene {
    pub node: Node,
    pub voter: Person,
}

impl Scene {
    pub fn under(policy: Policy) -> Self {
        let mut w = world(policy);
        let voter = w.staker(1_000);
        Self { node: node(w), voter }
    }

    pub fn to(&self, day: i64) {
        self.node.with(|w| w.svm.set_now(GENESIS + day * DAY));
    }

    pub fn work(&self) -> Snapshot {
        work(&self.node, &Settings::default())
    }

    pub fn work_on(&self, day: i64) -> Snapshot {
        self.to(day);
        self.work()
    }

    /// Keeps an epoch that opened on `day` up to its settlement, with these asks and acts on its
    /// slate, all voted for. Who proposed them.
    pub fn decide(&self, day: i64, asks: &[Ask], acts: &[Action]) -> Vec<Person> {
        self.work_on(day);
        let people = self.node.with(|w| {
            let mut people = Vec::new();
            for ask in asks {
                let proposer = w.proposer();
                w.submit(&proposer, ask).unwrap();
                people.push(proposer);
            }
            for act in acts {
                let proposer = w.proposer();
                w.submit_action(&proposer, act.clone()).unwrap();
                people.push(proposer);
            }
            people
        });
        self.to(day + 3);
        self.node.with(|w| {
            let count = w.epoch(w.current()).entry_count;
            let all: Vec<_> = (0..count).map(|index| (index, For)).collect();
            w.cast(&self.voter, &all).unwrap();
        });
        let numbers = self.work_on(day + 6);
        assert_eq!(numbers.landed[&Crank::SettleEpoch], 1);
        people
    }

    pub fn account_of(&self, person: &Person) -> Pubkey {
        self.node.with(|w| w.community.budget_account(&person.key()))
    }

    pub fn freeze(&self, account: Pubkey, is_frozen: bool) {
        let state = if is_frozen { AccountState::Frozen } else { AccountState::Initialized };
        self.node.with(|w| edit(&mut w.svm, &account, |token| token.state = state));
    }
}

pub fn hedge(amount: u64) -> Ask {
    Ask { category: HEDGES, duration_secs: 17 * DAY_SECS, ..Ask::of(amount) }
}

pub fn waits_for(numbers: &Snapshot, crank: Crank, reason: Reason) -> bool {
    numbers.hindrances.iter().any(|it| it.crank == crank && it.reason == reason)
}
