//! create_treasury
//! ├── given the founder does not sign .............. AccountNotSigner
//! ├── given the payer does not sign ................ AccountNotSigner
//! ├── given an address is not the derived one ...... ConstraintSeeds
//! ├── given founder and id were used before ........ TreasuryAlreadyExists
//! ├── given a mint is no mint ...................... InvalidAccountData
//! ├── given a token program is another one ......... IncorrectProgramId
//! ├── given a token program is none ................ InvalidProgramId
//! ├── given a mint with a forbidden extension ...... MintExtensionNotAllowed
//! ├── given a policy beyond a bound ................ PolicyOutOfBounds
//! ├── given a policy that contradicts itself ....... PolicyInconsistent
//! └── given all is well
//!     ├── every field is written, the vaults are the treasury's, the payer pays
//!     ├── a role may stay vacant
//!     ├── another id gives another treasury
//!     └── lamports sent to the addresses before stop nothing

use anchor_lang::{
    error::ErrorCode, prelude::Pubkey, solana_program::instruction::Instruction, system_program,
};
use budget_rules::allocation::MAX_CATEGORIES;
use budget_tests::*;
use bytemuck::Zeroable;
use community_budget::{
    BudgetError, CreateTreasuryArgs, ID,
    constants::*,
    state::{PositionState, Roles, Treasury, targets},
};

use crate::common::*;

const FOUNDER: usize = 0;
const PAYER: usize = 1;
const TREASURY: usize = 2;
const BUDGET_MINT: usize = 3;
const STAKE_MINT: usize = 4;
const VAULT: usize = 5;
const STAKE_VAULT: usize = 6;
const BOND_VAULT: usize = 7;
const BUDGET_TOKEN_PROGRAM: usize = 8;
const STAKE_TOKEN_PROGRAM: usize = 9;
const SYSTEM_PROGRAM: usize = 10;

const FIRST_OPEN_AT: i64 = GENESIS + 5 * DAY;

fn unborn() -> World {
    World::before_treasury(&Setup::default())
}

/// Three roles that no world of these tests fills.
fn roles() -> Roles {
    let [guardian, reviewer, risk_reporter] = [5, 6, 7].map(|byte| Pubkey::from([byte; 32]));
    Roles { guardian, reviewer, risk_reporter }
}

fn args(id: u64) -> CreateTreasuryArgs {
    let (policy, roles) = (test_policy(), roles());
    CreateTreasuryArgs { id, first_open_at: FIRST_OPEN_AT, policy, roles }
}

fn creation(w: &World, payer: Pubkey) -> Instruction {
    w.community.create_treasury(w.founder.key(), payer, args(0))
}

/// Sends the creation after `change`, signed by founder and fee payer.
fn create_with(w: &mut World, change: impl FnOnce(Instruction) -> Instruction) -> Act {
    let founder = w.founder.clone();
    let instruction = creation(w, w.svm.fee_payer());
    w.send(change(instruction), &[&founder])
}

fn bump(seeds: &[&[u8]]) -> u8 {
    Pubkey::find_program_address(seeds, &ID).1
}

#[test]
fn every_field_is_written() {
    let mut w = unborn();
    create_with(&mut w, |creation| creation).unwrap();
    let (founder, community) = (w.founder.key(), w.community);
    let own = community.treasury;
    let expected = Treasury {
        version: 1,
        bump: bump(&[TREASURY_SEED, founder.as_ref(), &0u64.to_le_bytes()]),
        vault_bump: bump(&[VAULT_SEED, own.as_ref()]),
        stake_vault_bump: bump(&[STAKE_VAULT_SEED, own.as_ref()]),
        bond_vault_bump: bump(&[BOND_VAULT_SEED, own.as_ref()]),
        budget_decimals: 6,
        stake_decimals: 6,
        epoch_active: 0,
        epoch_count: 0,
        frozen_epoch: u32::MAX,
        id: 0,
        founder,
        budget_mint: community.budget_mint,
        stake_mint: community.stake_mint,
        vault: community.vault(),
        stake_vault: community.stake_vault(),
        bond_vault: community.bond_vault(),
        tracked: 0,
        committed: 0,
        reserved_funds: 0,
        staked: 0,
        bonded: 0,
        total_weight: 0,
        frozen_total: 0,
        first_open_at: FIRST_OPEN_AT,
        last_opened_at: 0,
        voting_opens_at: 0,
        cooling_floor_at: 0,
        seq: 1,
        policy: test_policy(),
        in_force: test_policy(),
        guardian: roles().guardian,
        reviewer: roles().reviewer,
        risk_reporter: roles().risk_reporter,
        positions: [PositionState::zeroed(); MAX_CATEGORIES],
        realised_profit: 0,
        realised_loss: 0,
        outflow: [0; 4],
        inflow: [0; 4],
        bucket_capacity: 0,
        bucket_level: 0,
        bucket_remainder: 0,
        bucket_at: 0,
        high_water: 0,
        tripped_at: 0,
        tripped_until: 0,
        breaker_rests_until: 0,
        standstill_before_secs: 0,
        standstill_from: 0,
        standstill_until: 0,
        pause_until: 0,
        pause_used_secs: 0,
        target_changes: [0; targets::COUNTED],
        trip_open: 0,
        reserved: [0; 259],
    };
    assert_same(w.treasury(), expected);
}

