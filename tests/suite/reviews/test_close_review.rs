//! close_review
//! ├── given another treasury, stream or review ............ AccountMismatch
//! ├── given another rent payer ............................ WrongRentPayer
//! ├── given its checkpoint is undecided
//! │   ├── the verdict is awaited .......................... ReviewNotDecided
//! │   └── the stream is held at it ........................ ReviewNotDecided
//! └── given it is decided
//!     ├── by a score, by the reviewer's silence, by a ruling, by a lapse, by the last payment
//!     ├── anyone may call; the rent goes to who paid it, once
//!     ├── the event says so, no money moves
//!     ├── it never comes back
//!     └── a stream closes only after all of its reviews

use anchor_lang::{error::ErrorCode, solana_program::system_instruction, system_program};
use budget_tests::*;
use community_budget::{BudgetError, events::ReviewClosed, state::Ruling};

use crate::stage::*;

const TREASURY: usize = 0;
const STREAM: usize = 1;
const REVIEW: usize = 2;

/// Alice's first update was filed and passed this very second.
fn decided() -> (World, Cast) {
    let (mut w, cast) = streaming();
    filed_at(&mut w, &cast, PART_SECS);
    w.score(0, 0, 10_000).unwrap();
    (w, cast)
}

#[test]
fn another_treasury_is_refused() {
    let (mut w, cast, twin) = twins();
    filed_at(&mut w, &cast, PART_SECS);
    w.score(0, 0, 10_000).unwrap();
    let own = w.community.close_review(w.stream_key(0, 0), 0, w.svm.fee_payer());
    let swapped = swapped(own, TREASURY, twin.treasury);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn the_stream_of_another_review_is_refused() {
    let (mut w, cast) = decided();
    w.file_update(&cast.bob, 0, 1).unwrap();
    w.score(0, 1, 10_000).unwrap();
    let own = w.community.close_review(w.stream_key(0, 0), 0, w.svm.fee_payer());
    let swapped = swapped(own, STREAM, w.stream_key(0, 1));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn a_stream_and_review_of_another_treasury_are_refused() {
    let (mut w, cast, twin) = twins();
    at(&mut w, PART_SECS);
    let stream = within(&mut w, twin, |w| {
        w.file_update(&cast.alice, 0, 0).unwrap();
        w.score(0, 0, 10_000).unwrap();
        w.stream_key(0, 0)
    });
    let foreign = w.community.close_review(stream, 0, w.svm.fee_payer());
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign, &[]));
}

#[test]
fn the_review_of_another_stream_is_refused() {
    // Alice's checkpoint is decided, Bob's is not.
    let (mut w, cast) = decided();
    w.file_update(&cast.bob, 0, 1).unwrap();
    let own = w.community.close_review(w.stream_key(0, 0), 0, w.svm.fee_payer());
    let swapped = swapped(own, REVIEW, address::review(&w.stream_key(0, 1), 0));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[]));
}

#[test]
fn the_rent_goes_nowhere_else() {
    let (mut w, _) = decided();
    let thief = w.person().key();
    let stolen = w.community.close_review(w.stream_key(0, 0), 0, thief);
    refused(&mut w, BudgetError::WrongRentPayer, |w| w.send(stolen, &[]));
}

#[test]
fn an_update_that_awaits_its_verdict_stays() {
    let (mut w, cast) = streaming();
    filed_at(&mut w, &cast, PART_SECS);
    for secs in [PART_SECS, PART_SECS + GRACE - 1] {
        at(&mut w, secs);
        refused(&mut w, BudgetError::ReviewNotDecided, |w| w.close_review(0, 0, 0));
    }
    // The reviewer's silence decides, whether or not anything has stored that.
    at(&mut w, PART_SECS + GRACE);
    w.close_review(0, 0, 0).unwrap();
    assert_eq!(w.stream(0, 0).passed, 1);
}

#[test]
fn a_review_that_holds_its_stream_stays() {
    let (mut w, _) = held();
    for waited in [0, 100 * DAY, 300 * DAY] {
        at(&mut w, PART_SECS + waited);
        refused(&mut w, BudgetError::ReviewNotDecided, |w| w.close_review(0, 0, 0));
    }
}

#[test]
fn each_review_waits_for_its_own_checkpoint() {
    let (mut w, cast) = decided();
    filed_at(&mut w, &cast, 2 * PART_SECS);
    refused(&mut w, BudgetError::ReviewNotDecided, |w| w.close_review(0, 0, 1));
    w.close_review(0, 0, 0).unwrap();
    w.score(0, 0, 10_000).unwrap();
    w.close_review(0, 0, 1).unwrap();
    assert_eq!(w.stream(0, 0).open_reviews, 0);
}

#[test]
fn a_ruling_decides() {
    for ruling in
        [Ruling::Resume { checkpoint: 0 }, Ruling::Reduce { keep_bps: 5_000 }, Ruling::Cancel]
    {
        let (mut w, cast) = held();
        rule(&mut w, &cast, ruling);
        w.close_review(0, 0, 0).unwrap();
        assert_eq!(w.stream(0, 0).open_reviews, 0, "{ruling:?}");
    }
}

