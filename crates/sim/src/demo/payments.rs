//! Chapter 7: money on its way, past reviews and through the outflow bucket.

use community_budget::state::Outcome;

use super::{
    money::eur,
    second::FAILING,
    town::{DAY, HOUR, Town, told},
};
use crate::{
    Done, Stop,
    format::{bar, bps, fit, money, percent, plural, short_day, short_money},
    page::Page,
};

/// The award whose recipient chooses another account.
const REDIRECTED: &str = "R05";
/// The award whose cliff ends on the day of the burst.
const CLIFF: &str = "R01";
/// Claimed first on that day.
const FIRST: &str = "R11";

/// Scores of the failing stream's two reviews.
const SCALED: u16 = 4_500;
const FAILED: u16 = 1_500;

/// Plays and tells the first payments.
pub fn tell(page: &Page, town: &mut Town) -> Done {
    let streaming = streaming(town);
    page.heading(
        "7  Payments and reviews",
        format!(
            "{} release {} second by second. Larger ones stop at checkpoints until",
            plural(streaming.len(), "award"),
            eur(town.world.treasury().committed)
        ),
    );
    page.line("the work so far was reviewed. Anyone may trigger a payment; it goes to the recipient alone.");
    let started_at = town.world.stream(0, town.index(FAILING)).started_at;
    scaled(page, town, started_at)?;
    burst(page, town, started_at + 30 * DAY + HOUR, &streaming)?;
    held(page, town, started_at + 32 * DAY)?;
    delayed(page, town, started_at + 33 * DAY + HOUR)
}

fn streaming(town: &Town) -> Vec<u8> {
    let slate = (0u8..).zip(town.slate(0));
    slate.filter(|(_, entry)| entry.is(Outcome::Executed)).map(|(index, _)| index).collect()
}

/// The first checkpoint of the failing stream: a weak score takes from the next part.
fn scaled(page: &Page, town: &mut Town, started_at: i64) -> Done {
    let index = town.index(FAILING);
    town.world.svm.set_now(started_at + 15 * DAY + HOUR);
    let recipient = town.wishes[usize::from(index)].recipient.clone();
    town.world.file_update(&recipient, 0, index)?;
    town.world.svm.advance(DAY);
    let due = released(town, index, town.world.svm.now())?;
    let before = (town.world.stream(0, index), town.world.treasury().committed);
    town.world.score(0, index, SCALED)?;
    let (stream, review) = (town.world.stream(0, index), town.world.review(0, index, 0));
    let part = stream.total / (u64::from(stream.checkpoints) + 1);
    let returned = stream.returned - before.0.returned;
    told(due == part, "the money waits at the checkpoint")?;
    told(stream.passed == 1 && review.score_bps == SCALED, "the checkpoint passes, scaled")?;
    told(before.1 - town.world.treasury().committed == returned, "the vault gets it back")?;
    day(page, town);
    page.line(format!(
        "  {FAILING} has come to the first of {}: {} are released. Its recipient",
        plural(stream.checkpoints.into(), "checkpoint"),
        eur(due)
    ));
    page.line(format!(
        "  reports, and the reviewer scores the work {}: it would pass at {}, and be held below {}.",
        bps(SCALED),
        bps(stream.pass_bps),
        bps(stream.floor_bps)
    ));
    page.line(format!(
        "  In between, the next part is cut to {}/{}: {} instead of {}; {} are free again.",
        SCALED / 100,
        stream.pass_bps / 100,
        short_money(part - returned),
        eur(part),
        eur(returned)
    ));
    Ok(())
}

/// Many claims on one day, one of them on what a cliff held back for a month.
fn burst(page: &Page, town: &mut Town, at: i64, streaming: &[u8]) -> Done {
    town.world.svm.set_now(at);
    day(page, town);
    page.line("  █ paid  ▓ released, waiting  ░ to come  ╳ returned");
    for index in streaming {
        print_stream(page, town, *index)?;
    }
    redirect(page, town)?;
    let (policy, capacity) =
        (town.world.treasury().in_force, town.world.treasury().bucket_capacity);
    page.line(format!(
        "  {} claim at once, but at most {} of the vault, {}, leaves in {} days:",
        plural(3, "recipient"),
        bps(policy.breaker.outflow_bps),
        eur(capacity),
        i64::from(policy.breaker.outflow_window_secs) / DAY
    ));
    for id in [FIRST, REDIRECTED] {
        let claim = claim(page, town, id)?;
        told(claim.waiting == claim.paid, "the first claims are within the bucket")?;
    }
    let last = claim(page, town, CLIFF)?;
    told(0 < last.paid && last.paid < last.waiting, "the last claim is paid in part")?;
    told(town.world.treasury().bucket_level == 0, "the bucket is empty")
}

