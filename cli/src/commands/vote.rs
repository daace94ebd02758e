//! `vote`, `revise`, `retract`: one ballot over the whole slate.

mod booth;

use std::io::{IsTerminal, stdin};

use anchor_lang::prelude::Pubkey;
use budget_client::ballot::{Choice, pack, unpack};
use budget_words::format;
use clap::Args;
use community_budget::{
    BallotArgs,
    state::{BudgetEpoch, VoteRecord, choice_count, has_choice},
};
use serde_json::json;

use crate::{
    act::Act,
    context::Context,
    exit::{Failure, Result},
    quantity::{sol, when},
    slate::{Projection, differences, funding_line, in_words, reason},
    view::{hash, hex},
};
use booth::{Booth, require_votable};

/// Choices by entry number, as the slate numbers them.
#[derive(Args)]
pub struct BallotOptions {
    /// Entries to vote for, for example 3,7.
    #[arg(long = "for", value_delimiter = ',', value_name = "ENTRIES")]
    for_: Vec<u8>,
    /// Entries to vote against.
    #[arg(long, value_delimiter = ',', value_name = "ENTRIES")]
    against: Vec<u8>,
    /// Entries to abstain on; counts for the quorum and for taking part.
    #[arg(long, value_delimiter = ',', value_name = "ENTRIES")]
    abstain: Vec<u8>,
    /// Whose stake votes, when you are their delegate.
    #[arg(long, value_name = "ADDRESS")]
    owner: Option<Pubkey>,
    /// The slate hash that you checked; refuse to vote on another slate.
    #[arg(long, value_name = "HEX", value_parser = hash)]
    slate_hash: Option<[u8; 32]>,
}

/// `budget vote`: casts the first ballot.
pub fn vote(context: &Context, options: BallotOptions) -> Result<()> {
    let booth = Booth::enter(context, options.owner)?;
    if booth.cast.is_some() {
        return Err(Failure::input(
            "this stake has voted already; `budget revise` replaces the ballot.",
        ));
    }
    send(context, booth, options)
}

/// `budget revise`: replaces a ballot.
pub fn revise(context: &Context, options: BallotOptions) -> Result<()> {
    let booth = Booth::enter(context, options.owner)?;
    if booth.cast.is_none() {
        return Err(Failure::input("this stake has not voted yet; `budget vote` casts a ballot."));
    }
    send(context, booth, options)
}

fn send(context: &Context, booth: Booth, options: BallotOptions) -> Result<()> {
    let slate_hash = booth.round.head.slate_hash;
    require_seen(options.slate_hash, &slate_hash)?;
    let mut choices = named(&options)?;
    if choices.is_empty() {
        choices = ask(context, &booth)?;
    }
    choices.sort_by_key(|(index, _)| *index);
    require_votable(&booth.round.slate, &booth.titles, &choices)?;
    let ballot = pack(choices.iter().copied());
    let (before, after, closes_at) = booth.foresee(&ballot)?;
    let head = &booth.round.head;
    let index = head.index;
    let (voter, owner) = (booth.voter.key, booth.owner);
    let payer = context.payer(&booth.voter)?;
    let args = BallotArgs { slate_hash, ballot: ballot.clone() };
    let community = &booth.scene.community;
    let instruction = match booth.cast {
        None => community.cast_vote_for(owner, voter, payer.key, index, args),
        Some(_) => community.revise_vote_for(owner, voter, index, args),
    };
    let verb = if booth.cast.is_some() { "Revise the ballot" } else { "Vote" };
    let mut act = Act::open_to_anyone(format!("{verb} in epoch {index}"), payer);
    for (index, choice) in &choices {
        act = act.change(choice_word(*choice), format!("{index}  {}", booth.title(*index)));
    }
    let dropped = dropped(booth.cast.as_deref().unwrap_or_default(), &choices);
    if !dropped.is_empty() {
        act = act.change("no choice any more", in_words(&dropped));
    }
    let electorate = booth.scene.treasury.electorate(index);
    let share = format::percent(booth.weight, electorate);
    act = act
        .change("weight", format!("{} ({share} of all)", booth.scene.stake.number(booth.weight)));
    if owner != voter {
        act = act.change("for the stake of", context.name(&owner)?);
    }
    for line in effects(&booth, before.as_ref(), after.as_ref()) {
        act = act.change("would change", line);
    }
    if closes_at > head.voting_closes_at {
        let until = when(closes_at, booth.scene.now);
        act = act.change("extends voting", format!("until {until}: a late swing"));
    }
    if booth.cast.is_none() {
        let rent = context.network()?.rent(VoteRecord::space(head.policy.slate.capacity))?;
        act = act.change("rent", format!("{}, back when the ballot is closed", sol(rent)));
    }
    let earned = reward_words(&booth, electorate, choice_count(&ballot));
    let closes = when(head.voting_closes_at, booth.scene.now);
    let act = act
        .change("reward", earned)
        .change("slate hash", hex(&slate_hash))
        .exact(json!({
            "epoch": index,
            "owner": owner.to_string(),
            "voter": voter.to_string(),
            "weight": booth.weight,
            "electorate": electorate,
            "choices": choices
                .iter()
                .map(|(index, choice)| json!({ "entry": index, "choice": choice_word(*choice) }))
                .collect::<Vec<_>>(),
            "slateHash": hex(&slate_hash),
        }))
        .note(format!(
            "This cannot move tokens. `budget revise` or `budget retract` changes it until voting \
             closes {closes}."
        ))
        .instruction(instruction);
    context.perform(Act { actors: vec![booth.voter], asks: true, ..act }).map(drop)
}

