//! What a proposal would do, in words: everything in its terms that touches money or power (P5).

use anchor_lang::prelude::Pubkey;
use budget_words::format;
use community_budget::state::{
    Action, AwardTerms, BOUNDS, Category, Policy, PolicyPatch, Ruling, Stream, Treasury,
};
use serde_json::{Value, json};

use crate::{
    context::{Context, Scene},
    exit::Result,
    policy_file::{full_name, in_words},
    quantity::{Token, long_span},
    roles::role_name,
    streams::foreseen,
    view::{category, pair},
};

/// The terms of an action, as pairs of a word and a figure. An act is told against the treasury as
/// it is now; `policy` has the categories that an award's number means.
///
/// # Errors
/// Exit codes `file`, `input` when the file of names cannot be read.
pub fn describe(
    context: &Context,
    scene: &Scene,
    policy: &Policy,
    action: &Action,
) -> Result<Vec<(String, String)>> {
    Ok(match action {
        Action::Award(terms) => {
            let recipient = context.full_name(&terms.recipient)?;
            award(terms, policy, &scene.budget, &recipient)
        }
        Action::SetPolicy(patch) => {
            // Once it is in force, what it changed is what the epoch opened with.
            let now = &scene.treasury.policy;
            let base = if is_in_force(patch, now) { policy } else { now };
            changes(patch, base, &scene.budget, &scene.stake)
        }
        Action::SetRole { role, holder } => {
            let before = scene.treasury.holder(*role);
            let name = |key: &Pubkey| match *key == Pubkey::default() {
                true => Ok("nobody".to_owned()),
                false => context.full_name(key),
            };
            vec![pair(role_name(*role), format!("{} -> {}", name(before)?, name(holder)?))]
        }
        Action::RuleOnStream { stream, ruling } => {
            let found = context.network()?.find::<Stream>(stream, "stream")?;
            let mut lines = vec![
                pair("stream", context.full_name(stream)?),
                pair("ruling", ruling_words(*ruling)),
            ];
            if let Some(found) = found {
                lines.insert(1, pair("recipient", context.full_name(&found.value.recipient)?));
                let now = ruling_now(&found.value, *ruling, scene.now, &scene.budget);
                lines.push(pair("as things are", now));
            }
            lines
        }
        Action::ClearBreaker => {
            let until = scene.treasury.tripped_until;
            let state = if scene.treasury.is_tripped(scene.now) {
                format!("tripped until {}", crate::quantity::when(until, scene.now))
            } else {
                "nothing is tripped now; it can only end a trip that is on when the epoch is settled"
                    .to_owned()
            };
            vec![pair("ends the trip", state)]
        }
        Action::WriteOff { category: index, amount } => {
            write_off(&scene.treasury, policy, *index, *amount, &scene.budget)
        }
    })
}

fn award(
    terms: &AwardTerms,
    policy: &Policy,
    budget: &Token,
    recipient: &str,
) -> Vec<(String, String)> {
    let parts = u64::from(terms.checkpoints).saturating_add(1);
    let reviews = match terms.checkpoints {
        0 => "none: nothing stops it but a vote".to_owned(),
        1 => "1 review, which cuts it into 2 parts of equal length".to_owned(),
        several => format!("{several} reviews, which cut it into {parts} parts of equal length"),
    };
    let cliff = match terms.cliff_secs {
        0 => "none: it flows from the first second".to_owned(),
        secs => format!("nothing in the first {}", long_span(secs.into())),
    };
    vec![
        pair("asks for", budget.show(terms.amount)),
        pair("recipient", recipient),
        pair(
            "streams for",
            format!("{} from its execution", long_span(terms.duration_secs.into())),
        ),
        pair("cliff", cliff),
        pair("reviews", reviews),
        pair("category", category(policy, terms.category)),
    ]
}

/// What a ruling does, without a full stop.
pub fn ruling_words(ruling: Ruling) -> String {
    match ruling {
        Ruling::Resume { checkpoint } => format!(
            "goes on from checkpoint {checkpoint}, which holds it; of another hold it says nothing"
        ),
        Ruling::Reduce { keep_bps } => format!(
            "keeps {} of what is unreleased and returns the rest; a held stream goes on",
            format::bps(keep_bps)
        ),
        Ruling::Cancel => {
            "ends: everything unreleased returns, what is released stays claimable".to_owned()
        }
    }
}

/// What a ruling would do if it were executed now, without a full stop.
fn ruling_now(stream: &Stream, ruling: Ruling, now: i64, budget: &Token) -> String {
    let mut after = *stream;
    match foreseen(after.rule(ruling, now)) {
        Ok(0) => "it would return nothing".to_owned(),
        Ok(returned) => format!("it would return {}", budget.show(returned)),
        Err(failure) => failure.to_string().trim_end_matches('.').to_owned(),
    }
}

/// Whether the policy has the section already.
fn is_in_force(patch: &PolicyPatch, policy: &Policy) -> bool {
    let mut after = *policy;
    patch.apply(&mut after);
    after == *policy
}

