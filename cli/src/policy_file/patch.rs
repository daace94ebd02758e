//! One section of a policy, as a vote replaces it whole (R14).

use community_budget::state::{Policy, PolicyPatch};
use toml::Table;

use super::{Checked, amended, read_categories, read_section};
use crate::quantity::Token;

/// The section of `base` with what `values` set, written as in a policy file. Categories, where they
/// are given, are given whole.
///
/// # Errors
/// As [`super::PolicyFile::read`] and [`super::PolicyFile::policy`]: the whole policy with the new
/// section must hold, as it must when a vote executes it.
pub fn patch(
    section: &'static str,
    mut values: Table,
    base: &Policy,
    budget: &Token,
    stake: &Token,
) -> Checked<PolicyPatch> {
    let mut settings = Vec::new();
    let categories = if section == "risk"
        && let Some(listed) = values.remove("categories")
    {
        read_categories(listed)?
    } else {
        Vec::new()
    };
    read_section(section, "", values, &mut settings)?;
    if settings.is_empty() && categories.is_empty() {
        return Err(format!("{section} names no value to change"));
    }
    let policy = amended(*base, &settings, &categories, budget, stake)?;
    match section {
        "schedule" => Ok(PolicyPatch::Schedule(policy.schedule)),
        "slate" => Ok(PolicyPatch::Slate(policy.slate)),
        "budget" => Ok(PolicyPatch::Budget(policy.budget)),
        "tiers" => Ok(PolicyPatch::Tiers(policy.tiers)),
        "stake" => Ok(PolicyPatch::Stake(policy.stake)),
        "risk" => Ok(PolicyPatch::Risk(policy.risk)),
        "breaker" => Ok(PolicyPatch::Breaker(policy.breaker)),
        "review" => Ok(PolicyPatch::Review(policy.review)),
        _ => Err(format!("`{section}` is no section of the policy")),
    }
}

#[cfg(test)]
mod tests {
    use community_budget::state::{BOUNDS, SECTIONS};

    use super::*;

    fn token() -> Token {
        Token { decimals: 6, symbol: "USDC".to_owned() }
    }

    fn patched(section: &'static str, text: &str, base: &Policy) -> Checked<PolicyPatch> {
        patch(section, text.parse().unwrap(), base, &token(), &token())
    }

    #[test]
    fn a_section_keeps_what_is_not_named() {
        let mut base = Policy::default();
        base.slate.per_proposer = 7;
        let patch = patched("slate", "bond = \"5.5\"\nspam_support_bps = \"2%\"", &base).unwrap();
        let mut slate = base.slate;
        slate.bond = 5_500_000;
        slate.spam_support_bps = 200;
        assert_eq!(patch, PolicyPatch::Slate(slate));
    }

    #[test]
    fn every_section_makes_its_own_patch() {
        for (number, section) in (0u8..).zip(SECTIONS) {
            let bound = BOUNDS.iter().find(|it| {
                it.section == section && !it.field.contains('.') && it.field != "category_count"
            });
            let bound = bound.unwrap();
            let value = match bound.unit {
                "budget units" | "weight" => format!("\"{}\"", token().number(bound.default)),
                _ => bound.default.to_string(),
            };
            let text = format!("{} = {value}", bound.field);
            let patch = patched(section, &text, &Policy::default()).unwrap();
            assert_eq!(patch.section(), number, "{section}");
        }
    }

    #[test]
    fn categories_are_replaced_whole() {
        let text = "[[categories]]\nname = \"tools\"\nshare_bps = 10000";
        let PolicyPatch::Risk(risk) = patched("risk", text, &Policy::default()).unwrap() else {
            panic!("another section")
        };
        assert_eq!((risk.category_count, &risk.categories[0].name[..6]), (1, &b"tools\0"[..]));
        assert_eq!(risk.min_runway_epochs, Policy::default().risk.min_runway_epochs);
    }

    #[test]
    fn what_no_execution_could_carry_out_is_refused() {
        let base = Policy::default();
        for (section, text, wanted) in [
            ("slate", "", "slate names no value to change"),
            ("slate", "bnd = 1", "slate.bnd is no key"),
            ("slate", "categories = 1", "slate.categories is no key"),
            ("slate", "capacity = 12", "slate.capacity is 12, but must be from 16"),
            ("slate", "capacity = 33", "this must hold: slate.capacity is 16"),
            (
                "schedule",
                "execution_grace_secs = \"7d\"\nperiod_secs = \"1d\"",
                "must be from 7 days",
            ),
        ] {
            let why = patched(section, text, &base).unwrap_err();
            assert!(why.contains(wanted), "{text}: {why}");
        }
        // A relation with another section holds as well.
        let mut base = base;
        base.tiers.rules[3].timelock_secs = 12 * 86_400;
        let why = patched("schedule", "execution_grace_secs = \"14d\"", &base).unwrap_err();
        assert!(why.contains("the execution grace exceeds the longest timelock"), "{why}");
    }
}
