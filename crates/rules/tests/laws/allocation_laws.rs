//! R6, R14 allocation, as laws over random slates
//! ├── agrees with a reference that sorts tuples and walks formulas
//! ├── sums match the verdicts and stay within every limit
//! ├── nobody is passed over for a later award that is no smaller
//! ├── storage order decides nothing but ties, and those by index alone
//! ├── recipients are told apart, not named
//! └── an entry that got nothing does not matter to the others

use budget_rules::allocation::{
    Allocation, Award, Candidate, Limits, MAX_CATEGORIES, MAX_ENTRIES, Matter, Reason, Verdict,
};
use budget_rules::outcome::{AskLimits, Contested, Failure, Tally, Tier};
use budget_rules::risk::RiskLimits;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::outcome::{APPROVAL, QUORUM, UNCONTESTED, contests, reference as judge};
use crate::slate::{LIMITS, TOTAL, award_of, but, contested, run, thresholds};

const AWARD_TIERS: [Tier; 3] = [Tier::Small, Tier::Medium, Tier::Large];

fn candidate() -> impl Strategy<Value = Option<Candidate>> {
    let tally = (0u64..450, prop_oneof![Just(0u64), 0u64..200], 0u64..200)
        .prop_map(|(for_, against, abstain)| Tally { for_, against, abstain });
    let amount = prop_oneof![4 => 0u64..=12, 3 => 5u64..=60, 1 => 40u64..=260];
    let more = prop_oneof![4 => Just(0u64), 1 => 0u64..=150];
    let raise = prop_oneof![8 => Just(0u8), 1 => 1u8..=3];
    let admits =
        prop_oneof![1 => Just(Tier::Small), 1 => Just(Tier::Medium), 6 => Just(Tier::Large)];
    let award = (amount, 0u8..3, more, 0u8..6, raise, admits).prop_map(
        |(amount, category, more, leader, raise, admits)| {
            let recipient_ask = amount + more;
            Matter::Award(Award { amount, category, recipient_ask, leader, raise, admits })
        },
    );
    let act = (0u8..5).prop_map(|target| Matter::Act { target });
    let candidate = (tally, prop_oneof![6 => award, 1 => act])
        .prop_map(|(tally, matter)| Candidate { tally, matter });
    prop::option::weighted(0.9, candidate)
}

fn slate() -> impl Strategy<Value = Vec<Option<Candidate>>> {
    prop_oneof![
        4 => prop::collection::vec(candidate(), 0..40),
        1 => prop::collection::vec(candidate(), MAX_ENTRIES),
    ]
}

/// A limit that is mostly out of the way.
fn mostly_open(room: std::ops::Range<u64>) -> impl Strategy<Value = u64> {
    prop_oneof![2 => Just(u64::MAX), 1 => room]
}

fn risk_limits() -> impl Strategy<Value = RiskLimits> {
    let rooms = prop::array::uniform3(mostly_open(0..250));
    (mostly_open(0..150), mostly_open(0..500), rooms, prop::bool::weighted(0.03)).prop_map(
        |(recipient_cap, runway_room, rooms, tripped)| {
            let mut exposure_rooms = [u64::MAX; MAX_CATEGORIES];
            exposure_rooms[..3].copy_from_slice(&rooms);
            RiskLimits { recipient_cap, runway_room, exposure_rooms, treasury_value: 0, tripped }
        },
    )
}

fn limits() -> impl Strategy<Value = Limits> {
    (0u64..600, prop::array::uniform3(0u64..300), prop::bool::ANY, risk_limits()).prop_map(
        |(cap, [a, b, c], generous, risk)| {
            let mut category_caps = [u64::MAX; MAX_CATEGORIES];
            if !generous {
                category_caps[..3].copy_from_slice(&[a, b, c]);
            }
            Limits { cap, category_caps, risk, ..LIMITS }
        },
    )
}

