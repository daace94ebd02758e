//! deposit_funds
//! ├── given the depositor does not sign ............ AccountNotSigner
//! ├── given the vault is not the treasury's ........ AccountMismatch
//! ├── given the mint is not the treasury's ......... AccountMismatch
//! ├── given the treasury is another one ............ AccountMismatch
//! ├── given the token program is another one ....... IncorrectProgramId
//! ├── given the token program is none .............. InvalidProgramId
//! ├── given the source is not the depositor's ...... token program: OwnerMismatch
//! ├── given the source holds less .................. InsufficientTokens
//! ├── when the amount is zero ...................... AmountIsZero
//! ├── when the books would overflow ................ ArithmeticOverflow
//! └── when valid
//!     ├── tokens move and are tracked
//!     ├── it is inflow of the epoch opened last
//!     └── an open epoch keeps its cap

use anchor_lang::{error::ErrorCode, solana_program::instruction::Instruction, system_program};
use budget_tests::*;
use community_budget::{BudgetError, state::Treasury};

use crate::common::*;

const DEPOSITOR: usize = 0;
const TREASURY: usize = 1;
const VAULT: usize = 2;
const SOURCE: usize = 3;
const MINT: usize = 4;
const TOKEN_PROGRAM: usize = 5;

fn deposit_of(w: &World, person: &Person, amount: u64) -> Instruction {
    let source = w.community.budget_account(&person.key());
    w.community.deposit_funds(person.key(), source, amount)
}

/// Sends a deposit of 5 by the founder after `change`.
fn deposit_with(w: &mut World, change: impl FnOnce(Instruction) -> Instruction) -> Act {
    let person = w.founder.clone();
    let instruction = deposit_of(w, &person, 5);
    w.send(change(instruction), &[&person])
}

#[test]
fn tokens_move_into_the_vault_and_are_tracked() {
    let mut w = World::new();
    let bob = w.person();
    let (books, vault) = (w.treasury(), w.vault());
    w.deposit(&bob, 700).unwrap();
    assert_eq!(w.vault(), vault + 700);
    assert_eq!(w.purse(&bob), PURSE - 700);
    let expected = Treasury {
        tracked: books.tracked + 700,
        high_water: books.high_water + 700,
        seq: books.seq + 1,
        ..books
    };
    assert_same(w.treasury(), expected);
}

#[test]
fn one_base_unit_is_enough() {
    let mut w = World::with(Setup { funds: 0, ..Setup::default() });
    let bob = w.person();
    w.deposit(&bob, 1).unwrap();
    assert_eq!((w.vault(), w.treasury().tracked), (1, 1));
}

#[test]
fn what_comes_in_is_inflow_of_the_epoch_opened_last() {
    let mut w = World::new();
    let bob = w.person();
    // Before the first epoch there is none to count it for.
    w.deposit(&bob, 700).unwrap();
    assert_eq!(w.treasury().inflow, [0; 4]);
    w.open_epoch().unwrap();
    w.deposit(&bob, 5).unwrap();
    w.deposit(&bob, 6).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.deposit(&bob, 20).unwrap();
    assert_eq!(w.treasury().inflow, [31, 0, 0, 0]);
    w.open_next_epoch();
    w.deposit(&bob, 9).unwrap();
    assert_eq!(w.treasury().inflow, [31, 9, 0, 0]);
}

#[test]
fn an_open_epoch_keeps_its_cap() {
    let mut w = World::new();
    w.open_epoch().unwrap();
    let (cap, epoch) = (w.epoch(0).cap, w.epoch(0));
    let bob = w.person();
    w.deposit(&bob, 1_000_000).unwrap();
    assert_eq!(w.epoch(0).cap, cap);
    assert_same(w.epoch(0), epoch);
}

#[test]
fn zero_is_refused() {
    let mut w = World::new();
    let bob = w.person();
    refused(&mut w, BudgetError::AmountIsZero, |w| w.deposit(&bob, 0));
}

