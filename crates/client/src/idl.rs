//! Decoding by the program's own interface description: bytes of instructions, events and accounts
//! into names and values, for whoever wants to see all of it without knowing it beforehand. The
//! typed way is in [`account`](crate::account) and [`event`](crate::event).

mod tails;
#[cfg(test)]
pub(crate) mod tests;
mod value;
mod walk;

use std::sync::LazyLock;

use anchor_lang::prelude::Pubkey;
use anchor_lang_idl_spec::{
    Idl, IdlInstruction, IdlInstructionAccount, IdlInstructionAccountItem, IdlTypeDef,
};
use community_budget::ID;
use serde::{Serialize, Serializer};

pub use tails::ballot;
pub(crate) use value::serialize as serialize_fields;
pub use value::{Field, Value, hexadecimal};
use walk::Walker;

/// The committed description, as text.
pub const TEXT: &str = include_str!("../../../idl/community_budget.json");

/// The committed description.
pub static IDL: LazyLock<Idl> = LazyLock::new(|| {
    serde_json::from_str(TEXT).expect("the committed IDL is one: a test reads it")
});

/// Why bytes were not decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undecodable {
    /// Another program owns the account.
    Owner(Pubkey),
    /// They begin as nothing of this kind (`instruction`, `event`, `account`) in the description.
    Discriminator(&'static str),
    /// They end within a field.
    Truncated(String),
    /// Bytes follow the last field, this many; unused room that is zero is none.
    Trailing(usize),
    /// A flag or an enumeration has a value that its type has not.
    Value {
        /// Which field.
        field: String,
        /// The byte.
        value: u8,
    },
    /// A text is not UTF-8; which field.
    Text(String),
    /// The description has a type that this crate cannot decode.
    Unsupported(String),
}

impl core::fmt::Display for Undecodable {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Owner(owner) => write!(f, "the account belongs to program {owner}"),
            Self::Discriminator(kind) => {
                write!(f, "the bytes begin as no {kind} of the program does")
            }
            Self::Truncated(field) => write!(f, "the bytes end within `{field}`"),
            Self::Trailing(count) => write!(f, "{count} bytes follow the last field"),
            Self::Value { field, value } => write!(f, "`{field}` cannot be {value}"),
            Self::Text(field) => write!(f, "`{field}` is not UTF-8"),
            Self::Unsupported(name) => write!(f, "`{name}` is of a type that is not supported"),
        }
    }
}

impl std::error::Error for Undecodable {}

/// A decoded instruction, event or account. Serializes into its fields alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// As the IDL has it.
    pub name: &'static str,
    /// What the source says about it, line by line.
    pub docs: &'static [String],
    /// An instruction's arguments, or the fields.
    pub fields: Vec<Field<'static>>,
}

impl Decoded {
    /// The value at a path of names with dots.
    pub fn get(&self, path: &str) -> Option<&Value<'static>> {
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        let field = self.fields.iter().find(|field| field.name == name)?;
        if rest.is_empty() { Some(&field.value) } else { field.value.get(rest) }
    }

    /// The fields as JSON.
    pub fn json(&self) -> serde_json::Value {
        value::json(&self.fields)
    }
}

impl Serialize for Decoded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        value::serialize(&self.fields, serializer)
    }
}

fn definition(name: &str) -> Result<&'static IdlTypeDef, Undecodable> {
    let found = IDL.types.iter().find(|ty| ty.name == name);
    found.ok_or_else(|| Undecodable::Unsupported(name.to_owned()))
}

/// The instruction that `data` begins as, and the bytes of its arguments.
fn instruction_of(data: &[u8]) -> Option<(&'static IdlInstruction, &[u8])> {
    IDL.instructions.iter().find_map(|instruction| {
        data.strip_prefix(instruction.discriminator.as_slice()).map(|rest| (instruction, rest))
    })
}

/// Decodes an instruction's data.
///
/// # Errors
/// [`Undecodable`]
pub fn instruction(data: &[u8]) -> Result<Decoded, Undecodable> {
    let (instruction, arguments) =
        instruction_of(data).ok_or(Undecodable::Discriminator("instruction"))?;
    let mut walker = Walker::new(&IDL.types, arguments);
    let fields = walker.arguments(&instruction.args)?;
    nothing_more(&walker)?;
    Ok(Decoded { name: &instruction.name, docs: &instruction.docs, fields })
}

