//! submit_proposal: accounts and signers (terms, slots and money: `test_submit_proposal`)
//! ├── given the proposer or the payer did not sign ......... AccountNotSigner
//! ├── given an account of another treasury, person or slot
//! │   ├── when a vault or the mint ........................ AccountMismatch
//! │   ├── when the epoch .................................. AccountMismatch
//! │   ├── when the proposer's or the recipient's record ... AccountMismatch
//! │   ├── when the proposal of another slot ............... ConstraintSeeds
//! │   └── when one record stands in for two ............... counted once
//! ├── given the recipient is the treasury, a vault or zero  RecipientNotAllowed
//! ├── given the recipient signs without a record ........... RecipientRecordMissing
//! ├── given the source cannot pay fee and bond ............. InsufficientTokens, or the token program
//! └── given lamports wait at the proposal's address ........ they count towards the rent

use anchor_lang::{
    error::ErrorCode::{AccountNotSigner, ConstraintDuplicateMutableAccount, ConstraintSeeds},
    prelude::Pubkey,
};
use budget_client::instruction::Submission;
use budget_tests::*;
use community_budget::BudgetError;

use crate::shared::{lamports_spent, second_treasury, submission, within};

const PROPOSER: usize = 0;
const PAYER: usize = 1;
const TREASURY: usize = 3;
const EPOCH: usize = 4;
const PROPOSAL: usize = 5;
const PROPOSER_RECORD: usize = 6;
const RECIPIENT_RECORD: usize = 7;
const VAULT: usize = 8;
const BOND_VAULT: usize = 9;
const SOURCE: usize = 10;
const MINT: usize = 11;

/// `Custom(4)` of the token program: the authority does not own the account.
const TOKEN_OWNER_MISMATCH: u32 = 4;

/// An epoch in submission and two people with records.
fn open() -> (World, Person, Person) {
    let (mut w, _) = submission(test_policy(), &[], &[]);
    let (proposer, recipient) = (w.proposer(), w.proposer());
    (w, proposer, recipient)
}

/// A submission with `key` at `position` must be refused with `AccountMismatch`.
#[track_caller]
fn mismatch(w: &mut World, proposer: &Person, recipient: &Person, position: usize, key: Pubkey) {
    refused(w, BudgetError::AccountMismatch, |w| {
        let instruction = w.submission(proposer, recipient.key(), true, &Ask::of(1));
        w.send(swapped(instruction, position, key), &[proposer, recipient])
    });
}

#[test]
fn a_proposer_who_did_not_sign_is_refused() {
    let (mut w, proposer, recipient) = open();
    refused_by_anchor(&mut w, AccountNotSigner, |w| {
        let instruction = w.submission(&proposer, recipient.key(), false, &Ask::of(1));
        w.send(unsigned(instruction, PROPOSER), &[])
    });
}

#[test]
fn a_payer_who_did_not_sign_is_refused() {
    let (mut w, proposer, recipient) = open();
    let payer = w.person();
    refused_by_anchor(&mut w, AccountNotSigner, |w| {
        let instruction = w.submission(&proposer, recipient.key(), false, &Ask::of(1));
        w.send(unsigned(swapped(instruction, PAYER, payer.key()), PAYER), &[&proposer])
    });
}

#[test]
fn a_vault_or_mint_that_is_not_the_treasurys_is_refused() {
    let (mut w, proposer, recipient) = open();
    let other = second_treasury(&mut w);
    let own = w.community;
    mismatch(&mut w, &proposer, &recipient, VAULT, other.vault());
    mismatch(&mut w, &proposer, &recipient, VAULT, own.stake_vault());
    mismatch(&mut w, &proposer, &recipient, BOND_VAULT, other.bond_vault());
    mismatch(&mut w, &proposer, &recipient, BOND_VAULT, own.stake_vault());
    mismatch(&mut w, &proposer, &recipient, MINT, own.stake_mint);
}

#[test]
fn vault_and_bond_vault_cannot_change_places() {
    let (mut w, proposer, recipient) = open();
    refused(&mut w, BudgetError::AccountMismatch, |w| {
        let instruction = w.submission(&proposer, recipient.key(), false, &Ask::of(1));
        let own = w.community;
        let instruction = swapped(instruction, VAULT, own.bond_vault());
        w.send(swapped(instruction, BOND_VAULT, own.vault()), &[&proposer])
    });
}

