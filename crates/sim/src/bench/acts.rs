//! Constitutional actions: a last quarter full of them, and what each kind costs to submit.

use budget_client::instruction::Submission;
use budget_sim::world::Person;
use community_budget::{
    SubmitActionArgs,
    state::{Action, PolicyPatch, Role},
};

use super::{
    founding::stranger,
    probe::{Bench, Call},
    slate::{AWARDS, FULL},
};

/// Members who each may take one slot of the last quarter, with a record and `stake` base units.
/// Their keys follow from the address set alone, so that everybody else's do not depend on how many
/// they are.
pub fn actors(bench: &mut Bench, seed: u64, stake: u64) -> Vec<Person> {
    let lock = bench.world.treasury().policy.stake.min_lock_secs;
    let mut actor = |number: u8| {
        let person = stranger(bench, &format!("bench actor {number}"), seed);
        let world = &mut bench.world;
        world.open_recipient_record(person.key()).expect("the record is opened");
        world.open_stake(&person, lock).expect("the stake is opened");
        world.stake(&person, stake).expect("the tokens are staked");
        person
    };
    (AWARDS..FULL).map(&mut actor).collect()
}

/// Fills the last quarter. They are on twenty targets, so that some stand and some are superseded.
/// The first submission is recorded under `key`, if there is one.
pub fn fill(bench: &mut Bench, actors: &[Person], key: Option<&str>) {
    for (number, actor) in (0u8..).zip(actors) {
        let action = act(bench, number);
        let submit = Call::new(actor, submission(bench, actor, true, action));
        match key {
            Some(key) if number == 0 => bench.act(key, submit),
            _ => drop(bench.step(submit)),
        }
    }
}

/// One of twenty acts that need no stream.
fn act(bench: &Bench, number: u8) -> Action {
    let policy = bench.world.treasury().policy;
    let roles = [Role::Guardian, Role::Reviewer, Role::RiskReporter];
    let patches = [
        PolicyPatch::Schedule(policy.schedule),
        PolicyPatch::Slate(policy.slate),
        PolicyPatch::Budget(policy.budget),
        PolicyPatch::Tiers(policy.tiers),
        PolicyPatch::Stake(policy.stake),
        PolicyPatch::Risk(policy.risk),
        PolicyPatch::Breaker(policy.breaker),
        PolicyPatch::Review(policy.review),
    ];
    match number % 20 {
        patch @ 0..8 => Action::SetPolicy(patches[usize::from(patch)].clone()),
        role @ 8..11 => Action::SetRole {
            role: roles[usize::from(role - 8)],
            holder: bench.world.guardian.key(),
        },
        11 => Action::ClearBreaker,
        position => Action::WriteOff { category: position - 12, amount: 1 },
    }
}

/// An act into the next slot, its rent paid by the proposer. Title and address are as long as usual
/// ones.
pub fn submission(
    bench: &Bench,
    by: &Person,
    with_stake: bool,
    action: Action,
) -> anchor_lang::solana_program::instruction::Instruction {
    let epoch = bench.world.current();
    let submission = Submission {
        epoch,
        index: bench.world.epoch(epoch).entry_count,
        proposer: by.key(),
        payer: by.key(),
        recipient: by.key(),
        recipient_signs: false,
        source: bench.world.community.budget_account(&by.key()),
    };
    let args = SubmitActionArgs {
        action,
        metadata_hash: [9; 32],
        title: format!("{:<40}", "An act"),
        metadata_uri: format!("ipfs://{}", "b".repeat(59)),
    };
    bench.world.community.submit_action(submission, with_stake, args)
}
