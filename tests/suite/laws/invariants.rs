//! The numbered sentences of `tests/INVARIANTS.md` as functions of one step: the accounts before and
//! after it, the instruction, and what the reference model remembers.

use std::collections::{BTreeMap, BTreeSet};

use anchor_lang::{
    prelude::{Pubkey, Rent},
    solana_program::instruction::Instruction,
};
use budget_client::{Community, address};
use budget_tests::{Choice, Outcome, flags};
use community_budget::{
    ID,
    state::{BudgetEpoch, Entry, Stake, Stream, Treasury},
};

use crate::model::{Accounts, Memory};

/// Lamports per signature.
const FEE: u64 = 5_000;

/// One instruction that was sent, and what came of it.
pub struct Step<'a> {
    pub name: &'static str,
    pub instruction: &'a Instruction,
    pub now: i64,
    pub community: &'a Community,
    pub before: &'a Accounts,
    pub after: &'a Accounts,
    /// Lamports that the fee payer lost, who pays nothing but fees.
    pub fees: u64,
    pub signatures: u64,
    /// As of after the step.
    pub memory: &'a Memory,
}

impl Step<'_> {
    fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name)
    }
}

/// Everything that holds after an instruction that went through.
pub fn check(step: &Step<'_>) {
    i1_the_vault_covers_what_is_promised(step);
    i2_no_epoch_awards_more_than_its_cap(step);
    i3_no_stream_pays_more_than_it_released(step);
    i4_a_closed_stream_has_paid_its_total(step);
    i6_many_claims_pay_what_one_would(step);
    i7_tokens_are_conserved_and_booked(step);
    i8_lamports_only_move(step);
    i9_nobody_takes_from_a_recipient(step);
    i10_rounding_favours_the_vault(step);
    i11_tallies_are_sums_over_records(step);
    i12_one_record_per_epoch_and_voter(step);
    i13_weights_stay_within_the_electorate(step);
    i14_a_weight_is_fixed_at_the_first_cast(step);
    i15_ballots_count_in_voting_alone(step);
    i18_a_ballot_moves_its_weight(step);
    i19_outcomes_follow_the_table(step);
    i20_final_outcomes_stay(step);
    i21_an_entry_is_executed_once_and_in_time(step);
    i22_what_an_epoch_froze_stays(step);
    i23_closed_is_closed(step);
    i26_an_instruction_changes_its_own_business_only(step);
}

/// I1 The vault holds what is tracked, tracked covers what is committed and reserved, and committed
/// is exactly what funded entries and streams have still to pay.
fn i1_the_vault_covers_what_is_promised(step: &Step<'_>) {
    let (books, after) = (&step.after.treasury, step.after);
    let vault = after.tokens(&books.vault);
    assert!(vault >= books.tracked, "I1: {vault} in the vault, {} tracked", books.tracked);
    assert_eq!(vault - books.tracked, step.memory.donated[0], "I1: surplus is donations");
    assert!(books.tracked >= books.committed + books.reserved_funds, "I1: promised is covered");
    let waiting: u64 = after.epochs.values().map(|epoch| epoch.sum(&[Outcome::Funded])).sum();
    let streaming: u64 = after.streams.values().map(|s| s.total - s.withdrawn).sum();
    assert_eq!(books.committed, waiting + streaming, "I1: committed is still to be paid");
}

/// I2 An epoch awards at most its cap, and each category at most its share of it.
fn i2_no_epoch_awards_more_than_its_cap(step: &Step<'_>) {
    const HOLDING: [Outcome; 2] = [Outcome::Funded, Outcome::Executed];
    for epoch in step.after.epochs.values() {
        let header = &epoch.header;
        assert!(header.allocated <= header.cap, "I2: allocated within the cap");
        assert_eq!(header.allocated, epoch.sum(&HOLDING), "I2: allocated is what entries hold");
        assert_eq!(header.executed, epoch.sum(&[Outcome::Executed]), "I2: executed");
        for (category, awarded) in (0..).zip(header.category_awarded) {
            let share = header.category_caps[usize::from(category)];
            assert!(awarded <= share, "I2: category {category} within its share");
            let ever = [Outcome::Funded, Outcome::Executed, Outcome::Lapsed];
            let is_in = |e: &&Entry| e.category == category && ever.iter().any(|o| e.is(*o));
            let sum: u64 = epoch.entries().iter().filter(is_in).map(|e| e.amount).sum();
            assert_eq!(awarded, sum, "I2: category {category} as awarded");
        }
    }
}

