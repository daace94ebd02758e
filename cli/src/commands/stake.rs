//! `stake`, `unstake`, `lock`, `delegate`: a member's own tokens and voice.

use anchor_lang::prelude::Pubkey;
use clap::{Args, Subcommand};
use community_budget::state::Stake;
use serde_json::json;

use crate::{
    act::Act,
    context::{Context, Scene},
    exit::{Failure, Result},
    quantity::{long_span, span, when},
};

/// `budget stake`.
#[derive(Args)]
pub struct StakeArgs {
    /// Tokens to stake, for example 1200 or 1,200.5.
    amount: String,
    /// Cool-down of a new stake, between the policy's shortest and longest lock; a longer one
    /// weighs more. The shortest unless given.
    #[arg(long, value_parser = span)]
    lock: Option<u32>,
}

/// Stakes tokens; opens the stake account first where there is none.
pub fn stake(context: &Context, args: StakeArgs) -> Result<()> {
    let scene = context.scene()?;
    let owner = context.actor()?;
    let payer = context.payer(&owner)?;
    let amount = scene.stake.parse(&args.amount)?;
    let key = scene.community.stake(&owner.key);
    let found = context.network()?.find::<Stake>(&key, "stake")?;
    let source = scene.community.stake_token_account(&owner.key);
    let payer_key = payer.key;
    let mut act = Act::open_to_anyone(format!("Stake {}", scene.stake.show(amount)), payer);
    match &found {
        None => {
            let lock = args.lock.unwrap_or(scene.treasury.policy.stake.min_lock_secs);
            act = act
                .change("opens", "your stake account; its rent returns when you close it")
                .change("cool-down", long_span(lock.into()))
                .instruction(scene.community.open_stake(owner.key, payer_key, lock));
        }
        Some(found) => {
            if args.lock.is_some() {
                return Err(Failure::input(
                    "your stake exists already; `budget lock` changes its cool-down.",
                ));
            }
            let before = found.value.amount;
            act = act.change(
                "your stake",
                format!(
                    "{} -> {}",
                    scene.stake.show(before),
                    scene.stake.show(before.saturating_add(amount))
                ),
            );
        }
    }
    let act = act
        .change("votes from", first_vote(&scene))
        .note(
            "The tokens stay yours: nobody can spend them. `budget unstake` starts their cool-down.",
        )
        .instruction(scene.community.stake_tokens(owner.key, source, amount));
    context.perform(Act { actors: vec![owner], asks: true, ..act }).map(drop)
}

/// Late stake has no vote in an epoch whose voting has opened (R2).
fn first_vote(scene: &Scene) -> String {
    if scene.treasury.epoch_active == 1 && scene.treasury.voting_opened(scene.now) {
        "the next epoch on: this one's voting has opened".to_owned()
    } else {
        "the next voting on".to_owned()
    }
}

/// `budget unstake`.
#[derive(Args)]
pub struct UnstakeArgs {
    /// Tokens whose cool-down begins, or `all`.
    amount: String,
}

/// Starts the cool-down of staked tokens.
pub fn unstake(context: &Context, args: UnstakeArgs) -> Result<()> {
    let scene = context.scene()?;
    let owner = context.actor()?;
    let key = scene.community.stake(&owner.key);
    let found = context.network()?.get::<Stake>(&key, "stake of yours")?.value;
    let amount = match args.amount.as_str() {
        "all" => found.amount,
        text => scene.stake.parse(text)?,
    };
    let payer = context.payer(&owner)?;
    let act = Act::open_to_anyone(format!("Unstake {}", scene.stake.show(amount)), payer)
        .change(
            "your stake",
            format!(
                "{} -> {}",
                scene.stake.show(found.amount),
                scene.stake.show(found.amount.saturating_sub(amount))
            ),
        )
        .change("weight", "falls at once, in this epoch too")
        .change("cools down for", format!("{} at least", long_span(found.lock_secs.into())))
        .note(
            "Everything that cools starts anew. `budget member withdraw` takes it when it is due.",
        )
        .instruction(scene.community.request_unstake(owner.key, amount));
    context.perform(Act { actors: vec![owner], asks: true, ..act }).map(drop)
}

