//! request_unstake
//! ├── given the owner does not sign ................ AccountNotSigner
//! ├── given the stake is another's ................. AccountMismatch
//! ├── given the stake is of another treasury ....... AccountMismatch
//! ├── when the amount is zero ...................... AmountIsZero
//! ├── when it exceeds what is staked ............... InsufficientStake
//! └── when valid
//!     ├── weight goes at once, tokens stay and cool for the lock
//!     ├── tokens cooling already wait as long
//!     └── once voting has opened they cool at least until its hard end and the longest timelock

use anchor_lang::error::ErrorCode;
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Stake, Treasury},
};

use crate::common::*;

const OWNER: usize = 0;
const TREASURY: usize = 1;
const STAKE: usize = 2;

#[test]
fn weight_goes_at_once_and_tokens_cool_for_the_lock() {
    let mut w = World::new();
    w.staker(300);
    let alice = w.staker(700);
    let (books, stake) = (w.treasury(), w.stake_of(&alice));
    w.svm.advance(DAY);
    w.unstake(&alice, 200).unwrap();
    let cooling_until = GENESIS + 8 * DAY;
    let expected = Stake { amount: 500, cooling: 200, cooling_until, weight: 500, ..stake };
    assert_same(w.stake_of(&alice), expected);
    assert_same(w.treasury(), Treasury { total_weight: 800, seq: books.seq + 1, ..books });
    assert_eq!(stake_vault(&w), 1_000);
    assert_eq!(stake_purse(&w, &alice), PURSE - 700);
}

#[test]
fn a_longer_lock_cools_longer() {
    let mut w = World::new();
    let alice = w.person();
    w.open_stake(&alice, 180 * DAY_SECS).unwrap();
    w.stake(&alice, 100).unwrap();
    w.unstake(&alice, 100).unwrap();
    assert_eq!(w.stake_of(&alice).cooling_until, GENESIS + 180 * DAY);
    assert_eq!((w.stake_of(&alice).weight, w.treasury().total_weight), (0, 0));
}

#[test]
fn the_remaining_weight_rounds_down_anew() {
    let mut w = World::new();
    let alice = w.person();
    w.open_stake(&alice, 180 * DAY_SECS).unwrap();
    w.stake(&alice, 4).unwrap();
    w.unstake(&alice, 1).unwrap();
    assert_eq!((w.stake_of(&alice).weight, w.treasury().total_weight), (4, 4));
}

#[test]
fn tokens_cooling_already_wait_as_long() {
    let mut w = World::new();
    let alice = w.staker(700);
    w.unstake(&alice, 100).unwrap();
    w.svm.advance(3 * DAY);
    w.unstake(&alice, 50).unwrap();
    let stake = w.stake_of(&alice);
    assert_eq!((stake.amount, stake.cooling), (550, 150));
    assert_eq!(stake.cooling_until, GENESIS + 10 * DAY);
}

#[test]
fn a_later_unstake_never_cools_shorter_than_an_earlier_one() {
    let mut w = World::new();
    let alice = w.person();
    w.open_stake(&alice, 180 * DAY_SECS).unwrap();
    w.stake(&alice, 100).unwrap();
    w.unstake(&alice, 60).unwrap();
    w.set_lock(&alice, 7 * DAY_SECS).unwrap();
    w.svm.advance(DAY);
    w.unstake(&alice, 40).unwrap();
    assert_eq!(w.stake_of(&alice).cooling_until, GENESIS + 180 * DAY);
}

#[test]
fn all_of_it_may_be_unstaked_but_no_base_unit_more() {
    let mut w = World::new();
    let alice = w.staker(700);
    refused(&mut w, BudgetError::InsufficientStake, |w| w.unstake(&alice, 701));
    w.unstake(&alice, 700).unwrap();
    assert_eq!((w.stake_of(&alice).amount, w.stake_of(&alice).cooling), (0, 700));
    refused(&mut w, BudgetError::InsufficientStake, |w| w.unstake(&alice, 1));
}

#[test]
fn zero_is_refused() {
    let mut w = World::new();
    let alice = w.staker(700);
    refused(&mut w, BudgetError::AmountIsZero, |w| w.unstake(&alice, 0));
}

#[test]
fn once_voting_has_opened_tokens_cool_past_its_hard_end() {
    let mut w = World::new();
    let alice = w.staker(700);
    w.open_epoch().unwrap();
    w.to_voting();
    w.unstake(&alice, 1).unwrap();
    // 7 days of voting, 3 of extension at most, 4 of the longest timelock.
    assert_eq!(w.stake_of(&alice).cooling_until, w.svm.now() + 14 * DAY);
}

#[test]
fn an_unstake_in_the_next_epoch_does_not_shorten_that() {
    let mut setup = Setup::default();
    setup.policy.tiers.rules[3].timelock_secs = 30 * DAY_SECS;
    setup.policy.schedule.execution_grace_secs = 33 * DAY_SECS;
    let mut w = World::with(setup);
    let alice = w.staker(700);
    w.open_epoch().unwrap();
    w.to_voting();
    w.unstake(&alice, 600).unwrap();
    // 7 days of voting, 3 of extension at most, 30 of the longest timelock.
    let cooling_until = w.svm.now() + 40 * DAY;
    assert_eq!(w.stake_of(&alice).cooling_until, cooling_until);
    w.to_tallying();
    w.settle().unwrap();
    w.svm.set_now(GENESIS + 30 * DAY);
    w.open_epoch().unwrap();
    w.unstake(&alice, 1).unwrap();
    assert_eq!(w.stake_of(&alice).cooling, 601);
    assert_eq!(w.stake_of(&alice).cooling_until, cooling_until);
}

#[test]
fn a_lock_beyond_that_cools_for_the_lock() {
    let mut w = World::new();
    let alice = w.person();
    w.open_stake(&alice, 180 * DAY_SECS).unwrap();
    w.stake(&alice, 100).unwrap();
    w.open_epoch().unwrap();
    w.to_voting();
    w.unstake(&alice, 1).unwrap();
    assert_eq!(w.stake_of(&alice).cooling_until, w.svm.now() + 180 * DAY);
}

#[test]
fn the_owner_must_sign() {
    let mut w = World::new();
    let alice = w.staker(700);
    let instruction = unsigned(w.community.request_unstake(alice.key(), 5), OWNER);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(instruction, &[]));
}

#[test]
fn nobody_unstakes_for_another() {
    let mut w = World::new();
    let (alice, bob) = (w.staker(700), w.staker(700));
    let unstaking = w.community.request_unstake(bob.key(), 5);
    let instruction = swapped(unstaking, STAKE, w.community.stake(&alice.key()));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[&bob]));
}

#[test]
fn the_weight_must_leave_the_stakes_own_treasury() {
    let mut w = World::new();
    let alice = w.staker(700);
    let twin = sibling(&mut w);
    within(&mut w, twin, |w| w.staker(900));
    let unstaking = w.community.request_unstake(alice.key(), 5);
    let instruction = swapped(unstaking, TREASURY, twin.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[&alice]));
}
