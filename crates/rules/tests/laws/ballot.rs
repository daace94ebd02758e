//! R3 ballot
//! ├── each choice moves its own sum
//! ├── taking out more than was cast ... refused
//! └── tallies are independent of order, and a change of mind can be undone

use budget_rules::ballot::{Choice, replace};
use budget_rules::outcome::Tally;
use proptest::prelude::*;

const ALL: [Choice; 4] = [Choice::Unmarked, Choice::For, Choice::Against, Choice::Abstain];

#[test]
fn two_bits_round_trip() {
    for choice in ALL {
        assert_eq!(Choice::from_low_bits(u8::from(choice)), choice);
        assert_eq!(Choice::from_low_bits(u8::from(choice) | 0b1010_1100), choice);
    }
    assert_eq!(ALL.map(u8::from), [0, 1, 2, 3]);
}

#[test]
fn each_choice_moves_its_own_sum() {
    let start = Tally { for_: 10, against: 20, abstain: 30 };
    let cast = |choice| replace(&start, Choice::Unmarked, choice, 5);
    assert_eq!(cast(Choice::Unmarked), Some(start));
    assert_eq!(cast(Choice::For), Some(Tally { for_: 15, ..start }));
    assert_eq!(cast(Choice::Against), Some(Tally { against: 25, ..start }));
    assert_eq!(cast(Choice::Abstain), Some(Tally { abstain: 35, ..start }));
    let revised = replace(&start, Choice::Against, Choice::For, 20);
    assert_eq!(revised, Some(Tally { for_: 30, against: 0, abstain: 30 }));
}

#[test]
fn sums_neither_underflow_nor_overflow() {
    let start = Tally { for_: 10, against: u64::MAX, abstain: 0 };
    assert_eq!(replace(&start, Choice::For, Choice::Unmarked, 11), None);
    assert_eq!(replace(&start, Choice::Unmarked, Choice::Against, 1), None);
    // the same choice again, at the brim
    assert_eq!(replace(&start, Choice::Against, Choice::Against, u64::MAX), Some(start));
}

fn choice() -> impl Strategy<Value = Choice> {
    prop::sample::select(&ALL)
}

proptest! {
    #[test]
    fn the_order_of_ballots_does_not_matter(
        ballots in prop::collection::vec((choice(), choice(), 0u64..1 << 40), 0..20)
            .prop_flat_map(|b| (Just(b.clone()), Just(b).prop_shuffle())),
    ) {
        // every voter casts the first choice, then revises to the second
        let (one, other) = ballots;
        let cast_then_revise = |order: &[(Choice, Choice, u64)], at_once: bool| {
            let mut tally = Tally::default();
            if !at_once {
                for &(first, _, weight) in order {
                    tally = replace(&tally, Choice::Unmarked, first, weight).unwrap();
                }
                for &(first, second, weight) in order {
                    tally = replace(&tally, first, second, weight).unwrap();
                }
                return tally;
            }
            for &(first, second, weight) in order {
                tally = replace(&tally, Choice::Unmarked, first, weight).unwrap();
                tally = replace(&tally, first, second, weight).unwrap();
            }
            tally
        };
        let expected = cast_then_revise(&one, false);
        prop_assert_eq!(cast_then_revise(&other, false), expected);
        prop_assert_eq!(cast_then_revise(&other, true), expected);
        let cast: u64 = one.iter().filter(|b| b.1 != Choice::Unmarked).map(|b| b.2).sum();
        prop_assert_eq!(expected.for_ + expected.against + expected.abstain, cast);
    }

    #[test]
    fn a_change_of_mind_can_be_undone(
        others in any::<[u32; 3]>(), a in choice(), b in choice(), weight in 0u64..1 << 62,
    ) {
        let [for_, against, abstain] = others.map(u64::from);
        let start =
            replace(&Tally { for_, against, abstain }, Choice::Unmarked, a, weight).unwrap();
        let there = replace(&start, a, b, weight).unwrap();
        prop_assert_eq!(replace(&there, b, a, weight), Some(start));
    }
}
