//! `budget award`: what passed is carried out, or lapses.

mod list;

use budget_client::address;
use budget_rules::stream::MAX_CHECKPOINTS;
use clap::Subcommand;
use community_budget::state::{Action, Outcome, Stream};
use serde_json::json;

use crate::{
    act::Act,
    commands::proposal::Which,
    context::Context,
    deeds::{describe, exact},
    entries::Case,
    exit::{Failure, Result},
    quantity::{sol, when},
    slate::{Waiting, verdict},
    streams::foreseen,
};

/// What passed: execute or lapse an award or an act.
#[derive(Subcommand)]
pub enum AwardCommand {
    /// What waits for its execution, for what, and until when.
    List,
    /// Carry an award or an act out, once its timelock has run. Open to anyone.
    Execute(Which),
    /// Free what nobody carried out in time. Open to anyone.
    Lapse(Which),
}

/// `budget award ...`.
pub fn run(context: &Context, command: AwardCommand) -> Result<()> {
    match command {
        AwardCommand::List => list::run(context),
        AwardCommand::Execute(which) => execute(context, which),
        AwardCommand::Lapse(which) => lapse(context, which),
    }
}

fn execute(context: &Context, which: Which) -> Result<()> {
    let case = Case::settled(context, which.entry, which.epoch)?;
    let lapses_at = executable(&case)?;
    let proposal = case.proposal()?;
    let action = &proposal.value.terms.action;
    let actor = context.actor()?;
    let payer = context.payer(&actor)?;
    let (epoch, index) = (case.round.head.index, case.index);
    let community = &case.scene.community;
    let mut act = Act::open_to_anyone(format!("Carry out {}", case.name()), payer.clone());
    act.changes.extend(describe(context, &case.scene, &case.round.head.policy, action)?);
    let mut figures = json!({ "epoch": epoch, "entry": index, "terms": exact(action) });
    let (instruction, note) = match action {
        Action::Award(terms) => {
            let stream = address::stream(&proposal.key);
            let rent = context.network()?.rent(Stream::SPACE)?;
            act = act
                .change("opens", format!("the stream {stream}"))
                .change("rent", format!("{}, back when the stream is closed", sol(rent)));
            figures["stream"] = json!(stream.to_string());
            figures["rentLamports"] = json!(rent);
            let reviews = terms.checkpoints.min(MAX_CHECKPOINTS);
            let note = if reviews > 0 {
                "The stream starts at once and pays nobody but its recipient; reviews and votes can \
                 stop what it has not released."
            } else {
                "The stream starts at once and pays nobody but its recipient; a vote can stop what it \
                 has not released."
            };
            (community.execute_award(payer.key, epoch, index, terms.recipient), note)
        }
        Action::SetPolicy(patch) => {
            unchanged(&case, action)?;
            let mut policy = case.scene.treasury.policy;
            patch.apply(&mut policy);
            foreseen(policy.check())?;
            let note = "The next epoch opens with it; the one that is open keeps its own policy.";
            (community.execute_set_policy(epoch, index), note)
        }
        Action::SetRole { .. } => {
            unchanged(&case, action)?;
            (community.execute_set_role(epoch, index), "At once. No role can spend anything.")
        }
        Action::RuleOnStream { stream, ruling } => {
            let mut found = context.network()?.get::<Stream>(stream, "stream")?.value;
            unruled(&case, &found)?;
            foreseen(found.rule(*ruling, case.scene.now))?;
            let note = "What is released stays its recipient's in every case.";
            (community.execute_stream_ruling(epoch, index, *stream, found.recipient), note)
        }
        Action::ClearBreaker => {
            unchanged(&case, action)?;
            let mut books = case.scene.treasury.clone();
            foreseen(books.clear_breaker(case.scene.now))?;
            let note = "The breaker rests for one period afterwards.";
            (community.execute_clear_breaker(epoch, index), note)
        }
        Action::WriteOff { .. } => {
            unchanged(&case, action)?;
            let note = "No token moves: it is taken out of what counts as being out.";
            (community.execute_write_off(epoch, index), note)
        }
    };
    let act = act
        .change("possible until", when(lapses_at, case.scene.now))
        .exact(figures)
        .note(format!("The vote has decided it; anyone may do this. {note}"))
        .instruction(instruction);
    context.perform(Act { asks: true, ..act }).map(drop)
}

/// Refuses what cannot be carried out now, and returns until when it can.
fn executable(case: &Case) -> Result<i64> {
    let now = case.scene.now;
    let name = case.name();
    Err(Failure::input(match case.waiting() {
        Some(Waiting::Executable { lapses_at }) => return Ok(lapses_at),
        Some(Waiting::Timelocked { until, .. }) => {
            format!("{name} cannot be carried out before its timelock ends {}.", when(until, now))
        }
        Some(Waiting::Blocked { until, .. }) => format!(
            "{name} is blocked by breaker or pause until {}; its time does not run meanwhile.",
            when(until, now)
        ),
        Some(Waiting::Overdue { since }) => format!(
            "the time to carry {name} out ended {}; `budget award lapse {}` frees it.",
            when(since, now),
            case.index
        ),
        None if case.entry.is(Outcome::Executed) => {
            format!("{name} has been carried out already.")
        }
        None => format!("{name} cannot be carried out: {}.", verdict(&case.entry)),
    }))
}

