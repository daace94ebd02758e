//! The command line.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, Parser, Subcommand};
use solana_keypair::read_keypair_file;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{key, travel};

/// A local Solana network with Community Budget deployed.
///
/// Prints one line of JSON on standard output once it answers; everything for people goes to
/// standard error. Keeps everything in memory, listens on 127.0.0.1 only and contacts nobody.
#[derive(Parser)]
#[command(name = "budget-localnet", args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub start: StartOptions,
}

#[derive(Subcommand)]
pub enum Command {
    /// Make development keypair files that are missing, and print their addresses
    Key(key::Options),
    /// Move the clock of a running network forward
    Travel(travel::Options),
}

/// How to start the network.
#[derive(Args)]
pub struct StartOptions {
    /// Port of the JSON-RPC; 0 takes free ports
    #[arg(long, default_value_t = 8899)]
    pub port: u16,
    /// Port of the websocket [default: the one after --port]
    #[arg(long)]
    pub ws_port: Option<u16>,
    /// Milliseconds from one slot to the next
    #[arg(long, value_name = "MS", default_value_t = 400, value_parser = clap::value_parser!(u64).range(5..=60_000))]
    pub slot_ms: u64,
    /// Object to deploy at the program's declared id
    #[arg(long, value_name = "FILE.so", default_value = "target/deploy/community_budget.so")]
    pub program: PathBuf,
    /// Deploy nothing
    #[arg(long, conflicts_with_all = ["program", "upgrade_authority"])]
    pub no_program: bool,
    /// Address or keypair file that may upgrade the program [default: nobody]
    #[arg(long, value_name = "KEY")]
    pub upgrade_authority: Option<Key>,
    /// Address or keypair file that gets SOL; repeatable
    #[arg(long, value_name = "KEY")]
    pub airdrop: Vec<Key>,
    /// SOL for each --airdrop; all of them together at most 900,000
    #[arg(long, value_name = "SOL", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=900_000))]
    pub airdrop_sol: u64,
    /// Unix seconds that the network's clock starts at, past or future [default: now]
    #[arg(long, value_name = "UNIX_SECS", value_parser = clap::value_parser!(u64).range(..=travel::LAST_SECOND))]
    pub start_at: Option<u64>,
    /// Stop when standard input ends, as it does when the process that holds it dies
    #[arg(long)]
    pub stop_with_stdin: bool,
    /// Stop after this many seconds
    #[arg(long = "for", value_name = "SECS")]
    pub run_for: Option<u64>,
}

/// An address, written out or as the keypair file that holds its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub Pubkey);

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Key, String> {
        if let Ok(address) = Pubkey::from_str(text) {
            return Ok(Key(address));
        }
        if !Path::new(text).is_file() {
            return Err("it is neither an address nor a keypair file".to_owned());
        }
        match read_keypair_file(text) {
            Ok(keypair) => Ok(Key(keypair.pubkey())),
            // The error is not shown: it may quote the file, which may hold a secret.
            Err(_) => Err("the file is not a keypair".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_key_is_an_address_or_a_keypair_file() {
        let file =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../keys/development-only-program-keypair.json");
        let by_file: Key = file.parse().unwrap();
        assert_eq!(by_file, crate::program::ID.to_string().parse().unwrap());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let neither = "nobody".parse::<Key>().unwrap_err();
        assert_eq!(neither, "it is neither an address nor a keypair file");
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml").parse::<Key>();
        assert_eq!(manifest.unwrap_err(), "the file is not a keypair");
    }
}
