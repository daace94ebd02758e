//! cast_vote
//! ├── given voter or payer did not sign ............... AccountNotSigner
//! ├── given the epoch is not in Voting ................ NotInVoting
//! ├── given an account of another voter, epoch or treasury AccountMismatch, ConstraintSeeds
//! ├── given a stake that is neither the voter's own nor
//! │   delegated to the voter ......................... NotOwnerOrDelegate
//! ├── given another slate hash ........................ SlateChanged
//! ├── given no choice, or a byte beyond the slate ..... BallotMalformed
//! ├── given no weight when voting opened .............. NoVotingPower
//! ├── given a ballot was cast before .................. AlreadyVoted
//! ├── given a choice on what does not stand ........... EntryNotVotable
//! ├── given it would turn an entry to passing at the end LatePassRefused
//! └── given a ballot on what stands
//!     ├── always ...................................... the weight joins every tally chosen; record
//!     │                                                 and counters are written
//!     ├── when two vote ............................... their order changes nothing
//!     ├── when a sponsor pays ......................... the rent is the sponsor's
//!     └── when lamports wait at the address ........... they count towards the rent

use anchor_lang::{
    error::ErrorCode::{AccountNotSigner, ConstraintSeeds},
    prelude::Pubkey,
};
use budget_client::ballot::unpack;
use budget_tests::*;
use community_budget::{BallotArgs, BudgetError};

use crate::shared::{
    epoch_bytes, lamports_spent, next_epoch, second_treasury, submission, submit_reserved, tally,
    voting, voting_under, within,
};

const PAYER: usize = 1;
const TREASURY: usize = 2;
const EPOCH: usize = 3;
const STAKE: usize = 4;
const RECORD: usize = 5;

/// A first ballot of `voter` paid by `payer`; returns what it costs the payer.
fn cast_paid_by(w: &mut World, voter: &Person, payer: &Person) -> u64 {
    let args = w.ballot(&[(0, For)]);
    let instruction = w.community.cast_vote(voter.key(), payer.key(), 0, args);
    lamports_spent(w, payer, |w| w.send(instruction, &[voter, payer]))
}

/// A first ballot of these bytes must be refused with `expected`.
#[track_caller]
fn bytes_refused(w: &mut World, voter: &Person, expected: BudgetError, ballot: &[u8]) {
    refused(w, expected, |w| {
        let args = BallotArgs { ballot: ballot.to_vec(), ..w.ballot(&[]) };
        w.send(w.community.cast_vote(voter.key(), w.svm.fee_payer(), 0, args), &[voter])
    });
}

/// A first ballot with `key` at `position` must be refused with `AccountMismatch`.
#[track_caller]
fn mismatch(w: &mut World, voter: &Person, position: usize, key: Pubkey) {
    refused(w, BudgetError::AccountMismatch, |w| {
        let args = w.ballot(&[(0, For)]);
        let instruction = w.community.cast_vote(voter.key(), w.svm.fee_payer(), 0, args);
        w.send(swapped(instruction, position, key), &[voter])
    });
}

#[test]
fn a_voter_who_did_not_sign_is_refused() {
    let (mut w, voters) = voting(&[600], &[1]);
    refused_by_anchor(&mut w, AccountNotSigner, |w| {
        let args = w.ballot(&[(0, For)]);
        let instruction = w.community.cast_vote(voters[0].key(), w.svm.fee_payer(), 0, args);
        w.send(unsigned(instruction, 0), &[])
    });
}

#[test]
fn a_payer_who_did_not_sign_is_refused() {
    let (mut w, voters) = voting(&[600], &[1]);
    let payer = w.person();
    refused_by_anchor(&mut w, AccountNotSigner, |w| {
        let args = w.ballot(&[(0, For)]);
        let instruction = w.community.cast_vote(voters[0].key(), payer.key(), 0, args);
        w.send(unsigned(instruction, PAYER), &[&voters[0]])
    });
}

#[test]
fn voting_begins_when_it_opens() {
    let (mut w, voters) = voting(&[600, 300], &[1]);
    let start = w.epoch(0).voting_opens_at;
    w.svm.set_now(start - 1);
    refused(&mut w, BudgetError::NotInVoting, |w| w.cast(&voters[0], &[(0, For)]));
    for (at, voter) in [(start, &voters[0]), (start + 1, &voters[1])] {
        w.svm.set_now(at);
        w.cast(voter, &[(0, For)]).unwrap();
    }
}

