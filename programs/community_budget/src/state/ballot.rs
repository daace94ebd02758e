//! What a ballot does to a slate.
//!
//! A ballot is two bits an entry, four entries a byte, lowest bits first: 0 no choice, 1 for,
//! 2 against, 3 abstain. Missing bytes at the end stand for no choice.

use anchor_lang::prelude::*;
use budget_rules::{
    ballot::{Choice, shift},
    bps::share_ceil,
    outcome::{Tally, Thresholds, Tier},
    swing::{LateBallot, Movement, extended, margin_moved},
};

use crate::{
    error::{BudgetError, checked, fail, require},
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
    let late = LateRules::at(header, now)?;
    let changed = match late {
        None => replace_choices(recorded, ballot, |index, old, new| {
            let entry = votable(slate, index)?;
            checked(shift(entry, old, new, weight))
        })?,
        Some(late) => {
            let rules = late.with_thresholds(header, electorate)?;
            let mut swung = false;
            let changed = replace_choices(recorded, ballot, |index, old, new| {
                swung |= rules.count(header, slate, index, (old, new), weight)?;
                Ok(())
            })?;
            if swung {
                header.voting_closes_at = checked(extended(&header.voting_schedule(), now))?;
            }
            changed
        }
    };
    require!(changed || takes_over, BudgetError::BallotUnchanged);
    Ok(())
}

/// Writes the ballot over what is recorded, tells of every choice that differs, and returns whether
/// any does.
#[inline(always)]
fn replace_choices(
    recorded: &mut [u8],
    ballot: &[u8],
    mut differs: impl FnMut(usize, Choice, Choice) -> Result<()>,
) -> Result<bool> {
    let (head, tail) = recorded
        .split_at_mut_checked(ballot.len())
        .ok_or_else(|| fail(BudgetError::BallotMalformed))?;
    let mut changed = false;
    let mut first: usize = 0;
    let tail_choices = if is_blank(tail) { &mut [] } else { tail };
    let blank = std::iter::repeat(&0);
    let bytes = head.iter_mut().zip(ballot).chain(tail_choices.iter_mut().zip(blank));
    for (recorded, ballot) in bytes {
        let (mut old, mut new) = (*recorded, *ballot);
        if old != new {
            changed = true;
            *recorded = new;
            for slot in 0..CHOICES_PER_BYTE {
                let (before, after) = (Choice::from_low_bits(old), Choice::from_low_bits(new));
                if before != after {
                    differs(first.saturating_add(slot), before, after)?;
                }
                (old, new) = (old.unbounded_shr(2), new.unbounded_shr(2));
            }
        }
        first = first.saturating_add(CHOICES_PER_BYTE);
    }
    Ok(changed)
}

/// Whether no choice is made in `bytes`, which are read a word at a time; the last word may overlap
/// the one before it.
fn is_blank(bytes: &[u8]) -> bool {
    let is_zero = |word: &[u8; 8]| u64::from_ne_bytes(*word) == 0;
    match bytes.last_chunk() {
        Some(last) => is_zero(last) && bytes.as_chunks().0.iter().all(is_zero),
        None => bytes.iter().all(|byte| *byte == 0),
    }
}

/// The entry at `index`, if a ballot may choose on it.
fn votable(slate: &mut [Entry], index: usize) -> Result<&mut Entry> {
    let entry = slate.get_mut(index).filter(|entry| entry.is_votable());
    entry.ok_or_else(|| fail(BudgetError::EntryNotVotable))
}

/// The late-swing rule for one ballot; absent outside the windows, where nothing is judged.
struct LateRules {
    ballot: LateBallot,
    thresholds: Thresholds,
}

/// A ballot within one of the late windows.
struct Late(LateBallot);

impl LateRules {
    fn at(header: &BudgetEpoch, now: i64) -> Result<Option<Late>> {
        let ballot = checked(LateBallot::new(&header.voting_schedule(), now, 0))?;
        Ok(ballot.matters().then_some(Late(ballot)))
    }

    /// Counts one choice, and returns whether it extends voting. An ask above the large limit passes
    /// nowhere.
    #[inline(never)]
    fn count(
        &self,
        header: &BudgetEpoch,
        slate: &mut [Entry],
        index: usize,
        (old, new): (Choice, Choice),
        weight: u64,
    ) -> Result<bool> {
        let entry = votable(slate, index)?;
        let before = entry.tally();
        checked(shift(entry, old, new, weight))?;
        let (after, entry) = (entry.tally(), *entry);
        let ask = slate.get(usize::from(entry.leader)).map_or(u64::MAX, |e| e.recipient_ask);
        let tier = entry.judged_tier(ask, &header.limits());
        self.judge(&before, &after, tier)
    }

    fn judge(&self, before: &Tally, after: &Tally, tier: Option<Tier>) -> Result<bool> {
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

impl Late {
    #[inline(never)]
    fn with_thresholds(self, header: &BudgetEpoch, electorate: u64) -> Result<Box<LateRules>> {
        let swing_threshold = checked(share_ceil(electorate, header.policy.tiers.late_swing_bps))?;
        let thresholds = checked(header.policy.thresholds(electorate))?;
        let ballot = LateBallot { swing_threshold, ..self.0 };
        Ok(Box::new(LateRules { ballot, thresholds }))
    }
}
