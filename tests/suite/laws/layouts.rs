//! Byte layouts are ABI: discriminators, sizes, the place of every field, and whole accounts against
//! the files in `tests/fixtures`.
//!
//! `BUDGET_BLESS=1` writes the fixtures anew; a change there is a change that every client feels.

use std::{fmt::Write, fs, mem::offset_of, path::Path};

use anchor_lang::{AccountSerialize, AnchorSerialize, Discriminator, prelude::Pubkey};
use budget_client::account::{Readable, slate};
use community_budget::{
    ID,
    state::{
        Action, BudgetEpoch, BudgetSection, Category, EPOCH_HEADER_BYTES, Entry, Policy, Proposal,
        RecipientRecord, RiskSection, ScheduleSection, SlateSection, Stake, StakeSection, Stream,
        Terms, TierRule, TiersSection, Treasury, VoteRecord,
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
    pod!(Treasury, 1304: version @ 0, bump @ 1, vault_bump @ 2, stake_vault_bump @ 3, bond_vault_bump @ 4, budget_decimals @ 5, stake_decimals @ 6, epoch_active @ 7, epoch_count @ 8, frozen_epoch @ 12, id @ 16, founder @ 24, budget_mint @ 56, stake_mint @ 88, vault @ 120, stake_vault @ 152, bond_vault @ 184, tracked @ 216, committed @ 224, reserved_funds @ 232, staked @ 240, bonded @ 248, total_weight @ 256, frozen_total @ 264, first_open_at @ 272, last_opened_at @ 280, voting_opens_at @ 288, cooling_floor_at @ 296, seq @ 304, policy @ 312, reserved @ 792);
    pod!(BudgetEpoch, 2040: version @ 0, bump @ 1, entry_count @ 2, open_proposals @ 3, index @ 4, treasury @ 8, rent_payer @ 40, opened_at @ 72, voting_opens_at @ 80, voting_closes_at @ 88, voting_hard_end_at @ 96, settled_at @ 104, seq @ 112, free_at_open @ 120, cap @ 128, allocated @ 136, executed @ 144, electorate @ 152, vote_record_count @ 160, ballot_count @ 168, turnout @ 176, ask_limits @ 184, category_caps @ 208, category_awarded @ 272, slate_hash @ 336, policy @ 368, reserved @ 848);
    pod!(Entry, 64: for_ @ 0, against @ 8, abstain @ 16, amount @ 24, recipient_tag @ 32, category @ 48, action @ 49, tier @ 50, outcome @ 51, reason @ 52, flags @ 53, leader @ 54, rank @ 55, recipient_ask @ 56);
    pod!(VoteRecord, 112: version @ 0, bump @ 1, cast_by @ 2, reserved @ 3, epoch @ 8, owner @ 40, rent_payer @ 72, weight @ 104);
    pod!(Policy, 480: schedule @ 0, slate @ 32, budget @ 64, tiers @ 96, stake @ 160, risk @ 192, reserved @ 416);
    pod!(ScheduleSection, 32: period_secs @ 0, submission_secs @ 4, voting_secs @ 8, late_window_secs @ 12, max_extension_secs @ 16, execution_grace_secs @ 20, reserved @ 24);
    pod!(SlateSection, 32: slot_fee @ 0, bond @ 8, spam_support_bps @ 16, capacity @ 18, per_proposer @ 19, reserved @ 20);
    pod!(BudgetSection, 32: epoch_cap_abs @ 0, min_cap @ 8, epoch_cap_bps @ 16, reserved @ 18);
    pod!(TierRule, 12: timelock_secs @ 0, ask_limit_bps @ 4, quorum_bps @ 6, approval_bps @ 8, reserved @ 10);
    pod!(TiersSection, 64: rules @ 0, late_swing_bps @ 48, reserved @ 50);
    pod!(StakeSection, 32: min_total_weight @ 0, min_lock_secs @ 8, max_lock_secs @ 12, lock_bonus_bps @ 16, reserved @ 18);
    pod!(Category, 24: name @ 0, share_bps @ 16, class @ 18, reserved @ 19);
    pod!(RiskSection, 224: categories @ 0, category_count @ 192, reserved @ 193);
}

fn serialized(account: &impl AccountSerialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    account.try_serialize(&mut bytes).unwrap();
    bytes
}

/// Sets one field of a zero account at a time and looks which bytes change.
macro_rules! borsh {
    ($base:expr; $($($field:ident).+ = $value:expr => $range:expr;)*) => {{
        let zero = serialized(&$base);
        $(
            let mut set = $base;
            set.$($field).+ = $value;
            let bytes = serialized(&set);
            assert_eq!(bytes.len(), zero.len(), stringify!($($field).+));
            let differ = |at: &usize| bytes[*at] != zero[*at];
            let changed: Vec<usize> = (0..zero.len()).filter(differ).collect();
            let expected: Vec<usize> = $range.collect();
            assert_eq!(changed, expected, stringify!($($field).+));
        )*
    }};
}

fn stake() -> Stake {
    Stake {
        version: 0,
        bump: 0,
        reserved_flags: [0; 2],
        lock_secs: 0,
        treasury: Pubkey::default(),
        owner: Pubkey::default(),
        rent_payer: Pubkey::default(),
        amount: 0,
        cooling: 0,
        cooling_until: 0,
        lock_floor_at: 0,
        weight: 0,
        frozen_weight: 0,
        frozen_epoch: 0,
        reserved: [0; 60],
    }
}

fn stream() -> Stream {
    Stream {
        version: 0,
        bump: 0,
        entry_index: 0,
        category: 0,
        epoch_index: 0,
        treasury: Pubkey::default(),
        proposal: Pubkey::default(),
        recipient: Pubkey::default(),
        payout_account: Pubkey::default(),
        rent_payer: Pubkey::default(),
        total: 0,
        withdrawn: 0,
        started_at: 0,
        duration_secs: 0,
        cliff_secs: 0,
        reserved: [0; 256],
    }
}

fn record() -> RecipientRecord {
    RecipientRecord {
        version: 0,
        bump: 0,
        submitted_count: 0,
        leader: 0,
        submitted_epoch: 0,
        treasury: Pubkey::default(),
        person: Pubkey::default(),
        accepted_epoch: 0,
        reserved: [0; 92],
    }
}

fn proposal() -> Proposal {
    Proposal {
        version: 0,
        bump: 0,
        index: 0,
        reserved_flags: [0; 5],
        epoch: Pubkey::default(),
        treasury: Pubkey::default(),
        proposer: Pubkey::default(),
        rent_payer: Pubkey::default(),
        bond: 0,
        submitted_at: 0,
        reserved: [0; 32],
        terms: terms(),
    }
}

fn terms() -> Terms {
    Terms {
        action: Action::Award,
        category: 0,
        checkpoints: 0,
        recipient: Pubkey::default(),
        amount: 0,
        duration_secs: 0,
        cliff_secs: 0,
        metadata_hash: [0; 32],
        title: "t".to_owned(),
        metadata_uri: "u".to_owned(),
    }
}

#[test]
fn borsh_fields_are_where_they_always_were() {
    borsh!(stake();
        version = u8::MAX => 8..9;
        bump = u8::MAX => 9..10;
        reserved_flags = [0xff; 2] => 10..12;
        lock_secs = u32::MAX => 12..16;
        treasury = Pubkey::new_from_array([0xff; 32]) => 16..48;
        owner = Pubkey::new_from_array([0xff; 32]) => 48..80;
        rent_payer = Pubkey::new_from_array([0xff; 32]) => 80..112;
        amount = u64::MAX => 112..120;
        cooling = u64::MAX => 120..128;
        cooling_until = -1 => 128..136;
        lock_floor_at = -1 => 136..144;
        weight = u64::MAX => 144..152;
        frozen_weight = u64::MAX => 152..160;
        frozen_epoch = u32::MAX => 160..164;
        reserved = [0xff; 60] => 164..224;
    );
    borsh!(stream();
        version = u8::MAX => 8..9;
        bump = u8::MAX => 9..10;
        entry_index = u8::MAX => 10..11;
        category = u8::MAX => 11..12;
        epoch_index = u32::MAX => 12..16;
        treasury = Pubkey::new_from_array([0xff; 32]) => 16..48;
        proposal = Pubkey::new_from_array([0xff; 32]) => 48..80;
        recipient = Pubkey::new_from_array([0xff; 32]) => 80..112;
        payout_account = Pubkey::new_from_array([0xff; 32]) => 112..144;
        rent_payer = Pubkey::new_from_array([0xff; 32]) => 144..176;
        total = u64::MAX => 176..184;
        withdrawn = u64::MAX => 184..192;
        started_at = -1 => 192..200;
        duration_secs = u32::MAX => 200..204;
        cliff_secs = u32::MAX => 204..208;
        reserved = [0xff; 256] => 208..464;
    );
    borsh!(record();
        version = u8::MAX => 8..9;
        bump = u8::MAX => 9..10;
        submitted_count = u8::MAX => 10..11;
        leader = u8::MAX => 11..12;
        submitted_epoch = u32::MAX => 12..16;
        treasury = Pubkey::new_from_array([0xff; 32]) => 16..48;
        person = Pubkey::new_from_array([0xff; 32]) => 48..80;
        accepted_epoch = u32::MAX => 80..84;
        reserved = [0xff; 92] => 84..176;
    );
    borsh!(proposal();
        version = u8::MAX => 8..9;
        bump = u8::MAX => 9..10;
        index = u8::MAX => 10..11;
        reserved_flags = [0xff; 5] => 11..16;
        epoch = Pubkey::new_from_array([0xff; 32]) => 16..48;
        treasury = Pubkey::new_from_array([0xff; 32]) => 48..80;
        proposer = Pubkey::new_from_array([0xff; 32]) => 80..112;
        rent_payer = Pubkey::new_from_array([0xff; 32]) => 112..144;
        bond = u64::MAX => 144..152;
        submitted_at = -1 => 152..160;
        reserved = [0xff; 32] => 160..192;
        terms.category = u8::MAX => 193..194;
        terms.checkpoints = u8::MAX => 194..195;
        terms.recipient = Pubkey::new_from_array([0xff; 32]) => 195..227;
        terms.amount = u64::MAX => 227..235;
        terms.duration_secs = u32::MAX => 235..239;
        terms.cliff_secs = u32::MAX => 239..243;
        terms.metadata_hash = [0xff; 32] => 243..275;
        terms.title = "\u{7f}".to_owned() => 279..280;
        terms.metadata_uri = "\u{7f}".to_owned() => 284..285;
    );
}

#[test]
fn discriminators_are_what_they_always_were() {
    assert_eq!(Treasury::DISCRIMINATOR, [238, 239, 123, 238, 89, 1, 168, 253], "Treasury");
    assert_eq!(BudgetEpoch::DISCRIMINATOR, [171, 33, 165, 56, 15, 210, 193, 62], "BudgetEpoch");
    assert_eq!(VoteRecord::DISCRIMINATOR, [112, 9, 123, 165, 234, 9, 157, 167], "VoteRecord");
    assert_eq!(Stake::DISCRIMINATOR, [150, 197, 176, 29, 55, 132, 112, 149], "Stake");
    assert_eq!(Proposal::DISCRIMINATOR, [26, 94, 189, 187, 116, 136, 53, 33], "Proposal");
    assert_eq!(Stream::DISCRIMINATOR, [166, 224, 59, 4, 202, 10, 186, 83], "Stream");
    assert_eq!(
        RecipientRecord::DISCRIMINATOR,
        [138, 59, 120, 98, 195, 27, 223, 111],
        "RecipientRecord"
    );
}

#[test]
fn accounts_have_the_size_they_always_had() {
    assert_eq!(8 + size_of::<Treasury>(), 1_312);
    assert_eq!(EPOCH_HEADER_BYTES, 2_048);
    assert_eq!([16, 32, 64, 128].map(BudgetEpoch::space), [3_072, 4_096, 6_144, 10_240]);
    assert_eq!([16, 32, 64, 128].map(VoteRecord::space), [124, 128, 136, 152]);
    assert_eq!((Stake::SPACE, Proposal::SPACE), (224, 475));
    assert_eq!((Stream::SPACE, RecipientRecord::SPACE), (464, 176));
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
fn golden(name: &str, bytes: &[u8]) -> Vec<u8> {
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

#[test]
fn zero_copy_accounts_equal_their_fixtures_both_ways() {
    let bytes = golden("treasury", &pod_account::<Treasury>(1));
    let treasury = Treasury::read(&ID, &bytes).unwrap();
    assert_eq!((treasury.version, treasury.epoch_active), (1, 8));
    assert_eq!(bytemuck::bytes_of(&treasury), &bytes[8..]);

    let mut bytes = pod_account::<BudgetEpoch>(2);
    bytes.extend_from_slice(bytemuck::bytes_of(&counting::<Entry>(3)));
    let bytes = golden("budget_epoch", &bytes);
    let epoch = BudgetEpoch::read(&ID, &bytes).unwrap();
    assert_eq!((epoch.version, epoch.entry_count, epoch.open_proposals), (2, 4, 5));
    assert_eq!(bytemuck::bytes_of(&epoch), &bytes[8..EPOCH_HEADER_BYTES]);
    assert_eq!(slate(&ID, &bytes).unwrap(), [counting::<Entry>(3)]);

    let bytes = golden("vote_record", &pod_account::<VoteRecord>(4));
    let record = VoteRecord::read(&ID, &bytes).unwrap();
    assert_eq!((record.version, record.bump, record.cast_by), (4, 5, 6));
    assert_eq!(bytemuck::bytes_of(&record), &bytes[8..]);
}

/// A key of one repeated byte.
fn key(byte: u8) -> Pubkey {
    Pubkey::new_from_array([byte; 32])
}

/// Compares with the fixture and reads it back.
#[track_caller]
fn round_trip<T: AccountSerialize + Readable>(name: &str, account: &T) {
    let bytes = golden(name, &serialized(account));
    let read = T::read(&ID, &bytes).unwrap();
    assert_eq!(serialized(&read), bytes, "{name} read and written");
}

#[test]
fn borsh_accounts_equal_their_fixtures_both_ways() {
    let stake = Stake {
        version: 1,
        bump: 2,
        lock_secs: 3,
        treasury: key(4),
        owner: key(5),
        rent_payer: key(6),
        amount: 7,
        cooling: 8,
        cooling_until: 9,
        lock_floor_at: 10,
        weight: 11,
        frozen_weight: 12,
        frozen_epoch: 13,
        ..stake()
    };
    round_trip("stake", &stake);
    let terms = Terms {
        action: Action::Award,
        category: 9,
        checkpoints: 10,
        recipient: key(11),
        amount: 12,
        duration_secs: 13,
        cliff_secs: 14,
        metadata_hash: [15; 32],
        title: "Swings".to_owned(),
        metadata_uri: "https://example.org".to_owned(),
    };
    let proposal = Proposal {
        version: 1,
        bump: 2,
        index: 3,
        epoch: key(4),
        treasury: key(5),
        proposer: key(6),
        rent_payer: key(7),
        bond: 8,
        submitted_at: 9,
        terms,
        ..proposal()
    };
    round_trip("proposal", &proposal);
    let stream = Stream {
        version: 1,
        bump: 2,
        entry_index: 3,
        category: 4,
        epoch_index: 5,
        treasury: key(6),
        proposal: key(7),
        recipient: key(8),
        payout_account: key(9),
        rent_payer: key(10),
        total: 11,
        withdrawn: 12,
        started_at: 13,
        duration_secs: 14,
        cliff_secs: 15,
        ..stream()
    };
    round_trip("stream", &stream);
    let record = RecipientRecord {
        version: 1,
        bump: 2,
        submitted_count: 3,
        leader: 4,
        submitted_epoch: 5,
        treasury: key(6),
        person: key(7),
        accepted_epoch: 8,
        ..record()
    };
    round_trip("recipient_record", &record);
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
