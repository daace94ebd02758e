//! Rulings that meet: in one slate, across epochs, with a lapse, with a stream that is over.
//!
//! And what no reviewer can do alone: end a stream before the community had an epoch to rule in.

use anchor_lang::error::ErrorCode;
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Action, Ruling},
};

use crate::stage::*;

const REDUCE: Ruling = Ruling::Reduce { keep_bps: 5_000 };
const RESUME: Ruling = Ruling::Resume { checkpoint: 0 };
const EXECUTION_GRACE: i64 = 14 * DAY;
const HOLD_LIMIT: i64 = 30 * DAY;
const LONGEST_HOLD: i64 = 180 * DAY;

/// An outcome of each entry of an epoch.
#[track_caller]
fn assert_outcomes(w: &World, epoch: u32, expected: &[Outcome]) {
    let found = (0..).zip(expected).map(|(index, _)| w.entry(epoch, index).outcome);
    let found: Vec<u8> = found.collect();
    assert_eq!(found, expected.iter().map(|outcome| u8::from(*outcome)).collect::<Vec<_>>());
}

/// A treasury whose rulings stay executable for ninety days, so that those of two epochs meet.
fn patient() -> (World, Cast) {
    let mut policy = test_policy();
    policy.schedule.execution_grace_secs = 90 * DAY_SECS;
    stream_of(Setup { policy, ..Setup::default() }, &usual_ask())
}

// --- in one slate -------------------------------------------------------------------------------