/// What a stream has released by `now`, by the book: floor(total * elapsed / duration).
pub fn released(stream: &Stream, now: i64) -> u64 {
    let elapsed = now - stream.started_at;
    if elapsed < i64::from(stream.cliff_secs) {
        return 0;
    }
    let duration = u128::from(stream.duration_secs);
    let elapsed = u128::try_from(elapsed).unwrap().min(duration);
    u64::try_from(u128::from(stream.total) * elapsed / duration).unwrap()
}

/// I3 A stream pays at most what it has released, and has released at most its total.
fn i3_no_stream_pays_more_than_it_released(step: &Step<'_>) {
    for (key, stream) in &step.after.streams {
        let released = released(stream, step.now);
        assert!(stream.withdrawn <= released, "I3: {key} paid {} early", stream.withdrawn);
        assert!(released <= stream.total, "I3: {key} released more than its total");
    }
}

/// I4 A stream that is closed has paid its total exactly.
fn i4_a_closed_stream_has_paid_its_total(step: &Step<'_>) {
    for (key, stream) in &step.before.streams {
        if !step.after.streams.contains_key(key) {
            assert_eq!(stream.withdrawn, stream.total, "I4: {key} closed");
            assert_eq!(step.memory.claims[key].0, stream.total, "I4: all of {key} arrived");
        }
    }
}

/// I6 Any number of claims pays what one claim at the last of their moments would have paid.
fn i6_many_claims_pay_what_one_would(step: &Step<'_>) {
    for (key, stream) in &step.after.streams {
        let (arrived, last_at) = step.memory.claims.get(key).copied().unwrap_or((0, i64::MIN / 2));
        let once = if arrived == 0 { 0 } else { released(stream, last_at) };
        assert_eq!((stream.withdrawn, arrived), (once, once), "I6: {key}");
    }
}

/// I7 No instruction makes or burns tokens of either mint; stake and bond vault hold what the books
/// say, and the books are the sums over stakes and proposals.
fn i7_tokens_are_conserved_and_booked(step: &Step<'_>) {
    let (books, after) = (&step.after.treasury, step.after);
    for mint in [&books.budget_mint, &books.stake_mint] {
        assert_eq!(step.before.supply(mint), after.supply(mint), "I7: {mint} conserved");
    }
    let staked: u64 = after.stakes.values().map(|stake| stake.amount + stake.cooling).sum();
    let bonded: u64 = after.proposals.values().map(|proposal| proposal.bond).sum();
    assert_eq!(books.staked, staked, "I7: staked");
    assert_eq!(books.bonded, bonded, "I7: bonded");
    let [_, to_stakes, to_bonds] = step.memory.donated;
    assert_eq!(after.tokens(&books.stake_vault), staked + to_stakes, "I7: stake vault");
    assert_eq!(after.tokens(&books.bond_vault), bonded + to_bonds, "I7: bond vault");
}

