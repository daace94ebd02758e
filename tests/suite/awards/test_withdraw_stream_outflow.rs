//! withdraw_stream, the outflow bucket (R11, P4)
//! ├── given the bucket holds less than is claimed
//! │   ├── when it holds something ......................... that much is paid
//! │   ├── when it is empty, nothing waited long enough .... OutflowLimited
//! │   └── when something waited for the longest delay ..... at least that is paid, bucket or not
//! ├── the bucket fills by capacity / window, and keeps the remainder
//! ├── streams share it
//! ├── capacity is a share of the funds at each epoch's opening
//! │   ├── no later deposit changes it
//! │   └── what the bucket holds stays, as far as it fits
//! ├── what a cancelled or paused stream has released is paid the same way
//! └── breaker and pause of executions do not matter
//!
//! Many claims are in `flow_outflow.rs`.

use budget_tests::*;
use community_budget::{BudgetError, state::Ruling};

use crate::{outflow::*, stage::*};

#[test]
fn a_claim_beyond_the_bucket_is_paid_in_part() {
    let (mut w, people, _) = streams(narrow(7, 3), &[with_cliff(60_000_000, 30)]);
    w.svm.advance(30 * DAY);
    assert_eq!(claim(&mut w, &people[0], 0), CAPACITY);
    let books = w.treasury();
    assert_eq!((books.bucket_level, books.bucket_remainder, books.bucket_at), (0, 0, w.svm.now()));
    assert_eq!(w.stream(0, 0).released(w.svm.now()).unwrap(), 30_000_000, "it stays released");
}

#[test]
fn an_empty_bucket_refuses_what_has_not_waited_long_enough() {
    let (mut w, people, _) = streams(narrow(7, 3), &[with_cliff(60_000_000, 30)]);
    w.svm.advance(30 * DAY);
    claim(&mut w, &people[0], 0);
    refused(&mut w, BudgetError::OutflowLimited, |w| w.claim(0, 0));
}

#[test]
fn the_bucket_fills_second_by_second_and_keeps_the_remainder() {
    let (mut w, people, _) = streams(narrow(7, 3), &[with_cliff(60_000_000, 30)]);
    w.svm.advance(30 * DAY);
    claim(&mut w, &people[0], 0);
    // 12,345,678 / 604,800 = 20.413 a second: the fractions add up to one more unit in the third.
    for (second, paid) in [(1, 20), (2, 20), (3, 21), (4, 20), (5, 21)] {
        w.svm.advance(1);
        assert_eq!(claim(&mut w, &people[0], 0), paid, "second {second}");
    }
    w.svm.advance(DAY - 5);
    assert_eq!(claim(&mut w, &people[0], 0), 1_763_668 - 102); // a seventh of 12,345,678, less
}

#[test]
fn a_bucket_that_is_full_stays_full() {
    let (mut w, people, _) = streams(narrow(1, 7), &[with_cliff(90_000_000, 30)]);
    w.svm.advance(30 * DAY); // thirty windows
    assert_eq!(claim(&mut w, &people[0], 0), CAPACITY);
    w.svm.advance(DAY - 1);
    assert_eq!(claim(&mut w, &people[0], 0), 12_345_535); // 86,399 of 86,400 seconds
    w.svm.advance(DAY + 1);
    assert_eq!(claim(&mut w, &people[0], 0), CAPACITY);
}

#[test]
fn a_claim_that_the_bucket_holds_is_paid_in_full() {
    let (mut w, people, _) = streams(narrow(7, 3), &[with_cliff(24_691_356, 30)]);
    w.svm.advance(30 * DAY);
    assert_eq!(claim(&mut w, &people[0], 0), CAPACITY, "half of the ask, to the unit");
    assert_eq!(w.treasury().bucket_level, 0);
}

#[test]
fn what_waited_for_the_longest_delay_is_paid_bucket_or_not() {
    let paid_after = |secs: i64| {
        let (mut w, people, _) = streams(narrow(7, 3), &[at_once(60_000_000)]);
        w.svm.advance(i64::from(AT_ONCE) + secs);
        claim(&mut w, &people[0], 0)
    };
    assert_eq!(paid_after(0), CAPACITY);
    assert_eq!(paid_after(3 * DAY - 1), CAPACITY);
    assert_eq!(paid_after(3 * DAY), 60_000_000);
    assert_eq!(paid_after(3 * DAY + 1), 60_000_000);
}

