//! `budget watch`.

use clap::Args;

use crate::{context::Context, exit::Result};

/// Options of `budget watch`.
#[derive(Args)]
pub struct WatchArgs {}

/// Follow an epoch live: the tally and the funding line as ballots come in.
pub fn run(_context: &Context, _args: WatchArgs) -> Result<()> {
    Ok(())
}
