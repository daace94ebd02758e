//! What a random walk can do next: one instruction, mostly sensible for the moment, often not.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_client::{ballot::pack, instruction::Submission};
use budget_tests::*;
use community_budget::{BallotArgs, CreateTreasuryArgs, state::Phase};

use crate::{model::Accounts, random_walk::Walk};

/// SplitMix64: small, seedable, good enough to wander.
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// True in `percent` of 100 cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len().try_into().unwrap())).unwrap()].clone()
    }

    /// One of several, if there are any.
    pub fn maybe<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        if all.is_empty() { None } else { Some(self.pick(all)) }
    }
}

/// Every instruction of the program.
pub const ALL: [&str; 26] = [
    "create_treasury",
    "deposit_funds",
    "absorb_surplus",
    "open_stake",
    "stake",
    "request_unstake",
    "withdraw_unstaked",
    "set_lock",
    "close_stake",
    "open_recipient_record",
    "open_epoch",
    "submit_proposal",
    "accept_proposal",
    "withdraw_proposal",
    "cast_vote",
    "revise_vote",
    "retract_vote",
    "settle_epoch",
    "execute_award",
    "lapse_proposal",
    "withdraw_stream",
    "redirect_payout",
    "close_vote_record",
    "close_proposal",
    "close_stream",
    "close_epoch",
];

/// What makes sense before voting, while voting, and afterwards; named more often, done more often.
const SUBMITTING: &[&str] = &[
    "submit_proposal",
    "submit_proposal",
    "submit_proposal",
    "accept_proposal",
    "withdraw_proposal",
    "stake",
    "set_lock",
];
const VOTING: &[&str] =
    &["cast_vote", "cast_vote", "cast_vote", "revise_vote", "retract_vote", "request_unstake"];
const AFTERWARDS: &[&str] = &[
    "execute_award",
    "execute_award",
    "execute_award",
    "execute_award",
    "lapse_proposal",
    "close_vote_record",
    "close_vote_record",
    "close_proposal",
    "close_proposal",
    "close_epoch",
    "open_epoch",
    "withdraw_unstaked",
    "close_stake",
    "stake",
    "stake",
    "absorb_surplus",
];
const STREAMING: &[&str] =
    &["withdraw_stream", "withdraw_stream", "redirect_payout", "close_stream"];

impl Walk {
    /// The next instruction with its name.
    pub fn next_act(&mut self, accounts: &Accounts) -> (&'static str, Instruction) {
        let phase = accounts.current(&self.w.community).map(|e| e.header.phase(self.w.svm.now()));
        let sensible = match phase {
            Some(Phase::Submission) => SUBMITTING,
            Some(Phase::Voting) if accounts.proposals.is_empty() => &["request_unstake", "stake"],
            Some(Phase::Voting) => VOTING,
            Some(Phase::Tallying) => &["settle_epoch"],
            Some(Phase::Settled) | None => AFTERWARDS,
        };
        let streaming = if accounts.streams.is_empty() { sensible } else { STREAMING };
        let name = match self.dice.below(100) {
            0..70 => self.dice.pick(sensible),
            70..82 => self.dice.pick(streaming),
            _ => self.dice.pick(&ALL),
        };
        let mut instruction = self.build(name, accounts);
        if self.dice.chance(2) {
            let at = self.dice.below(instruction.accounts.len().try_into().unwrap());
            instruction.accounts[usize::try_from(at).unwrap()].is_signer = false;
        }
        if self.dice.chance(2) {
            let at = self.dice.below(instruction.accounts.len().try_into().unwrap());
            let keys: Vec<Pubkey> = accounts.raw.keys().copied().collect();
            let key = self.dice.pick(&keys);
            instruction.accounts[usize::try_from(at).unwrap()].pubkey = key;
        }
        (name, instruction)
    }

    fn anyone(&mut self) -> Pubkey {
        self.dice.pick(&self.people).key()
    }

    /// A staker who has a stake account, mostly.
    fn staker(&mut self, accounts: &Accounts) -> Pubkey {
        let owners: Vec<Pubkey> = accounts.stakes.values().map(|stake| stake.owner).collect();
        let found = self.dice.maybe(&owners);
        found.filter(|_| self.dice.chance(90)).unwrap_or_else(|| self.anyone())
    }

