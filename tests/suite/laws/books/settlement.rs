//! Settlement by the book: R4, R6, R9, R10 and R14 applied to what the accounts say, entry by entry,
//! from the proposals' own terms rather than from what the slate keeps of them.

use std::collections::{BTreeMap, BTreeSet};

use anchor_lang::prelude::Pubkey;
use budget_tests::{Outcome, flags};
use community_budget::state::{Action, Entry, Policy, Proposal, Treasury};

use super::{
    accounts::Epoch,
    treasury::{TreasuryBook, share},
};

const SMALL: usize = 0;
const MEDIUM: usize = 1;
const LARGE: usize = 2;
const CONSTITUTIONAL: usize = 3;

/// What settlement makes of an entry: outcome, tier, reason, rank.
pub type Fate = (Outcome, u8, u8, u8);

/// Rank of an entry that did not pass.
const NO_RANK: u8 = u8::MAX;

/// R4: whether a tally passes at a tier of an electorate, or the number of the condition it misses.
pub fn judge(policy: &Policy, electorate: u64, entry: &Entry, tier: usize) -> Result<(), u8> {
    let [for_, against, abstain] = [entry.for_, entry.against, entry.abstain].map(u128::from);
    let total = u128::from(electorate);
    let rule = policy.tiers.rules[tier];
    let (mut quorum, approval) = (u128::from(rule.quorum_bps), u128::from(rule.approval_bps));
    if electorate == 0 || electorate < policy.stake.min_total_weight {
        return Err(1);
    }
    if for_ <= against {
        return Err(2);
    }
    let present = for_ + against + abstain;
    if present * 10_000 < quorum * total {
        return Err(3);
    }
    let (coef, most) = (policy.tiers.contested_coef_bps, policy.tiers.max_quorum_bps);
    let raise = (u128::from(coef) * against).div_ceil(for_ + against);
    quorum = quorum.max((quorum + raise).min(u128::from(most)));
    if present * 10_000 < quorum * total {
        return Err(6);
    }
    if for_ * 10_000 < approval * (for_ + against) {
        return Err(4);
    }
    if for_ * 100_000_000 < approval * quorum * total {
        return Err(5);
    }
    Ok(())
}

/// An entry's proposal.
fn proposal<'a>(
    proposals: &'a BTreeMap<Pubkey, Proposal>,
    epoch: &Pubkey,
    index: u8,
) -> &'a Proposal {
    let found = proposals.values().find(|p| p.epoch == *epoch && p.index == index);
    found.unwrap_or_else(|| panic!("the proposal of entry {index}"))
}

/// R4: the tier that an award is judged at, and the strictest one that its stream suits; no tier if
/// its recipient asks for too much.
fn tier_of_award(epoch: &Epoch, index: u8, action: &Action) -> (Option<usize>, usize) {
    let Action::Award(terms) = action else { panic!("entry {index} is an award") };
    let entry = &epoch.slate[usize::from(index)];
    let stands =
        |e: &&Entry| e.is_award() && e.recipient_tag == entry.recipient_tag && e.is_votable();
    let ask: u64 = epoch.entries().iter().filter(stands).map(|e| e.amount).sum();
    let header = &epoch.header;
    let own = header.ask_limits.iter().position(|limit| ask <= *limit);
    let policy = &header.policy;
    let risky = policy.risk.categories[usize::from(terms.category)].class != 0;
    let weak = entry.flags & flags::WEAK_RECORD != 0;
    let raised = own.map(|tier| (tier + usize::from(risky) + usize::from(weak)).min(LARGE));
    let [_, medium, large, constitutional] = policy.tiers.rules;
    // P2: executed as the next slate closes, it must outlast a ruling from the slate after that.
    let times = &policy.schedule;
    let course = times.submission_secs + times.voting_secs + times.max_extension_secs;
    let least = times.period_secs.max(course) + course + constitutional.timelock_secs;
    let long = terms.duration_secs >= least;
    let admits = if !long || terms.checkpoints < medium.min_checkpoints {
        SMALL
    } else if terms.checkpoints < large.min_checkpoints {
        MEDIUM
    } else {
        LARGE
    };
    (raised, admits)
}

/// The tier that ballots on an entry are judged by now.
pub fn tier(
    epoch: &Epoch,
    key: &Pubkey,
    proposals: &BTreeMap<Pubkey, Proposal>,
    index: u8,
) -> Option<usize> {
    match &proposal(proposals, key, index).terms.action {
        action @ Action::Award(_) => tier_of_award(epoch, index, action).0,
        _ => Some(CONSTITUTIONAL),
    }
}

/// What the awards of one settlement may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rooms {
    pub treasury_value: u64,
    pub runway: u64,
    pub recipient: u64,
    pub exposure: [u64; 8],
    pub tripped: bool,
}

impl Rooms {
    /// R9, R10: what the treasury's state leaves for an epoch with `cap`.
    pub fn of(book: &TreasuryBook, treasury: &Treasury, cap: u64, now: i64) -> Self {
        let free = treasury.tracked - treasury.committed - treasury.reserved_funds;
        let value = free.saturating_add(book.positions_value());
        let mut exposure = [u64::MAX; 8];
        for (index, room) in (0u8..).zip(&mut exposure) {
            if book.is_risk(index) {
                let slot = usize::from(index);
                let own = book.positions[slot];
                let exposed =
                    treasury.positions[slot].pending.saturating_add(own.cost.max(own.mark));
                let limit = book.in_force.risk.categories[slot].exposure_limit_bps;
                *room = share(value, limit.into()).saturating_sub(exposed);
            }
        }
        Self {
            treasury_value: value,
            runway: book.runway_room(free, treasury.epoch_count),
            recipient: share(cap, book.in_force.risk.max_recipient_bps.into()),
            exposure,
            tripped: book.is_tripped(now),
        }
    }
}

