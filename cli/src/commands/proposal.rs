//! `budget proposal`: what is on the slate, and what its people may do about it.

mod close;
mod show;

use std::path::PathBuf;

use anchor_lang::prelude::Pubkey;
use clap::{Args, Subcommand};
use community_budget::state::{
    Action, ActionKind, AwardTerms, Entry, Outcome, Proposal, RecipientRecord, Role, fold_tombstone,
};
use serde_json::json;

use crate::{
    act::Act,
    bar::{Ask, Bar},
    context::Context,
    deeds::describe,
    entries::{Case, cumulative_ask},
    exit::{Failure, Result},
    quantity::{sol, when},
    roles::SIGN_AT_ONCE,
    slate::{Waiting, verdict},
    streams::foreseen,
    view::hex,
};

/// Which entry.
#[derive(Args, Clone, Copy, Debug)]
pub struct Which {
    /// Number of the entry on the slate.
    pub entry: u8,
    /// Number of the epoch; the current one unless given.
    #[arg(long, value_name = "NUMBER")]
    pub epoch: Option<u32>,
}

/// A proposal: show, accept, withdraw, veto, close.
#[derive(Subcommand)]
pub enum ProposalCommand {
    /// The proposals of an epoch, in the order of the slate.
    List {
        /// Number of the epoch; the current one unless given.
        epoch: Option<u32>,
    },
    /// Everything that voters sign of a proposal, and what has become of it.
    Show {
        #[command(flatten)]
        which: Which,
        /// The long text: checked against the hash on chain.
        #[arg(long, value_name = "FILE")]
        metadata: Option<PathBuf>,
    },
    /// Agree to an award that somebody has asked for you.
    Accept(Which),
    /// Take your proposal off the slate before voting opens.
    Withdraw(Which),
    /// Stop an award or a change of policy within its timelock. For the guardian.
    Veto(Which),
    /// Close a proposal whose entry is decided: rent and bond go home. Open to anyone.
    Close {
        #[command(flatten)]
        which: Which,
        /// Open the proposer's token account first, where the bond needs one; you pay its rent.
        #[arg(long)]
        open_account: bool,
    },
}

/// `budget proposal ...`.
pub fn run(context: &Context, command: ProposalCommand) -> Result<()> {
    match command {
        ProposalCommand::List { epoch } => show::list(context, epoch),
        ProposalCommand::Show { which, metadata } => show::run(context, which, metadata.as_deref()),
        ProposalCommand::Accept(which) => accept(context, which),
        ProposalCommand::Withdraw(which) => withdraw(context, which),
        ProposalCommand::Veto(which) => veto(context, which),
        ProposalCommand::Close { which, open_account } => close::run(context, which, open_account),
    }
}

/// Whether its recipient has agreed to an award.
pub fn is_accepted(entry: &Entry) -> bool {
    entry.flags & community_budget::state::flags::ACCEPTED != 0
}

/// Refuses what cannot be accepted, and who is not its recipient.
fn acceptable<'a>(context: &Context, case: &'a Case, key: &Pubkey) -> Result<&'a AwardTerms> {
    let Action::Award(terms) = &case.proposal()?.value.terms.action else {
        return Err(Failure::input(format!(
            "{} is an act; it needs nobody's consent.",
            case.name()
        )));
    };
    case.require_submission("accept")?;
    if case.entry.is(Outcome::Withdrawn) {
        return Err(Failure::input(format!("{} has been withdrawn.", case.name())));
    }
    if is_accepted(&case.entry) {
        return Err(Failure::input(format!("{} has been accepted already.", case.name())));
    }
    if *key != terms.recipient {
        return Err(Failure::input(format!(
            "only its recipient can accept {}, and that is {}.",
            case.name(),
            context.full_name(&terms.recipient)?
        )));
    }
    Ok(terms)
}

fn accept(context: &Context, which: Which) -> Result<()> {
    let case = Case::open(context, which.entry, which.epoch)?;
    let recipient = context.actor()?;
    let terms = acceptable(context, &case, &recipient.key)?;
    let payer = context.payer(&recipient)?;
    let (epoch, index) = (case.round.head.index, case.index);
    let community = &case.scene.community;
    let key = community.recipient_record(&recipient.key);
    let record = context.network()?.find::<RecipientRecord>(&key, "record")?;
    let record = record.map(|found| found.value);
    let mut act = Act::open_to_anyone(format!("Accept {}", case.name()), payer.clone());
    let action = Action::Award(terms.clone());
    act.changes.extend(describe(context, &case.scene, &case.round.head.policy, &action)?);
    let floor = case.round.head.policy.tiers.record_floor_bps;
    let ask = Ask {
        amount: terms.amount,
        cumulative: cumulative_ask(&case.round, record.as_ref(), terms.amount),
        category: terms.category,
        duration_secs: terms.duration_secs,
        checkpoints: terms.checkpoints,
        weak_record: record.is_some_and(|record| record.is_weak(floor)),
    };
    if let Some(bar) = Bar::of(&case.round.head, &ask) {
        act.changes.extend(bar.lines(&case.round.head, &ask, &case.scene.budget));
    }
    if record.is_none() {
        act = act
            .change(
                "opens first",
                format!(
                    "your record; {} stay in it for good",
                    sol(context.network()?.rent(RecipientRecord::SPACE)?)
                ),
            )
            .instruction(community.open_recipient_record(payer.key, recipient.key));
    }
    let act = act
        .exact(json!({
            "epoch": epoch,
            "entry": index,
            "amount": terms.amount,
            "recipientAsk": ask.cumulative,
        }))
        .note(
            "From then on it can be voted on; it counts in the sum by which all your asks of this epoch \
             are judged. Only its proposer can take it off again.",
        )
        .instruction(community.accept_proposal(recipient.key, epoch, index));
    context.perform(Act { actors: vec![recipient], asks: true, ..act }).map(drop)
}

