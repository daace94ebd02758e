//! The keeper on a node in this process.

mod faults;
mod kills;
mod life;
mod races;
mod script;
mod stage;
