//! The tally of an epoch, counted again from its vote records by whoever holds them: from a node's
//! `getProgramAccounts`, a dump or an archive. Takes the records one by one, in any order and in as
//! many parts as there are threads, and needs 32 bytes of memory for each.

use std::collections::HashSet;

use anchor_lang::prelude::Pubkey;
use budget_rules::{
    ballot::{Choice, shift},
    outcome::Tally,
};
use community_budget::{
    constants::VOTE_SEED,
    state::{BudgetEpoch, Entry, VoteRecord},
};

use crate::account::{Readable, Unreadable, choices};

/// Records counted so far.
pub struct Recount {
    epoch: Pubkey,
    tallies: Vec<Tally>,
    turnout: u64,
    /// Voters, not addresses: more than one bump can lead to an address of the same voter.
    seen: HashSet<Pubkey>,
}

/// Why a set of records is not the one that the epoch counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is not a vote record of the program.
    NotARecord(Pubkey, Unreadable),
    /// It belongs to another epoch.
    OtherEpoch(Pubkey),
    /// It does not lie where a record of its voter lies.
    WrongAddress(Pubkey),
    /// Its voter has another one, or it was given twice; the voter.
    Duplicate(Pubkey),
    /// It chooses on more entries than the slate has.
    TooLong(Pubkey),
    /// The sums exceed what the program counts with.
    Overflow,
    /// The epoch has another number of records.
    Count {
        /// Records given.
        records: u64,
        /// What the epoch says.
        epoch: u64,
    },
    /// The epoch counted another turnout.
    Turnout {
        /// Weight of the records given.
        records: u64,
        /// What the epoch says.
        epoch: u64,
    },
    /// The epoch counted another tally of one entry.
    Entry {
        /// Its place on the slate.
        index: usize,
        /// What the records given add up to.
        records: Tally,
        /// What the epoch says.
        epoch: Tally,
    },
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotARecord(key, why) => write!(f, "{key} is no vote record: {why}"),
            Self::OtherEpoch(key) => write!(f, "the vote record {key} is of another epoch"),
            Self::WrongAddress(key) => {
                write!(f, "the vote record {key} does not lie at its voter's address")
            }
            Self::Duplicate(voter) => write!(f, "the voter {voter} has two vote records"),
            Self::TooLong(key) => {
                write!(f, "the vote record {key} chooses on more entries than the slate has")
            }
            Self::Overflow => write!(f, "the weights of the vote records exceed 64 bits"),
            Self::Count { records, epoch } => {
                write!(f, "{records} vote records were given and the epoch counts {epoch}")
            }
            Self::Turnout { records, epoch } => {
                write!(f, "the vote records weigh {records} and the epoch counted {epoch}")
            }
            Self::Entry { index, records, epoch } => write!(
                f,
                "entry {index}: the vote records say {} for, {} against, {} abstaining, and the \
                 epoch counted {}, {}, {}",
                records.for_,
                records.against,
                records.abstain,
                epoch.for_,
                epoch.against,
                epoch.abstain
            ),
        }
    }
}

impl std::error::Error for Flaw {}

impl Recount {
    /// Nothing counted yet of an epoch whose slate has room for `capacity` entries.
    pub fn new(epoch: Pubkey, capacity: usize) -> Self {
        let none = Tally { for_: 0, against: 0, abstain: 0 };
        Self { epoch, tallies: vec![none; capacity], turnout: 0, seen: HashSet::new() }
    }

