//! Attacks on money that has been awarded: paid twice, drained after a stop, stranded, or kept from
//! whom it belongs to.

use std::path::Path;

use budget_tests::*;
use community_budget::{
    BudgetError, ScoreUpdateArgs,
    state::{Role, Ruling},
};

use crate::stage::*;

/// A limit per window that is used up at its end, and again at the beginning of the next.
#[test]
fn squads_window_boundary_spends_twice() {
    let mut policy = test_policy();
    policy.breaker.outflow_bps = 100; // a hundredth of the funds in a week
    policy.breaker.max_payout_delay_secs = 7 * DAY_SECS;
    let (mut w, stakers) = submission(policy, &[1_000]);
    for _ in 0..5 {
        ask(&mut w, &in_a_day(SMALL));
    }
    carry(&mut w, &[&stakers[0]]);
    w.to_execution(0);
    for index in 0..5 {
        w.execute(0, index).unwrap();
    }
    w.svm.advance(DAY); // all 50 million are released
    let (capacity, window) = (w.treasury().bucket_capacity, 7 * DAY);
    assert_eq!(capacity, FUNDS / 100);
    let (vault, begin) = (w.vault(), w.svm.now());
    let paid_by = |w: &mut World| {
        for index in 0..5 {
            let _ = w.claim(0, index);
        }
        vault - w.vault()
    };
    assert_eq!(paid_by(&mut w), capacity);
    // Wherever a window might begin or end: at every hour, what left is the level of the beginning
    // and the refill since, to the unit.
    for hour in 1..6 * 24 {
        w.svm.set_now(begin + hour * 3_600);
        let refill = u128::from(capacity) * u128::try_from(hour * 3_600).unwrap()
            / u128::try_from(window).unwrap();
        assert_eq!(u128::from(paid_by(&mut w)), u128::from(capacity) + refill, "hour {hour}");
    }
    // P4: a week after the release no limit holds anything back.
    w.svm.set_now(begin + 7 * DAY);
    assert_eq!(paid_by(&mut w), ALL_SMALL);
}

/// Whoever touches the limit each minute keeps others from what they are due.
#[test]
fn helium_limit_that_decays_with_touches() {
    let mut policy = test_policy();
    policy.breaker.outflow_bps = 100;
    policy.breaker.max_payout_delay_secs = 7 * DAY_SECS;
    let run = |touching: bool| {
        let (mut w, stakers) = submission(policy, &[1_000]);
        let victim = ask(&mut w, &in_a_day(SMALL));
        let other = ask(&mut w, &in_a_day(SMALL));
        ask(&mut w, &Ask::of(86_400)); // a unit a minute
        carry(&mut w, &[&stakers[0]]);
        w.to_execution(0);
        for index in 0..3 {
            w.execute(0, index).unwrap();
        }
        w.svm.advance(DAY);
        w.claim(0, 1).unwrap(); // the level is gone
        let (mut dust, begin) = (0, w.svm.now());
        for minute in 1..=24 * 60 {
            w.svm.set_now(begin + minute * 60);
            if touching {
                let before = w.vault();
                let _ = w.claim(0, 2);
                dust += before - w.vault();
            }
        }
        w.claim(0, 0).unwrap();
        assert!(w.purse(&other) >= PURSE - 51_000);
        (w.purse(&victim) + 51_000 - PURSE, dust)
    };
    let ((quiet, none), (touched, dust)) = (run(false), run(true));
    assert_eq!(none, 0);
    // A day's share of what has been accrued is gone as well; one unit of rounding is not lost.
    assert!(dust > 0 && dust <= 2 * 86_400 / 60, "{dust}");
    assert_eq!(touched, quiet - dust, "the touches took what they were paid, and nothing else");
}

