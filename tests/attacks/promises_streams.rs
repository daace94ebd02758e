//! P4, against all that can stop money at once: pauses of streams and executions, a breaker tripped
//! by lies, hostile reviews and silence, rulings, and an outflow limit far below what is due.

use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Action, Ruling, Stream},
};

use crate::stage::*;

/// Longest delay that a policy may set.
const DELAY: i64 = 7 * DAY;
const STREAMS: u8 = 3;
/// Between two acts of the enemy.
const STEP: i64 = DAY / 2;

/// How often each brake was really on, over all runs.
#[derive(Debug, Default)]
struct Brakes {
    stream_pauses: u32,
    execution_pauses: u32,
    trips: u32,
    holds: u32,
    scaled: u32,
    rulings: u32,
    limited: u32,
}

fn tight() -> Policy {
    let mut policy = brisk(); // the breaker trips at a loss of 5 %, the least that it may
    policy.breaker.outflow_bps = 100; // the least that the bounds allow
    policy.breaker.max_payout_delay_secs = 7 * DAY_SECS; // the most
    policy.breaker.guardian_pause_secs = 14 * DAY_SECS; // the most
    policy.breaker.trip_secs = 30 * DAY_SECS; // the most
    policy.review.window_secs = 3 * DAY_SECS;
    policy.review.grace_secs = 3 * DAY_SECS;
    policy
}

/// What a stream has released by now, as its account says.
fn released(w: &World, index: u8) -> u64 {
    let mut stream = w.stream(0, index);
    stream.pass_by_silence(w.svm.now()).unwrap();
    stream.released(w.svm.now()).unwrap()
}

struct Siege {
    w: World,
    dice: Dice,
    voter: Person,
    recipients: Vec<Person>,
    /// What each stream had released at each step.
    history: Vec<Vec<(i64, u64)>>,
    brakes: Brakes,
}

impl Siege {
    fn begin(seed: u64) -> Self {
        let (mut w, stakers) = submission(tight(), &[1_000]);
        let asks = [
            Ask::with_reviews(45 * MILLION, 60, 3),
            Ask { category: HEDGES, ..Ask::with_reviews(150 * MILLION, 45, 1) },
            Ask { cliff_secs: 20 * DAY_SECS, ..Ask::with_reviews(40 * MILLION, 40, 2) },
        ];
        let recipients: Vec<Person> = asks.iter().map(|terms| ask(&mut w, terms)).collect();
        carry(&mut w, &[&stakers[0]]);
        w.to_execution(0);
        for index in 0..STREAMS {
            w.execute(0, index).unwrap();
        }
        w.open_recipient_record(stakers[0].key()).unwrap();
        let history = vec![Vec::new(); usize::from(STREAMS)];
        let voter = stakers[0].clone();
        let brakes = Brakes::default();
        Self { w, dice: Dice(seed), voter, recipients, history, brakes }
    }

    fn some_stream(&mut self) -> u8 {
        u8::try_from(self.dice.below(u64::from(STREAMS))).unwrap()
    }

    /// Notes what is released, and that it has not fallen.
    fn observe(&mut self) {
        for index in 0..STREAMS {
            let (now, amount) = (self.w.svm.now(), released(&self.w, index));
            let history = &mut self.history[usize::from(index)];
            let before = history.last().map_or(0, |(_, amount)| *amount);
            assert!(amount >= before, "stream {index} had released {before}, now {amount}");
            history.push((now, amount));
        }
    }

    /// Anyone claims; what had been released a week ago is paid then, whatever stands in the way.
    fn claim(&mut self, index: u8) {
        let refusal = self.w.claim(0, index).err();
        let code_of = refusal.as_ref().map(|refusal| refusal.code().unwrap());
        let limited = code(BudgetError::OutflowLimited);
        let expected = [None, Some(limited), Some(code(BudgetError::NothingToWithdraw))];
        assert!(expected.contains(&code_of), "{refusal:?}");
        let due_at = self.w.svm.now() - DELAY;
        let history = &self.history[usize::from(index)];
        let due = history.iter().rev().find(|(at, _)| *at <= due_at).map_or(0, |(_, due)| *due);
        let paid = self.w.stream(0, index).withdrawn;
        assert!(paid >= due, "stream {index} has paid {paid}, {due} were released a week ago");
        if paid < released(&self.w, index) {
            self.brakes.limited += 1;
        }
    }

