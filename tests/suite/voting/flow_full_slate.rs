//! A slate of 128 entries, 96 awards and 32 acts, ballots over all of it, settlement in one
//! transaction; the result against R4, R6 and R14 written down a second time, plainly and slowly.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_rules::{allocation::Reason, outcome::Failure};
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Action, Entry, PolicyPatch, Role},
};

const ENTRIES: u8 = 128;
/// Slots of the first three quarters.
const AWARDS: u8 = 96;
const PROPOSERS: usize = 16;
/// No two subsets of the last five weigh the same.
const WEIGHTS: [u64; 6] = [400, 310, 155, 77, 38, 20];
/// Weight of each proposer of an act: 1 % of the total of 1,000 + 32 * 15, rounded up.
const ACTOR_WEIGHT: u64 = 15;
const TOTAL: u128 = 1_480;
const COMPUTE_BUDGET: Pubkey =
    Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");
/// The most that one transaction may use.
const MAX_COMPUTE_UNITS: u32 = 1_400_000;
/// The most bytes of a transaction.
const MAX_TRANSACTION_BYTES: usize = 1_232;

/// Numbers that look random and are the same every time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % end
    }
}

/// Sends `instruction` alone with the largest compute limit.
fn send_with_all_compute(w: &mut World, instruction: Instruction, signers: &[&Person]) -> Landed {
    let data = [[2].as_slice(), &MAX_COMPUTE_UNITS.to_le_bytes()].concat();
    let limit = Instruction { program_id: COMPUTE_BUDGET, accounts: Vec::new(), data };
    let wallets: Vec<_> = signers.iter().map(|person| &person.wallet).collect();
    w.svm.send(&[limit, instruction], &wallets).unwrap()
}

/// The act at `index`, over 20 targets in turn: twelve of them twice.
fn act(w: &World, index: u8) -> Action {
    let policy = w.treasury().policy;
    match (index - AWARDS) % 20 {
        0 => Action::SetPolicy(PolicyPatch::Schedule(policy.schedule)),
        1 => Action::SetPolicy(PolicyPatch::Slate(policy.slate)),
        2 => Action::SetPolicy(PolicyPatch::Budget(policy.budget)),
        3 => Action::SetPolicy(PolicyPatch::Tiers(policy.tiers)),
        4 => Action::SetPolicy(PolicyPatch::Stake(policy.stake)),
        5 => Action::SetPolicy(PolicyPatch::Risk(policy.risk)),
        6 => Action::SetPolicy(PolicyPatch::Breaker(policy.breaker)),
        7 => Action::SetPolicy(PolicyPatch::Review(policy.review)),
        8 => World::set_role(Role::Guardian, w.founder.key()),
        9 => World::set_role(Role::Reviewer, w.founder.key()),
        10 => World::set_role(Role::RiskReporter, w.founder.key()),
        11 => Action::ClearBreaker,
        position => Action::WriteOff { category: position - 12, amount: 1 },
    }
}

/// An epoch at the opening of voting whose slate is full: 6 asks of each of 16 proposers, who take
/// turns, then an act of each of 32 stakers.
fn full_slate(mut ask: impl FnMut(u8) -> Ask) -> (World, Vec<Person>) {
    let mut policy = test_policy();
    policy.slate.capacity = ENTRIES;
    policy.slate.per_proposer = 8;
    let mut w = World::with(Setup { policy, ..Setup::default() });
    let voters = WEIGHTS.iter().map(|weight| w.staker(*weight)).collect();
    let proposers: Vec<Person> = (0..PROPOSERS).map(|_| w.proposer()).collect();
    let actors: Vec<Person> = (AWARDS..ENTRIES).map(|_| w.staker(ACTOR_WEIGHT)).collect();
    assert_eq!(u128::from(w.treasury().total_weight), TOTAL);
    w.open_epoch().unwrap();
    for index in 0..AWARDS {
        w.submit(&proposers[usize::from(index) % PROPOSERS], &ask(index)).unwrap();
    }
    let late = w.proposer();
    refused(&mut w, BudgetError::SlotReserved, |w| w.submit(&late, &Ask::of(1)));
    for (index, actor) in (AWARDS..ENTRIES).zip(&actors) {
        w.open_recipient_record(actor.key()).unwrap();
        let action = act(&w, index);
        w.submit_action_with(actor, true, action).unwrap();
    }
    assert_eq!((w.epoch(0).entry_count, w.epoch(0).votable_count), (ENTRIES, ENTRIES));
    let action = act(&w, AWARDS);
    refused(&mut w, BudgetError::SlateFull, |w| w.submit_action_with(&late, false, action));
    w.to_voting();
    (w, voters)
}

