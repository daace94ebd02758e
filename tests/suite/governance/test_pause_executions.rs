//! pause_executions
//! ├── given the guardian does not sign .................... AccountNotSigner
//! ├── given a forged sysvar ............................... AccountMismatch
//! ├── given a durable nonce ............................... DurableNonceRefused
//! ├── given somebody else, a former guardian or a vacancy . RoleRequired
//! ├── given no second, more than the allowance leaves, or
//! │   a pause that runs ................................... PauseExceedsAllowance
//! └── given what the allowance leaves
//!     ├── awards and changes of policy are blocked, half-open
//!     ├── the allowance is used up by the sum of all pauses
//!     ├── it is renewed 90 days after the last one ended
//!     └── it is the one of the policy in force

use anchor_lang::error::ErrorCode;
use budget_tests::*;
use community_budget::{BudgetError, events::ExecutionsPaused, state::Role};

use crate::{roles::RoleCase, stage::*};

const TREASURY: usize = 1;

const CASE: RoleCase = RoleCase {
    begin: |w, _| w,
    instruction: |w, guardian| w.community.pause_executions(guardian, DAY_SECS),
    role: Role::Guardian,
    holder: |w| w.guardian.clone(),
    sysvar: 2,
};

/// A community and its guardian, who may pause for seven days.
fn begin() -> (World, Person) {
    let (w, _) = community(brisk());
    let guardian = w.guardian.clone();
    (w, guardian)
}

const WEEK: u32 = 7 * DAY_SECS;

#[track_caller]
fn refused_pause(w: &mut World, guardian: &Person, secs: u32) {
    refused(w, BudgetError::PauseExceedsAllowance, |w| w.pause_executions(guardian, secs));
}

#[test]
fn the_guardian_must_sign() {
    CASE.holder_must_sign(ErrorCode::AccountNotSigner);
}

#[test]
fn nobody_else_may_pause() {
    CASE.nobody_else_may(BudgetError::RoleRequired);
}

#[test]
fn a_former_guardian_may_not_pause() {
    CASE.former_holder_may_not(BudgetError::RoleRequired);
}

#[test]
fn nobody_may_pause_without_a_guardian() {
    CASE.nobody_may_while_vacant(BudgetError::RoleRequired);
}

#[test]
fn no_pause_can_be_kept_for_later() {
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
fn the_guardian_of_one_treasury_is_nobody_in_another() {
    let (mut w, voter) = community(brisk());
    let own = w.guardian.clone();
    w.guardian = w.person();
    let other = second_treasury(&mut w, &voter);
    let pause = w.community.pause_executions(own.key(), DAY_SECS);
    let mixed = swapped(pause, TREASURY, other.treasury);
    refused(&mut w, BudgetError::RoleRequired, |w| w.send(mixed, &[&own]));
}

#[test]
fn a_pause_of_no_time_is_refused() {
    let (mut w, guardian) = begin();
    refused_pause(&mut w, &guardian, 0);
}

#[test]
fn a_pause_may_take_the_whole_allowance_and_no_second_more() {
    let (mut w, guardian) = begin();
    refused_pause(&mut w, &guardian, WEEK + 1);
    refused_pause(&mut w, &guardian, u32::MAX);
    w.pause_executions(&guardian, WEEK).unwrap();
    assert_eq!(w.treasury().pause_used_secs, WEEK);
}

#[test]
fn several_pauses_share_one_allowance() {
    let (mut w, guardian) = begin();
    w.pause_executions(&guardian, 3 * DAY_SECS).unwrap();
    w.svm.advance(40 * DAY);
    refused_pause(&mut w, &guardian, 4 * DAY_SECS + 1);
    w.pause_executions(&guardian, 4 * DAY_SECS).unwrap();
    w.svm.advance(4 * DAY);
    refused_pause(&mut w, &guardian, 1);
}

#[test]
fn a_pause_that_runs_is_not_prolonged() {
    let (mut w, guardian) = begin();
    w.pause_executions(&guardian, DAY_SECS).unwrap();
    refused_pause(&mut w, &guardian, 1);
    w.svm.advance(DAY - 1);
    refused_pause(&mut w, &guardian, 1);
    w.svm.advance(1);
    w.pause_executions(&guardian, 1).unwrap();
    assert_eq!(w.treasury().pause_used_secs, DAY_SECS + 1);
}

#[test]
fn the_allowance_is_renewed_ninety_days_after_the_last_pause_ended() {
    let (mut w, guardian) = begin();
    w.pause_executions(&guardian, WEEK - 1).unwrap();
    w.svm.advance(50 * DAY);
    w.pause_executions(&guardian, 1).unwrap();
    let ended = w.svm.now() + 1;
    for at in [ended, ended + 90 * DAY - 1] {
        w.svm.set_now(at);
        refused_pause(&mut w, &guardian, 1);
    }
    w.svm.set_now(ended + 90 * DAY);
    refused_pause(&mut w, &guardian, WEEK + 1);
    w.pause_executions(&guardian, WEEK).unwrap();
    assert_eq!(w.treasury().pause_used_secs, WEEK);
}

#[test]
fn a_policy_without_pauses_grants_none() {
    let mut policy = brisk();
    policy.breaker.guardian_pause_secs = 0;
    let (mut w, _) = community(policy);
    let guardian = w.guardian.clone();
    refused_pause(&mut w, &guardian, 1);
}

#[test]
fn it_blocks_awards_from_its_first_second_to_its_last() {
    // `ExecutionBlocked` is documented where executions are.
    let (mut w, voter) = community(brisk());
    let guardian = w.guardian.clone();
    decide(&mut w, &voter, &[ask_in(GENERAL, 5 * MILLION)], &[]);
    to_settled(&mut w, 0, DAY);
    let from = w.svm.now();
    w.pause_executions(&guardian, DAY_SECS).unwrap();
    for at in [from, from + DAY - 1] {
        w.svm.set_now(at);
        assert_blocked(&mut w, |w| w.execute(0, 0));
    }
    w.svm.set_now(from + DAY);
    w.execute(0, 0).unwrap();
}

#[test]
fn it_changes_the_standstill_and_nothing_else() {
    let (mut w, guardian) = begin();
    let (before, now) = (w.treasury(), w.svm.now());
    w.pause_executions(&guardian, DAY_SECS).unwrap();
    let mut expected = before;
    expected.seq += 1;
    expected.pause_used_secs = DAY_SECS;
    expected.pause_until = now + DAY;
    expected.standstill_from = now;
    expected.standstill_until = now + DAY;
    assert_eq!(bytemuck::bytes_of(&w.treasury()), bytemuck::bytes_of(&expected));
}

#[test]
fn its_event_tells_the_end_and_what_is_used() {
    let (mut w, guardian) = begin();
    w.pause_executions(&guardian, 5).unwrap();
    w.svm.advance(5);
    let landed = w.pause_executions(&guardian, DAY_SECS).unwrap();
    let ExecutionsPaused { seq, treasury, until, used_secs } = event(&landed);
    assert_eq!((seq, treasury), (w.treasury().seq, w.community.treasury));
    assert_eq!((until, used_secs), (w.svm.now() + DAY, DAY_SECS + 5));
}
