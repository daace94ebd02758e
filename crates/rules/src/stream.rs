//! R7: what a stream has released, part by part.
//!
//! A stream runs on its own clock, in seconds, which stands while a guardian pauses it and which a
//! ruling can set back to a checkpoint ([`Clock`]). Its [`Plan`] says what is released when if
//! every review passes in time; its [`Gate`] says how far reviews have let it come.

use crate::bps::{BPS, mul_div_floor};

/// The most checkpoints a stream may have; it then has one part more.
pub const MAX_CHECKPOINTS: u8 = 12;

/// What a stream pays over which time, reviews aside. Requires `cliff_secs <= duration_secs`, at
/// most [`MAX_CHECKPOINTS`] and `base_part <= checkpoints`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Seconds from start to end on the stream's clock.
    pub duration_secs: u32,
    /// Seconds from the start during which nothing is released; all that accrued is released when
    /// they have passed.
    pub cliff_secs: u32,
    /// Checkpoints n that cut the stream into n + 1 parts equal in time.
    pub checkpoints: u8,
    /// Part from which `rest` is spread. 0 until a ruling reduces the stream.
    pub base_part: u8,
    /// Base units of the parts before `base_part`.
    pub base_amount: u64,
    /// Base units spread over the parts from `base_part` on.
    pub rest: u64,
}

impl Plan {
    /// The plan of a stream that nothing has reduced yet.
    pub fn new(total: u64, duration_secs: u32, cliff_secs: u32, checkpoints: u8) -> Self {
        let (base_part, base_amount) = (0, 0);
        Self { duration_secs, cliff_secs, checkpoints, base_part, base_amount, rest: total }
    }

    /// Base units of all parts.
    pub fn total(&self) -> Option<u64> {
        self.base_amount.checked_add(self.rest)
    }

    /// R7: seconds on the clock at which part `part` (from 0) begins, `floor(duration * k / (n +
    /// 1))`; `part = n + 1` gives the duration, the end of the last part.
    ///
    /// `None` beyond that or with too many checkpoints.
    pub fn part_start_secs(&self, part: u8) -> Option<u32> {
        let parts = self.parts()?;
        let part = u64::from(part);
        if part > parts {
            return None;
        }
        u32::try_from(mul_div_floor(u64::from(self.duration_secs), part, parts)?).ok()
    }

    /// Base units of the parts before `part`, by cumulative floor, so that all parts sum exactly:
    /// `base_amount + floor(rest * (part - base_part) / (n + 1 - base_part))`. Parts before the
    /// base count as wholly finished.
    pub fn cumulative(&self, part: u8) -> Option<u64> {
        let parts = self.parts()?;
        let base = u64::from(self.base_part);
        let Some(done) = u64::from(part).checked_sub(base) else {
            return Some(self.base_amount);
        };
        let left = parts.checked_sub(base)?;
        if done > left {
            return None;
        }
        self.base_amount.checked_add(mul_div_floor(self.rest, done, left)?)
    }

    /// Base units released at `clock_secs` if every review has passed in time: the finished parts
    /// and, of the current one, `floor(part * elapsed in part / part length)`. Nothing before the
    /// start and the cliff, everything from the end on; rounding leaves the dust in the vault until
    /// then.
    ///
    /// `None` if the plan breaks its requirements.
    pub fn planned(&self, clock_secs: i64) -> Option<u64> {
        let parts = self.parts()?;
        if self.cliff_secs > self.duration_secs {
            return None;
        }
        let Ok(elapsed) = u64::try_from(clock_secs) else {
            return Some(0); // before the start
        };
        let duration = u64::from(self.duration_secs);
        if elapsed >= duration {
            return self.total();
        }
        if elapsed < u64::from(self.cliff_secs) {
            return Some(0);
        }
        // The last part k that has begun: floor(duration * k / parts) <= elapsed exactly when
        // k < (elapsed + 1) * parts / duration. As 1 <= elapsed + 1 <= duration, k is in 0..parts.
        let part = elapsed.checked_add(1)?.checked_mul(parts)?.checked_sub(1)?;
        let part = u8::try_from(part.checked_div(duration)?).ok()?;
        self.within(part, elapsed, 0)
    }

    /// Base units of the parts before `part`, and of `part` less `reduction` its share at
    /// `elapsed`.
    fn within(&self, part: u8, elapsed: u64, reduction: u64) -> Option<u64> {
        let next = part.checked_add(1)?;
        let starts = u64::from(self.part_start_secs(part)?);
        let length = u64::from(self.part_start_secs(next)?).checked_sub(starts)?;
        let finished = self.cumulative(part)?;
        let amount = self.cumulative(next)?.checked_sub(finished)?.checked_sub(reduction)?;
        let in_part = elapsed.saturating_sub(starts).min(length);
        // A part of no length is over as soon as it begins.
        let accrued =
            if in_part == length { amount } else { mul_div_floor(amount, in_part, length)? };
        finished.checked_add(accrued)
    }

