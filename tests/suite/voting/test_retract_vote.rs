//! retract_vote
//! ├── given the voter did not sign .................... AccountNotSigner
//! ├── given the epoch is not in Voting ................ NotInVoting
//! ├── given an account of another epoch or treasury ... AccountMismatch
//! ├── given another voter's ballot .................... NotOwnerOrDelegate
//! ├── given a delegate, and the owner has voted ....... DelegateLockedOut
//! ├── given the record is empty already ............... BallotUnchanged
//! ├── given it would turn an entry to passing at the end LatePassRefused
//! └── given the record holds choices
//!     ├── always ...................................... the weight leaves every tally, the record stays
//!     └── when revised afterwards ..................... counts at the recorded weight

use anchor_lang::error::ErrorCode::AccountNotSigner;
use budget_tests::*;
use community_budget::BudgetError;

use crate::shared::{next_epoch, second_treasury, submission, tally, voting, voting_under, within};

const TREASURY: usize = 1;
const EPOCH: usize = 2;
const RECORD: usize = 3;

/// A world in which the voter of 600 said for, against, abstain and the voter of 300 for to all.
fn voted() -> (World, Vec<Person>) {
    let (mut w, voters) = voting(&[600, 300], &[1, 1, 1]);
    w.cast(&voters[0], &[(0, For), (1, Against), (2, Abstain)]).unwrap();
    w.cast(&voters[1], &[(0, For), (1, For), (2, For)]).unwrap();
    (w, voters)
}

#[test]
fn a_voter_who_did_not_sign_is_refused() {
    let (mut w, voters) = voted();
    refused_by_anchor(&mut w, AccountNotSigner, |w| {
        w.send(unsigned(w.community.retract_vote(voters[0].key(), 0), 0), &[])
    });
}

#[test]
fn choices_can_be_taken_back_until_voting_closes() {
    let (mut w, voters) = voted();
    let end = w.epoch(0).voting_closes_at;
    for late in [end, end + 1] {
        w.svm.set_now(late);
        refused(&mut w, BudgetError::NotInVoting, |w| w.retract(&voters[0]));
    }
    w.svm.set_now(end - 1);
    w.retract(&voters[0]).unwrap();
}

#[test]
fn nothing_can_be_taken_back_once_settled() {
    let (mut w, voters) = voted();
    w.to_tallying();
    w.settle().unwrap();
    refused(&mut w, BudgetError::NotInVoting, |w| w.retract(&voters[0]));
}

#[test]
fn the_record_of_another_voter_is_refused() {
    let (mut w, voters) = voted();
    refused(&mut w, BudgetError::NotOwnerOrDelegate, |w| {
        let instruction = w.community.retract_vote(voters[0].key(), 0);
        let record = w.vote_record_key(0, &voters[1]);
        w.send(swapped(instruction, RECORD, record), &[&voters[0]])
    });
}

#[test]
fn a_delegate_cannot_take_back_the_owners_own_ballot() {
    let (mut w, voters) = voted();
    w.set_delegate(&voters[0], voters[1].key()).unwrap();
    refused(&mut w, BudgetError::DelegateLockedOut, |w| {
        let (owner, delegate) = (voters[0].key(), voters[1].key());
        w.send(w.community.retract_vote_for(owner, delegate, 0), &[&voters[1]])
    });
}

#[test]
fn an_epoch_or_record_of_another_epoch_is_refused() {
    let (mut w, voters) = voted();
    next_epoch(&mut w);
    let proposer = w.proposer();
    w.submit(&proposer, &Ask::of(1)).unwrap();
    w.to_voting();
    w.cast(&voters[0], &[(0, For)]).unwrap();
    for (position, key) in
        [(EPOCH, w.community.epoch(0)), (RECORD, w.vote_record_key(0, &voters[0]))]
    {
        refused(&mut w, BudgetError::AccountMismatch, |w| {
            let instruction = w.community.retract_vote(voters[0].key(), 1);
            w.send(swapped(instruction, position, key), &[&voters[0]])
        });
    }
}

#[test]
fn another_treasury_or_its_epoch_is_refused() {
    let (mut w, voters) = submission(test_policy(), &[600], &[Ask::of(1)]);
    let other = second_treasury(&mut w);
    within(&mut w, other, World::open_epoch).unwrap();
    w.to_voting();
    w.cast(&voters[0], &[(0, For)]).unwrap();
    for (position, key) in [(TREASURY, other.treasury), (EPOCH, other.epoch(0))] {
        refused(&mut w, BudgetError::AccountMismatch, |w| {
            let instruction = w.community.retract_vote(voters[0].key(), 0);
            w.send(swapped(instruction, position, key), &[&voters[0]])
        });
    }
}

#[test]
fn an_empty_record_cannot_be_emptied_again() {
    let (mut w, voters) = voted();
    w.retract(&voters[0]).unwrap();
    refused(&mut w, BudgetError::BallotUnchanged, |w| w.retract(&voters[0]));
}

#[test]
fn taking_back_an_against_cannot_pass_an_entry_at_the_end() {
    let mut policy = test_policy();
    policy.schedule.max_extension_secs = 0;
    let (mut w, voters) = voting_under(policy, &[600, 600], &[1]);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    w.cast(&voters[1], &[(0, Against)]).unwrap();
    w.to_tallying();
    w.svm.advance(-1);
    refused(&mut w, BudgetError::LatePassRefused, |w| w.retract(&voters[1]));
}

#[test]
fn the_weight_leaves_every_tally_and_the_record_stays() {
    let (mut w, voters) = voted();
    let key = w.vote_record_key(0, &voters[0]);
    let (header, lamports) = (w.epoch(0), w.svm.lamports(&key));
    w.retract(&voters[0]).unwrap();

    assert_eq!([0, 1, 2].map(|index| tally(&w, index)), [(300, 0, 0); 3]);
    let record = w.vote_record(0, &voters[0]);
    assert_eq!((record.weight, record.owner), (600, voters[0].key()));
    assert_eq!(w.svm.choices(&key), [0; 4]);
    assert_eq!(w.svm.lamports(&key), lamports);
    let after = w.epoch(0);
    assert_eq!((after.vote_record_count, after.ballot_count, after.turnout), (2, 2, 900));
    assert_eq!(after.seq, header.seq + 1);
    assert_eq!(after.voting_closes_at, header.voting_closes_at);
}

#[test]
fn a_retracted_ballot_can_be_filled_in_again() {
    let (mut w, voters) = voted();
    w.retract(&voters[0]).unwrap();
    w.revise(&voters[0], &[(0, Against)]).unwrap();
    assert_eq!(tally(&w, 0), (300, 600, 0));
}

#[test]
fn the_recorded_weight_leaves_even_after_unstaking() {
    let (mut w, voters) = voted();
    w.unstake(&voters[0], 600).unwrap();
    w.retract(&voters[0]).unwrap();
    assert_eq!([0, 1, 2].map(|index| tally(&w, index)), [(300, 0, 0); 3]);
}
