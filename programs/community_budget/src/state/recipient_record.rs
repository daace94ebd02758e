//! [`RecipientRecord`]: what a treasury remembers of a person.

use anchor_lang::prelude::*;

use crate::error::{BudgetError, checked};

/// One person as proposer and recipient of one treasury, over all epochs.
///
/// Seeds: `[RECIPIENT_SEED, treasury, person]`. Never closed: it is history. Its counters make the
/// limits per person and epoch hold without walking the slate.
#[account]
#[derive(InitSpace, Debug)]
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
    /// Zero. Room for awarded, paid, returned, reviews, mean score, late updates, cancellations.
    pub reserved: [u8; 92],
}

const _: () = assert!(RecipientRecord::INIT_SPACE == 8 + 64 + 4 + 92);

impl RecipientRecord {
    /// Bytes of the account.
    pub const SPACE: usize = RecipientRecord::DISCRIMINATOR.len() + RecipientRecord::INIT_SPACE;

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
}
