//! Arguments in their units.

use budget_client::idl::Value;
use budget_words::format;

use crate::{
    files::plain,
    quantity::{Token, long_span},
};

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Base units of what the treasury pays in.
    Budget,
    /// Base units of what its members stake.
    Stake,
    /// Lamports.
    Lamports,
    /// Seconds.
    Span,
    /// Unix seconds.
    Moment,
    /// Basis points.
    Share,
    /// Things.
    Count,
}

/// Names of fields that hold amounts of what the treasury pays in.
const BUDGET: [&str; 8] = [
    "amount",
    "bond",
    "epoch_cap_abs",
    "mark",
    "min_cap",
    "recipient_awarded",
    "slot_fee",
    "spent",
];

/// What the number in `field` of `instruction` counts; the program's own instructions alone.
pub fn unit(instruction: &str, field: &str) -> Unit {
    match field {
        "amount" if ["stake", "request_unstake"].contains(&instruction) => Unit::Stake,
        _ if BUDGET.contains(&field) => Unit::Budget,
        _ if field.ends_with("_secs") => Unit::Span,
        _ if field.ends_with("_at") => Unit::Moment,
        _ if field.ends_with("_bps") => Unit::Share,
        _ => Unit::Count,
    }
}

/// What a number of another program's instruction counts.
pub fn foreign_unit(field: &str) -> Unit {
    if field == "lamports" { Unit::Lamports } else { Unit::Count }
}

/// A number with its unit, and exactly.
pub fn number(value: u64, unit: Unit, tokens: Option<&(Token, Token)>) -> String {
    let amount = |token: Option<&Token>| {
        let units = format!("{} base units", format::count(value));
        match token {
            None => units,
            Some(token) => format!("{} ({units})", token.show(value)),
        }
    };
    match unit {
        Unit::Budget if value == u64::MAX => "no limit".to_owned(),
        Unit::Budget => amount(tokens.map(|(budget, _)| budget)),
        Unit::Stake => amount(tokens.map(|(_, stake)| stake)),
        Unit::Lamports => crate::quantity::sol(value),
        Unit::Span => format!("{} ({} s)", long_span(value), format::count(value)),
        Unit::Moment => match i64::try_from(value) {
            Ok(at) if value > 0 => format!("{} UTC ({value})", format::moment(at)),
            _ => value.to_string(),
        },
        Unit::Share => match u16::try_from(value) {
            Ok(share) => format::bps(share),
            Err(_) => value.to_string(),
        },
        Unit::Count => format::count(value),
    }
}

/// A value and all that is in it, one line for each, with the path that leads there.
pub fn flat(
    path: &str,
    field: &str,
    value: &Value<'_>,
    show: &dyn Fn(&str, u64) -> String,
) -> Vec<(String, String)> {
    let at = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let one = |text: String| vec![(path.to_owned(), text)];
    match value {
        Value::Nothing => one("nothing".to_owned()),
        Value::Bool(flag) => one(if *flag { "yes" } else { "no" }.to_owned()),
        Value::Unsigned(number) => one(show(field, *number)),
        Value::Signed(number) => one(match u64::try_from(*number) {
            Ok(number) => show(field, number),
            Err(_) => number.to_string(),
        }),
        Value::Text(text) => one(format!("\"{}\"", plain(text))),
        // A category's name is stored in fixed bytes.
        Value::Bytes(bytes) if field == "name" => {
            let name = String::from_utf8_lossy(bytes);
            one(format!("\"{}\"", plain(name.trim_end_matches('\0'))))
        }
        // Room for later versions; anything in it is worth a look.
        Value::Bytes(bytes) if field.starts_with("reserved") && bytes.iter().all(|it| *it == 0) => {
            Vec::new()
        }
        Value::Bytes(bytes) => one(budget_client::idl::hexadecimal(bytes)),
        Value::Key(key) if *key == Default::default() => one("nobody".to_owned()),
        Value::Key(key) => one(key.to_string()),
        Value::List(values) => {
            let numbered = values.iter().enumerate();
            numbered
                .flat_map(|(index, inner)| flat(&at(&index.to_string()), field, inner, show))
                .collect()
        }
        Value::Struct(fields) => fields
            .iter()
            .flat_map(|inner| flat(&at(inner.name), inner.name, &inner.value, show))
            .collect(),
        Value::Variant(name, None) => one((*name).to_owned()),
        Value::Variant(name, Some(inner)) => {
            let mut lines = one((*name).to_owned());
            lines.extend(flat(&at(name), field, inner, show));
            lines
        }
    }
}

#[cfg(test)]
mod tests;
