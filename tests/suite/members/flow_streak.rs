//! R1, the streak: taking part in the last eight epochs adds weight, to the tokens that took part.
//!
//! streak
//! ├── given ballots in a row ....................... an eighth of the bonus each, eight at most
//! ├── given a ballot without a choice .............. it is none
//! ├── given tokens added ........................... they dilute, before and after the closing
//! ├── given one token for eight epochs, then many .. next to nothing
//! ├── given records closed late .................... `flow_streak_closing`
//! └── given a lock raised for the vote ............. nothing for free

use budget_tests::*;

use crate::{
    common::*,
    flow_snapshot::{open_with_an_ask, power_of},
};

pub const MILLION: u64 = 1_000_000;
pub const SHORT: u32 = 7 * DAY_SECS;
pub const LONG: u32 = 180 * DAY_SECS;

/// A world in which one epoch of eight is worth a tenth of the stake.
pub fn world() -> World {
    with_bonuses(5_000, 8_000)
}

pub fn with_bonuses(lock_bonus_bps: u16, streak_bonus_bps: u16) -> World {
    let mut setup = Setup::default();
    setup.policy.stake.lock_bonus_bps = lock_bonus_bps;
    setup.policy.stake.streak_bonus_bps = streak_bonus_bps;
    World::with(setup)
}

/// Moves to the voting of the next epoch, with one ask on its slate.
pub fn to_next_voting(w: &mut World) {
    let treasury = w.treasury();
    if treasury.epoch_count > 0 {
        w.svm.set_now(treasury.last_opened_at + 30 * DAY);
    }
    open_with_an_ask(w);
    w.to_voting();
}

pub fn settle(w: &mut World) {
    w.to_tallying();
    w.settle().unwrap();
}

/// An epoch in which `voter` votes; its record stays open.
pub fn vote(w: &mut World, voter: &Person) {
    to_next_voting(w);
    power_of(w, voter);
    settle(w);
}

/// The same, with the record closed at once.
pub fn vote_and_close(w: &mut World, voter: &Person) {
    vote(w, voter);
    let epoch = w.current();
    w.close_vote_record(epoch, voter).unwrap();
}

/// Weight of a stake, which the treasury counts in its total.
pub fn weight(w: &World, only: &Person) -> u64 {
    assert_eq!(w.treasury().total_weight, w.stake_of(only).weight);
    w.stake_of(only).weight
}

// --- in a row -------------------------------------------------------------------------------

#[test]
fn every_epoch_adds_an_eighth_of_the_bonus_up_to_the_whole() {
    let mut w = world();
    let alice = w.staker(MILLION);
    for count in 1..=10u64 {
        vote_and_close(&mut w, &alice);
        let eighths = count.min(8);
        assert_eq!(weight(&w, &alice), MILLION + eighths * MILLION / 10, "after {count}");
    }
    assert_eq!(w.stake_of(&alice).participation, [10_000; 8]);
}

#[test]
fn a_missed_epoch_costs_an_eighth_until_eight_have_followed() {
    let mut w = world();
    let alice = w.staker(MILLION);
    for _ in 0..8 {
        vote_and_close(&mut w, &alice);
    }
    pass_epochs(&mut w, 1);
    for _ in 0..7 {
        vote_and_close(&mut w, &alice);
        assert_eq!(weight(&w, &alice), 1_700_000);
    }
    vote_and_close(&mut w, &alice);
    assert_eq!(weight(&w, &alice), 1_800_000);
}

#[test]
fn any_choice_takes_part_and_none_does_not() {
    for (choice, expected) in [(For, 1_100_000), (Against, 1_100_000), (Abstain, 1_100_000)] {
        let mut w = world();
        let alice = w.staker(MILLION);
        to_next_voting(&mut w);
        w.cast(&alice, &[(0, choice)]).unwrap();
        settle(&mut w);
        w.close_vote_record(0, &alice).unwrap();
        assert_eq!(weight(&w, &alice), expected, "{choice:?}");
    }
    let mut w = world();
    let alice = w.staker(MILLION);
    to_next_voting(&mut w);
    power_of(&mut w, &alice);
    w.retract(&alice).unwrap();
    settle(&mut w);
    w.close_vote_record(0, &alice).unwrap();
    assert_eq!((weight(&w, &alice), w.stake_of(&alice).participation), (MILLION, [0; 8]));
}

#[test]
fn without_closing_nothing_is_noted() {
    let mut w = world();
    let alice = w.staker(MILLION);
    vote(&mut w, &alice);
    w.refresh_stake(&alice).unwrap();
    assert_eq!(weight(&w, &alice), MILLION);
}

#[test]
fn both_bonuses_together_weigh_three_times_the_stake_and_no_more() {
    let mut w = with_bonuses(10_000, 10_000);
    let alice = w.person();
    w.open_stake(&alice, LONG).unwrap();
    w.stake(&alice, MILLION).unwrap();
    for _ in 0..8 {
        vote_and_close(&mut w, &alice);
    }
    assert_eq!(weight(&w, &alice), 3 * MILLION);
}

// --- dilution -------------------------------------------------------------------------------

#[test]
fn tokens_added_to_a_streak_earn_none_of_it() {
    let mut w = world();
    let alice = w.staker(MILLION);
    vote_and_close(&mut w, &alice);
    // Mean and bonus are rounded down to basis points: 312.5 and 249.6 of them become 249.
    for (added, share, total) in
        [(MILLION, 5_000, 2_100_000), (2 * MILLION, 2_500, 4_099_600), (1, 2_499, 4_099_601)]
    {
        w.stake(&alice, added).unwrap();
        assert_eq!(w.stake_of(&alice).participation[0], share);
        assert_eq!(weight(&w, &alice), total);
    }
}

