//! [`BudgetEpoch`]: one round of budgeting, with its slate behind it.

use std::cell::{Ref, RefMut};

use anchor_lang::prelude::*;
use budget_rules::{
    allocation::MAX_CATEGORIES,
    bps::{mul_div_floor, share_ceil, share_floor},
    outcome::AskLimits,
    risk::RiskLimits,
    swing::Schedule,
};

use crate::{
    constants::CLAIM_PERIODS,
    error::{BudgetError, checked, fail, require, require_gt, require_gte, require_neq},
    state::{ENTRY_BYTES, Entry, Outcome, Policy, flags, fold_proposal, targets},
};

/// Head of an epoch account; `policy.slate.capacity` entries of the slate follow it.
///
/// Seeds: `[EPOCH_SEED, treasury, index.to_le_bytes()]`. Closed when settled and empty. Zero-copy:
/// the slate is up to 8 KiB, and a ballot touches a few entries of it.
#[account(zero_copy)]
#[derive(Debug)]
pub struct BudgetEpoch {
    /// Layout version.
    pub version: u8,
    pub bump: u8,
    /// Entries submitted so far, withdrawn ones included.
    pub entry_count: u8,
    /// Proposal accounts that still exist.
    pub open_proposals: u8,
    /// Position in the sequence, from 0. Part of the seeds.
    pub index: u32,
    pub treasury: Pubkey,
    /// Who paid the rent and gets it back.
    pub rent_payer: Pubkey,
    /// Unix seconds. Proposals are taken in `[opened_at, voting_opens_at)`.
    pub opened_at: i64,
    /// Unix seconds. Ballots count in `[voting_opens_at, voting_closes_at)`.
    pub voting_opens_at: i64,
    /// Unix seconds; moves with extensions, never past `voting_hard_end_at` (R5).
    pub voting_closes_at: i64,
    pub voting_hard_end_at: i64,
    /// Unix seconds; 0 until settled. Timelocks and grace count from here.
    pub settled_at: i64,
    /// Event counter of this epoch; a gap means a missed event.
    pub seq: u64,
    /// Base units free at the opening; what shares and tiers refer to.
    pub free_at_open: u64,
    /// Base units that this epoch may award at most.
    pub cap: u64,
    /// Base units awarded at settlement, and not lapsed since. `allocated <= cap`.
    pub allocated: u64,
    /// Base units executed into streams. `executed <= allocated`.
    pub executed: u64,
    /// Frozen total weight: the denominator of every quorum. Stored at settlement; before, it is
    /// in the treasury.
    pub electorate: u64,
    /// Vote records that still exist.
    pub vote_record_count: u64,
    /// Ballots cast, retracted ones included; never falls.
    pub ballot_count: u64,
    /// Weight of all vote records, retracted ones included; never falls.
    pub turnout: u64,
    /// Largest ask of the small, medium and large tier, in base units (rounded down).
    pub ask_limits: [u64; 3],
    /// Largest sum of awards per category, in base units (rounded down).
    pub category_caps: [u64; MAX_CATEGORIES],
    /// Awarded per category at settlement.
    pub category_awarded: [u64; MAX_CATEGORIES],
    /// Folded over every submission and withdrawal; final when voting opens (R3).
    pub slate_hash: [u8; 32],
    /// The treasury's policy at the opening.
    pub policy: Policy,
    /// Base units set aside at the opening for taking part, less what was reclaimed (R12).
    pub reward_pool: u64,
    /// Base units of it that voters were paid. `rewards_paid <= reward_pool`.
    pub rewards_paid: u64,
    /// Seconds for which executions had been blocked, in all, when the epoch was settled; grace does
    /// not run while they are.
    pub standstill_at_settlement: i64,
    /// What the risk rules left for awards at settlement, in base units (R9, R10).
    pub treasury_value: u64,
    pub runway_room: u64,
    pub recipient_cap: u64,
    pub exposure_rooms: [u64; MAX_CATEGORIES],
    /// How often each of [`targets`] had changed when the epoch was settled (R14).
    pub target_changes: [u32; targets::COUNTED],
    /// Entries that a ballot may choose on.
    pub votable_count: u8,
    /// Zero.
    pub reserved: [u8; 999],
}

