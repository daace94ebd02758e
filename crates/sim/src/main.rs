//! `budget-sim`: the demo, the replay of real elections, and the bench, all against the program's
//! own object.

mod bench;
mod demo;
mod growth;
mod load;
mod peers;
mod profile;
mod replay;
mod scale;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use budget_words::{format, page, progress};

use budget_sim::{Refusal, svm::program_path};

#[derive(Parser)]
#[command(
    name = "budget-sim",
    about = "Runs Community Budget's program in an embedded SVM",
    after_help = "Exit codes: 0 done, 1 something does not add up, 2 the input is refused"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play an invented town through one budget epoch
    Demo,
    /// Run a recorded election (.pb) through the program and compare with what was selected
    ///
    /// Every project becomes a proposal, every voter a staker with one unit, approvals become
    /// votes for. An outcome that differs from the file's is reported, not an error.
    Replay {
        /// An election in the Pabulib format, with approval ballots and at most 96 projects
        file: PathBuf,
        /// Print one JSON object; amounts are in hundredths of the file's currency
        #[arg(long)]
        json: bool,
    },
    /// Show where the compute units of one instruction go, function by function
    Profile {
        /// An instruction, or one variant of it as the bench names them: `cast_vote/20`; without one,
        /// a table of all
        instruction: Option<String>,
        /// The object that names the program's functions
        #[arg(long)]
        symbols: PathBuf,
        /// Functions to list
        #[arg(long, default_value_t = 30)]
        lines: usize,
        /// Put the table of all into docs/performance.md
        #[arg(long, conflicts_with = "instruction")]
        write: bool,
    },
    /// Measure the same acts in communities of 1 to 10,000; takes minutes
    Growth(growth::Options),
    /// Push everybody's ballots and revisions through one epoch and count them again
    Load {
        /// Stakers
        #[arg(long, default_value_t = 100_000)]
        voters: usize,
        /// Least time in seconds
        #[arg(long, default_value_t = 60)]
        secs: u64,
        /// Sign every transaction and have the signatures checked
        #[arg(long)]
        signed: bool,
        /// Put the figures into docs/performance.md
        #[arg(long)]
        write: bool,
    },
    /// An epoch with a million stakers, on paper and read cold from a dump
    Scale {
        /// Stakers, each with a ballot
        #[arg(long, default_value_t = 1_000_000)]
        voters: u64,
        /// Treasuries at the same time
        #[arg(long, default_value_t = 1_000)]
        treasuries: u64,
        /// Put the figures into docs/performance.md
        #[arg(long)]
        write: bool,
    },
    /// Read a dump into a verified tally; `scale` starts it
    #[command(hide = true)]
    ScaleRead {
        /// The dump
        file: PathBuf,
    },
    /// Measure what every instruction costs
    Bench {
        /// Write nothing; fail when something grew by more than 1 % or a bar is not met
        #[arg(long)]
        check: bool,
        /// Measure other programs instead, and print their figures beside the committed ones
        #[arg(long)]
        peers: bool,
    },
}

/// Why a command ends early: its exit code and one sentence for the reader.
#[derive(Debug)]
pub struct Stop {
    code: u8,
    sentence: String,
}

impl Stop {
    /// The input is not one that the command takes.
    pub fn refused(sentence: impl Into<String>) -> Self {
        Self { code: 2, sentence: sentence.into() }
    }

    /// Something does not add up or does not work.
    pub fn broken(sentence: impl Into<String>) -> Self {
        Self { code: 1, sentence: sentence.into() }
    }
}

impl From<Box<Refusal>> for Stop {
    fn from(refusal: Box<Refusal>) -> Self {
        Self::broken(format!("the program refused what it should take: {refusal}"))
    }
}

/// What a command returns.
pub type Done<T = ()> = Result<T, Stop>;

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Demo => end(demo::run()),
        Command::Replay { file, json } => end(replay::run(&file, json)),
        Command::Profile { instruction: Some(instruction), symbols, lines, .. } => {
            end(profile::run(&instruction, &symbols, lines))
        }
        Command::Profile { symbols, write, .. } => end(profile::overview(&symbols, write)),
        Command::Growth(options) => end(growth::run(&options)),
        Command::Load { voters, secs, signed, write } => {
            end(load::run(load::Options { voters, secs, signed }, write))
        }
        Command::Scale { voters, treasuries, write } => end(scale::run(voters, treasuries, write)),
        Command::ScaleRead { file } => end(scale::read(&file)),
        Command::Bench { peers: true, check } => end(peers::run(check)),
        Command::Bench { check, .. } => bench::run(check),
    }
}

/// Stops with a sentence where the harness would panic: when the program was not built.
pub fn require_program() -> Done {
    let object = program_path();
    if object.is_file() {
        return Ok(());
    }
    let path = object.display();
    Err(Stop::broken(format!("there is no program at {path}; build it with `cargo xtask build`")))
}

fn end(done: Done) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop { code, sentence }) => {
            eprintln!("budget-sim: {sentence}");
            ExitCode::from(code)
        }
    }
}
