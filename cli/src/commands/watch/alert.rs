//! What somebody who watches wants to be woken by.

use budget_rules::{
    bps::share_ceil,
    swing::{is_final, is_late},
};
use budget_words::format;
use community_budget::state::Phase;
use serde_json::{Value, json};

use super::tally::{Change, Tally};
use crate::{quantity::when, slate::Titles, view::counted};

/// Something worth waking up for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alert {
    /// An entry came over the funding line, or fell below it.
    Crossed {
        /// Which.
        entry: u8,
        /// Whether it stands now.
        stands: bool,
        /// Whether this was in the last stretch of voting.
        late: bool,
    },
    /// A late swing extended voting (R5).
    Extended {
        /// The close now.
        closes_at: i64,
        /// What no extension goes beyond.
        hard_end_at: i64,
    },
    /// The last stretch of voting has begun: a swing extends it.
    LateWindow {
        /// The close.
        closes_at: i64,
    },
    /// From now on no ballot may turn a failing entry into a passing one (R5).
    NoLatePass {
        /// The hard end.
        until: i64,
    },
    /// New ballots carry much weight.
    Heavy {
        /// How many ballots.
        ballots: u64,
        /// Their weight.
        weight: u64,
    },
    /// Revised ballots moved much weight.
    Revised {
        /// At least this much.
        weight: u64,
    },
}

/// Alerts about a change; `large` is the share of all weight from which ballots are worth one, in
/// basis points.
pub fn of_change(change: &Change, after: &Tally, large: u16, now: i64) -> Vec<Alert> {
    let late = is_late(&after.head.voting_schedule(), now).unwrap_or(false);
    let mut alerts: Vec<Alert> = change
        .crossed
        .iter()
        .map(|(entry, stands)| Alert::Crossed { entry: *entry, stands: *stands, late })
        .collect();
    if let Some((_, closes_at)) = change.closes {
        let hard_end_at = after.head.voting_hard_end_at;
        alerts.push(Alert::Extended { closes_at, hard_end_at });
    }
    // A share of nothing would make every ballot a heavy one.
    let least = share_ceil(after.electorate(), large).unwrap_or(u64::MAX).max(1);
    if change.weight >= least {
        alerts.push(Alert::Heavy { ballots: change.ballots, weight: change.weight });
    } else if change.ballots == 0 && change.moved >= least {
        alerts.push(Alert::Revised { weight: change.moved });
    }
    alerts
}

/// Alerts about what time alone has brought between `then` and `now`.
pub fn of_time(tally: &Tally, then: i64, now: i64) -> Vec<Alert> {
    let schedule = tally.head.voting_schedule();
    let votes = |at| tally.head.phase(at) == Phase::Voting;
    let begun = |is: &dyn Fn(i64) -> Option<bool>| {
        votes(now) && is(now) == Some(true) && !(votes(then) && is(then) == Some(true))
    };
    let mut alerts = Vec::new();
    if begun(&|at| is_late(&schedule, at)) {
        alerts.push(Alert::LateWindow { closes_at: schedule.closes_at });
    }
    if begun(&|at| is_final(&schedule, at)) {
        alerts.push(Alert::NoLatePass { until: schedule.hard_end_at });
    }
    alerts
}

impl Alert {
    /// Its kind in one word, for `--json`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Crossed { .. } => "crossed",
            Self::Extended { .. } => "extended",
            Self::LateWindow { .. } => "lateWindow",
            Self::NoLatePass { .. } => "noLatePass",
            Self::Heavy { .. } => "heavy",
            Self::Revised { .. } => "revised",
        }
    }

    /// One sentence.
    pub fn text(&self, tally: &Tally, titles: &Titles, now: i64) -> String {
        let share = |weight| format::percent(weight, tally.electorate());
        match self {
            Self::Crossed { entry, stands, late } => {
                let title = titles.title(*entry);
                let now = if *stands { "came over" } else { "fell below" };
                let late = if *late { ", in the last stretch of voting" } else { "" };
                format!("{title} ({entry}) {now} the funding line{late}.")
            }
            Self::Extended { closes_at, hard_end_at } => format!(
                "a late swing extended voting: it closes {}, and ends {} at the latest.",
                when(*closes_at, now),
                when(*hard_end_at, now)
            ),
            Self::LateWindow { closes_at } => format!(
                "the last stretch of voting has begun: a swing extends it, otherwise it closes {}.",
                when(*closes_at, now)
            ),
            Self::NoLatePass { until } => format!(
                "from now on no ballot can turn a failing entry into a passing one; voting ends {}.",
                when(*until, now)
            ),
            Self::Heavy { ballots, weight } => {
                let carry = if *ballots == 1 { "carries" } else { "carry" };
                let ballots = counted(*ballots, "new ballot");
                format!("{ballots} {carry} {} of all weight.", share(*weight))
            }
            Self::Revised { weight } => {
                format!("revised ballots moved at least {} of all weight.", share(*weight))
            }
        }
    }

    /// As one JSON object.
    pub fn exact(&self, tally: &Tally, titles: &Titles, now: i64) -> Value {
        let mut value = json!({
            "event": "alert",
            "kind": self.kind(),
            "epoch": tally.head.index,
            "now": now,
            "text": self.text(tally, titles, now),
        });
        match self {
            Self::Crossed { entry, stands, late } => {
                value["entry"] = json!(entry);
                value["stands"] = json!(stands);
                value["late"] = json!(late);
            }
            Self::Extended { closes_at, hard_end_at } => {
                value["votingClosesAt"] = json!(closes_at);
                value["votingHardEndAt"] = json!(hard_end_at);
            }
            Self::LateWindow { closes_at } => value["votingClosesAt"] = json!(closes_at),
            Self::NoLatePass { until } => value["votingHardEndAt"] = json!(until),
            Self::Heavy { ballots, weight } => {
                value["ballots"] = json!(ballots);
                value["weight"] = json!(weight);
            }
            Self::Revised { weight } => value["weight"] = json!(weight),
        }
        value
    }
}

#[cfg(test)]
mod tests;
