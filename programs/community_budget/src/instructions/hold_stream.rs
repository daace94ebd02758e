//! `hold_stream`: a stream whose update did not come is held. Anyone may say so.

use anchor_lang::prelude::*;

use crate::{
    error::BudgetError,
    events::StreamHeld,
    state::{RecipientRecord, Stream, Treasury},
};

/// Accounts of `hold_stream`.
#[derive(Accounts)]
pub struct HoldStream<'info> {
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub stream: AccountLoader<'info, Stream>,
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        constraint = record.load()?.person == stream.load()?.recipient @ BudgetError::AccountMismatch
    )]
    pub record: AccountLoader<'info, RecipientRecord>,
}

pub fn handle_hold_stream(ctx: Context<HoldStream>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;

    let HoldStream { treasury, stream, record } = ctx.accounts;
    let stream_key = stream.key();
    let mut stream = stream.load_mut()?;
    stream.hold_overdue(now)?;
    record.load_mut()?.book_missed_update();
    let seq = treasury.load_mut()?.next_seq()?;

    emit!(StreamHeld {
        seq,
        treasury: treasury.key(),
        stream: stream_key,
        checkpoint: stream.passed,
        held_at: stream.held_at,
    });
    Ok(())
}
