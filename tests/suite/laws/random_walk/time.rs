//! The clock, and what happens without the program.

use anchor_lang::{prelude::Pubkey, solana_program::system_instruction};
use budget_tests::*;

use super::Walk;

/// Byte of a token account that holds its state, and two of its values.
const STATE: usize = 108;
const INITIALIZED: u8 = 1;
const FROZEN: u8 = 2;

impl Walk {
    /// Moves the clock on, never back.
    pub fn travel_to(&mut self, at: i64) {
        let now = self.now();
        if at <= now {
            return;
        }
        let opens_at = self.accounts.treasury.voting_opens_at;
        if self.accounts.treasury.epoch_count > 0 && (now + 1..=at).contains(&opens_at) {
            self.books.votes.voting_opens(&self.accounts);
        }
        self.w.svm.set_now(at);
    }

    /// Some moment ahead: soon, or around the next one at which something changes; rarely far away.
    pub fn travel(&mut self) {
        let now = self.now();
        let mut moments = self.moments();
        moments.retain(|at| *at > now + 1);
        moments.sort_unstable();
        let few = &moments[..moments.len().min(2)];
        let by = match self.dice.below(200) {
            0..60 => now + 1 + i64::try_from(self.dice.below(7_200)).unwrap(),
            60..100 => now + i64::try_from(self.dice.below(2 * 86_400)).unwrap(),
            100..198 => self.dice.maybe(few).unwrap_or(now + DAY) + self.dice.pick(&[-1, 0, 0, 1]),
            _ => now + i64::try_from(self.dice.below(120)).unwrap() * DAY,
        };
        self.travel_to(by);
    }

    /// Moments at which something changes, past ones among them.
    fn moments(&self) -> Vec<i64> {
        let mut moments = Vec::new();
        for epoch in self.accounts.epochs.values() {
            let header = &epoch.header;
            let (policy, settled_at) = (&header.policy, header.settled_at);
            let window = i64::from(policy.schedule.late_window_secs);
            let period = i64::from(policy.schedule.period_secs);
            moments.extend([
                header.voting_opens_at,
                header.voting_closes_at - window,
                header.voting_closes_at,
                header.voting_hard_end_at - window,
                header.opened_at + period,
            ]);
            if settled_at != 0 {
                let grace = i64::from(policy.schedule.execution_grace_secs);
                moments.extend(policy.tiers.rules.map(|r| settled_at + i64::from(r.timelock_secs)));
                moments.extend([settled_at + grace, settled_at + 2 * period]);
            }
        }
        for (key, book) in &self.books.streams {
            moments.extend(book.moments(self.now()));
            let limit = i64::from(self.accounts.streams[key].hold_limit_secs);
            moments.extend([book.held_at() + limit, book.held_at() + 180 * DAY]);
        }
        let blocks = self.books.treasury.pauses.iter().chain(&self.books.treasury.trips);
        moments.extend(blocks.map(|(_, until)| *until));
        moments.push(self.books.treasury.rests_until);
        moments.extend(self.accounts.stakes.values().map(|stake| stake.cooling_until));
        moments
    }

    /// Something that happens without the program.
    pub fn outside(&mut self) {
        match self.dice.below(6) {
            0 => self.donate(),
            1 | 2 => {
                let account = self.dice.pick(&self.extra_accounts.clone());
                self.freeze(account, !self.blocked.contains(&account));
            }
            // The purse of a voter who proposes nothing.
            3 if self.w.community.budget_mint != self.w.community.stake_mint => {
                let voter = self.dice.pick(&self.people[..4]).key();
                let purse = self.w.community.budget_account(&voter);
                self.freeze(purse, !self.blocked.contains(&purse));
            }
            _ => self.prefund(),
        }
        self.look();
    }

    /// Freezes a token account, or thaws it.
    pub fn freeze(&mut self, account: Pubkey, frozen: bool) {
        let mut state = self.w.svm.get(&account).unwrap();
        state.data[STATE] = if frozen { FROZEN } else { INITIALIZED };
        self.w.svm.put(account, state);
        if frozen {
            self.blocked.insert(account);
        } else {
            self.blocked.remove(&account);
        }
    }

    /// Lamports at the address of what may be created next.
    fn prefund(&mut self) {
        let c = self.w.community;
        let epoch = self.accounts.treasury.epoch_count;
        let current = epoch.saturating_sub(1);
        let index = self.accounts.current(&c).map_or(0, |e| e.header.entry_count);
        let voter = self.dice.pick(&self.people).key();
        let slots = self.accounts.slots(|entry| entry.is(Outcome::Funded));
        let (of, entry) = self.dice.maybe(&slots).unwrap_or((current, 0));
        let streams: Vec<Pubkey> = self.accounts.streams.keys().copied().collect();
        let stream = self.dice.maybe(&streams).unwrap_or(c.treasury);
        let target = self.dice.pick(&[
            c.epoch(epoch),
            self.w.proposal_key(current, index),
            address::vote_record(&c.epoch(current), &voter),
            c.recipient_record(&voter),
            c.stake(&voter),
            self.w.stream_key(of, entry),
            address::review(&stream, 0),
        ]);
        if !self.w.svm.exists(&target) {
            let by = self.w.svm.fee_payer();
            let lamports = self.dice.pick(&[890_880, 1_000_000_000]);
            let transfer = system_instruction::transfer(&by, &target, lamports);
            self.w.svm.send(&[transfer], &[]).expect("a transfer of lamports");
        }
    }

    fn donate(&mut self) {
        let c = self.w.community;
        let vaults = [c.vault(), c.stake_vault(), c.bond_vault()];
        let which = self.dice.position(3);
        let (amount, giver) = (1 + self.dice.below(10_000), self.dice.pick(&self.people).key());
        let from =
            if which == 1 { c.stake_token_account(&giver) } else { c.budget_account(&giver) };
        token::edit(&mut self.w.svm, &from, |account| account.amount -= amount);
        token::edit(&mut self.w.svm, &vaults[which], |account| account.amount += amount);
        self.books.donated[which] += amount;
    }
}
