//! R14, acts at settlement: judged at the constitutional tier, ranked among the awards, one per
//! target, and none of them takes money.
//!
//! acts
//! ├── given the constitutional thresholds .......... each missed by one and met
//! ├── given one act passes ......................... Approved, with its rank
//! ├── given several on one target .................. the best ranked stands, others are Superseded
//! ├── given other targets .......................... each stands
//! ├── given awards beside them ..................... one ranking; acts take nothing from the cap
//! └── given Approved or Superseded ................. executed or not
//!
//! The electorate is 10,000: an act needs 2,000 of quorum and 66.67 % of for and against.

use budget_rules::{allocation::Reason, outcome::Failure};
use budget_tests::*;
use community_budget::{
    BudgetError,
    events::EpochSettled,
    state::{Action, Entry, PolicyPatch, Role, Ruling},
};

use crate::{event::event, shared::submission};

const MILLION: u64 = 1_000_000;

/// A world in submission with voters of these weights and these acts on the slate, each of a
/// proposer of its own.
fn with_acts(weights: &[u64], acts: &[Action]) -> (World, Vec<Person>) {
    let (mut w, voters) = submission(test_policy(), weights, &[]);
    for action in acts {
        let proposer = w.proposer();
        w.submit_action(&proposer, action.clone()).unwrap();
    }
    (w, voters)
}

/// Lets each voter cast a ballot, and settles.
fn settle(w: &mut World, voters: &[Person], ballots: &[&[(u8, Choice)]]) -> Landed {
    w.to_voting();
    for (voter, ballot) in voters.iter().zip(ballots) {
        w.cast(voter, ballot).unwrap();
    }
    w.to_tallying();
    w.settle().unwrap()
}

fn guardian(key: u8) -> Action {
    World::set_role(Role::Guardian, [key; 32].into())
}

fn reviewer(key: u8) -> Action {
    World::set_role(Role::Reviewer, [key; 32].into())
}

fn entry(w: &World, index: u8) -> Entry {
    w.entry(w.current(), index)
}

/// Outcome and rank of an entry of the current epoch.
fn fate(w: &World, index: u8) -> (Outcome, u8) {
    let Entry { outcome, tier, reason, rank, .. } = entry(w, index);
    let known = [Outcome::Approved, Outcome::Superseded, Outcome::Funded, Outcome::Unfunded];
    let outcome = known.into_iter().find(|known| u8::from(*known) == outcome);
    let outcome = outcome.unwrap_or_else(|| panic!("entry {index} failed for {reason}"));
    if entry(w, index).action != 0 {
        assert_eq!((tier, reason), (3, 0), "an act is constitutional, and nothing limits it");
    }
    (outcome, rank)
}

#[track_caller]
fn assert_failed(w: &World, index: u8, why: Failure) {
    let entry = entry(w, index);
    assert!(entry.is(Outcome::Failed), "outcome {}", entry.outcome);
    assert_eq!((entry.tier, entry.reason, entry.rank), (3, why.into(), 255));
}

// --- thresholds -----------------------------------------------------------------------------------

/// One act, voted on by voters of these weights with these choices.
fn act_voted_on(votes: &[(u64, Choice)]) -> World {
    let weights: Vec<u64> = votes.iter().map(|(weight, _)| *weight).collect();
    let (mut w, voters) = with_acts(&weights, &[guardian(1)]);
    w.to_voting();
    for (voter, (_, choice)) in voters.iter().zip(votes) {
        if *choice != Unmarked {
            w.cast(voter, &[(0, *choice)]).unwrap();
        }
    }
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(w.epoch(0).electorate, 10_000);
    w
}

#[test]
fn an_act_needs_the_constitutional_quorum() {
    let w = act_voted_on(&[(1_999, For), (8_001, Unmarked)]);
    assert_failed(&w, 0, Failure::QuorumMissed);
    let w = act_voted_on(&[(2_000, For), (8_000, Unmarked)]);
    assert_eq!(fate(&w, 0), (Outcome::Approved, 0));
    let w = act_voted_on(&[(1_400, For), (600, Abstain), (8_000, Unmarked)]);
    assert_eq!(fate(&w, 0), (Outcome::Approved, 0));
}

