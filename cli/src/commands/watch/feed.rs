//! What a node says while one watches: pushed over its websocket, and read again by RPC so that
//! nothing is missed.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, SendError, Sender},
    thread::{sleep, spawn},
    time::Duration,
};

use anchor_lang::prelude::Pubkey;
use budget_client::account::{Readable, Unreadable, slate};
use budget_rpc::{Cluster, Network, Trouble};
use community_budget::state::{BudgetEpoch, Entry, Proposal, Treasury};
use futures_util::{StreamExt, stream::select_all};
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding};
use solana_commitment_config::CommitmentConfig;
use solana_pubsub_client::nonblocking::pubsub_client::PubsubClient;
use solana_rpc_client_api::{config::RpcAccountInfoConfig, response::Response};
use tokio::time::timeout;

use crate::slate::Titles;

/// How long connecting, or one subscription, may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection may be silent before it counts as broken. A node sends every slot.
const SILENCE: Duration = Duration::from_secs(30);
/// The pause before the first new connection; it doubles with every further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause between two tries to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// How often everything is read again, whatever was pushed.
const REREAD: Duration = Duration::from_secs(5);

/// What reaches the one who watches.
pub enum Event {
    /// From now on changes are pushed.
    Connected,
    /// A new slot.
    Slot(u64),
    /// An account has changed.
    Pushed {
        /// Which.
        key: Pubkey,
        /// How it is now.
        account: Box<UiAccount>,
    },
    /// The connection broke; another try follows.
    Lost(String),
    /// Everything, as it was read.
    Read(Box<Snapshot>),
    /// Reading got no answer.
    Unread(Trouble),
    /// Stop watching.
    Stop,
}

/// What is watched, as it was read at one moment.
pub struct Snapshot {
    /// The network's time, unix seconds.
    pub now: i64,
    /// The treasury.
    pub treasury: Box<Treasury>,
    /// The epoch's head.
    pub head: Box<BudgetEpoch>,
    /// The entries of its slate so far.
    pub slate: Vec<Entry>,
    /// Titles, where the slate has grown since they were read last.
    pub titles: Option<Titles>,
}

/// An epoch out of its account's bytes: head and entries so far.
///
/// # Errors
/// [`Unreadable`] when the account is not of this program, no epoch, or too short.
pub fn epoch(owner: &Pubkey, data: &[u8]) -> Result<(Box<BudgetEpoch>, Vec<Entry>), Unreadable> {
    let head = Box::new(BudgetEpoch::read(owner, data)?);
    let mut entries = slate(owner, data)?;
    let count = usize::from(head.entry_count);
    if entries.len() < count {
        return Err(Unreadable::Length);
    }
    entries.truncate(count);
    Ok((head, entries))
}

/// Listens at `websocket` for changes of `keys` and for slots, on a thread of its own, until nobody
/// wants to hear of them any more. A broken connection is made anew, ever less eagerly.
pub fn listen(websocket: String, keys: Vec<Pubkey>, events: Sender<Event>) {
    spawn(move || {
        let mut pause = FIRST_PAUSE;
        loop {
            let why = match session(&websocket, &keys, &events, &mut pause) {
                Ok(why) => why,
                Err(SendError(_)) => return,
            };
            if events.send(Event::Lost(why)).is_err() {
                return;
            }
            sleep(pause);
            pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
        }
    });
}

type Nobody = SendError<Event>;

/// One connection from beginning to end; says why it ended.
fn session(
    websocket: &str,
    keys: &[Pubkey],
    events: &Sender<Event>,
    pause: &mut Duration,
) -> Result<String, Nobody> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        // The runtime takes connection and subscriptions with it when it goes.
        Ok(runtime) => runtime.block_on(converse(websocket, keys, events, pause)),
        Err(error) => Ok(format!("the connection cannot be run ({error})")),
    }
}

