//! `localnet`: a local network with the program deployed and a community on it.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::fail::{Context, Failure, Result, fail};
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
    build::build(&build::Options::default())?;
    let binary = binary()?;
    let authority = keys().join("upgrade-authority.json");
    process::output(Command::new(&binary).arg("key").arg(&authority), "the local network")?;

    let mut command = Command::new(&binary);
    command.arg("--port").arg(options.port.to_string());
    command.arg("--program").arg(files::object());
    command.arg("--upgrade-authority").arg(&authority).arg("--airdrop").arg(&authority);
    if let Some(secs) = options.run_for {
        command.arg("--for").arg(secs.to_string());
    }
    if !options.empty {
        // Before the network runs: compiled meanwhile, it would eat into --for.
        process::run(&mut seeder("build"), "the build of the seeder")?;
        let begin = SystemTime::now().checked_sub(HISTORY).unwrap_or(UNIX_EPOCH);
        let begin = begin.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        command.arg("--start-at").arg(begin.to_string());
    }
    let mut network = Network::start(command)?;
    if !options.empty {
        let mut seed = seeder("run");
        seed.args(["--", "--url", &network.rpc, "--keys"]).arg(keys());
        process::run(&mut seed, "the seeder")?;
    }
    println!("{}", welcome(&network, options.empty));
    network.wait()
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

/// Development keys, made once by whoever needs them.
fn keys() -> PathBuf {
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
    let port = network.rpc.rsplit(':').next().unwrap_or_default();
    let travel = match port {
        "8899" => "cargo xtask localnet --time-travel 3d".to_owned(),
        port => format!("cargo xtask localnet --port {port} --time-travel 3d"),
    };
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

/// A network that answers.
struct Network {
    held: Held,
    rpc: String,
    ws: String,
    program_id: String,
}

/// A child that ends with this value.
struct Held {
    child: Child,
    /// The network stops when this is let go of, also when this process is killed.
    stdin: Option<ChildStdin>,
}

impl Network {
    /// Starts it and waits for its line on standard output.
    fn start(mut command: Command) -> Result<Network> {
        command.arg("--stop-with-stdin").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child =
            command.spawn().context(|| "the local network could not be started".to_owned())?;
        let mut held = Held { stdin: child.stdin.take(), child };
        let mut line = String::new();
        if let Some(stdout) = held.child.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .context(|| "the local network could not be heard".to_owned())?;
        }
        if line.is_empty() {
            // It has said why on standard error, and its status tells a taken port from the rest.
            return Err(ending(&mut held.child)?);
        }
        let field = |name| {
            text_field(&line, name).context(|| format!("the local network said {}", line.trim()))
        };
        let (rpc, ws, program_id) = (field("rpc")?, field("ws")?, field("programId")?);
        Ok(Network { held, rpc, ws, program_id })
    }

    /// Waits until it ends.
    fn wait(&mut self) -> Result {
        let status = self
            .held
            .child
            .wait()
            .context(|| "the local network could not be waited for".to_owned())?;
        if status.success() {
            Ok(())
        } else {
            fail(format!("the local network failed ({status})."))
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.stdin = None;
        let until = Instant::now() + Duration::from_secs(5);
        while Instant::now() < until {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        // By its process id: nothing else that has this name is touched.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ending(child: &mut Child) -> Result<Failure> {
    let status = child.wait().context(|| "the local network could not be waited for".to_owned())?;
    Ok(Failure::Status(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
}

/// A text field of a flat JSON object whose texts need no escapes: the network's own line holds
/// nothing else, and a JSON library would slow every command of the README down.
fn text_field(line: &str, name: &str) -> std::result::Result<String, &'static str> {
    let key = format!("\"{name}\":\"");
    let start = line.find(&key).ok_or("a field is missing")? + key.len();
    let rest = line.get(start..).ok_or("a field is missing")?;
    let end = rest.find('"').ok_or("a field does not end")?;
    rest.get(..end).map(str::to_owned).ok_or("a field does not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str =
        r#"{"pid":7,"programId":"4tGu","rpc":"http://127.0.0.1:1","ws":"ws://127.0.0.1:2"}"#;

    /// A network of which the shell plays the part.
    fn played(script: &str) -> Result<Network> {
        let mut command = Command::new("sh");
        command.args(["-c", script, "network"]);
        Network::start(command)
    }

    fn runs(pid: u32) -> bool {
        let mut kill = Command::new("kill");
        kill.args(["-0", &pid.to_string()]).stderr(Stdio::null());
        kill.status().is_ok_and(|status| status.success())
    }

    #[test]
    fn a_network_is_known_by_its_line() {
        let network = played(&format!("echo '{LINE}'; cat > /dev/null")).unwrap();
        assert_eq!(network.rpc, "http://127.0.0.1:1");
        assert_eq!(network.ws, "ws://127.0.0.1:2");
        assert_eq!(network.program_id, "4tGu");
    }

    #[test]
    fn a_network_that_does_not_start_passes_its_status_on() {
        assert!(matches!(played("exit 3"), Err(Failure::Status(3))));
    }

    #[test]
    fn a_line_without_addresses_is_refused() {
        let refused = played(r#"echo '{"rpc":"http://127.0.0.1:1"}'; exec cat > /dev/null"#);
        let Err(Failure::Message(text)) = refused else { panic!("not refused") };
        assert!(text.contains(r#"said {"rpc":"http://127.0.0.1:1"}"#), "{text}");
    }

    #[test]
    fn a_network_ends_with_its_owner() {
        let network = played(&format!("echo '{LINE}'; exec cat > /dev/null")).unwrap();
        let pid = network.held.child.id();
        assert!(runs(pid));
        drop(network);
        assert!(!runs(pid));
    }

    #[test]
    fn a_network_that_hangs_is_ended_by_its_process_id() {
        let network = played(&format!("echo '{LINE}'; exec sleep 600")).unwrap();
        let pid = network.held.child.id();
        drop(network);
        assert!(!runs(pid));
    }

    #[test]
    fn a_network_that_fails_later_is_told() {
        let mut network = played(&format!("echo '{LINE}'; exit 4")).unwrap();
        assert!(matches!(network.wait(), Err(Failure::Message(_))));
    }
}
