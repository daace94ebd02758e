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

    /// The tier `steps` stricter, the large one at most: nothing stricter exists for awards.
    pub fn raised(self, steps: u8) -> Self {
        let mut tier = self;
        for _ in 0..steps {
            tier = tier.next().unwrap_or(tier);
        }
        tier
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
    /// Basis points of the frozen total that must take part.
    pub quorum_bps: u16,
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
            quorum_bps,
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
    /// The weight for is below what a bare quorum, as raised by the opposition, would hold at the
    /// approval threshold.
    SupportTooThin = 5,
    /// for + against + abstain reaches the tier's quorum, but not the higher one that the
    /// opposition calls for.
    ContestedQuorumMissed = 6,
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
            Failure::ContestedQuorumMissed => 6,
        }
    }
}

/// How much more quorum an ask needs that many oppose (R4).
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Contested {
    /// Basis points of the frozen total that a wholly opposed ask would need on top of its tier's
    /// quorum; one opposed by a share needs that share of it, and support to match. Zero switches
    /// the rule off.
    pub coef_bps: u16,
    /// Basis points of the frozen total beyond which opposition cannot raise a quorum.
    pub max_quorum_bps: u16,
}

/// What every tier asks of the entries of one epoch.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Whether the frozen total is positive and at least the policy's minimum.
    pub electorate_ok: bool,
    /// One threshold per [`Tier`], in the order of its numbers.
    pub tiers: [Threshold; 4],
    /// The frozen total, in weight.
    pub total: u64,
    /// How opposition raises a quorum.
    pub contested: Contested,
    /// Weight of the highest quorum that opposition can call for; 0 if it calls for none.
    pub max_quorum: u64,
}

impl Thresholds {
    /// R4: the thresholds for the frozen `total`; shares in the order of [`Tier`]'s numbers. `None`
    /// as in [`Threshold::new`].
    pub fn new(
        total: u64,
        min_total_weight: u64,
        quorum_bps: [u16; 4],
        approval_bps: [u16; 4],
        contested: Contested,
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
            total,
            contested,
            // Without the rule no quorum is higher than the tier's own.
            max_quorum: if contested.coef_bps == 0 {
                0
            } else {
                share_ceil(total, contested.max_quorum_bps)?
            },
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
        let present = tally.for_.saturating_add(tally.against).saturating_add(tally.abstain);
        if present < threshold.quorum {
            return Err(Failure::QuorumMissed);
        }
        let contested = self.contested(threshold, tally, present);
        let threshold = contested.as_ref().unwrap_or(threshold);
        if present < threshold.quorum {
            return Err(Failure::ContestedQuorumMissed);
        }
        if !approves(tally, threshold.approval_bps) {
            return Err(Failure::ApprovalMissed);
        }
        if tally.for_ < threshold.support {
            return Err(Failure::SupportTooThin);
        }
        Ok(())
    }

    /// R4: the threshold with `quorum = min(max_quorum, quorum + coef * against / (for + against))`,
    /// the share rounded up to a basis point; its support rises along, or those who abstain would
    /// fill what the opposition calls for. Never below the tier's own quorum.
    ///
    /// None if there is nothing to raise, or if the tally meets all that any opposition could call
    /// for: most do, and need no division.
    fn contested(&self, own: &Threshold, tally: &Tally, present: u64) -> Option<Threshold> {
        let Contested { coef_bps, max_quorum_bps } = self.contested;
        if coef_bps == 0 || tally.against == 0 || max_quorum_bps <= own.quorum_bps {
            return None;
        }
        let most_support = share_ceil(self.max_quorum, own.approval_bps)?;
        if present >= self.max_quorum && tally.for_ >= most_support {
            return None;
        }
        // A sum beyond 64 bits reaches every quorum, and what approves of it every support.
        let decided = tally.for_.checked_add(tally.against)?;
        let raise = mul_div_ceil(u64::from(coef_bps), tally.against, decided)?;
        let raised = raise.checked_add(u64::from(own.quorum_bps))?.min(u64::from(max_quorum_bps));
        Threshold::new(self.total, u16::try_from(raised).ok()?, own.approval_bps)
    }
}

/// `for * 10_000 >= approval * (for + against)`, exact for any tally.
fn approves(tally: &Tally, approval_bps: u16) -> bool {
    /// Products of anything below with basis points stay within 64 bits.
    const SMALL: u64 = 1 << 48;
    let approval = u64::from(approval_bps);
    match tally.for_.checked_add(tally.against) {
        Some(decided) if decided < SMALL => {
            tally.for_.wrapping_mul(BPS) >= approval.wrapping_mul(decided)
        }
        _ => {
            let for_ = u128::from(tally.for_);
            let decided = for_.wrapping_add(u128::from(tally.against));
            for_.wrapping_mul(u128::from(BPS)) >= u128::from(approval_bps).wrapping_mul(decided)
        }
    }
}
