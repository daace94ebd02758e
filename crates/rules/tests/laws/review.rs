//! R8 review
//! ├── stage: every boundary half-open, silence of either side, told second by second
//! ├── verdict: pass, floor and below
//! ├── lapses_at: after a ruling's grace, 180 days at most
//! └── is_weak: mean below the floor, silence as zero, no record is not weak

use budget_rules::review::{
    Checkpoint, MAX_HOLD_SECS, ReviewTerms, Stage, Verdict, is_weak, lapses_at, verdict,
};
use proptest::prelude::*;

const TERMS: ReviewTerms =
    ReviewTerms { window_secs: 50, grace_secs: 30, pass_bps: 6_000, floor_bps: 3_000 };

/// Due at 100, with nothing filed.
const OPEN: Checkpoint = Checkpoint { due_at: 100, previous_passed_at: 0, updated_at: None };

fn filed(at: i64) -> Checkpoint {
    Checkpoint { updated_at: Some(at), ..OPEN }
}

fn stage(checkpoint: &Checkpoint, clock: i64) -> Stage {
    checkpoint.stage(&TERMS, clock).unwrap()
}

#[test]
fn an_update_is_awaited_from_the_end_of_the_part_to_the_end_of_the_window() {
    for (clock, expected) in [
        (i64::MIN, Stage::Ahead),
        (0, Stage::Ahead),
        (99, Stage::Ahead),
        (100, Stage::AwaitsUpdate { until: 150 }),
        (149, Stage::AwaitsUpdate { until: 150 }),
        (150, Stage::Overdue { at: 150 }),
        (i64::MAX, Stage::Overdue { at: 150 }),
    ] {
        assert_eq!(stage(&OPEN, clock), expected, "at {clock}");
    }
}

#[test]
fn a_checkpoint_opens_no_sooner_than_the_one_before_it_passed() {
    let late = Checkpoint { previous_passed_at: 120, ..OPEN };
    assert_eq!((OPEN.opens_at(), late.opens_at()), (100, 120));
    for (clock, expected) in [
        (119, Stage::Ahead),
        (120, Stage::AwaitsUpdate { until: 170 }),
        (169, Stage::AwaitsUpdate { until: 170 }),
        (170, Stage::Overdue { at: 170 }),
    ] {
        assert_eq!(stage(&late, clock), expected, "at {clock}");
    }
    let early = Checkpoint { previous_passed_at: 99, ..OPEN };
    assert_eq!(early.opens_at(), 100);
}

#[test]
fn an_update_in_the_last_second_of_the_window_has_its_whole_grace() {
    for at in [100, 149] {
        let until = at + 30;
        for (clock, expected) in [
            (at, Stage::AwaitsVerdict { until }),
            (until - 1, Stage::AwaitsVerdict { until }),
            (until, Stage::PassedBySilence { at: until }),
            (i64::MAX, Stage::PassedBySilence { at: until }),
        ] {
            assert_eq!(stage(&filed(at), clock), expected, "filed at {at}, now {clock}");
        }
    }
}

#[test]
fn an_update_a_second_late_finds_the_recipient_silent() {
    assert!(matches!(stage(&OPEN, 149), Stage::AwaitsUpdate { .. }));
    assert_eq!(stage(&OPEN, 150), Stage::Overdue { at: 150 });
    // The stage answers whether an update may be filed; it does not judge one that was.
    assert_eq!(stage(&filed(150), 150), Stage::AwaitsVerdict { until: 180 });
}

#[test]
fn terms_of_no_length_leave_no_time() {
    let none = ReviewTerms { window_secs: 0, grace_secs: 0, ..TERMS };
    assert_eq!(OPEN.stage(&none, 99), Some(Stage::Ahead));
    assert_eq!(OPEN.stage(&none, 100), Some(Stage::Overdue { at: 100 }));
    assert_eq!(filed(100).stage(&none, 100), Some(Stage::PassedBySilence { at: 100 }));
}

#[test]
fn deadlines_beyond_all_time_are_refused() {
    let last = Checkpoint { due_at: i64::MAX - 49, ..OPEN };
    assert_eq!(last.stage(&TERMS, 0), Some(Stage::Ahead));
    assert_eq!(last.stage(&TERMS, i64::MAX), None);
    assert_eq!(filed(i64::MAX - 29).stage(&TERMS, 0), None);
    let until = i64::MAX;
    assert_eq!(stage(&filed(i64::MAX - 30), 0), Stage::AwaitsVerdict { until });
}

#[test]
fn verdicts_at_pass_and_floor() {
    for (score, expected) in [
        (0, Verdict::Holds),
        (2_999, Verdict::Holds),
        (3_000, Verdict::Scales),
        (5_999, Verdict::Scales),
        (6_000, Verdict::Passes),
        (10_000, Verdict::Passes),
    ] {
        assert_eq!(verdict(score, &TERMS), expected, "score {score}");
    }
    let no_scale = ReviewTerms { floor_bps: 6_000, ..TERMS };
    assert_eq!([5_999, 6_000].map(|s| verdict(s, &no_scale)), [Verdict::Holds, Verdict::Passes]);
    let no_hold = ReviewTerms { floor_bps: 0, ..TERMS };
    assert_eq!(verdict(0, &no_hold), Verdict::Scales);
}

