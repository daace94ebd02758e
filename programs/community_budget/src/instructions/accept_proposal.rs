//! `accept_proposal`: the recipient agrees to an award.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, require},
    events::ProposalAccepted,
    state::{BudgetEpoch, Consent, Phase, Proposal, RecipientRecord, load_epoch_mut},
};

/// Accounts of `accept_proposal`.
#[derive(Accounts)]
pub struct AcceptProposal<'info> {
    #[account(
        constraint = proposal.action.award()?.recipient == recipient.key()
            @ BudgetError::AccountMismatch
    )]
    pub recipient: Signer<'info>,
    #[account(mut)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
    #[account(has_one = epoch @ BudgetError::AccountMismatch)]
    pub proposal: Account<'info, Proposal>,
    #[account(
        mut,
        constraint = record.load()?.person == recipient.key() @ BudgetError::AccountMismatch,
        constraint = record.load()?.treasury == proposal.treasury @ BudgetError::AccountMismatch
    )]
    pub record: AccountLoader<'info, RecipientRecord>,
}

impl AcceptProposal<'_> {
    fn validate(&self, now: i64) -> Result<()> {
        let epoch = self.epoch.load()?;
        require!(epoch.phase(now) == Phase::Submission, BudgetError::NotInSubmission);
        Ok(())
    }
}

pub fn handle_accept_proposal(ctx: Context<AcceptProposal>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(now)?;

    let AcceptProposal { recipient, epoch, proposal, record } = ctx.accounts;
    let (mut header, mut slate) = load_epoch_mut(epoch)?;
    let consent = {
        let mut record = record.load_mut()?;
        let weak_record = record.is_weak(header.policy.tiers.record_floor_bps);
        Consent { leader: record.leader_of(header.index, proposal.index), weak_record }
    };
    let recipient_ask = header.accept_entry(&mut slate, proposal.index, &consent)?;
    let seq = header.next_seq()?;

    emit!(ProposalAccepted {
        seq,
        epoch: epoch.key(),
        index: proposal.index,
        recipient: recipient.key(),
        recipient_ask,
    });
    Ok(())
}
