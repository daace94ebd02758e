//! submit_proposal: terms, slots and money (accounts and signers: `test_submit_proposal_accounts`)
//! ├── given the epoch is not in Submission .................. NotInSubmission
//! ├── given three quarters of the slate are taken ........... SlotReserved
//! ├── given the proposer's slots of this epoch are used ..... TooManyProposals
//! ├── given the terms are out of bounds
//! │   ├── when the category is unknown ...................... UnknownCategory
//! │   ├── when the title has 0 or 65 bytes .................. TitleLength
//! │   ├── when the URI has 129 bytes ........................ UriLength
//! │   ├── when the amount is 0 .............................. AmountIsZero
//! │   ├── when there are more than 12 checkpoints ........... TooManyCheckpoints
//! │   ├── when it streams < 1 day or > 4 years .............. StreamLength
//! │   ├── when the cliff lies behind the end ................ CliffAfterEnd
//! │   ├── when it asks more than the large limit ............ AskTooLarge
//! │   ├── when more than small, but too short ............... StreamTooShortForTier
//! │   └── when fewer checkpoints than its tier asks ......... TooFewCheckpoints
//! └── given all is well
//!     ├── when the recipient does not sign .................. on the slate, not accepted
//!     ├── when the recipient signs .......................... accepted
//!     ├── fees and bonds .................................... to their vaults, booked
//!     └── a slot's fee ...................................... doubles with every quarter used

use anchor_lang::prelude::Pubkey;
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Action, AwardTerms, Proposal},
};

use crate::shared::{
    ADMITS_ALL, after_submission, award, empty_slate, fresh_entry, next_epoch, record, submission,
    submit_reserved, voting,
};

const SMALL: u64 = 10_000_000;
const LARGE: u64 = 200_000_000;
/// One period of 30 days and the constitutional timelock of 4.
const LONG: u32 = 58 * DAY_SECS;

/// An epoch in submission and somebody who may propose.
fn open() -> (World, Person) {
    let (mut w, _) = submission(test_policy(), &[], &[]);
    let proposer = w.proposer();
    (w, proposer)
}

/// `ask` must be refused with `expected`.
#[track_caller]
fn ask_refused(expected: BudgetError, ask: &Ask) {
    let (mut w, proposer) = open();
    refused(&mut w, expected, |w| w.submit(&proposer, ask));
}

/// `ask` must go through; returns its proposal.
#[track_caller]
fn ask_taken(ask: &Ask) -> Proposal {
    let (mut w, proposer) = open();
    w.submit(&proposer, ask).unwrap();
    w.proposal(0, 0)
}

/// The same, and its award.
#[track_caller]
fn award_taken(ask: &Ask) -> AwardTerms {
    award(&ask_taken(ask).terms).clone()
}

#[test]
fn submission_ends_when_voting_opens() {
    let (mut w, proposer) = open();
    let end = w.epoch(0).voting_opens_at;
    w.svm.set_now(end - 1);
    w.submit(&proposer, &Ask::of(1)).unwrap();
    for late in [end, end + 1] {
        w.svm.set_now(late);
        refused(&mut w, BudgetError::NotInSubmission, |w| w.submit(&proposer, &Ask::of(1)));
    }
}

#[test]
fn nothing_is_taken_while_tallying_or_settled() {
    let (mut w, proposer) = open();
    w.to_tallying();
    refused(&mut w, BudgetError::NotInSubmission, |w| w.submit(&proposer, &Ask::of(1)));
    w.settle().unwrap();
    refused(&mut w, BudgetError::NotInSubmission, |w| w.submit(&proposer, &Ask::of(1)));
}

/// An epoch in submission with 12 of 16 slots taken by awards.
fn three_quarters_taken() -> World {
    let asks: Vec<Ask> = (0..12).map(|_| Ask::of(1)).collect();
    submission(test_policy(), &[], &asks).0
}

