//! A Solana node in this process: answers the requests of the JSON-RPC client out of a [`World`].
//!
//! What it keeps from a real node is what clients must get right. A transaction is signed over a
//! recent blockhash, which is good for [`BLOCKHASH_BLOCKS`] blocks; it happens at most once, however
//! often it is sent; one whose blockhash has run out, or whose payer cannot pay, is lost without a
//! word; a failed one is in the ledger and changes nothing. A block comes with every request, so that time
//! passes by asking and by nothing else, and a run can be repeated. What is in a block is final at
//! once, and no preflight is run.

mod answers;
mod ledger;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde_json::Value;
use solana_rpc_client::rpc_sender::{RpcSender, RpcTransportStats};
use solana_rpc_client_api::{client_error::Result, request::RpcRequest};

pub use ledger::{Ledger, Recorded};

use crate::World;

/// Blocks for which a transaction can be signed over a blockhash, as on mainnet.
pub const BLOCKHASH_BLOCKS: u64 = 150;

/// The node. Clones are further connections to the same one.
#[derive(Clone)]
pub struct Node(Arc<Mutex<Inside>>);

struct Inside {
    world: World,
    ledger: Ledger,
    requests: usize,
}

impl Node {
    /// A node of the network that `world` is. Signatures are checked here, so the world need not.
    pub fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(Inside { world, ledger: Ledger::default(), requests: 0 })))
    }

    /// Acts in the world, between two requests.
    pub fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.inside().world)
    }

    /// Reads the ledger.
    pub fn ledger<T>(&self, read: impl FnOnce(&Ledger) -> T) -> T {
        read(&self.inside().ledger)
    }

    /// Requests answered so far.
    pub fn requests(&self) -> usize {
        self.inside().requests
    }

    /// A second network in the same state, ledger included; what happens in one does not reach the
    /// other.
    pub fn fork(&self) -> Self {
        let inside = self.inside();
        Self(Arc::new(Mutex::new(Inside {
            world: inside.world.clone(),
            ledger: inside.ledger.clone(),
            requests: inside.requests,
        })))
    }

    /// Answers one request.
    ///
    /// # Errors
    /// What a node answers to a request that it does not understand.
    pub fn answer(&self, request: RpcRequest, params: &Value) -> Result<Value> {
        let mut inside = self.inside();
        inside.requests += 1;
        inside.ledger.next_block();
        let Inside { world, ledger, .. } = &mut *inside;
        answers::answer(world, ledger, request, params)
    }

    /// A client that panicked holds no half-made change: it only asks.
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl RpcSender for Node {
    async fn send(&self, request: RpcRequest, params: Value) -> Result<Value> {
        self.answer(request, &params)
    }

    fn get_transport_stats(&self) -> RpcTransportStats {
        RpcTransportStats { request_count: self.requests(), ..RpcTransportStats::default() }
    }

    fn url(&self) -> String {
        "in this process".to_owned()
    }
}
