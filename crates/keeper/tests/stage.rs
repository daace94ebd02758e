//! A community in this process, its node, and keepers that work on it.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{AtomicUsize, Ordering},
};

use anchor_lang::prelude::Pubkey;
use async_trait::async_trait;
use budget_client::event::{Event, read};
use budget_keeper::{Keeper, Round, Settings, Snapshot};
use budget_rpc::{Cluster, Network};
use budget_sim::{
    World,
    node::Node,
    svm::{Snapshot as Accounts, keypair},
    world::Setup,
};
use community_budget::state::Policy;
use serde_json::Value;
use solana_account::Account;
use solana_keypair::Keypair;
use solana_rpc_client::rpc_sender::{RpcSender, RpcTransportStats};
use solana_rpc_client_api::{client_error::Result, request::RpcRequest};
use solana_signer::Signer;

pub const DAY: i64 = 86_400;
/// Lamports that every keeper begins with.
pub const PURSE: u64 = 50_000_000_000;
/// Rounds after which a keeper that finds no rest is stuck.
const MOST_ROUNDS: usize = 100;

/// A world whose signatures the node checks.
pub fn world(policy: Policy) -> World {
    World::with(Setup { policy, signature_checks: false, ..Setup::default() })
}

/// The node of `world`, where the n-th keeper has a full purse.
pub fn node(mut world: World) -> Node {
    for number in 0..2 {
        world.svm.fund(purse(number).pubkey(), PURSE);
    }
    Node::new(world)
}

/// Who pays for the n-th keeper.
pub fn purse(number: u64) -> Keypair {
    keypair("keeper", number)
}

/// A network behind any transport.
pub fn network(sender: impl RpcSender + Send + Sync + 'static) -> Network {
    Network::over(sender, Cluster::named("http://127.0.0.1:1").unwrap())
}

/// Rounds of `keeper` until it rests; readings without an answer are repeated. The last round and the
/// sum of what landed.
pub fn rest(keeper: &mut Keeper<'_>) -> (Round, u32) {
    let mut landed = 0;
    for _ in 0..MOST_ROUNDS {
        if let Ok(round) = keeper.round() {
            landed += round.landed;
            if round.is_quiet() {
                return (round, landed);
            }
        }
    }
    panic!("the keeper found no rest: {:?}", keeper.counters().snapshot());
}

/// A new keeper works until it rests, over a sound network. Its numbers.
pub fn work(node: &Node, settings: &Settings) -> Snapshot {
    let (network, purse) = (network(node.clone()), purse(0));
    let treasury = node.with(|world| world.community.treasury);
    let mut keeper = Keeper::open(&network, &treasury, &purse, settings.clone()).unwrap();
    rest(&mut keeper);
    keeper.counters().snapshot()
}

/// Everything but the keepers' purses.
pub fn accounts(node: &Node) -> Accounts {
    let mut accounts = node.with(|world| world.svm.snapshot());
    for number in 0..2 {
        accounts.remove(&purse(number).pubkey());
    }
    accounts
}

/// Proves that two networks hold the same, account by account and byte by byte.
#[track_caller]
pub fn assert_same(one: &Node, other: &Node, what: &str) {
    let (one, other) = (accounts(one), accounts(other));
    for (here, there) in [(&one, &other), (&other, &one)] {
        let extra = here.iter().find(|(key, _)| !there.contains_key(*key));
        assert!(extra.is_none(), "{what}: only one of both has {extra:?}");
    }
    for (key, account) in &one {
        let there = &other[key];
        let bytes = account.data.iter().zip(&there.data).enumerate();
        let differing: Vec<_> = bytes.filter(|(_, (a, b))| a != b).map(|(at, _)| at).collect();
        assert!(account == there, "{what}: {key} differs, in bytes {differing:?}");
    }
}

/// How often the keepers' transactions brought each event about.
pub fn events(node: &Node) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    node.ledger(|ledger| {
        for (_, recorded) in ledger.transactions().filter(|(_, it)| it.error.is_none()) {
            for event in read(&recorded.logs).unwrap().events {
                *counts.entry(event.name()).or_default() += 1;
            }
        }
    });
    counts
}

/// The tokens that each stream has paid, by the events.
pub fn paid(node: &Node) -> BTreeMap<Pubkey, u64> {
    let mut sums: BTreeMap<Pubkey, u64> = BTreeMap::new();
    node.ledger(|ledger| {
        for (_, recorded) in ledger.transactions().filter(|(_, it)| it.error.is_none()) {
            for event in read(&recorded.logs).unwrap().events {
                if let Event::StreamWithdrawn(event) = event {
                    *sums.entry(event.stream).or_default() += event.amount;
                }
            }
        }
    });
    sums
}

/// Takes an account away, as closing it would.
pub fn remove(world: &mut World, key: Pubkey) {
    world.svm.put(key, Account::default());
}

/// A transport that dies with its keeper: at its last request, before or after the node got it.
pub struct Mortal {
    node: Node,
    left: AtomicUsize,
    sees_it_done: bool,
}

/// What a keeper dies with.
struct Death;

impl Mortal {
    /// Dies at the request after `requests` further ones; with `sees_it_done`, the node acts on that
    /// one as well.
    pub fn new(node: Node, requests: usize, sees_it_done: bool) -> Self {
        Self { node, left: AtomicUsize::new(requests), sees_it_done }
    }
}

#[async_trait]
impl RpcSender for Mortal {
    async fn send(&self, request: RpcRequest, params: Value) -> Result<Value> {
        if self.left.load(Ordering::Relaxed) == 0 {
            if self.sees_it_done {
                let _ = self.node.answer(request, &params);
            }
            resume_unwind(Box::new(Death));
        }
        self.left.fetch_sub(1, Ordering::Relaxed);
        self.node.answer(request, &params)
    }

    fn get_transport_stats(&self) -> RpcTransportStats {
        RpcTransportStats::default()
    }

    fn url(&self) -> String {
        "mortal".to_owned()
    }
}

/// A keeper works until it rests or dies; whether it died.
pub fn work_until_death(node: &Node, settings: &Settings, mortal: Mortal) -> bool {
    let treasury = node.with(|world| world.community.treasury);
    let lived = catch_unwind(AssertUnwindSafe(|| {
        let (network, purse) = (network(mortal), purse(0));
        let mut keeper = Keeper::open(&network, &treasury, &purse, settings.clone()).unwrap();
        rest(&mut keeper);
    }));
    match lived {
        Ok(()) => false,
        Err(cause) if cause.is::<Death>() => true,
        Err(cause) => resume_unwind(cause),
    }
}
