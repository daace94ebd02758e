//! `close_vote_record`: a vote record of a settled epoch returns its rent.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, checked},
    events::VoteRecordClosed,
    state::{BudgetEpoch, VoteRecord},
};

/// Accounts of `close_vote_record`.
#[derive(Accounts)]
pub struct CloseVoteRecord<'info> {
    #[account(mut)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
    #[account(
        mut,
        close = rent_payer,
        has_one = epoch @ BudgetError::AccountMismatch,
        has_one = rent_payer @ BudgetError::WrongRentPayer
    )]
    pub vote_record: AccountLoader<'info, VoteRecord>,
    /// CHECK: `has_one` proves that it paid the rent.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

impl CloseVoteRecord<'_> {
    fn validate(&self) -> Result<()> {
        require_neq!(self.epoch.load()?.settled_at, 0, BudgetError::NotSettled);
        Ok(())
    }
}

pub fn handle_close_vote_record(ctx: Context<CloseVoteRecord>) -> Result<()> {
    ctx.accounts.validate()?;

    let CloseVoteRecord { epoch, vote_record, rent_payer: _ } = ctx.accounts;
    let owner = vote_record.load()?.owner;
    let mut header = epoch.load_mut()?;
    header.vote_record_count = checked(header.vote_record_count.checked_sub(1))?;
    let seq = header.next_seq()?;

    emit!(VoteRecordClosed {
        seq,
        epoch: epoch.key(),
        owner,
        vote_record_count: header.vote_record_count,
    });
    Ok(())
}
