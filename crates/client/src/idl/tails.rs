//! What follows the head of two accounts, which the IDL has no word for.

use std::sync::LazyLock;

use anchor_lang_idl_spec::IdlTypeDef;
use community_budget::state::ENTRY_BYTES;

use super::{
    Undecodable,
    value::{Field, Value},
    walk::Walker,
};
use crate::ballot::{Choice, unpack};

/// Bytes of the largest ballot: two bits for each of 128 entries.
const BALLOT_BYTES: usize = 32;

/// The slate's entry as the IDL would describe it; a test holds it against the program's own type.
const ENTRY: &str = r#"[{
    "name": "Entry",
    "serialization": "bytemuck",
    "repr": { "kind": "c" },
    "type": { "kind": "struct", "fields": [
        { "name": "for_", "type": "u64", "docs": ["Weight for."] },
        { "name": "against", "type": "u64", "docs": ["Weight against."] },
        { "name": "abstain", "type": "u64", "docs": ["Weight abstaining."] },
        { "name": "amount", "type": "u64", "docs": ["Base units asked for; 0 for an act."] },
        { "name": "recipient_tag", "type": { "array": ["u8", 16] },
          "docs": ["First 16 bytes of SHA-256 of the key that it is about; zero for none."] },
        { "name": "category", "type": "u8",
          "docs": ["Index of the policy's category; for an act its target."] },
        { "name": "action", "type": "u8",
          "docs": ["0 award, 1 policy, 2 role, 3 ruling, 4 breaker, 5 write-off."] },
        { "name": "tier", "type": "u8",
          "docs": ["Tier it was judged or funded at, from settlement on."] },
        { "name": "outcome", "type": "u8", "docs": ["What became of it."] },
        { "name": "reason", "type": "u8",
          "docs": ["Why it failed or was not funded; 0 for none."] },
        { "name": "flags", "type": "u8",
          "docs": ["Bits: 1 accepted, 2 weak record, 4 closed, 8 risk class, 16 and 32 terms."] },
        { "name": "leader", "type": "u8",
          "docs": ["Slate index of the entry that holds its recipient's cumulative ask."] },
        { "name": "rank", "type": "u8",
          "docs": ["Place among the passing entries from 0; 255 for none."] },
        { "name": "recipient_ask", "type": "u64",
          "docs": ["At a leader: base units that its recipient asks for in all."] }
    ] }
}]"#;

static TYPES: LazyLock<Vec<IdlTypeDef>> =
    LazyLock::new(|| serde_json::from_str(ENTRY).expect("a test reads it"));

static CHOICES: LazyLock<[Vec<String>; 3]> = LazyLock::new(|| {
    ["for", "against", "abstain"]
        .map(|choice| vec![format!("Entries, by slate index, on which the ballot says {choice}.")])
});

/// The entries of a slate, as many as there is room for.
pub(super) fn slate(bytes: &[u8]) -> Result<Field<'static>, Undecodable> {
    let over = bytes.len() % ENTRY_BYTES;
    if over != 0 {
        return Err(Undecodable::Trailing(over));
    }
    let read = |entry| Walker::new(&TYPES, entry).account("Entry").map(Value::Struct);
    let entries = bytes.chunks_exact(ENTRY_BYTES).map(read).collect::<Result<_, _>>()?;
    Ok(Field { name: "slate", docs: &[], value: Value::List(entries) })
}

/// The choices of a vote record.
pub(super) fn choices(bytes: &[u8]) -> Result<Field<'static>, Undecodable> {
    match bytes.len().checked_sub(BALLOT_BYTES) {
        None | Some(0) => Ok(Field { name: "ballot", docs: &[], value: ballot(bytes) }),
        Some(over) => Err(Undecodable::Trailing(over)),
    }
}

/// A packed ballot as three lists of slate indices.
pub fn ballot(bytes: &[u8]) -> Value<'static> {
    let choices = unpack(bytes);
    let of = |wanted: Choice| {
        let indices = choices.iter().filter(|(_, choice)| *choice == wanted);
        Value::List(indices.map(|(index, _)| Value::Unsigned((*index).into())).collect())
    };
    let lists = [("for", Choice::For), ("against", Choice::Against), ("abstain", Choice::Abstain)];
    let field = |((name, choice), docs): ((_, Choice), &'static Vec<String>)| Field {
        name,
        docs,
        value: of(choice),
    };
    Value::Struct(lists.into_iter().zip(CHOICES.iter()).map(field).collect())
}
