//! lapse_proposal
//! ├── given an account of another treasury ................ AccountMismatch
//! ├── given the epoch is not settled ...................... NotSettled
//! └── given it is
//!     ├── when the entry failed, was executed, has lapsed
//!     │   or does not exist ............................... EntryNotFunded
//!     ├── when the grace is not over ...................... GraceNotOver
//!     └── when funded and too late to execute
//!         ├── exactly its amount is free again
//!         └── nothing else changes

use budget_tests::*;
use community_budget::BudgetError;

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
