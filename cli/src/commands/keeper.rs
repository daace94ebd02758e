//! `budget keeper`.

use clap::Args;

use crate::{context::Context, exit::Result};

/// Options of `budget keeper`.
#[derive(Args)]
pub struct KeeperArgs {}

/// Send what anyone may send, when it is due.
pub fn run(_context: &Context, _args: KeeperArgs) -> Result<()> {
    Ok(())
}
