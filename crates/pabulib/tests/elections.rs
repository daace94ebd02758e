//! Whole elections: small ones for each freedom of the format, and published ones.

use std::path::{Path, PathBuf};

use pabulib::{Election, Project, ReadError, VoteType, Voter, parse, read};

fn parsed(text: &str) -> Election {
    parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

const PLAIN: &str = "\
META
key;value
description;Two benches
budget;1000.5
vote_type;approval
num_projects;2
num_votes;3
currency;EUR
PROJECTS
project_id;cost;name;category;votes;selected
b-1;600;Ławka;culture,sport;2;1
7;1200.05;Pump track;;1;0
VOTES
voter_id;vote
1;b-1
2;7,b-1
3;
";

fn plain() -> Election {
    Election {
        description: "Two benches".to_owned(),
        meta: [
            ("description", "Two benches"),
            ("budget", "1000.5"),
            ("vote_type", "approval"),
            ("num_projects", "2"),
            ("num_votes", "3"),
            ("currency", "EUR"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into(),
        currency: Some("EUR".to_owned()),
        budget_cents: 100_050,
        vote_type: VoteType::Approval,
        projects: vec![
            Project {
                id: "b-1".to_owned(),
                cost_cents: 60_000,
                name: "Ławka".to_owned(),
                category: Some("culture,sport".to_owned()),
                votes: Some(2),
                selected: Some(1),
            },
            Project {
                id: "7".to_owned(),
                cost_cents: 120_005,
                name: "Pump track".to_owned(),
                category: None,
                votes: Some(1),
                selected: Some(0),
            },
        ],
        voters: [("1", vec![0]), ("2", vec![1, 0]), ("3", vec![])]
            .map(|(id, approved)| Voter { id: id.to_owned(), approved })
            .into(),
    }
}

#[test]
fn a_plain_file() {
    let election = parsed(PLAIN);
    assert_eq!(election, plain());
    assert_eq!(election.votes_per_project(), [2, 1]);
    assert_eq!(election.projects[0].is_selected(), Some(true));
    assert_eq!(election.projects[1].is_selected(), Some(false));
}

#[test]
fn line_ends_marks_and_spaces_change_nothing() {
    assert_eq!(parsed(&PLAIN.replace('\n', "\r\n")), plain());
    assert_eq!(parsed(&format!("\u{feff}{PLAIN}")), plain());
    assert_eq!(parsed(&format!("\u{feff}\r\n{}", PLAIN.replace('\n', "\r\n"))), plain());
    assert_eq!(parsed(PLAIN.trim_end()), plain());
}

#[test]
fn blank_lines_spaces_and_trailing_columns_change_nothing() {
    assert_eq!(parsed(&PLAIN.replace('\n', "\n \n\n")), plain());
    assert_eq!(parsed(&PLAIN.replace(';', " ; ")), plain());
    assert_eq!(parsed(&PLAIN.replace("7,b-1", "7 , b-1")), plain());
    let padded = PLAIN
        .replace("META\n", "META;;;;;\n")
        .replace("PROJECTS\n", "PROJECTS ;;;;;\n")
        .replace("VOTES\n", "VOTES;;;;;\n");
    assert_eq!(parsed(&padded), plain());
}

#[test]
fn the_meta_header_may_be_missing() {
    assert_eq!(parsed(&PLAIN.replace("key;value\n", "")), plain());
}

#[test]
fn columns_stand_in_any_order_among_others() {
    let text = "\
META
vote_type;approval
budget;1000,50
PROJECTS
selected;latitude;name;cost;project_id
2;1.5;One;600;A
;;Two;700,5;B
0;;;800;C;more;fields
VOTES
vote;age;voter_id
B,A;30;x
C
"
    .replace("\nC\n", "\nC;;y\n");
    let election = parsed(&text);
    assert_eq!(election.budget_cents, 100_050);
    assert_eq!(election.description, "");
    assert_eq!(election.currency, None);
    let [one, two, three] = election.projects.as_slice() else {
        panic!("three projects");
    };
    assert_eq!((one.cost_cents, one.selected), (60_000, Some(2)));
    assert_eq!(one.is_selected(), Some(false));
    assert_eq!((two.cost_cents, two.selected), (70_050, None));
    assert_eq!(two.is_selected(), None);
    assert_eq!((three.name.as_str(), three.votes), ("", None));
    assert_eq!(election.voters[0].approved, [1, 0]);
    assert_eq!(election.voters[1].id, "y");
}

#[test]
fn columns_that_are_not_needed_may_end_early() {
    let text = PLAIN.replace("7;1200.05;Pump track;;1;0", "7;1200.05");
    let project = &parsed(&text).projects[1];
    assert_eq!(project.name, "");
    assert_eq!((project.votes, project.selected), (None, None));
}

#[test]
fn quoted_values() {
    let text = PLAIN
        .replace("Ławka", "\"\"\"Ławka\"\"; with a view\"")
        .replace("Pump track", "A 24\" ''track''")
        .replace("7,b-1", "\"7,b-1\"")
        .replace("description;Two benches", "description;\"a;b\"");
    let election = parsed(&text);
    assert_eq!(election.description, "a;b");
    assert_eq!(election.projects[0].name, "\"Ławka\"; with a view");
    assert_eq!(election.projects[1].name, "A 24\" ''track''");
    assert_eq!(election.voters[1].approved, [1, 0]);
}

#[test]
fn vote_types() {
    for (text, vote_type) in [
        ("approval", VoteType::Approval),
        ("ordinal", VoteType::Ordinal),
        ("cumulative", VoteType::Cumulative),
        ("scoring", VoteType::Scoring),
        ("choose-1", VoteType::Choose1),
        ("quadratic", VoteType::Other("quadratic".to_owned())),
    ] {
        let election = parsed(&PLAIN.replace("approval", text));
        assert_eq!(election.vote_type, vote_type);
        assert_eq!(election.vote_type.to_string(), text);
        assert_eq!(election.voters, plain().voters);
    }
}

#[test]
fn an_election_may_be_without_projects_and_votes() {
    let text =
        "META\nbudget;1\nvote_type;approval\nPROJECTS\nproject_id;cost\nVOTES\nvoter_id;vote";
    let election = parsed(text);
    assert!(election.projects.is_empty() && election.voters.is_empty());
    assert!(election.votes_per_project().is_empty());
}

#[test]
fn read_names_the_file() {
    let missing = Path::new("no-such-folder").join("no-such.pb");
    let error = read(&missing).expect_err("no such file");
    assert!(matches!(error, ReadError::Io { .. }));
    assert!(error.to_string().contains("no-such.pb: "), "{error}");

    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let error = read(&manifest).expect_err("not an election");
    assert!(matches!(error, ReadError::Format { .. }));
    assert!(
        error.to_string().ends_with(
            "Cargo.toml: line 1, column 1: the META section is missing before this place"
        ),
        "{error}"
    );
}

/// The `.pb` files of a folder, in order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pb"))
        .collect();
    files.sort();
    files
}

/// Asserts what a consistent file says about itself.
fn assert_consistent(path: &Path) -> Election {
    let election = read(path).unwrap_or_else(|error| panic!("{error}"));
    let stated = |key: &str| -> usize {
        let value = election.meta.get(key).expect(key);
        value.parse().expect(key)
    };
    assert_eq!(election.projects.len(), stated("num_projects"), "{path:?}");
    assert_eq!(election.voters.len(), stated("num_votes"), "{path:?}");
    if election.vote_type == VoteType::Approval {
        let counted = election.votes_per_project();
        for (project, counted) in election.projects.iter().zip(counted) {
            if let Some(stated) = project.votes {
                assert_eq!(stated, counted, "{path:?}: {}", project.id);
            }
        }
    }
    election
}

/// Which projects are taken by votes, then by lower cost, each that still fits.
fn greedy(election: &Election) -> Vec<bool> {
    let votes = election.votes_per_project();
    let mut order: Vec<usize> = (0..votes.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(votes[i]), election.projects[i].cost_cents));
    let mut left = election.budget_cents;
    let mut taken = vec![false; votes.len()];
    for i in order {
        if let Some(rest) = left.checked_sub(election.projects[i].cost_cents) {
            left = rest;
            taken[i] = true;
        }
    }
    taken
}

fn assert_greedy(path: &Path, election: &Election) {
    let stated: Option<Vec<bool>> = election.projects.iter().map(Project::is_selected).collect();
    if let (VoteType::Approval, Some(stated)) = (&election.vote_type, stated) {
        assert_eq!(stated, greedy(election), "{path:?}");
    }
}

/// Published elections are not part of this repository: set `BUDGET_ELECTIONS` to a folder of them.
#[test]
fn published_elections() {
    let Some(folder) = std::env::var_os("BUDGET_ELECTIONS") else {
        eprintln!("skipped: BUDGET_ELECTIONS names no folder of published elections");
        return;
    };
    let files = files(Path::new(&folder));
    assert!(!files.is_empty(), "no .pb file in {folder:?}");
    for path in files {
        let started = std::time::Instant::now();
        let election = assert_consistent(&path);
        let elapsed = started.elapsed();
        eprintln!(
            "{}: {}, {} projects, {} votes, {elapsed:.1?}",
            path.display(),
            election.vote_type,
            election.projects.len(),
            election.voters.len(),
        );
    }
}

/// The project's own, invented election, from this crate's folder.
const SAMPLE: &str = "../sim/elections/riverside-2026.pb";

#[test]
fn the_sample_election() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(SAMPLE);
    let election = assert_consistent(&path);
    assert_greedy(&path, &election);
    assert_eq!(election.budget_cents, 10_000_000);
    let votes = election.votes_per_project();
    let skipped_though_ahead = election.projects.iter().zip(&votes).any(|(skipped, more)| {
        skipped.selected == Some(0)
            && election
                .projects
                .iter()
                .zip(&votes)
                .any(|(taken, fewer)| taken.selected == Some(1) && fewer < more)
    });
    assert!(skipped_though_ahead);
    assert_eq!(votes.iter().filter(|votes| **votes <= 5).count(), 2);
}
