//! R11: the outflow bucket and standstills.

use budget_rules::{
    bucket::{Bucket, Flow, payout},
    standstill::Standstill,
};
use serde_json::Value;

use crate::{Section, dice::Dice, object};

pub fn sections() -> Vec<Section> {
    vec![
        Section::new("bucket", buckets()),
        Section::new("payout", payouts()),
        Section::new("standstill", standstills()),
    ]
}

/// Buckets that are refilled, drawn from and resized, in a chain.
fn buckets() -> Vec<Value> {
    let mut dice = Dice::new(7);
    let mut cases = Vec::new();
    for capacity in [0, 7, 1_000_000_007, u64::MAX] {
        let flow = Flow { capacity, window_secs: 604_800 };
        let mut bucket = Bucket::full(&flow, 1_700_000_000).take(capacity / 3 * 2);
        for _ in 0..6 {
            let gap = dice.one_of(&[-5, 0, 1, 60, 3_601, 90_000, 604_799, 604_800]);
            let (now, amount) = (bucket.at + gap, dice.amount(capacity));
            let next = Flow {
                capacity: dice.amount(u64::MAX),
                window_secs: dice.between(86_400, 604_800) as u32,
            };
            let filled = bucket.refill(&flow, now);
            cases.push(object! {
                bucket: bucket, flow: flow, now: now, next: next, amount: amount, filled: filled,
                resized: bucket.resize(&flow, &next, now), taken: bucket.take(amount),
            });
            bucket = filled.unwrap_or(bucket).take(dice.upto(capacity / 4));
        }
    }
    // Full to the unit, with a remainder.
    let flow = Flow { capacity: 10, window_secs: 7 };
    let bucket = Bucket { level: 8, remainder: 3, at: 0 };
    for (now, capacity) in [(1, 10), (2, 10), (1, 9), (0, 8)] {
        let next = Flow { capacity, window_secs: 5 };
        cases.push(object! {
            bucket: bucket, flow: flow, now: now, next: next, amount: 8u64,
            filled: bucket.refill(&flow, now), resized: bucket.resize(&flow, &next, now),
            taken: bucket.take(8),
        });
    }
    let stuck = Flow { capacity: 5, window_secs: 0 };
    let bucket = Bucket { level: 1, remainder: 0, at: 0 };
    let filled = bucket.refill(&stuck, 1);
    cases.push(object! {
        bucket: bucket, flow: stuck, now: 1i64, next: stuck, amount: 0u64, filled: filled,
        resized: bucket.resize(&stuck, &stuck, 1), taken: bucket.take(0),
    });
    cases
}

fn payouts() -> Vec<Value> {
    let cases = [(10, 20, 0), (10, 5, 0), (10, 5, 7), (10, 5, 12), (0, 5, 5), (u64::MAX, 0, 1)];
    cases
        .map(|(claimable, level, overdue)| {
            let is = payout(claimable, level, overdue);
            object! { claimable: claimable, level: level, overdue: overdue, is: is }
        })
        .to_vec()
}

fn standstills() -> Vec<Value> {
    let mut cases = Vec::new();
    let stretches =
        [(0, 0, 0), (50, 1_000, 2_000), (i64::MAX - 10, 0, 11), (0, i64::MAX, i64::MAX)];
    for (before_secs, from, until) in stretches {
        let standstill = Standstill { before_secs, from, until };
        for now in [i64::MIN, 0, 999, 1_000, 1_999, 2_000, 9_000] {
            let (on, total) = (standstill.is_on(now), standstill.total_secs(now));
            cases.push(object! { standstill: standstill, now: now, on: on, total: total });
        }
    }
    cases
}
