//! `budget treasury`.

use clap::Subcommand;

use crate::{context::Context, exit::Result};

/// A treasury: create, show, list, fund, and what anyone may do for it.
#[derive(Subcommand)]
pub enum TreasuryCommand {}

/// `budget treasury ...`.
pub fn run(_context: &Context, command: TreasuryCommand) -> Result<()> {
    match command {}
}
