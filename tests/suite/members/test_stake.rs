//! stake
//! ├── given the owner does not sign ................ AccountNotSigner
//! ├── given the stake is another's ................. AccountMismatch
//! ├── given the stake is of another treasury ....... AccountMismatch
//! ├── given vault or mint are not the treasury's ... AccountMismatch
//! ├── given the token program is another one ....... IncorrectProgramId
//! ├── given the source is not the owner's .......... token program: OwnerMismatch
//! ├── given the source holds less .................. InsufficientTokens
//! ├── when the amount is zero ...................... AmountIsZero
//! ├── when a weight would overflow ................. ArithmeticOverflow
//! └── when valid
//!     ├── tokens move and carry weight
//!     ├── the lock's bonus is linear and rounds down
//!     ├── a second stake adds to the first
//!     └── cooling tokens stay as they are

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
const SOURCE: usize = 4;
const MINT: usize = 5;
const TOKEN_PROGRAM: usize = 6;

fn staking(community: &Community, person: &Person, amount: u64) -> Instruction {
    community.stake_tokens(person.key(), community.stake_token_account(&person.key()), amount)
}

/// Sends a stake of 5 by `member` after `change`.
fn stake_with(w: &mut World, member: &Person, change: impl Fn(Instruction) -> Instruction) -> Act {
    let instruction = staking(&w.community, member, 5);
    w.send(change(instruction), &[member])
}

#[test]
fn tokens_move_into_the_stake_vault_and_carry_weight() {
    let mut w = World::new();
    w.staker(300);
    let alice = member(&mut w);
    let (books, stake) = (w.treasury(), w.stake_of(&alice));
    w.stake(&alice, 700).unwrap();
    assert_eq!(stake_vault(&w), 1_000);
    assert_eq!(stake_purse(&w, &alice), PURSE - 700);
    assert_same(w.stake_of(&alice), Stake { amount: 700, weight: 700, ..stake });
    let expected = Treasury { staked: 1_000, total_weight: 1_000, seq: books.seq + 1, ..books };
    assert_same(w.treasury(), expected);
}

#[test]
fn a_second_stake_adds_to_the_first() {
    let mut w = World::new();
    let alice = w.staker(700);
    w.stake(&alice, 1).unwrap();
    assert_eq!((w.stake_of(&alice).amount, w.stake_of(&alice).weight), (701, 701));
    assert_eq!((w.treasury().staked, w.treasury().total_weight), (701, 701));
}

#[test]
fn the_locks_bonus_is_linear_and_rounds_down() {
    // Between 7 and 180 days: nothing, half of 5,000 bps, all of it.
    let cases = [
        (7 * DAY_SECS, 1_000, 1_000),
        (93 * DAY_SECS + DAY_SECS / 2, 1_000, 1_250),
        (180 * DAY_SECS, 1_000, 1_500),
        (180 * DAY_SECS, 3, 4),
        (180 * DAY_SECS - 1, 10_000, 14_999),
        (180 * DAY_SECS, 1, 1),
    ];
    for (lock, amount, weight) in cases {
        let mut w = World::new();
        let alice = w.person();
        w.open_stake(&alice, lock).unwrap();
        w.stake(&alice, amount).unwrap();
        assert_eq!(w.stake_of(&alice).weight, weight, "{amount} locked for {lock}");
        assert_eq!(w.treasury().total_weight, weight);
        assert_eq!(w.treasury().staked, amount);
    }
}

#[test]
fn cooling_tokens_stay_as_they_are() {
    let mut w = World::new();
    let alice = w.staker(700);
    w.unstake(&alice, 300).unwrap();
    let before = w.stake_of(&alice);
    w.svm.advance(DAY);
    w.stake(&alice, 50).unwrap();
    assert_same(w.stake_of(&alice), Stake { amount: 450, weight: 450, ..before });
    assert_eq!(w.treasury().staked, 750);
}

#[test]
fn zero_is_refused() {
    let mut w = World::new();
    let alice = member(&mut w);
    refused(&mut w, BudgetError::AmountIsZero, |w| w.stake(&alice, 0));
}

#[test]
fn the_owner_must_sign() {
    let mut w = World::new();
    let alice = member(&mut w);
    let instruction = unsigned(staking(&w.community, &alice, 5), OWNER);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(instruction, &[]));
}

#[test]
fn nobody_adds_to_another_persons_stake() {
    let mut w = World::new();
    let (alice, bob) = (member(&mut w), member(&mut w));
    let alices = w.community.stake(&alice.key());
    refused(&mut w, BudgetError::AccountMismatch, |w| {
        stake_with(w, &bob, |staking| swapped(staking, STAKE, alices))
    });
}

