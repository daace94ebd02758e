//! R9, R10, R11: what a treasury holds in positions, how long it lasts, and what an ask would do to
//! both. Settlement and every view take their numbers from here.

use crate::{
    allocation::{Limits, MAX_CATEGORIES, Reason},
    bps::{BPS, mul_div_floor, share_floor},
};

/// What a category's money is for.
#[repr(u8)]
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub enum Class {
    /// Spent for good.
    #[default]
    Operating = 0,
    /// Held to offset a risk.
    Hedge = 1,
    /// Held for its return.
    Derivative = 2,
}

impl Class {
    /// The class that a byte stands for.
    pub fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Operating),
            1 => Some(Self::Hedge),
            2 => Some(Self::Derivative),
            _ => None,
        }
    }

    /// Whether its money is at risk rather than spent: exposure limits apply.
    pub fn is_risk(self) -> bool {
        self != Self::Operating
    }
}

/// How a category limits and values its position.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct PositionTerms {
    /// What the money is for.
    pub class: Class,
    /// Share of the treasury's value that the exposure may reach.
    pub exposure_limit_bps: u16,
    /// Share of a position's value that is not counted.
    pub haircut_bps: u16,
}

/// Money of one risk category that is out or promised. Base units of the budget mint.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Awarded, not paid out yet.
    pub pending: u64,
    /// Paid out and neither returned nor written off.
    pub cost: u64,
    /// Value of what `cost` bought, as of the last mark that counts; moves with payments at cost.
    pub mark: u64,
    /// Unix seconds of that mark, or of the first payment into an empty position.
    pub marked_at: i64,
}

impl Position {
    /// R9: awarded less returned, saturating.
    pub fn principal(&self) -> Option<u64> {
        Some(self.pending.saturating_add(self.cost))
    }

    /// R9: what could be lost: the principal, or the mark where it is higher, and what is pending.
    /// Saturating: a mark, however absurd, must not stop a settlement.
    pub fn exposure(&self) -> Option<u64> {
        Some(self.pending.saturating_add(self.cost.max(self.mark)))
    }

    /// R9: what the position counts for: the lower of cost and mark after the haircut (rounded
    /// down), nothing if the mark was older than `mark_age_secs` at `judged_at`, the opening of the
    /// epoch. A position first paid into since is not.
    pub fn value(&self, terms: &PositionTerms, mark_age_secs: u32, judged_at: i64) -> Option<u64> {
        if judged_at.saturating_sub(self.marked_at) > i64::from(mark_age_secs) {
            return Some(0);
        }
        after_haircut(self.cost.min(self.mark), terms.haircut_bps)
    }

    /// An award of `amount` was funded.
    pub fn award(self, amount: u64) -> Option<Self> {
        Some(Self { pending: self.pending.checked_add(amount)?, ..self })
    }

    /// `amount` of an award will not be paid out after all.
    pub fn drop_pending(self, amount: u64) -> Option<Self> {
        Some(Self { pending: self.pending.checked_sub(amount)?, ..self })
    }

    /// `amount` of an award was paid out; it counts at cost until the next mark. The mark and the
    /// cost saturate, as no mark, and no money paid in circles, may stop a claim.
    pub fn pay_out(self, amount: u64, now: i64) -> Option<Self> {
        let fresh = self.cost == 0 && self.mark == 0;
        Some(Self {
            pending: self.pending.checked_sub(amount)?,
            cost: self.cost.saturating_add(amount),
            mark: self.mark.saturating_add(amount),
            marked_at: if fresh { now } else { self.marked_at },
        })
    }

    /// `amount` came back. Returns the position and the profit, what exceeds the cost.
    pub fn receive(self, amount: u64) -> Option<(Self, u64)> {
        let repaid = amount.min(self.cost);
        let after = Self {
            cost: self.cost.checked_sub(repaid)?,
            mark: self.mark.saturating_sub(amount),
            ..self
        };
        Some((after, amount.checked_sub(repaid)?))
    }

