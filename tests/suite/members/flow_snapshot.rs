//! R2, who votes with how much: power is the weight at the opening of voting, less what its owner
//! has taken away since; the electorate is the total at the same instant.
//!
//! snapshot
//! ├── given a change before voting opens ........... it counts, up to the second before
//! ├── given an addition afterwards ................. no power, whatever its form
//! ├── given a removal afterwards ................... power falls for good, the electorate does not
//! ├── given tokens unstaked ........................ out of the vault only when no vote needs them
//! └── given the next epoch ......................... everything counts anew
//!
//! `flow_snapshot_random.rs` holds any of it, at random, against a model of the rule.

use budget_tests::*;
use community_budget::BudgetError;

use crate::common::*;

const SHORT: u32 = 7 * DAY_SECS;
const LONG: u32 = 180 * DAY_SECS;

/// Opens the next epoch and puts one accepted ask on its slate.
pub fn open_with_an_ask(w: &mut World) {
    w.open_epoch().unwrap();
    let bob = w.proposer();
    w.submit(&bob, &Ask::of(1_000_000)).unwrap();
}

/// A world in the submission phase, with one ask and a member with 1,000 base units of weight.
fn before_voting() -> (World, Person) {
    let mut w = World::new();
    let alice = w.staker(1_000);
    open_with_an_ask(&mut w);
    (w, alice)
}

/// The same in the first second of voting.
fn in_voting() -> (World, Person) {
    let (mut w, alice) = before_voting();
    w.to_voting();
    (w, alice)
}

/// Moves the clock to so many seconds after the opening of voting.
fn after_opening(w: &mut World, secs: i64) {
    w.to_voting();
    w.svm.advance(secs);
}

/// Casts a ballot for the only entry, and returns the power that it had.
pub fn power_of(w: &mut World, voter: &Person) -> u64 {
    let epoch = w.current();
    let before = w.entry(epoch, 0).for_;
    w.cast(voter, &[(0, For)]).unwrap();
    let weight = w.vote_record(epoch, voter).weight;
    assert_eq!(w.entry(epoch, 0).for_, before + weight);
    weight
}

/// Proves that a ballot is refused for want of power.
#[track_caller]
pub fn has_no_power(w: &mut World, voter: &Person) {
    refused(w, BudgetError::NoVotingPower, |w| w.cast(voter, &[(0, For)]));
}

/// Settles the current epoch and returns its electorate.
fn electorate(w: &mut World) -> u64 {
    w.to_tallying();
    w.settle().unwrap();
    w.epoch(w.current()).electorate
}

// --- additions ------------------------------------------------------------------------------

#[test]
fn a_stake_counts_up_to_the_second_before_voting_opens() {
    for (moment, power) in [(-1, Some(500)), (0, None), (1, None)] {
        let (mut w, _) = before_voting();
        let carol = member(&mut w);
        after_opening(&mut w, moment);
        w.stake(&carol, 500).unwrap();
        w.svm.set_now(w.epoch(0).voting_opens_at + 1);
        match power {
            Some(power) => assert_eq!(power_of(&mut w, &carol), power),
            None => has_no_power(&mut w, &carol),
        }
        assert_eq!(electorate(&mut w), 1_000 + power.unwrap_or(0), "staked at {moment}");
    }
}

#[test]
fn a_newcomer_of_the_voting_phase_has_no_power() {
    let (mut w, _) = in_voting();
    let carol = w.staker(1_000_000);
    has_no_power(&mut w, &carol);
}

#[test]
fn tokens_added_in_voting_add_no_power() {
    let (mut w, alice) = in_voting();
    w.stake(&alice, 1_000_000).unwrap();
    assert_eq!(w.stake_of(&alice).weight, 1_001_000);
    assert_eq!(power_of(&mut w, &alice), 1_000);
    assert_eq!(electorate(&mut w), 1_000);
}