    /// Counts one record, as a node delivers it.
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
        if !self.seen.insert(record.owner) {
            return Err(Flaw::Duplicate(record.owner));
        }
        self.turnout = self.turnout.checked_add(record.weight).ok_or(Flaw::Overflow)?;
        for (byte, bits) in ballot.iter().enumerate().filter(|(_, bits)| **bits != 0) {
            for slot in 0..4 {
                let choice = Choice::from_low_bits(bits >> (slot * 2));
                if choice == Choice::Unmarked {
                    continue;
                }
                let tally = self.tallies.get_mut(byte * 4 + slot).ok_or(Flaw::TooLong(*key))?;
                shift(tally, Choice::Unmarked, choice, record.weight).ok_or(Flaw::Overflow)?;
            }
        }
        Ok(())
    }

    /// Takes what another part has counted.
    ///
    /// # Errors
    /// [`Flaw::Duplicate`] for a voter whom both have counted, [`Flaw::Overflow`].
    pub fn join(&mut self, other: Self) -> Result<(), Flaw> {
        for (own, others) in self.tallies.iter_mut().zip(&other.tallies) {
            for (choice, weight) in [
                (Choice::For, others.for_),
                (Choice::Against, others.against),
                (Choice::Abstain, others.abstain),
            ] {
                shift(own, Choice::Unmarked, choice, weight).ok_or(Flaw::Overflow)?;
            }
        }
        self.turnout = self.turnout.checked_add(other.turnout).ok_or(Flaw::Overflow)?;
        for voter in other.seen {
            if !self.seen.insert(voter) {
                return Err(Flaw::Duplicate(voter));
            }
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

#[cfg(test)]
mod tests {
    use anchor_lang::Discriminator;
    use bytemuck::Zeroable;

    use super::*;
    use crate::{address, ballot::pack};

    const EPOCH: Pubkey = Pubkey::new_from_array([7; 32]);

    fn record(number: u8, weight: u64, ballot: &[(u8, Choice)]) -> (Pubkey, Vec<u8>) {
        let owner = Pubkey::new_from_array([number; 32]);
        let mut head = VoteRecord::zeroed();
        let seeds: [&[u8]; 3] = [VOTE_SEED, EPOCH.as_ref(), owner.as_ref()];
        let (key, bump) = Pubkey::find_program_address(&seeds, &community_budget::ID);
        assert_eq!(key, address::vote_record(&EPOCH, &owner));
        (head.bump, head.epoch, head.owner, head.weight) = (bump, EPOCH, owner, weight);
        let mut data = VoteRecord::DISCRIMINATOR.to_vec();
        data.extend_from_slice(bytemuck::bytes_of(&head));
        let mut ballot = pack(ballot.iter().copied());
        ballot.resize(4, 0);
        data.extend(ballot);
        (key, data)
    }

    fn counted() -> (Recount, BudgetEpoch, Vec<Entry>) {
        let mut recount = Recount::new(EPOCH, 16);
        let mut slate = vec![Entry::zeroed(); 16];
        for (number, weight, ballot) in [
            (1, 10, vec![(0, Choice::For), (15, Choice::Against)]),
            (2, 5, vec![(0, Choice::Abstain), (15, Choice::Against)]),
        ] {
            let (key, data) = record(number, weight, &ballot);
            recount.add(&key, &community_budget::ID, &data).unwrap();
        }
        (slate[0].for_, slate[0].abstain, slate[15].against) = (10, 5, 15);
        let mut epoch = BudgetEpoch::zeroed();
        (epoch.vote_record_count, epoch.turnout) = (2, 15);
        (recount, epoch, slate)
    }

    #[test]
    fn what_the_epoch_counted_is_verified() {
        let (recount, epoch, slate) = counted();
        assert_eq!(recount.verify(&epoch, &slate), Ok(2));
    }

    #[test]
    fn every_difference_is_found() {
        let (recount, mut epoch, slate) = counted();
        epoch.vote_record_count = 3;
        assert_eq!(recount.verify(&epoch, &slate), Err(Flaw::Count { records: 2, epoch: 3 }));
        let (recount, mut epoch, slate) = counted();
        epoch.turnout = 16;
        assert_eq!(recount.verify(&epoch, &slate), Err(Flaw::Turnout { records: 15, epoch: 16 }));
        for index in 0..16 {
            let (recount, epoch, mut slate) = counted();
            slate[index].against += 1;
            let flaw = recount.verify(&epoch, &slate).unwrap_err();
            assert!(matches!(flaw, Flaw::Entry { index: at, .. } if at == index), "{flaw}");
            assert!(flaw.to_string().starts_with(&format!("entry {index}: ")));
        }
    }

    #[test]
    fn a_record_that_is_none_is_refused() {
        let (mut recount, ..) = counted();
        let (key, data) = record(3, 1, &[(0, Choice::For)]);
        let id = community_budget::ID;
        let stranger = Pubkey::new_from_array([9; 32]);
        assert!(matches!(recount.add(&key, &stranger, &data), Err(Flaw::NotARecord(..))));
        let mut other = data.clone();
        other[0] ^= 1;
        assert!(matches!(recount.add(&key, &id, &other), Err(Flaw::NotARecord(..))));
        assert_eq!(recount.add(&stranger, &id, &data), Err(Flaw::WrongAddress(stranger)));
        // Another owner, weight left as it is: the address tells.
        let mut other = data.clone();
        other[8 + 40] ^= 1;
        assert_eq!(recount.add(&key, &id, &other), Err(Flaw::WrongAddress(key)));
        let mut other = data.clone();
        other[8 + 8] ^= 1;
        assert_eq!(recount.add(&key, &id, &other), Err(Flaw::OtherEpoch(key)));
        let mut long = data.clone();
        long.push(1);
        assert_eq!(recount.add(&key, &id, &long), Err(Flaw::TooLong(key)));
    }

    #[test]
    fn no_record_counts_twice() {
        let (mut recount, ..) = counted();
        let (key, data) = record(1, 10, &[(0, Choice::For)]);
        let id = community_budget::ID;
        let voter = Pubkey::new_from_array([1; 32]);
        assert_eq!(recount.add(&key, &id, &data), Err(Flaw::Duplicate(voter)));
        let mut other = Recount::new(EPOCH, 16);
        other.add(&key, &id, &data).unwrap();
        assert_eq!(recount.join(other), Err(Flaw::Duplicate(voter)));
    }

    #[test]
    fn a_voters_record_at_another_bump_does_not_count() {
        let (mut recount, ..) = counted();
        let (id, voter) = (community_budget::ID, Pubkey::new_from_array([1; 32]));
        let (canonical, data) = record(1, 10, &[(0, Choice::For)]);
        let mut forged = 0;
        for bump in 0..=u8::MAX {
            let seeds: [&[u8]; 4] = [VOTE_SEED, EPOCH.as_ref(), voter.as_ref(), &[bump]];
            let Ok(key) = Pubkey::create_program_address(&seeds, &id) else { continue };
            let mut data = data.clone();
            data[8 + 1] = bump;
            assert_eq!(recount.add(&key, &id, &data), Err(Flaw::Duplicate(voter)));
            forged += u32::from(key != canonical);
        }
        assert!(forged > 50, "{forged} other addresses");
    }

    #[test]
    fn parts_add_up() {
        let (whole, epoch, slate) = counted();
        drop(whole);
        let mut sum = Recount::new(EPOCH, 16);
        for (number, weight, ballot) in [
            (1, 10, vec![(0, Choice::For), (15, Choice::Against)]),
            (2, 5, vec![(0, Choice::Abstain), (15, Choice::Against)]),
        ] {
            let mut part = Recount::new(EPOCH, 16);
            let (key, data) = record(number, weight, &ballot);
            part.add(&key, &community_budget::ID, &data).unwrap();
            sum.join(part).unwrap();
        }
        assert_eq!(sum.verify(&epoch, &slate), Ok(2));
    }
}
