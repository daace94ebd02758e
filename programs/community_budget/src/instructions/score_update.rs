//! `score_update`: the reviewer's verdict on an update.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, require, require_gte},
    events::UpdateScored,
    instructions::refuse_durable_nonce,
    state::{RecipientRecord, Review, Role, Stream, Treasury},
};

/// The verdict.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy)]
pub struct ScoreUpdateArgs {
    /// Basis points, 0 to 10,000.
    pub score_bps: u16,
    /// The evidence that the reviewer has seen: the update's own hash.
    pub evidence_hash: [u8; 32],
    /// SHA-256 of the reviewer's reasons.
    pub verdict_hash: [u8; 32],
}

/// Accounts of `score_update`.
#[derive(Accounts)]
pub struct ScoreUpdate<'info> {
    pub reviewer: Signer<'info>,
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub stream: AccountLoader<'info, Stream>,
    #[account(
        mut,
        dup,
        has_one = stream @ BudgetError::AccountMismatch,
        constraint = review.checkpoint == stream.load()?.passed @ BudgetError::VerdictNotDue
    )]
    pub review: Account<'info, Review>,
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        constraint = record.load()?.person == stream.load()?.recipient @ BudgetError::AccountMismatch
    )]
    pub record: AccountLoader<'info, RecipientRecord>,
    /// CHECK: the address proves the sysvar.
    #[account(address = solana_instructions_sysvar::ID @ BudgetError::AccountMismatch)]
    pub instructions: UncheckedAccount<'info>,
}

impl ScoreUpdate<'_> {
    fn validate(&self, args: &ScoreUpdateArgs) -> Result<()> {
        refuse_durable_nonce(&self.instructions)?;
        self.treasury.load()?.require_role(Role::Reviewer, self.reviewer.key)?;
        require_gte!(10_000, args.score_bps, BudgetError::ScoreOutOfRange);
        let same = self.review.evidence_hash == args.evidence_hash;
        require!(same, BudgetError::EvidenceChanged);
        Ok(())
    }
}

pub fn handle_score_update(ctx: Context<ScoreUpdate>, args: ScoreUpdateArgs) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(&args)?;

    let ScoreUpdate { reviewer: _, treasury, stream, review, record, instructions: _ } =
        ctx.accounts;
    let stream_key = stream.key();
    let mut stream = stream.load_mut()?;
    let returned = stream.score(args.score_bps, now)?;
    record.load_mut()?.book_score(args.score_bps);
    Review::score(&mut review.payload_mut()?, args.score_bps, args.verdict_hash, now)?;
    let (seq, committed) = {
        let mut books = treasury.load_mut()?;
        books.release(returned, stream.category, stream.is_risk != 0)?;
        (books.next_seq()?, books.committed)
    };

    emit!(UpdateScored {
        seq,
        treasury: treasury.key(),
        stream: stream_key,
        checkpoint: review.checkpoint,
        score_bps: args.score_bps,
        verdict_hash: args.verdict_hash,
        held: stream.held_at != 0,
        returned,
        committed,
    });
    Ok(())
}
