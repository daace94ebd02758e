//! Streams under review and what follows from them: a position marked down, the breaker, rulings,
//! a delegate's ballots, a stake that everybody forgot.

use anchor_lang::solana_program::instruction::Instruction;
use budget_client::{address, ballot::Choice};
use budget_sim::{
    token::SPL_TOKEN,
    world::{Ask, Person, test_policy},
};
use community_budget::{
    FileUpdateArgs, ScoreUpdateArgs,
    constants::{DAY_SECS, DORMANT_EPOCHS},
    state::{Action, Health, Policy, PolicyPatch, Role, Ruling},
};

use super::{
    acts,
    founding::AddressSet,
    probe::{Bench, Call},
    sizes,
    slate::{all, submission},
};

/// Index of the category at risk.
const DERIVATIVES: u8 = 1;

// The awards, by their place on the slate. The last is at risk, and nearly as large as an award can be.
const PASSED: u8 = 0;
const SCALED: u8 = 1;
const FAILED: u8 = 2;
const MISSED: u8 = 3;
const FORGOTTEN: u8 = 4;
const AT_RISK: u8 = 5;
/// Base units of the awards.
const AMOUNTS: [u64; 6] = [4_000_000, 4_000_000, 4_000_000, 4_000_000, 4_000_000, 190_000_000];
/// Reviews of each award.
const CHECKPOINTS: u8 = 3;

/// A day, as moments are moved on.
const DAY: i64 = 86_400;

/// The default policy with a bucket that a large claim empties and a breaker that trips early and
/// stays tripped until a vote can clear it.
fn policy() -> Policy {
    let mut policy = Policy { slate: test_policy().slate, ..Policy::default() };
    policy.slate.per_proposer = 8;
    policy.budget.epoch_cap_bps = 3_000;
    policy.risk.category_count = 2;
    let derivatives = &mut policy.risk.categories[usize::from(DERIVATIVES)];
    derivatives.name = *b"derivatives\0\0\0\0\0";
    derivatives.class = 2;
    derivatives.share_bps = 10_000;
    derivatives.exposure_limit_bps = 3_000;
    policy.risk.min_runway_epochs = 2;
    policy.risk.max_recipient_bps = 10_000;
    policy.risk.max_drawdown_bps = 500;
    policy.breaker.outflow_bps = 100;
    policy.breaker.trip_secs = 30 * DAY_SECS;
    policy
}

/// Address set number `seed`.
pub fn address_set(seed: u64) -> AddressSet {
    AddressSet { seed, token_program: SPL_TOKEN, policy: policy(), variant: "spl" }
}

/// Who takes part.
struct Cast {
    /// Sends what nobody in particular sends.
    keeper: Person,
    /// Decides everything.
    voter: Person,
    /// Votes for the voter.
    delegate: Person,
    /// Never votes.
    idle: Person,
    /// Award `i` goes to recipient `i % 3`.
    recipients: [Person; 3],
}

impl Cast {
    fn recipient(&self, index: u8) -> &Person {
        &self.recipients[usize::from(index % 3)]
    }
}

/// Nine epochs.
pub fn run(bench: &mut Bench, set: &AddressSet) {
    set.found_unmeasured(bench);
    let cast = Cast {
        keeper: bench.world.person(),
        voter: bench.world.staker(600_000),
        delegate: bench.world.person(),
        idle: bench.world.staker(100_000),
        recipients: [(); 3].map(|()| bench.world.proposer()),
    };
    let started_at = awards(bench, &cast);
    reviews(bench, &cast, started_at);
    claims(bench, &cast, started_at);
    between(bench, &cast, started_at);
    acts(bench, &cast);
    delegation(bench, &cast);
    executions(bench, &cast);
    later(bench, &cast);
}

/// The first epoch, up to its streams; returns when they begin.
fn awards(bench: &mut Bench, cast: &Cast) -> i64 {
    bench.world.open_epoch().expect("the epoch is opened");
    for (index, amount) in (0u8..).zip(AMOUNTS) {
        let by = cast.recipient(index);
        let category = if index == AT_RISK { DERIVATIVES } else { 0 };
        let ask = Ask { category, ..Ask::with_reviews(amount, 60, CHECKPOINTS) };
        let submit = submission(bench, by, by, true, &ask);
        bench.step(Call::new(by, submit));
    }
    bench.world.to_voting();
    bench.world.cast(&cast.voter, &all(6, Choice::For)).expect("the ballot is cast");
    bench.world.to_tallying();
    bench.world.settle().expect("the epoch is settled");
    bench.world.to_execution(0);
    for index in 0..6 {
        bench.world.execute(0, index).expect("the award is executed");
    }
    bench.world.svm.now()
}

