//! settle_epoch
//! ├── given the epoch is not in Tallying .............. NotInTallying
//! ├── given treasury and epoch do not belong together . AccountMismatch
//! └── given voting has closed
//!     ├── when nobody proposed or voted ............... settles all the same
//!     ├── when an entry did not stand ................. Withdrawn, NotAccepted
//!     ├── when an entry misses a condition ............ Failed, with the first it misses
//!     ├── when an entry passes and fits ............... Funded
//!     ├── when it passes, but does not fit ............ Unfunded, with the reason
//!     └── always ...................................... books are written, anyone may settle

use budget_rules::{allocation::Reason, outcome::Failure};
use budget_tests::*;
use community_budget::{BudgetError, state::Entry};

use crate::shared::{second_treasury, submission, tally, voting, voting_under, within};

const MILLION: u64 = 1_000_000;
const EPOCH: usize = 1;

/// Lets `ballots` be cast, one per voter, and settles.
fn settled(mut w: World, voters: &[Person], ballots: &[&[(u8, Choice)]]) -> World {
    for (voter, ballot) in voters.iter().zip(ballots) {
        w.cast(voter, ballot).unwrap();
    }
    w.to_tallying();
    w.settle().unwrap();
    w
}

/// One medium ask, voted on by voters of these weights with these choices.
fn medium_ask(votes: &[(u64, Choice)]) -> Entry {
    ask_voted_on(20 * MILLION, votes)
}

/// One small ask, likewise.
fn small_ask(votes: &[(u64, Choice)]) -> Entry {
    ask_voted_on(MILLION, votes)
}

fn ask_voted_on(amount: u64, votes: &[(u64, Choice)]) -> Entry {
    let weights: Vec<u64> = votes.iter().map(|(weight, _)| *weight).collect();
    let (mut w, voters) = voting(&weights, &[amount]);
    for (voter, (_, choice)) in voters.iter().zip(votes) {
        if *choice != Unmarked {
            w.cast(voter, &[(0, *choice)]).unwrap();
        }
    }
    settled(w, &[], &[]).entry(0, 0)
}

#[track_caller]
fn assert_failed(entry: &Entry, why: Failure) {
    assert!(entry.is(Outcome::Failed), "outcome {}", entry.outcome);
    assert_eq!((entry.reason, entry.rank), (u8::from(why), 255));
}

#[track_caller]
fn assert_unfunded(entry: &Entry, why: Reason, rank: u8) {
    assert!(entry.is(Outcome::Unfunded), "outcome {}", entry.outcome);
    assert_eq!((entry.reason, entry.rank), (u8::from(why), rank));
}

#[track_caller]
fn assert_funded(entry: &Entry, rank: u8) {
    assert!(entry.is(Outcome::Funded), "outcome {} for {}", entry.outcome, entry.reason);
    assert_eq!((entry.reason, entry.rank), (0, rank));
}

/// Unanimous votes for every entry of a slate with these asks, settled.
fn unanimous(asks: &[Ask]) -> World {
    let (mut w, voters) = submission(test_policy(), &[1_000], asks);
    w.to_voting();
    let ballot: Vec<(u8, Choice)> = (0..w.epoch(0).entry_count).map(|index| (index, For)).collect();
    settled(w, &voters, &[&ballot])
}

// --- when and by whom ---------------------------------------------------------------------------

#[test]
fn an_epoch_is_settled_from_the_close_of_voting_on() {
    let (mut w, _) = voting(&[600], &[1]);
    let close = w.epoch(0).voting_closes_at;
    for early in [GENESIS, w.epoch(0).voting_opens_at, close - 1] {
        w.svm.set_now(early);
        refused(&mut w, BudgetError::NotInTallying, World::settle);
    }
    w.svm.set_now(close);
    w.settle().unwrap();
}

#[test]
fn an_epoch_can_be_settled_long_after_the_close() {
    for after in [1, 400 * DAY] {
        let (mut w, _) = voting(&[600], &[1]);
        w.to_tallying();
        w.svm.advance(after);
        w.settle().unwrap();
        assert_eq!(w.epoch(0).settled_at, w.svm.now());
    }
}

#[test]
fn an_epoch_is_settled_once() {
    let (w, voters) = voting(&[600], &[MILLION]);
    let mut w = settled(w, &voters, &[&[(0, For)]]);
    refused(&mut w, BudgetError::NotInTallying, World::settle);
    w.svm.advance(DAY);
    refused(&mut w, BudgetError::NotInTallying, World::settle);
}

