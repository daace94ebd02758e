//! One transaction at a time: what it costs, and how to take it back.

use std::collections::BTreeMap;

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use solana_account::Account;
use solana_keypair::Keypair;
use solana_message::Message;

use budget_sim::{
    trace::{Recorder, Step},
    world::{Person, World},
};

/// Program that takes a transaction's compute limit.
const COMPUTE_BUDGET: Pubkey =
    Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");

/// Compute units that the runtime charges for the compute-limit instruction itself.
pub const LIMIT_INSTRUCTION_CU: u64 = 150;

/// Most compute units that one transaction may ask for.
const MAX_TRANSACTION_CU: u32 = 1_400_000;

/// What one transaction cost.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Compute units of the program's instruction.
    pub cu: u64,
    /// Bytes on the wire.
    pub tx_bytes: u64,
    /// Distinct account keys, programs included.
    pub accounts: u64,
    /// Writable account keys, fee payer included.
    pub write_locks: u64,
}

/// Samples by `<instruction>/<variant>`.
pub type Samples = BTreeMap<String, Vec<Sample>>;

/// A world whose transactions are measured.
pub struct Bench {
    /// Where the transactions happen.
    pub world: World,
    /// What was measured so far.
    pub samples: Samples,
    /// Waits for the one transaction whose steps are asked for.
    pub tracer: Option<Tracer>,
}

/// Waits for a measured transaction and keeps its steps.
pub struct Tracer {
    /// `<instruction>` or `<instruction>/<variant>`; the first variant of each instruction if `None`.
    pub wanted: Option<String>,
    /// Where the SVM writes.
    pub recorder: Recorder,
    /// What was found.
    pub found: Vec<Traced>,
}

/// Steps of one transaction.
pub struct Traced {
    /// Under which name it was measured.
    pub key: String,
    /// Compute units of the program's instruction.
    pub cu: u64,
    /// Its steps.
    pub steps: Vec<Step>,
}

impl Tracer {
    fn look(&mut self, key: &str, cu: u64) {
        let family = |key: &str| key.split('/').next().unwrap_or_default().to_owned();
        let is_wanted = match &self.wanted {
            Some(wanted) => self.found.is_empty() && (*wanted == key || *wanted == family(key)),
            None => self.found.iter().all(|found| family(&found.key) != family(key)),
        };
        if is_wanted {
            self.found.push(Traced { key: key.to_owned(), cu, steps: self.recorder.take() });
        }
    }
}

/// A transaction: who pays the fee, what is called, who else signs.
pub struct Call<'a> {
    /// Fee payer; the acting signer wherever the instruction has one.
    pub by: &'a Person,
    /// Others that sign.
    pub with: &'a [&'a Person],
    /// The program's instruction.
    pub instruction: Instruction,
    /// Whether a compute limit precedes it. Its own compute units are not counted; its bytes and
    /// the account key of its program are.
    pub raised_limit: bool,
}

impl<'a> Call<'a> {
    /// A transaction that `by` signs alone.
    pub fn new(by: &'a Person, instruction: Instruction) -> Self {
        Self { by, with: &[], instruction, raised_limit: false }
    }

    /// The same, signed by others as well.
    pub fn with(self, with: &'a [&'a Person]) -> Self {
        Self { with, ..self }
    }

    /// The same with the highest compute limit.
    pub fn with_raised_limit(self) -> Self {
        Self { raised_limit: true, ..self }
    }
}

/// Accounts as they were; `None` for one that did not exist.
pub struct Saved(Vec<(Pubkey, Option<Account>)>);

impl Bench {
    /// Sends a transaction and records it under `key`.
    ///
    /// # Panics
    /// When the program refuses it.
    pub fn act(&mut self, key: &str, call: Call<'_>) {
        self.act_and_save(key, call);
    }

    /// As [`Self::act`]; returns the accounts that the transaction could have written, as they were.
    ///
    /// # Panics
    /// As [`Self::act`].
    pub fn act_and_save(&mut self, key: &str, call: Call<'_>) -> Saved {
        let (sample, before) = self.send(key, call);
        self.file(key, sample);
        before
    }

    /// As [`Self::act`], then puts every account back that the transaction could have written.
    ///
    /// # Panics
    /// As [`Self::act`].
    pub fn probe(&mut self, key: &str, call: Call<'_>) -> Sample {
        let (sample, before) = self.send(key, call);
        self.restore(before);
        self.file(key, sample);
        sample
    }

    /// Adds a sample under `key`.
    pub fn file(&mut self, key: &str, sample: Sample) {
        self.samples.entry(key.to_owned()).or_default().push(sample);
    }

    /// Sends a transaction without recording it, and returns what it could have written.
    ///
    /// # Panics
    /// As [`Self::act`].
    pub fn step(&mut self, call: Call<'_>) -> Saved {
        self.send("an unmeasured step", call).1
    }

    /// Accounts at `keys` as they are.
    pub fn save(&self, keys: &[Pubkey]) -> Saved {
        Saved(keys.iter().map(|key| (*key, self.world.svm.get(key))).collect())
    }

    /// Puts accounts back.
    pub fn restore(&mut self, saved: Saved) {
        for (key, account) in saved.0 {
            self.world.svm.put(key, account.unwrap_or_default());
        }
    }

    fn send(&mut self, key: &str, call: Call<'_>) -> (Sample, Saved) {
        let Call { by, with, instruction, raised_limit } = call;
        let mut instructions = vec![instruction];
        let mut overhead = 0;
        if raised_limit {
            instructions.insert(0, compute_limit(MAX_TRANSACTION_CU));
            overhead = LIMIT_INSTRUCTION_CU;
        }
        let signers: Vec<&Keypair> = with.iter().map(|person| &person.wallet).collect();
        let transaction = self.world.svm.sign(&by.wallet, &instructions, &signers);
        let message = &transaction.message;
        let writable = writable_keys(message);
        let (accounts, write_locks) = (count(&message.account_keys), count(&writable));
        let before = self.save(&writable);
        let landed = self
            .world
            .svm
            .submit(transaction)
            .unwrap_or_else(|refusal| panic!("{key}: refused: {refusal}"));
        let sample = Sample {
            cu: landed.compute_units - overhead,
            tx_bytes: u64::try_from(landed.bytes).expect("a transaction is short"),
            accounts,
            write_locks,
        };
        if let Some(tracer) = &mut self.tracer {
            tracer.look(key, sample.cu);
        }
        (sample, before)
    }
}

fn count(keys: &[Pubkey]) -> u64 {
    u64::try_from(keys.len()).expect("a message has few keys")
}

/// Keys of a message that its transaction locks for writing.
fn writable_keys(message: &Message) -> Vec<Pubkey> {
    let header = message.header;
    let signed = usize::from(header.num_required_signatures);
    let writable_signed = signed - usize::from(header.num_readonly_signed_accounts);
    let writable_end =
        message.account_keys.len() - usize::from(header.num_readonly_unsigned_accounts);
    let keys = message.account_keys.iter().enumerate();
    keys.filter(|(at, _)| *at < writable_signed || (signed..writable_end).contains(at))
        .map(|(_, key)| *key)
        .collect()
}

fn compute_limit(units: u32) -> Instruction {
    const SET_COMPUTE_UNIT_LIMIT: u8 = 2;
    let mut data = vec![SET_COMPUTE_UNIT_LIMIT];
    data.extend_from_slice(&units.to_le_bytes());
    Instruction { program_id: COMPUTE_BUDGET, accounts: Vec::new(), data }
}
