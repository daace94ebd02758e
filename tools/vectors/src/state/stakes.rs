//! What stakes weigh, and would.

use bytemuck::Zeroable;
use community_budget::state::{Policy, Stake, Treasury};
use serde_json::Value;

use super::NOW;
use crate::{
    Section,
    accounts::stored,
    addresses::{community, key},
    dice::Dice,
    json::hex,
    object,
};

pub fn sections() -> Vec<Section> {
    let mut dice = Dice::new(19);
    vec![Section::new("stakes", (0..12).map(|round| case(&mut dice, round)).collect())]
}

fn treasury(dice: &mut Dice, round: u8) -> Treasury {
    let mut treasury = Treasury::zeroed();
    treasury.version = 1;
    treasury.in_force = Policy::default();
    treasury.in_force.stake.streak_bonus_bps = dice.small(10_000u16);
    treasury.epoch_count = if round < 6 { u32::from(round) } else { dice.between(1, 20) as u32 };
    treasury.tracked = dice.between(1 << 41, 1 << 50);
    treasury.outflow = [(); 4].map(|()| dice.upto(1 << 40));
    treasury.tripped_at = NOW + dice.one_of(&[-9, -1, 0, 1]);
    treasury.tripped_until = NOW + dice.one_of(&[0, 1, 9]);
    treasury.standstill_before_secs = 1_000;
    treasury.standstill_from = treasury.tripped_at;
    treasury.standstill_until = treasury.tripped_until;
    treasury.epoch_active = u8::from(treasury.epoch_count > 0 && dice.once_in(2));
    treasury.voting_opens_at = NOW + dice.one_of(&[-1, 0, 1]);
    treasury.total_weight = dice.amount(1 << 60);
    treasury.frozen_total = dice.amount(1 << 60);
    treasury.frozen_epoch = dice.one_of(&[u32::MAX, treasury.epoch_count.saturating_sub(1), 3]);
    treasury
}

fn stake(dice: &mut Dice, treasury: &Treasury, round: u8) -> Stake {
    let mut stake = Stake::zeroed();
    stake.version = 1;
    stake.treasury = community().treasury;
    stake.owner = key(4);
    stake.delegate = key(8);
    stake.dormant = u8::from(round == 1);
    stake.lock_secs = dice.small(20_000_000u32);
    stake.amount = dice.amount(1 << 60);
    stake.weight = dice.amount(1 << 61);
    stake.frozen_weight = dice.amount(1 << 61);
    stake.frozen_epoch = dice.one_of(&[u32::MAX, treasury.epoch_count.saturating_sub(1), 3]);
    stake.participation_latest =
        if round == 2 { u32::MAX } else { treasury.epoch_count.saturating_sub(dice.small(3u32)) };
    stake.participation = [(); 8].map(|()| dice.small(10_000u16));
    stake
}

fn case(dice: &mut Dice, round: u8) -> Value {
    let treasury = treasury(dice, round);
    let stake = stake(dice, &treasury, round);
    let moment = treasury.moment(NOW);
    let (more, less) = (stake.amount + dice.upto(1 << 60), dice.upto(stake.amount));
    let lock_secs = dice.small(20_000_000u32);
    let added = { stake }.add(more - stake.amount, &moment).map(|change| change.new);
    let cooled = { stake }.cool(stake.amount - less, NOW, &moment).map(|change| change.new);
    let locked = { stake }.set_lock(lock_secs, &moment).map(|change| change.new);
    let index = treasury.epoch_count.saturating_sub(1);
    object! {
        treasury: hex(&stored(&treasury, &[])), stake: hex(&stored(&stake, &[])), now: NOW,
        index: index, power: stake.power(index), electorate: treasury.electorate(index),
        voting_opened: treasury.voting_opened(NOW), settled_epochs: treasury.settled_epochs(),
        current_epoch: treasury.current_epoch(), tripped: treasury.is_tripped(NOW),
        standing: treasury.standing(1_000, NOW).ok(), blocked: treasury.standstill().is_on(NOW),
        standstill_secs: treasury.standstill_secs(NOW).ok(),
        weight: { stake }.refresh(&moment).ok().map(|change| change.new),
        more: more, weight_of_more: added.ok(), less: less, weight_of_less: cooled.ok(),
        lock_secs: lock_secs, weight_locked: locked.ok(),
        voters: [stake.owner, stake.delegate, key(9)],
        may_vote: [stake.owner, stake.delegate, key(9)].map(|voter| stake.may_vote(&voter)),
    }
}