#[test]
fn tokens_added_between_ballot_and_closing_earn_none_of_it() {
    // In the voting itself, and once it is settled.
    for settled in [false, true] {
        let mut w = world();
        let alice = w.staker(MILLION);
        to_next_voting(&mut w);
        power_of(&mut w, &alice);
        if settled {
            settle(&mut w);
        }
        w.stake(&alice, 3 * MILLION).unwrap();
        if !settled {
            settle(&mut w);
        }
        w.close_vote_record(0, &alice).unwrap();
        assert_eq!(w.stake_of(&alice).participation[0], 2_500);
        assert_eq!(weight(&w, &alice), 4_099_600);
    }
}

#[test]
fn tokens_taken_away_and_put_back_have_lost_their_streak() {
    let mut w = world();
    let alice = w.staker(MILLION);
    vote_and_close(&mut w, &alice);
    w.unstake(&alice, MILLION / 2).unwrap();
    assert_eq!(weight(&w, &alice), 550_000);
    w.stake(&alice, MILLION / 2).unwrap();
    assert_eq!(weight(&w, &alice), 1_050_000);
    w.unstake(&alice, MILLION).unwrap();
    w.stake(&alice, MILLION).unwrap();
    assert_eq!((weight(&w, &alice), w.stake_of(&alice).participation), (MILLION, [0; 8]));
}

#[test]
fn one_token_for_eight_epochs_and_then_a_million_weigh_a_million_and_one() {
    let mut w = with_bonuses(0, 10_000);
    let alice = w.staker(1);
    for _ in 0..8 {
        vote_and_close(&mut w, &alice);
    }
    assert_eq!(weight(&w, &alice), 2);
    w.stake(&alice, MILLION).unwrap();
    assert_eq!(weight(&w, &alice), MILLION + 1);
}

#[test]
fn one_coin_for_eight_epochs_and_then_a_million_gain_less_than_one_coin() {
    let coin = 1_000_000;
    let mut w = with_bonuses(0, 10_000);
    // The purse of a person is a million coins.
    let alice = w.staker(coin);
    for _ in 0..8 {
        vote_and_close(&mut w, &alice);
    }
    w.stake(&alice, PURSE - coin).unwrap();
    assert!(weight(&w, &alice) - PURSE < coin);
}

// --- lock shopping --------------------------------------------------------------------------

#[test]
fn a_lock_raised_for_the_opening_and_lowered_before_the_ballot_lends_no_power() {
    let mut w = world();
    let alice = w.staker(MILLION);
    open_with_an_ask(&mut w);
    w.set_lock(&alice, LONG).unwrap();
    assert_eq!(weight(&w, &alice), 1_500_000);
    w.to_voting();
    w.set_lock(&alice, SHORT).unwrap();
    assert_eq!(power_of(&mut w, &alice), MILLION);
    settle(&mut w);
    assert_eq!(w.epoch(0).electorate, 1_500_000);
}

#[test]
fn a_lock_lowered_after_the_ballot_still_binds_for_its_whole_length() {
    let mut w = world();
    let alice = w.staker(MILLION);
    open_with_an_ask(&mut w);
    w.set_lock(&alice, LONG).unwrap();
    w.to_voting();
    assert_eq!(power_of(&mut w, &alice), 1_500_000);
    w.set_lock(&alice, SHORT).unwrap();
    assert_eq!(w.stake_of(&alice).weight, MILLION);
    let bound_until = w.svm.now() + i64::from(LONG);
    settle(&mut w);
    w.unstake(&alice, MILLION).unwrap();
    assert_eq!(w.stake_of(&alice).cooling_until, bound_until);
    w.svm.set_now(bound_until - 1);
    let still_cooling = community_budget::BudgetError::StillCooling;
    refused(&mut w, still_cooling, |w| w.withdraw_unstaked(&alice));
}

#[test]
fn a_lock_raised_for_the_ballot_adds_nothing_to_the_streak() {
    let mut w = world();
    let alice = w.staker(MILLION);
    open_with_an_ask(&mut w);
    w.set_lock(&alice, LONG).unwrap();
    w.to_voting();
    power_of(&mut w, &alice);
    w.set_lock(&alice, SHORT).unwrap();
    settle(&mut w);
    w.close_vote_record(0, &alice).unwrap();
    // The whole of the stake took part, not one and a half times of it.
    assert_eq!(w.stake_of(&alice).participation[0], 10_000);
    assert_eq!(weight(&w, &alice), 1_100_000);
    // Tokens added by the half that the lock once weighed earn no streak either.
    w.stake(&alice, MILLION / 2).unwrap();
    assert_eq!(w.stake_of(&alice).participation[0], 6_666);
}

#[test]
fn every_vote_with_a_raised_lock_costs_the_lock_anew() {
    let mut w = world();
    let alice = w.staker(MILLION);
    let mut bound_until = 0;
    for epoch in 0..3 {
        if epoch > 0 {
            let next_at = w.treasury().last_opened_at + 30 * DAY;
            w.svm.set_now(next_at);
        }
        open_with_an_ask(&mut w);
        w.set_lock(&alice, LONG).unwrap();
        w.to_voting();
        power_of(&mut w, &alice);
        w.set_lock(&alice, SHORT).unwrap();
        let floor_at = w.stake_of(&alice).lock_floor_at;
        assert_eq!(floor_at, w.svm.now() + i64::from(LONG));
        assert!(floor_at > bound_until);
        bound_until = floor_at;
        settle(&mut w);
    }
}
