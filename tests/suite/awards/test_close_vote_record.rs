//! close_vote_record
//! ├── given an account of another treasury or epoch ....... AccountMismatch
//! ├── given another vault or mint ......................... AccountMismatch
//! ├── given another rent payer ............................ WrongRentPayer
//! ├── given the epoch is not settled ...................... NotSettled
//! └── given the epoch is settled
//!     ├── anyone may call; the rent goes to who paid it
//!     ├── a retracted ballot's record closes too
//!     └── the tally stays
//!
//! What the stake notes is in `test_close_vote_record_participation.rs`, rewards are in
//! `test_close_vote_record_reward.rs` and `test_close_vote_record_payment.rs`; that a record never
//! comes back is in `flow_no_return.rs`.

use anchor_lang::error::ErrorCode;
use budget_tests::*;
use community_budget::BudgetError;

use crate::stage::*;

const TREASURY: usize = 0;
const EPOCH: usize = 1;
const VOTE_RECORD: usize = 2;
const STAKE: usize = 4;
const VAULT: usize = 5;
const BUDGET_MINT: usize = 7;

#[test]
fn a_record_of_another_epoch_is_refused() {
    let (mut w, cast) = settled();
    let other = executable_sibling(&mut w);
    let payer = w.svm.fee_payer();
    let own = w.community.close_vote_record(0, cast.voters[0].key(), payer);
    let swapped = swapped(own, EPOCH, other.epoch(0));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn accounts_of_another_treasury_are_refused() {
    let (mut w, cast) = settled();
    let other = executable_sibling(&mut w);
    let payer = w.svm.fee_payer();
    let own = w.community.close_vote_record(0, cast.voters[0].key(), payer);
    for (position, key) in [
        (TREASURY, other.treasury),
        (VAULT, other.vault()),
        (VAULT, w.community.bond_vault()),
        (VAULT, w.community.stake_vault()),
        (BUDGET_MINT, w.community.stake_mint),
    ] {
        let swapped = swapped(own.clone(), position, key);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
    }
}

#[test]
fn a_record_of_a_treasurys_other_epoch_is_refused() {
    let (mut w, cast) = settled();
    w.open_next_epoch();
    w.to_tallying();
    w.settle().unwrap();
    let own = w.community.close_vote_record(1, cast.voters[0].key(), w.svm.fee_payer());
    let swapped = swapped(own, VOTE_RECORD, w.vote_record_key(0, &cast.voters[0]));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn the_rent_goes_nowhere_else() {
    let (mut w, cast) = settled();
    let thief = w.person().key();
    let stolen = w.community.close_vote_record(0, cast.voters[0].key(), thief);
    refused(&mut w, BudgetError::WrongRentPayer, |w| w.send(stolen, &[]));
}

#[test]
fn before_settlement_every_record_stays() {
    let (mut w, cast) = tallying();
    w.svm.advance(-1);
    refused(&mut w, BudgetError::NotSettled, |w| w.close_vote_record(0, &cast.voters[0]));
    w.svm.advance(1);
    refused(&mut w, BudgetError::NotSettled, |w| w.close_vote_record(0, &cast.voters[0]));
    w.settle().unwrap();
    w.close_vote_record(0, &cast.voters[0]).unwrap();
}

#[test]
fn anyone_closes_it_and_the_payer_gets_exactly_the_rent() {
    let (mut w, cast) = submission();
    w.to_voting();
    let (payer, voter) = (w.person(), &cast.voters[0]);
    let args = w.ballot(&[(0, For)]);
    let instruction = w.community.cast_vote(voter.key(), payer.key(), 0, args);
    let before = w.svm.lamports(&payer.key());
    w.send(instruction, &[voter, &payer]).unwrap();
    assert!(w.svm.lamports(&payer.key()) < before);
    w.to_tallying();
    w.settle().unwrap();
    let closing = w.community.close_vote_record(0, voter.key(), payer.key());
    w.send(closing, &[]).unwrap();
    assert_eq!(w.svm.lamports(&payer.key()), before);
    assert!(!w.svm.exists(&w.vote_record_key(0, voter)));
    assert_eq!(w.epoch(0).vote_record_count, 0);
}

#[test]
fn each_close_counts_down_once() {
    let (mut w, cast) = settled();
    for (left, voter) in [2, 1, 0].into_iter().zip(&cast.voters) {
        w.close_vote_record(0, voter).unwrap();
        assert_eq!(w.epoch(0).vote_record_count, left);
    }
    assert_eq!(w.epoch(0).ballot_count, 3, "history stays");
}

#[test]
fn the_record_of_a_retracted_ballot_closes_too() {
    let (mut w, cast) = submission();
    w.to_voting();
    w.cast(&cast.voters[0], &[(0, For)]).unwrap();
    w.retract(&cast.voters[0]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.close_vote_record(0, &cast.voters[0]).unwrap();
    assert_eq!(w.epoch(0).vote_record_count, 0);
}

#[test]
fn the_tally_stays() {
    let (mut w, cast) = settled();
    let entry = w.entry(0, 0);
    for voter in &cast.voters {
        w.close_vote_record(0, voter).unwrap();
    }
    assert_eq!(w.entry(0, 0), entry);
    assert_eq!(entry.for_, ELECTORATE);
}

#[test]
fn a_record_closes_once() {
    let (mut w, cast) = settled();
    w.close_vote_record(0, &cast.voters[0]).unwrap();
    let expected = ErrorCode::AccountOwnedByWrongProgram;
    refused_by_anchor(&mut w, expected, |w| w.close_vote_record(0, &cast.voters[0]));
}

#[test]
fn the_record_of_another_voter_is_not_mistaken() {
    let (mut w, cast) = settled();
    let payer = w.svm.fee_payer();
    let own = w.community.close_vote_record(0, cast.voters[0].key(), payer);
    let other = w.vote_record_key(0, &cast.voters[1]);
    let mixed = swapped(own, VOTE_RECORD, other);
    let with_own_stake = mixed.clone();
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(with_own_stake, &[]));
    let stake = w.community.stake(&cast.voters[1].key());
    w.send(swapped(mixed, STAKE, stake), &[]).unwrap();
    assert!(w.svm.exists(&w.vote_record_key(0, &cast.voters[0])));
    assert!(!w.svm.exists(&other));
}
