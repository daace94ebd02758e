//! The laws of `budget-rules`, one module per rule: boundaries as examples, everything else as
//! properties over random inputs, against references that are written differently.

mod acts;
mod allocation;
mod allocation_laws;
mod assessment;
mod ballot;
mod bps;
mod bucket;
mod outcome;
mod participation;
mod position;
mod review;
mod risk;
mod slate;
mod snapshot;
mod standstill;
mod stream;
mod stream_life;
mod swing;
mod weight;