#[test]
fn an_act_needs_two_thirds_of_who_decides() {
    let w = act_voted_on(&[(6_666, For), (3_334, Against)]);
    assert_failed(&w, 0, Failure::ApprovalMissed);
    let w = act_voted_on(&[(6_667, For), (3_333, Against)]);
    assert_eq!(fate(&w, 0), (Outcome::Approved, 0));
    let w = act_voted_on(&[(5_000, For), (5_000, Against)]);
    assert_failed(&w, 0, Failure::NotMoreForThanAgainst);
}

#[test]
fn an_act_needs_the_support_of_two_thirds_of_a_quorum() {
    // 66.67 % of 2,000 are 1,333.4.
    let w = act_voted_on(&[(1_333, For), (8_667, Abstain)]);
    assert_failed(&w, 0, Failure::SupportTooThin);
    let w = act_voted_on(&[(1_334, For), (8_666, Abstain)]);
    assert_eq!(fate(&w, 0), (Outcome::Approved, 0));
}

#[test]
fn what_is_enough_for_a_large_award_is_not_for_an_act_of_stricter_thresholds() {
    let mut policy = test_policy();
    policy.tiers.rules[3].quorum_bps = 3_000;
    let (mut w, voters) = submission(policy, &[2_999, 1, 7_000], &[Ask::of(60 * MILLION)]);
    let proposer = w.proposer();
    w.submit_action(&proposer, guardian(1)).unwrap();
    w.submit_action(&proposer, reviewer(1)).unwrap();
    settle(&mut w, &voters, &[&[(0, For), (1, For), (2, For)], &[(2, For)]]);
    // Same margin as the award; the one that reached 3,000 ranks first.
    assert_eq!(fate(&w, 0), (Outcome::Funded, 1));
    assert_failed(&w, 1, Failure::QuorumMissed);
    assert_eq!(fate(&w, 2), (Outcome::Approved, 0));
}

#[test]
fn an_act_needs_an_electorate_like_everything_else() {
    let mut policy = test_policy();
    policy.stake.min_total_weight = 10_001;
    let (mut w, voters) = submission(policy, &[10_000], &[]);
    let proposer = w.proposer();
    w.submit_action(&proposer, guardian(1)).unwrap();
    settle(&mut w, &voters, &[&[(0, For)]]);
    assert_failed(&w, 0, Failure::ElectorateTooSmall);
}

// --- targets --------------------------------------------------------------------------------------

#[test]
fn of_the_acts_on_one_target_the_best_ranked_stands() {
    let acts = [guardian(1), guardian(2), guardian(3)];
    let (mut w, voters) = with_acts(&[7_000, 2_000, 1_000], &acts);
    let ballots: [&[(u8, Choice)]; 3] =
        [&[(0, For), (1, For), (2, For)], &[(1, For), (2, For)], &[(1, For)]];
    let landed = settle(&mut w, &voters, &ballots);
    assert_eq!(fate(&w, 1), (Outcome::Approved, 0));
    assert_eq!(fate(&w, 2), (Outcome::Superseded, 1));
    assert_eq!(fate(&w, 0), (Outcome::Superseded, 2));
    let EpochSettled { passing, funded, approved, allocated, .. } = event(&landed);
    assert_eq!((passing, funded, approved, allocated), (3, 0, 1, 0));
}

#[test]
fn among_equals_the_one_proposed_first_stands() {
    let (mut w, voters) = with_acts(&[10_000], &[guardian(1), guardian(2)]);
    settle(&mut w, &voters, &[&[(0, For), (1, For)]]);
    assert_eq!(fate(&w, 0), (Outcome::Approved, 0));
    assert_eq!(fate(&w, 1), (Outcome::Superseded, 1));
}

