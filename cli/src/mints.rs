//! Mints: what a token counts in, and who can freeze or issue it.

use anchor_lang::prelude::Pubkey;
use anchor_spl::{
    token,
    token_2022::{
        self,
        spl_token_2022::{
            extension::{BaseStateWithExtensions, ExtensionType, StateWithExtensions},
            state::Mint as MintState,
        },
    },
};
use budget_rpc::Trouble;

use crate::{
    context::Context,
    exit::{Failure, Result},
};

/// A mint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mint {
    /// Its address.
    pub key: Pubkey,
    /// The token program that owns it.
    pub program: Pubkey,
    /// Places behind the point.
    pub decimals: u8,
    /// Who can freeze any account of it.
    pub freeze_authority: Option<Pubkey>,
    /// Who can issue more of it.
    pub mint_authority: Option<Pubkey>,
    /// Extensions that a treasury refuses, by Token-2022's names for them.
    pub refused: Vec<String>,
}

impl Mint {
    /// The mint in `data`, which `program` owns; nothing when it is none.
    pub fn read(key: Pubkey, program: &Pubkey, data: &[u8]) -> Option<Self> {
        if ![token::ID, token_2022::ID].contains(program) {
            return None;
        }
        let state = StateWithExtensions::<MintState>::unpack(data).ok()?;
        let allowed = |extension: &ExtensionType| {
            matches!(extension, ExtensionType::MetadataPointer | ExtensionType::TokenMetadata)
        };
        let refused = match state.get_extension_types() {
            Ok(found) => found
                .iter()
                .filter(|extension| !allowed(extension))
                .map(|extension| format!("{extension:?}"))
                .collect(),
            Err(_) => vec!["one that is not known here".to_owned()],
        };
        Some(Self {
            key,
            program: *program,
            decimals: state.base.decimals,
            freeze_authority: state.base.freeze_authority.into(),
            mint_authority: state.base.mint_authority.into(),
            refused,
        })
    }

    /// Who can freeze it, in a sentence without a full stop.
    pub fn freezing(&self, what: &str, name: &dyn Fn(&Pubkey) -> String) -> String {
        match &self.freeze_authority {
            Some(key) => format!("{} can freeze {what}", name(key)),
            None => "nobody can freeze it".to_owned(),
        }
    }

    /// Refuses a mint that no treasury takes.
    ///
    /// # Errors
    /// Exit code `input`, with the extensions.
    pub fn require_plain(&self) -> Result<()> {
        if self.refused.is_empty() {
            return Ok(());
        }
        Err(Failure::input(format!(
            "a treasury takes no mint with other extensions than metadata; {} has {}.",
            self.key,
            self.refused.join(", ")
        )))
    }
}

impl Context {
    /// The mint at `key`; `what` names it in errors.
    ///
    /// # Errors
    /// Exit codes `missing`, `input`.
    pub fn mint(&self, key: &Pubkey, what: &str) -> Result<Mint> {
        let account = self.network()?.account(key)?.ok_or_else(|| Trouble::NoAccount {
            what: format!("{what} on this network"),
            key: *key,
        })?;
        Mint::read(*key, &account.owner, &account.data)
            .ok_or_else(|| Failure::input(format!("the {what} {key} is no mint.")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ABI of both token programs: optional mint authority, supply, decimals, whether it is
    /// initialised, optional freeze authority.
    fn bytes(freeze: bool) -> Vec<u8> {
        let mut data = vec![0; 82];
        data[44] = 6;
        data[45] = 1;
        data[46] = u8::from(freeze);
        data[50..82].fill(9);
        data
    }

    fn extended(number: u16, length: u16) -> Vec<u8> {
        let mut data = bytes(false);
        // Token-2022 pads a mint to the length of an account, writes its kind, and then extensions.
        data.resize(165, 0);
        data.push(1);
        data.extend(number.to_le_bytes());
        data.extend(length.to_le_bytes());
        data.resize(data.len() + usize::from(length), 0);
        data
    }

    #[test]
    fn a_mint_says_who_can_freeze_it() {
        let key = Pubkey::new_unique();
        let name = |key: &Pubkey| key.to_string();
        let mint = Mint::read(key, &token::ID, &bytes(true)).unwrap();
        let freezer = Pubkey::new_from_array([9; 32]);
        assert_eq!((mint.decimals, mint.freeze_authority), (6, Some(freezer)));
        assert_eq!(mint.mint_authority, None);
        assert_eq!(mint.freezing("the vault", &name), format!("{freezer} can freeze the vault"));
        assert!(mint.require_plain().is_ok());
        let free = Mint::read(key, &token::ID, &bytes(false)).unwrap();
        assert_eq!(free.freezing("the vault", &name), "nobody can freeze it");
    }

    #[test]
    fn only_a_token_programs_mint_is_one() {
        let key = Pubkey::new_unique();
        assert_eq!(Mint::read(key, &community_budget::ID, &bytes(true)), None);
        assert_eq!(Mint::read(key, &token::ID, &bytes(true)[..81]), None);
        let mut unborn = bytes(true);
        unborn[45] = 0;
        assert_eq!(Mint::read(key, &token::ID, &unborn), None);
    }

    #[test]
    fn extensions_beside_metadata_are_refused_by_name() {
        let key = Pubkey::new_unique();
        let pointer = Mint::read(key, &token_2022::ID, &extended(18, 64)).unwrap();
        assert!(pointer.require_plain().is_ok());
        let closable = Mint::read(key, &token_2022::ID, &extended(3, 32)).unwrap();
        let refused = closable.require_plain().unwrap_err().to_string();
        assert!(refused.contains("MintCloseAuthority"), "{refused}");
        let unknown = Mint::read(key, &token_2022::ID, &extended(60_000, 4)).unwrap();
        assert!(matches!(unknown.require_plain(), Err(Failure::Input(_))));
    }
}
