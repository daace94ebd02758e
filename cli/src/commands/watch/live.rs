//! One run of `budget watch`: what comes in, what is made of it, what is shown.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, Sender},
    time::{Duration, Instant},
};

use anchor_lang::prelude::Pubkey;
use budget_client::account::{Readable, Unreadable};
use budget_rpc::{Class, Trouble};
use community_budget::state::Treasury;
use serde_json::json;
use solana_account_decoder_client_types::UiAccount;

use super::{
    WatchArgs,
    alert::{self, Alert},
    feed::{self, Event, Snapshot},
    screen::{Health, Marks, Scenery, Screen, frame, headline, turnout},
    tally::{Change, Tally},
};
use crate::{
    context::{Context, Round, Scene},
    exit::{Failure, Result},
    slate::{Titles, funding_line},
};

/// How often a frame is drawn when nothing happens: the countdown.
const TICK: Duration = Duration::from_secs(1);
/// How long after a connection is made everything is read once more: a node may take a subscription
/// a moment before it listens for it.
const SETTLING: Duration = Duration::from_secs(1);
/// A slot that is this many further than the last: the network's clock may have been moved.
const JUMP: u64 = 50;

/// One run of the command.
pub struct Watch<'a> {
    context: &'a Context,
    args: WatchArgs,
    scene: Scene,
    epoch: Pubkey,
    titles: Titles,
    tally: Tally,
    /// The network's time when it was read last, and when that was.
    read_at: (i64, Instant),
    /// The moment up to which alerts of time alone have been given.
    alerted_at: i64,
    asks: Sender<()>,
    /// Whether the last reading was older than what is known.
    was_older: bool,
    /// When everything is to be read once more.
    reread_at: Option<Instant>,
    began: Instant,
    heard: Instant,
    health: Health,
    trouble: String,
    marks: Marks,
    seen: u32,
    screen: Option<Screen>,
}

/// Whether to go on.
enum Step {
    On,
    End(&'static str),
}

impl<'a> Watch<'a> {
    /// A watch of `round`, which begins now; whoever hears from `asks` reads everything again.
    pub fn new(
        context: &'a Context,
        args: WatchArgs,
        scene: Scene,
        round: Round,
        titles: Titles,
        asks: Sender<()>,
    ) -> Self {
        let (now, began) = (scene.now, Instant::now());
        let tally = Tally::new(scene.treasury.clone(), round.head, round.slate, now);
        let screen = if context.globals.json { None } else { Screen::new() };
        Self {
            epoch: round.key,
            read_at: (now, began),
            alerted_at: now,
            was_older: false,
            reread_at: None,
            heard: began,
            health: Health::Connecting,
            trouble: "no connection yet".to_owned(),
            marks: Marks::default(),
            seen: 0,
            context,
            args,
            scene,
            titles,
            tally,
            asks,
            began,
            screen,
        }
    }

    /// The network's time, as far as it can be known between two readings.
    fn now(&self) -> i64 {
        let (at, since) = self.read_at;
        at.saturating_add(i64::try_from(since.elapsed().as_secs()).unwrap_or(i64::MAX))
    }

    /// Shows how it is at the beginning.
    pub fn begin(&mut self) {
        if self.context.globals.json {
            let mut value = self.tally.exact(self.now());
            value["event"] = json!("state");
            self.line(&value.to_string());
        } else if self.screen.is_none() {
            self.line(&headline(&self.tally, self.now()));
            self.line(&turnout(&self.tally));
            for row in self.rows() {
                self.line(&row);
            }
        }
        self.draw();
    }

    /// Follows what comes until it is to end.
    ///
    /// # Errors
    /// Exit code `not-believed` when the network answers with something else.
    pub fn follow(&mut self, inbox: &Receiver<Event>) -> Result<()> {
        loop {
            let step = match inbox.recv_timeout(self.pause()) {
                Ok(event) => self.take(event)?,
                Err(RecvTimeoutError::Timeout) => Step::On,
                // The threads end only after this one.
                Err(RecvTimeoutError::Disconnected) => Step::End("nothing more can come"),
            };
            self.pass_time();
            let step = match step {
                Step::On if self.is_over() => Step::End("the time is over"),
                step => step,
            };
            self.draw();
            if let Step::End(why) = step {
                self.end(why);
                return Ok(());
            }
        }
    }

