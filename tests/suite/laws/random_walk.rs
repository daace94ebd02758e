//! A seeded random walk over all instructions, several epochs long, with the invariants checked
//! after every step and a way out at the end.
//!
//! `BUDGET_SEED` walks one seed alone, `BUDGET_WALK_STEPS` walks further.

use std::collections::{BTreeMap, BTreeSet};

use anchor_lang::{
    prelude::Pubkey, solana_program::instruction::Instruction, solana_program::system_instruction,
};
use budget_tests::*;
use community_budget::state::Phase;

use crate::{
    error_codes::name_of,
    invariants::{self, Step},
    model::{Accounts, Memory},
    random_walk_acts::{ALL, Dice},
};

const SEEDS: [u64; 6] = [1, 2, 3, 5, 8, 13];
const STEPS: u64 = 1_200;

/// What happened, by name.
#[derive(Default)]
pub struct Counts {
    pub went_through: BTreeMap<&'static str, u64>,
    pub refused: BTreeMap<String, u64>,
}

/// One walk.
pub struct Walk {
    pub w: World,
    pub dice: Dice,
    pub people: Vec<Person>,
    /// Token accounts of the budget mint besides the associated ones; may be frozen.
    pub extra_accounts: Vec<Pubkey>,
    /// Those that are frozen.
    pub blocked: BTreeSet<Pubkey>,
    memory: Memory,
    accounts: Accounts,
    counts: Counts,
    seed: u64,
    steps: u64,
}

impl Drop for Walk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the walk of BUDGET_SEED={} failed at step {}", self.seed, self.steps);
        }
    }
}

/// Epochs of a week, so that a walk sees several; thresholds that random ballots reach.
fn setup(seed: u64) -> Setup {
    let mut policy = test_policy();
    policy.schedule.period_secs = 7 * DAY_SECS;
    policy.schedule.submission_secs = 3 * DAY_SECS;
    policy.schedule.voting_secs = 3 * DAY_SECS;
    policy.schedule.execution_grace_secs = 7 * DAY_SECS;
    policy.slate.per_proposer = 5;
    policy.slate.spam_support_bps = 2_000;
    policy.budget.epoch_cap_bps = 2_500;
    policy.stake.min_lock_secs = 3 * DAY_SECS;
    policy.stake.max_lock_secs = 60 * DAY_SECS;
    if seed.is_multiple_of(3) {
        policy.slate.bond = 0;
    }
    if seed % 4 == 1 {
        policy.slate.slot_fee = 0;
    }
    let program = if seed.is_multiple_of(2) { token::SPL_TOKEN } else { token::TOKEN_2022 };
    Setup {
        policy,
        decimals: u8::try_from(seed % 10).unwrap(),
        budget_token_program: program,
        stake_token_program: token::SPL_TOKEN,
        signature_checks: false,
        ..Setup::default()
    }
}

impl Walk {
    fn new(seed: u64) -> Self {
        let setup = setup(seed);
        let mut w = World::before_treasury(&setup);
        if seed % 5 == 3 {
            // One mint for both; the vaults stay separate.
            w.community.stake_mint = w.community.budget_mint;
            w.community.stake_token_program = w.community.budget_token_program;
        }
        w.create_treasury(&setup).expect("the treasury is created");
        let founder = w.founder.clone();
        w.deposit(&founder, setup.funds).expect("the funds are deposited");
        let people: Vec<Person> = (0..14).map(|_| w.person()).collect();
        let mut extra_accounts = Vec::new();
        for person in people.iter().take(4) {
            let key = w.person().key();
            let (program, mint) = (w.community.budget_token_program, w.community.budget_mint);
            token::put_token_account(&mut w.svm, key, program, mint, person.key(), 0);
            extra_accounts.push(key);
        }
        let accounts = Accounts::of(&w.community, w.svm.snapshot());
        let mut counts = Counts::default();
        counts.went_through.insert("create_treasury", 1);
        let mut walk = Self {
            w,
            dice: Dice(seed),
            people,
            extra_accounts,
            blocked: BTreeSet::new(),
            memory: Memory::default(),
            accounts,
            counts,
            seed,
            steps: 0,
        };
        walk.populate();
        walk
    }

