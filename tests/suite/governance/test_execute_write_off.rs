//! execute_write_off
//! ├── given an account of another treasury or epoch ....... AccountMismatch
//! ├── given an act of another kind ........................ WrongAction
//! ├── given the epoch is not settled ...................... NotSettled
//! └── given it is
//!     ├── when the act has been executed .................. AlreadyExecuted
//!     ├── when it failed, was superseded, withdrawn or has
//!     │   lapsed .......................................... EntryNotApproved
//!     ├── when the timelock runs .......................... StillTimelocked
//!     ├── when the grace is over .......................... GraceOver
//!     ├── when the category was written off since ......... TargetChanged
//!     └── when approved and in time
//!         ├── anyone may call, whether or not breaker or pause block awards
//!         ├── the cost falls by the amount, at most to zero, mark and report with it
//!         ├── what is pending stays
//!         ├── an operating category has nothing to lose
//!         └── no money moves

use budget_tests::*;
use community_budget::{BudgetError, events::PositionWrittenOff, state::Action};

use crate::{
    resolution::{self, Case},
    stage::*,
};

const LOST: u64 = 30 * MILLION;

const CASE: Case = Case {
    begin: losing,
    action: || Action::WriteOff { category: HEDGES, amount: LOST },
    instruction: Community::execute_write_off,
};

/// Writes `amount` of a category off in the epoch that is open.
fn write_off(w: &mut World, voter: &Person, category: u8, amount: u64) -> Landed {
    fill(w, &[], &[Action::WriteOff { category, amount }]);
    carry(w, voter);
    let epoch = w.current();
    w.to_execution(epoch);
    w.execute_action(epoch, 0).unwrap()
}

#[test]
fn anyone_may_execute_it() {
    resolution::anyone_may(&CASE);
}

#[test]
fn accounts_of_another_treasury_are_refused() {
    resolution::foreign_accounts(&CASE, BudgetError::AccountMismatch);
}

#[test]
fn a_proposal_of_another_epoch_is_refused() {
    resolution::proposal_of_another_epoch(&CASE, BudgetError::AccountMismatch);
}

#[test]
fn an_act_of_another_kind_is_refused() {
    resolution::other_actions(&CASE, WRITE_OFF, BudgetError::WrongAction);
}

#[test]
fn nothing_happens_before_the_settlement() {
    resolution::before_settlement(&CASE, BudgetError::NotSettled);
}

#[test]
fn a_second_execution_is_refused() {
    resolution::twice(&CASE, BudgetError::AlreadyExecuted);
}

#[test]
fn an_act_that_was_not_approved_is_refused() {
    resolution::not_approved(&CASE, BudgetError::EntryNotApproved);
}

#[test]
fn it_waits_for_the_constitutional_timelock() {
    resolution::timelock(&CASE, BudgetError::StillTimelocked);
}

#[test]
fn the_grace_ends_for_good() {
    resolution::last_second_of_grace(&CASE);
    resolution::grace(&CASE, BudgetError::GraceOver);
}

#[test]
fn a_category_written_off_since_the_settlement_is_stale() {
    resolution::stale(&CASE, BudgetError::TargetChanged);
}

#[test]
fn two_votes_in_turn_are_both_carried_out() {
    resolution::in_turn(&CASE);
}

#[test]
fn another_category_is_another_target() {
    let (mut w, voter) = CASE.approved();
    let act = Action::WriteOff { category: VENTURES, amount: 1 };
    let second = decide(&mut w, &voter, &[], &[act]);
    w.to_execution(second);
    w.execute_action(second, 0).unwrap();
    w.execute_action(second - 1, 0).unwrap();
    let changes = w.treasury().target_changes;
    let (hedges, ventures) =
        (changes[12 + usize::from(HEDGES)], changes[12 + usize::from(VENTURES)]);
    assert_eq!((hedges, ventures), (1, 1));
}

#[test]
fn neither_breaker_nor_pause_stops_it() {
    resolution::unstoppable(&CASE);
}

