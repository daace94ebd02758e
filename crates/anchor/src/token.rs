//! Token accounts and mints, as [`InterfaceAccount`](crate::prelude::InterfaceAccount) tells them
//! apart: by the rules of the two token programs, for accounts that those programs own.

use upstream::prelude::{ProgramError, Pubkey};

/// The two token programs.
pub const PROGRAMS: [Pubkey; 2] = [
    Pubkey::from_str_const("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"),
    Pubkey::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"),
];

/// Tells token accounts and mints apart.
pub trait Kind {
    /// Refuses bytes that no token program would take for a live account of this kind.
    fn prove(data: &[u8]) -> std::result::Result<(), ProgramError>;
}

/// Bytes of a token account without extensions; where the byte that tells accounts from mints is in
/// those with some; and the one length that is something else.
const TOKEN_BYTES: usize = 165;
const MULTISIG_BYTES: usize = 355;

/// A token account.
pub struct TokenAccount;

impl Kind for TokenAccount {
    fn prove(data: &[u8]) -> std::result::Result<(), ProgramError> {
        const STATE: usize = 108;
        const OF_ACCOUNTS: Option<&u8> = Some(&2);
        let extended = data.get(TOKEN_BYTES);
        if data.len() == MULTISIG_BYTES || !(extended.is_none() || extended == OF_ACCOUNTS) {
            return Err(ProgramError::InvalidAccountData);
        }
        match data.get(..TOKEN_BYTES).and_then(|data| data.get(STATE)) {
            Some(1 | 2) => Ok(()),
            Some(0) => Err(ProgramError::UninitializedAccount),
            _ => Err(ProgramError::InvalidAccountData),
        }
    }
}

/// A mint.
pub struct Mint;

impl Kind for Mint {
    fn prove(data: &[u8]) -> std::result::Result<(), ProgramError> {
        const MINT_BYTES: usize = 82;
        const INITIALIZED: usize = 45;
        const OF_MINTS: Option<&u8> = Some(&1);
        let plain = data.len() == MINT_BYTES;
        let extended = data.len() != MULTISIG_BYTES && data.get(TOKEN_BYTES) == OF_MINTS;
        match data.get(INITIALIZED) {
            Some(1) if plain || extended => Ok(()),
            Some(0) if plain || extended => Err(ProgramError::UninitializedAccount),
            _ => Err(ProgramError::InvalidAccountData),
        }
    }
}

#[cfg(feature = "idl-build")]
mod idl {
    //! Token accounts and mints are described by their own programs; the macro asks for these all
    //! the same.

    use upstream::{Discriminator, IdlBuild, Owners, prelude::Pubkey};

    use super::{Mint, PROGRAMS, TokenAccount};

    macro_rules! described_elsewhere {
        ($kind:ty) => {
            impl IdlBuild for $kind {}

            impl Discriminator for $kind {
                const DISCRIMINATOR: &'static [u8] = &[];
            }

            impl Owners for $kind {
                fn owners() -> &'static [Pubkey] {
                    &PROGRAMS
                }
            }
        };
    }

    described_elsewhere!(TokenAccount);
    described_elsewhere!(Mint);
}
