//! R3, delegation: who is no delegate, and every order in which owner and delegate can act
//! (`flow_delegation` tells what each of them may do).
//!
//! others
//! ├── given the delegate of another stake .......... NotOwnerOrDelegate
//! ├── given another delegate since ................. the old one is out, the new one may revise
//! ├── given no delegate ............................ nobody but the owner
//! └── given every order of both .................... the tallies that counting by hand gives

use anchor_lang::prelude::Pubkey;
use budget_tests::*;
use community_budget::BudgetError;

use crate::{
    flow_delegation::{
        by_delegate, cast_for, delegated, locked_out, retract_for, revise_for, shut_out,
    },
    shared::{second_treasury, tally, within},
};

const STAKE: usize = 4;

// --- whose delegate ---------------------------------------------------------------------------

#[test]
fn the_delegate_of_one_stake_has_no_say_in_another() {
    let (mut w, [alice, bob, carol]) = delegated();
    let not_delegate = BudgetError::NotOwnerOrDelegate;
    refused(&mut w, not_delegate, |w| cast_for(w, &carol, &bob, &[(0, For)]));
    w.cast(&carol, &[(0, For)]).unwrap();
    shut_out(&mut w, &carol, &bob, || BudgetError::NotOwnerOrDelegate);
    // Nor has the owner in the stake of the delegate.
    refused(&mut w, BudgetError::NotOwnerOrDelegate, |w| cast_for(w, &bob, &alice, &[(0, For)]));
}

#[test]
fn a_delegates_own_delegate_has_no_say() {
    let (mut w, [alice, bob, carol]) = delegated();
    w.set_delegate(&bob, carol.key()).unwrap();
    cast_for(&mut w, &bob, &carol, &[(0, For)]).unwrap();
    refused(&mut w, BudgetError::NotOwnerOrDelegate, |w| cast_for(w, &alice, &carol, &[(0, For)]));
    cast_for(&mut w, &alice, &bob, &[(0, Against)]).unwrap();
    shut_out(&mut w, &alice, &carol, || BudgetError::NotOwnerOrDelegate);
    assert_eq!(tally(&w, 0), (300, 600, 0));
}

#[test]
fn two_who_delegate_to_each_other_vote_once_each() {
    let (mut w, [alice, bob, _]) = delegated();
    w.set_delegate(&bob, alice.key()).unwrap();
    cast_for(&mut w, &alice, &bob, &[(0, For)]).unwrap();
    cast_for(&mut w, &bob, &alice, &[(0, Against)]).unwrap();
    assert_eq!(tally(&w, 0), (600, 300, 0));
    w.revise(&alice, &[(0, Against)]).unwrap();
    assert_eq!(tally(&w, 0), (0, 900, 0));
    locked_out(&mut w, &alice, &bob);
    // Alice may still speak for Bob, until Bob does.
    revise_for(&mut w, &bob, &alice, &[(0, For)]).unwrap();
    assert_eq!(tally(&w, 0), (300, 600, 0));
}

#[test]
fn a_delegate_must_show_the_stake_that_names_it() {
    let (mut w, [alice, bob, carol]) = delegated();
    let other = second_treasury(&mut w);
    let lock = test_policy().stake.min_lock_secs;
    within(&mut w, other, |w| {
        w.open_stake(&carol, lock).unwrap();
        w.set_delegate(&carol, bob.key()).unwrap();
    });
    w.cast(&carol, &[(0, For)]).unwrap();
    let (args, own) = (w.ballot(&[(0, Against)]), w.community);
    let revision = own.revise_vote_for(carol.key(), bob.key(), 0, args);
    let retraction = own.retract_vote_for(carol.key(), bob.key(), 0);
    for instruction in [revision, retraction] {
        // None, Alice's, who did choose Bob, and the one that Carol has elsewhere.
        let wrong = [
            (community_budget::ID, BudgetError::NotOwnerOrDelegate),
            (own.stake(&alice.key()), BudgetError::NotOwnerOrDelegate),
            (other.stake(&carol.key()), BudgetError::AccountMismatch),
        ];
        for (stake, expected) in wrong {
            let instruction = swapped(instruction.clone(), STAKE, stake);
            refused(&mut w, expected, |w| w.send(instruction, &[&bob]));
        }
    }
}

