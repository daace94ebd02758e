//! `submit_proposal`: an ask takes a slot of the slate.

use anchor_lang::{
    prelude::*,
    token::{Mint, TokenAccount},
};
use anchor_spl::token_interface::TokenInterface;
use budget_rules::{outcome::Tier, stream::MAX_CHECKPOINTS};

use crate::{
    constants::*,
    create::{Creation, store_bytes},
    error::{BudgetError, checked, fail, require, require_gt, require_gte},
    events::ProposalSubmitted,
    instructions::Charge,
    state::{
        Action, ActionKind, AwardTerms, BudgetEpoch, Consent, Entry, NewEntry, Phase, Proposal,
        ProposalHead, RecipientRecord, Terms, Treasury, flags, load_epoch_mut, tag_of,
    },
};

/// What is asked for. The recipient is an account, so that its signature can be its consent.
#[derive(AnchorSerialize, AnchorDeserialize, Clone)]
pub struct SubmitProposalArgs {
    /// Index of the policy's category.
    pub category: u8,
    /// Reviews that cut the stream into parts, 0 to 12.
    pub checkpoints: u8,
    /// Base units of the budget mint.
    pub amount: u64,
    /// One day to four years.
    pub duration_secs: u32,
    /// At most `duration_secs`.
    pub cliff_secs: u32,
    /// SHA-256 of what the URI leads to.
    pub metadata_hash: [u8; 32],
    /// 1 to 64 bytes.
    pub title: String,
    /// At most 128 bytes.
    pub metadata_uri: String,
}

/// Accounts of `submit_proposal`.
#[derive(Accounts)]
pub struct SubmitProposal<'info> {
    pub proposer: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    /// CHECK: only a key; if it signs, that is its consent to the award.
    pub recipient: UncheckedAccount<'info>,
    #[account(
        mut,
        has_one = vault @ BudgetError::AccountMismatch,
        has_one = bond_vault @ BudgetError::AccountMismatch,
        has_one = budget_mint @ BudgetError::AccountMismatch
    )]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
    /// CHECK: `Creation` proves that its address is that of the seeds, and that nothing is there yet.
    #[cfg_attr(feature = "idl-build", account(mut, seeds = [PROPOSAL_SEED, epoch.key().as_ref(), &[epoch.load()?.entry_count]], bump))]
    #[cfg_attr(not(feature = "idl-build"), account(mut))]
    pub proposal: UncheckedAccount<'info>,
    /// Counts the proposer's submissions; also the recipient's record if both are one.
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        constraint = proposer_record.load()?.person == proposer.key() @ BudgetError::AccountMismatch
    )]
    pub proposer_record: AccountLoader<'info, RecipientRecord>,
    /// Needed when the recipient signs and is not the proposer.
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        constraint = recipient_record.load()?.person == recipient.key() @ BudgetError::AccountMismatch
    )]
    pub recipient_record: Option<AccountLoader<'info, RecipientRecord>>,
    #[account(mut, dup)]
    pub vault: InterfaceAccount<'info, TokenAccount>,
    #[account(mut, dup)]
    pub bond_vault: InterfaceAccount<'info, TokenAccount>,
    /// Pays slot fee and bond.
    #[account(mut, dup)]
    pub source: InterfaceAccount<'info, TokenAccount>,
    pub budget_mint: InterfaceAccount<'info, Mint>,
    pub token_program: Interface<'info, TokenInterface>,
    pub system_program: Program<'info, System>,
}

impl SubmitProposal<'_> {
    fn validate(&self, args: &SubmitProposalArgs, now: i64) -> Result<()> {
        let treasury = self.treasury.load()?;
        let epoch = self.epoch.load()?;
        require!(epoch.phase(now) == Phase::Submission, BudgetError::NotInSubmission);
        require!(!epoch.next_slot_is_reserved(), BudgetError::SlotReserved);
        require!(epoch.policy.has_category(args.category), BudgetError::UnknownCategory);
        Terms::check_texts(&args.title, &args.metadata_uri)?;
        require_gt!(args.amount, 0, BudgetError::AmountIsZero);
        require_gte!(MAX_CHECKPOINTS, args.checkpoints, BudgetError::TooManyCheckpoints);
        let lengths = MIN_STREAM_SECS..=MAX_STREAM_SECS;
        require!(lengths.contains(&args.duration_secs), BudgetError::StreamLength);
        require_gte!(args.duration_secs, args.cliff_secs, BudgetError::CliffAfterEnd);
        let limits = epoch.limits();
        require_gte!(limits.large, args.amount, BudgetError::AskTooLarge);
        let raise = u8::from(epoch.policy.is_risk(args.category));
        let tier = checked(limits.tier(args.amount))?.raised(raise);
        let admits = checked(epoch.policy.admits(args.duration_secs, args.checkpoints))?;
        let long_enough = args.duration_secs >= checked(epoch.policy.min_long_stream_secs())?;
        require!(tier == Tier::Small || long_enough, BudgetError::StreamTooShortForTier);
        require!(tier <= admits, BudgetError::TooFewCheckpoints);
        let recipient = self.recipient.key();
        let foreign = !treasury.owns(&self.treasury.key(), &recipient);
        require!(foreign && recipient != Pubkey::default(), BudgetError::RecipientNotAllowed);
        Ok(())
    }

    /// What the recipient's signature agrees to, if it is there.
    fn consent(&self, header: &BudgetEpoch, index: u8) -> Result<Option<Consent>> {
        if !self.recipient.is_signer {
            return Ok(None);
        }
        let record = if self.recipient.key() == self.proposer.key() {
            &self.proposer_record
        } else {
            let record = self.recipient_record.as_ref();
            record.ok_or_else(|| fail(BudgetError::RecipientRecordMissing))?
        };
        let mut record = record.load_mut()?;
        let weak_record = record.is_weak(header.policy.tiers.record_floor_bps);
        Ok(Some(Consent { leader: record.leader_of(header.index, index), weak_record }))
    }
}

