//! Paying, holding, lapsing and closing streams.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_rules::{
    bps::share_ceil,
    review::{Stage, lapses_at},
};
use community_budget::state::Stream;

use super::{
    Planner, Reason, Way,
    when::{HORIZON_SECS, first_after, first_in},
};
use crate::{Crank, Payee};

impl Planner<'_> {
    pub(super) fn streams(&mut self) {
        let view = self.view;
        for (key, stored) in &view.streams {
            let mut stream = *stored;
            // As every instruction that reads it does first.
            if stream.pass_by_silence(view.now).is_err() {
                continue;
            }
            self.hold(key, &stream);
            self.lapse(key, &stream);
            self.withdraw(key, &stream);
            self.close_reviews(key, &stream);
            if stored.is_finished() && stored.open_reviews == 0 {
                let (recipient, rent_payer) = (stream.recipient, stream.rent_payer);
                let instruction = view.community.close_stream(*key, recipient, rent_payer);
                let why = format!("{} has paid or returned everything", named(&stream));
                self.due(Crank::CloseStream, *key, None, why, vec![instruction]);
            }
        }
    }

    fn hold(&mut self, key: &Pubkey, stream: &Stream) {
        let overdue = |at: i64| {
            let mut stream = *stream;
            stream.pass_by_silence(at).is_ok()
                && matches!(stream.stage(at), Ok(Stage::Overdue { .. }))
        };
        if !overdue(self.view.now) {
            if let Some(at) = first_after(self.view.now, overdue) {
                self.later(Crank::HoldStream, at, || named(stream));
            }
            return;
        }
        let mut held = *stream;
        let since = held.hold_overdue(self.view.now).ok().map(|()| held.held_at);
        let why = format!("no update came at checkpoint {} of {}", stream.passed, named(stream));
        let instruction = self.view.community.hold_stream(*key, stream.recipient);
        self.due(Crank::HoldStream, *key, since, why, vec![instruction]);
    }

    /// Unix seconds from which a held stream lapses, as early as any epoch shows, and that epoch;
    /// none when it lapses by itself.
    pub(super) fn lapse_of(&self, stream: &Stream) -> Option<(i64, Option<u32>)> {
        let by_itself = (lapses_at(stream.held_at, None, stream.hold_limit_secs)?, None);
        let standstill = self.view.treasury.standstill_secs(self.view.now).ok()?;
        let could_rule =
            self.view.epochs.values().filter(|epoch| {
                epoch.head.settled_at != 0 && epoch.head.opened_at > stream.held_at
            });
        let by_epoch = could_rule.filter_map(|epoch| {
            let grace_ends_at = epoch.head.grace_ends_at(standstill);
            let at = lapses_at(stream.held_at, grace_ends_at, stream.hold_limit_secs)?;
            Some((at, Some(epoch.head.index)))
        });
        by_epoch.chain([by_itself]).min_by_key(|(at, _)| *at)
    }

    fn lapse(&mut self, key: &Pubkey, stream: &Stream) {
        if stream.held_at == 0 || stream.ended_at != 0 || self.ruled.contains(key) {
            return;
        }
        let Some((at, epoch)) = self.lapse_of(stream) else { return };
        if self.view.now < at {
            self.later(Crank::LapseStream, at, || named(stream));
            return;
        }
        let why = format!("no vote ruled in time on {}", named(stream));
        let instruction = self.view.community.lapse_stream(*key, stream.recipient, epoch);
        self.due(Crank::LapseStream, *key, Some(at), why, vec![instruction]);
    }

    fn close_reviews(&mut self, key: &Pubkey, stream: &Stream) {
        let view = self.view;
        for (address, review) in view.reviews.iter().filter(|(_, it)| it.stream == *key) {
            let checkpoint = review.checkpoint;
            if stream.is_decided(checkpoint) {
                let why = format!("checkpoint {checkpoint} of {} is decided", named(stream));
                let close = view.community.close_review(*key, checkpoint, review.rent_payer);
                self.due(Crank::CloseReview, *address, None, why, vec![close]);
            }
        }
    }

    fn withdraw(&mut self, key: &Pubkey, stream: &Stream) {
        let now = self.view.now;
        let Ok(claimable) = stream.claimable(now) else { return };
        let share = share_ceil(stream.total, self.settings.min_payout_bps).unwrap_or(0);
        let worth = self.settings.min_payout.max(share).max(1);
        // The rest before an end or a checkpoint is paid however small it is.
        let far = now.saturating_add(HORIZON_SECS);
        let at_most = stream.claimable(far).unwrap_or(claimable);
        let worth = worth.min(at_most);
        let is_worth_it = |at: i64| stream.claimable(at).is_ok_and(|claim| claim >= worth);
        if worth == 0 {
            return;
        }
        if !is_worth_it(now) {
            if let Some(at) = first_after(now, is_worth_it) {
                self.later(Crank::WithdrawStream, at, || named(stream));
            }
            return;
        }
        let before = stream.started_at.saturating_sub(1);
        let since = first_in(before, now, is_worth_it);
        let Some(instructions) = self.payment(key, stream) else { return };
        let drawn = |at: i64| {
            let mut books = self.books;
            let claimable = stream.claimable(at).ok()?;
            let amount = books.draw(claimable, at, |delay| stream.overdue(at, delay)).ok()?;
            Some((books, amount))
        };
        let Some((books, amount)) = drawn(now) else { return };
        if amount < worth {
            let why = format!(
                "the outflow limit lets {amount} of {claimable} base units of {} through",
                named(stream)
            );
            let at = first_after(now, |at| drawn(at).is_some_and(|(_, amount)| amount >= worth));
            self.hindered(Crank::WithdrawStream, *key, Reason::OutflowLimited, why);
            if let Some(at) = at {
                self.later(Crank::WithdrawStream, at, || named(stream));
            }
            return;
        }
        self.books = books;
        let why = format!("{} can be paid {amount} base units", named(stream));
        self.due(Crank::WithdrawStream, *key, since, why, instructions);
    }

    /// How the stream can pay: to its payout account, else to the recipient's own.
    fn payment(&mut self, key: &Pubkey, stream: &Stream) -> Option<Vec<Instruction>> {
        let community = self.view.community;
        let (payout, own) = (stream.payout_account, community.budget_account(&stream.recipient));
        let judged = Payee::of(self.view.tokens.get(&payout), &community, |owner| {
            *owner != community.treasury
        });
        if judged == Payee::Payable {
            return Some(vec![community.withdraw_stream(*key, payout, None)]);
        }
        let blocked = (payout != own).then_some(payout);
        let payee = if blocked.is_some() { self.own_account(&stream.recipient) } else { judged };
        let pay = community.withdraw_stream(*key, own, blocked);
        match self.way(payee, &stream.recipient) {
            Way::Open => Some(vec![pay]),
            Way::Create(create) => Some(vec![create, pay]),
            Way::Barred(reason) => {
                let why = format!(
                    "{} has something to pay, but its payout account {payout} {}; only its recipient \
                     can choose another",
                    named(stream),
                    judged.in_words()
                );
                self.hindered(Crank::WithdrawStream, *key, reason, why);
                None
            }
        }
    }
}

fn named(stream: &Stream) -> String {
    format!("the stream of entry {} of epoch {}", stream.entry_index, stream.epoch_index)
}
