//! Sending: at most once, however the network behaves.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use base64::{Engine, prelude::BASE64_STANDARD};
use solana_commitment_config::CommitmentConfig;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_hash::Hash;
use solana_keypair::Keypair;
use solana_message::Message;
use solana_rpc_client_api::config::{RpcSendTransactionConfig, RpcSimulateTransactionConfig};
use solana_signature::Signature;
use solana_signer::{Signer, SignerError};
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::{TransactionStatus, UiTransactionEncoding};

use crate::{
    Network,
    refusal::refusal,
    trouble::{Result, Trouble, in_words},
};

/// The most that a transaction may use; what a simulation runs under.
const MAX_UNITS: u32 = 1_400_000;
/// How often the network is asked whether it has a transaction.
const POLL: Duration = Duration::from_millis(200);
/// After how long the same bytes are sent again.
const RESEND: Duration = Duration::from_secs(2);
/// For how long a transaction is followed when the node stops answering altogether.
const PATIENCE: Duration = Duration::from_secs(120);

/// Instructions, and who signs them.
pub struct Draft<'a> {
    /// What is to happen, as a whole or not at all.
    pub instructions: Vec<Instruction>,
    /// Who pays the fee.
    pub payer: &'a Keypair,
    /// Who else signs; the payer may be among them.
    pub signers: Vec<&'a Keypair>,
}

/// How a transaction is sent.
#[derive(Clone, Copy, Debug)]
pub struct SendOptions {
    /// What is paid on top of the base fee, in millionths of a lamport for each compute unit.
    pub priority_micro_lamports: u64,
    /// How often a new transaction is made after one has expired. An expired one never lands.
    pub renewals: u32,
}

impl Default for SendOptions {
    fn default() -> Self {
        Self { priority_micro_lamports: 0, renewals: 2 }
    }
}

/// What a transaction would do if it were sent now.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Compute units that it takes.
    pub units: u64,
    /// The limit that it would be sent with: a tenth more.
    pub limit: u32,
    /// The fee in lamports, priority included.
    pub fee: u64,
    /// Log lines.
    pub logs: Vec<String>,
    /// What the last instruction returned.
    pub returned: Vec<u8>,
}

/// A transaction that the network has.
#[derive(Clone, Debug)]
pub struct Landed {
    /// Names it.
    pub signature: Signature,
    /// The slot that it is in.
    pub slot: u64,
    /// What was known before it was sent.
    pub preview: Preview,
}

impl Draft<'_> {
    fn message(&self, limit: u32, options: &SendOptions, blockhash: &Hash) -> Message {
        let mut instructions = vec![ComputeBudgetInstruction::set_compute_unit_limit(limit)];
        if options.priority_micro_lamports > 0 {
            let price = options.priority_micro_lamports;
            instructions.push(ComputeBudgetInstruction::set_compute_unit_price(price));
        }
        instructions.extend(self.instructions.iter().cloned());
        Message::new_with_blockhash(&instructions, Some(&self.payer.pubkey()), blockhash)
    }

    fn signers(&self) -> Vec<&Keypair> {
        let mut signers = vec![self.payer];
        for signer in &self.signers {
            if signers.iter().all(|known| known.pubkey() != signer.pubkey()) {
                signers.push(signer);
            }
        }
        signers
    }

    fn signed(&self, limit: u32, options: &SendOptions, blockhash: &Hash) -> Result<Transaction> {
        let mut transaction = Transaction::new_unsigned(self.message(limit, options, blockhash));
        transaction.try_sign(&self.signers(), *blockhash).map_err(|error| {
            Trouble::TooLarge(match error {
                SignerError::NotEnoughSigners | SignerError::KeypairPubkeyMismatch => {
                    "a signature is missing that it needs".to_owned()
                }
                other => other.to_string(),
            })
        })?;
        Ok(transaction)
    }
}

impl Network {
    /// What `draft` would do, without doing it.
    ///
    /// # Errors
    /// What sending it would meet: [`Trouble::Refused`] by name, [`Trouble::NoSol`].
    pub fn preview(&self, draft: &Draft<'_>, options: &SendOptions) -> Result<Preview> {
        // The node fills in a recent blockhash.
        let message = draft.message(MAX_UNITS, options, &Hash::default());
        let signatures = u64::from(message.header.num_required_signatures);
        let transaction = Transaction::new_unsigned(message);
        let config = RpcSimulateTransactionConfig {
            sig_verify: false,
            replace_recent_blockhash: true,
            commitment: Some(self.commitment),
            encoding: Some(UiTransactionEncoding::Base64),
            ..RpcSimulateTransactionConfig::default()
        };
        let answer = self
            .ask(|| self.rpc.simulate_transaction_with_config(&transaction, config.clone()))?
            .value;
        let logs = answer.logs.unwrap_or_default();
        if let Some(error) = answer.err {
            return Err(refusal(error.into(), logs, draft.payer.pubkey()));
        }
        let units = answer.units_consumed.unwrap_or(u64::from(MAX_UNITS));
        let limit = limit(units);
        let priority = u128::from(limit) * u128::from(options.priority_micro_lamports);
        // The network rounds the priority fee up.
        let priority = u64::try_from(priority.div_ceil(1_000_000)).unwrap_or(u64::MAX);
        let returned = answer.return_data.and_then(|data| BASE64_STANDARD.decode(data.data.0).ok());
        Ok(Preview {
            units,
            limit,
            fee: (signatures * 5_000).saturating_add(priority),
            logs,
            returned: returned.unwrap_or_default(),
        })
    }

