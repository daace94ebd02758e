//! `cast_vote`: a staker's first ballot of an epoch, over the whole slate.

use anchor_lang::prelude::*;

use crate::{
    constants::*,
    create::{Creation, mark},
    error::{BudgetError, checked, require, require_gt},
    events::VoteCast,
    state::{
        BallotChange, BudgetEpoch, Phase, Stake, Treasury, VoteRecord, count_ballot, has_choice,
        load_epoch_mut, split_mut,
    },
};

/// What a voter signs.
#[derive(AnchorSerialize, AnchorDeserialize, Clone)]
pub struct BallotArgs {
    /// Hash of the slate that the voter saw.
    pub slate_hash: [u8; 32],
    /// Two bits an entry, four entries a byte, lowest bits first: 0 no choice, 1 for, 2 against,
    /// 3 abstain. Missing bytes at the end are no choice.
    pub ballot: Vec<u8>,
}

/// Accounts of `cast_vote`.
#[derive(Accounts)]
pub struct CastVote<'info> {
    /// The stake's owner, or the delegate whom the owner chose.
    pub voter: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
    #[account(has_one = treasury @ BudgetError::AccountMismatch)]
    pub stake: AccountLoader<'info, Stake>,
    /// CHECK: `Creation` proves that its address is that of the seeds, and that nothing is there yet.
    #[cfg_attr(feature = "idl-build", account(mut, seeds = [VOTE_SEED, epoch.key().as_ref(), stake.load()?.owner.as_ref()], bump))]
    #[cfg_attr(not(feature = "idl-build"), account(mut))]
    pub vote_record: UncheckedAccount<'info>,
    pub system_program: Program<'info, System>,
}

impl CastVote<'_> {
    fn validate(&self, args: &BallotArgs, now: i64) -> Result<()> {
        let epoch = self.epoch.load()?;
        require!(epoch.phase(now) == Phase::Voting, BudgetError::NotInVoting);
        require!(epoch.slate_hash == args.slate_hash, BudgetError::SlateChanged);
        require!(has_choice(&args.ballot), BudgetError::BallotMalformed);
        Ok(())
    }
}

pub fn handle_cast_vote(ctx: Context<CastVote>, args: BallotArgs) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(&args, now)?;

    let CastVote { voter, payer, treasury, epoch, stake, vote_record, system_program: _ } =
        ctx.accounts;
    let epoch_key = epoch.key();
    let (index, capacity) = {
        let header = epoch.load()?;
        (header.index, header.policy.slate.capacity)
    };
    let (owner, weight, tokens_bps, by_delegate) = {
        let stake = stake.load()?;
        require!(stake.may_vote(voter.key), BudgetError::NotOwnerOrDelegate);
        let weight = stake.power(index);
        require_gt!(weight, 0, BudgetError::NoVotingPower);
        (stake.owner, weight, stake.tokens_bps(index)?, stake.owner != *voter.key)
    };
    let electorate = treasury.load()?.electorate(index);

    let bump = Creation {
        account: vote_record,
        payer,
        owner: &crate::ID,
        space: VoteRecord::space(capacity),
        seeds: &[VOTE_SEED, epoch_key.as_ref(), owner.as_ref()],
        exists: BudgetError::AlreadyVoted,
    }
    .run()?;
    mark::<VoteRecord>(vote_record)?;
    let (mut record, mut recorded) = split_mut::<VoteRecord>(vote_record.try_borrow_mut_data()?)?;
    record.version = ACCOUNT_VERSION;
    record.bump = bump;
    record.epoch = epoch_key;
    record.by_delegate = u8::from(by_delegate);
    record.tokens_bps = tokens_bps;
    record.owner = owner;
    record.rent_payer = payer.key();
    record.weight = weight;

    let (mut header, mut slate) = load_epoch_mut(epoch)?;
    let (recorded, ballot) = (&mut recorded, &args.ballot);
    let change = BallotChange { recorded, ballot, weight, electorate, now, takes_over: false };
    count_ballot(&mut header, &mut slate, change)?;
    header.vote_record_count = checked(header.vote_record_count.checked_add(1))?;
    header.ballot_count = checked(header.ballot_count.checked_add(1))?;
    header.turnout = checked(header.turnout.checked_add(weight))?;
    let seq = header.next_seq()?;

    emit!(VoteCast {
        seq,
        epoch: epoch_key,
        owner,
        weight,
        by_delegate,
        turnout: header.turnout,
        voting_closes_at: header.voting_closes_at,
    });
    Ok(())
}
