//! close_vote_record: what the voter's stake notes (R1)
//! ├── given another account in place of the stake ......... AccountMismatch
//! ├── given the stake has been closed, or is empty ........ nothing, and the record closes
//! ├── given the ballot was retracted ...................... nothing
//! └── given a ballot
//!     ├── the share of the stake that took part, whatever the choice
//!     │   ├── diluted by tokens that came later
//!     │   ├── whatever lock was chosen since, whatever left
//!     │   └── in whatever order records are closed
//!     └── no vote that has begun changes by it

use budget_tests::*;
use community_budget::{BudgetError, state::Stake};

use crate::stage::*;

const STAKE: usize = 4;

/// Everybody voted in epochs 0 and 1 under a streak bonus of 80 %, 10 % for each of eight epochs;
/// both are settled and all records exist.
fn two_epochs() -> (World, Cast) {
    let (mut w, cast) = voted_with_streaks();
    w.settle().unwrap();
    w.open_next_epoch();
    w.submit(&cast.alice, &Ask::of(SMALL_ASK)).unwrap();
    w.to_voting();
    for voter in &cast.voters {
        w.cast(voter, &[(0, For)]).unwrap();
    }
    w.to_tallying();
    w.settle().unwrap();
    (w, cast)
}

/// Everybody voted in epoch 0 under a streak bonus of 80 %; it is not settled.
fn voted_with_streaks() -> (World, Cast) {
    let mut policy = test_policy();
    policy.stake.streak_bonus_bps = 8_000;
    let mut w = World::with(Setup { policy, ..Setup::default() });
    let cast = submit_both(&mut w);
    w.to_voting();
    for voter in &cast.voters {
        w.cast(voter, &[(0, For)]).unwrap();
    }
    w.to_tallying();
    (w, cast)
}

/// Newest epoch noted and the shares of epochs 0 and 1.
fn noted(stake: &Stake) -> (u32, u16, u16) {
    assert_eq!(stake.participation[2..], [0; 6]);
    (stake.participation_latest, stake.participation[0], stake.participation[1])
}

const NEVER: u32 = u32::MAX;

#[test]
fn the_stake_notes_that_it_took_part_and_gains_the_bonus() {
    let (mut w, cast) = voted_with_streaks();
    w.settle().unwrap();
    let (voter, books) = (&cast.voters[0], w.treasury());
    assert_eq!(noted(&w.stake_of(voter)), (NEVER, 0, 0));
    w.close_vote_record(0, voter).unwrap();
    let stake = w.stake_of(voter);
    assert_eq!(noted(&stake), (0, 10_000, 0));
    assert_eq!((stake.amount, stake.weight), (600, 660)); // 600 * (1 + 80 % / 8)
    assert_eq!(w.treasury().total_weight, books.total_weight + 60);
    assert_eq!(noted(&w.stake_of(&cast.voters[1])), (NEVER, 0, 0));
}

#[test]
fn tokens_that_came_after_the_ballot_dilute_the_share() {
    let (mut w, cast) = voted_with_streaks();
    w.settle().unwrap();
    let voter = &cast.voters[0];
    w.stake(voter, 301).unwrap();
    w.close_vote_record(0, voter).unwrap();
    let stake = w.stake_of(voter);
    assert_eq!(noted(&stake), (0, 6_659, 0)); // floor(10,000 * 600 / 901)
    assert_eq!(stake.weight, 960); // 901 * (10,000 + floor(8,000 * floor(6,659 / 8) / 10,000))
}

#[test]
fn what_left_the_stake_since_takes_nothing_from_the_share() {
    let (mut w, cast) = voted_with_streaks();
    w.settle().unwrap();
    let voter = &cast.voters[0];
    w.unstake(voter, 590).unwrap();
    w.close_vote_record(0, voter).unwrap();
    let stake = w.stake_of(voter);
    assert_eq!(noted(&stake), (0, 10_000, 0));
    assert_eq!((stake.amount, stake.weight), (10, 11));
}

#[test]
fn a_longer_lock_takes_nothing_from_the_share() {
    let (mut w, cast) = voted_with_streaks();
    w.settle().unwrap();
    let voter = &cast.voters[0];
    w.set_lock(voter, 180 * DAY_SECS).unwrap();
    w.close_vote_record(0, voter).unwrap();
    let stake = w.stake_of(voter);
    assert_eq!(noted(&stake), (0, 10_000, 0));
    assert_eq!(stake.weight, 960); // 600 * (1 + 50 % + 80 % / 8)
}

#[test]
fn records_may_be_closed_in_any_order() {
    let (mut w, cast) = two_epochs();
    let [first, second, _] = &cast.voters[..] else { unreachable!() };
    for epoch in [0, 1] {
        w.close_vote_record(epoch, first).unwrap();
    }
    for epoch in [1, 0] {
        w.close_vote_record(epoch, second).unwrap();
    }
    for (voter, weight) in [(first, 720), (second, 360)] {
        assert_eq!(noted(&w.stake_of(voter)), (1, 10_000, 10_000));
        assert_eq!(w.stake_of(voter).weight, weight); // * (1 + 80 % * 2 / 8)
    }
    assert_eq!(w.treasury().total_weight, 720 + 360 + 100);
}

#[test]
fn an_epoch_that_was_missed_leaves_a_gap() {
    let (mut w, cast) = two_epochs();
    w.close_vote_record(1, &cast.voters[0]).unwrap();
    assert_eq!(noted(&w.stake_of(&cast.voters[0])), (1, 0, 10_000));
}

