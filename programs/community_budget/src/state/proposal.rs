//! [`Proposal`]: the terms that voters decide on.

use anchor_lang::prelude::*;
use solana_sha256_hasher::hashv;

use crate::constants::{
    LEAF_DOMAIN, MAX_TITLE_BYTES, MAX_URI_BYTES, SLATE_DOMAIN, TOMBSTONE_DOMAIN,
};

/// What a proposal does when it is approved.
///
/// ABI: values are stored in accounts and folded into the slate hash. The governance actions take
/// the next ones.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Streams tokens of the vault to a recipient.
    Award,
}

impl From<Action> for u8 {
    fn from(action: Action) -> u8 {
        match action {
            Action::Award => 0,
        }
    }
}

/// Everything of a proposal that voters sign, in the order in which it is hashed (P5).
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub action: Action,
    /// Index of the policy's category.
    pub category: u8,
    /// Reviews before the stream's end. Zero in this version.
    pub checkpoints: u8,
    /// Who receives the award.
    pub recipient: Pubkey,
    /// Base units of the budget mint.
    pub amount: u64,
    /// Length of the stream.
    pub duration_secs: u32,
    /// Nothing is released this long after the start.
    pub cliff_secs: u32,
    /// SHA-256 of what the metadata URI leads to.
    pub metadata_hash: [u8; 32],
    /// What is asked for, in words.
    #[max_len(MAX_TITLE_BYTES)]
    pub title: String,
    /// Where the long text is. Clients check it against `metadata_hash` before showing it.
    #[max_len(MAX_URI_BYTES)]
    pub metadata_uri: String,
}

/// One ask on an epoch's slate, with its bond.
///
/// Seeds: `[PROPOSAL_SEED, epoch, index]`. Closed after settlement, once its entry is final.
#[account]
#[derive(InitSpace, Debug)]
pub struct Proposal {
    /// Layout version.
    pub version: u8,
    pub bump: u8,
    /// Position on the slate.
    pub index: u8,
    /// Zero.
    pub reserved_flags: [u8; 5],
    pub epoch: Pubkey,
    pub treasury: Pubkey,
    /// Who submitted it and gets the bond back.
    pub proposer: Pubkey,
    /// Who paid the rent and gets it back.
    pub rent_payer: Pubkey,
    /// Base units of the budget mint in the bond vault.
    pub bond: u64,
    /// Unix seconds.
    pub submitted_at: i64,
    /// Zero.
    pub reserved: [u8; 32],
    pub terms: Terms,
}

impl Proposal {
    /// Bytes of the account, with room for the longest texts.
    pub const SPACE: usize = Proposal::DISCRIMINATOR.len() + Proposal::INIT_SPACE;
}

/// Hash that the slate of epoch `index` starts from.
pub fn empty_slate_hash(treasury: &Pubkey, index: u32) -> [u8; 32] {
    hashv(&[SLATE_DOMAIN, treasury.as_ref(), &index.to_le_bytes()]).to_bytes()
}

/// Slate hash after a submission: `sha-256(hash, leaf)`, where the leaf commits to the treasury,
/// the epoch, the position and the canonical (Borsh) terms.
pub fn fold_proposal(
    slate_hash: &[u8; 32],
    treasury: &Pubkey,
    epoch_index: u32,
    entry_index: u8,
    canonical_terms: &[u8],
) -> [u8; 32] {
    fold(
        slate_hash,
        &[
            LEAF_DOMAIN,
            treasury.as_ref(),
            &epoch_index.to_le_bytes(),
            &[entry_index],
            canonical_terms,
        ],
    )
}

/// Slate hash after a withdrawal.
pub fn fold_tombstone(
    slate_hash: &[u8; 32],
    treasury: &Pubkey,
    epoch_index: u32,
    entry_index: u8,
) -> [u8; 32] {
    fold(
        slate_hash,
        &[TOMBSTONE_DOMAIN, treasury.as_ref(), &epoch_index.to_le_bytes(), &[entry_index]],
    )
}

fn fold(slate_hash: &[u8; 32], leaf: &[&[u8]]) -> [u8; 32] {
    let leaf = hashv(leaf).to_bytes();
    hashv(&[slate_hash, &leaf]).to_bytes()
}
