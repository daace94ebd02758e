//! Holes that rules of money tend to have: brakes that become weapons, and reports that move funds.

use budget_rules::allocation::Reason;
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Role, Ruling},
};

use crate::stage::*;

/// Short streams in the hedges of [`brisk`].
fn hedge(amount: u64) -> Ask {
    Ask { category: HEDGES, duration_secs: shortest(), ..Ask::of(amount) }
}

/// A community that paid 200 million into hedges. Its epoch 0 is settled, nothing is open.
fn hedged() -> (World, Person, Person) {
    let (mut w, voter, trader) = streaming(brisk(), &hedge(200 * MILLION));
    w.svm.advance(i64::from(shortest()));
    w.claim(0, 0).unwrap();
    (w, voter, trader)
}

/// The breaker trips as soon as it may, and the guardian pauses whenever it does not: a veto for
/// good, if any time of it counted against the award.
#[test]
fn breaker_ratchet_and_pause_veto() {
    let (mut w, voter, _) = hedged();
    w.mark(HEDGES, 0).unwrap();
    w.open_next_epoch();
    let victim = ask(&mut w, &Ask::of(SMALL));
    carry(&mut w, &[&voter]);
    assert_eq!(verdict(&w, 1, 0), is(Outcome::Funded));
    let settled_at = w.svm.now();
    let guardian = w.guardian.clone();

    // The reporter's zero trips it. One trip, then a week of rest, in which the guardian pauses.
    w.trip().unwrap();
    let tripped_until = w.treasury().tripped_until;
    w.svm.set_now(tripped_until - 1);
    refused(&mut w, BudgetError::BreakerAlreadyTripped, World::trip);
    refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute(1, 0));
    w.svm.set_now(tripped_until);
    refused(&mut w, BudgetError::TripConditionNotMet, |w| {
        // The end of a trip books a new mark: the same loss does not trip twice.
        w.svm.set_now(tripped_until + 8 * DAY);
        let refusal = w.trip();
        w.svm.set_now(tripped_until);
        refusal
    });
    w.pause_executions(&guardian, 7 * DAY_SECS).unwrap();
    w.svm.advance(7 * DAY - 1);
    refused(&mut w, BudgetError::ExecutionBlocked, |w| w.execute(1, 0));
    refused(&mut w, BudgetError::PauseExceedsAllowance, |w| {
        w.svm.advance(1);
        let refusal = w.pause_executions(&guardian, 1);
        w.svm.advance(-1);
        refusal
    });
    // Both together delayed; of the grace nothing is lost.
    let blocked = w.svm.now() + 1 - settled_at;
    assert_eq!(blocked, 14 * DAY, "as long as the whole grace");
    w.svm.set_now(settled_at + blocked + 14 * DAY - 1);
    refused(&mut w, BudgetError::GraceNotOver, |w| w.lapse(1, 0));
    w.execute(1, 0).unwrap();
    assert_eq!(w.stream(1, 0).recipient, victim.key());
}

/// A reviewer alone ends an award that the community wants.
#[test]
fn reviewer_only_cancellation() {
    let (mut w, voter, recipient) = streaming(brisk(), &Ask::with_reviews(6 * MILLION, 60, 1)); // 100,000 a day
    w.svm.advance(30 * DAY);
    w.file_update(&recipient, 0, 0).unwrap();
    w.score(0, 0, 0).unwrap();
    // However long it waits, nothing lapses that no vote could have ruled on.
    w.svm.advance(90 * DAY);
    refused(&mut w, BudgetError::HoldNotOver, |w| w.lapse_stream(0, 0, None));
    refused(&mut w, BudgetError::HoldNotOver, |w| w.lapse_stream(0, 0, Some(0)));
    // The vote lets it go on. The same reviewer has no second say about the checkpoint.
    let proposer = w.proposer();
    let resume = w.ruling(0, 0, Ruling::Resume { checkpoint: 0 });
    let (epoch, index) = w.approve_action(&proposer, &voter, resume);
    w.to_execution(epoch);
    refused(&mut w, BudgetError::HoldNotOver, |w| w.lapse_stream(0, 0, Some(epoch)));
    w.execute_action(epoch, index).unwrap();
    let reviewer = w.reviewer.clone();
    refused(&mut w, BudgetError::VerdictNotDue, |w| w.score_at(&reviewer, 0, 0, 0, 0));
    w.svm.advance(30 * DAY);
    w.claim(0, 0).unwrap();
    assert_eq!(w.purse(&recipient), PURSE + 6 * MILLION);
    w.close_review(0, 0, 0).unwrap();
    w.close_stream(0, 0).unwrap();
}