#[test]
fn an_owner_needs_no_stake_to_revise_and_a_wrong_one_does_not_matter() {
    let (mut w, [alice, bob, _]) = delegated();
    cast_for(&mut w, &alice, &bob, &[(0, For)]).unwrap();
    let args = w.ballot(&[(0, Against)]);
    let revision = w.community.revise_vote(alice.key(), 0, args);
    let instruction = swapped(revision, STAKE, w.community.stake(&bob.key()));
    w.send(instruction, &[&alice]).unwrap();
    assert_eq!((tally(&w, 0), by_delegate(&w, &alice)), ((0, 600, 0), false));
}

// --- another delegate -------------------------------------------------------------------------

#[test]
fn a_delegate_replaced_in_voting_is_out_and_the_new_one_may_revise() {
    let (mut w, [alice, bob, carol]) = delegated();
    cast_for(&mut w, &alice, &bob, &[(0, For)]).unwrap();
    w.set_delegate(&alice, carol.key()).unwrap();
    shut_out(&mut w, &alice, &bob, || BudgetError::NotOwnerOrDelegate);
    // Choosing a delegate is no vote: the ballot stands, and is still a delegate's.
    assert_eq!((tally(&w, 0), by_delegate(&w, &alice)), ((600, 0, 0), true));
    revise_for(&mut w, &alice, &carol, &[(0, Against)]).unwrap();
    assert_eq!(tally(&w, 0), (0, 600, 0));
    w.revise(&alice, &[(0, Abstain)]).unwrap();
    assert_eq!(tally(&w, 0), (0, 0, 600));
    locked_out(&mut w, &alice, &carol);
}

#[test]
fn a_new_delegate_does_not_undo_the_owners_ballot() {
    let (mut w, [alice, _, carol]) = delegated();
    w.cast(&alice, &[(0, For)]).unwrap();
    w.set_delegate(&alice, carol.key()).unwrap();
    locked_out(&mut w, &alice, &carol);
}

#[test]
fn a_delegate_chosen_in_voting_may_vote_at_once() {
    let (mut w, [_, bob, carol]) = delegated();
    w.set_delegate(&carol, bob.key()).unwrap();
    cast_for(&mut w, &carol, &bob, &[(0, For)]).unwrap();
    assert_eq!(tally(&w, 0), (100, 0, 0));
}

#[test]
fn a_dismissed_delegate_has_no_say() {
    let (mut w, [alice, bob, _]) = delegated();
    cast_for(&mut w, &alice, &bob, &[(0, For)]).unwrap();
    w.set_delegate(&alice, Pubkey::default()).unwrap();
    shut_out(&mut w, &alice, &bob, || BudgetError::NotOwnerOrDelegate);
    w.revise(&alice, &[(0, Against)]).unwrap();
    assert_eq!(tally(&w, 0), (0, 600, 0));
}

#[test]
fn without_a_delegate_nobody_but_the_owner_votes() {
    let (mut w, [_, bob, carol]) = delegated();
    let stranger = w.person();
    for voter in [&bob, &stranger] {
        refused(&mut w, BudgetError::NotOwnerOrDelegate, |w| {
            cast_for(w, &carol, voter, &[(0, For)])
        });
    }
    w.cast(&carol, &[(0, For)]).unwrap();
    for voter in [&bob, &stranger] {
        shut_out(&mut w, &carol, voter, || BudgetError::NotOwnerOrDelegate);
    }
}

// --- every order --------------------------------------------------------------------------------

