//! close_epoch
//! ├── given another treasury .............................. AccountMismatch
//! ├── given another rent payer ............................ WrongRentPayer
//! ├── given the epoch is not settled ...................... NotSettled
//! ├── given a vote record or a proposal exists ............ EpochNotEmpty
//! └── given it is settled and empty
//!     ├── anyone may call; the rent goes to who paid it
//!     ├── what was not claimed of its rewards is free again
//!     ├── streams of its awards go on
//!     └── the epoch never comes back: `flow_no_return.rs`

use anchor_lang::error::ErrorCode;
use budget_tests::*;
use community_budget::{BudgetError, state::Treasury};

use crate::stage::*;

const TREASURY: usize = 0;

/// Epoch 0 was opened, nobody came, and it is settled.
fn empty() -> World {
    let mut w = World::new();
    w.open_epoch().unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w
}

#[test]
fn another_treasury_is_refused() {
    let mut w = empty();
    let other = executable_sibling(&mut w);
    let own = w.community.close_epoch(0, w.svm.fee_payer());
    let swapped = swapped(own, TREASURY, other.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn the_rent_goes_nowhere_else() {
    let mut w = empty();
    let thief = w.person().key();
    let stolen = w.community.close_epoch(0, thief);
    refused(&mut w, BudgetError::WrongRentPayer, |w| w.send(stolen, &[]));
}

#[test]
fn an_unsettled_epoch_stays_however_empty() {
    let mut w = World::new();
    w.open_epoch().unwrap();
    refused(&mut w, BudgetError::NotSettled, |w| w.close_epoch(0));
    w.to_tallying();
    refused(&mut w, BudgetError::NotSettled, |w| w.close_epoch(0));
}

#[test]
fn an_epoch_with_a_vote_record_stays() {
    let (mut w, cast) = streaming();
    for index in 0..2 {
        w.close_proposal(0, index).unwrap();
    }
    w.close_vote_record(0, &cast.voters[0]).unwrap();
    w.close_vote_record(0, &cast.voters[1]).unwrap();
    refused(&mut w, BudgetError::EpochNotEmpty, |w| w.close_epoch(0));
    w.close_vote_record(0, &cast.voters[2]).unwrap();
    w.close_epoch(0).unwrap();
}

#[test]
fn an_epoch_with_a_proposal_stays() {
    let (mut w, cast) = streaming();
    for voter in &cast.voters {
        w.close_vote_record(0, voter).unwrap();
    }
    w.close_proposal(0, 1).unwrap();
    refused(&mut w, BudgetError::EpochNotEmpty, |w| w.close_epoch(0));
    w.close_proposal(0, 0).unwrap();
    w.close_epoch(0).unwrap();
}

#[test]
fn anyone_closes_it_and_the_payer_gets_exactly_the_rent() {
    let mut w = World::new();
    let payer = w.person();
    let before = w.svm.lamports(&payer.key());
    let opening = w.community.open_epoch(payer.key(), 0);
    w.send(opening, &[&payer]).unwrap();
    assert!(w.svm.lamports(&payer.key()) < before);
    w.to_tallying();
    w.settle().unwrap();
    let closing = w.community.close_epoch(0, payer.key());
    w.send(closing, &[]).unwrap();
    assert_eq!(w.svm.lamports(&payer.key()), before);
    assert!(!w.svm.exists(&w.community.epoch(0)));
}

#[test]
fn streams_go_on_after_their_epoch() {
    let (mut w, cast) = streaming();
    for voter in &cast.voters {
        w.close_vote_record(0, voter).unwrap();
    }
    for index in 0..2 {
        w.close_proposal(0, index).unwrap();
    }
    w.close_epoch(0).unwrap();
    let purse = w.purse(&cast.bob);
    w.svm.advance(60 * DAY);
    w.claim(0, 1).unwrap();
    w.close_stream(0, 1).unwrap();
    assert_eq!(w.purse(&cast.bob) - purse, MEDIUM_ASK);
}

#[test]
fn an_epoch_closes_once() {
    let mut w = empty();
    w.close_epoch(0).unwrap();
    refused_by_anchor(&mut w, ErrorCode::AccountOwnedByWrongProgram, |w| w.close_epoch(0));
}

/// 3.33 % of a cap of 100,000,000.
const POOL: u64 = 3_330_000;

fn rewarding() -> World {
    let mut policy = test_policy();
    policy.budget.reward_bps = 333;
    World::with(Setup { policy, ..Setup::default() })
}

/// Closes epoch 0, and proves that exactly `unclaimed` is free again and no token moves.
#[track_caller]
fn closing_frees(w: &mut World, unclaimed: u64) {
    let (books, vault) = (w.treasury(), w.vault());
    w.close_epoch(0).unwrap();
    let expected = Treasury { reserved_funds: books.reserved_funds - unclaimed, ..books };
    assert_same(w.treasury(), expected);
    assert_eq!(w.vault(), vault);
}

#[test]
fn rewards_that_nobody_can_claim_any_more_are_free_again() {
    let mut w = rewarding();
    w.open_epoch().unwrap();
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(w.treasury().reserved_funds, POOL);
    closing_frees(&mut w, POOL);
    assert_eq!(w.treasury().reserved_funds, 0);
}

/// One ask on which two of three voters voted; all closed but the epoch, which is still within the
/// two periods of its rewards.
fn claimed() -> World {
    let mut w = rewarding();
    let voters = [7, 11, 13].map(|amount| w.staker(amount));
    let proposer = w.proposer();
    w.open_epoch().unwrap();
    w.submit(&proposer, &Ask::of(1)).unwrap();
    w.to_voting();
    for voter in &voters[..2] {
        w.cast(voter, &[(0, Against)]).unwrap();
    }
    w.to_tallying();
    w.settle().unwrap();
    for voter in &voters[..2] {
        w.close_vote_record(0, voter).unwrap();
    }
    w.close_proposal(0, 0).unwrap();
    w
}

#[test]
fn what_voters_were_paid_is_not_freed_again() {
    let mut w = claimed();
    let paid = 751_935 + 1_181_612; // floors of 3,330,000 * 7 / 31 and * 11 / 31
    assert_eq!(w.epoch(0).rewards_paid, paid);
    closing_frees(&mut w, POOL - paid);
    assert_eq!(w.treasury().reserved_funds, 0);
}

#[test]
fn what_was_reclaimed_before_is_not_freed_again() {
    let mut w = claimed();
    since_settlement(&mut w, 60 * DAY);
    w.reclaim_rewards(0).unwrap();
    assert_eq!(w.treasury().reserved_funds, 0);
    closing_frees(&mut w, 0);
}

#[test]
fn the_rewards_of_a_later_epoch_stay_set_aside() {
    let mut w = claimed();
    w.open_next_epoch();
    let later = w.epoch(1).reward_pool;
    assert!(later > 0);
    closing_frees(&mut w, POOL - 751_935 - 1_181_612);
    assert_eq!(w.treasury().reserved_funds, later);
}
