//! `budget member list`: who weighs how much, and how concentrated that is.

use budget_words::{format, page::Page};
use community_budget::state::Stake;
use serde_json::{Value, json};

use anchor_lang::prelude::Pubkey;

use crate::{
    columns::{Side, columns},
    context::Context,
    exit::Result,
    quantity::Token,
    view::counted,
};

/// One member.
struct Member {
    stake: Stake,
    name: String,
    delegate: Option<String>,
}

/// How concentrated the weight is.
#[derive(Debug, PartialEq, Eq)]
struct Concentration {
    /// Weight of the largest holder.
    largest: u64,
    /// The fewest holders with more than half of all weight together; 0 of no weight.
    nakamoto: usize,
    /// All weight.
    total: u64,
}

/// `budget member list`.
pub fn list(context: &Context) -> Result<()> {
    let scene = context.scene()?;
    let found = context.network()?.list::<Stake>(&scene.key)?;
    let mut stakes: Vec<Stake> = found.into_iter().map(|found| found.value).collect();
    stakes.sort_by_key(|stake| std::cmp::Reverse((stake.weight, stake.amount)));
    let spread = Concentration::of(&stakes);
    if context.globals.json {
        context.json(&json!({
            "members": stakes.iter().map(member_json).collect::<Vec<Value>>(),
            "totalWeight": spread.total,
            "largestWeight": spread.largest,
            "nakamotoCoefficient": spread.nakamoto,
        }));
        return Ok(());
    }
    let mut members = Vec::with_capacity(stakes.len());
    for stake in stakes {
        let delegate = match stake.delegate == Pubkey::default() {
            true => None,
            false => Some(context.name(&stake.delegate)?),
        };
        members.push(Member { name: context.name(&stake.owner)?, stake, delegate });
    }
    for line in lines(&context.page, &members, &spread, &scene.stake) {
        context.page.line(line);
    }
    Ok(())
}

fn member_json(stake: &Stake) -> Value {
    json!({
        "owner": stake.owner.to_string(),
        "amount": stake.amount,
        "cooling": stake.cooling,
        "lockSecs": stake.lock_secs,
        "weight": stake.weight,
        "delegate": stake.delegate.to_string(),
        "dormant": stake.dormant == 1,
    })
}

impl Concentration {
    /// Of stakes with the heaviest first.
    fn of(stakes: &[Stake]) -> Self {
        let total = stakes.iter().fold(0u64, |sum, stake| sum.saturating_add(stake.weight));
        let mut sum = 0u64;
        let half = stakes.iter().position(|stake| {
            sum = sum.saturating_add(stake.weight);
            sum > total / 2
        });
        Self {
            largest: stakes.first().map_or(0, |stake| stake.weight),
            nakamoto: half.map_or(0, |at| at.saturating_add(1)),
            total,
        }
    }

    /// In a sentence, with what it means.
    fn sentence(&self, largest: &str) -> String {
        let share = format::percent(self.largest, self.total);
        match self.nakamoto {
            0 => "Nobody has any weight yet.".to_owned(),
            1 => format!("{largest} alone decides what needs a majority: {share} of all weight."),
            several => format!(
                "{several} holders together have more than half of all weight (the Nakamoto \
                 coefficient); the largest, {largest}, has {share}."
            ),
        }
    }
}

fn lines(page: &Page, members: &[Member], spread: &Concentration, token: &Token) -> Vec<String> {
    let count = u64::try_from(members.len()).unwrap_or(u64::MAX);
    let largest = members.first().map_or("nobody", |member| member.name.as_str());
    let sentence = spread.sentence(largest);
    let sentence = if spread.nakamoto == 1 { page.bad(&sentence) } else { sentence };
    let head = format!(
        "{} with {} of weight in all",
        counted(count, "member"),
        token.number(spread.total)
    );
    let heading = [
        ("", Side::Right),
        ("member", Side::Left),
        ("weight", Side::Right),
        ("share", Side::Right),
        ("staked", Side::Right),
        ("cool-down", Side::Right),
        ("", Side::Left),
    ];
    let row = |(rank, member): (usize, &Member)| {
        let stake = &member.stake;
        let mut notes = Vec::new();
        if stake.dormant == 1 {
            notes.push("dormant".to_owned());
        }
        if stake.cooling > 0 {
            notes.push(format!("{} cooling", token.number(stake.cooling)));
        }
        notes.extend(member.delegate.as_ref().map(|name| format!("votes through {name}")));
        vec![
            (rank + 1).to_string(),
            member.name.clone(),
            token.number(stake.weight),
            format::percent(stake.weight, spread.total),
            token.show(stake.amount),
            crate::quantity::long_span(stake.lock_secs.into()),
            notes.join(", "),
        ]
    };
    let rows: Vec<Vec<String>> = members.iter().enumerate().map(row).collect();
    let mut lines = vec![page.strong(&head), sentence];
    if !rows.is_empty() {
        lines.extend(columns(&heading, &rows));
    }
    lines
}

#[cfg(test)]
mod tests {
    use bytemuck::Zeroable;

    use super::*;

    fn stakes(weights: &[u64]) -> Vec<Stake> {
        let stake = |weight: &u64| {
            let mut stake = Stake::zeroed();
            (stake.weight, stake.amount, stake.lock_secs) = (*weight, *weight, 7 * 86_400);
            stake
        };
        weights.iter().map(stake).collect()
    }

    #[test]
    fn more_than_half_is_what_decides() {
        let of = |weights: &[u64]| Concentration::of(&stakes(weights)).nakamoto;
        assert_eq!(of(&[]), 0);
        assert_eq!(of(&[0, 0]), 0);
        assert_eq!(of(&[7]), 1);
        assert_eq!(of(&[5, 5]), 2, "half is no majority");
        assert_eq!(of(&[51, 49]), 1);
        assert_eq!(of(&[3, 1, 1, 1, 1]), 2);
        assert_eq!(of(&[1, 1, 1]), 2);
    }

    fn page(weights: &[u64]) -> Vec<String> {
        let stakes = stakes(weights);
        let spread = Concentration::of(&stakes);
        let names = ["Ada", "Bob", "Cleo"];
        let members: Vec<Member> = stakes
            .into_iter()
            .zip(names)
            .map(|(stake, name)| Member { stake, name: name.to_owned(), delegate: None })
            .collect();
        let token = Token { decimals: 0, symbol: "RIVER".to_owned() };
        lines(&Page::new(), &members, &spread, &token)
    }

    #[test]
    fn one_holder_who_decides_alone_is_named_out_loud() {
        let lines = page(&[600, 300, 100]);
        assert_eq!(lines[0], "3 members with 1,000 of weight in all");
        assert_eq!(lines[1], "Ada alone decides what needs a majority: 60.0 % of all weight.");
        assert_eq!(lines[3], "  1  Ada        600  60.0 %  600 RIVER     7 days");
    }

    #[test]
    fn spread_weight_is_counted_and_an_empty_roll_says_so() {
        assert!(page(&[400, 300, 300])[1].starts_with("2 holders together have more than half"));
        assert_eq!(page(&[]), ["0 members with 0 of weight in all", "Nobody has any weight yet."]);
    }
}
