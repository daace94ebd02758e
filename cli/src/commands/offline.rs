//! Answers that need no network.

use anchor_lang::prelude::Pubkey;
use budget_client::{Community, address};
use community_budget::state::BOUNDS;
use serde_json::{Map, Value};

/// Rows under named columns.
pub struct Table {
    columns: &'static [&'static str],
    rows: Vec<Vec<Value>>,
}

impl Table {
    /// Columns aligned to their widest cell.
    pub fn text(&self) -> String {
        let cell = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let width = |column: usize| {
            self.rows.iter().map(|row| cell(&row[column]).chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|column| width(column).max(self.columns[column].chars().count()))
            .collect();
        let line = |cells: Vec<String>| {
            let padded: Vec<String> =
                cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            padded.join("  ").trim_end().to_owned()
        };
        let mut lines = vec![line(self.columns.iter().map(|name| (*name).to_owned()).collect())];
        lines.extend(self.rows.iter().map(|row| line(row.iter().map(cell).collect())));
        lines.join("\n")
    }

    /// A list of objects keyed by column.
    pub fn json(&self) -> String {
        let objects = self.rows.iter().map(|row| {
            let fields = self.columns.iter().zip(row);
            Value::Object(Map::from_iter(fields.map(|(k, v)| ((*k).to_owned(), v.clone()))))
        });
        format!("{:#}", Value::Array(objects.collect()))
    }
}

/// Addresses of a treasury and, where given, of a person and an epoch in it.
pub fn addresses(founder: &Pubkey, id: u64, person: Option<&Pubkey>, epoch: Option<u32>) -> Table {
    let community = Community {
        treasury: Community::treasury_address(founder, id),
        // Mints play no part in the addresses shown.
        budget_mint: Pubkey::default(),
        stake_mint: Pubkey::default(),
        budget_token_program: Pubkey::default(),
        stake_token_program: Pubkey::default(),
    };
    let mut found = vec![
        ("treasury", community.treasury),
        ("vault", community.vault()),
        ("stake vault", community.stake_vault()),
        ("bond vault", community.bond_vault()),
    ];
    let epoch = epoch.map(|index| community.epoch(index));
    found.extend(epoch.map(|key| ("epoch", key)));
    if let Some(person) = person {
        found.push(("stake", community.stake(person)));
        found.push(("recipient record", community.recipient_record(person)));
        found.extend(epoch.map(|key| ("vote record", address::vote_record(&key, person))));
    }
    let row = |(what, key): (&str, Pubkey)| vec![what.into(), key.to_string().into()];
    Table { columns: &["account", "address"], rows: found.into_iter().map(row).collect() }
}

/// Name and meaning of an error, by code or name.
pub fn error(code: &str) -> Option<Table> {
    let idl: Value =
        serde_json::from_str(include_str!("../../../idl/community_budget.json")).ok()?;
    let found = idl["errors"].as_array()?.iter().find(|error| {
        code.parse::<u64>().is_ok_and(|number| error["code"] == number)
            || error["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(code))
    })?;
    let row = vec![found["code"].clone(), found["name"].clone(), found["msg"].clone()];
    Some(Table { columns: &["code", "name", "what must be true"], rows: vec![row] })
}

/// The table of hard bounds.
pub fn policy() -> Table {
    let row = |bound: &community_budget::state::Bound| -> Vec<Value> {
        let largest = if bound.max == u64::MAX { "none".into() } else { Value::from(bound.max) };
        let default =
            if bound.default == u64::MAX { "none".into() } else { Value::from(bound.default) };
        vec![
            format!("{}.{}", bound.section, bound.field).into(),
            bound.unit.into(),
            bound.min.into(),
            largest,
            default,
        ]
    };
    Table {
        columns: &["field", "unit", "least", "most", "default"],
        rows: BOUNDS.iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_found_by_code_and_by_name() {
        let by_code = error("6000").unwrap().text();
        assert!(by_code.contains("PolicyOutOfBounds"), "{by_code}");
        assert_eq!(error("policyoutofbounds").unwrap().text(), by_code);
        assert!(error("5999").is_none());
        assert!(error("nonsense").is_none());
    }

    #[test]
    fn addresses_are_those_that_the_program_derives() {
        let founder = Pubkey::new_from_array([7; 32]);
        let table = addresses(&founder, 3, Some(&founder), Some(0));
        let seeds: &[&[u8]] = &[b"treasury", founder.as_ref(), &3u64.to_le_bytes()];
        let treasury = Pubkey::find_program_address(seeds, &community_budget::ID).0;
        assert_eq!(table.rows[0][1], treasury.to_string());
        assert_eq!(table.rows.len(), 8);
    }

    #[test]
    fn the_policy_table_has_every_bound() {
        let json: Value = serde_json::from_str(&policy().json()).unwrap();
        assert_eq!(json.as_array().unwrap().len(), BOUNDS.len());
        assert_eq!(json[0]["field"], "schedule.period_secs");
    }
}
