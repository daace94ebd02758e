//! `app` and `e2e`: the dashboard on a local network, for a person and for the browser tests.

use std::ffi::OsString;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fail::{Context, Result, fail};
use crate::server::Server;
use crate::{build, clients, files, localnet, process};

/// Everything that decides the bytes of the built page.
const INPUTS: [&str; 7] = [
    "app/src",
    "app/public",
    "app/index.html",
    "app/vite.config.ts",
    "app/package.json",
    "clients/ts/src",
    "package-lock.json",
];

/// Where the browser of the tests is, for whoever has one elsewhere.
const CHROMIUM_VARIABLE: &str = "BUDGET_CHROMIUM";

/// Where Debian installs it.
const CHROMIUM: &str = "/usr/bin/chromium";

/// How to show the dashboard.
#[derive(clap::Args)]
pub struct Options {
    /// Port of the page; 0 takes a free one
    #[arg(long, default_value_t = 5173)]
    port: u16,
    /// Port of the network's JSON-RPC; the websocket's is the next one, where the page looks for it
    #[arg(long, default_value_t = 8899, value_parser = clap::value_parser!(u16).range(1..))]
    rpc_port: u16,
    /// Stop after this many seconds
    #[arg(long = "for", value_name = "SECS")]
    run_for: Option<u64>,
}

/// What to test.
#[derive(clap::Args, Default)]
pub struct TestOptions {
    /// Screenshots of every page, the whole corpus and the long measurements as well
    #[arg(long)]
    full: bool,
    /// Only the test files whose name contains this
    filter: Option<OsString>,
}

/// Shows the dashboard of a seeded local network until Ctrl-C.
pub fn run(options: &Options) -> Result {
    // Before twenty seconds of seeding, not after them.
    if TcpListener::bind(("127.0.0.1", options.port)).is_err() {
        return fail(format!("port {} is taken; choose another with --port.", options.port));
    }
    page()?;
    let mut network = localnet::start(options.rpc_port, options.run_for, false)?;
    feeds()?;
    let mut command = process::at_root("node");
    command.arg("app/scripts/serve.mjs").arg("--dist").arg(dist());
    command.arg("--data").arg(localnet::keys()).arg("--port").arg(options.port.to_string());
    let server = Server::start(command, "the page's server")?;
    println!("{}", welcome(&server.field("url")?, &network));
    network.server.wait()
}

/// Writes what can be followed without the page: a feed, a calendar, a digest for each epoch.
fn feeds() -> Result {
    let mut feeds = process::at_root("node");
    feeds.arg("app/scripts/feeds.mjs").arg("--data").arg(localnet::keys());
    feeds.arg("--out").arg(localnet::keys());
    process::run(&mut feeds, "the making of the feeds")
}

/// Builds the page from the packages of the lock file, unless what lies there came from the same files.
fn page() -> Result {
    clients::install()?;
    let stamp = files::root().join("target/app/built");
    let inputs = files::sha256_of_all(&INPUTS, "vite build")?;
    let stamped = fs::read_to_string(&stamp).unwrap_or_default();
    if dist().join("index.html").is_file() && stamped == stamp_text(&inputs)? {
        return Ok(());
    }
    eprintln!("xtask: building the page");
    let mut npm = process::at_root("npm");
    npm.args(["run", "--silent", "build", "--workspace", "@community-budget/app"]);
    // Its progress is not the output of whatever command needed it.
    npm.args(["--", "--logLevel", "warn"]);
    process::run(&mut npm, "the build of the page")?;
    let folder = stamp.parent().map_or_else(files::root, Path::to_path_buf);
    fs::create_dir_all(folder).context(|| "target/app could not be made".to_owned())?;
    fs::write(&stamp, stamp_text(&inputs)?)
        .context(|| "target/app/built could not be written".to_owned())
}

/// Ties the inputs to the very files they made: a page that was built by hand is built again.
fn stamp_text(inputs: &str) -> Result<String> {
    Ok(format!("{inputs} {}\n", files::sha256_of_all(&["app/dist"], "dist")?))
}

fn dist() -> PathBuf {
    files::root().join("app/dist")
}

