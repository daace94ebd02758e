//! R14: a change of policy reaches the next epoch and never one that is already open.
//!
//! In each of these flows a vote of epoch 0 changes one section. It is carried out on day 10, when
//! epoch 1 is open since day 7 and its voting opens; epoch 2 opens on day 14.

use budget_rules::allocation::Reason;
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Action, PolicyPatch},
};

use crate::stage::*;

/// Approves `act` in epoch 0, opens epoch 1, lets `submit` fill its slate, and carries `act` out as
/// voting of epoch 1 opens.
fn changed_under(policy: Policy, act: Action, submit: impl FnOnce(&mut World)) -> (World, Person) {
    let (mut w, voter) = community(policy);
    decide(&mut w, &voter, &[], &[act]);
    w.open_next_epoch();
    submit(&mut w);
    w.to_execution(0);
    let in_force = w.treasury().in_force;
    let header = w.epoch(1);
    w.execute_action(0, 0).unwrap();
    assert_eq!(w.svm.now(), header.voting_opens_at);
    assert_eq!(w.treasury().in_force, in_force);
    let (now, before) = (w.epoch(1), header);
    assert_eq!(bytemuck::bytes_of(&now), bytemuck::bytes_of(&before), "no byte of the open epoch");
    (w, voter)
}

fn changed(act: Action, submit: impl FnOnce(&mut World)) -> (World, Person) {
    changed_under(brisk(), act, submit)
}

/// Settles epoch 1 with a vote for all that stands, and opens epoch 2.
fn next(w: &mut World, voter: &Person) {
    carry(w, voter);
    w.open_next_epoch();
    assert_eq!(w.treasury().in_force, w.treasury().policy);
    assert_eq!(w.epoch(2).policy, w.treasury().policy);
}

// --- section by section -------------------------------------------------------------------------

#[test]
fn another_schedule_moves_no_date_of_the_open_epoch() {
    let act = patch(
        |p| {
            p.schedule.submission_secs = 5 * DAY_SECS;
            p.schedule.voting_secs = 4 * DAY_SECS;
            p.schedule.execution_grace_secs = 30 * DAY_SECS;
        },
        |p| PolicyPatch::Schedule(p.schedule),
    );
    let (mut w, voter) = changed(act, |w| {
        fill(w, &[ask_in(GENERAL, 5)], &[]);
    });
    let opened = w.epoch(1).opened_at;
    carry(&mut w, &voter);
    assert_eq!(w.svm.now(), opened + 6 * DAY, "closed as announced");
    to_settled(&mut w, 1, 14 * DAY);
    refused(&mut w, BudgetError::GraceOver, |w| w.execute(1, 0));
    w.open_next_epoch();
    let header = w.epoch(2);
    assert_eq!(header.voting_opens_at, header.opened_at + 5 * DAY);
    assert_eq!(header.voting_closes_at, header.opened_at + 9 * DAY);
}

#[test]
fn other_prices_and_slots_count_from_the_next_slate_on() {
    let act = patch(
        |p| {
            p.slate.capacity = 32;
            p.slate.per_proposer = 1;
            p.slate.slot_fee = 7;
            p.slate.bond = 11;
        },
        |p| PolicyPatch::Slate(p.slate),
    );
    // Carried out while epoch 1 still takes proposals.
    let mut policy = brisk();
    policy.schedule.submission_secs = 5 * DAY_SECS;
    let (mut w, voter) = community(policy);
    decide(&mut w, &voter, &[], &[act]);
    w.to_execution(0);
    w.svm.advance(-DAY); // epoch 0 settled on day 8, epoch 1 opens on day 11
    w.open_next_epoch();
    w.svm.advance(DAY);
    w.execute_action(0, 0).unwrap();
    let proposer = w.proposer();
    let purse = w.purse(&proposer);
    for _ in 0..3 {
        w.submit(&proposer, &ask_in(GENERAL, 5)).unwrap();
    }
    assert_eq!(w.purse(&proposer), purse, "three slots, as cheap as before");
    assert_eq!(w.svm.slate(&w.community.epoch(1)).len(), 16);
    next(&mut w, &voter);
    w.submit(&proposer, &ask_in(GENERAL, 5)).unwrap();
    assert_eq!(w.purse(&proposer), purse - 18);
    refused(&mut w, BudgetError::TooManyProposals, |w| w.submit(&proposer, &ask_in(GENERAL, 5)));
    assert_eq!(w.svm.slate(&w.community.epoch(2)).len(), 32);
}

