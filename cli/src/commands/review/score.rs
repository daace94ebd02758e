//! `review score`: the reviewer's verdict.

use std::path::PathBuf;

use anchor_lang::prelude::Pubkey;
use budget_words::format;
use clap::Args;
use community_budget::{
    ScoreUpdateArgs,
    state::{Review, Role},
};
use serde_json::json;
use solana_sha256_hasher::hash;

use super::find;
use crate::{
    act::Act,
    commands::stream::health,
    context::Context,
    exit::{Failure, Result},
    files,
    quantity::{Token, bps},
    streams::{Flow, Gate, StreamName, foreseen},
    view::hex,
};

/// Options of `budget review score`.
#[derive(Args)]
pub struct ScoreOptions {
    /// The stream: its address, its proposal's number, or epoch and entry as 3/7.
    stream: StreamName,
    /// The checkpoint, from 0: the one that has an update.
    checkpoint: u8,
    /// The score: 85% or 8500 (basis points).
    #[arg(value_parser = bps)]
    score: u16,
    /// Your reasons; only their SHA-256 goes on chain.
    #[arg(long, value_name = "FILE")]
    verdict: PathBuf,
    /// The evidence that you judged: refuse to score unless it is what the recipient filed.
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
}

/// `budget review score`.
pub fn run(context: &Context, options: &ScoreOptions) -> Result<()> {
    let scene = context.scene()?;
    let verdict_hash = hash(&files::bytes(&options.verdict)?).to_bytes();
    let desk = find(context, &scene, options.stream, options.checkpoint)?;
    let (flow, review) = (&desk.flow, &desk.review);
    if let Some(path) = &options.evidence {
        same(&hash(&files::bytes(path)?).to_bytes(), review)?;
    }
    let reviewer = context.actor()?;
    let holder = scene.treasury.holder(Role::Reviewer);
    may_score(holder, &reviewer.key, &context.name(holder)?)?;
    awaited(flow, options.checkpoint, scene.now)?;
    let effect = Effect::of(flow, options.score, scene.now)?;
    let payer = context.payer(&reviewer)?;
    let score = format::bps(options.score);
    let title = format!("Give {score} to checkpoint {} of {}", options.checkpoint, flow.called());
    let mut act = Act::open_to_anyone(title, payer)
        .change("reported", health(review.health))
        .change("spent", scene.budget.show(review.spent))
        .change("evidence", files::plain(&review.evidence_uri))
        .change("its hash", hex(&review.evidence_hash));
    for (what, figure) in effect.words(flow, options, &scene.budget) {
        act = act.change(what, figure);
    }
    let args = ScoreUpdateArgs {
        score_bps: options.score,
        evidence_hash: review.evidence_hash,
        verdict_hash,
    };
    let act = act
        .change("reasons' hash", hex(&verdict_hash))
        .exact(json!({
            "stream": flow.key.to_string(),
            "checkpoint": options.checkpoint,
            "scoreBps": options.score,
            "holds": effect.holds,
            "returned": effect.returned,
            "unreleasedBefore": effect.before,
            "unreleasedAfter": effect.after,
            "evidenceHash": hex(&review.evidence_hash),
            "verdictHash": hex(&verdict_hash),
        }))
        .note("A score is given once and enters the recipient's record. What is released stays.")
        .instruction(scene.community.score_update(
            reviewer.key,
            flow.key,
            options.checkpoint,
            flow.stream.recipient,
            args,
        ));
    context.perform(Act { actors: vec![reviewer], asks: true, ..act }).map(drop)
}

fn same(copy: &[u8; 32], review: &Review) -> Result<()> {
    if *copy == review.evidence_hash {
        return Ok(());
    }
    Err(Failure::input(format!(
        "the evidence is not what the recipient filed: its hash is {}, and {} was filed.",
        hex(copy),
        hex(&review.evidence_hash)
    )))
}

fn may_score(holder: &Pubkey, key: &Pubkey, name: &str) -> Result<()> {
    if *holder == Pubkey::default() {
        return Err(Failure::input(
            "nobody holds the reviewer's role, so nobody scores: updates pass by themselves.",
        ));
    }
    if holder != key {
        return Err(Failure::input(format!("only the reviewer {name} scores.")));
    }
    Ok(())
}

fn awaited(flow: &Flow, checkpoint: u8, now: i64) -> Result<()> {
    let open = flow.open_gate(now);
    if matches!(open, Some((number, Gate::AwaitsVerdict { .. })) if number == checkpoint) {
        return Ok(());
    }
    let called = flow.called();
    Err(Failure::input(if flow.stream.is_decided(checkpoint) {
        format!("checkpoint {checkpoint} of {called} is decided already.")
    } else if let Some((_, Gate::Held { .. })) = open {
        format!("{called} is held: a vote must rule on it.")
    } else {
        format!("checkpoint {checkpoint} of {called} has no update to score.")
    }))
}

/// What a score does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Effect {
    /// Whether the stream is held.
    holds: bool,
    /// Base units that go back to the treasury.
    returned: u64,
    /// Base units released at once: the time since the checkpoint opened.
    released: u64,
    /// Base units still to be released, before and after.
    before: u64,
    after: u64,
}

impl Effect {
    /// The program's own answer, on a copy.
    fn of(flow: &Flow, score: u16, now: i64) -> Result<Self> {
        let mut scored = flow.clone();
        let returned = foreseen(scored.stream.score(score, now))?;
        let (old, new) = (flow.money(now)?, scored.money(now)?);
        Ok(Self {
            holds: scored.stream.held_at != 0,
            returned,
            released: new.claimable.saturating_sub(old.claimable),
            before: old.scheduled,
            after: new.scheduled.saturating_add(new.held),
        })
    }

    fn words(
        &self,
        flow: &Flow,
        options: &ScoreOptions,
        budget: &Token,
    ) -> Vec<(&'static str, String)> {
        let stream = &flow.stream;
        let score = format::bps(options.score);
        let (pass, floor) = (format::bps(stream.pass_bps), format::bps(stream.floor_bps));
        if self.holds {
            return vec![
                ("verdict", format!("{score} is below the floor of {floor}: the stream is held")),
                ("held", format!("{} until a vote rules", budget.show(self.after))),
            ];
        }
        let mut lines = Vec::new();
        if options.score >= stream.pass_bps {
            lines.push((
                "verdict",
                format!("{score} passes ({pass}): the next part starts in full"),
            ));
        } else {
            lines.push((
                "verdict",
                format!("{score} is short of {pass}: the next part shrinks to {score} / {pass}"),
            ));
            lines.push(("returns to the treasury", budget.show(self.returned)));
        }
        lines.push(("released at once", budget.show(self.released)));
        lines.push((
            "still to come",
            format!("{} -> {}", budget.number(self.before), budget.show(self.after)),
        ));
        lines
    }
}

#[cfg(test)]
mod tests;
