//! R11: a trip of the breaker from its first second to the end of its rest: what it blocks and what
//! it does not, and how it ends.

use budget_rules::allocation::Reason;
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Action, Role, Ruling},
};

use crate::{
    flow_breaker::{does_not_trip, floor_raised, value_and_high_water},
    stage::*,
};

// --- what it blocks -----------------------------------------------------------------------------

#[test]
fn it_blocks_awards_and_changes_of_policy_and_nothing_else() {
    // Epoch 1 approves one of each in the second in which the breaker trips.
    let (mut w, voter) = losing_streaming();
    let acts = [
        cap_of(2_000),
        World::set_role(Role::Reviewer, w.founder.key()),
        Action::WriteOff { category: HEDGES, amount: MILLION },
        w.ruling(0, 1, Ruling::Cancel),
    ];
    fill(&mut w, &[ask_in(GENERAL, 5 * MILLION)], &acts);
    carry(&mut w, &voter);
    w.trip().unwrap();
    w.to_execution(1);
    refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute(1, 0));
    refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute_action(1, 1));
    for index in 2..=3 {
        w.execute_action(1, index).unwrap();
        assert!(w.entry(1, index).is(Outcome::Executed));
    }
    // Money comes and goes, and the next round takes place.
    w.claim(0, 1).unwrap();
    let founder = w.founder.clone();
    w.deposit(&founder, 5).unwrap();
    w.execute_action(1, 4).unwrap();
    assert_ne!(w.stream(0, 1).ended_at, 0);
    w.mark(HEDGES, LEFT).unwrap();
    w.close_vote_record(1, &voter).unwrap();
    w.close_proposal(1, 2).unwrap();
    w.open_next_epoch();
    fill(&mut w, &[], &[Action::ClearBreaker]);
    carry(&mut w, &voter);
    w.to_execution(2);
    assert!(w.treasury().is_tripped(w.svm.now()));
    w.execute_action(2, 0).unwrap();
    assert!(!w.treasury().is_tripped(w.svm.now()));
    w.execute(1, 0).unwrap();
    w.execute_action(1, 1).unwrap();
}

/// [`losing`], with another award of epoch 0 streaming 10 million over 60 days.
fn losing_streaming() -> (World, Person) {
    let (mut w, voter) = community(brisk());
    decide(&mut w, &voter, &[ask_in(HEDGES, HEDGED), Ask::of(10 * MILLION)], &[]);
    w.to_execution(0);
    for index in [0, 1] {
        w.execute(0, index).unwrap();
    }
    w.svm.advance(STREAM);
    w.claim(0, 0).unwrap();
    w.mark(HEDGES, LEFT).unwrap();
    w.open_next_epoch();
    (w, voter)
}

#[test]
fn a_settlement_while_it_is_on_funds_nothing_and_approves_acts() {
    for early in [0, 1] {
        // On until the second of the settlement, or for one more.
        let mut policy = brisk();
        policy.breaker.trip_secs = 2 * DAY_SECS;
        let (mut w, voter) = losing_under(policy);
        fill(&mut w, &[ask_in(GENERAL, 5 * MILLION)], &[cap_of(2_000)]);
        w.to_voting();
        vote_for_all(&mut w, &voter);
        w.to_tallying();
        w.svm.advance(early - 2 * DAY);
        w.trip().unwrap();
        w.to_tallying();
        let (committed, outflow) = (w.treasury().committed, w.treasury().outflow);
        w.settle().unwrap();
        let entry = w.entry(1, 0);
        if early == 0 {
            assert!(entry.is(Outcome::Funded));
        } else {
            let reason = u8::from(Reason::BreakerTripped);
            assert_eq!((entry.outcome, entry.reason), (Outcome::Unfunded.into(), reason));
            assert_eq!(w.treasury().committed, committed);
            assert_eq!(w.treasury().outflow, outflow);
        }
        assert!(w.entry(1, 1).is(Outcome::Approved));
    }
}

#[test]
fn an_award_funded_before_it_waits_and_is_executed_afterwards() {
    let (mut w, voter) = losing();
    fill(&mut w, &[ask_in(GENERAL, 5 * MILLION)], &[]);
    carry(&mut w, &voter);
    let settled_at = w.svm.now();
    // Thirteen of fourteen days of grace are gone when it trips, for thirty.
    to_settled(&mut w, 1, 13 * DAY);
    w.trip().unwrap();
    let until = settled_at + 43 * DAY;
    for at in [settled_at + 13 * DAY, settled_at + 14 * DAY, until - 1] {
        w.svm.set_now(at);
        refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute(1, 0));
        refused(&mut w, BudgetError::GraceNotOver, |w| w.lapse(1, 0));
    }
    // One day of grace is left, half-open.
    w.svm.set_now(until + DAY);
    refused(&mut w, BudgetError::GraceOver, |w| w.execute(1, 0));
    w.svm.set_now(until + DAY - 1);
    refused(&mut w, BudgetError::GraceNotOver, |w| w.lapse(1, 0));
    w.execute(1, 0).unwrap();
    w.svm.advance(STREAM);
    w.claim(1, 0).unwrap();
    assert_eq!(w.stream(1, 0).withdrawn, 5 * MILLION);
}

