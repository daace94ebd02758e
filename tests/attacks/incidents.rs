//! Incidents of other communities' treasuries, replayed here. What the attacker kept is asserted.

use budget_rules::outcome::Failure;
use budget_tests::*;
use community_budget::{
    BudgetError, CreateTreasuryArgs, ScoreUpdateArgs,
    state::{Action, AwardTerms, PolicyPatch, Role, Roles},
};

use crate::stage::*;

/// Two thirds of everything, borrowed for one transaction that stakes, votes, settles and executes.
#[test]
fn beanstalk_2022_borrowed_stake_votes_and_executes_at_once() {
    let (mut w, _honest) = submission(test_policy(), &[1_000]);
    let attacker = ask(&mut w, &in_a_day(SMALL));
    let key = attacker.key();
    w.to_voting();

    let (payer, community) = (w.svm.fee_payer(), w.community);
    let lock = w.treasury().policy.stake.min_lock_secs;
    let source = community.stake_token_account(&key);
    let open = community.open_stake(key, payer, lock);
    let stake = community.stake_tokens(key, source, 2_000);
    let cast = community.cast_vote(key, payer, 0, w.ballot(&[(0, For)]));
    let (settle, execute) = (community.settle_epoch(0), community.execute_award(payer, 0, 0, key));
    let emergency_commit = [open.clone(), stake.clone(), cast.clone(), settle.clone(), execute];
    // The transaction is far too long for the wire as well; what refuses it is the missing power.
    refused(&mut w, BudgetError::NoVotingPower, |w| together(w, &emergency_commit, &[&attacker]));

    // Even with power from before, the vote cannot settle and a settlement cannot execute at once.
    refused(&mut w, BudgetError::NotInTallying, |w| w.send(settle.clone(), &[]));
    // What was borrowed to vote cannot go back within the transaction either.
    let unstake = community.request_unstake(key, 2_000);
    let repay = community.withdraw_unstaked(key, source);
    let loan = [open, stake, unstake, repay];
    refused(&mut w, BudgetError::StillCooling, |w| together(w, &loan, &[&attacker]));
    w.to_tallying();
    let execute = community.execute_award(payer, 0, 0, key);
    refused(&mut w, BudgetError::EntryNotFunded, |w| together(w, &[settle, execute], &[]));
    w.settle().unwrap();
    assert_eq!(verdict(&w, 0, 0), failed(Failure::NotMoreForThanAgainst));
    assert_eq!((w.vault(), w.purse(&attacker)), (FUNDS + 1_000, PURSE - 51_000));
}

