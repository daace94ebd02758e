//! Each instruction of the slate and the ballot leaves one event, with its sequence number and the
//! state after it.

use budget_tests::*;
use community_budget::events::{
    EpochSettled, ProposalAccepted, ProposalSubmitted, ProposalWithdrawn, RecipientRecordOpened,
    VoteCast, VoteRetracted, VoteRevised,
};

use crate::{
    event::event,
    shared::{submission, voting},
};

#[test]
fn a_record_opened_names_its_person() {
    let mut w = World::new();
    let person = w.person();
    let landed = w.open_recipient_record(person.key()).unwrap();
    let RecipientRecordOpened { seq, treasury, person: opened } = event(&landed);
    assert_eq!((seq, treasury), (w.treasury().seq, w.community.treasury));
    assert_eq!(opened, person.key());
}

#[test]
fn a_submission_tells_its_price_and_the_slate_after_it() {
    for signs in [false, true] {
        let (mut w, _) = submission(test_policy(), &[], &[1; 4].map(Ask::of));
        let (proposer, recipient) = (w.proposer(), w.proposer());
        let landed = w.submit_for(&proposer, &recipient, signs, &Ask::of(7)).unwrap();
        let ProposalSubmitted {
            seq,
            epoch,
            index,
            proposer: by,
            recipient: to,
            amount,
            slot_fee,
            bond,
            accepted,
            slate_hash,
        } = event(&landed);
        let header = w.epoch(0);
        assert_eq!((seq, slate_hash), (header.seq, header.slate_hash));
        assert_eq!((epoch, index), (w.community.epoch(0), 4));
        assert_eq!((by, to), (proposer.key(), recipient.key()));
        assert_eq!((amount, slot_fee, bond, accepted), (7, 2_000, 50_000, signs));
    }
}

#[test]
fn a_consent_tells_the_cumulative_ask() {
    let (mut w, _) = submission(test_policy(), &[], &[]);
    let (proposer, recipient) = (w.proposer(), w.proposer());
    w.submit(&recipient, &Ask::of(5)).unwrap();
    w.submit_for(&proposer, &recipient, false, &Ask::of(7)).unwrap();
    let landed = w.accept(&recipient, 1).unwrap();
    let ProposalAccepted { seq, epoch, index, recipient: by, recipient_ask } = event(&landed);
    assert_eq!((seq, epoch, index), (w.epoch(0).seq, w.community.epoch(0), 1));
    assert_eq!((by, recipient_ask), (recipient.key(), 12));
}

#[test]
fn a_withdrawal_tells_the_slate_after_it() {
    let (mut w, _) = submission(test_policy(), &[], &[Ask::of(1)]);
    let proposer = w.proposer();
    w.submit(&proposer, &Ask::of(5)).unwrap();
    let landed = w.withdraw(&proposer, 1).unwrap();
    let ProposalWithdrawn { seq, epoch, index, slate_hash } = event(&landed);
    let header = w.epoch(0);
    assert_eq!((seq, slate_hash), (header.seq, header.slate_hash));
    assert_eq!((epoch, index), (w.community.epoch(0), 1));
}

#[test]
fn ballots_tell_weight_turnout_and_close() {
    let (mut w, voters) = voting(&[600, 300], &[1]);
    w.cast(&voters[1], &[(0, For)]).unwrap();
    w.to_tallying();
    w.svm.advance(-1);
    // Each of these flips the entry or moves its margin, so the close is a new one every time.
    let landed = w.cast(&voters[0], &[(0, For)]).unwrap();
    let VoteCast { seq, epoch, owner, by_delegate, weight, turnout, voting_closes_at } =
        event(&landed);
    assert_eq!((seq, epoch, owner), (w.epoch(0).seq, w.community.epoch(0), voters[0].key()));
    assert_eq!((by_delegate, weight, turnout), (false, 600, 900));
    assert_eq!(voting_closes_at, w.epoch(0).voting_closes_at);
    assert_eq!(voting_closes_at, w.svm.now() + DAY);

    w.svm.set_now(voting_closes_at - 1);
    let landed = w.revise(&voters[0], &[(0, Against)]).unwrap();
    let VoteRevised { seq, epoch, owner, by_delegate, weight, voting_closes_at } = event(&landed);
    assert!(!by_delegate);
    assert_eq!((seq, epoch, owner), (w.epoch(0).seq, w.community.epoch(0), voters[0].key()));
    assert_eq!((weight, voting_closes_at), (600, w.svm.now() + DAY));

    w.svm.set_now(voting_closes_at - 1);
    let landed = w.retract(&voters[0]).unwrap();
    let VoteRetracted { seq, epoch, owner, by_delegate, weight, voting_closes_at } = event(&landed);
    assert!(!by_delegate);
    assert_eq!((seq, epoch, owner), (w.epoch(0).seq, w.community.epoch(0), voters[0].key()));
    assert_eq!((weight, voting_closes_at), (600, w.svm.now() + DAY));
}

#[test]
fn a_settlement_tells_what_was_decided() {
    // Two pass, one of them fits.
    let (mut w, voters) = voting(&[600, 300], &[60_000_000, 60_000_001, 1]);
    w.cast(&voters[0], &[(0, For), (1, For)]).unwrap();
    w.to_tallying();
    let landed = w.settle().unwrap();
    let EpochSettled {
        seq,
        epoch,
        electorate,
        passing,
        funded,
        approved,
        allocated,
        settled_at,
        committed,
    } = event(&landed);
    assert_eq!((seq, epoch, electorate), (w.epoch(0).seq, w.community.epoch(0), 900));
    assert_eq!((passing, funded, approved), (2, 1, 0));
    assert_eq!((allocated, committed), (60_000_000, 60_000_000));
    assert_eq!(settled_at, w.svm.now());
}
