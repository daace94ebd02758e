//! Policies that a walk begins with and votes on: every combination of these sections is sound, so a
//! patch of one section fits any policy.

use budget_tests::*;
use community_budget::state::{Category, PolicyPatch, SECTIONS, TierRule};

use super::dice::Dice;

/// Categories of every walk, by name, with the classes that each may have.
const CATEGORIES: [(&[u8; 16], &[u8]); 4] = [
    (b"works\0\0\0\0\0\0\0\0\0\0\0", &[0]),
    (b"hedges\0\0\0\0\0\0\0\0\0\0", &[0, 1]),
    (b"options\0\0\0\0\0\0\0\0\0", &[2]),
    (b"events\0\0\0\0\0\0\0\0\0\0", &[0, 0, 2]),
];

/// A policy with epochs of a week, so that a walk sees many, and thresholds that random ballots
/// reach.
pub fn variation(dice: &mut Dice) -> Policy {
    let mut policy = Policy::default();
    policy.schedule.period_secs = 7 * DAY_SECS;
    policy.schedule.submission_secs = 3 * DAY_SECS;
    policy.schedule.voting_secs = 3 * DAY_SECS;
    policy.schedule.late_window_secs = dice.pick(&[3_600, DAY_SECS]);
    policy.schedule.max_extension_secs = dice.pick(&[0, DAY_SECS]);
    policy.schedule.execution_grace_secs = dice.pick(&[7, 8, 10]) * DAY_SECS;

    policy.slate.capacity = 16;
    policy.slate.per_proposer = dice.pick(&[3, 5, 8]);
    policy.slate.slot_fee = dice.pick(&[0, 1_000]);
    policy.slate.bond = dice.pick(&[0, 50_000]);
    policy.slate.spam_support_bps = dice.pick(&[0, 100, 2_000]);

    policy.budget.epoch_cap_bps = dice.pick(&[1_000, 3_000, 3_000]);
    policy.budget.epoch_cap_abs = dice.pick(&[u64::MAX, u64::MAX, 150_000_000]);
    policy.budget.reward_bps = dice.pick(&[0, 200, 1_000]);
    policy.budget.participation_gate_bps = dice.pick(&[0, 5_000, 10_000]);

    tiers(dice, &mut policy);

    policy.stake.min_lock_secs = 3 * DAY_SECS;
    policy.stake.max_lock_secs = dice.pick(&[60, 180]) * DAY_SECS;
    policy.stake.lock_bonus_bps = dice.pick(&[0, 5_000, 10_000]);
    policy.stake.streak_bonus_bps = dice.pick(&[0, 2_000, 10_000]);
    policy.stake.min_total_weight = dice.pick(&[1, 5_000]);

    for (category, (name, classes)) in policy.risk.categories.iter_mut().zip(CATEGORIES) {
        *category = Category { name: *name, share_bps: dice.pick(&[3_000, 10_000]), ..*category };
        category.class = dice.pick(classes);
        if category.class != 0 {
            category.exposure_limit_bps = dice.pick(&[500, 2_500, 10_000, 10_000]);
            category.haircut_bps = dice.pick(&[0, 0, 2_000, 10_000]);
        } else {
            (category.exposure_limit_bps, category.haircut_bps) = (0, 0);
        }
    }
    policy.risk.category_count = 4;
    policy.risk.min_runway_epochs = dice.pick(&[0, 0, 1, 2]);
    policy.risk.max_recipient_bps = dice.pick(&[3_000, 10_000, 10_000]);
    policy.risk.max_drawdown_bps = dice.pick(&[500, 500, 500, 3_000]);
    policy.risk.mark_age_secs = dice.pick(&[1, 14, 90]) * DAY_SECS;

    policy.breaker.outflow_bps = dice.pick(&[100, 100, 500, 10_000]);
    policy.breaker.outflow_window_secs = dice.pick(&[1, 7]) * DAY_SECS;
    policy.breaker.max_payout_delay_secs = dice.pick(&[1, 3, 7]) * DAY_SECS;
    policy.breaker.trip_secs = dice.pick(&[1, 30, 30]) * DAY_SECS;
    policy.breaker.guardian_pause_secs = dice.pick(&[0, 7, 14]) * DAY_SECS;

    policy.review.window_secs = dice.pick(&[3, 7]) * DAY_SECS;
    policy.review.grace_secs = dice.pick(&[3, 7]) * DAY_SECS;
    policy.review.hold_limit_secs = dice.pick(&[14, 30]) * DAY_SECS;
    policy.review.pass_bps = dice.pick(&[5_000, 6_000, 10_000]);
    policy.review.floor_bps = dice.pick(&[5_000, policy.review.pass_bps / 2]);
    policy
}

fn tiers(dice: &mut Dice, policy: &mut Policy) {
    let medium_checkpoints = dice.pick(&[0, 0, 1]);
    let large_checkpoints = medium_checkpoints + dice.pick(&[0, 1]);
    let rule = |days: u32, ask_limit_bps, quorum_bps, approval_bps, min_checkpoints| TierRule {
        timelock_secs: days * DAY_SECS,
        ask_limit_bps,
        quorum_bps,
        approval_bps,
        min_checkpoints,
        reserved: [0; 1],
    };
    policy.tiers.rules = [
        rule(1, 100, dice.pick(&[1, 300]), 5_001, 0),
        rule(dice.pick(&[1, 2]), 500, 1_000, dice.pick(&[5_001, 6_000]), medium_checkpoints),
        rule(2, 2_000, 2_000, dice.pick(&[6_000, 6_667]), large_checkpoints),
        rule(dice.pick(&[2, 4]), 0, 2_000, 6_667, 0),
    ];
    policy.tiers.contested_coef_bps = dice.pick(&[0, 2_000, 10_000]);
    policy.tiers.max_quorum_bps = dice.pick(&[4_000, 10_000]);
    policy.tiers.record_floor_bps = dice.pick(&[0, 5_000, 9_000]);
    policy.tiers.late_swing_bps = dice.pick(&[500, 2_000]);
}

/// A section to vote on: mostly sound, sometimes what the program must refuse to execute.
pub fn patch(dice: &mut Dice) -> PolicyPatch {
    let mut policy = variation(dice);
    if dice.chance(20) {
        // A runway that nothing spent so far has kept.
        policy.risk.min_runway_epochs = 24;
    }
    if dice.chance(15) {
        // Beyond a hard bound, against another section, or a category that has a position.
        match dice.below(4) {
            0 => policy.tiers.rules[3].timelock_secs = 30 * DAY_SECS,
            1 => policy.breaker.max_payout_delay_secs = 8 * DAY_SECS,
            2 => policy.budget.epoch_cap_bps = 3_001,
            _ => policy.risk.category_count = 2,
        }
        if policy.risk.category_count == 2 {
            policy.risk.categories[2..].fill(bytemuck::Zeroable::zeroed());
        }
    }
    match dice.position(SECTIONS.len()) {
        0 => PolicyPatch::Schedule(policy.schedule),
        1 => PolicyPatch::Slate(policy.slate),
        2 => PolicyPatch::Budget(policy.budget),
        3 => PolicyPatch::Tiers(policy.tiers),
        4 => PolicyPatch::Stake(policy.stake),
        5 => PolicyPatch::Risk(policy.risk),
        6 => PolicyPatch::Breaker(policy.breaker),
        _ => PolicyPatch::Review(policy.review),
    }
}
