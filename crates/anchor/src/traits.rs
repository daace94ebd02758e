//! Anchor's traits whose methods can fail, with this crate's error.

use std::collections::BTreeSet;

use upstream::{
    Bumps, ToAccountInfos, ToAccountMetas,
    prelude::{AccountInfo, Pubkey, UncheckedAccount},
};

use crate::{Result, error::ErrorCode};

/// What a handler is given: its accounts, checked.
pub struct Context<'info, T: Bumps> {
    /// The program itself.
    pub program_id: &'info Pubkey,
    /// Accounts of the instruction.
    pub accounts: &'info mut T,
    /// Accounts beyond them.
    pub remaining_accounts: &'info [AccountInfo<'info>],
    /// Bumps that constraints have found.
    pub bumps: T::Bumps,
}

impl<'info, T: Bumps> Context<'info, T> {
    /// What Anchor's macros call.
    #[inline(always)]
    pub fn new(
        program_id: &'info Pubkey,
        accounts: &'info mut T,
        remaining_accounts: &'info [AccountInfo<'info>],
        bumps: T::Bumps,
    ) -> Self {
        Self { program_id, accounts, remaining_accounts, bumps }
    }
}

/// Reads and checks the accounts of an instruction.
pub trait Accounts<'info, B>: ToAccountMetas + ToAccountInfos<'info> + Sized {
    /// Takes as many accounts from the front of `accounts` as it needs.
    ///
    /// # Errors
    /// What is wrong with the first account that is.
    fn try_accounts(
        program_id: &Pubkey,
        accounts: &mut &'info [AccountInfo<'info>],
        ix_data: &[u8],
        bumps: &mut B,
        reallocs: &mut BTreeSet<Pubkey>,
    ) -> Result<Self>;
}

/// What is to be done when an instruction ends well.
pub trait AccountsExit<'info>: ToAccountMetas + ToAccountInfos<'info> {
    /// Nothing, unless a type says otherwise.
    ///
    /// # Errors
    /// None here.
    #[inline(always)]
    fn exit(&self, _program_id: &Pubkey) -> Result<()> {
        Ok(())
    }
}

/// Accounts that can be closed.
pub trait AccountsClose<'info>: ToAccountInfos<'info> {
    /// Gives its lamports to `destination` and the account back to the System program.
    ///
    /// # Errors
    /// `ConstraintClose` if both are one account.
    fn close(&self, destination: AccountInfo<'info>) -> Result<()>;
}

/// Accounts as bytes.
pub trait AccountSerialize {
    /// Writes discriminator and fields.
    ///
    /// # Errors
    /// `AccountDidNotSerialize` if they do not fit.
    fn try_serialize<W: std::io::Write>(&self, _writer: &mut W) -> Result<()> {
        Ok(())
    }
}

/// Accounts from bytes.
pub trait AccountDeserialize: Sized {
    /// Reads discriminator and fields.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    fn try_deserialize(bytes: &mut &[u8]) -> Result<Self> {
        Self::try_deserialize_unchecked(bytes)
    }

    /// Reads fields behind any discriminator.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    fn try_deserialize_unchecked(bytes: &mut &[u8]) -> Result<Self>;
}

/// Takes the next account.
#[inline(always)]
pub(crate) fn next<'info>(
    accounts: &mut &'info [AccountInfo<'info>],
) -> Result<&'info AccountInfo<'info>> {
    let (first, rest) = accounts.split_first().ok_or(ErrorCode::AccountNotEnoughKeys)?;
    *accounts = rest;
    Ok(first)
}

// The program's own key stands for an account that is left out.
impl<'info, B, T: Accounts<'info, B>> Accounts<'info, B> for Option<T> {
    #[inline(always)]
    fn try_accounts(
        program_id: &Pubkey,
        accounts: &mut &'info [AccountInfo<'info>],
        ix_data: &[u8],
        bumps: &mut B,
        reallocs: &mut BTreeSet<Pubkey>,
    ) -> Result<Self> {
        match accounts.split_first() {
            None => Err(ErrorCode::AccountNotEnoughKeys.into()),
            Some((first, rest)) if first.key == program_id => {
                *accounts = rest;
                Ok(None)
            }
            Some(_) => T::try_accounts(program_id, accounts, ix_data, bumps, reallocs).map(Some),
        }
    }
}

impl<'info, T: AccountsExit<'info>> AccountsExit<'info> for Option<T> {
    #[inline(always)]
    fn exit(&self, program_id: &Pubkey) -> Result<()> {
        self.as_ref().map_or(Ok(()), |account| account.exit(program_id))
    }
}

impl<'info, B> Accounts<'info, B> for UncheckedAccount<'info> {
    #[inline(always)]
    fn try_accounts(
        _program_id: &Pubkey,
        accounts: &mut &'info [AccountInfo<'info>],
        _ix_data: &[u8],
        _bumps: &mut B,
        _reallocs: &mut BTreeSet<Pubkey>,
    ) -> Result<Self> {
        next(accounts).map(UncheckedAccount::try_from)
    }
}

impl<'info> AccountsExit<'info> for UncheckedAccount<'info> {}
