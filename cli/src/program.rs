//! Who can change the program: while somebody can, everything else that it promises is theirs to break.

use anchor_lang::{prelude::Pubkey, solana_program::bpf_loader_upgradeable};
use community_budget::ID;

use crate::{
    context::Context,
    exit::{Failure, Result},
};

/// The loaders under which no program ever changes.
const FINAL_LOADERS: [Pubkey; 2] = [
    Pubkey::from_str_const("BPFLoader2111111111111111111111111111111111"),
    Pubkey::from_str_const("BPFLoader1111111111111111111111111111111111"),
];

/// Who can change the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changeable {
    /// Whoever holds this key.
    By(Pubkey),
    /// Nobody, ever again.
    Final,
    /// Not known: this loader keeps its own rules.
    Unknown(Pubkey),
}

impl Changeable {
    /// In a sentence without a full stop; `name` says what people call a key.
    pub fn sentence(&self, name: &dyn Fn(&Pubkey) -> String) -> String {
        match self {
            Self::By(key) => {
                format!("not final: anyone who holds {} can change the program", name(key))
            }
            Self::Final => "final: nobody can change the program".to_owned(),
            Self::Unknown(loader) => {
                format!("not known: the program runs by the loader {}", name(loader))
            }
        }
    }

    /// The key that can change it, if there is one.
    pub fn authority(&self) -> Option<Pubkey> {
        match self {
            Self::By(key) => Some(*key),
            Self::Final | Self::Unknown(_) => None,
        }
    }
}

impl Context {
    /// Who can change the program, as its loader has it.
    ///
    /// # Errors
    /// Exit codes `unreachable`, `not-believed`.
    pub fn changeable(&self) -> Result<Changeable> {
        let network = self.network()?;
        changeable(&|key| Ok(network.account(key)?.map(|account| (account.owner, account.data))))
    }
}

/// An account's owner and data.
type Raw = (Pubkey, Vec<u8>);

/// Who can change the program, by the accounts that `fetch` finds.
fn changeable(fetch: &dyn Fn(&Pubkey) -> Result<Option<Raw>>) -> Result<Changeable> {
    let doubted = |key: &Pubkey| {
        Failure::Doubted(format!("{key} is not what the loader says it is: no program's data."))
    };
    let (loader, program) = fetch(&ID)?.ok_or_else(|| doubted(&ID))?;
    if FINAL_LOADERS.contains(&loader) {
        return Ok(Changeable::Final);
    }
    if loader != bpf_loader_upgradeable::ID {
        return Ok(Changeable::Unknown(loader));
    }
    let at = data_address(&program).ok_or_else(|| doubted(&ID))?;
    let (owner, data) = fetch(&at)?.ok_or_else(|| doubted(&at))?;
    if owner != loader {
        return Err(doubted(&at));
    }
    upgrade_authority(&data).ok_or_else(|| doubted(&at))
}

/// Where an upgradeable program keeps its code.
///
/// ABI: `UpgradeableLoaderState::Program` in bincode: its number, then the address.
fn data_address(program: &[u8]) -> Option<Pubkey> {
    let rest = program.strip_prefix(&[2, 0, 0, 0])?;
    Some(Pubkey::new_from_array(rest.get(..32)?.try_into().ok()?))
}

/// Who may replace the code in `data`.
///
/// ABI: `UpgradeableLoaderState::ProgramData` in bincode: its number, the slot of the deployment, and
/// an optional key.
fn upgrade_authority(data: &[u8]) -> Option<Changeable> {
    let rest = data.strip_prefix(&[3, 0, 0, 0])?.get(8..)?;
    match rest.split_first()? {
        (0, _) => Some(Changeable::Final),
        (1, key) => Some(Changeable::By(Pubkey::new_from_array(key.get(..32)?.try_into().ok()?))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(option: u8) -> Vec<u8> {
        let mut bytes = vec![3, 0, 0, 0];
        bytes.extend(99u64.to_le_bytes());
        bytes.push(option);
        bytes.extend([7; 32]);
        bytes.extend(b"code");
        bytes
    }

    #[test]
    fn the_loaders_states_are_read_and_others_are_not() {
        let key = Pubkey::new_from_array([7; 32]);
        assert_eq!(upgrade_authority(&data(1)), Some(Changeable::By(key)));
        assert_eq!(upgrade_authority(&data(0)), Some(Changeable::Final));
        assert_eq!(upgrade_authority(&data(2)), None);
        assert_eq!(upgrade_authority(&data(1)[..44]), None);
        assert_eq!(upgrade_authority(&data(1)[..12]), None);
        let program = [&[2, 0, 0, 0][..], &[7; 32]].concat();
        assert_eq!(data_address(&program), Some(key));
        assert_eq!(data_address(&program[..35]), None);
        // Neither passes for the other.
        assert_eq!(data_address(&data(1)), None);
        assert_eq!(upgrade_authority(&program), None);
    }

    #[test]
    fn the_authority_is_the_loaders_word_and_nobody_elses() {
        let (at, upgradeable) = (Pubkey::new_from_array([7; 32]), bpf_loader_upgradeable::ID);
        let program = [&[2, 0, 0, 0][..], &[7; 32]].concat();
        let read = |loader: Pubkey, owner: Pubkey, kept: Option<Vec<u8>>| {
            changeable(&|key| {
                let found = if *key == ID {
                    Some((loader, program.clone()))
                } else {
                    assert_eq!(*key, at);
                    kept.clone().map(|data| (owner, data))
                };
                Ok(found)
            })
        };
        let by = Changeable::By(at);
        assert_eq!(read(upgradeable, upgradeable, Some(data(1))).unwrap(), by);
        assert_eq!(read(FINAL_LOADERS[0], at, None).unwrap(), Changeable::Final);
        assert_eq!(read(at, at, None).unwrap(), Changeable::Unknown(at));
        for (owner, kept) in [(at, Some(data(1))), (upgradeable, None), (upgradeable, Some(vec![]))]
        {
            let refused = read(upgradeable, owner, kept);
            assert!(matches!(refused, Err(Failure::Doubted(_))));
        }
    }

    #[test]
    fn what_can_be_changed_is_said_out_loud() {
        let name = |_: &Pubkey| "Ada".to_owned();
        let key = Pubkey::new_unique();
        let said = Changeable::By(key).sentence(&name);
        assert_eq!(said, "not final: anyone who holds Ada can change the program");
        assert!(Changeable::Final.sentence(&name).starts_with("final: nobody"));
        assert_eq!(Changeable::By(key).authority(), Some(key));
        assert_eq!(Changeable::Final.authority(), None);
    }
}