/// The tier that the text asks of an award, and whether something keeps it from that tier.
fn required(award: &Award, ask: &AskLimits) -> (Tier, bool) {
    let steps = match award.recipient_ask {
        asked if asked > ask.large => return (Tier::Large, true),
        asked if asked > ask.medium => 2,
        asked if asked > ask.small => 1,
        _ => 0,
    };
    let tier = AWARD_TIERS[(steps + usize::from(award.raise)).min(2)];
    (tier, (award.admits as u8) < tier as u8)
}

/// R6 and R14 straight from the text, with sums taken over the list of what is already funded.
fn reference(
    candidates: &[Option<Candidate>],
    limits: &Limits,
    total: u64,
    contested: Contested,
) -> Vec<Verdict> {
    let passes = |c: &Candidate, tier: Tier| {
        let index = tier as usize;
        judge(&c.tally, total, 1, QUORUM[index], APPROVAL[index], contested)
    };
    let mut verdicts = vec![Verdict::NotVotable; candidates.len()];
    let mut queue = Vec::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let Some(c) = candidate else { continue };
        let (tier, amount) = match c.matter {
            Matter::Award(award) => (required(&award, &limits.ask).0, award.amount),
            Matter::Act { .. } => (Tier::Constitutional, 0),
        };
        match passes(c, tier) {
            Err(why) => verdicts[index] = Verdict::Failed { tier, why },
            Ok(()) => queue.push((Reverse(c.tally.for_ - c.tally.against), amount, index)),
        }
    }
    queue.sort();
    let mut taken: Vec<(Award, Tier)> = Vec::new();
    let mut standing = BTreeSet::new();
    for (rank, (_, amount, index)) in queue.into_iter().enumerate() {
        let rank = u8::try_from(rank).unwrap();
        let c = candidates[index].unwrap();
        let award = match c.matter {
            Matter::Award(award) => award,
            Matter::Act { target } if standing.insert(target) => {
                verdicts[index] = Verdict::Approved { rank };
                continue;
            }
            Matter::Act { .. } => {
                verdicts[index] = Verdict::Superseded { rank };
                continue;
            }
        };
        let (own, blocked) = required(&award, &limits.ask);
        // the sum over some of what is funded, with this award
        let with = |keep: &dyn Fn(&Award, Tier) -> bool| {
            let kept = taken.iter().filter(|(other, tier)| keep(other, *tier));
            kept.map(|(other, _)| u128::from(other.amount)).sum::<u128>() + u128::from(amount)
        };
        let exceeds = |sum: u128, limit: u64| sum > u128::from(limit);
        let has_room = |tier| match tier {
            Tier::Small => {
                !exceeds(with(&|_, t| t == Tier::Small), limits.ask.medium)
                    && !exceeds(with(&|_, t| t <= Tier::Medium), limits.ask.large)
            }
            Tier::Medium => !exceeds(with(&|_, t| t <= Tier::Medium), limits.ask.large),
            _ => true,
        };
        let lowest = AWARD_TIERS.into_iter().find(|&tier| tier >= own && has_room(tier)).unwrap();
        let category = usize::from(award.category);
        let everything = with(&|_, _| true);
        let in_category = with(&|other, _| other.category == award.category);
        let to_recipient = with(&|other, _| other.leader == award.leader);
        let lifted = lowest != own && !(award.admits >= lowest && passes(&c, lowest).is_ok());
        let broken = [
            (limits.risk.tripped, Reason::BreakerTripped),
            (blocked, Reason::TierBlocked),
            (exceeds(everything, limits.cap), Reason::OverCap),
            (exceeds(in_category, limits.category_caps[category]), Reason::CategoryFull),
            (exceeds(in_category, limits.risk.exposure_rooms[category]), Reason::ExposureLimit),
            (exceeds(everything, limits.risk.runway_room), Reason::RunwayFloor),
            (exceeds(to_recipient, limits.risk.recipient_cap), Reason::Concentration),
            (lifted, Reason::TierFull),
        ];
        verdicts[index] = match broken.into_iter().find(|(broken, _)| *broken) {
            Some((_, why)) => Verdict::Unfunded { tier: own, why, rank },
            None => {
                taken.push((award, lowest));
                Verdict::Funded { tier: lowest, rank }
            }
        };
    }
    verdicts
}

