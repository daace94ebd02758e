//! One entry of a slate and the proposal behind it, as several commands look at them.

use budget_client::address;
use budget_rpc::Found;
use community_budget::state::{BudgetEpoch, Entry, Phase, Proposal, RecipientRecord};

use crate::{
    context::{Context, Round, Scene},
    exit::{Failure, Result},
    files::plain,
    quantity::when,
    slate::{Waiting, waiting},
};

/// An entry, its epoch and, while it exists, its proposal.
pub struct Case {
    /// The treasury.
    pub scene: Scene,
    /// The epoch.
    pub round: Round,
    /// Number on the slate.
    pub index: u8,
    /// What settlement reads and writes.
    pub entry: Entry,
    /// What voters decide on; nothing once it has been closed.
    pub proposal: Option<Found<Proposal>>,
}

impl Case {
    /// The entry at `index` of an epoch; of the current one unless `epoch` is given.
    ///
    /// # Errors
    /// Exit codes `input` when the slate has no such entry, `missing`, `not-believed`.
    pub fn open(context: &Context, index: u8, epoch: Option<u32>) -> Result<Self> {
        let scene = context.scene()?;
        let round = scene.round(context.network()?, epoch)?;
        Self::of(context, scene, round, index)
    }

    /// The entry at `index` of the epoch settled last, unless `epoch` is given.
    ///
    /// # Errors
    /// As [`Case::open`]; `input` when no epoch has been settled.
    pub fn settled(context: &Context, index: u8, epoch: Option<u32>) -> Result<Self> {
        let scene = context.scene()?;
        let newest = scene.treasury.settled_epochs().checked_sub(1);
        let epoch = epoch.or(newest).ok_or_else(|| {
            Failure::input("no epoch has been settled yet, so nothing waits for its execution.")
        })?;
        let round = scene.round(context.network()?, Some(epoch))?;
        let case = Self::of(context, scene, round, index)?;
        if case.round.head.settled_at == 0 {
            return Err(Failure::input(format!("epoch {epoch} is not settled yet.")));
        }
        Ok(case)
    }

    fn of(context: &Context, scene: Scene, round: Round, index: u8) -> Result<Self> {
        let entry = *entry_at(&round, index)?;
        let key = address::proposal(&round.key, index);
        let proposal = context.network()?.find::<Proposal>(&key, &format!("proposal {index}"))?;
        Ok(Self { scene, round, index, entry, proposal })
    }

    /// The proposal.
    ///
    /// # Errors
    /// Exit code `input` when it has been closed.
    pub fn proposal(&self) -> Result<&Found<Proposal>> {
        self.proposal.as_ref().ok_or_else(|| {
            Failure::input(format!(
                "the proposal of {} has been closed; its transactions still tell of it.",
                self.name()
            ))
        })
    }

    /// What it is called.
    pub fn title(&self) -> String {
        let title = self.proposal.as_ref().map(|found| plain(&found.value.terms.title));
        title.unwrap_or_else(|| format!("entry {}", self.index))
    }

    /// `entry 3 of epoch 7 (Docs translation)`.
    pub fn name(&self) -> String {
        let title = self.proposal.as_ref().map(|_| format!(" ({})", self.title()));
        let title = title.unwrap_or_default();
        format!("entry {} of epoch {}{title}", self.index, self.round.head.index)
    }

    /// What it waits for, once funded or approved.
    pub fn waiting(&self) -> Option<Waiting> {
        waiting(&self.scene.treasury, &self.round.head, &self.entry, self.scene.now)
    }

    /// Refuses any phase but the one in which proposals are taken.
    ///
    /// # Errors
    /// Exit code `input`.
    pub fn require_submission(&self, deed: &str) -> Result<()> {
        require_submission(&self.round.head, self.scene.now, deed)
    }
}

/// Refuses any phase but the one in which proposals are taken; `deed` as in "propose".
///
/// # Errors
/// Exit code `input`.
pub fn require_submission(head: &BudgetEpoch, now: i64, deed: &str) -> Result<()> {
    if head.phase(now) == Phase::Submission {
        return Ok(());
    }
    Err(Failure::input(format!(
        "it is too late to {deed} in epoch {}: its voting opened {}.",
        head.index,
        when(head.voting_opens_at, now)
    )))
}

/// The entry at `index`.
///
/// # Errors
/// Exit code `input` when the slate has none.
pub fn entry_at(round: &Round, index: u8) -> Result<&Entry> {
    round.slate.get(usize::from(index)).ok_or_else(|| {
        let epoch = round.head.index;
        Failure::input(match round.slate.len().checked_sub(1) {
            Some(0) => format!("epoch {epoch} has no entry {index}; its slate has entry 0 alone."),
            Some(last) => {
                format!("epoch {epoch} has no entry {index}; its slate has entries 0 to {last}.")
            }
            None => format!("the slate of epoch {epoch} is empty."),
        })
    })
}

