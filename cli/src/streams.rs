//! Streams as they are now, and how they are named on the command line.

use std::str::FromStr;

use anchor_lang::prelude::Pubkey;
use budget_client::{account::Readable, address};
use budget_rpc::{Found, Network, Trouble, named};
use budget_rules::{
    review::{Stage, lapses_at},
    stream::{Clock, Plan},
};
use community_budget::state::{BudgetEpoch, Proposal, Stream, Treasury};

use crate::{
    context::{Scene, short},
    exit::{Failure, Result},
    files::plain,
    view,
};

/// What the program's own methods say, in a sentence and before anything is sent.
///
/// # Errors
/// Exit code `input`, with the program's name for the refusal and its meaning.
pub fn foreseen<T>(answer: anchor_lang::Result<T>) -> Result<T> {
    answer.map_err(|error| {
        let known = match anchor_lang::prelude::ProgramError::from(error) {
            anchor_lang::prelude::ProgramError::Custom(code) => named(code),
            _ => None,
        };
        Failure::input(match known {
            Some((name, message)) => format!("the program would refuse ({name}): {message}."),
            None => "the program would refuse: an account contradicts itself.".to_owned(),
        })
    })
}

/// How somebody names a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamName {
    /// By its address, or by epoch and entry.
    Exact(view::StreamName),
    /// By the number of its proposal; the current epoch's comes first.
    Entry(u8),
}

impl FromStr for StreamName {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if let Ok(entry) = text.parse() {
            return Ok(Self::Entry(entry));
        }
        view::stream_name(text).map(Self::Exact).map_err(|_| {
            format!(
                "`{}` is no stream; give its address, its proposal's number, or 3/7 for entry 7 of \
                 epoch 3",
                plain(text)
            )
        })
    }
}

/// A stream as it is now.
#[derive(Clone)]
pub struct Flow {
    /// Its address.
    pub key: Pubkey,
    /// What the account says, with what the reviewer's silence has decided since (R8): what every
    /// instruction would go by.
    pub stream: Stream,
    /// Title of its proposal; nothing once that account is closed.
    pub title: Option<String>,
}

/// Where every base unit of an award is. The parts sum to the award.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Money {
    /// Paid.
    pub withdrawn: u64,
    /// Released and not paid yet.
    pub claimable: u64,
    /// Still to be released.
    pub scheduled: u64,
    /// Unreleased, and stopped until a vote rules on the stream: held, or overdue for it.
    pub held: u64,
    /// Given back to the treasury.
    pub returned: u64,
}

/// What a checkpoint is doing. Moments are unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// The stream has gone past it.
    Passed,
    /// The part before it still runs; when it opens, unless something stops the clock.
    Ahead {
        /// When it opens.
        opens_at: i64,
    },
    /// It waits for the recipient.
    AwaitsUpdate {
        /// Until then, exclusive.
        until: i64,
    },
    /// It waits for the reviewer, whose silence passes it.
    AwaitsVerdict {
        /// Until then, exclusive.
        until: i64,
    },
    /// The update did not come; anyone may hold the stream.
    Overdue {
        /// Since when.
        since: i64,
    },
    /// It holds the stream.
    Held {
        /// Since when.
        since: i64,
    },
    /// It comes after one that stops the stream, whose clock will be set back.
    Behind,
    /// The stream ended before it.
    Never,
}

impl Flow {
    /// The stream at `key`, as the program would see it at `now`.
    ///
    /// # Errors
    /// Exit code `input` when the account contradicts itself.
    pub fn new(key: Pubkey, mut stream: Stream, title: Option<String>, now: i64) -> Result<Self> {
        foreseen(stream.pass_by_silence(now))?;
        Ok(Self { key, stream, title })
    }

    /// The stream that somebody named.
    ///
    /// # Errors
    /// Exit codes `missing`, `not-believed`, `input` when a number means several streams.
    pub fn find(network: &Network, scene: &Scene, name: StreamName) -> Result<Self> {
        let community = &scene.community;
        let at = |epoch: u32, entry: u8| {
            address::stream(&address::proposal(&community.epoch(epoch), entry))
        };
        let found = match name {
            StreamName::Exact(exact) => network.get::<Stream>(&exact.key(community), "stream")?,
            StreamName::Entry(entry) => {
                let current = scene.treasury.current_epoch().map(|epoch| at(epoch, entry));
                let own = match current {
                    Some(key) => network.find::<Stream>(&key, "stream")?,
                    None => None,
                };
                match own {
                    Some(found) => found,
                    None => only_one(network.list::<Stream>(&scene.key)?, entry, at(0, entry))?,
                }
            }
        };
        if found.value.treasury != scene.key {
            return Err(Failure::input(format!(
                "the stream {} belongs to another treasury; name that one by --treasury.",
                found.key
            )));
        }
        let proposal = network.find::<Proposal>(&found.value.proposal, "proposal")?;
        let title = proposal.map(|found| plain(&found.value.terms.title));
        Self::new(found.key, found.value, title, scene.now)
    }

