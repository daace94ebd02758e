//! Two keepers at once, request by request in the order that a seed draws.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::scope,
};

use anchor_lang::Discriminator;
use async_trait::async_trait;
use budget_keeper::{Keeper, Settings, Snapshot};
use budget_sim::node::Node;
use community_budget::state::Treasury;
use serde_json::Value;
use solana_rpc_client::rpc_sender::{RpcSender, RpcTransportStats};
use solana_rpc_client_api::{client_error::Result, request::RpcRequest};

use crate::{
    script::{begin, live},
    stage::{assert_same, events, network, paid, purse, rest, work},
};

/// Whose turn it is.
struct Turns {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    dice: fastrand::Rng,
    next: usize,
    gone: [bool; 2],
}

impl State {
    fn draw(&mut self) {
        self.next = self.dice.usize(0..2);
        if self.gone[self.next] {
            self.next = 1 - self.next;
        }
    }
}

impl Turns {
    fn new(seed: u64) -> Arc<Self> {
        let mut state =
            State { dice: fastrand::Rng::with_seed(seed), next: 0, gone: [false, false] };
        state.draw();
        Arc::new(Self { state: Mutex::new(state), changed: Condvar::new() })
    }

    /// Does `act` when it is the turn of `me`, and draws whose is next.
    fn take<T>(&self, me: usize, act: impl FnOnce() -> T) -> T {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.changed.wait_while(state, |state| state.next != me).unwrap();
        let done = act();
        state.draw();
        self.changed.notify_all();
        done
    }

    fn leave(&self, me: usize) {
        let mut state = self.state.lock().unwrap();
        state.gone[me] = true;
        state.draw();
        self.changed.notify_all();
    }
}

struct Player {
    node: Node,
    turns: Arc<Turns>,
    me: usize,
}

#[async_trait]
impl RpcSender for Player {
    async fn send(&self, request: RpcRequest, params: Value) -> Result<Value> {
        self.turns.take(self.me, || self.node.answer(request, &params))
    }

    fn get_transport_stats(&self) -> RpcTransportStats {
        RpcTransportStats::default()
    }

    fn url(&self) -> String {
        format!("player {}", self.me)
    }
}

/// Two keepers work until both rest; `purses` pay for them. Their numbers.
fn both_work(node: &Node, settings: &Settings, seed: u64, purses: [u64; 2]) -> [Snapshot; 2] {
    let turns = Turns::new(seed);
    let treasury = node.with(|world| world.community.treasury);
    scope(|threads| {
        let keepers = [0, 1].map(|me| {
            let turns = Arc::clone(&turns);
            threads.spawn(move || {
                let player = Player { node: node.clone(), turns: Arc::clone(&turns), me };
                let (network, purse) = (network(player), purse(purses[me]));
                let mut keeper =
                    Keeper::open(&network, &treasury, &purse, settings.clone()).unwrap();
                rest(&mut keeper);
                turns.leave(me);
                keeper.counters().snapshot()
            })
        });
        keepers.map(|keeper| keeper.join().unwrap())
    })
}

/// `refresh_stake` is the one step that the program does not refuse to repeat: it leaves the same
/// weight and a number on the treasury's counter. Takes these numbers back and returns how many.
fn forget_repeated_refreshes(undisturbed: &Node, node: &Node) -> usize {
    let refreshes = |node| events(node)["StakeRefreshed"];
    let again = refreshes(node) - refreshes(undisturbed);
    assert!(again <= 1, "as many as one keeper beside another can do");
    node.with(|w| {
        let key = w.community.treasury;
        let mut account = w.svm.get(&key).unwrap();
        let at = Treasury::DISCRIMINATOR.len() + std::mem::offset_of!(Treasury, seq);
        let seq = w.treasury().seq - u64::try_from(again).unwrap();
        account.data[at..at + 8].copy_from_slice(&seq.to_le_bytes());
        w.svm.put(key, account);
    });
    again
}

#[test]
fn two_keepers_come_to_the_same_end_and_pay_nothing_twice() {
    let (morning, cast) = begin();
    let undisturbed = morning.fork();
    live(&undisturbed, &cast, |node, settings, _| {
        work(node, settings);
    });
    for (seed, purses) in [(1, [0, 1]), (2, [0, 1]), (3, [0, 0]), (4, [0, 0])] {
        let node = morning.fork();
        let (mut lost, mut refused) = (0, 0);
        let mut landed = [0, 0];
        live(&node, &cast, |node, settings, day| {
            let seed = seed * 1_000 + day.unsigned_abs();
            for (me, numbers) in both_work(node, settings, seed, purses).iter().enumerate() {
                lost += numbers.lost_races.values().sum::<u64>();
                refused += numbers.refused.values().sum::<u64>();
                landed[me] += numbers.landed.values().sum::<u64>();
            }
        });
        let what = format!("seed {seed}, purses {purses:?}");
        let again = forget_repeated_refreshes(&undisturbed, &node);
        assert_same(&undisturbed, &node, &what);
        let mut happened = events(&node);
        *happened.get_mut("StakeRefreshed").unwrap() -= again;
        assert_eq!(events(&undisturbed), happened, "{what}: each step happened once");
        assert_eq!(paid(&undisturbed), paid(&node), "{what}");
        assert!(lost > 20, "{what}: {lost} races were lost");
        assert_eq!(refused, 0, "{what}: a lost race is no refusal");
        assert!(landed.iter().all(|count| *count > 20), "{what}: both took part: {landed:?}");
    }
}
