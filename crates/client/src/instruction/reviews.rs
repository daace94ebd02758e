//! Updates of recipients, their scores, and streams that are held for want of them.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use community_budget::{FileUpdateArgs, ScoreUpdateArgs, accounts, instruction as data};

use super::{INSTRUCTIONS, build};
use crate::address::{Community, review};

impl Community {
    /// `file_update`.
    pub fn file_update(
        &self,
        recipient: Pubkey,
        payer: Pubkey,
        stream: Pubkey,
        args: FileUpdateArgs,
    ) -> Instruction {
        build(
            accounts::FileUpdate {
                recipient,
                payer,
                treasury: self.treasury,
                stream,
                review: review(&stream, args.checkpoint),
                system_program: system_program::ID,
            },
            data::FileUpdate { args },
        )
    }

    /// `score_update` at `checkpoint` of a stream to `recipient`.
    pub fn score_update(
        &self,
        reviewer: Pubkey,
        stream: Pubkey,
        checkpoint: u8,
        recipient: Pubkey,
        args: ScoreUpdateArgs,
    ) -> Instruction {
        build(
            accounts::ScoreUpdate {
                reviewer,
                treasury: self.treasury,
                stream,
                review: review(&stream, checkpoint),
                record: self.recipient_record(&recipient),
                instructions: INSTRUCTIONS,
            },
            data::ScoreUpdate { args },
        )
    }

    /// `hold_stream` of a stream to `recipient`.
    pub fn hold_stream(&self, stream: Pubkey, recipient: Pubkey) -> Instruction {
        build(
            accounts::HoldStream {
                treasury: self.treasury,
                stream,
                record: self.recipient_record(&recipient),
            },
            data::HoldStream {},
        )
    }

    /// `lapse_stream` of a stream to `recipient`; `epoch` could have ruled on it.
    pub fn lapse_stream(
        &self,
        stream: Pubkey,
        recipient: Pubkey,
        epoch: Option<u32>,
    ) -> Instruction {
        build(
            accounts::LapseStream {
                treasury: self.treasury,
                stream,
                record: self.recipient_record(&recipient),
                epoch: epoch.map(|index| self.epoch(index)),
            },
            data::LapseStream {},
        )
    }

    /// `close_review` at `checkpoint`.
    pub fn close_review(&self, stream: Pubkey, checkpoint: u8, rent_payer: Pubkey) -> Instruction {
        build(
            accounts::CloseReview {
                treasury: self.treasury,
                stream,
                review: review(&stream, checkpoint),
                rent_payer,
            },
            data::CloseReview {},
        )
    }
}
