//! R4 outcome
//! ├── tier: each limit inclusive, none above the large one
//! ├── each condition at t-1, t, t+1, and reported in the documented order
//! └── thresholds and judgement agree with exact fractions

use budget_rules::outcome::{AskLimits, Failure, Tally, Threshold, Thresholds, Tier, UnknownTier};
use proptest::prelude::*;

pub const TIERS: [Tier; 4] = [Tier::Small, Tier::Medium, Tier::Large, Tier::Constitutional];
pub const QUORUM: [u16; 4] = [300, 1_000, 2_000, 2_000];
pub const APPROVAL: [u16; 4] = [5_001, 6_000, 6_667, 6_667];

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
fn failures_and_their_bytes() {
    let all = [
        Failure::ElectorateTooSmall,
        Failure::NotMoreForThanAgainst,
        Failure::QuorumMissed,
        Failure::ApprovalMissed,
        Failure::SupportTooThin,
    ];
    assert_eq!(all.map(u8::from), [1, 2, 3, 4, 5]);
    assert_eq!(all.map(|failure| failure as u8), [1, 2, 3, 4, 5]);
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
    let ok = |total, min| Thresholds::new(total, min, QUORUM, APPROVAL).unwrap().electorate_ok;
    assert!(!ok(0, 0));
    assert!(ok(1, 0));
    assert!(!ok(999, 1_000));
    assert!(ok(1_000, 1_000));
    let thresholds = Thresholds::new(999, 1_000, QUORUM, APPROVAL).unwrap();
    for tier in TIERS {
        assert_eq!(thresholds.judge(&tally(999, 0, 0), tier), Err(Failure::ElectorateTooSmall));
    }
}

#[test]
fn each_condition_at_its_boundary() {
    // total 10_000: small tier needs quorum 300, support 151
    let thresholds = Thresholds::new(10_000, 1, QUORUM, APPROVAL).unwrap();
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
    let thresholds = Thresholds::new(10_000, 1, [100, 200, 400, 800], [6_000; 4]).unwrap();
    for (tier, quorum) in TIERS.into_iter().zip([100u64, 200, 400, 800]) {
        assert_eq!(thresholds.judge(&tally(quorum, 0, 0), tier), Ok(()));
        assert_eq!(thresholds.judge(&tally(quorum - 1, 0, 0), tier), Err(Failure::QuorumMissed));
    }
    let thresholds = Thresholds::new(10_000, 1, [100; 4], [5_001, 6_000, 7_000, 8_000]).unwrap();
    for (tier, approval) in TIERS.into_iter().zip([5_001u64, 6_000, 7_000, 8_000]) {
        assert_eq!(thresholds.judge(&tally(approval, 10_000 - approval, 0), tier), Ok(()));
        let short = tally(approval - 1, 10_001 - approval, 0);
        assert!(thresholds.judge(&short, tier).is_err());
    }
}

#[test]
fn sums_beyond_64_bits_are_judged_exactly() {
    let thresholds = Thresholds::new(u64::MAX, 1, [10_000; 4], [5_001; 4]).unwrap();
    let judge = |t| thresholds.judge(&t, Tier::Small);
    assert_eq!(judge(tally(u64::MAX, u64::MAX - 1, 0)), Err(Failure::ApprovalMissed));
    assert_eq!(judge(tally(u64::MAX, 1, u64::MAX)), Ok(()));
    assert_eq!(judge(tally(u64::MAX / 4, 0, u64::MAX)), Err(Failure::SupportTooThin));
}

/// R4 with fractions of 128-bit integers, in one expression per condition.
pub fn reference(
    t: &Tally,
    total: u64,
    min_total: u64,
    quorum_bps: u16,
    approval_bps: u16,
) -> Result<(), Failure> {
    let [for_, against, abstain, total_, quorum, approval] =
        [t.for_, t.against, t.abstain, total, quorum_bps.into(), approval_bps.into()]
            .map(u128::from);
    let misses = [
        (total == 0 || total < min_total, Failure::ElectorateTooSmall),
        (against >= for_, Failure::NotMoreForThanAgainst),
        ((for_ + against + abstain) * 10_000 < quorum * total_, Failure::QuorumMissed),
        (for_ * 10_000 < approval * (for_ + against), Failure::ApprovalMissed),
        (for_ * 100_000_000 < approval * quorum * total_, Failure::SupportTooThin),
    ];
    misses.into_iter().find(|(missed, _)| *missed).map_or(Ok(()), |(_, why)| Err(why))
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
    ) {
        let thresholds = Thresholds::new(total, min, quorum, approval).unwrap();
        for (index, tier) in TIERS.into_iter().enumerate() {
            let expected = reference(&t, total, min, quorum[index], approval[index]);
            prop_assert_eq!(thresholds.judge(&t, tier), expected);
        }
    }

    #[test]
    fn judgement_agrees_for_tallies_of_any_size(
        t in any::<[u64; 3]>(), total in any::<u64>(), quorum in any::<u16>(),
        approval in any::<u16>(),
    ) {
        let t = tally(t[0], t[1], t[2]);
        let Some(thresholds) = Thresholds::new(total, 0, [quorum; 4], [approval; 4]) else {
            prop_assert!(quorum > 10_000 || approval > 10_000);
            return Ok(());
        };
        let expected = reference(&t, total, 0, quorum, approval);
        prop_assert_eq!(thresholds.judge(&t, Tier::Large), expected);
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
        (total, t) in election(), more in 0u64..1_000,
    ) {
        let thresholds = Thresholds::new(total, 1, QUORUM, APPROVAL).unwrap();
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
            let failed = thresholds.judge(&t, tier).is_err_and(|why| why != Failure::QuorumMissed);
            prop_assert!(!failed || !passes(&opposed, tier));
        }
    }
}
