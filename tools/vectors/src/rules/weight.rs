//! R1, R2: weights and snapshots.

use budget_rules::{
    snapshot::{Frozen, NEVER, change_weight, freeze, power},
    weight::{LockTerms, Participation, lock_bonus_bps, streak_bonus_bps, weight},
};
use serde_json::Value;

use crate::{Section, dice::Dice, object};

pub fn sections() -> Vec<Section> {
    vec![
        Section::new("lockBonus", lock_bonus()),
        Section::new("participation", participation()),
        Section::new("weight", weights()),
        Section::new("snapshot", snapshot()),
    ]
}

fn lock_bonus() -> Vec<Value> {
    let terms = LockTerms { min_secs: 604_800, max_secs: 15_552_000, bonus_bps: 5_000 };
    let flat = LockTerms { min_secs: 100, max_secs: 100, bonus_bps: 10_000 };
    let wrong = LockTerms { min_secs: 101, max_secs: 100, bonus_bps: 10_000 };
    let locks = [0, 604_799, 604_800, 604_801, 8_078_400, 15_551_999, 15_552_000, u32::MAX];
    let mut all: Vec<_> = locks.map(|lock| (lock, terms)).to_vec();
    all.extend([(100, flat), (100, wrong)]);
    all.into_iter()
        .map(|(lock_secs, terms)| {
            object! { lock_secs: lock_secs, terms: terms, is: lock_bonus_bps(lock_secs, &terms) }
        })
        .collect()
}

/// A record that takes epochs in any order and grows in between, and every figure on the way.
fn participation() -> Vec<Value> {
    let mut dice = Dice::new(3);
    let mut cases = Vec::new();
    let never = Participation::NONE;
    cases.push(object! {
        record: never, epoch: NEVER, share_bps: 1u16, noted: never.note(NEVER, 1), old: 1u64,
        grown: 2u64, diluted: never.dilute(1, 2), settled: 8u32, streak: never.streak_bps(8),
        took_part: never.took_part(0),
    });
    // Eight epochs of taking part, then gaps of every length.
    let full = Participation {
        latest: 20,
        shares: [9_001, 9_002, 9_003, 9_004, 9_005, 9_006, 9_007, 9_008],
    };
    for epoch in [11, 12, 13, 20, 21, 24, 27, 28, 29] {
        let (noted, diluted) = (full.note(epoch, 77), full.dilute(3, 3));
        cases.push(object! {
            record: full, epoch: epoch, share_bps: 77u16, noted: noted, old: 3u64, grown: 3u64,
            diluted: diluted, settled: epoch, streak: full.streak_bps(epoch),
            took_part: full.took_part(epoch),
        });
    }
    for first in [0, 5, 40, u32::MAX - 1] {
        let mut record = Participation::NONE;
        for step in 0..6 {
            let jump = dice.upto(11).min(u64::from(NEVER - 1 - first)) as u32;
            let epoch = if step == 0 { first } else { first.saturating_sub(3) + jump.min(8) };
            let share_bps = dice.small(12_000u16);
            let old = dice.amount(1 << 40);
            let grown =
                if dice.once_in(3) { old / 2 } else { old.saturating_add(dice.upto(1 << 39)) };
            let settled = epoch.saturating_add(dice.small(9u32));
            let noted = record.note(epoch, share_bps);
            cases.push(object! {
                record: record, epoch: epoch, share_bps: share_bps, noted: noted, old: old,
                grown: grown, diluted: record.dilute(old, grown), settled: settled,
                streak: record.streak_bps(settled), took_part: record.took_part(epoch),
            });
            record = noted.unwrap_or(record);
            if step == 3 {
                record = record.dilute(3, 10).unwrap_or(record);
            }
        }
    }
    cases
}

fn weights() -> Vec<Value> {
    let mut dice = Dice::new(4);
    let edges = [
        (0, 0, 0, 0),
        (3, 1, 10_000, 3_333),
        (u64::MAX / 3, 10_000, 10_000, 10_000),
        (u64::MAX / 3 + 1, 10_000, 10_000, 10_000),
        (u64::MAX, 0, 0, 0),
        (10, 65_535, 65_535, 10_000),
    ];
    let random = (0..8).map(|_| {
        let amount = dice.amount(u64::MAX / 4);
        (amount, dice.small(10_000u16), dice.small(10_000u16), dice.small(10_000u16))
    });
    let all: Vec<_> = edges.into_iter().chain(random).collect();
    all.into_iter()
        .map(|(amount, lock, bonus, streak)| {
            let streak_bonus = streak_bonus_bps(streak, bonus);
            let is = streak_bonus.and_then(|streak_bonus| weight(amount, lock, streak_bonus));
            object! {
                amount: amount, lock_bonus: lock, streak: streak, bonus_bps: bonus,
                streak_bonus: streak_bonus, is: is,
            }
        })
        .collect()
}

fn snapshot() -> Vec<Value> {
    let mut cases = Vec::new();
    for frozen in [NEVER, 6, 7].map(|epoch| Frozen { epoch, value: 500 }) {
        for (old, new) in [(400, 300), (400, 600), (600, 550)] {
            for (epoch, opened) in [(7, true), (7, false), (NEVER, true)] {
                cases.push(object! {
                    frozen: frozen, old: old, next: new, epoch: epoch,
                    opened: opened, power: power(frozen, old, epoch),
                    kept: freeze(frozen, old, epoch, opened),
                    changed: change_weight(frozen, old, new, epoch, opened),
                });
            }
        }
    }
    cases
}
