//! The program on the network: the two accounts that the upgradeable loader would have written.

use std::path::Path;

use solana_account::Account;
use solana_loader_v3_interface::get_program_data_address;
use solana_loader_v3_interface::state::UpgradeableLoaderState;
use solana_pubkey::Pubkey;
use solana_sdk_ids::bpf_loader_upgradeable;
use surfpool_core::surfnet::svm::SurfnetSvm;

use crate::fail::{Failure, Result, fail};

/// The id that the program declares; the object answers at no other address.
pub const ID: Pubkey = Pubkey::from_str_const("4tGu76FBYo7oBBzgw5FBKDexfTUXDDW9P3DR6GkeW29o");

/// An object that is to be deployed.
pub struct Program {
    object: Vec<u8>,
    upgrade_authority: Option<Pubkey>,
}

impl Program {
    /// Reads the object.
    pub fn read(file: &Path, upgrade_authority: Option<Pubkey>) -> Result<Program> {
        match std::fs::read(file) {
            Ok(object) => Ok(Program { object, upgrade_authority }),
            Err(error) => fail(format!(
                "{} could not be read ({error}): build it with `cargo xtask build`, name another \
                 object with --program, or start without one with --no-program.",
                file.display()
            )),
        }
    }

    /// Puts the object onto the network as if it had been deployed long ago.
    pub fn deploy(&self, svm: &mut SurfnetSvm) -> Result {
        let data_address = get_program_data_address(&ID);
        let mut data = encode(&UpgradeableLoaderState::ProgramData {
            slot: 0,
            upgrade_authority_address: self.upgrade_authority,
        })?;
        // The object starts behind the header's full size, whether or not there is an authority.
        data.resize(UpgradeableLoaderState::size_of_programdata_metadata(), 0);
        data.extend_from_slice(&self.object);
        let program =
            encode(&UpgradeableLoaderState::Program { programdata_address: data_address })?;

        // The data first: setting the program's account is what compiles it.
        for (address, data, executable) in [(data_address, data, false), (ID, program, true)] {
            let account = Account {
                lamports: svm.inner.minimum_balance_for_rent_exemption(data.len()),
                data,
                owner: bpf_loader_upgradeable::id(),
                executable,
                rent_epoch: u64::MAX,
            };
            svm.set_account(&address, account).map_err(|error| {
                Failure::Message(format!("The object is no program that can be run: {error}"))
            })?;
        }
        Ok(())
    }

    /// What is deployed, in one line for people.
    pub fn describe(&self) -> String {
        let authority = match &self.upgrade_authority {
            Some(key) => format!("{key} may upgrade it"),
            None => "nobody may upgrade it".to_owned(),
        };
        let size = budget_words::format::count(self.object.len() as u128);
        format!("Program {ID}, {size} bytes; {authority}.")
    }
}

fn encode(state: &UpgradeableLoaderState) -> Result<Vec<u8>> {
    bincode::serialize(state)
        .map_err(|error| Failure::Message(format!("The loader's state has no encoding: {error}.")))
}
