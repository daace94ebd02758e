//! execute_set_policy
//! ├── given an account of another treasury or epoch ....... AccountMismatch
//! ├── given an act of another kind ........................ WrongAction
//! ├── given the epoch is not settled ...................... NotSettled
//! └── given it is
//!     ├── when the act has been executed .................. AlreadyExecuted
//!     ├── when it failed, was superseded, vetoed, withdrawn
//!     │   or has lapsed ................................... EntryNotApproved
//!     ├── when the timelock runs .......................... StillTimelocked
//!     ├── when the grace is over .......................... GraceOver
//!     ├── when the section has changed since .............. TargetChanged
//!     ├── when breaker or pause block executions .......... ExecutionBlocked
//!     ├── when a value lies out of its bounds ............. PolicyOutOfBounds
//!     ├── when it contradicts the rest of the policy ...... PolicyInconsistent
//!     ├── when it takes class, name or place of a category
//!     │   with a position ................................. CategoryInUse
//!     └── when approved, in time and sound
//!         ├── anyone may call
//!         ├── the section is replaced, and nothing else
//!         ├── the policy in force is what it was
//!         └── no money moves

use budget_tests::*;
use community_budget::{
    BudgetError,
    events::PolicySet,
    state::{Action, PolicyPatch, Role},
};

use crate::{
    resolution::{self, Case},
    stage::*,
};

const CASE: Case = Case {
    begin: || open(brisk()),
    action: || cap_of(2_000),
    instruction: Community::execute_set_policy,
};

/// A world in which `act` is approved and its timelock over.
fn due(act: Action) -> World {
    let (mut w, voter) = community(brisk());
    let epoch = decide(&mut w, &voter, &[], &[act]);
    w.to_execution(epoch);
    w
}

/// Refuses `act` at its execution, after which it still stands.
#[track_caller]
fn refused_at_execution(act: Action, expected: BudgetError) {
    let mut w = due(act);
    refused(&mut w, expected, |w| w.execute_action(0, 0));
    assert!(w.entry(0, 0).is(Outcome::Approved));
}

#[test]
fn anyone_may_execute_it() {
    resolution::anyone_may(&CASE);
}

#[test]
fn accounts_of_another_treasury_are_refused() {
    resolution::foreign_accounts(&CASE, BudgetError::AccountMismatch);
}

#[test]
fn a_proposal_of_another_epoch_is_refused() {
    resolution::proposal_of_another_epoch(&CASE, BudgetError::AccountMismatch);
}

#[test]
fn an_act_of_another_kind_is_refused() {
    resolution::other_actions(&CASE, SET_POLICY, BudgetError::WrongAction);
}

#[test]
fn nothing_happens_before_the_settlement() {
    resolution::before_settlement(&CASE, BudgetError::NotSettled);
}

#[test]
fn a_second_execution_is_refused() {
    resolution::twice(&CASE, BudgetError::AlreadyExecuted);
}

#[test]
fn an_act_that_was_not_approved_is_refused() {
    resolution::not_approved(&CASE, BudgetError::EntryNotApproved);
}

#[test]
fn a_vetoed_act_is_refused() {
    let (mut w, _) = CASE.approved();
    let guardian = w.guardian.clone();
    w.veto(&guardian, 0, 0).unwrap();
    w.to_execution(0);
    refused(&mut w, BudgetError::EntryNotApproved, |w| CASE.execute(w, 0, 0));
}

#[test]
fn it_waits_for_the_constitutional_timelock() {
    resolution::timelock(&CASE, BudgetError::StillTimelocked);
}

#[test]
fn the_grace_ends_for_good() {
    resolution::last_second_of_grace(&CASE);
    resolution::grace(&CASE, BudgetError::GraceOver);
}

#[test]
fn a_section_changed_since_the_settlement_is_stale() {
    resolution::stale(&CASE, BudgetError::TargetChanged);
}

#[test]
fn two_votes_in_turn_are_both_carried_out() {
    resolution::in_turn(&CASE);
}

#[test]
fn another_section_is_another_target() {
    let (mut w, voter) = CASE.approved();
    let roomy = patch(|p| p.slate.capacity = 32, |p| PolicyPatch::Slate(p.slate));
    let second = decide(&mut w, &voter, &[], &[roomy]);
    w.to_execution(second);
    w.execute_action(second, 0).unwrap();
    w.execute_action(0, 0).unwrap();
    let policy = w.treasury().policy;
    assert_eq!((policy.budget.epoch_cap_bps, policy.slate.capacity), (2_000, 32));
}

#[test]
fn a_pause_blocks_it_to_the_second() {
    let (mut w, _) = CASE.executable();
    let guardian = w.guardian.clone();
    let until = w.svm.now() + DAY;
    w.pause_executions(&guardian, DAY_SECS).unwrap();
    for at in [until - DAY, until - 1] {
        w.svm.set_now(at);
        refused(&mut w, BudgetError::ExecutionBlocked, |w| CASE.execute(w, 0, 0));
    }
    w.svm.set_now(until);
    CASE.execute(&mut w, 0, 0).unwrap();
}

