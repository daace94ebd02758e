//! `localnet`: a local network with the program deployed and a community on it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::fail::Result;
use crate::server::Server;
use crate::{build, files, process};

/// Where the binary of `localnet/` is, for the tests that start it.
pub const BINARY_VARIABLE: &str = "BUDGET_LOCALNET";

/// The seeded community's history takes 48 days, and ends when the seeding does.
const HISTORY: Duration = Duration::from_secs(50 * 86_400);

const HEALTH: &str = r#"{"jsonrpc":"2.0","id":1,"method":"getHealth"}"#;

/// How to run the local network.
#[derive(clap::Args)]
pub struct Options {
    /// Port of the JSON-RPC; the websocket's is the next one; 0 takes free ports
    #[arg(long, default_value_t = 8899)]
    port: u16,
    /// Start nothing: move the clock of the running network forward, by 3d or 12h, or to
    /// 2026-12-24T18:00:00Z
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true, conflicts_with_all = ["run_for", "empty"])]
    time_travel: Option<OsString>,
    /// Stop after this many seconds
    #[arg(long = "for", value_name = "SECS")]
    run_for: Option<u64>,
    /// Deploy the program and stop there: no community
    #[arg(long)]
    empty: bool,
}

/// Runs the network until Ctrl-C, or moves the clock of the one that runs.
pub fn run(options: &Options) -> Result {
    if let Some(when) = &options.time_travel {
        let mut travel = Command::new(binary()?);
        travel.arg("travel").arg("--url").arg(format!("http://127.0.0.1:{}", options.port));
        travel.arg(when);
        return process::forward(&mut travel, "the local network");
    }
    let mut network = start(options.port, options.run_for, options.empty)?;
    println!("{}", welcome(&network, options.empty));
    network.server.wait()
}

/// A network that answers. It ends with this value.
pub struct Network {
    pub server: Server,
    pub rpc: String,
    pub ws: String,
    pub program_id: String,
}

impl Network {
    /// The command that moves its clock.
    pub fn travel(&self, when: &str) -> String {
        match self.rpc.rsplit(':').next().unwrap_or_default() {
            "8899" => format!("cargo xtask localnet --time-travel {when}"),
            port => format!("cargo xtask localnet --port {port} --time-travel {when}"),
        }
    }
}

/// Builds what is missing, starts a network and, unless it is to be `empty`, puts the community on it.
pub fn start(port: u16, run_for: Option<u64>, empty: bool) -> Result<Network> {
    build::build(&build::Options::default())?;
    let binary = binary()?;
    let authority = keys().join("upgrade-authority.json");
    process::output(Command::new(&binary).arg("key").arg(&authority), "the local network")?;

    let mut command = Command::new(&binary);
    command.arg("--port").arg(port.to_string());
    command.arg("--program").arg(files::object());
    command.arg("--upgrade-authority").arg(&authority).arg("--airdrop").arg(&authority);
    if let Some(secs) = run_for {
        command.arg("--for").arg(secs.to_string());
    }
    if !empty {
        // Before the network runs: compiled meanwhile, it would eat into --for.
        process::run(&mut seeder("build"), "the build of the seeder")?;
        let begin = SystemTime::now().checked_sub(HISTORY).unwrap_or(UNIX_EPOCH);
        let begin = begin.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        command.arg("--start-at").arg(begin.to_string());
    }
    let server = Server::start(command, "the local network")?;
    let (rpc, ws) = (server.field("rpc")?, server.field("ws")?);
    let network = Network { program_id: server.field("programId")?, server, rpc, ws };
    if !empty {
        let mut seed = seeder("run");
        seed.args(["--", "--url", &network.rpc, "--keys"]).arg(keys());
        process::run(&mut seed, "the seeder")?;
    }
    Ok(network)
}

/// Builds `localnet/`, whose workspace is its own, and says where its binary is.
pub fn binary() -> Result<PathBuf> {
    let target = target_dir();
    let name = format!("budget-localnet{}", std::env::consts::EXE_SUFFIX);
    let binary = target.join("debug").join(name);
    if !binary.is_file() {
        eprintln!("xtask: building the local network: 890 crates, about 12 minutes on two cores");
    }
    process::run(cargo()?.args(["build", "--quiet", "--locked"]), "the build of localnet")?;
    Ok(binary)
}

/// A cargo that works in `localnet/` and keeps what it makes apart from the workspace's.
pub fn cargo() -> Result<Command> {
    let mut command = process::cargo_here();
    command.current_dir(files::root().join("localnet")).env("CARGO_TARGET_DIR", target_dir());
    process::without_rustup(&mut command)?;
    Ok(command)
}

fn target_dir() -> PathBuf {
    let chosen = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    // A relative one is relative to where the user is, not to where cargo will be started.
    let chosen = chosen.map(|chosen| std::path::absolute(&chosen).unwrap_or(chosen));
    chosen.unwrap_or_else(|| files::root().join("target")).join("localnet")
}

/// Development keys, made once by whoever needs them, and what the seeder writes beside them.
pub fn keys() -> PathBuf {
    files::root().join("target/localnet/keys")
}

fn seeder(verb: &str) -> Command {
    let mut command = process::cargo();
    command.args([verb, "--quiet", "--profile", "tools", "--package", "budget-seed"]);
    command
}

fn welcome(network: &Network, empty: bool) -> String {
    let keys = keys();
    let keys = keys.strip_prefix(files::root()).unwrap_or(&keys).display();
    let travel = network.travel("3d");
    let next = if empty {
        let seed = "cargo run -q --profile tools -p budget-seed --";
        [
            format!("{seed} --url {} --keys {keys} --ahead", network.rpc),
            format!("curl {} -H 'content-type: application/json' -d '{HEALTH}'", network.rpc),
            travel,
        ]
    } else {
        [
            format!(". {keys}/env"),
            "cargo run -q --profile tools -p budget-cli -- watch".to_owned(),
            travel,
        ]
    };
    format!(
        "
JSON-RPC    {}
websocket   {}
program     {}
keys        {keys}/

Try next, in another terminal:
  {}

Ctrl-C stops the network and forgets everything on it.",
        network.rpc,
        network.ws,
        network.program_id,
        next.join("\n  "),
    )
}
