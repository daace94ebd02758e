//! Stakes, and records of persons.

use anchor_lang::{
    prelude::{AccountMeta, Pubkey},
    solana_program::instruction::Instruction,
    system_program,
};
use community_budget::{accounts, constants::DORMANT_EPOCHS, instruction as data};

use super::build;
use crate::address::{Community, vote_record};

impl Community {
    /// `open_stake` with a cool-down of `lock_secs`.
    pub fn open_stake(&self, owner: Pubkey, payer: Pubkey, lock_secs: u32) -> Instruction {
        build(
            accounts::OpenStake {
                owner,
                payer,
                treasury: self.treasury,
                stake: self.stake(&owner),
                system_program: system_program::ID,
            },
            data::OpenStake { lock_secs },
        )
    }

    /// `stake` of `amount` base units out of `source`.
    pub fn stake_tokens(&self, owner: Pubkey, source: Pubkey, amount: u64) -> Instruction {
        build(
            accounts::StakeTokens {
                owner,
                treasury: self.treasury,
                stake: self.stake(&owner),
                stake_vault: self.stake_vault(),
                source,
                stake_mint: self.stake_mint,
                token_program: self.stake_token_program,
            },
            data::Stake { amount },
        )
    }

    /// `request_unstake` of `amount` base units.
    pub fn request_unstake(&self, owner: Pubkey, amount: u64) -> Instruction {
        build(
            accounts::RequestUnstake { owner, treasury: self.treasury, stake: self.stake(&owner) },
            data::RequestUnstake { amount },
        )
    }

    /// `withdraw_unstaked` to `destination`.
    pub fn withdraw_unstaked(&self, owner: Pubkey, destination: Pubkey) -> Instruction {
        build(
            accounts::WithdrawUnstaked {
                owner,
                treasury: self.treasury,
                stake: self.stake(&owner),
                stake_vault: self.stake_vault(),
                destination,
                stake_mint: self.stake_mint,
                token_program: self.stake_token_program,
            },
            data::WithdrawUnstaked {},
        )
    }

    /// `set_lock` to `lock_secs`.
    pub fn set_lock(&self, owner: Pubkey, lock_secs: u32) -> Instruction {
        build(
            accounts::SetLock { owner, treasury: self.treasury, stake: self.stake(&owner) },
            data::SetLock { lock_secs },
        )
    }

    /// `set_delegate` to `delegate`, the zero key for nobody.
    pub fn set_delegate(&self, owner: Pubkey, delegate: Pubkey) -> Instruction {
        build(
            accounts::SetDelegate { owner, treasury: self.treasury, stake: self.stake(&owner) },
            data::SetDelegate { delegate },
        )
    }

    /// `refresh_stake` of `owner`.
    pub fn refresh_stake(&self, owner: Pubkey) -> Instruction {
        build(
            accounts::RefreshStake { treasury: self.treasury, stake: self.stake(&owner) },
            data::RefreshStake {},
        )
    }

    /// `mark_dormant` of the stake of `owner`, when `settled_epochs` epochs are settled.
    pub fn mark_dormant(&self, owner: Pubkey, settled_epochs: u32) -> Instruction {
        let mut instruction = build(
            accounts::MarkDormant { treasury: self.treasury, stake: self.stake(&owner) },
            data::MarkDormant {},
        );
        let missed = (1..=DORMANT_EPOCHS).filter_map(|behind| settled_epochs.checked_sub(behind));
        instruction.accounts.extend(missed.map(|index| {
            let record = vote_record(&self.epoch(index), &owner);
            AccountMeta::new_readonly(record, false)
        }));
        instruction
    }

    /// `close_stake`.
    pub fn close_stake(&self, owner: Pubkey, rent_payer: Pubkey) -> Instruction {
        build(
            accounts::CloseStake {
                owner,
                treasury: self.treasury,
                stake: self.stake(&owner),
                rent_payer,
            },
            data::CloseStake {},
        )
    }

    /// `open_recipient_record` of `person`.
    pub fn open_recipient_record(&self, payer: Pubkey, person: Pubkey) -> Instruction {
        build(
            accounts::OpenRecipientRecord {
                payer,
                person,
                treasury: self.treasury,
                record: self.recipient_record(&person),
                system_program: system_program::ID,
            },
            data::OpenRecipientRecord {},
        )
    }
}