/// What the ballot earns for taking part, if nothing changes until settlement.
fn reward_words(booth: &Booth, electorate: u64, covered: u64) -> String {
    let head = BudgetEpoch { electorate, ..*booth.round.head };
    match head.reward(booth.weight, covered) {
        Some(reward) if reward > 0 => format!(
            "{} for taking part, paid when the ballot is closed after settlement",
            booth.scene.budget.show(reward)
        ),
        _ if head.reward_pool == 0 => "none: this epoch pays nothing for taking part".to_owned(),
        _ => format!(
            "none: {covered} of {} entries are too few, {} must be covered",
            head.votable_count,
            format::bps(head.policy.budget.participation_gate_bps)
        ),
    }
}

/// Refuses another slate than the one that the voter has looked at.
fn require_seen(seen: Option<[u8; 32]>, slate_hash: &[u8; 32]) -> Result<()> {
    match seen {
        Some(seen) if seen != *slate_hash => Err(Failure::input(format!(
            "the slate is not the one that you checked: its hash is {}.",
            hex(slate_hash)
        ))),
        _ => Ok(()),
    }
}

/// Choices of the options.
fn named(options: &BallotOptions) -> Result<Vec<(u8, Choice)>> {
    let sides = [
        (&options.for_, Choice::For),
        (&options.against, Choice::Against),
        (&options.abstain, Choice::Abstain),
    ];
    let mut choices = Vec::new();
    for (entries, choice) in sides {
        for index in entries {
            if choices.iter().any(|(known, _)| known == index) {
                return Err(Failure::input(format!("entry {index} is named twice.")));
            }
            choices.push((*index, choice));
        }
    }
    Ok(choices)
}

/// What was chosen before on entries that `choices` leave out: a ballot is replaced whole.
fn dropped(cast: &[u8], choices: &[(u8, Choice)]) -> Vec<(u8, Choice)> {
    let kept = |index: &u8| choices.iter().any(|(known, _)| known == index);
    unpack(cast).into_iter().filter(|(index, _)| !kept(index)).collect()
}

/// The interactive ballot: the funding line, then one question for each entry; it begins with what
/// was cast.
fn ask(context: &Context, booth: &Booth) -> Result<Vec<(u8, Choice)>> {
    if context.globals.json || !stdin().is_terminal() {
        return Err(Failure::input(
            "name your choices, for example --for 3,7 --against 2; without them the ballot is asked \
             for at a terminal.",
        ));
    }
    let cast = unpack(booth.cast.as_deref().unwrap_or_default());
    if let Some(now) = booth.projection() {
        let titles = |index| booth.title(index);
        for line in funding_line(context, &now, &titles, &booth.scene.budget, &cast) {
            context.page.line(line);
        }
    }
    let sides = ["no choice", "for", "against", "abstain"];
    let mut choices = Vec::new();
    for (at, entry) in booth.round.slate.iter().enumerate() {
        let Ok(index) = u8::try_from(at) else { break };
        if !entry.is_votable() {
            continue;
        }
        let before = cast.iter().find(|(known, _)| *known == index).map(|(_, choice)| *choice);
        let preset = before.map_or(0, |choice| usize::from(u8::from(choice)));
        let picked = dialoguer::Select::new()
            .with_prompt(format!("{index}  {}", booth.title(index)))
            .items(sides)
            .default(preset)
            .interact()
            .map_err(|error| Failure::Declined(format!("nothing was sent: {error}.")))?;
        let choice = Choice::from_low_bits(u8::try_from(picked).unwrap_or(0));
        if choice != Choice::Unmarked {
            choices.push((index, choice));
        }
    }
    if choices.is_empty() {
        return Err(Failure::Declined("nothing was sent: the ballot has no choice.".to_owned()));
    }
    Ok(choices)
}

