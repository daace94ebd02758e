//! close_proposal
//! ├── given an account of another treasury or epoch ....... AccountMismatch
//! ├── given another rent payer ............................ WrongRentPayer
//! ├── given the epoch is not settled ...................... NotSettled
//! ├── given the entry waits for execution or lapse ........ EntryNotFinal
//! ├── given the entry failed with for < the spam threshold  the bond goes to the vault
//! ├── given there is no bond .............................. only the rent moves
//! └── given the bond is to be returned
//!     ├── when paid elsewhere ............................. WrongBondAccount, at any time
//!     ├── when the associated account can be paid ......... it is
//!     └── when it is missing, frozen or given away
//!         ├── until two periods after settlement .......... BondUnpayable
//!         └── from then on ................................ the bond goes to the vault
//!
//! In every case the rent goes to who paid it, and the proposal never comes back.

use anchor_lang::{error::ErrorCode, prelude::Pubkey};
use budget_tests::*;
use community_budget::{BudgetError, state::Proposal};

use crate::stage::*;

const TREASURY: usize = 0;
const EPOCH: usize = 1;
const PROPOSAL: usize = 2;
const VAULT: usize = 4;
const BOND_VAULT: usize = 5;
const BOND_ACCOUNT: usize = 6;
const BUDGET_MINT: usize = 7;

/// Bond of the test policy.
const BOND: u64 = 50_000;
/// Two periods of the test policy.
const TWO_PERIODS: i64 = 60 * DAY;

fn closing(w: &World, proposer: Pubkey) -> anchor_lang::solana_program::instruction::Instruction {
    w.community.close_proposal(0, 0, proposer, w.svm.fee_payer())
}

/// One ask that failed with `for_` of `electorate` for it and the rest against.
fn failed_with(for_: u64, electorate: u64) -> (World, Person) {
    let mut w = World::new();
    let (few, many) = (w.staker(for_.max(1)), w.staker(electorate - for_.max(1)));
    let proposer = w.proposer();
    w.open_epoch().unwrap();
    w.submit(&proposer, &Ask::of(SMALL_ASK)).unwrap();
    w.to_voting();
    w.cast(&few, &[(0, if for_ == 0 { Abstain } else { For })]).unwrap();
    w.cast(&many, &[(0, Against)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    assert!(w.entry(0, 0).is(Outcome::Failed));
    assert_eq!(w.entry(0, 0).for_, for_);
    assert_eq!(w.epoch(0).electorate, electorate);
    (w, proposer)
}

/// Closes entry 0 and proves where its bond went: to the proposer, or to the vault.
#[track_caller]
fn closes(w: &mut World, proposer: &Person, returned: bool) {
    let (books, vault, purse) = (w.treasury(), w.vault(), w.purse(proposer));
    w.close_proposal(0, 0).unwrap();
    let (to_proposer, to_vault) = if returned { (BOND, 0) } else { (0, BOND) };
    assert_eq!(w.purse(proposer) - purse, to_proposer);
    assert_eq!(w.vault() - vault, to_vault);
    assert_eq!(w.treasury().tracked - books.tracked, to_vault);
    assert_eq!(books.bonded - w.treasury().bonded, BOND);
    assert_eq!(w.treasury().committed, books.committed);
    assert!(!w.svm.exists(&w.proposal_key(0, 0)));
    assert_eq!(w.entry(0, 0).flags & flags::CLOSED, flags::CLOSED);
}

#[test]
fn accounts_of_another_treasury_are_refused() {
    let (mut w, cast) = streaming();
    let other = streaming_sibling(&mut w);
    let own = closing(&w, cast.alice.key());
    let foreign_proposal = address::proposal(&other.epoch(0), 0);
    for (position, key) in [
        (TREASURY, other.treasury),
        (EPOCH, other.epoch(0)),
        (PROPOSAL, foreign_proposal),
        (VAULT, other.vault()),
        (BOND_VAULT, other.bond_vault()),
        (BUDGET_MINT, w.community.stake_mint),
    ] {
        let swapped = swapped(own.clone(), position, key);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
    }
}

#[test]
fn a_proposal_of_another_treasury_does_not_draw_on_this_ones_bonds() {
    let (mut w, _) = streaming();
    let other = streaming_sibling(&mut w);
    let proposer = w.svm.read::<Proposal>(&address::proposal(&other.epoch(0), 0)).proposer;
    let closing = other.close_proposal(0, 0, proposer, w.svm.fee_payer());
    let (own, vault, bond_vault) =
        (w.community.treasury, w.community.vault(), w.community.bond_vault());
    let crossed = swapped(
        swapped(swapped(closing.clone(), TREASURY, own), VAULT, vault),
        BOND_VAULT,
        bond_vault,
    );
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(crossed, &[]));
    w.send(closing, &[]).unwrap();
}

#[test]
fn the_vaults_are_not_mistaken_for_each_other() {
    let (mut w, cast) = streaming();
    let own = closing(&w, cast.alice.key());
    let (vault, bond_vault) = (w.community.vault(), w.community.bond_vault());
    let crossed = swapped(swapped(own, VAULT, bond_vault), BOND_VAULT, vault);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(crossed, &[]));
}