#[test]
fn a_longer_lock_counts_up_to_the_second_before_voting_opens() {
    for (moment, power) in [(-1, 1_500), (0, 1_000), (1, 1_000)] {
        let (mut w, alice) = before_voting();
        after_opening(&mut w, moment);
        w.set_lock(&alice, LONG).unwrap();
        assert_eq!(w.stake_of(&alice).weight, 1_500);
        w.svm.set_now(w.epoch(0).voting_opens_at + 1);
        assert_eq!(power_of(&mut w, &alice), power, "locked at {moment}");
        assert_eq!(electorate(&mut w), power);
    }
}

#[test]
fn a_stake_closed_and_opened_again_in_voting_gains_nothing() {
    let (mut w, _) = before_voting();
    let carol = w.staker(500);
    // Cooled down within voting: unstaked a second before it opened.
    after_opening(&mut w, -1);
    w.unstake(&carol, 500).unwrap();
    w.svm.advance(i64::from(SHORT));
    w.withdraw_unstaked(&carol).unwrap();
    w.close_stake(&carol).unwrap();
    w.open_stake(&carol, LONG).unwrap();
    w.stake(&carol, 500).unwrap();
    has_no_power(&mut w, &carol);
    assert_eq!(electorate(&mut w), 1_000);
}

#[test]
fn an_empty_stake_reopened_in_voting_gains_nothing() {
    let (mut w, _) = before_voting();
    let carol = member(&mut w);
    w.to_voting();
    w.close_stake(&carol).unwrap();
    w.open_stake(&carol, LONG).unwrap();
    w.stake(&carol, 500).unwrap();
    has_no_power(&mut w, &carol);
}

// --- removals -------------------------------------------------------------------------------

#[test]
fn unstaking_in_voting_takes_power_but_leaves_the_electorate() {
    let (mut w, alice) = in_voting();
    w.unstake(&alice, 400).unwrap();
    assert_eq!(power_of(&mut w, &alice), 600);
    assert_eq!(electorate(&mut w), 1_000);
}

#[test]
fn unstaking_everything_in_voting_leaves_no_power() {
    let (mut w, alice) = in_voting();
    w.unstake(&alice, 1_000).unwrap();
    has_no_power(&mut w, &alice);
    assert_eq!(electorate(&mut w), 1_000);
}

#[test]
fn restaking_does_not_restore_power() {
    let (mut w, alice) = in_voting();
    w.unstake(&alice, 400).unwrap();
    w.stake(&alice, 400).unwrap();
    assert_eq!(w.stake_of(&alice).weight, 1_000);
    assert_eq!(power_of(&mut w, &alice), 600);
    assert_eq!(electorate(&mut w), 1_000);
}

#[test]
fn staking_first_does_not_shield_what_is_unstaked_later() {
    let (mut w, alice) = in_voting();
    w.stake(&alice, 5_000).unwrap();
    w.unstake(&alice, 5_400).unwrap();
    assert_eq!(power_of(&mut w, &alice), 600);
}

#[test]
fn a_shorter_lock_in_voting_cuts_power_at_once_and_for_good() {
    let mut w = World::new();
    let alice = w.person();
    w.open_stake(&alice, LONG).unwrap();
    w.stake(&alice, 1_000).unwrap();
    open_with_an_ask(&mut w);
    w.to_voting();
    w.set_lock(&alice, SHORT).unwrap();
    w.set_lock(&alice, LONG).unwrap();
    assert_eq!(w.stake_of(&alice).weight, 1_500);
    assert_eq!(power_of(&mut w, &alice), 1_000);
    assert_eq!(electorate(&mut w), 1_500);
}

#[test]
fn a_ballot_keeps_the_weight_it_was_cast_with() {
    let (mut w, alice) = in_voting();
    assert_eq!(power_of(&mut w, &alice), 1_000);
    w.unstake(&alice, 1_000).unwrap();
    assert_eq!(w.entry(0, 0).for_, 1_000);
    w.revise(&alice, &[(0, Against)]).unwrap();
    assert_eq!((w.entry(0, 0).for_, w.entry(0, 0).against), (0, 1_000));
    assert_eq!(w.vote_record(0, &alice).weight, 1_000);
}

// --- electorate -----------------------------------------------------------------------------

