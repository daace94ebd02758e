//! close_vote_record: how much a reward is (R12)
//! ├── given the ballot covers the gate: pool * weight / electorate, rounded down
//! │   ├── whatever the choice, abstention included
//! │   ├── by the weight of the ballot and the ballot as it is at the end
//! │   └── from the vault and the reserve alike, past promises and outflow bucket
//! └── given it does not, or was retracted, or the slate is empty: nothing
//!
//! Where it goes, and until when, is in `test_close_vote_record_payment.rs`.

use budget_tests::*;
use community_budget::BudgetError;

use crate::rewards::*;

#[test]
fn the_reward_is_the_pools_share_of_the_weight_rounded_down() {
    let (mut w, voters) = voting(rewarding(), &[7, 11, 13, 6], 1);
    for voter in &voters[..3] {
        w.cast(voter, &[(0, For)]).unwrap();
    }
    settle(&mut w);
    assert_eq!(w.epoch(0).electorate, 37); // those who did not vote included
    assert_eq!(w.treasury().reserved_funds, POOL);
    // 3,330,000 * 7 / 37 = 630,000 exactly; 990,000; 1,170,000
    for (voter, reward) in voters.iter().zip([630_000, 990_000, 1_170_000]) {
        pays(&mut w, voter, reward);
    }
    assert_eq!(w.treasury().reserved_funds, 540_000);
}

#[test]
fn a_reward_that_does_not_come_out_even_is_rounded_down() {
    let (mut w, voters) = voting(rewarding(), &[7, 11, 13], 1);
    for voter in &voters {
        w.cast(voter, &[(0, For)]).unwrap();
    }
    settle(&mut w);
    // 751,935.48..., 1,181,612.90..., 1,396,451.61...
    for (voter, reward) in voters.iter().zip([DUE, 1_181_612, 1_396_451]) {
        pays(&mut w, voter, reward);
    }
    assert_eq!(w.treasury().reserved_funds, 2, "what rounding left");
}

#[test]
fn a_weight_too_small_for_a_unit_earns_nothing() {
    let (mut w, voters) = voting(rewarding(), &[1, 3_330_000], 1);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    settle(&mut w);
    pays(&mut w, &voters[0], 0); // 3,330,000 * 1 / 3,330,001
}

#[test]
fn a_lone_voter_with_all_weight_earns_the_pool() {
    let (mut w, voters) = voting(rewarding(), &[5], 1);
    w.cast(&voters[0], &[(0, Against)]).unwrap();
    settle(&mut w);
    pays(&mut w, &voters[0], POOL);
    assert_eq!(w.treasury().reserved_funds, 0);
}

#[test]
fn every_choice_earns_the_same() {
    let (mut w, voters) = voting(rewarding(), &[9, 9, 9], 1);
    for (voter, choice) in voters.iter().zip([For, Against, Abstain]) {
        w.cast(voter, &[(0, choice)]).unwrap();
    }
    settle(&mut w);
    for voter in &voters {
        pays(&mut w, voter, 1_110_000);
    }
}

#[test]
fn a_reward_counts_the_weight_of_the_ballot_and_not_of_today() {
    let (mut w, voters) = voting(rewarding(), &[7, 11, 13], 1);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    w.stake(&voters[0], 1_000).unwrap();
    w.unstake(&voters[1], 11).unwrap();
    settle(&mut w);
    pays(&mut w, &voters[0], DUE);
}

/// Whether a ballot over the first `covered` of `asks` entries is rewarded under `gate_bps`.
fn is_rewarded(gate_bps: u16, asks: u64, covered: u8, choice: Choice) -> bool {
    let mut policy = rewarding();
    policy.budget.participation_gate_bps = gate_bps;
    let (mut w, voters) = voting(policy, &[5], asks);
    let choices: Vec<_> = (0..covered).map(|index| (index, choice)).collect();
    w.cast(&voters[0], &choices).unwrap();
    settle(&mut w);
    let reward = if covers(gate_bps, asks, covered) { POOL } else { 0 };
    pays(&mut w, &voters[0], reward);
    reward > 0
}

/// The reference: whether `covered` reaches the share of `asks`.
fn covers(gate_bps: u16, asks: u64, covered: u8) -> bool {
    u64::from(covered) * 10_000 >= asks * u64::from(gate_bps)
}

#[test]
fn the_gate_rounds_up_and_is_met_by_itself() {
    assert!(!is_rewarded(5_000, 5, 2, For));
    assert!(is_rewarded(5_000, 5, 3, For));
    assert!(!is_rewarded(5_000, 4, 1, For));
    assert!(is_rewarded(5_000, 4, 2, For));
    assert!(!is_rewarded(10_000, 3, 2, For));
    assert!(is_rewarded(10_000, 3, 3, For));
    assert!(is_rewarded(1, 3, 1, For));
}

