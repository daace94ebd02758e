//! `execute_stream_ruling`: a vote resumes, reduces or cancels a stream.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, fail, require_eq, require_gt},
    events::StreamRuled,
    state::{
        Action, BudgetEpoch, Outcome, Proposal, RecipientRecord, Ruling, Stream, Treasury,
        load_epoch, load_epoch_mut,
    },
};

/// Accounts of `execute_stream_ruling`.
#[derive(Accounts)]
pub struct ExecuteStreamRuling<'info> {
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
    #[account(has_one = epoch @ BudgetError::AccountMismatch)]
    pub proposal: Account<'info, Proposal>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub stream: AccountLoader<'info, Stream>,
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        constraint = record.load()?.person == stream.load()?.recipient @ BudgetError::AccountMismatch
    )]
    pub record: AccountLoader<'info, RecipientRecord>,
}

impl ExecuteStreamRuling<'_> {
    /// The ruling, if it is about this stream and its time has come.
    fn validate(&self, now: i64) -> Result<Ruling> {
        let Action::RuleOnStream { stream, ruling } = &self.proposal.action else {
            return Err(fail(BudgetError::WrongAction));
        };
        require_eq!(*stream, self.stream.key(), BudgetError::AccountMismatch);
        let (header, slate) = load_epoch(&self.epoch)?;
        let standstill = self.treasury.load()?.standstill_secs(now)?;
        header.executable(&slate, self.proposal.index, Outcome::Approved, standstill, now)?;
        // Another vote's ruling since the settlement has changed what this one was about.
        let ruled_at = self.stream.load()?.ruled_at;
        require_gt!(header.settled_at, ruled_at, BudgetError::TargetChanged);
        Ok(*ruling)
    }
}

pub fn handle_execute_stream_ruling(ctx: Context<ExecuteStreamRuling>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    let ruling = ctx.accounts.validate(now)?;

    let ExecuteStreamRuling { treasury, epoch, proposal, stream, record } = ctx.accounts;
    let seq = {
        let (mut header, mut slate) = load_epoch_mut(epoch)?;
        header.execute_entry(&mut slate, proposal.index)?;
        header.next_seq()?
    };
    let stream_key = stream.key();
    let mut stream = stream.load_mut()?;
    let returned = stream.rule(ruling, now)?;
    if ruling == Ruling::Cancel {
        record.load_mut()?.book_cancellation();
    }
    let mut books = treasury.load_mut()?;
    books.release(returned, stream.category, stream.is_risk != 0)?;

    emit!(StreamRuled {
        seq,
        epoch: epoch.key(),
        index: proposal.index,
        stream: stream_key,
        ruling,
        returned,
        committed: books.committed,
    });
    Ok(())
}
