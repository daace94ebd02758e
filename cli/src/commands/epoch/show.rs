//! `budget epoch show`: one picture of an epoch, and the decision in a sentence above it.

use budget_rpc::Found;
use budget_words::{format, page::Page};
use community_budget::state::{Entry, Phase, Proposal, VoteRecord};
use serde_json::{Value, json};

use super::{cap_words, next_step, phase_name, projected};
use crate::{
    context::{Context, Round, Scene},
    exit::Result,
    quantity::{Token, when},
    slate::{
        HashCheck, Look, Projection, Titles, Waiting, check_hash, differences, matter, picture,
        project, reason, verdict, waiting, without_ballot,
    },
    view::{aligned, category, counted, hex, pair, tier},
};

/// Quorums below this share are said out loud: so few can decide.
const THIN_QUORUM_BPS: u16 = 100;
const GAUGE_CELLS: usize = 14;

/// What a picture of an epoch is drawn from.
struct Sight {
    scene: Scene,
    round: Round,
    projection: Projection,
    titles: Titles,
    check: HashCheck,
    heaviest: Option<Heaviest>,
}

/// The heaviest ballot and what hangs on it.
struct Heaviest {
    voter: String,
    weight: u64,
    /// Entries that would be decided otherwise without it.
    decides: Vec<usize>,
}

pub fn run(context: &Context, index: Option<u32>) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let round = scene.round(network, index)?;
    let proposals = network.list::<Proposal>(&round.key)?;
    let projection = projected(&scene, &round)?;
    let heaviest = match projection.phase {
        Phase::Voting | Phase::Tallying => {
            let records = network.list::<VoteRecord>(&round.key)?;
            heaviest(context, &scene, &round, &projection, &records)?
        }
        Phase::Submission | Phase::Settled => None,
    };
    let check = check_hash(&round.head, &round.slate, &proposals);
    let titles = Titles::of(&proposals);
    let sight = Sight { scene, round, projection, titles, check, heaviest };
    if context.globals.json {
        context.json(&sight.json(&proposals));
    } else {
        for line in sight.lines(&context.page) {
            context.page.line(line);
        }
    }
    Ok(())
}

fn heaviest(
    context: &Context,
    scene: &Scene,
    round: &Round,
    projection: &Projection,
    records: &[Found<VoteRecord>],
) -> Result<Option<Heaviest>> {
    let Some(record) = records.iter().max_by_key(|record| record.value.weight) else {
        return Ok(None);
    };
    let weight = record.value.weight;
    let decides = without_ballot(&round.slate, &record.choices()?, weight)
        .and_then(|slate| project(&scene.treasury, &round.head, &slate, scene.now))
        .map_or_else(Vec::new, |without| differences(&without, projection));
    Ok(Some(Heaviest { voter: context.name(&record.value.owner)?, weight, decides }))
}

impl Sight {
    fn lines(&self, page: &Page) -> Vec<String> {
        let titles = |index| self.titles.title(index);
        let look = Look { page, titles: &titles, budget: &self.scene.budget };
        let mut lines = vec![page.strong(&self.heading()), self.decision()];
        if self.projection.phase != Phase::Settled {
            let next = next_step(&self.round.head, self.scene.now);
            lines.push(format!("Next: {next}."));
        }
        lines.push(String::new());
        if self.projection.entries.is_empty() {
            lines.push("  The slate is empty.".to_owned());
        } else {
            lines.extend(picture(&look, &self.projection));
        }
        lines.push(String::new());
        lines.extend(aligned(page, &self.facts()));
        let doubts = self.doubts();
        lines.extend(doubts.iter().map(|doubt| format!("  {} {doubt}", page.bad("!"))));
        lines
    }

    fn heading(&self) -> String {
        let (head, now) = (&self.round.head, self.scene.now);
        let moment = match self.projection.phase {
            Phase::Submission => format!("voting opens {}", when(head.voting_opens_at, now)),
            Phase::Voting => format!("closes {}", when(head.voting_closes_at, now)),
            Phase::Tallying => format!("voting closed {}", when(head.voting_closes_at, now)),
            Phase::Settled => format!("settled {}", when(head.settled_at, now)),
        };
        let phase = match self.projection.phase {
            Phase::Settled => String::new(),
            phase => format!(" · {}", phase_name(phase)),
        };
        let turnout = match self.projection.phase {
            Phase::Submission => String::new(),
            _ => format!(
                " · turnout {} of weight",
                format::percent(head.turnout, self.projection.electorate)
            ),
        };
        format!("Epoch {}{phase} · {moment}{turnout}", head.index)
    }

