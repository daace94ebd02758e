//! veto_proposal
//! ├── given the guardian does not sign .................... AccountNotSigner
//! ├── given the treasury or epoch of another, or a forged
//! │   sysvar .............................................. AccountMismatch
//! ├── given a durable nonce ............................... DurableNonceRefused
//! ├── given somebody else, a former guardian or a vacancy . RoleRequired
//! ├── given the epoch is not settled ...................... NotSettled
//! └── given it is
//!     ├── when the entry was not funded or approved, or is
//!     │   executed, vetoed or lapsed ...................... EntryNotFunded
//!     ├── when it is a role, a ruling, a write-off or the
//!     │   breaker ......................................... VetoNotAllowed
//!     ├── when the timelock is over ....................... TimelockOver
//!     └── when an award or change of policy waits
//!         ├── it can never be executed
//!         ├── what it promised is free again, everywhere it was counted
//!         ├── neither breaker nor pause stops the veto
//!         └── the proposal closes with its bond

use anchor_lang::error::ErrorCode;
use budget_tests::*;
use community_budget::{BudgetError, events::ProposalVetoed, state::Role};

use crate::{roles::RoleCase, stage::*};

const TREASURY: usize = 1;
const EPOCH: usize = 2;

const CASE: RoleCase = RoleCase {
    begin: |mut w, voter| {
        decide(&mut w, &voter, &[ask_in(GENERAL, 5 * MILLION)], &[]);
        w
    },
    instruction: |w, guardian| w.community.veto_proposal(guardian, w.current(), 0),
    role: Role::Guardian,
    holder: |w| w.guardian.clone(),
    sysvar: 3,
};

/// An award and a change of policy, settled this very second, and the guardian.
fn settled() -> (World, Person) {
    let (mut w, voter) = community(brisk());
    decide(&mut w, &voter, &[ask_in(GENERAL, 5 * MILLION)], &[cap_of(2_000)]);
    let guardian = w.guardian.clone();
    (w, guardian)
}

#[test]
fn the_guardian_must_sign() {
    CASE.holder_must_sign(ErrorCode::AccountNotSigner);
}

#[test]
fn nobody_else_may_veto() {
    CASE.nobody_else_may(BudgetError::RoleRequired);
}

#[test]
fn a_former_guardian_may_not_veto() {
    CASE.former_holder_may_not(BudgetError::RoleRequired);
}

#[test]
fn nobody_may_veto_without_a_guardian() {
    CASE.nobody_may_while_vacant(BudgetError::RoleRequired);
}

#[test]
fn no_veto_can_be_kept_for_later() {
    CASE.no_durable_nonce(BudgetError::DurableNonceRefused);
}

#[test]
fn a_forged_sysvar_is_refused() {
    CASE.forged_sysvar(BudgetError::AccountMismatch);
}

#[test]
fn what_makes_no_transaction_durable_is_no_obstacle() {
    CASE.harmless_neighbours();
}

#[test]
fn accounts_of_another_treasury_are_refused() {
    // The guardian is the guardian of both.
    let (mut w, voter) = open(brisk());
    let other = second_treasury(&mut w, &voter);
    let ask = [ask_in(GENERAL, 5 * MILLION)];
    within(&mut w, other, |w| w.open_next_epoch());
    let both = [w.community, other];
    for community in both {
        within(&mut w, community, |w| fill(w, &ask, &[]));
    }
    w.to_voting();
    for community in both {
        within(&mut w, community, |w| vote_for_all(w, &voter));
    }
    w.to_tallying();
    for community in both {
        within(&mut w, community, |w| w.settle().unwrap());
    }
    let guardian = w.guardian.clone();
    let own = w.community.veto_proposal(guardian.key(), 0, 0);
    for (position, key) in [(TREASURY, other.treasury), (EPOCH, other.epoch(0))] {
        let mixed = swapped(own.clone(), position, key);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(mixed, &[&guardian]));
    }
    w.send(own, &[&guardian]).unwrap();
    let spared = within(&mut w, other, |w| w.entry(0, 0));
    assert!(spared.is(Outcome::Funded));
}

