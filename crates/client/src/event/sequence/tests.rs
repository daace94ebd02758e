use anchor_lang::prelude::Pubkey;

use super::*;

const T: Counter = Counter::Treasury(Pubkey::new_from_array([1; 32]));
const E: Counter = Counter::Epoch(Pubkey::new_from_array([1; 32]));

fn at(slot: u64) -> Place {
    Place { slot, position: 0 }
}

fn gap(first: u64, last: u64, after: Option<u64>, before: Option<u64>) -> Gap {
    Gap { first, last, after: after.map(at), before: before.map(at) }
}

fn gaps(sequence: &Sequence) -> Vec<(Counter, Gap)> {
    sequence.gaps().collect()
}

fn marks(sequence: &Sequence) -> Vec<(Counter, u64, Option<Place>)> {
    sequence.marks().map(|(counter, mark)| (counter, mark.seq, mark.place)).collect()
}

#[test]
fn events_in_order_leave_no_gap() {
    let mut s = Sequence::default();
    assert_eq!(s.resume_after(), None);
    for (slot, counter, seq) in [(1, T, 1), (2, E, 1), (3, T, 2), (4, E, 2), (5, E, 3)] {
        assert_eq!(s.number(at(slot), counter, seq), Arrival::Next);
    }
    assert_eq!(gaps(&s), []);
    assert_eq!(marks(&s), [(T, 2, Some(at(3))), (E, 3, Some(at(5)))]);
    assert_eq!(s.resume_after(), Some(at(5)));
}

#[test]
fn a_missed_event_is_a_gap_of_its_own_counter() {
    let mut s = Sequence::default();
    assert_eq!(s.number(at(1), T, 1), Arrival::Next);
    assert_eq!(s.number(at(2), E, 1), Arrival::Next);
    assert_eq!(s.number(at(5), E, 2), Arrival::Next);
    let missed = gap(2, 4, Some(1), Some(6));
    assert_eq!(s.number(at(6), T, 5), Arrival::Gap(missed));
    assert_eq!((missed.count(), gaps(&s)), (3, vec![(T, missed)]));
    assert_eq!(missed.to_string(), "3 events, 2 to 4, are missing");
    assert_eq!(marks(&s), [(T, 1, Some(at(1))), (E, 2, Some(at(5)))]);
    assert_eq!(s.resume_after(), Some(at(1)));
}

#[test]
fn what_precedes_the_first_event_seen_is_a_gap() {
    let mut s = Sequence::default();
    let missed = gap(1, 2, None, Some(9));
    assert_eq!(s.number(at(9), E, 3), Arrival::Gap(missed));
    assert_eq!(marks(&s), [(E, 0, None)]);
    assert_eq!(s.resume_after(), None);
}

#[test]
fn late_events_close_gaps_from_every_side() {
    let mut s = Sequence::default();
    assert_eq!(s.number(at(10), T, 1), Arrival::Next);
    assert_eq!(s.number(at(20), T, 7), Arrival::Gap(gap(2, 6, Some(10), Some(20))));
    assert_eq!(s.number(at(14), T, 4), Arrival::Late);
    assert_eq!(gaps(&s), [(T, gap(2, 3, Some(10), Some(14))), (T, gap(5, 6, Some(14), Some(20)))]);
    assert_eq!(s.number(at(11), T, 2), Arrival::Late);
    assert_eq!(s.resume_after(), Some(at(11)));
    assert_eq!(s.number(at(19), T, 6), Arrival::Late);
    assert_eq!(gaps(&s), [(T, gap(3, 3, Some(11), Some(14))), (T, gap(5, 5, Some(14), Some(19)))]);
    assert_eq!(gap(3, 3, None, None).to_string(), "event 3 is missing");
    assert_eq!(s.number(at(12), T, 3), Arrival::Late);
    assert_eq!(s.resume_after(), Some(at(14)));
    assert_eq!(s.number(at(15), T, 5), Arrival::Late);
    assert_eq!(gaps(&s), []);
    assert_eq!(marks(&s), [(T, 7, Some(at(20)))]);
}

#[test]
fn what_came_before_is_a_duplicate() {
    let mut s = Sequence::default();
    assert_eq!(s.number(at(1), T, 1), Arrival::Next);
    assert_eq!(s.number(at(4), T, 4), Arrival::Gap(gap(2, 3, Some(1), Some(4))));
    assert_eq!(s.number(at(2), T, 2), Arrival::Late);
    for (slot, seq) in [(1, 1), (2, 2), (4, 4), (9, 4), (0, 1)] {
        assert_eq!(s.number(at(slot), T, seq), Arrival::Duplicate);
    }
    assert_eq!(gaps(&s), [(T, gap(3, 3, Some(2), Some(4)))]);
}

