//! `open_stake`: a member's stake account, still empty.

use anchor_lang::prelude::*;
use budget_rules::snapshot::NEVER;

use crate::{
    constants::*,
    create::{Creation, mark},
    error::{BudgetError, require},
    events::StakeOpened,
    state::{Stake, Treasury, split_mut},
};

/// Accounts of `open_stake`.
#[derive(Accounts)]
pub struct OpenStake<'info> {
    pub owner: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    /// CHECK: `Creation` proves that its address is that of the seeds, and that nothing is there yet.
    #[cfg_attr(feature = "idl-build", account(mut, seeds = [STAKE_SEED, treasury.key().as_ref(), owner.key().as_ref()], bump))]
    #[cfg_attr(not(feature = "idl-build"), account(mut))]
    pub stake: UncheckedAccount<'info>,
    pub system_program: Program<'info, System>,
}

impl OpenStake<'_> {
    fn validate(&self, lock_secs: u32) -> Result<()> {
        let terms = self.treasury.load()?.in_force.lock_terms();
        let range = terms.min_secs..=terms.max_secs;
        require!(range.contains(&lock_secs), BudgetError::LockOutOfRange);
        Ok(())
    }
}

pub fn handle_open_stake(ctx: Context<OpenStake>, lock_secs: u32) -> Result<()> {
    ctx.accounts.validate(lock_secs)?;

    let OpenStake { owner, payer, treasury, stake, system_program: _ } = ctx.accounts;
    let (treasury_key, owner_key) = (treasury.key(), owner.key());
    let bump = Creation {
        account: stake,
        payer,
        owner: &crate::ID,
        space: Stake::SPACE,
        seeds: &[STAKE_SEED, treasury_key.as_ref(), owner_key.as_ref()],
        exists: BudgetError::StakeAlreadyOpen,
    }
    .run()?;
    mark::<Stake>(stake)?;
    {
        let (mut opened, _) = split_mut::<Stake>(stake.try_borrow_mut_data()?)?;
        opened.version = ACCOUNT_VERSION;
        opened.bump = bump;
        opened.lock_secs = lock_secs;
        opened.treasury = treasury_key;
        opened.owner = owner_key;
        opened.rent_payer = payer.key();
        opened.frozen_epoch = NEVER;
        opened.act_epoch = NEVER;
        opened.participation_latest = NEVER;
    }
    let seq = treasury.load_mut()?.next_seq()?;

    emit!(StakeOpened { seq, treasury: treasury_key, owner: owner_key, lock_secs });
    Ok(())
}
