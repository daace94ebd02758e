//! What reviews do to the money, against a model that knows parts, scores and a clock, and nothing
//! of how the program computes (R7, R8, P4, P6).
//!
//! Whatever is scored, held, ruled or paused and however it is claimed: paid + returned == total in
//! the end, and what is released never falls.

use std::iter::zip;

use budget_tests::*;
use community_budget::{BudgetError, state::Ruling};

use crate::{model::*, stage::*};

#[test]
fn the_model_knows_an_easy_stream() {
    let mut model = Model::new(&usual_ask());
    assert_eq!(
        (model.released(0), model.released(DAY), model.released(PART_SECS)),
        (0, DAILY, PART)
    );
    assert_eq!((model.released(2 * PART_SECS), model.due()), (PART, PART_SECS));
    model.pass(3_000);
    assert_eq!(model.released(PART_SECS + 2 * DAY), PART + DAILY);
    assert_eq!((model.released(3 * PART_SECS), model.returned()), (PART + PART / 2, PART / 2));
    model.resume(2 * PART_SECS + 9 * DAY);
    assert_eq!(model.released(2 * PART_SECS + 10 * DAY), PART + PART / 2 + DAILY);
}

// --- against the model --------------------------------------------------------------------------

/// When the recipient claims.
#[derive(Clone, Copy, Debug)]
enum Claims {
    /// After the end.
    Never,
    /// At every moment that the test looks at.
    Always,
    /// Now and then.
    Seldom,
}

/// One stream through reviews with these scores, one per checkpoint; `None` is the reviewer's
/// silence.
fn goes_through(ask: &Ask, scores: &[Option<u16>], claims: Claims, dice: &mut Dice) {
    let what = format!("{} in {} parts, {scores:?}, {claims:?}", ask.amount, ask.checkpoints + 1);
    let (mut w, cast) = stream_of(Setup::default(), ask);
    let mut model = Model::new(ask);
    let mut look = |w: &mut World, model: &Model| {
        let claiming = match claims {
            Claims::Never => false,
            Claims::Always => true,
            Claims::Seldom => dice.roll(4) == 0,
        };
        if claiming {
            assert_eq!(released(w), model.released(elapsed(w)), "{what}, {} s", elapsed(w));
        }
    };
    for score in scores {
        let begins = model.begins(model.open - 1);
        for share in [1, 3] {
            let moment = (begins + share * (model.due() - begins) / 4).max(elapsed(&w));
            at(&mut w, moment);
            look(&mut w, &model);
        }
        let update = model.due().max(elapsed(&w));
        at(&mut w, update);
        look(&mut w, &model);
        w.file_update(&cast.alice, 0, 0).unwrap();
        look(&mut w, &model);
        match score {
            Some(score) => {
                w.svm.advance(2 * DAY + 77);
                look(&mut w, &model);
                w.score(0, 0, *score).unwrap();
                model.pass(u64::from(*score));
            }
            None => {
                w.svm.advance(GRACE - 1);
                look(&mut w, &model);
                w.svm.advance(1);
                model.pass(PASS);
            }
        }
        look(&mut w, &model);
        assert_eq!(w.stream(0, 0).returned, model.returned(), "{what}");
    }
    let end = model.duration.max(elapsed(&w));
    at(&mut w, end);
    assert_eq!(released(&mut w), ask.amount - model.returned(), "{what}");
    assert_eq!(w.stream(0, 0).returned, model.returned(), "{what}");
    assert_adds_up(&mut w);
    for checkpoint in 0..ask.checkpoints {
        w.close_review(0, 0, checkpoint).unwrap();
    }
    w.close_stream(0, 0).unwrap();
}

#[test]
fn paid_and_returned_are_the_total_whatever_is_scored_and_however_it_is_claimed() {
    let mut dice = Dice(1);
    for amount in [1, 13, 9_999_991, 60_000_007] {
        for checkpoints in [0, 1, 2, 3, 7, 12] {
            for claims in [Claims::Never, Claims::Always, Claims::Seldom] {
                let ask = Ask::with_reviews(amount, 131, checkpoints);
                let scores: Vec<_> = (0..checkpoints)
                    .map(|_| match dice.roll(4) {
                        0 => None,
                        1 => Some(u16::try_from(PASS + dice.roll(4_001)).unwrap()),
                        _ => Some(u16::try_from(FLOOR + dice.roll(PASS - FLOOR)).unwrap()),
                    })
                    .collect();
                goes_through(&ask, &scores, claims, &mut dice);
            }
        }
    }
}

