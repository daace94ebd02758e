//! Byte layouts are ABI: discriminators, sizes, the place of every field, and whole accounts against
//! the files in `tests/fixtures`. Accounts that Borsh serializes are in `layouts_borsh`.
//!
//! `BUDGET_BLESS=1` writes the fixtures anew; a change there is a change that every client feels.

use std::{fmt::Write, fs, mem::offset_of, path::Path};

use anchor_lang::{AnchorSerialize, Discriminator};
use budget_client::account::{Readable, slate};
use community_budget::{
    ID,
    state::{
        BreakerSection, BudgetEpoch, BudgetSection, Category, EPOCH_HEADER_BYTES, Entry, Policy,
        PositionState, Proposal, RecipientRecord, Review, ReviewSection, RiskSection,
        ScheduleSection, SlateSection, Stake, StakeSection, Stream, TierRule, TiersSection,
        Treasury, VoteRecord,
    },
};

/// Checks size and the offset of every field; the pattern fails to compile when one is left out.
macro_rules! pod {
    ($type:ident, $size:literal: $($field:ident @ $at:literal),*) => {{
        assert_eq!(size_of::<$type>(), $size, stringify!($type));
        $(assert_eq!(offset_of!($type, $field), $at, "{}.{}", stringify!($type), stringify!($field));)*
        let _every_field = |$type { $($field: _),* }: $type| ();
    }};
}

