//! [`Stream`]: an award on its way to its recipient.

use anchor_lang::prelude::*;
use budget_rules::{
    review::{Checkpoint, ReviewTerms, Stage, Verdict, verdict},
    stream::{Bend, Clock, Gate, Plan, matured, net_total, pass, reduce, released, resume},
};

use crate::{
    constants::MAX_PAYOUT_DELAY_SECS,
    error::{BudgetError, checked, fail, require, require_eq, require_neq},
    state::Ruling,
};

/// Money of an executed award, released over time and past reviews (R7, R8).
///
/// Seeds: `[STREAM_SEED, proposal]`. Closed by anyone once everything is paid. Zero-copy: claims are
/// frequent, and read a few fields.
#[account(zero_copy)]
#[derive(Debug)]
pub struct Stream {
    /// Layout version.
    pub version: u8,
    pub bump: u8,
    /// Position of the award on its slate.
    pub entry_index: u8,
    /// Index of the policy's category.
    pub category: u8,
    /// Index of the epoch that funded it.
    pub epoch_index: u32,
    pub treasury: Pubkey,
    pub proposal: Pubkey,
    pub recipient: Pubkey,
    /// Token account that is paid: the recipient's associated account, until redirected.
    pub payout_account: Pubkey,
    /// Who paid the rent and gets it back.
    pub rent_payer: Pubkey,
    /// Base units of the budget mint, awarded.
    pub total: u64,
    /// Base units paid so far. `withdrawn <= released`.
    pub withdrawn: u64,
    /// Base units that reviews, rulings and lapses gave back. `withdrawn + returned <= total`.
    pub returned: u64,
    /// Base units of the parts before `base_part`.
    pub base_amount: u64,
    /// Base units spread over the parts from `base_part` on.
    pub rest: u64,
    /// Base units that scaling took from the finished parts.
    pub reduced_before: u64,
    /// Base units that scaling took from part `passed`.
    pub part_reduction: u64,
    /// Base units below which a reduction does not let released money fall.
    pub released_floor: u64,
    /// Base units released in all, once the stream has ended before its time.
    pub ended_released: u64,
    /// Unix seconds of the execution.
    pub started_at: i64,
    /// Seconds for which the stream's clock has stood, the latest pause aside.
    pub standing_secs: i64,
    /// Unix seconds, half-open. The latest pause.
    pub pause_from: i64,
    pub pause_until: i64,
    /// Unix seconds of the last review or ruling that changed what is released; 0 for none.
    pub bend_at: i64,
    /// Base units released just before it.
    pub bend_released: u64,
    /// Standing time before it.
    pub bend_standing_secs: i64,
    /// Clock seconds at which the last checkpoint passed; 0 before the first.
    pub previous_passed_at: i64,
    /// Clock seconds at which the open checkpoint's update was filed, while `update_filed`.
    pub updated_at: i64,
    /// Unix seconds since when the stream is held; 0 while it is not.
    pub held_at: i64,
    /// Unix seconds at which it was cancelled or lapsed; 0 while it has not been.
    pub ended_at: i64,
    /// Unix seconds of the last ruling; 0 before the first.
    pub ruled_at: i64,
    /// Length on the stream's clock, in seconds.
    pub duration_secs: u32,
    /// Seconds from the start before which nothing is released.
    pub cliff_secs: u32,
    /// The review section of the epoch that funded it, in seconds and basis points.
    pub window_secs: u32,
    pub grace_secs: u32,
    pub hold_limit_secs: u32,
    /// Seconds of pause that the guardian has spent on it.
    pub pause_used_secs: u32,
    pub pass_bps: u16,
    pub floor_bps: u16,
    /// Reviews that cut the stream into parts.
    pub checkpoints: u8,
    /// Part from which `rest` is spread.
    pub base_part: u8,
    /// Checkpoints passed.
    pub passed: u8,
    /// 1 while the open checkpoint has an update without a verdict.
    pub update_filed: u8,
    /// Review accounts that still exist.
    pub open_reviews: u8,
    /// 1 if its category was a hedge or derivative when it was funded.
    pub is_risk: u8,
    /// Slate index of the first ruling on it that was proposed in epoch `ruling_epoch`.
    pub ruling_leader: u8,
    /// Zero.
    pub reserved_flags: [u8; 1],
    /// Epoch of `ruling_leader`; `u32::MAX` for none.
    pub ruling_epoch: u32,
    /// Zero.
    pub reserved: [u8; 64],
}

