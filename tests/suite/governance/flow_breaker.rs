//! R11: what trips the breaker, and what never does.

use budget_rules::allocation::Reason;
use budget_tests::*;
use community_budget::{BudgetError, events::BreakerTripped, state::TripCause};

use crate::stage::*;

/// Vault and positions by the rules, and the mark it is held against.
pub fn value_and_high_water(w: &World) -> (u64, u64) {
    let treasury = w.treasury();
    let value = treasury.standing(0, w.svm.now()).unwrap().net_asset_value().unwrap();
    (value, treasury.high_water)
}

#[track_caller]
pub fn does_not_trip(w: &mut World) {
    refused(w, BudgetError::TripConditionNotMet, World::trip);
}

// --- what trips it ------------------------------------------------------------------------------

#[test]
fn a_drawdown_by_a_counted_mark_trips() {
    let (mut w, voter) = community(brisk());
    pay_out(&mut w, &voter, VENTURES, HEDGED);
    does_not_trip(&mut w);
    w.mark(VENTURES, 0).unwrap();
    does_not_trip(&mut w);
    w.open_next_epoch();
    let landed = w.trip().unwrap();
    let BreakerTripped { cause, .. } = event(&landed);
    assert_eq!(cause, TripCause::Drawdown);
}

#[test]
fn losses_of_several_categories_add_up() {
    // Each alone is a loss of 45 or 40 of 985 million, below 5 %; together they exceed it.
    let asks = [ask_in(HEDGES, 50 * MILLION), ask_in(VENTURES, 50 * MILLION)];
    for lost in [&[HEDGES][..], &[VENTURES], &[HEDGES, VENTURES]] {
        let (mut w, voter) = community(brisk());
        decide(&mut w, &voter, &asks, &[]);
        w.to_execution(0);
        for index in [0, 1] {
            w.execute(0, index).unwrap();
        }
        w.svm.advance(STREAM);
        for index in [0, 1] {
            w.claim(0, index).unwrap();
        }
        for category in lost {
            w.mark(*category, 0).unwrap();
        }
        w.open_next_epoch();
        if lost.len() == 1 {
            does_not_trip(&mut w);
        } else {
            w.trip().unwrap();
        }
    }
}

/// A policy under which two epochs spend as much as they may, and a change of it that asks for more
/// runway than they left.
pub fn floor_raised() -> (World, Person) {
    let (mut w, voter) = community(brisk());
    let longer = patch(|p| p.risk.min_runway_epochs = 24, risk_of);
    decide(&mut w, &voter, &[ask_in(GENERAL, 200 * MILLION)], &[longer]);
    w.to_execution(0);
    w.execute_action(0, 1).unwrap();
    (w, voter)
}

#[test]
fn an_outflow_above_the_inflow_trips_once_a_vote_raised_the_runway_floor() {
    let (mut w, _) = floor_raised();
    does_not_trip(&mut w);
    w.open_next_epoch();
    let landed = w.trip().unwrap();
    let BreakerTripped { cause, .. } = event(&landed);
    assert_eq!(cause, TripCause::Outflow);
}

#[test]
fn an_outflow_that_two_thirds_of_it_came_in_for_does_not_trip() {
    // 200 million went out; 1.5 times the inflow, and no more than that.
    for (inflow, trips) in [(133_333_333, true), (133_333_334, false)] {
        let (mut w, _) = floor_raised();
        let founder = w.founder.clone();
        w.deposit(&founder, inflow).unwrap();
        w.open_next_epoch();
        if trips {
            w.trip().unwrap();
        } else {
            does_not_trip(&mut w);
        }
    }
}

#[test]
fn an_outflow_that_the_funds_outlast_does_not_trip() {
    // 800 million are not promised, in two epochs in which 200 went out: a runway of 8.
    for (floor, trips) in [(8, false), (9, true)] {
        let (mut w, voter) = community(brisk());
        let longer = patch(|p| p.risk.min_runway_epochs = floor, risk_of);
        decide(&mut w, &voter, &[ask_in(GENERAL, 200 * MILLION)], &[longer]);
        w.to_execution(0);
        w.execute_action(0, 1).unwrap();
        w.open_next_epoch();
        if trips {
            w.trip().unwrap();
        } else {
            does_not_trip(&mut w);
        }
    }
}

#[test]
fn an_outflow_that_four_epochs_left_behind_does_not_trip() {
    let (mut w, voter) = floor_raised();
    for epoch in 1..4 {
        decide(&mut w, &voter, &[ask_in(GENERAL, 1)], &[]);
        assert_eq!(w.entry(epoch, 0).reason, u8::from(Reason::RunwayFloor));
    }
    w.open_next_epoch();
    does_not_trip(&mut w);
}

// --- what never does ----------------------------------------------------------------------------