#[test]
fn another_cap_limits_the_next_epoch_only() {
    // 200 million fit the cap of 300, and not the one of 100.
    let large = ask_in(GENERAL, 200 * MILLION);
    let (mut w, voter) = changed(cap_of(1_000), |w| {
        fill(w, std::slice::from_ref(&large), &[]);
    });
    next(&mut w, &voter);
    assert_eq!(verdict(&w, 1, 0), funded());
    assert_eq!((w.epoch(1).cap, w.epoch(2).cap), (300 * MILLION, 80 * MILLION));
    fill(&mut w, &[ask_in(GENERAL, 80 * MILLION + 1)], &[]);
    carry(&mut w, &voter);
    assert_eq!(verdict(&w, 2, 0), unfunded(Reason::OverCap));
}

#[test]
fn another_reward_is_set_aside_from_the_next_epoch_on() {
    let act = patch(|p| p.budget.reward_bps = 1_000, budget_of);
    let (mut w, _) = changed(act, |_| ());
    assert_eq!((w.epoch(1).reward_pool, w.treasury().reserved_funds), (0, 0));
    w.to_tallying();
    w.settle().unwrap();
    w.open_next_epoch();
    assert_eq!(w.epoch(2).reward_pool, 30 * MILLION);
    assert_eq!(w.treasury().reserved_funds, 30 * MILLION);
}

/// Half of the electorate is not enough under the new thresholds, and the timelock is longer.
#[test]
fn other_thresholds_judge_the_next_slate_only() {
    let act = patch(
        |p| {
            for rule in &mut p.tiers.rules {
                rule.quorum_bps = 6_000;
                rule.timelock_secs += 3 * DAY_SECS;
            }
        },
        |p| PolicyPatch::Tiers(p.tiers),
    );
    let (mut w, voter) = community(brisk());
    let other = w.staker(ELECTORATE);
    w.open_next_epoch();
    fill(&mut w, &[], &[act]);
    w.to_voting();
    for voter in [&voter, &other] {
        w.cast(voter, &[(0, For)]).unwrap();
    }
    w.to_tallying();
    w.settle().unwrap();
    w.open_next_epoch();
    fill(&mut w, &[ask_in(GENERAL, 5)], &[]);
    w.to_execution(0);
    w.execute_action(0, 0).unwrap();
    carry(&mut w, &voter);
    assert_eq!(verdict(&w, 1, 0), funded());
    to_settled(&mut w, 1, DAY);
    w.execute(1, 0).unwrap();
    w.open_next_epoch();
    fill(&mut w, &[ask_in(GENERAL, 5)], &[]);
    carry(&mut w, &voter);
    assert!(w.entry(2, 0).is(Outcome::Failed));
    // With both of them it passes, and waits longer.
    w.open_next_epoch();
    fill(&mut w, &[ask_in(GENERAL, 5)], &[]);
    w.to_voting();
    for voter in [&voter, &other] {
        w.cast(voter, &[(0, For)]).unwrap();
    }
    w.to_tallying();
    w.settle().unwrap();
    to_settled(&mut w, 3, 4 * DAY - 1);
    refused(&mut w, BudgetError::StillTimelocked, |w| w.execute(3, 0));
    to_settled(&mut w, 3, 4 * DAY);
    w.execute(3, 0).unwrap();
}

#[test]
fn smaller_ask_limits_bind_the_next_slate_only() {
    let act = patch(|p| p.tiers.rules[2].ask_limit_bps = 600, |p| PolicyPatch::Tiers(p.tiers));
    let (mut w, voter) = changed(act, |w| {
        fill(w, &[ask_in(GENERAL, 200 * MILLION)], &[]);
    });
    next(&mut w, &voter);
    assert_eq!(verdict(&w, 1, 0), funded());
    let proposer = w.proposer();
    let limit = 48 * MILLION; // 6 % of what is left
    refused(&mut w, BudgetError::AskTooLarge, |w| w.submit(&proposer, &ask_in(GENERAL, limit + 1)));
    w.submit(&proposer, &ask_in(GENERAL, limit)).unwrap();
}

