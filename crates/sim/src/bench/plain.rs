//! A whole small epoch in Token-2022 tokens: the smallest slate, no fee, no bond.

use budget_client::ballot::Choice;
use community_budget::state::Policy;

use super::{
    founding::{AddressSet, open_epoch, proposer},
    probe::{Bench, Call},
    slate::{cast, submission},
};
use budget_sim::{
    token::TOKEN_2022,
    world::{Ask, test_policy},
};

/// A day, as moments are moved on.
const DAY: i64 = 86_400;

fn policy() -> Policy {
    let mut policy = test_policy();
    policy.slate.slot_fee = 0;
    policy.slate.bond = 0;
    policy
}

/// Address set number `seed`.
pub fn address_set(seed: u64) -> AddressSet {
    AddressSet { seed, token_program: TOKEN_2022, policy: policy(), variant: "token2022" }
}

/// One proposal from the founding to the last closed account.
pub fn run(bench: &mut Bench, set: &AddressSet) {
    set.found(bench);
    let voter = set.join(bench);
    let community = bench.world.community;
    let by = proposer(bench);
    let key = by.key();
    open_epoch(bench, &by);
    let submit = submission(bench, &by, &by, true, &Ask::of(5_000_000));
    bench.act("submit_proposal/free", Call::new(&by, submit));

    bench.world.to_voting();
    let ballot = cast(bench, &voter, &[(0, Choice::For)]);
    bench.step(ballot);
    bench.world.to_tallying();
    bench.step(Call::new(&by, community.settle_epoch(0)));
    bench.world.to_execution(0);
    bench.step(Call::new(&by, community.execute_award(key, 0, 0, key)));
    bench.world.svm.advance(30 * DAY);
    let stream = bench.world.stream_key(0, 0);
    let claim = community.withdraw_stream(stream, community.budget_account(&key), None);
    bench.act("withdraw_stream/token2022", Call::new(&by, claim));

    bench.step(Call::new(&voter, community.close_vote_record(0, voter.key(), voter.key())));
    let close = community.close_proposal(0, 0, key, key);
    bench.act("close_proposal/no-bond", Call::new(&by, close));
    bench.act("close_epoch/default", Call::new(&by, community.close_epoch(0, key)));
}
