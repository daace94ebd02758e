//! What the bytes say, with names and in the order of the IDL.

use anchor_lang::prelude::Pubkey;
use serde::{Serialize, Serializer, ser::SerializeMap};

/// A decoded value. Serializes into JSON in the order of the IDL: keys as base58, bytes as
/// hexadecimal, an enumeration's variant as its name or, with fields, as an object of one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// An option without a value.
    Nothing,
    /// A flag.
    Bool(bool),
    /// A number without sign.
    Unsigned(u64),
    /// A number with sign.
    Signed(i64),
    /// UTF-8, as somebody wrote it: it may hold anything, control characters too.
    Text(String),
    /// Bytes: a hash, a ballot, a reserve.
    Bytes(Vec<u8>),
    /// An address.
    Key(Pubkey),
    /// Elements of an array or vector.
    List(Vec<Value<'a>>),
    /// Named fields.
    Struct(Vec<Field<'a>>),
    /// A variant of an enumeration and what it carries.
    Variant(&'a str, Option<Box<Value<'a>>>),
}

/// A named value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// As the IDL has it.
    pub name: &'a str,
    /// What the source says about it, unit and range as a rule; often empty.
    pub docs: &'a [String],
    /// What the bytes say.
    pub value: Value<'a>,
}

impl<'a> Value<'a> {
    /// The value at a path of names with dots, through structs and through a variant's name.
    pub fn get(&self, path: &str) -> Option<&Value<'a>> {
        let (name, rest) = match path.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        let inner = match self {
            Self::Struct(fields) => &fields.iter().find(|field| field.name == name)?.value,
            Self::Variant(variant, Some(inner)) if *variant == name => inner,
            _ => return None,
        };
        rest.map_or(Some(inner), |rest| inner.get(rest))
    }

    /// The same as JSON.
    pub fn json(&self) -> serde_json::Value {
        match self {
            Self::Nothing => serde_json::Value::Null,
            Self::Bool(flag) => (*flag).into(),
            Self::Unsigned(number) => (*number).into(),
            Self::Signed(number) => (*number).into(),
            Self::Text(text) => text.as_str().into(),
            Self::Bytes(bytes) => hexadecimal(bytes).into(),
            Self::Key(key) => key.to_string().into(),
            Self::List(values) => values.iter().map(Self::json).collect(),
            Self::Struct(fields) => json(fields),
            Self::Variant(name, None) => (*name).into(),
            Self::Variant(name, Some(inner)) => {
                [((*name).to_owned(), inner.json())].into_iter().collect()
            }
        }
    }
}

/// Fields as a JSON object.
pub(super) fn json(fields: &[Field]) -> serde_json::Value {
    fields.iter().map(|field| (field.name.to_owned(), field.value.json())).collect()
}

/// Fields as a map, in their order.
pub(crate) fn serialize<S: Serializer>(fields: &[Field], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(fields.len()))?;
    for field in fields {
        map.serialize_entry(field.name, &field.value)?;
    }
    map.end()
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_none(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Unsigned(number) => serializer.serialize_u64(*number),
            Self::Signed(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => serializer.serialize_str(&hexadecimal(bytes)),
            Self::Key(key) => serializer.collect_str(key),
            Self::List(values) => serializer.collect_seq(values),
            Self::Struct(fields) => serialize(fields, serializer),
            Self::Variant(name, None) => serializer.serialize_str(name),
            Self::Variant(name, Some(inner)) => serializer.collect_map([(name, inner)]),
        }
    }
}

/// Bytes in hexadecimal, two digits each.
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
