//! Instructions of the programs that belong into transactions of ours: their kind, and what of it a
//! signer must know. The numbers of the kinds are those programs' interfaces.

use anchor_lang::{prelude::Pubkey, system_program};
use anchor_spl::{associated_token, token, token_2022};
use community_budget::ID;

use crate::idl::{Field, Value};

/// The program that sets a transaction's limits.
pub(super) const COMPUTE_BUDGET: Pubkey =
    anchor_lang::pubkey!("ComputeBudget111111111111111111111111111111");

/// What an instruction of another program can do to whoever signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing beyond its own accounts.
    Plain,
    /// Uses up a durable nonce.
    Nonce,
    /// Gives an account to another program.
    Assign,
    /// Gives the power over a mint or token account to somebody else.
    SetAuthority,
    /// Moves tokens, lets somebody else move them, or destroys them.
    Tokens,
    /// Moves lamports.
    Lamports,
    /// Makes an associated token account, which harms nobody.
    Associated,
}

/// A known kind of instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub name: &'static str,
    pub arguments: Vec<Field<'static>>,
    pub effect: Effect,
}

/// Names of the programs known here.
pub(super) fn program_name(program: &Pubkey) -> Option<&'static str> {
    [
        (ID, "Community Budget"),
        (system_program::ID, "System"),
        (token::ID, "Token"),
        (token_2022::ID, "Token-2022"),
        (associated_token::ID, "Associated Token Account"),
        (COMPUTE_BUDGET, "Compute Budget"),
    ]
    .into_iter()
    .find_map(|(known, name)| (known == *program).then_some(name))
}

/// The kind of an instruction of a known program other than ours; `None` for one that is not known
/// or whose data do not fit its kind.
pub(super) fn kind(program: &Pubkey, data: &[u8]) -> Option<Kind> {
    match *program {
        system_program::ID => system(data),
        token::ID | token_2022::ID => token_kind(data),
        associated_token::ID => associated(data),
        COMPUTE_BUDGET => compute_budget(data),
        _ => None,
    }
}

fn field(name: &'static str, value: Value<'static>) -> Field<'static> {
    Field { name, docs: &[], value }
}

fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(at..)?.first_chunk().copied()?))
}

fn u64_at(data: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(data.get(at..)?.first_chunk().copied()?))
}

fn key_at(data: &[u8], at: usize) -> Option<Pubkey> {
    Some(Pubkey::new_from_array(data.get(at..)?.first_chunk().copied()?))
}

const SYSTEM: [&str; 14] = [
    "CreateAccount",
    "Assign",
    "Transfer",
    "CreateAccountWithSeed",
    "AdvanceNonceAccount",
    "WithdrawNonceAccount",
    "InitializeNonceAccount",
    "AuthorizeNonceAccount",
    "Allocate",
    "AllocateWithSeed",
    "AssignWithSeed",
    "TransferWithSeed",
    "UpgradeNonceAccount",
    "CreateAccountAllowPrefund",
];

fn system(data: &[u8]) -> Option<Kind> {
    let name = *SYSTEM.get(usize::try_from(u32_at(data, 0)?).ok()?)?;
    let lamports = |at| Some(field("lamports", Value::Unsigned(u64_at(data, at)?)));
    let (effect, arguments) = match name {
        "AdvanceNonceAccount" => (Effect::Nonce, vec![]),
        "Assign" => (Effect::Assign, vec![field("owner", Value::Key(key_at(data, 4)?))]),
        "AssignWithSeed" | "AllocateWithSeed" => {
            // The owner is the last field.
            let owner = key_at(data, data.len().checked_sub(32)?)?;
            (Effect::Assign, vec![field("owner", Value::Key(owner))])
        }
        "Transfer" | "TransferWithSeed" | "WithdrawNonceAccount" => {
            (Effect::Lamports, vec![lamports(4)?])
        }
        "CreateAccount" | "CreateAccountAllowPrefund" => {
            let space = field("space", Value::Unsigned(u64_at(data, 12)?));
            let owner = field("owner", Value::Key(key_at(data, 20)?));
            (Effect::Lamports, vec![lamports(4)?, space, owner])
        }
        "CreateAccountWithSeed" => (Effect::Lamports, vec![]),
        "AuthorizeNonceAccount" => {
            let authority = field("authority", Value::Key(key_at(data, 4)?));
            (Effect::SetAuthority, vec![authority])
        }
        _ => (Effect::Plain, vec![]),
    };
    Some(Kind { name, arguments, effect })
}