#[test]
fn a_lapse_decides() {
    let (mut w, _) = held();
    w.svm.advance(180 * DAY);
    w.lapse_stream(0, 0, None).unwrap();
    w.close_review(0, 0, 0).unwrap();
    assert_eq!(w.stream(0, 0).open_reviews, 0);
}

#[test]
fn the_last_payment_decides() {
    // One unit a part; what a ruling leaves of the other three is less than one.
    let (mut w, cast) = stream_of(Setup::default(), &Ask::with_reviews(4, 120, 3));
    let epoch = approve_ruling(&mut w, &cast, Ruling::Reduce { keep_bps: 1 });
    w.to_execution(epoch);
    assert_eq!(elapsed(&w), PART_SECS);
    w.file_update(&cast.alice, 0, 0).unwrap();
    w.execute_action(epoch, 0).unwrap();
    refused(&mut w, BudgetError::ReviewNotDecided, |w| w.close_review(0, 0, 0));
    w.claim(0, 0).unwrap();
    let stream = w.stream(0, 0);
    assert_eq!((stream.withdrawn, stream.returned, stream.passed), (1, 3, 0));
    w.close_review(0, 0, 0).unwrap();
    w.close_stream(0, 0).unwrap();
    assert!(!w.svm.exists(&w.stream_key(0, 0)));
}

#[test]
fn anyone_closes_it_and_the_payer_gets_exactly_the_rent() {
    let (mut w, cast) = streaming();
    at(&mut w, PART_SECS);
    let (payer, stranger) = (w.person(), w.person());
    let before = w.svm.lamports(&payer.key());
    let filing = community_budget::FileUpdateArgs {
        checkpoint: 0,
        health: community_budget::state::Health::OffTrack,
        spent: 0,
        evidence_hash: [0; 32],
        evidence_uri: String::new(),
    };
    let stream = w.stream_key(0, 0);
    let filing = w.community.file_update(cast.alice.key(), payer.key(), stream, filing);
    w.send(filing, &[&cast.alice, &payer]).unwrap();
    assert!(w.svm.lamports(&payer.key()) < before);
    w.svm.advance(GRACE);
    let closing = w.community.close_review(stream, 0, payer.key());
    w.svm.send_paid_by(&stranger.wallet, &[closing], &[]).unwrap();
    assert_eq!(w.svm.lamports(&payer.key()), before);
    assert!(!w.svm.exists(&address::review(&stream, 0)));
}

#[test]
fn the_event_says_so_and_no_money_moves() {
    let (mut w, _) = decided();
    let (books, vault, before) = (w.treasury(), w.vault(), w.stream(0, 0));
    let landed = w.close_review(0, 0, 0).unwrap();
    let ReviewClosed { seq, treasury, stream, checkpoint } = event(&landed);
    assert_eq!((seq, treasury), (books.seq + 1, w.community.treasury));
    assert_eq!((seq, stream, checkpoint), (w.treasury().seq, w.stream_key(0, 0), 0));

    let mut expected = before;
    expected.open_reviews = 0;
    assert_eq!(before.open_reviews, 1);
    assert_eq!(bytemuck::bytes_of(&w.stream(0, 0)), bytemuck::bytes_of(&expected));
    assert_eq!((w.treasury().committed, w.vault()), (books.committed, vault));
}

#[test]
fn a_review_closes_once() {
    let (mut w, _) = decided();
    w.close_review(0, 0, 0).unwrap();
    refused_by_anchor(&mut w, ErrorCode::AccountNotInitialized, |w| w.close_review(0, 0, 0));
}

#[test]
fn a_closed_review_never_comes_back() {
    let (mut w, cast) = decided();
    w.close_review(0, 0, 0).unwrap();
    for secs in [PART_SECS, 2 * PART_SECS] {
        at(&mut w, secs);
        let again = |w: &mut World| w.file_update_at(&cast.alice, 0, 0, 0);
        refused(&mut w, BudgetError::UpdateNotDue, again);
    }
}

#[test]
fn lamports_sent_along_do_not_revive_it() {
    let (mut w, _) = decided();
    let review = address::review(&w.stream_key(0, 0), 0);
    let (payer, rent) = (w.svm.fee_payer(), w.svm.lamports(&review));
    let closing = w.community.close_review(w.stream_key(0, 0), 0, payer);
    let refund = system_instruction::transfer(&payer, &review, rent);
    w.svm.send(&[closing, refund], &[]).unwrap();
    let left = w.svm.get(&review).unwrap();
    assert_eq!((left.lamports, left.owner), (rent, system_program::ID));
    assert!(left.data.is_empty());
}

#[test]
fn a_stream_closes_only_after_all_of_its_reviews() {
    let (mut w, cast) = decided();
    for part in 2..=3 {
        filed_at(&mut w, &cast, part * PART_SECS);
        w.score(0, 0, 10_000).unwrap();
    }
    at(&mut w, 4 * PART_SECS);
    w.claim(0, 0).unwrap();
    for checkpoint in [2, 0, 1] {
        refused(&mut w, BudgetError::ReviewsOpen, |w| w.close_stream(0, 0));
        w.close_review(0, 0, checkpoint).unwrap();
    }
    w.close_stream(0, 0).unwrap();
    assert!(!w.svm.exists(&w.stream_key(0, 0)));
    assert_eq!((w.record_of(&cast.alice).paid, w.record_of(&cast.alice).returned), (AWARD, 0));
}
