//! The outflow limit between reviews (R11, P4): it holds nothing back for longer than the payout
//! delay. And whole lives under it, whatever everybody does: what is released never falls, errors
//! have names, and in the end paid + returned == total (P6).

use std::collections::BTreeMap;

use budget_tests::*;
use community_budget::{BudgetError, state::Ruling};

use crate::{model::*, stage::*};

/// The policy's longest time for which the limit may hold anything back.
const DELAY: i64 = 3 * DAY;

/// A policy whose outflow bucket holds one percent of the treasury.
fn tight() -> Setup {
    let mut policy = test_policy();
    policy.breaker.outflow_bps = 100;
    // Asks count as small up to the largest one, so that they may stream as fast as they like.
    for rule in &mut policy.tiers.rules[..3] {
        rule.ask_limit_bps = 2_000;
    }
    Setup { policy, ..Setup::default() }
}

/// What was released when: the model from each moment on.
struct History(Vec<(i64, Model)>);

impl History {
    fn new(ask: &Ask) -> Self {
        Self(vec![(0, Model::new(ask))])
    }

    fn now(&self) -> &Model {
        &self.0.last().unwrap().1
    }

    /// The model changes at `secs`.
    fn change(&mut self, secs: i64, change: impl FnOnce(&mut Model)) {
        let mut model = self.now().clone();
        change(&mut model);
        self.0.push((secs, model));
    }

    fn released(&self, secs: i64) -> u64 {
        if secs < 0 {
            return 0;
        }
        let (_, model) = self.0.iter().rev().find(|(from, _)| *from <= secs).unwrap();
        model.released(secs)
    }
}

/// Claims, and holds what was paid against P4: at least what had been released a delay ago, at most
/// what is released now. Returns whether the bucket cut it short.
#[track_caller]
fn claim_within_limits(w: &mut World, history: &History) -> bool {
    let secs = elapsed(w);
    let (now, overdue) = (history.released(secs), history.released(secs - DELAY));
    let before = w.stream(0, 0).withdrawn;
    match w.claim(0, 0) {
        Ok(_) => {
            let paid = w.stream(0, 0).withdrawn;
            assert!(paid >= overdue, "{secs} s: {paid} paid, {overdue} released a delay ago");
            assert!(paid <= now, "{secs} s: {paid} paid of {now} released");
            paid < now
        }
        Err(refusal) if refusal.code() == Some(code(BudgetError::OutflowLimited)) => {
            // Only within the second of another claim, which emptied the bucket.
            let books = w.treasury();
            assert_eq!((books.bucket_level, books.bucket_at), (0, w.svm.now()), "{secs} s");
            assert!((overdue..now).contains(&before), "{secs} s: {before} paid, {overdue} due");
            true
        }
        Err(refusal) => {
            assert_eq!(refusal.code(), Some(code(BudgetError::NothingToWithdraw)), "{refusal}");
            assert_eq!(before, now, "{secs} s");
            false
        }
    }
}

