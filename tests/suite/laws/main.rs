//! What holds over all instructions: invariants, layouts, error codes, substitutions.

mod books;
mod corrupted;
mod error_codes;
mod guard_table;
mod invariants;
mod layouts;
mod layouts_borsh;
mod random_walk;
mod stage;
mod substitution;
