//! `stream withdraw`: what a stream has released goes to its recipient.

use anchor_lang::prelude::Pubkey;
use budget_client::Community;
use budget_keeper::{Payee, TokenAccount};
use budget_rpc::Network;
use clap::Args;
use community_budget::state::Treasury;
use serde_json::json;

use crate::{
    act::Act,
    batch::Batch,
    context::{Actor, Context, Scene, open_associated},
    exit::{Failure, Result},
    quantity::{long_span, sol},
    streams::{Flow, Gate, StreamName},
    view::pair,
};

/// Bytes of a token account without extensions.
const TOKEN_ACCOUNT_BYTES: usize = 165;

/// Options of `budget stream withdraw`.
#[derive(Args)]
pub struct WithdrawOptions {
    /// Its address, its proposal's number, or epoch and entry as 3/7.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    stream: Option<StreamName>,
    /// Every stream of a recipient that has something to claim: yours, or that of --recipient.
    /// Interrupted, run it again: it goes on where it stopped.
    #[arg(long)]
    all: bool,
    /// Whose streams --all means; yours unless given.
    #[arg(long, value_name = "ADDRESS", requires = "all")]
    recipient: Option<Pubkey>,
}

/// `budget stream withdraw`.
pub fn run(context: &Context, options: &WithdrawOptions) -> Result<()> {
    match options.stream {
        Some(name) => one(context, name),
        None => all(context, options.recipient),
    }
}

fn one(context: &Context, name: StreamName) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let flow = Flow::find(network, &scene, name)?;
    let claimable = flow.money(scene.now)?.claimable;
    if claimable == 0 {
        return Err(Failure::input(nothing(&flow, scene.now)));
    }
    let amount = flow.payable(&mut scene.treasury.clone(), claimable, scene.now)?;
    if amount == 0 {
        return Err(Failure::input(limited(&scene, claimable)));
    }
    let sender = context.actor()?;
    let payer = context.payer(&sender)?;
    let route = routes(network, &scene.community, &[&flow])?.remove(0)?;
    context.perform(act(context, &scene, &flow, amount, &route, payer)?).map(drop)
}

/// Why there is nothing to claim, and when there will be.
fn nothing(flow: &Flow, now: i64) -> String {
    let stream = &flow.stream;
    let called = flow.called();
    if stream.is_finished() {
        return format!("{called} has nothing left: everything is paid or returned.");
    }
    if stream.ended_at != 0 {
        return format!("{called} has ended, and what it released is paid.");
    }
    if now < flow.cliff_at() {
        let when = crate::quantity::when(flow.cliff_at(), now);
        return format!("{called} releases nothing before its cliff, {when}.");
    }
    let waits = match flow.open_gate(now) {
        Some((number, Gate::AwaitsUpdate { .. })) => {
            format!("the recipient's update on checkpoint {number}")
        }
        Some((number, Gate::AwaitsVerdict { .. })) => format!("the score of checkpoint {number}"),
        Some((_, Gate::Overdue { .. } | Gate::Held { .. })) => "a vote's ruling".to_owned(),
        _ => {
            return format!(
                "{called} has released nothing since the last payment; `budget stream show {}` says \
                 more.",
                flow.place()
            );
        }
    };
    format!("{called} has paid what it released; it waits for {waits}.")
}

fn limited(scene: &Scene, claimable: u64) -> String {
    format!(
        "the outflow limit lets nothing through now; the {} are paid as it refills, and {} after \
         their release at the latest.",
        scene.budget.show(claimable),
        long_span(scene.treasury.in_force.breaker.max_payout_delay_secs.into()),
    )
}

/// Where a payment goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The token account.
    pub to: Pubkey,
    /// The payout account that cannot be paid, which is why it goes elsewhere.
    pub blocked: Option<Pubkey>,
    /// Whether the account is opened first.
    pub opens: bool,
}

impl Route {
    /// The way to a recipient, given what is at the payout account and at the recipient's associated
    /// account: the payout account, or the associated account where that cannot be paid.
    ///
    /// # Errors
    /// Exit code `input` when neither can be paid, with the reason.
    fn of(
        flow: &Flow,
        community: &Community,
        payout: Option<&TokenAccount>,
        associated: Option<&TokenAccount>,
    ) -> Result<Self> {
        let stream = &flow.stream;
        let (chosen, own) = (stream.payout_account, community.budget_account(&stream.recipient));
        let direct = Payee::of(payout, community, |owner| *owner != community.treasury);
        if direct == Payee::Payable {
            return Ok(Self { to: chosen, blocked: None, opens: false });
        }
        let (fallback, blocked) = if chosen == own {
            (direct, None)
        } else {
            let judged = Payee::of(associated, community, |owner| *owner == stream.recipient);
            (judged, Some(chosen))
        };
        match fallback {
            Payee::Payable => Ok(Self { to: own, blocked, opens: false }),
            Payee::Missing => Ok(Self { to: own, blocked, opens: true }),
            _ => Err(Failure::input(format!(
                "{} cannot be paid: the account {own} {}; only its recipient can choose another \
                 (`budget stream redirect {} ACCOUNT`).",
                flow.called(),
                fallback.in_words(),
                flow.place(),
            ))),
        }
    }
}

