//! A seeded random walk over all instructions, several epochs long, with the second set of books and
//! the invariants checked after every step and a way out at the end.
//!
//! `BUDGET_SEED` walks one seed alone, `BUDGET_WALK_STEPS` walks further.

mod acts;
mod bad_bet;
mod dice;
mod feed;
mod members;
mod policy;
mod slate;
mod streams;
mod time;
mod treasury;
mod wind_up;

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_client::event::Counter;
use budget_tests::*;
use community_budget::state::Role;

use crate::{
    books::{Books, Step, accounts::Accounts},
    error_codes::{documented, name_of},
    invariants,
};
use dice::Dice;
use feed::Feed;

/// Walked when no seed is named.
const SEEDS: [u64; 12] = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233];
const STEPS: u64 = 2_000;

/// What must come about on the way, by the names that `Books` gives it.
const SIGHTS: [&str; 24] = [
    "P4 claim beyond the bucket",
    "P4 claim soon after a bend",
    "R11 claim that the bucket limits",
    "R11 trip by a drawdown",
    "R12 reward",
    "R13 forfeited bond",
    "R13 reserved slot",
    "R3 owner replaces the delegate",
    "R4 funded at tier 2",
    "R4 weak record",
    "R5 late swing",
    "R6 Failed, reason 05",
    "R6 Failed, reason 06",
    "R6 Superseded, reason 00",
    "R6 Unfunded, reason 16",
    "R6 Unfunded, reason 17",
    "R6 Unfunded, reason 19",
    "R6 Unfunded, reason 20",
    "R6 Unfunded, reason 22",
    "R8 reduced, held",
    "R8 resumed, held",
    "R8 verdict that holds",
    "R8 verdict that scales",
    "R9 claim at risk",
];

/// What happened, by name.
#[derive(Default)]
struct Counts {
    went_through: BTreeMap<&'static str, u64>,
    /// By instruction and error.
    refused: BTreeMap<(&'static str, String), u64>,
    /// What rules are about.
    seen: BTreeMap<String, u64>,
}

/// One walk.
struct Walk {
    w: World,
    dice: Dice,
    /// Every instruction of the program.
    all: Vec<&'static str>,
    /// 0 to 7 stake, 6 to 11 propose, the others look on.
    people: Vec<Person>,
    /// Token accounts of the budget mint besides the associated ones; may be frozen.
    extra_accounts: Vec<Pubkey>,
    /// Token accounts that are frozen.
    blocked: BTreeSet<Pubkey>,
    books: Books,
    feed: Feed,
    accounts: Rc<Accounts>,
    counts: Counts,
    /// The instruction being built promises to go through if anything can.
    is_sound: bool,
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

impl Walk {
    fn new(seed: u64, all: Vec<&'static str>) -> Self {
        let mut dice = Dice(seed);
        let program = if seed.is_multiple_of(2) { token::SPL_TOKEN } else { token::TOKEN_2022 };
        let mut policy = policy::variation(&mut dice);
        if is_reckless(seed) {
            bad_bet::reckless(&mut policy);
        }
        let setup = Setup {
            policy,
            decimals: u8::try_from(seed % 10).unwrap(),
            budget_token_program: program,
            stake_token_program: token::SPL_TOKEN,
            signature_checks: false,
            ..Setup::default()
        };
        let mut w = World::before_treasury(&setup);
        if seed % 5 == 3 {
            // One mint for both; the vaults stay separate.
            w.community.stake_mint = w.community.budget_mint;
            w.community.stake_token_program = w.community.budget_token_program;
        }
        w.create_treasury(&setup).expect("the treasury is created");
        let people: Vec<Person> = (0..14).map(|_| w.person()).collect();
        let mut extra_accounts = Vec::new();
        for person in people.iter().take(4) {
            let key = w.person().key();
            let (program, mint) = (w.community.budget_token_program, w.community.budget_mint);
            token::put_token_account(&mut w.svm, key, program, mint, person.key(), 0);
            extra_accounts.push(key);
        }
        let accounts = Accounts::of(&w.community, w.svm.snapshot());
        let mut walk = Self {
            books: Books::new(&accounts.treasury),
            feed: Feed::new(&accounts, Counter::Treasury(w.community.treasury)),
            accounts: Rc::new(accounts),
            counts: Counts::default(),
            blocked: BTreeSet::new(),
            is_sound: true,
            steps: 0,
            w,
            dice,
            all,
            people,
            extra_accounts,
            seed,
        };
        walk.counts.went_through.insert("create_treasury", 1);
        walk.populate(setup.funds);
        walk
    }

