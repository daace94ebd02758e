//! R2: the value that counted when voting opened, kept exactly and at constant cost.
//!
//! Nobody walks the stakes when voting opens. Instead whoever first changes a value afterwards
//! stores the old one beside it, marked with the epoch; a value nobody changed is its own snapshot.
//! Both the weight of a stake and the total of a treasury are kept so.

/// No epoch: nothing was ever frozen, or none was ever opened.
pub const NEVER: u32 = u32::MAX;

/// A value as it was when voting of `epoch` opened.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// Index of the epoch the value belongs to, or [`NEVER`].
    pub epoch: u32,
    /// Weight in base units. Means nothing while `epoch` is [`NEVER`].
    pub value: u64,
}

impl Frozen {
    fn holds(self, epoch: u32) -> bool {
        self.epoch == epoch && epoch != NEVER
    }
}

/// R2: the value that counts in `epoch`: the frozen one if it belongs to that epoch, else
/// `current`, which has not changed since voting opened.
///
/// Only the treasury's latest epoch may be asked for, once its voting has opened: the place of an
/// earlier one is reused, and before the opening there is nothing to know.
pub fn power(frozen: Frozen, current: u64, epoch: u32) -> u64 {
    if frozen.holds(epoch) { frozen.value } else { current }
}

/// R2: what to keep before a value changes from `old`: the value at the opening, if voting of
/// `current_epoch` has opened and nothing is kept for it yet.
///
/// Call it before every change of a weight or of the total. `voting_opened` stays true after voting
/// has closed, until the next epoch is opened.
pub fn freeze(frozen: Frozen, old: u64, current_epoch: u32, voting_opened: bool) -> Frozen {
    if voting_opened && current_epoch != NEVER && frozen.epoch != current_epoch {
        Frozen { epoch: current_epoch, value: old }
    } else {
        frozen
    }
}

/// R2, for a stake: [`freeze`]s the weight at the opening, then caps it by the new weight. What the
/// owner takes away is lost at once, what is added counts from the next epoch.
///
/// The treasury's total is only frozen, never capped: a quorum must not shrink because voters leave.
pub fn change_weight(
    frozen: Frozen,
    old: u64,
    new: u64,
    current_epoch: u32,
    voting_opened: bool,
) -> Frozen {
    let kept = freeze(frozen, old, current_epoch, voting_opened);
    if kept.holds(current_epoch) { Frozen { value: kept.value.min(new), ..kept } } else { kept }
}