/// The first checkpoint: three verdicts, and two updates that never come.
fn reviews(bench: &mut Bench, cast: &Cast, started_at: i64) {
    let community = bench.world.community;
    bench.world.svm.set_now(started_at + 15 * DAY);
    let reviewer = bench.world.reviewer.clone();
    let verdicts = [
        (PASSED, 8_000, "passed"),
        (SCALED, 4_500, "scaled"),
        (FAILED, 1_000, "held"),
        (AT_RISK, 8_000, "risk"),
    ];
    for (index, score_bps, variant) in verdicts {
        let by = cast.recipient(index);
        let stream = bench.world.stream_key(0, index);
        let args = FileUpdateArgs {
            checkpoint: 0,
            health: Health::OnTrack,
            spent: 1_000,
            evidence_hash: [3; 32],
            evidence_uri: format!("ipfs://{}", "b".repeat(59)),
        };
        let update = community.file_update(by.key(), by.key(), stream, args);
        bench.act("file_update/default", Call::new(by, update));
        if index == PASSED {
            silence(bench, cast, started_at);
        }
        let args = ScoreUpdateArgs { score_bps, evidence_hash: [3; 32], verdict_hash: [4; 32] };
        let score = community.score_update(reviewer.key(), stream, 0, by.key(), args);
        bench.act(&format!("score_update/{variant}"), Call::new(&reviewer, score));
    }
}

/// What a claim would cost that lets the checkpoint pass, had the reviewer kept silent.
fn silence(bench: &mut Bench, cast: &Cast, started_at: i64) {
    let now = bench.world.svm.now();
    bench.world.svm.set_now(started_at + 23 * DAY);
    let claim = claim(bench, cast, PASSED);
    bench.probe("withdraw_stream/by-silence", Call::new(cast.recipient(PASSED), claim));
    bench.world.svm.set_now(now);
}

/// Soon after the verdicts, one claim within the bucket and one far beyond it.
fn claims(bench: &mut Bench, cast: &Cast, started_at: i64) {
    bench.world.svm.set_now(started_at + 17 * DAY);
    let claim = claim(bench, cast, PASSED);
    bench.probe("withdraw_stream/checkpoints-3", Call::new(cast.recipient(PASSED), claim));
    limited(bench, cast, "withdraw_stream/limited");
}

/// A claim on the award at risk, which pays less than has been released.
fn limited(bench: &mut Bench, cast: &Cast, key: &str) {
    let claim = claim(bench, cast, AT_RISK);
    bench.act(key, Call::new(cast.recipient(AT_RISK), claim));
    let (stream, now) = (bench.world.stream(0, AT_RISK), bench.world.svm.now());
    assert!(stream.claimable(now).is_ok_and(|left| left > 0), "the bucket limited nothing");
}

fn claim(bench: &Bench, cast: &Cast, index: u8) -> Instruction {
    let community = bench.world.community;
    let payout = community.budget_account(&cast.recipient(index).key());
    community.withdraw_stream(bench.world.stream_key(0, index), payout, None)
}

/// A week after the checkpoint: holds, what people do between epochs, and a bad mark.
fn between(bench: &mut Bench, cast: &Cast, started_at: i64) {
    let (community, keeper) = (bench.world.community, &cast.keeper);
    bench.world.svm.set_now(started_at + 22 * DAY);
    for index in [MISSED, FORGOTTEN] {
        let stream = bench.world.stream_key(0, index);
        let hold = community.hold_stream(stream, cast.recipient(index).key());
        bench.act("hold_stream/default", Call::new(keeper, hold));
    }
    let stream = bench.world.stream_key(0, PASSED);
    let close = community.close_review(stream, 0, cast.recipient(PASSED).key());
    bench.probe("close_review/default", Call::new(keeper, close));
    let guardian = bench.world.guardian.clone();
    let pause = community.pause_stream(guardian.key(), stream, DAY_SECS);
    bench.probe("pause_stream/default", Call::new(&guardian, pause));
    limited(bench, cast, "withdraw_stream/limited-later");

    let owner = &cast.voter;
    bench.world.close_vote_record(0, owner).expect("the record is closed");
    bench.probe("refresh_stake/default", Call::new(keeper, community.refresh_stake(owner.key())));
    let set = community.set_delegate(owner.key(), cast.delegate.key());
    bench.act("set_delegate/default", Call::new(owner, set));
    let debtor = cast.recipient(AT_RISK);
    let source = community.budget_account(&debtor.key());
    let back = community.return_funds(debtor.key(), source, DERIVATIVES, 1_000_000, true);
    bench.probe("return_funds/default", Call::new(debtor, back));
    let reporter = bench.world.risk_reporter.clone();
    let mark = community.mark_position(reporter.key(), DERIVATIVES, 0);
    bench.act("mark_position/default", Call::new(&reporter, mark));
}

