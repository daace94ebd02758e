//! lapse_proposal
//! ├── given an account of another treasury ................ AccountMismatch
//! ├── given the epoch is not settled ...................... NotSettled
//! └── given it is
//!     ├── when the entry failed, was executed, vetoed, has
//!     │   lapsed, was superseded or does not exist ........ EntryNotFunded
//!     ├── when the grace is not over ...................... GraceNotOver
//!     │   ├── executions that were blocked prolong it by
//!     │   │   the time since settlement
//!     │   └── overlapping pause and trip count once
//!     └── when funded or approved and too late to execute
//!         ├── exactly its amount is free again, nothing for an act
//!         ├── its part of the epoch's outflow and of its position goes
//!         └── nothing else changes

use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Action, PolicyPatch, Role, Treasury},
};

use crate::stage::*;

const TREASURY: usize = 0;
const EPOCH: usize = 1;

/// Both asks are funded and their grace is over.
fn overdue() -> (World, Cast) {
    let (mut w, cast) = settled();
    w.svm.advance(14 * DAY);
    (w, cast)
}

#[test]
fn another_treasury_is_refused() {
    let (mut w, _) = overdue();
    let other = executable_sibling(&mut w);
    let swapped = swapped(w.community.lapse_proposal(0, 0), TREASURY, other.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn an_epoch_of_another_treasury_is_refused() {
    let (mut w, _) = overdue();
    let other = executable_sibling(&mut w);
    w.svm.advance(14 * DAY);
    let swapped = swapped(w.community.lapse_proposal(0, 0), EPOCH, other.epoch(0));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn an_epoch_in_tallying_is_not_settled_yet() {
    let (mut w, _) = tallying();
    w.svm.advance(90 * DAY);
    refused(&mut w, BudgetError::NotSettled, |w| w.lapse(0, 0));
}

#[test]
fn an_entry_that_failed_has_nothing_to_free() {
    let (mut w, _) = submission();
    w.to_tallying();
    w.settle().unwrap();
    w.svm.advance(14 * DAY);
    assert!(w.entry(0, 0).is(Outcome::Failed));
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.lapse(0, 0));
}

#[test]
fn an_executed_entry_does_not_lapse() {
    let (mut w, _) = streaming();
    w.svm.advance(14 * DAY);
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.lapse(0, 0));
}

#[test]
fn an_entry_lapses_once() {
    let (mut w, _) = overdue();
    w.lapse(0, 0).unwrap();
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.lapse(0, 0));
}

#[test]
fn an_empty_slot_and_one_beyond_the_slate_are_not_funded() {
    let (mut w, _) = overdue();
    for index in [2, 15, 16, u8::MAX] {
        refused(&mut w, BudgetError::EntryNotFunded, |w| w.lapse(0, index));
    }
}

#[test]
fn an_entry_lapses_from_the_end_of_its_grace_on() {
    let (mut w, _) = settled();
    w.svm.advance(14 * DAY - 1);
    refused(&mut w, BudgetError::GraceNotOver, |w| w.lapse(0, 0));
    w.svm.advance(1);
    w.lapse(0, 0).unwrap();
    w.svm.advance(1);
    w.lapse(0, 1).unwrap();
    assert!(w.entry(0, 0).is(Outcome::Lapsed));
    assert!(w.entry(0, 1).is(Outcome::Lapsed));
}

#[test]
fn a_lapse_frees_exactly_the_amount() {
    let (mut w, _) = overdue();
    let (before, free) = (w.treasury(), w.treasury().free().unwrap());
    w.lapse(0, 1).unwrap();
    let after = w.treasury();
    assert_eq!(before.committed - after.committed, MEDIUM_ASK);
    assert_eq!(after.free().unwrap() - free, MEDIUM_ASK);
    assert_eq!(after.tracked, before.tracked);
    assert_eq!(w.epoch(0).allocated, SMALL_ASK);
}

#[test]
fn a_lapse_leaves_the_other_entries_alone() {
    let (mut w, _) = overdue();
    let (other, vault) = (w.entry(0, 1), w.vault());
    w.lapse(0, 0).unwrap();
    assert_eq!(w.entry(0, 1), other);
    assert_eq!(w.vault(), vault);
    assert!(!w.svm.exists(&w.stream_key(0, 0)));
}

