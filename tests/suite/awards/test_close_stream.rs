//! close_stream
//! ├── given another treasury .............................. AccountMismatch
//! ├── given another rent payer ............................ WrongRentPayer
//! ├── given one base unit is unpaid ....................... StreamNotFinished
//! └── given everything is paid
//!     └── anyone may call; the rent goes to who paid it
//!
//! That a stream never comes back is in `flow_no_return.rs`.

use anchor_lang::error::ErrorCode;
use budget_tests::*;
use community_budget::BudgetError;

use crate::stage::*;

const TREASURY: usize = 0;

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
    let own = w.community.close_stream(w.stream_key(0, 0), w.svm.fee_payer());
    let swapped = swapped(own, TREASURY, other.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn the_rent_goes_nowhere_else() {
    let mut w = finished();
    let thief = w.person().key();
    let stolen = w.community.close_stream(w.stream_key(0, 0), thief);
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
    let (mut w, _) = executable();
    let payer = w.person();
    let before = w.svm.lamports(&payer.key());
    let instruction = w.community.execute_award(payer.key(), 0, 0);
    w.send(instruction, &[&payer]).unwrap();
    assert!(w.svm.lamports(&payer.key()) < before);
    w.svm.advance(60 * DAY);
    w.claim(0, 0).unwrap();
    let closing = w.community.close_stream(w.stream_key(0, 0), payer.key());
    w.send(closing, &[]).unwrap();
    assert_eq!(w.svm.lamports(&payer.key()), before);
    assert!(!w.svm.exists(&w.stream_key(0, 0)));
}

#[test]
fn a_stream_closes_once() {
    let mut w = finished();
    w.close_stream(0, 0).unwrap();
    refused_by_anchor(&mut w, ErrorCode::AccountNotInitialized, |w| w.close_stream(0, 0));
}
