//! mark_position
//! ├── given the risk reporter does not sign ............... AccountNotSigner
//! ├── given a forged sysvar ............................... AccountMismatch
//! ├── given a durable nonce ............................... DurableNonceRefused
//! ├── given somebody else, a former reporter or a vacancy . RoleRequired
//! ├── given an operating category, or none ................ NotARiskCategory
//! └── given a hedge or derivative
//!     ├── the mark counts when the next epoch opens, as of the report
//!     ├── the latest report counts
//!     ├── payments after the report count at cost, returns lower it
//!     ├── the categories are those of the policy in force
//!     └── it moves no money, and nothing of another category

use anchor_lang::error::ErrorCode;
use budget_tests::*;
use community_budget::{BudgetError, events::PositionMarked, state::Role};

use crate::{roles::RoleCase, stage::*};

const TREASURY: usize = 1;

const CASE: RoleCase = RoleCase {
    begin: |w, _| w,
    instruction: |w, reporter| w.community.mark_position(reporter, HEDGES, 5),
    role: Role::RiskReporter,
    holder: |w| w.risk_reporter.clone(),
    sysvar: 2,
};

/// A community with 20 million paid into hedges, before its next epoch.
fn hedged() -> (World, Person, Person) {
    let (mut w, voter) = community(brisk());
    let (_, recipient) = pay_out(&mut w, &voter, HEDGES, 20 * MILLION);
    (w, voter, recipient)
}

#[test]
fn the_risk_reporter_must_sign() {
    CASE.holder_must_sign(ErrorCode::AccountNotSigner);
}

#[test]
fn nobody_else_may_mark() {
    CASE.nobody_else_may(BudgetError::RoleRequired);
}

#[test]
fn a_former_reporter_may_not_mark() {
    CASE.former_holder_may_not(BudgetError::RoleRequired);
}

#[test]
fn nobody_may_mark_without_a_reporter() {
    CASE.nobody_may_while_vacant(BudgetError::RoleRequired);
}

#[test]
fn no_mark_can_be_kept_for_later() {
    CASE.no_durable_nonce(BudgetError::DurableNonceRefused);
}

#[test]
fn what_makes_no_transaction_durable_is_no_obstacle() {
    CASE.harmless_neighbours();
}

#[test]
fn a_forged_sysvar_is_refused() {
    CASE.forged_sysvar(BudgetError::AccountMismatch);
}

#[test]
fn the_reporter_of_one_treasury_is_nobody_in_another() {
    let (mut w, voter) = community(brisk());
    let own = w.risk_reporter.clone();
    w.risk_reporter = w.person();
    let other = second_treasury(&mut w, &voter);
    let mark = w.community.mark_position(own.key(), HEDGES, 5);
    let mixed = swapped(mark, TREASURY, other.treasury);
    refused(&mut w, BudgetError::RoleRequired, |w| w.send(mixed, &[&own]));
}

#[test]
fn only_hedges_and_derivatives_have_marks() {
    let (mut w, _) = community(brisk());
    for category in [GENERAL, 3, 7, 8, 255] {
        refused(&mut w, BudgetError::NotARiskCategory, |w| w.mark(category, 5));
    }
    for category in [HEDGES, VENTURES] {
        w.mark(category, 5).unwrap();
    }
}

#[test]
fn the_categories_are_those_in_force() {
    // A fourth category is approved and executed; it exists from the next epoch on.
    let (mut w, voter) = community(brisk());
    let wider = patch(
        |p| {
            p.risk.categories[3] = category("options", 2, 100, 100);
            p.risk.category_count = 4;
        },
        risk_of,
    );
    decide(&mut w, &voter, &[], &[wider]);
    w.to_execution(0);
    w.execute_action(0, 0).unwrap();
    refused(&mut w, BudgetError::NotARiskCategory, |w| w.mark(3, 5));
    w.open_next_epoch();
    w.mark(3, 5).unwrap();
}