    /// How long to wait for the next event at most.
    fn pause(&self) -> Duration {
        let end = self.args.end_after.map(|secs| self.began + Duration::from_secs(secs.into()));
        let due = [end, self.reread_at].into_iter().flatten();
        due.map(|at| at.saturating_duration_since(Instant::now())).fold(TICK, Duration::min)
    }

    fn is_over(&self) -> bool {
        self.args.end_after.is_some_and(|secs| self.began.elapsed().as_secs() >= secs.into())
    }

    fn take(&mut self, event: Event) -> Result<Step> {
        match event {
            Event::Stop => return Ok(Step::End("you stopped it")),
            Event::Connected => {
                self.ask();
                self.reread_at = Some(Instant::now() + SETTLING);
            }
            Event::Slot(slot) => self.hear(slot),
            Event::Lost(why) => self.trouble = why,
            Event::Pushed { key, account } => return self.pushed(key, &account),
            Event::Read(snapshot) => return Ok(self.read(*snapshot)),
            Event::Unread(trouble) => return self.unread(trouble),
        }
        Ok(Step::On)
    }

    fn hear(&mut self, slot: u64) {
        self.heard = Instant::now();
        let last = match self.health {
            Health::Live { slot } => Some(slot),
            _ => None,
        };
        if matches!(self.health, Health::Stale { .. }) {
            self.note(json!({ "event": "live", "slot": slot }), "The view is live again.");
        }
        if last.is_some_and(|last| slot.abs_diff(last) > JUMP) {
            self.ask();
        }
        self.health = Health::Live { slot };
    }

    /// What the node pushes is believed as little as what it answers: owner and kind are checked.
    fn pushed(&mut self, key: Pubkey, account: &UiAccount) -> Result<Step> {
        let now = self.now();
        let Some(account) = account.to_account() else { return Ok(self.doubt(key, "its form")) };
        if account.lamports == 0 {
            // Closed, or a fork that will not last: reading tells.
            self.ask();
            return Ok(Step::On);
        }
        let doubted = |why: Unreadable| why.to_string();
        let next = if key == self.epoch {
            feed::epoch(&account.owner, &account.data)
                .map_err(doubted)
                .map(|(head, slate)| Tally::new(self.tally.treasury.clone(), head, slate, now))
        } else {
            Treasury::read(&account.owner, &account.data).map_err(doubted).map(|treasury| {
                let (head, slate) = (self.tally.head.clone(), self.tally.slate.clone());
                Tally::new(Box::new(treasury), head, slate, now)
            })
        };
        match next {
            Ok(next) => Ok(self.adopt_newer(next)),
            Err(why) => Ok(self.doubt(key, &why)),
        }
    }

    fn doubt(&mut self, key: Pubkey, why: &str) -> Step {
        let text = format!("The node sent something else as {key}: {why}. It is read again.");
        self.note(json!({ "event": "doubted", "account": key.to_string(), "why": why }), &text);
        self.ask();
        Step::On
    }

    /// Takes what was pushed, unless something newer is known: reports and readings overtake each
    /// other.
    fn adopt_newer(&mut self, next: Tally) -> Step {
        if self.is_older(&next) { Step::On } else { self.adopt(next) }
    }

    fn is_older(&self, next: &Tally) -> bool {
        let known = &self.tally;
        next.head.seq < known.head.seq || next.treasury.seq < known.treasury.seq
    }

    fn read(&mut self, snapshot: Snapshot) -> Step {
        let Snapshot { now, treasury, head, slate, titles } = snapshot;
        self.read_at = (now, Instant::now());
        if let Some(titles) = titles {
            self.titles = titles;
        }
        let next = Tally::new(treasury, head, slate, now);
        // A report can have come while the answer was on its way. Twice in a row it has not: the
        // network is another one than before.
        let is_older = self.is_older(&next);
        if is_older && !self.was_older {
            self.was_older = true;
            return Step::On;
        }
        self.was_older = false;
        self.adopt(next)
    }

