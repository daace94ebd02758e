//! mark_dormant (accounts: `test_mark_dormant_accounts`)
//! ├── given the epoch is in Voting or Tallying ..... VotingInProgress
//! ├── given the stake is dormant already ........... AlreadyDormant
//! ├── given fewer than eight settled epochs ........ NotDormant
//! ├── given the stake joined within them ........... NotDormant
//! ├── given its owner touched it within them ....... NotDormant
//! ├── given it has an open record in one of them ... NotDormant
//! ├── given a ballot in one of them is noted ....... NotDormant
//! └── given it missed them all, whoever says so
//!     ├── it leaves the total, its tokens stay
//!     ├── it has no power while it is dormant
//!     ├── every touch of its owner wakes it, from the next opening of voting on
//!     └── woken, it has eight epochs to miss again

use anchor_lang::solana_program::instruction::Instruction;
use budget_tests::*;
use community_budget::{
    BudgetError,
    events::StakeRefreshed,
    state::{Stake, Treasury},
};

use crate::{
    common::*,
    event::event,
    flow_snapshot::{has_no_power, open_with_an_ask, power_of},
};

/// Position of the record of the newest settled epoch.
pub const RECORDS: usize = 2;

/// A member with a stake of 1,000 who missed the only eight epochs, and another one.
pub fn eight_missed() -> (World, Person, Person) {
    let mut w = World::new();
    let (alice, bob) = (w.staker(1_000), w.staker(300));
    pass_epochs(&mut w, 8);
    (w, alice, bob)
}

/// The marking of `person` that would go through.
pub fn marking(w: &World, person: &Person) -> Instruction {
    let settled = w.treasury().settled_epochs();
    let instruction = w.community.mark_dormant(person.key(), settled);
    assert_eq!(instruction.accounts.len(), RECORDS + 8);
    instruction
}

/// One epoch with an ask on its slate, on which `voters` vote, settled.
pub fn epoch_with_ballots(w: &mut World, voters: &[&Person]) {
    w.open_next_epoch();
    let proposer = w.proposer();
    w.submit(&proposer, &Ask::of(1_000_000)).unwrap();
    w.to_voting();
    for voter in voters {
        w.cast(voter, &[(0, For)]).unwrap();
    }
    w.to_tallying();
    w.settle().unwrap();
}

// --- what it does ---------------------------------------------------------------------------

#[test]
fn a_stake_that_missed_eight_epochs_leaves_the_total() {
    let (mut w, alice, _) = eight_missed();
    let (books, stake) = (w.treasury(), w.stake_of(&alice));
    let landed = w.mark_dormant(&alice).unwrap();
    let asleep = w.stake_of(&alice);
    // The last vote has opened long ago: what the stake weighed then is kept.
    let expected = Stake {
        dormant: 1,
        weight: 0,
        frozen_epoch: 7,
        frozen_weight: 1_000,
        frozen_amount: 1_000,
        ..stake
    };
    assert_same(asleep, expected);
    let expected = Treasury {
        total_weight: 300,
        frozen_epoch: 7,
        frozen_total: 1_300,
        seq: books.seq + 1,
        ..books
    };
    assert_same(w.treasury(), expected);
    let StakeRefreshed { seq, treasury, owner, dormant, weight, total_weight } = event(&landed);
    assert_eq!((seq, treasury, owner), (books.seq + 1, w.community.treasury, alice.key()));
    assert_eq!((dormant, weight, total_weight), (true, 0, 300));
}

#[test]
fn anyone_may_say_so() {
    let (mut w, alice, _) = eight_missed();
    let (stranger, instruction) = (w.person(), marking(&w, &alice));
    assert!(instruction.accounts.iter().all(|account| !account.is_signer));
    w.svm.send_paid_by(&stranger.wallet, &[instruction], &[]).unwrap();
    assert_eq!(w.stake_of(&alice).dormant, 1);
}

#[test]
fn it_has_no_power_and_is_no_part_of_the_electorate() {
    let (mut w, alice, bob) = eight_missed();
    w.mark_dormant(&alice).unwrap();
    let next_at = w.treasury().last_opened_at + 30 * DAY;
    w.svm.set_now(next_at);
    open_with_an_ask(&mut w);
    w.to_voting();
    has_no_power(&mut w, &alice);
    assert_eq!(power_of(&mut w, &bob), 300);
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(w.epoch(8).electorate, 300);
}

#[test]
fn its_tokens_stay_its_owners() {
    let (mut w, alice, _) = eight_missed();
    w.mark_dormant(&alice).unwrap();
    w.unstake(&alice, 1_000).unwrap();
    w.svm.advance(7 * DAY);
    w.withdraw_unstaked(&alice).unwrap();
    assert_eq!(stake_purse(&w, &alice), PURSE);
    assert_eq!((w.treasury().staked, w.treasury().total_weight), (300, 300));
    w.close_stake(&alice).unwrap();
    assert!(!w.svm.exists(&w.community.stake(&alice.key())));
}

