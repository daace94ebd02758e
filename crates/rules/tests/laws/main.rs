//! The laws of `budget-rules`, one module per rule: boundaries as examples, everything else as
//! properties over random inputs, against references that are written differently.

mod allocation;
mod allocation_laws;
mod ballot;
mod bps;
mod outcome;
mod slate;
mod snapshot;
mod stream;
mod swing;
mod weight;
