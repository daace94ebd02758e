//! Whether all events came: gaps, repetitions and late arrivals, by counter.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, btree_map::Entry};

use super::{Counter, Event};

/// Where an event lies in the chain: slot, and place among the slot's events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The slot.
    pub slot: u64,
    /// Place within the slot, in the order in which its transactions ran and their events were
    /// logged; any numbers that rise in that order will do.
    pub position: u64,
}

/// The last event of a counter up to which nothing is missing; what a reader stores to go on later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its number; 0 for none yet.
    pub seq: u64,
    /// Where it lies; `None` when that is not known.
    pub place: Option<Place>,
}

/// Events of one counter that did not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Number of the first of them.
    pub first: u64,
    /// Number of the last of them; never less than `first`.
    pub last: u64,
    /// They lie behind this place; `None` when no event before them is known.
    pub after: Option<Place>,
    /// They lie before this place; `None` when no event behind them is known.
    pub before: Option<Place>,
}

impl Gap {
    /// How many events are missing.
    pub fn count(&self) -> u64 {
        (self.last - self.first).saturating_add(1)
    }

    fn admits(&self, place: Place) -> bool {
        self.after.is_none_or(|after| after < place)
            && self.before.is_none_or(|before| place < before)
    }
}

impl core::fmt::Display for Gap {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.count() {
            1 => write!(f, "event {} is missing", self.first),
            count => write!(f, "{count} events, {} to {}, are missing", self.first, self.last),
        }
    }
}

/// What one event means for its counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Arrival {
    /// It is the next one.
    Next,
    /// It is a later one: events before it were missed.
    Gap(Gap),
    /// It was missing, and came out of order.
    Late,
    /// It came before. Below finalized commitment a fork may have replaced it: the account tells.
    Duplicate,
    /// Its place contradicts its number, so nothing was taken from it: it lies before an event of
    /// a smaller number or behind one of a larger, or has the number 0, which no event has.
    Misplaced,
}

/// Numbers seen of one counter: all from 1 to `last.seq`, except those in `gaps`.
#[derive(Clone, Debug)]
struct Seen {
    last: Mark,
    /// By their first number.
    gaps: BTreeMap<u64, Gap>,
}

/// Checks that the events of any number of counters come complete, each once and in order.
///
/// Feed events in the order of their places. Counters that were not given to [`resume`] count from
/// 1, so the first event that comes of one shows what was missed before it. Needs memory for each
/// counter and each gap, not for each event.
///
/// [`resume`]: Self::resume
#[derive(Clone, Debug, Default)]
pub struct Sequence {
    counters: BTreeMap<Counter, Seen>,
}

impl Sequence {
    /// Goes on behind stored [`marks`](Self::marks), or behind what the accounts said: an account
    /// read in slot `s` with `seq` n has had its events up to n by then.
    pub fn resume(marks: impl IntoIterator<Item = (Counter, Mark)>) -> Self {
        let seen = |last| Seen { last, gaps: BTreeMap::new() };
        Self { counters: marks.into_iter().map(|(counter, last)| (counter, seen(last))).collect() }
    }

    /// Takes one event.
    pub fn feed(&mut self, place: Place, event: &Event) -> Arrival {
        self.number(place, event.counter(), event.seq())
    }

    /// Takes the number of one event of a counter.
    pub fn number(&mut self, place: Place, counter: Counter, seq: u64) -> Arrival {
        let none = Mark { seq: 0, place: None };
        match self.counters.entry(counter) {
            Entry::Occupied(seen) => seen.into_mut().number(place, seq),
            Entry::Vacant(_) if seq == 0 => Arrival::Misplaced,
            Entry::Vacant(new) => {
                new.insert(Seen { last: none, gaps: BTreeMap::new() }).number(place, seq)
            }
        }
    }

