//! execute_stream_ruling
//! ├── given another treasury, epoch, proposal, stream or record AccountMismatch
//! ├── given a proposal that is no ruling .................. WrongAction
//! ├── given an epoch that is not settled .................. NotSettled
//! ├── given an entry that was carried out ................. AlreadyExecuted
//! ├── given an entry that failed, was withdrawn or lapsed . EntryNotApproved
//! ├── given its timelock still runs ....................... StillTimelocked
//! ├── given its grace is over ............................. GraceOver
//! ├── given another vote's ruling since its settlement .... TargetChanged
//! ├── given it resumes from another checkpoint ............ TargetChanged
//! ├── given a stream that was cancelled or has lapsed ..... StreamEnded
//! ├── given it resumes a stream that is not held .......... StreamNotHeld
//! └── given its time has come
//!     ├── anyone may call; neither breaker, pause nor guardian stops it
//!     ├── resume ... goes on as if the clock had stood at the checkpoint
//!     ├── reduce ... keeps a share of what is unreleased, resumes if held
//!     ├── cancel ... what is released stays claimable, the rest returns
//!     └── stream, record, books, position, entry and event say so
//!
//! How rulings meet each other is in `flow_ruling_conflicts.rs`.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_tests::*;
use community_budget::{
    BudgetError,
    events::StreamRuled,
    state::{Action, Role, Ruling},
};

use crate::stage::*;

const TREASURY: usize = 0;
const EPOCH: usize = 1;
const PROPOSAL: usize = 2;
const STREAM: usize = 3;
const RECORD: usize = 4;

const TIMELOCK: i64 = 4 * DAY;
const EXECUTION_GRACE: i64 = 14 * DAY;
const RESUME: Ruling = Ruling::Resume { checkpoint: 0 };

/// Alice's stream runs, and a ruling on it was approved this very second, at 26 days.
fn approved(ruling: Ruling) -> (World, Cast) {
    let (mut w, cast) = streaming();
    assert_eq!(approve_ruling(&mut w, &cast, ruling), 1);
    (w, cast)
}

/// The same, and it can be carried out since this very second, at [`PART_SECS`].
fn executable(ruling: Ruling) -> (World, Cast) {
    let (mut w, cast) = approved(ruling);
    w.to_execution(1);
    assert_eq!(elapsed(&w), PART_SECS);
    (w, cast)
}

/// Execution of entry 0 of epoch 1 on Alice's stream.
fn execution(w: &World, cast: &Cast) -> Instruction {
    w.community.execute_stream_ruling(1, 0, w.stream_key(0, 0), cast.alice.key())
}

#[test]
fn another_treasury_is_refused() {
    let (mut w, cast, twin) = twins();
    let epoch = approve_ruling(&mut w, &cast, Ruling::Cancel);
    w.to_execution(epoch);
    let foreign = swapped(execution(&w, &cast), TREASURY, twin.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign, &[]));
}

#[test]
fn an_epoch_and_proposal_of_another_treasury_are_refused() {
    let (mut w, cast, twin) = twins();
    w.open_next_epoch();
    let (epoch, proposal) = within(&mut w, twin, |w| {
        let epoch = approve_ruling(w, &cast, Ruling::Cancel);
        w.to_execution(epoch);
        (w.community.epoch(epoch), w.proposal_key(epoch, 0))
    });
    // Neither on the stream of this treasury nor on that of the other.
    let foreign = swapped(swapped(execution(&w, &cast), EPOCH, epoch), PROPOSAL, proposal);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign.clone(), &[]));
    let stream = within(&mut w, twin, |w| w.stream_key(0, 0));
    let foreign = swapped(foreign, STREAM, stream);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign, &[]));
}

/// Makes a proposal name another stream. No submission takes a stream of another treasury, so only an
/// account written by hand shows that execution does not either.
fn name_another_stream(w: &mut World, proposal: Pubkey, named: Pubkey, other: Pubkey) {
    let mut account = w.svm.get(&proposal).unwrap();
    let length = named.as_ref().len();
    let place = account.data.windows(length).position(|bytes| bytes == named.as_ref()).unwrap();
    account.data[place..place + length].copy_from_slice(other.as_ref());
    w.svm.put(proposal, account);
}

