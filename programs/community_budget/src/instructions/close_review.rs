//! `close_review`: a review whose checkpoint is decided returns its rent.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, checked, require},
    events::ReviewClosed,
    state::{Review, Stream, Treasury},
};

/// Accounts of `close_review`.
#[derive(Accounts)]
pub struct CloseReview<'info> {
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub stream: AccountLoader<'info, Stream>,
    #[account(
        mut,
        dup,
        close = rent_payer,
        has_one = stream @ BudgetError::AccountMismatch,
        has_one = rent_payer @ BudgetError::WrongRentPayer
    )]
    pub review: Account<'info, Review>,
    /// CHECK: `has_one` proves that it paid the rent.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

pub fn handle_close_review(ctx: Context<CloseReview>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;

    let CloseReview { treasury, stream, review, rent_payer: _ } = ctx.accounts;
    let stream_key = stream.key();
    let mut stream = stream.load_mut()?;
    stream.pass_by_silence(now)?;
    require!(stream.is_decided(review.checkpoint), BudgetError::ReviewNotDecided);
    stream.open_reviews = checked(stream.open_reviews.checked_sub(1))?;
    let seq = treasury.load_mut()?.next_seq()?;

    emit!(ReviewClosed {
        seq,
        treasury: treasury.key(),
        stream: stream_key,
        checkpoint: review.checkpoint,
    });
    Ok(())
}