#[test]
fn claims_between_reviews_never_wait_longer_than_the_payout_delay() {
    let mut cut = 0;
    let mut dice = Dice(11);
    for checkpoints in [1, 2, 3, 5] {
        for round in 0..4 {
            // Up to 2,500,000 a day against a bucket of 10,000,000 in seven days.
            let days = [36, 40, 45, 60][usize::try_from(dice.roll(4)).unwrap()];
            let ask = Ask::with_reviews(90_000_000, days, checkpoints);
            let (mut w, cast) = stream_of(tight(), &ask);
            let mut history = History::new(&ask);
            let mut filed: Option<i64> = None;
            let mut verdict = None;
            let end = i64::from(days) * DAY;
            let mut secs = 0;
            let mut limit = end + 20 * DAY;
            while secs < limit {
                let step = match dice.roll(6) {
                    0 => 1 + dice.roll(60),
                    1 => 3_600 + dice.roll(7_200),
                    2 => 3 * 86_400,
                    _ => 20_000 + dice.roll(70_000),
                };
                let mut next = secs + i64::try_from(step).unwrap();
                // Stop where something is due.
                let due = match filed {
                    Some(at) => Some(verdict.map_or(at + GRACE, |after: i64| at + after)),
                    None if history.now().has_checkpoint() => Some(history.now().due().max(secs)),
                    None => None,
                };
                let acts = due.is_some_and(|due| next >= due);
                if acts {
                    next = due.unwrap();
                }
                secs = next;
                at(&mut w, secs);
                match filed {
                    Some(_) if acts => {
                        let score = FLOOR + dice.roll(10_001 - FLOOR);
                        if verdict.is_some() {
                            w.score(0, 0, u16::try_from(score).unwrap()).unwrap();
                            history.change(secs, |model| model.pass(score));
                        } else {
                            history.change(secs, |model| model.pass(PASS));
                        }
                        filed = None;
                    }
                    None if acts => {
                        w.file_update(&cast.alice, 0, 0).unwrap();
                        filed = Some(secs);
                        verdict = (dice.roll(2) == 0)
                            .then(|| 1 + i64::try_from(dice.roll(600_000)).unwrap());
                    }
                    _ => {}
                }
                if dice.roll(4) != 0 {
                    cut += u32::from(claim_within_limits(&mut w, &history));
                }
                limit = limit.max(history.now().due().min(end + 60 * DAY));
            }
            assert!(!history.now().has_checkpoint(), "{checkpoints} {round}");
            w.svm.advance(DELAY);
            assert!(!claim_within_limits(&mut w, &history));
            let returned = history.now().returned();
            let stream = w.stream(0, 0);
            assert_eq!((stream.withdrawn, stream.returned), (ask.amount - returned, returned));
            assert_adds_up(&mut w);
        }
    }
    assert!(cut > 20, "the limit was reached {cut} times");
}

#[test]
fn what_was_released_before_a_cancellation_is_paid_within_the_delay() {
    let ask = Ask::with_reviews(90_000_000, 40, 1);
    let (mut w, cast) = stream_of(tight(), &ask);
    let epoch = approve_ruling(&mut w, &cast, Ruling::Cancel);
    at(&mut w, 20 * DAY);
    w.file_update(&cast.alice, 0, 0).unwrap();
    w.to_execution(epoch);
    assert_eq!(elapsed(&w), 30 * DAY);
    // By silence since day 27: three quarters, of which nothing was claimed.
    w.execute_action(epoch, 0).unwrap();
    let kept = 90_000_000 * 3 / 4;
    assert_eq!(w.stream(0, 0).ended_released, kept);
    let released_before = 90_000_000 / 2;
    w.claim(0, 0).unwrap();
    let first = w.stream(0, 0).withdrawn;
    assert!(first >= released_before && first < kept, "{first}");
    w.svm.advance(DELAY - 1);
    w.claim(0, 0).unwrap();
    w.svm.advance(1);
    assert_eq!(released(&mut w), kept);
    assert_adds_up(&mut w);
}

#[test]
fn what_passed_by_silence_waits_from_when_it_passed() {
    // Half of 90,000,000 on day 20; on day 27 the other half begins, with seven days of twenty.
    let ask = Ask::with_reviews(90_000_000, 40, 1);
    let bulk = 90_000_000 / 2 * 7 / 20;
    let (mut w, cast) = stream_of(tight(), &ask);
    filed_at(&mut w, &cast, 20 * DAY);
    // The bucket is emptied, and the claim pays what is overdue: all of the first half.
    at(&mut w, 27 * DAY - 1);
    w.claim(0, 0).unwrap();
    assert_eq!(w.stream(0, 0).withdrawn, 45_000_000);
    assert_eq!(w.treasury().bucket_level, 0);
    w.svm.advance(1);
    w.claim(0, 0).unwrap();
    let at_pass = w.stream(0, 0).withdrawn;
    assert!(at_pass < 45_000_000 + 100, "the bucket refills by the second");
    refused(&mut w, BudgetError::OutflowLimited, |w| w.claim(0, 0));
    // A delay later the bulk is overdue, not a second before.
    at(&mut w, 30 * DAY - 1);
    let overdue_before = w.stream(0, 0).overdue(w.svm.now(), 3 * DAY_SECS).unwrap();
    assert_eq!(overdue_before, 0);
    w.svm.advance(1);
    w.claim(0, 0).unwrap();
    assert!(w.stream(0, 0).withdrawn >= 45_000_000 + bulk);
}