#[test]
fn an_act_that_failed_or_was_withdrawn_supersedes_nothing() {
    let acts = [guardian(1), guardian(2), guardian(3)];
    let (mut w, voters) = with_acts(&[6_000, 4_000], &acts);
    let withdrawn = w.proposer();
    w.submit_action(&withdrawn, guardian(4)).unwrap();
    w.withdraw(&withdrawn, 3).unwrap();
    // 60 % are too few for the first two.
    let ballots: [&[(u8, Choice)]; 2] =
        [&[(0, For), (1, For), (2, For)], &[(0, Against), (1, Against)]];
    settle(&mut w, &voters, &ballots);
    assert_failed(&w, 0, Failure::ApprovalMissed);
    assert_failed(&w, 1, Failure::ApprovalMissed);
    assert_eq!(fate(&w, 2), (Outcome::Approved, 0));
    assert!(entry(&w, 3).is(Outcome::Withdrawn));
}

#[test]
fn acts_on_different_targets_stand_beside_each_other() {
    let policy = test_policy();
    let acts = [
        Action::SetPolicy(PolicyPatch::Slate(policy.slate)),
        Action::SetPolicy(PolicyPatch::Review(policy.review)),
        guardian(1),
        reviewer(1),
        World::set_role(Role::RiskReporter, [1; 32].into()),
        Action::ClearBreaker,
        Action::WriteOff { category: 0, amount: 1 },
        Action::WriteOff { category: 7, amount: 1 },
        // The last of the categories and the first of the policy's sections are no neighbours.
        Action::SetPolicy(PolicyPatch::Schedule(policy.schedule)),
    ];
    let (mut w, voters) = with_acts(&[10_000], &acts);
    let ballot: Vec<_> = (0..9).map(|index| (index, For)).collect();
    settle(&mut w, &voters, &[&ballot]);
    for index in 0..9 {
        assert_eq!(fate(&w, index), (Outcome::Approved, index));
    }
}

#[test]
fn acts_of_one_kind_on_one_target_supersede_each_other_whatever_they_say() {
    let mut other = test_policy().slate;
    other.per_proposer = 8;
    let pairs = [
        (
            Action::SetPolicy(PolicyPatch::Slate(test_policy().slate)),
            Action::SetPolicy(PolicyPatch::Slate(other)),
        ),
        (Action::ClearBreaker, Action::ClearBreaker),
        (Action::WriteOff { category: 3, amount: 1 }, Action::WriteOff { category: 3, amount: 2 }),
        (guardian(1), guardian(1)),
    ];
    for (first, second) in pairs {
        let (mut w, voters) = with_acts(&[10_000], &[first.clone(), second]);
        settle(&mut w, &voters, &[&[(0, For), (1, For)]]);
        assert_eq!(fate(&w, 0), (Outcome::Approved, 0), "{first:?}");
        assert_eq!(fate(&w, 1), (Outcome::Superseded, 1), "{first:?}");
    }
}

#[test]
fn rulings_supersede_each_other_stream_by_stream() {
    let (mut w, voters) = submission(test_policy(), &[10_000], &[1; 2].map(|_| Ask::of(MILLION)));
    settle(&mut w, &voters, &[&[(0, For), (1, For)]]);
    w.to_execution(0);
    for index in [0, 1] {
        w.execute(0, index).unwrap();
    }
    w.open_next_epoch();
    let rulings = [
        (0, Ruling::Cancel),
        (1, Ruling::Cancel),
        (0, Ruling::Reduce { keep_bps: 5_000 }),
        (1, Ruling::Reduce { keep_bps: 5_000 }),
        (0, Ruling::Reduce { keep_bps: 9_000 }),
    ];
    for (stream, ruling) in rulings {
        let (proposer, action) = (w.proposer(), w.ruling(0, stream, ruling));
        w.submit_action(&proposer, action).unwrap();
    }
    // A breaker or a position has a number of its own; no stream takes it.
    let proposer = w.proposer();
    w.submit_action(&proposer, Action::ClearBreaker).unwrap();
    let ballot: Vec<_> = (1..6).map(|index| (index, For)).collect();
    settle(&mut w, &voters, &[&ballot]);
    // The first ruling on stream 0 leads it, although nobody voted for it.
    assert_failed(&w, 0, Failure::NotMoreForThanAgainst);
    assert_eq!(fate(&w, 1), (Outcome::Approved, 0));
    assert_eq!(fate(&w, 2), (Outcome::Approved, 1));
    assert_eq!(fate(&w, 3), (Outcome::Superseded, 2));
    assert_eq!(fate(&w, 4), (Outcome::Superseded, 3));
    assert_eq!(fate(&w, 5), (Outcome::Approved, 4));
}

