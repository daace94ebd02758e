//! `budget assess`.

use clap::Args;

use crate::{context::Context, exit::Result};

/// Options of `budget assess`.
#[derive(Args)]
pub struct AssessArgs {}

/// What a hypothetical ask would do to the treasury, by the numbers that settlement applies.
pub fn run(_context: &Context, _args: AssessArgs) -> Result<()> {
    Ok(())
}
