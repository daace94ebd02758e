//! `withdraw_unstaked`: tokens that have cooled down return to their owner.

use anchor_lang::{
    prelude::*,
    token::{Mint, TokenAccount},
};
use anchor_spl::token_interface::TokenInterface;

use crate::{
    error::{BudgetError, checked, require_gt, require_gte},
    events::UnstakedWithdrawn,
    state::{Stake, Treasury},
    token::Movement,
};

/// Accounts of `withdraw_unstaked`.
#[derive(Accounts)]
pub struct WithdrawUnstaked<'info> {
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
    /// Any token account that the owner chooses, except the treasury's.
    #[account(
        mut,
        dup,
        constraint = destination.key() != stake_vault.key()
            @ ErrorCode::ConstraintDuplicateMutableAccount,
        constraint = destination.owner()? != treasury.key() @ BudgetError::WrongTokenAccount
    )]
    pub destination: InterfaceAccount<'info, TokenAccount>,
    pub stake_mint: InterfaceAccount<'info, Mint>,
    pub token_program: Interface<'info, TokenInterface>,
}

impl WithdrawUnstaked<'_> {
    fn validate(&self, now: i64) -> Result<()> {
        let stake = self.stake.load()?;
        require_gt!(stake.cooling, 0, BudgetError::NothingCooling);
        require_gte!(now, stake.cooling_until, BudgetError::StillCooling);
        Ok(())
    }
}

pub fn handle_withdraw_unstaked(ctx: Context<WithdrawUnstaked>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(now)?;

    let WithdrawUnstaked {
        owner,
        treasury,
        stake,
        stake_vault,
        destination,
        stake_mint,
        token_program,
    } = ctx.accounts;
    let amount = stake.load_mut()?.take_cooled();
    let (seq, staked, seeds) = {
        let mut state = treasury.load_mut()?;
        state.staked = checked(state.staked.checked_sub(amount))?;
        (state.next_seq()?, state.staked, state.signer_seeds())
    };
    Movement {
        from: stake_vault.as_ref(),
        to: destination.as_ref(),
        mint: stake_mint,
        authority: treasury.as_ref(),
        token_program: token_program.key(),
    }
    .run_signed(amount, &seeds)?;

    emit!(UnstakedWithdrawn { seq, treasury: treasury.key(), owner: owner.key(), amount, staked });
    Ok(())
}
