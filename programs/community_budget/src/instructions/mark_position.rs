//! `mark_position`: the risk reporter says what a category's position is worth.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, require},
    events::PositionMarked,
    instructions::refuse_durable_nonce,
    state::{Role, Treasury},
};

/// Accounts of `mark_position`.
#[derive(Accounts)]
pub struct MarkPosition<'info> {
    pub risk_reporter: Signer<'info>,
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    /// CHECK: the address proves the sysvar.
    #[account(address = solana_instructions_sysvar::ID @ BudgetError::AccountMismatch)]
    pub instructions: UncheckedAccount<'info>,
}

impl MarkPosition<'_> {
    fn validate(&self, category: u8) -> Result<()> {
        refuse_durable_nonce(&self.instructions)?;
        let treasury = self.treasury.load()?;
        treasury.require_role(Role::RiskReporter, self.risk_reporter.key)?;
        require!(treasury.in_force.is_risk(category), BudgetError::NotARiskCategory);
        Ok(())
    }
}

pub fn handle_mark_position(ctx: Context<MarkPosition>, category: u8, mark: u64) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(category)?;

    let MarkPosition { risk_reporter: _, treasury, instructions: _ } = ctx.accounts;
    let mut books = treasury.load_mut()?;
    let position = books.position_mut(category)?;
    position.reported_mark = mark;
    position.reported_at = now;
    let seq = books.next_seq()?;

    emit!(PositionMarked { seq, treasury: treasury.key(), category, mark, reported_at: now });
    Ok(())
}
