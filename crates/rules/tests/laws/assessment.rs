//! R10 assessment
//! ├── in full, by example; asks that cannot be; where there is no measure
//! ├── the random asks meet every limit
//! ├── refuses exactly what settlement refuses
//! ├── agrees with 128-bit formulas
//! └── a larger ask never scores higher

use budget_rules::allocation::{Limits, MAX_CATEGORIES, Reason, Verdict};
use budget_rules::outcome::AskLimits;
use budget_rules::risk::{Assessment, Class, HypotheticalAsk, Standing, assess};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;

use crate::position::{clamp, money};
use crate::risk::{any_standing, standing};
use crate::slate::{award, award_of, but, run, thresholds};

fn wide_open(standing: &Standing, category_caps: [u64; MAX_CATEGORIES]) -> Limits {
    let ask = AskLimits { small: u64::MAX, medium: u64::MAX, large: u64::MAX };
    Limits { cap: standing.cap, ask, category_caps, risk: standing.limits().unwrap() }
}

#[test]
fn an_assessment_in_full() {
    let standing = standing();
    let limits = wide_open(&standing, [100; MAX_CATEGORIES]);
    let mut awarded = [0; MAX_CATEGORIES];
    awarded[0] = 40;
    awarded[1] = 10;
    let ask = HypotheticalAsk { amount: 20, category: 1, recipient_awarded: 10, awarded };
    let mut exposure_after = [0; MAX_CATEGORIES];
    exposure_after[1] = 160;
    let mut exposure_limit = [u64::MAX; MAX_CATEGORIES];
    exposure_limit[1] = 172;
    let expected = Assessment {
        refused: None,
        coverage_bps: 37_037,     // 1,000 over 270
        runway_before_centi: 857, // 750 over a mean of 87.5
        runway_after_centi: 789,  // 730 over 92.5
        exposure_after,
        exposure_limit,
        concentration_bps: 1_500,
        score: 28, // 12 of 42 left below the exposure limit
    };
    assert_eq!(assess(&standing, &limits, &ask), Some(expected));
    // the last base unit fits, and leaves nothing
    let last = HypotheticalAsk { amount: 32, ..ask };
    let assessment = assess(&standing, &limits, &last).unwrap();
    assert_eq!((assessment.refused, assessment.score), (None, 0));
    let beyond = HypotheticalAsk { amount: 33, ..ask };
    let assessment = assess(&standing, &limits, &beyond).unwrap();
    assert_eq!((assessment.refused, assessment.score), (Some(Reason::ExposureLimit), 0));
    assert_eq!(assessment.exposure_after[1], 173);
}

#[test]
fn an_ask_that_cannot_be_is_not_assessed() {
    let standing = standing();
    let limits = wide_open(&standing, [100; MAX_CATEGORIES]);
    let ask = HypotheticalAsk { amount: 1, category: 0, recipient_awarded: 0, awarded: [0; 8] };
    assert!(assess(&standing, &limits, &ask).is_some());
    for category in [8, u8::MAX] {
        assert_eq!(assess(&standing, &limits, &HypotheticalAsk { category, ..ask }), None);
    }
    let mut awarded = [0; MAX_CATEGORIES];
    (awarded[2], awarded[5]) = (u64::MAX, 1);
    assert_eq!(assess(&standing, &limits, &HypotheticalAsk { awarded, ..ask }), None);
    let broken = Standing { committed: 1_001, ..standing };
    assert_eq!(assess(&broken, &limits, &ask), None);
}

