//! What every instruction of the slate and the ballot asks of every account, whoever it names
//! ├── given a writable account passed read-only ....... ConstraintMut
//! ├── given a copy that another program owns .......... AccountOwnedByWrongProgram
//! └── given an account of another kind ................ AccountDiscriminatorMismatch

use anchor_lang::{
    error::ErrorCode::{AccountDiscriminatorMismatch, AccountOwnedByWrongProgram, ConstraintMut},
    prelude::Pubkey,
    solana_program::instruction::Instruction,
};
use budget_tests::*;
use community_budget::state::Role;

use crate::shared::{action_args, action_by, submission};

/// An instruction that would go through, and what can be wrong with its accounts.
struct Case {
    name: &'static str,
    world: World,
    instruction: Instruction,
    signers: Vec<Person>,
    /// Whose stake it names, if any.
    owner: Person,
    /// Positions that must be writable.
    writable: &'static [usize],
    /// Positions of this program's accounts.
    own: &'static [usize],
}

impl Case {
    fn send(&self, w: &mut World, instruction: Instruction) -> Act {
        w.send(instruction, &self.signers.iter().collect::<Vec<_>>())
    }
}

/// Every instruction in a world that is ready for it: entry 0 accepted, entry 1 waiting, and,
/// where there is voting, a ballot of the first voter.
fn cases() -> Vec<Case> {
    const NAMES: [&str; 11] = [
        "open_recipient_record",
        "submit_proposal",
        "submit_action",
        "accept_proposal",
        "withdraw_proposal",
        "cast_vote",
        "revise_vote",
        "retract_vote",
        "revise_vote by delegate",
        "retract_vote by delegate",
        "settle_epoch",
    ];
    NAMES.map(case).into()
}

fn case(name: &'static str) -> Case {
    let (mut w, voters) = submission(test_policy(), &[600, 300], &[]);
    let (proposer, recipient) = (w.proposer(), w.proposer());
    w.submit(&proposer, &Ask::of(1)).unwrap();
    w.submit_for(&proposer, &recipient, false, &Ask::of(1)).unwrap();
    let (payer, own) = (w.svm.fee_payer(), w.community);
    if name.contains("_vote") || name == "settle_epoch" {
        w.to_voting();
        w.cast(&voters[0], &[(0, For)]).unwrap();
    }
    let delegate = w.person();
    if name.ends_with("delegate") {
        w.set_delegate(&voters[1], delegate.key()).unwrap();
        let args = w.ballot(&[(0, For)]);
        let ballot = own.cast_vote_for(voters[1].key(), delegate.key(), payer, 0, args);
        w.send(ballot, &[&delegate]).unwrap();
    }
    let (first, second) = (voters[0].key(), voters[1].key());
    let against = w.ballot(&[(0, Against)]);
    let (instruction, signers, writable, positions): (_, _, &[usize], &[usize]) = match name {
        "open_recipient_record" => (own.open_recipient_record(payer, first), vec![], &[2, 3], &[2]),
        "submit_proposal" => {
            let instruction = w.submission(&proposer, recipient.key(), true, &Ask::of(1));
            let signers = vec![proposer, recipient];
            (instruction, signers, &[3, 4, 6, 7, 8, 9, 10], &[3, 4, 6, 7])
        }
        "submit_action" => {
            w.open_recipient_record(first).unwrap();
            let action = World::set_role(Role::Guardian, first);
            let instruction =
                own.submit_action(action_by(&w, &voters[0]), true, action_args(action));
            let signers = vec![voters[0].clone()];
            (instruction, signers, &[2, 3, 5, 6, 8, 9, 10], &[2, 3, 5, 6])
        }
        "accept_proposal" => {
            let instruction = own.accept_proposal(recipient.key(), 0, 1);
            (instruction, vec![recipient], &[1, 3], &[1, 2, 3])
        }
        "withdraw_proposal" => {
            let instruction = own.withdraw_proposal(proposer.key(), 0, 0);
            (instruction, vec![proposer], &[1], &[1, 2])
        }
        "cast_vote" => {
            let instruction = own.cast_vote(second, payer, 0, against);
            (instruction, vec![voters[1].clone()], &[3, 5], &[2, 3, 4])
        }
        "revise_vote" => {
            let instruction = own.revise_vote(first, 0, against);
            (instruction, vec![voters[0].clone()], &[2, 3], &[1, 2, 3])
        }
        "retract_vote" => {
            (own.retract_vote(first, 0), vec![voters[0].clone()], &[2, 3], &[1, 2, 3])
        }
        "revise_vote by delegate" => {
            let instruction = own.revise_vote_for(second, delegate.key(), 0, against);
            (instruction, vec![delegate], &[2, 3], &[1, 2, 3, 4])
        }
        "retract_vote by delegate" => {
            let instruction = own.retract_vote_for(second, delegate.key(), 0);
            (instruction, vec![delegate], &[2, 3], &[1, 2, 3, 4])
        }
        "settle_epoch" => {
            w.to_tallying();
            (own.settle_epoch(0), vec![], &[0, 1], &[0, 1])
        }
        other => panic!("no case for {other}"),
    };
    let owner = voters[usize::from(name != "submit_action")].clone();
    Case { name, world: w, instruction, signers, owner, writable, own: positions }
}

/// Takes the world out of a case, so that both can be used.
fn split(mut case: Case) -> (World, Case) {
    let world = std::mem::replace(&mut case.world, World::new());
    (world, case)
}

#[test]
fn untouched_every_instruction_goes_through() {
    for (mut w, case) in cases().into_iter().map(split) {
        if let Err(refusal) = case.send(&mut w, case.instruction.clone()) {
            panic!("{}: {refusal}", case.name);
        }
    }
}

#[test]
fn an_account_to_be_written_must_be_writable() {
    for (mut w, case) in cases().into_iter().map(split) {
        for position in case.writable {
            println!("{} account {position}", case.name);
            let mut instruction = case.instruction.clone();
            assert!(instruction.accounts[*position].is_writable);
            instruction.accounts[*position].is_writable = false;
            refused_by_anchor(&mut w, ConstraintMut, |w| case.send(w, instruction));
        }
    }
}

#[test]
fn a_copy_that_another_program_owns_is_refused() {
    let foreign = Pubkey::new_from_array([9; 32]);
    for (mut w, case) in cases().into_iter().map(split) {
        for position in case.own {
            println!("{} account {position}", case.name);
            let original = case.instruction.accounts[*position].pubkey;
            let mut copy = w.svm.get(&original).unwrap();
            copy.owner = foreign;
            let forged = w.person().key();
            w.svm.put(forged, copy);
            let instruction = swapped(case.instruction.clone(), *position, forged);
            let expected = AccountOwnedByWrongProgram;
            refused_by_anchor(&mut w, expected, |w| case.send(w, instruction));
        }
    }
}

#[test]
fn an_account_of_another_kind_is_refused() {
    for (mut w, case) in cases().into_iter().map(split) {
        let (staker, person) = (w.staker(1), w.proposer());
        let stake = w.community.stake(&staker.key());
        let record = w.community.recipient_record(&person.key());
        for position in case.own {
            println!("{} account {position}", case.name);
            let takes_stake =
                case.instruction.accounts[*position].pubkey == w.community.stake(&case.owner.key());
            let other = if takes_stake { record } else { stake };
            let instruction = swapped(case.instruction.clone(), *position, other);
            let expected = AccountDiscriminatorMismatch;
            refused_by_anchor(&mut w, expected, |w| case.send(w, instruction));
        }
    }
}
