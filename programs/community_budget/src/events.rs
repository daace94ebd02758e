//! One event per change of state, in the past tense, with the state after it.
//!
//! `seq` counts the events of an epoch where the event names one, else those of the treasury; a gap
//! means a missed event. Accounts are the truth: every figure here can be read from them.

use anchor_lang::prelude::*;

use crate::state::{Action, Health, Policy, Role, Ruling, TripCause};

/// A community's treasury exists.
#[event]
pub struct TreasuryCreated {
    pub seq: u64,
    pub treasury: Pubkey,
    pub founder: Pubkey,
    pub budget_mint: Pubkey,
    pub stake_mint: Pubkey,
    pub first_open_at: i64,
    pub guardian: Pubkey,
    pub reviewer: Pubkey,
    pub risk_reporter: Pubkey,
}

/// Somebody paid into the vault.
#[event]
pub struct FundsDeposited {
    pub seq: u64,
    pub treasury: Pubkey,
    pub depositor: Pubkey,
    pub amount: u64,
    pub tracked: u64,
}

/// Tokens that were sent to the vault directly are accounted for now.
#[event]
pub struct SurplusAbsorbed {
    pub seq: u64,
    pub treasury: Pubkey,
    pub amount: u64,
    pub tracked: u64,
}

/// A member has a stake account.
#[event]
pub struct StakeOpened {
    pub seq: u64,
    pub treasury: Pubkey,
    pub owner: Pubkey,
    pub lock_secs: u32,
}

/// Tokens were staked, unstaked or locked anew; the weight is what they carry since.
#[event]
pub struct StakeChanged {
    pub seq: u64,
    pub treasury: Pubkey,
    pub owner: Pubkey,
    pub amount: u64,
    pub cooling: u64,
    pub cooling_until: i64,
    pub lock_secs: u32,
    pub weight: u64,
    pub total_weight: u64,
}

/// The owner of a stake chose who may vote in the owner's place.
#[event]
pub struct DelegateSet {
    pub seq: u64,
    pub treasury: Pubkey,
    pub owner: Pubkey,
    pub delegate: Pubkey,
}

/// A stake's weight was measured anew on somebody's request.
#[event]
pub struct StakeRefreshed {
    pub seq: u64,
    pub treasury: Pubkey,
    pub owner: Pubkey,
    pub dormant: bool,
    pub weight: u64,
    pub total_weight: u64,
}

/// Tokens that had cooled down left the stake vault.
#[event]
pub struct UnstakedWithdrawn {
    pub seq: u64,
    pub treasury: Pubkey,
    pub owner: Pubkey,
    pub amount: u64,
    pub staked: u64,
}

/// An empty stake account was closed.
#[event]
pub struct StakeClosed {
    pub seq: u64,
    pub treasury: Pubkey,
    pub owner: Pubkey,
}

/// A treasury keeps a record of a person.
#[event]
pub struct RecipientRecordOpened {
    pub seq: u64,
    pub treasury: Pubkey,
    pub person: Pubkey,
}

/// A round of budgeting began.
#[event]
pub struct EpochOpened {
    pub seq: u64,
    pub treasury: Pubkey,
    pub epoch: Pubkey,
    pub index: u32,
    pub cap: u64,
    pub reward_pool: u64,
    pub free_at_open: u64,
    pub voting_opens_at: i64,
    pub voting_closes_at: i64,
    pub voting_hard_end_at: i64,
}

/// A proposal took a slot of the slate.
#[event]
pub struct ProposalSubmitted {
    pub seq: u64,
    pub epoch: Pubkey,
    pub index: u8,
    pub proposer: Pubkey,
    pub recipient: Pubkey,
    pub amount: u64,
    pub slot_fee: u64,
    pub bond: u64,
    pub accepted: bool,
    pub slate_hash: [u8; 32],
}

/// A constitutional action took a slot of the slate.
#[event]
pub struct ActionSubmitted {
    pub seq: u64,
    pub epoch: Pubkey,
    pub index: u8,
    pub proposer: Pubkey,
    pub action: Action,
    pub slot_fee: u64,
    pub bond: u64,
    pub slate_hash: [u8; 32],
}

