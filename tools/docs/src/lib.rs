//! Renders the reference pages that must not drift from the code: `docs/accounts.md` from the
//! committed IDL, `docs/policy.md` from the tables of hard bounds and relations.
#![deny(missing_docs)]

mod accounts;
mod instructions;
pub mod layout;
mod markdown;
mod policy;
pub mod tails;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anchor_lang_idl_spec::Idl;

/// The committed interface description.
pub const IDL: &str = "idl/community_budget.json";

/// A page of `docs/`.
pub struct Page {
    /// Path from the root of the repository.
    pub path: &'static str,
    /// What it says.
    pub text: String,
}

/// Every generated page.
///
/// # Errors
/// A sentence that names what could not be read or understood.
pub fn pages() -> Result<Vec<Page>, String> {
    let idl = idl()?;
    let accounts = accounts::page(&idl)? + &instructions::page(&idl)?;
    Ok(vec![
        Page { path: "docs/accounts.md", text: accounts },
        Page { path: "docs/policy.md", text: policy::page(&idl)? },
    ])
}

/// The committed interface description.
///
/// # Errors
/// As [`pages`].
pub fn idl() -> Result<Idl, String> {
    let text = fs::read_to_string(at_root(IDL)).map_err(|error| format!("{IDL}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{IDL}: {error}"))
}

/// A path of the repository.
pub fn at_root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}