    /// One thing that somebody with every role and every vote may do to a recipient.
    fn strike(&mut self) {
        let index = self.some_stream();
        let (guardian, w) = (self.w.guardian.clone(), &mut self.w);
        let brakes = &mut self.brakes;
        let count = |brake: &mut u32, act: Act| *brake += u32::from(act.is_ok());
        match self.dice.below(8) {
            0 => {
                let days = u32::try_from(1 + self.dice.below(14)).unwrap();
                let paused = w.pause_stream(&guardian, 0, index, days * DAY_SECS);
                count(&mut brakes.stream_pauses, paused);
            }
            1 => {
                let days = u32::try_from(1 + self.dice.below(14)).unwrap();
                let paused = w.pause_executions(&guardian, days * DAY_SECS);
                count(&mut brakes.execution_pauses, paused);
            }
            2 => {
                let mark = [0, 1, u64::MAX][usize::try_from(self.dice.below(3)).unwrap()];
                w.mark(HEDGES, mark).unwrap();
            }
            3 => count(&mut brakes.trips, w.trip()),
            4 => count(&mut brakes.holds, w.hold(0, index)),
            5 | 6 => {
                let recipient = self.recipients[usize::from(index)].clone();
                let _ = w.file_update(&recipient, 0, index);
                let score = [0, 2_999, 3_000, 4_500, 5_999, 10_000];
                let score = score[usize::try_from(self.dice.below(6)).unwrap()];
                if w.score(0, index, score).is_ok() {
                    let brake = if score < 3_000 { &mut brakes.holds } else { &mut brakes.scaled };
                    *brake += 1;
                }
            }
            _ => self.claim(index),
        }
    }

    /// The captured vote: an epoch whenever one may open, a ruling on each slate.
    fn rule(&mut self) {
        let epoch = self.w.current();
        let header = self.w.epoch(epoch);
        let now = self.w.svm.now();
        for past in epoch.saturating_sub(1).max(1)..=epoch {
            for index in 0..self.w.epoch(past).entry_count {
                if self.w.entry(past, index).is(Outcome::Approved) {
                    let executed = self.w.execute_action(past, index).is_ok();
                    self.brakes.rulings += u32::from(executed);
                }
            }
        }
        if header.settled_at != 0 {
            let _ = self.w.open_epoch();
        } else if now < header.voting_opens_at && header.entry_count < 3 {
            let index = self.some_stream();
            let stream: Stream = self.w.stream(0, index);
            let keep_bps = u16::try_from(1 + self.dice.below(9_999)).unwrap();
            let ruling = match self.dice.below(8) {
                0 => Ruling::Cancel,
                1..4 => Ruling::Reduce { keep_bps },
                _ => Ruling::Resume { checkpoint: stream.passed },
            };
            let action = Action::RuleOnStream { stream: self.w.stream_key(0, index), ruling };
            let voter = self.voter.clone();
            let _ = self.w.submit_action(&voter, action);
        } else if now >= header.voting_closes_at {
            self.w.settle().unwrap();
        } else if now >= header.voting_opens_at && header.entry_count > 0 {
            let (choices, voter) = (all(&self.w, For), self.voter.clone());
            let _ = self.w.cast(&voter, &choices);
        }
    }
}

#[test]
fn p4_a_claim_pays_what_was_released_a_week_before_and_nothing_released_is_taken_back() {
    let mut total = Brakes::default();
    for seed in 1..=10 {
        let mut siege = Siege::begin(seed);
        // A hundred days of siege, in which claims are rare; then all is claimed each step.
        for step in 0..2 * 130 {
            siege.w.svm.advance(STEP);
            siege.observe();
            siege.strike();
            siege.observe();
            siege.rule();
            siege.observe();
            if step > 2 * 100 {
                (0..STREAMS).for_each(|index| siege.claim(index));
            }
        }
        siege.w.svm.advance(DELAY);
        (0..STREAMS).for_each(|index| siege.claim(index));
        let Brakes { stream_pauses, execution_pauses, trips, holds, scaled, rulings, limited } =
            siege.brakes;
        total.stream_pauses += stream_pauses;
        total.execution_pauses += execution_pauses;
        total.trips += trips;
        total.holds += holds;
        total.scaled += scaled;
        total.rulings += rulings;
        total.limited += limited;
    }
    println!("{total:?}");
    let Brakes { stream_pauses, execution_pauses, trips, holds, scaled, rulings, limited } = total;
    for brake in [stream_pauses, execution_pauses, trips, holds, scaled, rulings, limited] {
        assert!(brake >= 5, "a brake was hardly ever on: {total:?}");
    }
}