#[test]
fn an_assessment_saturates_where_there_is_no_measure() {
    let empty = Standing { cap: 0, committed: 0, reserved: 0, previous_outflow: 0, ..standing() };
    let limits = wide_open(&empty, [u64::MAX; MAX_CATEGORIES]);
    let nothing = HypotheticalAsk { amount: 0, category: 0, recipient_awarded: 0, awarded: [0; 8] };
    let assessment = assess(&empty, &limits, &nothing).unwrap();
    assert_eq!(assessment.refused, None);
    assert_eq!(assessment.coverage_bps, u64::MAX);
    assert_eq!(assessment.runway_before_centi, u64::MAX);
    assert_eq!(assessment.runway_after_centi, u64::MAX);
    assert_eq!(assessment.concentration_bps, u16::MAX);
    assert_eq!(assessment.score, 0); // a cap of nothing has no headroom
    let absurd = HypotheticalAsk { amount: u64::MAX, recipient_awarded: u64::MAX, ..nothing };
    let assessment = assess(&standing(), &limits, &absurd).unwrap();
    assert_eq!(assessment.refused, Some(Reason::OverCap));
    assert_eq!((assessment.coverage_bps, assessment.runway_after_centi), (0, 0));
}

/// The room of each kind for an award to category `index`, and the reason when it is exceeded.
fn rooms_of(limits: &Limits, index: usize) -> [(u64, Reason); 5] {
    [
        (limits.cap, Reason::OverCap),
        (limits.category_caps[index], Reason::CategoryFull),
        (limits.risk.exposure_rooms[index], Reason::ExposureLimit),
        (limits.risk.runway_room, Reason::RunwayFloor),
        (limits.risk.recipient_cap, Reason::Concentration),
    ]
}

/// Which room has the least headroom once `sums` are taken, and how many hundredths that is.
fn scarcest(rooms: &[(u64, Reason); 5], sums: &[u128; 5]) -> (usize, u128) {
    let headroom = |which: usize| {
        let room = u128::from(rooms[which].0);
        (100 * room.saturating_sub(sums[which])).checked_div(room).unwrap_or(0)
    };
    (0..5).map(|which| (which, headroom(which))).min_by_key(|(_, left)| *left).unwrap()
}

/// A treasury, what it may award, and an ask: of any size, or a share of what still fits.
fn hypothetical() -> impl Strategy<Value = (Standing, Limits, HypotheticalAsk)> {
    let caps = prop_oneof![
        1 => prop::array::uniform8(money()),
        3 => prop::array::uniform8(prop_oneof![Just(u64::MAX), 0u64..2_000]),
    ];
    let wild = (money(), money(), prop::array::uniform8(0u64..1 << 60), 0u32..60);
    let shares = prop::array::uniform4(0u64..=100);
    (any_standing(), caps, 0u8..8, wild, shares, prop::bool::weighted(0.3)).prop_map(
        |(standing, caps, category, wild, shares, is_wild)| {
            let limits = wide_open(&standing, caps);
            let index = usize::from(category);
            let (amount, recipient_awarded, awarded, shift) = wild;
            let awarded = awarded.map(|sum| sum >> shift);
            let ask = HypotheticalAsk { amount, category, recipient_awarded, awarded };
            if is_wild {
                return (standing, limits, ask);
            }
            let share = |of: u64, share: u64| (u128::from(of) * u128::from(share) / 200) as u64;
            let rooms = rooms_of(&limits, index).map(|(room, _)| room);
            let mut awarded = [0; MAX_CATEGORIES];
            awarded[index] = share(rooms.into_iter().min().unwrap(), shares[0]);
            awarded[(index + 1) % 8] = share(rooms[0].min(rooms[3]), shares[1]);
            let recipient_awarded = share(rooms[4], shares[2]);
            let before = awarded[index] + awarded[(index + 1) % 8];
            let taken = [before, awarded[index], awarded[index], before, recipient_awarded];
            let left = rooms.into_iter().zip(taken).map(|(room, sum)| room.saturating_sub(sum));
            let amount = share(left.min().unwrap(), 2 * shares[3]);
            (standing, limits, HypotheticalAsk { amount, category, recipient_awarded, awarded })
        },
    )
}

