//! An invented community in mid-vote, on a local network.
//!
//! [`seed`] plays the story of Open Harbour through ordinary signed transactions: a treasury is
//! founded, members stake, an epoch is voted, settled and carried out, its streams run into reviews,
//! and the next epoch's vote is under way when it stops. Besides transactions it asks the network
//! for two favours only, the founder's SOL and moves of the clock. Keys, names and votes follow from
//! words in this crate, so every run ends with the same accounts at the same addresses.
#![deny(missing_docs)]

mod ballots;
mod batch;
mod clock;
mod deal;
mod documents;
mod draw;
mod files;
mod founding;
mod keys;
mod plan;
mod policy;
mod population;
mod seen;
mod slates;
mod story;
mod streams;
#[cfg(test)]
mod stub;
mod town;
mod trouble;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anchor_spl::token;
use budget_client::Community;
use budget_rpc::Network;
use solana_signer::Signer;

use crate::{
    ballots::Vote,
    files::Facts,
    keys::Keys,
    population::{Population, Round},
    seen::{Seen, look},
    story::Story,
    town::Town,
    trouble::During,
};

pub use crate::{
    plan::{DAY, HISTORY_SECS, MAX_STAKERS, MIN_STAKERS, Plan},
    town::Step,
    trouble::{Result, Trouble},
};

