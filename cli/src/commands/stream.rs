//! `budget stream`: what was awarded, on its way to its recipients.

mod picture;
mod upkeep;
mod withdraw;

use anchor_lang::prelude::Pubkey;
use budget_client::address;
use budget_rpc::Network;
use clap::{Args, Subcommand};
use community_budget::state::{BudgetEpoch, Review, Role};
use serde_json::{Value, json};

pub use picture::{health, reported};

use crate::{
    commands::position::{self, PositionCommand},
    context::{Context, Scene},
    exit::Result,
    quantity::Token,
    streams::{Flow, Gate, Lapse, Money, StreamName},
    view::{category, counted},
};
use picture::Picture;

/// A stream: show, list, withdraw, redirect, and its upkeep.
#[derive(Subcommand)]
pub enum StreamCommand {
    /// Every stream: what is released, what can be claimed, what it waits for.
    List(ListOptions),
    /// A stream's picture: where its money is, its checkpoints, what happens next and who acts.
    Show {
        /// Its address, its proposal's number, or epoch and entry as 3/7.
        stream: StreamName,
    },
    /// Send what a stream has released to its recipient. Anyone may.
    Withdraw(withdraw::WithdrawOptions),
    /// Choose the token account that a stream of yours pays.
    Redirect {
        /// Its address, its proposal's number, or epoch and entry as 3/7.
        stream: StreamName,
        /// A token account of the budget's token.
        account: Pubkey,
    },
    /// Hold a stream whose update did not come in time. Anyone may.
    Hold {
        /// Its address, its proposal's number, or epoch and entry as 3/7.
        stream: StreamName,
    },
    /// End a held stream that no vote ruled on in time. Anyone may.
    Lapse {
        /// Its address, its proposal's number, or epoch and entry as 3/7.
        stream: StreamName,
    },
    /// Close a stream that has paid everything; its rent returns. Anyone may.
    Close {
        /// Its address, its proposal's number, or epoch and entry as 3/7.
        stream: StreamName,
    },
    /// Bring tokens back to a category; the same as `budget position return`.
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

/// Options of `budget stream list`.
#[derive(Args)]
pub struct ListOptions {
    /// Only your own.
    #[arg(long, conflicts_with = "recipient")]
    mine: bool,
    /// Only those of this recipient.
    #[arg(long, value_name = "ADDRESS")]
    recipient: Option<Pubkey>,
}

/// `budget stream ...`.
pub fn run(context: &Context, command: StreamCommand) -> Result<()> {
    match command {
        StreamCommand::List(options) => list(context, &options),
        StreamCommand::Show { stream } => show(context, stream),
        StreamCommand::Withdraw(options) => withdraw::run(context, &options),
        StreamCommand::Redirect { stream, account } => upkeep::redirect(context, stream, account),
        StreamCommand::Hold { stream } => upkeep::hold(context, stream),
        StreamCommand::Lapse { stream } => upkeep::lapse(context, stream),
        StreamCommand::Close { stream } => upkeep::close(context, stream),
        StreamCommand::Return { category, amount, in_my_record } => {
            position::run(context, PositionCommand::Return { category, amount, in_my_record })
        }
    }
}

fn list(context: &Context, options: &ListOptions) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let recipient = match (options.recipient, options.mine) {
        (Some(recipient), _) => Some(recipient),
        (None, true) => Some(context.actor()?.key),
        (None, false) => None,
    };
    let flows = Flow::list(network, &scene, recipient.as_ref())?;
    let rows = flows.iter().map(|flow| row(context, &scene, flow)).collect::<Result<Vec<_>>>()?;
    if context.globals.json {
        let rows: Vec<Value> = rows.iter().map(|row| row.json.clone()).collect();
        context.json(&json!({ "streams": rows }));
        return Ok(());
    }
    for line in listing(&scene.budget, &rows) {
        context.page.line(line);
    }
    Ok(())
}

