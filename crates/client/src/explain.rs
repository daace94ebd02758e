//! What a transaction does, from its bytes alone: for checking what a wallet is about to sign
//! without believing the page that made it. Nothing is asked of a node; whatever the bytes do not
//! show is said to be unknown.

mod bytes;
mod fee;
mod others;
mod place;
#[cfg(test)]
mod tests;
mod warning;

use anchor_lang::prelude::Pubkey;
use community_budget::ID;
use serde::{Serialize, Serializer};
use solana_message::{VersionedMessage, compiled_instruction::CompiledInstruction};

pub use fee::Fee;
use others::Effect;
pub use place::Place;
use place::{Addresses, Given, is_left_out};
pub use warning::Warning;

use crate::idl::{self, Decoded, Field, Value};

/// Why bytes were not explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// They are neither a transaction nor a message.
    NotATransaction,
    /// A whole transaction or message, and then this many bytes.
    Trailing(usize),
    /// A message of a version that is not known here; 127 is text that a wallet signs off chain.
    Version(u8),
    /// Its parts do not fit together, so no node would take it.
    Unsound,
    /// They can be read both as a transaction and as a message: made to deceive.
    Ambiguous,
    /// It calls no instruction of this program, but these programs.
    NothingOfOurs(Vec<Pubkey>),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotATransaction => f.write_str("the bytes are no transaction and no message"),
            Self::Trailing(count) => write!(f, "{count} bytes follow the transaction"),
            Self::Version(127) => f.write_str("the bytes are a text to sign, no transaction"),
            Self::Version(version) => write!(f, "the message is of the unknown version {version}"),
            Self::Unsound => f.write_str("the parts of the transaction do not fit together"),
            Self::Ambiguous => {
                f.write_str("the bytes read as a transaction and as another message: do not sign")
            }
            Self::NothingOfOurs(programs) => {
                f.write_str("the transaction calls no instruction of this program")?;
                for (index, program) in programs.iter().enumerate() {
                    write!(f, "{} {program}", if index == 0 { ", but" } else { "," })?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// A transaction, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// `legacy` or `v0`.
    pub version: &'static str,
    /// Who pays the fee.
    #[serde(serialize_with = "base58")]
    pub fee_payer: Pubkey,
    /// Who must sign, the fee payer first.
    pub signers: Vec<Signer>,
    /// The blockhash that it is valid with, for about a minute; with a durable nonce the nonce.
    pub recent_blockhash: String,
    /// What it costs.
    pub fee: Fee,
    /// Its instructions in their order.
    pub instructions: Vec<Step>,
    /// What to be told before signing, each with its sentence.
    #[serde(serialize_with = "warning::serialize")]
    pub warnings: Vec<Warning>,
}

/// A key that must sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signer {
    /// The key.
    #[serde(serialize_with = "base58")]
    pub key: Pubkey,
    /// Whether it has.
    pub signature: Signature,
}

/// Whether a key has signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// The message came alone.
    NotGiven,
    /// It has not signed yet.
    Missing,
    /// It has signed these bytes.
    Valid,
    /// What is there is no signature of these bytes.
    Invalid,
}

/// One instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The program that it calls.
    #[serde(serialize_with = "base58")]
    pub program: Pubkey,
    /// Its name; `None` for one that is not known here: do not sign unless you know it.
    pub program_name: Option<&'static str>,
    /// Which instruction of the program; `None` when it could not be read.
    pub name: Option<&'static str>,
    /// What it does, in a sentence; for instructions of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Its accounts in their order.
    pub accounts: Vec<Account>,
    /// What it is given.
    #[serde(serialize_with = "idl::serialize_fields")]
    pub arguments: Vec<Field<'static>>,
    /// A ballot's choices: slate indices by choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<Value<'static>>,
    /// The data in hexadecimal, when it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
}

/// One account of an instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// As the IDL names it; `None` for accounts of other programs, and for those behind the named
    /// ones.
    pub name: Option<&'static str>,
    /// Its address; `None` when it comes out of a lookup table, or is left out.
    #[serde(serialize_with = "base58_option")]
    pub key: Option<Pubkey>,
    /// Where it comes from, when that is a lookup table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<TableEntry>,
    /// An optional account that is not there.
    pub left_out: bool,
    /// Whether the transaction lets programs write it.
    pub writable: bool,
    /// Whether it signs.
    pub signer: bool,
    /// Where it lies; `None` for an account that may lie anywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// A place in an address lookup table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TableEntry {
    /// The table.
    #[serde(serialize_with = "base58")]
    pub table: Pubkey,
    /// The entry.
    pub index: u8,
}

