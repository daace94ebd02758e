//! R14: changes of policy that contradict each other, that come too late, or that would take away
//! what money rests on.

use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Action, PolicyPatch},
};

use crate::stage::*;

// --- conflicts ----------------------------------------------------------------------------------

#[test]
fn sections_that_are_sound_alone_and_contradict_together_are_refused() {
    // A timelock of 11 days takes a grace of 14, the present one. A grace of 13 days would do for
    // the present timelock of 4.
    let slow =
        patch(|p| p.tiers.rules[3].timelock_secs = 11 * DAY_SECS, |p| PolicyPatch::Tiers(p.tiers));
    let hasty = patch(
        |p| p.schedule.execution_grace_secs = 13 * DAY_SECS,
        |p| PolicyPatch::Schedule(p.schedule),
    );
    for (first, second) in [(0, 1), (1, 0)] {
        let (mut w, voter) = community(brisk());
        decide(&mut w, &voter, &[], &[slow.clone(), hasty.clone()]);
        w.to_execution(0);
        w.execute_action(0, first).unwrap();
        refused(&mut w, BudgetError::PolicyInconsistent, |w| w.execute_action(0, second));
        assert!(w.entry(0, second).is(Outcome::Approved));
        assert!(w.treasury().policy.check().is_ok());
    }
}

#[test]
fn of_two_changes_of_one_section_the_better_ranked_stands() {
    let (mut w, voter) = open(brisk());
    let rival = w.staker(400);
    fill(&mut w, &[], &[cap_of(1_000), cap_of(2_000), patch(|_| (), risk_of)]);
    w.to_voting();
    w.cast(&voter, &[(0, For), (1, For), (2, For)]).unwrap();
    w.cast(&rival, &[(0, Abstain), (1, For), (2, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    let outcomes = [0, 1, 2].map(|index| w.entry(0, index).outcome);
    let expected = [Outcome::Superseded, Outcome::Approved, Outcome::Approved].map(u8::from);
    assert_eq!(outcomes, expected);
    w.to_execution(0);
    refused(&mut w, BudgetError::EntryNotApproved, |w| w.execute_action(0, 0));
    w.execute_action(0, 1).unwrap();
    w.execute_action(0, 2).unwrap();
    assert_eq!(w.treasury().policy.budget.epoch_cap_bps, 2_000);
}

#[test]
fn a_stale_change_can_be_proposed_anew() {
    let (mut w, voter) = community(brisk());
    decide(&mut w, &voter, &[], &[cap_of(1_000)]);
    decide(&mut w, &voter, &[], &[cap_of(2_000)]);
    w.to_execution(1);
    w.execute_action(1, 0).unwrap();
    refused(&mut w, BudgetError::TargetChanged, |w| w.execute_action(0, 0));
    let third = decide(&mut w, &voter, &[], &[cap_of(1_000)]);
    w.to_execution(third);
    w.execute_action(third, 0).unwrap();
    assert_eq!(w.treasury().policy.budget.epoch_cap_bps, 1_000);
}

// --- categories ---------------------------------------------------------------------------------

/// Takes the hedges out of the list.
fn without_hedges() -> Action {
    patch(|p| p.risk.categories[1] = category("events", 0, 0, 0), risk_of)
}

#[test]
fn a_category_goes_once_its_money_has_come_back() {
    let (mut w, voter) = community(brisk());
    let (_, recipient) = pay_out(&mut w, &voter, HEDGES, 20 * MILLION);
    decide(&mut w, &voter, &[], &[without_hedges()]);
    w.to_execution(1);
    refused(&mut w, BudgetError::CategoryInUse, |w| w.execute_action(1, 0));
    w.return_funds(&recipient, HEDGES, 20 * MILLION - 1).unwrap();
    refused(&mut w, BudgetError::CategoryInUse, |w| w.execute_action(1, 0));
    w.return_funds(&recipient, HEDGES, 1).unwrap();
    w.execute_action(1, 0).unwrap();
    w.open_next_epoch();
    refused(&mut w, BudgetError::NotARiskCategory, |w| w.mark(HEDGES, 5));
}

#[test]
fn a_category_goes_once_its_loss_is_written_off() {
    let (mut w, voter) = losing();
    let loss = Action::WriteOff { category: HEDGES, amount: HEDGED };
    fill(&mut w, &[], &[without_hedges(), loss]);
    carry(&mut w, &voter);
    w.to_execution(1);
    refused(&mut w, BudgetError::CategoryInUse, |w| w.execute_action(1, 0));
    w.execute_action(1, 1).unwrap();
    w.execute_action(1, 0).unwrap();
    assert_eq!(w.treasury().policy.risk.categories[1].class, 0);
}

#[test]
fn a_risk_category_stays_while_an_open_epoch_could_award_from_it() {
    // Epoch 1 is open and may fund hedges by the policy that it opened with.
    let (mut w, voter) = community(brisk());
    decide(&mut w, &voter, &[], &[without_hedges()]);
    w.open_next_epoch();
    fill(&mut w, &[ask_in(HEDGES, 20 * MILLION)], &[]);
    w.to_execution(0);
    refused(&mut w, BudgetError::CategoryInUse, |w| w.execute_action(0, 0));
    // Nobody votes for the hedge, so nothing of it is out after the settlement.
    w.to_voting();
    w.cast(&voter, &[(0, Against)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.execute_action(0, 0).unwrap();
    assert_eq!(w.treasury().policy.risk.categories[1].class, 0);
}
