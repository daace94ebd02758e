//! What these tests share: a second treasury to take wrong accounts from, and refusals that are
//! neither the program's nor Anchor's.

use std::fmt::Debug;

use anchor_lang::prelude::Pubkey;
use budget_tests::*;
use community_budget::CreateTreasuryArgs;

/// A mint that no treasury uses; exists once [`other_mint`] was called.
pub const OTHER_MINT: Pubkey = Pubkey::new_from_array([9; 32]);

/// Codes of the token programs.
pub const TOKEN_MINT_MISMATCH: u32 = 3;
pub const TOKEN_OWNER_MISMATCH: u32 = 4;

/// Writes a mint of the same token program that no treasury uses.
pub fn other_mint(w: &mut World) -> Pubkey {
    token::put_mint(&mut w.svm, OTHER_MINT, w.community.budget_token_program, 6);
    OTHER_MINT
}

/// Creates a second treasury of the same founder, over the same mints and with the same policy.
pub fn sibling(w: &mut World) -> Community {
    let founder = w.founder.clone();
    let treasury = Community::treasury_address(&founder.key(), 1);
    let twin = Community { treasury, ..w.community };
    let args = CreateTreasuryArgs {
        id: 1,
        first_open_at: GENESIS,
        policy: test_policy(),
        roles: w.roles(),
    };
    let creation = twin.create_treasury(founder.key(), w.svm.fee_payer(), args);
    w.send(creation, &[&founder]).expect("the second treasury is created");
    twin
}

/// Acts in another community of the same world.
pub fn within<T>(w: &mut World, community: Community, act: impl FnOnce(&mut World) -> T) -> T {
    let home = std::mem::replace(&mut w.community, community);
    let result = act(w);
    w.community = home;
    result
}

/// A member with an empty stake at the shortest lock.
pub fn member(w: &mut World) -> Person {
    let person = w.person();
    let lock_secs = w.treasury().policy.stake.min_lock_secs;
    w.open_stake(&person, lock_secs).expect("the stake is opened");
    person
}

/// Opens so many epochs, leaves them empty and settles them.
pub fn pass_epochs(w: &mut World, count: u32) {
    for _ in 0..count {
        w.open_next_epoch();
        w.to_tallying();
        w.settle().expect("the epoch is settled");
    }
}

/// A world in which a member with a stake of 1,000 was marked dormant after eight epochs.
pub fn dormant() -> (World, Person) {
    let mut w = World::new();
    let alice = w.staker(1_000);
    pass_epochs(&mut w, 8);
    w.mark_dormant(&alice).expect("the stake is marked dormant");
    (w, alice)
}

/// Base units of the stake mint in a person's associated account.
pub fn stake_purse(w: &World, person: &Person) -> u64 {
    token::balance(&w.svm, &w.community.stake_token_account(&person.key()))
}

/// Base units in the stake vault.
pub fn stake_vault(w: &World) -> u64 {
    token::balance(&w.svm, &w.community.stake_vault())
}

/// Compares two accounts field by field, as their `Debug` output shows them.
#[track_caller]
pub fn assert_same(actual: impl Debug, expected: impl Debug) {
    let [actual, expected] = [format!("{actual:#?}"), format!("{expected:#?}")];
    let lines = actual.lines().zip(expected.lines());
    let different: Vec<_> = lines.filter(|(actual, expected)| actual != expected).collect();
    assert_eq!(different, [], "(actual, expected)");
    assert_eq!(actual.lines().count(), expected.lines().count());
}

/// Sends `act`, which the runtime or a called program must refuse with the built-in error `name`,
/// and proves that no account changed.
#[track_caller]
pub fn refused_by_runtime(w: &mut World, name: &str, act: impl FnOnce(&mut World) -> Act) {
    let before = w.svm.snapshot();
    let refusal = act(w).err().unwrap_or_else(|| panic!("expected {name}, but it went through"));
    let expected = format!("InstructionError(0, {name})");
    assert_eq!(format!("{:?}", refusal.error), expected, "{refusal}");
    assert_unchanged(&before, &w.svm.snapshot());
}
