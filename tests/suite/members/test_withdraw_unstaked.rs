//! withdraw_unstaked
//! ├── given the owner does not sign ................ AccountNotSigner
//! ├── given the stake is another's ................. AccountMismatch
//! ├── given the stake is of another treasury ....... AccountMismatch
//! ├── given vault or mint are not the treasury's ... AccountMismatch
//! ├── given the destination is the treasury's ...... WrongTokenAccount
//! ├── given the destination holds another mint ..... token program: MintMismatch
//! ├── given the token program is another one ....... IncorrectProgramId
//! ├── given nothing is cooling ..................... NothingCooling
//! ├── given the cool-down has not run .............. StillCooling
//! └── given it has
//!     ├── all that cooled reaches the chosen account, once
//!     └── tokens still staked stay

use anchor_lang::{error::ErrorCode, solana_program::instruction::Instruction, system_program};
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Stake, Treasury},
};

use crate::common::*;

const OWNER: usize = 0;
const TREASURY: usize = 1;
const STAKE: usize = 2;
const STAKE_VAULT: usize = 3;
const DESTINATION: usize = 4;
const MINT: usize = 5;
const TOKEN_PROGRAM: usize = 6;

/// A member whose 200 of 700 base units have cooled down, beside another who has 300 staked.
fn cooled() -> (World, Person) {
    let mut w = World::new();
    w.staker(300);
    let alice = w.staker(700);
    w.unstake(&alice, 200).unwrap();
    w.svm.advance(7 * DAY);
    (w, alice)
}

fn withdrawal(community: &Community, person: &Person) -> Instruction {
    let destination = community.stake_token_account(&person.key());
    community.withdraw_unstaked(person.key(), destination)
}

fn withdraw_with(w: &mut World, by: &Person, change: impl Fn(Instruction) -> Instruction) -> Act {
    let instruction = withdrawal(&w.community, by);
    w.send(change(instruction), &[by])
}

#[test]
fn what_cooled_down_returns() {
    let (mut w, alice) = cooled();
    let (books, stake) = (w.treasury(), w.stake_of(&alice));
    w.withdraw_unstaked(&alice).unwrap();
    assert_eq!(stake_vault(&w), 800);
    assert_eq!(stake_purse(&w, &alice), PURSE - 500);
    assert_same(w.stake_of(&alice), Stake { cooling: 0, cooling_until: 0, ..stake });
    assert_same(w.treasury(), Treasury { staked: 800, seq: books.seq + 1, ..books });
}

#[test]
fn it_returns_once() {
    let (mut w, alice) = cooled();
    w.withdraw_unstaked(&alice).unwrap();
    refused(&mut w, BudgetError::NothingCooling, |w| w.withdraw_unstaked(&alice));
}

#[test]
fn a_stake_without_cooling_tokens_has_nothing_to_return() {
    let mut w = World::new();
    let alice = w.staker(700);
    refused(&mut w, BudgetError::NothingCooling, |w| w.withdraw_unstaked(&alice));
}

#[test]
fn tokens_return_from_the_last_second_of_the_cool_down_on() {
    let mut w = World::new();
    let alice = w.staker(700);
    w.unstake(&alice, 200).unwrap();
    for elapsed in [0, 7 * DAY - 1] {
        w.svm.set_now(GENESIS + elapsed);
        refused(&mut w, BudgetError::StillCooling, |w| w.withdraw_unstaked(&alice));
    }
    w.svm.set_now(GENESIS + 7 * DAY);
    w.withdraw_unstaked(&alice).unwrap();
    assert_eq!(stake_purse(&w, &alice), PURSE - 500);
}

#[test]
fn they_return_at_any_later_time() {
    let (mut w, alice) = cooled();
    w.svm.advance(1);
    w.withdraw_unstaked(&alice).unwrap();
    assert_eq!(stake_purse(&w, &alice), PURSE - 500);
}

#[test]
fn the_owner_chooses_any_account() {
    let (mut w, alice) = cooled();
    let bob = w.person();
    let bobs = w.community.stake_token_account(&bob.key());
    withdraw_with(&mut w, &alice, |withdrawal| swapped(withdrawal, DESTINATION, bobs)).unwrap();
    assert_eq!(stake_purse(&w, &bob), PURSE + 200);
    assert_eq!(stake_purse(&w, &alice), PURSE - 700);
}