/// The second, quiet proposal in a community that sleeps, asking for control.
#[test]
fn build_finance_2022_quiet_second_proposal() {
    let (mut w, stakers) = submission(test_policy(), &[801, 199]);
    let [honest, attacker] = [&stakers[0], &stakers[1]];
    w.open_recipient_record(attacker.key()).unwrap();
    let grab = World::set_role(Role::Guardian, attacker.key());
    w.submit_action(attacker, grab.clone()).unwrap();
    w.to_voting();
    w.cast(attacker, &[(0, For)]).unwrap();
    w.cast(honest, &[(0, Against)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(verdict(&w, 0, 0), failed(Failure::NotMoreForThanAgainst));

    // The honest majority does not look at the second attempt. 19.9 % of the frozen total are less
    // than control takes, however few take part.
    w.open_next_epoch();
    w.submit_action(attacker, grab).unwrap();
    carry(&mut w, &[attacker]);
    assert_eq!(verdict(&w, 1, 0), failed(Failure::QuorumMissed));
    w.to_execution(1);
    refused(&mut w, BudgetError::EntryNotApproved, |w| w.execute_action(1, 0));
    assert_eq!(w.treasury().guardian, w.guardian.key());
    assert_eq!(w.vault(), FUNDS + 2_000, "both slot fees, and nothing left");
}

/// Every account that was set up is set up again, with the attacker's settings.
#[test]
fn audius_2022_reinitialise() {
    let (mut w, stakers) = submission(test_policy(), &[600, 400]);
    let attacker = stakers[0].clone();
    w.open_recipient_record(attacker.key()).unwrap();
    let (payer, community, founder) = (w.svm.fee_payer(), w.community, w.founder.clone());
    let roles = Roles { guardian: attacker.key(), ..Roles::default() };
    let again = CreateTreasuryArgs { id: 0, first_open_at: GENESIS, policy: test_policy(), roles };
    // With the founder's own signature.
    let create = community.create_treasury(founder.key(), payer, again.clone());
    refused(&mut w, BudgetError::TreasuryAlreadyExists, |w| w.send(create, &[&founder]));
    // Another founder has another address.
    let create = community.create_treasury(attacker.key(), payer, again);
    let seeds = anchor_lang::error::ErrorCode::ConstraintSeeds;
    let refusal = w.send(create, &[&attacker]).unwrap_err();
    let own = [code(BudgetError::AccountMismatch), u32::from(seeds)];
    assert!(own.contains(&refusal.code().unwrap()), "{refusal}");

    refused(&mut w, BudgetError::StakeAlreadyOpen, |w| w.open_stake(&attacker, 90 * DAY_SECS));
    refused(&mut w, BudgetError::RecordAlreadyOpen, |w| w.open_recipient_record(attacker.key()));
    let epoch = |w: &World, index| w.community.open_epoch(payer, index);
    let reopen = epoch(&w, 0);
    assert!(w.send(reopen, &[]).is_err());
    ask(&mut w, &Ask::of(1));
    w.to_voting();
    w.cast(&attacker, &[(0, For)]).unwrap();
    refused(&mut w, BudgetError::AlreadyVoted, |w| w.cast(&attacker, &[(0, Against)]));
    assert_eq!(tally(&w, 0), (600, 0, 0));

    // A voting period of three blocks does not pass the bounds, nor does a vote carry it there.
    let mut three_blocks = test_policy();
    three_blocks.schedule.voting_secs = 2;
    let mut other = World::before_treasury(&Setup::default());
    let setup = Setup { policy: three_blocks, ..Setup::default() };
    refused(&mut other, BudgetError::PolicyOutOfBounds, |w| w.create_treasury(&setup));
    w.to_tallying();
    w.settle().unwrap();
    let patch = Action::SetPolicy(PolicyPatch::Schedule(three_blocks.schedule));
    let (epoch, index) = w.approve_action(&attacker, &attacker, patch);
    w.to_execution(epoch);
    refused(&mut w, BudgetError::PolicyOutOfBounds, |w| w.execute_action(epoch, index));
    assert_eq!(w.treasury().policy, test_policy());
}

/// Ten look-alikes in a community where nobody but the attacker votes, with the attacker's 5 %.
#[test]
fn synthetify_2023_ten_lookalike_proposals_in_a_sleeping_dao() {
    let (mut w, stakers) = submission(test_policy(), &[950, 50]);
    let attacker = stakers[1].clone();
    w.open_recipient_record(attacker.key()).unwrap();
    let lookalike = Ask { title: "Routine payment".to_owned(), ..in_a_day(9 * MILLION) };
    for _ in 0..3 {
        w.submit(&attacker, &lookalike).unwrap();
    }
    refused(&mut w, BudgetError::TooManyProposals, |w| w.submit(&attacker, &lookalike));
    // Hired proposers ask for the same recipient.
    for hired in 0..3 {
        let hired_person = w.proposer();
        for _ in 0..if hired == 2 { 1 } else { 3 } {
            w.submit_for(&hired_person, &attacker, true, &lookalike).unwrap();
        }
    }
    assert_eq!(w.epoch(0).entry_count, 10);
    let fees = w.vault() - FUNDS;
    assert_eq!(fees, 4 * 1_000 + 4 * 2_000 + 2 * 4_000, "dearer with every quarter");
    carry(&mut w, &[&attacker]);
    // Together they are a large ask, for which 5 % of the frozen total are nothing.
    for index in 0..10 {
        assert_eq!(verdict(&w, 0, index), failed(Failure::QuorumMissed), "entry {index}");
    }
    assert_eq!((w.epoch(0).allocated, w.vault()), (0, FUNDS + fees));

    // One alone passes at 5 %, as the rules have it. The veto window is what a watcher has for it.
    w.open_next_epoch();
    w.submit(&attacker, &in_a_day(9 * MILLION)).unwrap();
    carry(&mut w, &[&attacker]);
    assert_eq!(verdict(&w, 1, 0), is(Outcome::Funded));
    w.svm.advance(DAY - 1);
    refused(&mut w, BudgetError::StillTimelocked, |w| w.execute(1, 0));
    let guardian = w.guardian.clone();
    w.veto(&guardian, 1, 0).unwrap();
    w.to_execution(1);
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.execute(1, 0));
    assert_eq!((w.treasury().committed, w.vault()), (0, FUNDS + fees + 1_000));
}

/// Tokens taken in an exploit vote that the exploiter keeps the loot.
#[test]
fn mango_2022_votes_with_stolen_tokens() {
    let (mut w, _honest) = submission(test_policy(), &[1_000]);
    let thief = ask(&mut w, &in_a_day(SMALL));
    let lock = w.treasury().policy.stake.min_lock_secs;
    w.open_stake(&thief, lock).unwrap();
    w.to_voting();
    // Stolen while the vote runs: no power.
    w.stake(&thief, 9_000).unwrap();
    refused(&mut w, BudgetError::NoVotingPower, |w| w.cast(&thief, &[(0, For)]));
    w.to_tallying();
    w.settle().unwrap();

    // Stolen before the opening: they do vote. The guardian stops what they decided.
    w.open_next_epoch();
    w.submit(&thief, &in_a_day(SMALL)).unwrap();
    w.to_voting();
    w.cast(&thief, &[(0, For)]).unwrap();
    w.unstake(&thief, 9_000).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(verdict(&w, 1, 0), is(Outcome::Funded));
    let guardian = w.guardian.clone();
    w.veto(&guardian, 1, 0).unwrap();
    // And the loot is still here when the veto's last moment has come.
    let header = w.epoch(1);
    let free_at = header.voting_hard_end_at + i64::from(header.policy.timelock_secs(u8::MAX));
    w.svm.set_now(free_at - 1);
    refused(&mut w, BudgetError::StillCooling, |w| w.withdraw_unstaked(&thief));
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.execute(1, 0));
    assert_eq!(w.treasury().committed, 0);
    assert_eq!(w.vault(), FUNDS + 2_000);
}

