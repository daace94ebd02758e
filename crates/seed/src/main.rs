//! `budget-seed`: puts an invented community in mid-vote onto a local network.

use std::{
    io::{IsTerminal, Write, stderr, stdout},
    path::PathBuf,
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use budget_rpc::{Cluster, Network};
use budget_seed::{HISTORY_SECS, Plan, Result, Seeded, Step, Trouble, seed};
use budget_words::format::{count, moment, plural, span};
use clap::Parser;
use serde_json::{Map, Value, json};

/// Puts an invented community in mid-vote onto a local network.
///
/// The network's clock must begin at least 48 days in the past, so that the story ends today. Run
/// again on a seeded network, it says so and sends nothing.
#[derive(Parser)]
#[command(name = "budget-seed", version)]
struct Arguments {
    /// Where the network is; one on this machine only
    #[arg(long, default_value = "localnet", value_parser = cluster)]
    url: Cluster,
    /// Folder that keys, addresses, names and texts are written to
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
    /// Members with a stake, 12 to 1,000
    #[arg(long, default_value_t = 200)]
    stakers: usize,
    /// Let the network's clock run ahead of the real time, when it did not begin in the past
    #[arg(long)]
    ahead: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn cluster(name: &str) -> std::result::Result<Cluster, String> {
    Cluster::named(name).ok_or_else(|| "it is neither an address nor a known network".to_owned())
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(seeded) => {
            let text =
                if arguments.json { in_json(&seeded) } else { in_words(&seeded, &arguments) };
            // A reader that closes the pipe early has seen what it wanted.
            let _ = writeln!(stdout(), "{text}");
            ExitCode::SUCCESS
        }
        Err(trouble) => {
            eprintln!("budget-seed: {trouble}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<Seeded> {
    let network = Network::new(arguments.url.clone());
    let present = if arguments.ahead && arguments.url.is_local() {
        let now = network.now();
        let unread = |trouble| Trouble::during("reading the network's clock", trouble);
        now.map_err(unread)? + HISTORY_SECS
    } else {
        real_time()
    };
    let plan = Plan { stakers: arguments.stakers, present };
    let shown = stderr().is_terminal();
    let seeded = seed(&network, &plan, &arguments.keys, &mut |step| tell(step, shown));
    if shown {
        let _ = write!(stderr(), "\r\u{1b}[K");
    }
    seeded
}

fn tell(step: &Step, shown: bool) {
    if shown {
        let sent = count(u64::try_from(step.sent).unwrap_or(u64::MAX));
        let _ = write!(stderr(), "\r{}  {} · {sent} sent\u{1b}[K", moment(step.at), step.what);
    }
}

fn real_time() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(since).unwrap_or(i64::MAX)
}

fn in_words(seeded: &Seeded, arguments: &Arguments) -> String {
    let mut lines = Vec::new();
    lines.push(if seeded.already {
        "Open Harbour is on this network already: nothing was sent.".to_owned()
    } else {
        format!(
            "Open Harbour is on the network: {} in {}.{} s.",
            plural(seeded.transactions, "transaction"),
            seeded.elapsed.as_secs(),
            seeded.elapsed.subsec_millis() / 100
        )
    });
    lines.push(match seeded.voting_closes_at {
        Some(closes_at) if closes_at > seeded.now => format!(
            "It is {} UTC there; voting closes {} UTC, in {}.",
            moment(seeded.now),
            moment(closes_at),
            span(closes_at - seeded.now)
        ),
        _ => format!("It is {} UTC there.", moment(seeded.now)),
    });
    lines.push(String::new());
    lines.extend(seeded.addresses.iter().map(|(name, key)| format!("{name:<14} {key}")));
    lines.push(String::new());
    let folder = arguments.keys.display();
    lines.push(format!("Keys, names and texts are in {folder}; none of them is secret."));
    lines.push(format!("For a shell: . {folder}/env"));
    lines.join("\n")
}

fn in_json(seeded: &Seeded) -> String {
    let name = |name: &str| name.replace(' ', "_");
    let keys = seeded.addresses.iter().map(|(of, key)| (name(of), Value::from(key.to_string())));
    let keys: Map<String, Value> = keys.collect();
    let answer = json!({
        "already": seeded.already,
        "transactions": seeded.transactions,
        "elapsed_ms": u64::try_from(seeded.elapsed.as_millis()).unwrap_or(u64::MAX),
        "now": seeded.now,
        "voting_closes_at": seeded.voting_closes_at,
        "addresses": keys,
    });
    format!("{answer:#}")
}
