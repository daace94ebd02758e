//! The treasury and its money.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use community_budget::{CreateTreasuryArgs, accounts, instruction as data};

use super::build;
use crate::address::Community;

impl Community {
    /// `create_treasury`; the treasury's address follows from founder and id.
    pub fn create_treasury(
        &self,
        founder: Pubkey,
        payer: Pubkey,
        args: CreateTreasuryArgs,
    ) -> Instruction {
        build(
            accounts::CreateTreasury {
                founder,
                payer,
                treasury: self.treasury,
                budget_mint: self.budget_mint,
                stake_mint: self.stake_mint,
                vault: self.vault(),
                stake_vault: self.stake_vault(),
                bond_vault: self.bond_vault(),
                budget_token_program: self.budget_token_program,
                stake_token_program: self.stake_token_program,
                system_program: system_program::ID,
            },
            data::CreateTreasury { args },
        )
    }

    /// `deposit_funds` of `amount` base units out of `source`.
    pub fn deposit_funds(&self, depositor: Pubkey, source: Pubkey, amount: u64) -> Instruction {
        build(
            accounts::DepositFunds {
                depositor,
                treasury: self.treasury,
                vault: self.vault(),
                source,
                budget_mint: self.budget_mint,
                token_program: self.budget_token_program,
            },
            data::DepositFunds { amount },
        )
    }

    /// `absorb_surplus`.
    pub fn absorb_surplus(&self) -> Instruction {
        build(
            accounts::AbsorbSurplus { treasury: self.treasury, vault: self.vault() },
            data::AbsorbSurplus {},
        )
    }
}
