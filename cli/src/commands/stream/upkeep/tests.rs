use community_budget::state::Stream;

use super::*;
use crate::streams::tests::{DAY, START, flow, held, stream, token, updated};

fn why(stream: Stream, day: i64) -> String {
    let now = START + day * DAY;
    let refused = overdue(&flow(stream, now), now).unwrap_err();
    assert_eq!(refused.kind().1, "input");
    refused.to_string()
}

#[test]
fn only_an_overdue_stream_can_be_held() {
    let now = START + 18 * DAY;
    assert_eq!(overdue(&flow(stream(), now), now).unwrap(), (0, START + 17 * DAY));
    assert!(why(stream(), 1).contains("checkpoint 0 opens"));
    assert!(why(stream(), 11).contains("is due before"));
    assert!(why(updated(), 13).contains("waits for the reviewer"));
    assert!(why(held(), 20).contains("it is held since"));
    let mut ended = held();
    ended.end(START + 20 * DAY).unwrap();
    assert!(why(ended, 21).contains("it has ended"));
    let mut last = stream();
    last.passed = 3;
    assert!(why(last, 35).contains("no checkpoint of it is left"));
}

#[test]
fn only_a_finished_stream_without_reviews_is_closed() {
    let now = START + 50 * DAY;
    let mut stream = stream();
    stream.passed = 3;
    stream.withdrawn = 3_999;
    let unpaid = closable(&flow(stream, now), &token()).unwrap_err().to_string();
    assert!(unpaid.contains("1 USDC are neither paid nor returned"), "{unpaid}");
    stream.withdrawn = 4_000;
    stream.open_reviews = 1;
    let open = closable(&flow(stream, now), &token()).unwrap_err().to_string();
    assert!(
        open.contains("has 1 review open") && open.contains("budget review close 3/7 K"),
        "{open}"
    );
    stream.open_reviews = 0;
    closable(&flow(stream, now), &token()).unwrap();
}