#[test]
fn the_last_quarter_of_the_slate_takes_no_award() {
    let asks: Vec<Ask> = (0..11).map(|_| Ask::of(1)).collect();
    let (mut w, _) = submission(test_policy(), &[], &asks);
    let proposer = w.proposer();
    w.submit(&proposer, &Ask::of(1)).unwrap();
    refused(&mut w, BudgetError::SlotReserved, |w| w.submit(&proposer, &Ask::of(1)));
    assert_eq!(w.epoch(0).entry_count, 12);
}

#[test]
fn a_full_slate_takes_no_more() {
    let mut w = three_quarters_taken();
    for _ in 0..4 {
        submit_reserved(&mut w);
    }
    let proposer = w.proposer();
    refused(&mut w, BudgetError::SlotReserved, |w| w.submit(&proposer, &Ask::of(1)));
    assert_eq!(w.epoch(0).entry_count, 16);
}

#[test]
fn a_withdrawal_does_not_free_a_slot() {
    let asks: Vec<Ask> = (0..11).map(|_| Ask::of(1)).collect();
    let (mut w, _) = submission(test_policy(), &[], &asks);
    let proposer = w.proposer();
    w.submit(&proposer, &Ask::of(1)).unwrap();
    w.withdraw(&proposer, 11).unwrap();
    refused(&mut w, BudgetError::SlotReserved, |w| w.submit(&proposer, &Ask::of(1)));
}

#[test]
fn a_proposer_has_as_many_slots_as_the_policy_says() {
    let (mut w, proposer) = open();
    for count in 1..=3 {
        w.submit(&proposer, &Ask::of(1)).unwrap();
        assert_eq!(record(&w, &proposer).submitted_count, count);
    }
    refused(&mut w, BudgetError::TooManyProposals, |w| w.submit(&proposer, &Ask::of(1)));
}

#[test]
fn a_withdrawn_proposal_still_counts_against_the_proposer() {
    let (mut w, proposer) = open();
    for index in 0..3 {
        w.submit(&proposer, &Ask::of(1)).unwrap();
        w.withdraw(&proposer, index).unwrap();
    }
    refused(&mut w, BudgetError::TooManyProposals, |w| w.submit(&proposer, &Ask::of(1)));
}

#[test]
fn the_limit_per_proposer_starts_anew_with_every_epoch() {
    let (mut w, proposer) = open();
    for _ in 0..3 {
        w.submit(&proposer, &Ask::of(1)).unwrap();
    }
    next_epoch(&mut w);
    for count in 1..=3 {
        w.submit(&proposer, &Ask::of(1)).unwrap();
        let record = record(&w, &proposer);
        assert_eq!((record.submitted_epoch, record.submitted_count), (1, count));
    }
    refused(&mut w, BudgetError::TooManyProposals, |w| w.submit(&proposer, &Ask::of(1)));
}

#[test]
fn the_limit_counts_the_proposer_not_the_recipient() {
    let (mut w, proposer) = open();
    let other = w.proposer();
    for _ in 0..3 {
        w.submit_for(&other, &proposer, true, &Ask::of(1)).unwrap();
    }
    w.submit(&proposer, &Ask::of(1)).unwrap();
    assert_eq!(record(&w, &proposer).submitted_count, 1);
}

#[test]
fn a_category_of_the_policy_is_taken_and_the_next_one_is_unknown() {
    assert_eq!(award_taken(&Ask { category: 1, ..Ask::of(1) }).category, 1);
    ask_refused(BudgetError::UnknownCategory, &Ask { category: 2, ..Ask::of(1) });
}

#[test]
fn a_title_has_1_to_64_bytes() {
    // Two bytes a letter: bytes count, not letters.
    for title in ["t".to_owned(), "ü".repeat(32)] {
        let taken = ask_taken(&Ask { title: title.clone(), ..Ask::of(1) });
        assert_eq!(taken.terms.title, title);
    }
    for title in [String::new(), "t".repeat(65), "ü".repeat(33)] {
        ask_refused(BudgetError::TitleLength, &Ask { title, ..Ask::of(1) });
    }
}

