//! `budget assess`: what a hypothetical ask would do to the treasury, by the program's own word.

mod simulate;

use anchor_lang::{AnchorDeserialize, prelude::Pubkey};
use budget_rpc::Trouble;
use budget_rules::{allocation::MAX_CATEGORIES, stream::MAX_CHECKPOINTS};
use budget_words::format;
use clap::Args;
use community_budget::{
    AskAssessment, AssessAskArgs,
    state::{BudgetEpoch, RecipientRecord},
};
use serde_json::json;

use crate::{
    bar::{Ask, Bar},
    context::{Context, Round, Scene},
    entries::cumulative_ask,
    exit::{Failure, Result},
    quantity::{Token, span},
    view::{aligned, category, category_named, pair, tier},
};
use simulate::{payer_with_sol, simulate};

/// Options of `budget assess`.
#[derive(Args)]
pub struct AssessArgs {
    /// The category, by its name in the policy or its number.
    #[arg(long)]
    category: String,
    /// Tokens asked for, for example 18,000.
    #[arg(long)]
    amount: String,
    /// Who would receive it: what the recipient has accepted in this epoch counts.
    #[arg(long, value_name = "ADDRESS")]
    recipient: Option<Pubkey>,
    /// Length of the stream, for example 90d.
    #[arg(long, value_parser = span, default_value = "30d")]
    duration: u32,
    /// Reviews that cut the stream into parts.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(..=i64::from(MAX_CHECKPOINTS)))]
    checkpoints: u8,
}

/// What a hypothetical ask would do to the treasury, by the numbers that settlement applies.
pub fn run(context: &Context, args: AssessArgs) -> Result<()> {
    let scene = context.scene()?;
    let network = context.network()?;
    let round = scene.round(network, None)?;
    let head = &round.head;
    let amount = scene.budget.parse(&args.amount)?;
    let category = category_named(&head.policy, &args.category)?;
    let record = match &args.recipient {
        None => None,
        Some(key) => {
            let key = scene.community.recipient_record(key);
            network.find::<RecipientRecord>(&key, "record")?.map(|found| found.value)
        }
    };
    let cumulative = cumulative_ask(&round, record.as_ref(), amount);
    let floor = head.policy.tiers.record_floor_bps;
    let ask = Ask {
        amount,
        cumulative,
        category,
        duration_secs: args.duration,
        checkpoints: args.checkpoints,
        weak_record: record.is_some_and(|record| record.is_weak(floor)),
    };
    let payer = match (context.globals.acting, &context.globals.keypair) {
        (None, None) => None,
        _ => Some(context.actor()?.key),
    };
    let found = assessment(context, &scene, &round, payer, &ask)?;
    let bar = Bar::of(head, &ask);
    if context.globals.json {
        let bar = bar.and_then(|bar| bar.tier).map(|own| tier(own.into()));
        context.json(&as_json(&found, head, &ask, bar));
        return Ok(());
    }
    let page = &context.page;
    let sentence = decision(&found, head, &ask, &scene.budget);
    page.line(if found.refused == 0 { page.good(&sentence) } else { page.bad(&sentence) });
    let mut lines = words(&found, head, &ask, &scene.budget);
    lines.extend(bar.map(|bar| bar.lines(head, &ask, &scene.budget)).unwrap_or_default());
    for line in aligned(page, &lines) {
        page.line(line);
    }
    page.line("  As if nothing else were funded; what ranks higher takes its share first.");
    Ok(())
}

