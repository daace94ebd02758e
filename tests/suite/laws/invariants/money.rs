//! I1 to I10: money.

use std::collections::BTreeMap;

use anchor_lang::prelude::{Pubkey, Rent};
use budget_tests::{Outcome, Snapshot};
use community_budget::{
    ID,
    state::{Entry, Stream},
};

use crate::books::{Books, Step, accounts::Accounts};

/// Lamports per signature.
const FEE: u64 = 5_000;

/// The only instructions that take tokens out of the vault.
const PAYING: [&str; 2] = ["withdraw_stream", "close_vote_record"];

pub fn check(step: &Step<'_>, books: &Books) {
    i1_the_vault_covers_what_is_promised(step, books);
    i2_no_epoch_awards_more_than_its_cap(step);
    i3_no_stream_pays_more_than_it_released(step, books);
    i4_a_closed_stream_has_paid_or_returned_its_total(step);
    i5_nothing_of_a_stream_is_lost(step, books);
    i7_tokens_are_conserved_and_booked(step, books);
    i8_lamports_only_move(step);
    i9_nobody_takes_from_a_recipient(step, books);
    i10_positions_are_what_is_out(step);
}

/// I1 The vault holds what is tracked, tracked covers what is committed and reserved, committed is
/// exactly what funded entries and streams have still to pay, reserved what voters can still earn;
/// only claims and rewards take from it (P1).
fn i1_the_vault_covers_what_is_promised(step: &Step<'_>, books: &Books) {
    let (own, after) = (&step.after.treasury, step.after);
    let vault = after.tokens(&own.vault);
    assert!(vault >= own.tracked, "I1: {vault} in the vault, {} tracked", own.tracked);
    assert_eq!(vault - own.tracked, books.donated[0], "I1: surplus is donations");
    assert!(own.tracked >= own.committed + own.reserved_funds, "I1: promised is covered");
    let waiting: u64 = after.epochs.values().map(|epoch| epoch.sum(&[Outcome::Funded])).sum();
    let streaming: u64 = after.streams.values().map(unpaid).sum();
    assert_eq!(own.committed, waiting + streaming, "I1: committed is still to be paid");
    let pools = after.epochs.values().map(|e| e.header.reward_pool - e.header.rewards_paid);
    assert_eq!(own.reserved_funds, pools.sum::<u64>(), "I1: reserved is still to be earned");
    assert!(step.paid() == 0 || step.is(&PAYING), "P1: {} took from the vault", step.name);
}

/// What a stream has still to pay.
fn unpaid(stream: &Stream) -> u64 {
    stream.total - stream.withdrawn - stream.returned
}

/// I2 An epoch awards at most its cap, each category at most its share of it, one recipient and one
/// tier at most theirs, and pays at most its pool of rewards.
fn i2_no_epoch_awards_more_than_its_cap(step: &Step<'_>) {
    const HOLDING: [Outcome; 2] = [Outcome::Funded, Outcome::Executed];
    const EVER: [Outcome; 4] =
        [Outcome::Funded, Outcome::Executed, Outcome::Lapsed, Outcome::Vetoed];
    for epoch in step.after.epochs.values() {
        let header = &epoch.header;
        assert!(header.allocated <= header.cap, "I2: allocated within the cap");
        assert_eq!(header.allocated, epoch.sum(&HOLDING), "I2: allocated is what entries hold");
        assert_eq!(header.executed, epoch.sum(&[Outcome::Executed]), "I2: executed");
        assert!(header.rewards_paid <= header.reward_pool, "I2: rewards within the pool");
        let ever = |entry: &&Entry| entry.is_award() && EVER.iter().any(|o| entry.is(*o));
        let sum = |of: &dyn Fn(&Entry) -> bool| -> u64 {
            epoch.entries().iter().filter(ever).filter(|e| of(e)).map(|e| e.amount).sum()
        };
        for (category, awarded) in (0..).zip(header.category_awarded) {
            let share = header.category_caps[usize::from(category)];
            assert!(awarded <= share, "I2: category {category} within its share");
            assert_eq!(awarded, sum(&|e| e.category == category), "I2: category {category}");
        }
        for entry in epoch.entries().iter().filter(ever) {
            let to_one = sum(&|e| e.recipient_tag == entry.recipient_tag);
            assert!(to_one <= header.recipient_cap, "I2: one recipient within the limit");
        }
        let [_, medium, large] = header.ask_limits;
        assert!(sum(&|e| e.tier == 0) <= medium, "I2: small awards together");
        assert!(sum(&|e| e.tier <= 1) <= large, "I2: small and medium awards together");
    }
}

