//! R4, raised tiers: an ask of a risk class starts one tier up, so does one of a recipient whose
//! record is weak; both together two. What the terms must meet rises along.
//!
//! tier raising
//! ├── given a category of a risk class ............. one tier up, at submission and at settlement
//! ├── given a recipient's weak record .............. one tier up, from the consent on
//! │   └── weak: below the floor, a missed update counts as zero
//! ├── given both ................................... two tiers up; the large one is the strictest
//! ├── given terms below the tier ................... `flow_tier_blocked`
//! └── given a raised tier .......................... its quorum, approval, timelock and swing apply
//!
//! Of 1 billion free, a small ask is at most 10 million, a medium one 50. In an electorate of 1,000
//! the quorums are 30, 100 and 200.

use budget_rules::outcome::Failure;
use budget_tests::*;
use bytemuck::bytes_of;
use community_budget::{BudgetError, state::RecipientRecord};

use crate::shared::{ADMITS_ALL, next_epoch, record, submission};

pub const MILLION: u64 = 1_000_000;
pub const SMALL: u8 = 0;
pub const MEDIUM: u8 = 1;
pub const LARGE: u8 = 2;

/// Category 1 is a hedge or a derivative without further limits.
pub fn risky(class: u8) -> Policy {
    let mut policy = test_policy();
    let category = &mut policy.risk.categories[1];
    category.class = class;
    category.exposure_limit_bps = 10_000;
    policy
}

/// An ask in category 1.
pub fn risk_ask(amount: u64) -> Ask {
    Ask { category: 1, ..Ask::of(amount) }
}

/// Writes what the treasury remembers of a person's reviews.
fn put_reviews(w: &mut World, person: &Person, score_sum: u32, scored: u16, missed_updates: u16) {
    let key = w.community.recipient_record(&person.key());
    let mut account = w.svm.get(&key).unwrap();
    let reviewed = RecipientRecord { score_sum, scored, missed_updates, ..record(w, person) };
    account.data[8..].copy_from_slice(bytes_of(&reviewed));
    w.svm.put(key, account);
}

/// A recipient with a record just below the floor of 5,000.
pub fn weak_recipient(w: &mut World) -> Person {
    let person = w.proposer();
    put_reviews(w, &person, 9_999, 2, 0);
    person
}

/// Lets `voter` vote for everything that stands, and settles.
pub fn settle(w: &mut World, voter: &Person) {
    let epoch = w.current();
    w.to_voting();
    let ballot: Vec<(u8, Choice)> = (0..w.epoch(epoch).entry_count)
        .filter(|index| w.entry(epoch, *index).is_votable())
        .map(|index| (index, For))
        .collect();
    w.cast(voter, &ballot).unwrap();
    w.to_tallying();
    w.settle().unwrap();
}

/// Outcome, tier and reason of an entry of the current epoch.
pub fn verdict(w: &World, index: u8) -> (u8, u8, u8) {
    let entry = w.entry(w.current(), index);
    (entry.outcome, entry.tier, entry.reason)
}

pub fn funded(tier: u8) -> (u8, u8, u8) {
    (Outcome::Funded.into(), tier, 0)
}

pub fn missed_quorum(tier: u8) -> (u8, u8, u8) {
    (Outcome::Failed.into(), tier, Failure::QuorumMissed.into())
}

/// Proves that an ask that `submit` puts on the slate needs `quorum` of 1,000 and is funded at
/// `tier` then.
#[track_caller]
fn needs(policy: Policy, quorum: u64, tier: u8, submit: impl Fn(&mut World)) {
    for (weight, expected) in [(quorum, funded(tier)), (quorum - 1, missed_quorum(tier))] {
        let (mut w, voters) = submission(policy, &[weight, 1_000 - weight], &[]);
        submit(&mut w);
        settle(&mut w, &voters[0]);
        assert_eq!(verdict(&w, 0), expected, "{weight} of 1,000");
    }
}

// --- risk classes -------------------------------------------------------------------------------

#[test]
fn a_risk_class_starts_one_tier_up() {
    let submit = |amount| {
        move |w: &mut World| {
            let recipient = w.proposer();
            w.submit(&recipient, &risk_ask(amount)).unwrap();
            assert_eq!(w.entry(0, 0).flags, flags::ACCEPTED | flags::RISK_CLASS | ADMITS_ALL);
        }
    };
    for class in [1, 2] {
        needs(risky(class), 100, MEDIUM, submit(10 * MILLION));
        needs(risky(class), 200, LARGE, submit(10 * MILLION + 1));
        // Category 1 takes 40 of the cap's 100 million.
        needs(risky(class), 200, LARGE, submit(40 * MILLION));
    }
}

#[test]
fn the_strictest_tier_stays_the_strictest() {
    let mut policy = risky(2);
    policy.risk.categories[1].share_bps = 10_000;
    needs(policy, 200, LARGE, |w| {
        let recipient = w.proposer();
        w.submit(&recipient, &risk_ask(60 * MILLION)).unwrap();
    });
}

