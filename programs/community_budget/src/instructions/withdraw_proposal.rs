//! `withdraw_proposal`: the proposer takes an ask off the slate before voting opens.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, require},
    events::ProposalWithdrawn,
    state::{BudgetEpoch, Phase, Proposal, fold_tombstone, load_epoch_mut},
};

/// Accounts of `withdraw_proposal`.
#[derive(Accounts)]
pub struct WithdrawProposal<'info> {
    pub proposer: Signer<'info>,
    #[account(mut)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
    #[account(
        has_one = epoch @ BudgetError::AccountMismatch,
        has_one = proposer @ BudgetError::AccountMismatch
    )]
    pub proposal: Account<'info, Proposal>,
}

impl WithdrawProposal<'_> {
    fn validate(&self, now: i64) -> Result<()> {
        let epoch = self.epoch.load()?;
        require!(epoch.phase(now) == Phase::Submission, BudgetError::NotInSubmission);
        Ok(())
    }
}

pub fn handle_withdraw_proposal(ctx: Context<WithdrawProposal>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(now)?;

    let WithdrawProposal { proposer: _, epoch, proposal } = ctx.accounts;
    let (mut header, mut slate) = load_epoch_mut(epoch)?;
    header.withdraw_entry(&mut slate, proposal.index)?;
    header.slate_hash =
        fold_tombstone(&header.slate_hash, &proposal.treasury, header.index, proposal.index);
    let seq = header.next_seq()?;

    emit!(ProposalWithdrawn {
        seq,
        epoch: epoch.key(),
        index: proposal.index,
        slate_hash: header.slate_hash,
    });
    Ok(())
}
