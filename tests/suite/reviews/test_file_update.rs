//! file_update
//! ├── given the recipient or the payer does not sign ...... AccountNotSigner
//! ├── given somebody else signs ........................... AccountMismatch
//! ├── given a stream of another recipient or treasury ..... AccountMismatch
//! ├── given the review of another stream or checkpoint .... ConstraintSeeds
//! ├── given a URI of more than 128 bytes .................. UriLength
//! ├── given no checkpoint waits
//! │   ├── there is none, or all have passed ............... NoCheckpointOpen
//! │   └── held, cancelled or lapsed ....................... NoCheckpointOpen
//! ├── given the update is not awaited
//! │   ├── before the part ends, after the window .......... UpdateNotDue
//! │   ├── filed already ................................... UpdateNotDue
//! │   └── about another checkpoint ........................ UpdateNotDue
//! └── given it is
//!     ├── the review, the stream's state and the event say so, and no money moves
//!     ├── anyone may pay the rent
//!     ├── after the reviewer's silence the next one is awaited
//!     ├── where that silence outlasts a part, from when it passed
//!     └── a pause of executions does not stop it

use anchor_lang::{error::ErrorCode, solana_program::instruction::Instruction};
use budget_tests::*;
use community_budget::{
    BudgetError, FileUpdateArgs,
    events::UpdateFiled,
    state::{Health, Review, Ruling},
};

use crate::stage::*;

const RECIPIENT: usize = 0;
const PAYER: usize = 1;
const TREASURY: usize = 2;
const STREAM: usize = 3;
const REVIEW: usize = 4;

fn args() -> FileUpdateArgs {
    FileUpdateArgs {
        checkpoint: 0,
        health: Health::AtRisk,
        spent: 1_234_567,
        evidence_hash: [8; 32],
        evidence_uri: "ipfs://evidence".to_owned(),
    }
}

/// Alice's update at the first checkpoint of her stream.
fn update(w: &World, cast: &Cast, args: FileUpdateArgs) -> Instruction {
    let (payer, stream) = (w.svm.fee_payer(), w.stream_key(0, 0));
    w.community.file_update(cast.alice.key(), payer, stream, args)
}

/// The first update is awaited since this very second.
fn due() -> (World, Cast) {
    let (mut w, cast) = streaming();
    at(&mut w, PART_SECS);
    (w, cast)
}

#[test]
fn the_recipient_must_sign() {
    let (mut w, cast) = due();
    let unsigned = unsigned(update(&w, &cast, args()), RECIPIENT);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(unsigned, &[]));
}

#[test]
fn the_payer_must_sign() {
    let (mut w, cast) = due();
    let payer = w.person().key();
    let own = swapped(update(&w, &cast, args()), PAYER, payer);
    let unsigned = unsigned(own, PAYER);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(unsigned, &[&cast.alice]));
}

#[test]
fn nobody_else_reports_for_the_recipient() {
    let (mut w, cast) = due();
    for person in [&cast.bob, &cast.voter, &w.reviewer.clone(), &w.guardian.clone()] {
        let foreign = swapped(update(&w, &cast, args()), RECIPIENT, person.key());
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign, &[person]));
    }
}

#[test]
fn another_treasury_is_refused() {
    let (mut w, cast, twin) = twins();
    at(&mut w, PART_SECS);
    let foreign = swapped(update(&w, &cast, args()), TREASURY, twin.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign, &[&cast.alice]));
}

#[test]
fn a_stream_of_another_treasury_is_refused() {
    let (mut w, cast, twin) = twins();
    at(&mut w, PART_SECS);
    let stream = within(&mut w, twin, |w| w.stream_key(0, 0));
    let own = update(&w, &cast, args());
    let review = address::review(&stream, 0);
    let foreign = swapped(swapped(own, STREAM, stream), REVIEW, review);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign, &[&cast.alice]));
}

#[test]
fn another_recipients_stream_is_refused() {
    let (mut w, cast) = due();
    let (payer, stream) = (w.svm.fee_payer(), w.stream_key(0, 1));
    let foreign = w.community.file_update(cast.alice.key(), payer, stream, args());
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign, &[&cast.alice]));
}

#[test]
fn the_review_of_another_stream_or_checkpoint_is_refused() {
    let (mut w, cast) = due();
    for (index, checkpoint) in [(1, 0), (0, 1)] {
        let other = address::review(&w.stream_key(0, index), checkpoint);
        let swapped = swapped(update(&w, &cast, args()), REVIEW, other);
        refused_by_anchor(&mut w, ErrorCode::ConstraintSeeds, |w| w.send(swapped, &[&cast.alice]));
    }
}

