//! `file_update`: the recipient reports at a checkpoint.

use anchor_lang::prelude::*;

use crate::{
    constants::*,
    create::{Creation, store},
    error::{BudgetError, require_eq, require_gte},
    events::UpdateFiled,
    state::{Health, Review, Stream, Treasury},
};

/// What the recipient reports.
#[derive(AnchorSerialize, AnchorDeserialize, Clone)]
pub struct FileUpdateArgs {
    /// The checkpoint, from 0: the first that has not passed.
    pub checkpoint: u8,
    pub health: Health,
    /// Base units of the budget mint spent so far.
    pub spent: u64,
    /// SHA-256 of what the URI leads to.
    pub evidence_hash: [u8; 32],
    /// At most 128 bytes.
    pub evidence_uri: String,
}

/// Accounts of `file_update`.
#[derive(Accounts)]
#[cfg_attr(feature = "idl-build", instruction(args: FileUpdateArgs))]
pub struct FileUpdate<'info> {
    pub recipient: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        has_one = recipient @ BudgetError::AccountMismatch
    )]
    pub stream: AccountLoader<'info, Stream>,
    /// CHECK: `Creation` proves that its address is that of the seeds, and that nothing is there yet.
    #[cfg_attr(feature = "idl-build", account(mut, seeds = [REVIEW_SEED, stream.key().as_ref(), &[args.checkpoint]], bump))]
    #[cfg_attr(not(feature = "idl-build"), account(mut))]
    pub review: UncheckedAccount<'info>,
    pub system_program: Program<'info, System>,
}

pub fn handle_file_update(ctx: Context<FileUpdate>, args: FileUpdateArgs) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    require_gte!(MAX_URI_BYTES, args.evidence_uri.len(), BudgetError::UriLength);

    let FileUpdate { recipient: _, payer, treasury, stream, review, system_program: _ } =
        ctx.accounts;
    {
        let mut stream = stream.load_mut()?;
        stream.file_update(now)?;
        require_eq!(stream.passed, args.checkpoint, BudgetError::UpdateNotDue);
    }
    let seq = treasury.load_mut()?.next_seq()?;
    let (checkpoint, health, spent, evidence_hash) =
        (args.checkpoint, args.health, args.spent, args.evidence_hash);
    let stream_key = stream.key();
    let bump = Creation {
        account: review,
        payer,
        owner: &crate::ID,
        space: Review::SPACE,
        seeds: &[REVIEW_SEED, stream_key.as_ref(), &[checkpoint]],
        exists: BudgetError::UpdateNotDue,
    }
    .run()?;
    let filed = Review {
        version: ACCOUNT_VERSION,
        bump,
        checkpoint,
        scored: 0,
        score_bps: 0,
        reserved_flags: [0; 2],
        stream: stream_key,
        rent_payer: payer.key(),
        filed_at: now,
        scored_at: 0,
        spent,
        health,
        evidence_hash,
        verdict_hash: [0; 32],
        evidence_uri: args.evidence_uri,
    };
    store(review, &filed)?;

    emit!(UpdateFiled {
        seq,
        treasury: treasury.key(),
        stream: stream_key,
        checkpoint,
        health,
        spent,
        evidence_hash,
    });
    Ok(())
}
