//! score_update
//! ├── given the reviewer does not sign .................... AccountNotSigner
//! ├── given somebody else signs
//! │   ├── another role, the recipient, a voter ............ RoleRequired
//! │   ├── a former reviewer, once a vote named another .... RoleRequired
//! │   └── anyone, while the role is vacant ................ RoleRequired
//! ├── given the signature could be kept for later ......... DurableNonceRefused
//! ├── given another treasury, stream, review, record or sysvar AccountMismatch
//! ├── given a score above 10,000 .......................... ScoreOutOfRange
//! ├── given other evidence than was filed ................. EvidenceChanged
//! ├── given no checkpoint waits: held, ended, none left ... NoCheckpointOpen
//! ├── given no verdict is awaited
//! │   ├── grace is over ................................... VerdictNotDue
//! │   └── the checkpoint has passed ....................... VerdictNotDue
//! └── given a verdict is awaited
//!     ├── from pass on ... the next part starts in full, with the time since
//!     ├── from floor on .. the next part shrinks to score / pass, the rest returns
//!     ├── below floor .... held
//!     └── review, stream, record, books, position and event say so

use anchor_lang::{
    error::ErrorCode, prelude::Pubkey, solana_program::instruction::Instruction, system_program,
};
use budget_tests::*;
use community_budget::{
    BudgetError, ScoreUpdateArgs,
    events::UpdateScored,
    state::{Role, Ruling},
};

use crate::stage::*;

const REVIEWER: usize = 0;
const TREASURY: usize = 1;
const STREAM: usize = 2;
const REVIEW: usize = 3;
const RECORD: usize = 4;
const INSTRUCTIONS: usize = 5;

/// As the sim's updates have it.
const EVIDENCE: [u8; 32] = [3; 32];
const VERDICT: [u8; 32] = [6; 32];

fn args(score_bps: u16) -> ScoreUpdateArgs {
    ScoreUpdateArgs { score_bps, evidence_hash: EVIDENCE, verdict_hash: VERDICT }
}

/// The reviewer's verdict on the update at the first checkpoint of Alice's stream.
fn verdict(w: &World, cast: &Cast, args: ScoreUpdateArgs) -> Instruction {
    let stream = w.stream_key(0, 0);
    w.community.score_update(w.reviewer.key(), stream, 0, cast.alice.key(), args)
}

/// Alice's first update was filed this very second, and awaits its verdict.
fn filed() -> (World, Cast) {
    let (mut w, cast) = streaming();
    filed_at(&mut w, &cast, PART_SECS);
    (w, cast)
}

#[test]
fn the_reviewer_must_sign() {
    let (mut w, cast) = filed();
    let unsigned = unsigned(verdict(&w, &cast, args(10_000)), REVIEWER);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(unsigned, &[]));
}

#[test]
fn nobody_else_scores() {
    let (mut w, cast) = filed();
    let (guardian, reporter) = (w.guardian.clone(), w.risk_reporter.clone());
    for person in [&guardian, &reporter, &w.founder.clone(), &cast.alice, &cast.voter] {
        let foreign = swapped(verdict(&w, &cast, args(10_000)), REVIEWER, person.key());
        refused(&mut w, BudgetError::RoleRequired, |w| w.send(foreign, &[person]));
    }
}

#[test]
fn a_former_reviewer_is_refused_and_the_new_one_scores() {
    let (mut w, cast) = streaming();
    let successor = w.person();
    give_role(&mut w, &cast, Role::Reviewer, successor.key());
    filed_at(&mut w, &cast, PART_SECS);
    refused(&mut w, BudgetError::RoleRequired, |w| w.score(0, 0, 10_000));
    w.score_by(&successor, 0, 0, 10_000).unwrap();
    assert_eq!(w.stream(0, 0).passed, 1);
}

#[test]
fn a_vacant_role_scores_nothing() {
    let (mut w, cast) = streaming();
    give_role(&mut w, &cast, Role::Reviewer, Pubkey::default());
    filed_at(&mut w, &cast, PART_SECS);
    refused(&mut w, BudgetError::RoleRequired, |w| w.score(0, 0, 10_000));
}

#[test]
fn the_zero_key_of_a_vacant_role_scores_nothing() {
    // Nobody has its signature; unchecked, it must not help either.
    let setup = Setup { signature_checks: false, ..Setup::default() };
    let (mut w, cast) = stream_of(setup, &usual_ask());
    give_role(&mut w, &cast, Role::Reviewer, Pubkey::default());
    filed_at(&mut w, &cast, PART_SECS);
    let nobodys = swapped(verdict(&w, &cast, args(0)), REVIEWER, Pubkey::default());
    refused(&mut w, BudgetError::RoleRequired, |w| w.send(nobodys, &[]));
}

