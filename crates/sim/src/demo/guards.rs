//! Chapter 12: the guardian stops what a guardian may stop, and the ruling goes through.

use community_budget::{BudgetError, constants::DAY_SECS, state::Outcome};

use super::{
    money::eur,
    second::{FAILING, FIREWORKS, LOOSENING, NEXT_WINTER, RULING},
    town::{DAY, HOUR, Town, told},
};
use crate::{
    Done,
    format::{bps, short_moment, short_money},
    page::Page,
};

/// Where the words begin behind a moment.
const INDENT: usize = 21;
/// Days for which the guardian pauses; the policy allows seven in ninety days.
const PAUSE_DAYS: u32 = 6;
/// Days for which it may not.
const TOO_LONG_DAYS: u32 = 8;

/// Plays and tells the week after the second settlement.
pub fn tell(page: &Page, town: &mut Town) -> Done {
    page.heading(
        "12  The guardian, and the ruling",
        "One key may stop things within bounds. It can spend nothing, and a vote can replace it.",
    );
    let settled_at = town.world.epoch(1).settled_at;
    town.world.svm.set_now(settled_at + 12 * HOUR);
    veto(page, town)?;
    pause(page, town)?;
    town.world.svm.set_now(settled_at + 4 * DAY);
    ruling(page, town)?;
    let paused_until = town.world.treasury().pause_until;
    town.world.svm.set_now(paused_until);
    executions(page, town)
}

/// Within its timelock an award can be vetoed; a ruling never.
fn veto(page: &Page, town: &mut Town) -> Done {
    let guardian = town.world.guardian.clone();
    let (fireworks, before) = (town.index(FIREWORKS), town.world.treasury().committed);
    town.world.veto(&guardian, 1, fireworks)?;
    let entry = town.world.entry(1, fireworks);
    told(entry.is(Outcome::Vetoed), "the fireworks are vetoed")?;
    told(before - town.world.treasury().committed == entry.amount, "their money is free")?;
    moment(
        page,
        town,
        format!("the guardian vetoes {FIREWORKS}: {} are free again.", eur(entry.amount)),
    );
    let answer =
        town.refused(BudgetError::VetoNotAllowed, |world| world.veto(&guardian, 1, RULING))?;
    next(page, "It tries to veto A01, the ruling, too. The program answers:");
    page.answer(INDENT + 2, &answer);
    Ok(())
}

/// A pause within the allowance, after one beyond it was refused.
fn pause(page: &Page, town: &mut Town) -> Done {
    let guardian = town.world.guardian.clone();
    let allowed = town.world.treasury().in_force.breaker.guardian_pause_secs / DAY_SECS;
    let answer = town.refused(BudgetError::PauseExceedsAllowance, |world| {
        world.pause_executions(&guardian, TOO_LONG_DAYS * DAY_SECS)
    })?;
    next(
        page,
        format!("It asks for a pause of {TOO_LONG_DAYS} days, and has {allowed} in any 90:"),
    );
    page.answer(INDENT + 2, &answer);
    town.world.pause_executions(&guardian, PAUSE_DAYS * DAY_SECS)?;
    next(page, format!("It pauses executions for {PAUSE_DAYS} days."));
    Ok(())
}

/// In the pause no award begins, but the cancelled stream's money returns.
fn ruling(page: &Page, town: &mut Town) -> Done {
    let winter = town.index(NEXT_WINTER);
    let answer = town.refused(BudgetError::ExecutionBlocked, |world| world.execute(1, winter))?;
    moment(page, town, format!("somebody tries to execute {NEXT_WINTER}:"));
    page.answer(INDENT + 2, &answer);

    let failing = town.index(FAILING);
    let before = (town.world.stream(0, failing), town.world.treasury());
    town.world.execute_action(1, RULING)?;
    let after = (town.world.stream(0, failing), town.world.treasury());
    let returned = after.0.returned - before.0.returned;
    told(after.0.ended_at == town.world.svm.now(), "the stream has ended")?;
    told(after.0.withdrawn + after.0.returned == after.0.total, "it paid or returned everything")?;
    told(before.1.committed - after.1.committed == returned, "the money is free")?;
    told(after.1.tracked == before.1.tracked, "no money moved")?;
    next(
        page,
        format!("A ruling knows no pause: A01 cancels {FAILING}, and {} return.", eur(returned)),
    );
    next(
        page,
        format!(
            "Of {} it was paid {}; {} are the vault's again.",
            short_money(after.0.total),
            short_money(after.0.withdrawn),
            short_money(after.0.returned)
        ),
    );
    Ok(())
}

/// After the pause everything else is carried out.
fn executions(page: &Page, town: &mut Town) -> Done {
    let slate = (0u8..).zip(town.slate(1));
    let due: Vec<u8> =
        slate.filter(|(_, entry)| entry.is(Outcome::Funded)).map(|(index, _)| index).collect();
    for index in &due {
        town.world.execute(1, *index)?;
    }
    town.world.execute_action(1, LOOSENING)?;
    let ids: Vec<&str> = due.iter().map(|index| town.wish(1, *index).id.as_str()).collect();
    moment(page, town, format!("the pause is over: {} begin to stream.", ids.join(", ")));
    let treasury = town.world.treasury();
    let (next_bps, now_bps) =
        (treasury.policy.breaker.outflow_bps, treasury.in_force.breaker.outflow_bps);
    told(next_bps > now_bps, "the change waits for the next epoch")?;
    next(
        page,
        format!(
            "A02 is carried out: {} of the vault may leave in a week from the next epoch.",
            bps(next_bps)
        ),
    );
    Ok(())
}

/// A line that begins with the moment.
fn moment(page: &Page, town: &Town, words: String) {
    let at = short_moment(town.world.svm.now());
    page.line(format!("  {at:<width$}{words}", width = INDENT - 2));
}

/// A line below one that begins with the moment.
fn next(page: &Page, words: impl std::fmt::Display) {
    page.line(format!("{:INDENT$}{words}", ""));
}
