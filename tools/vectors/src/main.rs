//! `budget-vectors [--check]`: writes `clients/vectors.json`, or fails when the committed one is stale.
//!
//! The file holds what the program's own rules, state and client decide, build and read, so that a
//! client in another language can prove that it decides, builds and reads the same. Every value comes
//! from seeded dice: the same source writes the same file.

mod accounts;
mod actions;
mod addresses;
mod ballots;
mod dice;
mod events;
mod instructions;
mod json;
mod rules;
mod shapes;
mod state;

use std::{env, fs, path::PathBuf, process::ExitCode};

use serde_json::Value;

const FILE: &str = "clients/vectors.json";

/// Cases of one kind: they have the same members, and `is` or the like holds what comes out.
pub struct Section {
    name: &'static str,
    cases: Vec<Value>,
}

impl Section {
    /// A section of the file.
    pub fn new(name: &'static str, cases: Vec<Value>) -> Self {
        Self { name, cases }
    }
}

fn sections() -> Vec<Section> {
    let mut sections = rules::sections();
    sections.extend(state::sections());
    sections.extend(ballots::sections());
    sections.extend(addresses::sections());
    sections.extend(instructions::sections());
    sections.extend(accounts::sections());
    sections.extend(events::sections());
    sections
}

/// The file: one case a line, so that a change shows which cases it moves.
fn render() -> String {
    let about = "What the program decides, builds and reads, for clients in other languages. Written by \
                 tools/vectors. Integers beyond 32 bits are decimal strings, bytes hexadecimal; null is \
                 what the rules refuse.";
    let mut text = format!("{{\n\"about\": {},\n", Value::from(about));
    text += &format!("\"program\": \"{}\"", community_budget::ID);
    for Section { name, cases } in sections() {
        text += &format!(",\n\"{name}\": [\n");
        let lines: Vec<String> = cases.iter().map(Value::to_string).collect();
        text += &lines.join(",\n");
        text += "\n]";
    }
    text + "\n}\n"
}

fn main() -> ExitCode {
    let check = match env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [option] if option == "--check" => true,
        _ => {
            eprintln!("usage: budget-vectors [--check]");
            return ExitCode::from(2);
        }
    };
    match run(check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("budget-vectors: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(check: bool) -> Result<(), String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(FILE);
    let fresh = render();
    if fs::read_to_string(&path).is_ok_and(|committed| committed == fresh) {
        return Ok(());
    }
    if check {
        return Err(format!("{FILE} is stale; run `cargo xtask clients` and commit it."));
    }
    fs::write(&path, &fresh).map_err(|error| format!("{FILE} could not be written: {error}"))?;
    println!("{FILE}  {} bytes", fresh.len());
    Ok(())
}
