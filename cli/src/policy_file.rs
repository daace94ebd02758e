//! The policy file: a treasury's first policy, as people write and review it in TOML.
//!
//! `cli/examples/policy.toml` documents the format. Values are named and bounded by the program's
//! own table ([`BOUNDS`]), so a value that the table gains is one that the file takes. Nothing is
//! sent from a file with an unknown key, a value beyond its bound or a contradiction.

mod fields;
mod moment;
mod patch;
mod write;

use anchor_lang::prelude::Pubkey;
use budget_rules::{bps::BPS, risk::Class};
use bytemuck::Zeroable;
use community_budget::state::{BOUNDS, Bound, Category, Policy, RELATIONS, Roles, SECTIONS};
use toml::{Table, Value};

use crate::{files::plain, quantity, quantity::Token};

pub use patch::patch;
pub use write::{About, value, write};

/// What a reader says: a sentence without a full stop, or several with semicolons between them.
pub type Checked<T> = std::result::Result<T, String>;

/// A policy file that was read. Amounts wait for the mints' decimals.
pub struct PolicyFile {
    /// What the treasury pays in.
    pub budget_mint: Pubkey,
    /// What its members stake.
    pub stake_mint: Pubkey,
    /// Unix seconds. No epoch opens before.
    pub first_open_at: i64,
    /// Who may stop, score and mark from the start.
    pub roles: Roles,
    settings: Vec<(&'static Bound, Written)>,
    categories: Vec<Category>,
}

/// A value as it was written.
enum Written {
    /// Seconds, basis points, a count, or base units.
    Exact(u64),
    /// Tokens, for example `1250.5`.
    Tokens(String),
}

impl PolicyFile {
    /// Reads a file's text.
    ///
    /// # Errors
    /// A sentence that names the key, or the line where the text is no TOML.
    pub fn read(text: &str) -> Checked<Self> {
        let mut table: Table = text.parse().map_err(|error| no_toml(text, &error))?;
        let first_open_at = match table.remove("first_open_at") {
            Some(value) => moment::unix(&value)?,
            None => {
                return Err("first_open_at is missing; write a moment, or \"at once\"".to_owned());
            }
        };
        let mut mints = take_table(&mut table, "mints")?;
        let mut mint = |key: &str| {
            let value = mints.remove(key).ok_or_else(|| format!("mints.{key} is missing"))?;
            address(&format!("mints.{key}"), &value)
        };
        let (budget_mint, stake_mint) = (mint("budget")?, mint("stake")?);
        none_left("mints.", &mints)?;
        let roles = read_roles(take_table(&mut table, "roles")?)?;
        let mut settings = Vec::new();
        let mut categories = Vec::new();
        for section in SECTIONS {
            let mut values = take_table(&mut table, section)?;
            if section == "risk"
                && let Some(listed) = values.remove("categories")
            {
                categories = read_categories(listed)?;
            }
            read_section(section, "", values, &mut settings)?;
        }
        none_left("", &table)?;
        Ok(Self { budget_mint, stake_mint, first_open_at, roles, settings, categories })
    }