#[test]
fn a_retracted_ballot_took_no_part() {
    let (mut w, cast) = voted_with_streaks();
    let closes_at = w.epoch(0).voting_closes_at;
    w.svm.set_now(closes_at - 2 * DAY);
    w.retract(&cast.voters[0]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    let (stake, total) = (w.stake_of(&cast.voters[0]), w.treasury().total_weight);
    w.close_vote_record(0, &cast.voters[0]).unwrap();
    let after = w.stake_of(&cast.voters[0]);
    assert_same(after, stake);
    assert_eq!(w.treasury().total_weight, total);
}

#[test]
fn an_against_or_an_abstention_took_part_like_a_for() {
    let mut policy = test_policy();
    policy.stake.streak_bonus_bps = 8_000;
    let mut w = World::with(Setup { policy, ..Setup::default() });
    let cast = submit_both(&mut w);
    w.to_voting();
    for (voter, choice) in cast.voters.iter().zip([For, Against, Abstain]) {
        w.cast(voter, &[(1, choice)]).unwrap();
    }
    w.to_tallying();
    w.settle().unwrap();
    for voter in &cast.voters {
        w.close_vote_record(0, voter).unwrap();
        assert_eq!(noted(&w.stake_of(voter)), (0, 10_000, 0));
    }
}

#[test]
fn a_vote_that_has_begun_keeps_its_weights() {
    let (mut w, cast) = voted_with_streaks();
    w.settle().unwrap();
    w.open_next_epoch();
    w.submit(&cast.alice, &Ask::of(SMALL_ASK)).unwrap();
    w.to_voting();
    let voter = &cast.voters[0];
    w.close_vote_record(0, voter).unwrap();
    assert_eq!(w.stake_of(voter).weight, 660);
    assert_eq!(w.stake_of(voter).power(1), 600);
    w.cast(voter, &[(0, For)]).unwrap();
    assert_eq!(w.entry(1, 0).for_, 600);
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(w.epoch(1).electorate, ELECTORATE);
    assert_eq!(w.treasury().total_weight, ELECTORATE + 60);
}

/// The first voter has left: nothing is staked, and the stake account is gone.
fn left() -> (World, Cast) {
    let (mut w, cast) = voted_with_streaks();
    w.settle().unwrap();
    let voter = &cast.voters[0];
    w.unstake(voter, 600).unwrap();
    let until = w.stake_of(voter).cooling_until;
    w.svm.set_now(until);
    w.withdraw_unstaked(voter).unwrap();
    w.close_stake(voter).unwrap();
    (w, cast)
}

#[test]
fn the_record_of_a_closed_stake_closes_too() {
    let (mut w, cast) = left();
    let books = w.treasury();
    w.close_vote_record(0, &cast.voters[0]).unwrap();
    assert!(!w.svm.exists(&w.vote_record_key(0, &cast.voters[0])));
    assert!(!w.svm.exists(&w.community.stake(&cast.voters[0].key())));
    assert_same(w.treasury(), books);
}

#[test]
fn an_empty_stake_notes_nothing_and_the_record_closes() {
    let (mut w, cast) = voted_with_streaks();
    w.settle().unwrap();
    w.unstake(&cast.voters[0], 600).unwrap();
    let stake = w.stake_of(&cast.voters[0]);
    w.close_vote_record(0, &cast.voters[0]).unwrap();
    let after = w.stake_of(&cast.voters[0]);
    assert_same(after, stake);
}

#[test]
fn no_other_account_stands_for_the_voters_stake() {
    let (mut w, cast) = voted_with_streaks();
    w.settle().unwrap();
    let (voter, other) = (cast.voters[0].key(), executable_sibling(&mut w));
    let foreign = w.person();
    let (payer, lock) = (w.svm.fee_payer(), 7 * DAY_SECS);
    w.send(other.open_stake(voter, payer, lock), &[&cast.voters[0]]).unwrap();
    let own = w.community.close_vote_record(0, voter, payer);
    for instead in [
        w.community.stake(&cast.voters[1].key()), // somebody else's
        other.stake(&voter),                      // the voter's, elsewhere
        w.community.stake(&foreign.key()),        // not there, and not the voter's
        foreign.key(),                            // a wallet
        w.community.recipient_record(&cast.alice.key()), // of another kind
        w.vote_record_key(0, &cast.voters[1]),
        w.stream_key(0, 0),
    ] {
        let swapped = swapped(own.clone(), STAKE, instead);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
    }
}

#[test]
fn an_epoch_that_the_voter_paid_for_is_no_stake() {
    // Treasury and rent payer stand in an epoch where treasury and owner stand in a stake.
    let (mut w, cast) = voted_with_streaks();
    w.settle().unwrap();
    let voter = &cast.voters[0];
    w.svm.advance(30 * DAY);
    w.send(w.community.open_epoch(voter.key(), 1), &[voter]).unwrap();
    let own = w.community.close_vote_record(0, voter.key(), w.svm.fee_payer());
    let swapped = swapped(own, STAKE, w.community.epoch(1));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn only_the_voters_address_stands_for_a_closed_stake() {
    let (mut w, cast) = left();
    let own = w.community.close_vote_record(0, cast.voters[0].key(), w.svm.fee_payer());
    let never_opened = w.person().key();
    for instead in
        [w.community.stake(&never_opened), w.community.stake(&cast.voters[1].key()), never_opened]
    {
        let swapped = swapped(own.clone(), STAKE, instead);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
    }
}
