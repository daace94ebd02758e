//! Both mints under Token-2022, from the first stake to the last lamport.

use budget_tests::*;
use community_budget::BudgetError;

use crate::stage::*;

fn token_2022() -> World {
    World::with(Setup {
        budget_token_program: token::TOKEN_2022,
        stake_token_program: token::TOKEN_2022,
        ..Setup::default()
    })
}

/// Both asks stream since this very second.
fn streaming_2022() -> (World, Cast) {
    let (mut w, cast) = submission_in(token_2022());
    w.to_voting();
    for voter in &cast.voters {
        w.cast(voter, &[(0, For), (1, For)]).unwrap();
    }
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    w.execute(0, 0).unwrap();
    w.execute(0, 1).unwrap();
    (w, cast)
}

/// Lets a token account take transfers with a memo only.
fn want_memos(w: &mut World, key: anchor_lang::prelude::Pubkey) {
    const TOKEN_ACCOUNT: u8 = 2;
    const MEMO_TRANSFER: u16 = 8;
    let mut account = w.svm.get(&key).unwrap();
    account.data.push(TOKEN_ACCOUNT);
    account.data.extend_from_slice(&MEMO_TRANSFER.to_le_bytes());
    account.data.extend_from_slice(&1u16.to_le_bytes());
    account.data.push(1);
    w.svm.put(key, account);
}

#[test]
fn an_epoch_of_token_2022_mints() {
    let (mut w, cast) = streaming_2022();
    for key in [w.community.vault(), w.community.stake_vault(), w.community.bond_vault()] {
        assert_eq!(w.svm.get(&key).unwrap().owner, token::TOKEN_2022);
    }
    assert_eq!(w.stream(0, 0).payout_account, w.community.budget_account(&cast.alice.key()));
    let (alices, bobs) = (w.purse(&cast.alice), w.purse(&cast.bob));
    w.svm.advance(60 * DAY);
    for index in 0..2 {
        w.claim(0, index).unwrap();
        w.close_stream(0, index).unwrap();
        w.close_proposal(0, index).unwrap();
    }
    assert_eq!(w.purse(&cast.alice) - alices, SMALL_ASK + 50_000);
    assert_eq!(w.purse(&cast.bob) - bobs, MEDIUM_ASK + 50_000);
    for (voter, amount) in cast.voters.iter().zip(STAKES) {
        w.close_vote_record(0, voter).unwrap();
        w.unstake(voter, amount).unwrap();
    }
    w.svm.advance(180 * DAY);
    for voter in &cast.voters {
        w.withdraw_unstaked(voter).unwrap();
        w.close_stake(voter).unwrap();
        let tokens = w.community.stake_token_account(&voter.key());
        assert_eq!(token::balance(&w.svm, &tokens), PURSE);
    }
    w.close_epoch(0).unwrap();
    assert_eq!(w.vault(), w.treasury().tracked);
    assert_eq!(w.vault(), 1_000_000_000 + 2_000 - SMALL_ASK - MEDIUM_ASK);
}

#[test]
fn a_payout_account_that_wants_memos_falls_back() {
    let (mut w, cast) = streaming_2022();
    let chosen = token_account(&mut w, cast.alice.key());
    let (stream, own) = (w.stream_key(0, 0), w.community.budget_account(&cast.alice.key()));
    let redirect = w.community.redirect_payout(cast.alice.key(), stream, chosen);
    w.send(redirect, &[&cast.alice]).unwrap();
    w.svm.advance(30 * DAY);
    let fallback = w.community.withdraw_stream(stream, own, Some(chosen));
    let early = fallback.clone();
    refused(&mut w, BudgetError::WrongPayoutAccount, |w| w.send(early, &[]));
    want_memos(&mut w, chosen);
    let purse = w.purse(&cast.alice);
    w.send(fallback, &[]).unwrap();
    assert_eq!(w.purse(&cast.alice) - purse, SMALL_ASK / 2);
}

#[test]
fn a_bond_account_that_wants_memos_cannot_be_paid() {
    let (mut w, cast) = streaming_2022();
    let own = w.community.budget_account(&cast.alice.key());
    want_memos(&mut w, own);
    refused(&mut w, BudgetError::BondUnpayable, |w| w.close_proposal(0, 0));
    let settled_at = w.epoch(0).settled_at;
    w.svm.set_now(settled_at + 60 * DAY);
    let vault = w.vault();
    w.close_proposal(0, 0).unwrap();
    assert_eq!(w.vault() - vault, 50_000);
}

#[test]
fn the_other_token_program_is_refused() {
    let (mut w, cast) = streaming_2022();
    w.svm.advance(DAY);
    let (stream, own) = (w.stream_key(0, 0), w.community.budget_account(&cast.alice.key()));
    let claim = w.community.withdraw_stream(stream, own, None);
    let position = claim.accounts.len() - 1;
    let wrong = swapped(claim, position, token::SPL_TOKEN);
    let before = w.svm.snapshot();
    w.send(wrong, &[]).expect_err("SPL Token does not own the accounts");
    assert_unchanged(&before, &w.svm.snapshot());
}