    /// Simulates `draft`, then sends it and follows it until the network has it.
    ///
    /// # Errors
    /// [`Trouble::Refused`] by name, [`Trouble::NoSol`], [`Trouble::Expired`] when it never will
    /// land, [`Trouble::Unknown`] when the node does not say.
    pub fn land(&self, draft: &Draft<'_>, options: &SendOptions) -> Result<Landed> {
        let mut renewals = options.renewals;
        loop {
            let preview = self.preview(draft, options)?;
            match self.send_once(draft, options, preview) {
                Err(Trouble::Expired(_)) if renewals > 0 => renewals -= 1,
                other => return other,
            }
        }
    }

    fn send_once(
        &self,
        draft: &Draft<'_>,
        options: &SendOptions,
        preview: Preview,
    ) -> Result<Landed> {
        let (blockhash, last_height) =
            self.ask(|| self.rpc.get_latest_blockhash_with_commitment(self.commitment))?;
        let transaction = draft.signed(preview.limit, options, &blockhash)?;
        let payer = draft.payer.pubkey();
        let (signature, slot) = self.follow(&transaction, last_height, payer)?;
        Ok(Landed { signature, slot, preview })
    }

    /// Sends a signed transaction again and again until the network has it or its blockhash, which
    /// is good up to block `last_height`, has run out.
    fn follow(
        &self,
        transaction: &Transaction,
        last_height: u64,
        payer: Pubkey,
    ) -> Result<(Signature, u64)> {
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        let begun = Instant::now();
        let mut sent: Option<Instant> = None;
        loop {
            let mut why = String::from("no node has seen it yet");
            if sent.is_none_or(|at| at.elapsed() >= RESEND) {
                sent = Some(Instant::now());
                if let Err(error) = self.send(transaction) {
                    why = error;
                }
            }
            match self.status(&signature) {
                Ok(Some(status)) if status.satisfies_commitment(self.commitment) => {
                    return match status.err {
                        None => Ok((signature, status.slot)),
                        Some(error) => Err(self.failed(&signature, error, payer)),
                    };
                }
                Ok(_) => {
                    if self.has_run_out(last_height)? && self.status(&signature)?.is_none() {
                        return Err(Trouble::Expired(signature));
                    }
                }
                Err(trouble) => why = trouble.to_string(),
            }
            if begun.elapsed() >= PATIENCE {
                return Err(Trouble::Unknown { signature, why });
            }
            sleep(POLL);
        }
    }

    /// Hands the bytes to the node. Whether they arrived is asked separately: an error here can mean
    /// that only the answer was lost, or that an earlier copy has landed.
    fn send(&self, transaction: &Transaction) -> std::result::Result<(), String> {
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            encoding: Some(UiTransactionEncoding::Base64),
            max_retries: Some(0),
            ..RpcSendTransactionConfig::default()
        };
        let sent = self.rpc.send_transaction_with_config(transaction, config);
        sent.map(|_| ()).map_err(|error| in_words(&error))
    }

    fn status(&self, signature: &Signature) -> Result<Option<TransactionStatus>> {
        let answer = self.ask(|| self.rpc.get_signature_statuses_with_history(&[*signature]))?;
        Ok(answer.value.into_iter().next().flatten())
    }

    fn has_run_out(&self, last_height: u64) -> Result<bool> {
        // Blocks that can still be dropped do not count.
        let finalized = CommitmentConfig::finalized();
        let height = self.ask(|| self.rpc.get_block_height_with_commitment(finalized))?;
        Ok(height > last_height)
    }

    /// A transaction that landed and failed: with its logs where the node still has them.
    fn failed(&self, signature: &Signature, error: TransactionError, payer: Pubkey) -> Trouble {
        let found = self.ask(|| self.rpc.get_transaction(signature, UiTransactionEncoding::Base64));
        let meta = found.ok().and_then(|found| found.transaction.meta);
        let logs = meta.and_then(|meta| Option::from(meta.log_messages));
        refusal(error, logs.unwrap_or_default(), payer)
    }
}

/// A tenth more than what the simulation took: what other transactions change in between is small.
fn limit(units: u64) -> u32 {
    let wanted = units.saturating_mul(11).div_ceil(10);
    u32::try_from(wanted).map_or(MAX_UNITS, |wanted| wanted.min(MAX_UNITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_a_tenth_more_and_never_beyond_the_networks() {
        assert_eq!(limit(10_000), 11_000);
        assert_eq!(limit(1), 2);
        assert_eq!(limit(u64::MAX), MAX_UNITS);
    }

    #[test]
    fn a_draft_is_signed_once_by_everyone_and_says_who_is_missing() {
        let (payer, other) = (Keypair::new(), Keypair::new());
        let instruction = Instruction {
            program_id: community_budget::ID,
            accounts: vec![anchor_lang::prelude::AccountMeta::new(other.pubkey(), true)],
            data: vec![],
        };
        let options = SendOptions::default();
        let draft =
            |signers| Draft { instructions: vec![instruction.clone()], payer: &payer, signers };
        let whole = draft(vec![&payer, &other, &other]);
        let signed = whole.signed(1_000, &options, &Hash::new_unique()).unwrap();
        assert_eq!(signed.signatures.len(), 2);
        let short = draft(vec![]).signed(1_000, &options, &Hash::new_unique());
        assert!(matches!(short, Err(Trouble::TooLarge(_))), "{short:?}");
    }
}
