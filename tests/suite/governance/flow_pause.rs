//! R11: what a guardian, and everything that blocks executions together, can do at most.
//!
//! A pause is no veto: whatever it delays waits, and is carried out afterwards.

use budget_tests::*;
use community_budget::{BudgetError, state::Role};

use crate::stage::*;

/// Most seconds of `pauses` that any span of 90 days holds. The most crowded span begins where a
/// pause does, or ends where one does.
fn worst_span(pauses: &[(i64, i64)]) -> i64 {
    const SPAN: i64 = 90 * DAY;
    let begins = pauses.iter().flat_map(|(from, until)| [*from, until - SPAN]);
    let held = |begin: i64| -> i64 {
        let inside =
            |&(from, until): &(i64, i64)| (until.min(begin + SPAN) - from.max(begin)).max(0);
        pauses.iter().map(inside).sum()
    };
    begins.map(held).max().unwrap_or(0)
}

#[test]
fn the_measure_of_the_worst_span_is_right() {
    let day = |from: i64, until: i64| (from * DAY, until * DAY);
    assert_eq!(worst_span(&[]), 0);
    assert_eq!(worst_span(&[day(0, 3), day(89, 92)]), 4 * DAY);
    assert_eq!(worst_span(&[day(0, 3), day(90, 92)]), 3 * DAY);
    assert_eq!(worst_span(&[day(10, 12), day(50, 55), day(99, 104)]), 10 * DAY);
}

#[test]
fn no_ninety_days_hold_more_pause_than_the_guardian_is_granted() {
    let granted = 7 * DAY;
    for seed in 0..6 {
        let mut dice = Dice(seed);
        let (mut w, _) = community(brisk());
        let guardian = w.guardian.clone();
        let mut pauses = Vec::new();
        let mut refusals = 0;
        for _ in 0..150 {
            // Waits and pauses of all sizes, and now and then exactly what the rules are about.
            let wait = match dice.below(5) {
                0 => 0,
                1 => i64::try_from(dice.below(7 * 86_400)).unwrap(),
                2 => i64::try_from(dice.below(95 * 86_400)).unwrap(),
                3 => (w.treasury().pause_until + 90 * DAY - w.svm.now()).max(0),
                _ => (w.treasury().pause_until + 90 * DAY - 1 - w.svm.now()).max(0),
            };
            w.svm.advance(wait);
            let secs = match dice.below(4) {
                0 => 7 * 86_400,
                1 => dice.below(8 * 86_400),
                2 => dice.below(2 * 86_400),
                _ => 7 * 86_400 - u64::from(w.treasury().pause_used_secs).min(7 * 86_400),
            };
            let now = w.svm.now();
            let secs = u32::try_from(secs).unwrap();
            if w.pause_executions(&guardian, secs).is_ok() {
                let treasury = w.treasury();
                assert!(treasury.standstill().is_on(now));
                assert_eq!(treasury.standstill_until, now + i64::from(secs));
                pauses.push((now, treasury.standstill_until));
            } else {
                refusals += 1;
            }
        }
        assert!(pauses.len() > 20 && refusals > 20, "{} and {refusals}", pauses.len());
        let worst = worst_span(&pauses);
        assert!(worst <= granted, "seed {seed}: {worst} seconds");
        // The rule leaves the guardian what it grants: some span is nearly full.
        assert!(worst > granted - DAY, "seed {seed}: {worst} seconds");
    }
}

#[test]
fn a_new_guardian_inherits_what_is_used() {
    let (mut w, voter) = community(brisk());
    let (guardian, heir) = (w.guardian.clone(), w.person());
    w.pause_executions(&guardian, 5 * DAY_SECS).unwrap();
    give_role(&mut w, &voter, Role::Guardian, heir.key());
    refused(&mut w, BudgetError::PauseExceedsAllowance, |w| {
        w.pause_executions(&heir, 2 * DAY_SECS + 1)
    });
    w.pause_executions(&heir, 2 * DAY_SECS).unwrap();
}

