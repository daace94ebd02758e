//! What a keeper does and leaves, one thing at a time.
//!
//! Under [`brisk`] an epoch that opens on day 0 votes from day 3, is settled on day 6, its acts and
//! risky awards are executed on day 10, and the next epoch may open on day 7.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{scope, sleep},
    time::{Duration, Instant},
};

use anchor_lang::prelude::Pubkey;
use anchor_spl::token_2022::spl_token_2022::state::AccountState;
use async_trait::async_trait;
use budget_client::ballot::Choice::{Against, For};
use budget_keeper::{Crank, Keeper, Reason, Said, Settings, Snapshot, View, plan};
use budget_rpc::{Class, Trouble};
use budget_sim::{
    node::Node,
    svm::{GENESIS, keypair},
    token::{edit, put_token_account},
    world::{Ask, Person, test_policy},
};
use community_budget::{
    constants::DAY_SECS,
    state::{Action, Policy, PolicyPatch},
};
use serde_json::Value;
use solana_rpc_client::rpc_sender::{RpcSender, RpcTransportStats};
use solana_rpc_client_api::{client_error::Result as Answer, request::RpcRequest};
use solana_signer::Signer;

use crate::stage::{DAY, accounts, events, network, node, purse, remove, rest, work, world};

const MILLION: u64 = 1_000_000;
/// The risky category of [`brisk`].
const HEDGES: u8 = 1;

/// Epochs of a week, no fees, a hedge category, a breaker that trips at a loss of 5 % for 30 days.
fn brisk() -> Policy {
    let mut policy = test_policy();
    policy.schedule.period_secs = 7 * DAY_SECS;
    policy.schedule.submission_secs = 3 * DAY_SECS;
    policy.schedule.voting_secs = 3 * DAY_SECS;
    policy.schedule.max_extension_secs = 0;
    policy.slate.slot_fee = 0;
    policy.slate.bond = 0;
    policy.budget.epoch_cap_bps = 3_000;
    policy.risk.max_drawdown_bps = 500;
    policy.risk.mark_age_secs = 60 * DAY_SECS;
    policy.risk.category_count = 2;
    policy.risk.categories[usize::from(HEDGES)] = policy.risk.categories[0];
    let hedges = &mut policy.risk.categories[usize::from(HEDGES)];
    hedges.name = *b"hedges\0\0\0\0\0\0\0\0\0\0";
    hedges.class = 1;
    hedges.exposure_limit_bps = 5_000;
    hedges.haircut_bps = 1_000;
    policy.breaker.trip_secs = 30 * DAY_SECS;
    policy
}

/// A community with one voter who decides, under a node.
struct Scene {
    node: Node,
    voter: Person,
}

impl Scene {
    fn under(policy: Policy) -> Self {
        let mut w = world(policy);
        let voter = w.staker(1_000);
        Self { node: node(w), voter }
    }

    fn to(&self, day: i64) {
        self.node.with(|w| w.svm.set_now(GENESIS + day * DAY));
    }

    fn work(&self) -> Snapshot {
        work(&self.node, &Settings::default())
    }

    fn work_on(&self, day: i64) -> Snapshot {
        self.to(day);
        self.work()
    }

    /// Keeps an epoch that opened on `day` up to its settlement, with these asks and acts on its
    /// slate, all voted for. Who proposed them.
    fn decide(&self, day: i64, asks: &[Ask], acts: &[Action]) -> Vec<Person> {
        self.work_on(day);
        let people = self.node.with(|w| {
            let mut people = Vec::new();
            for ask in asks {
                let proposer = w.proposer();
                w.submit(&proposer, ask).unwrap();
                people.push(proposer);
            }
            for act in acts {
                let proposer = w.proposer();
                w.submit_action(&proposer, act.clone()).unwrap();
                people.push(proposer);
            }
            people
        });
        self.to(day + 3);
        self.node.with(|w| {
            let count = w.epoch(w.current()).entry_count;
            let all: Vec<_> = (0..count).map(|index| (index, For)).collect();
            w.cast(&self.voter, &all).unwrap();
        });
        let numbers = self.work_on(day + 6);
        assert_eq!(numbers.landed[&Crank::SettleEpoch], 1);
        people
    }

    fn account_of(&self, person: &Person) -> Pubkey {
        self.node.with(|w| w.community.budget_account(&person.key()))
    }

    fn freeze(&self, account: Pubkey, is_frozen: bool) {
        let state = if is_frozen { AccountState::Frozen } else { AccountState::Initialized };
        self.node.with(|w| edit(&mut w.svm, &account, |token| token.state = state));
    }
}

fn hedge(amount: u64) -> Ask {
    Ask { category: HEDGES, duration_secs: 17 * DAY_SECS, ..Ask::of(amount) }
}

