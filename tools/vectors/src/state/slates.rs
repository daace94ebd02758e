//! Whole epochs: settled, voted on late, asked of.

use anchor_lang::prelude::ProgramError;
use budget_client::ballot::pack;
use budget_rules::{
    allocation::{Limits, MAX_CATEGORIES},
    ballot::Choice,
    risk::{HypotheticalAsk, assess},
};
use bytemuck::Zeroable;
use community_budget::{
    BudgetError,
    state::{
        BallotChange, BudgetEpoch, Entry, Outcome, Policy, Treasury, count_ballot, flags,
        settle_slate, targets,
    },
};
use serde_json::Value;

use super::NOW;
use crate::{
    Section,
    accounts::stored,
    addresses::{community, key},
    dice::Dice,
    json::{Json, hex},
    object,
};

const FREE: u64 = 1 << 40;

pub fn sections() -> Vec<Section> {
    let mut dice = Dice::new(21);
    let worlds: Vec<World> = [(16, 16), (16, 0), (32, 27), (64, 64), (128, 128)]
        .map(|(c, n)| World::new(&mut dice, c, n))
        .into();
    vec![
        Section::new("settleEpoch", worlds.iter().map(World::settled).collect()),
        Section::new("assessAsk", worlds.iter().map(|world| world.assessed(&mut dice)).collect()),
        Section::new(
            "lateBallots",
            worlds.iter().take(3).map(|world| world.late(&mut dice)).collect(),
        ),
    ]
}

/// A treasury in an epoch whose slate has been voted on.
struct World {
    treasury: Treasury,
    epoch: BudgetEpoch,
    slate: Vec<Entry>,
}

fn policy(capacity: u8) -> Policy {
    let mut policy = Policy::default();
    policy.slate.capacity = capacity;
    policy.risk.category_count = 3;
    for (index, class) in [(1, 1), (2, 2)] {
        let category = &mut policy.risk.categories[index];
        category.name[0] = b'a';
        category.share_bps = 3_000;
        category.exposure_limit_bps = 800;
        category.haircut_bps = 1_500;
        category.class = class;
    }
    policy.risk.min_runway_epochs = 2;
    policy
}

impl World {
    fn new(dice: &mut Dice, capacity: u8, entries: u8) -> Self {
        let mut treasury = Treasury::zeroed();
        treasury.version = 1;
        treasury.founder = key(1);
        treasury.id = 7;
        treasury.tracked = FREE + FREE / 2;
        treasury.committed = FREE / 2;
        treasury.policy = policy(capacity);
        treasury.in_force = policy(capacity);
        treasury.total_weight = 1_000_000;
        treasury.epoch_count = 5;
        treasury.outflow = [FREE / 50; 4];
        for index in [1, 2] {
            let position = &mut treasury.positions[index];
            position.cost = dice.upto(FREE / 40);
            position.mark = dice.upto(FREE / 30);
            position.pending = dice.upto(FREE / 60);
            position.marked_at = NOW - dice.upto(2_000_000) as i64;
        }
        let mut epoch = BudgetEpoch::zeroed();
        epoch.version = 1;
        epoch.index = treasury.epoch_count;
        epoch.treasury = community().treasury;
        epoch.policy = treasury.policy;
        // The program's own opening; nothing here leaves its bounds.
        epoch.schedule_from(NOW).unwrap();
        epoch.set_budget(treasury.free().unwrap()).unwrap();
        treasury.begin_epoch(&mut epoch, NOW).unwrap();
        epoch.entry_count = entries;
        let slate = slate(dice, &epoch, capacity);
        if entries == 27 {
            // Somebody changed a weight since voting opened.
            treasury.frozen_epoch = epoch.index;
            treasury.frozen_total = 1_000_000;
            treasury.total_weight = 77;
        }
        Self { treasury, epoch, slate }
    }

    fn accounts(&self) -> [Value; 2] {
        let slate: &[u8] = bytemuck::cast_slice(&self.slate);
        [hex(&stored(&self.treasury, &[])), hex(&stored(&self.epoch, slate))]
    }

    fn settled(&self) -> Value {
        let [treasury, epoch] = self.accounts();
        let (mut header, mut slate) = (self.epoch, self.slate.clone());
        let now = header.voting_closes_at;
        let electorate = self.treasury.electorate(header.index);
        let risk = self.treasury.standing(header.cap, now).unwrap().limits().unwrap();
        let allocation = settle_slate(&mut header, &mut slate, electorate, risk, now).unwrap();
        let entries = &slate[..usize::from(header.entry_count)];
        let decisions: Vec<Value> = entries
            .iter()
            .map(|e| object! { outcome: e.outcome, tier: e.tier, reason: e.reason, rank: e.rank })
            .collect();
        object! {
            treasury: treasury, epoch: epoch, now: now, electorate: electorate,
            free: self.treasury.free(), decisions: decisions, allocation: allocation, risk: risk,
        }
    }

    fn assessed(&self, dice: &mut Dice) -> Value {
        let [treasury, epoch] = self.accounts();
        let standing = self.treasury.standing(self.epoch.cap, NOW).unwrap();
        let limits = Limits {
            cap: self.epoch.cap,
            ask: self.epoch.limits(),
            category_caps: self.epoch.category_caps,
            risk: standing.limits().unwrap(),
        };
        let asks = [0, 1, 2, 2].map(|category| {
            let amount = dice.upto(self.epoch.cap / 3);
            let recipient_awarded = dice.upto(self.epoch.cap / 6);
            let awarded = [0; MAX_CATEGORIES];
            let ask = HypotheticalAsk { amount, category, recipient_awarded, awarded };
            object! {
                amount: amount, category: category, recipient_awarded: recipient_awarded,
                is: assess(&standing, &limits, &ask),
            }
        });
        object! { treasury: treasury, epoch: epoch, now: NOW, asks: asks }
    }