    /// A person with a recipient record, mostly.
    fn proposer(&mut self, accounts: &Accounts) -> Pubkey {
        let known: Vec<Pubkey> = accounts.records.values().map(|record| record.person).collect();
        let found = self.dice.maybe(&known);
        found.filter(|_| self.dice.chance(95)).unwrap_or_else(|| self.anyone())
    }

    fn amount(&mut self, around: u64) -> u64 {
        match self.dice.below(20) {
            0 => 0,
            1 => u64::MAX,
            2 => around,
            _ => 1 + self.dice.below(around),
        }
    }

    fn lock(&mut self) -> u32 {
        let terms = self.w.treasury().policy.stake;
        let (min, max) = (terms.min_lock_secs, terms.max_lock_secs);
        self.dice.pick(&[min, min, min + DAY_SECS, max / 2, max, min - 1, max + 1])
    }

    /// Who is on record as the payer of an account's rent, mostly.
    fn payer_of(&mut self, recorded: Option<Pubkey>) -> Pubkey {
        recorded.filter(|_| self.dice.chance(95)).unwrap_or_else(|| self.anyone())
    }

    /// A slot of an existing epoch that `wanted` likes, mostly.
    fn slot(
        &mut self,
        accounts: &Accounts,
        wanted: impl Fn(&community_budget::state::Entry) -> bool,
    ) -> (u32, u8) {
        let mut liked = Vec::new();
        let mut all = Vec::new();
        for epoch in accounts.epochs.values() {
            for (index, entry) in (0..).zip(epoch.entries()) {
                let slot = (epoch.header.index, index);
                all.push(slot);
                if wanted(entry) {
                    liked.push(slot);
                }
            }
        }
        let from = if self.dice.chance(85) && !liked.is_empty() { liked } else { all };
        self.dice.maybe(&from).unwrap_or((0, 0))
    }

    fn build(&mut self, name: &'static str, accounts: &Accounts) -> Instruction {
        let c = self.w.community;
        match name {
            "create_treasury" => {
                let args = CreateTreasuryArgs {
                    id: 0,
                    first_open_at: GENESIS,
                    policy: accounts.treasury.policy,
                };
                let payer = self.anyone();
                c.create_treasury(self.w.founder.key(), payer, args)
            }
            "deposit_funds" => {
                let (by, amount) = (self.anyone(), self.amount(50_000_000));
                c.deposit_funds(by, c.budget_account(&by), amount)
            }
            "absorb_surplus" => c.absorb_surplus(),
            "open_recipient_record" => {
                let (payer, person) = (self.anyone(), self.anyone());
                c.open_recipient_record(payer, person)
            }
            "open_epoch" => {
                let (payer, index) = (self.anyone(), accounts.treasury.epoch_count);
                c.open_epoch(payer, index)
            }
            "settle_epoch" => c.settle_epoch(self.epoch(accounts)),
            "submit_proposal" => self.submission(accounts),
            "accept_proposal" | "withdraw_proposal" => self.answer(name, accounts),
            "cast_vote" | "revise_vote" | "retract_vote" => self.ballot(name, accounts),
            "execute_award" => {
                let (epoch, index) = self.slot(accounts, |entry| entry.is(Outcome::Funded));
                let payer = self.anyone();
                c.execute_award(payer, epoch, index)
            }
            "lapse_proposal" => {
                let (epoch, index) = self.slot(accounts, |entry| entry.is(Outcome::Funded));
                c.lapse_proposal(epoch, index)
            }
            "withdraw_stream" | "redirect_payout" | "close_stream" => {
                self.of_stream(name, accounts)
            }
            "close_vote_record" => {
                let ballots: Vec<_> = accounts.ballots.values().map(|b| b.record).collect();
                let record = self.dice.maybe(&ballots);
                let owner = record.map_or_else(|| self.anyone(), |record| record.owner);
                let of = |record: community_budget::state::VoteRecord| {
                    accounts.epochs[&record.epoch].header.index
                };
                let payer = self.payer_of(record.map(|record| record.rent_payer));
                c.close_vote_record(record.map_or(0, of), owner, payer)
            }
            "close_proposal" => {
                let open = |e: &community_budget::state::Entry| {
                    e.is_final() && e.flags & flags::CLOSED == 0
                };
                let (epoch, index) = self.slot(accounts, open);
                let proposal = accounts.proposals.get(&self.w.proposal_key(epoch, index));
                let proposer = proposal.map_or_else(|| self.anyone(), |p| p.proposer);
                let payer = self.payer_of(proposal.map(|p| p.rent_payer));
                c.close_proposal(epoch, index, proposer, payer)
            }
            "close_epoch" => {
                let index = self.epoch(accounts);
                let recorded = accounts.epochs.get(&c.epoch(index)).map(|e| e.header.rent_payer);
                let payer = self.payer_of(recorded);
                c.close_epoch(index, payer)
            }
            _ => self.of_stake(name, accounts),
        }
    }

