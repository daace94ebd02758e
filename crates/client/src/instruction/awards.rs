//! Awards that were funded, and the streams that pay them.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use community_budget::{accounts, instruction as data};

use super::build;
use crate::address::{Community, proposal, stream};

impl Community {
    /// `execute_award` of the entry at `index`, to `recipient`.
    pub fn execute_award(
        &self,
        payer: Pubkey,
        epoch: u32,
        index: u8,
        recipient: Pubkey,
    ) -> Instruction {
        let epoch = self.epoch(epoch);
        let proposal = proposal(&epoch, index);
        build(
            accounts::ExecuteAward {
                payer,
                treasury: self.treasury,
                epoch,
                proposal,
                record: self.recipient_record(&recipient),
                stream: stream(&proposal),
                budget_mint: self.budget_mint,
                system_program: system_program::ID,
            },
            data::ExecuteAward {},
        )
    }

    /// `withdraw_stream` to `payout`; `blocked` names a payout account that cannot be paid.
    pub fn withdraw_stream(
        &self,
        stream: Pubkey,
        payout: Pubkey,
        blocked: Option<Pubkey>,
    ) -> Instruction {
        build(
            accounts::WithdrawStream {
                treasury: self.treasury,
                stream,
                vault: self.vault(),
                payout,
                blocked_payout: blocked,
                budget_mint: self.budget_mint,
                token_program: self.budget_token_program,
            },
            data::WithdrawStream {},
        )
    }

    /// `redirect_payout` to `payout`.
    pub fn redirect_payout(
        &self,
        recipient: Pubkey,
        stream: Pubkey,
        payout: Pubkey,
    ) -> Instruction {
        build(
            accounts::RedirectPayout { recipient, treasury: self.treasury, stream, payout },
            data::RedirectPayout {},
        )
    }

    /// `close_stream` to `recipient`.
    pub fn close_stream(
        &self,
        stream: Pubkey,
        recipient: Pubkey,
        rent_payer: Pubkey,
    ) -> Instruction {
        build(
            accounts::CloseStream {
                treasury: self.treasury,
                stream,
                record: self.recipient_record(&recipient),
                rent_payer,
            },
            data::CloseStream {},
        )
    }
}