#[test]
fn voting_ends_when_it_closes() {
    let (mut w, voters) = voting(&[600], &[1]);
    let end = w.epoch(0).voting_closes_at;
    for late in [end, end + 1] {
        w.svm.set_now(late);
        refused(&mut w, BudgetError::NotInVoting, |w| w.cast(&voters[0], &[(0, For)]));
    }
    w.svm.set_now(end - 1);
    w.cast(&voters[0], &[(0, For)]).unwrap();
}

#[test]
fn no_ballot_counts_once_settled() {
    let (mut w, voters) = voting(&[600], &[1]);
    w.to_tallying();
    w.settle().unwrap();
    refused(&mut w, BudgetError::NotInVoting, |w| w.cast(&voters[0], &[(0, For)]));
}

#[test]
fn the_stake_of_another_voter_or_treasury_is_refused() {
    let (mut w, voters) = submission(test_policy(), &[600, 300], &[Ask::of(1)]);
    let other = second_treasury(&mut w);
    let lock = test_policy().stake.min_lock_secs;
    within(&mut w, other, |w| {
        w.open_stake(&voters[0], lock).unwrap();
        w.stake(&voters[0], 1_000_000).unwrap();
    });
    w.to_voting();
    let another_voters = w.community.stake(&voters[1].key());
    refused(&mut w, BudgetError::NotOwnerOrDelegate, |w| {
        let args = w.ballot(&[(0, For)]);
        let instruction = w.community.cast_vote(voters[0].key(), w.svm.fee_payer(), 0, args);
        w.send(swapped(instruction, STAKE, another_voters), &[&voters[0]])
    });
    mismatch(&mut w, &voters[0], STAKE, other.stake(&voters[0].key()));
}

#[test]
fn nobody_votes_with_somebody_elses_stake() {
    let (mut w, voters) = voting(&[600, 300], &[1]);
    let stranger = w.person();
    for voter in [&voters[1], &stranger] {
        refused(&mut w, BudgetError::NotOwnerOrDelegate, |w| {
            let args = w.ballot(&[(0, For)]);
            let payer = w.svm.fee_payer();
            let (owner, own) = (voters[0].key(), voter.key());
            w.send(w.community.cast_vote_for(owner, own, payer, 0, args), &[voter])
        });
    }
}

#[test]
fn another_treasury_is_refused() {
    let (mut w, voters) = voting(&[600], &[1]);
    let other = second_treasury(&mut w);
    mismatch(&mut w, &voters[0], TREASURY, other.treasury);
}

#[test]
fn an_epoch_of_another_treasury_is_refused() {
    let (mut w, voters) = submission(test_policy(), &[600], &[Ask::of(1)]);
    let other = second_treasury(&mut w);
    within(&mut w, other, |w| {
        w.open_epoch().unwrap();
        let proposer = w.proposer();
        w.submit(&proposer, &Ask::of(1)).unwrap();
    });
    w.to_voting();
    let foreign = other.epoch(0);
    refused(&mut w, BudgetError::AccountMismatch, |w| {
        let args = within(w, other, |w| w.ballot(&[(0, For)]));
        let instruction = w.community.cast_vote(voters[0].key(), w.svm.fee_payer(), 0, args);
        let record = address::vote_record(&foreign, &voters[0].key());
        w.send(swapped(swapped(instruction, EPOCH, foreign), RECORD, record), &[&voters[0]])
    });
}

#[test]
fn the_record_address_of_another_voter_or_epoch_is_refused() {
    let (mut w, voters) = voting(&[600, 300], &[1]);
    for key in [w.vote_record_key(0, &voters[1]), w.vote_record_key(1, &voters[0])] {
        refused_by_anchor(&mut w, ConstraintSeeds, |w| {
            let args = w.ballot(&[(0, For)]);
            let instruction = w.community.cast_vote(voters[0].key(), w.svm.fee_payer(), 0, args);
            w.send(swapped(instruction, RECORD, key), &[&voters[0]])
        });
    }
}

