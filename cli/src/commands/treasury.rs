//! `budget treasury`: the community's books, from their founding on.

mod create;
mod funds;
mod overview;
mod policy;

use std::path::PathBuf;

use budget_words::format;
use clap::Subcommand;
use community_budget::state::Treasury;
use serde_json::{Value, json};

use crate::{
    columns::{Side, columns},
    context::Context,
    exit::Result,
};

/// A treasury: create, show, list, fund, and what anyone may do for it.
#[derive(Subcommand)]
pub enum TreasuryCommand {
    /// Create a treasury from a reviewed policy file; cli/examples/policy.toml has the format. With
    /// --dry-run the whole policy is shown and nothing is sent.
    Create {
        /// The policy file.
        policy: PathBuf,
        /// Number of the treasury among yours.
        #[arg(long, default_value_t = 0)]
        id: u64,
    },
    /// What it holds, what is promised, what stops it, who can do what, and what comes next.
    Show,
    /// Every treasury on the network.
    List,
    /// The policy in force and the one that the next epoch opens with.
    Policy {
        /// Write the next epoch's policy as a policy file.
        #[arg(long)]
        toml: bool,
    },
    /// Give tokens to the treasury. Only an award that passes a vote moves them out again.
    Fund {
        /// Budget tokens, for example 1200 or 1,200.5.
        amount: String,
    },
    /// Count tokens that were sent to the vault directly. Anyone may, between epochs.
    Absorb,
}

/// `budget treasury ...`.
pub fn run(context: &Context, command: TreasuryCommand) -> Result<()> {
    match command {
        TreasuryCommand::Create { policy, id } => create::run(context, &policy, id),
        TreasuryCommand::Show => overview::run(context),
        TreasuryCommand::List => list(context),
        TreasuryCommand::Policy { toml } => policy::run(context, toml),
        TreasuryCommand::Fund { amount } => funds::fund(context, &amount),
        TreasuryCommand::Absorb => funds::absorb(context),
    }
}

fn list(context: &Context) -> Result<()> {
    let found = context.network()?.list_where::<Treasury>(Vec::new())?;
    let mut rows = Vec::new();
    let mut listed = Vec::new();
    for found in &found {
        let treasury = &found.value;
        let budget = context.token(&treasury.budget_mint, treasury.budget_decimals)?;
        rows.push(vec![
            found.key.to_string(),
            context.name(&treasury.founder)?,
            treasury.id.to_string(),
            budget.show(treasury.free().unwrap_or(0)),
            budget.show(treasury.tracked),
            format::count(treasury.epoch_count),
        ]);
        listed.push(json!({
            "treasury": found.key.to_string(),
            "founder": treasury.founder.to_string(),
            "id": treasury.id,
            "budgetMint": treasury.budget_mint.to_string(),
            "stakeMint": treasury.stake_mint.to_string(),
            "free": treasury.free(),
            "tracked": treasury.tracked,
            "epochs": treasury.epoch_count,
        }));
    }
    if context.globals.json {
        context.json(&Value::Array(listed));
        return Ok(());
    }
    for line in list_lines(&rows) {
        context.page.line(line);
    }
    Ok(())
}

fn list_lines(rows: &[Vec<String>]) -> Vec<String> {
    if rows.is_empty() {
        return vec![
            "There is no treasury on this network; `budget treasury create` makes one.".to_owned(),
        ];
    }
    let heading = [
        ("treasury", Side::Left),
        ("founder", Side::Left),
        ("id", Side::Right),
        ("free", Side::Right),
        ("in the vault", Side::Right),
        ("epochs", Side::Right),
    ];
    let count = if rows.len() == 1 {
        "There is 1 treasury on this network.".to_owned()
    } else {
        format!("There are {} treasuries on this network; --treasury names one.", rows.len())
    };
    std::iter::once(count).chain(columns(&heading, rows)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_what_to_do_with_it_also_when_it_is_empty() {
        assert!(list_lines(&[])[0].contains("`budget treasury create` makes one"));
        let row: Vec<String> =
            ["4tGu", "Ada", "0", "7 USDC", "9 USDC", "3"].map(str::to_owned).to_vec();
        assert!(list_lines(std::slice::from_ref(&row))[0].starts_with("There is 1 treasury"));
        let lines = list_lines(&[row.clone(), row]);
        assert!(lines[0].starts_with("There are 2 treasuries"));
        assert_eq!(lines[2], "  4tGu      Ada       0  7 USDC        9 USDC       3");
    }
}
