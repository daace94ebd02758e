//! Chapters 4 and 5: what passed, and what the money reaches.

use budget_rules::{allocation::Reason, bps::share_ceil, outcome::Failure};
use community_budget::state::{BudgetEpoch, Entry, Outcome};

use super::{
    money::{column, eur},
    slate::tier_name,
    town::{Town, category_name},
};
use crate::{
    Done, Stop,
    format::{bar, bps, count, fit, percent, short_moment, short_money},
    page::Page,
};

const TURNOUT_CELLS: usize = 24;
const APPROVAL_CELLS: usize = 12;
const CAP_CELLS: usize = 24;

/// Chapter 4: voting has closed, the slate is settled.
pub fn tell_tally(page: &Page, town: &mut Town) -> Done {
    town.world.to_tallying();
    town.note_rent();
    let settled = town.world.settle()?;
    let header = town.world.epoch(0);
    let slate = town.slate(0);
    let votable = |entry: &&Entry| !entry.is(Outcome::Withdrawn) && !entry.is(Outcome::NotAccepted);
    let passing = slate.iter().filter(|entry| entry.rank != Entry::UNRANKED).count();
    page.heading(
        "4  The tally",
        format!(
            "{passing} of {} asks pass. One transaction settled them all on {}, in {} compute units.",
            slate.iter().filter(votable).count(),
            short_moment(header.settled_at),
            count(settled.compute_units),
        ),
    );
    page.line("The more weight opposes an ask, the higher the quorum that it has to reach.");
    page.gap();
    page.line(
        "  █ for  ▒ against  ░ abstain      share of all weight (│ quorum)      approval (│ needed)",
    );
    let widest = slate.iter().map(|e| e.for_ + e.against + e.abstain).max().unwrap_or(0);
    let thresholds = header.policy.thresholds(header.electorate);
    let thresholds = thresholds.ok_or_else(|| Stop::broken("the electorate is out of range"))?;
    let mut order: Vec<usize> = (0..slate.len()).collect();
    order.retain(|index| votable(&&slate[*index]));
    order.sort_by_key(|index| (slate[*index].rank, *index));
    for index in order {
        let (wish, entry) = (&town.wishes[index], &slate[index]);
        let needed = thresholds.tiers[usize::from(entry.tier)];
        let quorum = share_ceil(header.electorate, quorum_bps(&header, entry)).unwrap_or(u64::MAX);
        let (decided, all) =
            (entry.for_ + entry.against, entry.for_ + entry.against + entry.abstain);
        let turnout = bar(
            &[('█', entry.for_), ('▒', entry.against), ('░', entry.abstain)],
            widest,
            TURNOUT_CELLS,
            Some(quorum),
        );
        let approval_mark = u128::from(decided) * u128::from(needed.approval_bps) / 10_000;
        let approval = bar(
            &[('█', entry.for_), ('▒', entry.against)],
            decided,
            APPROVAL_CELLS,
            u64::try_from(approval_mark).ok(),
        );
        let passes = entry.rank != Entry::UNRANKED;
        page.line(format!(
            "  {} {} {} {turnout} {:>6}  {approval} {:>7}  {}",
            wish.id,
            fit(&wish.ask.title, 19),
            fit(tier_name(entry.tier), 6),
            percent(all, header.electorate),
            percent(entry.for_, decided),
            if passes { page.good("passes") } else { page.bad("fails") },
        ));
    }
    Ok(())
}

