//! submit_action: accounts and signers (actions, slots and money: `test_submit_action`)
//! ├── given the proposer or the payer did not sign ......... AccountNotSigner
//! ├── given an account of another treasury, person or slot
//! │   ├── when a vault or the mint ........................ AccountMismatch
//! │   ├── when treasury or epoch .......................... AccountMismatch
//! │   ├── when the proposer's record or stake ............. AccountMismatch
//! │   ├── when the stream ................................. AccountMismatch
//! │   └── when the proposal of another slot ............... ConstraintSeeds
//! ├── given the source cannot pay fee and bond ............. InsufficientTokens, or the token program
//! ├── given lamports wait at the proposal's address ........ they count towards the rent
//! └── given everything at its largest ...................... it fits a transaction

use anchor_lang::{
    error::ErrorCode::{AccountNotSigner, ConstraintDuplicateMutableAccount, ConstraintSeeds},
    prelude::Pubkey,
    solana_program::instruction::Instruction,
};
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Action, PolicyPatch, Role, Ruling},
};

use crate::shared::{action_args, action_by, lamports_spent, second_treasury, submission, within};

const PROPOSER: usize = 0;
const PAYER: usize = 1;
const TREASURY: usize = 2;
const EPOCH: usize = 3;
const PROPOSAL: usize = 4;
const PROPOSER_RECORD: usize = 5;
const STAKE: usize = 6;
const STREAM: usize = 7;
const VAULT: usize = 8;
const BOND_VAULT: usize = 9;
const SOURCE: usize = 10;
const MINT: usize = 11;

/// `Custom(4)` of the token program: the authority does not own the account.
const TOKEN_OWNER_MISMATCH: u32 = 4;

/// An epoch in submission and a member who may propose.
fn open() -> (World, Person) {
    let (mut w, _) = submission(test_policy(), &[], &[]);
    let proposer = w.staker(1_000);
    w.open_recipient_record(proposer.key()).unwrap();
    (w, proposer)
}

/// A submission with the proposer's stake that would go through.
fn act(w: &World, proposer: &Person) -> Instruction {
    let action = World::set_role(Role::Guardian, w.founder.key());
    w.community.submit_action(action_by(w, proposer), true, action_args(action))
}

/// A submission with `key` at `position` must be refused with `AccountMismatch`.
#[track_caller]
fn mismatch(w: &mut World, proposer: &Person, position: usize, key: Pubkey) {
    let instruction = swapped(act(w, proposer), position, key);
    refused(w, BudgetError::AccountMismatch, |w| w.send(instruction, &[proposer]));
}

#[test]
fn a_proposer_who_did_not_sign_is_refused() {
    let (mut w, proposer) = open();
    let instruction = unsigned(act(&w, &proposer), PROPOSER);
    refused_by_anchor(&mut w, AccountNotSigner, |w| w.send(instruction, &[]));
}

#[test]
fn a_payer_who_did_not_sign_is_refused() {
    let (mut w, proposer) = open();
    let payer = w.person();
    let instruction = unsigned(swapped(act(&w, &proposer), PAYER, payer.key()), PAYER);
    refused_by_anchor(&mut w, AccountNotSigner, |w| w.send(instruction, &[&proposer]));
}

#[test]
fn a_vault_or_mint_that_is_not_the_treasurys_is_refused() {
    let (mut w, proposer) = open();
    let other = second_treasury(&mut w);
    let own = w.community;
    for (position, key) in [
        (VAULT, other.vault()),
        (VAULT, own.stake_vault()),
        (BOND_VAULT, other.bond_vault()),
        (BOND_VAULT, own.stake_vault()),
        (MINT, own.stake_mint),
    ] {
        mismatch(&mut w, &proposer, position, key);
    }
    let swapped_vaults =
        swapped(swapped(act(&w, &proposer), VAULT, own.bond_vault()), BOND_VAULT, own.vault());
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped_vaults, &[&proposer]));
}

#[test]
fn another_treasury_or_its_epoch_is_refused() {
    let (mut w, proposer) = open();
    let other = second_treasury(&mut w);
    within(&mut w, other, World::open_epoch).unwrap();
    mismatch(&mut w, &proposer, TREASURY, other.treasury);
    let epoch = other.epoch(0);
    let instruction = swapped(act(&w, &proposer), EPOCH, epoch);
    let instruction = swapped(instruction, PROPOSAL, address::proposal(&epoch, 0));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(instruction, &[&proposer]));
}

#[test]
fn a_record_or_stake_of_another_person_or_treasury_is_refused() {
    let (mut w, proposer) = open();
    let stranger = w.staker(5_000);
    w.open_recipient_record(stranger.key()).unwrap();
    let other = second_treasury(&mut w);
    within(&mut w, other, |w| {
        w.open_recipient_record(proposer.key()).unwrap();
        w.open_stake(&proposer, 7 * DAY_SECS).unwrap();
        w.stake(&proposer, 5_000).unwrap();
    });
    let own = w.community;
    for (position, key) in [
        (PROPOSER_RECORD, own.recipient_record(&stranger.key())),
        (PROPOSER_RECORD, other.recipient_record(&proposer.key())),
        (STAKE, own.stake(&stranger.key())),
        (STAKE, other.stake(&proposer.key())),
    ] {
        mismatch(&mut w, &proposer, position, key);
    }
}

