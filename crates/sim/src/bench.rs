//! The bench: what every instruction costs, over many addresses.
//!
//! Each address set is a community of its own, with other mints, wallets and treasury, in an SVM
//! that all sets share. So the search for each program address takes another number of tries, and
//! minimum, median and maximum say something. The sets are the same every time.
//!
//! Writes `bench/compute.json` and the tables of `docs/performance.md`, or checks them.

pub mod acts;
mod bars;
pub mod figures;
pub mod founding;
mod growth;
mod guarded;
mod peers;
mod plain;
pub mod probe;
mod reviews;
mod settlement;
mod sizes;
pub mod slate;
pub mod tables;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::peers::Peers;
use budget_sim::{
    svm::{Svm, program_path},
    trace::Recorder,
    world::World,
};
use figures::Figures;
use founding::AddressSet;
use probe::Tracer;

pub use bars::{ACCOUNT_COST_PER_SEC, BallotCost, CHAIN_COST_PER_SEC};
pub use probe::{Bench, Call, Samples, Traced};
pub use sizes::rent;
pub use tables::grouped;

/// Address sets per instruction.
const SETS: u64 = 64;

const FIGURES: &str = "bench/compute.json";
const PEERS: &str = "bench/peers.json";
const PAGE: &str = "docs/performance.md";

/// Measures every instruction, then writes figures and page; with `check` compares with them
/// instead and fails when something grew by more than 1 %.
pub fn run(check: bool) -> ExitCode {
    match if check { compare() } else { write() } {
        Ok(sentence) => {
            println!("{sentence}");
            ExitCode::SUCCESS
        }
        Err(problems) => {
            for problem in problems {
                eprintln!("bench: {problem}");
            }
            ExitCode::FAILURE
        }
    }
}

/// The committed figures of other programs.
///
/// # Errors
/// As [`committed_figures`].
pub fn committed_peers() -> Result<Peers, String> {
    peers::from_json(&read(PEERS)?).map_err(|error| format!("{PEERS}: {error}"))
}

/// Commits the figures of other programs, puts them beside ours into the page, and returns what
/// stands there.
///
/// # Errors
/// A sentence that names the file, figure or marker that is missing.
pub fn write_peers(fresh: &Peers) -> Result<String, String> {
    let table = peers::table(fresh, &committed_figures()?)?;
    save(PEERS, &peers::to_json(fresh))?;
    splice_page("peers", &table)?;
    Ok(table)
}

fn peers_table(figures: &Figures) -> Result<String, String> {
    peers::table(&committed_peers()?, figures).map_err(|error| format!("{PEERS}: {error}"))
}

fn write() -> Result<String, Vec<String>> {
    let figures = measure();
    let page = read(PAGE).map_err(one)?;
    let page = tables::splice(&page, "peers", &peers_table(&figures).map_err(one)?)
        .map_err(|error| one(format!("{PAGE}: {error}")))?;
    let page = tables::render(&page, &figures).map_err(|error| one(format!("{PAGE}: {error}")))?;
    save(FIGURES, &figures.to_json()).map_err(one)?;
    save(PAGE, &page).map_err(one)?;
    Ok(format!("{FIGURES} and {PAGE}: {} variants over {SETS} address sets", figures.rows.len()))
}

/// The figures that are committed.
///
/// # Errors
/// A sentence when the file is missing or not what the bench writes.
pub fn committed_figures() -> Result<Figures, String> {
    let text = read(FIGURES)?;
    Figures::from_json(&text).map_err(|error| format!("{FIGURES}: {error}"))
}

fn compare() -> Result<String, Vec<String>> {
    let committed = committed_figures().map_err(one)?;
    let fresh = measure();
    let mut problems = committed.regressions(&fresh);
    // A key that is missing is named above; the tables cannot be made without it.
    if committed.rows.keys().eq(fresh.rows.keys()) {
        problems.extend(bars::broken(&committed, &fresh));
        problems.extend(stale_page(&committed));
    }
    if problems.is_empty() {
        let count = committed.rows.len();
        Ok(format!("{count} variants over {SETS} address sets: nothing grew by more than 1 %"))
    } else {
        problems.push("if this is meant, run `cargo xtask bench` and commit the files".to_owned());
        Err(problems)
    }
}

/// What is wrong with the committed page, if anything.
fn stale_page(committed: &Figures) -> Option<String> {
    let page = match read(PAGE) {
        Ok(page) => page,
        Err(error) => return Some(error),
    };
    let fresh = peers_table(committed)
        .and_then(|peers| tables::splice(&page, "peers", &peers))
        .and_then(|page| tables::render(&page, committed));
    match fresh {
        Ok(fresh) if fresh == page => None,
        Ok(_) => Some(format!("{PAGE} does not show the figures of {FIGURES}")),
        Err(error) => Some(format!("{PAGE}: {error}")),
    }
}

