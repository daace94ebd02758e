//! An SVM with mainnet's features, the program's object and a clock that the caller moves.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_client::account::{Readable, choices, slate};
use community_budget::state::Entry;
use litesvm::{LiteSVM, types::TransactionMetadata};
use solana_account::Account;
use solana_clock::Clock;
use solana_instruction_error::InstructionError;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signer::Signer;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;

use crate::trace::{Recorder, with_sections};

/// Unix seconds at which every world begins: Monday 2026-01-05, 00:00 UTC.
pub const GENESIS: i64 = 1_767_571_200;

/// Owner of the sysvar accounts.
const SYSVARS: Pubkey = Pubkey::from_str_const("Sysvar1111111111111111111111111111111111111");

/// Lamports that a fresh wallet has.
pub const WALLET_LAMPORTS: u64 = 100_000_000_000;

/// What a transaction that went through cost.
#[derive(Clone, Debug)]
pub struct Landed {
    /// Compute units of the whole transaction.
    pub compute_units: u64,
    /// Log lines.
    pub logs: Vec<String>,
    /// Bytes on the wire.
    pub bytes: usize,
    /// What the last instruction returned.
    pub return_data: Vec<u8>,
}

/// Why a transaction was refused.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// What the runtime says.
    pub error: TransactionError,
    /// Log lines.
    pub logs: Vec<String>,
}

impl Refusal {
    /// The custom error code of the instruction that failed, if it has one.
    pub fn code(&self) -> Option<u32> {
        match &self.error {
            TransactionError::InstructionError(_, InstructionError::Custom(code)) => Some(*code),
            _ => None,
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}\n{}", self.error, self.logs.join("\n"))
    }
}

/// Every account that exists, fee payer and sysvars excepted; compared before and after.
pub type Snapshot = BTreeMap<Pubkey, Account>;

/// The embedded SVM.
pub struct Svm {
    inner: LiteSVM,
    payer: Keypair,
    wallets: u64,
    nonce: u64,
}

/// Where the object is: `BUDGET_PROGRAM`, or what `cargo xtask build` wrote.
pub fn program_path() -> PathBuf {
    std::env::var_os("BUDGET_PROGRAM").map_or_else(
        || {
            PathBuf::from(env!("CARGO_MANIFEST_DIR"))
                .join("../../target/deploy/community_budget.so")
        },
        PathBuf::from,
    )
}

impl Default for Svm {
    fn default() -> Self {
        Self::new()
    }
}

impl Clone for Svm {
    /// A second SVM in the same state; what happens in one does not reach the other.
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            payer: self.payer.insecure_clone(),
            wallets: self.wallets,
            nonce: self.nonce,
        }
    }
}

impl Svm {
    /// An SVM with the program deployed and the clock at [`GENESIS`].
    ///
    /// # Panics
    /// When the program's object is missing; the message names the command that builds it.
    pub fn new() -> Self {
        Self::with(true)
    }

    /// The same without checking signatures, for bulk work. Who must sign is still enforced.
    pub fn without_signature_checks() -> Self {
        Self::with(false)
    }

    /// The same as [`Self::without_signature_checks`], with the program's every step recorded.
    /// Slow, and for profiles only.
    pub fn traced(recorder: Recorder) -> Self {
        let mut inner = LiteSVM::new_debuggable(true);
        inner.set_invocation_inspect_callback(recorder);
        Self::on(inner, false, with_sections)
    }

    fn with(signature_checks: bool) -> Self {
        Self::on(LiteSVM::new(), signature_checks, |object| object)
    }

    fn on(
        inner: LiteSVM,
        signature_checks: bool,
        prepare: impl FnOnce(Vec<u8>) -> Vec<u8>,
    ) -> Self {
        let mut inner = inner
            .with_mainnet_features()
            .with_sigverify(signature_checks)
            .with_blockhash_check(false)
            .with_transaction_history(0);
        let path = program_path();
        let hint = "build it with `cargo xtask build`";
        let object = std::fs::read(&path).unwrap_or_else(|error| {
            panic!("cannot read the program from {}: {error}; {hint}", path.display())
        });
        inner.add_program(community_budget::ID, &prepare(object)).unwrap_or_else(|error| {
            panic!("cannot load the program from {}: {error}; {hint}", path.display())
        });
        let mut svm = Self { inner, payer: keypair("fee payer", 0), wallets: 0, nonce: 0 };
        svm.fund(svm.payer.pubkey(), u64::MAX / 4);
        svm.set_now(GENESIS);
        svm
    }

    /// Deploys another program at `id`.
    ///
    /// # Errors
    /// A sentence that names the object, when it cannot be read or is refused.
    pub fn add_program(&mut self, id: Pubkey, object: &Path) -> Result<(), String> {
        self.inner
            .add_program_from_file(id, object)
            .map_err(|error| format!("cannot load {}: {error}", object.display()))
    }

    /// Unix seconds that the program sees.
    pub fn now(&self) -> i64 {
        self.inner.get_sysvar::<Clock>().unix_timestamp
    }

    /// Sets the clock.
    pub fn set_now(&mut self, now: i64) {
        let clock = Clock { unix_timestamp: now, ..self.inner.get_sysvar() };
        self.inner.set_sysvar(&clock);
    }

    /// Moves the clock on.
    pub fn advance(&mut self, secs: i64) {
        self.set_now(self.now() + secs);
    }

    /// A fresh wallet with [`WALLET_LAMPORTS`]; the n-th one of every SVM has the same key.
    pub fn wallet(&mut self) -> Keypair {
        self.wallets += 1;
        let wallet = keypair("wallet", self.wallets);
        self.fund(wallet.pubkey(), WALLET_LAMPORTS);
        wallet
    }

