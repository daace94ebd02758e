//! From bytes to values along a type of the IDL.

use anchor_lang::prelude::Pubkey;
use anchor_lang_idl_spec::{
    IdlArrayLen, IdlDefinedFields, IdlEnumVariant, IdlField, IdlRepr, IdlSerialization, IdlType,
    IdlTypeDef, IdlTypeDefTy,
};

use super::{Undecodable, Value, value::Field};

/// How values follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// Without gaps: Borsh, and within it also what is zero-copy elsewhere.
    Packed,
    /// As C lays structs out: each value at a multiple of its alignment, with padding between.
    C,
}

/// Where in a type a value is, for the words of an error.
#[derive(Clone, Copy)]
struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    name: &'p str,
    index: Option<usize>,
}

const ROOT: Path<'static> = Path { parent: None, name: "", index: None };

impl Path<'_> {
    fn text(&self) -> String {
        let mut text = self.parent.map(Path::text).unwrap_or_default();
        match self.index {
            Some(index) => text += &format!("[{index}]"),
            None if text.is_empty() => text += self.name,
            None => text += &format!(".{}", self.name),
        }
        text
    }
}

/// Reads values from the beginning of bytes.
pub(super) struct Walker<'a, 'b> {
    types: &'a [IdlTypeDef],
    bytes: &'b [u8],
    at: usize,
}

impl<'a, 'b> Walker<'a, 'b> {
    pub fn new(types: &'a [IdlTypeDef], bytes: &'b [u8]) -> Self {
        Self { types, bytes, at: 0 }
    }

