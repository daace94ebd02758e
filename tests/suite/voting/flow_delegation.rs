//! R3, delegation: whom the owner chose may cast the ballot of the owner's stake; the owner's own
//! ballot replaces it and locks the delegate out for the rest of the epoch. Whatever the order, the
//! stake counts once.
//!
//! delegation
//! ├── given the delegate votes ..................... in the owner's record, with the owner's weight
//! ├── given the owner votes too
//! │   ├── when afterwards .......................... replaces, even by the same choices
//! │   ├── when before .............................. DelegateLockedOut
//! │   ├── when the delegate revised or retracted ... replaces what is recorded
//! │   └── when the owner then retracts ............. DelegateLockedOut all the same
//! └── given somebody else .......................... `flow_delegation_others`
//!
//! Alice has 600 and delegates to Bob, who has 300; Carol has 100 and delegates to nobody.

use anchor_lang::error::ErrorCode::AccountNotSigner;
use budget_tests::*;
use community_budget::{
    BudgetError,
    events::{VoteCast, VoteRetracted, VoteRevised},
};

use crate::{
    event::event,
    shared::{next_epoch, submission, tally},
};

/// Alice, Bob and Carol at the opening of voting, with three asks on the slate.
pub fn delegated() -> (World, [Person; 3]) {
    delegated_under(test_policy())
}

fn delegated_under(policy: Policy) -> (World, [Person; 3]) {
    let (mut w, people) = submission(policy, &[600, 300, 100], &[1; 3].map(Ask::of));
    let people: [Person; 3] = people.try_into().unwrap();
    let [alice, bob, _] = &people;
    w.set_delegate(alice, bob.key()).unwrap();
    w.to_voting();
    (w, people)
}

/// `cast_vote` of the stake of `owner` by `voter`.
pub fn cast_for(w: &mut World, owner: &Person, voter: &Person, choices: &[(u8, Choice)]) -> Act {
    let (args, payer, epoch) = (w.ballot(choices), w.svm.fee_payer(), w.current());
    let ballot = w.community.cast_vote_for(owner.key(), voter.key(), payer, epoch, args);
    w.send(ballot, &[voter])
}

/// `revise_vote` of the ballot of `owner` by `voter`.
pub fn revise_for(w: &mut World, owner: &Person, voter: &Person, choices: &[(u8, Choice)]) -> Act {
    let (args, epoch) = (w.ballot(choices), w.current());
    w.send(w.community.revise_vote_for(owner.key(), voter.key(), epoch, args), &[voter])
}

/// `retract_vote` of the ballot of `owner` by `voter`.
pub fn retract_for(w: &mut World, owner: &Person, voter: &Person) -> Act {
    let epoch = w.current();
    w.send(w.community.retract_vote_for(owner.key(), voter.key(), epoch), &[voter])
}

/// Whether the record of `owner` says that a delegate filled it in.
pub fn by_delegate(w: &World, owner: &Person) -> bool {
    w.vote_record(0, owner).by_delegate != 0
}

/// Proves that `voter` can do nothing to the ballot of `owner`, which is recorded, for want of
/// `expected`.
#[track_caller]
pub fn shut_out(w: &mut World, owner: &Person, voter: &Person, expected: fn() -> BudgetError) {
    for choice in [For, Against, Abstain] {
        refused(w, expected(), |w| revise_for(w, owner, voter, &[(1, choice)]));
    }
    refused(w, expected(), |w| retract_for(w, owner, voter));
}

/// Proves that the delegate of a stake whose owner has voted is locked out.
#[track_caller]
pub fn locked_out(w: &mut World, owner: &Person, delegate: &Person) {
    shut_out(w, owner, delegate, || BudgetError::DelegateLockedOut);
    refused(w, BudgetError::AlreadyVoted, |w| cast_for(w, owner, delegate, &[(1, For)]));
}

fn tallies(w: &World) -> [(u64, u64, u64); 3] {
    [0, 1, 2].map(|index| tally(w, index))
}

// --- the delegate's ballot ------------------------------------------------------------------

