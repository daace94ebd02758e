//! The second epoch after the first: when it opens, what is left to give, what starts anew.

use budget_tests::*;
use community_budget::BudgetError;

use crate::stage::*;

#[test]
fn it_opens_one_period_after_the_first_and_not_before() {
    let (mut w, _) = settled();
    let opened_at = w.epoch(0).opened_at;
    w.svm.set_now(opened_at + 30 * DAY - 1);
    refused(&mut w, BudgetError::TooEarlyToOpen, |w| w.open_epoch());
    w.svm.advance(1);
    w.open_epoch().unwrap();
    assert_eq!(w.current(), 1);
    assert_eq!(w.epoch(1).opened_at, opened_at + 30 * DAY);
    assert_eq!(w.epoch(1).index, 1);
}

#[test]
fn it_waits_for_the_settlement_of_the_first_however_late() {
    let (mut w, _) = tallying();
    w.svm.advance(90 * DAY);
    refused(&mut w, BudgetError::EpochNotSettled, |w| w.open_epoch());
    w.settle().unwrap();
    w.open_epoch().unwrap();
    assert_eq!(w.current(), 1);
}

#[test]
fn its_cap_counts_what_the_first_left_free() {
    let (mut w, _) = streaming();
    w.svm.advance(30 * DAY);
    w.claim(0, 0).unwrap(); // paid or only promised: not free either way
    w.open_epoch().unwrap();
    let free = 1_000_000_000 + 2_000 - SMALL_ASK - MEDIUM_ASK; // two slot fees
    assert_eq!(w.epoch(1).free_at_open, free);
    assert_eq!(w.epoch(1).cap, free / 10);
}

#[test]
fn its_cap_counts_what_lapsed_from_the_first() {
    let (mut w, _) = settled();
    w.svm.advance(14 * DAY);
    w.lapse(0, 0).unwrap();
    w.svm.advance(30 * DAY);
    w.open_epoch().unwrap();
    assert_eq!(w.epoch(1).free_at_open, 1_000_000_000 + 2_000 - MEDIUM_ASK);
}

#[test]
fn records_count_anew() {
    let (mut w, cast) = submission();
    let per_proposer = w.treasury().policy.slate.per_proposer;
    for _ in 1..per_proposer {
        w.submit(&cast.alice, &Ask::of(1)).unwrap();
    }
    refused(&mut w, BudgetError::TooManyProposals, |w| w.submit(&cast.alice, &Ask::of(1)));
    w.to_tallying();
    w.settle().unwrap();
    w.svm.advance(30 * DAY);
    w.open_epoch().unwrap();
    for index in 0..per_proposer {
        w.submit(&cast.alice, &Ask::of(2)).unwrap();
        assert_eq!(w.entry(1, index).leader, 0);
    }
    refused(&mut w, BudgetError::TooManyProposals, |w| w.submit(&cast.alice, &Ask::of(1)));
    let asked = w.entry(1, 0).recipient_ask;
    assert_eq!(asked, 2 * u64::from(per_proposer), "the first epoch's asks do not count");
}

#[test]
fn the_voters_of_the_first_vote_again_with_what_they_hold_then() {
    let (mut w, cast) = settled();
    let voter = &cast.voters[0];
    w.stake(voter, 400).unwrap();
    w.svm.advance(30 * DAY);
    w.open_epoch().unwrap();
    w.submit(&cast.bob, &Ask::of(SMALL_ASK)).unwrap();
    w.to_voting();
    w.cast(voter, &[(0, For)]).unwrap();
    assert_eq!(w.vote_record(0, voter).weight, 600);
    assert_eq!(w.vote_record(1, voter).weight, 1_000);
    assert_eq!(w.entry(1, 0).for_, 1_000);
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(w.epoch(0).electorate, 1_000);
    assert_eq!(w.epoch(1).electorate, 1_400);
}

#[test]
fn both_epochs_awards_stream_side_by_side_and_everything_closes() {
    let (mut w, cast) = streaming();
    w.svm.advance(30 * DAY);
    w.open_epoch().unwrap();
    w.submit(&cast.alice, &Ask::of(MEDIUM_ASK)).unwrap();
    w.to_voting();
    for voter in &cast.voters {
        w.cast(voter, &[(0, For)]).unwrap();
    }
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(1);
    w.execute(1, 0).unwrap();
    let paid: u64 = (0..2).map(|index| w.stream(0, index).withdrawn).sum();
    assert_eq!(w.treasury().committed, SMALL_ASK + 2 * MEDIUM_ASK - paid);
    w.svm.advance(60 * DAY);
    for (epoch, index) in [(0, 0), (0, 1), (1, 0)] {
        w.claim(epoch, index).unwrap();
        w.close_stream(epoch, index).unwrap();
        w.close_proposal(epoch, index).unwrap();
    }
    for epoch in 0..2 {
        for voter in &cast.voters {
            w.close_vote_record(epoch, voter).unwrap();
        }
        w.close_epoch(epoch).unwrap();
    }
    let books = w.treasury();
    assert_eq!((books.committed, books.bonded), (0, 0));
    assert_eq!(books.tracked, w.vault());
    assert_eq!(w.vault(), 1_000_000_000 + 3_000 - SMALL_ASK - 2 * MEDIUM_ASK);
}
