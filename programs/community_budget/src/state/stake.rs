//! [`Stake`]: one member's tokens and their weight.

use anchor_lang::prelude::*;
use budget_rules::{
    bps::{BPS, mul_div_ceil, mul_div_floor},
    snapshot::{Frozen, change_weight, freeze, power},
    weight::{LockTerms, Participation, lock_bonus_bps, streak_bonus_bps, weight},
};

use crate::error::{BudgetError, checked, require_gte};

/// One member's staked tokens, the cool-down they chose, and the weight that gives.
///
/// Seeds: `[STAKE_SEED, treasury, owner]`. Closed by its owner when empty. Zero-copy: a ballot reads
/// a few fields of it.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Stake {
    /// Layout version.
    pub version: u8,
    pub bump: u8,
    /// 1 while it carries no weight because nobody voted with it for eight epochs (R2).
    pub dormant: u8,
    /// Zero.
    pub reserved_flags: [u8; 1],
    /// Cool-down in seconds; decides the lock bonus.
    pub lock_secs: u32,
    pub treasury: Pubkey,
    pub owner: Pubkey,
    /// Who paid the rent and gets it back.
    pub rent_payer: Pubkey,
    /// Who may vote in the owner's place; the zero key for nobody (R3).
    pub delegate: Pubkey,
    /// Base units that carry weight.
    pub amount: u64,
    /// Base units that cool down and carry none.
    pub cooling: u64,
    /// Unix seconds from which `cooling` can be withdrawn.
    pub cooling_until: i64,
    /// Unix seconds. A lock that was shortened keeps tokens at least until its old cool-down, run
    /// from the shortening, is over.
    pub lock_floor_at: i64,
    /// `floor(amount * (10_000 + lock bonus + streak bonus) / 10_000)`, as of the last change (R1).
    pub weight: u64,
    /// Power in epoch `frozen_epoch`: the weight at its voting's opening, capped by every weight
    /// that its owner has brought about since (R2).
    pub frozen_weight: u64,
    /// Epoch index that `frozen_weight` belongs to; `u32::MAX` for none.
    pub frozen_epoch: u32,
    /// Epoch in which the stake took a reserved slot of the slate; `u32::MAX` for none (R13).
    pub act_epoch: u32,
    /// Newest epoch noted in `participation`; `u32::MAX` for none.
    pub participation_latest: u32,
    /// First epoch since its owner last touched it; earlier ones do not count as missed (R2).
    pub touched_epoch: u32,
    /// Share of the stake in basis points that took part in each of the eight epochs up to
    /// `participation_latest`, at `epoch % 8` (R1).
    pub participation: [u16; 8],
    /// Base units staked at the opening of the voting of `frozen_epoch`, or fewer since.
    pub frozen_amount: u64,
    /// Zero.
    pub reserved: [u8; 24],
}

const _: () = assert!(core::mem::size_of::<Stake>() == 8 + 4 * 32 + 6 * 8 + 4 * 4 + 16 + 8 + 24);

/// A weight before and after a change, for the treasury's total.
pub struct WeightChange {
    pub old: u64,
    pub new: u64,
}

/// The instant of a change of weight, and the terms by which weights are measured then.
#[derive(Clone, Copy)]
pub struct Moment {
    /// Unix seconds.
    pub now: i64,
    /// Index of the current epoch, `NEVER` for none.
    pub epoch: u32,
    /// Whether that epoch's voting has opened.
    pub voting_opened: bool,
    /// Epochs settled so far.
    pub settled_epochs: u32,
    /// Range of locks and the bonus of the longest.
    pub lock: LockTerms,
    /// Bonus of a whole streak.
    pub streak_bonus_bps: u16,
}

impl Moment {
    /// First epoch in which weight given now counts.
    fn next_epoch(&self) -> u32 {
        if self.voting_opened { self.epoch.saturating_add(1) } else { self.settled_epochs }
    }
}

impl Stake {
    /// Bytes of the account.
    pub const SPACE: usize = 8 + core::mem::size_of::<Stake>();

    /// Power of this stake in the epoch `index` whose voting has opened (R2).
    pub fn power(&self, index: u32) -> u64 {
        power(self.frozen(), self.weight, index)
    }

    /// Base units that this power stands for, per 10,000 of it (rounded up). Tokens that came after
    /// the opening do not.
    pub fn tokens_bps(&self, index: u32) -> Result<u16> {
        let amount = power(
            Frozen { epoch: self.frozen_epoch, value: self.frozen_amount },
            self.amount,
            index,
        );
        let share = checked(mul_div_ceil(amount, BPS, self.power(index)))?;
        checked(u16::try_from(share.min(BPS)).ok())
    }

    /// Whether `voter` may cast the ballot of this stake: the owner, or the delegate.
    pub fn may_vote(&self, voter: &Pubkey) -> bool {
        self.owner == *voter || self.delegate == *voter
    }

    /// Adds tokens that have entered the stake vault. They took part in nothing yet.
    pub fn add(&mut self, amount: u64, at: &Moment) -> Result<WeightChange> {
        let grown = checked(self.amount.checked_add(amount))?;
        let diluted = checked(self.participation_record().dilute(self.amount, grown))?;
        self.set_participation(diluted);
        self.reweigh_by_owner(grown, false, at)
    }