/// Chapter 5: the funding line.
pub fn tell_funding(page: &Page, town: &Town) {
    let header = town.world.epoch(0);
    let slate = town.slate(0);
    let funded = slate.iter().filter(|entry| entry.is(Outcome::Funded)).count();
    page.heading(
        "5  What is funded",
        format!(
            "{funded} asks get {} of the {} cap.",
            short_money(header.allocated),
            eur(header.cap),
        ),
    );
    page.line("The best margin, for less against, goes first; what does not fit is skipped, and the next tried.");
    page.gap();
    page.line(format!(
        "  rank                                        EUR  0 {} cap",
        "─".repeat(CAP_CELLS - 3)
    ));
    let mut ranked: Vec<usize> =
        (0..slate.len()).filter(|index| slate[*index].rank != Entry::UNRANKED).collect();
    ranked.sort_by_key(|index| slate[*index].rank);
    let mut used = 0;
    for index in &ranked {
        let entry = &slate[*index];
        let fits = entry.is(Outcome::Funded);
        let (glyph, words) = if fits {
            let left = header.cap - used - entry.amount;
            ('█', page.good(&format!("funded, {} left", short_money(left))))
        } else {
            ('░', page.bad(&reason(&slate, *index, used, &header)))
        };
        print_ranked(page, town, *index, entry, used, header.cap, glyph, &words);
        if fits {
            used += entry.amount;
        }
    }
    page.line(format!(
        "  ───── funding line: {} of the cap stay in the vault ───────────────────────────────────────",
        short_money(header.cap - used)
    ));
    for (index, entry) in slate.iter().enumerate() {
        if entry.rank == Entry::UNRANKED {
            page.line(format!(
                "   -   {} {} {}  {}",
                town.wishes[index].id,
                fit(&town.wishes[index].ask.title, 21),
                column(entry.amount),
                page.faint(&reason(&slate, index, used, &header))
            ));
        }
    }
    let ids = |chosen: &dyn Fn(usize) -> bool| -> Vec<&str> {
        (0..town.by_heads.len())
            .filter(|index| chosen(*index))
            .map(|index| town.wishes[index].id.as_str())
            .collect()
    };
    let only_heads = ids(&|index| town.by_heads[index] && !slate[index].is(Outcome::Funded));
    let only_weight = ids(&|index| !town.by_heads[index] && slate[index].is(Outcome::Funded));
    let mut differences = Vec::new();
    if !only_heads.is_empty() {
        differences.push(format!("would also fund {}", only_heads.join(", ")));
    }
    if !only_weight.is_empty() {
        differences.push(format!("not {}", only_weight.join(", ")));
    }
    if !differences.is_empty() {
        page.line(format!(
            "Counted by heads, without thresholds, the same ballots {}.",
            differences.join(" and ")
        ));
    }
}

#[allow(clippy::too_many_arguments)] // one row of one table, in the order of its columns
fn print_ranked(
    page: &Page,
    town: &Town,
    index: usize,
    entry: &Entry,
    used: u64,
    cap: u64,
    glyph: char,
    words: &str,
) {
    let wish = &town.wishes[index];
    let over = used + entry.amount > cap;
    page.line(format!(
        "  {:>2}   {} {} {}  {}{} {words}",
        u16::from(entry.rank) + 1,
        wish.id,
        fit(&wish.ask.title, 21),
        column(entry.amount),
        bar(&[('·', used), (glyph, entry.amount.min(cap - used))], cap, CAP_CELLS, None),
        if over { '»' } else { '│' },
    ));
}

/// Why an entry is not funded, in words and numbers.
fn reason(slate: &[Entry], index: usize, used: u64, header: &BudgetEpoch) -> String {
    let entry = &slate[index];
    if entry.is(Outcome::Withdrawn) {
        return "withdrawn before voting opened".to_owned();
    }
    if entry.is(Outcome::NotAccepted) {
        return "its recipient never agreed to it".to_owned();
    }
    let rule = header.policy.tiers.rules[usize::from(entry.tier)];
    let tier = tier_name(entry.tier);
    let of_all = |weight| percent(weight, header.electorate);
    let is = |reason: u8| entry.reason == reason;
    if is(Failure::NotMoreForThanAgainst.into()) {
        return format!(
            "more weight against ({}) than for ({})",
            of_all(entry.against),
            of_all(entry.for_)
        );
    }
    if is(Failure::QuorumMissed.into()) {
        let all = entry.for_ + entry.against + entry.abstain;
        return format!("{} took part, a {tier} ask needs {}", of_all(all), bps(rule.quorum_bps));
    }
    if is(Failure::ApprovalMissed.into()) {
        let share = percent(entry.for_, entry.for_ + entry.against);
        return format!("{share} approve, a {tier} ask needs {}", bps(rule.approval_bps));
    }
    if is(Failure::SupportTooThin.into()) {
        return format!(
            "{} for, but it takes {} of a {} quorum",
            of_all(entry.for_),
            bps(rule.approval_bps),
            bps(quorum_bps(header, entry))
        );
    }
    if is(Failure::ContestedQuorumMissed.into()) {
        let all = entry.for_ + entry.against + entry.abstain;
        return format!(
            "{} took part; opposed by {}, it needs {}",
            of_all(all),
            percent(entry.against, entry.for_ + entry.against),
            bps(quorum_bps(header, entry))
        );
    }
    if is(Reason::OverCap.into()) {
        return format!("{} too much", short_money(entry.amount - (header.cap - used)));
    }
    if is(Reason::CategoryFull.into()) {
        let category = usize::from(entry.category);
        let taken: u64 = (slate.iter())
            .filter(|other| {
                other.is(Outcome::Funded)
                    && other.category == entry.category
                    && other.rank < entry.rank
            })
            .map(|other| other.amount)
            .sum();
        let left = header.category_caps[category] - taken;
        return format!("{} has {} left", category_name(entry.category), short_money(left));
    }
    if is(Reason::TierFull.into()) {
        return format!("{tier} awards hold all they may");
    }
    "no tier admits it".to_owned()
}

