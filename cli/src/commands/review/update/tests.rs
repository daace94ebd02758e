use super::*;
use crate::streams::tests::{DAY, START, flow, held, stream, updated};

#[test]
fn an_update_is_filed_in_its_window_alone() {
    let asked = |stream, day: i64| {
        let now = START + day * DAY;
        awaited(&flow(stream, now), now)
    };
    assert_eq!(asked(stream(), 10).unwrap(), (0, START + 17 * DAY));
    let why = |stream, day| {
        let refused = asked(stream, day).unwrap_err();
        assert_eq!(refused.kind().1, "input");
        refused.to_string()
    };
    assert!(why(stream(), 9).contains("opens"));
    assert!(why(updated(), 13).contains("is filed already"));
    assert!(why(stream(), 17).contains("a vote must rule"));
    assert!(why(held(), 20).contains("only a vote's ruling goes on"));
    let mut ended = held();
    ended.end(START + 20 * DAY).unwrap();
    assert!(why(ended, 21).contains("has ended"));
    let mut last = stream();
    last.passed = 3;
    assert!(why(last, 35).contains("no checkpoint left"));
}

#[test]
fn health_is_one_of_three_words() {
    for (text, value) in [
        ("on-track", Health::OnTrack),
        ("at-risk", Health::AtRisk),
        ("off-track", Health::OffTrack),
    ] {
        assert_eq!(Health::from(HealthWord::from_str(text, false).unwrap()), value);
    }
    assert!(HealthWord::from_str("fine", false).is_err());
}
