//! `budget position`.

use clap::Subcommand;

use crate::{context::Context, exit::Result};

/// Positions at risk: show, mark, return funds.
#[derive(Subcommand)]
pub enum PositionCommand {}

/// `budget position ...`.
pub fn run(_context: &Context, command: PositionCommand) -> Result<()> {
    match command {}
}
