//! `trip_breaker`: anyone stops awards when the treasury loses or drains too fast.

use anchor_lang::prelude::*;

use crate::{events::BreakerTripped, state::Treasury};

/// Accounts of `trip_breaker`.
#[derive(Accounts)]
pub struct TripBreaker<'info> {
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
}

pub fn handle_trip_breaker(ctx: Context<TripBreaker>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;

    let TripBreaker { treasury } = ctx.accounts;
    let mut books = treasury.load_mut()?;
    let cause = books.trip(now)?;
    let seq = books.next_seq()?;

    emit!(BreakerTripped {
        seq,
        treasury: treasury.key(),
        cause,
        until: books.tripped_until,
        high_water: books.high_water,
    });
    Ok(())
}
