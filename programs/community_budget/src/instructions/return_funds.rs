//! `return_funds`: tokens come back to a category, with profit or without.

use anchor_lang::{
    prelude::*,
    token::{Mint, TokenAccount},
};
use anchor_spl::token_interface::TokenInterface;

use crate::{
    error::{BudgetError, require, require_gt},
    events::FundsReturned,
    state::{RecipientRecord, Treasury},
    token::Movement,
};

/// Accounts of `return_funds`.
#[derive(Accounts)]
pub struct ReturnFunds<'info> {
    pub depositor: Signer<'info>,
    #[account(
        mut,
        has_one = vault @ BudgetError::AccountMismatch,
        has_one = budget_mint @ BudgetError::AccountMismatch
    )]
    pub treasury: AccountLoader<'info, Treasury>,
    /// The depositor's record, if the depositor has one.
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        constraint = record.load()?.person == depositor.key() @ BudgetError::AccountMismatch
    )]
    pub record: Option<AccountLoader<'info, RecipientRecord>>,
    #[account(mut, dup)]
    pub vault: InterfaceAccount<'info, TokenAccount>,
    #[account(mut, dup)]
    pub source: InterfaceAccount<'info, TokenAccount>,
    pub budget_mint: InterfaceAccount<'info, Mint>,
    pub token_program: Interface<'info, TokenInterface>,
}

impl ReturnFunds<'_> {
    fn validate(&self, category: u8, amount: u64) -> Result<()> {
        require_gt!(amount, 0, BudgetError::AmountIsZero);
        let known = self.treasury.load()?.in_force.has_category(category);
        require!(known, BudgetError::UnknownCategory);
        Ok(())
    }
}

pub fn handle_return_funds(ctx: Context<ReturnFunds>, category: u8, amount: u64) -> Result<()> {
    ctx.accounts.validate(category, amount)?;

    let ReturnFunds { depositor, treasury, record, vault, source, budget_mint, token_program } =
        ctx.accounts;
    if let Some(record) = record {
        record.load_mut()?.book_return(amount);
    }
    let (seq, profit, tracked) = {
        let mut books = treasury.load_mut()?;
        // What was spent for good has no cost to come back to, and so yields no profit either.
        let profit = if books.in_force.is_risk(category) {
            books.book_return(amount, category)?
        } else {
            books.book_deposit(amount)?;
            0
        };
        (books.next_seq()?, profit, books.tracked)
    };
    Movement {
        from: source.as_ref(),
        to: vault.as_ref(),
        mint: budget_mint,
        authority: depositor.as_ref(),
        token_program: token_program.key(),
    }
    .run(amount)?;

    emit!(FundsReturned {
        seq,
        treasury: treasury.key(),
        from: depositor.key(),
        category,
        amount,
        profit,
        tracked,
    });
    Ok(())
}
