//! Where the tests of rewards begin: a pool of [`POOL`], and proof of what a closed record pays.

use anchor_lang::solana_program::instruction::Instruction;
use budget_tests::*;
use community_budget::state::Treasury;

use crate::stage::*;

/// 3.33 % of a cap of 100,000,000.
pub const POOL: u64 = 3_330_000;

/// Two periods of the test policy.
pub const TWO_PERIODS: i64 = 60 * DAY;

pub fn rewarding() -> Policy {
    let mut policy = test_policy();
    policy.budget.reward_bps = 333;
    policy
}

/// Voting is open over so many accepted asks; stakers hold these amounts.
pub fn voting(policy: Policy, stakes: &[u64], asks: u64) -> (World, Vec<Person>) {
    let mut w = World::with(Setup { policy, ..Setup::default() });
    let voters = stakes.iter().map(|amount| w.staker(*amount)).collect();
    w.open_epoch().unwrap();
    for amount in 1..=asks {
        let proposer = w.proposer();
        w.submit(&proposer, &Ask::of(amount)).unwrap();
    }
    w.to_voting();
    assert_eq!(w.epoch(0).reward_pool, POOL);
    (w, voters)
}

pub fn settle(w: &mut World) {
    w.to_tallying();
    w.settle().unwrap();
}

/// One voter of three, with 7 of 31, whose reward is due.
pub fn due() -> (World, Person) {
    let (mut w, voters) = voting(rewarding(), &[7, 11, 13], 1);
    w.cast(&voters[0], &[(0, For)]).unwrap();
    settle(&mut w);
    (w, voters[0].clone())
}

/// `floor(3,330,000 * 7 / 31)`.
pub const DUE: u64 = 751_935;

pub fn closing(w: &World, owner: &Person) -> Instruction {
    w.community.close_vote_record(0, owner.key(), w.svm.fee_payer())
}

/// Closes the voter's record and proves that exactly `reward` went from the vault to the voter, and
/// out of the books.
#[track_caller]
pub fn pays(w: &mut World, voter: &Person, reward: u64) {
    let (books, vault, purse) = (w.treasury(), w.vault(), w.purse(voter));
    let (pool, paid) = (w.epoch(0).reward_pool, w.epoch(0).rewards_paid);
    w.close_vote_record(0, voter).unwrap();
    assert_eq!(w.purse(voter) - purse, reward);
    assert_eq!(vault - w.vault(), reward);
    let after = w.treasury();
    let expected = Treasury {
        tracked: books.tracked - reward,
        reserved_funds: books.reserved_funds - reward,
        high_water: books.high_water - reward,
        // Noting the participation may be the first change of weight since voting opened.
        frozen_epoch: after.frozen_epoch,
        frozen_total: after.frozen_total,
        ..books
    };
    assert_same(after, expected);
    assert_eq!(after.electorate(0), books.electorate(0));
    assert_eq!((w.epoch(0).reward_pool, w.epoch(0).rewards_paid), (pool, paid + reward));
    assert!(!w.svm.exists(&w.vote_record_key(0, voter)));
}
