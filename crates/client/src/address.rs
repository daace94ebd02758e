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

#[cfg(test)]
mod tests {
    use anchor_lang::prelude::Pubkey;
    use serde_json::Value;

    use super::find;
    use crate::samples::{EPOCH, ID_OF_TREASURY, OWNER, all, expected};

    /// The bytes of one seed of the description, in an instruction of the samples.
    fn seed(of: &str, seed: &Value) -> Vec<u8> {
        let path = seed["path"].as_str().unwrap_or_default();
        match (seed["kind"].as_str().unwrap(), path) {
            ("const", _) => {
                let bytes = seed["value"].as_array().unwrap();
                bytes.iter().map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap()).collect()
            }
            ("arg", "args.id") => ID_OF_TREASURY.to_le_bytes().to_vec(),
            ("arg", "index") => EPOCH.to_le_bytes().to_vec(),
            ("account", "stake.owner") => {
                assert_eq!(seed["account"], "Stake");
                OWNER.to_bytes().to_vec()
            }
            ("account", name) => expected(of, name).to_bytes().to_vec(),
            (kind, path) => panic!("{of}: no such seed is expected: {kind} {path}"),
        }
    }

    /// The program derives addresses by seeds of its own (`Creation`), not by those of the
    /// description, so the two could part unnoticed. The builders' addresses are the program's: the
    /// suites send them.
    #[test]
    fn the_descriptions_seeds_lead_where_the_builders_do() {
        let idl: Value =
            serde_json::from_str(include_str!("../../../idl/community_budget.json")).unwrap();
        let mut checked = Vec::new();
        for described in idl["instructions"].as_array().unwrap() {
            let name = described["name"].as_str().unwrap();
            let sample = all().into_iter().find(|sample| sample.name == name).unwrap();
            for (at, account) in described["accounts"].as_array().unwrap().iter().enumerate() {
                let Some(seeds) = account["pda"]["seeds"].as_array() else { continue };
                let seeds: Vec<Vec<u8>> = seeds.iter().map(|it| seed(name, it)).collect();
                let seeds: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
                let derived: Pubkey = find(&seeds);
                let account = account["name"].as_str().unwrap();
                assert_eq!(derived, sample.instruction.accounts[at].pubkey, "{name}: {account}");
                checked.push(account.to_owned());
            }
        }
        checked.sort();
        let wanted = [
            "bond_vault",
            "epoch",
            "record",
            "stake",
            "stake_vault",
            "stream",
            "treasury",
            "vault",
            "vote_record",
        ];
        assert_eq!(checked, wanted);
    }
}
