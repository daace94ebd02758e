//! Where the program's accounts are.

use anchor_lang::prelude::Pubkey;
use anchor_spl::associated_token::get_associated_token_address_with_program_id;
use community_budget::{ID, constants::*};

fn find(seeds: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(seeds, &ID).0
}

/// One treasury and what belongs to it; enough to address every instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Community {
    /// The treasury account.
    pub treasury: Pubkey,
    /// Mint that the treasury pays in.
    pub budget_mint: Pubkey,
    /// Mint that members stake.
    pub stake_mint: Pubkey,
    /// Token program of the budget mint.
    pub budget_token_program: Pubkey,
    /// Token program of the stake mint.
    pub stake_token_program: Pubkey,
}

impl Community {
    /// Address of the treasury `id` of `founder`.
    pub fn treasury_address(founder: &Pubkey, id: u64) -> Pubkey {
        find(&[TREASURY_SEED, founder.as_ref(), &id.to_le_bytes()])
    }

    /// The vault that awards stream from.
    pub fn vault(&self) -> Pubkey {
        find(&[VAULT_SEED, self.treasury.as_ref()])
    }

    /// The vault that holds stakes.
    pub fn stake_vault(&self) -> Pubkey {
        find(&[STAKE_VAULT_SEED, self.treasury.as_ref()])
    }

    /// The vault that holds bonds.
    pub fn bond_vault(&self) -> Pubkey {
        find(&[BOND_VAULT_SEED, self.treasury.as_ref()])
    }

    /// The stake account of `owner`.
    pub fn stake(&self, owner: &Pubkey) -> Pubkey {
        find(&[STAKE_SEED, self.treasury.as_ref(), owner.as_ref()])
    }

    /// The record kept of `person`.
    pub fn recipient_record(&self, person: &Pubkey) -> Pubkey {
        find(&[RECIPIENT_SEED, self.treasury.as_ref(), person.as_ref()])
    }

    /// The epoch of position `index`.
    pub fn epoch(&self, index: u32) -> Pubkey {
        find(&[EPOCH_SEED, self.treasury.as_ref(), &index.to_le_bytes()])
    }

    /// The associated account of `owner` for the budget mint.
    pub fn budget_account(&self, owner: &Pubkey) -> Pubkey {
        get_associated_token_address_with_program_id(
            owner,
            &self.budget_mint,
            &self.budget_token_program,
        )
    }

    /// The associated account of `owner` for the stake mint.
    pub fn stake_token_account(&self, owner: &Pubkey) -> Pubkey {
        get_associated_token_address_with_program_id(
            owner,
            &self.stake_mint,
            &self.stake_token_program,
        )
    }
}

/// The proposal at `index` of an epoch's slate.
pub fn proposal(epoch: &Pubkey, index: u8) -> Pubkey {
    find(&[PROPOSAL_SEED, epoch.as_ref(), &[index]])
}

/// The vote record of `owner` in an epoch.
pub fn vote_record(epoch: &Pubkey, owner: &Pubkey) -> Pubkey {
    find(&[VOTE_SEED, epoch.as_ref(), owner.as_ref()])
}

/// The stream of an executed proposal.
pub fn stream(proposal: &Pubkey) -> Pubkey {
    find(&[STREAM_SEED, proposal.as_ref()])
}

/// The review of a stream's checkpoint.
pub fn review(stream: &Pubkey, checkpoint: u8) -> Pubkey {
    find(&[REVIEW_SEED, stream.as_ref(), &[checkpoint]])
}
