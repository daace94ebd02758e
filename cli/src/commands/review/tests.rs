use community_budget::state::Health;

use super::*;
use crate::streams::tests::{DAY, START, flow, held, stream, updated};

/// A review of checkpoint 0, scored or not.
pub fn review(score: Option<u16>) -> Review {
    Review {
        version: 1,
        bump: 0,
        checkpoint: 0,
        scored: u8::from(score.is_some()),
        score_bps: score.unwrap_or(0),
        reserved_flags: [0; 2],
        stream: Pubkey::default(),
        rent_payer: Pubkey::default(),
        filed_at: START + 12 * DAY,
        scored_at: if score.is_some() { START + 13 * DAY } else { 0 },
        spent: 800,
        health: Health::OnTrack,
        evidence_hash: [7; 32],
        verdict_hash: [8; 32],
        evidence_uri: "https://example.org/\u{202e}gpj".to_owned(),
    }
}

#[test]
fn the_outcome_of_an_update_is_a_sentence() {
    let now = START + 13 * DAY;
    let told = |stream, score| outcome(&flow(stream, now), &review(score));
    assert!(told(updated(), None).starts_with("It waits for its score"));
    assert!(told(updated(), Some(6_000)).contains("started in full"));
    assert!(told(updated(), Some(5_999)).contains("started scaled down"));
    assert!(told(updated(), Some(2_999)).contains("was held"));
    let later = START + 30 * DAY;
    let silent = outcome(&flow(updated(), later), &review(None));
    assert!(silent.contains("passed by itself"), "{silent}");
    let mut ended = held();
    ended.end(now + 10 * DAY).unwrap();
    assert!(told(ended, None).contains("ended before it was scored"));
}

#[test]
fn the_facts_of_a_review_mark_what_a_stranger_wrote_and_compare_a_copy() {
    let now = START + 14 * DAY;
    let text = |copy, score| {
        let lines = aligned(&budget_words::page::Page::new(), &facts(&review(score), copy, now));
        lines.join("\n")
    };
    let plain = text(None, None);
    assert!(plain.contains("https://example.org/\u{fffd}gpj"), "{plain}");
    assert!(plain.contains(&"07".repeat(32)) && !plain.contains("your copy"), "{plain}");
    assert!(text(Some(true), None).contains("is what the recipient filed"));
    assert!(text(Some(false), None).contains("is NOT what the recipient filed"));
    assert!(!plain.contains(&"08".repeat(32)), "no reasons before a score");
    assert!(text(None, Some(1)).contains(&"08".repeat(32)));
}

#[test]
fn a_checkpoint_that_does_not_exist_is_refused() {
    exists(&stream(), 2).unwrap();
    assert!(exists(&stream(), 3).unwrap_err().to_string().contains("0 to 2"));
    let mut short = stream();
    short.checkpoints = 1;
    assert!(exists(&short, 1).unwrap_err().to_string().contains("one checkpoint, 0"));
    short.checkpoints = 0;
    assert!(exists(&short, 0).unwrap_err().to_string().contains("no checkpoints"));
}