/// I8 Lamports only move: closing returns the whole balance to the recorded payer, and every account
/// of the program is exempt from rent.
fn i8_lamports_only_move(step: &Step<'_>) {
    let (before, after) = (&step.before.raw, &step.after.raw);
    let sum = |raw: &budget_tests::Snapshot| raw.values().map(|a| u128::from(a.lamports)).sum();
    let (sum_before, sum_after): (u128, u128) = (sum(before), sum(after));
    assert_eq!(sum_before, sum_after, "I8: conserved");
    assert_eq!(step.fees, step.signatures * FEE, "I8: the fee payer pays fees alone");

    let mut returned: BTreeMap<Pubkey, u64> = BTreeMap::new();
    for (key, payer) in rent_payers(step.before) {
        if !after.contains_key(&key) {
            *returned.entry(payer).or_default() += before[&key].lamports;
        }
    }
    let pays = |key: &Pubkey| {
        step.instruction.accounts.iter().any(|meta| meta.pubkey == *key && meta.is_signer)
    };
    for (key, old) in before {
        let Some(new) = after.get(key) else {
            assert_eq!(old.owner, ID, "I8: {key} vanished");
            continue;
        };
        let created = old.owner != ID && new.owner == ID;
        if new.lamports > old.lamports && !created {
            assert_eq!(returned.get(key), Some(&(new.lamports - old.lamports)), "I8: {key} gains");
        } else if new.lamports < old.lamports {
            assert!(pays(key), "I8: {key} lost lamports without signing");
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
    epochs.chain(ballots).chain(proposals).chain(stakes).chain(streams).collect()
}

/// I9 No action of a third party takes from what a recipient can claim: a stream's terms never
/// change, and what is withdrawn arrived at its payout account.
fn i9_nobody_takes_from_a_recipient(step: &Step<'_>) {
    const PAYOUT: usize = 3;
    for (key, new) in &step.after.streams {
        let Some(old) = step.before.streams.get(key) else { continue };
        let terms = |s: &Stream| {
            (s.recipient, s.total, s.started_at, s.duration_secs, s.cliff_secs, s.treasury)
        };
        assert_eq!(terms(old), terms(new), "I9: terms of {key}");
        let signed = |by: Pubkey| {
            step.instruction.accounts.iter().any(|meta| meta.pubkey == by && meta.is_signer)
        };
        if old.payout_account != new.payout_account {
            assert!(step.is(&["redirect_payout"]) && signed(old.recipient), "I9: {key} redirected");
        }
        if old.withdrawn != new.withdrawn {
            assert!(step.is(&["withdraw_stream"]), "I9: {} paid from {key}", step.name);
            let payout = step.instruction.accounts[PAYOUT].pubkey;
            let own = step.community.budget_account(&old.recipient);
            assert!([old.payout_account, own].contains(&payout), "I9: {key} paid elsewhere");
            let arrived = step.after.tokens(&payout) - step.before.tokens(&payout);
            assert_eq!(new.withdrawn - old.withdrawn, arrived, "I9: {key} paid less");
        }
    }
}

/// I10 Rounding favours the vault, by less than one base unit per stream.
fn i10_rounding_favours_the_vault(step: &Step<'_>) {
    for (key, new) in &step.after.streams {
        let claimed = step.before.streams.get(key).is_some_and(|o| o.withdrawn != new.withdrawn);
        let elapsed = u128::try_from(step.now - new.started_at).unwrap();
        let (duration, paid) = (u128::from(new.duration_secs), u128::from(new.withdrawn));
        if claimed && elapsed < duration {
            let exact = u128::from(new.total) * elapsed;
            assert!(paid * duration <= exact, "I10: {key} rounded up");
            assert!((paid + 1) * duration > exact, "I10: {key} kept a whole unit back");
        }
    }
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
    }
}

/// I12 There is one vote record per epoch and voter, at the address derived from both.
fn i12_one_record_per_epoch_and_voter(step: &Step<'_>) {
    let mut seen = BTreeSet::new();
    for (key, ballot) in &step.after.ballots {
        let (epoch, owner) = (ballot.record.epoch, ballot.record.owner);
        assert!(seen.insert((epoch, owner)), "I12: two records of {owner}");
        assert_eq!(*key, address::vote_record(&epoch, &owner), "I12: address of {owner}'s record");
    }
    for (key, epoch) in &step.after.epochs {
        let records = seen.range((*key, Pubkey::default())..).take_while(|(e, _)| e == key).count();
        assert_eq!(epoch.header.vote_record_count, u64::try_from(records).unwrap(), "I12: count");
    }
}

/// R1 by the book.
fn weight(stake: &Stake, treasury: &Treasury) -> u64 {
    let terms = treasury.policy.stake;
    let range = u128::from(terms.max_lock_secs - terms.min_lock_secs);
    let chosen = u128::from(stake.lock_secs - terms.min_lock_secs);
    let bonus = u128::from(terms.lock_bonus_bps) * chosen / range.max(1);
    u64::try_from(u128::from(stake.amount) * (10_000 + bonus) / 10_000).unwrap()
}

/// I13 The weights of all vote records together are at most the total weight at the opening, which
/// is the electorate; the total weight is the sum of the stakes' weights, each what R1 gives.
fn i13_weights_stay_within_the_electorate(step: &Step<'_>) {
    let (books, after) = (&step.after.treasury, step.after);
    let mut total = 0;
    for (key, stake) in &after.stakes {
        assert_eq!(stake.weight, weight(stake, books), "I13: weight of {key}");
        total += stake.weight;
    }
    assert_eq!(books.total_weight, total, "I13: total weight");
    if step.memory.openings.is_none() {
        return;
    }
    let Some(epoch) = after.current(step.community) else { return };
    let electorate = step.memory.electorate;
    if epoch.header.settled_at == 0 {
        let key = step.community.epoch(epoch.header.index);
        let records = after.ballots.values().filter(|ballot| ballot.record.epoch == key);
        let cast: u64 = records.map(|ballot| ballot.record.weight).sum();
        assert!(cast <= electorate, "I13: {cast} cast by an electorate of {electorate}");
        assert_eq!(epoch.header.turnout, cast, "I13: turnout");
    } else {
        assert_eq!(epoch.header.electorate, electorate, "I13: electorate");
    }
}

/// I14 A record's weight never changes, and is the weight at the opening less what its owner has
/// taken away before casting.
fn i14_a_weight_is_fixed_at_the_first_cast(step: &Step<'_>) {
    for (key, new) in &step.after.ballots {
        match step.before.ballots.get(key) {
            Some(old) => assert_eq!(old.record.weight, new.record.weight, "I14: {key}"),
            None => {
                assert!(step.is(&["cast_vote"]), "I14: {} made {key}", step.name);
                assert_eq!(new.record.weight, step.memory.power(&new.record.owner), "I14: {key}");
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
            assert!(step.is(&["cast_vote", "revise_vote", "retract_vote"]), "I15: {}", step.name);
        }
    }
}

/// I18 A ballot moves, on each entry, exactly its weight or nothing.
fn i18_a_ballot_moves_its_weight(step: &Step<'_>) {
    if !step.is(&["cast_vote", "revise_vote", "retract_vote"]) {
        return;
    }
    let changed = |key: &Pubkey| step.before.ballots.get(key).map(|b| b.packed.clone());
    let mut moved =
        step.after.ballots.iter().filter(|(k, b)| changed(k).as_ref() != Some(&b.packed));
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

/// Which instruction may take an entry from which outcome to which.
const TABLE: &[(&str, Outcome, Outcome)] = &[
    ("withdraw_proposal", Outcome::Pending, Outcome::Withdrawn),
    ("settle_epoch", Outcome::Pending, Outcome::NotAccepted),
    ("settle_epoch", Outcome::Pending, Outcome::Failed),
    ("settle_epoch", Outcome::Pending, Outcome::Unfunded),
    ("settle_epoch", Outcome::Pending, Outcome::Funded),
    ("execute_award", Outcome::Funded, Outcome::Executed),
    ("lapse_proposal", Outcome::Funded, Outcome::Lapsed),
];

/// I19 Outcomes change only along the table: by withdrawal, settlement, execution and lapse.
fn i19_outcomes_follow_the_table(step: &Step<'_>) {
    let mut changes = 0;
    for (key, index, old, new) in entries(step) {
        if old.outcome == new.outcome {
            continue;
        }
        changes += 1;
        let allowed =
            TABLE.iter().any(|(by, from, to)| *by == step.name && old.is(*from) && new.is(*to));
        assert!(allowed, "I19: {}: {} to {}", step.name, old.outcome, new.outcome);
        let header = &step.after.epochs[&key].header;
        assert!(index < header.entry_count, "I19: an empty slot");
    }
    assert!(changes <= 1 || step.is(&["settle_epoch"]), "I19: {} changed {changes}", step.name);
    if step.is(&["settle_epoch"]) {
        let pending = |e: &Entry| e.is(Outcome::Pending);
        let settled = entries(step)
            .iter()
            .filter(|(k, ..)| {
                step.before.epochs[k].header.settled_at != step.after.epochs[k].header.settled_at
            })
            .all(|(key, index, _, new)| {
                *index >= step.after.epochs[key].header.entry_count || !pending(new)
            });
        assert!(settled, "I19: settlement decides every entry");
    }
}

/// Slots of epochs that exist before and after.
fn entries<'a>(step: &'a Step<'_>) -> Vec<(Pubkey, u8, &'a Entry, &'a Entry)> {
    let mut all = Vec::new();
    for (key, new) in &step.after.epochs {
        let Some(old) = step.before.epochs.get(key) else { continue };
        for (index, (old, new)) in (0..).zip(old.slate.iter().zip(&new.slate)) {
            all.push((*key, index, old, new));
        }
    }
    all
}

/// I20 A final outcome stays, and so does a settled entry's tally.
fn i20_final_outcomes_stay(step: &Step<'_>) {
    for (key, index, old, new) in entries(step) {
        if old.is_final() {
            let closed = Entry { flags: old.flags | flags::CLOSED, ..*old };
            let asks = Entry { recipient_ask: new.recipient_ask, ..closed };
            let open = step.before.epochs[&key].header.settled_at == 0;
            let same = *new == *old
                || (*new == closed && step.is(&["close_proposal"]))
                // A withdrawn entry may still lead its recipient's other asks, until settlement.
                || (open && Entry { flags: old.flags, ..asks } == *new);
            assert!(same, "I20: {} changed final entry {index}", step.name);
        }
        if step.before.epochs[&key].header.settled_at != 0 {
            assert_eq!(old.tally(), new.tally(), "I20: tally of settled entry {index}");
        }
    }
}

/// I21 An entry is executed once, if funded, after its tier's timelock and before the end of the
/// grace, with the terms that were voted on.
fn i21_an_entry_is_executed_once_and_in_time(step: &Step<'_>) {
    for count in step.memory.executed.values() {
        assert_eq!(*count, 1, "I21: executed once");
    }
    for (key, stream) in &step.after.streams {
        if step.before.streams.contains_key(key) {
            continue;
        }
        assert!(step.is(&["execute_award"]), "I21: {} made {key}", step.name);
        let epoch = &step.before.epochs[&step.community.epoch(stream.epoch_index)];
        let (header, entry) = (&epoch.header, epoch.slate[usize::from(stream.entry_index)]);
        assert!(entry.is(Outcome::Funded), "I21: {key} was funded");
        let rule = header.policy.tiers.rules[usize::from(entry.tier)];
        let grace = i64::from(header.policy.schedule.execution_grace_secs);
        let open = header.settled_at + i64::from(rule.timelock_secs)..header.settled_at + grace;
        assert!(open.contains(&step.now), "I21: {key} executed out of time");
        let terms = &step.before.proposals[&stream.proposal].terms;
        assert_eq!(stream.recipient, terms.recipient, "I21: recipient of {key}");
        assert_eq!((stream.total, entry.amount), (terms.amount, terms.amount), "I21: {key}");
        let lengths = (terms.duration_secs, terms.cliff_secs);
        assert_eq!((stream.duration_secs, stream.cliff_secs), lengths, "I21: times of {key}");
        assert_eq!((stream.started_at, stream.withdrawn), (step.now, 0), "I21: start of {key}");
    }
}

/// I22 What an epoch froze at its opening never changes; voting only ever closes later, never after
/// its hard end; the slate is final once voting has opened. (I16 with it.)
fn i22_what_an_epoch_froze_stays(step: &Step<'_>) {
    let frozen = |h: &BudgetEpoch| {
        let times = (h.opened_at, h.voting_opens_at, h.voting_hard_end_at);
        (times, h.free_at_open, h.cap, h.ask_limits, h.category_caps, h.policy)
    };
    for (key, new) in &step.after.epochs {
        assert_eq!(new.header.policy, step.after.treasury.policy, "I22: policy of {key}");
        let Some(old) = step.before.epochs.get(key) else { continue };
        let (old, new) = (&old.header, &new.header);
        assert_eq!(frozen(old), frozen(new), "I22: {} changed {key}", step.name);
        let moved = old.voting_closes_at != new.voting_closes_at;
        assert!(!moved || step.is(&["cast_vote", "revise_vote", "retract_vote"]), "I22: closing");
        assert!(new.voting_closes_at >= old.voting_closes_at, "I22: voting closes earlier");
        assert!(new.voting_closes_at <= new.voting_hard_end_at, "I22: beyond the hard end");
        if step.now >= new.voting_opens_at {
            let slate = |h: &BudgetEpoch| (h.slate_hash, h.entry_count);
            assert_eq!(slate(old), slate(new), "I22: the slate moved after voting opened");
        }
    }
    for (key, index, old, new) in entries(step) {
        let terms = |e: &Entry| (e.amount, e.recipient_tag, e.category, e.action);
        let filled = index < step.before.epochs[&key].header.entry_count;
        assert!(!filled || terms(old) == terms(new), "I22: terms of entry {index}");
        let open = step.now < step.before.epochs[&key].header.voting_opens_at;
        let consent = |e: &Entry| (e.flags & flags::ACCEPTED, e.leader, e.recipient_ask);
        assert!(open || consent(old) == consent(new), "I22: consent to entry {index}");
    }
}

/// I23 An account is closed only when it is final and empty, and no epoch, proposal, vote record or
/// stream exists again afterwards.
fn i23_closed_is_closed(step: &Step<'_>) {
    let (before, after) = (step.before, step.after);
    let gone = |key: &Pubkey| !after.raw.contains_key(key);
    for epoch in before.epochs.iter().filter(|(key, _)| gone(key)).map(|(_, epoch)| epoch) {
        let header = &epoch.header;
        assert!(header.settled_at != 0 && epoch.entries().iter().all(Entry::is_final), "I23");
        assert_eq!((header.vote_record_count, header.open_proposals), (0, 0), "I23: epoch");
    }
    for (key, proposal) in before.proposals.iter().filter(|(key, _)| gone(key)) {
        let epoch = &before.epochs[&proposal.epoch];
        let entry = epoch.slate[usize::from(proposal.index)];
        assert!(epoch.header.settled_at != 0 && entry.is_final(), "I23: proposal {key}");
    }
    for (key, ballot) in before.ballots.iter().filter(|(key, _)| gone(key)) {
        assert!(before.epochs[&ballot.record.epoch].header.settled_at != 0, "I23: record {key}");
    }
    for (key, stake) in before.stakes.iter().filter(|(key, _)| gone(key)) {
        assert_eq!((stake.amount, stake.cooling), (0, 0), "I23: stake {key}");
    }
    assert!(before.records.keys().all(|key| !gone(key)), "I23: history stays");
    for (key, account) in after.raw.iter().filter(|(_, account)| account.owner == ID) {
        let returned = step.memory.closed.contains(key);
        assert!(!returned, "I23: {key} exists again, {} bytes", account.data.len());
    }
    for (key, epoch) in &after.epochs {
        let proposals = after.proposals.values().filter(|p| p.epoch == *key).count();
        assert_eq!(usize::from(epoch.header.open_proposals), proposals, "I23: open proposals");
    }
}

/// Fields of the treasury that each instruction may change, besides the event counter.
const TREASURY_FIELDS: &[(&str, &[&str])] = &[
    ("deposit_funds", &["tracked"]),
    ("absorb_surplus", &["tracked"]),
    ("stake", &["staked", "weights"]),
    ("request_unstake", &["weights"]),
    ("set_lock", &["weights"]),
    ("withdraw_unstaked", &["staked"]),
    ("open_epoch", &["calendar"]),
    ("submit_proposal", &["tracked", "bonded"]),
    ("settle_epoch", &["calendar", "committed"]),
    ("lapse_proposal", &["committed"]),
    ("withdraw_stream", &["tracked", "committed"]),
    ("close_proposal", &["tracked", "bonded"]),
];

/// The same for the head of an epoch.
const EPOCH_FIELDS: &[(&str, &[&str])] = &[
    ("submit_proposal", &["slate", "open_proposals"]),
    ("withdraw_proposal", &["slate"]),
    ("cast_vote", &["closing", "records", "turnout"]),
    ("revise_vote", &["closing"]),
    ("retract_vote", &["closing"]),
    ("settle_epoch", &["settlement", "allocated"]),
    ("execute_award", &["executed"]),
    ("lapse_proposal", &["allocated"]),
    ("close_vote_record", &["records"]),
    ("close_proposal", &["open_proposals"]),
];

fn allowed(table: &[(&str, &'static [&'static str])], name: &str) -> &'static [&'static str] {
    table.iter().find(|(by, _)| *by == name).map_or(&[], |(_, fields)| fields)
}