#[test]
fn an_epoch_that_is_not_settled_has_nothing_to_veto() {
    let (mut w, voter) = open(brisk());
    let guardian = w.guardian.clone();
    fill(&mut w, &[ask_in(GENERAL, 5 * MILLION)], &[]);
    refused(&mut w, BudgetError::NotSettled, |w| w.veto(&guardian, 0, 0));
    w.to_voting();
    vote_for_all(&mut w, &voter);
    refused(&mut w, BudgetError::NotSettled, |w| w.veto(&guardian, 0, 0));
    w.to_tallying();
    refused(&mut w, BudgetError::NotSettled, |w| w.veto(&guardian, 0, 0));
}

#[test]
fn an_entry_that_waits_for_nothing_is_refused() {
    let (mut w, voter) = open(brisk());
    let guardian = w.guardian.clone();
    // Funded; over the cap; rejected; withdrawn; approved; superseded.
    let large = 200 * MILLION;
    let asks = [ask_in(GENERAL, 10), ask_in(GENERAL, large), ask_in(GENERAL, large), Ask::of(2)];
    let people = fill(&mut w, &asks, &[cap_of(2_000), cap_of(2_500)]);
    let unaccepted = w.person();
    w.submit_for(&people[0], &unaccepted, false, &Ask::of(3)).unwrap();
    w.withdraw(&people[3], 3).unwrap();
    w.to_voting();
    w.cast(&voter, &[(0, For), (1, For), (2, For), (4, For), (5, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    let outcomes = [Outcome::Funded, Outcome::Funded, Outcome::Unfunded, Outcome::Withdrawn];
    for (index, outcome) in (0..).zip(outcomes) {
        assert!(w.entry(0, index).is(outcome), "entry {index}");
    }
    assert!(w.entry(0, 5).is(Outcome::Superseded));
    assert!(w.entry(0, 6).is(Outcome::NotAccepted));
    // Beyond the entries, and beyond the slate.
    for index in [2, 3, 5, 6, 7, 15, 16, 255] {
        refused(&mut w, BudgetError::EntryNotFunded, |w| w.veto(&guardian, 0, index));
    }
    w.veto(&guardian, 0, 0).unwrap();
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.veto(&guardian, 0, 0));
    w.to_execution(0);
    w.execute(0, 1).unwrap();
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.veto(&guardian, 0, 1));
    to_settled(&mut w, 0, 14 * DAY);
    w.lapse(0, 4).unwrap();
    refused(&mut w, BudgetError::EntryNotFunded, |w| w.veto(&guardian, 0, 4));
}

#[test]
fn an_entry_that_failed_is_refused() {
    let (mut w, voter) = open(brisk());
    let guardian = w.guardian.clone();
    fill(&mut w, &[ask_in(GENERAL, 5)], &[cap_of(2_000)]);
    w.to_voting();
    w.cast(&voter, &[(0, Against), (1, Against)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    for index in [0, 1] {
        assert!(w.entry(0, index).is(Outcome::Failed));
        refused(&mut w, BudgetError::EntryNotFunded, |w| w.veto(&guardian, 0, index));
    }
}

#[test]
fn acts_on_roles_rulings_write_offs_and_the_breaker_are_beyond_the_guardian() {
    let (mut w, _) = parliament();
    let guardian = w.guardian.clone();
    for index in [SET_ROLE, RULE_ON_STREAM, CLEAR_BREAKER, WRITE_OFF] {
        refused(&mut w, BudgetError::VetoNotAllowed, |w| w.veto(&guardian, 1, index));
    }
    for index in [AWARD, SET_POLICY] {
        w.veto(&guardian, 1, index).unwrap();
    }
}

#[test]
fn the_guardian_cannot_veto_the_vote_that_replaces_the_guardian() {
    let (mut w, voter) = community(brisk());
    let guardian = w.guardian.clone();
    let heir = w.person();
    decide(&mut w, &voter, &[], &[World::set_role(Role::Guardian, heir.key())]);
    refused(&mut w, BudgetError::VetoNotAllowed, |w| w.veto(&guardian, 0, 0));
    w.to_execution(0);
    w.execute_action(0, 0).unwrap();
    assert_eq!(w.treasury().guardian, heir.key());
}

#[test]
fn the_veto_ends_where_the_execution_begins() {
    // The small timelock is a day, the constitutional one four.
    for (index, timelock) in [(0, DAY), (1, 4 * DAY)] {
        let (mut w, guardian) = settled();
        for late in [0, 1] {
            to_settled(&mut w, 0, timelock + late);
            refused(&mut w, BudgetError::TimelockOver, |w| w.veto(&guardian, 0, index));
        }
        to_settled(&mut w, 0, timelock - 1);
        w.veto(&guardian, 0, index).unwrap();
        assert!(w.entry(0, index).is(Outcome::Vetoed));
    }
}

#[test]
fn a_vetoed_award_is_free_again_wherever_it_was_counted() {
    let (mut w, voter) = community(brisk());
    let guardian = w.guardian.clone();
    let asks = [ask_in(HEDGES, 20 * MILLION), ask_in(GENERAL, 5 * MILLION)];
    decide(&mut w, &voter, &asks, &[]);
    let (before, vault) = (w.treasury(), w.vault());
    assert_eq!((before.committed, before.outflow[0]), (25 * MILLION, 25 * MILLION));
    w.veto(&guardian, 0, 0).unwrap();
    let (after, header) = (w.treasury(), w.epoch(0));
    assert_eq!((after.committed, after.outflow[0]), (5 * MILLION, 5 * MILLION));
    assert_eq!(after.positions[usize::from(HEDGES)].pending, 0);
    assert_eq!((header.allocated, header.executed), (5 * MILLION, 0));
    assert_eq!((after.tracked, after.high_water), (before.tracked, before.high_water));
    assert_eq!((w.vault(), after.seq), (vault, before.seq));
    assert_award_dead(&mut w, 0, 0);
    w.execute(0, 1).unwrap();
}

#[test]
fn a_vetoed_change_of_policy_changes_nothing() {
    let (mut w, guardian) = settled();
    let before = w.treasury();
    w.veto(&guardian, 0, 1).unwrap();
    let after = w.treasury();
    assert_eq!((after.policy, after.target_changes), (before.policy, before.target_changes));
    assert_eq!((after.committed, after.outflow), (before.committed, before.outflow));
    assert_eq!(w.epoch(0).allocated, 5 * MILLION);
    assert_act_dead(&mut w, 0, 1);
}

#[test]
fn neither_breaker_nor_pause_stops_a_veto() {
    let (mut w, voter) = losing();
    fill(&mut w, &[ask_in(GENERAL, 5 * MILLION)], &[]);
    carry(&mut w, &voter);
    let guardian = w.guardian.clone();
    w.trip().unwrap();
    w.pause_executions(&guardian, DAY_SECS).unwrap();
    w.veto(&guardian, 1, 0).unwrap();
    assert!(w.entry(1, 0).is(Outcome::Vetoed));
}

#[test]
fn a_vetoed_proposal_closes_with_its_bond() {
    let mut policy = brisk();
    policy.slate.bond = 50_000;
    let (mut w, voter) = community(policy);
    let guardian = w.guardian.clone();
    w.open_next_epoch();
    let proposer = fill(&mut w, &[ask_in(GENERAL, 5 * MILLION)], &[]).remove(0);
    carry(&mut w, &voter);
    w.veto(&guardian, 0, 0).unwrap();
    let before = w.purse(&proposer);
    w.close_proposal(0, 0).unwrap();
    assert_eq!(w.purse(&proposer), before + 50_000);
    assert!(!w.svm.exists(&w.proposal_key(0, 0)));
}

#[test]
fn its_event_tells_what_is_free_again() {
    let (mut w, guardian) = settled();
    let landed = w.veto(&guardian, 0, 0).unwrap();
    let ProposalVetoed { seq, epoch, index, guardian: by, amount, committed } = event(&landed);
    assert_eq!((seq, epoch, index), (w.epoch(0).seq, w.community.epoch(0), 0));
    assert_eq!((by, amount, committed), (guardian.key(), 5 * MILLION, 0));
    let landed = w.veto(&guardian, 0, 1).unwrap();
    let ProposalVetoed { index, amount, .. } = event(&landed);
    assert_eq!((index, amount), (1, 0));
}
