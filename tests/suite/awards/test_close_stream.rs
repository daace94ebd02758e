//! close_stream
//! ├── given another treasury .............................. AccountMismatch
//! ├── given the record is not the recipient's here ........ AccountMismatch
//! ├── given another rent payer ............................ WrongRentPayer
//! ├── given one base unit is neither paid nor returned .... StreamNotFinished
//! ├── given a review of it exists ......................... ReviewsOpen
//! └── given everything is paid or returned
//!     ├── anyone may call; the rent goes to who paid it
//!     ├── the recipient's record notes what was paid and returned
//!     └── no money moves
//!
//! That a stream never comes back is in `flow_no_return.rs`.

use anchor_lang::{error::ErrorCode, prelude::Pubkey, solana_program::instruction::Instruction};
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{RecipientRecord, Ruling},
};

use crate::stage::*;

const TREASURY: usize = 0;
const STREAM: usize = 1;
const RECORD: usize = 2;

/// Closes stream 0, whose rent `rent_payer` paid.
fn closing(w: &World, rent_payer: Pubkey) -> Instruction {
    let stream = w.stream(0, 0);
    w.community.close_stream(w.stream_key(0, 0), stream.recipient, rent_payer)
}

/// Alice's stream has paid everything.
fn finished() -> World {
    let (mut w, _) = streaming();
    w.svm.advance(60 * DAY);
    w.claim(0, 0).unwrap();
    w
}

