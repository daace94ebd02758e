//! R4: which risk tier an ask belongs to and whether an entry passes there.

use crate::bps::{BPS, mul_div_ceil, share_ceil, share_floor};

/// How much is at stake in an entry, and so how much consent it needs.
#[repr(u8)]
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Awards up to the small ask limit.
    Small = 0,
    /// Awards up to the medium ask limit.
    Medium = 1,
    /// Awards up to the large ask limit.
    Large = 2,
    /// Changes of policy and roles, and rulings on streams. No award reaches it.
    Constitutional = 3,
}

impl Tier {
    /// The next stricter tier for an award: small, medium, large, then none.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Small => Some(Self::Medium),
            Self::Medium => Some(Self::Large),
            Self::Large | Self::Constitutional => None,
        }
    }
}

/// A byte that names no [`Tier`].
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct UnknownTier(
    /// The byte.
    pub u8,
);

impl TryFrom<u8> for Tier {
    type Error = UnknownTier;

    fn try_from(byte: u8) -> Result<Self, UnknownTier> {
        match byte {
            0 => Ok(Self::Small),
            1 => Ok(Self::Medium),
            2 => Ok(Self::Large),
            3 => Ok(Self::Constitutional),
            other => Err(UnknownTier(other)),
        }
    }
}

// ABI: stored in slate entries and read by clients.
impl From<Tier> for u8 {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::Small => 0,
            Tier::Medium => 1,
            Tier::Large => 2,
            Tier::Constitutional => 3,
        }
    }
}

/// Upper bounds of the award tiers, inclusive, in base units of the budget mint. Ascending when the
/// shares they were made from ascend.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct AskLimits {
    /// The most a small ask may be.
    pub small: u64,
    /// The most a medium ask may be.
    pub medium: u64,
    /// The most any ask may be.
    pub large: u64,
}

impl AskLimits {
    /// R4: each limit is `floor(bps * free / 10_000)` of the free funds at the epoch's opening.
    /// `None` if a limit exceeds `u64`.
    pub fn new(free: u64, small_bps: u16, medium_bps: u16, large_bps: u16) -> Option<Self> {
        Some(Self {
            small: share_floor(free, small_bps)?,
            medium: share_floor(free, medium_bps)?,
            large: share_floor(free, large_bps)?,
        })
    }

    /// R4: the lowest tier that admits `ask`, the recipient's cumulative ask in base units; `None`
    /// above the large limit.
    pub fn tier(&self, ask: u64) -> Option<Tier> {
        if ask <= self.small {
            Some(Tier::Small)
        } else if ask <= self.medium {
            Some(Tier::Medium)
        } else if ask <= self.large {
            Some(Tier::Large)
        } else {
            None
        }
    }
}

/// Weight cast on one entry, in base units of stake weight.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Weight cast for the entry.
    pub for_: u64,
    /// Weight cast against it.
    pub against: u64,
    /// Weight cast for neither; counts for the quorum only.
    pub abstain: u64,
}

/// What one tier asks of an entry, in weight. Computed once per tier, not per entry.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// Basis points of (for + against) that must be for.
    pub approval_bps: u16,
    /// Weight that must take part, abstention included.
    pub quorum: u64,
    /// Weight that must be for, so that abstainers and opponents cannot make up a quorum that
    /// supporters lack.
    pub support: u64,
}

impl Threshold {
    /// R4: `quorum = ceil(quorum_bps * total / 10^4)`, `support = ceil(approval_bps * quorum_bps *
    /// total / 10^8)`, both rounded up from the frozen total. `None` if one exceeds `u64`, which
    /// shares up to 10,000 bps rule out.
    pub fn new(total: u64, quorum_bps: u16, approval_bps: u16) -> Option<Self> {
        let support_share = u64::from(approval_bps).checked_mul(u64::from(quorum_bps))?;
        Some(Self {
            approval_bps,
            quorum: share_ceil(total, quorum_bps)?,
            support: mul_div_ceil(total, support_share, BPS.checked_mul(BPS)?)?,
        })
    }
}

