//! The only file that makes token CPIs. Everything moves by `transfer_checked`, and after each call
//! both balances must have moved by exactly the amount (design section 7).

use anchor_lang::{
    Ids,
    error::ErrorCode,
    prelude::*,
    solana_program::{
        instruction::{AccountMeta, Instruction},
        program::{invoke_signed_unchecked, invoke_unchecked},
        program_pack::Pack,
    },
    token::Mint,
};
use anchor_spl::{
    token_2022::spl_token_2022::{
        extension::{
            BaseStateWithExtensions, ExtensionType, StateWithExtensions,
            memo_transfer::MemoTransfer,
        },
        state::{Account as TokenState, AccountState, Mint as MintState},
    },
    token_interface::TokenInterface,
};

use crate::{
    create::Creation,
    error::{BudgetError, checked, fail, require, require_eq},
    state::TreasurySeeds,
};

/// One transfer between two token accounts of the same mint.
pub struct Movement<'a, 'info> {
    /// Debited token account.
    pub from: &'a AccountInfo<'info>,
    /// Credited token account.
    pub to: &'a AccountInfo<'info>,
    pub mint: &'a InterfaceAccount<'info, Mint>,
    /// Signs for `from`.
    pub authority: &'a AccountInfo<'info>,
    /// The token program that owns the mint.
    pub token_program: Pubkey,
}

impl Movement<'_, '_> {
    /// Moves `amount` base units on the authority's own signature.
    ///
    /// # Errors
    /// [`BudgetError::InsufficientTokens`], [`BudgetError::TransferAmountMismatch`], Anchor's
    /// `ConstraintDuplicateMutableAccount` for one account given as both, or the token program's
    /// own.
    pub fn run(self, amount: u64) -> Result<()> {
        self.transfer(amount, &[])
    }

    /// Moves `amount` base units out of a vault, signed by the treasury.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn run_signed(self, amount: u64, treasury: &TreasurySeeds) -> Result<()> {
        self.transfer(amount, &[&treasury.as_slices()])
    }

    #[inline(never)]
    fn transfer(self, amount: u64, signer: &[&[&[u8]]]) -> Result<()> {
        let Self { from, to, mint, authority, token_program } = self;
        if from.key == to.key {
            return Err(ErrorCode::ConstraintDuplicateMutableAccount.into());
        }
        let expected_from = balance(from)?.checked_sub(amount);
        let expected_from = expected_from.ok_or_else(|| fail(BudgetError::InsufficientTokens))?;
        let expected_to = checked(balance(to)?.checked_add(amount))?;
        let instruction = Instruction {
            program_id: token_program,
            accounts: vec![
                AccountMeta::new(*from.key, false),
                AccountMeta::new_readonly(mint.key(), false),
                AccountMeta::new(*to.key, false),
                AccountMeta::new_readonly(*authority.key, true),
            ],
            data: transfer_checked(amount, mint.decimals()?),
        };
        let infos = [from.clone(), mint.to_account_info(), to.clone(), authority.clone()];
        // SECURITY: unchecked leaves out the search for borrowed data. Callers let go of treasury
        // and records before they move tokens, and `balance` borrows for a moment only.
        let called = invoke_signed_unchecked(&instruction, &infos, signer);
        // The heap is never taken back: nothing is gained by taking these apart.
        std::mem::forget((instruction, infos));
        called?;
        // Prove: no fee, no hook, no alias of the two accounts changed what arrived.
        require_eq!(balance(from)?, expected_from, BudgetError::TransferAmountMismatch);
        require_eq!(balance(to)?, expected_to, BudgetError::TransferAmountMismatch);
        Ok(())
    }
}

/// The data of `TransferChecked`, alike in both token programs. Their own crate encodes it as well,
/// through a match over all of their instructions.
fn transfer_checked(amount: u64, decimals: u8) -> Vec<u8> {
    // ABI: number of the instruction.
    const TRANSFER_CHECKED: u8 = 12;
    let mut data = Vec::with_capacity(10);
    data.push(TRANSFER_CHECKED);
    data.extend_from_slice(&amount.to_le_bytes());
    data.push(decimals);
    data
}

/// Base units in a token account.
fn balance(account: &AccountInfo<'_>) -> Result<u64> {
    const AMOUNT: core::ops::Range<usize> = 64..72;
    let data = account.try_borrow_data()?;
    let bytes = data.get(AMOUNT).and_then(|bytes| bytes.try_into().ok());
    Ok(u64::from_le_bytes(bytes.ok_or_else(|| fail(BudgetError::WrongTokenAccount))?))
}

/// Bytes of a token account without extensions; the mints allowed here ask for none.
const TOKEN_ACCOUNT_BYTES: usize = TokenState::LEN;

/// A token account of the treasury, still to be created at a program address.
pub struct NewVault<'a, 'info> {
    pub account: &'a AccountInfo<'info>,
    pub mint: &'a InterfaceAccount<'info, Mint>,
    /// The treasury.
    pub authority: &'a AccountInfo<'info>,
    pub payer: &'a AccountInfo<'info>,
    /// The token program that owns the mint.
    pub token_program: Pubkey,
    /// Seeds of the address, without the bump.
    pub seeds: &'a [&'a [u8]],
}

