//! R5: a late ballot that swings an entry extends voting, up to the hard end; in the last window
//! before it none may turn a failing entry into a passing one.
//!
//! Every electorate here is 1,000, so the swing of 500 bps is a margin of 50, and a small ask needs
//! 30 of quorum and 16 of support.

use budget_tests::*;
use community_budget::BudgetError;

use crate::shared::{submission, tally, voting, voting_under};

/// Half a day into the late window, when an extension shows.
const INSIDE: i64 = DAY / 2;

/// Sets the clock to `secs` before the present close of voting.
fn to_before_close(w: &mut World, secs: i64) -> i64 {
    w.to_tallying();
    w.svm.advance(-secs);
    w.svm.now()
}

fn closes_at(w: &World) -> i64 {
    w.epoch(0).voting_closes_at
}

/// The test policy with another longest extension.
fn extending_by(max_extension_secs: u32) -> Policy {
    let mut policy = test_policy();
    policy.schedule.max_extension_secs = max_extension_secs;
    policy
}

/// A world in which voting can be extended by an hour: its final window, the day before the hard
/// end, begins 23 hours before the close.
fn hour_of_extension(weights: &[u64], amounts: &[u64]) -> (World, Vec<Person>) {
    voting_under(extending_by(3_600), weights, amounts)
}

fn to_final_window(w: &mut World) {
    let hard_end = w.epoch(0).voting_hard_end_at;
    w.svm.set_now(hard_end - DAY);
}

// --- the late window ----------------------------------------------------------------------------

#[test]
fn a_flip_before_the_late_window_extends_nothing() {
    let (mut w, voters) = voting(&[1_000], &[1]);
    let closes = closes_at(&w);
    to_before_close(&mut w, DAY + 1);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    assert_eq!(closes_at(&w), closes);
}

#[test]
fn a_flip_in_the_late_window_extends_voting_to_a_window_from_now() {
    // At the first second of the window a window from now is the present close.
    for (before_close, extension) in [(DAY, 0), (DAY - 1, 1), (1, DAY - 1)] {
        let (mut w, voters) = voting(&[1_000], &[1]);
        let closes = closes_at(&w);
        let now = to_before_close(&mut w, before_close);
        w.cast(&voters[0], &[(0, For)]).unwrap();
        assert_eq!(closes_at(&w), closes + extension);
        assert_eq!(closes_at(&w), now + DAY);
        assert_eq!(w.epoch(0).voting_hard_end_at, closes + 3 * DAY);
    }
}

#[test]
fn ballots_count_until_the_extended_close() {
    let (mut w, voters) = voting(&[500, 499, 1], &[1]);
    to_before_close(&mut w, 1);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    to_before_close(&mut w, 1);
    refused(&mut w, BudgetError::NotInTallying, World::settle);
    w.cast(&voters[2], &[(0, Abstain)]).unwrap();
    w.to_tallying();
    refused(&mut w, BudgetError::NotInVoting, |w| w.cast(&voters[1], &[(0, Abstain)]));
    w.settle().unwrap();
}

#[test]
fn a_flip_to_failing_extends_as_well() {
    // 40 against 39 pass; one more against, and they do not.
    let (mut w, voters) = voting(&[40, 39, 1, 920], &[1]);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    w.cast(&voters[1], &[(0, Against)]).unwrap();
    let now = to_before_close(&mut w, INSIDE);
    w.cast(&voters[2], &[(0, Against)]).unwrap();
    assert_eq!(closes_at(&w), now + DAY);
}

#[test]
fn abstention_that_makes_the_quorum_is_a_flip() {
    let (mut w, voters) = voting(&[29, 1, 970], &[1]);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    let now = to_before_close(&mut w, INSIDE);
    w.cast(&voters[1], &[(0, Abstain)]).unwrap();
    assert_eq!(closes_at(&w), now + DAY);
}