#[test]
fn the_rent_goes_nowhere_else() {
    let (mut w, cast) = streaming();
    let thief = w.person().key();
    let stolen = w.community.close_proposal(0, 0, cast.alice.key(), thief);
    refused(&mut w, BudgetError::WrongRentPayer, |w| w.send(stolen, &[]));
}

#[test]
fn before_settlement_every_proposal_stays() {
    let (mut w, cast) = submission();
    w.withdraw(&cast.alice, 0).unwrap();
    refused(&mut w, BudgetError::NotSettled, |w| w.close_proposal(0, 0));
    w.to_tallying();
    refused(&mut w, BudgetError::NotSettled, |w| w.close_proposal(0, 0));
    w.settle().unwrap();
    w.close_proposal(0, 0).unwrap();
}

#[test]
fn a_funded_entry_is_not_final() {
    let (mut w, cast) = settled();
    refused(&mut w, BudgetError::EntryNotFinal, |w| w.close_proposal(0, 0));
    w.svm.advance(14 * DAY);
    refused(&mut w, BudgetError::EntryNotFinal, |w| w.close_proposal(0, 0));
    w.lapse(0, 0).unwrap();
    closes(&mut w, &cast.alice, true);
}

#[test]
fn an_executed_entry_returns_the_bond() {
    let (mut w, cast) = streaming();
    closes(&mut w, &cast.alice, true);
    assert_eq!(w.stream(0, 0).total, SMALL_ASK, "the stream goes on");
}

#[test]
fn a_withdrawn_entry_returns_the_bond() {
    let (mut w, cast) = submission();
    w.withdraw(&cast.alice, 0).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    closes(&mut w, &cast.alice, true);
}

#[test]
fn an_entry_that_was_never_accepted_returns_the_bond() {
    let mut w = World::new();
    let _voter = w.staker(ELECTORATE);
    let (proposer, stranger) = (w.proposer(), w.person());
    w.open_epoch().unwrap();
    w.submit_for(&proposer, &stranger, false, &Ask::of(SMALL_ASK)).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    assert!(w.entry(0, 0).is(Outcome::NotAccepted));
    closes(&mut w, &proposer, true);
}