    /// Eight stakers and six proposers, two of them both.
    fn populate(&mut self) {
        let (c, payer) = (self.w.community, self.people[0].key());
        let lock = self.w.treasury().policy.stake.min_lock_secs;
        let keys: Vec<Pubkey> = self.people.iter().map(Person::key).collect();
        for (index, owner) in (0..).zip(&keys[..8]) {
            self.must("open_stake", c.open_stake(*owner, payer, lock + index * DAY_SECS));
            let amount = 1_000 + 777 * u64::from(index);
            self.must("stake", c.stake_tokens(*owner, c.stake_token_account(owner), amount));
        }
        for person in &keys[6..12] {
            self.must("open_recipient_record", c.open_recipient_record(payer, *person));
        }
    }

    /// Sends one instruction and checks everything. Returns whether it went through.
    fn step(&mut self, name: &'static str, instruction: Instruction) -> bool {
        self.steps += 1;
        let payer = self.w.svm.fee_payer();
        let signers: BTreeSet<Pubkey> = instruction
            .accounts
            .iter()
            .filter(|meta| meta.is_signer && meta.pubkey != payer)
            .map(|meta| meta.pubkey)
            .collect();
        let lamports = self.w.svm.lamports(&payer);
        let result = self.w.svm.send(std::slice::from_ref(&instruction), &[]);
        let after = Accounts::of(&self.w.community, self.w.svm.snapshot());
        if let Err(refusal) = result {
            // I27 A refused transaction changes nothing but the fee payer's balance.
            assert_unchanged(&self.accounts.raw, &after.raw);
            self.count_refusal(name, &refusal);
            return false;
        }
        *self.counts.went_through.entry(name).or_default() += 1;
        let before = std::mem::replace(&mut self.accounts, after);
        self.remember(name, &before, &instruction);
        invariants::check(&Step {
            name,
            instruction: &instruction,
            now: self.w.svm.now(),
            community: &self.w.community,
            before: &before,
            after: &self.accounts,
            fees: lamports - self.w.svm.lamports(&payer),
            signatures: u64::try_from(signers.len()).unwrap() + 1,
            memory: &self.memory,
        });
        let gone = before.raw.keys().filter(|key| !self.accounts.raw.contains_key(key));
        let stake = |key: &&Pubkey| !before.stakes.contains_key(*key);
        self.memory.closed.extend(gone.filter(stake));
        true
    }

    /// The same for what cannot be refused.
    #[track_caller]
    fn must(&mut self, name: &'static str, instruction: Instruction) {
        let refusals = self.counts.refused.clone();
        let went_through = self.step(name, instruction);
        let why: Vec<_> =
            self.counts.refused.iter().filter(|r| refusals.get(r.0) != Some(r.1)).collect();
        assert!(went_through, "{name} must go through, but: {why:?}");
    }

    fn count_refusal(&mut self, name: &str, refusal: &Refusal) {
        let code = refusal.code();
        let own = code.and_then(name_of);
        if let Some(error) = &own {
            // Only an amount that nobody owns overflows the books.
            let overflow =
                error == "ArithmeticOverflow" && !["deposit_funds", "stake"].contains(&name);
            let broken = ["InvariantViolated", "TransferAmountMismatch"].contains(&error.as_str());
            assert!(!overflow && !broken, "{name} reached {error}: {refusal}");
        }
        let label = own.or_else(|| code.map(|code| format!("code {code}")));
        let label = label.unwrap_or_else(|| format!("{:?}", refusal.error));
        *self.counts.refused.entry(label).or_default() += 1;
    }

