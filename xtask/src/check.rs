//! `check` and `test`: what must hold before a change is merged.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::fail::{Context, Result, fail};
use crate::{build, idl, process, simulate};

/// Formatting, lints, documentation, IDL, compute units, in this order, up to the first failure.
pub fn run() -> Result {
    step("formatting");
    process::run(
        process::cargo().args(["fmt", "--all", "--check"]),
        "cargo fmt --check",
    )?;

    step("lints");
    let mut clippy = process::cargo();
    clippy.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]);
    process::run(&mut clippy, "cargo clippy")?;

    step("documentation");
    let mut doc = process::cargo();
    doc.args(["doc", "--workspace", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings");
    process::run(&mut doc, "cargo doc")?;

    step("IDL");
    idl::run(true)?;

    step("compute units");
    simulate::run("bench", &[OsString::from("--check")])
}

fn step(name: &str) {
    eprintln!("xtask: checking {name}");
}

/// Builds the program, then runs every test of the workspace.
pub fn test() -> Result {
    build::build(&build::Options::default())?;
    if process::probe(process::cargo().args(["nextest", "--version"])).is_some() {
        let mut nextest = process::cargo();
        nextest.args(["nextest", "run", "--workspace", "--cargo-profile", "tools"]);
        nextest.args(["--no-fail-fast", "--no-tests", "pass"]);
        let units = process::run(&mut nextest, "cargo nextest");
        // nextest leaves the examples in the documentation out.
        let docs = cargo_test(&["--doc"]);
        return units.and(docs);
    }
    cargo_test(&[])
}

/// Runs `cargo test` and adds up what its many test binaries report.
fn cargo_test(extra: &[&str]) -> Result {
    let mut command = process::cargo();
    command
        .args([
            "test",
            "--workspace",
            "--profile",
            "tools",
            "--no-fail-fast",
        ])
        .args(extra);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .context(|| "cargo test could not be started".to_owned())?;
    let mut counts = Counts::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.context(|| "cargo test's output could not be read".to_owned())?;
            println!("{line}");
            counts.add(&line);
        }
    }
    let status = child
        .wait()
        .context(|| "cargo test could not be waited for".to_owned())?;
    println!(
        "{} passed, {} failed, {} skipped",
        counts.passed, counts.failed, counts.skipped
    );
    if status.success() {
        Ok(())
    } else {
        fail("cargo test failed.")
    }
}

#[derive(Default, Debug, PartialEq)]
struct Counts {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Counts {
    /// Takes `test result: ok. 3 passed; 0 failed; 1 ignored; ...` into account, and no other line.
    fn add(&mut self, line: &str) {
        let Some((_, numbers)) = line
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for part in numbers.split("; ") {
            let mut words = part.split(' ');
            let count = words
                .next()
                .and_then(|word| word.parse::<u64>().ok())
                .unwrap_or(0);
            match words.next() {
                Some("passed") => self.passed += count,
                Some("failed") => self.failed += count,
                Some("ignored") => self.skipped += count,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn adds_up_the_result_lines_only() {
        let mut counts = Counts::default();
        counts.add("running 4 tests");
        counts.add("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out");
        counts
            .add("test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 7 filtered out");
        assert_eq!(
            counts,
            Counts {
                passed: 4,
                failed: 2,
                skipped: 1
            }
        );
    }
}