/// The vote was for harmless terms; what is executed is something else at the same place.
#[test]
fn tornado_2023_payload_swapped_after_the_vote() {
    let (mut w, stakers) = submission(test_policy(), &[1_000]);
    let attacker = ask(&mut w, &in_a_day(MILLION));
    let charity = ask(&mut w, &Ask::of(2 * MILLION));
    let signed_before = w.ballot(&[(0, For), (1, For)]);

    // Swapped in submission: the slot stays dead, the hash is another one, old ballots are void.
    w.withdraw(&attacker, 0).unwrap();
    w.submit(&attacker, &in_a_day(SMALL)).unwrap();
    w.to_voting();
    let payer = w.svm.fee_payer();
    let old = w.community.cast_vote(stakers[0].key(), payer, 0, signed_before);
    refused(&mut w, BudgetError::SlateChanged, |w| w.send(old, &[&stakers[0]]));
    refused(&mut w, BudgetError::EntryNotVotable, |w| w.cast(&stakers[0], &[(0, For)]));

    // After the vote nothing can be taken out or put in, and nothing stands for anything else.
    w.cast(&stakers[0], &[(1, For)]).unwrap();
    refused(&mut w, BudgetError::NotInSubmission, |w| w.withdraw(&charity, 1));
    refused(&mut w, BudgetError::NotInSubmission, |w| w.submit(&charity, &Ask::of(SMALL)));
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    let genuine = w.community.execute_award(payer, 0, 1, charity.key());
    let attackers = w.community.execute_award(payer, 0, 2, attacker.key());
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.send(attackers.clone(), &[]));
    for position in 0..genuine.accounts.len() {
        let theirs = attackers.accounts[position].pubkey;
        if theirs != genuine.accounts[position].pubkey {
            let before = w.svm.snapshot();
            assert!(w.send(swapped(genuine.clone(), position, theirs), &[]).is_err());
            assert_unchanged(&before, &w.svm.snapshot());
        }
    }
    w.send(genuine, &[]).unwrap();
    let stream = w.stream(0, 1);
    assert_eq!((stream.recipient, stream.total), (charity.key(), 2 * MILLION));
    assert_eq!(w.treasury().committed, 2 * MILLION);
}