#[test]
fn a_stake_counts_in_its_own_treasury_only() {
    let mut w = World::new();
    let alice = member(&mut w);
    let twin = sibling(&mut w);
    let instruction = swapped(staking(&twin, &alice, 5), STAKE, w.community.stake(&alice.key()));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[&alice]));
}

#[test]
fn another_treasury_does_not_book_what_enters_this_vault() {
    let mut w = World::new();
    let alice = member(&mut w);
    let twin = sibling(&mut w);
    within(&mut w, twin, |w| w.open_stake(&alice, 7 * DAY_SECS)).unwrap();
    let twins = twin.stake(&alice.key());
    refused(&mut w, BudgetError::AccountMismatch, |w| {
        stake_with(w, &alice, |staking| {
            swapped(swapped(staking, TREASURY, twin.treasury), STAKE, twins)
        })
    });
}

#[test]
fn the_vault_must_be_the_treasurys_stake_vault() {
    let mut w = World::new();
    let alice = member(&mut w);
    let twin = sibling(&mut w);
    for vault in [twin.stake_vault(), w.community.vault()] {
        refused(&mut w, BudgetError::AccountMismatch, |w| {
            stake_with(w, &alice, |staking| swapped(staking, STAKE_VAULT, vault))
        });
    }
}

#[test]
fn the_mint_must_be_the_treasurys_stake_mint() {
    let mut w = World::new();
    let alice = member(&mut w);
    for mint in [other_mint(&mut w), w.community.budget_mint] {
        refused(&mut w, BudgetError::AccountMismatch, |w| {
            stake_with(w, &alice, |staking| swapped(staking, MINT, mint))
        });
    }
}

#[test]
fn the_other_token_program_is_refused() {
    let mut w = World::new();
    let alice = member(&mut w);
    refused_by_runtime(&mut w, "IncorrectProgramId", |w| {
        stake_with(w, &alice, |staking| swapped(staking, TOKEN_PROGRAM, token::TOKEN_2022))
    });
}

#[test]
fn a_program_that_is_no_token_program_is_refused() {
    let mut w = World::new();
    let alice = member(&mut w);
    refused_by_anchor(&mut w, ErrorCode::InvalidProgramId, |w| {
        stake_with(w, &alice, |staking| swapped(staking, TOKEN_PROGRAM, system_program::ID))
    });
}

#[test]
fn nobody_stakes_another_persons_tokens() {
    let mut w = World::new();
    let (alice, bob) = (member(&mut w), w.person());
    let bobs = w.community.stake_token_account(&bob.key());
    refused_with_code(&mut w, TOKEN_OWNER_MISMATCH, "OwnerMismatch", |w| {
        stake_with(w, &alice, |staking| swapped(staking, SOURCE, bobs))
    });
}

#[test]
fn the_stake_vault_is_no_source_of_its_own_stake() {
    let mut w = World::new();
    w.staker(500);
    let alice = member(&mut w);
    let vault = w.community.stake_vault();
    refused_by_anchor(&mut w, ErrorCode::ConstraintDuplicateMutableAccount, |w| {
        stake_with(w, &alice, |staking| swapped(staking, SOURCE, vault))
    });
}

#[test]
fn budget_tokens_carry_no_weight() {
    let mut w = World::new();
    let alice = member(&mut w);
    let budget_account = w.community.budget_account(&alice.key());
    refused_with_code(&mut w, TOKEN_MINT_MISMATCH, "MintMismatch", |w| {
        stake_with(w, &alice, |staking| swapped(staking, SOURCE, budget_account))
    });
}

#[test]
fn more_than_the_source_holds_is_refused() {
    let mut w = World::new();
    let alice = member(&mut w);
    refused(&mut w, BudgetError::InsufficientTokens, |w| w.stake(&alice, PURSE + 1));
}

#[test]
fn a_total_weight_that_would_overflow_is_refused() {
    let mut w = World::new();
    w.staker(10);
    let alice = member(&mut w);
    let purse = w.community.stake_token_account(&alice.key());
    token::edit(&mut w.svm, &purse, |account| account.amount = u64::MAX);
    refused(&mut w, BudgetError::ArithmeticOverflow, |w| w.stake(&alice, u64::MAX - 9));
    w.stake(&alice, u64::MAX - 10).unwrap();
    assert_eq!(w.treasury().total_weight, u64::MAX);
}
