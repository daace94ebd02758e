//! F14: the same transaction at the same addresses, in a small community and in a grown one.

use budget_client::ballot::Choice;

use super::{
    founding::AddressSet,
    probe::{Bench, Call},
    slate::{all, cast, submission},
};
use budget_sim::world::{Ask, Person};

/// Members of the grown community.
const VOTERS: u16 = 500;
/// Proposals, and so streams, of the grown community.
const PROPOSALS: u8 = 50;
/// Proposals of one proposer.
const PER_PROPOSER: u8 = 8;
/// Epochs of the grown community.
const EPOCHS: u32 = 4;

/// A day, as moments are moved on.
const DAY: i64 = 86_400;

/// What is measured, small and grown. The two members of a pair must cost the same.
pub const PAIRS: [(&str, &str); 5] = [
    ("cast_vote/voters-1", "cast_vote/voters-500"),
    ("cast_vote/proposals-1", "cast_vote/proposals-50"),
    ("stake/voters-1", "stake/voters-500"),
    ("withdraw_stream/streams-1", "withdraw_stream/streams-50"),
    ("withdraw_stream/epochs-1", "withdraw_stream/epochs-4"),
];

/// Grows a community from one voter, proposal, stream and epoch to many.
pub fn run(bench: &mut Bench, set: &AddressSet) {
    set.found(bench);
    let voter = bench.world.staker(1_000_000);
    stake_more(bench, &voter, "stake/voters-1");
    let proposers: Vec<Person> =
        (0..=PROPOSALS / PER_PROPOSER).map(|_| bench.world.proposer()).collect();
    bench.world.open_epoch().expect("the epoch is opened");
    submit(bench, &proposers, 0);
    let submission_at = bench.world.svm.now();
    ballot(bench, &voter, "cast_vote/proposals-1");
    bench.world.svm.set_now(submission_at);
    for index in 1..PROPOSALS {
        submit(bench, &proposers, index);
    }
    ballot(bench, &voter, "cast_vote/proposals-50");
    bench.world.svm.set_now(submission_at);

    // Everyone votes before the measured voter, whose ballot is then the 1st or the 500th.
    let others: Vec<Person> = (1..VOTERS).map(|_| bench.world.staker(1_000)).collect();
    stake_more(bench, &voter, "stake/voters-500");
    ballot(bench, &voter, "cast_vote/voters-1");
    for other in &others {
        let ballot = cast(bench, other, &all(PROPOSALS, Choice::For));
        bench.step(ballot);
    }
    ballot(bench, &voter, "cast_vote/voters-500");
    let decisive = cast(bench, &voter, &all(PROPOSALS, Choice::For));
    bench.step(decisive);
    streams(bench, &proposers[0]);
}

fn submit(bench: &mut Bench, proposers: &[Person], index: u8) {
    let by = &proposers[usize::from(index / PER_PROPOSER)];
    let submit = submission(bench, by, by, true, &Ask::of(300_000));
    bench.step(Call::new(by, submit));
}

fn stake_more(bench: &mut Bench, person: &Person, key: &str) {
    let community = bench.world.community;
    let source = community.stake_token_account(&person.key());
    let stake = community.stake_tokens(person.key(), source, 1);
    bench.probe(key, Call::new(person, stake));
}

fn ballot(bench: &mut Bench, voter: &Person, key: &str) {
    bench.world.to_voting();
    let ballot = cast(bench, voter, &[(0, Choice::For)]);
    bench.probe(key, ballot);
}

/// One claim beside one stream, beside fifty, and after further epochs, always at the same moment.
fn streams(bench: &mut Bench, recipient: &Person) {
    bench.world.to_tallying();
    bench.world.settle().expect("the epoch is settled");
    bench.world.to_execution(0);
    bench.world.execute(0, 0).expect("the award is executed");
    let executed_at = bench.world.svm.now();
    let claimed_at = executed_at + 20 * DAY;
    claim(bench, recipient, claimed_at, "withdraw_stream/streams-1");
    bench.world.svm.set_now(executed_at);
    for index in 1..PROPOSALS {
        bench.world.execute(0, index).expect("the award is executed");
    }
    claim(bench, recipient, claimed_at, "withdraw_stream/streams-50");
    claim(bench, recipient, claimed_at, "withdraw_stream/epochs-1");
    for _ in 1..EPOCHS {
        bench.world.svm.advance(30 * DAY);
        bench.world.open_epoch().expect("the epoch is opened");
        bench.world.to_tallying();
        bench.world.settle().expect("the epoch is settled");
    }
    claim(bench, recipient, claimed_at, "withdraw_stream/epochs-4");
}

fn claim(bench: &mut Bench, recipient: &Person, at: i64, key: &str) {
    bench.world.svm.set_now(at);
    let community = bench.world.community;
    let stream = bench.world.stream_key(0, 0);
    let payout = community.budget_account(&recipient.key());
    bench.probe(key, Call::new(recipient, community.withdraw_stream(stream, payout, None)));
}