#[test]
fn a_verdict_cannot_be_signed_ahead() {
    let (mut w, cast) = filed();
    let (reviewer, act) = (w.reviewer.clone(), verdict(&w, &cast, args(10_000)));
    // A wallet's limit of 16 MiB of loaded accounts begins with the same bytes as an advance.
    let harmless = Instruction {
        program_id: Pubkey::from_str_const("ComputeBudget111111111111111111111111111111"),
        accounts: vec![],
        data: vec![4, 0, 0, 0, 1],
    };
    assert_refuses_durable_nonce(&mut w, &reviewer, act, harmless);
    assert_eq!(w.stream(0, 0).passed, 1);
}

#[test]
fn another_treasury_is_refused() {
    let (mut w, cast, twin) = twins();
    filed_at(&mut w, &cast, PART_SECS);
    let foreign = swapped(verdict(&w, &cast, args(10_000)), TREASURY, twin.treasury);
    let reviewer = w.reviewer.clone();
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign, &[&reviewer]));
}

#[test]
fn another_stream_is_refused() {
    let (mut w, cast) = filed();
    let (own, reviewer) = (verdict(&w, &cast, args(10_000)), w.reviewer.clone());
    let foreign = swapped(own, STREAM, w.stream_key(0, 1));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign, &[&reviewer]));
}

#[test]
fn a_stream_of_another_treasury_is_refused_with_its_review() {
    let (mut w, cast, twin) = twins();
    filed_at(&mut w, &cast, PART_SECS);
    let (own, reviewer) = (verdict(&w, &cast, args(10_000)), w.reviewer.clone());
    let stream = within(&mut w, twin, |w| {
        w.file_update(&cast.alice, 0, 0).unwrap();
        w.stream_key(0, 0)
    });
    let foreign = swapped(own, STREAM, stream);
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign.clone(), &[&reviewer]));
    let foreign = swapped(foreign, REVIEW, address::review(&stream, 0));
    refused(&mut w, BudgetError::AccountMismatch, |w| w.send(foreign, &[&reviewer]));
}

#[test]
fn the_review_of_another_stream_is_refused() {
    let (mut w, cast, twin) = twins();
    filed_at(&mut w, &cast, PART_SECS);
    w.file_update(&cast.bob, 0, 1).unwrap();
    let (own, reviewer) = (verdict(&w, &cast, args(10_000)), w.reviewer.clone());
    let foreign = within(&mut w, twin, |w| {
        w.file_update(&cast.alice, 0, 0).unwrap();
        address::review(&w.stream_key(0, 0), 0)
    });
    for review in [foreign, address::review(&w.stream_key(0, 1), 0)] {
        let swapped = swapped(own.clone(), REVIEW, review);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[&reviewer]));
    }
}

#[test]
fn the_record_of_another_person_or_treasury_is_refused() {
    let (mut w, cast, twin) = twins();
    filed_at(&mut w, &cast, PART_SECS);
    let (own, reviewer) = (verdict(&w, &cast, args(10_000)), w.reviewer.clone());
    let bobs = w.community.recipient_record(&cast.bob.key());
    for record in [bobs, twin.recipient_record(&cast.alice.key())] {
        let swapped = swapped(own.clone(), RECORD, record);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[&reviewer]));
    }
}

#[test]
fn another_account_than_the_sysvar_is_refused() {
    let (mut w, cast) = filed();
    let (own, reviewer) = (verdict(&w, &cast, args(10_000)), w.reviewer.clone());
    for account in [system_program::ID, w.community.treasury, reviewer.key()] {
        let swapped = swapped(own.clone(), INSTRUCTIONS, account);
        refused(&mut w, BudgetError::AccountMismatch, |w| w.send(swapped, &[&reviewer]));
    }
}

#[test]
fn a_score_is_at_most_a_whole() {
    for (score_bps, fits) in [(10_000, true), (10_001, false), (u16::MAX, false)] {
        let (mut w, _) = filed();
        if fits {
            w.score(0, 0, score_bps).unwrap();
            assert_eq!(w.review(0, 0, 0).score_bps, score_bps);
        } else {
            refused(&mut w, BudgetError::ScoreOutOfRange, |w| w.score(0, 0, score_bps));
        }
    }
}

#[test]
fn a_verdict_names_the_evidence_that_was_filed() {
    let (mut w, cast) = filed();
    let reviewer = w.reviewer.clone();
    let mut other = EVIDENCE;
    other[31] ^= 1;
    for evidence_hash in [other, [0; 32]] {
        let stale = verdict(&w, &cast, ScoreUpdateArgs { evidence_hash, ..args(10_000) });
        refused(&mut w, BudgetError::EvidenceChanged, |w| w.send(stale, &[&reviewer]));
    }
}

