//! What a community decides about its own budget, and the bounds it cannot decide beyond.
//!
//! [`BOUNDS`] is the one table of hard bounds: [`Policy::check`] enforces it, `docs/policy.md` is
//! rendered from it, the tests walk along it. A policy never holds a value that nothing reads:
//! reserved bytes must be zero.

use anchor_lang::prelude::borsh::{BorshDeserialize, BorshSerialize};
use anchor_lang::prelude::*;
use budget_rules::{
    allocation::MAX_CATEGORIES,
    bps::BPS,
    bucket::Flow,
    outcome::{AskLimits, Contested, Thresholds, Tier},
    review::ReviewTerms,
    risk::{Class, PositionTerms},
    weight::LockTerms,
};

use crate::{
    constants::*,
    error::{BudgetError, fail},
};

/// Tiers that have a threshold row: small, medium, large, constitutional.
pub const TIER_COUNT: usize = 4;

/// When an epoch does what. Seconds.
#[zero_copy]
#[derive(BorshSerialize, BorshDeserialize, Debug, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct ScheduleSection {
    /// Shortest time between two openings.
    pub period_secs: u32,
    /// Submission phase, from the opening.
    pub submission_secs: u32,
    /// Voting phase, without extensions.
    pub voting_secs: u32,
    /// The last stretch of voting, in which a swing extends it (R5).
    pub late_window_secs: u32,
    /// Most that voting can be extended by in all (R5).
    pub max_extension_secs: u32,
    /// How long after settlement an approved entry can be executed.
    pub execution_grace_secs: u32,
    /// Zero.
    pub reserved: [u8; 8],
}

/// Who may take a slot of the slate at which price. Base units of the budget mint.
#[zero_copy]
#[derive(BorshSerialize, BorshDeserialize, Debug, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct SlateSection {
    /// Fee of a slot in the first quarter of the slate; doubles with every quarter used (R13).
    pub slot_fee: u64,
    /// Bond of a proposal, returned unless the entry fails as spam (R13).
    pub bond: u64,
    /// An entry that fails with less support than this share of the frozen total forfeits its bond.
    pub spam_support_bps: u16,
    /// Slots: 16, 32, 64 or 128.
    pub capacity: u8,
    /// Proposals that one proposer may submit per epoch.
    pub per_proposer: u8,
    /// Zero.
    pub reserved: [u8; 12],
}

/// How much an epoch may give away. Base units of the budget mint.
#[zero_copy]
#[derive(BorshSerialize, BorshDeserialize, Debug, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct BudgetSection {
    /// Absolute cap; `u64::MAX` for none.
    pub epoch_cap_abs: u64,
    /// No epoch opens with a cap below this.
    pub min_cap: u64,
    /// Cap as a share of free funds at the opening.
    pub epoch_cap_bps: u16,
    /// Share of the cap that is set aside for taking part (R12).
    pub reward_bps: u16,
    /// Share of the votable entries that a ballot must cover to be rewarded.
    pub participation_gate_bps: u16,
    /// Zero.
    pub reserved: [u8; 10],
}

/// What one tier of asks requires (R4).
#[zero_copy]
#[derive(BorshSerialize, BorshDeserialize, Debug, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct TierRule {
    /// Seconds from settlement until an approved entry may be executed.
    pub timelock_secs: u32,
    /// Largest ask as a share of free funds at the opening; 0 for the constitutional tier.
    pub ask_limit_bps: u16,
    /// Share of the frozen total that must take part.
    pub quorum_bps: u16,
    /// Share of for + against that must be for.
    pub approval_bps: u16,
    /// Fewest reviews that an award of this tier must have.
    pub min_checkpoints: u8,
    /// Zero.
    pub reserved: [u8; 1],
}