    /// What has not been read.
    pub fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Reads the fields of the struct `name` as an account of its own, which is where the
    /// alignment of zero-copy structs is counted from.
    pub fn account(&mut self, name: &str) -> Result<Vec<Field<'a>>, Undecodable> {
        let definition = find(self.types, name)?;
        let layout = match definition.serialization {
            IdlSerialization::Borsh => Layout::Packed,
            IdlSerialization::Bytemuck | IdlSerialization::BytemuckUnsafe => Layout::C,
            _ => return Err(unsupported(name)),
        };
        match self.defined(definition, layout, &ROOT)? {
            Value::Struct(fields) => Ok(fields),
            _ => Err(unsupported(name)),
        }
    }

    /// Reads the fields of an instruction's arguments.
    pub fn arguments(&mut self, fields: &'a [IdlField]) -> Result<Vec<Field<'a>>, Undecodable> {
        self.fields(fields, Layout::Packed, &ROOT)
    }

    /// Reads a value of a type.
    pub fn value(&mut self, ty: &'a IdlType) -> Result<Value<'a>, Undecodable> {
        self.typed(ty, Layout::Packed, &Path { parent: None, name: "value", index: None })
    }

    fn take(&mut self, count: usize, path: &Path) -> Result<&'b [u8], Undecodable> {
        let end = self.at.checked_add(count);
        let bytes = end.and_then(|end| self.bytes.get(self.at..end));
        let bytes = bytes.ok_or_else(|| Undecodable::Truncated(path.text()))?;
        self.at += count;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self, path: &Path) -> Result<[u8; N], Undecodable> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N, path)?);
        Ok(array)
    }

    /// Steps over padding, up to a multiple of `alignment`.
    fn align(&mut self, alignment: usize, path: &Path) -> Result<(), Undecodable> {
        let over = self.at.next_multiple_of(alignment) - self.at;
        self.take(over, path).map(drop)
    }

    fn fields(
        &mut self,
        fields: &'a [IdlField],
        layout: Layout,
        parent: &Path,
    ) -> Result<Vec<Field<'a>>, Undecodable> {
        let mut read = Vec::with_capacity(fields.len());
        for field in fields {
            let path = Path { parent: Some(parent), name: &field.name, index: None };
            let value = match &field.ty {
                IdlType::Array(of, IdlArrayLen::Value(count))
                    if **of == IdlType::U8 && is_text(field) =>
                {
                    text(self.take(*count, &path)?)
                }
                ty => self.typed(ty, layout, &path)?,
            };
            read.push(Field { name: &field.name, docs: &field.docs, value });
        }
        Ok(read)
    }

    fn typed(
        &mut self,
        ty: &'a IdlType,
        layout: Layout,
        path: &Path,
    ) -> Result<Value<'a>, Undecodable> {
        if layout == Layout::C {
            self.align(alignment(self.types, ty)?, path)?;
        }
        Ok(match ty {
            IdlType::U8 => Value::Unsigned(self.array::<1>(path)?[0].into()),
            IdlType::U16 => Value::Unsigned(u16::from_le_bytes(self.array(path)?).into()),
            IdlType::U32 => Value::Unsigned(u32::from_le_bytes(self.array(path)?).into()),
            IdlType::U64 => Value::Unsigned(u64::from_le_bytes(self.array(path)?)),
            IdlType::I8 => Value::Signed(i8::from_le_bytes(self.array(path)?).into()),
            IdlType::I16 => Value::Signed(i16::from_le_bytes(self.array(path)?).into()),
            IdlType::I32 => Value::Signed(i32::from_le_bytes(self.array(path)?).into()),
            IdlType::I64 => Value::Signed(i64::from_le_bytes(self.array(path)?)),
            IdlType::Pubkey => Value::Key(Pubkey::new_from_array(self.array(path)?)),
            IdlType::Array(of, IdlArrayLen::Value(count)) if **of == IdlType::U8 => {
                Value::Bytes(self.take(*count, path)?.to_vec())
            }
            IdlType::Array(of, IdlArrayLen::Value(count)) => self.list(of, *count, layout, path)?,
            IdlType::Defined { name, generics } if generics.is_empty() => {
                self.defined(find(self.types, name)?, layout, path)?
            }
            // What follows has no place in zero-copy memory: `alignment` has refused it there.
            IdlType::Bool => Value::Bool(self.flag(path)?),
            IdlType::Option(of) => match self.flag(path)? {
                true => self.typed(of, layout, path)?,
                false => Value::Nothing,
            },
            IdlType::Bytes => {
                let length = self.length(path)?;
                Value::Bytes(self.take(length, path)?.to_vec())
            }
            IdlType::String => {
                let length = self.length(path)?;
                let text = String::from_utf8(self.take(length, path)?.to_vec());
                Value::Text(text.map_err(|_| Undecodable::Text(path.text()))?)
            }
            IdlType::Vec(of) => {
                let length = self.length(path)?;
                self.list(of, length, layout, path)?
            }
            _ => return Err(unsupported(&path.text())),
        })
    }

    fn flag(&mut self, path: &Path) -> Result<bool, Undecodable> {
        match self.array::<1>(path)?[0] {
            0 => Ok(false),
            1 => Ok(true),
            value => Err(Undecodable::Value { field: path.text(), value }),
        }
    }

    /// A length, which cannot be more than the bytes that are left: an element has one at least.
    fn length(&mut self, path: &Path) -> Result<usize, Undecodable> {
        let length = usize::try_from(u32::from_le_bytes(self.array(path)?));
        let fits = length.ok().filter(|length| *length <= self.rest().len());
        fits.ok_or_else(|| Undecodable::Truncated(path.text()))
    }

    fn list(
        &mut self,
        of: &'a IdlType,
        count: usize,
        layout: Layout,
        path: &Path,
    ) -> Result<Value<'a>, Undecodable> {
        let mut values = Vec::new();
        for index in 0..count {
            let element = Path { parent: Some(path), name: "", index: Some(index) };
            values.push(self.typed(of, layout, &element)?);
        }
        Ok(Value::List(values))
    }

    fn defined(
        &mut self,
        definition: &'a IdlTypeDef,
        layout: Layout,
        path: &Path,
    ) -> Result<Value<'a>, Undecodable> {
        match &definition.ty {
            IdlTypeDefTy::Struct { fields: Some(IdlDefinedFields::Named(fields)) } => {
                let fields = self.fields(fields, layout, path)?;
                if layout == Layout::C {
                    let padding = Path { parent: Some(path), name: "padding", index: None };
                    self.align(struct_alignment(self.types, definition)?, &padding)?;
                }
                Ok(Value::Struct(fields))
            }
            IdlTypeDefTy::Enum { variants } if layout == Layout::Packed => {
                self.variant(variants, path)
            }
            _ => Err(unsupported(&definition.name)),
        }
    }

    fn variant(
        &mut self,
        variants: &'a [IdlEnumVariant],
        path: &Path,
    ) -> Result<Value<'a>, Undecodable> {
        let value = self.array::<1>(path)?[0];
        let variant = variants
            .get(usize::from(value))
            .ok_or_else(|| Undecodable::Value { field: path.text(), value })?;
        let within = Path { parent: Some(path), name: &variant.name, index: None };
        let inner = match &variant.fields {
            None => None,
            Some(IdlDefinedFields::Named(fields)) => {
                Some(Value::Struct(self.fields(fields, Layout::Packed, &within)?))
            }
            Some(IdlDefinedFields::Tuple(types)) => match types.as_slice() {
                [ty] => Some(self.typed(ty, Layout::Packed, &within)?),
                types => {
                    let read = |ty| self.typed(ty, Layout::Packed, &within);
                    Some(Value::List(types.iter().map(read).collect::<Result<_, _>>()?))
                }
            },
        };
        Ok(Value::Variant(&variant.name, inner.map(Box::new)))
    }
}

