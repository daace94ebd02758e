//! Which mints a treasury takes (design section 7).
//!
//! create_treasury, in either role of a mint
//! ├── given a plain mint of SPL Token or Token-2022 ........... accepted
//! ├── given metadata pointer or token metadata ................ accepted
//! ├── given any other extension of Token-2022 ................. MintExtensionNotAllowed
//! ├── given a type that this program does not know ............ MintExtensionNotAllowed
//! ├── given one mint for both roles ........................... the vaults stay separate
//! └── given 0 or 9 decimals ................................... transfers work

use anchor_lang::prelude::Pubkey;
use budget_tests::*;
use community_budget::BudgetError;

use crate::common::*;

const METADATA_POINTER: u16 = 18;
const TOKEN_METADATA: u16 = 19;

/// The other extension types of spl-token-2022-interface 2.1.0: number, name, and a value of the
/// right length. Those of accounts are no business of a mint, and so refused as well.
const FORBIDDEN: &[(u16, &str, &[u8])] = &[
    (1, "TransferFeeConfig", &[1; 108]),
    (2, "TransferFeeAmount", &[1; 8]),
    (3, "MintCloseAuthority", &[1; 32]),
    (4, "ConfidentialTransferMint", &[1; 65]),
    (5, "ConfidentialTransferAccount", &[1; 295]),
    // Every new account frozen.
    (6, "DefaultAccountState", &[2]),
    (7, "ImmutableOwner", &[]),
    (8, "MemoTransfer", &[1]),
    (9, "NonTransferable", &[]),
    (10, "InterestBearingConfig", &[1; 52]),
    (11, "CpiGuard", &[1]),
    (12, "PermanentDelegate", &[1; 32]),
    (13, "NonTransferableAccount", &[]),
    (14, "TransferHook", &[1; 64]),
    (15, "TransferHookAccount", &[1]),
    (16, "ConfidentialTransferFeeConfig", &[1; 129]),
    (17, "ConfidentialTransferFeeAmount", &[1; 64]),
    (20, "GroupPointer", &[1; 64]),
    (21, "TokenGroup", &[1; 80]),
    (22, "GroupMemberPointer", &[1; 64]),
    (23, "TokenGroupMember", &[1; 72]),
    (24, "ConfidentialMintBurn", &[1; 196]),
    (25, "ScaledUiAmount", &[1; 56]),
    (26, "Pausable", &[1; 33]),
    (27, "PausableAccount", &[]),
];

/// Types that no program of today knows.
const UNKNOWN: [u16; 3] = [28, 1_000, u16::MAX];

/// Which of the two mints is the odd one.
#[derive(Clone, Copy, Debug)]
enum Role {
    Budget,
    Stake,
}

impl Role {
    const BOTH: [Role; 2] = [Role::Budget, Role::Stake];

    /// A setup whose mint in this role belongs to Token-2022.
    fn setup(self) -> Setup {
        let mut setup = Setup::default();
        match self {
            Role::Budget => setup.budget_token_program = token::TOKEN_2022,
            Role::Stake => setup.stake_token_program = token::TOKEN_2022,
        }
        setup
    }

    fn mint(self, community: &Community) -> Pubkey {
        match self {
            Role::Budget => community.budget_mint,
            Role::Stake => community.stake_mint,
        }
    }
}

/// A world before its treasury, whose mint in `role` has one extension.
fn with_extension(role: Role, number: u16, value: &[u8]) -> World {
    let mut w = World::before_treasury(&role.setup());
    let mint = role.mint(&w.community);
    token::put_mint_with_extension(&mut w.svm, mint, 6, number, value);
    w
}

/// Moves tokens of both mints in, and of the stake mint out again.
fn assert_tokens_move(w: &mut World) {
    let founder = w.founder.clone();
    w.deposit(&founder, 700).unwrap();
    assert_eq!((w.vault(), w.treasury().tracked), (700, 700));
    let alice = w.staker(300);
    assert_eq!((stake_vault(w), w.treasury().staked), (300, 300));
    w.unstake(&alice, 100).unwrap();
    w.svm.advance(7 * DAY);
    w.withdraw_unstaked(&alice).unwrap();
    assert_eq!((stake_vault(w), w.treasury().staked), (200, 200));
    assert_eq!(w.vault(), 700);
}

#[test]
fn a_plain_mint_of_token_2022_is_accepted() {
    for role in Role::BOTH {
        let mut w = World::before_treasury(&role.setup());
        w.create_treasury(&role.setup()).unwrap();
        assert_tokens_move(&mut w);
    }
}

