//! `stake`, `unstake`, `lock`, `delegate`: a member's own tokens and voice.

mod member;
mod roll;

use anchor_lang::prelude::Pubkey;
use budget_rules::snapshot::NEVER;
use budget_words::format;
use bytemuck::Zeroable;
use clap::Args;
use community_budget::state::{Moment, Stake, Treasury, WeightChange};
use serde_json::json;

pub use member::{MemberCommand, run as member};

use crate::{
    act::Act,
    context::{Context, Scene},
    exit::{Failure, Result},
    quantity::{long_span, sol, span, when},
    streams::foreseen,
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
    let source = scene.community.stake_token_account(&owner.key);
    context.require_tokens(&source, amount, &scene.stake)?;
    let key = scene.community.stake(&owner.key);
    let found = context.network()?.find::<Stake>(&key, "stake")?;
    let payer_key = payer.key;
    let mut act = Act::open_to_anyone(format!("Stake {}", scene.stake.show(amount)), payer);
    let before = match found {
        None => {
            let lock = chosen_lock(&scene.treasury, args.lock)?;
            act = opening(context, act, lock)?
                .instruction(scene.community.open_stake(owner.key, payer_key, lock));
            unopened(lock)
        }
        Some(_) if args.lock.is_some() => {
            return Err(Failure::input(
                "your stake exists already; `budget lock` changes its cool-down.",
            ));
        }
        Some(found) => found.value,
    };
    let (after, change) = changed(&scene, &before, |stake, at| stake.add(amount, at))?;
    let act = act
        .change("your stake", moves(&scene, before.amount, after.amount))
        .change("weight", weighs(&scene, &change))
        .change("votes from", first_vote(&scene))
        .exact(json!({
            "stake": key.to_string(),
            "amount": amount,
            "source": source.to_string(),
            "weightAfter": change.new,
        }))
        .note(
            "The tokens stay yours: nobody can spend them. `budget unstake` starts their cool-down.",
        )
        .instruction(scene.community.stake_tokens(owner.key, source, amount));
    context.perform(Act { actors: vec![owner], asks: true, ..act }).map(drop)
}

/// The cool-down of a new stake: what was asked for, else the shortest.
///
/// # Errors
/// Exit code `input` outside the policy's range.
fn chosen_lock(treasury: &Treasury, asked: Option<u32>) -> Result<u32> {
    let terms = treasury.in_force.lock_terms();
    let lock = asked.unwrap_or(terms.min_secs);
    if (terms.min_secs..=terms.max_secs).contains(&lock) {
        return Ok(lock);
    }
    Err(Failure::input(format!(
        "a cool-down of {} is not allowed; choose one from {} to {}.",
        long_span(lock.into()),
        long_span(terms.min_secs.into()),
        long_span(terms.max_secs.into())
    )))
}

/// Adds what opening a stake account changes.
fn opening(context: &Context, act: Act, lock: u32) -> Result<Act> {
    let rent = context.network()?.rent(Stake::SPACE)?;
    Ok(act
        .change("opens", format!("your stake account for {} of rent", sol(rent)))
        .change("cool-down", long_span(lock.into())))
}

/// A stake account as it is opened.
fn unopened(lock_secs: u32) -> Stake {
    let mut stake = Stake::zeroed();
    stake.lock_secs = lock_secs;
    (stake.frozen_epoch, stake.act_epoch, stake.participation_latest) = (NEVER, NEVER, NEVER);
    stake
}

/// A stake after a change that the program would make to it, and what that does to its weight.
///
/// # Errors
/// Exit code `input`, with the program's refusal.
fn changed(
    scene: &Scene,
    before: &Stake,
    change: impl FnOnce(&mut Stake, &Moment) -> anchor_lang::Result<WeightChange>,
) -> Result<(Stake, WeightChange)> {
    let mut after = *before;
    let moment = scene.treasury.moment(scene.now);
    let change = foreseen(change(&mut after, &moment))?;
    Ok((after, change))
}

fn moves(scene: &Scene, before: u64, after: u64) -> String {
    format!("{} -> {}", scene.stake.show(before), scene.stake.show(after))
}

