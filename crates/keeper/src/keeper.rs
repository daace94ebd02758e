//! The loop: read, plan, land, again.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    thread::sleep,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anchor_lang::prelude::Pubkey;
use budget_client::Community;
use budget_rpc::{Class, Draft, Landed, Network, Result, Trouble};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    Aside, Counters, Crank, Due, Plan, Said, Settings, Step, View, counters::Snapshot, plan::plan,
};

/// The pause after the first refusal of a step, in seconds of the network; it doubles with every
/// further one.
const FIRST_PAUSE_SECS: i64 = 30;
/// The longest pause between two tries of a step, in seconds of the network.
const LONGEST_PAUSE_SECS: i64 = 3_600;
/// Tries of a step without an answer after which it counts as refused.
const TRIES: u32 = 5;
/// The pause after a reading without an answer; it doubles up to the poll interval.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// How often a sleeping keeper looks whether it should stop.
const DOZE: Duration = Duration::from_millis(100);

/// What a step is, in every view in which it is due.
type Key = (Crank, Pubkey);

/// Whoever sends what is due.
pub struct Keeper<'a> {
    network: &'a Network,
    community: Community,
    payer: &'a Keypair,
    settings: Settings,
    counters: Counters,
    listener: Box<dyn FnMut(&Said) + Send + 'a>,
    /// Refused since the last reading: whether rightly, the next one shows.
    refused: Vec<(Key, String, String)>,
    aside: BTreeMap<Key, Aside>,
    unanswered: BTreeMap<Key, u32>,
}

/// What one round came to.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// Steps that landed.
    pub landed: u32,
    /// Steps that were refused; the next round tells why.
    pub refused: u32,
    /// Steps that got no answer.
    pub unanswered: u32,
    /// Steps of earlier rounds that turned out to be done by somebody else.
    pub lost_races: u32,
    /// Steps that are set aside.
    pub aside: u32,
    /// Network time of the reading, unix seconds.
    pub at: i64,
    /// When time makes something due next.
    pub next: Option<Due>,
    /// What ended the round before its last step.
    pub trouble: Option<Trouble>,
}

impl Round {
    /// Whether there was nothing left to do but what is set aside: the next round would be the same
    /// until time passes or somebody acts.
    pub fn is_quiet(&self) -> bool {
        self.landed + self.refused + self.unanswered == 0 && self.trouble.is_none()
    }
}

impl<'a> Keeper<'a> {
    /// A keeper of the treasury at `treasury`. Fees, and the rent of the epochs and streams that it
    /// opens, are paid by `payer`; that rent returns when they are closed.
    ///
    /// # Errors
    /// As [`View::community`].
    pub fn open(
        network: &'a Network,
        treasury: &Pubkey,
        payer: &'a Keypair,
        settings: Settings,
    ) -> Result<Self> {
        Ok(Self {
            network,
            community: View::community(network, treasury)?,
            payer,
            settings,
            counters: Counters::default(),
            listener: Box::new(|_| {}),
            refused: Vec::new(),
            aside: BTreeMap::new(),
            unanswered: BTreeMap::new(),
        })
    }

    /// Tells `listener` what happens, as it happens.
    pub fn on_event(&mut self, listener: impl FnMut(&Said) + Send + 'a) {
        self.listener = Box::new(listener);
    }

    /// The numbers so far, to be read from anywhere.
    pub fn counters(&self) -> Counters {
        self.counters.clone()
    }

    /// What is due now. Sends nothing.
    ///
    /// # Errors
    /// As [`View::read`].
    pub fn plan(&self) -> Result<Plan> {
        let view = View::read(self.network, &self.community)?;
        Ok(plan(&view, &self.settings, self.payer.pubkey()))
    }

    /// Works until `stop` is set: rounds while there is something to do, then sleep until something
    /// is due, at most for the poll interval. Ends within a step and a moment of `stop`.
    pub fn run(&mut self, stop: &AtomicBool) {
        let mut wait = FIRST_WAIT;
        while !stop.load(Ordering::Relaxed) {
            match self.round_until(stop) {
                Ok(round) if round.is_quiet() => {
                    wait = FIRST_WAIT;
                    doze(self.pause(&round), stop);
                }
                Ok(round) if round.landed + round.refused > 0 && round.trouble.is_none() => {
                    wait = FIRST_WAIT;
                }
                _ => {
                    doze(wait, stop);
                    wait = wait.saturating_mul(2).min(self.settings.poll.max(FIRST_WAIT));
                }
            }
        }
    }

    /// Reads, plans and lands what is due, once.
    ///
    /// # Errors
    /// As [`View::read`]. What goes wrong with a step is in the round.
    pub fn round(&mut self) -> Result<Round> {
        self.round_until(&AtomicBool::new(false))
    }

    fn round_until(&mut self, stop: &AtomicBool) -> Result<Round> {
        let view = match View::read(self.network, &self.community) {
            Ok(view) => view,
            Err(trouble) => {
                self.counters.lock().retries += 1;
                let what = "reading the treasury".to_owned();
                self.say(Said::NoAnswer { what, why: trouble.to_string() });
                return Err(trouble);
            }
        };
        let plan = plan(&view, &self.settings, self.payer.pubkey());
        let mut round = Round { at: view.now, next: plan.next.clone(), ..Round::default() };
        self.judge_refusals(&plan, &mut round);
        for step in &plan.steps {
            if stop.load(Ordering::Relaxed) || round.trouble.is_some() {
                break;
            }
            let waits = |aside: &Aside| aside.until > view.now;
            if self.aside.get(&key(step)).is_some_and(waits) {
                round.aside += 1;
                continue;
            }
            // Its cap is a share of what is free: first everything that frees something.
            if step.crank == Crank::OpenEpoch && !round.is_quiet() {
                continue;
            }
            self.take(step, &mut round);
        }
        self.note(&plan, &round);
        Ok(round)
    }