#[test]
fn a_role_may_stay_vacant() {
    let mut w = unborn();
    let founder = w.founder.clone();
    let vacant = CreateTreasuryArgs { roles: Roles::default(), ..args(0) };
    let creation = w.community.create_treasury(founder.key(), w.svm.fee_payer(), vacant);
    w.send(creation, &[&founder]).unwrap();
    let Treasury { guardian, reviewer, risk_reporter, .. } = w.treasury();
    assert_eq!([guardian, reviewer, risk_reporter], [Pubkey::default(); 3]);
}

#[test]
fn the_vaults_are_empty_token_accounts_of_the_treasury_alone() {
    let mut w = unborn();
    create_with(&mut w, |creation| creation).unwrap();
    let community = w.community;
    let vaults = [
        (community.vault(), community.budget_mint),
        (community.stake_vault(), community.stake_mint),
        (community.bond_vault(), community.budget_mint),
    ];
    for (vault, mint) in vaults {
        token::edit(&mut w.svm, &vault, |account| {
            assert_eq!((account.mint, account.owner), (mint, community.treasury));
            assert_eq!(account.amount, 0);
            assert!(account.delegate.is_none() && account.close_authority.is_none());
        });
    }
}

#[test]
fn the_payer_pays_the_rent_and_the_founder_nothing() {
    let mut w = unborn();
    let (founder, payer) = (w.founder.clone(), w.person());
    let had = [&founder, &payer].map(|person| w.svm.lamports(&person.key()));
    let instruction = creation(&w, payer.key());
    w.send(instruction, &[&founder, &payer]).unwrap();
    let community = w.community;
    let created =
        [community.treasury, community.vault(), community.stake_vault(), community.bond_vault()];
    let rent: u64 = created.iter().map(|key| w.svm.lamports(key)).sum();
    assert_eq!(w.svm.lamports(&founder.key()), had[0]);
    assert_eq!(had[1] - w.svm.lamports(&payer.key()), rent);
}

#[test]
fn another_id_gives_another_treasury() {
    let mut w = World::new();
    let before = w.treasury();
    let twin = sibling(&mut w);
    assert_ne!(twin.treasury, w.community.treasury);
    assert_same(w.treasury(), before);
    assert_eq!(within(&mut w, twin, |w| w.treasury()).id, 1);
}

#[test]
fn a_used_id_is_refused() {
    let mut w = unborn();
    create_with(&mut w, |creation| creation).unwrap();
    refused(&mut w, BudgetError::TreasuryAlreadyExists, |w| create_with(w, |creation| creation));
}

#[test]
fn the_founder_must_sign() {
    let mut w = unborn();
    let instruction = unsigned(creation(&w, w.svm.fee_payer()), FOUNDER);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(instruction, &[]));
}

#[test]
fn the_payer_must_sign() {
    let mut w = unborn();
    let (founder, payer) = (w.founder.clone(), w.person());
    let instruction = unsigned(creation(&w, payer.key()), PAYER);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(instruction, &[&founder]));
}

#[test]
fn the_treasury_of_another_founder_cannot_be_taken() {
    let mut w = unborn();
    let mallory = w.person();
    let mallorys = Community::treasury_address(&mallory.key(), 0);
    refused_by_anchor(&mut w, ErrorCode::ConstraintSeeds, |w| {
        create_with(w, |creation| swapped(creation, TREASURY, mallorys))
    });
}

