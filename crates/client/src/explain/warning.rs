//! What a signer must be told before anything else.

use anchor_lang::prelude::Pubkey;
use serde::{Serialize, Serializer};

use super::base58;

/// A reason not to sign, or to look twice. `step` counts instructions from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Warning {
    /// The first instruction uses up a durable nonce: a signature stays valid until the nonce is
    /// used, however long that is. Roles' instructions are refused with one.
    DurableNonce,
    /// Several instructions of this program, which a wallet may show as one.
    SeveralOfOurs {
        /// How many.
        count: usize,
    },
    /// A program that is not known here: do not sign unless you know it.
    UnknownProgram {
        /// Which instruction.
        step: usize,
        /// The program.
        #[serde(serialize_with = "base58")]
        program: Pubkey,
    },
    /// An account is given to another program, which then does with it what it likes.
    Assign {
        /// Which instruction.
        step: usize,
    },
    /// The power over a token account, a mint or a nonce goes to somebody else.
    SetAuthority {
        /// Which instruction.
        step: usize,
    },
    /// Tokens are moved, destroyed or put into somebody's hands beside what this program does.
    MovesTokens {
        /// Which instruction.
        step: usize,
    },
    /// Lamports are moved.
    MovesLamports {
        /// Which instruction.
        step: usize,
    },
    /// Accounts come out of lookup tables, so the bytes alone do not tell which they are.
    LookupTables {
        /// How many accounts.
        accounts: usize,
    },
    /// An instruction of another program can write accounts; those that sign it most of all.
    WritableElsewhere {
        /// Which instruction.
        step: usize,
        /// How many accounts.
        accounts: usize,
    },
    /// An instruction of a known program could not be read.
    NotDecoded {
        /// Which instruction.
        step: usize,
        /// Why not.
        why: String,
    },
    /// An account does not lie where its seeds say.
    WrongPlace {
        /// Which instruction.
        step: usize,
        /// Its name.
        account: &'static str,
    },
    /// An instruction of ours lacks accounts.
    MissingAccounts {
        /// Which instruction.
        step: usize,
        /// How many.
        count: usize,
    },
    /// A signature that is there does not sign these bytes.
    InvalidSignature {
        /// Whose it should be.
        #[serde(serialize_with = "base58")]
        signer: Pubkey,
    },
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::DurableNonce => {
                f.write_str("it uses a durable nonce: what you sign can be sent at any later time")
            }
            Self::SeveralOfOurs { count } => {
                write!(f, "it holds {count} instructions of this program: read every one")
            }
            Self::UnknownProgram { step, program } => write!(
                f,
                "instruction {step} calls the unknown program {program}: do not sign unless you \
                 know it"
            ),
            Self::Assign { step } => {
                write!(f, "instruction {step} gives an account to another program")
            }
            Self::SetAuthority { step } => {
                write!(f, "instruction {step} gives an authority to somebody else")
            }
            Self::MovesTokens { step } => write!(
                f,
                "instruction {step} moves tokens, or lets somebody move them, beside this program"
            ),
            Self::MovesLamports { step } => write!(f, "instruction {step} moves lamports"),
            Self::LookupTables { accounts } => write!(
                f,
                "{accounts} accounts come out of lookup tables: these bytes do not tell which"
            ),
            Self::WritableElsewhere { step, accounts } => write!(
                f,
                "instruction {step} lets another program write {accounts} of the accounts"
            ),
            Self::NotDecoded { step, why } => {
                write!(f, "instruction {step} cannot be read, so do not sign: {why}")
            }
            Self::WrongPlace { step, account } => write!(
                f,
                "instruction {step}: the account `{account}` does not lie where its seeds say"
            ),
            Self::MissingAccounts { step, count } => {
                write!(f, "instruction {step} lacks {count} accounts")
            }
            Self::InvalidSignature { signer } => {
                write!(f, "the signature of {signer} does not sign these bytes")
            }
        }
    }
}

/// Warnings with their sentences.
pub(super) fn serialize<S: Serializer>(
    warnings: &[Warning],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Told<'a> {
        #[serde(flatten)]
        warning: &'a Warning,
        text: String,
    }
    let told = warnings.iter().map(|warning| Told { warning, text: warning.to_string() });
    serializer.collect_seq(told)
}
