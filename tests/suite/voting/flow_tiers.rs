//! R4 and R6 against splitting: the tier follows from a recipient's cumulative accepted ask, and
//! small awards together may not exceed what one medium award could.
//!
//! Of 1 billion free, a small ask is at most 10 million, a medium one 50 million. In an electorate
//! of 1,000, 50 votes for meet the small thresholds and miss the medium quorum of 100.

use budget_rules::{allocation::Reason, outcome::Failure};
use budget_tests::*;

use crate::shared::submission;

const MILLION: u64 = 1_000_000;
const SMALL: u8 = 0;
const MEDIUM: u8 = 1;
const LARGE: u8 = 2;

/// An epoch in submission with one voter of 50 and one of 950.
fn open() -> (World, Vec<Person>) {
    submission(test_policy(), &[50, 950], &[])
}

/// Lets `voters` choose every entry that stands and settles.
fn settle(w: &mut World, voters: &[Person]) {
    w.to_voting();
    let ballot: Vec<(u8, Choice)> = (0..w.epoch(0).entry_count)
        .filter(|index| w.entry(0, *index).is_votable())
        .map(|index| (index, For))
        .collect();
    for voter in voters {
        w.cast(voter, &ballot).unwrap();
    }
    w.to_tallying();
    w.settle().unwrap();
}

/// Outcome, tier and reason of an entry.
fn verdict(w: &World, index: u8) -> (u8, u8, u8) {
    let entry = w.entry(0, index);
    (entry.outcome, entry.tier, entry.reason)
}

fn funded(tier: u8) -> (u8, u8, u8) {
    (Outcome::Funded.into(), tier, 0)
}

fn failed(tier: u8, why: Failure) -> (u8, u8, u8) {
    (Outcome::Failed.into(), tier, why.into())
}

fn unfunded(tier: u8, why: Reason) -> (u8, u8, u8) {
    (Outcome::Unfunded.into(), tier, why.into())
}

// --- one recipient ------------------------------------------------------------------------------

#[test]
fn an_ask_split_over_one_recipients_proposals_is_judged_as_a_whole() {
    let (mut w, voters) = open();
    let (splitter, other) = (w.proposer(), w.proposer());
    for _ in 0..3 {
        w.submit(&splitter, &Ask::of(4 * MILLION)).unwrap();
    }
    w.submit(&other, &Ask::of(4 * MILLION)).unwrap();
    settle(&mut w, &voters[..1]);
    for index in 0..3 {
        assert_eq!(verdict(&w, index), failed(MEDIUM, Failure::QuorumMissed));
    }
    assert_eq!(verdict(&w, 3), funded(SMALL));
}

#[test]
fn parts_that_meet_the_thresholds_of_the_whole_take_its_tier() {
    let (mut w, voters) = open();
    let splitter = w.proposer();
    for _ in 0..3 {
        w.submit(&splitter, &Ask::of(4 * MILLION)).unwrap();
    }
    settle(&mut w, &voters);
    for index in 0..3 {
        assert_eq!(verdict(&w, index), funded(MEDIUM));
    }
}

#[test]
fn many_proposers_for_one_recipient_change_nothing() {
    let (mut w, voters) = open();
    let recipient = w.proposer();
    for index in 0..3 {
        let proposer = w.proposer();
        w.submit_for(&proposer, &recipient, false, &Ask::of(4 * MILLION)).unwrap();
        w.accept(&recipient, index).unwrap();
    }
    settle(&mut w, &voters[..1]);
    for index in 0..3 {
        assert_eq!(verdict(&w, index), failed(MEDIUM, Failure::QuorumMissed));
    }
}

#[test]
fn the_sum_may_reach_the_small_limit_and_no_further() {
    for (second, expected) in
        [(4 * MILLION, funded(SMALL)), (4 * MILLION + 1, failed(MEDIUM, Failure::QuorumMissed))]
    {
        let (mut w, voters) = open();
        let recipient = w.proposer();
        for amount in [6 * MILLION, second] {
            w.submit(&recipient, &Ask::of(amount)).unwrap();
        }
        settle(&mut w, &voters[..1]);
        assert_eq!((verdict(&w, 0), verdict(&w, 1)), (expected, expected));
    }
}

#[test]
fn the_sum_may_reach_the_medium_limit_and_no_further() {
    // 150 of 1,000 meet the medium quorum and miss the large one of 200.
    for (second, expected) in
        [(25 * MILLION, funded(MEDIUM)), (25 * MILLION + 1, failed(LARGE, Failure::QuorumMissed))]
    {
        let (mut w, voters) = submission(test_policy(), &[150, 850], &[]);
        let recipient = w.proposer();
        for amount in [25 * MILLION, second] {
            w.submit(&recipient, &Ask::of(amount)).unwrap();
        }
        settle(&mut w, &voters[..1]);
        assert_eq!((verdict(&w, 0), verdict(&w, 1)), (expected, expected));
    }
}

#[test]
fn what_was_not_accepted_does_not_count() {
    let (mut w, voters) = open();
    let (recipient, stranger) = (w.proposer(), w.proposer());
    w.submit(&recipient, &Ask::of(6 * MILLION)).unwrap();
    // Nobody can push a recipient's asks into a stricter tier.
    w.submit_for(&stranger, &recipient, false, &Ask::of(200 * MILLION)).unwrap();
    settle(&mut w, &voters[..1]);
    assert_eq!(verdict(&w, 0), funded(SMALL));
    assert_eq!(verdict(&w, 1), (Outcome::NotAccepted.into(), 0, 0));
}

