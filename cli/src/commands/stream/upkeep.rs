//! `stream redirect`, `hold`, `lapse`, `close`.

use anchor_lang::prelude::Pubkey;
use budget_keeper::{Payee, TokenAccount};
use budget_rpc::Trouble;
use serde_json::json;

use super::lapse_of;
use crate::{
    act::Act,
    context::Context,
    exit::{Failure, Result},
    quantity::when,
    streams::{Flow, Gate, StreamName},
    view::counted,
};

/// `budget stream redirect`.
pub fn redirect(context: &Context, name: StreamName, account: Pubkey) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let flow = Flow::find(network, &scene, name)?;
    let recipient = context.actor()?;
    if recipient.key != flow.stream.recipient {
        return Err(Failure::input(format!(
            "only the recipient {} chooses where {} is paid.",
            context.name(&flow.stream.recipient)?,
            flow.called()
        )));
    }
    if account == flow.stream.payout_account {
        return Err(Failure::input(format!("{} is paid there already.", flow.called())));
    }
    let found = network.account(&account)?.as_ref().and_then(TokenAccount::read);
    let token = found.ok_or_else(|| Trouble::NoAccount {
        what: "token account there".to_owned(),
        key: account,
    })?;
    let judged = Payee::of(Some(&token), &scene.community, |owner| *owner != scene.key);
    if judged != Payee::Payable {
        return Err(Failure::input(format!(
            "{account} cannot be paid: the account {}.",
            judged.in_words()
        )));
    }
    let owner = if token.owner == recipient.key {
        "you".to_owned()
    } else {
        format!("{}, who is not you", context.name(&token.owner)?)
    };
    let payer = context.payer(&recipient)?;
    let (from, to) = (context.name(&flow.stream.payout_account)?, context.full_name(&account)?);
    let act = Act::open_to_anyone(format!("Have {} paid to another account", flow.called()), payer)
        .change("pays to", format!("{from} -> {to}"))
        .change("owned by", owner)
        .exact(json!({
            "stream": flow.key.to_string(),
            "from": flow.stream.payout_account.to_string(),
            "to": account.to_string(),
            "owner": token.owner.to_string(),
        }))
        .note("Every later payment goes there; run the command again to choose another.")
        .instruction(scene.community.redirect_payout(recipient.key, flow.key, account));
    context.perform(Act { actors: vec![recipient], asks: true, ..act }).map(drop)
}

/// `budget stream hold`.
pub fn hold(context: &Context, name: StreamName) -> Result<()> {
    let scene = context.scene()?;
    let flow = Flow::find(context.network()?, &scene, name)?;
    let (number, since) = overdue(&flow, scene.now)?;
    let sender = context.actor()?;
    let payer = context.payer(&sender)?;
    let held = scene.budget.show(flow.money(scene.now)?.held);
    let act = Act::open_to_anyone(format!("Hold {}", flow.called()), payer)
        .change("checkpoint", format!("{number}: no update came before {}", when(since, scene.now)))
        .change("held", held)
        .change("record", "one missed update more for its recipient")
        .exact(json!({ "stream": flow.key.to_string(), "checkpoint": number, "heldAt": since }))
        .note(
            "What is released stays claimable. A vote may resume, reduce or cancel the stream; \
             without one it lapses.",
        )
        .instruction(scene.community.hold_stream(flow.key, flow.stream.recipient));
    context.perform(Act { asks: true, ..act }).map(drop)
}

/// The checkpoint whose update did not come, and since when it is late.
fn overdue(flow: &Flow, now: i64) -> Result<(u8, i64)> {
    let why = match flow.open_gate(now) {
        Some((number, Gate::Overdue { since })) => return Ok((number, since)),
        Some((_, Gate::Held { since })) => format!("it is held since {}", when(since, now)),
        Some((number, Gate::AwaitsUpdate { until })) => {
            format!("the update on checkpoint {number} is due before {}", when(until, now))
        }
        Some((number, Gate::AwaitsVerdict { .. })) => {
            format!("checkpoint {number} has its update and waits for the reviewer")
        }
        Some((number, Gate::Ahead { opens_at })) => {
            format!("checkpoint {number} opens {}", when(opens_at, now))
        }
        Some(_) => "it has ended".to_owned(),
        None => "no checkpoint of it is left".to_owned(),
    };
    Err(Failure::input(format!("{} cannot be held: {why}.", flow.called())))
}

/// `budget stream lapse`.
pub fn lapse(context: &Context, name: StreamName) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let flow = Flow::find(network, &scene, name)?;
    let Some(lapse) = lapse_of(network, &scene, &flow)? else {
        return Err(Failure::input(format!(
            "{} is not held, so it cannot lapse; `budget stream show {}` says what it waits for.",
            flow.called(),
            flow.place()
        )));
    };
    if scene.now < lapse.at {
        return Err(Failure::input(format!(
            "a vote may still rule on {}; anyone may end it from {} on{}.",
            flow.called(),
            when(lapse.at, scene.now),
            match lapse.epoch {
                Some(_) => "",
                None => ", or earlier once an epoch that opened after the hold had its time",
            }
        )));
    }
    let sender = context.actor()?;
    let payer = context.payer(&sender)?;
    let money = flow.money(scene.now)?;
    let act = Act::open_to_anyone(format!("End {}", flow.called()), payer)
        .change("returns to the treasury", scene.budget.show(money.held))
        .change("stays claimable", scene.budget.show(money.claimable))
        .change("record", "one cancellation more for its recipient")
        .exact(json!({
            "stream": flow.key.to_string(),
            "returned": money.held,
            "claimable": money.claimable,
            "epoch": lapse.epoch,
        }))
        .note("It cannot be undone: nothing more is released.")
        .instruction(scene.community.lapse_stream(flow.key, flow.stream.recipient, lapse.epoch));
    context.perform(Act { asks: true, ..act }).map(drop)
}

/// `budget stream close`.
pub fn close(context: &Context, name: StreamName) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let flow = Flow::find(network, &scene, name)?;
    closable(&flow, &scene.budget)?;
    let sender = context.actor()?;
    let payer = context.payer(&sender)?;
    let rent = network.lamports(&flow.key)?;
    let rent_payer = flow.stream.rent_payer;
    let act = Act::open_to_anyone(format!("Close {}", flow.called()), payer)
        .change(
            "rent",
            format!("{} return to {}", crate::quantity::sol(rent), context.name(&rent_payer)?),
        )
        .change(
            "record",
            format!(
                "{} paid, {} returned",
                scene.budget.show(flow.stream.withdrawn),
                scene.budget.show(flow.stream.returned)
            ),
        )
        .exact(json!({
            "stream": flow.key.to_string(),
            "rentLamports": rent,
            "rentPayer": rent_payer.to_string(),
        }))
        .note("Its recipient's record keeps what it paid; the account is gone for good.")
        .instruction(scene.community.close_stream(flow.key, flow.stream.recipient, rent_payer));
    context.perform(act).map(drop)
}

fn closable(flow: &Flow, budget: &crate::quantity::Token) -> Result<()> {
    let stream = &flow.stream;
    if !stream.is_finished() {
        let gone = stream.withdrawn.saturating_add(stream.returned);
        return Err(Failure::input(format!(
            "{} is not finished: {} are neither paid nor returned.",
            flow.called(),
            budget.show(stream.total.saturating_sub(gone))
        )));
    }
    if stream.open_reviews > 0 {
        return Err(Failure::input(format!(
            "{} has {} open; close those first (`budget review close {} K`).",
            flow.called(),
            counted(stream.open_reviews.into(), "review"),
            flow.place()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
