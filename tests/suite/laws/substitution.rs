//! I28 No substituted account is accepted: for every instruction and each of its accounts, what is
//! wrong with it is refused, and nothing changes.

use anchor_lang::{
    prelude::Pubkey,
    solana_program::instruction::{AccountMeta, Instruction},
};
use budget_sim::svm::keypair;
use budget_tests::*;
use community_budget::ID;

use crate::substitution_table::{FREE, Instance, MAY_NOT_SIGN, TABLE};

fn listed(list: &[(&str, usize, &str)], name: &str, position: usize) -> bool {
    list.iter().any(|(by, at, _)| *by == name && *at == position)
}

/// A wallet that can sign for `key`, if it is one of the world's.
fn signer(key: &Pubkey) -> Option<Person> {
    let wallets = (1..60).map(|number| Person { wallet: keypair("wallet", number) });
    wallets.into_iter().find(|person| person.key() == *key)
}

/// One instruction's valid instance and the attempts against it.
struct Case {
    name: &'static str,
    instance: Instance,
    w: World,
    valid: Instruction,
    before: Snapshot,
    attempts: usize,
    accepted: Vec<String>,
}

impl Case {
    fn new(name: &'static str, instance: Instance) -> Self {
        let (w, valid) = instance();
        let before = w.svm.snapshot();
        Self { name, instance, w, valid, before, attempts: 0, accepted: Vec::new() }
    }

    /// Sends the instruction after `change`, signed by whom it asks for; notes it when it goes
    /// through. What only an account without a key could sign cannot be sent.
    fn attempt(&mut self, what: &str, change: impl FnOnce(&mut Vec<AccountMeta>)) {
        let mut instruction = self.valid.clone();
        change(&mut instruction.accounts);
        let payer = self.w.svm.fee_payer();
        let asked = instruction.accounts.iter().filter(|m| m.is_signer && m.pubkey != payer);
        let Some(people) = asked.map(|m| signer(&m.pubkey)).collect::<Option<Vec<_>>>() else {
            return;
        };
        self.attempts += 1;
        let refs: Vec<&Person> = people.iter().collect();
        if self.w.send(instruction, &refs).is_ok() {
            self.accepted.push(format!("{}: {what}", self.name));
            (self.w, self.valid) = (self.instance)();
            self.before = self.w.svm.snapshot();
        } else {
            assert_unchanged(&self.before, &self.w.svm.snapshot());
        }
    }

    fn key(&self, position: usize) -> Pubkey {
        self.valid.accounts[position].pubkey
    }

    /// Whether the account is a wallet, or does not exist yet.
    fn is_wallet(&self, position: usize) -> bool {
        let owner = |key| self.before.get(&key).map(|account| account.owner);
        owner(self.key(position)).is_none_or(|owner| owner == Pubkey::default())
    }

    /// The same bytes at the same address, owned by another program.
    fn wrong_owner(&mut self, position: usize) {
        let key = self.key(position);
        let Some(genuine) = self.before.get(&key).cloned() else { return };
        if genuine.owner == Pubkey::default() {
            return;
        }
        let mut forged = genuine.clone();
        forged.owner = Pubkey::new_from_array([9; 32]);
        self.w.svm.put(key, forged.clone());
        self.before.insert(key, forged);
        self.attempt(&format!("account {position} of another owner"), |_| {});
        if self.before.get(&key).is_some_and(|account| account.owner != genuine.owner) {
            self.w.svm.put(key, genuine.clone());
            self.before.insert(key, genuine);
        }
    }

    fn flags(&mut self, position: usize) {
        let meta = self.valid.accounts[position].clone();
        if meta.is_writable && meta.pubkey != self.w.svm.fee_payer() {
            let what = format!("account {position} read-only");
            self.attempt(&what, |accounts| accounts[position].is_writable = false);
        }
        if meta.is_signer && !listed(MAY_NOT_SIGN, self.name, position) {
            let what = format!("account {position} unsigned");
            self.attempt(&what, |accounts| accounts[position].is_signer = false);
        }
    }

    /// Every other account of the SVM, of the same type or of another one.
    fn other_accounts(&mut self, position: usize) {
        if listed(FREE, self.name, position) {
            return;
        }
        let own = self.before.get(&self.key(position)).cloned();
        let programs_kind = |data: &[u8]| data.get(..8).map(<[u8]>::to_vec);
        let all: Vec<_> = self.before.iter().map(|(k, a)| (*k, a.clone())).collect();
        for (key, account) in all {
            if self.valid.accounts.iter().any(|meta| meta.pubkey == key) {
                continue; // two slots: `same_account_twice`
            }
            let tokens = [token::SPL_TOKEN, token::TOKEN_2022].contains(&account.owner);
            let same = own.as_ref().is_some_and(|own| {
                own.owner == account.owner && own.data.len() == account.data.len()
            });
            // Any account of the program, and for token accounts and mints those of their kind.
            if account.owner == ID || (tokens && same) {
                let kind = programs_kind(&account.data);
                let what = format!("account {position} replaced by {key} {kind:?}");
                self.attempt(&what, |accounts| accounts[position].pubkey = key);
            }
        }
    }

    /// One account in two slots. Wallets may play two parts.
    fn same_account_twice(&mut self, from: usize, to: usize) {
        let same = self.key(from) == self.key(to);
        let free = listed(FREE, self.name, to);
        if same || free || (self.is_wallet(from) && self.is_wallet(to)) {
            return;
        }
        let key = self.key(from);
        let what = format!("account {from} also as account {to}");
        self.attempt(&what, |accounts| accounts[to].pubkey = key);
    }

    fn run(mut self) -> (usize, Vec<String>) {
        let count = self.valid.accounts.len();
        for position in 0..count {
            self.wrong_owner(position);
            self.flags(position);
            self.other_accounts(position);
            for other in 0..count {
                self.same_account_twice(other, position);
            }
        }
        self.attempt("the valid instance", |_| {});
        let valid = self.accepted.pop().unwrap_or_default();
        let name = self.name;
        assert!(valid.ends_with("the valid instance"), "{name}: the instance is not valid");
        (self.attempts, self.accepted)
    }
}

#[test]
fn no_substituted_account_is_accepted() {
    assert_eq!(TABLE.len(), 26, "every instruction has an instance");
    let halves = TABLE.split_at(13);
    let results: Vec<_> = std::thread::scope(|scope| {
        let run = |cases: &'static [(&'static str, Instance)]| {
            move || cases.iter().map(|(name, instance)| Case::new(name, *instance).run()).collect()
        };
        let threads: Vec<std::thread::ScopedJoinHandle<'_, Vec<_>>> =
            vec![scope.spawn(run(halves.0)), scope.spawn(run(halves.1))];
        threads.into_iter().flat_map(|thread| thread.join().expect("no trace is left")).collect()
    });
    let attempts: usize = results.iter().map(|(attempts, _)| attempts).sum();
    let accepted: Vec<&String> = results.iter().flat_map(|(_, accepted)| accepted).collect();
    println!("{attempts} attempts");
    assert!(attempts > 1_000, "{attempts} attempts");
    assert!(accepted.is_empty(), "accepted: {accepted:#?}");
}
