//! R9, R10: how much runway and concentration leave for awards.

use budget_rules::allocation::Reason;
use budget_tests::*;

use crate::stage::*;

// --- runway -------------------------------------------------------------------------------------

/// The largest award that leaves a runway of `floor` epochs, by trying: `free` lasts `floor` times
/// the mean of what `epochs` epochs, this one included, awarded.
fn runway_room(free: u64, previous: u64, epochs: u64, floor: u64) -> u64 {
    let holds = |award: u64| {
        let (free, previous) = (i128::from(free), i128::from(previous));
        let award = i128::from(award);
        (free - award) * i128::from(epochs) >= i128::from(floor) * (previous + award)
    };
    let (mut low, mut high) = (0, free);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if holds(middle) { low = middle } else { high = middle - 1 }
    }
    low
}

#[test]
fn an_award_may_leave_the_runway_at_its_floor_and_no_unit_below() {
    let mut policy = brisk();
    policy.risk.min_runway_epochs = 9;
    fits_up_to(|| open(policy), GENERAL, 100 * MILLION, Reason::RunwayFloor);
    assert_eq!(runway_room(FUNDS, 0, 1, 9), 100 * MILLION);
}

#[test]
fn earlier_outflow_shortens_the_runway() {
    let mut policy = brisk();
    policy.risk.min_runway_epochs = 12;
    let begin = || {
        let (mut w, voter) = community(policy);
        for amount in [31_000_003, 17_000_001, 43_000_007] {
            decide(&mut w, &voter, &[ask_in(GENERAL, amount)], &[]);
        }
        w.open_next_epoch();
        (w, voter)
    };
    let spent = 31_000_003 + 17_000_001 + 43_000_007;
    let room = runway_room(FUNDS - spent, spent, 4, 12);
    assert!(room > 0 && room < begin().0.epoch(3).cap);
    fits_up_to(begin, GENERAL, room, Reason::RunwayFloor);
}

#[test]
fn outflow_of_the_fifth_epoch_back_is_forgotten() {
    let mut policy = brisk();
    policy.risk.min_runway_epochs = 12;
    let begin = || {
        let (mut w, voter) = community(policy);
        for amount in [31_000_003, 17_000_001, 43_000_007, 11_000_003] {
            decide(&mut w, &voter, &[ask_in(GENERAL, amount)], &[]);
        }
        w.open_next_epoch();
        (w, voter)
    };
    let later = 17_000_001 + 43_000_007 + 11_000_003;
    let room = runway_room(FUNDS - 31_000_003 - later, later, 4, 12);
    fits_up_to(begin, GENERAL, room, Reason::RunwayFloor);
}

#[test]
fn awards_that_never_began_are_no_outflow() {
    let mut policy = brisk();
    policy.risk.min_runway_epochs = 9;
    let begin = || {
        let (mut w, voter) = community(policy);
        let guardian = w.guardian.clone();
        decide(&mut w, &voter, &[ask_in(GENERAL, 50 * MILLION)], &[]);
        w.veto(&guardian, 0, 0).unwrap();
        w.open_next_epoch();
        (w, voter)
    };
    fits_up_to(begin, GENERAL, runway_room(FUNDS, 0, 2, 9), Reason::RunwayFloor);
}

#[test]
fn awards_of_every_category_share_the_runway() {
    let mut policy = brisk();
    policy.risk.min_runway_epochs = 9;
    for (second, expected) in
        [(60 * MILLION, funded()), (60 * MILLION + 1, unfunded(Reason::RunwayFloor))]
    {
        let (mut w, voter) = open(policy);
        fill(&mut w, &[ask_in(HEDGES, 40 * MILLION), ask_in(GENERAL, second)], &[]);
        carry(&mut w, &voter);
        assert_eq!(
            (verdict(&w, w.current(), 0), verdict(&w, w.current(), 1)),
            (funded(), expected)
        );
    }
}

// --- concentration ------------------------------------------------------------------------------

#[test]
fn one_recipient_may_be_awarded_its_share_of_the_cap_and_no_unit_more() {
    // 30 % of 300 million.
    let mut policy = brisk();
    policy.risk.max_recipient_bps = 3_000;
    fits_up_to(|| open(policy), GENERAL, 90 * MILLION, Reason::Concentration);
}

#[test]
fn several_awards_to_one_recipient_count_together() {
    let mut policy = brisk();
    policy.risk.max_recipient_bps = 3_000;
    for (third, expected) in
        [(50 * MILLION, funded()), (50 * MILLION + 1, unfunded(Reason::Concentration))]
    {
        let (mut w, voter) = open(policy);
        let (recipient, other) = (w.proposer(), w.proposer());
        // In another category, and proposed by somebody else: it is the recipient that counts.
        w.submit(&recipient, &ask_in(GENERAL, 15 * MILLION)).unwrap();
        w.submit_for(&other, &recipient, true, &ask_in(HEDGES, 25 * MILLION)).unwrap();
        w.submit(&recipient, &ask_in(GENERAL, third)).unwrap();
        w.submit(&other, &ask_in(GENERAL, 80 * MILLION)).unwrap();
        carry(&mut w, &voter);
        let verdicts = [0, 1, 2, 3].map(|index| verdict(&w, w.current(), index));
        assert_eq!(verdicts, [funded(), funded(), expected, funded()]);
    }
}

#[test]
fn what_a_recipient_was_refused_or_got_in_another_epoch_does_not_count() {
    let mut policy = brisk();
    policy.risk.max_recipient_bps = 1_000;
    let (mut w, voter) = community(policy);
    let recipient = w.proposer();
    for _ in 0..2 {
        w.open_next_epoch();
        let share = w.epoch(w.current()).cap / 10;
        w.submit(&recipient, &ask_in(GENERAL, share + 1)).unwrap();
        w.submit(&recipient, &ask_in(GENERAL, share)).unwrap();
        w.to_voting();
        // The one that does not fit ranks first.
        w.cast(&voter, &[(0, For), (1, For)]).unwrap();
        w.to_tallying();
        w.settle().unwrap();
        assert_eq!(verdict(&w, w.current(), 0), unfunded(Reason::Concentration));
        assert_eq!(verdict(&w, w.current(), 1), funded());
    }
}
