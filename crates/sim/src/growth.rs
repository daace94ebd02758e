//! The growth: the same transactions at the same addresses in communities of 1 to 10,000 voters,
//! streams and epochs, and settlement of 1 to 96 awards.

use std::{fs, path::Path};

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_client::ballot::Choice;
use budget_sim::{
    World,
    svm::keypair,
    world::{Ask, Person, Setup, test_policy},
};

use crate::{
    Done, Stop,
    bench::{Call, grouped, probe_world, splice_page},
    page::Page,
    progress::Progress,
};

mod plot;

/// Sizes of a community.
const SIZES: [usize; 5] = [1, 10, 100, 1_000, 10_000];
/// Awards of a settlement.
const AWARDS: [u8; 8] = [1, 2, 4, 8, 16, 32, 64, 96];
const PER_PROPOSER: u8 = 8;
const DAY: i64 = 86_400;
/// Most growth that counts as none, in hundredths of a percent.
const FLAT: u64 = 100;

/// What one instruction costs as one thing grows.
pub struct Line {
    /// `instruction, what grows`.
    pub name: String,
    /// Size and compute units.
    pub points: Vec<(u64, u64)>,
}

/// Measures, prints, and with `write` puts table and plot into `docs/`.
pub fn run(write: bool) -> Done {
    crate::require_program()?;
    let mut lines = voters()?;
    lines.extend(streams()?);
    lines.extend(epochs()?);
    let settlement = settlement()?;
    let (table, worst) = (table(&lines, &settlement), worst(&lines));
    Page::new().line(&table);
    if write {
        splice_page("growth-long", &table).map_err(Stop::broken)?;
        let plot = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/growth.svg");
        fs::write(&plot, plot::render(&lines, &settlement))
            .map_err(|error| Stop::broken(format!("{}: {error}", plot.display())))?;
    }
    if worst > FLAT {
        return Err(Stop::broken(format!(
            "an instruction grows by {worst} hundredths of a percent"
        )));
    }
    Ok(())
}

/// Largest difference between the smallest and any other size, in hundredths of a percent.
fn worst(lines: &[Line]) -> u64 {
    let growth = |line: &Line| {
        let first = line.points.first().map_or(1, |(_, units)| *units);
        let differences = line.points.iter().map(|(_, units)| units.abs_diff(first));
        differences.max().unwrap_or(0).saturating_mul(10_000).div_ceil(first)
    };
    lines.iter().map(growth).max().unwrap_or(0)
}

struct Lines(Vec<Line>);

impl Lines {
    fn note(&mut self, name: &str, size: usize, units: u64) {
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        match self.0.iter_mut().find(|line| line.name == name) {
            Some(line) => line.points.push((size, units)),
            None => self.0.push(Line { name: name.to_owned(), points: vec![(size, units)] }),
        }
    }
}

fn world() -> World {
    let mut policy = test_policy();
    policy.slate.capacity = 128;
    policy.slate.per_proposer = PER_PROPOSER;
    World::with(Setup { policy, signature_checks: false, ..Setup::default() })
}

/// What `instruction` costs; nothing of it stays.
fn units(world: World, by: &Person, instruction: Instruction) -> (World, u64) {
    let mut bench = probe_world(world);
    let sample = bench.probe("growth", Call::new(by, instruction));
    (bench.world, sample.cu)
}