    /// The streams of the treasury, oldest award first; of `recipient` alone where one is named.
    ///
    /// # Errors
    /// Exit codes `unreachable`, `not-believed`.
    pub fn list(network: &Network, scene: &Scene, recipient: Option<&Pubkey>) -> Result<Vec<Self>> {
        let mut found = network.list::<Stream>(&scene.key)?;
        found.retain(|found| recipient.is_none_or(|key| found.value.recipient == *key));
        found.sort_by_key(|found| (found.value.epoch_index, found.value.entry_index));
        let proposals: Vec<Pubkey> = found.iter().map(|found| found.value.proposal).collect();
        let titled = found.into_iter().zip(network.accounts(&proposals)?);
        titled
            .map(|(found, proposal)| {
                // A closed proposal leaves its stream without a title.
                let read = proposal.and_then(|it| Proposal::read(&it.owner, &it.data).ok());
                let title = read.map(|proposal| plain(&proposal.terms.title));
                Self::new(found.key, found.value, title, scene.now)
            })
            .collect()
    }

    /// Epoch and entry, as the command line takes them.
    pub fn place(&self) -> String {
        format!("{}/{}", self.stream.epoch_index, self.stream.entry_index)
    }

    /// What people call it.
    pub fn called(&self) -> String {
        match &self.title {
            Some(title) => format!("{title} ({})", self.place()),
            None => format!("award {}", self.place()),
        }
    }

    /// Where its money is at `now`.
    ///
    /// # Errors
    /// Exit code `input` when the account contradicts itself.
    pub fn money(&self, now: i64) -> Result<Money> {
        let stream = &self.stream;
        let claimable = foreseen(stream.claimable(now))?;
        let gone = stream.withdrawn.saturating_add(claimable).saturating_add(stream.returned);
        let left = stream.total.saturating_sub(gone);
        let (scheduled, held) = if self.is_stopped(now) { (0, left) } else { (left, 0) };
        let (withdrawn, returned) = (stream.withdrawn, stream.returned);
        Ok(Money { withdrawn, claimable, scheduled, held, returned })
    }

    /// Whether only a vote's ruling lets it go on: it is held, or anyone may hold it.
    pub fn is_stopped(&self, now: i64) -> bool {
        self.stream.held_at != 0 || self.is_overdue(now)
    }

    fn is_overdue(&self, now: i64) -> bool {
        matches!(self.stream.stage(now), Ok(Stage::Overdue { .. }))
    }

    /// What the outflow bucket lets through of `claimable` at `now` (R11); `books` keeps what is
    /// left for the next.
    ///
    /// # Errors
    /// Exit code `input` when the account contradicts itself.
    pub fn payable(&self, books: &mut Treasury, claimable: u64, now: i64) -> Result<u64> {
        foreseen(books.draw(claimable, now, |delay| self.stream.overdue(now, delay)))
    }

    /// What each of its checkpoints is doing at `now`.
    pub fn gates(&self, now: i64) -> Vec<Gate> {
        (0..self.stream.checkpoints).map(|checkpoint| self.gate(checkpoint, now)).collect()
    }

    fn gate(&self, checkpoint: u8, now: i64) -> Gate {
        let stream = &self.stream;
        if checkpoint < stream.passed {
            return Gate::Passed;
        }
        if stream.ended_at != 0 || stream.is_finished() {
            return Gate::Never;
        }
        if stream.held_at != 0 {
            let holds = checkpoint == stream.passed;
            return if holds { Gate::Held { since: stream.held_at } } else { Gate::Behind };
        }
        let ahead = Gate::Ahead { opens_at: self.part_ends_at(checkpoint) };
        if checkpoint > stream.passed {
            return if self.is_overdue(now) { Gate::Behind } else { ahead };
        }
        match stream.stage(now) {
            Ok(Stage::AwaitsUpdate { until }) => Gate::AwaitsUpdate { until: self.unix(until) },
            Ok(Stage::AwaitsVerdict { until }) => Gate::AwaitsVerdict { until: self.unix(until) },
            Ok(Stage::Overdue { at }) => Gate::Overdue { since: self.unix(at) },
            // `new` has booked what silence decided.
            Ok(Stage::Ahead | Stage::PassedBySilence { .. }) | Err(_) => ahead,
        }
    }

