//! Open Harbour's policy.

use budget_rules::risk::Class;
use bytemuck::Zeroable;
use community_budget::{
    constants::DAY_SECS,
    state::{BreakerSection, Category, Policy, PolicyPatch},
};

/// Decimals of the budget token.
pub const BUDGET_DECIMALS: u8 = 6;
/// Base units of one budget token.
pub const DOLLAR: u64 = 1_000_000;
/// Decimals of the stake token: other ones, so that a client which mixes them up shows it.
pub const STAKE_DECIMALS: u8 = 9;
/// Base units of one stake token.
pub const HARB: u64 = 1_000_000_000;

/// Name, share of the cap, class, and for a risk class its exposure limit and haircut; basis points.
const CATEGORIES: [(&str, u16, Class, u16, u16); 4] = [
    ("development", 6_000, Class::Operating, 0, 0),
    ("education", 4_000, Class::Operating, 0, 0),
    ("events", 3_000, Class::Operating, 0, 0),
    ("hedging", 4_000, Class::Hedge, 300, 1_000),
];

/// Index of a category.
pub fn category_index(name: &str) -> Option<u8> {
    let found = CATEGORIES.iter().position(|category| category.0 == name);
    found.and_then(|index| u8::try_from(index).ok())
}

/// The default policy, with what a community of this size would change about it: its categories, a
/// price for a slot, a larger cap with tiers to match, and an outflow limit that is felt.
pub fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.schedule.submission_secs = 12 * DAY_SECS;
    policy.slate.slot_fee = 5 * DOLLAR;
    policy.slate.bond = 50 * DOLLAR;
    policy.budget.epoch_cap_bps = 1_200;
    for (rule, ask_limit_bps) in policy.tiers.rules.iter_mut().zip([80, 300, 1_200]) {
        rule.ask_limit_bps = ask_limit_bps;
    }
    policy.risk.max_recipient_bps = 4_000;
    policy.risk.category_count = 4;
    for (slot, (name, share_bps, class, exposure_limit_bps, haircut_bps)) in
        policy.risk.categories.iter_mut().zip(CATEGORIES)
    {
        *slot = Category {
            share_bps,
            exposure_limit_bps,
            haircut_bps,
            class: class as u8,
            ..Category::zeroed()
        };
        for (byte, letter) in slot.name.iter_mut().zip(name.bytes()) {
            *byte = letter;
        }
    }
    policy.breaker.outflow_bps = 400;
    policy
}

/// What one of the acts on the slate asks for: twice the outflow limit.
pub fn looser_breaker() -> PolicyPatch {
    let breaker = policy().breaker;
    PolicyPatch::Breaker(BreakerSection { outflow_bps: breaker.outflow_bps * 2, ..breaker })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_within_the_bounds_before_and_after_the_act() {
        let mut policy = policy();
        assert!(policy.check().is_ok());
        assert_eq!(category_index("hedging"), Some(3));
        assert_eq!(category_index("bribes"), None);
        assert!(policy.is_risk(3) && !policy.is_risk(2));
        looser_breaker().apply(&mut policy);
        assert_eq!(policy.breaker.outflow_bps, 800);
        assert!(policy.check().is_ok());
    }
}
