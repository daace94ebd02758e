//! `veto_proposal`: the guardian stops an award or a change of policy within its timelock.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, checked, fail, require, require_gt, require_neq},
    events::ProposalVetoed,
    instructions::{drop_entry, refuse_durable_nonce},
    state::{ActionKind, BudgetEpoch, Entry, Outcome, Role, Treasury, load_epoch, load_epoch_mut},
};

/// Accounts of `veto_proposal`.
#[derive(Accounts)]
pub struct VetoProposal<'info> {
    pub guardian: Signer<'info>,
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
    /// CHECK: the address proves the sysvar.
    #[account(address = solana_instructions_sysvar::ID @ BudgetError::AccountMismatch)]
    pub instructions: UncheckedAccount<'info>,
}

impl VetoProposal<'_> {
    fn validate(&self, index: u8, now: i64) -> Result<()> {
        refuse_durable_nonce(&self.instructions)?;
        self.treasury.load()?.require_role(Role::Guardian, self.guardian.key)?;
        let (header, slate) = load_epoch(&self.epoch)?;
        require_neq!(header.settled_at, 0, BudgetError::NotSettled);
        let entry = slate.get(usize::from(index)).filter(|entry| Entry::awaits_execution(entry));
        let entry = entry.ok_or_else(|| fail(BudgetError::EntryNotFunded))?;
        let reachable = [ActionKind::Award, ActionKind::SetPolicy].map(u8::from);
        require!(reachable.contains(&entry.action), BudgetError::VetoNotAllowed);
        let executable_at = checked(header.executable_at(entry.tier))?;
        require_gt!(executable_at, now, BudgetError::TimelockOver);
        Ok(())
    }
}

pub fn handle_veto_proposal(ctx: Context<VetoProposal>, index: u8) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(index, now)?;

    let VetoProposal { guardian, treasury, epoch, instructions: _ } = ctx.accounts;
    let (mut header, mut slate) = load_epoch_mut(epoch)?;
    let mut books = treasury.load_mut()?;
    let amount = drop_entry(&mut books, &mut header, &mut slate, index, Outcome::Vetoed)?;
    let seq = header.next_seq()?;

    emit!(ProposalVetoed {
        seq,
        epoch: epoch.key(),
        index,
        guardian: guardian.key(),
        amount,
        committed: books.committed,
    });
    Ok(())
}
