//! What keeps stakes in order: measuring them anew, dormancy, closing.

use anchor_lang::prelude::Pubkey;
use budget_client::address::vote_record;
use community_budget::{
    constants::DORMANT_EPOCHS,
    state::{Stake, Treasury},
};
use serde_json::json;

use crate::{
    act::Act,
    commands::stake::{changed, weighs},
    context::{Context, Scene},
    exit::{Failure, Result},
    quantity::sol,
};

/// `budget member refresh`.
pub fn refresh(context: &Context, owner: Pubkey) -> Result<()> {
    let scene = context.scene()?;
    let payer = context.payer(&context.actor()?)?;
    let name = context.name(&owner)?;
    let key = scene.community.stake(&owner);
    let stake = context.network()?.get::<Stake>(&key, &format!("stake of {name}"))?.value;
    no_voting(&scene)?;
    let (_, change) = changed(&scene, &stake, |stake, at| stake.refresh(at))?;
    if change.new == change.old {
        return Err(Failure::input(format!(
            "the weight of {name} is {} by today's terms already; nothing to refresh.",
            scene.stake.number(change.new)
        )));
    }
    let act = Act::open_to_anyone(format!("Refresh the stake of {name}"), payer)
        .change("weight", weighs(&scene, &change))
        .exact(json!({
            "stake": key.to_string(),
            "owner": owner.to_string(),
            "weightBefore": change.old,
            "weightAfter": change.new,
        }))
        .note("No token moves; the weight is measured anew by the policy in force and the streak.")
        .instruction(scene.community.refresh_stake(owner));
    context.perform(act).map(drop)
}

/// Refuses while there is voting: weights stand still meanwhile.
///
/// # Errors
/// Exit code `input`.
fn no_voting(scene: &Scene) -> Result<()> {
    if scene.treasury.is_voting(scene.now) {
        return Err(Failure::input(
            "weights stand still from the opening of voting until the settlement; try again after \
             that.",
        ));
    }
    Ok(())
}

/// `budget member mark-dormant`.
pub fn mark_dormant(context: &Context, owner: Pubkey) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let payer = context.payer(&context.actor()?)?;
    let name = context.name(&owner)?;
    let key = scene.community.stake(&owner);
    let stake = network.get::<Stake>(&key, &format!("stake of {name}"))?.value;
    no_voting(&scene)?;
    let missed = missed_epochs(&stake, &scene.treasury, &name)?;
    let records: Vec<Pubkey> =
        missed.iter().map(|index| vote_record(&scene.community.epoch(*index), &owner)).collect();
    no_record(&missed, &network.accounts(&records)?, &name)?;
    let (_, change) = changed(&scene, &stake, |stake, at| stake.fall_dormant(at))?;
    let act = Act::open_to_anyone(format!("Mark the stake of {name} as dormant"), payer)
        .change("weight", weighs(&scene, &change))
        .change(
            "all weight",
            format!(
                "{} -> {}",
                scene.stake.number(scene.treasury.total_weight),
                scene.stake.number(scene.treasury.total_weight.saturating_sub(change.old))
            ),
        )
        .exact(json!({
            "stake": key.to_string(),
            "owner": owner.to_string(),
            "weightBefore": change.old,
        }))
        .note(
            "No token moves. Its owner wakes it by staking, unstaking, or choosing a cool-down or a \
             delegate.",
        )
        .instruction(scene.community.mark_dormant(owner, scene.treasury.settled_epochs()));
    // It takes somebody's voice away.
    context.perform(Act { asks: true, ..act }).map(drop)
}

/// Refuses when one of the vote records is there.
///
/// # Errors
/// Exit code `input`, naming the epoch.
fn no_record<T>(missed: &[u32], records: &[Option<T>], name: &str) -> Result<()> {
    match missed.iter().zip(records).find(|(_, record)| record.is_some()) {
        None => Ok(()),
        Some((index, _)) => Err(Failure::input(format!(
            "{name} voted in epoch {index}; `budget ballot close` books that first."
        ))),
    }
}

