//! R1 weight
//! ├── lock bonus: zero at the minimum, full at the maximum, clamped outside, rounded down
//! └── weight: rounded down, both bonuses in one bracket, capped at three times the amount, monotone

use budget_rules::weight::{LockTerms, lock_bonus_bps, weight};
use proptest::prelude::*;

const DAY: u32 = 86_400;
const TERMS: LockTerms = LockTerms { min_secs: 7 * DAY, max_secs: 180 * DAY, bonus_bps: 5_000 };

#[test]
fn bonus_at_the_bounds() {
    for (lock, bonus) in [
        (0, 0),
        (7 * DAY - 1, 0),
        (7 * DAY, 0),
        (7 * DAY + 1, 0),
        (93 * DAY + DAY / 2, 2_500),
        (180 * DAY - 1, 4_999),
        (180 * DAY, 5_000),
        (180 * DAY + 1, 5_000),
        (u32::MAX, 5_000),
    ] {
        assert_eq!(lock_bonus_bps(lock, &TERMS), Some(bonus), "lock of {lock} s");
    }
}

#[test]
fn no_choice_no_bonus() {
    let terms = LockTerms { max_secs: TERMS.min_secs, ..TERMS };
    for lock in [0, terms.min_secs, u32::MAX] {
        assert_eq!(lock_bonus_bps(lock, &terms), Some(0));
    }
}

#[test]
fn contradictory_terms_are_refused() {
    let terms = LockTerms { max_secs: TERMS.min_secs - 1, ..TERMS };
    assert_eq!(lock_bonus_bps(TERMS.min_secs, &terms), None);
}

#[test]
fn weight_at_the_bounds() {
    for (amount, bonus, expected) in [
        (0, u16::MAX, Some(0)),
        (1, 0, Some(1)),
        (1, 9_999, Some(1)),
        (1, 10_000, Some(2)),
        (3, 5_000, Some(4)),
        (100, 20_000, Some(300)),
        (100, 20_001, Some(300)),
        (100, u16::MAX, Some(300)),
        (u64::MAX, 0, Some(u64::MAX)),
        (u64::MAX, 1, None),
        (u64::MAX / 3, 20_000, Some(u64::MAX)),
        (u64::MAX / 3 + 1, 20_000, None),
    ] {
        assert_eq!(weight(amount, bonus, 0), expected, "{amount} + {bonus} bps of lock");
        assert_eq!(weight(amount, 0, bonus), expected, "{amount} + {bonus} bps of streak");
    }
}

#[test]
fn both_bonuses_share_one_bracket() {
    for (amount, lock, streak, expected) in [
        (100, 5_000, 2_000, 170),
        (1, 5_000, 4_999, 1),
        (1, 5_000, 5_000, 2), // rounded once, not per bonus
        (100, 10_000, 9_900, 299),
        (100, 10_000, 10_000, 300),
        (100, 10_000, 10_100, 300),
        (100, u16::MAX, u16::MAX, 300),
    ] {
        assert_eq!(weight(amount, lock, streak), Some(expected), "{amount} + {lock} + {streak}");
    }
}

fn terms() -> impl Strategy<Value = LockTerms> {
    (any::<u32>(), any::<u32>(), any::<u16>()).prop_map(|(a, b, bonus_bps)| LockTerms {
        min_secs: a.min(b),
        max_secs: a.max(b),
        bonus_bps,
    })
}

proptest! {
    #[test]
    fn bonus_is_monotone_in_the_lock_and_bounded(
        terms in terms(), a in any::<u32>(), b in any::<u32>(),
    ) {
        let bonus = |lock| lock_bonus_bps(lock, &terms).unwrap();
        prop_assert!(bonus(a.min(b)) <= bonus(a.max(b)));
        prop_assert!(bonus(a.max(b)) <= terms.bonus_bps);
        prop_assert_eq!(bonus(terms.min_secs), 0);
        if terms.min_secs < terms.max_secs {
            prop_assert_eq!(bonus(terms.max_secs), terms.bonus_bps);
        }
    }

    #[test]
    fn bonus_is_the_floor_of_the_line(terms in terms(), at in 0.0..=1.0f64) {
        let range = terms.max_secs - terms.min_secs;
        prop_assume!(range > 0);
        let into = (f64::from(range) * at) as u32;
        let exact = u128::from(terms.bonus_bps) * u128::from(into);
        let bonus = u128::from(lock_bonus_bps(terms.min_secs + into, &terms).unwrap());
        prop_assert!(bonus * u128::from(range) <= exact);
        prop_assert!(exact < (bonus + 1) * u128::from(range));
    }

    #[test]
    fn weight_is_monotone_and_within_three_times_the_amount(
        a in 0..u64::MAX / 3, b in 0..u64::MAX / 3, x in any::<u16>(), y in any::<u16>(),
        other in any::<u16>(),
    ) {
        let (small, large) = (a.min(b), a.max(b));
        let (less, more) = (x.min(y), x.max(y));
        for streak in [0, other] {
            let weight = |amount, lock| weight(amount, lock, streak).unwrap();
            prop_assert!(weight(small, less) <= weight(large, less));
            prop_assert!(weight(large, less) <= weight(large, more));
            prop_assert!(weight(large, less) >= large);
            prop_assert!(weight(large, more) <= 3 * large);
        }
        for lock in [0, other] {
            prop_assert!(weight(large, lock, less).unwrap() <= weight(large, lock, more).unwrap());
        }
    }

    #[test]
    fn weight_is_the_floor_of_the_capped_bracket(
        amount in any::<u64>(), shift in 0u32..64, lock in 0u16..=20_000, streak in any::<u16>(),
    ) {
        let amount = amount >> shift;
        let bracket = (10_000 + u128::from(lock) + u128::from(streak)).min(30_000);
        let exact = u128::from(amount) * bracket;
        match weight(amount, lock, streak) {
            Some(weight) => {
                let weight = u128::from(weight);
                prop_assert!(weight * 10_000 <= exact && exact < (weight + 1) * 10_000);
            }
            None => prop_assert!(exact >= (u128::from(u64::MAX) + 1) * 10_000),
        }
    }

    #[test]
    fn splitting_a_stake_gains_nothing(
        a in 0..u64::MAX / 6, b in 0..u64::MAX / 6, bonus in any::<u16>(), streak in any::<u16>(),
    ) {
        for streak in [0, streak] {
            let weight = |amount| weight(amount, bonus, streak).unwrap();
            prop_assert!(weight(a) + weight(b) <= weight(a + b));
        }
    }
}