#[test]
fn zero_copy_fields_are_where_they_always_were() {
    pod!(Treasury, 2272:
        version @ 0, bump @ 1, vault_bump @ 2, stake_vault_bump @ 3, bond_vault_bump @ 4,
        budget_decimals @ 5, stake_decimals @ 6, epoch_active @ 7, epoch_count @ 8,
        frozen_epoch @ 12, id @ 16, founder @ 24, budget_mint @ 56, stake_mint @ 88, vault @
        120, stake_vault @ 152, bond_vault @ 184, tracked @ 216, committed @ 224,
        reserved_funds @ 232, staked @ 240, bonded @ 248, total_weight @ 256, frozen_total @
        264, first_open_at @ 272, last_opened_at @ 280, voting_opens_at @ 288,
        cooling_floor_at @ 296, seq @ 304, policy @ 312, in_force @ 792, guardian @ 1272,
        reviewer @ 1304, risk_reporter @ 1336, positions @ 1368, realised_profit @ 1752,
        realised_loss @ 1760, outflow @ 1768, inflow @ 1800, bucket_capacity @ 1832,
        bucket_level @ 1840, bucket_remainder @ 1848, bucket_at @ 1856, high_water @ 1864,
        tripped_at @ 1872, tripped_until @ 1880, breaker_rests_until @ 1888,
        standstill_before_secs @ 1896, standstill_from @ 1904, standstill_until @ 1912,
        pause_until @ 1920, pause_used_secs @ 1928, target_changes @ 1932, trip_open @ 2012,
        reserved @ 2013
    );
    pod!(BudgetEpoch, 2040:
        version @ 0, bump @ 1, entry_count @ 2, open_proposals @ 3, index @ 4, treasury @ 8,
        rent_payer @ 40, opened_at @ 72, voting_opens_at @ 80, voting_closes_at @ 88,
        voting_hard_end_at @ 96, settled_at @ 104, seq @ 112, free_at_open @ 120, cap @ 128,
        allocated @ 136, executed @ 144, electorate @ 152, vote_record_count @ 160,
        ballot_count @ 168, turnout @ 176, ask_limits @ 184, category_caps @ 208,
        category_awarded @ 272, slate_hash @ 336, policy @ 368, reward_pool @ 848,
        rewards_paid @ 856, standstill_at_settlement @ 864, treasury_value @ 872,
        runway_room @ 880, recipient_cap @ 888, exposure_rooms @ 896, target_changes @ 960,
        votable_count @ 1040, reserved @ 1041
    );
    pod!(Entry, 64:
        for_ @ 0, against @ 8, abstain @ 16, amount @ 24, recipient_tag @ 32, category @ 48,
        action @ 49, tier @ 50, outcome @ 51, reason @ 52, flags @ 53, leader @ 54, rank @
        55, recipient_ask @ 56
    );
    pod!(VoteRecord, 112:
        version @ 0, bump @ 1, by_delegate @ 2, reserved_flags @ 3, tokens_bps @ 4, reserved
        @ 6, epoch @ 8, owner @ 40, rent_payer @ 72, weight @ 104
    );
    pod!(Stake, 248:
        version @ 0, bump @ 1, dormant @ 2, reserved_flags @ 3, lock_secs @ 4, treasury @ 8,
        owner @ 40, rent_payer @ 72, delegate @ 104, amount @ 136, cooling @ 144,
        cooling_until @ 152, lock_floor_at @ 160, weight @ 168, frozen_weight @ 176,
        frozen_epoch @ 184, act_epoch @ 188, participation_latest @ 192, touched_epoch @
        196, participation @ 200, frozen_amount @ 216, reserved @ 224
    );
    pod!(Stream, 440:
        version @ 0, bump @ 1, entry_index @ 2, category @ 3, epoch_index @ 4, treasury @ 8,
        proposal @ 40, recipient @ 72, payout_account @ 104, rent_payer @ 136, total @ 168,
        withdrawn @ 176, returned @ 184, base_amount @ 192, rest @ 200, reduced_before @
        208, part_reduction @ 216, released_floor @ 224, ended_released @ 232, started_at @
        240, standing_secs @ 248, pause_from @ 256, pause_until @ 264, bend_at @ 272,
        bend_released @ 280, bend_standing_secs @ 288, previous_passed_at @ 296, updated_at
        @ 304, held_at @ 312, ended_at @ 320, ruled_at @ 328, duration_secs @ 336,
        cliff_secs @ 340, window_secs @ 344, grace_secs @ 348, hold_limit_secs @ 352,
        pause_used_secs @ 356, pass_bps @ 360, floor_bps @ 362, checkpoints @ 364, base_part
        @ 365, passed @ 366, update_filed @ 367, open_reviews @ 368, is_risk @ 369,
        ruling_leader @ 370, reserved_flags @ 371, ruling_epoch @ 372, reserved @ 376
    );
    pod!(RecipientRecord, 168:
        version @ 0, bump @ 1, submitted_count @ 2, leader @ 3, submitted_epoch @ 4,
        treasury @ 8, person @ 40, accepted_epoch @ 72, score_sum @ 76, scored @ 80,
        missed_updates @ 82, cancellations @ 84, streams @ 86, awarded @ 88, paid @ 96,
        returned @ 104, reserved @ 112
    );
    pod!(PositionState, 48:
        pending @ 0, cost @ 8, mark @ 16, marked_at @ 24, reported_mark @ 32, reported_at @
        40
    );
    pod!(Policy, 480:
        schedule @ 0, slate @ 32, budget @ 64, tiers @ 96, stake @ 160, risk @ 192, breaker
        @ 416, review @ 448
    );
    pod!(ScheduleSection, 32:
        period_secs @ 0, submission_secs @ 4, voting_secs @ 8, late_window_secs @ 12,
        max_extension_secs @ 16, execution_grace_secs @ 20, reserved @ 24
    );
    pod!(SlateSection, 32:
        slot_fee @ 0, bond @ 8, spam_support_bps @ 16, capacity @ 18, per_proposer @ 19,
        reserved @ 20
    );
    pod!(BudgetSection, 32:
        epoch_cap_abs @ 0, min_cap @ 8, epoch_cap_bps @ 16, reward_bps @ 18,
        participation_gate_bps @ 20, reserved @ 22
    );
    pod!(TierRule, 12:
        timelock_secs @ 0, ask_limit_bps @ 4, quorum_bps @ 6, approval_bps @ 8,
        min_checkpoints @ 10, reserved @ 11
    );
    pod!(TiersSection, 64:
        rules @ 0, late_swing_bps @ 48, contested_coef_bps @ 50, max_quorum_bps @ 52,
        record_floor_bps @ 54, reserved @ 56
    );
    pod!(StakeSection, 32:
        min_total_weight @ 0, min_lock_secs @ 8, max_lock_secs @ 12, lock_bonus_bps @ 16,
        streak_bonus_bps @ 18, reserved @ 20
    );
    pod!(Category, 24:
        name @ 0, share_bps @ 16, exposure_limit_bps @ 18, haircut_bps @ 20, class @ 22,
        reserved @ 23
    );
    pod!(RiskSection, 224:
        categories @ 0, mark_age_secs @ 192, max_recipient_bps @ 196, max_drawdown_bps @
        198, min_runway_epochs @ 200, category_count @ 201, reserved @ 202
    );
    pod!(BreakerSection, 32:
        outflow_window_secs @ 0, max_payout_delay_secs @ 4, trip_secs @ 8,
        guardian_pause_secs @ 12, outflow_bps @ 16, reserved @ 18
    );
    pod!(ReviewSection, 32:
        window_secs @ 0, grace_secs @ 4, hold_limit_secs @ 8, pass_bps @ 12, floor_bps @ 14,
        reserved @ 16
    );
}