/// Bytes before the slate, discriminator included.
pub const EPOCH_HEADER_BYTES: usize = 2_048;
const _: () = assert!(8 + core::mem::size_of::<BudgetEpoch>() == EPOCH_HEADER_BYTES);

/// A recipient's agreement to an award.
pub struct Consent {
    /// Slate index of the entry that holds the recipient's cumulative ask.
    pub leader: u8,
    /// Whether the recipient's record is below the policy's floor.
    pub weak_record: bool,
}

/// What an epoch is doing. Derived, never stored; intervals are half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Proposals are taken.
    Submission,
    /// Ballots are taken.
    Voting,
    /// Waiting for `settle_epoch`, which anyone may call.
    Tallying,
    /// Decided.
    Settled,
}

impl BudgetEpoch {
    /// Bytes of an epoch account with `capacity` entries.
    pub const fn space(capacity: u8) -> usize {
        // Lossless: `From` is not const yet.
        #[allow(clippy::as_conversions)]
        let slate = (capacity as usize).saturating_mul(ENTRY_BYTES);
        EPOCH_HEADER_BYTES.saturating_add(slate)
    }

    /// Phase at `now`.
    pub fn phase(&self, now: i64) -> Phase {
        if self.settled_at != 0 {
            Phase::Settled
        } else if now < self.voting_opens_at {
            Phase::Submission
        } else if now < self.voting_closes_at {
            Phase::Voting
        } else {
            Phase::Tallying
        }
    }

    /// Voting times as the late-swing rule takes them.
    pub fn voting_schedule(&self) -> Schedule {
        Schedule {
            closes_at: self.voting_closes_at,
            hard_end_at: self.voting_hard_end_at,
            late_window_secs: i64::from(self.policy.schedule.late_window_secs),
        }
    }

    /// Largest ask per tier, in base units.
    pub fn limits(&self) -> AskLimits {
        let [small, medium, large] = self.ask_limits;
        AskLimits { small, medium, large }
    }

    /// Sets the money of the epoch from the funds free at its opening.
    ///
    /// # Errors
    /// [`BudgetError::CapBelowMinimum`]
    pub fn set_budget(&mut self, free: u64) -> Result<()> {
        let share = checked(share_floor(free, self.policy.budget.epoch_cap_bps))?;
        let cap = share.min(self.policy.budget.epoch_cap_abs);
        require_gte!(cap, self.policy.budget.min_cap, BudgetError::CapBelowMinimum);
        let limits = checked(self.policy.ask_limits(free))?;
        self.free_at_open = free;
        self.cap = cap;
        self.reward_pool = checked(share_floor(cap, self.policy.budget.reward_bps))?;
        self.ask_limits = [limits.small, limits.medium, limits.large];
        for (own_cap, category) in self.category_caps.iter_mut().zip(self.policy.risk.categories) {
            *own_cap = checked(share_floor(cap, category.share_bps))?;
        }
        Ok(())
    }

    /// Fee of the next slot: the policy's, doubled for every full quarter of the slate (R13).
    pub fn slot_fee(&self) -> Option<u64> {
        let quarter = u32::from(self.entry_count)
            .checked_mul(4)?
            .checked_div(u32::from(self.policy.slate.capacity))?;
        self.policy.slate.slot_fee.checked_mul(1u64.checked_shl(quarter)?)
    }

    /// Sets the phases of an epoch that opens at `now`.
    pub fn schedule_from(&mut self, now: i64) -> Result<()> {
        let schedule = self.policy.schedule;
        let after = |at: i64, secs: u32| checked(at.checked_add(i64::from(secs)));
        self.opened_at = now;
        self.voting_opens_at = after(now, schedule.submission_secs)?;
        self.voting_closes_at = after(self.voting_opens_at, schedule.voting_secs)?;
        self.voting_hard_end_at = after(self.voting_closes_at, schedule.max_extension_secs)?;
        Ok(())
    }