/// What a section would change of the policy that the next epoch opens with.
pub fn changes(
    patch: &PolicyPatch,
    now: &Policy,
    budget: &Token,
    stake: &Token,
) -> Vec<(String, String)> {
    let mut after = *now;
    patch.apply(&mut after);
    let mut lines = Vec::new();
    for bound in BOUNDS.iter().filter(|bound| bound.field != "category_count") {
        let (old, new) = ((bound.get)(now), (bound.get)(&after));
        if old != new {
            let words = |value| in_words(bound, value, budget, stake);
            lines.push(pair(full_name(bound), format!("{} -> {}", words(old), words(new))));
        }
    }
    let categories = now.risk.categories.iter().zip(&after.risk.categories).enumerate();
    for (at, (old, new)) in categories.filter(|(_, (old, new))| old != new) {
        let index = u8::try_from(at).unwrap_or(u8::MAX);
        let words = |policy: &Policy, terms: &Category| match policy.has_category(index) {
            true => category_words(&category(policy, index), terms),
            false => "none".to_owned(),
        };
        let figure = format!("{} -> {}", words(now, old), words(&after, new));
        lines.push(pair(format!("category {index}"), figure));
    }
    if lines.is_empty() {
        lines.push(pair("policy", "as it is: the section is what the treasury has already"));
    }
    lines
}

fn category_words(name: &str, terms: &Category) -> String {
    let class = match terms.class {
        0 => "operating".to_owned(),
        class => format!(
            "{}, at most {} of the treasury at risk, {} of it not counted",
            if class == 1 { "hedge" } else { "derivative" },
            format::bps(terms.exposure_limit_bps),
            format::bps(terms.haircut_bps)
        ),
    };
    format!("{name} ({class}; {} of the cap)", format::bps(terms.share_bps))
}

fn write_off(
    treasury: &Treasury,
    policy: &Policy,
    index: u8,
    amount: u64,
    budget: &Token,
) -> Vec<(String, String)> {
    if !policy.is_risk(index) {
        let name = category(policy, index);
        let words = format!("nothing: money of {name} is spent, not at risk");
        return vec![pair("takes for lost", words)];
    }
    let cost = treasury.positions.get(usize::from(index)).map_or(0, |position| position.cost);
    vec![
        pair("category", category(policy, index)),
        pair(
            "takes for lost",
            format!("{} of the {} paid out in it", budget.show(amount), budget.show(cost)),
        ),
    ]
}