#[test]
fn a_mark_counts_when_the_next_epoch_opens_as_of_its_report() {
    let (mut w, ..) = hedged();
    let paid_at = w.svm.now();
    w.svm.advance(5);
    w.mark(HEDGES, 7 * MILLION).unwrap();
    let reported_at = w.svm.now();
    let waiting = position(&w, HEDGES);
    assert_eq!((waiting.mark, waiting.marked_at), (20 * MILLION, paid_at));
    assert_eq!((waiting.reported_mark, waiting.reported_at), (7 * MILLION, reported_at));
    w.svm.advance(DAY);
    w.open_next_epoch();
    let counted = position(&w, HEDGES);
    assert_eq!((counted.mark, counted.marked_at), (7 * MILLION, reported_at));
    assert_eq!((counted.reported_mark, counted.reported_at), (0, 0));
    assert_eq!((counted.cost, counted.pending), (20 * MILLION, 0));
}

#[test]
fn the_latest_report_counts() {
    let (mut w, ..) = hedged();
    for mark in [1, u64::MAX, 9 * MILLION] {
        w.mark(HEDGES, mark).unwrap();
        w.svm.advance(1);
    }
    let last_at = w.svm.now() - 1;
    w.open_next_epoch();
    let counted = position(&w, HEDGES);
    assert_eq!((counted.mark, counted.marked_at), (9 * MILLION, last_at));
}

#[test]
fn a_report_counts_once() {
    let (mut w, voter, _) = hedged();
    w.mark(HEDGES, 7 * MILLION).unwrap();
    let reported_at = w.svm.now();
    decide(&mut w, &voter, &[ask_in(GENERAL, 5)], &[]);
    w.open_next_epoch();
    let counted = position(&w, HEDGES);
    assert_eq!((counted.mark, counted.marked_at), (7 * MILLION, reported_at));
}

#[test]
fn payments_after_the_report_count_at_cost() {
    let (mut w, voter) = community(brisk());
    decide(&mut w, &voter, &[ask_in(HEDGES, 34 * MILLION)], &[]);
    w.to_execution(0);
    w.execute(0, 0).unwrap();
    w.svm.advance(DAY); // a seventeenth is released
    w.claim(0, 0).unwrap();
    w.mark(HEDGES, MILLION).unwrap();
    w.svm.advance(DAY);
    w.claim(0, 0).unwrap();
    w.open_next_epoch();
    let counted = position(&w, HEDGES);
    assert_eq!((counted.cost, counted.mark), (4 * MILLION, 3 * MILLION));
}

#[test]
fn a_report_of_nothing_is_a_report() {
    // Reported as lost, then paid into once more: the second payment is all that is there.
    let (mut w, voter) = community(brisk());
    decide(&mut w, &voter, &[ask_in(HEDGES, 34 * MILLION)], &[]);
    w.to_execution(0);
    w.execute(0, 0).unwrap();
    w.svm.advance(DAY);
    w.claim(0, 0).unwrap();
    w.mark(HEDGES, 0).unwrap();
    w.svm.advance(DAY);
    w.claim(0, 0).unwrap();
    w.open_next_epoch();
    assert_eq!(position(&w, HEDGES).mark, 2 * MILLION);
}

#[test]
fn what_comes_back_after_the_report_lowers_it() {
    let (mut w, _, recipient) = hedged();
    w.mark(HEDGES, 30 * MILLION).unwrap();
    w.return_funds(&recipient, HEDGES, 4 * MILLION).unwrap();
    w.open_next_epoch();
    let counted = position(&w, HEDGES);
    assert_eq!((counted.cost, counted.mark), (16 * MILLION, 26 * MILLION));
}

#[test]
fn it_changes_its_own_report_and_nothing_else() {
    let (mut w, ..) = hedged();
    let (before, now) = (w.treasury(), w.svm.now());
    w.mark(HEDGES, 7 * MILLION).unwrap();
    let mut expected = before;
    expected.seq += 1;
    expected.positions[1].reported_mark = 7 * MILLION;
    expected.positions[1].reported_at = now;
    assert_eq!(bytemuck::bytes_of(&w.treasury()), bytemuck::bytes_of(&expected));
}

#[test]
fn its_event_tells_mark_and_time() {
    let (mut w, ..) = hedged();
    let landed = w.mark(VENTURES, 7).unwrap();
    let PositionMarked { seq, treasury, category, mark, reported_at } = event(&landed);
    assert_eq!((seq, treasury), (w.treasury().seq, w.community.treasury));
    assert_eq!((category, mark, reported_at), (VENTURES, 7, w.svm.now()));
}