/// A milestone paid twice, and one scored on other evidence than was filed.
#[test]
fn allo_milestone_paid_twice() {
    let (mut w, _, recipient) = streaming(test_policy(), &Ask::with_reviews(SMALL, 60, 1));
    w.svm.advance(30 * DAY);
    w.file_update(&recipient, 0, 0).unwrap();
    refused(&mut w, BudgetError::UpdateNotDue, |w| w.file_update_at(&recipient, 0, 0, 0));
    let (reviewer, stream) = (w.reviewer.clone(), w.stream_key(0, 0));
    let swapped =
        ScoreUpdateArgs { score_bps: 10_000, evidence_hash: [8; 32], verdict_hash: [4; 32] };
    let verdict = w.community.score_update(reviewer.key(), stream, 0, recipient.key(), swapped);
    refused(&mut w, BudgetError::EvidenceChanged, |w| w.send(verdict, &[&reviewer]));
    w.score(0, 0, 10_000).unwrap();
    refused(&mut w, BudgetError::VerdictNotDue, |w| w.score_at(&reviewer, 0, 0, 0, 10_000));
    refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.file_update_at(&recipient, 0, 0, 0));
    w.svm.advance(60 * DAY);
    w.claim(0, 0).unwrap();
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
    assert_eq!(w.purse(&recipient), PURSE - 51_000 + SMALL);
    w.close_review(0, 0, 0).unwrap();
    w.close_stream(0, 0).unwrap();
    assert_eq!(w.record_of(&recipient).paid, SMALL);
}

/// The beneficiary takes the buffer after the cancellation, or lets it accrue in a dispute.
#[test]
fn gardens_beneficiary_drains_after_cancel_and_pause() {
    let (mut w, voter, recipient) = streaming(brisk(), &Ask::of(6 * MILLION)); // 100,000 a day
    let proposer = w.proposer();
    let start = w.svm.now();
    let guardian = w.guardian.clone();
    w.pause_stream(&guardian, 0, 0, 5 * DAY_SECS).unwrap();
    w.svm.advance(5 * DAY);
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
    let cancel = w.ruling(0, 0, Ruling::Cancel);
    w.pass_action(&proposer, &voter, cancel);
    let earned =
        u64::try_from(w.svm.now() - start - 5 * DAY).unwrap() * 6 * MILLION / (60 * 86_400);
    let returned = 6 * MILLION - earned;
    assert_eq!(w.stream(0, 0).returned, returned);
    w.svm.advance(60 * DAY);
    w.claim(0, 0).unwrap();
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
    assert_eq!(w.purse(&recipient), PURSE + earned);
    assert_eq!((w.vault(), w.treasury().committed), (FUNDS - earned, 0));
}

/// More payouts than a transaction can carry lock the award for good.
#[test]
fn mlabs_thirteenth_milestone() {
    let (mut w, stakers) = submission(test_policy(), &[1_000]);
    let recipient = w.proposer();
    let most = Ask::with_reviews(SMALL, 130, 12);
    let thirteen = Ask { checkpoints: 13, ..most.clone() };
    refused(&mut w, BudgetError::TooManyCheckpoints, |w| w.submit(&recipient, &thirteen));
    w.submit(&recipient, &most).unwrap();
    carry(&mut w, &[&stakers[0]]);
    w.to_execution(0);
    w.execute(0, 0).unwrap();
    // Twelve are no lock: every part comes, in one claim or in many.
    for checkpoint in 0..12 {
        w.svm.advance(10 * DAY);
        w.file_update(&recipient, 0, 0).unwrap();
        w.score(0, 0, 10_000).unwrap();
        w.close_review(0, 0, checkpoint).unwrap();
    }
    w.svm.advance(10 * DAY);
    w.claim(0, 0).unwrap();
    w.close_stream(0, 0).unwrap();
    assert_eq!(w.purse(&recipient), PURSE - 51_000 + SMALL);
}

/// Money that had matured is stopped afterwards, with everything that can stop.
#[test]
fn txpipe_retro_pausing_matured_money() {
    let (mut w, _, recipient) = streaming(test_policy(), &Ask::with_reviews(6 * MILLION, 60, 1));
    w.svm.advance(20 * DAY); // 100,000 a day
    let guardian = w.guardian.clone();
    w.pause_stream(&guardian, 0, 0, 7 * DAY_SECS).unwrap();
    w.pause_executions(&guardian, 7 * DAY_SECS).unwrap();
    w.svm.advance(1);
    w.claim(0, 0).unwrap();
    assert_eq!(w.purse(&recipient), PURSE - 51_000 + 2 * MILLION);
    // A hold stops what comes, not what has come.
    w.svm.advance(7 * DAY - 1 + 10 * DAY);
    w.file_update(&recipient, 0, 0).unwrap();
    w.score(0, 0, 0).unwrap();
    assert!(w.stream(0, 0).held_at > 0);
    w.claim(0, 0).unwrap();
    assert_eq!(w.purse(&recipient), PURSE - 51_000 + 3 * MILLION);
}

