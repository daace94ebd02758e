//! `budget ballot`: what was cast, and closing it once it has been counted.

use anchor_lang::prelude::Pubkey;
use budget_client::{
    address::vote_record,
    ballot::{Choice, unpack},
};
use budget_rpc::{Found, Trouble};
use budget_words::format;
use clap::Subcommand;
use community_budget::state::{BudgetEpoch, VoteRecord, choice_count, has_choice};
use serde_json::{Value, json};

use crate::{
    act::Act,
    columns::{Side, columns},
    context::{Context, Round, Scene, open_associated},
    exit::{Failure, Result},
    quantity::{sol, when},
    slate::{Titles, in_words},
    view::{aligned, counted, pair},
};

/// A ballot that was cast: show, list, close.
#[derive(Subcommand)]
pub enum BallotCommand {
    /// One voter's choices.
    Show {
        /// Whose; yours unless given.
        owner: Option<Pubkey>,
        /// Number of the epoch; the current one unless given.
        #[arg(long, value_name = "NUMBER")]
        epoch: Option<u32>,
    },
    /// All ballots of an epoch, heaviest first.
    List {
        /// Number of the epoch; the current one unless given.
        epoch: Option<u32>,
    },
    /// Close a ballot of a settled epoch: it pays the voter's reward, counts as taking part, and its
    /// rent goes to who paid it. Open to anyone.
    Close {
        /// Whose; yours unless given.
        owner: Option<Pubkey>,
        /// Number of the epoch; the one settled last unless given.
        #[arg(long, value_name = "NUMBER")]
        epoch: Option<u32>,
        /// Open the voter's token account first, where the reward needs one; you pay its rent.
        #[arg(long)]
        open_account: bool,
    },
}

/// `budget ballot ...`.
pub fn run(context: &Context, command: BallotCommand) -> Result<()> {
    match command {
        BallotCommand::Show { owner, epoch } => show(context, owner, epoch),
        BallotCommand::List { epoch } => list(context, epoch),
        BallotCommand::Close { owner, epoch, open_account } => {
            close(context, owner, epoch, open_account)
        }
    }
}

/// A ballot with what it says.
struct Cast {
    found: Found<VoteRecord>,
    choices: Vec<u8>,
}

impl Cast {
    fn of(found: Found<VoteRecord>) -> Result<Self> {
        let choices = found.choices()?;
        Ok(Self { found, choices })
    }

    fn get(context: &Context, round: &Round, owner: &Pubkey) -> Result<Self> {
        let key = vote_record(&round.key, owner);
        let what = format!("ballot of {} in epoch {}", context.name(owner)?, round.head.index);
        Self::of(context.network()?.get::<VoteRecord>(&key, &what)?)
    }

    fn record(&self) -> &VoteRecord {
        &self.found.value
    }

    /// Base units that it earns, or would earn if the epoch were settled as it is.
    fn reward(&self, head: &BudgetEpoch, electorate: u64) -> u64 {
        let head = BudgetEpoch { electorate, ..*head };
        head.reward(self.record().weight, choice_count(&self.choices)).unwrap_or(0)
    }

    fn json(&self, head: &BudgetEpoch, electorate: u64) -> Value {
        let record = self.record();
        let choices = unpack(&self.choices);
        let of = |wanted| -> Vec<u8> {
            let found = choices.iter().filter(|(_, choice)| *choice == wanted);
            found.map(|(index, _)| *index).collect()
        };
        json!({
            "voteRecord": self.found.key.to_string(),
            "owner": record.owner.to_string(),
            "weight": record.weight,
            "byDelegate": record.by_delegate == 1,
            "for": of(Choice::For),
            "against": of(Choice::Against),
            "abstain": of(Choice::Abstain),
            "rentPayer": record.rent_payer.to_string(),
            "reward": self.reward(head, electorate),
        })
    }
}

/// The total that shares of an epoch's weight refer to.
fn electorate(scene: &Scene, head: &BudgetEpoch) -> u64 {
    if head.settled_at == 0 { scene.treasury.electorate(head.index) } else { head.electorate }
}

fn show(context: &Context, owner: Option<Pubkey>, epoch: Option<u32>) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let round = scene.round(network, epoch)?;
    let owner = match owner {
        Some(owner) => owner,
        None => context.actor()?.key,
    };
    let cast = Cast::get(context, &round, &owner)?;
    let total = electorate(&scene, &round.head);
    if context.globals.json {
        let mut value = cast.json(&round.head, total);
        value["epoch"] = json!(round.head.index);
        context.json(&value);
        return Ok(());
    }
    let titles = Titles::read(network, &round)?;
    let name = context.name(&owner)?;
    let payer = context.name(&cast.record().rent_payer)?;
    let page = &context.page;
    for line in lines(&cast, &round.head, &titles, &name, total, &scene) {
        page.line(line);
    }
    let facts = [
        pair("reward", reward_words(&cast, &round.head, total, &scene)),
        pair("rent", format!("{} to {payer}", sol(network.lamports(&cast.found.key)?))),
    ];
    for line in aligned(page, &facts) {
        page.line(line);
    }
    Ok(())
}

