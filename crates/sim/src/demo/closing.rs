//! Chapter 8: every account is closed, and what it cost comes back.

use budget_sim::token;
use community_budget::state::Outcome;

use super::{
    ledger::{Ledger, Line},
    money::{eur, sol},
    tally::slate,
    town::{FUNDS, HOUR, Town},
};
use crate::{
    Done,
    format::{day, plural},
    page::Page,
};

/// Closes everything and draws up the ledger.
pub fn tell(page: &Page, town: &mut Town) -> Done<Ledger> {
    let peak = town.rent();
    let awards = slate(town);
    let voters: Vec<_> = (town.holders.iter())
        .filter(|holder| !holder.stances.is_empty())
        .map(|holder| holder.person.clone())
        .collect();
    for voter in &voters {
        town.world.close_vote_record(0, voter)?;
    }
    let purses = |town: &Town| -> u64 {
        town.wishes.iter().map(|wish| town.world.purse(&wish.proposer)).sum()
    };
    let before = purses(town);
    let mut spam = Vec::new();
    for index in (0u8..).take(town.wishes.len()) {
        let purse = purses(town);
        town.world.close_proposal(0, index)?;
        if purses(town) == purse {
            spam.push(town.wishes[usize::from(index)].id.clone());
        }
    }
    town.flows.bonds_returned = purses(town) - before;
    let streams = (0u8..).zip(&awards).filter(|(_, entry)| entry.is(Outcome::Executed));
    let streams: Vec<u8> = streams.map(|(index, _)| index).collect();
    for index in &streams {
        town.world.close_stream(0, *index)?;
    }
    town.world.close_epoch(0)?;
    let returned_stake = return_stakes(town)?;
    page.heading(
        "8  Closing the books",
        format!(
            "{}, {}, {}, the epoch and {} are closed.",
            plural(voters.len(), "vote record"),
            plural(town.wishes.len(), "proposal"),
            plural(streams.len(), "stream"),
            plural(town.holders.len(), "stake"),
        ),
    );
    page.line(format!(
        "The last holder's cool-down ended on {}. Bonds came back, but not the {} of {}:",
        day(town.world.svm.now()),
        eur(town.flows.bonds - town.flows.bonds_returned),
        spam.join(", ")
    ));
    page.line("an ask with less than 1 % of all weight behind it forfeits its bond to the vault.");
    Ok(ledger(town, peak, returned_stake))
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

fn ledger(town: &Town, peak: u64, returned_stake: u64) -> Ledger {
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
    Ledger {
        lines: vec![
            Line::into("deposited by the town", FUNDS),
            Line::into("slot fees", town.flows.fees),
            Line::into("forfeited bond", town.flows.bonds - town.flows.bonds_returned),
            Line::out(format!("paid to {}", plural(town.flows.paid.len(), "recipient")), paid),
            Line::out("in the vault now", vault),
        ],
        checks: vec![
            ("the treasury's books say what the vault holds", treasury.tracked, vault),
            ("nothing is promised any more", treasury.committed, 0),
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
            "Rent: {} were locked, {} came back; the rest keeps {}.",
            sol(peak),
            sol(peak - kept),
            plural(records, "recipient record")
        ),
    }
}
