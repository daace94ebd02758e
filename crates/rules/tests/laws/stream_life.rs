//! R7, R8, P4: whole lives of streams
//! ├── against a ledger that holds every part as a line of its own and counts the clock by hand
//! ├── what is released never falls, across waiting, pauses, scores, holds and rulings
//! ├── paid + returned = total, after every act and at the end
//! └── what had matured, by a list of all that was ever released

use budget_rules::stream::{
    Bend, Clock, Gate, MAX_CHECKPOINTS, MAX_PAYOUT_DELAY_SECS, Plan, matured, net_total, pass,
    reduce, released, resume,
};
use proptest::prelude::*;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
const PASS: u16 = 6_000;

/// A stream as its recipient would note it down.
#[derive(Clone, Debug)]
struct Ledger {
    /// Begin, end and base units of each part.
    parts: Vec<(i128, i128, i128)>,
    passed: usize,
    cliff: i64,
    floor: i128,
    /// Seconds on the clock, counted.
    clock: i64,
    paused: (i64, i64),
}

impl Ledger {
    fn new(plan: &Plan) -> Self {
        let (total, duration) = (i128::from(plan.rest), i128::from(plan.duration_secs));
        let count = i128::from(plan.checkpoints) + 1;
        let part = |k: i128| {
            let share = |of: i128, k: i128| of * k / count;
            let amount = share(total, k + 1) - share(total, k);
            (share(duration, k), share(duration, k + 1), amount)
        };
        let parts = (0..count).map(part).collect();
        Self { parts, passed: 0, cliff: plan.cliff_secs.into(), floor: 0, clock: 0, paused: (0, 0) }
    }

    fn total(&self) -> i128 {
        self.parts.iter().map(|part| part.2).sum()
    }

    fn finished(&self, parts: usize) -> i128 {
        self.parts[..parts].iter().map(|part| part.2).sum()
    }

    fn due(&self) -> i64 {
        i64::try_from(self.parts[self.passed].1).unwrap()
    }

    fn is_last(&self) -> bool {
        self.passed + 1 == self.parts.len()
    }

    fn released_at(&self, clock: i64) -> i128 {
        if clock < 0 || clock < self.cliff {
            return self.floor;
        }
        let (start, end, amount) = self.parts[self.passed];
        let clock = i128::from(clock);
        let share = match clock {
            _ if clock >= end => amount,
            _ if clock <= start => 0,
            _ => amount * (clock - start) / (end - start),
        };
        self.floor.max(self.finished(self.passed) + share)
    }

    fn wait(&mut self, from: i64, until: i64) {
        let paused = until.min(self.paused.1) - from.max(self.paused.0);
        self.clock += until - from - paused.max(0);
    }

    /// The next part begins; returns what its score takes from it.
    fn pass(&mut self, score: u16) -> i128 {
        self.passed += 1;
        let begins = self.finished(self.passed);
        let part = &mut self.parts[self.passed].2;
        let open = (begins + *part - self.floor.max(begins)).max(0);
        let back = open - open * i128::from(score.min(PASS)) / i128::from(PASS);
        *part -= back;
        back
    }

    /// Books a ruling, if `plan` and `gate` lay out what remains as the law says, and returns what
    /// it takes.
    fn reduce(&mut self, plan: &Plan, gate: &Gate, keep: u16) -> Result<i128, TestCaseError> {
        let released = self.released_at(self.clock);
        let keep = i128::from(keep.min(10_000));
        let shrunk = |sum: i128| sum.min(released) + (sum - released).max(0) * keep / 10_000;
        let (current, count) = (self.passed, self.parts.len());
        let (before, total) = (self.total(), shrunk(self.total()));
        let (begins, ends) = (shrunk(self.finished(current)), shrunk(self.finished(current + 1)));
        let laid_before = |part: usize| {
            let sum = plan.cumulative(u8::try_from(part).unwrap()).unwrap();
            i128::from(sum) - if part > current { i128::from(gate.part_reduction) } else { 0 }
        };

        let part = if self.clock >= self.due() && !self.is_last() {
            ends.max(released) - begins
        } else {
            prop_assert_eq!(laid_before(current), begins, "finished parts stay");
            let evenly = (total - begins) / i128::try_from(count - current).unwrap();
            evenly.min(ends - begins)
        };
        prop_assert_eq!(laid_before(current + 1), begins + part);
        prop_assert_eq!(laid_before(count), total);
        let later: Vec<_> =
            (current + 1..count).map(|part| laid_before(part + 1) - laid_before(part)).collect();
        if let (Some(least), Some(most)) = (later.iter().min(), later.iter().max()) {
            prop_assert!(most - least <= 1, "later parts are equal: {later:?}");
        }
        // Of the parts that are over only the sum counts.
        self.parts[..current].iter_mut().for_each(|part| part.2 = 0);
        if let Some(first) = self.parts[..current].first_mut() {
            first.2 = begins;
        }
        self.parts[current].2 = part;
        for (part, amount) in self.parts[current + 1..].iter_mut().zip(later) {
            part.2 = amount;
        }
        self.floor = released;
        Ok(before - total)
    }
}