#[test]
fn a_trip_blocks_it_to_the_second() {
    let (mut w, voter) = losing();
    fill(&mut w, &[], &[cap_of(2_000)]);
    carry(&mut w, &voter);
    w.to_execution(1);
    w.trip().unwrap();
    let until = w.svm.now() + 30 * DAY;
    for at in [until - 30 * DAY, until - 1] {
        w.svm.set_now(at);
        refused(&mut w, BudgetError::ExecutionBlocked, |w| CASE.execute(w, 1, 0));
    }
    w.svm.set_now(until);
    CASE.execute(&mut w, 1, 0).unwrap();
}

#[test]
fn values_out_of_their_bounds_are_refused() {
    let out_of_bounds = [
        patch(|p| p.schedule.period_secs = 7 * DAY_SECS - 1, |p| PolicyPatch::Schedule(p.schedule)),
        patch(|p| p.slate.per_proposer = 9, |p| PolicyPatch::Slate(p.slate)),
        cap_of(3_001),
        patch(|p| p.tiers.rules[3].approval_bps = 5_000, |p| PolicyPatch::Tiers(p.tiers)),
        patch(|p| p.stake.min_lock_secs = 3 * DAY_SECS - 1, |p| PolicyPatch::Stake(p.stake)),
        patch(|p| p.risk.max_drawdown_bps = 499, risk_of),
        patch(|p| p.breaker.guardian_pause_secs = 14 * DAY_SECS + 1, breaker_of),
        patch(|p| p.review.hold_limit_secs = 14 * DAY_SECS - 1, |p| PolicyPatch::Review(p.review)),
    ];
    for act in out_of_bounds {
        refused_at_execution(act, BudgetError::PolicyOutOfBounds);
    }
}

#[test]
fn values_at_their_bounds_are_carried_out() {
    let at_bounds = [
        patch(|p| p.schedule.period_secs = 365 * DAY_SECS, |p| PolicyPatch::Schedule(p.schedule)),
        patch(|p| p.slate.per_proposer = 8, |p| PolicyPatch::Slate(p.slate)),
        cap_of(1),
        patch(|p| p.tiers.rules[3].approval_bps = 10_000, |p| PolicyPatch::Tiers(p.tiers)),
        patch(|p| p.stake.min_lock_secs = 3 * DAY_SECS, |p| PolicyPatch::Stake(p.stake)),
        patch(|p| p.risk.max_drawdown_bps = 9_000, risk_of),
        patch(|p| p.breaker.guardian_pause_secs = 14 * DAY_SECS, breaker_of),
        patch(|p| p.review.hold_limit_secs = 120 * DAY_SECS, |p| PolicyPatch::Review(p.review)),
    ];
    for (section, act) in (0u8..).zip(at_bounds) {
        let mut expected = brisk();
        let Action::SetPolicy(section_patch) = &act else { panic!("a change of policy") };
        section_patch.apply(&mut expected);
        let mut w = due(act);
        let before = w.treasury();
        w.execute_action(0, 0).unwrap();
        let after = w.treasury();
        assert_ne!(after.policy, before.policy, "section {section}");
        assert_eq!(after.policy, expected, "section {section}");
        assert_eq!(after.in_force, before.in_force, "section {section}");
        let mut changes = [0; 20];
        changes[usize::from(section)] = 1;
        assert_eq!(after.target_changes, changes, "section {section}");
    }
}

fn breaker_of(policy: &Policy) -> PolicyPatch {
    PolicyPatch::Breaker(policy.breaker)
}

#[test]
fn a_section_that_contradicts_itself_or_the_rest_is_refused() {
    let contradictions = [
        // Against another section: the grace must exceed the longest timelock by three days.
        patch(
            |p| p.schedule.execution_grace_secs = 7 * DAY_SECS - 1 + DAY_SECS,
            |p| PolicyPatch::Schedule(p.schedule),
        ),
        // Within one section.
        patch(|p| p.tiers.rules[0].quorum_bps = 9_000, |p| PolicyPatch::Tiers(p.tiers)),
        patch(|p| p.review.floor_bps = 2_999, |p| PolicyPatch::Review(p.review)),
        // A byte that nothing reads.
        patch(|p| p.slate.reserved[11] = 1, |p| PolicyPatch::Slate(p.slate)),
    ];
    let mut stricter = brisk();
    stricter.tiers.rules[3].timelock_secs = 5 * DAY_SECS;
    for act in contradictions {
        // Under a constitutional timelock of five days.
        let (mut w, voter) = community(stricter);
        let epoch = decide(&mut w, &voter, &[], &[act]);
        w.to_execution(epoch);
        refused(&mut w, BudgetError::PolicyInconsistent, |w| w.execute_action(epoch, 0));
    }
    let (mut w, voter) = community(stricter);
    let just_enough = patch(
        |p| p.schedule.execution_grace_secs = 8 * DAY_SECS,
        |p| PolicyPatch::Schedule(p.schedule),
    );
    let epoch = decide(&mut w, &voter, &[], &[just_enough]);
    w.to_execution(epoch);
    w.execute_action(epoch, 0).unwrap();
}

