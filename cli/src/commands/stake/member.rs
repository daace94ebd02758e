//! `budget member`: stakes, one's own and those of others.

mod upkeep;
mod withdraw;

use anchor_lang::prelude::Pubkey;
use budget_words::{format, page::Page};
use clap::Subcommand;
use community_budget::state::{Stake, Treasury};
use serde_json::json;

use super::{chosen_lock, opening, roll};
use crate::{
    act::Act,
    context::{Context, Scene},
    exit::{Failure, Result},
    quantity::{long_span, span, when},
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
        MemberCommand::Withdraw { to } => withdraw::run(context, to),
        MemberCommand::Refresh { owner } => upkeep::refresh(context, owner),
        MemberCommand::MarkDormant { owner } => upkeep::mark_dormant(context, owner),
        MemberCommand::Close => upkeep::close(context),
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

#[cfg(test)]
mod tests;
