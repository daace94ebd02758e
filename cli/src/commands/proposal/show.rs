//! `budget proposal show` and `list`: what voters sign, and what has become of it.

use std::path::Path;

use budget_rpc::Found;
use budget_words::format;
use community_budget::state::{Entry, Outcome, Phase, Proposal, RecipientRecord};
use serde_json::{Value, json};

use super::{Which, is_accepted, leaf};
use crate::{
    columns::{Side, columns},
    commands::epoch::{phase_name, projected},
    context::Context,
    deeds::{describe, exact},
    entries::Case,
    exit::{Failure, Result},
    files::plain,
    proposal_file::hash_of,
    quantity::{Token, when},
    slate::{HashCheck, Projection, Titles, check_hash, lacking, matter, quorum_bps, reason},
    streams::foreseen,
    view::{aligned, counted, hex, pair, tier},
};

/// What a long text is to its hash on chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextCheck {
    /// There is no text.
    Nothing,
    /// Nobody gave one.
    NotGiven,
    /// It is the one.
    Matches,
    /// It is another one.
    Differs,
}

impl TextCheck {
    fn of(hash: &[u8; 32], given: Option<&[u8; 32]>) -> Self {
        match given {
            Some(given) if given == hash => Self::Matches,
            Some(_) => Self::Differs,
            None if *hash == [0; 32] => Self::Nothing,
            None => Self::NotGiven,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Nothing => "none: the title is all that there is",
            Self::NotGiven => "not checked; --metadata FILE compares a text that you have read",
            Self::Matches => "checked: the text that you gave is the one that voters sign",
            Self::Differs => "NOT the text that you gave",
        }
    }
}

pub fn run(context: &Context, which: Which, metadata: Option<&Path>) -> Result<()> {
    let case = Case::open(context, which.entry, which.epoch)?;
    let network = context.network()?;
    let found = case.proposal()?;
    let terms = &found.value.terms;
    let given = metadata.map(hash_of).transpose()?;
    let check = TextCheck::of(&terms.metadata_hash, given.as_ref());
    let projection = projected(&case.scene, &case.round)?;
    let proposals = network.list::<Proposal>(&case.round.key)?;
    let slate = check_hash(&case.round.head, &case.round.slate, &proposals);
    let record = match terms.action.award() {
        Ok(award) => {
            let key = case.scene.community.recipient_record(&award.recipient);
            Some(network.find::<RecipientRecord>(&key, "record")?.map(|found| found.value))
        }
        Err(_) => None,
    };
    if context.globals.json {
        context.json(&as_json(&case, found, &projection, check, &slate)?);
    } else {
        let mut lines = vec![
            context.page.strong(&format!(
                "Entry {} of epoch {} · {}",
                case.index,
                case.round.head.index,
                case.title()
            )),
            format!("{}.", sentence(&case, &projection)),
        ];
        let mut facts = describe(context, &case.scene, &case.round.head.policy, &terms.action)?;
        facts.extend(vote_facts(&projection, case.index));
        facts.push(pair("proposer", context.full_name(&found.value.proposer)?));
        facts.push(pair("submitted", when(found.value.submitted_at, case.scene.now)));
        facts.push(pair("bond", case.scene.budget.show(found.value.bond)));
        if let Some(record) = &record {
            facts.push(pair("record", record_words(record.as_ref(), &case.scene.budget)));
        }
        let uri = plain(&terms.metadata_uri);
        let place = if uri.is_empty() { String::new() } else { format!("at {uri}; ") };
        facts.push(pair("long text", format!("{place}{}", check.words())));
        if terms.metadata_hash != [0; 32] {
            facts.push(pair("SHA-256", hex(&terms.metadata_hash)));
        }
        if let Some(leaf) = leaf(&case)? {
            facts.push(pair("terms hash", format!("{}, {}", hex(&leaf), slate_words(&slate))));
        }
        lines.extend(aligned(&context.page, &facts));
        for line in lines {
            context.page.line(line);
        }
    }
    if check == TextCheck::Differs {
        return Err(Failure::Doubted(format!(
            "the text that you gave is not the one that the proposal names: its SHA-256 is {}.",
            given.map(|hash| hex(&hash)).unwrap_or_default()
        )));
    }
    Ok(())
}