    /// What was refused in the last round and is due no more, somebody else has done; what still is
    /// due was refused for a reason, and is set aside.
    fn judge_refusals(&mut self, plan: &Plan, round: &mut Round) {
        let is_due = |key: &Key| plan.steps.iter().any(|step| self::key(step) == *key);
        for (key, name, why) in std::mem::take(&mut self.refused) {
            let (crank, subject) = key;
            if !is_due(&key) {
                *self.counters.lock().lost_races.entry(crank).or_default() += 1;
                round.lost_races += 1;
                self.say(Said::LostRace { crank, subject });
                continue;
            }
            *self.counters.lock().refused.entry(name.clone()).or_default() += 1;
            let times = self.aside.get(&key).map_or(0, |aside| aside.times) + 1;
            let pause = FIRST_PAUSE_SECS << times.saturating_sub(1).min(8);
            let until = round.at + pause.min(LONGEST_PAUSE_SECS);
            let text = subject.to_string();
            let aside =
                Aside { crank, subject: text, name: name.clone(), why: why.clone(), times, until };
            self.aside.insert(key, aside);
            self.say(Said::SetAside { crank, subject, name, why, until });
        }
        self.aside.retain(|key, _| is_due(key));
        self.unanswered.retain(|key, _| is_due(key));
    }

    fn take(&mut self, step: &Step, round: &mut Round) {
        let draft = Draft {
            instructions: step.instructions.clone(),
            payer: self.payer,
            signers: Vec::new(),
        };
        let trouble = match self.network.land(&draft, &self.settings.send) {
            Ok(landed) => return self.landed(step, &landed, round),
            Err(trouble) => trouble,
        };
        match trouble.class() {
            // The next step would fare no better.
            Class::Funds => {
                *self.counters.lock().refused.entry("NoSol".to_owned()).or_default() += 1;
                round.refused += 1;
                round.trouble = Some(trouble);
            }
            Class::Unreachable | Class::Expired | Class::Unknown => {
                self.unanswered(step, &trouble, round);
            }
            _ => {
                let name = name_of(&trouble);
                self.refused.push((key(step), name, trouble.to_string()));
                round.refused += 1;
            }
        }
    }

    fn landed(&mut self, step: &Step, landed: &Landed, round: &mut Round) {
        let lag_secs = step.since.map(|since| round.at.saturating_sub(since).max(0));
        {
            let mut numbers = self.counters.lock();
            *numbers.landed.entry(step.crank).or_default() += 1;
            numbers.fees = numbers.fees.saturating_add(landed.preview.fee);
            if let Some(lag) = lag_secs {
                numbers.lag.note(lag);
            }
        }
        round.landed += 1;
        self.aside.remove(&key(step));
        self.unanswered.remove(&key(step));
        self.say(Said::Landed {
            crank: step.crank,
            subject: step.subject,
            why: step.why.clone(),
            at: round.at,
            lag_secs,
            signature: landed.signature.to_string(),
            slot: landed.slot,
            fee: landed.preview.fee,
        });
    }

    /// Whether it happened, the next reading shows; only then is it tried again.
    fn unanswered(&mut self, step: &Step, trouble: &Trouble, round: &mut Round) {
        self.counters.lock().retries += 1;
        round.unanswered += 1;
        self.say(Said::NoAnswer { what: step.crank.to_string(), why: trouble.to_string() });
        let tries = self.unanswered.entry(key(step)).or_default();
        *tries += 1;
        if *tries >= TRIES {
            *tries = 0;
            self.refused.push((key(step), "NoAnswer".to_owned(), trouble.to_string()));
        }
        // Every further step would wait as long for nothing.
        if trouble.class() == Class::Unreachable {
            round.trouble = Some(trouble.clone());
        }
    }

    fn note(&mut self, plan: &Plan, round: &Round) {
        let mut numbers = self.counters.lock();
        let Snapshot { hindrances, aside, next_due_at, read_at, rounds, last_success_at, .. } =
            &mut *numbers;
        *hindrances = plan.hindrances.clone();
        *aside = self.aside.values().cloned().collect();
        *next_due_at = plan.next.as_ref().map(|next| next.at);
        *read_at = round.at;
        *rounds += 1;
        if round.trouble.is_none() {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            *last_success_at = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        }
    }

    fn say(&mut self, said: Said) {
        (self.listener)(&said);
    }

    /// For how long nothing is due, at most the poll interval.
    fn pause(&self, round: &Round) -> Duration {
        let retries = self.aside.values().map(|aside| aside.until);
        let next = round.next.iter().map(|due| due.at).chain(retries).min();
        let secs = next.map(|at| at.saturating_sub(round.at).max(1));
        let secs = secs.and_then(|secs| u64::try_from(secs).ok());
        secs.map_or(self.settings.poll, |secs| self.settings.poll.min(Duration::from_secs(secs)))
    }
}

fn key(step: &Step) -> Key {
    (step.crank, step.subject)
}

fn name_of(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Refused(refused) => refused.name.clone().unwrap_or_else(|| {
            refused.code.map_or_else(|| format!("{:?}", refused.error), |code| code.to_string())
        }),
        Trouble::NotAccepted(error) => format!("{error:?}"),
        other => format!("{:?}", other.class()),
    }
}

fn doze(pause: Duration, stop: &AtomicBool) {
    let mut left = pause;
    while !left.is_zero() && !stop.load(Ordering::Relaxed) {
        let part = left.min(DOZE);
        sleep(part);
        left -= part;
    }
}
