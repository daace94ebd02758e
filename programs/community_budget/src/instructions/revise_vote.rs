//! `revise_vote`: a ballot replaces the voter's earlier one, at the weight recorded then.

use anchor_lang::prelude::*;

use crate::{
    error::BudgetError,
    events::VoteRevised,
    instructions::BallotArgs,
    state::{
        BallotChange, BudgetEpoch, Phase, Treasury, VoteRecord, count_ballot, has_choice,
        load_epoch_mut, load_vote_record_mut,
    },
};

/// Accounts of `revise_vote` and `retract_vote`.
#[derive(Accounts)]
pub struct ReviseVote<'info> {
    #[account(constraint = vote_record.load()?.owner == voter.key() @ BudgetError::AccountMismatch)]
    pub voter: Signer<'info>,
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
    #[account(mut, has_one = epoch @ BudgetError::AccountMismatch)]
    pub vote_record: AccountLoader<'info, VoteRecord>,
}

/// Seq, weight and closing time after a ballot was replaced.
pub(super) struct Replaced {
    pub(super) seq: u64,
    pub(super) weight: u64,
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
        let (record, mut recorded) = load_vote_record_mut(&self.vote_record)?;
        let weight = record.weight;
        let change = BallotChange { recorded: &mut recorded, ballot, weight, electorate, now };
        count_ballot(&mut header, &mut slate, change)?;
        let voting_closes_at = header.voting_closes_at;
        Ok(Replaced { seq: header.next_seq()?, weight, voting_closes_at })
    }
}

pub fn handle_revise_vote(ctx: Context<ReviseVote>, args: BallotArgs) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(&args, now)?;

    let Replaced { seq, weight, voting_closes_at } = ctx.accounts.replace(&args.ballot, now)?;
    let ReviseVote { voter, treasury: _, epoch, vote_record: _ } = ctx.accounts;

    emit!(VoteRevised { seq, epoch: epoch.key(), owner: voter.key(), weight, voting_closes_at });
    Ok(())
}