    /// Ballots early, in the late window, in the last one, and on what nobody may choose on.
    fn late(&self, dice: &mut Dice) -> Value {
        let [treasury, epoch] = self.accounts();
        let close = self.epoch.voting_closes_at;
        let window = i64::from(self.epoch.policy.schedule.late_window_secs);
        let hard_end = self.epoch.voting_hard_end_at;
        let mut ballots = Vec::new();
        for closes_at in [close, hard_end] {
            for now in [closes_at - window - 1, closes_at - window, closes_at - 1] {
                for weight in [1, 40_000, 300_000] {
                    ballots.push(self.ballot(dice, closes_at, now, weight));
                }
            }
        }
        object! { treasury: treasury, epoch: epoch, ballots: ballots }
    }

    fn marks(&self, dice: &mut Dice, only_votable: bool) -> Vec<u8> {
        let choices = [Choice::For, Choice::Against, Choice::Abstain];
        let last = self.epoch.entry_count.max(1) - 1;
        let count = dice.between(1, 6);
        let all: Vec<(u8, Choice)> = (0..count)
            .map(|_| (dice.small(last), dice.one_of(&choices)))
            .filter(|(index, _)| !only_votable || self.slate[usize::from(*index)].is_votable())
            .collect();
        pack(all)
    }

    fn ballot(&self, dice: &mut Dice, closes_at: i64, now: i64, weight: u64) -> Value {
        let mut header = BudgetEpoch { voting_closes_at: closes_at, ..self.epoch };
        let mut slate = self.slate.clone();
        let mut recorded = vec![0; slate.len() / 4];
        // What the voter had said before, counted early.
        let before = self.marks(dice, true);
        let electorate = self.treasury.electorate(header.index);
        let mut cast = |header: &mut BudgetEpoch, slate: &mut [Entry], ballot: &[u8], now| {
            let recorded = &mut recorded;
            let takes_over = true;
            let change = BallotChange { recorded, ballot, weight, electorate, now, takes_over };
            count_ballot(header, slate, change)
        };
        cast(&mut header, &mut slate, &before, NOW).unwrap();
        let earlier: Vec<Value> = slate.iter().map(|e| e.tally().json()).collect();
        let careful = !dice.once_in(6);
        let ballot = self.marks(dice, careful);
        let counted = cast(&mut header, &mut slate, &ballot, now);
        let refused = counted.err().map(|error| {
            let refusal = ProgramError::from(error);
            let late =
                ProgramError::from(anchor_lang::error::Error::from(BudgetError::LatePassRefused));
            if refusal == late { "LatePassRefused" } else { "EntryNotVotable" }
        });
        let after: Vec<Value> = slate.iter().map(|e| e.tally().json()).collect();
        let moved: Vec<Value> = earlier
            .iter()
            .zip(&after)
            .enumerate()
            .filter(|(_, (before, after))| before != after && refused.is_none())
            .map(|(index, (_, after))| object! { index: index, tally: after })
            .collect();
        object! {
            closes_at: closes_at, now: now, weight: weight, before: hex(&before),
            ballot: hex(&ballot), refused: refused, closes_after: header.voting_closes_at,
            moved: moved,
        }
    }
}

fn slate(dice: &mut Dice, epoch: &BudgetEpoch, capacity: u8) -> Vec<Entry> {
    let mut slate = vec![Entry::zeroed(); usize::from(capacity)];
    for index in 0..epoch.entry_count {
        let mut entry = Entry::zeroed();
        entry.rank = Entry::UNRANKED;
        entry.for_ = dice.upto(500_000);
        entry.against = if dice.once_in(2) { 0 } else { dice.upto(entry.for_) };
        entry.abstain = dice.upto(60_000);
        entry.leader = index;
        if dice.once_in(9) {
            entry.action = 1;
            entry.category = dice.one_of(&[0, 3, 9, targets::STREAM]);
            entry.leader = if dice.once_in(2) { index } else { index / 2 };
            entry.flags = flags::ACCEPTED;
        } else {
            let share = dice.one_of(&[4, 15, 60]);
            entry.amount = dice.upto(epoch.cap / share);
            entry.category = dice.small(2u8);
            let admits = dice.one_of(&[0, flags::ADMITS_MEDIUM, 48, 48]);
            let weak = if dice.once_in(6) { flags::WEAK_RECORD } else { 0 };
            let risk = if entry.category > 0 { flags::RISK_CLASS } else { 0 };
            let accepted = if dice.once_in(11) { 0 } else { flags::ACCEPTED };
            entry.flags = admits | weak | risk | accepted;
            if accepted != 0 && dice.once_in(4) && slate[usize::from(index / 2)].recipient_ask > 0 {
                entry.leader = index / 2;
            }
            if dice.once_in(15) {
                entry.leader = 250; // leads nowhere
            }
            if dice.once_in(13) {
                entry.outcome = Outcome::Withdrawn.into();
            }
        }
        slate[usize::from(index)] = entry;
        if entry.is_award()
            && entry.is_votable()
            && let Some(leading) = slate.get_mut(usize::from(entry.leader))
        {
            leading.recipient_ask += entry.amount;
        }
    }
    slate
}
