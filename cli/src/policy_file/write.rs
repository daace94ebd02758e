//! Writes a treasury's policy as a policy file.

use anchor_lang::prelude::Pubkey;
use budget_rules::risk::Class;
use community_budget::state::{BOUNDS, Bound, Category, Policy, Roles, SECTIONS};
use toml::Value;

use super::moment;
use crate::quantity::Token;

/// What a policy file holds besides the policy.
pub struct About<'a> {
    /// What the treasury pays in.
    pub budget_mint: Pubkey,
    /// What its members stake.
    pub stake_mint: Pubkey,
    /// Unix seconds. No epoch opens before.
    pub first_open_at: i64,
    /// Who holds the roles.
    pub roles: Roles,
    /// The budget mint's decimals.
    pub budget: &'a Token,
    /// The stake mint's decimals.
    pub stake: &'a Token,
}

/// The file of `policy`, which reads back as the same policy. `note` says what stands behind a value
/// as a comment.
pub fn write(
    policy: &Policy,
    about: &About<'_>,
    note: &dyn Fn(&Bound) -> Option<String>,
) -> String {
    let mut lines = vec![
        "# A policy file of Community Budget; cli/examples/policy.toml documents the format."
            .to_owned(),
        format!("first_open_at = {}", moment::text(about.first_open_at)),
        String::new(),
        "[mints]".to_owned(),
        format!("budget = \"{}\"", about.budget_mint),
        format!("stake = \"{}\"", about.stake_mint),
        String::new(),
        "[roles]".to_owned(),
        format!("guardian = {}", holder(&about.roles.guardian)),
        format!("reviewer = {}", holder(&about.roles.reviewer)),
        format!("risk_reporter = {}", holder(&about.roles.risk_reporter)),
    ];
    for section in SECTIONS {
        let mut heading = String::new();
        // Values of a section itself come before those of the sections in it: so TOML has it.
        for nested in [false, true] {
            for bound in BOUNDS.iter().filter(|bound| {
                bound.section == section
                    && bound.field.contains('.') == nested
                    && bound.field != "category_count"
            }) {
                let (inner, key) = bound.field.split_once('.').unwrap_or(("", bound.field));
                let own = if inner.is_empty() {
                    format!("[{section}]")
                } else {
                    format!("[{section}.{inner}]")
                };
                if own != heading {
                    lines.extend([String::new(), own.clone()]);
                    heading = own;
                }
                let comment = note(bound).map_or(String::new(), |note| format!("  # {note}"));
                let value = value(bound, (bound.get)(policy), about);
                lines.push(format!("{key} = {value}{comment}"));
            }
        }
        if section == "risk" {
            let count = usize::from(policy.risk.category_count);
            lines.extend(policy.risk.categories.iter().take(count).flat_map(category));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn holder(key: &Pubkey) -> String {
    if *key == Pubkey::default() { "\"vacant\"".to_owned() } else { format!("\"{key}\"") }
}

/// A value as the file has it, exactly.
pub fn value(bound: &Bound, value: u64, about: &About<'_>) -> String {
    match bound.unit {
        "secs" => format!("\"{}\"", span(value)),
        "bps" => format!("\"{}\"", share(value)),
        "budget units" if value == u64::MAX && super::may_be_none(bound) => "\"none\"".to_owned(),
        "budget units" => format!("\"{}\"", about.budget.number(value)),
        "weight" => format!("\"{}\"", about.stake.number(value)),
        _ => value.to_string(),
    }
}

/// Seconds as `1d12h`.
fn span(secs: u64) -> String {
    let units = [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')];
    let mut rest = secs;
    let mut text = String::new();
    for (size, letter) in units {
        let number = rest / size;
        rest %= size;
        if number > 0 {
            text.push_str(&format!("{number}{letter}"));
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// Basis points as `66.67%`.
fn share(bps: u64) -> String {
    let percent = Token { decimals: 2, symbol: String::new() };
    format!("{}%", percent.number(bps))
}

fn category(category: &Category) -> Vec<String> {
    // A stranger may have named it: TOML's own writer quotes the name.
    let name = String::from_utf8_lossy(&category.name).trim_end_matches('\0').to_owned();
    let class = Class::from_byte(category.class).unwrap_or_default();
    let word = match class {
        Class::Operating => "operating",
        Class::Hedge => "hedge",
        Class::Derivative => "derivative",
    };
    let mut lines = vec![
        String::new(),
        "[[risk.categories]]".to_owned(),
        format!("name = {}", Value::String(name)),
        format!("class = \"{word}\""),
        format!("share_bps = \"{}\"", share(category.share_bps.into())),
    ];
    if class.is_risk() {
        let limit = share(category.exposure_limit_bps.into());
        lines.push(format!("exposure_limit_bps = \"{limit}\""));
        lines.push(format!("haircut_bps = \"{}\"", share(category.haircut_bps.into())));
    }
    lines
}
