//! return_funds
//! ├── given the depositor does not sign ................... AccountNotSigner
//! ├── given an account of another treasury, vault or mint . AccountMismatch
//! ├── given the record is not the depositor's here ........ AccountMismatch
//! ├── given the source is not the depositor's ............. token program: OwnerMismatch
//! ├── given the source holds less ......................... InsufficientTokens
//! ├── when the amount is zero ............................. AmountIsZero
//! ├── when the policy in force has no such category ....... UnknownCategory
//! └── when valid
//!     ├── tokens move, are tracked and count as inflow
//!     ├── a record, if given, notes them
//!     └── the category
//!         ├── of a risk class: its cost falls, what exceeds it is profit
//!         └── operating: a plain deposit

use anchor_lang::{error::ErrorCode, solana_program::instruction::Instruction};
use budget_tests::*;
use community_budget::{
    BudgetError,
    state::{Action, PolicyPatch, PositionState, RecipientRecord, Treasury},
};

use crate::stage::*;

const DEPOSITOR: usize = 0;
const TREASURY: usize = 1;
const RECORD: usize = 2;
const VAULT: usize = 3;
const SOURCE: usize = 4;
const BUDGET_MINT: usize = 5;
const TOKEN_PROGRAM: usize = 6;

/// Code of the token programs.
const TOKEN_OWNER_MISMATCH: u32 = 4;

/// Category of derivatives; 0 is operating, 2 does not exist.
const RISKY: u8 = 1;
/// What Bob was awarded in it, and what of that has been paid to him.
const AWARDED: u64 = 40_000_000;
const COST: u64 = 20_000_000;

/// Bob's award in a derivative category, whose haircut is 25 %, is half paid.
fn invested() -> (World, Person) {
    let mut policy = test_policy();
    let category = &mut policy.risk.categories[usize::from(RISKY)];
    category.class = DERIVATIVE;
    category.exposure_limit_bps = 10_000;
    category.haircut_bps = 2_500;
    let ask = Ask { category: RISKY, ..Ask::of(AWARDED) };
    let (mut w, bob) = stream_under(policy, &ask);
    w.svm.advance(30 * DAY);
    w.claim(0, 0).unwrap();
    (w, bob)
}

fn position(w: &World) -> PositionState {
    w.treasury().positions[usize::from(RISKY)]
}

/// Returns `amount` to the derivative, and proves that `repaid` of it was cost and the rest profit,
/// and that nothing else changed.
#[track_caller]
fn brings_back(w: &mut World, by: &Person, amount: u64, repaid: u64) {
    let (books, record) = (w.treasury(), w.record_of(by));
    let (vault, purse) = (w.vault(), w.purse(by));
    w.return_funds(by, RISKY, amount).unwrap();
    assert_eq!(w.vault() - vault, amount);
    assert_eq!(purse - w.purse(by), amount);
    let counted = repaid - repaid / 4; // by the haircut; amounts of these tests divide by four
    let mut expected = Treasury {
        tracked: books.tracked + amount,
        high_water: books.high_water + amount - counted,
        realised_profit: books.realised_profit + amount - repaid,
        seq: books.seq + 1,
        ..books
    };
    expected.inflow[0] += amount;
    let position = &mut expected.positions[usize::from(RISKY)];
    position.cost -= repaid;
    position.mark = position.mark.saturating_sub(amount);
    assert_same(w.treasury(), expected);
    let noted = RecipientRecord { returned: record.returned + amount, ..record };
    assert_same(w.record_of(by), noted);
}

fn returning(w: &World, by: &Person, amount: u64) -> Instruction {
    let source = w.community.budget_account(&by.key());
    w.community.return_funds(by.key(), source, RISKY, amount, true)
}

/// Sends Bob's return of 5 after `change`.
fn return_with(
    w: &mut World,
    bob: &Person,
    change: impl FnOnce(Instruction) -> Instruction,
) -> Act {
    let instruction = change(returning(w, bob, 5));
    w.send(instruction, &[bob])
}