#[test]
fn each_scaled_part_is_exact() {
    // Parts of 20,000,000, 20,000,001 and 20,000,001 base units.
    let ask = Ask::with_reviews(60_000_002, 90, 2);
    for score in [3_000u16, 3_001, 4_444, 5_555, 5_999] {
        let (mut w, cast) = stream_of(Setup::default(), &ask);
        let parts = Model::new(&ask).parts;
        let scaled = |part: usize| {
            u64::try_from(parts[part] * u128::from(score) / u128::from(PASS)).unwrap()
        };
        let whole = |part: usize| u64::try_from(parts[part]).unwrap();
        let committed = w.treasury().committed;
        let mut returned = 0;
        for part in 1..=2 {
            filed_at(&mut w, &cast, i64::try_from(part).unwrap() * PART_SECS);
            w.score(0, 0, score).unwrap();
            returned += whole(part) - scaled(part);
            assert_eq!(w.stream(0, 0).returned, returned);
            assert_eq!(committed - w.treasury().committed, returned);
        }
        at(&mut w, 2 * PART_SECS);
        assert_eq!(released(&mut w), whole(0) + scaled(1));
        at(&mut w, 3 * PART_SECS);
        assert_eq!(released(&mut w), whole(0) + scaled(1) + scaled(2));
        assert_adds_up(&mut w);
    }
}

#[test]
fn resuming_after_a_hold_goes_on_as_if_the_clock_had_stood() {
    let mut dice = Dice(7);
    for (amount, checkpoints) in [(6_000_000, 3), (9_999_991, 2), (60_000_007, 5), (4, 3)] {
        let ask = Ask::with_reviews(amount, 131, checkpoints);
        let (mut w, cast) = stream_of(Setup::default(), &ask);
        let mut model = Model::new(&ask);
        let mut holds = 0;
        while model.has_checkpoint() {
            let due = model.due().max(elapsed(&w));
            // Held by a score, by the recipient's silence, or scaled.
            match dice.roll(3) {
                0 => {
                    held_at(&mut w, &cast, due + 3);
                    holds += 1;
                }
                1 => {
                    at(&mut w, due + WINDOW + 5);
                    w.hold(0, 0).unwrap();
                    holds += 1;
                }
                _ => {
                    filed_at(&mut w, &cast, due);
                    w.score(0, 0, 4_321).unwrap();
                    model.pass(4_321);
                }
            }
            if w.stream(0, 0).held_at != 0 {
                assert_eq!(released(&mut w), model.released(elapsed(&w)));
                let checkpoint = w.stream(0, 0).passed;
                rule(&mut w, &cast, Ruling::Resume { checkpoint });
                model.resume(elapsed(&w));
            }
            for step in [0, 1, DAY, 3 * DAY + 7] {
                w.svm.advance(step);
                let expected = model.released(elapsed(&w));
                assert_eq!(released(&mut w), expected, "{amount} in {}", checkpoints + 1);
            }
        }
        assert!(holds > 0);
        let end = model.duration + model.stood;
        at(&mut w, end - 1);
        assert_eq!(released(&mut w), model.released(end - 1));
        at(&mut w, end);
        assert_eq!(released(&mut w), amount - model.returned());
        assert_adds_up(&mut w);
    }
}

#[test]
fn a_scaled_part_keeps_its_own_share_when_a_ruling_reduces_the_rest() {
    let (mut w, cast) = streaming();
    // Approved with its timelock over on day 45.
    at(&mut w, 20 * DAY);
    let epoch = {
        w.open_epoch().unwrap();
        let act = w.ruling(0, 0, Ruling::Reduce { keep_bps: 5_000 });
        w.submit_action(&cast.bob, act).unwrap();
        filed_at(&mut w, &cast, PART_SECS);
        w.score(0, 0, 3_000).unwrap();
        w.to_voting();
        w.cast(&cast.voter, &[(0, For)]).unwrap();
        w.to_tallying();
        w.settle().unwrap();
        w.current()
    };
    w.to_execution(epoch);
    assert_eq!(elapsed(&w), 45 * DAY);
    assert_eq!(released(&mut w), PART + PART / 4);
    let unreleased = PART / 4 + 2 * PART;
    w.execute_action(epoch, 0).unwrap();
    assert_eq!(w.stream(0, 0).returned, PART / 2 + unreleased / 2);
    // Half of what was left of the scaled part is its own share. The part is spread over all of its
    // time, so nothing flows until that has caught up with what was released.
    for (day, paid) in [
        (45, PART + PART / 4),
        (50, PART + PART / 4),
        (55, PART + (PART / 4 + PART / 8) * 25 / 30),
        (60, PART + PART / 4 + PART / 8),
    ] {
        at(&mut w, day * DAY);
        assert_eq!(released(&mut w), paid, "day {day}");
    }
    filed_at(&mut w, &cast, 60 * DAY);
    w.score(0, 0, 10_000).unwrap();
    filed_at(&mut w, &cast, 90 * DAY);
    assert_eq!(released(&mut w), PART + PART / 4 + PART / 8 + PART / 2);
    w.score(0, 0, 10_000).unwrap();
    at(&mut w, 120 * DAY);
    assert_eq!(released(&mut w), PART + PART / 4 + unreleased / 2);
    assert_adds_up(&mut w);
}