#[test]
fn a_held_stream_is_not_scored_again() {
    let (mut w, _) = held();
    for score_bps in [0, 10_000] {
        refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.score(0, 0, score_bps));
    }
}

#[test]
fn a_cancelled_stream_is_not_scored() {
    let (mut w, cast) = streaming();
    let epoch = approve_ruling(&mut w, &cast, Ruling::Cancel);
    w.to_execution(epoch);
    w.file_update(&cast.alice, 0, 0).unwrap();
    w.execute_action(epoch, 0).unwrap();
    refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.score(0, 0, 0));
}

#[test]
fn the_time_for_a_verdict_is_half_open() {
    // The update comes five seconds into its window.
    let filed = PART_SECS + 5;
    for (secs, awaited) in [
        (filed, true),
        (filed + 1, true),
        (filed + GRACE - 1, true),
        (filed + GRACE, false),
        (filed + GRACE + 1, false),
        (2 * PART_SECS + 1, false),
    ] {
        let (mut w, cast) = streaming();
        filed_at(&mut w, &cast, filed);
        at(&mut w, secs);
        if awaited {
            w.score(0, 0, 0).unwrap();
            assert_eq!(w.stream(0, 0).held_at, w.svm.now());
        } else {
            refused(&mut w, BudgetError::VerdictNotDue, |w| w.score(0, 0, 0));
        }
    }
}

#[test]
fn after_the_last_grace_no_checkpoint_is_left_to_score() {
    let ask = Ask::with_reviews(AWARD, 60, 1);
    let (mut w, cast) = stream_of(Setup::default(), &ask);
    filed_at(&mut w, &cast, PART_SECS);
    w.svm.advance(GRACE - 1);
    let before = w.svm.now();
    w.svm.advance(1);
    refused(&mut w, BudgetError::NoCheckpointOpen, |w| w.score(0, 0, 0));
    w.svm.set_now(before);
    w.score(0, 0, 10_000).unwrap();
}

#[test]
fn a_passed_checkpoint_is_not_scored_again() {
    let (mut w, cast) = filed();
    w.score(0, 0, 10_000).unwrap();
    let reviewer = w.reviewer.clone();
    let again = |w: &mut World| w.score_at(&reviewer, 0, 0, 0, 0);
    refused(&mut w, BudgetError::VerdictNotDue, again);
    // Nor when the next update is there.
    filed_at(&mut w, &cast, 2 * PART_SECS);
    refused(&mut w, BudgetError::VerdictNotDue, again);
    w.score_at(&reviewer, 0, 0, 1, 10_000).unwrap();
}

#[test]
fn a_checkpoint_that_passed_by_silence_is_not_scored_once_that_is_stored() {
    let (mut w, _) = filed();
    w.svm.advance(GRACE);
    w.claim(0, 0).unwrap();
    assert_eq!(w.stream(0, 0).passed, 1);
    let reviewer = w.reviewer.clone();
    refused(&mut w, BudgetError::VerdictNotDue, |w| w.score_at(&reviewer, 0, 0, 0, 0));
}

#[test]
fn each_score_has_its_effect() {
    // Defaults: pass 6,000, floor 3,000. The next part is 1,500,000.
    for (score_bps, kept, is_held) in [
        (10_000, 1_500_000, false),
        (6_001, 1_500_000, false),
        (6_000, 1_500_000, false),
        (5_999, 1_499_750, false),
        (4_567, 1_141_750, false),
        (3_001, 750_250, false),
        (3_000, 750_000, false),
        (2_999, 1_500_000, true),
        (1, 1_500_000, true),
        (0, 1_500_000, true),
    ] {
        let (mut w, _) = filed();
        w.svm.advance(DAY);
        w.score(0, 0, score_bps).unwrap();
        let stream = w.stream(0, 0);
        assert_eq!(stream.returned, PART - kept, "score {score_bps}");
        assert_eq!(stream.passed, u8::from(!is_held), "score {score_bps}");
        assert_eq!(stream.held_at, if is_held { w.svm.now() } else { 0 }, "score {score_bps}");
        assert_eq!(stream.update_filed, 0, "score {score_bps}");
        // The part's money follows the clock, which has come to day 45: half of it.
        at(&mut w, PART_SECS + 15 * DAY);
        let expected = if is_held { PART } else { PART + kept / 2 };
        assert_eq!(released(&mut w), expected, "score {score_bps}");
        at(&mut w, 2 * PART_SECS + 1);
        let expected = if is_held { PART } else { PART + kept };
        assert_eq!(released(&mut w), expected, "score {score_bps}");
    }
}

