//! How near the treasury is to stopping: the outflow bucket, the breaker's conditions, the pauses.

use budget_rules::{
    bps::{BPS, share_ceil},
    bucket::Bucket,
    standstill::PauseAllowance,
};
use budget_words::{format, page::Page};
use community_budget::state::{Treasury, TripCause};
use serde_json::{Value, json};

use crate::{
    exit::Result,
    quantity::{Token, long_span, when},
    streams::foreseen,
    view::{aligned, pair},
};

/// A treasury's safety, at one moment. Amounts are base units of the budget mint.
#[derive(Clone, Debug)]
pub struct Gauges {
    /// Unix seconds.
    pub now: i64,
    /// What may leave the vault at once.
    pub level: u64,
    /// What may leave it within a window.
    pub capacity: u64,
    /// Seconds in which an empty bucket fills.
    pub window_secs: u32,
    /// Longest time for which the bucket can hold back what was released, in seconds.
    pub delay_secs: u32,
    /// What is in the vault and what positions count for.
    pub value: u64,
    /// What that would be if no position had lost any.
    pub high_water: u64,
    /// The breaker can be tripped when `value` is below.
    pub least: u64,
    /// Awarded in the last four epochs.
    pub outflow: u64,
    /// Received in the last four epochs.
    pub inflow: u64,
    /// What is in the vault and not promised.
    pub uncommitted: u64,
    /// Epochs that both run over: 0 to 4.
    pub epochs: u8,
    /// Epochs that `uncommitted` must last at the mean outflow.
    pub floor_epochs: u8,
    /// Why the breaker could be tripped now; nothing when it could not.
    pub cause: Option<TripCause>,
    /// Since when it has tripped, and until when.
    pub trip: Option<(i64, i64)>,
    /// Until when it rests after a trip.
    pub rests_until: Option<i64>,
    /// Until when the guardian has paused executions.
    pub paused_until: Option<i64>,
    /// Seconds that the guardian may still pause executions for.
    pub allowance_secs: u32,
    /// Seconds that the guardian may pause executions for in any 90 days.
    pub allowance_of_secs: u32,
    /// When the allowance is whole again, while some of it is used.
    pub renewed_at: Option<i64>,
}

impl Gauges {
    /// Reads them off a treasury's books.
    ///
    /// # Errors
    /// Exit code `input` when the books contradict themselves.
    pub fn of(treasury: &Treasury, now: i64) -> Result<Self> {
        let mut books = *treasury;
        // What the next trip would go by, whether or not anybody has booked the end of the last.
        foreseen(books.book_trip_end(now))?;
        let policy = &books.in_force;
        let flow = policy.flow(books.bucket_capacity);
        let bucket = Bucket {
            level: books.bucket_level,
            remainder: books.bucket_remainder,
            at: books.bucket_at,
        };
        let standing = foreseen(books.standing(0, now))?;
        let kept = BPS.saturating_sub(u64::from(policy.risk.max_drawdown_bps));
        let kept = u16::try_from(kept).unwrap_or(0);
        let sum = |flows: &[u64]| flows.iter().fold(0u64, |sum, flow| sum.saturating_add(*flow));
        let limit = policy.breaker.guardian_pause_secs;
        let (allowance_secs, renewed_at) = allowance(&books, limit, now);
        Ok(Self {
            now,
            level: bucket.refill(&flow, now).map_or(0, |bucket| bucket.level),
            capacity: flow.capacity,
            window_secs: flow.window_secs,
            delay_secs: policy.breaker.max_payout_delay_secs,
            value: standing.net_asset_value().unwrap_or(0),
            high_water: books.high_water,
            least: share_ceil(books.high_water, kept).unwrap_or(0),
            outflow: sum(&books.outflow),
            inflow: sum(&books.inflow),
            uncommitted: books.tracked.saturating_sub(books.committed),
            epochs: if books.epoch_count == 0 { 0 } else { standing.epochs },
            floor_epochs: policy.risk.min_runway_epochs,
            cause: trip_cause(books, now),
            trip: books.is_tripped(now).then_some((books.tripped_at, books.tripped_until)),
            rests_until: (now < books.breaker_rests_until).then_some(books.breaker_rests_until),
            paused_until: (now < books.pause_until).then_some(books.pause_until),
            allowance_secs,
            allowance_of_secs: limit,
            renewed_at,
        })
    }

