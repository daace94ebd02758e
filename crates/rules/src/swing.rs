//! R5: what a late ballot may do to the close of voting.

use crate::outcome::Tally;

/// When voting ends. Requires `closes_at <= hard_end_at` and `late_window_secs >= 0`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Unix seconds, exclusive. Moves on with every extension.
    pub closes_at: i64,
    /// Unix seconds, exclusive. No extension goes beyond it.
    pub hard_end_at: i64,
    /// Seconds before the close in which a swing extends voting.
    pub late_window_secs: i64,
}

/// R5: whether `now` lies in `[closes_at - window, closes_at)`. `None` if the window's start
/// underflows.
pub fn is_late(s: &Schedule, now: i64) -> Option<bool> {
    within_last(s.late_window_secs, s.closes_at, now)
}

/// R5: whether `now` lies in `[hard_end - window, hard_end)`, where no ballot may turn a failing
/// entry into a passing one. `None` if the window's start underflows.
pub fn is_final(s: &Schedule, now: i64) -> Option<bool> {
    within_last(s.late_window_secs, s.hard_end_at, now)
}

fn within_last(window_secs: i64, end_at: i64, now: i64) -> Option<bool> {
    Some(end_at.checked_sub(window_secs)? <= now && now < end_at)
}

/// How one entry moved under one ballot, judged by R4 before and after.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Whether the entry would have passed without the ballot.
    pub passed_before: bool,
    /// Whether it passes with it.
    pub passes_now: bool,
    /// Weight by which (for - against) moved, in either direction; see [`margin_moved`].
    pub margin_moved: u64,
}

/// R5: `|(for - against) after - (for - against) before|`, saturating into `u64`.
pub fn margin_moved(before: &Tally, after: &Tally) -> u64 {
    // Crossed over, the four terms need no sign.
    let up = u128::from(after.for_).saturating_add(u128::from(before.against));
    let down = u128::from(before.for_).saturating_add(u128::from(after.against));
    u64::try_from(up.abs_diff(down)).unwrap_or(u64::MAX)
}

/// R5: whether the movement is large enough to extend voting: the result flips either way, or the
/// margin moved by at least `swing_threshold`, a weight (`ceil(late_swing_bps * total / 10_000)`).
/// A threshold of zero counts as one: an entry that did not move never extends.
pub fn is_swing(m: &Movement, swing_threshold: u64) -> bool {
    m.passed_before != m.passes_now || m.margin_moved >= swing_threshold.max(1)
}

/// R5: whether the movement turns a failing entry into a passing one.
pub fn turns_to_pass(m: &Movement) -> bool {
    !m.passed_before && m.passes_now
}

/// R5: the close after a swing at `now`, `min(max(closes_at, now + window), hard_end)`. `None` if
/// `now + window` overflows.
pub fn extended(s: &Schedule, now: i64) -> Option<i64> {
    Some(now.checked_add(s.late_window_secs)?.max(s.closes_at).min(s.hard_end_at))
}

/// What R5 asks of one ballot. Built once per ballot; each entry the ballot moves is then shown to
/// it, and outside the late and the final window none needs to be judged at all.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct LateBallot {
    /// The ballot falls in the late window: a swing extends voting.
    pub late: bool,
    /// The ballot falls in the final window: no entry may be turned to passing.
    pub final_: bool,
    /// Weight by which a margin must move to be a swing; see [`is_swing`].
    pub swing_threshold: u64,
}

impl LateBallot {
    /// The windows that `now` lies in. `None` as in [`is_late`].
    pub fn new(s: &Schedule, now: i64, swing_threshold: u64) -> Option<Self> {
        Some(Self { late: is_late(s, now)?, final_: is_final(s, now)?, swing_threshold })
    }

    /// Whether R5 has anything to say: if not, no entry needs to be judged before and after.
    pub fn matters(&self) -> bool {
        self.late || self.final_
    }

    /// Whether the ballot must be refused because of this entry.
    pub fn forbids(&self, m: &Movement) -> bool {
        self.final_ && turns_to_pass(m)
    }

    /// Whether this entry's movement extends voting to [`extended`].
    pub fn extends(&self, m: &Movement) -> bool {
        self.late && is_swing(m, self.swing_threshold)
    }
}
