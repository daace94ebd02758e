//! What holds over all instructions: invariants, layouts, error codes, substitutions.

mod error_codes;
mod guard_table;
mod invariants;
mod layouts;
mod model;
mod random_walk;
mod random_walk_acts;
#[path = "../awards/stage.rs"]
#[allow(dead_code)] // shared with `awards`, which uses all of it
mod stage;
mod substitution;
mod substitution_table;
