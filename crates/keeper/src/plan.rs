//! What is due in a [`View`]. Pure: no network, no clock.
//!
//! Every question of the form "may this be done now" is put to the program's own state methods, on
//! copies: the rules are not written a second time. Where a guard is part of an instruction and not
//! of the state, the planned step may still be refused; [`crate::Keeper`] then sets it aside.

mod ballots;
mod entries;
mod epochs;
mod stakes;
mod streams;
mod when;

use anchor_lang::{
    error::Error,
    prelude::{ProgramError, Pubkey},
    solana_program::instruction::Instruction,
};
use anchor_spl::associated_token::spl_associated_token_account::instruction::create_associated_token_account_idempotent;
use community_budget::state::Treasury;
use serde::Serialize;

use crate::{Crank, Payee, Settings, View, view::EpochView};

/// What a view asks for.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What is due, in the order to take it. Each step is sound on the view by itself.
    pub steps: Vec<Step>,
    /// What would be due, and what stands in its way.
    pub hindrances: Vec<Hindrance>,
    /// When time alone makes something due next, as far as can be seen.
    pub next: Option<Due>,
}

/// One transaction that is due.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its kind.
    pub crank: Crank,
    /// The account that it is about: with the kind, the same in every view in which it is due.
    pub subject: Pubkey,
    /// What to send.
    pub instructions: Vec<Instruction>,
    /// Why it is due, in a sentence.
    pub why: String,
    /// Unix seconds since when it is due, where that can be told.
    pub since: Option<i64>,
}

/// Something that waits for more than time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hindrance {
    /// What cannot be done.
    pub crank: Crank,
    /// The account that it is about.
    #[serde(serialize_with = "crate::said::as_text")]
    pub subject: Pubkey,
    /// The kind of obstacle.
    pub reason: Reason,
    /// What stands in the way and who can change it, in a sentence.
    pub why: String,
}

/// Kinds of obstacles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A token account that is to be paid does not exist.
    AccountMissing,
    /// A token account that is to be paid cannot be.
    AccountUnpayable,
    /// The outflow bucket holds too little.
    OutflowLimited,
    /// Breaker or guardian block executions.
    ExecutionBlocked,
    /// What an approved act would change is not what was voted on any more.
    NotExecutable,
    /// Free funds are too low for an epoch.
    CapBelowMinimum,
}

impl Reason {
    /// As metrics name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccountMissing => "account_missing",
            Self::AccountUnpayable => "account_unpayable",
            Self::OutflowLimited => "outflow_limited",
            Self::ExecutionBlocked => "execution_blocked",
            Self::NotExecutable => "not_executable",
            Self::CapBelowMinimum => "cap_below_minimum",
        }
    }
}

/// Something that time will make due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// Unix seconds.
    pub at: i64,
    /// What.
    pub what: String,
}

/// Everything that is due in `view`, paid for by `payer`, as far as `settings` want it.
pub fn plan(view: &View, settings: &Settings, payer: Pubkey) -> Plan {
    let mut planner = Planner {
        view,
        settings,
        payer,
        books: view.treasury,
        ruled: vec![],
        plan: Plan::default(),
    };
    planner.epochs();
    planner.entries();
    planner.streams();
    planner.ballots();
    planner.stakes();
    let mut plan = planner.plan;
    plan.steps.sort_by_key(|step| step.crank);
    plan
}

/// A plan in the making.
struct Planner<'a> {
    view: &'a View,
    settings: &'a Settings,
    payer: Pubkey,
    /// The treasury after a trip of the breaker and the payments planned so far: they share one
    /// outflow bucket.
    books: Treasury,
    /// Streams that a planned step rules on.
    ruled: Vec<Pubkey>,
    plan: Plan,
}

/// How a payment can reach whom it is for.
enum Way {
    /// The account takes it as it is.
    Open,
    /// The account is made first.
    Create(Instruction),
    /// Not at all.
    Barred(Reason),
}

impl Planner<'_> {
    fn wants(&self, crank: Crank) -> bool {
        !self.settings.without.contains(&crank)
    }

    fn due(
        &mut self,
        crank: Crank,
        subject: Pubkey,
        since: Option<i64>,
        why: String,
        instructions: Vec<Instruction>,
    ) {
        if self.wants(crank) {
            self.plan.steps.push(Step { crank, subject, instructions, why, since });
        }
    }

    fn hindered(&mut self, crank: Crank, subject: Pubkey, reason: Reason, why: String) {
        if self.wants(crank) {
            self.plan.hindrances.push(Hindrance { crank, subject, reason, why });
        }
    }

    /// Notes that `crank` becomes due at `at`; `what` says of what.
    fn later(&mut self, crank: Crank, at: i64, what: impl FnOnce() -> String) {
        let sooner = self.plan.next.as_ref().is_none_or(|next| at < next.at);
        if self.wants(crank) && at > self.view.now && sooner {
            self.plan.next = Some(Due { at, what: format!("{crank} of {}", what()) });
        }
    }

    /// How the associated account of `owner`, judged as `payee`, can be paid.
    fn way(&self, payee: Payee, owner: &Pubkey) -> Way {
        match payee {
            Payee::Payable => Way::Open,
            Payee::Missing if self.settings.create_accounts => {
                let community = &self.view.community;
                Way::Create(create_associated_token_account_idempotent(
                    &self.payer,
                    owner,
                    &community.budget_mint,
                    &community.budget_token_program,
                ))
            }
            Payee::Missing => Way::Barred(Reason::AccountMissing),
            Payee::Frozen | Payee::Unsuitable | Payee::WantsMemo => {
                Way::Barred(Reason::AccountUnpayable)
            }
        }
    }

    /// What the associated account of `owner` is to a payment for `owner` alone.
    fn own_account(&self, owner: &Pubkey) -> Payee {
        let community = &self.view.community;
        let account = self.view.tokens.get(&community.budget_account(owner));
        Payee::of(account, community, |holder| holder == owner)
    }
}

impl EpochView {
    /// Unix seconds from which the settled epoch's records and proposals are closed.
    fn closes_at(&self, settings: &Settings) -> i64 {
        self.head.settled_at.saturating_add(i64::from(settings.linger_secs))
    }
}

/// The name of a refusal by the program's state.
fn name_of(error: Error) -> String {
    match ProgramError::from(error) {
        ProgramError::Custom(code) => {
            budget_rpc::named(code).map_or_else(|| code.to_string(), |(name, _)| name)
        }
        other => other.to_string(),
    }
}
