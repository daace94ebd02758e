//! redirect_payout
//! ├── given the recipient does not sign ................... AccountNotSigner
//! ├── given someone else signs, the proposer included ..... AccountMismatch
//! ├── given a stream of another treasury .................. AccountMismatch
//! ├── given an account of another mint .................... WrongTokenAccount
//! ├── given an account that is none of a token program .... AccountOwnedByWrongProgram
//! ├── given an account of the treasury .................... PayoutNotAllowed
//! └── given a token account of the budget mint
//!     ├── claims pay it from now on
//!     ├── it may belong to anyone
//!     └── the recipient may choose again, also at the end

use anchor_lang::error::ErrorCode;
use budget_tests::*;
use community_budget::BudgetError;

use crate::stage::*;

const RECIPIENT: usize = 0;
const TREASURY: usize = 1;
const STREAM: usize = 2;

fn redirect(w: &mut World, by: &Person, payout: anchor_lang::prelude::Pubkey) -> Act {
    let stream = w.stream_key(0, 0);
    w.send(w.community.redirect_payout(by.key(), stream, payout), &[by])
}

#[test]
fn the_recipient_must_sign() {
    let (mut w, cast) = streaming();
    let payout = token_account(&mut w, cast.alice.key());
    let stream = w.stream_key(0, 0);
    let instruction = w.community.redirect_payout(cast.alice.key(), stream, payout);
    let unsigned = unsigned(instruction, RECIPIENT);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(unsigned, &[]));
}

#[test]
fn nobody_else_redirects() {
    let (mut w, cast) = streaming();
    let payout = token_account(&mut w, cast.bob.key());
    refused(&mut w, BudgetError::AccountMismatch, |w| redirect(w, &cast.bob, payout));
}

#[test]
fn not_even_the_proposer_redirects() {
    let mut w = World::new();
    let voter = w.staker(ELECTORATE);
    let (proposer, recipient) = (w.proposer(), w.proposer());
    w.open_epoch().unwrap();
    w.submit_for(&proposer, &recipient, true, &Ask::of(SMALL_ASK)).unwrap();
    w.to_voting();
    w.cast(&voter, &[(0, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    w.execute(0, 0).unwrap();
    let payout = token_account(&mut w, proposer.key());
    refused(&mut w, BudgetError::AccountMismatch, |w| redirect(w, &proposer, payout));
}

#[test]
fn a_stream_of_another_treasury_is_refused() {
    let (mut w, cast) = streaming();
    let other = streaming_sibling(&mut w);
    let payout = token_account(&mut w, cast.alice.key());
    let own = w.community.redirect_payout(cast.alice.key(), w.stream_key(0, 0), payout);
    let foreign_treasury = swapped(own.clone(), TREASURY, other.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign_treasury, &[&cast.alice]));
    let stream = address::stream(&address::proposal(&other.epoch(0), 0));
    let foreign_stream = swapped(own, STREAM, stream);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign_stream, &[&cast.alice]));
}

#[test]
fn an_account_of_another_mint_is_refused() {
    let (mut w, cast) = streaming();
    let payout = w.community.stake_token_account(&cast.alice.key());
    refused(&mut w, BudgetError::WrongTokenAccount, |w| redirect(w, &cast.alice, payout));
    let stake_vault = w.community.stake_vault();
    refused(&mut w, BudgetError::WrongTokenAccount, |w| redirect(w, &cast.alice, stake_vault));
}

#[test]
fn a_wallet_is_no_token_account() {
    let (mut w, cast) = streaming();
    let wallet = cast.alice.key();
    let expected = ErrorCode::AccountOwnedByWrongProgram;
    refused_by_anchor(&mut w, expected, |w| redirect(w, &cast.alice, wallet));
}

#[test]
fn the_treasurys_own_accounts_are_refused() {
    let (mut w, cast) = streaming();
    let treasury = w.community.treasury;
    let own = token_account(&mut w, treasury);
    for payout in [w.community.vault(), w.community.bond_vault(), own] {
        refused(&mut w, BudgetError::PayoutNotAllowed, |w| redirect(w, &cast.alice, payout));
    }
}

#[test]
fn claims_pay_the_chosen_account_from_then_on() {
    let (mut w, cast) = streaming();
    let payout = token_account(&mut w, cast.alice.key());
    let purse = w.purse(&cast.alice);
    redirect(&mut w, &cast.alice, payout).unwrap();
    assert_eq!(w.stream(0, 0).payout_account, payout);
    w.svm.advance(30 * DAY);
    w.claim(0, 0).unwrap();
    assert_eq!(token::balance(&w.svm, &payout), SMALL_ASK / 2);
    assert_eq!(w.purse(&cast.alice), purse);
}

#[test]
fn the_chosen_account_may_belong_to_anyone() {
    let (mut w, cast) = streaming();
    let exchange = w.person();
    let (payout, before) = (w.community.budget_account(&exchange.key()), w.purse(&exchange));
    redirect(&mut w, &cast.alice, payout).unwrap();
    w.svm.advance(60 * DAY);
    w.claim(0, 0).unwrap();
    assert_eq!(w.purse(&exchange) - before, SMALL_ASK);
}

#[test]
fn the_recipient_may_choose_again_until_the_stream_is_closed() {
    let (mut w, cast) = streaming();
    let first = token_account(&mut w, cast.alice.key());
    let second = w.community.budget_account(&cast.alice.key());
    redirect(&mut w, &cast.alice, first).unwrap();
    w.svm.advance(60 * DAY);
    w.claim(0, 0).unwrap();
    redirect(&mut w, &cast.alice, second).unwrap();
    assert_eq!(w.stream(0, 0).payout_account, second);
}
