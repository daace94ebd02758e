//! One of each instruction, for tests: built by this crate, with the arguments and accounts that a
//! reader of its bytes must find.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use community_budget::{
    AssessAskArgs, BallotArgs, CreateTreasuryArgs, FileUpdateArgs, ID, ScoreUpdateArgs,
    SubmitActionArgs, SubmitProposalArgs,
    state::{Action, Health, Policy, Role, Roles, Ruling},
};
use serde_json::{Value, json};

use crate::{
    Community, address,
    ballot::{Choice, pack},
    idl::tests::typed::Told,
    instruction::Submission,
};

/// An instruction and what its bytes say.
pub struct Sample {
    pub name: &'static str,
    pub instruction: Instruction,
    pub arguments: Value,
}

pub const EPOCH: u32 = 3;
pub const INDEX: u8 = 9;
pub const CHECKPOINT: u8 = 2;
pub const ID_OF_TREASURY: u64 = 7;

pub const FOUNDER: Pubkey = key(1);
pub const PAYER: Pubkey = key(2);
pub const OWNER: Pubkey = key(3);
pub const VOTER: Pubkey = key(4);
pub const PROPOSER: Pubkey = key(5);
pub const RECIPIENT: Pubkey = key(6);
pub const GUARDIAN: Pubkey = key(7);
pub const REVIEWER: Pubkey = key(8);
pub const REPORTER: Pubkey = key(9);
pub const SOURCE: Pubkey = key(10);
pub const RENT_PAYER: Pubkey = key(11);
pub const PAYOUT: Pubkey = key(12);
pub const BLOCKED: Pubkey = key(13);

pub const fn key(byte: u8) -> Pubkey {
    Pubkey::new_from_array([byte; 32])
}

pub fn community() -> Community {
    Community {
        treasury: Community::treasury_address(&FOUNDER, ID_OF_TREASURY),
        budget_mint: key(20),
        stake_mint: key(21),
        budget_token_program: anchor_spl::token::ID,
        stake_token_program: anchor_spl::token_2022::ID,
    }
}

pub fn proposal() -> Pubkey {
    address::proposal(&community().epoch(EPOCH), INDEX)
}

pub fn stream() -> Pubkey {
    address::stream(&proposal())
}

pub fn ballot() -> BallotArgs {
    let choices = [(0, Choice::For), (5, Choice::Against), (6, Choice::Abstain), (7, Choice::For)];
    BallotArgs { slate_hash: [0xab; 32], ballot: pack(choices) }
}

fn by(recipient_signs: bool) -> Submission {
    Submission {
        epoch: EPOCH,
        index: INDEX,
        proposer: PROPOSER,
        payer: PAYER,
        recipient: RECIPIENT,
        recipient_signs,
        source: SOURCE,
    }
}

/// The address that the account `name` of the instruction `of` has in these samples.
pub fn expected(of: &str, name: &str) -> Pubkey {
    let c = community();
    let epoch = c.epoch(EPOCH);
    match name {
        "treasury" => c.treasury,
        "founder" => FOUNDER,
        "payer" => PAYER,
        "owner" => OWNER,
        "voter" => VOTER,
        "proposer" => PROPOSER,
        "recipient" | "person" => RECIPIENT,
        "guardian" => GUARDIAN,
        "reviewer" => REVIEWER,
        "risk_reporter" => REPORTER,
        "depositor" => PROPOSER,
        "rent_payer" => RENT_PAYER,
        "source" | "destination" => SOURCE,
        "payout" => PAYOUT,
        "blocked_payout" => BLOCKED,
        "vault" => c.vault(),
        "stake_vault" => c.stake_vault(),
        "bond_vault" => c.bond_vault(),
        "budget_mint" => c.budget_mint,
        "stake_mint" => c.stake_mint,
        "budget_token_program" => c.budget_token_program,
        "stake_token_program" => c.stake_token_program,
        "token_program" if ["stake", "withdraw_unstaked"].contains(&of) => c.stake_token_program,
        "token_program" => c.budget_token_program,
        "system_program" => system_program::ID,
        "instructions" => anchor_lang::pubkey!("Sysvar1nstructions1111111111111111111111111"),
        "epoch" => epoch,
        "proposal" => proposal(),
        "stream" => stream(),
        "stake" if of == "submit_action" => c.stake(&PROPOSER),
        "stake" => c.stake(&OWNER),
        "vote_record" => address::vote_record(&epoch, &OWNER),
        "review" => address::review(&stream(), CHECKPOINT),
        "proposer_record" => c.recipient_record(&PROPOSER),
        "recipient_record" => c.recipient_record(&RECIPIENT),
        "record" if of == "return_funds" => c.recipient_record(&PROPOSER),
        "record" => c.recipient_record(&RECIPIENT),
        "reward_account" => c.budget_account(&OWNER),
        "bond_account" => c.budget_account(&PROPOSER),
        other => panic!("no account `{other}` is expected of {of}"),
    }
}

