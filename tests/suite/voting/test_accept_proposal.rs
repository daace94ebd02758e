//! accept_proposal
//! ├── given the recipient did not sign ................ AccountNotSigner
//! ├── given the epoch is not in Submission ............ NotInSubmission
//! ├── given an account of another person, epoch or treasury AccountMismatch
//! ├── given the proposal was withdrawn ................ AlreadyWithdrawn
//! ├── given it was accepted before .................... AlreadyAccepted
//! └── given it waits for consent
//!     ├── when the first of this recipient ............ it leads and holds the cumulative ask
//!     ├── when a later one ............................ adds to the leader
//!     └── when in a later epoch ....................... another leader

use anchor_lang::error::ErrorCode::AccountNotSigner;
use budget_tests::*;
use community_budget::BudgetError;

use crate::shared::{
    ADMITS_ALL, fresh_entry, next_epoch, record, second_treasury, submission, within,
};

const EPOCH: usize = 1;
const PROPOSAL: usize = 2;
const RECORD: usize = 3;

/// An epoch with one ask for 5 that waits for its recipient.
fn waiting() -> (World, Person, Person) {
    let (mut w, _) = submission(test_policy(), &[], &[]);
    let (proposer, recipient) = (w.proposer(), w.proposer());
    w.submit_for(&proposer, &recipient, false, &Ask::of(5)).unwrap();
    (w, proposer, recipient)
}

#[test]
fn a_recipient_who_did_not_sign_is_refused() {
    let (mut w, _, recipient) = waiting();
    refused_by_anchor(&mut w, AccountNotSigner, |w| {
        w.send(unsigned(w.community.accept_proposal(recipient.key(), 0, 0), 0), &[])
    });
}

#[test]
fn consent_is_taken_until_voting_opens() {
    let (mut w, _, recipient) = waiting();
    let end = w.epoch(0).voting_opens_at;
    for late in [end, end + 1] {
        w.svm.set_now(late);
        refused(&mut w, BudgetError::NotInSubmission, |w| w.accept(&recipient, 0));
    }
    w.svm.set_now(end - 1);
    w.accept(&recipient, 0).unwrap();
}

#[test]
fn nobody_else_can_accept() {
    let (mut w, proposer, _) = waiting();
    let stranger = w.proposer();
    for other in [&proposer, &stranger] {
        refused(&mut w, BudgetError::AccountMismatch, |w| w.accept(other, 0));
    }
}

#[test]
fn a_record_of_another_person_is_refused() {
    let (mut w, proposer, recipient) = waiting();
    refused(&mut w, BudgetError::AccountMismatch, |w| {
        let instruction = w.community.accept_proposal(recipient.key(), 0, 0);
        let record = w.community.recipient_record(&proposer.key());
        w.send(swapped(instruction, RECORD, record), &[&recipient])
    });
}

#[test]
fn a_record_of_another_treasury_is_refused() {
    let (mut w, _, recipient) = waiting();
    let other = second_treasury(&mut w);
    within(&mut w, other, |w| w.open_recipient_record(recipient.key())).unwrap();
    refused(&mut w, BudgetError::AccountMismatch, |w| {
        let instruction = w.community.accept_proposal(recipient.key(), 0, 0);
        let record = other.recipient_record(&recipient.key());
        w.send(swapped(instruction, RECORD, record), &[&recipient])
    });
}

#[test]
fn another_epoch_than_the_proposals_is_refused() {
    let (mut w, proposer, recipient) = waiting();
    next_epoch(&mut w);
    w.submit_for(&proposer, &recipient, false, &Ask::of(5)).unwrap();
    let other = second_treasury(&mut w);
    within(&mut w, other, World::open_epoch).unwrap();
    for epoch in [w.community.epoch(0), other.epoch(0)] {
        refused(&mut w, BudgetError::AccountMismatch, |w| {
            let instruction = w.community.accept_proposal(recipient.key(), 1, 0);
            w.send(swapped(instruction, EPOCH, epoch), &[&recipient])
        });
    }
}