#[test]
fn the_standstill_counts_every_blocked_second_once() {
    // Pauses and a trip that overlap: days 0 to 2, and 26 to 57, the trip from day 27 to 57.
    let (mut w, voter) = community(brisk());
    let guardian = w.guardian.clone();
    w.pause_executions(&guardian, 2 * DAY_SECS).unwrap();
    pay_out(&mut w, &voter, HEDGES, HEDGED);
    w.svm.advance(-DAY);
    w.pause_executions(&guardian, 3 * DAY_SECS).unwrap();
    w.svm.advance(DAY);
    w.mark(HEDGES, LEFT).unwrap();
    w.open_next_epoch();
    w.trip().unwrap();
    let treasury = w.treasury();
    for (day, blocked) in [(25, 2), (26, 2), (27, 3), (29, 5), (56, 32), (57, 33), (58, 33)] {
        let secs = treasury.standstill_secs(GENESIS + day * DAY).unwrap();
        assert_eq!(secs, blocked * DAY, "day {day}");
    }
    let blocked = |day: i64| treasury.standstill().is_on(GENESIS + day * DAY);
    assert_eq!([25, 26, 28, 56, 57].map(blocked), [false, true, true, true, false]);
}

#[test]
fn a_pause_is_no_veto() {
    // The shortest grace, seven days, is used up but for a second when a pause of fourteen begins.
    let mut policy = brisk();
    policy.schedule.execution_grace_secs = 7 * DAY_SECS;
    policy.breaker.guardian_pause_secs = 14 * DAY_SECS;
    let (mut w, voter) = community(policy);
    let guardian = w.guardian.clone();
    decide(&mut w, &voter, &[ask_in(GENERAL, 5 * MILLION)], &[cap_of(2_000)]);
    to_settled(&mut w, 0, 7 * DAY - 1);
    w.pause_executions(&guardian, 14 * DAY_SECS).unwrap();
    for at in [7 * DAY - 1, 7 * DAY, 21 * DAY - 2] {
        to_settled(&mut w, 0, at);
        refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute(0, 0));
        refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute_action(0, 1));
        for index in [0, 1] {
            refused(&mut w, BudgetError::GraceNotOver, |w| w.lapse(0, index));
        }
    }
    to_settled(&mut w, 0, 21 * DAY);
    refused(&mut w, BudgetError::GraceOver, |w| w.execute(0, 0));
    to_settled(&mut w, 0, 21 * DAY - 1);
    w.execute(0, 0).unwrap();
    w.execute_action(0, 1).unwrap();
    w.svm.advance(STREAM);
    w.claim(0, 0).unwrap();
    assert_eq!(w.stream(0, 0).withdrawn, 5 * MILLION);
}

#[test]
fn a_pause_does_not_prolong_the_timelock() {
    let (mut w, voter) = community(brisk());
    let guardian = w.guardian.clone();
    decide(&mut w, &voter, &[ask_in(GENERAL, 5 * MILLION)], &[]);
    w.pause_executions(&guardian, DAY_SECS).unwrap();
    to_settled(&mut w, 0, DAY);
    w.execute(0, 0).unwrap();
}

#[test]
fn a_pause_over_before_the_settlement_prolongs_no_grace() {
    let (mut w, voter) = open(brisk());
    let guardian = w.guardian.clone();
    w.pause_executions(&guardian, 7 * DAY_SECS).unwrap();
    fill(&mut w, &[ask_in(GENERAL, 5 * MILLION)], &[]);
    carry(&mut w, &voter);
    // It runs for one more day, and only that day is made up for.
    to_settled(&mut w, 0, 15 * DAY);
    refused(&mut w, BudgetError::GraceOver, |w| w.execute(0, 0));
    to_settled(&mut w, 0, 15 * DAY - 1);
    w.execute(0, 0).unwrap();
}

#[test]
fn a_pause_stops_neither_claims_nor_the_next_round() {
    let (mut w, voter) = community(brisk());
    let guardian = w.guardian.clone();
    decide(&mut w, &voter, &[ask_in(GENERAL, 17 * MILLION)], &[]);
    w.to_execution(0);
    w.execute(0, 0).unwrap();
    w.pause_executions(&guardian, 7 * DAY_SECS).unwrap();
    w.svm.advance(5 * DAY);
    w.claim(0, 0).unwrap();
    assert_eq!(w.stream(0, 0).withdrawn, 5 * MILLION);
    let epoch = decide(&mut w, &voter, &[ask_in(GENERAL, 5 * MILLION)], &[]);
    assert!(w.entry(epoch, 0).is(Outcome::Funded), "a pause, unlike the breaker, rejects nothing");
}

