//! What reviews leave in a recipient's record, and what that costs in the next epoch (R4): below
//! the record floor a recipient's ask is judged one tier up.

use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{RecipientRecord, Ruling},
};

use crate::stage::*;

/// The policy's floor.
const RECORD_FLOOR: u32 = 5_000;
/// Tiers, as entries store them.
const SMALL: u8 = 0;
const MEDIUM: u8 = 1;
/// Why an entry failed.
const APPROVAL_MISSED: u8 = 4;

/// The part of a record that reviews and rulings write.
fn figures(record: &RecipientRecord) -> (u32, u16, u16, u16) {
    (record.score_sum, record.scored, record.missed_updates, record.cancellations)
}

/// What happens at a checkpoint of Alice's stream.
#[derive(Clone, Copy, Debug)]
enum Review {
    /// The reviewer's score of an update in time.
    Score(u16),
    /// The reviewer's silence.
    Silence,
    /// The recipient's, which ends the reviews here.
    Miss,
}

/// Alice's stream after these reviews, each at its own time.
fn reviewed(reviews: &[Review]) -> (World, Cast) {
    let (mut w, cast) = streaming();
    for (place, review) in reviews.iter().enumerate() {
        let due = i64::try_from(place + 1).unwrap() * PART_SECS;
        match review {
            Review::Score(score_bps) => {
                filed_at(&mut w, &cast, due);
                w.score(0, 0, *score_bps).unwrap();
            }
            Review::Silence => {
                filed_at(&mut w, &cast, due);
                w.svm.advance(GRACE);
            }
            Review::Miss => {
                at(&mut w, due + WINDOW);
                w.hold(0, 0).unwrap();
            }
        }
    }
    (w, cast)
}

/// Opens the next epoch and puts a small ask of Alice's on its slate. Whether it is marked.
fn asks_again(w: &mut World, cast: &Cast) -> bool {
    w.open_next_epoch();
    let epoch = w.current();
    w.submit(&cast.alice, &Ask::of(AWARD)).unwrap();
    w.entry(epoch, 0).flags & flags::WEAK_RECORD != 0
}

#[test]
fn scores_misses_and_cancellations_are_counted_apart() {
    use Review::*;
    for (reviews, expected) in [
        (&[][..], (0, 0, 0, 0)),
        (&[Score(10_000)], (10_000, 1, 0, 0)),
        (&[Score(0)], (0, 1, 0, 0)),
        (&[Score(7_777), Score(3_333), Score(9_999)], (21_109, 3, 0, 0)),
        // The reviewer's silence says nothing about the recipient.
        (&[Silence, Silence], (0, 0, 0, 0)),
        (&[Silence, Score(4_000)], (4_000, 1, 0, 0)),
        (&[Miss], (0, 0, 1, 0)),
        (&[Score(8_000), Miss], (8_000, 1, 1, 0)),
    ] {
        let (w, cast) = reviewed(reviews);
        assert_eq!(figures(&w.record_of(&cast.alice)), expected, "{reviews:?}");
        assert_eq!(figures(&w.record_of(&cast.bob)), (0, 0, 0, 0), "{reviews:?}");
    }
}

#[test]
fn a_vote_that_cancels_and_a_lapse_count_as_cancellations() {
    let (mut w, cast) = streaming();
    rule(&mut w, &cast, Ruling::Cancel);
    assert_eq!(figures(&w.record_of(&cast.alice)), (0, 0, 0, 1));

    let (mut w, cast) = held();
    w.svm.advance(180 * DAY);
    w.lapse_stream(0, 0, None).unwrap();
    assert_eq!(figures(&w.record_of(&cast.alice)), (0, 1, 0, 1));

    let (mut w, cast) = reviewed(&[Review::Miss]);
    w.svm.advance(180 * DAY);
    w.lapse_stream(0, 0, None).unwrap();
    assert_eq!(figures(&w.record_of(&cast.alice)), (0, 0, 1, 1));
}

#[test]
fn a_reduction_or_a_resumption_leaves_no_cancellation() {
    for ruling in [Ruling::Reduce { keep_bps: 1 }, Ruling::Resume { checkpoint: 0 }] {
        let (mut w, cast) = held();
        rule(&mut w, &cast, ruling);
        assert_eq!(figures(&w.record_of(&cast.alice)), (0, 1, 0, 0), "{ruling:?}");
    }
}

