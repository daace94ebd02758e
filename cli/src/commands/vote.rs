//! `vote`, `revise`, `retract`: one ballot over the whole slate.

use std::io::{IsTerminal, stdin};

use anchor_lang::prelude::Pubkey;
use budget_client::{
    address::vote_record,
    ballot::{Choice, pack, unpack},
};
use budget_words::format;
use clap::Args;
use community_budget::{
    BallotArgs,
    state::{Phase, Proposal, Stake, VoteRecord},
};

use crate::{
    act::Act,
    context::{Actor, Context, Round, Scene},
    exit::{Failure, Result},
    files::plain,
    slate::{Projection, funding_line, in_words, with_ballot},
};

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
    #[arg(long, value_name = "HEX")]
    slate_hash: Option<String>,
}

/// What a ballot command looks at.
struct Booth {
    scene: Scene,
    round: Round,
    titles: Vec<(u8, String)>,
    voter: Actor,
    owner: Pubkey,
    weight: u64,
    cast: Option<Vec<u8>>,
}

impl Booth {
    fn enter(context: &Context, owner: Option<Pubkey>) -> Result<Self> {
        let scene = context.scene()?;
        let network = context.network()?;
        let round = scene.round(network, None)?;
        let voter = context.actor()?;
        let owner = owner.unwrap_or(voter.key);
        let phase = round.head.phase(scene.now);
        if phase != Phase::Voting {
            let opens = crate::quantity::when(round.head.voting_opens_at, scene.now);
            return Err(Failure::input(match phase {
                Phase::Submission => format!("voting has not opened yet; it opens {opens}."),
                _ => format!("voting in epoch {} is over.", round.head.index),
            }));
        }
        let record = network.find::<VoteRecord>(&vote_record(&round.key, &owner), "vote record")?;
        let (weight, cast) = match &record {
            Some(found) => (found.value.weight, Some(found.choices()?)),
            None => {
                let what = format!("stake of {}", context.name(&owner)?);
                let stake = network.get::<Stake>(&scene.community.stake(&owner), &what)?.value;
                (stake.power(round.head.index), None)
            }
        };
        let mut titles: Vec<(u8, String)> = network
            .list::<Proposal>(&round.key)?
            .into_iter()
            .map(|found| (found.value.index, plain(&found.value.terms.title)))
            .collect();
        titles.sort();
        Ok(Self { scene, round, titles, voter, owner, weight, cast })
    }

    fn title(&self, index: u8) -> String {
        let found = self.titles.iter().find(|(known, _)| *known == index);
        found.map_or_else(|| format!("entry {index}"), |(_, title)| title.clone())
    }

    fn check(&self, choices: &[(u8, Choice)]) -> Result<()> {
        for (index, _) in choices {
            let entry = self.round.slate.get(usize::from(*index)).ok_or_else(|| {
                Failure::input(format!(
                    "there is no entry {index}; the slate has entries 0 to {}.",
                    self.round.slate.len().saturating_sub(1)
                ))
            })?;
            if !entry.is_votable() {
                return Err(Failure::input(format!(
                    "entry {index} ({}) cannot be voted on: its recipient did not accept it, or it \
                     was withdrawn.",
                    self.title(*index)
                )));
            }
        }
        Ok(())
    }

    fn projection(&self, ballot: &[u8]) -> Option<Projection> {
        let old = self.cast.as_deref().unwrap_or_default();
        with_ballot(&self.scene, &self.round, (old, ballot), self.weight)
    }
}

/// `budget vote`: casts the first ballot.
pub fn vote(context: &Context, options: BallotOptions) -> Result<()> {
    let booth = Booth::enter(context, options.owner)?;
    if booth.cast.is_some() {
        return Err(Failure::input(
            "this stake has voted already; `budget revise` replaces the ballot.",
        ));
    }
    if booth.weight == 0 {
        return Err(Failure::input(
            "this stake has no weight in this epoch: it was staked after voting opened, or has been \
             unstaked since.",
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
    let choices = gather(context, &booth, &options)?;
    booth.check(&choices)?;
    let hash = format_hash(&booth.round.head.slate_hash);
    if let Some(seen) = &options.slate_hash
        && !seen.eq_ignore_ascii_case(&hash)
    {
        return Err(Failure::input(format!(
            "the slate is not the one that you checked: its hash is {hash}."
        )));
    }
    let ballot = pack(choices.iter().copied());
    let before = booth.projection(booth.cast.as_deref().unwrap_or_default());
    let after = booth.projection(&ballot);
    let index = booth.round.head.index;
    let (voter, owner) = (booth.voter.key, booth.owner);
    let payer = context.payer(&booth.voter)?;
    let args = BallotArgs { slate_hash: booth.round.head.slate_hash, ballot };
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
    let share = format::percent(booth.weight, before.as_ref().map_or(0, |it| it.electorate));
    act = act.change("weight", format!("{} ({share} of all)", format::count(booth.weight)));
    if owner != voter {
        act = act.change("for the stake of", context.name(&owner)?);
    }
    for line in effects(&booth, before.as_ref(), after.as_ref()) {
        act = act.change("would change", line);
    }
    let closes = crate::quantity::when(booth.round.head.voting_closes_at, booth.scene.now);
    let act = act
        .change("slate hash", hash)
        .note(format!(
            "This cannot move tokens. `budget revise` or `budget retract` changes it until voting \
             closes {closes}."
        ))
        .instruction(instruction);
    context.perform(Act { actors: vec![booth.voter], asks: true, ..act }).map(drop)
}

/// Choices of the options, or of the person at the terminal.
fn gather(context: &Context, booth: &Booth, options: &BallotOptions) -> Result<Vec<(u8, Choice)>> {
    let mut choices = Vec::new();
    let sides = [
        (&options.for_, Choice::For),
        (&options.against, Choice::Against),
        (&options.abstain, Choice::Abstain),
    ];
    for (entries, choice) in sides {
        for index in entries {
            if choices.iter().any(|(known, _)| known == index) {
                return Err(Failure::input(format!("entry {index} is named twice.")));
            }
            choices.push((*index, choice));
        }
    }
    if choices.is_empty() {
        choices = ask(context, booth)?;
    }
    choices.sort_by_key(|(index, _)| *index);
    Ok(choices)
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
    if let Some(now) = booth.projection(booth.cast.as_deref().unwrap_or_default()) {
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

/// What a ballot changes among the funded, in words.
fn effects(booth: &Booth, before: Option<&Projection>, after: Option<&Projection>) -> Vec<String> {
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    let mut lines = Vec::new();
    for at in 0..after.entries.len() {
        let index = u8::try_from(at).unwrap_or(u8::MAX);
        match (before.stands(at), after.stands(at)) {
            (false, true) => lines.push(format!("{} would be funded", booth.title(index))),
            (true, false) => {
                let why = crate::slate::verdict(&after.entries[at]);
                lines.push(format!("{} would not be funded: {why}", booth.title(index)));
            }
            _ => {}
        }
    }
    if lines.is_empty() {
        lines.push("nothing among the funded, if voting closed now".to_owned());
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
    let Some(cast) = &booth.cast else {
        return Err(Failure::input("this stake has not voted, so there is nothing to take back."));
    };
    let index = booth.round.head.index;
    let payer = context.payer(&booth.voter)?;
    let act = Act::open_to_anyone(format!("Take the ballot back in epoch {index}"), payer)
        .change("was", in_words(&unpack(cast)))
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

fn format_hash(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
