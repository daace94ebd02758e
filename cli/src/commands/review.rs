//! `budget review`: what recipients report at checkpoints, and what the reviewer finds.

mod score;
mod update;

use anchor_lang::prelude::Pubkey;
use budget_client::address;
use budget_words::format;
use clap::Subcommand;
use community_budget::state::{Review, Stream};
use serde_json::json;
use solana_sha256_hasher::hash;

use crate::{
    act::Act,
    commands::stream::{health, reported},
    context::{Context, Scene},
    exit::{Failure, Result},
    files,
    quantity::{sol, when},
    streams::{Flow, StreamName},
    view::{aligned, hex, pair},
};

/// A review: file an update, score it, show, close.
#[derive(Subcommand)]
pub enum ReviewCommand {
    /// What was reported at a checkpoint, and the verdict.
    Show {
        /// The stream: its address, its proposal's number, or epoch and entry as 3/7.
        stream: StreamName,
        /// The checkpoint, from 0.
        checkpoint: u8,
        /// A copy of the evidence: says whether it is what the recipient filed.
        #[arg(long, value_name = "FILE")]
        evidence: Option<std::path::PathBuf>,
    },
    /// File your update on the open checkpoint of a stream of yours.
    Update(update::UpdateOptions),
    /// Score an update. For the reviewer; shows what the score does before it is sent.
    Score(score::ScoreOptions),
    /// Close a review whose checkpoint is decided; its rent returns. Anyone may.
    Close {
        /// The stream: its address, its proposal's number, or epoch and entry as 3/7.
        stream: StreamName,
        /// The checkpoint, from 0.
        checkpoint: u8,
    },
}

/// `budget review ...`.
pub fn run(context: &Context, command: ReviewCommand) -> Result<()> {
    match command {
        ReviewCommand::Show { stream, checkpoint, evidence } => {
            show(context, stream, checkpoint, evidence.as_deref())
        }
        ReviewCommand::Update(options) => update::run(context, options),
        ReviewCommand::Score(options) => score::run(context, &options),
        ReviewCommand::Close { stream, checkpoint } => close(context, stream, checkpoint),
    }
}

/// The review of a checkpoint, with its stream and address.
fn find(context: &Context, scene: &Scene, name: StreamName, checkpoint: u8) -> Result<Desk> {
    let network = context.network()?;
    let flow = Flow::find(network, scene, name)?;
    exists(&flow.stream, checkpoint)?;
    let key = address::review(&flow.key, checkpoint);
    let what = format!(
        "review of checkpoint {checkpoint} of {}; nothing was filed, or it is closed",
        flow.called()
    );
    let review = network.get::<Review>(&key, &what)?.value;
    Ok(Desk { flow, key, review })
}

struct Desk {
    flow: Flow,
    key: Pubkey,
    review: Review,
}

fn exists(stream: &Stream, checkpoint: u8) -> Result<()> {
    if checkpoint < stream.checkpoints {
        return Ok(());
    }
    Err(Failure::input(match stream.checkpoints {
        0 => "the stream has no checkpoints.".to_owned(),
        1 => "the stream has one checkpoint, 0.".to_owned(),
        count => format!("the stream has checkpoints 0 to {}.", count - 1),
    }))
}