#[test]
fn a_treasury_keeps_its_own_record() {
    let (mut w, cast, twin) = twins();
    filed_at(&mut w, &cast, PART_SECS);
    w.score(0, 0, 1_234).unwrap();
    assert_eq!(figures(&w.record_of(&cast.alice)), (1_234, 1, 0, 0));
    let theirs = within(&mut w, twin, |w| w.record_of(&cast.alice));
    assert_eq!(figures(&theirs), (0, 0, 0, 0));
}

#[test]
fn a_mean_below_the_floor_is_weak_and_one_at_it_is_not() {
    use Review::*;
    assert_eq!(test_policy().tiers.record_floor_bps, 5_000);
    for (reviews, is_weak) in [
        (&[][..], false),
        (&[Score(5_000)], false),
        (&[Score(5_001)], false),
        (&[Score(4_999)], true),
        (&[Score(0)], true),
        // Means of two and three, exactly at the floor and a third of a point below.
        (&[Score(3_000), Score(7_000)], false),
        (&[Score(3_000), Score(6_999)], true),
        (&[Score(4_000), Score(5_000), Score(6_000)], false),
        (&[Score(4_000), Score(5_000), Score(5_999)], true),
        // A miss counts as zero.
        (&[Miss], true),
        (&[Score(10_000), Miss], false),
        (&[Score(9_999), Miss], true),
        // Silence does not count.
        (&[Silence, Score(4_999)], true),
        (&[Score(5_000), Silence, Silence], false),
    ] {
        let (mut w, cast) = reviewed(reviews);
        let record = w.record_of(&cast.alice);
        let counted = u32::from(record.scored) + u32::from(record.missed_updates);
        assert_eq!(record.score_sum < counted * RECORD_FLOOR, is_weak, "{reviews:?}");
        assert_eq!(asks_again(&mut w, &cast), is_weak, "{reviews:?}");
    }
}

#[test]
fn the_floor_is_that_of_the_epoch() {
    for (floor, is_weak) in [(0, false), (6_500, false), (6_501, true), (10_000, true)] {
        let mut policy = test_policy();
        policy.tiers.record_floor_bps = floor;
        let (mut w, cast) = stream_of(Setup { policy, ..Setup::default() }, &usual_ask());
        filed_at(&mut w, &cast, PART_SECS);
        w.score(0, 0, 6_500).unwrap();
        assert_eq!(asks_again(&mut w, &cast), is_weak, "floor {floor}");
    }
}

#[test]
fn cancellations_alone_make_no_record_weak() {
    let (mut w, cast) = streaming();
    rule(&mut w, &cast, Ruling::Cancel);
    assert!(!asks_again(&mut w, &cast));
}

#[test]
fn consent_given_later_is_measured_then() {
    // Bob submits for Alice, whose consent comes after her score.
    let (mut w, cast) = streaming();
    w.open_next_epoch();
    let epoch = w.current();
    w.submit_for(&cast.bob, &cast.alice, false, &Ask::of(AWARD)).unwrap();
    assert_eq!(w.entry(epoch, 0).flags & flags::WEAK_RECORD, 0);
    assert!(elapsed(&w) < PART_SECS);

    let mut policy = test_policy();
    policy.schedule.submission_secs = 40 * DAY_SECS;
    policy.schedule.period_secs = 60 * DAY_SECS;
    let ask = Ask::with_reviews(AWARD, 120, 3);
    let (mut w, cast) = stream_of(Setup { policy, ..Setup::default() }, &ask);
    w.open_next_epoch();
    let due = PART_SECS.max(elapsed(&w));
    assert!(due < elapsed(&w) + 40 * DAY);
    w.submit_for(&cast.bob, &cast.alice, false, &Ask::of(AWARD)).unwrap();
    w.submit(&cast.alice, &Ask::of(1_000)).unwrap();
    filed_at(&mut w, &cast, due);
    w.score(0, 0, 4_999).unwrap();
    w.accept(&cast.alice, 0).unwrap();
    let marked = |w: &World, index| w.entry(1, index).flags & flags::WEAK_RECORD != 0;
    assert!(marked(&w, 0));
    // What she agreed to before is not touched: voters may have read it already.
    assert!(!marked(&w, 1));
}

