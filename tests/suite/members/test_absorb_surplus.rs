//! absorb_surplus
//! ├── given the vault is not the treasury's ........ AccountMismatch
//! ├── given more than 64 accounts are listed ....... InvalidArgument
//! ├── given an epoch is open and not settled ....... EpochNotSettled
//! ├── given the vault holds what is tracked ........ NoSurplus
//! └── given it holds more
//!     ├── the surplus is tracked, no token moves
//!     ├── before the first epoch, after a settlement, by anyone
//!     └── bonds and stakes are no surplus

use budget_tests::*;
use community_budget::{BudgetError, state::Treasury};

use crate::common::*;

const TREASURY: usize = 0;
const VAULT: usize = 1;

#[test]
fn a_donation_becomes_funds() {
    let mut w = World::new();
    let books = w.treasury();
    w.donate(700);
    assert_same(w.treasury(), books);
    w.absorb_surplus().unwrap();
    let expected = Treasury {
        tracked: books.tracked + 700,
        high_water: books.high_water + 700,
        seq: books.seq + 1,
        ..books
    };
    assert_same(w.treasury(), expected);
    assert_eq!(w.vault(), books.tracked + 700);
}

#[test]
fn a_single_base_unit_is_a_surplus() {
    let mut w = World::new();
    let tracked = w.treasury().tracked;
    w.donate(1);
    w.absorb_surplus().unwrap();
    assert_eq!(w.treasury().tracked, tracked + 1);
}

#[test]
fn a_vault_that_holds_what_is_tracked_has_no_surplus() {
    let mut w = World::new();
    refused(&mut w, BudgetError::NoSurplus, World::absorb_surplus);
}

#[test]
fn a_surplus_is_absorbed_once() {
    let mut w = World::new();
    w.donate(700);
    w.absorb_surplus().unwrap();
    refused(&mut w, BudgetError::NoSurplus, World::absorb_surplus);
}

#[test]
fn bonds_and_stakes_are_no_surplus() {
    let mut w = World::new();
    w.staker(900);
    let bonds = w.community.bond_vault();
    token::edit(&mut w.svm, &bonds, |account| account.amount = 50);
    refused(&mut w, BudgetError::NoSurplus, World::absorb_surplus);
}

#[test]
fn it_waits_from_opening_to_settlement() {
    let mut w = World::new();
    w.open_epoch().unwrap();
    w.donate(700);
    refused(&mut w, BudgetError::EpochNotSettled, World::absorb_surplus);
    w.to_voting();
    refused(&mut w, BudgetError::EpochNotSettled, World::absorb_surplus);
    w.to_tallying();
    refused(&mut w, BudgetError::EpochNotSettled, World::absorb_surplus);
    w.settle().unwrap();
    w.absorb_surplus().unwrap();
    assert_eq!(w.treasury().tracked, w.vault());
}

#[test]
fn the_vault_must_be_the_treasurys_budget_vault() {
    let mut w = World::new();
    let twin = sibling(&mut w);
    let wrong = [twin.vault(), w.community.bond_vault(), w.community.stake_vault()];
    for vault in wrong {
        token::edit(&mut w.svm, &vault, |account| account.amount = u64::MAX / 4);
        let instruction = swapped(w.community.absorb_surplus(), VAULT, vault);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[]));
    }
}

#[test]
fn another_treasury_does_not_absorb_this_vaults_surplus() {
    let mut w = World::new();
    let twin = sibling(&mut w);
    w.donate(700);
    let instruction = swapped(w.community.absorb_surplus(), TREASURY, twin.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[]));
}

#[test]
fn more_accounts_than_an_instruction_may_list_are_refused() {
    let mut w = World::new();
    w.donate(700);
    let listed = |w: &World, count: usize| {
        let mut instruction = w.community.absorb_surplus();
        let treasury = instruction.accounts[TREASURY].clone();
        instruction.accounts.resize(count, treasury);
        instruction
    };
    refused_by_runtime(&mut w, "InvalidArgument", |w| w.send(listed(w, 65), &[]));
    w.send(listed(&w, 64), &[]).unwrap();
}