#[test]
fn a_metadata_uri_has_at_most_128_bytes() {
    for metadata_uri in [String::new(), "u".repeat(128)] {
        let taken = ask_taken(&Ask { metadata_uri: metadata_uri.clone(), ..Ask::of(1) });
        assert_eq!(taken.terms.metadata_uri, metadata_uri);
    }
    ask_refused(BudgetError::UriLength, &Ask { metadata_uri: "u".repeat(129), ..Ask::of(1) });
}

#[test]
fn an_ask_for_nothing_is_refused() {
    ask_refused(BudgetError::AmountIsZero, &Ask::of(0));
}

#[test]
fn an_award_has_at_most_12_checkpoints() {
    for checkpoints in [0, 1, 12] {
        let taken = award_taken(&Ask { checkpoints, ..Ask::of(1) });
        assert_eq!(taken.checkpoints, checkpoints);
    }
    for checkpoints in [13, 255] {
        ask_refused(BudgetError::TooManyCheckpoints, &Ask { checkpoints, ..Ask::of(1) });
    }
}

#[test]
fn an_award_has_the_checkpoints_that_its_tier_asks_for() {
    // The tiers of the default policy ask for 0, 1 and 3.
    for (amount, least) in [(SMALL + 1, 1), (50_000_001, 3), (LARGE, 3)] {
        let (mut w, _) = submission(Policy::default(), &[], &[]);
        let proposer = w.proposer();
        let ask = Ask { checkpoints: least - 1, ..Ask::of(amount) };
        refused(&mut w, BudgetError::TooFewCheckpoints, |w| w.submit(&proposer, &ask));
        w.submit(&proposer, &Ask { checkpoints: least, ..ask }).unwrap();
        w.submit(&proposer, &Ask::of(SMALL)).unwrap();
    }
}

#[test]
fn a_stream_lasts_from_one_day_to_four_years() {
    let lasting = |duration_secs| Ask { duration_secs, ..Ask::of(1) };
    for secs in [DAY_SECS, 1_461 * DAY_SECS] {
        assert_eq!(award_taken(&lasting(secs)).duration_secs, secs);
    }
    for secs in [0, DAY_SECS - 1, 1_461 * DAY_SECS + 1] {
        ask_refused(BudgetError::StreamLength, &lasting(secs));
    }
}

#[test]
fn a_cliff_may_reach_the_end_of_the_stream_and_no_further() {
    let ask = Ask::of(1);
    let end = ask.duration_secs;
    assert_eq!(award_taken(&Ask { cliff_secs: end, ..ask.clone() }).cliff_secs, end);
    ask_refused(BudgetError::CliffAfterEnd, &Ask { cliff_secs: end + 1, ..ask });
}

#[test]
fn an_ask_may_reach_the_large_limit_and_no_further() {
    assert_eq!(award_taken(&Ask::of(LARGE)).amount, LARGE);
    ask_refused(BudgetError::AskTooLarge, &Ask::of(LARGE + 1));
}

#[test]
fn limits_refer_to_the_funds_free_at_the_opening() {
    let (mut w, proposer) = open();
    w.deposit(&proposer, 1_000_000_000).unwrap();
    refused(&mut w, BudgetError::AskTooLarge, |w| w.submit(&proposer, &Ask::of(LARGE + 1)));
}

#[test]
fn an_ask_above_the_small_limit_must_stream_past_the_next_ruling() {
    let short = |amount| Ask { duration_secs: LONG - 1, ..Ask::of(amount) };
    assert_eq!(award_taken(&short(SMALL)).amount, SMALL);
    ask_refused(BudgetError::StreamTooShortForTier, &short(SMALL + 1));
    let long = Ask { duration_secs: LONG, ..Ask::of(SMALL + 1) };
    assert_eq!(award_taken(&long).amount, SMALL + 1);
}

