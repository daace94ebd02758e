//! Ballots, and what taking part in them earns.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use community_budget::{BallotArgs, accounts, instruction as data};

use super::build;
use crate::address::{Community, vote_record};

impl Community {
    /// `cast_vote`.
    pub fn cast_vote(
        &self,
        voter: Pubkey,
        payer: Pubkey,
        epoch: u32,
        args: BallotArgs,
    ) -> Instruction {
        self.cast_vote_for(voter, voter, payer, epoch, args)
    }

    /// `cast_vote` with the stake of `owner`, by `voter`.
    pub fn cast_vote_for(
        &self,
        owner: Pubkey,
        voter: Pubkey,
        payer: Pubkey,
        epoch: u32,
        args: BallotArgs,
    ) -> Instruction {
        let epoch = self.epoch(epoch);
        build(
            accounts::CastVote {
                voter,
                payer,
                treasury: self.treasury,
                epoch,
                stake: self.stake(&owner),
                vote_record: vote_record(&epoch, &owner),
                system_program: system_program::ID,
            },
            data::CastVote { args },
        )
    }

    /// `revise_vote`.
    pub fn revise_vote(&self, voter: Pubkey, epoch: u32, args: BallotArgs) -> Instruction {
        build(self.revision(voter, voter, epoch), data::ReviseVote { args })
    }

    /// `revise_vote` of the ballot of `owner`, by the delegate `voter`.
    pub fn revise_vote_for(
        &self,
        owner: Pubkey,
        voter: Pubkey,
        epoch: u32,
        args: BallotArgs,
    ) -> Instruction {
        build(self.revision(owner, voter, epoch), data::ReviseVote { args })
    }

    /// `retract_vote`.
    pub fn retract_vote(&self, voter: Pubkey, epoch: u32) -> Instruction {
        build(self.revision(voter, voter, epoch), data::RetractVote {})
    }

    /// `retract_vote` of the ballot of `owner`, by the delegate `voter`.
    pub fn retract_vote_for(&self, owner: Pubkey, voter: Pubkey, epoch: u32) -> Instruction {
        build(self.revision(owner, voter, epoch), data::RetractVote {})
    }

    fn revision(&self, owner: Pubkey, voter: Pubkey, epoch: u32) -> accounts::ReviseVote {
        let epoch = self.epoch(epoch);
        accounts::ReviseVote {
            voter,
            treasury: self.treasury,
            epoch,
            vote_record: vote_record(&epoch, &owner),
            stake: (owner != voter).then(|| self.stake(&owner)),
        }
    }

    /// `close_vote_record` of `owner`.
    pub fn close_vote_record(&self, epoch: u32, owner: Pubkey, rent_payer: Pubkey) -> Instruction {
        let epoch = self.epoch(epoch);
        build(
            accounts::CloseVoteRecord {
                treasury: self.treasury,
                epoch,
                vote_record: vote_record(&epoch, &owner),
                rent_payer,
                stake: self.stake(&owner),
                vault: self.vault(),
                reward_account: self.budget_account(&owner),
                budget_mint: self.budget_mint,
                token_program: self.budget_token_program,
            },
            data::CloseVoteRecord {},
        )
    }

    /// `reclaim_rewards` of the epoch at `epoch`.
    pub fn reclaim_rewards(&self, epoch: u32) -> Instruction {
        build(
            accounts::ReclaimRewards { treasury: self.treasury, epoch: self.epoch(epoch) },
            data::ReclaimRewards {},
        )
    }
}
