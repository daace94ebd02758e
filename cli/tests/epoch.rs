//! The whole of an epoch with nothing but the `budget` binary, over the local network: from a network
//! without a treasury to a recipient with money in hand; then everything is closed.

mod net;

use net::{
    Net, Person,
    town::{TOKEN, Town, ask, number},
};
use solana_signer::Signer;

#[test]
fn a_community_decides_and_pays_from_zero() {
    let Town { net, budget, ada, bo, cy } = Town::founded();
    // Cy proposes, and so accepts; Bo is asked for and must accept.
    let docs = ask(net.folder.path(), "docs", 1_000, &cy);
    let booth = ask(net.folder.path(), "booth", 500, &bo);
    net.budget(Some(&cy), &["propose", &docs.to_string_lossy()]).done();
    net.budget(Some(&cy), &["propose", &booth.to_string_lossy()]).done();
    net.budget(Some(&bo), &["proposal", "accept", "1"]).done();
    net.days(3);

    // Nobody votes twice, or on what is not there.
    net.budget(Some(&ada), &["vote", "--for", "9"]).fails_with(2);
    net.budget(Some(&ada), &["vote", "--for", "0", "--against", "1"]).done();
    net.budget(Some(&ada), &["vote", "--for", "0"]).fails_with(2);
    net.budget(Some(&bo), &["vote", "--for", "0,1"]).done();
    net.budget(Some(&bo), &["retract"]).done();
    net.budget(Some(&bo), &["revise", "--for", "0", "--against", "1"]).done();
    let seen = net.budget(None, &["epoch", "recount"]).done();
    assert_eq!(seen["addsUp"], true, "{seen}");

    // Settlement waits for the end of voting, execution for the timelock.
    net.budget(Some(&cy), &["epoch", "settle"]).fails_with(2);
    net.days(3);
    net.budget(Some(&cy), &["epoch", "settle"]).done();
    net.budget(Some(&cy), &["award", "execute", "0"]).fails_with(2);
    net.days(1);
    net.budget(Some(&cy), &["award", "execute", "1"]).fails_with(2);
    net.budget(Some(&cy), &["award", "execute", "0"]).done();

    // Half of the stream is half of the money.
    net.days(15);
    let before = net.balance(&cy.key.pubkey(), &budget);
    net.budget(Some(&bo), &["stream", "withdraw", "0/0"]).done();
    let half = net.balance(&cy.key.pubkey(), &budget) - before;
    assert!((500 * TOKEN..510 * TOKEN).contains(&half), "{half}");
    net.days(15);
    net.budget(Some(&bo), &["stream", "withdraw", "0/0"]).done();
    assert_eq!(net.balance(&cy.key.pubkey(), &budget) - before, 1_000 * TOKEN);
    net.budget(Some(&bo), &["stream", "withdraw", "0/0"]).fails_with(2);

    // The keeper closes what is left; nobody's money is missing.
    let kept = net.budget(Some(&bo), &["keeper", "--once", "--no-open"]);
    assert_eq!(kept.code(), 0, "{}", kept.sentence());
    let vault = net.budget(None, &["treasury", "show"]).done();
    let tracked = number(&vault["tracked"]);
    assert_eq!(number(&vault["committed"]), 0, "{vault}");
    assert!(tracked <= 99_000 * TOKEN && tracked > 98_500 * TOKEN, "{vault}");
    net.budget(Some(&ada), &["stream", "show", "0/0"]).fails_with(5);

    // A member leaves with every token.
    net.budget(Some(&ada), &["unstake", "all"]).done();
    net.budget(Some(&ada), &["member", "withdraw"]).fails_with(2);
    net.days(31);
    net.budget(Some(&ada), &["member", "withdraw"]).done();
    net.budget(Some(&ada), &["member", "close"]).done();
    let stake = net.budget(None, &["treasury", "show"]).done();
    assert_eq!(number(&stake["staked"]), 6_000 * TOKEN, "{stake}");
}

#[test]
fn every_kind_of_trouble_has_its_sentence_and_its_code() {
    let Town { net, budget: _, ada, bo, cy } = Town::founded();
    // Bad input: an amount, a command's value, a key file.
    let sentence = net.budget(Some(&ada), &["stake", "1.0000001"]).fails_with(2);
    assert!(sentence.contains("decimals"), "{sentence}");
    net.budget(None, &["stake", "1"]).fails_with(2);
    let nobody = Person { key: solana_keypair::Keypair::new(), file: "/nonexistent".into() };
    net.budget(Some(&nobody), &["stake", "1"]).fails_with(12);

    // No network, another network.
    net.budget_at("http://127.0.0.1:1", Some(&ada), &["treasury", "show"]).fails_with(3);
    net.budget_at("nonsense", Some(&ada), &["treasury", "show"]).fails_with(2);
    let other = Net::empty();
    let sentence = net.budget_at(&other.url, Some(&ada), &["treasury", "show"]).fails_with(4);
    assert!(sentence.contains("not deployed"), "{sentence}");

    // No account; too few tokens; a refusal that only the program can make.
    net.budget(Some(&cy), &["unstake", "1"]).fails_with(5);
    net.budget(Some(&bo), &["treasury", "fund", "101"]).fails_with(7);
    let poor = Person { key: solana_keypair::Keypair::new(), file: net.folder.path().join("poor") };
    std::fs::write(&poor.file, format!("{:?}", poor.key.to_bytes())).unwrap();
    net.budget(Some(&poor), &["record", "open"]).fails_with(7);

    // Nothing of it left a trace.
    let vault = net.budget(None, &["treasury", "show"]).done();
    assert_eq!(number(&vault["tracked"]), 100_000 * TOKEN, "{vault}");
    assert_eq!(number(&vault["staked"]), 12_000 * TOKEN, "{vault}");
}

#[test]
fn nobody_is_asked_where_nobody_is_and_a_dry_run_sends_nothing() {
    let Town { net, ada, .. } = Town::founded();
    let before = net.budget(Some(&ada), &["member", "show"]).done();
    let shown = net.budget(Some(&ada), &["unstake", "100", "--dry-run"]).done();
    assert_eq!(shown["sent"], false, "{shown}");
    let url = ["--url", &net.url, "--json"];
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_budget"));
    command.args(["unstake", "100"]).args(url).arg("--keypair").arg(&ada.file);
    let asked = command.stdin(std::process::Stdio::null()).output().unwrap();
    assert_eq!(asked.status.code(), Some(11), "{asked:?}");
    assert_eq!(net.budget(Some(&ada), &["member", "show"]).done(), before);

    // What is handed over unsigned is what `explain` reads.
    let key = ada.address();
    let unsigned = net.budget(None, &["unstake", "100", "--unsigned", "--as", &key]).done();
    let text = unsigned["transaction"].as_str().expect("base64").to_owned();
    let explained = net.budget(None, &["explain", &text]).json();
    assert!(explained.to_string().contains("request_unstake"), "{explained}");
    assert_eq!(net.budget(Some(&ada), &["member", "show"]).done(), before);
}
