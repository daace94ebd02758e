//! `budget award`.

use clap::Subcommand;

use crate::{context::Context, exit::Result};

/// What passed: execute or lapse an award or an act.
#[derive(Subcommand)]
pub enum AwardCommand {}

/// `budget award ...`.
pub fn run(_context: &Context, command: AwardCommand) -> Result<()> {
    match command {}
}
