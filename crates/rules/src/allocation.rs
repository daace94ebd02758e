//! R6: which of the passing awards are funded.
//!
//! Settlement runs over a full slate in one transaction, so the cost per entry matters: an entry is
//! judged once, ranked by keys copied to the stack and read a second time only if it passed.

use crate::outcome::{AskLimits, Failure, Tally, Thresholds, Tier};

/// The most entries a slate may have.
pub const MAX_ENTRIES: usize = 128;

/// The most categories a treasury may have.
pub const MAX_CATEGORIES: usize = 8;

/// Why an award that passed is not funded. Checked, and so reported, in the order
/// [`Reason::TierBlocked`], then by number.
#[repr(u8)]
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It does not fit what is left of the epoch's cap.
    OverCap = 16,
    /// It does not fit what is left of its category's share of the cap.
    CategoryFull = 17,
    /// Awards at its tier already hold what they may hold together, and it does not meet the
    /// threshold, or last as long, as the lowest tier with room asks.
    TierFull = 18,
    /// No tier admits it: its recipient's cumulative ask exceeds the large limit, or its stream is
    /// too short for its tier.
    TierBlocked = 19,
}

// ABI: stored in slate entries and read by clients, in one number space with `Failure`.
impl From<Reason> for u8 {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::OverCap => 16,
            Reason::CategoryFull => 17,
            Reason::TierFull => 18,
            Reason::TierBlocked => 19,
        }
    }
}

/// One award standing for election, as settlement sees it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Weight cast on it.
    pub tally: Tally,
    /// Base units asked for.
    pub amount: u64,
    /// Category, from 0, below [`MAX_CATEGORIES`].
    pub category: u8,
    /// Base units: everything its recipient accepted in this epoch, this award included.
    pub recipient_ask: u64,
    /// The stream lasts at least one epoch period plus the constitutional timelock, which medium
    /// and large awards must (P2).
    pub long_enough: bool,
}

/// What settlement decided about an entry.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It did not stand for election.
    NotVotable,
    /// It did not pass.
    Failed {
        /// The tier it was judged at.
        tier: Tier,
        /// The first condition it missed.
        why: Failure,
    },
    /// It passed, but is not funded.
    Unfunded {
        /// The tier it passed at.
        tier: Tier,
        /// What it did not fit.
        why: Reason,
        /// Position among the passing entries, from 0.
        rank: u8,
    },
    /// It passed and is funded.
    Funded {
        /// The tier whose timelock it takes: its own, or a stricter one it was raised to.
        tier: Tier,
        /// Position among the passing entries, from 0.
        rank: u8,
    },
}

/// What the awards of one epoch may take together.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Base units all awards may take.
    pub cap: u64,
    /// Ask limits of the tiers.
    pub ask: AskLimits,
    /// Base units the awards of each category may take.
    pub category_caps: [u64; MAX_CATEGORIES],
}

/// Sums over the funded awards, in base units, and counts.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Allocation {
    /// Base units of all funded awards; at most the cap.
    pub allocated: u64,
    /// Entries that passed, funded or not.
    pub passing: u8,
    /// Entries that are funded.
    pub funded: u8,
    /// Base units per category; each at most its cap.
    pub by_category: [u64; MAX_CATEGORIES],
    /// Base units funded at the small, medium and large tier. Small is at most the medium ask
    /// limit, small and medium together at most the large one.
    pub by_tier: [u64; 3],
}

/// Storage the caller lends: where candidates come from and verdicts go.
#[allow(clippy::len_without_is_empty)] // an empty slate is settled like any other
pub trait Slate {
    /// Number of entries, at most [`MAX_ENTRIES`].
    fn len(&self) -> usize;
    /// The candidate at `index`, or none if the entry is not votable. Must answer the same until
    /// the entry is decided, and afterwards.
    fn candidate(&self, index: usize) -> Option<Candidate>;
    /// Takes the verdict on the entry at `index`; called exactly once per entry.
    fn decide(&mut self, index: usize, verdict: Verdict);
}

/// R6: decides every entry of the slate and sums up what is funded.
///
/// Passing awards are walked by (for - against) descending, amount ascending, index ascending; each
/// that fits is taken, others are skipped with the first [`Reason`] that holds. Nothing depends on
/// who settles or in which order ballots came.
///
/// `None` if the slate is longer than [`MAX_ENTRIES`], a passing candidate names a category out of
/// range, or the slate changes its answers; some verdicts may then have been handed out already.
#[inline(never)]
pub fn settle(
    slate: &mut impl Slate,
    thresholds: &Thresholds,
    limits: &Limits,
) -> Option<Allocation> {
    let mut ranking = Ranking::EMPTY;
    let entries = slate.len();
    if entries > MAX_ENTRIES {
        return None;
    }
    for index in 0..entries {
        let Some(candidate) = slate.candidate(index) else {
            slate.decide(index, Verdict::NotVotable);
            continue;
        };
        // An ask above the large limit has no tier: it is judged at the strictest, then blocked.
        let tier = limits.ask.tier(candidate.recipient_ask).unwrap_or(Tier::Large);
        match thresholds.judge(&candidate.tally, tier) {
            Ok(()) => ranking.insert(index, &candidate)?,
            Err(why) => slate.decide(index, Verdict::Failed { tier, why }),
        }
    }

    let mut allocation = Allocation { passing: ranking.passing, ..Allocation::default() };
    for (rank, &index) in (0..ranking.passing).zip(&ranking.order) {
        let index = usize::from(index);
        let candidate = slate.candidate(index)?;
        let own = limits.ask.tier(candidate.recipient_ask);
        let verdict = match allocation.fit(&candidate, own, thresholds, limits)? {
            Ok(tier) => {
                allocation.take(&candidate, tier)?;
                Verdict::Funded { tier, rank }
            }
            Err(why) => Verdict::Unfunded { tier: own.unwrap_or(Tier::Large), why, rank },
        };
        slate.decide(index, verdict);
    }
    Some(allocation)
}

