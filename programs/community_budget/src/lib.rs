//! Community Budget: communities of token holders fund work out of a common vault, round after
//! round, without an administrator.
//!
//! In each budget epoch anyone may put proposals on the slate, stakers fill in one ballot over all
//! of it, one transaction ranks what passed and funds it under the epoch's cap, and every funded
//! award becomes a stream. ARCHITECTURE.md has the map; ADR-0001 the state machine.
//!
//! No instruction of this program moves vault tokens on anybody's word: `withdraw_stream` pays what
//! a funded, timelocked and executed award has released, `close_vote_record` what taking part earned,
//! `close_proposal` returns bonds, and `withdraw_unstaked` returns a staker's own tokens. There is no
//! administrator key: guardian, reviewer and risk reporter stop, score and mark, and none can spend.
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::integer_division,
        clippy::panic,
        clippy::unwrap_used
    )
)]

use anchor_lang::prelude::*;

mod address;
pub mod constants;
mod create;
pub mod error;
pub mod events;
pub mod instructions;
pub mod state;
mod token;

pub use error::BudgetError;
pub use instructions::*;

// A development id: its key pair is committed, so anyone can deploy a program under it. A real
// deployment declares its own.
declare_id!("4tGu76FBYo7oBBzgw5FBKDexfTUXDDW9P3DR6GkeW29o");

// ABI: the discriminator of an instruction is its number here. Numbers are appended and never used
// again.
#[program]
pub mod community_budget {
    use super::*;

    /// Creates a community's treasury with its three vaults and its first policy. Nobody, the founder
    /// included, has a key to it afterwards.
    ///
    /// - Signer: `founder`, `payer`.
    /// - Phase: any.
    /// - Emits: `TreasuryCreated`.
    /// - Fails: `MintExtensionNotAllowed`, `PolicyOutOfBounds`, `PolicyInconsistent`,
    ///   `TreasuryAlreadyExists`.
    #[instruction(discriminator = 1)]
    pub fn create_treasury(ctx: Context<CreateTreasury>, args: CreateTreasuryArgs) -> Result<()> {
        instructions::handle_create_treasury(ctx, args)
    }

    /// Pays `amount` base units into the vault. Open to anyone, at any time.
    ///
    /// - Signer: `depositor`.
    /// - Phase: any.
    /// - Emits: `FundsDeposited`.
    /// - Fails: `AccountMismatch`, `AmountIsZero`, `InsufficientTokens`, `ArithmeticOverflow`.
    #[instruction(discriminator = 2)]
    pub fn deposit_funds(ctx: Context<DepositFunds>, amount: u64) -> Result<()> {
        instructions::handle_deposit_funds(ctx, amount)
    }

    /// Counts tokens that were sent to the vault directly as funds. Waits while an epoch is between
    /// opening and settlement, so that its cap and tiers keep their meaning.
    ///
    /// - Signer: none.
    /// - Phase: no epoch active.
    /// - Emits: `SurplusAbsorbed`.
    /// - Fails: `AccountMismatch`, `EpochNotSettled`, `NoSurplus`.
    #[instruction(discriminator = 3)]
    pub fn absorb_surplus(ctx: Context<AbsorbSurplus>) -> Result<()> {
        instructions::handle_absorb_surplus(ctx)
    }

    /// Opens an empty stake account with a cool-down of `lock_secs` seconds.
    ///
    /// - Signer: `owner`, `payer`.
    /// - Phase: any.
    /// - Emits: `StakeOpened`.
    /// - Fails: `LockOutOfRange`, `StakeAlreadyOpen`.
    #[instruction(discriminator = 4)]
    pub fn open_stake(ctx: Context<OpenStake>, lock_secs: u32) -> Result<()> {
        instructions::handle_open_stake(ctx, lock_secs)
    }

    /// Stakes `amount` base units. Their weight counts in epochs whose voting opens later (R2).
    ///
    /// - Signer: `owner`.
    /// - Phase: any.
    /// - Emits: `StakeChanged`.
    /// - Fails: `AccountMismatch`, `AmountIsZero`, `InsufficientTokens`, `ArithmeticOverflow`.
    #[instruction(discriminator = 5)]
    pub fn stake(ctx: Context<StakeTokens>, amount: u64) -> Result<()> {
        instructions::handle_stake(ctx, amount)
    }