#[test]
fn a_delegate_votes_with_the_owners_weight_in_the_owners_record() {
    let (mut w, [alice, bob, _]) = delegated();
    let landed = cast_for(&mut w, &alice, &bob, &[(0, For), (1, Against), (2, Abstain)]).unwrap();
    assert_eq!(tallies(&w), [(600, 0, 0), (0, 600, 0), (0, 0, 600)]);
    let record = w.vote_record(0, &alice);
    assert_eq!((record.owner, record.weight, record.by_delegate), (alice.key(), 600, 1));
    assert!(!w.svm.exists(&w.vote_record_key(0, &bob)));
    let VoteCast { owner, by_delegate, weight, turnout, .. } = event(&landed);
    assert_eq!((owner, by_delegate, weight, turnout), (alice.key(), true, 600, 600));
}

#[test]
fn a_delegate_revises_and_retracts_what_was_cast() {
    let (mut w, [alice, bob, _]) = delegated();
    cast_for(&mut w, &alice, &bob, &[(0, For)]).unwrap();
    let landed = revise_for(&mut w, &alice, &bob, &[(0, Against), (1, For)]).unwrap();
    assert_eq!(tallies(&w), [(0, 600, 0), (600, 0, 0), (0, 0, 0)]);
    let VoteRevised { owner, by_delegate: by, weight, .. } = event(&landed);
    assert_eq!((owner, by, weight), (alice.key(), true, 600));
    let landed = retract_for(&mut w, &alice, &bob).unwrap();
    assert_eq!(tallies(&w), [(0, 0, 0); 3]);
    let VoteRetracted { owner, by_delegate: by, weight, .. } = event(&landed);
    assert_eq!((owner, by, weight), (alice.key(), true, 600));
    // An empty record is not given up: the delegate may fill it in again.
    revise_for(&mut w, &alice, &bob, &[(2, For)]).unwrap();
    assert_eq!(tallies(&w), [(0, 0, 0), (0, 0, 0), (600, 0, 0)]);
    assert!(by_delegate(&w, &alice));
}

#[test]
fn the_own_ballot_of_a_delegate_is_another_one() {
    let (mut w, [alice, bob, carol]) = delegated();
    cast_for(&mut w, &alice, &bob, &[(0, For), (1, For)]).unwrap();
    w.cast(&bob, &[(0, Against), (1, For)]).unwrap();
    w.cast(&carol, &[(0, Abstain)]).unwrap();
    assert_eq!(tallies(&w), [(600, 300, 100), (900, 0, 0), (0, 0, 0)]);
    let header = w.epoch(0);
    assert_eq!((header.vote_record_count, header.ballot_count, header.turnout), (3, 3, 1_000));
    assert!(by_delegate(&w, &alice) && !by_delegate(&w, &bob) && !by_delegate(&w, &carol));
}

#[test]
fn one_delegate_votes_for_many_and_each_stake_counts_once() {
    let (mut w, people) = submission(test_policy(), &[600, 300, 100], &[1; 3].map(Ask::of));
    let delegate = w.person();
    for owner in &people {
        w.set_delegate(owner, delegate.key()).unwrap();
    }
    w.to_voting();
    for (owner, choice) in people.iter().zip([For, Against, For]) {
        cast_for(&mut w, owner, &delegate, &[(0, choice)]).unwrap();
        refused(&mut w, BudgetError::AlreadyVoted, |w| {
            cast_for(w, owner, &delegate, &[(0, choice)])
        });
    }
    assert_eq!(tally(&w, 0), (700, 300, 0));
    // The delegate has no stake, and so no ballot of its own.
    assert_eq!(w.epoch(0).turnout, 1_000);
}

#[test]
fn a_ballot_by_the_delegate_keeps_the_weight_it_was_cast_with() {
    let (mut w, [alice, bob, _]) = delegated();
    w.unstake(&alice, 200).unwrap();
    cast_for(&mut w, &alice, &bob, &[(0, For)]).unwrap();
    assert_eq!(tally(&w, 0), (400, 0, 0));
    w.stake(&alice, 5_000).unwrap();
    w.unstake(&alice, 5_300).unwrap();
    w.revise(&alice, &[(0, Against)]).unwrap();
    assert_eq!(tally(&w, 0), (0, 400, 0));
}

#[test]
fn a_stake_without_power_gives_its_delegate_none() {
    let (mut w, [alice, bob, _]) = delegated();
    w.unstake(&alice, 600).unwrap();
    refused(&mut w, BudgetError::NoVotingPower, |w| cast_for(w, &alice, &bob, &[(0, For)]));
}