/// One epoch of spending in every category, claimed as the streams release, of which a quarter of
/// what hedges and derivatives received comes back.
fn spend_an_epoch(w: &mut World, voter: &Person, marks: [u64; 2]) {
    w.open_next_epoch();
    does_not_trip(w);
    let epoch = w.current();
    let asks = [GENERAL, HEDGES, VENTURES].map(|category| ask_in(category, 21_000_007));
    let people = fill(w, &asks, &[]);
    carry(w, voter);
    does_not_trip(w);
    w.to_execution(epoch);
    for index in 0..3 {
        w.execute(epoch, index).unwrap();
    }
    for day in 1..=17 {
        w.svm.advance(DAY);
        for index in 0..3 {
            w.claim(epoch, index).unwrap();
            does_not_trip(w);
        }
        if day == 7 {
            for category in [HEDGES, VENTURES] {
                let back = w.treasury().positions[usize::from(category)].cost / 4;
                w.return_funds(&people[usize::from(category)], category, back).unwrap();
                does_not_trip(w);
            }
        }
    }
    for (category, percent) in [HEDGES, VENTURES].into_iter().zip(marks) {
        let cost = w.treasury().positions[usize::from(category)].cost;
        w.mark(category, cost / 100 * percent).unwrap();
        does_not_trip(w);
    }
}

#[test]
fn normal_spending_never_trips() {
    let (mut w, voter) = community(brisk());
    for _ in 0..6 {
        spend_an_epoch(&mut w, &voter, [101, 101]);
        let (value, high_water) = value_and_high_water(&w);
        // Haircuts are rounded per payment, so the two may part by a unit each, and no more.
        assert!(value.abs_diff(high_water) < 500, "{value} against {high_water}");
    }
}

#[test]
fn marks_that_rise_and_fall_back_never_trip() {
    // Without the rule that marks move no high-water mark, each rise would be one to fall from.
    let (mut w, voter) = community(brisk());
    for marks in [[1_000, 101], [101, 1_000], [500, 500], [101, 101], [300, 90], [101, 101]] {
        spend_an_epoch(&mut w, &voter, marks);
    }
    w.open_next_epoch();
    does_not_trip(&mut w);
}

#[test]
fn losses_that_are_made_good_are_none() {
    // Down by a tenth and back again, four times: 18 of 980 million each time.
    let (mut w, voter) = community(brisk());
    pay_out(&mut w, &voter, HEDGES, HEDGED);
    let high_water = w.treasury().high_water;
    for percent in [90, 100, 90, 130, 90, 100, 90] {
        w.mark(HEDGES, HEDGED / 100 * percent).unwrap();
        w.open_next_epoch();
        does_not_trip(&mut w);
        assert_eq!(w.treasury().high_water, high_water);
        w.to_tallying();
        w.settle().unwrap();
    }
}

#[test]
fn rewards_never_drain_what_awards_left_at_the_floor() {
    // Three quiet epochs, then as much as fits until the runway is at its floor; rewards are the
    // only money that could still leave.
    let mut policy = brisk();
    policy.risk.min_runway_epochs = 4;
    policy.budget.reward_bps = 1_000;
    let (mut w, voter) = community(policy);
    let mut at_the_floor = 0;
    for epoch in 0..9 {
        w.open_next_epoch();
        does_not_trip(&mut w);
        let most = if epoch < 3 { 1 } else { largest(&mut w, GENERAL) };
        at_the_floor += u32::from(most == 0);
        let asks = [most / 2, most.div_ceil(2).max(1)].map(|amount| ask_in(GENERAL, amount));
        fill(&mut w, if most < 2 { &asks[1..] } else { &asks }, &[]);
        carry(&mut w, &voter);
        does_not_trip(&mut w);
        w.close_vote_record(epoch, &voter).unwrap();
        does_not_trip(&mut w);
    }
    assert!(at_the_floor > 0);
}

#[test]
fn six_epochs_at_the_full_cap_never_trip_under_the_default_limits() {
    let mut policy = Policy::default();
    for rule in &mut policy.tiers.rules {
        rule.min_checkpoints = 0;
    }
    assert_eq!((policy.risk.min_runway_epochs, policy.budget.reward_bps), (4, 200));
    let (mut w, voter) = community(policy);
    let mut spent = 0;
    for epoch in 0..6 {
        w.open_next_epoch();
        does_not_trip(&mut w);
        let cap = w.epoch(epoch).cap;
        let share = cap / 4;
        let parts = [share, share, share, cap - 3 * share];
        fill(&mut w, &parts.map(Ask::of), &[]);
        carry(&mut w, &voter);
        assert_eq!(w.epoch(epoch).allocated, cap, "epoch {epoch}");
        does_not_trip(&mut w);
        w.to_execution(epoch);
        for index in 0..4 {
            w.execute(epoch, index).unwrap();
        }
        w.close_vote_record(epoch, &voter).unwrap();
        does_not_trip(&mut w);
        for earlier in epoch.saturating_sub(2)..epoch {
            for index in 0..4 {
                w.claim(earlier, index).unwrap();
                does_not_trip(&mut w);
            }
        }
        spent += cap;
    }
    assert!(spent > FUNDS * 4 / 10, "four tenths of everything were awarded");
}
