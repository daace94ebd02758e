//! Pabulib elections.
