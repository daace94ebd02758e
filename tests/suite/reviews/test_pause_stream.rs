//! pause_stream
//! ├── given the guardian does not sign .................... AccountNotSigner
//! ├── given somebody else signs
//! │   ├── another role, the recipient, a voter ............ RoleRequired
//! │   ├── a former guardian, once a vote named another .... RoleRequired
//! │   └── anyone, while the role is vacant ................ RoleRequired
//! ├── given the signature could be kept for later ......... DurableNonceRefused
//! ├── given another treasury, stream or sysvar ............ AccountMismatch
//! ├── given a stream that has ended ....................... StreamEnded
//! ├── given a held stream, or a paused one now overdue .... StreamHeld
//! ├── given no time, or more than is left of the policy's . PauseExceedsAllowance
//! ├── given seven days since the last pause are not over .. PausedRecently
//! └── given all that
//!     ├── nothing accrues meanwhile, and afterwards it goes on where it stood
//!     ├── what was released is paid meanwhile
//!     ├── the allowance is for the stream's life, and that of the policy in force
//!     └── state and event say so, no money moves

use anchor_lang::{
    error::ErrorCode,
    prelude::Pubkey,
    solana_program::{instruction::Instruction, system_instruction},
    system_program,
};
use budget_tests::*;
use community_budget::{
    BudgetError,
    events::StreamPaused,
    state::{Action, PolicyPatch, Role, Ruling},
};

use crate::stage::*;

const GUARDIAN: usize = 0;
const TREASURY: usize = 1;
const STREAM: usize = 2;
const INSTRUCTIONS: usize = 3;

/// The policy's pause, over a stream's life.
const ALLOWANCE: u32 = 7 * DAY_SECS;
/// Between two pauses of a stream.
const REST: i64 = 7 * DAY;

/// The guardian's pause of Alice's stream.
fn pause(w: &World, secs: u32) -> Instruction {
    w.community.pause_stream(w.guardian.key(), w.stream_key(0, 0), secs)
}

fn paused_for(w: &mut World, secs: u32) -> Act {
    let guardian = w.guardian.clone();
    w.pause_stream(&guardian, 0, 0, secs)
}

#[test]
fn the_guardian_must_sign() {
    let (mut w, _) = streaming();
    let unsigned = unsigned(pause(&w, DAY_SECS), GUARDIAN);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(unsigned, &[]));
}

#[test]
fn nobody_else_pauses() {
    let (mut w, cast) = streaming();
    let (reviewer, reporter) = (w.reviewer.clone(), w.risk_reporter.clone());
    for person in [&reviewer, &reporter, &w.founder.clone(), &cast.alice, &cast.voter] {
        let act = |w: &mut World| w.pause_stream(person, 0, 0, DAY_SECS);
        refused(&mut w, BudgetError::RoleRequired, act);
    }
}

#[test]
fn a_former_guardian_is_refused_and_the_new_one_pauses() {
    let (mut w, cast) = streaming();
    let successor = w.person();
    give_role(&mut w, &cast, Role::Guardian, successor.key());
    refused(&mut w, BudgetError::RoleRequired, |w| paused_for(w, DAY_SECS));
    w.pause_stream(&successor, 0, 0, DAY_SECS).unwrap();
    assert_eq!(w.stream(0, 0).pause_until, w.svm.now() + DAY);
}

#[test]
fn a_vacant_role_pauses_nothing() {
    let (mut w, cast) = streaming();
    give_role(&mut w, &cast, Role::Guardian, Pubkey::default());
    refused(&mut w, BudgetError::RoleRequired, |w| paused_for(w, DAY_SECS));
}

#[test]
fn the_zero_key_of_a_vacant_role_pauses_nothing() {
    // Nobody has its signature; unchecked, it must not help either.
    let setup = Setup { signature_checks: false, ..Setup::default() };
    let (mut w, cast) = stream_of(setup, &usual_ask());
    give_role(&mut w, &cast, Role::Guardian, Pubkey::default());
    let nobodys = swapped(pause(&w, DAY_SECS), GUARDIAN, Pubkey::default());
    refused(&mut w, BudgetError::RoleRequired, |w| w.send(nobodys, &[]));
}

#[test]
fn a_pause_cannot_be_signed_ahead() {
    let (mut w, _) = streaming();
    let (guardian, act) = (w.guardian.clone(), pause(&w, DAY_SECS));
    // Another instruction of the System program is no advance.
    let harmless = system_instruction::transfer(&w.svm.fee_payer(), &guardian.key(), 1_000_000);
    assert_refuses_durable_nonce(&mut w, &guardian, act, harmless);
    assert_eq!(w.stream(0, 0).pause_until, w.svm.now() + DAY);
}

#[test]
fn another_treasury_is_refused() {
    let (mut w, _, twin) = twins();
    let (guardian, own) = (w.guardian.clone(), pause(&w, DAY_SECS));
    let swapped = swapped(own, TREASURY, twin.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[&guardian]));
}

