//! Whom silence favours (R8): the reviewer's the recipient, the recipient's the treasury. And that
//! every deadline stands still with the stream's clock.

use budget_tests::*;
use community_budget::{BudgetError, state::Ruling};

use crate::stage::*;

const EXECUTION_GRACE: i64 = 14 * DAY;
const HOLD_LIMIT: i64 = 30 * DAY;
const LONGEST_HOLD: i64 = 180 * DAY;

/// Base units that an unhindered stream of [`AWARD`] has released after `secs`.
fn flowing(secs: i64) -> u64 {
    let secs = u64::try_from(secs.min(4 * PART_SECS)).unwrap();
    AWARD * secs / (4 * u64::try_from(PART_SECS).unwrap())
}

/// Moments around the first checkpoint, the reviewer's silence and the second one.
fn moments(passes: i64) -> Vec<i64> {
    let mut moments: Vec<i64> = [PART_SECS, passes, 2 * PART_SECS, 3 * PART_SECS]
        .iter()
        .flat_map(|moment| [moment - 1, *moment, moment + 1])
        .collect();
    moments.extend([DAY, 20 * DAY, passes - DAY, passes + DAY, 50 * DAY, 4 * PART_SECS]);
    moments.sort_unstable();
    moments
}

#[test]
fn a_silent_reviewer_lets_it_pass_by_itself() {
    // The update comes at the opening of its window, within it, and in its last second.
    for update in [PART_SECS, PART_SECS + 3 * DAY + 17, PART_SECS + WINDOW - 1] {
        let passes = update + GRACE;
        let expected = |secs: i64| {
            let gate = if secs < passes { PART_SECS } else { 2 * PART_SECS };
            flowing(secs.min(gate))
        };
        let (mut often, cast) = streaming();
        let moments = moments(passes);
        for (place, secs) in moments.iter().enumerate() {
            // Filed as soon as the clock has come to it.
            if *secs >= update && often.stream(0, 0).open_reviews == 0 {
                filed_at(&mut often, &cast, update);
            }
            at(&mut often, *secs);
            assert_eq!(released(&mut often), expected(*secs), "{secs} s, update at {update} s");
            // The same if nothing has touched the stream since the update. A sample: each takes a
            // world of its own.
            if place % 3 == 0 && *secs >= update {
                let (mut once, cast) = streaming();
                filed_at(&mut once, &cast, update);
                at(&mut once, *secs);
                assert_eq!(released(&mut once), expected(*secs), "{secs} s at once");
            }
        }
    }
}

#[test]
fn it_passes_in_the_very_second_in_which_the_time_for_a_verdict_is_over() {
    let (mut w, cast) = streaming();
    filed_at(&mut w, &cast, PART_SECS + 5);
    at(&mut w, PART_SECS + 5 + GRACE - 1);
    assert_eq!(released(&mut w), PART);
    assert_eq!(w.stream(0, 0).passed, 0);
    w.svm.advance(1);
    assert_eq!(released(&mut w), flowing(PART_SECS + 5 + GRACE));
    assert_eq!(w.stream(0, 0).passed, 1);
    refused(&mut w, BudgetError::VerdictNotDue, |w| {
        let reviewer = w.reviewer.clone();
        w.score_at(&reviewer, 0, 0, 0, 0)
    });
}

#[test]
fn what_passed_by_silence_is_worth_the_same_whoever_stores_it() {
    let (mut w, cast) = streaming();
    filed_at(&mut w, &cast, PART_SECS);
    at(&mut w, 2 * PART_SECS + WINDOW);
    let untouched = w.stream(0, 0);
    assert_eq!((untouched.passed, untouched.update_filed), (0, 1));
    // Holding the next checkpoint stores the first one's passing, as of when it passed.
    w.hold(0, 0).unwrap();
    let stream = w.stream(0, 0);
    assert_eq!((stream.passed, stream.previous_passed_at), (1, PART_SECS + GRACE));
    assert_eq!(stream.bend_at, stream.started_at + PART_SECS + GRACE);
    assert_eq!(stream.bend_released, PART);
    assert_eq!(released(&mut w), 2 * PART);
}