#[test]
fn the_cost_falls_by_the_amount_and_the_loss_is_on_the_books() {
    // Out: 200 million, worth 100 million.
    let (mut w, voter) = losing();
    write_off(&mut w, &voter, HEDGES, LOST);
    let after = position(&w, HEDGES);
    assert_eq!((after.cost, after.mark), (HEDGED - LOST, LEFT));
    assert_eq!((w.treasury().realised_loss, w.treasury().realised_profit), (LOST, 0));
}

#[test]
fn the_mark_never_exceeds_what_a_write_off_left() {
    let (mut w, voter) = losing();
    write_off(&mut w, &voter, HEDGES, HEDGED - 1);
    let after = position(&w, HEDGES);
    assert_eq!((after.cost, after.mark), (1, 1));
    assert_eq!(w.treasury().realised_loss, HEDGED - 1);
}

#[test]
fn a_report_on_its_way_does_not_bring_the_loss_back() {
    // Reported between the vote and its execution, and counted after both.
    let (mut w, _) = CASE.approved();
    w.mark(HEDGES, HEDGED).unwrap();
    w.to_execution(1);
    CASE.execute(&mut w, 1, 0).unwrap();
    w.open_next_epoch();
    let after = position(&w, HEDGES);
    assert_eq!((after.cost, after.mark), (HEDGED - LOST, HEDGED - LOST));
}

#[test]
fn no_more_is_lost_than_is_out() {
    for (amount, lost) in [(HEDGED, HEDGED), (HEDGED + 1, HEDGED), (u64::MAX, HEDGED)] {
        let (mut w, voter) = losing();
        write_off(&mut w, &voter, HEDGES, amount);
        let after = position(&w, HEDGES);
        assert_eq!((after.cost, after.mark), (0, 0));
        assert_eq!(w.treasury().realised_loss, lost);
    }
}

#[test]
fn what_is_promised_and_not_paid_is_not_written_off() {
    let (mut w, voter) = losing();
    let act = Action::WriteOff { category: HEDGES, amount: u64::MAX };
    fill(&mut w, &[ask_in(HEDGES, 20 * MILLION)], &[act]);
    carry(&mut w, &voter);
    w.to_execution(1);
    let committed = w.treasury().committed;
    w.execute_action(1, 1).unwrap();
    let after = position(&w, HEDGES);
    assert_eq!((after.pending, after.cost), (20 * MILLION, 0));
    assert_eq!(w.treasury().committed, committed);
    w.execute(1, 0).unwrap();
    w.svm.advance(STREAM);
    w.claim(1, 0).unwrap();
    assert_eq!(position(&w, HEDGES).cost, 20 * MILLION);
}

#[test]
fn an_operating_category_has_nothing_to_lose() {
    let (mut w, voter) = community(brisk());
    pay_out(&mut w, &voter, GENERAL, 50 * MILLION);
    w.open_next_epoch();
    let before = w.treasury().positions;
    write_off(&mut w, &voter, GENERAL, 50 * MILLION);
    assert_eq!(w.treasury().positions, before);
    assert_eq!(w.treasury().realised_loss, 0);
}

#[test]
fn it_moves_no_money() {
    let (mut w, _) = CASE.executable();
    let (before, vault) = (w.treasury(), w.vault());
    CASE.execute(&mut w, 1, 0).unwrap();
    let after = w.treasury();
    assert_eq!(
        (after.tracked, after.committed, after.high_water),
        (before.tracked, before.committed, before.high_water)
    );
    assert_eq!(w.vault(), vault);
}

#[test]
fn its_event_tells_the_loss_and_what_is_left() {
    let (mut w, _) = CASE.executable();
    let (landed, own_seq, own_epoch) = resolution::executed(&CASE, &mut w);
    let PositionWrittenOff { seq, epoch, index, category, loss, cost } = event(&landed);
    assert_eq!((seq, epoch, index), (own_seq, own_epoch, 0));
    assert_eq!((category, loss, cost), (HEDGES, LOST, HEDGED - LOST));
}