#[test]
fn lamports_at_a_records_address_are_no_ballot() {
    let (mut w, alice, _) = eight_missed();
    for index in 0..8 {
        let record = w.vote_record_key(index, &alice);
        w.svm.fund(record, 1_000_000);
    }
    w.mark_dormant(&alice).unwrap();
    assert_eq!(w.stake_of(&alice).dormant, 1);
}

// --- waking ---------------------------------------------------------------------------------

/// What an owner can do to a stake of 1,000.
type Touch = fn(&mut World, &Person) -> Act;
const TOUCHES: [(&str, Touch); 4] = [
    ("stake", |w, alice| w.stake(alice, 500)),
    ("request_unstake", |w, alice| w.unstake(alice, 400)),
    ("set_lock", |w, alice| w.set_lock(alice, 180 * DAY_SECS)),
    ("set_delegate", |w, alice| w.set_delegate(alice, w.founder.key())),
];

#[test]
fn every_touch_of_its_owner_wakes_it() {
    for ((name, touch), weight) in TOUCHES.into_iter().zip([1_500, 600, 1_500, 1_000]) {
        let (mut w, alice) = dormant();
        touch(&mut w, &alice).unwrap();
        let stake = w.stake_of(&alice);
        assert_eq!((stake.dormant, stake.weight), (0, weight), "{name}");
        assert_eq!(w.treasury().total_weight, weight, "{name}");
    }
}

#[test]
fn woken_before_the_opening_it_votes() {
    let (mut w, alice) = dormant();
    let next_at = w.treasury().last_opened_at + 30 * DAY;
    w.svm.set_now(next_at);
    open_with_an_ask(&mut w);
    w.to_voting();
    w.svm.advance(-1);
    w.set_delegate(&alice, w.founder.key()).unwrap();
    w.svm.advance(1);
    assert_eq!(power_of(&mut w, &alice), 1_000);
}

#[test]
fn woken_after_the_opening_it_votes_in_the_next_epoch() {
    let (mut w, alice) = dormant();
    let bob = w.staker(300);
    let next_at = w.treasury().last_opened_at + 30 * DAY;
    w.svm.set_now(next_at);
    open_with_an_ask(&mut w);
    w.to_voting();
    w.set_delegate(&alice, w.founder.key()).unwrap();
    assert_eq!(w.stake_of(&alice).weight, 1_000);
    has_no_power(&mut w, &alice);
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(w.epoch(8).electorate, 300);
    epoch_with_ballots(&mut w, &[&alice, &bob]);
    assert_eq!((w.epoch(9).electorate, w.epoch(9).turnout), (1_300, 1_300));
}

#[test]
fn woken_it_has_eight_epochs_to_miss_again() {
    let (mut w, alice) = dormant();
    w.set_delegate(&alice, w.founder.key()).unwrap();
    for missed in 0..8 {
        refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
        pass_epochs(&mut w, 1);
        println!("{} missed since", missed + 1);
    }
    w.mark_dormant(&alice).unwrap();
    assert_eq!((w.stake_of(&alice).dormant, w.treasury().total_weight), (1, 0));
}

// --- when -----------------------------------------------------------------------------------

#[test]
fn nobody_is_marked_from_the_opening_of_voting_to_the_settlement() {
    let (mut w, alice, _) = eight_missed();
    w.open_next_epoch();
    let header = w.epoch(8);
    let (opens, closes) = (header.voting_opens_at, header.voting_closes_at);
    for now in [opens, opens + 1, closes - 1, closes, closes + 90 * DAY] {
        w.svm.set_now(now);
        refused(&mut w, BudgetError::VotingInProgress, |w| w.mark_dormant(&alice));
    }
    w.svm.set_now(opens - 1);
    w.mark_dormant(&alice).unwrap();
    assert_eq!(w.treasury().total_weight, 300);
}

#[test]
fn a_stake_is_marked_once() {
    let (mut w, alice) = dormant();
    refused(&mut w, BudgetError::AlreadyDormant, |w| w.mark_dormant(&alice));
    pass_epochs(&mut w, 1);
    refused(&mut w, BudgetError::AlreadyDormant, |w| w.mark_dormant(&alice));
}

#[test]
fn seven_epochs_are_too_few() {
    let mut w = World::new();
    let alice = w.staker(1_000);
    for settled in 0..8 {
        refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
        assert_eq!(w.treasury().settled_epochs(), settled);
        pass_epochs(&mut w, 1);
    }
    w.mark_dormant(&alice).unwrap();
    assert_eq!(w.stake_of(&alice).dormant, 1);
}

#[test]
fn an_epoch_that_is_not_settled_does_not_count() {
    let mut w = World::new();
    let alice = w.staker(1_000);
    pass_epochs(&mut w, 7);
    w.open_next_epoch();
    assert_eq!(w.treasury().epoch_count, 8);
    refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
}

// --- who --------------------------------------------------------------------------------------