/// All of them; the actions of `submit_action` are in [`actions`].
pub fn all() -> Vec<Sample> {
    [members(), slate(), ballots(), awards(), acts(), reviews(), risk()]
        .into_iter()
        .flatten()
        .collect()
}

fn sample(name: &'static str, arguments: Value, instruction: Instruction) -> Sample {
    assert_eq!(instruction.program_id, ID);
    Sample { name, instruction, arguments }
}

fn members() -> Vec<Sample> {
    let c = community();
    let roles = Roles { guardian: GUARDIAN, reviewer: REVIEWER, risk_reporter: REPORTER };
    let args = CreateTreasuryArgs {
        id: ID_OF_TREASURY,
        first_open_at: 1_800_000_000,
        policy: Policy::default(),
        roles,
    };
    let created = json!({ "args": {
        "id": 7,
        "first_open_at": 1_800_000_000,
        "policy": Policy::default().told(),
        "roles": {
            "guardian": GUARDIAN.to_string(),
            "reviewer": REVIEWER.to_string(),
            "risk_reporter": REPORTER.to_string(),
        },
    } });
    vec![
        sample("create_treasury", created, c.create_treasury(FOUNDER, PAYER, args)),
        sample(
            "deposit_funds",
            json!({ "amount": u64::MAX }),
            c.deposit_funds(PROPOSER, SOURCE, u64::MAX),
        ),
        sample("absorb_surplus", json!({}), c.absorb_surplus()),
        sample("open_stake", json!({ "lock_secs": 604_800 }), c.open_stake(OWNER, PAYER, 604_800)),
        sample("stake", json!({ "amount": 5_000 }), c.stake_tokens(OWNER, SOURCE, 5_000)),
        sample("request_unstake", json!({ "amount": 6 }), c.request_unstake(OWNER, 6)),
        sample("withdraw_unstaked", json!({}), c.withdraw_unstaked(OWNER, SOURCE)),
        sample("set_lock", json!({ "lock_secs": 8 }), c.set_lock(OWNER, 8)),
        sample(
            "set_delegate",
            json!({ "delegate": VOTER.to_string() }),
            c.set_delegate(OWNER, VOTER),
        ),
        sample("refresh_stake", json!({}), c.refresh_stake(OWNER)),
        sample("mark_dormant", json!({}), c.mark_dormant(OWNER, 9)),
        sample("close_stake", json!({}), c.close_stake(OWNER, RENT_PAYER)),
        sample("open_recipient_record", json!({}), c.open_recipient_record(PAYER, RECIPIENT)),
        sample("reclaim_rewards", json!({}), c.reclaim_rewards(EPOCH)),
    ]
}

