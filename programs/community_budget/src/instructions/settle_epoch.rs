//! `settle_epoch`: tally, ranking and allocation of the whole slate, once.

use anchor_lang::prelude::*;

use crate::{
    error::BudgetError,
    events::EpochSettled,
    state::{BudgetEpoch, Phase, Treasury, load_epoch_mut, settle_slate},
};

/// Accounts of `settle_epoch`.
#[derive(Accounts)]
pub struct SettleEpoch<'info> {
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
}

impl SettleEpoch<'_> {
    fn validate(&self, now: i64) -> Result<()> {
        let epoch = self.epoch.load()?;
        require!(epoch.phase(now) == Phase::Tallying, BudgetError::NotInTallying);
        Ok(())
    }
}

pub fn handle_settle_epoch(ctx: Context<SettleEpoch>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(now)?;

    let SettleEpoch { treasury, epoch } = ctx.accounts;
    let mut books = treasury.load_mut()?;
    let (mut header, mut slate) = load_epoch_mut(epoch)?;
    let electorate = books.electorate(header.index);
    let allocation = settle_slate(&mut header, &mut slate, electorate, now)?;
    books.end_epoch(allocation.allocated)?;
    let seq = header.next_seq()?;

    emit!(EpochSettled {
        seq,
        epoch: epoch.key(),
        electorate,
        passing: allocation.passing,
        funded: allocation.funded,
        allocated: allocation.allocated,
        settled_at: now,
        committed: books.committed,
    });
    Ok(())
}
