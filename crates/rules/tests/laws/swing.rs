//! R5 late swing
//! ├── windows: half-open, at t-1, t, t+1
//! ├── swing: a flip either way, or a margin moved by the threshold
//! ├── extension: to now + window, never back, never beyond the hard end
//! └── final window: only turning to pass is forbidden

use budget_rules::outcome::Tally;
use budget_rules::swing::{
    LateBallot, Movement, Schedule, extended, is_final, is_late, is_swing, margin_moved,
    turns_to_pass,
};
use proptest::prelude::*;

const HOUR: i64 = 3_600;
const SCHEDULE: Schedule =
    Schedule { closes_at: 100 * HOUR, hard_end_at: 130 * HOUR, late_window_secs: 24 * HOUR };

fn movement(passed_before: bool, passes_now: bool, margin_moved: u64) -> Movement {
    Movement { passed_before, passes_now, margin_moved }
}

#[test]
fn the_late_window_is_half_open() {
    for (now, late) in [
        (76 * HOUR - 1, false),
        (76 * HOUR, true),
        (76 * HOUR + 1, true),
        (100 * HOUR - 1, true),
        (100 * HOUR, false),
        (100 * HOUR + 1, false),
    ] {
        assert_eq!(is_late(&SCHEDULE, now), Some(late), "at {now}");
    }
}

#[test]
fn the_final_window_is_half_open() {
    for (now, is_final_) in [
        (106 * HOUR - 1, false),
        (106 * HOUR, true),
        (106 * HOUR + 1, true),
        (130 * HOUR - 1, true),
        (130 * HOUR, false),
        (130 * HOUR + 1, false),
    ] {
        assert_eq!(is_final(&SCHEDULE, now), Some(is_final_), "at {now}");
    }
}

#[test]
fn without_extension_both_windows_are_one() {
    let s = Schedule { hard_end_at: SCHEDULE.closes_at, ..SCHEDULE };
    for now in [76 * HOUR - 1, 76 * HOUR, 100 * HOUR - 1, 100 * HOUR] {
        assert_eq!(is_late(&s, now), is_final(&s, now));
        assert_eq!(extended(&s, now), Some(s.closes_at));
    }
}

#[test]
fn times_at_the_edge_of_the_integers_are_refused() {
    let s = Schedule { closes_at: i64::MIN, hard_end_at: i64::MIN, late_window_secs: 1 };
    assert_eq!(is_late(&s, 0), None);
    assert_eq!(is_final(&s, 0), None);
    assert_eq!(LateBallot::new(&s, 0, 1), None);
    assert_eq!(extended(&SCHEDULE, i64::MAX), None);
}

#[test]
fn a_flip_or_a_large_move_is_a_swing() {
    assert!(is_swing(&movement(false, true, 0), 100));
    assert!(is_swing(&movement(true, false, 0), 100));
    for (moved, swing) in [(99, false), (100, true), (101, true)] {
        assert_eq!(is_swing(&movement(true, true, moved), 100), swing);
        assert_eq!(is_swing(&movement(false, false, moved), 100), swing);
    }
}

#[test]
fn a_zero_threshold_still_asks_for_movement() {
    assert!(!is_swing(&movement(true, true, 0), 0));
    assert!(is_swing(&movement(true, true, 1), 0));
}

#[test]
fn margins_of_every_sign() {
    let tally = |for_, against, abstain| Tally { for_, against, abstain };
    let moved = |before, after| margin_moved(&before, &after);
    assert_eq!(moved(tally(0, 0, 0), tally(5, 0, 0)), 5);
    assert_eq!(moved(tally(0, 0, 0), tally(0, 5, 0)), 5);
    assert_eq!(moved(tally(5, 0, 0), tally(0, 5, 0)), 10);
    assert_eq!(moved(tally(0, 5, 0), tally(5, 0, 0)), 10);
    assert_eq!(moved(tally(5, 0, 0), tally(0, 0, 5)), 5);
    assert_eq!(moved(tally(0, 0, 0), tally(0, 0, 5)), 0);
    assert_eq!(moved(tally(u64::MAX, 0, 0), tally(0, u64::MAX, 0)), u64::MAX);
}

#[test]
fn extension_at_the_boundaries() {
    for (now, closes_at) in [
        (76 * HOUR - 1, 100 * HOUR), // never back
        (76 * HOUR, 100 * HOUR),
        (76 * HOUR + 1, 100 * HOUR + 1),
        (100 * HOUR - 1, 124 * HOUR - 1),
        (106 * HOUR, 130 * HOUR),
        (106 * HOUR + 1, 130 * HOUR), // never beyond the hard end
    ] {
        assert_eq!(extended(&SCHEDULE, now), Some(closes_at), "at {now}");
    }
}

#[test]
fn the_final_window_forbids_turning_to_pass_and_nothing_else() {
    let last = LateBallot::new(&SCHEDULE, 106 * HOUR, 100).unwrap();
    assert!(last.matters());
    for (before, now) in [(false, false), (false, true), (true, false), (true, true)] {
        let turns = !before && now;
        assert_eq!(turns_to_pass(&movement(before, now, 7)), turns);
        assert_eq!(last.forbids(&movement(before, now, 7)), turns);
    }
    let earlier = LateBallot::new(&SCHEDULE, 106 * HOUR - 1, 100).unwrap();
    assert!(!earlier.forbids(&movement(false, true, 7)));
}

#[test]
fn only_late_ballots_extend() {
    let flip = movement(false, true, 7);
    for (now, extends) in [(76 * HOUR - 1, false), (76 * HOUR, true), (100 * HOUR, false)] {
        let ballot = LateBallot::new(&SCHEDULE, now, 100).unwrap();
        assert_eq!(ballot.extends(&flip), extends);
        assert_eq!(ballot.matters(), extends);
        assert!(!ballot.extends(&movement(true, true, 99)));
    }
}

proptest! {
    #[test]
    fn an_extension_gives_a_full_window_to_answer(
        closes in 0i64..1_000, extension in 0i64..1_000, window in 1i64..500, now in 0i64..2_000,
    ) {
        let s = Schedule {
            closes_at: closes, hard_end_at: closes + extension, late_window_secs: window,
        };
        let after = extended(&s, now).unwrap();
        prop_assert!(after >= s.closes_at && after <= s.hard_end_at);
        prop_assert!(after == s.hard_end_at || after >= now + window);
        // extending twice at the same moment changes nothing
        prop_assert_eq!(extended(&Schedule { closes_at: after, ..s }, now), Some(after));
        if !is_late(&s, now).unwrap() && now < s.closes_at {
            prop_assert_eq!(after, s.closes_at);
        }
    }

    #[test]
    fn margin_moved_is_symmetric_and_exact(a in any::<[u64; 3]>(), b in any::<[u64; 3]>()) {
        let tally = |[for_, against, abstain]: [u64; 3]| Tally { for_, against, abstain };
        let margin = |t: [u64; 3]| i128::from(t[0]) - i128::from(t[1]);
        let exact = (margin(b) - margin(a)).unsigned_abs();
        let expected = u64::try_from(exact).unwrap_or(u64::MAX);
        prop_assert_eq!(margin_moved(&tally(a), &tally(b)), expected);
        prop_assert_eq!(margin_moved(&tally(b), &tally(a)), expected);
    }
}
