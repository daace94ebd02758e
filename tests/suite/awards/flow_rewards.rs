//! An epoch with twenty voters of random weights, from the pool to the last unit of it.

use budget_tests::*;
use community_budget::BudgetError;

use crate::stage::*;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Of any size up to ten digits.
    fn amount(&mut self) -> u64 {
        let digits = 1 + self.below(10);
        1 + self.below((0..digits).fold(1, |bound, _| bound * 10))
    }
}

/// Entries on the slate; the gate asks for three of them.
const ENTRIES: u64 = 5;
const GATE: usize = 3;

/// One voter and what the reward depends on.
struct Voter {
    person: Person,
    weight: u64,
    /// Entries that the ballot covers at the end; `None` without a record.
    covered: Option<usize>,
}

/// Voting is open over [`ENTRIES`] asks; twenty stakers have random amounts and locks.
fn town(random: &mut Random) -> (World, Vec<Voter>) {
    let mut policy = test_policy();
    policy.budget.reward_bps = u16::try_from(1 + random.below(1_000)).unwrap();
    policy.slate.spam_support_bps = 0; // every bond returns, none joins the funds
    let funds = 900_000_000 + random.below(1_000_000_000);
    let mut w = World::with(Setup { policy, funds, ..Setup::default() });
    let range = u64::from(policy.stake.max_lock_secs - policy.stake.min_lock_secs);
    let voters = (0..20)
        .map(|_| {
            let person = w.person();
            let longer = u32::try_from(random.below(range + 1)).unwrap();
            w.open_stake(&person, policy.stake.min_lock_secs + longer).unwrap();
            w.stake(&person, random.amount()).unwrap();
            let weight = w.stake_of(&person).weight;
            Voter { person, weight, covered: None }
        })
        .collect();
    w.open_epoch().unwrap();
    for amount in 1..=ENTRIES {
        let proposer = w.proposer();
        w.submit(&proposer, &Ask::of(amount)).unwrap();
    }
    w.to_voting();
    (w, voters)
}

/// A ballot on a random part of the slate, never an empty one.
fn choices(random: &mut Random) -> Vec<(u8, Choice)> {
    loop {
        let all = (0..u8::try_from(ENTRIES).unwrap())
            .map(|index| (index, [Unmarked, For, Against, Abstain][random.below(4) as usize]));
        let marked: Vec<_> = all.filter(|(_, choice)| *choice != Unmarked).collect();
        if !marked.is_empty() {
            return marked;
        }
    }
}

/// Everybody stays away, votes, votes through a delegate, retracts or revises, at random.
fn vote(w: &mut World, voters: &mut [Voter], random: &mut Random) {
    let delegate = w.person();
    for voter in voters {
        let person = voter.person.clone();
        let ballot = choices(random);
        voter.covered = Some(ballot.len());
        match random.below(6) {
            0 => voter.covered = None,
            1 => {
                w.set_delegate(&person, delegate.key()).unwrap();
                let (args, payer) = (w.ballot(&ballot), w.svm.fee_payer());
                let cast = w.community.cast_vote_for(person.key(), delegate.key(), payer, 0, args);
                w.send(cast, &[&delegate]).unwrap();
            }
            2 => {
                w.cast(&person, &ballot).unwrap();
                w.retract(&person).unwrap();
                voter.covered = Some(0);
            }
            3 => {
                w.cast(&person, &[(0, For)]).unwrap();
                if ballot != [(0, For)] {
                    w.revise(&person, &ballot).unwrap();
                }
            }
            _ => {
                w.cast(&person, &ballot).unwrap();
            }
        }
    }
}

/// The reward in exact arithmetic.
fn reward(pool: u64, voter: &Voter, total: u64) -> u64 {
    match voter.covered {
        Some(covered) if covered >= GATE => {
            u64::try_from(u128::from(pool) * u128::from(voter.weight) / u128::from(total)).unwrap()
        }
        _ => 0,
    }
}

