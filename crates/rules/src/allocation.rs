//! R6, R14: which of the passing awards are funded, and which acts stand.
//!
//! Settlement runs over a full slate in one transaction, so the cost per entry matters: an entry is
//! judged once, ranked by keys copied to the stack and read a second time only if it passed.

use crate::{
    outcome::{AskLimits, Failure, Tally, Thresholds, Tier},
    risk::RiskLimits,
};

/// The most entries a slate may have.
pub const MAX_ENTRIES: usize = 128;

/// The most categories a treasury may have.
pub const MAX_CATEGORIES: usize = 8;

/// Why an award that passed is not funded. Checked, and so reported, in this order:
/// [`Reason::BreakerTripped`], [`Reason::TierBlocked`], then by number, [`Reason::TierFull`] last.
#[repr(u8)]
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It does not fit what is left of the epoch's cap.
    OverCap = 16,
    /// It does not fit what is left of its category's share of the cap.
    CategoryFull = 17,
    /// Awards at its tier already hold what they may hold together, and it does not meet the
    /// threshold, or the terms, of the lowest tier with room.
    TierFull = 18,
    /// No tier admits it: its recipient's cumulative ask exceeds the large limit, or its stream is
    /// too short, or has too few checkpoints, for its tier.
    TierBlocked = 19,
    /// Its category's exposure would exceed its limit.
    ExposureLimit = 20,
    /// The treasury's runway would fall below the policy's floor.
    RunwayFloor = 21,
    /// Its recipient would be awarded more than the share of the cap that one may have.
    Concentration = 22,
    /// The breaker had tripped when the epoch was settled.
    BreakerTripped = 23,
}

// ABI: stored in slate entries and read by clients, in one number space with `Failure`.
impl From<Reason> for u8 {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::OverCap => 16,
            Reason::CategoryFull => 17,
            Reason::TierFull => 18,
            Reason::TierBlocked => 19,
            Reason::ExposureLimit => 20,
            Reason::RunwayFloor => 21,
            Reason::Concentration => 22,
            Reason::BreakerTripped => 23,
        }
    }
}

/// One entry standing for election, as settlement sees it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Weight cast on it.
    pub tally: Tally,
    /// What it asks.
    pub matter: Matter,
}

/// What an entry asks of the community.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Matter {
    /// Money.
    Award(Award),
    /// An act at the constitutional tier. Of the passing acts with the same target only the one
    /// ranked first stands; the rules only compare targets.
    Act {
        /// What it would change.
        target: u8,
    },
}

/// An award standing for election.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Award {
    /// Base units asked for.
    pub amount: u64,
    /// Category, from 0, below [`MAX_CATEGORIES`].
    pub category: u8,
    /// Base units: everything its recipient accepted in this epoch, this award included.
    pub recipient_ask: u64,
    /// Entry that stands for its recipient, the same for all awards to one recipient.
    pub leader: u8,
    /// Tiers that it starts above the one of its recipient's ask: a risk class, a weak record.
    pub raise: u8,
    /// The strictest tier whose terms its stream meets (length, P2; checkpoints, R4).
    pub admits: Tier,
}

