//! `budget stream`.

use clap::Subcommand;

use crate::{context::Context, exit::Result};

/// A stream: show, list, withdraw, redirect, and its upkeep.
#[derive(Subcommand)]
pub enum StreamCommand {}

/// `budget stream ...`.
pub fn run(_context: &Context, command: StreamCommand) -> Result<()> {
    match command {}
}
