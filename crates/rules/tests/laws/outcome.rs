//! R4 outcome
//! ├── tier: each limit inclusive, none above the large one
//! ├── raising: one tier up per step, large at most
//! ├── each condition at t-1, t, t+1, and reported in the documented order
//! ├── contested: off at either end, rounded up, capped, never below the tier, not for abstainers
//! └── thresholds and judgement agree with exact fractions

use budget_rules::outcome::{
    AskLimits, Contested, Failure, Tally, Threshold, Thresholds, Tier, UnknownTier,
};
use proptest::prelude::*;

pub const TIERS: [Tier; 4] = [Tier::Small, Tier::Medium, Tier::Large, Tier::Constitutional];
pub const QUORUM: [u16; 4] = [300, 1_000, 2_000, 2_000];
pub const APPROVAL: [u16; 4] = [5_001, 6_000, 6_667, 6_667];

/// Opposition raises no quorum.
pub const UNCONTESTED: Contested = Contested { coef_bps: 0, max_quorum_bps: 10_000 };

fn tally(for_: u64, against: u64, abstain: u64) -> Tally {
    Tally { for_, against, abstain }
}

#[test]
fn tiers_and_their_bytes() {
    for (byte, tier) in (0u8..).zip(TIERS) {
        assert_eq!(Tier::try_from(byte), Ok(tier));
        assert_eq!(u8::from(tier), byte);
        assert_eq!(tier as u8, byte);
    }
    assert_eq!(Tier::try_from(4), Err(UnknownTier(4)));
    assert_eq!(TIERS.map(Tier::next), [Some(Tier::Medium), Some(Tier::Large), None, None]);
}

#[test]
fn a_tier_is_raised_to_the_large_one_at_most() {
    use Tier::{Constitutional, Large, Medium, Small};
    for (tier, raised) in [
        (Small, [Small, Medium, Large, Large, Large]),
        (Medium, [Medium, Large, Large, Large, Large]),
        (Large, [Large; 5]),
        (Constitutional, [Constitutional; 5]),
    ] {
        assert_eq!([0, 1, 2, 3, u8::MAX].map(|steps| tier.raised(steps)), raised);
    }
}

