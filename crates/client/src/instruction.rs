//! The program's instructions, built from a [`Community`] and the keys that act.

use anchor_lang::{
    InstructionData, ToAccountMetas, prelude::Pubkey, solana_program::instruction::Instruction,
    system_program,
};
use community_budget::{
    BallotArgs, CreateTreasuryArgs, ID, SubmitProposalArgs, accounts, instruction as data,
};

use crate::address::{Community, proposal, stream, vote_record};

fn build(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    Instruction { program_id: ID, accounts: accounts.to_account_metas(None), data: data.data() }
}

/// What a proposer decides about a submission besides its terms.
#[derive(Clone, Copy, Debug)]
pub struct Submission {
    /// Position of the epoch.
    pub epoch: u32,
    /// Slot that it takes: the number of entries so far.
    pub index: u8,
    /// Who submits.
    pub proposer: Pubkey,
    /// Who pays the rent.
    pub payer: Pubkey,
    /// Who receives the award.
    pub recipient: Pubkey,
    /// Whether the recipient signs, and so accepts.
    pub recipient_signs: bool,
    /// Token account that pays fee and bond.
    pub source: Pubkey,
}

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

    /// `cast_vote`.
    pub fn cast_vote(
        &self,
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
                stake: self.stake(&voter),
                vote_record: vote_record(&epoch, &voter),
                system_program: system_program::ID,
            },
            data::CastVote { args },
        )
    }

    /// `revise_vote`.
    pub fn revise_vote(&self, voter: Pubkey, epoch: u32, args: BallotArgs) -> Instruction {
        build(self.revision(voter, epoch), data::ReviseVote { args })
    }

    /// `retract_vote`.
    pub fn retract_vote(&self, voter: Pubkey, epoch: u32) -> Instruction {
        build(self.revision(voter, epoch), data::RetractVote {})
    }

    fn revision(&self, voter: Pubkey, epoch: u32) -> accounts::ReviseVote {
        let epoch = self.epoch(epoch);
        accounts::ReviseVote {
            voter,
            treasury: self.treasury,
            epoch,
            vote_record: vote_record(&epoch, &voter),
        }
    }

    /// `settle_epoch`.
    pub fn settle_epoch(&self, epoch: u32) -> Instruction {
        build(
            accounts::SettleEpoch { treasury: self.treasury, epoch: self.epoch(epoch) },
            data::SettleEpoch {},
        )
    }

    /// `execute_award` of the entry at `index`.
    pub fn execute_award(&self, payer: Pubkey, epoch: u32, index: u8) -> Instruction {
        let epoch = self.epoch(epoch);
        let proposal = proposal(&epoch, index);
        build(
            accounts::ExecuteAward {
                payer,
                treasury: self.treasury,
                epoch,
                proposal,
                stream: stream(&proposal),
                budget_mint: self.budget_mint,
                system_program: system_program::ID,
            },
            data::ExecuteAward {},
        )
    }

    /// `lapse_proposal` of the entry at `index`.
    pub fn lapse_proposal(&self, epoch: u32, index: u8) -> Instruction {
        build(
            accounts::LapseProposal { treasury: self.treasury, epoch: self.epoch(epoch) },
            data::LapseProposal { index },
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

    /// `close_vote_record` of `owner`.
    pub fn close_vote_record(&self, epoch: u32, owner: Pubkey, rent_payer: Pubkey) -> Instruction {
        let epoch = self.epoch(epoch);
        build(
            accounts::CloseVoteRecord {
                epoch,
                vote_record: vote_record(&epoch, &owner),
                rent_payer,
            },
            data::CloseVoteRecord {},
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

    /// `close_stream`.
    pub fn close_stream(&self, stream: Pubkey, rent_payer: Pubkey) -> Instruction {
        build(
            accounts::CloseStream { treasury: self.treasury, stream, rent_payer },
            data::CloseStream {},
        )
    }

    /// `close_epoch`.
    pub fn close_epoch(&self, epoch: u32, rent_payer: Pubkey) -> Instruction {
        build(accounts::CloseEpoch { epoch: self.epoch(epoch), rent_payer }, data::CloseEpoch {})
    }
}