/// I26 An instruction changes only accounts that it declares writable, and of the treasury and the
/// epoch only the fields that are its business. Each takes exactly one event number.
fn i26_an_instruction_changes_its_own_business_only(step: &Step<'_>) {
    let writable = |key: &Pubkey| {
        step.instruction.accounts.iter().any(|meta| meta.pubkey == *key && meta.is_writable)
    };
    let (before, after) = (&step.before.raw, &step.after.raw);
    for key in before.keys().chain(after.keys()) {
        assert!(before.get(key) == after.get(key) || writable(key), "I26: {key} changed");
    }
    let (old, new) = (&step.before.treasury, &step.after.treasury);
    let mut changed = Vec::new();
    let mut note = |field, same: bool| {
        if !same {
            changed.push(field);
        }
    };
    note("tracked", old.tracked == new.tracked);
    note("committed", old.committed == new.committed);
    note("staked", old.staked == new.staked);
    note("bonded", old.bonded == new.bonded);
    let weights = |t: &Treasury| (t.total_weight, t.frozen_total, t.frozen_epoch);
    note("weights", weights(old) == weights(new));
    let calendar = |t: &Treasury| {
        let times = (t.last_opened_at, t.voting_opens_at, t.cooling_floor_at);
        (t.epoch_active, t.epoch_count, times)
    };
    note("calendar", calendar(old) == calendar(new));
    let mut rest = *old;
    (rest.tracked, rest.committed, rest.staked) = (new.tracked, new.committed, new.staked);
    (rest.bonded, rest.seq) = (new.bonded, new.seq);
    (rest.total_weight, rest.frozen_total, rest.frozen_epoch) = weights(new);
    let (active, count, (opened, opens, floor)) = calendar(new);
    (rest.epoch_active, rest.epoch_count, rest.last_opened_at) = (active, count, opened);
    (rest.voting_opens_at, rest.cooling_floor_at) = (opens, floor);
    note("everything else", bytemuck::bytes_of(&rest) == bytemuck::bytes_of(new));
    for field in changed {
        let fields = allowed(TREASURY_FIELDS, step.name);
        assert!(fields.contains(&field), "I26: {} changed the treasury's {field}", step.name);
    }
    i26_epochs(step);
}