/// The second epoch: its marks trip the breaker, and its slate holds every kind of act.
fn acts(bench: &mut Bench, cast: &Cast) {
    let (community, keeper) = (bench.world.community, &cast.keeper);
    let open = community.open_epoch(keeper.key(), 1);
    bench.act("open_epoch/second", Call::new(keeper, open));
    bench.act("trip_breaker/default", Call::new(keeper, community.trip_breaker()));

    let stream = |index| bench.world.stream_key(0, index);
    let rule = |index, ruling| Action::RuleOnStream { stream: stream(index), ruling };
    let risk = bench.world.treasury().policy.risk;
    let actions = [
        ("set-policy", Action::SetPolicy(PolicyPatch::Risk(risk))),
        ("set-role", Action::SetRole { role: Role::Guardian, holder: keeper.key() }),
        ("rule-on-stream", rule(FAILED, Ruling::Resume { checkpoint: 0 })),
        ("rule-on-stream", rule(MISSED, Ruling::Reduce { keep_bps: 5_000 })),
        ("rule-on-stream", rule(SCALED, Ruling::Cancel)),
        ("clear-breaker", Action::ClearBreaker),
        ("write-off", Action::WriteOff { category: DERIVATIVES, amount: 1_000_000 }),
    ];
    let by = &cast.recipients[0];
    for (variant, action) in actions {
        let submit = acts::submission(bench, by, false, action);
        bench.act(&format!("submit_action/{variant}"), Call::new(by, submit));
    }
    let review = address::review(&bench.world.stream_key(0, PASSED), 0);
    sizes::confirm_governance(&bench.world, bench.world.proposal_key(1, 0), review);
}

/// The delegate votes, thinks again and steps back; then the owner votes.
fn delegation(bench: &mut Bench, cast: &Cast) {
    bench.world.to_voting();
    let (community, delegate) = (bench.world.community, &cast.delegate);
    let (owner, voter) = (cast.voter.key(), delegate.key());
    let ballot = |bench: &Bench, count, choice| bench.world.ballot(&all(count, choice));
    let args = ballot(bench, 1, Choice::For);
    let vote = community.cast_vote_for(owner, voter, voter, 1, args);
    bench.act("cast_vote/delegate", Call::new(delegate, vote));
    let args = ballot(bench, 1, Choice::Against);
    let revise = community.revise_vote_for(owner, voter, 1, args);
    bench.act("revise_vote/delegate", Call::new(delegate, revise));
    let retract = community.retract_vote_for(owner, voter, 1);
    bench.act("retract_vote/delegate", Call::new(delegate, retract));
    let args = ballot(bench, 7, Choice::For);
    let revise = community.revise_vote(owner, 1, args);
    bench.act("revise_vote/override", Call::new(&cast.voter, revise));
}

/// Every act is carried out; the breaker holds the change of policy back until it is cleared.
fn executions(bench: &mut Bench, cast: &Cast) {
    let (community, keeper) = (bench.world.community, &cast.keeper);
    bench.world.to_tallying();
    bench.world.settle().expect("the epoch is settled");
    bench.world.to_execution(1);
    let rulings = [(2, FAILED, "resume"), (3, MISSED, "reduce"), (4, SCALED, "cancel")];
    for (index, ruled, variant) in rulings {
        let (stream, recipient) = (bench.world.stream_key(0, ruled), cast.recipient(ruled).key());
        let execute = community.execute_stream_ruling(1, index, stream, recipient);
        bench.act(&format!("execute_stream_ruling/{variant}"), Call::new(keeper, execute));
    }
    let others = [
        ("set_role", community.execute_set_role(1, 1)),
        ("clear_breaker", community.execute_clear_breaker(1, 5)),
        ("write_off", community.execute_write_off(1, 6)),
        ("set_policy", community.execute_set_policy(1, 0)),
    ];
    for (name, execute) in others {
        bench.act(&format!("execute_{name}/default"), Call::new(keeper, execute));
    }
}

/// What only time brings about: a hold without a ruling, rewards that nobody claims, a stake that
/// missed eight epochs.
fn later(bench: &mut Bench, cast: &Cast) {
    let (community, keeper) = (bench.world.community, &cast.keeper);
    for _ in 2..DORMANT_EPOCHS {
        bench.world.open_next_epoch();
        bench.world.to_tallying();
        bench.world.settle().expect("the epoch is settled");
    }
    let stream = bench.world.stream_key(0, FORGOTTEN);
    let lapse = community.lapse_stream(stream, cast.recipient(FORGOTTEN).key(), Some(1));
    bench.act("lapse_stream/default", Call::new(keeper, lapse));
    let reclaim = community.reclaim_rewards(1);
    bench.act("reclaim_rewards/default", Call::new(keeper, reclaim));
    let mark = community.mark_dormant(cast.idle.key(), DORMANT_EPOCHS);
    bench.act("mark_dormant/default", Call::new(keeper, mark));
}