fn slate_words(check: &HashCheck) -> &'static str {
    match check {
        HashCheck::Matches => "folded into the slate hash",
        HashCheck::Differs => "NOT what the slate hash stands for",
        HashCheck::Unknown(_) => "folded into the slate hash when it was submitted",
    }
}

/// What has become of it, and what happens next.
fn sentence(case: &Case, projection: &Projection) -> String {
    let now = case.scene.now;
    let head = &case.round.head;
    let phase = phase_name(projection.phase);
    if projection.phase == Phase::Submission {
        let opens = when(head.voting_opens_at, now);
        return if case.entry.is(Outcome::Withdrawn) {
            "Withdrawn by its proposer".to_owned()
        } else if is_accepted(&case.entry) {
            format!("Stands for election; voting opens {opens}")
        } else {
            format!("Its recipient must accept it before voting opens {opens}")
        };
    }
    if case.entry.is(Outcome::Withdrawn) {
        return "Withdrawn by its proposer before voting opened".to_owned();
    }
    if !is_accepted(&case.entry) {
        return "Nobody could vote on it: its recipient did not accept it in time".to_owned();
    }
    let words = reason(projection, usize::from(case.index), &case.scene.budget);
    match case.waiting() {
        Some(waits) => format!("{phase}: {words}; {}", waits.sentence(now)),
        None if projection.settled => format!("{phase}: {words}"),
        None => {
            let closes = when(head.voting_closes_at, now);
            format!("{phase}, which closes {closes}. As it stands, it {}", as_it_stands(&words))
        }
    }
}

/// A reason behind "As it stands, it".
fn as_it_stands(words: &str) -> String {
    if words.starts_with("would ") || words.starts_with("passes") {
        words.to_owned()
    } else {
        format!("would fail: {words}")
    }
}

fn vote_facts(projection: &Projection, index: u8) -> Vec<(String, String)> {
    let Some(entry) = projection.entries.get(usize::from(index)) else { return Vec::new() };
    let never = [Outcome::Withdrawn, Outcome::NotAccepted].iter().any(|it| entry.is(*it));
    if projection.phase == Phase::Submission || never {
        return Vec::new();
    }
    let share = |weight| format::percent(weight, projection.electorate);
    let mut facts = vec![pair(
        "votes",
        format!(
            "{} for, {} against, {} abstain, of all weight",
            share(entry.for_),
            share(entry.against),
            share(entry.abstain)
        ),
    )];
    if entry.rank != Entry::UNRANKED {
        let rank = u16::from(entry.rank).saturating_add(1);
        let passing = projection.passing();
        facts.push(pair("rank", format!("number {rank} of the {passing} that pass")));
    }
    let own = budget_rules::outcome::Tier::try_from(entry.tier).ok();
    if let Some(own) = own {
        let policy = &projection.head.policy;
        let rule = policy.tiers.rules.get(usize::from(entry.tier));
        let approval = rule.map_or(0, |rule| rule.approval_bps);
        let quorum = quorum_bps(policy, &entry.tally(), own).unwrap_or(0);
        facts.push(pair(
            "judged as",
            format!(
                "{}: {} must take part, {} of those for and against be in favour",
                tier(entry.tier),
                format::bps(quorum),
                format::bps(approval)
            ),
        ));
        let thresholds = projection.head.policy.thresholds(projection.electorate);
        let lacks = thresholds.and_then(|all| lacking(&all, &entry.tally(), own));
        if let Some(lacks) = lacks.filter(|lacks| *lacks > 0 && !projection.settled) {
            facts.push(pair("lacks", format!("{} of all weight in favour", share(lacks))));
        }
    }
    facts
}

