//! A transport in this process that loses and doubles what it carries.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use serde_json::Value;
use solana_rpc_client::rpc_sender::{RpcSender, RpcTransportStats};
use solana_rpc_client_api::{
    client_error::{Error, Result},
    request::{RpcError, RpcRequest, RpcResponseErrorData},
};

use crate::rates::{Counts, Fate, Fault, Rates};

/// How many requests a late one is behind, at most.
const LONGEST_QUEUE: f64 = 6.0;

/// A request on its way, and after how many further ones it arrives.
type Late = (usize, RpcRequest, Value);

/// `inner`, behind a network that misbehaves. Nothing sleeps: a late request arrives after a few
/// further ones, a delayed one is answered at once.
pub struct Faulty<S> {
    inner: S,
    state: Arc<Mutex<State>>,
}

struct State {
    fate: Fate,
    late: Vec<Late>,
}

/// Reads the counts of a [`Faulty`] that a client has taken.
#[derive(Clone)]
pub struct Watch(Arc<Mutex<State>>);

impl Watch {
    /// What has happened so far.
    pub fn counts(&self) -> Counts {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fate.counts.clone()
    }
}

impl<S: RpcSender + Send + Sync> Faulty<S> {
    /// Wraps `inner`.
    pub fn new(inner: S, seed: u64, rates: Rates) -> Self {
        let state = State { fate: Fate::new(seed, rates), late: Vec::new() };
        Self { inner, state: Arc::new(Mutex::new(state)) }
    }

    /// What shows the counts later.
    pub fn watch(&self) -> Watch {
        Watch(Arc::clone(&self.state))
    }

    /// What happens to this request, and the late ones that arrive before it.
    fn draw(&self, request: RpcRequest, params: &Value) -> (Option<Fault>, Vec<Late>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (fault, share) = state.fate.next();
        for late in &mut state.late {
            late.0 = late.0.saturating_sub(1);
        }
        let (arriving, waiting) =
            std::mem::take(&mut state.late).into_iter().partition(|it| it.0 == 0);
        state.late = waiting;
        if fault == Some(Fault::Late) {
            let behind = 1.0 + share * LONGEST_QUEUE;
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 1 to 7
            state.late.push((behind as usize, request, params.clone()));
        }
        (fault, arriving)
    }
}

#[async_trait]
impl<S: RpcSender + Send + Sync> RpcSender for Faulty<S> {
    async fn send(&self, request: RpcRequest, params: Value) -> Result<Value> {
        let (fault, arriving) = self.draw(request, &params);
        for (_, request, params) in arriving {
            // Nobody waits for the answer any more.
            let _ = self.inner.send(request, params).await;
        }
        match fault {
            None | Some(Fault::Delayed) => self.inner.send(request, params).await,
            Some(Fault::LostRequest | Fault::Late) => Err(broken()),
            Some(Fault::LostAnswer) => {
                let _ = self.inner.send(request, params).await;
                Err(broken())
            }
            Some(Fault::TornAnswer) => {
                let answer = self.inner.send(request, params).await?.to_string();
                let half = answer.char_indices().nth(answer.chars().count() / 2);
                let torn = half.map_or("", |(at, _)| &answer[..at]);
                // A number's half is a number: a torn body is never whole, whatever is in it.
                serde_json::from_str::<Value>(&format!("[{torn}"))?;
                Err(broken())
            }
            Some(Fault::Doubled) => {
                let _ = self.inner.send(request, params.clone()).await;
                self.inner.send(request, params).await
            }
            Some(Fault::Busy) => Err(RpcError::RpcResponseError {
                code: -32_005,
                message: "the node is behind".to_owned(),
                data: RpcResponseErrorData::Empty,
            }
            .into()),
        }
    }

    fn get_transport_stats(&self) -> RpcTransportStats {
        self.inner.get_transport_stats()
    }

    fn url(&self) -> String {
        self.inner.url()
    }
}

fn broken() -> Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "the connection broke").into()
}
