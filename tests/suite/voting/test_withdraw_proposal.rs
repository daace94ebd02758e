//! withdraw_proposal
//! ├── given the proposer did not sign ................. AccountNotSigner
//! ├── given the epoch is not in Submission ............ NotInSubmission
//! ├── given an account of another person or epoch ..... AccountMismatch
//! ├── given it was withdrawn before ................... AlreadyWithdrawn
//! └── given it stands
//!     ├── when accepted ............................... its amount leaves the cumulative ask
//!     ├── when not accepted ........................... no cumulative ask changes
//!     └── always ...................................... a tombstone folds into the slate hash;
//!                                                       slot, fee and bond stay spent

use anchor_lang::error::ErrorCode::AccountNotSigner;
use budget_tests::*;
use community_budget::BudgetError;

use crate::shared::{after_withdrawal, next_epoch, second_treasury, submission, within};

const EPOCH: usize = 1;
const PROPOSAL: usize = 2;

/// An epoch with one accepted ask for 5.
fn standing() -> (World, Person) {
    let (mut w, _) = submission(test_policy(), &[], &[]);
    let proposer = w.proposer();
    w.submit(&proposer, &Ask::of(5)).unwrap();
    (w, proposer)
}

#[test]
fn a_proposer_who_did_not_sign_is_refused() {
    let (mut w, proposer) = standing();
    refused_by_anchor(&mut w, AccountNotSigner, |w| {
        w.send(unsigned(w.community.withdraw_proposal(proposer.key(), 0, 0), 0), &[])
    });
}

#[test]
fn a_proposal_can_be_withdrawn_until_voting_opens() {
    let (mut w, proposer) = standing();
    let end = w.epoch(0).voting_opens_at;
    for late in [end, end + 1] {
        w.svm.set_now(late);
        refused(&mut w, BudgetError::NotInSubmission, |w| w.withdraw(&proposer, 0));
    }
    w.svm.set_now(end - 1);
    w.withdraw(&proposer, 0).unwrap();
}

#[test]
fn neither_recipient_nor_stranger_can_withdraw() {
    let (mut w, proposer) = standing();
    let (recipient, stranger) = (w.proposer(), w.proposer());
    w.submit_for(&proposer, &recipient, true, &Ask::of(7)).unwrap();
    for other in [&recipient, &stranger] {
        refused(&mut w, BudgetError::AccountMismatch, |w| w.withdraw(other, 1));
    }
}

#[test]
fn another_epoch_than_the_proposals_is_refused() {
    let (mut w, proposer) = standing();
    next_epoch(&mut w);
    w.submit(&proposer, &Ask::of(5)).unwrap();
    let other = second_treasury(&mut w);
    within(&mut w, other, World::open_epoch).unwrap();
    for epoch in [w.community.epoch(0), other.epoch(0)] {
        refused(&mut w, BudgetError::AccountMismatch, |w| {
            let instruction = w.community.withdraw_proposal(proposer.key(), 1, 0);
            w.send(swapped(instruction, EPOCH, epoch), &[&proposer])
        });
    }
}

#[test]
fn a_proposal_of_another_epoch_is_refused() {
    let (mut w, proposer) = standing();
    next_epoch(&mut w);
    w.submit(&proposer, &Ask::of(5)).unwrap();
    refused(&mut w, BudgetError::AccountMismatch, |w| {
        let instruction = w.community.withdraw_proposal(proposer.key(), 1, 0);
        let old = w.proposal_key(0, 0);
        w.send(swapped(instruction, PROPOSAL, old), &[&proposer])
    });
}

#[test]
fn a_proposal_is_withdrawn_once() {
    let (mut w, proposer) = standing();
    w.withdraw(&proposer, 0).unwrap();
    refused(&mut w, BudgetError::AlreadyWithdrawn, |w| w.withdraw(&proposer, 0));
}

#[test]
fn a_withdrawal_marks_the_entry_and_folds_a_tombstone() {
    let (mut w, proposer) = standing();
    w.submit(&proposer, &Ask::of(7)).unwrap();
    let (header, entry, proposal) = (w.epoch(0), w.entry(0, 1), w.svm.get(&w.proposal_key(0, 1)));
    w.withdraw(&proposer, 1).unwrap();

    let mut expected = entry;
    expected.outcome = Outcome::Withdrawn.into();
    assert_eq!(w.entry(0, 1), expected);
    let after = w.epoch(0);
    let folded = after_withdrawal(header.slate_hash, w.community.treasury, 0, 1);
    assert_eq!(after.slate_hash, folded);
    assert_eq!(after.seq, header.seq + 1);
    assert_eq!((after.entry_count, after.open_proposals), (2, 2));
    assert_eq!(w.svm.get(&w.proposal_key(0, 1)), proposal);
}

#[test]
fn the_fee_stays_with_the_vault_and_the_bond_in_its_own() {
    let (mut w, proposer) = standing();
    let (purse, treasury) = (w.purse(&proposer), w.treasury());
    w.withdraw(&proposer, 0).unwrap();
    assert_eq!(w.purse(&proposer), purse);
    assert_eq!(w.treasury().tracked, treasury.tracked);
    assert_eq!(w.treasury().bonded, 50_000);
    assert_eq!(token::balance(&w.svm, &w.community.bond_vault()), 50_000);
}

#[test]
fn an_accepted_amount_leaves_the_cumulative_ask() {
    let (mut w, proposer) = standing();
    w.submit(&proposer, &Ask::of(7)).unwrap();
    assert_eq!(w.entry(0, 0).recipient_ask, 12);
    w.withdraw(&proposer, 1).unwrap();
    assert_eq!(w.entry(0, 0).recipient_ask, 5);
}

#[test]
fn a_withdrawn_leader_still_holds_the_others_asks() {
    let (mut w, proposer) = standing();
    w.submit(&proposer, &Ask::of(7)).unwrap();
    w.withdraw(&proposer, 0).unwrap();
    assert_eq!(w.entry(0, 0).recipient_ask, 7);
    w.submit(&proposer, &Ask::of(11)).unwrap();
    assert_eq!((w.entry(0, 2).leader, w.entry(0, 0).recipient_ask), (0, 18));
}

#[test]
fn an_unaccepted_withdrawal_changes_no_cumulative_ask() {
    let (mut w, proposer) = standing();
    let recipient = w.proposer();
    w.submit_for(&proposer, &recipient, false, &Ask::of(7)).unwrap();
    // Index 0 is what an entry that was never accepted names as its leader.
    w.withdraw(&proposer, 1).unwrap();
    assert_eq!(w.entry(0, 0).recipient_ask, 5);
    assert_eq!(w.entry(0, 1).recipient_ask, 0);
}
