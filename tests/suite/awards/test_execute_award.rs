//! execute_award
//! ├── given the payer does not sign ....................... AccountNotSigner
//! ├── given an account of another treasury or mint ........ AccountMismatch
//! ├── given the stream is not the proposal's .............. ConstraintSeeds
//! ├── given the record is not the recipient's here ........ AccountMismatch
//! ├── given there is no record ............................ AccountOwnedByWrongProgram
//! ├── given the proposal is no award ...................... WrongAction
//! ├── given the epoch is not settled ...................... NotSettled
//! └── given it is
//!     ├── when the entry failed, was not funded, withdrawn,
//!     │   not accepted or has lapsed ...................... EntryNotFunded
//!     ├── when the entry has been executed ................ AlreadyExecuted, also once closed
//!     ├── when the tier's timelock runs ................... StillTimelocked
//!     ├── when the grace is over .......................... GraceOver
//!     ├── when breaker or pause is on ..................... ExecutionBlocked
//!     └── when funded and in time
//!         ├── anyone may call and pays the rent
//!         ├── the recipient's record notes the award
//!         ├── the stream has the terms that were voted on
//!         ├── no money moves
//!         └── lamports sent to the stream's address beforehand stop nothing
//!
//! What breaker and pause do is in `test_execute_award_blocked.rs`.

use anchor_lang::error::ErrorCode;
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Action, PolicyPatch, RecipientRecord, Role},
};

use crate::stage::*;

const PAYER: usize = 0;
const TREASURY: usize = 1;
const EPOCH: usize = 2;
const PROPOSAL: usize = 3;
const RECORD: usize = 4;
const STREAM: usize = 5;
const BUDGET_MINT: usize = 6;

fn instruction(w: &World, index: u8) -> anchor_lang::solana_program::instruction::Instruction {
    w.community.execute_award(w.svm.fee_payer(), 0, index, w.recipient_of(0, index))
}

/// Executes entry `index` at `secs` after settlement.
fn execute_at(index: u8, secs: i64) -> (World, Act) {
    let (mut w, _) = settled();
    w.svm.advance(secs);
    let act = w.execute(0, index);
    (w, act)
}

#[track_caller]
fn refused_at(index: u8, secs: i64, expected: BudgetError) {
    let (mut w, _) = settled();
    w.svm.advance(secs);
    refused(&mut w, expected, |w| w.execute(0, index));
}

#[test]
fn the_payer_must_sign() {
    let (mut w, cast) = executable();
    let unsigned =
        unsigned(w.community.execute_award(cast.bob.key(), 0, 0, cast.alice.key()), PAYER);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(unsigned, &[]));
}