#[test]
fn every_vault_must_be_at_its_own_address() {
    let vaults = [
        (VAULT, Community::bond_vault as fn(&Community) -> Pubkey),
        (STAKE_VAULT, Community::vault),
        (BOND_VAULT, Community::stake_vault),
    ];
    for (position, wrong) in vaults {
        let mut w = unborn();
        let wrong = wrong(&w.community);
        refused_by_anchor(&mut w, ErrorCode::ConstraintSeeds, |w| {
            create_with(w, |creation| swapped(creation, position, wrong))
        });
    }
}

#[test]
fn a_token_account_is_no_mint() {
    for position in [BUDGET_MINT, STAKE_MINT] {
        let mut w = unborn();
        let account = w.community.budget_account(&w.founder.key());
        refused_by_runtime(&mut w, "InvalidAccountData", |w| {
            create_with(w, |creation| swapped(creation, position, account))
        });
    }
}

#[test]
fn an_account_of_no_token_program_is_no_mint() {
    for position in [BUDGET_MINT, STAKE_MINT] {
        let mut w = unborn();
        let mut forged = w.svm.get(&w.community.budget_mint).unwrap();
        forged.owner = ID;
        w.svm.put(OTHER_MINT, forged);
        refused_by_anchor(&mut w, ErrorCode::AccountOwnedByWrongProgram, |w| {
            create_with(w, |creation| swapped(creation, position, OTHER_MINT))
        });
    }
}

#[test]
fn a_vault_cannot_be_of_another_token_program_than_its_mint() {
    for position in [BUDGET_TOKEN_PROGRAM, STAKE_TOKEN_PROGRAM] {
        let mut w = unborn();
        refused_by_anchor(&mut w, ErrorCode::ConstraintMintTokenProgram, |w| {
            create_with(w, |creation| swapped(creation, position, token::TOKEN_2022))
        });
    }
}

#[test]
fn a_program_that_is_not_the_expected_one_is_refused() {
    let wrong = [
        (BUDGET_TOKEN_PROGRAM, system_program::ID),
        (STAKE_TOKEN_PROGRAM, system_program::ID),
        (SYSTEM_PROGRAM, token::SPL_TOKEN),
    ];
    for (position, program) in wrong {
        let mut w = unborn();
        refused_by_anchor(&mut w, ErrorCode::InvalidProgramId, |w| {
            create_with(w, |creation| swapped(creation, position, program))
        });
    }
}

#[test]
fn a_mint_with_a_permanent_delegate_is_refused() {
    const PERMANENT_DELEGATE: u16 = 12;
    let setup = Setup { budget_token_program: token::TOKEN_2022, ..Setup::default() };
    let mut w = World::before_treasury(&setup);
    let mint = w.community.budget_mint;
    token::put_mint_with_extension(&mut w.svm, mint, 6, PERMANENT_DELEGATE, &[7; 32]);
    refused(&mut w, BudgetError::MintExtensionNotAllowed, |w| w.create_treasury(&setup));
}

#[test]
fn a_policy_beyond_a_bound_is_refused() {
    let mut setup = Setup::default();
    setup.policy.budget.epoch_cap_bps = 3_001;
    let mut w = unborn();
    refused(&mut w, BudgetError::PolicyOutOfBounds, |w| w.create_treasury(&setup));
}

#[test]
fn a_policy_that_contradicts_itself_is_refused() {
    let mut setup = Setup::default();
    setup.policy.slate.capacity = 48;
    let mut w = unborn();
    refused(&mut w, BudgetError::PolicyInconsistent, |w| w.create_treasury(&setup));
}

#[test]
fn lamports_sent_to_the_addresses_before_stop_nothing() {
    for lamports in [1, 1_000_000_000] {
        let mut w = unborn();
        let community = w.community;
        let addresses = [
            community.treasury,
            community.vault(),
            community.stake_vault(),
            community.bond_vault(),
        ];
        for address in addresses {
            w.svm.fund(address, lamports);
        }
        create_with(&mut w, |creation| creation).unwrap();
        assert_eq!(w.treasury().seq, 1);
        for address in addresses {
            assert!(w.svm.lamports(&address) >= lamports);
        }
        let founder = w.founder.clone();
        w.deposit(&founder, 5).unwrap();
        assert_eq!(w.vault(), 5);
    }
}