    fn unread(&mut self, trouble: Trouble) -> Result<Step> {
        match trouble.class() {
            Class::Missing => Ok(Step::End("the epoch's account is closed")),
            Class::NotBelieved => Err(Failure::Trouble(trouble)),
            _ => {
                self.trouble = trouble.to_string().trim_end_matches('.').to_owned();
                Ok(Step::On)
            }
        }
    }

    fn adopt(&mut self, next: Tally) -> Step {
        let change = next.since(&self.tally);
        self.tally = next;
        let Some(change) = change else { return Step::On };
        self.marks.add(&change.entries, Instant::now());
        self.tell(&change);
        if self.args.alert {
            for alert in alert::of_change(&change, &self.tally, self.args.heavy, self.now()) {
                self.cry(&alert);
            }
        }
        self.seen = self.seen.saturating_add(1);
        match self.args.changes {
            Some(most) if self.seen >= most => Step::End("the changes are counted"),
            _ => Step::On,
        }
    }

    fn tell(&mut self, change: &Change) {
        if self.context.globals.json {
            let value = self.tally.happened(change, self.now());
            self.line(&value.to_string());
        } else if self.screen.is_none() {
            self.line(&format!(
                "{}  {}",
                clock(self.now()),
                change.line(&self.tally, &self.titles)
            ));
        }
    }

    fn cry(&mut self, alert: &Alert) {
        let now = self.now();
        let text = alert.text(&self.tally, &self.titles, now);
        let value = alert.exact(&self.tally, &self.titles, now);
        self.note(value, &format!("{}  ALERT: {text}", clock(now)));
    }

    /// What time alone brings: a stale view, the windows of voting, the next reading.
    fn pass_time(&mut self) {
        let silent = self.heard.elapsed().as_secs();
        if silent >= self.args.stale_after.into() {
            let why = self.trouble.clone();
            if !matches!(self.health, Health::Stale { .. }) {
                let text = format!("STALE: no slot for {silent} seconds ({why}); trying again.");
                self.note(json!({ "event": "stale", "seconds": silent, "why": why }), &text);
            }
            self.health = Health::Stale { secs: silent, why };
        }
        let now = self.now();
        if self.args.alert {
            for alert in alert::of_time(&self.tally, self.alerted_at, now) {
                self.cry(&alert);
            }
        }
        self.alerted_at = now;
        if self.reread_at.is_some_and(|at| at <= Instant::now()) {
            self.reread_at = None;
            self.ask();
        }
        if self.tally.projection.as_ref().is_some_and(|it| it.phase != self.tally.head.phase(now)) {
            self.tally.at(now);
        }
    }

    fn ask(&self) {
        // The other side ends only after this one.
        let _ = self.asks.send(());
    }

    fn rows(&self) -> Vec<String> {
        let Some(projection) = &self.tally.projection else { return Vec::new() };
        let titles = |index| self.titles.title(index);
        funding_line(self.context, projection, &titles, &self.scene.budget, &[])
    }

    fn draw(&mut self) {
        let rows = self.rows();
        let now = self.now();
        let Some(screen) = &mut self.screen else { return };
        let scenery = Scenery {
            page: &self.context.page,
            tally: &self.tally,
            rows,
            health: &self.health,
            now,
        };
        let lines = frame(scenery, &self.marks, Instant::now(), screen.rows());
        screen.draw(&lines);
    }

    /// Something to be read now: an object, or a line that stays above the frame.
    fn note(&mut self, value: serde_json::Value, text: &str) {
        if self.context.globals.json {
            self.line(&value.to_string());
        } else {
            self.line(text);
        }
    }

    fn line(&mut self, text: &str) {
        match &mut self.screen {
            Some(screen) => screen.say(text),
            None => self.context.page.line(text),
        }
    }

    fn end(&mut self, why: &str) {
        let value = json!({ "event": "end", "why": why, "changes": self.seen });
        if self.context.globals.json {
            self.line(&value.to_string());
        } else {
            // Below the frame, which stays as the last view.
            let changes = crate::view::counted(self.seen.into(), "change");
            self.context.page.line(format!("Watched {changes}; {why}."));
        }
    }
}

/// The time of day.
fn clock(at: i64) -> String {
    let minutes = at.rem_euclid(86_400) / 60;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests;
