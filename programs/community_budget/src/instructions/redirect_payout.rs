//! `redirect_payout`: the recipient chooses the token account that a stream pays.

use anchor_lang::{prelude::*, token::TokenAccount};

use crate::{
    error::BudgetError,
    events::PayoutRedirected,
    state::{Stream, Treasury},
};

/// Accounts of `redirect_payout`.
#[derive(Accounts)]
pub struct RedirectPayout<'info> {
    pub recipient: Signer<'info>,
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        has_one = recipient @ BudgetError::AccountMismatch
    )]
    pub stream: AccountLoader<'info, Stream>,
    #[account(
        constraint = payout.mint()? == treasury.load()?.budget_mint @ BudgetError::WrongTokenAccount,
        constraint = payout.owner()? != treasury.key() @ BudgetError::PayoutNotAllowed
    )]
    pub payout: InterfaceAccount<'info, TokenAccount>,
}

pub fn handle_redirect_payout(ctx: Context<RedirectPayout>) -> Result<()> {
    let RedirectPayout { recipient: _, treasury, stream, payout } = ctx.accounts;
    stream.load_mut()?.payout_account = payout.key();
    let seq = treasury.load_mut()?.next_seq()?;

    emit!(PayoutRedirected {
        seq,
        treasury: treasury.key(),
        stream: stream.key(),
        payout_account: payout.key(),
    });
    Ok(())
}