/// The program's assessment of `ask`, from a simulation that sends nothing. `payer` only has to have
/// SOL; without one, who paid for the epoch is assumed to.
///
/// # Errors
/// Exit codes `input`, `funds` when nobody with SOL is known, `refused`, `unreachable`.
pub fn assessment(
    context: &Context,
    scene: &Scene,
    round: &Round,
    payer: Option<Pubkey>,
    ask: &Ask,
) -> Result<AskAssessment> {
    let head = &round.head;
    let current = scene.treasury.current_epoch() == Some(head.index) && head.settled_at == 0;
    if !current {
        return Err(Failure::input(format!(
            "an assessment speaks of the epoch that can still award, and epoch {} is settled; `budget \
             epoch open` opens the next.",
            head.index
        )));
    }
    let args = AssessAskArgs {
        amount: ask.amount,
        category: ask.category,
        recipient_awarded: ask.cumulative.saturating_sub(ask.amount),
    };
    let instruction = scene.community.assess_ask(head.index, args);
    let candidates = match payer {
        Some(payer) => vec![payer],
        None => vec![head.rent_payer, scene.treasury.founder],
    };
    let payer = payer_with_sol(context, &candidates)?;
    let returned = simulate(context, &payer, instruction)?;
    AskAssessment::try_from_slice(&returned).map_err(|_| {
        Failure::Trouble(Trouble::NodeRefused {
            url: context.globals.url.clone(),
            why: "it does not hand over what a simulated instruction returns".to_owned(),
        })
    })
}

/// Whether it fits, in a sentence.
fn decision(found: &AskAssessment, head: &BudgetEpoch, ask: &Ask, budget: &Token) -> String {
    let what = format!("{} for {}", budget.show(ask.amount), category(&head.policy, ask.category));
    if found.refused == 0 {
        return format!(
            "{what} fits: score {} of 100, the scarcest of what it leaves of every limit",
            found.score
        );
    }
    format!("{what} does not fit: {}", refused_words(found.refused))
}

/// The first limit that refuses, by the number that settlement would store.
pub fn refused_words(reason: u8) -> &'static str {
    match reason {
        16 => "it exceeds the epoch's cap",
        17 => "it exceeds its category's share of the cap",
        20 => "its category would have too much at risk",
        21 => "the treasury's runway would fall below its floor",
        22 => "its recipient would get too much of the cap",
        23 => "the breaker has tripped",
        _ => "a limit refuses it",
    }
}

/// The figures, as pairs of a word and a figure.
pub fn words(
    found: &AskAssessment,
    head: &BudgetEpoch,
    ask: &Ask,
    budget: &Token,
) -> Vec<(String, String)> {
    let policy = &head.policy;
    let epochs = |centi: u64| match centi {
        u64::MAX => "endless".to_owned(),
        centi => hundredths(centi),
    };
    let coverage = match found.coverage_bps {
        u64::MAX => "nothing is promised".to_owned(),
        bps => {
            let times = hundredths(bps / 100);
            format!("the vault holds {times} times what is promised, this included")
        }
    };
    let floor = policy.risk.min_runway_epochs;
    let mut lines = vec![
        pair("coverage", coverage),
        pair(
            "runway",
            format!(
                "{} -> {} epochs, {floor} at least",
                epochs(found.runway_before_centi),
                epochs(found.runway_after_centi)
            ),
        ),
    ];
    let at = usize::from(ask.category);
    for index in 0..MAX_CATEGORIES.min(usize::from(policy.risk.category_count)) {
        let (after, limit) = (found.exposure_after[index], found.exposure_limit[index]);
        let number = u8::try_from(index).unwrap_or(u8::MAX);
        if policy.is_risk(number) && (index == at || after > 0) {
            lines.push(pair(
                "exposure",
                format!(
                    "{}: {} of {} at risk",
                    category(policy, number),
                    budget.number(after),
                    budget.show(limit)
                ),
            ));
        }
    }
    lines.push(pair(
        "concentration",
        format!(
            "{} of the cap for one recipient, {} at most",
            format::bps(found.concentration_bps),
            format::bps(policy.risk.max_recipient_bps)
        ),
    ));
    lines.push(pair("score", format!("{} of 100", found.score)));
    lines
}

/// Hundredths as `9.53`.
fn hundredths(value: u64) -> String {
    format!("{}.{:02}", format::count(value / 100), value % 100)
}

