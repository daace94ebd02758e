//! `request_unstake`: tokens stop carrying weight and begin to cool down.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, require_gt, require_gte},
    instructions::announce_stake,
    state::{Stake, Treasury},
};

/// Accounts of `request_unstake`.
#[derive(Accounts)]
pub struct RequestUnstake<'info> {
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

impl RequestUnstake<'_> {
    fn validate(&self, amount: u64) -> Result<()> {
        require_gt!(amount, 0, BudgetError::AmountIsZero);
        require_gte!(self.stake.load()?.amount, amount, BudgetError::InsufficientStake);
        Ok(())
    }
}

pub fn handle_request_unstake(ctx: Context<RequestUnstake>, amount: u64) -> Result<()> {
    ctx.accounts.validate(amount)?;
    let now = Clock::get()?.unix_timestamp;

    let RequestUnstake { owner: _, treasury, stake } = ctx.accounts;
    {
        let mut state = treasury.load_mut()?;
        let at = state.moment(now);
        let change = stake.load_mut()?.cool(amount, state.cooling_floor_at, &at)?;
        state.change_weight(change.old, change.new, now)?;
    }
    announce_stake(treasury, stake)
}
