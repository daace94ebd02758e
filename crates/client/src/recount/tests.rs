use anchor_lang::Discriminator;
use bytemuck::Zeroable;

use super::*;
use crate::{address, ballot::pack};

const EPOCH: Pubkey = Pubkey::new_from_array([7; 32]);

fn record(number: u8, weight: u64, ballot: &[(u8, Choice)]) -> (Pubkey, Vec<u8>) {
    let owner = Pubkey::new_from_array([number; 32]);
    let mut head = VoteRecord::zeroed();
    let seeds: [&[u8]; 3] = [VOTE_SEED, EPOCH.as_ref(), owner.as_ref()];
    let (key, bump) = Pubkey::find_program_address(&seeds, &community_budget::ID);
    assert_eq!(key, address::vote_record(&EPOCH, &owner));
    (head.bump, head.epoch, head.owner, head.weight) = (bump, EPOCH, owner, weight);
    let mut data = VoteRecord::DISCRIMINATOR.to_vec();
    data.extend_from_slice(bytemuck::bytes_of(&head));
    let mut ballot = pack(ballot.iter().copied());
    ballot.resize(4, 0);
    data.extend(ballot);
    (key, data)
}

fn counted() -> (Recount, BudgetEpoch, Vec<Entry>) {
    let mut recount = Recount::new(EPOCH, 16);
    let mut slate = vec![Entry::zeroed(); 16];
    for (number, weight, ballot) in [
        (1, 10, vec![(0, Choice::For), (15, Choice::Against)]),
        (2, 5, vec![(0, Choice::Abstain), (15, Choice::Against)]),
    ] {
        let (key, data) = record(number, weight, &ballot);
        recount.add(&key, &community_budget::ID, &data).unwrap();
    }
    (slate[0].for_, slate[0].abstain, slate[15].against) = (10, 5, 15);
    let mut epoch = BudgetEpoch::zeroed();
    (epoch.vote_record_count, epoch.turnout) = (2, 15);
    (recount, epoch, slate)
}

#[test]
fn what_the_epoch_counted_is_verified() {
    let (recount, epoch, slate) = counted();
    assert_eq!(recount.verify(&epoch, &slate), Ok(2));
}

#[test]
fn every_difference_is_found() {
    let (recount, mut epoch, slate) = counted();
    epoch.vote_record_count = 3;
    assert_eq!(recount.verify(&epoch, &slate), Err(Flaw::Count { records: 2, epoch: 3 }));
    let (recount, mut epoch, slate) = counted();
    epoch.turnout = 16;
    assert_eq!(recount.verify(&epoch, &slate), Err(Flaw::Turnout { records: 15, epoch: 16 }));
    for index in 0..16 {
        let (recount, epoch, mut slate) = counted();
        slate[index].against += 1;
        let flaw = recount.verify(&epoch, &slate).unwrap_err();
        assert!(matches!(flaw, Flaw::Entry { index: at, .. } if at == index), "{flaw}");
        assert!(flaw.to_string().starts_with(&format!("entry {index}: ")));
    }
}

#[test]
fn a_record_that_is_none_is_refused() {
    let (mut recount, ..) = counted();
    let (key, data) = record(3, 1, &[(0, Choice::For)]);
    let id = community_budget::ID;
    let stranger = Pubkey::new_from_array([9; 32]);
    assert!(matches!(recount.add(&key, &stranger, &data), Err(Flaw::NotARecord(..))));
    let mut other = data.clone();
    other[0] ^= 1;
    assert!(matches!(recount.add(&key, &id, &other), Err(Flaw::NotARecord(..))));
    assert_eq!(recount.add(&stranger, &id, &data), Err(Flaw::WrongAddress(stranger)));
    // Another owner, weight left as it is: the address tells.
    let mut other = data.clone();
    other[8 + 40] ^= 1;
    assert_eq!(recount.add(&key, &id, &other), Err(Flaw::WrongAddress(key)));
    let mut other = data.clone();
    other[8 + 8] ^= 1;
    assert_eq!(recount.add(&key, &id, &other), Err(Flaw::OtherEpoch(key)));
    let mut long = data.clone();
    long.push(1);
    assert_eq!(recount.add(&key, &id, &long), Err(Flaw::TooLong(key)));
}

#[test]
fn no_record_counts_twice() {
    let (mut recount, ..) = counted();
    let (key, data) = record(1, 10, &[(0, Choice::For)]);
    let id = community_budget::ID;
    let voter = Pubkey::new_from_array([1; 32]);
    assert_eq!(recount.add(&key, &id, &data), Err(Flaw::Duplicate(voter)));
    let mut other = Recount::new(EPOCH, 16);
    other.add(&key, &id, &data).unwrap();
    assert_eq!(recount.join(other), Err(Flaw::Duplicate(voter)));
}

#[test]
fn a_voters_record_at_another_bump_does_not_count() {
    let (mut recount, ..) = counted();
    let (id, voter) = (community_budget::ID, Pubkey::new_from_array([1; 32]));
    let (canonical, data) = record(1, 10, &[(0, Choice::For)]);
    let mut forged = 0;
    for bump in 0..=u8::MAX {
        let seeds: [&[u8]; 4] = [VOTE_SEED, EPOCH.as_ref(), voter.as_ref(), &[bump]];
        let Ok(key) = Pubkey::create_program_address(&seeds, &id) else { continue };
        let mut data = data.clone();
        data[8 + 1] = bump;
        assert_eq!(recount.add(&key, &id, &data), Err(Flaw::Duplicate(voter)));
        forged += u32::from(key != canonical);
    }
    assert!(forged > 50, "{forged} other addresses");
}