#[test]
fn failures_and_their_bytes() {
    let all = [
        Failure::ElectorateTooSmall,
        Failure::NotMoreForThanAgainst,
        Failure::QuorumMissed,
        Failure::ApprovalMissed,
        Failure::SupportTooThin,
        Failure::ContestedQuorumMissed,
    ];
    assert_eq!(all.map(u8::from), [1, 2, 3, 4, 5, 6]);
    assert_eq!(all.map(|failure| failure as u8), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn limits_are_inclusive_and_rounded_down() {
    let limits = AskLimits::new(9_999, 100, 500, 2_000).unwrap();
    assert_eq!(limits, AskLimits { small: 99, medium: 499, large: 1_999 });
    for (ask, tier) in [
        (0, Some(Tier::Small)),
        (99, Some(Tier::Small)),
        (100, Some(Tier::Medium)),
        (499, Some(Tier::Medium)),
        (500, Some(Tier::Large)),
        (1_999, Some(Tier::Large)),
        (2_000, None),
        (u64::MAX, None),
    ] {
        assert_eq!(limits.tier(ask), tier, "ask of {ask}");
    }
    assert_eq!(AskLimits::new(u64::MAX, 100, 500, 10_001), None);
}

#[test]
fn quorum_and_support_round_up() {
    let threshold = |total| Threshold::new(total, 300, 5_001).unwrap();
    // 3 % of 10_000 is exact, of one more it is not; support 1.5003 % likewise
    assert_eq!((threshold(10_000).quorum, threshold(10_000).support), (300, 151));
    assert_eq!((threshold(10_001).quorum, threshold(10_001).support), (301, 151));
    assert_eq!((threshold(1).quorum, threshold(1).support), (1, 1));
    assert_eq!((threshold(0).quorum, threshold(0).support), (0, 0));
    let whole = Threshold::new(u64::MAX, 10_000, 10_000).unwrap();
    assert_eq!((whole.quorum, whole.support), (u64::MAX, u64::MAX));
    assert_eq!(Threshold::new(u64::MAX, 10_001, 10_000), None);
}

#[test]
fn the_electorate_must_exist_and_be_large_enough() {
    let ok = |total, min| {
        Thresholds::new(total, min, QUORUM, APPROVAL, UNCONTESTED).unwrap().electorate_ok
    };
    assert!(!ok(0, 0));
    assert!(ok(1, 0));
    assert!(!ok(999, 1_000));
    assert!(ok(1_000, 1_000));
    let thresholds = Thresholds::new(999, 1_000, QUORUM, APPROVAL, UNCONTESTED).unwrap();
    for tier in TIERS {
        assert_eq!(thresholds.judge(&tally(999, 0, 0), tier), Err(Failure::ElectorateTooSmall));
    }
}

#[test]
fn each_condition_at_its_boundary() {
    // total 10_000: small tier needs quorum 300, support 151
    let thresholds = Thresholds::new(10_000, 1, QUORUM, APPROVAL, UNCONTESTED).unwrap();
    let judge = |t| thresholds.judge(&t, Tier::Small);
    assert_eq!(judge(tally(0, 0, 10_000)), Err(Failure::NotMoreForThanAgainst));
    assert_eq!(judge(tally(500, 500, 0)), Err(Failure::NotMoreForThanAgainst));
    assert_eq!(judge(tally(200, 0, 99)), Err(Failure::QuorumMissed));
    assert_eq!(judge(tally(200, 0, 100)), Ok(()));
    assert_eq!(judge(tally(200, 100, 0)), Ok(()));
    // 50.01 % of 10_000 is 5_001
    assert_eq!(judge(tally(5_000, 4_999, 0)), Err(Failure::ApprovalMissed));
    assert_eq!(judge(tally(5_001, 4_999, 0)), Ok(()));
    assert_eq!(judge(tally(150, 0, 150)), Err(Failure::SupportTooThin));
    assert_eq!(judge(tally(151, 0, 149)), Ok(()));
}

#[test]
fn every_tier_uses_its_own_threshold() {
    let thresholds =
        Thresholds::new(10_000, 1, [100, 200, 400, 800], [6_000; 4], UNCONTESTED).unwrap();
    for (tier, quorum) in TIERS.into_iter().zip([100u64, 200, 400, 800]) {
        assert_eq!(thresholds.judge(&tally(quorum, 0, 0), tier), Ok(()));
        assert_eq!(thresholds.judge(&tally(quorum - 1, 0, 0), tier), Err(Failure::QuorumMissed));
    }
    let thresholds =
        Thresholds::new(10_000, 1, [100; 4], [5_001, 6_000, 7_000, 8_000], UNCONTESTED).unwrap();
    for (tier, approval) in TIERS.into_iter().zip([5_001u64, 6_000, 7_000, 8_000]) {
        assert_eq!(thresholds.judge(&tally(approval, 10_000 - approval, 0), tier), Ok(()));
        let short = tally(approval - 1, 10_001 - approval, 0);
        assert!(thresholds.judge(&short, tier).is_err());
    }
}

#[test]
fn sums_beyond_64_bits_are_judged_exactly() {
    let thresholds = Thresholds::new(u64::MAX, 1, [10_000; 4], [5_001; 4], UNCONTESTED).unwrap();
    let judge = |t| thresholds.judge(&t, Tier::Small);
    assert_eq!(judge(tally(u64::MAX, u64::MAX - 1, 0)), Err(Failure::ApprovalMissed));
    assert_eq!(judge(tally(u64::MAX, 1, u64::MAX)), Ok(()));
    assert_eq!(judge(tally(u64::MAX / 4, 0, u64::MAX)), Err(Failure::SupportTooThin));
}

/// What `tally` needs at the small tier of 10,000 weight (quorum 300, approval 50.01 %).
fn contested(coef_bps: u16, max_quorum_bps: u16) -> impl Fn(u64, u64, u64) -> Result<(), Failure> {
    let contested = Contested { coef_bps, max_quorum_bps };
    let thresholds = Thresholds::new(10_000, 1, QUORUM, APPROVAL, contested).unwrap();
    move |for_, against, abstain| thresholds.judge(&tally(for_, against, abstain), Tier::Small)
}

const CONTESTED: Result<(), Failure> = Err(Failure::ContestedQuorumMissed);

#[test]
fn without_a_coefficient_opposition_raises_nothing() {
    for max in [0, 299, 300, 301, 10_000] {
        let judge = contested(0, max);
        assert_eq!(judge(151, 148, 1), Ok(()));
        assert_eq!(judge(151, 148, 0), Err(Failure::QuorumMissed));
    }
    let default = Contested::default();
    assert_eq!(contested(default.coef_bps, default.max_quorum_bps)(151, 148, 1), Ok(()));
}

#[test]
fn without_opposition_no_coefficient_raises_anything() {
    for coef in [1, 5_000, 10_000, u16::MAX] {
        assert_eq!(contested(coef, 10_000)(300, 0, 0), Ok(()));
        assert_eq!(contested(coef, 10_000)(299, 0, 0), Err(Failure::QuorumMissed));
        assert_ne!(contested(coef, 10_000)(299, 1, 0), Ok(()), "coefficient {coef}");
    }
}

#[test]
fn opposition_raises_the_quorum_by_its_share_rounded_up() {
    // a third of 5,000 bps is 1,666.67: 300 + 1,667 of 10,000
    let judge = contested(5_000, 2_000);
    assert_eq!(judge(1_200, 600, 166), CONTESTED);
    assert_eq!(judge(1_200, 600, 167), Ok(()));
    // a single unit against raises it by one basis point at least
    let judge = contested(1, 10_000);
    assert_eq!(judge(298, 1, 1), CONTESTED);
    assert_eq!(judge(298, 1, 2), Ok(()));
    assert_eq!(judge(299, 1, 0), CONTESTED);
    assert_eq!(judge(300, 1, 0), Ok(()));
}

#[test]
fn opposition_raises_no_quorum_beyond_the_highest() {
    // 1,967 uncapped
    for max in [301u16, 1_000, 1_966, 1_967] {
        let (judge, max) = (contested(5_000, max), u64::from(max));
        let (against, for_) = (max / 3, max / 3 * 2);
        assert_eq!(judge(for_, against, max - for_ - against), Ok(()), "at {max}");
        assert_eq!(judge(for_, against, max - for_ - against - 1), CONTESTED, "below {max}");
    }
    let judge = contested(u16::MAX, 10_000);
    assert_eq!(judge(6_000, 3_000, 999), CONTESTED);
    assert_eq!(judge(6_000, 3_000, 1_000), Ok(()));
}

#[test]
fn the_highest_quorum_lowers_none() {
    for max in [0, 1, 299, 300] {
        let judge = contested(10_000, max);
        assert_eq!(judge(200, 99, 0), Err(Failure::QuorumMissed), "capped at {max}");
        assert_eq!(judge(200, 100, 0), Ok(()), "capped at {max}");
    }
}

#[test]
fn the_highest_quorum_lowers_no_support() {
    // 2 % of 1,101 ask 20 of 90 %; the highest quorum of 1 % would ask 10
    let rule = Contested { coef_bps: 5_000, max_quorum_bps: 100 };
    let thresholds = Thresholds::new(1_101, 1, [200; 4], [9_000; 4], rule).unwrap();
    for (for_, verdict) in [
        (10, Err(Failure::SupportTooThin)),
        (11, Err(Failure::SupportTooThin)),
        (19, Err(Failure::SupportTooThin)),
        (20, Ok(())),
    ] {
        assert_eq!(thresholds.judge(&tally(for_, 1, 50), Tier::Small), verdict, "{for_} for");
    }
}

#[test]
fn a_contested_quorum_is_checked_between_the_quorum_and_the_approval() {
    let judge = contested(5_000, 2_000);
    assert_eq!(judge(5_000, 5_000, 0), Err(Failure::NotMoreForThanAgainst));
    assert_eq!(judge(150, 149, 0), Err(Failure::QuorumMissed));
    assert_eq!(judge(50_001, 50_000, 0), Err(Failure::ApprovalMissed));
    // 50.003 %, below the approval
    assert_eq!(judge(900, 899, 200), CONTESTED);
    assert_eq!(judge(15_001, 15_000, 0), Err(Failure::ApprovalMissed));
}

#[test]
fn abstainers_cannot_fill_a_contested_quorum() {
    // capped at 2,000, of which 50.01 % must be for: 1,000.2
    let judge = contested(5_000, 2_000);
    for abstain in [10, 1_000, 8_000, u64::MAX] {
        assert_eq!(judge(1_000, 990, abstain), Err(Failure::SupportTooThin));
        assert_eq!(judge(1_001, 990, abstain), Ok(()));
    }
    // 50.01 % of 300 + 1,250 is 775.2, of 300 + 1,249 it is 774.7
    for abstain in [550, 1_000, 8_000, u64::MAX] {
        assert_eq!(judge(774, 258, abstain), Err(Failure::SupportTooThin));
        assert_eq!(judge(775, 258, abstain), Ok(()));
    }
    assert_eq!(judge(750, 0, 8_000), Ok(()));
}

#[test]
fn thresholds_beyond_64_bits_are_refused() {
    let new = |coef_bps, max_quorum_bps| {
        Thresholds::new(u64::MAX, 1, QUORUM, APPROVAL, Contested { coef_bps, max_quorum_bps })
    };
    assert_eq!(new(1, 10_001), None);
    assert_eq!(new(u16::MAX, 10_001), None);
    assert!(new(u16::MAX, 10_000).is_some());
}

/// The quorum in basis points that `t` must reach: R4 with fractions of 128-bit integers.
pub fn quorum_of(t: &Tally, quorum_bps: u16, contested: Contested) -> u128 {
    let [for_, against, coef, max, quorum] = [
        t.for_,
        t.against,
        contested.coef_bps.into(),
        contested.max_quorum_bps.into(),
        quorum_bps.into(),
    ]
    .map(u128::from);
    let decided = (for_ + against).max(1);
    quorum.max(max.min(quorum + (coef * against).div_ceil(decided)))
}

/// R4 with fractions of 128-bit integers, in one expression per condition.
pub fn reference(
    t: &Tally,
    total: u64,
    min_total: u64,
    quorum_bps: u16,
    approval_bps: u16,
    contested: Contested,
) -> Result<(), Failure> {
    let [for_, against, abstain, total_, quorum, approval] =
        [t.for_, t.against, t.abstain, total, quorum_bps.into(), approval_bps.into()]
            .map(u128::from);
    let raised = quorum_of(t, quorum_bps, contested);
    let present = (for_ + against + abstain) * 10_000;
    let misses = [
        (total == 0 || total < min_total, Failure::ElectorateTooSmall),
        (against >= for_, Failure::NotMoreForThanAgainst),
        (present < quorum * total_, Failure::QuorumMissed),
        (present < raised * total_, Failure::ContestedQuorumMissed),
        (for_ * 10_000 < approval * (for_ + against), Failure::ApprovalMissed),
        (for_ * 100_000_000 < approval * raised * total_, Failure::SupportTooThin),
    ];
    misses.into_iter().find(|(missed, _)| *missed).map_or(Ok(()), |(_, why)| Err(why))
}

/// Rules for contested asks, switched off at either end now and then.
pub fn contests() -> impl Strategy<Value = Contested> {
    let coef_bps = prop_oneof![1 => Just(0u16), 4 => 1u16..=10_000, 1 => any::<u16>()];
    let max_quorum_bps = prop_oneof![1 => Just(0u16), 4 => 300u16..=5_000, 1 => 0u16..=10_000];
    (coef_bps, max_quorum_bps)
        .prop_map(|(coef_bps, max_quorum_bps)| Contested { coef_bps, max_quorum_bps })
}

/// Tallies of a total, each sum a share of it, many near the thresholds.
fn election() -> impl Strategy<Value = (u64, Tally)> {
    (any::<u64>(), 0u32..64, 0u64..=120, 0u64..=120, 0u64..=120, 0u64..3).prop_map(
        |(value, shift, for_, against, abstain, off)| {
            let total = value >> shift;
            let share = |percent: u64| {
                let share = u128::from(total) * u128::from(percent) / 200;
                u64::try_from(share).unwrap().saturating_add(off)
            };
            (total, tally(share(for_), share(against), share(abstain)))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn judgement_agrees_with_exact_fractions(
        (total, t) in election(), min in 0u64..100,
        quorum in prop::array::uniform4(1u16..=10_000),
        approval in prop::array::uniform4(5_001u16..=10_000),
        contested in contests(),
    ) {
        for contested in [UNCONTESTED, Contested::default(), contested] {
            let thresholds = Thresholds::new(total, min, quorum, approval, contested).unwrap();
            for (index, tier) in TIERS.into_iter().enumerate() {
                let expected =
                    reference(&t, total, min, quorum[index], approval[index], contested);
                prop_assert_eq!(thresholds.judge(&t, tier), expected);
            }
        }
    }

    #[test]
    fn judgement_agrees_for_tallies_of_any_size(
        t in any::<[u64; 3]>(), total in any::<u64>(), quorum in any::<u16>(),
        approval in any::<u16>(),
    ) {
        let t = tally(t[0], t[1], t[2]);
        let Some(thresholds) =
            Thresholds::new(total, 0, [quorum; 4], [approval; 4], UNCONTESTED)
        else {
            prop_assert!(quorum > 10_000 || approval > 10_000);
            return Ok(());
        };
        let expected = reference(&t, total, 0, quorum, approval, UNCONTESTED);
        prop_assert_eq!(thresholds.judge(&t, Tier::Large), expected);
    }

    #[test]
    fn contested_tallies_of_any_size_are_judged_exactly(
        t in any::<[u64; 3]>(), shifts in any::<[u8; 4]>(), total in any::<u64>(),
        quorum in 1u16..=10_000, approval in 5_001u16..=10_000, contested in contests(),
    ) {
        let t = tally(t[0] >> (shifts[0] % 4), t[1] >> (shifts[1] % 16), t[2] >> (shifts[2] % 64));
        let total = total >> (shifts[3] % 8);
        let thresholds = Thresholds::new(total, 0, [quorum; 4], [approval; 4], contested).unwrap();
        let expected = reference(&t, total, 0, quorum, approval, contested);
        prop_assert_eq!(thresholds.judge(&t, Tier::Medium), expected);
    }

    #[test]
    fn a_contested_quorum_is_met_at_its_last_unit_and_no_earlier(
        value in 1u64 << 63.., shift in 0u32..52, per_mille in 1u64..400, parts in 1u64..100,
        quorum in 1u16..=5_000, contested in contests(), tier in 0usize..4,
    ) {
        // for beats against; as many abstain as are missing, or one fewer
        let total = value >> shift;
        let share = |of: u64, parts: u64| u64::try_from(u128::from(of) * u128::from(parts) / 1_000);
        let decided = share(total, per_mille).unwrap();
        let against = share(decided, 5 * parts).unwrap();
        let t = tally(decided - against, against, 0);
        prop_assert!(t.for_ > t.against);
        let weight = |bps: u128| (bps * u128::from(total)).div_ceil(10_000) as u64;
        let (own, needed) = (weight(quorum.into()), weight(quorum_of(&t, quorum, contested)));
        prop_assert!(needed >= own);
        let thresholds = Thresholds::new(total, 1, [quorum; 4], [5_001; 4], contested).unwrap();
        let judge = |abstain| thresholds.judge(&Tally { abstain, ..t }, TIERS[tier]);
        let missed = [Err(Failure::QuorumMissed), Err(Failure::ContestedQuorumMissed)];
        prop_assert!(!missed.contains(&judge(needed.saturating_sub(decided))));
        if needed > decided {
            prop_assert_eq!(judge(needed - decided - 1), missed[usize::from(needed > own)]);
        }
    }

    #[test]
    fn whatever_passes_has_the_support_that_its_opposition_calls_for(
        (total, t) in election(), quorum in 1u16..=5_000, approval in 5_001u16..=10_000,
        contested in contests(),
    ) {
        // with everyone who could abstain abstaining
        let t = Tally { abstain: u64::MAX, ..t };
        let thresholds =
            Thresholds::new(total, 1, [quorum; 4], [approval; 4], contested).unwrap();
        if thresholds.judge(&t, Tier::Small).is_ok() {
            let (for_, total) = (u128::from(t.for_), u128::from(total));
            let raised = quorum_of(&t, quorum, contested);
            prop_assert!(for_ * 100_000_000 >= u128::from(approval) * raised * total);
        }
    }

    #[test]
    fn thresholds_are_the_least_that_suffice(
        total in any::<u64>(), quorum in 1u16..=10_000, approval in 5_001u16..=10_000,
    ) {
        let t = Threshold::new(total, quorum, approval).unwrap();
        let (total, q, a) = (u128::from(total), u128::from(quorum), u128::from(approval));
        let needs = |value: u64, unit: u128, share: u128| {
            let exact = share * total;
            let value = u128::from(value) * unit;
            value >= exact && (value == 0 || value - unit < exact)
        };
        prop_assert!(needs(t.quorum, 10_000, q));
        prop_assert!(needs(t.support, 100_000_000, q * a));
        prop_assert!(t.support <= t.quorum);
    }

    #[test]
    fn more_support_never_hurts_and_more_opposition_never_helps(
        (total, t) in election(), more in 0u64..1_000, contested in contests(),
    ) {
        for contested in [UNCONTESTED, Contested::default(), contested] {
            let thresholds = Thresholds::new(total, 1, QUORUM, APPROVAL, contested).unwrap();
            let passes = |t: &Tally, tier| thresholds.judge(t, tier).is_ok();
            let cheered = Tally { for_: t.for_.saturating_add(more), ..t };
            for tier in TIERS {
                if passes(&t, tier) {
                    prop_assert!(passes(&cheered, tier));
                }
            }
            // ascending thresholds: what passes at a stricter tier passes at a laxer one
            for pair in TIERS.windows(2) {
                prop_assert!(!passes(&t, pair[1]) || passes(&t, pair[0]));
            }
            // once the quorum is met, opposition cannot turn a failure into a pass
            let opposed = Tally { against: t.against.saturating_add(more), ..t };
            for tier in TIERS {
                let failed = thresholds.judge(&t, tier).is_err_and(|why| {
                    why != Failure::QuorumMissed
                        && (contested == UNCONTESTED || why != Failure::ContestedQuorumMissed)
                });
                prop_assert!(!failed || !passes(&opposed, tier));
            }
            // the rule only ever refuses what would pass without it
            let lax = Thresholds::new(total, 1, QUORUM, APPROVAL, UNCONTESTED).unwrap();
            for tier in TIERS {
                prop_assert!(!passes(&t, tier) || lax.judge(&t, tier).is_ok());
                if t.against == 0 {
                    prop_assert_eq!(thresholds.judge(&t, tier), lax.judge(&t, tier));
                }
            }
        }
    }
}
