//! hold_stream
//! ├── given another treasury, stream or record ............ AccountMismatch
//! ├── given no checkpoint waits
//! │   ├── there is none, or all have passed ............... NoCheckpointOpen
//! │   └── held already, cancelled, lapsed ................. NoCheckpointOpen
//! ├── given the update is not overdue
//! │   ├── the part still runs, the window is still open ... UpdateNotOverdue
//! │   └── it was filed, whether scored or not ............. UpdateNotOverdue
//! └── given it is
//!     ├── anyone may call; held as of when it was due, however late the call
//!     ├── a miss is booked in the record, no money moves, the event says so
//!     └── after the reviewer's silence it is the next checkpoint that holds

use budget_tests::*;
use community_budget::{BudgetError, events::StreamHeld, state::Ruling};

use crate::stage::*;

const TREASURY: usize = 0;
const STREAM: usize = 1;
const RECORD: usize = 2;

/// The first update is overdue since this very second.
const OVERDUE: i64 = PART_SECS + WINDOW;

fn overdue() -> (World, Cast) {
    let (mut w, cast) = streaming();
    at(&mut w, OVERDUE);
    (w, cast)
}

#[test]
fn another_treasury_is_refused() {
    let (mut w, cast, twin) = twins();
    at(&mut w, OVERDUE);
    let own = w.community.hold_stream(w.stream_key(0, 0), cast.alice.key());
    let swapped = swapped(own, TREASURY, twin.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn a_stream_of_another_treasury_or_recipient_is_refused() {
    let (mut w, cast, twin) = twins();
    at(&mut w, OVERDUE);
    let own = w.community.hold_stream(w.stream_key(0, 0), cast.alice.key());
    for stream in [within(&mut w, twin, |w| w.stream_key(0, 0)), w.stream_key(0, 1)] {
        let swapped = swapped(own.clone(), STREAM, stream);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
    }
}

#[test]
fn the_record_of_another_person_or_treasury_is_refused() {
    let (mut w, cast, twin) = twins();
    at(&mut w, OVERDUE);
    let own = w.community.hold_stream(w.stream_key(0, 0), cast.alice.key());
    let bobs = w.community.recipient_record(&cast.bob.key());
    for record in [bobs, twin.recipient_record(&cast.alice.key())] {
        let swapped = swapped(own.clone(), RECORD, record);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
    }
}

#[test]
fn a_stream_without_checkpoints_is_not_held() {
    let (mut w, _) = stream_of(Setup::default(), &Ask::with_reviews(AWARD, 60, 0));
    for secs in [0, 37 * DAY, 100 * DAY] {
        at(&mut w, secs);
        refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.hold(0, 0));
    }
}

#[test]
fn after_the_last_checkpoint_nothing_is_held() {
    let (mut w, cast) = streaming();
    for part in 1..=3 {
        filed_at(&mut w, &cast, part * PART_SECS);
        w.score(0, 0, 6_000).unwrap();
    }
    for secs in [3 * PART_SECS + WINDOW, 5 * PART_SECS] {
        at(&mut w, secs);
        refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.hold(0, 0));
    }
}

#[test]
fn a_held_stream_is_not_held_again() {
    let (mut w, _) = overdue();
    w.hold(0, 0).unwrap();
    refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.hold(0, 0));
    w.svm.advance(100 * DAY);
    refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.hold(0, 0));
}

#[test]
fn a_cancelled_stream_is_not_held() {
    let (mut w, cast) = streaming();
    rule(&mut w, &cast, Ruling::Cancel);
    at(&mut w, OVERDUE);
    refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.hold(0, 0));
}

#[test]
fn a_lapsed_stream_is_not_held() {
    let (mut w, _) = overdue();
    w.hold(0, 0).unwrap();
    w.svm.advance(180 * DAY);
    w.lapse_stream(0, 0, None).unwrap();
    refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.hold(0, 0));
}

#[test]
fn it_is_held_from_the_end_of_the_window_on() {
    for (secs, is_overdue) in [
        (0, false),
        (PART_SECS, false),
        (OVERDUE - 1, false),
        (OVERDUE, true),
        (OVERDUE + 1, true),
        (OVERDUE + 170 * DAY, true),
    ] {
        let (mut w, _) = streaming();
        at(&mut w, secs);
        if is_overdue {
            w.hold(0, 0).unwrap();
            let stream = w.stream(0, 0);
            assert_eq!(stream.held_at, stream.started_at + OVERDUE, "called at {secs}");
        } else {
            refused(&mut w, BudgetError::UpdateNotOverdue, |w| w.hold(0, 0));
        }
    }
}

