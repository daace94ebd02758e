//! R4: tiers and outcomes.

use budget_rules::outcome::{AskLimits, Contested, Tally, Thresholds, Tier};
use serde_json::Value;

use crate::{Section, dice::Dice, json::Json, object};

pub const TIERS: [Tier; 4] = [Tier::Small, Tier::Medium, Tier::Large, Tier::Constitutional];

/// The thresholds of the default policy.
pub const QUORUMS: [u16; 4] = [300, 1_000, 2_000, 2_000];
pub const APPROVALS: [u16; 4] = [5_001, 6_000, 6_667, 6_667];

pub fn sections() -> Vec<Section> {
    vec![
        Section::new("tier", tiers()),
        Section::new("thresholds", thresholds()),
        Section::new("judge", judged()),
    ]
}

fn tiers() -> Vec<Value> {
    let mut cases = Vec::new();
    for free in [0, 99, 10_000_000, u64::MAX] {
        let limits = AskLimits::new(free, 100, 500, 2_000);
        let asks = limits.map_or(vec![0], |l| {
            [l.small, l.medium, l.large]
                .into_iter()
                .flat_map(|l| [l, l.saturating_add(1)])
                .collect()
        });
        for (ask, raise) in asks.into_iter().zip([0u8, 1, 2, 3, 0, 1]) {
            let tier = limits.and_then(|limits| limits.tier(ask));
            let raised = tier.map(|tier| tier.raised(raise));
            cases.push(object! {
                free: free, bps: [100u16, 500, 2_000], limits: limits, ask: ask, tier: tier,
                raise: raise, raised: raised,
            });
        }
    }
    let limits = AskLimits::new(u64::MAX, 10_000, 10_000, 10_001);
    cases.push(object! { free: u64::MAX, bps: [10_000u16, 10_000, 10_001], limits: limits });
    cases
}

fn thresholds() -> Vec<Value> {
    let mut dice = Dice::new(5);
    let mut all = vec![(0, 0), (0, 1), (1, 1), (u64::MAX, u64::MAX), (99, 100)];
    all.extend((0..5).map(|_| (dice.amount(u64::MAX), dice.amount(1 << 40))));
    all.into_iter()
        .map(|(total, least)| {
            let contested = Contested { coef_bps: 2_000, max_quorum_bps: 4_000 };
            let is = Thresholds::new(total, least, QUORUMS, APPROVALS, contested);
            object! {
                total: total, min_total_weight: least, quorum_bps: QUORUMS,
                approval_bps: APPROVALS, contested: contested, is: is,
            }
        })
        .collect()
}

/// One tally judged at one tier.
pub struct Judgement {
    pub thresholds: Thresholds,
    pub tally: Tally,
    pub tier: Tier,
}

/// Tallies around every threshold: a step to either side of each quorum, approval and support.
pub fn judgements() -> Vec<Judgement> {
    let mut dice = Dice::new(6);
    let mut all = Vec::new();
    let thresholds = |total, coef_bps, max_quorum_bps| {
        let contested = Contested { coef_bps, max_quorum_bps };
        Thresholds::new(total, 10, QUORUMS, APPROVALS, contested)
    };
    let rules = [
        (1_000_000, 0, 0),
        (1_000_000, 2_000, 4_000),
        (1_000_000, 2_000, 1_500),
        (9, 2_000, 4_000),
    ];
    for (total, coef, most) in rules {
        let Some(thresholds) = thresholds(total, coef, most) else { continue };
        for tier in TIERS {
            let own = thresholds.tiers[usize::from(u8::from(tier))];
            let tallies = [
                (own.support, own.quorum - own.support, 0),
                (own.support, 0, own.quorum - own.support),
                (own.support, 0, (own.quorum - own.support).saturating_sub(1)),
                (own.support.saturating_sub(1), 0, own.quorum),
                (own.support.saturating_sub(1), 1, own.quorum),
                (own.support, 1, (own.quorum - own.support).saturating_sub(1)),
                (own.quorum * 2, own.quorum, 0),
                (own.quorum, own.quorum, own.quorum),
                (total / 5, total / 9, total / 10),
                (total / 3, total / 4, total / 10),
            ];
            for (for_, against, abstain) in tallies {
                all.push(Judgement { thresholds, tally: Tally { for_, against, abstain }, tier });
            }
        }
    }
    // Beyond 64 bits, and wherever the dice fall.
    let Some(huge) = thresholds(u64::MAX, 10_000, 10_000) else { return all };
    for for_ in [u64::MAX, u64::MAX / 2 + 2, u64::MAX / 3] {
        let tally = Tally { for_, against: u64::MAX / 2 + 1, abstain: u64::MAX };
        all.push(Judgement { thresholds: huge, tally, tier: Tier::Small });
    }
    for _ in 0..40 {
        let total = dice.amount(1 << 50).max(100);
        let Some(thresholds) =
            thresholds(total, dice.small(10_000u16), dice.between(2_000, 10_000) as u16)
        else {
            continue;
        };
        let for_ = dice.upto(total);
        let against = dice.upto((total - for_).min(for_));
        let tally = Tally { for_, against, abstain: dice.upto(total - for_ - against) };
        all.push(Judgement { thresholds, tally, tier: dice.one_of(&TIERS) });
    }
    all
}

fn judged() -> Vec<Value> {
    judgements()
        .into_iter()
        .map(|Judgement { thresholds, tally, tier }| {
            let failure = thresholds.judge(&tally, tier).err();
            object! {
                thresholds: thresholds, tally: tally, tier: tier, is: failure.map_or(0u8.json(), |f| f.json()),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_failure_occurs_and_so_does_none() {
        let found: BTreeSet<u8> = judgements()
            .iter()
            .map(|j| j.thresholds.judge(&j.tally, j.tier).err().map_or(0, u8::from))
            .collect();
        assert_eq!(found, BTreeSet::from([0, 1, 2, 3, 4, 5, 6]));
    }
}
