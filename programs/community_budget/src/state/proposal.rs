//! [`Proposal`]: the terms that voters decide on.

use anchor_lang::prelude::*;
use budget_rules::allocation::MAX_CATEGORIES;
use solana_sha256_hasher::hashv;

use crate::{
    constants::{LEAF_DOMAIN, MAX_TITLE_BYTES, MAX_URI_BYTES, SLATE_DOMAIN, TOMBSTONE_DOMAIN},
    error::{BudgetError, fail, require, require_gte},
    state::PolicyPatch,
};

/// Whom the community trusts to stop, score and mark. None of them can spend (R15).
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Pauses executions and streams, vetoes within the timelock.
    Guardian,
    /// Scores updates.
    Reviewer,
    /// Marks positions.
    RiskReporter,
}

impl From<Role> for u8 {
    fn from(role: Role) -> u8 {
        match role {
            Role::Guardian => 0,
            Role::Reviewer => 1,
            Role::RiskReporter => 2,
        }
    }
}

/// What a vote decides about a running or held stream (R8). What is released stays claimable.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// A held stream goes on from the checkpoint.
    Resume {
        /// The checkpoint that holds it, from 0; another hold needs another vote.
        checkpoint: u8,
    },
    /// Keeps a share of what is unreleased, returns the rest, and resumes the stream if held.
    Reduce {
        /// Basis points kept, 1 to 9,999.
        keep_bps: u16,
    },
    /// Returns everything unreleased.
    Cancel,
}

/// Money for a recipient, released over time.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Debug, PartialEq, Eq)]
pub struct AwardTerms {
    /// Index of the policy's category.
    pub category: u8,
    /// Reviews that cut the stream into parts, 0 to 12.
    pub checkpoints: u8,
    /// Who receives the award.
    pub recipient: Pubkey,
    /// Base units of the budget mint.
    pub amount: u64,
    /// Length of the stream.
    pub duration_secs: u32,
    /// Nothing is released this long after the start.
    pub cliff_secs: u32,
}

/// What a proposal does when it is approved. There is no action that calls another program.
///
/// ABI: stored in accounts and folded into the slate hash.
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Streams tokens of the vault to a recipient.
    Award(AwardTerms),
    /// Replaces one section of the policy, from the next epoch on.
    SetPolicy(PolicyPatch),
    /// Gives a role to another key; the zero key leaves it vacant.
    SetRole { role: Role, holder: Pubkey },
    /// Resumes, reduces or cancels a stream.
    RuleOnStream { stream: Pubkey, ruling: Ruling },
    /// Ends the present trip of the breaker.
    ClearBreaker,
    /// Takes `amount` base units of a category's principal for lost (R9).
    WriteOff { category: u8, amount: u64 },
}

/// An [`Action`] without its details, as a slate entry stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ActionKind {
    Award = 0,
    SetPolicy = 1,
    SetRole = 2,
    RuleOnStream = 3,
    ClearBreaker = 4,
    WriteOff = 5,
}

impl From<ActionKind> for u8 {
    fn from(kind: ActionKind) -> u8 {
        match kind {
            ActionKind::Award => 0,
            ActionKind::SetPolicy => 1,
            ActionKind::SetRole => 2,
            ActionKind::RuleOnStream => 3,
            ActionKind::ClearBreaker => 4,
            ActionKind::WriteOff => 5,
        }
    }
}

/// What an act would change. Of the passing acts of one slate on one target only the first stands,
/// and an act whose target has changed since its settlement is refused (R14).
pub mod targets {
    /// The policy's sections are targets 0 to 7, the roles 8 to 10.
    pub const FIRST_ROLE: u8 = 8;
    /// The breaker.
    pub const BREAKER: u8 = 11;
    /// The categories' positions are targets 12 to 19.
    pub const FIRST_POSITION: u8 = 12;
    /// Targets that the treasury counts changes of.
    pub const COUNTED: usize = 20;
    /// A stream, which keeps its own date; told apart on a slate by the entry that leads it.
    pub const STREAM: u8 = 128;

    /// The target of a slate entry, from its category and leader.
    pub fn of_entry(category: u8, leader: u8) -> u8 {
        if category == STREAM { STREAM | leader } else { category }
    }
}

impl Action {
    /// The terms of an award.
    ///
    /// # Errors
    /// [`BudgetError::WrongAction`] for an act.
    pub fn award(&self) -> Result<&AwardTerms> {
        match self {
            Self::Award(terms) => Ok(terms),
            _ => Err(fail(BudgetError::WrongAction)),
        }
    }

