//! Anchor, with the parts that cost most replaced. The program depends on this crate under Anchor's
//! own name, so that its instructions read, and its macros expand, as with Anchor itself; everything
//! that is not named here is Anchor's. ADR-0010 has the figures that led to each replacement.
//!
//! - [`accounts`]: account types that prove the same and read less.
//! - [`entry`]: the entry point and the heap.
#![deny(unsafe_code)]

pub use upstream::*;

#[allow(unsafe_code)]
pub mod entry;
pub mod token;

mod lean;

/// Anchor's account types, with those that the program uses most replaced.
pub mod accounts {
    pub use upstream::accounts::*;

    /// Where Anchor's macros look for it.
    pub mod account {
        pub use crate::lean::Account;
    }
    /// Where Anchor's macros look for it.
    pub mod account_loader {
        pub use crate::lean::AccountLoader;
    }
    /// Where Anchor's macros look for it.
    pub mod interface_account {
        pub use crate::lean::InterfaceAccount;
    }
}

/// What a program imports.
pub mod prelude {
    pub use upstream::prelude::*;

    // Anchor's own prelude holds this name; it must be the name of one crate only.
    pub use crate as anchor_lang;
    pub use crate::lean::{Account, AccountLoader, InterfaceAccount, Viewed};
}

/// What Anchor re-exports of Solana's crates.
pub mod solana_program {
    pub use upstream::solana_program::*;

    pub use crate::lean_entrypoint as entrypoint;
}
