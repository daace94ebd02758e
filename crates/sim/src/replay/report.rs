//! What a replay prints.

use std::collections::BTreeMap;
use std::path::Path;

use budget_rules::allocation::Reason;
use community_budget::state::{Entry, Outcome};
use pabulib::Election;
use serde::Serialize;

use super::{meter::Cost, official, run::Played, sorted_ids};
use crate::{
    Done, Stop,
    format::{count, fit, money, plural},
    page::Page,
};

/// The object that `--json` prints. Amounts are in hundredths of the file's currency.
#[derive(Serialize)]
struct Json<'a> {
    projects: usize,
    voters: usize,
    cap: u64,
    funded: Vec<String>,
    official: Option<Vec<String>>,
    agrees: Option<bool>,
    transactions: usize,
    ballots_per_second: u64,
    cu: BTreeMap<&'a str, Cost>,
}

fn summary<'a>(election: &Election, played: &'a Played) -> Json<'a> {
    let funded = sorted_ids(election, |index| played.is_funded(index));
    let official = official(election);
    let micros = played.casting.as_micros().max(1);
    let rate = u128::from(played.ballots) * 1_000_000 / micros;
    Json {
        projects: election.projects.len(),
        voters: election.voters.len(),
        cap: played.epoch.cap,
        agrees: official.as_ref().map(|official| *official == funded),
        funded,
        official,
        transactions: played.meter.transactions(),
        ballots_per_second: u64::try_from(rate).unwrap_or(u64::MAX),
        cu: played.meter.costs(),
    }
}

/// Prints one JSON object.
pub fn print_json(election: &Election, played: &Played) -> Done {
    let json = serde_json::to_string_pretty(&summary(election, played))
        .map_err(|error| Stop::broken(error.to_string()))?;
    Page::new().line(json);
    Ok(())
}

/// Prints a page to read: the outcome in a sentence, then what it rests on.
pub fn print_text(path: &Path, election: &Election, played: &Played) {
    let page = Page::new();
    let summary = summary(election, played);
    page.line(sentence(&page, &summary));
    page.gap();
    print_facts(&page, path, election, played);
    page.gap();
    print_slate(&page, election, played);
    page.gap();
    page.line(format!(
        "{} transactions, {} ballots a second",
        count(summary.transactions as u64),
        count(summary.ballots_per_second)
    ));
    page.line("compute units              times     median    maximum");
    for (name, cost) in &summary.cu {
        page.line(format!(
            "  {name:<22} {:>7} {:>10} {:>10}",
            count(cost.count as u64),
            count(cost.median),
            count(cost.max)
        ));
    }
}

fn sentence(page: &Page, summary: &Json<'_>) -> String {
    let funded = summary.funded.len();
    let of = format!("{funded} of {}", plural(summary.projects, "project"));
    let Some(official) = &summary.official else {
        return format!("The program funded {of}; the file does not say what was selected.");
    };
    if summary.agrees == Some(true) {
        let agrees = page.good("Agrees");
        return format!("{agrees}: the program funded {of}, exactly those that were selected.");
    }
    let without = |these: &[String], those: &[String]| {
        let ids: Vec<&str> =
            these.iter().filter(|id| !those.contains(id)).map(String::as_str).collect();
        if ids.is_empty() { "none".to_owned() } else { ids.join(", ") }
    };
    format!(
        "{}: the program funded {of}; not selected in the file: {}; selected there, not here: {}.",
        page.bad("Differs"),
        without(&summary.funded, official),
        without(official, &summary.funded),
    )
}

fn print_facts(page: &Page, path: &Path, election: &Election, played: &Played) {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let fact = |label: &str, text: String| page.line(format!("{label:<10}{text}"));
    let place: Vec<&str> = ["unit", "subunit", "instance"]
        .iter()
        .filter_map(|key| election.meta.get(*key).map(String::as_str))
        .collect();
    fact("election", format!("{} ({name})", place.join(", ")));
    let currency = election.currency.as_deref().map(|c| format!(" {c}")).unwrap_or_default();
    fact(
        "cap",
        format!(
            "{}{currency}, of which {} awarded; the vault holds {}",
            money(played.epoch.cap),
            money(played.epoch.allocated),
            money(played.vaults[0])
        ),
    );
    let empty = election.voters.len() as u64 - played.ballots;
    let quorum = election.voters.len().div_ceil(10_000);
    fact(
        "ballots",
        format!(
            "{} cast by {}, {} empty; quorum {}",
            count(played.ballots),
            plural(election.voters.len(), "voter"),
            count(empty),
            plural(quorum, "voter"),
        ),
    );
    fact(
        "checked",
        "the books balance; slate, vote records and file count the same approvals".to_owned(),
    );
    let votes = election.votes_per_project();
    let other = election
        .projects
        .iter()
        .zip(votes)
        .filter(|(project, votes)| project.votes.is_some_and(|stated| stated != *votes));
    let other = other.count();
    if other > 0 {
        fact(
            "note",
            format!("the file's own `votes` column counts {} otherwise", plural(other, "project")),
        );
    }
}

fn print_slate(page: &Page, election: &Election, played: &Played) {
    page.line("rank  project   title                                            cost    votes");
    let mut order: Vec<usize> = (0..election.projects.len()).collect();
    order.sort_by_key(|index| (played.slate[*index].rank, *index));
    for index in order {
        let (entry, project) = (&played.slate[index], &election.projects[index]);
        let rank = if entry.rank == Entry::UNRANKED {
            "-".to_owned()
        } else {
            (u16::from(entry.rank) + 1).to_string()
        };
        let words = verdict(entry);
        let words = if played.is_funded(index) { page.good(words) } else { page.faint(words) };
        let differs = project.selected.is_some_and(|s| (s == 1) != played.is_funded(index));
        page.line(format!(
            "{rank:>4}  {} {} {:>16} {:>8}  {words}{}",
            fit(&project.id, 9),
            fit(&project.name, 36),
            money(entry.amount),
            count(entry.for_),
            if differs { ", unlike the file" } else { "" },
        ));
    }
}

fn verdict(entry: &Entry) -> &'static str {
    if entry.is(Outcome::Funded) {
        "funded"
    } else if entry.is(Outcome::Failed) {
        "missed the quorum"
    } else if entry.reason == u8::from(Reason::OverCap) {
        "over the cap"
    } else {
        "does not fit a limit"
    }
}
