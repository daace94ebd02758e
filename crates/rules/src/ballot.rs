//! R3: what a ballot does to the tally of one entry.

use crate::outcome::Tally;

/// What a ballot says about one entry; two bits in the vote record.
#[repr(u8)]
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// Nothing: the ballot leaves the entry out.
    #[default]
    Unmarked = 0,
    /// For.
    For = 1,
    /// Against.
    Against = 2,
    /// Abstain: counts for the quorum only.
    Abstain = 3,
}

impl Choice {
    /// The choice that the two lowest bits of `bits` stand for; the others are ignored.
    pub fn from_low_bits(bits: u8) -> Self {
        match bits & 0b11 {
            0 => Self::Unmarked,
            1 => Self::For,
            2 => Self::Against,
            _ => Self::Abstain,
        }
    }
}

// ABI: stored in vote records, sent in ballots.
impl From<Choice> for u8 {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::Unmarked => 0,
            Choice::For => 1,
            Choice::Against => 2,
            Choice::Abstain => 3,
        }
    }
}

/// What ballots add to: one sum of weight for each choice that counts.
pub trait Sums {
    /// The sum of `choice`; `None` for an entry left out.
    fn sum_mut(&mut self, choice: Choice) -> Option<&mut u64>;
}

impl Sums for Tally {
    fn sum_mut(&mut self, choice: Choice) -> Option<&mut u64> {
        match choice {
            Choice::Unmarked => None,
            Choice::For => Some(&mut self.for_),
            Choice::Against => Some(&mut self.against),
            Choice::Abstain => Some(&mut self.abstain),
        }
    }
}

/// R3: a ballot of `weight` says `new` where it said `old`: the old choice is subtracted, then the
/// new one added, both at the weight recorded when the ballot was first cast.
///
/// `None` if less than `weight` was cast for the old choice or the sum exceeds `u64`; the sums are
/// then of no use.
#[inline(always)]
pub fn shift(sums: &mut impl Sums, old: Choice, new: Choice, weight: u64) -> Option<()> {
    if let Some(sum) = sums.sum_mut(old) {
        *sum = sum.checked_sub(weight)?;
    }
    if let Some(sum) = sums.sum_mut(new) {
        *sum = sum.checked_add(weight)?;
    }
    Some(())
}

/// R3: the tally after [`shift`].
///
/// `None` as there.
pub fn replace(tally: &Tally, old: Choice, new: Choice, weight: u64) -> Option<Tally> {
    let mut after = *tally;
    shift(&mut after, old, new, weight)?;
    Some(after)
}
