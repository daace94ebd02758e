//! Settlement: the allocation rule applied to the slate of an epoch account.

use anchor_lang::prelude::*;
use budget_rules::{
    allocation::{Allocation, Candidate, Limits, Slate, Verdict},
    outcome::{Thresholds, Tier},
    risk::RiskLimits,
};

use crate::{
    error::checked,
    state::{BudgetEpoch, Entry, Outcome},
};

/// Decides every entry once, from the tallies alone (R4, R6).
pub fn settle_slate(
    header: &mut BudgetEpoch,
    slate: &mut [Entry],
    electorate: u64,
    risk: RiskLimits,
    now: i64,
) -> Result<Allocation> {
    let thresholds: Thresholds = checked(header.policy.thresholds(electorate))?;
    header.keep_limits(&risk);
    let limits =
        Limits { cap: header.cap, ask: header.limits(), category_caps: header.category_caps, risk };
    let mut standing =
        Standing { entries: checked(slate.get_mut(..usize::from(header.entry_count)))? };
    let allocation =
        checked(budget_rules::allocation::settle(&mut standing, &thresholds, &limits))?;
    header.electorate = electorate;
    header.settled_at = now;
    header.allocated = allocation.allocated;
    header.category_awarded = allocation.by_category;
    header.invariant()?;
    Ok(allocation)
}

/// The slate as the allocation rule sees it.
struct Standing<'a> {
    entries: &'a mut [Entry],
}

impl Slate for Standing<'_> {
    fn len(&self) -> usize {
        self.entries.len()
    }

    // Settlement asks each entry for some of this at a time; inlined, it costs only that.
    #[inline(always)]
    fn candidate(&self, index: usize) -> Option<Candidate> {
        let entry = self.entries.get(index)?;
        if !entry.is_votable() {
            return None;
        }
        // Only an award's leader holds an ask; an act ignores it.
        let leading = self.entries.get(usize::from(entry.leader))?;
        Some(entry.candidate(leading.recipient_ask))
    }

    fn decide(&mut self, index: usize, verdict: Verdict) {
        let Some(entry) = self.entries.get_mut(index) else { return };
        let (outcome, tier, reason, rank) = match verdict {
            Verdict::NotVotable if entry.is(Outcome::Withdrawn) => return,
            Verdict::NotVotable => (Outcome::NotAccepted, 0, 0, Entry::UNRANKED),
            Verdict::Failed { tier, why } => {
                (Outcome::Failed, tier.into(), why.into(), Entry::UNRANKED)
            }
            Verdict::Unfunded { tier, why, rank } => {
                (Outcome::Unfunded, tier.into(), why.into(), rank)
            }
            Verdict::Funded { tier, rank } => (Outcome::Funded, tier.into(), 0, rank),
            Verdict::Approved { rank } => (Outcome::Approved, Tier::Constitutional.into(), 0, rank),
            Verdict::Superseded { rank } => {
                (Outcome::Superseded, Tier::Constitutional.into(), 0, rank)
            }
        };
        entry.outcome = outcome.into();
        entry.tier = tier;
        entry.reason = reason;
        entry.rank = rank;
    }
}