fn waits_for(numbers: &Snapshot, crank: Crank, reason: Reason) -> bool {
    numbers.hindrances.iter().any(|it| it.crank == crank && it.reason == reason)
}

#[test]
fn a_breaker_is_tripped_before_anything_is_executed_and_cleared_and_losses_are_written_off() {
    let scene = Scene::under(brisk());
    scene.decide(0, &[hedge(200 * MILLION)], &[]);
    scene.work_on(10);
    scene.work_on(27);
    let out = scene.node.with(|w| w.treasury().positions[usize::from(HEDGES)].cost);
    assert_eq!(out, 200 * MILLION);
    scene.node.with(|w| w.mark(HEDGES, 100 * MILLION).unwrap());
    // Epoch 1 opened on day 7 and was settled on day 27, epoch 2 opened on day 27; the mark counts
    // from epoch 3 on.
    scene.work_on(33);
    let loss = Action::WriteOff { category: HEDGES, amount: 100 * MILLION };
    let before = scene.node.with(|w| w.current());
    scene.node.with(|w| w.svm.set_now(GENESIS + 34 * DAY));
    let numbers = scene.work();
    assert_eq!(numbers.landed.get(&Crank::OpenEpoch), Some(&1), "{numbers:?}");
    assert_eq!(scene.node.with(|w| w.current()), before + 1);
    assert_eq!(numbers.landed.get(&Crank::TripBreaker), Some(&1), "{numbers:?}");
    let slate = Action::SetPolicy(PolicyPatch::Slate(brisk().slate));
    scene.decide(34, &[], &[Action::ClearBreaker, loss, slate]);
    scene.to(44);
    let settings = Settings { without: [Crank::ExecuteClearBreaker].into(), ..Settings::default() };
    let numbers = work(&scene.node, &settings);
    assert!(waits_for(&numbers, Crank::ExecuteSetPolicy, Reason::ExecutionBlocked), "{numbers:?}");
    assert_eq!(numbers.landed.get(&Crank::ExecuteWriteOff), Some(&1), "{numbers:?}");
    let numbers = scene.work();
    for crank in [Crank::ExecuteClearBreaker, Crank::ExecuteSetPolicy] {
        assert_eq!(numbers.landed.get(&crank), Some(&1), "{crank}: {numbers:?}");
    }
    assert_eq!(scene.node.with(|w| w.treasury().realised_loss), 100 * MILLION);
    assert!(numbers.refused.is_empty(), "{numbers:?}");
}

#[test]
fn a_stake_that_nobody_votes_with_falls_asleep_and_wakes_no_keeper_again() {
    let scene = Scene::under(brisk());
    let (voter, dust) = scene.node.with(|w| (w.staker(1_000_000), w.staker(1)));
    for epoch in 0..8 {
        let numbers = scene.work_on(7 * epoch);
        assert_eq!(numbers.landed.get(&Crank::MarkDormant), None, "epoch {epoch}");
        if epoch == 4 {
            scene.node.with(|w| w.staker(10_000_000));
        }
        scene.work_on(7 * epoch + 6);
    }
    assert_eq!(scene.node.with(|w| w.treasury().settled_epochs()), 8);
    // Eight epochs are over without a ballot of either.
    let numbers = scene.work_on(56);
    assert_eq!(numbers.landed.get(&Crank::MarkDormant), None, "it was done with the eighth");
    assert_eq!(scene.node.with(|w| w.stake_of(&voter).dormant), 1);
    // A weight of one in a million is not worth a transaction.
    assert_eq!(scene.node.with(|w| w.stake_of(&dust).dormant), 0);
    assert_eq!(scene.node.with(|w| w.treasury().total_weight), 10_000_001);
}

#[test]
fn a_missing_account_is_created_only_when_asked_for_and_at_the_keepers_cost() {
    let scene = Scene::under(brisk());
    let people = scene.decide(0, &[Ask::of(MILLION)], &[]);
    let account = scene.account_of(&people[0]);
    scene.node.with(|w| remove(w, account));
    scene.work_on(7);
    let numbers = scene.work_on(27);
    assert!(waits_for(&numbers, Crank::WithdrawStream, Reason::AccountMissing), "{numbers:?}");
    let why = &numbers.hindrances[0].why;
    assert!(why.contains(&account.to_string()) && why.contains("does not exist"), "{why}");

    let before = scene.node.with(|w| w.svm.lamports(&purse(0).pubkey()));
    let settings = Settings { create_accounts: true, ..Settings::default() };
    let numbers = work(&scene.node, &settings);
    assert_eq!(numbers.landed[&Crank::WithdrawStream], 1);
    assert!(scene.node.with(|w| w.purse(&people[0])) > 300_000);
    let rent = scene.node.with(|w| w.svm.lamports(&account));
    let after = scene.node.with(|w| w.svm.lamports(&purse(0).pubkey()));
    // Another epoch's rent may be out or back; the account's is gone.
    assert!(before - after >= rent && rent > 2_000_000, "{before} {after} {rent}");
}

