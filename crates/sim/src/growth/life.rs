//! What is measured in a community, whatever its size: members come and go, an ask goes from its
//! submission to the last closed account, another under review, a third is forgotten.

use std::collections::BTreeMap;

use budget_client::ballot::Choice;
use budget_sim::world::{Ask, Person, World};
use community_budget::{
    AssessAskArgs, FileUpdateArgs, ScoreUpdateArgs,
    constants::DAY_SECS,
    state::{Action, Entry, Health, Outcome, Role},
};

use super::community::{Cast, DERIVATIVES};
use crate::bench::{
    Bench, Call, acts, probe_world,
    slate::{AWARDS, all, cast as ballot, noise, submission},
};

/// Compute units by instruction.
pub type Costs = BTreeMap<String, u64>;

/// A day, as moments are moved on.
const DAY: i64 = 86_400;

/// Awards of one proposer.
pub const PER_PROPOSER: u8 = 8;

/// Who else takes part in the epoch that is measured.
#[derive(Default)]
pub struct Around {
    /// Members who vote on the measured entry before the measured voter does.
    pub crowd: Vec<Person>,
    /// A slate with other entries than the measured one.
    pub slate: Option<Slate>,
}

/// Other entries on the slate.
pub struct Slate {
    /// Entries in all, the measured one included.
    pub entries: u8,
    /// Submit asks, eight each.
    pub proposers: Vec<Person>,
    /// Submit the acts of the last quarter, one each.
    pub actors: Vec<Person>,
    /// Vote on everything, each in another way.
    pub voters: Vec<Person>,
}

/// Compute units of every measured instruction in the next epoch of `world`, which stays as it is.
///
/// # Panics
/// When the program refuses a step.
pub fn costs(world: &World, cast: &Cast, around: &Around) -> Costs {
    let mut bench = probe_world(world.clone());
    members(&mut bench, cast);
    branch(&mut bench, |bench| leave(bench, cast));
    branch(&mut bench, |bench| review(bench, cast, around));
    decide(&mut bench, cast, around);
    branch(&mut bench, |bench| forget(bench, cast));
    pay(&mut bench, cast);
    close(&mut bench, cast, around);
    bench.samples.into_iter().map(|(key, samples)| (key, samples[0].cu)).collect()
}

/// Plays on a copy of the world; only what was measured stays.
fn branch(bench: &mut Bench, play: impl FnOnce(&mut Bench)) {
    let world = bench.world.clone();
    play(bench);
    bench.world = world;
}

/// What people do between epochs.
fn members(bench: &mut Bench, cast: &Cast) {
    let (community, saver) = (bench.world.community, &cast.saver);
    let key = saver.key();
    let source = community.stake_token_account(&key);
    bench.probe("stake", Call::new(saver, community.stake_tokens(key, source, 1)));
    bench.probe("request_unstake", Call::new(saver, community.request_unstake(key, 1)));
    let longer = bench.world.treasury().policy.stake.max_lock_secs;
    bench.probe("set_lock", Call::new(saver, community.set_lock(key, longer)));
    let delegate = community.set_delegate(key, cast.keeper.key());
    bench.probe("set_delegate", Call::new(saver, delegate));
    bench.probe("refresh_stake", Call::new(&cast.keeper, community.refresh_stake(key)));

    let (newcomer, keeper) = (&cast.newcomer, cast.keeper.key());
    let record = community.open_recipient_record(newcomer.key(), newcomer.key());
    bench.probe("open_recipient_record", Call::new(newcomer, record));
    let source = community.budget_account(&keeper);
    let deposit = community.deposit_funds(keeper, source, 1);
    bench.probe("deposit_funds", Call::new(&cast.keeper, deposit));
    let back = community.return_funds(keeper, source, DERIVATIVES, 1, false);
    bench.probe("return_funds", Call::new(&cast.keeper, back));
    let reporter = bench.world.risk_reporter.clone();
    let mark = community.mark_position(reporter.key(), DERIVATIVES, 0);
    bench.probe("mark_position", Call::new(&reporter, mark));
}

/// A member joins, changes their mind and leaves.
fn leave(bench: &mut Bench, cast: &Cast) {
    let (community, newcomer) = (bench.world.community, &cast.newcomer);
    let key = newcomer.key();
    let lock = bench.world.treasury().policy.stake.min_lock_secs;
    bench.act("open_stake", Call::new(newcomer, community.open_stake(key, key, lock)));
    let own = community.stake_token_account(&key);
    bench.step(Call::new(newcomer, community.stake_tokens(key, own, 1_000)));
    bench.step(Call::new(newcomer, community.request_unstake(key, 1_000)));
    bench.world.svm.advance(lock.into());
    let withdraw = community.withdraw_unstaked(key, own);
    bench.act("withdraw_unstaked", Call::new(newcomer, withdraw));
    bench.act("close_stake", Call::new(newcomer, community.close_stake(key, key)));
    bench.world.donate(1);
    bench.act("absorb_surplus", Call::new(&cast.keeper, community.absorb_surplus()));
}

