//! `lapse_proposal`: a funded award that nobody executed in time frees its money.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, checked},
    events::ProposalLapsed,
    state::{BudgetEpoch, Outcome, Treasury, load_epoch, load_epoch_mut},
};

/// Accounts of `lapse_proposal`.
#[derive(Accounts)]
pub struct LapseProposal<'info> {
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
}

impl LapseProposal<'_> {
    fn validate(&self, index: u8, now: i64) -> Result<()> {
        let (header, slate) = load_epoch(&self.epoch)?;
        require_neq!(header.settled_at, 0, BudgetError::NotSettled);
        let entry = slate.get(usize::from(index));
        let funded = entry.is_some_and(|entry| entry.is(Outcome::Funded));
        require!(funded, BudgetError::EntryNotFunded);
        require_gte!(now, checked(header.grace_ends_at())?, BudgetError::GraceNotOver);
        Ok(())
    }
}

pub fn handle_lapse_proposal(ctx: Context<LapseProposal>, index: u8) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(index, now)?;

    let LapseProposal { treasury, epoch } = ctx.accounts;
    let (mut header, mut slate) = load_epoch_mut(epoch)?;
    let amount = header.lapse_entry(&mut slate, index)?;
    let seq = header.next_seq()?;
    let mut books = treasury.load_mut()?;
    books.release(amount)?;

    emit!(ProposalLapsed { seq, epoch: epoch.key(), index, amount, committed: books.committed });
    Ok(())
}