/// A moment that the history remembers.
#[derive(Copy, Clone, Debug)]
struct Sample {
    at: i64,
    clock: i64,
    released: i128,
}

struct World {
    plan: Plan,
    gate: Gate,
    clock: Clock,
    bend: Bend,
    ledger: Ledger,
    total: i128,
    now: i64,
    held: bool,
    paid: i128,
    returned: i128,
    history: Vec<Sample>,
    /// When the last act took place that was not a pause.
    acted_at: i64,
    /// When the last took effect that bent what is released, and what was released then.
    bent_at: i64,
    bent_from: i128,
}

impl World {
    fn new(plan: Plan, started_at: i64) -> Self {
        let total = plan.rest.into();
        let mut world = Self {
            ledger: Ledger::new(&plan),
            plan,
            gate: Gate::default(),
            clock: Clock { started_at, ..Clock::default() },
            bend: Bend::default(),
            total,
            now: started_at,
            held: false,
            paid: 0,
            returned: 0,
            history: vec![Sample { at: started_at - DAY, clock: -DAY, released: 0 }],
            acted_at: started_at,
            bent_at: 0,
            bent_from: 0,
        };
        world.note();
        world
    }

    fn released(&self) -> i128 {
        released(&self.plan, &self.gate, self.clock.at(self.now).unwrap()).unwrap().into()
    }

    fn note(&mut self) {
        let (at, clock, released) = (self.now, self.ledger.clock, self.released());
        // Of acts in one second the last counts.
        self.history.pop_if(|last| last.at == at);
        self.history.push(Sample { at, clock, released });
    }

    /// Holds every law at this moment.
    fn check(&mut self) -> Result<(), TestCaseError> {
        let secs = self.clock.at(self.now).unwrap();
        prop_assert_eq!(secs, self.ledger.clock);
        let paused = self.clock.pause_from < self.now && self.now <= self.clock.pause_until;
        let reached = if paused { self.clock.pause_from } else { self.now };
        prop_assert_eq!(self.clock.reached_at(secs), Some(reached));

        let now = self.released();
        prop_assert_eq!(now, self.ledger.released_at(secs));
        prop_assert!(now >= self.history.last().unwrap().released, "P4: released fell to {now}");
        let net = i128::from(net_total(&self.plan, &self.gate).unwrap());
        prop_assert_eq!(net, self.ledger.total());
        prop_assert_eq!(net + self.returned, self.total);
        prop_assert!(self.paid <= now && now <= net);
        self.note();

        for sample in self.history.iter().rev() {
            let delay = self.now - sample.at;
            if delay > MAX_PAYOUT_DELAY_SECS {
                break;
            }
            let (plan, gate) = (&self.plan, &self.gate);
            let matured = matured(plan, gate, &self.clock, &self.bend, sample.at).unwrap();
            let matured = i128::from(matured);
            prop_assert!(matured >= sample.released, "P4: {sample:?} matured as {matured}");
            prop_assert!(matured <= now);
            if sample.at >= self.bent_at {
                prop_assert_eq!(matured, sample.released, "{:?}", sample);
            } else {
                prop_assert!(matured <= self.bent_from);
            }
        }
        Ok(())
    }

    fn wait_until(&mut self, until: i64) -> Result<(), TestCaseError> {
        let mut stops = vec![self.now + (until - self.now) / 3, until];
        stops.extend([-1, 0, 1].map(|off| self.clock.pause_until + off));
        // Moments that a delay of 1 and of 7 days will look back to.
        stops.extend([until - DAY, until - MAX_PAYOUT_DELAY_SECS, until - 3 * DAY - 7]);
        stops.retain(|stop| (self.now..=until).contains(stop));
        stops.sort_unstable();
        for stop in stops {
            self.ledger.wait(self.now, stop);
            self.now = stop;
            self.check()?;
        }
        Ok(())
    }

