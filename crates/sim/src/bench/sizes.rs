//! Bytes and rent of every account.

use anchor_lang::{Space, prelude::Pubkey};
use budget_sim::{token::SPL_TOKEN, world::World};
use community_budget::state::{
    BudgetEpoch, PolicyPatch, Proposal, RecipientRecord, Review, Stake, Stream, Treasury,
    VoteRecord,
};

use super::slate::{Cast, FULL};

/// Slates that a policy can choose.
const CAPACITIES: [u8; 4] = [16, 32, 64, 128];

/// Bytes of a token account without extensions.
const TOKEN_ACCOUNT_BYTES: usize = 165;

/// Bytes of the largest act's account: a change of policy, with the byte that says so.
const LARGEST_ACT_BYTES: usize = Proposal::space(PolicyPatch::INIT_SPACE + 1);

/// Lamports that keep an account of `bytes` alive: two years of 3,480 lamports per byte, where
/// every account counts 128 bytes more than it holds.
pub fn rent(bytes: usize) -> u64 {
    (u64::try_from(bytes).expect("an account is short") + 128) * 2 * 3_480
}

/// One kind of account.
pub struct AccountSize {
    /// Its name, with what its size depends on.
    pub name: String,
    /// Its data, discriminator included.
    pub bytes: usize,
    /// When its payer gets the rent back.
    pub returned_by: &'static str,
}

/// Every kind of account.
pub fn all() -> Vec<AccountSize> {
    let size =
        |name: &str, bytes, returned_by| AccountSize { name: name.to_owned(), bytes, returned_by };
    let mut sizes = vec![
        size("`Treasury`", Treasury::SPACE, "never"),
        size("vault, stake vault, bond vault, each", TOKEN_ACCOUNT_BYTES, "never"),
        size("`RecipientRecord`", RecipientRecord::SPACE, "never"),
        size("`Stake`", Stake::SPACE, "`close_stake`"),
        size("`Proposal` of an award", Proposal::AWARD_SPACE, "`close_proposal`"),
        size("`Proposal` of an act, at most", LARGEST_ACT_BYTES, "`close_proposal`"),
        size("`Stream`", Stream::SPACE, "`close_stream`"),
        size("`Review`", Review::SPACE, "`close_review`"),
    ];
    for capacity in CAPACITIES {
        let name = format!("`BudgetEpoch`, {capacity} entries");
        sizes.push(size(&name, BudgetEpoch::space(capacity), "`close_epoch`"));
    }
    for capacity in CAPACITIES {
        let name = format!("`VoteRecord`, {capacity} entries");
        sizes.push(size(&name, VoteRecord::space(capacity), "`close_vote_record`"));
    }
    sizes
}

/// Holds the sizes and the rent against the accounts of a world with one executed award.
///
/// # Panics
/// When an account has other bytes or another balance than this module says.
pub fn confirm(world: &World, cast: &Cast, executed: u8) {
    let voter = &cast.voters[0];
    let community = &world.community;
    let expected: [(Pubkey, usize); 7] = [
        (community.treasury, Treasury::SPACE),
        (community.recipient_record(&cast.proposers[0].key()), RecipientRecord::SPACE),
        (community.stake(&voter.key()), Stake::SPACE),
        (world.proposal_key(0, executed), Proposal::AWARD_SPACE),
        (world.stream_key(0, executed), Stream::SPACE),
        (community.epoch(0), BudgetEpoch::space(FULL)),
        (world.vote_record_key(0, voter), VoteRecord::space(FULL)),
    ];
    assert_eq!(community.budget_token_program, SPL_TOKEN, "the vault is an SPL token account");
    for (key, bytes) in expected.into_iter().chain([(community.vault(), TOKEN_ACCOUNT_BYTES)]) {
        confirm_account(world, key, bytes);
    }
}

/// Holds the sizes of an act's proposal and of a review against the accounts of a world with both.
///
/// # Panics
/// As [`confirm`].
pub fn confirm_governance(world: &World, act: Pubkey, review: Pubkey) {
    confirm_account(world, act, LARGEST_ACT_BYTES);
    confirm_account(world, review, Review::SPACE);
}

fn confirm_account(world: &World, key: Pubkey, bytes: usize) {
    let account = world.svm.get(&key).unwrap_or_else(|| panic!("no account at {key}"));
    assert_eq!(account.data.len(), bytes, "size of {key}");
    assert_eq!(account.lamports, rent(bytes), "rent of {key}");
}
