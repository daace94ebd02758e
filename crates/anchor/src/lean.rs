//! The account types of the instructions: Anchor's by name and meaning, leaner underneath.
//!
//! - [`AccountLoader`] proves owner, kind and size once, when it is made, and not again at every
//!   load; and it writes nothing on exit, because the discriminator is there already.
//! - [`InterfaceAccount`] proves that it is a live token account or mint of one of the two token
//!   programs, and reads a field when it is asked for one, so it never holds what a call of the
//!   token program has outdated. Anchor unpacks all fields and copies them four times.
//! - [`Account`] reads the fields that instructions use; texts stay where they are.
//! - Anchor looks for accounts that were given twice in a hash set of all writable ones, because its
//!   own types write on exit, and the second write would undo the first. These types write in place,
//!   so the program marks them `dup`, which switches that search off, and compares the two accounts
//!   that matter where it moves tokens between them.

use std::{
    cell::{Ref, RefMut},
    collections::BTreeSet,
    marker::PhantomData,
    ops::Deref,
};

use upstream::{
    Discriminator, Id, Ids, Key, Owner, ToAccountInfos, ToAccountMetas, ZeroCopy,
    prelude::{AccountInfo, AccountMeta, ProgramError, Pubkey},
    system_program,
};

use crate::{
    Accounts, AccountsClose, AccountsExit, Result,
    error::{Error, ErrorCode},
    token,
    traits::next,
};

/// Bytes of a discriminator.
const KIND_BYTES: usize = 8;

/// A zero-copy account of this program.
pub struct AccountLoader<'info, T> {
    info: &'info AccountInfo<'info>,
    kind: PhantomData<T>,
}

impl<'info, T: ZeroCopy + Owner> AccountLoader<'info, T> {
    // SECURITY: what Anchor's type proves: the owner, the discriminator, and that all fields are
    // there. None of them can change while an instruction of this program runs.
    #[inline(never)]
    fn try_from(info: &'info AccountInfo<'info>) -> Result<Self> {
        if *info.owner != T::owner() {
            return Err(ErrorCode::AccountOwnedByWrongProgram.into());
        }
        prove_kind::<T>(info)?;
        if info.data_len() < Self::END {
            return Err(ErrorCode::AccountDidNotDeserialize.into());
        }
        Ok(Self { info, kind: PhantomData })
    }

    const END: usize = KIND_BYTES.saturating_add(std::mem::size_of::<T>());

    /// Borrows the account for reading.
    #[inline(always)]
    pub fn load(&self) -> Result<Ref<'_, T>> {
        let data = self.info.try_borrow_data()?;
        let view = Ref::filter_map(data, |data| {
            let bytes = data.get(KIND_BYTES..Self::END)?;
            bytemuck::try_from_bytes(bytes).ok()
        });
        view.map_err(|_| unreadable())
    }

    /// Borrows the account for writing.
    ///
    /// # Errors
    /// `AccountNotMutable` if the transaction did not ask to write it.
    #[inline(always)]
    pub fn load_mut(&self) -> Result<RefMut<'_, T>> {
        if !self.info.is_writable {
            return Err(not_mutable());
        }
        let data = self.info.try_borrow_mut_data()?;
        let view = RefMut::filter_map(data, |data| {
            let bytes = data.get_mut(KIND_BYTES..Self::END)?;
            bytemuck::try_from_bytes_mut(bytes).ok()
        });
        view.map_err(|_| unreadable())
    }
}

/// An account of this program that is stored in Borsh, seen as its [`Viewed::View`].
pub struct Account<'info, T: Viewed> {
    info: &'info AccountInfo<'info>,
    view: Box<T::View>,
}

/// Reads the fields that instructions use.
pub trait Viewed: Discriminator + Owner {
    /// Those fields.
    type View;

    /// Reads them from the account's bytes behind the discriminator; `None` if they are cut short.
    fn view(payload: &[u8]) -> Option<Self::View>;
}

impl<'info, T: Viewed> Account<'info, T> {
    #[inline(never)]
    fn try_from(info: &'info AccountInfo<'info>) -> Result<Self> {
        if *info.owner != T::owner() {
            return Err(wrong_owner(info));
        }
        prove_kind::<T>(info)?;
        let data = info.try_borrow_data()?;
        let view = data.get(KIND_BYTES..).and_then(T::view);
        Ok(Self { info, view: Box::new(view.ok_or(ErrorCode::AccountDidNotDeserialize)?) })
    }
}

