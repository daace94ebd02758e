//! Whether a token account can be paid, as the program will judge it.

use anchor_lang::prelude::Pubkey;
use anchor_spl::token_2022::spl_token_2022::{
    extension::{BaseStateWithExtensions, StateWithExtensions, memo_transfer::MemoTransfer},
    state::{Account as TokenState, AccountState},
};
use budget_client::Community;
use solana_account::Account;

/// What a payment depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenAccount {
    /// Whose it is.
    pub owner: Pubkey,
    /// Which token.
    pub mint: Pubkey,
    /// Base units in it.
    pub amount: u64,
    /// Whether the mint's freeze authority stopped it.
    pub is_frozen: bool,
    /// Whether it takes no transfer without a memo, which the program does not send.
    pub wants_memo: bool,
}

impl TokenAccount {
    /// Reads an account of either token program; nothing for any other.
    pub fn read(account: &Account) -> Option<Self> {
        let programs = [anchor_spl::token::ID, anchor_spl::token_2022::ID];
        if !programs.contains(&account.owner) {
            return None;
        }
        let state = StateWithExtensions::<TokenState>::unpack(&account.data).ok()?;
        let wants_memo = state
            .get_extension::<MemoTransfer>()
            .is_ok_and(|memo| bool::from(memo.require_incoming_transfer_memos));
        Some(Self {
            owner: state.base.owner,
            mint: state.base.mint,
            amount: state.base.amount,
            is_frozen: state.base.state == AccountState::Frozen,
            wants_memo,
        })
    }
}

/// What stands between a payment and its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payee {
    /// Nothing.
    Payable,
    /// There is no token account.
    Missing,
    /// It is frozen.
    Frozen,
    /// It belongs to somebody whom the program does not pay there, or holds another token.
    Unsuitable,
    /// It takes no transfer without a memo.
    WantsMemo,
}

impl Payee {
    /// Judges `account`, whose owner must be `suitable`.
    pub fn of(
        account: Option<&TokenAccount>,
        community: &Community,
        suitable: impl Fn(&Pubkey) -> bool,
    ) -> Self {
        match account {
            None => Self::Missing,
            Some(account) if account.mint != community.budget_mint => Self::Unsuitable,
            Some(account) if !suitable(&account.owner) => Self::Unsuitable,
            Some(account) if account.is_frozen => Self::Frozen,
            Some(account) if account.wants_memo => Self::WantsMemo,
            Some(_) => Self::Payable,
        }
    }

    /// In words, after "the account".
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Payable => "can be paid",
            Self::Missing => "does not exist",
            Self::Frozen => "is frozen by the mint's freeze authority",
            Self::Unsuitable => "belongs to somebody else or holds another token",
            Self::WantsMemo => "takes no transfer without a memo",
        }
    }
}
