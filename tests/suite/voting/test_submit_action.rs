//! submit_action: phase, slots and actions (accounts and signers: `test_submit_action_accounts`)
//! ├── given the epoch is not in Submission ............. NotInSubmission
//! ├── given the slate is full .......................... SlateFull
//! ├── given the proposer's slots of this epoch are used  TooManyProposals
//! ├── given the action
//! │   ├── when it is an award .......................... WrongAction
//! │   ├── when no execution could carry it out ......... ActionOutOfRange
//! │   ├── when the title has 0 or 65 bytes ............. TitleLength
//! │   ├── when the URI has 129 bytes ................... UriLength
//! │   └── when the stream it rules on is not shown ..... StreamMissing
//! └── given all is well ................................ `test_submit_action_written`, and in the last
//!                                                        quarter `test_submit_action_reserved`

use anchor_lang::prelude::Pubkey;
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Action, AwardTerms, Entry, PolicyPatch, Role, Ruling, targets},
};

use crate::shared::{action_args, action_by, record, submission, submit_reserved};

/// An epoch in submission and somebody who may propose.
pub fn open() -> (World, Person) {
    let (mut w, _) = submission(test_policy(), &[1_000], &[]);
    let proposer = w.proposer();
    (w, proposer)
}

/// `action` must be refused with `expected`.
#[track_caller]
fn action_refused(expected: BudgetError, action: Action) {
    let (mut w, proposer) = open();
    refused(&mut w, expected, |w| w.submit_action(&proposer, action));
}

/// `action` must go through; returns its entry.
#[track_caller]
pub fn action_taken(action: Action) -> Entry {
    let (mut w, proposer) = open();
    w.submit_action(&proposer, action.clone()).unwrap();
    assert_eq!(w.proposal(0, 0).terms.action, action);
    w.entry(0, 0)
}

/// A change that every treasury can bear.
pub fn some_action(w: &World) -> Action {
    World::set_role(Role::Guardian, w.founder.key())
}

/// Puts awards of fresh proposers on the slate until `count` slots are taken.
pub fn fill(w: &mut World, count: u8) {
    while w.epoch(w.current()).entry_count < count {
        let proposer = w.proposer();
        w.submit(&proposer, &Ask::of(1)).unwrap();
    }
}

/// A world in the submission of epoch 1 with streams of epoch 0 on their way, and a voter.
pub fn with_streams(count: u8) -> (World, Person) {
    let asks: Vec<Ask> = (0..count).map(|_| Ask::of(1_000_000)).collect();
    let (mut w, voters) = submission(test_policy(), &[1_000], &asks);
    w.to_voting();
    let ballot: Vec<_> = (0..count).map(|index| (index, For)).collect();
    w.cast(&voters[0], &ballot).unwrap();
    w.to_tallying();
    w.settle().unwrap();
    w.to_execution(0);
    for index in 0..count {
        w.execute(0, index).unwrap();
    }
    w.open_next_epoch();
    (w, voters[0].clone())
}

pub fn sections() -> [PolicyPatch; 8] {
    let policy = test_policy();
    [
        PolicyPatch::Schedule(policy.schedule),
        PolicyPatch::Slate(policy.slate),
        PolicyPatch::Budget(policy.budget),
        PolicyPatch::Tiers(policy.tiers),
        PolicyPatch::Stake(policy.stake),
        PolicyPatch::Risk(policy.risk),
        PolicyPatch::Breaker(policy.breaker),
        PolicyPatch::Review(policy.review),
    ]
}

// --- phase and slots --------------------------------------------------------------------------

#[test]
fn submission_ends_when_voting_opens() {
    let (mut w, proposer) = open();
    let end = w.epoch(0).voting_opens_at;
    let action = some_action(&w);
    w.svm.set_now(end - 1);
    w.submit_action(&proposer, action.clone()).unwrap();
    for late in [end, end + 1] {
        w.svm.set_now(late);
        refused(&mut w, BudgetError::NotInSubmission, |w| {
            w.submit_action(&proposer, action.clone())
        });
    }
    w.to_tallying();
    refused(&mut w, BudgetError::NotInSubmission, |w| w.submit_action(&proposer, action.clone()));
    w.settle().unwrap();
    refused(&mut w, BudgetError::NotInSubmission, |w| w.submit_action(&proposer, action));
}

#[test]
fn a_full_slate_takes_no_act_either() {
    let (mut w, _) = open();
    fill(&mut w, 12);
    for _ in 0..4 {
        submit_reserved(&mut w);
    }
    let person = w.staker(1_000_000);
    w.open_recipient_record(person.key()).unwrap();
    let action = some_action(&w);
    refused(&mut w, BudgetError::SlateFull, |w| w.submit_action_with(&person, true, action));
    assert_eq!(w.epoch(0).entry_count, 16);
}

#[test]
fn acts_and_asks_count_together_against_the_proposer() {
    let (mut w, proposer) = open();
    let action = some_action(&w);
    w.submit_action(&proposer, action.clone()).unwrap();
    w.submit(&proposer, &Ask::of(1)).unwrap();
    w.submit_action(&proposer, action.clone()).unwrap();
    assert_eq!(record(&w, &proposer).submitted_count, 3);
    refused(&mut w, BudgetError::TooManyProposals, |w| w.submit_action(&proposer, action));
    refused(&mut w, BudgetError::TooManyProposals, |w| w.submit(&proposer, &Ask::of(1)));
}

