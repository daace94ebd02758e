//! Constitutional acts, and the veto.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use community_budget::{SubmitActionArgs, accounts, instruction as data, state::Action};

use super::{INSTRUCTIONS, Submission, build};
use crate::address::{Community, proposal};

impl Community {
    /// `submit_action`; the recipient fields of `by` play no part. `with_stake` gives the
    /// proposer's stake, which a slot of the last quarter needs.
    pub fn submit_action(
        &self,
        by: Submission,
        with_stake: bool,
        args: SubmitActionArgs,
    ) -> Instruction {
        let epoch = self.epoch(by.epoch);
        let stream = match &args.action {
            Action::RuleOnStream { stream, .. } => Some(*stream),
            _ => None,
        };
        build(
            accounts::SubmitAction {
                proposer: by.proposer,
                payer: by.payer,
                treasury: self.treasury,
                epoch,
                proposal: proposal(&epoch, by.index),
                proposer_record: self.recipient_record(&by.proposer),
                stake: with_stake.then(|| self.stake(&by.proposer)),
                stream,
                vault: self.vault(),
                bond_vault: self.bond_vault(),
                source: by.source,
                budget_mint: self.budget_mint,
                token_program: self.budget_token_program,
                system_program: system_program::ID,
            },
            data::SubmitAction { args },
        )
    }

    fn resolution(&self, epoch: u32, index: u8) -> accounts::Resolution {
        let epoch = self.epoch(epoch);
        accounts::Resolution { treasury: self.treasury, epoch, proposal: proposal(&epoch, index) }
    }

    /// `execute_set_policy` of the entry at `index`.
    pub fn execute_set_policy(&self, epoch: u32, index: u8) -> Instruction {
        build(self.resolution(epoch, index), data::ExecuteSetPolicy {})
    }

    /// `execute_set_role` of the entry at `index`.
    pub fn execute_set_role(&self, epoch: u32, index: u8) -> Instruction {
        build(self.resolution(epoch, index), data::ExecuteSetRole {})
    }

    /// `execute_clear_breaker` of the entry at `index`.
    pub fn execute_clear_breaker(&self, epoch: u32, index: u8) -> Instruction {
        build(self.resolution(epoch, index), data::ExecuteClearBreaker {})
    }

    /// `execute_write_off` of the entry at `index`.
    pub fn execute_write_off(&self, epoch: u32, index: u8) -> Instruction {
        build(self.resolution(epoch, index), data::ExecuteWriteOff {})
    }

    /// `execute_stream_ruling` of the entry at `index`, on a stream to `recipient`.
    pub fn execute_stream_ruling(
        &self,
        epoch: u32,
        index: u8,
        stream: Pubkey,
        recipient: Pubkey,
    ) -> Instruction {
        let epoch = self.epoch(epoch);
        build(
            accounts::ExecuteStreamRuling {
                treasury: self.treasury,
                epoch,
                proposal: proposal(&epoch, index),
                stream,
                record: self.recipient_record(&recipient),
            },
            data::ExecuteStreamRuling {},
        )
    }

    /// `veto_proposal` of the entry at `index`.
    pub fn veto_proposal(&self, guardian: Pubkey, epoch: u32, index: u8) -> Instruction {
        build(
            accounts::VetoProposal {
                guardian,
                treasury: self.treasury,
                epoch: self.epoch(epoch),
                instructions: INSTRUCTIONS,
            },
            data::VetoProposal { index },
        )
    }
}