    /// The breaker's state: in one sentence, with what happens next and who can do it.
    pub fn breaker(&self) -> String {
        if let Some((_, until)) = self.trip {
            return format!(
                "The breaker has tripped: no award and no change of policy is executed until {}; a \
                 vote can clear it sooner.",
                when(until, self.now)
            );
        }
        if let Some(cause) = self.cause {
            let why = match cause {
                TripCause::Drawdown => "the treasury has lost too much",
                TripCause::Outflow => "more is awarded than comes in, with too little left",
            };
            return format!("Anyone may trip the breaker now (`budget breaker trip`): {why}.");
        }
        match self.rests_until {
            Some(at) => format!(
                "The breaker rests after its last trip; it can trip again from {}.",
                when(at, self.now)
            ),
            None => "The breaker has not tripped, and nobody could trip it now.".to_owned(),
        }
    }

    /// The guardian's pause of executions: in one sentence.
    pub fn pause(&self) -> String {
        match self.paused_until {
            Some(until) => format!(
                "The guardian has paused awards and changes of policy until {}.",
                when(until, self.now)
            ),
            None => "Nothing is paused.".to_owned(),
        }
    }

    /// What the guardian may still pause for, in words.
    pub fn allowance(&self) -> String {
        let left = long_span(self.allowance_secs.into());
        let of = long_span(self.allowance_of_secs.into());
        match self.renewed_at {
            None => format!("{left} in any 90 days"),
            Some(at) => format!("{left} of {of} left; whole again {}", when(at, self.now)),
        }
    }

    /// Everything as lines: the sentence, then the figures.
    pub fn lines(&self, page: &Page, budget: &Token, guardian: &str) -> Vec<String> {
        let sentence = self.breaker();
        let head = if self.trip.is_some() || self.cause.is_some() {
            page.bad(&sentence)
        } else {
            page.strong(&sentence)
        };
        let mut rows = Vec::from(self.outflow_rows(budget));
        rows.push(pair("loss", self.loss(budget)));
        rows.extend(self.drain_rows(budget));
        rows.push(pair("pause", self.pause()));
        rows.push(pair("", format!("{guardian} may pause for {}", self.allowance())));
        std::iter::once(head).chain(aligned(page, &rows)).collect()
    }

    fn outflow_rows(&self, budget: &Token) -> [(String, String); 3] {
        let bar = format::bar(&[('█', self.level)], self.capacity, 20, None);
        let window = long_span(self.window_secs.into());
        let share = format::percent(self.level, self.capacity);
        let capacity = budget.show(self.capacity);
        let delay = long_span(self.delay_secs.into());
        [
            pair("outflow", format!("{bar} {} may leave at once", budget.show(self.level))),
            pair("", format!("of {capacity} ({share}); an empty bucket fills in {window}")),
            pair("", format!("what was released {delay} ago is paid all the same")),
        ]
    }

    fn loss(&self, budget: &Token) -> String {
        let loss = self.high_water.saturating_sub(self.value);
        let what_next = match self.room() {
            Some(0) => "that is enough to trip it".to_owned(),
            Some(room) => format!("it trips when {} more are lost", budget.show(room)),
            None => "there is nothing to lose".to_owned(),
        };
        format!(
            "{} below the high-water mark of {} ({}); {what_next}",
            budget.number(loss),
            budget.show(self.high_water),
            format::percent(loss, self.high_water)
        )
    }

