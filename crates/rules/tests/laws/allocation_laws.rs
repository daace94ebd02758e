//! R6 allocation, as laws over random slates
//! ├── agrees with a reference that sorts tuples and walks formulas
//! ├── sums match the verdicts and stay within every limit
//! ├── nobody is passed over for a later award that is no smaller
//! ├── storage order decides nothing but ties
//! └── an award that got nothing does not matter to the others

use budget_rules::allocation::{
    Allocation, Candidate, Limits, MAX_CATEGORIES, MAX_ENTRIES, Reason, Verdict,
};
use budget_rules::outcome::{AskLimits, Tally, Tier};
use proptest::prelude::*;
use std::cmp::Reverse;

use crate::outcome::{APPROVAL, QUORUM, reference as judge};
use crate::slate::{LIMITS, TOTAL, run, thresholds};

fn candidate() -> impl Strategy<Value = Option<Candidate>> {
    let tally = (0u64..450, prop_oneof![Just(0u64), 0u64..200], 0u64..200)
        .prop_map(|(for_, against, abstain)| Tally { for_, against, abstain });
    let amount = prop_oneof![4 => 0u64..=12, 3 => 5u64..=60, 1 => 40u64..=260];
    let more = prop_oneof![4 => Just(0u64), 1 => 0u64..=150];
    let award = (tally, amount, 0u8..3, more, prop::bool::weighted(0.8)).prop_map(
        |(tally, amount, category, more, long_enough)| Candidate {
            tally,
            amount,
            category,
            recipient_ask: amount + more,
            long_enough,
        },
    );
    prop::option::weighted(0.9, award)
}

fn slate() -> impl Strategy<Value = Vec<Option<Candidate>>> {
    prop_oneof![
        4 => prop::collection::vec(candidate(), 0..40),
        1 => prop::collection::vec(candidate(), MAX_ENTRIES),
    ]
}

fn limits() -> impl Strategy<Value = Limits> {
    (0u64..600, prop::array::uniform3(0u64..300), prop::bool::ANY).prop_map(
        |(cap, [a, b, c], generous)| {
            let mut category_caps = [u64::MAX; MAX_CATEGORIES];
            if !generous {
                category_caps[..3].copy_from_slice(&[a, b, c]);
            }
            Limits { cap, category_caps, ..LIMITS }
        },
    )
}

/// R6 straight from the text, with sums taken over the list of what is already funded.
fn reference(candidates: &[Option<Candidate>], limits: &Limits) -> Vec<Verdict> {
    let passes = |c: &Candidate, tier: Tier| {
        let index = tier as usize;
        judge(&c.tally, TOTAL, 1, QUORUM[index], APPROVAL[index])
    };
    let own = |c: &Candidate| match c.recipient_ask {
        ask if ask > limits.ask.large => (Tier::Large, true),
        ask if ask > limits.ask.medium => (Tier::Large, !c.long_enough),
        ask if ask > limits.ask.small => (Tier::Medium, !c.long_enough),
        _ => (Tier::Small, false),
    };
    let mut verdicts = vec![Verdict::NotVotable; candidates.len()];
    let mut queue = Vec::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let Some(c) = candidate else { continue };
        let (tier, _) = own(c);
        match passes(c, tier) {
            Err(why) => verdicts[index] = Verdict::Failed { tier, why },
            Ok(()) => queue.push((Reverse(c.tally.for_ - c.tally.against), c.amount, index)),
        }
    }
    queue.sort();
    let mut taken: Vec<(Candidate, Tier)> = Vec::new();
    for (rank, (_, amount, index)) in queue.into_iter().enumerate() {
        let rank = u8::try_from(rank).unwrap();
        let c = candidates[index].unwrap();
        let (own, blocked) = own(&c);
        let sum = |keep: &dyn Fn(&Candidate, Tier) -> bool| {
            taken.iter().filter(|(c, t)| keep(c, *t)).map(|(c, _)| c.amount).sum::<u64>()
        };
        let (small, medium) = (sum(&|_, t| t == Tier::Small), sum(&|_, t| t == Tier::Medium));
        let has_room = |tier| match tier {
            Tier::Small => {
                small + amount <= limits.ask.medium && small + medium + amount <= limits.ask.large
            }
            Tier::Medium => small + medium + amount <= limits.ask.large,
            _ => true,
        };
        let lowest = [Tier::Small, Tier::Medium, Tier::Large]
            .into_iter()
            .find(|&tier| tier >= own && has_room(tier))
            .unwrap();
        let why = if blocked {
            Some(Reason::TierBlocked)
        } else if sum(&|_, _| true) + amount > limits.cap {
            Some(Reason::OverCap)
        } else if sum(&|other, _| other.category == c.category) + amount
            > limits.category_caps[usize::from(c.category)]
        {
            Some(Reason::CategoryFull)
        } else if lowest != own && !(c.long_enough && passes(&c, lowest).is_ok()) {
            Some(Reason::TierFull)
        } else {
            None
        };
        verdicts[index] = match why {
            Some(why) => Verdict::Unfunded { tier: own, why, rank },
            None => {
                taken.push((c, lowest));
                Verdict::Funded { tier: lowest, rank }
            }
        };
    }
    verdicts
}

fn rank(verdict: &Verdict) -> Option<u8> {
    match verdict {
        Verdict::Funded { rank, .. } | Verdict::Unfunded { rank, .. } => Some(*rank),
        _ => None,
    }
}

/// The verdict without the rank.
fn decision(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Funded { tier, .. } => Verdict::Funded { tier, rank: 0 },
        Verdict::Unfunded { tier, why, .. } => Verdict::Unfunded { tier, why, rank: 0 },
        other => other,
    }
}