#[test]
fn a_margin_moved_by_less_than_the_swing_extends_nothing() {
    for (weight, swings) in [(49, false), (50, true), (51, true)] {
        let (mut w, voters) = voting(&[600, weight, 400 - weight], &[1]);
        w.cast(&voters[0], &[(0, For)]).unwrap();
        let closes = closes_at(&w);
        let now = to_before_close(&mut w, INSIDE);
        w.cast(&voters[1], &[(0, For)]).unwrap();
        assert_eq!(closes_at(&w), if swings { now + DAY } else { closes }, "weight {weight}");
    }
}

#[test]
fn the_swing_rounds_up() {
    // 5 % of 1,001 are 50.05: 50 do not reach it.
    for (weight, swings) in [(50, false), (51, true)] {
        let (mut w, voters) = voting(&[600, weight, 401 - weight], &[1]);
        w.cast(&voters[0], &[(0, For)]).unwrap();
        let closes = closes_at(&w);
        let now = to_before_close(&mut w, INSIDE);
        w.cast(&voters[1], &[(0, For)]).unwrap();
        assert_eq!(closes_at(&w), if swings { now + DAY } else { closes }, "weight {weight}");
    }
}

#[test]
fn the_swing_is_a_share_of_the_total_at_the_opening() {
    // Of the present total, 49 would be enough when 351 have left and 50 too little when 1,000 came.
    for (weight, swings) in [(49, false), (50, true)] {
        let (mut w, voters) = voting(&[600, weight, 400 - weight], &[1]);
        w.cast(&voters[0], &[(0, For)]).unwrap();
        if swings {
            w.staker(1_000);
        } else {
            w.unstake(&voters[2], 351).unwrap();
        }
        let closes = closes_at(&w);
        let now = to_before_close(&mut w, INSIDE);
        w.cast(&voters[1], &[(0, For)]).unwrap();
        let cast = closes_at(&w);
        assert_eq!(cast, if swings { now + DAY } else { closes }, "cast {weight}");
        let now = to_before_close(&mut w, INSIDE);
        w.retract(&voters[1]).unwrap();
        assert_eq!(closes_at(&w), if swings { now + DAY } else { closes }, "retract {weight}");
    }
}

#[test]
fn changing_sides_moves_the_margin_by_twice_the_weight() {
    for (weight, swings) in [(24, false), (25, true)] {
        let (mut w, voters) = voting(&[600, weight, 400 - weight], &[1]);
        w.cast(&voters[0], &[(0, For)]).unwrap();
        w.cast(&voters[1], &[(0, For)]).unwrap();
        let closes = closes_at(&w);
        let now = to_before_close(&mut w, INSIDE);
        w.revise(&voters[1], &[(0, Against)]).unwrap();
        assert_eq!(closes_at(&w), if swings { now + DAY } else { closes }, "weight {weight}");
    }
}

#[test]
fn taking_a_swing_back_is_a_swing() {
    let (mut w, voters) = voting(&[600, 50, 350], &[1]);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    w.cast(&voters[1], &[(0, For)]).unwrap();
    let now = to_before_close(&mut w, INSIDE);
    w.retract(&voters[1]).unwrap();
    assert_eq!(closes_at(&w), now + DAY);
}

#[test]
fn abstention_moves_no_margin() {
    let (mut w, voters) = voting(&[600, 400], &[1]);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    let closes = closes_at(&w);
    to_before_close(&mut w, INSIDE);
    w.cast(&voters[1], &[(0, Abstain)]).unwrap();
    assert_eq!(closes_at(&w), closes);
}

#[test]
fn small_movements_on_many_entries_do_not_add_up() {
    let (mut w, voters) = voting(&[600, 49, 351], &[1, 1, 1]);
    w.cast(&voters[0], &[(0, For), (1, For), (2, For)]).unwrap();
    let closes = closes_at(&w);
    to_before_close(&mut w, INSIDE);
    w.cast(&voters[1], &[(0, For), (1, For), (2, For)]).unwrap();
    assert_eq!(closes_at(&w), closes);
}