#[test]
fn what_was_withdrawn_leaves_the_sum() {
    // The first of them holds the sum; it works the same for both.
    for withdrawn in 0..3 {
        let (mut w, voters) = open();
        let recipient = w.proposer();
        for _ in 0..3 {
            w.submit(&recipient, &Ask::of(4 * MILLION)).unwrap();
        }
        w.withdraw(&recipient, withdrawn).unwrap();
        settle(&mut w, &voters[..1]);
        for index in (0..3).filter(|index| *index != withdrawn) {
            assert_eq!(verdict(&w, index), funded(SMALL), "{withdrawn} withdrawn");
        }
        assert_eq!(w.treasury().committed, 8 * MILLION);
    }
}

// --- fresh recipients ---------------------------------------------------------------------------

/// `count` fresh recipients who ask for 10 million each, the last one over `last_secs`.
fn fresh_recipients(w: &mut World, count: u8, last_secs: u32) {
    for index in 0..count {
        let recipient = w.proposer();
        let long = Ask::of(10 * MILLION);
        let duration_secs = if index + 1 == count { last_secs } else { long.duration_secs };
        w.submit(&recipient, &Ask { duration_secs, ..long }).unwrap();
    }
}

#[test]
fn fresh_recipients_share_the_medium_limit_at_small_thresholds() {
    let (mut w, voters) = open();
    fresh_recipients(&mut w, 6, 60 * DAY_SECS);
    settle(&mut w, &voters[..1]);
    for index in 0..5 {
        assert_eq!(verdict(&w, index), funded(SMALL));
    }
    assert_eq!(verdict(&w, 5), unfunded(SMALL, Reason::TierFull));
    assert_eq!(w.epoch(0).allocated, 50 * MILLION);
}

#[test]
fn beyond_it_an_award_that_meets_the_medium_thresholds_takes_their_timelock() {
    let (mut w, voters) = open();
    fresh_recipients(&mut w, 6, 60 * DAY_SECS);
    settle(&mut w, &voters);
    for index in 0..5 {
        assert_eq!(verdict(&w, index), funded(SMALL));
    }
    assert_eq!(verdict(&w, 5), funded(MEDIUM));

    let settled_at = w.svm.now();
    w.svm.set_now(settled_at + DAY);
    w.execute(0, 0).unwrap();
    w.svm.set_now(settled_at + 2 * DAY - 1);
    let still_locked = community_budget::BudgetError::StillTimelocked;
    refused(&mut w, still_locked, |w| w.execute(0, 5));
    w.svm.set_now(settled_at + 2 * DAY);
    w.execute(0, 5).unwrap();
}

#[test]
fn beyond_it_a_stream_too_short_for_the_medium_tier_is_full() {
    let (mut w, voters) = open();
    fresh_recipients(&mut w, 6, 58 * DAY_SECS - 1);
    settle(&mut w, &voters);
    assert_eq!(verdict(&w, 5), unfunded(SMALL, Reason::TierFull));
}

#[test]
fn a_smaller_award_takes_what_is_left_at_small_thresholds() {
    let (mut w, voters) = open();
    // 50 million in all: the last one fits to the unit.
    for amount in [10, 10, 10, 10, 9, 1].map(|millions| millions * MILLION) {
        let recipient = w.proposer();
        w.submit(&recipient, &Ask::of(amount)).unwrap();
    }
    settle(&mut w, &voters[..1]);
    for index in [0, 1, 2, 3, 4, 5] {
        assert_eq!(verdict(&w, index), funded(SMALL));
    }
    assert_eq!(w.epoch(0).allocated, 50 * MILLION);
}

/// Small, medium and large limits of 10, 50 and 60 million.
fn narrow_large_tier() -> Policy {
    let mut policy = test_policy();
    policy.tiers.rules[2].ask_limit_bps = 600;
    policy
}

#[test]
fn small_and_medium_awards_together_share_the_large_limit() {
    // 150 of 1,000 meet the medium thresholds and miss the large quorum of 200.
    for (last, expected) in
        [(20 * MILLION, funded(MEDIUM)), (20 * MILLION + 1, unfunded(MEDIUM, Reason::TierFull))]
    {
        let (mut w, voters) = submission(narrow_large_tier(), &[150, 850], &[]);
        for amount in [20 * MILLION, 20 * MILLION, last] {
            let recipient = w.proposer();
            w.submit(&recipient, &Ask::of(amount)).unwrap();
        }
        settle(&mut w, &voters[..1]);
        assert_eq!(verdict(&w, 0), funded(MEDIUM));
        assert_eq!(verdict(&w, 1), funded(MEDIUM));
        assert_eq!(verdict(&w, 2), expected);
    }
}

#[test]
fn beyond_it_an_award_that_meets_the_large_thresholds_is_funded_as_large() {
    let (mut w, voters) = submission(narrow_large_tier(), &[150, 850], &[]);
    for amount in [20 * MILLION, 20 * MILLION, 20 * MILLION + 1] {
        let recipient = w.proposer();
        w.submit(&recipient, &Ask::of(amount)).unwrap();
    }
    settle(&mut w, &voters);
    assert_eq!(verdict(&w, 2), funded(LARGE));
}
