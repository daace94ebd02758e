//! reclaim_rewards
//! ├── given an account of another treasury ................ AccountMismatch
//! ├── given the epoch is not settled ...................... NotSettled
//! ├── given less than two periods since settlement ........ RewardsClaimable
//! ├── given nothing is left of the pool ................... NothingToReclaim
//! └── given voters left something
//!     ├── anyone may call
//!     ├── exactly what was not paid is free again
//!     ├── no token moves
//!     └── records and epoch close afterwards, without a reward

use budget_tests::*;
use community_budget::{BudgetError, state::Treasury};

use crate::stage::*;

const TREASURY: usize = 0;
const EPOCH: usize = 1;

/// 2 % of a cap of 100,000,000.
const POOL: u64 = 2_000_000;
/// Two periods of the test policy.
const TWO_PERIODS: i64 = 60 * DAY;

/// Voting has closed over both asks, on which everybody voted, under rewards of 2 % of the cap.
fn voted() -> (World, Cast) {
    let mut policy = test_policy();
    policy.budget.reward_bps = 200;
    let (mut w, cast) = submission_in(World::with(Setup { policy, ..Setup::default() }));
    w.to_voting();
    for voter in &cast.voters {
        w.cast(voter, &[(0, For), (1, For)]).unwrap();
    }
    w.to_tallying();
    (w, cast)
}

/// The same, settled two periods ago; the first `paid` voters took their rewards in time.
fn over(paid: usize) -> (World, Cast) {
    let (mut w, cast) = voted();
    w.settle().unwrap();
    for voter in &cast.voters[..paid] {
        w.close_vote_record(0, voter).unwrap();
    }
    since_settlement(&mut w, TWO_PERIODS);
    (w, cast)
}

/// Reclaims, and proves that exactly `left` is free again and nothing else changes.
#[track_caller]
fn frees(w: &mut World, left: u64) {
    let (books, epoch, vault) = (w.treasury(), w.epoch(0), w.vault());
    let free = books.free().unwrap();
    w.reclaim_rewards(0).unwrap();
    let expected = Treasury { reserved_funds: books.reserved_funds - left, ..books };
    assert_same(w.treasury(), expected);
    assert_eq!(w.treasury().free().unwrap() - free, left);
    let after = w.epoch(0);
    assert_eq!((after.reward_pool, after.rewards_paid), (epoch.rewards_paid, epoch.rewards_paid));
    assert_eq!(after.seq, epoch.seq + 1);
    assert_eq!(w.vault(), vault);
}

#[test]
fn accounts_of_another_treasury_are_refused() {
    let (mut w, _) = over(0);
    let other = executable_sibling(&mut w);
    w.svm.advance(TWO_PERIODS);
    for (position, key) in [(TREASURY, other.treasury), (EPOCH, other.epoch(0))] {
        let swapped = swapped(w.community.reclaim_rewards(0), position, key);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
    }
}

#[test]
fn an_epoch_that_is_not_settled_keeps_its_rewards_however_old() {
    let (mut w, _) = voted();
    refused(&mut w, BudgetError::NotSettled, |w| w.reclaim_rewards(0));
    w.svm.advance(10 * TWO_PERIODS);
    refused(&mut w, BudgetError::NotSettled, |w| w.reclaim_rewards(0));
}

#[test]
fn rewards_stay_claimable_for_two_periods() {
    let (mut w, cast) = voted();
    w.settle().unwrap();
    refused(&mut w, BudgetError::RewardsClaimable, |w| w.reclaim_rewards(0));
    since_settlement(&mut w, TWO_PERIODS - 1);
    refused(&mut w, BudgetError::RewardsClaimable, |w| w.reclaim_rewards(0));
    w.close_vote_record(0, &cast.voters[0]).unwrap();
    assert_eq!(w.epoch(0).rewards_paid, POOL * 6 / 10);
    w.svm.advance(1);
    frees(&mut w, POOL * 4 / 10);
}

