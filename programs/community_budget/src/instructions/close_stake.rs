//! `close_stake`: an empty stake account's rent returns to its payer.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, require},
    events::StakeClosed,
    state::{Stake, Treasury},
};

/// Accounts of `close_stake`.
#[derive(Accounts)]
pub struct CloseStake<'info> {
    pub owner: Signer<'info>,
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(
        mut,
        close = rent_payer,
        has_one = treasury @ BudgetError::AccountMismatch,
        has_one = owner @ BudgetError::AccountMismatch,
        has_one = rent_payer @ BudgetError::WrongRentPayer
    )]
    pub stake: AccountLoader<'info, Stake>,
    /// CHECK: `has_one` proves that it paid the rent.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

impl CloseStake<'_> {
    fn validate(&self) -> Result<()> {
        require!(self.stake.load()?.is_empty(), BudgetError::StakeNotEmpty);
        Ok(())
    }
}

pub fn handle_close_stake(ctx: Context<CloseStake>) -> Result<()> {
    ctx.accounts.validate()?;

    let CloseStake { owner, treasury, stake: _, rent_payer: _ } = ctx.accounts;
    let seq = treasury.load_mut()?.next_seq()?;

    emit!(StakeClosed { seq, treasury: treasury.key(), owner: owner.key() });
    Ok(())
}
