//! `close_stream`: a stream that has paid everything returns its rent.

use anchor_lang::prelude::*;

use crate::{
    error::BudgetError,
    events::StreamClosed,
    state::{Stream, Treasury},
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
    pub stream: Box<Account<'info, Stream>>,
    /// CHECK: `has_one` proves that it paid the rent.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

impl CloseStream<'_> {
    fn validate(&self) -> Result<()> {
        require!(self.stream.is_finished(), BudgetError::StreamNotFinished);
        Ok(())
    }
}

pub fn handle_close_stream(ctx: Context<CloseStream>) -> Result<()> {
    ctx.accounts.validate()?;

    let CloseStream { treasury, stream, rent_payer: _ } = ctx.accounts;
    let seq = treasury.load_mut()?.next_seq()?;

    emit!(StreamClosed {
        seq,
        treasury: treasury.key(),
        stream: stream.key(),
        total: stream.total,
    });
    Ok(())
}