// --- beside awards --------------------------------------------------------------------------------

#[test]
fn acts_and_awards_share_one_ranking() {
    let asks = [Ask::of(2 * MILLION), Ask::of(MILLION)];
    let (mut w, voters) = submission(test_policy(), &[7_000, 2_000, 1_000], &asks);
    for action in [guardian(1), reviewer(1)] {
        let proposer = w.proposer();
        w.submit_action(&proposer, action).unwrap();
    }
    // Margins: 9,000 for the asks and the first act, 10,000 for the second.
    let ballots: [&[(u8, Choice)]; 3] = [
        &[(0, For), (1, For), (2, For), (3, For)],
        &[(0, For), (1, For), (2, For), (3, For)],
        &[(3, For)],
    ];
    let landed = settle(&mut w, &voters, &ballots);
    assert_eq!(fate(&w, 3), (Outcome::Approved, 0));
    // Among equal margins the smallest amount is first, and an act asks for nothing.
    assert_eq!(fate(&w, 2), (Outcome::Approved, 1));
    assert_eq!(fate(&w, 1), (Outcome::Funded, 2));
    assert_eq!(fate(&w, 0), (Outcome::Funded, 3));
    let EpochSettled { passing, funded, approved, allocated, committed, .. } = event(&landed);
    assert_eq!((passing, funded, approved), (4, 2, 2));
    assert_eq!((allocated, committed), (3 * MILLION, 3 * MILLION));
}

#[test]
fn acts_take_no_money_from_anything() {
    let (mut w, voters) = with_acts(&[10_000], &[guardian(1), guardian(2), reviewer(1)]);
    let writing_off = w.proposer();
    // An amount in an act is no ask.
    w.submit_action(&writing_off, Action::WriteOff { category: 1, amount: u64::MAX }).unwrap();
    let books = w.treasury();
    settle(&mut w, &voters, &[&[(0, For), (1, For), (2, For), (3, For)]]);
    let header = w.epoch(0);
    assert_eq!((header.allocated, header.executed), (0, 0));
    assert_eq!(header.category_awarded, [0; 8]);
    let after = w.treasury();
    assert_eq!((after.committed, after.tracked, after.outflow), (0, books.tracked, [0; 4]));
    assert_eq!(after.free(), books.free());
    assert_eq!(fate(&w, 3).0, Outcome::Approved);
}

#[test]
fn a_cap_that_is_used_up_leaves_every_act_standing() {
    // The cap is 100 million: the third award of 40 does not fit, what follows does.
    let asks = [40, 40, 40].map(|millions| Ask::of(millions * MILLION));
    let (mut w, voters) = submission(test_policy(), &[9_000, 1_000], &asks);
    for action in [guardian(1), reviewer(1), Action::ClearBreaker] {
        let proposer = w.proposer();
        w.submit_action(&proposer, action).unwrap();
    }
    let ballots: [&[(u8, Choice)]; 2] = [
        &[(0, For), (1, For), (2, For), (3, For), (4, For), (5, For)],
        &[(0, For), (1, For), (2, For)],
    ];
    settle(&mut w, &voters, &ballots);
    assert_eq!(fate(&w, 0), (Outcome::Funded, 0));
    assert_eq!(fate(&w, 1), (Outcome::Funded, 1));
    assert_eq!(fate(&w, 2), (Outcome::Unfunded, 2));
    assert_eq!(entry(&w, 2).reason, u8::from(Reason::OverCap));
    for (index, rank) in [(3, 3), (4, 4), (5, 5)] {
        assert_eq!(fate(&w, index), (Outcome::Approved, rank));
    }
    assert_eq!(w.epoch(0).allocated, 80 * MILLION);
}