/// Casts one choice on every entry of the slate.
fn cast_all(w: &mut World, voter: &Person, choice: impl FnMut(u8) -> Choice) {
    let mut choice = choice;
    let choices: Vec<(u8, Choice)> = (0..ENTRIES).map(|index| (index, choice(index))).collect();
    let args = w.ballot(&choices);
    assert_eq!(args.ballot.len(), 32);
    let instruction = w.community.cast_vote(voter.key(), w.svm.fee_payer(), 0, args);
    let landed = send_with_all_compute(w, instruction, &[voter]);
    println!("ballot over {ENTRIES} entries: {} CU", landed.compute_units);
    assert!(landed.bytes <= MAX_TRANSACTION_BYTES, "{} bytes", landed.bytes);
}

/// Settles in one transaction.
fn settle(w: &mut World) {
    w.to_tallying();
    let landed = send_with_all_compute(w, w.community.settle_epoch(0), &[]);
    println!("settlement of {ENTRIES} entries: {} CU", landed.compute_units);
}

/// Outcome, tier, reason and rank.
type Verdict = (u8, u8, u8, u8);

/// R4 and R6 in wide integers, without any of the program's short cuts.
fn expected(w: &World, entries: &[Entry]) -> Vec<Verdict> {
    let header = w.epoch(0);
    let total = TOTAL;
    let limits = header.ask_limits;
    let awards = usize::from(AWARDS);
    let tier_of = |index: usize| {
        if index >= awards {
            return 3;
        }
        let own = |other: &usize| other % PROPOSERS == index % PROPOSERS;
        let sum: u64 = (0..awards).filter(own).map(|other| entries[other].amount).sum();
        limits.iter().position(|limit| sum <= *limit).unwrap()
    };
    let failure = |entry: &Entry, tier: usize| {
        let rule = header.policy.tiers.rules[tier];
        let (quorum, approval) = (u128::from(rule.quorum_bps), u128::from(rule.approval_bps));
        let (for_, against) = (u128::from(entry.for_), u128::from(entry.against));
        if for_ <= against {
            Some(Failure::NotMoreForThanAgainst)
        } else if (for_ + against + u128::from(entry.abstain)) * 10_000 < quorum * total {
            Some(Failure::QuorumMissed)
        } else if for_ * 10_000 < approval * (for_ + against) {
            Some(Failure::ApprovalMissed)
        } else if for_ * 100_000_000 < approval * quorum * total {
            Some(Failure::SupportTooThin)
        } else {
            None
        }
    };

    let byte = |tier: usize| u8::try_from(tier).unwrap();
    let mut verdicts = vec![(0, 0, 0, 255); entries.len()];
    let mut passing = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        match failure(entry, tier_of(index)) {
            Some(why) => {
                verdicts[index] = (Outcome::Failed.into(), byte(tier_of(index)), why.into(), 255);
            }
            None => passing.push(index),
        }
    }
    passing.sort_by_key(|index| {
        let entry = entries[*index];
        (core::cmp::Reverse(entry.for_ - entry.against), entry.amount, *index)
    });

    let (mut all, mut categories, mut tiers) = (0, [0; 8], [0; 3]);
    let mut targets = Vec::new();
    for (rank, index) in (0..).zip(passing) {
        let entry = entries[index];
        if index >= awards {
            let target = (index - awards) % 20;
            let outcome =
                if targets.contains(&target) { Outcome::Superseded } else { Outcome::Approved };
            targets.push(target);
            verdicts[index] = (outcome.into(), 3, 0, rank);
            continue;
        }
        let (own, amount, category) = (tier_of(index), entry.amount, usize::from(entry.category));
        let small_full = tiers[0] + amount > limits[1];
        let medium_full = tiers[0] + tiers[1] + amount > limits[2];
        let tier = match own {
            _ if medium_full => 2,
            0 if small_full => 1,
            _ => own,
        };
        let why = if all + amount > header.cap {
            Some(Reason::OverCap)
        } else if categories[category] + amount > header.category_caps[category] {
            Some(Reason::CategoryFull)
        } else if tier != own && failure(&entry, tier).is_some() {
            Some(Reason::TierFull)
        } else {
            None
        };
        verdicts[index] = match why {
            Some(why) => (Outcome::Unfunded.into(), byte(own), why.into(), rank),
            None => {
                all += amount;
                categories[category] += amount;
                tiers[tier] += amount;
                (Outcome::Funded.into(), byte(tier), 0, rank)
            }
        };
    }
    verdicts
}