/// Puts a table between the markers `name` of the page on performance.
///
/// # Errors
/// A sentence that names the marker or file that is missing.
pub fn splice_page(name: &str, table: &str) -> Result<(), String> {
    let page = tables::splice(&read(PAGE)?, name, table);
    save(PAGE, &page.map_err(|error| format!("{PAGE}: {error}"))?)
}

fn one(problem: String) -> Vec<String> {
    vec![problem]
}

/// A path of the repository.
fn at_root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// Text of a file of the repository.
pub fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(at_root(path)).map_err(|error| format!("{path}: {error}"))
}

/// Writes a file of the repository.
pub fn save(path: &str, text: &str) -> Result<(), String> {
    let target = at_root(path);
    let folder = target.parent().map_or(Ok(()), fs::create_dir_all);
    folder.and_then(|()| fs::write(target, text)).map_err(|error| format!("{path}: {error}"))
}

fn measure() -> Figures {
    let (_, samples) = play(Svm::without_signature_checks(), SETS, None);
    let object = program_path();
    let size =
        fs::metadata(&object).unwrap_or_else(|error| panic!("{}: {error}", object.display())).len();
    Figures::of(&samples, size)
}

/// Plays every scene at `sets` address sets each.
fn play(svm: Svm, sets: u64, tracer: Option<Tracer>) -> (Option<Tracer>, Samples) {
    let mut ground = Ground { svm, samples: Samples::new(), tracer };
    for seed in 0..sets {
        ground = scene(ground, &slate::address_set(seed), |bench, set| {
            let cast = slate::fill(bench, set);
            slate::vote(bench, &cast.voters[0]);
            settlement::settle(bench, &cast, set);
            settlement::award(bench, &cast);
        });
    }
    for seed in SETS..SETS + sets {
        ground = scene(ground, &plain::address_set(seed), plain::run);
    }
    ground = scene(ground, &slate::address_set(2 * SETS), growth::run);
    for seed in 3 * SETS..3 * SETS + sets {
        ground = scene(ground, &guarded::address_set(seed), guarded::run);
    }
    for seed in 4 * SETS..4 * SETS + sets {
        ground = scene(ground, &reviews::address_set(seed), reviews::run);
    }
    (ground.tracer, ground.samples)
}

/// Plays one scene at the addresses of `set`, on the ground that earlier scenes left.
fn scene(ground: Ground, set: &AddressSet, play: impl FnOnce(&mut Bench, &AddressSet)) -> Ground {
    let Ground { svm, samples, tracer } = ground;
    let mut bench = Bench { world: set.world(svm), samples, tracer };
    play(&mut bench, set);
    let Bench { world: World { svm, .. }, samples, tracer } = bench;
    Ground { svm, samples, tracer }
}

/// A world whose transactions are measured one by one.
pub fn probe_world(world: World) -> Bench {
    Bench { world, samples: Samples::new(), tracer: None }
}

/// What scenes hand on.
struct Ground {
    svm: Svm,
    samples: Samples,
    tracer: Option<Tracer>,
}

/// Plays every scene once and returns the steps of the first transaction measured as `key` or as a
/// variant of it, of every instruction's first one without `key`; and the names of everything that
/// was measured.
pub fn trace(key: Option<&str>) -> (Vec<Traced>, Vec<String>) {
    let recorder = Recorder::default();
    let wanted = key.map(str::to_owned);
    let tracer = Tracer { wanted, recorder: recorder.clone(), found: Vec::new() };
    let (tracer, samples) = play(Svm::traced(recorder), 1, Some(tracer));
    (tracer.map(|tracer| tracer.found).unwrap_or_default(), samples.into_keys().collect())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_instruction_of_the_program_is_measured() {
        let figures = Figures::from_json(&read(FIGURES).unwrap()).unwrap();
        let idl: Value = serde_json::from_str(&read("idl/community_budget.json").unwrap()).unwrap();
        let instructions = idl["instructions"].as_array().unwrap();
        assert!(instructions.len() > 40);
        for instruction in instructions {
            let name = instruction["name"].as_str().unwrap();
            let measured = figures
                .rows
                .keys()
                .any(|key| key.split_once('/').is_some_and(|(of, _)| of == name));
            assert!(measured, "{FIGURES} lacks `{name}`");
        }
    }
}