#[test]
fn a_reduced_stream_adds_up_and_never_falls() {
    let mut dice = Dice(3);
    for amount in [1, 5, 9_999_991, 60_000_007] {
        for checkpoints in [0, 1, 4, 12] {
            let ask = Ask::with_reviews(amount, 131, checkpoints);
            let (mut w, cast) = stream_of(Setup::default(), &ask);
            let mut model = Model::new(&ask);
            let keep_bps = u16::try_from(1 + dice.roll(9_999)).unwrap();
            // Voted on from a random day on; updates come in time, some are scaled.
            let opens = 5 + i64::try_from(dice.roll(60)).unwrap();
            let (mut paid, mut ruled) = (0, None);
            let mut steps = vec![];
            for day in 1..=140 {
                at(&mut w, day * DAY + 11);
                // What the reduction left nothing of waits for no update.
                let finished = w.stream(0, 0).is_finished();
                while !finished && model.has_checkpoint() && elapsed(&w) >= model.due() {
                    w.file_update(&cast.alice, 0, 0).unwrap();
                    let score = FLOOR + dice.roll(2 * PASS - FLOOR);
                    let score = u16::try_from(score.min(10_000)).unwrap();
                    w.score(0, 0, score).unwrap();
                    model.pass(u64::from(score));
                }
                if day == opens {
                    w.open_epoch().unwrap();
                    let act = w.ruling(0, 0, Ruling::Reduce { keep_bps });
                    w.submit_action(&cast.bob, act).unwrap();
                } else if day == opens + 15 {
                    w.cast(&cast.voter, &[(0, For)]).unwrap();
                } else if day == opens + 22 {
                    w.settle().unwrap();
                } else if day == opens + 27 {
                    let before = released(&mut w);
                    w.execute_action(1, 0).unwrap();
                    assert_eq!(released(&mut w), before, "a ruling pays nothing and takes nothing");
                    ruled = Some(before);
                }
                if dice.roll(3) == 0 {
                    let now = released(&mut w);
                    assert!(now >= paid, "what is released fell from {paid} to {now}");
                    paid = now;
                    if ruled.is_none() {
                        assert_eq!(now, model.released(elapsed(&w)));
                    }
                    steps.push(paid);
                }
            }
            assert!(ruled.is_some());
            assert_adds_up(&mut w);
            assert!(zip(&steps, &steps[1..]).all(|(before, after)| before <= after));
        }
    }
}

#[test]
fn a_reduction_returns_its_share_of_what_is_unreleased() {
    // No review after it: what the stream pays in all is known to the unit.
    for (amount, keep_bps) in [(9_999_991, 1), (9_999_991, 3_333), (6_000_000, 9_999), (7, 5_000)] {
        let ask = Ask::with_reviews(amount, 131, 1);
        let (mut w, cast) = stream_of(Setup::default(), &ask);
        rule(&mut w, &cast, Ruling::Reduce { keep_bps });
        let before = released(&mut w);
        let kept = u128::from(amount - before) * u128::from(keep_bps) / 10_000;
        let kept = u64::try_from(kept).unwrap();
        assert_eq!(w.stream(0, 0).returned, amount - before - kept);
        filed_at(&mut w, &cast, 131 * DAY / 2);
        w.score(0, 0, 10_000).unwrap();
        at(&mut w, 131 * DAY - 1);
        assert!(released(&mut w) <= before + kept);
        at(&mut w, 131 * DAY);
        assert_eq!(released(&mut w), before + kept);
        assert_adds_up(&mut w);
    }
}