    fn bend(&mut self, at: i64, from: i128) {
        self.bend = self.bend.note(at, u64::try_from(from).unwrap(), &self.clock);
        (self.bent_at, self.bent_from) = (at, from);
    }

    fn is_due(&self) -> bool {
        !self.held && !self.ledger.is_last() && self.ledger.clock >= self.ledger.due()
    }

    fn score(&mut self, score: u16) -> Result<(), TestCaseError> {
        if !self.is_due() {
            return Ok(());
        }
        self.bend(self.now, self.released());
        self.pass(score)
    }

    fn pass(&mut self, score: u16) -> Result<(), TestCaseError> {
        let (gate, back) = pass(&self.plan, &self.gate, score, PASS).unwrap();
        prop_assert_eq!(i128::from(back), self.ledger.pass(score));
        self.gate = gate;
        self.returned += i128::from(back);
        self.acted_at = self.now;
        Ok(())
    }

    /// The reviewer's silence: a pass as of an earlier moment, which somebody books only now.
    fn pass_by_silence(&mut self, pick: usize) -> Result<(), TestCaseError> {
        let due = |sample: &&Sample| {
            sample.at >= self.acted_at && sample.clock >= self.ledger.due() && self.is_due()
        };
        let candidates: Vec<_> = self.history.iter().filter(due).collect();
        let Some(&&sample) = candidates.get(pick % candidates.len().max(1)) else { return Ok(()) };
        let at = self.clock.reached_at(sample.clock).unwrap();
        let acted_at = self.acted_at;
        if at < acted_at {
            return Ok(());
        }
        self.bend(at, self.ledger.released_at(sample.clock));
        self.pass(PASS)?;
        // By the law it has been released since then.
        let since = |past: &&mut Sample| past.at >= acted_at && past.clock >= sample.clock;
        for past in self.history.iter_mut().filter(since) {
            past.released = self.ledger.released_at(past.clock);
        }
        Ok(())
    }

    fn hold(&mut self) {
        if self.is_due() {
            self.held = true;
            self.acted_at = self.now;
        }
    }

    fn resume(&mut self) -> Result<(), TestCaseError> {
        if !self.held {
            return Ok(());
        }
        let from = self.released();
        let due = self.ledger.due();
        let set_back = self.clock.set_back(self.now, due).unwrap();
        let (gate, clock) = resume(&self.plan, &self.gate, &self.clock, self.now).unwrap();
        prop_assert_eq!(clock, set_back);
        self.bend(self.now, from);
        (self.gate, self.clock) = (gate, clock);
        prop_assert_eq!(self.ledger.pass(PASS), 0);
        self.ledger.floor = from;
        self.ledger.clock = due;
        self.held = false;
        self.acted_at = self.now;
        Ok(())
    }

    fn pause(&mut self, len: i64) -> Result<(), TestCaseError> {
        let before = self.clock.pause_until;
        let paused = self.clock.pause(self.now, self.now + len);
        let rested = before == 0 || self.now - before >= MAX_PAYOUT_DELAY_SECS;
        prop_assert_eq!(paused.is_some(), rested);
        if let Some(clock) = paused {
            self.clock = clock;
            self.ledger.paused = (self.now, self.now + len);
        }
        Ok(())
    }

    fn reduce(&mut self, keep: u16) -> Result<(), TestCaseError> {
        let from = self.released();
        let secs = self.clock.at(self.now).unwrap();
        let (plan, gate, back) = reduce(&self.plan, &self.gate, secs, keep).unwrap();
        prop_assert_eq!(i128::from(back), self.ledger.reduce(&plan, &gate, keep)?);
        prop_assert_eq!(gate.passed, self.gate.passed);
        if keep >= 10_000 {
            prop_assert_eq!(back, 0);
        }
        if keep == 0 {
            // As good as a cancellation: nothing is ever released again.
            prop_assert_eq!(net_total(&plan, &gate).map(i128::from), Some(from));
            let open = Gate { passed: plan.checkpoints, ..gate };
            prop_assert_eq!(released(&plan, &open, i64::MAX).map(i128::from), Some(from));
        }
        self.bend(self.now, from);
        (self.plan, self.gate) = (plan, gate);
        self.returned += i128::from(back);
        self.acted_at = self.now;
        prop_assert_eq!(self.released(), from, "a ruling releases nothing");
        Ok(())
    }

    fn claim(&mut self) {
        self.paid = self.released();
    }

