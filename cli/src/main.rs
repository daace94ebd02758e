//! `budget`: the command line of Community Budget.
//!
//! What it does so far needs no network: it derives addresses, explains error codes and shows the
//! policy's bounds. Commands that talk to a cluster join it with the local network.

mod offline;

use std::{io::Write, process::ExitCode};

use anchor_lang::prelude::Pubkey;
use clap::{Parser, Subcommand};

/// Budgets of token-holder communities on Solana.
#[derive(Parser)]
#[command(name = "budget", version, about)]
struct Cli {
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Address of a founder's treasury and of what belongs to it.
    Addresses {
        /// Who created the treasury.
        founder: Pubkey,
        /// Number of the treasury among the founder's.
        #[arg(long, default_value_t = 0)]
        id: u64,
        /// Also the addresses of this person: stake and recipient record.
        #[arg(long)]
        person: Option<Pubkey>,
        /// Also the address of this epoch, and of the person's vote record in it.
        #[arg(long)]
        epoch: Option<u32>,
    },
    /// What an error code of the program means.
    Error {
        /// Code, for example 6018, or name, for example TooEarlyToOpen.
        code: String,
    },
    /// Every policy value with its unit, hard bounds and default.
    Policy,
}

/// Exit code for input that makes no sense.
const BAD_INPUT: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let table = match cli.command {
        Command::Addresses { founder, id, person, epoch } => {
            offline::addresses(&founder, id, person.as_ref(), epoch)
        }
        Command::Error { code } => match offline::error(&code) {
            Some(table) => table,
            None => {
                eprintln!("budget: the program has no error {code}; codes run from 6000 upwards.");
                return ExitCode::from(BAD_INPUT);
            }
        },
        Command::Policy => offline::policy(),
    };
    let text = if cli.json { table.json() } else { table.text() };
    // A reader that closes the pipe early has seen what it wanted.
    let _ = writeln!(std::io::stdout(), "{text}");
    ExitCode::SUCCESS
}
