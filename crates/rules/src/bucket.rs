//! R11: how fast claims may leave the vault.
//!
//! A token bucket: it fills at a constant rate up to its capacity, claims take from it. The
//! remainder of every refill is kept, so a thousand small refills add up to exactly one large one
//! and nobody slows it down by touching it.

use crate::bps::mul_div_floor;

/// How large a bucket is and how fast it fills. Requires `window_secs > 0`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Base units that fit, and that flow in per window.
    pub capacity: u64,
    /// Seconds in which an empty bucket fills.
    pub window_secs: u32,
}

/// What may leave at once. `level <= capacity`, `remainder < window_secs`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Base units that may leave now.
    pub level: u64,
    /// Base units times seconds that the last refill could not turn into a whole base unit.
    pub remainder: u64,
    /// Unix seconds of the last refill.
    pub at: i64,
}

impl Bucket {
    /// A bucket filled at `now`.
    pub fn full(flow: &Flow, now: i64) -> Self {
        Self { level: flow.capacity, remainder: 0, at: now }
    }

    /// The bucket at `now`: `level + floor((capacity * seconds + remainder) / window)`, at most the
    /// capacity. A clock that stands or runs back adds nothing.
    ///
    /// `None` if the window is zero.
    pub fn refill(self, flow: &Flow, now: i64) -> Option<Self> {
        let window = u64::from(flow.window_secs);
        // No window is a contradiction, not an endless flow.
        let per_second = flow.capacity.checked_div(window)?;
        let elapsed = u64::try_from(now.saturating_sub(self.at)).unwrap_or(0);
        if elapsed == 0 {
            return Some(self);
        }
        if elapsed >= window {
            return Some(Self::full(flow, now));
        }
        // Split so that no product leaves 64 bits: both factors of the second are below 2^32.
        let whole = per_second.checked_mul(elapsed)?;
        let rest = flow.capacity.checked_rem(window)?.checked_mul(elapsed)?;
        let rest = rest.checked_add(self.remainder)?;
        let gained = whole.checked_add(rest.checked_div(window)?)?;
        let level = self.level.saturating_add(gained);
        if level >= flow.capacity {
            return Some(Self::full(flow, now));
        }
        Some(Self { level, remainder: rest.checked_rem(window)?, at: now })
    }

    /// The bucket after `amount` left. What P4 makes it pay beyond its level is not owed later.
    pub fn take(self, amount: u64) -> Self {
        Self { level: self.level.saturating_sub(amount), ..self }
    }

    /// The bucket under another flow from `now` on: what it holds stays, the remainder included, as
    /// far as it fits. The capacity follows the vault's balance, so this is as frequent as a refill
    /// and must lose as little. `None` as in [`Self::refill`].
    pub fn resize(self, old: &Flow, new: &Flow, now: i64) -> Option<Self> {
        let filled = self.refill(old, now)?;
        if filled.level >= new.capacity {
            return Some(Self { at: filled.at, ..Self::full(new, now) });
        }
        let (old, new) = (u64::from(old.window_secs), u64::from(new.window_secs));
        Some(Self { remainder: mul_div_floor(filled.remainder, new, old)?, ..filled })
    }
}

/// R11: base units that a claim of `claimable` pays when the bucket holds `level` and `overdue` of
/// them had been released for the longest delay that P4 allows: `max(min(claimable, level),
/// overdue)`, never more than `claimable`.
pub fn payout(claimable: u64, level: u64, overdue: u64) -> u64 {
    claimable.min(level.max(overdue))
}
