//! execute_award while breaker or pause is on
//! ├── given either is on .................................. ExecutionBlocked
//! │   ├── the timelock runs on ............................ StillTimelocked
//! │   └── the grace stands still .......................... lapse: GraceNotOver
//! └── given both have ended
//!     ├── the award can be executed
//!     └── the grace ends as much later .................... GraceOver

use budget_tests::*;
use community_budget::BudgetError;

use crate::stage::*;

#[test]
fn a_pause_blocks_until_it_ends() {
    let (mut w, _) = executable();
    pause(&mut w, 5);
    refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute(0, 0));
    w.svm.advance(5 * DAY - 1);
    refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute(0, 1));
    w.svm.advance(1);
    w.execute(0, 0).unwrap();
    w.execute(0, 1).unwrap();
}

#[test]
fn a_tripped_breaker_blocks_until_the_trip_ends() {
    let (mut w, _) = trippable();
    w.trip().unwrap();
    refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute(0, 0));
    w.svm.advance(7 * DAY - 1);
    refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute(0, 0));
    w.svm.advance(1);
    w.execute(0, 0).unwrap();
}

#[test]
fn breaker_and_pause_block_as_long_as_either_is_on() {
    let (mut w, _) = trippable();
    pause(&mut w, 2);
    w.svm.advance(DAY);
    w.trip().unwrap(); // from day 9 to day 16 after settlement
    for days in [9, 10, 15] {
        since_settlement(&mut w, days * DAY);
        refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute(0, 0));
    }
    since_settlement(&mut w, 16 * DAY);
    w.execute(0, 0).unwrap();
}

#[test]
fn the_timelock_runs_on_under_a_pause() {
    let (mut w, _) = settled();
    pause(&mut w, 1);
    refused(&mut w, BudgetError::StillTimelocked, |w| w.execute(0, 0));
    since_settlement(&mut w, DAY - 1);
    refused(&mut w, BudgetError::StillTimelocked, |w| w.execute(0, 0));
    since_settlement(&mut w, DAY);
    w.execute(0, 0).unwrap();
}

/// Both asks are funded; executions were blocked from the 10th to the 17th day after settlement.
fn blocked_for_a_week() -> World {
    let (mut w, _) = settled();
    since_settlement(&mut w, 10 * DAY);
    pause(&mut w, 7);
    since_settlement(&mut w, 17 * DAY);
    w
}

#[test]
fn grace_stands_still_while_blocked() {
    let (mut w, _) = settled();
    since_settlement(&mut w, 10 * DAY);
    pause(&mut w, 7);
    // Without the pause the grace would have ended on day 14.
    for days in [14, 16] {
        since_settlement(&mut w, days * DAY);
        refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute(0, 0));
        refused(&mut w, BudgetError::GraceNotOver, |w| w.lapse(0, 0));
    }
    since_settlement(&mut w, 17 * DAY);
    w.execute(0, 0).unwrap();
}

#[test]
fn the_grace_that_stood_still_ends_as_much_later() {
    let mut w = blocked_for_a_week();
    since_settlement(&mut w, 21 * DAY - 1);
    refused(&mut w, BudgetError::GraceNotOver, |w| w.lapse(0, 1));
    w.execute(0, 0).unwrap();
    w.svm.advance(1);
    refused(&mut w, BudgetError::GraceOver, |w| w.execute(0, 1));
    w.lapse(0, 1).unwrap();
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.execute(0, 1));
}

#[test]
fn a_pause_from_the_end_of_the_grace_on_gives_no_time_back() {
    let (mut w, _) = settled();
    since_settlement(&mut w, 14 * DAY);
    pause(&mut w, 7);
    for days in [14, 18, 21] {
        since_settlement(&mut w, days * DAY);
        refused(&mut w, BudgetError::GraceOver, |w| w.execute(0, 0));
    }
}