/// Holds the settled slate against [`expected`] and the books against the slate.
fn assert_settled_as_ruled(w: &World, expected: &[Verdict]) {
    let (header, entries) = (w.epoch(0), w.svm.slate(&w.community.epoch(0)));
    let found: Vec<Verdict> =
        entries.iter().map(|e| (e.outcome, e.tier, e.reason, e.rank)).collect();
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found, expected, "entry {index}");
    }
    let funded = || entries.iter().filter(|entry| entry.is(Outcome::Funded));
    let sum: u64 = funded().map(|entry| entry.amount).sum();
    assert!(sum > 0 && sum <= header.cap, "{sum} of {}", header.cap);
    assert_eq!((header.allocated, w.treasury().committed), (sum, sum));
    for category in 0..8u8 {
        let own = |entry: &&Entry| entry.is_award() && entry.category == category;
        let sum: u64 = funded().filter(own).map(|entry| entry.amount).sum();
        assert_eq!(header.category_awarded[usize::from(category)], sum);
        assert!(sum <= header.category_caps[usize::from(category)]);
    }
}

#[test]
fn a_full_slate_of_mixed_votes_is_settled_in_one_transaction() {
    let mut draw = Draw(7);
    let (mut w, voters) =
        full_slate(|index| Ask { category: index % 2, ..Ask::of(100_000 + draw.below(6_000_000)) });
    for voter in &voters {
        // Mostly for, so that many pass and few fit; ties are common.
        cast_all(&mut w, voter, |_| match draw.below(10) {
            0..6 => For,
            6..9 => Against,
            _ => Abstain,
        });
    }
    let expected = expected(&w, &w.svm.slate(&w.community.epoch(0)));
    settle(&mut w);
    assert_settled_as_ruled(&w, &expected);

    let of = |outcome: Outcome| {
        expected.iter().filter(|(found, ..)| *found == u8::from(outcome)).count()
    };
    let because = |reason: u8| expected.iter().filter(|(_, _, found, _)| *found == reason).count();
    assert!(of(Outcome::Funded) > 20, "{} funded", of(Outcome::Funded));
    assert!(of(Outcome::Failed) > 20, "{} failed", of(Outcome::Failed));
    assert!(because(Reason::OverCap.into()) > 0);
    assert!(because(Reason::CategoryFull.into()) > 0);
    assert!(of(Outcome::Approved) > 0, "{} approved", of(Outcome::Approved));
    assert!(of(Outcome::Superseded) > 0, "{} superseded", of(Outcome::Superseded));
}

/// Everything passes and each entry ranks before all earlier ones: the most work there is.
#[test]
fn a_full_slate_that_passes_as_a_whole_is_settled_in_one_transaction() {
    let (mut w, voters) = full_slate(|index| Ask::of(1_500_000 - u64::from(index)));
    // The heaviest voter is for everything. The others are for a subset of the acts each, so that
    // every act has a larger margin than the one before.
    cast_all(&mut w, &voters[0], |_| For);
    for (bit, voter) in voters[1..].iter().rev().enumerate() {
        cast_all(&mut w, voter, |index| match index.checked_sub(AWARDS) {
            Some(act) if act >> bit & 1 == 1 => For,
            _ => Abstain,
        });
    }
    let expected = expected(&w, &w.svm.slate(&w.community.epoch(0)));
    settle(&mut w);
    assert_settled_as_ruled(&w, &expected);
    assert_eq!(w.entry(0, ENTRIES - 1).rank, 0);
    assert_eq!(w.entry(0, 0).rank, ENTRIES - 1);
    assert!(w.entry(0, 0).is(Outcome::Unfunded));
    assert!((AWARDS..ENTRIES).all(|index| w.entry(0, index).rank == ENTRIES - 1 - index));
}

/// Half of the awards have to be judged a second time, at the tier they are raised to.
#[test]
fn small_awards_of_a_full_slate_are_raised_where_they_fill_their_tier() {
    let (mut w, voters) = full_slate(|_| Ask::of(1_040_000));
    for (voter, choice) in voters.iter().zip([For, For, Against, Abstain, For, Against]) {
        cast_all(&mut w, voter, |_| choice);
    }
    let expected = expected(&w, &w.svm.slate(&w.community.epoch(0)));
    settle(&mut w);
    assert_settled_as_ruled(&w, &expected);
    let tiers = |tier: u8| {
        let funded = u8::from(Outcome::Funded);
        expected.iter().filter(|(found, own, ..)| (*found, *own) == (funded, tier)).count()
    };
    // 50 million hold 48 of them at the small tier; the cap of 100 million holds 96.
    assert_eq!((tiers(0), tiers(1)), (48, 48));
}
