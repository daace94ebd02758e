//! One valid instance of every instruction, and which accounts may be something else by design.

use anchor_lang::solana_program::instruction::Instruction;
use budget_client::instruction::Submission;
use budget_tests::*;
use community_budget::CreateTreasuryArgs;

use crate::stage::*;

/// A world at the right moment, with a second treasury at the same one, and the instruction.
pub type Instance = fn() -> (World, Instruction);

/// Every instruction with a valid instance.
pub const TABLE: &[(&str, Instance)] = &[
    ("create_treasury", || {
        let (mut w, _) = submission_siblings();
        let founder = w.person().key();
        let payer = w.person().key();
        let c = Community { treasury: Community::treasury_address(&founder, 7), ..w.community };
        let args = CreateTreasuryArgs { id: 7, first_open_at: 0, policy: test_policy() };
        (w, c.create_treasury(founder, payer, args))
    }),
    ("deposit_funds", || {
        let (w, cast) = submission_siblings();
        let by = cast.alice.key();
        let instruction = w.community.deposit_funds(by, w.community.budget_account(&by), 5);
        (w, instruction)
    }),
    ("absorb_surplus", || {
        let (mut w, _) = streaming_siblings();
        w.donate(5);
        let instruction = w.community.absorb_surplus();
        (w, instruction)
    }),
    ("open_stake", || {
        let (mut w, _) = submission_siblings();
        let (owner, payer) = (w.person().key(), w.person().key());
        let instruction = w.community.open_stake(owner, payer, 7 * DAY_SECS);
        (w, instruction)
    }),
    ("stake", || {
        let (w, cast) = submission_siblings();
        let owner = cast.voters[0].key();
        let source = w.community.stake_token_account(&owner);
        let instruction = w.community.stake_tokens(owner, source, 5);
        (w, instruction)
    }),
    ("request_unstake", || {
        let (w, cast) = submission_siblings();
        let instruction = w.community.request_unstake(cast.voters[0].key(), 5);
        (w, instruction)
    }),
    ("withdraw_unstaked", || {
        let (mut w, cast) = submission_siblings();
        w.unstake(&cast.voters[0], 5).unwrap();
        w.svm.advance(7 * DAY);
        let owner = cast.voters[0].key();
        let to = w.community.stake_token_account(&owner);
        let instruction = w.community.withdraw_unstaked(owner, to);
        (w, instruction)
    }),
    ("set_lock", || {
        let (w, cast) = submission_siblings();
        let instruction = w.community.set_lock(cast.voters[0].key(), 8 * DAY_SECS);
        (w, instruction)
    }),
    ("close_stake", || {
        let (mut w, _) = submission_siblings();
        let owner = w.person();
        w.open_stake(&owner, 7 * DAY_SECS).unwrap();
        let instruction = w.community.close_stake(owner.key(), w.svm.fee_payer());
        (w, instruction)
    }),
    ("open_recipient_record", || {
        let (mut w, _) = submission_siblings();
        let (payer, person) = (w.person().key(), w.person().key());
        let instruction = w.community.open_recipient_record(payer, person);
        (w, instruction)
    }),
    ("open_epoch", || {
        let (mut w, _) = streaming_siblings();
        w.svm.advance(30 * DAY);
        let payer = w.person().key();
        let instruction = w.community.open_epoch(payer, 1);
        (w, instruction)
    }),
    ("submit_proposal", || {
        let (mut w, cast) = submission_siblings();
        let by = Submission {
            epoch: 0,
            index: 2,
            proposer: cast.alice.key(),
            payer: w.person().key(),
            recipient: cast.bob.key(),
            recipient_signs: true,
            source: w.community.budget_account(&cast.alice.key()),
        };
        let instruction = w.community.submit_proposal(by, Ask::of(SMALL_ASK).args());
        (w, instruction)
    }),
    ("accept_proposal", || {
        let (mut w, cast) = submission_siblings();
        w.submit_for(&cast.alice, &cast.bob, false, &Ask::of(SMALL_ASK)).unwrap();
        let instruction = w.community.accept_proposal(cast.bob.key(), 0, 2);
        (w, instruction)
    }),
    ("withdraw_proposal", || {
        let (w, cast) = submission_siblings();
        let instruction = w.community.withdraw_proposal(cast.alice.key(), 0, 0);
        (w, instruction)
    }),
    ("cast_vote", || {
        let (mut w, cast) = submission_siblings();
        w.to_voting();
        let payer = w.person().key();
        let args = w.ballot(&[(0, For)]);
        let instruction = w.community.cast_vote(cast.voters[0].key(), payer, 0, args);
        (w, instruction)
    }),
    ("revise_vote", || {
        let (mut w, cast) = voted();
        let args = w.ballot(&[(1, Against)]);
        let instruction = w.community.revise_vote(cast.voters[0].key(), 0, args);
        w.svm.advance(1);
        (w, instruction)
    }),
    ("retract_vote", || {
        let (w, cast) = voted();
        let instruction = w.community.retract_vote(cast.voters[0].key(), 0);
        (w, instruction)
    }),
    ("settle_epoch", || {
        let (mut w, _) = submission_siblings();
        w.to_tallying();
        let instruction = w.community.settle_epoch(0);
        (w, instruction)
    }),
    ("execute_award", || {
        let mut w = executable_siblings();
        let payer = w.person().key();
        let instruction = w.community.execute_award(payer, 0, 0);
        (w, instruction)
    }),
    ("lapse_proposal", || {
        let (mut w, _) = executable();
        executable_sibling(&mut w);
        w.svm.advance(14 * DAY);
        let instruction = w.community.lapse_proposal(0, 0);
        (w, instruction)
    }),
    ("withdraw_stream", || {
        let (mut w, _) = streaming_siblings();
        w.svm.advance(DAY);
        let payout = w.stream(0, 0).payout_account;
        let instruction = w.community.withdraw_stream(w.stream_key(0, 0), payout, None);
        (w, instruction)
    }),
    ("redirect_payout", || {
        let (mut w, cast) = streaming_siblings();
        let payout = token_account(&mut w, cast.alice.key());
        let stream = w.stream_key(0, 0);
        let instruction = w.community.redirect_payout(cast.alice.key(), stream, payout);
        (w, instruction)
    }),
    ("close_vote_record", || {
        let (w, cast) = streaming_siblings();
        let payer = w.svm.fee_payer();
        let instruction = w.community.close_vote_record(0, cast.voters[0].key(), payer);
        (w, instruction)
    }),
    ("close_proposal", || {
        let (w, cast) = streaming_siblings();
        let payer = w.svm.fee_payer();
        let instruction = w.community.close_proposal(0, 0, cast.alice.key(), payer);
        (w, instruction)
    }),
    ("close_stream", || {
        let (mut w, _) = streaming_siblings();
        w.svm.advance(60 * DAY);
        w.claim(0, 0).unwrap();
        let instruction = w.community.close_stream(w.stream_key(0, 0), w.svm.fee_payer());
        (w, instruction)
    }),
    ("close_epoch", || {
        let (mut w, cast) = streaming_siblings();
        for voter in &cast.voters {
            w.close_vote_record(0, voter).unwrap();
        }
        w.close_proposal(0, 0).unwrap();
        w.close_proposal(0, 1).unwrap();
        let instruction = w.community.close_epoch(0, w.svm.fee_payer());
        (w, instruction)
    }),
];

