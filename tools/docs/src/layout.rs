//! Where the bytes of a type are, computed from the IDL.

use anchor_lang_idl_spec::{
    Idl, IdlArrayLen, IdlDefinedFields, IdlEnumVariant, IdlField, IdlType, IdlTypeDef, IdlTypeDefTy,
};

use crate::tails::longest_text;

/// Structs that are described once, and not wherever they occur.
const DESCRIBED_ONCE: [&str; 1] = ["Policy"];

/// Bytes of the length that precedes a text.
const LENGTH_BYTES: usize = 4;

/// One field of a type, structs within it taken apart, the policy excepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Path from the type, with dots.
    pub name: String,
    /// Bytes from the type's beginning; `None` behind a text.
    pub offset: Option<usize>,
    /// Bytes, or the most there can be.
    pub bytes: usize,
    /// Whether there can be fewer.
    pub variable: bool,
    /// As Rust writes it.
    pub ty: String,
    /// What the source says about it.
    pub docs: String,
}

/// The fields of the struct `name`, in the order of their bytes. Both serializations put them one
/// after another without padding.
///
/// # Errors
/// A sentence about a type that this module does not know.
pub fn rows(idl: &Idl, name: &str) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    let mut end = Some(0);
    push(idl, name, "", &mut end, &mut rows)?;
    Ok(rows)
}

/// Bytes of a struct, or the most there can be.
///
/// # Errors
/// As [`rows`].
pub fn bytes(idl: &Idl, name: &str) -> Result<usize, String> {
    Ok(rows(idl, name)?.iter().map(|row| row.bytes).sum())
}

fn push(
    idl: &Idl,
    name: &str,
    path: &str,
    end: &mut Option<usize>,
    rows: &mut Vec<Row>,
) -> Result<(), String> {
    for field in fields(idl, name)? {
        let inner = format!("{path}{}", field.name);
        if let Some(defined) = nested(idl, &field.ty) {
            push(idl, defined, &format!("{inner}."), end, rows)?;
            continue;
        }
        let (bytes, variable) = match &field.ty {
            IdlType::String => (LENGTH_BYTES + longest_text(name, &field.name)?, true),
            IdlType::Defined { name, .. } if has_payloads(idl, name) => {
                (most_bytes(idl, name)?, true)
            }
            ty => (fixed_bytes(idl, ty)?, false),
        };
        rows.push(Row {
            name: inner,
            offset: *end,
            bytes,
            variable,
            ty: spelled(&field.ty),
            docs: field.docs.join(" "),
        });
        *end = if variable { None } else { end.map(|end| end + bytes) };
    }
    Ok(())
}

/// The struct that a field holds, if it is one to take apart.
fn nested<'a>(idl: &'a Idl, ty: &'a IdlType) -> Option<&'a str> {
    let IdlType::Defined { name, .. } = ty else { return None };
    let apart = fields(idl, name).is_ok() && !DESCRIBED_ONCE.contains(&name.as_str());
    apart.then_some(name)
}

/// Whether a type is an enumeration of which some variant carries fields.
fn has_payloads(idl: &Idl, name: &str) -> bool {
    variants(idl, name).is_ok_and(|variants| variants.iter().any(|v| v.fields.is_some()))
}

/// Bytes of an enumeration's longest variant.
fn most_bytes(idl: &Idl, name: &str) -> Result<usize, String> {
    let mut most = 0;
    for variant in variants(idl, name)? {
        let mut bytes = 1;
        for (_, ty) in payload(variant) {
            bytes += extent(idl, ty)?;
        }
        most = most.max(bytes);
    }
    Ok(most)
}

/// Bytes of a type, or the most there can be.
fn extent(idl: &Idl, ty: &IdlType) -> Result<usize, String> {
    match ty {
        IdlType::Defined { name, .. } if has_payloads(idl, name) => most_bytes(idl, name),
        ty => fixed_bytes(idl, ty),
    }
}

/// Names and types of what a variant carries; the name of an unnamed field is empty.
pub fn payload(variant: &IdlEnumVariant) -> Vec<(&str, &IdlType)> {
    match &variant.fields {
        None => Vec::new(),
        Some(IdlDefinedFields::Named(fields)) => {
            fields.iter().map(|field| (field.name.as_str(), &field.ty)).collect()
        }
        Some(IdlDefinedFields::Tuple(types)) => types.iter().map(|ty| ("", ty)).collect(),
    }
}

/// The variants of an enumeration of the IDL.
///
/// # Errors
/// When it is none.
pub fn variants<'a>(idl: &'a Idl, name: &str) -> Result<&'a [IdlEnumVariant], String> {
    match &definition(idl, name)?.ty {
        IdlTypeDefTy::Enum { variants } => Ok(variants),
        _ => Err(format!("`{name}` is no enumeration")),
    }
}

/// A type of the IDL.
///
/// # Errors
/// When there is none of this name.
pub fn definition<'a>(idl: &'a Idl, name: &str) -> Result<&'a IdlTypeDef, String> {
    let found = idl.types.iter().find(|definition| definition.name == name);
    found.ok_or_else(|| format!("the IDL has no type `{name}`"))
}

/// The fields of a struct of the IDL.
///
/// # Errors
/// When it is no struct with named fields.
pub fn fields<'a>(idl: &'a Idl, name: &str) -> Result<&'a [IdlField], String> {
    match &definition(idl, name)?.ty {
        IdlTypeDefTy::Struct { fields: Some(IdlDefinedFields::Named(fields)) } => Ok(fields),
        _ => Err(format!("`{name}` is no struct with named fields")),
    }
}

fn fixed_bytes(idl: &Idl, ty: &IdlType) -> Result<usize, String> {
    match ty {
        IdlType::Bool | IdlType::U8 | IdlType::I8 => Ok(1),
        IdlType::U16 | IdlType::I16 => Ok(2),
        IdlType::U32 | IdlType::I32 => Ok(4),
        IdlType::U64 | IdlType::I64 => Ok(8),
        IdlType::U128 | IdlType::I128 => Ok(16),
        IdlType::Pubkey => Ok(32),
        IdlType::Array(of, IdlArrayLen::Value(count)) => Ok(count * fixed_bytes(idl, of)?),
        IdlType::Defined { name, .. } => match &definition(idl, name)?.ty {
            IdlTypeDefTy::Enum { variants } if variants.iter().all(|v| v.fields.is_none()) => Ok(1),
            _ => bytes(idl, name),
        },
        _ => Err(format!("`{}` has no fixed size", spelled(ty))),
    }
}

/// A type as Rust writes it.
pub fn spelled(ty: &IdlType) -> String {
    match ty {
        IdlType::Pubkey => "Pubkey".to_owned(),
        IdlType::String => "String".to_owned(),
        IdlType::Bytes => "Vec<u8>".to_owned(),
        IdlType::Array(of, IdlArrayLen::Value(count)) => format!("[{}; {count}]", spelled(of)),
        IdlType::Vec(of) => format!("Vec<{}>", spelled(of)),
        IdlType::Option(of) => format!("Option<{}>", spelled(of)),
        IdlType::Defined { name, .. } => name.clone(),
        number => format!("{number:?}").to_lowercase(),
    }
}
