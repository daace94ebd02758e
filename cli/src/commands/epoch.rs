//! `budget epoch`: a round of budgeting from its opening to its end.

mod recount;
mod show;

use budget_words::format;
use bytemuck::Zeroable;
use clap::Subcommand;
use community_budget::state::{BudgetEpoch, Phase, SECTIONS, Treasury};
use serde_json::{Value, json};

use crate::{
    act::Act,
    columns::{Side, columns},
    context::{Context, Round, Scene},
    exit::{Failure, Result},
    quantity::{Token, long_span, sol, when},
    slate::{Projection, Titles, project},
    streams::foreseen,
    view::counted,
};

/// A round of budgeting: open, show, settle, close.
#[derive(Subcommand)]
pub enum EpochCommand {
    /// Open the next epoch, when its time has come. Open to anyone.
    Open,
    /// The funding line: who is funded, or would be if voting closed now, and why the others are not.
    Show {
        /// Number of the epoch; the current one unless given.
        epoch: Option<u32>,
    },
    /// All epochs that have not been closed.
    List,
    /// Tally, rank and fund an epoch whose voting has closed. Open to anyone.
    Settle {
        /// Number of the epoch; the current one unless given.
        epoch: Option<u32>,
    },
    /// Free the rewards that nobody claimed within two periods. Open to anyone.
    ReclaimRewards {
        /// Number of the epoch.
        epoch: u32,
    },
    /// Close a settled epoch without ballots and proposals; its rent goes to who paid it.
    Close {
        /// Number of the epoch.
        epoch: u32,
    },
    /// Count every ballot again and compare with what the epoch counted.
    Recount {
        /// Number of the epoch; the current one unless given.
        epoch: Option<u32>,
    },
}

/// `budget epoch ...`.
pub fn run(context: &Context, command: EpochCommand) -> Result<()> {
    match command {
        EpochCommand::Open => open(context),
        EpochCommand::Show { epoch } => show::run(context, epoch),
        EpochCommand::List => list(context),
        EpochCommand::Settle { epoch } => settle(context, epoch),
        EpochCommand::ReclaimRewards { epoch } => reclaim(context, epoch),
        EpochCommand::Close { epoch } => close(context, epoch),
        EpochCommand::Recount { epoch } => recount::run(context, epoch),
    }
}

/// A phase in a word.
pub fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Submission => "Submission",
        Phase::Voting => "Voting",
        Phase::Tallying => "Tallying",
        Phase::Settled => "Settled",
    }
}

/// When the next epoch may open, as far as time decides it; unix seconds.
pub fn opens_at(treasury: &Treasury) -> i64 {
    if treasury.epoch_count == 0 {
        return treasury.first_open_at;
    }
    let period = i64::from(treasury.policy.schedule.period_secs);
    treasury.last_opened_at.saturating_add(period).max(treasury.first_open_at)
}

/// The next epoch as the program would open it at `now`, on copies.
fn opened(treasury: &Treasury, now: i64) -> anchor_lang::Result<BudgetEpoch> {
    let (mut books, mut head) = (*treasury, BudgetEpoch::zeroed());
    head.index = treasury.epoch_count;
    head.policy = treasury.policy;
    head.schedule_from(now)?;
    head.set_budget(treasury.free().unwrap_or(0))?;
    books.begin_epoch(&mut head, now)?;
    Ok(head)
}

fn open(context: &Context) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let treasury = &scene.treasury;
    if treasury.epoch_active == 1 {
        let round = scene.round(network, None)?;
        return Err(Failure::input(format!(
            "epoch {} must be settled first: {}.",
            round.head.index,
            next_step(&round.head, scene.now)
        )));
    }
    let earliest = opens_at(treasury);
    if scene.now < earliest {
        return Err(Failure::input(format!(
            "epoch {} cannot open before {}.",
            treasury.epoch_count,
            when(earliest, scene.now)
        )));
    }
    let head = foreseen(opened(treasury, scene.now))?;
    let actor = context.actor()?;
    let payer = context.payer(&actor)?;
    let rent = network.rent(BudgetEpoch::space(head.policy.slate.capacity))?;
    let payer_key = payer.key;
    let mut act = Act::open_to_anyone(format!("Open epoch {}", head.index), payer)
        .change("cap", cap_words(&scene.budget, &head))
        .change("rewards", scene.budget.show(head.reward_pool))
        .change("proposals until", when(head.voting_opens_at, scene.now))
        .change("voting until", when(head.voting_closes_at, scene.now))
        .change("slate", counted(u64::from(head.policy.slate.capacity), "slot"))
        .change("rent", format!("{}, back when the epoch is closed", sol(rent)))
        .exact(json!({
            "epoch": head.index,
            "address": scene.community.epoch(head.index).to_string(),
            "cap": head.cap,
            "rewardPool": head.reward_pool,
            "freeAtOpen": head.free_at_open,
            "votingOpensAt": head.voting_opens_at,
            "votingClosesAt": head.voting_closes_at,
            "rentLamports": rent,
        }))
        .note("It cannot be taken back, and moves no tokens. Its policy stays as it is now.")
        .instruction(scene.community.open_epoch(payer_key, head.index));
    let changed = changed_sections(treasury);
    if !changed.is_empty() {
        act = act.change("new policy", format!("{} come into force", changed.join(", ")));
    }
    context.perform(Act { asks: true, ..act }).map(drop)
}

