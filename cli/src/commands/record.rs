//! `budget record`: what a treasury knows of a person.

use anchor_lang::prelude::Pubkey;
use budget_rpc::Trouble;
use budget_words::{format, page::Page};
use clap::Subcommand;
use community_budget::state::RecipientRecord;
use serde_json::json;

use crate::{
    act::Act,
    context::{Context, Scene},
    exit::{Failure, Result},
    quantity::{Token, sol},
    view::{aligned, counted, pair},
};

/// What a treasury knows of a person as proposer and recipient.
#[derive(Subcommand)]
pub enum RecordCommand {
    /// Open the record of a person; proposing and accepting need one. Anyone may, for anyone.
    Open {
        /// Whose; yours unless given.
        person: Option<Pubkey>,
    },
    /// What a person was awarded and paid, and how their work was judged.
    Show {
        /// Whose; yours unless given.
        person: Option<Pubkey>,
    },
}

/// `budget record ...`.
pub fn run(context: &Context, command: RecordCommand) -> Result<()> {
    match command {
        RecordCommand::Open { person } => open(context, person),
        RecordCommand::Show { person } => show(context, person),
    }
}

fn open(context: &Context, person: Option<Pubkey>) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let actor = context.actor()?;
    let payer = context.payer(&actor)?;
    let person = person.unwrap_or(actor.key);
    let name = context.name(&person)?;
    let key = scene.community.recipient_record(&person);
    if network.find::<RecipientRecord>(&key, "record")?.is_some() {
        return Err(Failure::input(format!(
            "{name} has a record already; `budget record show` shows it."
        )));
    }
    let rent = network.rent(RecipientRecord::SPACE)?;
    let act = Act::open_to_anyone(format!("Open the record of {name}"), payer.clone())
        .change("person", context.full_name(&person)?)
        .change("rent", format!("{}; a record is never closed, so it stays", sol(rent)))
        .exact(json!({
            "record": key.to_string(),
            "person": person.to_string(),
            "rentLamports": rent,
        }))
        .note("It begins empty: nothing in it speaks for or against anybody.")
        .instruction(scene.community.open_recipient_record(payer.key, person));
    context.perform(act).map(drop)
}

fn show(context: &Context, person: Option<Pubkey>) -> Result<()> {
    let scene = context.scene()?;
    let person = match person {
        Some(person) => person,
        None => context.actor()?.key,
    };
    let name = context.name(&person)?;
    let key = scene.community.recipient_record(&person);
    let found = context.network()?.find::<RecipientRecord>(&key, "record")?;
    let record = found.ok_or_else(|| Trouble::NoAccount {
        what: format!("record of {name} yet; `budget record open` opens one"),
        key,
    })?;
    let facts = Facts::of(&record.value, &scene);
    if context.globals.json {
        context.json(&json!({
            "record": key.to_string(),
            "person": person.to_string(),
            "streams": record.value.streams,
            "awarded": record.value.awarded,
            "paid": record.value.paid,
            "returned": record.value.returned,
            "reviewsScored": record.value.scored,
            "scoreSum": record.value.score_sum,
            "missedUpdates": record.value.missed_updates,
            "cancellations": record.value.cancellations,
            "meanScoreBps": facts.mean_bps,
            "isWeak": facts.weak,
            "floorBps": facts.floor_bps,
        }));
        return Ok(());
    }
    for line in facts.lines(&context.page, &name, &record.value, &scene.budget) {
        context.page.line(line);
    }
    Ok(())
}

/// What a record amounts to.
#[derive(Debug, PartialEq, Eq)]
struct Facts {
    /// Mean score, a missed update as zero (rounded down); nothing without a review.
    mean_bps: Option<u16>,
    /// Whether asks of this person start one tier up (R4).
    weak: bool,
    /// The mean below which they do.
    floor_bps: u16,
}

impl Facts {
    fn of(record: &RecipientRecord, scene: &Scene) -> Self {
        // The epoch that is open goes by its own policy, which is the one in force.
        Self::against(record, scene.treasury.in_force.tiers.record_floor_bps)
    }