/// Refuses what cannot be withdrawn, and who is not its proposer.
fn withdrawable<'a>(context: &Context, case: &'a Case, key: &Pubkey) -> Result<&'a Proposal> {
    let proposal = &case.proposal()?.value;
    case.require_submission("withdraw a proposal")?;
    if case.entry.is(Outcome::Withdrawn) {
        return Err(Failure::input(format!("{} has been withdrawn already.", case.name())));
    }
    if proposal.proposer != *key {
        return Err(Failure::input(format!(
            "only its proposer can withdraw {}, and that is {}.",
            case.name(),
            context.full_name(&proposal.proposer)?
        )));
    }
    Ok(proposal)
}

fn withdraw(context: &Context, which: Which) -> Result<()> {
    let case = Case::open(context, which.entry, which.epoch)?;
    let proposer = context.actor()?;
    let proposal = withdrawable(context, &case, &proposer.key)?;
    let payer = context.payer(&proposer)?;
    let (epoch, index) = (case.round.head.index, case.index);
    let hash = fold_tombstone(&case.round.head.slate_hash, &case.scene.key, epoch, index);
    let bond = match proposal.bond {
        0 => "none".to_owned(),
        bond => format!(
            "{} returns when the proposal is closed after settlement",
            case.scene.budget.show(bond)
        ),
    };
    let act = Act::open_to_anyone(format!("Withdraw {}", case.name()), payer)
        .change("bond", bond)
        .change("slot", "stays taken, and its fee with the treasury")
        .change("slate hash", format!("{}, with the withdrawal folded in", hex(&hash)))
        .exact(json!({ "epoch": epoch, "entry": index, "slateHash": hex(&hash) }))
        .note("It cannot be put back; proposing it anew takes another slot.")
        .instruction(case.scene.community.withdraw_proposal(proposer.key, epoch, index));
    context.perform(Act { actors: vec![proposer], asks: true, ..act }).map(drop)
}

fn veto(context: &Context, which: Which) -> Result<()> {
    let case = Case::settled(context, which.entry, which.epoch)?;
    let guardian = context.actor()?;
    context.require_role(&case.scene.treasury, Role::Guardian, &guardian.key, "veto")?;
    let until = vetoable(&case)?;
    let payer = context.payer(&guardian)?;
    let (epoch, index) = (case.round.head.index, case.index);
    let mut act = Act::open_to_anyone(format!("Veto {}", case.name()), payer);
    if let Some(proposal) = &case.proposal {
        let action = &proposal.value.terms.action;
        act.changes.extend(describe(context, &case.scene, &case.round.head.policy, action)?);
    }
    let act = act
        .change("frees", case.scene.budget.show(case.entry.amount))
        .change("timelock until", when(until, case.scene.now))
        .exact(json!({ "epoch": epoch, "entry": index, "amount": case.entry.amount }))
        .note(format!("It is stopped for good; it can be proposed anew. {SIGN_AT_ONCE}"))
        .instruction(case.scene.community.veto_proposal(guardian.key, epoch, index));
    context.perform(Act { actors: vec![guardian], asks: true, ..act }).map(drop)
}

/// Refuses what the guardian cannot stop, and returns until when the rest can be.
fn vetoable(case: &Case) -> Result<i64> {
    let name = case.name();
    match case.waiting() {
        Some(Waiting::Timelocked { until, can_be_vetoed: true, .. }) => Ok(until),
        Some(Waiting::Timelocked { .. }) => Err(Failure::input(format!(
            "{name} is beyond the guardian, who can stop awards and changes of policy only."
        ))),
        Some(_) => {
            let over = case.round.head.executable_at(case.entry.tier).unwrap_or(0);
            let act = [ActionKind::Award, ActionKind::SetPolicy].map(u8::from);
            let beyond = !act.contains(&case.entry.action);
            let why = if beyond {
                "it is beyond the guardian".to_owned()
            } else {
                format!("its timelock ended {}", when(over, case.scene.now))
            };
            Err(Failure::input(format!("{name} cannot be vetoed: {why}.")))
        }
        None => Err(Failure::input(format!("{name} cannot be vetoed: {}.", verdict(&case.entry)))),
    }
}

