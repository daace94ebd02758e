//! What a community decides about its own budget, and the bounds it cannot decide beyond.
//!
//! [`BOUNDS`] is the one table of hard bounds: [`Policy::check`] enforces it, `docs/policy.md` is
//! rendered from it, the tests walk along it. Reserved bytes are where the fields of rules that
//! this version does not enforce will go; a policy never holds a value that nothing reads.

use anchor_lang::prelude::borsh::{BorshDeserialize, BorshSerialize};
use anchor_lang::prelude::*;
use budget_rules::{
    allocation::MAX_CATEGORIES,
    bps::BPS,
    outcome::{AskLimits, Thresholds},
    weight::LockTerms,
};

use crate::{constants::*, error::BudgetError};

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
    /// Zero.
    pub reserved: [u8; 14],
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
    /// Zero.
    pub reserved: [u8; 2],
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
    /// Zero.
    pub reserved: [u8; 14],
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
    /// Zero.
    pub reserved: [u8; 14],
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
    /// 0: operating. Other classes come with the exposure rules.
    pub class: u8,
    /// Zero.
    pub reserved: [u8; 5],
}

/// Categories of spending.
#[zero_copy]
#[derive(BorshSerialize, BorshDeserialize, Debug, PartialEq, Eq)]
#[borsh(crate = "anchor_lang::prelude::borsh")]
pub struct RiskSection {
    /// The first `category_count` are in use.
    pub categories: [Category; MAX_CATEGORIES],
    /// 1 to 8.
    pub category_count: u8,
    /// Zero.
    pub reserved: [u8; 31],
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
    /// Zero. Room for the breaker and review sections.
    pub reserved: [u8; 64],
}

const _: () = assert!(core::mem::size_of::<Policy>() == 32 + 32 + 32 + 64 + 32 + 224 + 64);

/// One row of the table of hard bounds.
pub struct Bound {
    /// Section of the policy, as `SetPolicy` will patch it.
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
    "tiers", "small.ask_limit_bps", "bps", 1, BPS, 100, |p| p.tiers.rules[0].ask_limit_bps.into();
    "tiers", "small.quorum_bps", "bps", 1, BPS, 300, |p| p.tiers.rules[0].quorum_bps.into();
    "tiers", "small.approval_bps", "bps", 5_001, BPS, 5_001, |p| p.tiers.rules[0].approval_bps.into();
    "tiers", "small.timelock_secs", "secs", days(1), days(30), days(1), |p| p.tiers.rules[0].timelock_secs.into();
    "tiers", "medium.ask_limit_bps", "bps", 1, BPS, 500, |p| p.tiers.rules[1].ask_limit_bps.into();
    "tiers", "medium.quorum_bps", "bps", 1, BPS, 1_000, |p| p.tiers.rules[1].quorum_bps.into();
    "tiers", "medium.approval_bps", "bps", 5_001, BPS, 6_000, |p| p.tiers.rules[1].approval_bps.into();
    "tiers", "medium.timelock_secs", "secs", days(1), days(30), days(2), |p| p.tiers.rules[1].timelock_secs.into();
    "tiers", "large.ask_limit_bps", "bps", 1, BPS, 2_000, |p| p.tiers.rules[2].ask_limit_bps.into();
    "tiers", "large.quorum_bps", "bps", 1, BPS, 2_000, |p| p.tiers.rules[2].quorum_bps.into();
    "tiers", "large.approval_bps", "bps", 5_001, BPS, 6_667, |p| p.tiers.rules[2].approval_bps.into();
    "tiers", "large.timelock_secs", "secs", days(1), days(30), days(4), |p| p.tiers.rules[2].timelock_secs.into();
    "tiers", "constitutional.ask_limit_bps", "bps", 0, 0, 0, |p| p.tiers.rules[3].ask_limit_bps.into();
    "tiers", "constitutional.quorum_bps", "bps", 1, BPS, 2_000, |p| p.tiers.rules[3].quorum_bps.into();
    "tiers", "constitutional.approval_bps", "bps", 5_001, BPS, 6_667, |p| p.tiers.rules[3].approval_bps.into();
    "tiers", "constitutional.timelock_secs", "secs", days(1), days(30), days(4), |p| p.tiers.rules[3].timelock_secs.into();
    "tiers", "late_swing_bps", "bps", 1, BPS, 500, |p| p.tiers.late_swing_bps.into();
    "stake", "min_lock_secs", "secs", days(3), days(90), days(7), |p| p.stake.min_lock_secs.into();
    "stake", "max_lock_secs", "secs", days(3), days(730), days(180), |p| p.stake.max_lock_secs.into();
    "stake", "lock_bonus_bps", "bps", 0, BPS, 5_000, |p| p.stake.lock_bonus_bps.into();
    "stake", "min_total_weight", "weight", 1, u64::MAX, 1, |p| p.stake.min_total_weight;
    "risk", "category_count", "count", 1, 8, 1, |p| p.risk.category_count.into();
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
    ("categories are named, operating and take 1 to 10000 bps", categories_are_sound),
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
            named && fresh && share && category.class == 0
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
        && zero(&policy.reserved)
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
                return err!(BudgetError::PolicyOutOfBounds);
            }
        }
        for (rule, holds) in RELATIONS {
            if !holds(self) {
                msg!("{}", rule);
                return err!(BudgetError::PolicyInconsistent);
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
        )
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

    /// Shortest stream of a medium or large award (P2): it outlasts the next epoch's ruling.
    pub fn min_long_stream_secs(&self) -> Option<u32> {
        let [.., constitutional] = self.tiers.rules;
        self.schedule.period_secs.checked_add(constitutional.timelock_secs)
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
        let rule = |timelock_days: u32, ask_limit_bps, quorum_bps, approval_bps| TierRule {
            timelock_secs: DAY_SECS.saturating_mul(timelock_days),
            ask_limit_bps,
            quorum_bps,
            approval_bps,
            reserved: [0; 2],
        };
        policy.tiers.rules = [
            rule(1, 100, 300, 5_001),
            rule(2, 500, 1_000, 6_000),
            rule(4, 2_000, 2_000, 6_667),
            rule(4, 0, 2_000, 6_667),
        ];
        policy.tiers.late_swing_bps = 500;
        policy.stake.min_total_weight = 1;
        policy.stake.min_lock_secs = 7 * DAY_SECS;
        policy.stake.max_lock_secs = 180 * DAY_SECS;
        policy.stake.lock_bonus_bps = 5_000;
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
