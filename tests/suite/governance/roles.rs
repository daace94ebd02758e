//! What the instructions that take a role have in common: whose signature they ask for, and that it
//! is a fresh one. Each instruction's tests call these with its own [`RoleCase`].

use anchor_lang::{
    error::ErrorCode,
    prelude::{AccountMeta, Pubkey},
    solana_program::{instruction::Instruction, system_instruction},
    system_program,
};
use budget_tests::*;
use community_budget::{BudgetError, state::Role};

use crate::stage::*;

/// One of the instructions, with the role's signature in the first account.
pub struct RoleCase {
    /// A world in which the instruction would go through now.
    pub begin: fn(World, Person) -> World,
    /// The instruction, signed by the given key.
    pub instruction: fn(&World, Pubkey) -> Instruction,
    /// The role that it takes.
    pub role: Role,
    /// Its first holder.
    pub holder: fn(&World) -> Person,
    /// Where the sysvar stands in its accounts.
    pub sysvar: usize,
}

impl RoleCase {
    /// A world in which the first holder may act.
    pub fn ready(&self) -> World {
        let (w, voter) = community(brisk());
        (self.begin)(w, voter)
    }

    /// A world in which the role was given to `heir` by vote before.
    fn ready_after_handover(&self, heir: impl FnOnce(&World) -> Pubkey) -> World {
        let (mut w, voter) = community(brisk());
        let heir = heir(&w);
        give_role(&mut w, &voter, self.role, heir);
        (self.begin)(w, voter)
    }

    fn act(&self, w: &mut World, person: &Person) -> Act {
        let instruction = (self.instruction)(w, person.key());
        w.send(instruction, &[person])
    }

    /// The role's holder must sign.
    pub fn holder_must_sign(&self, expected: ErrorCode) {
        let mut w = self.ready();
        let holder = (self.holder)(&w);
        let bare = unsigned((self.instruction)(&w, holder.key()), 0);
        refused_by_anchor(&mut w, expected, |w| w.send(bare, &[]));
        self.act(&mut w, &holder).unwrap();
    }

    /// Nobody else may.
    pub fn nobody_else_may(&self, expected: BudgetError) {
        let mut w = self.ready();
        let holder = (self.holder)(&w);
        let (stranger, founder) = (w.person(), w.founder.clone());
        let others = [w.guardian.clone(), w.reviewer.clone(), w.risk_reporter.clone()];
        for person in others.iter().filter(|other| other.key() != holder.key()) {
            refused(&mut w, expected, |w| self.act(w, person));
        }
        refused(&mut w, expected, |w| self.act(w, &stranger));
        refused(&mut w, expected, |w| self.act(w, &founder));
        self.act(&mut w, &holder).unwrap();
    }

    /// After a vote the new holder may, and the former one may not any more.
    pub fn former_holder_may_not(&self, expected: BudgetError) {
        let mut w = self.ready_after_handover(|w| w.reviewer.key());
        let (former, heir) = ((self.holder)(&w), w.reviewer.clone());
        refused(&mut w, expected, |w| self.act(w, &former));
        self.act(&mut w, &heir).unwrap();
    }

    /// While the role is vacant nobody may, not even the zero key that stands for nobody: a bank
    /// that checks no signatures shows it.
    pub fn nobody_may_while_vacant(&self, expected: BudgetError) {
        let vacant = Pubkey::default();
        let mut w = self.ready_after_handover(|_| vacant);
        let former = (self.holder)(&w);
        refused(&mut w, expected, |w| self.act(w, &former));

        let setup = Setup { policy: brisk(), signature_checks: false, ..Setup::default() };
        let mut w = World::with(setup);
        let voter = w.staker(ELECTORATE);
        give_role(&mut w, &voter, self.role, vacant);
        let mut w = (self.begin)(w, voter);
        let by_nobody = (self.instruction)(&w, vacant);
        refused(&mut w, expected, |w| w.send(by_nobody, &[]));
    }

    /// No signature of the role can be kept for later.
    pub fn no_durable_nonce(&self, expected: BudgetError) {
        let mut w = self.ready();
        let holder = (self.holder)(&w);
        let instruction = (self.instruction)(&w, holder.key());
        let send = durably(&mut w, instruction, &holder);
        refused(&mut w, expected, send);
        self.act(&mut w, &holder).unwrap();
    }