#[test]
fn a_stream_of_another_treasury_is_refused() {
    let (mut w, _, twin) = twins();
    let (guardian, own) = (w.guardian.clone(), pause(&w, DAY_SECS));
    let foreign = within(&mut w, twin, |w| w.stream_key(0, 0));
    let swapped = swapped(own, STREAM, foreign);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[&guardian]));
}

#[test]
fn another_account_than_the_sysvar_is_refused() {
    let (mut w, _) = streaming();
    let (guardian, own) = (w.guardian.clone(), pause(&w, DAY_SECS));
    for account in [system_program::ID, w.community.treasury, guardian.key()] {
        let swapped = swapped(own.clone(), INSTRUCTIONS, account);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[&guardian]));
    }
}

#[test]
fn an_ended_stream_is_not_paused() {
    let (mut w, cast) = streaming();
    rule(&mut w, &cast, Ruling::Cancel);
    refused(&mut w, BudgetError::StreamEnded, |w| paused_for(w, DAY_SECS));

    at(&mut w, PART_SECS + WINDOW + 180 * DAY);
    w.hold(0, 1).unwrap();
    w.lapse_stream(0, 1, None).unwrap();
    let guardian = w.guardian.clone();
    let act = |w: &mut World| w.pause_stream(&guardian, 0, 1, DAY_SECS);
    refused(&mut w, BudgetError::StreamEnded, act);
}

#[test]
fn an_overdue_stream_is_not_paused_a_second_time() {
    let (mut w, _) = streaming();
    at(&mut w, PART_SECS + WINDOW);
    let due_at = w.svm.now();
    paused_for(&mut w, 3 * DAY_SECS).unwrap();
    w.svm.advance(3 * DAY + REST);
    refused(&mut w, BudgetError::StreamHeld, |w| paused_for(w, DAY_SECS));
    // So two pauses cannot make it look as if it had been due later than it was.
    w.hold(0, 0).unwrap();
    assert_eq!(w.stream(0, 0).held_at, due_at);
}

#[test]
fn a_held_stream_is_not_paused() {
    let (mut w, _) = held();
    refused(&mut w, BudgetError::StreamHeld, |w| paused_for(w, DAY_SECS));
    w.svm.advance(100 * DAY);
    refused(&mut w, BudgetError::StreamHeld, |w| paused_for(w, 1));
}

#[test]
fn a_pause_lasts_at_least_a_second_and_at_most_what_the_policy_allows() {
    for (secs, fits) in [
        (0, false),
        (1, true),
        (ALLOWANCE - 1, true),
        (ALLOWANCE, true),
        (ALLOWANCE + 1, false),
        (u32::MAX, false),
    ] {
        let (mut w, _) = streaming();
        if fits {
            paused_for(&mut w, secs).unwrap();
            assert_eq!(w.stream(0, 0).pause_until, w.svm.now() + i64::from(secs));
        } else {
            refused(&mut w, BudgetError::PauseExceedsAllowance, |w| paused_for(w, secs));
        }
    }
}

#[test]
fn the_allowance_is_for_the_streams_life() {
    let (mut w, _) = streaming();
    paused_for(&mut w, 3 * DAY_SECS).unwrap();
    w.svm.advance(3 * DAY + REST);
    refused(&mut w, BudgetError::PauseExceedsAllowance, |w| paused_for(w, 4 * DAY_SECS + 1));
    paused_for(&mut w, 4 * DAY_SECS).unwrap();
    assert_eq!(w.stream(0, 0).pause_used_secs, ALLOWANCE);
    // Nothing renews it. The other stream has its own.
    w.svm.advance(100 * DAY);
    refused(&mut w, BudgetError::PauseExceedsAllowance, |w| paused_for(w, 1));
    let guardian = w.guardian.clone();
    w.pause_stream(&guardian, 0, 1, ALLOWANCE).unwrap();
}

#[test]
fn used_time_does_not_wrap() {
    let (mut w, _) = streaming();
    paused_for(&mut w, 1).unwrap();
    w.svm.advance(1 + REST);
    refused(&mut w, BudgetError::PauseExceedsAllowance, |w| paused_for(w, u32::MAX));
}

#[test]
fn a_policy_without_pauses_allows_none() {
    let mut policy = test_policy();
    policy.breaker.guardian_pause_secs = 0;
    let (mut w, _) = stream_of(Setup { policy, ..Setup::default() }, &usual_ask());
    refused(&mut w, BudgetError::PauseExceedsAllowance, |w| paused_for(w, 1));
}

#[test]
fn the_allowance_is_that_of_the_policy_in_force() {
    let (mut w, cast) = streaming();
    let mut breaker = test_policy().breaker;
    breaker.guardian_pause_secs = 14 * DAY_SECS;
    let act = Action::SetPolicy(PolicyPatch::Breaker(breaker));
    w.pass_action(&cast.bob, &cast.voter, act);
    refused(&mut w, BudgetError::PauseExceedsAllowance, |w| paused_for(w, 14 * DAY_SECS));
    w.open_next_epoch();
    refused(&mut w, BudgetError::PauseExceedsAllowance, |w| paused_for(w, 14 * DAY_SECS + 1));
    paused_for(&mut w, 14 * DAY_SECS).unwrap();
}

