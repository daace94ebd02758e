//! submit_action, what it leaves behind
//! ├── entry, header, proposal, record, slate hash, money and event
//! ├── kind, target and subject of every action
//! ├── an account as large as its action needs
//! ├── an act stands for election at once, and can be withdrawn
//! └── a ruling follows the first of its epoch on the same stream

use anchor_lang::prelude::Pubkey;
use budget_sim::world::sha256;
use budget_tests::*;
use community_budget::{
    BudgetError,
    events::ActionSubmitted,
    state::{Action, Entry, Role, Ruling, SECTIONS, targets},
};

use crate::{
    event::event,
    shared::{after_action, after_withdrawal, next_epoch, record},
    test_submit_action::{action_taken, open, proposer_of, sections, some_action, with_streams},
};

#[test]
fn a_submission_writes_entry_header_proposal_record_and_slate_hash() {
    let (mut w, proposer) = open();
    w.submit(&proposer, &Ask::of(1)).unwrap();
    let (before, books) = (w.epoch(0), w.treasury());
    w.svm.advance(11);
    let (now, holder) = (w.svm.now(), w.founder.key());
    let landed = w.submit_action(&proposer, some_action(&w)).unwrap();

    let expected = Entry {
        for_: 0,
        against: 0,
        abstain: 0,
        amount: 0,
        recipient_tag: sha256(&[holder.as_ref()])[..16].try_into().unwrap(),
        category: targets::FIRST_ROLE,
        action: 2,
        tier: 0,
        outcome: Outcome::Pending.into(),
        reason: 0,
        flags: flags::ACCEPTED,
        leader: 1,
        rank: 255,
        recipient_ask: 0,
    };
    assert_eq!(w.entry(0, 1), expected);
    assert!(w.entry(0, 1).is_votable());
    let header = w.epoch(0);
    assert_eq!((header.entry_count, header.open_proposals, header.votable_count), (2, 2, 2));
    assert_eq!(header.seq, before.seq + 1);

    let proposal = w.proposal(0, 1);
    let (epoch, treasury) = (w.community.epoch(0), w.community.treasury);
    let seeds: [&[u8]; 3] = [b"proposal", epoch.as_ref(), &[1]];
    let bump = Pubkey::find_program_address(&seeds, &community_budget::ID).1;
    assert_eq!((proposal.version, proposal.bump, proposal.index), (1, bump, 1));
    assert_eq!((proposal.epoch, proposal.treasury), (epoch, treasury));
    assert_eq!((proposal.proposer, proposal.rent_payer), (proposer.key(), w.svm.fee_payer()));
    assert_eq!((proposal.bond, proposal.submitted_at), (50_000, now));
    assert_eq!((proposal.reserved_flags, proposal.reserved), ([0; 5], [0; 32]));
    let action = [[2, 0].as_slice(), holder.as_ref()].concat();
    let folded = after_action(before.slate_hash, treasury, 0, 1, &action, &proposal.terms);
    assert_eq!(header.slate_hash, folded);

    let after = w.treasury();
    assert_eq!(w.purse(&proposer), PURSE - 2 * (1_000 + 50_000));
    assert_eq!((after.tracked, after.bonded), (books.tracked + 1_000, 100_000));
    assert_eq!(w.vault(), after.tracked);
    assert_eq!(record(&w, &proposer).submitted_count, 2);
    assert_eq!(record(&w, &proposer).accepted_epoch, 0);

    let ActionSubmitted {
        seq,
        epoch: of,
        index,
        proposer: who,
        action,
        slot_fee,
        bond,
        slate_hash,
    } = event(&landed);
    assert_eq!((seq, of, index, who), (header.seq, epoch, 1, proposer.key()));
    assert_eq!(action, proposal.terms.action);
    assert_eq!((slot_fee, bond, slate_hash), (1_000, 50_000, header.slate_hash));
}

#[test]
fn every_action_has_its_kind_its_target_and_its_subject() {
    let holder = Pubkey::new_from_array([3; 32]);
    let tag: [u8; 16] = sha256(&[holder.as_ref()])[..16].try_into().unwrap();
    let roles = [Role::Guardian, Role::Reviewer, Role::RiskReporter];
    assert_eq!(SECTIONS.len(), 8);
    for (target, patch) in (0..).zip(sections()) {
        let entry = action_taken(Action::SetPolicy(patch));
        assert_eq!((entry.action, entry.category, entry.recipient_tag), (1, target, [0; 16]));
    }
    for (target, role) in (8..).zip(roles) {
        let entry = action_taken(Action::SetRole { role, holder });
        assert_eq!((entry.action, entry.category, entry.recipient_tag), (2, target, tag));
    }
    let entry = action_taken(Action::ClearBreaker);
    assert_eq!((entry.action, entry.category, entry.recipient_tag), (4, 11, [0; 16]));
    for category in 0..8 {
        let entry = action_taken(Action::WriteOff { category, amount: 5 });
        assert_eq!((entry.action, entry.category), (5, 12 + category));
        assert_eq!(entry.recipient_tag, [0; 16]);
    }
    // The zero key leaves a role vacant; it is a subject like any other.
    let vacant = action_taken(World::set_role(Role::Guardian, Pubkey::default()));
    assert_eq!(vacant.recipient_tag, sha256(&[&[0; 32]])[..16]);
}

