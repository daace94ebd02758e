//! Open Harbour while its story is played: what every chapter needs.

use anchor_lang::prelude::Pubkey;
use budget_client::{Community, address};
use budget_rpc::Network;

use crate::{
    batch::{Job, Sender},
    clock,
    keys::Keys,
    plan::Calendar,
    population::{Population, Round},
    story::{Ask, Story},
    trouble::Result,
};

/// A step of the story that begins.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// What happens, as it completes "while ...".
    pub what: &'static str,
    /// Unix seconds of the network at which it happens.
    pub at: i64,
    /// Transactions that were sent before.
    pub sent: usize,
}

/// Everybody, everything, and the network that it happens on.
pub struct Town<'a> {
    pub network: &'a Network,
    pub story: &'a Story,
    pub people: &'a Population,
    pub keys: &'a Keys,
    pub community: Community,
    pub calendar: Calendar,
    sender: Sender<'a>,
    progress: &'a mut dyn FnMut(&Step),
    /// Unix seconds of the last move of the clock.
    at: i64,
}

impl<'a> Town<'a> {
    pub fn new(
        network: &'a Network,
        story: &'a Story,
        people: &'a Population,
        keys: &'a Keys,
        calendar: Calendar,
        progress: &'a mut dyn FnMut(&Step),
    ) -> Self {
        let sender = Sender::new(network);
        let community = crate::community_of(keys);
        let at = calendar.founded_at();
        Self { network, story, people, keys, community, calendar, sender, progress, at }
    }

    /// Moves the clock to an hour of a day and begins a step there.
    pub fn go(&mut self, day: i64, hour: i64, what: &'static str) -> Result<()> {
        self.go_to(self.calendar.at(day, hour), what)
    }

    /// Moves the clock to a unix second and begins a step there.
    pub fn go_to(&mut self, at: i64, what: &'static str) -> Result<()> {
        self.at = at;
        self.begin(what);
        clock::travel(self.network, at)
    }

    /// Begins a step without moving the clock.
    pub fn begin(&mut self, what: &'static str) {
        self.sender.step = what;
        let (at, sent) = (self.at, self.sent());
        (self.progress)(&Step { what, at, sent });
    }

    /// What is going on, for errors.
    pub fn step(&self) -> &'static str {
        self.sender.step
    }

    /// Transactions sent so far.
    pub fn sent(&self) -> usize {
        self.sender.sent
    }

    /// Sends jobs that do not depend on each other.
    pub fn send(&mut self, jobs: &[Job<'_>]) -> Result<()> {
        self.sender.all(jobs)
    }

    /// Sends jobs one after the other.
    pub fn send_in_order(&mut self, jobs: &[Job<'_>]) -> Result<()> {
        self.sender.in_order(jobs)
    }

    /// What is asked for in a round, in the order of the slate.
    pub fn asks(&self, round: Round) -> &'a [Ask] {
        match round {
            Round::Past => &self.story.past,
            Round::Present => &self.story.present,
        }
    }

    /// A past ask, with its place on the slate.
    ///
    /// # Panics
    /// When the story has no such ask.
    pub fn past(&self, id: &str) -> (u8, &'a Ask) {
        let index = self.story.past_index(id);
        (index, &self.story.past[usize::from(index)])
    }

    /// The stream that a past ask became.
    pub fn stream(&self, id: &str) -> Pubkey {
        let epoch = self.community.epoch(Round::Past.epoch());
        address::stream(&address::proposal(&epoch, self.past(id).0))
    }
}

impl Round {
    /// Index of the round's epoch.
    pub fn epoch(self) -> u32 {
        match self {
            Self::Past => 0,
            Self::Present => 1,
        }
    }
}