/// Trips for the longest time, pauses for the longest time, epochs of the shortest period and the
/// shortest grace; an award of which a second of grace is left, and, since a vote raised the runway
/// floor, reason to trip for as long as nobody opens another epoch.
fn everything_against_it() -> (World, Person) {
    let mut policy = brisk();
    policy.schedule.execution_grace_secs = 7 * DAY_SECS;
    policy.breaker.guardian_pause_secs = 14 * DAY_SECS;
    let (mut w, voter) = community(policy);
    let longer = patch(|p| p.risk.min_runway_epochs = 24, risk_of);
    let asks = [ask_in(GENERAL, 200 * MILLION), ask_in(GENERAL, 5 * MILLION)];
    decide(&mut w, &voter, &asks, &[longer]);
    w.to_execution(0);
    w.execute_action(0, 2).unwrap();
    w.open_next_epoch();
    to_settled(&mut w, 0, 7 * DAY - 1);
    (w, voter)
}

#[test]
fn breaker_and_pause_chained_at_their_worst_block_for_104_days_and_reject_nothing() {
    let (mut w, _) = everything_against_it();
    let guardian = w.guardian.clone();
    let week = 7 * DAY_SECS;
    let from = w.svm.now();

    // A trip, a pause while the breaker rests, a trip, the rest of the allowance, a trip.
    w.trip().unwrap();
    for day in [30, 67] {
        w.svm.set_now(from + day * DAY);
        w.pause_executions(&guardian, week).unwrap();
        w.svm.set_now(from + (day + 7) * DAY);
        w.trip().unwrap();
    }
    let until = from + 104 * DAY;
    let treasury = w.treasury();
    assert_eq!(treasury.standstill_secs(until + DAY).unwrap(), until - from);
    assert_eq!(treasury.standstill_until, until);

    // Nobody could have executed it in between, and nobody could have let it lapse.
    for day in [0, 29, 30, 36, 37, 66, 67, 73, 74, 103] {
        for at in [from + day * DAY, from + (day + 1) * DAY - 1] {
            w.svm.set_now(at);
            refused(&mut w, BudgetError::GraceNotOver, |w| w.lapse(0, 1));
        }
    }
    w.svm.set_now(until - 1);
    refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute(0, 1));

    // Then neither can block another second: the breaker rests, the allowance is used up.
    w.svm.set_now(until);
    refused(&mut w, BudgetError::PauseExceedsAllowance, |w| w.pause_executions(&guardian, 1));
    refused(&mut w, BudgetError::BreakerResting, World::trip);
    w.svm.set_now(until + 7 * DAY - 1);
    refused(&mut w, BudgetError::PauseExceedsAllowance, |w| w.pause_executions(&guardian, 1));
    refused(&mut w, BudgetError::BreakerResting, World::trip);

    // The award's last second of grace is still there.
    w.svm.set_now(until);
    for index in [0, 1] {
        w.execute(0, index).unwrap();
    }
    w.svm.set_now(until + STREAM);
    w.claim(0, 1).unwrap();
    assert_eq!(w.stream(0, 1).withdrawn, 5 * MILLION);
}

#[test]
fn no_order_of_trips_and_pauses_blocks_for_longer() {
    // Whoever wants to block tries, at random and whenever it can, both; the longest stretch in
    // which no second is free is never longer than the one above.
    let longest_allowed = 104 * DAY;
    for seed in 0..4 {
        let mut dice = Dice(seed);
        let (mut w, _) = everything_against_it();
        let guardian = w.guardian.clone();
        let mut blocked: Vec<(i64, i64)> = Vec::new();
        let (mut trips, mut longest) = (0, 0);
        for _ in 0..160 {
            let hour = 1 + dice.below(96);
            let secs = u32::try_from(3_600 * (1 + dice.below(14 * 24))).unwrap();
            let now = w.svm.now();
            let free = !w.treasury().standstill().is_on(now);
            if w.trip().is_ok() {
                trips += 1;
            }
            if free && !w.treasury().standstill().is_on(now) {
                let _ = w.pause_executions(&guardian, secs);
            }
            let treasury = w.treasury();
            if treasury.standstill().is_on(now) {
                match blocked.last_mut() {
                    Some((_, until)) if *until >= now => *until = treasury.standstill_until,
                    _ => blocked.push((now, treasury.standstill_until)),
                }
            }
            longest = blocked.iter().map(|(from, until)| until - from).max().unwrap_or(0);
            // On to the end of what blocks now, or a little further.
            let next = treasury.standstill_until.max(now);
            let pause = if next > now { 0 } else { i64::try_from(hour * 3_600).unwrap() };
            w.svm.set_now(next + pause);
        }
        assert!(trips > 5, "seed {seed}: {trips} trips");
        assert!(longest <= longest_allowed, "seed {seed}: {} days", longest / DAY);
        let total: i64 = blocked.iter().map(|(from, until)| until - from).sum();
        assert_eq!(w.treasury().standstill_secs(w.svm.now()).unwrap(), total);
    }
}