struct Row {
    place: String,
    title: String,
    recipient: String,
    money: Money,
    total: u64,
    state: &'static str,
    json: Value,
}

fn row(context: &Context, scene: &Scene, flow: &Flow) -> Result<Row> {
    let money = flow.money(scene.now)?;
    Ok(Row {
        place: flow.place(),
        title: flow.title.clone().unwrap_or_default(),
        recipient: context.name(&flow.stream.recipient)?,
        money,
        total: flow.stream.total,
        state: state(flow, scene.now),
        json: exact(flow, &money, scene.now),
    })
}

/// What a stream does, in a few words.
fn state(flow: &Flow, now: i64) -> &'static str {
    let stream = &flow.stream;
    if stream.is_finished() {
        return "finished";
    }
    if stream.ended_at != 0 {
        return "ended";
    }
    if flow.is_paused(now) {
        return "paused";
    }
    match flow.open_gate(now) {
        Some((_, Gate::AwaitsUpdate { .. })) => "waits for an update",
        Some((_, Gate::AwaitsVerdict { .. })) => "waits for a score",
        Some((_, Gate::Overdue { .. })) => "update overdue",
        Some((_, Gate::Held { .. })) => "held",
        _ if now < flow.cliff_at() => "before its cliff",
        _ if now >= flow.ends_at() => "run out",
        _ => "running",
    }
}

fn listing(budget: &Token, rows: &[Row]) -> Vec<String> {
    if rows.is_empty() {
        return vec![
            "There are no streams. A funded award becomes one when somebody executes it after its \
             timelock (`budget award execute`)."
                .to_owned(),
        ];
    }
    let claimable: u64 = rows.iter().map(|row| row.money.claimable).sum();
    let count = counted(u64::try_from(rows.len()).unwrap_or(u64::MAX), "stream");
    let mut lines = vec![format!("{count}; {} can be claimed now", budget.show(claimable))];
    let wide = |text: &dyn Fn(&Row) -> String, least: usize| {
        rows.iter().map(|row| text(row).chars().count()).max().unwrap_or(0).max(least)
    };
    let (place, to) = (wide(&|row| row.place.clone(), 0), wide(&|row| row.recipient.clone(), 2));
    let title = wide(&|row| row.title.clone(), 0).min(34);
    let amounts = wide(&|row| budget.number(row.total), 9);
    lines.push(format!(
        "  {:<place$}  {:<title$}  {:<to$}  {:>amounts$}  {:>amounts$}  {:>amounts$}  state",
        "", "", "to", "total", "released", "claimable"
    ));
    lines.extend(rows.iter().map(|row| {
        let released = row.money.withdrawn.saturating_add(row.money.claimable);
        format!(
            "  {:<place$}  {}  {:<to$}  {:>amounts$}  {:>amounts$}  {:>amounts$}  {}",
            row.place,
            budget_words::format::fit(&row.title, title),
            row.recipient,
            budget.number(row.total),
            budget.number(released),
            budget.number(row.money.claimable),
            row.state,
        )
    }));
    lines
}