    /// An advance that does not come first makes nothing durable, nor does another instruction of
    /// the System program that does.
    pub fn harmless_neighbours(&self) {
        let mut w = self.ready();
        let holder = (self.holder)(&w);
        let instruction = (self.instruction)(&w, holder.key());
        let nonce = w.person().key();
        put_nonce(&mut w, nonce, &[1; 32]);
        let transfer = system_instruction::transfer(&w.svm.fee_payer(), &nonce, 4);
        let advance = advance_nonce(&w, nonce);
        w.svm.send(&[transfer, instruction, advance], &[&holder.wallet]).unwrap();
    }

    /// Another account in the sysvar's place proves nothing.
    pub fn forged_sysvar(&self, expected: BudgetError) {
        let mut w = self.ready();
        let holder = (self.holder)(&w);
        let genuine = (self.instruction)(&w, holder.key());
        let person = w.person().key();
        let forged = swapped(genuine, self.sysvar, person);
        refused(&mut w, expected, |w| w.send(forged, &[&holder]));
    }
}

/// What sends `instruction`, signed by `person`, in a durable-nonce transaction. The nonce account
/// is made at once, so that what is sent later is all that can change.
fn durably(
    w: &mut World,
    instruction: Instruction,
    person: &Person,
) -> impl FnOnce(&mut World) -> Act + use<> {
    let nonce = w.person().key();
    let advance = advance_nonce(w, nonce);
    let payer = w.svm.fee_payer_keypair();
    let transaction = w.svm.sign(&payer, &[advance, instruction], &[&person.wallet]);
    put_nonce(w, nonce, &transaction.message.recent_blockhash.to_bytes());
    move |w| w.svm.submit(transaction)
}

/// The instruction that makes a transaction a durable one, if it comes first.
fn advance_nonce(w: &World, nonce: Pubkey) -> Instruction {
    Instruction {
        program_id: system_program::ID,
        accounts: vec![
            AccountMeta::new(nonce, false),
            AccountMeta::new_readonly(RECENT_BLOCKHASHES, false),
            AccountMeta::new_readonly(w.svm.fee_payer(), true),
        ],
        data: ADVANCE_NONCE_ACCOUNT.to_vec(),
    }
}

/// Makes a wallet's account a nonce account of the fee payer's that holds `blockhash`.
fn put_nonce(w: &mut World, nonce: Pubkey, blockhash: &[u8; 32]) {
    let mut account = w.svm.get(&nonce).unwrap();
    account.data = nonce_state(&w.svm.fee_payer(), blockhash);
    w.svm.put(nonce, account);
}

const RECENT_BLOCKHASHES: Pubkey =
    anchor_lang::pubkey!("SysvarRecentB1ockHashes11111111111111111111");
/// `SystemInstruction::AdvanceNonceAccount`.
const ADVANCE_NONCE_ACCOUNT: [u8; 4] = [4, 0, 0, 0];

/// An initialised nonce account of the present version that holds `blockhash`.
fn nonce_state(authority: &Pubkey, blockhash: &[u8; 32]) -> Vec<u8> {
    const CURRENT: [u8; 4] = [1, 0, 0, 0];
    const INITIALIZED: [u8; 4] = [1, 0, 0, 0];
    let lamports_per_signature = 5_000u64.to_le_bytes();
    [&CURRENT[..], &INITIALIZED, authority.as_ref(), blockhash, &lamports_per_signature].concat()
}

#[test]
fn the_durable_nonce_of_these_tests_carries_what_takes_no_role() {
    let mut w = World::new();
    let person = w.person();
    let source = w.community.budget_account(&person.key());
    let deposit = w.community.deposit_funds(person.key(), source, 5);
    let send = durably(&mut w, deposit, &person);
    let before = w.svm.snapshot();
    send(&mut w).unwrap();
    let after = w.svm.snapshot();
    assert_eq!(w.treasury().tracked, FUNDS + 5);
    let advanced = before.iter().filter(|(_, account)| account.data.len() == 80);
    let [(nonce, old)] = advanced.collect::<Vec<_>>().try_into().expect("one nonce account");
    assert_ne!(after[nonce].data, old.data, "the runtime took the transaction for a durable one");
}