#[test]
fn another_treasurys_epoch_is_refused() {
    let (mut w, _) = voting(&[600], &[1]);
    let other = second_treasury(&mut w);
    within(&mut w, other, World::open_epoch).unwrap();
    within(&mut w, other, World::to_tallying);
    refused(&mut w, BudgetError::AccountMismatch, |w| {
        w.send(swapped(w.community.settle_epoch(0), EPOCH, other.epoch(0)), &[])
    });
}

#[test]
fn a_stranger_may_settle() {
    let (mut w, _) = voting(&[600], &[1]);
    let stranger = w.person();
    w.to_tallying();
    w.svm.send_paid_by(&stranger.wallet, &[w.community.settle_epoch(0)], &[]).unwrap();
    assert_eq!(w.epoch(0).settled_at, w.svm.now());
}

// --- nothing to decide --------------------------------------------------------------------------

#[test]
fn an_epoch_without_proposals_settles() {
    let (mut w, _) = submission(test_policy(), &[600], &[]);
    w.to_tallying();
    w.settle().unwrap();
    let header = w.epoch(0);
    assert_eq!((header.electorate, header.allocated, header.entry_count), (600, 0, 0));
    assert_eq!((w.treasury().epoch_active, w.treasury().committed), (0, 0));
}

#[test]
fn an_epoch_without_votes_settles_and_funds_nothing() {
    let (w, _) = voting(&[600], &[MILLION, 20 * MILLION]);
    let w = settled(w, &[], &[]);
    for index in [0, 1] {
        assert_failed(&w.entry(0, index), Failure::NotMoreForThanAgainst);
    }
    assert_eq!((w.epoch(0).allocated, w.treasury().committed), (0, 0));
}

#[test]
fn what_was_not_accepted_or_was_withdrawn_is_not_judged() {
    let (mut w, voters) = submission(test_policy(), &[600], &[Ask::of(MILLION)]);
    let (proposer, recipient) = (w.proposer(), w.proposer());
    w.submit_for(&proposer, &recipient, false, &Ask::of(MILLION)).unwrap();
    w.submit(&proposer, &Ask::of(MILLION)).unwrap();
    w.withdraw(&proposer, 2).unwrap();
    w.to_voting();
    let withdrawn = w.entry(0, 2);
    let w = settled(w, &voters, &[&[(0, For)]]);

    assert_funded(&w.entry(0, 0), 0);
    let unaccepted = w.entry(0, 1);
    assert!(unaccepted.is(Outcome::NotAccepted));
    assert_eq!((unaccepted.tier, unaccepted.reason, unaccepted.rank), (0, 0, 255));
    assert_eq!(w.entry(0, 2), withdrawn);
    assert_eq!(w.entry(0, 3).outcome, u8::from(Outcome::Pending));
    assert_eq!(w.treasury().committed, MILLION);
}

// --- the vote -----------------------------------------------------------------------------------

#[test]
fn nothing_passes_below_the_smallest_electorate() {
    for (least, passes) in [(999, true), (1_000, true), (1_001, false)] {
        let mut policy = test_policy();
        policy.stake.min_total_weight = least;
        let (w, voters) = voting_under(policy, &[1_000], &[MILLION]);
        let entry = settled(w, &voters, &[&[(0, For)]]).entry(0, 0);
        if passes {
            assert_funded(&entry, 0);
        } else {
            assert_failed(&entry, Failure::ElectorateTooSmall);
        }
    }
}

#[test]
fn nothing_passes_where_nobody_staked() {
    let (w, _) = voting(&[], &[MILLION]);
    let w = settled(w, &[], &[]);
    assert_failed(&w.entry(0, 0), Failure::ElectorateTooSmall);
    assert_eq!(w.epoch(0).electorate, 0);
}

#[test]
fn a_tie_fails() {
    assert_failed(&small_ask(&[(500, For), (500, Against)]), Failure::NotMoreForThanAgainst);
    assert_funded(&small_ask(&[(501, For), (499, Against)]), 0);
}

#[test]
fn a_missed_quorum_fails() {
    assert_failed(&small_ask(&[(29, For), (971, Unmarked)]), Failure::QuorumMissed);
    assert_funded(&small_ask(&[(30, For), (970, Unmarked)]), 0);
    assert_failed(&medium_ask(&[(99, For), (901, Unmarked)]), Failure::QuorumMissed);
    assert_funded(&medium_ask(&[(100, For), (900, Unmarked)]), 0);
}

#[test]
fn a_quorum_rounds_up() {
    // 3 % of 1,001 are 30.03.
    assert_failed(&small_ask(&[(30, For), (971, Unmarked)]), Failure::QuorumMissed);
    assert_funded(&small_ask(&[(31, For), (970, Unmarked)]), 0);
}

