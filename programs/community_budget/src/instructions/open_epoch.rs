//! `open_epoch`: a round of budgeting begins.

use anchor_lang::prelude::*;

use crate::{
    constants::*,
    create::{Creation, mark},
    error::{BudgetError, checked, require_eq, require_gte},
    events::EpochOpened,
    state::{BudgetEpoch, Treasury, empty_slate_hash, split_mut},
};

/// Accounts of `open_epoch`.
#[derive(Accounts)]
#[cfg_attr(feature = "idl-build", instruction(index: u32))]
pub struct OpenEpoch<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    /// CHECK: `Creation` proves that its address is that of the seeds, and that nothing is there yet.
    #[cfg_attr(feature = "idl-build", account(mut, seeds = [EPOCH_SEED, treasury.key().as_ref(), &index.to_le_bytes()], bump))]
    #[cfg_attr(not(feature = "idl-build"), account(mut))]
    pub epoch: UncheckedAccount<'info>,
    pub system_program: Program<'info, System>,
}

impl OpenEpoch<'_> {
    fn validate(&self, index: u32, now: i64) -> Result<()> {
        let treasury = self.treasury.load()?;
        require_eq!(treasury.epoch_count, index, BudgetError::AccountMismatch);
        require_eq!(treasury.epoch_active, 0, BudgetError::EpochNotSettled);
        require_gte!(now, treasury.first_open_at, BudgetError::TooEarlyToOpen);
        if treasury.epoch_count > 0 {
            let period = i64::from(treasury.policy.schedule.period_secs);
            let next_at = checked(treasury.last_opened_at.checked_add(period))?;
            require_gte!(now, next_at, BudgetError::TooEarlyToOpen);
        }
        Ok(())
    }
}

pub fn handle_open_epoch(ctx: Context<OpenEpoch>, index: u32) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(index, now)?;

    let OpenEpoch { payer, treasury, epoch, system_program: _ } = ctx.accounts;
    let treasury_key = treasury.key();
    let mut books = treasury.load_mut()?;
    let bump = Creation {
        account: epoch,
        payer,
        owner: &crate::ID,
        space: BudgetEpoch::space(books.policy.slate.capacity),
        seeds: &[EPOCH_SEED, treasury_key.as_ref(), &index.to_le_bytes()],
        exists: BudgetError::AccountMismatch,
    }
    .run()?;
    mark::<BudgetEpoch>(epoch)?;
    let (mut header, _) = split_mut::<BudgetEpoch>(epoch.try_borrow_mut_data()?)?;
    header.version = ACCOUNT_VERSION;
    header.bump = bump;
    header.index = index;
    header.treasury = treasury_key;
    header.rent_payer = payer.key();
    header.policy = books.policy;
    header.slate_hash = empty_slate_hash(&treasury_key, index);
    header.schedule_from(now)?;
    header.set_budget(checked(books.free())?)?;
    header.seq = 1;

    books.begin_epoch(&mut header, now)?;
    header.invariant()?;

    emit!(EpochOpened {
        seq: header.seq,
        treasury: treasury_key,
        epoch: epoch.key(),
        index: header.index,
        cap: header.cap,
        reward_pool: header.reward_pool,
        free_at_open: header.free_at_open,
        voting_opens_at: header.voting_opens_at,
        voting_closes_at: header.voting_closes_at,
        voting_hard_end_at: header.voting_hard_end_at,
    });
    Ok(())
}
