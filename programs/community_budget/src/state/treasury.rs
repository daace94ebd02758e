//! [`Treasury`]: the community's books.

use anchor_lang::prelude::*;
use budget_rules::{
    allocation::MAX_CATEGORIES,
    bps::share_floor,
    bucket::{Bucket, payout},
    risk::{
        Position, PositionTerms, Standing, Trailing, after_haircut, has_drawn_down, is_draining,
    },
    snapshot::{Frozen, freeze, power},
    standstill::{PauseAllowance, Standstill},
};

use crate::{
    error::{BudgetError, checked, fail, require, require_eq, require_gte},
    state::{BudgetEpoch, Moment, Policy, PositionState, Role, targets},
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
    /// Base units set aside for rewards. `committed + reserved_funds <= tracked`.
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
    /// What the next epoch opens with.
    pub policy: Policy,
    /// Policy of the epoch opened last. Weights, breaker and marks follow it, so that no change
    /// reaches an epoch that is already open (R14).
    pub in_force: Policy,
    /// Pauses executions and streams, vetoes; the zero key while vacant (R15).
    pub guardian: Pubkey,
    /// Scores updates.
    pub reviewer: Pubkey,
    /// Marks positions.
    pub risk_reporter: Pubkey,
    /// What is out or promised in each category of a risk class (R9).
    pub positions: [PositionState; MAX_CATEGORIES],
    /// Base units gained and lost on positions, in all.
    pub realised_profit: u64,
    pub realised_loss: u64,
    /// Base units awarded in each of the last four epochs, at `epoch % 4`.
    pub outflow: [u64; TRAILING_EPOCHS],
    /// Base units received in each of the last four epochs, at `epoch % 4`.
    pub inflow: [u64; TRAILING_EPOCHS],
    /// The outflow bucket: its capacity, set at each opening, and its state (R11).
    pub bucket_capacity: u64,
    pub bucket_level: u64,
    pub bucket_remainder: u64,
    /// Unix seconds of the bucket's last refill.
    pub bucket_at: i64,
    /// Base units that the net asset value would be if no position had lost any; what spends and
    /// receives tokens moves it, marks do not, the end of a trip resets it (R11).
    pub high_water: u64,
    /// Unix seconds, half-open. The present or last trip of the breaker; 0 before the first.
    pub tripped_at: i64,
    pub tripped_until: i64,
    /// Unix seconds before which the breaker cannot trip again.
    pub breaker_rests_until: i64,
    /// Unix seconds: when executions were blocked last, by breaker or pause, and the seconds before.
    pub standstill_before_secs: i64,
    pub standstill_from: i64,
    pub standstill_until: i64,
    /// Unix seconds at which the guardian's last pause of executions ends; 0 before the first.
    pub pause_until: i64,
    /// Seconds of pause that the guardian has used of the present allowance.
    pub pause_used_secs: u32,
    /// How often each of [`targets`] has changed.
    pub target_changes: [u32; targets::COUNTED],
    /// 1 while the end of a trip has not been booked.
    pub trip_open: u8,
    /// Zero.
    pub reserved: [u8; 259],
}

/// Epochs that runway and trailing flows look at.
pub const TRAILING_EPOCHS: usize = 4;

const _: () = assert!(
    core::mem::size_of::<Treasury>()
        == 8 + 8 + 8 + 6 * 32 + 12 * 8 + 2 * 480 + 96 + 8 * 48 + 2 * 8 + 64 + 12 * 8 + 84 + 260
);

