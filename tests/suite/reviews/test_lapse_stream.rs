//! lapse_stream
//! ├── given another treasury, stream, record or epoch ..... AccountMismatch
//! ├── given a stream that has ended ....................... StreamEnded
//! ├── given a stream that is not held, or not any more .... StreamNotHeld
//! ├── given a vote can still rule
//! │   ├── no epoch shown: 180 days since the hold ......... HoldNotOver
//! │   ├── an epoch that opened before the hold, or with it  HoldNotOver
//! │   ├── an epoch that is not settled yet ................ HoldNotOver
//! │   └── one that opened after: its grace and the hold
//! │       limit after, 180 days since the hold at most .... HoldNotOver
//! └── given none can any more
//!     ├── anyone may call; what is released stays claimable, the rest returns
//!     ├── stream, record, books, position and event say so
//!     └── a stream that nobody held in time can be held and lapsed at once

use budget_tests::*;
use community_budget::{BudgetError, events::StreamLapsed, state::Ruling};

use crate::stage::*;

const TREASURY: usize = 0;
const STREAM: usize = 1;
const RECORD: usize = 2;
const EPOCH: usize = 3;

/// The longest hold.
const LONGEST: i64 = 180 * DAY;
/// The policy's.
const EXECUTION_GRACE: i64 = 14 * DAY;
const HOLD_LIMIT: i64 = 30 * DAY;

/// Alice's stream is held, and can lapse since this very second.
fn lapsable() -> (World, Cast) {
    let (mut w, cast) = held();
    w.svm.advance(LONGEST);
    (w, cast)
}

/// Moves the clock to `moment`, half-open: a second before it nothing lapses, at it all does.
#[track_caller]
fn assert_lapses_at(w: &mut World, moment: i64, ruling: Option<u32>) {
    w.svm.set_now(moment - 1);
    refused(w, BudgetError::HoldNotOver, |w| w.lapse_stream(0, 0, ruling));
    w.svm.set_now(moment);
    w.lapse_stream(0, 0, ruling).unwrap();
    assert_eq!(w.stream(0, 0).ended_at, moment);
}

