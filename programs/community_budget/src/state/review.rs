//! [`Review`]: what a recipient reported at a checkpoint, and what the reviewer found.

use anchor_lang::prelude::*;

use crate::{constants::MAX_URI_BYTES, error::checked};

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

    /// Writes the verdict into the account's bytes behind the discriminator.
    pub fn score(
        payload: &mut [u8],
        score_bps: u16,
        verdict_hash: [u8; 32],
        now: i64,
    ) -> Result<()> {
        let head = payload.get_mut(..core::mem::size_of::<ReviewHead>());
        let head = head.and_then(|head| bytemuck::try_from_bytes_mut::<ReviewHead>(head).ok());
        let head = checked(head)?;
        head.scored = 1;
        head.score_bps = score_bps;
        head.verdict_hash = verdict_hash;
        head.scored_at = now;
        Ok(())
    }
}

/// A [`Review`] without its URI: the same bytes, in memory as in Borsh.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, packed)]
pub struct ReviewHead {
    pub version: u8,
    pub bump: u8,
    pub checkpoint: u8,
    pub scored: u8,
    pub score_bps: u16,
    pub reserved_flags: [u8; 2],
    pub stream: Pubkey,
    pub rent_payer: Pubkey,
    pub filed_at: i64,
    pub scored_at: i64,
    pub spent: u64,
    pub health: u8,
    pub evidence_hash: [u8; 32],
    pub verdict_hash: [u8; 32],
}

impl Viewed for Review {
    type View = ReviewHead;

    fn view(payload: &[u8]) -> Option<ReviewHead> {
        let head = payload.get(..core::mem::size_of::<ReviewHead>())?;
        bytemuck::try_pod_read_unaligned(head).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_is_what_borsh_writes() {
        let mut review = Review {
            version: 1,
            bump: 2,
            checkpoint: 3,
            scored: 0,
            score_bps: 0,
            reserved_flags: [0; 2],
            stream: Pubkey::new_from_array([4; 32]),
            rent_payer: Pubkey::new_from_array([5; 32]),
            filed_at: i64::MAX - 6,
            scored_at: 0,
            spent: u64::MAX - 7,
            health: Health::OffTrack,
            evidence_hash: [8; 32],
            verdict_hash: [0; 32],
            evidence_uri: "uri".to_owned(),
        };
        let bytes = |review: &Review| {
            let mut bytes = Vec::new();
            review.serialize(&mut bytes).unwrap();
            bytes
        };
        let mut stored = bytes(&review);
        let view = Review::view(&stored).unwrap();
        assert_eq!((view.checkpoint, view.health), (3, 2));
        assert_eq!((view.stream, view.rent_payer), (review.stream, review.rent_payer));
        assert_eq!(view.evidence_hash, review.evidence_hash);
        Review::score(&mut stored, 9_999, [9; 32], i64::MIN).unwrap();
        review.scored = 1;
        review.score_bps = 9_999;
        review.verdict_hash = [9; 32];
        review.scored_at = i64::MIN;
        assert_eq!(stored, bytes(&review));
        assert!(Review::view(&stored[..160]).is_none());
        assert!(Review::score(&mut stored[..160], 1, [1; 32], 1).is_err());
    }
}