#[test]
fn the_account_is_as_large_as_its_action_needs() {
    let (mut w, voter) = with_streams(1);
    let holder = w.founder.key();
    // Everything but the action: 184 bytes of head, 8 of discriminator, hash and texts.
    let others = 8 + 184 + 32 + 4 + 64 + 4 + 128;
    let cases = [
        (Action::SetPolicy(sections()[0].clone()), 1 + 1 + 224),
        (Action::SetPolicy(sections()[5].clone()), 1 + 1 + 224),
        (World::set_role(Role::Guardian, holder), 1 + 1 + 32),
        (w.ruling(0, 0, Ruling::Cancel), 1 + 32 + 3),
        (w.ruling(0, 0, Ruling::Reduce { keep_bps: 1 }), 1 + 32 + 3),
        (Action::ClearBreaker, 1),
        (Action::WriteOff { category: 0, amount: 1 }, 1 + 1 + 8),
    ];
    w.open_recipient_record(voter.key()).unwrap();
    for (index, (action, bytes)) in (0..).zip(cases) {
        let proposer = w.proposer();
        w.submit_action(&proposer, action.clone()).unwrap();
        let account = w.svm.get(&w.proposal_key(1, index)).unwrap();
        assert_eq!(account.data.len(), others + bytes, "{action:?}");
    }
}

#[test]
fn an_act_stands_for_election_without_anybodys_consent() {
    let (mut w, proposer) = open();
    let action = World::set_role(Role::Guardian, proposer.key());
    w.submit_action(&proposer, action).unwrap();
    // There is nobody to ask, not even the key that would hold the role.
    refused(&mut w, BudgetError::WrongAction, |w| w.accept(&proposer, 0));
    assert_eq!(record(&w, &proposer).accepted_epoch, u32::MAX);
}

#[test]
fn an_act_can_be_withdrawn_like_an_ask() {
    let (mut w, proposer) = open();
    w.submit_action(&proposer, some_action(&w)).unwrap();
    let before = w.epoch(0);
    w.withdraw(&proposer, 0).unwrap();
    let after = w.epoch(0);
    assert!(w.entry(0, 0).is(Outcome::Withdrawn));
    assert_eq!((after.votable_count, after.open_proposals), (0, 1));
    assert_eq!(after.slate_hash, after_withdrawal(before.slate_hash, w.community.treasury, 0, 0));
}

#[test]
fn rulings_on_one_stream_follow_the_first_of_their_epoch() {
    let (mut w, voter) = with_streams(2);
    let proposer = proposer_of(&mut w, &voter);
    w.submit(&proposer, &Ask::of(1)).unwrap();
    let others = [w.proposer(), w.proposer()];
    let rulings = [
        (0, Ruling::Cancel),
        (1, Ruling::Cancel),
        (0, Ruling::Reduce { keep_bps: 5_000 }),
        (1, Ruling::Resume { checkpoint: 0 }),
        (0, Ruling::Resume { checkpoint: 0 }),
    ];
    for (number, (stream, ruling)) in rulings.into_iter().enumerate() {
        let action = w.ruling(0, stream, ruling);
        w.submit_action(&others[number % 2], action).unwrap();
    }
    let leaders = [1, 2, 3, 4, 5].map(|index| w.entry(1, index).leader);
    assert_eq!(leaders, [1, 2, 1, 2, 1]);
    for index in 1..6 {
        let entry = w.entry(1, index);
        assert_eq!((entry.action, entry.category), (3, targets::STREAM));
    }
    for (stream, index) in [(0, 1), (1, 2)] {
        let key = w.stream_key(0, stream);
        assert_eq!(w.entry(1, index).recipient_tag, sha256(&[key.as_ref()])[..16]);
        assert_eq!(
            (w.stream(0, stream).ruling_epoch, w.stream(0, stream).ruling_leader),
            (1, index)
        );
    }
    // A withdrawn leader still tells its stream apart.
    w.withdraw(&others[0], 1).unwrap();
    let action = w.ruling(0, 0, Ruling::Cancel);
    w.submit_action(&proposer, action).unwrap();
    assert_eq!(w.entry(1, 6).leader, 1);

    next_epoch(&mut w);
    let action = w.ruling(0, 0, Ruling::Cancel);
    w.submit_action(&proposer, action).unwrap();
    assert_eq!((w.entry(2, 0).leader, w.stream(0, 0).ruling_epoch), (0, 2));
}
