//! `execute_clear_breaker`: a vote ends the present trip of the breaker.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, require},
    events::BreakerCleared,
    instructions::Resolution,
    state::Action,
};

pub fn handle_execute_clear_breaker(ctx: Context<Resolution>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    let clears = matches!(ctx.accounts.proposal.action, Action::ClearBreaker);
    require!(clears, BudgetError::WrongAction);
    ctx.accounts.validate(now)?;

    let seq = ctx.accounts.carry_out()?;
    let mut books = ctx.accounts.treasury.load_mut()?;
    books.clear_breaker(now)?;

    emit!(BreakerCleared {
        seq,
        epoch: ctx.accounts.epoch.key(),
        index: ctx.accounts.proposal.index,
        high_water: books.high_water,
        rests_until: books.breaker_rests_until,
    });
    Ok(())
}