#[test]
fn what_was_paid_out_is_cost_and_what_was_not_is_pending() {
    let (w, _) = invested();
    let position = position(&w);
    assert_eq!((position.pending, position.cost, position.mark), (COST, COST, COST));
    assert_eq!(position.marked_at, w.svm.now());
}

#[test]
fn a_part_of_the_cost_comes_back_without_profit() {
    let (mut w, bob) = invested();
    brings_back(&mut w, &bob, 5_000_000, 5_000_000);
    let after = position(&w);
    assert_eq!((after.pending, after.cost, after.mark), (COST, 15_000_000, 15_000_000));
}

#[test]
fn the_cost_to_the_unit_comes_back_without_profit() {
    let (mut w, bob) = invested();
    brings_back(&mut w, &bob, COST, COST);
    assert_eq!((position(&w).cost, w.treasury().realised_profit), (0, 0));
}

#[test]
fn what_exceeds_the_cost_is_profit() {
    let (mut w, bob) = invested();
    brings_back(&mut w, &bob, COST + 4, COST);
    assert_eq!((position(&w).cost, w.treasury().realised_profit), (0, 4));
    assert_eq!(position(&w).pending, COST, "what is not paid yet has no cost to come back to");
    brings_back(&mut w, &bob, 8, 0);
    assert_eq!(w.treasury().realised_profit, 12);
}

#[test]
fn returns_in_parts_yield_what_one_return_yields() {
    let (mut parts, bob) = invested();
    for amount in [8_000_000, 8_000_000, 8_000_000] {
        let repaid = amount.min(position(&parts).cost);
        brings_back(&mut parts, &bob, amount, repaid);
    }
    let (mut once, bob) = invested();
    brings_back(&mut once, &bob, 24_000_000, COST);
    let seq = parts.treasury().seq;
    assert_same(Treasury { seq, ..once.treasury() }, parts.treasury());
    assert_eq!(once.treasury().realised_profit, 4_000_000);
}

#[test]
fn later_payouts_are_cost_again() {
    let (mut w, bob) = invested();
    brings_back(&mut w, &bob, COST, COST);
    w.svm.advance(30 * DAY);
    w.claim(0, 0).unwrap();
    let after = position(&w);
    assert_eq!((after.pending, after.cost, after.mark), (0, COST, COST));
    assert_eq!(after.marked_at, w.svm.now(), "an empty position begins anew");
    brings_back(&mut w, &bob, COST + 4, COST);
}

#[test]
fn a_return_lowers_a_mark_that_counts_and_one_on_its_way() {
    let (mut w, bob) = invested();
    w.mark(RISKY, 30_000_000).unwrap();
    let before = w.treasury();
    w.return_funds(&bob, RISKY, 8_000_000).unwrap();
    let after = position(&w);
    assert_eq!((after.cost, after.mark), (12_000_000, 12_000_000));
    assert_eq!(after.reported_mark, 22_000_000);
    assert_eq!(after.reported_at, before.positions[1].reported_at);
    w.return_funds(&bob, RISKY, 24_000_000).unwrap();
    let after = position(&w);
    assert_eq!((after.cost, after.mark, after.reported_mark), (0, 0, 0));
    assert_eq!(w.treasury().realised_profit, 12_000_000);
}

#[test]
fn what_was_written_off_and_comes_back_all_the_same_is_profit() {
    let (mut w, bob) = invested();
    let voter = w.staker(100 * ELECTORATE);
    w.pass_action(&bob, &voter, Action::WriteOff { category: RISKY, amount: 12_000_000 });
    assert_eq!((position(&w).cost, w.treasury().realised_loss), (8_000_000, 12_000_000));
    w.return_funds(&bob, RISKY, COST).unwrap();
    assert_eq!((position(&w).cost, w.treasury().realised_profit), (0, 12_000_000));
    assert_eq!(w.treasury().realised_loss, 12_000_000, "history stays");
}