#[test]
fn abstention_counts_for_the_quorum_only() {
    assert_funded(&small_ask(&[(16, For), (14, Abstain), (970, Unmarked)]), 0);
    let missed = small_ask(&[(16, For), (13, Abstain), (971, Unmarked)]);
    assert_failed(&missed, Failure::QuorumMissed);
}

#[test]
fn a_missed_approval_fails() {
    assert_failed(&medium_ask(&[(599, For), (401, Against)]), Failure::ApprovalMissed);
    assert_funded(&medium_ask(&[(600, For), (400, Against)]), 0);
}

#[test]
fn support_that_is_too_thin_fails() {
    // 50.01 % of 3 % of 1,000 are 15.003.
    assert_failed(&small_ask(&[(15, For), (985, Abstain)]), Failure::SupportTooThin);
    assert_funded(&small_ask(&[(16, For), (984, Abstain)]), 0);
}

#[test]
fn the_electorate_is_the_weight_at_the_opening() {
    // 3 % of 1,000 are 30; of what is staked at the close they would be 330.
    let (mut w, voters) = voting(&[30, 970], &[MILLION]);
    w.staker(10_000);
    w.unstake(&voters[1], 900).unwrap();
    let w = settled(w, &voters, &[&[(0, For)]]);
    assert_eq!(w.epoch(0).electorate, 1_000);
    assert_funded(&w.entry(0, 0), 0);
}

// --- the money ----------------------------------------------------------------------------------

#[test]
fn settlement_writes_entries_header_and_treasury() {
    let asks =
        [Ask::of(MILLION), Ask { category: 1, ..Ask::of(20 * MILLION) }, Ask::of(2 * MILLION)];
    let (mut w, voters) = submission(test_policy(), &[900, 100], &asks);
    w.to_voting();
    let treasury = w.treasury();
    for (voter, choice) in voters.iter().zip([For, Against]) {
        w.cast(voter, &[(0, choice), (1, choice)]).unwrap();
    }
    let (before, entries) = (w.epoch(0), w.svm.slate(&w.community.epoch(0)));
    w.to_tallying();
    w.settle().unwrap();

    let header = w.epoch(0);
    assert_eq!((header.electorate, header.settled_at), (1_000, w.svm.now()));
    assert_eq!((header.allocated, header.executed), (21 * MILLION, 0));
    assert_eq!(header.category_awarded, [MILLION, 20 * MILLION, 0, 0, 0, 0, 0, 0]);
    assert_eq!((header.seq, header.slate_hash), (before.seq + 1, before.slate_hash));
    assert_eq!((header.vote_record_count, header.turnout), (2, 1_000));
    assert_eq!((header.open_proposals, header.cap), (3, before.cap));

    // Same margin: the smaller ask ranks first. Tallies and terms stay.
    let decided = |mut entry: Entry, outcome: Outcome, tier, reason, rank| {
        entry.outcome = outcome.into();
        (entry.tier, entry.reason, entry.rank) = (tier, reason, rank);
        entry
    };
    let failure = Failure::NotMoreForThanAgainst.into();
    let mut expected = entries.clone();
    expected[0] = decided(entries[0], Outcome::Funded, 0, 0, 0);
    expected[1] = decided(entries[1], Outcome::Funded, 1, 0, 1);
    expected[2] = decided(entries[2], Outcome::Failed, 0, failure, 255);
    assert_eq!(w.svm.slate(&w.community.epoch(0)), expected);
    assert_eq!(tally(&w, 0), (900, 100, 0));

    let books = w.treasury();
    assert_eq!((treasury.epoch_active, books.epoch_active), (1, 0));
    assert_eq!((treasury.committed, books.committed), (0, 21 * MILLION));
    assert_eq!((books.tracked, books.bonded), (treasury.tracked, treasury.bonded));
    assert_eq!(w.vault(), treasury.tracked);
}

#[test]
fn passing_awards_rank_by_margin_then_amount_then_index() {
    let (w, voters) = voting(&[500, 300, 200], &[5 * MILLION, 3 * MILLION, 3 * MILLION, 9, 9]);
    // Margins 500, 500, 500, 1,000 and 0 + 700 - 300 = 400.
    let w = settled(
        w,
        &voters,
        &[
            &[(0, For), (1, For), (2, For), (3, For), (4, For)],
            &[(3, For), (4, Against)],
            &[(3, For), (4, For)],
        ],
    );
    for (rank, index) in (0..).zip([3, 1, 2, 0, 4]) {
        assert_funded(&w.entry(0, index), rank);
    }
}