/// I3 A stream pays at most what it has released, and has released at most what it pays in all; what
/// it has released is what parts, reviews and rulings say.
fn i3_no_stream_pays_more_than_it_released(step: &Step<'_>, books: &Books) {
    for (key, stream) in &step.after.streams {
        let released = books.streams[key].released(step.now);
        assert!(stream.withdrawn <= released, "I3: {key} paid {} early", stream.withdrawn);
        assert!(released <= stream.total - stream.returned, "I3: {key} released too much");
    }
}

/// I4 A stream that is closed has paid or returned its total exactly.
fn i4_a_closed_stream_has_paid_or_returned_its_total(step: &Step<'_>) {
    for (key, stream) in &step.before.streams {
        if !step.after.streams.contains_key(key) {
            assert_eq!(unpaid(stream), 0, "I4: {key} closed");
        }
    }
}

/// I5 Whatever ends or reduces a stream divides it exactly: what it paid, what it returned and what
/// it pays in all if nothing else happens make its total.
fn i5_nothing_of_a_stream_is_lost(step: &Step<'_>, books: &Books) {
    for (key, stream) in &step.after.streams {
        let book = &books.streams[key];
        assert_eq!(stream.returned + book.net(), stream.total, "I5: {key}");
        if stream.ended_at > 0 {
            assert_eq!(book.released(step.now), book.net(), "I5: {key} has ended");
        }
    }
}

/// I7 No instruction makes or burns tokens of either mint; stake and bond vault hold what the books
/// say, and the books are the sums over stakes and proposals.
fn i7_tokens_are_conserved_and_booked(step: &Step<'_>, books: &Books) {
    let (own, after) = (&step.after.treasury, step.after);
    for mint in [&own.budget_mint, &own.stake_mint] {
        assert_eq!(step.before.supply(mint), after.supply(mint), "I7: {mint} conserved");
    }
    let staked: u64 = after.stakes.values().map(|stake| stake.amount + stake.cooling).sum();
    let bonded: u64 = after.proposals.values().map(|proposal| proposal.bond).sum();
    assert_eq!(own.staked, staked, "I7: staked");
    assert_eq!(own.bonded, bonded, "I7: bonded");
    let [_, to_stakes, to_bonds] = books.donated;
    assert_eq!(after.tokens(&own.stake_vault), staked + to_stakes, "I7: stake vault");
    assert_eq!(after.tokens(&own.bond_vault), bonded + to_bonds, "I7: bond vault");
}

/// I8 Lamports only move: closing returns the whole balance to the recorded payer, and every account
/// of the program is exempt from rent.
fn i8_lamports_only_move(step: &Step<'_>) {
    let (before, after) = (&step.before.raw, &step.after.raw);
    let sum = |raw: &Snapshot| raw.values().map(|a| u128::from(a.lamports)).sum();
    let (sum_before, sum_after): (u128, u128) = (sum(before), sum(after));
    assert_eq!(sum_before, sum_after, "I8: conserved");
    assert_eq!(step.fees, step.signatures * FEE, "I8: the fee payer pays fees alone");

    let mut returned: BTreeMap<Pubkey, u64> = BTreeMap::new();
    for (key, payer) in rent_payers(step.before) {
        if !after.contains_key(&key) {
            *returned.entry(payer).or_default() += before[&key].lamports;
        }
    }
    for (key, old) in before {
        let Some(new) = after.get(key) else {
            assert_eq!(old.owner, ID, "I8: {key} vanished");
            continue;
        };
        let created = old.owner != ID && new.owner == ID;
        if new.lamports > old.lamports && !created {
            assert_eq!(returned.get(key), Some(&(new.lamports - old.lamports)), "I8: {key} gains");
        } else if new.lamports < old.lamports {
            assert!(step.signed_by(key), "I8: {key} lost lamports without signing");
        }
    }
    for (key, new) in after.iter().filter(|(_, account)| account.owner == ID) {
        let least = Rent::default().minimum_balance(new.data.len());
        assert!(new.lamports >= least, "I8: {key} is not exempt from rent");
    }
}