fn i26_epochs(step: &Step<'_>) {
    let mut numbers = step.after.treasury.seq - step.before.treasury.seq;
    for (key, new) in &step.after.epochs {
        let Some(old) = step.before.epochs.get(key) else {
            numbers += new.header.seq;
            continue;
        };
        let (old, new) = (&old.header, &new.header);
        numbers += new.seq - old.seq;
        let settlement = |h: &BudgetEpoch| (h.settled_at, h.electorate, h.category_awarded);
        let turnout = |h: &BudgetEpoch| (h.ballot_count, h.turnout);
        let slate = |h: &BudgetEpoch| (h.slate_hash, h.entry_count);
        for (field, same) in [
            ("closing", old.voting_closes_at == new.voting_closes_at),
            ("records", old.vote_record_count == new.vote_record_count),
            ("turnout", turnout(old) == turnout(new)),
            ("slate", slate(old) == slate(new)),
            ("open_proposals", old.open_proposals == new.open_proposals),
            ("settlement", settlement(old) == settlement(new)),
            ("allocated", old.allocated == new.allocated),
            ("executed", old.executed == new.executed),
            ("rent payer", old.rent_payer == new.rent_payer),
            ("treasury", old.treasury == new.treasury),
            ("reserved bytes", new.reserved.iter().all(|byte| *byte == 0)),
        ] {
            let fields = allowed(EPOCH_FIELDS, step.name);
            let business = same || fields.contains(&field);
            assert!(business, "I26: {} changed the epoch's {field}", step.name);
        }
    }
    let expected = u64::from(step.name != "close_epoch");
    assert_eq!(numbers, expected, "I26: {} takes one event number", step.name);
}