#[test]
fn an_operating_category_beside_it_is_not_raised() {
    needs(risky(2), 30, SMALL, |w| {
        let recipient = w.proposer();
        w.submit(&recipient, &Ask::of(10 * MILLION)).unwrap();
        assert_eq!(w.entry(0, 0).flags, flags::ACCEPTED | ADMITS_ALL);
    });
}

#[test]
fn both_raise_from_the_tier_of_the_recipients_sum() {
    // Six of the recipient's ten million are at risk: medium by the sum of twelve, then one more.
    let (mut w, voters) = submission(risky(2), &[150, 850], &[]);
    let recipient = w.proposer();
    w.submit(&recipient, &Ask::of(6 * MILLION)).unwrap();
    w.submit(&recipient, &risk_ask(6 * MILLION)).unwrap();
    settle(&mut w, &voters[0]);
    assert_eq!((verdict(&w, 0), verdict(&w, 1)), (funded(MEDIUM), missed_quorum(LARGE)));
}

// --- weak records ---------------------------------------------------------------------------------

#[test]
fn a_weak_record_starts_one_tier_up_however_the_recipient_agrees() {
    needs(test_policy(), 100, MEDIUM, |w| {
        let recipient = weak_recipient(w);
        w.submit(&recipient, &Ask::of(MILLION)).unwrap();
        assert_eq!(w.entry(0, 0).flags, flags::ACCEPTED | flags::WEAK_RECORD | ADMITS_ALL);
    });
    needs(test_policy(), 200, LARGE, |w| {
        let (proposer, recipient) = (w.proposer(), weak_recipient(w));
        w.submit_for(&proposer, &recipient, true, &Ask::of(20 * MILLION)).unwrap();
    });
    needs(test_policy(), 100, MEDIUM, |w| {
        let (proposer, recipient) = (w.proposer(), weak_recipient(w));
        w.submit_for(&proposer, &recipient, false, &Ask::of(MILLION)).unwrap();
        assert_eq!(w.entry(0, 0).flags, ADMITS_ALL);
        w.accept(&recipient, 0).unwrap();
        assert_eq!(w.entry(0, 0).flags, flags::ACCEPTED | flags::WEAK_RECORD | ADMITS_ALL);
    });
}

#[test]
fn a_weak_proposer_raises_nobody_elses_ask() {
    needs(test_policy(), 30, SMALL, |w| {
        let (proposer, recipient) = (weak_recipient(w), w.proposer());
        w.submit_for(&proposer, &recipient, true, &Ask::of(MILLION)).unwrap();
    });
}

#[test]
fn a_record_is_weak_below_the_floor_and_not_at_it() {
    let cases = [
        // No review, or nothing but praise.
        (0, 0, 0, false),
        (10_000, 1, 0, false),
        // Mean scores of 5,000 and a hair less.
        (5_000, 1, 0, false),
        (4_999, 1, 0, true),
        (10_000, 2, 0, false),
        (9_999, 2, 0, true),
        // A missed update counts as a zero.
        (0, 0, 1, true),
        (10_000, 1, 1, false),
        (9_999, 1, 1, true),
        (10_000, 1, 2, true),
        (u32::MAX, u16::MAX, u16::MAX, false),
    ];
    for (score_sum, scored, missed, weak) in cases {
        let (mut w, _) = submission(test_policy(), &[], &[]);
        let recipient = w.proposer();
        put_reviews(&mut w, &recipient, score_sum, scored, missed);
        w.submit(&recipient, &Ask::of(MILLION)).unwrap();
        let found = w.entry(0, 0).flags & flags::WEAK_RECORD != 0;
        assert_eq!(found, weak, "{score_sum} in {scored} reviews, {missed} missed");
    }
}

#[test]
fn the_floor_is_the_epochs_own() {
    for (floor_bps, weak) in [(0, false), (2_499, false), (2_500, false), (2_501, true)] {
        let mut policy = test_policy();
        policy.tiers.record_floor_bps = floor_bps;
        let (mut w, _) = submission(policy, &[], &[]);
        let recipient = w.proposer();
        put_reviews(&mut w, &recipient, 5_000, 2, 0);
        w.submit(&recipient, &Ask::of(MILLION)).unwrap();
        assert_eq!(w.entry(0, 0).flags & flags::WEAK_RECORD != 0, weak, "floor of {floor_bps}");
    }
}

#[test]
fn what_counts_is_the_record_when_the_recipient_agreed() {
    let (mut w, voters) = submission(test_policy(), &[50, 950], &[]);
    let recipient = w.proposer();
    w.submit(&recipient, &Ask::of(MILLION)).unwrap();
    put_reviews(&mut w, &recipient, 0, 1, 0);
    w.submit(&recipient, &Ask::of(MILLION)).unwrap();
    put_reviews(&mut w, &recipient, 10_000, 1, 0);
    w.submit(&recipient, &Ask::of(MILLION)).unwrap();
    settle(&mut w, &voters[0]);
    let verdicts = [0, 1, 2].map(|index| verdict(&w, index));
    assert_eq!(verdicts, [funded(SMALL), missed_quorum(MEDIUM), funded(SMALL)]);
}

