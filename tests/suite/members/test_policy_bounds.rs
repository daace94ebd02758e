//! The hard bounds of the policy, row by row, and the relations between its values.
//!
//! policy
//! ├── given a value of `BOUNDS`, the others in agreement with it
//! │   ├── at its smallest or largest ............... accepted
//! │   └── one below or one above ................... PolicyOutOfBounds, naming the field
//! ├── given two values contradict each other ....... PolicyInconsistent, naming the rule
//! └── given any byte of it ......................... a bound or a relation speaks of it
//!
//! Every case is put to `Policy::check` and to the program.

use anchor_lang::solana_program::instruction::Instruction;
use budget_tests::*;
use community_budget::{
    BudgetError, CreateTreasuryArgs,
    state::{BOUNDS, Bound, Category, RELATIONS, RiskSection},
};

use crate::common::*;

const TIERS: [&str; 4] = ["small", "medium", "large", "constitutional"];

/// Writes `value` into the field of `row`; `false` where the field's type cannot hold it.
fn set(policy: &mut Policy, row: &Bound, value: u64) -> bool {
    fn put<T: TryFrom<u64>>(field: &mut T, value: u64) -> bool {
        T::try_from(value).map(|value| *field = value).is_ok()
    }
    let Policy { schedule, slate, budget, tiers, stake, risk, breaker, review } = policy;
    match (row.section, row.field) {
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
            let (tier, field) = field.split_once('.').expect("a tier and its field");
            let tier = TIERS.iter().position(|name| *name == tier).expect("one of the tiers");
            let rule = &mut tiers.rules[tier];
            match field {
                "ask_limit_bps" => put(&mut rule.ask_limit_bps, value),
                "quorum_bps" => put(&mut rule.quorum_bps, value),
                "approval_bps" => put(&mut rule.approval_bps, value),
                "timelock_secs" => put(&mut rule.timelock_secs, value),
                "min_checkpoints" => put(&mut rule.min_checkpoints, value),
                other => panic!("set does not know tiers.{other}"),
            }
        }
        ("stake", "min_lock_secs") => put(&mut stake.min_lock_secs, value),
        ("stake", "max_lock_secs") => put(&mut stake.max_lock_secs, value),
        ("stake", "lock_bonus_bps") => put(&mut stake.lock_bonus_bps, value),
        ("stake", "streak_bonus_bps") => put(&mut stake.streak_bonus_bps, value),
        ("stake", "min_total_weight") => put(&mut stake.min_total_weight, value),
        ("risk", "category_count") => put(&mut risk.category_count, value),
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
        (section, field) => panic!("set does not know {section}.{field}"),
    }
}

