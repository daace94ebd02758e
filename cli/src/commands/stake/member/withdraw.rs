//! `budget member withdraw`: what has cooled down returns to its owner.

use anchor_lang::prelude::Pubkey;
use community_budget::state::Stake;
use serde_json::json;

use crate::{
    act::Act,
    context::{Context, Scene, open_associated},
    exit::{Failure, Result},
    purse::Purse,
    quantity::when,
};

/// `budget member withdraw`.
pub fn run(context: &Context, to: Option<Pubkey>) -> Result<()> {
    let scene = context.scene()?;
    let owner = context.actor()?;
    let payer = context.payer(&owner)?;
    let community = &scene.community;
    let key = community.stake(&owner.key);
    let stake = context.network()?.get::<Stake>(&key, "stake of yours")?.value;
    may_withdraw(&stake, &scene)?;
    let own = community.stake_token_account(&owner.key);
    let destination = to.unwrap_or(own);
    let purse = context.purse(&destination)?;
    let title = format!("Withdraw {}", scene.stake.show(stake.cooling));
    let mut act = Act::open_to_anyone(title, payer.clone());
    match &purse {
        Some(purse) => {
            may_receive(&scene, purse)?;
            if purse.owner != owner.key {
                let whose = context.full_name(&purse.owner)?;
                act = act.change("warning", format!("the account belongs to {whose}, not to you"));
            }
        }
        None if destination == own => {
            act = act.change("opens", "your token account").instruction(open_associated(
                &payer.key,
                &owner.key,
                &community.stake_mint,
                &community.stake_token_program,
            ));
        }
        None => return Err(Failure::input(format!("there is no token account {destination}."))),
    }
    let held = purse.map_or(0, |purse| purse.amount);
    let after = held.saturating_add(stake.cooling);
    let act = act
        .change("pays", destination.to_string())
        .change("it holds", format!("{} -> {}", scene.stake.show(held), scene.stake.show(after)))
        .change("still staked", scene.stake.show(stake.amount))
        .exact(json!({
            "stake": key.to_string(),
            "destination": destination.to_string(),
            "amount": stake.cooling,
        }))
        .note("What is still staked keeps its weight.")
        .instruction(community.withdraw_unstaked(owner.key, destination));
    context.perform(Act { actors: vec![owner], asks: true, ..act }).map(drop)
}

/// Refuses a token account that cannot be paid.
///
/// # Errors
/// Exit code `input`, with the reason.
fn may_receive(scene: &Scene, purse: &Purse) -> Result<()> {
    let key = purse.key;
    if purse.mint != scene.treasury.stake_mint {
        return Err(Failure::input(format!(
            "the token account {key} is not one of {}.",
            scene.stake.symbol
        )));
    }
    if purse.owner == scene.key {
        return Err(Failure::input("a vault of the treasury cannot be paid by a withdrawal."));
    }
    if purse.frozen {
        return Err(Failure::input(format!(
            "the token account {key} is frozen; name another by --to."
        )));
    }
    Ok(())
}

/// Refuses to withdraw what does not cool, or not yet long enough.
///
/// # Errors
/// Exit code `input`, with the moment.
fn may_withdraw(stake: &Stake, scene: &Scene) -> Result<()> {
    if stake.cooling == 0 {
        return Err(Failure::input(
            "nothing of your stake is cooling down; `budget unstake` starts that.",
        ));
    }
    if scene.now < stake.cooling_until {
        return Err(Failure::input(format!(
            "{} still cool down; they are out {}.",
            scene.stake.show(stake.cooling),
            when(stake.cooling_until, scene.now)
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::stake::member::tests::{NOW, scene, stake};

    #[test]
    fn only_what_has_cooled_down_is_withdrawn() {
        let (scene, mut stake) = (scene(), stake());
        let refused = |stake: &Stake| may_withdraw(stake, &scene).unwrap_err().to_string();
        assert!(refused(&stake).contains("`budget unstake` starts that"));
        (stake.cooling, stake.cooling_until) = (50, NOW + 1);
        assert!(
            refused(&stake).starts_with("50 RIVER still cool down; they are out Mon 5 Jan 2026")
        );
        stake.cooling_until = NOW;
        assert!(may_withdraw(&stake, &scene).is_ok());
    }

    #[test]
    fn only_an_account_that_can_be_paid_is() {
        let scene = scene();
        let fine = Purse {
            key: Pubkey::new_unique(),
            owner: Pubkey::new_unique(),
            mint: scene.treasury.stake_mint,
            amount: 0,
            frozen: false,
        };
        assert!(may_receive(&scene, &fine).is_ok());
        let refused = |purse: Purse| may_receive(&scene, &purse).unwrap_err().to_string();
        let foreign = Purse { mint: Pubkey::new_unique(), ..fine.clone() };
        assert!(refused(foreign).ends_with("is not one of RIVER."));
        assert!(refused(Purse { owner: scene.key, ..fine.clone() }).contains("a vault"));
        assert!(refused(Purse { frozen: true, ..fine }).contains("is frozen"));
    }
}