#[test]
fn a_metadata_pointer_is_accepted() {
    for role in Role::BOTH {
        let mut w = with_extension(role, METADATA_POINTER, &[1; 64]);
        w.create_treasury(&role.setup()).unwrap();
        assert_tokens_move(&mut w);
    }
}

#[test]
fn token_metadata_is_accepted() {
    // Update authority and mint, then four empty lists.
    for role in Role::BOTH {
        let mut w = with_extension(role, TOKEN_METADATA, &[0; 80]);
        w.create_treasury(&role.setup()).unwrap();
        assert_tokens_move(&mut w);
    }
}

#[test]
fn every_other_extension_is_refused() {
    for role in Role::BOTH {
        for (number, name, value) in FORBIDDEN {
            println!("{name} on the mint of {role:?}");
            let mut w = with_extension(role, *number, value);
            refused(&mut w, BudgetError::MintExtensionNotAllowed, |w| {
                w.create_treasury(&role.setup())
            });
        }
    }
}

#[test]
fn the_table_names_every_type_once() {
    let allowed = [METADATA_POINTER, TOKEN_METADATA];
    let mut numbers: Vec<u16> = FORBIDDEN.iter().map(|row| row.0).chain(allowed).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=27).collect::<Vec<u16>>());
}

#[test]
fn an_unknown_extension_is_refused() {
    for role in Role::BOTH {
        for number in UNKNOWN {
            println!("type {number} on the mint of {role:?}");
            let mut w = with_extension(role, number, &[1; 32]);
            refused(&mut w, BudgetError::MintExtensionNotAllowed, |w| {
                w.create_treasury(&role.setup())
            });
        }
    }
}

#[test]
fn a_forbidden_extension_behind_an_allowed_one_is_refused() {
    const PERMANENT_DELEGATE: [u8; 4] = [12, 0, 32, 0];
    for role in Role::BOTH {
        let mut w = with_extension(role, METADATA_POINTER, &[1; 64]);
        let mint = role.mint(&w.community);
        let mut account = w.svm.get(&mint).unwrap();
        account.data.extend_from_slice(&PERMANENT_DELEGATE);
        account.data.extend_from_slice(&[1; 32]);
        w.svm.put(mint, account);
        refused(&mut w, BudgetError::MintExtensionNotAllowed, |w| w.create_treasury(&role.setup()));
    }
}

#[test]
fn one_mint_may_have_both_roles_with_separate_vaults() {
    for program in [token::SPL_TOKEN, token::TOKEN_2022] {
        let setup = Setup {
            budget_token_program: program,
            stake_token_program: program,
            ..Setup::default()
        };
        let mut w = World::before_treasury(&setup);
        w.community.stake_mint = w.community.budget_mint;
        w.create_treasury(&setup).unwrap();
        assert_eq!(w.treasury().stake_mint, w.treasury().budget_mint);
        assert_ne!(w.treasury().stake_vault, w.treasury().vault);
        assert_tokens_move(&mut w);
    }
}

#[test]
fn staked_tokens_of_the_budget_mint_are_no_funds() {
    let setup = Setup::default();
    let mut w = World::before_treasury(&setup);
    w.community.stake_mint = w.community.budget_mint;
    w.create_treasury(&setup).unwrap();
    w.staker(1_000_000);
    assert_eq!((w.treasury().tracked, w.treasury().staked), (0, 1_000_000));
    refused(&mut w, BudgetError::NoSurplus, World::absorb_surplus);
    refused(&mut w, BudgetError::CapBelowMinimum, World::open_epoch);
}

#[test]
fn mints_without_decimals_and_with_nine_work() {
    for decimals in [0, 9] {
        let setup = Setup { decimals, ..Setup::default() };
        let mut w = World::before_treasury(&setup);
        w.create_treasury(&setup).unwrap();
        let books = w.treasury();
        assert_eq!((books.budget_decimals, books.stake_decimals), (decimals, decimals));
        assert_tokens_move(&mut w);
    }
}

#[test]
fn the_two_mints_may_differ_in_decimals() {
    let setup = Setup { decimals: 9, ..Setup::default() };
    let mut w = World::before_treasury(&setup);
    let stake_mint = w.community.stake_mint;
    token::put_mint(&mut w.svm, stake_mint, token::SPL_TOKEN, 0);
    w.create_treasury(&setup).unwrap();
    assert_eq!((w.treasury().budget_decimals, w.treasury().stake_decimals), (9, 0));
    assert_tokens_move(&mut w);
}