/// A weight before and after, with the share of all that it comes to.
fn weighs(scene: &Scene, change: &WeightChange) -> String {
    let others = scene.treasury.total_weight.saturating_sub(change.old);
    format!(
        "{} -> {} ({} of all)",
        scene.stake.number(change.old),
        scene.stake.number(change.new),
        format::percent(change.new, others.saturating_add(change.new))
    )
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
    let before = context.network()?.get::<Stake>(&key, "stake of yours")?.value;
    let amount = match args.amount.as_str() {
        "all" => before.amount,
        text => scene.stake.parse(text)?,
    };
    if amount == 0 || amount > before.amount {
        return Err(Failure::input(format!(
            "you have {} staked; the amount must be more than nothing and no more than that.",
            scene.stake.show(before.amount)
        )));
    }
    let floor = scene.treasury.cooling_floor_at;
    let (after, change) = changed(&scene, &before, |stake, at| stake.cool(amount, floor, at))?;
    let payer = context.payer(&owner)?;
    let act = Act::open_to_anyone(format!("Unstake {}", scene.stake.show(amount)), payer)
        .change("your stake", moves(&scene, before.amount, after.amount))
        .change("weight", format!("{}, at once, in this epoch too", weighs(&scene, &change)))
        .change("cooling", moves(&scene, before.cooling, after.cooling))
        .change("out", when(after.cooling_until, scene.now))
        .exact(json!({
            "stake": key.to_string(),
            "amount": amount,
            "coolingUntil": after.cooling_until,
            "weightAfter": change.new,
        }))
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
    let before = context.network()?.get::<Stake>(&key, "stake of yours")?.value;
    let lock = chosen_lock(&scene.treasury, Some(args.span))?;
    if lock == before.lock_secs {
        return Err(Failure::input(format!(
            "your cool-down is {} already.",
            long_span(lock.into())
        )));
    }
    let (_, change) = changed(&scene, &before, |stake, at| stake.set_lock(lock, at))?;
    let payer = context.payer(&owner)?;
    let note = if lock < before.lock_secs {
        "The weight falls at once; the tokens stay as long as if the old cool-down had begun now."
    } else {
        "A longer cool-down weighs more, from the next voting on."
    };
    let spans = format!("{} -> {}", long_span(before.lock_secs.into()), long_span(lock.into()));
    let act = Act::open_to_anyone("Change your cool-down", payer)
        .change("cool-down", spans)
        .change("weight", weighs(&scene, &change))
        .exact(json!({
            "stake": key.to_string(),
            "lockSecs": lock,
            "weightAfter": change.new,
        }))
        .note(note)
        .instruction(scene.community.set_lock(owner.key, lock));
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
    let key = scene.community.stake(&owner.key);
    let before = context.network()?.get::<Stake>(&key, "stake of yours")?.value;
    let called = |key: &Pubkey| -> Result<String> {
        if *key == Pubkey::default() { Ok("nobody".to_owned()) } else { context.full_name(key) }
    };
    if before.delegate == to {
        return Err(Failure::input(format!("{} is your delegate already.", called(&to)?)));
    }
    let payer = context.payer(&owner)?;
    let whom = if to == Pubkey::default() { "nobody".to_owned() } else { context.name(&to)? };
    let act = Act::open_to_anyone(format!("Let {whom} vote in your place"), payer)
        .change("delegate", format!("{} -> {}", called(&before.delegate)?, called(&to)?))
        .exact(json!({ "stake": key.to_string(), "delegate": to.to_string() }))
        .note("Your own ballot always comes first, and your tokens stay yours.")
        .instruction(scene.community.set_delegate(owner.key, to));
    context.perform(Act { actors: vec![owner], asks: true, ..act }).map(drop)
}

#[cfg(test)]
mod tests {
    use community_budget::state::Policy;

    use super::*;

    #[test]
    fn a_cool_down_follows_the_policy_in_force() {
        let mut treasury = Treasury::zeroed();
        treasury.in_force = Policy::default();
        treasury.policy = Policy::default();
        // A change waits for the next epoch.
        treasury.policy.stake.min_lock_secs = 30 * 86_400;
        assert_eq!(chosen_lock(&treasury, None).unwrap(), 7 * 86_400);
        assert_eq!(chosen_lock(&treasury, Some(180 * 86_400)).unwrap(), 180 * 86_400);
        for secs in [7 * 86_400 - 1, 180 * 86_400 + 1] {
            let refused = chosen_lock(&treasury, Some(secs)).unwrap_err().to_string();
            assert!(refused.ends_with("choose one from 7 days to 180 days."), "{refused}");
        }
    }

    #[test]
    fn a_stake_that_is_opened_and_filled_weighs_what_the_rules_say() {
        let mut treasury = Treasury::zeroed();
        treasury.in_force = Policy::default();
        let mut stake = unopened(180 * 86_400);
        let change = stake.add(1_000, &treasury.moment(0)).unwrap();
        assert_eq!((change.old, change.new), (0, 1_500));
    }
}
