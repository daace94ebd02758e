//! execute_clear_breaker
//! ├── given an account of another treasury or epoch ....... AccountMismatch
//! ├── given an act of another kind ........................ WrongAction
//! ├── given the epoch is not settled ...................... NotSettled
//! └── given it is
//!     ├── when the act has been executed .................. AlreadyExecuted
//!     ├── when it failed, was superseded, withdrawn or has
//!     │   lapsed .......................................... EntryNotApproved
//!     ├── when the timelock runs .......................... StillTimelocked
//!     ├── when the grace is over .......................... GraceOver
//!     ├── when the breaker tripped or was cleared since ... TargetChanged
//!     ├── when it has not tripped, or the trip is over .... BreakerNotTripped
//!     └── when approved, in time and tripped
//!         ├── anyone may call, and a pause does not stop it
//!         ├── the trip ends this very second, a pause goes on
//!         ├── the high-water mark is what is there
//!         └── the breaker rests for one period

use budget_tests::*;
use community_budget::{BudgetError, events::BreakerCleared, state::Action};

use crate::{
    resolution::{self, Case},
    stage::*,
};

/// The trip began when the epoch opened and lasts beyond the act's timelock.
const CASE: Case = Case {
    begin: tripped,
    action: || Action::ClearBreaker,
    instruction: Community::execute_clear_breaker,
};

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
    resolution::other_actions(&CASE, CLEAR_BREAKER, BudgetError::WrongAction);
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
fn the_grace_ends_after_the_trip_for_good() {
    resolution::grace(&CASE, BudgetError::GraceOver);
}

#[test]
fn a_trip_cleared_since_the_settlement_is_stale() {
    resolution::stale(&CASE, BudgetError::TargetChanged);
}

#[test]
fn a_trip_that_began_since_the_settlement_is_another_one() {
    let (mut w, voter) = losing();
    fill(&mut w, &[], &[Action::ClearBreaker]);
    carry(&mut w, &voter);
    w.trip().unwrap();
    w.to_execution(1);
    refused(&mut w, BudgetError::TargetChanged, |w| CASE.execute(w, 1, 0));
}

#[test]
fn a_trip_whose_end_was_booked_since_the_settlement_is_stale() {
    // Over; the opening of the next epoch books it.
    let (mut w, _) = CASE.approved();
    let until = w.treasury().tripped_until;
    w.svm.set_now(until);
    w.open_next_epoch();
    refused(&mut w, BudgetError::TargetChanged, |w| CASE.execute(w, 1, 0));
}

#[test]
fn a_breaker_that_never_tripped_is_not_cleared() {
    let (mut w, voter) = losing();
    fill(&mut w, &[], &[Action::ClearBreaker]);
    carry(&mut w, &voter);
    w.to_execution(1);
    refused(&mut w, BudgetError::BreakerNotTripped, |w| CASE.execute(w, 1, 0));
}

#[test]
fn a_trip_that_is_over_is_not_cleared() {
    let (mut w, _) = CASE.approved();
    let until = w.treasury().tripped_until;
    for late in [0, 1] {
        w.svm.set_now(until + late);
        refused(&mut w, BudgetError::BreakerNotTripped, |w| CASE.execute(w, 1, 0));
    }
    w.svm.set_now(until - 1);
    CASE.execute(&mut w, 1, 0).unwrap();
    assert_eq!(w.treasury().tripped_until, until - 1);
}

#[test]
fn the_trip_ends_and_the_high_water_mark_is_what_is_there() {
    let (mut w, _) = CASE.executable();
    let (before, now) = (w.treasury(), w.svm.now());
    assert!(before.is_tripped(now));
    CASE.execute(&mut w, 1, 0).unwrap();
    let after = w.treasury();
    assert!(!after.is_tripped(now));
    // Of 1,000 million, 200 million went into hedges; half of them is left, less the haircut.
    assert_eq!(after.high_water, 800 * MILLION + 90 * MILLION);
    assert_ne!(before.high_water, after.high_water);
    assert_eq!((after.tripped_until, after.trip_open), (now, 0));
    assert_eq!(after.breaker_rests_until, now + 7 * DAY);
    assert!(!after.standstill().is_on(now));
    // What was blocked stays counted, and no more than that.
    assert_eq!(after.standstill_secs(now).unwrap(), now - before.tripped_at);
    assert_eq!(after.standstill_secs(now + 100 * DAY).unwrap(), now - before.tripped_at);
    assert_eq!((after.tracked, after.committed), (before.tracked, before.committed));
}

#[test]
fn a_pause_neither_stops_it_nor_ends_with_it() {
    let (mut w, _) = CASE.executable();
    let guardian = w.guardian.clone();
    w.pause_executions(&guardian, DAY_SECS).unwrap();
    CASE.execute(&mut w, 1, 0).unwrap();
    let (treasury, now) = (w.treasury(), w.svm.now());
    assert!(!treasury.is_tripped(now));
    assert!(treasury.standstill().is_on(now + DAY - 1));
    assert!(!treasury.standstill().is_on(now + DAY));
}

#[test]
fn its_event_tells_the_mark_and_the_rest() {
    let (mut w, _) = CASE.executable();
    let (landed, own_seq, own_epoch) = resolution::executed(&CASE, &mut w);
    let BreakerCleared { seq, epoch, index, high_water, rests_until } = event(&landed);
    assert_eq!((seq, epoch, index), (own_seq, own_epoch, 0));
    assert_eq!((high_water, rests_until), (890 * MILLION, w.svm.now() + 7 * DAY));
}
