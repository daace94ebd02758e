//! R1 streak
//! ├── window: the eight settled epochs, half-open, no matter where it falls in the ring
//! ├── noting: any order, twice, late, out of range
//! ├── dilution: pro rata, rounded down, nothing gained by seeding or by splitting a top-up
//! └── random histories agree with a model that forgets nothing

use std::collections::BTreeMap;

use budget_rules::{
    snapshot::NEVER,
    weight::{Participation, STREAK_EPOCHS, streak_bonus_bps, weight},
};
use proptest::prelude::*;

fn noted(notes: impl IntoIterator<Item = (u32, u16)>) -> Participation {
    notes
        .into_iter()
        .fold(Participation::NONE, |record, (epoch, share)| record.note(epoch, share).unwrap())
}

/// Took part with everything in each of `epochs`.
fn fully(epochs: impl IntoIterator<Item = u32>) -> Participation {
    noted(epochs.into_iter().map(|epoch| (epoch, 10_000)))
}

#[test]
fn who_never_took_part_has_no_streak() {
    for epoch in [0, 1, 7, 8, NEVER - 1, NEVER] {
        assert_eq!(Participation::NONE.streak_bps(epoch), 0);
        assert!(!Participation::NONE.took_part(epoch));
    }
    assert_eq!(Participation::NONE.dilute(0, u64::MAX), Some(Participation::NONE));
}

#[test]
fn shares_of_no_epoch_count_for_nothing() {
    let stray = Participation { latest: NEVER, shares: [10_000; 8] };
    for epoch in [0, 7, NEVER - 8, NEVER - 1, NEVER] {
        assert_eq!(stray.streak_bps(epoch), 0);
        assert!(!stray.took_part(epoch));
    }
    assert_eq!(stray.dilute(1, 2), Some(stray));
    assert_eq!(stray.note(4, 7_000), Some(noted([(4, 7_000)])));
}

#[test]
fn no_epoch_cannot_be_noted() {
    for record in [Participation::NONE, fully([3]), fully([NEVER - 1])] {
        assert_eq!(record.note(NEVER, 10_000), None);
    }
}

#[test]
fn one_epoch_counts_an_eighth_for_eight_epochs() {
    for epoch in [0, 1, 6, 7, 8, 9, 1_000, NEVER - 9] {
        let record = fully([epoch]);
        for settled in epoch.saturating_sub(3)..=epoch {
            assert_eq!(record.streak_bps(settled), 0, "{epoch} not settled at {settled}");
        }
        for settled in epoch + 1..=epoch + 8 {
            assert_eq!(record.streak_bps(settled), 1_250, "{epoch} at {settled}");
        }
        assert_eq!(record.streak_bps(epoch + 9), 0, "{epoch} is past");
    }
    assert_eq!(fully([NEVER - 1]).streak_bps(NEVER), 1_250);
}

#[test]
fn eight_in_a_row_are_full_and_a_ninth_adds_nothing() {
    assert_eq!(fully(0..7).streak_bps(7), 8_750);
    assert_eq!(fully(0..8).streak_bps(8), 10_000);
    assert_eq!(fully(0..9).streak_bps(9), 10_000);
    assert_eq!(fully(0..9).streak_bps(10), 8_750);
    // a treasury younger than eight epochs: those before its first count as missed
    assert_eq!(fully(0..3).streak_bps(3), 3_750);
}

#[test]
fn a_missed_epoch_is_missed_in_every_place_of_the_ring() {
    for missed in 8..32 {
        let record = fully((0..32).filter(|&epoch| epoch != missed));
        assert_eq!(record.streak_bps(32), if missed < 24 { 10_000 } else { 8_750 });
        let record = fully((0..=missed + 4).filter(|&epoch| epoch != missed));
        assert_eq!(record.streak_bps(missed + 5), 8_750);
        assert!(!record.took_part(missed));
        assert!(record.took_part(missed - 1) && record.took_part(missed + 1));
    }
}