#[test]
fn the_treasurys_own_accounts_are_no_destination() {
    let setup = Setup::default();
    let mut w = World::before_treasury(&setup);
    w.community.stake_mint = w.community.budget_mint;
    w.create_treasury(&setup).unwrap();
    let alice = w.staker(700);
    w.unstake(&alice, 200).unwrap();
    w.svm.advance(7 * DAY);
    for vault in [w.community.vault(), w.community.bond_vault()] {
        refused(&mut w, BudgetError::WrongTokenAccount, |w| {
            withdraw_with(w, &alice, |withdrawal| swapped(withdrawal, DESTINATION, vault))
        });
    }
}

#[test]
fn the_stake_vault_does_not_pay_itself() {
    let (mut w, alice) = cooled();
    let vault = w.community.stake_vault();
    refused_by_anchor(&mut w, ErrorCode::ConstraintDuplicateMutableAccount, |w| {
        withdraw_with(w, &alice, |withdrawal| swapped(withdrawal, DESTINATION, vault))
    });
}

#[test]
fn the_destination_must_hold_the_stake_mint() {
    let (mut w, alice) = cooled();
    let budget_account = w.community.budget_account(&alice.key());
    refused_with_code(&mut w, TOKEN_MINT_MISMATCH, "MintMismatch", |w| {
        withdraw_with(w, &alice, |withdrawal| swapped(withdrawal, DESTINATION, budget_account))
    });
}

#[test]
fn the_owner_must_sign() {
    let (mut w, alice) = cooled();
    let instruction = unsigned(withdrawal(&w.community, &alice), OWNER);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(instruction, &[]));
}

#[test]
fn nobody_withdraws_for_another() {
    let (mut w, alice) = cooled();
    let bob = w.staker(5);
    let alices = w.community.stake(&alice.key());
    refused(&mut w, BudgetError::AccountMismatch, |w| {
        withdraw_with(w, &bob, |withdrawal| swapped(withdrawal, STAKE, alices))
    });
}

#[test]
fn a_stake_is_paid_by_its_own_treasury_only() {
    let (mut w, alice) = cooled();
    let twin = sibling(&mut w);
    within(&mut w, twin, |w| w.staker(900));
    let instruction = withdrawal(&twin, &alice);
    let instruction = swapped(instruction, STAKE, w.community.stake(&alice.key()));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[&alice]));
}

#[test]
fn another_treasury_does_not_pay_from_this_vault() {
    let (mut w, alice) = cooled();
    let twin = sibling(&mut w);
    refused(&mut w, BudgetError::AccountMismatch, |w| {
        withdraw_with(w, &alice, |withdrawal| swapped(withdrawal, TREASURY, twin.treasury))
    });
}

#[test]
fn the_vault_must_be_the_treasurys_stake_vault() {
    let (mut w, alice) = cooled();
    let twin = sibling(&mut w);
    within(&mut w, twin, |w| w.staker(900));
    for vault in [twin.stake_vault(), w.community.vault(), w.community.bond_vault()] {
        refused(&mut w, BudgetError::AccountMismatch, |w| {
            withdraw_with(w, &alice, |withdrawal| swapped(withdrawal, STAKE_VAULT, vault))
        });
    }
}

#[test]
fn the_mint_must_be_the_treasurys_stake_mint() {
    let (mut w, alice) = cooled();
    for mint in [other_mint(&mut w), w.community.budget_mint] {
        refused(&mut w, BudgetError::AccountMismatch, |w| {
            withdraw_with(w, &alice, |withdrawal| swapped(withdrawal, MINT, mint))
        });
    }
}

#[test]
fn the_other_token_program_is_refused() {
    let (mut w, alice) = cooled();
    refused_by_runtime(&mut w, "IncorrectProgramId", |w| {
        withdraw_with(w, &alice, |withdrawal| swapped(withdrawal, TOKEN_PROGRAM, token::TOKEN_2022))
    });
}

#[test]
fn a_program_that_is_no_token_program_is_refused() {
    let (mut w, alice) = cooled();
    refused_by_anchor(&mut w, ErrorCode::InvalidProgramId, |w| {
        withdraw_with(w, &alice, |withdrawal| {
            swapped(withdrawal, TOKEN_PROGRAM, system_program::ID)
        })
    });
}