#[test]
fn a_place_that_contradicts_the_number_is_not_taken() {
    let mut s = Sequence::default();
    assert_eq!(s.number(at(1), T, 0), Arrival::Misplaced);
    assert_eq!(marks(&s), []);
    assert_eq!(s.number(at(5), T, 1), Arrival::Next);
    for (slot, seq) in [(5, 2), (4, 2), (4, 9), (9, 0)] {
        assert_eq!(s.number(at(slot), T, seq), Arrival::Misplaced);
    }
    assert_eq!(s.number(at(9), T, 4), Arrival::Gap(gap(2, 3, Some(5), Some(9))));
    for slot in [4, 5, 9, 10] {
        assert_eq!(s.number(at(slot), T, 2), Arrival::Misplaced);
    }
    assert_eq!(gaps(&s), [(T, gap(2, 3, Some(5), Some(9)))]);
    // Within a slot the position decides.
    let behind = Place { slot: 9, position: 1 };
    assert_eq!(s.number(behind, T, 5), Arrival::Next);
}

#[test]
fn the_account_shows_what_is_missing_at_the_end() {
    let mut s = Sequence::default();
    assert_eq!(s.number(at(1), T, 1), Arrival::Next);
    assert_eq!(s.hold_against(T, 1), None);
    assert_eq!(s.hold_against(T, 0), None);
    assert_eq!(s.hold_against(T, 4), Some(gap(2, 4, Some(1), None)));
    assert_eq!(s.hold_against(T, 4), None);
    assert_eq!(s.hold_against(T, 5), Some(gap(2, 5, Some(1), None)));
    assert_eq!(s.hold_against(T, 6), Some(gap(2, 6, Some(1), None)));
    assert_eq!(s.hold_against(E, 2), Some(gap(1, 2, None, None)));
    assert_eq!(s.resume_after(), None);
    assert_eq!(s.number(at(2), E, 1), Arrival::Late);
    assert_eq!(s.number(at(3), E, 2), Arrival::Late);
    assert_eq!(marks(&s), [(T, 1, Some(at(1))), (E, 2, Some(at(3)))]);
    // The next event bounds the gap of which only the account told.
    assert_eq!(s.number(at(8), T, 7), Arrival::Next);
    assert_eq!(gaps(&s), [(T, gap(2, 6, Some(1), Some(8)))]);
    for seq in [4, 3, 2, 6, 5] {
        assert_eq!(s.number(at(seq), T, seq), Arrival::Late);
    }
    assert_eq!((gaps(&s), s.resume_after()), (vec![], Some(at(8))));
    // A later one makes it longer.
    assert_eq!(s.hold_against(T, 9), Some(gap(8, 9, Some(8), None)));
    assert_eq!(s.number(at(20), T, 12), Arrival::Gap(gap(8, 11, Some(8), Some(20))));
    assert_eq!(gaps(&s), [(T, gap(8, 11, Some(8), Some(20)))]);
}

#[test]
fn a_reader_goes_on_where_it_stopped() {
    let mut s = Sequence::default();
    assert_eq!(s.number(at(1), T, 1), Arrival::Next);
    assert_eq!(s.number(at(5), T, 3), Arrival::Gap(gap(2, 2, Some(1), Some(5))));
    let mut s = Sequence::resume(s.marks());
    assert_eq!(s.resume_after(), Some(at(1)));
    assert_eq!(s.number(at(2), T, 2), Arrival::Next);
    assert_eq!(s.number(at(5), T, 3), Arrival::Next);
    assert_eq!(s.number(at(6), E, 1), Arrival::Next);
    // From what an account said, whose last event's place is not known.
    let mut s = Sequence::resume([(T, Mark { seq: 40, place: None })]);
    assert_eq!(s.number(at(7), T, 40), Arrival::Duplicate);
    assert_eq!(s.number(at(8), T, 42), Arrival::Gap(gap(41, 41, None, Some(8))));
    assert_eq!(marks(&s), [(T, 40, None)]);
}

#[test]
fn the_largest_numbers_do_no_harm() {
    let mut s = Sequence::default();
    assert_eq!(s.number(at(1), T, u64::MAX), Arrival::Gap(gap(1, u64::MAX - 1, None, Some(1))));
    assert_eq!(s.hold_against(T, u64::MAX), None);
    assert_eq!(s.number(at(2), T, u64::MAX), Arrival::Duplicate);
    assert_eq!(gap(0, u64::MAX, None, None).count(), u64::MAX);
}

/// Every order of arrival of eight events ends in the same state.
#[test]
fn the_order_of_arrival_does_not_matter_in_the_end() {
    let mut order: Vec<u64> = (1..=8).collect();
    // A small generator is enough to shuffle with.
    let mut state = 1u64;
    for _ in 0..2_000 {
        for index in (1..order.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            order.swap(index, usize::try_from(state >> 33).unwrap() % (index + 1));
        }
        let mut s = Sequence::default();
        for (fed, seq) in order.iter().enumerate() {
            let arrival = s.number(at(*seq), T, *seq);
            assert!(!matches!(arrival, Arrival::Duplicate | Arrival::Misplaced), "{order:?}");
            let highest = order[..=fed].iter().max().unwrap();
            let missing = (1..*highest).filter(|seq| !order[..=fed].contains(seq));
            let listed = s.gaps().flat_map(|(_, gap)| gap.first..=gap.last);
            assert!(missing.eq(listed), "{order:?}");
        }
        assert_eq!((gaps(&s), marks(&s)), (vec![], vec![(T, 8, Some(at(8)))]));
    }
}
