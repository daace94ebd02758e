//! open_epoch
//! ├── given the payer does not sign ................ AccountNotSigner
//! ├── given the index is not the next epoch's ...... AccountMismatch
//! ├── given the address is not the index's ......... ConstraintSeeds
//! ├── given the previous epoch is not settled ...... EpochNotSettled
//! ├── given the first opening time has not come .... TooEarlyToOpen
//! ├── given less than a period has passed .......... TooEarlyToOpen
//! ├── given the cap is below the minimum ........... CapBelowMinimum
//! └── given all is well
//!     ├── every field of the epoch and of the treasury is written
//!     ├── the cap is the smaller of share and absolute cap, from free funds
//!     ├── a share of the cap is set aside for rewards
//!     ├── the policy that was set last comes into force
//!     ├── every capacity has its size
//!     └── lamports sent to the address before stop nothing

use anchor_lang::{error::ErrorCode, prelude::Pubkey};
use budget_tests::*;
use community_budget::{
    BudgetError, CreateTreasuryArgs, ID,
    constants::EPOCH_SEED,
    state::{Action, BudgetEpoch, Entry, PolicyPatch, Treasury, empty_slate_hash, targets},
};

use crate::common::*;

const PAYER: usize = 0;
const TREASURY: usize = 1;
const EPOCH: usize = 2;
const SYSTEM_PROGRAM: usize = 3;

fn with_policy(change: impl FnOnce(&mut Policy)) -> World {
    let mut setup = Setup::default();
    change(&mut setup.policy);
    World::with(setup)
}

fn with_funds(funds: u64) -> World {
    World::with(Setup { funds, ..Setup::default() })
}

#[test]
fn every_field_of_the_epoch_is_written() {
    let mut w = World::new();
    let payer = w.person();
    w.svm.advance(DAY);
    let now = w.svm.now();
    let opening = w.community.open_epoch(payer.key(), 0);
    w.send(opening, &[&payer]).unwrap();
    let treasury = w.community.treasury;
    let seeds = [EPOCH_SEED, treasury.as_ref(), &0u32.to_le_bytes()];
    let expected = BudgetEpoch {
        version: 1,
        bump: Pubkey::find_program_address(&seeds, &ID).1,
        entry_count: 0,
        open_proposals: 0,
        index: 0,
        treasury,
        rent_payer: payer.key(),
        opened_at: now,
        voting_opens_at: now + 14 * DAY,
        voting_closes_at: now + 21 * DAY,
        voting_hard_end_at: now + 24 * DAY,
        settled_at: 0,
        seq: 1,
        free_at_open: 1_000_000_000,
        cap: 100_000_000,
        allocated: 0,
        executed: 0,
        electorate: 0,
        vote_record_count: 0,
        ballot_count: 0,
        turnout: 0,
        ask_limits: [10_000_000, 50_000_000, 200_000_000],
        category_caps: [100_000_000, 40_000_000, 0, 0, 0, 0, 0, 0],
        category_awarded: [0; 8],
        slate_hash: empty_slate_hash(&treasury, 0),
        policy: test_policy(),
        reward_pool: 0,
        rewards_paid: 0,
        standstill_at_settlement: 0,
        treasury_value: 0,
        runway_room: 0,
        recipient_cap: 0,
        exposure_rooms: [0; 8],
        target_changes: [0; targets::COUNTED],
        votable_count: 0,
        reserved: [0; 999],
    };
    assert_same(w.epoch(0), expected);
    let slate = w.svm.slate(&w.community.epoch(0));
    assert_eq!(slate.len(), 16);
    assert!(slate.iter().all(bytes_are_zero));
}

fn bytes_are_zero(entry: &Entry) -> bool {
    bytemuck::bytes_of(entry).iter().all(|byte| *byte == 0)
}

#[test]
fn the_treasury_turns_to_the_new_epoch() {
    let mut w = World::new();
    let books = w.treasury();
    w.open_epoch().unwrap();
    let expected = Treasury {
        epoch_active: 1,
        epoch_count: 1,
        last_opened_at: GENESIS,
        voting_opens_at: GENESIS + 14 * DAY,
        // The hard end of voting plus the longest timelock.
        cooling_floor_at: GENESIS + 28 * DAY,
        // The whole of tracked funds, by the policy of these tests, and full at first.
        bucket_capacity: 1_000_000_000,
        bucket_level: 1_000_000_000,
        bucket_at: GENESIS,
        ..books
    };
    assert_same(w.treasury(), expected);
}

#[test]
fn the_payer_pays_the_rent() {
    let mut w = World::new();
    let payer = w.person();
    let had = w.svm.lamports(&payer.key());
    let opening = w.community.open_epoch(payer.key(), 0);
    w.send(opening, &[&payer]).unwrap();
    let rent = w.svm.lamports(&w.community.epoch(0));
    assert!(rent > 0);
    assert_eq!(w.svm.lamports(&payer.key()), had - rent);
}

