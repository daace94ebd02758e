use super::*;
use crate::{
    commands::watch::tally::tests::{now, tally},
    slate::tests::ask,
};

fn scenery<'a>(page: &'a Page, tally: &'a Tally, health: &'a Health, rows: &[&str]) -> Scenery<'a> {
    let rows = rows.iter().map(|row| (*row).to_owned()).collect();
    Scenery { page, tally, rows, health, now: now() }
}

#[test]
fn rows_are_in_the_order_of_the_funding_line() {
    let tally = tally(&[ask(0, 100, 1, 0), ask(1, 100, 200, 0), ask(2, 100, 300, 0)]);
    let projection = tally.projection.as_ref().unwrap();
    assert_eq!(order(projection), [Some(2), Some(1), None, Some(0)]);
    let context = crate::streams::tests::context(&[]);
    let titles = |index| format!("ask {index}");
    let budget = crate::streams::tests::token();
    let drawn = crate::slate::funding_line(&context, projection, &titles, &budget, &[]);
    assert_eq!(drawn.len(), order(projection).len());
    for (row, entry) in drawn.iter().zip(order(projection)) {
        match entry {
            Some(entry) => assert!(row.contains(&format!("ask {entry}")), "{row}"),
            None => assert!(row.contains("funding line"), "{row}"),
        }
    }
}

#[test]
fn a_changed_row_is_marked_and_quiet_after_a_while() {
    let (page, health) = (Page::new(), Health::Live { slot: 1_234 });
    let tally = tally(&[ask(0, 100, 200, 0), ask(1, 100, 0, 0)]);
    let mut marks = Marks::default();
    let begun = Instant::now();
    marks.add(&[1], begun);
    let shown = |at: Instant| {
        frame(scenery(&page, &tally, &health, &["zero", "line", "one"]), &marks, at, 40)
    };
    let lines = shown(begun);
    assert!(lines[0].starts_with("Epoch 0 · voting closes"), "{}", lines[0]);
    assert_eq!(lines[1], "0 ballots, 0.0 % of all weight · live, slot 1,234");
    assert_eq!(lines[3..6], ["  zero", "  line", "● one"]);
    assert_eq!(shown(begun + MARKED)[5], "  one");
}

#[test]
fn a_stale_view_says_so_in_the_frame() {
    let (page, marks) = (Page::new(), Marks::default());
    let tally = tally(&[]);
    let shown =
        |health: &Health| frame(scenery(&page, &tally, health, &[]), &marks, Instant::now(), 40);
    let stale = Health::Stale { secs: 12, why: "the connection broke".to_owned() };
    let lines = shown(&stale);
    assert_eq!(
        lines[1],
        "STALE: no slot for 12 seconds, so this may be old; trying again (the connection broke) · 0 \
         ballots, 0.0 % of all weight"
    );
    assert!(lines[3].contains("The slate is empty"), "{}", lines[3]);
    assert!(shown(&Health::Connecting)[1].ends_with(" · connecting"));
}

#[test]
fn a_small_terminal_keeps_what_is_near_the_line() {
    let lines: Vec<String> = (0..20).map(|row| format!("row {row}")).collect();
    assert_eq!(window(lines.clone(), 10, 20), lines);
    let shown = window(lines.clone(), 10, 6);
    assert_eq!(
        shown,
        ["  … 8 more above", "row 8", "row 9", "row 10", "row 11", "  … 8 more below"]
    );
    assert_eq!(window(lines.clone(), 0, 3), ["row 0", "row 1", "  … 18 more below"]);
    assert_eq!(window(lines, 19, 3), ["  … 18 more above", "row 18", "row 19"]);
}

#[test]
fn a_frame_is_never_higher_than_the_terminal() {
    let (page, health, marks) = (Page::new(), Health::Connecting, Marks::default());
    let slate: Vec<_> = (0..100u8).map(|at| ask(at, 1, 200, 0)).collect();
    let tally = tally(&slate);
    let rows: Vec<String> = (0..101).map(|row| row.to_string()).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    for height in [FRAME_ROWS + LEAST_ROWS, 24, 60, 200] {
        let lines = frame(scenery(&page, &tally, &health, &rows), &marks, Instant::now(), height);
        assert!(lines.len() <= height, "{} of {height}", lines.len());
    }
}

#[test]
fn every_phase_says_what_comes_next() {
    let mut tally = tally(&[]);
    let at = |tally: &Tally, now| headline(tally, now);
    assert!(at(&tally, tally.head.opened_at).contains("proposals are taken until voting opens"));
    let over = tally.head.voting_closes_at;
    assert!(at(&tally, over).contains("anyone may settle it (`budget epoch settle 0`)"));
    tally.head.settled_at = over + 60;
    assert!(at(&tally, over + 60).contains("settled"));
}
