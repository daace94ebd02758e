//! What the tests share: a world to act in, and assertions that a refusal names its error and
//! changes nothing.
//!
//! One file per instruction, `test_<instruction>.rs`, with its given/when tree on top; lifecycles
//! in `flow_*.rs`. Grouped into a few binaries under `suite/` and `attacks/`.

use anchor_lang::solana_program::instruction::Instruction;
pub use budget_client::{
    Community, address,
    ballot::Choice::{self, Abstain, Against, For, Unmarked},
};
pub use budget_sim::{
    Landed, Refusal, Svm, World,
    svm::{GENESIS, Snapshot},
    token,
    world::{Act, Ask, PURSE, Person, Setup, test_policy},
};
use community_budget::BudgetError;
pub use community_budget::{
    constants::DAY_SECS,
    state::{Outcome, Policy, flags},
};

/// A day, as spans of time are added to moments.
pub const DAY: i64 = 86_400;

/// Code of one of the program's errors.
pub fn code(error: BudgetError) -> u32 {
    u32::from(error)
}

/// Sends `act`, which must be refused with `expected`, and proves that no account changed.
///
/// # Panics
/// When it goes through, fails for another reason, or leaves a trace.
#[track_caller]
pub fn refused(world: &mut World, expected: BudgetError, act: impl FnOnce(&mut World) -> Act) {
    let name = expected.name();
    refused_with_code(world, code(expected), &name, act);
}

/// The same for an error of Anchor's, for example a missing signer.
///
/// # Panics
/// As [`refused`].
#[track_caller]
pub fn refused_by_anchor(
    world: &mut World,
    expected: anchor_lang::error::ErrorCode,
    act: impl FnOnce(&mut World) -> Act,
) {
    let name = expected.name();
    refused_with_code(world, u32::from(expected), &name, act);
}

/// The same for any custom error code.
///
/// # Panics
/// As [`refused`].
#[track_caller]
pub fn refused_with_code(
    world: &mut World,
    code: u32,
    name: &str,
    act: impl FnOnce(&mut World) -> Act,
) {
    let before = world.svm.snapshot();
    let refusal =
        act(world).err().unwrap_or_else(|| panic!("expected {name}, but it went through"));
    assert_eq!(refusal.code(), Some(code), "expected {name}, got {refusal}");
    assert_unchanged(&before, &world.svm.snapshot());
}

/// Proves that two snapshots are the same, account by account.
///
/// # Panics
/// When they differ; the message names the first account that does.
#[track_caller]
pub fn assert_unchanged(before: &Snapshot, after: &Snapshot) {
    for (key, account) in before {
        assert_eq!(Some(account), after.get(key), "account {key} changed");
    }
    for key in after.keys() {
        assert!(before.contains_key(key), "account {key} appeared");
    }
}

/// Takes the signature of the account at `position` off an instruction.
pub fn unsigned(mut instruction: Instruction, position: usize) -> Instruction {
    instruction.accounts[position].is_signer = false;
    instruction
}

/// Puts another account into `position` of an instruction.
pub fn swapped(
    mut instruction: Instruction,
    position: usize,
    key: anchor_lang::prelude::Pubkey,
) -> Instruction {
    instruction.accounts[position].pubkey = key;
    instruction
}
