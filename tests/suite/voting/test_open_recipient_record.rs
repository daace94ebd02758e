//! open_recipient_record
//! ├── given the payer did not sign ........................ AccountNotSigner
//! ├── given the record belongs to another person or treasury ConstraintSeeds
//! ├── given the person has a record in this treasury ...... RecordAlreadyOpen
//! └── given there is none
//!     ├── when anyone opens it ............................ every field is written, the payer pays
//!     ├── when the person has one in another treasury ..... both exist
//!     └── when lamports wait at the address
//!         ├── less than the rent .......................... the payer adds the rest
//!         └── as much or more ............................. the payer adds nothing

use anchor_lang::{
    error::ErrorCode::{AccountNotSigner, ConstraintSeeds},
    prelude::Pubkey,
};
use budget_tests::*;
use community_budget::{BudgetError, state::RecipientRecord};

use crate::shared::{lamports_spent, record, second_treasury, within};

const PAYER: usize = 0;
const RECORD: usize = 3;

/// Rent of a record, as a plain creation pays it.
fn rent(w: &mut World) -> u64 {
    let (payer, person) = (w.person(), w.person());
    open_paid_by(w, &payer, &person)
}

/// Opens the record of `person` and returns what that costs `payer`.
fn open_paid_by(w: &mut World, payer: &Person, person: &Person) -> u64 {
    let instruction = w.community.open_recipient_record(payer.key(), person.key());
    lamports_spent(w, payer, |w| w.send(instruction, &[payer]))
}

fn record_key(w: &World, person: &Person) -> Pubkey {
    w.community.recipient_record(&person.key())
}

#[test]
fn a_payer_who_did_not_sign_is_refused() {
    let mut w = World::new();
    let (payer, person) = (w.person(), w.person());
    refused_by_anchor(&mut w, AccountNotSigner, |w| {
        let instruction = w.community.open_recipient_record(payer.key(), person.key());
        w.send(unsigned(instruction, PAYER), &[])
    });
}

#[test]
fn the_address_of_another_persons_record_is_refused() {
    let mut w = World::new();
    let (person, other) = (w.person(), w.person());
    refused_by_anchor(&mut w, ConstraintSeeds, |w| {
        let instruction = w.community.open_recipient_record(w.svm.fee_payer(), person.key());
        let key = record_key(w, &other);
        w.send(swapped(instruction, RECORD, key), &[])
    });
}

#[test]
fn the_address_of_a_record_in_another_treasury_is_refused() {
    let mut w = World::new();
    let other = second_treasury(&mut w);
    let person = w.person();
    refused_by_anchor(&mut w, ConstraintSeeds, |w| {
        let instruction = w.community.open_recipient_record(w.svm.fee_payer(), person.key());
        w.send(swapped(instruction, RECORD, other.recipient_record(&person.key())), &[])
    });
}

#[test]
fn a_second_record_of_a_person_is_refused() {
    let mut w = World::new();
    let person = w.person();
    w.open_recipient_record(person.key()).unwrap();
    refused(&mut w, BudgetError::RecordAlreadyOpen, |w| w.open_recipient_record(person.key()));
}

#[test]
fn a_new_record_has_no_history() {
    let mut w = World::new();
    let person = w.person();
    let seq = w.treasury().seq;
    w.open_recipient_record(person.key()).unwrap();

    let RecipientRecord {
        version,
        bump,
        submitted_count,
        leader,
        submitted_epoch,
        treasury,
        person: of,
        accepted_epoch,
        score_sum,
        scored,
        missed_updates,
        cancellations,
        streams,
        awarded,
        paid,
        returned,
        reserved,
    } = record(&w, &person);
    let seeds = [b"recipient".as_slice(), w.community.treasury.as_ref(), of.as_ref()];
    let canonical = Pubkey::find_program_address(&seeds, &community_budget::ID).1;
    assert_eq!((version, bump), (1, canonical));
    assert_eq!((submitted_count, leader), (0, 0));
    assert_eq!((submitted_epoch, accepted_epoch), (u32::MAX, u32::MAX));
    assert_eq!((treasury, of), (w.community.treasury, person.key()));
    assert_eq!((score_sum, scored, missed_updates, cancellations), (0, 0, 0, 0));
    assert_eq!((streams, awarded, paid, returned), (0, 0, 0, 0));
    assert_eq!(reserved, [0; 56]);
    assert_eq!(w.treasury().seq, seq + 1);
}

#[test]
fn a_stranger_can_open_and_pay_for_it() {
    let mut w = World::new();
    let (stranger, person) = (w.person(), w.person());
    let own = w.svm.lamports(&person.key());
    let paid = open_paid_by(&mut w, &stranger, &person);
    assert_eq!(paid, w.svm.lamports(&record_key(&w, &person)));
    assert_eq!(w.svm.lamports(&person.key()), own);
}

#[test]
fn a_person_has_a_record_in_every_treasury() {
    let mut w = World::new();
    let other = second_treasury(&mut w);
    let person = w.proposer();
    within(&mut w, other, |w| w.open_recipient_record(person.key())).unwrap();
    assert_eq!(record(&w, &person).treasury, w.community.treasury);
    assert_eq!(within(&mut w, other, |w| record(w, &person)).treasury, other.treasury);
}

#[test]
fn lamports_below_the_rent_at_the_address_count_towards_it() {
    let mut w = World::new();
    let rent = rent(&mut w);
    let (payer, person) = (w.person(), w.person());
    let key = record_key(&w, &person);
    w.svm.fund(key, rent - 1);
    assert_eq!(open_paid_by(&mut w, &payer, &person), 1);
    assert_eq!(w.svm.lamports(&key), rent);
    assert_eq!(record(&w, &person).person, person.key());
}

#[test]
fn lamports_above_the_rent_at_the_address_stay_there() {
    let mut w = World::new();
    let rent = rent(&mut w);
    for surplus in [0, 1] {
        let (payer, person) = (w.person(), w.person());
        let key = record_key(&w, &person);
        w.svm.fund(key, rent + surplus);
        assert_eq!(open_paid_by(&mut w, &payer, &person), 0);
        assert_eq!(w.svm.lamports(&key), rent + surplus);
        assert_eq!(record(&w, &person).person, person.key());
    }
}