/// `budget lock`.
#[derive(Args)]
pub struct LockArgs {
    /// The new cool-down, for example 30d.
    #[arg(value_parser = span)]
    span: u32,
}

/// Chooses another cool-down.
pub fn lock(context: &Context, args: LockArgs) -> Result<()> {
    let scene = context.scene()?;
    let owner = context.actor()?;
    let key = scene.community.stake(&owner.key);
    let found = context.network()?.get::<Stake>(&key, "stake of yours")?.value;
    let payer = context.payer(&owner)?;
    let note = if args.span < found.lock_secs {
        "The weight falls at once; the tokens stay as long as if the old cool-down had begun now."
    } else {
        "A longer cool-down weighs more, from the next voting on."
    };
    let act = Act::open_to_anyone("Change your cool-down", payer)
        .change(
            "cool-down",
            format!("{} -> {}", long_span(found.lock_secs.into()), long_span(args.span.into())),
        )
        .note(note)
        .instruction(scene.community.set_lock(owner.key, args.span));
    context.perform(Act { actors: vec![owner], asks: true, ..act }).map(drop)
}

/// `budget delegate`.
#[derive(Args)]
pub struct DelegateArgs {
    /// Who may vote in your place, or `nobody`.
    to: String,
}

/// Chooses who may vote in the owner's place.
pub fn delegate(context: &Context, args: DelegateArgs) -> Result<()> {
    let to = match args.to.as_str() {
        "nobody" => Pubkey::default(),
        text => text.parse().map_err(|_| {
            Failure::input(format!("`{text}` is no address; give one, or `nobody`."))
        })?,
    };
    let scene = context.scene()?;
    let owner = context.actor()?;
    let payer = context.payer(&owner)?;
    let whom = if to == Pubkey::default() { "nobody".to_owned() } else { context.name(&to)? };
    let act = Act::open_to_anyone(format!("Let {whom} vote in your place"), payer)
        .change("delegate", whom)
        .note("Your own ballot always comes first, and your tokens stay yours.")
        .instruction(scene.community.set_delegate(owner.key, to));
    context.perform(Act { actors: vec![owner], asks: true, ..act }).map(drop)
}

/// `budget member`.
#[derive(Subcommand)]
pub enum MemberCommand {
    /// A member's stake: tokens, cool-down, weight, delegate.
    Show {
        /// Whose; yours unless given.
        owner: Option<Pubkey>,
    },
}

/// `budget member ...`.
pub fn member(context: &Context, command: MemberCommand) -> Result<()> {
    match command {
        MemberCommand::Show { owner } => show(context, owner),
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
    let power = scene.treasury.current_epoch().map(|index| stake.power(index));
    if context.globals.json {
        context.json(&json!({
            "owner": owner.to_string(),
            "stake": key.to_string(),
            "amount": stake.amount,
            "cooling": stake.cooling,
            "coolingUntil": stake.cooling_until,
            "lockSecs": stake.lock_secs,
            "weight": stake.weight,
            "powerInCurrentEpoch": power,
            "delegate": stake.delegate.to_string(),
            "dormant": stake.dormant == 1,
        }));
        return Ok(());
    }
    let page = &context.page;
    let share = budget_words::format::percent(stake.weight, scene.treasury.total_weight);
    page.line(page.strong(&format!(
        "{name} has staked {}, {share} of all weight",
        scene.stake.show(stake.amount)
    )));
    page.line(format!("  cool-down   {}", long_span(stake.lock_secs.into())));
    if stake.cooling > 0 {
        let due = when(stake.cooling_until, scene.now);
        page.line(format!("  cooling     {}, out {due}", scene.stake.show(stake.cooling)));
    }
    if stake.delegate != Pubkey::default() {
        page.line(format!("  delegate    {}", context.name(&stake.delegate)?));
    }
    if stake.dormant == 1 {
        page.line("  dormant     it carries no weight until its owner touches it");
    }
    Ok(())
}
