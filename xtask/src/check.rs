//! `check` and `test`: what must hold before a change is merged.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::fail::{Context, Result, fail};
use crate::{anchor, app, build, clients, idl, localnet, process, simulate};

/// Formatting, lints, documentation, IDL, generated documents, clients, compute units and their
/// growth, in this order, up to the first failure.
pub fn run() -> Result {
    step("formatting");
    process::run(process::cargo().args(["fmt", "--all", "--check"]), "cargo fmt --check")?;
    process::run(localnet::cargo()?.args(["fmt", "--check"]), "cargo fmt --check in localnet")?;

    step("lints");
    let mut clippy = process::cargo();
    // The tests' profile, so that what both compile is compiled once.
    clippy.args(["clippy", "--workspace", "--all-targets", "--profile", "tools"]);
    clippy.args(["--", "-D", "warnings"]);
    process::run(&mut clippy, "cargo clippy")?;

    step("documentation");
    let mut doc = process::cargo();
    doc.args(["doc", "--workspace", "--no-deps", "--profile", "tools"])
        .env("RUSTDOCFLAGS", "-D warnings");
    process::run(&mut doc, "cargo doc")?;

    step("IDL");
    idl::run(true)?;

    step("generated documents");
    docs(true)?;

    step("clients");
    clients::run(true)?;

    step("compute units");
    simulate::run("bench", &[OsString::from("--check")])?;

    step("growth");
    simulate::run("growth", &[OsString::from("--check-slice")])
}

/// Renders `docs/accounts.md` and `docs/policy.md`, or only checks that they are current.
pub fn docs(check: bool) -> Result {
    let mut render = process::cargo();
    render.args(["run", "--quiet", "--profile", "tools", "--package", "budget-docs", "--"]);
    if check {
        render.arg("--check");
    }
    process::run(&mut render, "budget-docs")
}

fn step(name: &str) {
    eprintln!("xtask: checking {name}");
}

/// Builds the program and the local network, then runs every test of both workspaces and those of
/// the dashboard in a browser, and says how many passed.
pub fn test() -> Result {
    build::build(&build::Options::default())?;
    let network = localnet::binary()?;
    // What `anchor migrate` runs needs its packages.
    clients::install()?;
    let anchor = anchor::binary()?;
    // Before the other tests: a browser that is missing is said at once.
    let mut browser = app::tests(&app::TestOptions::default())?;
    let mut counts = Counts::default();
    let mut passed = true;
    if process::probe(process::cargo().args(["nextest", "--version"])).is_some() {
        let mut nextest = process::cargo();
        nextest.args(["nextest", "run", "--workspace", "--cargo-profile", "tools"]);
        nextest.args(["--no-fail-fast", "--no-tests", "pass"]);
        nextest.env(localnet::BINARY_VARIABLE, &network).env(anchor::BINARY_VARIABLE, &anchor);
        passed &= counts.take_from(&mut nextest, Pipe::Err)?;
        // nextest leaves the examples in the documentation out.
        passed &= counts.take_from(cargo_test().arg("--doc"), Pipe::Out)?;
    } else {
        let mut tests = cargo_test();
        tests.env(localnet::BINARY_VARIABLE, &network).env(anchor::BINARY_VARIABLE, &anchor);
        passed &= counts.take_from(&mut tests, Pipe::Out)?;
    }
    let mut tests = localnet::cargo()?;
    tests.args(["test", "--locked", "--no-fail-fast"]);
    passed &= counts.take_from(&mut tests, Pipe::Out)?;
    passed &= counts.take_from(&mut browser, Pipe::Out)?;
    println!("{} passed, {} failed, {} skipped", counts.passed, counts.failed, counts.skipped);
    if passed { Ok(()) } else { fail("not every test passed.") }
}

fn cargo_test() -> Command {
    let mut command = process::cargo();
    command.args(["test", "--workspace", "--profile", "tools", "--no-fail-fast"]);
    command
}

/// Where a test runner prints its results.
enum Pipe {
    Out,
    Err,
}

#[derive(Default, Debug, PartialEq)]
struct Counts {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Counts {
    /// Runs a test runner, shows what it prints and adds up its results. False when it failed.
    fn take_from(&mut self, runner: &mut Command, pipe: Pipe) -> Result<bool> {
        match pipe {
            Pipe::Out => runner.stdout(Stdio::piped()),
            Pipe::Err => runner.stderr(Stdio::piped()),
        };
        let mut child =
            runner.spawn().context(|| "the test runner could not be started".to_owned())?;
        if let Some(stdout) = child.stdout.take() {
            self.take_lines(stdout, |line| println!("{line}"))?;
        }
        if let Some(stderr) = child.stderr.take() {
            self.take_lines(stderr, |line| eprintln!("{line}"))?;
        }
        let status =
            child.wait().context(|| "the test runner could not be waited for".to_owned())?;
        Ok(status.success())
    }

    fn take_lines(&mut self, printed: impl Read, show: impl Fn(&str)) -> Result {
        for line in BufReader::new(printed).split(b'\n') {
            let line = line.context(|| "the tests' output could not be read".to_owned())?;
            let line = String::from_utf8_lossy(&line);
            show(&line);
            self.add(&line);
        }
        Ok(())
    }

    /// Takes the result lines of the three runners into account, and no other line:
    /// `test result: ok. 3 passed; 0 failed; 1 ignored; ...`,
    /// `Summary [   0.006s] 3 tests run: 3 passed (1 slow), 1 skipped` and
    /// `      Tests  1 failed | 3 passed (4)`.
    fn add(&mut self, line: &str) {
        let numbers = if let Some(rest) = line.strip_prefix("test result: ") {
            rest.split_once(". ")
        } else if line.trim_start().starts_with("Summary [") {
            line.split_once(" run: ")
        } else if line.starts_with(' ') {
            line.split_once(" Tests  ").filter(|(indent, _)| indent.trim().is_empty())
        } else {
            None
        };
        let Some((_, numbers)) = numbers else { return };
        for part in numbers.split([';', ',', '|']) {
            let mut words = part.split_whitespace();
            let count = words.next().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
            match words.next() {
                Some("passed") => self.passed += count,
                Some("failed" | "timed") => self.failed += count,
                Some("ignored" | "skipped") => self.skipped += count,
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
        counts.add("     Summary [   0.006s] 9 tests run: 5 passed (1 slow), 4 failed, 2 skipped");
        counts.add(" Test Files  1 failed | 2 passed (3)");
        counts.add("      Tests  1 failed | 20 passed | 4 skipped (25)");
        counts.add("    says Tests  7 passed");
        assert_eq!(counts, Counts { passed: 29, failed: 7, skipped: 7 });
    }
}