    /// Its kind.
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::Award(_) => ActionKind::Award,
            Self::SetPolicy(_) => ActionKind::SetPolicy,
            Self::SetRole { .. } => ActionKind::SetRole,
            Self::RuleOnStream { .. } => ActionKind::RuleOnStream,
            Self::ClearBreaker => ActionKind::ClearBreaker,
            Self::WriteOff { .. } => ActionKind::WriteOff,
        }
    }

    /// What it would change, one of [`targets`]; for an award the category.
    pub fn target(&self) -> u8 {
        match self {
            Self::Award(terms) => terms.category,
            Self::SetPolicy(patch) => patch.section(),
            Self::SetRole { role, .. } => targets::FIRST_ROLE.saturating_add(u8::from(*role)),
            Self::RuleOnStream { .. } => targets::STREAM,
            Self::ClearBreaker => targets::BREAKER,
            Self::WriteOff { category, .. } => targets::FIRST_POSITION.saturating_add(*category),
        }
    }

    /// The key it is about, if any.
    pub fn subject(&self) -> Option<&Pubkey> {
        match self {
            Self::Award(terms) => Some(&terms.recipient),
            Self::SetRole { holder, .. } => Some(holder),
            Self::RuleOnStream { stream, .. } => Some(stream),
            Self::SetPolicy(_) | Self::ClearBreaker | Self::WriteOff { .. } => None,
        }
    }

    /// Bytes of the action as it is stored.
    pub fn stored_bytes(&self) -> usize {
        let payload = match self {
            Self::Award(_) => AwardTerms::INIT_SPACE,
            Self::SetPolicy(_) => PolicyPatch::INIT_SPACE,
            Self::SetRole { .. } => Role::INIT_SPACE.saturating_add(32),
            Self::RuleOnStream { .. } => Ruling::INIT_SPACE.saturating_add(32),
            Self::ClearBreaker => 0,
            Self::WriteOff { .. } => 9,
        };
        payload.saturating_add(1)
    }

    /// Refuses details that no execution could ever carry out.
    ///
    /// # Errors
    /// [`BudgetError::ActionOutOfRange`]
    pub fn check(&self) -> Result<()> {
        let sound = match self {
            Self::RuleOnStream { ruling: Ruling::Reduce { keep_bps }, .. } => {
                (1..10_000).contains(keep_bps)
            }
            Self::WriteOff { category, amount } => {
                usize::from(*category) < MAX_CATEGORIES && *amount > 0
            }
            _ => true,
        };
        require!(sound, BudgetError::ActionOutOfRange);
        Ok(())
    }
}

/// Everything of a proposal that voters sign, in the order in which it is hashed (P5).
#[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub action: Action,
    /// SHA-256 of what the metadata URI leads to.
    pub metadata_hash: [u8; 32],
    /// What is asked for, in words.
    #[max_len(MAX_TITLE_BYTES)]
    pub title: String,
    /// Where the long text is. Clients check it against `metadata_hash` before showing it.
    #[max_len(MAX_URI_BYTES)]
    pub metadata_uri: String,
}

impl Terms {
    /// The terms of an award.
    ///
    /// # Errors
    /// [`BudgetError::WrongAction`] for an act.
    pub fn award(&self) -> Result<&AwardTerms> {
        self.action.award()
    }

    /// Refuses texts of the wrong length.
    ///
    /// # Errors
    /// [`BudgetError::TitleLength`], [`BudgetError::UriLength`]
    pub fn check_texts(title: &str, uri: &str) -> Result<()> {
        require!((1..=MAX_TITLE_BYTES).contains(&title.len()), BudgetError::TitleLength);
        require_gte!(MAX_URI_BYTES, uri.len(), BudgetError::UriLength);
        Ok(())
    }

    /// The terms as they are hashed and stored.
    pub fn canonical(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(Terms::INIT_SPACE);
        self.serialize(&mut bytes)?;
        Ok(bytes)
    }
}

/// One ask or act on an epoch's slate, with its bond.
///
/// Seeds: `[PROPOSAL_SEED, epoch, index]`. Closed after settlement, once its entry is final.
#[account]
#[derive(InitSpace, Debug)]
pub struct Proposal {
    /// Layout version.
    pub version: u8,
    pub bump: u8,
    /// Position on the slate.
    pub index: u8,
    /// Zero.
    pub reserved_flags: [u8; 5],
    pub epoch: Pubkey,
    pub treasury: Pubkey,
    /// Who submitted it and gets the bond back.
    pub proposer: Pubkey,
    /// Who paid the rent and gets it back.
    pub rent_payer: Pubkey,
    /// Base units of the budget mint in the bond vault.
    pub bond: u64,
    /// Unix seconds.
    pub submitted_at: i64,
    /// Zero.
    pub reserved: [u8; 32],
    pub terms: Terms,
}

impl Proposal {
    /// Bytes of the account for an action that takes `action_bytes`, with room for the longest
    /// texts.
    pub const fn space(action_bytes: usize) -> usize {
        let others = Proposal::INIT_SPACE.saturating_sub(Action::INIT_SPACE);
        Proposal::DISCRIMINATOR.len().saturating_add(others).saturating_add(action_bytes)
    }