#[test]
fn an_address_has_at_most_128_bytes() {
    for (bytes, fits) in [(0, true), (128, true), (129, false)] {
        let (mut w, cast) = due();
        let args = FileUpdateArgs { evidence_uri: "u".repeat(bytes), ..args() };
        let filing = update(&w, &cast, args);
        if fits {
            w.send(filing, &[&cast.alice]).unwrap();
            assert_eq!(w.review(0, 0, 0).evidence_uri, "u".repeat(bytes));
        } else {
            refused(&mut w, BudgetError::UriLength, |w| w.send(filing, &[&cast.alice]));
        }
    }
}

#[test]
fn a_stream_without_checkpoints_takes_none() {
    let ask = Ask::with_reviews(AWARD, 60, 0);
    let (mut w, cast) = stream_of(Setup::default(), &ask);
    for secs in [0, 30 * DAY, 60 * DAY] {
        at(&mut w, secs);
        refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.file_update(&cast.alice, 0, 0));
    }
}

#[test]
fn after_the_last_checkpoint_none_is_taken() {
    let (mut w, cast) = streaming();
    for part in 1..=3 {
        filed_at(&mut w, &cast, part * PART_SECS);
        w.score(0, 0, 10_000).unwrap();
    }
    for secs in [3 * PART_SECS, 4 * PART_SECS] {
        at(&mut w, secs);
        refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.file_update(&cast.alice, 0, 0));
    }
}

#[test]
fn a_held_stream_takes_none() {
    let (mut w, cast) = held();
    for checkpoint in [1, 2] {
        let act = |w: &mut World| w.file_update_at(&cast.alice, 0, 0, checkpoint);
        refused(&mut w, BudgetError::NoCheckpointOpen, act);
    }
    at(&mut w, PART_SECS + WINDOW);
    w.hold(0, 1).unwrap();
    refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.file_update(&cast.bob, 0, 1));
}

#[test]
fn a_cancelled_stream_takes_none() {
    let (mut w, cast) = streaming();
    rule(&mut w, &cast, Ruling::Cancel);
    assert_eq!(elapsed(&w), PART_SECS);
    refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.file_update(&cast.alice, 0, 0));
}

#[test]
fn a_lapsed_stream_takes_none() {
    let (mut w, cast) = streaming();
    at(&mut w, PART_SECS + WINDOW);
    w.hold(0, 0).unwrap();
    w.svm.advance(180 * DAY);
    w.lapse_stream(0, 0, None).unwrap();
    refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.file_update(&cast.alice, 0, 0));
}

#[test]
fn the_window_is_half_open() {
    let (opens, closes) = (PART_SECS, PART_SECS + WINDOW);
    for (secs, awaited) in [
        (0, false),
        (opens - 1, false),
        (opens, true),
        (opens + 1, true),
        (closes - 1, true),
        (closes, false),
        (closes + 1, false),
    ] {
        let (mut w, cast) = streaming();
        at(&mut w, secs);
        if awaited {
            w.file_update(&cast.alice, 0, 0).unwrap();
        } else {
            refused(&mut w, BudgetError::UpdateNotDue, |w| w.file_update(&cast.alice, 0, 0));
        }
    }
}

#[test]
fn an_update_is_filed_once() {
    let (mut w, cast) = due();
    w.file_update(&cast.alice, 0, 0).unwrap();
    refused(&mut w, BudgetError::UpdateNotDue, |w| w.file_update_at(&cast.alice, 0, 0, 0));
    w.svm.advance(GRACE);
    refused(&mut w, BudgetError::UpdateNotDue, |w| w.file_update_at(&cast.alice, 0, 0, 0));
}

#[test]
fn while_one_awaits_its_verdict_no_other_is_taken() {
    let (mut w, cast) = due();
    w.file_update(&cast.alice, 0, 0).unwrap();
    for checkpoint in [1, 2] {
        let act = |w: &mut World| w.file_update_at(&cast.alice, 0, 0, checkpoint);
        refused(&mut w, BudgetError::UpdateNotDue, act);
    }
}

#[test]
fn updates_come_in_order() {
    let (mut w, cast) = due();
    for checkpoint in [1, 2, 3, u8::MAX] {
        let act = |w: &mut World| w.file_update_at(&cast.alice, 0, 0, checkpoint);
        refused(&mut w, BudgetError::UpdateNotDue, act);
    }
    w.file_update_at(&cast.alice, 0, 0, 0).unwrap();
    w.score(0, 0, 10_000).unwrap();
    at(&mut w, 2 * PART_SECS);
    for checkpoint in [2, 3] {
        let act = |w: &mut World| w.file_update_at(&cast.alice, 0, 0, checkpoint);
        refused(&mut w, BudgetError::UpdateNotDue, act);
    }
    w.file_update_at(&cast.alice, 0, 0, 1).unwrap();
}