#[test]
fn a_frozen_payout_account_is_passed_over_where_the_program_lets_it() {
    let scene = Scene::under(brisk());
    let recipient = scene.decide(0, &[Ask::of(MILLION)], &[]).remove(0);
    let own = scene.account_of(&recipient);
    scene.work_on(7);
    scene.freeze(own, true);
    let numbers = scene.work_on(14);
    assert!(waits_for(&numbers, Crank::WithdrawStream, Reason::AccountUnpayable), "{numbers:?}");
    assert!(numbers.hindrances[0].why.contains("is frozen"), "{numbers:?}");

    // The recipient chooses another account, and loses that one as well.
    scene.freeze(own, false);
    let other = keypair("other account", 1).pubkey();
    scene.node.with(|w| {
        let c = w.community;
        let (program, mint) = (c.budget_token_program, c.budget_mint);
        put_token_account(&mut w.svm, other, program, mint, recipient.key(), 0);
        let stream = w.stream_key(0, 0);
        w.send(c.redirect_payout(recipient.key(), stream, other), &[&recipient]).unwrap();
    });
    scene.freeze(other, true);
    let before = scene.node.with(|w| w.purse(&recipient));
    let numbers = scene.work_on(21);
    assert_eq!(numbers.landed[&Crank::WithdrawStream], 1);
    assert!(scene.node.with(|w| w.purse(&recipient)) > before, "its own account is the way out");
}

#[test]
fn records_linger_for_as_long_as_they_are_to_be_recounted() {
    let scene = Scene::under(brisk());
    let settings = Settings { linger_secs: 5 * DAY_SECS, ..Settings::default() };
    scene.work_on(0);
    scene.node.with(|w| {
        let proposer = w.proposer();
        w.submit(&proposer, &Ask::of(MILLION)).unwrap();
        w.to_voting();
        w.cast(&scene.voter, &[(0, For)]).unwrap();
    });
    scene.to(6);
    let numbers = work(&scene.node, &settings);
    assert_eq!(numbers.landed.keys().copied().collect::<Vec<_>>(), [Crank::SettleEpoch]);
    scene.to(10);
    let numbers = work(&scene.node, &settings);
    assert_eq!(numbers.landed.get(&Crank::CloseVoteRecord), None, "{numbers:?}");
    scene.to(11);
    let numbers = work(&scene.node, &settings);
    for crank in [Crank::CloseVoteRecord, Crank::CloseProposal, Crank::CloseEpoch] {
        assert_eq!(numbers.landed.get(&crank), Some(&1), "{crank}: {numbers:?}");
    }
}

#[test]
fn a_payment_waits_until_it_is_worth_a_transaction_but_the_rest_is_paid() {
    let scene = Scene::under(brisk());
    let ask = Ask { duration_secs: 10 * DAY_SECS, ..Ask::of(MILLION) };
    let recipient = scene.decide(0, &[ask], &[]).remove(0);
    scene.work_on(7);
    let before = scene.node.with(|w| w.purse(&recipient));
    let paid = || scene.node.with(|w| w.purse(&recipient)) - before;
    let settings = Settings { min_payout: 450_000, ..Settings::default() };
    for (day, sum) in [(8, 0), (11, 0), (12, 500_000), (16, 500_000), (17, MILLION)] {
        scene.to(day);
        work(&scene.node, &settings);
        assert_eq!(paid(), sum, "day {day}");
    }
}

#[test]
fn the_outflow_limit_is_waited_for() {
    let mut policy = brisk();
    policy.breaker.outflow_bps = 100;
    let scene = Scene::under(policy);
    // 100 million over 17 days; 10 million may leave in a week.
    let ask = Ask { duration_secs: 17 * DAY_SECS, ..Ask::of(100 * MILLION) };
    let recipient = scene.decide(0, &[ask], &[]).remove(0);
    scene.work_on(10);
    let before = scene.node.with(|w| w.purse(&recipient));
    let settings = Settings { min_payout: 20 * MILLION, ..Settings::default() };
    scene.to(15);
    let numbers = work(&scene.node, &settings);
    assert!(waits_for(&numbers, Crank::WithdrawStream, Reason::OutflowLimited), "{numbers:?}");
    assert_eq!(scene.node.with(|w| w.purse(&recipient)), before);
    // What has waited for three days is held back by nothing.
    scene.to(17);
    let numbers = work(&scene.node, &settings);
    assert_eq!(numbers.landed[&Crank::WithdrawStream], 1);
    assert!(scene.node.with(|w| w.purse(&recipient)) - before >= 20 * MILLION);
}

