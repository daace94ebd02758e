//! `submit_proposal`: an ask takes a slot of the slate.

use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};

use crate::{
    constants::*,
    error::{BudgetError, checked},
    events::ProposalSubmitted,
    state::{
        Action, BudgetEpoch, Entry, NewEntry, Phase, Proposal, RecipientRecord, Terms, Treasury,
        fold_proposal, load_epoch_mut,
    },
    token::Movement,
};

/// What is asked for. The recipient is an account, so that its signature can be its consent.
#[derive(AnchorSerialize, AnchorDeserialize, Clone)]
pub struct SubmitProposalArgs {
    /// Index of the policy's category.
    pub category: u8,
    /// Zero in this version.
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
    #[account(
        init,
        payer = payer,
        space = Proposal::SPACE,
        seeds = [PROPOSAL_SEED, epoch.key().as_ref(), &[epoch.load()?.entry_count]],
        bump
    )]
    pub proposal: Box<Account<'info, Proposal>>,
    /// Counts the proposer's submissions; also the recipient's record if both are one.
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        constraint = proposer_record.person == proposer.key() @ BudgetError::AccountMismatch
    )]
    pub proposer_record: Box<Account<'info, RecipientRecord>>,
    /// Needed when the recipient signs and is not the proposer.
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        constraint = recipient_record.person == recipient.key() @ BudgetError::AccountMismatch
    )]
    pub recipient_record: Option<Box<Account<'info, RecipientRecord>>>,
    #[account(mut)]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(mut)]
    pub bond_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    /// Pays slot fee and bond.
    #[account(mut)]
    pub source: Box<InterfaceAccount<'info, TokenAccount>>,
    pub budget_mint: Box<InterfaceAccount<'info, Mint>>,
    pub token_program: Interface<'info, TokenInterface>,
    pub system_program: Program<'info, System>,
}

impl SubmitProposal<'_> {
    fn validate(&self, args: &SubmitProposalArgs, now: i64) -> Result<()> {
        let treasury = self.treasury.load()?;
        let epoch = self.epoch.load()?;
        require!(epoch.phase(now) == Phase::Submission, BudgetError::NotInSubmission);
        require_gt!(epoch.policy.slate.capacity, epoch.entry_count, BudgetError::SlateFull);
        require!(epoch.policy.has_category(args.category), BudgetError::UnknownCategory);
        require!((1..=MAX_TITLE_BYTES).contains(&args.title.len()), BudgetError::TitleLength);
        require_gte!(MAX_URI_BYTES, args.metadata_uri.len(), BudgetError::UriLength);
        require_gt!(args.amount, 0, BudgetError::AmountIsZero);
        require_eq!(args.checkpoints, 0, BudgetError::CheckpointsNotSupported);
        let lengths = MIN_STREAM_SECS..=MAX_STREAM_SECS;
        require!(lengths.contains(&args.duration_secs), BudgetError::StreamLength);
        require_gte!(args.duration_secs, args.cliff_secs, BudgetError::CliffAfterEnd);
        let limits = epoch.limits();
        require_gte!(limits.large, args.amount, BudgetError::AskTooLarge);
        require!(
            args.amount <= limits.small || epoch.is_long_enough(args.duration_secs)?,
            BudgetError::StreamTooShortForTier
        );
        let recipient = self.recipient.key();
        let foreign = !treasury.owns(&self.treasury.key(), &recipient);
        require!(foreign && recipient != Pubkey::default(), BudgetError::RecipientNotAllowed);
        Ok(())
    }

    /// Moves slot fee and bond, where there are any.
    fn collect(&self, slot_fee: u64, bond: u64) -> Result<()> {
        for (amount, to) in [(slot_fee, &self.vault), (bond, &self.bond_vault)] {
            if amount > 0 {
                Movement {
                    from: self.source.to_account_info(),
                    to: to.to_account_info(),
                    mint: &self.budget_mint,
                    authority: self.proposer.to_account_info(),
                    token_program: self.token_program.key(),
                }
                .run(amount)?;
            }
        }
        Ok(())
    }

    /// Slate index of the entry that holds the recipient's cumulative ask, if the recipient signs.
    fn consent(&mut self, epoch: u32, index: u8) -> Result<Option<u8>> {
        if !self.recipient.is_signer {
            return Ok(None);
        }
        if self.recipient.key() == self.proposer.key() {
            return Ok(Some(self.proposer_record.leader_of(epoch, index)));
        }
        let record = self.recipient_record.as_mut();
        let record = record.ok_or_else(|| error!(BudgetError::RecipientRecordMissing))?;
        Ok(Some(record.leader_of(epoch, index)))
    }
}