/// Rounding that steals or strands: primes of money and time, claimed in every rhythm.
#[test]
fn lockup_rounding_steals_or_strands() {
    const PRIME: u64 = 9_999_991;
    for rhythm in [1_009, 86_399, 271_828, 5_184_001] {
        let odd = Ask { duration_secs: 5_184_001, checkpoints: 0, ..Ask::of(PRIME) };
        let (mut w, _, recipient) = streaming(test_policy(), &odd);
        let start = w.svm.now();
        let mut now = start;
        let mut claims = 0;
        while now < start + 5_184_001 && claims < 400 {
            now += rhythm;
            claims += 1;
            w.svm.set_now(now.min(start + 5_184_001));
            let _ = w.claim(0, 0);
            let paid = u128::from(w.stream(0, 0).withdrawn);
            let elapsed = u128::try_from(w.svm.now() - start).unwrap();
            assert_eq!(paid, u128::from(PRIME) * elapsed / 5_184_001, "rhythm {rhythm}");
        }
        w.svm.set_now(start + 5_184_001);
        let _ = w.claim(0, 0);
        assert_eq!(w.purse(&recipient), PURSE - 51_000 + PRIME);
        assert_eq!(w.treasury().committed, 0);
        w.close_stream(0, 0).unwrap();
    }
}

/// The guardian turns against the community: blocks, vetoes, and defends the office.
#[test]
fn guardian_abuse_blocks_and_spends_nothing_and_ends_by_vote() {
    let (mut w, stakers) = submission(brisk(), &[1_000]);
    let victim = ask(&mut w, &Ask::of(SMALL));
    let proposer = w.proposer();
    w.submit_action(&proposer, World::set_role(Role::Guardian, w.founder.key())).unwrap();
    carry(&mut w, &[&stakers[0]]);
    let guardian = w.guardian.clone();
    let vault = w.vault();
    refused(&mut w, BudgetError::PauseExceedsAllowance, |w| {
        w.pause_executions(&guardian, 7 * DAY_SECS + 1)
    });
    w.pause_executions(&guardian, 7 * DAY_SECS).unwrap();
    w.to_execution(0);
    refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute(0, 0));
    // The vote on the office is beyond veto and pause.
    w.svm.set_now(w.epoch(0).settled_at);
    refused(&mut w, BudgetError::VetoNotAllowed, |w| w.veto(&guardian, 0, 1));
    w.to_execution(0);
    w.execute_action(0, 1).unwrap();
    refused(&mut w, BudgetError::RoleRequired, |w| w.pause_executions(&guardian, 1));
    refused(&mut w, BudgetError::RoleRequired, |w| w.veto(&guardian, 0, 0));
    // What was blocked was delayed, for no longer than the allowance.
    w.svm.set_now(w.epoch(0).settled_at + 7 * DAY);
    w.execute(0, 0).unwrap();
    assert_eq!(w.stream(0, 0).recipient, victim.key());
    assert_eq!((w.vault(), w.purse(&guardian)), (vault, 0));
}

/// A mint that takes a fee, or calls another program, in every transfer.
#[test]
fn gardens_fee_on_transfer_and_hook_mints() {
    const TRANSFER_FEE: (u16, usize) = (1, 108);
    const TRANSFER_HOOK: (u16, usize) = (14, 64);
    for (number, length) in [TRANSFER_FEE, TRANSFER_HOOK] {
        let setup = Setup { budget_token_program: token::TOKEN_2022, ..Setup::default() };
        let mut w = World::before_treasury(&setup);
        let mint = w.community.budget_mint;
        token::put_mint_with_extension(&mut w.svm, mint, 6, number, &vec![1; length]);
        refused(&mut w, BudgetError::MintExtensionNotAllowed, |w| w.create_treasury(&setup));
    }
}