/// The quorum that an entry has to reach, raised by its opposition.
fn quorum_bps(header: &BudgetEpoch, entry: &Entry) -> u16 {
    let tiers = &header.policy.tiers;
    let own = tiers.rules[usize::from(entry.tier)].quorum_bps;
    let decided = u128::from(entry.for_) + u128::from(entry.against);
    let opposed = u128::from(tiers.contested_coef_bps) * u128::from(entry.against);
    let raise = opposed.div_ceil(decided.max(1));
    let raised = u16::try_from(raise).unwrap_or(u16::MAX).saturating_add(own);
    raised.min(tiers.max_quorum_bps.max(own))
}

/// Name of the `Failure` or `Reason` that a slate entry stores.
pub fn verdict_name(reason: u8) -> &'static str {
    match reason {
        r if r == u8::from(Failure::ElectorateTooSmall) => "ElectorateTooSmall",
        r if r == u8::from(Failure::NotMoreForThanAgainst) => "NotMoreForThanAgainst",
        r if r == u8::from(Failure::QuorumMissed) => "QuorumMissed",
        r if r == u8::from(Failure::ApprovalMissed) => "ApprovalMissed",
        r if r == u8::from(Failure::SupportTooThin) => "SupportTooThin",
        r if r == u8::from(Failure::ContestedQuorumMissed) => "ContestedQuorumMissed",
        r if r == u8::from(Reason::OverCap) => "OverCap",
        r if r == u8::from(Reason::CategoryFull) => "CategoryFull",
        r if r == u8::from(Reason::TierFull) => "TierFull",
        r if r == u8::from(Reason::TierBlocked) => "TierBlocked",
        r if r == u8::from(Reason::ExposureLimit) => "ExposureLimit",
        r if r == u8::from(Reason::RunwayFloor) => "RunwayFloor",
        r if r == u8::from(Reason::Concentration) => "Concentration",
        r if r == u8::from(Reason::BreakerTripped) => "BreakerTripped",
        _ => "none",
    }
}

#[cfg(test)]
mod tests {
    use budget_rules::outcome::{Tally, Tier};
    use community_budget::state::Policy;

    use super::*;

    #[test]
    fn every_failure_and_reason_goes_by_the_name_that_the_rules_give_it() {
        let failures = [
            Failure::ElectorateTooSmall,
            Failure::NotMoreForThanAgainst,
            Failure::QuorumMissed,
            Failure::ApprovalMissed,
            Failure::SupportTooThin,
            Failure::ContestedQuorumMissed,
        ];
        let reasons = [
            Reason::OverCap,
            Reason::CategoryFull,
            Reason::TierFull,
            Reason::TierBlocked,
            Reason::ExposureLimit,
            Reason::RunwayFloor,
            Reason::Concentration,
            Reason::BreakerTripped,
        ];
        for failure in failures {
            assert_eq!(verdict_name(failure.into()), format!("{failure:?}"));
        }
        for reason in reasons {
            assert_eq!(verdict_name(reason.into()), format!("{reason:?}"));
        }
        assert_eq!(verdict_name(0), "none");
    }

    #[test]
    fn the_quorum_that_is_shown_is_the_one_that_entries_are_judged_by() {
        let mut header: BudgetEpoch = bytemuck::Zeroable::zeroed();
        header.policy = Policy::default();
        header.electorate = 1_000_000;
        let thresholds = header.policy.thresholds(header.electorate).unwrap();
        let mut entry: Entry = bytemuck::Zeroable::zeroed();
        let cases = [
            (Tier::Small, 20_000, 0),
            (Tier::Small, 45_000, 10_000),
            (Tier::Medium, 80_000, 10_000),
            (Tier::Large, 160_000, 20_000),
        ];
        for (tier, for_, against) in cases {
            entry = Entry { tier: tier.into(), for_, against, ..entry };
            let quorum = share_ceil(header.electorate, quorum_bps(&header, &entry)).unwrap();
            let judged = |present: u64| {
                let abstain = present - for_ - against;
                thresholds.judge(&Tally { abstain, ..entry.tally() }, tier)
            };
            assert_eq!(judged(quorum), Ok(()), "{tier:?}, {against}");
            assert!(judged(quorum - 1).is_err(), "{tier:?}, {against}");
        }
    }
}
