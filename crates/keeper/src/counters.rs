//! What a keeper has done so far.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;

use crate::{Crank, Hindrance};

/// The numbers of a keeper since it started. Zero at the start: accounts are the truth, not these.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Snapshot {
    /// Steps that landed, by kind.
    pub landed: BTreeMap<Crank, u64>,
    /// Steps that were refused though they are due, by the name of the refusal.
    pub refused: BTreeMap<String, u64>,
    /// Steps that somebody else did first, by kind.
    pub lost_races: BTreeMap<Crank, u64>,
    /// Steps and readings that got no answer and were tried again.
    pub retries: u64,
    /// Readings of the treasury that were carried through.
    pub rounds: u64,
    /// Lamports paid in fees.
    pub fees: u64,
    /// How late steps were.
    pub lag: Lag,
    /// Unix seconds of this machine at which a round was last carried through; 0 before the first.
    pub last_success_at: i64,
    /// Network time of the last reading, unix seconds; 0 before the first.
    pub read_at: i64,
    /// Unix seconds at which time alone makes something due next, as far as can be seen.
    pub next_due_at: Option<i64>,
    /// What waits for more than time.
    pub hindrances: Vec<Hindrance>,
    /// What is due and was refused, and when it is tried again.
    pub aside: Vec<Aside>,
}

/// Seconds between when a step became due and when it landed, over the steps of which the first is
/// known.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Lag {
    /// How many steps.
    pub count: u64,
    /// All together.
    pub sum_secs: i64,
    /// The worst.
    pub max_secs: i64,
    /// The last.
    pub last_secs: i64,
}

impl Lag {
    pub(crate) fn note(&mut self, secs: i64) {
        self.count += 1;
        self.sum_secs = self.sum_secs.saturating_add(secs);
        self.max_secs = self.max_secs.max(secs);
        self.last_secs = secs;
    }
}

/// A step that is set aside.
#[derive(Clone, Debug, Serialize)]
pub struct Aside {
    /// Its kind.
    pub crank: Crank,
    /// The account that it is about.
    pub subject: String,
    /// Name of the refusal.
    pub name: String,
    /// The refusal in a sentence.
    pub why: String,
    /// How often it was refused in a row.
    pub times: u32,
    /// Unix seconds, network time, until which it waits.
    pub until: i64,
}

/// A handle on the numbers, for whoever shows them.
#[derive(Clone, Debug, Default)]
pub struct Counters(Arc<Mutex<Snapshot>>);

impl Counters {
    /// The numbers now.
    pub fn snapshot(&self) -> Snapshot {
        self.lock().clone()
    }

    /// The numbers now, in the text format of Prometheus.
    pub fn prometheus(&self) -> String {
        self.snapshot().prometheus()
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Snapshot> {
        // Numbers are added one at a time: there is no half of a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Snapshot {
    /// The numbers in the text format of Prometheus.
    pub fn prometheus(&self) -> String {
        let mut text = Text::default();
        let by_kind = |counts: &BTreeMap<Crank, u64>| -> Vec<(String, u64)> {
            let count = |crank: &Crank| counts.get(crank).copied().unwrap_or(0);
            Crank::ALL
                .iter()
                .map(|crank| (label("instruction", crank.name()), count(crank)))
                .collect()
        };
        text.family("landed_total", "counter", "Steps that landed.", by_kind(&self.landed));
        let refused = self.refused.iter().map(|(name, count)| (label("error", name), *count));
        text.family("refused_total", "counter", "Steps refused though due.", refused);
        let lost = by_kind(&self.lost_races);
        text.family("lost_races_total", "counter", "Steps that somebody else did first.", lost);
        text.one("retries_total", "counter", "Tries that got no answer.", self.retries);
        text.one("rounds_total", "counter", "Readings carried through.", self.rounds);
        text.one("fee_lamports_total", "counter", "Fees paid.", self.fees);
        text.one("lag_seconds_sum", "counter", "How late steps were.", self.lag.sum_secs);
        text.one("lag_seconds_count", "counter", "Steps with a known lag.", self.lag.count);
        text.one("lag_seconds_max", "gauge", "The worst lag so far.", self.lag.max_secs);
        let last = self.last_success_at;
        text.one("last_success_timestamp_seconds", "gauge", "The last whole round.", last);
        text.one("network_time_seconds", "gauge", "The network's time.", self.read_at);
        let next = self.next_due_at.unwrap_or(0);
        text.one("next_due_timestamp_seconds", "gauge", "When something is due; 0: never.", next);
        let mut waiting: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for hindrance in &self.hindrances {
            let kind = (hindrance.crank.name(), hindrance.reason.name());
            *waiting.entry(kind).or_default() += 1;
        }
        let waiting = waiting.into_iter().map(|((crank, reason), count)| {
            (format!("{},{}", label("instruction", crank), label("reason", reason)), count)
        });
        text.family("hindered", "gauge", "What waits for more than time.", waiting);
        let mut aside: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for it in &self.aside {
            *aside.entry((it.crank.name(), &it.name)).or_default() += 1;
        }
        let aside = aside.into_iter().map(|((crank, name), count)| {
            (format!("{},{}", label("instruction", crank), label("error", name)), count)
        });
        text.family("set_aside", "gauge", "Steps refused and waiting for another try.", aside);
        text.0
    }
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn family<V: std::fmt::Display>(
        &mut self,
        name: &str,
        kind: &str,
        help: &str,
        values: impl IntoIterator<Item = (String, V)>,
    ) {
        let name = format!("budget_keeper_{name}");
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in values {
            let _ = match labels.as_str() {
                "" => writeln!(self.0, "{name} {value}"),
                labels => writeln!(self.0, "{name}{{{labels}}} {value}"),
            };
        }
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
        self.family(name, kind, help, [(String::new(), value)]);
    }
}

fn label(name: &str, value: &str) -> String {
    let value = value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    format!("{name}=\"{value}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_every_kind_and_escapes_what_would_break_a_label() {
        let counters = Counters::default();
        {
            let mut numbers = counters.lock();
            numbers.landed.insert(Crank::SettleEpoch, 3);
            numbers.refused.insert("a \"name\"\\\n".to_owned(), 1);
            numbers.lag.note(7);
            numbers.lag.note(2);
        }
        let text = counters.prometheus();
        assert!(text.contains("budget_keeper_landed_total{instruction=\"settle_epoch\"} 3\n"));
        assert!(text.contains("budget_keeper_landed_total{instruction=\"close_epoch\"} 0\n"));
        assert!(
            text.contains(r#"budget_keeper_refused_total{error="a \"name\"\\\n"} 1"#),
            "{text}"
        );
        assert!(text.contains("budget_keeper_lag_seconds_sum 9\n"));
        assert!(text.contains("budget_keeper_lag_seconds_max 7\n"));
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (_, value) = line.rsplit_once(' ').unwrap();
            value.parse::<f64>().unwrap();
        }
    }

    #[test]
    fn the_snapshot_is_json() {
        let json = serde_json::to_value(Counters::default().snapshot()).unwrap();
        assert_eq!(json["rounds"], 0);
        assert!(json["landed"].is_object());
    }
}