    /// Starts the cool-down of `amount`; tokens cooling already wait as long.
    pub fn cool(&mut self, amount: u64, floor_at: i64, at: &Moment) -> Result<WeightChange> {
        require_gte!(self.amount, amount, BudgetError::InsufficientStake);
        let left = checked(self.amount.checked_sub(amount))?;
        self.cooling = checked(self.cooling.checked_add(amount))?;
        let chosen = checked(at.now.checked_add(i64::from(self.lock_secs)))?;
        let floor = if at.voting_opened { floor_at } else { chosen };
        self.cooling_until = self.cooling_until.max(chosen).max(self.lock_floor_at).max(floor);
        self.reweigh_by_owner(left, true, at)
    }

    /// Empties what has cooled down and returns it.
    pub fn take_cooled(&mut self) -> u64 {
        let cooled = self.cooling;
        self.cooling = 0;
        self.cooling_until = 0;
        cooled
    }

    /// Chooses another cool-down. A shorter one cuts the weight at once, while tokens stay as long
    /// as if their old cool-down had begun now.
    pub fn set_lock(&mut self, lock_secs: u32, at: &Moment) -> Result<WeightChange> {
        let shorter = lock_secs < self.lock_secs;
        if shorter {
            let old_end = checked(at.now.checked_add(i64::from(self.lock_secs)))?;
            self.lock_floor_at = self.lock_floor_at.max(old_end);
        }
        self.lock_secs = lock_secs;
        self.reweigh_by_owner(self.amount, shorter, at)
    }

    /// Notes that `tokens` of the stake took part in `epoch` (R1). Shares are of tokens, not of
    /// weight: no bonus that comes or goes changes them, so records may be closed in any order.
    pub fn note_participation(
        &mut self,
        epoch: u32,
        tokens: u64,
        at: &Moment,
    ) -> Result<WeightChange> {
        if self.amount > 0 {
            let share = checked(mul_div_floor(tokens.min(self.amount), BPS, self.amount))?;
            let share = checked(u16::try_from(share).ok())?;
            let noted = checked(self.participation_record().note(epoch, share))?;
            self.set_participation(noted);
        }
        self.reweigh(at)
    }

    /// Measures the weight by the terms of `at`, on anybody's request.
    pub fn refresh(&mut self, at: &Moment) -> Result<WeightChange> {
        self.reweigh(at)
    }

    /// Chooses who may vote in the owner's place; the owner's hand wakes a dormant stake.
    pub fn set_delegate(&mut self, delegate: Pubkey, at: &Moment) -> Result<WeightChange> {
        self.delegate = delegate;
        self.reweigh_by_owner(self.amount, false, at)
    }

    /// Takes the stake out of the total until its owner touches it (R2).
    pub fn fall_dormant(&mut self, at: &Moment) -> Result<WeightChange> {
        self.dormant = 1;
        self.reweigh(at)
    }

    /// Whether nothing is staked or cooling.
    pub fn is_empty(&self) -> bool {
        self.amount == 0 && self.cooling == 0
    }

    /// In which epochs the stake took part.
    pub fn participation_record(&self) -> Participation {
        Participation { latest: self.participation_latest, shares: self.participation }
    }

    fn set_participation(&mut self, record: Participation) {
        self.participation_latest = record.latest;
        self.participation = record.shares;
    }

    fn frozen(&self) -> Frozen {
        Frozen { epoch: self.frozen_epoch, value: self.frozen_weight }
    }

    /// Keeps what is frozen, and the amount with it when that is of another epoch than before.
    fn set_frozen(&mut self, frozen: Frozen) {
        if frozen.epoch != self.frozen_epoch {
            self.frozen_amount = self.amount;
        }
        self.frozen_epoch = frozen.epoch;
        self.frozen_weight = frozen.value;
    }

    /// The owner's hand wakes a dormant stake, and what it takes away is lost to the present epoch.
    fn reweigh_by_owner(
        &mut self,
        amount: u64,
        takes_away: bool,
        at: &Moment,
    ) -> Result<WeightChange> {
        self.dormant = 0;
        self.touched_epoch = at.next_epoch();
        let old = self.weight;
        // Frozen before the amount moves, capped by what is left after it.
        self.set_frozen(freeze(self.frozen(), old, at.epoch, at.voting_opened));
        self.amount = amount;
        let new = self.measure(at)?;
        if takes_away {
            self.set_frozen(change_weight(self.frozen(), old, new, at.epoch, at.voting_opened));
            self.frozen_amount = self.frozen_amount.min(amount);
        }
        self.weight = new;
        Ok(WeightChange { old, new })
    }

    /// What others bring about changes no power in an epoch whose voting has opened.
    fn reweigh(&mut self, at: &Moment) -> Result<WeightChange> {
        let (old, new) = (self.weight, self.measure(at)?);
        self.set_frozen(freeze(self.frozen(), old, at.epoch, at.voting_opened));
        self.weight = new;
        Ok(WeightChange { old, new })
    }

    fn measure(&self, at: &Moment) -> Result<u64> {
        if self.dormant != 0 {
            return Ok(0);
        }
        let lock = checked(lock_bonus_bps(self.lock_secs, &at.lock))?;
        let streak = self.participation_record().streak_bps(at.settled_epochs);
        let streak = checked(streak_bonus_bps(streak, at.streak_bonus_bps))?;
        checked(weight(self.amount, lock, streak))
    }
}
