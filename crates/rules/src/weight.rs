//! R1: what a stake weighs.

use crate::{
    bps::{BPS, mul_div_floor},
    snapshot::NEVER,
};

/// The most the bracket of R1 may reach: a stake weighs at most three times its amount.
pub const MAX_BRACKET_BPS: u64 = 30_000;

/// How many of the latest epochs the streak bonus looks at.
pub const STREAK_EPOCHS: u32 = 8;

/// How a treasury rewards long cool-downs. Requires `min_secs <= max_secs`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct LockTerms {
    /// Seconds. The shortest cool-down a staker may choose; earns no bonus.
    pub min_secs: u32,
    /// Seconds. The longest cool-down; earns all of `bonus_bps`.
    pub max_secs: u32,
    /// Basis points of the amount that the longest cool-down adds to the weight.
    pub bonus_bps: u16,
}

/// R1: bonus in basis points for a cool-down of `lock_secs`, `floor(bonus * (lock - min) /
/// (max - min))`; zero when there is nothing to choose (`min == max`).
///
/// A lock outside the bounds counts as the nearest bound: a policy change may leave older locks
/// behind. `None` if the terms are contradictory (`min > max`).
pub fn lock_bonus_bps(lock_secs: u32, terms: &LockTerms) -> Option<u16> {
    let range = terms.max_secs.checked_sub(terms.min_secs)?;
    if range == 0 {
        return Some(0);
    }
    let chosen = lock_secs.saturating_sub(terms.min_secs).min(range);
    let bonus = mul_div_floor(u64::from(terms.bonus_bps), u64::from(chosen), u64::from(range))?;
    u16::try_from(bonus).ok()
}

/// How much of a stake took part in each of the last [`STREAK_EPOCHS`] epochs it took part in.
///
/// A share per epoch and not a bit: tokens added later did not take part, so they dilute what the
/// older ones earned, and a streak cannot be bred with one token and then filled up.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Participation {
    /// Newest epoch noted, or [`NEVER`].
    pub latest: u32,
    /// Basis points of the present stake that took part, at `epoch % 8`. Slots stand for the eight
    /// epochs up to `latest`.
    pub shares: [u16; 8],
}

impl Participation {
    /// A stake that never took part.
    pub const NONE: Self = Self { latest: NEVER, shares: [0; 8] };

    /// The record after `share_bps` (at most 10,000) of the stake took part in `epoch`. Epochs may
    /// come in any order and give the same result; those eight or more before the newest are past
    /// counting. An epoch noted twice keeps the larger share.
    ///
    /// `None` if `epoch` is [`NEVER`].
    pub fn note(mut self, epoch: u32, share_bps: u16) -> Option<Self> {
        if epoch == NEVER {
            return None;
        }
        let share = share_bps.min(10_000);
        if self.latest == NEVER {
            self = Self { latest: epoch, shares: [0; 8] };
        } else if epoch > self.latest {
            let skipped = epoch.checked_sub(self.latest)?.min(STREAK_EPOCHS);
            for behind in 0..skipped {
                *self.slot(epoch.checked_sub(behind)?)? = 0;
            }
            self.latest = epoch;
        } else if self.latest.checked_sub(epoch)? >= STREAK_EPOCHS {
            return Some(self);
        }
        let slot = self.slot(epoch)?;
        *slot = share.max(*slot);
        Some(self)
    }

    /// The record after the stake grew from `old` to `new` base units: every share shrinks to
    /// `floor(share * old / new)`. A stake that shrinks keeps its shares.
    pub fn dilute(mut self, old: u64, new: u64) -> Option<Self> {
        if new > old && self.latest != NEVER {
            for share in &mut self.shares {
                if *share > 0 {
                    *share = u16::try_from(mul_div_floor(u64::from(*share), old, new)?).ok()?;
                }
            }
        }
        Some(self)
    }

    /// Mean share over the last eight settled epochs, rounded down, in basis points; epochs
    /// `settled_epochs - 8 .. settled_epochs` count, those before the treasury's first as missed.
    pub fn streak_bps(&self, settled_epochs: u32) -> u16 {
        if self.latest == NEVER {
            return 0;
        }
        let mut sum = 0u32;
        for behind in 0..STREAK_EPOCHS {
            let Some(epoch) = self.latest.checked_sub(behind) else { break };
            if epoch < settled_epochs && settled_epochs.saturating_sub(epoch) <= STREAK_EPOCHS {
                let share = usize::try_from(epoch % STREAK_EPOCHS).ok();
                let share = share.and_then(|slot| self.shares.get(slot)).copied().unwrap_or(0);
                sum = sum.saturating_add(u32::from(share));
            }
        }
        u16::try_from(sum.checked_div(STREAK_EPOCHS).unwrap_or(0)).unwrap_or(0)
    }

    /// Whether the stake took part in `epoch`, as far back as this record reaches.
    pub fn took_part(&self, epoch: u32) -> bool {
        let Some(behind) = self.latest.checked_sub(epoch) else { return false };
        let share = usize::try_from(epoch % STREAK_EPOCHS).ok();
        let share = share.and_then(|slot| self.shares.get(slot)).copied().unwrap_or(0);
        self.latest != NEVER && behind < STREAK_EPOCHS && share > 0
    }

    fn slot(&mut self, epoch: u32) -> Option<&mut u16> {
        self.shares.get_mut(usize::try_from(epoch % STREAK_EPOCHS).ok()?)
    }
}

/// R1: bonus in basis points for a streak, `floor(bonus * streak / 10_000)`.
pub fn streak_bonus_bps(streak_bps: u16, bonus_bps: u16) -> Option<u16> {
    u16::try_from(mul_div_floor(u64::from(bonus_bps), u64::from(streak_bps), BPS)?).ok()
}

/// R1: `floor(amount * (10_000 + lock bonus + streak bonus) / 10_000)` in base units of the stake
/// mint, the bracket at most [`MAX_BRACKET_BPS`].
///
/// `amount` is what is staked and not cooling down. `None` if the weight exceeds `u64`.
pub fn weight(amount: u64, lock_bonus_bps: u16, streak_bonus_bps: u16) -> Option<u64> {
    let bonus = u64::from(lock_bonus_bps).checked_add(u64::from(streak_bonus_bps))?;
    let bracket = BPS.checked_add(bonus)?.min(MAX_BRACKET_BPS);
    mul_div_floor(amount, bracket, BPS)
}