#[test]
fn random_asks_meet_every_limit_and_leave_every_room_the_scarcest() {
    // what the properties below never meet, they say nothing about
    let mut runner = TestRunner::deterministic();
    let mut refused = BTreeSet::new();
    let mut scarce = [0u32; 5];
    for _ in 0..2_000 {
        let (standing, limits, ask) = hypothetical().new_tree(&mut runner).unwrap().current();
        let assessment = assess(&standing, &limits, &ask).unwrap();
        if let Some(why) = assessment.refused {
            refused.insert(u8::from(why));
        } else if assessment.score > 0 {
            let index = usize::from(ask.category);
            let before = ask.awarded.iter().sum::<u64>();
            let taken =
                [before, ask.awarded[index], ask.awarded[index], before, ask.recipient_awarded];
            let sums = taken.map(|taken| u128::from(taken) + u128::from(ask.amount));
            scarce[scarcest(&rooms_of(&limits, index), &sums).0] += 1;
        }
    }
    assert_eq!(refused, [16, 17, 20, 21, 22, 23].into());
    assert!(scarce.iter().all(|count| *count > 20), "{scarce:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn an_assessment_refuses_what_settlement_refuses(
        standing in any_standing(), caps in prop::array::uniform8(money()), lax in prop::bool::ANY,
        awards in prop::collection::vec((money(), 0usize..5, 0u64..3, 0u8..8, 0u8..3), 1..6),
    ) {
        let caps = if lax { [u64::MAX; MAX_CATEGORIES] } else { caps };
        let limits = wide_open(&standing, caps);
        // ranked as listed; some amounts are one off what a limit leaves
        let mut slate = Vec::new();
        for (place, (amount, which, off, category, leader)) in (0u64..).zip(awards) {
            let index = usize::from(category);
            let rooms = [
                limits.cap,
                limits.category_caps[index],
                limits.risk.exposure_rooms[index],
                limits.risk.runway_room,
                limits.risk.recipient_cap,
            ];
            let near = rooms[which].saturating_add(off).saturating_sub(1);
            let amount = if off < 2 || amount > near { near } else { amount };
            slate.push(Some(but(award(900 - place, amount), |a| {
                a.category = category;
                a.leader = leader;
            })));
        }
        let (verdicts, _) = run(&slate, &thresholds(), &limits);
        let mut awarded = [0u64; MAX_CATEGORIES];
        let mut to = [0u64; 3];
        for (candidate, verdict) in slate.iter().zip(verdicts) {
            let award = award_of(&candidate.unwrap());
            let to = &mut to[usize::from(award.leader)];
            let ask = HypotheticalAsk {
                amount: award.amount,
                category: award.category,
                recipient_awarded: *to,
                awarded,
            };
            let assessment = assess(&standing, &limits, &ask).unwrap();
            match verdict {
                Verdict::Funded { .. } => {
                    prop_assert_eq!(assessment.refused, None);
                    awarded[usize::from(award.category)] += award.amount;
                    *to += award.amount;
                }
                Verdict::Unfunded { why, .. } => {
                    prop_assert_eq!(assessment.refused, Some(why));
                    prop_assert_eq!(assessment.score, 0);
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }

    #[test]
    fn an_assessment_agrees_with_128_bit_formulas(
        (standing, limits, ask) in hypothetical(),
    ) {
        let s = &standing;
        let got = assess(s, &limits, &ask).unwrap();
        let index = usize::from(ask.category);
        let [before, amount, to, within] = [
            ask.awarded.iter().sum(), ask.amount, ask.recipient_awarded, ask.awarded[index],
        ].map(u128::from);
        let rooms = rooms_of(&limits, index);
        let sums = [before, within, within, before, to].map(|taken| taken + amount);
        let exceeded = |which: &usize| amount > 0 && sums[*which] > u128::from(rooms[*which].0);
        let broken = (0..5).find(exceeded).map(|which| rooms[which].1);
        let refused = if s.tripped { Some(Reason::BreakerTripped) } else { broken };
        prop_assert_eq!(got.refused, refused);
        let score = if refused.is_some() { 0 } else { scarcest(&rooms, &sums).1 };
        prop_assert_eq!(u128::from(got.score), score);
        // sums that no treasury reaches saturate
        let promised = clamp(u128::from(s.committed) + u128::from(s.reserved)
            + u128::from(clamp(before + amount)));
        let ratio = |part: u64, whole: u64| {
            (u128::from(part) * 10_000).checked_div(u128::from(whole)).map_or(u64::MAX, clamp)
        };
        prop_assert_eq!(got.coverage_bps, ratio(s.tracked, promised));
        let concentration = ratio(clamp(to + amount), limits.cap);
        let concentration = u16::try_from(concentration).unwrap_or(u16::MAX);
        prop_assert_eq!(got.concentration_bps, concentration);
        prop_assert_eq!(Some(got.runway_before_centi), s.runway_centi(clamp(before)));
        prop_assert_eq!(Some(got.runway_after_centi), s.runway_centi(clamp(before + amount)));
        for i in 0..8 {
            let (p, t) = (&s.positions[i], &s.terms[i]);
            let own = if i == index { amount } else { 0 };
            let after = u128::from(p.pending) + u128::from(p.cost.max(p.mark))
                + u128::from(ask.awarded[i]) + own;
            let limit = u128::from(limits.risk.treasury_value)
                * u128::from(t.exposure_limit_bps) / 10_000;
            let expected = match t.class {
                Class::Operating => (0, u64::MAX),
                Class::Hedge | Class::Derivative => (clamp(after), clamp(limit)),
            };
            prop_assert_eq!((got.exposure_after[i], got.exposure_limit[i]), expected);
        }
    }

    #[test]
    fn a_larger_ask_never_scores_higher_nor_fits_where_a_smaller_did_not(
        standing in any_standing(), caps in prop::array::uniform8(money()), lax in prop::bool::ANY,
        category in 0u8..8, a in money(), b in money(), percents in prop::array::uniform2(0u64..=100),
        recipient_awarded in 0u64..1_000, awarded in prop::array::uniform8(0u64..100),
    ) {
        let caps = if lax { [u64::MAX; MAX_CATEGORIES] } else { caps };
        let limits = wide_open(&standing, caps);
        // of any size, and shares of what there is
        let shares = percents.map(|p| (u128::from(standing.cap) * u128::from(p) / 100) as u64);
        for [a, b] in [[a, b], shares] {
            let look = |amount| {
                let ask = HypotheticalAsk { amount, category, recipient_awarded, awarded };
                assess(&standing, &limits, &ask).unwrap()
            };
            let (small, large) = (look(a.min(b)), look(a.max(b)));
            prop_assert!(large.score <= small.score);
            prop_assert!(small.refused.is_none() || large.refused.is_some());
            prop_assert!(large.coverage_bps <= small.coverage_bps);
            prop_assert!(large.runway_after_centi <= small.runway_after_centi);
            prop_assert!(large.concentration_bps >= small.concentration_bps);
            prop_assert!(small.score <= 100 && (small.refused.is_none() || small.score == 0));
        }
    }

    #[test]
    fn an_exposure_room_is_what_its_limit_leaves(
        standing in any_standing(), category in 0u8..8, off in 0u64..3,
    ) {
        let index = usize::from(category);
        let mut s = Standing { tripped: false, min_runway_epochs: 0, cap: u64::MAX, ..standing };
        s.max_recipient_bps = 10_000;
        s.terms[index].class = if off == 0 { Class::Hedge } else { Class::Derivative };
        let limits = wide_open(&s, [u64::MAX; MAX_CATEGORIES]);
        let amount = limits.risk.exposure_rooms[index].saturating_add(off).saturating_sub(1);
        let ask = HypotheticalAsk { amount, category, recipient_awarded: 0, awarded: [0; 8] };
        let got = assess(&s, &limits, &ask).unwrap();
        let beyond = got.exposure_after[index] > got.exposure_limit[index];
        prop_assert_eq!(got.refused.is_some(), beyond && amount > 0);
        if got.refused.is_some() {
            prop_assert_eq!(got.refused, Some(Reason::ExposureLimit));
        }
    }
}