// --- what was released stays --------------------------------------------------------------------

#[test]
fn cancelled_then_claimed() {
    // Cancelled while it runs, while it waits for an update, for a verdict, and while it is held.
    for (days_before, case) in [(25, "runs"), (30, "waits"), (30, "filed"), (30, "held")] {
        let (mut w, cast) = streaming();
        at(&mut w, (days_before - 25) * DAY);
        let act = w.ruling(0, 0, Ruling::Cancel);
        w.open_next_epoch();
        let epoch = settle_acts(&mut w, &cast, &[act]);
        w.to_execution(epoch);
        match case {
            "filed" => drop(w.file_update(&cast.alice, 0, 0).unwrap()),
            "held" => {
                let now = elapsed(&w);
                held_at(&mut w, &cast, now);
            }
            _ => {}
        }
        let expected = PART.min(DAILY * u64::try_from(elapsed(&w) / DAY).unwrap());
        w.execute_action(epoch, 0).unwrap();
        w.svm.advance(200 * DAY);
        assert_eq!(released(&mut w), expected, "{case}");
        assert_eq!(w.stream(0, 0).returned, AWARD - expected, "{case}");
        assert_adds_up(&mut w);
    }
}

#[test]
fn paused_then_claimed() {
    let (mut w, cast) = streaming();
    filed_at(&mut w, &cast, PART_SECS);
    w.score(0, 0, 10_000).unwrap();
    at(&mut w, 40 * DAY);
    let guardian = w.guardian.clone();
    w.pause_stream(&guardian, 0, 0, 7 * DAY_SECS).unwrap();
    let purse = w.purse(&cast.alice);
    w.svm.advance(3 * DAY);
    w.claim(0, 0).unwrap();
    assert_eq!(w.purse(&cast.alice) - purse, 40 * DAILY);
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
    at(&mut w, 48 * DAY);
    assert_eq!(released(&mut w), 41 * DAILY);
}

#[test]
fn neither_a_pause_of_executions_nor_a_hold_stops_a_claim() {
    let (mut w, cast) = streaming();
    at(&mut w, 10 * DAY);
    let guardian = w.guardian.clone();
    w.pause_executions(&guardian, 7 * DAY_SECS).unwrap();
    assert_eq!(released(&mut w), 10 * DAILY);
    held_at(&mut w, &cast, PART_SECS);
    w.svm.advance(50 * DAY);
    assert_eq!(released(&mut w), PART);
}

#[test]
fn what_a_cliff_released_stays_released_when_a_resumption_sets_the_clock_back_behind_it() {
    // The checkpoint is on day 30, the cliff on day 40, and the stream is held from day 30 to 55.
    let ask = Ask { cliff_secs: 40 * DAY_SECS, ..usual_ask() };
    for claims_before in [false, true] {
        let (mut w, cast) = stream_of(Setup::default(), &ask);
        held_at(&mut w, &cast, PART_SECS);
        let epoch = approve_ruling(&mut w, &cast, Ruling::Resume { checkpoint: 0 });
        w.to_execution(epoch);
        assert!(elapsed(&w) > 40 * DAY);
        let before = w.stream(0, 0).released(w.svm.now()).unwrap();
        assert_eq!(before, PART);
        if claims_before {
            assert_eq!(released(&mut w), PART);
        }
        w.execute_action(epoch, 0).unwrap();
        let resumed = elapsed(&w);
        for since in [0, DAY, 10 * DAY - 1] {
            at(&mut w, resumed + since);
            assert_eq!(released(&mut w), PART, "{since} s after the ruling");
        }
        at(&mut w, resumed + 10 * DAY);
        assert_eq!(released(&mut w), PART + 10 * DAILY);
    }
}

#[test]
fn a_cliff_holds_reviewed_parts_back_and_pays_them_at_once() {
    let ask = Ask { cliff_secs: 75 * DAY_SECS, ..usual_ask() };
    let (mut w, cast) = stream_of(Setup::default(), &ask);
    filed_at(&mut w, &cast, PART_SECS);
    w.score(0, 0, 3_000).unwrap();
    filed_at(&mut w, &cast, 2 * PART_SECS);
    w.score(0, 0, 10_000).unwrap();
    at(&mut w, 75 * DAY - 1);
    assert_eq!(released(&mut w), 0);
    w.svm.advance(1);
    assert_eq!(released(&mut w), PART + PART / 2 + PART / 2);
}
