//! Attacks on votes: weight that is borrowed, counted twice or carved out of the denominator, and
//! rules that change while the vote runs.

use budget_rules::outcome::Failure;
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Action, PolicyPatch},
};

use crate::stage::*;

/// One wallet moves its tokens in, votes, and moves them out again.
#[test]
fn solend_2022_wallet_moves_in_votes_and_moves_out() {
    let (mut w, stakers) = submission(test_policy(), &[120, 880]);
    ask(&mut w, &Ask::of(SMALL));
    w.to_voting();
    w.cast(&stakers[1], &[(0, For)]).unwrap();
    w.unstake(&stakers[1], 880).unwrap();
    let stays_until = {
        let header = w.epoch(0);
        header.voting_hard_end_at + i64::from(header.policy.timelock_secs(u8::MAX))
    };
    w.svm.set_now(stays_until - 1);
    refused(&mut w, BudgetError::StillCooling, |w| w.withdraw_unstaked(&stakers[1]));
    w.svm.advance(1);
    w.withdraw_unstaked(&stakers[1]).unwrap();
    // The ballot counts, and whoever cast it was still bound when the award could be executed.
    w.settle().unwrap();
    assert_eq!(tally(&w, 0), (880, 0, 0));
    assert_eq!(w.epoch(0).electorate, 1_000);
}

/// The same tokens vote in one wallet, move on and vote in the next.
#[test]
fn vsr_same_tokens_vote_twice() {
    let (mut w, stakers) = submission(test_policy(), &[500, 500]);
    ask(&mut w, &Ask::of(SMALL));
    let accomplice = w.person_with(0, 0);
    w.open_stake(&accomplice, 7 * DAY_SECS).unwrap();
    w.to_voting();
    w.cast(&stakers[0], &[(0, For)]).unwrap();
    w.unstake(&stakers[0], 500).unwrap();
    refused(&mut w, BudgetError::StillCooling, |w| w.withdraw_unstaked(&stakers[0]));
    // Suppose that the tokens came over nevertheless.
    let (program, mint) = (w.community.stake_token_program, w.community.stake_mint);
    token::put_associated(&mut w.svm, program, mint, accomplice.key(), 500);
    w.stake(&accomplice, 500).unwrap();
    refused(&mut w, BudgetError::NoVotingPower, |w| w.cast(&accomplice, &[(0, For)]));
    assert_eq!(tally(&w, 0), (500, 0, 0));
    // A delegate brings no second count either.
    w.set_delegate(&stakers[0], accomplice.key()).unwrap();
    refused(&mut w, BudgetError::NoVotingPower, |w| {
        cast_for(w, &stakers[0], &accomplice, &[(0, For)])
    });
    assert_eq!(tally(&w, 0), (500, 0, 0));
}

/// Delegate and delegator vote, in both orders, and change their minds.
#[test]
fn svmgov_override_counted_twice() {
    for owner_first in [false, true] {
        let (mut w, stakers) = submission(test_policy(), &[600, 300, 100]);
        let [owner, delegate] = [&stakers[0], &stakers[1]];
        w.set_delegate(owner, delegate.key()).unwrap();
        ask(&mut w, &Ask::of(SMALL));
        w.to_voting();
        w.cast(delegate, &[(0, For)]).unwrap();
        if owner_first {
            w.cast(owner, &[(0, Against)]).unwrap();
            refused(&mut w, BudgetError::AlreadyVoted, |w| {
                cast_for(w, owner, delegate, &[(0, For)])
            });
        } else {
            cast_for(&mut w, owner, delegate, &[(0, For)]).unwrap();
            assert_eq!(tally(&w, 0), (900, 0, 0));
            refused(&mut w, BudgetError::AlreadyVoted, |w| w.cast(owner, &[(0, Against)]));
            w.revise(owner, &[(0, Against)]).unwrap();
        }
        assert_eq!(tally(&w, 0), (300, 600, 0), "owner first: {owner_first}");
        let args = w.ballot(&[(0, For)]);
        let again = w.community.revise_vote_for(owner.key(), delegate.key(), 0, args);
        refused(&mut w, BudgetError::DelegateLockedOut, |w| w.send(again, &[delegate]));
        w.revise(owner, &[(0, Abstain)]).unwrap();
        w.revise(delegate, &[(0, Against)]).unwrap();
        assert_eq!(tally(&w, 0), (0, 300, 600));
        w.retract(owner).unwrap();
        assert_eq!(tally(&w, 0), (0, 300, 0));
    }
}

