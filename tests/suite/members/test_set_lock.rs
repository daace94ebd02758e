//! set_lock
//! ├── given the owner does not sign ................ AccountNotSigner
//! ├── given the stake is another's ................. AccountMismatch
//! ├── given the stake is of another treasury ....... AccountMismatch
//! ├── when the lock is outside the policy's range .. LockOutOfRange
//! ├── when the lock is the present one ............. LockUnchanged
//! ├── when the weight would overflow ............... ArithmeticOverflow
//! └── when valid
//!     ├── longer: weight grows, no floor
//!     ├── shorter: weight falls at once, tokens stay for the old lock from now
//!     └── tokens cooling already keep their time

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

const SHORT: u32 = 7 * DAY_SECS;
const LONG: u32 = 180 * DAY_SECS;

/// A member with 1,000 base units at the longest lock.
fn locked() -> (World, Person) {
    let mut w = World::new();
    let alice = w.person();
    w.open_stake(&alice, LONG).unwrap();
    w.stake(&alice, 1_000).unwrap();
    (w, alice)
}

#[test]
fn a_longer_lock_adds_weight() {
    let mut w = World::new();
    let alice = w.staker(1_000);
    let (books, stake) = (w.treasury(), w.stake_of(&alice));
    w.set_lock(&alice, LONG).unwrap();
    assert_same(w.stake_of(&alice), Stake { lock_secs: LONG, weight: 1_500, ..stake });
    assert_same(w.treasury(), Treasury { total_weight: 1_500, seq: books.seq + 1, ..books });
}

#[test]
fn a_shorter_lock_cuts_weight_at_once_and_keeps_tokens_for_the_old_one() {
    let (mut w, alice) = locked();
    let (books, stake) = (w.treasury(), w.stake_of(&alice));
    w.svm.advance(DAY);
    w.set_lock(&alice, SHORT).unwrap();
    let lock_floor_at = GENESIS + DAY + 180 * DAY;
    let expected = Stake { lock_secs: SHORT, weight: 1_000, lock_floor_at, ..stake };
    assert_same(w.stake_of(&alice), expected);
    assert_same(w.treasury(), Treasury { total_weight: 1_000, seq: books.seq + 1, ..books });
}

#[test]
fn the_floor_of_a_shortening_is_never_lowered() {
    let (mut w, alice) = locked();
    w.set_lock(&alice, 90 * DAY_SECS).unwrap();
    w.svm.advance(DAY);
    w.set_lock(&alice, SHORT).unwrap();
    assert_eq!(w.stake_of(&alice).lock_floor_at, GENESIS + 180 * DAY);
}

#[test]
fn lengthening_again_keeps_the_floor() {
    let (mut w, alice) = locked();
    w.set_lock(&alice, SHORT).unwrap();
    w.set_lock(&alice, LONG).unwrap();
    assert_eq!(w.stake_of(&alice).lock_floor_at, GENESIS + 180 * DAY);
    assert_eq!(w.stake_of(&alice).weight, 1_500);
}

#[test]
fn tokens_cooling_already_keep_their_time() {
    let (mut w, alice) = locked();
    w.unstake(&alice, 400).unwrap();
    w.svm.advance(DAY);
    w.set_lock(&alice, SHORT).unwrap();
    let stake = w.stake_of(&alice);
    assert_eq!((stake.cooling, stake.cooling_until), (400, GENESIS + 180 * DAY));
}

#[test]
fn an_empty_stake_may_choose_too() {
    let mut w = World::new();
    let alice = member(&mut w);
    w.set_lock(&alice, LONG).unwrap();
    assert_eq!((w.stake_of(&alice).lock_secs, w.stake_of(&alice).weight), (LONG, 0));
}

#[test]
fn the_lock_lies_within_the_policys_range() {
    let mut w = World::new();
    let alice = w.person();
    w.open_stake(&alice, 30 * DAY_SECS).unwrap();
    for lock in [0, SHORT - 1, LONG + 1, u32::MAX] {
        refused(&mut w, BudgetError::LockOutOfRange, |w| w.set_lock(&alice, lock));
    }
    for lock in [SHORT, LONG] {
        w.set_lock(&alice, lock).unwrap();
        assert_eq!(w.stake_of(&alice).lock_secs, lock);
    }
}

#[test]
fn the_present_lock_is_refused() {
    let (mut w, alice) = locked();
    refused(&mut w, BudgetError::LockUnchanged, |w| w.set_lock(&alice, LONG));
    w.set_lock(&alice, LONG - 1).unwrap();
    assert_eq!(w.stake_of(&alice).lock_secs, LONG - 1);
}

#[test]
fn the_owner_must_sign() {
    let (mut w, alice) = locked();
    let instruction = unsigned(w.community.set_lock(alice.key(), SHORT), OWNER);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(instruction, &[]));
}

#[test]
fn nobody_chooses_for_another() {
    let (mut w, alice) = locked();
    let bob = w.staker(5);
    let choice = w.community.set_lock(bob.key(), SHORT + 1);
    let instruction = swapped(choice, STAKE, w.community.stake(&alice.key()));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[&bob]));
}

#[test]
fn the_weight_must_change_in_the_stakes_own_treasury() {
    let (mut w, alice) = locked();
    let twin = sibling(&mut w);
    within(&mut w, twin, |w| w.staker(9_000));
    let choice = w.community.set_lock(alice.key(), SHORT);
    let instruction = swapped(choice, TREASURY, twin.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[&alice]));
}

#[test]
fn a_weight_that_would_overflow_is_refused() {
    let mut w = World::new();
    let alice = w.person();
    w.open_stake(&alice, SHORT).unwrap();
    let purse = w.community.stake_token_account(&alice.key());
    token::edit(&mut w.svm, &purse, |account| account.amount = u64::MAX);
    w.stake(&alice, u64::MAX).unwrap();
    refused(&mut w, BudgetError::ArithmeticOverflow, |w| w.set_lock(&alice, LONG));
}
