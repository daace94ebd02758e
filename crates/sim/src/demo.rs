//! `budget-sim demo`: an invented town plays two epochs through the real program, and the reader is
//! told what happens, chapter by chapter.
//!
//! Everything below is a transaction that the program took, or a refusal that it gave; every figure
//! is read back from accounts. Nothing is random: two runs print the same.

mod asks;
mod ballots;
mod closing;
mod decisions;
mod delegates;
mod guards;
mod ledger;
mod money;
mod payments;
mod people;
mod rewards;
mod second;
mod slate;
mod streams;
mod tally;
mod town;

use crate::{
    Done, Stop,
    format::{bps, short_money},
    page::Page,
};
use town::Town;

/// Plays both epochs and prints the account of them.
///
/// # Errors
/// When the program refuses what it should take, when anything is not as the page tells it, or when
/// the ledger does not balance.
pub fn run() -> Done {
    crate::require_program()?;
    let page = Page::new();
    let mut town = Town::found()?;
    introduce(&page, &town);
    slate::tell_stakes(&page, &mut town)?;
    slate::tell_slate(&page, &mut town)?;
    ballots::tell(&page, &mut town)?;
    tally::tell_tally(&page, &mut town)?;
    tally::tell_funding(&page, &town);
    streams::tell_timelock(&page, &mut town)?;
    payments::tell(&page, &mut town)?;
    rewards::tell(&page, &mut town)?;
    asks::tell(&page, &mut town)?;
    closing::review_in_march(&mut town)?;
    delegates::tell(&page, &mut town)?;
    decisions::tell(&page, &mut town)?;
    guards::tell(&page, &mut town)?;
    closing::tell_ends(&page, &mut town)?;
    let ledger = closing::tell(&page, &mut town)?;
    ledger.print(&page);
    if ledger.balances() { Ok(()) } else { Err(Stop::broken("the ledger above does not balance")) }
}

fn introduce(page: &Page, town: &Town) {
    let (own, default) = (town.world.treasury().policy, community_budget::state::Policy::default());
    page.line(page.strong("Community Budget · two epochs in Riverside"));
    page.line(format!(
        "Riverside, an invented town, has {} EUR in a vault that nobody holds a key to. Its people",
        short_money(town::FUNDS)
    ));
    page.line("decide together what a tenth of it is spent on. Every step below is a transaction of the real");
    page.line("program, run by an SVM in this process; only the clock is moved by hand.");
    page.line("Its rules are the program's defaults, but for its own categories, a price for a slot, and two");
    page.line(format!(
        "figures: one recipient may get {} of an epoch's money (default {}), so that one high-value",
        bps(own.risk.max_recipient_bps),
        bps(default.risk.max_recipient_bps)
    ));
    page.line(format!(
        "ask can be funded at all; and {} of the vault may leave in a week ({}), so that the limit shows.",
        bps(own.breaker.outflow_bps),
        bps(default.breaker.outflow_bps)
    ));
}
