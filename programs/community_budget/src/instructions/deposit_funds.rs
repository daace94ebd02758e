//! `deposit_funds`: anyone adds to the vault.

use anchor_lang::{
    prelude::*,
    token::{Mint, TokenAccount},
};
use anchor_spl::token_interface::TokenInterface;

use crate::{
    error::{BudgetError, require_gt},
    events::FundsDeposited,
    state::Treasury,
    token::Movement,
};

/// Accounts of `deposit_funds`.
#[derive(Accounts)]
pub struct DepositFunds<'info> {
    pub depositor: Signer<'info>,
    #[account(
        mut,
        has_one = vault @ BudgetError::AccountMismatch,
        has_one = budget_mint @ BudgetError::AccountMismatch
    )]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, dup)]
    pub vault: InterfaceAccount<'info, TokenAccount>,
    #[account(mut, dup)]
    pub source: InterfaceAccount<'info, TokenAccount>,
    pub budget_mint: InterfaceAccount<'info, Mint>,
    pub token_program: Interface<'info, TokenInterface>,
}

impl DepositFunds<'_> {
    fn validate(&self, amount: u64) -> Result<()> {
        require_gt!(amount, 0, BudgetError::AmountIsZero);
        Ok(())
    }
}

pub fn handle_deposit_funds(ctx: Context<DepositFunds>, amount: u64) -> Result<()> {
    ctx.accounts.validate(amount)?;

    let DepositFunds { depositor, treasury, vault, source, budget_mint, token_program } =
        ctx.accounts;
    let (seq, tracked) = {
        let mut state = treasury.load_mut()?;
        state.book_deposit(amount)?;
        (state.next_seq()?, state.tracked)
    };
    Movement {
        from: source.as_ref(),
        to: vault.as_ref(),
        mint: budget_mint,
        authority: depositor.as_ref(),
        token_program: token_program.key(),
    }
    .run(amount)?;

    emit!(FundsDeposited {
        seq,
        treasury: treasury.key(),
        depositor: depositor.key(),
        amount,
        tracked,
    });
    Ok(())
}
