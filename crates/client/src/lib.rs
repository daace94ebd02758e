//! Community Budget from outside the program: addresses, instructions, accounts, events, and what
//! the bytes of a transaction say.
//!
//! Every address is derived, never taken from an answer; every account is checked for owner and
//! discriminator before a byte of it is believed.
#![deny(missing_docs)]

pub mod account;
pub mod address;
pub mod ballot;
pub mod event;
pub mod explain;
pub mod idl;
pub mod instruction;
pub mod recount;
#[cfg(test)]
mod samples;

pub use address::Community;
