//! [`Stake`]: one member's tokens and their weight.

use anchor_lang::prelude::*;
use budget_rules::{
    snapshot::{Frozen, change_weight, power},
    weight::{LockTerms, lock_bonus_bps, weight},
};

use crate::error::{BudgetError, checked};

/// One member's staked tokens, the cool-down they chose, and the weight that gives.
///
/// Seeds: `[STAKE_SEED, treasury, owner]`. Closed by its owner when empty.
#[account]
#[derive(InitSpace, Debug)]
pub struct Stake {
    /// Layout version.
    pub version: u8,
    pub bump: u8,
    /// Zero.
    pub reserved_flags: [u8; 2],
    /// Cool-down in seconds; decides the lock bonus.
    pub lock_secs: u32,
    pub treasury: Pubkey,
    pub owner: Pubkey,
    /// Who paid the rent and gets it back.
    pub rent_payer: Pubkey,
    /// Base units that carry weight.
    pub amount: u64,
    /// Base units that cool down and carry none.
    pub cooling: u64,
    /// Unix seconds from which `cooling` can be withdrawn.
    pub cooling_until: i64,
    /// Unix seconds. A lock that was shortened keeps tokens at least until its old cool-down, run
    /// from the shortening, is over.
    pub lock_floor_at: i64,
    /// `floor(amount * (10_000 + lock bonus) / 10_000)`, as of the last change (R1).
    pub weight: u64,
    /// Power in epoch `frozen_epoch`: the weight at its voting's opening, capped by every weight
    /// since (R2).
    pub frozen_weight: u64,
    /// Epoch index that `frozen_weight` belongs to; `u32::MAX` for none.
    pub frozen_epoch: u32,
    /// Zero. Room for delegate, participation bits and dormancy.
    pub reserved: [u8; 60],
}

const _: () = assert!(Stake::INIT_SPACE == 8 + 3 * 32 + 6 * 8 + 4 + 60);

/// A weight before and after a change, for the treasury's total.
pub struct WeightChange {
    pub old: u64,
    pub new: u64,
}

impl Stake {
    /// Bytes of the account.
    pub const SPACE: usize = Stake::DISCRIMINATOR.len() + Stake::INIT_SPACE;

    /// Power of this stake in the epoch `index` whose voting has opened (R2).
    pub fn power(&self, index: u32) -> u64 {
        power(self.frozen(), self.weight, index)
    }

    /// Adds tokens that have entered the stake vault.
    pub fn add(&mut self, amount: u64, terms: &LockTerms, at: Moment) -> Result<WeightChange> {
        self.amount = checked(self.amount.checked_add(amount))?;
        self.reweigh(terms, at)
    }

    /// Starts the cool-down of `amount`; tokens cooling already wait as long.
    pub fn cool(
        &mut self,
        amount: u64,
        terms: &LockTerms,
        floor_at: i64,
        at: Moment,
    ) -> Result<WeightChange> {
        require_gte!(self.amount, amount, BudgetError::InsufficientStake);
        self.amount = checked(self.amount.checked_sub(amount))?;
        self.cooling = checked(self.cooling.checked_add(amount))?;
        let chosen = checked(at.now.checked_add(i64::from(self.lock_secs)))?;
        let floor = if at.voting_opened { floor_at } else { chosen };
        self.cooling_until = self.cooling_until.max(chosen).max(self.lock_floor_at).max(floor);
        self.reweigh(terms, at)
    }

    /// Empties what has cooled down and returns it.
    pub fn take_cooled(&mut self) -> u64 {
        let cooled = self.cooling;
        self.cooling = 0;
        self.cooling_until = 0;
        cooled
    }

    /// Chooses another cool-down. A shorter one cuts the weight at once, while tokens stay as long
    /// as if their old cool-down had begun now.
    pub fn set_lock(
        &mut self,
        lock_secs: u32,
        terms: &LockTerms,
        at: Moment,
    ) -> Result<WeightChange> {
        if lock_secs < self.lock_secs {
            let old_end = checked(at.now.checked_add(i64::from(self.lock_secs)))?;
            self.lock_floor_at = self.lock_floor_at.max(old_end);
        }
        self.lock_secs = lock_secs;
        self.reweigh(terms, at)
    }

    /// Whether nothing is staked or cooling.
    pub fn is_empty(&self) -> bool {
        self.amount == 0 && self.cooling == 0
    }

    fn frozen(&self) -> Frozen {
        Frozen { epoch: self.frozen_epoch, value: self.frozen_weight }
    }

    fn reweigh(&mut self, terms: &LockTerms, at: Moment) -> Result<WeightChange> {
        let old = self.weight;
        let bonus = checked(lock_bonus_bps(self.lock_secs, terms))?;
        let new = checked(weight(self.amount, bonus))?;
        let frozen = change_weight(self.frozen(), old, new, at.epoch, at.voting_opened);
        self.frozen_epoch = frozen.epoch;
        self.frozen_weight = frozen.value;
        self.weight = new;
        Ok(WeightChange { old, new })
    }
}

/// The instant of a change of weight, as the treasury sees it.
#[derive(Clone, Copy)]
pub struct Moment {
    /// Unix seconds.
    pub now: i64,
    /// Index of the current epoch, `NEVER` for none.
    pub epoch: u32,
    /// Whether that epoch's voting has opened.
    pub voting_opened: bool,
}
