//! `execute_set_policy`: a vote's section becomes part of the policy that the next epoch opens with.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, fail, require},
    events::PolicySet,
    instructions::Resolution,
    state::{Action, Policy, PolicyPatch, Treasury},
};

/// Refuses to take a risk category's class, name or place away while money of it is out, or while an
/// open epoch could still award some.
fn require_kept_categories(books: &Treasury, after: &Policy) -> Result<()> {
    let categories = books.policy.risk.categories.iter().zip(after.risk.categories.iter());
    for (index, (position, (old, new))) in books.positions.iter().zip(categories).enumerate() {
        let out = position.pending > 0 || position.cost > 0;
        let open = books.epoch_active != 0 && books.policy.position_terms(index).class.is_risk();
        let kept = old.class == new.class && old.name == new.name;
        require!(kept || !(out || open), BudgetError::CategoryInUse);
    }
    Ok(())
}

pub fn handle_execute_set_policy(ctx: Context<Resolution>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    let patch: PolicyPatch = match &ctx.accounts.proposal.action {
        Action::SetPolicy(patch) => patch.clone(),
        _ => return Err(fail(BudgetError::WrongAction)),
    };
    ctx.accounts.validate(now)?;
    ctx.accounts.treasury.load()?.require_unblocked(now)?;

    let seq = ctx.accounts.carry_out()?;
    let mut books = ctx.accounts.treasury.load_mut()?;
    let mut policy = Box::new(books.policy);
    patch.apply(&mut policy);
    policy.check()?;
    require_kept_categories(&books, &policy)?;
    books.policy = *policy;
    books.note_change(patch.section())?;

    emit!(PolicySet {
        seq,
        epoch: ctx.accounts.epoch.key(),
        index: ctx.accounts.proposal.index,
        section: patch.section(),
        policy: books.policy,
    });
    Ok(())
}