// --- categories ---------------------------------------------------------------------------------

/// What takes away what a position of hedges rests on.
fn disruptions() -> Vec<Action> {
    vec![
        patch(|p| p.risk.categories[1].class = 2, risk_of),
        patch(|p| p.risk.categories[1] = category("hedges", 0, 0, 0), risk_of),
        patch(|p| p.risk.categories[1].name = name("hedgez"), risk_of),
        patch(|p| p.risk.categories.swap(1, 2), risk_of),
        patch(
            |p| {
                p.risk.categories[1] = p.risk.categories[2];
                p.risk.categories[2] = bytemuck::Zeroable::zeroed();
                p.risk.category_count = 2;
            },
            risk_of,
        ),
    ]
}

/// What leaves class, name and place of the hedges alone.
fn adjustments() -> Vec<Action> {
    vec![
        patch(|p| p.risk.categories[1].exposure_limit_bps = 0, risk_of),
        patch(|p| p.risk.categories[1].haircut_bps = 10_000, risk_of),
        patch(|p| p.risk.categories[1].share_bps = 1, risk_of),
        patch(|p| p.risk.categories[2].class = 1, risk_of),
        patch(
            |p| {
                p.risk.categories[3] = category("more", 2, 1, 1);
                p.risk.category_count = 4;
            },
            risk_of,
        ),
    ]
}

/// A world in which `act` is due and 20 million are out in hedges, or only promised to them.
fn due_with_position(act: Action, paid: bool) -> (World, u32) {
    let (mut w, voter) = community(brisk());
    let epoch = if paid {
        pay_out(&mut w, &voter, HEDGES, 20 * MILLION);
        decide(&mut w, &voter, &[], &[act])
    } else {
        decide(&mut w, &voter, &[ask_in(HEDGES, 20 * MILLION)], &[act])
    };
    w.to_execution(epoch);
    let hedges = w.treasury().positions[usize::from(HEDGES)];
    let expected = if paid { (0, 20 * MILLION) } else { (20 * MILLION, 0) };
    assert_eq!((hedges.pending, hedges.cost), expected);
    (w, epoch)
}

#[test]
fn a_category_with_a_position_keeps_place_name_and_class() {
    for paid in [false, true] {
        for act in disruptions() {
            let (mut w, epoch) = due_with_position(act, paid);
            let index = w.epoch(epoch).entry_count - 1;
            refused(&mut w, BudgetError::CategoryInUse, |w| w.execute_action(epoch, index));
            assert!(w.entry(epoch, index).is(Outcome::Approved));
        }
    }
}

#[test]
fn a_category_with_a_position_may_get_other_terms() {
    for act in adjustments() {
        let (mut w, epoch) = due_with_position(act, true);
        w.execute_action(epoch, 0).unwrap();
        assert!(w.entry(epoch, 0).is(Outcome::Executed));
    }
}

#[test]
fn a_category_without_a_position_may_go() {
    for act in disruptions() {
        let mut w = due(act);
        w.execute_action(0, 0).unwrap();
        assert_ne!(w.treasury().policy.risk, brisk().risk);
    }
}

#[test]
fn it_moves_no_money() {
    let (mut w, _) = CASE.executable();
    let (before, vault) = (w.treasury(), w.vault());
    CASE.execute(&mut w, 0, 0).unwrap();
    let after = w.treasury();
    assert_eq!(
        (after.tracked, after.committed, after.reserved_funds, after.high_water),
        (before.tracked, before.committed, before.reserved_funds, before.high_water)
    );
    assert_eq!(w.vault(), vault);
    assert_eq!((w.epoch(0).allocated, w.epoch(0).executed), (0, 0));
    assert_eq!(after.holder(Role::Guardian), &w.guardian.key());
}

#[test]
fn its_event_carries_the_whole_policy() {
    let (mut w, _) = CASE.executable();
    let (landed, own_seq, own_epoch) = resolution::executed(&CASE, &mut w);
    let PolicySet { seq, epoch, index, section, policy } = event(&landed);
    assert_eq!((seq, epoch, index, section), (own_seq, own_epoch, 0, 2));
    assert_eq!(policy, w.treasury().policy);
    assert_eq!(policy.budget.epoch_cap_bps, 2_000);
}