    /// Whether the next slot is one of the last quarter, which takes acts only (R13).
    pub fn next_slot_is_reserved(&self) -> bool {
        let capacity = u16::from(self.policy.slate.capacity);
        let (taken, quarters) = (u16::from(self.entry_count).saturating_mul(4), 3);
        taken >= capacity.saturating_mul(quarters)
    }

    /// Puts an entry whose terms are `canonical` into the next slot, folds them into the slate hash,
    /// and returns what the slot costs: fee and bond, in base units.
    pub fn take_slot(
        &mut self,
        slate: &mut [Entry],
        entry: Entry,
        canonical: &[u8],
    ) -> Result<(u64, u64)> {
        let price = (checked(self.slot_fee())?, self.policy.slate.bond);
        let (hash, index) = (&self.slate_hash, self.entry_count);
        self.slate_hash = fold_proposal(hash, &self.treasury, self.index, index, canonical);
        self.add_entry(slate, entry)?;
        Ok(price)
    }

    fn add_entry(&mut self, slate: &mut [Entry], entry: Entry) -> Result<()> {
        if entry.flags & flags::ACCEPTED != 0 {
            self.votable_count = checked(self.votable_count.checked_add(1))?;
        }
        *entry_mut(slate, self.entry_count)? = entry;
        self.entry_count = checked(self.entry_count.checked_add(1))?;
        self.open_proposals = checked(self.open_proposals.checked_add(1))?;
        Ok(())
    }

    /// Books the recipient's consent and returns the recipient's cumulative ask, kept at `leader`.
    ///
    /// # Errors
    /// [`BudgetError::AlreadyWithdrawn`], [`BudgetError::AlreadyAccepted`]
    pub fn accept_entry(
        &mut self,
        slate: &mut [Entry],
        index: u8,
        consent: &Consent,
    ) -> Result<u64> {
        let leader = consent.leader;
        let entry = entry_mut(slate, index)?;
        require!(!entry.is(Outcome::Withdrawn), BudgetError::AlreadyWithdrawn);
        require!(entry.flags & flags::ACCEPTED == 0, BudgetError::AlreadyAccepted);
        entry.flags |= flags::ACCEPTED;
        if consent.weak_record {
            entry.flags |= flags::WEAK_RECORD;
        }
        entry.leader = leader;
        self.votable_count = checked(self.votable_count.checked_add(1))?;
        let amount = entry.amount;
        let leading = entry_mut(slate, leader)?;
        leading.recipient_ask = checked(leading.recipient_ask.checked_add(amount))?;
        Ok(leading.recipient_ask)
    }

    /// Takes an entry off the slate, and its amount out of its recipient's cumulative ask.
    ///
    /// # Errors
    /// [`BudgetError::AlreadyWithdrawn`]
    pub fn withdraw_entry(&mut self, slate: &mut [Entry], index: u8) -> Result<()> {
        let entry = entry_mut(slate, index)?;
        require!(!entry.is(Outcome::Withdrawn), BudgetError::AlreadyWithdrawn);
        entry.outcome = Outcome::Withdrawn.into();
        let (accepted, leader, amount) =
            (entry.flags & flags::ACCEPTED != 0, entry.leader, entry.amount);
        if accepted {
            self.votable_count = checked(self.votable_count.checked_sub(1))?;
        }
        if accepted && amount > 0 {
            let leading = entry_mut(slate, leader)?;
            leading.recipient_ask = checked(leading.recipient_ask.checked_sub(amount))?;
        }
        Ok(())
    }

    /// Books the execution of a funded entry.
    pub fn execute_entry(&mut self, slate: &mut [Entry], index: u8) -> Result<()> {
        let entry = entry_mut(slate, index)?;
        entry.outcome = Outcome::Executed.into();
        self.executed = checked(self.executed.checked_add(entry.amount))?;
        self.invariant()
    }