    fn against(record: &RecipientRecord, floor_bps: u16) -> Self {
        let reviews = u32::from(record.scored).saturating_add(record.missed_updates.into());
        let mean = record.score_sum.checked_div(reviews);
        Self {
            mean_bps: mean.and_then(|mean| u16::try_from(mean).ok()),
            weak: record.is_weak(floor_bps),
            floor_bps,
        }
    }

    fn lines(
        &self,
        page: &Page,
        name: &str,
        record: &RecipientRecord,
        budget: &Token,
    ) -> Vec<String> {
        let head = match self.mean_bps {
            _ if record.streams == 0 && self.mean_bps.is_none() => {
                format!("{name} has no history here: no award, no review")
            }
            None => format!("{name} received {}, none of them reviewed yet", awards(record)),
            Some(mean) => format!(
                "{name} received {}; reviews score {} in the mean",
                awards(record),
                format::bps(mean)
            ),
        };
        let floor = format::bps(self.floor_bps);
        let standing = if self.weak {
            page.bad(&format!("weak: below {floor}, so new asks start one tier up"))
        } else {
            format!("in good standing: a mean below {floor} would raise the bar for new asks")
        };
        let rows = [
            pair("standing", standing),
            pair("awarded", budget.show(record.awarded)),
            pair("paid", format!("{} by streams that are closed", budget.show(record.paid))),
            pair("returned", format!("{} to the treasury", budget.show(record.returned))),
            pair("reviews", reviews(record)),
            pair(
                "stopped",
                if record.cancellations == 0 {
                    "no stream was cancelled or lapsed".to_owned()
                } else {
                    format!(
                        "{} cancelled or lapsed",
                        counted(record.cancellations.into(), "stream")
                    )
                },
            ),
        ];
        std::iter::once(page.strong(&head)).chain(aligned(page, &rows)).collect()
    }
}

fn reviews(record: &RecipientRecord) -> String {
    let scored = counted(record.scored.into(), "update");
    match (record.scored, record.missed_updates) {
        (0, 0) => "none yet".to_owned(),
        (_, 0) => format!("{scored} scored, none missed"),
        (_, missed) => {
            let missed = counted(missed.into(), "update");
            format!("{scored} scored, {missed} did not come in time")
        }
    }
}

fn awards(record: &RecipientRecord) -> String {
    counted(record.streams.into(), "award")
}

#[cfg(test)]
mod tests {
    use bytemuck::Zeroable;

    use super::*;

    fn lines(record: &RecipientRecord) -> Vec<String> {
        let budget = Token { decimals: 0, symbol: "USDC".to_owned() };
        Facts::against(record, 5_000).lines(&Page::new(), "Ada", record, &budget)
    }

    #[test]
    fn a_stranger_has_no_history_and_that_is_said() {
        let record = RecipientRecord::zeroed();
        assert_eq!(Facts::against(&record, 5_000).mean_bps, None);
        let lines = lines(&record);
        assert_eq!(lines[0], "Ada has no history here: no award, no review");
        assert!(lines[1].contains("in good standing"));
    }

    #[test]
    fn a_missed_update_counts_as_zero_and_can_make_a_record_weak() {
        let mut record = RecipientRecord::zeroed();
        (record.streams, record.awarded) = (2, 900);
        assert!(lines(&record)[0].ends_with("2 awards, none of them reviewed yet"));
        (record.scored, record.score_sum) = (1, 9_999);
        let strong = Facts::against(&record, 5_000);
        assert_eq!((strong.mean_bps, strong.weak), (Some(9_999), false));
        record.missed_updates = 1;
        let weak = Facts::against(&record, 5_000);
        assert_eq!((weak.mean_bps, weak.weak), (Some(4_999), true));
        record.cancellations = 1;
        let lines = lines(&record);
        assert_eq!(lines[0], "Ada received 2 awards; reviews score 49.99 % in the mean");
        assert_eq!(
            lines[1..],
            [
                "  standing  weak: below 50 %, so new asks start one tier up",
                "  awarded   900 USDC",
                "  paid      0 USDC by streams that are closed",
                "  returned  0 USDC to the treasury",
                "  reviews   1 update scored, 1 update did not come in time",
                "  stopped   1 stream cancelled or lapsed",
            ]
        );
    }
}
