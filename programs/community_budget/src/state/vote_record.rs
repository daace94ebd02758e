//! [`VoteRecord`]: one voter's ballot over the whole slate.

use std::cell::RefMut;

use anchor_lang::prelude::*;
use budget_rules::bps::share_floor;

use crate::{
    error::{BudgetError, require},
    state::split_mut,
};

/// Head of a vote record; the choices follow it, two bits an entry, four entries a byte.
///
/// Seeds: `[VOTE_SEED, epoch, owner]`. One per voter and epoch. Closed after settlement. Zero-copy,
/// because a ballot is the program's hottest path.
#[account(zero_copy)]
#[derive(Debug)]
pub struct VoteRecord {
    /// Layout version.
    pub version: u8,
    pub bump: u8,
    /// 1 while the ballot is a delegate's; 0 once the owner has voted, for the rest of the epoch.
    pub by_delegate: u8,
    /// Zero.
    pub reserved_flags: [u8; 1],
    /// Staked base units that the weight stands for, per 10,000 of weight (rounded up).
    pub tokens_bps: u16,
    /// Zero.
    pub reserved: [u8; 2],
    pub epoch: Pubkey,
    /// Owner of the stake that the ballot speaks for.
    pub owner: Pubkey,
    /// Who paid the rent and gets it back.
    pub rent_payer: Pubkey,
    /// Weight of every choice; fixed at the first cast.
    pub weight: u64,
}

const _: () = assert!(core::mem::size_of::<VoteRecord>() == 112);

impl VoteRecord {
    /// Staked base units that took part.
    pub fn tokens(&self) -> Option<u64> {
        share_floor(self.weight, self.tokens_bps)
    }

    /// Bytes of a record over a slate of `capacity` entries.
    pub const fn space(capacity: u8) -> usize {
        // Lossless: `From` is not const yet.
        #[allow(clippy::as_conversions, clippy::integer_division)]
        let choices = capacity as usize / 4;
        8usize.saturating_add(core::mem::size_of::<Self>()).saturating_add(choices)
    }
}

/// Borrows head and choices of an existing record for writing.
pub fn load_vote_record_mut<'a>(
    record: &'a AccountLoader<'_, VoteRecord>,
) -> Result<(RefMut<'a, VoteRecord>, RefMut<'a, [u8]>)> {
    require!(record.as_ref().is_writable, BudgetError::AccountMismatch);
    let data = record.as_ref().try_borrow_mut_data()?;
    split_mut::<VoteRecord>(data)
}
