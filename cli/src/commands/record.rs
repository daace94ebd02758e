//! `budget record`.

use clap::Subcommand;

use crate::{context::Context, exit::Result};

/// What a treasury knows of a person as proposer and recipient.
#[derive(Subcommand)]
pub enum RecordCommand {}

/// `budget record ...`.
pub fn run(_context: &Context, command: RecordCommand) -> Result<()> {
    match command {}
}