#[test]
fn a_delegate_must_sign() {
    let (mut w, [alice, bob, _]) = delegated();
    let (args, payer) = (w.ballot(&[(0, For)]), w.svm.fee_payer());
    let ballot = w.community.cast_vote_for(alice.key(), bob.key(), payer, 0, args);
    refused_by_anchor(&mut w, AccountNotSigner, |w| w.send(unsigned(ballot, 0), &[]));
    cast_for(&mut w, &alice, &bob, &[(0, For)]).unwrap();
    let args = w.ballot(&[(0, Against)]);
    for instruction in [
        w.community.revise_vote_for(alice.key(), bob.key(), 0, args),
        w.community.retract_vote_for(alice.key(), bob.key(), 0),
    ] {
        refused_by_anchor(&mut w, AccountNotSigner, |w| w.send(unsigned(instruction, 0), &[]));
    }
}

// --- the owner's ballot -----------------------------------------------------------------------

#[test]
fn the_owners_ballot_replaces_the_delegates() {
    let (mut w, [alice, bob, carol]) = delegated();
    w.cast(&carol, &[(0, For), (1, For), (2, For)]).unwrap();
    cast_for(&mut w, &alice, &bob, &[(0, For), (1, For)]).unwrap();
    assert_eq!(tallies(&w), [(700, 0, 0), (700, 0, 0), (100, 0, 0)]);
    // The record is there: what the owner has to do is to revise it.
    refused(&mut w, BudgetError::AlreadyVoted, |w| w.cast(&alice, &[(0, Against)]));
    let landed = w.revise(&alice, &[(0, Against), (2, Abstain)]).unwrap();
    assert_eq!(tallies(&w), [(100, 600, 0), (100, 0, 0), (100, 0, 600)]);
    let VoteRevised { owner, by_delegate: by, weight, .. } = event(&landed);
    assert_eq!((owner, by, weight), (alice.key(), false, 600));
    assert!(!by_delegate(&w, &alice));
    locked_out(&mut w, &alice, &bob);
    let header = w.epoch(0);
    assert_eq!((header.vote_record_count, header.ballot_count, header.turnout), (2, 2, 700));
}

#[test]
fn a_delegate_comes_too_late_after_the_owner() {
    let (mut w, [alice, bob, _]) = delegated();
    w.cast(&alice, &[(0, For), (1, Against)]).unwrap();
    locked_out(&mut w, &alice, &bob);
    assert_eq!(tallies(&w), [(600, 0, 0), (0, 600, 0), (0, 0, 0)]);
    // For the rest of the epoch, whatever the owner does.
    w.revise(&alice, &[(0, Abstain)]).unwrap();
    locked_out(&mut w, &alice, &bob);
    assert_eq!(tallies(&w), [(0, 0, 600), (0, 0, 0), (0, 0, 0)]);
}

#[test]
fn the_owner_replaces_what_the_delegate_made_of_it_last() {
    let (mut w, [alice, bob, _]) = delegated();
    cast_for(&mut w, &alice, &bob, &[(0, For)]).unwrap();
    revise_for(&mut w, &alice, &bob, &[(0, Against), (1, Against)]).unwrap();
    revise_for(&mut w, &alice, &bob, &[(1, For), (2, For)]).unwrap();
    assert_eq!(tallies(&w), [(0, 0, 0), (600, 0, 0), (600, 0, 0)]);
    w.revise(&alice, &[(0, For), (1, Abstain)]).unwrap();
    assert_eq!(tallies(&w), [(600, 0, 0), (0, 0, 600), (0, 0, 0)]);
    locked_out(&mut w, &alice, &bob);
    w.revise(&alice, &[(2, Against)]).unwrap();
    assert_eq!(tallies(&w), [(0, 0, 0), (0, 0, 0), (0, 600, 0)]);
    locked_out(&mut w, &alice, &bob);
}

#[test]
fn the_owner_fills_in_what_the_delegate_retracted() {
    let (mut w, [alice, bob, _]) = delegated();
    cast_for(&mut w, &alice, &bob, &[(0, For)]).unwrap();
    retract_for(&mut w, &alice, &bob).unwrap();
    w.revise(&alice, &[(1, For)]).unwrap();
    assert_eq!(tallies(&w), [(0, 0, 0), (600, 0, 0), (0, 0, 0)]);
    locked_out(&mut w, &alice, &bob);
}