#[test]
fn a_treasury_that_may_award_nothing_still_decides_on_itself() {
    // One recipient may be awarded a basis point of the cap of 100 million: too little for the ask.
    let mut policy = test_policy();
    policy.risk.max_recipient_bps = 1;
    let (mut w, voters) = submission(policy, &[10_000], &[Ask::of(MILLION)]);
    let proposer = w.proposer();
    w.submit_action(&proposer, guardian(1)).unwrap();
    settle(&mut w, &voters, &[&[(0, For), (1, For)]]);
    assert_eq!(entry(&w, 0).reason, u8::from(Reason::Concentration));
    assert_eq!(fate(&w, 1), (Outcome::Approved, 0));
}

#[test]
fn acts_fill_no_tier_and_no_category() {
    // Category 1 may take 40 million; its number is also that of the policy's slate section.
    let asks = [Ask { category: 1, ..Ask::of(40 * MILLION) }];
    let (mut w, voters) = submission(test_policy(), &[10_000], &asks);
    let proposer = w.proposer();
    let slate = Action::SetPolicy(PolicyPatch::Slate(test_policy().slate));
    w.submit_action(&proposer, slate).unwrap();
    settle(&mut w, &voters, &[&[(0, For), (1, For)]]);
    assert_eq!(fate(&w, 1), (Outcome::Approved, 0));
    assert_eq!(fate(&w, 0), (Outcome::Funded, 1));
    assert_eq!(w.epoch(0).category_awarded[..2], [0, 40 * MILLION]);
}

// --- afterwards -----------------------------------------------------------------------------------

#[test]
fn what_is_approved_is_executed_and_what_is_superseded_never() {
    let (mut w, voters) = with_acts(&[10_000], &[guardian(1), guardian(2)]);
    settle(&mut w, &voters, &[&[(0, For), (1, For)]]);
    let before = w.treasury().guardian;
    w.to_execution(0);
    w.svm.advance(-1);
    refused(&mut w, BudgetError::StillTimelocked, |w| w.execute_action(0, 0));
    w.svm.advance(1);
    refused(&mut w, BudgetError::EntryNotApproved, |w| w.execute_action(0, 1));
    assert_eq!(w.treasury().guardian, before);
    w.execute_action(0, 0).unwrap();
    assert_eq!(w.treasury().guardian, [1; 32].into());
    assert!(entry(&w, 0).is(Outcome::Executed));
    refused(&mut w, BudgetError::EntryNotApproved, |w| w.execute_action(0, 1));
    assert_eq!((w.epoch(0).allocated, w.epoch(0).executed), (0, 0));
    // What is superseded is final: its bond returns at once.
    w.close_proposal(0, 1).unwrap();
    assert!(!w.svm.exists(&w.proposal_key(0, 1)));
}

#[test]
fn an_act_that_failed_as_spam_forfeits_its_bond_and_a_superseded_one_does_not() {
    let (mut w, voters) = with_acts(&[99, 9_901], &[guardian(1), reviewer(1), reviewer(2)]);
    // 1 % of 10,000 are 100.
    let ballots: [&[(u8, Choice)]; 2] = [&[(0, For)], &[(1, For), (2, For)]];
    settle(&mut w, &voters, &ballots);
    assert_eq!(fate(&w, 2).0, Outcome::Superseded);
    let (proposers, tracked) =
        ([0, 2].map(|index| w.proposal(0, index).proposer), w.treasury().tracked);
    for index in [0, 2] {
        w.close_proposal(0, index).unwrap();
    }
    let purses = proposers.map(|key| token::balance(&w.svm, &w.community.budget_account(&key)));
    assert_eq!(purses, [PURSE - 51_000, PURSE - 1_000]);
    assert_eq!(w.treasury().tracked, tracked + 50_000);
}
