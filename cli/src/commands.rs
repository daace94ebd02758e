//! The commands, one file for each thing that they are about.

pub mod assess;
pub mod award;
pub mod ballot;
pub mod breaker;
pub mod epoch;
pub mod explain;
pub mod keeper;
pub mod offline;
pub mod position;
pub mod proposal;
pub mod propose;
pub mod record;
pub mod review;
pub mod stake;
pub mod stream;
pub mod treasury;
pub mod vote;
pub mod watch;
