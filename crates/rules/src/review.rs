//! R8: what a checkpoint waits for, and what its verdict does.
//!
//! All moments are seconds on the stream's clock ([`crate::stream::Clock`]), so that deadlines
//! stand still while the stream is paused.

/// How a treasury reviews. Requires `floor_bps <= pass_bps`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct ReviewTerms {
    /// Seconds from a checkpoint's opening in which its update can be filed.
    pub window_secs: u32,
    /// Seconds from the update in which it can be scored.
    pub grace_secs: u32,
    /// Score from which the next part starts in full.
    pub pass_bps: u16,
    /// Score from which the next part starts scaled.
    pub floor_bps: u16,
}

/// The first checkpoint that has not passed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Clock seconds at which the part before it ends.
    pub due_at: i64,
    /// Clock seconds at which the checkpoint before it passed; 0 for the first.
    pub previous_passed_at: i64,
    /// Clock seconds at which its update was filed.
    pub updated_at: Option<i64>,
}

/// What a checkpoint waits for.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The part before it still runs.
    Ahead,
    /// The recipient's update, until the given clock second, exclusive.
    AwaitsUpdate {
        /// End of the window.
        until: i64,
    },
    /// The reviewer's verdict, until the given clock second, exclusive.
    AwaitsVerdict {
        /// End of the grace.
        until: i64,
    },
    /// The reviewer kept silent: it passed by itself at the given clock second.
    PassedBySilence {
        /// End of the grace.
        at: i64,
    },
    /// The recipient kept silent: held since the given clock second.
    Overdue {
        /// End of the window.
        at: i64,
    },
}

impl Checkpoint {
    /// Clock seconds from which the update can be filed.
    pub fn opens_at(&self) -> i64 {
        self.due_at.max(self.previous_passed_at)
    }

    /// R8: what the checkpoint waits for when the clock shows `clock_secs`. Silence of the reviewer
    /// favours the recipient, silence of the recipient the treasury. `None` on overflow.
    pub fn stage(&self, terms: &ReviewTerms, clock_secs: i64) -> Option<Stage> {
        if let Some(updated_at) = self.updated_at {
            let until = updated_at.checked_add(i64::from(terms.grace_secs))?;
            return Some(if clock_secs < until {
                Stage::AwaitsVerdict { until }
            } else {
                Stage::PassedBySilence { at: until }
            });
        }
        if clock_secs < self.opens_at() {
            return Some(Stage::Ahead);
        }
        let until = self.opens_at().checked_add(i64::from(terms.window_secs))?;
        Some(if clock_secs < until {
            Stage::AwaitsUpdate { until }
        } else {
            Stage::Overdue { at: until }
        })
    }
}

/// What a score does.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The next part starts in full, with the time since.
    Passes,
    /// The next part starts, scaled by score / pass.
    Scales,
    /// The stream is held until a ruling.
    Holds,
}

/// R8: the verdict of `score_bps`, 0 to 10,000.
pub fn verdict(score_bps: u16, terms: &ReviewTerms) -> Verdict {
    if score_bps >= terms.pass_bps {
        Verdict::Passes
    } else if score_bps >= terms.floor_bps {
        Verdict::Scales
    } else {
        Verdict::Holds
    }
}

/// The longest a hold can last, in seconds.
pub const MAX_HOLD_SECS: i64 = 180 * 86_400;

/// R8: unix seconds from which a stream held since `held_at` lapses: `hold_limit_secs` after the
/// execution grace of an epoch that opened after the hold, and at most 180 days after the hold.
/// `None` on overflow.
pub fn lapses_at(
    held_at: i64,
    ruling_grace_ends_at: Option<i64>,
    hold_limit_secs: u32,
) -> Option<i64> {
    let latest = held_at.checked_add(MAX_HOLD_SECS)?;
    let Some(grace_ends_at) = ruling_grace_ends_at else { return Some(latest) };
    Some(grace_ends_at.checked_add(i64::from(hold_limit_secs))?.min(latest))
}

/// Mean score below which a record counts as weak, updates that never came as zero: whether
/// `score_sum / (scored + missed) < floor`. A person without reviews has no weak record.
pub fn is_weak(score_sum: u32, scored: u16, missed: u16, floor_bps: u16) -> bool {
    let reviews = u64::from(scored).saturating_add(u64::from(missed));
    u64::from(score_sum) < reviews.saturating_mul(u64::from(floor_bps))
}