#[test]
fn a_hold_lapses_after_the_grace_of_a_ruling() {
    const DAY: i64 = 86_400;
    let limit = 30 * 86_400;
    let lapses = |grace_ends_at| lapses_at(1_000, grace_ends_at, limit).unwrap() - 1_000;
    assert_eq!(lapses(None), 180 * DAY);
    assert_eq!(lapses(Some(1_000 + 40 * DAY)), 70 * DAY);
    assert_eq!(lapses(Some(1_000 + 150 * DAY - 1)), 180 * DAY - 1);
    assert_eq!(lapses(Some(1_000 + 150 * DAY)), 180 * DAY);
    assert_eq!(lapses(Some(1_000 + 150 * DAY + 1)), 180 * DAY, "no later");
    assert_eq!(lapses(Some(1_000 + 400 * DAY)), 180 * DAY);
    assert_eq!(MAX_HOLD_SECS, 180 * DAY);
}

#[test]
fn lapses_beyond_all_time_are_refused() {
    assert_eq!(lapses_at(i64::MAX - MAX_HOLD_SECS, None, 0), Some(i64::MAX));
    assert_eq!(lapses_at(i64::MAX - MAX_HOLD_SECS + 1, None, 0), None);
    assert_eq!(lapses_at(0, Some(i64::MAX), 1), None);
    assert_eq!(lapses_at(0, Some(i64::MAX), 0), Some(MAX_HOLD_SECS));
}

#[test]
fn a_record_is_weak_below_the_floor() {
    assert!(!is_weak(12_000, 3, 0, 4_000), "a mean at the floor");
    assert!(is_weak(11_999, 3, 0, 4_000));
    assert!(is_weak(12_001, 3, 1, 4_000), "a missed update counts as zero");
    assert!(!is_weak(16_000, 3, 1, 4_000));
    assert!(is_weak(0, 0, 1, 1), "nothing but silence");
    assert!(!is_weak(0, 0, 0, 10_000), "no reviews");
    assert!(!is_weak(0, 5, 5, 0), "no floor");
    assert!(is_weak(u32::MAX, u16::MAX, u16::MAX, u16::MAX));
    assert!(!is_weak(u32::MAX, u16::MAX, 0, u16::MAX));
}

/// R8 told second by second up to `clock`, by counting down.
fn told(checkpoint: &Checkpoint, terms: &ReviewTerms, clock: i64) -> &'static str {
    let (mut window, mut grace) = (terms.window_secs, terms.grace_secs);
    let mut stage = "ahead";
    for second in 0..=clock {
        let opened = second >= checkpoint.due_at && second >= checkpoint.previous_passed_at;
        if checkpoint.updated_at.is_some_and(|at| second >= at) {
            stage = if grace == 0 { "passed" } else { "verdict" };
            grace = grace.saturating_sub(1);
        } else if opened {
            stage = if window == 0 { "overdue" } else { "update" };
            window = window.saturating_sub(1);
        }
    }
    stage
}

proptest! {
    #[test]
    fn stages_follow_each_other_second_by_second(
        due_at in 0i64..60, previous_passed_at in 0i64..60, window_secs in 1u32..30,
        grace_secs in 0u32..30, filed_after in prop::option::of(0i64..30),
    ) {
        let terms = ReviewTerms { window_secs, grace_secs, ..TERMS };
        let open = Checkpoint { due_at, previous_passed_at, updated_at: None };
        let filed_after = filed_after.map(|after| after.min(i64::from(window_secs) - 1));
        let updated_at = filed_after.map(|after| due_at.max(previous_passed_at) + after);
        for clock in 0..150 {
            // An update is known from the second it is filed.
            let updated_at = updated_at.filter(|at| *at <= clock);
            let checkpoint = Checkpoint { updated_at, ..open };
            let (name, edge) = match checkpoint.stage(&terms, clock).unwrap() {
                Stage::Ahead => ("ahead", clock < open.opens_at()),
                Stage::AwaitsUpdate { until } => ("update", clock < until),
                Stage::AwaitsVerdict { until } => ("verdict", clock < until),
                Stage::PassedBySilence { at } => ("passed", at <= clock),
                Stage::Overdue { at } => ("overdue", at <= clock),
            };
            prop_assert_eq!(name, told(&checkpoint, &terms, clock), "at {}", clock);
            prop_assert!(edge, "{} at {}", name, clock);
        }
    }

    #[test]
    fn a_hold_lapses_within_its_bounds(
        held_at in 0i64..1 << 40, ruling in prop::option::of(0i64..400 * 86_400),
        limit in any::<u32>(),
    ) {
        let lapses = lapses_at(held_at, ruling.map(|after| held_at + after), limit).unwrap();
        let held = lapses - held_at;
        prop_assert!(held <= MAX_HOLD_SECS);
        prop_assert!(held == MAX_HOLD_SECS || held == ruling.unwrap() + i64::from(limit));
        prop_assert!(ruling.is_none_or(|after| held <= after + i64::from(limit)));
    }

    #[test]
    fn weak_is_a_mean_below_the_floor(
        scores in prop::collection::vec(0u32..=10_000, 0..40), missed in 0u16..10,
        floor in 0u16..=10_000,
    ) {
        let sum: u32 = scores.iter().sum();
        let reviews = scores.len() + usize::from(missed);
        let mean = f64::from(sum) / reviews as f64; // not a number without reviews: never below
        let scored = u16::try_from(scores.len()).unwrap();
        // Means and floors this small differ by far more than a float's precision, or not at all.
        prop_assert_eq!(is_weak(sum, scored, missed, floor), mean < f64::from(floor));
    }
}
