//! `cargo xtask <command>`: what the README tells a reader to run.
//!
//! Each command starts other programs and says in one sentence what went wrong when one of them
//! fails. Nothing here is part of the on-chain program.

mod anchor;
mod app;
mod build;
mod check;
mod clients;
mod fail;
mod files;
mod idl;
mod localnet;
mod peers;
mod process;
mod reproduce;
mod server;
mod simulate;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::fail::Failure;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The commands of Community Budget")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the program into target/deploy/community_budget.so
    Build(build::Options),
    /// Build the program twice, in two clones and two homes, and compare the bytes
    Reproduce,
    /// Write idl/community_budget.json from the program's source
    Idl {
        /// Write nothing; fail when the committed file is stale
        #[arg(long)]
        check: bool,
    },
    /// Write docs/accounts.md and docs/policy.md from the IDL and the table of bounds
    Docs {
        /// Write nothing; fail when a committed file is stale
        #[arg(long)]
        check: bool,
    },
    /// Write the TypeScript client from the IDL, and the golden vectors from the rules
    Clients {
        /// Write nothing; fail when a committed file is stale, or does not type-check or test
        #[arg(long)]
        check: bool,
    },
    /// Formatting, lints, documentation, IDL, generated documents, clients and compute-unit limits
    Check,
    /// Build the program, then run every test of the workspace
    Test,
    /// Run a local network with the program deployed and a community on it
    Localnet(localnet::Options),
    /// Show the dashboard of a local network with a community on it
    App(app::Options),
    /// Run the dashboard's tests in a browser, against local networks
    E2e(app::TestOptions),
    /// Run a whole budget epoch against the program, in memory
    #[command(disable_help_flag = true)]
    Demo(Forwarded),
    /// Run a recorded election through the program
    #[command(disable_help_flag = true)]
    Replay(Forwarded),
    /// Measure the same transactions in communities of 1 to 10,000
    #[command(disable_help_flag = true)]
    Growth(Forwarded),
    /// Push everybody's ballots and revisions through one epoch and count them again
    #[command(disable_help_flag = true)]
    Load(Forwarded),
    /// An epoch with a million stakers, on paper and read cold from a dump
    #[command(disable_help_flag = true)]
    Scale(Forwarded),
    /// Show where the compute units of one instruction go
    #[command(disable_help_flag = true)]
    Profile(Forwarded),
    /// Measure the compute units of every instruction, or of other programs
    #[command(disable_help_flag = true)]
    Bench(Forwarded),
}

/// Arguments that the simulator parses, not this program.
#[derive(clap::Args)]
struct Forwarded {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<OsString>,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Build(options) => build::run(&options),
        Command::Reproduce => reproduce::run(),
        Command::Idl { check } => idl::run(check),
        Command::Docs { check } => check::docs(check),
        Command::Clients { check } => clients::run(check),
        Command::Check => check::run(),
        Command::Test => check::test(),
        Command::Localnet(options) => localnet::run(&options),
        Command::App(options) => app::run(&options),
        Command::E2e(options) => app::test(&options),
        Command::Demo(forwarded) => simulate::run("demo", &forwarded.args),
        Command::Replay(forwarded) => simulate::run("replay", &forwarded.args),
        Command::Growth(forwarded) => simulate::run("growth", &forwarded.args),
        Command::Load(forwarded) => simulate::run("load", &forwarded.args),
        Command::Scale(forwarded) => simulate::run("scale", &forwarded.args),
        Command::Profile(forwarded) => simulate::profile(&forwarded.args),
        Command::Bench(forwarded) => peers::bench(&forwarded.args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Message(text)) => {
            eprintln!("xtask: {text}");
            ExitCode::FAILURE
        }
        Err(Failure::Status(code)) => ExitCode::from(code),
    }
}