#[test]
fn a_ballot_for_another_slate_is_refused() {
    let (mut w, voters) = voting(&[600], &[1]);
    refused(&mut w, BudgetError::SlateChanged, |w| {
        let mut args = w.ballot(&[(0, For)]);
        args.slate_hash[0] ^= 1;
        w.send(w.community.cast_vote(voters[0].key(), w.svm.fee_payer(), 0, args), &[&voters[0]])
    });
}

#[test]
fn a_ballot_filled_in_before_a_withdrawal_is_refused() {
    let (mut w, voters) = submission(test_policy(), &[600], &[Ask::of(1)]);
    let proposer = w.proposer();
    w.submit(&proposer, &Ask::of(1)).unwrap();
    let seen = w.ballot(&[(0, For)]);
    w.withdraw(&proposer, 1).unwrap();
    w.to_voting();
    refused(&mut w, BudgetError::SlateChanged, |w| {
        w.send(w.community.cast_vote(voters[0].key(), w.svm.fee_payer(), 0, seen), &[&voters[0]])
    });
    w.cast(&voters[0], &[(0, For)]).unwrap();
}

#[test]
fn a_ballot_without_a_choice_is_refused() {
    let (mut w, voters) = voting(&[600], &[1]);
    for empty in [&[][..], &[0], &[0; 4], &[0; 5]] {
        bytes_refused(&mut w, &voters[0], BudgetError::BallotMalformed, empty);
    }
}

#[test]
fn a_byte_beyond_the_slate_is_refused() {
    let (mut w, voters) = voting(&[600], &[1]);
    for long in [&[1, 0, 0, 0, 0][..], &[1, 0, 0, 0, 1], &[1; 32]] {
        bytes_refused(&mut w, &voters[0], BudgetError::BallotMalformed, long);
    }
}

#[test]
fn whoever_staked_after_the_opening_has_no_power() {
    let (mut w, _) = voting(&[600], &[1]);
    let late = w.staker(1_000);
    refused(&mut w, BudgetError::NoVotingPower, |w| w.cast(&late, &[(0, For)]));
}

#[test]
fn an_empty_stake_has_no_power() {
    let (mut w, _) = submission(test_policy(), &[600], &[Ask::of(1)]);
    let voter = w.person();
    w.open_stake(&voter, test_policy().stake.min_lock_secs).unwrap();
    w.to_voting();
    refused(&mut w, BudgetError::NoVotingPower, |w| w.cast(&voter, &[(0, For)]));
}

#[test]
fn whoever_unstaked_everything_since_has_no_power() {
    let (mut w, voters) = voting(&[600, 300], &[1]);
    w.unstake(&voters[0], 600).unwrap();
    refused(&mut w, BudgetError::NoVotingPower, |w| w.cast(&voters[0], &[(0, For)]));
    w.stake(&voters[0], 600).unwrap();
    refused(&mut w, BudgetError::NoVotingPower, |w| w.cast(&voters[0], &[(0, For)]));
}

#[test]
fn what_was_unstaked_during_voting_does_not_count() {
    let (mut w, voters) = voting(&[600], &[1]);
    w.unstake(&voters[0], 200).unwrap();
    w.cast(&voters[0], &[(0, For)]).unwrap();
    assert_eq!(tally(&w, 0), (400, 0, 0));
    assert_eq!(w.epoch(0).turnout, 400);
}

#[test]
fn what_was_staked_during_voting_does_not_count() {
    let (mut w, voters) = voting(&[600], &[1]);
    w.stake(&voters[0], 1_000).unwrap();
    w.cast(&voters[0], &[(0, For)]).unwrap();
    assert_eq!(tally(&w, 0), (600, 0, 0));
}

#[test]
fn a_voter_casts_once() {
    let (mut w, voters) = voting(&[600], &[1, 1]);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    refused(&mut w, BudgetError::AlreadyVoted, |w| w.cast(&voters[0], &[(1, For)]));
}