fn as_json(
    found: &AskAssessment,
    head: &BudgetEpoch,
    ask: &Ask,
    tier: Option<&str>,
) -> serde_json::Value {
    let used = usize::from(head.policy.risk.category_count);
    // The largest number stands for what has no limit.
    let limit = |value: u64| (value != u64::MAX).then_some(value);
    json!({
        "epoch": head.index,
        "amount": ask.amount,
        "category": category(&head.policy, ask.category),
        "recipientAwarded": ask.cumulative.saturating_sub(ask.amount),
        "fits": found.refused == 0,
        "refused": found.refused,
        "score": found.score,
        "concentrationBps": found.concentration_bps,
        "coverageBps": limit(found.coverage_bps),
        "runwayBeforeCenti": limit(found.runway_before_centi),
        "runwayAfterCenti": limit(found.runway_after_centi),
        "exposureAfter": found.exposure_after.iter().take(used).collect::<Vec<_>>(),
        "exposureLimit":
            found.exposure_limit.iter().take(used).map(|it| limit(*it)).collect::<Vec<_>>(),
        "tier": tier,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slate::tests::epoch;

    fn found() -> AskAssessment {
        let mut exposure_limit = [u64::MAX; MAX_CATEGORIES];
        exposure_limit[1] = 600;
        let mut exposure_after = [0; MAX_CATEGORIES];
        exposure_after[1] = 250;
        AskAssessment {
            refused: 0,
            score: 45,
            concentration_bps: 1_800,
            coverage_bps: 95_349,
            runway_before_centi: u64::MAX,
            runway_after_centi: 1_240,
            exposure_after,
            exposure_limit,
        }
    }

    fn ask() -> Ask {
        Ask {
            amount: 180,
            cumulative: 180,
            category: 0,
            duration_secs: 0,
            checkpoints: 0,
            weak_record: false,
        }
    }

    fn budget() -> Token {
        Token { decimals: 0, symbol: "USDC".to_owned() }
    }

    #[test]
    fn figures_are_told_with_their_limits() {
        let (_, mut head) = epoch();
        head.policy.risk.category_count = 2;
        head.policy.risk.categories[1].name = *b"hedge\0\0\0\0\0\0\0\0\0\0\0";
        head.policy.risk.categories[1].class = 1;
        assert_eq!(
            words(&found(), &head, &ask(), &budget()),
            [
                pair("coverage", "the vault holds 9.53 times what is promised, this included"),
                pair("runway", "endless -> 12.40 epochs, 4 at least"),
                pair("exposure", "hedge: 250 of 600 USDC at risk"),
                pair("concentration", "18 % of the cap for one recipient, 30 % at most"),
                pair("score", "45 of 100"),
            ]
        );
    }

    #[test]
    fn only_the_epoch_that_can_still_award_is_spoken_of() {
        use community_budget::state::Action;

        use crate::entries::tests::{case, context};

        let mut case = case(Action::ClearBreaker, |_| {}, 0);
        case.round.head.settled_at = 5;
        let refused = |case: &crate::entries::Case| {
            assessment(&context(), &case.scene, &case.round, None, &ask()).unwrap_err().to_string()
        };
        assert!(refused(&case).contains("epoch 0 is settled"), "{}", refused(&case));
        case.round.head.settled_at = 0;
        case.scene.treasury.epoch_count = 2;
        assert!(refused(&case).contains("can still award"), "{}", refused(&case));
    }

    #[test]
    fn the_decision_names_the_first_limit() {
        let (_, head) = epoch();
        assert_eq!(
            decision(&found(), &head, &ask(), &budget()),
            "180 USDC for general fits: score 45 of 100, the scarcest of what it leaves of every limit"
        );
        let mut seen = std::collections::HashSet::new();
        for refused in [16, 17, 20, 21, 22, 23] {
            let found = AskAssessment { refused, ..found() };
            let sentence = decision(&found, &head, &ask(), &budget());
            assert!(sentence.starts_with("180 USDC for general does not fit: "), "{sentence}");
            assert!(!sentence.contains("a limit refuses it"), "{sentence}");
            assert!(seen.insert(sentence));
        }
    }

    #[test]
    fn limits_that_are_none_are_null_in_json() {
        let (_, head) = epoch();
        let json = as_json(&found(), &head, &ask(), Some("small"));
        assert_eq!(json["runwayBeforeCenti"], serde_json::Value::Null);
        assert_eq!(json["runwayAfterCenti"], 1_240);
        assert_eq!(json["exposureLimit"], serde_json::json!([null]));
    }
}