/// The ballot in a sentence, then one line for each choice.
fn lines(
    cast: &Cast,
    head: &BudgetEpoch,
    titles: &Titles,
    name: &str,
    electorate: u64,
    scene: &Scene,
) -> Vec<String> {
    let record = cast.record();
    let share = format::percent(record.weight, electorate);
    let by = if record.by_delegate == 1 { ", cast by a delegate" } else { "" };
    let choices = unpack(&cast.choices);
    let end = head.voting_closes_at;
    let state = if choices.is_empty() {
        "has taken the ballot back".to_owned()
    } else {
        format!("has voted on {} of {} entries", choices.len(), head.votable_count)
    };
    let change = if head.settled_at == 0 && scene.now < end {
        format!("; it can be changed until {}", when(end, scene.now))
    } else {
        String::new()
    };
    let mut lines = vec![format!(
        "{name} {state} of epoch {} with {share} of all weight{by}{change}.",
        head.index
    )];
    for (index, choice) in choices {
        let word = match choice {
            Choice::For => "for",
            Choice::Against => "against",
            Choice::Abstain => "abstain",
            Choice::Unmarked => continue,
        };
        lines.push(format!("  {word:<8} {index:>3}  {}", titles.title(index)));
    }
    lines
}

fn reward_words(cast: &Cast, head: &BudgetEpoch, electorate: u64, scene: &Scene) -> String {
    let reward = cast.reward(head, electorate);
    if reward == 0 {
        return format!(
            "none: {} of {} entries are covered, {} must be",
            choice_count(&cast.choices),
            head.votable_count,
            format::bps(head.policy.budget.participation_gate_bps)
        );
    }
    let amount = scene.budget.show(reward);
    match head.claims_end_at().filter(|_| head.settled_at != 0) {
        Some(end) if scene.now >= end => "none: the time to claim it is over".to_owned(),
        Some(end) => format!("{amount}, paid when this is closed before {}", when(end, scene.now)),
        None => format!("{amount}, once the epoch is settled"),
    }
}

fn list(context: &Context, epoch: Option<u32>) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let round = scene.round(network, epoch)?;
    let head = &round.head;
    let found = network.list::<VoteRecord>(&round.key)?;
    let mut ballots = found.into_iter().map(Cast::of).collect::<Result<Vec<_>>>()?;
    ballots.sort_by_key(|cast| std::cmp::Reverse(cast.record().weight));
    let total = electorate(&scene, head);
    if context.globals.json {
        let listed: Vec<Value> = ballots.iter().map(|cast| cast.json(head, total)).collect();
        context.json(&json!({
            "epoch": head.index,
            "electorate": total,
            "turnout": head.turnout,
            "cast": head.ballot_count,
            "ballots": listed,
        }));
        return Ok(());
    }
    let closed = head.ballot_count.saturating_sub(head.vote_record_count);
    context.page.line(format!(
        "{} in epoch {}, {} of all weight; {closed} closed since.",
        counted(head.ballot_count, "ballot"),
        head.index,
        format::percent(head.turnout, total)
    ));
    let heading = [("voter", Side::Left), ("weight", Side::Right), ("choices", Side::Left)];
    let mut rows = Vec::with_capacity(ballots.len());
    for cast in &ballots {
        let record = cast.record();
        let by = if record.by_delegate == 1 { " (by a delegate)" } else { "" };
        rows.push(vec![
            context.name(&record.owner)?,
            format::percent(record.weight, total),
            format!("{}{by}", in_words(&unpack(&cast.choices))),
        ]);
    }
    if !rows.is_empty() {
        for line in columns(&heading, &rows) {
            context.page.line(line);
        }
    }
    Ok(())
}

/// Refuses ballots of an epoch that is not settled.
fn require_settled(head: &BudgetEpoch, now: i64) -> Result<()> {
    if head.settled_at != 0 {
        return Ok(());
    }
    Err(Failure::input(format!(
        "ballots of epoch {} can be closed once it is settled, from {} on.",
        head.index,
        when(head.voting_closes_at, now)
    )))
}

/// Whether the voter's token account must be opened for the reward; refuses to do so unasked.
fn needs_account(
    reward: u64,
    payable: bool,
    open_account: bool,
    name: &str,
    scene: &Scene,
    head: &BudgetEpoch,
) -> Result<bool> {
    if reward == 0 || payable {
        return Ok(false);
    }
    if open_account {
        return Ok(true);
    }
    Err(Failure::input(format!(
        "the reward of {} cannot be paid: {name} has no token account for it. --open-account opens one; \
         {} it closes without.",
        scene.budget.show(reward),
        when(head.claims_end_at().unwrap_or(i64::MAX), scene.now)
    )))
}

