//! What a community grows in, one dimension at a time.

use budget_client::ballot::Choice;
use budget_sim::world::{Ask, Person, World};
use community_budget::constants::MAX_STREAM_SECS;

use super::{
    community::{Cast, HISTORY, found, remember},
    life::{Around, Costs, PER_PROPOSER, Slate, costs},
};
use crate::bench::{
    acts, probe_world,
    slate::{AWARDS, all},
};

/// Sizes of a community, in every dimension but the slate.
pub const SIZES: [u32; 5] = [1, 10, 100, 1_000, 10_000];

/// Entries of a slate.
pub const SLATES: [u32; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

/// Base units staked by each of those who submit the acts: a little more than 1 % of the weight.
const ACTOR_STAKE: u64 = 20_000;

/// Base units staked by each further voter.
const CROWD_STAKE: u64 = 21;

/// Number of the actors' keys, which follow from it.
const ACTORS: u64 = 1_000;

/// What a community grows in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Members who stake and vote in the measured epoch.
    Voters,
    /// Proposals over the treasury's life, none of them funded.
    Proposals,
    /// Streams that flow.
    Streams,
    /// Epochs, all of them empty.
    Epochs,
    /// Entries of the measured epoch's slate, all of them passing.
    Slate,
    /// Epochs that the community can look back on, in each of which it voted and paid. No growth,
    /// but a step: see [`HISTORY`].
    Past,
}

impl Dimension {
    /// Every dimension that a community grows in, in the order of the tables.
    pub const ALL: [Self; 5] =
        [Self::Voters, Self::Proposals, Self::Streams, Self::Epochs, Self::Slate];

    /// What is counted.
    pub fn name(self) -> &'static str {
        match self {
            Self::Voters => "voters",
            Self::Proposals => "proposals",
            Self::Streams => "streams",
            Self::Epochs => "epochs",
            Self::Slate => "entries",
            Self::Past => "past",
        }
    }

    /// The sizes that are measured.
    pub fn sizes(self) -> &'static [u32] {
        match self {
            Self::Slate => &SLATES,
            Self::Past => &[0, HISTORY],
            _ => &SIZES,
        }
    }

    /// Compute units of every measured instruction in a community of this size. In each dimension
    /// but its own it is as small as can be.
    ///
    /// # Panics
    /// When the program refuses a step.
    pub fn measure(self, size: u32) -> Costs {
        let (others, past) = match self {
            Self::Past => (0, size),
            _ => (size - 1, HISTORY),
        };
        let measured = self.epochs(others) + past;
        let (mut world, cast) = found(measured);
        let mut around = Around::default();
        match self {
            Self::Voters => {
                around.crowd = (0..others).map(|_| world.staker(CROWD_STAKE)).collect();
            }
            Self::Epochs => empty_epochs(&mut world, others),
            Self::Proposals => slates(&mut world, others, propose),
            Self::Streams => slates(&mut world, others, |world, people, count| {
                fund(world, &cast, people, count);
            }),
            Self::Slate => around.slate = Some(slate(&mut world, size)),
            Self::Past => {}
        }
        remember(&mut world, &cast, past);
        assert_eq!(world.treasury().epoch_count, measured, "the epoch that was chosen");
        to_next_opening(&mut world);
        costs(&world, &cast, &around)
    }

    /// Epochs that it takes to add so many.
    fn epochs(self, others: u32) -> u32 {
        match self {
            Self::Voters | Self::Slate | Self::Past => 0,
            Self::Epochs => others,
            Self::Proposals | Self::Streams => others.div_ceil(AWARDS.into()),
        }
    }
}

/// Epochs that nobody takes part in.
fn empty_epochs(world: &mut World, count: u32) {
    for _ in 0..count {
        world.open_next_epoch();
        world.to_tallying();
        world.settle().expect("the epoch is settled");
    }
}

/// Epochs with so many proposals in all, on slates as full of awards as they can be.
fn slates(world: &mut World, proposals: u32, play: impl Fn(&mut World, &[Person], u8)) {
    let people: Vec<Person> = (0..AWARDS / PER_PROPOSER).map(|_| world.proposer()).collect();
    let mut left = proposals;
    while left > 0 {
        let count = left.min(AWARDS.into());
        world.open_next_epoch();
        play(world, &people, u8::try_from(count).expect("a slate is short"));
        left -= count;
    }
}

/// One epoch of proposals that nobody votes on.
fn propose(world: &mut World, people: &[Person], count: u8) {
    submit(world, people, count);
    world.to_tallying();
    world.settle().expect("the epoch is settled");
}

fn submit(world: &mut World, people: &[Person], count: u8) {
    for index in 0..count {
        let by = &people[usize::from(index / PER_PROPOSER)];
        let ask = Ask { duration_secs: MAX_STREAM_SECS, ..Ask::of(1_000) };
        world.submit(by, &ask).expect("the ask is submitted");
    }
}

/// One epoch of proposals that all become streams of the greatest length.
fn fund(world: &mut World, cast: &Cast, people: &[Person], count: u8) {
    submit(world, people, count);
    world.to_voting();
    world.cast(&cast.voter, &all(count, Choice::For)).expect("the ballot is cast");
    world.to_tallying();
    world.settle().expect("the epoch is settled");
    let epoch = world.current();
    world.to_execution(epoch);
    for index in 0..count {
        world.execute(epoch, index).expect("the award is executed");
    }
}

/// People who fill a slate and vote on it.
fn slate(world: &mut World, entries: u32) -> Slate {
    let proposers = (0..AWARDS / PER_PROPOSER).map(|_| world.proposer()).collect();
    let voters = [300_007, 100_019].map(|amount| world.staker(amount)).into();
    let mut bench = probe_world(world.clone());
    let actors = acts::actors(&mut bench, ACTORS, ACTOR_STAKE);
    *world = bench.world;
    Slate { entries: u8::try_from(entries).expect("a slate is short"), proposers, actors, voters }
}

/// Moves the clock to where the next epoch may be opened, if it is not there yet.
fn to_next_opening(world: &mut World) {
    let treasury = world.treasury();
    let at = treasury.last_opened_at + i64::from(treasury.policy.schedule.period_secs);
    if world.svm.now() < at {
        world.svm.set_now(at);
    }
}
