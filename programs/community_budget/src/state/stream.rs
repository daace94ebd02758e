//! [`Stream`]: an award on its way to its recipient.

use anchor_lang::prelude::*;
use budget_rules::stream::{Terms as ReleaseTerms, claimable, released};

use crate::error::{BudgetError, checked};

/// Money of an executed award, released over time (R7).
///
/// Seeds: `[STREAM_SEED, proposal]`. Closed by anyone once everything is paid.
#[account]
#[derive(InitSpace, Debug)]
pub struct Stream {
    /// Layout version.
    pub version: u8,
    pub bump: u8,
    /// Position of the award on its slate.
    pub entry_index: u8,
    /// Index of the policy's category.
    pub category: u8,
    /// Index of the epoch that funded it.
    pub epoch_index: u32,
    pub treasury: Pubkey,
    pub proposal: Pubkey,
    pub recipient: Pubkey,
    /// Token account that is paid: the recipient's associated account, until redirected.
    pub payout_account: Pubkey,
    /// Who paid the rent and gets it back.
    pub rent_payer: Pubkey,
    /// Base units of the budget mint, awarded.
    pub total: u64,
    /// Base units paid so far. `withdrawn <= released <= total`.
    pub withdrawn: u64,
    /// Unix seconds of the execution.
    pub started_at: i64,
    pub duration_secs: u32,
    pub cliff_secs: u32,
    /// Zero. Room for parts, returned, review state, pauses and the clock's standing.
    pub reserved: [u8; 256],
}

const _: () = assert!(Stream::INIT_SPACE == 8 + 5 * 32 + 3 * 8 + 8 + 256);

impl Stream {
    /// Bytes of the account.
    pub const SPACE: usize = Stream::DISCRIMINATOR.len() + Stream::INIT_SPACE;

    fn terms(&self) -> ReleaseTerms {
        ReleaseTerms {
            total: self.total,
            duration_secs: self.duration_secs,
            cliff_secs: self.cliff_secs,
            checkpoints: 0,
        }
    }

    fn elapsed(&self, now: i64) -> Option<i64> {
        now.checked_sub(self.started_at)
    }

    /// Base units released by `now`, rounded down; all of them at the end.
    pub fn released(&self, now: i64) -> Result<u64> {
        checked(self.elapsed(now).and_then(|elapsed| released(&self.terms(), elapsed)))
    }

    /// Takes everything claimable at `now` out of the stream and returns it.
    ///
    /// # Errors
    /// [`BudgetError::NothingToWithdraw`] when that is nothing.
    pub fn withdraw(&mut self, now: i64) -> Result<u64> {
        let elapsed = checked(self.elapsed(now))?;
        let amount = checked(claimable(&self.terms(), elapsed, self.withdrawn))?;
        require_gt!(amount, 0, BudgetError::NothingToWithdraw);
        self.withdrawn = checked(self.withdrawn.checked_add(amount))?;
        self.invariant()?;
        Ok(amount)
    }

    /// Whether everything has been paid.
    pub fn is_finished(&self) -> bool {
        self.withdrawn == self.total
    }

    /// INVARIANT: never more is paid than was awarded.
    pub fn invariant(&self) -> Result<()> {
        require_gte!(self.total, self.withdrawn, BudgetError::InvariantViolated);
        Ok(())
    }
}
