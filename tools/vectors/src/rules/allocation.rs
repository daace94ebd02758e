//! R6, R14: whole slates.

use super::outcome::{APPROVALS, QUORUMS};
use crate::{Section, dice::Dice, object};
use budget_rules::{
    allocation::{
        Allocation, Award, Candidate, Limits, MAX_CATEGORIES, MAX_ENTRIES, Matter, Slate, Verdict,
        settle,
    },
    outcome::{AskLimits, Contested, Tally, Thresholds, Tier},
    risk::RiskLimits,
};

pub fn sections() -> Vec<Section> {
    let cases = slates()
        .into_iter()
        .map(|case| {
            let settled = case.settle();
            let (slate, thresholds, limits) = (case.slate, case.thresholds, case.limits);
            let is = settled.map(|(verdicts, allocation)| {
                object! { verdicts: verdicts, allocation: allocation }
            });
            object! { slate: slate, thresholds: thresholds, limits: limits, is: is }
        })
        .collect();
    vec![Section::new("settle", cases)]
}

/// One slate, and what it is settled by.
pub struct Case {
    pub slate: Vec<Option<Candidate>>,
    pub thresholds: Thresholds,
    pub limits: Limits,
}

struct Decided<'a> {
    slate: &'a [Option<Candidate>],
    verdicts: Vec<Verdict>,
}

impl Slate for Decided<'_> {
    fn len(&self) -> usize {
        self.slate.len()
    }

    fn candidate(&self, index: usize) -> Option<Candidate> {
        self.slate[index]
    }

    fn decide(&mut self, index: usize, verdict: Verdict) {
        self.verdicts[index] = verdict;
    }
}

impl Case {
    pub fn settle(&self) -> Option<(Vec<Verdict>, Allocation)> {
        let verdicts = vec![Verdict::NotVotable; self.slate.len()];
        let mut decided = Decided { slate: &self.slate, verdicts };
        let allocation = settle(&mut decided, &self.thresholds, &self.limits)?;
        Some((decided.verdicts, allocation))
    }
}

const TOTAL: u64 = 1_000_000;

fn thresholds(total: u64) -> Thresholds {
    let contested = Contested { coef_bps: 2_000, max_quorum_bps: 4_000 };
    // Shares of at most a whole fit.
    Thresholds::new(total, 1, QUORUMS, APPROVALS, contested).unwrap()
}

/// Room for everything; cases narrow what they are about.
fn roomy() -> Limits {
    let cap = 100_000;
    Limits {
        cap,
        ask: AskLimits { small: 1_000, medium: 5_000, large: 20_000 },
        category_caps: [cap; MAX_CATEGORIES],
        risk: RiskLimits {
            recipient_cap: cap,
            runway_room: u64::MAX,
            exposure_rooms: [u64::MAX; MAX_CATEGORIES],
            treasury_value: 1_000_000,
            tripped: false,
        },
    }
}

fn award(for_: u64, amount: u64, index: u8) -> Candidate {
    let award = Award {
        amount,
        category: 0,
        recipient_ask: amount,
        leader: index,
        raise: 0,
        admits: Tier::Large,
    };
    Candidate { tally: Tally { for_, against: 0, abstain: 0 }, matter: Matter::Award(award) }
}

fn act(for_: u64, target: u8) -> Candidate {
    let tally = Tally { for_, against: 0, abstain: 0 };
    Candidate { tally, matter: Matter::Act { target } }
}

fn with(mut candidate: Candidate, change: impl Fn(&mut Award)) -> Candidate {
    if let Matter::Award(award) = &mut candidate.matter {
        change(award);
    }
    candidate
}

