//! `budget epoch`.

use clap::Subcommand;

use crate::{context::Context, exit::Result};

/// A round of budgeting: open, show, settle, close.
#[derive(Subcommand)]
pub enum EpochCommand {}

/// `budget epoch ...`.
pub fn run(_context: &Context, command: EpochCommand) -> Result<()> {
    match command {}
}