impl Award {
    /// The tier it is judged at, raised as it must be; `None` if its recipient asks more than the
    /// large limit.
    #[inline(always)]
    pub fn tier(&self, ask: &AskLimits) -> Option<Tier> {
        Some(ask.tier(self.recipient_ask)?.raised(self.raise))
    }
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
    /// It passed and is to be carried out.
    Approved {
        /// Position among the passing entries, from 0.
        rank: u8,
    },
    /// It passed, but another act on the same target passed with a better rank.
    Superseded {
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
    /// What the risk rules leave.
    pub risk: RiskLimits,
}

impl Limits {
    /// The first limit that another award does not fit, tiers aside; the one place where money
    /// limits are compared, for settlement and for every assessment alike. All sums are base units:
    /// awarded in the epoch so far, in the award's category, and to its recipient.
    ///
    /// `None` for an unknown category.
    #[inline(always)]
    pub fn refuse(
        &self,
        amount: u64,
        category: u8,
        awarded: u64,
        in_category: u64,
        to_recipient: u64,
    ) -> Option<Option<Reason>> {
        let category = usize::from(category);
        let category_cap = *self.category_caps.get(category)?;
        let exposure_room = *self.risk.exposure_rooms.get(category)?;
        // Room left is compared, not sums: no amount, however absurd, can stop a settlement.
        let exceeds = |room: u64, taken: u64| amount > room.saturating_sub(taken);
        Some(if self.risk.tripped {
            Some(Reason::BreakerTripped)
        } else if exceeds(self.cap, awarded) {
            Some(Reason::OverCap)
        } else if exceeds(category_cap, in_category) {
            Some(Reason::CategoryFull)
        } else if exceeds(exposure_room, in_category) {
            Some(Reason::ExposureLimit)
        } else if exceeds(self.risk.runway_room, awarded) {
            Some(Reason::RunwayFloor)
        } else if exceeds(self.risk.recipient_cap, to_recipient) {
            Some(Reason::Concentration)
        } else {
            None
        })
    }
}

/// Sums over the funded awards, in base units, and counts.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Allocation {
    /// Base units of all funded awards; at most the cap.
    pub allocated: u64,
    /// Entries that passed, funded or not.
    pub passing: u8,
    /// Awards that are funded.
    pub funded: u8,
    /// Acts that are to be carried out.
    pub approved: u8,
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

/// R6, R14: decides every entry of the slate and sums up what is funded.
///
/// Passing entries are walked by (for - against) descending, amount ascending, index ascending; each
/// award that fits is taken, others are skipped with the first [`Reason`] that holds; of the acts on
/// one target the first stands. Nothing depends on who settles or in which order ballots came.
///
/// `None` if the slate is longer than [`MAX_ENTRIES`], a passing award names a category or leader
/// out of range, or the slate changes its answers; some verdicts may then have been handed out
/// already.
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
        let (tier, amount) = match &candidate.matter {
            // An ask above the large limit has no tier: it is judged at the strictest, then blocked.
            Matter::Award(award) => (award.tier(&limits.ask).unwrap_or(Tier::Large), award.amount),
            Matter::Act { .. } => (Tier::Constitutional, 0),
        };
        match thresholds.judge(&candidate.tally, tier) {
            Ok(()) => ranking.insert(index, &candidate.tally, amount)?,
            Err(why) => slate.decide(index, Verdict::Failed { tier, why }),
        }
    }

    let Ranking { order, passing, mut margins, .. } = ranking;
    // Ranked, the margins have done their work; their place holds what recipients were awarded.
    margins.fill(0);
    let mut recipients = margins;
    let mut targets = Targets::default();
    let mut allocation = Allocation { passing, ..Allocation::default() };
    let mut rooms = Rooms::of(limits);
    for (rank, &index) in (0..passing).zip(&order) {
        let index = usize::from(index);
        let Candidate { tally, matter } = slate.candidate(index)?;
        let verdict = match matter {
            Matter::Act { target } => {
                if targets.take(target)? {
                    allocation.approved = allocation.approved.checked_add(1)?;
                    Verdict::Approved { rank }
                } else {
                    Verdict::Superseded { rank }
                }
            }
            Matter::Award(award) => {
                let own = award.tier(&limits.ask);
                let to_recipient = recipients.get_mut(usize::from(award.leader))?;
                let case = Case { award: &award, tally: &tally, own, to_recipient: *to_recipient };
                match allocation.fit(&case, &rooms, thresholds, limits)? {
                    Ok(tier) => {
                        allocation.take(&award, tier)?;
                        rooms.take(&award)?;
                        *to_recipient = to_recipient.checked_add(award.amount)?;
                        Verdict::Funded { tier, rank }
                    }
                    Err(why) => Verdict::Unfunded { tier: own.unwrap_or(Tier::Large), why, rank },
                }
            }
        };
        slate.decide(index, verdict);
    }
    Some(allocation)
}

/// A passing award when its turn comes.
struct Case<'a> {
    award: &'a Award,
    tally: &'a Tally,
    /// The tier that it was judged at.
    own: Option<Tier>,
    /// Base units that its recipient has been awarded in this epoch.
    to_recipient: u64,
}