#[test]
fn what_nobody_took_is_free_again() {
    let (mut w, _) = over(0);
    frees(&mut w, POOL);
}

#[test]
fn what_was_paid_is_not_freed_again() {
    let (mut w, _) = over(2);
    frees(&mut w, POOL / 10);
}

#[test]
fn a_pool_paid_to_the_unit_leaves_nothing() {
    let (mut w, _) = over(3);
    assert_eq!(w.epoch(0).rewards_paid, POOL);
    refused(&mut w, BudgetError::NothingToReclaim, |w| w.reclaim_rewards(0));
}

#[test]
fn what_was_reclaimed_is_not_reclaimed_again() {
    let (mut w, _) = over(1);
    frees(&mut w, POOL * 4 / 10);
    refused(&mut w, BudgetError::NothingToReclaim, |w| w.reclaim_rewards(0));
}

#[test]
fn an_epoch_without_rewards_has_nothing_to_reclaim() {
    let (mut w, _) = settled();
    since_settlement(&mut w, TWO_PERIODS);
    assert_eq!(w.epoch(0).reward_pool, 0);
    refused(&mut w, BudgetError::NothingToReclaim, |w| w.reclaim_rewards(0));
}

#[test]
fn a_stranger_may_reclaim() {
    let (mut w, _) = over(0);
    let stranger = w.person();
    let purse = w.purse(&stranger);
    let instruction = w.community.reclaim_rewards(0);
    assert!(instruction.accounts.iter().all(|account| !account.is_signer));
    w.svm.send_paid_by(&stranger.wallet, &[instruction], &[]).unwrap();
    assert_eq!((w.treasury().reserved_funds, w.purse(&stranger)), (0, purse));
}

#[test]
fn records_close_afterwards_without_a_reward() {
    let (mut w, cast) = over(1);
    frees(&mut w, POOL * 4 / 10);
    let (vault, tracked) = (w.vault(), w.treasury().tracked);
    for voter in &cast.voters[1..] {
        let purse = w.purse(voter);
        w.close_vote_record(0, voter).unwrap();
        assert_eq!(w.purse(voter), purse);
        assert_eq!(w.stake_of(voter).participation[0], 10_000);
    }
    assert_eq!((w.vault(), w.treasury().tracked), (vault, tracked));
    assert_eq!(w.epoch(0).rewards_paid, POOL * 6 / 10);
}

#[test]
fn one_epochs_rewards_are_not_anothers() {
    let (mut w, cast) = voted();
    w.settle().unwrap();
    w.open_next_epoch();
    let pool = w.epoch(1).reward_pool;
    assert!(pool > 0);
    assert_eq!(w.treasury().reserved_funds, POOL + pool);
    w.submit(&cast.alice, &Ask::of(SMALL_ASK)).unwrap();
    w.to_voting();
    w.cast(&cast.voters[0], &[(0, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    since_settlement(&mut w, TWO_PERIODS);
    frees(&mut w, POOL);
    assert_eq!(w.treasury().reserved_funds, pool);
    refused(&mut w, BudgetError::RewardsClaimable, |w| w.reclaim_rewards(1));
    let purse = w.purse(&cast.voters[0]);
    w.close_vote_record(1, &cast.voters[0]).unwrap();
    assert_eq!(w.purse(&cast.voters[0]) - purse, pool * 6 / 10);
}

#[test]
fn the_epoch_counts_two_periods_of_its_own_policy() {
    let mut policy = test_policy();
    policy.budget.reward_bps = 200;
    policy.schedule.period_secs = 40 * DAY_SECS;
    let mut w = World::with(Setup { policy, ..Setup::default() });
    w.open_epoch().unwrap();
    w.to_tallying();
    w.settle().unwrap();
    since_settlement(&mut w, 80 * DAY - 1);
    refused(&mut w, BudgetError::RewardsClaimable, |w| w.reclaim_rewards(0));
    w.svm.advance(1);
    frees(&mut w, POOL);
}
