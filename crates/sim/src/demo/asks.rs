//! Chapter 9: the second epoch's slate, and what the program says of an ask before anybody votes.

use budget_client::instruction::Submission;
use budget_rules::allocation::Reason;
use budget_sim::token;
use community_budget::{
    SubmitActionArgs,
    state::{Action, BreakerSection, PolicyPatch, Ruling},
};

use super::{
    money::{column, eur},
    second::{ENTRIES, FAILING, LOOSENING, NEXT_WINTER, RULING, TWO_WINTERS},
    slate::tier_name,
    tally::verdict_name,
    town::{DAY, POWER, PROPOSER_PURSE, Town, category_name, told},
};
use crate::{
    Done,
    format::{bps, fit, money, plural, short_day, span},
    page::Page,
};

/// Days after the first opening at which the second epoch opens.
const OPENS_AFTER: i64 = 58;
/// What the change of policy sets.
const LOOSER_BPS: u16 = 400;

/// Opens the epoch, has two asks assessed, and fills the slate.
pub fn tell(page: &Page, town: &mut Town) -> Done {
    let opens_at = town.world.epoch(0).opened_at + OPENS_AFTER * DAY;
    town.world.svm.set_now(opens_at);
    town.world.open_epoch()?;
    let epoch = town.world.epoch(1);
    page.heading(
        "9  The second epoch",
        format!(
            "It opens on {} with {} free in the vault, and so a cap of {}.",
            short_day(opens_at),
            eur(epoch.free_at_open),
            eur(epoch.cap)
        ),
    );
    assess(page, town)?;
    submit(town)?;
    print_slate(page, town);
    Ok(())
}

/// The two asks for power, held against what settlement will hold them against.
fn assess(page: &Page, town: &mut Town) -> Done {
    let terms = town.world.treasury().in_force.position_terms(POWER.into());
    page.line(format!(
        "Two asks buy {}: money at risk, of which there may be {} of the treasury's worth.",
        category_name(POWER),
        bps(terms.exposure_limit_bps)
    ));
    page.line("Before anybody votes, anyone can have the program assess them. Cover is the vault over all that");
    page.line("it has promised; runway is for how many epochs like the last ones the free money would do.");
    page.gap();
    page.line(
        "                 EUR  at risk then        limit      cover            runway  verdict",
    );
    for (id, fits) in [(TWO_WINTERS, false), (NEXT_WINTER, true)] {
        let amount = town.second[usize::from(town.index(id))].ask.amount;
        let found = town.world.assess(amount, POWER, 0);
        let at = usize::from(POWER);
        let refused = if fits { 0 } else { u8::from(Reason::ExposureLimit) };
        told(found.refused == refused && (found.score > 0) == fits, "the assessment")?;
        let verdict = match found.refused {
            0 => page.good(&format!("fits, {} of 100", found.score)),
            reason => page.bad(verdict_name(reason)),
        };
        page.line(format!(
            "  {id} {} {:>13} {:>12} {:>10} {:>17}  {verdict}",
            column(amount),
            money(found.exposure_after[at]),
            money(found.exposure_limit[at]),
            times(found.coverage_bps),
            format!(
                "{} -> {}",
                hundredths(found.runway_before_centi),
                hundredths(found.runway_after_centi)
            ),
        ));
    }
    page.gap();
    Ok(())
}

/// Basis points as `9.53 x`.
fn times(value: u64) -> String {
    format!("{} x", hundredths(value / 100))
}

fn hundredths(value: u64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

fn submit(town: &mut Town) -> Done {
    let world = &mut town.world;
    for wish in &town.second {
        world.svm.advance(DAY);
        world.open_recipient_record(wish.proposer.key())?;
        world.submit(&wish.proposer, &wish.ask)?;
    }
    let failing = town.index(FAILING);
    let world = &mut town.world;
    world.open_recipient_record(town.mover.key())?;
    let breaker = BreakerSection { outflow_bps: LOOSER_BPS, ..world.treasury().policy.breaker };
    let acts = [
        (format!("Cancel the held stream of {FAILING}"), world.ruling(0, failing, Ruling::Cancel)),
        ("Let more leave in a week".to_owned(), patch(breaker)),
    ];
    for (title, action) in acts {
        world.svm.advance(DAY);
        let by = Submission {
            epoch: 1,
            index: world.epoch(1).entry_count,
            proposer: town.mover.key(),
            payer: world.svm.fee_payer(),
            recipient: town.mover.key(),
            recipient_signs: false,
            source: world.community.budget_account(&town.mover.key()),
        };
        let args = SubmitActionArgs {
            action,
            metadata_hash: [9; 32],
            title,
            metadata_uri: "https://example.org/act.json".to_owned(),
        };
        world.send(world.community.submit_action(by, false, args), &[&town.mover])?;
    }
    told(town.world.epoch(1).entry_count == ENTRIES, "eight entries are on the slate")?;
    let purses = town.second.iter().map(|wish| &wish.proposer).chain([&town.mover]);
    let left: u64 = purses.map(|person| town.world.purse(person)).sum();
    let brought = PROPOSER_PURSE * (town.second.len() as u64 + 1);
    let bonds = u64::from(ENTRIES) * town.world.epoch(1).policy.slate.bond;
    let held = token::balance(&town.world.svm, &town.world.community.bond_vault());
    told(held == town.flows.bonds + bonds, "the bonds are in their vault")?;
    town.flows.fees += brought - left - bonds;
    town.flows.bonds += bonds;
    Ok(())
}

fn patch(breaker: BreakerSection) -> Action {
    Action::SetPolicy(PolicyPatch::Breaker(breaker))
}

fn print_slate(page: &Page, town: &Town) {
    let epoch = town.world.epoch(1);
    page.line(format!(
        "{} and two acts are on the slate; an act takes {} of the weight and {} of the votes.",
        plural(town.second.len(), "ask"),
        bps(epoch.policy.tiers.rules[3].quorum_bps),
        bps(epoch.policy.tiers.rules[3].approval_bps),
    ));
    page.line("An ask for money at risk is judged one tier up.");
    page.gap();
    page.line(format!("  {:34} {:>12}  tier    category       reviews  paid over", "", "EUR"));
    let slate = town.slate(1);
    for (wish, entry) in town.second.iter().zip(&slate) {
        let tier = entry.judged_tier(entry.amount, &epoch.limits()).map_or(3, u8::from);
        page.line(format!(
            "  {} {} {}  {} {} {:>7}  {}",
            wish.id,
            fit(&wish.ask.title, 30),
            column(entry.amount),
            fit(tier_name(tier), 7),
            fit(category_name(entry.category), 14),
            wish.ask.checkpoints,
            span(wish.ask.duration_secs.into()),
        ));
    }
    for (index, id) in [(RULING, "A01"), (LOOSENING, "A02")] {
        let title = town.world.proposal(1, index).terms.title;
        page.line(format!("  {id} {}            -  act", fit(&title, 30)));
    }
}
