use super::*;
use crate::streams::tests::{DAY, START, flow, held, stream, token, updated};

fn at(stream: community_budget::state::Stream, day: i64) -> Row {
    let now = START + day * DAY;
    let flow = flow(stream, now);
    let money = flow.money(now).unwrap();
    Row {
        place: flow.place(),
        title: "A title that is longer than there is room for".to_owned(),
        recipient: "Ada".to_owned(),
        money,
        total: flow.stream.total,
        state: state(&flow, now),
        json: exact(&flow, &money, now),
    }
}

#[test]
fn streams_are_listed_with_what_can_be_claimed_first() {
    let mut paid = stream();
    paid.pay(100).unwrap();
    let lines = listing(&token(), &[at(paid, 5), at(held(), 20)]);
    assert_eq!(
        lines,
        [
            "2 streams; 1,400 USDC can be claimed now",
            "                                           to       total   released  claimable  state",
            "  3/7  A title that is longer than there…  Ada      4,000        500        400  running",
            "  3/7  A title that is longer than there…  Ada      4,000      1,000      1,000  held",
        ]
    );
    assert!(listing(&token(), &[])[0].contains("There are no streams."));
}

#[test]
fn every_state_has_its_own_words() {
    let mut ended = held();
    ended.end(START + 20 * DAY).unwrap();
    let mut finished = stream();
    (finished.passed, finished.withdrawn) = (3, 4_000);
    let mut out = stream();
    out.passed = 3;
    let mut early = stream();
    early.cliff_secs = 2 * 86_400;
    let mut paused = stream();
    paused.pause(86_400, 7 * 86_400, START + DAY).unwrap();
    let told = [
        (stream(), 1, "running"),
        (stream(), 11, "waits for an update"),
        (updated(), 13, "waits for a score"),
        (stream(), 18, "update overdue"),
        (held(), 20, "held"),
        (ended, 21, "ended"),
        (finished, 50, "finished"),
        (out, 41, "run out"),
        (early, 1, "before its cliff"),
        (paused, 1, "paused"),
    ];
    for (stream, day, words) in told {
        assert_eq!(at(stream, day).state, words);
        assert_eq!(at(stream, day).json["state"], words);
    }
}

#[test]
fn the_exact_figures_are_base_units_and_whole_addresses() {
    let json = at(updated(), 13).json;
    assert_eq!(json["recipient"], stream().recipient.to_string());
    assert_eq!((json["total"].clone(), json["claimable"].clone()), (4_000.into(), 1_000.into()));
    assert_eq!(json["scheduled"], 3_000);
    assert_eq!(json["checkpoints"][0]["state"], "awaitsVerdict");
    assert_eq!(json["checkpoints"][0]["at"], START + 19 * DAY);
    assert_eq!(json["checkpoints"][2]["state"], "ahead");
    assert_eq!(json["endsAt"], START + 40 * DAY);
}