impl<T: Viewed> Account<'_, T> {
    /// Borrows the account's bytes behind the discriminator for writing.
    ///
    /// # Errors
    /// `AccountNotMutable` if the transaction did not ask to write it.
    pub fn payload_mut(&self) -> Result<RefMut<'_, [u8]>> {
        if !self.info.is_writable {
            return Err(not_mutable());
        }
        let data = self.info.try_borrow_mut_data()?;
        RefMut::filter_map(data, |data| data.get_mut(KIND_BYTES..)).map_err(|_| unreadable())
    }
}

impl<T: Viewed> Deref for Account<'_, T> {
    type Target = T::View;

    fn deref(&self) -> &T::View {
        &self.view
    }
}

/// Refuses an account of another kind.
#[inline(always)]
fn prove_kind<T: Discriminator>(info: &AccountInfo<'_>) -> Result<()> {
    let data = info.try_borrow_data()?;
    if data.first_chunk::<KIND_BYTES>() != T::DISCRIMINATOR.first_chunk() {
        return Err(wrong_kind(data.len()));
    }
    Ok(())
}

/// A token account or mint of one of the two token programs.
pub struct InterfaceAccount<'info, T> {
    info: &'info AccountInfo<'info>,
    kind: PhantomData<T>,
}

impl<'info, T: token::Kind> InterfaceAccount<'info, T> {
    // SECURITY: what Anchor's type proves, but for fields that no instruction reads.
    #[inline(never)]
    fn try_from(info: &'info AccountInfo<'info>) -> Result<Self> {
        if !token::PROGRAMS.contains(info.owner) {
            return Err(wrong_owner(info));
        }
        T::prove(&info.try_borrow_data()?)?;
        Ok(Self { info, kind: PhantomData })
    }

    fn bytes<const N: usize>(&self, at: usize) -> Result<[u8; N]> {
        let data = self.info.try_borrow_data()?;
        data.get(at..).and_then(|data| data.first_chunk()).copied().ok_or_else(unreadable)
    }
}

impl InterfaceAccount<'_, token::TokenAccount> {
    /// The mint of its tokens.
    pub fn mint(&self) -> Result<Pubkey> {
        Ok(Pubkey::new_from_array(self.bytes(0)?))
    }

    /// Who may spend its tokens.
    pub fn owner(&self) -> Result<Pubkey> {
        Ok(Pubkey::new_from_array(self.bytes(32)?))
    }

    /// Base units that it holds now.
    pub fn amount(&self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.bytes(64)?))
    }
}

impl InterfaceAccount<'_, token::Mint> {
    /// Decimals of its tokens.
    pub fn decimals(&self) -> Result<u8> {
        Ok(u8::from_le_bytes(self.bytes(44)?))
    }
}

#[cold]
#[inline(never)]
fn wrong_owner(info: &AccountInfo<'_>) -> Error {
    if info.owner == &system_program::ID && info.lamports() == 0 {
        ErrorCode::AccountNotInitialized.into()
    } else {
        ErrorCode::AccountOwnedByWrongProgram.into()
    }
}

#[cold]
#[inline(never)]
fn wrong_kind(bytes: usize) -> Error {
    if bytes < KIND_BYTES {
        ErrorCode::AccountDiscriminatorNotFound.into()
    } else {
        ErrorCode::AccountDiscriminatorMismatch.into()
    }
}

#[cold]
#[inline(never)]
fn not_mutable() -> Error {
    ErrorCode::AccountNotMutable.into()
}

#[cold]
#[inline(never)]
fn unreadable() -> Error {
    ErrorCode::AccountDidNotDeserialize.into()
}

/// An account that signed the transaction.
pub struct Signer<'info> {
    info: &'info AccountInfo<'info>,
}

impl<'info> Signer<'info> {
    #[inline(always)]
    fn try_from(info: &'info AccountInfo<'info>) -> Result<Self> {
        if !info.is_signer {
            return Err(ErrorCode::AccountNotSigner.into());
        }
        Ok(Self { info })
    }
}

