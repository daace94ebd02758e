//! close_vote_record: where a reward goes (R12)
//! ├── given a reward is due, until two periods after settlement
//! │   ├── when paid elsewhere ............................. WrongRewardAccount
//! │   ├── when the associated account is missing, frozen,
//! │   │   given away or of another mint ................... RewardUnpayable, until it can be paid
//! │   └── when it can be paid
//! │       ├── the owner gets it, whoever cast the ballot
//! │       └── anyone may call
//! └── given none is due, or two periods have passed
//!     ├── the record closes without
//!     └── no account is asked for

use anchor_lang::prelude::Pubkey;
use budget_tests::*;
use community_budget::BudgetError;

use crate::{rewards::*, stage::*};

const REWARD_ACCOUNT: usize = 6;
const TOKEN_PROGRAM: usize = 8;

#[test]
fn rewards_can_be_claimed_until_two_periods_after_settlement() {
    let (mut w, voter) = due();
    since_settlement(&mut w, TWO_PERIODS - 1);
    pays(&mut w, &voter, DUE);
}

#[test]
fn from_two_periods_after_settlement_on_records_close_without_a_reward() {
    for secs in [TWO_PERIODS, TWO_PERIODS + 1] {
        let (mut w, voter) = due();
        since_settlement(&mut w, secs);
        pays(&mut w, &voter, 0);
        assert_eq!(w.treasury().reserved_funds, POOL);
    }
}

#[test]
fn the_reward_is_paid_nowhere_else() {
    let (mut w, voter) = due();
    let second = token_account(&mut w, voter.key());
    let stranger = w.person().key();
    let strangers = w.community.budget_account(&stranger);
    let stake_tokens = w.community.stake_token_account(&voter.key());
    for instead in [second, strangers, voter.key(), stake_tokens, w.community.bond_vault()] {
        let wrong = swapped(closing(&w, &voter), REWARD_ACCOUNT, instead);
        refused(&mut w, BudgetError::WrongRewardAccount, |w| w.send(wrong, &[]));
    }
    pays(&mut w, &voter, DUE);
}

/// After `block` the record stays, with its reward, until `unblock`.
#[track_caller]
fn waits_until_payable(
    block: impl FnOnce(&mut World, Pubkey),
    unblock: impl FnOnce(&mut World, Pubkey),
) {
    let (mut w, voter) = due();
    let account = w.community.budget_account(&voter.key());
    block(&mut w, account);
    refused(&mut w, BudgetError::RewardUnpayable, |w| w.close_vote_record(0, &voter));
    since_settlement(&mut w, TWO_PERIODS - 1);
    refused(&mut w, BudgetError::RewardUnpayable, |w| w.close_vote_record(0, &voter));
    unblock(&mut w, account);
    pays(&mut w, &voter, DUE);
}

/// After `block` the record closes without its reward once two periods have passed.
#[track_caller]
fn closes_at_last(block: impl FnOnce(&mut World, Pubkey)) {
    let (mut w, voter) = due();
    let account = w.community.budget_account(&voter.key());
    block(&mut w, account);
    let data = |w: &World| w.svm.get(&account).map(|account| account.data);
    let blocked = data(&w);
    since_settlement(&mut w, TWO_PERIODS);
    let vault = w.vault();
    w.close_vote_record(0, &voter).unwrap();
    assert_eq!((w.vault(), w.epoch(0).rewards_paid), (vault, 0));
    assert_eq!(data(&w), blocked);
    assert_eq!(w.stake_of(&voter).participation[0], 10_000, "it took part all the same");
}

fn put_again(w: &mut World, account: Pubkey, owner: Pubkey) {
    let (program, mint) = (w.community.budget_token_program, w.community.budget_mint);
    token::put_token_account(&mut w.svm, account, program, mint, owner, 0);
}

#[test]
fn a_missing_account_can_be_made_by_anyone_later() {
    // Worlds made alike have the same keys.
    let (_, voter) = due();
    waits_until_payable(remove, |w, account| put_again(w, account, voter.key()));
    closes_at_last(remove);
}

#[test]
fn a_frozen_account_is_paid_once_thawed() {
    waits_until_payable(freeze, thaw);
    closes_at_last(freeze);
}

#[test]
fn an_account_given_away_is_not_paid() {
    let (_, voter) = due();
    let give = |w: &mut World, account| {
        let thief = w.person().key();
        token::edit(&mut w.svm, &account, |account| account.owner = thief);
    };
    waits_until_payable(give, |w, account| {
        token::edit(&mut w.svm, &account, |account| account.owner = voter.key());
    });
    closes_at_last(give);
}

