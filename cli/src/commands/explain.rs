//! `budget explain`.

use clap::Args;

use crate::{context::Context, exit::Result};

/// Options of `budget explain`.
#[derive(Args)]
pub struct ExplainArgs {}

/// Decode a transaction, independently of who made it, before you sign it.
pub fn run(_context: &Context, _args: ExplainArgs) -> Result<()> {
    Ok(())
}