fn slate() -> Vec<Sample> {
    let c = community();
    let args = SubmitProposalArgs {
        category: 1,
        checkpoints: 3,
        amount: 42_000,
        duration_secs: 90 * 86_400,
        cliff_secs: 86_400,
        metadata_hash: [0x0f; 32],
        title: "Swings for the playground".into(),
        metadata_uri: "https://example.org/ä".into(),
    };
    let submitted = json!({ "args": {
        "category": 1,
        "checkpoints": 3,
        "amount": 42_000,
        "duration_secs": 7_776_000,
        "cliff_secs": 86_400,
        "metadata_hash": "0f".repeat(32),
        "title": "Swings for the playground",
        "metadata_uri": "https://example.org/ä",
    } });
    vec![
        sample("open_epoch", json!({ "index": EPOCH }), c.open_epoch(PAYER, EPOCH)),
        sample("submit_proposal", submitted.clone(), c.submit_proposal(by(false), args.clone())),
        sample("submit_proposal", submitted, c.submit_proposal(by(true), args)),
        sample("accept_proposal", json!({}), c.accept_proposal(RECIPIENT, EPOCH, INDEX)),
        sample("withdraw_proposal", json!({}), c.withdraw_proposal(PROPOSER, EPOCH, INDEX)),
        sample(
            "assess_ask",
            json!({ "args": { "amount": 1, "category": 2, "recipient_awarded": 3 } }),
            c.assess_ask(EPOCH, AssessAskArgs { amount: 1, category: 2, recipient_awarded: 3 }),
        ),
    ]
}

fn ballots() -> Vec<Sample> {
    let c = community();
    // 0 for: bits 0 and 1 of byte 0. 5 against, 6 abstains, 7 for: 2, 3, 1 from bit 2 of byte 1 on.
    let said = json!({ "args": { "slate_hash": "ab".repeat(32), "ballot": "0178" } });
    let cast = c.cast_vote_for(OWNER, VOTER, PAYER, EPOCH, ballot());
    vec![
        sample("cast_vote", said.clone(), cast),
        sample("revise_vote", said, c.revise_vote_for(OWNER, VOTER, EPOCH, ballot())),
        sample("retract_vote", json!({}), c.retract_vote_for(OWNER, VOTER, EPOCH)),
        sample("settle_epoch", json!({}), c.settle_epoch(EPOCH)),
        sample("close_vote_record", json!({}), c.close_vote_record(EPOCH, OWNER, RENT_PAYER)),
        sample("close_epoch", json!({}), c.close_epoch(EPOCH, RENT_PAYER)),
    ]
}

fn awards() -> Vec<Sample> {
    let c = community();
    let none = || json!({});
    vec![
        sample("execute_award", none(), c.execute_award(PAYER, EPOCH, INDEX, RECIPIENT)),
        sample("lapse_proposal", json!({ "index": INDEX }), c.lapse_proposal(EPOCH, INDEX)),
        sample("withdraw_stream", none(), c.withdraw_stream(stream(), PAYOUT, None)),
        sample("withdraw_stream", none(), c.withdraw_stream(stream(), PAYOUT, Some(BLOCKED))),
        sample("redirect_payout", none(), c.redirect_payout(RECIPIENT, stream(), PAYOUT)),
        sample("close_proposal", none(), c.close_proposal(EPOCH, INDEX, PROPOSER, RENT_PAYER)),
        sample("close_stream", none(), c.close_stream(stream(), RECIPIENT, RENT_PAYER)),
    ]
}

/// Every kind of action, with the JSON of it.
pub fn actions() -> Vec<(Action, Value)> {
    let holder = key(30);
    let stream = stream();
    let ruling = |ruling, said: Value| {
        let said = json!({ "RuleOnStream": { "stream": stream.to_string(), "ruling": said } });
        (Action::RuleOnStream { stream, ruling }, said)
    };
    let role = |role, name| {
        let said = json!({ "SetRole": { "role": name, "holder": holder.to_string() } });
        (Action::SetRole { role, holder }, said)
    };
    vec![
        (Action::ClearBreaker, json!("ClearBreaker")),
        (
            Action::WriteOff { category: 4, amount: 5 },
            json!({ "WriteOff": { "category": 4, "amount": 5 } }),
        ),
        role(Role::Guardian, "Guardian"),
        role(Role::Reviewer, "Reviewer"),
        role(Role::RiskReporter, "RiskReporter"),
        ruling(Ruling::Cancel, json!("Cancel")),
        ruling(Ruling::Resume { checkpoint: 1 }, json!({ "Resume": { "checkpoint": 1 } })),
        ruling(Ruling::Reduce { keep_bps: 2_500 }, json!({ "Reduce": { "keep_bps": 2_500 } })),
    ]
}