    /// Books that a funded or approved entry will not be executed, and returns the amount that
    /// frees.
    pub fn drop_entry(&mut self, slate: &mut [Entry], index: u8, outcome: Outcome) -> Result<u64> {
        let entry = entry_mut(slate, index)?;
        entry.outcome = outcome.into();
        self.allocated = checked(self.allocated.checked_sub(entry.amount))?;
        self.invariant()?;
        Ok(entry.amount)
    }

    /// Books that the proposal account of an entry is gone.
    pub fn close_entry(&mut self, slate: &mut [Entry], index: u8) -> Result<()> {
        entry_mut(slate, index)?.flags |= flags::CLOSED;
        self.open_proposals = checked(self.open_proposals.checked_sub(1))?;
        Ok(())
    }

    /// Whether a failed entry had less support than the policy asks to return a bond (R13). The
    /// threshold rounds up.
    pub fn is_spam(&self, entry: &Entry) -> Result<bool> {
        let least = checked(share_ceil(self.electorate, self.policy.slate.spam_support_bps))?;
        Ok(entry.is(Outcome::Failed) && entry.for_ < least)
    }

    /// Takes the next event number.
    pub fn next_seq(&mut self) -> Result<u64> {
        self.seq = checked(self.seq.checked_add(1))?;
        Ok(self.seq)
    }

    /// Unix seconds from which a funded entry of `tier` can be executed.
    pub fn executable_at(&self, tier: u8) -> Option<i64> {
        self.settled_at.checked_add(i64::from(self.policy.timelock_secs(tier)))
    }

    /// Unix seconds from which an entry can no longer be executed, given the seconds for which
    /// executions have been blocked in all: grace does not run meanwhile.
    pub fn grace_ends_at(&self, standstill_secs: i64) -> Option<i64> {
        let blocked = standstill_secs.checked_sub(self.standstill_at_settlement)?;
        let grace = i64::from(self.policy.schedule.execution_grace_secs);
        self.settled_at.checked_add(grace)?.checked_add(blocked)
    }

    /// The entry at `index`, if it has this outcome, its timelock has run and its grace has not.
    ///
    /// # Errors
    /// [`BudgetError::NotSettled`], [`BudgetError::AlreadyExecuted`],
    /// [`BudgetError::EntryNotFunded`], [`BudgetError::EntryNotApproved`],
    /// [`BudgetError::StillTimelocked`], [`BudgetError::GraceOver`]
    pub fn executable<'a>(
        &self,
        slate: &'a [Entry],
        index: u8,
        waiting: Outcome,
        standstill_secs: i64,
        now: i64,
    ) -> Result<&'a Entry> {
        require_neq!(self.settled_at, 0, BudgetError::NotSettled);
        let entry = checked(slate.get(usize::from(index)))?;
        require!(!entry.is(Outcome::Executed), BudgetError::AlreadyExecuted);
        if !entry.is(waiting) {
            let funded = waiting == Outcome::Funded;
            return Err(if funded {
                fail(BudgetError::EntryNotFunded)
            } else {
                fail(BudgetError::EntryNotApproved)
            });
        }
        let executable_at = checked(self.executable_at(entry.tier))?;
        require_gte!(now, executable_at, BudgetError::StillTimelocked);
        let grace_ends_at = checked(self.grace_ends_at(standstill_secs))?;
        require_gt!(grace_ends_at, now, BudgetError::GraceOver);
        Ok(entry)
    }

    /// Keeps what the risk rules left at settlement.
    pub fn keep_limits(&mut self, limits: &RiskLimits) {
        self.treasury_value = limits.treasury_value;
        self.runway_room = limits.runway_room;
        self.recipient_cap = limits.recipient_cap;
        self.exposure_rooms = limits.exposure_rooms;
    }

    /// R12: base units that a ballot of `weight` earns, covering `covered` entries; rounded down.
    /// Nothing for a ballot without a choice, as on an empty slate, or below the gate, which rounds
    /// up.
    pub fn reward(&self, weight: u64, covered: u64) -> Option<u64> {
        let votable = u64::from(self.votable_count);
        let needed = share_ceil(votable, self.policy.budget.participation_gate_bps)?;
        if covered == 0 || covered < needed || self.electorate == 0 {
            return Some(0);
        }
        let left = self.reward_pool.checked_sub(self.rewards_paid)?;
        Some(mul_div_floor(self.reward_pool, weight, self.electorate)?.min(left))
    }

    /// Unix seconds from which rewards cannot be claimed any more.
    pub fn claims_end_at(&self) -> Option<i64> {
        let period = i64::from(self.policy.schedule.period_secs);
        self.settled_at.checked_add(period.checked_mul(CLAIM_PERIODS)?)
    }

    /// INVARIANT: the epoch never promises more than its cap.
    pub fn invariant(&self) -> Result<()> {
        require_gte!(self.cap, self.allocated, BudgetError::InvariantViolated);
        require_gte!(self.allocated, self.executed, BudgetError::InvariantViolated);
        require_gte!(self.reward_pool, self.rewards_paid, BudgetError::InvariantViolated);
        Ok(())
    }
}