#[test]
fn an_entry_that_passed_but_did_not_fit_returns_the_bond() {
    let mut w = World::new();
    let voter = w.staker(ELECTORATE);
    let proposer = w.proposer();
    w.open_epoch().unwrap();
    w.submit(&proposer, &Ask { category: 1, ..Ask::of(45_000_000) }).unwrap();
    w.to_voting();
    w.cast(&voter, &[(0, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    assert!(w.entry(0, 0).is(Outcome::Unfunded));
    closes(&mut w, &proposer, true);
}

#[test]
fn a_failure_without_support_forfeits_the_bond() {
    let (mut w, proposer) = failed_with(0, ELECTORATE);
    closes(&mut w, &proposer, false);
}

#[test]
fn the_spam_threshold_itself_returns_the_bond() {
    // 100 bps of 1,000
    for (for_, returned) in [(9, false), (10, true), (11, true)] {
        let (mut w, proposer) = failed_with(for_, 1_000);
        closes(&mut w, &proposer, returned);
    }
}

#[test]
fn the_spam_threshold_rounds_up() {
    // 100 bps of 1,001 are 10.01
    for (for_, returned) in [(10, false), (11, true)] {
        let (mut w, proposer) = failed_with(for_, 1_001);
        closes(&mut w, &proposer, returned);
    }
}

#[test]
fn a_forfeited_bond_asks_nothing_of_the_proposers_account() {
    let (mut w, proposer) = failed_with(0, ELECTORATE);
    let account = w.community.budget_account(&proposer.key());
    remove(&mut w, account);
    let vault = w.vault();
    w.close_proposal(0, 0).unwrap();
    assert_eq!(w.vault() - vault, BOND);
}

#[test]
fn without_a_bond_only_the_rent_moves() {
    let mut setup = Setup::default();
    setup.policy.slate.bond = 0;
    let (mut w, cast) = submission_in(World::with(setup));
    w.withdraw(&cast.alice, 0).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    // Neither a proposal whose bond would return nor one whose bond would be lost needs an account.
    for (index, proposer, outcome) in
        [(0, &cast.alice, Outcome::Withdrawn), (1, &cast.bob, Outcome::Failed)]
    {
        assert!(w.entry(0, index).is(outcome));
        let account = w.community.budget_account(&proposer.key());
        remove(&mut w, account);
        let (books, vault) = (w.treasury(), w.vault());
        w.close_proposal(0, index).unwrap();
        assert_eq!((w.treasury().tracked, w.vault()), (books.tracked, vault));
        assert!(!w.svm.exists(&w.proposal_key(0, index)));
    }
}

/// An unaccepted ask of a proposer whose associated account `block` has made unpayable, settled
/// this very second.
fn unpayable(block: impl FnOnce(&mut World, Pubkey)) -> (World, Person, Pubkey) {
    let (mut w, cast) = submission();
    w.withdraw(&cast.alice, 0).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    let account = w.community.budget_account(&cast.alice.key());
    block(&mut w, account);
    (w, cast.alice, account)
}

#[track_caller]
fn goes_to_the_vault_after_two_periods(block: impl FnOnce(&mut World, Pubkey)) {
    let (mut w, _, account) = unpayable(block);
    let blocked = w.svm.get(&account);
    refused(&mut w, BudgetError::BondUnpayable, |w| w.close_proposal(0, 0));
    w.svm.advance(TWO_PERIODS - 1);
    refused(&mut w, BudgetError::BondUnpayable, |w| w.close_proposal(0, 0));
    w.svm.advance(1);
    let (books, vault) = (w.treasury(), w.vault());
    w.close_proposal(0, 0).unwrap();
    assert_eq!(w.vault() - vault, BOND);
    assert_eq!(w.treasury().tracked - books.tracked, BOND);
    assert_eq!(books.bonded - w.treasury().bonded, BOND);
    assert_eq!(w.svm.get(&account), blocked);
}

#[test]
fn the_bond_of_a_frozen_account_goes_to_the_vault_after_two_periods() {
    goes_to_the_vault_after_two_periods(freeze);
}

#[test]
fn the_bond_of_a_missing_account_goes_to_the_vault_after_two_periods() {
    goes_to_the_vault_after_two_periods(remove);
}

#[test]
fn the_bond_of_an_account_given_away_goes_to_the_vault_after_two_periods() {
    goes_to_the_vault_after_two_periods(|w, account| {
        let thief = w.person().key();
        token::edit(&mut w.svm, &account, |state| state.owner = thief);
    });
}

#[test]
fn a_second_later_it_still_goes_to_the_vault() {
    let (mut w, _, _) = unpayable(freeze);
    w.svm.advance(TWO_PERIODS + 1);
    let vault = w.vault();
    w.close_proposal(0, 0).unwrap();
    assert_eq!(w.vault() - vault, BOND);
}

#[test]
fn an_account_that_can_be_paid_again_gets_the_bond_however_late() {
    let (mut w, alice, account) = unpayable(freeze);
    w.svm.advance(10 * TWO_PERIODS);
    thaw(&mut w, account);
    closes(&mut w, &alice, true);
}

#[test]
fn the_bond_is_paid_nowhere_else() {
    let (mut w, cast) = streaming();
    let own = closing(&w, cast.alice.key());
    let second = token_account(&mut w, cast.alice.key());
    let strangers = w.community.budget_account(&cast.bob.key());
    for key in [second, strangers, cast.alice.key()] {
        let wrong = swapped(own.clone(), BOND_ACCOUNT, key);
        refused(&mut w, BudgetError::WrongBondAccount, |w| w.send(wrong, &[]));
    }
}

#[test]
fn showing_another_account_after_two_periods_does_not_forfeit_the_bond() {
    let (mut w, alice, _) = unpayable(|_, _| {});
    w.svm.advance(TWO_PERIODS);
    let wrong = swapped(closing(&w, alice.key()), BOND_ACCOUNT, w.person().key());
    refused(&mut w, BudgetError::WrongBondAccount, |w| w.send(wrong, &[]));
}

#[test]
fn anyone_closes_it_and_the_payer_gets_exactly_the_rent() {
    let mut w = World::new();
    let (proposer, payer) = (w.proposer(), w.person());
    w.open_epoch().unwrap();
    let before = w.svm.lamports(&payer.key());
    let mut submission = w.submission(&proposer, proposer.key(), true, &Ask::of(SMALL_ASK));
    submission.accounts[1].pubkey = payer.key();
    w.send(submission, &[&proposer, &payer]).unwrap();
    assert!(w.svm.lamports(&payer.key()) < before);
    w.to_tallying();
    w.settle().unwrap();
    let closing = w.community.close_proposal(0, 0, proposer.key(), payer.key());
    w.send(closing, &[]).unwrap();
    assert_eq!(w.svm.lamports(&payer.key()), before);
    assert_eq!(w.epoch(0).open_proposals, 0);
}

#[test]
fn a_proposal_closes_once() {
    let (mut w, cast) = streaming();
    let again = closing(&w, cast.alice.key());
    w.close_proposal(0, 0).unwrap();
    refused_by_anchor(&mut w, ErrorCode::AccountNotInitialized, |w| w.send(again, &[]));
}

#[test]
fn a_closed_proposal_is_not_executed() {
    let (mut w, cast) = streaming();
    let late = w.community.execute_award(w.svm.fee_payer(), 0, 0, cast.alice.key());
    w.close_proposal(0, 0).unwrap();
    refused_by_anchor(&mut w, ErrorCode::AccountNotInitialized, |w| w.send(late, &[]));
    assert_eq!(w.stream(0, 0).recipient, cast.alice.key());
}

#[test]
fn its_slot_is_not_filled_anew() {
    let (mut w, cast) = settled();
    w.svm.advance(14 * DAY);
    w.lapse(0, 0).unwrap();
    w.close_proposal(0, 0).unwrap();
    refused(&mut w, BudgetError::NotInSubmission, |w| {
        let again = w.submission(&cast.alice, cast.alice.key(), true, &Ask::of(SMALL_ASK));
        w.send(swapped(again, 5, w.proposal_key(0, 0)), &[&cast.alice])
    });
    assert!(!w.svm.exists(&w.proposal_key(0, 0)));
}
