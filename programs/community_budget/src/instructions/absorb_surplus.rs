//! `absorb_surplus`: tokens sent to the vault directly become funds.

use anchor_lang::{prelude::*, token::TokenAccount};

use crate::{
    error::{BudgetError, checked, require_eq, require_gt},
    events::SurplusAbsorbed,
    state::Treasury,
};

/// Accounts of `absorb_surplus`.
#[derive(Accounts)]
pub struct AbsorbSurplus<'info> {
    #[account(mut, has_one = vault @ BudgetError::AccountMismatch)]
    pub treasury: AccountLoader<'info, Treasury>,
    pub vault: InterfaceAccount<'info, TokenAccount>,
}

impl AbsorbSurplus<'_> {
    /// The surplus, in base units.
    fn validate(&self) -> Result<u64> {
        let treasury = self.treasury.load()?;
        require_eq!(treasury.epoch_active, 0, BudgetError::EpochNotSettled);
        let surplus = checked(self.vault.amount()?.checked_sub(treasury.tracked))?;
        require_gt!(surplus, 0, BudgetError::NoSurplus);
        Ok(surplus)
    }
}

pub fn handle_absorb_surplus(ctx: Context<AbsorbSurplus>) -> Result<()> {
    let amount = ctx.accounts.validate()?;

    let AbsorbSurplus { treasury, vault: _ } = ctx.accounts;
    let mut state = treasury.load_mut()?;
    state.book_deposit(amount)?;
    let seq = state.next_seq()?;

    emit!(SurplusAbsorbed { seq, treasury: treasury.key(), amount, tracked: state.tracked });
    Ok(())
}
