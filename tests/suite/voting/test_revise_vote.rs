//! revise_vote
//! ├── given the voter did not sign .................... AccountNotSigner
//! ├── given the epoch is not in Voting ................ NotInVoting
//! ├── given an account of another epoch or treasury ... AccountMismatch
//! ├── given another voter's ballot .................... NotOwnerOrDelegate
//! ├── given a delegate, and the owner has voted ....... DelegateLockedOut
//! ├── given no ballot was cast ........................ AccountOwnedByWrongProgram
//! ├── given another slate hash ........................ SlateChanged
//! ├── given no choice, or a byte beyond the slate ..... BallotMalformed
//! ├── given a choice on what does not stand ........... EntryNotVotable
//! ├── given the recorded ballot again ................. BallotUnchanged
//! ├── given it would turn an entry to passing at the end LatePassRefused
//! └── given another ballot
//!     ├── always ...................................... moves exactly the recorded weight
//!     └── when the stake changed since ................ the recorded weight stays

use anchor_lang::error::ErrorCode::{AccountNotSigner, AccountOwnedByWrongProgram};
use budget_tests::*;
use community_budget::{BallotArgs, BudgetError};

use crate::shared::{next_epoch, second_treasury, submission, tally, voting, voting_under, within};

const TREASURY: usize = 1;
const EPOCH: usize = 2;
const RECORD: usize = 3;

/// A world of two voters; the one of 600 said for, against, abstain to entries 0, 1, 2 of 4.
fn voted() -> (World, Vec<Person>) {
    let (mut w, voters) = voting(&[600, 300], &[1, 1, 1, 1]);
    w.cast(&voters[0], &[(0, For), (1, Against), (2, Abstain)]).unwrap();
    (w, voters)
}

/// A revision to these bytes must be refused with `expected`.
#[track_caller]
fn bytes_refused(w: &mut World, voter: &Person, expected: BudgetError, ballot: &[u8]) {
    refused(w, expected, |w| {
        let args = BallotArgs { ballot: ballot.to_vec(), ..w.ballot(&[]) };
        w.send(w.community.revise_vote(voter.key(), 0, args), &[voter])
    });
}

#[test]
fn a_voter_who_did_not_sign_is_refused() {
    let (mut w, voters) = voted();
    refused_by_anchor(&mut w, AccountNotSigner, |w| {
        let args = w.ballot(&[(0, Against)]);
        w.send(unsigned(w.community.revise_vote(voters[0].key(), 0, args), 0), &[])
    });
}

#[test]
fn a_ballot_can_be_revised_until_voting_closes() {
    let (mut w, voters) = voted();
    let end = w.epoch(0).voting_closes_at;
    for late in [end, end + 1] {
        w.svm.set_now(late);
        refused(&mut w, BudgetError::NotInVoting, |w| w.revise(&voters[0], &[(0, Against)]));
    }
    w.svm.set_now(end - 1);
    w.revise(&voters[0], &[(0, Against)]).unwrap();
}

#[test]
fn the_record_of_another_voter_is_refused() {
    let (mut w, voters) = voted();
    w.cast(&voters[1], &[(0, For)]).unwrap();
    refused(&mut w, BudgetError::NotOwnerOrDelegate, |w| {
        let args = w.ballot(&[(0, Against)]);
        let instruction = w.community.revise_vote(voters[1].key(), 0, args);
        let record = w.vote_record_key(0, &voters[0]);
        w.send(swapped(instruction, RECORD, record), &[&voters[1]])
    });
}

#[test]
fn a_delegate_cannot_revise_the_owners_own_ballot() {
    let (mut w, voters) = voted();
    w.set_delegate(&voters[0], voters[1].key()).unwrap();
    refused(&mut w, BudgetError::DelegateLockedOut, |w| {
        let args = w.ballot(&[(0, Against)]);
        let (owner, delegate) = (voters[0].key(), voters[1].key());
        w.send(w.community.revise_vote_for(owner, delegate, 0, args), &[&voters[1]])
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
            let args = w.ballot(&[(0, Against)]);
            let instruction = w.community.revise_vote(voters[0].key(), 1, args);
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
            let args = w.ballot(&[(0, Against)]);
            let instruction = w.community.revise_vote(voters[0].key(), 0, args);
            w.send(swapped(instruction, position, key), &[&voters[0]])
        });
    }
}

#[test]
fn what_was_never_cast_cannot_be_revised() {
    let (mut w, voters) = voted();
    refused_by_anchor(&mut w, AccountOwnedByWrongProgram, |w| w.revise(&voters[1], &[(0, For)]));
}

#[test]
fn a_ballot_for_another_slate_is_refused() {
    let (mut w, voters) = voted();
    refused(&mut w, BudgetError::SlateChanged, |w| {
        let mut args = w.ballot(&[(0, Against)]);
        args.slate_hash[31] ^= 1;
        w.send(w.community.revise_vote(voters[0].key(), 0, args), &[&voters[0]])
    });
}

#[test]
fn a_ballot_without_a_choice_is_refused() {
    let (mut w, voters) = voted();
    for empty in [&[][..], &[0], &[0; 4]] {
        bytes_refused(&mut w, &voters[0], BudgetError::BallotMalformed, empty);
    }
}