/// Ballots and stakes beside those of others.
fn voters() -> Done<Vec<Line>> {
    let mut world = world();
    let most = SIZES[SIZES.len() - 1];
    let others: Vec<Person> = (0..most)
        .map(|number| Person {
            wallet: keypair("growth", u64::try_from(number).unwrap_or(u64::MAX)),
        })
        .collect();
    let keys: Vec<Pubkey> = others.iter().map(Person::key).collect();
    world.put_stakes(&keys, 1_000);
    let (voter, early) = (world.staker(1_000_000), world.staker(1_000_000));
    let proposer = world.proposer();
    world.open_epoch()?;
    for index in 0..PER_PROPOSER {
        world.submit(&proposer, &Ask::of(100_000 + u64::from(index)))?;
    }
    world.to_voting();
    world.cast(&early, &[(0, Choice::For)])?;
    let mut lines = Lines(Vec::new());
    let (community, mut cast) = (world.community, 1);
    for size in SIZES {
        while cast < size {
            world.cast(&others[cast], &[(0, Choice::For), (5, Choice::Against)])?;
            cast += 1;
        }
        let args = world.ballot(&[(0, Choice::For)]);
        let calls = [
            ("cast_vote", &voter, community.cast_vote(voter.key(), voter.key(), 0, args)),
            (
                "revise_vote",
                &early,
                community.revise_vote(early.key(), 0, world.ballot(&[(0, Choice::Against)])),
            ),
            ("retract_vote", &early, community.retract_vote(early.key(), 0)),
            (
                "stake",
                &voter,
                community.stake_tokens(voter.key(), community.stake_token_account(&voter.key()), 1),
            ),
            ("request_unstake", &voter, community.request_unstake(voter.key(), 1)),
            ("set_delegate", &voter, community.set_delegate(voter.key(), early.key())),
            ("deposit_funds", &voter, {
                community.deposit_funds(voter.key(), community.budget_account(&voter.key()), 1)
            }),
        ];
        for (name, by, instruction) in calls {
            let measured = units(world, by, instruction);
            world = measured.0;
            lines.note(&format!("{name}, voters"), size, measured.1);
        }
    }
    Ok(lines.0)
}

/// Claims beside other streams.
fn streams() -> Done<Vec<Line>> {
    let (mut world, mut lines) = (world(), Lines(Vec::new()));
    let (voter, proposers) = people(&mut world);
    let (mut streams, mut epochs, mut claimed_at) = (0, 0, 0);
    let mut progress = Progress::new("streams", 10_000);
    for size in SIZES {
        while streams < size {
            let count = u8::try_from((size - streams).min(96)).unwrap_or(96);
            fund(&mut world, &voter, &proposers, epochs, count)?;
            if epochs == 0 {
                claimed_at = world.svm.now() + 20 * DAY;
            }
            (0..count).for_each(|_| progress.step());
            streams += usize::from(count);
            epochs += 1;
        }
        world = at_claim(world, claimed_at, &proposers[0], (size, "streams"), &mut lines);
    }
    Ok(lines.0)
}

/// Claims after other epochs.
fn epochs() -> Done<Vec<Line>> {
    let (mut world, mut lines) = (world(), Lines(Vec::new()));
    let (voter, proposers) = people(&mut world);
    fund(&mut world, &voter, &proposers, 0, 1)?;
    let claimed_at = world.svm.now() + 20 * DAY;
    let mut epochs = 1;
    for size in SIZES {
        while epochs < size {
            world.svm.advance(30 * DAY);
            world.open_epoch()?;
            world.to_tallying();
            world.settle()?;
            epochs += 1;
        }
        world = at_claim(world, claimed_at, &proposers[0], (size, "epochs"), &mut lines);
    }
    Ok(lines.0)
}

fn people(world: &mut World) -> (Person, Vec<Person>) {
    let voter = world.staker(1_000_000);
    (voter, (0..96 / PER_PROPOSER).map(|_| world.proposer()).collect())
}

/// One epoch that funds and executes `count` awards.
fn fund(world: &mut World, voter: &Person, proposers: &[Person], epoch: u32, count: u8) -> Done {
    world.svm.advance(30 * DAY);
    world.open_epoch()?;
    for index in 0..count {
        let by = &proposers[usize::from(index / PER_PROPOSER)];
        world.submit(by, &Ask::of(10 + u64::from(index)))?;
    }
    world.to_voting();
    let ballot: Vec<_> = (0..count).map(|index| (index, Choice::For)).collect();
    world.cast(voter, &ballot)?;
    world.to_tallying();
    world.settle()?;
    world.to_execution(epoch);
    for index in 0..count {
        world.execute(epoch, index)?;
    }
    Ok(())
}

