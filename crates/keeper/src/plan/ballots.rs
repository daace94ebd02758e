//! Rewards and bonds, and the rent of vote records and proposals.

use anchor_lang::prelude::Pubkey;
use community_budget::{constants::UNPAYABLE_BOND_PERIODS, state::Proposal};

use super::{Planner, Way};
use crate::{
    Crank,
    view::{EpochView, RecordView},
};

impl Planner<'_> {
    pub(super) fn ballots(&mut self) {
        let view = self.view;
        for epoch in view.epochs.values().filter(|epoch| epoch.head.settled_at != 0) {
            let at = epoch.closes_at(self.settings);
            let is_open = view.now < at;
            for record in view.records.iter().filter(|it| it.epoch == epoch.head.index) {
                if is_open {
                    self.later(Crank::CloseVoteRecord, at, || vote_of(record));
                } else {
                    self.record(epoch, record);
                }
            }
            for (key, proposal) in view.proposals.iter().filter(|(_, it)| it.epoch == epoch.key) {
                let entry = epoch.entries.get(usize::from(proposal.index));
                if !entry.is_some_and(|entry| entry.is_final()) {
                    continue;
                }
                if is_open {
                    self.later(Crank::CloseProposal, at, || asked(epoch, proposal));
                } else {
                    self.proposal(epoch, key, proposal);
                }
            }
        }
    }

    fn record(&mut self, epoch: &EpochView, record: &RecordView) {
        let (view, owner) = (self.view, record.head.owner);
        let close = view.community.close_vote_record(record.epoch, owner, record.head.rent_payer);
        let closes_at = epoch.closes_at(self.settings);
        let claims = epoch.head.reward(record.head.weight, record.covered);
        let Some((reward, claims_end_at)) = claims.zip(epoch.head.claims_end_at()) else { return };
        if reward == 0 || view.now >= claims_end_at {
            let why = format!("{} earns nothing more", vote_of(record));
            self.due(Crank::CloseVoteRecord, record.key, Some(closes_at), why, vec![close]);
            return;
        }
        let payee = self.own_account(&owner);
        let instructions = match self.way(payee, &owner) {
            Way::Open => vec![close],
            Way::Create(create) => vec![create, close],
            Way::Barred(reason) => {
                let why = format!(
                    "{} earned {reward} base units, but the voter's account {}; the reward is lost \
                     when its time is over",
                    vote_of(record),
                    payee.in_words()
                );
                self.hindered(Crank::CloseVoteRecord, record.key, reason, why);
                self.later(Crank::CloseVoteRecord, claims_end_at, || vote_of(record));
                return;
            }
        };
        let why = format!("{} earned {reward} base units", vote_of(record));
        self.due(Crank::CloseVoteRecord, record.key, Some(closes_at), why, instructions);
    }

    fn proposal(&mut self, epoch: &EpochView, key: &Pubkey, proposal: &Proposal) {
        let (view, head) = (self.view, &epoch.head);
        let (index, proposer) = (proposal.index, proposal.proposer);
        let close = view.community.close_proposal(head.index, index, proposer, proposal.rent_payer);
        let spam = epoch.entries.get(usize::from(index)).map(|entry| head.is_spam(entry));
        let Some(Ok(is_spam)) = spam else { return };
        let period = i64::from(head.policy.schedule.period_secs);
        let wait = period.saturating_mul(UNPAYABLE_BOND_PERIODS);
        let unpayable_at = head.settled_at.saturating_add(wait);
        let payee = self.own_account(&proposer);
        let mut instructions = vec![close];
        let returns = proposal.bond > 0 && !is_spam;
        if returns {
            match self.way(payee, &proposer) {
                Way::Open => {}
                Way::Create(create) => instructions.insert(0, create),
                Way::Barred(reason) if view.now < unpayable_at => {
                    let why = format!(
                        "the bond of {} waits: its proposer's account {}",
                        asked(epoch, proposal),
                        payee.in_words()
                    );
                    self.hindered(Crank::CloseProposal, *key, reason, why);
                    self.later(Crank::CloseProposal, unpayable_at, || asked(epoch, proposal));
                    return;
                }
                // The bond goes to the vault.
                Way::Barred(_) => {}
            }
        }
        let why = format!("{} is decided", asked(epoch, proposal));
        self.due(Crank::CloseProposal, *key, None, why, instructions);
    }
}

fn vote_of(record: &RecordView) -> String {
    format!("the ballot of {} in epoch {}", record.head.owner, record.epoch)
}

fn asked(epoch: &EpochView, proposal: &Proposal) -> String {
    format!("entry {} of epoch {}", proposal.index, epoch.head.index)
}
