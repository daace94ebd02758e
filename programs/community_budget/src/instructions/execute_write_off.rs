//! `execute_write_off`: a vote takes a part of a category's principal for lost.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, fail},
    events::PositionWrittenOff,
    instructions::Resolution,
    state::Action,
};

pub fn handle_execute_write_off(ctx: Context<Resolution>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    let action = &ctx.accounts.proposal.action;
    let (category, amount) = match action {
        Action::WriteOff { category, amount } => (*category, *amount),
        _ => return Err(fail(BudgetError::WrongAction)),
    };
    let target = action.target();
    ctx.accounts.validate(now)?;

    let seq = ctx.accounts.carry_out()?;
    let mut books = ctx.accounts.treasury.load_mut()?;
    let loss = books.book_loss(amount, category)?;
    books.note_change(target)?;

    emit!(PositionWrittenOff {
        seq,
        epoch: ctx.accounts.epoch.key(),
        index: ctx.accounts.proposal.index,
        category,
        loss,
        cost: books.position_mut(category)?.cost,
    });
    Ok(())
}
