//! `close_proposal`: a proposal whose entry is final returns its rent and settles its bond.

use anchor_lang::{
    prelude::*,
    token::{Mint, TokenAccount},
};
use anchor_spl::token_interface::TokenInterface;

use crate::{
    address::associated,
    constants::UNPAYABLE_BOND_PERIODS,
    error::{BudgetError, checked, require, require_eq, require_gte, require_neq},
    events::{BondFate, ProposalClosed},
    state::{BudgetEpoch, Proposal, Treasury, load_epoch, load_epoch_mut},
    token::{Movement, is_payable},
};

/// Accounts of `close_proposal`.
#[derive(Accounts)]
pub struct CloseProposal<'info> {
    #[account(
        mut,
        has_one = vault @ BudgetError::AccountMismatch,
        has_one = bond_vault @ BudgetError::AccountMismatch,
        has_one = budget_mint @ BudgetError::AccountMismatch
    )]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
    #[account(
        mut,
        dup,
        close = rent_payer,
        has_one = epoch @ BudgetError::AccountMismatch,
        has_one = rent_payer @ BudgetError::WrongRentPayer
    )]
    pub proposal: Account<'info, Proposal>,
    /// CHECK: `has_one` proves that it paid the rent.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
    #[account(mut, dup)]
    pub vault: InterfaceAccount<'info, TokenAccount>,
    #[account(mut, dup)]
    pub bond_vault: InterfaceAccount<'info, TokenAccount>,
    /// The proposer's associated token account; it need not exist when the bond goes to the vault.
    /// CHECK: `validate` proves its address and whether it can be paid.
    #[account(mut)]
    pub bond_account: UncheckedAccount<'info>,
    pub budget_mint: InterfaceAccount<'info, Mint>,
    pub token_program: Interface<'info, TokenInterface>,
}

impl CloseProposal<'_> {
    /// Where the bond goes.
    fn validate(&self, now: i64) -> Result<BondFate> {
        let (header, slate) = load_epoch(&self.epoch)?;
        require_neq!(header.settled_at, 0, BudgetError::NotSettled);
        let entry = checked(slate.get(usize::from(self.proposal.index)))?;
        require!(entry.is_final(), BudgetError::EntryNotFinal);
        if self.proposal.bond == 0 {
            return Ok(BondFate::None);
        }
        if header.is_spam(entry)? {
            return Ok(BondFate::Forfeited);
        }
        let proposer = self.proposal.proposer;
        let mint = self.budget_mint.key();
        let expected = associated(&proposer, &mint, self.budget_mint.to_account_info().owner);
        require_eq!(self.bond_account.key(), expected, BudgetError::WrongBondAccount);
        if is_payable(&self.bond_account, &mint, |owner| *owner == proposer) {
            return Ok(BondFate::Returned);
        }
        let period = i64::from(header.policy.schedule.period_secs);
        let wait = checked(period.checked_mul(UNPAYABLE_BOND_PERIODS))?;
        let unpayable_at = checked(header.settled_at.checked_add(wait))?;
        require_gte!(now, unpayable_at, BudgetError::BondUnpayable);
        Ok(BondFate::Unpayable)
    }

    /// Moves the bond to where it belongs and books it.
    fn settle_bond(&self, bond: u64, fate: BondFate) -> Result<()> {
        let to = match fate {
            BondFate::None => return Ok(()),
            BondFate::Returned => self.bond_account.as_ref(),
            BondFate::Forfeited | BondFate::Unpayable => self.vault.as_ref(),
        };
        let seeds = {
            let mut books = self.treasury.load_mut()?;
            books.book_bond_out(bond)?;
            if fate != BondFate::Returned {
                books.book_deposit(bond)?;
            }
            books.signer_seeds()
        };
        Movement {
            from: self.bond_vault.as_ref(),
            to,
            mint: &self.budget_mint,
            authority: self.treasury.as_ref(),
            token_program: self.token_program.key(),
        }
        .run_signed(bond, &seeds)
    }
}

pub fn handle_close_proposal(ctx: Context<CloseProposal>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    let fate = ctx.accounts.validate(now)?;

    let accounts = ctx.accounts;
    let (index, bond) = (accounts.proposal.index, accounts.proposal.bond);
    let seq = {
        let (mut header, mut slate) = load_epoch_mut(&accounts.epoch)?;
        header.close_entry(&mut slate, index)?;
        header.next_seq()?
    };
    accounts.settle_bond(bond, fate)?;

    emit!(ProposalClosed {
        seq,
        epoch: accounts.epoch.key(),
        index,
        bond,
        fate,
        tracked: accounts.treasury.load()?.tracked,
    });
    Ok(())
}
