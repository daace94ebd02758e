//! I19 to I23: lifecycles.

use anchor_lang::prelude::Pubkey;
use budget_tests::{Outcome, flags};
use community_budget::{
    ID,
    state::{BudgetEpoch, Entry},
};

use super::entries;
use crate::books::{Books, Step};

pub fn check(step: &Step<'_>, books: &Books) {
    i19_outcomes_follow_the_table(step);
    i20_final_outcomes_stay(step);
    i21_what_is_executed_was_decided(step, books);
    i22_what_an_epoch_froze_stays(step);
    i23_closed_is_closed(step, books);
}

/// Which instruction may take an entry from which outcomes to which.
const TABLE: &[(&str, &[Outcome], &[Outcome])] = &[
    ("withdraw_proposal", &[Outcome::Pending], &[Outcome::Withdrawn]),
    (
        "settle_epoch",
        &[Outcome::Pending],
        &[
            Outcome::NotAccepted,
            Outcome::Failed,
            Outcome::Unfunded,
            Outcome::Funded,
            Outcome::Approved,
            Outcome::Superseded,
        ],
    ),
    ("execute_award", &[Outcome::Funded], &[Outcome::Executed]),
    ("execute_set_policy", &[Outcome::Approved], &[Outcome::Executed]),
    ("execute_set_role", &[Outcome::Approved], &[Outcome::Executed]),
    ("execute_stream_ruling", &[Outcome::Approved], &[Outcome::Executed]),
    ("execute_clear_breaker", &[Outcome::Approved], &[Outcome::Executed]),
    ("execute_write_off", &[Outcome::Approved], &[Outcome::Executed]),
    ("lapse_proposal", &[Outcome::Funded, Outcome::Approved], &[Outcome::Lapsed]),
    ("veto_proposal", &[Outcome::Funded, Outcome::Approved], &[Outcome::Vetoed]),
];

