//! `budget epoch recount`: the tally, counted again from every ballot.

use budget_client::{
    account,
    recount::{Flaw, Recount},
};
use budget_rpc::{Found, Trouble};
use budget_words::progress::Progress;
use community_budget::{
    ID,
    state::{BudgetEpoch, Entry, VoteRecord},
};
use serde_json::json;

use crate::{
    context::{Context, Scene},
    exit::{Failure, Result},
    view::counted,
};

/// How often the ballots are read while others keep coming in.
const TRIES: u32 = 5;

pub fn run(context: &Context, index: Option<u32>) -> Result<()> {
    let scene = context.scene()?;
    let (epoch, records) = read(context, &scene, index)?;
    let head = &epoch.value;
    let index = head.index;
    if let Some(sentence) = incomplete(head) {
        return Err(Failure::input(sentence));
    }
    let slate = account::slate(&ID, &epoch.data).map_err(|why| Trouble::NotBelieved {
        what: "epoch".to_owned(),
        key: epoch.key,
        why,
    })?;
    let counted = count(&epoch, &slate, &records).map_err(|flaw| {
        Failure::Doubted(format!("the tally of epoch {index} does not add up: {flaw}."))
    })?;
    if context.globals.json {
        context.json(&json!({
            "epoch": index,
            "addsUp": true,
            "voteRecords": counted,
            "turnout": head.turnout,
            "entries": head.entry_count,
        }));
    } else {
        let weight = scene.stake.number(head.turnout);
        context.page.line(context.page.good(&sentence(head, counted, &weight)));
    }
    Ok(())
}

/// Epoch and ballots of one moment.
fn read(
    context: &Context,
    scene: &Scene,
    index: Option<u32>,
) -> Result<(Found<BudgetEpoch>, Vec<Found<VoteRecord>>)> {
    let network = context.network()?;
    let key = scene.round(network, index)?.key;
    for _ in 0..TRIES {
        let before = network.get::<BudgetEpoch>(&key, "epoch")?;
        let records = network.list::<VoteRecord>(&key)?;
        let after = network.get::<BudgetEpoch>(&key, "epoch")?;
        // Every ballot takes an event number.
        if before.value.seq == after.value.seq {
            return Ok((after, records));
        }
    }
    Err(Failure::input(format!(
        "ballots came in while they were counted, {TRIES} times in a row; try again."
    )))
}

/// Why the ballots of an epoch cannot be counted any more.
fn incomplete(head: &BudgetEpoch) -> Option<String> {
    let closed = head.ballot_count.checked_sub(head.vote_record_count).filter(|it| *it > 0)?;
    Some(format!(
        "{closed} of the {} of epoch {} have been closed since it was settled, so that accounts alone \
         no longer hold them; the transactions do.",
        counted(head.ballot_count, "ballot"),
        head.index
    ))
}

fn count(
    epoch: &Found<BudgetEpoch>,
    slate: &[Entry],
    records: &[Found<VoteRecord>],
) -> std::result::Result<u64, Flaw> {
    let mut recount = Recount::new(epoch.key, slate.len());
    let mut progress = Progress::new("ballots", u64::try_from(records.len()).unwrap_or(u64::MAX));
    for record in records {
        recount.add(&record.key, &ID, &record.data)?;
        progress.step();
    }
    recount.verify(&epoch.value, slate)
}

fn sentence(head: &BudgetEpoch, ballots: u64, weight: &str) -> String {
    let entries = match head.entry_count {
        1 => "1 entry".to_owned(),
        several => format!("{several} entries"),
    };
    format!(
        "The tally of epoch {} adds up: {} over {entries}, with a weight of {weight} in all.",
        head.index,
        counted(ballots, "ballot")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slate::tests::{ask, epoch};
    use anchor_lang::{Discriminator, prelude::Pubkey};
    use budget_client::{address::vote_record, ballot};
    use budget_rules::ballot::Choice;
    use bytemuck::Zeroable;

    fn record(key: &Pubkey, weight: u64, ballot: &[u8]) -> Found<VoteRecord> {
        let owner = Pubkey::new_unique();
        let mut value = VoteRecord::zeroed();
        value.epoch = *key;
        value.owner = owner;
        value.weight = weight;
        let seeds: &[&[u8]] =
            &[community_budget::constants::VOTE_SEED, key.as_ref(), owner.as_ref()];
        value.bump = Pubkey::find_program_address(seeds, &ID).1;
        let mut data = [VoteRecord::DISCRIMINATOR, bytemuck::bytes_of(&value), ballot].concat();
        data.resize(VoteRecord::space(16), 0);
        Found { key: vote_record(key, &owner), value, data }
    }

    fn counted_epoch(turnout: u64, ballots: u64) -> Found<BudgetEpoch> {
        let (_, mut head) = epoch();
        head.turnout = turnout;
        head.vote_record_count = ballots;
        head.ballot_count = ballots;
        head.entry_count = 2;
        Found { key: Pubkey::new_unique(), value: head, data: Vec::new() }
    }

    #[test]
    fn a_tally_that_adds_up_is_said_to_and_a_flaw_is_named() {
        let epoch = counted_epoch(75, 2);
        let mut slate = vec![ask(0, 1, 70, 5), ask(1, 1, 5, 0)];
        slate.resize(16, Entry::zeroed());
        let records = [
            record(&epoch.key, 70, &ballot::pack([(0, Choice::For)])),
            record(&epoch.key, 5, &ballot::pack([(0, Choice::Against), (1, Choice::For)])),
        ];
        assert_eq!(count(&epoch, &slate, &records), Ok(2));
        assert_eq!(
            sentence(&epoch.value, 2, "7.5"),
            "The tally of epoch 0 adds up: 2 ballots over 2 entries, with a weight of 7.5 in all."
        );
        let short = count(&epoch, &slate, &records[..1]);
        assert_eq!(short, Err(Flaw::Count { records: 1, epoch: 2 }));
        slate[0].for_ = 71;
        let wrong = count(&epoch, &slate, &records);
        assert!(matches!(wrong, Err(Flaw::Entry { index: 0, .. })), "{wrong:?}");
    }

    #[test]
    fn closed_ballots_are_owned_up_to() {
        let mut head = counted_epoch(0, 9).value;
        assert_eq!(incomplete(&head), None);
        head.vote_record_count = 5;
        let sentence = incomplete(&head).unwrap();
        assert!(
            sentence.starts_with("4 of the 9 ballots of epoch 0 have been closed"),
            "{sentence}"
        );
    }
}