#[test]
fn discriminators_are_what_they_always_were() {
    let all: [(&str, &[u8], [u8; 8]); 8] = [
        ("Treasury", Treasury::DISCRIMINATOR, [238, 239, 123, 238, 89, 1, 168, 253]),
        ("BudgetEpoch", BudgetEpoch::DISCRIMINATOR, [171, 33, 165, 56, 15, 210, 193, 62]),
        ("VoteRecord", VoteRecord::DISCRIMINATOR, [112, 9, 123, 165, 234, 9, 157, 167]),
        ("Stake", Stake::DISCRIMINATOR, [150, 197, 176, 29, 55, 132, 112, 149]),
        ("Proposal", Proposal::DISCRIMINATOR, [26, 94, 189, 187, 116, 136, 53, 33]),
        ("Stream", Stream::DISCRIMINATOR, [166, 224, 59, 4, 202, 10, 186, 83]),
        ("RecipientRecord", RecipientRecord::DISCRIMINATOR, [138, 59, 120, 98, 195, 27, 223, 111]),
        ("Review", Review::DISCRIMINATOR, [124, 63, 203, 215, 226, 30, 222, 15]),
    ];
    for (name, discriminator, pinned) in all {
        assert_eq!(discriminator, pinned, "{name}");
    }
}

#[test]
fn accounts_have_the_size_they_always_had() {
    assert_eq!(Treasury::SPACE, 2_280);
    assert_eq!(EPOCH_HEADER_BYTES, 2_048);
    assert_eq!([16, 32, 64, 128].map(BudgetEpoch::space), [3_072, 4_096, 6_144, 10_240]);
    assert_eq!([16, 32, 64, 128].map(VoteRecord::space), [124, 128, 136, 152]);
    assert_eq!((Stake::SPACE, Stream::SPACE, RecipientRecord::SPACE), (256, 448, 176));
    assert_eq!((Proposal::AWARD_SPACE, Review::SPACE), (475, 301));
}

/// Bytes that differ from their neighbours, so that swapped or shifted fields show.
fn counting<T: bytemuck::Pod>(start: usize) -> T {
    let bytes: Vec<u8> =
        (start..start + size_of::<T>()).map(|at| (at % 251).to_le_bytes()[0]).collect();
    bytemuck::pod_read_unaligned(&bytes)
}

fn pod_account<T: Discriminator + bytemuck::Pod>(start: usize) -> Vec<u8> {
    [T::DISCRIMINATOR, bytemuck::bytes_of(&counting::<T>(start))].concat()
}

/// Compares with a fixture, or writes it under `BUDGET_BLESS`, and returns the fixture's bytes.
pub fn golden(name: &str, bytes: &[u8]) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(format!("{name}.hex"));
    let mut text = String::new();
    for line in bytes.chunks(32) {
        for byte in line {
            write!(text, "{byte:02x}").unwrap();
        }
        text.push('\n');
    }
    if std::env::var_os("BUDGET_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &text).unwrap();
    }
    let stored = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; BUDGET_BLESS=1 writes it", path.display()));
    assert_eq!(stored, text, "{name} differs from its fixture");
    let hex: Vec<u8> = stored.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    hex.chunks(2).map(byte).collect()
}

/// Compares a zero-copy account with its fixture and reads it back.
fn round_trip<T: Readable + Discriminator + bytemuck::Pod>(name: &str, start: usize) -> T {
    let bytes = golden(name, &pod_account::<T>(start));
    let read = T::read(&ID, &bytes).unwrap();
    assert_eq!(bytemuck::bytes_of(&read), &bytes[8..], "{name}");
    read
}

#[test]
fn zero_copy_accounts_equal_their_fixtures_both_ways() {
    let treasury: Treasury = round_trip("treasury", 1);
    assert_eq!((treasury.version, treasury.epoch_active), (1, 8));
    let record: VoteRecord = round_trip("vote_record", 4);
    assert_eq!((record.version, record.bump, record.by_delegate), (4, 5, 6));
    let stake: Stake = round_trip("stake", 6);
    assert_eq!((stake.version, stake.bump, stake.dormant), (6, 7, 8));
    let stream: Stream = round_trip("stream", 7);
    assert_eq!((stream.version, stream.bump, stream.entry_index, stream.category), (7, 8, 9, 10));
    let record: RecipientRecord = round_trip("recipient_record", 8);
    assert_eq!((record.version, record.bump, record.submitted_count), (8, 9, 10));

    let mut bytes = pod_account::<BudgetEpoch>(2);
    bytes.extend_from_slice(bytemuck::bytes_of(&counting::<Entry>(3)));
    let bytes = golden("budget_epoch", &bytes);
    let epoch = BudgetEpoch::read(&ID, &bytes).unwrap();
    assert_eq!((epoch.version, epoch.entry_count, epoch.open_proposals), (2, 4, 5));
    assert_eq!(bytemuck::bytes_of(&epoch), &bytes[8..EPOCH_HEADER_BYTES]);
    assert_eq!(slate(&ID, &bytes).unwrap(), [counting::<Entry>(3)]);
}

#[test]
fn a_policys_borsh_bytes_are_its_memory() {
    for policy in [Policy::default(), counting::<Policy>(5)] {
        let mut bytes = Vec::new();
        policy.serialize(&mut bytes).unwrap();
        assert_eq!(bytes, bytemuck::bytes_of(&policy));
    }
    golden("policy", bytemuck::bytes_of(&counting::<Policy>(5)));
}
