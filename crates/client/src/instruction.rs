//! The program's instructions, built from a [`Community`] and the keys that act.

use anchor_lang::{
    InstructionData, ToAccountMetas,
    prelude::{AccountMeta, Pubkey},
    solana_program::instruction::Instruction,
    system_program,
};
use community_budget::{
    AssessAskArgs, BallotArgs, CreateTreasuryArgs, FileUpdateArgs, ID, ScoreUpdateArgs,
    SubmitActionArgs, SubmitProposalArgs, accounts, constants::DORMANT_EPOCHS, instruction as data,
    state::Action,
};

use crate::address::{Community, proposal, review, stream, vote_record};

/// The sysvar in which a role's transaction is looked at.
const INSTRUCTIONS: Pubkey = anchor_lang::pubkey!("Sysvar1nstructions1111111111111111111111111");

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

    /// `settle_epoch`.
    pub fn settle_epoch(&self, epoch: u32) -> Instruction {
        build(
            accounts::SettleEpoch { treasury: self.treasury, epoch: self.epoch(epoch) },
            data::SettleEpoch {},
        )
    }

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

    /// `close_epoch`.
    pub fn close_epoch(&self, epoch: u32, rent_payer: Pubkey) -> Instruction {
        build(
            accounts::CloseEpoch { treasury: self.treasury, epoch: self.epoch(epoch), rent_payer },
            data::CloseEpoch {},
        )
    }

    // --- acts -------------------------------------------------------------------------------

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

    // --- reviews ----------------------------------------------------------------------------

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

    // --- risk -------------------------------------------------------------------------------

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

    /// `assess_ask` against the epoch at `epoch`.
    pub fn assess_ask(&self, epoch: u32, args: AssessAskArgs) -> Instruction {
        build(
            accounts::AssessAsk { treasury: self.treasury, epoch: self.epoch(epoch) },
            data::AssessAsk { args },
        )
    }

    // --- members ----------------------------------------------------------------------------

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

    /// `reclaim_rewards` of the epoch at `epoch`.
    pub fn reclaim_rewards(&self, epoch: u32) -> Instruction {
        build(
            accounts::ReclaimRewards { treasury: self.treasury, epoch: self.epoch(epoch) },
            data::ReclaimRewards {},
        )
    }
}
