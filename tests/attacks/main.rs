//! Attacks that happened elsewhere, holes that rules like these tend to have, and the promises, each
//! tried with real instructions. `README.md` leads from the rows of the security page to the tests.

mod stage;

mod holes;
mod holes_money;
mod incidents;
mod incidents_money;
mod incidents_votes;
mod promises;
mod promises_closing;
mod promises_slate;
mod promises_streams;
