//! The law of Community Budget: integers and `now` in, decisions out.
//!
//! No account, no clock, no token and no allocation: everything the program decides about weight,
//! ballots, outcomes, allocation and release is decided here, where it can be tested alone. Rules
//! are numbered R1..R15 as in the project's design.
//!
//! # Conventions
//!
//! - Amounts and weights are base units of their mint, shares are basis points of
//!   [`bps::BPS`], moments are unix seconds, spans are seconds.
//! - Multiply before divide, one division, the rounding direction in the name or the doc.
//! - `None` means that the arithmetic overflows or that the input breaks a stated precondition;
//!   the caller must refuse the instruction. Nothing here panics.
#![no_std]
#![deny(missing_docs)]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::as_conversions,
        clippy::integer_division,
        clippy::panic
    )
)]

pub mod allocation;
pub mod ballot;
pub mod bps;
pub mod bucket;
pub mod outcome;
pub mod review;
pub mod risk;
pub mod snapshot;
pub mod standstill;
pub mod stream;
pub mod swing;
pub mod weight;
