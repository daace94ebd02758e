//! What is executed, what becomes of streams, and what they pay.

use anchor_lang::prelude::Pubkey;
use budget_tests::{DAY, Outcome};
use community_budget::{
    ScoreUpdateArgs,
    state::{Action, BudgetEpoch, Ruling},
};

use super::{
    Books, Step,
    accounts::Epoch,
    stream::{StreamBook, Waits},
};

/// Shortest time between a settlement and any execution, hard-coded (P3).
const ANY_TIMELOCK: i64 = DAY;

impl Books {
    /// P3, R6, R11: the entry waits for its execution, its timelock has run, its grace has not.
    fn assert_executable(&mut self, step: &Step<'_>, key: &Pubkey, index: u8, waiting: Outcome) {
        let epoch = &step.before.epochs[key];
        let (header, entry) = (&epoch.header, epoch.slate[usize::from(index)]);
        assert!(entry.is(waiting), "I21: entry {index} waits for its execution");
        let timelock = i64::from(header.policy.tiers.rules[usize::from(entry.tier)].timelock_secs);
        assert!(timelock >= ANY_TIMELOCK, "P3: {timelock}");
        let waited = step.now - header.settled_at;
        assert!(waited >= timelock, "P3: executed {waited} seconds after the settlement");
        assert!(self.within_grace(header, step.now), "I21: executed after the grace");
        let count = self.executed.entry((header.index, index)).or_default();
        *count += 1;
        assert_eq!(*count, 1, "I21: entry {index} executed twice");
    }

    /// Whether the grace of a settled epoch still runs: it does not while executions are blocked.
    pub fn within_grace(&self, header: &BudgetEpoch, now: i64) -> bool {
        let grace = i64::from(header.policy.schedule.execution_grace_secs);
        let blocked = self.treasury.blocked_secs(header.settled_at, now);
        now - header.settled_at - blocked < grace
    }

    pub(super) fn execute_award(&mut self, step: &Step<'_>) {
        let (key, proposal) = (step.key(2), &step.before.proposals[&step.key(3)]);
        self.assert_executable(step, &key, proposal.index, Outcome::Funded);
        assert!(!self.treasury.is_blocked(step.now), "R11: executed while blocked");
        let header = &step.before.epochs[&key].header;
        let stream = &step.after.streams[&step.key(5)];
        let Action::Award(terms) = &proposal.terms.action else { panic!("an award") };
        let own = (stream.recipient, stream.total, stream.duration_secs, stream.cliff_secs);
        let voted = (terms.recipient, terms.amount, terms.duration_secs, terms.cliff_secs);
        assert_eq!(own, voted, "I21: what was voted is what streams");
        let own = (stream.checkpoints, stream.category, stream.started_at);
        assert_eq!(own, (terms.checkpoints, terms.category, step.now), "I21");
        let payout = step.community.budget_account(&terms.recipient);
        assert_eq!(stream.payout_account, payout, "R7: pays the recipient");
        let risky = header.policy.risk.categories[usize::from(terms.category)].class != 0;
        let book = StreamBook::new(stream, header.policy.review, risky);
        self.streams.insert(step.key(5), book);
        let history = self.history(terms.recipient);
        history.streams += 1;
        history.awarded += terms.amount;
    }

    pub(super) fn execute_act(&mut self, step: &Step<'_>) {
        let (key, proposal) = (step.key(1), &step.before.proposals[&step.key(2)]);
        self.assert_executable(step, &key, proposal.index, Outcome::Approved);
        let action = &proposal.terms.action;
        let target = usize::from(action.target());
        let then = step.before.epochs[&key].header.target_changes[target];
        assert_eq!(self.treasury.changes[target], then, "R14: the target has not changed");
        match action {
            Action::SetPolicy(patch) => {
                assert!(step.is(&["execute_set_policy"]));
                assert!(!self.treasury.is_blocked(step.now), "R11: executed while blocked");
                patch.apply(&mut self.treasury.policy);
                assert!(self.treasury.policy.check().is_ok(), "R14: within the hard bounds");
                self.treasury.changes[target] += 1;
            }
            Action::SetRole { role, holder } => {
                assert!(step.is(&["execute_set_role"]));
                self.treasury.roles[usize::from(u8::from(*role))] = *holder;
                self.treasury.changes[target] += 1;
            }
            Action::ClearBreaker => {
                assert!(step.is(&["execute_clear_breaker"]));
                assert!(self.treasury.is_tripped(step.now), "R11: there is a trip to clear");
                self.treasury.clear(step.before.treasury.tracked, step.now);
            }
            Action::WriteOff { category, amount } => {
                assert!(step.is(&["execute_write_off"]));
                self.treasury.write_off(*amount, *category);
            }
            other => panic!("{} executed {other:?}", step.name),
        }
    }