#[test]
fn the_electorate_is_the_total_at_the_opening_whatever_happens_afterwards() {
    let mut w = World::new();
    let (alice, bob) = (w.staker(1_000), w.staker(300));
    open_with_an_ask(&mut w);
    w.to_voting();
    w.unstake(&alice, 999).unwrap();
    w.staker(77_000);
    w.set_lock(&bob, LONG).unwrap();
    w.to_tallying();
    w.unstake(&bob, 300).unwrap();
    w.stake(&alice, 5_000).unwrap();
    w.svm.advance(20 * DAY);
    w.staker(12);
    w.settle().unwrap();
    assert_eq!(w.epoch(0).electorate, 1_300);
    assert_eq!(w.treasury().total_weight, 1 + 77_000 + 5_000 + 12);
}

#[test]
fn the_electorate_follows_every_change_before_the_opening() {
    let (mut w, alice) = before_voting();
    after_opening(&mut w, -1);
    w.unstake(&alice, 400).unwrap();
    w.staker(50);
    assert_eq!(electorate(&mut w), 650);
}

// --- tokens ---------------------------------------------------------------------------------

#[test]
fn tokens_unstaked_in_voting_cool_to_its_hard_end_and_the_longest_timelock() {
    for moment in [0, 1, 6 * DAY] {
        let (mut w, alice) = before_voting();
        after_opening(&mut w, moment);
        w.unstake(&alice, 1_000).unwrap();
        let free_at = w.epoch(0).voting_hard_end_at + 4 * DAY;
        assert_eq!(w.stake_of(&alice).cooling_until, free_at, "unstaked at {moment}");
        w.svm.set_now(free_at - 1);
        refused(&mut w, BudgetError::StillCooling, |w| w.withdraw_unstaked(&alice));
        w.svm.set_now(free_at);
        w.withdraw_unstaked(&alice).unwrap();
        assert_eq!(stake_purse(&w, &alice), PURSE);
    }
}

#[test]
fn tokens_unstaked_a_second_before_voting_opens_cool_for_the_lock_only() {
    let (mut w, alice) = before_voting();
    after_opening(&mut w, -1);
    w.unstake(&alice, 1_000).unwrap();
    w.svm.advance(i64::from(SHORT) - 1);
    refused(&mut w, BudgetError::StillCooling, |w| w.withdraw_unstaked(&alice));
    w.svm.advance(1);
    w.withdraw_unstaked(&alice).unwrap();
    assert_eq!(stake_purse(&w, &alice), PURSE);
}

#[test]
fn tokens_of_an_earlier_unstake_wait_with_those_of_voting() {
    let (mut w, alice) = before_voting();
    after_opening(&mut w, -1);
    w.unstake(&alice, 1).unwrap();
    w.svm.advance(1);
    w.unstake(&alice, 1).unwrap();
    let free_at = w.epoch(0).voting_hard_end_at + 4 * DAY;
    assert_eq!((w.stake_of(&alice).cooling, w.stake_of(&alice).cooling_until), (2, free_at));
}

#[test]
fn a_shortened_lock_keeps_tokens_until_the_old_cool_down_has_run() {
    let mut w = World::new();
    let alice = w.person();
    w.open_stake(&alice, 90 * DAY_SECS).unwrap();
    w.stake(&alice, 1_000).unwrap();
    w.set_lock(&alice, SHORT).unwrap();
    w.svm.advance(DAY);
    w.unstake(&alice, 1_000).unwrap();
    w.svm.set_now(GENESIS + 90 * DAY - 1);
    refused(&mut w, BudgetError::StillCooling, |w| w.withdraw_unstaked(&alice));
    w.svm.set_now(GENESIS + 90 * DAY);
    w.withdraw_unstaked(&alice).unwrap();
    assert_eq!(stake_purse(&w, &alice), PURSE);
}

#[test]
fn a_shortened_lock_costs_its_cool_down_once() {
    let mut w = World::new();
    let alice = w.person();
    w.open_stake(&alice, 90 * DAY_SECS).unwrap();
    w.stake(&alice, 1_000).unwrap();
    w.set_lock(&alice, SHORT).unwrap();
    w.svm.set_now(GENESIS + 85 * DAY);
    w.unstake(&alice, 1_000).unwrap();
    assert_eq!(w.stake_of(&alice).cooling_until, GENESIS + 92 * DAY);
}

