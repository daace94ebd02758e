//! `budget-sim replay`
//! ├── given an election that the program can hold
//! │   ├── that the file's city decided alike ........ exit 0, `agrees` true
//! │   ├── that it decided otherwise ................. exit 0, `agrees` false, named
//! │   ├── without a `selected` column ............... exit 0, `official` and `agrees` null
//! │   └── with empty ballots ........................ they are counted and cast nothing
//! └── given another file
//!     ├── missing ................................... exit 2
//!     ├── malformed ................................. exit 2, line and column
//!     ├── whose ballots are not approvals ........... exit 2, the vote type
//!     ├── with more than 96 projects ................ exit 2, the limit and the count
//!     └── with an amount beyond the vault ........... exit 2
//!
//! Real elections are in a folder that `BUDGET_ELECTIONS` names; without it those tests say that
//! they were skipped.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/elections/riverside-2026.pb");

fn replay(file: &Path, flags: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_budget-sim"))
        .arg("replay")
        .arg(file)
        .args(flags)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The object printed for a file that is replayed.
#[track_caller]
fn json(file: &Path) -> Value {
    let output = replay(file, &["--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Proves that a file is refused with exit code 2 and exactly one sentence after its path.
#[track_caller]
fn refused(file: &Path, sentence: &str) {
    for flags in [&[][..], &["--json"][..]] {
        let output = replay(file, flags);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(text(&output.stdout), "", "nothing is half-run");
        let expected = format!("budget-sim: {}: {sentence}\n", file.display());
        assert_eq!(text(&output.stderr), expected);
    }
}

/// Writes a file for one test.
fn file(name: &str, content: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// Three projects for a budget of 100.00, of which ballots prefer A, then B, then C.
fn election(meta: &str, selected: [&str; 3], ballots: &[&str]) -> String {
    let [a, b, c] = selected;
    let mut text = format!(
        "META\nkey;value\nbudget;100\n{meta}\nPROJECTS\nproject_id;cost;name;selected\n\
         A;60;Ärger am Ärmel;{a}\nB;50;Beta;{b}\nC;40;Gamma;{c}\nVOTES\nvoter_id;vote\n"
    );
    for (number, ballot) in ballots.iter().enumerate() {
        text.push_str(&format!("v{number};{ballot}\n"));
    }
    text
}

const BALLOTS: [&str; 4] = ["A,B,C", "A,B", "A", "A,B"];
const APPROVAL: &str = "vote_type;approval";

#[test]
fn the_sample_election_agrees_and_names_every_key() {
    let json = json(Path::new(SAMPLE));
    let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = [
        "projects",
        "voters",
        "cap",
        "funded",
        "official",
        "agrees",
        "transactions",
        "ballots_per_second",
        "cu",
    ];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    assert_eq!(json["projects"], 14);
    assert_eq!(json["voters"], 223);
    assert_eq!(json["cap"], 10_000_000);
    assert_eq!(json["funded"], serde_json::json!(["R01", "R05", "R06", "R08", "R11", "R13"]));
    assert_eq!(json["official"], json["funded"]);
    assert_eq!(json["agrees"], true);
    // 14 recipients and 2 proposers with a record each, 14 submissions and acceptances, 223
    // ballots, and one each of creation, deposit, opening and settlement.
    assert_eq!(json["transactions"], 16 + 2 * 14 + 223 + 4);
    assert!(json["ballots_per_second"].as_u64().unwrap() > 0);
    for instruction in ["submit_proposal", "accept_proposal", "cast_vote", "settle_epoch"] {
        let cost = &json["cu"][instruction];
        let (median, max) = (cost["median"].as_u64().unwrap(), cost["max"].as_u64().unwrap());
        assert!(0 < median && median <= max, "{instruction}: {cost}");
        assert_eq!(cost.as_object().unwrap().len(), 2);
    }
}

#[test]
fn the_text_begins_with_the_outcome() {
    let output = replay(Path::new(SAMPLE), &[]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "", "no progress bar where nobody watches");
    let stdout = text(&output.stdout);
    assert!(
        stdout.starts_with(
            "Agrees: the program funded 6 of 14 projects, exactly those that were selected.\n"
        ),
        "{stdout}"
    );
    assert!(!stdout.contains('\u{1b}'), "no colour codes in a file");
}

#[test]
fn another_selection_is_reported_and_is_no_error() {
    let path = file("differs.pb", &election(APPROVAL, ["0", "1", "0"], &BALLOTS));
    let json = json(&path);
    // A takes 60 of 100, B no longer fits, C does.
    assert_eq!(json["funded"], serde_json::json!(["A", "C"]));
    assert_eq!(json["official"], serde_json::json!(["B"]));
    assert_eq!(json["agrees"], false);
    let output = replay(&path, &[]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).starts_with(
        "Differs: the program funded 2 of 3 projects; not selected in the file: A, C; selected \
         there, not here: B.\n"
    ));
}

#[test]
fn without_a_selected_column_there_is_nothing_to_agree_with() {
    let election = election(APPROVAL, [""; 3], &BALLOTS);
    let json = json(&file("unsaid.pb", &election));
    assert_eq!(json["funded"], serde_json::json!(["A", "C"]));
    assert_eq!(json["official"], Value::Null);
    assert_eq!(json["agrees"], Value::Null);
}

#[test]
fn empty_ballots_are_counted_and_cast_nothing() {
    let path = file("empty.pb", &election(APPROVAL, [""; 3], &["A", "", "B", ""]));
    let json = json(&path);
    assert_eq!(json["voters"], 4);
    assert_eq!(json["transactions"], 4 + 2 * 3 + 2 + 4);
    let stdout = text(&replay(&path, &[]).stdout);
    assert!(stdout.contains("2 cast by 4 voters, 2 empty"), "{stdout}");
}

#[test]
fn a_project_beyond_the_cap_stands_for_election_all_the_same() {
    let dear = election(APPROVAL, [""; 3], &BALLOTS).replace("A;60;", "A;10000;");
    assert_eq!(json(&file("dear.pb", &dear))["funded"], serde_json::json!(["B", "C"]));
}

#[test]
fn a_missing_file_is_refused() {
    refused(Path::new("no-such-file.pb"), "No such file or directory (os error 2)");
}

#[test]
fn a_malformed_file_is_refused_with_line_and_column() {
    let broken = election(APPROVAL, [""; 3], &BALLOTS).replace("B;50;", "B;fifty;");
    let path = file("malformed.pb", &broken);
    refused(&path, "line 8, column 3: the cost \"fifty\" is not a number");
}

#[test]
fn ballots_that_are_not_approvals_are_refused_by_their_name() {
    for kind in ["ordinal", "cumulative", "scoring", "choose-1"] {
        let meta = format!("vote_type;{kind}");
        // A file that breaks both rules is refused for its ballots.
        let path = file(&format!("{kind}.pb"), &election(&meta, [""; 3], &["A"]));
        refused(
            &path,
            &format!("its ballots are {kind}, and only approval ballots can be cast as votes for"),
        );
    }
}

#[test]
fn the_96th_project_is_taken_and_the_97th_refused() {
    let with = |projects: usize| {
        let mut text =
            format!("META\nkey;value\nbudget;100\n{APPROVAL}\nPROJECTS\nproject_id;cost\n");
        for number in 0..projects {
            text.push_str(&format!("p{number};1\n"));
        }
        text.push_str("VOTES\nvoter_id;vote\nanna;p0\nbela;p95\n");
        file(&format!("projects-{projects}.pb"), &text)
    };
    assert_eq!(json(&with(96))["funded"], serde_json::json!(["p0", "p95"]));
    refused(&with(97), "it has 97 projects, and a slate holds at most 96 awards");
}

#[test]
fn an_amount_beyond_the_vault_is_refused() {
    let dear = election(APPROVAL, [""; 3], &BALLOTS).replace("A;60;", "A;10000.01;");
    refused(
        &file("dearer.pb", &dear),
        "project A costs more than 100 times the budget, all that the vault holds",
    );
    let rich = election(APPROVAL, [""; 3], &BALLOTS).replace("budget;100", "budget;9e");
    refused(&file("rich.pb", &rich), "line 3, column 8: the budget \"9e\" is not a number");
    let rich = rich.replace("budget;9e", "budget;999999999999999");
    refused(
        &file("richer.pb", &rich),
        "its budget is too large to be held a hundredfold in 64 bits",
    );
}

/// A published election, or `None`, said aloud, when they are not here.
fn published(name: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("BUDGET_ELECTIONS") else {
        println!("skipped: BUDGET_ELECTIONS names no folder with {name}");
        return None;
    };
    Some(PathBuf::from(folder).join(name))
}

#[test]
fn warsaw_and_poznan_agree_with_the_city() {
    for (name, projects, voters) in [
        ("poland_warszawa_2017_rembertow.pb", 44, 1_774),
        ("poland_warszawa_2018_ursus-polnocny.pb", 20, 1_551),
        ("poland_poznan_2023_.pb", 10, 38_574),
    ] {
        let Some(path) = published(name) else { return };
        let json = json(&path);
        assert_eq!(json["agrees"], true, "{name}");
        assert_eq!(json["projects"], projects);
        assert_eq!(json["voters"], voters);
    }
}

#[test]
fn lodz_cracow_and_czestochowa_are_refused() {
    let ballots = |kind: &str| {
        format!("its ballots are {kind}, and only approval ballots can be cast as votes for")
    };
    for (name, why) in [
        (
            "poland_lodz_2022_.pb",
            "it has 160 projects, and a slate holds at most 96 awards".to_owned(),
        ),
        ("poland_krakow_2022_krowodrza.pb", ballots("ordinal")),
        ("poland_czestochowa_2020_trzech-wieszczow.pb", ballots("cumulative")),
    ] {
        let Some(path) = published(name) else { return };
        refused(&path, &why);
    }
}