#[test]
fn two_pauses_of_a_stream_are_seven_days_apart() {
    let until = 10 * DAY + DAY;
    for (secs, rested) in [
        (10 * DAY, false),
        (until - 1, false),
        (until, false),
        (until + REST - 1, false),
        (until + REST, true),
        (until + REST + 1, true),
    ] {
        let (mut w, _) = streaming();
        at(&mut w, 10 * DAY);
        paused_for(&mut w, DAY_SECS).unwrap();
        at(&mut w, secs);
        if rested {
            paused_for(&mut w, DAY_SECS).unwrap();
            assert_eq!(w.stream(0, 0).pause_from, w.svm.now());
        } else {
            refused(&mut w, BudgetError::PausedRecently, |w| paused_for(w, DAY_SECS));
        }
    }
}

#[test]
fn nothing_accrues_meanwhile_and_then_it_goes_on_where_it_stood() {
    let (mut w, _) = streaming();
    at(&mut w, 10 * DAY);
    paused_for(&mut w, 2 * DAY_SECS).unwrap();
    // What was released before is paid during the pause.
    for (secs, paid) in [
        (10 * DAY, 10 * DAILY),
        (11 * DAY, 10 * DAILY),
        (12 * DAY, 10 * DAILY),
        (13 * DAY, 11 * DAILY),
        (20 * DAY, 18 * DAILY),
    ] {
        at(&mut w, secs);
        assert_eq!(released(&mut w), paid, "{secs} s after the start");
    }
    paused_for(&mut w, DAY_SECS).unwrap();
    for (secs, paid) in [(21 * DAY, 18 * DAILY), (22 * DAY, 19 * DAILY), (33 * DAY, PART)] {
        at(&mut w, secs);
        assert_eq!(released(&mut w), paid, "{secs} s after the start");
    }
}

#[test]
fn the_second_it_ends_in_accrues() {
    // 5,184,000 base units in 60 days: one each second.
    let ask = Ask::with_reviews(5_184_000, 60, 0);
    let (mut w, _) = stream_of(Setup::default(), &ask);
    at(&mut w, 100);
    paused_for(&mut w, 10).unwrap();
    for (secs, paid) in [(100, 100), (101, 100), (109, 100), (110, 100), (111, 101), (120, 110)] {
        at(&mut w, secs);
        assert_eq!(released(&mut w), paid, "{secs} s after the start");
    }
    at(&mut w, 60 * DAY + 9);
    assert_eq!(released(&mut w), 5_184_000 - 1);
    at(&mut w, 60 * DAY + 10);
    assert_eq!(released(&mut w), 5_184_000);
    assert_adds_up(&mut w);
}

#[test]
fn the_reviewers_silence_before_it_counts() {
    let (mut w, cast) = streaming();
    filed_at(&mut w, &cast, PART_SECS);
    at(&mut w, PART_SECS + GRACE);
    paused_for(&mut w, DAY_SECS).unwrap();
    let stream = w.stream(0, 0);
    assert_eq!((stream.passed, stream.previous_passed_at), (1, PART_SECS + GRACE));
    assert_eq!(released(&mut w), PART + 7 * DAILY);
}

#[test]
fn the_pause_is_recorded_and_no_money_moves() {
    let (mut w, _) = streaming();
    at(&mut w, 10 * DAY);
    let (books, vault, before, bobs) = (w.treasury(), w.vault(), w.stream(0, 0), w.stream(0, 1));
    let landed = paused_for(&mut w, 12_345).unwrap();

    let until = w.svm.now() + 12_345;
    let mut expected = before;
    expected.pause_from = w.svm.now();
    expected.pause_until = until;
    expected.pause_used_secs = 12_345;
    assert_eq!(bytemuck::bytes_of(&w.stream(0, 0)), bytemuck::bytes_of(&expected));
    assert_eq!(bytemuck::bytes_of(&w.stream(0, 1)), bytemuck::bytes_of(&bobs));

    let mut counted = books;
    counted.seq += 1;
    assert_eq!(bytemuck::bytes_of(&w.treasury()), bytemuck::bytes_of(&counted));
    assert_eq!(w.vault(), vault);

    let StreamPaused { seq, treasury, stream, until: ends_at, used_secs } = event(&landed);
    assert_eq!((seq, treasury), (books.seq + 1, w.community.treasury));
    assert_eq!((stream, ends_at, used_secs), (w.stream_key(0, 0), until, 12_345));
}

#[test]
fn the_event_tells_the_time_used_in_all() {
    let (mut w, _) = streaming();
    paused_for(&mut w, 100).unwrap();
    w.svm.advance(100 + REST);
    let paused: StreamPaused = event(&paused_for(&mut w, 23).unwrap());
    assert_eq!(paused.used_secs, 123);
}