#[test]
fn what_was_released_before_a_hold_is_paid_at_once_after_a_resumption_sets_the_clock_back() {
    // Half of 90,000,000 by day 20, unclaimed; the hold lasts longer than any delay.
    let ask = Ask::with_reviews(90_000_000, 40, 1);
    let (mut w, cast) = stream_of(tight(), &ask);
    held_at(&mut w, &cast, 20 * DAY);
    rule(&mut w, &cast, Ruling::Resume { checkpoint: 0 });
    w.claim(0, 0).unwrap();
    assert_eq!(w.stream(0, 0).withdrawn, 45_000_000);
    // What comes then waits for the bucket, which is empty, or for the delay.
    w.svm.advance(DELAY - 1);
    let level = w.treasury().bucket_level;
    assert_eq!(level, 0);
    w.claim(0, 0).unwrap();
    assert!(w.stream(0, 0).withdrawn < 45_000_000 + 3 * 2_250_000);
}

// --- any life -----------------------------------------------------------------------------------

/// Acts on one stream, with what was released when they came.
struct Life {
    w: World,
    cast: Cast,
    /// Base units released after so many quarter days, as read then.
    history: Vec<u64>,
    /// Acts that went through, by name.
    acts: BTreeMap<&'static str, u32>,
}

/// Steps of a life.
const STEP: i64 = DAY / 4;

impl Life {
    fn new(ask: &Ask) -> Self {
        let (w, cast) = stream_of(tight(), ask);
        Self { w, cast, history: vec![0], acts: BTreeMap::new() }
    }

    /// What the stream account says that it has released.
    fn released(&self) -> u64 {
        let mut stream = self.w.stream(0, 0);
        stream.pass_by_silence(self.w.svm.now()).unwrap();
        stream.released(self.w.svm.now()).unwrap()
    }

    /// Tries an act. Nobody who follows the rules meets an error of computation, and nothing that
    /// was released goes away.
    fn attempt(&mut self, name: &'static str, act: impl FnOnce(&mut World, &Cast) -> Act) {
        let before = self.released();
        match act(&mut self.w, &self.cast) {
            Ok(_) => *self.acts.entry(name).or_default() += 1,
            Err(refusal) => {
                let broken = [BudgetError::ArithmeticOverflow, BudgetError::InvariantViolated];
                let named = refusal.code().is_some_and(|own| !broken.map(code).contains(&own));
                assert!(named, "{name}: {refusal}");
            }
        }
        let after = self.released();
        assert!(after >= before, "{name} let what is released fall from {before} to {after}");
        let stream = self.w.stream(0, 0);
        assert!(stream.withdrawn <= after && after + stream.returned <= stream.total, "{name}");
    }

    /// Claims, and holds what was paid against what had been released a delay ago.
    fn claim(&mut self) {
        self.attempt("claim", |w, _| w.claim(0, 0));
        let ago = self.history.len() - 1;
        let ago = ago.checked_sub(usize::try_from(DELAY / STEP).unwrap());
        let overdue = ago.map_or(0, |step| self.history[step]);
        let paid = self.w.stream(0, 0).withdrawn;
        assert!(paid >= overdue, "{paid} paid, {overdue} released a delay ago");
    }

    fn step(&mut self) {
        let before = *self.history.last().unwrap();
        self.w.svm.advance(STEP);
        let after = self.released();
        assert!(after >= before, "time let what is released fall from {before} to {after}");
        self.history.push(after);
    }