    /// Compares with the account itself, whose `seq` is the number of its last event: what has not
    /// come of it is a gap from now on. Returns that gap, if there is one.
    pub fn hold_against(&mut self, counter: Counter, seq: u64) -> Option<Gap> {
        let none = Mark { seq: 0, place: None };
        let seen = self
            .counters
            .entry(counter)
            .or_insert_with(|| Seen { last: none, gaps: BTreeMap::new() });
        if seq <= seen.last.seq {
            return None;
        }
        let (first, after) = seen.behind();
        let gap = Gap { first, last: seq, after, before: None };
        seen.gaps.insert(first, gap);
        seen.last = Mark { seq, place: None };
        Some(gap)
    }

    /// Every gap that is still open, by counter and number.
    pub fn gaps(&self) -> impl Iterator<Item = (Counter, Gap)> {
        let of = |(counter, seen): (&Counter, &Seen)| {
            let counter = *counter;
            seen.gaps.values().map(move |gap| (counter, *gap)).collect::<Vec<_>>()
        };
        self.counters.iter().flat_map(of)
    }

    /// Up to where nothing is missing, by counter; [`resume`](Self::resume) takes them.
    pub fn marks(&self) -> impl Iterator<Item = (Counter, Mark)> {
        self.counters.iter().map(|(counter, seen)| (*counter, seen.complete()))
    }

    /// The place behind which events have to be read again to close every gap; `None` when the
    /// first of them has no known place, so that reading has to start at the beginning. Without a
    /// gap it is the place behind which new events lie.
    pub fn resume_after(&self) -> Option<Place> {
        let open = self.counters.values().filter(|seen| !seen.gaps.is_empty());
        let mut behind: Vec<Option<Place>> = open.map(|seen| seen.complete().place).collect();
        if behind.is_empty() {
            return self.counters.values().filter_map(|seen| seen.last.place).max();
        }
        // `None` is less than any place.
        behind.sort();
        behind[0]
    }
}

impl Seen {
    fn complete(&self) -> Mark {
        match self.gaps.values().next() {
            Some(gap) => Mark { seq: gap.first - 1, place: gap.after },
            None => self.last,
        }
    }

    fn number(&mut self, place: Place, seq: u64) -> Arrival {
        if seq == 0 {
            return Arrival::Misplaced;
        }
        if seq <= self.last.seq {
            return self.earlier(place, seq);
        }
        if self.last.place.is_some_and(|last| place <= last) {
            return Arrival::Misplaced;
        }
        let next = seq - 1 == self.last.seq;
        let (first, after) = self.behind();
        self.last = Mark { seq, place: Some(place) };
        if first == seq {
            return Arrival::Next;
        }
        let gap = Gap { first, last: seq - 1, after, before: Some(place) };
        self.gaps.insert(first, gap);
        if next { Arrival::Next } else { Arrival::Gap(gap) }
    }

    /// The first number that has not come at the end, and what it lies behind: an open gap at the
    /// end, of which only the account told, goes on.
    fn behind(&self) -> (u64, Option<Place>) {
        match self.gaps.values().next_back().filter(|gap| gap.last == self.last.seq) {
            Some(gap) => (gap.first, gap.after),
            None => (self.last.seq.saturating_add(1), self.last.place),
        }
    }

    fn earlier(&mut self, place: Place, seq: u64) -> Arrival {
        let around = self.gaps.range(..=seq).next_back().map(|(_, gap)| *gap);
        let Some(gap) = around.filter(|gap| seq <= gap.last) else { return Arrival::Duplicate };
        if !gap.admits(place) {
            return Arrival::Misplaced;
        }
        self.gaps.remove(&gap.first);
        if gap.first < seq {
            self.gaps.insert(gap.first, Gap { last: seq - 1, before: Some(place), ..gap });
        }
        if seq < gap.last {
            self.gaps.insert(seq + 1, Gap { first: seq + 1, after: Some(place), ..gap });
        } else if seq == self.last.seq {
            self.last.place = Some(place);
        }
        Arrival::Late
    }
}
