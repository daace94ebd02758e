//! Creation of accounts whose second creation is a rejection that users meet.
//!
//! Anchor's `init` reports an existing account as the System program's error 0, without a name.
//! The accounts created here answer with the error that the caller names. The address and its
//! canonical bump are still proved by the `seeds` and `bump` constraints of the caller's struct.

use anchor_lang::{
    prelude::*,
    system_program::{self, Allocate, Assign, CreateAccount, Transfer},
};

use crate::error::{BudgetError, checked};

/// What to create, where, at whose expense.
pub struct Creation<'a, 'info> {
    /// Account at a program address that the caller has proved.
    pub account: &'a AccountInfo<'info>,
    /// Pays the rent.
    pub payer: &'a AccountInfo<'info>,
    /// Program that will own the account.
    pub owner: &'a Pubkey,
    /// Bytes, discriminator included.
    pub space: usize,
    /// Seeds of the address, bump included.
    pub seeds: &'a [&'a [u8]],
    /// What an existing account means.
    pub exists: BudgetError,
}

impl Creation<'_, '_> {
    /// Creates the account, rent-exempt. Lamports that somebody sent to the address beforehand
    /// count towards the rent and stop nothing.
    ///
    /// # Errors
    /// The error named in `exists` when the account is there already.
    pub fn run(self) -> Result<()> {
        let Self { account, payer, owner, space, seeds, exists } = self;
        if account.owner != &system_program::ID || !account.data_is_empty() {
            return Err(exists.into());
        }
        let rent = Rent::get()?.minimum_balance(space);
        let present = account.lamports();
        let signer: &[&[&[u8]]] = &[seeds];
        let space = checked(u64::try_from(space).ok())?;
        if present == 0 {
            let accounts = CreateAccount { from: payer.clone(), to: account.clone() };
            let context = CpiContext::new_with_signer(system_program::ID, accounts, signer);
            return system_program::create_account(context, rent, space, owner);
        }
        if let Some(missing) = rent.checked_sub(present).filter(|missing| *missing > 0) {
            let accounts = Transfer { from: payer.clone(), to: account.clone() };
            system_program::transfer(CpiContext::new(system_program::ID, accounts), missing)?;
        }
        let accounts = Allocate { account_to_allocate: account.clone() };
        let context = CpiContext::new_with_signer(system_program::ID, accounts, signer);
        system_program::allocate(context, space)?;
        let accounts = Assign { account_to_assign: account.clone() };
        let context = CpiContext::new_with_signer(system_program::ID, accounts, signer);
        system_program::assign(context, owner)
    }
}

/// Writes a Borsh account, discriminator first, into the account just created.
pub fn store<T: AccountSerialize>(account: &AccountInfo<'_>, value: &T) -> Result<()> {
    let mut data = account.try_borrow_mut_data()?;
    let mut target: &mut [u8] = &mut data;
    value.try_serialize(&mut target)
}

/// Writes the discriminator of a zero-copy account into the account just created.
pub fn mark<T: Discriminator>(account: &AccountInfo<'_>) -> Result<()> {
    let mut data = account.try_borrow_mut_data()?;
    for (to, from) in data.iter_mut().zip(T::DISCRIMINATOR) {
        *to = *from;
    }
    Ok(())
}
