//! What an epoch's head and a policy say.

use bytemuck::Zeroable;
use community_budget::state::{BudgetEpoch, Phase, Policy};
use serde_json::Value;

use super::NOW;
use crate::{
    Section,
    accounts::stored,
    dice::Dice,
    json::{Json, hex},
    object,
};

pub fn sections() -> Vec<Section> {
    let mut dice = Dice::new(20);
    vec![
        Section::new("epochs", (0..8).map(|round| epoch(&mut dice, round)).collect()),
        Section::new("policies", policies()),
    ]
}

fn phase(epoch: &BudgetEpoch, now: i64) -> Value {
    let phase = match epoch.phase(now) {
        Phase::Submission => "Submission",
        Phase::Voting => "Voting",
        Phase::Tallying => "Tallying",
        Phase::Settled => "Settled",
    };
    object! { now: now, is: phase }
}

fn epoch(dice: &mut Dice, round: u8) -> Value {
    let mut epoch = BudgetEpoch::zeroed();
    epoch.version = 1;
    epoch.policy = Policy::default();
    epoch.policy.slate.slot_fee = dice.amount(u64::MAX >> 3);
    epoch.policy.slate.capacity = dice.one_of(&[16, 32, 64, 128]);
    let three_quarters = epoch.policy.slate.capacity / 4 * 3;
    epoch.entry_count = three_quarters - 2 + round.min(4);
    epoch.votable_count = 6 + dice.small(5u8);
    epoch.policy.budget.participation_gate_bps = dice.one_of(&[0, 3_333, 5_000, 10_000]);
    epoch.reward_pool = dice.between(1 << 30, 1 << 50);
    epoch.rewards_paid = if round % 3 == 1 { 0 } else { epoch.reward_pool - dice.upto(1 << 28) };
    epoch.electorate = if round == 0 { 0 } else { dice.between(1 << 40, 1 << 60) };
    epoch.standstill_at_settlement = dice.upto(90_000) as i64;
    // Reads policy and times only.
    epoch.schedule_from(NOW).unwrap();
    epoch.settled_at = if round.is_multiple_of(2) { epoch.voting_closes_at + 5 } else { 0 };
    let times = [epoch.voting_opens_at, epoch.voting_closes_at];
    let phases: Vec<Value> =
        times.iter().flat_map(|at| [at - 1, *at]).map(|now| phase(&epoch, now)).collect();
    let weight = dice.upto(epoch.electorate);
    let covered = 0..=u64::from(epoch.votable_count);
    let rewards: Vec<Value> = covered
        .map(|covered| {
            let entries = u32::try_from(covered).unwrap_or(0);
            object! { entries: entries, reward: epoch.reward(weight, covered) }
        })
        .collect();
    let slate = vec![0; 64 * usize::from(epoch.policy.slate.capacity)];
    object! {
        data: hex(&stored(&epoch, &slate)), phases: phases, slot_fee: epoch.slot_fee(),
        reserved_slot: epoch.next_slot_is_reserved(), weight: weight,
        covered: rewards,
        claims_end_at: epoch.claims_end_at(),
        executable_at: [0u8, 1, 2, 3, 200].map(|tier| epoch.executable_at(tier)),
        standstill_secs: 100_000i64, grace_ends_at: epoch.grace_ends_at(100_000),
    }
}

fn policies() -> Vec<Value> {
    let mut cases = Vec::new();
    let mut quick = Policy::default();
    quick.schedule.period_secs = 7 * 86_400;
    for policy in [Policy::default(), quick] {
        let least = policy.min_long_stream_secs().unwrap_or(0);
        let terms =
            [(least - 1, 12), (least, 0), (least, 1), (least, 2), (least, 3), (u32::MAX, 12)];
        cases.push(object! {
            data: hex(bytemuck::bytes_of(&policy)), min_long_stream_secs: least,
            terms: terms.map(|(secs, checkpoints)| object! {
                duration_secs: secs, checkpoints: checkpoints,
                admits: policy.admits(secs, checkpoints),
            }),
            free: 123_456_789u64, ask_limits: policy.ask_limits(123_456_789),
            total: 987_654_321u64, thresholds: policy.thresholds(987_654_321).json(),
            categories: [0u8, 1, 8].map(|index| policy.has_category(index)),
        });
    }
    cases
}
