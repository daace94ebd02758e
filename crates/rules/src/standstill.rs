//! R11: for how long executions stood still, so that grace does not run meanwhile.
//!
//! Breaker and pause may overlap; what counts is the time in which at least one of them was on.
//! Only the latest stretch is stored, with the sum of those before it.

/// When executions were blocked. `from <= until`.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Standstill {
    /// Seconds of all stretches before the latest.
    pub before_secs: i64,
    /// Unix seconds. Begin of the latest stretch.
    pub from: i64,
    /// Unix seconds, exclusive. End of the latest stretch, which may lie ahead.
    pub until: i64,
}

impl Standstill {
    /// Whether executions are blocked at `now`.
    pub fn is_on(&self, now: i64) -> bool {
        self.from <= now && now < self.until
    }

    /// Seconds blocked up to `now`, all stretches together. `None` on overflow.
    pub fn total_secs(&self, now: i64) -> Option<i64> {
        let latest = now.min(self.until).checked_sub(self.from)?.max(0);
        self.before_secs.checked_add(latest)
    }

    /// After a block of `[now, until)`: prolongs the stretch that runs, or begins a new one.
    pub fn block(self, now: i64, until: i64) -> Option<Self> {
        if self.is_on(now) {
            return Some(Self { until: self.until.max(until), ..self });
        }
        Some(Self { before_secs: self.total_secs(now)?, from: now, until: until.max(now) })
    }

    /// After one cause of the block ended at `now` while others last until `others_until`.
    pub fn release(self, now: i64, others_until: i64) -> Self {
        Self { until: self.until.min(others_until.max(now)), ..self }
    }
}

/// What a guardian has used of the time it may block executions.
///
/// Pauses within [`PauseAllowance::SPAN_SECS`] of each other share one allowance; it is renewed
/// only that long after the last of them ended. No span of 90 days, wherever it begins, so holds
/// more pause than the allowance.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct PauseAllowance {
    /// Seconds used since the last renewal.
    pub used_secs: u32,
    /// Unix seconds at which the last pause ends or ended; 0 before the first.
    pub last_until: i64,
}

impl PauseAllowance {
    /// 90 days in seconds.
    pub const SPAN_SECS: i64 = 90 * 86_400;

    /// After a pause of `secs` from `now`, if `limit_secs` and the clock allow it: pauses do not
    /// overlap.
    pub fn spend(self, now: i64, secs: u32, limit_secs: u32) -> Option<Self> {
        if now < self.last_until || secs == 0 {
            return None;
        }
        let renewed = now.checked_sub(self.last_until)? >= Self::SPAN_SECS;
        let used = if renewed { 0 } else { self.used_secs };
        let used_secs = used.checked_add(secs).filter(|used| *used <= limit_secs)?;
        Some(Self { used_secs, last_until: now.checked_add(i64::from(secs))? })
    }
}