    fn of_stake(&mut self, name: &'static str, accounts: &Accounts) -> Instruction {
        let c = self.w.community;
        let owner = self.staker(accounts);
        let stake = accounts.stakes.get(&c.stake(&owner));
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
            "close_stake" => {
                let empty = accounts.stakes.values().filter(|s| s.is_empty()).cloned();
                let empty: Vec<_> = empty.map(|s| (s.owner, s.rent_payer)).collect();
                let recorded = stake.map(|s| (owner, s.rent_payer));
                let found = self.dice.maybe(&empty).or(recorded);
                let payer = self.payer_of(found.map(|(_, payer)| payer));
                c.close_stake(found.map_or(owner, |(owner, _)| owner), payer)
            }
            other => unreachable!("{other} is built elsewhere"),
        }
    }

    /// The current epoch, mostly; else any that exists.
    fn epoch(&mut self, accounts: &Accounts) -> u32 {
        let all: Vec<u32> = accounts.epochs.values().map(|epoch| epoch.header.index).collect();
        self.dice.maybe(&all).unwrap_or(0)
    }

    fn submission(&mut self, accounts: &Accounts) -> Instruction {
        let c = self.w.community;
        let epoch = accounts.treasury.current_epoch().unwrap_or(0);
        let found = accounts.epochs.get(&c.epoch(epoch)).map(|epoch| epoch.header);
        let limits = found.map_or([1_000; 3], |header| header.ask_limits);
        let [small, medium, large] = limits;
        let around = self.dice.pick(&[small, small, small, medium, medium, large, large * 2]);
        let amount = self.amount(around);
        let long = amount > small && self.dice.chance(95);
        let (proposer, other) = (self.proposer(accounts), self.proposer(accounts));
        let (recipient, recipient_signs) = match self.dice.below(20) {
            0..11 => (proposer, true),
            11..15 => (other, true),
            15..19 => (other, false),
            _ => (self.dice.pick(&[c.treasury, c.vault(), Pubkey::default(), other]), false),
        };
        let by = Submission {
            epoch,
            index: found.map_or(0, |header| header.entry_count),
            proposer,
            payer: self.anyone(),
            recipient,
            recipient_signs,
            source: c.budget_account(&proposer),
        };
        let lengths: &[u32] = if long { &[11, 12, 20, 30] } else { &[1, 1, 2, 5, 11, 20] };
        let odd = self.dice.pick(&[0, 2_000]);
        let days = if self.dice.chance(4) { odd } else { self.dice.pick(lengths) };
        let duration_secs = days * DAY_SECS + u32::try_from(self.dice.below(1_000)).unwrap();
        let ask = Ask {
            duration_secs,
            cliff_secs: if self.dice.chance(3) {
                u32::MAX
            } else {
                self.dice.pick(&[0, 0, 0, duration_secs / 3, duration_secs])
            },
            category: if self.dice.chance(3) { 2 } else { self.dice.pick(&[0, 0, 1]) },
            checkpoints: u8::from(self.dice.chance(3)),
            title: if self.dice.chance(3) { String::new() } else { "Swings".to_owned() },
            metadata_uri: "u".repeat(if self.dice.chance(3) { 129 } else { 128 }),
            ..Ask::of(amount)
        };
        c.submit_proposal(by, ask.args())
    }

    fn answer(&mut self, name: &'static str, accounts: &Accounts) -> Instruction {
        let c = self.w.community;
        let unaccepted = |entry: &community_budget::state::Entry| {
            entry.flags & flags::ACCEPTED == 0 && entry.is(Outcome::Pending)
        };
        let accept = name == "accept_proposal";
        let pending = |entry: &community_budget::state::Entry| entry.is(Outcome::Pending);
        let (epoch, index) =
            self.slot(accounts, |entry| if accept { unaccepted(entry) } else { pending(entry) });
        let proposal = accounts.proposals.get(&self.w.proposal_key(epoch, index));
        let named = proposal.map(|p| if accept { p.terms.recipient } else { p.proposer });
        let by = named.filter(|_| self.dice.chance(95)).unwrap_or_else(|| self.anyone());
        if accept {
            c.accept_proposal(by, epoch, index)
        } else {
            c.withdraw_proposal(by, epoch, index)
        }
    }

    fn ballot(&mut self, name: &'static str, accounts: &Accounts) -> Instruction {
        let c = self.w.community;
        let (voter, payer) = (self.staker(accounts), self.anyone());
        let epoch = accounts.treasury.current_epoch().unwrap_or(0);
        let mut choices = Vec::new();
        let mut slate_hash = [0; 32];
        if let Some(epoch) = accounts.epochs.get(&c.epoch(epoch)) {
            slate_hash = epoch.header.slate_hash;
            let like = self.dice.pick(&[For, For, For, Against]);
            for (index, entry) in (0..).zip(epoch.slate.iter()) {
                let other = self.dice.pick(&[For, Against, Abstain, Unmarked]);
                if entry.is_votable() || self.dice.chance(1) {
                    choices.push((index, if self.dice.chance(70) { like } else { other }));
                }
            }
        }
        if self.dice.chance(3) {
            slate_hash[0] ^= 1;
        }
        let mut ballot = pack(choices);
        if self.dice.chance(2) {
            ballot.resize(40, 1);
        }
        let args = BallotArgs { slate_hash, ballot };
        match name {
            "cast_vote" => c.cast_vote(voter, payer, epoch, args),
            "revise_vote" => c.revise_vote(voter, epoch, args),
            _ => c.retract_vote(voter, epoch),
        }
    }

    fn of_stream(&mut self, name: &'static str, accounts: &Accounts) -> Instruction {
        let c = self.w.community;
        let streams: Vec<_> = accounts.streams.iter().map(|(key, s)| (*key, s.clone())).collect();
        let Some((key, stream)) = self.dice.maybe(&streams) else {
            let nobody = self.anyone();
            return c.withdraw_stream(nobody, c.budget_account(&nobody), None);
        };
        let (own, other) = (c.budget_account(&stream.recipient), self.anyone());
        match name {
            "withdraw_stream" if self.blocked.contains(&stream.payout_account) => {
                c.withdraw_stream(key, own, Some(stream.payout_account))
            }
            "withdraw_stream" if self.dice.chance(90) => {
                c.withdraw_stream(key, stream.payout_account, None)
            }
            "withdraw_stream" => {
                let shown = self.dice.pick(&[None, Some(stream.payout_account)]);
                let to = self.dice.pick(&[own, c.budget_account(&other), c.bond_vault()]);
                c.withdraw_stream(key, to, shown)
            }
            "redirect_payout" => {
                let by = if self.dice.chance(90) { stream.recipient } else { other };
                let extra = self.dice.pick(&self.extra_accounts);
                let to =
                    self.dice.pick(&[own, extra, extra, c.vault(), c.stake_token_account(&by)]);
                c.redirect_payout(by, key, to)
            }
            _ => {
                let finished = streams.iter().filter(|(_, stream)| stream.is_finished());
                let finished: Vec<_> = finished.map(|(key, s)| (*key, s.rent_payer)).collect();
                let (key, recorded) =
                    self.dice.maybe(&finished).unwrap_or((key, stream.rent_payer));
                let payer = self.payer_of(Some(recorded));
                c.close_stream(key, payer)
            }
        }
    }
}
