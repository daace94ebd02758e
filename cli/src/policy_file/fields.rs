//! Where a policy keeps the values that the table of bounds names.

use community_budget::state::{Bound, Policy};

/// Puts `value` where `bound` reads it; nothing when the place is too narrow or unknown.
#[rustfmt::skip]
pub fn set(policy: &mut Policy, bound: &Bound, value: u64) -> Option<()> {
    let Policy { schedule, slate, budget, tiers, stake, risk, breaker, review } = policy;
    match (bound.section, bound.field) {
        ("schedule", "period_secs") => put(&mut schedule.period_secs, value),
        ("schedule", "submission_secs") => put(&mut schedule.submission_secs, value),
        ("schedule", "voting_secs") => put(&mut schedule.voting_secs, value),
        ("schedule", "late_window_secs") => put(&mut schedule.late_window_secs, value),
        ("schedule", "max_extension_secs") => put(&mut schedule.max_extension_secs, value),
        ("schedule", "execution_grace_secs") => put(&mut schedule.execution_grace_secs, value),
        ("slate", "capacity") => put(&mut slate.capacity, value),
        ("slate", "per_proposer") => put(&mut slate.per_proposer, value),
        ("slate", "slot_fee") => put(&mut slate.slot_fee, value),
        ("slate", "bond") => put(&mut slate.bond, value),
        ("slate", "spam_support_bps") => put(&mut slate.spam_support_bps, value),
        ("budget", "epoch_cap_bps") => put(&mut budget.epoch_cap_bps, value),
        ("budget", "epoch_cap_abs") => put(&mut budget.epoch_cap_abs, value),
        ("budget", "min_cap") => put(&mut budget.min_cap, value),
        ("budget", "reward_bps") => put(&mut budget.reward_bps, value),
        ("budget", "participation_gate_bps") => put(&mut budget.participation_gate_bps, value),
        ("tiers", "late_swing_bps") => put(&mut tiers.late_swing_bps, value),
        ("tiers", "contested_coef_bps") => put(&mut tiers.contested_coef_bps, value),
        ("tiers", "max_quorum_bps") => put(&mut tiers.max_quorum_bps, value),
        ("tiers", "record_floor_bps") => put(&mut tiers.record_floor_bps, value),
        ("tiers", field) => {
            let (tier, field) = field.split_once('.')?;
            let names = ["small", "medium", "large", "constitutional"];
            let rule = tiers.rules.get_mut(names.iter().position(|name| *name == tier)?)?;
            match field {
                "ask_limit_bps" => put(&mut rule.ask_limit_bps, value),
                "quorum_bps" => put(&mut rule.quorum_bps, value),
                "approval_bps" => put(&mut rule.approval_bps, value),
                "timelock_secs" => put(&mut rule.timelock_secs, value),
                "min_checkpoints" => put(&mut rule.min_checkpoints, value),
                _ => None,
            }
        }
        ("stake", "min_lock_secs") => put(&mut stake.min_lock_secs, value),
        ("stake", "max_lock_secs") => put(&mut stake.max_lock_secs, value),
        ("stake", "lock_bonus_bps") => put(&mut stake.lock_bonus_bps, value),
        ("stake", "streak_bonus_bps") => put(&mut stake.streak_bonus_bps, value),
        ("stake", "min_total_weight") => put(&mut stake.min_total_weight, value),
        ("risk", "min_runway_epochs") => put(&mut risk.min_runway_epochs, value),
        ("risk", "max_recipient_bps") => put(&mut risk.max_recipient_bps, value),
        ("risk", "max_drawdown_bps") => put(&mut risk.max_drawdown_bps, value),
        ("risk", "mark_age_secs") => put(&mut risk.mark_age_secs, value),
        ("breaker", "outflow_bps") => put(&mut breaker.outflow_bps, value),
        ("breaker", "outflow_window_secs") => put(&mut breaker.outflow_window_secs, value),
        ("breaker", "max_payout_delay_secs") => put(&mut breaker.max_payout_delay_secs, value),
        ("breaker", "trip_secs") => put(&mut breaker.trip_secs, value),
        ("breaker", "guardian_pause_secs") => put(&mut breaker.guardian_pause_secs, value),
        ("review", "window_secs") => put(&mut review.window_secs, value),
        ("review", "grace_secs") => put(&mut review.grace_secs, value),
        ("review", "hold_limit_secs") => put(&mut review.hold_limit_secs, value),
        ("review", "pass_bps") => put(&mut review.pass_bps, value),
        ("review", "floor_bps") => put(&mut review.floor_bps, value),
        _ => None,
    }
}

fn put<T: TryFrom<u64>>(place: &mut T, value: u64) -> Option<()> {
    *place = T::try_from(value).ok()?;
    Some(())
}

#[cfg(test)]
mod tests {
    use community_budget::state::BOUNDS;

    use super::*;

    #[test]
    fn every_value_of_the_table_has_a_place_of_its_own_as_wide_as_its_bounds() {
        // How many categories there are follows from the list.
        for bound in BOUNDS.iter().filter(|bound| bound.field != "category_count") {
            for value in [bound.min, bound.max] {
                let mut policy = Policy::default();
                assert_eq!(set(&mut policy, bound, value), Some(()), "{}", bound.field);
                for other in BOUNDS {
                    let same = (other.section, other.field) == (bound.section, bound.field);
                    let wanted = if same { value } else { other.default };
                    assert_eq!((other.get)(&policy), wanted, "{} {}", bound.field, other.field);
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_or_is_unknown_changes_nothing() {
        let mut policy = Policy::default();
        let capacity = BOUNDS.iter().find(|bound| bound.field == "capacity").unwrap();
        assert_eq!(set(&mut policy, capacity, 256), None);
        for (section, field) in [("tiers", "tiny.quorum_bps"), ("tiers", "x"), ("risk", "x")] {
            assert_eq!(set(&mut policy, &Bound { section, field, ..*capacity }, 1), None);
        }
        assert_eq!(policy, Policy::default());
    }
}
