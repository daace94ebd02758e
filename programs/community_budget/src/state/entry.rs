//! [`Entry`]: one ask on the slate and what becomes of it.

use anchor_lang::prelude::*;
use budget_rules::outcome::Tally;

use crate::state::Action;

/// One ask on the slate, with its tally.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// Weight for, against and abstaining.
    pub for_: u64,
    pub against: u64,
    pub abstain: u64,
    /// Base units asked for.
    pub amount: u64,
    /// First 16 bytes of SHA-256 of the recipient's key, for readers of the slate alone.
    pub recipient_tag: [u8; 16],
    /// Index of the policy's category.
    pub category: u8,
    /// [`Action`](crate::state::Action).
    pub action: u8,
    /// Tier it was judged or funded at, from settlement on; decides the timelock.
    pub tier: u8,
    /// [`Outcome`].
    pub outcome: u8,
    /// Why it failed or was not funded: `Failure` or `Reason` of the rules; 0 for none.
    pub reason: u8,
    /// [`flags`].
    pub flags: u8,
    /// Slate index of the entry that holds its recipient's cumulative ask.
    pub leader: u8,
    /// Place among the passing entries from 0; 255 for none.
    pub rank: u8,
    /// At a leader: the recipient's cumulative accepted ask in this epoch. Elsewhere 0.
    pub recipient_ask: u64,
}

/// Bytes of one entry.
pub const ENTRY_BYTES: usize = 64;
const _: () = assert!(core::mem::size_of::<Entry>() == ENTRY_BYTES);

/// Bits of [`Entry::flags`].
pub mod flags {
    /// The recipient agreed.
    pub const ACCEPTED: u8 = 1;
    /// The stream outlasts the next ruling, as medium and large awards must (P2).
    pub const LONG_ENOUGH: u8 = 2;
    /// The proposal account has been closed.
    pub const CLOSED: u8 = 4;
}

/// What became of an entry.
///
/// ABI: stored as a byte. Vetoed, superseded and refused come with governance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Outcome {
    /// Not settled yet.
    Pending = 0,
    /// Withdrawn by its proposer before voting.
    Withdrawn = 1,
    /// Its recipient never accepted, so nobody could vote on it.
    NotAccepted = 2,
    /// The vote failed; `reason` says where.
    Failed = 3,
    /// The vote passed, but money or limits did not reach; `reason` says which.
    Unfunded = 4,
    /// Funded, waiting for its timelock and execution.
    Funded = 5,
    /// Executed into a stream.
    Executed = 6,
    /// Funded, but nobody executed it in time.
    Lapsed = 7,
}

impl From<Outcome> for u8 {
    fn from(outcome: Outcome) -> u8 {
        match outcome {
            Outcome::Pending => 0,
            Outcome::Withdrawn => 1,
            Outcome::NotAccepted => 2,
            Outcome::Failed => 3,
            Outcome::Unfunded => 4,
            Outcome::Funded => 5,
            Outcome::Executed => 6,
            Outcome::Lapsed => 7,
        }
    }
}

/// What a submission knows of its entry.
pub struct NewEntry {
    pub amount: u64,
    pub recipient_tag: [u8; 16],
    pub category: u8,
    pub action: Action,
    pub long_enough: bool,
}

impl Entry {
    /// An entry that nobody has voted on.
    pub fn new(entry: NewEntry) -> Self {
        Self {
            for_: 0,
            against: 0,
            abstain: 0,
            amount: entry.amount,
            recipient_tag: entry.recipient_tag,
            category: entry.category,
            action: entry.action.into(),
            tier: 0,
            outcome: Outcome::Pending.into(),
            reason: 0,
            flags: if entry.long_enough { flags::LONG_ENOUGH } else { 0 },
            leader: 0,
            rank: Self::UNRANKED,
            recipient_ask: 0,
        }
    }

    /// Rank of an entry that has none.
    pub const UNRANKED: u8 = u8::MAX;

    /// Whether a ballot may choose on it.
    pub fn is_votable(&self) -> bool {
        self.flags & flags::ACCEPTED != 0 && self.outcome == u8::from(Outcome::Pending)
    }

    /// Whether it has this outcome.
    pub fn is(&self, outcome: Outcome) -> bool {
        self.outcome == u8::from(outcome)
    }

    /// Whether nothing can happen to it any more.
    pub fn is_final(&self) -> bool {
        !self.is(Outcome::Pending) && !self.is(Outcome::Funded)
    }

    /// The tally as the rules take it.
    pub fn tally(&self) -> Tally {
        Tally { for_: self.for_, against: self.against, abstain: self.abstain }
    }
}
