//! [`Review`]: what a recipient reported at a checkpoint, and what the reviewer found.

use anchor_lang::prelude::*;

use crate::constants::MAX_URI_BYTES;

/// How the recipient sees the work.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    OnTrack,
    AtRisk,
    OffTrack,
}

/// A recipient's update at a checkpoint, with its verdict.
///
/// Seeds: `[REVIEW_SEED, stream, checkpoint]`. Filed once; closed by anyone when its checkpoint is
/// decided.
#[account]
#[derive(InitSpace, Debug)]
pub struct Review {
    /// Layout version.
    pub version: u8,
    pub bump: u8,
    /// The checkpoint, from 0.
    pub checkpoint: u8,
    /// 1 once scored.
    pub scored: u8,
    /// Basis points, 0 to 10,000; means nothing before `scored`.
    pub score_bps: u16,
    /// Zero.
    pub reserved_flags: [u8; 2],
    pub stream: Pubkey,
    /// Who paid the rent and gets it back.
    pub rent_payer: Pubkey,
    /// Unix seconds.
    pub filed_at: i64,
    /// Unix seconds; 0 before `scored`.
    pub scored_at: i64,
    /// Base units that the recipient says were spent.
    pub spent: u64,
    pub health: Health,
    /// SHA-256 of what the evidence URI leads to.
    pub evidence_hash: [u8; 32],
    /// SHA-256 of the reviewer's reasons; zero before `scored`.
    pub verdict_hash: [u8; 32],
    /// Where the evidence is.
    #[max_len(MAX_URI_BYTES)]
    pub evidence_uri: String,
}

impl Review {
    /// Bytes of the account.
    pub const SPACE: usize = Review::DISCRIMINATOR.len() + Review::INIT_SPACE;

    /// Writes the verdict.
    pub fn score(&mut self, score_bps: u16, verdict_hash: [u8; 32], now: i64) {
        self.scored = 1;
        self.score_bps = score_bps;
        self.verdict_hash = verdict_hash;
        self.scored_at = now;
    }
}
