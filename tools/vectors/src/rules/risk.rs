//! R9, R10, R11: positions, limits, assessments, the breaker's conditions.

use budget_rules::{
    allocation::{Limits, MAX_CATEGORIES},
    outcome::AskLimits,
    risk::{
        Class, HypotheticalAsk, Position, PositionTerms, Standing, Trailing, after_haircut, assess,
        has_drawn_down, is_draining,
    },
};
use serde_json::Value;

use crate::{Section, dice::Dice, object};

const NOW: i64 = 1_700_000_000;

pub fn sections() -> Vec<Section> {
    vec![
        Section::new("position", positions()),
        Section::new("riskLimits", limits()),
        Section::new("assess", assessments()),
        Section::new("hasDrawnDown", drawdowns()),
        Section::new("isDraining", draining()),
    ]
}

fn positions() -> Vec<Value> {
    let mut dice = Dice::new(12);
    let edges = [
        Position::default(),
        Position { pending: u64::MAX, cost: u64::MAX, mark: u64::MAX, marked_at: NOW },
        Position { pending: 0, cost: 10, mark: 9, marked_at: i64::MIN },
        Position { pending: 3, cost: 1_000, mark: 900, marked_at: NOW - 599 },
        Position { pending: 3, cost: 900, mark: 1_000, marked_at: NOW - 600 },
    ];
    let random = (0..4).map(|_| Position {
        pending: dice.amount(1 << 50),
        cost: dice.amount(1 << 50),
        mark: dice.amount(1 << 50),
        marked_at: NOW - 600 + dice.upto(2) as i64,
    });
    let all: Vec<_> = edges.into_iter().chain(random).collect();
    all.into_iter()
        .zip([0, 1, 2_500, 333, 1, 9_999, 10_000, 10_001, 5_000])
        .map(|(position, haircut_bps)| {
            let terms = PositionTerms { class: Class::Hedge, exposure_limit_bps: 1, haircut_bps };
            object! {
                position: position, terms: terms, mark_age_secs: 599u32, judged_at: NOW,
                principal: position.principal(), exposure: position.exposure(),
                value: position.value(&terms, 599, NOW),
                after_haircut: after_haircut(position.cost, haircut_bps),
            }
        })
        .collect()
}

fn standing(dice: &mut Dice) -> Standing {
    let tracked = dice.amount(1 << 50).max(1_000_000);
    let committed = dice.upto(tracked / 2);
    let reserved = dice.upto((tracked - committed) / 8);
    let mut terms = [PositionTerms::default(); MAX_CATEGORIES];
    let mut positions = [Position::default(); MAX_CATEGORIES];
    for index in [1, 2] {
        terms[index] = PositionTerms {
            class: [Class::Hedge, Class::Derivative][index - 1],
            exposure_limit_bps: dice.small(10_000u16),
            haircut_bps: dice.small(5_000u16),
        };
        positions[index] = Position {
            pending: dice.upto(committed),
            cost: dice.amount(tracked),
            mark: dice.amount(tracked),
            marked_at: NOW - dice.upto(2_000_000) as i64,
        };
    }
    Standing {
        marks_judged_at: NOW,
        tracked,
        committed,
        reserved,
        cap: (tracked - committed - reserved) / dice.between(4, 40),
        positions,
        terms,
        mark_age_secs: 1_209_600,
        previous_outflow: dice.amount(tracked),
        epochs: dice.between(1, 4) as u8,
        min_runway_epochs: dice.one_of(&[0, 1, 4, 24]),
        max_recipient_bps: dice.between(1, 10_000) as u16,
        tripped: dice.once_in(8),
    }
}

fn standings() -> Vec<Standing> {
    let mut dice = Dice::new(13);
    let mut all: Vec<_> = (0..12).map(|_| standing(&mut dice)).collect();
    let base = all[0];
    all.push(Standing { committed: base.tracked, reserved: 1, ..base });
    all.push(Standing { tracked: u64::MAX, previous_outflow: u64::MAX, epochs: 4, ..base });
    all.push(Standing { previous_outflow: 0, ..base });
    all
}

fn limits() -> Vec<Value> {
    standings()
        .into_iter()
        .map(|standing| {
            let runway = [0, 1, standing.cap].map(|awarded| standing.runway_centi(awarded));
            object! {
                standing: standing, free: standing.free(), limits: standing.limits(),
                value: standing.positions_value(), net_asset_value: standing.net_asset_value(),
                awarded: [0, 1, standing.cap], runway: runway,
            }
        })
        .collect()
}