/// Thresholds by size of ask (R4, R5).
#[zero_copy]
#[derive(BorshSerialize, BorshDeserialize, Debug, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct TiersSection {
    /// Small, medium, large, constitutional.
    pub rules: [TierRule; TIER_COUNT],
    /// A late ballot that moves an entry's margin by this share of the frozen total extends voting.
    pub late_swing_bps: u16,
    /// Share of the frozen total that opposition adds to a quorum, per share of (for + against)
    /// that is against.
    pub contested_coef_bps: u16,
    /// No opposition raises a quorum above this share of the frozen total.
    pub max_quorum_bps: u16,
    /// Mean review score below which a recipient starts one tier up.
    pub record_floor_bps: u16,
    /// Zero.
    pub reserved: [u8; 8],
}

/// How staked tokens become weight (R1).
#[zero_copy]
#[derive(BorshSerialize, BorshDeserialize, Debug, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct StakeSection {
    /// No entry passes while less than this is staked, in weight.
    pub min_total_weight: u64,
    /// Shortest cool-down a staker may choose, in seconds.
    pub min_lock_secs: u32,
    /// Longest cool-down a staker may choose, in seconds.
    pub max_lock_secs: u32,
    /// Bonus at the longest lock.
    pub lock_bonus_bps: u16,
    /// Bonus of a stake that took part in each of the last eight epochs.
    pub streak_bonus_bps: u16,
    /// Zero.
    pub reserved: [u8; 12],
}

/// One purpose that money is spent on, with its share of the cap.
#[zero_copy]
#[derive(BorshSerialize, BorshDeserialize, Debug, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct Category {
    /// UTF-8, padded with zeros.
    pub name: [u8; 16],
    /// Share of the epoch's cap.
    pub share_bps: u16,
    /// Share of the treasury's value that the exposure of a hedge or derivative may reach.
    pub exposure_limit_bps: u16,
    /// Share of a hedge's or derivative's value that is not counted.
    pub haircut_bps: u16,
    /// 0 operating, 1 hedge, 2 derivative (R9).
    pub class: u8,
    /// Zero.
    pub reserved: [u8; 1],
}

/// Categories of spending, and what awards must leave the treasury (R9, R10).
#[zero_copy]
#[derive(BorshSerialize, BorshDeserialize, Debug, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct RiskSection {
    /// The first `category_count` are in use.
    pub categories: [Category; MAX_CATEGORIES],
    /// Age at an epoch's opening beyond which a mark counts for nothing in it, in seconds.
    pub mark_age_secs: u32,
    /// Share of an epoch's cap that one recipient may be awarded.
    pub max_recipient_bps: u16,
    /// Loss of net asset value beyond which anyone may trip the breaker.
    pub max_drawdown_bps: u16,
    /// Epochs that free funds must last at the mean outflow of the last four.
    pub min_runway_epochs: u8,
    /// 1 to 8.
    pub category_count: u8,
    /// Zero.
    pub reserved: [u8; 22],
}

/// How fast money may leave, and who may stop it for how long (R11).
#[zero_copy]
#[derive(BorshSerialize, BorshDeserialize, Debug, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct BreakerSection {
    /// Seconds in which the outflow bucket fills.
    pub outflow_window_secs: u32,
    /// Longest time for which the bucket can hold back what was released (P4), in seconds.
    pub max_payout_delay_secs: u32,
    /// How long a tripped breaker blocks awards and policy changes, in seconds.
    pub trip_secs: u32,
    /// How long the guardian may block them in any 90 days, and stop one stream in its life, in
    /// seconds.
    pub guardian_pause_secs: u32,
    /// Capacity of the outflow bucket as a share of tracked funds at an epoch's opening.
    pub outflow_bps: u16,
    /// Zero.
    pub reserved: [u8; 14],
}

/// How delivered work is judged (R8).
#[zero_copy]
#[derive(BorshSerialize, BorshDeserialize, Debug, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct ReviewSection {
    /// Seconds from a checkpoint in which the recipient's update can be filed.
    pub window_secs: u32,
    /// Seconds from the update in which the reviewer can score it.
    pub grace_secs: u32,
    /// Seconds that a held stream waits after the grace of the epoch that could have ruled on it.
    pub hold_limit_secs: u32,
    /// Score from which the next part starts in full.
    pub pass_bps: u16,
    /// Score from which the next part starts scaled; below it the stream is held.
    pub floor_bps: u16,
    /// Zero.
    pub reserved: [u8; 16],
}