#[test]
fn an_entry_knows_the_tiers_that_its_length_and_checkpoints_admit() {
    let cases = [
        (LONG - 1, 12, 0),
        (LONG, 0, 0),
        (LONG, 1, flags::ADMITS_MEDIUM),
        (LONG, 2, flags::ADMITS_MEDIUM),
        (LONG, 3, ADMITS_ALL),
    ];
    for (duration_secs, checkpoints, flags) in cases {
        let (mut w, _) = submission(Policy::default(), &[], &[]);
        let (proposer, recipient) = (w.proposer(), w.person());
        let ask = Ask { duration_secs, checkpoints, ..Ask::of(1) };
        w.submit_for(&proposer, &recipient, false, &ask).unwrap();
        assert_eq!(w.entry(0, 0).flags, flags, "{duration_secs} s, {checkpoints} checkpoints");
    }
}

#[test]
fn an_entry_knows_whether_its_stream_is_long_enough() {
    for (duration_secs, flag) in [(LONG - 1, 0), (LONG, ADMITS_ALL)] {
        let (mut w, proposer) = open();
        let recipient = w.person();
        let ask = Ask { duration_secs, ..Ask::of(1) };
        w.submit_for(&proposer, &recipient, false, &ask).unwrap();
        assert_eq!(w.entry(0, 0).flags, flag);
    }
}

#[test]
fn a_submission_writes_entry_header_proposal_record_and_slate_hash() {
    let (mut w, proposer) = open();
    let recipient = w.person();
    let ask = Ask { category: 1, cliff_secs: 5, ..Ask::of(7_000_000) };
    let before = w.epoch(0);
    assert_eq!(before.slate_hash, empty_slate(w.community.treasury, 0));
    w.svm.advance(11);
    let now = w.svm.now();
    w.submit_for(&proposer, &recipient, false, &ask).unwrap();

    assert_eq!(w.entry(0, 0), fresh_entry(&ask, recipient.key()));
    let proposal = w.proposal(0, 0);
    let expected = after_submission(before.slate_hash, w.community.treasury, 0, 0, &proposal.terms);
    let header = w.epoch(0);
    assert_eq!((header.entry_count, header.open_proposals, header.votable_count), (1, 1, 0));
    assert_eq!(header.seq, before.seq + 1);
    assert_eq!(header.slate_hash, expected);

    let epoch = w.community.epoch(0);
    let seeds: [&[u8]; 3] = [b"proposal", epoch.as_ref(), &[0]];
    let bump = Pubkey::find_program_address(&seeds, &community_budget::ID).1;
    assert_eq!((proposal.version, proposal.bump, proposal.index), (1, bump, 0));
    assert_eq!((proposal.epoch, proposal.treasury), (w.community.epoch(0), w.community.treasury));
    assert_eq!((proposal.proposer, proposal.rent_payer), (proposer.key(), w.svm.fee_payer()));
    assert_eq!((proposal.bond, proposal.submitted_at), (50_000, now));
    assert_eq!((proposal.reserved_flags, proposal.reserved), ([0; 5], [0; 32]));
    let terms = proposal.terms;
    let expected = AwardTerms {
        category: 1,
        checkpoints: 0,
        recipient: recipient.key(),
        amount: 7_000_000,
        duration_secs: ask.duration_secs,
        cliff_secs: 5,
    };
    assert_eq!(terms.action, Action::Award(expected));
    assert_eq!((terms.title, terms.metadata_uri), (ask.title, ask.metadata_uri));
    assert_eq!(terms.metadata_hash, ask.metadata_hash);

    let record = record(&w, &proposer);
    assert_eq!((record.submitted_epoch, record.submitted_count), (0, 1));
    assert_eq!(record.accepted_epoch, u32::MAX);
}

#[test]
fn every_submission_folds_its_position_and_epoch_into_the_slate_hash() {
    let (mut w, proposer) = open();
    next_epoch(&mut w);
    let treasury = w.community.treasury;
    let mut expected = empty_slate(treasury, 1);
    for index in 0..3 {
        w.submit(&proposer, &Ask::of(1)).unwrap();
        expected = after_submission(expected, treasury, 1, index, &w.proposal(1, index).terms);
        assert_eq!(w.epoch(1).slate_hash, expected);
    }
}