#[test]
fn a_pass_brings_the_time_since_at_once() {
    let (mut w, _) = filed();
    assert_eq!(released(&mut w), PART);
    w.svm.advance(GRACE - 1);
    assert_eq!(released(&mut w), PART);
    w.score(0, 0, 6_000).unwrap();
    assert_eq!(released(&mut w), PART + DAILY * 7 - 1); // one second short, rounded down
    w.svm.advance(1);
    assert_eq!(released(&mut w), PART + DAILY * 7);
}

#[test]
fn a_policys_own_marks_apply_to_streams_of_its_epoch() {
    let mut policy = test_policy();
    (policy.review.pass_bps, policy.review.floor_bps) = (9_000, 4_500);
    for (score_bps, kept, is_held) in [
        (9_000, PART, false),
        (8_999, 1_499_833, false),
        (4_500, PART / 2, false),
        (4_499, PART, true),
    ] {
        let setup = Setup { policy, ..Setup::default() };
        let (mut w, cast) = stream_of(setup, &usual_ask());
        filed_at(&mut w, &cast, PART_SECS);
        w.score(0, 0, score_bps).unwrap();
        let stream = w.stream(0, 0);
        assert_eq!((stream.returned, stream.held_at != 0), (PART - kept, is_held), "{score_bps}");
    }
}

#[test]
fn the_verdict_is_recorded_and_the_books_follow() {
    let (mut w, cast) = filed();
    w.svm.advance(3);
    let (books, vault, alices, bobs) =
        (w.treasury(), w.vault(), w.record_of(&cast.alice), w.record_of(&cast.bob));
    let (act, reviewer) = (verdict(&w, &cast, args(4_567)), w.reviewer.clone());
    let landed = w.send(act, &[&reviewer]).unwrap();

    let returned = PART - 1_141_750;
    let review = w.review(0, 0, 0);
    assert_eq!((review.scored, review.score_bps, review.verdict_hash), (1, 4_567, VERDICT));
    assert_eq!((review.scored_at, review.filed_at), (w.svm.now(), w.svm.now() - 3));
    assert_eq!(review.evidence_hash, EVIDENCE);

    let stream = w.stream(0, 0);
    assert_eq!((stream.passed, stream.previous_passed_at), (1, PART_SECS + 3));
    assert_eq!((stream.returned, stream.withdrawn, stream.open_reviews), (returned, 0, 1));

    let after = w.treasury();
    assert_eq!(books.committed - after.committed, returned);
    assert_eq!((after.tracked, after.reserved_funds), (books.tracked, books.reserved_funds));
    assert_eq!(after.free().unwrap() - books.free().unwrap(), returned);
    assert_eq!(w.vault(), vault);

    let record = w.record_of(&cast.alice);
    assert_eq!((alices.score_sum, alices.scored), (0, 0));
    assert_eq!((record.score_sum, record.scored, record.missed_updates), (4_567, 1, 0));
    assert_eq!(bytemuck::bytes_of(&w.record_of(&cast.bob)), bytemuck::bytes_of(&bobs));

    let UpdateScored {
        seq,
        treasury,
        stream,
        checkpoint,
        score_bps,
        verdict_hash,
        held,
        returned: gave_back,
        committed,
    } = event(&landed);
    assert_eq!((seq, treasury), (books.seq + 1, w.community.treasury));
    assert_eq!((seq, stream, checkpoint), (after.seq, w.stream_key(0, 0), 0));
    assert_eq!((score_bps, verdict_hash, held), (4_567, VERDICT, false));
    assert_eq!((gave_back, committed), (returned, after.committed));
}

#[test]
fn the_event_of_a_hold_says_so() {
    let (mut w, cast) = filed();
    let (committed, landed) = (w.treasury().committed, w.score(0, 0, 2_999).unwrap());
    let scored: UpdateScored = event(&landed);
    assert_eq!((scored.held, scored.returned, scored.committed), (true, 0, committed));
    let record = w.record_of(&cast.alice);
    assert_eq!((record.score_sum, record.scored, record.missed_updates), (2_999, 1, 0));
}

#[test]
fn what_a_hedge_gives_back_leaves_its_position() {
    let ask = Ask { category: HEDGE, ..usual_ask() };
    let (mut w, cast) = stream_of(hedging(), &ask);
    filed_at(&mut w, &cast, PART_SECS);
    w.claim(0, 0).unwrap();
    let before = w.treasury().positions[usize::from(HEDGE)];
    assert_eq!((before.pending, before.cost), (AWARD - PART, PART));
    w.score(0, 0, 3_000).unwrap();
    let after = w.treasury().positions[usize::from(HEDGE)];
    assert_eq!((after.pending, after.cost), (AWARD - PART - PART / 2, PART));
}