#[test]
fn a_choice_on_what_does_not_stand_is_refused() {
    let (mut w, voters) = submission(test_policy(), &[600], &[Ask::of(1)]);
    let (proposer, recipient) = (w.proposer(), w.proposer());
    w.submit_for(&proposer, &recipient, false, &Ask::of(1)).unwrap();
    w.submit(&proposer, &Ask::of(1)).unwrap();
    w.withdraw(&proposer, 2).unwrap();
    w.to_voting();
    // 1 was not accepted, 2 was withdrawn, nobody took 3 and 15.
    for index in [1, 2, 3, 15] {
        for choice in [For, Against, Abstain] {
            refused(&mut w, BudgetError::EntryNotVotable, |w| {
                w.cast(&voters[0], &[(0, For), (index, choice)])
            });
        }
    }
}

#[test]
fn a_first_ballot_cannot_pass_an_entry_at_the_end() {
    let mut policy = test_policy();
    policy.schedule.max_extension_secs = 0;
    let (mut w, voters) = voting_under(policy, &[600], &[1]);
    w.to_tallying();
    w.svm.advance(-1);
    refused(&mut w, BudgetError::LatePassRefused, |w| w.cast(&voters[0], &[(0, For)]));
}

#[test]
fn a_first_ballot_writes_tallies_record_and_counters() {
    let (mut w, voters) = voting(&[600, 300], &[1, 1, 1]);
    let header = w.epoch(0);
    w.cast(&voters[0], &[(0, For), (1, Against), (2, Abstain)]).unwrap();

    let tallies = [0, 1, 2].map(|index| tally(&w, index));
    assert_eq!(tallies, [(600, 0, 0), (0, 600, 0), (0, 0, 600)]);
    let key = w.vote_record_key(0, &voters[0]);
    let record = w.vote_record(0, &voters[0]);
    let (epoch, voter) = (w.community.epoch(0), voters[0].key());
    let seeds = [b"vote".as_slice(), epoch.as_ref(), voter.as_ref()];
    let bump = Pubkey::find_program_address(&seeds, &community_budget::ID).1;
    assert_eq!((record.version, record.bump, record.by_delegate), (1, bump, 0));
    assert_eq!((record.epoch, record.owner, record.weight), (epoch, voter, 600));
    assert_eq!((record.rent_payer, record.tokens_bps), (w.svm.fee_payer(), 10_000));
    assert_eq!((record.reserved_flags, record.reserved), ([0; 1], [0; 2]));
    assert_eq!(w.svm.choices(&key), [0b11_10_01, 0, 0, 0]);

    let after = w.epoch(0);
    assert_eq!((after.vote_record_count, after.ballot_count, after.turnout), (1, 1, 600));
    assert_eq!(after.seq, header.seq + 1);
    assert_eq!(after.voting_closes_at, header.voting_closes_at);

    w.cast(&voters[1], &[(0, For)]).unwrap();
    let after = w.epoch(0);
    assert_eq!((after.vote_record_count, after.ballot_count, after.turnout), (2, 2, 900));
}

#[test]
fn choices_on_every_byte_of_the_slate_are_counted() {
    let (mut w, voters) = submission(test_policy(), &[600], &[1; 12].map(Ask::of));
    for _ in 12..16 {
        submit_reserved(&mut w);
    }
    w.to_voting();
    let choices = [(0, For), (3, Abstain), (4, Against), (7, For), (9, Abstain), (15, Against)];
    w.cast(&voters[0], &choices).unwrap();
    let expected = |index| match index {
        0 | 7 => (600, 0, 0),
        4 | 15 => (0, 600, 0),
        3 | 9 => (0, 0, 600),
        _ => (0, 0, 0),
    };
    for index in 0..16 {
        assert_eq!(tally(&w, index), expected(index), "entry {index}");
    }
    assert_eq!(unpack(&w.svm.choices(&w.vote_record_key(0, &voters[0]))), choices);
}

#[test]
fn the_lock_bonus_is_part_of_the_weight() {
    let (mut w, _) = submission(test_policy(), &[], &[Ask::of(1)]);
    let voter = w.person();
    w.open_stake(&voter, test_policy().stake.max_lock_secs).unwrap();
    w.stake(&voter, 1_001).unwrap();
    w.to_voting();
    w.cast(&voter, &[(0, For)]).unwrap();
    assert_eq!(tally(&w, 0), (1_501, 0, 0));
}

