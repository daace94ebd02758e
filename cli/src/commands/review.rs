//! `budget review`.

use clap::Subcommand;

use crate::{context::Context, exit::Result};

/// A review: file an update, score it, show, close.
#[derive(Subcommand)]
pub enum ReviewCommand {}

/// `budget review ...`.
pub fn run(_context: &Context, command: ReviewCommand) -> Result<()> {
    match command {}
}
