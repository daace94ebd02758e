//! `demo`, `replay`, `bench` and `profile`: run the program in memory, through the crate `budget-sim`.

use std::ffi::OsString;
use std::process::Command;

use crate::fail::Result;
use crate::{build, files, process};

/// Builds the program, then hands `verb` and its arguments to the simulator. The simulator's exit
/// code means something to scripts (2 is a refusal), so it is passed on.
pub fn run(verb: &str, args: &[OsString]) -> Result {
    build::build(&build::Options::default())?;
    process::forward(simulator(verb).args(args), "the simulator")
}

/// Builds the program once more so that its functions have names, then has the simulator count the
/// steps of one instruction by function.
pub fn profile(args: &[OsString]) -> Result {
    let built = build::with_symbols()?;
    let mut command = simulator("profile");
    command.env("BUDGET_PROGRAM", &built.object).args(args);
    command.arg("--symbols").arg(&built.symbols);
    process::forward(&mut command, "the simulator")
}

fn simulator(verb: &str) -> Command {
    // Not at the root: the arguments may hold paths relative to where the user is.
    let mut command = process::cargo_here();
    command.args(["run", "--quiet", "--profile", "tools", "--package", "budget-sim"]);
    command.arg("--manifest-path").arg(files::root().join("Cargo.toml"));
    command.arg("--").arg(verb);
    command
}
