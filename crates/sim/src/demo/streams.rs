//! Chapters 6 and 7: the timelock, and the money on its way.

use budget_sim::{Refusal, token};
use community_budget::state::Outcome;

use super::{
    money::eur,
    tally::slate,
    town::{DAY, HOUR, Town},
};
use crate::{
    Done, Stop,
    format::{bar, day, fit, money, plural, short_moment, short_money},
    page::Page,
};

/// Nobody executes this award.
const FORGOTTEN: &str = "R06";
/// The award that somebody tries to execute too early.
const HASTY: &str = "R01";
/// The award whose recipient chooses another account.
const REDIRECTED: &str = "R05";

/// Days after settlement at which the streams are looked at, and who is paid out then; the last
/// time, everybody is.
const VISITS: [(i64, &[&str]); 3] =
    [(16, &["R05", "R08"]), (46, &["R01", "R05", "R11"]), (125, &["R01", "R08", "R11"])];

/// Chapter 6: execution waits, and one award is forgotten.
pub fn tell_timelock(page: &Page, town: &mut Town) -> Done {
    let header = town.world.epoch(0);
    page.heading(
        "6  The timelock",
        "Nothing voted today is paid today: small awards wait 1 day, medium 2, large 4.",
    );
    town.world.svm.advance(HOUR);
    let before = town.world.svm.snapshot();
    let hasty = town.index(HASTY);
    let refusal = match town.world.execute(0, hasty) {
        Ok(_) => return Err(Stop::broken("an award was executed within its timelock")),
        Err(refusal) => refusal,
    };
    if town.world.svm.snapshot() != before {
        return Err(Stop::broken("a refused execution changed an account"));
    }
    page.line(format!(
        "  {}  somebody tries to execute {HASTY} at once. The program answers:",
        short_moment(town.world.svm.now())
    ));
    page.line(format!("      {}", page.bad(&answer(&refusal))));
    page.line("      No account has changed.");

    let slate = slate(town);
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

/// The program's own words from the log of a refusal: name, number and message of its error.
fn answer(refusal: &Refusal) -> String {
    let between = |start: &str, end: &str| {
        let line = refusal.logs.iter().find(|line| line.contains(start))?;
        let rest = line.split(start).nth(1)?;
        Some(rest.split(end).next().unwrap_or(rest).to_owned())
    };
    let name = between("Error Code: ", ".").unwrap_or_default();
    let number = between("Error Number: ", ".").unwrap_or_default();
    let message = between("Error Message: ", "\n").unwrap_or_default();
    // The message ends with a full stop, and Anchor's log line adds its own.
    let message = message.trim_end_matches('.');
    format!("{name} ({number}): {message}.")
}

/// Chapter 7: streams fill, and are paid out.
pub fn tell_streams(page: &Page, town: &mut Town) -> Done {
    let settled_at = town.world.epoch(0).settled_at;
    let streaming: Vec<u8> = (0u8..)
        .zip(&slate(town))
        .filter(|(_, entry)| entry.is(Outcome::Executed))
        .map(|(index, _)| index)
        .collect();
    page.heading(
        "7  The streams",
        format!(
            "{} release {} second by second. Anyone may trigger a payment; it goes",
            plural(streaming.len(), "award"),
            eur(town.world.treasury().committed)
        ),
    );
    page.line("to the recipient's account alone. █ paid  ▓ released, waiting  ░ to come");
    for (days, paid_out) in VISITS {
        town.world.svm.set_now(settled_at + days * DAY);
        page.line(page.strong(&day(town.world.svm.now())));
        for index in &streaming {
            if !town.world.stream(0, *index).is_finished() {
                print_stream(page, town, *index)?;
            }
        }
        if days == VISITS[1].0 {
            redirect(page, town)?;
        }
        let mut payments = Vec::new();
        for id in paid_out {
            let amount = pay_out(town, town.index(id))?;
            payments.push(format!("{id} {}", short_money(amount)));
        }
        page.line(format!("  -> paid out: {} EUR", payments.join(" EUR, ")));
    }
    Ok(())
}

fn print_stream(page: &Page, town: &Town, index: u8) -> Done {
    let stream = town.world.stream(0, index);
    let now = town.world.svm.now();
    let released = stream
        .released(now)
        .map_err(|error| Stop::broken(format!("the stream cannot be read: {error}")))?;
    let claimable = released - stream.withdrawn;
    let wish = &town.wishes[usize::from(index)];
    let note = if released == stream.total {
        "all released"
    } else if now < stream.started_at + i64::from(stream.cliff_secs) {
        "before its cliff"
    } else {
        ""
    };
    let row = format!(
        "  {} {} {} {:>9} paid {:>9} waiting  {note}",
        wish.id,
        fit(&wish.ask.title, 18),
        bar(
            &[('█', stream.withdrawn), ('▓', claimable), ('░', stream.total - released)],
            stream.total,
            24,
            None
        ),
        money(stream.withdrawn),
        money(claimable),
    );
    page.line(row.trim_end());
    Ok(())
}

/// Pays a stream out and returns what its payout account got.
fn pay_out(town: &mut Town, index: u8) -> Done<u64> {
    let account = town.world.stream(0, index).payout_account;
    let before = token::balance(&town.world.svm, &account);
    town.world.claim(0, index)?;
    let amount = token::balance(&town.world.svm, &account) - before;
    *town.flows.paid.entry(index).or_default() += amount;
    Ok(amount)
}

fn redirect(page: &Page, town: &mut Town) -> Done {
    let index = town.index(REDIRECTED);
    let recipient = town.wishes[usize::from(index)].recipient.clone();
    let stream = town.world.stream_key(0, index);
    let instruction =
        town.world.community.redirect_payout(recipient.key(), stream, town.film_account);
    town.world.send(instruction, &[&recipient])?;
    page.line(format!(
        "  -> {REDIRECTED}'s recipient, who alone may, has it paid to another account from here on"
    ));
    Ok(())
}