/// The goal posts move while the ball is in the air.
#[test]
fn spl_2129_moving_goal_posts() {
    let mut easy = brisk();
    for rule in &mut easy.tiers.rules {
        (rule.quorum_bps, rule.approval_bps) = (1, 5_001);
    }
    easy.tiers.max_quorum_bps = 1;
    let (mut w, stakers) = community(brisk(), &[980, 20]);
    let proposer = w.proposer();
    let change = Action::SetPolicy(PolicyPatch::Tiers(easy.tiers));
    let (epoch, index) = w.approve_action(&proposer, &stakers[0], change);
    w.open_next_epoch();
    ask(&mut w, &Ask::of(SMALL));
    w.to_voting();
    w.cast(&stakers[1], &[(0, For)]).unwrap();
    // Executed in the middle of the next vote, it reaches nothing of it.
    w.to_execution(epoch);
    w.execute_action(epoch, index).unwrap();
    assert_eq!(w.treasury().policy.tiers, easy.tiers);
    assert_eq!((w.epoch(1).policy, w.treasury().in_force), (brisk(), brisk()));
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(verdict(&w, 1, 0), failed(Failure::QuorumMissed));
    // From the next opening on it holds.
    w.open_next_epoch();
    ask(&mut w, &Ask::of(SMALL));
    carry(&mut w, &[&stakers[1]]);
    assert_eq!(verdict(&w, 2, 0), is(Outcome::Funded));
}

/// Others leave, and what is left of the denominator suits the attacker.
#[test]
fn neon_denominator_shrinks_while_others_leave() {
    let (mut w, stakers) = submission(test_policy(), &[971, 29]);
    ask(&mut w, &Ask::of(SMALL));
    w.to_voting();
    w.unstake(&stakers[0], 971).unwrap();
    w.set_lock(&stakers[1], 180 * DAY_SECS).unwrap();
    assert_eq!(w.treasury().total_weight, 43, "29 and a half more");
    w.cast(&stakers[1], &[(0, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(w.epoch(0).electorate, 1_000);
    assert_eq!(tally(&w, 0), (29, 0, 0));
    assert_eq!(verdict(&w, 0, 0), failed(Failure::QuorumMissed));
}

/// Where a total of nothing makes every share of it zero, a floor does not.
#[test]
fn gardens_zero_denominator_passes_nothing() {
    let mut policy = test_policy();
    policy.stake.min_total_weight = 100;
    let (mut w, stakers) = submission(policy, &[99]);
    ask(&mut w, &Ask::of(1));
    carry(&mut w, &[&stakers[0]]);
    assert_eq!(tally(&w, 0), (99, 0, 0));
    assert_eq!(verdict(&w, 0, 0), failed(Failure::ElectorateTooSmall));
}

/// Support is gathered for a small amount, which then grows.
#[test]
fn gardens_amount_edited_after_support() {
    let (mut w, stakers) = submission(test_policy(), &[1_000]);
    let attacker = ask(&mut w, &Ask::of(MILLION));
    w.to_voting();
    w.cast(&stakers[0], &[(0, For)]).unwrap();
    // The only way to another amount is another slot, and the time for that is over.
    refused(&mut w, BudgetError::NotInSubmission, |w| w.withdraw(&attacker, 0));
    refused(&mut w, BudgetError::NotInSubmission, |w| w.submit(&attacker, &Ask::of(SMALL)));
    refused(&mut w, BudgetError::NotInSubmission, |w| w.accept(&attacker, 0));
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    w.execute(0, 0).unwrap();
    assert_eq!((w.entry(0, 0).amount, w.stream(0, 0).total), (MILLION, MILLION));
    assert_eq!(w.treasury().committed, MILLION);
}

/// One large ask in ten small pieces for the same recipient.
#[test]
fn polkadot_ten_small_asks_are_one_large_ask() {
    let (mut w, stakers) = submission(test_policy(), &[810, 190]);
    let recipient = w.proposer();
    for _ in 0..4 {
        let front = w.proposer();
        for _ in 0..3 {
            if w.epoch(0).entry_count < 10 {
                w.submit_for(&front, &recipient, true, &Ask::of(6 * MILLION)).unwrap();
            }
        }
    }
    // 19 % would do for ten small asks and for one medium one, not for the large one they are.
    assert_eq!(w.entry(0, 0).recipient_ask, 60 * MILLION);
    carry(&mut w, &[&stakers[1]]);
    for index in 0..10 {
        assert_eq!(verdict(&w, 0, index), failed(Failure::QuorumMissed), "entry {index}");
        assert_eq!(w.entry(0, index).tier, 2);
    }
    assert_eq!(w.epoch(0).allocated, 0);
}

/// Under quadratic voting many wallets are worth more than one; here a stake is what it is.
#[test]
fn truxify_sybils_split_one_stake() {
    let mut results = Vec::new();
    for parts in [1, 10] {
        let weights = vec![500 / parts; usize::try_from(parts).unwrap()];
        let (mut w, stakers) = submission(test_policy(), &[&weights[..], &[500]].concat());
        ask(&mut w, &Ask::of(SMALL));
        w.to_voting();
        for sybil in &stakers[..weights.len()] {
            w.cast(sybil, &[(0, For)]).unwrap();
        }
        results.push((tally(&w, 0), w.treasury().total_weight));
    }
    assert_eq!(results, [((500, 0, 0), 1_000); 2]);
}
