//! Valid instances of what members, proposers and voters do, and of an award's life.

use anchor_lang::prelude::Pubkey;
use budget_client::instruction::Submission;
use budget_tests::*;
use community_budget::CreateTreasuryArgs;

use super::Instance;
use crate::stage::*;

pub const TABLE: &[(&str, Instance)] = &[
    ("create_treasury", || {
        let Twins { mut w, .. } = submission();
        let (founder, payer) = (w.person().key(), w.person().key());
        let c = Community { treasury: Community::treasury_address(&founder, 7), ..w.community };
        let roles = w.roles();
        let args = CreateTreasuryArgs { id: 7, first_open_at: 0, policy: test_policy(), roles };
        (w, c.create_treasury(founder, payer, args))
    }),
    ("deposit_funds", || {
        let Twins { w, cast, .. } = submission();
        let by = cast.alice.key();
        let instruction = w.community.deposit_funds(by, w.community.budget_account(&by), 5);
        (w, instruction)
    }),
    ("absorb_surplus", || {
        let Twins { mut w, .. } = submission().voted().settled();
        w.donate(5);
        let instruction = w.community.absorb_surplus();
        (w, instruction)
    }),
    ("open_stake", || {
        let Twins { mut w, .. } = submission();
        let (owner, payer) = (w.person().key(), w.person().key());
        let instruction = w.community.open_stake(owner, payer, 7 * DAY_SECS);
        (w, instruction)
    }),
    ("stake", || {
        let Twins { w, cast, .. } = submission();
        let owner = cast.voters[0].key();
        let source = w.community.stake_token_account(&owner);
        let instruction = w.community.stake_tokens(owner, source, 5);
        (w, instruction)
    }),
    ("request_unstake", || {
        let Twins { w, cast, .. } = submission();
        let instruction = w.community.request_unstake(cast.voters[0].key(), 5);
        (w, instruction)
    }),
    ("withdraw_unstaked", || {
        let mut twins = submission();
        twins.each(|w, cast| drop(w.unstake(&cast.voters[0], 5).unwrap()));
        let Twins { w, cast, .. } = twins.advance(7 * DAY);
        let owner = cast.voters[0].key();
        let to = w.community.stake_token_account(&owner);
        let instruction = w.community.withdraw_unstaked(owner, to);
        (w, instruction)
    }),
    ("set_lock", || {
        let Twins { w, cast, .. } = submission();
        let instruction = w.community.set_lock(cast.voters[0].key(), 8 * DAY_SECS);
        (w, instruction)
    }),
    ("close_stake", || {
        let mut twins = submission();
        twins.each(|w, cast| drop(w.open_stake(&cast.alice, 7 * DAY_SECS).unwrap()));
        let Twins { w, cast, .. } = twins;
        let instruction = w.community.close_stake(cast.alice.key(), w.svm.fee_payer());
        (w, instruction)
    }),
    ("set_delegate", || {
        let Twins { w, cast, .. } = submission();
        let instruction = w.community.set_delegate(cast.voters[0].key(), cast.alice.key());
        (w, instruction)
    }),
    ("refresh_stake", || {
        let Twins { w, cast, .. } = submission();
        let instruction = w.community.refresh_stake(cast.voters[0].key());
        (w, instruction)
    }),
    ("mark_dormant", || {
        let mut twins = Twins::new();
        for _ in 0..8 {
            twins = twins.submission(|_| Vec::new()).settled();
        }
        let Twins { w, cast, .. } = twins;
        let instruction = w.community.mark_dormant(cast.voters[0].key(), 8);
        (w, instruction)
    }),
    ("open_recipient_record", || {
        let Twins { mut w, .. } = submission();
        let (payer, person) = (w.person().key(), w.person().key());
        let instruction = w.community.open_recipient_record(payer, person);
        (w, instruction)
    }),
    ("open_epoch", || {
        let Twins { mut w, .. } = submission().settled().advance(30 * DAY);
        let payer = w.person().key();
        let instruction = w.community.open_epoch(payer, 1);
        (w, instruction)
    }),
    ("submit_proposal", || {
        let Twins { mut w, cast, .. } = submission();
        let by = by(&mut w, &cast.alice, cast.bob.key(), true);
        let instruction = w.community.submit_proposal(by, Ask::of(ASK).args());
        (w, instruction)
    }),
    ("accept_proposal", || {
        let mut twins = submission();
        twins.each(|w, cast| {
            w.submit_for(&cast.alice, &cast.bob, false, &Ask::of(ASK)).unwrap();
        });
        let Twins { w, cast, .. } = twins;
        let instruction = w.community.accept_proposal(cast.bob.key(), 0, 2);
        (w, instruction)
    }),
    ("withdraw_proposal", || {
        let Twins { w, cast, .. } = submission();
        let instruction = w.community.withdraw_proposal(cast.alice.key(), 0, 0);
        (w, instruction)
    }),
    ("cast_vote", || {
        let Twins { mut w, cast, .. } = submission();
        w.to_voting();
        let payer = w.person().key();
        let args = w.ballot(&[(0, For)]);
        let instruction = w.community.cast_vote(cast.voters[0].key(), payer, 0, args);
        (w, instruction)
    }),
    ("cast_vote", || {
        let Twins { mut w, cast, .. } = delegated();
        w.to_voting();
        let (payer, args) = (w.person().key(), w.ballot(&[(0, For)]));
        let (owner, delegate) = (cast.voters[0].key(), cast.alice.key());
        let instruction = w.community.cast_vote_for(owner, delegate, payer, 0, args);
        (w, instruction)
    }),
    ("revise_vote", || {
        let Twins { w, cast, .. } = submission().voted();
        let args = w.ballot(&[(1, Against)]);
        let instruction = w.community.revise_vote(cast.voters[0].key(), 0, args);
        (w, instruction)
    }),
    ("revise_vote", || {
        let Twins { w, cast, .. } = voted_by_delegate();
        let args = w.ballot(&[(1, Against)]);
        let (owner, delegate) = (cast.voters[0].key(), cast.alice.key());
        let instruction = w.community.revise_vote_for(owner, delegate, 0, args);
        (w, instruction)
    }),
    ("retract_vote", || {
        let Twins { w, cast, .. } = submission().voted();
        let instruction = w.community.retract_vote(cast.voters[0].key(), 0);
        (w, instruction)
    }),
    ("retract_vote", || {
        let Twins { w, cast, .. } = voted_by_delegate();
        let (owner, delegate) = (cast.voters[0].key(), cast.alice.key());
        let instruction = w.community.retract_vote_for(owner, delegate, 0);
        (w, instruction)
    }),
    ("settle_epoch", || {
        let Twins { mut w, .. } = submission();
        w.to_tallying();
        let instruction = w.community.settle_epoch(0);
        (w, instruction)
    }),
    ("execute_award", || {
        let Twins { mut w, cast, .. } = submission().voted().settled().executable();
        let payer = w.person().key();
        let instruction = w.community.execute_award(payer, 0, 0, cast.alice.key());
        (w, instruction)
    }),
    ("lapse_proposal", || {
        let Twins { w, .. } = submission().voted().settled().advance(14 * DAY);
        let instruction = w.community.lapse_proposal(0, 0);
        (w, instruction)
    }),
    ("withdraw_stream", || {
        let Twins { w, .. } = streaming().advance(DAY);
        let payout = w.stream(0, 0).payout_account;
        let instruction = w.community.withdraw_stream(w.stream_key(0, 0), payout, None);
        (w, instruction)
    }),
    ("redirect_payout", || {
        let Twins { mut w, cast, .. } = streaming();
        let payout = token_account(&mut w, &cast.alice);
        let stream = w.stream_key(0, 0);
        let instruction = w.community.redirect_payout(cast.alice.key(), stream, payout);
        (w, instruction)
    }),
    ("reclaim_rewards", || {
        let Twins { w, .. } = submission().voted().settled().advance(60 * DAY);
        let instruction = w.community.reclaim_rewards(0);
        (w, instruction)
    }),
    ("close_vote_record", || {
        let Twins { w, cast, .. } = submission().voted().settled();
        let payer = w.svm.fee_payer();
        let instruction = w.community.close_vote_record(0, cast.voters[0].key(), payer);
        (w, instruction)
    }),
    ("close_proposal", || {
        let Twins { w, cast, .. } = streaming();
        let payer = w.svm.fee_payer();
        let instruction = w.community.close_proposal(0, 0, cast.alice.key(), payer);
        (w, instruction)
    }),
    ("close_stream", || {
        let mut twins = streaming().advance(60 * DAY);
        twins.each(|w, _| drop(w.claim(0, 1).unwrap()));
        let Twins { w, cast, .. } = twins;
        let (stream, payer) = (w.stream_key(0, 1), w.svm.fee_payer());
        let instruction = w.community.close_stream(stream, cast.bob.key(), payer);
        (w, instruction)
    }),
    ("close_epoch", || {
        let mut twins = streaming();
        twins.each(|w, cast| {
            for voter in &cast.voters {
                w.close_vote_record(0, voter).unwrap();
            }
            w.close_proposal(0, 0).unwrap();
            w.close_proposal(0, 1).unwrap();
        });
        let Twins { w, .. } = twins;
        let instruction = w.community.close_epoch(0, w.svm.fee_payer());
        (w, instruction)
    }),
];

/// A submission into the next slot of the first epoch.
pub fn by(
    w: &mut World,
    proposer: &Person,
    recipient: Pubkey,
    recipient_signs: bool,
) -> Submission {
    Submission {
        epoch: 0,
        index: w.epoch(0).entry_count,
        proposer: proposer.key(),
        payer: w.person().key(),
        recipient,
        recipient_signs,
        source: w.community.budget_account(&proposer.key()),
    }
}

/// The first voter has made Alice the delegate.
fn delegated() -> Twins {
    let mut twins = submission();
    twins.each(|w, cast| drop(w.set_delegate(&cast.voters[0], cast.alice.key()).unwrap()));
    twins
}

/// Alice has cast the first voter's ballot.
fn voted_by_delegate() -> Twins {
    let mut twins = delegated();
    twins.w.to_voting();
    twins.each(|w, cast| {
        let (payer, args) = (w.svm.fee_payer(), w.ballot(&[(0, For)]));
        let (owner, delegate) = (cast.voters[0].key(), cast.alice.key());
        let vote = w.community.cast_vote_for(owner, delegate, payer, 0, args);
        w.send(vote, &[&cast.alice]).unwrap();
    });
    twins
}