#[test]
fn an_award_settled_while_an_earlier_standstill_lies_behind_gets_no_grace_for_it() {
    let (mut w, voter) = tripped();
    w.to_tallying();
    w.settle().unwrap();
    let until = w.treasury().tripped_until;
    w.svm.set_now(until);
    let epoch = decide(&mut w, &voter, &[ask_in(GENERAL, 5 * MILLION)], &[]);
    to_settled(&mut w, epoch, 14 * DAY);
    refused(&mut w, BudgetError::GraceOver, |w| w.execute(epoch, 0));
    w.svm.advance(-1);
    w.execute(epoch, 0).unwrap();
}

// --- how it ends --------------------------------------------------------------------------------

#[test]
fn it_clears_by_time_and_the_high_water_mark_starts_anew() {
    let (mut w, voter) = tripped();
    let high_water = w.treasury().high_water;
    let until = w.treasury().tripped_until;
    w.to_tallying();
    w.settle().unwrap();
    w.svm.set_now(until - 1);
    assert_eq!(w.treasury().high_water, high_water);
    w.svm.set_now(until);
    let epoch = decide(&mut w, &voter, &[ask_in(GENERAL, 5 * MILLION)], &[]);
    assert!(w.entry(epoch, 0).is(Outcome::Funded));
    let (value, high_water) = value_and_high_water(&w);
    assert_eq!((value, high_water), (890 * MILLION, 890 * MILLION));
    w.svm.set_now(until + 7 * DAY);
    does_not_trip(&mut w);
}

#[test]
fn a_settlement_after_its_end_books_the_end() {
    let mut policy = brisk();
    policy.breaker.trip_secs = 2 * DAY_SECS;
    let (mut w, _) = losing_under(policy);
    w.trip().unwrap();
    let until = w.treasury().tripped_until;
    w.to_tallying();
    assert_eq!((w.treasury().trip_open, w.treasury().high_water), (1, 980 * MILLION));
    w.settle().unwrap();
    let treasury = w.treasury();
    assert_eq!((treasury.trip_open, treasury.high_water), (0, 890 * MILLION));
    assert_eq!(treasury.breaker_rests_until, until + 7 * DAY);
}

#[test]
fn it_clears_by_vote_and_the_award_of_the_same_slate_comes_after_it() {
    let (mut w, voter) = losing();
    fill(&mut w, &[], &[Action::ClearBreaker]);
    w.trip().unwrap();
    carry(&mut w, &voter);
    w.to_execution(1);
    w.execute_action(1, 0).unwrap();
    let epoch = decide(&mut w, &voter, &[ask_in(GENERAL, 5 * MILLION)], &[]);
    to_settled(&mut w, epoch, DAY);
    w.execute(epoch, 0).unwrap();
}

#[test]
fn it_rests_for_one_period_however_often_there_is_reason_to_trip() {
    // The outflow stays where it is as long as no epoch opens, so there is reason all the time.
    let (mut w, _) = floor_raised();
    w.open_next_epoch();
    for _ in 0..4 {
        w.trip().unwrap();
        let until = w.svm.now() + 30 * DAY;
        w.svm.set_now(until - 1);
        refused(&mut w, BudgetError::BreakerAlreadyTripped, World::trip);
        // Nothing has booked the end of the trip but the trip that follows.
        w.svm.set_now(until + 7 * DAY - 1);
        refused(&mut w, BudgetError::BreakerResting, World::trip);
        w.svm.set_now(until + 7 * DAY);
    }
}

#[test]
fn a_vote_that_clears_it_begins_its_rest() {
    let (mut w, voter) = floor_raised();
    w.open_next_epoch();
    fill(&mut w, &[], &[Action::ClearBreaker]);
    w.trip().unwrap();
    carry(&mut w, &voter);
    w.to_execution(1);
    w.execute_action(1, 0).unwrap();
    let cleared_at = w.svm.now();
    for at in [cleared_at, cleared_at + 7 * DAY - 1] {
        w.svm.set_now(at);
        refused(&mut w, BudgetError::BreakerResting, World::trip);
    }
    w.svm.set_now(cleared_at + 7 * DAY);
    w.trip().unwrap();
}

#[test]
fn a_loss_after_a_trip_is_measured_from_what_was_left() {
    // 890 million are left. 5 % of them are 44.5: a mark of 50,555,555 is worth 45,499,999.
    for (mark, trips) in [(50_555_555, true), (50_555_556, false)] {
        let (mut w, _) = tripped();
        let until = w.treasury().tripped_until;
        w.to_tallying();
        w.settle().unwrap();
        w.svm.set_now(until);
        w.mark(HEDGES, mark).unwrap();
        w.open_next_epoch();
        w.svm.set_now(until + 7 * DAY);
        if trips {
            w.trip().unwrap();
        } else {
            does_not_trip(&mut w);
        }
    }
}
