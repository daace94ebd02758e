//! Creation of accounts whose second creation is a rejection that users meet.
//!
//! Anchor's `init` reports an existing account as the System program's error 0, without a name.
//! The accounts created here answer with the error that the caller names. And here their addresses
//! are proved, by a search that costs a fourth of the one that Anchor's `seeds` stands for; those
//! that the accounts of instructions declare are for the interface description.
//!
//! The System program's instructions are put together here: their bytes are fixed, and the crate
//! that encodes them needs 450 compute units for it.

use anchor_lang::{
    error::ErrorCode,
    prelude::*,
    solana_program::{
        instruction::{AccountMeta, Instruction},
        program::invoke_signed_unchecked,
    },
    system_program,
};

use crate::{
    address,
    error::{BudgetError, checked},
};

/// What to create, where, at whose expense.
pub struct Creation<'a, 'info> {
    /// What should become the account; nothing about it is proved yet.
    pub account: &'a AccountInfo<'info>,
    /// Pays the rent.
    pub payer: &'a AccountInfo<'info>,
    /// Program that will own the account.
    pub owner: &'a Pubkey,
    /// Bytes, discriminator included.
    pub space: usize,
    /// Seeds of the address, without the bump.
    pub seeds: &'a [&'a [u8]],
    /// What an existing account means.
    pub exists: BudgetError,
}

// ABI: numbers of the System program's instructions.
const CREATE_ACCOUNT: u32 = 0;
const ASSIGN: u32 = 1;
const TRANSFER: u32 = 2;
const ALLOCATE: u32 = 8;

impl Creation<'_, '_> {
    /// Creates the account, rent-exempt, and returns its bump. Lamports that somebody sent to the
    /// address beforehand count towards the rent and stop nothing.
    ///
    /// # Errors
    /// Anchor's `ConstraintSeeds` for another address, and the error named in `exists` when the
    /// account is there already.
    #[inline(never)]
    pub fn run(self) -> Result<u8> {
        let (address, bump) = address::find(self.seeds, &crate::ID);
        if *self.account.key != address {
            return Err(ErrorCode::ConstraintSeeds.into());
        }
        if self.account.owner != &system_program::ID || !self.account.data_is_empty() {
            return Err(self.exists.into());
        }
        let space = checked(u64::try_from(self.space).ok())?;
        let rent = rent_of(space)?;
        let last: &[u8] = &[bump];
        match self.seeds {
            [first, second] => self.make(&[first, second, last], rent, space)?,
            [first, second, third] => self.make(&[first, second, third, last], rent, space)?,
            seeds => {
                let parts: Vec<&[u8]> = seeds.iter().copied().chain([last]).collect();
                self.make(&parts, rent, space)?;
            }
        }
        Ok(bump)
    }

    fn make(&self, signer: &[&[u8]], rent: u64, space: u64) -> Result<()> {
        match self.account.lamports() {
            0 => self.create(signer, rent, space),
            present => self.take_over(signer, rent.saturating_sub(present), space),
        }
    }

    fn create(&self, signer: &[&[u8]], rent: u64, space: u64) -> Result<()> {
        let mut data = Vec::with_capacity(4 + 8 + 8 + 32);
        data.extend_from_slice(&CREATE_ACCOUNT.to_le_bytes());
        data.extend_from_slice(&rent.to_le_bytes());
        data.extend_from_slice(&space.to_le_bytes());
        data.extend_from_slice(self.owner.as_ref());
        self.call(signer, vec![self.payer_meta(), self.created_meta()], data)
    }

    /// Makes the account out of an address that holds lamports already.
    #[cold]
    #[inline(never)]
    fn take_over(&self, signer: &[&[u8]], missing: u64, space: u64) -> Result<()> {
        if missing > 0 {
            let data = [&TRANSFER.to_le_bytes()[..], &missing.to_le_bytes()].concat();
            self.call(signer, vec![self.payer_meta(), self.created_meta()], data)?;
        }
        let data = [&ALLOCATE.to_le_bytes()[..], &space.to_le_bytes()].concat();
        self.call(signer, vec![self.created_meta()], data)?;
        let data = [&ASSIGN.to_le_bytes()[..], self.owner.as_ref()].concat();
        self.call(signer, vec![self.created_meta()], data)
    }

    fn payer_meta(&self) -> AccountMeta {
        AccountMeta::new(*self.payer.key, true)
    }

    fn created_meta(&self) -> AccountMeta {
        AccountMeta::new(*self.account.key, true)
    }

    fn call(&self, signer: &[&[u8]], accounts: Vec<AccountMeta>, data: Vec<u8>) -> Result<()> {
        let instruction = Instruction { program_id: system_program::ID, accounts, data };
        let infos = [self.payer.clone(), self.account.clone()];
        // SECURITY: unchecked leaves out the search for borrowed data; nobody has borrowed any of
        // the account, which is not this program's yet, and a payer holds none.
        let called = invoke_signed_unchecked(&instruction, &infos, &[signer]);
        // The heap is never taken back: nothing is gained by taking these apart.
        std::mem::forget((instruction, infos));
        Ok(called?)
    }
}

/// Lamports that make an account of `space` bytes rent-exempt.
///
/// # Errors
/// [`BudgetError::ArithmeticOverflow`] on a network whose rent is neither by the byte alone, as on
/// all since SIMD-0194, nor twice a year's, as on all before.
// The fields are to be renamed when the last network has left the old terms behind.
#[allow(deprecated)]
fn rent_of(space: u64) -> Result<u64> {
    const OVERHEAD_BYTES: u64 = 128;
    let rent = Rent::get()?;
    let years = match rent.exemption_threshold.to_bits() {
        bits if bits == 1f64.to_bits() => Some(1),
        bits if bits == 2f64.to_bits() => Some(2),
        _ => None,
    };
    let bytes = space.checked_add(OVERHEAD_BYTES);
    let a_year = bytes.and_then(|bytes| bytes.checked_mul(rent.lamports_per_byte_year));
    checked(years.and_then(|years: u64| a_year?.checked_mul(years)))
}

/// Writes a Borsh account, discriminator first, into the account just created.
pub fn store<T: AccountSerialize>(account: &AccountInfo<'_>, value: &T) -> Result<()> {
    let mut data = account.try_borrow_mut_data()?;
    let mut target: &mut [u8] = &mut data;
    value.try_serialize(&mut target)
}

/// Writes an account's bytes, discriminator first, into the account just created.
pub fn store_bytes<T: Discriminator>(account: &AccountInfo<'_>, parts: [&[u8]; 2]) -> Result<()> {
    let mut data = account.try_borrow_mut_data()?;
    let mut rest: &mut [u8] = &mut data;
    for part in [T::DISCRIMINATOR].into_iter().chain(parts) {
        let (target, behind) = checked(rest.split_at_mut_checked(part.len()))?;
        target.copy_from_slice(part);
        rest = behind;
    }
    Ok(())
}

/// Writes the discriminator of a zero-copy account into the account just created.
pub fn mark<T: Discriminator>(account: &AccountInfo<'_>) -> Result<()> {
    let mut data = account.try_borrow_mut_data()?;
    for (to, from) in data.iter_mut().zip(T::DISCRIMINATOR) {
        *to = *from;
    }
    Ok(())
}
