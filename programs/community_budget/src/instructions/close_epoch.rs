//! `close_epoch`: a settled and empty epoch returns its rent.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, checked, require_eq, require_neq},
    events::EpochClosed,
    state::{BudgetEpoch, Treasury},
};

/// Accounts of `close_epoch`.
#[derive(Accounts)]
pub struct CloseEpoch<'info> {
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(
        mut,
        close = rent_payer,
        has_one = treasury @ BudgetError::AccountMismatch,
        has_one = rent_payer @ BudgetError::WrongRentPayer
    )]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
    /// CHECK: `has_one` proves that it paid the rent.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

impl CloseEpoch<'_> {
    fn validate(&self) -> Result<()> {
        let epoch = self.epoch.load()?;
        require_neq!(epoch.settled_at, 0, BudgetError::NotSettled);
        require_eq!(epoch.vote_record_count, 0, BudgetError::EpochNotEmpty);
        require_eq!(epoch.open_proposals, 0, BudgetError::EpochNotEmpty);
        Ok(())
    }
}

pub fn handle_close_epoch(ctx: Context<CloseEpoch>) -> Result<()> {
    ctx.accounts.validate()?;

    let CloseEpoch { treasury, epoch, rent_payer: _ } = ctx.accounts;
    let header = epoch.load()?;
    let seq = checked(header.seq.checked_add(1))?;
    // No vote record is left to claim them.
    let unclaimed_rewards = checked(header.reward_pool.checked_sub(header.rewards_paid))?;
    treasury.load_mut()?.unreserve(unclaimed_rewards)?;

    emit!(EpochClosed { seq, epoch: epoch.key(), index: header.index, unclaimed_rewards });
    Ok(())
}