/// What the recipient of an ask of `amount` would have asked for in the epoch, once accepted: the
/// sum that tiers go by (R4).
pub fn cumulative_ask(round: &Round, record: Option<&RecipientRecord>, amount: u64) -> u64 {
    let accepted = record
        .filter(|record| record.accepted_epoch == round.head.index)
        .and_then(|record| round.slate.get(usize::from(record.leader)))
        .map_or(0, |leader| leader.recipient_ask);
    accepted.saturating_add(amount)
}

#[cfg(test)]
pub(crate) mod tests {
    use anchor_lang::prelude::Pubkey;
    use budget_client::Community;
    use bytemuck::Zeroable;
    use community_budget::state::{Action, Terms};

    use super::*;
    use crate::{
        context::Globals,
        quantity::Token,
        slate::tests::{ask, epoch},
    };

    /// A run without options; nothing is asked of a network.
    pub fn context() -> Context {
        Context::new(Globals {
            json: false,
            url: String::new(),
            keypair: None,
            fee_payer: None,
            treasury: None,
            names: None,
            priority_fee: 0,
            yes: false,
            dry_run: false,
            unsigned: false,
            acting: None,
        })
    }

    /// Entry 0 of epoch 0, with this action and this outcome, at `now`.
    pub fn case(action: Action, change: impl FnOnce(&mut Entry), now: i64) -> Case {
        let (treasury, mut head) = epoch();
        head.entry_count = 1;
        let mut entry = ask(0, action.award().map_or(0, |award| award.amount), 0, 0);
        entry.action = action.kind().into();
        entry.category = action.target();
        change(&mut entry);
        let key = Pubkey::default();
        let community = Community {
            treasury: key,
            budget_mint: key,
            stake_mint: key,
            budget_token_program: key,
            stake_token_program: key,
        };
        let token = Token { decimals: 0, symbol: "USDC".to_owned() };
        let proposal = Proposal {
            version: 1,
            bump: 255,
            index: 0,
            reserved_flags: [0; 5],
            epoch: key,
            treasury: key,
            proposer: Pubkey::new_from_array([8; 32]),
            rent_payer: key,
            bond: 5,
            submitted_at: 0,
            reserved: [0; 32],
            terms: Terms {
                action,
                metadata_hash: [0; 32],
                title: "Docs".to_owned(),
                metadata_uri: String::new(),
            },
        };
        Case {
            scene: Scene {
                treasury: Box::new(treasury),
                key,
                community,
                budget: token.clone(),
                stake: token,
                now,
            },
            round: Round { key, head: Box::new(head), slate: vec![entry] },
            index: 0,
            entry,
            proposal: Some(Found { key, value: proposal, data: Vec::new() }),
        }
    }

    fn round(slate: Vec<Entry>) -> Round {
        Round { key: Pubkey::default(), head: Box::new(epoch().1), slate }
    }

    #[test]
    fn an_entry_that_is_not_there_is_told_with_those_that_are() {
        let full = round(vec![ask(0, 10, 0, 0), ask(1, 10, 0, 0)]);
        assert_eq!(entry_at(&full, 1).unwrap().amount, 10);
        let why = entry_at(&full, 2).unwrap_err().to_string();
        assert_eq!(why, "epoch 0 has no entry 2; its slate has entries 0 to 1.");
        let why = entry_at(&round(vec![]), 0).unwrap_err().to_string();
        assert_eq!(why, "the slate of epoch 0 is empty.");
    }

    #[test]
    fn what_was_accepted_in_this_epoch_adds_up() {
        let mut round = round(vec![ask(0, 10, 0, 0), ask(1, 70, 0, 0)]);
        let mut record = RecipientRecord::zeroed();
        record.leader = 1;
        assert_eq!(cumulative_ask(&round, None, 5), 5);
        assert_eq!(cumulative_ask(&round, Some(&record), 5), 75);
        round.head.index = 1;
        assert_eq!(
            cumulative_ask(&round, Some(&record), 5),
            5,
            "another epoch's asks do not count"
        );
    }

    #[test]
    fn proposals_are_taken_until_voting_opens() {
        let (_, head) = epoch();
        assert!(require_submission(&head, head.voting_opens_at - 1, "propose").is_ok());
        let why = require_submission(&head, head.voting_opens_at, "propose").unwrap_err();
        assert!(why.to_string().starts_with("it is too late to propose in epoch 0"), "{why}");
    }
}
