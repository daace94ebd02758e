//! `budget ballot`.

use clap::Subcommand;

use crate::{context::Context, exit::Result};

/// A ballot that was cast: show, list, close.
#[derive(Subcommand)]
pub enum BallotCommand {}

/// `budget ballot ...`.
pub fn run(_context: &Context, command: BallotCommand) -> Result<()> {
    match command {}
}