const _: () = assert!(core::mem::size_of::<Stream>() == 8 + 5 * 32 + 21 * 8 + 6 * 4 + 4 + 12 + 64);

impl Stream {
    /// Bytes of the account.
    pub const SPACE: usize = 8 + core::mem::size_of::<Stream>();

    /// Base units released by `now`, rounded down; all of them at the end.
    pub fn released(&self, now: i64) -> Result<u64> {
        if self.ended_at != 0 {
            return Ok(self.ended_released);
        }
        checked(self.clock().at(now).and_then(|at| released(&self.plan(), &self.gate(), at)))
    }

    /// Base units that can be claimed at `now`, the outflow bucket aside.
    pub fn claimable(&self, now: i64) -> Result<u64> {
        checked(self.released(now)?.checked_sub(self.withdrawn))
    }

    /// Of `claimable`, the base units that were released `delay_secs` before `now` already: no
    /// bucket holds them back (P4).
    pub fn overdue(&self, now: i64, delay_secs: u32) -> Result<u64> {
        let then = checked(now.checked_sub(i64::from(delay_secs)))?;
        let released = if self.ended_at != 0 && then >= self.ended_at {
            self.ended_released
        } else {
            checked(matured(&self.plan(), &self.gate(), &self.clock(), &self.bend(), then))?
        };
        Ok(released.saturating_sub(self.withdrawn))
    }

    /// Books a payment of `amount`.
    pub fn pay(&mut self, amount: u64) -> Result<()> {
        self.withdrawn = checked(self.withdrawn.checked_add(amount))?;
        self.invariant()
    }

    /// Lets the open checkpoint pass by itself if the reviewer's time is over (R8). Call it before
    /// anything that asks what is released or waited for.
    pub fn pass_by_silence(&mut self, now: i64) -> Result<()> {
        if self.update_filed == 0 || self.ended_at != 0 || self.is_finished() {
            return Ok(());
        }
        if let Stage::PassedBySilence { at } = self.stage(now)? {
            let passed_at = checked(self.clock().reached_at(at))?;
            self.pass_checkpoint(self.pass_bps, at, passed_at)?;
        }
        Ok(())
    }

    /// What the first checkpoint that has not passed waits for.
    ///
    /// # Errors
    /// [`BudgetError::NoCheckpointOpen`] when none is left, or the stream is held, has ended, or has
    /// nothing left to pay.
    pub fn stage(&self, now: i64) -> Result<Stage> {
        let runs = self.held_at == 0 && self.ended_at == 0 && !self.is_finished();
        require!(runs && self.passed < self.checkpoints, BudgetError::NoCheckpointOpen);
        let checkpoint = Checkpoint {
            due_at: self.due_at()?,
            previous_passed_at: self.previous_passed_at,
            updated_at: (self.update_filed != 0).then_some(self.updated_at),
        };
        let terms = self.review_terms();
        checked(self.clock().at(now).and_then(|at| checkpoint.stage(&terms, at)))
    }

    /// Books the recipient's update at the open checkpoint.
    ///
    /// # Errors
    /// [`BudgetError::NoCheckpointOpen`], [`BudgetError::UpdateNotDue`]
    pub fn file_update(&mut self, now: i64) -> Result<()> {
        self.pass_by_silence(now)?;
        let awaited = matches!(self.stage(now)?, Stage::AwaitsUpdate { .. });
        require!(awaited, BudgetError::UpdateNotDue);
        self.updated_at = checked(self.clock().at(now))?;
        self.update_filed = 1;
        self.open_reviews = checked(self.open_reviews.checked_add(1))?;
        Ok(())
    }

    /// Carries a verdict out and returns the base units that scaling gives back.
    ///
    /// # Errors
    /// [`BudgetError::NoCheckpointOpen`], [`BudgetError::VerdictNotDue`]
    pub fn score(&mut self, score_bps: u16, now: i64) -> Result<u64> {
        self.pass_by_silence(now)?;
        let awaited = matches!(self.stage(now)?, Stage::AwaitsVerdict { .. });
        require!(awaited, BudgetError::VerdictNotDue);
        if verdict(score_bps, &self.review_terms()) == Verdict::Holds {
            self.update_filed = 0;
            self.held_at = now;
            return Ok(0);
        }
        let at = checked(self.clock().at(now))?;
        self.pass_checkpoint(score_bps, at, now)
    }