    /// `amount` is lost for good, by vote. Returns the position and the loss, at most the cost.
    pub fn write_off(self, amount: u64) -> Option<(Self, u64)> {
        let lost = amount.min(self.cost);
        let cost = self.cost.checked_sub(lost)?;
        Some((Self { cost, mark: self.mark.min(cost), ..self }, lost))
    }

    /// A reported mark begins to count.
    pub fn count_mark(self, mark: u64, reported_at: i64) -> Self {
        Self { mark, marked_at: reported_at, ..self }
    }
}

/// `floor(amount * (10_000 - haircut) / 10_000)`; a haircut above a whole leaves nothing.
pub fn after_haircut(amount: u64, haircut_bps: u16) -> Option<u64> {
    let kept = BPS.saturating_sub(u64::from(haircut_bps));
    share_floor(amount, u16::try_from(kept).ok()?)
}

/// A treasury as the risk rules see it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Unix seconds of the epoch's opening: marks count by the epoch, and so does their age.
    pub marks_judged_at: i64,
    /// Base units in the vault.
    pub tracked: u64,
    /// Base units promised to awards and streams.
    pub committed: u64,
    /// Base units set aside for rewards.
    pub reserved: u64,
    /// Cap of the epoch, in base units.
    pub cap: u64,
    /// Positions by category.
    pub positions: [Position; MAX_CATEGORIES],
    /// Terms by category.
    pub terms: [PositionTerms; MAX_CATEGORIES],
    /// Age in seconds beyond which a mark counts for nothing.
    pub mark_age_secs: u32,
    /// Base units awarded in the up to three epochs before this one.
    pub previous_outflow: u64,
    /// Epochs that the mean outflow runs over, this one included: 1 to 4.
    pub epochs: u8,
    /// Runway that no award may go below, in epochs.
    pub min_runway_epochs: u8,
    /// Share of the cap that one recipient may be awarded.
    pub max_recipient_bps: u16,
    /// Whether the breaker has tripped.
    pub tripped: bool,
}

/// What the risk rules leave for the awards of one epoch, in base units.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct RiskLimits {
    /// Most that one recipient may be awarded (rounded down).
    pub recipient_cap: u64,
    /// Most that all awards together may take with the runway still at its floor (rounded down).
    pub runway_room: u64,
    /// Most that the awards of each category may take below its exposure limit; no limit for
    /// operating ones.
    pub exposure_rooms: [u64; MAX_CATEGORIES],
    /// Free funds and what positions count for.
    pub treasury_value: u64,
    /// Whether no award may be funded at all.
    pub tripped: bool,
}

impl Standing {
    /// Base units neither promised nor set aside.
    pub fn free(&self) -> Option<u64> {
        self.tracked.checked_sub(self.committed)?.checked_sub(self.reserved)
    }

    /// R9: the sum of what positions count for, saturating.
    pub fn positions_value(&self) -> Option<u64> {
        let mut sum = 0u64;
        for (position, terms) in self.positions.iter().zip(&self.terms) {
            if terms.class.is_risk() {
                let value = position.value(terms, self.mark_age_secs, self.marks_judged_at)?;
                sum = sum.saturating_add(value);
            }
        }
        Some(sum)
    }

    /// R9, R10: what the awards of this epoch may take. `None` if more is promised or set aside than
    /// there is, or if shares above a whole overflow; positions and their marks cannot cause it.
    pub fn limits(&self) -> Option<RiskLimits> {
        let free = self.free()?;
        let treasury_value = free.saturating_add(self.positions_value()?);
        let mut exposure_rooms = [u64::MAX; MAX_CATEGORIES];
        for ((room, position), terms) in
            exposure_rooms.iter_mut().zip(&self.positions).zip(&self.terms)
        {
            if terms.class.is_risk() {
                let limit = share_floor(treasury_value, terms.exposure_limit_bps)?;
                *room = limit.saturating_sub(position.exposure()?);
            }
        }
        Some(RiskLimits {
            recipient_cap: share_floor(self.cap, self.max_recipient_bps)?,
            runway_room: self.runway_room(free)?,
            exposure_rooms,
            treasury_value,
            tripped: self.tripped,
        })
    }

