use anchor_lang::prelude::Pubkey;

use super::*;
use crate::streams::tests::{DAY, START, flow, held, stream, token, updated};

fn review() -> Review {
    Review {
        version: 1,
        bump: 0,
        checkpoint: 0,
        scored: 0,
        score_bps: 0,
        reserved_flags: [0; 2],
        stream: Pubkey::default(),
        rent_payer: Pubkey::default(),
        filed_at: START + 12 * DAY,
        scored_at: 0,
        spent: 800,
        health: Health::AtRisk,
        evidence_hash: [0; 32],
        verdict_hash: [0; 32],
        evidence_uri: String::new(),
    }
}

/// The picture of `stream` on `day`, with one of these for whatever a network would tell.
fn drawn(
    stream: community_budget::state::Stream,
    day: i64,
    change: impl Fn(&mut Picture),
) -> Vec<String> {
    let now = START + day * DAY;
    let (flow, budget) = (flow(stream, now), token());
    let money = flow.money(now).unwrap();
    let mut picture = Picture {
        money,
        payable: money.claimable,
        lapse: None,
        reviews: &[],
        recipient: "Ada".to_owned(),
        payout: "her account".to_owned(),
        reviewer: Some("Rita".to_owned()),
        category: "operations".to_owned(),
        budget: &budget,
        delay_secs: 3 * 86_400,
        now,
        flow: &flow,
    };
    change(&mut picture);
    picture.lines(&Page::new())
}

/// What is said before the facts.
fn said(lines: &[String]) -> String {
    let sentences = lines.iter().skip(1).take_while(|line| !line.starts_with("  "));
    sentences.cloned().collect::<Vec<String>>().join(" ")
}

fn next(stream: community_budget::state::Stream, day: i64) -> String {
    said(&drawn(stream, day, |_| {}))
}

#[test]
fn a_running_stream_shows_its_money_and_its_gates() {
    let mut stream = stream();
    stream.pay(300).unwrap();
    let key = Pubkey::new_from_array([9; 32]);
    assert_eq!(drawn(stream, 5, |_| {}), [
        "Docs (3/7): 500 of 4,000 USDC are released to Ada".to_owned(),
        "200 USDC can be claimed now: anyone may send it (`budget stream withdraw 3/7`).".to_owned(),
            "It runs on by itself until checkpoint 0 opens Wed 23 Sep 2020, 12:26 UTC (in 5 days); then Ada has 7 \
         days to file an update."
            .to_owned(),
        format!("  stream    {key}"),
        "  category  operations".to_owned(),
        "  pays to   her account".to_owned(),
        "  began     Sun 13 Sep 2020, 12:26 UTC (5 days ago)".to_owned(),
        "  runs out  Fri 23 Oct 2020, 12:26 UTC (in 35 days)".to_owned(),
        String::new(),
        format!("  ███▓▓▓{}", "░".repeat(42)),
        "  █ withdrawn    300 USDC".to_owned(),
        "  ▓ claimable    200 USDC".to_owned(),
        "  ░ scheduled  3,500 USDC".to_owned(),
        "  ╱ held           0 USDC".to_owned(),
        "  × returned       0 USDC".to_owned(),
        String::new(),
        "  checkpoints".to_owned(),
        "  ·  0  opens Wed 23 Sep 2020, 12:26 UTC (in 5 days)".to_owned(),
        "  ·  1  opens Sat 3 Oct 2020, 12:26 UTC (in 15 days)".to_owned(),
        "  ·  2  opens Tue 13 Oct 2020, 12:26 UTC (in 25 days)".to_owned(),
    ]);
}

#[test]
fn who_must_act_is_named_whatever_the_stream_waits_for() {
    let waits = next(stream(), 11);
    assert!(waits.contains("It waits for Ada") && waits.contains("`budget review update 3/7`"));
    let late = next(stream(), 18);
    assert!(late.contains("anyone may hold the stream (`budget stream hold 3/7`)"), "{late}");
    let scored = next(updated(), 13);
    assert!(scored.contains("the reviewer Rita"), "{scored}");
    assert!(scored.contains("`budget review score 3/7 0 SCORE`"), "{scored}");
    let vacant = drawn(updated(), 13, |picture| picture.reviewer = None);
    assert!(said(&vacant).contains("passes by itself Fri 2 Oct 2020"), "{}", said(&vacant));
    let mut done = stream();
    done.passed = 3;
    assert!(next(done, 35).contains("It runs on by itself until"), "{}", next(done, 35));
    assert!(next(done, 41).contains("Its time is over."), "{}", next(done, 41));
}