    fn remember(&mut self, name: &str, before: &Accounts, instruction: &Instruction) {
        let now = self.w.svm.now();
        match name {
            "absorb_surplus" => self.memory.donated[0] = 0,
            "open_epoch" => self.memory.openings = None,
            "withdraw_stream" => {
                let (vault, key) = (before.treasury.vault, instruction.accounts[1].pubkey);
                let paid = before.tokens(&vault) - self.accounts.tokens(&vault);
                let (sum, last_at) = self.memory.claims.entry(key).or_insert((0, 0));
                (*sum, *last_at) = (*sum + paid, now);
            }
            "execute_award" => {
                for (key, stream) in &self.accounts.streams {
                    if !before.streams.contains_key(key) {
                        let slot = (stream.epoch_index, stream.entry_index);
                        *self.memory.executed.entry(slot).or_default() += 1;
                    }
                }
            }
            _ => {}
        }
        let weights: BTreeMap<Pubkey, u64> =
            self.accounts.stakes.values().map(|stake| (stake.owner, stake.weight)).collect();
        for (owner, opening) in self.memory.openings.iter_mut().flatten() {
            let weight = weights.get(owner).copied().unwrap_or(0);
            opening.least_since = opening.least_since.min(weight);
        }
    }

    /// Moves the clock on, never back.
    fn travel_to(&mut self, at: i64) {
        let now = self.w.svm.now();
        if at <= now {
            return;
        }
        let opens_at = self.accounts.treasury.voting_opens_at;
        if self.accounts.treasury.epoch_count > 0 && (now + 1..=at).contains(&opens_at) {
            self.memory.voting_opens(&self.accounts);
        }
        self.w.svm.set_now(at);
    }

    /// Some moment ahead: soon, or around the next one at which something changes.
    fn travel(&mut self) {
        let now = self.w.svm.now();
        let mut moments = Vec::new();
        for epoch in self.accounts.epochs.values() {
            let header = &epoch.header;
            let (policy, settled_at) = (&header.policy, header.settled_at);
            let window = i64::from(policy.schedule.late_window_secs);
            moments.extend([
                header.voting_opens_at,
                header.voting_closes_at - window,
                header.voting_closes_at,
                header.voting_hard_end_at - window,
                header.opened_at + i64::from(policy.schedule.period_secs),
            ]);
            if settled_at != 0 {
                let grace = i64::from(policy.schedule.execution_grace_secs);
                moments.extend(policy.tiers.rules.map(|r| settled_at + i64::from(r.timelock_secs)));
                moments.push(settled_at + grace);
            }
        }
        for stream in self.accounts.streams.values() {
            moments.push(stream.started_at + i64::from(stream.duration_secs));
            moments.push(stream.started_at + i64::from(stream.cliff_secs));
        }
        moments.extend(self.accounts.stakes.values().map(|stake| stake.cooling_until));
        moments.retain(|at| *at > now + 1);
        moments.sort_unstable();
        let few = &moments[..moments.len().min(2)];
        let by = match self.dice.below(10) {
            0..3 => now + 1 + i64::try_from(self.dice.below(7_200)).unwrap(),
            3..5 => now + i64::try_from(self.dice.below(2 * 86_400)).unwrap(),
            _ => self.dice.maybe(few).unwrap_or(now + DAY) + self.dice.pick(&[-1, 0, 0, 1]),
        };
        self.travel_to(by);
    }

    /// Something that happens without the program.
    fn outside(&mut self) {
        let c = self.w.community;
        match self.dice.below(4) {
            0 => self.donate(),
            1 => {
                let account = self.dice.pick(&self.extra_accounts.clone());
                let frozen = self.blocked.contains(&account);
                let mut state = self.w.svm.get(&account).unwrap();
                state.data[108] = if frozen { 1 } else { 2 };
                self.w.svm.put(account, state);
                if frozen {
                    self.blocked.remove(&account);
                } else {
                    self.blocked.insert(account);
                }
            }
            _ => {
                // Lamports at the address of what may be created next.
                let epoch = self.accounts.treasury.epoch_count;
                let current = epoch.saturating_sub(1);
                let index = self.accounts.current(&c).map_or(0, |e| e.header.entry_count);
                let streams: Vec<Pubkey> =
                    (0..index.max(1)).map(|index| self.w.stream_key(current, index)).collect();
                let voter = self.dice.pick(&self.people).key();
                let target = self.dice.pick(&[
                    c.epoch(epoch),
                    self.w.proposal_key(current, index),
                    address::vote_record(&c.epoch(current), &voter),
                    c.recipient_record(&voter),
                    c.stake(&voter),
                    streams[0],
                ]);
                if !self.w.svm.exists(&target) {
                    let by = self.w.svm.fee_payer();
                    let lamports = self.dice.pick(&[890_880, 1_000_000_000]);
                    let transfer = system_instruction::transfer(&by, &target, lamports);
                    self.w.svm.send(&[transfer], &[]).expect("a transfer of lamports");
                }
            }
        }
        self.accounts = Accounts::of(&self.w.community, self.w.svm.snapshot());
    }

