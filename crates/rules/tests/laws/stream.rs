//! R7 stream
//! ├── parts: cumulative floor, equal in time, sum exactly
//! ├── released: before the start, around cliff, parts and end
//! └── laws: monotone, bounded, often = once, exact at the end, cancel conserves

use budget_rules::stream::{
    MAX_CHECKPOINTS, Terms, cancel, claimable, part_amount, part_start_secs, released,
};
use proptest::prelude::*;

const TERMS: Terms = Terms { total: 1_000, duration_secs: 300, cliff_secs: 0, checkpoints: 2 };

#[test]
fn parts_by_cumulative_floor() {
    assert_eq!([0, 1, 2].map(|part| part_amount(1_000, 2, part)), [333, 333, 334].map(Some));
    assert_eq!([0, 1, 2].map(|part| part_amount(2, 2, part)), [0, 1, 1].map(Some));
    assert_eq!(part_amount(7, 0, 0), Some(7));
    assert_eq!(part_amount(u64::MAX, 0, 0), Some(u64::MAX));
    assert_eq!(part_amount(1_000, 2, 3), None);
    assert_eq!(part_amount(1_000, 2, u8::MAX), None);
}

#[test]
fn part_starts() {
    let starts = [0, 1, 2, 3].map(|part| part_start_secs(100, 2, part));
    assert_eq!(starts, [0, 33, 66, 100].map(Some));
    assert_eq!(part_start_secs(100, 2, 4), None);
    assert_eq!(part_start_secs(u32::MAX, 12, 13), Some(u32::MAX));
}

#[test]
fn too_many_checkpoints_are_refused() {
    let terms = Terms { checkpoints: MAX_CHECKPOINTS + 1, ..TERMS };
    assert_eq!(released(&terms, 5), None);
    assert_eq!(part_amount(5, MAX_CHECKPOINTS + 1, 0), None);
    assert_eq!(part_start_secs(5, u8::MAX, 0), None);
    assert!(released(&Terms { checkpoints: MAX_CHECKPOINTS, ..TERMS }, 5).is_some());
}

#[test]
fn released_around_the_boundaries() {
    for (elapsed, expected) in [
        (i64::MIN, 0),
        (-1, 0),
        (0, 0),
        (1, 3),
        (99, 329), // floor(333 * 99 / 100)
        (100, 333),
        (101, 336),
        (200, 666),
        (299, 996), // 666 + floor(334 * 99 / 100)
        (300, 1_000),
        (301, 1_000),
        (i64::MAX, 1_000),
    ] {
        assert_eq!(released(&TERMS, elapsed), Some(expected), "after {elapsed} s");
    }
}

#[test]
fn nothing_before_the_cliff_and_all_of_it_after() {
    let terms = Terms { cliff_secs: 150, ..TERMS };
    for (elapsed, expected) in [(149, 0), (150, 499), (151, 502), (300, 1_000)] {
        assert_eq!(released(&terms, elapsed), Some(expected), "after {elapsed} s");
    }
    let at_end = Terms { cliff_secs: 300, ..TERMS };
    assert_eq!(released(&at_end, 299), Some(0));
    assert_eq!(released(&at_end, 300), Some(1_000));
    let beyond = Terms { cliff_secs: 301, ..TERMS };
    for elapsed in [-1, 0, 300, 400] {
        assert_eq!(released(&beyond, elapsed), None);
    }
}

#[test]
fn a_stream_without_length_is_released_at_its_start() {
    let terms = Terms { duration_secs: 0, ..TERMS };
    assert_eq!(released(&terms, -1), Some(0));
    assert_eq!(released(&terms, 0), Some(1_000));
}

#[test]
fn more_withdrawn_than_released_is_refused() {
    assert_eq!(claimable(&TERMS, 100, 332), Some(1));
    assert_eq!(claimable(&TERMS, 100, 333), Some(0));
    assert_eq!(claimable(&TERMS, 100, 334), None);
}

#[test]
fn cancelling_keeps_what_is_released() {
    assert_eq!(cancel(&TERMS, -5), Some((0, 1_000)));
    assert_eq!(cancel(&TERMS, 100), Some((333, 667)));
    assert_eq!(cancel(&TERMS, 300), Some((1_000, 0)));
}

/// R7 told part by part: add up what has finished, then the share of the part under way.
fn reference(terms: &Terms, elapsed: i64) -> u64 {
    if elapsed < 0 || (elapsed < i64::from(terms.cliff_secs)) {
        return 0;
    }
    let mut sum = 0;
    for part in 0..=terms.checkpoints {
        let amount = part_amount(terms.total, terms.checkpoints, part).unwrap();
        let edge = |part| {
            i64::from(part_start_secs(terms.duration_secs, terms.checkpoints, part).unwrap())
        };
        let (start, end) = (edge(part), edge(part + 1));
        sum += if elapsed >= end {
            amount
        } else if elapsed > start {
            let exact = i128::from(amount) * i128::from(elapsed - start) / i128::from(end - start);
            u64::try_from(exact).unwrap()
        } else {
            0
        };
    }
    sum
}

