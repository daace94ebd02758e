//! `review update`: the recipient reports.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use community_budget::{FileUpdateArgs, constants::MAX_URI_BYTES, state::Health};
use serde_json::json;
use solana_sha256_hasher::hash;

use crate::{
    act::Act,
    commands::stream::health,
    context::Context,
    exit::{Failure, Result},
    files,
    quantity::{long_span, when},
    streams::{Flow, Gate, StreamName},
    view::hex,
};

/// Options of `budget review update`.
#[derive(Args)]
pub struct UpdateOptions {
    /// The stream: its address, its proposal's number, or epoch and entry as 3/7.
    stream: StreamName,
    /// How the work stands.
    #[arg(long)]
    health: HealthWord,
    /// What was spent so far, for example 1,200.5.
    #[arg(long, value_name = "AMOUNT")]
    spent: String,
    /// The evidence itself; only its SHA-256 goes on chain.
    #[arg(long, value_name = "FILE")]
    evidence: PathBuf,
    /// Where others find the evidence; at most 128 bytes.
    #[arg(long)]
    uri: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum HealthWord {
    /// The work goes as proposed.
    OnTrack,
    /// It may not get there.
    AtRisk,
    /// It will not get there as proposed.
    OffTrack,
}

impl From<HealthWord> for Health {
    fn from(word: HealthWord) -> Self {
        match word {
            HealthWord::OnTrack => Self::OnTrack,
            HealthWord::AtRisk => Self::AtRisk,
            HealthWord::OffTrack => Self::OffTrack,
        }
    }
}

/// `budget review update`.
pub fn run(context: &Context, options: UpdateOptions) -> Result<()> {
    let scene = context.scene()?;
    let spent = scene.budget.parse(&options.spent)?;
    if options.uri.len() > MAX_URI_BYTES {
        return Err(Failure::input(format!(
            "the URI has {} bytes; at most {MAX_URI_BYTES} fit.",
            options.uri.len()
        )));
    }
    let evidence_hash = hash(&files::bytes(&options.evidence)?).to_bytes();
    let network = context.network()?;
    let flow = Flow::find(network, &scene, options.stream)?;
    let recipient = context.actor()?;
    if recipient.key != flow.stream.recipient {
        return Err(Failure::input(format!(
            "only the recipient {} reports on {}.",
            context.name(&flow.stream.recipient)?,
            flow.called()
        )));
    }
    let (checkpoint, until) = awaited(&flow, scene.now)?;
    let payer = context.payer(&recipient)?;
    let health_value = Health::from(options.health);
    let grace = long_span(flow.stream.grace_secs.into());
    let args = FileUpdateArgs {
        checkpoint,
        health: health_value,
        spent,
        evidence_hash,
        evidence_uri: options.uri.clone(),
    };
    let title = format!("File the update on checkpoint {checkpoint} of {}", flow.called());
    let act = Act::open_to_anyone(title, payer.clone())
        .change("health", health(health_value))
        .change("spent", scene.budget.show(spent))
        .change("evidence", files::plain(&options.uri))
        .change("its hash", hex(&evidence_hash))
        .change("due before", when(until, scene.now))
        .change("then", format!("the reviewer has {grace} to score it; silence passes it"))
        .exact(json!({
            "stream": flow.key.to_string(),
            "checkpoint": checkpoint,
            "health": health(health_value),
            "spent": spent,
            "evidenceUri": options.uri,
            "evidenceHash": hex(&evidence_hash),
            "dueBefore": until,
        }))
        .note("An update is filed once: it cannot be changed. This cannot move tokens.")
        .instruction(scene.community.file_update(recipient.key, payer.key, flow.key, args));
    context.perform(Act { actors: vec![recipient], asks: true, ..act }).map(drop)
}

/// The checkpoint that awaits an update, and until when.
fn awaited(flow: &Flow, now: i64) -> Result<(u8, i64)> {
    let called = flow.called();
    let why = match flow.open_gate(now) {
        Some((number, Gate::AwaitsUpdate { until })) => return Ok((number, until)),
        Some((number, Gate::Ahead { opens_at })) => {
            format!("checkpoint {number} of {called} opens {}", when(opens_at, now))
        }
        Some((number, Gate::AwaitsVerdict { .. })) => {
            format!("the update on checkpoint {number} of {called} is filed already")
        }
        Some((number, Gate::Overdue { since })) => format!(
            "the update on checkpoint {number} of {called} was due before {}; now a vote must rule",
            when(since, now)
        ),
        Some((number, Gate::Held { since })) => format!(
            "checkpoint {number} holds {called} since {}; only a vote's ruling goes on from here",
            when(since, now)
        ),
        Some(_) => format!("{called} has ended"),
        None => format!("{called} has no checkpoint left"),
    };
    Err(Failure::input(format!("no update is awaited: {why}.")))
}

#[cfg(test)]
mod tests;
