//! Community Budget: communities of token holders fund work out of a common vault, round after
//! round, without an administrator.
//!
//! In each budget epoch anyone may put proposals on the slate, stakers fill in one ballot over all
//! of it, one transaction ranks what passed and funds it under the epoch's cap, and every funded
//! award becomes a stream. ARCHITECTURE.md has the map; ADR-0001 the state machine.
//!
//! No instruction of this program moves vault tokens on anybody's word: `withdraw_stream` pays what
//! a funded, timelocked and executed award has released, `close_proposal` returns bonds, and
//! `withdraw_unstaked` returns a staker's own tokens. There is no administrator key.
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
    pub fn create_treasury(ctx: Context<CreateTreasury>, args: CreateTreasuryArgs) -> Result<()> {
        instructions::handle_create_treasury(ctx, args)
    }

    /// Pays `amount` base units into the vault. Open to anyone, at any time.
    ///
    /// - Signer: `depositor`.
    /// - Phase: any.
    /// - Emits: `FundsDeposited`.
    /// - Fails: `AccountMismatch`, `AmountIsZero`, `InsufficientTokens`, `ArithmeticOverflow`.
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
    pub fn absorb_surplus(ctx: Context<AbsorbSurplus>) -> Result<()> {
        instructions::handle_absorb_surplus(ctx)
    }

    /// Opens an empty stake account with a cool-down of `lock_secs` seconds.
    ///
    /// - Signer: `owner`, `payer`.
    /// - Phase: any.
    /// - Emits: `StakeOpened`.
    /// - Fails: `LockOutOfRange`, `StakeAlreadyOpen`.
    pub fn open_stake(ctx: Context<OpenStake>, lock_secs: u32) -> Result<()> {
        instructions::handle_open_stake(ctx, lock_secs)
    }

    /// Stakes `amount` base units. Their weight counts in epochs whose voting opens later (R2).
    ///
    /// - Signer: `owner`.
    /// - Phase: any.
    /// - Emits: `StakeChanged`.
    /// - Fails: `AccountMismatch`, `AmountIsZero`, `InsufficientTokens`, `ArithmeticOverflow`.
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
    pub fn request_unstake(ctx: Context<RequestUnstake>, amount: u64) -> Result<()> {
        instructions::handle_request_unstake(ctx, amount)
    }

    /// Returns everything that has cooled down to a token account that the owner chooses.
    ///
    /// - Signer: `owner`.
    /// - Phase: any.
    /// - Emits: `UnstakedWithdrawn`.
    /// - Fails: `AccountMismatch`, `WrongTokenAccount`, `NothingCooling`, `StillCooling`.
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
    pub fn set_lock(ctx: Context<SetLock>, lock_secs: u32) -> Result<()> {
        instructions::handle_set_lock(ctx, lock_secs)
    }

    /// Closes an empty stake account; its rent returns to who paid it.
    ///
    /// - Signer: `owner`.
    /// - Phase: any.
    /// - Emits: `StakeClosed`.
    /// - Fails: `AccountMismatch`, `WrongRentPayer`, `StakeNotEmpty`.
    pub fn close_stake(ctx: Context<CloseStake>) -> Result<()> {
        instructions::handle_close_stake(ctx)
    }

    /// Opens the record that a treasury keeps of a person: as proposer and as recipient.
    ///
    /// - Signer: `payer`.
    /// - Phase: any.
    /// - Emits: `RecipientRecordOpened`.
    /// - Fails: `RecordAlreadyOpen`.
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
    pub fn open_epoch(ctx: Context<OpenEpoch>, index: u32) -> Result<()> {
        instructions::handle_open_epoch(ctx, index)
    }

    /// Puts an ask on the slate against slot fee and bond. Open to anyone. The recipient's signature is
    /// the recipient's consent; without it the award must be accepted before voting opens.
    ///
    /// - Signer: `proposer`, `payer`, `recipient` optionally.
    /// - Phase: Submission.
    /// - Emits: `ProposalSubmitted`.
    /// - Fails: `AccountMismatch`, `NotInSubmission`, `SlateFull`, `UnknownCategory`,
    ///   `TitleLength`, `UriLength`, `AmountIsZero`, `CheckpointsNotSupported`, `StreamLength`,
    ///   `CliffAfterEnd`, `AskTooLarge`, `StreamTooShortForTier`, `RecipientNotAllowed`,
    ///   `TooManyProposals`, `RecipientRecordMissing`, `InsufficientTokens`.
    pub fn submit_proposal(ctx: Context<SubmitProposal>, args: SubmitProposalArgs) -> Result<()> {
        instructions::handle_submit_proposal(ctx, args)
    }

    /// Gives the recipient's consent to an award. Only accepted awards can be voted on, so nobody can
    /// file asks in a stranger's name.
    ///
    /// - Signer: `recipient`.
    /// - Phase: Submission.
    /// - Emits: `ProposalAccepted`.
    /// - Fails: `AccountMismatch`, `NotInSubmission`, `AlreadyWithdrawn`, `AlreadyAccepted`.
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
    pub fn withdraw_proposal(ctx: Context<WithdrawProposal>) -> Result<()> {
        instructions::handle_withdraw_proposal(ctx)
    }

    /// Casts a staker's first ballot of an epoch, over any part of the slate, each choice with the full
    /// weight that the stake had when voting opened.
    ///
    /// - Signer: `voter`, `payer`.
    /// - Phase: Voting.
    /// - Emits: `VoteCast`.
    /// - Fails: `AccountMismatch`, `NotInVoting`, `SlateChanged`, `BallotMalformed`,
    ///   `NoVotingPower`, `AlreadyVoted`, `EntryNotVotable`, `LatePassRefused`.
    pub fn cast_vote(ctx: Context<CastVote>, args: BallotArgs) -> Result<()> {
        instructions::handle_cast_vote(ctx, args)
    }

    /// Replaces the voter's ballot by another, at the weight recorded when it was first cast.
    ///
    /// - Signer: `voter`.
    /// - Phase: Voting.
    /// - Emits: `VoteRevised`.
    /// - Fails: `AccountMismatch`, `NotInVoting`, `SlateChanged`, `BallotMalformed`,
    ///   `EntryNotVotable`, `BallotUnchanged`, `LatePassRefused`.
    pub fn revise_vote(ctx: Context<ReviseVote>, args: BallotArgs) -> Result<()> {
        instructions::handle_revise_vote(ctx, args)
    }

    /// Takes all choices back. The record stays, with its weight and its owner.
    ///
    /// - Signer: `voter`.
    /// - Phase: Voting.
    /// - Emits: `VoteRetracted`.
    /// - Fails: `AccountMismatch`, `NotInVoting`, `BallotUnchanged`, `LatePassRefused`.
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
    pub fn settle_epoch(ctx: Context<SettleEpoch>) -> Result<()> {
        instructions::handle_settle_epoch(ctx)
    }

    /// Turns a funded award into a stream after its timelock. Open to anyone.
    ///
    /// - Signer: `payer`.
    /// - Phase: Settled.
    /// - Emits: `AwardExecuted`.
    /// - Fails: `AccountMismatch`, `NotSettled`, `AlreadyExecuted`, `EntryNotFunded`,
    ///   `StillTimelocked`, `GraceOver`.
    pub fn execute_award(ctx: Context<ExecuteAward>) -> Result<()> {
        instructions::handle_execute_award(ctx)
    }

    /// Frees the money of a funded entry that nobody executed within the grace. Open to anyone.
    ///
    /// - Signer: none.
    /// - Phase: Settled.
    /// - Emits: `ProposalLapsed`.
    /// - Fails: `AccountMismatch`, `NotSettled`, `EntryNotFunded`, `GraceNotOver`.
    pub fn lapse_proposal(ctx: Context<LapseProposal>, index: u8) -> Result<()> {
        instructions::handle_lapse_proposal(ctx, index)
    }

    /// Pays what a stream has released, and has not paid yet, to its payout account. Open to anyone.
    ///
    /// - Signer: none.
    /// - Phase: any.
    /// - Emits: `StreamWithdrawn`.
    /// - Fails: `AccountMismatch`, `WrongPayoutAccount`, `PayoutNotAllowed`,
    ///   `NothingToWithdraw`.
    pub fn withdraw_stream(ctx: Context<WithdrawStream>) -> Result<()> {
        instructions::handle_withdraw_stream(ctx)
    }

    /// Chooses the token account that a stream pays. Only the recipient may.
    ///
    /// - Signer: `recipient`.
    /// - Phase: any.
    /// - Emits: `PayoutRedirected`.
    /// - Fails: `AccountMismatch`, `WrongTokenAccount`, `PayoutNotAllowed`.
    pub fn redirect_payout(ctx: Context<RedirectPayout>) -> Result<()> {
        instructions::handle_redirect_payout(ctx)
    }

    /// Closes a vote record of a settled epoch; its rent returns to who paid it. Open to anyone.
    ///
    /// - Signer: none.
    /// - Phase: Settled.
    /// - Emits: `VoteRecordClosed`.
    /// - Fails: `AccountMismatch`, `WrongRentPayer`, `NotSettled`.
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
    pub fn close_proposal(ctx: Context<CloseProposal>) -> Result<()> {
        instructions::handle_close_proposal(ctx)
    }

    /// Closes a stream that has paid everything; its rent returns to who paid it. Open to anyone.
    ///
    /// - Signer: none.
    /// - Phase: any.
    /// - Emits: `StreamClosed`.
    /// - Fails: `AccountMismatch`, `WrongRentPayer`, `StreamNotFinished`.
    pub fn close_stream(ctx: Context<CloseStream>) -> Result<()> {
        instructions::handle_close_stream(ctx)
    }

    /// Closes a settled epoch without vote records and proposals; its rent returns to who paid it. Open
    /// to anyone.
    ///
    /// - Signer: none.
    /// - Phase: Settled.
    /// - Emits: `EpochClosed`.
    /// - Fails: `WrongRentPayer`, `NotSettled`, `EpochNotEmpty`.
    pub fn close_epoch(ctx: Context<CloseEpoch>) -> Result<()> {
        instructions::handle_close_epoch(ctx)
    }
}
