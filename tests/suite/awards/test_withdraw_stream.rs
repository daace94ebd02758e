//! withdraw_stream
//! ├── given an account of another treasury, vault or mint . AccountMismatch
//! ├── given nothing is released, or all of it was paid .... NothingToWithdraw
//! ├── given the payout account can be paid
//! │   ├── when paid elsewhere ............................. WrongPayoutAccount
//! │   └── when paid there
//! │       ├── anyone may trigger it
//! │       ├── books and vault fall by exactly what arrives
//! │       ├── nothing before the cliff, all that accrued from the cliff on
//! │       ├── many small claims pay what one claim pays
//! │       └── at the end everything is paid, to the unit
//! ├── given it was handed to the treasury ................. PayoutNotAllowed
//! └── given it was frozen, closed, handed to the treasury or wants memos
//!     ├── when that is not shown .......................... WrongPayoutAccount
//!     ├── when another account is shown ................... WrongPayoutAccount
//!     ├── when paid elsewhere than to the recipient's
//!     │   associated account .............................. WrongPayoutAccount
//!     ├── when that account is not the recipient's any more WrongPayoutAccount
//!     └── when paid to the recipient's associated account . the claim goes through
//!
//! A claim stops at an open checkpoint and goes past one that passed by itself. A claim in a risk
//! class moves what it pays from pending to cost.
//!
//! The outflow bucket is in `test_withdraw_stream_outflow.rs`.

use anchor_lang::prelude::Pubkey;
use budget_tests::*;
use community_budget::BudgetError;

use crate::stage::*;

const TREASURY: usize = 0;
const STREAM: usize = 1;
const VAULT: usize = 2;
const BUDGET_MINT: usize = 5;

/// Error of the token programs for a frozen account.
const ACCOUNT_FROZEN: u32 = 17;

/// Claims from stream 0 into `payout`, showing `blocked`.
fn claim_to(w: &mut World, payout: Pubkey, blocked: Option<Pubkey>) -> Act {
    let stream = w.stream_key(0, 0);
    w.send(w.community.withdraw_stream(stream, payout, blocked), &[])
}

/// Alice's stream pays an account of her choice, and half of it is released.
fn redirected() -> (World, Person, Pubkey) {
    let (mut w, cast) = streaming();
    let chosen = token_account(&mut w, cast.alice.key());
    let stream = w.stream_key(0, 0);
    let redirect = w.community.redirect_payout(cast.alice.key(), stream, chosen);
    w.send(redirect, &[&cast.alice]).unwrap();
    w.svm.advance(30 * DAY);
    (w, cast.alice, chosen)
}

/// The reference: what `total` has released `elapsed` seconds into `duration`, without a cliff.
fn reference(total: u64, elapsed: i64, duration: u32) -> u64 {
    let elapsed = u128::try_from(elapsed).unwrap().min(u128::from(duration));
    u64::try_from(u128::from(total) * elapsed / u128::from(duration)).unwrap()
}

#[test]
fn another_treasury_is_refused() {
    let (mut w, _) = streaming();
    let other = streaming_sibling(&mut w);
    let own = w.community.withdraw_stream(w.stream_key(0, 0), w.stream(0, 0).payout_account, None);
    let foreign = swapped(swapped(own, TREASURY, other.treasury), VAULT, other.vault());
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign, &[]));
}

#[test]
fn a_stream_of_another_treasury_is_refused() {
    let (mut w, _) = streaming();
    let other = streaming_sibling(&mut w);
    w.svm.advance(DAY);
    let foreign = address::stream(&address::proposal(&other.epoch(0), 0));
    let payout = w.svm.read::<community_budget::state::Stream>(&foreign).payout_account;
    let own = w.community.withdraw_stream(w.stream_key(0, 0), payout, None);
    let swapped = swapped(own, STREAM, foreign);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn another_vault_is_refused() {
    let (mut w, _) = streaming();
    let other = streaming_sibling(&mut w);
    w.svm.advance(DAY);
    let own = w.community.withdraw_stream(w.stream_key(0, 0), w.stream(0, 0).payout_account, None);
    for vault in [w.community.bond_vault(), w.community.stake_vault(), other.vault()] {
        let swapped = swapped(own.clone(), VAULT, vault);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
    }
}

#[test]
fn another_mint_is_refused() {
    let (mut w, _) = streaming();
    w.svm.advance(DAY);
    let own = w.community.withdraw_stream(w.stream_key(0, 0), w.stream(0, 0).payout_account, None);
    let swapped = swapped(own, BUDGET_MINT, w.community.stake_mint);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn nothing_is_released_at_the_start() {
    let (mut w, _) = streaming();
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 1));
    w.svm.advance(1);
    w.claim(0, 1).unwrap();
    assert_eq!(w.stream(0, 1).withdrawn, 3); // of 20,000,000 in 5,184,000 seconds
}

