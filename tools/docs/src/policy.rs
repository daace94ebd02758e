//! `docs/policy.md`: the hard bounds of a policy.

use anchor_lang_idl_spec::Idl;
use community_budget::state::{BOUNDS, Bound, RELATIONS};

use crate::{
    layout::rows,
    markdown::{Table, grouped, prose},
};

const HEAD: &str = "\
# Policy

Generated from `BOUNDS` and `RELATIONS` in `programs/community_budget/src/state/policy.rs` by
`cargo run -p budget-docs`; `cargo xtask check` fails when this page is stale.

What a community decides about its own budget, and the bounds it cannot decide beyond. The founder sets the
first policy with `create_treasury`. Each epoch copies it at its opening, so a change never reaches an epoch
that is already open. The bytes are in [accounts.md](accounts.md#policy).

## Bounds

Both bounds are allowed values. Amounts are base units of the budget mint, weights are base units of the
stake mint with their bonus, 10,000 bps are the whole.
";

const RELATIONS_HEAD: &str = "
## Relations

A policy within its bounds is refused with `PolicyInconsistent` unless all of these hold. The log names the
one that does not. Beyond the bounds it is `PolicyOutOfBounds`, and the log names the value.

";

/// The tiers in the order of their rows.
const TIERS: [&str; 4] = ["small", "medium", "large", "constitutional"];

/// Renders the page.
pub fn page(idl: &Idl) -> Result<String, String> {
    let mut text = HEAD.to_owned();
    let mut section = "";
    let mut table = Table::new("", "");
    for bound in BOUNDS {
        if bound.section != section {
            text += &closed(section, table);
            section = bound.section;
            table = Table::new("value | from | to | default | meaning", "wnnnw");
        }
        table.row([
            format!("`{}`", bound.field),
            shown(bound, bound.min),
            shown(bound, bound.max),
            shown(bound, bound.default),
            meaning(idl, bound)?,
        ]);
    }
    text += &closed(section, table);
    text += RELATIONS_HEAD;
    for (relation, _) in RELATIONS {
        text += &format!("- {relation}\n");
    }
    Ok(text)
}

fn closed(section: &str, table: Table) -> String {
    if section.is_empty() {
        return String::new();
    }
    format!("\n### {section}\n\n{}", table.text())
}

fn shown(bound: &Bound, value: u64) -> String {
    const HOUR: u64 = 3_600;
    const DAY: u64 = 86_400;
    match (bound.unit, value) {
        (_, u64::MAX) => "2^64 - 1".to_owned(),
        ("secs", 0) => "0".to_owned(),
        ("secs", secs) if secs.is_multiple_of(DAY) => format!("{} d", secs / DAY),
        ("secs", secs) if secs.is_multiple_of(HOUR) => format!("{} h", secs / HOUR),
        ("secs", secs) => format!("{} s", grouped(secs)),
        ("bps", bps) => format!("{} bps", grouped(bps)),
        (_, value) => grouped(value),
    }
}

/// What the source says about the field.
fn meaning(idl: &Idl, bound: &Bound) -> Result<String, String> {
    let tier = bound.field.split_once('.').filter(|(tier, _)| TIERS.contains(tier));
    let found = match tier {
        Some((_, field)) => find(rows(idl, "TierRule")?, field),
        None => find(rows(idl, "Policy")?, &format!("{}.{}", bound.section, bound.field)),
    };
    let docs = found
        .ok_or_else(|| format!("the policy has no field `{}.{}`", bound.section, bound.field))?;
    Ok(prose(&[docs]))
}

fn find(rows: Vec<crate::layout::Row>, name: &str) -> Option<String> {
    rows.into_iter().find(|row| row.name == name).map(|row| row.docs)
}
