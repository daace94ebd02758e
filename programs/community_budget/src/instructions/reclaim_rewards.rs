//! `reclaim_rewards`: what nobody claimed of an epoch's rewards is free again.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, checked, require_gt, require_gte, require_neq},
    events::RewardsReclaimed,
    state::{BudgetEpoch, Treasury},
};

/// Accounts of `reclaim_rewards`.
#[derive(Accounts)]
pub struct ReclaimRewards<'info> {
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
}

impl ReclaimRewards<'_> {
    fn validate(&self, now: i64) -> Result<()> {
        let epoch = self.epoch.load()?;
        require_neq!(epoch.settled_at, 0, BudgetError::NotSettled);
        require_gte!(now, checked(epoch.claims_end_at())?, BudgetError::RewardsClaimable);
        require_gt!(epoch.reward_pool, epoch.rewards_paid, BudgetError::NothingToReclaim);
        Ok(())
    }
}

pub fn handle_reclaim_rewards(ctx: Context<ReclaimRewards>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(now)?;

    let ReclaimRewards { treasury, epoch } = ctx.accounts;
    let mut header = epoch.load_mut()?;
    let amount = checked(header.reward_pool.checked_sub(header.rewards_paid))?;
    header.reward_pool = header.rewards_paid;
    let seq = header.next_seq()?;
    let mut books = treasury.load_mut()?;
    books.unreserve(amount)?;

    emit!(RewardsReclaimed {
        seq,
        epoch: epoch.key(),
        amount,
        reserved_funds: books.reserved_funds,
    });
    Ok(())
}