/// What a proposer's text hashes to, in words.
pub fn leaf(case: &Case) -> Result<Option<[u8; 32]>> {
    let Some(proposal) = &case.proposal else { return Ok(None) };
    let canonical = foreseen(proposal.value.terms.canonical())?;
    let (epoch, index) = (case.round.head.index, case.index);
    Ok(Some(crate::slate::terms_hash(&case.scene.key, epoch, index, &canonical)))
}

#[cfg(test)]
mod tests {
    use community_budget::state::Role;

    use super::*;
    use crate::{
        entries::tests::{case, context},
        slate::tests::{DAY, epoch},
    };

    const RECIPIENT: Pubkey = Pubkey::new_from_array([7; 32]);
    const PROPOSER: Pubkey = Pubkey::new_from_array([8; 32]);

    fn award() -> Action {
        Action::Award(AwardTerms {
            category: 0,
            checkpoints: 0,
            recipient: RECIPIENT,
            amount: 50,
            duration_secs: 86_400,
            cliff_secs: 0,
        })
    }

    fn act() -> Action {
        Action::SetRole { role: Role::Guardian, holder: Pubkey::default() }
    }

    #[test]
    fn an_award_is_accepted_once_in_time_and_by_its_recipient() {
        let (_, head) = epoch();
        let open = head.opened_at;
        let refused = |case: &Case, key: &Pubkey| {
            acceptable(&context(), case, key).err().map(|why| why.to_string()).unwrap_or_default()
        };
        let waiting = |entry: &mut Entry| entry.flags = 0;
        assert_eq!(refused(&case(award(), waiting, open), &RECIPIENT), "");
        let why = refused(&case(award(), waiting, open), &PROPOSER);
        assert!(why.contains("only its recipient can accept entry 0 of epoch 0 (Docs)"), "{why}");
        let why = refused(&case(award(), |_| {}, open), &RECIPIENT);
        assert!(why.contains("has been accepted already"), "{why}");
        let withdrawn = |entry: &mut Entry| {
            entry.flags = 0;
            entry.outcome = Outcome::Withdrawn.into();
        };
        let why = refused(&case(award(), withdrawn, open), &RECIPIENT);
        assert!(why.contains("has been withdrawn"), "{why}");
        let why = refused(&case(award(), waiting, head.voting_opens_at), &RECIPIENT);
        assert!(why.contains("too late to accept"), "{why}");
        let why = refused(&case(act(), waiting, open), &RECIPIENT);
        assert!(why.contains("is an act"), "{why}");
    }

    #[test]
    fn a_proposal_is_withdrawn_once_in_time_and_by_its_proposer() {
        let (_, head) = epoch();
        let open = head.opened_at;
        let refused = |case: &Case, key: &Pubkey| {
            withdrawable(&context(), case, key).err().map(|why| why.to_string()).unwrap_or_default()
        };
        assert_eq!(refused(&case(act(), |_| {}, open), &PROPOSER), "");
        let why = refused(&case(act(), |_| {}, open), &RECIPIENT);
        assert!(why.contains("only its proposer can withdraw"), "{why}");
        let why = refused(&case(act(), |_| {}, head.voting_opens_at), &PROPOSER);
        assert!(why.contains("too late to withdraw"), "{why}");
        let withdrawn = |entry: &mut Entry| entry.outcome = Outcome::Withdrawn.into();
        let why = refused(&case(act(), withdrawn, open), &PROPOSER);
        assert!(why.contains("withdrawn already"), "{why}");
        let mut closed = case(act(), |_| {}, open);
        closed.proposal = None;
        assert!(refused(&closed, &PROPOSER).contains("has been closed"));
    }

    #[test]
    fn the_guardian_stops_awards_and_policy_within_the_timelock_only() {
        let settled_at = 2_000_000;
        let settled = |action, outcome: Outcome, now| {
            let mut case = case(action, |entry| entry.outcome = outcome.into(), now);
            case.round.head.settled_at = settled_at;
            case
        };
        let funded = settled(award(), Outcome::Funded, settled_at + DAY - 1);
        assert_eq!(vetoable(&funded).unwrap(), settled_at + DAY);
        for (case, wanted) in [
            (settled(award(), Outcome::Funded, settled_at + DAY), "its timelock ended "),
            (settled(act(), Outcome::Approved, settled_at), "is beyond the guardian"),
            (settled(act(), Outcome::Approved, settled_at + DAY), "beyond the guardian"),
            (settled(award(), Outcome::Executed, settled_at), "cannot be vetoed: executed"),
        ] {
            let why = vetoable(&case).unwrap_err().to_string();
            assert!(why.contains(wanted), "{wanted}: {why}");
        }
    }
}