/// A network that holds Open Harbour.
#[derive(Clone, Debug)]
pub struct Seeded {
    /// Addresses of the treasury.
    pub community: Community,
    /// Who holds what, for people: what it is, and its address.
    pub addresses: Vec<(&'static str, anchor_lang::prelude::Pubkey)>,
    /// Whether an earlier run had seeded the network already: nothing was sent then.
    pub already: bool,
    /// Transactions that were sent.
    pub transactions: usize,
    /// How long it took.
    pub elapsed: Duration,
    /// Unix seconds that the network's clock shows.
    pub now: i64,
    /// Unix seconds at which voting of the current epoch closes; none when it has been settled and
    /// closed since.
    pub voting_closes_at: Option<i64>,
}

/// Plays the story that `plan` asks for on `network`, unless it was played there before, and writes
/// keys, addresses, names and texts into `folder`. `progress` hears of every step as it begins.
///
/// # Errors
/// [`Trouble`]; of those that say so, nothing was sent.
pub fn seed(
    network: &Network,
    plan: &Plan,
    folder: &Path,
    progress: &mut dyn FnMut(&Step),
) -> Result<Seeded> {
    let begun = Instant::now();
    if !network.cluster.is_local() {
        return Err(Trouble::NotLocal { url: network.cluster.rpc.clone() });
    }
    plan.check()?;
    network.check().during("looking for the program")?;
    let story = Story::read();
    let population = Population::of(plan.stakers, &story);
    let keys = Keys::derive(&story, &population);
    let community = community_of(&keys);
    let seen = look(network, &community, &population)?;
    let calendar = plan.calendar();
    let now = network.now().during("reading the network's clock")?;
    if seen == Seen::Nothing && now > calendar.founded_at() {
        return Err(Trouble::StartsTooLate { now, latest: calendar.founded_at() });
    }
    keys.write(folder)?;
    let mut transactions = 0;
    if seen == Seen::Nothing {
        let mut town = Town::new(network, &story, &population, &keys, calendar, progress);
        play(&mut town)?;
        // What the seeding itself took has passed too.
        let passed = i64::try_from(begun.elapsed().as_secs()).unwrap_or(0);
        town.go_to(calendar.present + passed, "coming to the present")?;
        transactions = town.sent();
    }
    let cluster = &network.cluster;
    let facts = Facts {
        cluster,
        community: &community,
        story: &story,
        population: &population,
        keys: &keys,
    };
    facts.write(folder)?;
    let current = seen::voting_closes_at(network, &community)?;
    Ok(Seeded {
        community,
        addresses: addresses(&community, &keys, &population),
        already: seen == Seen::Everything,
        transactions,
        elapsed: begun.elapsed(),
        now: network.now().during("reading the network's clock")?,
        voting_closes_at: current,
    })
}

/// Addresses of the community that these keys found.
pub(crate) fn community_of(keys: &Keys) -> Community {
    Community {
        treasury: Community::treasury_address(&keys.founder.pubkey(), 0),
        budget_mint: keys.budget_mint.pubkey(),
        stake_mint: keys.stake_mint.pubkey(),
        budget_token_program: token::ID,
        stake_token_program: token::ID,
    }
}

fn addresses(
    community: &Community,
    keys: &Keys,
    population: &Population,
) -> Vec<(&'static str, anchor_lang::prelude::Pubkey)> {
    vec![
        ("program", community_budget::ID),
        ("treasury", community.treasury),
        ("budget mint", community.budget_mint),
        ("stake mint", community.stake_mint),
        ("founder", keys.founder.pubkey()),
        ("guardian", keys.guardian.pubkey()),
        ("reviewer", keys.reviewer.pubkey()),
        ("risk reporter", keys.risk_reporter.pubkey()),
        ("voter", keys.member(population.voter)),
        ("recipient", keys.team(keys::RECIPIENT).pubkey()),
    ]
}

/// The story, day by day from the first opening.
fn play(town: &mut Town<'_>) -> Result<()> {
    founding::found(town)?;
    first_epoch(town)?;
    between(town)?;
    second_slate(town)?;
    second_vote(town)
}

fn first_epoch(town: &mut Town<'_>) -> Result<()> {
    const SUBMIT: &str = "submitting to the first slate";
    const VOTE: &str = "voting on the first slate";
    town.go(0, 0, "opening the first epoch")?;
    slates::open(town, Round::Past)?;
    for (batch, day) in [(0, 1), (1, 5), (2, 9)] {
        town.go(day, 2, SUBMIT)?;
        slates::submit(town, Round::Past, batch)?;
    }
    // All before the last day, in which a swing would extend the vote.
    let days = [12, 13, 15, 17];
    town.go(12, 1, VOTE)?;
    let vote = Vote::prepare(town, Round::Past, days.len())?;
    for (wave, day) in days.into_iter().enumerate() {
        town.go(day, 3, VOTE)?;
        vote.cast(town, wave)?;
    }
    town.go(19, 1, "settling the first epoch")?;
    streams::settle(town)?;
    town.go(20, 2, "carrying out small awards")?;
    streams::execute(town, 0)?;
    town.go(21, 2, "carrying out medium awards")?;
    streams::execute(town, 1)
}

fn between(town: &mut Town<'_>) -> Result<()> {
    town.go(24, 0, "paying rewards and returning bonds")?;
    ballots::reward(town)?;
    streams::return_bonds(town)?;
    town.go(25, 0, "enlisting new members")?;
    founding::enlist(town, true)?;
    founding::second_gift(town)?;
    town.go(28, 0, "paying out streams")?;
    streams::claim(town, &["tracker", "wallet", "indexer", "collar", "office-hours"])?;
    town.go(29, 0, "marking the hedging position")?;
    streams::mark(town)
}

fn second_slate(town: &mut Town<'_>) -> Result<()> {
    const SUBMIT: &str = "submitting to the second slate";
    const REVIEW: &str = "reviewing";
    // A period after the first opening, and the seconds that its transaction took.
    town.go_to(town.calendar.at(30, 0) + 60, "opening the second epoch")?;
    slates::open(town, Round::Present)?;
    town.go(31, 0, SUBMIT)?;
    slates::submit(town, Round::Present, 0)?;
    streams::report(town, "mural")?;
    town.go(34, 4, "holding a stream, and letting an award lapse")?;
    streams::score(town, slates::HELD)?;
    streams::lapse(town)?;
    streams::claim(town, &["office-hours", "glossary"])?;
    town.go(36, 4, SUBMIT)?;
    slates::submit(town, Round::Present, 1)?;
    streams::report(town, "glossary")?;
    streams::report(town, "wallet")?;
    town.go(38, 0, REVIEW)?;
    streams::score(town, "glossary")?;
    streams::score(town, "wallet")?;
    town.go(40, 0, SUBMIT)?;
    slates::submit(town, Round::Present, 2)?;
    slates::submit_acts(town)?;
    slates::accept(town, Round::Present)?;
    slates::withdraw(town, Round::Present)?;
    streams::claim(town, &["tracker", "wallet", "audit", "handbook", "collar"])
}

fn second_vote(town: &mut Town<'_>) -> Result<()> {
    const VOTE: &str = "voting on the second slate";
    /// Days and hours at which ballots come.
    const WAVES: [(i64, i64); 6] = [(42, 3), (42, 20), (43, 12), (44, 6), (45, 0), (45, 22)];
    town.go(42, 1, VOTE)?;
    let vote = Vote::prepare(town, Round::Present, WAVES.len())?;
    for (wave, (day, hour)) in WAVES.into_iter().enumerate() {
        town.go(day, hour, VOTE)?;
        match wave {
            2 => streams::report(town, "indexer")?,
            3 => founding::leave(town)?,
            4 => streams::claim(town, &["indexer", "wallet", "collar"])?,
            _ => {}
        }
        vote.cast(town, wave)?;
    }
    Ok(())
}
