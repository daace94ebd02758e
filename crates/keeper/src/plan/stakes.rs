//! Weights: measured anew before voting freezes them, and taken out where nobody votes with them.

use community_budget::{constants::DORMANT_EPOCHS, state::Stake};

use super::Planner;
use crate::Crank;

impl Planner<'_> {
    pub(super) fn stakes(&mut self) {
        let view = self.view;
        if view.treasury.is_voting(view.now) {
            return;
        }
        for stake in &view.stakes {
            if self.is_asleep(stake) {
                self.mark_dormant(stake);
            } else if view.treasury.epoch_active != 0 {
                // Between settlement and the next opening, participation is still being noted.
                self.refresh(stake);
            }
        }
    }

    /// Whether a change of weight by `difference` is worth a transaction.
    fn matters(&self, difference: u64) -> bool {
        let total = u128::from(self.view.treasury.total_weight);
        let least = total * u128::from(self.settings.min_weight_ppm) / 1_000_000;
        difference > 0 && u128::from(difference) >= least
    }

    fn refresh(&mut self, stake: &Stake) {
        let view = self.view;
        // Closing its record would count one epoch more.
        if view.records.iter().any(|record| record.head.owner == stake.owner) {
            return;
        }
        let mut measured = *stake;
        let Ok(change) = measured.refresh(&view.treasury.moment(view.now)) else { return };
        if self.matters(change.old.abs_diff(change.new)) {
            let why = format!(
                "the stake of {} weighs {} by today's terms and not {}",
                stake.owner, change.new, change.old
            );
            let instruction = view.community.refresh_stake(stake.owner);
            let (key, since) = (view.community.stake(&stake.owner), view.treasury.last_opened_at);
            self.due(Crank::RefreshStake, key, Some(since), why, vec![instruction]);
        }
    }

    /// R2, as `mark_dormant` proves it: nothing noted in the last eight settled epochs, no record of
    /// them, and untouched since before.
    fn is_asleep(&self, stake: &Stake) -> bool {
        let view = self.view;
        let settled = view.treasury.settled_epochs();
        let Some(since) = settled.checked_sub(DORMANT_EPOCHS) else { return false };
        let participation = stake.participation_record();
        let voted = |index: u32| {
            let mut records = view.records.iter();
            participation.took_part(index)
                || records.any(|it| it.epoch == index && it.head.owner == stake.owner)
        };
        stake.dormant == 0 && stake.touched_epoch <= since && !(since..settled).any(voted)
    }

    fn mark_dormant(&mut self, stake: &Stake) {
        if !self.matters(stake.weight) {
            return;
        }
        let view = self.view;
        let why = format!("{} has not voted for {DORMANT_EPOCHS} epochs", stake.owner);
        let settled = view.treasury.settled_epochs();
        let instruction = view.community.mark_dormant(stake.owner, settled);
        let key = view.community.stake(&stake.owner);
        self.due(Crank::MarkDormant, key, None, why, vec![instruction]);
    }
}