impl Allocation {
    /// The tier at which `candidate` fits beside what is already taken, or why it does not.
    fn fit(
        &self,
        candidate: &Candidate,
        own: Option<Tier>,
        thresholds: &Thresholds,
        limits: &Limits,
    ) -> Option<Result<Tier, Reason>> {
        let Some(own) = own.filter(|&tier| admits_length(tier, candidate)) else {
            return Some(Err(Reason::TierBlocked));
        };
        // Room left is compared, not sums: no amount, however absurd, can stop a settlement.
        if candidate.amount > limits.cap.saturating_sub(self.allocated) {
            return Some(Err(Reason::OverCap));
        }
        let category = usize::from(candidate.category);
        let category_cap = limits.category_caps.get(category)?;
        if candidate.amount > category_cap.saturating_sub(*self.by_category.get(category)?) {
            return Some(Err(Reason::CategoryFull));
        }
        let tier = self.lowest_with_room(own, candidate.amount, &limits.ask)?;
        let meets = tier == own
            || (admits_length(tier, candidate) && thresholds.judge(&candidate.tally, tier).is_ok());
        Some(if meets { Ok(tier) } else { Err(Reason::TierFull) })
    }

    /// The lowest tier, from `own` up, at which `amount` leaves the sums below within their
    /// limits: small awards together at most the medium ask limit, small and medium ones together
    /// at most the large one. Splitting an ask over fresh recipients so gains nothing. The large
    /// tier always has room.
    fn lowest_with_room(&self, own: Tier, amount: u64, ask: &AskLimits) -> Option<Tier> {
        let [small, medium, _] = self.by_tier;
        let room_at_small = ask.medium.saturating_sub(small);
        let room_at_medium = ask.large.saturating_sub(small.checked_add(medium)?);
        Some(if own == Tier::Large || amount > room_at_medium {
            Tier::Large
        } else if own == Tier::Medium || amount > room_at_small {
            Tier::Medium
        } else {
            Tier::Small
        })
    }

    fn take(&mut self, candidate: &Candidate, tier: Tier) -> Option<()> {
        let by_category = self.by_category.get_mut(usize::from(candidate.category))?;
        let by_tier = self.by_tier.get_mut(usize::from(u8::from(tier)))?;
        *by_category = by_category.checked_add(candidate.amount)?;
        *by_tier = by_tier.checked_add(candidate.amount)?;
        self.allocated = self.allocated.checked_add(candidate.amount)?;
        self.funded = self.funded.checked_add(1)?;
        Some(())
    }
}

fn admits_length(tier: Tier, candidate: &Candidate) -> bool {
    tier == Tier::Small || candidate.long_enough
}

/// The passing entries in the order of R6, and the keys they are ranked by: 2.2 KB of the stack,
/// which on SBF holds 4 KB per function.
struct Ranking {
    /// Indices of the passing entries, best first; the first `passing` count.
    order: [u8; MAX_ENTRIES],
    passing: u8,
    /// (for - against) by index.
    margins: [u64; MAX_ENTRIES],
    /// Amount by index.
    amounts: [u64; MAX_ENTRIES],
}

impl Ranking {
    const EMPTY: Self = Self {
        order: [0; MAX_ENTRIES],
        passing: 0,
        margins: [0; MAX_ENTRIES],
        amounts: [0; MAX_ENTRIES],
    };

    /// Puts a passing entry in its place. Entries must come in index order: what is equal in margin
    /// and amount then stays in it.
    ///
    /// The place is searched by halves, so a full slate takes n log n comparisons whatever it
    /// holds; making room is one move of at most 127 bytes, on SBF a system call of flat cost.
    /// Sorting afterwards by merging was tried and took more instructions and more code.
    fn insert(&mut self, index: usize, candidate: &Candidate) -> Option<()> {
        let Self { order, passing, margins, amounts } = self;
        let margin = candidate.tally.for_.checked_sub(candidate.tally.against)?;
        let amount = candidate.amount;
        let ranked = usize::from(*passing);
        let place = order.get(..ranked)?.partition_point(|&other| {
            let other = usize::from(other);
            let other_margin = margins.get(other).copied().unwrap_or(0);
            other_margin > margin
                || other_margin == margin && amounts.get(other).is_some_and(|a| *a <= amount)
        });
        let from_place = order.get_mut(place..=ranked)?;
        let rest = ranked.checked_sub(place)?;
        from_place.copy_within(..rest, 1);
        *from_place.first_mut()? = u8::try_from(index).ok()?;
        *margins.get_mut(index)? = margin;
        *amounts.get_mut(index)? = amount;
        *passing = passing.checked_add(1)?;
        Some(())
    }
}
