//! `budget treasury policy`: what is in force, and what the next epoch opens with.

use budget_rules::risk::Class;
use budget_words::format;
use community_budget::state::{BOUNDS, Bound, Policy, Roles};
use serde_json::{Map, Value, json};

use crate::{
    columns::{Side, columns},
    context::{Context, Scene},
    exit::{Failure, Result},
    policy_file::{About, full_name, in_words, value, write},
    quantity::Token,
    view::category,
};

/// Share of the weight below which a quorum is warned of, in basis points (R4).
const LOW_QUORUM_BPS: u16 = 100;

/// `budget treasury policy`.
pub fn run(context: &Context, toml: bool) -> Result<()> {
    let scene = context.scene()?;
    let (now, next) = (&scene.treasury.in_force, &scene.treasury.policy);
    if toml {
        if context.globals.json {
            return Err(Failure::input("choose one of --toml and --json."));
        }
        context.page.line(file(&scene).trim_end());
    } else if context.globals.json {
        context.json(&json!({
            "treasury": scene.key.to_string(),
            "inForce": policy_json(now),
            "next": policy_json(next),
            "differs": differing(now, next),
        }));
    } else {
        for line in lines(now, next, &scene.budget, &scene.stake) {
            context.page.line(line);
        }
    }
    Ok(())
}

/// The next epoch's policy as a policy file; where another value is in force, it stands beside.
fn file(scene: &Scene) -> String {
    let treasury = &scene.treasury;
    let about = About {
        budget_mint: treasury.budget_mint,
        stake_mint: treasury.stake_mint,
        first_open_at: treasury.first_open_at,
        roles: Roles {
            guardian: treasury.guardian,
            reviewer: treasury.reviewer,
            risk_reporter: treasury.risk_reporter,
        },
        budget: &scene.budget,
        stake: &scene.stake,
    };
    let note = |bound: &Bound| {
        let (now, next) = ((bound.get)(&treasury.in_force), (bound.get)(&treasury.policy));
        (now != next).then(|| format!("until the next opening {}", value(bound, now, &about)))
    };
    write(&treasury.policy, &about, &note)
}

/// Names of the values in which two policies differ.
fn differing(now: &Policy, next: &Policy) -> Vec<String> {
    let values = BOUNDS.iter().filter(|bound| (bound.get)(now) != (bound.get)(next));
    let mut names: Vec<String> = values.map(full_name).collect();
    if now.risk.categories != next.risk.categories {
        names.push("risk.categories".to_owned());
    }
    names
}

fn lines(now: &Policy, next: &Policy, budget: &Token, stake: &Token) -> Vec<String> {
    let differs = differing(now, next);
    let mut lines = vec![match differs.len() {
        0 => "The policy in force is also the one that the next epoch opens with.".to_owned(),
        1 => "The next epoch opens with another policy: 1 value differs (marked *).".to_owned(),
        several => {
            format!("The next epoch opens with another policy: {several} values differ (marked *).")
        }
    }];
    let warnings = [now, next].map(quorum_warning);
    lines.extend(warnings.into_iter().flatten().next().map(|text| format!("Warning: {text}.")));
    let rows: Vec<Vec<String>> = BOUNDS
        .iter()
        .filter(|bound| bound.field != "category_count")
        .map(|bound| {
            let words = |policy| in_words(bound, (bound.get)(policy), budget, stake);
            let changed = (bound.get)(now) != (bound.get)(next);
            vec![
                if changed { "*" } else { "" }.to_owned(),
                full_name(bound),
                words(now),
                if changed { words(next) } else { String::new() },
            ]
        })
        .collect();
    let heading = [
        ("", Side::Left),
        ("value", Side::Left),
        ("in force", Side::Right),
        ("next epoch", Side::Right),
    ];
    lines.extend(columns(&heading, &rows));
    let (own, coming) = (category_rows(now), category_rows(next));
    let mark = if own == coming { " " } else { "*" };
    for (name, figure) in &own {
        lines.push(format!("  {mark}  {name}: {figure}"));
    }
    if own != coming {
        lines.push("  *  from the next epoch on:".to_owned());
        lines.extend(coming.iter().map(|(name, figure)| format!("  *  {name}: {figure}")));
    }
    lines
}