fn entry_mut(slate: &mut [Entry], index: u8) -> Result<&mut Entry> {
    let entry = slate.get_mut(usize::from(index));
    entry.ok_or_else(|| fail(BudgetError::AccountMismatch))
}

/// Borrows head and slate for writing.
pub fn load_epoch_mut<'a>(
    epoch: &'a AccountLoader<'_, BudgetEpoch>,
) -> Result<(RefMut<'a, BudgetEpoch>, RefMut<'a, [Entry]>)> {
    require!(epoch.as_ref().is_writable, BudgetError::AccountMismatch);
    let data = epoch.as_ref().try_borrow_mut_data()?;
    let (header, slate) = split_mut::<BudgetEpoch>(data)?;
    require!(slate.len() % ENTRY_BYTES == 0, BudgetError::AccountMismatch);
    Ok((header, RefMut::map(slate, |bytes| bytemuck::cast_slice_mut(bytes))))
}

/// Borrows head and slate for reading.
pub fn load_epoch<'a>(
    epoch: &'a AccountLoader<'_, BudgetEpoch>,
) -> Result<(Ref<'a, BudgetEpoch>, Ref<'a, [Entry]>)> {
    let data = epoch.as_ref().try_borrow_data()?;
    require!(
        data.len() >= EPOCH_HEADER_BYTES && data.len() % ENTRY_BYTES == 0,
        BudgetError::AccountMismatch
    );
    Ok(Ref::map_split(data, |data| {
        let (head, slate) = data.split_at(EPOCH_HEADER_BYTES);
        let (_, head) = head.split_at(BudgetEpoch::DISCRIMINATOR.len());
        (bytemuck::from_bytes(head), bytemuck::cast_slice(slate))
    }))
}

/// Splits account data into discriminator, a typed head and the bytes behind it. The caller's
/// loader has checked owner and discriminator; the runtime aligns account data to 8 bytes.
pub(crate) fn split_mut<'a, T: bytemuck::Pod>(
    data: RefMut<'a, &mut [u8]>,
) -> Result<(RefMut<'a, T>, RefMut<'a, [u8]>)> {
    const DISCRIMINATOR_BYTES: usize = 8;
    let head_end = DISCRIMINATOR_BYTES.saturating_add(core::mem::size_of::<T>());
    require!(data.len() >= head_end, BudgetError::AccountMismatch);
    Ok(RefMut::map_split(data, |data| {
        let (head, tail) = data.split_at_mut(head_end);
        let (_, head) = head.split_at_mut(DISCRIMINATOR_BYTES);
        (bytemuck::from_bytes_mut(head), tail)
    }))
}