    pub(super) fn rule(&mut self, step: &Step<'_>) {
        let (key, proposal, at) = (step.key(1), &step.before.proposals[&step.key(2)], step.key(3));
        self.assert_executable(step, &key, proposal.index, Outcome::Approved);
        let Action::RuleOnStream { stream, ruling } = proposal.terms.action else {
            panic!("a ruling")
        };
        assert_eq!(stream, at, "R14: the ruling is about this stream");
        let header = &step.before.epochs[&key].header;
        let recipient = step.after.streams[&at].recipient;
        let book = self.stream(step, 3);
        assert!(book.ruled_at < header.settled_at, "R14: another ruling came between");
        book.pass_by_silence(step.now);
        assert_eq!(book.ended_at(), 0, "R8: over is over");
        let (released, was_held) = (book.released(step.now), book.is_held());
        match ruling {
            Ruling::Resume { checkpoint } => {
                assert!(book.is_held() && book.passed(step.now) == checkpoint, "R8: held there");
                book.resume(step.now);
            }
            Ruling::Reduce { keep_bps } => {
                book.reduce(keep_bps, &step.after.streams[&at], step.now);
            }
            Ruling::Cancel => {
                book.end(step.now);
            }
        }
        book.ruled_at = step.now;
        assert_eq!(book.released(step.now), released, "P4: a ruling releases and takes nothing");
        if ruling == Ruling::Cancel {
            self.history(recipient).cancelled += 1;
        }
        let (kind, held) = match ruling {
            Ruling::Resume { .. } => ("resumed", was_held),
            Ruling::Reduce { .. } => ("reduced", was_held),
            Ruling::Cancel => ("cancelled", was_held),
        };
        self.notice(&format!("R8 {kind}, {}", if held { "held" } else { "running" }), true);
    }

    /// A funded or approved entry will not be executed: its time is over, or the guardian stopped it.
    pub(super) fn drop_entry(&mut self, step: &Step<'_>, epoch_at: usize) {
        let index: u8 = step.args();
        let epoch: &Epoch = &step.before.epochs[&step.key(epoch_at)];
        let (header, entry) = (&epoch.header, epoch.slate[usize::from(index)]);
        assert!(entry.is(Outcome::Funded) || entry.is(Outcome::Approved), "I19");
        if step.is(&["lapse_proposal"]) {
            assert!(!self.within_grace(header, step.now), "I21: lapsed within the grace");
        } else {
            let kind = &step.before.proposals.values();
            let own = kind.clone().find(|p| p.epoch == step.key(epoch_at) && p.index == index);
            let action = &own.expect("the proposal waits").terms.action;
            let reachable = matches!(action, Action::Award(_) | Action::SetPolicy(_));
            assert!(reachable, "R15: no veto reaches {action:?}");
            let timelock = header.policy.tiers.rules[usize::from(entry.tier)].timelock_secs;
            assert!(step.now < header.settled_at + i64::from(timelock), "R15: vetoed too late");
        }
        let outflow = self.treasury.outflow[&header.index];
        self.notice("R10 outflow that never began", entry.amount > 0 && outflow > 0);
        self.treasury.drop_outflow(header.index, step.before.treasury.epoch_count, entry.amount);
    }

