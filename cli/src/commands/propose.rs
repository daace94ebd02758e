//! `budget propose`.

use clap::Subcommand;

use crate::{context::Context, exit::Result};

/// Put an ask or an act on the slate.
#[derive(Subcommand)]
pub enum ProposeCommand {}

/// `budget propose ...`.
pub fn run(_context: &Context, command: ProposeCommand) -> Result<()> {
    match command {}
}
