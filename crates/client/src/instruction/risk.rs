//! Positions, the breaker and pauses.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use community_budget::{accounts, instruction as data};

use super::{INSTRUCTIONS, build};
use crate::address::Community;

impl Community {
    /// `return_funds` of `amount` base units out of `source`; `with_record` books them in the
    /// depositor's record.
    pub fn return_funds(
        &self,
        depositor: Pubkey,
        source: Pubkey,
        category: u8,
        amount: u64,
        with_record: bool,
    ) -> Instruction {
        build(
            accounts::ReturnFunds {
                depositor,
                treasury: self.treasury,
                record: with_record.then(|| self.recipient_record(&depositor)),
                vault: self.vault(),
                source,
                budget_mint: self.budget_mint,
                token_program: self.budget_token_program,
            },
            data::ReturnFunds { category, amount },
        )
    }

    /// `mark_position`.
    pub fn mark_position(&self, risk_reporter: Pubkey, category: u8, mark: u64) -> Instruction {
        build(
            accounts::MarkPosition {
                risk_reporter,
                treasury: self.treasury,
                instructions: INSTRUCTIONS,
            },
            data::MarkPosition { category, mark },
        )
    }

    /// `trip_breaker`.
    pub fn trip_breaker(&self) -> Instruction {
        build(accounts::TripBreaker { treasury: self.treasury }, data::TripBreaker {})
    }

    /// `pause_executions` for `secs` seconds.
    pub fn pause_executions(&self, guardian: Pubkey, secs: u32) -> Instruction {
        build(
            accounts::PauseExecutions {
                guardian,
                treasury: self.treasury,
                instructions: INSTRUCTIONS,
            },
            data::PauseExecutions { secs },
        )
    }

    /// `pause_stream` for `secs` seconds.
    pub fn pause_stream(&self, guardian: Pubkey, stream: Pubkey, secs: u32) -> Instruction {
        build(
            accounts::PauseStream {
                guardian,
                treasury: self.treasury,
                stream,
                instructions: INSTRUCTIONS,
            },
            data::PauseStream { secs },
        )
    }
}