/// Every kind of act but a ruling, which takes a stream: entries 1 to 4.
fn acts() -> Vec<Action> {
    let (policy, holder) = (test_policy(), World::new().reviewer.key());
    vec![
        Action::SetPolicy(PolicyPatch::Budget(policy.budget)),
        World::set_role(Role::Guardian, holder),
        Action::ClearBreaker,
        Action::WriteOff { category: 1, amount: 5 },
    ]
}

#[test]
fn acts_lapse_too() {
    let (mut w, _) = approved(&acts());
    since_settlement(&mut w, 14 * DAY - 1);
    for index in 1..=4 {
        refused(&mut w, BudgetError::GraceNotOver, |w| w.lapse(0, index));
    }
    w.svm.advance(1);
    for index in 1..=4 {
        refused(&mut w, BudgetError::GraceOver, |w| w.execute_action(0, index));
        let (books, allocated) = (w.treasury(), w.epoch(0).allocated);
        w.lapse(0, index).unwrap();
        assert!(w.entry(0, index).is(Outcome::Lapsed));
        assert_same(w.treasury(), books);
        assert_eq!(w.epoch(0).allocated, allocated);
        refused(&mut w, BudgetError::EntryNotFunded, |w| w.lapse(0, index));
        refused(&mut w, BudgetError::EntryNotApproved, |w| w.execute_action(0, index));
    }
    assert!(w.entry(0, 0).is(Outcome::Funded), "the award waits for its own lapse");
}

#[test]
fn the_bond_of_an_act_that_lapsed_returns() {
    let (mut w, _) = approved(&acts()[..1]);
    let proposer = w.proposal(0, 1).proposer;
    let account = w.community.budget_account(&proposer);
    let before = token::balance(&w.svm, &account);
    since_settlement(&mut w, 14 * DAY);
    refused(&mut w, BudgetError::EntryNotFinal, |w| w.close_proposal(0, 1));
    w.lapse(0, 1).unwrap();
    w.close_proposal(0, 1).unwrap();
    assert_eq!(token::balance(&w.svm, &account) - before, 50_000);
}

#[test]
fn an_act_that_was_executed_or_superseded_has_nothing_to_lapse() {
    let holder = World::new().reviewer.key();
    let roles = [holder, holder].map(|holder| World::set_role(Role::Guardian, holder));
    let (mut w, _) = approved(&roles);
    w.to_execution(0);
    assert!(w.entry(0, 2).is(Outcome::Superseded));
    w.execute_action(0, 1).unwrap();
    since_settlement(&mut w, 14 * DAY);
    for index in 1..=2 {
        refused(&mut w, BudgetError::EntryNotFunded, |w| w.lapse(0, index));
    }
}

#[test]
fn what_the_guardian_vetoed_does_not_lapse_again() {
    let (mut w, _) = approved(&acts()[..1]);
    let guardian = w.guardian.clone();
    for index in 0..=1 {
        w.veto(&guardian, 0, index).unwrap();
    }
    since_settlement(&mut w, 14 * DAY);
    for index in 0..=1 {
        refused(&mut w, BudgetError::EntryNotFunded, |w| w.lapse(0, index));
    }
    assert_eq!(w.treasury().committed, 0);
}

#[test]
fn a_lapse_takes_its_amount_out_of_the_epochs_outflow() {
    let (mut w, _) = overdue();
    assert_eq!(w.treasury().outflow[0], SMALL_ASK + MEDIUM_ASK);
    w.lapse(0, 1).unwrap();
    assert_eq!(w.treasury().outflow[0], SMALL_ASK);
    w.lapse(0, 0).unwrap();
    assert_eq!(w.treasury().outflow[0], 0);
}