#[test]
fn abstentions_count_for_the_gate() {
    assert!(!is_rewarded(5_000, 4, 1, Abstain));
    assert!(is_rewarded(5_000, 4, 2, Abstain));
}

#[test]
fn entries_that_nobody_can_vote_on_do_not_raise_the_gate() {
    let mut policy = rewarding();
    policy.budget.participation_gate_bps = 10_000;
    let mut w = World::with(Setup { policy, ..Setup::default() });
    let voter = w.staker(5);
    let (alice, bob) = (w.proposer(), w.proposer());
    w.open_epoch().unwrap();
    w.submit(&alice, &Ask::of(1)).unwrap();
    w.submit(&alice, &Ask::of(2)).unwrap();
    w.submit_for(&alice, &bob, false, &Ask::of(3)).unwrap(); // never accepted
    w.submit(&bob, &Ask::of(4)).unwrap();
    w.withdraw(&alice, 1).unwrap();
    w.to_voting();
    w.cast(&voter, &[(0, For), (3, For)]).unwrap();
    settle(&mut w);
    pays(&mut w, &voter, POOL);
}

#[test]
fn acts_count_for_the_gate() {
    let mut policy = rewarding();
    policy.budget.participation_gate_bps = 10_000;
    let mut w = World::with(Setup { policy, ..Setup::default() });
    let (lazy, keen) = (w.staker(5), w.staker(5));
    let alice = w.proposer();
    w.open_epoch().unwrap();
    w.submit(&alice, &Ask::of(1)).unwrap();
    w.submit_action(&alice, community_budget::state::Action::ClearBreaker).unwrap();
    w.to_voting();
    w.cast(&lazy, &[(0, For)]).unwrap();
    w.cast(&keen, &[(0, For), (1, Against)]).unwrap();
    settle(&mut w);
    pays(&mut w, &lazy, 0);
    pays(&mut w, &keen, POOL / 2);
}

#[test]
fn a_revised_ballot_is_measured_by_what_it_covers_at_the_end() {
    let (mut w, voters) = voting(rewarding(), &[5, 5], 4);
    w.cast(&voters[0], &[(0, For), (1, For)]).unwrap();
    w.revise(&voters[0], &[(0, For)]).unwrap();
    w.cast(&voters[1], &[(0, For)]).unwrap();
    w.revise(&voters[1], &[(2, Against), (3, Abstain)]).unwrap();
    settle(&mut w);
    pays(&mut w, &voters[0], 0);
    pays(&mut w, &voters[1], POOL / 2);
}

#[test]
fn a_retracted_ballot_earns_nothing() {
    let (mut w, voters) = voting(rewarding(), &[5], 1);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    w.retract(&voters[0]).unwrap();
    settle(&mut w);
    pays(&mut w, &voters[0], 0);
    assert_eq!(w.treasury().reserved_funds, POOL);
}

#[test]
fn a_retracted_ballot_earns_nothing_even_without_a_gate() {
    let mut policy = rewarding();
    policy.budget.participation_gate_bps = 0;
    let (mut w, voters) = voting(policy, &[5, 5], 4);
    for voter in &voters {
        w.cast(voter, &[(0, For)]).unwrap();
    }
    w.retract(&voters[0]).unwrap();
    settle(&mut w);
    pays(&mut w, &voters[0], 0);
    pays(&mut w, &voters[1], POOL / 2);
}

#[test]
fn an_empty_slate_earns_nobody_anything() {
    let (mut w, voters) = voting(rewarding(), &[5], 0);
    refused(&mut w, BudgetError::EntryNotVotable, |w| w.cast(&voters[0], &[(0, For)]));
    settle(&mut w);
    assert_eq!((w.epoch(0).vote_record_count, w.treasury().reserved_funds), (0, POOL));
    w.close_epoch(0).unwrap();
    assert_eq!(w.treasury().reserved_funds, 0);
}

#[test]
fn what_is_promised_is_not_touched_by_rewards() {
    let (mut w, voters) = voting(rewarding(), &[5], 1);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    settle(&mut w);
    assert!(w.entry(0, 0).is(Outcome::Funded));
    let (committed, free) = (w.treasury().committed, w.treasury().free());
    pays(&mut w, &voters[0], POOL);
    assert_eq!((w.treasury().committed, w.treasury().free()), (committed, free));
}

#[test]
fn rewards_pass_the_outflow_bucket_by() {
    let mut policy = rewarding();
    policy.breaker.outflow_bps = 100;
    let (mut w, voters) = voting(policy, &[5], 1);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    settle(&mut w);
    let level = w.treasury().bucket_level;
    pays(&mut w, &voters[0], POOL);
    assert_eq!(w.treasury().bucket_level, level);
}