pub(super) fn base58<S: Serializer>(key: &Pubkey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(key)
}

pub(super) fn base58_option<S: Serializer>(
    key: &Option<Pubkey>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match key {
        Some(key) => serializer.collect_str(key),
        None => serializer.serialize_none(),
    }
}

/// Explains the bytes of a legacy or v0 transaction, signed or not, or of its message alone.
///
/// # Errors
/// [`Refusal`]
pub fn explain(bytes: &[u8]) -> Result<Explanation, Refusal> {
    let signed = bytes::read(bytes)?;
    let message = &signed.message;
    let (version, tables) = match message {
        VersionedMessage::Legacy(_) => ("legacy", 0),
        VersionedMessage::V0(_) => ("v0", entries(message).len()),
        VersionedMessage::V1(_) => return Err(Refusal::Version(1)),
    };
    let keys = message.static_account_keys();
    let called = |step: &CompiledInstruction| keys.get(usize::from(step.program_id_index)).copied();
    let programs: Option<Vec<Pubkey>> = message.instructions().iter().map(called).collect();
    let programs = programs.ok_or(Refusal::Unsound)?;
    if !programs.contains(&ID) {
        return Err(Refusal::NothingOfOurs(programs));
    }
    let mut warnings = Vec::new();
    let signers = signers(&signed, &mut warnings);
    let mut instructions = Vec::new();
    for (index, (program, step)) in programs.into_iter().zip(message.instructions()).enumerate() {
        let accounts: Vec<Account> = step.accounts.iter().map(|at| account(message, *at)).collect();
        instructions.push(if program == ID {
            ours(index, accounts, &step.data, &mut warnings)
        } else {
            other(index, program, accounts, &step.data, &mut warnings)
        });
    }
    let count = instructions.iter().filter(|step| step.program == ID).count();
    if count > 1 {
        warnings.push(Warning::SeveralOfOurs { count });
    }
    if tables > 0 {
        warnings.push(Warning::LookupTables { accounts: tables });
    }
    Ok(Explanation {
        version,
        fee_payer: *keys.first().ok_or(Refusal::Unsound)?,
        fee: fee::fee(signers.len(), &instructions),
        signers,
        recent_blockhash: message.recent_blockhash().to_string(),
        instructions,
        warnings,
    })
}

fn signers(signed: &bytes::Signed, warnings: &mut Vec<Warning>) -> Vec<Signer> {
    let count = usize::from(signed.message.header().num_required_signatures);
    let keys = signed.message.static_account_keys().iter().take(count).enumerate();
    keys.map(|(index, key)| {
        let given = signed.signatures.as_ref().map(|signatures| signatures.get(index));
        let signature = match given {
            None => Signature::NotGiven,
            Some(None) => Signature::Missing,
            Some(Some(signature)) if *signature == Default::default() => Signature::Missing,
            Some(Some(signature)) if signature.verify(key.as_ref(), signed.payload) => {
                Signature::Valid
            }
            Some(Some(_)) => {
                warnings.push(Warning::InvalidSignature { signer: *key });
                Signature::Invalid
            }
        };
        Signer { key: *key, signature }
    })
    .collect()
}

/// The lookup tables' entries in the order in which instructions count them: the writable ones of
/// all tables, then the others.
fn entries(message: &VersionedMessage) -> Vec<TableEntry> {
    let tables = message.address_table_lookups().unwrap_or_default();
    let of = |table: Pubkey, indices: &[u8]| -> Vec<TableEntry> {
        indices.iter().map(|index| TableEntry { table, index: *index }).collect()
    };
    let writable = tables.iter().flat_map(|table| of(table.account_key, &table.writable_indexes));
    let others = tables.iter().flat_map(|table| of(table.account_key, &table.readonly_indexes));
    writable.chain(others).collect()
}

fn account(message: &VersionedMessage, at: u8) -> Account {
    let index = usize::from(at);
    let keys = message.static_account_keys();
    let none = None::<&std::collections::HashSet<Pubkey>>;
    Account {
        name: None,
        key: keys.get(index).copied(),
        table: index.checked_sub(keys.len()).and_then(|at| entries(message).get(at).copied()),
        left_out: false,
        writable: message.is_maybe_writable_with_reserved_addresses(index, none),
        signer: message.is_signer(index),
        place: None,
    }
}