#[test]
fn not_even_a_forged_proposal_reaches_the_streams_of_another_treasury() {
    let (mut w, cast, twin) = twins();
    w.open_next_epoch();
    let act = w.ruling(0, 0, Ruling::Cancel);
    w.submit_action(&cast.bob, act).unwrap();
    let (own, own_proposal) = (w.stream_key(0, 0), w.proposal_key(1, 0));
    let (theirs, epoch, their_proposal) = within(&mut w, twin, |w| {
        w.open_epoch().unwrap();
        let act = w.ruling(0, 0, Ruling::Cancel);
        w.submit_action(&cast.bob, act).unwrap();
        (w.stream_key(0, 0), w.community.epoch(1), w.proposal_key(1, 0))
    });
    let home = w.community;
    for step in [
        |w: &mut World, cast: &Cast| {
            w.to_voting();
            w.cast(&cast.voter, &[(0, For)]).unwrap();
        },
        |w: &mut World, _: &Cast| {
            w.to_tallying();
            w.settle().unwrap();
        },
    ] {
        for community in [home, twin] {
            within(&mut w, community, |w| step(w, &cast));
        }
    }
    w.to_execution(1);

    // The vote of this treasury, about a stream of the other.
    name_another_stream(&mut w, own_proposal, own, theirs);
    let forged = swapped(execution(&w, &cast), STREAM, theirs);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(forged, &[]));
    // The vote of the other treasury, about a stream of this one.
    name_another_stream(&mut w, their_proposal, theirs, own);
    let forged = swapped(swapped(execution(&w, &cast), EPOCH, epoch), PROPOSAL, their_proposal);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(forged, &[]));
}

#[test]
fn a_vote_of_one_treasury_says_nothing_about_the_streams_of_another() {
    let (mut w, cast, twin) = twins();
    let act = w.ruling(0, 0, Ruling::Cancel);
    within(&mut w, twin, |w| {
        w.open_next_epoch();
        refused(w, BudgetError::AccountMismatch, |w| w.submit_action(&cast.bob, act));
    });
}

#[test]
fn the_proposal_of_another_epoch_is_refused() {
    // Epoch 2 approves what epoch 1 did not.
    let (mut w, cast) = streaming();
    w.open_next_epoch();
    let act = w.ruling(0, 0, Ruling::Cancel);
    w.submit_action(&cast.bob, act).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    let epoch = approve_ruling(&mut w, &cast, Ruling::Cancel);
    w.to_execution(epoch);
    for (epoch_of, proposal_of) in [(1, 2), (2, 1)] {
        let (epoch, proposal) = (w.community.epoch(epoch_of), w.proposal_key(proposal_of, 0));
        let mixed = swapped(swapped(execution(&w, &cast), EPOCH, epoch), PROPOSAL, proposal);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(mixed, &[]));
    }
    w.execute_action(epoch, 0).unwrap();
}

#[test]
fn another_stream_is_refused() {
    let (mut w, cast) = executable(Ruling::Cancel);
    let bobs = w.stream_key(0, 1);
    let foreign = w.community.execute_stream_ruling(1, 0, bobs, cast.bob.key());
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign, &[]));
}

#[test]
fn the_record_of_another_person_or_treasury_is_refused() {
    let (mut w, cast, twin) = twins();
    let epoch = approve_ruling(&mut w, &cast, Ruling::Cancel);
    w.to_execution(epoch);
    let bobs = w.community.recipient_record(&cast.bob.key());
    for record in [bobs, twin.recipient_record(&cast.alice.key())] {
        let swapped = swapped(execution(&w, &cast), RECORD, record);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
    }
}

#[test]
fn a_proposal_that_is_no_ruling_is_refused() {
    let (mut w, cast) = streaming();
    let act = World::set_role(Role::Reviewer, cast.bob.key());
    let epoch = approve(&mut w, &cast, &[act, Action::ClearBreaker]);
    w.to_execution(epoch);
    let (stream, alice) = (w.stream_key(0, 0), cast.alice.key());
    for (epoch, index) in [(1, 0), (1, 1), (0, 0)] {
        let other = w.community.execute_stream_ruling(epoch, index, stream, alice);
        refused(&mut w, BudgetError::WrongAction, |w| w.send(other, &[]));
    }
}

