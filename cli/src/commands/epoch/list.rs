//! `budget epoch list`.

use budget_words::format;
use community_budget::state::{BudgetEpoch, Treasury};
use serde_json::{Value, json};

use super::{open::opens_at, phase_name};
use crate::{
    columns::{Side, columns},
    context::{Context, Scene},
    exit::Result,
    quantity::when,
    view::counted,
};

pub fn run(context: &Context) -> Result<()> {
    let scene = context.scene()?;
    let mut epochs = context.network()?.list::<BudgetEpoch>(&scene.key)?;
    epochs.sort_by_key(|found| found.value.index);
    if context.globals.json {
        let listed: Vec<Value> = epochs
            .iter()
            .map(|found| brief(&found.key.to_string(), &found.value, scene.now))
            .collect();
        context.json(&json!({ "opened": scene.treasury.epoch_count, "epochs": listed }));
        return Ok(());
    }
    let heads: Vec<BudgetEpoch> = epochs.into_iter().map(|found| found.value).collect();
    for line in listed(&scene, &heads) {
        context.page.line(line);
    }
    Ok(())
}

fn brief(key: &str, head: &BudgetEpoch, now: i64) -> Value {
    json!({
        "epoch": head.index,
        "address": key,
        "phase": phase_name(head.phase(now)),
        "openedAt": head.opened_at,
        "votingOpensAt": head.voting_opens_at,
        "votingClosesAt": head.voting_closes_at,
        "settledAt": head.settled_at,
        "cap": head.cap,
        "allocated": head.allocated,
        "executed": head.executed,
        "entries": head.entry_count,
        "openProposals": head.open_proposals,
        "openVoteRecords": head.vote_record_count,
        "rewardPool": head.reward_pool,
        "rewardsPaid": head.rewards_paid,
    })
}

fn listed(scene: &Scene, heads: &[BudgetEpoch]) -> Vec<String> {
    let opened = scene.treasury.epoch_count;
    let next = next_words(&scene.treasury, scene.now);
    if opened == 0 {
        return vec![format!("No epoch has been opened yet; the first {next}.")];
    }
    let closed = usize::try_from(opened).unwrap_or(usize::MAX).saturating_sub(heads.len());
    let mut lines = vec![format!(
        "{} opened so far, {closed} of them closed; the next {next}.",
        counted(opened.into(), "epoch"),
    )];
    let heading = [
        ("epoch", Side::Right),
        ("phase", Side::Left),
        ("opened", Side::Left),
        ("cap", Side::Right),
        ("awarded", Side::Right),
        ("executed", Side::Right),
        ("proposals", Side::Right),
        ("ballots", Side::Right),
    ];
    let row = |head: &BudgetEpoch| {
        vec![
            head.index.to_string(),
            phase_name(head.phase(scene.now)).to_owned(),
            format::day(head.opened_at),
            scene.budget.number(head.cap),
            scene.budget.number(head.allocated),
            scene.budget.number(head.executed),
            format!("{} of {}", head.open_proposals, head.entry_count),
            format!("{} of {}", head.vote_record_count, head.ballot_count),
        ]
    };
    lines.extend(columns(&heading, &heads.iter().map(row).collect::<Vec<_>>()));
    lines.push(format!(
        "Amounts are {}. Proposals and ballots: how many of all have not been closed yet.",
        scene.budget.symbol
    ));
    lines
}

/// When the next epoch may be opened, behind "the next".
fn next_words(treasury: &Treasury, now: i64) -> String {
    let at = opens_at(treasury);
    let settled = if treasury.epoch_active == 1 { ", once the current one is settled" } else { "" };
    if now < at {
        return format!("may open from {}{settled}", when(at, now));
    }
    if treasury.epoch_active == 1 {
        return "may open as soon as the current one is settled".to_owned();
    }
    "may be opened now, by anyone".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slate::tests::epoch;

    #[test]
    fn the_next_opening_is_told_by_what_it_waits_for() {
        let (mut treasury, _) = epoch();
        let at = opens_at(&treasury);
        assert!(next_words(&treasury, at - 1).ends_with(", once the current one is settled"));
        assert_eq!(next_words(&treasury, at), "may open as soon as the current one is settled");
        treasury.epoch_active = 0;
        assert!(next_words(&treasury, at - 60).ends_with("(in 1 minute)"));
        assert_eq!(next_words(&treasury, at), "may be opened now, by anyone");
    }
}