#[test]
fn a_second_claim_in_the_same_second_finds_nothing() {
    let (mut w, _) = streaming();
    w.svm.advance(DAY);
    w.claim(0, 0).unwrap();
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
}

#[test]
fn less_than_one_base_unit_is_nothing() {
    let (mut w, _) = stream_of(&Ask::of(1));
    w.svm.advance(60 * DAY - 1);
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
    w.svm.advance(1);
    w.claim(0, 0).unwrap();
    assert_eq!(w.stream(0, 0).withdrawn, 1);
}

#[test]
fn a_paid_out_stream_has_nothing_left() {
    let (mut w, _) = streaming();
    w.svm.advance(60 * DAY);
    w.claim(0, 0).unwrap();
    w.svm.advance(60 * DAY);
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
}

#[test]
fn a_stranger_may_trigger_it_and_the_recipient_is_paid() {
    let (mut w, cast) = streaming();
    let stranger = w.person();
    let (purse, strangers) = (w.purse(&cast.alice), w.purse(&stranger));
    w.svm.advance(30 * DAY);
    let (stream, payout) = (w.stream_key(0, 0), w.community.budget_account(&cast.alice.key()));
    let instruction = w.community.withdraw_stream(stream, payout, None);
    w.svm.send_paid_by(&stranger.wallet, &[instruction], &[]).unwrap();
    assert_eq!(w.purse(&cast.alice) - purse, SMALL_ASK / 2);
    assert_eq!(w.purse(&stranger), strangers);
}

#[test]
fn books_and_vault_fall_by_what_arrives() {
    let (mut w, cast) = streaming();
    let (books, vault, purse) = (w.treasury(), w.vault(), w.purse(&cast.alice));
    w.svm.advance(7 * DAY + 1);
    w.claim(0, 0).unwrap();
    let paid = w.purse(&cast.alice) - purse;
    assert_eq!(paid, reference(SMALL_ASK, 7 * DAY + 1, 60 * DAY_SECS));
    assert_eq!(vault - w.vault(), paid);
    assert_eq!(books.tracked - w.treasury().tracked, paid);
    assert_eq!(books.committed - w.treasury().committed, paid);
    assert_eq!(w.stream(0, 0).withdrawn, paid);
}

#[test]
fn nothing_is_paid_before_the_cliff() {
    let ask = Ask { cliff_secs: 20 * DAY_SECS, ..Ask::of(SMALL_ASK) };
    let (mut w, _) = stream_of(&ask);
    w.svm.advance(20 * DAY - 1);
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
    w.svm.advance(1);
    w.claim(0, 0).unwrap();
    assert_eq!(w.stream(0, 0).withdrawn, reference(SMALL_ASK, 20 * DAY, 60 * DAY_SECS));
    w.svm.advance(1);
    w.claim(0, 0).unwrap();
    assert_eq!(w.stream(0, 0).withdrawn, reference(SMALL_ASK, 20 * DAY + 1, 60 * DAY_SECS));
}

#[test]
fn a_cliff_at_the_end_pays_everything_there() {
    let ask = Ask { cliff_secs: 60 * DAY_SECS, ..Ask::of(SMALL_ASK) };
    let (mut w, _) = stream_of(&ask);
    w.svm.advance(60 * DAY - 1);
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
    w.svm.advance(1);
    w.claim(0, 0).unwrap();
    assert_eq!(w.stream(0, 0).withdrawn, SMALL_ASK);
}

