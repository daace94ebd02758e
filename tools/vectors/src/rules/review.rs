//! R8: checkpoints, verdicts, holds, records.

use budget_rules::review::{
    Checkpoint, MAX_HOLD_SECS, ReviewTerms, Verdict, is_weak, lapses_at, verdict,
};
use serde_json::Value;

use crate::{Section, object};

const TERMS: ReviewTerms =
    ReviewTerms { window_secs: 700, grace_secs: 500, pass_bps: 6_000, floor_bps: 3_000 };

pub fn sections() -> Vec<Section> {
    vec![
        Section::new("stage", stages()),
        Section::new("verdict", verdicts()),
        Section::new("lapsesAt", lapses()),
        Section::new("isWeak", weak()),
    ]
}

fn stages() -> Vec<Value> {
    let mut cases = Vec::new();
    let checkpoints = [
        (1_000, 0, None, &[999, 1_000, 1_699, 1_700][..]),
        (1_000, 1_200, None, &[1_199, 1_200, 1_899, 1_900]),
        (1_000, 0, Some(1_400), &[900, 1_400, 1_899, 1_900, 5_000]),
        (i64::MAX - 1, 0, None, &[i64::MAX]),
        (0, 0, Some(i64::MAX - 499), &[0]),
    ];
    for (due_at, previous_passed_at, updated_at, times) in checkpoints {
        let checkpoint = Checkpoint { due_at, previous_passed_at, updated_at };
        for clock_secs in times {
            let is = checkpoint.stage(&TERMS, *clock_secs);
            cases.push(object! {
                checkpoint: checkpoint, terms: TERMS, clock_secs: *clock_secs, is: is,
            });
        }
    }
    cases
}

fn verdicts() -> Vec<Value> {
    let scores = [0, 2_999, 3_000, 5_999, 6_000, 10_000];
    let name = |score| match verdict(score, &TERMS) {
        Verdict::Passes => "Passes",
        Verdict::Scales => "Scales",
        Verdict::Holds => "Holds",
    };
    scores.map(|score| object! { score: score, terms: TERMS, is: name(score) }).to_vec()
}

fn lapses() -> Vec<Value> {
    let cases = [
        (0, None, 30),
        (1_000, Some(5_000), 86_400),
        (1_000, Some(1_000 + MAX_HOLD_SECS), 1),
        (i64::MAX, None, 0),
        (0, Some(i64::MAX), 1),
    ];
    cases
        .map(|(held_at, grace, limit)| {
            let is = lapses_at(held_at, grace, limit);
            object! { held_at: held_at, grace_ends_at: grace, hold_limit_secs: limit, is: is }
        })
        .to_vec()
}

fn weak() -> Vec<Value> {
    let cases = [
        (0, 0, 0, 5_000),
        (5_000, 1, 0, 5_000),
        (4_999, 1, 0, 5_000),
        (9_999, 1, 1, 5_000),
        (10_000, 1, 1, 5_000),
        (0, 0, 1, 1),
        (u32::MAX, u16::MAX, u16::MAX, u16::MAX),
    ];
    cases
        .map(|(sum, scored, missed, floor)| {
            let is = is_weak(sum, scored, missed, floor);
            object! { score_sum: sum, scored: scored, missed: missed, floor_bps: floor, is: is }
        })
        .to_vec()
}
