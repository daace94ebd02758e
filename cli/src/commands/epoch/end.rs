//! `budget epoch settle`, `reclaim-rewards` and `close`: how a round ends.

use community_budget::state::{BudgetEpoch, Phase};
use serde_json::json;

use super::{next_step, projected};
use crate::{
    act::Act,
    context::Context,
    exit::{Failure, Result},
    quantity::{long_span, sol, when},
    slate::Titles,
    view::counted,
};

pub fn settle(context: &Context, index: Option<u32>) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let round = scene.round(network, index)?;
    let head = &round.head;
    settleable(head, scene.now)?;
    let projection = projected(&scene, &round)?;
    let titles = Titles::read(network, &round)?;
    let actor = context.actor()?;
    let payer = context.payer(&actor)?;
    let counts = projection.counts();
    let mut act = Act::open_to_anyone(format!("Settle epoch {}", head.index), payer)
        .change("funds", format!("{} of {}", counts.funded, counts.awards))
        .change(
            "awards",
            format!(
                "{} of {}",
                scene.budget.number(projection.allocated),
                scene.budget.show(head.cap)
            ),
        )
        .change("approves", format!("{} of {} acts", counts.approved, counts.acts));
    for at in projection.order().into_iter().filter(|at| projection.stands(*at)) {
        let index = u8::try_from(at).unwrap_or(u8::MAX);
        let entry = &projection.entries[at];
        let amount =
            if entry.is_award() { scene.budget.show(entry.amount) } else { "an act".into() };
        act = act.change("", format!("{index}  {}, {amount}", titles.title(index)));
    }
    let act = act
        .exact(json!({
            "epoch": head.index,
            "allocated": projection.allocated,
            "funded": counts.funded,
            "approved": counts.approved,
        }))
        .note(
            "The ballots alone decide this, whoever settles and whenever. Timelocks and grace run \
             from here; it cannot be taken back.",
        )
        .instruction(scene.community.settle_epoch(head.index));
    context.perform(Act { asks: true, ..act }).map(drop)
}

/// Refuses a settlement before voting has closed, and a second one.
fn settleable(head: &BudgetEpoch, now: i64) -> Result<()> {
    Err(Failure::input(match head.phase(now) {
        Phase::Tallying => return Ok(()),
        Phase::Settled => format!(
            "epoch {} has been settled {}; `budget epoch show {}` has the result.",
            head.index,
            when(head.settled_at, now),
            head.index
        ),
        Phase::Submission | Phase::Voting => format!(
            "epoch {} cannot be settled before voting closes {}.",
            head.index,
            when(head.voting_closes_at, now)
        ),
    }))
}

fn require_settled(head: &BudgetEpoch, now: i64) -> Result<()> {
    if head.settled_at == 0 {
        return Err(Failure::input(format!(
            "epoch {} is not settled yet: {}.",
            head.index,
            next_step(head, now)
        )));
    }
    Ok(())
}

/// The rewards that nobody can claim any more, in base units.
fn reclaimable(head: &BudgetEpoch, now: i64) -> Result<u64> {
    require_settled(head, now)?;
    let claims_end_at = head.claims_end_at().unwrap_or(i64::MAX);
    let left = head.reward_pool.saturating_sub(head.rewards_paid);
    if left == 0 {
        return Err(Failure::input(format!(
            "epoch {} has no rewards left to reclaim.",
            head.index
        )));
    }
    if now < claims_end_at {
        return Err(Failure::input(format!(
            "voters can claim the rewards of epoch {} until {}.",
            head.index,
            when(claims_end_at, now)
        )));
    }
    Ok(left)
}

