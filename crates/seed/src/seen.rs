//! What is on the network: accounts say whether, and how, it was seeded before.

use std::collections::BTreeSet;

use anchor_lang::prelude::Pubkey;
use budget_client::Community;
use budget_rpc::Network;
use community_budget::state::{BudgetEpoch, Stake, Treasury};
use solana_signer::Signer;

use crate::{
    keys::member_key,
    plan::MAX_STAKERS,
    population::{Population, Round},
    trouble::{During, Result, Trouble},
};

const STEP: &str = "looking at what is on the network";

/// How much of the story was played already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Nothing,
    Everything,
}

/// Looks whether the story was played on this network before.
///
/// # Errors
/// [`Trouble::HalfSeeded`], [`Trouble::OtherPlan`], [`Trouble::Network`].
pub fn look(network: &Network, community: &Community, population: &Population) -> Result<Seen> {
    let half = || Trouble::HalfSeeded { url: network.cluster.rpc.clone() };
    let Some(treasury) = network.find::<Treasury>(&community.treasury, "treasury").during(STEP)?
    else {
        // The mints come first.
        let begun = network.account(&community.budget_mint).during(STEP)?.is_some();
        return if begun { Err(half()) } else { Ok(Seen::Nothing) };
    };
    let present = Round::Present.epoch();
    let Some(current) = treasury.value.current_epoch().filter(|current| *current >= present) else {
        return Err(half());
    };
    let stakes = network.list::<Stake>(&community.treasury).during(STEP)?;
    let owners: BTreeSet<Pubkey> = stakes.iter().map(|stake| stake.value.owner).collect();
    // Others may have staked since, and some may have left.
    let last = (0..MAX_STAKERS).rev().find(|index| owners.contains(&member_key(*index).pubkey()));
    let (found, wanted) = (last.map_or(0, |last| last + 1), population.members.len());
    if found != wanted {
        return Err(Trouble::OtherPlan { found, wanted });
    }
    let key = community.epoch(present);
    let epoch = network.find::<BudgetEpoch>(&key, "epoch").during(STEP)?;
    let ballots = epoch.map(|epoch| epoch.value.ballot_count);
    let whole = is_whole(current, ballots, population.ballot_count(Round::Present));
    if whole { Ok(Seen::Everything) } else { Err(half()) }
}

/// Whether the story was played to its end: ballots of the present epoch come last, and their number
/// never falls. That epoch is closed, and another one opened, only when somebody has gone on.
fn is_whole(current: u32, ballots: Option<u64>, expected: usize) -> bool {
    let cast = |ballots| usize::try_from(ballots).unwrap_or(usize::MAX);
    current > Round::Present.epoch() || ballots.is_none_or(|ballots| cast(ballots) >= expected)
}

/// When voting of the current epoch closes.
pub fn voting_closes_at(network: &Network, community: &Community) -> Result<Option<i64>> {
    let treasury = network.get::<Treasury>(&community.treasury, "treasury").during(STEP)?;
    let Some(current) = treasury.value.current_epoch() else { return Ok(None) };
    let key = community.epoch(current);
    let epoch = network.find::<BudgetEpoch>(&key, "epoch").during(STEP)?;
    Ok(epoch.map(|epoch| epoch.value.voting_closes_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ballots_tell_the_whole_story_from_a_part() {
        assert!(is_whole(1, Some(130), 130));
        assert!(is_whole(1, Some(131), 130), "somebody voted since");
        assert!(!is_whole(1, Some(129), 130));
        assert!(!is_whole(1, Some(0), 130));
        assert!(is_whole(1, None, 130), "it was closed since");
        assert!(is_whole(2, Some(0), 130), "another epoch was opened since");
    }
}