/// Everything a community may set. Copied into each epoch at its opening, so that a later change
/// never reaches an epoch that is already open.
///
/// ABI: the bytes are the same in Borsh and in memory: no padding, integers little-endian.
#[zero_copy]
#[derive(BorshSerialize, BorshDeserialize, Debug, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct Policy {
    pub schedule: ScheduleSection,
    pub slate: SlateSection,
    pub budget: BudgetSection,
    pub tiers: TiersSection,
    pub stake: StakeSection,
    pub risk: RiskSection,
    pub breaker: BreakerSection,
    pub review: ReviewSection,
}

const _: () = assert!(core::mem::size_of::<Policy>() == 32 + 32 + 32 + 64 + 32 + 224 + 32 + 32);

/// One section of a policy, as a vote replaces it whole (R14).
///
/// ABI: the order is the order of [`SECTIONS`] and of the targets of acts.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
pub enum PolicyPatch {
    Schedule(ScheduleSection),
    Slate(SlateSection),
    Budget(BudgetSection),
    Tiers(TiersSection),
    Stake(StakeSection),
    Risk(RiskSection),
    Breaker(BreakerSection),
    Review(ReviewSection),
}

impl anchor_lang::Space for PolicyPatch {
    /// The largest section and the variant's byte.
    const INIT_SPACE: usize = core::mem::size_of::<RiskSection>() + 1;
}

/// Names of the sections, in the order of [`PolicyPatch`].
pub const SECTIONS: [&str; 8] =
    ["schedule", "slate", "budget", "tiers", "stake", "risk", "breaker", "review"];

impl PolicyPatch {
    /// Position of its section in [`SECTIONS`].
    pub fn section(&self) -> u8 {
        match self {
            Self::Schedule(_) => 0,
            Self::Slate(_) => 1,
            Self::Budget(_) => 2,
            Self::Tiers(_) => 3,
            Self::Stake(_) => 4,
            Self::Risk(_) => 5,
            Self::Breaker(_) => 6,
            Self::Review(_) => 7,
        }
    }

    /// Puts the section into `policy`.
    pub fn apply(&self, policy: &mut Policy) {
        match self {
            Self::Schedule(section) => policy.schedule = *section,
            Self::Slate(section) => policy.slate = *section,
            Self::Budget(section) => policy.budget = *section,
            Self::Tiers(section) => policy.tiers = *section,
            Self::Stake(section) => policy.stake = *section,
            Self::Risk(section) => policy.risk = *section,
            Self::Breaker(section) => policy.breaker = *section,
            Self::Review(section) => policy.review = *section,
        }
    }
}

/// One row of the table of hard bounds.
pub struct Bound {
    /// Section of the policy, as `SetPolicy` patches it.
    pub section: &'static str,
    /// Field within the section.
    pub field: &'static str,
    /// `secs`, `bps`, `count`, `budget units` or `weight`.
    pub unit: &'static str,
    /// Smallest allowed value.
    pub min: u64,
    /// Largest allowed value.
    pub max: u64,
    /// What [`Policy::default`] sets.
    pub default: u64,
    /// Reads the field.
    pub get: fn(&Policy) -> u64,
}

const fn days(count: u32) -> u64 {
    // Lossless: `From` is not const yet.
    #[allow(clippy::as_conversions)]
    let secs = count.saturating_mul(DAY_SECS) as u64;
    secs
}

macro_rules! bounds {
    ($($section:literal, $field:literal, $unit:literal, $min:expr, $max:expr, $default:expr, $get:expr;)*) => {
        &[$(Bound { section: $section, field: $field, unit: $unit, min: $min, max: $max, default: $default, get: $get }),*]
    };
}