/// The epochs that a stake has to have missed, newest first, as far as its account shows that it did.
///
/// # Errors
/// Exit code `input`, with what it did instead.
fn missed_epochs(stake: &Stake, treasury: &Treasury, name: &str) -> Result<Vec<u32>> {
    if stake.dormant == 1 {
        return Err(Failure::input(format!("the stake of {name} is dormant already.")));
    }
    let settled = treasury.settled_epochs();
    let Some(since) = settled.checked_sub(DORMANT_EPOCHS) else {
        return Err(Failure::input(format!(
            "a stake is dormant after {DORMANT_EPOCHS} missed epochs; only {settled} are settled yet."
        )));
    };
    if stake.touched_epoch > since {
        return Err(Failure::input(format!(
            "{name} touched the stake before epoch {}, too late for it to have missed \
             {DORMANT_EPOCHS} epochs.",
            stake.touched_epoch
        )));
    }
    let record = stake.participation_record();
    let missed: Vec<u32> = (since..settled).rev().collect();
    match missed.iter().find(|index| record.took_part(**index)) {
        Some(index) => Err(Failure::input(format!("{name} took part in epoch {index}."))),
        None => Ok(missed),
    }
}

/// `budget member close`.
pub fn close(context: &Context) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let owner = context.actor()?;
    let payer = context.payer(&owner)?;
    let key = scene.community.stake(&owner.key);
    let stake = network.get::<Stake>(&key, "stake of yours")?.value;
    if !stake.is_empty() {
        return Err(Failure::input(format!(
            "your stake still holds {} staked and {} cooling; withdraw everything first.",
            scene.stake.show(stake.amount),
            scene.stake.show(stake.cooling)
        )));
    }
    let rent = network.lamports(&key)?;
    let act = Act::open_to_anyone("Close your stake account", payer)
        .change(
            "returns",
            format!("{} of rent to {}", sol(rent), context.full_name(&stake.rent_payer)?),
        )
        .exact(json!({
            "stake": key.to_string(),
            "rentPayer": stake.rent_payer.to_string(),
            "lamports": rent,
        }))
        .note("The streak that the account remembers is lost with it.")
        .instruction(scene.community.close_stake(owner.key, stake.rent_payer));
    context.perform(Act { actors: vec![owner], asks: true, ..act }).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::stake::member::tests::{NOW, scene, stake};

    #[test]
    fn a_ballot_that_waits_to_be_booked_is_no_missed_epoch() {
        assert!(no_record::<()>(&[9, 8], &[None, None], "Ada").is_ok());
        let refused = no_record(&[9, 8], &[None, Some(())], "Ada").unwrap_err().to_string();
        assert!(refused.starts_with("Ada voted in epoch 8;"), "{refused}");
    }

    #[test]
    fn weights_stand_still_while_there_is_voting() {
        let mut scene = scene();
        assert!(no_voting(&scene).is_ok());
        (scene.treasury.epoch_count, scene.treasury.epoch_active) = (1, 1);
        scene.treasury.voting_opens_at = NOW + 1;
        assert!(no_voting(&scene).is_ok());
        scene.treasury.voting_opens_at = NOW;
        assert!(no_voting(&scene).unwrap_err().to_string().contains("until the settlement"));
        scene.treasury.epoch_active = 0;
        assert!(no_voting(&scene).is_ok());
    }

    #[test]
    fn a_stake_is_dormant_only_when_its_account_shows_eight_missed_epochs() {
        let mut treasury = *scene().treasury;
        let mut stake = stake();
        let refused = |stake: &Stake, treasury: &Treasury| {
            missed_epochs(stake, treasury, "Ada").unwrap_err().to_string()
        };
        treasury.epoch_count = 7;
        assert!(refused(&stake, &treasury).contains("only 7 are settled yet"));
        treasury.epoch_count = 10;
        assert_eq!(missed_epochs(&stake, &treasury, "Ada").unwrap(), [9, 8, 7, 6, 5, 4, 3, 2]);
        stake.touched_epoch = 3;
        assert!(refused(&stake, &treasury).contains("touched the stake before epoch 3"));
        stake.touched_epoch = 2;
        (stake.participation_latest, stake.participation[1]) = (9, 10_000);
        assert!(refused(&stake, &treasury).contains("took part in epoch 9"));
        stake.participation[1] = 0;
        assert!(missed_epochs(&stake, &treasury, "Ada").is_ok());
        stake.dormant = 1;
        assert!(refused(&stake, &treasury).contains("dormant already"));
    }
}