    fn drain_rows(&self, budget: &Token) -> [(String, String); 3] {
        let ratio =
            match u128::from(self.outflow).saturating_mul(100).checked_div(self.inflow.into()) {
                Some(percent) => format!("{} % of receipts", format::count(percent)),
                None if self.outflow == 0 => "neither".to_owned(),
                None => "without any receipts".to_owned(),
            };
        let lasts = match self.lasts_tenths() {
            Some(tenths) => format!("{}.{} epochs", tenths / 10, tenths % 10),
            None => "without end".to_owned(),
        };
        let (awarded, received) = (budget.number(self.outflow), budget.show(self.inflow));
        let span = trailing(self.epochs);
        let floor = self.floor_epochs;
        [
            pair("drain", format!("{awarded} awarded, {received} received in {span}: {ratio}")),
            pair(
                "",
                format!("{} not promised, which lasts {lasts}", budget.show(self.uncommitted)),
            ),
            pair(
                "",
                format!(
                    "trips above 150 % of receipts with less than {floor} epochs left; both at once"
                ),
            ),
        ]
    }

    /// Base units that would have to be lost for a trip; nothing while there is nothing to lose.
    fn room(&self) -> Option<u64> {
        let beyond = self.value.saturating_sub(self.least);
        (self.least > 0).then(|| beyond.saturating_add(u64::from(self.value >= self.least)))
    }

    /// How many tenths of an epoch the uncommitted lasts at the mean outflow; nothing without any.
    fn lasts_tenths(&self) -> Option<u128> {
        let covered = u128::from(self.uncommitted) * u128::from(self.epochs) * 10;
        covered.checked_div(u128::from(self.outflow))
    }

    /// Everything as JSON, in base units and unix seconds.
    pub fn json(&self) -> Value {
        json!({
            "outflowBucket": {
                "level": self.level,
                "capacity": self.capacity,
                "windowSecs": self.window_secs,
                "maxPayoutDelaySecs": self.delay_secs,
            },
            "drawdown": {
                "netAssetValue": self.value,
                "highWater": self.high_water,
                "tripsBelow": self.least,
            },
            "drain": {
                "outflow": self.outflow,
                "inflow": self.inflow,
                "uncommitted": self.uncommitted,
                "epochs": self.epochs,
                "minRunwayEpochs": self.floor_epochs,
            },
            "canBeTripped": self.cause.map(cause_name),
            "trippedAt": self.trip.map(|(at, _)| at),
            "trippedUntil": self.trip.map(|(_, until)| until),
            "restsUntil": self.rests_until,
            "pausedUntil": self.paused_until,
            "pauseLeftSecs": self.allowance_secs,
            "pauseAllowanceSecs": self.allowance_of_secs,
            "pauseRenewedAt": self.renewed_at,
        })
    }
}

/// A cause's name in `--json`.
pub fn cause_name(cause: TripCause) -> &'static str {
    match cause {
        TripCause::Drawdown => "drawdown",
        TripCause::Outflow => "outflow",
    }
}

/// Why the program would let anyone trip the breaker now.
fn trip_cause(mut books: Treasury, now: i64) -> Option<TripCause> {
    books.trip(now).ok()
}

fn trailing(epochs: u8) -> String {
    match epochs {
        0 => "no epoch yet".to_owned(),
        1 => "the first epoch".to_owned(),
        several => format!("the last {several} epochs"),
    }
}

/// Seconds that the guardian may still pause for, and when they are whole again. The longest pause
/// that [`PauseAllowance::spend`] grants; a running one has to end first.
fn allowance(books: &Treasury, limit: u32, now: i64) -> (u32, Option<i64>) {
    let used = PauseAllowance { used_secs: books.pause_used_secs, last_until: books.pause_until };
    let renewed_at = used.last_until.saturating_add(PauseAllowance::SPAN_SECS);
    if used.used_secs == 0 || now >= renewed_at {
        return (limit, None);
    }
    (limit.saturating_sub(used.used_secs), Some(renewed_at))
}

#[cfg(test)]
mod tests;
