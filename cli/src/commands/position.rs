//! `budget position`: money that is held rather than spent.

mod book;

use clap::Subcommand;
use community_budget::state::{RecipientRecord, Role};
use serde_json::{Value, json};

use book::{Holding, holdings};

use crate::{
    act::Act,
    context::{Context, Scene},
    exit::{Failure, Result},
    quantity::when,
    roles::SIGN_AT_ONCE,
    view::{category, category_named},
};

/// Positions at risk: show, mark, return funds.
#[derive(Subcommand)]
pub enum PositionCommand {
    /// Every category of a hedge or derivative: what is out, what it is worth, how far it may go.
    List,
    /// One category's position.
    Show {
        /// Name or number of the category.
        category: String,
    },
    /// Say what a category's position is worth; it counts from the next epoch on. The risk reporter.
    Mark {
        /// Name or number of the category.
        category: String,
        /// What the position is worth, in budget tokens; 0 for nothing.
        amount: String,
    },
    /// Bring tokens back to a category: first what it cost, then profit.
    Return {
        /// Name or number of the category.
        category: String,
        /// Budget tokens, for example 1200 or 1,200.5.
        amount: String,
        /// Count them in your own record, too.
        #[arg(long)]
        in_my_record: bool,
    },
}

/// `budget position ...`.
pub fn run(context: &Context, command: PositionCommand) -> Result<()> {
    match command {
        PositionCommand::List => list(context),
        PositionCommand::Show { category } => show(context, &category),
        PositionCommand::Mark { category, amount } => mark(context, &category, &amount),
        PositionCommand::Return { category, amount, in_my_record } => {
            give_back(context, &category, &amount, in_my_record)
        }
    }
}

fn list(context: &Context) -> Result<()> {
    let scene = context.scene()?;
    let holdings = holdings(&scene.treasury, scene.now)?;
    if context.globals.json {
        let listed: Vec<Value> = holdings.iter().map(Holding::json).collect();
        context.json(&Value::Array(listed));
        return Ok(());
    }
    for line in book::list_lines(&context.page, &holdings, &scene.budget, scene.now) {
        context.page.line(line);
    }
    Ok(())
}

fn show(context: &Context, name: &str) -> Result<()> {
    let scene = context.scene()?;
    let holding = risk_holding(&scene, name)?;
    if context.globals.json {
        context.json(&holding.json());
        return Ok(());
    }
    for line in holding.lines(&context.page, &scene.budget, scene.now) {
        context.page.line(line);
    }
    Ok(())
}

/// The position of the category that `name` means.
///
/// # Errors
/// Exit code `input` for no category, and for one whose money is spent for good.
fn risk_holding(scene: &Scene, name: &str) -> Result<Holding> {
    let policy = &scene.treasury.in_force;
    let index = category_named(policy, name)?;
    let mut all = holdings(&scene.treasury, scene.now)?;
    let at = all.iter().position(|holding| holding.index == index).ok_or_else(|| {
        Failure::input(format!(
            "{} is an operating category: its money is spent, so there is no position in it.",
            category(policy, index)
        ))
    })?;
    Ok(all.swap_remove(at))
}

fn mark(context: &Context, name: &str, amount: &str) -> Result<()> {
    let scene = context.scene()?;
    let reporter = context.actor()?;
    let payer = context.payer(&reporter)?;
    context.require_role(&scene.treasury, Role::RiskReporter, &reporter.key, "mark positions")?;
    let holding = risk_holding(&scene, name)?;
    let mark = scene.budget.parse(amount)?;
    let budget = &scene.budget;
    let title = format!("Mark {} at {}", holding.name, budget.show(mark));
    let mut act = Act::open_to_anyone(title, payer)
        .change("cost", budget.show(holding.position.cost))
        .change(
            "counts now",
            format!(
                "{}, marked {}",
                budget.show(holding.position.mark),
                when(holding.position.marked_at, scene.now)
            ),
        );
    if let Some((reported, at)) = holding.reported {
        let was = format!("{}, reported {}", budget.show(reported), when(at, scene.now));
        act = act.change("replaces", was);
    }
    let act = act
        .change("counts from", "the opening of the next epoch")
        .exact(json!({
            "treasury": scene.key.to_string(),
            "category": holding.index,
            "mark": mark,
        }))
        .note(format!(
            "It moves no token. Until the next opening another mark replaces it. {SIGN_AT_ONCE}"
        ))
        .instruction(scene.community.mark_position(reporter.key, holding.index, mark));
    context.perform(Act { actors: vec![reporter], asks: true, ..act }).map(drop)
}

fn give_back(context: &Context, name: &str, amount: &str, in_my_record: bool) -> Result<()> {
    let scene = context.scene()?;
    let depositor = context.actor()?;
    let payer = context.payer(&depositor)?;
    let budget = &scene.budget;
    let index = category_named(&scene.treasury.in_force, name)?;
    let amount = budget.parse(amount)?;
    let source = scene.community.budget_account(&depositor.key);
    let purse = context.require_tokens(&source, amount, budget)?;
    let key = scene.community.recipient_record(&depositor.key);
    let record = context.network()?.find::<RecipientRecord>(&key, "record")?;
    if in_my_record && record.is_none() {
        return Err(Failure::input(
            "you have no record to count it in; `budget record open` opens one, or leave out \
             --in-my-record.",
        ));
    }
    let booked = book::booked(&scene.treasury, index, amount)?;
    let called = category(&scene.treasury.in_force, index);
    let title = format!("Return {} to {called}", budget.show(amount));
    let mut act = Act::open_to_anyone(title, payer)
        .change(
            "your tokens",
            format!(
                "{} -> {}",
                budget.show(purse.amount),
                budget.show(purse.amount.saturating_sub(amount))
            ),
        )
        .change(
            "in the vault",
            format!("{} -> {}", budget.show(scene.treasury.tracked), budget.show(booked.tracked)),
        );
    if let Some((before, after)) = booked.cost {
        act = act
            .change("position", format!("{} -> {}", budget.show(before), budget.show(after)))
            .change("profit in it", budget.show(booked.profit));
    }
    let in_record = if in_my_record {
        "counted as returned"
    } else if record.is_some() {
        "not counted; --in-my-record would"
    } else {
        "you have none"
    };
    let act = act
        .change("your record", in_record)
        .exact(json!({
            "treasury": scene.key.to_string(),
            "category": index,
            "amount": amount,
            "profit": booked.profit,
            "source": source.to_string(),
        }))
        .note("This cannot be taken back: only an award that passes a vote moves the tokens out.")
        .instruction(scene.community.return_funds(
            depositor.key,
            source,
            index,
            amount,
            in_my_record,
        ));
    context.perform(Act { actors: vec![depositor], asks: true, ..act }).map(drop)
}
