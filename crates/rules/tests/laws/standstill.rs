//! R11 standstill
//! ├── total: the union of all that blocked, however it overlapped, told second by second
//! └── allowance: no 90 days hold more pause than the limit

use budget_rules::standstill::{PauseAllowance, Standstill};
use proptest::prelude::*;

const DAY: i64 = 86_400;
const SPAN: i64 = PauseAllowance::SPAN_SECS;

fn totals<const N: usize>(standstill: Standstill, moments: [i64; N]) -> [i64; N] {
    moments.map(|now| standstill.total_secs(now).unwrap())
}

#[test]
fn a_block_counts_while_it_lasts() {
    let blocked = Standstill::default().block(100, 150).unwrap();
    let on = [99, 100, 149, 150].map(|now| blocked.is_on(now));
    assert_eq!(on, [false, true, true, false]);
    assert_eq!(totals(blocked, [99, 100, 101, 149, 150, 151]), [0, 0, 1, 49, 50, 50]);
    assert!(!Standstill::default().is_on(0));
    assert_eq!(totals(Standstill::default(), [-5, 0, 5]), [0; 3]);
}

#[test]
fn blocks_that_overlap_count_once() {
    let first = Standstill::default().block(100, 150).unwrap();
    for (now, until, expected) in [
        (120, 130, 50), // within
        (120, 170, 70), // prolongs
        (149, 170, 70), // in the last second
        (150, 170, 70), // follows
        (160, 170, 60), // after a gap
        (160, 160, 50), // for no time
        (160, 155, 50), // ends before it begins
        (120, 110, 50),
    ] {
        let both = first.block(now, until).unwrap();
        assert_eq!(both.total_secs(1_000), Some(expected), "[{now}, {until})");
        assert!(both.from <= both.until);
    }
}

#[test]
fn the_end_of_one_cause_leaves_the_others() {
    let both = Standstill::default().block(100, 200).unwrap().block(120, 150).unwrap();
    for (others_until, total) in [(0, 30), (130, 30), (140, 40), (150, 50), (200, 100), (300, 100)]
    {
        let rest = both.release(130, others_until);
        assert_eq!(rest.total_secs(1_000), Some(total), "others until {others_until}");
        assert_eq!(rest.is_on(130), others_until > 130);
    }
    // Once it is over, nothing is left to release.
    assert_eq!(both.release(250, 300), both);
}

#[test]
fn stretches_add_up() {
    let two = Standstill::default().block(100, 150).unwrap().block(200, 230).unwrap();
    assert_eq!(two, Standstill { before_secs: 50, from: 200, until: 230 });
    assert_eq!(totals(two, [200, 215, 230, 300]), [50, 65, 80, 80]);
}

#[test]
fn moments_beyond_all_time_are_refused() {
    let endless = Standstill { before_secs: 0, from: i64::MIN, until: i64::MAX };
    assert_eq!(endless.total_secs(5), None);
    assert_eq!(endless.block(i64::MAX, i64::MAX), None);
    let long = Standstill { before_secs: i64::MAX, from: 0, until: 10 };
    assert_eq!(long.total_secs(1), None);
    assert_eq!(long.total_secs(0), Some(i64::MAX));
}

#[test]
fn an_allowance_is_spent_to_the_second() {
    let limit = 1_000;
    let fresh = PauseAllowance::default();
    assert_eq!(fresh.spend(50, 1_001, limit), None);
    let whole = fresh.spend(50, 1_000, limit).unwrap();
    assert_eq!(whole, PauseAllowance { used_secs: 1_000, last_until: 1_050 });
    assert_eq!(whole.spend(1_050, 1, limit), None);
    assert!(whole.spend(1_050, 1, limit + 1).is_some());
    let half = fresh.spend(50, 600, limit).unwrap();
    assert_eq!(half.spend(700, 401, limit), None);
    assert_eq!(half.spend(700, 400, limit).unwrap().used_secs, 1_000);
    assert_eq!(fresh.spend(50, 0, limit), None, "a pause of no time");
    assert_eq!(fresh.spend(50, 1, 0), None, "no allowance");
}

#[test]
fn pauses_do_not_overlap() {
    let paused = PauseAllowance::default().spend(100, 50, 1_000).unwrap();
    for now in [i64::MIN, 0, 100, 149] {
        assert_eq!(paused.spend(now, 1, 1_000), None, "at {now}");
    }
    assert!(paused.spend(150, 1, 1_000).is_some());
}