#[test]
fn an_operating_category_takes_it_as_a_deposit() {
    let (mut w, bob) = invested();
    let (books, record) = (w.treasury(), w.record_of(&bob));
    let (vault, purse) = (w.vault(), w.purse(&bob));
    w.return_funds(&bob, 0, 7_000_000).unwrap();
    assert_eq!((w.vault() - vault, purse - w.purse(&bob)), (7_000_000, 7_000_000));
    let mut expected = Treasury {
        tracked: books.tracked + 7_000_000,
        high_water: books.high_water + 7_000_000,
        seq: books.seq + 1,
        ..books
    };
    expected.inflow[0] += 7_000_000;
    assert_same(w.treasury(), expected);
    let noted = RecipientRecord { returned: record.returned + 7_000_000, ..record };
    assert_same(w.record_of(&bob), noted);
}

#[test]
fn a_return_before_the_first_epoch_is_no_epochs_inflow() {
    let mut w = World::new();
    let bob = w.proposer();
    let (books, vault) = (w.treasury(), w.vault());
    w.return_funds(&bob, 0, 700).unwrap();
    assert_eq!(w.vault() - vault, 700);
    assert_eq!((w.treasury().tracked, w.treasury().inflow), (books.tracked + 700, [0; 4]));
}

#[test]
fn free_funds_grow_by_it_and_promises_stay() {
    let (mut w, bob) = invested();
    let (free, committed) = (w.treasury().free().unwrap(), w.treasury().committed);
    w.return_funds(&bob, RISKY, COST).unwrap();
    assert_eq!(w.treasury().free().unwrap(), free + COST);
    assert_eq!(w.treasury().committed, committed);
}

#[test]
fn anyone_may_return_and_needs_no_record() {
    let (mut w, bob) = invested();
    let stranger = w.person();
    let (record, purse) = (w.record_of(&bob), w.purse(&stranger));
    let source = w.community.budget_account(&stranger.key());
    let without = w.community.return_funds(stranger.key(), source, RISKY, 4, false);
    w.send(without, &[&stranger]).unwrap();
    assert_eq!((position(&w).cost, purse - w.purse(&stranger)), (COST - 4, 4));
    assert_same(w.record_of(&bob), record);
    let own = w.community.recipient_record(&stranger.key());
    assert!(!w.svm.exists(&own));
}

#[test]
fn a_recipient_need_not_show_the_record() {
    let (mut w, bob) = invested();
    let record = w.record_of(&bob);
    let source = w.community.budget_account(&bob.key());
    let without = w.community.return_funds(bob.key(), source, RISKY, 4, false);
    w.send(without, &[&bob]).unwrap();
    assert_same(w.record_of(&bob), record);
}

#[test]
fn nobody_elses_record_notes_a_return() {
    let (mut w, bob) = invested();
    let alice = w.proposer();
    let (other, ()) = sibling(&mut w, |w| {
        w.open_recipient_record(bob.key()).unwrap();
    });
    let own = [alice.key(), bob.key()];
    let [alices, elsewhere] =
        [w.community.recipient_record(&own[0]), other.recipient_record(&own[1])];
    for record in [alices, elsewhere] {
        refused(&mut w, BudgetError::AccountMismatch, |w| {
            return_with(w, &bob, |instruction| swapped(instruction, RECORD, record))
        });
    }
    let stake = w.community.stake(&w.founder.key());
    refused_by_anchor(&mut w, ErrorCode::AccountOwnedByWrongProgram, |w| {
        return_with(w, &bob, |instruction| swapped(instruction, RECORD, stake))
    });
}

#[test]
fn the_depositor_must_sign() {
    let (mut w, bob) = invested();
    let instruction = unsigned(returning(&w, &bob, 5), DEPOSITOR);
    refused_by_anchor(&mut w, ErrorCode::AccountNotSigner, |w| w.send(instruction, &[]));
}

