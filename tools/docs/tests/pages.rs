//! The committed pages against the code that they describe.

use std::{collections::BTreeSet, fs, mem::offset_of};

use anchor_lang::{Discriminator, Space};
use anchor_lang_idl_spec::{Idl, IdlInstruction, IdlInstructionAccountItem, IdlSeed};
use budget_docs::{
    layout,
    tails::{ENTRY, SEEDS},
};
use community_budget::{BudgetError, state::*};

fn idl() -> Idl {
    budget_docs::idl().unwrap()
}

#[test]
fn the_committed_pages_are_the_rendered_ones() {
    for page in budget_docs::pages().unwrap() {
        let committed = fs::read_to_string(budget_docs::at_root(page.path)).unwrap_or_default();
        assert!(
            committed == page.text,
            "{} is stale; run `cargo run -p budget-docs` and commit it",
            page.path
        );
    }
}

/// Offsets and sizes of a type's fields as the compiler laid them out.
macro_rules! laid_out {
    ($ty:ty: $($field:ident),* $(,)?) => {{
        fn size<T, F>(_: impl Fn(&T) -> &F) -> usize {
            size_of::<F>()
        }
        vec![$((
            stringify!($field).to_owned(),
            offset_of!($ty, $field),
            size(|whole: &$ty| &whole.$field),
        )),*]
    }};
}

/// The same from the IDL, one level deep.
fn described(name: &str) -> Vec<(String, usize, usize)> {
    let rows = layout::rows(&idl(), name).unwrap();
    let mut fields: Vec<(String, usize, usize)> = Vec::new();
    for row in rows {
        let field = row.name.split('.').next().unwrap().to_owned();
        match fields.last_mut().filter(|(last, ..)| *last == field) {
            Some((_, _, bytes)) => *bytes += row.bytes,
            None => fields.push((field, row.offset.unwrap(), row.bytes)),
        }
    }
    fields
}

#[test]
fn the_treasury_lies_as_described() {
    let real = laid_out!(
        Treasury: version, bump, vault_bump, stake_vault_bump, bond_vault_bump,
        budget_decimals, stake_decimals, epoch_active, epoch_count, frozen_epoch, id,
        founder, budget_mint, stake_mint, vault, stake_vault, bond_vault, tracked,
        committed, reserved_funds, staked, bonded, total_weight, frozen_total,
        first_open_at, last_opened_at, voting_opens_at, cooling_floor_at, seq, policy,
        in_force, guardian, reviewer, risk_reporter, positions, realised_profit,
        realised_loss, outflow, inflow, bucket_capacity, bucket_level, bucket_remainder,
        bucket_at, high_water, tripped_at, tripped_until, breaker_rests_until,
        standstill_before_secs, standstill_from, standstill_until, pause_until,
        pause_used_secs, target_changes, trip_open, reserved,
    );
    assert_eq!(described("Treasury"), real);
    assert_eq!(layout::bytes(&idl(), "Treasury"), Ok(size_of::<Treasury>()));
}

#[test]
fn the_epochs_head_lies_as_described() {
    let real = laid_out!(
        BudgetEpoch: version, bump, entry_count, open_proposals, index, treasury,
        rent_payer, opened_at, voting_opens_at, voting_closes_at, voting_hard_end_at,
        settled_at, seq, free_at_open, cap, allocated, executed, electorate,
        vote_record_count, ballot_count, turnout, ask_limits, category_caps,
        category_awarded, slate_hash, policy, reward_pool, rewards_paid,
        standstill_at_settlement, treasury_value, runway_room, recipient_cap,
        exposure_rooms, target_changes, votable_count, reserved,
    );
    assert_eq!(described("BudgetEpoch"), real);
    assert_eq!(layout::bytes(&idl(), "BudgetEpoch"), Ok(EPOCH_HEADER_BYTES - 8));
}

#[test]
fn an_entry_lies_as_described() {
    let real = laid_out!(
        Entry: for_, against, abstain, amount, recipient_tag, category, action, tier,
        outcome, reason, flags, leader, rank, recipient_ask,
    );
    let mut end = 0;
    for ((name, ty, _), (field, offset, bytes)) in ENTRY.into_iter().zip(&real) {
        let described = match ty {
            "u8" => 1,
            "u64" => 8,
            "[u8; 16]" => 16,
            other => panic!("{other}"),
        };
        assert_eq!((name, end, described), (field.as_str(), *offset, *bytes));
        end += described;
    }
    assert_eq!((end, ENTRY.len()), (ENTRY_BYTES, real.len()));
}