/// A few lamports at each address that is yet to be created.
#[test]
fn prefunded_address_blocks_creation() {
    fn prefund(w: &mut World, key: anchor_lang::prelude::Pubkey, lamports: u64) {
        assert!(!w.svm.exists(&key));
        w.svm.fund(key, lamports);
    }
    // Less than rent, and far more than it.
    for lamports in [1, 890_880, 5_000_000_000] {
        let setup = Setup { policy: brisk(), ..Setup::default() };
        let mut w = World::before_treasury(&setup);
        let c = w.community;
        for key in [c.treasury, c.vault(), c.stake_vault(), c.bond_vault()] {
            prefund(&mut w, key, lamports);
        }
        w.create_treasury(&setup).unwrap();
        let founder = w.founder.clone();
        w.deposit(&founder, FUNDS).unwrap();
        let (voter, recipient) = (w.person(), w.person());
        prefund(&mut w, c.stake(&voter.key()), lamports);
        prefund(&mut w, c.recipient_record(&recipient.key()), lamports);
        w.open_stake(&voter, 7 * DAY_SECS).unwrap();
        w.stake(&voter, 1_000).unwrap();
        w.open_recipient_record(recipient.key()).unwrap();
        prefund(&mut w, c.epoch(0), lamports);
        w.open_epoch().unwrap();
        for index in 0..2 {
            let (proposal, stream) = (w.proposal_key(0, index), w.stream_key(0, index));
            prefund(&mut w, proposal, lamports);
            prefund(&mut w, stream, lamports);
        }
        w.submit(&recipient, &Ask::with_reviews(SMALL, 60, 1)).unwrap();
        w.submit_action(&recipient, World::set_role(Role::Reviewer, w.reviewer.key())).unwrap();
        let record = w.vote_record_key(0, &voter);
        prefund(&mut w, record, lamports);
        carry(&mut w, &[&voter]);
        w.to_execution(0);
        w.execute(0, 0).unwrap();
        w.execute_action(0, 1).unwrap();
        w.svm.advance(30 * DAY);
        let review = address::review(&w.stream_key(0, 0), 0);
        prefund(&mut w, review, lamports);
        w.file_update(&recipient, 0, 0).unwrap();
        w.score(0, 0, 10_000).unwrap();
        assert_eq!(w.stream(0, 0).passed, 1);
        // And what was sent goes to whoever paid the rent, with the rent.
        w.close_review(0, 0, 0).unwrap();
        w.close_vote_record(0, &voter).unwrap();
        assert!(!w.svm.exists(&review) && !w.svm.exists(&record));
    }
}

/// One payment satisfies two claims, or one claim is paid by two instructions of a transaction.
#[test]
fn mlabs_double_satisfaction() {
    let (mut w, stakers) = submission(test_policy(), &[1_000]);
    let [alice, bob] = [0; 2].map(|_| ask(&mut w, &in_a_day(SMALL)));
    carry(&mut w, &[&stakers[0]]);
    w.to_execution(0);
    w.execute(0, 0).unwrap();
    w.execute(0, 1).unwrap();
    w.svm.advance(DAY);
    let claim = |w: &World, index: u8| {
        let stream = w.stream_key(0, index);
        w.community.withdraw_stream(stream, w.stream(0, index).payout_account, None)
    };
    let (first, second) = (claim(&w, 0), claim(&w, 1));
    refused(&mut w, BudgetError::NothingToWithdraw, |w| {
        together(w, &[first.clone(), first.clone()], &[])
    });
    // Paid into the other's account, or into the treasury's own.
    for payout in [w.community.budget_account(&bob.key()), w.community.bond_vault()] {
        let astray = swapped(first.clone(), 3, payout);
        let expected = if payout == w.community.bond_vault() {
            BudgetError::PayoutNotAllowed
        } else {
            BudgetError::WrongPayoutAccount
        };
        refused(&mut w, expected, |w| w.send(astray, &[]));
    }
    together(&mut w, &[first, second], &[]).unwrap();
    for person in [&alice, &bob] {
        assert_eq!(w.purse(person), PURSE - 51_000 + SMALL);
    }
    assert_eq!(w.treasury().committed, 0);
}

/// A test's clock left in production code: Pyth's was in force below a slot that these tests never
/// leave.
#[test]
fn pyth_mock_clock_in_production() {
    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                found.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../programs/community_budget");
    let mut found = Vec::new();
    sources(&program.join("src"), &mut found);
    let clocks: usize = found.iter().map(|text| text.matches("Clock::get()").count()).sum();
    let times = found.iter().map(|text| text.matches("Clock::get()?.unix_timestamp").count());
    assert!(clocks > 30, "{clocks}");
    assert_eq!(times.sum::<usize>(), clocks, "of a clock only the time is read, never the slot");
    let (mut w, stakers) = submission(test_policy(), &[1_000]);
    ask(&mut w, &in_a_day(SMALL));
    carry(&mut w, &[&stakers[0]]);
    refused(&mut w, BudgetError::StillTimelocked, |w| w.execute(0, 0));
}