/// What a ballot changes among what would be funded or approved, in words.
fn effects(booth: &Booth, before: Option<&Projection>, after: Option<&Projection>) -> Vec<String> {
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    let line = |at: usize| {
        let title = booth.title(u8::try_from(at).unwrap_or(u8::MAX));
        if after.stands(at) {
            let verb = if after.entries[at].is_award() { "funded" } else { "approved" };
            return format!("{title} would be {verb}");
        }
        let why = reason(after, at, &booth.scene.budget);
        let why = why.strip_prefix("passes, but ").unwrap_or(&why);
        let verb = if after.entries[at].is_award() { "funded" } else { "approved" };
        format!("{title} would not be {verb}: {why}")
    };
    let lines: Vec<String> = differences(before, after).into_iter().map(line).collect();
    if lines.is_empty() {
        return vec!["nothing among the funded, if voting closed now".to_owned()];
    }
    lines
}

/// `budget retract`.
#[derive(Args)]
pub struct RetractOptions {
    /// Whose stake voted, when you are their delegate.
    #[arg(long, value_name = "ADDRESS")]
    owner: Option<Pubkey>,
}

/// `budget retract`: takes all choices back.
pub fn retract(context: &Context, options: RetractOptions) -> Result<()> {
    let booth = Booth::enter(context, options.owner)?;
    let cast = booth.cast.clone().filter(|cast| has_choice(cast));
    let Some(cast) = cast else {
        return Err(Failure::input("this stake has no ballot, so there is nothing to take back."));
    };
    let (before, after, closes_at) = booth.foresee(&[])?;
    let index = booth.round.head.index;
    let payer = context.payer(&booth.voter)?;
    let mut act = Act::open_to_anyone(format!("Take the ballot back in epoch {index}"), payer)
        .change("was", in_words(&unpack(&cast)));
    for line in effects(&booth, before.as_ref(), after.as_ref()) {
        act = act.change("would change", line);
    }
    if closes_at > booth.round.head.voting_closes_at {
        let until = when(closes_at, booth.scene.now);
        act = act.change("extends voting", format!("until {until}: a late swing"));
    }
    let act = act
        .exact(json!({
            "epoch": index,
            "owner": booth.owner.to_string(),
            "voter": booth.voter.key.to_string(),
            "weight": booth.weight,
        }))
        .note("The record stays, with its weight; `budget revise` fills it in again.")
        .instruction(booth.scene.community.retract_vote_for(booth.owner, booth.voter.key, index));
    context.perform(Act { actors: vec![booth.voter], asks: true, ..act }).map(drop)
}

fn choice_word(choice: Choice) -> &'static str {
    match choice {
        Choice::For => "for",
        Choice::Against => "against",
        Choice::Abstain => "abstain",
        Choice::Unmarked => "no choice",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(for_: &[u8], against: &[u8], abstain: &[u8]) -> BallotOptions {
        BallotOptions {
            for_: for_.to_vec(),
            against: against.to_vec(),
            abstain: abstain.to_vec(),
            owner: None,
            slate_hash: None,
        }
    }

    #[test]
    fn an_entry_is_named_once() {
        let choices = named(&options(&[3, 7], &[2], &[0])).unwrap();
        let wanted =
            [(3, Choice::For), (7, Choice::For), (2, Choice::Against), (0, Choice::Abstain)];
        assert_eq!(choices, wanted);
        for options in
            [options(&[3, 3], &[], &[]), options(&[3], &[3], &[]), options(&[], &[1], &[1])]
        {
            assert!(named(&options).unwrap_err().to_string().contains("is named twice"));
        }
    }

    #[test]
    fn what_a_new_ballot_leaves_out_is_told() {
        let cast = pack([(0, Choice::For), (5, Choice::Against)]);
        assert_eq!(dropped(&cast, &[(5, Choice::For)]), [(0, Choice::For)]);
        assert!(dropped(&cast, &[(0, Choice::Against), (5, Choice::For)]).is_empty());
    }

    #[test]
    fn another_slate_than_the_one_checked_is_refused() {
        assert!(require_seen(None, &[1; 32]).is_ok());
        assert!(require_seen(Some([1; 32]), &[1; 32]).is_ok());
        let why = require_seen(Some([2; 32]), &[1; 32]).unwrap_err().to_string();
        assert!(why.contains(&hex(&[1; 32])), "{why}");
    }
}