/// The ask, with nothing in it that differs from one community to the next.
fn ask(checkpoints: u8) -> Ask {
    Ask { checkpoints, duration_secs: 60 * DAY_SECS, ..Ask::of(300_000) }
}

/// An award with reviews, up to its first verdict.
fn review(bench: &mut Bench, cast: &Cast, around: &Around) {
    const CHECKPOINTS: u8 = 3;
    let (community, recipient) = (bench.world.community, &cast.recipient);
    bench.world.open_epoch().expect("the epoch is opened");
    let epoch = bench.world.current();
    let submit = submission(bench, recipient, recipient, true, &ask(CHECKPOINTS));
    bench.step(Call::new(recipient, submit));
    fill(bench, around);
    bench.world.to_voting();
    let decisive = ballot(bench, &cast.voter, &[(0, Choice::For)]);
    bench.step(decisive);
    bench.world.to_tallying();
    bench.step(settlement(bench, cast));
    bench.world.to_execution(epoch);
    bench.world.execute(epoch, 0).expect("the award is executed");
    bench.world.svm.advance(15 * DAY);
    let stream = bench.world.stream_key(epoch, 0);
    let args = FileUpdateArgs {
        checkpoint: 0,
        health: Health::OnTrack,
        spent: 1_000,
        evidence_hash: [3; 32],
        evidence_uri: format!("ipfs://{}", "b".repeat(59)),
    };
    let update = community.file_update(recipient.key(), recipient.key(), stream, args);
    bench.act("file_update", Call::new(recipient, update));
    let reviewer = bench.world.reviewer.clone();
    let args = ScoreUpdateArgs { score_bps: 8_000, evidence_hash: [3; 32], verdict_hash: [4; 32] };
    let score = community.score_update(reviewer.key(), stream, 0, recipient.key(), args);
    bench.act("score_update", Call::new(&reviewer, score));
    let close = community.close_review(stream, 0, recipient.key());
    bench.act("close_review", Call::new(&cast.keeper, close));
}

/// From an epoch's opening to its settlement.
fn decide(bench: &mut Bench, cast: &Cast, around: &Around) {
    let (community, proposer, keeper) = (bench.world.community, &cast.proposer, &cast.keeper);
    let epoch = bench.world.treasury().epoch_count;
    bench.act("open_epoch", Call::new(keeper, community.open_epoch(keeper.key(), epoch)));
    let submit = submission(bench, proposer, &cast.recipient, false, &ask(0));
    bench.act("submit_proposal", Call::new(proposer, submit));
    if around.slate.is_none() {
        // On a fuller slate it would take another address and another fee.
        let action = Action::SetRole { role: Role::Reviewer, holder: keeper.key() };
        let submit = acts::submission(bench, proposer, false, action);
        bench.probe("submit_action", Call::new(proposer, submit));
    }
    fill(bench, around);
    let accept = community.accept_proposal(cast.recipient.key(), epoch, 0);
    bench.act("accept_proposal", Call::new(&cast.recipient, accept));
    let withdraw = community.withdraw_proposal(proposer.key(), epoch, 0);
    bench.probe("withdraw_proposal", Call::new(proposer, withdraw));
    let args = AssessAskArgs { amount: 300_000, category: 0, recipient_awarded: 0 };
    bench.probe("assess_ask", Call::new(keeper, community.assess_ask(epoch, args)));

    bench.world.to_voting();
    for other in &around.crowd {
        let vote = ballot(bench, other, &[(0, Choice::For)]);
        bench.step(vote);
    }
    vote(bench, cast, epoch);
    if let Some(slate) = &around.slate {
        poll(bench, cast, slate);
    }
    bench.world.to_tallying();
    let settle = settlement(bench, cast);
    bench.act("settle_epoch", settle);
    let guardian = bench.world.guardian.clone();
    let veto = community.veto_proposal(guardian.key(), epoch, 0);
    bench.probe("veto_proposal", Call::new(&guardian, veto));
    let pause = community.pause_executions(guardian.key(), DAY_SECS);
    bench.probe("pause_executions", Call::new(&guardian, pause));
}

/// A ballot on the measured entry, which stays cast.
fn vote(bench: &mut Bench, cast: &Cast, epoch: u32) {
    let (community, voter) = (bench.world.community, &cast.voter);
    let vote = ballot(bench, voter, &[(0, Choice::For)]);
    bench.act("cast_vote", vote);
    let against = bench.world.ballot(&[(0, Choice::Against)]);
    let revise = community.revise_vote(voter.key(), epoch, against);
    bench.probe("revise_vote", Call::new(voter, revise));
    let retract = community.retract_vote(voter.key(), epoch);
    bench.probe("retract_vote", Call::new(voter, retract));
}

