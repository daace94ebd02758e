//! What no instruction brings about is refused all the same: accounts whose books were made not to
//! balance by hand, and a mint that began to tax transfers after the treasury had taken it.

use anchor_lang::{Discriminator, prelude::Pubkey};
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{BudgetEpoch, Stream, Treasury},
};

use crate::stage::{executable_in, streaming_in};

/// Changes fields of a zero-copy account in place.
fn edit<T: Discriminator + bytemuck::Pod>(w: &mut World, key: Pubkey, change: impl FnOnce(&mut T)) {
    let mut account = w.svm.get(&key).unwrap();
    let body = T::DISCRIMINATOR.len();
    let bytes = &mut account.data[body..body + size_of::<T>()];
    let mut state: T = bytemuck::pod_read_unaligned(bytes);
    change(&mut state);
    bytes.copy_from_slice(bytemuck::bytes_of(&state));
    w.svm.put(key, account);
}

#[test]
fn a_treasury_that_promises_more_than_it_has_books_nothing() {
    let promises: [fn(&mut Treasury); 2] = [
        |books| books.committed = books.tracked + 2,
        |books| books.reserved_funds = books.tracked - books.committed + 2,
    ];
    for corrupt in promises {
        let mut w = World::new();
        let treasury = w.community.treasury;
        edit(&mut w, treasury, corrupt);
        let donor = w.person();
        // One base unit too few: the deposit does not close the gap.
        refused(&mut w, BudgetError::InvariantViolated, |w| w.deposit(&donor, 1));
        w.deposit(&donor, 2).unwrap();
    }
}

#[test]
fn an_epoch_that_gave_away_more_than_it_may_executes_nothing() {
    let excesses: [fn(&mut BudgetEpoch); 3] = [
        |epoch| epoch.allocated = epoch.cap + 1,
        |epoch| epoch.executed = epoch.allocated,
        |epoch| epoch.rewards_paid = epoch.reward_pool + 1,
    ];
    for corrupt in excesses {
        let mut w = executable_in(World::new());
        let epoch = w.community.epoch(0);
        let sound = w.svm.get(&epoch).unwrap();
        edit(&mut w, epoch, corrupt);
        refused(&mut w, BudgetError::InvariantViolated, |w| w.execute(0, 0));
        w.svm.put(epoch, sound);
        w.execute(0, 0).unwrap();
    }
}

#[test]
fn a_stream_that_returned_what_it_pays_pays_nothing() {
    let mut w = streaming_in(World::new());
    w.svm.advance(DAY);
    let stream = w.stream_key(0, 0);
    edit(&mut w, stream, |stream: &mut Stream| stream.returned = stream.total);
    refused(&mut w, BudgetError::InvariantViolated, |w| w.claim(0, 0));
    edit(&mut w, stream, |stream: &mut Stream| stream.returned = 0);
    w.claim(0, 0).unwrap();
}

/// Extension types of Token-2022: the fee of a mint, and what accounts withhold of it.
const TRANSFER_FEE_CONFIG: u16 = 1;
const TRANSFER_FEE_AMOUNT: u16 = 2;
/// Account type byte of a token account.
const TOKEN_ACCOUNT: u8 = 2;

/// A fee of 1 % on every transfer: authorities and withheld amount, then twice epoch, maximum and
/// basis points.
fn fee_of_one_percent() -> Vec<u8> {
    let mut value = vec![0; 32 + 32 + 8];
    for _ in 0..2 {
        value.extend_from_slice(&0u64.to_le_bytes());
        value.extend_from_slice(&u64::MAX.to_le_bytes());
        value.extend_from_slice(&100u16.to_le_bytes());
    }
    value
}

/// Room for withheld fees in a token account, as the token program asks of a taxed mint's accounts.
fn withholding(w: &mut World, key: Pubkey) {
    let mut account = w.svm.get(&key).unwrap();
    account.data.push(TOKEN_ACCOUNT);
    account.data.extend_from_slice(&TRANSFER_FEE_AMOUNT.to_le_bytes());
    account.data.extend_from_slice(&8u16.to_le_bytes());
    account.data.extend_from_slice(&[0; 8]);
    w.svm.put(key, account);
}

#[test]
fn a_transfer_that_delivers_less_than_was_sent_is_refused() {
    let program = token::TOKEN_2022;
    let setup = Setup { budget_token_program: program, ..Setup::default() };
    let mut w = streaming_in(World::with(setup.clone()));
    w.svm.advance(DAY);
    let donor = w.person();
    let sound = w.svm.get(&w.community.budget_mint).unwrap();
    let (mint, vault, payout) =
        (w.community.budget_mint, w.community.vault(), w.stream(0, 0).payout_account);
    let fee = fee_of_one_percent();
    token::put_mint_with_extension(&mut w.svm, mint, setup.decimals, TRANSFER_FEE_CONFIG, &fee);
    withholding(&mut w, vault);
    withholding(&mut w, payout);
    refused(&mut w, BudgetError::TransferAmountMismatch, |w| w.deposit(&donor, 1_000));
    refused(&mut w, BudgetError::TransferAmountMismatch, |w| w.claim(0, 0));

    w.svm.put(mint, sound);
    w.deposit(&donor, 1_000).unwrap();
    w.claim(0, 0).unwrap();
}
