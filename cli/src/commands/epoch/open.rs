//! `budget epoch open`: the next round begins.

use bytemuck::Zeroable;
use community_budget::state::{BudgetEpoch, SECTIONS, Treasury};
use serde_json::json;

use super::{cap_words, next_step};
use crate::{
    act::Act,
    context::Context,
    exit::{Failure, Result},
    quantity::{sol, when},
    streams::foreseen,
    view::counted,
};

pub fn run(context: &Context) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let treasury = &scene.treasury;
    let active = match treasury.epoch_active {
        1 => Some(scene.round(network, None)?.head),
        _ => None,
    };
    openable(treasury, active.as_deref(), scene.now)?;
    let head = foreseen(opened(treasury, scene.now))?;
    let actor = context.actor()?;
    let payer = context.payer(&actor)?;
    let rent = network.rent(BudgetEpoch::space(head.policy.slate.capacity))?;
    let payer_key = payer.key;
    let mut act = Act::open_to_anyone(format!("Open epoch {}", head.index), payer)
        .change("cap", cap_words(&scene.budget, &head))
        .change("rewards", scene.budget.show(head.reward_pool))
        .change("proposals until", when(head.voting_opens_at, scene.now))
        .change("voting until", when(head.voting_closes_at, scene.now))
        .change("slate", counted(u64::from(head.policy.slate.capacity), "slot"))
        .change("rent", format!("{}, back when the epoch is closed", sol(rent)))
        .exact(json!({
            "epoch": head.index,
            "address": scene.community.epoch(head.index).to_string(),
            "cap": head.cap,
            "rewardPool": head.reward_pool,
            "freeAtOpen": head.free_at_open,
            "votingOpensAt": head.voting_opens_at,
            "votingClosesAt": head.voting_closes_at,
            "rentLamports": rent,
        }))
        .note("It cannot be taken back, and moves no tokens. Its policy stays as it is now.")
        .instruction(scene.community.open_epoch(payer_key, head.index));
    let changed = changed_sections(treasury);
    if !changed.is_empty() {
        act = act.change("new policy", format!("{} come into force", changed.join(", ")));
    }
    context.perform(Act { asks: true, ..act }).map(drop)
}

/// When the next epoch may open, as far as time decides it; unix seconds.
pub fn opens_at(treasury: &Treasury) -> i64 {
    if treasury.epoch_count == 0 {
        return treasury.first_open_at;
    }
    let period = i64::from(treasury.policy.schedule.period_secs);
    treasury.last_opened_at.saturating_add(period).max(treasury.first_open_at)
}

/// The next epoch as the program would open it at `now`, on copies.
fn opened(treasury: &Treasury, now: i64) -> anchor_lang::Result<BudgetEpoch> {
    let (mut books, mut head) = (*treasury, BudgetEpoch::zeroed());
    head.index = treasury.epoch_count;
    head.policy = treasury.policy;
    head.schedule_from(now)?;
    head.set_budget(treasury.free().unwrap_or(0))?;
    books.begin_epoch(&mut head, now)?;
    Ok(head)
}

/// Refuses an opening before the epoch that is `active` is settled, or before its time.
fn openable(treasury: &Treasury, active: Option<&BudgetEpoch>, now: i64) -> Result<()> {
    if let Some(head) = active {
        return Err(Failure::input(format!(
            "epoch {} must be settled first: {}.",
            head.index,
            next_step(head, now)
        )));
    }
    let earliest = opens_at(treasury);
    if now < earliest {
        return Err(Failure::input(format!(
            "epoch {} cannot open before {}.",
            treasury.epoch_count,
            when(earliest, now)
        )));
    }
    Ok(())
}

/// Names of the sections that the next epoch opens with and the present one has not.
fn changed_sections(treasury: &Treasury) -> Vec<&'static str> {
    if treasury.epoch_count == 0 {
        return Vec::new();
    }
    let (next, now) = (&treasury.policy, &treasury.in_force);
    let same = [
        next.schedule == now.schedule,
        next.slate == now.slate,
        next.budget == now.budget,
        next.tiers == now.tiers,
        next.stake == now.stake,
        next.risk == now.risk,
        next.breaker == now.breaker,
        next.review == now.review,
    ];
    SECTIONS.iter().zip(same).filter(|(_, same)| !same).map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slate::tests::{DAY, epoch};

    #[test]
    fn the_next_epoch_is_foreseen_as_the_program_opens_it() {
        let (mut treasury, _) = epoch();
        treasury.epoch_active = 0;
        let head = opened(&treasury, 5_000_000).unwrap();
        assert_eq!((head.index, head.cap, head.reward_pool), (1, 1_000, 20));
        assert_eq!(head.voting_opens_at, 5_000_000 + 14 * DAY);
        treasury.policy.budget.min_cap = 1_001;
        assert!(opened(&treasury, 5_000_000).is_err(), "the cap is below the minimum");
    }

    #[test]
    fn the_next_opening_waits_for_the_period() {
        let (mut treasury, head) = epoch();
        assert_eq!(opens_at(&treasury), head.opened_at + 30 * DAY);
        treasury.epoch_count = 0;
        treasury.first_open_at = 7;
        assert_eq!(opens_at(&treasury), 7);
    }

    #[test]
    fn nothing_opens_before_its_time_or_beside_another() {
        let (mut treasury, head) = epoch();
        let at = opens_at(&treasury);
        let why = openable(&treasury, Some(&head), at).unwrap_err().to_string();
        assert!(why.starts_with("epoch 0 must be settled first: "), "{why}");
        treasury.epoch_active = 0;
        assert!(openable(&treasury, None, at).is_ok());
        let why = openable(&treasury, None, at - 1).unwrap_err().to_string();
        assert!(why.starts_with("epoch 1 cannot open before "), "{why}");
    }

    #[test]
    fn only_changed_sections_come_into_force() {
        let (mut treasury, _) = epoch();
        assert!(changed_sections(&treasury).is_empty());
        treasury.policy.slate.bond = 5;
        treasury.policy.review.pass_bps = 7_000;
        assert_eq!(changed_sections(&treasury), ["slate", "review"]);
    }
}
