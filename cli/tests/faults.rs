//! A network that loses, doubles and delays answers, keepers that are killed, and two of them at once:
//! nobody is paid twice, nobody votes twice, and no step is lost.

mod net;

use std::{
    process::{Child, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anchor_lang::prelude::Pubkey;
use budget_client::{Community, address};
use budget_faults::{Proxy, Rates};
use community_budget::state::{Stream, VoteRecord};
use net::{
    Net, PATIENCE, Person,
    town::{TOKEN, Town, ask, number},
};
use solana_signer::Signer;

/// Exit codes after which a command may be run again as it is: the network gave no answer, or the
/// transaction expired.
const AGAIN: [i32; 2] = [3, 9];
/// The exit code that says to look first: the transaction may have landed.
const LOOK_FIRST: i32 = 10;

/// Runs a command over a bad network until it is done, or until it says that it was done before.
fn insist(net: &Net, url: &str, who: &Person, arguments: &[&str]) {
    for _ in 0..20 {
        let answer = net.budget_at(url, Some(who), arguments);
        match answer.code() {
            0 => return,
            // Refused because it has happened: the answer to an earlier try was lost.
            2 | 8 => return,
            code if AGAIN.contains(&code) || code == LOOK_FIRST => {}
            code => panic!("budget {arguments:?}: {code}: {}", answer.sentence()),
        }
    }
    panic!("budget {arguments:?} never came through");
}

/// A keeper as a process of its own; killed when it is dropped.
struct Keeper(Child);

impl Keeper {
    fn start(net: &Net, url: &str, who: &Person) -> Self {
        let mut command = net.command(url, Some(who), &["keeper", "--no-open", "--interval", "1s"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().expect("the keeper starts"))
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // As a power cut would: it gets no chance to finish anything.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        sleep(Duration::from_millis(200));
    }
}

fn treasury(ada: &Person) -> Pubkey {
    Community::treasury_address(&ada.key.pubkey(), 0)
}

#[test]
fn a_bad_network_and_two_mortal_keepers_pay_once() {
    let Town { net, budget, ada, bo, cy } = Town::founded();
    let proxies: Vec<Proxy> = (1..=2)
        .map(|seed| Proxy::start(&net.url, seed, Rates::mixed()).expect("the proxy starts"))
        .collect();
    let (one, two) = (proxies[0].url(), proxies[1].url());

    let docs = ask(net.folder.path(), "docs", 1_000, &cy);
    insist(&net, &one, &cy, &["propose", &docs.to_string_lossy()]);
    net.days(3);
    insist(&net, &one, &ada, &["vote", "--for", "0"]);
    insist(&net, &two, &bo, &["vote", "--for", "0"]);

    // One record for each voter, each counted once.
    let community = treasury(&ada);
    let seeds: [&[u8]; 3] = [b"epoch", community.as_ref(), &0u32.to_le_bytes()];
    let epoch = Pubkey::find_program_address(&seeds, &community_budget::ID).0;
    let (head, slate) = net.network.epoch(&epoch).expect("the epoch is there");
    let records = net.network.list::<VoteRecord>(&epoch).expect("it answers");
    assert_eq!(records.len(), 2);
    let weight: u64 = records.iter().map(|found| found.value.weight).sum();
    assert_eq!((head.turnout, slate[0].for_, head.ballot_count), (weight, weight, 2));

    // Two keepers from here on; one of them dies again and again.
    let steady = Keeper::start(&net, &one, &ada);
    net.days(3);
    let mortal = Keeper::start(&net, &two, &bo);
    let settled = || net.network.epoch(&epoch).is_ok_and(|(head, _)| head.settled_at != 0);
    wait_for("the epoch is settled", settled);
    drop(mortal);
    net.days(1);
    let mortal = Keeper::start(&net, &two, &bo);
    let stream = address::stream(&address::proposal(&epoch, 0));
    let paid = |key: &Pubkey| {
        let found = net.network.find::<Stream>(key, "stream").expect("it answers");
        found.map(|found| found.value.withdrawn)
    };
    wait_for("the award is executed", || paid(&stream).is_some());
    drop(mortal);
    let before = 100 * TOKEN;
    let received = || net.balance(&cy.key.pubkey(), &budget);
    for _ in 0..3 {
        net.days(4);
        let mortal = Keeper::start(&net, &two, &bo);
        let already = received();
        wait_for("the stream pays on", || received() > already);
        drop(mortal);
    }
    net.days(30);
    let mortal = Keeper::start(&net, &two, &bo);
    // Everything is paid and closed: nothing is left to do, and nothing was done twice.
    wait_for("the stream is closed", || paid(&stream).is_none());
    let closed = || net.network.account(&epoch).is_ok_and(|account| account.is_none());
    wait_for("the epoch is closed", closed);
    drop((steady, mortal));
    // The proposer's slot cost nothing, so what Cy holds is the purse and the award.
    assert_eq!(received(), before + 1_000 * TOKEN);
    let vault = net.budget(None, &["treasury", "show"]).done();
    assert_eq!(number(&vault["committed"]), 0, "{vault}");
    let rewards = received_rewards(&net, &budget, &ada, &bo);
    assert_eq!(number(&vault["tracked"]) + rewards, 99_000 * TOKEN, "{vault}");
    for proxy in &proxies {
        let counts = proxy.counts();
        assert!(counts.requests > 50 && counts.total() > 5, "{counts:?}");
    }
}

/// What both members were paid for taking part: what they hold beyond what they began with.
fn received_rewards(net: &Net, budget: &Pubkey, ada: &Person, bo: &Person) -> u64 {
    let held = net.balance(&ada.key.pubkey(), budget) + net.balance(&bo.key.pubkey(), budget);
    held - (100_000 + 100) * TOKEN
}
