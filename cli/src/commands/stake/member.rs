//! `budget member`: stakes, one's own and those of others.

use anchor_lang::prelude::Pubkey;
use budget_client::address::vote_record;
use budget_words::{format, page::Page};
use clap::Subcommand;
use community_budget::{
    constants::DORMANT_EPOCHS,
    state::{Stake, Treasury},
};
use serde_json::json;

use super::{changed, chosen_lock, opening, roll, weighs};
use crate::{
    act::Act,
    context::{Context, Scene, open_associated},
    exit::{Failure, Result},
    quantity::{long_span, sol, span, when},
    view::{aligned, pair},
};

/// `budget member`.
#[derive(Subcommand)]
pub enum MemberCommand {
    /// A member's stake: tokens, cool-down, weight, delegate.
    Show {
        /// Whose; yours unless given.
        owner: Option<Pubkey>,
    },
    /// Every member by weight, and how concentrated the weight is.
    List,
    /// Open your stake account without staking yet; `budget stake` opens it, too.
    Open {
        /// Cool-down, for example 30d; a longer one weighs more. The policy's shortest unless given.
        #[arg(long, value_parser = span)]
        lock: Option<u32>,
    },
    /// Take what has cooled down.
    Withdraw {
        /// Token account to pay; your own associated one unless given.
        #[arg(long, value_name = "TOKENACCOUNT")]
        to: Option<Pubkey>,
    },
    /// Measure a stake's weight by today's terms. Anyone may, while there is no voting.
    Refresh {
        /// Whose stake.
        owner: Pubkey,
    },
    /// Take a stake that missed eight epochs out of the total, until its owner touches it. Anyone
    /// may, while there is no voting.
    MarkDormant {
        /// Whose stake.
        owner: Pubkey,
    },
    /// Close your empty stake account; its rent returns to who paid it.
    Close,
}

/// `budget member ...`.
pub fn run(context: &Context, command: MemberCommand) -> Result<()> {
    match command {
        MemberCommand::Show { owner } => show(context, owner),
        MemberCommand::List => roll::list(context),
        MemberCommand::Open { lock } => open(context, lock),
        MemberCommand::Withdraw { to } => withdraw(context, to),
        MemberCommand::Refresh { owner } => refresh(context, owner),
        MemberCommand::MarkDormant { owner } => mark_dormant(context, owner),
        MemberCommand::Close => close(context),
    }
}

fn show(context: &Context, owner: Option<Pubkey>) -> Result<()> {
    let scene = context.scene()?;
    let owner = match owner {
        Some(owner) => owner,
        None => context.actor()?.key,
    };
    let key = scene.community.stake(&owner);
    let name = context.name(&owner)?;
    let stake = context.network()?.get::<Stake>(&key, &format!("stake of {name}"))?.value;
    if context.globals.json {
        let power = scene.treasury.current_epoch().map(|index| stake.power(index));
        context.json(&json!({
            "owner": owner.to_string(),
            "stake": key.to_string(),
            "amount": stake.amount,
            "cooling": stake.cooling,
            "coolingUntil": stake.cooling_until,
            "lockSecs": stake.lock_secs,
            "weight": stake.weight,
            "powerInCurrentEpoch": power,
            "streakBps": streak(&stake, &scene.treasury),
            "delegate": stake.delegate.to_string(),
            "dormant": stake.dormant == 1,
        }));
        return Ok(());
    }
    let delegate = match stake.delegate == Pubkey::default() {
        true => None,
        false => Some(context.name(&stake.delegate)?),
    };
    for line in lines(&context.page, &scene, &stake, &name, delegate.as_deref()) {
        context.page.line(line);
    }
    Ok(())
}

/// Share of the last eight epochs that the stake took part in, in basis points.
fn streak(stake: &Stake, treasury: &Treasury) -> u16 {
    stake.participation_record().streak_bps(treasury.settled_epochs())
}

