//! assess_ask
//! ├── given the epoch of another treasury ................. AccountMismatch
//! ├── given an epoch that is settled, or an earlier one ... EpochNotCurrent
//! ├── given no such category .............................. UnknownCategory
//! └── given one of the present epoch's
//!     ├── anyone may ask, until the settlement, and nothing changes
//!     ├── it names the first limit that the ask does not fit
//!     ├── coverage, runway, exposure and concentration are exact
//!     ├── the score is the scarcest room that the ask leaves
//!     └── no amount, however absurd, stops it

use budget_rules::allocation::Reason;
use budget_tests::*;
use community_budget::{AskAssessment, AssessAskArgs, BudgetError};

use crate::stage::*;

const TREASURY: usize = 0;
const EPOCH: usize = 1;
const NONE: u64 = u64::MAX;

fn args(amount: u64, category: u8) -> AssessAskArgs {
    AssessAskArgs { amount, category, recipient_awarded: 0 }
}

/// [`brisk`] after `change`, with its first epoch in submission.
fn open_under(change: impl FnOnce(&mut Policy)) -> World {
    let mut policy = brisk();
    change(&mut policy);
    open(policy).0
}

#[test]
fn accounts_of_another_treasury_are_refused() {
    let (mut w, voter) = open(brisk());
    let other = second_treasury(&mut w, &voter);
    within(&mut w, other, World::open_next_epoch);
    let own = w.community.assess_ask(0, args(5, GENERAL));
    for (position, key) in [(TREASURY, other.treasury), (EPOCH, other.epoch(0))] {
        let mixed = swapped(own.clone(), position, key);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(mixed, &[]));
    }
    w.send(own, &[]).unwrap();
}

#[test]
fn a_category_that_the_epoch_does_not_have_is_refused() {
    let (mut w, _) = open(brisk());
    for category in [3, 7, 8, 255] {
        refused(&mut w, BudgetError::UnknownCategory, |w| w.assess_act(args(5, category)));
    }
    for category in [GENERAL, HEDGES, VENTURES] {
        w.assess_act(args(5, category)).unwrap();
    }
}

#[test]
fn anyone_may_ask_until_the_settlement_and_nothing_changes() {
    let (mut w, voter) = open(brisk());
    let instruction = w.community.assess_ask(0, args(5, GENERAL));
    assert!(instruction.accounts.iter().all(|meta| !meta.is_signer && !meta.is_writable));
    fill(&mut w, &[ask_in(GENERAL, 5)], &[]);
    let phases: [fn(&mut World, &Person); 3] = [
        |_, _| {},
        |w, voter| {
            w.to_voting();
            vote_for_all(w, voter);
        },
        |w, _| w.to_tallying(),
    ];
    for phase in phases {
        phase(&mut w, &voter);
        let before = w.svm.snapshot();
        let landed = w.assess_act(args(5, GENERAL)).unwrap();
        assert_unchanged(&before, &w.svm.snapshot());
        assert!(landed.logs.iter().all(|line| !line.starts_with("Program data: ")));
        let found: AskAssessment = landed.returned().unwrap();
        assert_eq!(found.refused, 0);
    }
}

#[test]
fn an_epoch_that_is_settled_or_left_behind_is_refused() {
    // The books hold what it awarded already, so an assessment would count that twice.
    let (mut w, voter) = community(brisk());
    decide(&mut w, &voter, &[ask_in(GENERAL, 5)], &[]);
    refused(&mut w, BudgetError::EpochNotCurrent, |w| w.assess_act(args(5, GENERAL)));
    w.open_next_epoch();
    let earlier = w.community.assess_ask(0, args(5, GENERAL));
    refused(&mut w, BudgetError::EpochNotCurrent, |w| w.send(earlier, &[]));
    w.assess_act(args(5, GENERAL)).unwrap();
}

// --- a treasury without a past ------------------------------------------------------------------

#[test]
fn a_first_ask_is_held_against_funds_and_cap() {
    // 1,000 million free, a cap of 300 million, exposure limits of 500 million.
    let (mut w, _) = open(brisk());
    let mut exposure_after = [0; 8];
    exposure_after[usize::from(HEDGES)] = 100 * MILLION;
    let mut exposure_limit = [NONE; 8];
    exposure_limit[usize::from(HEDGES)] = 500 * MILLION;
    exposure_limit[usize::from(VENTURES)] = 500 * MILLION;
    let expected = AskAssessment {
        refused: 0,
        score: 66, // two thirds of cap, category and recipient room are left
        concentration_bps: 3_333,
        coverage_bps: 100_000,
        runway_before_centi: NONE,
        runway_after_centi: 900, // 900 million last nine times 100 million
        exposure_after,
        exposure_limit,
    };
    assert_eq!(w.assess(100 * MILLION, HEDGES, 0), expected);
}

#[test]
fn nothing_asked_leaves_everything() {
    let (mut w, _) = open(brisk());
    let found = w.assess(0, GENERAL, 0);
    assert_eq!((found.refused, found.score, found.concentration_bps), (0, 100, 0));
    assert_eq!((found.coverage_bps, found.runway_after_centi), (NONE, NONE));
}

#[test]
fn what_the_recipient_has_already_counts_for_concentration() {
    let (mut w, _) = open(brisk());
    let found = w.assess(30 * MILLION, GENERAL, 60 * MILLION);
    assert_eq!((found.refused, found.concentration_bps), (0, 3_000));
    assert_eq!(found.score, 70);
}