#[test]
fn other_terms_of_stake_measure_weights_from_the_next_epoch_on() {
    // The longest lock, 180 days, earns half as much again; under the new terms twice as much.
    let act = patch(
        |p| {
            p.stake.lock_bonus_bps = 10_000;
            p.stake.min_lock_secs = 8 * DAY_SECS;
        },
        |p| PolicyPatch::Stake(p.stake),
    );
    let (mut w, _) = changed(act, |_| ());
    let (longest, shortest) = (180 * DAY_SECS, 7 * DAY_SECS);
    let [early, late, never] = [(); 3].map(|()| w.person());
    w.open_stake(&early, longest).unwrap();
    w.stake(&early, 100).unwrap();
    assert_eq!(w.stake_of(&early).weight, 150);
    w.open_stake(&late, shortest).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.stake(&early, 100).unwrap();
    assert_eq!(w.stake_of(&early).weight, 300, "settled, but no other epoch has opened");
    w.open_next_epoch();
    assert_eq!(w.stake_of(&early).weight, 300, "nobody has touched it");
    w.refresh_stake(&early).unwrap();
    assert_eq!(w.stake_of(&early).weight, 400);
    refused(&mut w, BudgetError::LockOutOfRange, |w| w.open_stake(&never, shortest));
    w.open_stake(&never, 8 * DAY_SECS).unwrap();
}

#[test]
fn a_larger_electorate_is_asked_of_the_next_slate_only() {
    let act = patch(|p| p.stake.min_total_weight = ELECTORATE + 1, |p| PolicyPatch::Stake(p.stake));
    let (mut w, voter) = changed(act, |w| {
        fill(w, &[ask_in(GENERAL, 5)], &[]);
    });
    next(&mut w, &voter);
    assert_eq!(verdict(&w, 1, 0), funded());
    fill(&mut w, &[ask_in(GENERAL, 5)], &[]);
    carry(&mut w, &voter);
    assert!(w.entry(2, 0).is(Outcome::Failed));
}

#[test]
fn other_risk_limits_hold_from_the_next_settlement_on() {
    let asks = [ask_in(GENERAL, 60 * MILLION), ask_in(HEDGES, 50 * MILLION)];
    let act = patch(
        |p| {
            p.risk.max_recipient_bps = 2_000;
            p.risk.categories[1].exposure_limit_bps = 100;
        },
        risk_of,
    );
    let (mut w, voter) = changed(act, |w| {
        fill(w, &[ask_in(GENERAL, 100 * MILLION), ask_in(HEDGES, 50 * MILLION)], &[]);
    });
    assert_eq!(w.assess(100 * MILLION, GENERAL, 0).refused, 0);
    next(&mut w, &voter);
    assert_eq!((verdict(&w, 1, 0), verdict(&w, 1, 1)), (funded(), funded()));
    fill(&mut w, &asks, &[]);
    carry(&mut w, &voter);
    // A fifth of 255 million is 51.
    assert_eq!(verdict(&w, 2, 0), unfunded(Reason::Concentration));
    assert_eq!(verdict(&w, 2, 1), unfunded(Reason::ExposureLimit));
}

#[test]
fn a_stricter_drawdown_trips_from_the_next_epoch_on() {
    // A loss of 20 of 980 million: nothing under a limit of 90 %, enough under one of 5 %.
    let mut lenient = brisk();
    lenient.risk.max_drawdown_bps = 9_000;
    let (mut w, voter) = community(lenient);
    pay_out(&mut w, &voter, HEDGES, HEDGED);
    w.mark(HEDGES, LEFT).unwrap();
    decide(&mut w, &voter, &[], &[patch(|_| (), risk_of)]);
    w.to_execution(1);
    w.execute_action(1, 0).unwrap();
    refused(&mut w, BudgetError::TripConditionNotMet, World::trip);
    w.open_next_epoch();
    w.trip().unwrap();
}

