//! R4, P2, the terms that a tier asks for, length and checkpoints: held at submission, where the tier
//! is known, and at settlement, where a weak record, a recipient's sum or a full tier below raises it.
//!
//! terms
//! ├── given a risk class ........................... StreamTooShortForTier, TooFewCheckpoints
//! ├── given a weak record or a recipient's sum ..... TierBlocked at settlement
//! ├── given the tier below is full ................. TierFull
//! └── given the vote fails ......................... that comes first
//!
//! The tiers ask for 0, 1 and 3 checkpoints, the upper two for a month and a ruling of length.

use budget_rules::allocation::Reason;
use budget_tests::*;
use community_budget::BudgetError;

use crate::{
    flow_tier_raising::{
        LARGE, MEDIUM, MILLION, SMALL, funded, missed_quorum, risk_ask, risky, settle, verdict,
        weak_recipient,
    },
    shared::submission,
};

/// A derivative in category 1, and the checkpoints that the default policy asks of each tier.
fn risky_with_reviews() -> Policy {
    let mut policy = risky(2);
    for (rule, least) in policy.tiers.rules.iter_mut().zip([0, 1, 3, 0]) {
        rule.min_checkpoints = least;
    }
    policy
}

fn blocked(tier: u8) -> (u8, u8, u8) {
    (Outcome::Unfunded.into(), tier, Reason::TierBlocked.into())
}

#[test]
fn a_risk_ask_must_meet_the_terms_of_the_raised_tier_at_submission() {
    let (mut w, _) = submission(risky_with_reviews(), &[], &[]);
    let proposer = w.proposer();
    let long = 58 * DAY_SECS;
    let cases = [
        // A small one is medium: a month and a ruling long, with one review.
        (MILLION, long - 1, 12, Some(BudgetError::StreamTooShortForTier)),
        (MILLION, long, 0, Some(BudgetError::TooFewCheckpoints)),
        (MILLION, long, 1, None),
        // A medium one is large.
        (20 * MILLION, long, 2, Some(BudgetError::TooFewCheckpoints)),
        (20 * MILLION, long, 3, None),
        // A large one stays it.
        (60 * MILLION, long, 3, None),
    ];
    for (amount, duration_secs, checkpoints, expected) in cases {
        let ask = Ask { duration_secs, checkpoints, ..risk_ask(amount) };
        match expected {
            Some(expected) => refused(&mut w, expected, |w| w.submit(&proposer, &ask)),
            None => drop(w.submit(&proposer, &ask).unwrap()),
        }
    }
    // The same small ask in an operating category needs neither.
    let other = w.proposer();
    w.submit(&other, &Ask { duration_secs: DAY_SECS, ..Ask::of(MILLION) }).unwrap();
}

/// The verdict on the first entry, after unanimous votes.
fn unanimous(policy: Policy, submit: impl Fn(&mut World)) -> (u8, u8, u8) {
    let (mut w, voters) = submission(policy, &[1_000], &[]);
    submit(&mut w);
    settle(&mut w, &voters[0]);
    let verdict = verdict(&w, 0);
    assert_eq!(w.treasury().committed > 0, verdict.0 == u8::from(Outcome::Funded));
    verdict
}

#[test]
fn a_weak_recipients_ask_without_the_reviews_of_its_tier_is_blocked_at_settlement() {
    for (amount, checkpoints, expected) in [
        (MILLION, 0, blocked(MEDIUM)),
        (MILLION, 1, funded(MEDIUM)),
        (20 * MILLION, 1, blocked(LARGE)),
        (20 * MILLION, 2, blocked(LARGE)),
        (20 * MILLION, 3, funded(LARGE)),
        (60 * MILLION, 3, funded(LARGE)),
    ] {
        let found = unanimous(risky_with_reviews(), |w| {
            let recipient = weak_recipient(w);
            w.submit(&recipient, &Ask { checkpoints, ..Ask::of(amount) }).unwrap();
        });
        assert_eq!(found, expected, "{amount} with {checkpoints} checkpoints");
    }
}

#[test]
fn a_weak_recipients_ask_too_short_for_its_tier_is_blocked_at_settlement() {
    for (days, expected) in [(57, blocked(MEDIUM)), (58, funded(MEDIUM))] {
        let found = unanimous(risky_with_reviews(), |w| {
            let recipient = weak_recipient(w);
            w.submit(&recipient, &Ask::with_reviews(MILLION, days, 12)).unwrap();
        });
        assert_eq!(found, expected, "{days} days");
    }
}

#[test]
fn a_weak_recipients_ask_at_risk_needs_the_reviews_of_two_tiers_up() {
    for (checkpoints, expected) in [(1, blocked(LARGE)), (2, blocked(LARGE)), (3, funded(LARGE))] {
        let found = unanimous(risky_with_reviews(), |w| {
            let recipient = weak_recipient(w);
            w.submit(&recipient, &Ask { checkpoints, ..risk_ask(MILLION) }).unwrap();
        });
        assert_eq!(found, expected, "{checkpoints} checkpoints");
    }
}

#[test]
fn asks_that_are_medium_in_sum_need_its_reviews_each() {
    let (mut w, voters) = submission(risky_with_reviews(), &[1_000], &[]);
    let recipient = w.proposer();
    for checkpoints in [0, 1, 0] {
        w.submit(&recipient, &Ask { checkpoints, ..Ask::of(4 * MILLION) }).unwrap();
    }
    settle(&mut w, &voters[0]);
    let verdicts = [0, 1, 2].map(|index| verdict(&w, index));
    assert_eq!(verdicts, [blocked(MEDIUM), funded(MEDIUM), blocked(MEDIUM)]);
}

#[test]
fn an_award_that_settlement_would_raise_is_full_without_the_reviews_of_the_next_tier() {
    // Six awards of 10 million: five fill the small tier's 50, the last one must be medium.
    let tier_full = (Outcome::Unfunded.into(), SMALL, Reason::TierFull.into());
    for (checkpoints, expected) in [(0, tier_full), (1, funded(MEDIUM))] {
        let (mut w, voters) = submission(risky_with_reviews(), &[1_000], &[]);
        for index in 0..6 {
            let recipient = w.proposer();
            let checkpoints = if index == 5 { checkpoints } else { 0 };
            w.submit(&recipient, &Ask { checkpoints, ..Ask::of(10 * MILLION) }).unwrap();
        }
        settle(&mut w, &voters[0]);
        for index in 0..5 {
            assert_eq!(verdict(&w, index), funded(SMALL));
        }
        assert_eq!(verdict(&w, 5), expected, "{checkpoints} checkpoints");
    }
}

#[test]
fn what_does_not_pass_at_the_raised_tier_fails_before_it_is_blocked() {
    let (mut w, voters) = submission(risky_with_reviews(), &[99, 901], &[]);
    let recipient = weak_recipient(&mut w);
    w.submit(&recipient, &Ask::of(MILLION)).unwrap();
    settle(&mut w, &voters[0]);
    assert_eq!(verdict(&w, 0), missed_quorum(MEDIUM));
}