fn welcome(url: &str, network: &localnet::Network) -> String {
    let keys = localnet::keys();
    let keys = keys.strip_prefix(files::root()).unwrap_or(&keys).display();
    format!(
        "
dashboard   {url}
JSON-RPC    {}
program     {}
keys        {keys}/

Open {url} and look at the funding line. Then, in another terminal:
  . {keys}/env
  cargo run -q --profile tools -p budget-cli -- vote --for 0,3 --against 5    # the bars move
  {}    # voting is over
  cargo run -q --profile tools -p budget-cli -- epoch settle    # money is awarded

To act in the page itself, import {keys}/voter.json into a wallet and point it at the JSON-RPC.
Ctrl-C stops the page and the network, and forgets everything on it.",
        network.rpc,
        network.program_id,
        network.travel("3d"),
    )
}

/// Runs the browser tests against local networks of their own.
pub fn test(options: &TestOptions) -> Result {
    process::run(&mut tests(options)?, "the browser tests")
}

/// The command that runs the browser tests, with everything built that they need.
pub fn tests(options: &TestOptions) -> Result<Command> {
    let browser = chromium()?;
    build::build(&build::Options::default())?;
    let network = localnet::binary()?;
    let tools = tools()?;
    page()?;
    let mut command = process::at_root("node");
    command.args(["node_modules/vitest/vitest.mjs", "run"]);
    command.args(["--config", "app/e2e/vitest.config.ts"]);
    command.args(&options.filter);
    // Whoever counts its results reads them as text.
    command.env("NO_COLOR", "1");
    command.env(localnet::BINARY_VARIABLE, network).env(CHROMIUM_VARIABLE, browser);
    command.env("BUDGET_SEED", tools.join(executable("budget-seed")));
    command.env("BUDGET_CLI", tools.join(executable("budget")));
    command.env("BUDGET_OBJECT", files::object());
    if options.full {
        command.env("BUDGET_E2E_FULL", "1");
    }
    Ok(command)
}

fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// Builds the command line and the seeder, and says in which folder they are.
fn tools() -> Result<PathBuf> {
    let mut build = process::cargo();
    build.args(["build", "--quiet", "--workspace", "--profile", "tools"]);
    build.args(["--bin", "budget", "--bin", "budget-seed"]);
    // A test among the targets makes cargo choose features as it does for the workspace's tests.
    // Without one, fifty crates would be compiled a second time.
    build.args(["--test", "binary"]);
    process::run(&mut build, "the build of the command line and the seeder")?;
    let chosen = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    // cargo runs at the root, so a relative folder is relative to that.
    let target = chosen.unwrap_or_else(|| PathBuf::from("target"));
    Ok(files::root().join(target).join("tools"))
}

/// The browser: the one that was named, or Debian's, which root installs where it is missing.
fn chromium() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(CHROMIUM_VARIABLE) {
        let named = PathBuf::from(named);
        if named.is_file() {
            return Ok(named);
        }
        return fail(format!("{CHROMIUM_VARIABLE} names {}, which is no file.", named.display()));
    }
    let installed = PathBuf::from(CHROMIUM);
    if installed.is_file() {
        return Ok(installed);
    }
    let is_root = process::probe(Command::new("id").arg("-u")).as_deref() == Some("0");
    let has_apt = process::probe(Command::new("apt-get").arg("--version")).is_some();
    if !(is_root && has_apt) {
        return fail(format!(
            "the browser tests need Chromium: run `sudo apt-get install -y \
             --no-install-recommends chromium`, or set {CHROMIUM_VARIABLE} to where one is."
        ));
    }
    eprintln!("xtask: installing Chromium with apt-get as root, for the browser tests");
    process::run(Command::new("apt-get").args(["-qq", "update"]), "apt-get update")?;
    let mut install = Command::new("apt-get");
    install.args(["-qq", "install", "-y", "--no-install-recommends", "chromium"]);
    install.env("DEBIAN_FRONTEND", "noninteractive");
    process::run(&mut install, "the installation of Chromium")?;
    if installed.is_file() { Ok(installed) } else { fail(format!("{CHROMIUM} is missing.")) }
}
