//! `budget-sim demo`: an invented town plays one epoch through the real program, and the reader is
//! told what happens, chapter by chapter.
//!
//! Everything below is a transaction that the program took, or a refusal that it gave. Nothing
//! is random: two runs print the same.

mod ballots;
mod closing;
mod ledger;
mod money;
mod slate;
mod streams;
mod tally;
mod town;

use crate::{Done, Stop, format::short_money, page::Page};
use town::Town;

/// Plays the epoch and prints the account of it.
///
/// # Errors
/// When the program refuses what it should take, or the ledger does not balance.
pub fn run() -> Done {
    crate::require_program()?;
    let page = Page::new();
    let mut town = Town::found()?;
    introduce(&page);
    slate::tell_stakes(&page, &mut town)?;
    slate::tell_slate(&page, &mut town)?;
    ballots::tell(&page, &mut town)?;
    tally::tell_tally(&page, &mut town)?;
    tally::tell_funding(&page, &town);
    streams::tell_timelock(&page, &mut town)?;
    streams::tell_streams(&page, &mut town)?;
    let ledger = closing::tell(&page, &mut town)?;
    ledger.print(&page);
    if ledger.balances() { Ok(()) } else { Err(Stop::broken("the ledger above does not balance")) }
}

fn introduce(page: &Page) {
    page.line(page.strong("Community Budget · one epoch in Riverside"));
    page.line(format!(
        "Riverside, an invented town, has {} EUR in a vault that nobody holds a key to. Its people",
        short_money(town::FUNDS)
    ));
    page.line("decide together what a tenth of it is spent on. Every step below is a transaction of the real");
    page.line("program, run by an SVM in this process; only the clock is moved by hand.");
}
