//! Streams, reviews and the live view with the `budget` binary, over the local network: what they do,
//! and what they refuse before anything is sent.

mod net;

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anchor_lang::prelude::Pubkey;
use net::{
    Net, Person, policy_file, token_account,
    town::{TOKEN, Town, ask, number},
};
use serde_json::Value;
use solana_signer::Signer;

/// A community with a reviewer, and an award of 900 tokens over 30 days with two checkpoints that has
/// just been executed.
struct Works {
    net: Net,
    budget: Pubkey,
    ada: Person,
    /// The reviewer.
    bo: Person,
    /// The recipient, who has no token account yet.
    cy: Person,
}

impl Works {
    fn begun() -> Self {
        let net = Net::start();
        let (budget, stake) = (net.mint(), net.mint());
        let ada = net.person("ada", &[(budget, 200_000), (stake, 10_000)]);
        let bo = net.person("bo", &[(budget, 100)]);
        let cy = net.person("cy", &[]);
        let policy = policy_file(net.folder.path(), &budget, &stake, Some(&bo));
        net.budget(Some(&ada), &["treasury", "create", &text(&policy)]).done();
        net.budget(Some(&ada), &["treasury", "fund", "100,000"]).done();
        net.budget(Some(&ada), &["stake", "6000", "--lock", "30d"]).done();
        net.budget(Some(&ada), &["epoch", "open"]).done();
        let works = ask(net.folder.path(), "works", 900, &cy);
        let terms = std::fs::read_to_string(&works).unwrap();
        let terms = terms.replace("checkpoints = 0", "checkpoints = 2");
        std::fs::write(&works, terms).unwrap();
        net.budget(Some(&ada), &["propose", &text(&works)]).done();
        net.budget(Some(&cy), &["proposal", "accept", "0"]).done();
        net.days(3);
        net.budget(Some(&ada), &["vote", "--for", "0"]).done();
        net.days(3);
        net.budget(Some(&bo), &["epoch", "settle"]).done();
        net.days(1);
        net.budget(Some(&bo), &["award", "execute", "0"]).done();
        Self { net, budget, ada, bo, cy }
    }

    fn show(&self) -> Value {
        self.net.budget(None, &["stream", "show", "0"]).done()
    }

    /// A file in the test's folder.
    fn file(&self, name: &str, content: &str) -> String {
        let path = self.net.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        text(&path)
    }

