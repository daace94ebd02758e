//! `budget-sim replay`: a recorded election through the program, and what it would have funded.

mod meter;
mod report;
mod run;

use std::collections::BTreeSet;
use std::path::Path;

use budget_rules::allocation::MAX_ENTRIES;
use pabulib::{Election, VoteType};

use crate::{Done, Stop};

/// Awards that a slate holds: its last quarter takes acts only.
const MAX_PROJECTS: usize = MAX_ENTRIES / 4 * 3;

/// How many times the election's budget the vault holds.
const VAULT_BUDGETS: u64 = 100;

/// Runs the election in the file at `path` and prints what came of it.
pub fn run(path: &Path, json: bool) -> Done {
    let election = load(path)?;
    crate::require_program()?;
    let played = run::play(&election)?;
    run::verify(&election, &played)?;
    if json {
        report::print_json(&election, &played)
    } else {
        report::print_text(path, &election, &played);
        Ok(())
    }
}

/// Reads an election and refuses it, before anything runs, if the program could not hold it.
fn load(path: &Path) -> Done<Election> {
    let election = pabulib::read(path).map_err(|error| Stop::refused(error.to_string()))?;
    let refuse = |why: String| Err(Stop::refused(format!("{}: {why}", path.display())));
    if election.vote_type != VoteType::Approval {
        return refuse(format!(
            "its ballots are {}, and only approval ballots can be cast as votes for",
            election.vote_type
        ));
    }
    if election.projects.len() > MAX_PROJECTS {
        return refuse(format!(
            "it has {} projects, and a slate holds at most {MAX_PROJECTS} awards",
            election.projects.len()
        ));
    }
    let Some(vault) = election.budget_cents.checked_mul(VAULT_BUDGETS).filter(|vault| {
        // Half the number range is the supply of the simulated mint.
        *vault <= u64::MAX / 2
    }) else {
        return refuse("its budget is too large to be held a hundredfold in 64 bits".to_owned());
    };
    if let Some(project) = election.projects.iter().find(|project| project.cost_cents > vault) {
        return refuse(format!(
            "project {} costs more than {VAULT_BUDGETS} times the budget, all that the vault holds",
            project.id
        ));
    }
    Ok(election)
}

/// The ids of the projects that `chosen` holds, sorted as text.
fn sorted_ids(election: &Election, chosen: impl Fn(usize) -> bool) -> Vec<String> {
    let ids: BTreeSet<&String> = (election.projects.iter().enumerate())
        .filter(|(index, _)| chosen(*index))
        .map(|(_, project)| &project.id)
        .collect();
    ids.into_iter().cloned().collect()
}

/// What the file says was selected; `None` if it does not say.
fn official(election: &Election) -> Option<Vec<String>> {
    let says = election.projects.iter().any(|project| project.selected.is_some());
    says.then(|| sorted_ids(election, |index| election.projects[index].selected == Some(1)))
}
