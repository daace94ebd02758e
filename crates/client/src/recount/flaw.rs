//! What can be wrong with a set of vote records.

use anchor_lang::prelude::Pubkey;
use budget_rules::outcome::Tally;

use crate::account::Unreadable;

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
    /// The part to join counted records of another epoch; that epoch.
    OtherPart(Pubkey),
    /// The slate has another number of entries than were counted.
    Capacity {
        /// Entries that were counted.
        records: usize,
        /// Entries of the slate, or of the part to join.
        slate: usize,
    },
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
            Self::OtherPart(epoch) => {
                write!(f, "the part to join counted vote records of another epoch, {epoch}")
            }
            Self::Capacity { records, slate } => {
                write!(f, "votes on {records} entries were counted and the slate has {slate}")
            }
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