    /// What the open checkpoint is doing at `now`, and its number.
    pub fn open_gate(&self, now: i64) -> Option<(u8, Gate)> {
        let open = self.stream.passed;
        (open < self.stream.checkpoints).then(|| (open, self.gate(open, now)))
    }

    /// Unix seconds at which everything is released, if nothing stops the clock.
    pub fn ends_at(&self) -> i64 {
        self.unix(i64::from(self.stream.duration_secs))
    }

    /// Unix seconds before which nothing is released.
    pub fn cliff_at(&self) -> i64 {
        self.unix(i64::from(self.stream.cliff_secs))
    }

    /// Whether the guardian's pause stops its clock at `now`.
    pub fn is_paused(&self, now: i64) -> bool {
        let stream = &self.stream;
        stream.ended_at == 0 && (stream.pause_from..stream.pause_until).contains(&now)
    }

    /// Unix seconds at which the part before `checkpoint` ends.
    fn part_ends_at(&self, checkpoint: u8) -> i64 {
        let stream = &self.stream;
        let plan =
            Plan::new(stream.total, stream.duration_secs, stream.cliff_secs, stream.checkpoints);
        let next = plan.part_start_secs(checkpoint.saturating_add(1));
        self.unix(i64::from(next.unwrap_or(stream.duration_secs)))
    }

    /// Unix seconds at which its clock showed, or will show, `clock_secs`.
    fn unix(&self, clock_secs: i64) -> i64 {
        let stream = &self.stream;
        let clock = Clock {
            started_at: stream.started_at,
            standing_secs: stream.standing_secs,
            pause_from: stream.pause_from,
            pause_until: stream.pause_until,
        };
        clock.reached_at(clock_secs).unwrap_or(i64::MAX)
    }
}

/// When a hold without a ruling ends the stream, and the epoch that proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lapse {
    /// Unix seconds.
    pub at: i64,
    /// A settled epoch that could have ruled; nothing means that only the longest hold counts.
    pub epoch: Option<u32>,
}

impl Lapse {
    /// The earliest lapse of a held stream that `epochs` allow.
    ///
    /// # Errors
    /// Exit code `input` when an account contradicts itself.
    pub fn of(
        stream: &Stream,
        treasury: &Treasury,
        epochs: &[BudgetEpoch],
        now: i64,
    ) -> Result<Self> {
        let standstill = foreseen(treasury.standstill_secs(now))?;
        let could_rule =
            epochs.iter().filter(|head| head.settled_at != 0 && head.opened_at > stream.held_at);
        let ends =
            could_rule.filter_map(|head| Some((head.grace_ends_at(standstill)?, head.index)));
        let first = ends.min();
        let at = lapses_at(stream.held_at, first.map(|(at, _)| at), stream.hold_limit_secs);
        Ok(Self { at: at.unwrap_or(i64::MAX), epoch: first.map(|(_, index)| index) })
    }
}

/// The one stream among `all` whose proposal has this number.
fn only_one(all: Vec<Found<Stream>>, entry: u8, sought: Pubkey) -> Result<Found<Stream>> {
    let mut those: Vec<_> =
        all.into_iter().filter(|found| found.value.entry_index == entry).collect();
    match those.len() {
        0 => Err(Failure::Trouble(Trouble::NoAccount {
            what: format!("stream of an entry {entry}; `budget stream list` shows the streams"),
            key: sought,
        })),
        1 => Ok(those.remove(0)),
        _ => {
            those.sort_by_key(|found| found.value.epoch_index);
            let places: Vec<String> = those
                .iter()
                .map(|found| format!("{}/{entry} ({})", found.value.epoch_index, short(&found.key)))
                .collect();
            Err(Failure::input(format!(
                "entry {entry} became a stream in several epochs; name one: {}.",
                places.join(", ")
            )))
        }
    }
}

#[cfg(test)]
pub mod tests;