#[test]
fn a_held_stream_says_until_when_a_vote_may_rule() {
    let with = |lapse| drawn(held(), 20, move |picture| picture.lapse = Some(lapse));
    let at = |day| START + day * DAY;
    let text = said(&with(Lapse { at: at(90), epoch: None }));
    assert!(text.contains("It is held: a vote may resume, reduce or cancel it"), "{text}");
    assert!(text.contains("an epoch that opened after the hold"), "{text}");
    let text = said(&with(Lapse { at: at(90), epoch: Some(4) }));
    assert!(text.contains("Without one anyone may end it from Sat 12 Dec 2020"), "{text}");
    let text = said(&with(Lapse { at: at(20), epoch: Some(4) }));
    assert!(text.contains("anyone may end it (`budget stream lapse 3/7`)"), "{text}");
    let lines = with(Lapse { at: at(90), epoch: None }).join("\n");
    assert!(lines.contains("╱ held       3,000 USDC"), "{lines}");
    assert!(lines.contains("✗  0  holds the stream since Wed 30 Sep 2020"), "{lines}");
    assert!(lines.contains("·  1  opens when the stream has gone on"), "{lines}");
    assert!(!lines.contains("runs out"), "{lines}");
}

#[test]
fn a_finished_stream_asks_for_its_closing() {
    let mut stream = stream();
    (stream.passed, stream.withdrawn, stream.open_reviews) = (3, 4_000, 2);
    assert!(next(stream, 50).contains("anyone may close its 2 reviews"), "{}", next(stream, 50));
    stream.open_reviews = 0;
    assert!(next(stream, 50).contains("(`budget stream close 3/7`)"), "{}", next(stream, 50));
}

#[test]
fn an_ended_stream_still_owes_what_it_released() {
    let mut stream = held();
    stream.end(START + 30 * DAY).unwrap();
    let lines = drawn(stream, 31, |_| {});
    assert!(lines[1].starts_with("1,000 USDC can be claimed now"), "{}", lines[1]);
    assert_eq!(lines[2], "It has ended; nothing more is released.");
    assert!(lines.iter().any(|line| line.contains("ended     Tue 13 Oct 2020")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("×") && line.contains("3,000")), "{lines:?}");
}

#[test]
fn the_outflow_limit_is_said_where_it_bites() {
    let limited = drawn(stream(), 5, |picture| picture.payable = 100);
    let line = limited.iter().find(|line| line.contains("claimable")).unwrap();
    assert!(
        line.ends_with(
            "lets 100 USDC through now, and the rest 3 days after its release at the latest"
        ),
        "{line}"
    );
    assert!(!drawn(stream(), 5, |_| {}).join("\n").contains("outflow"));
}

#[test]
fn cliff_and_pause_are_said_while_they_last() {
    let mut stream = stream();
    stream.cliff_secs = 4 * 86_400;
    assert!(drawn(stream, 3, |_| {}).join("\n").contains("nothing before"));
    assert!(!drawn(stream, 4, |_| {}).join("\n").contains("nothing before"));
    stream.pause(86_400, 7 * 86_400, START + 3 * DAY).unwrap();
    assert!(drawn(stream, 3, |_| {}).join("\n").contains("its clock stands until"));
    assert!(!drawn(stream, 4, |_| {}).join("\n").contains("its clock stands until"));
}

#[test]
fn a_review_is_told_beside_its_checkpoint() {
    let reviews = [review()];
    let shown = |reviews: &[Review]| {
        let now = START + 13 * DAY;
        let (flow, budget) = (flow(updated(), now), token());
        let picture = Picture {
            money: flow.money(now).unwrap(),
            payable: 0,
            lapse: None,
            reviews,
            recipient: String::new(),
            payout: String::new(),
            reviewer: None,
            category: String::new(),
            budget: &budget,
            delay_secs: 0,
            now,
            flow: &flow,
        };
        picture.lines(&Page::new()).join("\n")
    };
    let text = shown(&reviews);
    assert!(text.contains("UTC (in 6 days); reported at risk, 800 USDC spent"), "{text}");
    assert!(!shown(&[]).contains("reported"));
    let scored = Review { scored: 1, score_bps: 8_500, ..review() };
    assert_eq!(reported(&scored, &token()), "reported at risk, 800 USDC spent; scored 85 %");
}