/// What [`Limits::refuse`] would still admit, kept so that an award that fits costs three
/// comparisons; the reason of one that does not is looked up there.
struct Rooms {
    total: u64,
    by_category: [u64; MAX_CATEGORIES],
}

impl Rooms {
    fn of(limits: &Limits) -> Self {
        let mut by_category = limits.category_caps;
        for (room, exposure_room) in by_category.iter_mut().zip(&limits.risk.exposure_rooms) {
            *room = (*room).min(*exposure_room);
        }
        Self { total: limits.cap.min(limits.risk.runway_room), by_category }
    }

    #[inline(always)]
    fn admit(&self, award: &Award, recipient_room: u64) -> Option<bool> {
        let category_room = *self.by_category.get(usize::from(award.category))?;
        let amount = award.amount;
        Some(amount <= self.total && amount <= category_room && amount <= recipient_room)
    }

    #[inline(always)]
    fn take(&mut self, award: &Award) -> Option<()> {
        let category_room = self.by_category.get_mut(usize::from(award.category))?;
        *category_room = category_room.checked_sub(award.amount)?;
        self.total = self.total.checked_sub(award.amount)?;
        Some(())
    }
}

/// Targets that an act stands for already, one bit each.
#[derive(Default)]
struct Targets([u64; 4]);

impl Targets {
    /// Whether `target` was still free; it is taken afterwards.
    #[inline(always)]
    fn take(&mut self, target: u8) -> Option<bool> {
        let word = self.0.get_mut(usize::from(target.checked_shr(6)?))?;
        let bit = 1u64.checked_shl(u32::from(target & 63))?;
        let free = *word & bit == 0;
        *word |= bit;
        Some(free)
    }
}

impl Allocation {
    /// The tier at which `award` fits beside what is already taken, or why it does not.
    #[inline(always)]
    fn fit(
        &self,
        case: &Case<'_>,
        rooms: &Rooms,
        thresholds: &Thresholds,
        limits: &Limits,
    ) -> Option<Result<Tier, Reason>> {
        let Case { award, tally, own, to_recipient } = *case;
        let in_category = *self.by_category.get(usize::from(award.category))?;
        if limits.risk.tripped {
            return Some(Err(Reason::BreakerTripped));
        }
        let Some(own) = own.filter(|tier| *tier <= award.admits) else {
            return Some(Err(Reason::TierBlocked));
        };
        let (amount, category) = (award.amount, award.category);
        if !rooms.admit(award, limits.risk.recipient_cap.saturating_sub(to_recipient))? {
            let refused =
                limits.refuse(amount, category, self.allocated, in_category, to_recipient)?;
            if let Some(why) = refused {
                return Some(Err(why));
            }
        }
        let tier = self.lowest_with_room(own, amount, &limits.ask)?;
        let meets = tier == own || (tier <= award.admits && thresholds.judge(tally, tier).is_ok());
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

    fn take(&mut self, award: &Award, tier: Tier) -> Option<()> {
        let by_category = self.by_category.get_mut(usize::from(award.category))?;
        let by_tier = self.by_tier.get_mut(usize::from(u8::from(tier)))?;
        *by_category = by_category.checked_add(award.amount)?;
        *by_tier = by_tier.checked_add(award.amount)?;
        self.allocated = self.allocated.checked_add(award.amount)?;
        self.funded = self.funded.checked_add(1)?;
        Some(())
    }
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
    fn insert(&mut self, index: usize, tally: &Tally, amount: u64) -> Option<()> {
        let Self { order, passing, margins, amounts } = self;
        let margin = tally.for_.checked_sub(tally.against)?;
        let ranked = usize::from(*passing);
        // Halving by hand: `partition_point` is written for machines that predict branches.
        let (mut place, mut end) = (0, ranked);
        while place < end {
            let middle = place.midpoint(end);
            let other = usize::from(*order.get(middle)?);
            let other_margin = *margins.get(other)?;
            let before =
                other_margin > margin || other_margin == margin && *amounts.get(other)? <= amount;
            if before {
                place = middle.checked_add(1)?;
            } else {
                end = middle;
            }
        }
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
