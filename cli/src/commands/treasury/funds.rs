//! `budget treasury fund` and `budget treasury absorb`: tokens that become the community's.

use serde_json::json;

use crate::{
    act::Act,
    context::{Context, Scene},
    exit::{Failure, Result},
    streams::foreseen,
};

/// `budget treasury fund`.
pub fn fund(context: &Context, amount: &str) -> Result<()> {
    let scene = context.scene()?;
    let depositor = context.actor()?;
    let payer = context.payer(&depositor)?;
    let amount = scene.budget.parse(amount)?;
    let source = scene.community.budget_account(&depositor.key);
    let purse = context.require_tokens(&source, amount, &scene.budget)?;
    let act = booked(&scene, Act::open_to_anyone(fund_title(&scene, amount), payer), amount)?
        .change(
            "your tokens",
            format!(
                "{} -> {}",
                scene.budget.show(purse.amount),
                scene.budget.show(purse.amount.saturating_sub(amount))
            ),
        )
        .exact(json!({
            "treasury": scene.key.to_string(),
            "vault": scene.community.vault().to_string(),
            "source": source.to_string(),
            "amount": amount,
        }))
        .note(
            "This cannot be taken back: from then on only an award that passes a vote moves the \
             tokens out.",
        )
        .instruction(scene.community.deposit_funds(depositor.key, source, amount));
    context.perform(Act { actors: vec![depositor], asks: true, ..act }).map(drop)
}

fn fund_title(scene: &Scene, amount: u64) -> String {
    format!("Give {} to the treasury", scene.budget.show(amount))
}

/// Adds what a deposit of `amount` changes in the books.
fn booked(scene: &Scene, act: Act, amount: u64) -> Result<Act> {
    let mut after = *scene.treasury;
    foreseen(after.book_deposit(amount))?;
    let budget = &scene.budget;
    let (free, free_after) = (scene.treasury.free(), after.free());
    Ok(act
        .change(
            "in the vault",
            format!("{} -> {}", budget.show(scene.treasury.tracked), budget.show(after.tracked)),
        )
        .change(
            "free",
            format!(
                "{} -> {}",
                budget.show(free.unwrap_or(0)),
                budget.show(free_after.unwrap_or(0))
            ),
        ))
}

/// `budget treasury absorb`.
pub fn absorb(context: &Context) -> Result<()> {
    let scene = context.scene()?;
    let payer = context.payer(&context.actor()?)?;
    let vault = scene.community.vault();
    let held = context.purse(&vault)?.map_or(0, |purse| purse.amount);
    let surplus = surplus(held, scene.treasury.tracked, scene.treasury.epoch_active == 1)?;
    let title = format!("Count {} that lie in the vault", scene.budget.show(surplus));
    let act = booked(&scene, Act::open_to_anyone(title, payer), surplus)?
        .exact(json!({
            "treasury": scene.key.to_string(),
            "vault": vault.to_string(),
            "amount": surplus,
        }))
        .note("No token moves: they were sent to the vault before, and now they can be awarded.")
        .instruction(scene.community.absorb_surplus());
    context.perform(act).map(drop)
}

/// Base units in the vault that the books do not know yet.
///
/// # Errors
/// Exit code `input` when there are none or an epoch is open.
fn surplus(held: u64, tracked: u64, epoch_is_open: bool) -> Result<u64> {
    let surplus = held.checked_sub(tracked).filter(|surplus| *surplus > 0);
    let surplus = surplus.ok_or_else(|| {
        Failure::input("the vault holds nothing that is not counted already; nothing to absorb.")
    })?;
    if epoch_is_open {
        return Err(Failure::input(
            "tokens in the vault are counted between epochs only, so that nobody moves an open \
             epoch's terms; try again when this one is settled.",
        ));
    }
    Ok(surplus)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_counted_is_absorbed_and_only_between_epochs() {
        assert_eq!(surplus(12, 10, false).unwrap(), 2);
        let refused = |held, open| surplus(held, 10, open).unwrap_err().to_string();
        assert!(refused(10, false).contains("nothing to absorb"));
        assert!(refused(9, false).contains("nothing to absorb"));
        assert!(refused(12, true).contains("between epochs only"));
    }
}
