//! `execute_award`: a funded award becomes a stream.

use anchor_lang::{prelude::*, token::Mint};
use budget_rules::snapshot::NEVER;

use crate::{
    address::associated,
    constants::*,
    create::{Creation, mark},
    error::BudgetError,
    events::AwardExecuted,
    state::{
        BudgetEpoch, Outcome, Proposal, RecipientRecord, Stream, Treasury, load_epoch,
        load_epoch_mut, split_mut,
    },
};

/// Accounts of `execute_award`.
#[derive(Accounts)]
pub struct ExecuteAward<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(has_one = budget_mint @ BudgetError::AccountMismatch)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
    #[account(has_one = epoch @ BudgetError::AccountMismatch)]
    pub proposal: Account<'info, Proposal>,
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        constraint = record.load()?.person == proposal.action.award()?.recipient
            @ BudgetError::AccountMismatch
    )]
    pub record: AccountLoader<'info, RecipientRecord>,
    /// CHECK: `Creation` proves that its address is that of the seeds, and that nothing is there yet.
    #[cfg_attr(feature = "idl-build", account(mut, seeds = [STREAM_SEED, proposal.key().as_ref()], bump))]
    #[cfg_attr(not(feature = "idl-build"), account(mut))]
    pub stream: UncheckedAccount<'info>,
    /// Its owner is the token program that derives the recipient's associated account.
    pub budget_mint: InterfaceAccount<'info, Mint>,
    pub system_program: Program<'info, System>,
}

impl ExecuteAward<'_> {
    fn validate(&self, now: i64) -> Result<()> {
        let treasury = self.treasury.load()?;
        let (header, slate) = load_epoch(&self.epoch)?;
        let standstill = treasury.standstill_secs(now)?;
        header.executable(&slate, self.proposal.index, Outcome::Funded, standstill, now)?;
        treasury.require_unblocked(now)?;
        Ok(())
    }
}

pub fn handle_execute_award(ctx: Context<ExecuteAward>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(now)?;

    let ExecuteAward {
        payer,
        treasury,
        epoch,
        proposal,
        record,
        stream,
        budget_mint,
        system_program: _,
    } = ctx.accounts;
    let terms = proposal.action.award()?;
    let (epoch_index, seq, executed, review, is_risk) = {
        let (mut header, mut slate) = load_epoch_mut(epoch)?;
        header.execute_entry(&mut slate, proposal.index)?;
        let is_risk = header.policy.is_risk(terms.category);
        (header.index, header.next_seq()?, header.executed, header.policy.review, is_risk)
    };
    record.load_mut()?.book_award(terms.amount);
    let proposal_key = proposal.key();
    let bump = Creation {
        account: stream,
        payer,
        owner: &crate::ID,
        space: Stream::SPACE,
        seeds: &[STREAM_SEED, proposal_key.as_ref()],
        exists: BudgetError::AlreadyExecuted,
    }
    .run()?;
    mark::<Stream>(stream)?;
    let payout_account =
        associated(&terms.recipient, &budget_mint.key(), budget_mint.to_account_info().owner);
    {
        let (mut opened, _) = split_mut::<Stream>(stream.try_borrow_mut_data()?)?;
        opened.version = ACCOUNT_VERSION;
        opened.bump = bump;
        opened.entry_index = proposal.index;
        opened.category = terms.category;
        opened.epoch_index = epoch_index;
        opened.treasury = treasury.key();
        opened.proposal = proposal_key;
        opened.recipient = terms.recipient;
        opened.payout_account = payout_account;
        opened.rent_payer = payer.key();
        opened.total = terms.amount;
        opened.rest = terms.amount;
        opened.started_at = now;
        opened.duration_secs = terms.duration_secs;
        opened.cliff_secs = terms.cliff_secs;
        opened.window_secs = review.window_secs;
        opened.grace_secs = review.grace_secs;
        opened.hold_limit_secs = review.hold_limit_secs;
        opened.pass_bps = review.pass_bps;
        opened.floor_bps = review.floor_bps;
        opened.checkpoints = terms.checkpoints;
        opened.is_risk = u8::from(is_risk);
        opened.ruling_epoch = NEVER;
        opened.invariant()?;
    }

    emit!(AwardExecuted {
        seq,
        epoch: epoch.key(),
        index: proposal.index,
        stream: stream.key(),
        recipient: terms.recipient,
        total: terms.amount,
        started_at: now,
        executed,
    });
    Ok(())
}