fn terms() -> impl Strategy<Value = Terms> {
    let total = prop_oneof![0u64..100, any::<u64>()];
    let duration = prop_oneof![0u32..40, 86_400u32..=4 * 366 * 86_400, any::<u32>()];
    (total, duration, 0..=MAX_CHECKPOINTS, prop_oneof![Just(0.0), 0.0..=1.0f64]).prop_map(
        |(total, duration_secs, checkpoints, cliff)| Terms {
            total,
            duration_secs,
            cliff_secs: (f64::from(duration_secs) * cliff) as u32,
            checkpoints,
        },
    )
}

/// Moments during the stream, some outside, some at the edges of parts.
fn moment(terms: &Terms, at: u16, off: i64) -> i64 {
    let duration = i64::from(terms.duration_secs);
    if at.is_multiple_of(3) {
        let part = u8::try_from(at % (u16::from(terms.checkpoints) + 2)).unwrap();
        let edge = part_start_secs(duration.try_into().unwrap(), terms.checkpoints, part);
        return i64::from(edge.unwrap()) + off;
    }
    duration * i64::from(at) / 60_000 + off
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn parts_sum_exactly_to_the_total(total in any::<u64>(), checkpoints in 0..=MAX_CHECKPOINTS) {
        let parts = (0..=checkpoints).map(|part| part_amount(total, checkpoints, part).unwrap());
        let (least, most) = (parts.clone().min().unwrap(), parts.clone().max().unwrap());
        prop_assert_eq!(parts.sum::<u64>(), total);
        prop_assert!(most - least <= 1);
    }

    #[test]
    fn parts_cover_the_duration(duration in any::<u32>(), checkpoints in 0..=MAX_CHECKPOINTS) {
        let start = |part| part_start_secs(duration, checkpoints, part).unwrap();
        prop_assert_eq!((start(0), start(checkpoints + 1)), (0, duration));
        let lengths = (0..=checkpoints).map(|part| start(part + 1) - start(part));
        prop_assert!(lengths.clone().max().unwrap() - lengths.min().unwrap() <= 1);
    }

    #[test]
    fn released_agrees_with_the_part_by_part_account(
        terms in terms(), at in any::<u16>(), off in -2i64..=2,
    ) {
        let elapsed = moment(&terms, at, off);
        prop_assert_eq!(released(&terms, elapsed), Some(reference(&terms, elapsed)));
    }

    #[test]
    fn released_is_monotone_bounded_and_exact_at_the_end(
        terms in terms(), a in any::<u16>(), b in any::<u16>(), off in -2i64..=2,
    ) {
        let (a, b) = (moment(&terms, a, off), moment(&terms, b, off));
        let (early, late) = (released(&terms, a.min(b)), released(&terms, a.max(b)));
        prop_assert!(early.unwrap() <= late.unwrap());
        prop_assert!(late.unwrap() <= terms.total);
        let end = i64::from(terms.duration_secs);
        prop_assert_eq!(released(&terms, end), Some(terms.total));
        prop_assert_eq!(released(&terms, end + off.abs()), Some(terms.total));
    }

    #[test]
    fn at_the_edge_of_a_part_exactly_the_finished_parts_are_released(
        terms in terms(), pick in any::<u8>(),
    ) {
        // below one second per part, parts of no length end where they begin
        let duration_secs = terms.duration_secs.max(u32::from(MAX_CHECKPOINTS) + 1);
        let terms = Terms { cliff_secs: 0, duration_secs, ..terms };
        let part = pick % (terms.checkpoints + 1);
        let start = part_start_secs(terms.duration_secs, terms.checkpoints, part).unwrap();
        let finished = (0..part).map(|k| part_amount(terms.total, terms.checkpoints, k).unwrap());
        prop_assert_eq!(released(&terms, i64::from(start)), Some(finished.sum()));
    }

    #[test]
    fn claiming_often_is_claiming_once(
        terms in terms(), mut times in prop::collection::vec(any::<u16>(), 1..20),
    ) {
        times.sort_unstable_by_key(|&at| moment(&terms, at, 0));
        let mut withdrawn = 0;
        for &at in &times {
            withdrawn += claimable(&terms, moment(&terms, at, 0), withdrawn).unwrap();
        }
        let last = moment(&terms, *times.last().unwrap(), 0);
        prop_assert_eq!(Some(withdrawn), claimable(&terms, last, 0));
    }

    #[test]
    fn cancelling_conserves(terms in terms(), claim in any::<u16>(), stop in any::<u16>()) {
        let (claim, stop) = (moment(&terms, claim, 0), moment(&terms, stop, 0));
        let withdrawn = claimable(&terms, claim.min(stop), 0).unwrap();
        let (kept, returned) = cancel(&terms, stop).unwrap();
        prop_assert_eq!(u128::from(kept) + u128::from(returned), u128::from(terms.total));
        prop_assert!(withdrawn <= kept);
        prop_assert_eq!(Some(kept), released(&terms, stop));
    }
}
