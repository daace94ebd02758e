//! R7, R8, P4: what a stream releases, and what reviews and rulings do to it.

use budget_rules::stream::{
    Bend, Clock, Gate, MAX_CHECKPOINTS, Plan, matured, net_total, pass, reduce, released, resume,
};
use serde_json::Value;

use crate::{Section, dice::Dice, object};

const DAY: u32 = 86_400;

pub fn sections() -> Vec<Section> {
    let (lives, matured) = lives();
    vec![
        Section::new("plan", plans()),
        Section::new("planned", planned()),
        Section::new("released", gated()),
        Section::new("clock", clocks()),
        Section::new("bend", bends()),
        Section::new("streamLife", lives),
        Section::new("matured", matured),
    ]
}

fn plan(dice: &mut Dice) -> Plan {
    let duration = dice.between(u64::from(DAY), u64::from(1_461 * DAY)) as u32;
    let cliff = if dice.once_in(2) { 0 } else { dice.small(duration) };
    Plan::new(dice.amount(u64::MAX), duration, cliff, dice.small(MAX_CHECKPOINTS))
}

/// Plans that a ruling has based on a later part, and some that are none.
fn all_plans(dice: &mut Dice) -> Vec<Plan> {
    let mut plans = vec![
        Plan::new(1_000, 10, 0, 12),
        Plan::new(100, 5, 5, 0),
        Plan::new(u64::MAX, DAY, 1, 3),
        Plan { checkpoints: 13, ..Plan::new(1, DAY, 0, 0) },
        Plan { cliff_secs: DAY + 1, ..Plan::new(1, DAY, 0, 0) },
        Plan { base_part: 2, ..Plan::new(1, DAY, 0, 1) },
        Plan { base_amount: u64::MAX, ..Plan::new(1, DAY, 0, 1) },
    ];
    for index in 0..6u8 {
        let plan = plan(dice);
        let base_part = dice.small(plan.checkpoints);
        let base_amount = if index < 3 { 0 } else { dice.amount(plan.rest / 2) };
        let base_part = if index < 3 { 0 } else { base_part };
        plans.push(Plan { base_part, base_amount, rest: plan.rest / 2, ..plan });
    }
    plans
}

fn plans() -> Vec<Value> {
    all_plans(&mut Dice::new(8))
        .into_iter()
        .map(|plan| {
            let parts: Vec<u8> = (0..=plan.checkpoints.saturating_add(2)).collect();
            let starts: Vec<_> = parts.iter().map(|part| plan.part_start_secs(*part)).collect();
            let sums: Vec<_> = parts.iter().map(|part| plan.cumulative(*part)).collect();
            object! { plan: plan, total: plan.total(), starts: starts, sums: sums }
        })
        .collect()
}

/// Moments on the clock at which something begins or ends, and a second to either side.
fn moments(plan: &Plan, dice: &mut Dice) -> Vec<i64> {
    let part = dice.small(plan.checkpoints.min(MAX_CHECKPOINTS));
    let begins = plan.part_start_secs(part).map_or(0, i64::from);
    let (cliff, end) = (i64::from(plan.cliff_secs), i64::from(plan.duration_secs));
    let mut moments: Vec<i64> =
        [0, cliff, begins, end].into_iter().flat_map(|at| [at - 1, at, at + 1]).collect();
    moments.push(dice.small(plan.duration_secs).into());
    moments.sort_unstable();
    moments.dedup();
    moments
}

fn planned() -> Vec<Value> {
    let mut dice = Dice::new(9);
    let mut cases = Vec::new();
    for plan in all_plans(&mut Dice::new(8)) {
        let at = moments(&plan, &mut dice);
        let is: Vec<_> = at.iter().map(|secs| plan.planned(*secs)).collect();
        cases.push(object! { plan: plan, at: at, is: is });
    }
    cases
}