/// The second checkpoint: the work falls behind, and the stream is held.
fn held(page: &Page, town: &mut Town, at: i64) -> Done {
    let index = town.index(FAILING);
    town.world.svm.set_now(at - DAY);
    let recipient = town.wishes[usize::from(index)].recipient.clone();
    town.world.file_update(&recipient, 0, index)?;
    town.world.svm.set_now(at);
    town.world.score(0, index, FAILED)?;
    let stream = town.world.stream(0, index);
    told(stream.held_at == at, "the stream is held")?;
    day(page, town);
    page.line(format!(
        "  {FAILING}'s second review scores {}: the stream is held, and only a vote can move it now.",
        bps(town.world.review(0, index, 1).score_bps)
    ));
    Ok(())
}

/// The longest payout delay later: the bucket is empty again, and what waited is paid all the same.
fn delayed(page: &Page, town: &mut Town, at: i64) -> Done {
    let cliff = town.index(CLIFF);
    let delay = town.world.treasury().in_force.breaker.max_payout_delay_secs;
    town.world.svm.set_now(at);
    day(page, town);
    let then = at - i64::from(delay);
    let matured = released(town, cliff, then)?;
    page.line(format!(
        "  But no bucket holds money back that was released {} days ago:",
        i64::from(delay) / DAY
    ));
    let first = claim(page, town, FAILING)?;
    told(first.waiting == first.paid, "a held stream still pays what it has released")?;
    told(town.world.treasury().bucket_level == 0, "the bucket is empty again")?;
    let second = claim(page, town, CLIFF)?;
    told(second.paid > 0 && second.paid < second.waiting, "only the newest part waits on")?;
    told(town.world.stream(0, cliff).withdrawn == matured, "all of the older part is paid")
}

struct Claim {
    waiting: u64,
    paid: u64,
}

/// Pays a stream out and prints what it asked for and got.
fn claim(page: &Page, town: &mut Town, id: &str) -> Done<Claim> {
    let index = town.index(id);
    let waiting = claimable(town, index)?;
    let paid = town.pay_out(0, index)?;
    let note = match town.world.treasury().bucket_level {
        0 if paid < waiting => format!("{} wait, the bucket is empty", short_money(waiting - paid)),
        0 => "the bucket is empty".to_owned(),
        level => format!("the bucket holds {}", short_money(level)),
    };
    page.line(format!(
        "    {id} has {:>10} waiting and gets {:>10}   {note}",
        money(waiting),
        money(paid)
    ));
    Ok(Claim { waiting, paid })
}

fn released(town: &Town, index: u8, at: i64) -> Done<u64> {
    let released = town.world.stream(0, index).released(at);
    released.map_err(|error| Stop::broken(format!("the stream cannot be read: {error}")))
}

fn claimable(town: &Town, index: u8) -> Done<u64> {
    let released = released(town, index, town.world.svm.now())?;
    Ok(released - town.world.stream(0, index).withdrawn)
}

fn day(page: &Page, town: &Town) {
    page.line(page.strong(&short_day(town.world.svm.now())));
}

fn print_stream(page: &Page, town: &Town, index: u8) -> Done {
    let (stream, wish) = (town.world.stream(0, index), &town.wishes[usize::from(index)]);
    let waiting = claimable(town, index)?;
    let released = stream.withdrawn + waiting;
    let to_come = stream.total - released - stream.returned;
    let row = format!(
        "  {} {} {} {:>10} of {:>9}  {:>7} released",
        wish.id,
        fit(&wish.ask.title, 24),
        bar(
            &[('█', stream.withdrawn), ('▓', waiting), ('░', to_come), ('╳', stream.returned),],
            stream.total,
            24,
            None
        ),
        money(released),
        short_money(stream.total),
        percent(released, stream.total),
    );
    page.line(row.trim_end());
    Ok(())
}

fn redirect(page: &Page, town: &mut Town) -> Done {
    let index = town.index(REDIRECTED);
    let recipient = town.wishes[usize::from(index)].recipient.clone();
    let stream = town.world.stream_key(0, index);
    let instruction =
        town.world.community.redirect_payout(recipient.key(), stream, town.film_account);
    town.world.send(instruction, &[&recipient])?;
    told(town.world.stream(0, index).payout_account == town.film_account, "it is redirected")?;
    page.line(format!(
        "  {REDIRECTED}'s recipient, who alone may, has it paid to another account from here on."
    ));
    Ok(())
}
