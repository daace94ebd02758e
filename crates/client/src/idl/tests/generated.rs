//! Bytes made from the description, and bytes made from nothing.

use anchor_lang_idl_spec::{IdlArrayLen, IdlDefinedFields, IdlType, IdlTypeDefTy};

use super::*;
use crate::event::Event;

/// A small generator of numbers: the same bytes in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| u8::try_from(self.below(256)).unwrap()).collect()
    }
}

/// Borsh bytes of a type, with random content.
fn generate(ty: &IdlType, dice: &mut Dice, bytes: &mut Vec<u8>) {
    let mut raw = |count| bytes.extend(dice.bytes(count));
    match ty {
        IdlType::Bool => bytes.push(u8::try_from(dice.below(2)).unwrap()),
        IdlType::U8 | IdlType::I8 => raw(1),
        IdlType::U16 | IdlType::I16 => raw(2),
        IdlType::U32 | IdlType::I32 => raw(4),
        IdlType::U64 | IdlType::I64 => raw(8),
        IdlType::Pubkey => raw(32),
        IdlType::Bytes => {
            let length = dice.below(40);
            bytes.extend(u32::try_from(length).unwrap().to_le_bytes());
            bytes.extend(dice.bytes(length));
        }
        IdlType::String => {
            let text = ["", "a", "ä€𝄞", "\u{202e}\n"][dice.below(4)];
            bytes.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
            bytes.extend(text.bytes());
        }
        IdlType::Array(of, IdlArrayLen::Value(count)) => {
            (0..*count).for_each(|_| generate(of, dice, bytes));
        }
        IdlType::Defined { name, .. } => {
            match &IDL.types.iter().find(|ty| ty.name == *name).unwrap().ty {
                IdlTypeDefTy::Struct { fields } => generate_fields(fields.as_ref(), dice, bytes),
                IdlTypeDefTy::Enum { variants } => {
                    let variant = dice.below(variants.len());
                    bytes.push(u8::try_from(variant).unwrap());
                    generate_fields(variants[variant].fields.as_ref(), dice, bytes);
                }
                IdlTypeDefTy::Type { alias } => generate(alias, dice, bytes),
            }
        }
        other => panic!("{other:?}"),
    }
}

fn generate_fields(fields: Option<&IdlDefinedFields>, dice: &mut Dice, bytes: &mut Vec<u8>) {
    match fields {
        None => {}
        Some(IdlDefinedFields::Named(fields)) => {
            fields.iter().for_each(|field| generate(&field.ty, dice, bytes));
        }
        Some(IdlDefinedFields::Tuple(types)) => {
            types.iter().for_each(|ty| generate(ty, dice, bytes));
        }
    }
}

/// Borsh bytes of a value: what they were decoded from.
fn encode(ty: &IdlType, value: &Value, bytes: &mut Vec<u8>) {
    match (ty, value) {
        (IdlType::Bool, Value::Bool(flag)) => bytes.push(u8::from(*flag)),
        (IdlType::U8, Value::Unsigned(number)) => bytes.extend(&number.to_le_bytes()[..1]),
        (IdlType::U16, Value::Unsigned(number)) => bytes.extend(&number.to_le_bytes()[..2]),
        (IdlType::U32, Value::Unsigned(number)) => bytes.extend(&number.to_le_bytes()[..4]),
        (IdlType::U64, Value::Unsigned(number)) => bytes.extend(number.to_le_bytes()),
        (IdlType::I64, Value::Signed(number)) => bytes.extend(number.to_le_bytes()),
        (IdlType::Pubkey, Value::Key(key)) => bytes.extend(key.to_bytes()),
        (IdlType::Bytes, Value::Bytes(inner)) => {
            bytes.extend(u32::try_from(inner.len()).unwrap().to_le_bytes());
            bytes.extend(inner);
        }
        (IdlType::String, Value::Text(text)) => {
            bytes.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
            bytes.extend(text.bytes());
        }
        (IdlType::Array(_, IdlArrayLen::Value(count)), Value::Text(text)) => {
            bytes.extend(text.bytes());
            bytes.resize(bytes.len() + count - text.len(), 0);
        }
        (IdlType::Array(_, IdlArrayLen::Value(count)), Value::Bytes(inner)) => {
            assert_eq!(inner.len(), *count);
            bytes.extend(inner);
        }
        (IdlType::Array(of, IdlArrayLen::Value(count)), Value::List(values)) => {
            assert_eq!(values.len(), *count);
            values.iter().for_each(|value| encode(of, value, bytes));
        }
        (IdlType::Defined { name, .. }, value) => {
            match &IDL.types.iter().find(|ty| ty.name == *name).unwrap().ty {
                IdlTypeDefTy::Struct { fields } => encode_fields(fields.as_ref(), value, bytes),
                IdlTypeDefTy::Enum { variants } => {
                    let Value::Variant(variant, inner) = value else { panic!("{value:?}") };
                    let place = variants.iter().position(|of| of.name == *variant).unwrap();
                    bytes.push(u8::try_from(place).unwrap());
                    let inner = inner.as_deref().unwrap_or(&Value::Nothing);
                    encode_fields(variants[place].fields.as_ref(), inner, bytes);
                }
                IdlTypeDefTy::Type { alias } => encode(alias, value, bytes),
            }
        }
        other => panic!("{other:?}"),
    }
}