/// What a quorum that a handful can reach means.
pub fn quorum_warning(policy: &Policy) -> Option<String> {
    let least = policy.tiers.rules.iter().map(|rule| rule.quorum_bps).min()?;
    (least < LOW_QUORUM_BPS).then(|| {
        format!("with a quorum of {} very few can decide for everyone", format::bps(least))
    })
}

/// The categories in words.
pub fn category_rows(policy: &Policy) -> Vec<(String, String)> {
    (0..policy.risk.category_count)
        .zip(policy.risk.categories)
        .map(|(index, found)| {
            let share = format!("{} of the cap", format::bps(found.share_bps));
            let class = Class::from_byte(found.class).unwrap_or_default();
            let words = if class.is_risk() {
                format!(
                    "{} at risk, {share}; exposure up to {} of the treasury's value, haircut {}",
                    class_name(class),
                    format::bps(found.exposure_limit_bps),
                    format::bps(found.haircut_bps)
                )
            } else {
                format!("{}, {share}", class_name(class))
            };
            (format!("category {}", category(policy, index)), words)
        })
        .collect()
}

/// A class by the policy file's name for it.
pub fn class_name(class: Class) -> &'static str {
    match class {
        Class::Operating => "operating",
        Class::Hedge => "hedge",
        Class::Derivative => "derivative",
    }
}

/// A policy in base units, by the names of `docs/policy.md`.
pub fn policy_json(policy: &Policy) -> Value {
    let mut sections = Map::new();
    for bound in BOUNDS {
        let section = sections.entry(bound.section).or_insert_with(|| json!({}));
        let (inner, key) = bound.field.split_once('.').unwrap_or(("", bound.field));
        let place = if inner.is_empty() { section } else { &mut section[inner] };
        place[key] = json!((bound.get)(policy));
    }
    let categories: Vec<Value> = (0..policy.risk.category_count)
        .zip(policy.risk.categories)
        .map(|(index, found)| {
            json!({
                "name": category(policy, index),
                "class": class_name(Class::from_byte(found.class).unwrap_or_default()),
                "share_bps": found.share_bps,
                "exposure_limit_bps": found.exposure_limit_bps,
                "haircut_bps": found.haircut_bps,
            })
        })
        .collect();
    sections.entry("risk").or_insert_with(|| json!({}))["categories"] = json!(categories);
    Value::Object(sections)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(decimals: u8) -> Token {
        Token { decimals, symbol: "USDC".to_owned() }
    }

    #[test]
    fn a_change_is_marked_and_nothing_else_is() {
        let now = Policy::default();
        let same = lines(&now, &now, &token(6), &token(9));
        assert!(same[0].contains("also the one that the next epoch opens with"));
        assert!(!same.iter().any(|line| line.contains('*')));
        let mut next = now;
        next.breaker.outflow_bps = 400;
        let changed = lines(&now, &next, &token(6), &token(9));
        assert!(changed[0].contains("1 value differs"));
        let marked: Vec<&String> = changed.iter().filter(|line| line.contains("  *")).collect();
        assert_eq!(marked.len(), 1);
        assert!(marked[0].contains("breaker.outflow_bps") && marked[0].ends_with("4 %"));
        assert!(marked[0].contains("20 %"));
        next.risk.categories[0].share_bps = 5_000;
        let more = lines(&now, &next, &token(6), &token(9));
        assert!(more[0].contains("2 values differ"));
        assert_eq!(more.last().unwrap(), "  *  category general: operating, 50 % of the cap");
    }

    #[test]
    fn a_quorum_below_one_percent_is_warned_of() {
        let mut policy = Policy::default();
        policy.tiers.rules[0].quorum_bps = 100;
        assert_eq!(quorum_warning(&policy), None);
        policy.tiers.rules[0].quorum_bps = 99;
        assert!(quorum_warning(&policy).unwrap().contains("0.99 %"));
        let page = lines(&Policy::default(), &policy, &token(6), &token(9));
        assert!(page[1].starts_with("Warning: with a quorum of 0.99 %"), "{}", page[1]);
    }

    #[test]
    fn json_has_every_value_in_base_units() {
        let policy = Policy::default();
        let json = policy_json(&policy);
        for bound in BOUNDS {
            let path = format!("/{}/{}", bound.section, bound.field.replace('.', "/"));
            assert_eq!(json.pointer(&path), Some(&json!((bound.get)(&policy))), "{path}");
        }
        assert_eq!(json["risk"]["categories"][0]["name"], "general");
    }
}
