//! Positions, breaker and rewards of a community.

use anchor_lang::prelude::Pubkey;
use community_budget::{AskAssessment, AssessAskArgs};

use super::{Act, Person, World};
use crate::svm::Landed;

impl World {
    /// `return_funds` out of the person's associated account; books them in the person's record.
    pub fn return_funds(&mut self, person: &Person, category: u8, amount: u64) -> Act {
        let (key, source) = (person.key(), self.community.budget_account(&person.key()));
        let instruction = self.community.return_funds(key, source, category, amount, true);
        self.send(instruction, &[person])
    }

    /// `mark_position` by the treasury's first risk reporter.
    pub fn mark(&mut self, category: u8, mark: u64) -> Act {
        let reporter = self.risk_reporter.clone();
        self.send(self.community.mark_position(reporter.key(), category, mark), &[&reporter])
    }

    /// `trip_breaker`.
    pub fn trip(&mut self) -> Act {
        self.send(self.community.trip_breaker(), &[])
    }

    /// `pause_executions` by `guardian`.
    pub fn pause_executions(&mut self, guardian: &Person, secs: u32) -> Act {
        self.send(self.community.pause_executions(guardian.key(), secs), &[guardian])
    }

    /// `assess_ask` against the current epoch, as a wallet would simulate it.
    ///
    /// # Panics
    /// When it is refused or returns nothing.
    pub fn assess(&mut self, amount: u64, category: u8, recipient_awarded: u64) -> AskAssessment {
        let args = AssessAskArgs { amount, category, recipient_awarded };
        let landed = self.assess_act(args).expect("the ask is assessed");
        landed.returned().expect("the assessment is returned")
    }

    /// `assess_ask` against the current epoch.
    pub fn assess_act(&mut self, args: AssessAskArgs) -> Act {
        let epoch = self.current();
        self.send(self.community.assess_ask(epoch, args), &[])
    }

    /// `set_delegate`.
    pub fn set_delegate(&mut self, owner: &Person, delegate: Pubkey) -> Act {
        self.send(self.community.set_delegate(owner.key(), delegate), &[owner])
    }

    /// `refresh_stake`.
    pub fn refresh_stake(&mut self, owner: &Person) -> Act {
        self.send(self.community.refresh_stake(owner.key()), &[])
    }

    /// `mark_dormant`, with the vote records of the last eight settled epochs.
    pub fn mark_dormant(&mut self, owner: &Person) -> Act {
        let settled = self.treasury().settled_epochs();
        self.send(self.community.mark_dormant(owner.key(), settled), &[])
    }

    /// `reclaim_rewards`.
    pub fn reclaim_rewards(&mut self, epoch: u32) -> Act {
        self.send(self.community.reclaim_rewards(epoch), &[])
    }
}

impl Landed {
    /// What the instruction returned, if it is a `T`.
    pub fn returned<T: anchor_lang::AnchorDeserialize>(&self) -> Option<T> {
        T::try_from_slice(&self.return_data).ok()
    }
}