    /// Sets the lamports of a system account.
    pub fn fund(&mut self, key: Pubkey, lamports: u64) {
        self.put(key, Account { lamports, ..Account::default() });
    }

    /// Whether signatures are checked.
    pub fn checks_signatures(&self) -> bool {
        self.inner.get_sigverify()
    }

    /// Who pays the fee of every transaction sent by [`Self::send`].
    pub fn fee_payer(&self) -> Pubkey {
        self.payer.pubkey()
    }

    /// Key pair of [`Self::fee_payer`].
    pub fn fee_payer_keypair(&self) -> Keypair {
        self.payer.insecure_clone()
    }

    /// Writes an account, bypassing every program.
    ///
    /// # Panics
    /// When the SVM refuses it.
    pub fn put(&mut self, key: Pubkey, account: Account) {
        self.inner.set_account(key, account).expect("the SVM takes any account");
    }

    /// Reads an account; `None` if it does not exist.
    pub fn get(&self, key: &Pubkey) -> Option<Account> {
        self.inner.get_account(key).filter(|account| account.lamports > 0)
    }

    /// Whether an account exists.
    pub fn exists(&self, key: &Pubkey) -> bool {
        self.get(key).is_some()
    }

    /// Lamports of an account, 0 if it does not exist.
    pub fn lamports(&self, key: &Pubkey) -> u64 {
        self.get(key).map_or(0, |account| account.lamports)
    }

    /// Reads an account of the program.
    ///
    /// # Panics
    /// When it does not exist or is of another kind.
    pub fn read<T: Readable>(&self, key: &Pubkey) -> T {
        let account = self.get(key).unwrap_or_else(|| panic!("no account at {key}"));
        T::read(&account.owner, &account.data).unwrap_or_else(|e| panic!("{key}: {e}"))
    }

    /// Reads the slate of an epoch account, up to its capacity.
    ///
    /// # Panics
    /// As [`Self::read`].
    pub fn slate(&self, epoch: &Pubkey) -> Vec<Entry> {
        let account = self.get(epoch).unwrap_or_else(|| panic!("no account at {epoch}"));
        slate(&account.owner, &account.data).unwrap_or_else(|e| panic!("{epoch}: {e}"))
    }

    /// Reads the packed choices of a vote record.
    ///
    /// # Panics
    /// As [`Self::read`].
    pub fn choices(&self, record: &Pubkey) -> Vec<u8> {
        let account = self.get(record).unwrap_or_else(|| panic!("no account at {record}"));
        choices(&account.owner, &account.data).unwrap_or_else(|e| panic!("{record}: {e}"))
    }

    /// Every account, without the fee payer, sysvars and empty ones.
    pub fn snapshot(&self) -> Snapshot {
        self.inner
            .accounts_db()
            .inner
            .iter()
            .map(|(key, account)| (*key, Account::from(account.clone())))
            .filter(|(key, account)| {
                *key != self.payer.pubkey()
                    && account.lamports > 0
                    && !account.executable
                    && account.owner != SYSVARS
            })
            .collect()
    }

    /// Signs and sends one transaction, paid by [`Self::fee_payer`].
    ///
    /// # Errors
    /// The refusal, when the transaction does not go through.
    pub fn send(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<Landed, Box<Refusal>> {
        let payer = self.payer.insecure_clone();
        self.send_paid_by(&payer, instructions, signers)
    }

    /// Signs and sends one transaction, paid by `payer`.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub fn send_paid_by(
        &mut self,
        payer: &Keypair,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<Landed, Box<Refusal>> {
        let transaction = self.sign(payer, instructions, signers);
        self.submit(transaction)
    }

    /// Signs a transaction as [`Self::send_paid_by`] would send it.
    pub fn sign(
        &mut self,
        payer: &Keypair,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Transaction {
        // Every transaction gets a blockhash of its own, so that two equal ones are not one.
        self.nonce += 1;
        let blockhash = solana_sha256_hasher::hash(&self.nonce.to_le_bytes());
        let message = Message::new_with_blockhash(instructions, Some(&payer.pubkey()), &blockhash);
        let mut transaction = Transaction::new_unsigned(message);
        let mut keys: Vec<&Keypair> = vec![payer];
        for signer in signers {
            if keys.iter().all(|key| key.pubkey() != signer.pubkey()) {
                keys.push(signer);
            }
        }
        transaction.partial_sign(&keys, blockhash);
        transaction
    }

    /// Sends a signed transaction.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub fn submit(&mut self, transaction: Transaction) -> Result<Landed, Box<Refusal>> {
        let bytes = wire_bytes(&transaction);
        match self.inner.send_transaction(transaction) {
            Ok(TransactionMetadata { compute_units_consumed, logs, return_data, .. }) => {
                let return_data = return_data.data;
                Ok(Landed { compute_units: compute_units_consumed, logs, bytes, return_data })
            }
            Err(failed) => Err(Box::new(Refusal { error: failed.err, logs: failed.meta.logs })),
        }
    }
}

/// Bytes of a legacy transaction on the wire.
pub fn wire_bytes(transaction: &Transaction) -> usize {
    // Signature counts stay below 128, where compact lengths are one byte.
    1 + 64 * transaction.signatures.len() + transaction.message.serialize().len()
}

/// A key pair that follows from a label and a number.
pub fn keypair(label: &str, number: u64) -> Keypair {
    let seed = solana_sha256_hasher::hashv(&[label.as_bytes(), &number.to_le_bytes()]);
    Keypair::new_from_array(seed.to_bytes())
}
