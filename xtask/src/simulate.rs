//! `demo`, `replay` and `bench`: run the program in memory, through the crate `budget-sim`.

use std::ffi::OsString;
use std::process::Command;

use crate::fail::Result;
use crate::{build, files, process};

/// Builds the program, then hands `verb` and its arguments to the simulator. The simulator's exit
/// code means something to scripts (2 is a refusal), so it is passed on.
pub fn run(verb: &str, args: &[OsString]) -> Result {
    build::build(&build::Options::default())?;
    // Not at the root: the arguments may hold paths relative to where the user is.
    let mut command = Command::new(process::cargo_program());
    command.args(["run", "--quiet", "--profile", "tools", "--package", "budget-sim"]);
    command.arg("--manifest-path").arg(files::root().join("Cargo.toml"));
    command.arg("--").arg(verb).args(args);
    process::forward(&mut command, "the simulator")
}
