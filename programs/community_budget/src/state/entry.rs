//! [`Entry`]: one ask on the slate and what becomes of it.

use anchor_lang::prelude::*;
use budget_rules::{
    allocation::{Award, Candidate, Matter},
    ballot::{Choice, Sums},
    outcome::{AskLimits, Tally, Tier},
};

use crate::state::{ActionKind, targets};

/// One ask on the slate, with its tally.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// Weight for, against and abstaining.
    pub for_: u64,
    pub against: u64,
    pub abstain: u64,
    /// Base units asked for; 0 for an act.
    pub amount: u64,
    /// First 16 bytes of SHA-256 of the key that it is about, for readers of the slate alone: an
    /// award's recipient, a ruling's stream, a role's holder. Zero where there is none.
    pub recipient_tag: [u8; 16],
    /// Index of the policy's category; for an act one of [`targets`].
    pub category: u8,
    /// [`ActionKind`].
    pub action: u8,
    /// Tier it was judged or funded at, from settlement on; decides the timelock.
    pub tier: u8,
    /// [`Outcome`].
    pub outcome: u8,
    /// Why it failed or was not funded: `Failure` or `Reason` of the rules; 0 for none.
    pub reason: u8,
    /// [`flags`].
    pub flags: u8,
    /// Slate index of the entry that holds its recipient's cumulative ask; of a ruling, of the first
    /// ruling on the same stream.
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
    /// The recipient's record was weak when the recipient agreed: one tier up (R4).
    pub const WEAK_RECORD: u8 = 2;
    /// The proposal account has been closed.
    pub const CLOSED: u8 = 4;
    /// The category is a hedge or derivative: one tier up (R4).
    pub const RISK_CLASS: u8 = 8;
    /// The terms meet what the medium tier asks: length (P2) and checkpoints (R4).
    pub const ADMITS_MEDIUM: u8 = 16;
    /// The terms meet what the large tier asks.
    pub const ADMITS_LARGE: u8 = 32;
}

/// What became of an entry.
///
/// ABI: stored as a byte.
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
    /// Funded or approved, but nobody executed it in time.
    Lapsed = 7,
    /// An act that passed, waiting for its timelock and execution.
    Approved = 8,
    /// An act that passed, beside a better ranked one on the same target.
    Superseded = 9,
    /// Funded or approved, and stopped by the guardian within its timelock.
    Vetoed = 10,
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
            Outcome::Approved => 8,
            Outcome::Superseded => 9,
            Outcome::Vetoed => 10,
        }
    }
}

/// What a submission knows of its entry.
pub struct NewEntry {
    pub amount: u64,
    pub recipient_tag: [u8; 16],
    pub category: u8,
    pub action: ActionKind,
    pub leader: u8,
    pub flags: u8,
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
            flags: entry.flags,
            leader: entry.leader,
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

    /// Whether it waits for its execution.
    pub fn awaits_execution(&self) -> bool {
        self.is(Outcome::Funded) || self.is(Outcome::Approved)
    }

    /// Whether nothing can happen to it any more.
    pub fn is_final(&self) -> bool {
        !self.is(Outcome::Pending) && !self.awaits_execution()
    }

    /// Whether it asks for money.
    pub fn is_award(&self) -> bool {
        self.action == u8::from(ActionKind::Award)
    }

    /// Bits of [`flags`] for terms that meet what `tier` asks.
    pub fn admission(tier: Tier) -> u8 {
        match tier {
            Tier::Small => 0,
            Tier::Medium => flags::ADMITS_MEDIUM,
            Tier::Large | Tier::Constitutional => flags::ADMITS_MEDIUM | flags::ADMITS_LARGE,
        }
    }

    /// The tier that ballots on it are judged by, given its recipient's cumulative ask; `None` for
    /// an award that no tier admits, which passes nowhere.
    pub fn judged_tier(&self, recipient_ask: u64, limits: &AskLimits) -> Option<Tier> {
        if self.is_award() {
            self.award(recipient_ask).tier(limits)
        } else {
            Some(Tier::Constitutional)
        }
    }

    /// What settlement decides on, given its recipient's cumulative ask.
    #[inline(always)]
    pub fn candidate(&self, recipient_ask: u64) -> Candidate {
        let matter = if self.is_award() {
            Matter::Award(self.award(recipient_ask))
        } else {
            Matter::Act { target: targets::of_entry(self.category, self.leader) }
        };
        Candidate { tally: self.tally(), matter }
    }

    #[inline(always)]
    fn award(&self, recipient_ask: u64) -> Award {
        let has = |flag: u8| self.flags & flag != 0;
        let raised = u8::from(has(flags::WEAK_RECORD));
        Award {
            amount: self.amount,
            category: self.category,
            recipient_ask,
            leader: self.leader,
            raise: raised.saturating_add(u8::from(has(flags::RISK_CLASS))),
            admits: if has(flags::ADMITS_LARGE) {
                Tier::Large
            } else if has(flags::ADMITS_MEDIUM) {
                Tier::Medium
            } else {
                Tier::Small
            },
        }
    }

    /// The tally as the rules take it.
    pub fn tally(&self) -> Tally {
        Tally { for_: self.for_, against: self.against, abstain: self.abstain }
    }
}

impl Sums for Entry {
    fn sum_mut(&mut self, choice: Choice) -> Option<&mut u64> {
        match choice {
            Choice::Unmarked => None,
            Choice::For => Some(&mut self.for_),
            Choice::Against => Some(&mut self.against),
            Choice::Abstain => Some(&mut self.abstain),
        }
    }
}
