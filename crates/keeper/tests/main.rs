//! The keeper on a node in this process.

mod costs;
mod dues;
mod faults;
mod kills;
mod life;
mod plans;
mod races;
mod script;
mod stage;