#[test]
fn a_recipient_who_reports_in_time_needs_no_reviewer_at_all() {
    let (mut w, cast) = streaming();
    // Always in the last second: the worst that silence can do.
    for part in 1..=3 {
        filed_at(&mut w, &cast, part * PART_SECS + WINDOW - 1);
    }
    at(&mut w, 3 * PART_SECS + WINDOW - 1 + GRACE - 1);
    assert_eq!(released(&mut w), 3 * PART);
    w.svm.advance(1);
    assert_eq!(released(&mut w), flowing(3 * PART_SECS + WINDOW - 1 + GRACE));
    at(&mut w, 4 * PART_SECS);
    assert_eq!(released(&mut w), AWARD);
    assert_adds_up(&mut w);
    let record = w.record_of(&cast.alice);
    assert_eq!((record.scored, record.missed_updates, record.score_sum), (0, 0, 0));
}

#[test]
fn parts_shorter_than_the_silence_pass_one_after_the_other() {
    // Thirteen parts of three days each. An update in the first second of its window passes a week
    // later, so the review falls behind the clock and catches up with money at every pass.
    let days = 39;
    let ask = Ask::with_reviews(9_100_000, days, 12);
    let (mut w, cast) = stream_of(Setup::default(), &ask);
    let mut passes = 0;
    for checkpoint in 0..12 {
        let opens = (3 * DAY * (i64::from(checkpoint) + 1)).max(passes);
        filed_at(&mut w, &cast, opens);
        let part = u64::from(checkpoint) + 1;
        assert_eq!(w.stream(0, 0).passed, checkpoint);
        passes = opens + GRACE;
        at(&mut w, passes - 1);
        assert_eq!(released(&mut w), part * 700_000);
    }
    assert_eq!(passes, 3 * DAY + 12 * GRACE);
    // By then the clock is past the end: the last pass brings the whole last part.
    at(&mut w, passes);
    assert_eq!(released(&mut w), 9_100_000);
    assert_adds_up(&mut w);
}

#[test]
fn a_silent_recipient_gets_nothing_more_even_if_nobody_holds_the_stream() {
    let (mut w, cast) = streaming();
    for secs in [PART_SECS, PART_SECS + WINDOW - 1, PART_SECS + WINDOW, 100 * DAY, 500 * DAY] {
        at(&mut w, secs);
        assert_eq!(released(&mut w), PART, "{secs} s after the start");
    }
    refused(&mut w, BudgetError::UpdateNotDue, |w| w.file_update(&cast.alice, 0, 0));
    refused(&mut w, BudgetError::StreamNotFinished, |w| w.close_stream(0, 0));
    // Anyone ends it: the rest is the treasury's again.
    w.hold(0, 0).unwrap();
    w.lapse_stream(0, 0, None).unwrap();
    assert_eq!(w.stream(0, 0).returned, 3 * PART);
    assert_adds_up(&mut w);
    w.close_stream(0, 0).unwrap();
}

#[test]
fn a_silent_recipients_stream_lapses_after_the_vote_that_could_rule() {
    let (mut w, cast) = streaming();
    let held_since = w.stream(0, 0).started_at + PART_SECS + WINDOW;
    at(&mut w, PART_SECS + WINDOW);
    w.hold(0, 0).unwrap();
    w.svm.advance(1);
    // The community takes the epoch's whole time and does nothing.
    let epoch = approve(&mut w, &cast, &[]);
    let rulable_until = w.epoch(epoch).settled_at + EXECUTION_GRACE;
    let lapses = rulable_until + HOLD_LIMIT;
    assert!(lapses < held_since + LONGEST_HOLD);
    for now in [held_since + 2, rulable_until, lapses - 1] {
        w.svm.set_now(now);
        refused(&mut w, BudgetError::HoldNotOver, |w| w.lapse_stream(0, 0, Some(epoch)));
        refused(&mut w, BudgetError::HoldNotOver, |w| w.lapse_stream(0, 0, None));
        assert_eq!(released(&mut w), PART);
    }
    w.svm.set_now(lapses);
    w.lapse_stream(0, 0, Some(epoch)).unwrap();
    assert_eq!(w.stream(0, 0).returned, 3 * PART);
    assert_adds_up(&mut w);
}

#[test]
fn a_silent_recipient_can_be_forgiven_by_a_vote() {
    let (mut w, cast) = streaming();
    at(&mut w, PART_SECS + WINDOW);
    w.hold(0, 0).unwrap();
    rule(&mut w, &cast, Ruling::Resume { checkpoint: 0 });
    let resumed = elapsed(&w);
    for part in 1..=2 {
        filed_at(&mut w, &cast, resumed + part * PART_SECS);
        w.score(0, 0, 10_000).unwrap();
    }
    at(&mut w, resumed + 3 * PART_SECS);
    assert_eq!(released(&mut w), AWARD);
    assert_adds_up(&mut w);
    let record = w.record_of(&cast.alice);
    assert_eq!((record.missed_updates, record.scored, record.cancellations), (1, 2, 0));
}

