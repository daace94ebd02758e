//! Every instruction, as the Rust client builds it from fixed keys.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use budget_client::{idl, instruction::Submission};
use community_budget::{
    AssessAskArgs, BallotArgs, CreateTreasuryArgs, FileUpdateArgs, ScoreUpdateArgs,
    SubmitActionArgs, SubmitProposalArgs,
    state::{Health, Policy, Roles},
};
use serde_json::Value;

use crate::{
    Section,
    actions::actions,
    addresses::{community, key},
    json::{camel, hex},
    object, shapes,
};

/// One instruction with the arguments that went into it.
pub struct Built {
    name: &'static str,
    instruction: Instruction,
    args: Value,
}

pub fn sections() -> Vec<Section> {
    vec![Section::new("instructions", all().into_iter().map(case).collect())]
}

fn case(built: Built) -> Value {
    let names = idl::instruction_accounts(built.name).unwrap_or_default();
    let names: Vec<String> = names.iter().map(|account| camel(&account.name)).collect();
    object! {
        name: camel(built.name), names: names, args: built.args,
        is: shapes::instruction(&built.instruction),
    }
}

const FOUNDER: u8 = 1;
const OWNER: u8 = 4;
const PAYER: u8 = 5;
const SOURCE: u8 = 6;
const RECIPIENT: u8 = 7;
const DELEGATE: u8 = 8;
const ROLE: u8 = 9;
const STREAM: u8 = 10;
const EPOCH: u32 = 258;
const INDEX: u8 = 17;

fn built(name: &'static str, instruction: Instruction, args: Value) -> Built {
    Built { name, instruction, args }
}

/// Every instruction of the program at least once, and again where accounts or signatures differ.
pub fn all() -> Vec<Built> {
    let mut all = money();
    all.extend(members());
    all.extend(submissions());
    all.extend(ballots());
    all.extend(execution());
    all.extend(reviews());
    all.extend(risk());
    all.extend(closing());
    all
}

fn money() -> Vec<Built> {
    let c = community();
    let roles = Roles { guardian: key(20), reviewer: key(21), risk_reporter: Pubkey::default() };
    let (policy, first_open_at) = (Policy::default(), 1_700_000_000);
    let args = CreateTreasuryArgs { id: 7, first_open_at, policy, roles };
    let expected = object! {
        id: args.id, first_open_at: args.first_open_at, policy: args.policy,
        roles: object! {
            guardian: roles.guardian, reviewer: roles.reviewer, risk_reporter: roles.risk_reporter,
        },
    };
    let amount = u64::MAX - 1;
    let none = || object! {};
    vec![
        built("create_treasury", c.create_treasury(key(FOUNDER), key(PAYER), args), expected),
        built(
            "deposit_funds",
            c.deposit_funds(key(OWNER), key(SOURCE), amount),
            object! { amount: amount },
        ),
        built("absorb_surplus", c.absorb_surplus(), none()),
        built(
            "return_funds",
            c.return_funds(key(OWNER), key(SOURCE), 3, amount, true),
            object! { category: 3u8, amount: amount },
        ),
        built(
            "return_funds",
            c.return_funds(key(OWNER), key(SOURCE), 3, 1, false),
            object! { category: 3u8, amount: 1u64 },
        ),
    ]
}

fn members() -> Vec<Built> {
    let c = community();
    let (owner, lock_secs, amount) = (key(OWNER), 604_801u32, 1u64 << 53);
    let lock = || object! { lock_secs: lock_secs };
    let tokens = || object! { amount: amount };
    let none = || object! {};
    vec![
        built("open_stake", c.open_stake(owner, key(PAYER), lock_secs), lock()),
        built("stake", c.stake_tokens(owner, key(SOURCE), amount), tokens()),
        built("request_unstake", c.request_unstake(owner, amount), tokens()),
        built("withdraw_unstaked", c.withdraw_unstaked(owner, key(SOURCE)), none()),
        built("set_lock", c.set_lock(owner, lock_secs), lock()),
        built(
            "set_delegate",
            c.set_delegate(owner, key(DELEGATE)),
            object! { delegate: key(DELEGATE) },
        ),
        built("refresh_stake", c.refresh_stake(owner), none()),
        built("mark_dormant", c.mark_dormant(owner, 9), none()),
        built("close_stake", c.close_stake(owner, key(PAYER)), none()),
        built("open_recipient_record", c.open_recipient_record(key(PAYER), key(RECIPIENT)), none()),
    ]
}

