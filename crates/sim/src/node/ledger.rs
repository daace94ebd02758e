//! Blocks, and the transactions in them.

use std::collections::BTreeMap;

use solana_hash::Hash;
use solana_signature::Signature;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;

use crate::World;

use super::BLOCKHASH_BLOCKS;

/// A transaction of the ledger.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The block that it is in.
    pub slot: u64,
    /// The transaction.
    pub transaction: Transaction,
    /// Why it failed, if it did.
    pub error: Option<TransactionError>,
    /// Its log.
    pub logs: Vec<String>,
}

/// The chain of blocks.
#[derive(Clone, Debug)]
pub struct Ledger {
    height: u64,
    order: Vec<Signature>,
    transactions: BTreeMap<Signature, Recorded>,
}

impl Default for Ledger {
    fn default() -> Self {
        // Nothing is older than the first block.
        Self { height: 1_000, order: Vec::new(), transactions: BTreeMap::new() }
    }
}

impl Ledger {
    /// Height of the latest block; slots are counted the same.
    pub fn height(&self) -> u64 {
        self.height
    }

    /// Hash of the latest block.
    pub fn blockhash(&self) -> Hash {
        hash_of(self.height)
    }

    /// The last block at which the latest blockhash is good.
    pub fn last_valid_height(&self) -> u64 {
        self.height + BLOCKHASH_BLOCKS
    }

    /// A transaction, if it is in a block.
    pub fn get(&self, signature: &Signature) -> Option<&Recorded> {
        self.transactions.get(signature)
    }

    /// All transactions in their order, failed ones included.
    pub fn transactions(&self) -> impl Iterator<Item = (&Signature, &Recorded)> {
        self.order.iter().filter_map(|key| self.transactions.get_key_value(key))
    }

    pub(super) fn next_block(&mut self) {
        self.height += 1;
    }

    /// Takes a transaction whose signatures were checked. Nothing comes of one that is known, late,
    /// or cannot pay its fee.
    pub(super) fn take(&mut self, world: &mut World, transaction: Transaction) {
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        let oldest = self.height.saturating_sub(BLOCKHASH_BLOCKS);
        let recent = transaction.message.recent_blockhash;
        let is_recent = (oldest..=self.height).any(|height| hash_of(height) == recent);
        if !is_recent || self.transactions.contains_key(&signature) {
            return;
        }
        let (error, logs) = match world.svm.submit(transaction.clone()) {
            Ok(landed) => (None, landed.logs),
            Err(refusal) => {
                if !matches!(refusal.error, TransactionError::InstructionError(..)) {
                    return;
                }
                (Some(refusal.error), refusal.logs)
            }
        };
        self.order.push(signature);
        self.transactions
            .insert(signature, Recorded { slot: self.height, transaction, error, logs });
    }
}

fn hash_of(height: u64) -> Hash {
    solana_sha256_hasher::hashv(&[b"block", &height.to_le_bytes()])
}
