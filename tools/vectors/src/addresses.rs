//! Where accounts are.

use anchor_lang::prelude::Pubkey;
use anchor_spl::{token, token_2022};
use budget_client::address::{Community, proposal, review, stream, vote_record};
use serde_json::Value;

use crate::{Section, object};

/// A key of one byte, repeated: easy to tell apart when reading a difference.
pub fn key(byte: u8) -> Pubkey {
    Pubkey::new_from_array([byte; 32])
}

/// The community that every case is about.
pub fn community() -> Community {
    Community {
        treasury: Community::treasury_address(&key(1), 7),
        budget_mint: key(2),
        stake_mint: key(3),
        budget_token_program: token::ID,
        stake_token_program: token_2022::ID,
    }
}

pub fn sections() -> Vec<Section> {
    let community = community();
    let (treasury, owner) = (community.treasury, key(4));
    let epoch = community.epoch(258);
    let proposal_key = proposal(&epoch, 127);
    let stream_key = stream(&proposal_key);
    let mut cases = Vec::new();
    let mut add = |of: &str, seeds: Value, is: Pubkey| {
        cases.push(object! { of: of, seeds: seeds, is: is });
    };
    for id in [0, 7, u64::MAX] {
        let is = Community::treasury_address(&key(1), id);
        add("treasury", object! { founder: key(1), id: id }, is);
    }
    add("vault", object! { treasury: treasury }, community.vault());
    add("stakeVault", object! { treasury: treasury }, community.stake_vault());
    add("bondVault", object! { treasury: treasury }, community.bond_vault());
    add("stake", object! { treasury: treasury, owner: owner }, community.stake(&owner));
    let record = community.recipient_record(&owner);
    add("recipientRecord", object! { treasury: treasury, person: owner }, record);
    for index in [0, 258, u32::MAX] {
        add("epoch", object! { treasury: treasury, index: index }, community.epoch(index));
    }
    for index in [0, 127] {
        add("proposal", object! { epoch: epoch, index: index }, proposal(&epoch, index));
    }
    add("voteRecord", object! { epoch: epoch, owner: owner }, vote_record(&epoch, &owner));
    add("stream", object! { proposal: proposal_key }, stream_key);
    for checkpoint in [0, 11] {
        let is = review(&stream_key, checkpoint);
        add("review", object! { stream: stream_key, checkpoint: checkpoint }, is);
    }
    for (mint, program, is) in [
        (community.budget_mint, community.budget_token_program, community.budget_account(&owner)),
        (
            community.stake_mint,
            community.stake_token_program,
            community.stake_token_account(&owner),
        ),
    ] {
        let seeds = object! { owner: owner, mint: mint, token_program: program };
        add("associatedToken", seeds, is);
    }
    vec![Section::new("addresses", cases)]
}
