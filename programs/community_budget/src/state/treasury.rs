//! [`Treasury`]: the community's books.

use anchor_lang::prelude::*;
use budget_rules::snapshot::{Frozen, freeze, power};

use crate::{
    error::{BudgetError, checked},
    state::{BudgetEpoch, Moment, Policy},
};

/// One community's budget: its vaults, its policy, what is promised from the vault, and how much
/// weight is staked.
///
/// Seeds: `[TREASURY_SEED, founder, id.to_le_bytes()]`. Never closed. Zero-copy, because every
/// instruction reads it and none needs all of it (ADR-0003).
#[account(zero_copy)]
#[derive(Debug)]
pub struct Treasury {
    /// Layout version.
    pub version: u8,
    pub bump: u8,
    /// Bumps of the three vaults.
    pub vault_bump: u8,
    pub stake_vault_bump: u8,
    pub bond_vault_bump: u8,
    /// Decimals of the mints; fixed, since a mint with a close authority is refused.
    pub budget_decimals: u8,
    pub stake_decimals: u8,
    /// 1 from an epoch's opening to its settlement, else 0.
    pub epoch_active: u8,
    /// Epochs opened so far. The current epoch has index `epoch_count - 1`.
    pub epoch_count: u32,
    /// Epoch whose opening total `frozen_total` is; [`budget_rules::snapshot::NEVER`] for none.
    pub frozen_epoch: u32,
    /// Chosen by the founder. Part of the seeds.
    pub id: u64,
    /// Who created the treasury. Part of the seeds; has no other power.
    pub founder: Pubkey,
    /// What the treasury pays in.
    pub budget_mint: Pubkey,
    /// What its members stake. May be the budget mint; the vaults stay separate.
    pub stake_mint: Pubkey,
    pub vault: Pubkey,
    pub stake_vault: Pubkey,
    pub bond_vault: Pubkey,
    /// Base units in the vault as moved by instructions. Donations count once absorbed.
    pub tracked: u64,
    /// Base units promised to funded entries and streams. `committed <= tracked`.
    pub committed: u64,
    /// Base units set aside. Zero until participation rewards exist. `committed + reserved_funds <= tracked`.
    pub reserved_funds: u64,
    /// Base units of the stake mint that stakers own, staked or cooling.
    pub staked: u64,
    /// Base units of the budget mint held as bonds.
    pub bonded: u64,
    /// Sum of the weights of all stakes.
    pub total_weight: u64,
    /// `total_weight` when voting of `frozen_epoch` opened.
    pub frozen_total: u64,
    /// Unix seconds. No epoch opens before.
    pub first_open_at: i64,
    /// Unix seconds of the last opening; 0 before the first.
    pub last_opened_at: i64,
    /// Unix seconds at which voting of the current epoch opens; 0 before the first.
    pub voting_opens_at: i64,
    /// Unix seconds. Tokens unstaked once voting has opened cool at least until then: the hard end
    /// of the current epoch's voting plus its longest timelock.
    pub cooling_floor_at: i64,
    /// Event counter of everything but an epoch's own events; a gap means a missed event.
    pub seq: u64,
    pub policy: Policy,
    /// Zero. Room for roles, breaker, positions and pauses.
    pub reserved: [u8; 512],
}

const _: () = assert!(core::mem::size_of::<Treasury>() == 8 + 8 + 8 + 6 * 32 + 12 * 8 + 480 + 512);

/// Seeds that the treasury signs token transfers with, as owned bytes.
pub struct TreasurySeeds {
    founder: Pubkey,
    id: [u8; 8],
    bump: [u8; 1],
}

impl TreasurySeeds {
    /// The seeds as slices, for `CpiContext::new_with_signer`.
    pub fn as_slices(&self) -> [&[u8]; 4] {
        [crate::constants::TREASURY_SEED, self.founder.as_ref(), &self.id, &self.bump]
    }
}

impl Treasury {
    /// Bytes of the account.
    pub const SPACE: usize = 8 + core::mem::size_of::<Treasury>();

    /// Index of the epoch opened last; `None` before the first.
    pub fn current_epoch(&self) -> Option<u32> {
        self.epoch_count.checked_sub(1)
    }

    /// Base units that are neither promised nor set aside.
    pub fn free(&self) -> Option<u64> {
        self.tracked.checked_sub(self.committed)?.checked_sub(self.reserved_funds)
    }

    /// Whether voting of the current epoch has opened by `now`. Stays true until the next opening.
    pub fn voting_opened(&self, now: i64) -> bool {
        self.epoch_count > 0 && now >= self.voting_opens_at
    }