#[test]
fn before_the_settlement_nothing_is_carried_out() {
    let (mut w, cast) = streaming();
    w.open_next_epoch();
    let act = w.ruling(0, 0, Ruling::Cancel);
    w.submit_action(&cast.bob, act).unwrap();
    refused(&mut w, BudgetError::NotSettled, |w| w.execute_action(1, 0));
    w.to_voting();
    w.cast(&cast.voter, &[(0, For)]).unwrap();
    w.to_tallying();
    w.svm.advance(TIMELOCK);
    refused(&mut w, BudgetError::NotSettled, |w| w.execute_action(1, 0));
}

#[test]
fn a_ruling_is_carried_out_once() {
    let (mut w, _) = executable(Ruling::Reduce { keep_bps: 5_000 });
    w.execute_action(1, 0).unwrap();
    refused(&mut w, BudgetError::AlreadyExecuted, |w| w.execute_action(1, 0));
    w.svm.advance(1);
    refused(&mut w, BudgetError::AlreadyExecuted, |w| w.execute_action(1, 0));
}

#[test]
fn what_the_vote_did_not_approve_is_not_carried_out() {
    let (mut w, cast) = streaming();
    w.open_next_epoch();
    for _ in 0..3 {
        let act = w.ruling(0, 0, Ruling::Cancel);
        w.submit_action(&cast.bob, act).unwrap();
    }
    w.withdraw(&cast.bob, 2).unwrap();
    w.to_voting();
    w.cast(&cast.voter, &[(0, Against), (1, Abstain)]).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(1);
    for (index, outcome) in
        [Outcome::Failed, Outcome::Failed, Outcome::Withdrawn].iter().enumerate()
    {
        let index = u8::try_from(index).unwrap();
        assert!(w.entry(1, index).is(*outcome));
        refused(&mut w, BudgetError::EntryNotApproved, |w| w.execute_action(1, index));
    }
}

#[test]
fn a_lapsed_ruling_is_not_carried_out() {
    let (mut w, _) = approved(Ruling::Cancel);
    w.svm.advance(EXECUTION_GRACE);
    w.lapse(1, 0).unwrap();
    refused(&mut w, BudgetError::EntryNotApproved, |w| w.execute_action(1, 0));
}

#[test]
fn its_time_is_half_open() {
    for (after, refusal) in [
        (0, Some(BudgetError::StillTimelocked)),
        (TIMELOCK - 1, Some(BudgetError::StillTimelocked)),
        (TIMELOCK, None),
        (TIMELOCK + 1, None),
        (EXECUTION_GRACE - 1, None),
        (EXECUTION_GRACE, Some(BudgetError::GraceOver)),
        (EXECUTION_GRACE + 1, Some(BudgetError::GraceOver)),
    ] {
        let (mut w, _) = approved(Ruling::Cancel);
        w.svm.advance(after);
        match refusal {
            None => {
                w.execute_action(1, 0).unwrap();
                assert_eq!(w.stream(0, 0).ended_at, w.svm.now());
            }
            Some(error) => refused(&mut w, error, |w| w.execute_action(1, 0)),
        }
    }
}

#[test]
fn a_pause_of_executions_does_not_stop_it_and_lengthens_its_grace() {
    let (mut w, _) = approved(Ruling::Cancel);
    let (settled_at, guardian) = (w.svm.now(), w.guardian.clone());
    w.svm.advance(TIMELOCK);
    w.pause_executions(&guardian, 5 * DAY_SECS).unwrap();
    w.execute_action(1, 0).unwrap();
    assert_eq!(w.stream(0, 0).ended_at, settled_at + TIMELOCK);

    let (mut w, _) = approved(Ruling::Cancel);
    w.svm.advance(TIMELOCK);
    w.pause_executions(&guardian, 5 * DAY_SECS).unwrap();
    w.svm.set_now(settled_at + EXECUTION_GRACE + 5 * DAY);
    refused(&mut w, BudgetError::GraceOver, |w| w.execute_action(1, 0));
    w.svm.advance(-1);
    w.execute_action(1, 0).unwrap();
}