fn assessments() -> Vec<Value> {
    let mut dice = Dice::new(14);
    let mut cases = edges();
    for (standing, round) in standings().into_iter().zip(0u8..) {
        let Some(risk) = standing.limits() else { continue };
        let cap = standing.cap;
        let mut category_caps = [0; MAX_CATEGORIES];
        category_caps[..3].copy_from_slice(&[cap, cap / 2, cap / 3]);
        let ask = AskLimits { small: cap / 20, medium: cap / 5, large: cap };
        let limits = Limits { cap, ask, category_caps, risk };
        for category in [0, 1, 2, MAX_CATEGORIES as u8] {
            let mut awarded = [0; MAX_CATEGORIES];
            awarded[usize::from(round % 3)] = dice.amount(cap / 4);
            let amount = if dice.once_in(6) { u64::MAX } else { dice.upto(cap / 3) };
            let recipient_awarded = dice.amount(cap / 9);
            let ask = HypotheticalAsk { amount, category, recipient_awarded, awarded };
            let is = assess(&standing, &limits, &ask);
            if category == 8 && is.is_none() && round > 0 {
                continue; // one unknown category is enough
            }
            cases.push(object! { standing: standing, limits: limits, ask: ask, is: is });
        }
    }
    cases
}

/// Nothing asked where there is no room, beyond the cap, and of a treasury that promised nothing.
fn edges() -> Vec<Value> {
    let idle = Standing {
        marks_judged_at: NOW,
        tracked: 1_000,
        committed: 0,
        reserved: 0,
        cap: 100,
        positions: [Position::default(); MAX_CATEGORIES],
        terms: [PositionTerms::default(); MAX_CATEGORIES],
        mark_age_secs: 1,
        previous_outflow: 0,
        epochs: 1,
        min_runway_epochs: 0,
        max_recipient_bps: 10_000,
        tripped: false,
    };
    let Some(risk) = idle.limits() else { return Vec::new() };
    let ask = AskLimits { small: 5, medium: 20, large: 100 };
    let roomy = Limits { cap: 100, ask, category_caps: [100; MAX_CATEGORIES], risk };
    let narrow = Limits { category_caps: [0; MAX_CATEGORIES], ..roomy };
    let mut awarded = [0; MAX_CATEGORIES];
    awarded[0] = 150;
    let nothing =
        |awarded| HypotheticalAsk { amount: 0, category: 0, recipient_awarded: 0, awarded };
    let all = [
        (roomy, nothing([0; MAX_CATEGORIES])),
        (narrow, nothing([0; MAX_CATEGORIES])),
        (roomy, nothing(awarded)),
    ];
    all.map(|(limits, ask)| {
        let is = assess(&idle, &limits, &ask);
        object! { standing: idle, limits: limits, ask: ask, is: is }
    })
    .to_vec()
}

fn drawdowns() -> Vec<Value> {
    let cases = [
        (70, 100, 3_000),
        (69, 100, 3_000),
        (0, 1, 10_000),
        (0, 0, 0),
        (99, 100, 0),
        (7, 11, 3_333),
        (u64::MAX - 1, u64::MAX, 0),
        (5, 10, 12_000),
    ];
    cases
        .map(|(value, high_water, max)| {
            let is = has_drawn_down(value, high_water, max);
            object! { value: value, high_water: high_water, max_drawdown_bps: max, is: is }
        })
        .to_vec()
}

fn draining() -> Vec<Value> {
    let trailing =
        |uncommitted, outflow, inflow, epochs| Trailing { uncommitted, outflow, inflow, epochs };
    let cases = [
        (trailing(100, 151, 100, 4), 4),
        (trailing(100, 150, 100, 4), 4),
        (trailing(151, 151, 100, 4), 4),
        (trailing(150, 151, 100, 4), 4),
        (trailing(0, 1, 0, 0), 1),
        (trailing(0, 0, 0, 0), 24),
        (trailing(u64::MAX, u64::MAX, 0, 1), 2),
    ];
    cases
        .map(|(trailing, floor)| {
            let is = is_draining(&trailing, floor);
            object! { trailing: trailing, min_runway_epochs: floor, is: is }
        })
        .to_vec()
}
