use bytemuck::Zeroable;
use community_budget::state::Policy;

use super::*;

const DAY: i64 = 86_400;
const NOW: i64 = 1_767_571_200;

/// A treasury with 1,000,000 base units, untouched, whose bucket was filled a day ago to 50,000 of
/// 200,000.
fn books() -> Treasury {
    let mut books = Treasury::zeroed();
    books.policy = Policy::default();
    books.in_force = Policy::default();
    books.tracked = 1_000_000;
    books.high_water = 1_000_000;
    books.epoch_count = 2;
    books.last_opened_at = NOW - 10 * DAY;
    books.bucket_capacity = 200_000;
    books.bucket_level = 50_000;
    books.bucket_at = NOW - DAY;
    books
}

fn gauges(books: &Treasury) -> Gauges {
    Gauges::of(books, NOW).unwrap()
}

fn token() -> Token {
    Token { decimals: 0, symbol: "USDC".to_owned() }
}

#[test]
fn the_bucket_has_filled_since_its_last_use() {
    let now = gauges(&books());
    assert_eq!((now.level, now.capacity), (50_000 + 200_000 / 7, 200_000));
    let later = Gauges::of(&books(), NOW + 7 * DAY).unwrap();
    assert_eq!(later.level, 200_000);
}

#[test]
fn the_loss_that_would_trip_it_trips_it() {
    let mut treasury = books();
    let before = gauges(&treasury);
    assert_eq!((before.value, before.least, before.cause), (1_000_000, 700_000, None));
    let room = before.room().unwrap();
    treasury.tracked -= room - 1;
    assert_eq!(gauges(&treasury).cause, None);
    treasury.tracked -= 1;
    let after = gauges(&treasury);
    assert_eq!(after.cause, Some(TripCause::Drawdown));
    assert_eq!(after.room(), Some(0));
    let lines = after.lines(&Page::new(), &token(), "Ada");
    assert!(lines[4].ends_with("(30.0 %); that is enough to trip it"), "{}", lines[4]);
    assert!(after.breaker().starts_with("Anyone may trip the breaker now"));
    treasury.high_water = 0;
    assert_eq!(gauges(&treasury).room(), None);
}

#[test]
fn a_drain_needs_both_of_its_halves() {
    let mut treasury = books();
    treasury.outflow = [300_000, 300_000, 0, 0];
    treasury.inflow = [400_000, 0, 0, 0];
    // 600,000 is 150 % of 400,000; and a million lasts 3.3 of the 4 epochs that it must.
    let even = gauges(&treasury);
    assert_eq!((even.outflow, even.inflow, even.cause), (600_000, 400_000, None));
    assert_eq!(even.lasts_tenths(), Some(33));
    treasury.inflow = [399_999, 0, 0, 0];
    assert_eq!(gauges(&treasury).cause, Some(TripCause::Outflow));
    treasury.outflow = [250_000, 250_000, 0, 0];
    let enough = gauges(&treasury);
    assert_eq!((enough.lasts_tenths(), enough.cause), (Some(40), None));
}

#[test]
fn a_trip_blocks_then_rests_then_is_over() {
    let mut treasury = books();
    treasury.tracked = 600_000;
    treasury.trip(NOW - 1).unwrap();
    let now = gauges(&treasury);
    assert_eq!(now.trip, Some((NOW - 1, NOW - 1 + 7 * DAY)));
    assert!(now.breaker().contains("until Sun 11 Jan 2026, 23:59 UTC (in 6 days 23 hours)"));
    let ended = Gauges::of(&treasury, NOW + 7 * DAY).unwrap();
    // Nobody has booked the end; what counts then counts already.
    assert_eq!((ended.trip, ended.high_water), (None, 600_000));
    assert_eq!(ended.rests_until, Some(NOW - 1 + 37 * DAY));
    assert!(ended.breaker().starts_with("The breaker rests"));
    let rested = Gauges::of(&treasury, NOW - 1 + 37 * DAY).unwrap();
    assert_eq!(rested.rests_until, None);
}

#[test]
fn the_allowance_is_what_the_program_grants() {
    let mut treasury = books();
    let limit = treasury.in_force.breaker.guardian_pause_secs;
    let cases = [(0, 0), (1, NOW - 1), (limit, NOW - DAY), (limit, NOW - 90 * DAY), (5, NOW)];
    for (used, until) in cases {
        (treasury.pause_used_secs, treasury.pause_until) = (used, until);
        let left = gauges(&treasury).allowance_secs;
        if left > 0 {
            let mut granted = treasury;
            assert!(granted.pause_executions(left, NOW).is_ok(), "{used} {until}");
        }
        let mut refused = treasury;
        assert!(refused.pause_executions(left + 1, NOW).is_err(), "{used} {until}");
    }
    (treasury.pause_used_secs, treasury.pause_until) = (86_400, NOW + 60);
    let now = gauges(&treasury);
    assert_eq!((now.paused_until, now.renewed_at), (Some(NOW + 60), Some(NOW + 60 + 90 * DAY)));
    assert!(now.pause().contains("(in 1 minute)"));
    assert!(now.allowance().starts_with("6 days of 7 days left; whole again "));
}

#[test]
fn the_page_says_the_decision_first_and_every_figure_with_its_unit() {
    let mut treasury = books();
    treasury.outflow = [300_000, 0, 0, 0];
    treasury.committed = 100_000;
    let lines = gauges(&treasury).lines(&Page::new(), &token(), "the guardian Ada");
    let wanted = [
        "The breaker has not tripped, and nobody could trip it now.",
        "  outflow  ███████············· 78,571 USDC may leave at once",
        "           of 200,000 USDC (39.2 %); an empty bucket fills in 7 days",
        "           what was released 3 days ago is paid all the same",
        "  loss     0 below the high-water mark of 1,000,000 USDC (0.0 %); it trips when 300,001 USDC more are lost",
        "  drain    300,000 awarded, 0 USDC received in the last 2 epochs: without any receipts",
        "           900,000 USDC not promised, which lasts 6.0 epochs",
        "           trips above 150 % of receipts with less than 4 epochs left; both at once",
        "  pause    Nothing is paused.",
        "           the guardian Ada may pause for 7 days in any 90 days",
    ];
    assert_eq!(lines, wanted);
}
