//! `budget-seed` as it is run: exit codes, words and JSON.

mod support;

use std::process::{Command, Output};

use serde_json::Value;
use support::Localnet;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_budget-seed")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn it_answers_in_words_and_in_json_and_knows_what_it_did() {
    let localnet = Localnet::start(60);
    let folder = tempfile::tempdir().unwrap();
    let (url, keys) = (localnet.network.cluster.rpc.as_str(), folder.path().to_str().unwrap());
    let arguments = ["--url", url, "--keys", keys, "--stakers", "12"];

    let first = run(&arguments);
    let said = text(&first.stdout);
    assert!(first.status.success(), "{}", text(&first.stderr));
    assert!(said.starts_with("Open Harbour is on the network: "), "{said}");
    assert!(said.contains("voting closes") && said.contains(&format!(". {keys}/env")), "{said}");

    let second = run(&[arguments.as_slice(), &["--json"]].concat());
    let said: Value = serde_json::from_slice(&second.stdout).unwrap();
    assert_eq!((&said["already"], &said["transactions"]), (&Value::from(true), &Value::from(0)));
    let treasury = said["addresses"]["treasury"].as_str().unwrap();
    let env = std::fs::read_to_string(folder.path().join("env")).unwrap();
    assert!(env.contains(&format!("export BUDGET_TREASURY={treasury}\n")), "{env}");
}

#[test]
fn a_clock_of_today_runs_ahead_when_it_is_told_to() {
    let localnet = Localnet::start(0);
    let folder = tempfile::tempdir().unwrap();
    let (url, keys) = (localnet.network.cluster.rpc.as_str(), folder.path().to_str().unwrap());
    let arguments = ["--url", url, "--keys", keys, "--stakers", "12", "--json"];
    let refused = run(&arguments);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("--ahead"), "{}", text(&refused.stderr));
    assert!(refused.stdout.is_empty());

    let ahead = run(&[arguments.as_slice(), &["--ahead"]].concat());
    let said: Value = serde_json::from_slice(&ahead.stdout).unwrap();
    let ahead = said["now"].as_i64().unwrap() - support::real_time();
    assert!((ahead - budget_seed::HISTORY_SECS).abs() < 60, "{ahead}");
}

#[test]
fn what_it_cannot_do_is_one_sentence_and_no_output() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().to_str().unwrap();
    for (arguments, code, word) in [
        (&["--url", "devnet", "--keys", keys] as &[&str], 1, "not on this machine"),
        (&["--keys", keys, "--stakers", "5"], 1, "12 to 1000"),
        (&["--url", "nonsense", "--keys", keys], 2, "nonsense"),
        (&[], 2, "--keys"),
    ] {
        let refused = run(arguments);
        assert_eq!(refused.status.code(), Some(code), "{arguments:?}");
        let sentence = text(&refused.stderr);
        assert!(sentence.contains(word) && refused.stdout.is_empty(), "{sentence}");
    }
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
}