    fn act(&mut self, act: &Act) -> Result<(), TestCaseError> {
        match *act {
            Act::Wait(secs) => self.wait_until(self.now + secs)?,
            Act::WaitForCheckpoint(off) => self.wait_for(self.ledger.due() + off)?,
            Act::WaitForCliff(off) => self.wait_for(self.ledger.cliff + off)?,
            Act::Claim => self.claim(),
            Act::Score(score) => self.score(score)?,
            Act::Silence(pick) => self.pass_by_silence(pick)?,
            Act::Hold => self.hold(),
            Act::Resume => self.resume()?,
            Act::Pause(len) => self.pause(len)?,
            Act::Reduce(keep) => self.reduce(keep)?,
        }
        self.check()
    }

    fn wait_for(&mut self, clock: i64) -> Result<(), TestCaseError> {
        let at = self.clock.reached_at(clock).unwrap();
        if at > self.now { self.wait_until(at) } else { Ok(()) }
    }

    /// Ends the stream here and now.
    fn cancel(&mut self) {
        let frozen = self.released();
        self.returned += i128::from(net_total(&self.plan, &self.gate).unwrap()) - frozen;
        self.paid = frozen;
    }

    /// Lets the rest of the stream pass.
    fn finish(&mut self) -> Result<(), TestCaseError> {
        while !self.ledger.is_last() {
            self.wait_for(self.ledger.due())?;
            self.resume()?;
            self.score(PASS)?;
            self.check()?;
        }
        self.wait_for(self.plan.duration_secs.into())?;
        self.claim();
        prop_assert_eq!(self.paid, i128::from(net_total(&self.plan, &self.gate).unwrap()));
        Ok(())
    }
}

#[derive(Clone, Debug)]
enum Act {
    Wait(i64),
    WaitForCheckpoint(i64),
    WaitForCliff(i64),
    Claim,
    Score(u16),
    Silence(usize),
    Hold,
    Resume,
    Pause(i64),
    Reduce(u16),
}

fn acts() -> impl Strategy<Value = Act> {
    let week = MAX_PAYOUT_DELAY_SECS;
    let off = prop_oneof![-1i64..=1, 0..3 * DAY];
    prop_oneof![
        3 => prop_oneof![0..100i64, 0..10 * DAY, week - 1..=week + 1, 0..200 * DAY]
            .prop_map(Act::Wait),
        4 => off.clone().prop_map(Act::WaitForCheckpoint),
        1 => off.prop_map(Act::WaitForCliff),
        2 => Just(Act::Claim),
        3 => prop_oneof![Just(PASS), 0..=PASS, Just(10_000)].prop_map(Act::Score),
        2 => any::<usize>().prop_map(Act::Silence),
        1 => Just(Act::Hold),
        1 => Just(Act::Resume),
        1 => prop_oneof![1..100i64, 1..14 * DAY].prop_map(Act::Pause),
        1 => prop_oneof![Just(0u16), Just(10_000), 0..=10_000u16, Just(u16::MAX)]
            .prop_map(Act::Reduce),
    ]
}

fn plans() -> impl Strategy<Value = Plan> {
    let total = prop_oneof![0u64..100, 1_000_000u64..1_000_000_000_000, any::<u64>()];
    let duration = prop_oneof![
        1 => 0u32..40,
        4 => 86_400u32..=60 * 86_400,
        2 => 86_400u32..=4 * 366 * 86_400,
    ];
    (total, duration, 0..=MAX_CHECKPOINTS, any::<u8>(), 0.0..=1.0f64).prop_map(
        |(total, duration, checkpoints, kind, share)| {
            let plan = Plan::new(total, duration, 0, checkpoints);
            let part = kind / 4 % (checkpoints + 2);
            let cliff_secs = match kind % 4 {
                0 => 0,
                1 => plan.part_start_secs(part).unwrap(),
                2 => (plan.part_start_secs(part).unwrap() + 1).min(duration),
                _ => (f64::from(duration) * share) as u32,
            };
            Plan { cliff_secs, ..plan }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn every_life_of_a_stream_keeps_the_laws(
        plan in plans(), acts in prop::collection::vec(acts(), 1..40), cancelled in any::<bool>(),
    ) {
        let mut world = World::new(plan, 1_700_000_000);
        for act in &acts {
            world.act(act)?;
        }
        if cancelled {
            world.cancel();
        } else {
            world.finish()?;
        }
        prop_assert_eq!(world.paid + world.returned, world.total);
    }
}