    /// The decision in a sentence.
    fn decision(&self) -> String {
        let head = &self.round.head;
        let budget = &self.scene.budget;
        let counts = self.projection.counts();
        if self.projection.phase == Phase::Submission {
            let fee =
                head.slot_fee().map_or_else(|| "more than there is".into(), |fee| budget.show(fee));
            let verb = if head.entry_count == 1 { "is" } else { "are" };
            let reserved = if head.next_slot_is_reserved() { ", for acts only" } else { "" };
            return format!(
                "{} of {} slots {verb} taken, {} of them to vote on; the next costs {fee} and a bond of \
                 {}{reserved}.",
                head.entry_count,
                head.policy.slate.capacity,
                head.votable_count,
                budget.show(head.policy.slate.bond)
            );
        }
        let money = format!(
            "{} of {}",
            budget.number(self.projection.allocated),
            budget.show(self.projection.cap)
        );
        let asks = counted(u64::try_from(counts.awards).unwrap_or(u64::MAX), "ask");
        let acts = match counts.acts {
            0 => String::new(),
            1 => format!(", and {} of 1 act approved", counts.approved),
            acts => format!(", and {} of {acts} acts approved", counts.approved),
        };
        match self.projection.phase {
            Phase::Settled => {
                format!("{} of {asks} were funded{acts}; {money} is awarded.", counts.funded)
            }
            Phase::Tallying => {
                format!("Settlement will fund {} of {asks} with {money}{acts}.", counts.funded)
            }
            _ => format!(
                "If voting closed now, {} of {asks} would be funded with {money}{acts}.",
                counts.funded
            ),
        }
    }

    fn facts(&self) -> Vec<(String, String)> {
        let (head, budget) = (&self.round.head, &self.scene.budget);
        let mut facts = vec![pair("cap", cap_words(budget, head))];
        if self.projection.phase != Phase::Submission {
            facts.extend(gauges(&self.projection, budget));
        }
        facts.push(pair(
            "rewards",
            format!(
                "{} for taking part, {} of it paid",
                budget.show(head.reward_pool),
                budget.number(head.rewards_paid)
            ),
        ));
        if self.projection.phase != Phase::Submission {
            let electorate = self.scene.stake.number(self.projection.electorate);
            let turnout = self.scene.stake.number(head.turnout);
            let ballots = counted(head.ballot_count, "ballot");
            facts
                .push(pair("weight", format!("{turnout} of {electorate} took part, in {ballots}")));
        }
        facts.push(pair("slate hash", format!("{} {}", hex(&head.slate_hash), self.hash_words())));
        facts.extend(self.waiting_facts());
        facts
    }

    /// What waits for its execution; entries that wait alike together.
    fn waiting_facts(&self) -> Vec<(String, String)> {
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        for (index, entry) in (0u8..).zip(&self.projection.entries) {
            let Some(waits) = self.waiting(entry) else { continue };
            let sentence = waits.sentence(self.scene.now);
            match groups.iter_mut().find(|(known, _)| *known == sentence) {
                Some((_, entries)) => entries.push(index.to_string()),
                None => groups.push((sentence, vec![index.to_string()])),
            }
        }
        let fact = |(sentence, entries): (String, Vec<String>)| {
            let verb = if entries.len() == 1 { "waits" } else { "wait" };
            pair(format!("{} {verb}", entries.join(", ")), sentence)
        };
        groups.into_iter().map(fact).collect()
    }

    fn hash_words(&self) -> String {
        match &self.check {
            HashCheck::Matches => "(the proposals as they are shown)".to_owned(),
            HashCheck::Differs => "(NOT that of the proposals that are shown)".to_owned(),
            HashCheck::Unknown(why) => format!("(not checked: {why})"),
        }
    }

    fn waiting(&self, entry: &Entry) -> Option<Waiting> {
        waiting(&self.scene.treasury, &self.round.head, entry, self.scene.now)
    }

    /// What a reader should be wary of.
    fn doubts(&self) -> Vec<String> {
        let head = &self.round.head;
        let mut doubts = Vec::new();
        if self.check == HashCheck::Differs {
            doubts.push(
                "The network shows proposals that the slate hash does not stand for: do not vote on \
                 them."
                    .to_owned(),
            );
        }
        for (number, rule) in (0u8..).zip(&head.policy.tiers.rules) {
            if rule.quorum_bps < THIN_QUORUM_BPS {
                doubts.push(format!(
                    "A quorum of {} lets very few decide on {} asks.",
                    format::bps(rule.quorum_bps),
                    tier(number)
                ));
            }
        }
        if let Some(heaviest) = &self.heaviest {
            doubts.extend(concentration(heaviest, &self.projection, &self.titles));
        }
        if self.scene.treasury.is_tripped(self.scene.now) && self.projection.phase != Phase::Settled
        {
            doubts.push(format!(
                "The breaker has tripped: no award is funded while it is, until {}.",
                when(self.scene.treasury.tripped_until, self.scene.now)
            ));
        }
        doubts
    }

