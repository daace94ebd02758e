//! Positions by category, as the program's rules see them.

use budget_rules::{
    bps::share_floor,
    risk::{Class, Position},
};
use budget_words::{format, page::Page};
use community_budget::state::Treasury;
use serde_json::{Value, json};

use crate::{
    columns::{Side, columns},
    exit::{Failure, Result},
    quantity::{Token, when},
    streams::foreseen,
    view::{aligned, category, counted, pair},
};

/// One category of a risk class. Amounts are base units of the budget mint.
#[derive(Clone, Debug)]
pub struct Holding {
    /// Number of the category.
    pub index: u8,
    /// What the policy calls it.
    pub name: String,
    /// Hedge or derivative.
    pub class: Class,
    /// What is promised, out, and marked.
    pub position: Position,
    /// What the exposure may reach.
    pub limit: u64,
    /// What could be lost.
    pub exposure: u64,
    /// What the position counts for.
    pub value: u64,
    /// Whether its mark is too old to count.
    pub stale: bool,
    /// The mark that counts from the next epoch on, and when it was reported.
    pub reported: Option<(u64, i64)>,
    /// Share of the value that is not counted.
    pub haircut_bps: u16,
}

/// The positions of every category of a risk class, in the order of the policy.
///
/// # Errors
/// Exit code `input` when the books contradict themselves.
pub fn holdings(treasury: &Treasury, now: i64) -> Result<Vec<Holding>> {
    let standing = foreseen(treasury.standing(0, now))?;
    let doubted = || Failure::Doubted("the treasury's books do not add up.".to_owned());
    let limits = standing.limits().ok_or_else(doubted)?;
    let mut found = Vec::new();
    let states = standing.positions.iter().zip(&standing.terms).zip(&treasury.positions);
    for (index, ((position, terms), state)) in (0u8..).zip(states) {
        if !terms.class.is_risk() {
            continue;
        }
        let (age, at) = (standing.mark_age_secs, standing.marks_judged_at);
        let limit = share_floor(limits.treasury_value, terms.exposure_limit_bps);
        let worth = position.cost.min(position.mark);
        let value = position.value(terms, age, at).ok_or_else(doubted)?;
        found.push(Holding {
            index,
            name: category(&treasury.in_force, index),
            class: terms.class,
            position: *position,
            limit: limit.ok_or_else(doubted)?,
            exposure: position.exposure().ok_or_else(doubted)?,
            value,
            stale: worth > 0 && at.saturating_sub(position.marked_at) > i64::from(age),
            reported: (state.reported_at != 0).then_some((state.reported_mark, state.reported_at)),
            haircut_bps: terms.haircut_bps,
        });
    }
    Ok(found)
}

impl Holding {
    fn class_name(&self) -> &'static str {
        match self.class {
            Class::Operating => "operating",
            Class::Hedge => "hedge",
            Class::Derivative => "derivative",
        }
    }

    /// One position as lines.
    pub fn lines(&self, page: &Page, budget: &Token, now: i64) -> Vec<String> {
        let Position { pending, cost, mark, marked_at } = self.position;
        let head = format!(
            "{} in {} could be lost, of {} allowed",
            budget.show(self.exposure),
            self.name,
            budget.show(self.limit)
        );
        let marked = if cost == 0 && mark == 0 {
            "nothing is out".to_owned()
        } else {
            format!("{}, marked {}", budget.show(mark), when(marked_at, now))
        };
        let counts = if self.stale {
            page.bad("0: the mark is too old; the risk reporter can mark it anew")
        } else {
            let haircut = format::bps(self.haircut_bps);
            format!("{} for the treasury's value, {haircut} taken off", budget.show(self.value))
        };
        let mut rows = vec![
            pair("class", self.class_name()),
            pair("promised", format!("{} awarded and not paid yet", budget.show(pending))),
            pair("out", format!("{} paid, neither returned nor written off", budget.show(cost))),
            pair("mark", marked),
            pair("counts", counts),
            pair(
                "exposure",
                format!(
                    "{} {}",
                    format::bar(&[('█', self.exposure)], self.limit, 20, None),
                    format::percent(self.exposure, self.limit)
                ),
            ),
        ];
        if let Some((reported, at)) = self.reported {
            rows.push(pair(
                "reported",
                format!(
                    "{} {}; counts from the next epoch on",
                    budget.show(reported),
                    when(at, now)
                ),
            ));
        }
        std::iter::once(page.strong(&head)).chain(aligned(page, &rows)).collect()
    }

    /// One position as JSON, in base units and unix seconds.
    pub fn json(&self) -> Value {
        json!({
            "category": self.index,
            "name": self.name,
            "class": self.class_name(),
            "pending": self.position.pending,
            "cost": self.position.cost,
            "mark": self.position.mark,
            "markedAt": self.position.marked_at,
            "markIsStale": self.stale,
            "value": self.value,
            "exposure": self.exposure,
            "exposureLimit": self.limit,
            "haircutBps": self.haircut_bps,
            "reportedMark": self.reported.map(|(mark, _)| mark),
            "reportedAt": self.reported.map(|(_, at)| at),
        })
    }
}