fn submission_siblings() -> (World, Cast) {
    let (mut w, cast) = submission();
    sibling(&mut w, submit_both);
    (w, cast)
}

/// Both treasuries' asks are funded and past their timelocks at the same time.
fn executable_siblings() -> World {
    let (mut w, cast) = submission();
    let (other, others) = sibling(&mut w, submit_both);
    let own = w.community;
    for (community, cast) in [(own, &cast), (other, &others)] {
        w.community = community;
        w.to_voting();
        for voter in &cast.voters {
            w.cast(voter, &[(0, For), (1, For)]).unwrap();
        }
    }
    w.to_tallying();
    for community in [other, own] {
        w.community = community;
        w.settle().unwrap();
    }
    w.to_execution(0);
    w
}

fn streaming_siblings() -> (World, Cast) {
    let (mut w, cast) = streaming();
    streaming_sibling(&mut w);
    (w, cast)
}

fn voted() -> (World, Cast) {
    let (mut w, cast) = submission_siblings();
    w.to_voting();
    for voter in &cast.voters {
        w.cast(voter, &[(0, For)]).unwrap();
    }
    (w, cast)
}

/// Accounts that may be another one of the same kind, or of any kind, and why.
pub const FREE: &[(&str, usize, &str)] = &[
    ("create_treasury", 3, "any allowed mint may be the budget mint; the vaults follow it"),
    ("create_treasury", 4, "any allowed mint may be the stake mint, the budget mint included"),
    ("withdraw_unstaked", 4, "the owner chooses where the tokens go"),
    ("open_recipient_record", 1, "only a key; the record's address follows it"),
    ("submit_proposal", 2, "only a key; anyone may be asked for, nobody is bound without signing"),
    ("redirect_payout", 3, "the recipient chooses any token account of the mint"),
    ("withdraw_stream", 4, "only read when the payout account is not the stream's"),
    ("close_vote_record", 1, "anyone may close any record of a settled epoch"),
];

/// Signatures that the program does not need.
pub const MAY_NOT_SIGN: &[(&str, usize, &str)] =
    &[("submit_proposal", 2, "without the recipient's signature the award waits for consent")];
