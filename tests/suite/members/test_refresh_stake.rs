//! refresh_stake
//! ├── given treasury and stake do not belong together  AccountMismatch
//! ├── given treasury or stake are read-only ........ ConstraintMut
//! ├── given the epoch is in Voting or Tallying ..... VotingInProgress
//! └── given it is not, whoever asks
//!     ├── nothing has changed: the weight stays
//!     ├── a policy came into force: its lock bonus counts
//!     ├── the streak has run out: its bonus is gone
//!     └── the stake is dormant: it stays so

use anchor_lang::error::ErrorCode;
use budget_tests::*;
use community_budget::{
    BudgetError,
    events::StakeRefreshed,
    state::{Action, PolicyPatch, Stake, Treasury},
};

use crate::{
    common::*,
    event::event,
    flow_snapshot::{open_with_an_ask, power_of},
};

const TREASURY: usize = 0;
const STAKE: usize = 1;

const LONG: u32 = 180 * DAY_SECS;

/// A member with 1,000 base units at the longest lock: a weight of 1,500.
fn locked(w: &mut World) -> Person {
    let alice = w.person();
    w.open_stake(&alice, LONG).unwrap();
    w.stake(&alice, 1_000).unwrap();
    alice
}

/// Votes for another lock bonus and opens the epoch in which it counts.
fn set_lock_bonus(w: &mut World, voter: &Person, lock_bonus_bps: u16) {
    let proposer = w.proposer();
    let mut stake = w.treasury().policy.stake;
    stake.lock_bonus_bps = lock_bonus_bps;
    w.pass_action(&proposer, voter, Action::SetPolicy(PolicyPatch::Stake(stake)));
}

#[test]
fn a_weight_that_is_up_to_date_stays() {
    let mut w = World::new();
    let alice = locked(&mut w);
    let (books, stake) = (w.treasury(), w.stake_of(&alice));
    let landed = w.refresh_stake(&alice).unwrap();
    assert_same(w.stake_of(&alice), stake);
    assert_same(w.treasury(), Treasury { seq: books.seq + 1, ..books });
    let StakeRefreshed { seq, treasury, owner, dormant, weight, total_weight } = event(&landed);
    assert_eq!((seq, treasury, owner), (books.seq + 1, w.community.treasury, alice.key()));
    assert_eq!((dormant, weight, total_weight), (false, 1_500, 1_500));
}

#[test]
fn a_policy_counts_from_the_opening_that_brings_it_into_force() {
    let mut w = World::new();
    let (alice, bob) = (locked(&mut w), w.staker(7));
    set_lock_bonus(&mut w, &alice, 2_000);
    w.refresh_stake(&alice).unwrap();
    assert_eq!(w.stake_of(&alice).weight, 1_500);
    w.open_next_epoch();
    assert_eq!(w.stake_of(&alice).weight, 1_500);
    let before = w.stake_of(&alice);
    w.refresh_stake(&alice).unwrap();
    let after = w.stake_of(&alice);
    assert_same(after, Stake { weight: 1_200, ..before });
    assert_eq!(w.treasury().total_weight, 1_207);
    // A stake at the shortest lock has no bonus to lose.
    w.refresh_stake(&bob).unwrap();
    assert_eq!((w.stake_of(&bob).weight, w.treasury().total_weight), (7, 1_207));
}

#[test]
fn what_is_refreshed_before_the_opening_counts_in_the_vote() {
    let mut w = World::new();
    let alice = locked(&mut w);
    set_lock_bonus(&mut w, &alice, 10_000);
    let next_at = w.treasury().last_opened_at + 30 * DAY;
    w.svm.set_now(next_at);
    open_with_an_ask(&mut w);
    w.to_voting();
    w.svm.advance(-1);
    w.refresh_stake(&alice).unwrap();
    w.svm.advance(1);
    assert_eq!(power_of(&mut w, &alice), 2_000);
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(w.epoch(1).electorate, 2_000);
}

#[test]
fn a_streak_that_has_run_out_carries_no_bonus_any_more() {
    let mut setup = Setup::default();
    setup.policy.stake.streak_bonus_bps = 8_000;
    let mut w = World::with(setup);
    let alice = w.staker(1_000);
    open_with_an_ask(&mut w);
    w.to_voting();
    w.cast(&alice, &[(0, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.close_vote_record(0, &alice).unwrap();
    assert_eq!(w.stake_of(&alice).weight, 1_100);
    // The epoch is among the last eight until eight more are settled.
    pass_epochs(&mut w, 7);
    w.refresh_stake(&alice).unwrap();
    assert_eq!(w.stake_of(&alice).weight, 1_100);
    pass_epochs(&mut w, 1);
    assert_eq!(w.stake_of(&alice).weight, 1_100);
    w.refresh_stake(&alice).unwrap();
    assert_eq!((w.stake_of(&alice).weight, w.treasury().total_weight), (1_000, 1_000));
}

#[test]
fn a_stranger_cannot_wake_a_dormant_stake() {
    let (mut w, alice) = dormant();
    let stake = w.stake_of(&alice);
    let landed = w.refresh_stake(&alice).unwrap();
    assert_same(w.stake_of(&alice), stake);
    assert_eq!(w.treasury().total_weight, 0);
    let StakeRefreshed { dormant, weight, total_weight, .. } = event(&landed);
    assert_eq!((dormant, weight, total_weight), (true, 0, 0));
}

#[test]
fn nothing_is_measured_from_the_opening_of_voting_to_the_settlement() {
    let mut w = World::new();
    let alice = locked(&mut w);
    w.refresh_stake(&alice).unwrap();
    w.open_epoch().unwrap();
    w.refresh_stake(&alice).unwrap();
    w.to_voting();
    w.svm.advance(-1);
    w.refresh_stake(&alice).unwrap();
    let header = w.epoch(0);
    let (opens, closes) = (header.voting_opens_at, header.voting_closes_at);
    for now in [opens, opens + 1, closes - 1, closes, closes + 90 * DAY] {
        w.svm.set_now(now);
        refused(&mut w, BudgetError::VotingInProgress, |w| w.refresh_stake(&alice));
    }
    w.settle().unwrap();
    w.refresh_stake(&alice).unwrap();
    assert_eq!(w.stake_of(&alice).weight, 1_500);
}

#[test]
fn anyone_may_ask_for_it() {
    let mut w = World::new();
    let alice = locked(&mut w);
    let (stranger, seq) = (w.person(), w.treasury().seq);
    let instruction = w.community.refresh_stake(alice.key());
    assert!(instruction.accounts.iter().all(|account| !account.is_signer));
    w.svm.send_paid_by(&stranger.wallet, &[instruction], &[]).unwrap();
    assert_eq!(w.treasury().seq, seq + 1);
}

#[test]
fn treasury_and_stake_must_belong_together() {
    let mut w = World::new();
    let alice = locked(&mut w);
    let twin = sibling(&mut w);
    within(&mut w, twin, |w| w.open_stake(&alice, LONG)).unwrap();
    for (position, key) in [(TREASURY, twin.treasury), (STAKE, twin.stake(&alice.key()))] {
        let instruction = swapped(w.community.refresh_stake(alice.key()), position, key);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[]));
    }
}

#[test]
fn treasury_and_stake_must_be_writable() {
    let mut w = World::new();
    let alice = locked(&mut w);
    for position in [TREASURY, STAKE] {
        let mut instruction = w.community.refresh_stake(alice.key());
        instruction.accounts[position].is_writable = false;
        refused_by_anchor(&mut w, ErrorCode::ConstraintMut, |w| w.send(instruction, &[]));
    }
}