    /// Bytes of an award's account.
    pub const AWARD_SPACE: usize = Proposal::space(AwardTerms::INIT_SPACE.saturating_add(1));
}

/// A [`Proposal`] without its terms: the same bytes, in memory as in Borsh.
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct ProposalHead {
    pub version: u8,
    pub bump: u8,
    pub index: u8,
    pub reserved_flags: [u8; 5],
    pub epoch: Pubkey,
    pub treasury: Pubkey,
    pub proposer: Pubkey,
    pub rent_payer: Pubkey,
    pub bond: u64,
    pub submitted_at: i64,
    pub reserved: [u8; 32],
}

/// What instructions read of a [`Proposal`]: everything but hash and texts.
pub struct ProposalView {
    head: ProposalHead,
    pub action: Action,
}

impl std::ops::Deref for ProposalView {
    type Target = ProposalHead;

    fn deref(&self) -> &ProposalHead {
        &self.head
    }
}

impl Viewed for Proposal {
    type View = ProposalView;

    fn view(payload: &[u8]) -> Option<ProposalView> {
        let (head, mut terms) = payload.split_at_checked(core::mem::size_of::<ProposalHead>())?;
        let head = bytemuck::try_pod_read_unaligned(head).ok()?;
        let action = Action::deserialize(&mut terms).ok()?;
        Some(ProposalView { head, action })
    }
}

/// First 16 bytes of SHA-256 of a key.
pub fn tag_of(key: &Pubkey) -> [u8; 16] {
    let digest = solana_sha256_hasher::hash(key.as_ref()).to_bytes();
    let mut tag = [0; 16];
    for (to, from) in tag.iter_mut().zip(digest) {
        *to = from;
    }
    tag
}

/// Hash that the slate of epoch `index` starts from.
pub fn empty_slate_hash(treasury: &Pubkey, index: u32) -> [u8; 32] {
    hashv(&[SLATE_DOMAIN, treasury.as_ref(), &index.to_le_bytes()]).to_bytes()
}

/// Slate hash after a submission: `sha-256(hash, leaf)`, where the leaf commits to the treasury,
/// the epoch, the position and the canonical (Borsh) terms.
pub fn fold_proposal(
    slate_hash: &[u8; 32],
    treasury: &Pubkey,
    epoch_index: u32,
    entry_index: u8,
    canonical_terms: &[u8],
) -> [u8; 32] {
    fold(
        slate_hash,
        &[
            LEAF_DOMAIN,
            treasury.as_ref(),
            &epoch_index.to_le_bytes(),
            &[entry_index],
            canonical_terms,
        ],
    )
}

/// Slate hash after a withdrawal.
pub fn fold_tombstone(
    slate_hash: &[u8; 32],
    treasury: &Pubkey,
    epoch_index: u32,
    entry_index: u8,
) -> [u8; 32] {
    fold(
        slate_hash,
        &[TOMBSTONE_DOMAIN, treasury.as_ref(), &epoch_index.to_le_bytes(), &[entry_index]],
    )
}

fn fold(slate_hash: &[u8; 32], leaf: &[&[u8]]) -> [u8; 32] {
    let leaf = hashv(leaf).to_bytes();
    hashv(&[slate_hash, &leaf]).to_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_view_reads_what_borsh_wrote() {
        let key = |byte| Pubkey::new_from_array([byte; 32]);
        let award = AwardTerms {
            category: 3,
            checkpoints: 2,
            recipient: key(5),
            amount: u64::MAX - 7,
            duration_secs: 11,
            cliff_secs: 13,
        };
        let stored = Proposal {
            version: 1,
            bump: 254,
            index: 77,
            reserved_flags: [0; 5],
            epoch: key(1),
            treasury: key(2),
            proposer: key(3),
            rent_payer: key(4),
            bond: u64::MAX - 1,
            submitted_at: i64::MIN + 1,
            reserved: [0; 32],
            terms: Terms {
                action: Action::Award(award.clone()),
                metadata_hash: [9; 32],
                title: "title".to_owned(),
                metadata_uri: "uri".to_owned(),
            },
        };
        let mut bytes = Vec::new();
        stored.serialize(&mut bytes).unwrap();
        let view = Proposal::view(&bytes).unwrap();
        assert_eq!(view.action, Action::Award(award));
        assert_eq!(bytemuck::bytes_of(&view.head), &bytes[..184]);
        assert_eq!((view.version, view.bump, view.index), (1, 254, 77));
        assert_eq!((view.epoch, view.treasury), (key(1), key(2)));
        assert_eq!((view.proposer, view.rent_payer), (key(3), key(4)));
        assert_eq!((view.bond, view.submitted_at), (u64::MAX - 1, i64::MIN + 1));
        for length in 0..230 {
            assert!(Proposal::view(&bytes[..length]).is_none(), "{length}");
        }
    }
}