#[test]
fn a_stake_delegated_to_the_proposer_is_not_the_proposers() {
    let (mut w, proposer) = open();
    let owner = w.staker(5_000);
    w.set_delegate(&owner, proposer.key()).unwrap();
    let delegated = w.community.stake(&owner.key());
    mismatch(&mut w, &proposer, STAKE, delegated);
}

/// Puts an award of 1,000,000 through in the treasury that `w` sees, in its first epoch.
fn stream_of_epoch_0(w: &mut World, voter: &Person) {
    let recipient = w.proposer();
    w.submit(&recipient, &Ask::of(1_000_000)).unwrap();
    w.to_voting();
    w.cast(voter, &[(0, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    w.execute(0, 0).unwrap();
}

#[test]
fn a_stream_of_another_treasury_is_refused() {
    let (mut w, proposer) = open();
    let other = second_treasury(&mut w);
    let ruled = within(&mut w, other, |w| {
        let voter = w.staker(1_000);
        w.open_epoch().unwrap();
        stream_of_epoch_0(w, &voter);
        w.stream_key(0, 0)
    });
    w.to_tallying();
    w.settle().unwrap();
    w.open_next_epoch();
    let action = Action::RuleOnStream { stream: ruled, ruling: Ruling::Cancel };
    refused(&mut w, BudgetError::AccountMismatch, |w| w.submit_action(&proposer, action.clone()));
}

#[test]
fn the_address_of_another_slot_is_refused() {
    let (mut w, proposer) = open();
    let next = w.proposal_key(0, 1);
    let instruction = swapped(act(&w, &proposer), PROPOSAL, next);
    refused_by_anchor(&mut w, ConstraintSeeds, |w| w.send(instruction, &[&proposer]));
}

#[test]
fn fee_and_bond_must_be_paid_in_full() {
    let (mut w, proposer) = open();
    let purse = w.community.budget_account(&proposer.key());
    token::edit(&mut w.svm, &purse, |account| account.amount = 50_999);
    let instruction = act(&w, &proposer);
    refused(&mut w, BudgetError::InsufficientTokens, |w| w.send(instruction.clone(), &[&proposer]));
    token::edit(&mut w.svm, &purse, |account| account.amount = 51_000);
    w.send(instruction, &[&proposer]).unwrap();
    assert_eq!(w.purse(&proposer), 0);
}

#[test]
fn a_proposer_cannot_pay_out_of_somebody_elses_account_or_a_vault() {
    let (mut w, proposer) = open();
    let stranger = w.person();
    let strangers = w.community.budget_account(&stranger.key());
    let instruction = swapped(act(&w, &proposer), SOURCE, strangers);
    refused_with_code(&mut w, TOKEN_OWNER_MISMATCH, "the token program's owner mismatch", |w| {
        w.send(instruction, &[&proposer])
    });
    for vault in [w.community.vault(), w.community.bond_vault()] {
        let instruction = swapped(act(&w, &proposer), SOURCE, vault);
        refused_by_anchor(&mut w, ConstraintDuplicateMutableAccount, |w| {
            w.send(instruction, &[&proposer])
        });
    }
}

#[test]
fn lamports_at_the_proposals_address_count_towards_its_rent() {
    let (mut w, proposer) = open();
    let payer = w.person();
    for (index, prefund) in [(0, 0), (1, 1), (2, 1_000_000)] {
        let key = w.proposal_key(0, index);
        if prefund > 0 {
            w.svm.fund(key, prefund);
        }
        let instruction = swapped(act(&w, &proposer), PAYER, payer.key());
        let cost = lamports_spent(&mut w, &payer, |w| w.send(instruction, &[&proposer, &payer]));
        assert_eq!(w.svm.lamports(&key), cost + prefund);
    }
    let rents = [0, 1, 2].map(|index| w.svm.lamports(&w.proposal_key(0, index)));
    assert_eq!(rents, [rents[0]; 3]);
    assert_eq!(w.proposal(0, 2).rent_payer, payer.key());
}

/// Three signers, a stake, the largest section and the longest texts.
#[test]
fn the_largest_act_fits_a_transaction() {
    let (mut w, proposer) = open();
    let payer = w.person();
    let mut args = action_args(Action::SetPolicy(PolicyPatch::Risk(test_policy().risk)));
    (args.title, args.metadata_uri) = ("t".repeat(64), "u".repeat(128));
    let mut by = action_by(&w, &proposer);
    by.payer = payer.key();
    let instruction = w.community.submit_action(by, true, args);
    let landed = w.send(instruction, &[&proposer, &payer]).unwrap();
    assert!(landed.bytes <= 1_232, "{} bytes", landed.bytes);
}

/// A ruling, its stream and everything else of the other kinds.
#[test]
fn the_largest_ruling_fits_a_transaction() {
    let (mut w, proposer) = open();
    stream_of_epoch_0(&mut w, &proposer);
    w.open_next_epoch();
    let payer = w.person();
    let action = w.ruling(0, 0, Ruling::Reduce { keep_bps: 5_000 });
    let mut args = action_args(action);
    (args.title, args.metadata_uri) = ("t".repeat(64), "u".repeat(128));
    let mut by = action_by(&w, &proposer);
    by.payer = payer.key();
    let instruction = w.community.submit_action(by, true, args);
    assert_eq!(instruction.accounts[STREAM].pubkey, w.stream_key(0, 0));
    let landed = w.send(instruction, &[&proposer, &payer]).unwrap();
    assert!(landed.bytes <= 1_232, "{} bytes", landed.bytes);
}