/// Somebody claims a recipient's first unit, or sends dust, to start a wait that was never needed.
#[test]
fn claim_delay_arming_and_dust_griefing() {
    let mut policy = test_policy();
    policy.breaker.outflow_bps = 100;
    policy.breaker.max_payout_delay_secs = 3 * DAY_SECS;
    let run = |griefed: bool| {
        let (mut w, _, victim) = streaming(policy, &Ask::of(SMALL));
        let start = w.svm.now();
        if griefed {
            // A claim each second of the first minutes, then each hour, and dust on all accounts.
            let marks = (1..120).chain((1..72).map(|hour| hour * 3_600));
            for mark in marks {
                w.svm.set_now(start + mark);
                let _ = w.claim(0, 0);
            }
            let (stream, payout) = (w.stream_key(0, 0), w.stream(0, 0).payout_account);
            let lamports = w.svm.lamports(&stream) + 1;
            let mut account = w.svm.get(&stream).unwrap();
            account.lamports = lamports;
            w.svm.put(stream, account);
            token::edit(&mut w.svm, &payout, |account| account.amount += 1);
            w.donate(1);
        }
        w.svm.set_now(start + 3 * DAY);
        w.claim(0, 0).unwrap();
        let early = w.stream(0, 0).withdrawn;
        w.svm.set_now(start + 60 * DAY);
        w.claim(0, 0).unwrap();
        w.close_stream(0, 0).unwrap();
        (early, w.purse(&victim) - u64::from(griefed))
    };
    assert_eq!(run(false), (SMALL * 3 / 60, PURSE - 51_000 + SMALL));
    assert_eq!(run(true), run(false));
}

/// The risk reporter lies in both directions.
#[test]
fn mark_manipulation() {
    let (mut w, voter, trader) = hedged();
    let (vault, purse) = (w.vault(), w.purse(&trader));
    let value = |w: &mut World| {
        ask(w, &hedge(1));
        let (epoch, free) = (w.current(), w.treasury().free().unwrap());
        carry(w, &[&voter]);
        w.epoch(epoch).treasury_value - free
    };
    // What is marked counts from the next epoch on, so nothing marked in a vote changes it.
    w.open_next_epoch();
    w.mark(HEDGES, u64::MAX).unwrap();
    assert_eq!(value(&mut w), 180 * MILLION, "at cost, after the haircut");
    // The highest mark makes nothing more valuable than it cost, and stops further risk.
    w.open_next_epoch();
    assert_eq!(w.assess(1, HEDGES, 0).refused, u8::from(Reason::ExposureLimit));
    assert_eq!(value(&mut w), 180 * MILLION);
    assert_eq!(verdict(&w, 2, 0), unfunded(Reason::ExposureLimit));
    // The lowest makes it worthless, and lets no more out: exposure is never below cost.
    w.mark(HEDGES, 0).unwrap();
    w.open_next_epoch();
    assert_eq!(value(&mut w), 0);
    let most = w.epoch(3).exposure_rooms[usize::from(HEDGES)];
    assert_eq!(most, (FUNDS - 200 * MILLION - 1) / 2 - (200 * MILLION + 1), "a unit is promised");
    // A mark that nobody renews counts for nothing.
    w.mark(HEDGES, 200 * MILLION).unwrap();
    w.open_next_epoch();
    w.svm.advance(61 * DAY);
    w.to_tallying();
    w.settle().unwrap();
    w.svm.advance(61 * DAY);
    w.open_next_epoch();
    assert_eq!(value(&mut w), 0);
    // In all of this no token moved, and a vote replaces the reporter.
    assert_eq!((w.vault(), w.purse(&trader)), (vault, purse));
    let proposer = w.proposer();
    let reporter = w.risk_reporter.clone();
    w.pass_action(&proposer, &voter, World::set_role(Role::RiskReporter, w.founder.key()));
    refused(&mut w, BudgetError::RoleRequired, |w| {
        w.send(w.community.mark_position(reporter.key(), HEDGES, 1), &[&reporter])
    });
}
