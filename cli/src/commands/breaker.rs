//! `budget breaker`.

use clap::Subcommand;

use crate::{context::Context, exit::Result};

/// The breaker and the pauses.
#[derive(Subcommand)]
pub enum BreakerCommand {}

/// `budget breaker ...`.
pub fn run(_context: &Context, command: BreakerCommand) -> Result<()> {
    match command {}
}