#[test]
fn a_strangers_record_does_not_matter() {
    // Alice's weak record marks neither Bob's ask, nor the one that she proposes for him.
    let (mut w, cast) = reviewed(&[Review::Score(0)]);
    w.open_next_epoch();
    w.submit(&cast.bob, &Ask::of(AWARD)).unwrap();
    w.submit_for(&cast.alice, &cast.bob, true, &Ask::of(AWARD)).unwrap();
    w.submit_for(&cast.bob, &cast.alice, true, &Ask::of(AWARD)).unwrap();
    let marks: Vec<_> = (0..3).map(|index| w.entry(1, index).flags & flags::WEAK_RECORD).collect();
    assert_eq!(marks, [0, 0, flags::WEAK_RECORD]);
}

/// Alice's small ask in the epoch after a score, with 1,000 for it and `against` against it.
fn judged(score_bps: u16, against: u64, ask: &Ask) -> (World, Cast) {
    let (mut w, cast) = reviewed(&[Review::Score(score_bps)]);
    let opponent = (against > 0).then(|| w.staker(against));
    w.open_next_epoch();
    w.submit(&cast.alice, ask).unwrap();
    w.to_voting();
    w.cast(&cast.voter, &[(0, For)]).unwrap();
    if let Some(opponent) = opponent {
        w.cast(&opponent, &[(0, Against)]).unwrap();
    }
    w.to_tallying();
    w.settle().unwrap();
    (w, cast)
}

#[test]
fn a_weak_record_takes_the_next_tiers_majority() {
    // 55.6 % suffice for a small ask, which takes 50.01 %, and not for a medium one, which takes 60.
    let ask = Ask::of(AWARD);
    let (w, _) = judged(5_000, 800, &ask);
    assert!(w.entry(1, 0).is(Outcome::Funded));
    assert_eq!(w.entry(1, 0).tier, SMALL);
    let (w, _) = judged(4_999, 800, &ask);
    let entry = w.entry(1, 0);
    assert!(entry.is(Outcome::Failed));
    assert_eq!((entry.tier, entry.reason), (MEDIUM, APPROVAL_MISSED));
}

#[test]
fn a_weak_record_takes_the_next_tiers_timelock() {
    for (score_bps, tier, timelock) in [(5_000, SMALL, DAY), (4_999, MEDIUM, 2 * DAY)] {
        let (mut w, _) = judged(score_bps, 0, &Ask::of(AWARD));
        assert_eq!(w.entry(1, 0).tier, tier);
        w.svm.advance(timelock - 1);
        refused(&mut w, BudgetError::StillTimelocked, |w| w.execute(1, 0));
        w.svm.advance(1);
        w.execute(1, 0).unwrap();
        assert_eq!(w.stream(1, 0).total, AWARD);
    }
}

#[test]
fn a_stream_too_short_for_the_next_tier_is_not_funded_on_a_weak_record() {
    // Ten days are enough for a small ask only.
    let ask = Ask { duration_secs: 10 * DAY_SECS, ..Ask::of(AWARD) };
    let (w, _) = judged(5_000, 0, &ask);
    assert!(w.entry(1, 0).is(Outcome::Funded));
    let (w, _) = judged(4_999, 0, &ask);
    assert!(!w.entry(1, 0).is(Outcome::Funded));
}

#[test]
fn good_work_repairs_a_record() {
    use Review::*;
    let (mut w, cast) = reviewed(&[Score(4_000)]);
    assert!(asks_again(&mut w, &cast));
    let (mut w, cast) = reviewed(&[Score(4_000), Score(6_000)]);
    assert!(!asks_again(&mut w, &cast));
}

#[test]
fn a_finished_stream_tells_what_was_paid_and_returned() {
    let (mut w, cast) =
        reviewed(&[Review::Score(3_000), Review::Score(6_000), Review::Score(9_000)]);
    at(&mut w, 4 * PART_SECS);
    w.claim(0, 0).unwrap();
    let before = w.record_of(&cast.alice);
    assert_eq!((before.streams, before.awarded, before.paid, before.returned), (1, AWARD, 0, 0));
    for checkpoint in 0..3 {
        w.close_review(0, 0, checkpoint).unwrap();
    }
    w.close_stream(0, 0).unwrap();
    let record = w.record_of(&cast.alice);
    assert_eq!((record.streams, record.awarded), (1, AWARD));
    assert_eq!((record.paid, record.returned), (AWARD - PART / 2, PART / 2));
    assert_eq!(figures(&record), (18_000, 3, 0, 0));
}
