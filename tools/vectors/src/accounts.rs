//! Every kind of account: bytes, and what they say.

use anchor_lang::{AnchorSerialize, Discriminator, prelude::Pubkey};
use budget_client::address;
use bytemuck::{AnyBitPattern, NoUninit};
use community_budget::state::{
    BudgetEpoch, ENTRY_BYTES, Entry, Health, Proposal, RecipientRecord, Review, Stake, Stream,
    Terms, Treasury, VoteRecord,
};
use serde_json::Value;

use crate::{
    Section,
    actions::actions,
    addresses::{community, key},
    dice::Dice,
    json::{Json, hex},
    object,
};

pub fn sections() -> Vec<Section> {
    let mut dice = Dice::new(17);
    let mut cases = vec![
        treasury(&mut dice),
        epoch(&mut dice, 16),
        epoch(&mut dice, 128),
        vote_record(&mut dice, 4),
        vote_record(&mut dice, 32),
        stake(&mut dice),
        stream(&mut dice),
        recipient_record(&mut dice),
    ];
    cases.extend(actions().into_iter().enumerate().map(|(index, action)| proposal(index, action)));
    cases.extend([Health::OnTrack, Health::AtRisk, Health::OffTrack].map(review));
    vec![Section::new("accounts", cases)]
}

/// A zero-copy account of any bytes: a decoder that is one byte off reads something else everywhere.
fn any<T: AnyBitPattern>(dice: &mut Dice) -> T {
    let bytes: Vec<u8> = (0..size_of::<T>()).map(|_| dice.small(u8::MAX)).collect();
    bytemuck::pod_read_unaligned(&bytes)
}

/// The bytes of an account, as the chain holds them.
pub fn stored<T: Discriminator + NoUninit>(account: &T, tail: &[u8]) -> Vec<u8> {
    [T::DISCRIMINATOR, bytemuck::bytes_of(account), tail].concat()
}

fn case(kind: &str, address: Pubkey, bytes: &[u8], value: Value) -> Value {
    object! { kind: kind, address: address, data: hex(bytes), is: value }
}

fn with(mut value: Value, name: &str, more: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.insert(name.to_owned(), more);
    }
    value
}

fn treasury(dice: &mut Dice) -> Value {
    let account = Treasury { version: 1, ..any(dice) };
    let address = budget_client::Community::treasury_address(&account.founder, account.id);
    case("Treasury", address, &stored(&account, &[]), account.json())
}

fn epoch(dice: &mut Dice, capacity: u8) -> Value {
    let mut account = BudgetEpoch {
        version: 1,
        entry_count: capacity - 1,
        treasury: community().treasury,
        ..any(dice)
    };
    account.policy.slate.capacity = capacity;
    let slate: Vec<Entry> = (0..capacity).map(|_| any(dice)).collect();
    let tail: &[u8] = bytemuck::cast_slice(&slate);
    assert_eq!(tail.len(), usize::from(capacity) * ENTRY_BYTES);
    let address = community().epoch(account.index);
    let value = with(account.json(), "slate", slate.json());
    case("BudgetEpoch", address, &stored(&account, tail), value)
}

fn vote_record(dice: &mut Dice, bytes: usize) -> Value {
    let account = VoteRecord { version: 1, ..any(dice) };
    let choices: Vec<u8> = (0..bytes).map(|_| dice.small(u8::MAX)).collect();
    let address = address::vote_record(&account.epoch, &account.owner);
    let value = with(account.json(), "choices", hex(&choices));
    case("VoteRecord", address, &stored(&account, &choices), value)
}

fn stake(dice: &mut Dice) -> Value {
    let account = Stake { version: 1, treasury: community().treasury, ..any(dice) };
    let address = community().stake(&account.owner);
    case("Stake", address, &stored(&account, &[]), account.json())
}

fn stream(dice: &mut Dice) -> Value {
    let account = Stream { version: 1, ..any(dice) };
    let address = address::stream(&account.proposal);
    case("Stream", address, &stored(&account, &[]), account.json())
}

fn recipient_record(dice: &mut Dice) -> Value {
    let account = RecipientRecord { version: 1, treasury: community().treasury, ..any(dice) };
    let address = community().recipient_record(&account.person);
    case("RecipientRecord", address, &stored(&account, &[]), account.json())
}

/// Borsh, then zeros: accounts have room for the longest texts.
fn written<T: Discriminator + AnchorSerialize>(account: &T) -> Vec<u8> {
    let mut bytes = T::DISCRIMINATOR.to_vec();
    // Writing to memory cannot fail.
    account.serialize(&mut bytes).unwrap();
    bytes.extend([0; 40]);
    bytes
}

fn proposal(index: usize, action: community_budget::state::Action) -> Value {
    let account = Proposal {
        version: 1,
        bump: 251,
        index: u8::try_from(index).unwrap_or(0),
        reserved_flags: [0; 5],
        epoch: community().epoch(258),
        treasury: community().treasury,
        proposer: key(40),
        rent_payer: key(41),
        bond: u64::MAX - 3,
        submitted_at: 1_700_000_001,
        reserved: [0; 32],
        terms: Terms {
            action,
            metadata_hash: [0x5a; 32],
            title: format!("Ask {index} — ü"),
            metadata_uri: "ipfs://bafy".repeat(index % 3),
        },
    };
    let address = address::proposal(&account.epoch, account.index);
    case("Proposal", address, &written(&account), account.json())
}

fn review(health: Health) -> Value {
    let account = Review {
        version: 1,
        bump: 252,
        checkpoint: 3,
        scored: 1,
        score_bps: 6_543,
        reserved_flags: [0; 2],
        stream: key(10),
        rent_payer: key(41),
        filed_at: -1,
        scored_at: i64::MAX,
        spent: u64::MAX,
        health,
        evidence_hash: [6; 32],
        verdict_hash: [7; 32],
        evidence_uri: "https://example.org/evidence".to_owned(),
    };
    let address = address::review(&account.stream, account.checkpoint);
    case("Review", address, &written(&account), account.json())
}
