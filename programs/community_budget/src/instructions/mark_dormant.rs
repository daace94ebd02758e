//! `mark_dormant`: a stake that missed eight epochs leaves the total. Anyone may show that it did.

use anchor_lang::{prelude::*, system_program};

use crate::{
    address,
    constants::{DORMANT_EPOCHS, EPOCH_SEED, VOTE_SEED},
    error::{BudgetError, checked, require, require_eq, require_gte},
    events::StakeRefreshed,
    state::{Stake, Treasury},
};

/// Accounts of `mark_dormant`. The remaining accounts are the addresses that the stake's vote
/// records of the last eight settled epochs would have, newest first.
#[derive(Accounts)]
pub struct MarkDormant<'info> {
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub stake: AccountLoader<'info, Stake>,
}

impl MarkDormant<'_> {
    /// Proves that the stake has no ballot in the last eight settled epochs: none noted, none that
    /// still waits in an open record.
    fn validate(&self, records: &[AccountInfo<'_>], now: i64) -> Result<()> {
        let treasury = self.treasury.load()?;
        let stake = self.stake.load()?;
        require!(!treasury.is_voting(now), BudgetError::VotingInProgress);
        require_eq!(stake.dormant, 0, BudgetError::AlreadyDormant);
        let settled = treasury.settled_epochs();
        require_gte!(settled, DORMANT_EPOCHS, BudgetError::NotDormant);
        let expected = checked(usize::try_from(DORMANT_EPOCHS).ok())?;
        require_eq!(records.len(), expected, BudgetError::AccountMismatch);
        // A stake whose owner touched it within these epochs did not miss them all.
        let since = checked(settled.checked_sub(DORMANT_EPOCHS))?;
        require!(stake.touched_epoch <= since, BudgetError::NotDormant);
        let treasury_key = self.treasury.key();
        let participation = stake.participation_record();
        for (behind, record) in (1..=DORMANT_EPOCHS).zip(records) {
            let index = checked(settled.checked_sub(behind))?;
            let seeds: &[&[u8]] = &[EPOCH_SEED, treasury_key.as_ref(), &index.to_le_bytes()];
            let (epoch, _) = address::find(seeds, &crate::ID);
            let seeds: &[&[u8]] = &[VOTE_SEED, epoch.as_ref(), stake.owner.as_ref()];
            let (address, _) = address::find(seeds, &crate::ID);
            require_eq!(*record.key, address, BudgetError::AccountMismatch);
            let absent = record.owner == &system_program::ID && record.data_is_empty();
            let missed = absent && !participation.took_part(index);
            require!(missed, BudgetError::NotDormant);
        }
        Ok(())
    }
}

pub fn handle_mark_dormant<'info>(ctx: Context<'info, MarkDormant<'info>>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(ctx.remaining_accounts, now)?;

    let MarkDormant { treasury, stake } = ctx.accounts;
    let mut stake = stake.load_mut()?;
    let mut books = treasury.load_mut()?;
    let change = stake.fall_dormant(&books.moment(now))?;
    books.change_weight(change.old, change.new, now)?;
    let seq = books.next_seq()?;

    emit!(StakeRefreshed {
        seq,
        treasury: treasury.key(),
        owner: stake.owner,
        dormant: true,
        weight: stake.weight,
        total_weight: books.total_weight,
    });
    Ok(())
}