/// Names of the sections that the next epoch opens with and the present one has not.
fn changed_sections(treasury: &Treasury) -> Vec<&'static str> {
    if treasury.epoch_count == 0 {
        return Vec::new();
    }
    let (next, now) = (&treasury.policy, &treasury.in_force);
    let same = [
        next.schedule == now.schedule,
        next.slate == now.slate,
        next.budget == now.budget,
        next.tiers == now.tiers,
        next.stake == now.stake,
        next.risk == now.risk,
        next.breaker == now.breaker,
        next.review == now.review,
    ];
    SECTIONS.iter().zip(same).filter(|(_, same)| !same).map(|(name, _)| *name).collect()
}

/// The cap and where it comes from.
fn cap_words(budget: &Token, head: &BudgetEpoch) -> String {
    let (cap, free) = (budget.show(head.cap), budget.show(head.free_at_open));
    let terms = head.policy.budget;
    if head.cap == terms.epoch_cap_abs {
        return format!("{cap}, the policy's limit, of {free} free at the opening");
    }
    format!("{cap}, {} of the {free} free at the opening", format::bps(terms.epoch_cap_bps))
}

/// What happens next to an epoch that is not settled, and who can do it; without a full stop.
pub fn next_step(head: &BudgetEpoch, now: i64) -> String {
    match head.phase(now) {
        Phase::Submission => {
            format!("anyone may propose until voting opens {}", when(head.voting_opens_at, now))
        }
        Phase::Voting => format!(
            "stakers vote until {}, late swings can move that to {} at most; then anyone may settle \
             it",
            when(head.voting_closes_at, now),
            format::moment(head.voting_hard_end_at)
        ),
        Phase::Tallying => "voting has closed; anyone may run `budget epoch settle` now".to_owned(),
        Phase::Settled => "it is settled".to_owned(),
    }
}

fn list(context: &Context) -> Result<()> {
    let scene = context.scene()?;
    let mut epochs = context.network()?.list::<BudgetEpoch>(&scene.key)?;
    epochs.sort_by_key(|found| found.value.index);
    if context.globals.json {
        let listed: Vec<Value> = epochs
            .iter()
            .map(|found| brief(&found.key.to_string(), &found.value, scene.now))
            .collect();
        context.json(&json!({ "opened": scene.treasury.epoch_count, "epochs": listed }));
        return Ok(());
    }
    let heads: Vec<BudgetEpoch> = epochs.into_iter().map(|found| found.value).collect();
    for line in listed(&scene, &heads) {
        context.page.line(line);
    }
    Ok(())
}

fn brief(key: &str, head: &BudgetEpoch, now: i64) -> Value {
    json!({
        "epoch": head.index,
        "address": key,
        "phase": phase_name(head.phase(now)),
        "openedAt": head.opened_at,
        "votingOpensAt": head.voting_opens_at,
        "votingClosesAt": head.voting_closes_at,
        "settledAt": head.settled_at,
        "cap": head.cap,
        "allocated": head.allocated,
        "executed": head.executed,
        "entries": head.entry_count,
        "openProposals": head.open_proposals,
        "openVoteRecords": head.vote_record_count,
        "rewardPool": head.reward_pool,
        "rewardsPaid": head.rewards_paid,
    })
}

