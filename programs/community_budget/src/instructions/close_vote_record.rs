//! `close_vote_record`: a vote record of a settled epoch pays its reward, counts as participation and
//! returns its rent.

use anchor_lang::{
    prelude::*,
    system_program,
    token::{Mint, TokenAccount},
};
use anchor_spl::token_interface::TokenInterface;

use crate::{
    address::{self, associated},
    constants::STAKE_SEED,
    error::{BudgetError, checked, require, require_eq, require_neq},
    events::VoteRecordClosed,
    state::{
        BudgetEpoch, Stake, Treasury, VoteRecord, choice_count, load_vote_record_mut, split_mut,
    },
    token::{Movement, is_payable},
};

/// Accounts of `close_vote_record`.
#[derive(Accounts)]
pub struct CloseVoteRecord<'info> {
    #[account(
        mut,
        has_one = vault @ BudgetError::AccountMismatch,
        has_one = budget_mint @ BudgetError::AccountMismatch
    )]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
    #[account(
        mut,
        close = rent_payer,
        has_one = epoch @ BudgetError::AccountMismatch,
        has_one = rent_payer @ BudgetError::WrongRentPayer
    )]
    pub vote_record: AccountLoader<'info, VoteRecord>,
    /// CHECK: `has_one` proves that it paid the rent.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
    /// The voter's stake, or its empty address if it has been closed since.
    /// CHECK: `open_stake` proves which.
    #[account(mut)]
    pub stake: UncheckedAccount<'info>,
    #[account(mut, dup)]
    pub vault: InterfaceAccount<'info, TokenAccount>,
    /// The voter's associated token account; it need not exist where there is no reward to pay.
    /// CHECK: `reward` proves its address and whether it can be paid.
    #[account(mut)]
    pub reward_account: UncheckedAccount<'info>,
    pub budget_mint: InterfaceAccount<'info, Mint>,
    pub token_program: Interface<'info, TokenInterface>,
}

impl CloseVoteRecord<'_> {
    fn validate(&self) -> Result<()> {
        require_neq!(self.epoch.load()?.settled_at, 0, BudgetError::NotSettled);
        Ok(())
    }

    /// Base units that the ballot earned and that can still be claimed.
    fn reward(&self, owner: &Pubkey, weight: u64, covered: u64, now: i64) -> Result<u64> {
        let header = self.epoch.load()?;
        let reward = checked(header.reward(weight, covered))?;
        if reward == 0 || now >= checked(header.claims_end_at())? {
            return Ok(0);
        }
        let mint = self.budget_mint.key();
        let expected = associated(owner, &mint, self.budget_mint.to_account_info().owner);
        require_eq!(self.reward_account.key(), expected, BudgetError::WrongRewardAccount);
        // Whoever closes a record must not be able to cost its voter the reward.
        let payable = is_payable(&self.reward_account, &mint, |holder| holder == owner);
        require!(payable, BudgetError::RewardUnpayable);
        Ok(reward)
    }

    /// Notes the participation in the voter's stake, if that still exists, and returns its weight.
    fn note_participation(&self, owner: &Pubkey, tokens: u64, now: i64) -> Result<u64> {
        let epoch_index = self.epoch.load()?.index;
        let treasury_key = self.treasury.key();
        if self.stake.owner != &crate::ID {
            let seeds: &[&[u8]] = &[STAKE_SEED, treasury_key.as_ref(), owner.as_ref()];
            let (address, _) = address::find(seeds, &crate::ID);
            require_eq!(self.stake.key(), address, BudgetError::AccountMismatch);
            let closed = self.stake.owner == &system_program::ID && self.stake.data_is_empty();
            require!(closed, BudgetError::AccountMismatch);
            return Ok(0);
        }
        let data = self.stake.try_borrow_mut_data()?;
        let of_stake = data.get(..8) == Some(Stake::DISCRIMINATOR);
        require!(of_stake, BudgetError::AccountMismatch);
        let (mut stake, _) = split_mut::<Stake>(data)?;
        require_eq!(stake.treasury, treasury_key, BudgetError::AccountMismatch);
        require_eq!(stake.owner, *owner, BudgetError::AccountMismatch);
        let mut books = self.treasury.load_mut()?;
        let change = stake.note_participation(epoch_index, tokens, &books.moment(now))?;
        books.change_weight(change.old, change.new, now)?;
        Ok(change.new)
    }

    fn pay(&self, reward: u64) -> Result<()> {
        if reward == 0 {
            return Ok(());
        }
        let seeds = {
            let mut books = self.treasury.load_mut()?;
            books.book_reward(reward)?;
            books.signer_seeds()
        };
        Movement {
            from: self.vault.as_ref(),
            to: self.reward_account.as_ref(),
            mint: &self.budget_mint,
            authority: self.treasury.as_ref(),
            token_program: self.token_program.key(),
        }
        .run_signed(reward, &seeds)
    }
}

pub fn handle_close_vote_record(ctx: Context<CloseVoteRecord>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate()?;

    let accounts = ctx.accounts;
    let (owner, weight, tokens, covered) = {
        let (record, recorded) = load_vote_record_mut(&accounts.vote_record)?;
        (record.owner, record.weight, checked(record.tokens())?, choice_count(&recorded))
    };
    let reward = accounts.reward(&owner, weight, covered, now)?;
    let stake_weight =
        if covered > 0 { accounts.note_participation(&owner, tokens, now)? } else { 0 };
    let (seq, vote_record_count) = {
        let mut header = accounts.epoch.load_mut()?;
        header.vote_record_count = checked(header.vote_record_count.checked_sub(1))?;
        header.rewards_paid = checked(header.rewards_paid.checked_add(reward))?;
        header.invariant()?;
        (header.next_seq()?, header.vote_record_count)
    };
    accounts.pay(reward)?;

    emit!(VoteRecordClosed {
        seq,
        epoch: accounts.epoch.key(),
        owner,
        reward,
        stake_weight,
        vote_record_count,
    });
    Ok(())
}