#[test]
fn a_tripped_breaker_does_not_stop_it() {
    // What went into a hedge is marked as lost.
    let mut setup = hedging();
    setup.policy.budget.epoch_cap_bps = 3_000;
    setup.policy.risk.categories[usize::from(HEDGE)].share_bps = 10_000;
    setup.policy.risk.max_drawdown_bps = 500;
    let ask = Ask { category: HEDGE, ..Ask::of(200_000_000) };
    let (mut w, cast) = stream_of(setup, &ask);
    at(&mut w, 25 * DAY);
    w.claim(0, 0).unwrap();
    w.mark(HEDGE, 0).unwrap();
    let epoch = approve_ruling(&mut w, &cast, Ruling::Cancel);
    w.to_execution(epoch);
    w.claim(0, 0).unwrap();
    w.trip().unwrap();
    assert!(w.treasury().is_tripped(w.svm.now()));
    w.execute_action(epoch, 0).unwrap();
    assert_eq!(w.stream(0, 0).ended_at, w.svm.now());
}

#[test]
fn the_guardian_cannot_veto_it() {
    let (mut w, _) = approved(Ruling::Cancel);
    let guardian = w.guardian.clone();
    refused(&mut w, BudgetError::VetoNotAllowed, |w| w.veto(&guardian, 1, 0));
}

#[test]
fn a_lapsed_stream_takes_no_ruling() {
    for ruling in [Ruling::Cancel, Ruling::Reduce { keep_bps: 1 }, RESUME] {
        let (mut w, cast) = streaming();
        // Nobody holds it in time, so the longest hold is over while a later vote's timelock runs.
        at(&mut w, PART_SECS + WINDOW + 170 * DAY);
        w.open_next_epoch();
        let act = w.ruling(0, 0, ruling);
        let epoch = settle_acts(&mut w, &cast, &[act]);
        w.hold(0, 0).unwrap();
        w.lapse_stream(0, 0, None).unwrap();
        w.to_execution(epoch);
        refused(&mut w, BudgetError::StreamEnded, |w| w.execute_action(epoch, 0));
    }
}

#[test]
fn a_stream_cancelled_before_the_settlement_takes_no_ruling() {
    let (mut w, cast) = streaming();
    rule(&mut w, &cast, Ruling::Cancel);
    for ruling in [Ruling::Cancel, Ruling::Reduce { keep_bps: 1 }, RESUME] {
        let epoch = approve_ruling(&mut w, &cast, ruling);
        w.to_execution(epoch);
        refused(&mut w, BudgetError::StreamEnded, |w| w.execute_action(epoch, 0));
    }
}

#[test]
fn a_running_stream_is_not_resumed() {
    let (mut w, _) = executable(RESUME);
    refused(&mut w, BudgetError::StreamNotHeld, |w| w.execute_action(1, 0));
    // Nor when the update is overdue, but nobody held it.
    w.svm.advance(WINDOW);
    refused(&mut w, BudgetError::StreamNotHeld, |w| w.execute_action(1, 0));
    w.hold(0, 0).unwrap();
    w.execute_action(1, 0).unwrap();
    assert_eq!(w.stream(0, 0).passed, 1);
}

#[test]
fn a_resumption_is_from_the_checkpoint_that_was_voted_on() {
    for checkpoint in [1, 2, u8::MAX] {
        let (mut w, _) = executable(Ruling::Resume { checkpoint });
        w.svm.advance(WINDOW);
        w.hold(0, 0).unwrap();
        refused(&mut w, BudgetError::TargetChanged, |w| w.execute_action(1, 0));
    }
}

#[test]
fn a_resumed_stream_goes_on_as_if_the_clock_had_stood() {
    let (mut w, cast) = streaming();
    filed_at(&mut w, &cast, PART_SECS + 3);
    w.svm.advance(5);
    w.score(0, 0, 0).unwrap();
    w.svm.advance(DAY);
    let (books, vault) = (w.treasury(), w.vault());
    rule(&mut w, &cast, RESUME);
    let resumed = elapsed(&w);

    let stream = w.stream(0, 0);
    assert_eq!((stream.held_at, stream.passed, stream.update_filed), (0, 1, 0));
    assert_eq!(stream.standing_secs, resumed - PART_SECS);
    assert_eq!((stream.previous_passed_at, stream.ruled_at), (PART_SECS, w.svm.now()));
    assert_eq!((stream.returned, stream.ended_at), (0, 0));
    assert_eq!((w.treasury().committed, w.vault()), (books.committed, vault + 1_000));
    assert_eq!(w.record_of(&cast.alice).cancellations, 0);

    // Not a second of the hold is released.
    for (since, paid) in
        [(0, PART), (DAY, PART + DAILY), (29 * DAY, PART + 29 * DAILY), (PART_SECS, 2 * PART)]
    {
        at(&mut w, resumed + since);
        assert_eq!(released(&mut w), paid, "{since} s after the ruling");
    }
    // The deadlines of the next checkpoint moved along.
    at(&mut w, resumed + PART_SECS - 1);
    refused(&mut w, BudgetError::UpdateNotDue, |w| w.file_update(&cast.alice, 0, 0));
    w.svm.advance(1);
    w.file_update(&cast.alice, 0, 0).unwrap();
}