fn show(
    context: &Context,
    name: StreamName,
    checkpoint: u8,
    evidence: Option<&std::path::Path>,
) -> Result<()> {
    let scene = context.scene()?;
    let Desk { flow, key, review } = find(context, &scene, name, checkpoint)?;
    let copy = match evidence {
        Some(path) => Some(hash(&files::bytes(path)?).to_bytes() == review.evidence_hash),
        None => None,
    };
    if context.globals.json {
        context.json(&json!({
            "review": key.to_string(),
            "stream": flow.key.to_string(),
            "checkpoint": checkpoint,
            "health": health(review.health),
            "spent": review.spent,
            "evidenceUri": review.evidence_uri,
            "evidenceHash": hex(&review.evidence_hash),
            "evidenceMatches": copy,
            "filedAt": review.filed_at,
            "scored": review.scored == 1,
            "scoreBps": (review.scored == 1).then_some(review.score_bps),
            "scoredAt": (review.scored == 1).then_some(review.scored_at),
            "verdictHash": (review.scored == 1).then(|| hex(&review.verdict_hash)),
            "decided": flow.stream.is_decided(checkpoint),
            "rentPayer": review.rent_payer.to_string(),
        }));
        return Ok(());
    }
    let page = &context.page;
    let said = reported(&review, &scene.budget);
    page.line(page.strong(&format!("Checkpoint {checkpoint} of {}: {said}", flow.called())));
    page.line(outcome(&flow, &review));
    for line in aligned(page, &facts(&review, copy, scene.now)) {
        page.line(line);
    }
    Ok(())
}

/// What became of an update, and what happens next.
fn outcome(flow: &Flow, review: &Review) -> String {
    let place = flow.place();
    let stream = &flow.stream;
    if review.scored == 1 {
        let score = format::bps(review.score_bps);
        let pass = format::bps(stream.pass_bps);
        return if review.score_bps >= stream.pass_bps {
            format!("{score} reaches the {pass} that pass: the next part started in full.")
        } else if review.score_bps >= stream.floor_bps {
            format!("{score} is short of {pass}: the next part started scaled down.")
        } else {
            let floor = format::bps(stream.floor_bps);
            format!("{score} is below {floor}: the stream was held for a vote to rule on.")
        };
    }
    if stream.passed > review.checkpoint {
        return "The reviewer did not score it in time, so it passed by itself.".to_owned();
    }
    if stream.is_decided(review.checkpoint) {
        return "The stream ended before it was scored.".to_owned();
    }
    format!("It waits for its score; `budget stream show {place}` says until when.")
}

fn facts(review: &Review, copy: Option<bool>, now: i64) -> Vec<(String, String)> {
    let mut facts = vec![
        pair("filed", when(review.filed_at, now)),
        pair("evidence", files::plain(&review.evidence_uri)),
        pair("its hash", hex(&review.evidence_hash)),
    ];
    match copy {
        Some(true) => facts.push(pair("your copy", "is what the recipient filed")),
        Some(false) => facts.push(pair("your copy", "is NOT what the recipient filed")),
        None => {}
    }
    if review.scored == 1 {
        facts.push(pair("scored", when(review.scored_at, now)));
        facts.push(pair("reasons' hash", hex(&review.verdict_hash)));
    }
    facts
}

fn close(context: &Context, name: StreamName, checkpoint: u8) -> Result<()> {
    let scene = context.scene()?;
    let Desk { flow, key, review } = find(context, &scene, name, checkpoint)?;
    if !flow.stream.is_decided(checkpoint) {
        return Err(Failure::input(format!(
            "checkpoint {checkpoint} of {} is not decided yet, so its review stays; `budget stream \
             show {}` says what it waits for.",
            flow.called(),
            flow.place()
        )));
    }
    let sender = context.actor()?;
    let payer = context.payer(&sender)?;
    let rent = context.network()?.lamports(&key)?;
    let title = format!("Close the review of checkpoint {checkpoint} of {}", flow.called());
    let act = Act::open_to_anyone(title, payer)
        .change("rent", format!("{} return to {}", sol(rent), context.name(&review.rent_payer)?))
        .exact(json!({
            "review": key.to_string(),
            "stream": flow.key.to_string(),
            "checkpoint": checkpoint,
            "rentLamports": rent,
            "rentPayer": review.rent_payer.to_string(),
        }))
        .note("The score stays in the recipient's record; what was filed stays in the ledger only.")
        .instruction(scene.community.close_review(flow.key, checkpoint, review.rent_payer));
    context.perform(act).map(drop)
}

#[cfg(test)]
pub mod tests;
