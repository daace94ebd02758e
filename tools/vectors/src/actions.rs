//! One action of every kind.

use community_budget::state::{Action, AwardTerms, Policy, PolicyPatch, Role, Ruling};

use crate::addresses::key;

/// An award, then acts of every kind, with every section, role and ruling among them.
pub fn actions() -> Vec<Action> {
    let policy = Policy::default();
    let award = AwardTerms {
        category: 1,
        checkpoints: 12,
        recipient: key(30),
        amount: u64::MAX,
        duration_secs: 126_230_400,
        cliff_secs: 0,
    };
    let mut actions = vec![Action::Award(award)];
    actions.extend(
        [
            PolicyPatch::Schedule(policy.schedule),
            PolicyPatch::Slate(policy.slate),
            PolicyPatch::Budget(policy.budget),
            PolicyPatch::Tiers(policy.tiers),
            PolicyPatch::Stake(policy.stake),
            PolicyPatch::Risk(policy.risk),
            PolicyPatch::Breaker(policy.breaker),
            PolicyPatch::Review(policy.review),
        ]
        .map(Action::SetPolicy),
    );
    let roles = [Role::Guardian, Role::Reviewer, Role::RiskReporter];
    actions.extend(roles.map(|role| Action::SetRole { role, holder: key(31) }));
    let rulings =
        [Ruling::Resume { checkpoint: 11 }, Ruling::Reduce { keep_bps: 9_999 }, Ruling::Cancel];
    actions.extend(rulings.map(|ruling| Action::RuleOnStream { stream: key(32), ruling }));
    actions.push(Action::ClearBreaker);
    actions.push(Action::WriteOff { category: 7, amount: 1 << 63 });
    actions
}