#[test]
fn the_scarcest_room_is_the_score() {
    // The ask takes 60 million: of 300 million in all, 120 of its category, 100 of its exposure,
    // 200 above the runway floor and 75 of its recipient's share.
    let mut w = open_under(|p| {
        p.risk.categories[1].share_bps = 4_000;
        p.risk.categories[1].exposure_limit_bps = 1_000;
        p.risk.min_runway_epochs = 4;
        p.risk.max_recipient_bps = 2_500;
    });
    assert_eq!(w.assess(60 * MILLION, HEDGES, 0).score, 20);
    let scores: [(Change, u8); 4] = [
        (|p| p.risk.max_recipient_bps = 10_000, 40),
        (|p| p.risk.categories[1].exposure_limit_bps = 10_000, 50),
        (|p| p.risk.categories[1].share_bps = 10_000, 70),
        (|p| p.risk.min_runway_epochs = 0, 80),
    ];
    let mut policy = w.treasury().policy;
    for (position, (loosen, expected)) in scores.into_iter().enumerate() {
        loosen(&mut policy);
        let score = open(policy).0.assess(60 * MILLION, HEDGES, 0).score;
        assert_eq!(score, expected, "after {position} more limits were lifted");
    }
}

// --- the first limit it does not fit ------------------------------------------------------------

/// Asserts that `most` of `category` fits the epoch and one unit more does not, for `reason`.
#[track_caller]
fn fits_up_to(w: &mut World, category: u8, most: u64, recipient_awarded: u64, reason: Reason) {
    let found = w.assess(most, category, recipient_awarded);
    assert_eq!(found.refused, 0);
    let found = w.assess(most + 1, category, recipient_awarded);
    assert_eq!((found.refused, found.score), (reason.into(), 0));
}

#[test]
fn each_limit_is_exact() {
    let mut w = open_under(|_| {});
    fits_up_to(&mut w, GENERAL, 300 * MILLION, 0, Reason::OverCap);
    let mut w = open_under(|p| p.risk.categories[0].share_bps = 4_000);
    fits_up_to(&mut w, GENERAL, 120 * MILLION, 0, Reason::CategoryFull);
    let mut w = open_under(|p| p.risk.categories[1].exposure_limit_bps = 500);
    fits_up_to(&mut w, HEDGES, 50 * MILLION, 0, Reason::ExposureLimit);
    let mut w = open_under(|p| p.risk.min_runway_epochs = 9);
    fits_up_to(&mut w, GENERAL, 100 * MILLION, 0, Reason::RunwayFloor);
    let mut w = open_under(|p| p.risk.max_recipient_bps = 3_000);
    fits_up_to(&mut w, GENERAL, 90 * MILLION, 0, Reason::Concentration);
    fits_up_to(&mut w, GENERAL, 50 * MILLION, 40 * MILLION, Reason::Concentration);
}

#[test]
fn while_the_breaker_is_on_nothing_fits() {
    let (mut w, _) = losing();
    assert_eq!(w.assess(1, GENERAL, 0).refused, 0);
    w.trip().unwrap();
    let until = w.treasury().tripped_until;
    assert_eq!(w.assess(0, GENERAL, 0).refused, u8::from(Reason::BreakerTripped));
    w.svm.set_now(until - 1);
    assert_eq!(w.assess(1, GENERAL, 0).refused, u8::from(Reason::BreakerTripped));
    w.svm.set_now(until);
    assert_eq!(w.assess(1, GENERAL, 0).refused, 0);
}

#[test]
fn no_amount_stops_it() {
    let (mut w, _) = losing();
    w.mark(HEDGES, u64::MAX).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.open_next_epoch();
    for amount in [0, 1, u64::MAX] {
        for recipient_awarded in [0, 1, u64::MAX] {
            let found = w.assess(amount, HEDGES, recipient_awarded);
            // A mark without bounds is an exposure without bounds: it leaves room for nothing.
            assert_eq!(found.exposure_after[usize::from(HEDGES)], u64::MAX);
            assert_eq!(found.refused == 0, amount == 0);
        }
    }
}

// --- a treasury with a past ---------------------------------------------------------------------

#[test]
fn positions_and_outflow_of_earlier_epochs_count() {
    // Epoch 0 paid 200 million into hedges, worth 100 million since, 90 after the haircut.
    let (mut w, _) = losing();
    let found = w.assess(40 * MILLION, HEDGES, 0);
    let hedges = usize::from(HEDGES);
    // Half of 800 million free and 90 million in positions.
    assert_eq!(found.exposure_limit[hedges], 445 * MILLION);
    // The cost is higher than the mark.
    assert_eq!(found.exposure_after[hedges], 240 * MILLION);
    assert_eq!(found.exposure_after[usize::from(VENTURES)], 0);
    // 800 million at 200 million in two epochs; then 760 at 240.
    assert_eq!((found.runway_before_centi, found.runway_after_centi), (800, 633));
    assert_eq!(found.coverage_bps, 200_000);
    // 24 % of the present funds are the cap.
    assert_eq!((w.epoch(1).cap, found.concentration_bps), (240 * MILLION, 1_666));
}

#[test]
fn money_promised_and_set_aside_does_not_count_as_free() {
    let mut policy = brisk();
    policy.budget.reward_bps = 1_000;
    let (mut w, voter) = community(policy);
    decide(&mut w, &voter, &[ask_in(GENERAL, 200 * MILLION)], &[]);
    w.open_next_epoch();
    // Of 1,000 million, 200 are promised and 30 set aside; 23.1 more since: 3 % of 770.
    assert_eq!(w.treasury().reserved_funds, 53_100_000);
    let found = w.assess(10 * MILLION, GENERAL, 0);
    assert_eq!(found.coverage_bps, 10_000 * 1_000_000_000 / 263_100_000);
    assert_eq!(found.runway_before_centi, 100 * 2 * 746_900_000 / 200_000_000);
    assert_eq!(found.exposure_limit[usize::from(HEDGES)], 746_900_000 / 2);
}
