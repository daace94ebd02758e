//! Chapters 13 and 14: the streams end, every account is closed, and what it cost comes back.

use budget_client::address;
use budget_sim::token;
use community_budget::state::Outcome;

use super::{
    ledger::{Ledger, Line},
    money::{column, eur, sol},
    rewards::close_records,
    second::NEXT_WINTER,
    town::{DAY, FUNDS, HOUR, POWER, TOKEN, Town, told},
};
use crate::{
    Done,
    format::{bar, bps, day, fit, plural, short_day},
    page::Page,
};

/// The stream whose review passes, and the one whose reviewer keeps silent.
const PASSING: &str = "R01";
const SILENT: &str = "R11";
/// Scores of the reviews that pass.
const GOOD: u16 = 8_500;
/// What the power is sold for in the end: what it cost, and a profit.
const SOLD_FOR: u64 = 9_120 * TOKEN;

/// In March, while the second slate fills: a review that passes.
pub fn review_in_march(town: &mut Town) -> Done {
    let index = town.index(PASSING);
    town.world.svm.set_now(town.world.stream(0, index).started_at + 43 * DAY);
    report(town, 0, index)
}

/// The recipient reports, and a day later the reviewer is content.
fn report(town: &mut Town, epoch: u32, index: u8) -> Done {
    let recipient = town.wish(epoch, index).recipient.clone();
    town.world.file_update(&recipient, epoch, index)?;
    town.world.svm.advance(DAY);
    town.world.score(epoch, index, GOOD)?;
    told(town.world.stream(epoch, index).held_at == 0, "the review passes")
}

/// Every stream there is: epoch and place on its slate.
fn streams(town: &Town) -> Vec<(u32, u8)> {
    let of = |epoch: u32| {
        let slate = (0u8..).zip(town.slate(epoch));
        slate
            .filter(|(_, entry)| entry.is_award() && entry.is(Outcome::Executed))
            .map(move |(index, _)| (epoch, index))
            .collect::<Vec<_>>()
    };
    [of(0), of(1)].concat()
}

/// Chapter 13: the streams run to their ends.
pub fn tell_ends(page: &Page, town: &mut Town) -> Done {
    let first = (town.flows.rewarded, town.flows.rewards);
    close_records(town, 1)?;
    let silent = town.index(SILENT);
    let recipient = town.wishes[usize::from(silent)].recipient.clone();
    town.world.file_update(&recipient, 0, silent)?;
    let winter = town.index(NEXT_WINTER);
    town.world.svm.set_now(town.world.stream(1, winter).started_at + 30 * DAY + HOUR);
    for (epoch, index) in streams(town) {
        let reviews = town.world.stream(epoch, index).checkpoints;
        if epoch == 1 && reviews > 0 {
            report(town, epoch, index)?;
        }
    }
    town.world.svm.set_now(town.world.stream(1, winter).started_at + 65 * DAY);
    let now = town.world.svm.now();
    page.heading(
        "13  What came of the money",
        format!("By {} every stream has run its course.", day(now)),
    );
    page.line(format!("  {:42} {:24} {:>12} {:>12}", "", "█ paid  ╳ returned", "paid", "returned"));
    for (epoch, index) in streams(town) {
        let stream = town.world.stream(epoch, index);
        if !stream.is_finished() {
            town.pay_out(epoch, index)?;
        }
        let stream = town.world.stream(epoch, index);
        told(stream.is_finished(), "the stream has paid or returned everything")?;
        let paid = town.flows.paid.get(&(epoch, index)).copied().unwrap_or_default();
        told(paid == stream.withdrawn, "the payout account got what was withdrawn")?;
        let wish = town.wish(epoch, index);
        page.line(format!(
            "  {} {} {} {} {}",
            wish.id,
            fit(&wish.ask.title, 38),
            bar(&[('█', stream.withdrawn), ('╳', stream.returned)], stream.total, 24, None),
            column(stream.withdrawn),
            column(stream.returned),
        ));
    }
    page.line(format!(
        "{PASSING}'s review passed with {}. {SILENT}'s reviewer kept silent, and so it passed by itself.",
        bps(GOOD)
    ));
    page.line(format!(
        "{} of the second epoch's ballots covered half of the slate, and earned {}.",
        town.flows.rewarded - first.0,
        eur(town.flows.rewards - first.1)
    ));
    sell(page, town)
}

/// The position is sold, and what it brought returns.
fn sell(page: &Page, town: &mut Town) -> Done {
    let winter = town.index(NEXT_WINTER);
    let buyer = town.second[usize::from(winter)].recipient.clone();
    let cost = town.world.treasury().positions[usize::from(POWER)].cost;
    town.world.return_funds(&buyer, POWER, SOLD_FOR)?;
    town.flows.returned += SOLD_FOR;
    let treasury = town.world.treasury();
    told(treasury.positions[usize::from(POWER)].cost == 0, "the position is closed")?;
    told(treasury.realised_profit == SOLD_FOR - cost, "the profit is booked")?;
    page.line(format!(
        "{NEXT_WINTER}'s power is sold: {} come back, of which {} are a profit.",
        eur(SOLD_FOR),
        eur(treasury.realised_profit)
    ));
    Ok(())
}