#[test]
fn a_vote_records_head_lies_as_described() {
    let real = laid_out!(
        VoteRecord: version, bump, by_delegate, reserved_flags, tokens_bps, reserved,
        epoch, owner, rent_payer, weight,
    );
    assert_eq!(described("VoteRecord"), real);
    assert_eq!(layout::bytes(&idl(), "VoteRecord"), Ok(size_of::<VoteRecord>()));
    assert_eq!(VoteRecord::space(128), 8 + size_of::<VoteRecord>() + 128 / 4);
}

#[test]
fn the_policy_and_its_sections_lie_as_described() {
    let real = laid_out!(
        Policy: schedule, slate, budget, tiers, stake, risk, breaker, review,
    );
    assert_eq!(described("Policy"), real);
    let sections = [
        (
            "ScheduleSection",
            laid_out!(
                ScheduleSection: period_secs, submission_secs, voting_secs, late_window_secs,
                max_extension_secs, execution_grace_secs, reserved,
            ),
        ),
        (
            "SlateSection",
            laid_out!(
                SlateSection: slot_fee, bond, spam_support_bps, capacity, per_proposer,
                reserved,
            ),
        ),
        (
            "BudgetSection",
            laid_out!(
                BudgetSection: epoch_cap_abs, min_cap, epoch_cap_bps, reward_bps,
                participation_gate_bps, reserved,
            ),
        ),
        (
            "TiersSection",
            laid_out!(
                TiersSection: rules, late_swing_bps, contested_coef_bps, max_quorum_bps,
                record_floor_bps, reserved,
            ),
        ),
        (
            "TierRule",
            laid_out!(
                TierRule: timelock_secs, ask_limit_bps, quorum_bps, approval_bps,
                min_checkpoints, reserved,
            ),
        ),
        (
            "StakeSection",
            laid_out!(
                StakeSection: min_total_weight, min_lock_secs, max_lock_secs, lock_bonus_bps,
                streak_bonus_bps, reserved,
            ),
        ),
        (
            "RiskSection",
            laid_out!(
                RiskSection: categories, mark_age_secs, max_recipient_bps, max_drawdown_bps,
                min_runway_epochs, category_count, reserved,
            ),
        ),
        (
            "Category",
            laid_out!(
                Category: name, share_bps, exposure_limit_bps, haircut_bps, class, reserved,
            ),
        ),
    ];
    let later = [
        (
            "BreakerSection",
            laid_out!(
                BreakerSection: outflow_window_secs, max_payout_delay_secs, trip_secs,
                guardian_pause_secs, outflow_bps, reserved,
            ),
        ),
        (
            "ReviewSection",
            laid_out!(
                ReviewSection: window_secs, grace_secs, hold_limit_secs, pass_bps, floor_bps,
                reserved,
            ),
        ),
        (
            "PositionState",
            laid_out!(
                PositionState: pending, cost, mark, marked_at, reported_mark, reported_at,
            ),
        ),
    ];
    for (name, real) in sections.into_iter().chain(later) {
        assert_eq!(described(name), real, "{name}");
    }
}

#[test]
fn stake_stream_and_record_lie_as_described() {
    let idl = idl();
    let stake = laid_out!(
        Stake: version, bump, dormant, reserved_flags, lock_secs, treasury, owner,
        rent_payer, delegate, amount, cooling, cooling_until, lock_floor_at, weight,
        frozen_weight, frozen_epoch, act_epoch, participation_latest, touched_epoch,
        participation, frozen_amount, reserved,
    );
    let stream = laid_out!(
        Stream: version, bump, entry_index, category, epoch_index, treasury, proposal,
        recipient, payout_account, rent_payer, total, withdrawn, returned, base_amount,
        rest, reduced_before, part_reduction, released_floor, ended_released,
        started_at, standing_secs, pause_from, pause_until, bend_at, bend_released,
        bend_standing_secs, previous_passed_at, updated_at, held_at, ended_at, ruled_at,
        duration_secs, cliff_secs, window_secs, grace_secs, hold_limit_secs,
        pause_used_secs, pass_bps, floor_bps, checkpoints, base_part, passed,
        update_filed, open_reviews, is_risk, ruling_leader, reserved_flags,
        ruling_epoch, reserved,
    );
    let record = laid_out!(
        RecipientRecord: version, bump, submitted_count, leader, submitted_epoch,
        treasury, person, accepted_epoch, score_sum, scored, missed_updates,
        cancellations, streams, awarded, paid, returned, reserved,
    );
    for (name, real, size) in [
        ("Stake", stake, size_of::<Stake>()),
        ("Stream", stream, size_of::<Stream>()),
        ("RecipientRecord", record, size_of::<RecipientRecord>()),
    ] {
        assert_eq!(described(name), real, "{name}");
        assert_eq!(layout::bytes(&idl, name), Ok(size), "{name}");
    }
}

