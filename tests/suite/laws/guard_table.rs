//! ADR-0001's guard table has a row for every instruction, and no row promises a refusal that the
//! instruction does not document.

use std::collections::BTreeSet;

use crate::error_codes::{documented, read, repository};

/// Rows of the table: instruction and the names in its last column.
fn rows() -> Vec<(String, BTreeSet<String>)> {
    let page = read(&repository("docs/adr/0001-state-machine.md"));
    let names = |cell: &str| -> BTreeSet<String> {
        cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').collect();
        let instruction = names(cells.first()?).into_iter().next()?;
        Some((instruction, names(cells.last()?)))
    };
    page.lines().filter(|line| line.starts_with("| `")).filter_map(row).collect()
}

#[test]
fn the_guard_table_covers_every_instruction_and_invents_no_refusal() {
    let documented = documented();
    let rows = rows();
    let in_table: BTreeSet<&String> = rows.iter().map(|(instruction, _)| instruction).collect();
    assert_eq!(in_table, documented.keys().collect(), "instructions of the table");
    for (instruction, refusals) in &rows {
        let invented: Vec<_> = refusals.difference(&documented[instruction]).collect();
        assert!(invented.is_empty(), "the row of {instruction} names {invented:?}");
    }
}

#[test]
fn a_row_names_every_refusal_of_its_own() {
    // What every instruction has in common, or what its row points to in words.
    let common = ["AccountMismatch", "ArithmeticOverflow"];
    let in_words = ["submit_proposal", "revise_vote"];
    for (instruction, refusals) in rows() {
        if in_words.contains(&instruction.as_str()) {
            continue;
        }
        let missing: Vec<String> = documented()[&instruction]
            .difference(&refusals)
            .filter(|name| !common.contains(&name.as_str()))
            .cloned()
            .collect();
        assert!(missing.is_empty(), "the row of {instruction} leaves out {missing:?}");
    }
}
