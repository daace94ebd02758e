//! Whom a keeper pays, when, and by which account.

use budget_keeper::{Crank, Reason, Settings};
use budget_sim::{
    svm::{GENESIS, keypair},
    token::put_token_account,
    world::Ask,
};
use community_budget::constants::DAY_SECS;
use solana_signer::Signer;

use crate::{
    scene::{MILLION, Scene, brisk, waits_for},
    stage::{DAY, purse, remove, work},
};

#[test]
fn a_missing_account_is_created_only_when_asked_for_and_at_the_keepers_cost() {
    let scene = Scene::under(brisk());
    let people = scene.decide(0, &[Ask::of(MILLION)], &[]);
    let account = scene.account_of(&people[0]);
    scene.node.with(|w| remove(w, account));
    scene.work_on(7);
    let numbers = scene.work_on(27);
    assert!(waits_for(&numbers, Crank::WithdrawStream, Reason::AccountMissing), "{numbers:?}");
    let why = &numbers.hindrances[0].why;
    assert!(why.contains(&account.to_string()) && why.contains("does not exist"), "{why}");

    let before = scene.node.with(|w| w.svm.lamports(&purse(0).pubkey()));
    let settings = Settings { create_accounts: true, ..Settings::default() };
    let numbers = work(&scene.node, &settings);
    assert_eq!(numbers.landed[&Crank::WithdrawStream], 1);
    assert!(scene.node.with(|w| w.purse(&people[0])) > 300_000);
    let rent = scene.node.with(|w| w.svm.lamports(&account));
    let after = scene.node.with(|w| w.svm.lamports(&purse(0).pubkey()));
    // Another epoch's rent may be out or back; the account's is gone.
    assert!(before - after >= rent && rent > 2_000_000, "{before} {after} {rent}");
}

#[test]
fn a_frozen_payout_account_is_passed_over_where_the_program_lets_it() {
    let scene = Scene::under(brisk());
    let recipient = scene.decide(0, &[Ask::of(MILLION)], &[]).remove(0);
    let own = scene.account_of(&recipient);
    scene.work_on(7);
    scene.freeze(own, true);
    let numbers = scene.work_on(14);
    assert!(waits_for(&numbers, Crank::WithdrawStream, Reason::AccountUnpayable), "{numbers:?}");
    assert!(numbers.hindrances[0].why.contains("is frozen"), "{numbers:?}");

    // The recipient chooses another account, and loses that one as well.
    scene.freeze(own, false);
    let other = keypair("other account", 1).pubkey();
    scene.node.with(|w| {
        let c = w.community;
        let (program, mint) = (c.budget_token_program, c.budget_mint);
        put_token_account(&mut w.svm, other, program, mint, recipient.key(), 0);
        let stream = w.stream_key(0, 0);
        w.send(c.redirect_payout(recipient.key(), stream, other), &[&recipient]).unwrap();
    });
    scene.freeze(other, true);
    let before = scene.node.with(|w| w.purse(&recipient));
    let numbers = scene.work_on(21);
    assert_eq!(numbers.landed[&Crank::WithdrawStream], 1);
    assert!(scene.node.with(|w| w.purse(&recipient)) > before, "its own account is the way out");
}

#[test]
fn a_payment_waits_until_it_is_worth_a_transaction_but_the_rest_is_paid() {
    let scene = Scene::under(brisk());
    let ask = Ask { duration_secs: 10 * DAY_SECS, ..Ask::of(MILLION) };
    let recipient = scene.decide(0, &[ask], &[]).remove(0);
    scene.work_on(7);
    let before = scene.node.with(|w| w.purse(&recipient));
    let paid = || scene.node.with(|w| w.purse(&recipient)) - before;
    let settings = Settings { min_payout: 450_000, ..Settings::default() };
    for (day, sum) in [(8, 0), (11, 0), (12, 500_000), (16, 500_000), (17, MILLION)] {
        scene.to(day);
        work(&scene.node, &settings);
        assert_eq!(paid(), sum, "day {day}");
    }
}

#[test]
fn the_outflow_limit_is_waited_for() {
    let mut policy = brisk();
    policy.breaker.outflow_bps = 100;
    let scene = Scene::under(policy);
    // 100 million over 17 days; 10 million may leave in a week.
    let ask = Ask { duration_secs: 17 * DAY_SECS, ..Ask::of(100 * MILLION) };
    let recipient = scene.decide(0, &[ask], &[]).remove(0);
    scene.work_on(10);
    let before = scene.node.with(|w| w.purse(&recipient));
    let settings = Settings { min_payout: 20 * MILLION, ..Settings::default() };
    scene.to(15);
    let numbers = work(&scene.node, &settings);
    assert!(waits_for(&numbers, Crank::WithdrawStream, Reason::OutflowLimited), "{numbers:?}");
    assert_eq!(scene.node.with(|w| w.purse(&recipient)), before);
    // What has waited for three days is held back by nothing.
    scene.to(17);
    let numbers = work(&scene.node, &settings);
    assert_eq!(numbers.landed[&Crank::WithdrawStream], 1);
    assert!(scene.node.with(|w| w.purse(&recipient)) - before >= 20 * MILLION);
}

#[test]
fn two_streams_share_one_outflow_limit_and_none_is_refused() {
    let mut policy = brisk();
    policy.breaker.outflow_bps = 100;
    let scene = Scene::under(policy);
    let ask = Ask { duration_secs: 17 * DAY_SECS, ..Ask::of(90 * MILLION) };
    scene.decide(0, &[ask.clone(), ask], &[]);
    scene.work_on(10);
    // Each has released 7 million and more; 10 million may leave in a week.
    let settings = Settings { min_payout: 7 * MILLION, ..Settings::default() };
    scene.node.with(|w| w.svm.set_now(GENESIS + 10 * DAY + 130_000));
    let numbers = work(&scene.node, &settings);
    assert_eq!(numbers.landed.get(&Crank::WithdrawStream), Some(&1), "{numbers:?}");
    assert!(waits_for(&numbers, Crank::WithdrawStream, Reason::OutflowLimited), "{numbers:?}");
    assert!(numbers.refused.is_empty() && numbers.lost_races.is_empty(), "{numbers:?}");
}