/// Who holds the roles of a treasury. Vacant by default.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// The zero key leaves a role vacant.
    pub guardian: Pubkey,
    pub reviewer: Pubkey,
    pub risk_reporter: Pubkey,
}

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

    /// Epochs settled so far.
    pub fn settled_epochs(&self) -> u32 {
        self.epoch_count.saturating_sub(u32::from(self.epoch_active))
    }

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
        self.high_water = checked(self.high_water.checked_add(amount))?;
        if let Some(inflow) = flow_slot(&mut self.inflow, self.epoch_count.checked_sub(1)) {
            *inflow = checked(inflow.checked_add(amount))?;
        }
        self.invariant()
    }

    /// Books a claim of `amount` from an award of `category`, which was promised before.
    pub fn book_payout(
        &mut self,
        amount: u64,
        category: u8,
        is_risk: bool,
        now: i64,
    ) -> Result<()> {
        self.tracked = checked(self.tracked.checked_sub(amount))?;
        self.committed = checked(self.committed.checked_sub(amount))?;
        let mut spent = amount;
        if is_risk {
            checked(self.position_mut(category)?.pay_out(amount, now))?;
            spent = checked(amount.checked_sub(self.counted(amount, category)?))?;
        }
        self.high_water = self.high_water.saturating_sub(spent);
        self.invariant()
    }

    /// Promises what a settlement awarded in each category.
    pub fn book_awards(
        &mut self,
        by_category: &[u64; MAX_CATEGORIES],
        epoch: &BudgetEpoch,
    ) -> Result<()> {
        for (index, amount) in (0u8..).zip(by_category) {
            if *amount > 0 && epoch.policy.is_risk(index) {
                let position = self.position_mut(index)?;
                position.set(checked(position.position().award(*amount))?);
            }
        }
        if let Some(outflow) = flow_slot(&mut self.outflow, Some(epoch.index)) {
            *outflow = epoch.allocated;
        }
        self.committed = checked(self.committed.checked_add(epoch.allocated))?;
        self.invariant()
    }

    /// Frees `amount` of an award that was promised and will not be paid.
    pub fn release(&mut self, amount: u64, category: u8, is_risk: bool) -> Result<()> {
        self.committed = checked(self.committed.checked_sub(amount))?;
        if is_risk && amount > 0 {
            let position = self.position_mut(category)?;
            position.set(checked(position.position().drop_pending(amount))?);
        }
        self.invariant()
    }

    /// Takes an award that never began out of what its epoch counts as outflow.
    pub fn drop_outflow(&mut self, epoch: u32, amount: u64) {
        let trailing = u32::try_from(TRAILING_EPOCHS).unwrap_or(0);
        if self.epoch_count.saturating_sub(epoch) > trailing {
            return;
        }
        if let Some(outflow) = flow_slot(&mut self.outflow, Some(epoch)) {
            *outflow = outflow.saturating_sub(amount);
        }
    }

    /// Sets `amount` aside for rewards.
    pub fn reserve(&mut self, amount: u64) -> Result<()> {
        self.reserved_funds = checked(self.reserved_funds.checked_add(amount))?;
        self.invariant()
    }

    /// Frees `amount` that was set aside.
    pub fn unreserve(&mut self, amount: u64) -> Result<()> {
        self.reserved_funds = checked(self.reserved_funds.checked_sub(amount))?;
        self.invariant()
    }

    /// Books a reward that left the vault.
    pub fn book_reward(&mut self, amount: u64) -> Result<()> {
        self.tracked = checked(self.tracked.checked_sub(amount))?;
        self.high_water = self.high_water.saturating_sub(amount);
        self.unreserve(amount)
    }

    /// Books `amount` that came back to a category's position, and returns the profit in it.
    pub fn book_return(&mut self, amount: u64, category: u8) -> Result<u64> {
        let profit = checked(self.position_mut(category)?.receive(amount))?;
        self.realised_profit = checked(self.realised_profit.checked_add(profit))?;
        let repaid = checked(amount.checked_sub(profit))?;
        self.book_deposit(amount)?;
        // The vault gains what the position no longer counts for: neither is a gain in value.
        let counted = self.counted(repaid, category)?;
        self.high_water = self.high_water.saturating_sub(counted);
        Ok(profit)
    }

    /// What `amount` of a category's cost counts for: nothing while its mark is too old.
    fn counted(&self, amount: u64, category: u8) -> Result<u64> {
        let position = self.positions.get(usize::from(category));
        let marked_at = position.map_or(0, |position| position.marked_at);
        let age = self.last_opened_at.saturating_sub(marked_at);
        if age > i64::from(self.in_force.risk.mark_age_secs) {
            return Ok(0);
        }
        let haircut = self.in_force.position_terms(usize::from(category)).haircut_bps;
        checked(after_haircut(amount, haircut))
    }

    /// Books `amount` of a category's position as lost, and returns how much of it was there.
    pub fn book_loss(&mut self, amount: u64, category: u8) -> Result<u64> {
        let loss = checked(self.position_mut(category)?.write_off(amount))?;
        self.realised_loss = checked(self.realised_loss.checked_add(loss))?;
        Ok(loss)
    }

    /// One category's position.
    ///
    /// # Errors
    /// [`BudgetError::UnknownCategory`]
    pub fn position_mut(&mut self, category: u8) -> Result<&mut PositionState> {
        let position = self.positions.get_mut(usize::from(category));
        position.ok_or_else(|| fail(BudgetError::UnknownCategory))
    }

    /// The treasury as the risk rules see it in the present epoch, whose cap is `cap`.
    pub fn standing(&self, cap: u64, now: i64) -> Result<Standing> {
        let mut terms = [PositionTerms::default(); MAX_CATEGORIES];
        let mut positions = [Position::default(); MAX_CATEGORIES];
        let categories = self.in_force.risk.categories.iter().enumerate();
        for (index, _) in categories.filter(|(_, category)| category.class != 0) {
            if let (Some(terms), Some(position), Some(state)) =
                (terms.get_mut(index), positions.get_mut(index), self.positions.get(index))
            {
                *terms = self.in_force.position_terms(index);
                *position = state.position();
            }
        }
        let current = self.current_epoch().unwrap_or(0);
        let own = flow_slot_of(current);
        let mut previous = 0u64;
        for (slot, outflow) in self.outflow.iter().enumerate() {
            if slot != own {
                previous = checked(previous.checked_add(*outflow))?;
            }
        }
        let trailing = u32::try_from(TRAILING_EPOCHS).unwrap_or(0);
        let epochs = self.epoch_count.clamp(1, trailing);
        Ok(Standing {
            // Marks count by the epoch, and so does their age.
            marks_judged_at: self.last_opened_at,
            tracked: self.tracked,
            committed: self.committed,
            reserved: self.reserved_funds,
            cap,
            positions,
            terms,
            mark_age_secs: self.in_force.risk.mark_age_secs,
            previous_outflow: previous,
            epochs: u8::try_from(epochs).unwrap_or(1),
            min_runway_epochs: self.in_force.risk.min_runway_epochs,
            max_recipient_bps: self.in_force.risk.max_recipient_bps,
            tripped: self.is_tripped(now),
        })
    }

    /// R11: base units that a claim of `claimable` pays at `now`, `overdue` of which no bucket may
    /// hold back; takes them from the bucket.
    pub fn draw(
        &mut self,
        claimable: u64,
        now: i64,
        overdue: impl FnOnce(u32) -> Result<u64>,
    ) -> Result<u64> {
        let flow = self.in_force.flow(self.bucket_capacity);
        let bucket = checked(self.bucket().refill(&flow, now))?;
        let owed = if bucket.level < claimable {
            overdue(self.in_force.breaker.max_payout_delay_secs)?
        } else {
            0
        };
        let amount = payout(claimable, bucket.level, owed);
        self.set_bucket(bucket.take(amount));
        Ok(amount)
    }

    fn bucket(&self) -> Bucket {
        Bucket { level: self.bucket_level, remainder: self.bucket_remainder, at: self.bucket_at }
    }

    fn set_bucket(&mut self, bucket: Bucket) {
        self.bucket_level = bucket.level;
        self.bucket_remainder = bucket.remainder;
        self.bucket_at = bucket.at;
    }

    /// Whether the breaker has tripped.
    pub fn is_tripped(&self, now: i64) -> bool {
        self.tripped_at <= now && now < self.tripped_until
    }

    /// When executions were blocked, by breaker or pause.
    pub fn standstill(&self) -> Standstill {
        Standstill {
            before_secs: self.standstill_before_secs,
            from: self.standstill_from,
            until: self.standstill_until,
        }
    }

    /// Seconds for which executions have been blocked up to `now`.
    pub fn standstill_secs(&self, now: i64) -> Result<i64> {
        checked(self.standstill().total_secs(now))
    }

    fn set_standstill(&mut self, standstill: Standstill) {
        self.standstill_before_secs = standstill.before_secs;
        self.standstill_from = standstill.from;
        self.standstill_until = standstill.until;
    }

    /// Refuses what breaker and pause reach: awards and changes of policy.
    ///
    /// # Errors
    /// [`BudgetError::ExecutionBlocked`]
    pub fn require_unblocked(&self, now: i64) -> Result<()> {
        require!(!self.standstill().is_on(now), BudgetError::ExecutionBlocked);
        Ok(())
    }

    /// Trips the breaker, if one of its conditions holds, and says by which it does (R11).
    ///
    /// # Errors
    /// [`BudgetError::BreakerAlreadyTripped`], [`BudgetError::BreakerResting`],
    /// [`BudgetError::TripConditionNotMet`]
    pub fn trip(&mut self, now: i64) -> Result<TripCause> {
        self.book_trip_end(now)?;
        require!(!self.is_tripped(now), BudgetError::BreakerAlreadyTripped);
        require_gte!(now, self.breaker_rests_until, BudgetError::BreakerResting);
        let cause = self.trip_cause(now)?;
        let cause = cause.ok_or_else(|| fail(BudgetError::TripConditionNotMet))?;
        let until = now.checked_add(i64::from(self.in_force.breaker.trip_secs));
        self.tripped_at = now;
        self.tripped_until = checked(until)?;
        self.trip_open = 1;
        let standstill = checked(self.standstill().block(now, self.tripped_until))?;
        self.set_standstill(standstill);
        self.note_change(targets::BREAKER)?;
        Ok(cause)
    }

    fn trip_cause(&self, now: i64) -> Result<Option<TripCause>> {
        let standing = self.standing(0, now)?;
        let value = checked(standing.net_asset_value())?;
        if has_drawn_down(value, self.high_water, self.in_force.risk.max_drawdown_bps) {
            return Ok(Some(TripCause::Drawdown));
        }
        let sum = |flows: &[u64]| flows.iter().try_fold(0u64, |sum, flow| sum.checked_add(*flow));
        let trailing = Trailing {
            uncommitted: checked(self.tracked.checked_sub(self.committed))?,
            outflow: checked(sum(&self.outflow))?,
            inflow: checked(sum(&self.inflow))?,
            epochs: if self.epoch_count == 0 { 0 } else { standing.epochs },
        };
        let draining = is_draining(&trailing, self.in_force.risk.min_runway_epochs);
        Ok(draining.then_some(TripCause::Outflow))
    }

    /// Ends the present trip by vote.
    ///
    /// # Errors
    /// [`BudgetError::BreakerNotTripped`]
    pub fn clear_breaker(&mut self, now: i64) -> Result<()> {
        require!(self.is_tripped(now), BudgetError::BreakerNotTripped);
        self.tripped_until = now;
        let standstill = self.standstill().release(now, self.pause_until);
        self.set_standstill(standstill);
        self.book_trip_end(now)
    }

    /// Books the end of a trip, once it has ended: the high-water mark starts anew from what is
    /// there, and the breaker rests for one period, so that no chain of trips blocks for good.
    pub fn book_trip_end(&mut self, now: i64) -> Result<()> {
        if self.trip_open == 0 || self.is_tripped(now) {
            return Ok(());
        }
        self.trip_open = 0;
        self.high_water = checked(self.standing(0, now)?.net_asset_value())?;
        let period = i64::from(self.in_force.schedule.period_secs);
        self.breaker_rests_until = checked(self.tripped_until.checked_add(period))?;
        self.note_change(targets::BREAKER)
    }

    /// Blocks executions for `secs`, within the guardian's allowance.
    ///
    /// # Errors
    /// [`BudgetError::PauseExceedsAllowance`]
    pub fn pause_executions(&mut self, secs: u32, now: i64) -> Result<()> {
        let allowance =
            PauseAllowance { used_secs: self.pause_used_secs, last_until: self.pause_until };
        let limit = self.in_force.breaker.guardian_pause_secs;
        let spent = allowance.spend(now, secs, limit);
        let spent = spent.ok_or_else(|| fail(BudgetError::PauseExceedsAllowance))?;
        self.pause_used_secs = spent.used_secs;
        self.pause_until = spent.last_until;
        let standstill = checked(self.standstill().block(now, spent.last_until))?;
        self.set_standstill(standstill);
        Ok(())
    }

    /// Who holds a role.
    pub fn holder(&self, role: Role) -> &Pubkey {
        match role {
            Role::Guardian => &self.guardian,
            Role::Reviewer => &self.reviewer,
            Role::RiskReporter => &self.risk_reporter,
        }
    }

    /// Gives a role to `holder`.
    pub fn set_holder(&mut self, role: Role, holder: Pubkey) {
        match role {
            Role::Guardian => self.guardian = holder,
            Role::Reviewer => self.reviewer = holder,
            Role::RiskReporter => self.risk_reporter = holder,
        }
    }

    /// Refuses everyone but the holder of `role`. A vacant role has none.
    ///
    /// # Errors
    /// [`BudgetError::RoleRequired`]
    pub fn require_role(&self, role: Role, key: &Pubkey) -> Result<()> {
        let held = *key != Pubkey::default() && self.holder(role) == key;
        require!(held, BudgetError::RoleRequired);
        Ok(())
    }

    /// Counts a change of `target`.
    pub fn note_change(&mut self, target: u8) -> Result<()> {
        let changes = checked(self.target_changes.get_mut(usize::from(target)))?;
        *changes = checked(changes.checked_add(1))?;
        Ok(())
    }

    /// Refuses an act whose target has changed since its epoch was settled (R14).
    ///
    /// # Errors
    /// [`BudgetError::TargetChanged`]
    pub fn require_unchanged(&self, epoch: &BudgetEpoch, target: u8) -> Result<()> {
        let index = usize::from(target);
        let then = checked(epoch.target_changes.get(index))?;
        let now = checked(self.target_changes.get(index))?;
        require_eq!(*then, *now, BudgetError::TargetChanged);
        Ok(())
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
        Moment {
            now,
            epoch: self.snapshot_epoch(),
            voting_opened: self.voting_opened(now),
            settled_epochs: self.settled_epochs(),
            lock: self.in_force.lock_terms(),
            streak_bonus_bps: self.in_force.stake.streak_bonus_bps,
        }
    }

    /// Whether voting of the current epoch has opened and it is not settled yet.
    pub fn is_voting(&self, now: i64) -> bool {
        self.epoch_active != 0 && self.voting_opened(now)
    }

    /// Makes `epoch` the current one: its policy comes into force, reported marks begin to count,
    /// its rewards are set aside.
    pub fn begin_epoch(&mut self, epoch: &mut BudgetEpoch, now: i64) -> Result<()> {
        self.book_trip_end(now)?;
        let old_flow = self.in_force.flow(self.bucket_capacity);
        let first = self.epoch_count == 0;
        let value_before = checked(self.standing(0, now)?.positions_value())?;
        self.in_force = epoch.policy;
        let value_after = checked(self.standing(0, now)?.positions_value())?;
        // Other haircuts are no gain and no loss. What marks change is one.
        let rebased = self.high_water.checked_add(value_after);
        self.high_water = checked(rebased)?.saturating_sub(value_before);
        for position in &mut self.positions {
            position.count_report();
        }
        let capacity = checked(share_floor(self.tracked, self.in_force.breaker.outflow_bps))?;
        let new_flow = self.in_force.flow(capacity);
        let bucket = if first {
            Bucket::full(&new_flow, now)
        } else {
            checked(self.bucket().resize(&old_flow, &new_flow, now))?
        };
        self.bucket_capacity = capacity;
        self.set_bucket(bucket);
        let longest = self.policy.timelock_secs(u8::MAX);
        let floor = epoch.voting_hard_end_at.checked_add(i64::from(longest));
        self.cooling_floor_at = checked(floor)?;
        self.epoch_count = checked(self.epoch_count.checked_add(1))?;
        self.epoch_active = 1;
        self.last_opened_at = epoch.opened_at;
        self.voting_opens_at = epoch.voting_opens_at;
        for flows in [&mut self.outflow, &mut self.inflow] {
            if let Some(slot) = flow_slot(flows, Some(epoch.index)) {
                *slot = 0;
            }
        }
        // Rewards leave the vault as well: they must not take the runway below its floor.
        let room = checked(self.standing(epoch.cap, now)?.limits())?.runway_room;
        epoch.reward_pool = epoch.reward_pool.min(room);
        self.reserve(epoch.reward_pool)
    }

    /// Ends the current epoch, which awarded `by_category`.
    pub fn end_epoch(
        &mut self,
        by_category: &[u64; MAX_CATEGORIES],
        epoch: &BudgetEpoch,
    ) -> Result<()> {
        self.epoch_active = 0;
        self.book_awards(by_category, epoch)
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

/// Place of an epoch in the trailing flows.
fn flow_slot_of(epoch: u32) -> usize {
    let trailing = u32::try_from(TRAILING_EPOCHS).unwrap_or(1);
    usize::try_from(epoch.checked_rem(trailing).unwrap_or(0)).unwrap_or(0)
}

fn flow_slot(flows: &mut [u64; TRAILING_EPOCHS], epoch: Option<u32>) -> Option<&mut u64> {
    flows.get_mut(flow_slot_of(epoch?))
}

/// Why the breaker tripped.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum TripCause {
    /// Net asset value fell below the allowed share of its high-water mark.
    Drawdown,
    /// Awards exceed one and a half times what came in, with the runway below its floor.
    Outflow,
}