// --- pauses -------------------------------------------------------------------------------------

const PAUSE: i64 = 5 * DAY;

fn pause(w: &mut World) {
    let guardian = w.guardian.clone();
    w.pause_stream(&guardian, 0, 0, 5 * DAY_SECS).unwrap();
}

#[test]
fn a_pause_before_a_checkpoint_moves_its_window() {
    let (opens, closes) = (PART_SECS + PAUSE, PART_SECS + PAUSE + WINDOW);
    for (secs, refusal) in [
        (PART_SECS, Some(BudgetError::UpdateNotDue)),
        (opens - 1, Some(BudgetError::UpdateNotDue)),
        (opens, None),
        (closes - 1, None),
        (closes, Some(BudgetError::UpdateNotDue)),
    ] {
        let (mut w, cast) = streaming();
        at(&mut w, 20 * DAY);
        pause(&mut w);
        at(&mut w, secs);
        match refusal {
            None => {
                w.file_update(&cast.alice, 0, 0).unwrap();
                assert_eq!(w.stream(0, 0).updated_at, secs - PAUSE);
            }
            Some(error) => refused(&mut w, error, |w| w.file_update(&cast.alice, 0, 0)),
        }
    }
}

#[test]
fn a_pause_at_the_end_of_a_part_keeps_it_from_ending() {
    let (mut w, cast) = streaming();
    at(&mut w, PART_SECS - 1);
    pause(&mut w);
    for secs in [PART_SECS - 1, PART_SECS, PART_SECS - 1 + PAUSE] {
        at(&mut w, secs);
        assert_eq!(released(&mut w), PART - 1, "{secs} s after the start");
        refused(&mut w, BudgetError::UpdateNotDue, |w| w.file_update(&cast.alice, 0, 0));
    }
    w.svm.advance(1);
    assert_eq!(released(&mut w), PART);
    w.file_update(&cast.alice, 0, 0).unwrap();
}

#[test]
fn a_window_stands_still_and_stays_open() {
    let closes = PART_SECS + WINDOW + PAUSE;
    // Paused at its first second, within it and at its last.
    for begins in [PART_SECS, PART_SECS + 3 * DAY, PART_SECS + WINDOW - 1] {
        for (secs, is_open) in
            [(begins, true), (begins + PAUSE, true), (closes - 1, true), (closes, false)]
        {
            let (mut w, cast) = streaming();
            at(&mut w, begins);
            pause(&mut w);
            at(&mut w, secs);
            if is_open {
                refused(&mut w, BudgetError::UpdateNotOverdue, |w| w.hold(0, 0));
                w.file_update(&cast.alice, 0, 0).unwrap();
            } else {
                refused(&mut w, BudgetError::UpdateNotDue, |w| w.file_update(&cast.alice, 0, 0));
                w.hold(0, 0).unwrap();
                assert_eq!(w.stream(0, 0).held_at, w.stream(0, 0).started_at + closes);
            }
        }
    }
}

#[test]
fn a_window_that_closed_before_a_pause_stays_closed() {
    for begins in [PART_SECS + WINDOW, PART_SECS + WINDOW + 1] {
        let (mut w, cast) = streaming();
        at(&mut w, begins);
        pause(&mut w);
        w.svm.advance(DAY);
        refused(&mut w, BudgetError::UpdateNotDue, |w| w.file_update(&cast.alice, 0, 0));
        w.hold(0, 0).unwrap();
        let stream = w.stream(0, 0);
        assert_eq!(stream.held_at, stream.started_at + PART_SECS + WINDOW);
    }
}

#[test]
fn the_time_for_a_verdict_stands_still_too() {
    let passes = PART_SECS + GRACE + PAUSE;
    for begins in [PART_SECS, PART_SECS + 3 * DAY, PART_SECS + GRACE - 1] {
        for (secs, is_open) in
            [(begins, true), (begins + PAUSE, true), (passes - 1, true), (passes, false)]
        {
            let (mut w, cast) = streaming();
            filed_at(&mut w, &cast, PART_SECS);
            at(&mut w, begins);
            pause(&mut w);
            at(&mut w, secs);
            if is_open {
                assert_eq!(released(&mut w), PART, "paused at {begins}, now {secs}");
                w.score(0, 0, 0).unwrap();
                assert_eq!(w.stream(0, 0).held_at, w.svm.now());
            } else {
                refused(&mut w, BudgetError::VerdictNotDue, |w| w.score(0, 0, 0));
                assert_eq!(released(&mut w), PART + 7 * DAILY, "paused at {begins}, now {secs}");
            }
        }
    }
}

