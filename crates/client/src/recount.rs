//! The tally of an epoch, counted again from its vote records by whoever holds them: from a node's
//! `getProgramAccounts`, a dump or an archive. Takes the records one by one, in any order and in as
//! many parts as there are threads, and needs 32 bytes of memory for each.

mod flaw;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use anchor_lang::prelude::Pubkey;
use budget_rules::{
    ballot::{Choice, Sums},
    outcome::Tally,
};
use community_budget::{
    constants::VOTE_SEED,
    state::{BudgetEpoch, Entry, VoteRecord},
};

use crate::account::{Readable, choices};

pub use flaw::Flaw;

/// Records counted so far.
pub struct Recount {
    epoch: Pubkey,
    tallies: Vec<Tally>,
    turnout: u64,
    /// Voters, not addresses: more than one bump can lead to an address of the same voter.
    seen: HashSet<Pubkey>,
}

impl Recount {
    /// Nothing counted yet of an epoch whose slate has room for `capacity` entries.
    pub fn new(epoch: Pubkey, capacity: usize) -> Self {
        let none = Tally { for_: 0, against: 0, abstain: 0 };
        Self { epoch, tallies: vec![none; capacity], turnout: 0, seen: HashSet::new() }
    }

    /// Counts one record, as a node delivers it; nothing of it when it is refused.
    ///
    /// # Errors
    /// The flaw, when it is not a record of this epoch at its own address, or came before.
    pub fn add(&mut self, key: &Pubkey, owner: &Pubkey, data: &[u8]) -> Result<(), Flaw> {
        let unreadable = |why| Flaw::NotARecord(*key, why);
        let record = VoteRecord::read(owner, data).map_err(unreadable)?;
        let ballot = choices(owner, data).map_err(unreadable)?;
        if record.epoch != self.epoch {
            return Err(Flaw::OtherEpoch(*key));
        }
        let seeds: [&[u8]; 4] =
            [VOTE_SEED, record.epoch.as_ref(), record.owner.as_ref(), &[record.bump]];
        let address = Pubkey::create_program_address(&seeds, &community_budget::ID);
        if address.ok() != Some(*key) {
            return Err(Flaw::WrongAddress(*key));
        }
        // INVARIANT: whatever can fail is found before anything changes. A record marks an entry
        // once, so the sums of an entry are never more than the turnout, and fit where it fits.
        let turnout = self.turnout.checked_add(record.weight).ok_or(Flaw::Overflow)?;
        if marks(&ballot).any(|(index, _)| index >= self.tallies.len()) {
            return Err(Flaw::TooLong(*key));
        }
        if !self.seen.insert(record.owner) {
            return Err(Flaw::Duplicate(record.owner));
        }
        self.turnout = turnout;
        for (index, choice) in marks(&ballot) {
            raise(&mut self.tallies[index], choice, record.weight);
        }
        Ok(())
    }

    /// Takes what another part has counted; nothing of it when it is refused.
    ///
    /// # Errors
    /// [`Flaw::OtherPart`] and [`Flaw::Capacity`] for a part of another epoch or slate,
    /// [`Flaw::Duplicate`] for a voter whom both have counted, [`Flaw::Overflow`].
    pub fn join(&mut self, other: Self) -> Result<(), Flaw> {
        if other.epoch != self.epoch {
            return Err(Flaw::OtherPart(other.epoch));
        }
        let (records, slate) = (self.tallies.len(), other.tallies.len());
        if records != slate {
            return Err(Flaw::Capacity { records, slate });
        }
        // INVARIANT: as in `add`.
        let turnout = self.turnout.checked_add(other.turnout).ok_or(Flaw::Overflow)?;
        if let Some(voter) = other.seen.iter().find(|voter| self.seen.contains(voter)) {
            return Err(Flaw::Duplicate(*voter));
        }
        self.turnout = turnout;
        self.seen.extend(other.seen);
        for (own, others) in self.tallies.iter_mut().zip(&other.tallies) {
            raise(own, Choice::For, others.for_);
            raise(own, Choice::Against, others.against);
            raise(own, Choice::Abstain, others.abstain);
        }
        Ok(())
    }

    /// Compares everything counted with what the epoch counted, and returns the number of records.
    ///
    /// # Errors
    /// The first difference.
    pub fn verify(self, epoch: &BudgetEpoch, slate: &[Entry]) -> Result<u64, Flaw> {
        let records = u64::try_from(self.seen.len()).map_err(|_| Flaw::Overflow)?;
        if records != epoch.vote_record_count {
            return Err(Flaw::Count { records, epoch: epoch.vote_record_count });
        }
        let capacity = self.tallies.len();
        if capacity != slate.len() {
            return Err(Flaw::Capacity { records: capacity, slate: slate.len() });
        }
        if self.turnout != epoch.turnout {
            return Err(Flaw::Turnout { records: self.turnout, epoch: epoch.turnout });
        }
        for (index, (records, entry)) in self.tallies.into_iter().zip(slate).enumerate() {
            let epoch = entry.tally();
            if records != epoch {
                return Err(Flaw::Entry { index, records, epoch });
            }
        }
        Ok(records)
    }
}

/// What a packed ballot says, entries without a choice left out; bytes without one cost next to
/// nothing, and most ballots of a large slate are mostly those.
fn marks(ballot: &[u8]) -> impl Iterator<Item = (usize, Choice)> {
    let marked = ballot.iter().enumerate().filter(|(_, bits)| **bits != 0);
    marked
        .flat_map(|(byte, bits)| {
            (0..4).map(move |slot| (byte * 4 + slot, Choice::from_low_bits(bits >> (slot * 2))))
        })
        .filter(|(_, choice)| *choice != Choice::Unmarked)
}

/// Adds to the sum of a choice, which the caller has shown to fit.
fn raise(tally: &mut Tally, choice: Choice, weight: u64) {
    if let Some(sum) = tally.sum_mut(choice) {
        *sum += weight;
    }
}