/// Closes what keeps the epoch open besides vote records, and the epoch.
fn close_the_rest(w: &mut World) {
    for index in 0..u8::try_from(ENTRIES).unwrap() {
        if w.entry(0, index).is(Outcome::Funded) {
            w.lapse(0, index).unwrap();
        }
        w.close_proposal(0, index).unwrap();
    }
    w.close_epoch(0).unwrap();
}

#[test]
fn twenty_voters_share_the_pool_to_the_unit() {
    for seed in 1..=6 {
        let mut random = Random(seed);
        let (mut w, mut voters) = town(&mut random);
        let pool = w.epoch(0).reward_pool;
        vote(&mut w, &mut voters, &mut random);
        w.to_tallying();
        w.settle().unwrap();
        let total: u64 = voters.iter().map(|voter| voter.weight).sum();
        assert_eq!(w.epoch(0).electorate, total);
        assert_eq!(w.treasury().reserved_funds, pool);

        since_settlement(&mut w, 14 * DAY); // funded entries can lapse, rewards can be claimed
        let (vault, free) = (w.vault(), w.treasury().free().unwrap());
        let committed = w.treasury().committed;
        let mut paid = 0;
        for voter in &voters {
            let purse = w.purse(&voter.person);
            if voter.covered.is_none() {
                assert!(!w.svm.exists(&w.vote_record_key(0, &voter.person)));
                continue;
            }
            w.close_vote_record(0, &voter.person).unwrap();
            let earned = w.purse(&voter.person) - purse;
            assert_eq!(earned, reward(pool, voter, total), "seed {seed}");
            paid += earned;
            assert!(paid <= pool, "seed {seed}");
            assert_eq!(w.treasury().reserved_funds, pool - paid);
            assert_eq!(w.epoch(0).rewards_paid, paid);
        }
        assert!(paid > 0, "seed {seed} pays nobody");
        assert_eq!(vault - w.vault(), paid);
        assert_eq!((w.treasury().free(), w.treasury().committed), (Some(free), committed));

        close_the_rest(&mut w);
        let books = w.treasury();
        assert_eq!((books.reserved_funds, books.committed), (0, 0));
        assert_eq!(books.free().unwrap(), free + (pool - paid) + committed);
        assert_eq!(books.tracked, w.vault());
    }
}

#[test]
fn when_everybody_votes_only_rounding_is_left() {
    for seed in 7..=9 {
        let mut random = Random(seed);
        let (mut w, voters) = town(&mut random);
        let pool = w.epoch(0).reward_pool;
        for voter in &voters {
            w.cast(&voter.person, &[(0, For), (2, Against), (4, Abstain)]).unwrap();
        }
        w.to_tallying();
        w.settle().unwrap();
        for voter in &voters {
            w.close_vote_record(0, &voter.person).unwrap();
        }
        let left = w.treasury().reserved_funds;
        assert!(left < 20, "seed {seed}: less than a unit a voter, but {left}");
        assert_eq!(w.epoch(0).rewards_paid, pool - left);
    }
}

#[test]
fn the_order_of_closing_changes_no_reward() {
    let rewards = |reverse: bool| {
        let mut random = Random(10);
        let (mut w, mut voters) = town(&mut random);
        vote(&mut w, &mut voters, &mut random);
        w.to_tallying();
        w.settle().unwrap();
        let mut order: Vec<&Voter> = voters.iter().filter(|v| v.covered.is_some()).collect();
        if reverse {
            order.reverse();
        }
        for voter in order {
            w.close_vote_record(0, &voter.person).unwrap();
        }
        voters.iter().map(|voter| w.purse(&voter.person)).collect::<Vec<_>>()
    };
    assert_eq!(rewards(false), rewards(true));
}

