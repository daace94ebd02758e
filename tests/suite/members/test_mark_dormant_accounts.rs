//! mark_dormant: accounts (who and when: `test_mark_dormant`)
//! ├── given treasury and stake do not belong together  AccountMismatch
//! ├── given treasury or stake are read-only ........ ConstraintMut
//! └── given other records than the stake's own of the last eight epochs, newest first
//!                                                    AccountMismatch

use anchor_lang::{error::ErrorCode, prelude::Pubkey};
use budget_tests::*;
use community_budget::BudgetError;

use crate::{
    common::*,
    test_mark_dormant::{RECORDS, eight_missed, epoch_with_ballots, marking},
};

const TREASURY: usize = 0;
const STAKE: usize = 1;

#[test]
fn eight_records_must_be_shown_and_no_more() {
    let (mut w, alice, _) = eight_missed();
    let whole = marking(&w, &alice);
    for count in [0, 1, 7] {
        let mut instruction = whole.clone();
        instruction.accounts.truncate(RECORDS + count);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[]));
    }
    let mut instruction = whole;
    instruction.accounts.push(instruction.accounts[RECORDS].clone());
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[]));
}

#[test]
fn the_records_must_come_newest_first() {
    let (mut w, alice, _) = eight_missed();
    let mut reversed = marking(&w, &alice);
    reversed.accounts[RECORDS..].reverse();
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(reversed, &[]));
    for first in 0..7 {
        let mut instruction = marking(&w, &alice);
        instruction.accounts.swap(RECORDS + first, RECORDS + first + 1);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[]));
    }
}

#[test]
fn every_record_must_be_of_this_stake_and_its_own_epoch() {
    let (mut w, alice, bob) = eight_missed();
    pass_epochs(&mut w, 1);
    let twin = sibling(&mut w);
    for behind in 0..8u32 {
        let position = RECORDS + usize::try_from(behind).unwrap();
        let index = 8 - behind;
        let epoch = w.community.epoch(index);
        let wrong = [
            address::vote_record(&epoch, &bob.key()),
            address::vote_record(&twin.epoch(index), &alice.key()),
            // One epoch too old, and for the newest one a second time.
            address::vote_record(&w.community.epoch(index - 1), &alice.key()),
            Pubkey::new_unique(),
        ];
        for key in wrong {
            let instruction = swapped(marking(&w, &alice), position, key);
            refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[]));
        }
    }
    w.mark_dormant(&alice).unwrap();
}

#[test]
fn records_of_earlier_epochs_do_not_stand_for_the_last_eight() {
    let mut w = World::new();
    let alice = w.staker(1_000);
    pass_epochs(&mut w, 8);
    epoch_with_ballots(&mut w, &[&alice]);
    // What would have been shown one epoch ago.
    let instruction = w.community.mark_dormant(alice.key(), 8);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[]));
    refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(&alice));
}

#[test]
fn treasury_and_stake_must_belong_together() {
    let (mut w, alice, _) = eight_missed();
    let twin = sibling(&mut w);
    within(&mut w, twin, |w| w.open_stake(&alice, 7 * DAY_SECS)).unwrap();
    for (position, key) in [(TREASURY, twin.treasury), (STAKE, twin.stake(&alice.key()))] {
        let instruction = swapped(marking(&w, &alice), position, key);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[]));
    }
}

#[test]
fn the_stake_of_another_does_not_stand_for_the_one_whose_records_are_shown() {
    let mut w = World::new();
    let (alice, bob) = (w.staker(1_000), w.staker(300));
    pass_epochs(&mut w, 7);
    epoch_with_ballots(&mut w, &[&alice]);
    let alices = w.community.stake(&alice.key());
    let instruction = swapped(marking(&w, &bob), STAKE, alices);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[]));
}

#[test]
fn treasury_and_stake_must_be_writable() {
    let (mut w, alice, _) = eight_missed();
    for position in [TREASURY, STAKE] {
        let mut instruction = marking(&w, &alice);
        instruction.accounts[position].is_writable = false;
        refused_by_anchor(&mut w, ErrorCode::ConstraintMut, |w| w.send(instruction, &[]));
    }
}