#[test]
fn an_epoch_of_another_treasury_is_refused() {
    let (mut w, proposer, recipient) = open();
    let other = second_treasury(&mut w);
    within(&mut w, other, World::open_epoch).unwrap();
    refused(&mut w, BudgetError::AccountMismatch, |w| {
        let instruction = w.submission(&proposer, recipient.key(), false, &Ask::of(1));
        let epoch = other.epoch(0);
        let instruction = swapped(instruction, EPOCH, epoch);
        let proposal = address::proposal(&epoch, 0);
        w.send(swapped(instruction, PROPOSAL, proposal), &[&proposer])
    });
}

#[test]
fn another_treasury_is_refused() {
    let (mut w, proposer, recipient) = open();
    let other = second_treasury(&mut w);
    mismatch(&mut w, &proposer, &recipient, TREASURY, other.treasury);
}

#[test]
fn a_proposer_record_of_another_person_or_treasury_is_refused() {
    let (mut w, proposer, recipient) = open();
    let other = second_treasury(&mut w);
    within(&mut w, other, |w| w.open_recipient_record(proposer.key())).unwrap();
    let stranger = w.proposer();
    let strangers = w.community.recipient_record(&stranger.key());
    mismatch(&mut w, &proposer, &recipient, PROPOSER_RECORD, strangers);
    let elsewhere = other.recipient_record(&proposer.key());
    mismatch(&mut w, &proposer, &recipient, PROPOSER_RECORD, elsewhere);
}

#[test]
fn a_recipient_record_of_another_person_or_treasury_is_refused() {
    let (mut w, proposer, recipient) = open();
    let other = second_treasury(&mut w);
    within(&mut w, other, |w| w.open_recipient_record(recipient.key())).unwrap();
    let stranger = w.proposer();
    let strangers = w.community.recipient_record(&stranger.key());
    mismatch(&mut w, &proposer, &recipient, RECIPIENT_RECORD, strangers);
    let elsewhere = other.recipient_record(&recipient.key());
    mismatch(&mut w, &proposer, &recipient, RECIPIENT_RECORD, elsewhere);
}

/// Two writers of one record could lose the count of submissions. There is one: both places name
/// the same bytes.
#[test]
fn one_record_given_as_both_loses_no_count() {
    let (mut w, proposer, _) = open();
    for index in 0..3 {
        let instruction = w.submission(&proposer, proposer.key(), true, &Ask::of(5));
        let record = w.community.recipient_record(&proposer.key());
        let mut instruction = swapped(instruction, RECIPIENT_RECORD, record);
        instruction.accounts[RECIPIENT_RECORD].is_writable = true;
        w.send(instruction, &[&proposer]).unwrap();
        let record = w.record_of(&proposer);
        assert_eq!((record.submitted_epoch, record.submitted_count), (0, index + 1));
        assert_eq!((record.accepted_epoch, record.leader), (0, 0));
        assert_eq!(w.entry(0, 0).recipient_ask, 5 * u64::from(index + 1));
    }
    refused(&mut w, BudgetError::TooManyProposals, |w| w.submit(&proposer, &Ask::of(5)));
}

#[test]
fn the_address_of_another_slot_is_refused() {
    let (mut w, proposer, recipient) = open();
    refused_by_anchor(&mut w, ConstraintSeeds, |w| {
        let instruction = w.submission(&proposer, recipient.key(), false, &Ask::of(1));
        let next = w.proposal_key(0, 1);
        w.send(swapped(instruction, PROPOSAL, next), &[&proposer])
    });
}

#[test]
fn the_treasury_its_vaults_and_the_zero_key_cannot_receive() {
    let (mut w, proposer, _) = open();
    let own = w.community;
    let nobody = Pubkey::default();
    for key in [own.treasury, own.vault(), own.stake_vault(), own.bond_vault(), nobody] {
        refused(&mut w, BudgetError::RecipientNotAllowed, |w| {
            let instruction = w.submission(&proposer, key, false, &Ask::of(1));
            w.send(instruction, &[&proposer])
        });
    }
}

#[test]
fn a_recipient_who_signs_needs_a_record() {
    let (mut w, proposer, recipient) = open();
    refused(&mut w, BudgetError::RecipientRecordMissing, |w| {
        let instruction = w.submission(&proposer, recipient.key(), true, &Ask::of(1));
        let none = swapped(instruction, RECIPIENT_RECORD, community_budget::ID);
        w.send(none, &[&proposer, &recipient])
    });
}

