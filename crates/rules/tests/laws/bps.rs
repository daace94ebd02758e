//! bps
//! ├── mul_div: zero divisor, exact, rounding, overflow at each of the three paths
//! └── share: rounds the way it says, above a whole too

use budget_rules::bps::{BPS, mul_div_ceil, mul_div_floor, share_ceil, share_floor};
use proptest::prelude::*;

const MAX: u64 = u64::MAX;

fn floor(a: u64, b: u64, d: u64) -> Option<u64> {
    let product = u128::from(a) * u128::from(b);
    u64::try_from(product.checked_div(u128::from(d))?).ok()
}

fn ceil(a: u64, b: u64, d: u64) -> Option<u64> {
    let (product, d) = (u128::from(a) * u128::from(b), u128::from(d));
    let quotient = product.checked_div(d)?;
    u64::try_from(quotient + u128::from(quotient * d < product)).ok()
}

#[test]
fn nothing_is_divided_by_zero() {
    for (a, b) in [(0, 0), (1, 1), (MAX, MAX), (MAX, 0)] {
        assert_eq!(mul_div_floor(a, b, 0), None);
        assert_eq!(mul_div_ceil(a, b, 0), None);
    }
}

#[test]
fn rounding_goes_the_way_the_name_says() {
    for (a, b, d, down, up) in [
        (0, 5, 3, 0, 0),
        (1, 1, 3, 0, 1),
        (2, 3, 3, 2, 2),
        (7, 3, 2, 10, 11),
        (MAX, 1, 2, MAX / 2, MAX / 2 + 1),
        (MAX, MAX, MAX, MAX, MAX),
        (MAX, MAX - 1, MAX, MAX - 1, MAX - 1),
        (MAX - 1, MAX - 1, MAX, MAX - 2, MAX - 1),
    ] {
        assert_eq!(mul_div_floor(a, b, d), Some(down), "{a} * {b} / {d}");
        assert_eq!(mul_div_ceil(a, b, d), Some(up), "{a} * {b} / {d}");
    }
}

#[test]
fn a_result_beyond_64_bits_is_refused() {
    assert_eq!(mul_div_floor(MAX, 2, 1), None);
    assert_eq!(mul_div_ceil(MAX, 2, 1), None);
    assert_eq!(mul_div_floor(MAX, MAX, MAX - 1), None);
    assert_eq!(mul_div_floor(MAX, 10_001, BPS), None);
}

#[test]
fn ceil_alone_may_overflow() {
    // products just above (2^64 - 1) * d, one for each path beyond 64 bits
    for (a, b, d) in [
        (15_372_286_728_091_293_013, 6, 5),
        (15_278_678_798_020_829_321, 1_327_497_611_004, 1_099_511_627_777),
        (MAX - 3, MAX - 2, MAX - 5),
    ] {
        assert_eq!(mul_div_floor(a, b, d), Some(MAX), "{a} * {b} / {d}");
        assert_eq!(mul_div_ceil(a, b, d), None, "{a} * {b} / {d}");
    }
}

#[test]
fn shares_of_the_extremes() {
    assert_eq!(share_floor(MAX, 10_000), Some(MAX));
    assert_eq!(share_ceil(MAX, 10_000), Some(MAX));
    assert_eq!(share_floor(MAX, 10_001), None);
    assert_eq!(share_ceil(MAX, 10_001), None);
    assert_eq!(share_floor(9_999, 1), Some(0));
    assert_eq!(share_floor(10_000, 1), Some(1));
    assert_eq!(share_ceil(1, 1), Some(1));
    assert_eq!(share_ceil(10_001, 1), Some(2));
    assert_eq!(share_ceil(0, u16::MAX), Some(0));
    assert_eq!(share_ceil(MAX, 0), Some(0));
}

/// Factors of every size, so that each path through the helpers is taken.
fn any_size() -> impl Strategy<Value = u64> {
    (any::<u64>(), 0u32..64).prop_map(|(value, shift)| value >> shift)
}

proptest! {
    #[test]
    fn mul_div_is_exact(a in any_size(), b in any_size(), d in any_size()) {
        prop_assert_eq!(mul_div_floor(a, b, d), floor(a, b, d));
        prop_assert_eq!(mul_div_ceil(a, b, d), ceil(a, b, d));
    }

    #[test]
    fn mul_div_is_exact_where_the_result_just_fits(a in any_size(), b in any_size(), off in 0u64..3) {
        // a * b / d close to 2^64
        let product = u128::from(a) * u128::from(b);
        let d = u64::try_from(product >> 64).unwrap().saturating_add(off);
        prop_assert_eq!(mul_div_floor(a, b, d), floor(a, b, d));
        prop_assert_eq!(mul_div_ceil(a, b, d), ceil(a, b, d));
    }

    #[test]
    fn shares_are_exact(amount in any_size(), bps in any::<u16>()) {
        prop_assert_eq!(share_floor(amount, bps), floor(amount, u64::from(bps), BPS));
        prop_assert_eq!(share_ceil(amount, bps), ceil(amount, u64::from(bps), BPS));
    }
}
