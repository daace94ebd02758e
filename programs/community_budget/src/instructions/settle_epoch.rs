//! `settle_epoch`: tally, ranking and allocation of the whole slate, once.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, checked, require},
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
    books.book_trip_end(now)?;
    let electorate = books.electorate(header.index);
    let limits = checked(books.standing(header.cap, now)?.limits())?;
    let allocation = settle_slate(&mut header, &mut slate, electorate, limits, now)?;
    header.standstill_at_settlement = books.standstill_secs(now)?;
    header.target_changes = books.target_changes;
    books.end_epoch(&allocation.by_category, &header)?;
    let seq = header.next_seq()?;

    emit!(EpochSettled {
        seq,
        epoch: epoch.key(),
        electorate,
        passing: allocation.passing,
        funded: allocation.funded,
        approved: allocation.approved,
        allocated: allocation.allocated,
        settled_at: now,
        committed: books.committed,
    });
    Ok(())
}
