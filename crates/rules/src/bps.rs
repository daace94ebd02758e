//! Shares of amounts, exact and rounded the way the name says.
//!
//! Division of 128-bit integers is a software routine on SBF, hundreds of instructions long, so
//! every helper first tries to stay within 64 bits. A checked 64-bit product is one of 128 bits there,
//! so factors that cannot overflow are told apart by their size first.

/// Basis points in a whole.
pub const BPS: u64 = 10_000;

/// `floor(a * b / d)`, exact. `None` if `d` is zero or the result exceeds `u64`.
pub fn mul_div_floor(a: u64, b: u64, d: u64) -> Option<u64> {
    if let Some(product) = product(a, b) {
        return product.checked_div(d);
    }
    let (whole, rest) = split(a, b, d)?;
    match product(rest, b) {
        Some(product) => whole.checked_add(product.checked_div(d)?),
        None => {
            let part = wide(rest, b).checked_div(u128::from(d))?;
            whole.checked_add(u64::try_from(part).ok()?)
        }
    }
}

/// `ceil(a * b / d)`, exact. `None` if `d` is zero or the result exceeds `u64`.
pub fn mul_div_ceil(a: u64, b: u64, d: u64) -> Option<u64> {
    if let Some(product) = product(a, b) {
        return div_ceil(product, d);
    }
    let (whole, rest) = split(a, b, d)?;
    match product(rest, b) {
        Some(product) => whole.checked_add(div_ceil(product, d)?),
        None => {
            // `rest * b` is at most `(d - 1) * (2^64 - 1)`: adding `d - 1` stays below 2^128.
            let nudged = wide(rest, b).checked_add(u128::from(d.checked_sub(1)?))?;
            let part = nudged.checked_div(u128::from(d))?;
            whole.checked_add(u64::try_from(part).ok()?)
        }
    }
}

/// `floor(amount * bps / 10_000)`; `bps` may exceed a whole. `None` if the result exceeds `u64`.
pub fn share_floor(amount: u64, bps: u16) -> Option<u64> {
    let (whole, rest) = split(amount, u64::from(bps), BPS)?;
    // `rest < 10_000` and `bps < 2^16`: far from overflow.
    whole.checked_add(product(rest, u64::from(bps))?.checked_div(BPS)?)
}

/// `ceil(amount * bps / 10_000)`; `bps` may exceed a whole. `None` if the result exceeds `u64`.
pub fn share_ceil(amount: u64, bps: u16) -> Option<u64> {
    let (whole, rest) = split(amount, u64::from(bps), BPS)?;
    whole.checked_add(div_ceil(product(rest, u64::from(bps))?, BPS)?)
}

/// `a * b / d` as `(a / d) * b`, an integer, and the remainder `a % d` still to be multiplied by
/// `b` and divided: the product of the remainder is the smaller one and mostly fits 64 bits.
fn split(a: u64, b: u64, d: u64) -> Option<(u64, u64)> {
    let whole = product(a.checked_div(d)?, b)?;
    Some((whole, a.checked_rem(d)?))
}

/// `a * b`; `None` beyond 64 bits.
#[inline(always)]
fn product(a: u64, b: u64) -> Option<u64> {
    const SMALL: u64 = 1 << 16;
    const LARGE: u64 = 1 << 48;
    const HALF: u64 = 1 << 32;
    if (a < LARGE && b < SMALL) || (a < HALF && b < HALF) {
        return Some(a.wrapping_mul(b));
    }
    a.checked_mul(b)
}

fn div_ceil(product: u64, d: u64) -> Option<u64> {
    match product.checked_sub(1) {
        None if d == 0 => None,
        None => Some(0),
        Some(below) => below.checked_div(d)?.checked_add(1),
    }
}

/// The full product; two 64-bit factors cannot overflow 128 bits.
fn wide(a: u64, b: u64) -> u128 {
    u128::from(a).wrapping_mul(u128::from(b))
}