pub fn handle_submit_proposal(
    ctx: Context<SubmitProposal>,
    args: SubmitProposalArgs,
) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(&args, now)?;

    // Effect: records.
    let bump = ctx.bumps.proposal;
    let accounts = ctx.accounts;
    let (index, epoch_index, per_proposer) = {
        let header = accounts.epoch.load()?;
        (header.entry_count, header.index, header.policy.slate.per_proposer)
    };
    accounts.proposer_record.count_submission(epoch_index, per_proposer)?;
    let leader = accounts.consent(epoch_index, index)?;

    // Effect: slate.
    let terms = args.into_terms(accounts.recipient.key());
    let canonical = borsh_bytes(&terms)?;
    let (slot_fee, bond, event) = {
        let (mut header, mut slate) = load_epoch_mut(&accounts.epoch)?;
        let slot_fee = checked(header.slot_fee())?;
        let bond = header.policy.slate.bond;
        header.slate_hash = fold_proposal(
            &header.slate_hash,
            &accounts.treasury.key(),
            epoch_index,
            index,
            &canonical,
        );
        let long_enough = header.is_long_enough(terms.duration_secs)?;
        let entry = Entry::new(NewEntry {
            amount: terms.amount,
            recipient_tag: tag_of(&terms.recipient),
            category: terms.category,
            action: Action::Award,
            long_enough,
        });
        header.add_entry(&mut slate, entry)?;
        if let Some(leader) = leader {
            header.accept_entry(&mut slate, index, leader)?;
        }
        let event = ProposalSubmitted {
            seq: header.next_seq()?,
            epoch: accounts.epoch.key(),
            index,
            proposer: accounts.proposer.key(),
            recipient: terms.recipient,
            amount: terms.amount,
            slot_fee,
            bond,
            accepted: leader.is_some(),
            slate_hash: header.slate_hash,
        };
        (slot_fee, bond, event)
    };
    accounts.proposal.set_inner(Proposal {
        version: ACCOUNT_VERSION,
        bump,
        index,
        reserved_flags: [0; 5],
        epoch: accounts.epoch.key(),
        treasury: accounts.treasury.key(),
        proposer: accounts.proposer.key(),
        rent_payer: accounts.payer.key(),
        bond,
        submitted_at: now,
        reserved: [0; 32],
        terms: *terms,
    });

    // Effect, then interaction: money.
    {
        let mut treasury = accounts.treasury.load_mut()?;
        treasury.book_deposit(slot_fee)?;
        treasury.book_bond(bond)?;
    }
    accounts.collect(slot_fee, bond)?;

    emit!(event);
    Ok(())
}

impl SubmitProposalArgs {
    #[inline(never)]
    fn into_terms(self, recipient: Pubkey) -> Box<Terms> {
        Box::new(Terms {
            action: Action::Award,
            category: self.category,
            checkpoints: self.checkpoints,
            recipient,
            amount: self.amount,
            duration_secs: self.duration_secs,
            cliff_secs: self.cliff_secs,
            metadata_hash: self.metadata_hash,
            title: self.title,
            metadata_uri: self.metadata_uri,
        })
    }
}

/// The terms as they are hashed and stored.
fn borsh_bytes(terms: &Terms) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(Terms::INIT_SPACE);
    terms.serialize(&mut bytes)?;
    Ok(bytes)
}

/// First 16 bytes of SHA-256 of a key.
fn tag_of(recipient: &Pubkey) -> [u8; 16] {
    let digest = solana_sha256_hasher::hash(recipient.as_ref()).to_bytes();
    let mut tag = [0; 16];
    for (to, from) in tag.iter_mut().zip(digest) {
        *to = from;
    }
    tag
}
