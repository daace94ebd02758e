use super::*;
use crate::{
    commands::review::tests::review,
    streams::tests::{DAY, START, flow, held, stream, token, updated},
};

const NOW: i64 = START + 15 * DAY;

fn options(score: u16) -> ScoreOptions {
    ScoreOptions {
        stream: StreamName::Entry(7),
        checkpoint: 0,
        score,
        verdict: PathBuf::new(),
        evidence: None,
    }
}

fn shown(score: u16) -> (Effect, String) {
    let flow = flow(updated(), NOW);
    let effect = Effect::of(&flow, score, NOW).unwrap();
    let words = effect.words(&flow, &options(score), &token());
    let text: Vec<String> =
        words.iter().map(|(what, figure)| format!("{what}: {figure}")).collect();
    (effect, text.join("\n"))
}

#[test]
fn a_passing_score_starts_the_next_part_with_the_time_since() {
    let (effect, text) = shown(6_000);
    // Five of the ten days of part 1 have gone by.
    let expected = Effect { holds: false, returned: 0, released: 500, before: 3_000, after: 2_500 };
    assert_eq!(effect, expected);
    assert!(text.contains("60 % passes (60 %)"), "{text}");
    assert!(text.contains("released at once: 500 USDC"), "{text}");
    assert!(text.contains("still to come: 3,000 -> 2,500 USDC"), "{text}");
    assert!(!text.contains("returns to the treasury"), "{text}");
}

#[test]
fn a_middling_score_scales_the_next_part_and_says_what_returns() {
    let (effect, text) = shown(3_000);
    let expected =
        Effect { holds: false, returned: 500, released: 250, before: 3_000, after: 2_250 };
    assert_eq!(effect, expected);
    assert!(text.contains("shrinks to 30 % / 60 %"), "{text}");
    assert!(text.contains("returns to the treasury: 500 USDC"), "{text}");
}

#[test]
fn a_poor_score_holds_the_stream() {
    let (effect, text) = shown(2_999);
    let expected = Effect { holds: true, returned: 0, released: 0, before: 3_000, after: 3_000 };
    assert_eq!(effect, expected);
    assert!(text.contains("29.99 % is below the floor of 30 %: the stream is held"), "{text}");
    assert!(text.contains("held: 3,000 USDC until a vote rules"), "{text}");
}

#[test]
fn a_score_is_given_where_an_update_waits_for_one() {
    let asked = |stream, checkpoint, now| awaited(&flow(stream, now), checkpoint, now);
    asked(updated(), 0, NOW).unwrap();
    let why = |stream, checkpoint, now| {
        let refused = asked(stream, checkpoint, now).unwrap_err();
        assert_eq!(refused.kind().1, "input");
        refused.to_string()
    };
    assert!(why(updated(), 1, NOW).contains("has no update to score"));
    assert!(why(stream(), 0, NOW).contains("has no update to score"));
    assert!(why(held(), 0, START + 20 * DAY).contains("a vote must rule"));
    assert!(why(updated(), 0, START + 20 * DAY).contains("is decided already"));
}

#[test]
fn only_the_holder_of_the_role_scores() {
    let holder = Pubkey::new_unique();
    may_score(&holder, &holder, "Rita").unwrap();
    let other = may_score(&holder, &Pubkey::new_unique(), "Rita").unwrap_err().to_string();
    assert_eq!(other, "only the reviewer Rita scores.");
    let vacant = may_score(&Pubkey::default(), &Pubkey::default(), "").unwrap_err().to_string();
    assert!(vacant.contains("nobody holds the reviewer's role"), "{vacant}");
}

#[test]
fn the_evidence_that_was_judged_must_be_what_was_filed() {
    let review = review(None);
    same(&review.evidence_hash, &review).unwrap();
    let refused = same(&[6; 32], &review).unwrap_err();
    assert_eq!(refused.kind().1, "input");
    let text = refused.to_string();
    assert!(text.contains(&"06".repeat(32)) && text.contains(&"07".repeat(32)), "{text}");
}