/// A policy in which the field of `row` has `value` and every other value agrees with it.
fn agreeing_with(row: &Bound, value: u64) -> Policy {
    let mut policy = Policy::default();
    assert!(set(&mut policy, row, value), "{}.{} cannot be {value}", row.section, row.field);
    let pinned = row.field.split_once('.').map(|(tier, _)| tier);
    if let Some(tier) = TIERS.iter().position(|name| Some(*name) == pinned) {
        let own = policy.tiers.rules[tier];
        for (other, rule) in policy.tiers.rules.iter_mut().enumerate() {
            if other < tier {
                rule.timelock_secs = rule.timelock_secs.min(own.timelock_secs);
                rule.quorum_bps = rule.quorum_bps.min(own.quorum_bps);
                rule.approval_bps = rule.approval_bps.min(own.approval_bps);
                if tier < 3 {
                    rule.ask_limit_bps = rule.ask_limit_bps.min(own.ask_limit_bps);
                    rule.min_checkpoints = rule.min_checkpoints.min(own.min_checkpoints);
                }
            } else {
                rule.timelock_secs = rule.timelock_secs.max(own.timelock_secs);
                rule.quorum_bps = rule.quorum_bps.max(own.quorum_bps);
                rule.approval_bps = rule.approval_bps.max(own.approval_bps);
                if other < 3 {
                    rule.ask_limit_bps = rule.ask_limit_bps.max(own.ask_limit_bps);
                    rule.min_checkpoints = rule.min_checkpoints.max(own.min_checkpoints);
                }
            }
        }
    }
    if row.field != "execution_grace_secs" {
        let least = policy.tiers.rules[3].timelock_secs + 3 * DAY_SECS;
        let grace = &mut policy.schedule.execution_grace_secs;
        *grace = least.max(*grace);
    }
    if row.field != "max_quorum_bps" {
        let least = policy.tiers.rules[3].quorum_bps;
        let most = &mut policy.tiers.max_quorum_bps;
        *most = least.max(*most);
    }
    match row.field {
        "max_quorum_bps" => {
            for rule in &mut policy.tiers.rules {
                rule.quorum_bps = rule.quorum_bps.min(policy.tiers.max_quorum_bps);
            }
        }
        "pass_bps" => {
            let (pass, floor) = (policy.review.pass_bps, &mut policy.review.floor_bps);
            *floor = (*floor).clamp(pass.div_ceil(2), pass);
        }
        "floor_bps" => {
            let (floor, pass) = (policy.review.floor_bps, &mut policy.review.pass_bps);
            *pass = (*pass).clamp(floor, (2 * floor).min(10_000));
        }
        "max_lock_secs" => {
            policy.stake.min_lock_secs = policy.stake.min_lock_secs.min(policy.stake.max_lock_secs)
        }
        "category_count" => {
            for index in 1..policy.risk.category_count {
                policy.risk.categories[usize::from(index)] = named(index);
            }
        }
        _ => {}
    }
    policy
}

/// A sound category of its own name.
fn named(index: u8) -> Category {
    let mut category = Policy::default().risk.categories[0];
    category.name[0] = b'A' + index;
    category
}

/// Values one outside the bounds of `row`, where the number range reaches that far.
fn outside(row: &Bound) -> impl Iterator<Item = u64> {
    [row.min.checked_sub(1), row.max.checked_add(1)].into_iter().flatten()
}

/// The creation of treasury `id` with a policy, by the world's founder.
fn creation(w: &World, id: u64, policy: Policy) -> Instruction {
    let founder = w.founder.key();
    let treasury = Community::treasury_address(&founder, id);
    let args = CreateTreasuryArgs { id, first_open_at: GENESIS, policy, roles: w.roles() };
    Community { treasury, ..w.community }.create_treasury(founder, w.svm.fee_payer(), args)
}

/// Holds a policy against `check` and the program: both must refuse it with `error`, the program's
/// log must name `reason`, and no account may change.
#[track_caller]
fn both_refuse(w: &mut World, policy: Policy, error: BudgetError, reason: &str) {
    let name = error.name();
    let checked = policy.check().expect_err(reason);
    assert!(format!("{checked:?}").contains(&name), "{reason}: {checked:?}");
    let log = format!("Program log: {reason}");
    let mut logs = Vec::new();
    refused(w, error, |w| {
        let founder = w.founder.clone();
        let act = w.send(creation(w, 0, policy), &[&founder]);
        logs = act.as_ref().err().map(|refusal| refusal.logs.clone()).unwrap_or_default();
        act
    });
    assert!(logs.contains(&log), "{reason} is not named in {logs:#?}");
}

fn unborn() -> World {
    World::before_treasury(&Setup::default())
}

#[test]
fn set_reaches_the_field_that_the_row_reads() {
    for row in BOUNDS {
        for value in [row.min, row.max] {
            let mut policy = Policy::default();
            assert!(set(&mut policy, row, value));
            assert_eq!((row.get)(&policy), value, "{}.{}", row.section, row.field);
        }
    }
}