    /// Takes the weight of `amount` base units away at once and lets them cool down for the chosen
    /// lock; during voting at least until its hard end plus the longest timelock.
    ///
    /// - Signer: `owner`.
    /// - Phase: any.
    /// - Emits: `StakeChanged`.
    /// - Fails: `AccountMismatch`, `AmountIsZero`, `InsufficientStake`.
    #[instruction(discriminator = 6)]
    pub fn request_unstake(ctx: Context<RequestUnstake>, amount: u64) -> Result<()> {
        instructions::handle_request_unstake(ctx, amount)
    }

    /// Returns everything that has cooled down to a token account that the owner chooses.
    ///
    /// - Signer: `owner`.
    /// - Phase: any.
    /// - Emits: `UnstakedWithdrawn`.
    /// - Fails: `AccountMismatch`, `WrongTokenAccount`, `NothingCooling`, `StillCooling`.
    #[instruction(discriminator = 7)]
    pub fn withdraw_unstaked(ctx: Context<WithdrawUnstaked>) -> Result<()> {
        instructions::handle_withdraw_unstaked(ctx)
    }

    /// Chooses another cool-down. A shorter one cuts the weight at once; tokens stay as long as if the
    /// old cool-down had begun now.
    ///
    /// - Signer: `owner`.
    /// - Phase: any.
    /// - Emits: `StakeChanged`.
    /// - Fails: `AccountMismatch`, `LockOutOfRange`, `LockUnchanged`, `ArithmeticOverflow`.
    #[instruction(discriminator = 8)]
    pub fn set_lock(ctx: Context<SetLock>, lock_secs: u32) -> Result<()> {
        instructions::handle_set_lock(ctx, lock_secs)
    }

    /// Chooses who may vote in the owner's place; the zero key for nobody. The owner's own ballot
    /// always takes precedence.
    ///
    /// - Signer: `owner`.
    /// - Phase: any.
    /// - Emits: `DelegateSet`.
    /// - Fails: `AccountMismatch`, `DelegateUnchanged`.
    #[instruction(discriminator = 9)]
    pub fn set_delegate(ctx: Context<SetDelegate>, delegate: Pubkey) -> Result<()> {
        instructions::handle_set_delegate(ctx, delegate)
    }

    /// Measures a stake's weight by the lock, streak and policy of today. Open to anyone.
    ///
    /// - Signer: none.
    /// - Phase: any but Voting and Tallying.
    /// - Emits: `StakeRefreshed`.
    /// - Fails: `AccountMismatch`, `VotingInProgress`.
    #[instruction(discriminator = 10)]
    pub fn refresh_stake(ctx: Context<RefreshStake>) -> Result<()> {
        instructions::handle_refresh_stake(ctx)
    }

