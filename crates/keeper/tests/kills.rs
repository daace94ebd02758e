//! A keeper that is killed anywhere, and one that starts anew: it ends as if nothing had happened.

use budget_sim::node::Node;

use crate::{
    script::{begin, live, settings_of},
    stage::{Mortal, assert_same, events, work, work_until_death},
};

/// The network on the evening before the keeper's work of each of `days`.
fn evenings(days: &[i64]) -> Vec<(i64, Node)> {
    let (node, cast) = begin();
    let mut evenings = Vec::new();
    live(&node, &cast, |node, settings, day| {
        if days.contains(&day) {
            evenings.push((day, node.fork()));
        }
        work(node, settings);
    });
    evenings
}

#[test]
fn killed_at_any_request_of_a_busy_day_the_next_keeper_completes_it() {
    // Settlement and closing; executions; holds, lapses and payments; the last day.
    for (day, evening) in evenings(&[21, 22, 35, 155]) {
        let settings = settings_of(day);
        let undisturbed = evening.fork();
        work(&undisturbed, &settings);
        let requests = undisturbed.requests() - evening.requests();
        assert!(requests > 20, "day {day} is busy: {requests} requests");
        let mut deaths = 0;
        for at in 0..=requests {
            for sees_it_done in [false, true] {
                let node = evening.fork();
                let mortal = Mortal::new(node.clone(), at, sees_it_done);
                deaths += usize::from(work_until_death(&node, &settings, mortal));
                work(&node, &settings);
                let what = format!("day {day}, killed at request {at}, done: {sees_it_done}");
                assert_same(&undisturbed, &node, &what);
                assert_eq!(events(&undisturbed), events(&node), "{what}");
            }
        }
        assert_eq!(deaths, 2 * requests, "day {day}: every keeper but the last died");
    }
}

#[test]
fn killed_again_and_again_keepers_bring_a_whole_life_to_the_same_end() {
    let (morning, cast) = begin();
    let undisturbed = morning.fork();
    live(&undisturbed, &cast, |node, settings, _| {
        work(node, settings);
    });
    for seed in 0..3 {
        let mut dice = fastrand::Rng::with_seed(seed);
        let node = morning.fork();
        let mut deaths = 0;
        live(&node, &cast, |node, settings, _| {
            loop {
                let mortal = Mortal::new(node.clone(), dice.usize(0..40), dice.bool());
                if !work_until_death(node, settings, mortal) {
                    break;
                }
                deaths += 1;
            }
        });
        assert!(deaths > 30, "seed {seed}: {deaths} deaths");
        assert_same(&undisturbed, &node, &format!("seed {seed}"));
        assert_eq!(events(&undisturbed), events(&node), "seed {seed}");
    }
}