    /// R10: the largest sum x of this epoch's awards with `free - x >= min_runway * mean outflow`,
    /// the mean taken over the previous epochs and this one: `floor((free * epochs - min_runway *
    /// previous) / (epochs + min_runway))`. As the mean includes the awards themselves, no settlement
    /// leaves a runway below the floor.
    fn runway_room(&self, free: u64) -> Option<u64> {
        if self.min_runway_epochs == 0 {
            return Some(u64::MAX);
        }
        let (epochs, floor) = (u64::from(self.epochs), u64::from(self.min_runway_epochs));
        let divisor = epochs.checked_add(floor)?;
        let narrow = (free.checked_mul(epochs), self.previous_outflow.checked_mul(floor));
        if let (Some(covered), Some(needed)) = narrow {
            return covered.saturating_sub(needed).checked_div(divisor);
        }
        let covered = u128::from(free).checked_mul(u128::from(epochs))?;
        let needed = u128::from(self.previous_outflow).checked_mul(u128::from(floor))?;
        let room = covered.saturating_sub(needed).checked_div(u128::from(divisor))?;
        u64::try_from(room).ok()
    }

    /// R10: runway in hundredths of an epoch with `awarded` base units awarded in this epoch;
    /// `u64::MAX` when nothing flows out.
    pub fn runway_centi(&self, awarded: u64) -> Option<u64> {
        let free = self.free()?.saturating_sub(awarded);
        let outflow = u128::from(self.previous_outflow).checked_add(u128::from(awarded))?;
        let covered = u128::from(free).checked_mul(u128::from(self.epochs))?.checked_mul(100)?;
        let Some(centi) = covered.checked_div(outflow) else { return Some(u64::MAX) };
        Some(u64::try_from(centi).unwrap_or(u64::MAX))
    }

    /// R11: tracked funds and what positions count for, saturating.
    pub fn net_asset_value(&self) -> Option<u64> {
        Some(self.tracked.saturating_add(self.positions_value()?))
    }
}

/// An ask that nobody has to have submitted.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct HypotheticalAsk {
    /// Base units.
    pub amount: u64,
    /// Category, below [`MAX_CATEGORIES`].
    pub category: u8,
    /// Base units awarded to the same recipient in this epoch already.
    pub recipient_awarded: u64,
    /// Base units awarded in this epoch already, by category.
    pub awarded: [u64; MAX_CATEGORIES],
}

/// What an ask would do to the treasury.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// The first limit that it does not fit, as settlement would report it.
    pub refused: Option<Reason>,
    /// Vault over everything promised, set aside and asked, in basis points (rounded down);
    /// `u64::MAX` when nothing is.
    pub coverage_bps: u64,
    /// Runway before it, in hundredths of an epoch; `u64::MAX` without outflow.
    pub runway_before_centi: u64,
    /// Runway after it, in hundredths of an epoch; `u64::MAX` without outflow.
    pub runway_after_centi: u64,
    /// Exposure of each category after it, in base units.
    pub exposure_after: [u64; MAX_CATEGORIES],
    /// Exposure limit of each category, in base units; `u64::MAX` for operating ones.
    pub exposure_limit: [u64; MAX_CATEGORIES],
    /// Share of the cap that its recipient would hold, in basis points (rounded down), at most
    /// `u16::MAX`.
    pub concentration_bps: u16,
    /// 0 to 100: the scarcest of what it leaves of cap, category, exposure, runway and recipient
    /// room, in hundredths (rounded down); 0 when it does not fit.
    pub score: u8,
}