/// Amounts that differ pairwise, so that no two entries tie.
fn without_ties(mut slate: Vec<Option<Candidate>>, limits: &mut Limits) -> Vec<Option<Candidate>> {
    let scale = MAX_ENTRIES as u64;
    for (index, candidate) in slate.iter_mut().enumerate() {
        if let Some(c) = candidate {
            c.amount = c.amount * scale + index as u64;
            c.recipient_ask = c.recipient_ask * scale + index as u64;
        }
    }
    limits.cap *= scale;
    limits.category_caps = limits.category_caps.map(|cap| cap.saturating_mul(scale));
    let AskLimits { small, medium, large } = limits.ask;
    limits.ask = AskLimits { small: small * scale, medium: medium * scale, large: large * scale };
    slate
}

/// What was funded, in rank order: the candidate, and the tier it was funded at.
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
    fn settlement_agrees_with_the_reference(slate in slate(), limits in limits()) {
        let (verdicts, _) = run(&slate, &thresholds(), &limits);
        prop_assert_eq!(verdicts, reference(&slate, &limits));
    }

    #[test]
    fn sums_match_the_verdicts_and_stay_within_every_limit(
        slate in slate(), limits in limits(),
    ) {
        let (verdicts, allocation) = run(&slate, &thresholds(), &limits);
        let mut sums = Allocation::default();
        for (_, c, tier) in funded(&slate, &verdicts) {
            sums.allocated += c.amount;
            sums.funded += 1;
            sums.by_category[usize::from(c.category)] += c.amount;
            sums.by_tier[tier as usize] += c.amount;
        }
        let mut ranks: Vec<_> = verdicts.iter().filter_map(rank).collect();
        ranks.sort_unstable();
        sums.passing = u8::try_from(ranks.len()).unwrap();
        prop_assert_eq!(ranks, (0..sums.passing).collect::<Vec<_>>());
        prop_assert_eq!(allocation, sums);

        prop_assert!(sums.allocated <= limits.cap);
        for (sum, cap) in sums.by_category.iter().zip(&limits.category_caps) {
            prop_assert!(sum <= cap);
        }
        let [small, medium, _] = sums.by_tier;
        prop_assert!(small <= limits.ask.medium);
        prop_assert!(small + medium <= limits.ask.large);
    }

    #[test]
    fn whatever_is_funded_meets_the_tier_it_is_funded_at(slate in slate(), limits in limits()) {
        let (verdicts, _) = run(&slate, &thresholds(), &limits);
        for (_, c, tier) in funded(&slate, &verdicts) {
            prop_assert!(tier >= limits.ask.tier(c.recipient_ask).unwrap());
            prop_assert!(tier == Tier::Small || c.long_enough);
            let index = tier as usize;
            prop_assert_eq!(judge(&c.tally, TOTAL, 1, QUORUM[index], APPROVAL[index]), Ok(()));
        }
    }

    #[test]
    fn nobody_is_passed_over_for_a_later_award_that_is_no_smaller(
        slate in slate(), limits in limits(),
    ) {
        let (verdicts, _) = run(&slate, &thresholds(), &limits);
        let funded = funded(&slate, &verdicts);
        for (candidate, verdict) in slate.iter().zip(&verdicts) {
            let Verdict::Unfunded { tier, why, rank } = *verdict else { continue };
            let skipped = candidate.unwrap();
            for (later, taken, taken_at) in &funded {
                let competes = match why {
                    Reason::OverCap => true,
                    Reason::CategoryFull => taken.category == skipped.category,
                    Reason::TierFull => *taken_at <= tier,
                    Reason::TierBlocked => false,
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
        let (verdicts, allocation) = run(&slate, &thresholds(), &limits);
        let shuffled: Vec<_> = shuffle.iter().map(|&index| slate[index]).collect();
        let (shuffled_verdicts, shuffled_allocation) = run(&shuffled, &thresholds(), &limits);
        prop_assert_eq!(allocation, shuffled_allocation);
        for (place, &index) in shuffle.iter().enumerate() {
            prop_assert_eq!(shuffled_verdicts[place], verdicts[index]);
        }
    }

    #[test]
    fn an_award_that_got_nothing_does_not_matter_to_the_others(
        slate in slate(), limits in limits(),
    ) {
        let (verdicts, _) = run(&slate, &thresholds(), &limits);
        let mut only_funded = slate.clone();
        for (candidate, verdict) in only_funded.iter_mut().zip(&verdicts) {
            if !matches!(verdict, Verdict::Funded { .. }) {
                *candidate = None;
            }
        }
        let (again, _) = run(&only_funded, &thresholds(), &limits);
        for (before, after) in verdicts.into_iter().zip(again) {
            if matches!(before, Verdict::Funded { .. }) {
                prop_assert_eq!(decision(before), decision(after));
            }
        }
    }

    #[test]
    fn splitting_over_fresh_recipients_takes_no_more_than_one_tier_up(
        votes in 30u64..100, parts in 1usize..=128, amount in 1u64..=10,
    ) {
        // below 10 % of the total: enough for small awards, not for a medium one
        let piece = Candidate {
            tally: Tally { for_: votes, ..Tally::default() },
            amount, category: 0, recipient_ask: amount, long_enough: true,
        };
        let limits = Limits { cap: u64::MAX, ..LIMITS };
        let (_, allocation) = run(&vec![Some(piece); parts], &thresholds(), &limits);
        let expected = (50 / amount).min(parts as u64) * amount;
        prop_assert_eq!(allocation.allocated, expected);
    }
}