/// I19 Outcomes change only along the table: by withdrawal, settlement, execution, veto and lapse.
fn i19_outcomes_follow_the_table(step: &Step<'_>) {
    let mut changes = 0;
    for (key, index, old, new) in entries(step) {
        if old.outcome == new.outcome {
            continue;
        }
        changes += 1;
        let has = |all: &[Outcome], entry: &Entry| all.iter().any(|outcome| entry.is(*outcome));
        let allowed =
            TABLE.iter().any(|(by, from, to)| step.is(&[by]) && has(from, old) && has(to, new));
        assert!(allowed, "I19: {}: {} to {}", step.name, old.outcome, new.outcome);
        let waits_as = if old.is_award() { Outcome::Funded } else { Outcome::Approved };
        assert!(!new.awaits_execution() || new.is(waits_as), "I19: entry {index} waits");
        let header = &step.after.epochs[&key].header;
        assert!(index < header.entry_count, "I19: an empty slot");
    }
    assert!(changes <= 1 || step.is(&["settle_epoch"]), "I19: {} changed {changes}", step.name);
    for (key, index, _, new) in entries(step) {
        let (old, own) = (&step.before.epochs[&key].header, &step.after.epochs[&key].header);
        let settled_now = old.settled_at != own.settled_at;
        let open = index < own.entry_count && new.is(Outcome::Pending);
        assert!(!settled_now || !open, "I19: settlement decides every entry");
    }
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

/// I21 An entry is executed once, if funded or approved, after its tier's timelock and before the end
/// of the grace, with the terms that were voted on (`Books`); nothing else makes a stream, changes
/// the policy, a role or a counter of changes.
fn i21_what_is_executed_was_decided(step: &Step<'_>, books: &Books) {
    for (slot, count) in &books.executed {
        assert_eq!(*count, 1, "I21: entry {slot:?} executed");
    }
    let made = step.after.streams.keys().filter(|key| !step.before.streams.contains_key(*key));
    assert!(made.count() == 0 || step.is(&["execute_award"]), "I21: {} made a stream", step.name);
    let (old, new) = (&step.before.treasury, &step.after.treasury);
    let policy = old.policy == new.policy || step.is(&["execute_set_policy"]);
    assert!(policy, "I21: {} changed the policy", step.name);
    let grown = old.target_changes.iter().zip(new.target_changes).all(|(old, new)| new >= *old);
    assert!(grown, "I21: {} took a change back", step.name);
}

/// I22 What an epoch froze at its opening never changes, the policy in force is the last epoch's;
/// voting only ever closes later, never after its hard end; the slate is final once voting has
/// opened. (I16 with it.)
fn i22_what_an_epoch_froze_stays(step: &Step<'_>) {
    let frozen = |h: &BudgetEpoch| {
        let times = (h.opened_at, h.voting_opens_at, h.voting_hard_end_at);
        (times, h.free_at_open, h.cap, h.ask_limits, h.category_caps, h.policy)
    };
    if let Some(current) = step.after.current(step.community) {
        assert_eq!(current.header.policy, step.after.treasury.in_force, "I22: policy in force");
    }
    for (key, new) in &step.after.epochs {
        let Some(old) = step.before.epochs.get(key) else { continue };
        let (old, new) = (&old.header, &new.header);
        assert_eq!(frozen(old), frozen(new), "I22: {} changed {key}", step.name);
        let moved = old.voting_closes_at != new.voting_closes_at;
        assert!(!moved || step.is(&["cast_vote", "revise_vote", "retract_vote"]), "I22: closing");
        assert!(new.voting_closes_at >= old.voting_closes_at, "I22: voting closes earlier");
        assert!(new.voting_closes_at <= new.voting_hard_end_at, "I22: beyond the hard end");
        if step.now >= new.voting_opens_at {
            let slate = |h: &BudgetEpoch| (h.slate_hash, h.entry_count, h.votable_count);
            assert_eq!(slate(old), slate(new), "I22: the slate moved after voting opened");
        }
        if old.settled_at != 0 {
            let settled = |h: &BudgetEpoch| {
                let risk = (h.treasury_value, h.runway_room, h.recipient_cap, h.exposure_rooms);
                (h.settled_at, h.electorate, h.target_changes, h.standstill_at_settlement, risk)
            };
            assert_eq!(settled(old), settled(new), "I22: the settlement of {key} moved");
        }
    }
    for (key, index, old, new) in entries(step) {
        let terms = |e: &Entry| (e.amount, e.recipient_tag, e.category, e.action);
        let filled = index < step.before.epochs[&key].header.entry_count;
        assert!(!filled || terms(old) == terms(new), "I22: terms of entry {index}");
        let open = step.now < step.before.epochs[&key].header.voting_opens_at;
        let consent = |e: &Entry| (e.flags & !flags::CLOSED, e.leader, e.recipient_ask);
        assert!(open || consent(old) == consent(new), "I22: consent to entry {index}");
    }
}

/// I23 An account is closed only when it is final and empty, and no epoch, proposal, vote record,
/// stream or review exists again afterwards.
fn i23_closed_is_closed(step: &Step<'_>, books: &Books) {
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
        assert!(step.signed_by(&stake.owner), "I23: stake {key} closed by another");
    }
    for (key, review) in before.reviews.iter().filter(|(key, _)| gone(key)) {
        let stream = &after.streams[&review.stream];
        let decided = stream.passed > review.checkpoint || stream.ended_at != 0;
        let paid = stream.withdrawn + stream.returned == stream.total;
        assert!(decided || paid, "I23: review {key}");
    }
    for (key, stream) in &after.streams {
        let reviews = after.reviews.values().filter(|review| review.stream == *key).count();
        assert_eq!(usize::from(stream.open_reviews), reviews, "I23: open reviews of {key}");
    }
    for review in after.reviews.values() {
        assert!(after.streams.contains_key(&review.stream), "I23: a review outlives its stream");
    }
    assert!(before.records.keys().all(|key| !gone(key)), "I23: history stays");
    for (key, account) in after.raw.iter().filter(|(_, account)| account.owner == ID) {
        let returned = books.closed.contains(key);
        assert!(!returned, "I23: {key} exists again, {} bytes", account.data.len());
    }
    for (key, epoch) in &after.epochs {
        let proposals = after.proposals.values().filter(|p| p.epoch == *key).count();
        assert_eq!(usize::from(epoch.header.open_proposals), proposals, "I23: open proposals");
    }
}