#[test]
fn many_small_claims_pay_what_one_claim_pays() {
    let odd = Ask { duration_secs: 41 * DAY_SECS + 7, ..Ask::of(9_999_991) };
    let (mut often, _) = stream_of(&odd);
    let (mut once, _) = stream_of(&odd);
    let mut elapsed = 0;
    for step in [1, 1, 2, 59, 3_601, DAY - 1, DAY, DAY + 1, 10 * DAY + 13, 17 * DAY] {
        elapsed += step;
        often.svm.advance(step);
        often.claim(0, 0).unwrap();
        let released = reference(odd.amount, elapsed, odd.duration_secs);
        assert_eq!(often.stream(0, 0).withdrawn, released, "{elapsed} s after the start");
    }
    once.svm.advance(elapsed);
    once.claim(0, 0).unwrap();
    assert_eq!(once.stream(0, 0).withdrawn, often.stream(0, 0).withdrawn);
    assert_eq!(once.vault(), often.vault());
}

#[test]
fn the_end_pays_everything_to_the_unit() {
    let odd = Ask { duration_secs: 41 * DAY_SECS + 7, ..Ask::of(9_999_991) };
    let end = i64::from(odd.duration_secs);
    for (elapsed, paid) in [(end - 1, 9_999_988), (end, 9_999_991), (end + 1, 9_999_991)] {
        let (mut w, recipient) = stream_of(&odd);
        let purse = w.purse(&recipient);
        w.svm.advance(elapsed);
        w.claim(0, 0).unwrap();
        assert_eq!(w.purse(&recipient) - purse, paid, "{elapsed} s after the start");
        assert_eq!(w.treasury().committed, 9_999_991 - paid);
    }
}

#[test]
fn nobody_else_is_paid() {
    let (mut w, cast) = streaming();
    w.svm.advance(DAY);
    let strangers = w.community.budget_account(&cast.bob.key());
    refused(&mut w, BudgetError::WrongPayoutAccount, |w| claim_to(w, strangers, None));
    let bond_vault = w.community.bond_vault();
    refused(&mut w, BudgetError::PayoutNotAllowed, |w| claim_to(w, bond_vault, None));
    let second = token_account(&mut w, cast.alice.key());
    refused(&mut w, BudgetError::WrongPayoutAccount, |w| claim_to(w, second, None));
}

#[test]
fn the_associated_account_is_not_paid_while_the_chosen_one_can_be() {
    let (mut w, alice, chosen) = redirected();
    let own = w.community.budget_account(&alice.key());
    refused(&mut w, BudgetError::WrongPayoutAccount, |w| claim_to(w, own, None));
    refused(&mut w, BudgetError::WrongPayoutAccount, |w| claim_to(w, own, Some(chosen)));
    claim_to(&mut w, chosen, Some(own)).unwrap();
    assert_eq!(token::balance(&w.svm, &chosen), SMALL_ASK / 2);
}

/// The claim reaches Alice's associated account once `block` has been done to the chosen one, and
/// only with proof of it.
#[track_caller]
fn falls_back_after(block: impl FnOnce(&mut World, Pubkey)) {
    let (mut w, alice, chosen) = redirected();
    block(&mut w, chosen);
    let (own, purse) = (w.community.budget_account(&alice.key()), w.purse(&alice));
    refused(&mut w, BudgetError::WrongPayoutAccount, |w| claim_to(w, own, None));
    claim_to(&mut w, own, Some(chosen)).unwrap();
    assert_eq!(w.purse(&alice) - purse, SMALL_ASK / 2);
    assert_eq!(w.stream(0, 0).payout_account, chosen, "the choice stands for later claims");
}

#[test]
fn a_frozen_payout_account_falls_back() {
    falls_back_after(freeze);
}

#[test]
fn a_closed_payout_account_falls_back() {
    falls_back_after(remove);
}

#[test]
fn a_payout_account_handed_to_the_treasury_falls_back() {
    falls_back_after(|w, chosen| {
        let treasury = w.community.treasury;
        token::edit(&mut w.svm, &chosen, |account| account.owner = treasury);
    });
}

#[test]
fn a_payout_account_handed_to_the_treasury_is_not_paid() {
    let (mut w, _, chosen) = redirected();
    let treasury = w.community.treasury;
    token::edit(&mut w.svm, &chosen, |account| account.owner = treasury);
    refused(&mut w, BudgetError::PayoutNotAllowed, |w| claim_to(w, chosen, None));
}

#[test]
fn a_payout_account_made_anew_for_another_mint_falls_back() {
    falls_back_after(|w, chosen| {
        let (program, mint) = (w.community.stake_token_program, w.community.stake_mint);
        let owner = w.person().key();
        token::put_token_account(&mut w.svm, chosen, program, mint, owner, 0);
    });
}

