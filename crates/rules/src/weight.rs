//! R1: what a stake weighs.

use crate::bps::{BPS, mul_div_floor};

/// The most the bracket of R1 may reach: a stake weighs at most three times its amount.
pub const MAX_BRACKET_BPS: u64 = 30_000;

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

/// R1: `floor(amount * (10_000 + bonus) / 10_000)` in base units of the stake mint, the bracket at
/// most [`MAX_BRACKET_BPS`].
///
/// `amount` is what is staked and not cooling down. `None` if the weight exceeds `u64`.
pub fn weight(amount: u64, lock_bonus_bps: u16) -> Option<u64> {
    let bracket = BPS.checked_add(u64::from(lock_bonus_bps))?.min(MAX_BRACKET_BPS);
    mul_div_floor(amount, bracket, BPS)
}
