//! The events of the walk, read as any reader of the chain reads them: out of the logs, by number.

use budget_client::event::{Arrival, Counter, Mark, Place, Sequence, read};

use crate::books::accounts::Accounts;

/// A reader that has followed the walk from the treasury's creation.
pub struct Feed {
    sequence: Sequence,
    treasury: Counter,
}

impl Feed {
    /// Begins behind what has happened so far.
    pub fn new(accounts: &Accounts, treasury: Counter) -> Self {
        let mark = Mark { seq: accounts.treasury.seq, place: None };
        Self { sequence: Sequence::resume([(treasury, mark)]), treasury }
    }

    /// I29: every event of a transaction that landed is known, the next of its counter, and the last
    /// of each counter is the one that its account tells.
    pub fn take(&mut self, slot: u64, logs: &[String], after: &Accounts) {
        let reading = read(logs).unwrap_or_else(|bad| panic!("I29: {bad}: {logs:#?}"));
        assert!(!reading.failed && !reading.truncated, "I29: {logs:#?}");
        assert_eq!(reading.unknown, [], "I29: {logs:#?}");
        for (position, event) in (0..).zip(&reading.events) {
            let arrival = self.sequence.feed(Place { slot, position }, event);
            assert_eq!(arrival, Arrival::Next, "I29: {event:?}");
        }
        let epochs =
            after.epochs.iter().map(|(key, epoch)| (Counter::Epoch(*key), epoch.header.seq));
        for (counter, seq) in epochs.chain([(self.treasury, after.treasury.seq)]) {
            assert_eq!(self.sequence.hold_against(counter, seq), None, "I29: {counter}");
            let mark = self.sequence.marks().find(|(of, _)| *of == counter);
            assert_eq!(mark.map(|(_, mark)| mark.seq), Some(seq), "I29: {counter} is ahead");
        }
    }
}
