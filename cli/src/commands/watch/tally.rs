//! What a watched epoch looks like at one moment, and what happened between two.

use bytemuck::bytes_of;
use community_budget::state::{BudgetEpoch, Entry, Phase, Treasury};
use serde_json::{Value, json};

use crate::slate::{Projection, Titles, project};

/// A watched epoch at one moment.
pub struct Tally {
    /// The treasury.
    pub treasury: Box<Treasury>,
    /// The epoch's head.
    pub head: Box<BudgetEpoch>,
    /// The entries of its slate so far.
    pub slate: Vec<Entry>,
    /// What settlement would decide, or did; nothing when the books do not add up.
    pub projection: Option<Projection>,
}

/// What happened between two moments.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Ballots that were cast for the first time.
    pub ballots: u64,
    /// Their weight together.
    pub weight: u64,
    /// Entries whose tally or outcome is another.
    pub entries: Vec<u8>,
    /// Entries that crossed the funding line, and whether they stand now.
    pub crossed: Vec<(u8, bool)>,
    /// The largest weight that moved on one sum of one entry.
    pub moved: u64,
    /// The close of voting before and now, where it moved.
    pub closes: Option<(i64, i64)>,
    /// Whether the epoch was settled.
    pub settled: bool,
}

impl Tally {
    /// The epoch at `now`.
    pub fn new(
        treasury: Box<Treasury>,
        head: Box<BudgetEpoch>,
        slate: Vec<Entry>,
        now: i64,
    ) -> Self {
        let projection = project(&treasury, &head, &slate, now);
        Self { treasury, head, slate, projection }
    }

    /// The same at another time.
    pub fn at(&mut self, now: i64) {
        self.projection = project(&self.treasury, &self.head, &self.slate, now);
    }

    /// Frozen total weight that quorums refer to.
    pub fn electorate(&self) -> u64 {
        match self.head.settled_at {
            0 => self.treasury.electorate(self.head.index),
            _ => self.head.electorate,
        }
    }

    fn stands(&self, index: usize) -> bool {
        self.projection.as_ref().is_some_and(|projection| projection.stands(index))
    }

    /// What happened since `before`; nothing when nobody would see a difference.
    pub fn since(&self, before: &Self) -> Option<Change> {
        let (old, new) = (&before.head, &self.head);
        let same_epoch = bytes_of(old.as_ref()) == bytes_of(new.as_ref());
        let mut change = Change {
            ballots: new.ballot_count.saturating_sub(old.ballot_count),
            weight: new.turnout.saturating_sub(old.turnout),
            closes: (old.voting_closes_at != new.voting_closes_at)
                .then_some((old.voting_closes_at, new.voting_closes_at)),
            settled: old.settled_at == 0 && new.settled_at != 0,
            ..Change::default()
        };
        for (index, (at, entry)) in (0u8..).zip(self.slate.iter().enumerate()) {
            let known = before.slate.get(at);
            if known != Some(entry) {
                change.entries.push(index);
            }
            if let Some(known) = known {
                change.moved = change.moved.max(moved(known, entry));
            }
            if before.stands(at) != self.stands(at) {
                change.crossed.push((index, self.stands(at)));
            }
        }
        (!same_epoch || change != Change::default()).then_some(change)
    }

    /// The whole epoch in base units, unix seconds and full addresses.
    pub fn exact(&self, now: i64) -> Value {
        let entries = (0u8..).zip(&self.slate).map(|(index, _)| self.entry(index));
        let entries: Vec<Value> = entries.collect();
        let mut value = self.figures(now);
        value["entries"] = json!(entries);
        value
    }

    /// Its figures without the entries.
    pub fn figures(&self, now: i64) -> Value {
        let head = &self.head;
        json!({
            "epoch": head.index,
            "seq": head.seq,
            "now": now,
            "phase": phase(head.phase(now)),
            "votingOpensAt": head.voting_opens_at,
            "votingClosesAt": head.voting_closes_at,
            "votingHardEndAt": head.voting_hard_end_at,
            "ballots": head.ballot_count,
            "turnout": head.turnout,
            "electorate": self.electorate(),
            "cap": head.cap,
            "allocated": self.projection.as_ref().map(|projection| projection.allocated),
            "order": self.projection.as_ref().map(Projection::order),
        })
    }

    /// One entry.
    pub fn entry(&self, index: u8) -> Value {
        let at = usize::from(index);
        let Some(entry) = self.slate.get(at) else { return Value::Null };
        json!({
            "entry": index,
            "amount": entry.amount,
            "for": entry.for_,
            "against": entry.against,
            "abstain": entry.abstain,
            "stands": self.stands(at),
        })
    }

    /// What happened, as one JSON object.
    pub fn happened(&self, change: &Change, now: i64) -> Value {
        let mut value = self.figures(now);
        let entries: Vec<Value> = change.entries.iter().map(|index| self.entry(*index)).collect();
        let crossed: Vec<Value> = change
            .crossed
            .iter()
            .map(|(entry, stands)| json!({ "entry": entry, "stands": stands }))
            .collect();
        value["event"] = json!("change");
        value["newBallots"] = json!(change.ballots);
        value["newWeight"] = json!(change.weight);
        value["changed"] = json!(entries);
        value["crossed"] = json!(crossed);
        value["extended"] = json!(change.closes.is_some());
        value["settled"] = json!(change.settled);
        value
    }
}

impl Change {
    /// One line about it.
    pub fn line(&self, tally: &Tally, titles: &Titles) -> String {
        let mut parts = Vec::new();
        if self.ballots > 0 {
            let share = budget_words::format::percent(self.weight, tally.electorate());
            let ballots = crate::view::counted(self.ballots, "new ballot");
            parts.push(format!("{ballots} with {share} of all weight"));
        } else if self.moved > 0 {
            parts.push("ballots were revised".to_owned());
        }
        if self.settled {
            parts.push("the epoch is settled".to_owned());
        }
        if self.closes.is_some() {
            parts.push("voting was extended".to_owned());
        }
        for (index, stands) in &self.crossed {
            let title = titles.title(*index);
            let now = if *stands { "above" } else { "below" };
            parts.push(format!("{title} ({index}) is now {now} the line"));
        }
        if parts.is_empty() {
            parts.push("the epoch's account changed".to_owned());
        }
        let turnout = budget_words::format::percent(tally.head.turnout, tally.electorate());
        format!("{}; turnout {turnout}", parts.join("; "))
    }
}

/// The largest weight that moved on one sum of an entry.
fn moved(before: &Entry, after: &Entry) -> u64 {
    let pairs = [
        (before.for_, after.for_),
        (before.against, after.against),
        (before.abstain, after.abstain),
    ];
    pairs.iter().map(|(old, new)| old.abs_diff(*new)).max().unwrap_or(0)
}

/// What an epoch is doing, in a word.
pub fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Submission => "submission",
        Phase::Voting => "voting",
        Phase::Tallying => "tallying",
        Phase::Settled => "settled",
    }
}

#[cfg(test)]
pub mod tests;
