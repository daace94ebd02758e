//! The program's instructions, built from a [`Community`](crate::Community) and the keys that act.

mod acts;
mod awards;
mod members;
mod reviews;
mod risk;
mod slate;
mod treasury;
mod voting;

use anchor_lang::{
    InstructionData, ToAccountMetas, prelude::Pubkey, solana_program::instruction::Instruction,
};
use community_budget::ID;

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