fn rank(verdict: &Verdict) -> Option<u8> {
    match verdict {
        Verdict::Funded { rank, .. }
        | Verdict::Unfunded { rank, .. }
        | Verdict::Approved { rank }
        | Verdict::Superseded { rank } => Some(*rank),
        Verdict::NotVotable | Verdict::Failed { .. } => None,
    }
}

/// The verdict without the rank.
fn decision(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Funded { tier, .. } => Verdict::Funded { tier, rank: 0 },
        Verdict::Unfunded { tier, why, .. } => Verdict::Unfunded { tier, why, rank: 0 },
        Verdict::Approved { .. } => Verdict::Approved { rank: 0 },
        Verdict::Superseded { .. } => Verdict::Superseded { rank: 0 },
        other => other,
    }
}

/// What is funded or is to be carried out.
fn stands(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Funded { .. } | Verdict::Approved { .. })
}

/// How much larger everything is where no two entries may tie.
const SCALE: u64 = MAX_ENTRIES as u64;

/// Awards whose amounts and acts whose margins differ pairwise, so that no two entries tie.
fn without_ties(mut slate: Vec<Option<Candidate>>, limits: &mut Limits) -> Vec<Option<Candidate>> {
    for (index, candidate) in slate.iter_mut().enumerate() {
        let Some(c) = candidate else { continue };
        let Tally { for_, against, abstain } = c.tally;
        c.tally = Tally { for_: for_ * SCALE, against: against * SCALE, abstain: abstain * SCALE };
        match &mut c.matter {
            Matter::Award(award) => {
                award.amount = award.amount * SCALE + index as u64;
                award.recipient_ask = award.recipient_ask * SCALE + index as u64;
            }
            Matter::Act { .. } => c.tally.for_ += index as u64,
        }
    }
    let scale = |limit: &mut u64| *limit = limit.saturating_mul(SCALE);
    scale(&mut limits.cap);
    limits.category_caps.iter_mut().for_each(scale);
    let AskLimits { small, medium, large } = &mut limits.ask;
    [small, medium, large].into_iter().for_each(scale);
    scale(&mut limits.risk.recipient_cap);
    scale(&mut limits.risk.runway_room);
    limits.risk.exposure_rooms.iter_mut().for_each(scale);
    slate
}

