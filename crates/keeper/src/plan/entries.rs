//! Executing what was funded or approved, and letting go what nobody executed in time.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_client::address;
use community_budget::state::{Action, ActionKind, Entry, Outcome, Proposal, Stream};

use super::{Planner, Reason, name_of};
use crate::{Crank, View, view::EpochView};

/// Something that waits for its execution.
struct Waiting<'a> {
    epoch: &'a EpochView,
    index: u8,
    entry: &'a Entry,
    proposal: Pubkey,
}

impl Waiting<'_> {
    /// The stream that it rules on, if it does.
    fn ruled_on(&self, view: &View) -> Option<Pubkey> {
        let (_, proposal) = view.proposals.iter().find(|(key, _)| *key == self.proposal)?;
        match proposal.terms.action {
            Action::RuleOnStream { stream, .. } => Some(stream),
            _ => None,
        }
    }
}

impl Planner<'_> {
    pub(super) fn entries(&mut self) {
        let view = self.view;
        for epoch in view.epochs.values().filter(|epoch| epoch.head.settled_at != 0) {
            for (index, entry) in (0u8..).zip(&epoch.entries) {
                if entry.awaits_execution() {
                    let proposal = address::proposal(&epoch.key, index);
                    self.entry(&Waiting { epoch, index, entry, proposal });
                }
            }
        }
    }

    fn entry(&mut self, waiting: &Waiting<'_>) {
        let (view, head) = (self.view, &waiting.epoch.head);
        let standstill = view.treasury.standstill_secs(view.now).ok();
        let grace_ends_at = standstill.and_then(|secs| head.grace_ends_at(secs));
        let times = head.executable_at(waiting.entry.tier).zip(grace_ends_at);
        let Some((executable_at, grace_ends_at)) = times else { return };
        let what = || format!("entry {} of epoch {}", waiting.index, head.index);
        if view.now >= grace_ends_at {
            let why = format!("nobody executed {} within its grace", what());
            let instruction = view.community.lapse_proposal(head.index, waiting.index);
            let (crank, subject) = (Crank::LapseProposal, waiting.proposal);
            self.due(crank, subject, Some(grace_ends_at), why, vec![instruction]);
            return;
        }
        self.later(Crank::LapseProposal, grace_ends_at, what);
        let crank = execution_of(waiting.entry);
        if view.now < executable_at {
            self.later(crank, executable_at, what);
            return;
        }
        let mut since = executable_at;
        if matches!(crank, Crank::ExecuteAward | Crank::ExecuteSetPolicy) {
            let standstill = self.books.standstill();
            if standstill.is_on(view.now) {
                let why = format!("breaker or guardian block the execution of {}", what());
                self.hindered(crank, waiting.proposal, Reason::ExecutionBlocked, why);
                self.later(crank, standstill.until, what);
                return;
            }
            since = since.max(standstill.until.min(view.now));
        }
        match self.execution(waiting) {
            Ok(instruction) => {
                self.ruled.extend(waiting.ruled_on(view));
                let why = format!("the timelock of {} has run", what());
                self.due(crank, waiting.proposal, Some(since), why, vec![instruction]);
            }
            Err(error) => {
                let why = format!(
                    "{} cannot be carried out any more ({error}); it lapses at the end of its grace",
                    what()
                );
                self.hindered(crank, waiting.proposal, Reason::NotExecutable, why);
            }
        }
    }

    /// The instruction that executes it, or the name of what refuses it.
    fn execution(&self, waiting: &Waiting<'_>) -> Result<Instruction, String> {
        let (view, head, index) = (self.view, &waiting.epoch.head, waiting.index);
        let community = &view.community;
        let found = view.proposals.iter().find(|(key, _)| *key == waiting.proposal);
        let Some((_, proposal)) = found else { return Err("its proposal is gone".to_owned()) };
        let is_award = waiting.entry.is_award();
        let outcome = if is_award { Outcome::Funded } else { Outcome::Approved };
        let standstill = view.treasury.standstill_secs(view.now).map_err(name_of)?;
        head.executable(&waiting.epoch.entries, index, outcome, standstill, view.now)
            .map_err(name_of)?;
        let epoch = head.index;
        match &proposal.terms.action {
            Action::Award(terms) => {
                return Ok(community.execute_award(self.payer, epoch, index, terms.recipient));
            }
            Action::RuleOnStream { stream, .. } => {
                let recipient = self.ruled(waiting, proposal, stream)?;
                return Ok(community.execute_stream_ruling(epoch, index, *stream, recipient));
            }
            _ => {}
        }
        let target = proposal.terms.action.target();
        view.treasury.require_unchanged(head, target).map_err(name_of)?;
        Ok(match &proposal.terms.action {
            Action::SetRole { .. } => community.execute_set_role(epoch, index),
            Action::WriteOff { .. } => community.execute_write_off(epoch, index),
            Action::ClearBreaker => {
                let mut books = view.treasury;
                books.clear_breaker(view.now).map_err(name_of)?;
                community.execute_clear_breaker(epoch, index)
            }
            // Whether the policy as a whole is sound, the program says when it is asked.
            _ => community.execute_set_policy(epoch, index),
        })
    }

    /// The recipient of the stream that is ruled on, if the ruling can be carried out.
    fn ruled(
        &self,
        waiting: &Waiting<'_>,
        proposal: &Proposal,
        key: &Pubkey,
    ) -> Result<Pubkey, String> {
        let Action::RuleOnStream { ruling, .. } = &proposal.terms.action else {
            return Err("WrongAction".to_owned());
        };
        let found = self.view.streams.iter().find(|(stream, _)| stream == key);
        let Some((_, stream)) = found else { return Err("its stream is closed".to_owned()) };
        if stream.ruled_at >= waiting.epoch.head.settled_at {
            return Err("TargetChanged".to_owned());
        }
        let mut after: Stream = *stream;
        // A step of this very plan may hold it first.
        let _ = after.hold_overdue(self.view.now);
        after.rule(*ruling, self.view.now).map_err(name_of)?;
        Ok(stream.recipient)
    }
}

fn execution_of(entry: &Entry) -> Crank {
    let is = |kind: ActionKind| entry.action == u8::from(kind);
    if is(ActionKind::Award) {
        Crank::ExecuteAward
    } else if is(ActionKind::SetRole) {
        Crank::ExecuteSetRole
    } else if is(ActionKind::RuleOnStream) {
        Crank::ExecuteStreamRuling
    } else if is(ActionKind::ClearBreaker) {
        Crank::ExecuteClearBreaker
    } else if is(ActionKind::WriteOff) {
        Crank::ExecuteWriteOff
    } else {
        Crank::ExecuteSetPolicy
    }
}