#[test]
fn the_update_is_recorded_and_no_money_moves() {
    let (mut w, cast) = due();
    w.svm.advance(3);
    let (books, vault, before, bobs) = (w.treasury(), w.vault(), w.stream(0, 0), w.stream(0, 1));
    let filing = update(&w, &cast, args());
    let landed = w.send(filing, &[&cast.alice]).unwrap();

    let now = w.svm.now();
    let Review {
        version,
        bump: _,
        checkpoint,
        scored,
        score_bps,
        reserved_flags,
        stream,
        rent_payer,
        filed_at,
        scored_at,
        spent,
        health,
        evidence_hash,
        verdict_hash,
        evidence_uri,
    } = w.review(0, 0, 0);
    assert_eq!((version, checkpoint, reserved_flags), (1, 0, [0; 2]));
    assert_eq!((scored, score_bps, scored_at, verdict_hash), (0, 0, 0, [0; 32]));
    assert_eq!((stream, rent_payer), (w.stream_key(0, 0), w.svm.fee_payer()));
    assert_eq!((filed_at, spent, health), (now, 1_234_567, Health::AtRisk));
    assert_eq!((evidence_hash, evidence_uri.as_str()), ([8; 32], "ipfs://evidence"));

    let after = w.stream(0, 0);
    assert_eq!((before.update_filed, before.open_reviews), (0, 0));
    assert_eq!((after.update_filed, after.open_reviews), (1, 1));
    assert_eq!((after.updated_at, after.passed), (PART_SECS + 3, 0));
    assert_eq!((after.returned, after.withdrawn), (0, 0));
    assert_eq!(bytemuck::bytes_of(&w.stream(0, 1)), bytemuck::bytes_of(&bobs));
    assert_eq!(w.treasury().committed, books.committed);
    assert_eq!(w.vault(), vault);

    let UpdateFiled { seq, treasury, stream, checkpoint, health, spent, evidence_hash } =
        event(&landed);
    assert_eq!((seq, treasury), (w.treasury().seq, w.community.treasury));
    assert_eq!((seq, stream, checkpoint), (books.seq + 1, w.stream_key(0, 0), 0));
    assert_eq!((health, spent, evidence_hash), (Health::AtRisk, 1_234_567, [8; 32]));
}

#[test]
fn anyone_may_pay_the_rent() {
    let (mut w, cast) = due();
    let payer = w.person();
    let before = w.svm.lamports(&payer.key());
    let filing = swapped(update(&w, &cast, args()), PAYER, payer.key());
    w.send(filing, &[&cast.alice, &payer]).unwrap();
    let rent = w.svm.lamports(&address::review(&w.stream_key(0, 0), 0));
    assert!(rent > 0);
    assert_eq!(before - w.svm.lamports(&payer.key()), rent);
    assert_eq!(w.review(0, 0, 0).rent_payer, payer.key());
}

#[test]
fn lamports_at_the_address_stop_nothing() {
    let (mut w, cast) = due();
    let review = address::review(&w.stream_key(0, 0), 0);
    w.svm.fund(review, 1);
    w.file_update(&cast.alice, 0, 0).unwrap();
    assert_eq!(w.review(0, 0, 0).checkpoint, 0);
}

#[test]
fn after_the_reviewers_silence_the_next_update_is_awaited() {
    let (mut w, cast) = streaming();
    filed_at(&mut w, &cast, PART_SECS);
    at(&mut w, 2 * PART_SECS);
    w.file_update_at(&cast.alice, 0, 0, 1).unwrap();
    let stream = w.stream(0, 0);
    assert_eq!((stream.passed, stream.previous_passed_at), (1, PART_SECS + GRACE));
    assert_eq!((stream.update_filed, stream.updated_at), (1, 2 * PART_SECS));
    assert_eq!(stream.open_reviews, 2);
}

#[test]
fn silence_beyond_a_part_opens_the_next_window_where_it_ends() {
    // Parts of ten days: the update on day 16 passes by itself on day 23, three days into part 2.
    let ask = Ask::with_reviews(AWARD, 40, 3);
    let (opens, closes) = (23 * DAY, 23 * DAY + WINDOW);
    for (secs, awaited) in [
        (20 * DAY, false),
        (opens - 1, false),
        (opens, true),
        (opens + 1, true),
        (closes - 1, true),
        (closes, false),
    ] {
        let (mut w, cast) = stream_of(Setup::default(), &ask);
        filed_at(&mut w, &cast, 16 * DAY);
        at(&mut w, secs);
        let act = |w: &mut World| w.file_update_at(&cast.alice, 0, 0, 1);
        if awaited {
            act(&mut w).unwrap();
        } else {
            refused(&mut w, BudgetError::UpdateNotDue, act);
        }
    }
}

#[test]
fn a_pause_of_executions_does_not_stop_it() {
    let (mut w, cast) = due();
    let guardian = w.guardian.clone();
    w.pause_executions(&guardian, DAY_SECS).unwrap();
    w.file_update(&cast.alice, 0, 0).unwrap();
    w.score(0, 0, 10_000).unwrap();
    assert_eq!(w.stream(0, 0).passed, 1);
}