#[test]
fn accounts_of_another_treasury_are_refused() {
    let (mut w, bob) = invested();
    let (other, ()) = sibling(&mut w, |_| ());
    for (position, key) in [
        (TREASURY, other.treasury),
        (VAULT, other.vault()),
        (VAULT, w.community.bond_vault()),
        (VAULT, w.community.stake_vault()),
        (BUDGET_MINT, w.community.stake_mint),
    ] {
        refused(&mut w, BudgetError::AccountMismatch, |w| {
            return_with(w, &bob, |instruction| swapped(instruction, position, key))
        });
    }
}

#[test]
fn nobody_returns_another_persons_tokens() {
    let (mut w, bob) = invested();
    let stranger = w.person().key();
    for source in [w.community.budget_account(&stranger), w.community.bond_vault()] {
        token::edit(&mut w.svm, &source, |account| account.amount = 5);
        refused_with_code(&mut w, TOKEN_OWNER_MISMATCH, "OwnerMismatch", |w| {
            return_with(w, &bob, |instruction| swapped(instruction, SOURCE, source))
        });
    }
}

#[test]
fn the_vault_returns_nothing_to_itself() {
    let (mut w, bob) = invested();
    let vault = w.community.vault();
    refused_by_anchor(&mut w, ErrorCode::ConstraintDuplicateMutableAccount, |w| {
        return_with(w, &bob, |instruction| swapped(instruction, SOURCE, vault))
    });
}

#[test]
fn the_other_token_program_is_refused() {
    let (mut w, bob) = invested();
    let before = w.svm.snapshot();
    let act = return_with(&mut w, &bob, |instruction| {
        swapped(instruction, TOKEN_PROGRAM, token::TOKEN_2022)
    });
    act.expect_err("Token-2022 does not own the accounts");
    assert_unchanged(&before, &w.svm.snapshot());
}

#[test]
fn zero_is_refused() {
    let (mut w, bob) = invested();
    for category in [0, RISKY] {
        refused(&mut w, BudgetError::AmountIsZero, |w| w.return_funds(&bob, category, 0));
    }
}

#[test]
fn more_than_the_source_holds_is_refused() {
    let (mut w, bob) = invested();
    let purse = w.purse(&bob);
    for category in [0, RISKY] {
        refused(&mut w, BudgetError::InsufficientTokens, |w| {
            w.return_funds(&bob, category, purse + 1)
        });
    }
    w.return_funds(&bob, RISKY, purse).unwrap();
    assert_eq!(w.purse(&bob), 0);
}

#[test]
fn an_unknown_category_is_refused() {
    let (mut w, bob) = invested();
    for category in [2, 7, 8, u8::MAX] {
        refused(&mut w, BudgetError::UnknownCategory, |w| w.return_funds(&bob, category, 5));
    }
}

#[test]
fn a_category_counts_from_the_epoch_that_opens_with_it() {
    let mut w = World::new();
    let (bob, voter) = (w.proposer(), w.staker(ELECTORATE));
    let mut risk = w.treasury().policy.risk;
    risk.category_count = 3;
    risk.categories[2] = risk.categories[0];
    risk.categories[2].name = *b"hedges\0\0\0\0\0\0\0\0\0\0";
    risk.categories[2].class = 1;
    risk.categories[2].exposure_limit_bps = 10_000;
    w.pass_action(&bob, &voter, Action::SetPolicy(PolicyPatch::Risk(risk)));
    assert_eq!(w.treasury().policy.risk.category_count, 3);
    refused(&mut w, BudgetError::UnknownCategory, |w| w.return_funds(&bob, 2, 5));
    w.open_next_epoch();
    w.return_funds(&bob, 2, 5).unwrap();
    assert_eq!(w.treasury().realised_profit, 5, "nothing was invested there");
}