    fn parts(&self) -> Option<u64> {
        if self.checkpoints > MAX_CHECKPOINTS || self.base_part > self.checkpoints {
            return None;
        }
        u64::from(self.checkpoints).checked_add(1)
    }
}

/// How far reviews have let a stream come, and what they have cost it.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// Checkpoints passed. Part `passed` is the last that may release.
    pub passed: u8,
    /// Base units that scaling took from the finished parts.
    pub reduced_before: u64,
    /// Base units that scaling took from part `passed`.
    pub part_reduction: u64,
    /// Base units that a ruling found released: what is released never falls below it (P4).
    pub floor: u64,
}

/// R7, R8: base units released at `clock_secs`: what the plan says, stopped at the end of the part
/// before the first open checkpoint, less what scaling took.
///
/// The clock stands at or behind the last passed checkpoint. `None` if plan and gate contradict
/// each other.
pub fn released(plan: &Plan, gate: &Gate, clock_secs: i64) -> Option<u64> {
    if plan.cliff_secs > plan.duration_secs || gate.passed > plan.checkpoints {
        return None;
    }
    let Ok(elapsed) = u64::try_from(clock_secs) else {
        return Some(gate.floor);
    };
    if elapsed < u64::from(plan.cliff_secs) {
        return Some(gate.floor);
    }
    let gross = plan.within(gate.passed, elapsed, gate.part_reduction)?;
    Some(gross.checked_sub(gate.reduced_before)?.max(gate.floor))
}

/// Base units that the stream pays in all, if nothing else reduces it.
pub fn net_total(plan: &Plan, gate: &Gate) -> Option<u64> {
    plan.total()?.checked_sub(gate.reduced_before)?.checked_sub(gate.part_reduction)
}

/// The gate after checkpoint `gate.passed` passed, and the base units that scaling returns.
///
/// With `score < pass`, what the next part has yet to release shrinks to `floor(it * score /
/// pass)`; a score at or above it changes nothing. `None` if no checkpoint is left.
pub fn pass(plan: &Plan, gate: &Gate, score: u16, pass: u16) -> Option<(Gate, u64)> {
    let passed = gate.passed.checked_add(1)?;
    let reduced_before = gate.reduced_before.checked_add(gate.part_reduction)?;
    let begins = plan.cumulative(passed)?.checked_sub(reduced_before)?;
    // Nothing begins after the last part, nor passes there.
    let ends = plan.cumulative(passed.checked_add(1)?)?.checked_sub(reduced_before)?;
    // After a ruling the plan may lag behind what is released, which no score takes back.
    let open = ends.saturating_sub(begins.max(gate.floor));
    let kept =
        if score >= pass { open } else { mul_div_floor(open, u64::from(score), u64::from(pass))? };
    let returned = open.checked_sub(kept)?;
    Some((Gate { passed, reduced_before, part_reduction: returned, ..*gate }, returned))
}

/// Gate and clock after a held stream goes on at `now`: its checkpoint passed in full, the clock as
/// if it had stood there since. `None` as in [`released`], and if no checkpoint is left or the
/// clock has not come to it.
pub fn resume(plan: &Plan, gate: &Gate, clock: &Clock, now: i64) -> Option<(Gate, Clock)> {
    // The clock may go back behind the cliff. What it released there stays released.
    let floor = released(plan, gate, clock.at(now)?)?;
    let (opened, _) = pass(plan, gate, 0, 0)?;
    let due_at = i64::from(plan.part_start_secs(opened.passed)?);
    Some((Gate { floor, ..opened }, clock.set_back(now, due_at)?))
}

/// Plan and gate after a ruling keeps `keep_bps` of what is unreleased at `clock_secs`, and the
/// base units that return: `unreleased - floor(unreleased * keep / 10_000)`.
///
/// What remains is spread evenly over the parts that are not finished; a part that a review scaled
/// below the later ones only keeps its own share. Where that plan lags behind what was already
/// released, nothing more is released until it has caught up, so a ruling never releases anything
/// at once. `None` as in [`released`].
pub fn reduce(
    plan: &Plan,
    gate: &Gate,
    clock_secs: i64,
    keep_bps: u16,
) -> Option<(Plan, Gate, u64)> {
    let keep = u64::from(keep_bps).min(BPS);
    let released = released(plan, gate, clock_secs)?;
    // Sums count from the start; of each only what is released stays in full.
    let reduced = |sum: u64| match sum.checked_sub(released) {
        Some(open) => released.checked_add(mul_div_floor(open, keep, BPS)?),
        None => Some(sum),
    };
    let next = gate.passed.checked_add(1)?;
    let taken = gate.reduced_before.checked_add(gate.part_reduction)?;
    let net = net_total(plan, gate)?;
    let total = reduced(net)?;
    // Before the cliff, finished parts are unreleased too.
    let begins = reduced(plan.cumulative(gate.passed)?.checked_sub(gate.reduced_before)?)?;
    let ends = reduced(plan.cumulative(next)?.checked_sub(taken)?)?;

    let at_end = clock_secs >= i64::from(plan.part_start_secs(next)?);
    let (base_part, base_amount, part_reduction) = if at_end && gate.passed < plan.checkpoints {
        (next, ends.max(released), 0)
    } else {
        // With p parts left, `total - begins` is part + q * (p - 1) + r, where r < p - 1. If q is
        // more than part, spread q - part more, which is q * p + r: the current part is then q, and
        // less q - part itself again.
        let later_parts = u64::from(plan.checkpoints.checked_sub(gate.passed)?);
        let each = total.checked_sub(ends)?.checked_div(later_parts).unwrap_or(0);
        let more = each.saturating_sub(ends.checked_sub(begins)?);
        (gate.passed, begins, more.min(u64::MAX.checked_sub(total)?))
    };
    let rest = total.checked_sub(base_amount)?.checked_add(part_reduction)?;
    let plan = Plan { base_part, base_amount, rest, ..*plan };
    let gate = Gate { passed: gate.passed, reduced_before: 0, part_reduction, floor: released };
    Some((plan, gate, net.checked_sub(total)?))
}