fn gated() -> Vec<Value> {
    let mut dice = Dice::new(10);
    let mut cases = Vec::new();
    for plan in all_plans(&mut Dice::new(8)) {
        for round in 0..2 {
            let passed = dice.small(plan.checkpoints);
            let sums = (plan.cumulative(passed), plan.cumulative(passed.saturating_add(1)));
            let (begins, ends) = (sums.0.unwrap_or(0), sums.1.unwrap_or(0));
            let gate = Gate {
                passed,
                reduced_before: dice.amount(begins),
                part_reduction: dice.amount(ends.saturating_sub(begins)),
                floor: if round == 0 { 0 } else { dice.amount(ends) },
            };
            let at = moments(&plan, &mut dice);
            let is: Vec<_> = at.iter().map(|secs| released(&plan, &gate, *secs)).collect();
            let net = net_total(&plan, &gate);
            cases.push(object! { plan: plan, gate: gate, at: at, is: is, net: net });
        }
    }
    let (plan, ahead) = (Plan::new(9, DAY, 0, 1), Gate { passed: 2, ..Gate::default() });
    let net = net_total(&plan, &ahead);
    let is = [released(&plan, &ahead, 0)];
    cases.push(object! { plan: plan, gate: ahead, at: [0i64], is: is, net: net });
    cases
}

fn clocks() -> Vec<Value> {
    let start = 1_700_000_000;
    let clocks = [
        Clock { started_at: start, ..Clock::default() },
        Clock {
            started_at: start,
            standing_secs: 500,
            pause_from: start + 900,
            pause_until: start + 1_900,
        },
        Clock { started_at: i64::MIN, ..Clock::default() },
        Clock { started_at: 0, standing_secs: 0, pause_from: i64::MIN, pause_until: i64::MAX },
    ];
    let mut cases = Vec::new();
    for clock in clocks {
        for now in [
            start - 1,
            start,
            start + 899,
            start + 900,
            start + 1_000,
            start + 1_900,
            start + 9_000,
        ] {
            let secs = (now - start) / 2 - 100;
            cases.push(object! {
                clock: clock, now: now, clock_secs: secs, at: clock.at(now),
                reached_at: clock.reached_at(secs), set_back: clock.set_back(now, secs),
            });
        }
    }
    cases
}

/// Streams that are reviewed, reduced, held and resumed at random: every step with what it left, and
/// what had been released at moments before.
fn lives() -> (Vec<Value>, Vec<Value>) {
    let mut dice = Dice::new(11);
    let (mut steps, mut looks) = (pointed(), Vec::new());
    for _ in 0..14 {
        let mut plan = Plan { checkpoints: dice.between(1, 6) as u8, ..plan(&mut dice) };
        plan.rest = dice.amount(1 << 50).max(1_000_003);
        let mut gate = Gate::default();
        let mut clock = Clock { started_at: 1_700_000_000, ..Clock::default() };
        let mut bend = Bend::default();
        let mut now = clock.started_at;
        for _ in 0..4 {
            let next = gate.passed.saturating_add(1);
            let due = plan.part_start_secs(next).map_or(0, i64::from);
            let ahead = due - clock.at(now).unwrap_or(0);
            now += match dice.upto(3) {
                0 => dice.upto(u64::from(DAY) * 9) as i64,
                1 => ahead.max(0) / 2,
                2 => ahead.max(0),
                _ => ahead.max(0) + dice.upto(u64::from(DAY) * 4) as i64,
            };
            let score = dice.one_of(&[0, 2_500, 5_999, 6_000, 10_000]);
            let keep_bps = dice.one_of(&[0, 1, 5_000, 9_999, 10_000, 12_000]);
            let step = Step { plan, gate, clock, bend, now, score, keep_bps };
            steps.push(step.taken());
            let (passed, reduced, resumed, noted) = step.outcomes();
            match (dice.upto(3), passed, reduced, resumed) {
                (0, _, Some((new, left, _)), _) => (plan, gate, bend) = (new, left, noted),
                (1, _, _, Some((left, back))) => (gate, clock, bend) = (left, back, noted),
                (_, Some((left, _)), ..) => (gate, bend) = (left, noted),
                _ => {}
            }
            let week = 7 * i64::from(DAY);
            let at = [now, now - 1, now - week / 2, now - week, now - 3 * week, now + week];
            let is = at.map(|at| matured(&plan, &gate, &clock, &bend, at));
            looks
                .push(object! { plan: plan, gate: gate, clock: clock, bend: bend, at: at, is: is });
        }
    }
    (steps, looks)
}

