//! What a keeper does and leaves, one thing at a time; [`crate::scene`] says on which day what is.

use anchor_lang::prelude::Pubkey;
use budget_client::ballot::Choice::{Against, For};
use budget_keeper::{Crank, Reason, Settings, View, plan};
use budget_sim::{svm::GENESIS, world::Ask};
use community_budget::{
    constants::DAY_SECS,
    state::{Action, PolicyPatch},
};

use crate::{
    scene::{HEDGES, MILLION, Scene, brisk, hedge, waits_for},
    stage::{DAY, network, work},
};

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
fn no_epoch_is_opened_without_the_least_cap() {
    let mut policy = brisk();
    policy.budget.min_cap = 400 * MILLION;
    let scene = Scene::under(policy);
    let numbers = scene.work_on(0);
    assert!(numbers.landed.is_empty());
    assert!(waits_for(&numbers, Crank::OpenEpoch, Reason::CapBelowMinimum), "{numbers:?}");
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