/// The accounts of the instruction `name`, in their order; `None` for no instruction.
pub fn instruction_accounts(name: &str) -> Option<Vec<&'static IdlInstructionAccount>> {
    let instruction = IDL.instructions.iter().find(|instruction| instruction.name == name)?;
    let mut accounts = Vec::new();
    let mut items: Vec<&IdlInstructionAccountItem> = instruction.accounts.iter().rev().collect();
    while let Some(item) = items.pop() {
        match item {
            IdlInstructionAccountItem::Single(account) => accounts.push(account),
            IdlInstructionAccountItem::Composite(group) => {
                items.extend(group.accounts.iter().rev())
            }
        }
    }
    Some(accounts)
}

/// Decodes what the instruction `name` returned.
///
/// # Errors
/// [`Undecodable`]; [`Undecodable::Discriminator`] when there is no such instruction or it returns
/// nothing.
pub fn returned(name: &str, bytes: &[u8]) -> Result<Value<'static>, Undecodable> {
    let instruction = IDL.instructions.iter().find(|instruction| instruction.name == name);
    let ty = instruction.and_then(|instruction| instruction.returns.as_ref());
    let mut walker = Walker::new(&IDL.types, bytes);
    let value = walker.value(ty.ok_or(Undecodable::Discriminator("instruction"))?)?;
    nothing_more(&walker)?;
    Ok(value)
}

/// Decodes an event's bytes, which begin with its discriminator.
///
/// # Errors
/// [`Undecodable`]
pub fn event(bytes: &[u8]) -> Result<Decoded, Undecodable> {
    let found = IDL.events.iter().find_map(|event| {
        bytes.strip_prefix(event.discriminator.as_slice()).map(|rest| (event, rest))
    });
    let (event, rest) = found.ok_or(Undecodable::Discriminator("event"))?;
    let mut walker = Walker::new(&IDL.types, rest);
    let fields = walker.account(&event.name)?;
    nothing_more(&walker)?;
    Ok(Decoded { name: &event.name, docs: &definition(&event.name)?.docs, fields })
}

/// Decodes an account's data. Behind the fields of an epoch comes `slate`, a list of its entries;
/// behind those of a vote record `ballot`, which lists slate indices by choice.
///
/// # Errors
/// [`Undecodable`]
pub fn account(owner: &Pubkey, data: &[u8]) -> Result<Decoded, Undecodable> {
    if owner != &ID {
        return Err(Undecodable::Owner(*owner));
    }
    let found = IDL.accounts.iter().find_map(|account| {
        data.strip_prefix(account.discriminator.as_slice()).map(|rest| (account, rest))
    });
    let (account, body) = found.ok_or(Undecodable::Discriminator("account"))?;
    let mut walker = Walker::new(&IDL.types, body);
    let mut fields = walker.account(&account.name)?;
    match account.name.as_str() {
        "BudgetEpoch" => fields.push(tails::slate(walker.rest())?),
        "VoteRecord" => fields.push(tails::choices(walker.rest())?),
        // These have room for the longest texts.
        "Proposal" | "Review" => room(walker.rest())?,
        _ => nothing_more(&walker)?,
    }
    Ok(Decoded { name: &account.name, docs: &definition(&account.name)?.docs, fields })
}

/// Accepts room that texts have left unused.
fn room(rest: &[u8]) -> Result<(), Undecodable> {
    match rest.iter().rposition(|byte| *byte != 0) {
        None => Ok(()),
        Some(last) => Err(Undecodable::Trailing(last + 1)),
    }
}

fn nothing_more(walker: &Walker) -> Result<(), Undecodable> {
    match walker.rest().len() {
        0 => Ok(()),
        count => Err(Undecodable::Trailing(count)),
    }
}

/// The first sentence of documentation: what something is, in one line.
pub fn first_sentence(docs: &[String]) -> String {
    let lines = docs.iter().map(|line| line.trim());
    let paragraph: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    let paragraph = paragraph.join(" ");
    match paragraph.find(". ") {
        Some(end) => paragraph[..=end].to_owned(),
        None => paragraph,
    }
}
