//! What is closed stays closed: it is neither made anew nor revived by lamports that come back
//! within the transaction that closes it.

use anchor_lang::error::ErrorCode;
use budget_tests::*;
use community_budget::BudgetError;

use crate::stage::*;

/// Alice's stream has paid everything.
fn finished() -> World {
    let (mut w, _) = streaming();
    w.svm.advance(60 * DAY);
    w.claim(0, 0).unwrap();
    w
}

#[test]
fn a_vote_record_is_not_cast_anew() {
    let (mut w, cast) = settled();
    w.close_vote_record(0, &cast.voters[0]).unwrap();
    refused(&mut w, BudgetError::NotInVoting, |w| w.cast(&cast.voters[0], &[(0, For)]));
}

#[test]
fn lamports_do_not_revive_a_vote_record() {
    let (mut w, cast) = settled();
    let key = w.vote_record_key(0, &cast.voters[0]);
    let payer = w.svm.fee_payer();
    let closing = w.community.close_vote_record(0, cast.voters[0].key(), payer);
    assert_not_revived(&mut w, closing, key);
    refused(&mut w, BudgetError::NotInVoting, |w| w.cast(&cast.voters[0], &[(0, For)]));
}

#[test]
fn a_stream_is_not_executed_anew() {
    let mut w = finished();
    w.close_stream(0, 0).unwrap();
    refused(&mut w, BudgetError::AlreadyExecuted, |w| w.execute(0, 0));
}

#[test]
fn lamports_do_not_revive_a_stream() {
    let mut w = finished();
    let key = w.stream_key(0, 0);
    let closing = w.community.close_stream(key, w.stream(0, 0).recipient, w.svm.fee_payer());
    assert_not_revived(&mut w, closing, key);
    refused(&mut w, BudgetError::AlreadyExecuted, |w| w.execute(0, 0));
}

#[test]
fn lamports_do_not_revive_a_proposal() {
    let (mut w, cast) = streaming();
    let key = w.proposal_key(0, 0);
    let closing = w.community.close_proposal(0, 0, cast.alice.key(), w.svm.fee_payer());
    let late = w.community.execute_award(w.svm.fee_payer(), 0, 0, cast.alice.key());
    assert_not_revived(&mut w, closing, key);
    let expected = ErrorCode::AccountOwnedByWrongProgram;
    refused_by_anchor(&mut w, expected, |w| w.send(late, &[]));
}

#[test]
fn an_epoch_is_not_opened_anew() {
    let mut w = World::new();
    w.open_epoch().unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.close_epoch(0).unwrap();
    w.svm.advance(30 * DAY);
    let again = w.community.open_epoch(w.svm.fee_payer(), 0);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(again, &[]));
    w.open_epoch().unwrap();
    assert_eq!(w.current(), 1);
}

#[test]
fn lamports_do_not_revive_an_epoch() {
    let mut w = World::new();
    w.open_epoch().unwrap();
    w.to_tallying();
    w.settle().unwrap();
    let (key, payer) = (w.community.epoch(0), w.svm.fee_payer());
    let closing = w.community.close_epoch(0, payer);
    assert_not_revived(&mut w, closing, key);
    w.svm.advance(30 * DAY);
    w.open_epoch().unwrap();
    assert_eq!(w.current(), 1);
}
