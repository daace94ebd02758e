//! Many transactions at once, on a network that is trusted to be local: sent without simulation by
//! several threads, then looked up together. Each is signed once and sent again as it is, so that it
//! happens at most once.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, sleep},
    time::{Duration, Instant},
};

use anchor_lang::solana_program::instruction::Instruction;
use budget_rpc::{Draft, Network, Result, SendOptions, Trouble};
use solana_keypair::Keypair;
use solana_rpc_client_api::config::RpcSendTransactionConfig;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::UiTransactionEncoding;

/// Threads that send. The network runs one transaction at a time; these keep it busy.
const THREADS: usize = 4;
/// Most signatures that a node looks up at once.
const LOOKED_UP: usize = 256;
/// How often they are looked up.
const POLL: Duration = Duration::from_millis(25);
/// After how long what the network does not know is sent again.
const RESEND: Duration = Duration::from_secs(3);
/// After how long nothing more is expected to land.
const PATIENCE: Duration = Duration::from_secs(60);

/// One transaction: what is to happen, and who signs. The first signer pays.
pub struct Job<'a> {
    pub instructions: Vec<Instruction>,
    pub payer: &'a Keypair,
    /// Who signs besides the payer.
    pub others: Vec<&'a Keypair>,
}

impl<'a> Job<'a> {
    /// One that its payer alone signs.
    pub fn new(payer: &'a Keypair, instructions: Vec<Instruction>) -> Self {
        Self { instructions, payer, others: vec![] }
    }

    /// The same, signed by another one too; the payer again is not another one.
    pub fn signed_by(mut self, other: &'a Keypair) -> Self {
        let known = |key: &&Keypair| key.pubkey() == other.pubkey();
        if !known(&self.payer) && !self.others.iter().any(known) {
            self.others.push(other);
        }
        self
    }
}

/// Sends jobs, and counts them.
pub struct Sender<'a> {
    network: &'a Network,
    /// Transactions that the network has taken.
    pub sent: usize,
}

struct Sent<'a, 'k> {
    job: &'a Job<'k>,
    transaction: Transaction,
    signature: Signature,
    /// What the node said when it took the transaction, if it did not take it well.
    why: Option<String>,
}

impl<'n> Sender<'n> {
    pub fn new(network: &'n Network) -> Self {
        Self { network, sent: 0 }
    }

    /// Sends `jobs`, none of which may depend on another, and waits until the network has them all.
    ///
    /// # Errors
    /// What the first one that failed met, by name; those beside it may have happened.
    /// [`Trouble::Unknown`] when the node does not say.
    pub fn all(&mut self, jobs: &[Job<'_>]) -> Result<()> {
        self.run(jobs, THREADS)
    }

    /// The same for jobs each of which may depend on those before it.
    ///
    /// # Errors
    /// As [`Self::all`].
    pub fn in_order(&mut self, jobs: &[Job<'_>]) -> Result<()> {
        self.run(jobs, 1)
    }

    fn run(&mut self, jobs: &[Job<'_>], threads: usize) -> Result<()> {
        if jobs.is_empty() {
            return Ok(());
        }
        let blockhash = self.network.ask(|| self.network.client().get_latest_blockhash())?;
        let next = AtomicUsize::new(0);
        let collected = Mutex::new(Vec::with_capacity(jobs.len()));
        thread::scope(|scope| {
            for _ in 0..threads.min(jobs.len()) {
                scope.spawn(|| {
                    while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let mut signers = vec![job.payer];
                        signers.extend(&job.others);
                        let transaction = Transaction::new_signed_with_payer(
                            &job.instructions,
                            Some(&job.payer.pubkey()),
                            &signers,
                            blockhash,
                        );
                        let signature = transaction.signatures.first().copied().unwrap_or_default();
                        let why = self.send(&transaction).err();
                        let sent = Sent { job, transaction, signature, why };
                        lock(&collected).push(sent);
                    }
                });
            }
        });
        let sent = collected.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.confirm(sent)?;
        self.sent += jobs.len();
        Ok(())
    }

    fn send(&self, transaction: &Transaction) -> std::result::Result<(), String> {
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            encoding: Some(UiTransactionEncoding::Base64),
            ..RpcSendTransactionConfig::default()
        };
        let sent = self.network.client().send_transaction_with_config(transaction, config);
        sent.map(|_| ()).map_err(|error| error.to_string())
    }

    /// Waits until the network has all of `open`.
    fn confirm(&self, mut open: Vec<Sent<'_, '_>>) -> Result<()> {
        let begun = Instant::now();
        let mut resent = begun;
        loop {
            open = self.look_up(open)?;
            let Some(first) = open.first() else { return Ok(()) };
            if begun.elapsed() >= PATIENCE {
                let why = first.why.clone();
                let why = why.unwrap_or_else(|| "the node does not know it".to_owned());
                return Err(Trouble::Unknown { signature: first.signature, why });
            }
            if resent.elapsed() >= RESEND {
                resent = Instant::now();
                for sent in &mut open {
                    sent.why = self.send(&sent.transaction).err();
                }
            }
            sleep(POLL);
        }
    }

    /// Those of `open` that the network does not know yet.
    fn look_up<'a, 'k>(&self, open: Vec<Sent<'a, 'k>>) -> Result<Vec<Sent<'a, 'k>>> {
        let mut unknown = Vec::new();
        let mut open = open.into_iter().peekable();
        while open.peek().is_some() {
            let batch: Vec<Sent<'_, '_>> = open.by_ref().take(LOOKED_UP).collect();
            let signatures: Vec<Signature> = batch.iter().map(|sent| sent.signature).collect();
            let client = self.network.client();
            let statuses = self.network.ask(|| client.get_signature_statuses(&signatures))?.value;
            for (sent, status) in batch.into_iter().zip(statuses) {
                match status.map(|status| status.err) {
                    None => unknown.push(sent),
                    Some(None) => {}
                    Some(Some(error)) => return Err(self.failed(sent.job, error)),
                }
            }
        }
        Ok(unknown)
    }

    /// Why a transaction failed: a failed one changes nothing, so a simulation meets the same and
    /// brings the program's words along.
    fn failed(&self, job: &Job<'_>, error: TransactionError) -> Trouble {
        let draft = Draft {
            instructions: job.instructions.clone(),
            payer: job.payer,
            signers: job.others.clone(),
        };
        match self.network.preview(&draft, &SendOptions::default()) {
            Err(named) => named,
            Ok(_) => Trouble::NotAccepted(error),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A thread that panicked has left a whole entry or none.
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
