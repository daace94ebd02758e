//! Holes that rules of voting tend to have: slots, quorums, electorates, names and locks.

use budget_rules::{allocation::Reason, outcome::Failure};
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Action, Role},
};

use crate::stage::*;

/// One bond fills the slate over and over: submitted, withdrawn, submitted again.
#[test]
fn slate_exhaustion_by_recycled_bonds() {
    let (mut w, stakers) = submission(test_policy(), &[1_000]);
    let (fee, bond) = (1_000, 50_000);
    let mut spammers = Vec::new();
    for slot in 0..12u64 {
        if slot % 3 == 0 {
            spammers.push(w.proposer());
        }
        let spammer = spammers.last().unwrap().clone();
        w.submit(&spammer, &Ask::of(1)).unwrap();
        w.withdraw(&spammer, u8::try_from(slot).unwrap()).unwrap();
        // Withdrawing gives no bond back yet, and no slot.
        assert_eq!(w.treasury().bonded, (slot + 1) * bond);
        refused(&mut w, BudgetError::NotSettled, |w| {
            w.close_proposal(0, u8::try_from(slot).unwrap())
        });
    }
    let fees = 4 * fee + 4 * 2 * fee + 4 * 4 * fee;
    assert_eq!(w.vault(), FUNDS + fees);
    // The last quarter is not for sale: it takes acts, one for each stake of weight.
    let late = w.proposer();
    refused(&mut w, BudgetError::SlotReserved, |w| w.submit(&late, &Ask::of(1)));
    let act = || World::set_role(Role::Guardian, Default::default());
    refused(&mut w, BudgetError::StakeTooSmall, |w| w.submit_action(&late, act()));
    w.open_recipient_record(stakers[0].key()).unwrap();
    w.submit_action_with(&stakers[0], true, act()).unwrap();
    refused(&mut w, BudgetError::ReservedSlotUsed, |w| {
        w.submit_action_with(&stakers[0], true, act())
    });
    carry(&mut w, &[&stakers[0]]);
    assert_eq!(verdict(&w, 0, 12), is(Outcome::Approved));
    // The bonds come back after the settlement, the fees never.
    for slot in 0..12 {
        w.close_proposal(0, slot).unwrap();
    }
    let left: u64 = spammers.iter().map(|spammer| w.purse(spammer)).sum();
    assert_eq!(left, 4 * PURSE - fees);
    assert_eq!(w.vault(), FUNDS + fees + 8 * fee);
}

/// Abstainers, or opponents, supply the quorum that supporters lack.
#[test]
fn abstain_farming_of_quorum() {
    for (weights, choice, expected) in [
        ([15, 985], Abstain, failed(Failure::SupportTooThin)),
        ([16, 984], Abstain, is(Outcome::Funded)),
        ([15, 14], Against, failed(Failure::QuorumMissed)),
    ] {
        let rest = 1_000 - weights[0] - weights[1];
        let mut all_weights = weights.to_vec();
        if rest > 0 {
            all_weights.push(rest);
        }
        let (mut w, stakers) = submission(test_policy(), &all_weights);
        ask(&mut w, &Ask::of(SMALL));
        w.to_voting();
        w.cast(&stakers[0], &[(0, For)]).unwrap();
        w.cast(&stakers[1], &[(0, choice)]).unwrap();
        w.to_tallying();
        w.settle().unwrap();
        assert_eq!(verdict(&w, 0, 0), expected, "{weights:?}");
    }
}

/// A community of nobody, or of one dust stake.
#[test]
fn empty_or_dust_electorate() {
    let (mut w, _) = submission(test_policy(), &[]);
    let attacker = ask(&mut w, &in_a_day(SMALL));
    w.open_stake(&attacker, 7 * DAY_SECS).unwrap();
    w.to_voting();
    w.stake(&attacker, 1).unwrap(); // after the opening
    refused(&mut w, BudgetError::NoVotingPower, |w| w.cast(&attacker, &[(0, For)]));
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(verdict(&w, 0, 0), failed(Failure::ElectorateTooSmall));

    let mut policy = test_policy();
    policy.stake.min_total_weight = 1_000;
    for (weight, expected) in
        [(1, failed(Failure::ElectorateTooSmall)), (1_000, is(Outcome::Funded))]
    {
        let (mut w, stakers) = submission(policy, &[weight]);
        ask(&mut w, &in_a_day(SMALL));
        carry(&mut w, &[&stakers[0]]);
        assert_eq!(verdict(&w, 0, 0), expected);
    }
}

