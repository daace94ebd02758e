use community_budget::state::Outcome;

use super::*;
use crate::slate::tests::{ask, epoch};

/// An epoch whose voting has just opened, with these entries.
pub fn tally(slate: &[Entry]) -> Tally {
    let (treasury, mut head) = epoch();
    head.entry_count = u8::try_from(slate.len()).unwrap();
    let now = head.voting_opens_at;
    Tally::new(Box::new(treasury), Box::new(head), slate.to_vec(), now)
}

/// What time it is in [`tally`].
pub fn now() -> i64 {
    epoch().1.voting_opens_at
}

/// The slate of [`tally`] with these tallies, after one more ballot of `weight`.
pub fn voted(before: &Tally, entries: &[(u64, u64)], weight: u64) -> Tally {
    let mut head = before.head.clone();
    head.seq += 1;
    head.ballot_count += u64::from(weight > 0);
    head.turnout += weight;
    let mut slate = before.slate.clone();
    for (entry, (for_, against)) in slate.iter_mut().zip(entries) {
        (entry.for_, entry.against) = (*for_, *against);
    }
    Tally::new(before.treasury.clone(), head, slate, now())
}

#[test]
fn nothing_happened_between_two_equal_views() {
    let (one, other) = (tally(&[ask(0, 100, 5, 0)]), tally(&[ask(0, 100, 5, 0)]));
    assert_eq!(other.since(&one), None);
}

#[test]
fn a_change_tells_ballots_weight_entries_and_crossings() {
    let before = tally(&[ask(0, 100, 200, 0), ask(1, 100, 0, 0), ask(2, 100, 10, 0)]);
    let after = voted(&before, &[(200, 300), (300, 0), (10, 0)], 300);
    let change = after.since(&before).unwrap();
    let expected = Change {
        ballots: 1,
        weight: 300,
        entries: vec![0, 1],
        crossed: vec![(0, false), (1, true)],
        moved: 300,
        closes: None,
        settled: false,
    };
    assert_eq!(change, expected);
    let titles = Titles::of(&[]);
    assert_eq!(
        change.line(&after, &titles),
        "1 new ballot with 30.0 % of all weight; entry 0 (0) is now below the line; entry 1 (1) is \
         now above the line; turnout 30.0 %"
    );
    let json = after.happened(&change, now());
    assert_eq!(json["event"], "change");
    assert_eq!((json["newBallots"].clone(), json["newWeight"].clone()), (1.into(), 300.into()));
    assert_eq!(json["changed"].as_array().unwrap().len(), 2);
    assert_eq!(json["changed"][0]["against"], 300);
    assert_eq!(json["crossed"][1], serde_json::json!({ "entry": 1, "stands": true }));
    assert_eq!(json["order"], serde_json::json!([1, 2, 0]));
}

#[test]
fn extension_and_settlement_are_changes() {
    let before = tally(&[ask(0, 100, 200, 0)]);
    let mut after = voted(&before, &[(200, 0)], 0);
    after.head.voting_closes_at += 60;
    let change = after.since(&before).unwrap();
    let closes = (before.head.voting_closes_at, before.head.voting_closes_at + 60);
    assert_eq!(change.closes, Some(closes));
    assert!(change.line(&after, &Titles::of(&[])).contains("voting was extended"));

    let mut settled = voted(&before, &[(200, 0)], 0);
    settled.head.settled_at = 5;
    settled.head.electorate = 1_000;
    settled.slate[0].outcome = Outcome::Funded.into();
    settled.at(now());
    let change = settled.since(&before).unwrap();
    assert!(change.settled && change.crossed.is_empty(), "{change:?}");
    assert!(change.line(&settled, &Titles::of(&[])).contains("the epoch is settled"));
}

#[test]
fn a_new_entry_and_a_revised_ballot_are_changes() {
    let before = tally(&[ask(0, 100, 200, 0)]);
    let after = tally(&[ask(0, 100, 200, 0), ask(1, 50, 0, 0)]);
    let change = after.since(&before).unwrap();
    assert_eq!((change.entries, change.moved), (vec![1], 0));
    let revised = voted(&before, &[(150, 50)], 0);
    let change = revised.since(&before).unwrap();
    assert_eq!((change.ballots, change.moved), (0, 50));
    assert!(change.line(&revised, &Titles::of(&[])).starts_with("ballots were revised"));
}

#[test]
fn the_whole_view_is_exact() {
    let tally = tally(&[ask(0, 100, 200, 7)]);
    let json = tally.exact(now());
    assert_eq!(json["phase"], "voting");
    assert_eq!((json["cap"].clone(), json["allocated"].clone()), (1_000.into(), 100.into()));
    assert_eq!(json["electorate"], 1_000);
    assert_eq!(json["entries"][0]["for"], 200);
    assert_eq!(json["entries"][0]["against"], 7);
    assert_eq!(json["entries"][0]["stands"], true);
}