    /// Holds the stream because the update did not come, as of when it was due.
    ///
    /// # Errors
    /// [`BudgetError::NoCheckpointOpen`], [`BudgetError::UpdateNotOverdue`]
    pub fn hold_overdue(&mut self, now: i64) -> Result<()> {
        self.pass_by_silence(now)?;
        let Stage::Overdue { at } = self.stage(now)? else {
            return Err(fail(BudgetError::UpdateNotOverdue));
        };
        self.held_at = checked(self.clock().reached_at(at))?;
        Ok(())
    }

    /// Carries a vote's ruling out and returns the base units that it gives back.
    ///
    /// # Errors
    /// [`BudgetError::StreamEnded`], [`BudgetError::StreamNotHeld`], [`BudgetError::TargetChanged`]
    pub fn rule(&mut self, ruling: Ruling, now: i64) -> Result<u64> {
        self.pass_by_silence(now)?;
        require!(self.ended_at == 0 && !self.is_finished(), BudgetError::StreamEnded);
        let returned = match ruling {
            Ruling::Resume { checkpoint } => {
                require_neq!(self.held_at, 0, BudgetError::StreamNotHeld);
                require_eq!(checkpoint, self.passed, BudgetError::TargetChanged);
                self.resume(now)?;
                0
            }
            Ruling::Reduce { keep_bps } => {
                let returned = self.reduce(keep_bps, now)?;
                if self.held_at != 0 {
                    self.resume(now)?;
                }
                returned
            }
            Ruling::Cancel => self.end(now)?,
        };
        self.ruled_at = now;
        self.invariant()?;
        Ok(returned)
    }

    /// Ends the stream: what is released stays claimable, the rest is returned.
    ///
    /// # Errors
    /// [`BudgetError::StreamEnded`]
    pub fn end(&mut self, now: i64) -> Result<u64> {
        require_eq!(self.ended_at, 0, BudgetError::StreamEnded);
        let kept = self.released(now)?;
        let net = checked(net_total(&self.plan(), &self.gate()))?;
        let returned = checked(net.checked_sub(kept))?;
        self.ended_released = kept;
        self.returned = checked(self.returned.checked_add(returned))?;
        self.ended_at = now;
        self.held_at = 0;
        self.update_filed = 0;
        self.invariant()?;
        Ok(returned)
    }

    /// Stops the accrual for `secs`, within what `limit_secs` leaves of the guardian's time.
    ///
    /// # Errors
    /// [`BudgetError::StreamEnded`], [`BudgetError::StreamHeld`],
    /// [`BudgetError::PauseExceedsAllowance`], [`BudgetError::PausedRecently`]
    pub fn pause(&mut self, secs: u32, limit_secs: u32, now: i64) -> Result<()> {
        self.pass_by_silence(now)?;
        require_eq!(self.ended_at, 0, BudgetError::StreamEnded);
        require_eq!(self.held_at, 0, BudgetError::StreamHeld);
        let used = self.pause_used_secs.saturating_add(secs);
        require!(secs > 0 && used <= limit_secs, BudgetError::PauseExceedsAllowance);
        // The clock remembers one pause, and P4 looks back as far as the longest payout delay.
        let rested = checked(self.pause_until.checked_add(MAX_PAYOUT_DELAY_SECS))?;
        require!(self.pause_until == 0 || now >= rested, BudgetError::PausedRecently);
        // Another one would blur since when an overdue stream, which is held in all but name, is to be
        // held.
        let overdue = self.pause_until != 0 && self.is_overdue(now)?;
        require!(!overdue, BudgetError::StreamHeld);
        let until = checked(now.checked_add(i64::from(secs)))?;
        let clock = checked(self.clock().pause(now, until))?;
        self.set_clock(clock);
        self.pause_used_secs = used;
        Ok(())
    }

    /// Whether the open checkpoint's update did not come in time, so that anyone may hold it.
    fn is_overdue(&self, now: i64) -> Result<bool> {
        if self.is_finished() || self.passed >= self.checkpoints {
            return Ok(false);
        }
        Ok(matches!(self.stage(now)?, Stage::Overdue { .. }))
    }

    /// Whether everything has been paid or returned.
    pub fn is_finished(&self) -> bool {
        self.withdrawn.checked_add(self.returned) == Some(self.total)
    }

    /// Whether the review of `checkpoint` has served its purpose.
    pub fn is_decided(&self, checkpoint: u8) -> bool {
        self.passed > checkpoint || self.ended_at != 0 || self.is_finished()
    }

    /// Slate index of the first ruling on this stream in `epoch`, which is `index` if there is none.
    pub fn ruling_leader_of(&mut self, epoch: u32, index: u8) -> u8 {
        if self.ruling_epoch != epoch {
            self.ruling_epoch = epoch;
            self.ruling_leader = index;
        }
        self.ruling_leader
    }

