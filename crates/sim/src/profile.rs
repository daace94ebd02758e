//! The profile: where the compute units of one instruction go, function by function.
//!
//! Plays the bench's scenes at one address set in a virtual machine that records every step, and
//! names each step by the symbols of an object that was linked without the last pass, which takes
//! away what is never reached. A function that was inlined counts as its caller.

mod report;
mod symbols;

use std::path::Path;

use crate::{
    Done, Stop,
    bench::{grouped, splice_page, trace},
    page::Page,
};
use report::Profile;
use symbols::Symbols;

/// Prints the profile of `key`, `<instruction>` or `<instruction>/<variant>` as the bench names it:
/// its `lines` dearest functions.
pub fn run(key: &str, symbols: &Path, lines: usize) -> Done {
    let symbols = Symbols::read(symbols).map_err(Stop::broken)?;
    let (traced, known) = trace(Some(key));
    let Some(traced) = traced.first() else {
        return Err(Stop::refused(format!(
            "the bench measures no `{key}`; it measures {}",
            known.join(", ")
        )));
    };
    let profile = Profile::of(&traced.steps, traced.cu, &symbols).map_err(Stop::broken)?;
    print!("{}", profile.render(&traced.key, lines));
    Ok(())
}

/// What the functions of an instruction do, by a part of their names; the first that fits counts.
const PARTS: [(&str, &[&str]); 4] = [
    ("entry", &["entrypoint", "GlobalAlloc"]),
    ("accounts", &["try_accounts", "anchor_lang::lean", "accounts::"]),
    ("address", &["address::"]),
    ("creation", &["create::", "invoke_signed"]),
];

/// Prints where the units of every instruction go, by what they are for; with `write` puts the table
/// into `docs/performance.md`.
pub fn overview(symbols: &Path, write: bool) -> Done {
    let symbols = Symbols::read(symbols).map_err(Stop::broken)?;
    let heads: Vec<&str> = PARTS.iter().map(|(part, _)| *part).collect();
    let mut table =
        format!("| instruction | CU | {} | logic and event | runtime |\n", heads.join(" | "));
    table += &format!("| --- |{}\n", " ---: |".repeat(PARTS.len() + 3));
    let (mut all, known) = trace(None);
    // What the scenes send without measuring it is none of the table's.
    all.retain(|traced| known.contains(&traced.key));
    all.sort_by(|a, b| a.key.cmp(&b.key));
    for traced in all {
        let profile = Profile::of(&traced.steps, traced.cu, &symbols).map_err(Stop::broken)?;
        let mut sums = [0; PARTS.len()];
        for (name, cost) in &profile.functions {
            let fits = |(_, names): &(&str, &[&str])| names.iter().any(|part| name.contains(part));
            if let Some(part) = PARTS.iter().position(fits) {
                sums[part] += cost.own;
            }
        }
        let rest = profile.steps - sums.iter().sum::<u64>();
        let cells: Vec<String> = [profile.total]
            .into_iter()
            .chain(sums)
            .chain([rest, profile.total.saturating_sub(profile.steps)])
            .map(grouped)
            .collect();
        table += &format!("| `{}` | {} |\n", traced.key, cells.join(" | "));
    }
    Page::new().line(&table);
    if write {
        splice_page("profile", &table).map_err(Stop::broken)?;
    }
    Ok(())
}