#[test]
fn every_capacity_has_its_size() {
    for (capacity, bytes) in [(16, 3_072), (32, 4_096), (64, 6_144), (128, 10_240)] {
        let mut w = with_policy(|policy| policy.slate.capacity = capacity);
        w.open_epoch().unwrap();
        let epoch = w.community.epoch(0);
        assert_eq!(w.svm.get(&epoch).unwrap().data.len(), bytes);
        assert_eq!(w.svm.slate(&epoch).len(), usize::from(capacity));
    }
}

#[test]
fn the_absolute_cap_binds_when_it_is_smaller() {
    for (absolute, cap) in [(99_999_999, 99_999_999), (100_000_001, 100_000_000)] {
        let mut w = with_policy(|policy| policy.budget.epoch_cap_abs = absolute);
        w.open_epoch().unwrap();
        assert_eq!(w.epoch(0).cap, cap);
        assert_eq!(w.epoch(0).category_caps[1], cap * 4_000 / 10_000);
    }
}

#[test]
fn the_cap_and_the_limits_round_down() {
    let mut w = with_funds(1_999);
    w.open_epoch().unwrap();
    assert_eq!(w.epoch(0).cap, 199);
    assert_eq!(w.epoch(0).ask_limits, [19, 99, 399]);
    assert_eq!(w.epoch(0).category_caps[..2], [199, 79]);
}