#[test]
fn what_was_paid_before_counts_towards_the_delay() {
    let (mut w, people, _) = streams(narrow(7, 3), &[at_once(60_000_000)]);
    w.svm.advance(i64::from(AT_ONCE));
    assert_eq!(claim(&mut w, &people[0], 0), CAPACITY);
    w.svm.advance(3 * DAY - 1);
    let second = claim(&mut w, &people[0], 0);
    assert_eq!(second, 5_290_984); // 259,199 seconds of the window
    w.svm.advance(1);
    assert_eq!(claim(&mut w, &people[0], 0), 60_000_000 - CAPACITY - second);
    assert_eq!(w.treasury().bucket_level, 0, "what goes beyond the bucket is not owed later");
    w.close_stream(0, 0).unwrap();
}

#[test]
fn a_linear_stream_gets_at_least_what_was_released_the_delay_before() {
    let amount = 60_000_000;
    for days in [3, 4, 10, 33, 60, 62, 63] {
        let (mut w, people, _) = streams(narrow(7, 3), &[Ask::of(amount)]);
        w.svm.advance(days * DAY);
        let overdue = share(amount, (days - 3) * DAY, SIXTY_DAYS);
        let released = share(amount, days * DAY, SIXTY_DAYS);
        let paid = claim(&mut w, &people[0], 0);
        assert_eq!(paid, released.min(CAPACITY.max(overdue)), "after {days} days");
    }
}

#[test]
fn streams_share_one_bucket() {
    let asks = [with_cliff(60_000_000, 30), with_cliff(40_000_000, 30)];
    let (mut w, people, _) = streams(narrow(7, 3), &asks);
    w.svm.advance(30 * DAY);
    assert_eq!(claim(&mut w, &people[0], 0), CAPACITY);
    refused(&mut w, BudgetError::OutflowLimited, |w| w.claim(0, 1));
    w.svm.advance(DAY);
    assert_eq!(claim(&mut w, &people[1], 1), 1_763_668);
    refused(&mut w, BudgetError::OutflowLimited, |w| w.claim(0, 0));
    w.svm.advance(2 * DAY);
    // What the first stream is owed beyond the bucket takes nothing from the second's own delay.
    assert_eq!(claim(&mut w, &people[0], 0), 30_000_000 - CAPACITY);
    assert_eq!(claim(&mut w, &people[1], 1), 20_000_000 - 1_763_668);
}

#[test]
fn no_later_deposit_widens_the_bucket() {
    let (mut w, people, _) = streams(narrow(7, 3), &[with_cliff(60_000_000, 30)]);
    let founder = w.founder.clone();
    w.deposit(&founder, 10 * FUNDS).unwrap();
    assert_eq!(w.treasury().bucket_capacity, CAPACITY);
    w.svm.advance(30 * DAY);
    assert_eq!(claim(&mut w, &people[0], 0), CAPACITY);
}

#[test]
fn the_next_opening_widens_the_bucket_and_leaves_what_it_holds() {
    let (mut w, people, _) = streams(narrow(7, 7), &[with_cliff(90_000_000, 20)]);
    w.svm.advance(20 * DAY); // 30,000,000 are released
    assert_eq!(claim(&mut w, &people[0], 0), CAPACITY);
    let founder = w.founder.clone();
    w.deposit(&founder, FUNDS).unwrap();
    w.svm.advance(DAY);
    w.open_epoch().unwrap();
    let (books, tracked) = (w.treasury(), w.treasury().tracked);
    let wider = tracked / 100;
    assert_eq!(books.bucket_capacity, wider);
    assert!(wider > 2 * CAPACITY - CAPACITY / 10);
    // A day's flow under the old capacity, and only that.
    assert_eq!(claim(&mut w, &people[0], 0), 1_763_668);
    let held = w.treasury().bucket_remainder; // of 12,345,678 * 86,400 / 604,800 = 1,763,668.28...
    assert_eq!(held, 172_800);
    w.svm.advance(DAY);
    let numerator = u128::from(wider) * 86_400 + u128::from(held);
    let flow = u64::try_from(numerator / 604_800).unwrap();
    assert_eq!(claim(&mut w, &people[0], 0), flow, "a day's flow under the new one");
}

#[test]
fn the_next_opening_narrows_the_bucket_to_what_fits() {
    let (mut w, people, _) = streams(narrow(7, 3), &[at_once(60_000_000)]);
    w.svm.advance(i64::from(AT_ONCE) + 3 * DAY);
    assert_eq!(claim(&mut w, &people[0], 0), 60_000_000);
    w.svm.advance(30 * DAY);
    w.open_epoch().unwrap();
    let books = w.treasury();
    let narrower = (FUNDS + 1_000 - 60_000_000) / 100; // with one slot fee
    assert_eq!((books.bucket_capacity, books.bucket_level), (narrower, narrower));
    assert_eq!((books.bucket_remainder, books.bucket_at), (0, w.svm.now()));
}

