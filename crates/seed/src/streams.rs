//! What became of the past round's awards: paid, reviewed, held, late, finished, lapsed.

use budget_rpc::Network;
use community_budget::{
    FileUpdateArgs, ScoreUpdateArgs,
    state::{Outcome, Treasury},
};
use solana_signer::Signer;

use crate::{
    batch::Job,
    documents::{report_document, verdict_document},
    policy::{DOLLAR, category_index},
    population::Round,
    town::Town,
    trouble::{During, Result},
};

/// Nobody carries this award out.
pub const FORGOTTEN: &str = "prints";
/// Failed asks whose bonds are returned.
const CLOSED: [&str; 2] = ["ferry", "podcast-one"];
/// Of a hundred paid into the hedging position, so many are there by the risk reporter's mark.
const MARKED_AT: u64 = 97;

const PAST: u32 = 0;

/// Settles the past round.
pub fn settle(town: &mut Town<'_>) -> Result<()> {
    let keys = town.keys;
    let settle = town.community.settle_epoch(PAST);
    town.send(&[Job::new(&keys.founder, vec![settle])])
}

/// Carries out every award of a tier, except the forgotten one.
pub fn execute(town: &mut Town<'_>, tier: u8) -> Result<()> {
    let epoch = town.community.epoch(PAST);
    let (_, entries) = town.network.epoch(&epoch).during(town.step())?;
    let funded = (0u8..).zip(&entries).zip(town.asks(Round::Past));
    let due = funded
        .filter(|((_, entry), _)| entry.is(Outcome::Funded) && entry.tier == tier)
        .filter(|(_, ask)| ask.id != FORGOTTEN);
    let execute = |((index, _), ask): ((u8, _), &crate::story::Ask)| {
        let recipient = town.keys.team(ask.to());
        let key = recipient.pubkey();
        Job::new(recipient, vec![town.community.execute_award(key, PAST, index, key)])
    };
    let jobs: Vec<Job<'_>> = due.map(execute).collect();
    town.send(&jobs)
}

/// What nobody carried out in time is free again.
pub fn lapse(town: &mut Town<'_>) -> Result<()> {
    let keys = town.keys;
    let lapse = town.community.lapse_proposal(PAST, town.past(FORGOTTEN).0);
    town.send(&[Job::new(&keys.founder, vec![lapse])])
}

/// Returns the bonds of what failed.
pub fn return_bonds(town: &mut Town<'_>) -> Result<()> {
    let close = |id| {
        let (index, ask) = town.past(id);
        let proposer = town.keys.team(&ask.from);
        let key = proposer.pubkey();
        Job::new(proposer, vec![town.community.close_proposal(PAST, index, key, key)])
    };
    let jobs = CLOSED.map(close);
    town.send(&jobs)
}

/// Recipients withdraw what has been released.
pub fn claim(town: &mut Town<'_>, ids: &[&str]) -> Result<()> {
    let claim = |id: &&str| {
        let recipient = town.keys.team(town.past(id).1.to());
        let payout = town.community.budget_account(&recipient.pubkey());
        let claim = town.community.withdraw_stream(town.stream(id), payout, None);
        Job::new(recipient, vec![claim])
    };
    let jobs: Vec<Job<'_>> = ids.iter().map(claim).collect();
    town.send(&jobs)
}

/// A recipient reports at the first checkpoint.
pub fn report(town: &mut Town<'_>, id: &str) -> Result<()> {
    let recipient = town.keys.team(town.past(id).1.to());
    let report = &town.story.report[id];
    let document = report_document(id, report);
    let args = FileUpdateArgs {
        checkpoint: 0,
        health: report.health.into(),
        spent: report.spent * DOLLAR,
        evidence_hash: document.hash(),
        evidence_uri: document.uri(),
    };
    let key = recipient.pubkey();
    let file = town.community.file_update(key, key, town.stream(id), args);
    town.send(&[Job::new(recipient, vec![file])])
}

/// The reviewer scores the report at the first checkpoint, if the story has a score.
pub fn score(town: &mut Town<'_>, id: &str) -> Result<()> {
    let keys = town.keys;
    let report = &town.story.report[id];
    let (Some(score_bps), Some(verdict)) = (report.score, verdict_document(id, report)) else {
        return Ok(());
    };
    let args = ScoreUpdateArgs {
        score_bps,
        evidence_hash: report_document(id, report).hash(),
        verdict_hash: verdict.hash(),
    };
    let recipient = keys.team(town.past(id).1.to()).pubkey();
    let (reviewer, stream) = (keys.reviewer.pubkey(), town.stream(id));
    let score = town.community.score_update(reviewer, stream, 0, recipient, args);
    town.send(&[Job::new(&keys.reviewer, vec![score])])
}

/// The risk reporter marks the hedging position a little below what was paid into it.
pub fn mark(town: &mut Town<'_>) -> Result<()> {
    let keys = town.keys;
    let category = category_index("hedging").unwrap_or_default();
    let cost = position_cost(town.network, town, category)?;
    let reporter = keys.risk_reporter.pubkey();
    let mark = town.community.mark_position(reporter, category, cost * MARKED_AT / 100);
    town.send(&[Job::new(&keys.risk_reporter, vec![mark])])
}

fn position_cost(network: &Network, town: &Town<'_>, category: u8) -> Result<u64> {
    let treasury = network.get::<Treasury>(&town.community.treasury, "treasury");
    let positions = treasury.during(town.step())?.value.positions;
    Ok(positions.get(usize::from(category)).map_or(0, |position| position.cost))
}