/// The recipient agreed to an award.
#[event]
pub struct ProposalAccepted {
    pub seq: u64,
    pub epoch: Pubkey,
    pub index: u8,
    pub recipient: Pubkey,
    pub recipient_ask: u64,
}

/// The proposer took a proposal off the slate.
#[event]
pub struct ProposalWithdrawn {
    pub seq: u64,
    pub epoch: Pubkey,
    pub index: u8,
    pub slate_hash: [u8; 32],
}

/// A voter's first ballot of an epoch was counted.
#[event]
pub struct VoteCast {
    pub seq: u64,
    pub epoch: Pubkey,
    pub owner: Pubkey,
    pub by_delegate: bool,
    pub weight: u64,
    pub turnout: u64,
    pub voting_closes_at: i64,
}

/// A voter's ballot replaced the earlier one.
#[event]
pub struct VoteRevised {
    pub seq: u64,
    pub epoch: Pubkey,
    pub owner: Pubkey,
    pub by_delegate: bool,
    pub weight: u64,
    pub voting_closes_at: i64,
}

/// A voter took all choices back.
#[event]
pub struct VoteRetracted {
    pub seq: u64,
    pub epoch: Pubkey,
    pub owner: Pubkey,
    pub by_delegate: bool,
    pub weight: u64,
    pub voting_closes_at: i64,
}

/// The epoch was decided.
#[event]
pub struct EpochSettled {
    pub seq: u64,
    pub epoch: Pubkey,
    pub electorate: u64,
    pub passing: u8,
    pub funded: u8,
    pub approved: u8,
    pub allocated: u64,
    pub settled_at: i64,
    pub committed: u64,
}

/// A funded award became a stream.
#[event]
pub struct AwardExecuted {
    pub seq: u64,
    pub epoch: Pubkey,
    pub index: u8,
    pub stream: Pubkey,
    pub recipient: Pubkey,
    pub total: u64,
    pub started_at: i64,
    pub executed: u64,
}

/// The policy that the next epoch opens with was changed.
#[event]
pub struct PolicySet {
    pub seq: u64,
    pub epoch: Pubkey,
    pub index: u8,
    pub section: u8,
    pub policy: Policy,
}

/// A role was given to another key.
#[event]
pub struct RoleSet {
    pub seq: u64,
    pub epoch: Pubkey,
    pub index: u8,
    pub role: Role,
    pub holder: Pubkey,
}

/// A vote ruled on a stream.
#[event]
pub struct StreamRuled {
    pub seq: u64,
    pub epoch: Pubkey,
    pub index: u8,
    pub stream: Pubkey,
    pub ruling: Ruling,
    pub returned: u64,
    pub committed: u64,
}

/// A vote ended a trip of the breaker.
#[event]
pub struct BreakerCleared {
    pub seq: u64,
    pub epoch: Pubkey,
    pub index: u8,
    pub high_water: u64,
    pub rests_until: i64,
}

/// A vote took a part of a category's principal for lost.
#[event]
pub struct PositionWrittenOff {
    pub seq: u64,
    pub epoch: Pubkey,
    pub index: u8,
    pub category: u8,
    pub loss: u64,
    pub cost: u64,
}

/// The guardian stopped an entry within its timelock.
#[event]
pub struct ProposalVetoed {
    pub seq: u64,
    pub epoch: Pubkey,
    pub index: u8,
    pub guardian: Pubkey,
    pub amount: u64,
    pub committed: u64,
}

/// A funded or approved entry was not executed in time; what it promised is free again.
#[event]
pub struct ProposalLapsed {
    pub seq: u64,
    pub epoch: Pubkey,
    pub index: u8,
    pub amount: u64,
    pub committed: u64,
}

/// Released money reached a recipient.
#[event]
pub struct StreamWithdrawn {
    pub seq: u64,
    pub treasury: Pubkey,
    pub stream: Pubkey,
    pub payout_account: Pubkey,
    pub amount: u64,
    pub withdrawn: u64,
    pub total: u64,
    pub tracked: u64,
    pub committed: u64,
}

/// The recipient chose another account to be paid to.
#[event]
pub struct PayoutRedirected {
    pub seq: u64,
    pub treasury: Pubkey,
    pub stream: Pubkey,
    pub payout_account: Pubkey,
}

