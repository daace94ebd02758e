//! Amounts of the two tokens, in words.

use crate::format::{money, short_money};

/// Base units of the budget mint with their unit.
pub fn eur(amount: u64) -> String {
    format!("{} EUR", short_money(amount))
}

/// The same for a column: always two decimals.
pub fn column(amount: u64) -> String {
    format!("{:>12}", money(amount))
}

/// Base units of the stake mint, or weight, with their unit.
pub fn river(amount: u64) -> String {
    format!("{} RIVER", short_money(amount))
}

/// Lamports as SOL, to the lamport.
pub fn sol(lamports: u64) -> String {
    format!("{}.{:09} SOL", lamports / 1_000_000_000, lamports % 1_000_000_000)
}