    pub(super) fn score(&mut self, step: &Step<'_>) {
        let args: ScoreUpdateArgs = step.args();
        let recipient = step.before.streams[&step.key(2)].recipient;
        let book = self.stream(step, 2);
        assert_eq!(book.waits(step.now), Waits::Verdict, "R8: it waits for the reviewer");
        let back = book.score(args.score_bps, step.now);
        let held = book.is_held();
        self.notice("R8 verdict that holds", held);
        self.notice("R8 verdict that scales", back > 0);
        let review = &step.after.reviews[&step.key(3)];
        assert_eq!((review.scored, review.score_bps), (1, args.score_bps), "R8: the verdict stays");
        assert_eq!(review.evidence_hash, args.evidence_hash, "the evidence that was seen");
        let history = self.history(recipient);
        history.scored += 1;
        history.score_sum += u32::from(args.score_bps);
    }

    pub(super) fn hold(&mut self, step: &Step<'_>) {
        let recipient = step.before.streams[&step.key(1)].recipient;
        let book = self.stream(step, 1);
        assert_eq!(book.waits(step.now), Waits::Hold, "R8: its update is overdue");
        book.hold(step.now);
        self.history(recipient).missed += 1;
    }

    /// R8: a hold lapses after the grace of an epoch that could have ruled on it, or after 180 days.
    pub(super) fn lapse_stream(&mut self, step: &Step<'_>) {
        let stream = &step.before.streams[&step.key(1)];
        let held_at = self.streams[&step.key(1)].held_at();
        assert!(held_at > 0, "R8: only a held stream lapses");
        let ruled = step.before.epochs.values().any(|epoch| {
            let header = &epoch.header;
            let blocked = self.treasury.blocked_secs(header.settled_at, step.now);
            let grace = i64::from(header.policy.schedule.execution_grace_secs) + blocked;
            let limit = i64::from(stream.hold_limit_secs);
            header.settled_at > 0
                && header.opened_at > held_at
                && step.now >= header.settled_at + grace + limit
        });
        assert!(ruled || step.now >= held_at + 180 * DAY, "R8: lapsed too early");
        self.stream(step, 1).end(step.now);
        self.history(stream.recipient).cancelled += 1;
    }

    pub(super) fn pause_stream(&mut self, step: &Step<'_>) {
        let secs: u32 = step.args();
        let limit = i64::from(self.treasury.in_force.breaker.guardian_pause_secs);
        let book = self.stream(step, 2);
        book.pass_by_silence(step.now);
        assert!(!book.is_held() && book.ended_at() == 0, "R11: neither held nor over");
        book.pause(secs, step.now);
        assert!(book.pause_used <= limit.min(14 * DAY), "R11: paused for {}", book.pause_used);
    }

    /// P4, R11: a claim pays what the bucket allows, and at least what has waited too long.
    pub(super) fn claim(&mut self, step: &Step<'_>) {
        let (key, now, paid) = (step.key(1), step.now, step.paid());
        self.stream(step, 1).pass_by_silence(now);
        let book = &self.streams[&key];
        let (least, most) = self.claim_bounds(book, now);
        assert!(paid >= least, "P4: {key} paid {paid} of {least}");
        assert!(paid <= most, "I3: {key} paid {paid} of {most} claimable");
        let delay = i64::from(self.treasury.in_force.breaker.max_payout_delay_secs);
        let bent = book.has_bent_since(now - delay);
        let (limited, level) = (paid < most, self.treasury.level(now));
        assert!(bent || paid == least, "R11: {key} paid {paid} instead of {least}");
        let (category, is_risk) = (step.before.streams[&key].category, book.is_risk);
        self.stream(step, 1).withdrawn += paid;
        self.treasury.pay_out(paid, category, is_risk, now);
        self.notice("R11 claim that the bucket limits", limited);
        self.notice("P4 claim beyond the bucket", paid > level);
        self.notice("P4 claim soon after a bend", bent && paid > level);
        self.notice("R9 claim at risk", is_risk);
    }

    pub(super) fn close_stream(&mut self, step: &Step<'_>) {
        let book = self.streams.remove(&step.key(1)).expect("the stream is in the books");
        assert_eq!(book.withdrawn + book.returned, book.total, "I4: {} closed", step.key(1));
        let history = self.history(step.before.streams[&step.key(1)].recipient);
        history.paid += book.withdrawn;
        history.returned += book.returned;
    }
}
