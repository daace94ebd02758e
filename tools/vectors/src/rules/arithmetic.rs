//! Shares, tallies, late swings.

use budget_rules::{
    ballot::{Choice, replace},
    bps::{mul_div_ceil, mul_div_floor, share_ceil, share_floor},
    outcome::Tally,
    swing::{
        Movement, Schedule, extended, is_final, is_late, is_swing, margin_moved, turns_to_pass,
    },
};

use crate::{Section, dice::Dice, object};

pub fn sections() -> Vec<Section> {
    vec![
        Section::new("mulDiv", mul_div()),
        Section::new("share", share()),
        Section::new("replace", replaced()),
        Section::new("late", late()),
        Section::new("movement", movement()),
    ]
}

fn mul_div() -> Vec<serde_json::Value> {
    let mut dice = Dice::new(1);
    let edges = [(0, 0, 1), (1, 1, 0), (u64::MAX, u64::MAX, u64::MAX), (u64::MAX, 2, 1), (7, 1, 2)];
    let random = (0..10).map(|_| {
        let d = dice.amount(u64::MAX).max(1);
        (dice.amount(u64::MAX), dice.amount(d), d)
    });
    let all: Vec<_> = edges.into_iter().chain(random).collect();
    let case = |(a, b, d)| {
        let (floor, ceil) = (mul_div_floor(a, b, d), mul_div_ceil(a, b, d));
        object! { a: a, b: b, d: d, floor: floor, ceil: ceil }
    };
    all.into_iter().map(case).collect()
}

fn share() -> Vec<serde_json::Value> {
    let mut dice = Dice::new(2);
    let edges = [(0, 0), (1, 1), (u64::MAX, 10_000), (u64::MAX, 10_001), (9_999, 5_001)];
    let random = (0..8).map(|_| (dice.amount(u64::MAX), dice.small(10_000u16)));
    let all: Vec<_> = edges.into_iter().chain(random).collect();
    let case = |(amount, bps)| {
        let (floor, ceil) = (share_floor(amount, bps), share_ceil(amount, bps));
        object! { amount: amount, bps: bps, floor: floor, ceil: ceil }
    };
    all.into_iter().map(case).collect()
}

const CHOICES: [Choice; 4] = [Choice::Unmarked, Choice::For, Choice::Against, Choice::Abstain];

fn replaced() -> Vec<serde_json::Value> {
    let mut cases = Vec::new();
    for (old, new) in CHOICES.into_iter().flat_map(|old| CHOICES.map(|new| (old, new))) {
        let tally = Tally { for_: 100, against: 70, abstain: u64::MAX - 10 };
        let is = replace(&tally, old, new, 70);
        let (old, next) = (u8::from(old), u8::from(new));
        cases.push(object! { tally: tally, old: old, next: next, weight: 70u64, is: is });
    }
    cases
}

fn late() -> Vec<serde_json::Value> {
    let schedule = |closes_at| Schedule { closes_at, hard_end_at: 10_000, late_window_secs: 600 };
    let mut all = Vec::new();
    for closes_at in [9_000, 9_700, 10_000] {
        for now in [closes_at - 601, closes_at - 600, closes_at - 1, closes_at, 9_399, 9_400, 9_999]
        {
            all.push((schedule(closes_at), now));
        }
    }
    all.push((Schedule { closes_at: i64::MIN, hard_end_at: 0, late_window_secs: 1 }, 0));
    all.push((schedule(i64::MAX), i64::MAX));
    let case = |(schedule, now): (Schedule, i64)| {
        object! {
            schedule: schedule, now: now, late: is_late(&schedule, now),
            final_: is_final(&schedule, now), extended: extended(&schedule, now),
        }
    };
    all.into_iter().map(case).collect()
}

fn movement() -> Vec<serde_json::Value> {
    let tally = |for_, against, abstain| Tally { for_, against, abstain };
    let moves = [
        (tally(10, 5, 0), tally(10, 5, 3)),
        (tally(10, 5, 0), tally(11, 5, 0)),
        (tally(0, 0, 0), tally(0, 0, 9)),
        (tally(0, 0, 0), tally(1, 0, 0)),
        (tally(10, 5, 0), tally(5, 10, 0)),
        (tally(0, 0, 0), tally(50, 0, 0)),
        (tally(0, 50, 0), tally(0, 0, 0)),
        (tally(0, u64::MAX, 0), tally(u64::MAX, 0, 0)),
    ];
    let mut cases = Vec::new();
    for (index, (before, after)) in moves.into_iter().enumerate() {
        let margin_moved = margin_moved(&before, &after);
        let movement =
            Movement { passed_before: index % 2 == 1, passes_now: index % 3 == 0, margin_moved };
        for threshold in [0, 50, 51] {
            let (swings, turns) = (is_swing(&movement, threshold), turns_to_pass(&movement));
            cases.push(object! {
                before: before, after: after, movement: movement, threshold: threshold,
                moved: margin_moved, swings: swings, turns: turns,
            });
        }
    }
    cases
}