/// What a recipient's history amounts to.
fn record_words(record: Option<&RecipientRecord>, budget: &Token) -> String {
    let Some(record) = record else {
        return "none: its recipient has no history in this treasury".to_owned();
    };
    let reviews = u32::from(record.scored).saturating_add(record.missed_updates.into());
    let history = if record.streams == 0 {
        "no award so far".to_owned()
    } else {
        format!(
            "{} of {}; of closed streams {} paid, {} returned",
            counted(record.streams.into(), "award"),
            budget.show(record.awarded),
            budget.number(record.paid),
            budget.number(record.returned)
        )
    };
    let mean = record.score_sum.checked_div(reviews).and_then(|mean| u16::try_from(mean).ok());
    let judged = match mean {
        None => "never reviewed".to_owned(),
        Some(mean) => format!(
            "reviews score {} in the mean, {} missed",
            format::bps(mean),
            counted(record.missed_updates.into(), "update")
        ),
    };
    let stopped = match record.cancellations {
        0 => String::new(),
        several => format!("; {} stopped", counted(several.into(), "stream")),
    };
    format!("{history}; {judged}{stopped}")
}

fn as_json(
    case: &Case,
    found: &Found<Proposal>,
    projection: &Projection,
    check: TextCheck,
    slate: &HashCheck,
) -> Result<Value> {
    let proposal = &found.value;
    let entry = &projection.entries[usize::from(case.index)];
    Ok(json!({
        "epoch": case.round.head.index,
        "entry": case.index,
        "proposal": found.key.to_string(),
        "title": proposal.terms.title,
        "terms": exact(&proposal.terms.action),
        "metadataUri": proposal.terms.metadata_uri,
        "metadataHash": hex(&proposal.terms.metadata_hash),
        "metadataMatches": match check {
            TextCheck::Matches => Value::Bool(true),
            TextCheck::Differs => Value::Bool(false),
            TextCheck::NotGiven | TextCheck::Nothing => Value::Null,
        },
        "termsHash": leaf(case)?.map(|leaf| hex(&leaf)),
        "slateHash": hex(&case.round.head.slate_hash),
        "slateHashMatches": match slate {
            HashCheck::Matches => Value::Bool(true),
            HashCheck::Differs => Value::Bool(false),
            HashCheck::Unknown(_) => Value::Null,
        },
        "proposer": proposal.proposer.to_string(),
        "rentPayer": proposal.rent_payer.to_string(),
        "bond": proposal.bond,
        "bondForfeited": foreseen(case.round.head.is_spam(&case.entry))?,
        "submittedAt": proposal.submitted_at,
        "accepted": is_accepted(&case.entry),
        "phase": phase_name(projection.phase),
        "projected": !projection.settled,
        "for": entry.for_,
        "against": entry.against,
        "abstain": entry.abstain,
        "electorate": projection.electorate,
        "stands": projection.stands(usize::from(case.index)),
        "rank": (entry.rank != Entry::UNRANKED).then_some(entry.rank),
        "tier": projection.tier(usize::from(case.index)).map(tier),
        "reason": reason(projection, usize::from(case.index), &case.scene.budget),
        "reasonNumber": entry.reason,
        "waiting": case.waiting().map(|waits| waits.name()),
    }))
}