#[test]
fn an_update_that_did_not_come_raises_the_next_ask() {
    let (mut w, voters) = submission(test_policy(), &[50, 950], &[]);
    let recipient = w.proposer();
    w.submit(&recipient, &Ask::with_reviews(MILLION, 60, 1)).unwrap();
    settle(&mut w, &voters[0]);
    w.to_execution(0);
    w.execute(0, 0).unwrap();
    // The checkpoint lies in the middle, and its window is a week.
    w.svm.advance(30 * DAY + 7 * DAY);
    w.hold(0, 0).unwrap();
    assert_eq!(record(&w, &recipient).missed_updates, 1);
    w.open_next_epoch();
    w.submit(&recipient, &Ask::of(MILLION)).unwrap();
    settle(&mut w, &voters[0]);
    assert_eq!(verdict(&w, 0), missed_quorum(MEDIUM));
}

// --- both -----------------------------------------------------------------------------------------

#[test]
fn both_together_raise_by_two_tiers() {
    needs(risky(2), 200, LARGE, |w| {
        let recipient = weak_recipient(w);
        w.submit(&recipient, &risk_ask(MILLION)).unwrap();
        let both = flags::WEAK_RECORD | flags::RISK_CLASS;
        assert_eq!(w.entry(0, 0).flags, flags::ACCEPTED | both | ADMITS_ALL);
    });
    // And from the medium tier no further than to the large one.
    needs(risky(2), 200, LARGE, |w| {
        let recipient = weak_recipient(w);
        w.submit(&recipient, &risk_ask(20 * MILLION)).unwrap();
    });
}

// --- what a raised tier brings --------------------------------------------------------------------

#[test]
fn a_raised_award_takes_the_timelock_of_its_tier() {
    for (weak, days) in [(false, 1), (true, 2)] {
        let (mut w, voters) = submission(test_policy(), &[1_000], &[]);
        let recipient = if weak { weak_recipient(&mut w) } else { w.proposer() };
        w.submit(&recipient, &Ask::of(MILLION)).unwrap();
        settle(&mut w, &voters[0]);
        let settled_at = w.epoch(0).settled_at;
        w.svm.set_now(settled_at + days * DAY - 1);
        refused(&mut w, BudgetError::StillTimelocked, |w| w.execute(0, 0));
        w.svm.advance(1);
        w.execute(0, 0).unwrap();
    }
}

#[test]
fn a_raised_ask_needs_the_approval_of_its_tier() {
    // 590 of 1,000 pass a small ask; a medium one needs 60 %.
    for (weak, expected) in [
        (false, funded(SMALL)),
        (true, (Outcome::Failed.into(), MEDIUM, Failure::ApprovalMissed.into())),
    ] {
        let (mut w, voters) = submission(test_policy(), &[590, 410], &[]);
        let recipient = if weak { weak_recipient(&mut w) } else { w.proposer() };
        w.submit(&recipient, &Ask::of(MILLION)).unwrap();
        w.to_voting();
        w.cast(&voters[0], &[(0, For)]).unwrap();
        w.cast(&voters[1], &[(0, Against)]).unwrap();
        w.to_tallying();
        w.settle().unwrap();
        assert_eq!(verdict(&w, 0), expected);
    }
}

#[test]
fn late_ballots_are_judged_at_the_raised_tier() {
    // 40 of 1,000 pass a small ask and no medium one.
    for (weak, flips) in [(false, true), (true, false)] {
        let (mut w, voters) = submission(test_policy(), &[40, 960], &[]);
        let recipient = if weak { weak_recipient(&mut w) } else { w.proposer() };
        w.submit(&recipient, &Ask::of(MILLION)).unwrap();
        let closes_at = w.epoch(0).voting_closes_at;
        w.to_tallying();
        w.svm.advance(-DAY / 2);
        let now = w.svm.now();
        w.cast(&voters[0], &[(0, For)]).unwrap();
        let extended = w.epoch(0).voting_closes_at;
        assert_eq!(extended, if flips { now + DAY } else { closes_at }, "weak: {weak}");
    }
}

#[test]
fn a_record_that_has_recovered_starts_where_it_belongs() {
    let (mut w, voters) = submission(test_policy(), &[50, 950], &[]);
    let recipient = weak_recipient(&mut w);
    w.submit(&recipient, &Ask::of(MILLION)).unwrap();
    next_epoch(&mut w);
    put_reviews(&mut w, &recipient, 15_000, 3, 0);
    w.submit(&recipient, &Ask::of(MILLION)).unwrap();
    settle(&mut w, &voters[0]);
    assert_eq!(verdict(&w, 0), funded(SMALL));
}