/// The hard bounds of every policy value, inclusive, and its default. Section 6 of the design.
#[rustfmt::skip]
pub const BOUNDS: &[Bound] = bounds![
    "schedule", "period_secs", "secs", days(7), days(365), days(30), |p| p.schedule.period_secs.into();
    "schedule", "submission_secs", "secs", days(3), days(90), days(14), |p| p.schedule.submission_secs.into();
    "schedule", "voting_secs", "secs", days(3), days(30), days(7), |p| p.schedule.voting_secs.into();
    "schedule", "late_window_secs", "secs", 3_600, days(2), days(1), |p| p.schedule.late_window_secs.into();
    "schedule", "max_extension_secs", "secs", 0, days(7), days(3), |p| p.schedule.max_extension_secs.into();
    "schedule", "execution_grace_secs", "secs", days(7), days(90), days(14), |p| p.schedule.execution_grace_secs.into();
    "slate", "capacity", "count", 16, 128, 32, |p| p.slate.capacity.into();
    "slate", "per_proposer", "count", 1, 8, 3, |p| p.slate.per_proposer.into();
    "slate", "slot_fee", "budget units", 0, MAX_FEE, 0, |p| p.slate.slot_fee;
    "slate", "bond", "budget units", 0, MAX_FEE, 0, |p| p.slate.bond;
    "slate", "spam_support_bps", "bps", 0, 2_000, 100, |p| p.slate.spam_support_bps.into();
    "budget", "epoch_cap_bps", "bps", 1, 3_000, 1_000, |p| p.budget.epoch_cap_bps.into();
    "budget", "epoch_cap_abs", "budget units", 1, u64::MAX, u64::MAX, |p| p.budget.epoch_cap_abs;
    "budget", "min_cap", "budget units", 1, u64::MAX, 1, |p| p.budget.min_cap;
    "budget", "reward_bps", "bps", 0, 1_000, 200, |p| p.budget.reward_bps.into();
    "budget", "participation_gate_bps", "bps", 0, BPS, 5_000, |p| p.budget.participation_gate_bps.into();
    "tiers", "small.ask_limit_bps", "bps", 1, BPS, 100, |p| p.tiers.rules[0].ask_limit_bps.into();
    "tiers", "small.quorum_bps", "bps", 1, BPS, 300, |p| p.tiers.rules[0].quorum_bps.into();
    "tiers", "small.approval_bps", "bps", 5_001, BPS, 5_001, |p| p.tiers.rules[0].approval_bps.into();
    "tiers", "small.timelock_secs", "secs", days(1), days(30), days(1), |p| p.tiers.rules[0].timelock_secs.into();
    "tiers", "small.min_checkpoints", "count", 0, 12, 0, |p| p.tiers.rules[0].min_checkpoints.into();
    "tiers", "medium.ask_limit_bps", "bps", 1, BPS, 500, |p| p.tiers.rules[1].ask_limit_bps.into();
    "tiers", "medium.quorum_bps", "bps", 1, BPS, 1_000, |p| p.tiers.rules[1].quorum_bps.into();
    "tiers", "medium.approval_bps", "bps", 5_001, BPS, 6_000, |p| p.tiers.rules[1].approval_bps.into();
    "tiers", "medium.timelock_secs", "secs", days(1), days(30), days(2), |p| p.tiers.rules[1].timelock_secs.into();
    "tiers", "medium.min_checkpoints", "count", 0, 12, 1, |p| p.tiers.rules[1].min_checkpoints.into();
    "tiers", "large.ask_limit_bps", "bps", 1, BPS, 2_000, |p| p.tiers.rules[2].ask_limit_bps.into();
    "tiers", "large.quorum_bps", "bps", 1, BPS, 2_000, |p| p.tiers.rules[2].quorum_bps.into();
    "tiers", "large.approval_bps", "bps", 5_001, BPS, 6_667, |p| p.tiers.rules[2].approval_bps.into();
    "tiers", "large.timelock_secs", "secs", days(1), days(30), days(4), |p| p.tiers.rules[2].timelock_secs.into();
    "tiers", "large.min_checkpoints", "count", 0, 12, 3, |p| p.tiers.rules[2].min_checkpoints.into();
    "tiers", "constitutional.ask_limit_bps", "bps", 0, 0, 0, |p| p.tiers.rules[3].ask_limit_bps.into();
    "tiers", "constitutional.quorum_bps", "bps", 1, BPS, 2_000, |p| p.tiers.rules[3].quorum_bps.into();
    "tiers", "constitutional.approval_bps", "bps", 5_001, BPS, 6_667, |p| p.tiers.rules[3].approval_bps.into();
    "tiers", "constitutional.timelock_secs", "secs", days(1), days(30), days(4), |p| p.tiers.rules[3].timelock_secs.into();
    "tiers", "constitutional.min_checkpoints", "count", 0, 0, 0, |p| p.tiers.rules[3].min_checkpoints.into();
    "tiers", "late_swing_bps", "bps", 1, BPS, 500, |p| p.tiers.late_swing_bps.into();
    "tiers", "contested_coef_bps", "bps", 0, BPS, 2_000, |p| p.tiers.contested_coef_bps.into();
    "tiers", "max_quorum_bps", "bps", 1, BPS, 4_000, |p| p.tiers.max_quorum_bps.into();
    "tiers", "record_floor_bps", "bps", 0, BPS, 5_000, |p| p.tiers.record_floor_bps.into();
    "stake", "min_lock_secs", "secs", days(3), days(90), days(7), |p| p.stake.min_lock_secs.into();
    "stake", "max_lock_secs", "secs", days(3), days(730), days(180), |p| p.stake.max_lock_secs.into();
    "stake", "lock_bonus_bps", "bps", 0, BPS, 5_000, |p| p.stake.lock_bonus_bps.into();
    "stake", "streak_bonus_bps", "bps", 0, BPS, 2_000, |p| p.stake.streak_bonus_bps.into();
    "stake", "min_total_weight", "weight", 1, u64::MAX, 1, |p| p.stake.min_total_weight;
    "risk", "category_count", "count", 1, 8, 1, |p| p.risk.category_count.into();
    "risk", "min_runway_epochs", "count", 0, 24, 4, |p| p.risk.min_runway_epochs.into();
    "risk", "max_recipient_bps", "bps", 1, BPS, 3_000, |p| p.risk.max_recipient_bps.into();
    "risk", "max_drawdown_bps", "bps", 500, 9_000, 3_000, |p| p.risk.max_drawdown_bps.into();
    "risk", "mark_age_secs", "secs", days(1), days(90), days(14), |p| p.risk.mark_age_secs.into();
    "breaker", "outflow_bps", "bps", 100, BPS, 2_000, |p| p.breaker.outflow_bps.into();
    "breaker", "outflow_window_secs", "secs", days(1), days(7), days(7), |p| p.breaker.outflow_window_secs.into();
    "breaker", "max_payout_delay_secs", "secs", days(1), days(7), days(3), |p| p.breaker.max_payout_delay_secs.into();
    "breaker", "trip_secs", "secs", days(1), days(30), days(7), |p| p.breaker.trip_secs.into();
    "breaker", "guardian_pause_secs", "secs", 0, days(14), days(7), |p| p.breaker.guardian_pause_secs.into();
    "review", "window_secs", "secs", days(3), days(30), days(7), |p| p.review.window_secs.into();
    "review", "grace_secs", "secs", days(3), days(30), days(7), |p| p.review.grace_secs.into();
    "review", "hold_limit_secs", "secs", days(14), days(120), days(30), |p| p.review.hold_limit_secs.into();
    "review", "pass_bps", "bps", 1, BPS, 6_000, |p| p.review.pass_bps.into();
    "review", "floor_bps", "bps", 1, BPS, 3_000, |p| p.review.floor_bps.into();
];

