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
use budget_rpc::{Draft, Network, SendOptions};
use solana_keypair::Keypair;
use solana_rpc_client_api::config::RpcSendTransactionConfig;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::UiTransactionEncoding;

use crate::trouble::{During, Result, Trouble};

/// Threads that send. The network runs one transaction at a time; these keep it busy.
const THREADS: usize = 4;
/// Transactions that share a blockhash: it is good for 150 slots, which may be short ones.
const PER_BLOCKHASH: usize = 100;
/// Most signatures that a node looks up at once.
const LOOKED_UP: usize = 256;
/// How often they are looked up.
const POLL: Duration = Duration::from_millis(25);
/// After how long what the network does not know is sent again, and given up.
const PATIENCE: Patience =
    Patience { resend: Duration::from_secs(3), give_up: Duration::from_secs(60) };

#[derive(Clone, Copy)]
struct Patience {
    resend: Duration,
    give_up: Duration,
}

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
    /// What they are sent for, as errors name it.
    pub step: &'static str,
    patience: Patience,
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
        Self { network, sent: 0, step: "sending", patience: PATIENCE }
    }

    /// Sends `jobs`, none of which may depend on another, and waits until the network has them all.
    ///
    /// # Errors
    /// What the first one that failed met, by name; those beside it may have happened.
    /// `Unknown` when the node does not say.
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
        let mut sent = Vec::with_capacity(jobs.len());
        for some in jobs.chunks(PER_BLOCKHASH) {
            sent.extend(self.send_some(some, threads)?);
        }
        self.confirm(sent)?;
        self.sent += jobs.len();
        Ok(())
    }

    fn send_some<'j, 'k>(&self, jobs: &'j [Job<'k>], threads: usize) -> Result<Vec<Sent<'j, 'k>>> {
        let blockhash = self.network.ask(|| self.network.client().get_latest_blockhash());
        let blockhash = blockhash.during(self.step)?;
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
        Ok(collected.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
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
            if begun.elapsed() >= self.patience.give_up {
                let why = first.why.clone();
                let why = why.unwrap_or_else(|| "the node does not know it".to_owned());
                let signature = first.signature;
                let unknown = budget_rpc::Trouble::Unknown { signature, why };
                return Err(Trouble::during(self.step, unknown));
            }
            if resent.elapsed() >= self.patience.resend {
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
            let statuses = self.network.ask(|| client.get_signature_statuses(&signatures));
            let statuses = statuses.during(self.step)?.value;
            for (sent, status) in batch.into_iter().zip(statuses) {
                match status.map(|status| status.err) {
                    None => unknown.push(sent),
                    Some(None) => {}
                    Some(Some(error)) => {
                        return Err(Trouble::during(self.step, self.failed(sent.job, error)));
                    }
                }
            }
        }
        Ok(unknown)
    }

    /// Why a transaction failed: a failed one changes nothing, so a simulation meets the same and
    /// brings the program's words along.
    fn failed(&self, job: &Job<'_>, error: TransactionError) -> budget_rpc::Trouble {
        let draft = Draft {
            instructions: job.instructions.clone(),
            payer: job.payer,
            signers: job.others.clone(),
        };
        match self.network.preview(&draft, &SendOptions::default()) {
            Err(named) => named,
            Ok(_) => budget_rpc::Trouble::NotAccepted(error),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A thread that panicked has left a whole entry or none.
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use anchor_lang::prelude::Pubkey;
    use serde_json::{Value, json};

    use super::*;
    use crate::stub;

    /// What a node was sent.
    type Taken = Arc<Mutex<Vec<Value>>>;

    /// A node that says `status` of every transaction once it was sent `known_after` of them, and
    /// finds nothing wrong in a simulation.
    fn node(known_after: usize, status: Value) -> (Network, Taken) {
        let taken = Taken::default();
        let seen = Arc::clone(&taken);
        let network = stub::node(move |method, params| {
            let context = json!({ "slot": 1 });
            let value = match method {
                "getLatestBlockhash" => {
                    json!({ "blockhash": Pubkey::default().to_string(), "lastValidBlockHeight": 9 })
                }
                "sendTransaction" => {
                    lock(&seen).push(params[0].clone());
                    // The answer is lost.
                    return Err(json!({ "code": -32603, "message": "lost" }));
                }
                "getSignatureStatuses" => {
                    let known = lock(&seen).len() >= known_after;
                    json!([if known { status.clone() } else { Value::Null }])
                }
                _ => json!({ "err": null, "logs": [], "unitsConsumed": 1 }),
            };
            Ok(json!({ "context": context, "value": value }))
        });
        (network, taken)
    }

    fn status(error: Value) -> Value {
        json!({ "slot": 1, "confirmations": null, "err": error, "status": { "Ok": null } })
    }

    fn send(network: &Network) -> (Result<()>, usize) {
        let payer = Keypair::new();
        let instruction = Instruction::new_with_bytes(Pubkey::new_unique(), &[], vec![]);
        let mut sender = Sender::new(network);
        sender.step = "trying";
        let (resend, give_up) = (Duration::from_millis(200), Duration::from_secs(2));
        sender.patience = Patience { resend, give_up };
        let done = sender.all(&[Job::new(&payer, vec![instruction])]);
        (done, sender.sent)
    }

    #[test]
    fn what_the_network_does_not_know_is_sent_again_as_it_is() {
        let (network, taken) = node(3, status(Value::Null));
        let (done, sent) = send(&network);
        assert!(done.is_ok() && sent == 1);
        let taken = lock(&taken);
        assert_eq!(taken.len(), 3);
        assert!(taken.iter().all(|bytes| *bytes == taken[0]));
    }

    #[test]
    fn what_the_network_never_knows_is_given_up_with_its_signature() {
        let (network, taken) = node(usize::MAX, Value::Null);
        let (done, sent) = send(&network);
        let Err(Trouble::Network { step: "trying", trouble }) = done else { panic!("{done:?}") };
        assert!(matches!(*trouble, budget_rpc::Trouble::Unknown { .. }), "{trouble}");
        assert!(trouble.to_string().contains("lost"), "{trouble}");
        assert!(sent == 0 && lock(&taken).len() > 2);
    }

    #[test]
    fn what_failed_and_cannot_be_repeated_keeps_the_networks_word() {
        let (network, _) = node(1, status(json!("AccountInUse")));
        let (done, sent) = send(&network);
        let Err(Trouble::Network { trouble, .. }) = done else { panic!("{done:?}") };
        let in_use = TransactionError::AccountInUse;
        assert!(
            matches!(&*trouble, budget_rpc::Trouble::NotAccepted(error) if *error == in_use),
            "{trouble}"
        );
        assert_eq!(sent, 0);
    }

    #[test]
    fn a_payer_does_not_sign_twice() {
        let (payer, other) = (Keypair::new(), Keypair::new());
        let job = Job::new(&payer, vec![]).signed_by(&payer).signed_by(&other).signed_by(&other);
        assert_eq!(job.others.len(), 1);
    }
}
