//! How long a network takes to start and to answer: the figures of README.md.
//! `cargo bench --profile dev`

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use serde_json::json;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;

use support::{Net, encoded};

const ROUNDS: u32 = 50;

fn main() {
    for slot_ms in ["400", "50", "10"] {
        println!("slots of {slot_ms} ms");
        let begun = Instant::now();
        let net = Net::start(&["--slot-ms", slot_ms]);
        say("start with the program", begun.elapsed());
        requests(&net);
        transactions(&net);
        seven_days(&net);
    }
}

fn requests(net: &Net) {
    let clock = "SysvarC1ock11111111111111111111111111111111";
    let options = json!({ "encoding": "base64", "commitment": "confirmed" });
    each("getAccountInfo", || {
        net.call("getAccountInfo", json!([clock, options]));
    });
    each("getLatestBlockhash", || {
        net.call("getLatestBlockhash", json!([{ "commitment": "confirmed" }]));
    });
    let program = net.program_id().to_string();
    each("getProgramAccounts, none found", || {
        net.call("getProgramAccounts", json!([program, options]));
    });
}

fn transactions(net: &Net) {
    let payer = net.funded();
    let next = || transfer(&payer.pubkey(), &Pubkey::new_unique(), 5_000_000);
    let simulation =
        json!({ "encoding": "base64", "sigVerify": false, "replaceRecentBlockhash": true });
    each("simulateTransaction", || {
        let transaction = net.signed(&[next()], &[&payer]);
        net.call("simulateTransaction", json!([encoded(&transaction), simulation]));
    });
    let sending = json!({ "encoding": "base64", "skipPreflight": true });
    each("sendTransaction, answered", || {
        let transaction = net.signed(&[next()], &[&payer]);
        net.call("sendTransaction", json!([encoded(&transaction), sending]));
    });
    each("sent and confirmed", || {
        net.send(&net.signed(&[next()], &[&payer]));
    });
}

fn seven_days(net: &Net) {
    let begun = Instant::now();
    let target_ms = (net.clock() + 7 * 86_400) * 1_000;
    net.call("surfnet_timeTravel", json!([{ "absoluteTimestamp": target_ms }]));
    say("surfnet_timeTravel by 7 days", begun.elapsed());
}

fn each(what: &str, mut act: impl FnMut()) {
    let begun = Instant::now();
    for _ in 0..ROUNDS {
        act();
    }
    say(what, begun.elapsed() / ROUNDS);
}

fn say(what: &str, took: Duration) {
    println!("  {what:<32} {:>8.1} ms", took.as_secs_f64() * 1_000.0);
}