impl NewVault<'_, '_> {
    /// Creates the vault, makes the treasury its only authority, and returns its bump.
    pub fn create(self) -> Result<u8> {
        let Self { account, mint, authority, payer, token_program, seeds } = self;
        let bump = Creation {
            account,
            payer,
            owner: &token_program,
            space: TOKEN_ACCOUNT_BYTES,
            seeds,
            exists: BudgetError::TreasuryAlreadyExists,
        }
        .run()?;
        // ABI: `InitializeAccount3`, alike in both token programs: its number, then the authority.
        const INITIALIZE_ACCOUNT_3: &[u8] = &[18];
        let instruction = Instruction {
            program_id: token_program,
            accounts: vec![
                AccountMeta::new(*account.key, false),
                AccountMeta::new_readonly(mint.key(), false),
            ],
            data: [INITIALIZE_ACCOUNT_3, authority.key.as_ref()].concat(),
        };
        invoke_unchecked(&instruction, &[account.clone(), mint.to_account_info()])?;
        Ok(bump)
    }
}

/// Refuses every mint extension outside the allowlist, unknown ones included: each of the others
/// lets somebody take, freeze, tax or veto what the vault holds.
///
/// # Errors
/// [`BudgetError::MintExtensionNotAllowed`]
pub fn require_plain_mint(mint: &AccountInfo<'_>) -> Result<()> {
    let data = mint.try_borrow_data()?;
    let refused = || fail(BudgetError::MintExtensionNotAllowed);
    let state = StateWithExtensions::<MintState>::unpack(&data).map_err(|_| refused())?;
    let extensions = state.get_extension_types().map_err(|_| refused())?;
    let allowed = |extension: &ExtensionType| {
        matches!(extension, ExtensionType::MetadataPointer | ExtensionType::TokenMetadata)
    };
    require!(extensions.iter().all(allowed), BudgetError::MintExtensionNotAllowed);
    Ok(())
}

/// Whether a payment into `account` would succeed and reach somebody who may have it: it is a live,
/// unfrozen token account of `mint` that accepts a plain transfer and whose owner is `suitable`.
pub fn is_payable(
    account: &AccountInfo<'_>,
    mint: &Pubkey,
    suitable: impl Fn(&Pubkey) -> bool,
) -> bool {
    if !TokenInterface::ids().contains(account.owner) {
        return false;
    }
    let Ok(data) = account.try_borrow_data() else { return false };
    let Ok(state) = StateWithExtensions::<TokenState>::unpack(&data) else { return false };
    let wants_memo = state
        .get_extension::<MemoTransfer>()
        .is_ok_and(|memo| bool::from(memo.require_incoming_transfer_memos));
    state.base.state == AccountState::Initialized
        && state.base.mint == *mint
        && suitable(&state.base.owner)
        && !wants_memo
}

#[cfg(test)]
mod tests {
    use anchor_lang::token::{Kind, Mint, TokenAccount};

    use super::*;

    /// Whether the token program's own reading and ours agree on `bytes`.
    fn agree<K: Kind, S: Pack + spl_state::Base>(bytes: &[u8]) -> bool {
        S::reads(bytes) == K::prove(bytes).is_ok()
    }

    mod spl_state {
        use super::*;

        pub trait Base {
            fn reads(bytes: &[u8]) -> bool;
        }

        impl Base for TokenState {
            fn reads(bytes: &[u8]) -> bool {
                StateWithExtensions::<TokenState>::unpack(bytes).is_ok()
            }
        }

        impl Base for MintState {
            fn reads(bytes: &[u8]) -> bool {
                StateWithExtensions::<MintState>::unpack(bytes).is_ok()
            }
        }
    }

    #[test]
    fn what_counts_as_a_token_account_or_mint_is_what_the_token_programs_say() {
        const STATE: usize = 108;
        const IS_INITIALIZED: usize = 45;
        const KIND: usize = 165;
        let (mut live, mut dead) = ([0, 0], [0, 0]);
        for length in 0..=400 {
            for (mark, kind) in (0..4u8).flat_map(|mark| (0..4u8).map(move |kind| (mark, kind))) {
                let with = |at: usize| {
                    let mut bytes = vec![0; length];
                    for (at, value) in [(at, mark), (KIND, kind)] {
                        if let Some(byte) = bytes.get_mut(at) {
                            *byte = value;
                        }
                    }
                    bytes
                };
                let (account, mint) = (with(STATE), with(IS_INITIALIZED));
                assert!(agree::<TokenAccount, TokenState>(&account), "{length} {mark} {kind}");
                assert!(agree::<Mint, MintState>(&mint), "{length} {mark} {kind}");
                for (at, is_live) in
                    [TokenAccount::prove(&account).is_ok(), Mint::prove(&mint).is_ok()]
                        .into_iter()
                        .enumerate()
                {
                    let counts = if is_live { &mut live } else { &mut dead };
                    counts[at] += 1;
                }
            }
        }
        assert!(live.into_iter().chain(dead).all(|count| count > 100), "{live:?} {dead:?}");
    }
}
