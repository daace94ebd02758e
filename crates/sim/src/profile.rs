//! The profile: where the compute units of one instruction go, function by function.
//!
//! Plays the bench's scenes at one address set in a virtual machine that records every step, and
//! names each step by the symbols of an object that was linked without the last pass, which takes
//! away what is never reached. A function that was inlined counts as its caller.

mod report;
mod symbols;

use std::path::Path;

use crate::{Done, Stop, bench::trace};
use report::Profile;
use symbols::Symbols;

/// Prints the profile of `key`, `<instruction>` or `<instruction>/<variant>` as the bench names it:
/// its `lines` dearest functions.
pub fn run(key: &str, symbols: &Path, lines: usize) -> Done {
    let symbols = Symbols::read(symbols).map_err(Stop::broken)?;
    let (traced, known) = trace(key);
    let Some(traced) = traced else {
        return Err(Stop::refused(format!(
            "the bench measures no `{key}`; it measures {}",
            known.join(", ")
        )));
    };
    let profile = Profile::of(&traced.steps, traced.cu, &symbols).map_err(Stop::broken)?;
    print!("{}", profile.render(&traced.key, lines));
    Ok(())
}