/// Chapter 14: closes everything and draws up the ledger.
pub fn tell(page: &Page, town: &mut Town) -> Done<Ledger> {
    let spam = close_proposals(town)?;
    let streams = streams(town);
    for (epoch, index) in &streams {
        close_stream(town, *epoch, *index)?;
    }
    for epoch in [0, 1] {
        town.world.close_epoch(epoch)?;
    }
    let returned_stake = return_stakes(town)?;
    page.heading(
        "14  Closing the books",
        format!(
            "Every ballot, proposal, review and stream, {} and both epochs are closed.",
            plural(town.holders.len(), "stake"),
        ),
    );
    page.line(format!(
        "The last holder's cool-down ended on {}. Bonds came back, but not the {} of {}:",
        short_day(town.world.svm.now()),
        eur(town.flows.bonds - town.flows.bonds_returned),
        spam.join(", ")
    ));
    page.line("an ask with less than 1 % of all weight behind it forfeits its bond to the vault.");
    Ok(ledger(town, returned_stake))
}

/// Closes every proposal and returns whose bond was forfeited.
fn close_proposals(town: &mut Town) -> Done<Vec<String>> {
    let purses = |town: &Town| -> u64 {
        let wishes = town.wishes.iter().chain(&town.second).map(|wish| &wish.proposer);
        wishes.chain([&town.mover]).map(|person| town.world.purse(person)).sum()
    };
    let before = purses(town);
    let mut spam = Vec::new();
    for epoch in [0, 1] {
        for index in 0..town.world.epoch(epoch).entry_count {
            let purse = purses(town);
            town.world.close_proposal(epoch, index)?;
            if purses(town) == purse {
                spam.push(town.wish(epoch, index).id.clone());
            }
        }
    }
    town.flows.bonds_returned = purses(town) - before;
    Ok(spam)
}

/// Closes a stream after its reviews.
fn close_stream(town: &mut Town, epoch: u32, index: u8) -> Done {
    let stream = town.world.stream_key(epoch, index);
    for checkpoint in 0..town.world.stream(epoch, index).checkpoints {
        if town.world.svm.exists(&address::review(&stream, checkpoint)) {
            town.world.close_review(epoch, index, checkpoint)?;
        }
    }
    town.world.close_stream(epoch, index)?;
    Ok(())
}

/// Everybody unstakes, waits for the longest lock, and closes their stake.
fn return_stakes(town: &mut Town) -> Done<u64> {
    let longest = town.holders.iter().map(|holder| holder.lock_secs).max().unwrap_or(0);
    for holder in &town.holders {
        town.world.unstake(&holder.person, holder.staked)?;
    }
    town.world.svm.advance(i64::from(longest) + HOUR);
    let mut returned = 0;
    for holder in &town.holders {
        town.world.withdraw_unstaked(&holder.person)?;
        town.world.close_stake(&holder.person)?;
        let account = town.world.community.stake_token_account(&holder.person.key());
        returned += token::balance(&town.world.svm, &account);
    }
    Ok(returned)
}

fn ledger(town: &Town, returned_stake: u64) -> Ledger {
    let treasury = town.world.treasury();
    let svm = &town.world.svm;
    let community = &town.world.community;
    let paid: u64 = town.flows.paid.values().sum();
    let vault = town.world.vault();
    let supply = town.supply();
    let staked: u64 = town.holders.iter().map(|holder| holder.staked).sum();
    let payer = svm.lamports(&svm.fee_payer());
    let fees = town.lamports_at_start - town.lamports();
    let kept = town.rent();
    let records = town.program_accounts().len();
    let at_risk: u64 = treasury.positions.iter().map(|at| at.pending + at.cost).sum();
    Ledger {
        lines: vec![
            Line::into("deposited by the town", FUNDS),
            Line::into("slot fees", town.flows.fees),
            Line::into("forfeited bond", town.flows.bonds - town.flows.bonds_returned),
            Line::into("brought back from power", town.flows.returned),
            Line::out(format!("paid to {}", plural(town.flows.paid.len(), "recipient")), paid),
            Line::out(
                format!("{} for ballots", plural(town.flows.rewarded, "reward")),
                town.flows.rewards,
            ),
            Line::out("in the vault now", vault),
        ],
        checks: vec![
            ("the treasury's books say what the vault holds", treasury.tracked, vault),
            (
                "nothing is promised or set aside any more",
                treasury.committed + treasury.reserved_funds,
                0,
            ),
            ("nothing is at risk any more", at_risk, 0),
            ("no bond is held any more", token::balance(svm, &community.bond_vault()), 0),
            ("every staked RIVER went back to its owner", returned_stake, staked),
            ("the stake vault is empty", token::balance(svm, &community.stake_vault()), 0),
            ("no EUR was made or lost anywhere", supply[0], town.supply_at_start[0]),
            ("no RIVER was made or lost anywhere", supply[1], town.supply_at_start[1]),
            (
                "only network fees and the rent below are spent",
                town.payer_at_start - payer,
                fees + kept,
            ),
        ],
        footer: format!(
            "Rent: {} at most. All but the {} of {} came back.",
            sol(town.peak_rent),
            sol(kept),
            plural(records, "recipient record")
        ),
    }
}