/// Slates that are each about one thing.
fn pointed() -> Vec<Case> {
    let case = |slate: Vec<Candidate>, limits| Case {
        slate: slate.into_iter().map(Some).collect(),
        thresholds: thresholds(TOTAL),
        limits,
    };
    let roomy = roomy();
    let mut exposed = roomy;
    exposed.risk.exposure_rooms[1] = 900;
    let mut narrow = roomy;
    narrow.risk.runway_room = 1_500;
    let mut shared = roomy;
    shared.risk.recipient_cap = 1_500;
    let mut tripped = roomy;
    tripped.risk.tripped = true;
    let in_risk = |for_, amount, index| with(award(for_, amount, index), |a| a.category = 1);
    let same = |for_, amount, index| {
        with(award(for_, amount, index), |a| (a.leader, a.recipient_ask) = (0, 2_000))
    };
    let mut full = roomy;
    full.category_caps[0] = 1_900;
    let weak = |for_, index| with(award(for_, 1_000, index), |a| a.raise = 1);
    vec![
        Case { slate: Vec::new(), thresholds: thresholds(TOTAL), limits: roomy },
        Case { slate: vec![None; 3], thresholds: thresholds(0), limits: roomy },
        // Skips what does not fit and goes on; ties by amount, then by index.
        case(
            vec![award(400_000, 900, 0), award(400_000, 800, 1), award(400_000, 800, 2)],
            Limits { cap: 1_600, ..roomy },
        ),
        case(vec![award(300_000, 1_000, 0), award(300_001, 1_000, 1)], full),
        case(vec![in_risk(300_000, 500, 0), in_risk(310_000, 500, 1)], exposed),
        case(vec![award(300_000, 800, 0), award(310_000, 800, 1)], narrow),
        case(vec![same(300_000, 1_000, 0), same(310_000, 1_000, 1)], shared),
        case(vec![award(300_000, 1_000, 0)], tripped),
        // Six small asks of fresh recipients: together more than the medium limit.
        case((0..6).map(|i| award(40_000 + u64::from(i), 1_000, i)).collect(), roomy),
        case((0..6).map(|i| award(140_000 + u64::from(i), 1_000, i)).collect(), roomy),
        case(
            vec![
                with(award(400_000, 21_000, 0), |_| {}),
                with(award(400_000, 5_000, 1), |a| a.admits = Tier::Small),
                with(award(400_000, 900, 2), |a| (a.raise, a.admits) = (2, Tier::Medium)),
                weak(50_000, 3),
                weak(200_000, 4),
            ],
            roomy,
        ),
        // Small ones again, whose terms meet the medium tier and no more.
        case(
            (0..7)
                .map(|i| {
                    with(award(140_000, 1_000, i), |a| {
                        a.admits = [Tier::Medium, Tier::Small][usize::from(i / 6)]
                    })
                })
                .collect(),
            roomy,
        ),
        // Medium ones: together with the small ones at most the large limit.
        case((0..5).map(|i| award(450_000 + u64::from(i), 5_000, i)).collect(), roomy),
        case((0..5).map(|i| award(110_000 + u64::from(i), 5_000, i)).collect(), roomy),
        case((0..6).map(|i| award(110_000, if i < 3 { 1_000 } else { 4_900 }, i)).collect(), roomy),
        // To the last unit of what one recipient may have; an act goes before the smallest award.
        case(vec![same(310_000, 1_000, 0), same(300_000, 500, 1)], shared),
        case(vec![award(300_000, 1, 0), act(300_000, 5)], roomy),
        case(vec![act(300_000, 5), act(310_000, 5), act(300_000, 131), act(10_000, 6)], roomy),
        case(vec![with(award(400_000, 900, 0), |a| a.category = 8)], roomy),
        case(vec![award(400_000, 900, 128)], roomy),
        case(vec![award(1, 1, 0); MAX_ENTRIES + 1], roomy),
    ]
}

/// Full slates and half full ones, with everything narrow at once.
fn crowded(dice: &mut Dice, entries: usize) -> Case {
    let free = dice.between(1_000_000, 1 << 44);
    let cap = free / 10;
    let ask = AskLimits { small: free / 100, medium: free / 20, large: free / 5 };
    let mut exposure_rooms = [u64::MAX; MAX_CATEGORIES];
    exposure_rooms[1] = cap / 6;
    let risk = RiskLimits {
        recipient_cap: cap / 3,
        runway_room: cap * 9 / 10,
        exposure_rooms,
        treasury_value: free,
        tripped: false,
    };
    let mut category_caps = [0; MAX_CATEGORIES];
    category_caps[..3].copy_from_slice(&[cap, cap / 2, cap / 10]);
    let mut asks = vec![0u64; entries];
    let mut slate: Vec<Option<Candidate>> = (0..entries)
        .map(|index| {
            if dice.once_in(12) {
                return None;
            }
            let for_ = dice.upto(TOTAL * 4 / 10);
            let against = if dice.once_in(2) { 0 } else { dice.upto(for_) };
            let abstain = dice.upto(TOTAL / 10);
            let tally = Tally { for_, against, abstain };
            if dice.once_in(10) {
                return Some(Candidate { tally, matter: Matter::Act { target: dice.small(19u8) } });
            }
            let share = dice.one_of(&[5, 20, 40, 150]);
            let leader = if dice.once_in(5) { index / 2 } else { index };
            let amount = dice.upto(cap / share);
            asks[leader] = asks[leader].saturating_add(amount);
            let award = Award {
                amount,
                category: dice.small(2u8),
                recipient_ask: 0,
                leader: u8::try_from(leader).unwrap_or(0),
                raise: dice.one_of(&[0, 0, 0, 1, 2]),
                admits: dice.one_of(&[Tier::Small, Tier::Medium, Tier::Large, Tier::Large]),
            };
            Some(Candidate { tally, matter: Matter::Award(award) })
        })
        .collect();
    for candidate in slate.iter_mut().flatten() {
        if let Matter::Award(award) = &mut candidate.matter {
            award.recipient_ask = asks[usize::from(award.leader)];
        }
    }
    let limits = Limits { cap, ask, category_caps, risk };
    Case { slate, thresholds: thresholds(TOTAL), limits }
}

/// Every slate of the file.
pub fn slates() -> Vec<Case> {
    let mut dice = Dice::new(15);
    let mut cases = pointed();
    for entries in [16, 32, 32, 64, MAX_ENTRIES, MAX_ENTRIES] {
        cases.push(crowded(&mut dice, entries));
    }
    cases
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_and_every_verdict_occurs() {
        let (mut reasons, mut kinds) = (BTreeSet::new(), BTreeSet::new());
        for (verdicts, _) in slates().iter().filter_map(Case::settle) {
            for verdict in verdicts {
                kinds.insert(match verdict {
                    Verdict::NotVotable => 0u8,
                    Verdict::Failed { .. } => 1,
                    Verdict::Unfunded { why, .. } => {
                        reasons.insert(u8::from(why));
                        2
                    }
                    Verdict::Funded { .. } => 3,
                    Verdict::Approved { .. } => 4,
                    Verdict::Superseded { .. } => 5,
                });
            }
        }
        assert_eq!(reasons, (16..=23).collect());
        assert_eq!(kinds, (0..=5).collect());
    }

    #[test]
    fn what_the_rules_refuse_occurs_too() {
        assert_eq!(slates().iter().filter(|case| case.settle().is_none()).count(), 3);
    }
}