#[test]
fn splitting_a_stake_earns_no_more() {
    // The same 1,000,003 base units in one stake or in twenty, beside another voter.
    let earned = |parts: u64| {
        let mut policy = test_policy();
        policy.budget.reward_bps = 999;
        let mut w = World::with(Setup { policy, ..Setup::default() });
        let other = w.staker(777_777);
        let each = 1_000_003 / parts;
        let mut people: Vec<Person> = (1..parts).map(|_| w.staker(each)).collect();
        people.push(w.staker(1_000_003 - each * (parts - 1)));
        let proposer = w.proposer();
        w.open_epoch().unwrap();
        w.submit(&proposer, &Ask::of(1)).unwrap();
        w.to_voting();
        for person in people.iter().chain([&other]) {
            w.cast(person, &[(0, For)]).unwrap();
        }
        w.to_tallying();
        w.settle().unwrap();
        people.iter().fold(0, |sum, person| {
            let purse = w.purse(person);
            w.close_vote_record(0, person).unwrap();
            sum + w.purse(person) - purse
        })
    };
    let (one, twenty) = (earned(1), earned(20));
    assert!(twenty <= one && one - twenty < 20, "{one} in one stake, {twenty} in twenty");
}

#[test]
fn an_owner_who_takes_over_from_the_delegate_is_rewarded_once() {
    let mut policy = test_policy();
    policy.budget.reward_bps = 200;
    let mut w = World::with(Setup { policy, ..Setup::default() });
    let (owner, delegate) = (w.staker(600), w.staker(400));
    let proposer = w.proposer();
    w.open_epoch().unwrap();
    w.submit(&proposer, &Ask::of(SMALL_ASK)).unwrap();
    w.set_delegate(&owner, delegate.key()).unwrap();
    w.to_voting();
    let (args, payer) = (w.ballot(&[(0, For)]), w.svm.fee_payer());
    let cast = w.community.cast_vote_for(owner.key(), delegate.key(), payer, 0, args);
    w.send(cast, &[&delegate]).unwrap();
    w.revise(&owner, &[(0, Against)]).unwrap();
    w.cast(&delegate, &[(0, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    let (owners, delegates) = (w.purse(&owner), w.purse(&delegate));
    w.close_vote_record(0, &owner).unwrap();
    w.close_vote_record(0, &delegate).unwrap();
    assert_eq!(w.purse(&owner) - owners, 1_200_000);
    assert_eq!(w.purse(&delegate) - delegates, 800_000);
    assert_eq!((w.treasury().reserved_funds, w.epoch(0).vote_record_count), (0, 0));
}

#[test]
fn a_pool_that_is_set_aside_is_not_spent_on_awards() {
    // The cap is 10 % of what is free, the pool 10 % of the cap: neither touches the other.
    let mut policy = test_policy();
    policy.budget.reward_bps = 1_000;
    let mut w = World::with(Setup { policy, ..Setup::default() });
    let voter = w.staker(5);
    let proposer = w.proposer();
    w.open_epoch().unwrap();
    let (cap, pool) = (w.epoch(0).cap, w.epoch(0).reward_pool);
    assert_eq!((cap, pool), (100_000_000, 10_000_000));
    w.submit(&proposer, &Ask::of(cap)).unwrap();
    w.to_voting();
    w.cast(&voter, &[(0, For)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    let books = w.treasury();
    assert_eq!((books.committed, books.reserved_funds), (cap, pool));
    assert_eq!(books.free().unwrap(), books.tracked - cap - pool);
    w.close_vote_record(0, &voter).unwrap();
    assert_eq!((w.treasury().committed, w.treasury().reserved_funds), (cap, 0));
    w.to_execution(0);
    w.execute(0, 0).unwrap();
    w.svm.advance(60 * DAY);
    w.claim(0, 0).unwrap();
    assert_eq!(w.vault(), 1_000_000_000 + 1_000 - cap - pool);
    refused(&mut w, BudgetError::NothingToReclaim, |w| {
        since_settlement(w, 60 * DAY);
        w.reclaim_rewards(0)
    });
}
