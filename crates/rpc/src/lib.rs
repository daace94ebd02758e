//! Community Budget over a Solana node's RPC.
//!
//! [`Network`] reads: every account is checked for owner and kind before a byte of it is believed,
//! and a read that got no answer is asked again, a few times. [`Network::land`] sends: it simulates
//! first, sets the compute limit to what that took and a tenth, signs once, and sends the same bytes
//! again until the network has them or never will; however often an answer is lost or comes twice,
//! the transaction happens at most once. Whatever goes wrong is a [`Trouble`]: one clear sentence
//! and a class that scripts can tell apart.
#![deny(missing_docs)]

mod cluster;
mod network;
mod refusal;
mod send;
mod trouble;

pub use cluster::Cluster;
pub use network::{Found, Network};
pub use refusal::{Refused, named};
pub use send::{Draft, Landed, Preview, SendOptions};
pub use trouble::{Class, Result, Trouble};