#[test]
fn the_depositor_must_sign() {
    let mut w = World::new();
    let bob = w.person();
    let instruction = unsigned(deposit_of(&w, &bob, 5), DEPOSITOR);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(instruction, &[]));
}

#[test]
fn the_vault_must_be_the_treasurys_budget_vault() {
    let mut w = World::new();
    let twin = sibling(&mut w);
    for vault in [twin.vault(), w.community.bond_vault(), w.community.stake_vault()] {
        refused(&mut w, BudgetError::AccountMismatch, |w| {
            deposit_with(w, |deposit| swapped(deposit, VAULT, vault))
        });
    }
}

#[test]
fn the_mint_must_be_the_treasurys_budget_mint() {
    let mut w = World::new();
    for mint in [other_mint(&mut w), w.community.stake_mint] {
        refused(&mut w, BudgetError::AccountMismatch, |w| {
            deposit_with(w, |deposit| swapped(deposit, MINT, mint))
        });
    }
}

#[test]
fn another_treasury_does_not_book_what_enters_this_vault() {
    let mut w = World::new();
    let twin = sibling(&mut w);
    refused(&mut w, BudgetError::AccountMismatch, |w| {
        deposit_with(w, |deposit| swapped(deposit, TREASURY, twin.treasury))
    });
}

#[test]
fn the_other_token_program_is_refused() {
    let mut w = World::new();
    refused_by_runtime(&mut w, "IncorrectProgramId", |w| {
        deposit_with(w, |deposit| swapped(deposit, TOKEN_PROGRAM, token::TOKEN_2022))
    });
}

#[test]
fn a_program_that_is_no_token_program_is_refused() {
    let mut w = World::new();
    refused_by_anchor(&mut w, ErrorCode::InvalidProgramId, |w| {
        deposit_with(w, |deposit| swapped(deposit, TOKEN_PROGRAM, system_program::ID))
    });
}

#[test]
fn nobody_deposits_another_persons_tokens() {
    let mut w = World::new();
    let bob = w.person();
    let bobs = w.community.budget_account(&bob.key());
    refused_with_code(&mut w, TOKEN_OWNER_MISMATCH, "OwnerMismatch", |w| {
        deposit_with(w, |deposit| swapped(deposit, SOURCE, bobs))
    });
}

#[test]
fn the_bond_vault_is_no_source() {
    let mut w = World::new();
    let bonds = w.community.bond_vault();
    token::edit(&mut w.svm, &bonds, |account| account.amount = 5);
    refused_with_code(&mut w, TOKEN_OWNER_MISMATCH, "OwnerMismatch", |w| {
        deposit_with(w, |deposit| swapped(deposit, SOURCE, bonds))
    });
}

#[test]
fn the_vault_is_no_source_of_its_own_deposit() {
    let mut w = World::new();
    let vault = w.community.vault();
    refused_by_anchor(&mut w, ErrorCode::ConstraintDuplicateMutableAccount, |w| {
        deposit_with(w, |deposit| swapped(deposit, SOURCE, vault))
    });
}

#[test]
fn more_than_the_source_holds_is_refused() {
    let mut w = World::new();
    let bob = w.person();
    refused(&mut w, BudgetError::InsufficientTokens, |w| w.deposit(&bob, PURSE + 1));
}

#[test]
fn books_that_would_overflow_are_refused() {
    let mut w = World::new();
    let bob = w.person();
    let purse = w.community.budget_account(&bob.key());
    token::edit(&mut w.svm, &purse, |account| account.amount = u64::MAX);
    let room = u64::MAX - w.treasury().tracked;
    refused(&mut w, BudgetError::ArithmeticOverflow, |w| w.deposit(&bob, room + 1));
    w.deposit(&bob, room).unwrap();
    assert_eq!(w.treasury().tracked, u64::MAX);
}
