//! `budget`: the command line of Community Budget.
//!
//! Every command reads accounts, never a server's word about them; every act is simulated, shown as
//! a receipt and, where it is dangerous, asked about before anything is signed. How it ends is in
//! [`exit`].

mod act;
mod bar;
mod batch;
mod columns;
mod commands;
mod context;
mod deeds;
mod entries;
mod exit;
mod files;
mod idl;
mod mints;
mod policy_file;
mod program;
mod proposal_file;
mod purse;
mod quantity;
#[cfg(test)]
mod reach;
mod roles;
mod slate;
mod streams;
mod view;

use std::{io::Write, process::ExitCode};

use anchor_lang::prelude::Pubkey;
use clap::{CommandFactory, Parser, Subcommand};
use serde_json::json;

use crate::{
    commands::{
        assess, award, ballot, breaker, epoch, explain, keeper, offline, position, proposal,
        propose, record, review, stake, stream, treasury, vote, watch,
    },
    context::{Context, Globals},
    exit::{Failure, Result},
};

/// Budgets of token-holder communities on Solana.
#[derive(Parser)]
#[command(name = "budget", version, about, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Stake tokens; staked tokens vote.
    Stake(stake::StakeArgs),
    /// Begin the cool-down of staked tokens.
    Unstake(stake::UnstakeArgs),
    /// Choose another cool-down; a longer one weighs more.
    Lock(stake::LockArgs),
    /// Choose who may vote in your place.
    Delegate(stake::DelegateArgs),
    /// A member's stake.
    #[command(subcommand)]
    Member(stake::MemberCommand),
    /// Cast your ballot over the slate, in one transaction.
    Vote(vote::BallotOptions),
    /// Replace your ballot.
    Revise(vote::BallotOptions),
    /// Take your ballot back.
    Retract(vote::RetractOptions),
    /// A treasury: create, show, list, fund, and what anyone may do for it.
    #[command(subcommand)]
    Treasury(treasury::TreasuryCommand),
    /// What a treasury knows of a person as proposer and recipient.
    #[command(subcommand)]
    Record(record::RecordCommand),
    /// A round of budgeting: open, show, settle, close.
    #[command(subcommand)]
    Epoch(epoch::EpochCommand),
    /// Put an ask or an act on the slate.
    Propose(Box<propose::ProposeArgs>),
    /// A proposal: show, accept, withdraw, veto, close.
    #[command(subcommand)]
    Proposal(proposal::ProposalCommand),
    /// A ballot that was cast: show, list, close.
    #[command(subcommand)]
    Ballot(ballot::BallotCommand),
    /// What passed: execute or lapse an award or an act.
    #[command(subcommand)]
    Award(award::AwardCommand),
    /// A stream: show, list, withdraw, redirect, and its upkeep.
    #[command(subcommand)]
    Stream(stream::StreamCommand),
    /// A review: file an update, score it, show, close.
    #[command(subcommand)]
    Review(review::ReviewCommand),
    /// The breaker and the pauses.
    #[command(subcommand)]
    Breaker(breaker::BreakerCommand),
    /// Positions at risk: show, mark, return funds.
    #[command(subcommand)]
    Position(position::PositionCommand),
    /// What a hypothetical ask would do to the treasury, by the numbers that settlement applies.
    Assess(assess::AssessArgs),
    /// Follow an epoch live: the tally and the funding line as ballots come in.
    Watch(watch::WatchArgs),
    /// Send what anyone may send, when it is due.
    Keeper(keeper::KeeperArgs),
    /// Decode a transaction, independently of who made it, before you sign it.
    Explain(explain::ExplainArgs),
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
    /// Print a completion script for your shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Help on a command, or on `exit-codes`.
    Help {
        /// What about.
        topic: Vec<String>,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.globals.json;
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if json && !failure.is_told() {
                let (code, kind) = failure.kind();
                let error = json!({ "code": code, "kind": kind, "message": failure.to_string() });
                // A reader that closes the pipe early has seen what it wanted.
                let _ = writeln!(std::io::stdout(), "{:#}", json!({ "error": error }));
            }
            eprintln!("budget: {failure}");
            failure.exit()
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let context = Context::new(cli.globals);
    match cli.command {
        Command::Stake(args) => stake::stake(&context, args),
        Command::Unstake(args) => stake::unstake(&context, args),
        Command::Lock(args) => stake::lock(&context, args),
        Command::Delegate(args) => stake::delegate(&context, args),
        Command::Member(command) => stake::member(&context, command),
        Command::Vote(options) => vote::vote(&context, options),
        Command::Revise(options) => vote::revise(&context, options),
        Command::Retract(options) => vote::retract(&context, options),
        Command::Treasury(command) => treasury::run(&context, command),
        Command::Record(command) => record::run(&context, command),
        Command::Epoch(command) => epoch::run(&context, command),
        Command::Propose(args) => propose::run(&context, *args),
        Command::Proposal(command) => proposal::run(&context, command),
        Command::Ballot(command) => ballot::run(&context, command),
        Command::Award(command) => award::run(&context, command),
        Command::Stream(command) => stream::run(&context, command),
        Command::Review(command) => review::run(&context, command),
        Command::Breaker(command) => breaker::run(&context, command),
        Command::Position(command) => position::run(&context, command),
        Command::Assess(args) => assess::run(&context, args),
        Command::Watch(args) => watch::run(&context, args),
        Command::Keeper(args) => keeper::run(&context, args),
        Command::Explain(args) => explain::run(&context, args),
        Command::Addresses { founder, id, person, epoch } => {
            show(&context, &offline::addresses(&founder, id, person.as_ref(), epoch))
        }
        Command::Error { code } => match offline::error(&code) {
            Some(table) => show(&context, &table),
            None => Err(Failure::input(format!(
                "the program has no error {code}; codes run from 6000 upwards."
            ))),
        },
        Command::Policy => show(&context, &offline::policy()),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "budget", &mut std::io::stdout());
            Ok(())
        }
        Command::Help { topic } => help(&context, &topic),
    }
}

fn show(context: &Context, table: &offline::Table) -> Result<()> {
    context.page.line(if context.globals.json { table.json() } else { table.text() });
    Ok(())
}

fn help(context: &Context, topic: &[String]) -> Result<()> {
    if topic.first().is_some_and(|word| word == "exit-codes") {
        context.page.line(exit::page());
        return Ok(());
    }
    let mut command = Cli::command();
    command.build();
    let mut found = &mut command;
    for word in topic {
        found = found
            .find_subcommand_mut(word)
            .ok_or_else(|| Failure::input(format!("there is no command `{}`.", topic.join(" "))))?;
    }
    context.page.line(found.render_help());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }
}
