//! `pause_executions`: the guardian blocks awards and changes of policy for a while.

use anchor_lang::prelude::*;

use crate::{
    error::BudgetError,
    events::ExecutionsPaused,
    instructions::refuse_durable_nonce,
    state::{Role, Treasury},
};

/// Accounts of `pause_executions`.
#[derive(Accounts)]
pub struct PauseExecutions<'info> {
    pub guardian: Signer<'info>,
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    /// CHECK: the address proves the sysvar.
    #[account(address = solana_instructions_sysvar::ID @ BudgetError::AccountMismatch)]
    pub instructions: UncheckedAccount<'info>,
}

impl PauseExecutions<'_> {
    fn validate(&self) -> Result<()> {
        refuse_durable_nonce(&self.instructions)?;
        self.treasury.load()?.require_role(Role::Guardian, self.guardian.key)
    }
}

pub fn handle_pause_executions(ctx: Context<PauseExecutions>, secs: u32) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate()?;

    let PauseExecutions { guardian: _, treasury, instructions: _ } = ctx.accounts;
    let mut books = treasury.load_mut()?;
    books.pause_executions(secs, now)?;
    let seq = books.next_seq()?;

    emit!(ExecutionsPaused {
        seq,
        treasury: treasury.key(),
        until: books.pause_until,
        used_secs: books.pause_used_secs,
    });
    Ok(())
}