fn unsupported(what: &str) -> Undecodable {
    Undecodable::Unsupported(what.to_owned())
}

fn find<'a>(types: &'a [IdlTypeDef], name: &str) -> Result<&'a IdlTypeDef, Undecodable> {
    let definition = types.iter().find(|definition| definition.name == name);
    definition.filter(|definition| definition.generics.is_empty()).ok_or_else(|| unsupported(name))
}

/// Whether a field of bytes holds words, which its documentation says.
fn is_text(field: &IdlField) -> bool {
    field.docs.iter().any(|line| line.contains("UTF-8"))
}

/// Words padded with zeros; the bytes themselves when they are not that.
fn text<'a>(bytes: &[u8]) -> Value<'a> {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    match std::str::from_utf8(&bytes[..end]) {
        Ok(words) => Value::Text(words.to_owned()),
        Err(_) => Value::Bytes(bytes.to_vec()),
    }
}

fn alignment(types: &[IdlTypeDef], ty: &IdlType) -> Result<usize, Undecodable> {
    match ty {
        IdlType::U8 | IdlType::I8 | IdlType::Pubkey => Ok(1),
        IdlType::U16 | IdlType::I16 => Ok(2),
        IdlType::U32 | IdlType::I32 => Ok(4),
        IdlType::U64 | IdlType::I64 => Ok(8),
        IdlType::Array(of, _) => alignment(types, of),
        IdlType::Defined { name, .. } => struct_alignment(types, find(types, name)?),
        _ => Err(unsupported("a type that zero-copy memory cannot hold")),
    }
}

fn struct_alignment(types: &[IdlTypeDef], definition: &IdlTypeDef) -> Result<usize, Undecodable> {
    let IdlTypeDefTy::Struct { fields: Some(IdlDefinedFields::Named(fields)) } = &definition.ty
    else {
        return Err(unsupported(&definition.name));
    };
    let Some(IdlRepr::C(modifier)) = &definition.repr else {
        return Err(unsupported(&definition.name));
    };
    if modifier.packed || modifier.align.is_some() {
        return Err(unsupported(&definition.name));
    }
    let mut most = 1;
    for field in fields {
        most = most.max(alignment(types, &field.ty)?);
    }
    Ok(most)
}