#[test]
fn one_swinging_entry_of_a_ballot_is_enough() {
    let (mut w, voters) = voting(&[600, 40, 360], &[1, 1]);
    w.cast(&voters[0], &[(1, For)]).unwrap();
    let now = to_before_close(&mut w, INSIDE);
    // 40 of 1,000 flip entry 0 and change nothing on entry 1.
    w.cast(&voters[1], &[(0, For), (1, For)]).unwrap();
    assert_eq!(closes_at(&w), now + DAY);
}

#[test]
fn a_flip_is_judged_at_the_tier_of_the_cumulative_ask() {
    // 40 of 1,000 pass a small ask, but not the medium one that two of 6 million make.
    for (asks, flips) in [(1, true), (2, false)] {
        let (mut w, voters) = submission(test_policy(), &[40, 960], &[]);
        let recipient = w.proposer();
        for _ in 0..asks {
            w.submit(&recipient, &Ask::of(6_000_000)).unwrap();
        }
        let closes = closes_at(&w);
        let now = to_before_close(&mut w, INSIDE);
        w.cast(&voters[0], &[(0, For)]).unwrap();
        assert_eq!(closes_at(&w), if flips { now + DAY } else { closes }, "{asks} asks");
    }
}

#[test]
fn swings_extend_again_and_again_but_never_past_the_hard_end() {
    let (mut w, voters) = voting(&[1_000], &[1]);
    let hard_end = w.epoch(0).voting_hard_end_at;
    assert_eq!(hard_end, closes_at(&w) + 3 * DAY);
    let now = to_before_close(&mut w, 1);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    assert_eq!(closes_at(&w), now + DAY);
    for choice in [Against, For] {
        let now = to_before_close(&mut w, 1);
        w.revise(&voters[0], &[(0, choice)]).unwrap();
        assert_eq!(closes_at(&w), now + DAY);
    }
    let now = to_before_close(&mut w, 1);
    w.revise(&voters[0], &[(0, Against)]).unwrap();
    assert!(now + DAY > hard_end);
    assert_eq!(closes_at(&w), hard_end);

    w.to_tallying();
    assert_eq!(w.svm.now(), hard_end);
    refused(&mut w, BudgetError::NotInVoting, |w| w.revise(&voters[0], &[(0, Abstain)]));
    w.settle().unwrap();
}

// --- the final window ---------------------------------------------------------------------------

#[test]
fn an_entry_can_still_be_passed_one_second_before_the_final_window() {
    let (mut w, voters) = hour_of_extension(&[1_000], &[1]);
    let hard_end = w.epoch(0).voting_hard_end_at;
    to_final_window(&mut w);
    w.svm.advance(-1);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    assert_eq!(closes_at(&w), hard_end - 1);
}

#[test]
fn from_the_first_to_the_last_second_of_the_final_window_nothing_can_be_passed() {
    let (mut w, voters) = hour_of_extension(&[1_000], &[1]);
    to_final_window(&mut w);
    let (first, last) = (w.svm.now(), closes_at(&w) - 1);
    for now in [first, first + 1, last] {
        w.svm.set_now(now);
        refused(&mut w, BudgetError::LatePassRefused, |w| w.cast(&voters[0], &[(0, For)]));
    }
}

#[test]
fn revising_against_into_for_cannot_pass_an_entry_in_the_final_window() {
    let (mut w, voters) = hour_of_extension(&[500, 500], &[1]);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    w.cast(&voters[1], &[(0, Against)]).unwrap();
    to_final_window(&mut w);
    for choice in [For, Abstain] {
        refused(&mut w, BudgetError::LatePassRefused, |w| w.revise(&voters[1], &[(0, choice)]));
    }
}

#[test]
fn leaving_an_against_out_cannot_pass_an_entry_in_the_final_window() {
    let (mut w, voters) = hour_of_extension(&[500, 500], &[1, 1]);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    w.cast(&voters[1], &[(0, Against), (1, Against)]).unwrap();
    to_final_window(&mut w);
    refused(&mut w, BudgetError::LatePassRefused, |w| w.revise(&voters[1], &[(1, Against)]));
    refused(&mut w, BudgetError::LatePassRefused, |w| w.retract(&voters[1]));
}