#[test]
fn of_two_rulings_on_one_stream_the_better_supported_stands() {
    let (mut w, cast) = streaming();
    let second = w.staker(10);
    w.open_next_epoch();
    for ruling in [Ruling::Cancel, REDUCE, RESUME] {
        let act = w.ruling(0, 0, ruling);
        w.submit_action(&cast.bob, act).unwrap();
    }
    w.to_voting();
    w.cast(&cast.voter, &[(0, For), (1, For), (2, For)]).unwrap();
    w.cast(&second, &[(1, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    assert_outcomes(&w, 1, &[Outcome::Superseded, Outcome::Approved, Outcome::Superseded]);
    w.to_execution(1);
    for index in [0, 2] {
        refused(&mut w, BudgetError::EntryNotApproved, |w| w.execute_action(1, index));
    }
    w.execute_action(1, 1).unwrap();
    assert_eq!(w.stream(0, 0).returned, 3 * PART / 2);
}

#[test]
fn a_superseded_ruling_stays_so_when_the_other_is_not_carried_out() {
    let (mut w, cast) = streaming();
    let acts = [Ruling::Cancel, REDUCE].map(|ruling| w.ruling(0, 0, ruling));
    let epoch = approve(&mut w, &cast, &acts);
    assert_outcomes(&w, epoch, &[Outcome::Approved, Outcome::Superseded]);
    w.svm.advance(EXECUTION_GRACE);
    w.lapse(epoch, 0).unwrap();
    for index in [0, 1] {
        refused(&mut w, BudgetError::EntryNotApproved, |w| w.execute_action(epoch, index));
    }
    assert_eq!((w.stream(0, 0).ruled_at, w.stream(0, 0).returned), (0, 0));
}

#[test]
fn rulings_on_two_streams_do_not_meet() {
    let (mut w, cast) = streaming();
    let acts = [w.ruling(0, 0, Ruling::Cancel), w.ruling(0, 1, REDUCE)];
    let epoch = approve(&mut w, &cast, &acts);
    assert_outcomes(&w, epoch, &[Outcome::Approved; 2]);
    w.to_execution(epoch);
    w.execute_action(epoch, 1).unwrap();
    w.execute_action(epoch, 0).unwrap();
    assert_eq!((w.stream(0, 0).returned, w.stream(0, 1).returned), (3 * PART, 3 * PART / 2));
}

#[test]
fn a_ruling_that_fails_supersedes_nothing() {
    let (mut w, cast) = streaming();
    w.open_next_epoch();
    for ruling in [Ruling::Cancel, REDUCE] {
        let act = w.ruling(0, 0, ruling);
        w.submit_action(&cast.bob, act).unwrap();
    }
    w.to_voting();
    w.cast(&cast.voter, &[(0, Against), (1, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    assert_outcomes(&w, 1, &[Outcome::Failed, Outcome::Approved]);
}

#[test]
fn a_withdrawn_first_ruling_still_leads_the_others() {
    let (mut w, cast) = streaming();
    w.open_next_epoch();
    for ruling in [Ruling::Cancel, REDUCE] {
        let act = w.ruling(0, 0, ruling);
        w.submit_action(&cast.bob, act).unwrap();
    }
    w.withdraw(&cast.bob, 0).unwrap();
    let act = w.ruling(0, 0, RESUME);
    w.submit_action(&cast.alice, act).unwrap();
    let bobs = w.ruling(0, 1, REDUCE);
    w.submit_action(&cast.alice, bobs).unwrap();
    w.to_voting();
    w.cast(&cast.voter, &[(1, For), (2, For), (3, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    let expected = [Outcome::Withdrawn, Outcome::Approved, Outcome::Superseded, Outcome::Approved];
    assert_outcomes(&w, 1, &expected);
}

// --- across epochs ------------------------------------------------------------------------------

#[test]
fn a_ruling_settled_before_another_was_carried_out_is_about_another_stream_by_then() {
    for (first, second) in [(REDUCE, Ruling::Cancel), (REDUCE, REDUCE), (Ruling::Cancel, REDUCE)] {
        let (mut w, cast) = patient();
        let one = approve_ruling(&mut w, &cast, first);
        let two = approve_ruling(&mut w, &cast, second);
        w.to_execution(two);
        // The later vote's comes first, the earlier one's is out of date.
        w.execute_action(two, 0).unwrap();
        let after = w.stream(0, 0);
        refused(&mut w, BudgetError::TargetChanged, |w| w.execute_action(one, 0));
        assert_eq!(bytemuck::bytes_of(&w.stream(0, 0)), bytemuck::bytes_of(&after));
    }
}

#[test]
fn an_earlier_votes_ruling_makes_a_later_votes_void_from_its_settlement_on() {
    for (after_settlement, refusal) in [(-1, None), (0, Some(())), (1, Some(()))] {
        let (mut w, cast) = patient();
        let one = approve_ruling(&mut w, &cast, REDUCE);
        w.open_next_epoch();
        let act = w.ruling(0, 0, REDUCE);
        w.submit_action(&cast.bob, act).unwrap();
        w.to_voting();
        w.cast(&cast.voter, &[(0, For)]).unwrap();
        w.to_tallying();
        w.svm.advance(DAY);
        let settlement = w.svm.now();
        if after_settlement < 0 {
            w.svm.advance(after_settlement);
            w.execute_action(one, 0).unwrap();
        }
        w.svm.set_now(settlement);
        w.settle().unwrap();
        if after_settlement >= 0 {
            w.svm.advance(after_settlement);
            w.execute_action(one, 0).unwrap();
        }
        let (two, once) = (w.current(), w.stream(0, 0).returned);
        w.to_execution(two);
        match refusal {
            None => {
                w.execute_action(two, 0).unwrap();
                assert!(w.stream(0, 0).returned > once);
            }
            Some(()) => {
                refused(&mut w, BudgetError::TargetChanged, |w| w.execute_action(two, 0));
            }
        }
    }
}

#[test]
fn a_void_ruling_lapses_and_its_account_closes() {
    let (mut w, cast) = patient();
    let one = approve_ruling(&mut w, &cast, REDUCE);
    let two = approve_ruling(&mut w, &cast, Ruling::Cancel);
    w.to_execution(two);
    w.execute_action(one, 0).unwrap();
    refused(&mut w, BudgetError::TargetChanged, |w| w.execute_action(two, 0));
    w.svm.advance(90 * DAY);
    w.lapse(two, 0).unwrap();
    w.close_proposal(two, 0).unwrap();
    w.close_vote_record(two, &cast.voter).unwrap();
    w.close_epoch(two).unwrap();
    assert!(!w.svm.exists(&w.community.epoch(two)));
}

#[test]
fn another_hold_needs_another_vote() {
    // Resumed at the first checkpoint, held again at the second: the first vote was not about that.
    let (mut w, cast) = patient();
    at(&mut w, 6 * DAY);
    let one = approve_ruling(&mut w, &cast, RESUME);
    w.to_execution(one);
    filed_at(&mut w, &cast, PART_SECS + WINDOW - 1);
    w.score(0, 0, 6_000).unwrap();
    refused(&mut w, BudgetError::StreamNotHeld, |w| w.execute_action(one, 0));
    held_at(&mut w, &cast, 2 * PART_SECS);
    refused(&mut w, BudgetError::TargetChanged, |w| w.execute_action(one, 0));
    rule(&mut w, &cast, Ruling::Resume { checkpoint: 1 });
    assert_eq!((w.stream(0, 0).held_at, w.stream(0, 0).passed), (0, 2));
}

#[test]
fn a_verdict_is_no_ruling_and_voids_none() {
    let (mut w, cast) = streaming();
    let epoch = approve_ruling(&mut w, &cast, REDUCE);
    w.to_execution(epoch);
    filed_at(&mut w, &cast, PART_SECS);
    w.score(0, 0, 3_000).unwrap();
    w.execute_action(epoch, 0).unwrap();
    assert_eq!(w.stream(0, 0).returned, PART / 2 + (PART / 2 + 2 * PART) / 2);
}

// --- a stream that is over ----------------------------------------------------------------------

/// A stream that ends on day 27, when a vote that begins at once has settled but waits.
fn short() -> (World, Cast) {
    stream_of(Setup::default(), &Ask::with_reviews(AWARD, 27, 0))
}

#[test]
fn a_stream_that_has_paid_everything_takes_no_ruling() {
    for ruling in [Ruling::Cancel, REDUCE] {
        let (mut w, cast) = short();
        let epoch = approve_ruling(&mut w, &cast, ruling);
        w.to_execution(epoch);
        assert_eq!(released(&mut w), AWARD);
        assert_eq!(w.stream(0, 0).withdrawn, AWARD);
        refused(&mut w, BudgetError::StreamEnded, |w| w.execute_action(epoch, 0));
        w.close_stream(0, 0).unwrap();
        let record = w.record_of(&cast.alice);
        assert_eq!((record.paid, record.returned, record.cancellations), (AWARD, 0, 0));
    }
}

#[test]
fn a_ruling_after_the_end_leaves_what_is_unclaimed() {
    for ruling in [Ruling::Cancel, REDUCE] {
        let (mut w, cast) = short();
        let epoch = approve_ruling(&mut w, &cast, ruling);
        w.to_execution(epoch);
        w.execute_action(epoch, 0).unwrap();
        assert_eq!(released(&mut w), AWARD);
        assert_adds_up(&mut w);
    }
}

#[test]
fn a_ruling_on_a_closed_stream_finds_nothing_and_lapses() {
    let (mut w, cast) = short();
    let epoch = approve_ruling(&mut w, &cast, Ruling::Cancel);
    w.to_execution(epoch);
    let stream = w.stream_key(0, 0);
    let act = w.community.execute_stream_ruling(epoch, 0, stream, cast.alice.key());
    assert_eq!(released(&mut w), AWARD);
    w.close_stream(0, 0).unwrap();
    let again = act.clone();
    refused_by_anchor(&mut w, ErrorCode::AccountOwnedByWrongProgram, |w| w.send(again, &[]));
    w.svm.advance(EXECUTION_GRACE);
    refused_by_anchor(&mut w, ErrorCode::AccountOwnedByWrongProgram, |w| w.send(act, &[]));
    w.lapse(epoch, 0).unwrap();
    w.close_proposal(epoch, 0).unwrap();
}

#[test]
fn no_ruling_is_proposed_on_a_stream_that_is_gone() {
    let (mut w, cast) = short();
    at(&mut w, 27 * DAY);
    assert_eq!(released(&mut w), AWARD);
    w.close_stream(0, 0).unwrap();
    w.open_next_epoch();
    let act = w.ruling(0, 0, Ruling::Cancel);
    let propose = |w: &mut World| w.submit_action(&cast.bob, act);
    refused_by_anchor(&mut w, ErrorCode::AccountOwnedByWrongProgram, propose);
}

// --- ruling and lapse ---------------------------------------------------------------------------

#[test]
fn whoever_comes_first_wins_and_the_other_is_refused() {
    // The longest hold runs out within the grace of a later vote.
    for ruling in [RESUME, REDUCE, Ruling::Cancel] {
        for ruling_first in [true, false] {
            let (mut w, cast) = held();
            at(&mut w, PART_SECS + LONGEST_HOLD - 25 * DAY);
            let epoch = approve_ruling(&mut w, &cast, ruling);
            at(&mut w, PART_SECS + LONGEST_HOLD);
            let ended = [BudgetError::StreamNotHeld, BudgetError::StreamEnded];
            if ruling_first {
                w.execute_action(epoch, 0).unwrap();
                let expected = ended[usize::from(ruling == Ruling::Cancel)];
                refused(&mut w, expected, |w| w.lapse_stream(0, 0, None));
                assert_eq!(w.stream(0, 0).held_at, 0);
            } else {
                w.lapse_stream(0, 0, None).unwrap();
                refused(&mut w, BudgetError::StreamEnded, |w| w.execute_action(epoch, 0));
                assert_eq!(w.stream(0, 0).returned, 3 * PART);
            }
        }
    }
}

#[test]
fn the_vote_that_could_rule_has_all_of_its_grace() {
    // By way of that epoch nothing lapses while its ruling can be carried out.
    let (mut w, cast) = held();
    w.svm.advance(1);
    let epoch = approve_ruling(&mut w, &cast, RESUME);
    let settled_at = w.epoch(epoch).settled_at;
    w.svm.set_now(settled_at + EXECUTION_GRACE - 1);
    refused(&mut w, BudgetError::HoldNotOver, |w| w.lapse_stream(0, 0, Some(epoch)));
    w.execute_action(epoch, 0).unwrap();
    w.svm.set_now(settled_at + EXECUTION_GRACE + HOLD_LIMIT);
    refused(&mut w, BudgetError::StreamNotHeld, |w| w.lapse_stream(0, 0, Some(epoch)));
    assert_eq!(w.stream(0, 0).passed, 1);
}

#[test]
fn a_lapse_between_two_votes_ends_it_for_good() {
    let (mut w, cast) = held();
    w.svm.advance(1);
    let epoch = approve(&mut w, &cast, &[]);
    w.svm.set_now(w.epoch(epoch).settled_at + EXECUTION_GRACE + HOLD_LIMIT);
    w.lapse_stream(0, 0, Some(epoch)).unwrap();
    for ruling in [RESUME, REDUCE, Ruling::Cancel] {
        let epoch = approve_ruling(&mut w, &cast, ruling);
        w.to_execution(epoch);
        refused(&mut w, BudgetError::StreamEnded, |w| w.execute_action(epoch, 0));
    }
    assert_adds_up(&mut w);
}

// --- what a reviewer cannot do alone ------------------------------------------------------------

/// Everything that a reviewer, with the help of anyone, can try against a held stream.
#[track_caller]
fn assert_stays(w: &mut World, epochs: &[u32]) {
    let stream = w.stream(0, 0);
    for epoch in epochs.iter().map(|epoch| Some(*epoch)).chain([None]) {
        refused(w, BudgetError::HoldNotOver, |w| w.lapse_stream(0, 0, epoch));
    }
    refused(w, BudgetError::NoCheckpointOpen, |w| w.score(0, 0, 0));
    refused(w, BudgetError::NoCheckpointOpen, |w| w.hold(0, 0));
    assert_eq!(bytemuck::bytes_of(&w.stream(0, 0)), bytemuck::bytes_of(&stream));
}

#[test]
fn no_reviewer_ends_a_stream_before_the_community_had_an_epoch_to_rule() {
    // The worst moment: a verdict of zero right after an epoch opened, in which nobody could have
    // known of it.
    let (mut w, cast) = streaming();
    at(&mut w, PART_SECS);
    w.file_update(&cast.alice, 0, 0).unwrap();
    w.open_epoch().unwrap();
    w.score(0, 0, 0).unwrap();
    assert_stays(&mut w, &[0, 1]);
    settle_acts(&mut w, &cast, &[]);
    for _ in 0..9 {
        w.svm.advance(DAY);
        assert_stays(&mut w, &[0, 1]);
    }
    // The next one is the community's.
    w.open_next_epoch();
    let epoch = w.current();
    assert_stays(&mut w, &[0, 1, epoch]);
    let act = w.ruling(0, 0, RESUME);
    settle_acts(&mut w, &cast, &[act]);
    assert_stays(&mut w, &[0, 1, epoch]);
    w.to_execution(epoch);
    assert_stays(&mut w, &[0, 1, epoch]);
    w.svm.set_now(w.epoch(epoch).settled_at + EXECUTION_GRACE - 1);
    assert_stays(&mut w, &[0, 1, epoch]);
    w.execute_action(epoch, 0).unwrap();
    assert_eq!((w.stream(0, 0).held_at, w.stream(0, 0).returned), (0, 0));
    // Nothing was lost: the work goes on where it was held.
    let resumed = elapsed(&w);
    at(&mut w, resumed + 10 * DAY);
    assert_eq!(released(&mut w), PART + 10 * DAILY);
}

#[test]
fn a_reviewer_can_take_no_more_than_scaling_allows() {
    // The lowest score that does not ask the community, at every checkpoint.
    let (mut w, cast) = streaming();
    for part in 1..=3 {
        filed_at(&mut w, &cast, part * PART_SECS);
        w.score(0, 0, 3_000).unwrap();
    }
    at(&mut w, 4 * PART_SECS);
    assert_eq!(released(&mut w), PART + 3 * PART / 2);
    assert_adds_up(&mut w);
}

#[test]
fn a_ruling_reaches_no_other_action_of_its_epoch() {
    let (mut w, cast) = streaming();
    let acts = [w.ruling(0, 0, Ruling::Cancel), Action::ClearBreaker];
    let epoch = approve(&mut w, &cast, &acts);
    assert_outcomes(&w, epoch, &[Outcome::Approved; 2]);
    w.to_execution(epoch);
    w.execute_action(epoch, 0).unwrap();
    refused(&mut w, BudgetError::BreakerNotTripped, |w| w.execute_action(epoch, 1));
}