/// A stream's own time. Requires `pause_from <= pause_until`.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// Unix seconds of the start.
    pub started_at: i64,
    /// Seconds for which the clock has stood, the latest pause aside.
    pub standing_secs: i64,
    /// Unix seconds. Begin of the latest pause.
    pub pause_from: i64,
    /// Unix seconds, exclusive. End of the latest pause, which may lie ahead.
    pub pause_until: i64,
}

impl Clock {
    /// Seconds on the clock at `now`, which may lie in the past back to the pause before the
    /// latest.
    pub fn at(&self, now: i64) -> Option<i64> {
        let paused = now.min(self.pause_until).checked_sub(self.pause_from)?.max(0);
        now.checked_sub(self.started_at)?.checked_sub(self.standing_secs)?.checked_sub(paused)
    }

    /// Unix seconds at which the clock showed, or will show, `clock_secs`. A moment within the
    /// latest pause is its begin.
    pub fn reached_at(&self, clock_secs: i64) -> Option<i64> {
        let at = self.started_at.checked_add(self.standing_secs)?.checked_add(clock_secs)?;
        if at <= self.pause_from {
            return Some(at);
        }
        at.checked_add(self.pause_until.checked_sub(self.pause_from)?)
    }

    /// The clock paused over `[now, until)`; the pause before joins the standing time.
    ///
    /// `None` if that pause ended less than [`MAX_PAYOUT_DELAY_SECS`] ago: only one is remembered,
    /// and P4 looks back that far.
    pub fn pause(self, now: i64, until: i64) -> Option<Self> {
        let last = self.pause_until.checked_sub(self.pause_from)?;
        let rested = last == 0 || now.checked_sub(self.pause_until)? >= MAX_PAYOUT_DELAY_SECS;
        if !rested || until < now {
            return None;
        }
        let standing_secs = self.standing_secs.checked_add(last)?;
        Some(Self { standing_secs, pause_from: now, pause_until: until, ..self })
    }

    /// The clock set back to `clock_secs` at `now`. Never forward: `None` if it shows less. It
    /// knows of no cliff; [`resume`] does.
    pub fn set_back(self, now: i64, clock_secs: i64) -> Option<Self> {
        let lost = self.at(now)?.checked_sub(clock_secs).filter(|lost| *lost >= 0)?;
        Some(Self { standing_secs: self.standing_secs.checked_add(lost)?, ..self })
    }
}

/// The longest payout delay that any policy may set, in seconds (P4).
pub const MAX_PAYOUT_DELAY_SECS: i64 = 7 * 86_400;

/// The last moment at which a ruling or a review changed what a stream releases.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Bend {
    /// Unix seconds; 0 for none.
    pub at: i64,
    /// Base units released just before.
    pub released: u64,
    /// Standing time of the clock before, or before an earlier bend that a delay still reaches.
    pub standing_secs: i64,
}

impl Bend {
    /// The bend at `now`, which is when the change takes effect, with `released` base units
    /// released and the clock `before`. Two bends closer than the longest delay count as one that
    /// shows the earlier clock: the faster one.
    pub fn note(self, now: i64, released: u64, before: &Clock) -> Self {
        let close = self.at != 0 && now.saturating_sub(self.at) < MAX_PAYOUT_DELAY_SECS;
        let standing_secs = if close { self.standing_secs } else { before.standing_secs };
        Self { at: now, released, standing_secs }
    }
}

/// P4: base units that were released at the past moment `at`. Exact from the last bend on; before
/// it never less than the truth, and never more than was released when it came.
pub fn matured(plan: &Plan, gate: &Gate, clock: &Clock, bend: &Bend, at: i64) -> Option<u64> {
    if at >= bend.at {
        return released(plan, gate, clock.at(at)?);
    }
    let before = Clock { standing_secs: bend.standing_secs, ..*clock };
    // A ruling since then reduced the plan. Its floor is what was released when it came.
    Some(plan.planned(before.at(at)?)?.max(gate.floor).min(bend.released))
}