    fn donate(&mut self) {
        let c = self.w.community;
        let vaults = [c.vault(), c.stake_vault(), c.bond_vault()];
        let which = usize::try_from(self.dice.below(3)).unwrap();
        let (amount, giver) = (1 + self.dice.below(10_000), self.dice.pick(&self.people).key());
        let from =
            if which == 1 { c.stake_token_account(&giver) } else { c.budget_account(&giver) };
        token::edit(&mut self.w.svm, &from, |account| account.amount -= amount);
        token::edit(&mut self.w.svm, &vaults[which], |account| account.amount += amount);
        self.memory.donated[which] += amount;
    }

    fn wander(&mut self, steps: u64) {
        for _ in 0..steps {
            match self.dice.below(100) {
                0..8 => self.travel(),
                8..11 => self.outside(),
                _ => {
                    let accounts = std::mem::replace(
                        &mut self.accounts,
                        Accounts::of(&self.w.community, self.w.svm.snapshot()),
                    );
                    let (name, instruction) = self.next_act(&accounts);
                    self.step(name, instruction);
                }
            }
        }
    }

    /// I24 From wherever the walk stops, time and permissionless instructions pay and close every
    /// stream, record, proposal and epoch; nothing stays committed or bonded.
    fn wind_up(&mut self) {
        let (c, stranger) = (self.w.community, self.people[13].key());
        if let Some(epoch) = self.accounts.current(&c).map(|epoch| epoch.header)
            && epoch.settled_at == 0
        {
            self.travel_to(epoch.voting_closes_at);
            assert_eq!(epoch.phase(self.w.svm.now()), Phase::Tallying);
            self.must("settle_epoch", c.settle_epoch(epoch.index));
        }
        let settled: Vec<_> = self.accounts.epochs.values().map(|epoch| epoch.header).collect();
        for header in &settled {
            let longest = header.policy.timelock_secs(u8::MAX);
            self.travel_to(header.settled_at + i64::from(longest));
            let grace = i64::from(header.policy.schedule.execution_grace_secs);
            for index in 0..header.entry_count {
                if !self.w.entry(header.index, index).is(Outcome::Funded) {
                    continue;
                }
                if self.w.svm.now() < header.settled_at + grace {
                    let execute = c.execute_award(stranger, header.index, index);
                    self.must("execute_award", execute);
                } else {
                    self.must("lapse_proposal", c.lapse_proposal(header.index, index));
                }
            }
        }
        self.pay_out();
        self.close_slates();
        let books = self.accounts.treasury;
        assert_eq!((books.committed, books.bonded), (0, 0), "I24: nothing stays promised");
        assert!(self.accounts.epochs.is_empty() && self.accounts.streams.is_empty(), "I24");
        assert!(self.accounts.ballots.is_empty() && self.accounts.proposals.is_empty(), "I24");
        self.leave();
    }

    fn pay_out(&mut self) {
        let c = self.w.community;
        let streams: Vec<_> =
            self.accounts.streams.iter().map(|(key, s)| (*key, s.clone())).collect();
        let ends = streams.iter().map(|(_, s)| s.started_at + i64::from(s.duration_secs));
        self.travel_to(ends.max().unwrap_or(0));
        for (key, stream) in streams {
            if !stream.is_finished() {
                let own = c.budget_account(&stream.recipient);
                let blocked = self.blocked.contains(&stream.payout_account);
                let payout = if blocked { own } else { stream.payout_account };
                let shown = blocked.then_some(stream.payout_account);
                self.must("withdraw_stream", c.withdraw_stream(key, payout, shown));
            }
            self.must("close_stream", c.close_stream(key, stream.rent_payer));
        }
    }