/// Who paid the rent of what.
fn rent_payers(accounts: &Accounts) -> Vec<(Pubkey, Pubkey)> {
    let epochs = accounts.epochs.iter().map(|(key, epoch)| (*key, epoch.header.rent_payer));
    let ballots = accounts.ballots.iter().map(|(key, ballot)| (*key, ballot.record.rent_payer));
    let proposals = accounts.proposals.iter().map(|(key, p)| (*key, p.rent_payer));
    let stakes = accounts.stakes.iter().map(|(key, stake)| (*key, stake.rent_payer));
    let streams = accounts.streams.iter().map(|(key, stream)| (*key, stream.rent_payer));
    let reviews = accounts.reviews.iter().map(|(key, review)| (*key, review.rent_payer));
    epochs.chain(ballots).chain(proposals).chain(stakes).chain(streams).chain(reviews).collect()
}

/// I9 No action of a third party takes from what a recipient can claim: what is released never falls
/// (P4), who is paid changes by the recipient's hand alone, and what is withdrawn arrives at the
/// payout account.
fn i9_nobody_takes_from_a_recipient(step: &Step<'_>, books: &Books) {
    const PAYOUT: usize = 3;
    for (key, new) in &step.after.streams {
        let Some(old) = step.before.streams.get(key) else { continue };
        let terms = |s: &Stream| {
            let times = (s.started_at, s.duration_secs, s.cliff_secs, s.checkpoints);
            let reviews = (s.window_secs, s.grace_secs, s.hold_limit_secs, s.pass_bps, s.floor_bps);
            (s.recipient, s.total, times, reviews, s.treasury, s.category, s.is_risk)
        };
        assert_eq!(terms(old), terms(new), "I9: terms of {key}");
        let mut then = *old;
        then.pass_by_silence(step.now).unwrap();
        let released = then.released(step.now).unwrap();
        assert!(books.streams[key].released(step.now) >= released, "P4: {key} takes money back");
        if old.payout_account != new.payout_account {
            let by_recipient = step.signed_by(&old.recipient);
            assert!(step.is(&["redirect_payout"]) && by_recipient, "I9: {key} redirected");
            let holder = step.after.raw[&new.payout_account].data[32..64].to_vec();
            assert_ne!(holder, step.community.treasury.to_bytes(), "I9: pays the treasury");
        }
        if old.withdrawn != new.withdrawn {
            assert!(step.is(&["withdraw_stream"]), "I9: {} paid from {key}", step.name);
            let payout = step.key(PAYOUT);
            let own = step.community.budget_account(&old.recipient);
            assert!([old.payout_account, own].contains(&payout), "I9: {key} paid elsewhere");
            let arrived = step.after.tokens(&payout) - step.before.tokens(&payout);
            assert_eq!(new.withdrawn - old.withdrawn, arrived, "I9: {key} paid less");
            assert_eq!(step.paid(), arrived, "I9: {key} cost more");
        }
    }
}

/// I10 What is promised to a risk category is what its entries and streams have still to pay; an
/// operating category has no position. (Rounding: the books compute every release exactly and round
/// down once.)
fn i10_positions_are_what_is_out(step: &Step<'_>) {
    let mut pending = [0u64; 8];
    for epoch in step.after.epochs.values() {
        for entry in epoch.entries().iter().filter(|entry| entry.is(Outcome::Funded)) {
            let slot = usize::from(entry.category);
            if epoch.header.policy.risk.categories[slot].class != 0 {
                pending[slot] += entry.amount;
            }
        }
    }
    for stream in step.after.streams.values().filter(|stream| stream.is_risk != 0) {
        pending[usize::from(stream.category)] += unpaid(stream);
    }
    let books = &step.after.treasury;
    for (category, (position, pending)) in books.positions.iter().zip(pending).enumerate() {
        assert_eq!(position.pending, pending, "I10: promised to category {category}");
        let class = books.in_force.risk.categories[category].class;
        let empty = position.pending == 0 && position.cost == 0;
        assert!(class != 0 || empty, "I10: category {category} is operating, with a position");
    }
}