#[test]
fn parts_add_up() {
    let (whole, epoch, slate) = counted();
    drop(whole);
    let mut sum = Recount::new(EPOCH, 16);
    for (number, weight, ballot) in [
        (1, 10, vec![(0, Choice::For), (15, Choice::Against)]),
        (2, 5, vec![(0, Choice::Abstain), (15, Choice::Against)]),
    ] {
        let mut part = Recount::new(EPOCH, 16);
        let (key, data) = record(number, weight, &ballot);
        part.add(&key, &community_budget::ID, &data).unwrap();
        sum.join(part).unwrap();
    }
    assert_eq!(sum.verify(&epoch, &slate), Ok(2));
}

/// A refused call leaves the recount as it was: the same records are verified afterwards.
#[track_caller]
fn unchanged(recount: Recount, epoch: &BudgetEpoch, slate: &[Entry]) {
    assert_eq!(recount.verify(epoch, slate), Ok(2));
}

#[test]
fn a_record_that_is_too_long_changes_nothing() {
    let (mut recount, mut epoch, mut slate) = counted();
    let (key, mut data) = record(3, 7, &[(0, Choice::For), (15, Choice::For)]);
    let right = data.clone();
    data.push(1);
    assert_eq!(recount.add(&key, &community_budget::ID, &data), Err(Flaw::TooLong(key)));
    assert_eq!(recount.add(&key, &community_budget::ID, &right), Ok(()));
    (epoch.vote_record_count, epoch.turnout) = (3, 22);
    (slate[0].for_, slate[15].for_) = (17, 7);
    assert_eq!(recount.verify(&epoch, &slate), Ok(3));
}

#[test]
fn a_record_that_weighs_too_much_changes_nothing() {
    let (mut recount, mut epoch, mut slate) = counted();
    let id = community_budget::ID;
    let (key, data) = record(3, u64::MAX - 14, &[(1, Choice::For)]);
    assert_eq!(recount.add(&key, &id, &data), Err(Flaw::Overflow));
    let (key, data) = record(3, u64::MAX - 15, &[(0, Choice::For)]);
    assert_eq!(recount.add(&key, &id, &data), Ok(()));
    (epoch.vote_record_count, epoch.turnout) = (3, u64::MAX);
    slate[0].for_ = u64::MAX - 5;
    assert_eq!(recount.verify(&epoch, &slate), Ok(3));
}

#[test]
fn a_second_record_of_a_voter_changes_nothing() {
    let (mut recount, epoch, slate) = counted();
    let (key, data) = record(2, 5, &[(3, Choice::For)]);
    let voter = Pubkey::new_from_array([2; 32]);
    assert_eq!(recount.add(&key, &community_budget::ID, &data), Err(Flaw::Duplicate(voter)));
    unchanged(recount, &epoch, &slate);
}

/// A part that counted one record on entry 0 and, to be refused, another.
fn joining(capacity: usize, records: &[(u8, u64)]) -> Recount {
    let mut part = Recount::new(EPOCH, capacity);
    for (number, weight) in records {
        let (key, data) = record(*number, *weight, &[(0, Choice::For)]);
        part.add(&key, &community_budget::ID, &data).unwrap();
    }
    part
}

#[test]
fn a_part_that_is_refused_changes_nothing() {
    let mut elsewhere = joining(16, &[]);
    elsewhere.epoch = Pubkey::new_from_array([8; 32]);
    let voter = Pubkey::new_from_array([2; 32]);
    for (part, flaw) in [
        (elsewhere, Flaw::OtherPart(Pubkey::new_from_array([8; 32]))),
        (joining(32, &[(3, 1)]), Flaw::Capacity { records: 16, slate: 32 }),
        (joining(8, &[(3, 1)]), Flaw::Capacity { records: 16, slate: 8 }),
        (joining(16, &[(3, u64::MAX - 14)]), Flaw::Overflow),
        (joining(16, &[(3, 1), (2, 5), (4, 1)]), Flaw::Duplicate(voter)),
    ] {
        let (mut recount, mut epoch, mut slate) = counted();
        assert_eq!(recount.join(part), Err(flaw));
        recount.join(joining(16, &[(3, 4), (4, 2)])).unwrap();
        (epoch.vote_record_count, epoch.turnout) = (4, 21);
        slate[0].for_ = 16;
        assert_eq!(recount.verify(&epoch, &slate), Ok(4));
    }
}

#[test]
fn a_slate_of_another_length_is_not_verified() {
    for length in [0, 1, 15, 17, 32] {
        let (recount, epoch, mut slate) = counted();
        slate.resize(length, Entry::zeroed());
        let flaw = recount.verify(&epoch, &slate).unwrap_err();
        assert_eq!(flaw, Flaw::Capacity { records: 16, slate: length });
        assert!(flaw.to_string().contains("votes on 16 entries"), "{flaw}");
    }
}
