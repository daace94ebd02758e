//! seed
//! ├── given the network is not on this machine ..... NotLocal
//! ├── given a plan beyond its limits ............... Stakers
//! ├── given no network answers ..................... Network, nothing written
//! ├── given the program is not deployed ............ NoProgram
//! ├── given the clock is too far ahead ............. StartsTooLate
//! ├── given a key file that is somebody else's ..... NotOurFile
//! ├── given an earlier run stopped half-way ........ HalfSeeded
//! ├── given another plan was seeded ................ OtherPlan
//! └── given the program refuses a step ............. its name, and the step's

mod support;

use std::{fs, panic};

use budget_client::Community;
use budget_rpc::{Class, Cluster, Network};
use budget_seed::{HISTORY_SECS, Plan, Step, Trouble, seed};
use community_budget::state::BudgetEpoch;
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;
use support::{Localnet, key, land, plan, travel};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn is_empty(folder: &TempDir) -> bool {
    fs::read_dir(folder.path()).unwrap().next().is_none()
}

fn quiet(_: &Step) {}

#[test]
fn a_network_elsewhere_is_refused_before_anything_is_asked_of_it() {
    let folder = folder();
    // Nobody answers at this address, which is reserved for documentation.
    let network = Network::new(Cluster::named("http://192.0.2.1:8899").unwrap());
    let trouble = seed(&network, &plan(12), folder.path(), &mut quiet).unwrap_err();
    assert!(matches!(&trouble, Trouble::NotLocal { url } if url == "http://192.0.2.1:8899"));
    assert!(trouble.to_string().contains("not on this machine"), "{trouble}");
    assert!(is_empty(&folder));
}

#[test]
fn a_plan_beyond_its_limits_is_refused_before_anything_is_asked() {
    let folder = folder();
    let network = Network::new(Cluster::named("http://127.0.0.1:1").unwrap());
    for stakers in [11, 1_001] {
        let trouble = seed(&network, &plan(stakers), folder.path(), &mut quiet).unwrap_err();
        assert!(matches!(trouble, Trouble::Stakers { wanted } if wanted == stakers), "{trouble}");
    }
    assert!(is_empty(&folder));
}

#[test]
fn without_a_network_nothing_is_written() {
    let folder = folder();
    let network = Network::new(Cluster::named("http://127.0.0.1:1").unwrap());
    let trouble = seed(&network, &plan(12), folder.path(), &mut quiet).unwrap_err();
    let Trouble::Network { trouble, .. } = trouble else { panic!("{trouble}") };
    assert_eq!(trouble.class(), Class::Unreachable, "{trouble}");
    assert!(is_empty(&folder));
}

#[test]
fn without_the_program_nothing_is_sent() {
    let (localnet, folder) = (Localnet::without_program(), folder());
    let trouble = seed(&localnet.network, &plan(12), folder.path(), &mut quiet).unwrap_err();
    let Trouble::Network { trouble, .. } = trouble else { panic!("{trouble}") };
    assert!(matches!(*trouble, budget_rpc::Trouble::NoProgram { .. }), "{trouble}");
    assert!(is_empty(&folder));
}

#[test]
fn a_clock_that_is_too_far_ahead_is_left_alone() {
    let (localnet, folder) = (Localnet::start(40), folder());
    let now = localnet.network.now().unwrap();
    let trouble = seed(&localnet.network, &plan(12), folder.path(), &mut quiet).unwrap_err();
    let Trouble::StartsTooLate { now: shown, latest } = trouble else { panic!("{trouble}") };
    assert!(shown - now < 60 && latest < now);
    let sentence = trouble.to_string();
    assert!(sentence.contains(&format!("--start-at {latest}")), "{sentence}");
    assert!(localnet.network.now().unwrap() - now < 60, "the clock was moved");
    assert!(is_empty(&folder) && localnet.accounts().is_empty());

    // A plan that ends later suits this clock.
    let later = Plan { stakers: 12, present: now + HISTORY_SECS + 60 };
    let seeded = seed(&localnet.network, &later, folder.path(), &mut quiet).unwrap();
    assert!(seeded.now >= later.present && seeded.now - later.present < 60);
}

#[test]
fn somebody_elses_key_stops_everything() {
    let (localnet, folder) = (Localnet::start(60), folder());
    write_keypair_file(&Keypair::new(), folder.path().join("founder.json")).unwrap();
    let trouble = seed(&localnet.network, &plan(12), folder.path(), &mut quiet).unwrap_err();
    assert!(matches!(trouble, Trouble::NotOurFile { .. }), "{trouble}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(localnet.accounts().is_empty());
}

#[test]
fn what_an_earlier_run_did_not_finish_is_left_as_it_is() {
    // With mints but no treasury, with a treasury but no epoch, with the first, and with both.
    for stops_before in [
        "founding the treasury",
        "gathering everybody",
        "opening the second epoch",
        "submitting to the second slate",
    ] {
        let (localnet, folder) = (Localnet::start(60), folder());
        let stopped = panic::catch_unwind(panic::AssertUnwindSafe(|| {
            seed(&localnet.network, &plan(12), folder.path(), &mut |step| {
                assert_ne!(step.what, stops_before, "this stops the first run");
            })
        }));
        assert!(stopped.is_err());
        let before = localnet.accounts();
        let trouble = seed(&localnet.network, &plan(12), folder.path(), &mut quiet).unwrap_err();
        assert!(matches!(trouble, Trouble::HalfSeeded { .. }), "{trouble}");
        assert!(localnet.accounts() == before, "an account has changed");
        assert!(!folder.path().join("deployment.json").exists());
    }
}

#[test]
fn another_plan_is_told_from_this_one() {
    let (localnet, folder) = (Localnet::start(60), folder());
    seed(&localnet.network, &plan(14), folder.path(), &mut quiet).unwrap();
    let before = localnet.accounts();
    for wanted in [12, 20] {
        let trouble = seed(&localnet.network, &plan(wanted), folder.path(), &mut quiet);
        let trouble = trouble.unwrap_err();
        assert!(
            matches!(trouble, Trouble::OtherPlan { found: 14, wanted: it } if it == wanted),
            "{trouble}"
        );
    }
    assert!(localnet.accounts() == before, "an account has changed");
}

#[test]
fn a_step_that_the_program_refuses_is_named_with_the_programs_words() {
    const STEP: &str = "settling the first epoch";
    let (localnet, folder) = (Localnet::start(60), folder());
    let network = &localnet.network;
    let trouble = seed(network, &plan(12), folder.path(), &mut |step| {
        if step.what == STEP {
            // Somebody else is faster.
            let founder = key(folder.path(), "founder.json");
            let treasury = Community::treasury_address(&founder.pubkey(), 0);
            let community = Community {
                treasury,
                budget_mint: treasury,
                stake_mint: treasury,
                budget_token_program: treasury,
                stake_token_program: treasury,
            };
            let epoch: BudgetEpoch = network.get(&community.epoch(0), "epoch").unwrap().value;
            travel(network, epoch.voting_closes_at);
            land(network, &founder, community.settle_epoch(0));
        }
    });
    let trouble = trouble.unwrap_err();
    let sentence = trouble.to_string();
    let Trouble::Network { step, trouble } = trouble else { panic!("{sentence}") };
    assert_eq!(step, STEP);
    let budget_rpc::Trouble::Refused(refused) = *trouble else { panic!("{sentence}") };
    assert_eq!(refused.name.as_deref(), Some("NotInTallying"), "{sentence}");
    assert!(sentence.contains("must be in its tallying phase"), "{sentence}");
}