/// Every position as lines.
pub fn list_lines(page: &Page, holdings: &[Holding], budget: &Token, now: i64) -> Vec<String> {
    if holdings.is_empty() {
        return vec![
            "Nothing is at risk: every category of the policy is spent for good.".to_owned(),
        ];
    }
    let sum = |part: fn(&Holding) -> u64| {
        holdings.iter().fold(0u64, |sum, holding| sum.saturating_add(part(holding)))
    };
    let count = u64::try_from(holdings.len()).unwrap_or(u64::MAX);
    let head = format!(
        "{} could be lost in {}; {} of it counts as the treasury's value",
        budget.show(sum(|holding| holding.exposure)),
        counted(count, "position"),
        budget.number(sum(|holding| holding.value))
    );
    let heading = [
        ("category", Side::Left),
        ("class", Side::Left),
        ("promised", Side::Right),
        ("out", Side::Right),
        ("counts for", Side::Right),
        ("exposure", Side::Right),
        ("of at most", Side::Right),
        ("used", Side::Right),
        ("mark", Side::Left),
    ];
    let rows: Vec<Vec<String>> = holdings
        .iter()
        .map(|holding| {
            let mark = if holding.position.cost == 0 && holding.position.mark == 0 {
                "nothing is out".to_owned()
            } else if holding.stale {
                "too old to count".to_owned()
            } else {
                let age = now.abs_diff(holding.position.marked_at);
                format!("{} old", crate::quantity::long_span(age))
            };
            vec![
                holding.name.clone(),
                holding.class_name().to_owned(),
                budget.number(holding.position.pending),
                budget.number(holding.position.cost),
                budget.number(holding.value),
                budget.number(holding.exposure),
                budget.number(holding.limit),
                format::percent(holding.exposure, holding.limit),
                mark,
            ]
        })
        .collect();
    std::iter::once(page.strong(&head)).chain(columns(&heading, &rows)).collect()
}

/// What a return would book.
#[derive(Debug, PartialEq, Eq)]
pub struct Booked {
    /// What the books would have in the vault.
    pub tracked: u64,
    /// The position's cost before and after; nothing for an operating category.
    pub cost: Option<(u64, u64)>,
    /// The profit in it.
    pub profit: u64,
}

/// What returning `amount` to category `index` would book.
///
/// # Errors
/// Exit code `input`, with the program's refusal.
pub fn booked(treasury: &Treasury, index: u8, amount: u64) -> Result<Booked> {
    let mut after = *treasury;
    if !treasury.in_force.is_risk(index) {
        foreseen(after.book_deposit(amount))?;
        return Ok(Booked { tracked: after.tracked, cost: None, profit: 0 });
    }
    let cost = |books: &Treasury| {
        books.positions.get(usize::from(index)).map_or(0, |position| position.cost)
    };
    let profit = foreseen(after.book_return(amount, index))?;
    Ok(Booked { tracked: after.tracked, cost: Some((cost(treasury), cost(&after))), profit })
}

#[cfg(test)]
mod tests {
    use bytemuck::Zeroable;
    use community_budget::state::{Category, Policy};

    use super::*;