#[test]
fn the_order_of_voters_does_not_matter() {
    let after = |order: [usize; 3]| {
        let (mut w, voters) = voting(&[600, 300, 100], &[1, 1, 1]);
        let ballots: [&[(u8, Choice)]; 3] =
            [&[(0, For), (1, Against)], &[(0, Against), (2, For)], &[(1, Abstain), (2, Against)]];
        for voter in order {
            w.cast(&voters[voter], ballots[voter]).unwrap();
        }
        epoch_bytes(&w)
    };
    let expected = after([0, 1, 2]);
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        assert_eq!(after(order), expected, "{order:?}");
    }
}

#[test]
fn the_tally_is_the_sum_of_all_vote_records() {
    let (mut w, voters) = voting(&[601, 307, 103, 53, 29, 11], &[1; 7]);
    let mut state = 1u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        u8::try_from((state >> 33) % below).unwrap()
    };
    let mut landed = 0;
    for step in 0..60usize {
        let voter = &voters[step % voters.len()];
        let choices: Vec<(u8, Choice)> =
            (0..7).map(|index| (index, Choice::from_low_bits(draw(4)))).collect();
        let act = if step < voters.len() {
            w.cast(voter, &choices)
        } else if draw(4) == 0 {
            w.retract(voter)
        } else {
            w.revise(voter, &choices)
        };
        // A few are refused, for example a second retraction; the sums must hold either way.
        landed += usize::from(act.is_ok());

        let mut sums = [(0, 0, 0); 7];
        for voter in voters.iter().filter(|voter| w.svm.exists(&w.vote_record_key(0, voter))) {
            let weight = w.vote_record(0, voter).weight;
            for (index, choice) in unpack(&w.svm.choices(&w.vote_record_key(0, voter))) {
                let (for_, against, abstain) = &mut sums[usize::from(index)];
                *match choice {
                    For => for_,
                    Against => against,
                    Abstain => abstain,
                    Unmarked => continue,
                } += weight;
            }
        }
        assert_eq!([0, 1, 2, 3, 4, 5, 6].map(|index| tally(&w, index)), sums, "step {step}");
    }
    assert!(landed > 50, "{landed} of 60 ballots landed");
    assert_eq!((w.epoch(0).ballot_count, w.epoch(0).turnout), (6, 1_104));
}

#[test]
fn a_sponsor_pays_the_rent_of_a_ballot() {
    let (mut w, voters) = voting(&[600], &[1]);
    let sponsor = w.person();
    let own = w.svm.lamports(&voters[0].key());
    let paid = cast_paid_by(&mut w, &voters[0], &sponsor);
    assert_eq!(paid, w.svm.lamports(&w.vote_record_key(0, &voters[0])));
    assert_eq!(w.vote_record(0, &voters[0]).rent_payer, sponsor.key());
    assert_eq!(w.svm.lamports(&voters[0].key()), own);
    assert_eq!(tally(&w, 0), (600, 0, 0));
}

#[test]
fn lamports_at_the_records_address_count_towards_its_rent() {
    let (mut w, voters) = voting(&[600, 300, 100, 50], &[1]);
    let payer = w.person();
    let rent = cast_paid_by(&mut w, &voters[0], &payer);
    for (voter, prefund) in [(&voters[1], 1), (&voters[2], rent - 1), (&voters[3], rent)] {
        let key = w.vote_record_key(0, voter);
        w.svm.fund(key, prefund);
        assert_eq!(cast_paid_by(&mut w, voter, &payer), rent - prefund);
        assert_eq!(w.svm.lamports(&key), rent);
    }
    assert_eq!(tally(&w, 0), (1_050, 0, 0));
}

#[test]
fn a_voter_has_a_ballot_in_every_epoch() {
    let (mut w, voters) = voting(&[600], &[1]);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    next_epoch(&mut w);
    let proposer = w.proposer();
    w.submit(&proposer, &Ask::of(1)).unwrap();
    w.to_voting();
    w.cast(&voters[0], &[(0, Against)]).unwrap();
    assert_eq!(tally(&w, 0), (0, 600, 0));
    assert_eq!(w.vote_record(1, &voters[0]).epoch, w.community.epoch(1));
}