#[test]
fn a_share_of_everything_limits_nothing() {
    let mut policy = narrow(7, 3);
    policy.breaker.outflow_bps = 10_000;
    let mut w = World::with(Setup { policy, ..Setup::default() });
    let cast = submit_both(&mut w);
    vote_for_both(&mut w, &cast);
    w.settle().unwrap();
    w.to_execution(0);
    w.execute(0, 1).unwrap();
    w.svm.advance(60 * DAY);
    assert_eq!(claim(&mut w, &cast.bob, 1), MEDIUM_ASK);
}

/// The first stream of 60,000,000 is cancelled by vote after 30 of its 60 days, unclaimed; the
/// second releases 60,000,000 four days later.
fn cancelled() -> (World, Vec<Person>) {
    let asks = [Ask::of(60_000_000), at_once(60_000_000)];
    let (mut w, people, voter) = streams(narrow(7, 5), &asks);
    let (start, cancel) = (w.svm.now(), w.ruling(0, 0, Ruling::Cancel));
    w.pass_action(&people[1], &voter, cancel);
    assert_eq!(w.svm.now() - start, 30 * DAY);
    (w, people)
}

#[test]
fn a_cancelled_stream_pays_what_it_had_released() {
    let (mut w, people) = cancelled();
    let stream = w.stream(0, 0);
    assert_eq!((stream.ended_released, stream.returned), (30_000_000, 30_000_000));
    // 25 days of releases have waited for five.
    assert_eq!(claim(&mut w, &people[0], 0), 25_000_000);
    refused(&mut w, BudgetError::OutflowLimited, |w| w.claim(0, 0));
    w.svm.advance(5 * DAY);
    assert_eq!(claim(&mut w, &people[0], 0), 5_000_000);
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
    w.close_stream(0, 0).unwrap();
}

#[test]
fn a_cancellation_does_not_prolong_the_wait() {
    let (mut w, people) = cancelled();
    let cancelled_at = w.svm.now();
    claim(&mut w, &people[0], 0);
    // The other stream empties the bucket each time, so that only the delay pays.
    for secs in [4 * DAY, 5 * DAY - 1] {
        w.svm.set_now(cancelled_at + secs);
        claim(&mut w, &people[1], 1);
        assert_eq!(w.treasury().bucket_level, 0);
        claim(&mut w, &people[0], 0);
        let released = share(60_000_000, 25 * DAY + secs, SIXTY_DAYS);
        assert_eq!(w.stream(0, 0).withdrawn, released, "{secs} s after the cancellation");
    }
    w.svm.advance(1);
    claim(&mut w, &people[1], 1);
    claim(&mut w, &people[0], 0);
    assert_eq!(w.stream(0, 0).withdrawn, 30_000_000);
}

#[test]
fn nothing_accrues_to_a_cancelled_stream() {
    let (mut w, people) = cancelled();
    w.svm.advance(400 * DAY);
    assert_eq!(claim(&mut w, &people[0], 0), 30_000_000);
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
}

#[test]
fn a_pause_of_the_stream_holds_nothing_back_that_was_released() {
    let (mut w, people, _) = streams(narrow(7, 3), &[Ask::of(60_000_000)]);
    w.svm.advance(30 * DAY);
    let guardian = w.guardian.clone();
    w.pause_stream(&guardian, 0, 0, 7 * DAY_SECS).unwrap();
    assert_eq!(claim(&mut w, &people[0], 0), 27_000_000);
    w.svm.advance(3 * DAY);
    claim(&mut w, &people[0], 0);
    assert_eq!(w.stream(0, 0).withdrawn, 30_000_000, "the delay runs on while accrual stands");
    refused(&mut w, BudgetError::NothingToWithdraw, |w| w.claim(0, 0));
}

#[test]
fn neither_pause_of_executions_nor_breaker_holds_a_claim_back() {
    let (mut w, cast) = trippable();
    w.trip().unwrap();
    pause(&mut w, 5);
    w.svm.advance(DAY);
    let before = w.stream(0, 1).withdrawn;
    let paid = claim(&mut w, &cast.bob, 1);
    let elapsed = w.svm.now() - w.stream(0, 1).started_at;
    assert_eq!(before + paid, share(LENT, elapsed, i64::from(LENT_FOR)));
}