#[test]
fn a_running_stream_is_reduced() {
    let (mut w, cast) = executable(Ruling::Reduce { keep_bps: 4_000 });
    let books = w.treasury();
    w.execute_action(1, 0).unwrap();
    let returned = 3 * PART * 6 / 10;
    let stream = w.stream(0, 0);
    assert_eq!((stream.returned, stream.passed, stream.held_at), (returned, 0, 0));
    assert_eq!(stream.ruled_at, w.svm.now());
    assert_eq!(books.committed - w.treasury().committed, returned);
    assert_eq!(w.record_of(&cast.alice).cancellations, 0);
    // The first part is released, what is left is spread evenly over the other three.
    assert_eq!(released(&mut w), PART);
    for part in 1..=3 {
        filed_at(&mut w, &cast, part * PART_SECS);
        w.score(0, 0, 10_000).unwrap();
        w.svm.advance(PART_SECS / 2);
        let parts = 2 * u64::try_from(part).unwrap() - 1;
        assert_eq!(released(&mut w), PART + parts * (PART * 4 / 10) / 2, "part {part}");
    }
    at(&mut w, 4 * PART_SECS);
    assert_eq!(released(&mut w), AWARD - returned);
    assert_adds_up(&mut w);
}

#[test]
fn a_reduction_rounds_what_is_kept_down() {
    for (keep_bps, kept) in [(1, 0), (3_334, 1), (6_666, 1), (6_667, 2), (9_999, 2)] {
        // One unit is released, three are not.
        let (mut w, cast) = stream_of(Setup::default(), &Ask::with_reviews(4, 120, 3));
        rule(&mut w, &cast, Ruling::Reduce { keep_bps });
        assert_eq!(elapsed(&w), PART_SECS);
        assert_eq!(w.stream(0, 0).returned, 3 - kept, "{keep_bps} bps");
        assert_eq!(released(&mut w), 1, "{keep_bps} bps");
    }
}

#[test]
fn a_held_stream_is_reduced_and_resumed() {
    let (mut w, cast) = held();
    rule(&mut w, &cast, Ruling::Reduce { keep_bps: 5_000 });
    let resumed = elapsed(&w);
    let stream = w.stream(0, 0);
    assert_eq!((stream.held_at, stream.passed), (0, 1));
    assert_eq!((stream.returned, stream.standing_secs), (3 * PART / 2, resumed - PART_SECS));
    assert_eq!(released(&mut w), PART);
    at(&mut w, resumed + 10 * DAY);
    assert_eq!(released(&mut w), PART + 10 * DAILY / 2);
    at(&mut w, resumed + 30 * DAY);
    assert_eq!(released(&mut w), PART + PART / 2);
}

#[test]
fn an_update_that_awaits_its_verdict_still_does_after_a_reduction() {
    let (mut w, cast) = executable(Ruling::Reduce { keep_bps: 5_000 });
    w.file_update(&cast.alice, 0, 0).unwrap();
    w.execute_action(1, 0).unwrap();
    let stream = w.stream(0, 0);
    assert_eq!((stream.update_filed, stream.passed), (1, 0));
    w.score(0, 0, 3_000).unwrap();
    // Half of a half of the second part.
    assert_eq!(w.stream(0, 0).returned, 3 * PART / 2 + PART / 4);
}