#[test]
fn a_verdict_within_a_pause_brings_the_time_before_it_and_no_more() {
    let (mut w, cast) = streaming();
    filed_at(&mut w, &cast, PART_SECS);
    at(&mut w, PART_SECS + 2 * DAY);
    pause(&mut w);
    w.svm.advance(DAY);
    w.score(0, 0, 10_000).unwrap();
    assert_eq!(released(&mut w), PART + 2 * DAILY);
    at(&mut w, PART_SECS + 2 * DAY + PAUSE);
    assert_eq!(released(&mut w), PART + 2 * DAILY);
    w.svm.advance(DAY);
    assert_eq!(released(&mut w), PART + 3 * DAILY);
}

#[test]
fn a_stream_held_within_a_pause_resumes_where_it_was_held() {
    let (mut w, cast) = streaming();
    filed_at(&mut w, &cast, PART_SECS);
    pause(&mut w);
    w.score(0, 0, 0).unwrap();
    rule(&mut w, &cast, Ruling::Resume { checkpoint: 0 });
    let resumed = elapsed(&w);
    assert!(resumed > PART_SECS + PAUSE);
    for (since, paid) in [(0, PART), (DAY, PART + DAILY), (PART_SECS, 2 * PART)] {
        at(&mut w, resumed + since);
        assert_eq!(released(&mut w), paid, "{since} s after the ruling");
    }
}

#[test]
fn a_ruling_within_a_pause_waits_for_its_end() {
    // Resumed while the pause still runs: nothing accrues before it ends.
    let (mut w, cast) = streaming();
    let act = w.ruling(0, 0, Ruling::Resume { checkpoint: 0 });
    let epoch = approve(&mut w, &cast, &[act]);
    w.to_execution(epoch);
    filed_at(&mut w, &cast, PART_SECS);
    pause(&mut w);
    w.score(0, 0, 0).unwrap();
    w.svm.advance(2 * DAY);
    w.execute_action(epoch, 0).unwrap();
    for (secs, paid) in [
        (PART_SECS + 2 * DAY, PART),
        (PART_SECS + PAUSE, PART),
        (PART_SECS + PAUSE + DAY, PART + DAILY),
        (2 * PART_SECS + PAUSE, 2 * PART),
    ] {
        at(&mut w, secs);
        assert_eq!(released(&mut w), paid, "{secs} s after the start");
    }
}

#[test]
fn a_pause_moves_the_end_and_takes_nothing() {
    let (mut w, cast) = streaming();
    at(&mut w, 10 * DAY);
    pause(&mut w);
    for part in 1..=3 {
        filed_at(&mut w, &cast, part * PART_SECS + PAUSE);
        w.score(0, 0, 10_000).unwrap();
    }
    at(&mut w, 4 * PART_SECS + PAUSE - 1);
    assert_eq!(released(&mut w), AWARD - 1);
    w.svm.advance(1);
    assert_eq!(released(&mut w), AWARD);
    assert_adds_up(&mut w);
}

#[test]
fn a_hold_is_no_matter_of_the_guardians() {
    // Neither can a pause outlast a hold, nor does a pause of executions stop what anyone may do.
    let (mut w, _) = streaming();
    at(&mut w, PART_SECS + WINDOW);
    let guardian = w.guardian.clone();
    w.pause_executions(&guardian, 7 * DAY_SECS).unwrap();
    w.hold(0, 0).unwrap();
    w.svm.advance(LONGEST_HOLD);
    w.lapse_stream(0, 0, None).unwrap();
    assert_adds_up(&mut w);
}

#[test]
fn a_ruling_on_another_stream_says_nothing_about_the_hold() {
    let (mut w, cast) = held();
    w.svm.advance(1);
    let bobs = w.ruling(0, 1, Ruling::Reduce { keep_bps: 9_000 });
    let epoch = approve(&mut w, &cast, &[bobs]);
    w.to_execution(epoch);
    w.execute_action(epoch, 0).unwrap();
    assert_ne!(w.stream(0, 0).held_at, 0);
    assert_eq!((w.stream(0, 0).ruled_at, w.stream(0, 0).returned), (0, 0));
}
