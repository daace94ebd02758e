//! A keeper at work: refusals, silence, numbers, and how it stops.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{scope, sleep},
    time::{Duration, Instant},
};

use anchor_lang::prelude::Pubkey;
use async_trait::async_trait;
use budget_keeper::{Crank, Keeper, Said, Settings, Snapshot};
use budget_rpc::{Class, Trouble};
use budget_sim::{node::Node, svm::GENESIS};
use community_budget::state::{Action, PolicyPatch};
use serde_json::Value;
use solana_rpc_client::rpc_sender::{RpcSender, RpcTransportStats};
use solana_rpc_client_api::{client_error::Result as Answer, request::RpcRequest};
use solana_signer::Signer;

use crate::{
    scene::{Scene, brisk},
    stage::{DAY, accounts, events, network, purse, remove, rest},
};

#[test]
fn what_is_refused_for_good_is_set_aside_for_longer_and_longer() {
    let scene = Scene::under(brisk());
    let mut broken = brisk().budget;
    broken.epoch_cap_abs = 1;
    broken.min_cap = 2;
    let sound = Action::SetPolicy(PolicyPatch::Slate(brisk().slate));
    let acts = [Action::SetPolicy(PolicyPatch::Budget(broken)), sound];
    scene.decide(0, &[], &acts);
    scene.to(10);
    let (network, purse) = (network(scene.node.clone()), purse(0));
    let treasury = scene.node.with(|w| w.community.treasury);
    let settings = Settings { without: [Crank::OpenEpoch].into(), ..Settings::default() };
    let said = Mutex::new(Vec::new());
    let mut keeper = Keeper::open(&network, &treasury, &purse, settings).unwrap();
    keeper.on_event(|event| said.lock().unwrap().push(event.clone()));
    let mut pauses = Vec::new();
    for times in 1..=4 {
        rest(&mut keeper);
        let numbers = keeper.counters().snapshot();
        // The other act was not held up.
        assert_eq!(numbers.landed[&Crank::ExecuteSetPolicy], 1);
        assert_eq!(numbers.refused["PolicyInconsistent"], times);
        let [aside] = numbers.aside.as_slice() else { panic!("{numbers:?}") };
        assert_eq!((aside.name.as_str(), u64::from(aside.times)), ("PolicyInconsistent", times));
        let now = scene.node.with(|w| w.svm.now());
        pauses.push(aside.until - now);
        scene.node.with(|w| w.svm.set_now(aside.until - 1));
        rest(&mut keeper);
        assert_eq!(keeper.counters().snapshot().refused["PolicyInconsistent"], times, "it waits");
        scene.node.with(|w| w.svm.advance(1));
    }
    assert_eq!(pauses, [30, 60, 120, 240]);
    drop(keeper);
    let said = said.into_inner().unwrap();
    let aside = said.iter().find(|it| matches!(it, Said::SetAside { .. })).unwrap();
    assert!(aside.to_string().contains("PolicyInconsistent"), "{aside}");
    // When its grace is over it lapses, as anything.
    let numbers = scene.work_on(20);
    assert_eq!(numbers.landed[&Crank::LapseProposal], 1);
    let events = events(&scene.node);
    assert_eq!((events["ProposalLapsed"], events["PolicySet"]), (1, 1));
}

#[test]
fn a_keeper_without_sol_says_so_and_changes_nothing() {
    let scene = Scene::under(brisk());
    scene.node.with(|w| remove(w, purse(0).pubkey()));
    let (network, purse) = (network(scene.node.clone()), purse(0));
    let treasury = scene.node.with(|w| w.community.treasury);
    let mut keeper = Keeper::open(&network, &treasury, &purse, Settings::default()).unwrap();
    let before = accounts(&scene.node);
    let round = keeper.round().unwrap();
    let trouble = round.trouble.clone().unwrap();
    assert_eq!(trouble.class(), Class::Funds, "{trouble}");
    assert!(trouble.to_string().contains("too little SOL"), "{trouble}");
    assert_eq!(keeper.counters().snapshot().refused["NoSol"], 1);
    assert_eq!(keeper.counters().snapshot().last_success_at, 0, "no round was carried through");
    assert!(before == accounts(&scene.node));
}