#[test]
fn committed_funds_are_not_free() {
    let mut w = World::new();
    let (alice, bob) = (w.staker(1_000), w.proposer());
    w.open_epoch().unwrap();
    w.submit(&bob, &Ask::of(5_000_000)).unwrap();
    w.to_voting();
    w.cast(&alice, &[(0, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.svm.set_now(GENESIS + 30 * DAY);
    w.open_epoch().unwrap();
    // The slot fee of the first epoch is in the vault too.
    assert_eq!(w.epoch(1).free_at_open, 1_000_000_000 + 1_000 - 5_000_000);
    assert_eq!(w.epoch(1).cap, 99_500_100);
}

#[test]
fn a_share_of_the_cap_is_set_aside_for_rewards() {
    // 2 % of 10 % of 1,999, rounded down.
    let mut setup = Setup { funds: 1_999, ..Setup::default() };
    setup.policy.budget.reward_bps = 200;
    let mut w = World::with(setup);
    w.open_epoch().unwrap();
    let header = w.epoch(0);
    assert_eq!((header.cap, header.reward_pool, header.rewards_paid), (199, 3, 0));
    assert_eq!(w.treasury().reserved_funds, 3);
    // What is set aside is not free for the next epoch, as long as it is not closed.
    w.to_tallying();
    w.settle().unwrap();
    w.open_next_epoch();
    assert_eq!((w.epoch(1).free_at_open, w.epoch(1).cap), (1_996, 199));
    assert_eq!(w.treasury().reserved_funds, 6);
}

#[test]
fn the_policy_that_was_set_last_comes_into_force() {
    let mut w = World::new();
    let (alice, bob) = (w.staker(1_000), w.proposer());
    let mut slate = w.treasury().policy.slate;
    slate.per_proposer = 7;
    let patch = Action::SetPolicy(PolicyPatch::Slate(slate));
    w.pass_action(&bob, &alice, patch);
    let books = w.treasury();
    assert_eq!((books.policy.slate.per_proposer, books.in_force.slate.per_proposer), (7, 3));
    assert_eq!(w.epoch(0).policy.slate.per_proposer, 3);
    w.open_next_epoch();
    let books = w.treasury();
    assert_same(books.in_force, books.policy);
    assert_same(w.epoch(1).policy, books.policy);
    assert_eq!(books.policy.slate.per_proposer, 7);
}

#[test]
fn donations_are_not_free_until_absorbed() {
    let mut w = World::new();
    w.donate(1_000_000_000);
    w.open_epoch().unwrap();
    assert_eq!(w.epoch(0).free_at_open, 1_000_000_000);
}

#[test]
fn the_cap_must_reach_the_minimum() {
    let mut w = with_policy(|policy| policy.budget.min_cap = 100_000_001);
    refused(&mut w, BudgetError::CapBelowMinimum, World::open_epoch);
    let founder = w.founder.clone();
    w.deposit(&founder, 9).unwrap();
    refused(&mut w, BudgetError::CapBelowMinimum, World::open_epoch);
    w.deposit(&founder, 1).unwrap();
    w.open_epoch().unwrap();
    assert_eq!(w.epoch(0).cap, 100_000_001);
}

#[test]
fn an_empty_treasury_opens_no_epoch() {
    let mut w = with_funds(9);
    refused(&mut w, BudgetError::CapBelowMinimum, World::open_epoch);
    let founder = w.founder.clone();
    w.deposit(&founder, 1).unwrap();
    w.open_epoch().unwrap();
    assert_eq!(w.epoch(0).cap, 1);
}

#[test]
fn no_epoch_opens_before_the_first_opening_time() {
    let first_open_at = GENESIS + 5 * DAY;
    let mut w = World::before_treasury(&Setup::default());
    let founder = w.founder.clone();
    let args = CreateTreasuryArgs { id: 0, first_open_at, policy: test_policy(), roles: w.roles() };
    let creation = w.community.create_treasury(founder.key(), w.svm.fee_payer(), args);
    w.send(creation, &[&founder]).unwrap();
    w.deposit(&founder, 1_000).unwrap();
    w.svm.set_now(first_open_at - 1);
    refused(&mut w, BudgetError::TooEarlyToOpen, World::open_epoch);
    w.svm.set_now(first_open_at);
    w.open_epoch().unwrap();
    assert_eq!(w.epoch(0).opened_at, first_open_at);
}

#[test]
fn epochs_open_a_period_apart() {
    let mut w = World::new();
    w.open_epoch().unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.svm.set_now(GENESIS + 30 * DAY - 1);
    refused(&mut w, BudgetError::TooEarlyToOpen, World::open_epoch);
    w.svm.set_now(GENESIS + 30 * DAY);
    w.open_epoch().unwrap();
    assert_eq!((w.epoch(1).index, w.epoch(1).opened_at), (1, GENESIS + 30 * DAY));
    assert_eq!(w.epoch(1).slate_hash, empty_slate_hash(&w.community.treasury, 1));
    assert_ne!(w.epoch(1).slate_hash, w.epoch(0).slate_hash);
    assert_eq!((w.treasury().epoch_count, w.treasury().last_opened_at), (2, GENESIS + 30 * DAY));
}

#[test]
fn a_late_opening_moves_the_next_one() {
    let mut w = World::new();
    w.svm.advance(3 * DAY);
    w.open_epoch().unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.svm.set_now(GENESIS + 33 * DAY - 1);
    refused(&mut w, BudgetError::TooEarlyToOpen, World::open_epoch);
    w.svm.set_now(GENESIS + 33 * DAY);
    w.open_epoch().unwrap();
    assert_eq!(w.epoch(1).opened_at, GENESIS + 33 * DAY);
}

#[test]
fn the_previous_epoch_must_be_settled() {
    let mut w = World::new();
    w.open_epoch().unwrap();
    refused(&mut w, BudgetError::EpochNotSettled, World::open_epoch);
    w.svm.set_now(GENESIS + 60 * DAY);
    refused(&mut w, BudgetError::EpochNotSettled, World::open_epoch);
    w.settle().unwrap();
    w.open_epoch().unwrap();
    assert_eq!(w.treasury().epoch_count, 2);
}

#[test]
fn the_payer_must_sign() {
    let mut w = World::new();
    let payer = w.person();
    let instruction = unsigned(w.community.open_epoch(payer.key(), 0), PAYER);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(instruction, &[]));
}

#[test]
fn the_address_must_be_the_next_epochs_of_this_treasury() {
    let mut w = World::new();
    let twin = sibling(&mut w);
    let payer = w.svm.fee_payer();
    let opening = w.community.open_epoch(payer, 0);
    let skipping = w.community.open_epoch(payer, 1);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(skipping, &[]));
    let wrong =
        [swapped(opening.clone(), EPOCH, twin.epoch(0)), swapped(opening, TREASURY, twin.treasury)];
    for instruction in wrong {
        refused_by_anchor(&mut w, ErrorCode::ConstraintSeeds, |w| w.send(instruction, &[]));
    }
}

#[test]
fn the_system_program_must_be_itself() {
    let mut w = World::new();
    let opening = w.community.open_epoch(w.svm.fee_payer(), 0);
    let instruction = swapped(opening, SYSTEM_PROGRAM, token::SPL_TOKEN);
    refused_by_anchor(&mut w, ErrorCode::InvalidProgramId, |w| w.send(instruction, &[]));
}

#[test]
fn lamports_sent_to_the_address_before_stop_nothing() {
    for lamports in [1, 1_000_000_000_000] {
        let mut w = World::new();
        let epoch = w.community.epoch(0);
        w.svm.fund(epoch, lamports);
        w.open_epoch().unwrap();
        assert_eq!(w.epoch(0).seq, 1);
        assert!(w.svm.lamports(&epoch) >= lamports);
    }
}