#[test]
fn another_treasury_is_refused() {
    let (mut w, cast, twin) = twins();
    held_at(&mut w, &cast, PART_SECS);
    w.svm.advance(LONGEST);
    let own = w.community.lapse_stream(w.stream_key(0, 0), cast.alice.key(), None);
    let swapped = swapped(own, TREASURY, twin.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn a_stream_of_another_treasury_or_recipient_is_refused() {
    let (mut w, cast, twin) = twins();
    held_at(&mut w, &cast, PART_SECS);
    w.svm.advance(WINDOW);
    w.hold(0, 1).unwrap();
    let foreign = within(&mut w, twin, |w| {
        w.hold(0, 0).unwrap();
        w.stream_key(0, 0)
    });
    w.svm.advance(LONGEST);
    let own = w.community.lapse_stream(w.stream_key(0, 0), cast.alice.key(), None);
    for stream in [foreign, w.stream_key(0, 1)] {
        let swapped = swapped(own.clone(), STREAM, stream);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
    }
}

#[test]
fn the_record_of_another_person_or_treasury_is_refused() {
    let (mut w, cast, twin) = twins();
    held_at(&mut w, &cast, PART_SECS);
    w.svm.advance(LONGEST);
    let own = w.community.lapse_stream(w.stream_key(0, 0), cast.alice.key(), None);
    let bobs = w.community.recipient_record(&cast.bob.key());
    for record in [bobs, twin.recipient_record(&cast.alice.key())] {
        let swapped = swapped(own.clone(), RECORD, record);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
    }
}

#[test]
fn the_epoch_of_another_treasury_is_refused() {
    let (mut w, cast, twin) = twins();
    held_at(&mut w, &cast, PART_SECS);
    w.svm.advance(1);
    w.open_epoch().unwrap();
    // The other treasury's epoch is over long before.
    within(&mut w, twin, |w| {
        w.open_epoch().unwrap();
        settle_acts(w, &cast, &[]);
    });
    w.svm.advance(EXECUTION_GRACE + HOLD_LIMIT);
    let own = w.community.lapse_stream(w.stream_key(0, 0), cast.alice.key(), Some(1));
    let swapped = swapped(own, EPOCH, twin.epoch(1));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn a_stream_that_runs_does_not_lapse() {
    let (mut w, _) = streaming();
    for secs in [0, PART_SECS + WINDOW, 300 * DAY] {
        at(&mut w, secs);
        refused(&mut w, BudgetError::StreamNotHeld, |w| w.lapse_stream(0, 0, None));
    }
}

#[test]
fn a_stream_that_a_vote_resumed_does_not_lapse() {
    for ruling in [Ruling::Resume { checkpoint: 0 }, Ruling::Reduce { keep_bps: 5_000 }] {
        let (mut w, cast) = held();
        rule(&mut w, &cast, ruling);
        w.svm.advance(LONGEST);
        refused(&mut w, BudgetError::StreamNotHeld, |w| w.lapse_stream(0, 0, None));
    }
}

#[test]
fn a_stream_lapses_once() {
    let (mut w, _) = lapsable();
    w.lapse_stream(0, 0, None).unwrap();
    refused(&mut w, BudgetError::StreamEnded, |w| w.lapse_stream(0, 0, None));
}

#[test]
fn a_cancelled_stream_does_not_lapse() {
    let (mut w, cast) = held();
    rule(&mut w, &cast, Ruling::Cancel);
    w.svm.advance(LONGEST);
    refused(&mut w, BudgetError::StreamEnded, |w| w.lapse_stream(0, 0, None));
}

#[test]
fn without_an_epoch_a_hold_lasts_180_days() {
    let (mut w, _) = held();
    let since = w.stream(0, 0).held_at;
    for waited in [0, DAY, LONGEST - 2] {
        w.svm.set_now(since + waited);
        refused(&mut w, BudgetError::HoldNotOver, |w| w.lapse_stream(0, 0, None));
    }
    assert_lapses_at(&mut w, since + LONGEST, None);
}

#[test]
fn a_missed_updates_hold_counts_from_when_it_was_due() {
    let (mut w, _) = streaming();
    at(&mut w, PART_SECS + WINDOW + 25 * DAY);
    w.hold(0, 0).unwrap();
    let due = w.stream(0, 0).started_at + PART_SECS + WINDOW;
    assert_lapses_at(&mut w, due + LONGEST, None);
}

#[test]
fn a_stream_that_nobody_held_in_time_can_be_held_and_lapsed_at_once() {
    let (mut w, cast) = streaming();
    at(&mut w, PART_SECS + WINDOW + LONGEST);
    let (stream, alice) = (w.stream_key(0, 0), cast.alice.key());
    let acts =
        [w.community.hold_stream(stream, alice), w.community.lapse_stream(stream, alice, None)];
    w.svm.send(&acts, &[]).unwrap();
    assert_eq!(released(&mut w), PART);
    assert_adds_up(&mut w);
}

#[test]
fn with_an_epoch_that_could_rule_it_lasts_until_the_limit_after_its_grace() {
    let (mut w, cast) = held();
    w.svm.advance(1);
    let epoch = approve(&mut w, &cast, &[]);
    let settled_at = w.epoch(epoch).settled_at;
    assert_lapses_at(&mut w, settled_at + EXECUTION_GRACE + HOLD_LIMIT, Some(epoch));
}

#[test]
fn an_epoch_that_opened_with_the_hold_or_before_could_not_rule() {
    // The clock of epoch 1 runs so that it can open when the first update is awaited.
    for (after, could_rule) in [(-1, false), (0, false), (1, true)] {
        let (mut w, cast) = streaming();
        at(&mut w, PART_SECS);
        if after > 0 {
            held_at(&mut w, &cast, PART_SECS);
        }
        w.svm.advance(after.max(0));
        w.open_epoch().unwrap();
        if after <= 0 {
            filed_at(&mut w, &cast, PART_SECS - after);
            w.score(0, 0, 0).unwrap();
        }
        assert_eq!(w.epoch(1).opened_at - w.stream(0, 0).held_at, after);
        let epoch = settle_acts(&mut w, &cast, &[]);
        let limit = w.epoch(epoch).settled_at + EXECUTION_GRACE + HOLD_LIMIT;
        if could_rule {
            assert_lapses_at(&mut w, limit, Some(epoch));
        } else {
            w.svm.set_now(limit);
            refused(&mut w, BudgetError::HoldNotOver, |w| w.lapse_stream(0, 0, Some(epoch)));
            let longest = w.stream(0, 0).held_at + LONGEST;
            assert_lapses_at(&mut w, longest, Some(epoch));
        }
    }
}

#[test]
fn an_epoch_that_is_not_settled_says_nothing() {
    let (mut w, _) = held();
    let since = w.stream(0, 0).held_at;
    w.svm.advance(1);
    w.open_epoch().unwrap();
    w.svm.set_now(since + 100 * DAY);
    refused(&mut w, BudgetError::HoldNotOver, |w| w.lapse_stream(0, 0, Some(1)));
    // Once it is settled, late, its grace and the limit run from there.
    w.settle().unwrap();
    let settled_at = w.epoch(1).settled_at;
    assert_eq!(settled_at, since + 100 * DAY);
    assert_lapses_at(&mut w, settled_at + EXECUTION_GRACE + HOLD_LIMIT, Some(1));
}

#[test]
fn a_later_epoch_only_makes_it_longer() {
    let (mut w, cast) = held();
    w.svm.advance(1);
    let first = approve(&mut w, &cast, &[]);
    let second = approve(&mut w, &cast, &[]);
    let moment = w.epoch(first).settled_at + EXECUTION_GRACE + HOLD_LIMIT;
    w.svm.set_now(moment);
    refused(&mut w, BudgetError::HoldNotOver, |w| w.lapse_stream(0, 0, Some(second)));
    assert_lapses_at(&mut w, moment, Some(first));
}

#[test]
fn no_epoch_makes_it_longer_than_180_days() {
    let mut policy = test_policy();
    policy.review.hold_limit_secs = 120 * DAY_SECS;
    policy.schedule.execution_grace_secs = 90 * DAY_SECS;
    let setup = Setup { policy, ..Setup::default() };
    let (mut w, cast) = stream_of(setup, &usual_ask());
    held_at(&mut w, &cast, PART_SECS);
    w.svm.advance(1);
    let epoch = approve(&mut w, &cast, &[]);
    let since = w.stream(0, 0).held_at;
    assert!(w.epoch(epoch).settled_at + (90 + 120) * DAY > since + LONGEST);
    assert_lapses_at(&mut w, since + LONGEST, Some(epoch));
}

#[test]
fn the_hold_limit_is_that_of_the_epoch_that_funded_it() {
    let mut policy = test_policy();
    policy.review.hold_limit_secs = 14 * DAY_SECS;
    let setup = Setup { policy, ..Setup::default() };
    let (mut w, cast) = stream_of(setup, &usual_ask());
    held_at(&mut w, &cast, PART_SECS);
    w.svm.advance(1);
    let epoch = approve(&mut w, &cast, &[]);
    let settled_at = w.epoch(epoch).settled_at;
    assert_lapses_at(&mut w, settled_at + EXECUTION_GRACE + 14 * DAY, Some(epoch));
}

#[test]
fn time_in_which_executions_were_blocked_does_not_count() {
    let (mut w, cast) = held();
    w.svm.advance(1);
    let epoch = approve(&mut w, &cast, &[]);
    let settled_at = w.epoch(epoch).settled_at;
    let guardian = w.guardian.clone();
    w.pause_executions(&guardian, 5 * DAY_SECS).unwrap();
    let moment = settled_at + EXECUTION_GRACE + 5 * DAY + HOLD_LIMIT;
    assert_lapses_at(&mut w, moment, Some(epoch));
}

#[test]
fn what_is_released_stays_and_the_rest_returns() {
    let (mut w, cast) = streaming();
    at(&mut w, 10 * DAY);
    w.claim(0, 0).unwrap();
    held_at(&mut w, &cast, PART_SECS);
    w.svm.advance(LONGEST + 5);
    let (books, vault, alices, bobs) =
        (w.treasury(), w.vault(), w.record_of(&cast.alice), w.record_of(&cast.bob));
    let stranger = w.person();
    let act = w.community.lapse_stream(w.stream_key(0, 0), cast.alice.key(), None);
    let landed = w.svm.send_paid_by(&stranger.wallet, &[act], &[]).unwrap();

    let returned = 3 * PART;
    let stream = w.stream(0, 0);
    assert_eq!((stream.ended_at, stream.held_at), (w.svm.now(), 0));
    assert_eq!((stream.ended_released, stream.returned), (PART, returned));
    assert_eq!((stream.withdrawn, stream.update_filed), (10 * DAILY, 0));

    let after = w.treasury();
    assert_eq!(books.committed - after.committed, returned);
    assert_eq!((after.tracked, after.reserved_funds), (books.tracked, books.reserved_funds));
    assert_eq!(after.free().unwrap() - books.free().unwrap(), returned);
    assert_eq!(w.vault(), vault);

    let record = w.record_of(&cast.alice);
    assert_eq!((alices.cancellations, record.cancellations), (0, 1));
    assert_eq!(bytemuck::bytes_of(&w.record_of(&cast.bob)), bytemuck::bytes_of(&bobs));

    let StreamLapsed { seq, treasury, stream, returned: gave_back, committed } = event(&landed);
    assert_eq!((seq, treasury), (books.seq + 1, w.community.treasury));
    assert_eq!((seq, stream), (after.seq, w.stream_key(0, 0)));
    assert_eq!((gave_back, committed), (returned, after.committed));

    let purse = w.purse(&cast.alice);
    w.claim(0, 0).unwrap();
    assert_eq!(w.purse(&cast.alice) - purse, PART - 10 * DAILY);
    w.svm.advance(DAY);
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
    assert_adds_up(&mut w);
}

#[test]
fn what_a_hedge_gives_back_leaves_its_position() {
    let ask = Ask { category: HEDGE, ..usual_ask() };
    let (mut w, cast) = stream_of(hedging(), &ask);
    held_at(&mut w, &cast, PART_SECS);
    w.claim(0, 0).unwrap();
    w.svm.advance(LONGEST);
    w.lapse_stream(0, 0, None).unwrap();
    let position = w.treasury().positions[usize::from(HEDGE)];
    assert_eq!((position.pending, position.cost), (0, PART));
}

#[test]
fn an_epoch_that_was_closed_is_not_needed() {
    let (mut w, cast) = held();
    w.svm.advance(1);
    let epoch = approve(&mut w, &cast, &[]);
    w.close_epoch(epoch).unwrap();
    let since = w.stream(0, 0).held_at;
    assert_lapses_at(&mut w, since + LONGEST, None);
}