fn listed(scene: &Scene, heads: &[BudgetEpoch]) -> Vec<String> {
    let opened = scene.treasury.epoch_count;
    let next = when(opens_at(&scene.treasury), scene.now);
    if opened == 0 {
        return vec![format!(
            "No epoch has been opened yet; anyone may open the first from {next}."
        )];
    }
    let closed = usize::try_from(opened).unwrap_or(usize::MAX).saturating_sub(heads.len());
    let mut lines = vec![format!(
        "{} opened so far, {closed} of them closed; the next may open from {next}{}.",
        counted(opened.into(), "epoch"),
        if scene.treasury.epoch_active == 1 { ", once the current one is settled" } else { "" },
    )];
    let heading = [
        ("epoch", Side::Right),
        ("phase", Side::Left),
        ("opened", Side::Left),
        ("cap", Side::Right),
        ("awarded", Side::Right),
        ("executed", Side::Right),
        ("proposals", Side::Right),
        ("ballots", Side::Right),
    ];
    let row = |head: &BudgetEpoch| {
        vec![
            head.index.to_string(),
            phase_name(head.phase(scene.now)).to_owned(),
            format::day(head.opened_at),
            scene.budget.number(head.cap),
            scene.budget.number(head.allocated),
            scene.budget.number(head.executed),
            format!("{} of {}", head.open_proposals, head.entry_count),
            format!("{} of {}", head.vote_record_count, head.ballot_count),
        ]
    };
    lines.extend(columns(&heading, &heads.iter().map(row).collect::<Vec<_>>()));
    lines.push(format!(
        "Amounts are {}. Proposals and ballots: how many of all have not been closed yet.",
        scene.budget.symbol
    ));
    lines
}

fn settle(context: &Context, index: Option<u32>) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let round = scene.round(network, index)?;
    let head = &round.head;
    match head.phase(scene.now) {
        Phase::Tallying => {}
        Phase::Settled => {
            return Err(Failure::input(format!(
                "epoch {} has been settled {}; `budget epoch show {}` has the result.",
                head.index,
                when(head.settled_at, scene.now),
                head.index
            )));
        }
        _ => {
            return Err(Failure::input(format!(
                "epoch {} cannot be settled before voting closes {}.",
                head.index,
                when(head.voting_closes_at, scene.now)
            )));
        }
    }
    let projection = projected(&scene, &round)?;
    let titles = Titles::read(network, &round)?;
    let actor = context.actor()?;
    let payer = context.payer(&actor)?;
    let counts = projection.counts();
    let mut act = Act::open_to_anyone(format!("Settle epoch {}", head.index), payer)
        .change("funds", format!("{} of {}", counts.funded, counts.awards))
        .change(
            "awards",
            format!(
                "{} of {}",
                scene.budget.number(projection.allocated),
                scene.budget.show(head.cap)
            ),
        )
        .change("approves", format!("{} of {} acts", counts.approved, counts.acts));
    for at in projection.order().into_iter().filter(|at| projection.stands(*at)) {
        let index = u8::try_from(at).unwrap_or(u8::MAX);
        let entry = &projection.entries[at];
        let amount =
            if entry.is_award() { scene.budget.show(entry.amount) } else { "an act".into() };
        act = act.change("", format!("{index}  {}, {amount}", titles.title(index)));
    }
    let act = act
        .exact(json!({
            "epoch": head.index,
            "allocated": projection.allocated,
            "funded": counts.funded,
            "approved": counts.approved,
        }))
        .note(
            "The ballots alone decide this, whoever settles and whenever. Timelocks and grace run \
             from here; it cannot be taken back.",
        )
        .instruction(scene.community.settle_epoch(head.index));
    context.perform(Act { asks: true, ..act }).map(drop)
}

/// The slate as it would be settled now.
///
/// # Errors
/// Exit code `not-believed` when the treasury's books do not add up.
pub fn projected(scene: &Scene, round: &Round) -> Result<Projection> {
    project(&scene.treasury, &round.head, &round.slate, scene.now).ok_or_else(|| {
        Failure::Doubted(format!(
            "the books of the treasury and of epoch {} do not add up.",
            round.head.index
        ))
    })
}

fn require_settled(head: &BudgetEpoch, now: i64) -> Result<()> {
    if head.settled_at == 0 {
        return Err(Failure::input(format!(
            "epoch {} is not settled yet: {}.",
            head.index,
            next_step(head, now)
        )));
    }
    Ok(())
}