fn close(
    context: &Context,
    owner: Option<Pubkey>,
    epoch: Option<u32>,
    open_account: bool,
) -> Result<()> {
    let scene = context.scene()?;
    let newest = scene.treasury.settled_epochs().checked_sub(1);
    let epoch = epoch.or(newest).ok_or_else(|| {
        Failure::input("no epoch has been settled yet, so no ballot can be closed.")
    })?;
    let round = scene.round(context.network()?, Some(epoch))?;
    let head = &round.head;
    require_settled(head, scene.now)?;
    let actor = context.actor()?;
    let owner = owner.unwrap_or(actor.key);
    let cast = match Cast::get(context, &round, &owner) {
        Err(Failure::Trouble(Trouble::NoAccount { what, key })) => {
            let what = format!("{what}, or it has been closed");
            return Err(Failure::Trouble(Trouble::NoAccount { what, key }));
        }
        other => other?,
    };
    let payer = context.payer(&actor)?;
    let name = context.name(&owner)?;
    let claimable = scene.now < head.claims_end_at().unwrap_or(i64::MAX);
    let reward = if claimable { cast.reward(head, head.electorate) } else { 0 };
    let mut act = Act::open_to_anyone(format!("Close the ballot of {name}"), payer.clone());
    let community = &scene.community;
    let purse = context.purse(&community.budget_account(&owner))?;
    let payable = purse.is_some_and(|purse| !purse.frozen && purse.owner == owner);
    if needs_account(reward, payable, open_account, &name, &scene, head)? {
        act = act
            .change("opens first", format!("the token account of {name}; you pay its rent"))
            .instruction(open_associated(
                &payer.key,
                &owner,
                &community.budget_mint,
                &community.budget_token_program,
            ));
    }
    let rent = context.network()?.lamports(&cast.found.key)?;
    let rent_payer = cast.record().rent_payer;
    let counts =
        if has_choice(&cast.choices) { "counts as taking part" } else { "empty: counts not" };
    let act = act
        .change("reward", format!("{} to {name}", scene.budget.show(reward)))
        .change("participation", counts)
        .change("rent", format!("{} to {}", sol(rent), context.name(&rent_payer)?))
        .exact(json!({
            "epoch": epoch,
            "owner": owner.to_string(),
            "voteRecord": cast.found.key.to_string(),
            "reward": reward,
            "rentPayer": rent_payer.to_string(),
            "rentLamports": rent,
        }))
        .note("The vote itself is counted and stays so.")
        .instruction(community.close_vote_record(epoch, owner, rent_payer));
    context.perform(act).map(drop)
}

#[cfg(test)]
mod tests {
    use budget_client::ballot::pack;
    use bytemuck::Zeroable;

    use super::*;
    use crate::slate::tests::epoch;

    fn cast(choices: &[(u8, Choice)]) -> Cast {
        let mut value = VoteRecord::zeroed();
        value.weight = 250;
        let found = Found { key: Pubkey::default(), value, data: Vec::new() };
        Cast { found, choices: pack(choices.iter().copied()) }
    }

    #[test]
    fn a_ballot_earns_what_the_program_pays() {
        let (_, mut head) = epoch();
        (head.reward_pool, head.votable_count) = (40, 4);
        let two = [(0, Choice::For), (3, Choice::Abstain)];
        // A quarter of the weight, and half of the entries are covered.
        assert_eq!(cast(&two).reward(&head, 1_000), 10);
        assert_eq!(cast(&two[..1]).reward(&head, 1_000), 0, "too few are covered");
        assert_eq!(cast(&[]).reward(&head, 1_000), 0);
    }

    #[test]
    fn no_voter_loses_a_reward_to_whoever_closes() {
        use community_budget::state::Action;

        let case = crate::entries::tests::case(Action::ClearBreaker, |_| {}, 2_000_000);
        let mut head = *case.round.head;
        let why = require_settled(&head, case.scene.now).unwrap_err().to_string();
        assert!(why.contains("once it is settled"), "{why}");
        head.settled_at = 2_000_000;
        assert!(require_settled(&head, case.scene.now).is_ok());
        let needs =
            |reward, payable, open| needs_account(reward, payable, open, "Ada", &case.scene, &head);
        assert!(!needs(0, false, false).unwrap() && !needs(5, true, false).unwrap());
        assert!(needs(5, false, true).unwrap());
        let why = needs(5, false, false).unwrap_err().to_string();
        assert!(why.contains("Ada has no token account"), "{why}");
    }

    #[test]
    fn choices_are_listed_by_kind_in_json() {
        let (_, head) = epoch();
        let ballot = cast(&[(0, Choice::For), (2, Choice::Against), (5, Choice::For)]);
        let value = ballot.json(&head, 1_000);
        assert_eq!(value["for"], json!([0, 5]));
        assert_eq!(value["against"], json!([2]));
        assert_eq!(value["weight"], 250);
    }
}