fn submission(recipient: u8, recipient_signs: bool) -> Submission {
    Submission {
        epoch: EPOCH,
        index: INDEX,
        proposer: key(OWNER),
        payer: key(PAYER),
        recipient: key(recipient),
        recipient_signs,
        source: key(SOURCE),
    }
}

fn proposal_args() -> (SubmitProposalArgs, Value) {
    let args = SubmitProposalArgs {
        category: 2,
        checkpoints: 3,
        amount: 42_000_000_000,
        duration_secs: 7_776_000,
        cliff_secs: 86_400,
        metadata_hash: [0xab; 32],
        title: "Translate the handbook · 手引き".to_owned(),
        metadata_uri: "ipfs://bafy/ask.json".to_owned(),
    };
    let expected = object! {
        category: args.category, checkpoints: args.checkpoints, amount: args.amount,
        duration_secs: args.duration_secs, cliff_secs: args.cliff_secs,
        metadata_hash: hex(&args.metadata_hash), title: args.title, metadata_uri: args.metadata_uri,
    };
    (args, expected)
}

fn submissions() -> Vec<Built> {
    let c = community();
    let mut all = vec![
        built("open_epoch", c.open_epoch(key(PAYER), EPOCH), object! { index: EPOCH }),
        built("accept_proposal", c.accept_proposal(key(RECIPIENT), EPOCH, INDEX), object! {}),
        built("withdraw_proposal", c.withdraw_proposal(key(OWNER), EPOCH, INDEX), object! {}),
    ];
    for (recipient, signs) in [(RECIPIENT, false), (RECIPIENT, true), (OWNER, true)] {
        let (args, expected) = proposal_args();
        let built_by = c.submit_proposal(submission(recipient, signs), args);
        all.push(built("submit_proposal", built_by, expected));
    }
    for (action, with_stake) in actions().into_iter().skip(1).zip([false, true].into_iter().cycle())
    {
        let args = SubmitActionArgs {
            action,
            metadata_hash: [0xcd; 32],
            title: "t".to_owned(),
            metadata_uri: String::new(),
        };
        let expected = object! {
            action: args.action, metadata_hash: hex(&args.metadata_hash), title: args.title,
            metadata_uri: args.metadata_uri,
        };
        let built_by = c.submit_action(submission(OWNER, false), with_stake, args);
        all.push(built("submit_action", built_by, expected));
    }
    all
}

fn ballots() -> Vec<Built> {
    let c = community();
    let ballot = || BallotArgs { slate_hash: [0xef; 32], ballot: vec![0b1101_1000, 0, 1] };
    let expected = || {
        let args = ballot();
        object! { args: object! { slate_hash: hex(&args.slate_hash), ballot: hex(&args.ballot) } }
    };
    let (owner, delegate) = (key(OWNER), key(DELEGATE));
    vec![
        built("cast_vote", c.cast_vote(owner, key(PAYER), EPOCH, ballot()), expected()),
        built("cast_vote", c.cast_vote_for(owner, delegate, delegate, EPOCH, ballot()), expected()),
        built("revise_vote", c.revise_vote(owner, EPOCH, ballot()), expected()),
        built("revise_vote", c.revise_vote_for(owner, delegate, EPOCH, ballot()), expected()),
        built("retract_vote", c.retract_vote(owner, EPOCH), object! {}),
        built("retract_vote", c.retract_vote_for(owner, delegate, EPOCH), object! {}),
        built("settle_epoch", c.settle_epoch(EPOCH), object! {}),
    ]
}