#[test]
fn another_haircut_is_neither_loss_nor_gain() {
    let act = patch(|p| p.risk.categories[1].haircut_bps = 9_000, risk_of);
    let (mut w, voter) = community(brisk());
    pay_out(&mut w, &voter, HEDGES, HEDGED);
    decide(&mut w, &voter, &[], &[act]);
    w.to_execution(1);
    w.execute_action(1, 0).unwrap();
    let value = |w: &World| w.treasury().standing(0, w.svm.now()).unwrap().net_asset_value();
    assert_eq!((value(&w), w.treasury().high_water), (Some(980 * MILLION), 980 * MILLION));
    w.open_next_epoch();
    assert_eq!((value(&w), w.treasury().high_water), (Some(820 * MILLION), 820 * MILLION));
    refused(&mut w, BudgetError::TripConditionNotMet, World::trip);
}

#[test]
fn another_pause_and_trip_last_from_the_next_epoch_on() {
    let act = patch(
        |p| {
            p.breaker.guardian_pause_secs = DAY_SECS;
            p.breaker.trip_secs = 2 * DAY_SECS;
        },
        |p| PolicyPatch::Breaker(p.breaker),
    );
    let (mut w, voter) = losing();
    let guardian = w.guardian.clone();
    fill(&mut w, &[], std::slice::from_ref(&act));
    carry(&mut w, &voter);
    w.open_next_epoch();
    w.to_execution(1);
    w.execute_action(1, 0).unwrap();
    w.pause_executions(&guardian, 6 * DAY_SECS).unwrap();
    w.trip().unwrap();
    assert_eq!(w.treasury().tripped_until, w.svm.now() + 30 * DAY);

    let (mut w, voter) = losing();
    fill(&mut w, &[], &[act]);
    carry(&mut w, &voter);
    w.to_execution(1);
    w.execute_action(1, 0).unwrap();
    w.open_next_epoch();
    refused(&mut w, BudgetError::PauseExceedsAllowance, |w| {
        w.pause_executions(&guardian, DAY_SECS + 1)
    });
    w.pause_executions(&guardian, DAY_SECS).unwrap();
    w.trip().unwrap();
    assert_eq!(w.treasury().tripped_until, w.svm.now() + 2 * DAY);
}

#[test]
fn another_outflow_limit_holds_from_the_next_epoch_on() {
    let act = patch(|p| p.breaker.outflow_bps = 100, |p| PolicyPatch::Breaker(p.breaker));
    let (mut w, _) = changed(act, |_| ());
    assert_eq!(w.treasury().bucket_capacity, FUNDS);
    w.to_tallying();
    w.settle().unwrap();
    w.open_next_epoch();
    assert_eq!(w.treasury().bucket_capacity, FUNDS / 100);
}

#[test]
fn other_reviews_judge_the_awards_of_the_next_epoch_only() {
    let act = patch(
        |p| {
            p.review.window_secs = 9 * DAY_SECS;
            p.review.pass_bps = 5_000;
        },
        |p| PolicyPatch::Review(p.review),
    );
    let (mut w, voter) = changed(act, |w| {
        fill(w, &[ask_in(GENERAL, 5)], &[]);
    });
    next(&mut w, &voter);
    fill(&mut w, &[ask_in(GENERAL, 5)], &[]);
    w.to_execution(1);
    w.execute(1, 0).unwrap();
    carry(&mut w, &voter);
    w.to_execution(2);
    w.execute(2, 0).unwrap();
    let terms = [w.stream(1, 0), w.stream(2, 0)].map(|s| (s.window_secs, s.pass_bps));
    assert_eq!(terms, [(7 * DAY_SECS, 6_000), (9 * DAY_SECS, 5_000)]);
}

#[test]
fn an_operating_category_may_become_another_while_an_epoch_is_open() {
    let act = patch(|p| p.risk.categories[0].name = name("works"), risk_of);
    let (mut w, voter) = changed(act, |w| {
        fill(w, &[ask_in(GENERAL, 5)], &[]);
    });
    next(&mut w, &voter);
    assert_eq!(verdict(&w, 1, 0), funded());
    assert_eq!(w.epoch(1).policy.risk.categories[0].name, name("general"));
    assert_eq!(w.epoch(2).policy.risk.categories[0].name, name("works"));
}