    fn json(&self, proposals: &[Found<Proposal>]) -> Value {
        let (head, projection) = (&self.round.head, &self.projection);
        let entries: Vec<Value> =
            (0..projection.entries.len()).map(|at| self.entry(at, proposals)).collect();
        let by_category: Vec<Value> = (0..head.policy.risk.category_count)
            .map(|index| {
                let at = usize::from(index);
                json!({
                    "category": category(&head.policy, index),
                    "cap": head.category_caps[at],
                    "awarded": projection.head.category_awarded[at],
                    "exposureRoom": projection.head.exposure_rooms[at],
                })
            })
            .collect();
        json!({
            "epoch": head.index,
            "address": self.round.key.to_string(),
            "treasury": self.scene.key.to_string(),
            "phase": phase_name(projection.phase),
            "now": self.scene.now,
            "openedAt": head.opened_at,
            "votingOpensAt": head.voting_opens_at,
            "votingClosesAt": head.voting_closes_at,
            "votingHardEndAt": head.voting_hard_end_at,
            "settledAt": head.settled_at,
            "projected": !projection.settled,
            "cap": projection.cap,
            "allocated": projection.allocated,
            "executed": head.executed,
            "electorate": projection.electorate,
            "turnout": head.turnout,
            "ballots": head.ballot_count,
            "openVoteRecords": head.vote_record_count,
            "rewardPool": head.reward_pool,
            "rewardsPaid": head.rewards_paid,
            "recipientCap": projection.head.recipient_cap,
            "runwayRoom": projection.head.runway_room,
            "categories": by_category,
            "slateHash": hex(&head.slate_hash),
            "slateHashMatches": match self.check {
                HashCheck::Matches => Value::Bool(true),
                HashCheck::Differs => Value::Bool(false),
                HashCheck::Unknown(_) => Value::Null,
            },
            "order": projection.order(),
            "entries": entries,
            "doubts": self.doubts(),
        })
    }

    fn entry(&self, at: usize, proposals: &[Found<Proposal>]) -> Value {
        let entry = &self.projection.entries[at];
        let index = u8::try_from(at).unwrap_or(u8::MAX);
        let proposal = proposals.iter().find(|found| found.value.index == index);
        let policy = &self.round.head.policy;
        let waits = self.waiting(entry);
        json!({
            "index": index,
            "title": self.titles.title(index),
            "proposal": proposal.map(|found| found.key.to_string()),
            "matter": matter(policy, entry),
            "isAward": entry.is_award(),
            "amount": entry.amount,
            "for": entry.for_,
            "against": entry.against,
            "abstain": entry.abstain,
            "votable": self.round.slate[at].is_votable(),
            "stands": self.projection.stands(at),
            "rank": (entry.rank != Entry::UNRANKED).then_some(entry.rank),
            "tier": self.projection.tier(at).map(tier),
            "verdict": verdict(entry),
            "reason": reason(&self.projection, at, &self.scene.budget),
            "reasonNumber": entry.reason,
            "waiting": waits.map(|waits| waits.name()),
            "executableAt": waits.and_then(|_| self.round.head.executable_at(entry.tier)),
        })
    }
}

/// One bar for each category: what awards take of its share of the cap.
fn gauges(projection: &Projection, budget: &Token) -> Vec<(String, String)> {
    let head = &projection.head;
    let gauge = |index: u8| {
        let at = usize::from(index);
        let (taken, cap) = (head.category_awarded[at], head.category_caps[at]);
        let mut text = format!(
            "{} {} of {}",
            format::bar(&[('█', taken)], cap, GAUGE_CELLS, None),
            budget.number(taken),
            budget.show(cap)
        );
        if head.policy.is_risk(index) {
            let room = head.exposure_rooms[at].saturating_sub(taken);
            text.push_str(&format!("; {} more may be at risk", budget.number(room)));
        }
        pair(category(&head.policy, index), text)
    };
    (0..head.policy.risk.category_count).map(gauge).collect()
}

/// Whether one ballot decides, in words.
fn concentration(heaviest: &Heaviest, projection: &Projection, titles: &Titles) -> Option<String> {
    if heaviest.decides.is_empty() {
        return None;
    }
    let names = |stands: bool| -> Vec<String> {
        let decided = heaviest.decides.iter().filter(|at| projection.stands(**at) == stands);
        decided.map(|at| titles.title(u8::try_from(*at).unwrap_or(u8::MAX))).collect()
    };
    let mut parts = Vec::new();
    for (names, words) in [(names(true), "would not stand"), (names(false), "would stand")] {
        if !names.is_empty() {
            parts.push(format!("{} {words}", names.join(", ")));
        }
    }
    Some(format!(
        "One ballot decides this: without {}'s {} of all weight, {}.",
        heaviest.voter,
        format::percent(heaviest.weight, projection.electorate),
        parts.join(", and ")
    ))
}
