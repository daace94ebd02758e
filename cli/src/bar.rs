//! The bar that an ask will be held to: its tier and what that takes (R4).

use budget_rules::outcome::Tier;
use budget_words::format;
use community_budget::state::{ActionKind, BudgetEpoch, Entry, NewEntry, flags};

use crate::{
    quantity::{Token, long_span},
    view::{pair, tier},
};

/// An ask as far as its tier goes by it.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// Base units.
    pub amount: u64,
    /// Base units that its recipient will have asked for in the epoch, this ask included.
    pub cumulative: u64,
    /// Index of the policy's category.
    pub category: u8,
    /// Length of the stream.
    pub duration_secs: u32,
    /// Reviews.
    pub checkpoints: u8,
    /// Whether its recipient's record is below the policy's floor.
    pub weak_record: bool,
}

/// What an ask will be held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// The tier that it is judged at; nothing when its recipient asks for more than any admits.
    pub tier: Option<Tier>,
    /// The strictest tier whose terms its stream meets.
    pub admits: Tier,
}

impl Bar {
    /// The bar of `ask` in the epoch `head`; nothing when the policy's numbers do not add up.
    pub fn of(head: &BudgetEpoch, ask: &Ask) -> Option<Self> {
        let admits = head.policy.admits(ask.duration_secs, ask.checkpoints)?;
        let mut marks = Entry::admission(admits);
        if head.policy.is_risk(ask.category) {
            marks |= flags::RISK_CLASS;
        }
        if ask.weak_record {
            marks |= flags::WEAK_RECORD;
        }
        let entry = Entry::new(NewEntry {
            amount: ask.amount,
            recipient_tag: [0; 16],
            category: ask.category,
            action: ActionKind::Award,
            leader: 0,
            flags: marks,
        });
        Some(Self { tier: entry.judged_tier(ask.cumulative, &head.limits()), admits })
    }

    /// Whether its stream meets what its tier asks: settlement funds nothing else.
    pub fn is_met(&self) -> bool {
        self.tier.is_some_and(|tier| tier <= self.admits)
    }

    /// In words, as pairs for a receipt.
    pub fn lines(&self, head: &BudgetEpoch, ask: &Ask, budget: &Token) -> Vec<(String, String)> {
        let Some(own) = self.tier else {
            return vec![pair(
                "tier",
                format!(
                    "none: its recipient would ask for {} in all, and the large limit is {}",
                    budget.show(ask.cumulative),
                    budget.show(head.limits().large)
                ),
            )];
        };
        let mut why = Vec::new();
        if ask.cumulative > ask.amount {
            why.push(format!("its recipient asks for {} in all", budget.show(ask.cumulative)));
        }
        if head.policy.is_risk(ask.category) {
            why.push("money at risk is judged one tier up".to_owned());
        }
        if ask.weak_record {
            why.push("its recipient's reviews are weak: one tier up".to_owned());
        }
        let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join("; ")) };
        let mut lines = vec![pair("tier", format!("{}{why}", tier(own.into())))];
        lines.extend(threshold_lines(head, own));
        if !self.is_met() {
            lines.push(pair("short of it", self.shortfall(head, own)));
        }
        lines
    }

    fn shortfall(&self, head: &BudgetEpoch, own: Tier) -> String {
        let rule = head.policy.tiers.rules.get(usize::from(u8::from(own)));
        let reviews = rule.map_or(0, |rule| rule.min_checkpoints);
        let least = head.policy.min_long_stream_secs().unwrap_or(u32::MAX);
        format!(
            "a {} ask must stream for {} with {reviews} reviews or more; as it is, it cannot be funded",
            tier(own.into()),
            long_span(least.into())
        )
    }
}

/// What a tier takes, as pairs for a receipt.
pub fn threshold_lines(head: &BudgetEpoch, own: Tier) -> Vec<(String, String)> {
    let Some(rule) = head.policy.tiers.rules.get(usize::from(u8::from(own))) else {
        return Vec::new();
    };
    vec![
        pair(
            "needs",
            format!(
                "{} of all weight taking part, {} of those for and against in favour",
                format::bps(rule.quorum_bps),
                format::bps(rule.approval_bps)
            ),
        ),
        pair("timelock", format!("{} from settlement", long_span(rule.timelock_secs.into()))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slate::tests::epoch;

    fn ask(amount: u64) -> Ask {
        Ask {
            amount,
            cumulative: amount,
            category: 0,
            duration_secs: 90 * 86_400,
            checkpoints: 1,
            weak_record: false,
        }
    }

    #[test]
    fn the_tier_follows_the_sum_the_class_and_the_record() {
        // Of 10,000 free: small up to 100, medium up to 500, large up to 2,000.
        let (_, mut head) = epoch();
        let tier = |head: &BudgetEpoch, ask: &Ask| Bar::of(head, ask).unwrap().tier;
        assert_eq!(tier(&head, &ask(100)), Some(Tier::Small));
        assert_eq!(tier(&head, &ask(101)), Some(Tier::Medium));
        assert_eq!(tier(&head, &Ask { cumulative: 501, ..ask(100) }), Some(Tier::Large));
        assert_eq!(tier(&head, &Ask { cumulative: 2_001, ..ask(100) }), None);
        assert_eq!(tier(&head, &Ask { weak_record: true, ..ask(100) }), Some(Tier::Medium));
        head.policy.risk.categories[0].class = 1;
        assert_eq!(tier(&head, &Ask { weak_record: true, ..ask(100) }), Some(Tier::Large));
    }

    #[test]
    fn an_ask_whose_terms_fall_short_of_its_tier_is_told_so() {
        let (_, head) = epoch();
        let budget = Token { decimals: 0, symbol: "USDC".to_owned() };
        let own = Ask { cumulative: 600, ..ask(100) };
        let bar = Bar::of(&head, &own).unwrap();
        assert!(!bar.is_met(), "one review, and the large tier asks for three");
        let lines = bar.lines(&head, &own, &budget);
        assert_eq!(lines[0], pair("tier", "large (its recipient asks for 600 USDC in all)"));
        assert_eq!(
            lines[1].1,
            "20 % of all weight taking part, 66.67 % of those for and against in favour"
        );
        assert_eq!(lines[2], pair("timelock", "4 days from settlement"));
        assert!(lines[3].1.contains("with 3 reviews or more"), "{lines:?}");
        assert!(Bar::of(&head, &ask(100)).unwrap().is_met());
        let none = Ask { cumulative: 2_001, ..ask(100) };
        let lines = Bar::of(&head, &none).unwrap().lines(&head, &none, &budget);
        assert!(
            lines[0].1.starts_with("none: its recipient would ask for 2,001 USDC"),
            "{lines:?}"
        );
    }
}
