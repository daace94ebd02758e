//! Names out of the committed interface description.

use std::sync::OnceLock;

use anchor_lang::solana_program::instruction::Instruction;
use serde_json::Value;

/// The committed interface description.
pub fn description() -> &'static Value {
    static IDL: OnceLock<Value> = OnceLock::new();
    // A broken description would leave everything without names; the tests read it.
    IDL.get_or_init(|| {
        serde_json::from_str(include_str!("../../idl/community_budget.json")).unwrap_or_default()
    })
}

fn entry(instruction: &Instruction) -> Option<&'static Value> {
    if instruction.program_id != community_budget::ID {
        return None;
    }
    description()["instructions"].as_array()?.iter().find(|entry| {
        let listed = entry["discriminator"].as_array().cloned().unwrap_or_default();
        let bytes: Option<Vec<u8>> =
            listed.iter().map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
        bytes.is_some_and(|bytes| !bytes.is_empty() && instruction.data.starts_with(&bytes))
    })
}

/// The program's name for an instruction; another program's is named by its address.
pub fn name(instruction: &Instruction) -> String {
    let found = entry(instruction).and_then(|entry| entry["name"].as_str());
    found.map_or_else(|| instruction.program_id.to_string(), str::to_owned)
}

/// What the description calls an instruction's accounts, in their order; nothing for other programs.
pub fn account_names(instruction: &Instruction) -> Vec<String> {
    let listed = entry(instruction).and_then(|entry| entry["accounts"].as_array());
    let name = |account: &Value| account["name"].as_str().unwrap_or_default().replace('_', " ");
    listed.map(|accounts| accounts.iter().map(name).collect()).unwrap_or_default()
}

/// Names of all instructions, in their order.
#[cfg(test)]
pub fn instructions() -> Vec<String> {
    let listed = description()["instructions"].as_array().cloned().unwrap_or_default();
    listed.iter().filter_map(|entry| entry["name"].as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use budget_client::Community;

    use super::*;

    #[test]
    fn an_instruction_and_its_accounts_have_names() {
        let key = anchor_lang::prelude::Pubkey::new_unique();
        let community = Community {
            treasury: key,
            budget_mint: key,
            stake_mint: key,
            budget_token_program: key,
            stake_token_program: key,
        };
        let settle = community.settle_epoch(3);
        assert_eq!(name(&settle), "settle_epoch");
        assert_eq!(account_names(&settle), ["treasury", "epoch"]);
        let foreign = Instruction { program_id: key, accounts: vec![], data: settle.data };
        assert_eq!(name(&foreign), key.to_string());
        assert!(account_names(&foreign).is_empty());
        assert_eq!(instructions().len(), 48);
    }
}
