//! Chapter 6: the timelock.

use community_budget::{BudgetError, state::Outcome};

use super::{
    money::eur,
    town::{HOUR, Town},
};
use crate::{Done, format::short_moment, page::Page};

/// Nobody executes this award.
const FORGOTTEN: &str = "R06";
/// The award that somebody tries to execute too early.
const HASTY: &str = "R01";
/// Chapter 6: execution waits, and one award is forgotten.
pub fn tell_timelock(page: &Page, town: &mut Town) -> Done {
    let header = town.world.epoch(0);
    page.heading(
        "6  The timelock",
        "Nothing voted today is paid today: small awards wait 1 day, medium 2, large 4.",
    );
    town.world.svm.advance(HOUR);
    let hasty = town.index(HASTY);
    let answer = town.refused(BudgetError::StillTimelocked, |world| world.execute(0, hasty))?;
    page.line(format!(
        "  {}  somebody tries to execute {HASTY} at once. The program answers:",
        short_moment(town.world.svm.now())
    ));
    page.answer(6, &answer);
    page.line("      No account has changed.");

    let slate = town.slate(0);
    for tier in 0u8..3 {
        let executable_at = header.settled_at + i64::from(header.policy.timelock_secs(tier));
        let due: Vec<u8> = (0u8..)
            .zip(&slate)
            .filter(|(_, entry)| entry.is(Outcome::Funded) && entry.tier == tier)
            .filter(|(index, _)| town.wishes[usize::from(*index)].id != FORGOTTEN)
            .map(|(index, _)| index)
            .collect();
        if due.is_empty() {
            continue;
        }
        town.world.svm.set_now(executable_at);
        for index in &due {
            town.world.execute(0, *index)?;
        }
        let ids: Vec<&str> =
            due.iter().map(|index| town.wishes[usize::from(*index)].id.as_str()).collect();
        page.line(format!(
            "  {}  executed, streaming from now on: {}",
            short_moment(executable_at),
            ids.join(", "),
        ));
    }
    let forgotten = town.index(FORGOTTEN);
    let committed = town.world.treasury().committed;
    let grace_ends = header.settled_at + i64::from(header.policy.schedule.execution_grace_secs);
    town.world.svm.set_now(grace_ends);
    town.world.lapse(0, forgotten)?;
    page.line(format!(
        "  {}  nobody executed {FORGOTTEN} within 14 days: it lapses, and {} are free again.",
        short_moment(grace_ends),
        eur(committed - town.world.treasury().committed)
    ));
    Ok(())
}
