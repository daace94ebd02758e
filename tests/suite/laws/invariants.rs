//! The numbered sentences of `tests/INVARIANTS.md` as functions of one step: the accounts before and
//! after it, the instruction, and the second set of books.

mod fields;
mod lifecycle;
mod money;
mod votes;

use anchor_lang::prelude::Pubkey;
use community_budget::state::Entry;

use crate::books::{Books, Step};

/// Everything that holds after an instruction that went through.
pub fn check(step: &Step<'_>, books: &Books) {
    money::check(step, books);
    votes::check(step, books);
    lifecycle::check(step, books);
    fields::check(step, books);
}

/// Slots of epochs that exist before and after.
fn entries<'a>(step: &'a Step<'_>) -> Vec<(Pubkey, u8, &'a Entry, &'a Entry)> {
    let mut all = Vec::new();
    for (key, new) in &step.after.epochs {
        let Some(old) = step.before.epochs.get(key) else { continue };
        for (index, (old, new)) in (0..).zip(old.slate.iter().zip(&new.slate)) {
            all.push((*key, index, old, new));
        }
    }
    all
}
