//! What members do with their stakes.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_tests::*;

use super::Walk;

impl Walk {
    /// A staker who has a stake account, mostly.
    pub fn staker(&mut self) -> Pubkey {
        let owners: Vec<Pubkey> = self.accounts.stakes.values().map(|stake| stake.owner).collect();
        let found = self.dice.maybe(&owners);
        found.filter(|_| self.dice.chance(92)).unwrap_or_else(|| self.anyone())
    }

    fn lock(&mut self) -> u32 {
        let terms = self.accounts.treasury.in_force.stake;
        let (min, max) = (terms.min_lock_secs, terms.max_lock_secs);
        self.dice.pick(&[min, min, min + DAY_SECS, max / 2, max, min - 1, max + 1])
    }

    pub fn of_member(&mut self, name: &'static str) -> Instruction {
        let c = self.w.community;
        let owner = self.staker();
        let stake = self.accounts.stakes.get(&c.stake(&owner)).copied();
        match name {
            "open_stake" => {
                let (owner, payer, lock) = (self.anyone(), self.anyone(), self.lock());
                c.open_stake(owner, payer, lock)
            }
            "stake" => {
                let amount = self.amount(5_000);
                c.stake_tokens(owner, c.stake_token_account(&owner), amount)
            }
            "request_unstake" => {
                let staked = stake.map_or(0, |stake| stake.amount);
                let amount = self.amount(staked);
                c.request_unstake(owner, amount)
            }
            "withdraw_unstaked" => {
                let to = if self.dice.chance(90) { owner } else { self.anyone() };
                c.withdraw_unstaked(owner, c.stake_token_account(&to))
            }
            "set_lock" => {
                let lock = self.lock();
                c.set_lock(owner, lock)
            }
            "set_delegate" => {
                let (other, before) = (self.anyone(), stake.map_or(owner, |stake| stake.delegate));
                let delegate = self.dice.pick(&[other, other, Pubkey::default(), before]);
                c.set_delegate(owner, delegate)
            }
            "refresh_stake" => c.refresh_stake(owner),
            "mark_dormant" => {
                let settled = self.accounts.treasury.settled_epochs();
                let odd = u32::from(self.dice.chance(5));
                c.mark_dormant(owner, settled + odd)
            }
            _ => {
                let stakes = self.accounts.stakes.values();
                let empty: Vec<_> =
                    stakes.filter(|s| s.is_empty()).map(|s| (s.owner, s.rent_payer)).collect();
                let recorded = stake.map(|stake| (owner, stake.rent_payer));
                let found = self.dice.maybe(&empty).or(recorded);
                let payer = self.payer_of(found.map(|(_, payer)| payer));
                c.close_stake(found.map_or(owner, |(owner, _)| owner), payer)
            }
        }
    }
}
