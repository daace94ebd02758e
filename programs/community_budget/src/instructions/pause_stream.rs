//! `pause_stream`: the guardian stops a stream's accrual for a while.

use anchor_lang::prelude::*;

use crate::{
    error::BudgetError,
    events::StreamPaused,
    instructions::refuse_durable_nonce,
    state::{Role, Stream, Treasury},
};

/// Accounts of `pause_stream`.
#[derive(Accounts)]
pub struct PauseStream<'info> {
    pub guardian: Signer<'info>,
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub stream: AccountLoader<'info, Stream>,
    /// CHECK: the address proves the sysvar.
    #[account(address = solana_instructions_sysvar::ID @ BudgetError::AccountMismatch)]
    pub instructions: UncheckedAccount<'info>,
}

impl PauseStream<'_> {
    fn validate(&self) -> Result<()> {
        refuse_durable_nonce(&self.instructions)?;
        self.treasury.load()?.require_role(Role::Guardian, self.guardian.key)
    }
}

pub fn handle_pause_stream(ctx: Context<PauseStream>, secs: u32) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate()?;

    let PauseStream { guardian: _, treasury, stream, instructions: _ } = ctx.accounts;
    let stream_key = stream.key();
    let mut stream = stream.load_mut()?;
    let mut books = treasury.load_mut()?;
    stream.pause(secs, books.in_force.breaker.guardian_pause_secs, now)?;
    let seq = books.next_seq()?;

    emit!(StreamPaused {
        seq,
        treasury: treasury.key(),
        stream: stream_key,
        until: stream.pause_until,
        used_secs: stream.pause_used_secs,
    });
    Ok(())
}