fn execution() -> Vec<Built> {
    let c = community();
    let (stream, recipient) = (key(STREAM), key(RECIPIENT));
    let index = || object! { index: INDEX };
    let none = || object! {};
    let ruling = c.execute_stream_ruling(EPOCH, INDEX, stream, recipient);
    vec![
        built("execute_award", c.execute_award(key(PAYER), EPOCH, INDEX, recipient), none()),
        built("execute_set_policy", c.execute_set_policy(EPOCH, INDEX), none()),
        built("execute_set_role", c.execute_set_role(EPOCH, INDEX), none()),
        built("execute_stream_ruling", ruling, none()),
        built("execute_clear_breaker", c.execute_clear_breaker(EPOCH, INDEX), none()),
        built("execute_write_off", c.execute_write_off(EPOCH, INDEX), none()),
        built("veto_proposal", c.veto_proposal(key(ROLE), EPOCH, INDEX), index()),
        built("lapse_proposal", c.lapse_proposal(EPOCH, INDEX), index()),
        built("withdraw_stream", c.withdraw_stream(stream, key(SOURCE), None), none()),
        built("withdraw_stream", c.withdraw_stream(stream, key(SOURCE), Some(key(11))), none()),
        built("redirect_payout", c.redirect_payout(recipient, stream, key(SOURCE)), none()),
    ]
}

fn reviews() -> Vec<Built> {
    let c = community();
    let (stream, recipient) = (key(STREAM), key(RECIPIENT));
    let update = FileUpdateArgs {
        checkpoint: 2,
        health: Health::OffTrack,
        spent: 9_999,
        evidence_hash: [1; 32],
        evidence_uri: "https://example.org/u".to_owned(),
    };
    let filed = object! {
        checkpoint: update.checkpoint, health: update.health, spent: update.spent,
        evidence_hash: hex(&update.evidence_hash), evidence_uri: update.evidence_uri,
    };
    let verdict =
        ScoreUpdateArgs { score_bps: 6_001, evidence_hash: [1; 32], verdict_hash: [2; 32] };
    let scored = object! {
        score_bps: verdict.score_bps, evidence_hash: hex(&verdict.evidence_hash),
        verdict_hash: hex(&verdict.verdict_hash),
    };
    let none = || object! {};
    vec![
        built("file_update", c.file_update(recipient, key(PAYER), stream, update), filed),
        built("score_update", c.score_update(key(ROLE), stream, 2, recipient, verdict), scored),
        built("hold_stream", c.hold_stream(stream, recipient), none()),
        built("lapse_stream", c.lapse_stream(stream, recipient, None), none()),
        built("lapse_stream", c.lapse_stream(stream, recipient, Some(EPOCH)), none()),
        built("close_review", c.close_review(stream, 2, key(PAYER)), none()),
    ]
}

fn risk() -> Vec<Built> {
    let c = community();
    let ask = AssessAskArgs { amount: 5, category: 1, recipient_awarded: u64::MAX };
    let asked = object! {
        amount: ask.amount, category: ask.category, recipient_awarded: ask.recipient_awarded,
    };
    vec![
        built(
            "mark_position",
            c.mark_position(key(ROLE), 7, 1 << 60),
            object! { category: 7u8, mark: 1u64 << 60 },
        ),
        built("trip_breaker", c.trip_breaker(), object! {}),
        built(
            "pause_executions",
            c.pause_executions(key(ROLE), 86_400),
            object! { secs: 86_400u32 },
        ),
        built(
            "pause_stream",
            c.pause_stream(key(ROLE), key(STREAM), 3_600),
            object! { secs: 3_600u32 },
        ),
        built("assess_ask", c.assess_ask(EPOCH, ask), asked),
    ]
}

fn closing() -> Vec<Built> {
    let c = community();
    let (owner, payer) = (key(OWNER), key(PAYER));
    let none = || object! {};
    vec![
        built("close_vote_record", c.close_vote_record(EPOCH, owner, payer), none()),
        built("close_proposal", c.close_proposal(EPOCH, INDEX, owner, payer), none()),
        built("close_stream", c.close_stream(key(STREAM), key(RECIPIENT), payer), none()),
        built("close_epoch", c.close_epoch(EPOCH, payer), none()),
        built("reclaim_rewards", c.reclaim_rewards(EPOCH), none()),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_instruction_of_the_program_is_built() {
        let built: BTreeSet<&str> = all().iter().map(|built| built.name).collect();
        let named: BTreeSet<&str> =
            idl::IDL.instructions.iter().map(|instruction| instruction.name.as_str()).collect();
        assert_eq!(built, named);
    }
}