    /// A vote on the stream goes on: whatever of it is possible now.
    fn govern(&mut self, ruling: Ruling) {
        let (epoch, now) = (self.w.epoch(self.w.current()), self.w.svm.now());
        let index = epoch.index;
        if epoch.settled_at == 0 {
            if now >= epoch.voting_closes_at {
                self.attempt("settle", |w, _| w.settle());
            } else if now >= epoch.voting_opens_at {
                self.attempt("vote", |w, cast| w.cast(&cast.voter, &[(0, For)]));
            }
            return;
        }
        if index > 0 && self.w.entry(index, 0).is(Outcome::Approved) {
            self.attempt("rule", |w, _| w.execute_action(index, 0));
        }
        if now >= epoch.opened_at + 30 * DAY {
            self.w.open_epoch().unwrap();
            let act = self.w.ruling(0, 0, ruling);
            self.attempt("propose", |w, cast| w.submit_action(&cast.bob, act));
        }
    }
}

#[test]
fn in_any_life_released_never_falls_and_is_paid_within_the_delay_and_everything_adds_up() {
    let mut acts = BTreeMap::<&str, u32>::new();
    for seed in 0..14 {
        let mut dice = Dice(seed);
        let checkpoints = u8::try_from(1 + dice.roll(4)).unwrap();
        let days = [40, 90, 131][usize::try_from(dice.roll(3)).unwrap()];
        let cliff_secs = u32::try_from(dice.roll(3)).unwrap() * days / 4 * DAY_SECS;
        let ask = Ask { cliff_secs, ..Ask::with_reviews(90_000_001, days, checkpoints) };
        let mut life = Life::new(&ask);
        let guardian = life.w.guardian.clone();
        // Some communities forgive, some reduce, some cancel, some never agree on anything that can
        // be carried out. Some recipients report late or never.
        let mood = dice.roll(8);
        let diligence = [4, 25, 400][usize::try_from(dice.roll(3)).unwrap()];
        for _ in 0..4 * (i64::from(days) + 90) {
            life.step();
            let ruling = match mood {
                0 => Ruling::Cancel,
                1..=3 => Ruling::Reduce { keep_bps: u16::try_from(1 + dice.roll(9_999)).unwrap() },
                4..=5 => Ruling::Resume { checkpoint: life.w.stream(0, 0).passed },
                _ => Ruling::Resume { checkpoint: u8::MAX },
            };
            life.govern(ruling);
            if dice.roll(diligence) == 0 {
                life.attempt("file", |w, cast| w.file_update(&cast.alice, 0, 0));
            }
            if dice.roll(30) == 0 {
                // Mostly good work.
                let score = u16::try_from(10_000 - dice.roll(90) * dice.roll(90)).unwrap();
                if life.w.stream(0, 0).update_filed == 1 {
                    life.attempt("score", |w, _| w.score(0, 0, score));
                }
            }
            if dice.roll(40) == 0 {
                life.attempt("hold", |w, _| w.hold(0, 0));
            }
            if dice.roll(80) == 0 {
                let secs = u32::try_from(1 + dice.roll(400_000)).unwrap();
                life.attempt("pause", |w, _| w.pause_stream(&guardian, 0, 0, secs));
            }
            if dice.roll(6) == 0 {
                life.claim();
            }
        }
        // Nobody who could decide does anything any more; anyone still brings it to its end (P6).
        for _ in 0..4 * (180 + i64::from(days)) {
            life.step();
        }
        life.attempt("hold", |w, _| w.hold(0, 0));
        life.attempt("claim", |w, _| w.claim(0, 0));
        for _ in 0..4 * 180 {
            life.step();
        }
        life.attempt("lapse", |w, _| w.lapse_stream(0, 0, None));
        life.claim();
        assert!(life.w.stream(0, 0).is_finished(), "seed {seed}");
        assert_adds_up(&mut life.w);
        for checkpoint in 0..checkpoints {
            if life.w.svm.exists(&address::review(&life.w.stream_key(0, 0), checkpoint)) {
                life.w.close_review(0, 0, checkpoint).unwrap();
            }
        }
        life.w.close_stream(0, 0).unwrap();
        for (name, times) in life.acts {
            *acts.entry(name).or_default() += times;
        }
    }
    // Every act has had its part in it.
    for name in ["claim", "file", "score", "hold", "pause", "rule", "lapse"] {
        assert!(acts.get(name).is_some_and(|times| *times > 1), "{name}: {acts:?}");
    }
}
