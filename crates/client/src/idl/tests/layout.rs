//! C's layout, on types that have the padding which the program's own are written to avoid.

use anchor_lang_idl_spec::IdlTypeDef;
use serde_json::json;

use crate::idl::{Undecodable, value, walk::Walker};

fn types() -> Vec<IdlTypeDef> {
    let zero_copy = |name: &str, fields: serde_json::Value| {
        json!({
            "name": name, "serialization": "bytemuck", "repr": { "kind": "c" },
            "type": { "kind": "struct", "fields": fields },
        })
    };
    serde_json::from_value(json!([
        zero_copy("Inner", json!([
            { "name": "a", "type": "u8" },
            { "name": "b", "type": "u32" },
            { "name": "c", "type": "u8" },
        ])),
        zero_copy("Outer", json!([
            { "name": "first", "type": "u8" },
            { "name": "inner", "type": { "array": [{ "defined": { "name": "Inner" } }, 2] } },
            { "name": "last", "type": "i64" },
            { "name": "flag", "type": "i16" },
        ])),
        zero_copy("Flagged", json!([{ "name": "flag", "type": "bool" }])),
        {
            "name": "Bent", "serialization": "bytemuck", "repr": { "kind": "c", "packed": true },
            "type": { "kind": "struct", "fields": [{ "name": "a", "type": "u8" }] },
        },
        {
            "name": "Borsh",
            "type": { "kind": "struct", "fields": [
                { "name": "outer", "type": { "defined": { "name": "Inner" } } },
                { "name": "maybe", "type": { "option": "u16" } },
                { "name": "many", "type": { "vec": "u16" } },
                { "name": "flag", "type": "bool" },
            ] },
        },
        {
            "name": "Wide",
            "type": { "kind": "struct", "fields": [{ "name": "wide", "type": "u128" }] },
        },
    ]))
    .unwrap()
}

#[test]
fn padding_is_stepped_over() {
    // The compiler's own layout of the same two structs.
    #[repr(C)]
    struct Inner {
        a: u8,
        b: u32,
        c: u8,
    }
    #[repr(C)]
    struct Outer {
        first: u8,
        inner: [Inner; 2],
        last: i64,
        flag: i16,
    }
    let types = types();
    let mut bytes = vec![0xee; size_of::<Outer>()];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    put(std::mem::offset_of!(Outer, first), &[1]);
    for (index, number) in [2u8, 5].into_iter().enumerate() {
        let at = std::mem::offset_of!(Outer, inner) + index * size_of::<Inner>();
        put(at + std::mem::offset_of!(Inner, a), &[number]);
        put(at + std::mem::offset_of!(Inner, b), &u32::from(number + 1).to_le_bytes());
        put(at + std::mem::offset_of!(Inner, c), &[number + 2]);
    }
    put(std::mem::offset_of!(Outer, last), &(-8i64).to_le_bytes());
    put(std::mem::offset_of!(Outer, flag), &(-9i16).to_le_bytes());

    let mut walker = Walker::new(&types, &bytes);
    let fields = walker.account("Outer").unwrap();
    assert_eq!(
        value::json(&fields),
        json!({
            "first": 1,
            "inner": [{ "a": 2, "b": 3, "c": 4 }, { "a": 5, "b": 6, "c": 7 }],
            "last": -8,
            "flag": -9,
        })
    );
    assert!(walker.rest().is_empty());
    let cut = Walker::new(&types, &bytes[..bytes.len() - 1]).account("Outer");
    assert_eq!(cut, Err(Undecodable::Truncated("padding".into())));
    let cut = Walker::new(&types, &bytes[..20]).account("Outer");
    assert_eq!(cut, Err(Undecodable::Truncated("inner[1].b".into())));
}

#[test]
fn within_borsh_nothing_is_padded() {
    let types = types();
    let bytes = [1, 2, 0, 0, 0, 3, 1, 4, 0, 2, 0, 0, 0, 5, 0, 6, 0, 1];
    let mut walker = Walker::new(&types, &bytes);
    let fields = walker.account("Borsh").unwrap();
    let outer = json!({ "a": 1, "b": 2, "c": 3 });
    let said = json!({ "outer": outer, "maybe": 4, "many": [5, 6], "flag": true });
    assert_eq!(value::json(&fields), said);
    assert!(walker.rest().is_empty());

    let nothing = [1, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0];
    let fields = Walker::new(&types, &nothing).account("Borsh").unwrap();
    assert_eq!(value::json(&fields)["maybe"], json!(null));
    let mut wrong = bytes;
    wrong[17] = 2;
    let flag = Undecodable::Value { field: "flag".into(), value: 2 };
    assert_eq!(Walker::new(&types, &wrong).account("Borsh"), Err(flag));
    // More elements than bytes are left.
    let mut wrong = bytes;
    wrong[9] = 6;
    let many = Undecodable::Truncated("many".into());
    assert_eq!(Walker::new(&types, &wrong).account("Borsh"), Err(many));
    wrong[9] = 5;
    let many = Undecodable::Truncated("many[2]".into());
    assert_eq!(Walker::new(&types, &wrong).account("Borsh"), Err(many));
}

#[test]
fn types_that_are_not_supported_are_named() {
    let types = types();
    let walk = |name: &str| Walker::new(&types, &[0; 64]).account(name).unwrap_err();
    assert_eq!(walk("Wide"), Undecodable::Unsupported("wide".into()));
    assert_eq!(walk("Bent"), Undecodable::Unsupported("Bent".into()));
    assert_eq!(walk("Nothing"), Undecodable::Unsupported("Nothing".into()));
    assert!(matches!(walk("Flagged"), Undecodable::Unsupported(_)));
}