/// The routes of several streams, read in one go.
fn routes(network: &Network, community: &Community, flows: &[&Flow]) -> Result<Vec<Result<Route>>> {
    let keys: Vec<Pubkey> = flows
        .iter()
        .flat_map(|flow| {
            let stream = &flow.stream;
            [stream.payout_account, community.budget_account(&stream.recipient)]
        })
        .collect();
    let accounts = network.accounts(&keys)?;
    let tokens: Vec<Option<TokenAccount>> =
        accounts.iter().map(|account| account.as_ref().and_then(TokenAccount::read)).collect();
    let pairs = flows.iter().zip(tokens.as_chunks().0);
    Ok(pairs
        .map(|(flow, [payout, own])| Route::of(flow, community, payout.as_ref(), own.as_ref()))
        .collect())
}

fn act(
    context: &Context,
    scene: &Scene,
    flow: &Flow,
    amount: u64,
    route: &Route,
    payer: Actor,
) -> Result<Act> {
    let stream = &flow.stream;
    let (community, budget) = (&scene.community, &scene.budget);
    let recipient = context.name(&stream.recipient)?;
    let after = stream.withdrawn.saturating_add(amount);
    let claimable = flow.money(scene.now)?.claimable;
    let payer_key = payer.key;
    let mut act = Act::open_to_anyone(
        format!("Send {} of {} to {recipient}", budget.show(amount), flow.called()),
        payer,
    )
    .change(
        "withdrawn",
        format!(
            "{} -> {} of {}",
            budget.number(stream.withdrawn),
            budget.number(after),
            budget.show(stream.total)
        ),
    )
    .change("arrives at", context.name(&route.to)?);
    if amount < claimable {
        let left = budget.show(claimable.saturating_sub(amount));
        act = act.change("outflow limit", format!("holds {left} back for now"));
    }
    if let Some(blocked) = route.blocked {
        let blocked = context.name(&blocked)?;
        act = act.change("instead of", format!("{blocked}, which cannot be paid"));
    }
    if route.opens {
        let rent = sol(context.network()?.rent(TOKEN_ACCOUNT_BYTES)?);
        act = act
            .change(
                "opens",
                format!("{recipient}'s token account; {rent} of rent, which is theirs"),
            )
            .instruction(open_associated(
                &payer_key,
                &stream.recipient,
                &community.budget_mint,
                &community.budget_token_program,
            ));
    }
    let exact = json!({
        "stream": flow.key.to_string(),
        "recipient": stream.recipient.to_string(),
        "amount": amount,
        "claimable": claimable,
        "to": route.to.to_string(),
        "blocked": route.blocked.map(|key| key.to_string()),
        "opensAccount": route.opens,
    });
    act = act
        .note("It takes nothing from you but the fee, and can pay nobody but the recipient.")
        .exact(exact)
        .instruction(community.withdraw_stream(flow.key, route.to, route.blocked));
    Ok(Act { asks: true, ..act })
}

fn all(context: &Context, recipient: Option<Pubkey>) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let sender = context.actor()?;
    let recipient = recipient.unwrap_or(sender.key);
    let payer = context.payer(&sender)?;
    let flows = Flow::list(network, &scene, Some(&recipient))?;
    if flows.is_empty() {
        return Err(Failure::input(format!("{} has no stream.", context.name(&recipient)?)));
    }
    let due = due(&flows, &mut scene.treasury.clone(), scene.now)?;
    if due.is_empty() {
        return Err(Failure::input(
            "none of the streams has anything to pay now; `budget stream list` says why.",
        ));
    }
    let those: Vec<&Flow> = due.iter().map(|(flow, _)| *flow).collect();
    let (mut acts, mut total) = (Vec::new(), 0u64);
    let (mut changes, mut left_out) = (Vec::new(), Vec::new());
    for ((flow, amount), route) in due.iter().zip(routes(network, &scene.community, &those)?) {
        match route {
            Ok(route) => {
                total = total.saturating_add(*amount);
                let from = format!("{} of {}", scene.budget.show(*amount), flow.called());
                changes.push(pair("sends", from));
                acts.push(act(context, &scene, flow, *amount, &route, payer.clone())?);
            }
            Err(why) => left_out.push(pair("left out", why.to_string())),
        }
    }
    if acts.is_empty() {
        return Err(Failure::input(
            left_out.into_iter().next().map_or_else(String::new, |(_, why)| why),
        ));
    }
    changes.extend(left_out);
    context.perform_all(Batch {
        title: format!("Send {} to {}", scene.budget.show(total), context.name(&recipient)?),
        changes,
        note: "It takes nothing from you but fees, and can pay nobody but the recipient."
            .to_owned(),
        noun: ("stream", "streams"),
        acts,
    })
}

/// The streams that pay something now, oldest first, and how much: they share the outflow limit.
fn due<'a>(flows: &'a [Flow], books: &mut Treasury, now: i64) -> Result<Vec<(&'a Flow, u64)>> {
    let mut due = Vec::new();
    for flow in flows {
        let claimable = flow.money(now)?.claimable;
        let amount = if claimable == 0 { 0 } else { flow.payable(books, claimable, now)? };
        if amount > 0 {
            due.push((flow, amount));
        }
    }
    Ok(due)
}

#[cfg(test)]
mod tests;