#[test]
fn a_recipient_who_does_not_sign_needs_no_record() {
    let (mut w, proposer, _) = open();
    let recipient = w.person();
    w.submit_for(&proposer, &recipient, false, &Ask::of(1)).unwrap();
    assert!(!w.svm.exists(&w.community.recipient_record(&recipient.key())));
    assert_eq!(w.entry(0, 0).flags & flags::ACCEPTED, 0);
}

#[test]
fn a_record_given_for_a_recipient_who_does_not_sign_is_no_consent() {
    let (mut w, proposer, recipient) = open();
    let instruction = w.submission(&proposer, recipient.key(), false, &Ask::of(1));
    let record = w.community.recipient_record(&recipient.key());
    let mut instruction = swapped(instruction, RECIPIENT_RECORD, record);
    instruction.accounts[RECIPIENT_RECORD].is_writable = true;
    w.send(instruction, &[&proposer]).unwrap();
    assert_eq!(w.entry(0, 0).flags & flags::ACCEPTED, 0);
    assert_eq!(crate::shared::record(&w, &recipient).accepted_epoch, u32::MAX);
}

#[test]
fn a_proposer_cannot_pay_out_of_somebody_elses_account() {
    let (mut w, proposer, recipient) = open();
    refused_with_code(&mut w, TOKEN_OWNER_MISMATCH, "the token program's owner mismatch", |w| {
        let instruction = w.submission(&proposer, recipient.key(), false, &Ask::of(1));
        let source = w.community.budget_account(&recipient.key());
        w.send(swapped(instruction, SOURCE, source), &[&proposer])
    });
}

#[test]
fn a_proposer_cannot_pay_out_of_a_vault() {
    let (mut w, proposer, recipient) = open();
    for vault in [w.community.vault(), w.community.bond_vault()] {
        refused_by_anchor(&mut w, ConstraintDuplicateMutableAccount, |w| {
            let instruction = w.submission(&proposer, recipient.key(), false, &Ask::of(1));
            w.send(swapped(instruction, SOURCE, vault), &[&proposer])
        });
    }
}

#[test]
fn fee_and_bond_must_be_paid_in_full() {
    let (mut w, proposer, _) = open();
    let purse = w.community.budget_account(&proposer.key());
    token::edit(&mut w.svm, &purse, |account| account.amount = 50_999);
    refused(&mut w, BudgetError::InsufficientTokens, |w| w.submit(&proposer, &Ask::of(1)));
    token::edit(&mut w.svm, &purse, |account| account.amount = 51_000);
    w.submit(&proposer, &Ask::of(1)).unwrap();
    assert_eq!(w.purse(&proposer), 0);
}

#[test]
fn lamports_at_the_proposals_address_count_towards_its_rent() {
    let (mut w, proposer, _) = open();
    let payer = w.person();
    let mut costs = Vec::new();
    let mut rent = 0;
    for (index, prefund) in [0, 1, 1_000_000].into_iter().enumerate() {
        let key = w.proposal_key(0, u8::try_from(index).unwrap());
        if prefund > 0 {
            w.svm.fund(key, prefund);
        }
        let instruction = w.submission(&proposer, proposer.key(), true, &Ask::of(1));
        let instruction = swapped(instruction, PAYER, payer.key());
        let cost = lamports_spent(&mut w, &payer, |w| w.send(instruction, &[&proposer, &payer]));
        costs.push(cost + prefund);
        rent = w.svm.lamports(&key);
        assert_eq!(rent, cost + prefund);
    }
    assert_eq!(costs, [rent; 3]);
    assert_eq!(w.proposal(0, 2).rent_payer, payer.key());
}

/// Four signers, both records, the longest texts.
#[test]
fn the_largest_submission_fits_a_transaction() {
    let (mut w, proposer, recipient) = open();
    let payer = w.person();
    let ask = Ask { title: "t".repeat(64), metadata_uri: "u".repeat(128), ..Ask::of(1) };
    let by = Submission {
        epoch: 0,
        index: 0,
        proposer: proposer.key(),
        payer: payer.key(),
        recipient: recipient.key(),
        recipient_signs: true,
        source: w.community.budget_account(&proposer.key()),
    };
    let instruction = w.community.submit_proposal(by, ask.args());
    let landed = w.send(instruction, &[&proposer, &payer, &recipient]).unwrap();
    assert!(landed.bytes <= 1_232, "{} bytes", landed.bytes);
}