/// A stream in base units, unix seconds and full addresses.
fn exact(flow: &Flow, money: &Money, now: i64) -> Value {
    let stream = &flow.stream;
    let gates: Vec<Value> = (0u8..)
        .zip(flow.gates(now))
        .map(|(number, gate)| {
            let (state, at) = match gate {
                Gate::Passed => ("passed", None),
                Gate::Ahead { opens_at } => ("ahead", Some(opens_at)),
                Gate::AwaitsUpdate { until } => ("awaitsUpdate", Some(until)),
                Gate::AwaitsVerdict { until } => ("awaitsVerdict", Some(until)),
                Gate::Overdue { since } => ("overdue", Some(since)),
                Gate::Held { since } => ("held", Some(since)),
                Gate::Behind => ("behind", None),
                Gate::Never => ("never", None),
            };
            json!({ "checkpoint": number, "state": state, "at": at })
        })
        .collect();
    json!({
        "stream": flow.key.to_string(),
        "title": flow.title,
        "epoch": stream.epoch_index,
        "entry": stream.entry_index,
        "recipient": stream.recipient.to_string(),
        "payoutAccount": stream.payout_account.to_string(),
        "proposal": stream.proposal.to_string(),
        "category": stream.category,
        "total": stream.total,
        "withdrawn": money.withdrawn,
        "claimable": money.claimable,
        "scheduled": money.scheduled,
        "held": money.held,
        "returned": money.returned,
        "startedAt": stream.started_at,
        "endsAt": flow.ends_at(),
        "cliffAt": flow.cliff_at(),
        "endedAt": stream.ended_at,
        "heldAt": stream.held_at,
        "pausedUntil": flow.is_paused(now).then_some(stream.pause_until),
        "state": state(flow, now),
        "checkpoints": gates,
        "openReviews": stream.open_reviews,
    })
}

fn show(context: &Context, name: StreamName) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let flow = Flow::find(network, &scene, name)?;
    let money = flow.money(scene.now)?;
    let payable = flow.payable(&mut scene.treasury.clone(), money.claimable, scene.now)?;
    let lapse = lapse_of(network, &scene, &flow)?;
    let reviews = reviews_of(network, &flow)?;
    if context.globals.json {
        let mut value = exact(&flow, &money, scene.now);
        value["payableNow"] = json!(payable);
        value["lapsesAt"] = json!(lapse.map(|lapse| lapse.at));
        context.json(&value);
        return Ok(());
    }
    let reviewer = *scene.treasury.holder(Role::Reviewer);
    let held = reviewer != Pubkey::default();
    let picture = Picture {
        money,
        payable,
        lapse,
        reviews: &reviews,
        recipient: context.name(&flow.stream.recipient)?,
        payout: payout_words(context, &scene, &flow)?,
        reviewer: if held { Some(context.name(&reviewer)?) } else { None },
        category: category(&scene.treasury.in_force, flow.stream.category),
        budget: &scene.budget,
        delay_secs: scene.treasury.in_force.breaker.max_payout_delay_secs,
        now: scene.now,
        flow: &flow,
    };
    for line in picture.lines(&context.page) {
        context.page.line(line);
    }
    Ok(())
}

fn payout_words(context: &Context, scene: &Scene, flow: &Flow) -> Result<String> {
    let account = flow.stream.payout_account;
    let name = context.full_name(&account)?;
    let own = scene.community.budget_account(&flow.stream.recipient) == account;
    Ok(if own {
        format!("{name}, the recipient's associated account")
    } else {
        format!("{name}, chosen by the recipient")
    })
}

/// When a held stream lapses; nothing for any other.
fn lapse_of(network: &Network, scene: &Scene, flow: &Flow) -> Result<Option<Lapse>> {
    if flow.stream.held_at == 0 {
        return Ok(None);
    }
    let found = network.list::<BudgetEpoch>(&scene.key)?;
    let heads: Vec<BudgetEpoch> = found.into_iter().map(|found| found.value).collect();
    Lapse::of(&flow.stream, &scene.treasury, &heads, scene.now).map(Some)
}

/// The reviews of a stream that still exist, by checkpoint.
fn reviews_of(network: &Network, flow: &Flow) -> Result<Vec<Review>> {
    let mut reviews = Vec::new();
    if flow.stream.open_reviews == 0 {
        return Ok(reviews);
    }
    for checkpoint in 0..=flow.stream.passed.min(flow.stream.checkpoints.saturating_sub(1)) {
        let key = address::review(&flow.key, checkpoint);
        reviews.extend(network.find::<Review>(&key, "review")?.map(|found| found.value));
    }
    Ok(reviews)
}

#[cfg(test)]
mod tests;
