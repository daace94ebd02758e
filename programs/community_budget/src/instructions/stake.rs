//! `stake`: a member's tokens begin to carry weight.

use anchor_lang::{
    prelude::*,
    token::{Mint, TokenAccount},
};
use anchor_spl::token_interface::TokenInterface;

use crate::{
    error::{BudgetError, checked, require_gt},
    instructions::announce_stake,
    state::{Stake, Treasury},
    token::Movement,
};

/// Accounts of `stake`.
#[derive(Accounts)]
pub struct StakeTokens<'info> {
    pub owner: Signer<'info>,
    #[account(
        mut,
        has_one = stake_vault @ BudgetError::AccountMismatch,
        has_one = stake_mint @ BudgetError::AccountMismatch
    )]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        has_one = owner @ BudgetError::AccountMismatch
    )]
    pub stake: AccountLoader<'info, Stake>,
    #[account(mut, dup)]
    pub stake_vault: InterfaceAccount<'info, TokenAccount>,
    #[account(mut, dup)]
    pub source: InterfaceAccount<'info, TokenAccount>,
    pub stake_mint: InterfaceAccount<'info, Mint>,
    pub token_program: Interface<'info, TokenInterface>,
}

impl StakeTokens<'_> {
    fn validate(&self, amount: u64) -> Result<()> {
        require_gt!(amount, 0, BudgetError::AmountIsZero);
        Ok(())
    }
}

pub fn handle_stake(ctx: Context<StakeTokens>, amount: u64) -> Result<()> {
    ctx.accounts.validate(amount)?;
    let now = Clock::get()?.unix_timestamp;

    let StakeTokens { owner, treasury, stake, stake_vault, source, stake_mint, token_program } =
        ctx.accounts;
    {
        let mut state = treasury.load_mut()?;
        let change = stake.load_mut()?.add(amount, &state.moment(now))?;
        state.change_weight(change.old, change.new, now)?;
        state.staked = checked(state.staked.checked_add(amount))?;
    }
    Movement {
        from: source.as_ref(),
        to: stake_vault.as_ref(),
        mint: stake_mint,
        authority: owner.as_ref(),
        token_program: token_program.key(),
    }
    .run(amount)?;

    announce_stake(treasury, stake)
}