#[test]
fn acts_take_any_slot_before_the_last_quarter_without_a_stake() {
    let (mut w, _) = open();
    for index in 0..12 {
        let proposer = w.proposer();
        let action = some_action(&w);
        w.submit_action(&proposer, action).unwrap();
        assert!(!w.svm.exists(&w.community.stake(&proposer.key())), "slot {index}");
    }
    assert_eq!(w.epoch(0).entry_count, 12);
}

// --- what is proposed ---------------------------------------------------------------------------

#[test]
fn an_award_is_no_act() {
    let award = AwardTerms {
        category: 0,
        checkpoints: 0,
        recipient: Pubkey::new_from_array([3; 32]),
        amount: 1,
        duration_secs: 60 * DAY_SECS,
        cliff_secs: 0,
    };
    action_refused(BudgetError::WrongAction, Action::Award(award));
}

#[test]
fn a_write_off_names_a_category_that_can_be_and_an_amount() {
    for (category, amount) in [(0, 1), (7, u64::MAX)] {
        let entry = action_taken(Action::WriteOff { category, amount });
        // The loss is no ask.
        assert_eq!((entry.amount, entry.category), (0, targets::FIRST_POSITION + category));
    }
    for (category, amount) in [(8, 1), (255, 1), (0, 0)] {
        action_refused(BudgetError::ActionOutOfRange, Action::WriteOff { category, amount });
    }
}

#[test]
fn a_reduction_keeps_something_and_not_all() {
    for keep_bps in [1, 9_999] {
        let (mut w, voter) = with_streams(1);
        let proposer = proposer_of(&mut w, &voter);
        let action = w.ruling(0, 0, Ruling::Reduce { keep_bps });
        w.submit_action(&proposer, action.clone()).unwrap();
        assert_eq!(w.proposal(1, 0).terms.action, action);
    }
    for keep_bps in [0, 10_000, u16::MAX] {
        let (mut w, voter) = with_streams(1);
        let proposer = proposer_of(&mut w, &voter);
        let action = w.ruling(0, 0, Ruling::Reduce { keep_bps });
        refused(&mut w, BudgetError::ActionOutOfRange, |w| w.submit_action(&proposer, action));
    }
}

/// The same person, who may propose from now on.
pub fn proposer_of(w: &mut World, person: &Person) -> Person {
    w.open_recipient_record(person.key()).unwrap();
    person.clone()
}

#[test]
fn texts_are_as_long_as_those_of_asks() {
    let cases = [
        (1, 128, None),
        (64, 0, None),
        (0, 0, Some(BudgetError::TitleLength)),
        (65, 0, Some(BudgetError::TitleLength)),
        (1, 129, Some(BudgetError::UriLength)),
    ];
    for (title, uri, expected) in cases {
        let (mut w, proposer) = open();
        let action = some_action(&w);
        let send = |w: &mut World| {
            let mut args = action_args(action.clone());
            (args.title, args.metadata_uri) = ("t".repeat(title), "u".repeat(uri));
            let instruction = w.community.submit_action(action_by(w, &proposer), false, args);
            w.send(instruction, &[&proposer])
        };
        match expected {
            Some(expected) => refused(&mut w, expected, send),
            None => {
                send(&mut w).unwrap();
                let terms = w.proposal(0, 0).terms;
                assert_eq!((terms.title.len(), terms.metadata_uri.len()), (title, uri));
            }
        }
    }
}

#[test]
fn the_stream_that_a_ruling_names_must_be_shown() {
    const STREAM: usize = 7;
    let (mut w, voter) = with_streams(2);
    let proposer = proposer_of(&mut w, &voter);
    let (first, second) = (w.stream_key(0, 0), w.stream_key(0, 1));
    for shown in [community_budget::ID, second] {
        refused(&mut w, BudgetError::StreamMissing, |w| {
            let action = Action::RuleOnStream { stream: first, ruling: Ruling::Cancel };
            let instruction =
                w.community.submit_action(action_by(w, &proposer), false, action_args(action));
            w.send(swapped(instruction, STREAM, shown), &[&proposer])
        });
    }
}

#[test]
fn a_stream_shown_beside_another_act_does_not_matter() {
    const STREAM: usize = 7;
    let (mut w, voter) = with_streams(1);
    let proposer = proposer_of(&mut w, &voter);
    let stream = w.stream_key(0, 0);
    let before = w.svm.get(&stream);
    let action = some_action(&w);
    let instruction =
        w.community.submit_action(action_by(&w, &proposer), false, action_args(action));
    let mut instruction = swapped(instruction, STREAM, stream);
    instruction.accounts[STREAM].is_writable = true;
    w.send(instruction, &[&proposer]).unwrap();
    assert_eq!(w.svm.get(&stream), before);
    assert_eq!(w.entry(1, 0).leader, 0);
}
