//! set_delegate
//! ├── given the owner does not sign ................ AccountNotSigner
//! ├── given the stake is another's ................. AccountMismatch
//! ├── given the stake is of another treasury ....... AccountMismatch
//! ├── given treasury or stake are read-only ........ ConstraintMut
//! ├── when the delegate is the present one ......... DelegateUnchanged
//! └── when it is another
//!     ├── the stake names it, nothing else changes
//!     ├── in every phase; in voting no power is lost
//!     ├── the zero key is nobody
//!     └── a dormant stake wakes

use anchor_lang::{error::ErrorCode, prelude::Pubkey};
use budget_tests::*;
use community_budget::{
    BudgetError,
    events::DelegateSet,
    state::{Stake, Treasury},
};

use crate::{
    common::*,
    event::event,
    flow_snapshot::{open_with_an_ask, power_of},
};

const OWNER: usize = 0;
const TREASURY: usize = 1;
const STAKE: usize = 2;

const NOBODY: Pubkey = Pubkey::new_from_array([0; 32]);

#[test]
fn the_stake_names_its_delegate_and_nothing_else_changes() {
    let mut w = World::new();
    let (alice, bob) = (w.staker(1_000), w.person());
    let (books, stake) = (w.treasury(), w.stake_of(&alice));
    let landed = w.set_delegate(&alice, bob.key()).unwrap();
    assert_same(w.stake_of(&alice), Stake { delegate: bob.key(), ..stake });
    assert_same(w.treasury(), Treasury { seq: books.seq + 1, ..books });
    let DelegateSet { seq, treasury, owner, delegate } = event(&landed);
    assert_eq!((seq, treasury), (books.seq + 1, w.community.treasury));
    assert_eq!((owner, delegate), (alice.key(), bob.key()));
}

#[test]
fn an_empty_stake_may_have_a_delegate() {
    let mut w = World::new();
    let (alice, bob) = (member(&mut w), w.person());
    w.set_delegate(&alice, bob.key()).unwrap();
    assert_eq!((w.stake_of(&alice).delegate, w.stake_of(&alice).weight), (bob.key(), 0));
    assert_eq!(w.treasury().total_weight, 0);
}

#[test]
fn a_delegate_is_replaced_and_dismissed() {
    let mut w = World::new();
    let (alice, bob, carol) = (w.staker(1_000), w.person(), w.person());
    for delegate in [bob.key(), carol.key(), NOBODY, bob.key()] {
        w.set_delegate(&alice, delegate).unwrap();
        assert_eq!(w.stake_of(&alice).delegate, delegate);
    }
}

#[test]
fn the_present_delegate_is_refused() {
    let mut w = World::new();
    let (alice, bob) = (w.staker(1_000), w.person());
    refused(&mut w, BudgetError::DelegateUnchanged, |w| w.set_delegate(&alice, NOBODY));
    w.set_delegate(&alice, bob.key()).unwrap();
    refused(&mut w, BudgetError::DelegateUnchanged, |w| w.set_delegate(&alice, bob.key()));
    w.set_delegate(&alice, NOBODY).unwrap();
    refused(&mut w, BudgetError::DelegateUnchanged, |w| w.set_delegate(&alice, NOBODY));
}

#[test]
fn a_delegate_can_be_chosen_in_every_phase() {
    let mut w = World::new();
    let alice = w.staker(1_000);
    let choose = |w: &mut World| {
        let delegate = w.person().key();
        w.set_delegate(&alice, delegate).unwrap();
        assert_eq!(w.stake_of(&alice).delegate, delegate);
        assert_eq!((w.stake_of(&alice).weight, w.treasury().total_weight), (1_000, 1_000));
    };
    choose(&mut w);
    w.open_epoch().unwrap();
    choose(&mut w);
    w.to_voting();
    choose(&mut w);
    w.to_tallying();
    choose(&mut w);
    w.settle().unwrap();
    choose(&mut w);
    assert_eq!(w.epoch(0).electorate, 1_000);
}

#[test]
fn choosing_a_delegate_in_voting_takes_no_power() {
    let mut w = World::new();
    let (alice, bob) = (w.staker(1_000), w.person());
    open_with_an_ask(&mut w);
    w.to_voting();
    w.set_delegate(&alice, bob.key()).unwrap();
    assert_eq!(power_of(&mut w, &alice), 1_000);
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(w.epoch(0).electorate, 1_000);
}

#[test]
fn it_is_the_owners_hand_and_wakes_a_dormant_stake() {
    let (mut w, alice) = dormant();
    let bob = w.person();
    assert_eq!((w.stake_of(&alice).dormant, w.treasury().total_weight), (1, 0));
    w.set_delegate(&alice, bob.key()).unwrap();
    let stake = w.stake_of(&alice);
    assert_eq!((stake.dormant, stake.weight, stake.delegate), (0, 1_000, bob.key()));
    assert_eq!(w.treasury().total_weight, 1_000);
}

#[test]
fn the_owner_must_sign() {
    let mut w = World::new();
    let (alice, bob) = (w.staker(1_000), w.person());
    let instruction = unsigned(w.community.set_delegate(alice.key(), bob.key()), OWNER);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(instruction, &[]));
}

#[test]
fn nobody_chooses_for_another_not_even_the_delegate() {
    let mut w = World::new();
    let (alice, bob) = (w.staker(1_000), w.staker(5));
    w.set_delegate(&alice, bob.key()).unwrap();
    let alices = w.community.stake(&alice.key());
    let choice = w.community.set_delegate(bob.key(), w.founder.key());
    let instruction = swapped(choice, STAKE, alices);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[&bob]));
}

#[test]
fn the_weight_must_change_in_the_stakes_own_treasury() {
    let mut w = World::new();
    let (alice, bob) = (w.staker(1_000), w.person());
    let twin = sibling(&mut w);
    within(&mut w, twin, |w| w.staker(9_000));
    let choice = w.community.set_delegate(alice.key(), bob.key());
    let instruction = swapped(choice, TREASURY, twin.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[&alice]));
}

#[test]
fn treasury_and_stake_must_be_writable() {
    let mut w = World::new();
    let (alice, bob) = (w.staker(1_000), w.person());
    for position in [TREASURY, STAKE] {
        let mut instruction = w.community.set_delegate(alice.key(), bob.key());
        instruction.accounts[position].is_writable = false;
        refused_by_anchor(&mut w, ErrorCode::ConstraintMut, |w| w.send(instruction, &[&alice]));
    }
}