#[test]
fn a_gap_clears_what_it_skips() {
    // the same slots of the ring, one round later
    assert_eq!(fully((0..8).chain([8])).streak_bps(9), 10_000);
    assert_eq!(fully((0..8).chain([14])).streak_bps(15), 2_500);
    assert_eq!(fully((0..8).chain([15])).streak_bps(16), 1_250);
    assert_eq!(fully((0..8).chain([16])).streak_bps(17), 1_250);
    assert_eq!(fully((0..8).chain([1_000_000])).streak_bps(1_000_001), 1_250);
}

#[test]
fn an_epoch_noted_late_counts_while_it_is_among_the_last_eight() {
    assert_eq!(fully([10, 3]).streak_bps(11), 2_500);
    assert_eq!(fully([10, 3]), fully([3, 10]));
    assert_eq!(fully([10, 2]), fully([10]));
    assert_eq!(fully([2, 10]), fully([10]));
}

#[test]
fn an_epoch_noted_twice_keeps_the_larger_share() {
    let once = noted([(4, 7_000)]);
    assert_eq!(once.note(4, 6_999), Some(once));
    assert_eq!(once.note(4, 7_000), Some(once));
    assert_eq!(once.note(4, 7_001), Some(noted([(4, 7_001)])));
}

#[test]
fn a_share_is_at_most_the_whole() {
    assert_eq!(noted([(4, 10_001)]), fully([4]));
    assert_eq!(noted((0..8).map(|epoch| (epoch, u16::MAX))).streak_bps(8), 10_000);
}

#[test]
fn the_mean_is_rounded_down() {
    assert_eq!(noted([(0, 7)]).streak_bps(1), 0);
    assert_eq!(noted([(0, 8)]).streak_bps(1), 1);
    assert_eq!(
        noted((0..8).map(|e| (e, if e == 5 { 9_999 } else { 10_000 }))).streak_bps(8),
        9_999
    );
}

#[test]
fn taking_part_is_known_for_eight_epochs() {
    let record = noted([(20, 1), (13, 1), (15, 0)]);
    let known: Vec<u32> = (0..40).filter(|&epoch| record.took_part(epoch)).collect();
    assert_eq!(known, [13, 20]);
    assert!(!record.note(21, 0).unwrap().took_part(13));
    assert!(!record.took_part(NEVER));
}

#[test]
fn dilution_is_pro_rata_and_rounded_down() {
    let record = noted([(0, 10_000), (1, 5_000), (2, 1)]);
    for (old, new, expected) in [
        (100, 100, [10_000, 5_000, 1]),
        (100, 200, [5_000, 2_500, 0]),
        (100, 300, [3_333, 1_666, 0]),
        (1, 1_000_001, [0, 0, 0]),
        (0, 1, [0, 0, 0]),
        (100, 99, [10_000, 5_000, 1]), // what shrinks keeps its shares
        (100, 0, [10_000, 5_000, 1]),
        (u64::MAX - 1, u64::MAX, [9_999, 4_999, 0]),
        (u64::MAX / 2, u64::MAX, [4_999, 2_499, 0]),
    ] {
        let diluted = record.dilute(old, new).unwrap();
        assert_eq!(diluted.shares[..3], expected, "{old} to {new}");
        assert_eq!(diluted.latest, 2);
        assert_eq!(diluted.took_part(2), expected[2] > 0);
    }
}

/// Weight in base units that a streak adds to a stake without a lock.
fn gain(amount: u64, streak_bps: u16, bonus_bps: u16) -> u64 {
    let bonus = streak_bonus_bps(streak_bps, bonus_bps).unwrap();
    weight(amount, 0, bonus).unwrap() - amount
}