#[test]
fn an_address_taken_by_another_program_falls_back() {
    falls_back_after(|w, chosen| {
        let mut account = w.svm.get(&chosen).unwrap();
        account.owner = community_budget::ID;
        w.svm.put(chosen, account);
    });
}

#[test]
fn a_thawed_payout_account_is_paid_again() {
    let (mut w, alice, chosen) = redirected();
    freeze(&mut w, chosen);
    thaw(&mut w, chosen);
    let own = w.community.budget_account(&alice.key());
    refused(&mut w, BudgetError::WrongPayoutAccount, |w| claim_to(w, own, Some(chosen)));
    claim_to(&mut w, chosen, None).unwrap();
    assert_eq!(token::balance(&w.svm, &chosen), SMALL_ASK / 2);
}

#[test]
fn a_frozen_payout_account_itself_is_not_paid() {
    let (mut w, _, chosen) = redirected();
    freeze(&mut w, chosen);
    refused_with_code(&mut w, ACCOUNT_FROZEN, "AccountFrozen", |w| claim_to(w, chosen, None));
}

#[test]
fn proof_about_another_account_proves_nothing() {
    let (mut w, alice, _) = redirected();
    let unrelated = token_account(&mut w, alice.key());
    freeze(&mut w, unrelated);
    let own = w.community.budget_account(&alice.key());
    refused(&mut w, BudgetError::WrongPayoutAccount, |w| claim_to(w, own, Some(unrelated)));
}

#[test]
fn the_fallback_is_the_associated_account_alone() {
    let (mut w, alice, chosen) = redirected();
    freeze(&mut w, chosen);
    let second = token_account(&mut w, alice.key());
    refused(&mut w, BudgetError::WrongPayoutAccount, |w| claim_to(w, second, Some(chosen)));
    let strangers = w.person().key();
    let strangers = w.community.budget_account(&strangers);
    refused(&mut w, BudgetError::WrongPayoutAccount, |w| claim_to(w, strangers, Some(chosen)));
}

#[test]
fn an_associated_account_given_away_is_no_fallback() {
    let (mut w, alice, chosen) = redirected();
    freeze(&mut w, chosen);
    let own = w.community.budget_account(&alice.key());
    let thief = w.person().key();
    token::edit(&mut w.svm, &own, |account| account.owner = thief);
    refused(&mut w, BudgetError::WrongPayoutAccount, |w| claim_to(w, own, Some(chosen)));
}

#[test]
fn a_claim_stops_at_an_open_checkpoint_and_goes_past_one_that_passed_by_itself() {
    let (mut w, recipient) = stream_of(&Ask::with_reviews(SMALL_ASK, 60, 1));
    w.svm.advance(34 * DAY);
    w.claim(0, 0).unwrap();
    assert_eq!(w.stream(0, 0).withdrawn, SMALL_ASK / 2);
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
    w.file_update(&recipient, 0, 0).unwrap();
    w.svm.advance(7 * DAY - 1);
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
    w.svm.advance(1); // the reviewer's grace is over
    w.claim(0, 0).unwrap();
    let stream = w.stream(0, 0);
    assert_eq!((stream.passed, stream.update_filed), (1, 0));
    // With the time since, as if the checkpoint had been passed when it was due.
    assert_eq!(stream.withdrawn, reference(SMALL_ASK, 41 * DAY, 60 * DAY_SECS));
}

#[test]
fn a_claim_in_a_risk_class_moves_pending_to_cost() {
    let (mut w, _) = trippable();
    let (before, paid) = (w.treasury(), w.stream(0, 1).withdrawn);
    w.svm.advance(DAY);
    w.claim(0, 1).unwrap();
    let more = w.stream(0, 1).withdrawn - paid;
    let (then, now) = (before.positions[1], w.treasury().positions[1]);
    assert_eq!(then.pending - now.pending, more);
    assert_eq!((now.cost - then.cost, now.mark - then.mark), (more, more));
    assert_eq!(now.marked_at, then.marked_at, "payments do not refresh a mark");
    assert_eq!(w.treasury().high_water, before.high_water, "money lent is not lost");
    w.execute(0, 0).unwrap();
    w.svm.advance(DAY);
    w.claim(0, 0).unwrap();
    let spent = w.stream(0, 0).withdrawn;
    assert_eq!(before.high_water - w.treasury().high_water, spent, "money spent is gone");
    assert_eq!(w.treasury().positions[1], now);
}
