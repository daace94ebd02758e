//! Seeds, sizes and the hard limits that no policy can move. Units are in the names.

use anchor_lang::prelude::*;

/// Seeds of a [`Treasury`](crate::state::Treasury): `[TREASURY_SEED, founder, id u64 LE]`.
#[constant]
pub const TREASURY_SEED: &[u8] = b"treasury";
/// Seeds of the budget vault: `[VAULT_SEED, treasury]`.
#[constant]
pub const VAULT_SEED: &[u8] = b"vault";
/// Seeds of the stake vault: `[STAKE_VAULT_SEED, treasury]`.
#[constant]
pub const STAKE_VAULT_SEED: &[u8] = b"stake_vault";
/// Seeds of the bond vault: `[BOND_VAULT_SEED, treasury]`.
#[constant]
pub const BOND_VAULT_SEED: &[u8] = b"bond_vault";
/// Seeds of a [`Stake`](crate::state::Stake): `[STAKE_SEED, treasury, owner]`.
#[constant]
pub const STAKE_SEED: &[u8] = b"stake";
/// Seeds of a [`BudgetEpoch`](crate::state::BudgetEpoch): `[EPOCH_SEED, treasury, index u32 LE]`.
#[constant]
pub const EPOCH_SEED: &[u8] = b"epoch";
/// Seeds of a [`Proposal`](crate::state::Proposal): `[PROPOSAL_SEED, epoch, index u8]`.
#[constant]
pub const PROPOSAL_SEED: &[u8] = b"proposal";
/// Seeds of a [`VoteRecord`](crate::state::VoteRecord): `[VOTE_SEED, epoch, stake owner]`.
#[constant]
pub const VOTE_SEED: &[u8] = b"vote";
/// Seeds of a [`Stream`](crate::state::Stream): `[STREAM_SEED, proposal]`.
#[constant]
pub const STREAM_SEED: &[u8] = b"stream";
/// Seeds of a [`RecipientRecord`](crate::state::RecipientRecord): `[RECIPIENT_SEED, treasury, person]`.
#[constant]
pub const RECIPIENT_SEED: &[u8] = b"recipient";
/// Seeds of a [`Review`](crate::state::Review): `[REVIEW_SEED, stream, checkpoint u8]`.
#[constant]
pub const REVIEW_SEED: &[u8] = b"review";

/// Layout version that every account of this program starts with.
pub const ACCOUNT_VERSION: u8 = 1;

/// Seconds in an hour.
pub const HOUR_SECS: u32 = 3_600;
/// Seconds in a day.
pub const DAY_SECS: u32 = 86_400;

/// Most bytes of a proposal's title.
pub const MAX_TITLE_BYTES: usize = 64;
/// Most bytes of a proposal's metadata URI.
pub const MAX_URI_BYTES: usize = 128;

/// Shortest stream, in seconds (R7).
pub const MIN_STREAM_SECS: u32 = DAY_SECS;
/// Longest stream, in seconds: four years of 365.25 days (R7).
pub const MAX_STREAM_SECS: u32 = 1_461 * DAY_SECS;

/// Time that an approved entry stays executable after the longest timelock, at least, in seconds.
pub const MIN_EXECUTION_WINDOW_SECS: u32 = 3 * DAY_SECS;

/// Longest payout delay that a policy may set, in seconds (P4).
pub const MAX_PAYOUT_DELAY_SECS: i64 = budget_rules::stream::MAX_PAYOUT_DELAY_SECS;

/// Share of the total weight that a stake must have to take a slot of the last quarter, in basis
/// points (R13).
pub const RESERVED_SLOT_STAKE_BPS: u16 = 100;

/// Epoch periods after settlement until which rewards can be claimed (R12).
pub const CLAIM_PERIODS: i64 = 2;

/// Epochs without a ballot after which a stake can be marked dormant (R2).
pub const DORMANT_EPOCHS: u32 = 8;

/// Epoch periods after settlement from which an unpayable bond goes to the vault (section 4.6).
pub const UNPAYABLE_BOND_PERIODS: i64 = 2;

/// Domain separators of the slate hash (R3); one per kind of leaf, so that none stands for another.
pub const SLATE_DOMAIN: &[u8] = b"community-budget:slate:v1";
/// Domain of a proposal's leaf.
pub const LEAF_DOMAIN: &[u8] = b"community-budget:leaf:v1";
/// Domain of a withdrawal's tombstone leaf.
pub const TOMBSTONE_DOMAIN: &[u8] = b"community-budget:tombstone:v1";