fn reclaim(context: &Context, index: u32) -> Result<()> {
    let scene = context.scene()?;
    let round = scene.round(context.network()?, Some(index))?;
    let head = &round.head;
    require_settled(head, scene.now)?;
    let claims_end_at = head.claims_end_at().unwrap_or(i64::MAX);
    let left = head.reward_pool.saturating_sub(head.rewards_paid);
    if left == 0 {
        return Err(Failure::input(format!("epoch {index} has no rewards left to reclaim.")));
    }
    if scene.now < claims_end_at {
        return Err(Failure::input(format!(
            "voters can claim the rewards of epoch {index} until {}.",
            when(claims_end_at, scene.now)
        )));
    }
    let actor = context.actor()?;
    let payer = context.payer(&actor)?;
    let act = Act::open_to_anyone(format!("Reclaim the rewards of epoch {index}"), payer)
        .change("frees", scene.budget.show(left))
        .exact(json!({ "epoch": index, "amount": left }))
        .note("It stays in the vault and is free again; what was paid stays paid.")
        .instruction(scene.community.reclaim_rewards(index));
    context.perform(act).map(drop)
}

fn close(context: &Context, index: u32) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let round = scene.round(network, Some(index))?;
    let head = &round.head;
    require_settled(head, scene.now)?;
    if head.vote_record_count > 0 || head.open_proposals > 0 {
        return Err(Failure::input(format!(
            "epoch {index} still has {} and {}; `budget ballot close` and `budget proposal close` \
             close them, and `budget keeper` closes all that can be.",
            counted(head.vote_record_count, "ballot"),
            counted(head.open_proposals.into(), "proposal")
        )));
    }
    let actor = context.actor()?;
    let payer = context.payer(&actor)?;
    let rent = network.lamports(&round.key)?;
    let left = head.reward_pool.saturating_sub(head.rewards_paid);
    let act = Act::open_to_anyone(format!("Close epoch {index}"), payer)
        .change("rent", format!("{} to {}", sol(rent), context.name(&head.rent_payer)?))
        .change("unclaimed rewards", format!("{} become free", scene.budget.show(left)))
        .change("settled", format!("{} ago", long_span(scene.now.abs_diff(head.settled_at))))
        .exact(json!({
            "epoch": index,
            "rentLamports": rent,
            "rentPayer": head.rent_payer.to_string(),
            "unclaimedRewards": left,
        }))
        .note("The account goes; streams, records and the transactions stay.")
        .instruction(scene.community.close_epoch(index, head.rent_payer));
    context.perform(act).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slate::tests::{DAY, epoch};

    #[test]
    fn the_next_epoch_is_foreseen_as_the_program_opens_it() {
        let (mut treasury, _) = epoch();
        treasury.epoch_active = 0;
        let head = opened(&treasury, 5_000_000).unwrap();
        assert_eq!((head.index, head.cap, head.reward_pool), (1, 1_000, 20));
        assert_eq!(head.voting_opens_at, 5_000_000 + 14 * DAY);
        treasury.policy.budget.min_cap = 1_001;
        assert!(opened(&treasury, 5_000_000).is_err(), "the cap is below the minimum");
    }

    #[test]
    fn the_next_opening_waits_for_the_period() {
        let (mut treasury, head) = epoch();
        assert_eq!(opens_at(&treasury), head.opened_at + 30 * DAY);
        treasury.epoch_count = 0;
        treasury.first_open_at = 7;
        assert_eq!(opens_at(&treasury), 7);
    }

    #[test]
    fn only_changed_sections_come_into_force() {
        let (mut treasury, _) = epoch();
        assert!(changed_sections(&treasury).is_empty());
        treasury.policy.slate.bond = 5;
        treasury.policy.review.pass_bps = 7_000;
        assert_eq!(changed_sections(&treasury), ["slate", "review"]);
    }

    #[test]
    fn each_phase_says_what_happens_next() {
        let (_, mut head) = epoch();
        assert!(next_step(&head, head.opened_at).starts_with("anyone may propose until voting"));
        let voting = next_step(&head, head.voting_opens_at);
        assert!(
            voting.contains("stakers vote until") && voting.contains("(in 7 days)"),
            "{voting}"
        );
        let closed = next_step(&head, head.voting_closes_at);
        assert!(closed.contains("budget epoch settle"), "{closed}");
        head.settled_at = 1;
        assert_eq!(next_step(&head, 2), "it is settled");
    }
}
