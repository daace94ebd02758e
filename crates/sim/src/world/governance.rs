//! Acts of a community: what it proposes, approves and carries out besides awards.

use anchor_lang::prelude::Pubkey;
use budget_client::{ballot::Choice, instruction::Submission};
use community_budget::{
    SubmitActionArgs,
    state::{Action, Role, Ruling},
};

use super::{Act, Person, World};

impl World {
    /// `submit_action` into the current epoch by a person with a record; `with_stake` gives the
    /// person's stake, which a slot of the last quarter needs.
    pub fn submit_action_with(&mut self, person: &Person, with_stake: bool, action: Action) -> Act {
        let epoch = self.current();
        let by = Submission {
            epoch,
            index: self.epoch(epoch).entry_count,
            proposer: person.key(),
            payer: self.svm.fee_payer(),
            recipient: person.key(),
            recipient_signs: false,
            source: self.community.budget_account(&person.key()),
        };
        let args = SubmitActionArgs {
            action,
            metadata_hash: [9; 32],
            title: "An act".to_owned(),
            metadata_uri: "https://example.org/act.json".to_owned(),
        };
        self.send(self.community.submit_action(by, with_stake, args), &[person])
    }

    /// `submit_action` into one of the first three quarters of the slate.
    pub fn submit_action(&mut self, person: &Person, action: Action) -> Act {
        self.submit_action_with(person, false, action)
    }

    /// `execute_*` of the act at `index`, whichever it is.
    ///
    /// # Panics
    /// When the proposal is gone or is an award.
    pub fn execute_action(&mut self, epoch: u32, index: u8) -> Act {
        let community = self.community;
        let instruction = match self.proposal(epoch, index).terms.action {
            Action::Award(_) => panic!("an award is executed by execute"),
            Action::SetPolicy(_) => community.execute_set_policy(epoch, index),
            Action::SetRole { .. } => community.execute_set_role(epoch, index),
            Action::ClearBreaker => community.execute_clear_breaker(epoch, index),
            Action::WriteOff { .. } => community.execute_write_off(epoch, index),
            Action::RuleOnStream { stream, .. } => {
                let recipient = self.svm.read::<community_budget::state::Stream>(&stream).recipient;
                community.execute_stream_ruling(epoch, index, stream, recipient)
            }
        };
        self.send(instruction, &[])
    }

    /// `veto_proposal` by `guardian`.
    pub fn veto(&mut self, guardian: &Person, epoch: u32, index: u8) -> Act {
        self.send(self.community.veto_proposal(guardian.key(), epoch, index), &[guardian])
    }

    /// Opens the next epoch as soon as it may be opened, puts `action` alone on its slate, lets
    /// `voter` vote for it, settles, waits out the timelock and executes it. Returns the epoch.
    ///
    /// # Panics
    /// When a step is refused.
    pub fn pass_action(&mut self, proposer: &Person, voter: &Person, action: Action) -> u32 {
        let (epoch, index) = self.approve_action(proposer, voter, action);
        self.to_execution(epoch);
        self.execute_action(epoch, index).expect("the act is executed");
        epoch
    }

    /// As [`Self::pass_action`], up to the settlement. Returns epoch and entry.
    ///
    /// # Panics
    /// When a step is refused.
    pub fn approve_action(
        &mut self,
        proposer: &Person,
        voter: &Person,
        action: Action,
    ) -> (u32, u8) {
        self.open_next_epoch();
        self.submit_action(proposer, action).expect("the act is submitted");
        let epoch = self.current();
        let index = self.epoch(epoch).entry_count - 1;
        self.to_voting();
        self.cast(voter, &[(index, Choice::For)]).expect("the ballot is cast");
        self.to_tallying();
        self.settle().expect("the epoch is settled");
        (epoch, index)
    }

    /// Moves the clock to where the next epoch may be opened, if it is not there yet, and opens it.
    ///
    /// # Panics
    /// When the program refuses.
    pub fn open_next_epoch(&mut self) {
        let treasury = self.treasury();
        let period = i64::from(treasury.policy.schedule.period_secs);
        let earliest = if treasury.epoch_count == 0 {
            treasury.first_open_at
        } else {
            treasury.last_opened_at + period
        };
        if self.svm.now() < earliest {
            self.svm.set_now(earliest);
        }
        self.open_epoch().expect("the epoch opens");
    }

    /// A role for another holder.
    pub fn set_role(role: Role, holder: Pubkey) -> Action {
        Action::SetRole { role, holder }
    }

    /// A ruling on the stream of an award.
    pub fn ruling(&self, epoch: u32, index: u8, ruling: Ruling) -> Action {
        Action::RuleOnStream { stream: self.stream_key(epoch, index), ruling }
    }
}