fn lines(
    page: &Page,
    scene: &Scene,
    stake: &Stake,
    name: &str,
    delegate: Option<&str>,
) -> Vec<String> {
    let token = &scene.stake;
    let head = format!(
        "{name} has staked {}, {} of all weight",
        token.show(stake.amount),
        format::percent(stake.weight, scene.treasury.total_weight)
    );
    let mut rows = vec![pair(
        "weight",
        if stake.dormant == 1 {
            "0: dormant until its owner touches the stake".to_owned()
        } else {
            format!("{} with its bonuses", token.number(stake.weight))
        },
    )];
    if let Some(index) = scene.treasury.current_epoch()
        && scene.treasury.is_voting(scene.now)
    {
        let power = stake.power(index);
        rows.push(pair("votes with", format!("{} in epoch {index}", token.number(power))));
    }
    rows.push(pair("cool-down", long_span(stake.lock_secs.into())));
    if stake.cooling > 0 {
        let due = if scene.now >= stake.cooling_until {
            "ready: `budget member withdraw` takes it".to_owned()
        } else {
            format!("out {}", when(stake.cooling_until, scene.now))
        };
        rows.push(pair("cooling", format!("{}, {due}", token.show(stake.cooling))));
    }
    let share = streak(stake, &scene.treasury);
    rows.push(pair("took part", format!("in {} of the last eight epochs", format::bps(share))));
    rows.push(pair("delegate", delegate.unwrap_or("nobody")));
    std::iter::once(page.strong(&head)).chain(aligned(page, &rows)).collect()
}

fn open(context: &Context, lock: Option<u32>) -> Result<()> {
    let scene = context.scene()?;
    let owner = context.actor()?;
    let payer = context.payer(&owner)?;
    let key = scene.community.stake(&owner.key);
    if context.network()?.find::<Stake>(&key, "stake")?.is_some() {
        return Err(Failure::input(
            "your stake account is open already; `budget lock` changes its cool-down.",
        ));
    }
    let lock = chosen_lock(&scene.treasury, lock)?;
    let payer_key = payer.key;
    let act = opening(context, Act::open_to_anyone("Open your stake account", payer), lock)?
        .exact(json!({ "stake": key.to_string(), "lockSecs": lock }))
        .note("No token moves. `budget stake` fills it; closing it returns the rent.")
        .instruction(scene.community.open_stake(owner.key, payer_key, lock));
    context.perform(Act { actors: vec![owner], ..act }).map(drop)
}

fn withdraw(context: &Context, to: Option<Pubkey>) -> Result<()> {
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
        Some(purse) if purse.mint != community.stake_mint => {
            return Err(Failure::input(format!(
                "the token account {destination} is not one of {}.",
                scene.stake.symbol
            )));
        }
        Some(purse) if purse.owner == scene.key => {
            return Err(Failure::input("a vault of the treasury cannot be paid by a withdrawal."));
        }
        Some(purse) if purse.frozen => {
            return Err(Failure::input(format!(
                "the token account {destination} is frozen; name another by --to."
            )));
        }
        Some(purse) if purse.owner != owner.key => {
            act = act.change(
                "warning",
                format!("the account belongs to {}, not to you", context.full_name(&purse.owner)?),
            );
        }
        Some(_) => {}
        None if destination != own => {
            return Err(Failure::input(format!("there is no token account {destination}.")));
        }
        None => {
            act = act.change("opens", "your token account").instruction(open_associated(
                &payer.key,
                &owner.key,
                &community.stake_mint,
                &community.stake_token_program,
            ));
        }
    }
    let held = purse.map_or(0, |purse| purse.amount);
    let act = act
        .change("pays", destination.to_string())
        .change(
            "it holds",
            format!(
                "{} -> {}",
                scene.stake.show(held),
                scene.stake.show(held.saturating_add(stake.cooling))
            ),
        )
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

fn refresh(context: &Context, owner: Pubkey) -> Result<()> {
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

fn mark_dormant(context: &Context, owner: Pubkey) -> Result<()> {
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
    let found = network.accounts(&records)?;
    if let Some((index, _)) = missed.iter().zip(&found).find(|(_, record)| record.is_some()) {
        return Err(Failure::input(format!(
            "{name} voted in epoch {index}; `budget ballot close` books that first."
        )));
    }
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
    context.perform(act).map(drop)
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

fn close(context: &Context) -> Result<()> {
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
mod tests;