#[test]
fn how_late_it_is_can_be_read() {
    let scene = Scene::under(brisk());
    scene.work_on(0);
    scene.node.with(|w| w.svm.set_now(GENESIS + 6 * DAY + 10_800));
    let numbers = scene.work();
    assert_eq!((numbers.lag.count, numbers.lag.max_secs), (1, 10_800));
    assert!(numbers.last_success_at > GENESIS / 2);
    assert_eq!(numbers.read_at, GENESIS + 6 * DAY + 10_800);
    assert_eq!(numbers.next_due_at, Some(GENESIS + 7 * DAY), "epoch 1 may be opened");
}

#[test]
fn there_must_be_a_treasury() {
    let scene = Scene::under(brisk());
    let (network, purse) = (network(scene.node.clone()), purse(0));
    let nowhere = Pubkey::new_from_array([5; 32]);
    let refused = Keeper::open(&network, &nowhere, &purse, Settings::default()).err().unwrap();
    assert!(matches!(refused, Trouble::NoAccount { key, .. } if key == nowhere), "{refused}");
    let epoch = scene.node.with(|w| {
        w.open_epoch().unwrap();
        w.community.epoch(0)
    });
    let refused = Keeper::open(&network, &epoch, &purse, Settings::default()).err().unwrap();
    assert!(matches!(refused, Trouble::NotBelieved { .. }), "{refused}");
}

#[test]
fn a_running_keeper_settles_by_itself_and_stops_when_told() {
    let scene = Scene::under(brisk());
    let (network, purse) = (network(scene.node.clone()), purse(0));
    let treasury = scene.node.with(|w| w.community.treasury);
    let settings = Settings { poll: Duration::from_millis(50), ..Settings::default() };
    let mut keeper = Keeper::open(&network, &treasury, &purse, settings).unwrap();
    let counters = keeper.counters();
    let stop = AtomicBool::new(false);
    let until = |holds: &dyn Fn(&Snapshot) -> bool| {
        let begun = Instant::now();
        while !holds(&counters.snapshot()) {
            assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", counters.snapshot());
            sleep(Duration::from_millis(20));
        }
    };
    scope(|threads| {
        let running = threads.spawn(|| keeper.run(&stop));
        until(&|numbers| numbers.landed.contains_key(&Crank::OpenEpoch));
        scene.to(6);
        until(&|numbers| numbers.landed.contains_key(&Crank::SettleEpoch));
        stop.store(true, Ordering::Relaxed);
        let begun = Instant::now();
        running.join().unwrap();
        assert!(begun.elapsed() < Duration::from_secs(2));
    });
}

/// A node that never answers one kind of request.
struct Deaf(Node, RpcRequest);

#[async_trait]
impl RpcSender for Deaf {
    async fn send(&self, request: RpcRequest, params: Value) -> Answer<Value> {
        if request == self.1 {
            return Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset).into());
        }
        self.0.answer(request, &params)
    }

    fn get_transport_stats(&self) -> RpcTransportStats {
        RpcTransportStats::default()
    }

    fn url(&self) -> String {
        "deaf".to_owned()
    }
}

#[test]
fn a_step_without_an_answer_is_tried_a_few_times_and_then_set_aside() {
    let scene = Scene::under(brisk());
    let deaf = Deaf(scene.node.clone(), RpcRequest::SimulateTransaction);
    let (network, purse) = (network(deaf), purse(0));
    let treasury = scene.node.with(|w| w.community.treasury);
    let mut keeper = Keeper::open(&network, &treasury, &purse, Settings::default()).unwrap();
    for _ in 0..5 {
        let round = keeper.round().unwrap();
        assert_eq!((round.unanswered, round.landed), (1, 0));
        assert_eq!(round.trouble.unwrap().class(), Class::Unreachable);
    }
    let round = keeper.round().unwrap();
    assert!(round.is_quiet() && round.aside == 1, "{round:?}");
    let numbers = keeper.counters().snapshot();
    assert_eq!((numbers.retries, numbers.refused["NoAnswer"]), (5, 1));
    assert_eq!(numbers.aside[0].crank, Crank::OpenEpoch);
}
