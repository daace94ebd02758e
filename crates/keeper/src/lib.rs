//! Sends what anyone may send of Community Budget, when it is due.
//!
//! The program needs no operator, but somebody has to call it: settlements, executions, payouts and
//! closings happen when a transaction asks for them. A [`Keeper`] is anyone with a funded fee payer
//! who does. [`View`] is a treasury as it was read at one moment, [`plan`] is what is due in it (a
//! pure function over the program's own rules), and [`Keeper::run`] lands it step by step.
//!
//! A keeper has no state of its own. It may stop anywhere, start again elsewhere, and run beside
//! any number of others: what another one did meanwhile is refused by the program and recognised in
//! the next view. ADR-0014 has the reasons.
//!
//! # What a round costs
//!
//! Reading a treasury takes, in RPC calls: one for the clock, one for treasury and vault, one each
//! for its epochs, proposals, streams and stakes, one for the vote records of each settled epoch
//! that still has some, and one for every hundred reviews and for every hundred token accounts that
//! something is due to. With 200 stakers who all voted, 24 proposals and 50 streams that is 7 calls
//! while nothing is due and 10 once everything is, with open reviews one more; `tests/costs.rs`
//! counts them. A step that lands takes four more (simulation, blockhash, sending, status), and a
//! round in which something landed is followed by another reading. A step that is refused in its
//! simulation takes one and costs no fee.
#![deny(missing_docs)]

mod counters;
mod crank;
mod keeper;
mod metrics;
mod payee;
mod plan;
mod said;
mod settings;
mod view;

pub use counters::{Aside, Counters, Lag, Snapshot};
pub use crank::Crank;
pub use keeper::{Keeper, Round};
pub use metrics::{Metrics, NotServed};
pub use payee::{Payee, TokenAccount};
pub use plan::{Due, Hindrance, Plan, Reason, Step, plan};
pub use said::Said;
pub use settings::Settings;
pub use view::{EpochView, RecordView, View};