/// What either of the two can do to the ballot of Alice.
#[derive(Clone, Copy, Debug)]
enum Move {
    Cast(Choice),
    Revise(Choice),
    Retract,
}

/// The rule, told once more: what is recorded, and whether the owner has spoken.
#[derive(Default)]
struct Told {
    recorded: Option<Choice>,
    by_owner: bool,
}

impl Told {
    /// Carries the move out, if it is allowed.
    fn take(&mut self, is_owner: bool, step: Move) -> bool {
        let (before, allowed) = match (self.recorded, step) {
            (None, Move::Cast(choice)) => {
                (self.recorded, self.recorded) = (Some(choice), Some(choice));
                self.by_owner = is_owner;
                return true;
            }
            (None, _) | (Some(_), Move::Cast(_)) => return false,
            (Some(before), _) => (before, is_owner || !self.by_owner),
        };
        let after = match step {
            Move::Revise(choice) => choice,
            Move::Retract | Move::Cast(_) => Unmarked,
        };
        let takes_over = is_owner && !self.by_owner;
        if !allowed || before == after && !takes_over {
            return false;
        }
        self.recorded = Some(after);
        self.by_owner = is_owner;
        true
    }
}

#[test]
fn in_every_order_of_four_moves_the_stake_counts_once() {
    let steps = [Move::Cast(For), Move::Revise(For), Move::Revise(Against), Move::Retract];
    let moves: Vec<(bool, Move)> =
        steps.into_iter().flat_map(|step| [(true, step), (false, step)]).collect();
    let (mut landed, mut sequences) = (0, 0);
    let setup = Setup { signature_checks: false, ..Setup::default() };
    let mut w = World::with(setup);
    let (carol, bob) = (w.staker(100), w.person());
    // Every sequence has an owner and an entry of its own: of 8 to the power of 3, after a cast.
    let mut owners = Vec::new();
    for _ in 0..2 * 512 {
        let alice = w.staker(600);
        w.set_delegate(&alice, bob.key()).unwrap();
        owners.push(alice);
    }
    w.open_epoch().unwrap();
    let proposer = w.proposer();
    w.submit(&proposer, &Ask::of(1)).unwrap();
    w.to_voting();
    w.cast(&carol, &[(0, For)]).unwrap();
    for (number, alice) in owners.iter().enumerate() {
        let first = (number % 2 == 0, Move::Cast(Against));
        let rest = [2, 16, 128].map(|place| moves[number / place % 8]);
        let mut told = Told::default();
        for (is_owner, step) in [first].into_iter().chain(rest) {
            let voter = if is_owner { alice } else { &bob };
            let before = tally(&w, 0);
            let was = told.recorded;
            let act = match step {
                Move::Cast(choice) => cast_for(&mut w, alice, voter, &[(0, choice)]),
                Move::Revise(choice) => revise_for(&mut w, alice, voter, &[(0, choice)]),
                Move::Retract => retract_for(&mut w, alice, voter),
            };
            let expected = told.take(is_owner, step);
            assert_eq!(act.is_ok(), expected, "{rest:?} of {number}, at {step:?}: {act:?}");
            landed += u32::from(expected);
            let moved = |(mut for_, mut against, abstain): (u64, u64, u64)| {
                for (choice, sign) in [(was, false), (told.recorded, true)] {
                    let sum = match choice {
                        Some(For) => &mut for_,
                        Some(Against) => &mut against,
                        _ => continue,
                    };
                    *sum = if sign { *sum + 600 } else { *sum - 600 };
                }
                (for_, against, abstain)
            };
            assert_eq!(tally(&w, 0), moved(before), "{rest:?} of {number}, at {step:?}");
        }
        sequences += 1;
    }
    assert!(sequences == 1_024 && landed > 2_000, "{landed} landed");
    assert_eq!(w.epoch(0).turnout, 100 + 600 * 1_024);
}