    /// INVARIANT: never more is paid and returned than was awarded.
    pub fn invariant(&self) -> Result<()> {
        let gone = self.withdrawn.checked_add(self.returned);
        require!(gone.is_some_and(|gone| gone <= self.total), BudgetError::InvariantViolated);
        Ok(())
    }

    /// The open checkpoint passes at clock second `at`, which was or is unix second `passed_at`.
    fn pass_checkpoint(&mut self, score_bps: u16, at: i64, passed_at: i64) -> Result<u64> {
        let (plan, gate, clock) = (self.plan(), self.gate(), self.clock());
        let before = checked(released(&plan, &gate, at))?;
        let (opened, returned) = checked(pass(&plan, &gate, score_bps, self.pass_bps))?;
        self.set_bend(self.bend().note(passed_at, before, &clock));
        self.set_gate(opened);
        self.previous_passed_at = at;
        self.update_filed = 0;
        self.returned = checked(self.returned.checked_add(returned))?;
        self.invariant()?;
        Ok(returned)
    }

    /// A held stream goes on as if the clock had stood at the checkpoint since.
    fn resume(&mut self, now: i64) -> Result<()> {
        let (due_at, plan, gate, clock) = (self.due_at()?, self.plan(), self.gate(), self.clock());
        let before = checked(clock.at(now).and_then(|at| released(&plan, &gate, at)))?;
        let (opened, set_back) = checked(resume(&plan, &gate, &clock, now))?;
        self.set_bend(self.bend().note(now, before, &clock));
        self.set_gate(opened);
        self.set_clock(set_back);
        self.previous_passed_at = due_at;
        self.held_at = 0;
        Ok(())
    }

    fn reduce(&mut self, keep_bps: u16, now: i64) -> Result<u64> {
        let (plan, gate, clock) = (self.plan(), self.gate(), self.clock());
        let at = checked(clock.at(now))?;
        let before = checked(released(&plan, &gate, at))?;
        let (plan, gate, returned) = checked(reduce(&plan, &gate, at, keep_bps))?;
        self.set_bend(self.bend().note(now, before, &clock));
        self.base_part = plan.base_part;
        self.base_amount = plan.base_amount;
        self.rest = plan.rest;
        self.set_gate(gate);
        self.returned = checked(self.returned.checked_add(returned))?;
        Ok(returned)
    }

    /// Clock seconds at which the part before the open checkpoint ends.
    fn due_at(&self) -> Result<i64> {
        let next = checked(self.passed.checked_add(1))?;
        Ok(i64::from(checked(self.plan().part_start_secs(next))?))
    }

    fn review_terms(&self) -> ReviewTerms {
        ReviewTerms {
            window_secs: self.window_secs,
            grace_secs: self.grace_secs,
            pass_bps: self.pass_bps,
            floor_bps: self.floor_bps,
        }
    }

    fn plan(&self) -> Plan {
        Plan {
            duration_secs: self.duration_secs,
            cliff_secs: self.cliff_secs,
            checkpoints: self.checkpoints,
            base_part: self.base_part,
            base_amount: self.base_amount,
            rest: self.rest,
        }
    }

    fn gate(&self) -> Gate {
        Gate {
            passed: self.passed,
            reduced_before: self.reduced_before,
            part_reduction: self.part_reduction,
            floor: self.released_floor,
        }
    }

    fn set_gate(&mut self, gate: Gate) {
        self.passed = gate.passed;
        self.reduced_before = gate.reduced_before;
        self.part_reduction = gate.part_reduction;
        self.released_floor = gate.floor;
    }

    fn clock(&self) -> Clock {
        Clock {
            started_at: self.started_at,
            standing_secs: self.standing_secs,
            pause_from: self.pause_from,
            pause_until: self.pause_until,
        }
    }

    fn set_clock(&mut self, clock: Clock) {
        self.standing_secs = clock.standing_secs;
        self.pause_from = clock.pause_from;
        self.pause_until = clock.pause_until;
    }

    fn bend(&self) -> Bend {
        Bend {
            at: self.bend_at,
            released: self.bend_released,
            standing_secs: self.bend_standing_secs,
        }
    }

    fn set_bend(&mut self, bend: Bend) {
        self.bend_at = bend.at;
        self.bend_released = bend.released;
        self.bend_standing_secs = bend.standing_secs;
    }
}