#[test]
fn a_recipient_who_signs_has_accepted() {
    let (mut w, proposer) = open();
    let recipient = w.proposer();
    w.submit(&proposer, &Ask::of(1)).unwrap();
    w.submit_for(&proposer, &recipient, true, &Ask::of(5)).unwrap();
    w.submit_for(&proposer, &recipient, true, &Ask::of(7)).unwrap();

    let (first, second) = (w.entry(0, 1), w.entry(0, 2));
    assert_eq!(first.flags, flags::ACCEPTED | ADMITS_ALL);
    assert_eq!(w.epoch(0).votable_count, 3);
    assert_eq!((first.leader, first.recipient_ask), (1, 12));
    assert_eq!(second.flags, flags::ACCEPTED | ADMITS_ALL);
    assert_eq!((second.leader, second.recipient_ask), (1, 0));
    let record = record(&w, &recipient);
    assert_eq!((record.leader, record.accepted_epoch, record.submitted_count), (1, 0, 0));
    assert_eq!(w.entry(0, 0).recipient_ask, 1);
}

#[test]
fn a_proposer_who_is_the_recipient_accepts_with_one_record() {
    let (mut w, proposer) = open();
    w.submit(&proposer, &Ask::of(5)).unwrap();
    let record = record(&w, &proposer);
    assert_eq!((record.submitted_epoch, record.submitted_count), (0, 1));
    assert_eq!((record.accepted_epoch, record.leader), (0, 0));
    assert_eq!(w.entry(0, 0).recipient_ask, 5);
}

#[test]
fn fee_and_bond_move_to_their_vaults_and_are_booked() {
    let (mut w, proposer) = open();
    let before = w.treasury();
    w.submit(&proposer, &Ask::of(1)).unwrap();
    let after = w.treasury();
    assert_eq!(w.purse(&proposer), PURSE - 1_000 - 50_000);
    assert_eq!(after.tracked, before.tracked + 1_000);
    assert_eq!(w.vault(), after.tracked);
    assert_eq!((before.bonded, after.bonded), (0, 50_000));
    assert_eq!(token::balance(&w.svm, &w.community.bond_vault()), 50_000);
    assert_eq!(after.committed, before.committed);
}

#[test]
fn the_slot_fee_doubles_with_every_quarter_of_the_capacity_used() {
    let (mut w, _) = open();
    let mut tracked = w.treasury().tracked;
    for slot in 0..16u32 {
        // The last quarter is for acts.
        let proposer = if slot < 12 {
            let proposer = w.proposer();
            w.submit(&proposer, &Ask::of(1)).unwrap();
            proposer
        } else {
            submit_reserved(&mut w)
        };
        let fee = 1_000 << (slot / 4);
        assert_eq!(w.purse(&proposer), PURSE - fee - 50_000, "slot {slot}");
        tracked += fee;
        assert_eq!(w.treasury().tracked, tracked);
        assert_eq!(w.treasury().bonded, 50_000 * u64::from(slot + 1));
    }
}

#[test]
fn a_policy_without_fee_and_bond_takes_no_tokens() {
    let (mut w, _) = submission(Policy::default(), &[], &[]);
    let proposer = w.proposer();
    w.submit(&proposer, &Ask::of(1)).unwrap();
    assert_eq!(w.purse(&proposer), PURSE);
    assert_eq!(w.proposal(0, 0).bond, 0);
    assert_eq!((w.treasury().tracked, w.treasury().bonded), (1_000_000_000, 0));
}

#[test]
fn fees_of_this_epoch_do_not_raise_its_cap() {
    let (w, _) = voting(&[], &[1, 1, 1]);
    assert_eq!((w.epoch(0).free_at_open, w.epoch(0).cap), (1_000_000_000, 100_000_000));
}
