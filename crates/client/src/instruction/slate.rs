//! An epoch from opening to closing, and what is put on its slate.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use community_budget::{AssessAskArgs, SubmitProposalArgs, accounts, instruction as data};

use super::{Submission, build};
use crate::address::{Community, proposal};

impl Community {
    /// `open_epoch` of position `index`: the number of epochs so far.
    pub fn open_epoch(&self, payer: Pubkey, index: u32) -> Instruction {
        build(
            accounts::OpenEpoch {
                payer,
                treasury: self.treasury,
                epoch: self.epoch(index),
                system_program: system_program::ID,
            },
            data::OpenEpoch { index },
        )
    }

    /// `submit_proposal`.
    pub fn submit_proposal(&self, by: Submission, args: SubmitProposalArgs) -> Instruction {
        let epoch = self.epoch(by.epoch);
        let separate = by.recipient_signs && by.recipient != by.proposer;
        let mut instruction = build(
            accounts::SubmitProposal {
                proposer: by.proposer,
                payer: by.payer,
                recipient: by.recipient,
                treasury: self.treasury,
                epoch,
                proposal: proposal(&epoch, by.index),
                proposer_record: self.recipient_record(&by.proposer),
                recipient_record: separate.then(|| self.recipient_record(&by.recipient)),
                vault: self.vault(),
                bond_vault: self.bond_vault(),
                source: by.source,
                budget_mint: self.budget_mint,
                token_program: self.budget_token_program,
                system_program: system_program::ID,
            },
            data::SubmitProposal { args },
        );
        // The recipient's signature is optional, so the program's account list does not ask for it.
        const RECIPIENT: usize = 2;
        if let Some(meta) = instruction.accounts.get_mut(RECIPIENT) {
            meta.is_signer = by.recipient_signs;
        }
        instruction
    }

    /// `accept_proposal` at `index` of the epoch's slate.
    pub fn accept_proposal(&self, recipient: Pubkey, epoch: u32, index: u8) -> Instruction {
        let epoch = self.epoch(epoch);
        build(
            accounts::AcceptProposal {
                recipient,
                epoch,
                proposal: proposal(&epoch, index),
                record: self.recipient_record(&recipient),
            },
            data::AcceptProposal {},
        )
    }

    /// `withdraw_proposal` at `index` of the epoch's slate.
    pub fn withdraw_proposal(&self, proposer: Pubkey, epoch: u32, index: u8) -> Instruction {
        let epoch = self.epoch(epoch);
        build(
            accounts::WithdrawProposal { proposer, epoch, proposal: proposal(&epoch, index) },
            data::WithdrawProposal {},
        )
    }

    /// `assess_ask` against the epoch at `epoch`.
    pub fn assess_ask(&self, epoch: u32, args: AssessAskArgs) -> Instruction {
        build(
            accounts::AssessAsk { treasury: self.treasury, epoch: self.epoch(epoch) },
            data::AssessAsk { args },
        )
    }

    /// `settle_epoch`.
    pub fn settle_epoch(&self, epoch: u32) -> Instruction {
        build(
            accounts::SettleEpoch { treasury: self.treasury, epoch: self.epoch(epoch) },
            data::SettleEpoch {},
        )
    }

    /// `lapse_proposal` of the entry at `index`.
    pub fn lapse_proposal(&self, epoch: u32, index: u8) -> Instruction {
        build(
            accounts::LapseProposal { treasury: self.treasury, epoch: self.epoch(epoch) },
            data::LapseProposal { index },
        )
    }

    /// `close_proposal` at `index`, whose bond returns to the associated account of `proposer`.
    pub fn close_proposal(
        &self,
        epoch: u32,
        index: u8,
        proposer: Pubkey,
        rent_payer: Pubkey,
    ) -> Instruction {
        let epoch = self.epoch(epoch);
        build(
            accounts::CloseProposal {
                treasury: self.treasury,
                epoch,
                proposal: proposal(&epoch, index),
                rent_payer,
                vault: self.vault(),
                bond_vault: self.bond_vault(),
                bond_account: self.budget_account(&proposer),
                budget_mint: self.budget_mint,
                token_program: self.budget_token_program,
            },
            data::CloseProposal {},
        )
    }

    /// `close_epoch`.
    pub fn close_epoch(&self, epoch: u32, rent_payer: Pubkey) -> Instruction {
        build(
            accounts::CloseEpoch { treasury: self.treasury, epoch: self.epoch(epoch), rent_payer },
            data::CloseEpoch {},
        )
    }
}