#[test]
fn a_streak_bred_with_one_token_and_then_filled_up_gains_next_to_nothing() {
    let seeded = fully(0..8);
    let filled = seeded.dilute(1, 1_000_001).unwrap();
    let gained = gain(1_000_001, filled.streak_bps(8), 10_000);
    assert!(gained * 10_000 < 1_000_001, "gained {gained}");
    // with decimals, and in a thousand steps
    let one = 1_000_000_000u64;
    let mut record = seeded;
    for step in 0..1_000 {
        record = record.dilute(one + step * 1_000 * one, one + (step + 1) * 1_000 * one).unwrap();
    }
    let gained = gain(1_000_001 * one, record.streak_bps(8), 10_000);
    assert!(gained / 100 < one, "gained {gained}");
}

#[test]
fn the_streak_bonus_is_a_share_of_the_policys() {
    for (streak, bonus, expected) in [
        (0, 10_000, 0),
        (10_000, 0, 0),
        (10_000, 2_000, 2_000),
        (9_999, 2_000, 1_999),
        (1_250, 2_000, 250),
        (5, 2_000, 1),
        (4, 2_000, 0),
        (10_000, u16::MAX, u16::MAX),
    ] {
        assert_eq!(streak_bonus_bps(streak, bonus), Some(expected), "{streak} of {bonus}");
    }
    assert_eq!(streak_bonus_bps(u16::MAX, u16::MAX), None);
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// The next ballot is closed: how many epochs after the newest, or before it.
    Note { ahead: i64, share: u16 },
    /// The stake changes to this many base units.
    Resize { to: u64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let share = prop_oneof![3 => Just(10_000u16), 2 => 0u16..=10_000, 1 => any::<u16>()];
    let ahead = prop_oneof![8 => -10i64..=3, 1 => 4i64..=20, 1 => 20i64..=1 << 28];
    let size = prop_oneof![3 => 0u64..=1_000, 1 => any::<u64>()];
    let step = prop_oneof![
        4 => (ahead, share).prop_map(|(ahead, share)| Step::Note { ahead, share }),
        1 => size.prop_map(|to| Step::Resize { to }),
    ];
    prop::collection::vec(step, 0..60)
}

/// Everything that was ever noted, by epoch.
#[derive(Default)]
struct Model {
    shares: BTreeMap<u32, u128>,
}

impl Model {
    fn counted(&self, epoch: i64) -> u128 {
        let newest = self.shares.keys().next_back().copied().map_or(0, i64::from);
        let share = u32::try_from(epoch).ok().and_then(|epoch| self.shares.get(&epoch));
        if newest - epoch < 8 { share.copied().unwrap_or(0) } else { 0 }
    }

    fn streak(&self, settled: u32) -> u128 {
        (1..=8).map(|behind| self.counted(i64::from(settled) - behind)).sum::<u128>() / 8
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_order_of_noting_gives_the_same_record(
        (notes, shuffled) in prop::collection::vec((0u32..24, any::<u16>()), 0..30)
            .prop_flat_map(|notes| (Just(notes.clone()), Just(notes).prop_shuffle())),
        from in prop_oneof![Just(0u32), Just(NEVER - 24), any::<u32>().prop_map(|e| e >> 1)],
    ) {
        let record = |notes: &[(u32, u16)]| noted(notes.iter().map(|&(e, share)| (from + e, share)));
        prop_assert_eq!(record(&notes), record(&shuffled));
    }

    #[test]
    fn random_histories_agree_with_a_model_that_forgets_nothing(
        steps in steps(), start in prop_oneof![Just(0i64), 0i64..=20, Just(1 << 20)],
        offsets in prop::collection::vec(-12i64..=12, 4),
    ) {
        let (mut record, mut model) = (Participation::NONE, Model::default());
        let (mut amount, mut newest) = (100u64, start);
        for step in steps {
            match step {
                Step::Note { ahead, share } => {
                    let at = (newest + ahead).clamp(0, i64::from(NEVER) - 1);
                    newest = newest.max(at);
                    let epoch = u32::try_from(at).unwrap();
                    record = record.note(epoch, share).unwrap();
                    let kept = model.shares.entry(epoch).or_insert(0);
                    *kept = (*kept).max(u128::from(share).min(10_000));
                }
                Step::Resize { to } => {
                    record = record.dilute(amount, to).unwrap();
                    if to > amount {
                        for share in model.shares.values_mut() {
                            *share = *share * u128::from(amount) / u128::from(to);
                        }
                    }
                    amount = to;
                }
            }
            for offset in &offsets {
                let epoch = (newest + offset).clamp(0, i64::from(NEVER) - 1);
                let settled = u32::try_from(epoch).unwrap();
                prop_assert_eq!(u128::from(record.streak_bps(settled)), model.streak(settled));
                prop_assert_eq!(record.took_part(settled), model.counted(epoch) > 0);
            }
        }
    }

    #[test]
    fn a_streak_is_at_most_the_whole_and_its_bonus_at_most_the_policys(
        notes in prop::collection::vec((0u32..12, any::<u16>()), 0..30), settled in 0u32..16,
        bonus in any::<u16>(),
    ) {
        let streak = noted(notes).streak_bps(settled);
        prop_assert!(streak <= 10_000);
        let earned = u128::from(streak_bonus_bps(streak, bonus).unwrap());
        let exact = u128::from(streak) * u128::from(bonus);
        prop_assert!(earned <= u128::from(bonus));
        prop_assert!(earned * 10_000 <= exact && exact < (earned + 1) * 10_000);
    }

    #[test]
    fn tokens_added_later_never_earn_a_streak_that_the_older_did_not(
        shares in prop::array::uniform8(0u16..=10_000), seed in 0u64..=1 << 40,
        added in 0u64..=1 << 60, bonus in 0u16..=10_000,
    ) {
        let record = noted((0..STREAK_EPOCHS).zip(shares));
        let filled = record.dilute(seed, seed + added).unwrap();
        let gained = u128::from(gain(seed + added, filled.streak_bps(8), bonus));
        let streak = u128::from(record.streak_bps(8));
        // not rounded: what the seed alone is worth, plus nothing
        let worth = u128::from(seed) * u128::from(bonus);
        prop_assert!(gained * 100_000_000 <= worth * (streak + 1));
        prop_assert!(gained * 10_000 <= worth);
    }

    #[test]
    fn topping_up_in_steps_gains_nothing(
        shares in prop::array::uniform8(0u16..=10_000), mut sizes in prop::array::uniform3(any::<u64>()),
    ) {
        sizes.sort_unstable();
        let [old, middle, new] = sizes;
        let record = noted((0..STREAK_EPOCHS).zip(shares));
        let at_once = record.dilute(old, new).unwrap();
        let in_steps = record.dilute(old, middle).unwrap().dilute(middle, new).unwrap();
        for (stepped, once) in in_steps.shares.iter().zip(at_once.shares) {
            prop_assert!(*stepped <= once);
        }
        // and neither does taking tokens away and adding them again
        let there_and_back = record.dilute(new, old).unwrap().dilute(old, new).unwrap();
        prop_assert_eq!(there_and_back, at_once);
    }

    #[test]
    fn shares_only_grow_by_taking_part(
        steps in steps(), settled in 0u32..40,
    ) {
        // the streak of fixed epochs never rises through a change of the stake
        let (mut record, mut amount) = (Participation::NONE, 100u64);
        for step in steps {
            match step {
                Step::Note { ahead, share } => {
                    record = record.note(u32::try_from(ahead.rem_euclid(40)).unwrap(), share).unwrap();
                }
                Step::Resize { to } => {
                    let before = record.streak_bps(settled);
                    record = record.dilute(amount, to).unwrap();
                    prop_assert!(record.streak_bps(settled) <= before);
                    amount = to;
                }
            }
        }
    }
}
