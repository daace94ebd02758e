//! `refresh_stake`: a stake's weight is measured by the terms of today. Anyone may ask for it.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, require},
    events::StakeRefreshed,
    state::{Stake, Treasury},
};

/// Accounts of `refresh_stake`.
#[derive(Accounts)]
pub struct RefreshStake<'info> {
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub stake: AccountLoader<'info, Stake>,
}

impl RefreshStake<'_> {
    fn validate(&self, now: i64) -> Result<()> {
        require!(!self.treasury.load()?.is_voting(now), BudgetError::VotingInProgress);
        Ok(())
    }
}

pub fn handle_refresh_stake(ctx: Context<RefreshStake>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(now)?;

    let RefreshStake { treasury, stake } = ctx.accounts;
    let mut stake = stake.load_mut()?;
    let mut books = treasury.load_mut()?;
    let change = stake.refresh(&books.moment(now))?;
    books.change_weight(change.old, change.new, now)?;
    let seq = books.next_seq()?;

    emit!(StakeRefreshed {
        seq,
        treasury: treasury.key(),
        owner: stake.owner,
        dormant: stake.dormant != 0,
        weight: stake.weight,
        total_weight: books.total_weight,
    });
    Ok(())
}