/// The program `T`.
pub struct Program<'info, T> {
    info: &'info AccountInfo<'info>,
    kind: PhantomData<T>,
}

impl<'info, T: Id> Program<'info, T> {
    #[inline(always)]
    fn try_from(info: &'info AccountInfo<'info>) -> Result<Self> {
        prove_program(info, *info.key == T::id())?;
        Ok(Self { info, kind: PhantomData })
    }
}

/// One of the programs `T`.
pub struct Interface<'info, T> {
    info: &'info AccountInfo<'info>,
    kind: PhantomData<T>,
}

impl<'info, T: Ids> Interface<'info, T> {
    #[inline(never)]
    fn try_from(info: &'info AccountInfo<'info>) -> Result<Self> {
        prove_program(info, T::ids().contains(info.key))?;
        Ok(Self { info, kind: PhantomData })
    }
}

/// Refuses an account that is another program than expected, or none.
fn prove_program(info: &AccountInfo<'_>, expected: bool) -> Result<()> {
    if !expected {
        return Err(ErrorCode::InvalidProgramId.into());
    }
    if !info.executable {
        return Err(ErrorCode::InvalidProgramExecutable.into());
    }
    Ok(())
}

/// What `#[derive(Accounts)]` asks of an account type.
macro_rules! account_type {
    ([$($generics:tt)*] $name:ty) => {
        impl<'info, B, $($generics)*> Accounts<'info, B> for $name {
            #[inline(always)]
            fn try_accounts(
                _program_id: &Pubkey,
                accounts: &mut &'info [AccountInfo<'info>],
                _ix_data: &[u8],
                _bumps: &mut B,
                _reallocs: &mut BTreeSet<Pubkey>,
            ) -> Result<Self> {
                Self::try_from(next(accounts)?)
            }
        }

        // Everything is written in place.
        impl<'info, $($generics)*> AccountsExit<'info> for $name {}

        impl<'info, $($generics)*> AccountsClose<'info> for $name {
            fn close(&self, destination: AccountInfo<'info>) -> Result<()> {
                close(self.info, &destination)
            }
        }

        impl<'info, $($generics)*> ToAccountMetas for $name {
            fn to_account_metas(&self, is_signer: Option<bool>) -> Vec<AccountMeta> {
                let is_signer = is_signer.unwrap_or(self.info.is_signer);
                let (pubkey, is_writable) = (*self.info.key, self.info.is_writable);
                vec![AccountMeta { pubkey, is_signer, is_writable }]
            }
        }

        impl<'info, $($generics)*> ToAccountInfos<'info> for $name {
            fn to_account_infos(&self) -> Vec<AccountInfo<'info>> {
                vec![self.info.clone()]
            }
        }

        impl<'info, $($generics)*> AsRef<AccountInfo<'info>> for $name {
            #[inline(always)]
            fn as_ref(&self) -> &AccountInfo<'info> {
                self.info
            }
        }

        impl<'info, $($generics)*> Key for $name {
            #[inline(always)]
            fn key(&self) -> Pubkey {
                *self.info.key
            }
        }
    };
}

account_type!([] Signer<'info>);
account_type!([T: Id] Program<'info, T>);
account_type!([T: Ids] Interface<'info, T>);
account_type!([T: ZeroCopy + Owner] AccountLoader<'info, T>);
account_type!([T: Viewed] Account<'info, T>);
account_type!([T: token::Kind] InterfaceAccount<'info, T>);

impl<'info> Deref for Signer<'info> {
    type Target = AccountInfo<'info>;

    #[inline(always)]
    fn deref(&self) -> &AccountInfo<'info> {
        self.info
    }
}

/// Gives the account's lamports to `destination` and the account back to the System program, without
/// data, so that a later instruction of the same transaction finds nothing to revive.
#[inline(never)]
fn close(info: &AccountInfo<'_>, destination: &AccountInfo<'_>) -> Result<()> {
    if info.key == destination.key {
        return Err(ErrorCode::ConstraintClose.into());
    }
    let sum = destination.lamports().checked_add(info.lamports());
    let sum = sum.ok_or(ProgramError::ArithmeticOverflow)?;
    **info.try_borrow_mut_lamports()? = 0;
    **destination.try_borrow_mut_lamports()? = sum;
    info.assign(&system_program::ID);
    info.resize(0)?;
    Ok(())
}