/// The same in base units and full addresses.
pub fn exact(action: &Action) -> Value {
    match action {
        Action::Award(terms) => json!({
            "action": "award",
            "category": terms.category,
            "amount": terms.amount,
            "recipient": terms.recipient.to_string(),
            "durationSecs": terms.duration_secs,
            "cliffSecs": terms.cliff_secs,
            "checkpoints": terms.checkpoints,
        }),
        Action::SetPolicy(patch) => {
            let mut after = Policy::default();
            patch.apply(&mut after);
            let section = usize::from(patch.section());
            let section =
                community_budget::state::SECTIONS.get(section).copied().unwrap_or_default();
            let values = BOUNDS.iter().filter(|bound| bound.section == section);
            let values: serde_json::Map<String, Value> =
                values.map(|bound| (bound.field.to_owned(), json!((bound.get)(&after)))).collect();
            let mut exact = json!({ "action": "set_policy", "section": section, "values": values });
            if let PolicyPatch::Risk(risk) = patch {
                let used = risk.categories.iter().take(usize::from(risk.category_count));
                let listed: Vec<Value> = (0u8..)
                    .zip(used)
                    .map(|(index, terms)| {
                        json!({
                            "name": category(&after, index),
                            "class": terms.class,
                            "shareBps": terms.share_bps,
                            "exposureLimitBps": terms.exposure_limit_bps,
                            "haircutBps": terms.haircut_bps,
                        })
                    })
                    .collect();
                exact["categories"] = Value::Array(listed);
            }
            exact
        }
        Action::SetRole { role, holder } => json!({
            "action": "set_role",
            "role": role_name(*role),
            "holder": holder.to_string(),
        }),
        Action::RuleOnStream { stream, ruling } => {
            let (name, figure) = match ruling {
                Ruling::Resume { checkpoint } => ("resume", json!({ "checkpoint": checkpoint })),
                Ruling::Reduce { keep_bps } => ("reduce", json!({ "keepBps": keep_bps })),
                Ruling::Cancel => ("cancel", Value::Null),
            };
            json!({
                "action": "rule_on_stream",
                "stream": stream.to_string(),
                "ruling": name,
                "details": figure,
            })
        }
        Action::ClearBreaker => json!({ "action": "clear_breaker" }),
        Action::WriteOff { category, amount } => {
            json!({ "action": "write_off", "category": category, "amount": amount })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> (Token, Token) {
        let token = |decimals, symbol: &str| Token { decimals, symbol: symbol.to_owned() };
        (token(6, "USDC"), token(9, "RIVER"))
    }

    #[test]
    fn an_award_names_everything_that_touches_money() {
        let terms = AwardTerms {
            category: 0,
            checkpoints: 2,
            recipient: Pubkey::default(),
            amount: 18_000_500_000,
            duration_secs: 90 * 86_400,
            cliff_secs: 86_400,
        };
        let lines = award(&terms, &Policy::default(), &tokens().0, "Ada");
        let figures: Vec<&str> = lines.iter().map(|(_, figure)| figure.as_str()).collect();
        assert_eq!(
            figures,
            [
                "18,000.5 USDC",
                "Ada",
                "90 days from its execution",
                "nothing in the first 1 day",
                "2 reviews, which cut it into 3 parts of equal length",
                "general",
            ]
        );
    }

    #[test]
    fn a_patch_tells_only_what_it_changes() {
        let (budget, stake) = tokens();
        let now = Policy::default();
        let mut slate = now.slate;
        slate.bond = 5_000_000;
        slate.spam_support_bps = 250;
        let lines = changes(&PolicyPatch::Slate(slate), &now, &budget, &stake);
        assert_eq!(
            lines,
            [
                pair("slate.bond", "0 USDC -> 5 USDC"),
                pair("slate.spam_support_bps", "1 % -> 2.50 %"),
            ]
        );
        let same = changes(&PolicyPatch::Slate(now.slate), &now, &budget, &stake);
        assert!(same[0].1.starts_with("as it is"), "{same:?}");
        assert!(is_in_force(&PolicyPatch::Slate(now.slate), &now));
        assert!(!is_in_force(&PolicyPatch::Slate(slate), &now));
    }

    #[test]
    fn a_patch_of_the_categories_tells_old_and_new() {
        let (budget, stake) = tokens();
        let now = Policy::default();
        let mut risk = now.risk;
        risk.category_count = 2;
        risk.categories[0].share_bps = 8_000;
        risk.categories[1] = Category {
            name: *b"hedging\0\0\0\0\0\0\0\0\0",
            share_bps: 2_000,
            exposure_limit_bps: 500,
            haircut_bps: 1_000,
            class: 1,
            reserved: [0],
        };
        let lines = changes(&PolicyPatch::Risk(risk), &now, &budget, &stake);
        assert_eq!(
            lines,
            [
                pair(
                    "category 0",
                    "general (operating; 100 % of the cap) -> general (operating; 80 % of the cap)"
                ),
                pair(
                    "category 1",
                    "none -> hedging (hedge, at most 5 % of the treasury at risk, 10 % of it not counted; \
                 20 % of the cap)"
                ),
            ]
        );
    }

    #[test]
    fn a_loss_is_told_against_what_is_out() {
        use bytemuck::Zeroable;

        let mut treasury = Treasury::zeroed();
        treasury.positions[0].cost = 7_000_000;
        let mut policy = Policy::default();
        let words = |policy: &Policy| write_off(&treasury, policy, 0, 5_000_000, &tokens().0);
        assert!(words(&policy)[0].1.starts_with("nothing: money of general is spent"));
        policy.risk.categories[0].class = 1;
        assert_eq!(words(&policy)[1].1, "5 USDC of the 7 USDC paid out in it");
    }

    #[test]
    fn a_ruling_says_what_it_would_do_now() {
        use bytemuck::Zeroable;

        let mut stream = Stream::zeroed();
        (stream.total, stream.rest, stream.duration_secs) = (1_000_000_000, 1_000_000_000, 100);
        let words = |stream: &Stream, ruling| ruling_now(stream, ruling, 25, &tokens().0);
        assert_eq!(words(&stream, Ruling::Cancel), "it would return 750 USDC");
        let half = Ruling::Reduce { keep_bps: 5_000 };
        assert_eq!(words(&stream, half), "it would return 375 USDC");
        let resume = words(&stream, Ruling::Resume { checkpoint: 0 });
        assert!(resume.starts_with("the program would refuse (StreamNotHeld)"), "{resume}");
    }

    #[test]
    fn exact_figures_are_base_units_and_whole_addresses() {
        let holder = Pubkey::new_unique();
        let role = community_budget::state::Role::Reviewer;
        let exact_role = exact(&Action::SetRole { role, holder });
        assert_eq!(exact_role["holder"], holder.to_string());
        let patch = exact(&Action::SetPolicy(PolicyPatch::Risk(Policy::default().risk)));
        assert_eq!(patch["values"]["max_recipient_bps"], 3_000);
        assert_eq!(patch["categories"][0]["name"], "general");
        let ruling = Ruling::Reduce { keep_bps: 2_500 };
        let ruling = exact(&Action::RuleOnStream { stream: holder, ruling });
        assert_eq!(
            (&ruling["ruling"], &ruling["details"]["keepBps"]),
            (&json!("reduce"), &json!(2_500))
        );
    }
}
