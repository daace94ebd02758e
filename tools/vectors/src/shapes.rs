//! How each type of the rules and of the program's state is written.

use anchor_lang::solana_program::instruction::Instruction;
use budget_rules::{
    allocation::{Allocation, Award, Candidate, Limits, Matter, Verdict},
    bucket::{Bucket, Flow},
    outcome::{AskLimits, Contested, Tally, Threshold, Thresholds, Tier},
    review::{Checkpoint, ReviewTerms, Stage},
    risk::{
        Assessment, Class, HypotheticalAsk, Position, PositionTerms, RiskLimits, Standing, Trailing,
    },
    snapshot::Frozen,
    standstill::Standstill,
    stream::{Bend, Clock, Gate, Plan},
    swing::{Movement, Schedule},
    weight::{LockTerms, Participation},
};
use community_budget::state::{
    Action, AwardTerms, BreakerSection, BudgetEpoch, BudgetSection, Category, Entry, Health,
    Policy, PolicyPatch, PositionState, Proposal, RecipientRecord, Review, ReviewSection,
    RiskSection, Role, Ruling, ScheduleSection, SlateSection, Stake, StakeSection, Stream, Terms,
    TierRule, TiersSection, Treasury, VoteRecord,
};
use serde_json::Value;

use crate::{
    json::{Json, hex},
    object, record,
};

// --- rules ------------------------------------------------------------------------------------

record!(Plan { duration_secs, cliff_secs, checkpoints, base_part, base_amount, rest });
record!(Gate { passed, reduced_before, part_reduction, floor });
record!(Clock { started_at, standing_secs, pause_from, pause_until });
record!(Bend { at, released, standing_secs });
record!(ReviewTerms { window_secs, grace_secs, pass_bps, floor_bps });
record!(Checkpoint { due_at, previous_passed_at, updated_at });
record!(LockTerms { min_secs, max_secs, bonus_bps });
record!(Participation { latest, shares });
record!(Frozen { epoch, value });
record!(AskLimits { small, medium, large });
record!(Tally { for_, against, abstain });
record!(Threshold { quorum_bps, approval_bps, quorum, support });
record!(Contested { coef_bps, max_quorum_bps });
record!(Thresholds { electorate_ok, tiers, total, contested });
record!(Award { amount, category, recipient_ask, leader, raise, admits });
record!(Limits { cap, ask, category_caps, risk });
record!(RiskLimits { recipient_cap, runway_room, exposure_rooms, treasury_value, tripped });
record!(Allocation { allocated, passing, funded, approved, by_category, by_tier });
record!(Position { pending, cost, mark, marked_at });
record!(PositionTerms { class, exposure_limit_bps, haircut_bps });
record!(Standing {
    marks_judged_at,
    tracked,
    committed,
    reserved,
    cap,
    positions,
    terms,
    mark_age_secs,
    previous_outflow,
    epochs,
    min_runway_epochs,
    max_recipient_bps,
    tripped
});
record!(HypotheticalAsk { amount, category, recipient_awarded, awarded });
record!(Assessment {
    refused,
    coverage_bps,
    runway_before_centi,
    runway_after_centi,
    exposure_after,
    exposure_limit,
    concentration_bps,
    score
});
record!(Trailing { uncommitted, outflow, inflow, epochs });
record!(Flow { capacity, window_secs });
record!(Bucket { level, remainder, at });
record!(Schedule { closes_at, hard_end_at, late_window_secs });
record!(Movement { passed_before, passes_now, margin_moved });
record!(Standstill { before_secs, from, until });

impl Json for Tier {
    fn json(&self) -> Value {
        u8::from(*self).json()
    }
}

impl Json for Class {
    fn json(&self) -> Value {
        match self {
            Class::Operating => 0u8,
            Class::Hedge => 1,
            Class::Derivative => 2,
        }
        .json()
    }
}

impl Json for budget_rules::outcome::Failure {
    fn json(&self) -> Value {
        u8::from(*self).json()
    }
}

impl Json for budget_rules::allocation::Reason {
    fn json(&self) -> Value {
        u8::from(*self).json()
    }
}

impl Json for Candidate {
    fn json(&self) -> Value {
        let tally = self.tally;
        match self.matter {
            Matter::Award(award) => object! { tally: tally, award: award },
            Matter::Act { target } => object! { tally: tally, target: target },
        }
    }
}