#[test]
fn a_lapse_takes_its_amount_out_of_its_position() {
    let mut policy = test_policy();
    policy.risk.categories[1].class = DERIVATIVE;
    policy.risk.categories[1].exposure_limit_bps = 10_000;
    let mut w = World::with(Setup { policy, ..Setup::default() });
    let voter = w.staker(ELECTORATE);
    let bob = w.proposer();
    w.open_epoch().unwrap();
    for amount in [7_000_003, 5] {
        w.submit(&bob, &Ask { category: 1, ..Ask::of(amount) }).unwrap();
    }
    w.to_voting();
    w.cast(&voter, &[(0, For), (1, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    since_settlement(&mut w, 14 * DAY);
    let before = w.treasury();
    assert_eq!(before.positions[1].pending, 7_000_008);
    w.lapse(0, 0).unwrap();
    let mut expected = Treasury { committed: 5, ..before };
    expected.positions[1].pending = 5;
    expected.outflow[0] = 5;
    assert_same(w.treasury(), expected);
}

/// Proves that the grace of entry 0 ends `secs` after settlement: a second before nothing lapses,
/// then it does.
#[track_caller]
fn lapses_at(w: &mut World, secs: i64) {
    since_settlement(w, secs - 1);
    refused(w, BudgetError::GraceNotOver, |w| w.lapse(0, 0));
    w.svm.advance(1);
    refused(w, BudgetError::GraceOver, |w| w.execute(0, 0));
    w.lapse(0, 0).unwrap();
}

#[test]
fn a_pause_prolongs_the_grace_by_exactly_its_length() {
    let (mut w, _) = settled();
    since_settlement(&mut w, 3 * DAY);
    pause(&mut w, 5);
    lapses_at(&mut w, 19 * DAY);
}

#[test]
fn two_pauses_prolong_the_grace_by_both() {
    let (mut w, _) = settled();
    pause(&mut w, 2);
    since_settlement(&mut w, 4 * DAY);
    pause(&mut w, 3);
    lapses_at(&mut w, 19 * DAY);
}

#[test]
fn a_trip_prolongs_the_grace_by_exactly_its_length() {
    let (mut w, _) = trippable();
    w.trip().unwrap();
    lapses_at(&mut w, 21 * DAY);
}

#[test]
fn of_a_pause_that_began_before_the_settlement_only_the_rest_counts() {
    let (mut w, _) = tallying();
    pause(&mut w, 5);
    w.svm.advance(2 * DAY);
    w.settle().unwrap();
    lapses_at(&mut w, 17 * DAY);
}

#[test]
fn a_pause_that_ended_before_the_settlement_does_not_count() {
    let (mut w, _) = tallying();
    pause(&mut w, 5);
    w.svm.advance(5 * DAY);
    w.settle().unwrap();
    lapses_at(&mut w, 14 * DAY);
}

#[test]
fn a_pause_in_the_last_second_keeps_that_second() {
    let (mut w, _) = settled();
    since_settlement(&mut w, 14 * DAY - 1);
    pause(&mut w, 7);
    since_settlement(&mut w, 14 * DAY);
    refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute(0, 0));
    lapses_at(&mut w, 21 * DAY);
}

#[test]
fn a_pause_from_the_end_of_the_grace_on_prolongs_nothing() {
    for days in [14, 18, 21, 30] {
        let (mut w, _) = overdue();
        pause(&mut w, 7);
        since_settlement(&mut w, days * DAY);
        w.lapse(0, 0).unwrap();
    }
}

#[test]
fn a_trip_that_outlasts_a_pause_counts_once() {
    let (mut w, _) = trippable(); // day 8
    pause(&mut w, 3); // days 8 to 11
    w.svm.advance(DAY);
    w.trip().unwrap(); // days 9 to 16
    lapses_at(&mut w, (14 + 8) * DAY);
}

#[test]
fn a_pause_that_outlasts_a_trip_counts_once() {
    let (mut w, _) = trippable(); // day 8
    w.trip().unwrap(); // days 8 to 15
    since_settlement(&mut w, 13 * DAY);
    pause(&mut w, 6); // days 13 to 19
    lapses_at(&mut w, (14 + 11) * DAY);
}

#[test]
fn a_pause_within_a_trip_adds_nothing() {
    let (mut w, _) = trippable(); // day 8
    w.trip().unwrap(); // days 8 to 15
    since_settlement(&mut w, 10 * DAY);
    pause(&mut w, 2);
    lapses_at(&mut w, (14 + 7) * DAY);
}

#[test]
fn a_pause_and_a_trip_apart_count_both() {
    let (mut w, _) = trippable(); // day 8
    pause(&mut w, 2); // days 8 to 10
    since_settlement(&mut w, 12 * DAY);
    w.trip().unwrap(); // days 12 to 19
    lapses_at(&mut w, (14 + 9) * DAY);
}

#[test]
fn a_pause_that_begins_as_the_trip_ends_adds_all_of_itself() {
    let (mut w, _) = trippable(); // day 8
    w.trip().unwrap(); // days 8 to 15
    since_settlement(&mut w, 15 * DAY);
    pause(&mut w, 2);
    lapses_at(&mut w, (14 + 9) * DAY);
}