/// Ballots on the whole slate. Everything passes, but no two entries with the same support.
fn poll(bench: &mut Bench, cast: &Cast, slate: &Slate) {
    let everything = bench.world.ballot(&all(slate.entries, Choice::For));
    if slate.entries > 1 {
        let epoch = bench.world.current();
        let key = cast.voter.key();
        let revise = bench.world.community.revise_vote(key, epoch, everything);
        bench.step(Call::new(&cast.voter, revise));
    }
    for (number, voter) in (0u64..).zip(&slate.voters) {
        let choice = |index| match noise(number, index, "growth") {
            // Acts take two thirds.
            _ if index >= AWARDS => Choice::For,
            byte => Choice::from_low_bits(byte),
        };
        let mut choices: Vec<_> = (0..slate.entries).map(|index| (index, choice(index))).collect();
        // A ballot says something.
        choices[0].1 = Choice::For;
        let vote = ballot(bench, voter, &choices);
        bench.step(vote);
    }
}

fn settlement<'a>(bench: &Bench, cast: &'a Cast) -> Call<'a> {
    let settle = bench.world.community.settle_epoch(bench.world.current());
    Call::new(&cast.keeper, settle).with_raised_limit()
}

/// The other entries of the slate.
fn fill(bench: &mut Bench, around: &Around) {
    let Some(slate) = &around.slate else { return };
    for index in 1..slate.entries.min(AWARDS) {
        let by = &slate.proposers[usize::from((index - 1) / PER_PROPOSER)];
        let amount = 300_000 + u64::from(noise(0, index, "amount")) * 100;
        let submit = submission(bench, by, by, true, &Ask::of(amount));
        bench.step(Call::new(by, submit));
    }
    let acts = slate.entries.saturating_sub(AWARDS);
    acts::fill(bench, &slate.actors[..usize::from(acts)], None);
}

/// Nobody executes the award.
fn forget(bench: &mut Bench, cast: &Cast) {
    let epoch = bench.world.current();
    let header = bench.world.epoch(epoch);
    bench.world.svm.advance(header.policy.schedule.execution_grace_secs.into());
    let lapse = bench.world.community.lapse_proposal(epoch, 0);
    bench.act("lapse_proposal", Call::new(&cast.keeper, lapse));
}

/// From the execution to the end of the stream.
fn pay(bench: &mut Bench, cast: &Cast) {
    let (community, recipient) = (bench.world.community, &cast.recipient);
    let (key, epoch) = (recipient.key(), bench.world.current());
    bench.world.to_execution(epoch);
    let execute = community.execute_award(key, epoch, 0, key);
    bench.act("execute_award", Call::new(recipient, execute));
    bench.world.svm.advance(20 * DAY);
    let stream = bench.world.stream_key(epoch, 0);
    let claim = community.withdraw_stream(stream, community.budget_account(&key), None);
    bench.act("withdraw_stream", Call::new(recipient, claim.clone()));
    let guardian = bench.world.guardian.clone();
    let pause = community.pause_stream(guardian.key(), stream, DAY_SECS);
    bench.probe("pause_stream", Call::new(&guardian, pause));
    bench.world.svm.advance(40 * DAY);
    bench.step(Call::new(recipient, claim));
    let close = community.close_stream(stream, key, key);
    bench.act("close_stream", Call::new(recipient, close));
}

/// Every account of the epoch, and then the epoch.
fn close(bench: &mut Bench, cast: &Cast, around: &Around) {
    let (community, epoch) = (bench.world.community, bench.world.current());
    let close = |voter: &Person| community.close_vote_record(epoch, voter.key(), voter.key());
    bench.act("close_vote_record", Call::new(&cast.voter, close(&cast.voter)));
    let others = around.slate.iter().flat_map(|slate| &slate.voters).chain(&around.crowd);
    for voter in others {
        bench.step(Call::new(voter, close(voter)));
    }
    let proposer = cast.proposer.key();
    let proposal = community.close_proposal(epoch, 0, proposer, proposer);
    bench.act("close_proposal", Call::new(&cast.proposer, proposal));
    let slate = bench.world.svm.slate(&community.epoch(epoch));
    let entries = bench.world.epoch(epoch).entry_count;
    for (index, entry) in (1..entries).zip(&slate[1..]) {
        close_entry(bench, cast, index, entry);
    }
    let keeper = cast.keeper.key();
    bench.act("close_epoch", Call::new(&cast.keeper, community.close_epoch(epoch, keeper)));
}

/// Drops and closes another entry of the slate; its proposer paid the rent.
fn close_entry(bench: &mut Bench, cast: &Cast, index: u8, entry: &Entry) {
    let (community, epoch) = (bench.world.community, bench.world.current());
    if entry.is(Outcome::Funded) || entry.is(Outcome::Approved) {
        bench.step(Call::new(&cast.keeper, community.lapse_proposal(epoch, index)));
    }
    let proposer = bench.world.proposal(epoch, index).proposer;
    let close = community.close_proposal(epoch, index, proposer, proposer);
    bench.step(Call::new(&cast.keeper, close));
}
