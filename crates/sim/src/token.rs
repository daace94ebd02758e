//! Mints and token accounts, written directly: how tokens came to be is not what is simulated.

use anchor_lang::{
    prelude::Pubkey,
    solana_program::{program_option::COption, program_pack::Pack},
};
use anchor_spl::{
    associated_token::get_associated_token_address_with_program_id,
    token_2022::spl_token_2022::{
        extension::{AccountType, StateWithExtensions},
        state::{Account as TokenAccount, AccountState, Mint},
    },
};
use solana_account::Account;

use crate::svm::Svm;

/// The SPL Token program.
pub const SPL_TOKEN: Pubkey = anchor_spl::token::ID;
/// The Token-2022 program.
pub const TOKEN_2022: Pubkey = anchor_spl::token_2022::ID;

/// Plenty for rent exemption of any token account.
const LAMPORTS: u64 = 10_000_000;

/// Writes a mint with a fixed supply of `u64::MAX / 2` and no authorities.
pub fn put_mint(svm: &mut Svm, key: Pubkey, program: Pubkey, decimals: u8) {
    let mint = Mint {
        mint_authority: COption::None,
        supply: u64::MAX / 2,
        decimals,
        is_initialized: true,
        freeze_authority: COption::None,
    };
    let mut data = vec![0; Mint::LEN];
    Mint::pack(mint, &mut data).expect("a mint fits its own length");
    svm.put(key, Account { lamports: LAMPORTS, data, owner: program, ..Account::default() });
}

/// Writes a Token-2022 mint with one extension: its type number and its bytes.
pub fn put_mint_with_extension(
    svm: &mut Svm,
    key: Pubkey,
    decimals: u8,
    extension: u16,
    value: &[u8],
) {
    put_mint(svm, key, TOKEN_2022, decimals);
    let mut account = svm.get(&key).expect("the mint was just written");
    // Extensions follow the account type, which stands where a token account would end.
    account.data.resize(TokenAccount::LEN, 0);
    account.data.push(u8::from(AccountType::Mint));
    account.data.extend_from_slice(&extension.to_le_bytes());
    account.data.extend_from_slice(&u16::try_from(value.len()).expect("short").to_le_bytes());
    account.data.extend_from_slice(value);
    svm.put(key, account);
}

/// Writes a token account with `amount` base units.
pub fn put_token_account(
    svm: &mut Svm,
    key: Pubkey,
    program: Pubkey,
    mint: Pubkey,
    owner: Pubkey,
    amount: u64,
) {
    let state = TokenAccount {
        mint,
        owner,
        amount,
        delegate: COption::None,
        state: AccountState::Initialized,
        is_native: COption::None,
        delegated_amount: 0,
        close_authority: COption::None,
    };
    let mut data = vec![0; TokenAccount::LEN];
    TokenAccount::pack(state, &mut data).expect("a token account fits its own length");
    svm.put(key, Account { lamports: LAMPORTS, data, owner: program, ..Account::default() });
}

/// Writes the associated account of `owner` with `amount` base units and returns its address.
pub fn put_associated(
    svm: &mut Svm,
    program: Pubkey,
    mint: Pubkey,
    owner: Pubkey,
    amount: u64,
) -> Pubkey {
    let key = get_associated_token_address_with_program_id(&owner, &mint, &program);
    put_token_account(svm, key, program, mint, owner, amount);
    key
}

/// Changes fields of a token account in place.
///
/// # Panics
/// When there is no token account.
pub fn edit(svm: &mut Svm, key: &Pubkey, change: impl FnOnce(&mut TokenAccount)) {
    let mut account = svm.get(key).unwrap_or_else(|| panic!("no token account at {key}"));
    let mut state = StateWithExtensions::<TokenAccount>::unpack(&account.data)
        .unwrap_or_else(|e| panic!("{key} is no token account: {e}"))
        .base;
    change(&mut state);
    TokenAccount::pack(state, &mut account.data[..TokenAccount::LEN]).expect("same length");
    svm.put(*key, account);
}

/// Base units in a token account, 0 if it does not exist.
///
/// # Panics
/// When the account is no token account.
pub fn balance(svm: &Svm, key: &Pubkey) -> u64 {
    svm.get(key).map_or(0, |account| {
        StateWithExtensions::<TokenAccount>::unpack(&account.data)
            .unwrap_or_else(|e| panic!("{key} is no token account: {e}"))
            .base
            .amount
    })
}