/// What was funded, in rank order: the award, and the tier it was funded at.
fn funded(slate: &[Option<Candidate>], verdicts: &[Verdict]) -> Vec<(u8, Candidate, Tier)> {
    let mut list: Vec<_> = slate
        .iter()
        .zip(verdicts)
        .filter_map(|(candidate, verdict)| match verdict {
            Verdict::Funded { tier, rank } => Some((*rank, (*candidate)?, *tier)),
            _ => None,
        })
        .collect();
    list.sort_by_key(|(rank, ..)| *rank);
    list
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn settlement_agrees_with_the_reference(
        slate in slate(), limits in limits(), rule in contests(),
    ) {
        for rule in [UNCONTESTED, rule] {
            let (verdicts, _) = run(&slate, &contested(TOTAL, rule), &limits);
            prop_assert_eq!(verdicts, reference(&slate, &limits, TOTAL, rule));
        }
    }

    #[test]
    fn sums_match_the_verdicts_and_stay_within_every_limit(
        slate in slate(), limits in limits(),
    ) {
        let (verdicts, allocation) = run(&slate, &thresholds(), &limits);
        let mut sums = Allocation::default();
        let mut by_recipient = [0u64; MAX_ENTRIES];
        for (_, c, tier) in funded(&slate, &verdicts) {
            let award = award_of(&c);
            sums.allocated += award.amount;
            sums.funded += 1;
            sums.by_category[usize::from(award.category)] += award.amount;
            sums.by_tier[tier as usize] += award.amount;
            by_recipient[usize::from(award.leader)] += award.amount;
        }
        let approved = verdicts.iter().filter(|v| matches!(v, Verdict::Approved { .. })).count();
        sums.approved = u8::try_from(approved).unwrap();
        let mut ranks: Vec<_> = verdicts.iter().filter_map(rank).collect();
        ranks.sort_unstable();
        sums.passing = u8::try_from(ranks.len()).unwrap();
        prop_assert_eq!(ranks, (0..sums.passing).collect::<Vec<_>>());
        prop_assert_eq!(allocation, sums);

        prop_assert!(sums.allocated <= limits.cap);
        prop_assert!(sums.allocated <= limits.risk.runway_room);
        for (sum, cap) in sums.by_category.iter().zip(&limits.category_caps) {
            prop_assert!(sum <= cap);
        }
        for (sum, room) in sums.by_category.iter().zip(&limits.risk.exposure_rooms) {
            prop_assert!(sum <= room);
        }
        prop_assert!(by_recipient.iter().all(|sum| *sum <= limits.risk.recipient_cap));
        prop_assert!(!limits.risk.tripped || sums.funded == 0);
        let [small, medium, _] = sums.by_tier;
        prop_assert!(small <= limits.ask.medium);
        prop_assert!(small + medium <= limits.ask.large);
    }

    #[test]
    fn whatever_is_funded_meets_the_tier_it_is_funded_at(
        slate in slate(), limits in limits(), rule in contests(),
    ) {
        let (verdicts, _) = run(&slate, &contested(TOTAL, rule), &limits);
        for (_, c, tier) in funded(&slate, &verdicts) {
            let award = award_of(&c);
            let (own, blocked) = required(&award, &limits.ask);
            prop_assert!(!blocked);
            prop_assert!(tier >= own && tier >= limits.ask.tier(award.recipient_ask).unwrap());
            prop_assert!(tier <= award.admits);
            let index = tier as usize;
            let judged = judge(&c.tally, TOTAL, 1, QUORUM[index], APPROVAL[index], rule);
            prop_assert_eq!(judged, Ok(()));
        }
    }

    #[test]
    fn of_each_target_exactly_the_best_ranked_passing_act_stands(slate in slate()) {
        let (verdicts, _) = run(&slate, &thresholds(), &LIMITS);
        let mut passing: Vec<(u8, u8, bool)> = Vec::new();
        for (candidate, verdict) in slate.iter().zip(&verdicts) {
            let Some(Candidate { matter: Matter::Act { target }, .. }) = candidate else {
                let of_an_act =
                    matches!(verdict, Verdict::Approved { .. } | Verdict::Superseded { .. });
                prop_assert!(!of_an_act);
                continue;
            };
            match verdict {
                Verdict::Approved { rank } => passing.push((*target, *rank, true)),
                Verdict::Superseded { rank } => passing.push((*target, *rank, false)),
                Verdict::Failed { tier, .. } => prop_assert_eq!(*tier, Tier::Constitutional),
                other => prop_assert!(false, "{:?}", other),
            }
        }
        passing.sort_unstable();
        for (place, &(target, _, stands)) in passing.iter().enumerate() {
            let first = place == 0 || passing[place - 1].0 != target;
            prop_assert_eq!(stands, first);
        }
    }

    #[test]
    fn acts_do_not_move_an_award(slate in slate(), limits in limits()) {
        let (verdicts, allocation) = run(&slate, &thresholds(), &limits);
        let awards: Vec<_> = slate
            .iter()
            .map(|c| c.filter(|c| matches!(c.matter, Matter::Award(_))))
            .collect();
        let (alone, sums) = run(&awards, &thresholds(), &limits);
        for ((candidate, before), after) in awards.iter().zip(verdicts).zip(alone) {
            if candidate.is_some() {
                prop_assert_eq!(decision(before), decision(after));
            }
        }
        prop_assert_eq!(allocation.by_category, sums.by_category);
        prop_assert_eq!(allocation.by_tier, sums.by_tier);
    }

    #[test]
    fn nobody_is_passed_over_for_a_later_award_that_is_no_smaller(
        slate in slate(), limits in limits(),
    ) {
        let (verdicts, _) = run(&slate, &thresholds(), &limits);
        let funded = funded(&slate, &verdicts);
        for (candidate, verdict) in slate.iter().zip(&verdicts) {
            let Verdict::Unfunded { tier, why, rank } = *verdict else { continue };
            let skipped = award_of(&candidate.unwrap());
            for (later, taken, taken_at) in &funded {
                let taken = award_of(taken);
                let competes = match why {
                    Reason::OverCap | Reason::RunwayFloor => true,
                    Reason::CategoryFull | Reason::ExposureLimit => {
                        taken.category == skipped.category
                    }
                    Reason::Concentration => taken.leader == skipped.leader,
                    Reason::TierFull => *taken_at <= tier,
                    Reason::TierBlocked => false,
                    Reason::BreakerTripped => true,
                };
                if competes && *later > rank {
                    prop_assert!(taken.amount < skipped.amount, "{:?} before {:?}", taken, skipped);
                }
            }
        }
    }

    #[test]
    fn storage_order_decides_nothing_where_nobody_ties(
        (slate, mut limits, shuffle) in (slate(), limits()).prop_flat_map(|(slate, limits)| {
            let shuffle = Just((0..slate.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(slate), Just(limits), shuffle)
        }),
    ) {
        let slate = without_ties(slate, &mut limits);
        let thresholds = contested(TOTAL * SCALE, UNCONTESTED);
        let (verdicts, allocation) = run(&slate, &thresholds, &limits);
        let shuffled: Vec<_> = shuffle.iter().map(|&index| slate[index]).collect();
        let (shuffled_verdicts, shuffled_allocation) = run(&shuffled, &thresholds, &limits);
        prop_assert_eq!(allocation, shuffled_allocation);
        for (place, &index) in shuffle.iter().enumerate() {
            prop_assert_eq!(shuffled_verdicts[place], verdicts[index]);
        }
    }

    #[test]
    fn ties_are_broken_by_the_index_alone(slate in slate(), limits in limits()) {
        // a handful of margins and amounts, so that nearly everything ties
        let slate: Vec<_> = slate
            .into_iter()
            .map(|candidate| candidate.map(|c| {
                let tally = Tally { for_: 250 + c.tally.for_ % 2, against: 0, abstain: 0 };
                match c.matter {
                    Matter::Award(a) => but(Candidate { tally, ..c }, |award| {
                        award.amount = a.amount % 3;
                    }),
                    Matter::Act { .. } => Candidate { tally, ..c },
                }
            }))
            .collect();
        let (verdicts, _) = run(&slate, &thresholds(), &limits);
        let mut ranked: Vec<_> = slate
            .iter()
            .enumerate()
            .filter_map(|(index, candidate)| Some((rank(&verdicts[index])?, index, (*candidate)?)))
            .collect();
        ranked.sort_unstable_by_key(|(rank, ..)| *rank);
        for pair in ranked.windows(2) {
            let key = |(_, index, c): &(u8, usize, Candidate)| {
                let amount = match c.matter {
                    Matter::Award(award) => award.amount,
                    Matter::Act { .. } => 0,
                };
                (Reverse(c.tally.for_), amount, *index)
            };
            prop_assert!(key(&pair[0]) < key(&pair[1]), "{:?}", pair);
        }
    }

    #[test]
    fn recipients_are_told_apart_and_not_named(
        slate in slate(), limits in limits(),
        names in Just((0u8..128).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let renamed: Vec<_> = slate
            .iter()
            .map(|candidate| candidate.map(|c| match c.matter {
                Matter::Award(_) => but(c, |award| award.leader = names[usize::from(award.leader)]),
                Matter::Act { .. } => c,
            }))
            .collect();
        let expected = run(&slate, &thresholds(), &limits);
        prop_assert_eq!(run(&renamed, &thresholds(), &limits), expected);
    }

    #[test]
    fn an_entry_that_got_nothing_does_not_matter_to_the_others(
        slate in slate(), limits in limits(),
    ) {
        let (verdicts, _) = run(&slate, &thresholds(), &limits);
        let mut only_standing = slate.clone();
        for (candidate, verdict) in only_standing.iter_mut().zip(&verdicts) {
            if !stands(verdict) {
                *candidate = None;
            }
        }
        let (again, _) = run(&only_standing, &thresholds(), &limits);
        for (before, after) in verdicts.into_iter().zip(again) {
            if stands(&before) {
                prop_assert_eq!(decision(before), decision(after));
            }
        }
    }

    #[test]
    fn amounts_of_any_size_settle_as_the_reference_says(
        slate in slate(), limits in limits(), shifts in any::<[u8; 32]>(),
    ) {
        // amounts up to the integer's end under limits that are as far out
        let mut limits = Limits { cap: u64::MAX - limits.cap, ..limits };
        limits.ask = AskLimits { small: u64::MAX / 4, medium: u64::MAX / 2, large: u64::MAX - 9 };
        let slate: Vec<_> = slate
            .into_iter()
            .enumerate()
            .map(|(index, candidate)| candidate.map(|c| match c.matter {
                Matter::Award(_) => but(c, |award| {
                    let huge = u64::MAX - award.amount;
                    award.amount = huge >> (shifts[index % 32] % 6);
                    award.recipient_ask = award.amount;
                }),
                Matter::Act { .. } => c,
            }))
            .collect();
        let (verdicts, _) = run(&slate, &thresholds(), &limits);
        prop_assert_eq!(verdicts, reference(&slate, &limits, TOTAL, UNCONTESTED));
    }

    #[test]
    fn splitting_over_fresh_recipients_takes_no_more_than_one_tier_up(
        votes in 30u64..100, parts in 1usize..=128, amount in 1u64..=10,
    ) {
        // below 10 % of the total: enough for small awards, not for a medium one
        let limits = Limits { cap: u64::MAX, ..LIMITS };
        let slate: Vec<_> = (0u8..)
            .take(parts)
            .map(|leader| Some(but(crate::slate::award(votes, amount), |a| a.leader = leader)))
            .collect();
        let (_, allocation) = run(&slate, &thresholds(), &limits);
        let expected = (50 / amount).min(parts as u64) * amount;
        prop_assert_eq!(allocation.allocated, expected);
    }
}

#[test]
fn random_slates_reach_every_verdict_and_every_reason() {
    // what the properties above never meet, they say nothing about
    let mut runner = TestRunner::deterministic();
    let (mut reasons, mut failures) = (BTreeSet::new(), BTreeSet::new());
    let (mut superseded, mut lifted) = (0, 0);
    for _ in 0..500 {
        let (slate, limits, rule) =
            (slate(), limits(), contests()).new_tree(&mut runner).unwrap().current();
        let (verdicts, _) = run(&slate, &contested(TOTAL, rule), &limits);
        for (candidate, verdict) in slate.iter().zip(verdicts) {
            match verdict {
                Verdict::Failed { why, .. } => drop(failures.insert(u8::from(why))),
                Verdict::Unfunded { why, .. } => drop(reasons.insert(u8::from(why))),
                Verdict::Superseded { .. } => superseded += 1,
                Verdict::Funded { tier, .. } => {
                    let award = award_of(&candidate.unwrap());
                    lifted += u32::from(tier > required(&award, &limits.ask).0);
                }
                Verdict::Approved { .. } | Verdict::NotVotable => {}
            }
        }
    }
    assert_eq!(reasons, (16..=23).collect());
    let all_but_the_electorate = (u8::from(Failure::NotMoreForThanAgainst)..=6).collect();
    assert_eq!(failures, all_but_the_electorate);
    assert!(superseded > 100 && lifted > 100, "{superseded} superseded, {lifted} lifted");
}
