//! First part of `docs/accounts.md`: the bytes of every account.

use anchor_lang_idl_spec::{Idl, IdlSerialization, IdlType};

use crate::{
    layout::{self, Row},
    markdown::{Table, bytes, hexadecimal, prose},
    tails::{ENTRY, enumerations, tail, variant_docs},
};

/// Bytes of an account's discriminator.
const DISCRIMINATOR_BYTES: usize = 8;

/// Structs within accounts that have a table of their own.
const PARTS: [&str; 5] = ["Policy", "TierRule", "Category", "PositionState", "AwardTerms"];

/// Enumerations whose variants carry fields.
const CHOICES: [&str; 3] = ["Action", "PolicyPatch", "Ruling"];

const HEAD: &str = "\
# Accounts and instructions

Generated from the committed IDL by `cargo run -p budget-docs`; `cargo xtask check` fails when this page
is stale, and a test holds the layouts against the program's own types.

Program: `ADDRESS`.

All integers are little-endian. Every account begins with the 8 bytes of its discriminator, which the
offsets below include. Reserved bytes are zero.

The seeds are byte strings: `TREASURY_SEED` is `\"treasury\"`, and so on in lower case without `_SEED`.
The treasury's three token accounts, `vault`, `stake_vault` and `bond_vault`, have the seeds
`[NAME, treasury]` and belong to the treasury; the stake vault holds the stake mint, the others the budget
mint.

## Accounts
";

/// Renders the part.
pub fn page(idl: &Idl) -> Result<String, String> {
    let mut text = HEAD.replace("ADDRESS", &idl.address);
    for account in &idl.accounts {
        let definition = layout::definition(idl, &account.name)?;
        let format = match definition.serialization {
            IdlSerialization::Borsh => "Borsh",
            _ => "zero-copy",
        };
        let rows = layout::rows(idl, &account.name)?;
        let size: usize = rows.iter().map(|row| row.bytes).sum();
        text += &format!(
            "\n### {}\n\n{}\n\nDiscriminator `{}`, {format}, {} bytes{}.\n\n{}",
            account.name,
            prose(&definition.docs),
            hexadecimal(&account.discriminator),
            bytes(DISCRIMINATOR_BYTES + size),
            if grows(&account.name) { " and what follows" } else { "" },
            table(&rows, DISCRIMINATOR_BYTES),
        );
        if let Some(tail) = tail(&account.name) {
            text += &format!("\n{tail}\n");
        }
    }
    text += &format!(
        "\n### Entry\n\nOne ask on a slate, with its tally. Offsets are from its beginning.\n\n{}",
        table(&entry_rows()?, 0)
    );
    for name in PARTS {
        let docs = prose(&layout::definition(idl, name)?.docs);
        let rows = table(&layout::rows(idl, name)?, 0);
        text += &format!("\n### {name}\n\n{docs}\n\nOffsets are from its beginning.\n\n{rows}");
    }
    for name in CHOICES {
        text += &choice(idl, name)?;
    }
    text += "\n## Values\n\nBytes that stand for a name.\n\n";
    let mut table = Table::new("type | value | name | meaning", "wnww");
    for of in enumerations() {
        for (value, name, meaning) in of.values {
            table.row([of.name.into(), value.to_string(), format!("`{name}`"), meaning.into()]);
        }
    }
    Ok(text + &table.text())
}

/// The variants of an enumeration and what they carry.
fn choice(idl: &Idl, name: &str) -> Result<String, String> {
    let docs = prose(&layout::definition(idl, name)?.docs);
    let mut table = Table::new("byte | variant | carries | meaning", "nwww");
    for (byte, variant) in layout::variants(idl, name)?.iter().enumerate() {
        let carried: Vec<String> = layout::payload(variant)
            .into_iter()
            .map(|(field, ty)| match (field, layout::spelled(ty)) {
                ("", ty) => format!("`{ty}`"),
                (field, ty) => format!("`{field}: {ty}`"),
            })
            .collect();
        let meaning = variant_docs(name, &variant.name);
        table.row([
            byte.to_string(),
            format!("`{}`", variant.name),
            carried.join(", "),
            meaning.to_owned(),
        ]);
    }
    Ok(format!("\n### {name}\n\n{docs}\n\n{}", table.text()))
}

/// Whether an account holds more than its fields.
fn grows(account: &str) -> bool {
    ["BudgetEpoch", "VoteRecord"].contains(&account)
}

fn table(rows: &[Row], start: usize) -> String {
    let mut table = Table::new("offset | bytes | type | field | holds", "nnwww");
    for row in rows {
        let offset = row.offset.map_or("varies".to_owned(), |offset| bytes(start + offset));
        let most = if row.variable { "at most " } else { "" };
        table.row([
            offset,
            format!("{most}{}", bytes(row.bytes)),
            format!("`{}`", row.ty),
            format!("`{}`", row.name),
            prose(core::slice::from_ref(&row.docs)),
        ]);
    }
    table.text()
}

/// The layout of an entry, from the table of what the IDL does not say.
pub fn entry_rows() -> Result<Vec<Row>, String> {
    let mut end = 0;
    let mut rows = Vec::new();
    for (name, ty, docs) in ENTRY {
        let bytes = match ty.parse().map_err(|error| format!("{ty}: {error}"))? {
            IdlType::U8 => 1,
            IdlType::U64 => 8,
            IdlType::Array(..) => 16,
            _ => return Err(format!("an entry has no `{ty}`")),
        };
        rows.push(Row {
            name: name.to_owned(),
            offset: Some(end),
            bytes,
            variable: false,
            ty: ty.to_owned(),
            docs: docs.to_owned(),
        });
        end += bytes;
    }
    Ok(rows)
}
