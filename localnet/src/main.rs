//! `budget-localnet`: a local Solana network with Community Budget deployed.

mod arguments;
mod fail;
mod key;
mod network;
mod ports;
mod program;
mod stop;
mod travel;

use std::io::Write;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use budget_words::format;
use clap::Parser;
use serde_json::json;

use crate::arguments::{Arguments, Command, StartOptions};
use crate::fail::{Failure, Result};
use crate::network::{Genesis, Network};
use crate::ports::Ports;
use crate::program::Program;
use crate::stop::Conditions;

/// A port that was free may be lost to another process before the network listens on it.
const ATTEMPTS: usize = 5;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Some(Command::Key(options)) => key::run(&options),
        Some(Command::Travel(options)) => travel::run(&options),
        None => start(&arguments.start),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("budget-localnet: {}", failure.text());
            failure.exit_code()
        }
    }
}

fn start(options: &StartOptions) -> Result {
    let ports = ports::choose(options.port, options.ws_port)?;
    let program = match options.no_program {
        true => None,
        false => {
            let authority = options.upgrade_authority.map(|key| key.0);
            Some(Program::read(&options.program, authority)?)
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Message(format!("The network cannot be run: {error}.")))?;
    // The network's own threads end with the process; there is nothing on disk to close.
    runtime.block_on(run(options, program.as_ref(), ports))
}

async fn run(options: &StartOptions, program: Option<&Program>, ports: Ports) -> Result {
    let conditions = Conditions::watch(options.stop_with_stdin, options.run_for)?;
    let genesis = Genesis {
        slot_ms: options.slot_ms,
        start_at: options.start_at,
        program,
        airdrops: options.airdrop.iter().map(|key| key.0).collect(),
        airdrop_sol: options.airdrop_sol,
    };
    let mut network = start_network(&genesis, ports, options).await?;

    let clock_at = options.start_at.unwrap_or_else(now);
    eprintln!("Local network at {}, websocket {}.", network.rpc_url(), network.ws_url());
    eprintln!(
        "A slot every {} ms; its clock started at {} UTC.",
        options.slot_ms,
        format::moment(i64::try_from(clock_at).unwrap_or(i64::MAX))
    );
    match program {
        Some(program) => eprintln!("{}", program.describe()),
        None => eprintln!("No program is deployed."),
    }
    announce(&network, program.is_some())?;

    let why = conditions.wait(&mut network).await?;
    eprintln!("The local network stopped: {why}.");
    Ok(())
}

/// Starts the network; takes other free ports when it lost those that it had chosen.
async fn start_network(
    genesis: &Genesis<'_>,
    mut ports: Ports,
    options: &StartOptions,
) -> Result<Network> {
    for _ in 1..ATTEMPTS {
        match Network::start(genesis, ports).await {
            Err(_) if ports::lost(ports) => ports = ports::choose(options.port, options.ws_port)?,
            done => return done,
        }
    }
    Network::start(genesis, ports).await
}

/// The line that a program waits for: one object of JSON, alone on standard output.
fn announce(network: &Network, with_program: bool) -> Result {
    let line = json!({
        "rpc": network.rpc_url(),
        "ws": network.ws_url(),
        "programId": with_program.then(|| program::ID.to_string()),
        "pid": std::process::id(),
    });
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{line}").and_then(|()| stdout.flush()).map_err(|error| {
        Failure::Message(format!("Standard output could not be written: {error}."))
    })
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