fn encode_fields(fields: Option<&IdlDefinedFields>, value: &Value, bytes: &mut Vec<u8>) {
    match (fields, value) {
        (None, Value::Nothing) => {}
        (Some(IdlDefinedFields::Named(types)), Value::Struct(values)) => {
            assert_eq!(types.len(), values.len());
            for (ty, value) in types.iter().zip(values) {
                assert_eq!(ty.name, value.name);
                encode(&ty.ty, &value.value, bytes);
            }
        }
        (Some(IdlDefinedFields::Tuple(types)), value) if types.len() == 1 => {
            encode(&types[0], value, bytes);
        }
        other => panic!("{other:?}"),
    }
}

fn defined(name: &str) -> IdlType {
    IdlType::Defined { name: name.to_owned(), generics: Vec::new() }
}

#[test]
fn events_say_what_their_bytes_say() {
    let mut dice = Dice(1);
    for of in &IDL.events {
        for _ in 0..50 {
            let mut bytes = of.discriminator.clone();
            generate(&defined(&of.name), &mut dice, &mut bytes);
            let decoded = event(&bytes).unwrap();
            let mut again = of.discriminator.clone();
            encode(&defined(&of.name), &Value::Struct(decoded.fields.clone()), &mut again);
            assert_eq!(again, bytes, "{}", of.name);

            // The typed event reads the same bytes, number and counter included.
            let typed = Event::decode(&bytes).unwrap();
            assert_eq!((typed.name(), typed.encode()), (decoded.name, bytes.clone()));
            assert_eq!(decoded.get("seq"), Some(&Value::Unsigned(typed.seq())));
            let account = decoded.get("epoch").or(decoded.get("treasury")).unwrap();
            assert_eq!(account, &Value::Key(typed.counter().account()), "{}", of.name);

            let end = dice.below(bytes.len() - 8) + 8;
            assert!(matches!(event(&bytes[..end]), Err(Undecodable::Truncated(_))), "{}", of.name);
            bytes.push(0);
            assert_eq!(event(&bytes), Err(Undecodable::Trailing(1)));
        }
    }
}

#[test]
fn arguments_say_what_their_bytes_say() {
    let mut dice = Dice(2);
    for of in &IDL.instructions {
        for _ in 0..50 {
            let mut bytes = of.discriminator.clone();
            of.args.iter().for_each(|field| generate(&field.ty, &mut dice, &mut bytes));
            let decoded = instruction(&bytes).unwrap();
            let mut again = of.discriminator.clone();
            for (ty, field) in of.args.iter().zip(&decoded.fields) {
                assert_eq!(ty.name, field.name);
                encode(&ty.ty, &field.value, &mut again);
            }
            assert_eq!((decoded.name, again), (of.name.as_str(), bytes));
        }
    }
}

/// Decoding takes whatever it is given, and what it accepts it has read whole.
#[test]
fn random_bytes_do_no_harm() {
    let mut dice = Dice(3);
    let beginnings: Vec<Vec<u8>> = IDL
        .instructions
        .iter()
        .map(|of| of.discriminator.clone())
        .chain(IDL.events.iter().map(|of| of.discriminator.clone()))
        .chain(IDL.accounts.iter().map(|of| of.discriminator.clone()))
        .collect();
    let (mut decoded, mut refused) = (0, 0);
    for round in 0..60_000 {
        let mut bytes = beginnings[dice.below(beginnings.len())].clone();
        let most = if round % 10 == 0 { 3_000 } else { 120 };
        let length = dice.below(most);
        bytes.extend(dice.bytes(length));
        if round % 3 == 0 {
            // Small numbers are lengths that fit and variants that exist.
            bytes[1..].iter_mut().for_each(|byte| *byte %= 3);
        }
        for result in [instruction(&bytes), event(&bytes), account(&ID, &bytes)] {
            match result {
                Ok(found) => {
                    decoded += 1;
                    assert!(serde_json::to_value(&found).unwrap() == found.json());
                }
                Err(why) => {
                    refused += 1;
                    assert!(!why.to_string().is_empty());
                }
            }
        }
        let _ = Event::decode(&bytes);
        let _ = returned("assess_ask", &bytes);
    }
    assert!(decoded > 100 && refused > 1_000, "{decoded} decoded, {refused} refused");
}

/// Fixtures with bits turned: most are still accounts, none does harm.
#[test]
fn turned_bits_do_no_harm() {
    let mut dice = Dice(4);
    for (_, data) in fixtures() {
        for _ in 0..500 {
            let mut data = data.clone();
            for _ in 0..=dice.below(4) {
                let at = 8 + dice.below(data.len() - 8);
                data[at] ^= 1 << dice.below(8);
            }
            let _ = account(&ID, &data);
        }
    }
}
