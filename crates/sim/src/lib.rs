//! The real program object in an embedded SVM: what the tests, the demo, the replay and the bench
//! share.
//!
//! [`svm::Svm`] runs transactions and moves the clock; [`world::World`] is a community living in
//! it; [`node::Node`] answers for it as a Solana node does. Nothing here knows what the program should do: that is for the tests to say.
#![deny(missing_docs)]

pub mod node;
pub mod svm;
pub mod token;
pub mod trace;
pub mod world;

pub use svm::{Landed, Refusal, Svm};
pub use world::World;
