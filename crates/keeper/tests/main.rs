//! The keeper on a node in this process.

mod costs;
mod dues;
mod faults;
mod kills;
mod life;
mod payments;
mod plans;
mod races;
mod running;
mod scene;
mod script;
mod stage;
