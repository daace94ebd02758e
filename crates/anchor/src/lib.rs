//! Anchor, with the parts that cost most replaced. The program depends on this crate under Anchor's
//! own name, so that its instructions read, and its macros expand, as with Anchor itself; everything
//! that is not named here is Anchor's. ADR-0010 has the figures that led to each replacement.
//!
//! - [`accounts`]: account types that prove the same and read less.
//! - [`mod@error`]: errors that take no code where they are raised; and so Anchor's traits that can fail.
//! - [`entry`]: the entry point and the heap.
#![deny(unsafe_code)]

pub use upstream::*;

#[allow(unsafe_code)]
pub mod entry;
pub mod error;
pub mod token;

mod lean;
mod traits;

pub use traits::{AccountDeserialize, AccountSerialize, Accounts, AccountsClose, AccountsExit};

/// The error of an error code.
#[macro_export]
macro_rules! lean_error {
    ($code:expr $(,)?) => {
        $crate::error::Error::from($code)
    };
}
pub use lean_error as error;

/// What an instruction returns.
pub type Result<T> = std::result::Result<T, error::Error>;

/// Anchor's account types, with those that the program uses replaced.
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
    pub mod interface {
        pub use crate::lean::Interface;
    }
    /// Where Anchor's macros look for it.
    pub mod interface_account {
        pub use crate::lean::InterfaceAccount;
    }
    /// Where Anchor's macros look for it.
    pub mod program {
        pub use crate::lean::Program;
    }
    /// Where Anchor's macros look for it.
    pub mod signer {
        pub use crate::lean::Signer;
    }
}

/// What a handler is given.
pub mod context {
    pub use upstream::context::*;

    pub use crate::traits::Context;
}

/// What a program imports.
pub mod prelude {
    pub use upstream::prelude::*;

    // Anchor's own prelude holds this name; it must be the name of one crate only.
    pub use crate as anchor_lang;
    pub use crate::{
        AccountDeserialize, AccountSerialize, Accounts, AccountsClose, AccountsExit, Result,
        context::Context,
        error::{Error, ErrorCode},
        lean::{Account, AccountLoader, Interface, InterfaceAccount, Program, Signer, Viewed},
        lean_error as error,
    };
}

/// What Anchor re-exports of Solana's crates.
pub mod solana_program {
    pub use upstream::solana_program::*;

    pub use crate::lean_entrypoint as entrypoint;
}
