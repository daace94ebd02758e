//! Reading accounts: owner, discriminator, then bytes.

use core::mem::size_of;

use anchor_lang::{AccountDeserialize, Discriminator, prelude::Pubkey};
use community_budget::{
    ID,
    state::{
        BudgetEpoch, EPOCH_HEADER_BYTES, Entry, Proposal, RecipientRecord, Review, Stake, Stream,
        Treasury, VoteRecord,
    },
};

/// Why bytes were not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Another program owns the account.
    Owner(Pubkey),
    /// It is another kind of account, or none.
    Discriminator,
    /// It is too short for its kind.
    Length,
}

impl core::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Owner(owner) => write!(f, "the account belongs to program {owner}"),
            Self::Discriminator => f.write_str("the account is of another kind"),
            Self::Length => f.write_str("the account is too short for its kind"),
        }
    }
}

impl std::error::Error for Unreadable {}

/// An account of this program, decoded from owner and data.
pub trait Readable: Sized {
    /// Decodes `data` of an account owned by `owner`.
    ///
    /// # Errors
    /// [`Unreadable`], before anything is decoded.
    fn read(owner: &Pubkey, data: &[u8]) -> Result<Self, Unreadable>;
}

fn body<'a, T: Discriminator>(owner: &Pubkey, data: &'a [u8]) -> Result<&'a [u8], Unreadable> {
    if owner != &ID {
        return Err(Unreadable::Owner(*owner));
    }
    data.strip_prefix(T::DISCRIMINATOR).ok_or(Unreadable::Discriminator)
}

fn pod<T: Discriminator + bytemuck::AnyBitPattern>(
    owner: &Pubkey,
    data: &[u8],
) -> Result<T, Unreadable> {
    let bytes = body::<T>(owner, data)?.get(..size_of::<T>()).ok_or(Unreadable::Length)?;
    Ok(bytemuck::pod_read_unaligned(bytes))
}

macro_rules! readable {
    (pod: $($pod:ty),*; borsh: $($borsh:ty),*) => {
        $(impl Readable for $pod {
            fn read(owner: &Pubkey, data: &[u8]) -> Result<Self, Unreadable> {
                pod(owner, data)
            }
        })*
        $(impl Readable for $borsh {
            fn read(owner: &Pubkey, data: &[u8]) -> Result<Self, Unreadable> {
                body::<Self>(owner, data)?;
                Self::try_deserialize_unchecked(&mut &*data).map_err(|_| Unreadable::Length)
            }
        })*
    };
}

readable!(
    pod: Treasury, BudgetEpoch, VoteRecord, Stake, Stream, RecipientRecord;
    borsh: Proposal, Review
);

/// The slate behind an epoch's head; as many entries as the account has room for.
///
/// # Errors
/// [`Unreadable`]
pub fn slate(owner: &Pubkey, data: &[u8]) -> Result<Vec<Entry>, Unreadable> {
    body::<BudgetEpoch>(owner, data)?;
    let bytes = data.get(EPOCH_HEADER_BYTES..).ok_or(Unreadable::Length)?;
    Ok(bytes.chunks_exact(size_of::<Entry>()).map(bytemuck::pod_read_unaligned).collect())
}

/// The packed choices behind a vote record's head.
///
/// # Errors
/// [`Unreadable`]
pub fn choices(owner: &Pubkey, data: &[u8]) -> Result<Vec<u8>, Unreadable> {
    let bytes = body::<VoteRecord>(owner, data)?;
    Ok(bytes.get(size_of::<VoteRecord>()..).ok_or(Unreadable::Length)?.to_vec())
}