#[test]
fn a_byte_beyond_the_slate_is_refused() {
    let (mut w, voters) = voted();
    bytes_refused(&mut w, &voters[0], BudgetError::BallotMalformed, &[2, 0, 0, 0, 0]);
}

#[test]
fn a_choice_on_a_slot_that_nobody_took_is_refused() {
    let (mut w, voters) = voted();
    let everything_else = [(0, For), (1, Against), (2, Abstain)];
    for index in [4, 15] {
        refused(&mut w, BudgetError::EntryNotVotable, |w| {
            w.revise(&voters[0], &[everything_else.as_slice(), &[(index, For)]].concat())
        });
    }
}

#[test]
fn the_recorded_ballot_again_is_refused() {
    let (mut w, voters) = voted();
    refused(&mut w, BudgetError::BallotUnchanged, |w| {
        w.revise(&voters[0], &[(0, For), (1, Against), (2, Abstain)])
    });
    // The same choices, spelt with all four bytes.
    bytes_refused(&mut w, &voters[0], BudgetError::BallotUnchanged, &[0b11_10_01, 0, 0, 0]);
}

#[test]
fn a_revision_cannot_pass_an_entry_at_the_end() {
    let mut policy = test_policy();
    policy.schedule.max_extension_secs = 0;
    let (mut w, voters) = voting_under(policy, &[600], &[1]);
    w.cast(&voters[0], &[(0, Against)]).unwrap();
    w.to_tallying();
    w.svm.advance(-1);
    refused(&mut w, BudgetError::LatePassRefused, |w| w.revise(&voters[0], &[(0, For)]));
}

#[test]
fn a_revision_moves_exactly_the_weight() {
    let (mut w, voters) = voted();
    w.cast(&voters[1], &[(0, For), (1, For), (2, For), (3, For)]).unwrap();
    let header = w.epoch(0);
    w.revise(&voters[0], &[(0, Against), (1, Abstain), (2, For), (3, For)]).unwrap();

    let tallies = [0, 1, 2, 3].map(|index| tally(&w, index));
    assert_eq!(tallies, [(300, 600, 0), (300, 0, 600), (900, 0, 0), (900, 0, 0)]);
    let record = w.vote_record(0, &voters[0]);
    assert_eq!((record.weight, record.owner), (600, voters[0].key()));
    let choices = w.svm.choices(&w.vote_record_key(0, &voters[0]));
    assert_eq!(choices, [0b01_01_11_10, 0, 0, 0]);
    let after = w.epoch(0);
    assert_eq!((after.vote_record_count, after.ballot_count, after.turnout), (2, 2, 900));
    assert_eq!(after.seq, header.seq + 1);
    assert_eq!(after.voting_closes_at, header.voting_closes_at);
}

#[test]
fn every_choice_can_replace_every_other() {
    let expected = |choice| {
        [(For, (600, 0, 0)), (Against, (0, 600, 0)), (Abstain, (0, 0, 600))]
            .into_iter()
            .find(|(of, _)| *of == choice)
            .unwrap()
            .1
    };
    for (old, new) in [
        (For, Against),
        (For, Abstain),
        (Against, For),
        (Against, Abstain),
        (Abstain, For),
        (Abstain, Against),
    ] {
        let (mut w, voters) = voting(&[600], &[1]);
        w.cast(&voters[0], &[(0, old)]).unwrap();
        assert_eq!(tally(&w, 0), expected(old));
        w.revise(&voters[0], &[(0, new)]).unwrap();
        assert_eq!(tally(&w, 0), expected(new));
    }
}

#[test]
fn what_a_revision_leaves_out_is_taken_back() {
    let (mut w, voters) = voted();
    w.revise(&voters[0], &[(0, For)]).unwrap();
    let tallies = [0, 1, 2].map(|index| tally(&w, index));
    assert_eq!(tallies, [(600, 0, 0), (0, 0, 0), (0, 0, 0)]);
}

#[test]
fn a_revision_there_and_back_leaves_the_tallies_as_they_were() {
    let (mut w, voters) = voted();
    let before = w.svm.slate(&w.community.epoch(0));
    w.revise(&voters[0], &[(1, For), (3, Against)]).unwrap();
    w.revise(&voters[0], &[(0, For), (1, Against), (2, Abstain)]).unwrap();
    assert_eq!(w.svm.slate(&w.community.epoch(0)), before);
}

#[test]
fn the_recorded_weight_counts_after_unstaking() {
    let (mut w, voters) = voted();
    w.unstake(&voters[0], 599).unwrap();
    w.revise(&voters[0], &[(0, Against)]).unwrap();
    assert_eq!(tally(&w, 0), (0, 600, 0));
    assert_eq!(w.vote_record(0, &voters[0]).weight, 600);
}

#[test]
fn the_recorded_weight_counts_after_staking_more() {
    let (mut w, voters) = voted();
    w.stake(&voters[0], 1_000).unwrap();
    w.revise(&voters[0], &[(0, Against)]).unwrap();
    assert_eq!(tally(&w, 0), (0, 600, 0));
}