    /// Index to freeze under; `NEVER` before the first epoch.
    pub fn snapshot_epoch(&self) -> u32 {
        self.current_epoch().unwrap_or(budget_rules::snapshot::NEVER)
    }

    /// The electorate of epoch `index`: the total weight when its voting opened (R2). Exact from
    /// that moment until the next epoch's voting opens.
    pub fn electorate(&self, index: u32) -> u64 {
        power(self.frozen(), self.total_weight, index)
    }

    fn frozen(&self) -> Frozen {
        Frozen { epoch: self.frozen_epoch, value: self.frozen_total }
    }

    /// Replaces one stake's weight in the total, after freezing the total if voting has opened.
    pub fn change_weight(&mut self, old: u64, new: u64, now: i64) -> Result<()> {
        let opened = self.voting_opened(now);
        let frozen = freeze(self.frozen(), self.total_weight, self.snapshot_epoch(), opened);
        self.frozen_epoch = frozen.epoch;
        self.frozen_total = frozen.value;
        let others = checked(self.total_weight.checked_sub(old))?;
        self.total_weight = checked(others.checked_add(new))?;
        Ok(())
    }

    /// Books `amount` that entered the vault.
    pub fn book_deposit(&mut self, amount: u64) -> Result<()> {
        self.tracked = checked(self.tracked.checked_add(amount))?;
        self.invariant()
    }

    /// Books `amount` that left the vault and was promised before.
    pub fn book_payout(&mut self, amount: u64) -> Result<()> {
        self.tracked = checked(self.tracked.checked_sub(amount))?;
        self.committed = checked(self.committed.checked_sub(amount))?;
        self.invariant()
    }

    /// Promises `amount` from free funds.
    pub fn commit(&mut self, amount: u64) -> Result<()> {
        self.committed = checked(self.committed.checked_add(amount))?;
        self.invariant()
    }

    /// Frees `amount` that was promised.
    pub fn release(&mut self, amount: u64) -> Result<()> {
        self.committed = checked(self.committed.checked_sub(amount))?;
        self.invariant()
    }

    /// Books a bond that entered the bond vault.
    pub fn book_bond(&mut self, amount: u64) -> Result<()> {
        self.bonded = checked(self.bonded.checked_add(amount))?;
        Ok(())
    }

    /// Books a bond that left the bond vault.
    pub fn book_bond_out(&mut self, amount: u64) -> Result<()> {
        self.bonded = checked(self.bonded.checked_sub(amount))?;
        Ok(())
    }

    /// The instant `now`, as a change of weight needs it.
    pub fn moment(&self, now: i64) -> Moment {
        Moment { now, epoch: self.snapshot_epoch(), voting_opened: self.voting_opened(now) }
    }

    /// Makes `epoch` the current one.
    pub fn begin_epoch(&mut self, epoch: &BudgetEpoch) -> Result<()> {
        let longest = self.policy.timelock_secs(u8::MAX);
        let floor = epoch.voting_hard_end_at.checked_add(i64::from(longest));
        self.cooling_floor_at = checked(floor)?;
        self.epoch_count = checked(self.epoch_count.checked_add(1))?;
        self.epoch_active = 1;
        self.last_opened_at = epoch.opened_at;
        self.voting_opens_at = epoch.voting_opens_at;
        Ok(())
    }

    /// Ends the current epoch, which awarded `allocated`.
    pub fn end_epoch(&mut self, allocated: u64) -> Result<()> {
        self.epoch_active = 0;
        self.commit(allocated)
    }

    /// Takes the next event number.
    pub fn next_seq(&mut self) -> Result<u64> {
        self.seq = checked(self.seq.checked_add(1))?;
        Ok(self.seq)
    }

    /// What the treasury signs with.
    pub fn signer_seeds(&self) -> TreasurySeeds {
        TreasurySeeds { founder: self.founder, id: self.id.to_le_bytes(), bump: [self.bump] }
    }

    /// Whether `key` is the treasury `own` or one of its vaults.
    pub fn owns(&self, own: &Pubkey, key: &Pubkey) -> bool {
        [own, &self.vault, &self.stake_vault, &self.bond_vault].contains(&key)
    }

    /// INVARIANT: what is promised and set aside is in the vault.
    pub fn invariant(&self) -> Result<()> {
        require!(self.free().is_some(), BudgetError::InvariantViolated);
        Ok(())
    }
}