/// What has been awarded so far.
#[derive(Default)]
pub struct Taken {
    pub all: u64,
    pub by_category: [u64; 8],
    pub by_recipient: BTreeMap<[u8; 16], u64>,
    pub by_tier: [u64; 3],
}

impl Taken {
    /// The first limit that one more award does not fit, by its number.
    pub fn refuse(
        &self,
        epoch: &Epoch,
        rooms: &Rooms,
        category: u8,
        amount: u64,
        to: u64,
    ) -> Option<u8> {
        let slot = usize::from(category);
        let (header, own) = (&epoch.header, self.by_category[slot]);
        let rooms = [
            (16, header.cap, self.all),
            (17, header.category_caps[slot], own),
            (18 + 2, rooms.exposure[slot], own),
            (21, rooms.runway, self.all),
            (22, rooms.recipient, to),
        ];
        let full = |(_, room, taken): &&(u8, u64, u64)| amount > room.saturating_sub(*taken);
        rooms.iter().find(full).map(|(reason, ..)| *reason)
    }
}

/// Every entry's fate.
pub fn settle(
    epoch: &Epoch,
    key: &Pubkey,
    proposals: &BTreeMap<Pubkey, Proposal>,
    electorate: u64,
    rooms: &Rooms,
) -> Vec<Fate> {
    let policy = &epoch.header.policy;
    let mut fates = vec![(Outcome::Pending, 0, 0, NO_RANK); epoch.entries().len()];
    let mut passing = Vec::new();
    for (index, entry) in (0u8..).zip(epoch.entries()) {
        let fate = &mut fates[usize::from(index)];
        if entry.is(Outcome::Withdrawn) {
            fate.0 = Outcome::Withdrawn;
        } else if entry.flags & flags::ACCEPTED == 0 {
            fate.0 = Outcome::NotAccepted;
        } else {
            let tier = tier(epoch, key, proposals, index).unwrap_or(LARGE);
            fate.1 = u8::try_from(tier).unwrap();
            match judge(policy, electorate, entry, tier) {
                Ok(()) => passing.push((index, entry)),
                Err(why) => (fate.0, fate.2) = (Outcome::Failed, why),
            }
        }
    }
    passing.sort_by_key(|(index, entry)| {
        (std::cmp::Reverse(entry.for_ - entry.against), entry.amount, *index)
    });
    let (mut taken, mut targets) = (Taken::default(), BTreeSet::new());
    for (rank, (index, entry)) in (0u8..).zip(passing) {
        let action = &proposal(proposals, key, index).terms.action;
        let fate = &mut fates[usize::from(index)];
        fate.3 = rank;
        if !matches!(action, Action::Award(_)) {
            // Of a role one holder stands, whoever it is; of each stream one ruling.
            let subject = match action {
                Action::RuleOnStream { stream, .. } => Some(*stream),
                _ => None,
            };
            let first = targets.insert((action.target(), subject));
            fate.0 = if first { Outcome::Approved } else { Outcome::Superseded };
            continue;
        }
        match fund(epoch, index, entry, action, electorate, rooms, &mut taken) {
            Ok(tier) => (fate.0, fate.1) = (Outcome::Funded, u8::try_from(tier).unwrap()),
            Err(why) => (fate.0, fate.2) = (Outcome::Unfunded, why),
        }
    }
    fates
}

/// R6: funds a passing award at the lowest tier with room, or says what it does not fit.
fn fund(
    epoch: &Epoch,
    index: u8,
    entry: &Entry,
    action: &Action,
    electorate: u64,
    rooms: &Rooms,
    taken: &mut Taken,
) -> Result<usize, u8> {
    if rooms.tripped {
        return Err(23);
    }
    let (own, admits) = tier_of_award(epoch, index, action);
    let own = own.filter(|tier| *tier <= admits).ok_or(19)?;
    let Action::Award(terms) = action else { panic!("entry {index} is an award") };
    let to = taken.by_recipient.get(&entry.recipient_tag).copied().unwrap_or(0);
    if let Some(why) = taken.refuse(epoch, rooms, terms.category, terms.amount, to) {
        return Err(why);
    }
    let [_, medium, large] = epoch.header.ask_limits;
    let [at_small, at_medium, _] = taken.by_tier;
    let fits_small = at_small + terms.amount <= medium;
    let fits_medium = at_small + at_medium + terms.amount <= large;
    let tier = match own {
        SMALL if fits_small && fits_medium => SMALL,
        SMALL | MEDIUM if fits_medium => MEDIUM,
        _ => LARGE,
    };
    let meets = tier == own
        || (tier <= admits && judge(&epoch.header.policy, electorate, entry, tier).is_ok());
    if !meets {
        return Err(18);
    }
    taken.all += terms.amount;
    taken.by_category[usize::from(terms.category)] += terms.amount;
    *taken.by_recipient.entry(entry.recipient_tag).or_default() += terms.amount;
    taken.by_tier[tier] += terms.amount;
    Ok(tier)
}