/// A ruling on [`stream`], submitted.
pub fn acts_ruling() -> Instruction {
    let is = |sample: &Sample| sample.arguments.to_string().contains("RuleOnStream");
    acts().into_iter().find(is).expect("there is one").instruction
}

fn acts() -> Vec<Sample> {
    let c = community();
    let none = || json!({});
    let mut samples: Vec<Sample> = actions()
        .into_iter()
        .map(|(action, said)| {
            let args = SubmitActionArgs {
                action,
                metadata_hash: [1; 32],
                title: "Act".into(),
                metadata_uri: String::new(),
            };
            let said = json!({ "args": {
                "action": said,
                "metadata_hash": "01".repeat(32),
                "title": "Act",
                "metadata_uri": "",
            } });
            sample("submit_action", said, c.submit_action(by(false), true, args))
        })
        .collect();
    samples.extend([
        sample("execute_set_policy", none(), c.execute_set_policy(EPOCH, INDEX)),
        sample("execute_set_role", none(), c.execute_set_role(EPOCH, INDEX)),
        sample("execute_clear_breaker", none(), c.execute_clear_breaker(EPOCH, INDEX)),
        sample("execute_write_off", none(), c.execute_write_off(EPOCH, INDEX)),
        sample(
            "execute_stream_ruling",
            none(),
            c.execute_stream_ruling(EPOCH, INDEX, stream(), RECIPIENT),
        ),
        sample("veto_proposal", json!({ "index": INDEX }), c.veto_proposal(GUARDIAN, EPOCH, INDEX)),
    ]);
    samples
}

fn reviews() -> Vec<Sample> {
    let c = community();
    let none = || json!({});
    let update = FileUpdateArgs {
        checkpoint: CHECKPOINT,
        health: Health::AtRisk,
        spent: 77,
        evidence_hash: [2; 32],
        evidence_uri: "ipfs://x".into(),
    };
    let filed = json!({ "args": {
        "checkpoint": CHECKPOINT,
        "health": "AtRisk",
        "spent": 77,
        "evidence_hash": "02".repeat(32),
        "evidence_uri": "ipfs://x",
    } });
    let verdict =
        ScoreUpdateArgs { score_bps: 8_000, evidence_hash: [2; 32], verdict_hash: [3; 32] };
    let scored = json!({ "args": {
        "score_bps": 8_000,
        "evidence_hash": "02".repeat(32),
        "verdict_hash": "03".repeat(32),
    } });
    vec![
        sample("file_update", filed, c.file_update(RECIPIENT, PAYER, stream(), update)),
        sample(
            "score_update",
            scored,
            c.score_update(REVIEWER, stream(), CHECKPOINT, RECIPIENT, verdict),
        ),
        sample("hold_stream", none(), c.hold_stream(stream(), RECIPIENT)),
        sample("lapse_stream", none(), c.lapse_stream(stream(), RECIPIENT, Some(EPOCH))),
        sample("lapse_stream", none(), c.lapse_stream(stream(), RECIPIENT, None)),
        sample("close_review", none(), c.close_review(stream(), CHECKPOINT, RENT_PAYER)),
    ]
}

fn risk() -> Vec<Sample> {
    let c = community();
    let returned = json!({ "category": 1, "amount": 2 });
    vec![
        sample("return_funds", returned.clone(), c.return_funds(PROPOSER, SOURCE, 1, 2, true)),
        sample("return_funds", returned, c.return_funds(PROPOSER, SOURCE, 1, 2, false)),
        sample(
            "mark_position",
            json!({ "category": 1, "mark": 9 }),
            c.mark_position(REPORTER, 1, 9),
        ),
        sample("trip_breaker", json!({}), c.trip_breaker()),
        sample("pause_executions", json!({ "secs": 60 }), c.pause_executions(GUARDIAN, 60)),
        sample("pause_stream", json!({ "secs": 61 }), c.pause_stream(GUARDIAN, stream(), 61)),
    ]
}
