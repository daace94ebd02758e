//! close_stake
//! ├── given the owner does not sign ................ AccountNotSigner
//! ├── given the stake is another's ................. AccountMismatch
//! ├── given the stake is of another treasury ....... AccountMismatch
//! ├── given the rent would go to another ........... WrongRentPayer
//! ├── given tokens are staked ...................... StakeNotEmpty
//! ├── given tokens are cooling ..................... StakeNotEmpty
//! └── given it is empty
//!     ├── the account is gone, its rent with its payer
//!     └── the owner may open another

use anchor_lang::error::ErrorCode;
use budget_tests::*;
use community_budget::{BudgetError, state::Treasury};

use crate::common::*;

const OWNER: usize = 0;
const TREASURY: usize = 1;
const STAKE: usize = 2;

#[test]
fn the_account_is_gone_and_its_rent_with_its_payer() {
    let mut w = World::new();
    let (alice, payer) = (w.person(), w.person());
    let had = [&alice, &payer].map(|person| w.svm.lamports(&person.key()));
    let opening = w.community.open_stake(alice.key(), payer.key(), 7 * DAY_SECS);
    w.send(opening, &[&alice, &payer]).unwrap();
    let books = w.treasury();
    let closing = w.community.close_stake(alice.key(), payer.key());
    w.send(closing, &[&alice]).unwrap();
    assert!(!w.svm.exists(&w.community.stake(&alice.key())));
    assert_eq!([&alice, &payer].map(|person| w.svm.lamports(&person.key())), had);
    assert_same(w.treasury(), Treasury { seq: books.seq + 1, ..books });
}

#[test]
fn a_stake_that_was_used_closes_too() {
    let mut w = World::new();
    let alice = w.staker(700);
    w.unstake(&alice, 700).unwrap();
    w.svm.advance(7 * DAY);
    w.withdraw_unstaked(&alice).unwrap();
    w.close_stake(&alice).unwrap();
    assert!(!w.svm.exists(&w.community.stake(&alice.key())));
    assert_eq!((w.treasury().staked, w.treasury().total_weight), (0, 0));
}

#[test]
fn the_owner_may_open_another() {
    let mut w = World::new();
    let alice = member(&mut w);
    w.close_stake(&alice).unwrap();
    w.open_stake(&alice, 9 * DAY_SECS).unwrap();
    assert_eq!(w.stake_of(&alice).lock_secs, 9 * DAY_SECS);
}

#[test]
fn staked_tokens_keep_it_open() {
    let mut w = World::new();
    let alice = w.staker(1);
    refused(&mut w, BudgetError::StakeNotEmpty, |w| w.close_stake(&alice));
}

#[test]
fn cooling_tokens_keep_it_open_even_when_they_have_cooled_down() {
    let mut w = World::new();
    let alice = w.staker(1);
    w.unstake(&alice, 1).unwrap();
    refused(&mut w, BudgetError::StakeNotEmpty, |w| w.close_stake(&alice));
    w.svm.advance(8 * DAY);
    refused(&mut w, BudgetError::StakeNotEmpty, |w| w.close_stake(&alice));
}

#[test]
fn the_rent_goes_to_nobody_else() {
    let mut w = World::new();
    let alice = member(&mut w);
    let instruction = w.community.close_stake(alice.key(), alice.key());
    refused(&mut w, BudgetError::WrongRentPayer, |w| w.send(instruction, &[&alice]));
}

#[test]
fn the_owner_must_sign() {
    let mut w = World::new();
    let alice = member(&mut w);
    let instruction = unsigned(w.community.close_stake(alice.key(), w.svm.fee_payer()), OWNER);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(instruction, &[]));
}

#[test]
fn nobody_closes_another_persons_stake() {
    let mut w = World::new();
    let (alice, bob) = (member(&mut w), member(&mut w));
    let closing = w.community.close_stake(bob.key(), w.svm.fee_payer());
    let instruction = swapped(closing, STAKE, w.community.stake(&alice.key()));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[&bob]));
}

#[test]
fn the_stake_must_be_of_the_treasury_named() {
    let mut w = World::new();
    let alice = member(&mut w);
    let twin = sibling(&mut w);
    let closing = w.community.close_stake(alice.key(), w.svm.fee_payer());
    let instruction = swapped(closing, TREASURY, twin.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[&alice]));
}
