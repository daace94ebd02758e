//! `close_stream`: a stream that has paid everything returns its rent.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, require, require_eq},
    events::StreamClosed,
    state::{RecipientRecord, Stream, Treasury},
};

/// Accounts of `close_stream`.
#[derive(Accounts)]
pub struct CloseStream<'info> {
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(
        mut,
        close = rent_payer,
        has_one = treasury @ BudgetError::AccountMismatch,
        has_one = rent_payer @ BudgetError::WrongRentPayer
    )]
    pub stream: AccountLoader<'info, Stream>,
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        constraint = record.load()?.person == stream.load()?.recipient @ BudgetError::AccountMismatch
    )]
    pub record: AccountLoader<'info, RecipientRecord>,
    /// CHECK: `has_one` proves that it paid the rent.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

impl CloseStream<'_> {
    fn validate(&self) -> Result<()> {
        let stream = self.stream.load()?;
        require!(stream.is_finished(), BudgetError::StreamNotFinished);
        require_eq!(stream.open_reviews, 0, BudgetError::ReviewsOpen);
        Ok(())
    }
}

pub fn handle_close_stream(ctx: Context<CloseStream>) -> Result<()> {
    ctx.accounts.validate()?;

    let CloseStream { treasury, stream, record, rent_payer: _ } = ctx.accounts;
    let finished = stream.load()?;
    let (paid, returned) = (finished.withdrawn, finished.returned);
    record.load_mut()?.book_closing(paid, returned);
    let seq = treasury.load_mut()?.next_seq()?;

    emit!(StreamClosed {
        seq,
        treasury: treasury.key(),
        stream: stream.key(),
        total: finished.total,
        paid,
        returned,
    });
    Ok(())
}
