//! `budget explain`: what a transaction does, before anyone signs it.

mod quantities;
mod wire;
mod words;

use std::{
    collections::HashMap,
    io::{Read, stdin},
    time::Duration,
};

use anchor_lang::prelude::Pubkey;
use budget_client::{account::Readable, explain::Explanation};
use budget_rpc::{Cluster, Network};
use clap::Args;
use community_budget::state::Treasury;
use serde_json::json;

use crate::{
    context::Context,
    exit::{Failure, Result},
    quantity::Token,
};
use words::Words;

/// How long the network may take to say how many decimals amounts have.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the help adds.
const AFTER: &str = "Ends with exit code 0 only when everything in the transaction is understood and \
nothing in it calls for a warning, and with that of `refused` (8) otherwise, so that a script can \
insist on it. No network is needed; where --url answers, amounts get their decimals.";

/// Options of `budget explain`.
#[derive(Args)]
#[command(after_help = AFTER)]
pub struct ExplainArgs {
    /// The transaction, or its message alone, in base64 or base58; - reads it from standard input.
    #[arg(value_name = "TX", allow_hyphen_values = true)]
    transaction: String,
    /// Ask no network, so that amounts stay base units.
    #[arg(long)]
    offline: bool,
}

/// Decode a transaction, independently of who made it, before you sign it.
pub fn run(context: &Context, args: ExplainArgs) -> Result<()> {
    let text = match args.transaction.as_str() {
        "-" => read_all()?,
        text => text.to_owned(),
    };
    let explanation = wire::explained(&text)?;
    let tokens = if args.offline { Tokens::default() } else { Tokens::ask(context, &explanation) };
    let warnings = explanation.warnings.len();
    if context.globals.json {
        let mut value = serde_json::to_value(&explanation)
            .map_err(|error| Failure::input(format!("it cannot be written as JSON: {error}.")))?;
        value["understood"] = json!(warnings == 0);
        context.json(&value);
    } else {
        let words =
            Words { page: &context.page, name: &|key| context.full_name(key), tokens: &tokens };
        for line in words.lines(&explanation)? {
            context.page.line(line);
        }
    }
    if warnings == 0 {
        return Ok(());
    }
    let refused = Failure::Refused(format!(
        "{}: do not sign before you have understood every one.",
        crate::view::counted(u64::try_from(warnings).unwrap_or(u64::MAX), "warning")
    ));
    Err(Failure::Told(Box::new(refused)))
}

fn read_all() -> Result<String> {
    let mut text = String::new();
    let most = u64::try_from(wire::MOST_CHARACTERS).unwrap_or(u64::MAX).saturating_add(1);
    stdin()
        .take(most)
        .read_to_string(&mut text)
        .map_err(|error| Failure::File(format!("standard input cannot be read: {error}.")))?;
    Ok(text)
}

/// What treasuries pay in and what their members stake, as far as a network said so.
#[derive(Default)]
pub struct Tokens(HashMap<Pubkey, (Token, Token)>);

impl Tokens {
    /// Asks once; a network that does not answer leaves amounts in base units.
    fn ask(context: &Context, explanation: &Explanation) -> Self {
        let named = explanation
            .instructions
            .iter()
            .flat_map(|step| &step.accounts)
            .filter(|account| account.name == Some("treasury"));
        let mut keys: Vec<Pubkey> = named.filter_map(|account| account.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let Some(cluster) = Cluster::named(&context.globals.url) else { return Self::default() };
        let network = Network::with_timeout(cluster, PATIENCE);
        let Ok(found) = network.client().get_multiple_accounts(&keys) else {
            return Self::default();
        };
        let known = keys.iter().zip(found).filter_map(|(key, account)| {
            let account = account?;
            let treasury = Treasury::read(&account.owner, &account.data).ok()?;
            let budget = context.token(&treasury.budget_mint, treasury.budget_decimals).ok()?;
            let stake = context.token(&treasury.stake_mint, treasury.stake_decimals).ok()?;
            Some((*key, (budget, stake)))
        });
        Self(known.collect())
    }

    /// The budget's token and the stake's of a treasury.
    fn of(&self, treasury: Option<&Pubkey>) -> Option<&(Token, Token)> {
        self.0.get(treasury?)
    }
}
