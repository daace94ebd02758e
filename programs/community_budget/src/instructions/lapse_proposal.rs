//! `lapse_proposal`: an entry that nobody executed in time frees what it promised.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, checked, require, require_gte, require_neq},
    events::ProposalLapsed,
    instructions::drop_entry,
    state::{BudgetEpoch, Entry, Outcome, Treasury, load_epoch, load_epoch_mut},
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
        let waits = slate.get(usize::from(index)).is_some_and(Entry::awaits_execution);
        require!(waits, BudgetError::EntryNotFunded);
        let standstill = self.treasury.load()?.standstill_secs(now)?;
        require_gte!(now, checked(header.grace_ends_at(standstill))?, BudgetError::GraceNotOver);
        Ok(())
    }
}

pub fn handle_lapse_proposal(ctx: Context<LapseProposal>, index: u8) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(index, now)?;

    let LapseProposal { treasury, epoch } = ctx.accounts;
    let (mut header, mut slate) = load_epoch_mut(epoch)?;
    let mut books = treasury.load_mut()?;
    let amount = drop_entry(&mut books, &mut header, &mut slate, index, Outcome::Lapsed)?;
    let seq = header.next_seq()?;

    emit!(ProposalLapsed { seq, epoch: epoch.key(), index, amount, committed: books.committed });
    Ok(())
}
