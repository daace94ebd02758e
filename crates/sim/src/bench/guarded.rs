//! A full slate under the rules that the other scenes switch off: contested quorums, reviews by
//! tier, exposure, runway, concentration, rewards.

use anchor_lang::prelude::Pubkey;
use budget_client::ballot::Choice;
use budget_rules::allocation::Reason;
use budget_sim::{
    token::SPL_TOKEN,
    world::{Ask, Person, test_policy},
};
use community_budget::{
    AssessAskArgs,
    state::{Outcome, Policy},
};

use super::{
    acts,
    founding::AddressSet,
    probe::{Bench, Call},
    slate::{AWARDS, FULL, PER_PROPOSER, ask, poll, submission},
};

/// Base units staked by each of those who submit the acts: a little more than 1 % of the weight.
const ACTOR_STAKE: u64 = 30_000;
/// Base units staked by a member who never votes: so few take part that every opposed entry's
/// raised quorum has to be computed.
const SILENT_STAKE: u64 = 600_000;

/// Index of the category at risk.
const DERIVATIVES: u8 = 1;
/// The first award of that category; those of two proposers are.
const FIRST_AT_RISK: u8 = 72;
/// The first of one proposer's awards that the runway does not allow.
const FIRST_TOO_LONG: u8 = FIRST_AT_RISK + 2 * PER_PROPOSER;

/// A day, as moments are moved on.
const DAY: i64 = 86_400;

/// The default policy on the largest slate, so tight that every limit is reached.
fn policy() -> Policy {
    let mut policy = Policy { slate: test_policy().slate, ..Policy::default() };
    policy.slate.capacity = FULL;
    policy.slate.per_proposer = PER_PROPOSER;
    policy.risk.category_count = 2;
    let derivatives = &mut policy.risk.categories[usize::from(DERIVATIVES)];
    derivatives.name = *b"derivatives\0\0\0\0\0";
    derivatives.class = 2;
    derivatives.share_bps = 5_000;
    derivatives.exposure_limit_bps = 200;
    derivatives.haircut_bps = 1_000;
    policy.risk.min_runway_epochs = 20;
    policy.risk.max_recipient_bps = 1_500;
    policy
}

/// Address set number `seed`.
pub fn address_set(seed: u64) -> AddressSet {
    AddressSet { seed, token_program: SPL_TOKEN, policy: policy(), variant: "spl" }
}

/// One epoch, up to the first payment out of a position.
pub fn run(bench: &mut Bench, set: &AddressSet) {
    set.found_unmeasured(bench);
    let keeper = bench.world.person();
    let voters = [600_000, 300_000, 100_000].map(|amount| bench.world.staker(amount));
    bench.world.staker(SILENT_STAKE);
    let actors = acts::actors(bench, set.seed, ACTOR_STAKE);
    let proposers: Vec<Person> =
        (0..AWARDS / PER_PROPOSER).map(|_| bench.world.proposer()).collect();
    bench.world.open_epoch().expect("the epoch is opened");
    for index in 0..AWARDS {
        let by = &proposers[usize::from(index / PER_PROPOSER)];
        let submit = submission(bench, by, by, true, &ask_at(set.seed, index));
        bench.step(Call::new(by, submit));
    }
    acts::fill(bench, &actors, None);

    poll(bench, &voters, |voter, _| if voter == 1 { Choice::Against } else { Choice::For });
    let community = bench.world.community;
    let args = AssessAskArgs { amount: 1_000_000, category: DERIVATIVES, recipient_awarded: 0 };
    bench.probe("assess_ask/default", Call::new(&keeper, community.assess_ask(0, args)));
    bench.world.to_tallying();
    let settle = Call::new(&keeper, community.settle_epoch(0)).with_raised_limit();
    bench.act("settle_epoch/128-guarded", settle);
    confirm(bench);
    guard(bench, community.veto_proposal(bench.world.guardian.key(), 0, 0), "veto_proposal");
    let pause = community.pause_executions(bench.world.guardian.key(), 86_400);
    guard(bench, pause, "pause_executions");
    let [voter, ..] = &voters;
    let close = community.close_vote_record(0, voter.key(), voter.key());
    bench.act("close_vote_record/reward", Call::new(voter, close));
    position(bench, &proposers[usize::from(FIRST_AT_RISK / PER_PROPOSER)]);
}

fn ask_at(seed: u64, index: u8) -> Ask {
    let usual = ask(seed, index);
    match index {
        FIRST_AT_RISK..FIRST_TOO_LONG => {
            Ask { amount: 4_000_000, category: DERIVATIVES, checkpoints: 3, ..usual }
        }
        index if index / PER_PROPOSER == FIRST_TOO_LONG / PER_PROPOSER => {
            Ask { amount: 6_000_000, checkpoints: 1, ..usual }
        }
        _ => usual,
    }
}

/// Holds the settled slate against what the scene is for.
fn confirm(bench: &Bench) {
    let slate = bench.world.svm.slate(&bench.world.community.epoch(0));
    for outcome in [Outcome::Funded, Outcome::Approved, Outcome::Superseded] {
        assert!(slate.iter().any(|entry| entry.is(outcome)), "no entry is {outcome:?}");
    }
    for reason in [Reason::ExposureLimit, Reason::RunwayFloor, Reason::Concentration] {
        let given = |entry: &_| reason_of(entry) == Some(u8::from(reason));
        assert!(slate.iter().any(given), "nothing is refused for {reason:?}");
    }
}

fn reason_of(entry: &community_budget::state::Entry) -> Option<u8> {
    entry.is(Outcome::Unfunded).then_some(entry.reason)
}

/// An act of the guardian, taken back.
fn guard(
    bench: &mut Bench,
    instruction: anchor_lang::solana_program::instruction::Instruction,
    name: &str,
) {
    let guardian = bench.world.guardian.clone();
    bench.probe(&format!("{name}/default"), Call::new(&guardian, instruction));
}

/// An award at risk begins and pays.
fn position(bench: &mut Bench, recipient: &Person) {
    let community = bench.world.community;
    let key: Pubkey = recipient.key();
    bench.world.to_execution(0);
    let execute = community.execute_award(key, 0, FIRST_AT_RISK, key);
    bench.act("execute_award/risk", Call::new(recipient, execute));
    bench.world.svm.advance(10 * DAY);
    let stream = bench.world.stream_key(0, FIRST_AT_RISK);
    let claim = community.withdraw_stream(stream, community.budget_account(&key), None);
    bench.probe("withdraw_stream/risk", Call::new(recipient, claim));
}
