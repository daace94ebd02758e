//! submit_action in the last quarter of the slate (R13)
//! ├── when no stake is shown ........................... StakeTooSmall
//! ├── when it weighs less than 1 % of the total ........ StakeTooSmall
//! ├── when it took a slot there in this epoch .......... ReservedSlotUsed
//! └── when it weighs as much ........................... taken, and marked in the stake

use budget_tests::*;
use community_budget::BudgetError;

use crate::{
    shared::{next_epoch, submission},
    test_submit_action::{fill, some_action},
};

/// An epoch in submission with three quarters of the slate taken. A member with `weight` of `total`
/// in all may propose.
fn at_the_last_quarter(weight: u64, total: u64) -> (World, Person) {
    let (mut w, _) = submission(test_policy(), &[total - weight], &[]);
    let person = if weight > 0 {
        w.staker(weight)
    } else {
        let person = w.person();
        w.open_stake(&person, 7 * DAY_SECS).unwrap();
        person
    };
    w.open_recipient_record(person.key()).unwrap();
    fill(&mut w, 12);
    assert_eq!(w.treasury().total_weight, total);
    (w, person)
}

#[test]
fn a_slot_of_the_last_quarter_takes_a_stake_of_one_percent() {
    // 1 % rounds up: of 10,001 it is 101.
    for (weight, total, enough) in [
        (100, 10_000, true),
        (99, 10_000, false),
        (101, 10_001, true),
        (100, 10_001, false),
        (1, 100, true),
        (1, 101, false),
        (0, 10_000, false),
    ] {
        let (mut w, person) = at_the_last_quarter(weight, total);
        let action = some_action(&w);
        let act = |w: &mut World| w.submit_action_with(&person, true, action);
        if enough {
            act(&mut w).unwrap();
            assert_eq!(w.entry(0, 12).action, 2, "{weight} of {total}");
            assert_eq!(w.stake_of(&person).act_epoch, 0);
        } else {
            refused(&mut w, BudgetError::StakeTooSmall, act);
        }
    }
}

#[test]
fn a_stake_that_is_not_shown_does_not_count() {
    let (mut w, person) = at_the_last_quarter(9_000, 10_000);
    let action = some_action(&w);
    refused(&mut w, BudgetError::StakeTooSmall, |w| w.submit_action(&person, action));
}

#[test]
fn where_nobody_has_staked_an_empty_stake_is_too_small() {
    let (mut w, _) = submission(test_policy(), &[], &[]);
    let person = w.proposer();
    w.open_stake(&person, 7 * DAY_SECS).unwrap();
    fill(&mut w, 12);
    assert_eq!(w.treasury().total_weight, 0);
    let action = some_action(&w);
    refused(&mut w, BudgetError::StakeTooSmall, |w| w.submit_action_with(&person, true, action));
}

#[test]
fn what_counts_is_the_present_weight_lock_included_and_cooling_tokens_excluded() {
    let (mut w, person) = at_the_last_quarter(70, 10_000);
    let action = some_action(&w);
    refused(&mut w, BudgetError::StakeTooSmall, |w| {
        w.submit_action_with(&person, true, action.clone())
    });
    // 70 at the longest lock weigh 105 of 10,035.
    w.set_lock(&person, 180 * DAY_SECS).unwrap();
    w.unstake(&person, 3).unwrap();
    // 67 weigh 100 of 10,030.
    refused(&mut w, BudgetError::StakeTooSmall, |w| {
        w.submit_action_with(&person, true, action.clone())
    });
    w.stake(&person, 1).unwrap();
    assert_eq!((w.stake_of(&person).weight, w.treasury().total_weight), (102, 10_032));
    w.submit_action_with(&person, true, action).unwrap();
}

#[test]
fn a_stake_takes_one_slot_of_the_last_quarter_per_epoch() {
    let (mut w, person) = at_the_last_quarter(5_000, 10_000);
    let action = some_action(&w);
    w.submit_action_with(&person, true, action.clone()).unwrap();
    refused(&mut w, BudgetError::ReservedSlotUsed, |w| {
        w.submit_action_with(&person, true, action.clone())
    });
    // Another stake takes the next one.
    let other = w.staker(5_000);
    w.open_recipient_record(other.key()).unwrap();
    w.submit_action_with(&other, true, action.clone()).unwrap();
    next_epoch(&mut w);
    fill(&mut w, 12);
    w.submit_action_with(&person, true, action.clone()).unwrap();
    assert_eq!(w.stake_of(&person).act_epoch, 1);
    refused(&mut w, BudgetError::ReservedSlotUsed, |w| w.submit_action_with(&person, true, action));
}

#[test]
fn a_withdrawn_act_has_used_the_slot_all_the_same() {
    let (mut w, person) = at_the_last_quarter(5_000, 10_000);
    let action = some_action(&w);
    w.submit_action_with(&person, true, action.clone()).unwrap();
    w.withdraw(&person, 12).unwrap();
    refused(&mut w, BudgetError::ReservedSlotUsed, |w| w.submit_action_with(&person, true, action));
}

#[test]
fn an_earlier_slot_uses_no_reserved_one() {
    let (mut w, _) = submission(test_policy(), &[], &[]);
    let person = w.staker(1_000);
    w.open_recipient_record(person.key()).unwrap();
    let action = some_action(&w);
    w.submit_action_with(&person, true, action.clone()).unwrap();
    assert_eq!(w.stake_of(&person).act_epoch, u32::MAX);
    fill(&mut w, 12);
    w.submit_action_with(&person, true, action).unwrap();
    assert_eq!(w.stake_of(&person).act_epoch, 0);
}

#[test]
fn a_dormant_stake_is_too_small() {
    let mut w = World::new();
    let (person, _) = (w.staker(5_000), w.staker(5_000));
    w.open_recipient_record(person.key()).unwrap();
    for _ in 0..8 {
        w.open_next_epoch();
        w.to_tallying();
        w.settle().unwrap();
    }
    w.mark_dormant(&person).unwrap();
    w.open_next_epoch();
    fill(&mut w, 12);
    let action = some_action(&w);
    refused(&mut w, BudgetError::StakeTooSmall, |w| {
        w.submit_action_with(&person, true, action.clone())
    });
    w.set_delegate(&person, w.founder.key()).unwrap();
    w.submit_action_with(&person, true, action).unwrap();
}
