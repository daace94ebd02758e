//! R1, the streak, when vote records are closed late: in whatever order, by whomever, and whatever
//! happened to the stake meanwhile (`flow_streak` tells what a streak is worth).
//!
//! closing
//! ├── given any order .............................. the same shares and the same weight
//! ├── given tokens or a lock changed meanwhile ..... the share is of the tokens that voted
//! ├── given eight epochs have followed ............. past
//! ├── given a vote is on ........................... no power in it changes
//! └── given a delegate's ballot .................... the owner's streak

use budget_tests::*;
use community_budget::state::{Action, PolicyPatch};

use crate::{
    common::*,
    flow_snapshot::power_of,
    flow_streak::{
        LONG, MILLION, SHORT, settle, to_next_voting, vote, vote_and_close, weight, with_bonuses,
        world,
    },
};

/// Every order of three records.
const ORDERS: [[u32; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

#[test]
fn records_note_the_same_shares_in_any_order_of_closing() {
    for order in ORDERS {
        let mut w = with_bonuses(5_000, 0);
        let alice = w.staker(MILLION);
        for added in [0, MILLION, 2 * MILLION] {
            if added > 0 {
                w.stake(&alice, added).unwrap();
            }
            vote(&mut w, &alice);
        }
        for epoch in order {
            w.close_vote_record(epoch, &alice).unwrap();
        }
        let stake = w.stake_of(&alice);
        assert_eq!(stake.participation, [2_500, 5_000, 10_000, 0, 0, 0, 0, 0], "{order:?}");
        assert_eq!(stake.participation_latest, 2);
        // The bonus comes into force, and with it the same weight for all.
        let proposer = w.proposer();
        let mut section = w.treasury().policy.stake;
        section.streak_bonus_bps = 8_000;
        let patch = Action::SetPolicy(PolicyPatch::Stake(section));
        w.pass_action(&proposer, &alice, patch);
        w.open_next_epoch();
        w.refresh_stake(&alice).unwrap();
        assert_eq!(weight(&w, &alice), 4_699_600, "{order:?}");
    }
}

#[test]
fn records_closed_late_weigh_as_much_as_records_closed_at_once() {
    for order in ORDERS {
        let mut w = world();
        let alice = w.staker(MILLION);
        for _ in 0..3 {
            vote(&mut w, &alice);
        }
        for (closed, epoch) in (1..).zip(order) {
            w.close_vote_record(epoch, &alice).unwrap();
            assert_eq!(weight(&w, &alice), MILLION + closed * MILLION / 10, "{order:?}");
        }
        // And they leave the window one by one, whichever came first.
        pass_epochs(&mut w, 5);
        for left in [3, 2, 1, 0] {
            w.refresh_stake(&alice).unwrap();
            assert_eq!(weight(&w, &alice), MILLION + left * MILLION / 10, "{order:?}");
            pass_epochs(&mut w, 1);
        }
    }
}

#[test]
fn records_of_a_growing_stake_weigh_the_same_in_any_order_of_closing() {
    for order in ORDERS {
        let mut w = world();
        let alice = w.staker(MILLION);
        for added in [0, MILLION, 2 * MILLION] {
            if added > 0 {
                w.stake(&alice, added).unwrap();
            }
            vote(&mut w, &alice);
        }
        for epoch in order {
            w.close_vote_record(epoch, &alice).unwrap();
        }
        assert_eq!(weight(&w, &alice), 4_699_600, "{order:?}");
    }
}

#[test]
fn a_record_closed_before_tokens_are_added_notes_what_it_would_note_afterwards() {
    for closed_first in [true, false] {
        let mut w = world();
        let alice = w.staker(MILLION);
        vote(&mut w, &alice);
        if closed_first {
            w.close_vote_record(0, &alice).unwrap();
        }
        w.stake(&alice, 3 * MILLION).unwrap();
        if !closed_first {
            w.close_vote_record(0, &alice).unwrap();
        }
        assert_eq!(w.stake_of(&alice).participation[0], 2_500);
        assert_eq!(weight(&w, &alice), 4_099_600);
    }
}

#[test]
fn a_lock_changed_between_ballot_and_closing_changes_no_share() {
    for (voted_with, closed_with, weighs) in [(SHORT, LONG, 1_600_000), (LONG, SHORT, 1_100_000)] {
        let mut w = world();
        let alice = w.person();
        w.open_stake(&alice, voted_with).unwrap();
        w.stake(&alice, MILLION).unwrap();
        vote(&mut w, &alice);
        w.set_lock(&alice, closed_with).unwrap();
        w.close_vote_record(0, &alice).unwrap();
        assert_eq!(w.stake_of(&alice).participation[0], 10_000);
        assert_eq!(weight(&w, &alice), weighs);
    }
}

#[test]
fn tokens_that_came_after_the_opening_took_no_part_whatever_they_weigh() {
    // The bonus of a long lock must not stand in for tokens that did not vote.
    let mut w = world();
    let alice = w.person();
    w.open_stake(&alice, LONG).unwrap();
    w.stake(&alice, MILLION).unwrap();
    to_next_voting(&mut w);
    w.stake(&alice, MILLION).unwrap();
    assert_eq!(power_of(&mut w, &alice), 1_500_000);
    settle(&mut w);
    w.close_vote_record(0, &alice).unwrap();
    assert_eq!(w.stake_of(&alice).participation[0], 5_000);
    assert_eq!(weight(&w, &alice), 3_100_000);
}

#[test]
fn tokens_taken_away_before_the_ballot_took_no_part() {
    let mut w = world();
    let alice = w.staker(MILLION);
    to_next_voting(&mut w);
    w.unstake(&alice, MILLION / 2).unwrap();
    assert_eq!(power_of(&mut w, &alice), MILLION / 2);
    w.stake(&alice, MILLION / 2).unwrap();
    settle(&mut w);
    w.close_vote_record(0, &alice).unwrap();
    assert_eq!(w.stake_of(&alice).participation[0], 5_000);
    assert_eq!(weight(&w, &alice), 1_050_000);
}

#[test]
fn a_record_closed_when_eight_epochs_have_followed_is_past() {
    for (epochs, expected) in [(7, 1_100_000), (8, MILLION)] {
        let mut w = world();
        let alice = w.staker(MILLION);
        vote(&mut w, &alice);
        pass_epochs(&mut w, epochs);
        w.close_vote_record(0, &alice).unwrap();
        assert_eq!(weight(&w, &alice), expected, "{epochs} epochs later");
    }
}

#[test]
fn a_record_older_than_eight_epochs_does_not_push_a_newer_one_out() {
    let mut w = world();
    let alice = w.staker(MILLION);
    vote(&mut w, &alice);
    pass_epochs(&mut w, 7);
    vote_and_close(&mut w, &alice);
    assert_eq!(weight(&w, &alice), 1_100_000);
    w.close_vote_record(0, &alice).unwrap();
    assert_eq!(weight(&w, &alice), 1_100_000);
    assert_eq!(w.stake_of(&alice).participation_latest, 8);
}

#[test]
fn a_record_closed_during_a_vote_changes_no_power_in_it() {
    let mut w = world();
    let (alice, bob) = (w.staker(MILLION), w.staker(MILLION));
    vote(&mut w, &alice);
    to_next_voting(&mut w);
    w.close_vote_record(0, &alice).unwrap();
    assert_eq!(w.stake_of(&alice).weight, 1_100_000);
    assert_eq!(w.treasury().total_weight, 2_100_000);
    assert_eq!(power_of(&mut w, &alice), MILLION);
    assert_eq!(power_of(&mut w, &bob), MILLION);
    settle(&mut w);
    assert_eq!(w.epoch(1).electorate, 2 * MILLION);
    // It counts from the next vote on.
    to_next_voting(&mut w);
    assert_eq!(power_of(&mut w, &alice), 1_100_000);
    settle(&mut w);
    assert_eq!(w.epoch(2).electorate, 2_100_000);
}

#[test]
fn a_delegates_ballot_is_the_owners_streak() {
    let mut w = world();
    let (alice, bob) = (w.staker(MILLION), w.staker(MILLION));
    w.set_delegate(&alice, bob.key()).unwrap();
    to_next_voting(&mut w);
    let (args, payer) = (w.ballot(&[(0, For)]), w.svm.fee_payer());
    let ballot = w.community.cast_vote_for(alice.key(), bob.key(), payer, 0, args);
    w.send(ballot, &[&bob]).unwrap();
    settle(&mut w);
    w.close_vote_record(0, &alice).unwrap();
    assert_eq!(w.stake_of(&alice).weight, 1_100_000);
    assert_eq!(w.stake_of(&bob).weight, MILLION);
}
