//! `budget-sim demo`: the same for everyone, short, plain, and its ledger balances.

use std::process::{Command, Output};

fn demo() -> Output {
    Command::new(env!("CARGO_BIN_EXE_budget-sim")).arg("demo").output().unwrap()
}

fn page() -> String {
    let output = demo();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stderr, b"", "no progress bar where nobody watches");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn two_runs_print_the_same() {
    assert_eq!(page(), page());
}

#[test]
fn the_page_is_short_and_narrow_and_has_no_colour_codes() {
    let page = page();
    assert!(page.lines().count() <= 150, "{} lines", page.lines().count());
    for line in page.lines() {
        assert!(line.chars().count() <= 100, "{} wide: {line}", line.chars().count());
        assert!(!line.contains('\u{1b}'), "{line}");
        assert_eq!(line, line.trim_end(), "white space at the end");
    }
}

/// Base units of the last amounts on the line of the ledger that begins with `words`.
fn amount(page: &str, words: &str) -> u64 {
    let ledger = page.split("8  Closing the books").nth(1).unwrap();
    let line = ledger.lines().find(|line| line.trim_start().starts_with(words)).unwrap();
    let digits: String =
        line.rsplit("  ").next().unwrap().chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

#[test]
fn the_ledger_that_is_printed_balances() {
    let page = page();
    let came_in = ["deposited", "slot fees", "forfeited"].map(|words| amount(&page, words));
    let is_in = ["paid to", "in the vault"].map(|words| amount(&page, words));
    assert_eq!(came_in.iter().sum::<u64>(), is_in.iter().sum::<u64>());
    assert!(came_in.iter().chain(&is_in).all(|amount| *amount > 0));
    assert!(page.contains("balances") && !page.contains('✗'), "{page}");
    assert_eq!(page.matches('✓').count(), 8);
}

#[test]
fn the_program_itself_refuses_the_early_execution() {
    let page = page();
    let code = u32::from(community_budget::BudgetError::StillTimelocked);
    let refusal = format!("StillTimelocked ({code}): The entry's timelock must have run.\n");
    assert_eq!(page.matches(&refusal).count(), 1, "{page}");
    assert!(page.contains("No account has changed."));
}

#[test]
fn every_kind_of_outcome_is_told() {
    let page = page();
    for words in [
        "funded, ",
        " too much",
        "culture has ",
        " approve, a medium ask needs 60 %",
        "more weight against",
        " took part, a medium ask needs 10 %",
        "66.67 % of a 20 % quorum",
        "its recipient never agreed",
        "withdrawn before voting",
        "it lapses",
        "keeps voting open",
        "another account",
    ] {
        assert!(page.contains(words), "nothing says {words:?}:\n{page}");
    }
}