/// Why an entry does not pass. Checked, and so reported, in this order.
#[repr(u8)]
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The frozen total is zero or below the policy's minimum: nothing passes.
    ElectorateTooSmall = 1,
    /// Not more weight for than against.
    NotMoreForThanAgainst = 2,
    /// for + against + abstain is below the quorum.
    QuorumMissed = 3,
    /// The share of for in (for + against) is below the approval threshold.
    ApprovalMissed = 4,
    /// The weight for is below what a bare quorum at the approval threshold would hold.
    SupportTooThin = 5,
}

// ABI: stored in slate entries and read by clients, in one number space with `Reason`.
impl From<Failure> for u8 {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::ElectorateTooSmall => 1,
            Failure::NotMoreForThanAgainst => 2,
            Failure::QuorumMissed => 3,
            Failure::ApprovalMissed => 4,
            Failure::SupportTooThin => 5,
        }
    }
}

/// What every tier asks of the entries of one epoch.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Whether the frozen total is positive and at least the policy's minimum.
    pub electorate_ok: bool,
    /// One threshold per [`Tier`], in the order of its numbers.
    pub tiers: [Threshold; 4],
}

impl Thresholds {
    /// R4: the thresholds for the frozen `total`; shares in the order of [`Tier`]'s numbers. `None`
    /// as in [`Threshold::new`].
    pub fn new(
        total: u64,
        min_total_weight: u64,
        quorum_bps: [u16; 4],
        approval_bps: [u16; 4],
    ) -> Option<Self> {
        let [small_quorum, medium_quorum, large_quorum, constitutional_quorum] = quorum_bps;
        let [small, medium, large, constitutional] = approval_bps;
        Some(Self {
            electorate_ok: total > 0 && total >= min_total_weight,
            tiers: [
                Threshold::new(total, small_quorum, small)?,
                Threshold::new(total, medium_quorum, medium)?,
                Threshold::new(total, large_quorum, large)?,
                Threshold::new(total, constitutional_quorum, constitutional)?,
            ],
        })
    }

    /// R4: whether `tally` passes at `tier`, or the first condition it misses. Sums cannot overflow.
    pub fn judge(&self, tally: &Tally, tier: Tier) -> Result<(), Failure> {
        if !self.electorate_ok {
            return Err(Failure::ElectorateTooSmall);
        }
        if tally.for_ <= tally.against {
            return Err(Failure::NotMoreForThanAgainst);
        }
        let [small, medium, large, constitutional] = &self.tiers;
        let threshold = match tier {
            Tier::Small => small,
            Tier::Medium => medium,
            Tier::Large => large,
            Tier::Constitutional => constitutional,
        };
        // Saturating loses nothing: a sum beyond 64 bits reaches every 64-bit quorum.
        let decided = tally.for_.saturating_add(tally.against);
        if decided.saturating_add(tally.abstain) < threshold.quorum {
            return Err(Failure::QuorumMissed);
        }
        if !approves(tally, threshold.approval_bps) {
            return Err(Failure::ApprovalMissed);
        }
        if tally.for_ < threshold.support {
            return Err(Failure::SupportTooThin);
        }
        Ok(())
    }
}

/// `for * 10_000 >= approval * (for + against)`, exact for any tally.
fn approves(tally: &Tally, approval_bps: u16) -> bool {
    match tally.for_.checked_add(tally.against) {
        // The same as for >= ceil(approval * decided / 10_000), which needs no 128-bit product. A
        // share beyond 64 bits is more than anyone can cast.
        Some(decided) => {
            share_ceil(decided, approval_bps).is_some_and(|needed| tally.for_ >= needed)
        }
        None => {
            let for_ = u128::from(tally.for_);
            let decided = for_.wrapping_add(u128::from(tally.against));
            for_.wrapping_mul(u128::from(BPS)) >= u128::from(approval_bps).wrapping_mul(decided)
        }
    }
}