#[test]
fn no_epoch_is_opened_without_the_least_cap() {
    let mut policy = brisk();
    policy.budget.min_cap = 400 * MILLION;
    let scene = Scene::under(policy);
    let numbers = scene.work_on(0);
    assert!(numbers.landed.is_empty());
    assert!(waits_for(&numbers, Crank::OpenEpoch, Reason::CapBelowMinimum), "{numbers:?}");
}

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
fn a_plan_says_when_time_makes_something_due() {
    let scene = Scene::under(brisk());
    scene.work_on(0);
    let network = network(scene.node.clone());
    let community = scene.node.with(|w| w.community);
    let view = View::read(&network, &community).unwrap();
    let quiet = plan(&view, &Settings::default(), Pubkey::default());
    assert!(quiet.steps.is_empty() && quiet.hindrances.is_empty());
    let next = quiet.next.unwrap();
    assert_eq!((next.at, next.what.as_str()), (GENESIS + 6 * DAY, "settle_epoch of epoch 0"));
    // Read at another time, the same accounts ask for something.
    let later = View { now: next.at, ..view };
    let due = plan(&later, &Settings::default(), Pubkey::default());
    let [step] = due.steps.as_slice() else { panic!("{due:?}") };
    assert_eq!((step.crank, step.since), (Crank::SettleEpoch, Some(next.at)));
    assert_eq!(step.why, "voting of epoch 0 has closed");
    let without = Settings { without: [Crank::SettleEpoch].into(), ..Settings::default() };
    assert!(plan(&later, &without, Pubkey::default()).steps.is_empty());
}

#[test]
fn a_dust_surplus_costs_nothing() {
    let scene = Scene::under(brisk());
    scene.node.with(|w| w.donate(9));
    let settings = Settings { min_surplus: 10, ..Settings::default() };
    assert_eq!(work(&scene.node, &settings).landed.get(&Crank::AbsorbSurplus), None);
    scene.to(6);
    let numbers = work(&scene.node, &settings);
    assert_eq!(numbers.landed.keys().copied().collect::<Vec<_>>()[0], Crank::SettleEpoch);
    assert_eq!(numbers.landed.get(&Crank::AbsorbSurplus), None, "{numbers:?}");
    scene.node.with(|w| w.donate(1));
    let numbers = work(&scene.node, &settings);
    assert_eq!(numbers.landed.get(&Crank::AbsorbSurplus), Some(&1), "{numbers:?}");
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

#[test]
fn an_epoch_is_opened_when_all_is_free_that_this_day_frees() {
    let mut policy = brisk();
    policy.budget.reward_bps = 200;
    let scene = Scene::under(policy);
    scene.work_on(0);
    scene.node.with(|w| {
        let (proposer, other) = (w.proposer(), w.staker(1_000));
        w.submit(&proposer, &Ask::of(MILLION)).unwrap();
        w.to_voting();
        // Half of the pool stays unclaimed.
        w.cast(&other, &[(0, Against)]).unwrap();
    });
    let settings = Settings { linger_secs: DAY_SECS, ..Settings::default() };
    scene.to(6);
    work(&scene.node, &settings);
    scene.to(7);
    let numbers = work(&scene.node, &settings);
    assert_eq!(numbers.landed.get(&Crank::CloseEpoch), Some(&1), "{numbers:?}");
    assert_eq!(numbers.landed.get(&Crank::OpenEpoch), Some(&1), "{numbers:?}");
    let (free, books) = scene.node.with(|w| (w.epoch(1).free_at_open, w.treasury()));
    assert_eq!(free, books.tracked - books.committed, "the old rewards were free again");
}

#[test]
fn two_streams_share_one_outflow_limit_and_none_is_refused() {
    let mut policy = brisk();
    policy.breaker.outflow_bps = 100;
    let scene = Scene::under(policy);
    let ask = Ask { duration_secs: 17 * DAY_SECS, ..Ask::of(90 * MILLION) };
    scene.decide(0, &[ask.clone(), ask], &[]);
    scene.work_on(10);
    // Each has released 7 million and more; 10 million may leave in a week.
    let settings = Settings { min_payout: 7 * MILLION, ..Settings::default() };
    scene.node.with(|w| w.svm.set_now(GENESIS + 10 * DAY + 130_000));
    let numbers = work(&scene.node, &settings);
    assert_eq!(numbers.landed.get(&Crank::WithdrawStream), Some(&1), "{numbers:?}");
    assert!(waits_for(&numbers, Crank::WithdrawStream, Reason::OutflowLimited), "{numbers:?}");
    assert!(numbers.refused.is_empty() && numbers.lost_races.is_empty(), "{numbers:?}");
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