    /// The policy, in base units of the two mints: the defaults with what the file sets.
    ///
    /// # Errors
    /// Every value beyond its bound, by name with the bound; else every rule between values that
    /// does not hold.
    pub fn policy(&self, budget: &Token, stake: &Token) -> Checked<Policy> {
        amended(Policy::default(), &self.settings, &self.categories, budget, stake)
    }
}

/// `policy` with these values, and with these categories if there are any.
fn amended(
    mut policy: Policy,
    settings: &[(&'static Bound, Written)],
    categories: &[Category],
    budget: &Token,
    stake: &Token,
) -> Checked<Policy> {
    let mut wrong = Vec::new();
    for (bound, written) in settings {
        let value = match written {
            Written::Exact(value) => *value,
            Written::Tokens(text) => {
                let token = if bound.unit == "weight" { stake } else { budget };
                let amount = token.parse(text);
                amount.map_err(|why| {
                    let why = why.to_string();
                    format!("{}: {}", full_name(bound), why.trim_end_matches('.'))
                })?
            }
        };
        let within = (bound.min..=bound.max).contains(&value);
        if !within || fields::set(&mut policy, bound, value).is_none() {
            wrong.push(beyond(bound, value, budget, stake));
        }
    }
    if !categories.is_empty() {
        policy.risk.categories = [Category::zeroed(); 8];
        policy.risk.category_count = u8::try_from(categories.len()).unwrap_or(u8::MAX);
        for (slot, category) in policy.risk.categories.iter_mut().zip(categories) {
            *slot = *category;
        }
    }
    if wrong.is_empty() {
        let broken = RELATIONS.iter().filter(|(_, holds)| !holds(&policy));
        wrong = broken.map(|(rule, _)| format!("this must hold: {rule}")).collect();
    }
    if !wrong.is_empty() {
        return Err(wrong.join("; "));
    }
    // The program's own word comes last: the tables above are what it goes by.
    policy.check().map_err(|error| error.to_string())?;
    Ok(policy)
}

/// `schedule.period_secs`.
pub fn full_name(bound: &Bound) -> String {
    format!("{}.{}", bound.section, bound.field)
}

/// A value in its unit, as people read it.
pub fn in_words(bound: &Bound, value: u64, budget: &Token, stake: &Token) -> String {
    match bound.unit {
        "secs" => exact_span(value),
        "bps" => {
            u16::try_from(value).map_or_else(|_| format!("{value} bps"), budget_words::format::bps)
        }
        "budget units" if value == u64::MAX && may_be_none(bound) => "none".to_owned(),
        "budget units" => budget.show(value),
        "weight" => format!("{} of weight", stake.number(value)),
        _ => budget_words::format::count(value),
    }
}

/// Seconds in every unit that they fill: a rule is never rounded.
fn exact_span(secs: u64) -> String {
    let day_and_hour = secs - secs % 3_600;
    match secs % 3_600 {
        0 => quantity::long_span(secs),
        rest if day_and_hour == 0 => quantity::long_span(rest),
        rest => format!("{} {}", quantity::long_span(day_and_hour), quantity::long_span(rest)),
    }
}

/// Whether the largest number stands for no limit at all.
fn may_be_none(bound: &Bound) -> bool {
    bound.default == u64::MAX
}

fn beyond(bound: &Bound, value: u64, budget: &Token, stake: &Token) -> String {
    let words = |value| in_words(bound, value, budget, stake);
    format!(
        "{} is {}, but must be from {} to {}",
        full_name(bound),
        words(value),
        words(bound.min),
        words(bound.max)
    )
}

fn no_toml(text: &str, error: &toml::de::Error) -> String {
    let at = error.span().map_or(0, |span| span.start);
    let before = text.get(..at).unwrap_or_default();
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    format!("line {line} is no TOML: {}", error.message().replace('\n', " "))
}

fn take_table(table: &mut Table, key: &str) -> Checked<Table> {
    match table.remove(key) {
        None => Ok(Table::new()),
        Some(Value::Table(inner)) => Ok(inner),
        Some(_) => Err(format!("{key} must be a section: [{key}]")),
    }
}

fn none_left(path: &str, table: &Table) -> Checked<()> {
    match table.keys().next() {
        None => Ok(()),
        Some(key) => Err(unknown(path, key)),
    }
}

fn unknown(path: &str, key: &str) -> String {
    let why = if path == "risk." && key == "category_count" {
        "it follows from the list of categories"
    } else {
        "cli/examples/policy.toml has all keys"
    };
    format!("{path}{} is no key of a policy file; {why}", plain(key))
}

fn text<'a>(path: &str, value: &'a Value) -> Checked<&'a str> {
    value.as_str().ok_or_else(|| format!("{path} must be a text in quotes"))
}

fn address(path: &str, value: &Value) -> Checked<Pubkey> {
    let text = text(path, value)?;
    text.parse().map_err(|_| format!("{path}: `{}` is no address", plain(text)))
}

fn read_roles(mut table: Table) -> Checked<Roles> {
    let mut holder = |key: &str| match table.remove(key) {
        None => Ok(Pubkey::default()),
        Some(Value::String(text)) if text == "vacant" => Ok(Pubkey::default()),
        Some(value) => address(&format!("roles.{key}"), &value),
    };
    let roles = Roles {
        guardian: holder("guardian")?,
        reviewer: holder("reviewer")?,
        risk_reporter: holder("risk_reporter")?,
    };
    none_left("roles.", &table)?;
    Ok(roles)
}

/// Reads the values of a section, and of the sections in it: the four tiers.
fn read_section(
    section: &'static str,
    within: &str,
    values: Table,
    settings: &mut Vec<(&'static Bound, Written)>,
) -> Checked<()> {
    for (key, value) in values {
        let field = format!("{within}{key}");
        let bound = BOUNDS.iter().find(|bound| {
            bound.section == section && bound.field == field && bound.field != "category_count"
        });
        match (bound, value) {
            (Some(bound), value) => settings.push((bound, written(bound, &value)?)),
            (None, Value::Table(inner)) if within.is_empty() && has_tier(section, &key) => {
                read_section(section, &format!("{key}."), inner, settings)?;
            }
            (None, _) => return Err(unknown(&format!("{section}.{within}"), &key)),
        }
    }
    Ok(())
}

fn has_tier(section: &str, key: &str) -> bool {
    let prefix = format!("{key}.");
    BOUNDS.iter().any(|bound| bound.section == section && bound.field.starts_with(&prefix))
}

fn written(bound: &Bound, value: &Value) -> Checked<Written> {
    let name = full_name(bound);
    let whole =
        |number: &i64| u64::try_from(*number).map_err(|_| format!("{name} must not be below zero"));
    let wrong = |how: &str| Err(format!("{name} must be {how}"));
    let in_tokens = matches!(bound.unit, "budget units" | "weight");
    match (bound.unit, value) {
        (_, Value::Integer(number)) if in_tokens => Ok(Written::Tokens(whole(number)?.to_string())),
        (_, Value::Integer(number)) => Ok(Written::Exact(whole(number)?)),
        ("budget units", Value::String(text)) if text == "none" && may_be_none(bound) => {
            Ok(Written::Exact(u64::MAX))
        }
        (_, Value::String(text)) if in_tokens => Ok(Written::Tokens(text.clone())),
        ("secs", Value::String(text)) => {
            let secs = quantity::span(text).map_err(|why| format!("{name}: {}", plain(&why)))?;
            Ok(Written::Exact(secs.into()))
        }
        ("bps", Value::String(text)) => {
            let share = quantity::bps(text).map_err(|why| format!("{name}: {}", plain(&why)))?;
            Ok(Written::Exact(share.into()))
        }
        ("secs", _) => wrong("a span in quotes, for example \"30d\", or whole seconds"),
        ("bps", _) => wrong("a share in quotes, for example \"66.67%\", or whole basis points"),
        _ if in_tokens => wrong("tokens in quotes, for example \"1250.5\", or whole tokens"),
        _ => wrong("a whole number"),
    }
}

fn read_categories(listed: Value) -> Checked<Vec<Category>> {
    let wrong = || "risk.categories must be sections: [[risk.categories]]".to_owned();
    let Value::Array(listed) = listed else { return Err(wrong()) };
    if !(1..=8).contains(&listed.len()) {
        return Err(format!("risk.categories has {} categories; 1 to 8 are allowed", listed.len()));
    }
    let mut categories: Vec<Category> = Vec::with_capacity(listed.len());
    for (number, value) in (1..).zip(listed) {
        let Value::Table(table) = value else { return Err(wrong()) };
        let category = read_category(table)
            .map_err(|why| format!("in category {number} of risk.categories, {why}"))?;
        if categories.iter().any(|known| known.name == category.name) {
            return Err(format!("category {number} of risk.categories has the name of another"));
        }
        categories.push(category);
    }
    Ok(categories)
}

fn read_category(mut table: Table) -> Checked<Category> {
    let mut category = Category::zeroed();
    let name = table.remove("name").ok_or_else(|| "name is missing".to_owned())?;
    let name = text("name", &name)?;
    if name.is_empty() || name.len() > category.name.len() || name.contains('\0') {
        return Err(format!("name must have 1 to {} bytes", category.name.len()));
    }
    for (slot, byte) in category.name.iter_mut().zip(name.bytes()) {
        *slot = byte;
    }
    let class = match table.remove("class") {
        None => Class::Operating,
        Some(value) => match text("class", &value)? {
            "operating" => Class::Operating,
            "hedge" => Class::Hedge,
            "derivative" => Class::Derivative,
            _ => return Err("class must be operating, hedge or derivative".to_owned()),
        },
    };
    category.class = class as u8;
    let mut share = |key: &str, least: u64| match table.remove(key) {
        None => Ok(None),
        Some(value) => category_share(key, least, &value).map(Some),
    };
    category.share_bps = share("share_bps", 1)?.ok_or_else(|| "share_bps is missing".to_owned())?;
    let (limit, haircut) = (share("exposure_limit_bps", 0)?, share("haircut_bps", 0)?);
    if !class.is_risk() && (limit.is_some() || haircut.is_some()) {
        return Err("only a hedge or derivative has exposure_limit_bps and haircut_bps".to_owned());
    }
    category.exposure_limit_bps = limit.unwrap_or(0);
    category.haircut_bps = haircut.unwrap_or(0);
    none_left("", &table)?;
    Ok(category)
}

fn category_share(key: &str, least: u64, value: &Value) -> Checked<u16> {
    let share = match value {
        Value::Integer(number) => u16::try_from(*number).ok(),
        Value::String(text) => {
            Some(quantity::bps(text).map_err(|why| format!("{key}: {}", plain(&why)))?)
        }
        _ => None,
    };
    let share = share.filter(|share| (least..=BPS).contains(&u64::from(*share)));
    share.ok_or_else(|| format!("{key} must be a share from {least} to 10,000 basis points"))
}

#[cfg(test)]
mod tests;