async fn converse(
    websocket: &str,
    keys: &[Pubkey],
    events: &Sender<Event>,
    pause: &mut Duration,
) -> Result<String, Nobody> {
    let client = match timeout(PATIENCE, PubsubClient::new(websocket)).await {
        Ok(Ok(client)) => client,
        Ok(Err(error)) => return Ok(format!("no connection to {websocket} ({error})")),
        Err(_) => return Ok(format!("{websocket} does not answer")),
    };
    let refused = |error: &dyn std::fmt::Display| format!("the node refused to report ({error})");
    let silent = || format!("{websocket} does not answer");
    let (mut slots, _end) = match timeout(PATIENCE, client.slot_subscribe()).await {
        Ok(Ok(subscription)) => subscription,
        Ok(Err(error)) => return Ok(refused(&error)),
        Err(_) => return Ok(silent()),
    };
    let mut reports = Vec::new();
    for key in keys {
        match timeout(PATIENCE, client.account_subscribe(key, Some(config()))).await {
            Ok(Ok((stream, _end))) => reports.push(stream.map(|report| (*key, report)).boxed()),
            Ok(Err(error)) => return Ok(refused(&error)),
            Err(_) => return Ok(silent()),
        }
    }
    let mut reports = select_all(reports);
    events.send(Event::Connected)?;
    *pause = FIRST_PAUSE;
    let pushed = |(key, report): (Pubkey, Response<UiAccount>)| {
        events.send(Event::Pushed { key, account: Box::new(report.value) })
    };
    loop {
        tokio::select! {
            slot = timeout(SILENCE, slots.next()) => match slot {
                Ok(Some(slot)) => events.send(Event::Slot(slot.slot))?,
                Ok(None) => break,
                Err(_) => return Ok(format!("nothing came for {} seconds", SILENCE.as_secs())),
            },
            report = reports.next() => match report {
                Some(report) => pushed(report)?,
                None => break,
            },
        }
    }
    // What came before the end is still to be told.
    while let Some(slot) = slots.next().await {
        events.send(Event::Slot(slot.slot))?;
    }
    while let Some(report) = reports.next().await {
        pushed(report)?;
    }
    Ok("the connection broke".to_owned())
}

fn config() -> RpcAccountInfoConfig {
    RpcAccountInfoConfig {
        encoding: Some(UiAccountEncoding::Base64),
        commitment: Some(CommitmentConfig::confirmed()),
        ..RpcAccountInfoConfig::default()
    }
}

/// What is read again.
#[derive(Clone, Copy)]
pub struct Watched {
    /// The treasury's address.
    pub treasury: Pubkey,
    /// The epoch's address.
    pub epoch: Pubkey,
}

/// Reads `watched` whenever it is asked to, and from time to time unasked, on a thread of its own,
/// until nobody asks any more.
pub fn reread(cluster: Cluster, watched: Watched, asks: Receiver<()>, events: Sender<Event>) {
    spawn(move || {
        let network = Network::new(cluster);
        let mut titled = None;
        loop {
            match asks.recv_timeout(REREAD) {
                Ok(()) => while asks.try_recv().is_ok() {},
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            let event = match read(&network, &watched, &mut titled) {
                Ok(snapshot) => Event::Read(Box::new(snapshot)),
                Err(trouble) => Event::Unread(trouble),
            };
            if events.send(event).is_err() {
                return;
            }
        }
    });
}

fn read(
    network: &Network,
    watched: &Watched,
    titled: &mut Option<u8>,
) -> budget_rpc::Result<Snapshot> {
    let now = network.now()?;
    let accounts = network.accounts(&[watched.treasury, watched.epoch])?;
    let [treasury, found] = accounts.as_slice() else {
        return Err(missing("treasury", watched.treasury));
    };
    let (Some(treasury), Some(found)) = (treasury, found) else {
        return Err(missing("epoch any more: it is closed", watched.epoch));
    };
    let doubted = |what: &str, key| {
        let what = what.to_owned();
        move |why| Trouble::NotBelieved { what, key, why }
    };
    let treasury = Treasury::read(&treasury.owner, &treasury.data)
        .map_err(doubted("treasury", watched.treasury))?;
    let (head, slate) =
        epoch(&found.owner, &found.data).map_err(doubted("epoch", watched.epoch))?;
    let titles = if *titled == Some(head.entry_count) {
        None
    } else {
        let proposals = network.list::<Proposal>(&watched.epoch)?;
        *titled = Some(head.entry_count);
        Some(Titles::of(&proposals))
    };
    Ok(Snapshot { now, treasury: Box::new(treasury), head, slate, titles })
}

fn missing(what: &str, key: Pubkey) -> Trouble {
    Trouble::NoAccount { what: what.to_owned(), key }
}

#[cfg(test)]
mod tests;