pub fn list(context: &Context, epoch: Option<u32>) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let round = scene.round(network, epoch)?;
    let projection = projected(&scene, &round)?;
    let mut proposals = network.list::<Proposal>(&round.key)?;
    proposals.sort_by_key(|found| found.value.index);
    let titles = Titles::of(&proposals);
    let words = |at: usize| match projection.phase {
        Phase::Submission => {
            let entry = &round.slate[at];
            let state = [
                (entry.is(Outcome::Withdrawn), "withdrawn"),
                (is_accepted(entry), "stands for election"),
            ];
            let found = state.iter().find(|(holds, _)| *holds);
            found.map_or("waits for its recipient", |(_, words)| *words).to_owned()
        }
        _ => reason(&projection, at, &scene.budget),
    };
    if context.globals.json {
        let listed: Vec<Value> = (0u8..)
            .zip(&round.slate)
            .map(|(index, entry)| {
                let found = proposals.iter().find(|found| found.value.index == index);
                json!({
                    "entry": index,
                    "proposal": found.map(|found| found.key.to_string()),
                    "title": titles.title(index),
                    "terms": found.map(|found| exact(&found.value.terms.action)),
                    "proposer": found.map(|found| found.value.proposer.to_string()),
                    "amount": entry.amount,
                    "accepted": is_accepted(entry),
                    "withdrawn": entry.is(Outcome::Withdrawn),
                    "state": words(usize::from(index)),
                })
            })
            .collect();
        context.json(&json!({ "epoch": round.head.index, "proposals": listed }));
        return Ok(());
    }
    let total = u64::try_from(round.slate.len()).unwrap_or(u64::MAX);
    context.page.line(format!(
        "{} on the slate of epoch {}, which is in {}.",
        match total {
            1 => "1 entry is".to_owned(),
            several => format!("{several} entries are"),
        },
        round.head.index,
        phase_name(projection.phase).to_lowercase()
    ));
    let heading = [
        ("#", Side::Right),
        ("title", Side::Left),
        ("about", Side::Left),
        ("amount", Side::Right),
        ("proposer", Side::Left),
        ("state", Side::Left),
    ];
    let mut rows = Vec::new();
    for (index, entry) in (0u8..).zip(&round.slate) {
        let found = proposals.iter().find(|found| found.value.index == index);
        let proposer = match found {
            Some(found) => context.name(&found.value.proposer)?,
            None => "closed".to_owned(),
        };
        let amount = match entry.is_award() {
            true => scene.budget.number(entry.amount),
            false => "an act".to_owned(),
        };
        let title = format::fit(&titles.title(index), 34).trim_end().to_owned();
        let about = matter(&round.head.policy, entry);
        let state = words(usize::from(index));
        rows.push(vec![index.to_string(), title, about, amount, proposer, state]);
    }
    if !rows.is_empty() {
        for line in columns(&heading, &rows) {
            context.page.line(line);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use bytemuck::Zeroable;

    use super::*;
    use crate::slate::tests::{ask, projected as projection_of};

    #[test]
    fn a_text_is_held_against_the_hash_on_chain() {
        assert_eq!(TextCheck::of(&[1; 32], Some(&[1; 32])), TextCheck::Matches);
        assert_eq!(TextCheck::of(&[1; 32], Some(&[2; 32])), TextCheck::Differs);
        assert_eq!(TextCheck::of(&[0; 32], Some(&[2; 32])), TextCheck::Differs);
        assert_eq!(TextCheck::of(&[1; 32], None), TextCheck::NotGiven);
        assert_eq!(TextCheck::of(&[0; 32], None), TextCheck::Nothing);
    }

    #[test]
    fn votes_are_told_with_what_they_lack() {
        let projection = projection_of(&[ask(0, 300, 50, 10), ask(1, 100, 300, 0)]);
        let figures = |index| -> Vec<String> {
            vote_facts(&projection, index).into_iter().map(|(_, figure)| figure).collect()
        };
        assert_eq!(
            figures(0),
            [
                "5.0 % for, 1.0 % against, 0.0 % abstain, of all weight",
                "medium: 10 % must take part, 60 % of those for and against be in favour",
                "4.0 % of all weight in favour",
            ]
        );
        assert_eq!(figures(1)[1], "number 1 of the 1 that pass");
        assert_eq!(figures(1).len(), 3, "it lacks nothing");
    }

    #[test]
    fn a_record_says_so_when_there_is_none() {
        let budget = Token { decimals: 0, symbol: "USDC".to_owned() };
        assert!(record_words(None, &budget).starts_with("none:"));
        let mut record = RecipientRecord::zeroed();
        assert_eq!(record_words(Some(&record), &budget), "no award so far; never reviewed");
        (record.streams, record.awarded, record.paid, record.returned) = (2, 900, 500, 100);
        (record.scored, record.score_sum, record.missed_updates) = (2, 15_000, 1);
        record.cancellations = 1;
        assert_eq!(
            record_words(Some(&record), &budget),
            "2 awards of 900 USDC; of closed streams 500 paid, 100 returned; reviews score 50 % in the mean, 1 update \
             missed; 1 stream stopped"
        );
    }

    #[test]
    fn reasons_read_behind_as_it_stands() {
        assert_eq!(as_it_stands("would be funded"), "would be funded");
        assert_eq!(as_it_stands("passes, but 5 too much"), "passes, but 5 too much");
        assert_eq!(as_it_stands("1 % took part"), "would fail: 1 % took part");
    }
}
