//! I28 No substituted account is accepted: for every instruction and each of its accounts, what is
//! wrong with it is refused, and nothing changes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use anchor_lang::{
    prelude::Pubkey,
    solana_program::instruction::{AccountMeta, Instruction},
};
use budget_sim::svm::keypair;
use budget_tests::*;
use community_budget::{BudgetError, ID};

use crate::error_codes::{documented, name_of};

mod acts;
mod slate;

/// Two treasuries at the right moment, and an instruction that is valid in the first.
pub type Instance = fn() -> (World, Instruction);

/// Accounts that may be another one of the same kind, or of any kind, and why.
const FREE: &[(&str, usize, &str)] = &[
    ("create_treasury", 3, "any allowed mint may be the budget mint; the vaults follow it"),
    ("create_treasury", 4, "any allowed mint may be the stake mint, the budget mint included"),
    ("withdraw_unstaked", 4, "the owner chooses where the tokens go"),
    ("open_recipient_record", 1, "only a key; the record's address follows it"),
    ("submit_proposal", 2, "only a key; anyone may be asked for, nobody is bound without signing"),
    ("redirect_payout", 3, "the recipient chooses any token account of the mint"),
    ("refresh_stake", 1, "anyone may have any stake of the treasury measured"),
    ("pause_stream", 2, "the guardian chooses among the treasury's streams"),
];

/// Instructions whose arguments, not accounts, raise `AccountMismatch`.
pub const BY_ARGUMENT: &[&str] = &["open_epoch"];

/// Accounts that may be given although nothing reads them, and when.
const UNREAD: &[(&str, usize, &str)] = &[
    ("withdraw_stream", 4, "when the payout account is the stream's"),
    ("revise_vote", 4, "when the owner signs"),
    ("retract_vote", 4, "when the owner signs"),
];

/// Signatures that the program does not need.
const MAY_NOT_SIGN: &[(&str, usize, &str)] =
    &[("submit_proposal", 2, "without the recipient's signature the award waits for consent")];

fn listed(list: &[(&str, usize, &str)], name: &str, position: usize) -> bool {
    list.iter().any(|(by, at, _)| *by == name && *at == position)
}

/// A wallet that can sign for `key`, if it is one of the world's.
fn signer(key: &Pubkey) -> Option<Person> {
    let roles = ["guardian", "reviewer", "risk reporter"].map(|role| keypair(role, 0));
    let wallets = (1..60).map(|number| keypair("wallet", number)).chain(roles);
    wallets.map(|wallet| Person { wallet }).find(|person| person.key() == *key)
}

/// One instruction's valid instance and the attempts against it.
struct Case {
    name: &'static str,
    instance: Instance,
    w: World,
    valid: Instruction,
    before: Snapshot,
    result: Attempts,
}

/// What came of the attempts against one instruction.
#[derive(Default)]
struct Attempts {
    count: usize,
    /// What went through and must not.
    accepted: Vec<String>,
    /// Errors of the program that were raised.
    raised: BTreeSet<String>,
}

impl Case {
    fn new(name: &'static str, instance: Instance) -> Self {
        let (w, valid) = instance();
        let before = w.svm.snapshot();
        Self { name, instance, w, valid, before, result: Attempts::default() }
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
        self.result.count += 1;
        let refs: Vec<&Person> = people.iter().collect();
        match self.w.send(instruction, &refs) {
            Ok(_) => {
                self.result.accepted.push(format!("{}: {what}", self.name));
                (self.w, self.valid) = (self.instance)();
                self.before = self.w.svm.snapshot();
            }
            Err(refusal) => {
                assert_unchanged(&self.before, &self.w.svm.snapshot());
                self.result.raised.extend(refusal.code().and_then(name_of));
            }
        }
    }

    fn key(&self, position: usize) -> Pubkey {
        self.valid.accounts[position].pubkey
    }

    /// Whether the account may be another one.
    fn is_free(&self, position: usize) -> bool {
        // The program's own address stands for an optional account that is left out.
        let unread = self.key(position) == ID && listed(UNREAD, self.name, position);
        unread || listed(FREE, self.name, position)
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
        if self.is_free(position) {
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
        if same || self.is_free(to) || (self.is_wallet(from) && self.is_wallet(to)) {
            return;
        }
        let key = self.key(from);
        let what = format!("account {from} also as account {to}");
        self.attempt(&what, |accounts| accounts[to].pubkey = key);
    }

    fn run(mut self) -> Attempts {
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
        let valid = self.result.accepted.pop().unwrap_or_default();
        let name = self.name;
        assert!(valid.ends_with("the valid instance"), "{name}: the instance is not valid");
        self.result
    }
}

#[test]
fn no_substituted_account_is_accepted() {
    let documented = documented();
    let table: Vec<(&'static str, Instance)> = [slate::TABLE, acts::TABLE].concat();
    let names: BTreeSet<&str> = table.iter().map(|(name, _)| *name).collect();
    let all: BTreeSet<&str> = documented.keys().map(String::as_str).collect();
    assert_eq!(names, all, "every instruction has an instance");

    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::<&str, Attempts>::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((name, instance)) = table.get(next.fetch_add(1, Relaxed)) {
                    let Attempts { count, accepted, raised } = Case::new(name, *instance).run();
                    let mut results = results.lock().expect("no case leaves a trace");
                    let all = results.entry(name).or_default();
                    all.count += count;
                    all.accepted.extend(accepted);
                    all.raised.extend(raised);
                }
            });
        }
    });
    let results = results.into_inner().expect("no case leaves a trace");
    let attempts: usize = results.values().map(|result| result.count).sum();
    let accepted: Vec<&String> = results.values().flat_map(|result| &result.accepted).collect();
    println!("{attempts} attempts");
    assert!(attempts > 5_000, "{attempts} attempts");
    assert!(accepted.is_empty(), "accepted: {accepted:#?}");
    let mismatch = BudgetError::AccountMismatch.name();
    let by_accounts: BTreeSet<&str> = results
        .iter()
        .filter(|(_, r)| r.raised.contains(&mismatch))
        .map(|(name, _)| *name)
        .collect();
    let listed = documented.iter().filter(|(_, fails)| fails.contains(&mismatch));
    let listed: BTreeSet<&str> =
        listed.map(|(name, _)| name.as_str()).filter(|name| !BY_ARGUMENT.contains(name)).collect();
    assert_eq!(by_accounts, listed, "raised and listed AccountMismatch");
}