#[test]
fn borsh_accounts_are_as_large_as_described() {
    let idl = idl();
    assert_eq!(layout::bytes(&idl, "Proposal"), Ok(Proposal::INIT_SPACE));
    assert_eq!(layout::bytes(&idl, "Review"), Ok(Review::INIT_SPACE));
}

#[test]
fn every_account_is_described_with_its_discriminator() {
    let described: Vec<(String, Vec<u8>)> =
        idl().accounts.into_iter().map(|a| (a.name, a.discriminator)).collect();
    let real = [
        ("BudgetEpoch", BudgetEpoch::DISCRIMINATOR),
        ("Proposal", Proposal::DISCRIMINATOR),
        ("RecipientRecord", RecipientRecord::DISCRIMINATOR),
        ("Review", Review::DISCRIMINATOR),
        ("Stake", Stake::DISCRIMINATOR),
        ("Stream", Stream::DISCRIMINATOR),
        ("Treasury", Treasury::DISCRIMINATOR),
        ("VoteRecord", VoteRecord::DISCRIMINATOR),
    ];
    assert_eq!(described, real.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())));
}

/// Names in backquotes of the list item `item` in an instruction's documentation.
fn listed(instruction: &IdlInstruction, item: &str) -> BTreeSet<String> {
    let docs = instruction.docs.join("\n");
    let (_, rest) = docs
        .split_once(&format!("- {item}: "))
        .unwrap_or_else(|| panic!("{} has no line `{item}`", instruction.name));
    let line = rest.split("\n- ").next().unwrap();
    line.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_instruction_names_phase_and_signers() {
    for instruction in idl().instructions {
        listed(&instruction, "Phase");
        let signs = |account: &IdlInstructionAccountItem| match account {
            IdlInstructionAccountItem::Single(account) => {
                account.signer.then(|| account.name.clone())
            }
            IdlInstructionAccountItem::Composite(_) => panic!("nested accounts"),
        };
        let mut signers: BTreeSet<String> = instruction.accounts.iter().filter_map(signs).collect();
        if instruction.name == "submit_proposal" {
            // The recipient's signature is its consent, and may be missing.
            signers.insert("recipient".to_owned());
        }
        assert_eq!(listed(&instruction, "Signer"), signers, "{}", instruction.name);
    }
}

#[test]
fn every_event_is_emitted_somewhere_and_every_emitted_one_exists() {
    let idl = idl();
    let emitted: BTreeSet<String> =
        idl.instructions.iter().flat_map(|i| listed(i, "Emits")).collect();
    let events: BTreeSet<String> = idl.events.into_iter().map(|event| event.name).collect();
    assert_eq!(emitted, events);
}

#[test]
fn every_error_is_listed_somewhere_and_every_listed_one_exists() {
    let idl = idl();
    let mut listed: BTreeSet<String> =
        idl.instructions.iter().flat_map(|i| listed(i, "Fails")).collect();
    // What the page says of all instructions at once.
    for error in [
        BudgetError::ArithmeticOverflow,
        BudgetError::InvariantViolated,
        BudgetError::TransferAmountMismatch,
    ] {
        listed.insert(error.name());
    }
    let errors: BTreeSet<String> = idl.errors.into_iter().map(|error| error.name).collect();
    assert_eq!(listed, errors);
}

#[test]
fn seeds_that_the_idl_cannot_express_are_of_accounts_that_exist() {
    let idl = idl();
    for (instruction, account, _) in SEEDS {
        let found = idl.instructions.iter().find(|i| i.name == instruction).unwrap();
        assert!(
            found.accounts.iter().any(|item| matches!(
                item,
                IdlInstructionAccountItem::Single(single) if single.name == account
            )),
            "{instruction} has no account {account}"
        );
    }
}

/// Anchor reads a seed that is a field of an account as the account's key; then one account occurs
/// twice, and generated clients look at another address than the program does.
#[test]
fn no_address_has_the_same_account_twice_among_its_seeds() {
    for instruction in idl().instructions {
        for item in instruction.accounts {
            let IdlInstructionAccountItem::Single(account) = item else { continue };
            let Some(pda) = account.pda else { continue };
            let keys: Vec<String> = pda
                .seeds
                .into_iter()
                .filter_map(|seed| match seed {
                    IdlSeed::Account(account) => Some(account.path),
                    _ => None,
                })
                .collect();
            let distinct: BTreeSet<&String> = keys.iter().collect();
            assert_eq!(distinct.len(), keys.len(), "{}.{}", instruction.name, account.name);
        }
    }
}