#[test]
fn every_bound_itself_is_accepted() {
    let mut w = unborn();
    let founder = w.founder.clone();
    let bounds = BOUNDS.iter().flat_map(|row| [(row, row.min), (row, row.max)]);
    for (id, (row, value)) in (0..).zip(bounds) {
        let policy = agreeing_with(row, value);
        assert!(policy.check().is_ok(), "{}.{} = {value}", row.section, row.field);
        let instruction = creation(&w, id, policy);
        w.send(instruction, &[&founder]).unwrap();
        let treasury = Community::treasury_address(&founder.key(), id);
        let stored = w.svm.read::<community_budget::state::Treasury>(&treasury).policy;
        assert_eq!((row.get)(&stored), value, "{}.{}", row.section, row.field);
        assert_same(stored, policy);
    }
}

#[test]
fn one_beyond_every_bound_is_refused_by_the_name_of_its_field() {
    let mut w = unborn();
    let mut cases = 0;
    for row in BOUNDS {
        for value in outside(row) {
            let mut policy = Policy::default();
            if set(&mut policy, row, value) {
                let field = format!("{}.{}", row.section, row.field);
                both_refuse(&mut w, policy, BudgetError::PolicyOutOfBounds, &field);
                cases += 1;
            }
        }
    }
    // Two for each of the 60 rows, without those that a field cannot hold: nothing lies below the
    // zeros (extension, fee, bond, spam support, rewards, gate, contested coefficient, record floor,
    // both bonuses, runway, guardian's pause, the checkpoints of four tiers, the constitutional ask
    // limit), nothing above the largest number of three (caps and total weight).
    assert_eq!(BOUNDS.len(), 60);
    assert_eq!(cases, 2 * 60 - 17 - 3);
}

/// Puts a change of the default policy to both, which must refuse it for `rule`.
#[track_caller]
fn contradiction(rule: &str, change: impl FnOnce(&mut Policy)) {
    let mut policy = test_policy();
    change(&mut policy);
    both_refuse(&mut unborn(), policy, BudgetError::PolicyInconsistent, rule);
}

#[test]
fn a_capacity_is_a_power_of_two() {
    for capacity in [17, 24, 48, 96, 127] {
        contradiction("slate.capacity is 16, 32, 64 or 128", |p| p.slate.capacity = capacity);
    }
}

#[test]
fn ask_limits_ascend() {
    let rule = "tier ask limits ascend";
    contradiction(rule, |p| p.tiers.rules[0].ask_limit_bps = 501);
    contradiction(rule, |p| p.tiers.rules[1].ask_limit_bps = 2_001);
}

#[test]
fn quorums_ascend() {
    let rule = "tier quorums ascend";
    contradiction(rule, |p| p.tiers.rules[0].quorum_bps = 1_001);
    contradiction(rule, |p| p.tiers.rules[1].quorum_bps = 2_001);
}

#[test]
fn approvals_ascend() {
    let rule = "tier approvals ascend";
    contradiction(rule, |p| p.tiers.rules[0].approval_bps = 6_001);
    contradiction(rule, |p| p.tiers.rules[1].approval_bps = 6_668);
}

#[test]
fn timelocks_ascend() {
    let rule = "tier timelocks ascend";
    contradiction(rule, |p| p.tiers.rules[0].timelock_secs = 2 * DAY_SECS + 1);
    contradiction(rule, |p| p.tiers.rules[1].timelock_secs = 4 * DAY_SECS + 1);
    contradiction(rule, |p| p.tiers.rules[2].timelock_secs = 4 * DAY_SECS + 1);
}

#[test]
fn constitutional_thresholds_are_at_least_the_large_tiers() {
    let rule = "constitutional thresholds are at least the large tier's";
    contradiction(rule, |p| p.tiers.rules[3].quorum_bps = 1_999);
    contradiction(rule, |p| p.tiers.rules[3].approval_bps = 6_666);
}

#[test]
fn the_execution_grace_leaves_three_days_after_the_longest_timelock() {
    let rule = "the execution grace exceeds the longest timelock by three days";
    contradiction(rule, |p| p.tiers.rules[3].timelock_secs = 11 * DAY_SECS + 1);
    contradiction(rule, |p| {
        p.tiers.rules[3].timelock_secs = 5 * DAY_SECS;
        p.schedule.execution_grace_secs = 8 * DAY_SECS - 1;
    });
}

