//! `withdraw_stream`: what a stream has released goes to its recipient. Anyone may trigger it.

use anchor_lang::{
    prelude::*,
    token::{Mint, TokenAccount},
};
use anchor_spl::token_interface::TokenInterface;

use crate::{
    address::associated,
    error::{BudgetError, require, require_gt, require_neq},
    events::StreamWithdrawn,
    state::{Stream, Treasury},
    token::{Movement, is_payable},
};

/// Accounts of `withdraw_stream`.
#[derive(Accounts)]
pub struct WithdrawStream<'info> {
    #[account(
        mut,
        has_one = vault @ BudgetError::AccountMismatch,
        has_one = budget_mint @ BudgetError::AccountMismatch
    )]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub stream: AccountLoader<'info, Stream>,
    #[account(mut, dup)]
    pub vault: InterfaceAccount<'info, TokenAccount>,
    /// The stream's payout account.
    #[account(mut, dup)]
    pub payout: InterfaceAccount<'info, TokenAccount>,
    /// Only given to show that the stream's payout account cannot be paid; then `payout` is the
    /// recipient's associated account.
    /// CHECK: `validate` compares its key and asks whether it can be paid.
    pub blocked_payout: Option<UncheckedAccount<'info>>,
    pub budget_mint: InterfaceAccount<'info, Mint>,
    pub token_program: Interface<'info, TokenInterface>,
}

impl WithdrawStream<'_> {
    fn validate(&self) -> Result<()> {
        // A payout account that was handed to the treasury since would strand what it is paid.
        let treasury = self.treasury.key();
        require_neq!(self.payout.owner()?, treasury, BudgetError::PayoutNotAllowed);
        let stream = self.stream.load()?;
        if self.payout.key() == stream.payout_account {
            return Ok(());
        }
        // Nor must one that was closed, frozen or handed over hold the rest hostage.
        let blocked = self.blocked_payout.as_ref().is_some_and(|blocked| {
            let mint = self.budget_mint.key();
            blocked.key() == stream.payout_account
                && !is_payable(blocked, &mint, |owner| *owner != treasury)
        });
        let fallback =
            associated(&stream.recipient, &self.budget_mint.key(), &self.token_program.key());
        let reaches_recipient =
            self.payout.key() == fallback && self.payout.owner()? == stream.recipient;
        require!(blocked && reaches_recipient, BudgetError::WrongPayoutAccount);
        Ok(())
    }
}

pub fn handle_withdraw_stream(ctx: Context<WithdrawStream>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate()?;

    let WithdrawStream {
        treasury,
        stream,
        vault,
        payout,
        blocked_payout: _,
        budget_mint,
        token_program,
    } = ctx.accounts;
    let stream_key = stream.key();
    let mut stream = stream.load_mut()?;
    stream.pass_by_silence(now)?;
    let claimable = stream.claimable(now)?;
    require_gt!(claimable, 0, BudgetError::NothingToWithdraw);
    let (amount, seq, tracked, committed, seeds) = {
        let mut books = treasury.load_mut()?;
        let amount = books.draw(claimable, now, |delay| stream.overdue(now, delay))?;
        require_gt!(amount, 0, BudgetError::OutflowLimited);
        stream.pay(amount)?;
        books.book_payout(amount, stream.category, stream.is_risk != 0, now)?;
        (amount, books.next_seq()?, books.tracked, books.committed, books.signer_seeds())
    };
    Movement {
        from: vault.as_ref(),
        to: payout.as_ref(),
        mint: budget_mint,
        authority: treasury.as_ref(),
        token_program: token_program.key(),
    }
    .run_signed(amount, &seeds)?;

    emit!(StreamWithdrawn {
        seq,
        treasury: treasury.key(),
        stream: stream_key,
        payout_account: payout.key(),
        amount,
        withdrawn: stream.withdrawn,
        total: stream.total,
        tracked,
        committed,
    });
    Ok(())
}
