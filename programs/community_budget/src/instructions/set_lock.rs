//! `set_lock`: a member chooses another cool-down, and with it another bonus.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, require, require_neq},
    instructions::announce_stake,
    state::{Stake, Treasury},
};

/// Accounts of `set_lock`.
#[derive(Accounts)]
pub struct SetLock<'info> {
    pub owner: Signer<'info>,
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        has_one = owner @ BudgetError::AccountMismatch
    )]
    pub stake: AccountLoader<'info, Stake>,
}

impl SetLock<'_> {
    fn validate(&self, lock_secs: u32) -> Result<()> {
        let terms = self.treasury.load()?.in_force.lock_terms();
        let range = terms.min_secs..=terms.max_secs;
        require!(range.contains(&lock_secs), BudgetError::LockOutOfRange);
        require_neq!(self.stake.load()?.lock_secs, lock_secs, BudgetError::LockUnchanged);
        Ok(())
    }
}

pub fn handle_set_lock(ctx: Context<SetLock>, lock_secs: u32) -> Result<()> {
    ctx.accounts.validate(lock_secs)?;
    let now = Clock::get()?.unix_timestamp;

    let SetLock { owner: _, treasury, stake } = ctx.accounts;
    {
        let mut state = treasury.load_mut()?;
        let change = stake.load_mut()?.set_lock(lock_secs, &state.moment(now))?;
        state.change_weight(change.old, change.new, now)?;
    }
    announce_stake(treasury, stake)
}
