//! What a reading costs, in requests. The figures are those of the crate's documentation.

use budget_client::ballot::Choice::For;
use budget_keeper::{Settings, View, plan};
use budget_sim::{
    svm::GENESIS,
    world::{Ask, Person, test_policy},
};
use community_budget::constants::DAY_SECS;
use solana_signer::Signer;

use crate::stage::{DAY, network, node, purse, work, world};

const STAKERS: usize = 200;
const PROPOSALS: usize = 24;
const STREAMS: usize = 50;

/// Requests that one reading takes.
fn reading(node: &budget_sim::node::Node) -> (usize, View) {
    let network = network(node.clone());
    let community = node.with(|w| w.community);
    let before = node.requests();
    let view = View::read(&network, &community).unwrap();
    (node.requests() - before, view)
}

#[test]
fn a_reading_takes_as_many_requests_as_the_documentation_says() {
    let mut policy = test_policy();
    policy.slate.capacity = 64;
    policy.slate.per_proposer = 8;
    policy.slate.slot_fee = 0;
    policy.budget.reward_bps = 200;
    let mut w = world(policy);
    let people: Vec<Person> = (0..STAKERS).map(|_| w.person()).collect();
    let owners: Vec<_> = people.iter().map(Person::key).collect();
    w.put_stakes(&owners, 1_000);
    let proposers: Vec<Person> = (0..7).map(|_| w.proposer()).collect();
    let node = node(w);
    let to = |day: i64| {
        node.with(|w| w.svm.set_now(GENESIS + day * DAY));
    };
    let keep = || work(&node, &Settings::default());
    // Each stream has two checkpoints and lasts for a year.
    let ask = Ask { checkpoints: 2, duration_secs: 365 * DAY_SECS, ..Ask::of(100_000) };
    let submit = |count: usize| {
        node.with(|w| {
            for number in 0..count {
                w.submit(&proposers[number / 8], &ask).unwrap();
            }
        });
    };
    keep();
    submit(48);
    to(14);
    let all: Vec<(u8, _)> = (0..48).map(|index| (index, For)).collect();
    node.with(|w| w.cast(&people[0], &all[..40]).unwrap());
    node.with(|w| {
        for person in &people[1..30] {
            w.cast(person, &all).unwrap();
        }
    });
    to(21);
    keep();
    to(22);
    keep();
    to(30);
    keep();
    submit(PROPOSALS);
    to(44);
    node.with(|w| {
        for person in &people {
            w.cast(person, &all[..PROPOSALS]).unwrap();
        }
    });
    keep();
    let (requests, view) = reading(&node);
    assert_eq!((view.stakes.len(), view.proposals.len()), (STAKERS, PROPOSALS));
    assert_eq!(view.streams.len(), 48);
    assert!(plan(&view, &Settings::default(), purse(0).pubkey()).steps.is_empty());
    assert_eq!(requests, 7, "nothing is due");
    to(51);
    node.with(|w| w.settle().unwrap());
    let (requests, view) = reading(&node);
    assert_eq!(view.records.len(), STAKERS);
    assert!(STREAMS >= view.streams.len());
    assert_eq!(requests, 10, "all of it is due");
}
