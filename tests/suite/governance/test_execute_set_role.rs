//! execute_set_role
//! ├── given an account of another treasury or epoch ....... AccountMismatch
//! ├── given an act of another kind ........................ WrongAction
//! ├── given the epoch is not settled ...................... NotSettled
//! └── given it is
//!     ├── when the act has been executed .................. AlreadyExecuted
//!     ├── when it failed, was superseded, withdrawn or has
//!     │   lapsed .......................................... EntryNotApproved
//!     ├── when the timelock runs .......................... StillTimelocked
//!     ├── when the grace is over .......................... GraceOver
//!     ├── when the role was given away since .............. TargetChanged
//!     └── when approved and in time
//!         ├── anyone may call, whether or not breaker or pause block awards
//!         ├── the holder has the role at once, the former one has it no more
//!         ├── the zero key leaves it vacant, and the others as they are
//!         └── no money moves

use anchor_lang::prelude::Pubkey;
use budget_tests::*;
use community_budget::{BudgetError, events::RoleSet, state::Role};

use crate::{
    resolution::{self, Case},
    stage::*,
};

/// Whoever this is, it is none of the first holders.
const HEIR: Pubkey = Pubkey::new_from_array([5; 32]);

const CASE: Case = Case {
    begin: || open(brisk()),
    action: || World::set_role(Role::Guardian, HEIR),
    instruction: Community::execute_set_role,
};

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
    resolution::other_actions(&CASE, SET_ROLE, BudgetError::WrongAction);
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
fn it_waits_for_the_constitutional_timelock() {
    resolution::timelock(&CASE, BudgetError::StillTimelocked);
}

#[test]
fn the_grace_ends_for_good() {
    resolution::last_second_of_grace(&CASE);
    resolution::grace(&CASE, BudgetError::GraceOver);
}

#[test]
fn a_role_given_away_since_the_settlement_is_stale() {
    resolution::stale(&CASE, BudgetError::TargetChanged);
}

#[test]
fn two_votes_in_turn_are_both_carried_out() {
    resolution::in_turn(&CASE);
}

#[test]
fn another_role_is_another_target() {
    let (mut w, voter) = CASE.approved();
    let second = decide(&mut w, &voter, &[], &[World::set_role(Role::Reviewer, HEIR)]);
    w.to_execution(second);
    w.execute_action(second, 0).unwrap();
    w.execute_action(0, 0).unwrap();
    let treasury = w.treasury();
    assert_eq!((treasury.guardian, treasury.reviewer), (HEIR, HEIR));
}

#[test]
fn neither_breaker_nor_pause_stops_it() {
    resolution::unstoppable(&CASE);
}

#[test]
fn each_role_goes_to_its_heir_and_the_others_stay() {
    for (position, role) in
        [Role::Guardian, Role::Reviewer, Role::RiskReporter].into_iter().enumerate()
    {
        let (mut w, voter) = community(brisk());
        let roles = w.roles();
        let mut expected = [roles.guardian, roles.reviewer, roles.risk_reporter];
        expected[position] = HEIR;
        give_role(&mut w, &voter, role, HEIR);
        let treasury = w.treasury();
        let now = [treasury.guardian, treasury.reviewer, treasury.risk_reporter];
        assert_eq!(now, expected);
        let mut changes = [0; 20];
        changes[8 + position] = 1;
        assert_eq!(treasury.target_changes, changes);
    }
}

#[test]
fn the_zero_key_leaves_the_role_vacant() {
    let (mut w, voter) = community(brisk());
    give_role(&mut w, &voter, Role::Guardian, Pubkey::default());
    assert_eq!(w.treasury().guardian, Pubkey::default());
    assert_eq!(w.treasury().reviewer, w.reviewer.key());
}

#[test]
fn it_moves_no_money() {
    let (mut w, _) = CASE.executable();
    let (before, vault) = (w.treasury(), w.vault());
    CASE.execute(&mut w, 0, 0).unwrap();
    let after = w.treasury();
    assert_eq!((after.tracked, after.committed), (before.tracked, before.committed));
    assert_eq!(w.vault(), vault);
    assert_eq!((after.policy, after.in_force), (before.policy, before.in_force));
    assert_eq!(w.epoch(0).executed, 0);
}

#[test]
fn its_event_names_role_and_holder() {
    let (mut w, _) = CASE.executable();
    let (landed, own_seq, own_epoch) = resolution::executed(&CASE, &mut w);
    let RoleSet { seq, epoch, index, role, holder } = event(&landed);
    assert_eq!((seq, epoch, index), (own_seq, own_epoch, 0));
    assert_eq!((role, holder), (Role::Guardian, HEIR));
}