    /// Funds, eight stakers and six proposers, two of them both.
    fn populate(&mut self, funds: u64) {
        let (c, payer, founder) = (self.w.community, self.people[0].key(), self.w.founder.key());
        self.must("deposit_funds", c.deposit_funds(founder, c.budget_account(&founder), funds));
        let lock = self.accounts.treasury.policy.stake.min_lock_secs;
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

    fn now(&self) -> i64 {
        self.w.svm.now()
    }

    /// Looks at the accounts again, after something happened without the program.
    fn look(&mut self) {
        self.accounts = Rc::new(Accounts::of(&self.w.community, self.w.svm.snapshot()));
    }

    /// Who holds a role.
    fn holder(&self, role: Role) -> Pubkey {
        self.books.treasury.holder(role)
    }

    /// Sends one instruction and checks everything. Returns whether it went through. `sound` says
    /// that nobody tampered with it.
    fn step(&mut self, name: &'static str, instruction: Instruction, sound: bool) -> bool {
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
        let raw = self.w.svm.snapshot();
        let now = self.now();
        let landed = match result {
            Ok(landed) => landed,
            Err(refusal) => {
                // I27 A refused transaction changes nothing but the fee payer's balance.
                assert_unchanged(&self.accounts.raw, &raw);
                let may_be = self.books.may_be_refused(name, &instruction, now, &self.accounts);
                assert!(!sound || may_be, "P6: {name} was refused: {refusal}");
                self.count_refusal(name, &refusal);
                return false;
            }
        };
        *self.counts.went_through.entry(name).or_default() += 1;
        let after = Rc::new(Accounts::of(&self.w.community, raw));
        let before = std::mem::replace(&mut self.accounts, after);
        let step = Step {
            name,
            instruction: &instruction,
            now,
            community: &self.w.community,
            before: &before,
            after: &self.accounts,
            returned: &landed.return_data,
            fees: lamports - self.w.svm.lamports(&payer),
            signatures: u64::try_from(signers.len()).unwrap() + 1,
        };
        self.books.apply(&step);
        invariants::check(&step, &self.books);
        self.books.check(&self.accounts, now);
        self.feed.take(self.steps, &landed.logs, &self.accounts);
        true
    }

    /// The same for what cannot be refused.
    #[track_caller]
    fn must(&mut self, name: &'static str, instruction: Instruction) {
        let refusals = self.counts.refused.clone();
        let went_through = self.step(name, instruction, true);
        let why: Vec<_> =
            self.counts.refused.iter().filter(|r| refusals.get(r.0) != Some(r.1)).collect();
        assert!(went_through, "{name} must go through, but: {why:?}");
    }

    fn count_refusal(&mut self, name: &'static str, refusal: &Refusal) {
        let code = refusal.code();
        let own = code.and_then(name_of);
        if let Some(error) = &own {
            // Only an amount that nobody owns overflows the books.
            let large = ["deposit_funds", "stake", "return_funds"].contains(&name);
            let overflow = error == "ArithmeticOverflow" && !large;
            let broken = ["InvariantViolated", "TransferAmountMismatch"].contains(&error.as_str());
            assert!(!overflow && !broken, "{name} reached {error}: {refusal}");
        }
        let label = own.or_else(|| code.map(|code| format!("code {code}")));
        let label = label.unwrap_or_else(|| format!("{:?}", refusal.error));
        *self.counts.refused.entry((name, label)).or_default() += 1;
    }

    fn wander(&mut self, steps: u64) {
        for _ in 0..steps {
            match self.dice.below(100) {
                0..9 => self.travel(),
                9..12 => self.outside(),
                _ => self.act(),
            }
        }
    }
}

/// Whether a walk begins with a bad bet.
fn is_reckless(seed: u64) -> bool {
    seed.is_multiple_of(3)
}

/// One seed from beginning to end; returns what happened and how many epochs there were.
fn walk(seed: u64, steps: u64, all: Vec<&'static str>) -> (Counts, u32) {
    eprintln!("walking with BUDGET_SEED={seed}");
    let mut walk = Walk::new(seed, all);
    if is_reckless(seed) {
        walk.lose_a_bet();
    }
    walk.wander(steps);
    if seed.is_multiple_of(2) {
        walk.fall_quiet();
    }
    walk.wind_up();
    let epochs = walk.accounts.treasury.epoch_count;
    walk.counts.seen = std::mem::take(&mut walk.books.seen);
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
    let names: Vec<&'static str> =
        documented().into_keys().map(|name| &*Box::leak(name.into_boxed_str())).collect();
    let next = AtomicUsize::new(0);
    let sums = Mutex::new((Counts::default(), 0));
    std::thread::scope(|scope| {
        // Two at a time: more would only crowd a small machine.
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(seed) = seeds.get(next.fetch_add(1, Relaxed)) {
                    let (counts, epochs) = walk(*seed, steps, names.clone());
                    let mut sums = sums.lock().expect("no walk broke an invariant");
                    for (name, count) in counts.went_through {
                        *sums.0.went_through.entry(name).or_default() += count;
                    }
                    for (name, count) in counts.refused {
                        *sums.0.refused.entry(name).or_default() += count;
                    }
                    for (what, count) in counts.seen {
                        *sums.0.seen.entry(what).or_default() += count;
                    }
                    sums.1 += epochs;
                }
            });
        }
    });
    let (Counts { went_through, refused, seen }, epochs) =
        sums.into_inner().expect("no walk broke an invariant");
    println!("{epochs} epochs");
    for name in &names {
        let count = went_through.get(name).copied().unwrap_or(0);
        let errors = refused.iter().filter(|((by, _), _)| by == name);
        let sum: u64 = errors.clone().map(|(_, count)| count).sum();
        let errors: Vec<String> =
            errors.map(|((_, error), count)| format!("{error} {count}")).collect();
        println!("{name}: {count} went through, {sum} refused: {}", errors.join(", "));
    }
    for (what, count) in &seen {
        println!("{what}: {count}");
    }
    // One seed alone, as when a failure is repeated, need not come everywhere.
    if seeds.len() > 1 {
        let never: Vec<_> = names.iter().filter(|n| !went_through.contains_key(*n)).collect();
        assert!(never.is_empty(), "never went through: {never:?}");
        let spared: Vec<_> =
            names.iter().filter(|n| !refused.keys().any(|(by, _)| by == *n)).collect();
        assert!(spared.is_empty(), "never refused: {spared:?}");
        let unseen: Vec<_> = SIGHTS.iter().filter(|what| !seen.contains_key(**what)).collect();
        assert!(unseen.is_empty(), "never came about: {unseen:?}");
    }
    assert!(usize::try_from(epochs).unwrap() >= 4 * seeds.len(), "several epochs per walk");
}
