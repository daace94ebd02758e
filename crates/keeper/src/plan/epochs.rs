//! Settling, opening and closing epochs; breaker and surplus.

use bytemuck::Zeroable;
use community_budget::state::{BudgetEpoch, Phase};

use super::{Planner, Reason};
use crate::{Crank, view::EpochView};

impl Planner<'_> {
    pub(super) fn epochs(&mut self) {
        self.trip();
        let view = self.view;
        for epoch in view.epochs.values() {
            if epoch.head.settled_at == 0 {
                self.settle(epoch);
            } else {
                self.close(epoch);
            }
        }
        if view.treasury.epoch_active == 0 {
            self.absorb();
            self.open();
        }
    }

    fn settle(&mut self, epoch: &EpochView) {
        let (index, at) = (epoch.head.index, epoch.head.voting_closes_at);
        if epoch.head.phase(self.view.now) == Phase::Tallying {
            let why = format!("voting of epoch {index} has closed");
            let instruction = self.view.community.settle_epoch(index);
            self.due(Crank::SettleEpoch, epoch.key, Some(at), why, vec![instruction]);
        } else {
            self.later(Crank::SettleEpoch, at, || format!("epoch {index}"));
        }
    }

    fn trip(&mut self) {
        let mut books = self.view.treasury;
        let Ok(cause) = books.trip(self.view.now) else { return };
        if self.wants(Crank::TripBreaker) {
            self.books = books;
        }
        let why = format!("the breaker's condition holds: {cause:?}");
        let community = &self.view.community;
        let instruction = community.trip_breaker();
        self.due(Crank::TripBreaker, community.treasury, None, why, vec![instruction]);
    }

    fn absorb(&mut self) {
        let (view, community) = (self.view, &self.view.community);
        let surplus = view.vault_balance.saturating_sub(view.treasury.tracked);
        if surplus >= self.settings.min_surplus.max(1) {
            let why = format!("the vault holds {surplus} base units that are not accounted for");
            let instruction = community.absorb_surplus();
            self.due(Crank::AbsorbSurplus, community.treasury, None, why, vec![instruction]);
        }
    }

    fn open(&mut self) {
        let (view, treasury) = (self.view, &self.view.treasury);
        let index = treasury.epoch_count;
        let mut at = treasury.first_open_at;
        if index > 0 {
            let period = i64::from(treasury.policy.schedule.period_secs);
            at = at.max(treasury.last_opened_at.saturating_add(period));
        }
        if view.now < at {
            self.later(Crank::OpenEpoch, at, || format!("epoch {index}"));
            return;
        }
        let (community, key) = (&view.community, view.community.epoch(index));
        let mut head = Box::new(BudgetEpoch::zeroed());
        head.policy = treasury.policy;
        let free = treasury.free().unwrap_or(0);
        if head.set_budget(free).is_err() {
            let least = treasury.policy.budget.min_cap;
            let why = format!("{free} free base units allow a cap below the minimum of {least}");
            self.hindered(Crank::OpenEpoch, key, Reason::CapBelowMinimum, why);
            return;
        }
        // No epoch opens before the last one is settled.
        let settled_at = view.epochs.values().map(|epoch| epoch.head.settled_at).max();
        let since = at.max(settled_at.unwrap_or(at));
        let why = format!("epoch {index} may be opened, with a cap of {}", head.cap);
        let instruction = community.open_epoch(self.payer, index);
        self.due(Crank::OpenEpoch, key, Some(since), why, vec![instruction]);
    }

    fn close(&mut self, epoch: &EpochView) {
        let (head, index) = (&epoch.head, epoch.head.index);
        let is_empty = head.vote_record_count == 0 && head.open_proposals == 0;
        // A held stream lapses by an epoch that could have ruled on it. Without that account it would
        // stay held for the longest time that there is.
        if is_empty && !self.shows_a_hold_over(epoch) {
            let at = epoch.closes_at(self.settings);
            if self.view.now < at {
                self.later(Crank::CloseEpoch, at, || format!("epoch {index}"));
                return;
            }
            let why = format!("epoch {index} is settled and empty");
            let instruction = self.view.community.close_epoch(index, head.rent_payer);
            self.due(Crank::CloseEpoch, epoch.key, None, why, vec![instruction]);
        } else {
            self.reclaim(epoch);
        }
    }

    /// Frees unclaimed rewards, unless the epoch is about to be closed, which frees them as well.
    fn reclaim(&mut self, epoch: &EpochView) {
        let (head, index) = (&epoch.head, epoch.head.index);
        let left = head.reward_pool.saturating_sub(head.rewards_paid);
        let Some(at) = head.claims_end_at().filter(|_| left > 0) else { return };
        if self.view.now < at {
            self.later(Crank::ReclaimRewards, at, || format!("epoch {index}"));
            return;
        }
        let closings = [Crank::CloseVoteRecord, Crank::CloseProposal, Crank::CloseEpoch];
        let stays = epoch.entries.iter().any(|entry| entry.awaits_execution())
            || self.view.now < epoch.closes_at(self.settings)
            || closings.iter().any(|crank| !self.wants(*crank))
            || self.shows_a_hold_over(epoch);
        if stays {
            let why = format!("{left} base units of epoch {index}'s rewards were not claimed");
            let instruction = self.view.community.reclaim_rewards(index);
            self.due(Crank::ReclaimRewards, epoch.key, Some(at), why, vec![instruction]);
        }
    }

    /// Whether a held stream lapses earliest by this epoch.
    fn shows_a_hold_over(&self, epoch: &EpochView) -> bool {
        let view = self.view;
        let held = view.streams.iter().filter(|(_, stream)| stream.held_at != 0);
        let mut deciding = held.filter_map(|(_, stream)| self.lapse_of(stream)?.1);
        deciding.any(|index| index == epoch.head.index)
    }
}