#[test]
fn an_account_of_another_mint_or_program_is_not_paid() {
    let (_, voter) = due();
    let other_mint = |w: &mut World, account| {
        let stake_mint = w.community.stake_mint;
        token::edit(&mut w.svm, &account, |account| account.mint = stake_mint);
    };
    waits_until_payable(other_mint, |w, account| put_again(w, account, voter.key()));
    let other_program = |w: &mut World, account| {
        let mut forged = w.svm.get(&account).unwrap();
        forged.owner = community_budget::ID;
        w.svm.put(account, forged);
    };
    waits_until_payable(other_program, |w, account| put_again(w, account, voter.key()));
}

#[test]
fn where_no_reward_is_due_no_account_is_asked_for() {
    let (mut w, voters) = voting(rewarding(), &[5, 5], 4);
    for voter in &voters {
        w.cast(voter, &[(0, For)]).unwrap(); // below the gate of one half
    }
    settle(&mut w);
    let account = w.community.budget_account(&voters[0].key());
    remove(&mut w, account);
    w.close_vote_record(0, &voters[0]).unwrap();
    let stranger = w.person();
    let (strangers, before) = (w.community.budget_account(&stranger.key()), w.purse(&stranger));
    let elsewhere = swapped(closing(&w, &voters[1]), REWARD_ACCOUNT, strangers);
    w.send(elsewhere, &[]).unwrap();
    assert_eq!(w.purse(&stranger), before);
    assert_eq!(w.epoch(0).rewards_paid, 0);
}

#[test]
fn a_delegates_ballot_rewards_the_owner() {
    let (mut w, voters) = voting(rewarding(), &[7, 11, 13], 1);
    let delegate = w.person();
    w.set_delegate(&voters[0], delegate.key()).unwrap();
    let (args, payer) = (w.ballot(&[(0, For)]), w.svm.fee_payer());
    let by_delegate = w.community.cast_vote_for(voters[0].key(), delegate.key(), payer, 0, args);
    w.send(by_delegate, &[&delegate]).unwrap();
    settle(&mut w);
    let delegates = w.community.budget_account(&delegate.key());
    let diverted = swapped(closing(&w, &voters[0]), REWARD_ACCOUNT, delegates);
    refused(&mut w, BudgetError::WrongRewardAccount, |w| w.send(diverted, &[]));
    let purse = w.purse(&delegate);
    pays(&mut w, &voters[0], DUE);
    assert_eq!(w.purse(&delegate), purse);
    assert_eq!(w.stake_of(&voters[0]).participation[0], 10_000);
}

#[test]
fn a_delegate_with_a_stake_is_rewarded_for_that_stake_alone() {
    let (mut w, voters) = voting(rewarding(), &[7, 11, 13], 1);
    let [owner, delegate, _] = &voters[..] else { unreachable!() };
    w.set_delegate(owner, delegate.key()).unwrap();
    let (args, payer) = (w.ballot(&[(0, For)]), w.svm.fee_payer());
    let for_owner = w.community.cast_vote_for(owner.key(), delegate.key(), payer, 0, args);
    w.send(for_owner, &[delegate]).unwrap();
    w.cast(delegate, &[(0, Against)]).unwrap();
    settle(&mut w);
    pays(&mut w, delegate, 1_181_612);
    pays(&mut w, owner, DUE);
}

#[test]
fn a_voter_who_left_is_rewarded_too() {
    let (mut w, voter) = due();
    w.unstake(&voter, 7).unwrap();
    let until = w.stake_of(&voter).cooling_until;
    w.svm.set_now(until);
    w.withdraw_unstaked(&voter).unwrap();
    w.close_stake(&voter).unwrap();
    pays(&mut w, &voter, DUE);
}

#[test]
fn anyone_may_bring_the_reward_to_the_voter() {
    let (mut w, voter) = due();
    let stranger = w.person();
    let (purse, strangers) = (w.purse(&voter), w.purse(&stranger));
    let closing = closing(&w, &voter);
    w.svm.send_paid_by(&stranger.wallet, &[closing], &[]).unwrap();
    assert_eq!(w.purse(&voter) - purse, DUE);
    assert_eq!(w.purse(&stranger), strangers);
}

#[test]
fn the_other_token_program_is_refused() {
    let (mut w, voter) = due();
    let wrong = swapped(closing(&w, &voter), TOKEN_PROGRAM, token::TOKEN_2022);
    let before = w.svm.snapshot();
    w.send(wrong, &[]).expect_err("Token-2022 does not own the accounts");
    assert_unchanged(&before, &w.svm.snapshot());
}