#[test]
fn an_award_beyond_the_cap_is_skipped_and_the_next_that_fits_is_taken() {
    let amounts = [60 * MILLION, 60 * MILLION + 1, 40 * MILLION];
    let (w, voters) = voting(&[700, 200, 100], &amounts);
    let w =
        settled(w, &voters, &[&[(0, For), (1, For), (2, For)], &[(0, For), (1, For)], &[(0, For)]]);
    assert_funded(&w.entry(0, 0), 0);
    assert_unfunded(&w.entry(0, 1), Reason::OverCap, 1);
    assert_funded(&w.entry(0, 2), 2);
    assert_eq!((w.epoch(0).allocated, w.epoch(0).cap), (100 * MILLION, 100 * MILLION));
    assert_eq!(w.treasury().committed, 100 * MILLION);
}

#[test]
fn one_unit_over_the_cap_is_too_much() {
    let w = unanimous(&[Ask::of(50 * MILLION), Ask::of(50 * MILLION + 1)]);
    assert_funded(&w.entry(0, 0), 0);
    assert_unfunded(&w.entry(0, 1), Reason::OverCap, 1);
    assert_eq!(w.epoch(0).allocated, 50 * MILLION);
}

#[test]
fn a_category_takes_no_more_than_its_share() {
    // Category 1 may take 40 of the cap's 100 million.
    let events = |amount| Ask { category: 1, ..Ask::of(amount) };
    let w = unanimous(&[
        events(15 * MILLION),
        events(25 * MILLION),
        events(25 * MILLION + 1),
        Ask::of(26 * MILLION),
    ]);
    assert_funded(&w.entry(0, 0), 0);
    assert_funded(&w.entry(0, 1), 1);
    assert_unfunded(&w.entry(0, 2), Reason::CategoryFull, 2);
    assert_funded(&w.entry(0, 3), 3);
    let awarded = w.epoch(0).category_awarded;
    assert_eq!(awarded[..2], [26 * MILLION, 40 * MILLION]);
}

#[test]
fn one_unit_over_a_categorys_share_is_too_much() {
    let events = |amount| Ask { category: 1, ..Ask::of(amount) };
    let w = unanimous(&[events(15 * MILLION), events(25 * MILLION + 1)]);
    assert_funded(&w.entry(0, 0), 0);
    assert_unfunded(&w.entry(0, 1), Reason::CategoryFull, 1);
}

#[test]
fn small_awards_beyond_the_medium_limit_are_full() {
    let amounts = [10 * MILLION; 6];
    let (w, voters) = voting(&[50, 950], &amounts);
    let ballot: Vec<(u8, Choice)> = (0..6).map(|index| (index, For)).collect();
    let w = settled(w, &voters, &[&ballot]);
    for index in 0..5 {
        assert_funded(&w.entry(0, index), index);
    }
    assert_unfunded(&w.entry(0, 5), Reason::TierFull, 5);
    assert_eq!(w.epoch(0).allocated, 50 * MILLION);
}

#[test]
fn a_cumulative_ask_above_the_large_limit_is_blocked() {
    for (second, blocked) in [(100 * MILLION, false), (100 * MILLION + 1, true)] {
        let (mut w, voters) = submission(test_policy(), &[1_000], &[]);
        let recipient = w.proposer();
        for amount in [100 * MILLION, second] {
            w.submit(&recipient, &Ask::of(amount)).unwrap();
        }
        w.to_voting();
        let w = settled(w, &voters, &[&[(0, For), (1, For)]]);
        if blocked {
            assert_unfunded(&w.entry(0, 0), Reason::TierBlocked, 0);
            assert_unfunded(&w.entry(0, 1), Reason::TierBlocked, 1);
            assert_eq!(w.treasury().committed, 0);
        } else {
            assert_funded(&w.entry(0, 0), 0);
            assert_unfunded(&w.entry(0, 1), Reason::OverCap, 1);
        }
    }
}

#[test]
fn a_stream_too_short_for_the_tier_of_the_cumulative_ask_is_blocked() {
    for (second, blocked) in [(5 * MILLION, false), (5 * MILLION + 1, true)] {
        let (mut w, voters) = submission(test_policy(), &[1_000], &[]);
        let recipient = w.proposer();
        for amount in [5 * MILLION, second] {
            let short = Ask { duration_secs: 58 * DAY_SECS - 1, ..Ask::of(amount) };
            w.submit(&recipient, &short).unwrap();
        }
        w.to_voting();
        let w = settled(w, &voters, &[&[(0, For), (1, For)]]);
        for index in [0, 1] {
            if blocked {
                assert_unfunded(&w.entry(0, index), Reason::TierBlocked, index);
                assert_eq!(w.entry(0, index).tier, 1);
            } else {
                assert_funded(&w.entry(0, index), index);
            }
        }
    }
}
