//! `submit_action`: a constitutional action takes a slot of the slate.

use anchor_lang::{
    prelude::*,
    token::{Mint, TokenAccount},
};
use anchor_spl::token_interface::TokenInterface;
use budget_rules::bps::share_ceil;

use crate::{
    constants::*,
    create::{Creation, store_bytes},
    error::{BudgetError, checked, fail, require, require_gt, require_neq},
    events::ActionSubmitted,
    instructions::Charge,
    state::{
        Action, BudgetEpoch, Entry, NewEntry, Phase, Proposal, ProposalHead, RecipientRecord,
        Stake, Stream, Terms, Treasury, flags, load_epoch_mut, tag_of,
    },
};

/// What the community is to decide.
#[derive(AnchorSerialize, AnchorDeserialize, Clone)]
pub struct SubmitActionArgs {
    /// Anything but an award.
    pub action: Action,
    /// SHA-256 of what the URI leads to.
    pub metadata_hash: [u8; 32],
    /// 1 to 64 bytes.
    pub title: String,
    /// At most 128 bytes.
    pub metadata_uri: String,
}

/// Accounts of `submit_action`.
#[derive(Accounts)]
#[cfg_attr(feature = "idl-build", instruction(args: SubmitActionArgs))]
pub struct SubmitAction<'info> {
    pub proposer: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
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
    /// Counts the proposer's submissions.
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        constraint = proposer_record.load()?.person == proposer.key() @ BudgetError::AccountMismatch
    )]
    pub proposer_record: AccountLoader<'info, RecipientRecord>,
    /// The proposer's stake. Only needed for a slot of the last quarter.
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        constraint = stake.load()?.owner == proposer.key() @ BudgetError::AccountMismatch
    )]
    pub stake: Option<AccountLoader<'info, Stake>>,
    /// The stream that a ruling is about. Only needed for one.
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub stream: Option<AccountLoader<'info, Stream>>,
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

impl SubmitAction<'_> {
    fn validate(&self, args: &SubmitActionArgs, now: i64) -> Result<()> {
        let epoch = self.epoch.load()?;
        require!(epoch.phase(now) == Phase::Submission, BudgetError::NotInSubmission);
        require_gt!(epoch.policy.slate.capacity, epoch.entry_count, BudgetError::SlateFull);
        require!(!matches!(args.action, Action::Award(_)), BudgetError::WrongAction);
        args.action.check()?;
        Terms::check_texts(&args.title, &args.metadata_uri)?;
        if let Action::RuleOnStream { stream, .. } = &args.action {
            let given = self.stream.as_ref().is_some_and(|given| given.key() == *stream);
            require!(given, BudgetError::StreamMissing);
        }
        Ok(())
    }

    /// Takes a slot of the last quarter in the name of the proposer's stake.
    fn take_reserved_slot(&self) -> Result<()> {
        let epoch = self.epoch.load()?;
        if !epoch.next_slot_is_reserved() {
            return Ok(());
        }
        let stake = self.stake.as_ref().ok_or_else(|| fail(BudgetError::StakeTooSmall))?;
        let mut stake = stake.load_mut()?;
        let total = self.treasury.load()?.total_weight;
        let least = checked(share_ceil(total, RESERVED_SLOT_STAKE_BPS))?;
        require!(stake.weight > 0 && stake.weight >= least, BudgetError::StakeTooSmall);
        require_neq!(stake.act_epoch, epoch.index, BudgetError::ReservedSlotUsed);
        stake.act_epoch = epoch.index;
        Ok(())
    }

    /// The entry that leads the acts on the same target: the first ruling on the same stream.
    fn leader(&self, action: &Action, epoch: u32, index: u8) -> Result<u8> {
        match (action, &self.stream) {
            (Action::RuleOnStream { .. }, Some(stream)) => {
                Ok(stream.load_mut()?.ruling_leader_of(epoch, index))
            }
            _ => Ok(index),
        }
    }
}

pub fn handle_submit_action(ctx: Context<SubmitAction>, args: SubmitActionArgs) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(&args, now)?;

    // Effect: records.
    let accounts = ctx.accounts;
    accounts.take_reserved_slot()?;
    let (index, epoch_index, per_proposer) = {
        let header = accounts.epoch.load()?;
        (header.entry_count, header.index, header.policy.slate.per_proposer)
    };
    accounts.proposer_record.load_mut()?.count_submission(epoch_index, per_proposer)?;
    let leader = accounts.leader(&args.action, epoch_index, index)?;

    // Effect: slate.
    let SubmitActionArgs { action, metadata_hash, title, metadata_uri } = args;
    let terms = Terms { action, metadata_hash, title, metadata_uri };
    let canonical = terms.canonical()?;
    let stored_bytes = terms.action.stored_bytes();
    let (slot_fee, bond, event) = {
        let (mut header, mut slate) = load_epoch_mut(&accounts.epoch)?;
        let entry = Entry::new(NewEntry {
            amount: 0,
            recipient_tag: terms.action.subject().map_or([0; 16], tag_of),
            category: terms.action.target(),
            action: terms.action.kind(),
            leader,
            // Nobody's consent is needed: it stands for election at once.
            flags: flags::ACCEPTED,
        });
        let (slot_fee, bond) = header.take_slot(&mut slate, entry, &canonical)?;
        let event = ActionSubmitted {
            seq: header.next_seq()?,
            epoch: accounts.epoch.key(),
            index,
            proposer: accounts.proposer.key(),
            action: terms.action.clone(),
            slot_fee,
            bond,
            slate_hash: header.slate_hash,
        };
        (slot_fee, bond, event)
    };
    let epoch_key = accounts.epoch.key();
    let bump = Creation {
        account: &accounts.proposal,
        payer: &accounts.payer,
        owner: &crate::ID,
        space: Proposal::space(stored_bytes),
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
