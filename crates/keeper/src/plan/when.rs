//! When something that stays true once it is true becomes true.

/// Ten years, in seconds: longer than any stream, hold or delay.
pub(super) const HORIZON_SECS: i64 = 3_653 * 86_400;

/// The first second in `(after, after + HORIZON_SECS]` at which `holds`; nothing if it does not even
/// at the end. `holds` must not become false again.
pub(super) fn first_after(after: i64, holds: impl Fn(i64) -> bool) -> Option<i64> {
    first_in(after, after.checked_add(HORIZON_SECS)?, holds)
}

/// The same in `(after, until]`.
pub(super) fn first_in(after: i64, until: i64, holds: impl Fn(i64) -> bool) -> Option<i64> {
    if until <= after || !holds(until) {
        return None;
    }
    let (mut not_yet, mut already) = (after, until);
    while already - not_yet > 1 {
        let middle = not_yet + (already - not_yet) / 2;
        if holds(middle) {
            already = middle;
        } else {
            not_yet = middle;
        }
    }
    Some(already)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_second_is_found_wherever_it_lies() {
        for first in [101, 102, 177, 199, 200] {
            assert_eq!(first_in(100, 200, |at| at >= first), Some(first));
        }
        assert_eq!(first_in(100, 200, |at| at > 200), None);
        assert_eq!(first_in(100, 100, |_| true), None);
        assert_eq!(first_after(0, |at| at >= HORIZON_SECS), Some(HORIZON_SECS));
        assert_eq!(first_after(i64::MAX - 5, |_| true), None);
    }
}