#[test]
fn another_treasury_is_refused() {
    let (mut w, _) = executable();
    let other = executable_sibling(&mut w);
    let swapped = swapped(instruction(&w, 0), TREASURY, other.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn an_epoch_of_another_treasury_is_refused() {
    let (mut w, _) = executable();
    let other = executable_sibling(&mut w);
    let swapped = swapped(instruction(&w, 0), EPOCH, other.epoch(0));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn a_proposal_of_another_epoch_is_refused() {
    let (mut w, _) = executable();
    let other = executable_sibling(&mut w);
    let proposal = address::proposal(&other.epoch(0), 0);
    let foreign = swapped(instruction(&w, 0), PROPOSAL, proposal);
    let foreign = swapped(foreign, STREAM, address::stream(&proposal));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign, &[]));
}

#[test]
fn the_stream_of_another_proposal_is_refused() {
    let (mut w, _) = executable();
    let swapped = swapped(instruction(&w, 0), STREAM, w.stream_key(0, 1));
    refused_by_anchor(&mut w, ErrorCode::ConstraintSeeds, |w| w.send(swapped, &[]));
}

#[test]
fn another_mint_is_refused() {
    let (mut w, _) = executable();
    let swapped = swapped(instruction(&w, 0), BUDGET_MINT, w.community.stake_mint);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn the_record_must_be_the_recipients() {
    let (mut w, cast) = executable();
    let other = executable_sibling(&mut w);
    let alice = cast.alice.key();
    let payer = w.svm.fee_payer();
    let creation = other.open_recipient_record(payer, alice);
    w.send(creation, &[]).unwrap();
    let bobs = w.community.recipient_record(&cast.bob.key());
    for record in [bobs, other.recipient_record(&alice)] {
        let swapped = swapped(instruction(&w, 0), RECORD, record);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
    }
}

#[test]
fn an_award_without_a_record_is_not_executed() {
    let (mut w, cast) = executable();
    let nobody = w.person().key();
    let without = w.community.execute_award(w.svm.fee_payer(), 0, 0, nobody);
    let expected = ErrorCode::AccountOwnedByWrongProgram;
    refused_by_anchor(&mut w, expected, |w| w.send(without, &[]));
    let stake = w.community.stake(&cast.voters[0].key());
    let instead = swapped(instruction(&w, 0), RECORD, stake);
    let expected = ErrorCode::AccountDiscriminatorMismatch;
    refused_by_anchor(&mut w, expected, |w| w.send(instead, &[]));
}

#[test]
fn an_act_is_no_award() {
    let patch = PolicyPatch::Budget(test_policy().budget);
    let holder = World::new().guardian.key();
    let acts = [Action::SetPolicy(patch), World::set_role(Role::Guardian, holder)];
    let (mut w, cast) = approved(&acts);
    w.to_execution(0);
    for index in 1..=2 {
        assert!(w.entry(0, index).is(Outcome::Approved));
        let act = w.community.execute_award(w.svm.fee_payer(), 0, index, cast.alice.key());
        refused(&mut w, BudgetError::WrongAction, |w| w.send(act, &[]));
    }
}

#[test]
fn an_epoch_in_tallying_is_not_settled_yet() {
    let (mut w, _) = tallying();
    refused(&mut w, BudgetError::NotSettled, |w| w.execute(0, 0));
}

#[test]
fn an_entry_that_failed_is_not_funded() {
    let (mut w, cast) = submission();
    w.to_voting();
    w.cast(&cast.voters[0], &[(0, Against)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    assert!(w.entry(0, 0).is(Outcome::Failed));
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.execute(0, 0));
}

#[test]
fn an_entry_that_passed_but_did_not_fit_is_not_funded() {
    let (mut w, cast) = submission();
    let carol = w.proposer();
    w.submit(&carol, &Ask { category: 1, ..Ask::of(45_000_000) }).unwrap(); // share: 40,000,000
    w.to_voting();
    w.cast(&cast.voters[0], &[(2, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    assert!(w.entry(0, 2).is(Outcome::Unfunded));
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.execute(0, 2));
}

#[test]
fn a_withdrawn_entry_is_not_funded() {
    let (mut w, cast) = submission();
    w.withdraw(&cast.alice, 0).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.execute(0, 0));
}

#[test]
fn an_entry_that_its_recipient_never_accepted_is_not_funded() {
    let (mut w, cast) = submission();
    w.submit_for(&cast.alice, &cast.bob, false, &Ask::of(1)).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    assert!(w.entry(0, 2).is(Outcome::NotAccepted));
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.execute(0, 2));
}

#[test]
fn a_lapsed_entry_is_not_funded() {
    let (mut w, _) = settled();
    w.svm.advance(14 * DAY);
    w.lapse(0, 0).unwrap();
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.execute(0, 0));
}

#[test]
fn a_second_execution_is_refused() {
    let (mut w, _) = streaming();
    refused(&mut w, BudgetError::AlreadyExecuted, |w| w.execute(0, 0));
}

#[test]
fn a_second_execution_is_refused_even_after_the_stream_was_closed() {
    let mut ask = Ask::of(SMALL_ASK);
    ask.duration_secs = DAY_SECS; // ends within the grace
    let (mut w, _) = stream_of(&ask);
    w.svm.advance(DAY);
    w.claim(0, 0).unwrap();
    w.close_stream(0, 0).unwrap();
    assert!(!w.svm.exists(&w.stream_key(0, 0)));
    refused(&mut w, BudgetError::AlreadyExecuted, |w| w.execute(0, 0));
}

#[test]
fn a_small_award_waits_for_the_small_timelock() {
    refused_at(0, 0, BudgetError::StillTimelocked);
    refused_at(0, DAY - 1, BudgetError::StillTimelocked);
    for secs in [DAY, DAY + 1] {
        let (w, act) = execute_at(0, secs);
        act.unwrap();
        assert!(w.entry(0, 0).is(Outcome::Executed));
    }
}

#[test]
fn a_medium_award_waits_for_the_medium_timelock() {
    refused_at(1, 2 * DAY - 1, BudgetError::StillTimelocked);
    for secs in [2 * DAY, 2 * DAY + 1] {
        let (w, act) = execute_at(1, secs);
        act.unwrap();
        assert!(w.entry(0, 1).is(Outcome::Executed));
    }
}

#[test]
fn the_grace_ends_for_good() {
    let (w, act) = execute_at(0, 14 * DAY - 1);
    act.unwrap();
    assert!(w.entry(0, 0).is(Outcome::Executed));
    refused_at(0, 14 * DAY, BudgetError::GraceOver);
    refused_at(0, 14 * DAY + 1, BudgetError::GraceOver);
}

#[test]
fn anyone_may_execute_and_pays_the_rent() {
    let (mut w, cast) = executable();
    let stranger = w.person();
    let before = w.svm.lamports(&stranger.key());
    let instruction = w.community.execute_award(stranger.key(), 0, 0, cast.alice.key());
    w.send(instruction, &[&stranger]).unwrap();
    let stream = w.stream(0, 0);
    assert_eq!(stream.rent_payer, stranger.key());
    let paid = before - w.svm.lamports(&stranger.key());
    assert_eq!(paid, w.svm.lamports(&w.stream_key(0, 0)));
}

#[test]
fn the_stream_has_the_terms_that_were_voted_on() {
    let ask = Ask { cliff_secs: 3 * DAY_SECS, ..Ask::of(7_654_321) };
    let (w, recipient) = stream_of(&ask);
    let (stream, proposal) = (w.stream(0, 0), w.proposal(0, 0));
    let terms = proposal.terms.award().unwrap();
    assert_eq!(stream.treasury, w.community.treasury);
    assert_eq!(stream.proposal, w.proposal_key(0, 0));
    assert_eq!((stream.epoch_index, stream.entry_index), (0, 0));
    assert_eq!((stream.recipient, stream.recipient), (terms.recipient, recipient.key()));
    assert_eq!(stream.payout_account, w.community.budget_account(&recipient.key()));
    assert_eq!((stream.total, stream.withdrawn), (7_654_321, 0));
    assert_eq!(stream.started_at, w.svm.now());
    assert_eq!((stream.duration_secs, stream.cliff_secs), (60 * DAY_SECS, 3 * DAY_SECS));
    assert_eq!(stream.category, terms.category);
}

#[test]
fn the_stream_is_reviewed_as_the_epochs_policy_says() {
    let mut policy = test_policy();
    policy.review.window_secs = 3 * DAY_SECS;
    policy.review.grace_secs = 5 * DAY_SECS;
    policy.review.hold_limit_secs = 20 * DAY_SECS;
    policy.review.pass_bps = 7_000;
    policy.review.floor_bps = 4_000;
    let (w, _) = stream_under(policy, &Ask::with_reviews(SMALL_ASK, 60, 2));
    let stream = w.stream(0, 0);
    assert_eq!((stream.checkpoints, stream.passed, stream.open_reviews), (2, 0, 0));
    assert_eq!((stream.window_secs, stream.grace_secs), (3 * DAY_SECS, 5 * DAY_SECS));
    assert_eq!(stream.hold_limit_secs, 20 * DAY_SECS);
    assert_eq!((stream.pass_bps, stream.floor_bps), (7_000, 4_000));
    assert_eq!((stream.base_part, stream.base_amount, stream.rest), (0, 0, SMALL_ASK));
    assert_eq!((stream.returned, stream.held_at, stream.ended_at), (0, 0, 0));
    assert_eq!((stream.is_risk, stream.ruling_epoch), (0, u32::MAX));
}

#[test]
fn a_stream_of_a_risk_class_says_so() {
    let (w, _) = trippable();
    assert_eq!((w.stream(0, 1).is_risk, w.stream(0, 1).category), (1, 1));
}

#[test]
fn the_recipients_record_notes_the_award() {
    let (mut w, cast) = executable();
    let before = w.record_of(&cast.alice);
    w.execute(0, 0).unwrap();
    let expected = RecipientRecord { streams: before.streams + 1, awarded: SMALL_ASK, ..before };
    assert_same(w.record_of(&cast.alice), expected);
    assert_eq!((w.record_of(&cast.bob).streams, w.record_of(&cast.bob).awarded), (0, 0));
}

#[test]
fn executing_moves_no_money() {
    let (mut w, _) = executable();
    let (before, vault) = (w.treasury(), w.vault());
    w.execute(0, 0).unwrap();
    assert_eq!(w.treasury().tracked, before.tracked);
    assert_eq!(w.treasury().committed, before.committed);
    assert_eq!(w.vault(), vault);
    assert_eq!(w.epoch(0).executed, SMALL_ASK);
    assert_eq!(w.epoch(0).allocated, SMALL_ASK + MEDIUM_ASK);
}

#[test]
fn lamports_at_the_streams_address_stop_nothing() {
    for lamports in [1, 1_000_000_000] {
        let (mut w, _) = executable();
        let stream = w.stream_key(0, 0);
        w.svm.fund(stream, lamports);
        w.execute(0, 0).unwrap();
        assert_eq!(w.stream(0, 0).total, SMALL_ASK);
    }
}