pub fn handle_submit_proposal(
    ctx: Context<SubmitProposal>,
    args: SubmitProposalArgs,
) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(&args, now)?;

    // Effect: records.
    let accounts = ctx.accounts;
    let (index, epoch_index, per_proposer) = {
        let header = accounts.epoch.load()?;
        (header.entry_count, header.index, header.policy.slate.per_proposer)
    };
    accounts.proposer_record.load_mut()?.count_submission(epoch_index, per_proposer)?;
    let consent = accounts.consent(&*accounts.epoch.load()?, index)?;

    // Effect: slate.
    let terms = args.into_terms(accounts.recipient.key());
    let canonical = terms.canonical()?;
    let award = terms.action.award()?;
    let (slot_fee, bond, event) = {
        let (mut header, mut slate) = load_epoch_mut(&accounts.epoch)?;
        let admits = checked(header.policy.admits(award.duration_secs, award.checkpoints))?;
        let risk = if header.policy.is_risk(award.category) { flags::RISK_CLASS } else { 0 };
        let entry = Entry::new(NewEntry {
            amount: award.amount,
            recipient_tag: tag_of(&award.recipient),
            category: award.category,
            action: ActionKind::Award,
            leader: 0,
            flags: Entry::admission(admits) | risk,
        });
        let (slot_fee, bond) = header.take_slot(&mut slate, entry, &canonical)?;
        if let Some(consent) = &consent {
            header.accept_entry(&mut slate, index, consent)?;
        }
        let event = ProposalSubmitted {
            seq: header.next_seq()?,
            epoch: accounts.epoch.key(),
            index,
            proposer: accounts.proposer.key(),
            recipient: award.recipient,
            amount: award.amount,
            slot_fee,
            bond,
            accepted: consent.is_some(),
            slate_hash: header.slate_hash,
        };
        (slot_fee, bond, event)
    };
    let epoch_key = accounts.epoch.key();
    let bump = Creation {
        account: &accounts.proposal,
        payer: &accounts.payer,
        owner: &crate::ID,
        space: Proposal::AWARD_SPACE,
        seeds: &[PROPOSAL_SEED, epoch_key.as_ref(), &[index]],
        exists: BudgetError::AccountMismatch,
    }
    .run()?;
    let head = ProposalHead {
        version: ACCOUNT_VERSION,
        bump,
        index,
        reserved_flags: [0; 5],
        epoch: epoch_key,
        treasury: accounts.treasury.key(),
        proposer: accounts.proposer.key(),
        rent_payer: accounts.payer.key(),
        bond,
        submitted_at: now,
        reserved: [0; 32],
    };
    store_bytes::<Proposal>(&accounts.proposal, [bytemuck::bytes_of(&head), &canonical])?;

    // Effect, then interaction: money.
    Charge {
        treasury: &accounts.treasury,
        vault: accounts.vault.as_ref(),
        bond_vault: accounts.bond_vault.as_ref(),
        source: accounts.source.as_ref(),
        budget_mint: &accounts.budget_mint,
        proposer: accounts.proposer.as_ref(),
        token_program: accounts.token_program.key(),
    }
    .collect(slot_fee, bond)?;

    emit!(event);
    Ok(())
}

impl SubmitProposalArgs {
    #[inline(never)]
    fn into_terms(self, recipient: Pubkey) -> Box<Terms> {
        Box::new(Terms {
            action: Action::Award(AwardTerms {
                category: self.category,
                checkpoints: self.checkpoints,
                recipient,
                amount: self.amount,
                duration_secs: self.duration_secs,
                cliff_secs: self.cliff_secs,
            }),
            metadata_hash: self.metadata_hash,
            title: self.title,
            metadata_uri: self.metadata_uri,
        })
    }
}