#[test]
fn the_longest_lock_is_at_least_the_shortest() {
    let rule = "stake.max_lock_secs is at least min_lock_secs";
    contradiction(rule, |p| p.stake.max_lock_secs = 7 * DAY_SECS - 1);
}

#[test]
fn the_absolute_cap_is_at_least_the_minimum() {
    let rule = "budget.epoch_cap_abs is at least min_cap";
    contradiction(rule, |p| {
        p.budget.min_cap = 1_000;
        p.budget.epoch_cap_abs = 999;
    });
}

#[test]
fn checkpoints_ascend() {
    let rule = "award tiers ask for ascending checkpoints";
    contradiction(rule, |p| p.tiers.rules[0].min_checkpoints = 1);
    contradiction(rule, |p| p.tiers.rules[1].min_checkpoints = 1);
    contradiction(rule, |p| {
        p.tiers.rules[1].min_checkpoints = 4;
        p.tiers.rules[2].min_checkpoints = 3;
    });
}

#[test]
fn opposition_can_raise_every_quorum_there_is() {
    let rule = "tiers.max_quorum_bps is at least the constitutional quorum";
    contradiction(rule, |p| p.tiers.max_quorum_bps = 1_999);
    contradiction(rule, |p| {
        p.tiers.rules[3].quorum_bps = 2_001;
        p.tiers.max_quorum_bps = 2_000;
    });
}

#[test]
fn the_floor_of_reviews_lies_between_half_of_passing_and_passing() {
    let rule = "review.floor_bps lies between half of pass_bps and pass_bps";
    contradiction(rule, |p| p.review.floor_bps = 6_001);
    contradiction(rule, |p| p.review.floor_bps = 2_999);
    // Half of an odd number rounds up.
    contradiction(rule, |p| p.review.pass_bps = 6_001);
    for floor_bps in [3_000, 6_000] {
        let mut policy = test_policy();
        policy.review.floor_bps = floor_bps;
        let mut w = unborn();
        w.create_treasury(&Setup { policy, ..Setup::default() }).unwrap();
        assert_eq!(w.treasury().policy.review.floor_bps, floor_bps);
    }
}

#[test]
fn equal_neighbours_do_not_contradict_each_other() {
    let mut policy = test_policy();
    policy.tiers.rules = [policy.tiers.rules[2]; 4];
    policy.tiers.rules[3].ask_limit_bps = 0;
    for award in &mut policy.tiers.rules[..3] {
        award.min_checkpoints = 5;
    }
    policy.tiers.max_quorum_bps = policy.tiers.rules[3].quorum_bps;
    policy.schedule.execution_grace_secs = 7 * DAY_SECS;
    policy.stake.max_lock_secs = policy.stake.min_lock_secs;
    policy.budget.epoch_cap_abs = policy.budget.min_cap;
    assert!(policy.check().is_ok());
    let mut w = unborn();
    let founder = w.founder.clone();
    let instruction = creation(&w, 0, policy);
    w.send(instruction, &[&founder]).unwrap();
    assert_same(w.treasury().policy, policy);
}

