//! Chapter 11: what the second vote decides, and by which name an ask is turned away.

use budget_rules::{allocation::Reason, outcome::Failure};
use community_budget::state::{Entry, Outcome};

use super::{
    money::{column, eur},
    second::{ENTRIES, FIREWORKS, LOOSENING, NEXT_WINTER, ROOF, RULING, TWO_WINTERS},
    slate::tier_name,
    tally::verdict_name,
    town::{POWER, Town, category_name, told},
};
use crate::{
    Done,
    format::{bps, fit, percent, short_moment, short_money},
    page::Page,
};

/// Settles and tells the second slate.
pub fn tell(page: &Page, town: &mut Town) -> Done {
    town.world.to_tallying();
    town.note_rent();
    town.world.settle()?;
    let header = town.world.epoch(1);
    let slate = town.slate(1);
    let funded = slate.iter().filter(|entry| entry.is(Outcome::Funded)).count();
    page.heading(
        "11  What the second vote decides",
        format!(
            "Settled on {}: {funded} asks get {} of the {} cap, and both acts pass.",
            short_moment(header.settled_at),
            short_money(header.allocated),
            eur(header.cap)
        ),
    );
    page.gap();
    page.line(
        "  rank                                               EUR  tier    took part  approve  verdict",
    );
    let mut order: Vec<u8> = (0..ENTRIES).collect();
    order.sort_by_key(|index| (slate[usize::from(*index)].rank, *index));
    for index in order {
        print_entry(page, town, &slate[usize::from(index)], index, header.electorate);
    }
    confirm(town, &slate)?;
    explain(page, town, &slate);
    Ok(())
}

/// Holds the slate against what the page is about to say.
fn confirm(town: &Town, slate: &[Entry]) -> Done {
    let entry = |id| &slate[usize::from(town.index(id))];
    let (roof, winters) = (entry(ROOF), entry(TWO_WINTERS));
    let missed = roof.is(Outcome::Failed) && roof.reason == u8::from(Failure::ApprovalMissed);
    told(missed, "the roof misses its supermajority")?;
    let limited =
        winters.is(Outcome::Unfunded) && winters.reason == u8::from(Reason::ExposureLimit);
    told(limited, "two winters of power exceed the exposure limit")?;
    told(entry(NEXT_WINTER).is(Outcome::Funded), "one winter of power is funded")?;
    told(entry(FIREWORKS).is(Outcome::Funded), "the fireworks are funded")?;
    let acts = [RULING, LOOSENING].map(|index| slate[usize::from(index)].is(Outcome::Approved));
    told(acts == [true; 2], "both acts pass")
}

fn print_entry(page: &Page, town: &Town, entry: &Entry, index: u8, electorate: u64) {
    let rank = match entry.rank {
        Entry::UNRANKED => "-".to_owned(),
        rank => (u16::from(rank) + 1).to_string(),
    };
    let (id, title, amount) = if entry.is_award() {
        let wish = town.wish(1, index);
        (wish.id.clone(), wish.ask.title.clone(), column(entry.amount))
    } else {
        let title = town.world.proposal(1, index).terms.title;
        (format!("A{:02}", index - RULING + 1), title, format!("{:>12}", "-"))
    };
    let verdict = if entry.is(Outcome::Funded) {
        page.good("funded")
    } else if entry.is(Outcome::Approved) {
        page.good("approved")
    } else {
        page.bad(verdict_name(entry.reason))
    };
    let tier = if entry.is_award() { tier_name(entry.tier) } else { "act" };
    page.line(format!(
        "  {rank:>3}  {id} {} {amount}  {} {:>8} {:>8}  {verdict}",
        fit(&title, 30),
        fit(tier, 7),
        percent(entry.for_ + entry.against + entry.abstain, electorate),
        percent(entry.for_, entry.for_ + entry.against),
    ));
}

/// The two that are turned away, in a sentence each.
fn explain(page: &Page, town: &Town, slate: &[Entry]) {
    let header = town.world.epoch(1);
    let roof = &slate[usize::from(town.index(ROOF))];
    page.line(format!(
        "{ROOF} asks for more than {} of the free funds, so it needs a supermajority of {}: it has {}.",
        bps(header.policy.tiers.rules[1].ask_limit_bps),
        bps(header.policy.tiers.rules[2].approval_bps),
        percent(roof.for_, roof.for_ + roof.against)
    ));
    let winters = &slate[usize::from(town.index(TWO_WINTERS))];
    let limit = header.exposure_rooms[usize::from(POWER)];
    page.line(format!(
        "{TWO_WINTERS} passes, but {} may stand at risk in {}, and it asks for {}.",
        eur(limit),
        category_name(POWER),
        short_money(winters.amount)
    ));
}
