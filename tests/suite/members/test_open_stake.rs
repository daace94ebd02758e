//! open_stake
//! ├── given the owner does not sign ................ AccountNotSigner
//! ├── given the payer does not sign ................ AccountNotSigner
//! ├── given the address is not the owner's ......... ConstraintSeeds
//! ├── given the owner has a stake .................. StakeAlreadyOpen
//! ├── when the lock is outside the policy's range .. LockOutOfRange
//! └── when valid
//!     ├── every field is written, the payer pays
//!     ├── the shortest and the longest lock are allowed
//!     └── lamports sent to the address before stop nothing

use anchor_lang::{error::ErrorCode, prelude::Pubkey};
use budget_tests::*;
use community_budget::{
    BudgetError, ID,
    constants::STAKE_SEED,
    state::{Stake, Treasury},
};

use crate::common::*;

const OWNER: usize = 0;
const PAYER: usize = 1;
const TREASURY: usize = 2;
const STAKE: usize = 3;
const SYSTEM_PROGRAM: usize = 4;

const LOCK: u32 = 30 * DAY_SECS;

#[test]
fn every_field_is_written() {
    let mut w = World::new();
    let (alice, payer) = (w.person(), w.person());
    let instruction = w.community.open_stake(alice.key(), payer.key(), LOCK);
    w.send(instruction, &[&alice, &payer]).unwrap();
    let treasury = w.community.treasury;
    let seeds = [STAKE_SEED, treasury.as_ref(), &alice.key().to_bytes()];
    let expected = Stake {
        version: 1,
        bump: Pubkey::find_program_address(&seeds, &ID).1,
        dormant: 0,
        reserved_flags: [0; 1],
        lock_secs: LOCK,
        treasury,
        owner: alice.key(),
        rent_payer: payer.key(),
        delegate: Pubkey::default(),
        amount: 0,
        cooling: 0,
        cooling_until: 0,
        lock_floor_at: 0,
        weight: 0,
        frozen_weight: 0,
        frozen_epoch: u32::MAX,
        act_epoch: u32::MAX,
        participation_latest: u32::MAX,
        touched_epoch: 0,
        participation: [0; 8],
        frozen_amount: 0,
        reserved: [0; 24],
    };
    assert_same(w.stake_of(&alice), expected);
}

#[test]
fn the_treasury_counts_the_event_and_changes_nothing_else() {
    let mut w = World::new();
    let alice = w.person();
    let books = w.treasury();
    w.open_stake(&alice, LOCK).unwrap();
    assert_same(w.treasury(), Treasury { seq: books.seq + 1, ..books });
}

#[test]
fn the_payer_pays_exactly_the_rent() {
    let mut w = World::new();
    let (alice, payer) = (w.person(), w.person());
    let had = [&alice, &payer].map(|person| w.svm.lamports(&person.key()));
    let instruction = w.community.open_stake(alice.key(), payer.key(), LOCK);
    w.send(instruction, &[&alice, &payer]).unwrap();
    let rent = w.svm.lamports(&w.community.stake(&alice.key()));
    assert!(rent > 0);
    assert_eq!(w.svm.lamports(&alice.key()), had[0]);
    assert_eq!(w.svm.lamports(&payer.key()), had[1] - rent);
}

#[test]
fn the_lock_lies_within_the_policys_range() {
    let mut w = World::new();
    let range = w.treasury().policy.stake;
    let (alice, bob) = (w.person(), w.person());
    for lock in [0, range.min_lock_secs - 1, range.max_lock_secs + 1, u32::MAX] {
        refused(&mut w, BudgetError::LockOutOfRange, |w| w.open_stake(&alice, lock));
    }
    w.open_stake(&alice, range.min_lock_secs).unwrap();
    w.open_stake(&bob, range.max_lock_secs).unwrap();
    assert_eq!(w.stake_of(&alice).lock_secs, 7 * DAY_SECS);
    assert_eq!(w.stake_of(&bob).lock_secs, 180 * DAY_SECS);
}

#[test]
fn an_owner_has_one_stake_per_treasury() {
    let mut w = World::new();
    let alice = w.staker(500);
    refused(&mut w, BudgetError::StakeAlreadyOpen, |w| w.open_stake(&alice, LOCK));
    let twin = sibling(&mut w);
    within(&mut w, twin, |w| w.open_stake(&alice, LOCK)).unwrap();
    assert_eq!(w.stake_of(&alice).amount, 500);
}

#[test]
fn the_owner_must_sign() {
    let mut w = World::new();
    let alice = w.person();
    let opening = w.community.open_stake(alice.key(), w.svm.fee_payer(), LOCK);
    let instruction = unsigned(opening, OWNER);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(instruction, &[]));
}

#[test]
fn the_payer_must_sign() {
    let mut w = World::new();
    let (alice, payer) = (w.person(), w.person());
    let instruction = unsigned(w.community.open_stake(alice.key(), payer.key(), LOCK), PAYER);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(instruction, &[&alice]));
}

#[test]
fn the_address_must_be_the_owners_in_this_treasury() {
    let mut w = World::new();
    let (alice, bob) = (w.person(), w.person());
    let twin = sibling(&mut w);
    let opening = w.community.open_stake(alice.key(), w.svm.fee_payer(), LOCK);
    let wrong = [
        swapped(opening.clone(), STAKE, w.community.stake(&bob.key())),
        swapped(opening.clone(), STAKE, twin.stake(&alice.key())),
        swapped(opening, TREASURY, twin.treasury),
    ];
    for instruction in wrong {
        refused_by_anchor(&mut w, ErrorCode::ConstraintSeeds, |w| w.send(instruction, &[&alice]));
    }
}

#[test]
fn a_treasury_is_of_the_programs_own_kind() {
    let mut w = World::new();
    let alice = w.staker(500);
    let wrong = w.community.stake(&alice.key());
    let opening = w.community.open_stake(alice.key(), w.svm.fee_payer(), LOCK);
    let instruction = swapped(opening, TREASURY, wrong);
    refused_by_anchor(&mut w, ErrorCode::AccountDiscriminatorMismatch, |w| {
        w.send(instruction, &[&alice])
    });
}

#[test]
fn the_system_program_must_be_itself() {
    let mut w = World::new();
    let alice = w.person();
    let opening = w.community.open_stake(alice.key(), w.svm.fee_payer(), LOCK);
    let instruction = swapped(opening, SYSTEM_PROGRAM, token::SPL_TOKEN);
    refused_by_anchor(&mut w, ErrorCode::InvalidProgramId, |w| w.send(instruction, &[&alice]));
}

#[test]
fn lamports_sent_to_the_address_before_count_towards_the_rent() {
    let mut w = World::new();
    let alice = w.staker(1);
    let rent = w.svm.lamports(&w.community.stake(&alice.key()));
    for present in [1, rent - 1, rent, rent + 1, 5 * rent] {
        let (bob, payer) = (w.person(), w.person());
        let address = w.community.stake(&bob.key());
        w.svm.fund(address, present);
        let had = w.svm.lamports(&payer.key());
        let instruction = w.community.open_stake(bob.key(), payer.key(), LOCK);
        w.send(instruction, &[&bob, &payer]).unwrap();
        assert_eq!(w.stake_of(&bob).rent_payer, payer.key());
        assert_eq!(w.svm.lamports(&address), present.max(rent));
        assert_eq!(had - w.svm.lamports(&payer.key()), rent.saturating_sub(present));
    }
}
