//! The Anchor CLI, for what must be shown with it: that it deploys this program and runs its
//! migrations.

use std::path::PathBuf;

use crate::fail::{Result, fail};
use crate::process;

/// Where the Anchor CLI is, for the test that deploys with it.
pub const BINARY_VARIABLE: &str = "BUDGET_ANCHOR";

/// The release that the program is written for.
const VERSION: &str = "1.2.2";

/// The `anchor` of the PATH where it is this release; else one that cargo installs beside the other
/// tools under the home directory, once.
pub fn binary() -> Result<PathBuf> {
    let says = |program: &PathBuf| process::probe(process::at_root(program).arg("--version"));
    let is_ours = |program: &PathBuf| says(program).is_some_and(|said| said.ends_with(VERSION));
    let found = PathBuf::from("anchor");
    if is_ours(&found) {
        return Ok(found);
    }
    let Some(home) = std::env::var_os("HOME") else { return fail("HOME is not set.") };
    let root = PathBuf::from(home).join(format!(".cache/community-budget/anchor-{VERSION}"));
    let installed = root.join("bin/anchor");
    if is_ours(&installed) {
        return Ok(installed);
    }
    eprintln!("xtask: installing the Anchor CLI {VERSION}, about 8 minutes on two cores");
    let mut install = process::cargo();
    install.args(["install", "--quiet", "--locked", "anchor-cli", "--version"]);
    install.arg(format!("={VERSION}")).arg("--root").arg(&root);
    // Not into this workspace's folder for what is built.
    install.env_remove("CARGO_TARGET_DIR");
    process::without_rustup(&mut install)?;
    process::run(&mut install, "the installation of the Anchor CLI")?;
    if is_ours(&installed) {
        Ok(installed)
    } else {
        fail(format!("{} is not the Anchor CLI {VERSION}.", installed.display()))
    }
}