    const NOW: i64 = 1_767_571_200;
    const DAY: i64 = 86_400;

    fn treasury() -> Treasury {
        let mut treasury = Treasury::zeroed();
        let mut policy = Policy::default();
        policy.risk.category_count = 2;
        policy.risk.categories[1] = Category {
            name: *b"hedging\0\0\0\0\0\0\0\0\0",
            share_bps: 4_000,
            exposure_limit_bps: 1_000,
            haircut_bps: 2_000,
            class: 1,
            ..Category::zeroed()
        };
        (treasury.policy, treasury.in_force) = (policy, policy);
        (treasury.tracked, treasury.epoch_count) = (10_000, 1);
        treasury.last_opened_at = NOW - DAY;
        let position = &mut treasury.positions[1];
        (position.pending, position.cost, position.mark) = (100, 500, 400);
        position.marked_at = NOW - 3 * DAY;
        treasury
    }

    fn budget() -> Token {
        Token { decimals: 0, symbol: "USDC".to_owned() }
    }

    #[test]
    fn a_position_is_limited_and_valued_as_settlement_would() {
        let found = holdings(&treasury(), NOW).unwrap();
        assert_eq!(found.len(), 1, "operating categories have none");
        let holding = &found[0];
        // 10,000 free and 400 less a fifth.
        assert_eq!((holding.value, holding.limit, holding.exposure), (320, 1_032, 600));
        assert!(!holding.stale);
        let mut old = treasury();
        old.positions[1].marked_at = NOW - 16 * DAY;
        let stale = &holdings(&old, NOW).unwrap()[0];
        assert_eq!((stale.value, stale.limit, stale.stale), (0, 1_000, true));
        assert!(stale.lines(&Page::new(), &budget(), NOW)[5].contains("the mark is too old"));
    }

    #[test]
    fn the_page_names_what_could_be_lost_and_what_is_allowed() {
        let mut treasury = treasury();
        (treasury.positions[1].reported_mark, treasury.positions[1].reported_at) = (300, NOW - 60);
        let holding = &holdings(&treasury, NOW).unwrap()[0];
        let lines = holding.lines(&Page::new(), &budget(), NOW);
        let wanted = [
            "600 USDC in hedging could be lost, of 1,032 USDC allowed",
            "  class     hedge",
            "  promised  100 USDC awarded and not paid yet",
            "  out       500 USDC paid, neither returned nor written off",
            "  mark      400 USDC, marked Fri 2 Jan 2026, 00:00 UTC (3 days ago)",
            "  counts    320 USDC for the treasury's value, 20 % taken off",
            "  exposure  ███████████········· 58.1 %",
            "  reported  300 USDC Sun 4 Jan 2026, 23:59 UTC (1 minute ago); counts from the next epoch on",
        ];
        assert_eq!(lines, wanted);
        assert_eq!(holding.json()["reportedMark"], json!(300));
    }

    #[test]
    fn a_list_sums_up_and_says_when_there_is_nothing() {
        let page = Page::new();
        let lines = list_lines(&page, &holdings(&treasury(), NOW).unwrap(), &budget(), NOW);
        assert_eq!(
            lines[0],
            "600 USDC could be lost in 1 position; 320 of it counts as the treasury's value"
        );
        assert!(lines[2].contains("58.1 %  3 days old"), "{}", lines[2]);
        assert!(list_lines(&page, &[], &budget(), NOW)[0].starts_with("Nothing is at risk"));
    }

    #[test]
    fn a_return_pays_the_cost_first_and_the_rest_is_profit() {
        let booked = |index, amount| booked(&treasury(), index, amount).unwrap();
        let less = Booked { tracked: 10_200, cost: Some((500, 300)), profit: 0 };
        assert_eq!(booked(1, 200), less);
        let more = Booked { tracked: 10_700, cost: Some((500, 0)), profit: 200 };
        assert_eq!(booked(1, 700), more);
        assert_eq!(booked(0, 700), Booked { tracked: 10_700, cost: None, profit: 0 });
        let mut full = treasury();
        full.tracked = u64::MAX;
        assert!(super::booked(&full, 0, 1).is_err());
    }
}