/// Measures at the moment of the first claim, whatever the clock shows since.
fn at_claim(
    mut world: World,
    claimed_at: i64,
    recipient: &Person,
    (size, grows): (usize, &str),
    lines: &mut Lines,
) -> World {
    let (now, community) = (world.svm.now(), world.community);
    world.svm.set_now(claimed_at);
    let (stream, key) = (world.stream_key(0, 0), recipient.key());
    let payout = community.budget_account(&key);
    let lock = world.treasury().policy.stake.min_lock_secs;
    for (name, instruction) in [
        ("withdraw_stream", community.withdraw_stream(stream, payout, None)),
        ("redirect_payout", community.redirect_payout(key, stream, payout)),
        ("deposit_funds", community.deposit_funds(key, payout, 1)),
        ("open_stake", community.open_stake(key, key, lock)),
    ] {
        let measured = units(world, recipient, instruction);
        lines.note(&format!("{name}, {grows}"), size, measured.1);
        world = measured.0;
    }
    world.svm.set_now(now);
    world
}

/// What settlement costs by the number of awards, each on a slate of its own.
fn settlement() -> Done<Vec<(u64, u64)>> {
    let mut points = Vec::new();
    for count in AWARDS {
        let mut world = world();
        let voters = [world.staker(600_000), world.staker(300_000)];
        let proposers: Vec<Person> = (0..96 / PER_PROPOSER).map(|_| world.proposer()).collect();
        world.open_epoch()?;
        for index in 0..count {
            let by = &proposers[usize::from(index / PER_PROPOSER)];
            world.submit(by, &Ask::of(10 + u64::from(index) * 37 % 101))?;
        }
        world.to_voting();
        for (number, voter) in (0u8..).zip(&voters) {
            let choice = |index: u8| match (index + number) % 3 {
                0 if number == 1 => Choice::Against,
                _ => Choice::For,
            };
            let ballot: Vec<_> = (0..count).map(|index| (index, choice(index))).collect();
            world.cast(voter, &ballot)?;
        }
        world.to_tallying();
        let settle = world.community.settle_epoch(0);
        let (_, cost) = units(world, &voters[0], settle);
        points.push((count.into(), cost));
    }
    Ok(points)
}

fn table(lines: &[Line], settlement: &[(u64, u64)]) -> String {
    let sizes = SIZES.map(|size| grouped(u64::try_from(size).unwrap_or(u64::MAX)));
    let mut text = format!("| instruction, what grows | {} |\n", sizes.join(" | "));
    text += &format!("| --- |{}\n", " ---: |".repeat(SIZES.len()));
    for Line { name, points } in lines {
        let cell = |size: &usize| {
            let wanted = u64::try_from(*size).unwrap_or(u64::MAX);
            let found = points.iter().find(|(at, _)| *at == wanted);
            found.map_or("-".to_owned(), |(_, units)| grouped(*units))
        };
        let cells: Vec<String> = SIZES.iter().map(cell).collect();
        text += &format!("| {name} | {} |\n", cells.join(" | "));
    }
    text += "\n| awards settled | CU | CU an award |\n| ---: | ---: | ---: |\n";
    for (count, units) in settlement {
        text +=
            &format!("| {count} | {} | {} |\n", grouped(*units), grouped(units / count.max(&1)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_measured_from_the_smallest_size() {
        let line = |points: &[(u64, u64)]| Line { name: String::new(), points: points.to_vec() };
        assert_eq!(worst(&[line(&[(1, 1_000), (10, 1_000)])]), 0);
        assert_eq!(worst(&[line(&[(1, 1_000), (10, 1_010), (100, 1_005)])]), 100);
        assert_eq!(worst(&[line(&[(1, 1_000), (10, 989)]), line(&[(1, 5)])]), 110);
    }
}
