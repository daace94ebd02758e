//! Chapter 3: ballots arrive, one changes, and one comes late.

use budget_client::ballot::Choice;
use budget_rules::outcome::Tier;
use community_budget::state::Entry;

use super::{
    people::{REVISER, SWINGER},
    slate::tier_name,
    town::{DAY, HOUR, Holder, TOKEN, Town, draw},
};
use crate::{
    Done, Stop,
    format::{bar, bps, count, percent, plural, short_day, short_moment},
    page::Page,
    progress::Progress,
};

/// The ask that the revised ballot turns against.
const REVISED: &str = "R12";

/// When a holder casts: in the first six days, or, for a few, only after the planned close.
fn cast_at(holder: &Holder, opens_at: i64, closes_at: i64) -> i64 {
    let drawn = draw(&["when", &holder.id]);
    let offset = |range: i64| i64::try_from(drawn % range.unsigned_abs()).unwrap_or(0);
    if holder.id == SWINGER {
        closes_at - 2 * HOUR
    } else if holder.id == REVISER {
        opens_at + HOUR
    } else if drawn.is_multiple_of(17) && holder.name == holder.id {
        closes_at + offset(20 * HOUR)
    } else {
        opens_at + offset(6 * DAY)
    }
}

/// Plays and tells the vote.
pub fn tell(page: &Page, town: &mut Town) -> Done {
    town.world.to_voting();
    let header = town.world.epoch(0);
    let (opens_at, planned_close) = (header.voting_opens_at, header.voting_closes_at);
    let electorate = town.world.treasury().electorate(0);
    let votable: Vec<bool> = town.slate(0).iter().map(Entry::is_votable).collect();
    let mut order: Vec<(i64, usize)> = (town.holders.iter().enumerate())
        .filter(|(_, holder)| !holder.stances.is_empty())
        .map(|(number, holder)| (cast_at(holder, opens_at, planned_close), number))
        .collect();
    order.sort_unstable();
    let revised_at = opens_at + 4 * DAY + HOUR;

    let mut lines = Vec::new();
    let mut progress = Progress::new("ballots", order.len() as u64);
    let mut revision = None;
    let mut swing = None;
    for (position, (at, number)) in order.iter().enumerate() {
        if revision.is_none() && *at > revised_at {
            town.world.svm.set_now(revised_at);
            revision = Some(revise(town, &votable)?);
        }
        town.world.svm.set_now(*at);
        let before = town.slate(0);
        let holder = &town.holders[*number];
        town.world.cast(&holder.person, &choices(holder, &votable))?;
        progress.step();
        if progress.is_shown() {
            // Slow enough to be watched, when somebody does.
            std::thread::sleep(std::time::Duration::from_millis(4));
        }
        let closes_at = town.world.epoch(0).voting_closes_at;
        if holder.id == SWINGER {
            swing = Some(Swing { before, after: town.slate(0), at: *at, closes_at });
        } else if closes_at != planned_close && swing.is_none() {
            return Err(Stop::broken("voting was extended by a ballot that was not late"));
        }
        let day = |at: i64| (at - opens_at).div_euclid(DAY);
        if order.get(position + 1).is_none_or(|(next, _)| day(*next) != day(*at)) {
            let cast = position + 1;
            let turnout = town.world.epoch(0).turnout;
            let day_end = opens_at + (day(*at) + 1) * DAY;
            lines.push(format!(
                "  by {:<10}  {}  {:>3} ballots, {:>6} of the weight",
                short_day(day_end),
                bar(&[('█', turnout)], electorate, 40, None),
                cast,
                percent(turnout, electorate),
            ));
        }
    }
    drop(progress);
    let header = town.world.epoch(0);
    page.heading(
        "3  The vote",
        format!(
            "{} from {} holders carry {} of the weight. One came late and kept voting open longer.",
            plural(order.len(), "ballot"),
            town.holders.len(),
            percent(header.turnout, electorate)
        ),
    );
    page.line("A ballot covers the whole slate: for, against or abstain on any ask, each with full weight.");
    page.gap();
    for line in lines {
        page.line(line);
    }
    for line in revision.into_iter().flatten() {
        page.line(line);
    }
    let swing = swing.ok_or_else(|| Stop::broken("nobody voted late"))?;
    let ballots_after = order.iter().filter(|(at, _)| *at > swing.at).count();
    tell_swing(page, town, &swing, ballots_after)
}

/// The slate before and after the late ballot, and what that did to the close.
struct Swing {
    before: Vec<Entry>,
    after: Vec<Entry>,
    at: i64,
    closes_at: i64,
}

fn choices(holder: &Holder, votable: &[bool]) -> Vec<(u8, Choice)> {
    holder.stances.iter().filter(|(index, _)| votable[usize::from(*index)]).copied().collect()
}

/// The parish turns against the outdoor gym.
fn revise(town: &mut Town, votable: &[bool]) -> Done<Vec<String>> {
    let index = town.index(REVISED);
    let before = town.world.entry(0, index);
    let holder = town.holder(REVISER);
    let mut changed: Vec<(u8, Choice)> = choices(holder, votable);
    changed.retain(|(on, _)| *on != index);
    changed.push((index, Choice::Against));
    let (person, name) = (holder.person.clone(), holder.name.clone());
    town.world.revise(&person, &changed)?;
    let after = town.world.entry(0, index);
    Ok(vec![
        format!(
            "  revised   {}: {name} thinks again and turns against {REVISED}.",
            short_day(town.world.svm.now())
        ),
        format!(
            "            The old choice comes off, the new goes on: for {} -> {}, against {} -> {}.",
            count(before.for_ / TOKEN),
            count(after.for_ / TOKEN),
            count(before.against / TOKEN),
            count(after.against / TOKEN),
        ),
    ])
}

/// The first ask that the late ballot turned.
fn tell_swing(page: &Page, town: &Town, swing: &Swing, ballots_after: usize) -> Done {
    let header = town.world.epoch(0);
    let electorate = town.world.treasury().electorate(0);
    let missing = || Stop::broken("the late ballot turned no ask");
    let thresholds = header.policy.thresholds(electorate).ok_or_else(missing)?;
    let tier = |entry: &Entry| header.limits().tier(entry.amount).unwrap_or(Tier::Large);
    let passes = |entry: &Entry| thresholds.judge(&entry.tally(), tier(entry)).is_ok();
    let (wish, (before, after)) = (town.wishes.iter())
        .zip(swing.before.iter().zip(&swing.after))
        .find(|(_, (before, after))| passes(before) != passes(after))
        .ok_or_else(missing)?;
    let approval = |entry: &Entry| percent(entry.for_, entry.for_ + entry.against);
    let tier = tier(before);
    let needed = thresholds.tiers[usize::from(u8::from(tier))].approval_bps;
    let swinger = town.holder(SWINGER);
    let weight = town.world.vote_record(0, &swinger.person).weight;
    page.line(format!(
        "  late      {}, two hours before the close: {}, {} of the weight, vote",
        short_day(swing.at),
        swinger.name,
        percent(weight, electorate)
    ));
    page.line(format!(
        "            and turn {} from failing ({} for) to passing ({}; a {} ask needs {}).",
        wish.id,
        approval(before),
        approval(after),
        tier_name(tier.into()),
        bps(needed)
    ));
    page.line(format!(
        "            A swing this late keeps voting open until {}; {} answer.",
        short_moment(swing.closes_at),
        plural(ballots_after, "more ballot")
    ));
    Ok(())
}
