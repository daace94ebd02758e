//! `budget proposal`.

use clap::Subcommand;

use crate::{context::Context, exit::Result};

/// A proposal: show, accept, withdraw, veto, close.
#[derive(Subcommand)]
pub enum ProposalCommand {}

/// `budget proposal ...`.
pub fn run(_context: &Context, command: ProposalCommand) -> Result<()> {
    match command {}
}