#[test]
fn an_allowance_is_renewed_90_days_after_the_last_pause_ended() {
    assert_eq!(SPAN, 90 * DAY);
    let used = PauseAllowance::default().spend(100, 1_000, 1_000).unwrap();
    assert_eq!(used.spend(1_100 + SPAN - 1, 1, 1_000), None);
    let renewed = used.spend(1_100 + SPAN, 400, 1_000).unwrap();
    assert_eq!(renewed, PauseAllowance { used_secs: 400, last_until: 1_500 + SPAN });
    // A pause in between puts it off.
    let half = PauseAllowance::default().spend(100, 600, 1_000).unwrap();
    let more = half.spend(50 * DAY, 400, 1_000).unwrap();
    assert_eq!(more.spend(700 + SPAN, 1, 1_000), None);
}

#[test]
fn allowances_at_the_end_of_time_are_refused() {
    let last = PauseAllowance { used_secs: u32::MAX, last_until: i64::MAX - 5 };
    assert_eq!(last.spend(i64::MAX - 5, 1, u32::MAX), None, "more than counts");
    let fresh = PauseAllowance { used_secs: 0, ..last };
    assert_eq!(fresh.spend(i64::MAX - 5, 6, u32::MAX), None);
    assert!(fresh.spend(i64::MAX - 5, 5, u32::MAX).is_some());
    let first = PauseAllowance { used_secs: 0, last_until: i64::MIN };
    assert_eq!(first.spend(i64::MAX, 1, 10), None);
}

/// One of the two causes begins to block for some seconds, or ends.
#[derive(Clone, Debug)]
enum Step {
    Block(usize, i64),
    Release(usize),
}

fn steps() -> impl Strategy<Value = Vec<(usize, Step)>> {
    let len = prop_oneof![0i64..5, 0i64..80];
    let step = prop_oneof![
        2 => (0usize..2, len).prop_map(|(cause, len)| Step::Block(cause, len)),
        1 => (0usize..2).prop_map(Step::Release),
    ];
    prop::collection::vec((0usize..400, step), 0..30)
}

/// Seconds between two tries to pause.
fn gaps() -> impl Strategy<Value = i64> {
    prop_oneof![0..10i64, 0..40 * DAY, SPAN - 2..=SPAN + 2, 0..2 * SPAN]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_total_is_the_union_of_all_blocks(mut steps in steps(), start in 0i64..100) {
        steps.sort_by_key(|step| step.0);
        let mut standstill = Standstill::default();
        // Until when each cause blocks, and how many seconds at least one did.
        let (mut causes, mut blocked) = ([0i64; 2], 0);
        for second in 0..500 {
            let now = start + i64::try_from(second).unwrap();
            for (_, step) in steps.iter().filter(|step| step.0 == second) {
                match *step {
                    Step::Block(cause, len) => {
                        causes[cause] = causes[cause].max(now + len);
                        standstill = standstill.block(now, now + len).unwrap();
                    }
                    Step::Release(cause) => {
                        causes[cause] = causes[cause].min(now);
                        standstill = standstill.release(now, causes[1 - cause]);
                    }
                }
            }
            let on = causes.iter().any(|until| now < *until);
            prop_assert_eq!(standstill.is_on(now), on, "at {}", now);
            prop_assert_eq!(standstill.total_secs(now), Some(blocked), "at {}", now);
            blocked += i64::from(on);
        }
    }

    #[test]
    fn no_90_days_hold_more_pause_than_the_limit(
        spends in prop::collection::vec((gaps(), any::<u32>(), 0u8..4), 1..60),
        limit in prop_oneof![0u32..100, 0u32..=14 * 86_400],
    ) {
        let (mut allowance, mut now) = (PauseAllowance::default(), 0);
        let mut pauses: Vec<(i64, i64)> = Vec::new();
        for (gap, secs, kind) in spends {
            now += gap;
            let secs = match kind {
                0 => limit,
                1 => limit.saturating_sub(allowance.used_secs),
                2 => secs % (limit / 4 + 2),
                _ => secs % (limit + 2),
            };
            let until = now + i64::from(secs);
            let quiet = pauses.last().is_none_or(|last| now - last.1 >= SPAN);
            match allowance.spend(now, secs, limit) {
                Some(spent) => {
                    prop_assert!(pauses.last().is_none_or(|last| last.1 <= now), "overlaps");
                    prop_assert_eq!(spent.last_until, until);
                    allowance = spent;
                    pauses.push((now, until));
                    // A guardian often tries again at once, or while it lasts.
                    now += i64::from(secs / 2);
                }
                None => prop_assert!(!quiet || secs == 0 || secs > limit, "refused without cause"),
            }
        }
        // The fullest span begins with a pause or ends with one.
        for &(from, until) in &pauses {
            for begin in [from, until - SPAN] {
                let held = |pause: &(i64, i64)| {
                    (pause.1.min(begin + SPAN) - pause.0.max(begin)).max(0)
                };
                let sum: i64 = pauses.iter().map(held).sum();
                prop_assert!(sum <= i64::from(limit), "{sum} s from {begin} on");
            }
        }
    }
}