    /// Takes a stake that missed the last eight epochs out of the total until its owner touches it.
    /// Open to anyone who shows that it has no vote record in them.
    ///
    /// - Signer: none.
    /// - Phase: any but Voting and Tallying.
    /// - Emits: `StakeRefreshed`.
    /// - Fails: `AccountMismatch`, `VotingInProgress`, `AlreadyDormant`, `NotDormant`.
    #[instruction(discriminator = 11)]
    pub fn mark_dormant<'info>(ctx: Context<'info, MarkDormant<'info>>) -> Result<()> {
        instructions::handle_mark_dormant(ctx)
    }

    /// Closes an empty stake account; its rent returns to who paid it.
    ///
    /// - Signer: `owner`.
    /// - Phase: any.
    /// - Emits: `StakeClosed`.
    /// - Fails: `AccountMismatch`, `WrongRentPayer`, `StakeNotEmpty`.
    #[instruction(discriminator = 12)]
    pub fn close_stake(ctx: Context<CloseStake>) -> Result<()> {
        instructions::handle_close_stake(ctx)
    }

    /// Opens the record that a treasury keeps of a person: as proposer and as recipient.
    ///
    /// - Signer: `payer`.
    /// - Phase: any.
    /// - Emits: `RecipientRecordOpened`.
    /// - Fails: `RecordAlreadyOpen`.
    #[instruction(discriminator = 13)]
    pub fn open_recipient_record(ctx: Context<OpenRecipientRecord>) -> Result<()> {
        instructions::handle_open_recipient_record(ctx)
    }

    /// Opens the next budget epoch, at position `index`, with the policy and the free funds of this
    /// moment. Open to anyone.
    ///
    /// - Signer: `payer`.
    /// - Phase: no epoch active.
    /// - Emits: `EpochOpened`.
    /// - Fails: `AccountMismatch`, `EpochNotSettled`, `TooEarlyToOpen`, `CapBelowMinimum`.
    #[instruction(discriminator = 14)]
    pub fn open_epoch(ctx: Context<OpenEpoch>, index: u32) -> Result<()> {
        instructions::handle_open_epoch(ctx, index)
    }

    /// Puts an ask on the slate against slot fee and bond. Open to anyone. The recipient's signature is
    /// the recipient's consent; without it the award must be accepted before voting opens.
    ///
    /// - Signer: `proposer`, `payer`, `recipient` optionally.
    /// - Phase: Submission.
    /// - Emits: `ProposalSubmitted`.
    /// - Fails: `AccountMismatch`, `NotInSubmission`, `SlotReserved`, `UnknownCategory`,
    ///   `TitleLength`, `UriLength`, `AmountIsZero`, `TooManyCheckpoints`, `StreamLength`,
    ///   `CliffAfterEnd`, `AskTooLarge`, `StreamTooShortForTier`, `TooFewCheckpoints`,
    ///   `RecipientNotAllowed`, `TooManyProposals`, `RecipientRecordMissing`, `InsufficientTokens`.
    #[instruction(discriminator = 15)]
    pub fn submit_proposal(ctx: Context<SubmitProposal>, args: SubmitProposalArgs) -> Result<()> {
        instructions::handle_submit_proposal(ctx, args)
    }

    /// Puts a constitutional action on the slate against slot fee and bond. Open to anyone; a slot of
    /// the last quarter takes the proposer's stake of at least 1 % of the total weight.
    ///
    /// - Signer: `proposer`, `payer`.
    /// - Phase: Submission.
    /// - Emits: `ActionSubmitted`.
    /// - Fails: `AccountMismatch`, `NotInSubmission`, `SlateFull`, `WrongAction`,
    ///   `ActionOutOfRange`, `TitleLength`, `UriLength`, `StreamMissing`, `StakeTooSmall`,
    ///   `ReservedSlotUsed`, `TooManyProposals`, `InsufficientTokens`.
    #[instruction(discriminator = 16)]
    pub fn submit_action(ctx: Context<SubmitAction>, args: SubmitActionArgs) -> Result<()> {
        instructions::handle_submit_action(ctx, args)
    }

    /// Gives the recipient's consent to an award. Only accepted awards can be voted on, so nobody can
    /// file asks in a stranger's name.
    ///
    /// - Signer: `recipient`.
    /// - Phase: Submission.
    /// - Emits: `ProposalAccepted`.
    /// - Fails: `AccountMismatch`, `WrongAction`, `NotInSubmission`, `AlreadyWithdrawn`,
    ///   `AlreadyAccepted`.
    #[instruction(discriminator = 17)]
    pub fn accept_proposal(ctx: Context<AcceptProposal>) -> Result<()> {
        instructions::handle_accept_proposal(ctx)
    }

    /// Takes an ask off the slate. The slot and its fee are spent; the bond returns with
    /// `close_proposal`.
    ///
    /// - Signer: `proposer`.
    /// - Phase: Submission.
    /// - Emits: `ProposalWithdrawn`.
    /// - Fails: `AccountMismatch`, `NotInSubmission`, `AlreadyWithdrawn`.
    #[instruction(discriminator = 18)]
    pub fn withdraw_proposal(ctx: Context<WithdrawProposal>) -> Result<()> {
        instructions::handle_withdraw_proposal(ctx)
    }

    /// Casts a stake's first ballot of an epoch, over any part of the slate, each choice with the full
    /// weight that the stake had when voting opened. Its owner or its delegate may.
    ///
    /// - Signer: `voter`, `payer`.
    /// - Phase: Voting.
    /// - Emits: `VoteCast`.
    /// - Fails: `AccountMismatch`, `NotInVoting`, `SlateChanged`, `BallotMalformed`,
    ///   `NotOwnerOrDelegate`, `NoVotingPower`, `AlreadyVoted`, `EntryNotVotable`,
    ///   `LatePassRefused`.
    #[instruction(discriminator = 19)]
    pub fn cast_vote(ctx: Context<CastVote>, args: BallotArgs) -> Result<()> {
        instructions::handle_cast_vote(ctx, args)
    }

    /// Replaces a ballot by another, at the weight recorded when it was first cast. The owner's
    /// revision locks the delegate out for the rest of the epoch.
    ///
    /// - Signer: `voter`.
    /// - Phase: Voting.
    /// - Emits: `VoteRevised`.
    /// - Fails: `AccountMismatch`, `NotInVoting`, `SlateChanged`, `BallotMalformed`,
    ///   `NotOwnerOrDelegate`, `DelegateLockedOut`, `EntryNotVotable`, `BallotUnchanged`,
    ///   `LatePassRefused`.
    #[instruction(discriminator = 20)]
    pub fn revise_vote(ctx: Context<ReviseVote>, args: BallotArgs) -> Result<()> {
        instructions::handle_revise_vote(ctx, args)
    }

    /// Takes all choices back. The record stays, with its weight and its owner.
    ///
    /// - Signer: `voter`.
    /// - Phase: Voting.
    /// - Emits: `VoteRetracted`.
    /// - Fails: `AccountMismatch`, `NotInVoting`, `NotOwnerOrDelegate`, `DelegateLockedOut`,
    ///   `BallotUnchanged`, `LatePassRefused`.
    #[instruction(discriminator = 21)]
    pub fn retract_vote(ctx: Context<ReviseVote>) -> Result<()> {
        instructions::handle_retract_vote(ctx)
    }

    /// Tallies, ranks and funds the whole slate, once. Open to anyone; the result depends on the
    /// tallies alone.
    ///
    /// - Signer: none.
    /// - Phase: Tallying.
    /// - Emits: `EpochSettled`.
    /// - Fails: `AccountMismatch`, `NotInTallying`.
    #[instruction(discriminator = 22)]
    pub fn settle_epoch(ctx: Context<SettleEpoch>) -> Result<()> {
        instructions::handle_settle_epoch(ctx)
    }

    /// Turns a funded award into a stream after its timelock. Open to anyone.
    ///
    /// - Signer: `payer`.
    /// - Phase: Settled.
    /// - Emits: `AwardExecuted`.
    /// - Fails: `AccountMismatch`, `NotSettled`, `AlreadyExecuted`, `EntryNotFunded`,
    ///   `StillTimelocked`, `GraceOver`, `WrongAction`, `ExecutionBlocked`.
    #[instruction(discriminator = 23)]
    pub fn execute_award(ctx: Context<ExecuteAward>) -> Result<()> {
        instructions::handle_execute_award(ctx)
    }

    /// Stops a funded award or an approved change of policy within its timelock.
    ///
    /// - Signer: `guardian`.
    /// - Phase: Settled.
    /// - Emits: `ProposalVetoed`.
    /// - Fails: `AccountMismatch`, `DurableNonceRefused`, `RoleRequired`, `NotSettled`,
    ///   `EntryNotFunded`, `VetoNotAllowed`, `TimelockOver`.
    #[instruction(discriminator = 24)]
    pub fn veto_proposal(ctx: Context<VetoProposal>, index: u8) -> Result<()> {
        instructions::handle_veto_proposal(ctx, index)
    }

    /// Makes an approved section part of the policy that the next epoch opens with. Open to anyone.
    ///
    /// - Signer: none.
    /// - Phase: Settled.
    /// - Emits: `PolicySet`.
    /// - Fails: `AccountMismatch`, `WrongAction`, `NotSettled`, `AlreadyExecuted`,
    ///   `EntryNotApproved`, `StillTimelocked`, `GraceOver`, `TargetChanged`,
    ///   `ExecutionBlocked`, `PolicyOutOfBounds`, `PolicyInconsistent`, `CategoryInUse`.
    #[instruction(discriminator = 25)]
    pub fn execute_set_policy(ctx: Context<Resolution>) -> Result<()> {
        instructions::handle_execute_set_policy(ctx)
    }

    /// Gives a role to the approved key. Open to anyone; neither breaker nor pause stops it.
    ///
    /// - Signer: none.
    /// - Phase: Settled.
    /// - Emits: `RoleSet`.
    /// - Fails: `AccountMismatch`, `WrongAction`, `NotSettled`, `AlreadyExecuted`,
    ///   `EntryNotApproved`, `StillTimelocked`, `GraceOver`, `TargetChanged`.
    #[instruction(discriminator = 26)]
    pub fn execute_set_role(ctx: Context<Resolution>) -> Result<()> {
        instructions::handle_execute_set_role(ctx)
    }

    /// Carries an approved ruling on a stream out. Open to anyone; neither breaker nor pause stops it.
    /// What is released stays claimable.
    ///
    /// - Signer: none.
    /// - Phase: Settled.
    /// - Emits: `StreamRuled`.
    /// - Fails: `AccountMismatch`, `WrongAction`, `NotSettled`, `AlreadyExecuted`,
    ///   `EntryNotApproved`, `StillTimelocked`, `GraceOver`, `TargetChanged`, `StreamEnded`,
    ///   `StreamNotHeld`.
    #[instruction(discriminator = 27)]
    pub fn execute_stream_ruling(ctx: Context<ExecuteStreamRuling>) -> Result<()> {
        instructions::handle_execute_stream_ruling(ctx)
    }

    /// Ends the present trip of the breaker by vote. Open to anyone.
    ///
    /// - Signer: none.
    /// - Phase: Settled.
    /// - Emits: `BreakerCleared`.
    /// - Fails: `AccountMismatch`, `WrongAction`, `NotSettled`, `AlreadyExecuted`,
    ///   `EntryNotApproved`, `StillTimelocked`, `GraceOver`, `TargetChanged`,
    ///   `BreakerNotTripped`.
    #[instruction(discriminator = 28)]
    pub fn execute_clear_breaker(ctx: Context<Resolution>) -> Result<()> {
        instructions::handle_execute_clear_breaker(ctx)
    }

    /// Takes an approved part of a category's principal for lost. Open to anyone.
    ///
    /// - Signer: none.
    /// - Phase: Settled.
    /// - Emits: `PositionWrittenOff`.
    /// - Fails: `AccountMismatch`, `WrongAction`, `NotSettled`, `AlreadyExecuted`,
    ///   `EntryNotApproved`, `StillTimelocked`, `GraceOver`, `TargetChanged`.
    #[instruction(discriminator = 29)]
    pub fn execute_write_off(ctx: Context<Resolution>) -> Result<()> {
        instructions::handle_execute_write_off(ctx)
    }

    /// Frees what a funded or approved entry promised that nobody executed within the grace. Open to
    /// anyone.
    ///
    /// - Signer: none.
    /// - Phase: Settled.
    /// - Emits: `ProposalLapsed`.
    /// - Fails: `AccountMismatch`, `NotSettled`, `EntryNotFunded`, `GraceNotOver`.
    #[instruction(discriminator = 30)]
    pub fn lapse_proposal(ctx: Context<LapseProposal>, index: u8) -> Result<()> {
        instructions::handle_lapse_proposal(ctx, index)
    }

    /// Reports at the stream's open checkpoint. Only the recipient may.
    ///
    /// - Signer: `recipient`, `payer`.
    /// - Phase: any.
    /// - Emits: `UpdateFiled`.
    /// - Fails: `AccountMismatch`, `UriLength`, `NoCheckpointOpen`, `UpdateNotDue`.
    #[instruction(discriminator = 31)]
    pub fn file_update(ctx: Context<FileUpdate>, args: FileUpdateArgs) -> Result<()> {
        instructions::handle_file_update(ctx, args)
    }

    /// Scores an update: the next part starts in full, scaled, or not before a vote rules.
    ///
    /// - Signer: `reviewer`.
    /// - Phase: any.
    /// - Emits: `UpdateScored`.
    /// - Fails: `AccountMismatch`, `DurableNonceRefused`, `RoleRequired`, `ScoreOutOfRange`,
    ///   `EvidenceChanged`, `NoCheckpointOpen`, `VerdictNotDue`.
    #[instruction(discriminator = 32)]
    pub fn score_update(ctx: Context<ScoreUpdate>, args: ScoreUpdateArgs) -> Result<()> {
        instructions::handle_score_update(ctx, args)
    }

    /// Holds a stream whose update did not come in time. Open to anyone.
    ///
    /// - Signer: none.
    /// - Phase: any.
    /// - Emits: `StreamHeld`.
    /// - Fails: `AccountMismatch`, `NoCheckpointOpen`, `UpdateNotOverdue`.
    #[instruction(discriminator = 33)]
    pub fn hold_stream(ctx: Context<HoldStream>) -> Result<()> {
        instructions::handle_hold_stream(ctx)
    }

    /// Ends a held stream on which no vote ruled in time. Open to anyone. What is released stays
    /// claimable.
    ///
    /// - Signer: none.
    /// - Phase: any.
    /// - Emits: `StreamLapsed`.
    /// - Fails: `AccountMismatch`, `StreamEnded`, `StreamNotHeld`, `HoldNotOver`.
    #[instruction(discriminator = 34)]
    pub fn lapse_stream(ctx: Context<LapseStream>) -> Result<()> {
        instructions::handle_lapse_stream(ctx)
    }

    /// Stops a stream's accrual for `secs` seconds; its clock and deadlines stand still. What is
    /// released stays claimable.
    ///
    /// - Signer: `guardian`.
    /// - Phase: any.
    /// - Emits: `StreamPaused`.
    /// - Fails: `AccountMismatch`, `DurableNonceRefused`, `RoleRequired`, `StreamEnded`,
    ///   `StreamHeld`, `PauseExceedsAllowance`, `PausedRecently`.
    #[instruction(discriminator = 35)]
    pub fn pause_stream(ctx: Context<PauseStream>, secs: u32) -> Result<()> {
        instructions::handle_pause_stream(ctx, secs)
    }

    /// Blocks executions of awards and changes of policy for `secs` seconds; their grace stands still.
    ///
    /// - Signer: `guardian`.
    /// - Phase: any.
    /// - Emits: `ExecutionsPaused`.
    /// - Fails: `AccountMismatch`, `DurableNonceRefused`, `RoleRequired`,
    ///   `PauseExceedsAllowance`.
    #[instruction(discriminator = 36)]
    pub fn pause_executions(ctx: Context<PauseExecutions>, secs: u32) -> Result<()> {
        instructions::handle_pause_executions(ctx, secs)
    }

    /// Trips the breaker when a drawdown or an outflow beyond the policy's limits is at hand. Open to
    /// anyone.
    ///
    /// - Signer: none.
    /// - Phase: any.
    /// - Emits: `BreakerTripped`.
    /// - Fails: `BreakerAlreadyTripped`, `BreakerResting`, `TripConditionNotMet`.
    #[instruction(discriminator = 37)]
    pub fn trip_breaker(ctx: Context<TripBreaker>) -> Result<()> {
        instructions::handle_trip_breaker(ctx)
    }

    /// Says what the position of a hedge or derivative category is worth. The mark counts from the
    /// next epoch on.
    ///
    /// - Signer: `risk_reporter`.
    /// - Phase: any.
    /// - Emits: `PositionMarked`.
    /// - Fails: `AccountMismatch`, `DurableNonceRefused`, `RoleRequired`, `NotARiskCategory`.
    #[instruction(discriminator = 38)]
    pub fn mark_position(ctx: Context<MarkPosition>, category: u8, mark: u64) -> Result<()> {
        instructions::handle_mark_position(ctx, category, mark)
    }

    /// Brings `amount` base units back to a category's position, up to its cost as principal, beyond
    /// as profit. Open to anyone.
    ///
    /// - Signer: `depositor`.
    /// - Phase: any.
    /// - Emits: `FundsReturned`.
    /// - Fails: `AccountMismatch`, `AmountIsZero`, `UnknownCategory`, `InsufficientTokens`.
    #[instruction(discriminator = 39)]
    pub fn return_funds(ctx: Context<ReturnFunds>, category: u8, amount: u64) -> Result<()> {
        instructions::handle_return_funds(ctx, category, amount)
    }

    /// What a hypothetical ask would do to the treasury, by the numbers that settlement applies.
    /// Changes nothing.
    ///
    /// - Signer: none.
    /// - Phase: Submission, Voting, Tallying.
    /// - Emits: nothing.
    /// - Fails: `AccountMismatch`, `EpochNotCurrent`, `UnknownCategory`.
    #[instruction(discriminator = 40)]
    pub fn assess_ask(ctx: Context<AssessAsk>, args: AssessAskArgs) -> Result<AskAssessment> {
        instructions::handle_assess_ask(ctx, args)
    }

    /// Pays what a stream has released, and has not paid yet, to its payout account, as far as the
    /// outflow bucket allows, and at least what has waited for the longest payout delay. Open to
    /// anyone.
    ///
    /// - Signer: none.
    /// - Phase: any.
    /// - Emits: `StreamWithdrawn`.
    /// - Fails: `AccountMismatch`, `WrongPayoutAccount`, `PayoutNotAllowed`,
    ///   `NothingToWithdraw`, `OutflowLimited`.
    #[instruction(discriminator = 41)]
    pub fn withdraw_stream(ctx: Context<WithdrawStream>) -> Result<()> {
        instructions::handle_withdraw_stream(ctx)
    }

    /// Chooses the token account that a stream pays. Only the recipient may.
    ///
    /// - Signer: `recipient`.
    /// - Phase: any.
    /// - Emits: `PayoutRedirected`.
    /// - Fails: `AccountMismatch`, `WrongTokenAccount`, `PayoutNotAllowed`.
    #[instruction(discriminator = 42)]
    pub fn redirect_payout(ctx: Context<RedirectPayout>) -> Result<()> {
        instructions::handle_redirect_payout(ctx)
    }

    /// Frees what nobody claimed of an epoch's rewards within two periods. Open to anyone.
    ///
    /// - Signer: none.
    /// - Phase: Settled.
    /// - Emits: `RewardsReclaimed`.
    /// - Fails: `AccountMismatch`, `NotSettled`, `RewardsClaimable`, `NothingToReclaim`.
    #[instruction(discriminator = 43)]
    pub fn reclaim_rewards(ctx: Context<ReclaimRewards>) -> Result<()> {
        instructions::handle_reclaim_rewards(ctx)
    }

    /// Closes a vote record of a settled epoch: pays the reward to its voter, notes the participation
    /// in the voter's stake, and returns the rent to who paid it. Open to anyone.
    ///
    /// - Signer: none.
    /// - Phase: Settled.
    /// - Emits: `VoteRecordClosed`.
    /// - Fails: `AccountMismatch`, `WrongRentPayer`, `NotSettled`, `WrongRewardAccount`,
    ///   `RewardUnpayable`.
    #[instruction(discriminator = 44)]
    pub fn close_vote_record(ctx: Context<CloseVoteRecord>) -> Result<()> {
        instructions::handle_close_vote_record(ctx)
    }

    /// Closes a proposal whose entry is final; rent and bond return to who paid them. The bond goes to
    /// the vault if the entry failed as spam, or if the proposer could not be paid for two periods.
    ///
    /// - Signer: none.
    /// - Phase: Settled.
    /// - Emits: `ProposalClosed`.
    /// - Fails: `AccountMismatch`, `WrongRentPayer`, `NotSettled`, `EntryNotFinal`,
    ///   `WrongBondAccount`, `BondUnpayable`.
    #[instruction(discriminator = 45)]
    pub fn close_proposal(ctx: Context<CloseProposal>) -> Result<()> {
        instructions::handle_close_proposal(ctx)
    }

    /// Closes a stream that has paid or returned everything; its rent returns to who paid it. Open to anyone.
    ///
    /// - Signer: none.
    /// - Phase: any.
    /// - Emits: `StreamClosed`.
    /// - Fails: `AccountMismatch`, `WrongRentPayer`, `StreamNotFinished`, `ReviewsOpen`.
    #[instruction(discriminator = 46)]
    pub fn close_stream(ctx: Context<CloseStream>) -> Result<()> {
        instructions::handle_close_stream(ctx)
    }

    /// Closes a review whose checkpoint is decided; its rent returns to who paid it. Open to anyone.
    ///
    /// - Signer: none.
    /// - Phase: any.
    /// - Emits: `ReviewClosed`.
    /// - Fails: `AccountMismatch`, `WrongRentPayer`, `ReviewNotDecided`.
    #[instruction(discriminator = 47)]
    pub fn close_review(ctx: Context<CloseReview>) -> Result<()> {
        instructions::handle_close_review(ctx)
    }

    /// Closes a settled epoch without vote records and proposals; its rent returns to who paid it. Open
    /// to anyone.
    ///
    /// - Signer: none.
    /// - Phase: Settled.
    /// - Emits: `EpochClosed`.
    /// - Fails: `AccountMismatch`, `WrongRentPayer`, `NotSettled`, `EpochNotEmpty`.
    #[instruction(discriminator = 48)]
    pub fn close_epoch(ctx: Context<CloseEpoch>) -> Result<()> {
        instructions::handle_close_epoch(ctx)
    }
}
