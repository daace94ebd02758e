//! `revise_vote`: a ballot replaces the voter's earlier one, at the weight recorded then.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, require, require_neq},
    events::VoteRevised,
    instructions::BallotArgs,
    state::{
        BallotChange, BudgetEpoch, Phase, Stake, Treasury, VoteRecord, count_ballot, has_choice,
        load_epoch_mut, load_vote_record_mut,
    },
};

/// Accounts of `revise_vote` and `retract_vote`.
#[derive(Accounts)]
pub struct ReviseVote<'info> {
    /// The stake's owner, or the delegate while the owner has not voted.
    pub voter: Signer<'info>,
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
    #[account(mut, has_one = epoch @ BudgetError::AccountMismatch)]
    pub vote_record: AccountLoader<'info, VoteRecord>,
    /// The owner's stake. Only needed when a delegate signs.
    #[account(has_one = treasury @ BudgetError::AccountMismatch)]
    pub stake: Option<AccountLoader<'info, Stake>>,
}

/// What a ballot that replaced another left behind.
pub(super) struct Replaced {
    pub(super) seq: u64,
    pub(super) owner: Pubkey,
    pub(super) weight: u64,
    pub(super) by_delegate: bool,
    pub(super) voting_closes_at: i64,
}

impl ReviseVote<'_> {
    fn validate(&self, args: &BallotArgs, now: i64) -> Result<()> {
        let epoch = self.epoch.load()?;
        require!(epoch.phase(now) == Phase::Voting, BudgetError::NotInVoting);
        require!(epoch.slate_hash == args.slate_hash, BudgetError::SlateChanged);
        require!(has_choice(&args.ballot), BudgetError::BallotMalformed);
        Ok(())
    }

    /// Replaces the recorded choices by `ballot`.
    pub(super) fn replace(&self, ballot: &[u8], now: i64) -> Result<Replaced> {
        let (mut header, mut slate) = load_epoch_mut(&self.epoch)?;
        let electorate = self.treasury.load()?.electorate(header.index);
        let (mut record, mut recorded) = load_vote_record_mut(&self.vote_record)?;
        let by_delegate = self.admit(&record)?;
        // The owner's hand takes the ballot for the rest of the epoch, even as it stands.
        let takes_over = record.by_delegate != 0 && !by_delegate;
        record.by_delegate = u8::from(by_delegate);
        let (owner, weight) = (record.owner, record.weight);
        let recorded = &mut recorded;
        let change = BallotChange { recorded, ballot, weight, electorate, now, takes_over };
        count_ballot(&mut header, &mut slate, change)?;
        let voting_closes_at = header.voting_closes_at;
        Ok(Replaced { seq: header.next_seq()?, owner, weight, by_delegate, voting_closes_at })
    }

    /// Whether the voter is the delegate of the record's owner, if not the owner.
    fn admit(&self, record: &VoteRecord) -> Result<bool> {
        if record.owner == *self.voter.key {
            return Ok(false);
        }
        let stake = self.stake.as_ref().map(|stake| stake.load()).transpose()?;
        let delegate =
            stake.is_some_and(|s| s.owner == record.owner && s.delegate == *self.voter.key);
        require!(delegate, BudgetError::NotOwnerOrDelegate);
        require_neq!(record.by_delegate, 0, BudgetError::DelegateLockedOut);
        Ok(true)
    }
}

pub fn handle_revise_vote(ctx: Context<ReviseVote>, args: BallotArgs) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(&args, now)?;

    let Replaced { seq, owner, weight, by_delegate, voting_closes_at } =
        ctx.accounts.replace(&args.ballot, now)?;
    let epoch = ctx.accounts.epoch.key();

    emit!(VoteRevised { seq, epoch, owner, weight, by_delegate, voting_closes_at });
    Ok(())
}
