//! A network that loses, tears, doubles and delays: the same end, and nothing twice.

use std::thread::scope;

use budget_faults::{Counts, Fault, Faulty, Rates};
use budget_keeper::{Keeper, Settings};
use budget_sim::node::Node;

use crate::{
    script::{begin, live},
    stage::{assert_same, events, network, paid, purse, rest, work},
};

/// A new keeper works until it rests, over a network with faults.
fn work_badly(node: &Node, settings: &Settings, seed: u64) -> Counts {
    let faulty = Faulty::new(node.clone(), seed, Rates::mixed());
    let watch = faulty.watch();
    let (network, purse) = (network(faulty), purse(0));
    let treasury = node.with(|world| world.community.treasury);
    let mut keeper = Keeper::open(&network, &treasury, &purse, settings.clone()).unwrap();
    rest(&mut keeper);
    watch.counts()
}

#[test]
fn a_bad_network_changes_nothing_but_the_time_it_takes() {
    let (morning, cast) = begin();
    let undisturbed = morning.fork();
    live(&undisturbed, &cast, |node, settings, _| {
        work(node, settings);
    });
    // They mostly wait, so they can do so together.
    scope(|threads| {
        for seed in 1..=6 {
            let (morning, cast, undisturbed) = (&morning, &cast, &undisturbed);
            threads.spawn(move || {
                let node = morning.fork();
                let mut all = Counts::default();
                live(&node, cast, |node, settings, day| {
                    let counts = work_badly(node, settings, seed * 1_000 + day.unsigned_abs());
                    all.requests += counts.requests;
                    for (fault, count) in counts.faults {
                        *all.faults.entry(fault).or_default() += count;
                    }
                });
                assert_same(undisturbed, &node, &format!("seed {seed}"));
                assert_eq!(events(undisturbed), events(&node), "seed {seed}");
                assert_eq!(paid(undisturbed), paid(&node), "seed {seed}");
                assert_eq!(all.faults.len(), Fault::ALL.len(), "seed {seed}: {all:?}");
                assert!(all.total() > 50, "seed {seed}: {all:?}");
            });
        }
    });
}
