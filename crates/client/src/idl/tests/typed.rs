//! The program's own types as JSON, field by field; a field that is left out does not compile.

use anchor_lang::prelude::Pubkey;
use community_budget::state::{
    Action, AwardTerms, BreakerSection, BudgetEpoch, BudgetSection, Category, Entry, Policy,
    PolicyPatch, PositionState, Proposal, RecipientRecord, Review, ReviewSection, RiskSection,
    Ruling, ScheduleSection, SlateSection, Stake, StakeSection, Stream, Terms, TierRule,
    TiersSection, Treasury, VoteRecord,
};
use serde_json::{Value, json};

/// A value as the program's own type tells it.
pub trait Told {
    fn told(&self) -> Value;
}

macro_rules! plain {
    ($($ty:ty),*) => {
        $(impl Told for $ty {
            fn told(&self) -> Value {
                json!(self)
            }
        })*
    };
}
plain!(u8, u16, u32, u64, i64, String);

impl Told for Pubkey {
    fn told(&self) -> Value {
        json!(self.to_string())
    }
}

impl<T: Told, const N: usize> Told for [T; N] {
    fn told(&self) -> Value {
        self.iter().map(Told::told).collect()
    }
}

fn hex(bytes: &[u8]) -> Value {
    json!(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn words(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => json!(text.trim_end_matches('\0')),
        Err(_) => hex(bytes),
    }
}

macro_rules! told {
    ($($ty:ident { $($field:ident),* } hex { $($bytes:ident),* } text { $($text:ident),* })*) => {
        $(impl Told for $ty {
            fn told(&self) -> Value {
                let $ty { $($field,)* $($bytes,)* $($text,)* } = self;
                [
                    $((stringify!($field), $field.told()),)*
                    $((stringify!($bytes), hex($bytes)),)*
                    $((stringify!($text), words($text)),)*
                ]
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()
            }
        })*
    };
}

told! {
    Treasury {
        version, bump, vault_bump, stake_vault_bump, bond_vault_bump, budget_decimals,
        stake_decimals, epoch_active, epoch_count, frozen_epoch, id, founder, budget_mint,
        stake_mint, vault, stake_vault, bond_vault, tracked, committed, reserved_funds, staked,
        bonded, total_weight, frozen_total, first_open_at, last_opened_at, voting_opens_at,
        cooling_floor_at, seq, policy, in_force, guardian, reviewer, risk_reporter, positions,
        realised_profit, realised_loss, outflow, inflow, bucket_capacity, bucket_level,
        bucket_remainder, bucket_at, high_water, tripped_at, tripped_until, breaker_rests_until,
        standstill_before_secs, standstill_from, standstill_until, pause_until, pause_used_secs,
        target_changes, trip_open
    } hex { reserved } text {}
    BudgetEpoch {
        version, bump, entry_count, open_proposals, index, treasury, rent_payer, opened_at,
        voting_opens_at, voting_closes_at, voting_hard_end_at, settled_at, seq, free_at_open, cap,
        allocated, executed, electorate, vote_record_count, ballot_count, turnout, ask_limits,
        category_caps, category_awarded, policy, reward_pool, rewards_paid,
        standstill_at_settlement, treasury_value, runway_room, recipient_cap, exposure_rooms,
        target_changes, votable_count
    } hex { slate_hash, reserved } text {}
    Entry {
        for_, against, abstain, amount, category, action, tier, outcome, reason, flags, leader,
        rank, recipient_ask
    } hex { recipient_tag } text {}
    VoteRecord {
        version, bump, by_delegate, tokens_bps, epoch, owner, rent_payer, weight
    } hex { reserved_flags, reserved } text {}
    Stake {
        version, bump, dormant, lock_secs, treasury, owner, rent_payer, delegate, amount, cooling,
        cooling_until, lock_floor_at, weight, frozen_weight, frozen_epoch, act_epoch,
        participation_latest, touched_epoch, participation, frozen_amount
    } hex { reserved_flags, reserved } text {}
    Stream {
        version, bump, entry_index, category, epoch_index, treasury, proposal, recipient,
        payout_account, rent_payer, total, withdrawn, returned, base_amount, rest, reduced_before,
        part_reduction, released_floor, ended_released, started_at, standing_secs, pause_from,
        pause_until, bend_at, bend_released, bend_standing_secs, previous_passed_at, updated_at,
        held_at, ended_at, ruled_at, duration_secs, cliff_secs, window_secs, grace_secs,
        hold_limit_secs, pause_used_secs, pass_bps, floor_bps, checkpoints, base_part, passed,
        update_filed, open_reviews, is_risk, ruling_leader, ruling_epoch
    } hex { reserved_flags, reserved } text {}
    RecipientRecord {
        version, bump, submitted_count, leader, submitted_epoch, treasury, person, accepted_epoch,
        score_sum, scored, missed_updates, cancellations, streams, awarded, paid, returned
    } hex { reserved } text {}
    PositionState { pending, cost, mark, marked_at, reported_mark, reported_at } hex {} text {}
    Policy { schedule, slate, budget, tiers, stake, risk, breaker, review } hex {} text {}
    ScheduleSection {
        period_secs, submission_secs, voting_secs, late_window_secs, max_extension_secs,
        execution_grace_secs
    } hex { reserved } text {}
    SlateSection { slot_fee, bond, spam_support_bps, capacity, per_proposer }
        hex { reserved } text {}
    BudgetSection {
        epoch_cap_abs, min_cap, epoch_cap_bps, reward_bps, participation_gate_bps
    } hex { reserved } text {}
    TierRule { timelock_secs, ask_limit_bps, quorum_bps, approval_bps, min_checkpoints }
        hex { reserved } text {}
    TiersSection {
        rules, late_swing_bps, contested_coef_bps, max_quorum_bps, record_floor_bps
    } hex { reserved } text {}
    StakeSection {
        min_total_weight, min_lock_secs, max_lock_secs, lock_bonus_bps, streak_bonus_bps
    } hex { reserved } text {}
    Category { share_bps, exposure_limit_bps, haircut_bps, class } hex { reserved } text { name }
    RiskSection {
        categories, mark_age_secs, max_recipient_bps, max_drawdown_bps, min_runway_epochs,
        category_count
    } hex { reserved } text {}
    BreakerSection {
        outflow_window_secs, max_payout_delay_secs, trip_secs, guardian_pause_secs, outflow_bps
    } hex { reserved } text {}
    ReviewSection { window_secs, grace_secs, hold_limit_secs, pass_bps, floor_bps }
        hex { reserved } text {}
    Proposal {
        version, bump, index, epoch, treasury, proposer, rent_payer, bond, submitted_at, terms
    } hex { reserved_flags, reserved } text {}
    Terms { action, title, metadata_uri } hex { metadata_hash } text {}
    AwardTerms { category, checkpoints, recipient, amount, duration_secs, cliff_secs }
        hex {} text {}
}

impl Told for Review {
    fn told(&self) -> Value {
        let Review {
            version,
            bump,
            checkpoint,
            scored,
            score_bps,
            reserved_flags,
            stream,
            rent_payer,
            filed_at,
            scored_at,
            spent,
            health,
            evidence_hash,
            verdict_hash,
            evidence_uri,
        } = self;
        json!({
            "version": version, "bump": bump, "checkpoint": checkpoint, "scored": scored,
            "score_bps": score_bps, "reserved_flags": hex(reserved_flags),
            "stream": stream.told(), "rent_payer": rent_payer.told(), "filed_at": filed_at,
            "scored_at": scored_at, "spent": spent, "health": format!("{health:?}"),
            "evidence_hash": hex(evidence_hash), "verdict_hash": hex(verdict_hash),
            "evidence_uri": evidence_uri,
        })
    }
}

impl Told for Action {
    fn told(&self) -> Value {
        match self {
            Self::Award(terms) => json!({ "Award": terms.told() }),
            Self::SetPolicy(patch) => json!({ "SetPolicy": patch.told() }),
            Self::SetRole { role, holder } => {
                json!({ "SetRole": { "role": format!("{role:?}"), "holder": holder.told() } })
            }
            Self::RuleOnStream { stream, ruling } => {
                json!({ "RuleOnStream": { "stream": stream.told(), "ruling": ruling.told() } })
            }
            Self::ClearBreaker => json!("ClearBreaker"),
            Self::WriteOff { category, amount } => {
                json!({ "WriteOff": { "category": category, "amount": amount } })
            }
        }
    }
}

impl Told for Ruling {
    fn told(&self) -> Value {
        match self {
            Self::Resume { checkpoint } => json!({ "Resume": { "checkpoint": checkpoint } }),
            Self::Reduce { keep_bps } => json!({ "Reduce": { "keep_bps": keep_bps } }),
            Self::Cancel => json!("Cancel"),
        }
    }
}

impl Told for PolicyPatch {
    fn told(&self) -> Value {
        match self {
            Self::Schedule(section) => json!({ "Schedule": section.told() }),
            Self::Slate(section) => json!({ "Slate": section.told() }),
            Self::Budget(section) => json!({ "Budget": section.told() }),
            Self::Tiers(section) => json!({ "Tiers": section.told() }),
            Self::Stake(section) => json!({ "Stake": section.told() }),
            Self::Risk(section) => json!({ "Risk": section.told() }),
            Self::Breaker(section) => json!({ "Breaker": section.told() }),
            Self::Review(section) => json!({ "Review": section.told() }),
        }
    }
}