#[test]
fn a_cancelled_stream_pays_what_was_released() {
    let (mut w, cast) = executable(Ruling::Cancel);
    at(&mut w, PART_SECS - DAY);
    w.claim(0, 0).unwrap();
    w.to_execution(1);
    w.execute_action(1, 0).unwrap();
    let stream = w.stream(0, 0);
    assert_eq!((stream.ended_at, stream.ruled_at), (w.svm.now(), w.svm.now()));
    assert_eq!((stream.ended_released, stream.returned), (PART, 3 * PART));
    assert_eq!((stream.update_filed, stream.held_at), (0, 0));
    let purse = w.purse(&cast.alice);
    w.svm.advance(50 * DAY);
    w.claim(0, 0).unwrap();
    assert_eq!(w.purse(&cast.alice) - purse, DAILY);
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
    assert_adds_up(&mut w);
    w.close_stream(0, 0).unwrap();
    let record = w.record_of(&cast.alice);
    assert_eq!((record.paid, record.returned, record.cancellations), (PART, 3 * PART, 1));
}

#[test]
fn the_ruling_is_recorded_and_the_books_follow() {
    let (mut w, cast) = executable(Ruling::Cancel);
    let (books, vault, epoch, bobs) = (w.treasury(), w.vault(), w.epoch(1), w.record_of(&cast.bob));
    let bobs_stream = w.stream(0, 1);
    let stranger = w.person();
    let act = execution(&w, &cast);
    let landed = w.svm.send_paid_by(&stranger.wallet, &[act], &[]).unwrap();

    let returned = 3 * PART;
    let after = w.treasury();
    assert_eq!(books.committed - after.committed, returned);
    assert_eq!((after.tracked, after.reserved_funds), (books.tracked, books.reserved_funds));
    assert_eq!(after.free().unwrap() - books.free().unwrap(), returned);
    assert_eq!((w.vault(), after.seq), (vault, books.seq));
    assert_eq!(after.target_changes, books.target_changes);

    let entry = w.entry(1, 0);
    assert!(entry.is(Outcome::Executed));
    assert_eq!((w.epoch(1).executed, w.epoch(1).allocated), (epoch.executed, epoch.allocated));
    assert_eq!(w.record_of(&cast.alice).cancellations, 1);
    assert_eq!(bytemuck::bytes_of(&w.record_of(&cast.bob)), bytemuck::bytes_of(&bobs));
    assert_eq!(bytemuck::bytes_of(&w.stream(0, 1)), bytemuck::bytes_of(&bobs_stream));

    let StreamRuled { seq, epoch: of, index, stream, ruling, returned: gave_back, committed } =
        event(&landed);
    assert_eq!((seq, of, index), (epoch.seq + 1, w.community.epoch(1), 0));
    assert_eq!((seq, stream, ruling), (w.epoch(1).seq, w.stream_key(0, 0), Ruling::Cancel));
    assert_eq!((gave_back, committed), (returned, after.committed));
}

#[test]
fn what_a_hedge_gives_back_leaves_its_position() {
    for (ruling, returned) in
        [(Ruling::Cancel, 3 * PART), (Ruling::Reduce { keep_bps: 7_500 }, 3 * PART / 4)]
    {
        let ask = Ask { category: HEDGE, ..usual_ask() };
        let (mut w, cast) = stream_of(hedging(), &ask);
        let epoch = approve_ruling(&mut w, &cast, ruling);
        w.to_execution(epoch);
        w.claim(0, 0).unwrap();
        w.execute_action(epoch, 0).unwrap();
        let position = w.treasury().positions[usize::from(HEDGE)];
        assert_eq!((position.pending, position.cost), (3 * PART - returned, PART));
    }
}

#[test]
fn a_ruling_keeps_between_one_and_9999_basis_points() {
    let (mut w, cast) = streaming();
    w.open_next_epoch();
    for keep_bps in [0, 10_000, u16::MAX] {
        let act = w.ruling(0, 0, Ruling::Reduce { keep_bps });
        refused(&mut w, BudgetError::ActionOutOfRange, |w| w.submit_action(&cast.bob, act));
    }
    for keep_bps in [1, 9_999] {
        let act = w.ruling(0, 0, Ruling::Reduce { keep_bps });
        w.submit_action(&cast.bob, act).unwrap();
    }
    assert_eq!(w.epoch(1).entry_count, 2);
}