#[test]
fn abstention_cannot_complete_a_quorum_in_the_final_window() {
    let (mut w, voters) = hour_of_extension(&[29, 1, 970], &[1]);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    to_final_window(&mut w);
    refused(&mut w, BudgetError::LatePassRefused, |w| w.cast(&voters[1], &[(0, Abstain)]));
}

#[test]
fn one_passing_entry_makes_the_whole_ballot_refused() {
    let (mut w, voters) = hour_of_extension(&[500, 500], &[1, 1, 1]);
    w.cast(&voters[0], &[(0, For), (2, For)]).unwrap();
    to_final_window(&mut w);
    // 0 would turn to failing and 2 stay as it is, 1 would turn to passing.
    refused(&mut w, BudgetError::LatePassRefused, |w| {
        w.cast(&voters[1], &[(0, Against), (1, For), (2, For)])
    });
    w.cast(&voters[1], &[(0, Against), (2, For)]).unwrap();
}

#[test]
fn an_entry_can_be_failed_in_the_final_window() {
    let (mut w, voters) = hour_of_extension(&[500, 500], &[1]);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    to_final_window(&mut w);
    w.cast(&voters[1], &[(0, Against)]).unwrap();
    assert_eq!(tally(&w, 0), (500, 500, 0));
    // It was a flip, an hour into the late window.
    assert_eq!(closes_at(&w), w.epoch(0).voting_hard_end_at);
}

#[test]
fn what_was_failed_in_the_final_window_stays_failed() {
    let (mut w, voters) = hour_of_extension(&[500, 500], &[1]);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    to_final_window(&mut w);
    w.cast(&voters[1], &[(0, Against)]).unwrap();
    refused(&mut w, BudgetError::LatePassRefused, |w| w.retract(&voters[1]));
}

#[test]
fn a_passing_entry_can_gain_in_the_final_window() {
    let (mut w, voters) = hour_of_extension(&[500, 500], &[1]);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    to_final_window(&mut w);
    w.cast(&voters[1], &[(0, For)]).unwrap();
    assert_eq!(tally(&w, 0), (1_000, 0, 0));
}

#[test]
fn a_failing_entry_can_gain_in_the_final_window_as_long_as_it_fails() {
    let (mut w, voters) = hour_of_extension(&[29, 1, 970], &[1]);
    to_final_window(&mut w);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    assert_eq!(tally(&w, 0), (29, 0, 0));
    refused(&mut w, BudgetError::LatePassRefused, |w| w.cast(&voters[1], &[(0, For)]));
}

#[test]
fn an_ask_that_no_tier_admits_cannot_be_passed_and_so_is_not_refused() {
    let (mut w, voters) = submission(extending_by(3_600), &[1_000], &[]);
    let recipient = w.proposer();
    for amount in [150_000_000, 50_000_001] {
        w.submit(&recipient, &Ask::of(amount)).unwrap();
    }
    to_final_window(&mut w);
    w.cast(&voters[0], &[(0, For), (1, For)]).unwrap();
    assert_eq!(tally(&w, 0), (1_000, 0, 0));
}

// --- no extension -------------------------------------------------------------------------------

#[test]
fn without_extensions_a_swing_leaves_the_close_where_it_is() {
    let (mut w, voters) = voting_under(extending_by(0), &[500, 500], &[1]);
    let closes = closes_at(&w);
    assert_eq!(w.epoch(0).voting_hard_end_at, closes);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    to_before_close(&mut w, INSIDE);
    w.cast(&voters[1], &[(0, Against)]).unwrap();
    assert_eq!(closes_at(&w), closes);
}

#[test]
fn without_extensions_the_late_window_is_the_final_one() {
    let (mut w, voters) = voting_under(extending_by(0), &[500, 500], &[1, 1]);
    to_before_close(&mut w, DAY + 1);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    to_before_close(&mut w, DAY);
    refused(&mut w, BudgetError::LatePassRefused, |w| w.cast(&voters[1], &[(1, For)]));
}
