//! Chapter 8: what taking part earns, whatever the ballot said.

use super::{
    money::eur,
    town::{TOKEN, Town, told},
};
use crate::{
    Done,
    format::{bps, count, percent},
    page::Page,
};

/// Closes the first epoch's vote records.
pub fn tell(page: &Page, town: &mut Town) -> Done {
    let header = town.world.epoch(0);
    let weight_before = town.world.treasury().total_weight;
    let ballots = town.voters().len();
    let largest = close_records(town, 0)?;
    let (paid, rewarded) = (town.flows.rewards, town.flows.rewarded);
    let treasury = town.world.treasury();
    told(town.world.epoch(0).rewards_paid == paid, "the epoch counts what voters got")?;
    told(treasury.total_weight > weight_before, "taking part adds weight")?;
    page.heading(
        "8  For taking part",
        format!(
            "{rewarded} of {ballots} ballots covered at least {} of the slate, and share in {}, {}",
            bps(header.policy.budget.participation_gate_bps),
            eur(header.reward_pool),
            bps(header.policy.budget.reward_bps),
        ),
    );
    page.line(format!(
        "of the cap, by weight, whichever way they voted: {}, at most {} each. The rest stays.",
        eur(paid),
        eur(largest),
    ));
    page.line(format!(
        "Everyone who voted also weighs a little more next time: {} -> {} in all, {} more.",
        count(weight_before / TOKEN),
        count(treasury.total_weight / TOKEN),
        percent(treasury.total_weight - weight_before, weight_before),
    ));
    Ok(())
}

/// Closes everybody's vote record of an epoch; returns the largest reward.
pub fn close_records(town: &mut Town, epoch: u32) -> Done<u64> {
    let mut largest = 0;
    for person in town.voters() {
        if !town.world.svm.exists(&town.world.vote_record_key(epoch, &person)) {
            continue;
        }
        let before = town.world.purse(&person);
        town.world.close_vote_record(epoch, &person)?;
        let reward = town.world.purse(&person) - before;
        town.flows.rewards += reward;
        town.flows.rewarded += usize::from(reward > 0);
        largest = largest.max(reward);
    }
    Ok(largest)
}