/// Sends base units of the stake mint from one person's purse to another's.
fn hand_over(w: &mut World, from: &Person, to: &Person, amount: u64) {
    let [from, to] = [from, to].map(|person| w.community.stake_token_account(&person.key()));
    token::edit(&mut w.svm, &from, |account| account.amount -= amount);
    token::edit(&mut w.svm, &to, |account| account.amount += amount);
}

#[test]
fn tokens_that_voted_cannot_move_to_another_voter_before_it_is_over() {
    let (mut w, alice) = in_voting();
    assert_eq!(power_of(&mut w, &alice), 1_000);
    w.unstake(&alice, 1_000).unwrap();
    w.svm.set_now(w.epoch(0).voting_hard_end_at + 4 * DAY - 1);
    refused(&mut w, BudgetError::StillCooling, |w| w.withdraw_unstaked(&alice));
}

#[test]
fn tokens_freed_within_voting_vote_for_nobody() {
    let (mut w, alice) = before_voting();
    let carol = member(&mut w);
    after_opening(&mut w, -1);
    w.unstake(&alice, 1_000).unwrap();
    w.svm.advance(i64::from(SHORT));
    assert!(w.svm.now() < w.epoch(0).voting_closes_at);
    w.withdraw_unstaked(&alice).unwrap();
    hand_over(&mut w, &alice, &carol, 1_000);
    w.stake(&carol, 1_000).unwrap();
    has_no_power(&mut w, &alice);
    has_no_power(&mut w, &carol);
}

#[test]
fn tokens_handed_over_in_submission_vote_once() {
    let mut w = World::new();
    let (alice, carol) = (w.staker(1_000), member(&mut w));
    open_with_an_ask(&mut w);
    w.unstake(&alice, 1_000).unwrap();
    w.svm.advance(i64::from(SHORT));
    w.withdraw_unstaked(&alice).unwrap();
    hand_over(&mut w, &alice, &carol, 1_000);
    w.stake(&carol, 1_000).unwrap();
    w.to_voting();
    has_no_power(&mut w, &alice);
    assert_eq!(power_of(&mut w, &carol), 1_000);
    assert_eq!(electorate(&mut w), 1_000);
}

// --- the next epoch -------------------------------------------------------------------------

/// Settles the current epoch and moves to the voting of the next one, with an ask.
fn to_the_next_voting(w: &mut World) {
    electorate(w);
    let next_at = w.treasury().last_opened_at + 30 * DAY;
    w.svm.set_now(next_at);
    open_with_an_ask(w);
    w.to_voting();
}

#[test]
fn what_was_added_in_voting_counts_in_the_next_epoch() {
    let (mut w, alice) = in_voting();
    let carol = w.staker(500);
    w.set_lock(&alice, LONG).unwrap();
    to_the_next_voting(&mut w);
    assert_eq!(power_of(&mut w, &carol), 500);
    assert_eq!(power_of(&mut w, &alice), 1_500);
    assert_eq!(electorate(&mut w), 2_000);
}

#[test]
fn power_lost_in_voting_returns_with_the_next_epoch() {
    let (mut w, alice) = in_voting();
    w.unstake(&alice, 400).unwrap();
    w.stake(&alice, 400).unwrap();
    to_the_next_voting(&mut w);
    assert_eq!(power_of(&mut w, &alice), 1_000);
    assert_eq!(electorate(&mut w), 1_000);
}

#[test]
fn an_earlier_freeze_does_not_hide_a_change_of_the_next_submission() {
    let (mut w, alice) = in_voting();
    w.unstake(&alice, 400).unwrap();
    electorate(&mut w);
    w.svm.set_now(GENESIS + 30 * DAY);
    open_with_an_ask(&mut w);
    w.unstake(&alice, 100).unwrap();
    w.to_voting();
    w.unstake(&alice, 50).unwrap();
    assert_eq!(power_of(&mut w, &alice), 450);
    assert_eq!(electorate(&mut w), 500);
}
