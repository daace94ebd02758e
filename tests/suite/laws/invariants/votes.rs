//! I11 to I18: votes.

use std::collections::BTreeSet;

use anchor_lang::prelude::Pubkey;
use budget_client::address;
use budget_tests::Choice;

use crate::books::{Books, Step};

const BALLOTS: [&str; 3] = ["cast_vote", "revise_vote", "retract_vote"];

pub fn check(step: &Step<'_>, books: &Books) {
    i11_tallies_are_sums_over_records(step);
    i12_one_record_per_epoch_and_voter(step);
    i13_weights_stay_within_the_electorate(step, books);
    i14_a_weight_is_fixed_at_the_first_cast(step);
    i15_ballots_count_in_voting_alone(step);
    i18_a_ballot_moves_its_weight(step);
}

/// I11 Every tally is the sum over the vote records; a choice stands on an accepted entry only.
fn i11_tallies_are_sums_over_records(step: &Step<'_>) {
    for (key, epoch) in step.after.epochs.iter().filter(|(_, e)| e.header.settled_at == 0) {
        let mut sums = vec![(0, 0, 0); epoch.slate.len()];
        for ballot in step.after.ballots.values().filter(|b| b.record.epoch == *key) {
            for (index, choice) in ballot.choices() {
                let entry = &epoch.slate[usize::from(index)];
                assert!(entry.is_votable(), "I11: a choice on entry {index}");
                let (for_, against, abstain) = &mut sums[usize::from(index)];
                *match choice {
                    Choice::For => for_,
                    Choice::Against => against,
                    _ => abstain,
                } += ballot.record.weight;
            }
        }
        for (index, (entry, sum)) in epoch.slate.iter().zip(sums).enumerate() {
            assert_eq!((entry.for_, entry.against, entry.abstain), sum, "I11: entry {index}");
        }
        let votable = epoch.slate.iter().filter(|entry| entry.is_votable()).count();
        assert_eq!(usize::from(epoch.header.votable_count), votable, "I11: votable entries");
    }
}

/// I12 There is one vote record per epoch and voter, at the address derived from both.
fn i12_one_record_per_epoch_and_voter(step: &Step<'_>) {
    let mut seen = BTreeSet::new();
    for (key, ballot) in &step.after.ballots {
        let (epoch, owner) = (ballot.record.epoch, ballot.record.owner);
        assert!(seen.insert((epoch, owner)), "I12: two records of {owner}");
        let fresh = !step.before.ballots.contains_key(key);
        let address = || address::vote_record(&epoch, &owner);
        assert!(!fresh || *key == address(), "I12: address of {owner}'s record");
    }
    for (key, epoch) in &step.after.epochs {
        let records = seen.range((*key, Pubkey::default())..).take_while(|(e, _)| e == key).count();
        assert_eq!(epoch.header.vote_record_count, u64::try_from(records).unwrap(), "I12: count");
    }
}

/// I13 The weights of all vote records together are at most the total weight at the opening, which
/// is the electorate; the total weight is the sum of the stakes' weights. (What each weighs:
/// `Books`.)
fn i13_weights_stay_within_the_electorate(step: &Step<'_>, books: &Books) {
    let after = step.after;
    let total: u64 = after.stakes.values().map(|stake| stake.weight).sum();
    assert_eq!(after.treasury.total_weight, total, "I13: total weight");
    for (key, stake) in &after.stakes {
        let same = step.before.stakes.get(key).is_some_and(|old| old.weight == stake.weight);
        const WEIGHING: [&str; 7] = [
            "stake",
            "request_unstake",
            "set_lock",
            "set_delegate",
            "refresh_stake",
            "mark_dormant",
            "close_vote_record",
        ];
        let fresh = stake.weight == 0 && step.is(&["open_stake"]);
        assert!(same || fresh || step.is(&WEIGHING), "I13: {} weighed {key}", step.name);
    }
    let Some(epoch) = after.current(step.community) else { return };
    let electorate = books.votes.electorate;
    let key = step.community.epoch(epoch.header.index);
    if step.now < epoch.header.voting_opens_at {
        assert_eq!(epoch.header.ballot_count, 0, "I13: nobody has voted");
    } else if epoch.header.settled_at == 0 {
        let records = after.ballots.values().filter(|ballot| ballot.record.epoch == key);
        let cast: u64 = records.map(|ballot| ballot.record.weight).sum();
        assert!(cast <= electorate, "I13: {cast} cast by an electorate of {electorate}");
        assert_eq!(epoch.header.turnout, cast, "I13: turnout");
    } else {
        assert_eq!(epoch.header.electorate, electorate, "I13: electorate");
    }
}

/// I14 A record's weight never changes; at the first cast it is the weight at the opening less what
/// its owner has taken away since. Once the owner has voted, no delegate does.
fn i14_a_weight_is_fixed_at_the_first_cast(step: &Step<'_>) {
    for (key, new) in &step.after.ballots {
        match step.before.ballots.get(key) {
            Some(old) => {
                let kept = |ballot: &crate::books::accounts::Ballot| {
                    let record = ballot.record;
                    (record.weight, record.tokens_bps, record.owner, record.epoch)
                };
                assert_eq!(kept(old), kept(new), "I14: {key}");
                let hands = (old.record.by_delegate, new.record.by_delegate);
                assert_ne!(hands, (0, 1), "I14: a delegate took {key} over");
            }
            None => {
                assert!(step.is(&["cast_vote"]), "I14: {} made {key}", step.name);
                assert!(new.record.weight > 0, "I14: {key} weighs nothing");
            }
        }
    }
}

/// I15 No ballot counts outside voting.
fn i15_ballots_count_in_voting_alone(step: &Step<'_>) {
    for (key, new) in &step.after.ballots {
        let same = step.before.ballots.get(key).is_some_and(|old| old.packed == new.packed);
        if !same {
            let header = &step.before.epochs[&new.record.epoch].header;
            let open = header.voting_opens_at..header.voting_closes_at;
            assert!(open.contains(&step.now) && header.settled_at == 0, "I15: {key}");
            assert!(step.is(&BALLOTS), "I15: {}", step.name);
        }
    }
}

/// I18 A ballot moves, on each entry, exactly its weight or nothing, and touches one record.
fn i18_a_ballot_moves_its_weight(step: &Step<'_>) {
    if !step.is(&BALLOTS) {
        return;
    }
    let changed = |key: &Pubkey| step.before.raw.get(key) != step.after.raw.get(key);
    let mut moved = step.after.ballots.iter().filter(|(key, _)| changed(key));
    let (_, ballot) = moved.next().expect("I18: a ballot changes a record");
    assert!(moved.next().is_none(), "I18: one ballot changed two records");
    let (key, weight) = (ballot.record.epoch, ballot.record.weight);
    for (old, new) in step.before.epochs[&key].slate.iter().zip(&step.after.epochs[&key].slate) {
        for (from, to) in
            [(old.for_, new.for_), (old.against, new.against), (old.abstain, new.abstain)]
        {
            assert!([0, weight].contains(&from.abs_diff(to)), "I18: {from} to {to} by {weight}");
        }
    }
}