/// Asks in somebody's name, to raise that person's tier or to use up that person's submissions.
#[test]
fn asks_filed_in_a_victims_name() {
    let (mut w, stakers) = submission(test_policy(), &[960, 40]);
    let victim = w.proposer();
    let filed: Vec<Person> = (0..3).map(|_| w.proposer()).collect();
    for enemy in &filed {
        w.submit_for(enemy, &victim, false, &Ask::of(200 * MILLION)).unwrap();
    }
    for _ in 0..3 {
        w.submit(&victim, &Ask::of(3 * MILLION)).unwrap();
    }
    w.to_voting();
    refused(&mut w, BudgetError::EntryNotVotable, |w| w.cast(&stakers[1], &[(0, For)]));
    // 4 % of the total: enough for small asks only, which the victim's still are.
    w.cast(&stakers[1], &[(3, For), (4, For), (5, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    for index in 0..3 {
        assert_eq!(verdict(&w, 0, index), is(Outcome::NotAccepted));
        assert_eq!(verdict(&w, 0, index + 3), is(Outcome::Funded));
        assert_eq!(w.entry(0, index + 3).tier, 0);
        w.close_proposal(0, index).unwrap();
    }
    // The enemies paid the fees.
    let spent: u64 = filed.iter().map(|enemy| PURSE - w.purse(enemy)).sum();
    assert_eq!(spent, 3 * 1_000);
}

/// One large ask in small pieces for recipients that nobody has seen before.
#[test]
fn splitting_over_fresh_recipients() {
    let (mut w, stakers) = submission(test_policy(), &[900, 100, 99]);
    for _ in 0..10 {
        ask(&mut w, &in_a_day(SMALL));
    }
    carry(&mut w, &[&stakers[2]]); // 9 % of the total: enough for small asks
    let funded: Vec<u8> = (0..10).filter(|index| w.entry(0, *index).is(Outcome::Funded)).collect();
    assert_eq!(funded.len(), 5, "together what one medium ask may be");
    assert_eq!(w.epoch(0).allocated, ALL_SMALL);
    for index in (0..10).filter(|index| !funded.contains(index)) {
        assert_eq!(verdict(&w, 0, index), unfunded(Reason::TierFull));
    }
    // With the weight of a medium ask the rest must stream as long as one, which a day is not.
    let (mut w, stakers) = submission(test_policy(), &[900, 100]);
    for _ in 0..10 {
        ask(&mut w, &in_a_day(SMALL));
    }
    carry(&mut w, &[&stakers[0]]);
    assert_eq!(w.epoch(0).allocated, ALL_SMALL);
}

/// The longest lock for the vote, the shortest right after it.
#[test]
fn lock_shopping() {
    let (mut w, _) = community(test_policy(), &[1_000]);
    let shopper = w.staker(1_000);
    w.set_lock(&shopper, 180 * DAY_SECS).unwrap();
    assert_eq!(w.stake_of(&shopper).weight, 1_500);
    w.open_epoch().unwrap();
    ask(&mut w, &Ask::of(SMALL));
    w.to_voting();
    // Shortened before the ballot, the bonus is gone from it. Longer again gives nothing back.
    w.set_lock(&shopper, 7 * DAY_SECS).unwrap();
    w.set_lock(&shopper, 180 * DAY_SECS).unwrap();
    w.cast(&shopper, &[(0, For)]).unwrap();
    assert_eq!(tally(&w, 0), (1_000, 0, 0));
    // And the tokens stay for the old cool-down after all.
    w.set_lock(&shopper, 7 * DAY_SECS).unwrap();
    let shortened_at = w.svm.now();
    w.unstake(&shopper, 1_000).unwrap();
    w.svm.set_now(shortened_at + 180 * DAY - 1);
    refused(&mut w, BudgetError::StillCooling, |w| w.withdraw_unstaked(&shopper));
    w.svm.advance(1);
    w.withdraw_unstaked(&shopper).unwrap();
    assert_eq!(stake_purse(&w, &shopper), PURSE);
}

/// One token earns the streak of eight epochs, and a million join it.
#[test]
fn streak_seeding() {
    let mut policy = test_policy();
    policy.stake.streak_bonus_bps = 10_000;
    let (mut w, stakers) = community(policy, &[1, 1_000]);
    for epoch in 0..8 {
        w.open_next_epoch();
        ask(&mut w, &Ask::of(1));
        w.to_voting();
        for staker in &stakers {
            w.cast(staker, &[(0, For)]).unwrap();
        }
        w.to_tallying();
        w.settle().unwrap();
        for staker in &stakers {
            w.close_vote_record(epoch, staker).unwrap();
        }
    }
    assert_eq!(w.stake_of(&stakers[1]).weight, 2_000, "a whole streak doubles");
    w.stake(&stakers[0], 999_999).unwrap();
    assert_eq!(w.stake_of(&stakers[0]).weight, 1_000_000, "a seed adds nothing");
}

/// Two acts give one role to two keys, in one slate and in two.
#[test]
fn conflicting_role_changes() {
    let (mut w, stakers) = community(brisk(), &[600, 400]);
    let keys = [0; 3].map(|_| w.person().key());
    let proposer = w.proposer();
    w.open_next_epoch();
    for key in &keys[..2] {
        w.submit_action(&proposer, World::set_role(Role::Guardian, *key)).unwrap();
    }
    w.to_voting();
    w.cast(&stakers[0], &[(0, For), (1, For)]).unwrap();
    w.cast(&stakers[1], &[(1, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(verdict(&w, 0, 0), is(Outcome::Superseded));
    assert_eq!(verdict(&w, 0, 1), is(Outcome::Approved));
    // The next epoch decides otherwise, and is executed first.
    w.approve_action(&proposer, &stakers[0], World::set_role(Role::Guardian, keys[2]));
    w.to_execution(1);
    refused(&mut w, BudgetError::EntryNotApproved, |w| w.execute_action(0, 0));
    w.execute_action(1, 0).unwrap();
    refused(&mut w, BudgetError::TargetChanged, |w| w.execute_action(0, 1));
    assert_eq!(w.treasury().guardian, keys[2]);
}

/// Settled and executed before a guardian could look.
#[test]
fn settle_and_execute_without_a_veto_window() {
    let (mut w, stakers) = submission(brisk(), &[1_000]);
    let recipient = ask(&mut w, &in_a_day(SMALL));
    let proposer = w.proposer();
    let raise = Action::SetPolicy(budget_of(&test_policy()));
    w.submit_action(&proposer, raise).unwrap();
    w.to_voting();
    w.cast(&stakers[0], &[(0, For), (1, For)]).unwrap();
    // Nobody settles for a year: the timelock still counts from the settlement.
    w.to_tallying();
    w.svm.advance(365 * DAY);
    let (payer, community) = (w.svm.fee_payer(), w.community);
    let settle = community.settle_epoch(0);
    for execute in
        [community.execute_award(payer, 0, 0, recipient.key()), community.execute_set_policy(0, 1)]
    {
        let at_once = [settle.clone(), execute];
        refused(&mut w, BudgetError::StillTimelocked, |w| together(w, &at_once, &[]));
    }
    w.settle().unwrap();
    let guardian = w.guardian.clone();
    w.svm.advance(DAY - 1);
    refused(&mut w, BudgetError::StillTimelocked, |w| w.execute(0, 0));
    w.veto(&guardian, 0, 0).unwrap();
    w.to_execution(0);
    refused(&mut w, BudgetError::TimelockOver, |w| w.veto(&guardian, 0, 1));
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.execute(0, 0));
    assert_eq!(w.treasury().committed, 0);
}

/// The last second before each close, by somebody who changes sides until nobody can answer.
#[test]
fn late_window_sniping() {
    let (mut w, stakers) = submission(test_policy(), &[450, 400, 150, 100, 50]);
    let [against, for_, sniper, defender, accomplice] = &stakers[..] else { unreachable!() };
    ask(&mut w, &Ask::of(SMALL));
    w.to_voting();
    w.cast(against, &[(0, Against)]).unwrap();
    w.cast(for_, &[(0, For)]).unwrap();
    w.cast(sniper, &[(0, Abstain)]).unwrap();
    let hard_end = w.epoch(0).voting_hard_end_at;
    let mut choices = [For, Abstain].into_iter().cycle();
    loop {
        w.to_tallying();
        w.svm.advance(-1);
        if w.svm.now() >= hard_end - DAY {
            break;
        }
        w.revise(sniper, &[(0, choices.next().unwrap())]).unwrap();
        // Each time there is a day to answer, and the game has an end.
        assert_eq!(w.epoch(0).voting_closes_at, (w.svm.now() + DAY).min(hard_end));
    }
    assert_eq!(tally(&w, 0), (550, 450, 0), "it ends on the sniper's side");
    // In the last window answers still count, and nothing that would undo them.
    w.cast(defender, &[(0, Against)]).unwrap();
    refused(&mut w, BudgetError::LatePassRefused, |w| w.cast(accomplice, &[(0, For)]));
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(verdict(&w, 0, 0), failed(Failure::NotMoreForThanAgainst));
}

/// Stake whose owner is gone for good keeps every quorum out of reach.
#[test]
fn dead_stake() {
    let (mut w, stakers) = community(test_policy(), &[9_000, 1_000]);
    let [dead, living] = [&stakers[0], &stakers[1]];
    w.open_recipient_record(living.key()).unwrap();
    let act = World::set_role(Role::Guardian, living.key());
    for epoch in 0..8 {
        let (_, index) = w.approve_action(living, living, act.clone());
        assert_eq!(verdict(&w, epoch, index), failed(Failure::QuorumMissed));
        refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(living));
        if epoch < 7 {
            refused(&mut w, BudgetError::NotDormant, |w| w.mark_dormant(dead));
        }
    }
    w.mark_dormant(dead).unwrap();
    assert_eq!(w.treasury().total_weight, 1_000);
    let (epoch, index) = w.approve_action(living, living, act);
    assert_eq!(verdict(&w, epoch, index), is(Outcome::Approved));
    // The owner was not robbed: one touch, and the weight is back for the next vote.
    w.refresh_stake(dead).unwrap();
    assert_eq!(w.stake_of(dead).weight, 0, "others do not wake it");
    w.set_lock(dead, 8 * DAY_SECS).unwrap();
    assert!(w.stake_of(dead).weight >= 9_000);
}
