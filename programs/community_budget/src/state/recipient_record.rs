//! [`RecipientRecord`]: what a treasury remembers of a person.

use anchor_lang::prelude::*;
use budget_rules::review::is_weak;

use crate::error::{BudgetError, checked, require_gt};

/// One person as proposer and recipient of one treasury, over all epochs.
///
/// Seeds: `[RECIPIENT_SEED, treasury, person]`. Never closed: it is history. Its counters make the
/// limits per person and epoch hold without walking the slate.
#[account(zero_copy)]
#[derive(Debug)]
pub struct RecipientRecord {
    /// Layout version.
    pub version: u8,
    pub bump: u8,
    /// Proposals submitted in epoch `submitted_epoch`, withdrawn ones included.
    pub submitted_count: u8,
    /// Slate index of the first award this person accepted in epoch `accepted_epoch`; that entry
    /// holds the cumulative ask.
    pub leader: u8,
    /// Epoch of `submitted_count`; `u32::MAX` for none.
    pub submitted_epoch: u32,
    pub treasury: Pubkey,
    pub person: Pubkey,
    /// Epoch of `leader`; `u32::MAX` for none.
    pub accepted_epoch: u32,
    /// Sum of the scores of all reviews, each 0 to 10,000.
    pub score_sum: u32,
    /// Reviews with a score.
    pub scored: u16,
    /// Updates that did not come in time.
    pub missed_updates: u16,
    /// Streams that a vote cancelled or that lapsed while held.
    pub cancellations: u16,
    /// Awards that became streams.
    pub streams: u16,
    /// Base units of those awards.
    pub awarded: u64,
    /// Base units that closed streams paid.
    pub paid: u64,
    /// Base units that came back: unreleased ones of closed streams, and repayments.
    pub returned: u64,
    /// Zero.
    pub reserved: [u8; 56],
}

const _: () = assert!(core::mem::size_of::<RecipientRecord>() == 8 + 64 + 16 + 24 + 56);

impl RecipientRecord {
    /// Bytes of the account.
    pub const SPACE: usize = 8 + core::mem::size_of::<RecipientRecord>();

    /// Counts one submission in epoch `epoch` against the policy's `limit`.
    pub fn count_submission(&mut self, epoch: u32, limit: u8) -> Result<()> {
        if self.submitted_epoch != epoch {
            self.submitted_epoch = epoch;
            self.submitted_count = 0;
        }
        require_gt!(limit, self.submitted_count, BudgetError::TooManyProposals);
        self.submitted_count = checked(self.submitted_count.checked_add(1))?;
        Ok(())
    }

    /// Slate index of the entry that holds this person's cumulative ask in `epoch`: the first
    /// accepted one, which is `index` if there is none yet.
    pub fn leader_of(&mut self, epoch: u32, index: u8) -> u8 {
        if self.accepted_epoch != epoch {
            self.accepted_epoch = epoch;
            self.leader = index;
        }
        self.leader
    }

    /// Whether the mean score is below `floor_bps`, a missed update counting as zero (R4).
    pub fn is_weak(&self, floor_bps: u16) -> bool {
        is_weak(self.score_sum, self.scored, self.missed_updates, floor_bps)
    }

    /// Books an award that became a stream. Counters saturate: history must not stop money.
    pub fn book_award(&mut self, amount: u64) {
        self.streams = self.streams.saturating_add(1);
        self.awarded = self.awarded.saturating_add(amount);
    }

    /// Books a verdict.
    pub fn book_score(&mut self, score_bps: u16) {
        // Both stop together, so that the mean keeps its meaning.
        if let Some(scored) = self.scored.checked_add(1) {
            self.scored = scored;
            self.score_sum = self.score_sum.saturating_add(u32::from(score_bps));
        }
    }

    /// Books an update that did not come.
    pub fn book_missed_update(&mut self) {
        self.missed_updates = self.missed_updates.saturating_add(1);
    }

    /// Books a stream that was cancelled or lapsed.
    pub fn book_cancellation(&mut self) {
        self.cancellations = self.cancellations.saturating_add(1);
    }

    /// Books a stream that has paid what it pays.
    pub fn book_closing(&mut self, paid: u64, returned: u64) {
        self.paid = self.paid.saturating_add(paid);
        self.returned = self.returned.saturating_add(returned);
    }

    /// Books tokens that the person returned.
    pub fn book_return(&mut self, amount: u64) {
        self.returned = self.returned.saturating_add(amount);
    }
}
