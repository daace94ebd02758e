//! `deposit_funds`: anyone adds to the vault.

use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

use crate::{error::BudgetError, events::FundsDeposited, state::Treasury, token::Movement};

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
    #[account(mut)]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(mut)]
    pub source: Box<InterfaceAccount<'info, TokenAccount>>,
    pub budget_mint: Box<InterfaceAccount<'info, Mint>>,
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
        from: source.to_account_info(),
        to: vault.to_account_info(),
        mint: budget_mint,
        authority: depositor.to_account_info(),
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