#[test]
fn an_update_in_time_is_not_overdue() {
    let (mut w, cast) = streaming();
    filed_at(&mut w, &cast, OVERDUE - 1);
    // Unscored: it passes by itself.
    for secs in [OVERDUE, OVERDUE - 1 + GRACE - 1, OVERDUE - 1 + GRACE, OVERDUE + GRACE] {
        at(&mut w, secs);
        refused(&mut w, BudgetError::UpdateNotOverdue, |w| w.hold(0, 0));
    }
    // Scored.
    at(&mut w, OVERDUE);
    w.score(0, 0, 10_000).unwrap();
    at(&mut w, 2 * PART_SECS + WINDOW - 1);
    refused(&mut w, BudgetError::UpdateNotOverdue, |w| w.hold(0, 0));
}

#[test]
fn after_the_reviewers_silence_the_next_checkpoint_holds() {
    let (mut w, cast) = streaming();
    filed_at(&mut w, &cast, PART_SECS);
    at(&mut w, 2 * PART_SECS + WINDOW);
    let held: StreamHeld = event(&w.hold(0, 0).unwrap());
    let stream = w.stream(0, 0);
    assert_eq!((held.checkpoint, stream.passed, stream.update_filed), (1, 1, 0));
    assert_eq!(stream.held_at, w.svm.now());
    assert_eq!(released(&mut w), 2 * PART);
}

#[test]
fn the_miss_is_recorded_and_no_money_moves() {
    let (mut w, cast) = overdue();
    w.svm.advance(11);
    let (books, vault, stream, bobs) =
        (w.treasury(), w.vault(), w.stream(0, 0), w.record_of(&cast.bob));
    let stranger = w.person();
    let act = w.community.hold_stream(w.stream_key(0, 0), cast.alice.key());
    let landed = w.svm.send_paid_by(&stranger.wallet, &[act], &[]).unwrap();

    let held_at = w.svm.now() - 11;
    let mut expected = stream;
    expected.held_at = held_at;
    assert_eq!(bytemuck::bytes_of(&w.stream(0, 0)), bytemuck::bytes_of(&expected));

    let record = w.record_of(&cast.alice);
    assert_eq!((record.missed_updates, record.scored, record.score_sum), (1, 0, 0));
    assert_eq!(record.cancellations, 0);
    assert_eq!(bytemuck::bytes_of(&w.record_of(&cast.bob)), bytemuck::bytes_of(&bobs));

    let mut counted = books;
    counted.seq += 1;
    assert_eq!(bytemuck::bytes_of(&w.treasury()), bytemuck::bytes_of(&counted));
    assert_eq!(w.vault(), vault);

    let StreamHeld { seq, treasury, stream, checkpoint, held_at: since } = event(&landed);
    assert_eq!((seq, treasury), (books.seq + 1, w.community.treasury));
    assert_eq!((stream, checkpoint, since), (w.stream_key(0, 0), 0, held_at));
}

#[test]
fn a_held_stream_releases_no_more_and_pays_what_it_had() {
    let (mut w, _) = overdue();
    w.hold(0, 0).unwrap();
    for _ in 0..3 {
        w.svm.advance(20 * DAY);
        assert_eq!(released(&mut w), PART);
    }
}

#[test]
fn a_stream_with_nothing_left_to_pay_is_neither_held_nor_ruled_on() {
    // Four base units in four parts. A reduction leaves nothing after the first, which is claimed.
    let (mut w, cast) = stream_of(Setup::default(), &Ask::with_reviews(4, 120, 3));
    let epoch = approve_ruling(&mut w, &cast, Ruling::Reduce { keep_bps: 1 });
    at(&mut w, PART_SECS);
    w.svm.set_now(w.svm.now().max(w.epoch(epoch).settled_at + 4 * DAY));
    w.execute_action(epoch, 0).unwrap();
    w.claim(0, 0).unwrap();
    let stream = w.stream(0, 0);
    assert_eq!((stream.withdrawn, stream.returned, stream.passed), (1, 3, 0));
    at(&mut w, OVERDUE);
    refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.hold(0, 0));
    let epoch = approve_ruling(&mut w, &cast, Ruling::Cancel);
    w.to_execution(epoch);
    refused(&mut w, BudgetError::StreamEnded, |w| w.execute_action(epoch, 0));
    w.close_stream(0, 0).unwrap();
    let record = w.record_of(&cast.alice);
    assert_eq!((record.missed_updates, record.cancellations), (0, 0));
}

#[test]
fn an_update_on_a_stream_with_nothing_left_to_pay_can_still_be_closed() {
    let (mut w, cast) = stream_of(Setup::default(), &Ask::with_reviews(4, 120, 3));
    let epoch = approve_ruling(&mut w, &cast, Ruling::Reduce { keep_bps: 1 });
    at(&mut w, PART_SECS);
    w.file_update(&cast.alice, 0, 0).unwrap();
    w.svm.set_now(w.svm.now().max(w.epoch(epoch).settled_at + 4 * DAY));
    w.execute_action(epoch, 0).unwrap();
    w.claim(0, 0).unwrap();
    w.svm.advance(100 * DAY);
    w.close_review(0, 0, 0).unwrap();
    w.close_stream(0, 0).unwrap();
}