pub fn reclaim(context: &Context, index: u32) -> Result<()> {
    let scene = context.scene()?;
    let round = scene.round(context.network()?, Some(index))?;
    let head = &round.head;
    let left = reclaimable(head, scene.now)?;
    let actor = context.actor()?;
    let payer = context.payer(&actor)?;
    let act = Act::open_to_anyone(format!("Reclaim the rewards of epoch {index}"), payer)
        .change("frees", scene.budget.show(left))
        .exact(json!({ "epoch": index, "amount": left }))
        .note("It stays in the vault and is free again; what was paid stays paid.")
        .instruction(scene.community.reclaim_rewards(index));
    context.perform(act).map(drop)
}

/// Refuses to close an epoch that is not settled and empty.
fn closable(head: &BudgetEpoch, now: i64) -> Result<()> {
    require_settled(head, now)?;
    if head.vote_record_count == 0 && head.open_proposals == 0 {
        return Ok(());
    }
    Err(Failure::input(format!(
        "epoch {} still has {} and {}; `budget ballot close` and `budget proposal close` close them, and \
         `budget keeper` closes all that can be.",
        head.index,
        counted(head.vote_record_count, "ballot"),
        counted(head.open_proposals.into(), "proposal")
    )))
}

pub fn close(context: &Context, index: u32) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let round = scene.round(network, Some(index))?;
    let head = &round.head;
    closable(head, scene.now)?;
    let actor = context.actor()?;
    let payer = context.payer(&actor)?;
    let rent = network.lamports(&round.key)?;
    let left = head.reward_pool.saturating_sub(head.rewards_paid);
    let act = Act::open_to_anyone(format!("Close epoch {index}"), payer)
        .change("rent", format!("{} to {}", sol(rent), context.name(&head.rent_payer)?))
        .change("unclaimed rewards", format!("{} become free", scene.budget.show(left)))
        .change("settled", format!("{} ago", long_span(scene.now.abs_diff(head.settled_at))))
        .exact(json!({
            "epoch": index,
            "rentLamports": rent,
            "rentPayer": head.rent_payer.to_string(),
            "unclaimedRewards": left,
        }))
        .note("The account goes; streams, records and the transactions stay.")
        .instruction(scene.community.close_epoch(index, head.rent_payer));
    context.perform(act).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slate::tests::{DAY, epoch};

    #[test]
    fn settlement_comes_after_voting_and_once() {
        let (_, mut head) = epoch();
        let closes = head.voting_closes_at;
        let why = settleable(&head, closes - 1).unwrap_err().to_string();
        assert!(why.starts_with("epoch 0 cannot be settled before voting closes "), "{why}");
        assert!(settleable(&head, closes).is_ok());
        head.settled_at = closes;
        let why = settleable(&head, closes + 5).unwrap_err().to_string();
        assert!(why.starts_with("epoch 0 has been settled "), "{why}");
    }

    #[test]
    fn rewards_are_reclaimed_when_nobody_can_claim_them() {
        let (_, mut head) = epoch();
        (head.reward_pool, head.rewards_paid) = (20, 15);
        assert!(reclaimable(&head, i64::MAX).unwrap_err().to_string().contains("not settled yet"));
        head.settled_at = 2_000_000;
        let end = head.settled_at + 60 * DAY;
        let why = reclaimable(&head, end - 1).unwrap_err().to_string();
        assert!(why.starts_with("voters can claim the rewards of epoch 0 until "), "{why}");
        assert_eq!(reclaimable(&head, end).unwrap(), 5);
        head.rewards_paid = 20;
        assert!(reclaimable(&head, end).unwrap_err().to_string().contains("no rewards left"));
    }

    #[test]
    fn an_epoch_is_closed_when_it_is_settled_and_empty() {
        let (_, mut head) = epoch();
        assert!(closable(&head, i64::MAX).unwrap_err().to_string().contains("not settled yet"));
        head.settled_at = 2_000_000;
        assert!(closable(&head, 2_000_000).is_ok());
        for (ballots, proposals) in [(1, 0), (0, 1)] {
            (head.vote_record_count, head.open_proposals) = (ballots, proposals);
            let why = closable(&head, 2_000_000).unwrap_err().to_string();
            assert!(why.contains("still has"), "{why}");
        }
    }
}