    fn close_slates(&mut self) {
        let c = self.w.community;
        let records: Vec<_> = self.accounts.ballots.values().map(|b| b.record).collect();
        for record in records {
            let epoch = self.accounts.epochs[&record.epoch].header.index;
            let close = c.close_vote_record(epoch, record.owner, record.rent_payer);
            self.must("close_vote_record", close);
        }
        let proposals: Vec<_> = self.accounts.proposals.values().cloned().collect();
        for p in proposals {
            let epoch = self.accounts.epochs[&p.epoch].header.index;
            let close = c.close_proposal(epoch, p.index, p.proposer, p.rent_payer);
            self.must("close_proposal", close);
        }
        let epochs: Vec<_> = self.accounts.epochs.values().map(|epoch| epoch.header).collect();
        for header in epochs {
            self.must("close_epoch", c.close_epoch(header.index, header.rent_payer));
        }
    }

    /// I25 Nobody can lock another out: every staker leaves with all tokens.
    fn leave(&mut self) {
        let c = self.w.community;
        let stakes: Vec<_> = self.accounts.stakes.values().cloned().collect();
        for stake in stakes.iter().filter(|stake| stake.amount > 0) {
            self.must("request_unstake", c.request_unstake(stake.owner, stake.amount));
        }
        let until = self.accounts.stakes.values().map(|stake| stake.cooling_until).max();
        self.travel_to(until.unwrap_or(0));
        for stake in stakes {
            let tokens = c.stake_token_account(&stake.owner);
            if !stake.is_empty() {
                let before = self.accounts.tokens(&tokens);
                self.must("withdraw_unstaked", c.withdraw_unstaked(stake.owner, tokens));
                let back = self.accounts.tokens(&tokens) - before;
                assert_eq!(back, stake.amount + stake.cooling, "I25: {} leaves", stake.owner);
            }
            self.must("close_stake", c.close_stake(stake.owner, stake.rent_payer));
        }
        let books = self.accounts.treasury;
        assert_eq!((books.staked, books.total_weight), (0, 0), "I25: no stake is left behind");
        if self.memory.donated[0] > 0 {
            self.must("absorb_surplus", c.absorb_surplus());
        }
        let books = self.accounts.treasury;
        assert_eq!(self.accounts.tokens(&books.vault), books.tracked, "I24: all funds are free");
    }
}

fn walk(seed: u64, steps: u64) -> (Counts, u32) {
    eprintln!("walking with BUDGET_SEED={seed}");
    let mut walk = Walk::new(seed);
    walk.wander(steps);
    walk.wind_up();
    let epochs = walk.accounts.treasury.epoch_count;
    (std::mem::take(&mut walk.counts), epochs)
}

fn number(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} must be a number, not {value}")))
}

#[test]
fn a_random_walk_keeps_every_invariant() {
    let steps = number("BUDGET_WALK_STEPS").unwrap_or(STEPS);
    let seeds = number("BUDGET_SEED").map_or(SEEDS.to_vec(), |seed| vec![seed]);
    let mut all = Counts::default();
    let mut epochs = 0;
    std::thread::scope(|scope| {
        // Two at a time: more would only crowd a small machine.
        for pair in seeds.chunks(2) {
            let walks: Vec<_> =
                pair.iter().map(|seed| scope.spawn(move || walk(*seed, steps))).collect();
            for walk in walks {
                let (counts, opened) = walk.join().expect("the walk keeps every invariant");
                epochs += opened;
                for (name, count) in counts.went_through {
                    *all.went_through.entry(name).or_default() += count;
                }
                for (name, count) in counts.refused {
                    *all.refused.entry(name).or_default() += count;
                }
            }
        }
    });
    println!("{epochs} epochs; went through: {:#?}\nrefused: {:#?}", all.went_through, all.refused);
    // One seed alone, as when a failure is repeated, need not come everywhere.
    let everywhere = seeds.len() > 1;
    for name in ALL.into_iter().filter(|_| everywhere) {
        assert!(all.went_through.contains_key(name), "{name} never went through");
    }
    assert!(usize::try_from(epochs).unwrap() >= 2 * seeds.len(), "several epochs per walk");
}