const TOKEN: [&str; 47] = [
    "InitializeMint",
    "InitializeAccount",
    "InitializeMultisig",
    "Transfer",
    "Approve",
    "Revoke",
    "SetAuthority",
    "MintTo",
    "Burn",
    "CloseAccount",
    "FreezeAccount",
    "ThawAccount",
    "TransferChecked",
    "ApproveChecked",
    "MintToChecked",
    "BurnChecked",
    "InitializeAccount2",
    "SyncNative",
    "InitializeAccount3",
    "InitializeMultisig2",
    "InitializeMint2",
    "GetAccountDataSize",
    "InitializeImmutableOwner",
    "AmountToUiAmount",
    "UiAmountToAmount",
    "InitializeMintCloseAuthority",
    "TransferFeeExtension",
    "ConfidentialTransferExtension",
    "DefaultAccountStateExtension",
    "Reallocate",
    "MemoTransferExtension",
    "CreateNativeMint",
    "InitializeNonTransferableMint",
    "InterestBearingMintExtension",
    "CpiGuardExtension",
    "InitializePermanentDelegate",
    "TransferHookExtension",
    "ConfidentialTransferFeeExtension",
    "WithdrawExcessLamports",
    "MetadataPointerExtension",
    "GroupPointerExtension",
    "GroupMemberPointerExtension",
    "ConfidentialMintBurnExtension",
    "ScaledUiAmountExtension",
    "PausableExtension",
    "UnwrapLamports",
    "PermissionedBurnExtension",
];

/// Many instructions in one, which nothing here takes apart.
const BATCH: u8 = 255;

const AUTHORITIES: [&str; 4] = ["MintTokens", "FreezeAccount", "AccountOwner", "CloseAccount"];

fn token_kind(data: &[u8]) -> Option<Kind> {
    let number = *data.first()?;
    let name = match number {
        BATCH => "Batch",
        number => TOKEN.get(usize::from(number))?,
    };
    let amount = || Some(vec![field("amount", Value::Unsigned(u64_at(data, 1)?))]);
    let (effect, arguments) = match name {
        "Transfer" | "Approve" | "Burn" | "TransferChecked" | "ApproveChecked" | "BurnChecked" => {
            (Effect::Tokens, amount()?)
        }
        "MintTo" | "MintToChecked" => (Effect::Tokens, amount()?),
        "SetAuthority" => (Effect::SetAuthority, set_authority(data)?),
        // These move what an account holds, or hide what does.
        "CloseAccount"
        | "TransferFeeExtension"
        | "ConfidentialTransferExtension"
        | "ConfidentialTransferFeeExtension"
        | "ConfidentialMintBurnExtension"
        | "PermissionedBurnExtension"
        | "WithdrawExcessLamports"
        | "UnwrapLamports"
        | "Batch" => (Effect::Tokens, vec![]),
        _ => (Effect::Plain, vec![]),
    };
    Some(Kind { name, arguments, effect })
}

fn set_authority(data: &[u8]) -> Option<Vec<Field<'static>>> {
    let kind = *data.get(1)?;
    let power = match AUTHORITIES.get(usize::from(kind)) {
        Some(name) => Value::Text((*name).to_owned()),
        None => Value::Unsigned(kind.into()),
    };
    let holder = match data.get(2)? {
        0 => Value::Nothing,
        1 => Value::Key(key_at(data, 3)?),
        _ => return None,
    };
    Some(vec![field("authority", power), field("new_holder", holder)])
}

fn associated(data: &[u8]) -> Option<Kind> {
    let (name, effect) = match data {
        [] | [0] => ("Create", Effect::Associated),
        [1] => ("CreateIdempotent", Effect::Associated),
        [2] => ("RecoverNested", Effect::Tokens),
        _ => return None,
    };
    Some(Kind { name, arguments: vec![], effect })
}

fn compute_budget(data: &[u8]) -> Option<Kind> {
    let (name, argument, number, length) = match *data.first()? {
        1 => ("RequestHeapFrame", "bytes", u32_at(data, 1)?.into(), 5),
        2 => ("SetComputeUnitLimit", "units", u32_at(data, 1)?.into(), 5),
        3 => ("SetComputeUnitPrice", "micro_lamports", u64_at(data, 1)?, 9),
        4 => ("SetLoadedAccountsDataSizeLimit", "bytes", u32_at(data, 1)?.into(), 5),
        _ => return None,
    };
    let arguments = vec![field(argument, Value::Unsigned(number))];
    (data.len() == length).then_some(Kind { name, arguments, effect: Effect::Plain })
}
