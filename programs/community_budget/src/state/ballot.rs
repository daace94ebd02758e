//! What a ballot does to a slate.
//!
//! A ballot is two bits an entry, four entries a byte, lowest bits first: 0 no choice, 1 for,
//! 2 against, 3 abstain. Missing bytes at the end stand for no choice.

use anchor_lang::prelude::*;
use budget_rules::{
    ballot::{Choice, replace},
    bps::share_ceil,
    outcome::{Thresholds, Tier},
    swing::{LateBallot, Movement, extended, margin_moved},
};

use crate::{
    error::{BudgetError, checked, fail, require, require_gte},
    state::{BudgetEpoch, Entry},
};

/// Entries per ballot byte.
pub const CHOICES_PER_BYTE: usize = 4;

/// One voter's change of mind, ready to be counted.
pub struct BallotChange<'a> {
    /// Choices recorded so far; as long as the slate.
    pub recorded: &'a mut [u8],
    /// Choices that replace them.
    pub ballot: &'a [u8],
    /// Weight of each choice.
    pub weight: u64,
    /// Total weight frozen at the opening, for the late-swing rule.
    pub electorate: u64,
    /// Unix seconds.
    pub now: i64,
    /// Whether an unchanged ballot counts as a change: an owner takes over what the delegate said.
    pub takes_over: bool,
}

/// Entries that a ballot chooses on.
pub fn choice_count(ballot: &[u8]) -> u64 {
    const LOW_BITS: u8 = 0b0101_0101;
    ballot.iter().fold(0, |count: u64, byte| {
        let marked = (byte | byte.checked_shr(1).unwrap_or(0)) & LOW_BITS;
        count.saturating_add(u64::from(marked.count_ones()))
    })
}

/// Whether a ballot chooses anything.
pub fn has_choice(ballot: &[u8]) -> bool {
    ballot.iter().any(|byte| *byte != 0)
}

/// Replaces the recorded choices by the ballot's, moving exactly the voter's weight, and extends
/// voting when the change is a late swing (R3, R5). Costs as much as entries change.
///
/// # Errors
/// [`BudgetError::BallotMalformed`], [`BudgetError::EntryNotVotable`],
/// [`BudgetError::BallotUnchanged`], [`BudgetError::LatePassRefused`].
pub fn count_ballot(
    header: &mut BudgetEpoch,
    slate: &mut [Entry],
    change: BallotChange<'_>,
) -> Result<()> {
    let BallotChange { recorded, ballot, weight, electorate, now, takes_over } = change;
    require_gte!(recorded.len(), ballot.len(), BudgetError::BallotMalformed);
    let late = LateRules::new(header, electorate, now)?;
    let mut changed = false;
    let mut swung = false;
    for (position, old_byte) in recorded.iter_mut().enumerate() {
        let new_byte = ballot.get(position).copied().unwrap_or(0);
        if *old_byte == new_byte {
            continue;
        }
        changed = true;
        let first = checked(position.checked_mul(CHOICES_PER_BYTE))?;
        for slot in 0..CHOICES_PER_BYTE {
            let (old, new) = (choice_at(*old_byte, slot), choice_at(new_byte, slot));
            if old == new {
                continue;
            }
            let index = checked(first.checked_add(slot))?;
            let entry = slate.get(index).filter(|entry| entry.is_votable());
            let entry = entry.ok_or_else(|| fail(BudgetError::EntryNotVotable))?;
            let before = entry.tally();
            let after = checked(replace(&before, old, new, weight))?;
            if let Some(late) = &late {
                let ask =
                    slate.get(usize::from(entry.leader)).map_or(u64::MAX, |e| e.recipient_ask);
                let tier = entry.judged_tier(ask, &header.limits());
                swung |= late.judge(&before, &after, tier)?;
            }
            if let Some(entry) = slate.get_mut(index) {
                entry.for_ = after.for_;
                entry.against = after.against;
                entry.abstain = after.abstain;
            }
        }
        *old_byte = new_byte;
    }
    require!(changed || takes_over, BudgetError::BallotUnchanged);
    if swung {
        header.voting_closes_at = checked(extended(&header.voting_schedule(), now))?;
    }
    Ok(())
}

fn choice_at(byte: u8, slot: usize) -> Choice {
    let shift = u32::try_from(slot).unwrap_or(0).saturating_mul(2);
    Choice::from_low_bits(byte.checked_shr(shift).unwrap_or(0))
}

/// The late-swing rule for one ballot; absent outside the windows, where nothing is judged.
struct LateRules {
    ballot: LateBallot,
    thresholds: Thresholds,
}

impl LateRules {
    #[inline(never)]
    fn new(header: &BudgetEpoch, electorate: u64, now: i64) -> Result<Option<Self>> {
        let schedule = header.voting_schedule();
        let ballot = checked(LateBallot::new(&schedule, now, 0))?;
        if !ballot.matters() {
            return Ok(None);
        }
        let swing_threshold = checked(share_ceil(electorate, header.policy.tiers.late_swing_bps))?;
        let thresholds = checked(header.policy.thresholds(electorate))?;
        Ok(Some(Self { ballot: LateBallot { swing_threshold, ..ballot }, thresholds }))
    }

    /// Whether the entry's movement extends voting. An ask above the large limit passes nowhere.
    #[inline(never)]
    fn judge(
        &self,
        before: &budget_rules::outcome::Tally,
        after: &budget_rules::outcome::Tally,
        tier: Option<Tier>,
    ) -> Result<bool> {
        let passes = |tally| tier.is_some_and(|tier| self.thresholds.judge(tally, tier).is_ok());
        let movement = Movement {
            passed_before: passes(before),
            passes_now: passes(after),
            margin_moved: margin_moved(before, after),
        };
        require!(!self.ballot.forbids(&movement), BudgetError::LatePassRefused);
        Ok(self.ballot.extends(&movement))
    }
}