#[test]
fn an_open_record_in_any_of_the_eight_epochs_is_a_ballot() {
    for voted in 0..8 {
        let mut w = World::new();
        let (alice, bob) = (w.staker(1_000), w.staker(300));
        pass_epochs(&mut w, voted);
        epoch_with_ballots(&mut w, &[&alice]);
        pass_epochs(&mut w, 7 - voted);
        refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
        w.mark_dormant(&bob).unwrap();
        // As soon as the epoch is not among the last eight, its record does not matter.
        pass_epochs(&mut w, voted);
        refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
        pass_epochs(&mut w, 1);
        w.mark_dormant(&alice).unwrap();
        assert_eq!(w.treasury().total_weight, 0, "voted in {voted}");
    }
}

#[test]
fn a_ballot_noted_in_any_of_the_eight_epochs_counts_as_long() {
    for voted in 0..8 {
        let mut w = World::new();
        let alice = w.staker(1_000);
        pass_epochs(&mut w, voted);
        epoch_with_ballots(&mut w, &[&alice]);
        w.close_vote_record(voted, &alice).unwrap();
        pass_epochs(&mut w, 7 - voted);
        assert!(!w.svm.exists(&w.vote_record_key(voted, &alice)));
        refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
        pass_epochs(&mut w, voted);
        refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
        pass_epochs(&mut w, 1);
        w.mark_dormant(&alice).unwrap();
        assert_eq!(w.stake_of(&alice).dormant, 1, "voted in {voted}");
    }
}

#[test]
fn a_delegates_ballot_is_the_stakes() {
    let mut w = World::new();
    let (alice, bob) = (w.staker(1_000), w.person());
    w.set_delegate(&alice, bob.key()).unwrap();
    pass_epochs(&mut w, 3);
    w.open_next_epoch();
    let proposer = w.proposer();
    w.submit(&proposer, &Ask::of(1_000_000)).unwrap();
    w.to_voting();
    let (args, payer) = (w.ballot(&[(0, For)]), w.svm.fee_payer());
    let ballot = w.community.cast_vote_for(alice.key(), bob.key(), payer, 3, args);
    w.send(ballot, &[&bob]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    pass_epochs(&mut w, 4);
    refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
    w.close_vote_record(3, &alice).unwrap();
    refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
}

#[test]
fn who_joined_within_the_eight_epochs_missed_fewer() {
    // Staked before voting opened, the epoch could have been voted in; afterwards it could not.
    for (after_opening, epochs) in [(-1, 8), (0, 9), (1, 9)] {
        let mut w = World::new();
        let alice = member(&mut w);
        pass_epochs(&mut w, 3);
        w.open_next_epoch();
        w.to_voting();
        w.svm.advance(after_opening);
        w.stake(&alice, 1_000).unwrap();
        w.to_tallying();
        w.settle().unwrap();
        pass_epochs(&mut w, epochs - 2);
        assert!(w.treasury().settled_epochs() > 8);
        refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
        pass_epochs(&mut w, 1);
        w.mark_dormant(&alice).unwrap();
        assert_eq!(w.stake_of(&alice).dormant, 1, "staked {after_opening} s after the opening");
    }
}

/// Who watches a quiet community cannot be put to sleep a second before voting opens.
#[test]
fn whom_the_owner_touched_within_the_eight_epochs_is_awake() {
    for (name, touch) in TOUCHES {
        let (mut w, alice, bob) = eight_missed();
        w.open_next_epoch();
        touch(&mut w, &alice).unwrap();
        w.to_voting();
        w.svm.advance(-1);
        refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
        w.mark_dormant(&bob).unwrap();
        w.to_tallying();
        w.settle().unwrap();
        // The epoch of the touch is the first that counts.
        pass_epochs(&mut w, 6);
        refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
        pass_epochs(&mut w, 1);
        w.mark_dormant(&alice).unwrap();
        assert_eq!(w.stake_of(&alice).dormant, 1, "{name}");
    }
}

#[test]
fn a_touch_of_somebody_else_keeps_nobody_awake() {
    let (mut w, alice, _) = eight_missed();
    w.refresh_stake(&alice).unwrap();
    w.mark_dormant(&alice).unwrap();
    assert_eq!(w.stake_of(&alice).dormant, 1);
}

#[test]
fn a_streak_that_was_diluted_to_nothing_was_a_streak_all_the_same() {
    let mut w = World::new();
    let alice = w.staker(1);
    for epoch in 0..8 {
        epoch_with_ballots(&mut w, &[&alice]);
        w.close_vote_record(epoch, &alice).unwrap();
    }
    w.stake(&alice, 1_000_000).unwrap();
    assert_eq!(w.stake_of(&alice).participation, [0; 8]);
    refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
}

#[test]
fn who_left_and_came_back_missed_nothing_before() {
    let mut w = World::new();
    let alice = w.staker(1_000);
    pass_epochs(&mut w, 8);
    w.unstake(&alice, 1_000).unwrap();
    w.stake(&alice, 1_000).unwrap();
    refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
    pass_epochs(&mut w, 7);
    refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
    pass_epochs(&mut w, 1);
    w.mark_dormant(&alice).unwrap();
    assert_eq!(w.stake_of(&alice).dormant, 1);
}