impl Json for Verdict {
    fn json(&self) -> Value {
        match *self {
            Verdict::NotVotable => object! { kind: "NotVotable" },
            Verdict::Failed { tier, why } => object! { kind: "Failed", tier: tier, why: why },
            Verdict::Unfunded { tier, why, rank } => {
                object! { kind: "Unfunded", tier: tier, why: why, rank: rank }
            }
            Verdict::Funded { tier, rank } => object! { kind: "Funded", tier: tier, rank: rank },
            Verdict::Approved { rank } => object! { kind: "Approved", rank: rank },
            Verdict::Superseded { rank } => object! { kind: "Superseded", rank: rank },
        }
    }
}

impl Json for Stage {
    fn json(&self) -> Value {
        match *self {
            Stage::Ahead => object! { kind: "Ahead" },
            Stage::AwaitsUpdate { until } => object! { kind: "AwaitsUpdate", until: until },
            Stage::AwaitsVerdict { until } => object! { kind: "AwaitsVerdict", until: until },
            Stage::PassedBySilence { at } => object! { kind: "PassedBySilence", at: at },
            Stage::Overdue { at } => object! { kind: "Overdue", at: at },
        }
    }
}

// --- state ------------------------------------------------------------------------------------

record!(ScheduleSection {
    period_secs, submission_secs, voting_secs, late_window_secs, max_extension_secs,
    execution_grace_secs, hex reserved
});
record!(SlateSection { slot_fee, bond, spam_support_bps, capacity, per_proposer, hex reserved });
record!(BudgetSection {
    epoch_cap_abs, min_cap, epoch_cap_bps, reward_bps, participation_gate_bps, hex reserved
});
record!(TierRule {
    timelock_secs, ask_limit_bps, quorum_bps, approval_bps, min_checkpoints, hex reserved
});
record!(TiersSection {
    rules, late_swing_bps, contested_coef_bps, max_quorum_bps, record_floor_bps, hex reserved
});
record!(StakeSection {
    min_total_weight, min_lock_secs, max_lock_secs, lock_bonus_bps, streak_bonus_bps, hex reserved
});
record!(Category {
    hex name, share_bps, exposure_limit_bps, haircut_bps, class, hex reserved
});
record!(RiskSection {
    categories, mark_age_secs, max_recipient_bps, max_drawdown_bps, min_runway_epochs,
    category_count, hex reserved
});
record!(BreakerSection {
    outflow_window_secs, max_payout_delay_secs, trip_secs, guardian_pause_secs, outflow_bps,
    hex reserved
});
record!(ReviewSection {
    window_secs, grace_secs, hold_limit_secs, pass_bps, floor_bps, hex reserved
});
record!(Policy { schedule, slate, budget, tiers, stake, risk, breaker, review });
record!(PositionState { pending, cost, mark, marked_at, reported_mark, reported_at });
record!(Treasury {
    version, bump, vault_bump, stake_vault_bump, bond_vault_bump, budget_decimals, stake_decimals,
    epoch_active, epoch_count, frozen_epoch, id, founder, budget_mint, stake_mint, vault,
    stake_vault, bond_vault, tracked, committed, reserved_funds, staked, bonded, total_weight,
    frozen_total, first_open_at, last_opened_at, voting_opens_at, cooling_floor_at, seq, policy,
    in_force, guardian, reviewer, risk_reporter, positions, realised_profit, realised_loss, outflow,
    inflow, bucket_capacity, bucket_level, bucket_remainder, bucket_at, high_water, tripped_at,
    tripped_until, breaker_rests_until, standstill_before_secs, standstill_from, standstill_until,
    pause_until, pause_used_secs, target_changes, trip_open, hex reserved
});
record!(BudgetEpoch {
    version, bump, entry_count, open_proposals, index, treasury, rent_payer, opened_at,
    voting_opens_at, voting_closes_at, voting_hard_end_at, settled_at, seq, free_at_open, cap,
    allocated, executed, electorate, vote_record_count, ballot_count, turnout, ask_limits,
    category_caps, category_awarded, hex slate_hash, policy, reward_pool, rewards_paid,
    standstill_at_settlement, treasury_value, runway_room, recipient_cap, exposure_rooms,
    target_changes, votable_count, hex reserved
});
record!(Entry {
    for_, against, abstain, amount, hex recipient_tag, category, action, tier, outcome, reason,
    flags, leader, rank, recipient_ask
});
record!(VoteRecord {
    version, bump, by_delegate, hex reserved_flags, tokens_bps, hex reserved, epoch, owner,
    rent_payer, weight
});
record!(Stake {
    version, bump, dormant, hex reserved_flags, lock_secs, treasury, owner, rent_payer, delegate,
    amount, cooling, cooling_until, lock_floor_at, weight, frozen_weight, frozen_epoch, act_epoch,
    participation_latest, touched_epoch, participation, frozen_amount, hex reserved
});
record!(Stream {
    version, bump, entry_index, category, epoch_index, treasury, proposal, recipient,
    payout_account, rent_payer, total, withdrawn, returned, base_amount, rest, reduced_before,
    part_reduction, released_floor, ended_released, started_at, standing_secs, pause_from,
    pause_until, bend_at, bend_released, bend_standing_secs, previous_passed_at, updated_at,
    held_at, ended_at, ruled_at, duration_secs, cliff_secs, window_secs, grace_secs,
    hold_limit_secs, pause_used_secs, pass_bps, floor_bps, checkpoints, base_part, passed,
    update_filed, open_reviews, is_risk, ruling_leader, hex reserved_flags, ruling_epoch,
    hex reserved
});
record!(RecipientRecord {
    version, bump, submitted_count, leader, submitted_epoch, treasury, person, accepted_epoch,
    score_sum, scored, missed_updates, cancellations, streams, awarded, paid, returned,
    hex reserved
});
record!(Proposal {
    version, bump, index, hex reserved_flags, epoch, treasury, proposer, rent_payer, bond,
    submitted_at, hex reserved, terms
});
record!(Terms { action, hex metadata_hash, title, metadata_uri });
record!(AwardTerms { category, checkpoints, recipient, amount, duration_secs, cliff_secs });
record!(Review {
    version, bump, checkpoint, scored, score_bps, hex reserved_flags, stream, rent_payer, filed_at,
    scored_at, spent, health, hex evidence_hash, hex verdict_hash, evidence_uri
});

