use super::*;
use crate::{
    commands::watch::tally::tests::{now, tally, voted},
    slate::tests::ask,
};

/// Five percent of a total weight of 1,000.
const LARGE: u16 = 500;

fn kinds(alerts: &[Alert]) -> Vec<&'static str> {
    alerts.iter().map(Alert::kind).collect()
}

#[test]
fn ballots_of_much_weight_are_told_and_others_are_not() {
    let before = tally(&[ask(0, 100, 0, 0)]);
    let alerts = |weight| {
        let after = voted(&before, &[(weight, 0)], weight);
        of_change(&after.since(&before).unwrap(), &after, LARGE, now())
    };
    assert_eq!(alerts(29), [], "no quorum yet, and little weight");
    assert_eq!(alerts(30), [Alert::Crossed { entry: 0, stands: true, late: false }]);
    assert_eq!(kinds(&alerts(49)), ["crossed"]);
    assert_eq!(alerts(50)[1], Alert::Heavy { ballots: 1, weight: 50 });
}

#[test]
fn a_share_of_nothing_is_no_reason_to_call_a_change_heavy() {
    let before = tally(&[ask(0, 100, 0, 0)]);
    let after = tally(&[ask(0, 100, 0, 0), ask(1, 100, 0, 0)]);
    assert_eq!(of_change(&after.since(&before).unwrap(), &after, 0, now()), []);
}

#[test]
fn revised_ballots_of_much_weight_are_told() {
    let before = tally(&[ask(0, 100, 600, 0)]);
    let alerts = |moved| {
        let after = voted(&before, &[(600 - moved, moved)], 0);
        of_change(&after.since(&before).unwrap(), &after, LARGE, now())
    };
    assert_eq!(alerts(49), []);
    assert_eq!(alerts(50), [Alert::Revised { weight: 50 }]);
}

#[test]
fn crossings_in_the_last_stretch_are_late_and_extensions_are_told() {
    let before = tally(&[ask(0, 100, 0, 0)]);
    let mut after = voted(&before, &[(30, 0)], 30);
    let late = before.head.voting_closes_at - 1;
    after.head.voting_closes_at += 600;
    let alerts = of_change(&after.since(&before).unwrap(), &after, LARGE, late);
    let (closes_at, hard_end_at) = (after.head.voting_closes_at, after.head.voting_hard_end_at);
    assert_eq!(
        alerts,
        [
            Alert::Crossed { entry: 0, stands: true, late: true },
            Alert::Extended { closes_at, hard_end_at }
        ]
    );
}

#[test]
fn the_windows_of_voting_are_told_once_when_they_begin() {
    let mut tally = tally(&[ask(0, 100, 0, 0)]);
    let window = i64::from(tally.head.policy.schedule.late_window_secs);
    let closes_at = tally.head.voting_closes_at;
    let late = closes_at - window;
    assert_eq!(of_time(&tally, late - 2, late - 1), []);
    assert_eq!(of_time(&tally, late - 1, late), [Alert::LateWindow { closes_at }]);
    assert_eq!(of_time(&tally, late, late + 1), []);
    assert_eq!(of_time(&tally, closes_at - 1, closes_at), [], "voting is over");
    // Extended to the hard end.
    let until = tally.head.voting_hard_end_at;
    tally.head.voting_closes_at = until;
    let begins = until - window;
    assert_eq!(
        of_time(&tally, begins - 1, begins),
        [Alert::LateWindow { closes_at: until }, Alert::NoLatePass { until }]
    );
    assert_eq!(of_time(&tally, begins, until - 1), []);
}

#[test]
fn every_alert_has_a_kind_a_sentence_and_its_figures() {
    let tally = tally(&[ask(0, 100, 30, 0)]);
    let titles = Titles::of(&[]);
    let closes_at = tally.head.voting_closes_at;
    let alerts = [
        (Alert::Crossed { entry: 0, stands: false, late: true }, "entry", "fell below"),
        (Alert::Extended { closes_at, hard_end_at: closes_at }, "votingHardEndAt", "extended"),
        (Alert::LateWindow { closes_at }, "votingClosesAt", "last stretch"),
        (Alert::NoLatePass { until: closes_at }, "votingHardEndAt", "no ballot can turn"),
        (Alert::Heavy { ballots: 2, weight: 60 }, "weight", "2 new ballots carry 6.0 %"),
        (Alert::Heavy { ballots: 1, weight: 60 }, "ballots", "1 new ballot carries 6.0 %"),
        (Alert::Revised { weight: 70 }, "weight", "at least 7.0 %"),
    ];
    for (alert, figure, words) in alerts {
        let text = alert.text(&tally, &titles, now());
        assert!(text.contains(words) && text.ends_with('.'), "{text}");
        let json = alert.exact(&tally, &titles, now());
        assert_eq!(json["kind"], alert.kind());
        assert_eq!(json["event"], "alert");
        assert!(!json[figure].is_null(), "{json}");
    }
}
