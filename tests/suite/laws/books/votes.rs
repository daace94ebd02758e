//! Members by the book: what they weigh, with what power they vote, in what they took part.

use std::collections::{BTreeMap, BTreeSet};

use anchor_lang::prelude::Pubkey;
use community_budget::state::{Policy, Stake};

use super::accounts::Accounts;

/// A stake when voting opened, less what its owner has taken away since.
#[derive(Clone, Copy, Debug, Default)]
pub struct Power {
    pub weight: u64,
    pub tokens: u64,
}

/// What a member's stake account does not tell by itself.
#[derive(Clone, Debug, Default)]
pub struct Member {
    /// Basis points of the stake that took part, by epoch; all of them, for good.
    shares: BTreeMap<u32, u16>,
    /// When the owner acted on the stake last, in unix seconds.
    touched_at: i64,
}

/// The books of votes.
#[derive(Clone, Debug, Default)]
pub struct VotesBook {
    members: BTreeMap<Pubkey, Member>,
    /// Power of everybody who had a stake when voting of the current epoch opened.
    powers: BTreeMap<Pubkey, Power>,
    /// The total weight at that moment.
    pub electorate: u64,
    /// Unix seconds at which voting of each epoch opened or opens.
    voting_opens_at: Vec<i64>,
    /// Ballots that counted as taking part, by epoch and owner.
    counted: BTreeSet<(u32, Pubkey)>,
}

/// How many epochs a streak runs over, and how many make a stake dormant.
const STREAK: u32 = 8;

impl VotesBook {
    /// An epoch opened, whose voting opens at `at`.
    pub fn begin(&mut self, at: i64) {
        self.voting_opens_at.push(at);
        self.powers.clear();
    }

    /// Takes note that voting has opened; call it with the accounts as they were at that moment.
    pub fn voting_opens(&mut self, accounts: &Accounts) {
        let power = |stake: &Stake| Power { weight: stake.weight, tokens: stake.amount };
        let stakes = accounts.stakes.values();
        self.powers = stakes.map(|stake| (stake.owner, power(stake))).collect();
        self.electorate = accounts.treasury.total_weight;
    }

    /// The most that `owner` may vote with now (R2).
    pub fn power(&self, owner: &Pubkey) -> Power {
        self.powers.get(owner).copied().unwrap_or_default()
    }

    /// A stake was opened or closed.
    pub fn reset(&mut self, owner: &Pubkey) {
        self.members.remove(owner);
    }

    /// The owner acted: the stake was `before`, and is `after`. Only what the owner takes away, tokens
    /// or time that they are locked, is lost to the present epoch.
    pub fn touch(&mut self, before: &Stake, after: &Stake, now: i64) {
        let takes_away = after.amount < before.amount || after.lock_secs < before.lock_secs;
        let member = self.members.entry(after.owner).or_default();
        member.touched_at = now;
        if after.amount > before.amount {
            for share in member.shares.values_mut() {
                let left =
                    u128::from(*share) * u128::from(before.amount) / u128::from(after.amount);
                *share = u16::try_from(left).unwrap();
            }
        }
        if let Some(power) = self.powers.get_mut(&after.owner).filter(|_| takes_away) {
            power.weight = power.weight.min(after.weight);
            power.tokens = power.tokens.min(after.amount);
        }
    }

    /// A ballot of `tokens` counted in `epoch`, for a stake of `amount`.
    pub fn take_part(&mut self, owner: Pubkey, epoch: u32, tokens: u64, amount: u64) {
        self.counted.insert((epoch, owner));
        if amount > 0 {
            let share = u128::from(tokens.min(amount)) * 10_000 / u128::from(amount);
            let shares = &mut self.members.entry(owner).or_default().shares;
            let noted = shares.entry(epoch).or_default();
            *noted = (*noted).max(u16::try_from(share).unwrap());
        }
    }

    /// R1: what a stake weighs when it is measured now.
    pub fn weight(&self, stake: &Stake, policy: &Policy, settled: u32) -> u64 {
        if stake.dormant != 0 {
            return 0;
        }
        let terms = &policy.stake;
        let range = terms.max_lock_secs - terms.min_lock_secs;
        let chosen = stake.lock_secs.saturating_sub(terms.min_lock_secs).min(range);
        let lock = u64::from(terms.lock_bonus_bps) * u64::from(chosen) / u64::from(range.max(1));
        let streak =
            u64::from(terms.streak_bonus_bps) * self.streak(&stake.owner, settled) / 10_000;
        let bracket = (10_000 + lock + streak).min(30_000);
        u64::try_from(u128::from(stake.amount) * u128::from(bracket) / 10_000).unwrap()
    }

    /// Mean share over the last eight settled epochs, in basis points.
    fn streak(&self, owner: &Pubkey, settled: u32) -> u64 {
        let Some(member) = self.members.get(owner) else { return 0 };
        let last = member.shares.range(settled.saturating_sub(STREAK)..settled);
        last.map(|(_, share)| u64::from(*share)).sum::<u64>() / u64::from(STREAK)
    }

    /// R2: whether a stake missed the last eight of `settled` epochs and was not touched since.
    pub fn is_dormant(&self, owner: &Pubkey, settled: u32) -> bool {
        let Some(since) = settled.checked_sub(STREAK) else { return false };
        let voted = (since..settled).any(|epoch| self.counted.contains(&(epoch, *owner)));
        let touched_at = self.members.get(owner).map_or(0, |member| member.touched_at);
        let first = self.voting_opens_at[usize::try_from(since).unwrap()];
        !voted && touched_at < first
    }

    /// Holds the ring of shares that a stake keeps against the book.
    pub fn check(&self, stake: &Stake) {
        let none = BTreeMap::new();
        let shares = self.members.get(&stake.owner).map_or(&none, |member| &member.shares);
        let Some((latest, _)) = shares.last_key_value() else {
            assert_eq!(
                stake.participation_latest,
                u32::MAX,
                "{} took part in nothing",
                stake.owner
            );
            return;
        };
        assert_eq!(stake.participation_latest, *latest, "latest epoch of {}", stake.owner);
        for epoch in latest.saturating_sub(STREAK - 1)..=*latest {
            let kept = stake.participation[usize::try_from(epoch % STREAK).unwrap()];
            let own = shares.get(&epoch).copied().unwrap_or(0);
            assert_eq!(kept, own, "share of {} in {epoch}", stake.owner);
        }
    }
}
