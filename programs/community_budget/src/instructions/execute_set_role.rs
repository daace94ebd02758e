//! `execute_set_role`: a vote gives a role to another key.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, fail},
    events::RoleSet,
    instructions::Resolution,
    state::Action,
};

pub fn handle_execute_set_role(ctx: Context<Resolution>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    let action = &ctx.accounts.proposal.action;
    let (role, holder) = match action {
        Action::SetRole { role, holder } => (*role, *holder),
        _ => return Err(fail(BudgetError::WrongAction)),
    };
    let target = action.target();
    ctx.accounts.validate(now)?;

    let seq = ctx.accounts.carry_out()?;
    let mut books = ctx.accounts.treasury.load_mut()?;
    books.set_holder(role, holder);
    books.note_change(target)?;

    emit!(RoleSet {
        seq,
        epoch: ctx.accounts.epoch.key(),
        index: ctx.accounts.proposal.index,
        role,
        holder,
    });
    Ok(())
}
