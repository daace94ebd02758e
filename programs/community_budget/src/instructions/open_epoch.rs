//! `open_epoch`: a round of budgeting begins.

use anchor_lang::prelude::*;

use crate::{
    constants::*,
    error::{BudgetError, checked},
    events::EpochOpened,
    state::{BudgetEpoch, Treasury, empty_slate_hash},
};

/// Accounts of `open_epoch`.
#[derive(Accounts)]
#[instruction(index: u32)]
pub struct OpenEpoch<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(
        init,
        payer = payer,
        space = BudgetEpoch::space(treasury.load()?.policy.slate.capacity),
        seeds = [EPOCH_SEED, treasury.key().as_ref(), &index.to_le_bytes()],
        bump
    )]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
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

    let bump = ctx.bumps.epoch;
    let OpenEpoch { payer, treasury, epoch, system_program: _ } = ctx.accounts;
    let treasury_key = treasury.key();
    let mut books = treasury.load_mut()?;
    let mut header = epoch.load_init()?;
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