fn ours(
    index: usize,
    mut accounts: Vec<Account>,
    data: &[u8],
    warnings: &mut Vec<Warning>,
) -> Step {
    let mut step = Step {
        program: ID,
        program_name: others::program_name(&ID),
        name: None,
        summary: None,
        accounts: Vec::new(),
        arguments: Vec::new(),
        choices: None,
        data: None,
    };
    let decoded = match idl::instruction(data) {
        Ok(decoded) => decoded,
        Err(why) => {
            warnings.push(Warning::NotDecoded { step: index, why: why.to_string() });
            return Step { accounts, data: Some(idl::hexadecimal(data)), ..step };
        }
    };
    let named = idl::instruction_accounts(decoded.name).unwrap_or_default();
    let given = named.iter().zip(&mut accounts).map(|(of, account)| {
        account.name = Some(&of.name);
        account.left_out = account.key.is_some_and(|key| is_left_out(of, &key));
        if account.left_out {
            account.key = None;
        }
        let given = match account.key {
            Some(key) => Given::Key(key),
            None if account.left_out => Given::LeftOut,
            None => Given::Unresolved,
        };
        (*of, given)
    });
    let addresses =
        Addresses { name: decoded.name, arguments: Some(&decoded), accounts: given.collect() };
    for (of, account) in named.iter().zip(&mut accounts) {
        account.place = match (account.key, account.table) {
            (Some(key), _) => addresses.place(of, key),
            (None, Some(_)) => Some(Place::NotCheckable),
            (None, None) => None,
        };
        if let Some(Place::Wrong { .. }) = account.place {
            warnings.push(Warning::WrongPlace { step: index, account: &of.name });
        }
    }
    if let Some(count) = named.len().checked_sub(accounts.len()).filter(|count| *count > 0) {
        warnings.push(Warning::MissingAccounts { step: index, count });
    }
    step.name = Some(decoded.name);
    step.summary = Some(idl::first_sentence(decoded.docs));
    step.accounts = accounts;
    step.choices = choices(&decoded);
    step.arguments = decoded.fields;
    step
}

fn choices(decoded: &Decoded) -> Option<Value<'static>> {
    match decoded.get("args.ballot")? {
        Value::Bytes(ballot) => Some(idl::ballot(ballot)),
        _ => None,
    }
}

fn other(
    index: usize,
    program: Pubkey,
    accounts: Vec<Account>,
    data: &[u8],
    warnings: &mut Vec<Warning>,
) -> Step {
    let program_name = others::program_name(&program);
    let kind = others::kind(&program, data);
    let effect = kind.as_ref().map(|kind| kind.effect);
    match (program_name, effect) {
        (None, _) => warnings.push(Warning::UnknownProgram { step: index, program }),
        (Some(name), None) => {
            let why = format!("it is no instruction of {name} that is known here");
            warnings.push(Warning::NotDecoded { step: index, why });
        }
        (Some(_), Some(Effect::Nonce)) if index == 0 => warnings.push(Warning::DurableNonce),
        (Some(_), Some(Effect::Assign)) => warnings.push(Warning::Assign { step: index }),
        (Some(_), Some(Effect::SetAuthority)) => {
            warnings.push(Warning::SetAuthority { step: index });
        }
        (Some(_), Some(Effect::Tokens)) => warnings.push(Warning::MovesTokens { step: index }),
        (Some(_), Some(Effect::Lamports)) => warnings.push(Warning::MovesLamports { step: index }),
        (Some(_), Some(Effect::Nonce | Effect::Plain | Effect::Associated)) => {}
    }
    let writable = accounts.iter().filter(|account| account.writable).count();
    if writable > 0 && effect != Some(Effect::Associated) {
        warnings.push(Warning::WritableElsewhere { step: index, accounts: writable });
    }
    Step {
        program,
        program_name,
        name: kind.as_ref().map(|kind| kind.name),
        summary: None,
        accounts,
        data: kind.is_none().then(|| idl::hexadecimal(data)),
        arguments: kind.map(|kind| kind.arguments).unwrap_or_default(),
        choices: None,
    }
}