#[test]
fn a_proposal_of_another_epoch_is_refused() {
    let (mut w, proposer, recipient) = waiting();
    next_epoch(&mut w);
    w.submit_for(&proposer, &recipient, false, &Ask::of(5)).unwrap();
    refused(&mut w, BudgetError::AccountMismatch, |w| {
        let instruction = w.community.accept_proposal(recipient.key(), 1, 0);
        let old = w.proposal_key(0, 0);
        w.send(swapped(instruction, PROPOSAL, old), &[&recipient])
    });
}

#[test]
fn a_withdrawn_proposal_cannot_be_accepted() {
    let (mut w, proposer, recipient) = waiting();
    w.withdraw(&proposer, 0).unwrap();
    refused(&mut w, BudgetError::AlreadyWithdrawn, |w| w.accept(&recipient, 0));
}

#[test]
fn a_proposal_is_accepted_once() {
    let (mut w, _, recipient) = waiting();
    w.accept(&recipient, 0).unwrap();
    refused(&mut w, BudgetError::AlreadyAccepted, |w| w.accept(&recipient, 0));
}

#[test]
fn a_signature_on_the_submission_was_the_consent() {
    let (mut w, _, recipient) = waiting();
    w.submit(&recipient, &Ask::of(1)).unwrap();
    refused(&mut w, BudgetError::AlreadyAccepted, |w| w.accept(&recipient, 1));
}

#[test]
fn the_first_consent_makes_its_entry_the_recipients_leader() {
    let (mut w, _, recipient) = waiting();
    let (header, old) = (w.epoch(0), record(&w, &recipient));
    assert_eq!((old.accepted_epoch, w.entry(0, 0).flags), (u32::MAX, ADMITS_ALL));
    w.accept(&recipient, 0).unwrap();

    let mut expected = fresh_entry(&Ask::of(5), recipient.key());
    expected.flags |= flags::ACCEPTED;
    expected.recipient_ask = 5;
    assert_eq!(w.entry(0, 0), expected);
    let after = record(&w, &recipient);
    assert_eq!((after.accepted_epoch, after.leader), (0, 0));
    assert_eq!((after.submitted_epoch, after.submitted_count), (u32::MAX, 0));
    assert_eq!(w.epoch(0).seq, header.seq + 1);
    assert_eq!(w.epoch(0).slate_hash, header.slate_hash);
}

#[test]
fn later_consents_add_to_the_leader_whoever_proposed() {
    let (mut w, proposer, recipient) = waiting();
    let other = w.proposer();
    w.submit_for(&proposer, &recipient, false, &Ask::of(7)).unwrap();
    w.submit_for(&other, &recipient, false, &Ask::of(11)).unwrap();
    for index in [1, 2, 0] {
        w.accept(&recipient, index).unwrap();
    }
    let entries = [0, 1, 2].map(|index| w.entry(0, index));
    assert_eq!(entries.map(|entry| entry.leader), [1; 3]);
    assert_eq!(entries.map(|entry| entry.recipient_ask), [0, 5 + 7 + 11, 0]);
    assert_eq!(record(&w, &recipient).leader, 1);
}

#[test]
fn recipients_have_leaders_of_their_own() {
    let (mut w, proposer, recipient) = waiting();
    let other = w.proposer();
    w.submit_for(&proposer, &other, false, &Ask::of(7)).unwrap();
    w.accept(&recipient, 0).unwrap();
    w.accept(&other, 1).unwrap();
    assert_eq!((w.entry(0, 0).leader, w.entry(0, 0).recipient_ask), (0, 5));
    assert_eq!((w.entry(0, 1).leader, w.entry(0, 1).recipient_ask), (1, 7));
}

#[test]
fn the_cumulative_ask_starts_anew_with_every_epoch() {
    let (mut w, proposer, recipient) = waiting();
    w.accept(&recipient, 0).unwrap();
    next_epoch(&mut w);
    w.submit(&proposer, &Ask::of(1)).unwrap();
    w.submit_for(&proposer, &recipient, false, &Ask::of(7)).unwrap();
    w.accept(&recipient, 1).unwrap();
    assert_eq!((w.entry(1, 1).leader, w.entry(1, 1).recipient_ask), (1, 7));
    assert_eq!(w.entry(1, 0).recipient_ask, 1);
    let record = record(&w, &recipient);
    assert_eq!((record.accepted_epoch, record.leader), (1, 1));
}