/// The figures of the real vote: 682,191 for, 633,636 against, the last of it in the last second.
#[test]
fn compound_289_last_second_swing() {
    let weights = [600_000, 82_191, 633_636, 10_000_000 - 1_315_827];
    // At the size of the real ask 51.84 % are not enough.
    let (mut w, stakers) = submission(test_policy(), &weights);
    ask(&mut w, &Ask::of(24 * MILLION));
    w.to_voting();
    w.cast(&stakers[0], &[(0, For)]).unwrap();
    w.cast(&stakers[2], &[(0, Against)]).unwrap();
    w.cast(&stakers[1], &[(0, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(tally(&w, 0), (682_191, 633_636, 0));
    assert_eq!(verdict(&w, 0, 0), failed(Failure::ApprovalMissed));

    // A small ask would pass: the swing in the last second gives a day to answer, and again.
    let (mut w, stakers) = submission(test_policy(), &weights);
    let attacker = ask(&mut w, &in_a_day(SMALL));
    w.to_voting();
    w.cast(&stakers[0], &[(0, For)]).unwrap();
    w.cast(&stakers[2], &[(0, Against)]).unwrap();
    w.to_tallying();
    w.svm.advance(-1);
    let swing_at = w.svm.now();
    w.cast(&stakers[1], &[(0, For)]).unwrap();
    assert_eq!(w.epoch(0).voting_closes_at, swing_at + DAY);
    w.to_tallying();
    w.svm.advance(-1);
    w.cast(&stakers[3], &[(0, Against)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(verdict(&w, 0, 0), failed(Failure::NotMoreForThanAgainst));
    assert_eq!(w.purse(&attacker), PURSE - 51_000);

    // Where nobody could answer any more, in the last window before the hard end, no swing counts.
    let mut policy = test_policy();
    policy.schedule.max_extension_secs = 0;
    let (mut w, stakers) = submission(policy, &weights);
    ask(&mut w, &in_a_day(SMALL));
    w.to_voting();
    w.cast(&stakers[0], &[(0, For)]).unwrap();
    w.cast(&stakers[2], &[(0, Against)]).unwrap();
    w.to_tallying();
    w.svm.advance(-1);
    refused(&mut w, BudgetError::LatePassRefused, |w| w.cast(&stakers[1], &[(0, For)]));
    w.svm.advance(1);
    w.settle().unwrap();
    assert_eq!(verdict(&w, 0, 0), failed(Failure::NotMoreForThanAgainst));
}

/// Harmless payments with one grant of power among them.
#[test]
fn lazy_summer_2026_role_grant_among_harmless_payments() {
    let (mut w, stakers) = submission(test_policy(), &[900, 100]);
    let attacker = stakers[1].clone();
    w.open_recipient_record(attacker.key()).unwrap();
    // An award carries nothing but an award, an act nothing but one act.
    let terms = AwardTerms {
        category: 0,
        checkpoints: 0,
        recipient: attacker.key(),
        amount: MILLION,
        duration_secs: 60 * DAY_SECS,
        cliff_secs: 0,
    };
    refused(&mut w, BudgetError::WrongAction, |w| w.submit_action(&attacker, Action::Award(terms)));
    for _ in 0..10 {
        ask(&mut w, &Ask::of(MILLION));
    }
    w.submit_action(&attacker, World::set_role(Role::Guardian, attacker.key())).unwrap();
    assert_eq!(w.entry(0, 10).action, 2, "the slate shows what it is");
    carry(&mut w, &[&attacker]);
    // The payments pass at their quorum; the grant is judged by its own.
    assert!((0..10).all(|index| verdict(&w, 0, index) == is(Outcome::Funded)));
    assert_eq!(verdict(&w, 0, 10), failed(Failure::QuorumMissed));
    w.to_execution(0);
    for index in 0..10 {
        let smuggled = w.community.execute_set_role(0, index);
        refused(&mut w, BudgetError::WrongAction, |w| w.send(smuggled, &[]));
    }
    refused(&mut w, BudgetError::EntryNotApproved, |w| w.execute_action(0, 10));
    assert_eq!(w.treasury().guardian, w.guardian.key());
}

/// One award, redeemed several times.
#[test]
fn dxdao_one_award_redeemed_many_times() {
    let (mut w, _, recipient) = streaming(test_policy(), &Ask::of(SMALL));
    refused(&mut w, BudgetError::AlreadyExecuted, |w| w.execute(0, 0));
    w.svm.advance(60 * DAY);
    w.claim(0, 0).unwrap();
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
    w.close_stream(0, 0).unwrap();
    // Neither the entry nor the address of the closed stream gives a second one.
    refused(&mut w, BudgetError::AlreadyExecuted, |w| w.execute(0, 0));
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.lapse(0, 0));
    assert_eq!(w.purse(&recipient), PURSE - 51_000 + SMALL);
    assert_eq!(w.vault(), FUNDS + 1_000 - SMALL);
}

/// The council's keys sign once, months ago, and what they signed is sent when it suits.
#[test]
fn drift_2026_presigned_with_a_durable_nonce() {
    let (mut w, _, recipient) = streaming(brisk(), &Ask::with_reviews(SMALL, 60, 1));
    let (guardian, stream) = (w.guardian.clone(), w.stream_key(0, 0));
    let community = w.community;
    let (reporter, reviewer) = (w.risk_reporter.clone(), w.reviewer.clone());
    let args = ScoreUpdateArgs { score_bps: 0, evidence_hash: EVIDENCE, verdict_hash: [0; 32] };
    w.svm.advance(30 * DAY);
    w.file_update(&recipient, 0, 0).unwrap();
    let kept = [
        (community.score_update(reviewer.key(), stream, 0, recipient.key(), args), &reviewer),
        (community.pause_executions(guardian.key(), DAY_SECS), &guardian),
        (community.pause_stream(guardian.key(), stream, DAY_SECS), &guardian),
        (community.veto_proposal(guardian.key(), 0, 0), &guardian),
        (community.mark_position(reporter.key(), HEDGES, u64::MAX), &reporter),
    ];
    for (instruction, person) in kept {
        let send = presigned(&mut w, instruction, person);
        refused(&mut w, BudgetError::DurableNonceRefused, send);
    }
    // Signed for now, each of those that are due goes through.
    w.score(0, 0, 0).unwrap();
    w.pause_executions(&guardian, DAY_SECS).unwrap();
}

/// An approval waits until the configuration under it has changed, and is executed then.
#[test]
fn drift_2026_approval_kept_past_a_change_of_configuration() {
    let (mut w, stakers) = community(brisk(), &[1_000]);
    let proposer = w.proposer();
    let budget = |cap: u16| {
        let mut policy = brisk();
        policy.budget.epoch_cap_bps = cap;
        Action::SetPolicy(budget_of(&policy))
    };
    let (old, index) = w.approve_action(&proposer, &stakers[0], budget(3_000));
    let (new, _) = w.approve_action(&proposer, &stakers[0], budget(100));
    w.to_execution(new);
    w.execute_action(new, 0).unwrap();
    assert!(w.svm.now() < w.epoch(old).settled_at + 14 * DAY, "the old grace still runs");
    refused(&mut w, BudgetError::TargetChanged, |w| w.execute_action(old, index));
    assert_eq!(w.treasury().policy.budget.epoch_cap_bps, 100);
}

/// Proposals made long before they matter, and proposals that seem to have failed.
#[test]
fn neodyme_premined_and_fake_failed_proposals_stay_dead() {
    let (mut w, stakers) = submission(test_policy(), &[1_000]);
    let attacker = ask(&mut w, &in_a_day(SMALL)); // nobody votes on it
    let funded = ask(&mut w, &in_a_day(SMALL)); // passes, and nobody executes it
    w.to_voting();
    w.cast(&stakers[0], &[(1, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    assert_eq!(verdict(&w, 0, 0), failed(Failure::NotMoreForThanAgainst));
    w.svm.advance(14 * DAY);
    refused(&mut w, BudgetError::GraceOver, |w| w.execute(0, 1));
    w.lapse(0, 1).unwrap();
    w.open_next_epoch();
    w.to_voting();
    // Ballots on the new slate do not reach the old one, nor those on the old one anything.
    let mut old = w.ballot(&[(0, For)]);
    old.slate_hash = w.epoch(0).slate_hash;
    let payer = w.svm.fee_payer();
    let cast = w.community.cast_vote(stakers[0].key(), payer, 0, old);
    refused(&mut w, BudgetError::NotInVoting, |w| w.send(cast, &[&stakers[0]]));
    for index in 0..2 {
        refused(&mut w, BudgetError::EntryNotFunded, |w| w.execute(0, index));
    }
    assert_eq!((w.purse(&attacker), w.purse(&funded)), (PURSE - 51_000, PURSE - 51_000));
    assert_eq!((w.vault(), w.treasury().committed), (FUNDS + 2_000, 0));
}