impl Json for Role {
    fn json(&self) -> Value {
        u8::from(*self).json()
    }
}

impl Json for Health {
    fn json(&self) -> Value {
        match self {
            Health::OnTrack => 0u8,
            Health::AtRisk => 1,
            Health::OffTrack => 2,
        }
        .json()
    }
}

/// A variant with data: its name, then its fields; unnamed ones in a list.
fn variant(name: &str, fields: Value) -> Value {
    let mut object = serde_json::Map::from_iter([("__kind".to_owned(), Value::from(name))]);
    if let Value::Object(fields) = fields {
        object.extend(fields);
    }
    Value::Object(object)
}

fn wrapped(name: &str, content: &impl Json) -> Value {
    variant(name, object! { fields: [content] })
}

impl Json for Ruling {
    fn json(&self) -> Value {
        match *self {
            Ruling::Resume { checkpoint } => variant("Resume", object! { checkpoint: checkpoint }),
            Ruling::Reduce { keep_bps } => variant("Reduce", object! { keep_bps: keep_bps }),
            Ruling::Cancel => variant("Cancel", Value::Null),
        }
    }
}

impl Json for PolicyPatch {
    fn json(&self) -> Value {
        match self {
            PolicyPatch::Schedule(section) => wrapped("Schedule", section),
            PolicyPatch::Slate(section) => wrapped("Slate", section),
            PolicyPatch::Budget(section) => wrapped("Budget", section),
            PolicyPatch::Tiers(section) => wrapped("Tiers", section),
            PolicyPatch::Stake(section) => wrapped("Stake", section),
            PolicyPatch::Risk(section) => wrapped("Risk", section),
            PolicyPatch::Breaker(section) => wrapped("Breaker", section),
            PolicyPatch::Review(section) => wrapped("Review", section),
        }
    }
}

impl Json for Action {
    fn json(&self) -> Value {
        match self {
            Action::Award(terms) => wrapped("Award", terms),
            Action::SetPolicy(patch) => wrapped("SetPolicy", patch),
            Action::SetRole { role, holder } => {
                variant("SetRole", object! { role: role, holder: holder })
            }
            Action::RuleOnStream { stream, ruling } => {
                variant("RuleOnStream", object! { stream: stream, ruling: ruling })
            }
            Action::ClearBreaker => variant("ClearBreaker", Value::Null),
            Action::WriteOff { category, amount } => {
                variant("WriteOff", object! { category: category, amount: amount })
            }
        }
    }
}

/// An instruction's accounts and bytes.
pub fn instruction(built: &Instruction) -> Value {
    let accounts: Vec<Value> = built
        .accounts
        .iter()
        .map(|meta| {
            object! { address: meta.pubkey, signer: meta.is_signer, writable: meta.is_writable }
        })
        .collect();
    object! { accounts: accounts, data: hex(&built.data) }
}