#[test]
fn the_owner_who_retracts_the_delegates_ballot_locks_the_delegate_out() {
    let (mut w, [alice, bob, _]) = delegated();
    cast_for(&mut w, &alice, &bob, &[(0, For), (1, For)]).unwrap();
    w.retract(&alice).unwrap();
    assert_eq!(tallies(&w), [(0, 0, 0); 3]);
    assert!(!by_delegate(&w, &alice));
    locked_out(&mut w, &alice, &bob);
    w.revise(&alice, &[(1, Against)]).unwrap();
    assert_eq!(tallies(&w), [(0, 0, 0), (0, 600, 0), (0, 0, 0)]);
    locked_out(&mut w, &alice, &bob);
}

#[test]
fn the_owner_who_voted_and_retracted_keeps_the_delegate_out() {
    let (mut w, [alice, bob, _]) = delegated();
    w.cast(&alice, &[(0, For)]).unwrap();
    w.retract(&alice).unwrap();
    assert_eq!(tallies(&w), [(0, 0, 0); 3]);
    locked_out(&mut w, &alice, &bob);
}

#[test]
fn the_owner_takes_over_a_ballot_that_stays_as_it_is() {
    let choices = [(0, For), (1, Against)];
    let (mut w, [alice, bob, _]) = delegated();
    cast_for(&mut w, &alice, &bob, &choices).unwrap();
    let before = w.svm.slate(&w.community.epoch(0));
    // The delegate's own repetition changes nothing and is refused as ever.
    refused(&mut w, BudgetError::BallotUnchanged, |w| revise_for(w, &alice, &bob, &choices));
    w.revise(&alice, &choices).unwrap();
    assert_eq!(w.svm.slate(&w.community.epoch(0)), before);
    assert!(!by_delegate(&w, &alice));
    locked_out(&mut w, &alice, &bob);
    // It is taken over once.
    refused(&mut w, BudgetError::BallotUnchanged, |w| w.revise(&alice, &choices));
}

#[test]
fn the_owner_takes_over_a_record_that_the_delegate_emptied() {
    let (mut w, [alice, bob, _]) = delegated();
    cast_for(&mut w, &alice, &bob, &[(0, For)]).unwrap();
    retract_for(&mut w, &alice, &bob).unwrap();
    refused(&mut w, BudgetError::BallotUnchanged, |w| retract_for(w, &alice, &bob));
    w.retract(&alice).unwrap();
    assert_eq!((tallies(&w), by_delegate(&w, &alice)), ([(0, 0, 0); 3], false));
    locked_out(&mut w, &alice, &bob);
    refused(&mut w, BudgetError::BallotUnchanged, |w| w.retract(&alice));
}

#[test]
fn taking_a_ballot_over_late_is_no_swing() {
    let (mut w, [alice, bob, _]) = delegated();
    cast_for(&mut w, &alice, &bob, &[(0, For)]).unwrap();
    let closes_at = w.epoch(0).voting_closes_at;
    w.to_tallying();
    w.svm.advance(-1);
    w.revise(&alice, &[(0, For)]).unwrap();
    assert_eq!(w.epoch(0).voting_closes_at, closes_at);
}

#[test]
fn an_owner_whose_ballot_is_refused_has_not_voted() {
    let mut policy = test_policy();
    policy.schedule.max_extension_secs = 0;
    let (mut w, [alice, bob, _]) = delegated_under(policy);
    cast_for(&mut w, &alice, &bob, &[(0, Against), (1, For)]).unwrap();
    w.to_tallying();
    w.svm.advance(-1);
    refused(&mut w, BudgetError::LatePassRefused, |w| w.revise(&alice, &[(0, For), (1, For)]));
    assert!(by_delegate(&w, &alice));
    revise_for(&mut w, &alice, &bob, &[(0, Against), (1, Abstain)]).unwrap();
    assert_eq!(tallies(&w), [(0, 600, 0), (0, 0, 600), (0, 0, 0)]);
}

#[test]
fn the_lock_ends_with_the_epoch() {
    let (mut w, [alice, bob, _]) = delegated();
    w.cast(&alice, &[(0, For)]).unwrap();
    locked_out(&mut w, &alice, &bob);
    next_epoch(&mut w);
    let proposer = w.proposer();
    w.submit(&proposer, &Ask::of(1)).unwrap();
    w.to_voting();
    cast_for(&mut w, &alice, &bob, &[(0, Against)]).unwrap();
    assert_eq!(tally(&w, 0), (0, 600, 0));
    assert_eq!(w.vote_record(1, &alice).by_delegate, 1);
}