    fn update(&self, who: &Person, evidence: &str, uri: &str) -> net::Answer {
        let arguments =
            ["review", "update", "0/0", "--health", "on-track", "--spent", "250.5", "--evidence"];
        self.net.budget(Some(who), &[&arguments[..], &[evidence, "--uri", uri]].concat())
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn checkpoint(shown: &Value, number: usize) -> &str {
    shown["checkpoints"][number]["state"].as_str().expect("it has a state")
}

#[test]
fn an_update_is_filed_judged_and_paid_for() {
    let works = Works::begun();
    let Works { net, budget, ada, bo, cy } = &works;
    let report = works.file("report.md", "done so far\n");
    let other = works.file("other.md", "something else\n");
    assert_eq!(checkpoint(&works.show(), 0), "ahead");
    works.update(cy, &report, "ipfs://x").fails_with(2);

    // The recipient alone files, once, what fits.
    net.days(10);
    assert_eq!(checkpoint(&works.show(), 0), "awaitsUpdate");
    works.update(bo, &report, "ipfs://x").fails_with(2);
    works.update(cy, &report, &"x".repeat(129)).fails_with(2);
    works.update(cy, "/nonexistent", "ipfs://x").fails_with(12);
    net.budget(None, &["review", "show", "0", "0"]).fails_with(5);
    let filed = works.update(cy, &report, "ipfs://x").done();
    let hash = solana_sha256_hasher::hash(b"done so far\n").to_bytes();
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(filed["exact"]["evidenceHash"], hash, "{filed}");
    works.update(cy, &report, "ipfs://x").fails_with(2);
    let shown = |copy: &str| {
        net.budget(None, &["review", "show", "0", "0", "--evidence", copy]).done()["evidenceMatches"]
            .clone()
    };
    assert_eq!((shown(&report), shown(&other)), (true.into(), false.into()));

    // The reviewer alone scores, what was filed, and sees before what it does.
    let before = works.show();
    let score = |who: &Person, more: &[&str]| {
        let arguments = ["review", "score", "0/0", "0", "45%", "--verdict", &other];
        net.budget(Some(who), &[&arguments[..], more].concat())
    };
    score(cy, &[]).fails_with(2);
    score(bo, &["--evidence", &other]).fails_with(2);
    net.budget(Some(bo), &["review", "score", "0/0", "1", "45%", "--verdict", &other])
        .fails_with(5);
    net.budget(Some(ada), &["review", "close", "0/0", "0"]).fails_with(2);
    let foreseen = score(bo, &["--dry-run"]).done();
    assert_eq!(works.show()["returned"], before["returned"]);
    let scored = score(bo, &["--evidence", &report]).done();
    assert_eq!(scored["exact"]["returned"], foreseen["exact"]["returned"]);
    let after = works.show();
    let returned = number(&after["returned"]);
    // A quarter of the second part of 300.
    assert_eq!(returned, 75 * TOKEN, "{after}");
    assert_eq!(number(&scored["exact"]["returned"]), returned);
    assert_eq!(checkpoint(&after, 0), "passed");
    score(bo, &[]).fails_with(2);

    // Its account goes, once.
    net.budget(Some(ada), &["review", "close", "0/0", "0"]).done();
    net.budget(Some(ada), &["review", "close", "0/0", "0"]).fails_with(5);

    // What is released is paid to the recipient, whose account is opened.
    let account = token_account(&cy.key.pubkey(), budget);
    assert!(net.network.account(&account).unwrap().is_none());
    let paid = net.budget(Some(ada), &["stream", "withdraw", "0/0"]).done();
    assert_eq!(paid["exact"]["opensAccount"], true, "{paid}");
    assert_eq!(net.balance(&cy.key.pubkey(), budget), number(&paid["exact"]["amount"]));
    assert!(number(&paid["exact"]["amount"]) >= 300 * TOKEN, "{paid}");
}

#[test]
fn silence_holds_a_stream_and_nobodys_ruling_ends_it() {
    let works = Works::begun();
    let Works { net, budget, ada, bo: _, cy } = &works;
    let hold = || net.budget(Some(ada), &["stream", "hold", "0/0"]);
    let lapse = || net.budget(Some(ada), &["stream", "lapse", "0/0"]);
    hold().fails_with(2);
    lapse().fails_with(2);
    net.days(18);
    assert_eq!(works.show()["state"], "update overdue");
    hold().done();
    hold().fails_with(2);
    let held = works.show();
    assert_eq!((held["state"].clone(), held["scheduled"].clone()), ("held".into(), 0.into()));
    assert_eq!(number(&held["held"]), 600 * TOKEN, "{held}");
    lapse().fails_with(2);
    net.days(181);
    let ended = lapse().done();
    assert_eq!(number(&ended["exact"]["returned"]), 600 * TOKEN, "{ended}");
    lapse().fails_with(2);

    // What was released is still paid; then, and only then, it is closed.
    net.budget(Some(ada), &["stream", "close", "0/0"]).fails_with(2);
    net.budget(Some(ada), &["stream", "withdraw", "0/0"]).done();
    assert_eq!(net.balance(&cy.key.pubkey(), budget), 300 * TOKEN);
    net.budget(Some(ada), &["stream", "withdraw", "0/0"]).fails_with(2);
    net.budget(Some(ada), &["stream", "close", "0/0"]).done();
    net.budget(Some(ada), &["stream", "show", "0/0"]).fails_with(5);
}

#[test]
fn a_recipient_chooses_the_account_and_all_streams_are_paid_at_once() {
    let works = Works::begun();
    let Works { net, budget, ada, bo, cy } = &works;
    net.days(5);
    let redirect = |who: &Person, to: &Pubkey| {
        net.budget(Some(who), &["stream", "redirect", "0", &to.to_string()])
    };
    let adas = token_account(&ada.key.pubkey(), budget);
    redirect(bo, &adas).fails_with(2);
    redirect(cy, &bo.key.pubkey()).fails_with(5);
    let other = net.mint();
    let elsewhere = net.person("elsewhere", &[(other, 1)]);
    redirect(cy, &token_account(&elsewhere.key.pubkey(), &other)).fails_with(2);
    redirect(cy, &adas).done();
    redirect(cy, &adas).fails_with(2);

    let before = net.balance(&ada.key.pubkey(), budget);
    let mine = net.budget(Some(cy), &["stream", "list", "--mine"]).done();
    assert_eq!(mine["streams"].as_array().map(Vec::len), Some(1), "{mine}");
    let all = |who: &Person, more: &[&str]| {
        net.budget(Some(who), &[&["stream", "withdraw", "--all"][..], more].concat())
    };
    all(ada, &[]).fails_with(2);
    let shown = all(cy, &["--dry-run"]).done();
    assert_eq!(shown["sent"], false, "{shown}");
    assert_eq!(net.balance(&ada.key.pubkey(), budget), before);
    let paid = all(ada, &["--recipient", &cy.address()]).done();
    assert_eq!(paid["landed"].as_array().map(Vec::len), Some(1), "{paid}");
    assert_eq!((paid["left"].clone(), paid["refused"].clone()), (0.into(), Value::Array(vec![])));
    let gained = net.balance(&ada.key.pubkey(), budget) - before;
    assert!((150 * TOKEN..160 * TOKEN).contains(&gained), "{gained}");
}

/// A `budget watch` that runs while the test acts.
struct Watch {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Watch {
    fn begun(net: &Net, more: &[&str]) -> Self {
        let arguments = ["watch", "--for", "120s", "--ws", &net.websocket];
        let mut command = net.command(&net.url, None, &[&arguments[..], more].concat());
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary starts");
        let lines = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        Self { child, lines }
    }

    fn next(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("the watch speaks");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    fn code(mut self) -> Option<i32> {
        self.child.wait().expect("it ends").code()
    }
}

#[test]
fn a_ballot_is_seen_while_one_watches() {
    let Town { net, budget: _, ada, bo, cy } = Town::founded();
    let docs: PathBuf = ask(net.folder.path(), "docs", 1_000, &cy);
    net.budget(Some(&cy), &["propose", &text(&docs)]).done();
    net.days(3);
    let mut watch = Watch::begun(&net, &["--changes", "2", "--alert"]);
    let state = watch.next();
    assert_eq!((state["event"].clone(), state["phase"].clone()), ("state".into(), "voting".into()));
    assert_eq!(
        (state["ballots"].clone(), state["entries"][0]["stands"].clone()),
        (0.into(), false.into())
    );

    net.budget(Some(&ada), &["vote", "--for", "0"]).done();
    let change = watch.next();
    assert_eq!(
        (change["event"].clone(), change["newBallots"].clone()),
        ("change".into(), 1.into())
    );
    assert_eq!(change["crossed"][0]["stands"], true, "{change}");
    let crossed = watch.next();
    assert_eq!(
        (crossed["event"].clone(), crossed["kind"].clone()),
        ("alert".into(), "crossed".into())
    );
    let heavy = watch.next();
    assert_eq!((heavy["kind"].clone(), heavy["ballots"].clone()), ("heavy".into(), 1.into()));

    net.budget(Some(&bo), &["vote", "--against", "0"]).done();
    let turnout = |line: &Value| line["turnout"].as_u64().unwrap();
    assert_eq!(turnout(&watch.next()), 2 * turnout(&change));
    let end = std::iter::from_fn(|| Some(watch.next())).find(|line| line["event"] == "end");
    assert_eq!(end.unwrap()["changes"], 2);
    assert_eq!(watch.code(), Some(0));
}

#[test]
fn a_watch_ends_cleanly_when_it_is_interrupted() {
    let Town { net, .. } = Town::founded();
    let mut watch = Watch::begun(&net, &[]);
    assert_eq!(watch.next()["event"], "state");
    let pid = watch.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let end = watch.next();
    assert_eq!((end["event"].clone(), end["why"].clone()), ("end".into(), "you stopped it".into()));
    assert_eq!(watch.code(), Some(0));
}

#[test]
fn what_a_transaction_would_do_decides_how_explaining_it_ends() {
    let Town { net, ada, .. } = Town::founded();
    let unsigned = |arguments: &[&str]| {
        let more = ["--unsigned", "--as", &ada.address()];
        let answer = net.budget(None, &[arguments, &more].concat()).done();
        answer["transaction"].as_str().expect("base64").to_owned()
    };
    let good = unsigned(&["lock", "40d"]);
    let explained = net.budget(None, &["explain", &good]).done();
    assert_eq!(
        (explained["understood"].clone(), explained["warnings"].clone()),
        (true.into(), Value::Array(vec![]))
    );
    // No network is needed.
    net.budget_at("http://127.0.0.1:1", None, &["explain", &good]).done();

    // Cut short, or no transaction at all: nothing to be signed.
    let mut cut = good.clone();
    cut.truncate(cut.len() - 8);
    for text in [cut.as_str(), "AQID", "!"] {
        let answer = net.budget(None, &["explain", text]);
        assert_ne!(answer.code(), 0, "{text}");
        assert_eq!(answer.code(), if text == "!" { 2 } else { 8 }, "{}", answer.sentence());
    }
}