/// A stream at a moment, and what could befall it then.
struct Step {
    plan: Plan,
    gate: Gate,
    clock: Clock,
    bend: Bend,
    now: i64,
    score: u16,
    keep_bps: u16,
}

type Outcomes = (Option<(Gate, u64)>, Option<(Plan, Gate, u64)>, Option<(Gate, Clock)>, Bend);

impl Step {
    fn outcomes(&self) -> Outcomes {
        let Self { plan, gate, clock, bend, now, score, keep_bps } = self;
        let at = clock.at(*now).unwrap_or(0);
        let before = released(plan, gate, at).unwrap_or(0);
        (
            pass(plan, gate, *score, 6_000),
            reduce(plan, gate, at, *keep_bps),
            resume(plan, gate, clock, *now),
            bend.note(*now, before, clock),
        )
    }

    fn taken(&self) -> Value {
        let (passed, reduced, resumed, noted) = self.outcomes();
        object! {
            plan: self.plan, gate: self.gate, clock: self.clock, now: self.now, score: self.score,
            pass_bps: 6_000u16, keep_bps: self.keep_bps,
            passed: passed.map(|(gate, returned)| object! { gate: gate, returned: returned }),
            reduced: reduced.map(|(plan, gate, returned)| {
                object! { plan: plan, gate: gate, returned: returned }
            }),
            resumed: resumed.map(|(gate, clock)| object! { gate: gate, clock: clock }),
            bend: self.bend, noted: noted,
        }
    }
}

/// A part that a review scaled far below the later ones, and what is released beyond the plan.
fn pointed() -> Vec<Value> {
    let plan = Plan::new(1_000_003, 40 * DAY, 0, 3);
    let clock = Clock { started_at: 1_700_000_000, ..Clock::default() };
    let gates = [
        Gate { passed: 1, reduced_before: 0, part_reduction: 240_000, floor: 0 },
        Gate { passed: 3, reduced_before: 1_000, part_reduction: 200_000, floor: 0 },
        Gate { passed: 1, reduced_before: 0, part_reduction: 0, floor: 900_000 },
        Gate { passed: 1, reduced_before: 0, part_reduction: 0, floor: 600_000 },
    ];
    let mut steps = Vec::new();
    for gate in gates {
        for days in [12, 15, 20, 31, 40] {
            let now = clock.started_at + days * i64::from(DAY);
            for (score, keep_bps) in [(0, 5_000), (5_999, 0), (6_000, 9_999)] {
                let bend = Bend::default();
                steps.push(Step { plan, gate, clock, bend, now, score, keep_bps }.taken());
            }
        }
    }
    steps
}

/// Bends one after the other, closer than the longest delay and not.
fn bends() -> Vec<Value> {
    let week = 7 * i64::from(DAY);
    let before = Clock { standing_secs: 77, ..Clock::default() };
    let mut cases = Vec::new();
    for at in [0, 1, 1_700_000_000] {
        for now in [at + 1, at + week - 1, at + week, at + 3 * week] {
            let bend = Bend { at, released: 5, standing_secs: 11 };
            let is = bend.note(now, 9, &before);
            cases.push(object! { bend: bend, now: now, released: 9u64, clock: before, is: is });
        }
    }
    cases
}
