//! `set_delegate`: a member chooses who may vote in the member's place.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, require_neq},
    events::DelegateSet,
    state::{Stake, Treasury},
};

/// Accounts of `set_delegate`.
#[derive(Accounts)]
pub struct SetDelegate<'info> {
    pub owner: Signer<'info>,
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        has_one = owner @ BudgetError::AccountMismatch
    )]
    pub stake: AccountLoader<'info, Stake>,
}

impl SetDelegate<'_> {
    fn validate(&self, delegate: &Pubkey) -> Result<()> {
        require_neq!(self.stake.load()?.delegate, *delegate, BudgetError::DelegateUnchanged);
        Ok(())
    }
}

pub fn handle_set_delegate(ctx: Context<SetDelegate>, delegate: Pubkey) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(&delegate)?;

    let SetDelegate { owner, treasury, stake } = ctx.accounts;
    let mut books = treasury.load_mut()?;
    let change = stake.load_mut()?.set_delegate(delegate, &books.moment(now))?;
    books.change_weight(change.old, change.new, now)?;
    let seq = books.next_seq()?;

    emit!(DelegateSet { seq, treasury: treasury.key(), owner: owner.key(), delegate });
    Ok(())
}
