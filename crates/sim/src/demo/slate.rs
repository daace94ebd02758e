//! Chapters 1 and 2: who has a say, and what is asked for.

use budget_sim::token;
use community_budget::state::Outcome;

use super::{
    money::{column, eur, river},
    town::{DAY, PROPOSER_PURSE, STRANGER, TOKEN, Town, category_name},
};
use crate::{
    Done,
    format::{bar, count, fit, moment, percent, plural, short_money, span},
    page::Page,
};

/// Chapter 1: everybody stakes.
pub fn tell_stakes(page: &Page, town: &mut Town) -> Done {
    for holder in &town.holders {
        town.world.open_stake(&holder.person, holder.lock_secs)?;
        town.world.stake(&holder.person, holder.staked)?;
    }
    let treasury = town.world.treasury();
    let total = treasury.total_weight;
    let mut holders: Vec<_> = town
        .holders
        .iter()
        .map(|holder| (holder, town.world.stake_of(&holder.person).weight))
        .collect();
    holders.sort_by_key(|(holder, weight)| (u64::MAX - weight, holder.id.clone()));
    let top: u64 = holders.iter().take(5).map(|(_, weight)| weight).sum();
    page.heading(
        "1  Who has a say",
        format!(
            "{} staked {}. A longer lock weighs more, up to half again: {} of weight.",
            plural(holders.len(), "holder"),
            river(treasury.staked),
            count(total / TOKEN),
        ),
    );
    page.line(format!(
        "The five largest hold {} of the weight; nobody decides alone, but they are heard.",
        percent(top, total)
    ));
    page.gap();
    page.line(format!("  {:30} {:>10} {:>9} {:>10} {:>7}", "", "RIVER", "lock", "weight", "share"));
    for (holder, weight) in holders.iter().take(5) {
        row(page, &holder.name, holder.staked, &span(holder.lock_secs.into()), *weight, total);
    }
    let groups = [
        (500 * TOKEN..u64::MAX, "500 and more"),
        (100 * TOKEN..500 * TOKEN, "100 to 500"),
        (0..100 * TOKEN, "less than 100"),
    ];
    for (range, words) in groups {
        let group: Vec<_> =
            holders.iter().skip(5).filter(|(holder, _)| range.contains(&holder.staked)).collect();
        let staked = group.iter().map(|(holder, _)| holder.staked).sum();
        let weight = group.iter().map(|(_, weight)| weight).sum();
        let words = format!("{} with {words}", plural(group.len(), "holder"));
        row(page, &words, staked, "mixed", weight, total);
    }
    Ok(())
}

fn row(page: &Page, name: &str, staked: u64, lock: &str, weight: u64, total: u64) {
    page.line(format!(
        "  {} {:>10} {lock:>9} {:>10} {:>7}  {}",
        fit(name, 30),
        count(staked / TOKEN),
        count(weight / TOKEN),
        percent(weight, total),
        bar(&[('█', weight)], total * 2 / 5, 26, None),
    ));
}

/// Chapter 2: the slate fills.
pub fn tell_slate(page: &Page, town: &mut Town) -> Done {
    let world = &mut town.world;
    world.open_epoch()?;
    for (index, wish) in (0u8..).zip(&town.wishes) {
        world.svm.advance(16 * 3_600);
        world.open_recipient_record(wish.proposer.key())?;
        let own = wish.proposer.key() == wish.recipient.key();
        world.submit_for(&wish.proposer, &wish.recipient, own, &wish.ask)?;
        if !own && index != STRANGER {
            world.open_recipient_record(wish.recipient.key())?;
            world.accept(&wish.recipient, index)?;
        }
    }
    let withdrawn = town.index("R07");
    town.world.withdraw(&town.wishes[usize::from(withdrawn)].proposer, withdrawn)?;

    let epoch = town.world.epoch(0);
    let asked: u64 = town.wishes.iter().map(|wish| wish.ask.amount).sum();
    page.heading(
        "2  What is asked for",
        format!(
            "{} for {} in all; this epoch may award {}, a tenth of the vault.",
            plural(town.wishes.len(), "ask"),
            eur(asked),
            eur(epoch.cap)
        ),
    );
    let [small, medium, large] = epoch.ask_limits;
    page.line(format!(
        "Larger asks need more consent: small up to {}, medium up to {}, large up to {}.",
        short_money(small),
        short_money(medium),
        short_money(large)
    ));
    page.gap();
    page.line(format!("  {:33} {:>12}  tier    category   reviews  paid over", "", "EUR"));
    let slate = town.world.svm.slate(&town.world.community.epoch(0));
    for (wish, entry) in town.wishes.iter().zip(&slate) {
        let tier = epoch.limits().tier(entry.amount).map_or(3, u8::from);
        let cliff = match wish.ask.cliff_secs {
            0 => String::new(),
            secs => format!(", from day {}", i64::from(secs) / DAY),
        };
        let days = span(wish.ask.duration_secs.into());
        let mut note = format!("{:>7}  {days}{cliff}", wish.ask.checkpoints);
        if entry.is(Outcome::Withdrawn) {
            note = page.faint("withdrawn by its proposer");
        } else if !entry.is_votable() {
            note = page.faint("never accepted by its recipient");
        }
        page.line(format!(
            "  {} {} {}  {} {} {note}",
            wish.id,
            fit(&wish.ask.title, 29),
            column(entry.amount),
            fit(tier_name(tier), 7),
            fit(category_name(entry.category), 10),
        ));
    }
    let left: u64 = town.wishes.iter().map(|wish| town.world.purse(&wish.proposer)).sum();
    let brought = PROPOSER_PURSE * town.wishes.len() as u64;
    town.flows.bonds = token::balance(&town.world.svm, &town.world.community.bond_vault());
    town.flows.fees = brought - left - town.flows.bonds;
    let bond = epoch.policy.slate.bond;
    page.line(format!(
        "A slot costs a fee that doubles as the slate fills ({} so far, kept by the vault) and a bond",
        eur(town.flows.fees)
    ));
    page.line(format!(
        "of {}. Voting opens {}; the slate is final then, hash {}…",
        eur(bond),
        moment(epoch.voting_opens_at),
        hex(&epoch.slate_hash[..4])
    ));
    Ok(())
}

/// Name of a tier.
pub fn tier_name(tier: u8) -> &'static str {
    ["small", "medium", "large", "act"].get(usize::from(tier)).copied().unwrap_or("none")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
