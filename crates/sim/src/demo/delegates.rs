//! Chapter 10: the second vote, in which one holder has another vote for it, and then votes itself.

use budget_client::ballot::Choice;
use budget_sim::world::Person;
use community_budget::{BallotArgs, BudgetError, state::Entry};

use super::{
    people::{DELEGATE, OWNER},
    second::{ROOF, stances},
    town::{DAY, HOUR, Holder, TOKEN, Town, draw, told},
};
use crate::{
    Done,
    format::{bps, count, percent, plural, short_moment},
    page::Page,
};

/// Days after the opening of voting at which the owner votes.
const OVERRIDE_AFTER: i64 = 5 * DAY + 12 * HOUR;

/// Plays and tells the vote.
pub fn tell(page: &Page, town: &mut Town) -> Done {
    let (owner, delegate) = (person(town, OWNER), person(town, DELEGATE));
    town.world.set_delegate(&owner, delegate.key())?;
    let (owner_name, delegate_name) =
        (town.holder(OWNER).name.clone(), town.holder(DELEGATE).name.clone());
    town.world.to_voting();
    let opens_at = town.world.epoch(1).voting_opens_at;

    cast_all(town, opens_at)?;
    let by_delegate = roof(town);
    let record = town.world.vote_record(1, &owner);
    told(record.by_delegate != 0, "the delegate cast the owner's ballot")?;

    town.world.svm.set_now(opens_at + OVERRIDE_AFTER);
    let ballot = ballot_of(town, OWNER);
    town.world.revise(&owner, &ballot)?;
    let by_owner = roof(town);
    let again = town.world.ballot(&ballot_of(town, DELEGATE));
    let answer = town.refused(BudgetError::DelegateLockedOut, |world| {
        let revise = world.community.revise_vote_for(owner.key(), delegate.key(), 1, again);
        world.send(revise, &[&delegate])
    })?;
    let needed = town.world.epoch(1).policy.tiers.rules[2].approval_bps;
    told(approves(&by_delegate, needed) && !approves(&by_owner, needed), "the owner decides")?;

    let header = town.world.epoch(1);
    let electorate = town.world.treasury().electorate(1);
    page.heading(
        "10  The second vote",
        format!(
            "{} carry {} of the weight. One of them was cast by a delegate, and then replaced.",
            plural(usize::try_from(header.ballot_count).unwrap_or(0), "ballot"),
            percent(header.turnout, electorate)
        ),
    );
    page.line(format!(
        "  {owner_name} lets {delegate_name} vote for it, which is for the theatre roof:"
    ));
    print_roof(page, &by_delegate, &format!(", and a large ask needs {}", bps(needed)));
    page.line(format!(
        "  On {} {owner_name} votes itself, against it. Its own ballot replaces the other:",
        short_moment(opens_at + OVERRIDE_AFTER)
    ));
    print_roof(page, &by_owner, "");
    page.line("  From here on its delegate is locked out. The program answers a third ballot:");
    page.answer(6, &answer);
    Ok(())
}

fn person(town: &Town, id: &str) -> Person {
    town.holder(id).person.clone()
}

/// Everybody's ballot within the first five days; the delegate's twice.
fn cast_all(town: &mut Town, opens_at: i64) -> Done {
    let cast_at = |holder: &Holder| {
        let drawn = draw(&["second when", &holder.id]) % (5 * DAY).unsigned_abs();
        opens_at + i64::try_from(drawn).unwrap_or(0)
    };
    let voters = town.holders.iter().filter(|holder| !holder.stances.is_empty());
    let mut order: Vec<(i64, String)> =
        voters.map(|holder| (cast_at(holder).max(opens_at + HOUR), holder.id.clone())).collect();
    order.sort_unstable();
    let (owner, delegate) = (person(town, OWNER), person(town, DELEGATE));
    for (at, id) in order {
        if id == OWNER {
            continue;
        }
        town.world.svm.set_now(at);
        let ballot = ballot_of(town, &id);
        if ballot.is_empty() {
            continue;
        }
        let voter = person(town, &id);
        town.world.cast(&voter, &ballot)?;
        if id == DELEGATE {
            let args: BallotArgs = town.world.ballot(&ballot);
            let payer = town.world.svm.fee_payer();
            let (owner, voter) = (owner.key(), delegate.key());
            let vote = town.world.community.cast_vote_for(owner, voter, payer, 1, args);
            town.world.send(vote, &[&delegate])?;
        }
    }
    Ok(())
}

/// A holder's ballot. The two that the story is about are of different minds about the roof.
fn ballot_of(town: &Town, id: &str) -> Vec<(u8, Choice)> {
    let mut ballot = stances(town.holder(id));
    let roof = town.index(ROOF);
    let mind = match id {
        DELEGATE => Choice::For,
        OWNER => Choice::Against,
        _ => return ballot,
    };
    ballot.retain(|(index, _)| *index != roof);
    ballot.insert(0, (roof, mind));
    ballot
}

fn roof(town: &Town) -> Entry {
    town.world.entry(1, town.index(ROOF))
}

fn print_roof(page: &Page, entry: &Entry, note: &str) {
    page.line(format!(
        "      {ROOF} has {} for and {} against: {}{note}.",
        count(entry.for_ / TOKEN),
        count(entry.against / TOKEN),
        percent(entry.for_, entry.for_ + entry.against)
    ));
}

fn approves(entry: &Entry, needed_bps: u16) -> bool {
    let decided = u128::from(entry.for_) + u128::from(entry.against);
    u128::from(entry.for_) * 10_000 >= u128::from(needed_bps) * decided
}