#[test]
fn another_treasury_is_refused() {
    let mut w = finished();
    let other = streaming_sibling(&mut w);
    let own = closing(&w, w.svm.fee_payer());
    let swapped = swapped(own, TREASURY, other.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn a_stream_of_another_treasury_is_refused() {
    let mut w = finished();
    let other = streaming_sibling(&mut w);
    let foreign = address::stream(&address::proposal(&other.epoch(0), 0));
    let swapped = swapped(closing(&w, w.svm.fee_payer()), STREAM, foreign);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn the_record_must_be_the_recipients() {
    let mut w = finished();
    let other = streaming_sibling(&mut w);
    let (alice, bob) = (w.stream(0, 0).recipient, w.stream(0, 1).recipient);
    let creation = other.open_recipient_record(w.svm.fee_payer(), alice);
    w.send(creation, &[]).unwrap();
    for record in [w.community.recipient_record(&bob), other.recipient_record(&alice)] {
        let swapped = swapped(closing(&w, w.svm.fee_payer()), RECORD, record);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
    }
    let nobodys = w.person().key();
    let missing = w.community.recipient_record(&nobodys);
    let without = swapped(closing(&w, w.svm.fee_payer()), RECORD, missing);
    let expected = ErrorCode::AccountOwnedByWrongProgram;
    refused_by_anchor(&mut w, expected, |w| w.send(without, &[]));
}

#[test]
fn the_rent_goes_nowhere_else() {
    let mut w = finished();
    let thief = w.person().key();
    let stolen = closing(&w, thief);
    refused(&mut w, BudgetError::WrongRentPayer, |w| w.send(stolen, &[]));
}

#[test]
fn a_stream_with_one_unpaid_unit_stays() {
    let (mut w, _) = stream_of(&Ask::of(SMALL_ASK));
    w.svm.advance(60 * DAY - 1);
    w.claim(0, 0).unwrap();
    assert_eq!(w.stream(0, 0).withdrawn, SMALL_ASK - 1);
    refused(&mut w, BudgetError::StreamNotFinished, |w| w.close_stream(0, 0));
    w.svm.advance(1);
    w.claim(0, 0).unwrap();
    w.close_stream(0, 0).unwrap();
}

#[test]
fn the_end_alone_does_not_finish_a_stream() {
    let (mut w, _) = streaming();
    w.svm.advance(61 * DAY);
    refused(&mut w, BudgetError::StreamNotFinished, |w| w.close_stream(0, 0));
}

#[test]
fn anyone_closes_it_and_the_payer_gets_exactly_the_rent() {
    let (mut w, cast) = executable();
    let payer = w.person();
    let before = w.svm.lamports(&payer.key());
    let instruction = w.community.execute_award(payer.key(), 0, 0, cast.alice.key());
    w.send(instruction, &[&payer]).unwrap();
    assert!(w.svm.lamports(&payer.key()) < before);
    w.svm.advance(60 * DAY);
    w.claim(0, 0).unwrap();
    let closing = closing(&w, payer.key());
    w.send(closing, &[]).unwrap();
    assert_eq!(w.svm.lamports(&payer.key()), before);
    assert!(!w.svm.exists(&w.stream_key(0, 0)));
}

#[test]
fn a_stream_closes_once() {
    let mut w = finished();
    let again = closing(&w, w.svm.fee_payer());
    w.close_stream(0, 0).unwrap();
    let expected = ErrorCode::AccountOwnedByWrongProgram;
    refused_by_anchor(&mut w, expected, |w| w.send(again, &[]));
}

#[test]
fn a_stream_with_an_open_review_stays() {
    let (mut w, recipient) = stream_of(&Ask::with_reviews(SMALL_ASK, 60, 2));
    for days in [20, 20] {
        w.svm.advance(days * DAY);
        w.file_update(&recipient, 0, 0).unwrap();
        w.score(0, 0, 6_000).unwrap();
    }
    w.svm.advance(20 * DAY);
    refused(&mut w, BudgetError::StreamNotFinished, |w| w.close_stream(0, 0));
    w.claim(0, 0).unwrap();
    refused(&mut w, BudgetError::ReviewsOpen, |w| w.close_stream(0, 0));
    w.close_review(0, 0, 1).unwrap();
    refused(&mut w, BudgetError::ReviewsOpen, |w| w.close_stream(0, 0));
    w.close_review(0, 0, 0).unwrap();
    w.close_stream(0, 0).unwrap();
}

/// Closes stream 0, of Alice, and proves that her record notes exactly this and no money moves.
#[track_caller]
fn closes_with(w: &mut World, alice: &Person, paid: u64, returned: u64) {
    let (record, books, vault) = (w.record_of(alice), w.treasury(), w.vault());
    w.close_stream(0, 0).unwrap();
    let expected = RecipientRecord {
        paid: record.paid + paid,
        returned: record.returned + returned,
        ..record
    };
    assert_same(w.record_of(alice), expected);
    assert_eq!(w.vault(), vault);
    let after = w.treasury();
    assert_eq!((after.tracked, after.committed), (books.tracked, books.committed));
}

#[test]
fn the_record_notes_what_was_paid() {
    let (mut w, cast) = streaming();
    w.svm.advance(60 * DAY);
    w.claim(0, 0).unwrap();
    closes_with(&mut w, &cast.alice, SMALL_ASK, 0);
    let alices = w.record_of(&cast.alice);
    assert_eq!((alices.awarded, alices.paid, alices.returned), (SMALL_ASK, SMALL_ASK, 0));
    assert_eq!(w.record_of(&cast.bob).paid, 0);
}

#[test]
fn the_record_notes_what_a_review_returned() {
    // Halves of 2,500,000; the second is scaled by 3,600 / 6,000.
    let (mut w, recipient) = stream_of(&Ask::with_reviews(SMALL_ASK, 60, 1));
    w.svm.advance(30 * DAY);
    w.file_update(&recipient, 0, 0).unwrap();
    w.score(0, 0, 3_600).unwrap();
    w.svm.advance(30 * DAY);
    w.claim(0, 0).unwrap();
    w.close_review(0, 0, 0).unwrap();
    closes_with(&mut w, &recipient, 4_000_000, 1_000_000);
}

#[test]
fn the_record_notes_what_a_cancellation_returned() {
    let (mut w, cast) = streaming();
    let cancel = w.ruling(0, 0, Ruling::Cancel);
    w.pass_action(&cast.bob, &cast.voters[0], cancel);
    // Executed 4 days after settlement, cancelled 30 days later.
    assert_eq!(w.stream(0, 0).ended_at - w.stream(0, 0).started_at, 30 * DAY);
    refused(&mut w, BudgetError::StreamNotFinished, |w| w.close_stream(0, 0));
    w.claim(0, 0).unwrap();
    closes_with(&mut w, &cast.alice, SMALL_ASK / 2, SMALL_ASK / 2);
    assert_eq!(w.record_of(&cast.alice).cancellations, 1);
}

#[test]
fn a_stream_cancelled_before_anything_was_released_closes_without_a_claim() {
    let mut w = World::new();
    let voter = w.staker(ELECTORATE);
    let alice = w.proposer();
    w.open_epoch().unwrap();
    w.submit(&alice, &Ask { cliff_secs: 60 * DAY_SECS, ..Ask::of(SMALL_ASK) }).unwrap();
    w.to_voting();
    w.cast(&voter, &[(0, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    w.execute(0, 0).unwrap();
    let cancel = w.ruling(0, 0, Ruling::Cancel);
    w.pass_action(&alice, &voter, cancel);
    closes_with(&mut w, &alice, 0, SMALL_ASK);
}