/// Largest slot fee and bond: an eighth of the number range, so that the fee can double thrice.
pub const MAX_FEE: u64 = u64::MAX >> 3;

/// A relation between fields, with the sentence that the log shows.
pub type Relation = (&'static str, fn(&Policy) -> bool);

/// What must hold between the fields of a policy.
#[rustfmt::skip]
pub const RELATIONS: &[Relation] = &[
    ("slate.capacity is 16, 32, 64 or 128", |p| p.slate.capacity.is_power_of_two()),
    ("tier ask limits ascend", |p| ascending(&[0, 1, 2].map(|i: usize| limit(p, i).ask_limit_bps))),
    ("tier quorums ascend", |p| ascending(&[0, 1, 2].map(|i: usize| limit(p, i).quorum_bps))),
    ("tier approvals ascend", |p| ascending(&[0, 1, 2].map(|i: usize| limit(p, i).approval_bps))),
    ("tier timelocks ascend", |p| ascending(&[0, 1, 2, 3].map(|i: usize| limit(p, i).timelock_secs))),
    ("constitutional thresholds are at least the large tier's", |p| {
        let (large, own) = (limit(p, 2), limit(p, 3));
        own.quorum_bps >= large.quorum_bps && own.approval_bps >= large.approval_bps
    }),
    ("the execution grace exceeds the longest timelock by three days", |p| {
        limit(p, 3).timelock_secs.checked_add(MIN_EXECUTION_WINDOW_SECS)
            .is_some_and(|least| p.schedule.execution_grace_secs >= least)
    }),
    ("stake.max_lock_secs is at least min_lock_secs", |p| p.stake.max_lock_secs >= p.stake.min_lock_secs),
    ("budget.epoch_cap_abs is at least min_cap", |p| p.budget.epoch_cap_abs >= p.budget.min_cap),
    ("award tiers ask for ascending checkpoints", |p| ascending(&[0, 1, 2].map(|i: usize| limit(p, i).min_checkpoints))),
    ("tiers.max_quorum_bps is at least the constitutional quorum", |p| {
        p.tiers.max_quorum_bps >= limit(p, 3).quorum_bps
    }),
    ("review.floor_bps lies between half of pass_bps and pass_bps", |p| {
        let (pass, floor) = (p.review.pass_bps, p.review.floor_bps);
        floor <= pass && floor >= pass.div_ceil(2)
    }),
    ("categories are named, of a known class, take 1 to 10000 bps, and only risk classes have limits", categories_are_sound),
    ("reserved bytes are zero", reserved_is_zero),
];

fn limit(policy: &Policy, tier: usize) -> TierRule {
    policy.tiers.rules.get(tier).copied().unwrap_or(TierRule::zeroed())
}

fn ascending<T: PartialOrd>(values: &[T]) -> bool {
    values.is_sorted()
}

fn categories_are_sound(policy: &Policy) -> bool {
    let count = usize::from(policy.risk.category_count);
    policy.risk.categories.iter().enumerate().all(|(index, category)| {
        if index < count {
            let named = core::str::from_utf8(&category.name).is_ok_and(|n| !n.starts_with('\0'));
            let fresh = !policy.risk.categories.iter().take(index).any(|c| c.name == category.name);
            let share = (1..=BPS).contains(&u64::from(category.share_bps));
            let (limit, haircut) = (category.exposure_limit_bps, category.haircut_bps);
            let limited = match Class::from_byte(category.class) {
                Some(Class::Operating) => limit == 0 && haircut == 0,
                Some(_) => u64::from(limit) <= BPS && u64::from(haircut) <= BPS,
                None => false,
            };
            named && fresh && share && limited
        } else {
            *category == Category::zeroed()
        }
    })
}

fn reserved_is_zero(policy: &Policy) -> bool {
    let zero = |bytes: &[u8]| bytes.iter().all(|b| *b == 0);
    zero(&policy.schedule.reserved)
        && zero(&policy.slate.reserved)
        && zero(&policy.budget.reserved)
        && policy.tiers.rules.iter().all(|rule| zero(&rule.reserved))
        && zero(&policy.tiers.reserved)
        && zero(&policy.stake.reserved)
        && policy.risk.categories.iter().all(|category| zero(&category.reserved))
        && zero(&policy.risk.reserved)
        && zero(&policy.breaker.reserved)
        && zero(&policy.review.reserved)
}

use bytemuck::Zeroable;

impl Policy {
    /// Holds every value against its hard bound and every relation between values.
    ///
    /// # Errors
    /// [`BudgetError::PolicyOutOfBounds`] or [`BudgetError::PolicyInconsistent`]; the log names
    /// the field or the rule.
    pub fn check(&self) -> Result<()> {
        for bound in BOUNDS {
            let value = (bound.get)(self);
            if !(bound.min..=bound.max).contains(&value) {
                msg!("{}.{}", bound.section, bound.field);
                return Err(fail(BudgetError::PolicyOutOfBounds));
            }
        }
        for (rule, holds) in RELATIONS {
            if !holds(self) {
                msg!("{}", rule);
                return Err(fail(BudgetError::PolicyInconsistent));
            }
        }
        Ok(())
    }

    /// Largest ask of each tier when `free` base units are free (rounded down).
    pub fn ask_limits(&self, free: u64) -> Option<AskLimits> {
        let [small, medium, large, _] = self.tiers.rules.map(|rule| rule.ask_limit_bps);
        AskLimits::new(free, small, medium, large)
    }

    /// What each tier asks of an entry when the frozen total is `total`.
    pub fn thresholds(&self, total: u64) -> Option<Thresholds> {
        Thresholds::new(
            total,
            self.stake.min_total_weight,
            self.tiers.rules.map(|rule| rule.quorum_bps),
            self.tiers.rules.map(|rule| rule.approval_bps),
            Contested {
                coef_bps: self.tiers.contested_coef_bps,
                max_quorum_bps: self.tiers.max_quorum_bps,
            },
        )
    }

    /// The strictest tier whose terms a stream of this length and so many checkpoints meets (R4,
    /// P2).
    pub fn admits(&self, duration_secs: u32, checkpoints: u8) -> Option<Tier> {
        let [_, medium, large, _] = self.tiers.rules;
        let long_enough = duration_secs >= self.min_long_stream_secs()?;
        Some(if !long_enough || checkpoints < medium.min_checkpoints {
            Tier::Small
        } else if checkpoints < large.min_checkpoints {
            Tier::Medium
        } else {
            Tier::Large
        })
    }

    /// What a category's position is limited and valued by; nothing for an unknown one.
    pub fn position_terms(&self, category: usize) -> PositionTerms {
        self.risk.categories.get(category).map_or(PositionTerms::default(), |category| {
            PositionTerms {
                class: Class::from_byte(category.class).unwrap_or_default(),
                exposure_limit_bps: category.exposure_limit_bps,
                haircut_bps: category.haircut_bps,
            }
        })
    }

    /// Whether money of this category is at risk rather than spent.
    pub fn is_risk(&self, category: u8) -> bool {
        self.position_terms(usize::from(category)).class.is_risk()
    }

    /// How reviews judge.
    pub fn review_terms(&self) -> ReviewTerms {
        ReviewTerms {
            window_secs: self.review.window_secs,
            grace_secs: self.review.grace_secs,
            pass_bps: self.review.pass_bps,
            floor_bps: self.review.floor_bps,
        }
    }

    /// The outflow bucket of this policy with the given capacity.
    pub fn flow(&self, capacity: u64) -> Flow {
        Flow { capacity, window_secs: self.breaker.outflow_window_secs }
    }

    /// The range of locks and the bonus of the longest.
    pub fn lock_terms(&self) -> LockTerms {
        LockTerms {
            min_secs: self.stake.min_lock_secs,
            max_secs: self.stake.max_lock_secs,
            bonus_bps: self.stake.lock_bonus_bps,
        }
    }

    /// Timelock of a tier in seconds; the longest for an unknown one.
    pub fn timelock_secs(&self, tier: u8) -> u32 {
        let [.., constitutional] = self.tiers.rules;
        self.tiers.rules.get(usize::from(tier)).unwrap_or(&constitutional).timelock_secs
    }

    /// Shortest stream of a medium or large award (P2): a period, the course of a whole epoch, and the
    /// constitutional timelock. However late in its grace it is executed, a vote can stop a part of
    /// it.
    ///
    /// The worst moment is when the next epoch's slate has just closed. The epoch after it opens a
    /// period after that one, or when that one is settled, and its ruling comes after its course and
    /// the timelock: what is left to stop is at least as long as a submission phase.
    pub fn min_long_stream_secs(&self) -> Option<u32> {
        let schedule = &self.schedule;
        let [.., constitutional] = self.tiers.rules;
        let voting = schedule.voting_secs.checked_add(schedule.max_extension_secs)?;
        let course = schedule.submission_secs.checked_add(voting)?;
        let between = schedule.period_secs.max(course);
        between.checked_add(course)?.checked_add(constitutional.timelock_secs)
    }

    /// Whether the policy has a category of this index.
    pub fn has_category(&self, index: u8) -> bool {
        index < self.risk.category_count
    }
}

impl Default for Policy {
    /// The defaults of [`BOUNDS`] with one category, `general`, that may take the whole cap.
    fn default() -> Self {
        let mut policy = Self::zeroed();
        policy.schedule.period_secs = 30 * DAY_SECS;
        policy.schedule.submission_secs = 14 * DAY_SECS;
        policy.schedule.voting_secs = 7 * DAY_SECS;
        policy.schedule.late_window_secs = DAY_SECS;
        policy.schedule.max_extension_secs = 3 * DAY_SECS;
        policy.schedule.execution_grace_secs = 14 * DAY_SECS;
        policy.slate.spam_support_bps = 100;
        policy.slate.capacity = 32;
        policy.slate.per_proposer = 3;
        policy.budget.epoch_cap_abs = u64::MAX;
        policy.budget.min_cap = 1;
        policy.budget.epoch_cap_bps = 1_000;
        policy.budget.reward_bps = 200;
        policy.budget.participation_gate_bps = 5_000;
        let rule = |days: u32, ask_limit_bps, quorum_bps, approval_bps, min_checkpoints| TierRule {
            timelock_secs: DAY_SECS.saturating_mul(days),
            ask_limit_bps,
            quorum_bps,
            approval_bps,
            min_checkpoints,
            reserved: [0; 1],
        };
        policy.tiers.rules = [
            rule(1, 100, 300, 5_001, 0),
            rule(2, 500, 1_000, 6_000, 1),
            rule(4, 2_000, 2_000, 6_667, 3),
            rule(4, 0, 2_000, 6_667, 0),
        ];
        policy.tiers.contested_coef_bps = 2_000;
        policy.tiers.max_quorum_bps = 4_000;
        policy.tiers.record_floor_bps = 5_000;
        policy.tiers.late_swing_bps = 500;
        policy.stake.min_total_weight = 1;
        policy.stake.min_lock_secs = 7 * DAY_SECS;
        policy.stake.max_lock_secs = 180 * DAY_SECS;
        policy.stake.lock_bonus_bps = 5_000;
        policy.stake.streak_bonus_bps = 2_000;
        policy.risk.min_runway_epochs = 4;
        policy.risk.max_recipient_bps = 3_000;
        policy.risk.max_drawdown_bps = 3_000;
        policy.risk.mark_age_secs = 14 * DAY_SECS;
        policy.breaker.outflow_bps = 2_000;
        policy.breaker.outflow_window_secs = 7 * DAY_SECS;
        policy.breaker.max_payout_delay_secs = 3 * DAY_SECS;
        policy.breaker.trip_secs = 7 * DAY_SECS;
        policy.breaker.guardian_pause_secs = 7 * DAY_SECS;
        policy.review.window_secs = 7 * DAY_SECS;
        policy.review.grace_secs = 7 * DAY_SECS;
        policy.review.hold_limit_secs = 30 * DAY_SECS;
        policy.review.pass_bps = 6_000;
        policy.review.floor_bps = 3_000;
        policy.risk.category_count = 1;
        if let Some(first) = policy.risk.categories.first_mut() {
            first.name = *b"general\0\0\0\0\0\0\0\0\0";
            first.share_bps = 10_000;
        }
        policy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_policy_is_the_tables_defaults_and_passes_the_check() {
        let policy = Policy::default();
        for bound in BOUNDS {
            assert_eq!((bound.get)(&policy), bound.default, "{}.{}", bound.section, bound.field);
        }
        assert!(policy.check().is_ok());
    }

    #[test]
    fn borsh_and_memory_hold_the_same_bytes() {
        let policy = Policy::default();
        assert_eq!(borsh::to_vec(&policy).unwrap(), bytemuck::bytes_of(&policy));
    }
}