/// Refuses an act whose target has changed since voters decided on it (R14).
fn unchanged(case: &Case, action: &Action) -> Result<()> {
    let kept = case.scene.treasury.require_unchanged(&case.round.head, action.target());
    kept.map_err(|_| changed(case))
}

/// Refuses a ruling on a stream that another vote has ruled on since (R14).
fn unruled(case: &Case, stream: &Stream) -> Result<()> {
    if stream.ruled_at < case.round.head.settled_at { Ok(()) } else { Err(changed(case)) }
}

fn changed(case: &Case) -> Failure {
    Failure::input(format!(
        "what {} would change has been changed since it was settled; it can only lapse, and be proposed \
         anew.",
        case.name()
    ))
}

/// Refuses what can still be carried out, or waits for nothing.
fn overdue(case: &Case) -> Result<()> {
    let name = case.name();
    Err(Failure::input(match case.waiting() {
        Some(Waiting::Overdue { .. }) => return Ok(()),
        Some(waits) => format!("{name} cannot lapse yet: {}.", waits.sentence(case.scene.now)),
        None => format!("{name} waits for nothing: {}.", verdict(&case.entry)),
    }))
}

fn lapse(context: &Context, which: Which) -> Result<()> {
    let case = Case::settled(context, which.entry, which.epoch)?;
    overdue(&case)?;
    let name = case.name();
    let actor = context.actor()?;
    let payer = context.payer(&actor)?;
    let (epoch, index) = (case.round.head.index, case.index);
    let act = Act::open_to_anyone(format!("Lapse {name}"), payer)
        .change("frees", case.scene.budget.show(case.entry.amount))
        .exact(json!({ "epoch": epoch, "entry": index, "amount": case.entry.amount }))
        .note("Nobody carried it out in time; it can be proposed anew, and this cannot be taken back.")
        .instruction(case.scene.community.lapse_proposal(epoch, index));
    context.perform(Act { asks: true, ..act }).map(drop)
}

#[cfg(test)]
mod tests {
    use bytemuck::Zeroable;
    use community_budget::state::{Role, targets};

    use super::*;
    use crate::{entries::tests::case, slate::tests::DAY};

    const SETTLED_AT: i64 = 2_000_000;

    fn waiting(outcome: Outcome, after: i64) -> Case {
        let action = Action::SetRole { role: Role::Reviewer, holder: Default::default() };
        let mut case = case(
            action,
            |entry| (entry.outcome, entry.tier) = (outcome.into(), 3),
            SETTLED_AT + after,
        );
        case.round.head.settled_at = SETTLED_AT;
        case
    }

    #[test]
    fn what_passed_is_carried_out_between_timelock_and_grace() {
        let lapses_at = SETTLED_AT + 14 * DAY;
        assert_eq!(executable(&waiting(Outcome::Approved, 4 * DAY)).unwrap(), lapses_at);
        for (case, wanted) in [
            (waiting(Outcome::Approved, 4 * DAY - 1), "before its timelock ends"),
            (waiting(Outcome::Approved, 14 * DAY), "`budget award lapse 0` frees it"),
            (waiting(Outcome::Executed, 4 * DAY), "has been carried out already"),
            (waiting(Outcome::Superseded, 4 * DAY), "another act on the same matter"),
        ] {
            let why = executable(&case).unwrap_err().to_string();
            assert!(why.contains(wanted), "{wanted}: {why}");
        }
        let mut blocked = waiting(Outcome::Approved, 4 * DAY);
        blocked.scene.treasury.standstill_until = SETTLED_AT + 9 * DAY;
        assert!(executable(&blocked).is_ok(), "roles are beyond breaker and pause");
        blocked.entry.action = community_budget::state::ActionKind::SetPolicy.into();
        let why = executable(&blocked).unwrap_err().to_string();
        assert!(why.contains("is blocked by breaker or pause"), "{why}");
    }

    #[test]
    fn what_was_not_carried_out_in_time_lapses() {
        assert!(overdue(&waiting(Outcome::Approved, 14 * DAY)).is_ok());
        let why = overdue(&waiting(Outcome::Approved, 14 * DAY - 1)).unwrap_err().to_string();
        assert!(why.contains("cannot lapse yet: anyone may execute it now"), "{why}");
        let why = overdue(&waiting(Outcome::Lapsed, 14 * DAY)).unwrap_err().to_string();
        assert!(why.contains("waits for nothing"), "{why}");
    }

    #[test]
    fn an_act_changes_what_voters_saw_or_nothing() {
        let mut case = waiting(Outcome::Approved, 4 * DAY);
        let action = case.proposal().unwrap().value.terms.action.clone();
        assert!(unchanged(&case, &action).is_ok());
        let target = usize::from(targets::FIRST_ROLE + 1);
        case.scene.treasury.target_changes[target] = 1;
        let why = unchanged(&case, &action).unwrap_err().to_string();
        assert!(why.contains("has been changed since it was settled"), "{why}");
        let mut stream = Stream::zeroed();
        stream.ruled_at = SETTLED_AT - 1;
        assert!(unruled(&case, &stream).is_ok());
        stream.ruled_at = SETTLED_AT;
        assert!(unruled(&case, &stream).is_err());
    }
}
