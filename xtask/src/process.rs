//! Starting other programs.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::fail::{Context, Failure, Result, fail};
use crate::files;

/// A command that runs at the root of the workspace.
pub fn at_root(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(files::root());
    command
}

/// The cargo that started this program, at the root of the workspace.
pub fn cargo() -> Command {
    let mut command = cargo_here();
    command.current_dir(files::root());
    command
}

/// The cargo that started this program, where its user is.
pub fn cargo_here() -> Command {
    let mut command = Command::new(cargo_program());
    // What cargo said of this package when it started this program. Build scripts read some of it
    // (ring's does), and all that depends on them would be compiled again whenever cargo is started
    // by hand in between.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
}

/// `cargo` without RUSTUP_TOOLCHAIN, which every `cargo run` sets and which makes a build script that
/// sees it install a toolchain. Its compiler must then be found without rustup's proxy: of a package
/// with a `rust-toolchain.toml` of its own the proxy would ask for the toolchain named there.
pub fn without_rustup(cargo: &mut Command) -> Result {
    cargo.env_remove("RUSTUP_TOOLCHAIN");
    let program = PathBuf::from(cargo_program());
    let Some(tools) = program.parent().filter(|folder| folder.is_absolute()) else {
        return Ok(());
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(tools.to_path_buf()).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(folders)
        .context(|| format!("PATH cannot begin with {}", tools.display()))?;
    cargo.env("PATH", path);
    Ok(())
}

/// The cargo that started this program.
pub fn cargo_program() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Runs `command` to its end. `what` names it in the sentence that says it failed.
pub fn run(command: &mut Command, what: &str) -> Result {
    let status = command.status().context(|| format!("{what} could not be started"))?;
    if status.success() { Ok(()) } else { fail(format!("{what} failed ({status}).")) }
}

/// Runs `command` and passes its status on as it is: the program that was started has spoken to
/// the user itself.
pub fn forward(command: &mut Command, what: &str) -> Result {
    let status = command.status().context(|| format!("{what} could not be started"))?;
    match status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(Failure::Status(u8::try_from(code).unwrap_or(1))),
        None => fail(format!("{what} was ended by a signal ({status}).")),
    }
}

/// What `command` prints, when it succeeds. Its errors go to the user's terminal.
pub fn output(command: &mut Command, what: &str) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .context(|| format!("{what} could not be started"))?;
    if !output.status.success() {
        return fail(format!("{what} failed ({}).", output.status));
    }
    String::from_utf8(output.stdout).context(|| format!("{what} printed what is not text"))
}

/// What `command` prints, or nothing when it is missing or fails. For asking what is installed.
pub fn probe(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_compiler_beside_cargo_and_tells_nobody_of_a_toolchain() {
        let mut command = Command::new("cargo");
        without_rustup(&mut command).unwrap();
        let of =
            |name: &str| command.get_envs().find(|(key, _)| *key == name).map(|(_, value)| value);
        assert_eq!(of("RUSTUP_TOOLCHAIN"), Some(None));
        let program = PathBuf::from(cargo_program());
        if let (true, Some(tools)) = (program.is_absolute(), program.parent()) {
            let path = of("PATH").flatten().unwrap();
            assert_eq!(std::env::split_paths(path).next().as_deref(), Some(tools));
        }
    }
}