/// A recipient reported at a checkpoint.
#[event]
pub struct UpdateFiled {
    pub seq: u64,
    pub treasury: Pubkey,
    pub stream: Pubkey,
    pub checkpoint: u8,
    pub health: Health,
    pub spent: u64,
    pub evidence_hash: [u8; 32],
}

/// The reviewer scored an update.
#[event]
pub struct UpdateScored {
    pub seq: u64,
    pub treasury: Pubkey,
    pub stream: Pubkey,
    pub checkpoint: u8,
    pub score_bps: u16,
    pub verdict_hash: [u8; 32],
    pub held: bool,
    pub returned: u64,
    pub committed: u64,
}

/// A stream is held because its update did not come.
#[event]
pub struct StreamHeld {
    pub seq: u64,
    pub treasury: Pubkey,
    pub stream: Pubkey,
    pub checkpoint: u8,
    pub held_at: i64,
}

/// A held stream that no vote ruled on in time ended.
#[event]
pub struct StreamLapsed {
    pub seq: u64,
    pub treasury: Pubkey,
    pub stream: Pubkey,
    pub returned: u64,
    pub committed: u64,
}

/// The guardian stopped a stream's accrual for a while.
#[event]
pub struct StreamPaused {
    pub seq: u64,
    pub treasury: Pubkey,
    pub stream: Pubkey,
    pub until: i64,
    pub used_secs: u32,
}

/// A review whose checkpoint is decided was closed.
#[event]
pub struct ReviewClosed {
    pub seq: u64,
    pub treasury: Pubkey,
    pub stream: Pubkey,
    pub checkpoint: u8,
}

/// Tokens came back to a category.
#[event]
pub struct FundsReturned {
    pub seq: u64,
    pub treasury: Pubkey,
    pub from: Pubkey,
    pub category: u8,
    pub amount: u64,
    pub profit: u64,
    pub tracked: u64,
}

/// The risk reporter marked a position; the mark counts from the next epoch on.
#[event]
pub struct PositionMarked {
    pub seq: u64,
    pub treasury: Pubkey,
    pub category: u8,
    pub mark: u64,
    pub reported_at: i64,
}

/// The breaker tripped.
#[event]
pub struct BreakerTripped {
    pub seq: u64,
    pub treasury: Pubkey,
    pub cause: TripCause,
    pub until: i64,
    pub high_water: u64,
}

/// The guardian blocked awards and changes of policy for a while.
#[event]
pub struct ExecutionsPaused {
    pub seq: u64,
    pub treasury: Pubkey,
    pub until: i64,
    pub used_secs: u32,
}

/// Rewards that nobody claimed are free again.
#[event]
pub struct RewardsReclaimed {
    pub seq: u64,
    pub epoch: Pubkey,
    pub amount: u64,
    pub reserved_funds: u64,
}

/// A vote record of a settled epoch was closed.
#[event]
pub struct VoteRecordClosed {
    pub seq: u64,
    pub epoch: Pubkey,
    pub owner: Pubkey,
    pub reward: u64,
    pub stake_weight: u64,
    pub vote_record_count: u64,
}

/// Where a bond went.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum BondFate {
    /// There was none.
    None,
    /// Back to the proposer.
    Returned,
    /// To the vault: the entry failed with too little support.
    Forfeited,
    /// To the vault: the proposer could not be paid for two periods.
    Unpayable,
}

/// A proposal whose entry is final was closed.
#[event]
pub struct ProposalClosed {
    pub seq: u64,
    pub epoch: Pubkey,
    pub index: u8,
    pub bond: u64,
    pub fate: BondFate,
    pub tracked: u64,
}

/// A stream that has paid everything was closed.
#[event]
pub struct StreamClosed {
    pub seq: u64,
    pub treasury: Pubkey,
    pub stream: Pubkey,
    pub total: u64,
    pub paid: u64,
    pub returned: u64,
}

/// A settled and empty epoch was closed.
#[event]
pub struct EpochClosed {
    pub seq: u64,
    pub epoch: Pubkey,
    pub index: u32,
    pub unclaimed_rewards: u64,
}
