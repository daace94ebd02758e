//! close_epoch
//! ├── given another rent payer ............................ WrongRentPayer
//! ├── given the epoch is not settled ...................... NotSettled
//! ├── given a vote record or a proposal exists ............ EpochNotEmpty
//! └── given it is settled and empty
//!     ├── anyone may call; the rent goes to who paid it
//!     ├── streams of its awards go on
//!     └── the epoch never comes back: `flow_no_return.rs`

use anchor_lang::error::ErrorCode;
use budget_tests::*;
use community_budget::BudgetError;

use crate::stage::*;

/// Epoch 0 was opened, nobody came, and it is settled.
fn empty() -> World {
    let mut w = World::new();
    w.open_epoch().unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w
}

#[test]
fn the_rent_goes_nowhere_else() {
    let mut w = empty();
    let thief = w.person().key();
    let stolen = w.community.close_epoch(0, thief);
    refused(&mut w, BudgetError::WrongRentPayer, |w| w.send(stolen, &[]));
}

#[test]
fn an_unsettled_epoch_stays_however_empty() {
    let mut w = World::new();
    w.open_epoch().unwrap();
    refused(&mut w, BudgetError::NotSettled, |w| w.close_epoch(0));
    w.to_tallying();
    refused(&mut w, BudgetError::NotSettled, |w| w.close_epoch(0));
}

#[test]
fn an_epoch_with_a_vote_record_stays() {
    let (mut w, cast) = streaming();
    for index in 0..2 {
        w.close_proposal(0, index).unwrap();
    }
    w.close_vote_record(0, &cast.voters[0]).unwrap();
    w.close_vote_record(0, &cast.voters[1]).unwrap();
    refused(&mut w, BudgetError::EpochNotEmpty, |w| w.close_epoch(0));
    w.close_vote_record(0, &cast.voters[2]).unwrap();
    w.close_epoch(0).unwrap();
}

#[test]
fn an_epoch_with_a_proposal_stays() {
    let (mut w, cast) = streaming();
    for voter in &cast.voters {
        w.close_vote_record(0, voter).unwrap();
    }
    w.close_proposal(0, 1).unwrap();
    refused(&mut w, BudgetError::EpochNotEmpty, |w| w.close_epoch(0));
    w.close_proposal(0, 0).unwrap();
    w.close_epoch(0).unwrap();
}

#[test]
fn anyone_closes_it_and_the_payer_gets_exactly_the_rent() {
    let mut w = World::new();
    let payer = w.person();
    let before = w.svm.lamports(&payer.key());
    let opening = w.community.open_epoch(payer.key(), 0);
    w.send(opening, &[&payer]).unwrap();
    assert!(w.svm.lamports(&payer.key()) < before);
    w.to_tallying();
    w.settle().unwrap();
    let closing = w.community.close_epoch(0, payer.key());
    w.send(closing, &[]).unwrap();
    assert_eq!(w.svm.lamports(&payer.key()), before);
    assert!(!w.svm.exists(&w.community.epoch(0)));
}

#[test]
fn streams_go_on_after_their_epoch() {
    let (mut w, cast) = streaming();
    for voter in &cast.voters {
        w.close_vote_record(0, voter).unwrap();
    }
    for index in 0..2 {
        w.close_proposal(0, index).unwrap();
    }
    w.close_epoch(0).unwrap();
    let purse = w.purse(&cast.bob);
    w.svm.advance(60 * DAY);
    w.claim(0, 1).unwrap();
    w.close_stream(0, 1).unwrap();
    assert_eq!(w.purse(&cast.bob) - purse, MEDIUM_ASK);
}

#[test]
fn an_epoch_closes_once() {
    let mut w = empty();
    w.close_epoch(0).unwrap();
    refused_by_anchor(&mut w, ErrorCode::AccountOwnedByWrongProgram, |w| w.close_epoch(0));
}