#[test]
fn a_category_is_named_of_a_known_class_and_takes_a_share() {
    let rule = "categories are named, of a known class, take 1 to 10000 bps, and only risk classes have limits";
    type Change = (&'static str, fn(&mut Policy));
    let changes: [Change; 15] = [
        ("no name", |p| p.risk.categories[1].name = [0; 16]),
        ("a name that begins with zero", |p| p.risk.categories[1].name[0] = 0),
        ("a name that is no UTF-8", |p| p.risk.categories[1].name[0] = 0xff),
        ("a name twice", |p| p.risk.categories[1].name = p.risk.categories[0].name),
        ("a class that does not exist", |p| p.risk.categories[1].class = 3),
        ("a class of nothing", |p| p.risk.categories[1].class = 255),
        ("an exposure limit without risk", |p| p.risk.categories[1].exposure_limit_bps = 1),
        ("a haircut without risk", |p| p.risk.categories[1].haircut_bps = 1),
        ("a hedge's limit above a whole", |p| as_risk(p, 1, 10_001, 0)),
        ("a hedge's haircut above a whole", |p| as_risk(p, 1, 0, 10_001)),
        ("a derivative's limit above a whole", |p| as_risk(p, 2, 10_001, 0)),
        ("a derivative's haircut above a whole", |p| as_risk(p, 2, 0, 10_001)),
        ("no share", |p| p.risk.categories[1].share_bps = 0),
        ("more than all", |p| p.risk.categories[1].share_bps = 10_001),
        ("one beyond the count", |p| p.risk.category_count = 1),
    ];
    for (what, change) in changes {
        println!("a category with {what}");
        contradiction(rule, change);
    }
}

/// Makes the second category one of a risk class.
fn as_risk(policy: &mut Policy, class: u8, exposure_limit_bps: u16, haircut_bps: u16) {
    let category = &mut policy.risk.categories[1];
    category.class = class;
    category.exposure_limit_bps = exposure_limit_bps;
    category.haircut_bps = haircut_bps;
}

#[test]
fn limits_of_nothing_and_of_a_whole_are_sound_for_either_risk_class() {
    for class in [1, 2] {
        for (limit, haircut) in [(0, 0), (10_000, 0), (0, 10_000), (10_000, 10_000)] {
            let mut policy = test_policy();
            as_risk(&mut policy, class, limit, haircut);
            let mut w = unborn();
            w.create_treasury(&Setup { policy, ..Setup::default() }).unwrap();
            assert_same(w.treasury().policy.risk, policy.risk);
        }
    }
}

#[test]
fn shares_of_one_basis_point_and_of_all_are_sound() {
    for share_bps in [1, 10_000] {
        let mut policy = test_policy();
        policy.risk.categories[1].share_bps = share_bps;
        let mut w = unborn();
        w.create_treasury(&Setup { policy, ..Setup::default() }).unwrap();
        assert_eq!(w.treasury().policy.risk.categories[1].share_bps, share_bps);
    }
}

#[test]
fn reserved_bytes_are_zero() {
    let changes: [fn(&mut Policy); 10] = [
        |p| p.schedule.reserved[7] = 1,
        |p| p.slate.reserved[11] = 1,
        |p| p.budget.reserved[9] = 1,
        |p| p.tiers.rules[3].reserved[0] = 1,
        |p| p.tiers.reserved[7] = 1,
        |p| p.stake.reserved[11] = 1,
        |p| p.risk.categories[1].reserved[0] = 1,
        |p| p.risk.reserved[21] = 1,
        |p| p.breaker.reserved[13] = 1,
        |p| p.review.reserved[15] = 1,
    ];
    for change in changes {
        contradiction("reserved bytes are zero", change);
    }
}

/// A field without a row and a relation would be one that anyone can set to anything.
#[test]
fn every_byte_is_read_by_a_bound_or_a_relation() {
    let policy = test_policy();
    let values = |policy: &Policy| BOUNDS.iter().map(|row| (row.get)(policy)).collect::<Vec<_>>();
    let categories = {
        let start =
            std::mem::offset_of!(Policy, risk) + std::mem::offset_of!(RiskSection, categories);
        start..start + 8 * size_of::<Category>()
    };
    for position in 0..size_of::<Policy>() {
        let mut changed = policy;
        bytemuck::bytes_of_mut(&mut changed)[position] ^= 0x80;
        let bounded = values(&changed) != values(&policy);
        let related = RELATIONS.iter().any(|(_, holds)| !holds(&changed));
        let named = categories.contains(&position);
        assert!(bounded || related || named, "byte {position} is free");
    }
}
