//! Token accounts, as far as acts and receipts need them.

use anchor_lang::prelude::Pubkey;
use anchor_spl::{
    token,
    token_2022::{
        self,
        spl_token_2022::{
            extension::StateWithExtensions,
            state::{Account as TokenState, AccountState},
        },
    },
};

use crate::{
    context::Context,
    exit::{Failure, Result},
    quantity::Token,
};

/// A token account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purse {
    /// Its address.
    pub key: Pubkey,
    /// Who may spend from it.
    pub owner: Pubkey,
    /// What it holds.
    pub mint: Pubkey,
    /// How much, in base units.
    pub amount: u64,
    /// Whether the mint's freeze authority has frozen it.
    pub frozen: bool,
}

impl Purse {
    /// The token account in `data`, which `program` owns; nothing when it is none.
    pub fn read(key: Pubkey, program: &Pubkey, data: &[u8]) -> Option<Self> {
        if ![token::ID, token_2022::ID].contains(program) {
            return None;
        }
        let state = StateWithExtensions::<TokenState>::unpack(data).ok()?.base;
        let frozen = state.state == AccountState::Frozen;
        Some(Self { key, owner: state.owner, mint: state.mint, amount: state.amount, frozen })
    }

    /// Refuses a purse that cannot pay `amount` of `token`.
    ///
    /// # Errors
    /// Exit code `funds`; `input` when it is frozen.
    pub fn require(&self, amount: u64, token: &Token) -> Result<()> {
        if self.frozen {
            return Err(Failure::input(format!(
                "the token account {} is frozen; only the mint's freeze authority can change that.",
                self.key
            )));
        }
        if self.amount < amount {
            return Err(Failure::Funds(format!(
                "the token account {} holds {}, and this needs {}.",
                self.key,
                token.show(self.amount),
                token.show(amount)
            )));
        }
        Ok(())
    }
}

impl Context {
    /// The token account at `key`; nothing when there is none.
    ///
    /// # Errors
    /// Exit code `input` when something else is there.
    pub fn purse(&self, key: &Pubkey) -> Result<Option<Purse>> {
        let Some(account) = self.network()?.account(key)? else { return Ok(None) };
        let purse = Purse::read(*key, &account.owner, &account.data);
        purse.map(Some).ok_or_else(|| Failure::input(format!("{key} is no token account.")))
    }

    /// Proves that the token account at `key` can pay `amount` of `token`, and returns it.
    ///
    /// # Errors
    /// Exit codes `funds`; `input` for nothing and for what is frozen.
    pub fn require_tokens(&self, key: &Pubkey, amount: u64, token: &Token) -> Result<Purse> {
        if amount == 0 {
            return Err(Failure::input("the amount must be more than nothing."));
        }
        let purse = self.purse(key)?.ok_or_else(|| {
            Failure::Funds(format!(
                "there is no {} to pay with: the token account {key} does not exist.",
                token.symbol
            ))
        })?;
        purse.require(amount, token)?;
        Ok(purse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(frozen: bool) -> Vec<u8> {
        // ABI of both token programs: mint, owner, amount, no delegate, state, and options.
        let mut data = vec![0; 165];
        data[..32].fill(1);
        data[32..64].fill(2);
        data[64..72].copy_from_slice(&50u64.to_le_bytes());
        data[108] = if frozen { 2 } else { 1 };
        data
    }

    #[test]
    fn a_purse_pays_what_it_holds_and_no_more() {
        let key = Pubkey::new_unique();
        let token = Token { decimals: 1, symbol: "USDC".to_owned() };
        let purse = Purse::read(key, &token::ID, &bytes(false)).unwrap();
        assert_eq!((purse.amount, purse.frozen), (50, false));
        assert_eq!(purse.mint, Pubkey::new_from_array([1; 32]));
        assert_eq!(purse.owner, Pubkey::new_from_array([2; 32]));
        assert!(purse.require(50, &token).is_ok());
        let failure = purse.require(51, &token).unwrap_err();
        assert!(matches!(failure, Failure::Funds(_)));
        assert!(failure.to_string().contains("holds 5 USDC, and this needs 5.1 USDC"));
        let frozen = Purse::read(key, &token::ID, &bytes(true)).unwrap();
        assert!(matches!(frozen.require(1, &token), Err(Failure::Input(_))));
    }

    #[test]
    fn only_a_token_programs_account_is_a_purse() {
        let key = Pubkey::new_unique();
        assert_eq!(Purse::read(key, &community_budget::ID, &bytes(false)), None);
        assert_eq!(Purse::read(key, &token::ID, &bytes(false)[..164]), None);
        assert_eq!(Purse::read(key, &token::ID, &[]), None);
    }
}