/// R10: the assessment of an ask under the limits that settlement would apply. `None` on overflow or
/// for an unknown category.
pub fn assess(standing: &Standing, limits: &Limits, ask: &HypotheticalAsk) -> Option<Assessment> {
    let category = usize::from(ask.category);
    let mut before = 0u64;
    for awarded in ask.awarded {
        before = before.checked_add(awarded)?;
    }
    let in_category = *ask.awarded.get(category)?;
    let refused =
        limits.refuse(ask.amount, ask.category, before, in_category, ask.recipient_awarded)?;
    let after = before.saturating_add(ask.amount);
    let mut exposure_after = [0; MAX_CATEGORIES];
    let mut exposure_limit = [u64::MAX; MAX_CATEGORIES];
    for (index, terms) in standing.terms.iter().enumerate() {
        if terms.class.is_risk() {
            let own = if index == category { ask.amount } else { 0 };
            let awarded = ask.awarded.get(index)?.saturating_add(own);
            let exposure = standing.positions.get(index)?.exposure()?;
            *exposure_after.get_mut(index)? = exposure.saturating_add(awarded);
            *exposure_limit.get_mut(index)? =
                share_floor(limits.risk.treasury_value, terms.exposure_limit_bps)?;
        }
    }
    let promised = standing.committed.checked_add(standing.reserved)?.saturating_add(after);
    let recipient = ask.recipient_awarded.saturating_add(ask.amount);
    let category_after = in_category.saturating_add(ask.amount);
    let rooms = [
        (after, limits.cap),
        (category_after, *limits.category_caps.get(category)?),
        (category_after, *limits.risk.exposure_rooms.get(category)?),
        (after, limits.risk.runway_room),
        (recipient, limits.risk.recipient_cap),
    ];
    Some(Assessment {
        refused,
        coverage_bps: ratio(standing.tracked, promised, BPS),
        runway_before_centi: standing.runway_centi(before)?,
        runway_after_centi: standing.runway_centi(after)?,
        exposure_after,
        exposure_limit,
        concentration_bps: u16::try_from(ratio(recipient, limits.cap, BPS)).unwrap_or(u16::MAX),
        score: if refused.is_some() { 0 } else { score(&rooms)? },
    })
}

/// The least headroom of all, in hundredths: `floor(100 * (room - taken) / room)`.
fn score(rooms: &[(u64, u64)]) -> Option<u8> {
    let mut least = 100;
    for &(taken, room) in rooms {
        let left = room.saturating_sub(taken);
        let headroom = if room == 0 { 0 } else { mul_div_floor(left, 100, room)? };
        least = least.min(headroom);
    }
    u8::try_from(least).ok()
}

/// `floor(part * scale / whole)`, saturating; `u64::MAX` of nothing.
fn ratio(part: u64, whole: u64, scale: u64) -> u64 {
    if whole == 0 { u64::MAX } else { mul_div_floor(part, scale, whole).unwrap_or(u64::MAX) }
}

/// R11: whether `value` lies more than `max_drawdown_bps` below `high_water`: whether `value <
/// ceil(high_water * (10_000 - max_drawdown) / 10_000)`.
pub fn has_drawn_down(value: u64, high_water: u64, max_drawdown_bps: u16) -> bool {
    let kept = BPS.saturating_sub(u64::from(max_drawdown_bps));
    let kept = u16::try_from(kept).unwrap_or(0);
    crate::bps::share_ceil(high_water, kept).is_some_and(|least| value < least)
}

/// What came in and was awarded in the trailing epochs.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Trailing {
    /// Base units neither promised nor rewarded yet: tracked less committed.
    pub uncommitted: u64,
    /// Base units awarded.
    pub outflow: u64,
    /// Base units received.
    pub inflow: u64,
    /// Epochs that both run over; 0 before the first.
    pub epochs: u8,
}

/// R11: whether awards exceed 150 % of what came in while the runway is below its floor.
///
/// Settlement leaves no runway below the floor, so awards, and rewards set aside within
/// [`RiskLimits::runway_room`], never make this hold; a floor that a vote raised does.
pub fn is_draining(trailing: &Trailing, min_runway_epochs: u8) -> bool {
    let Trailing { uncommitted, outflow, inflow, epochs } = *trailing;
    let (outflow, inflow) = (u128::from(outflow), u128::from(inflow));
    let exceeds = outflow.saturating_mul(2) > inflow.saturating_mul(3);
    let covered = u128::from(uncommitted).saturating_mul(u128::from(epochs));
    exceeds && covered < outflow.saturating_mul(u128::from(min_runway_epochs))
}
