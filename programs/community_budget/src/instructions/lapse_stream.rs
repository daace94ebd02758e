//! `lapse_stream`: a held stream that no vote ruled on in time ends. Anyone may end it.

use anchor_lang::prelude::*;
use budget_rules::review::lapses_at;

use crate::{
    error::{BudgetError, checked, require_eq, require_gte, require_neq},
    events::StreamLapsed,
    state::{BudgetEpoch, RecipientRecord, Stream, Treasury},
};

/// Accounts of `lapse_stream`.
#[derive(Accounts)]
pub struct LapseStream<'info> {
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub stream: AccountLoader<'info, Stream>,
    #[account(
        mut,
        has_one = treasury @ BudgetError::AccountMismatch,
        constraint = record.load()?.person == stream.load()?.recipient @ BudgetError::AccountMismatch
    )]
    pub record: AccountLoader<'info, RecipientRecord>,
    /// A settled epoch that opened after the hold, and so could rule on it. Not needed 180 days
    /// after the hold.
    #[account(has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: Option<AccountLoader<'info, BudgetEpoch>>,
}

impl LapseStream<'_> {
    fn validate(&self, now: i64) -> Result<()> {
        let stream = self.stream.load()?;
        require_eq!(stream.ended_at, 0, BudgetError::StreamEnded);
        require_neq!(stream.held_at, 0, BudgetError::StreamNotHeld);
        let ruling_grace_ends_at = match &self.epoch {
            None => None,
            Some(epoch) => {
                let header = epoch.load()?;
                let could_rule = header.settled_at != 0 && header.opened_at > stream.held_at;
                let standstill = self.treasury.load()?.standstill_secs(now)?;
                let grace_ends_at = checked(header.grace_ends_at(standstill))?;
                could_rule.then_some(grace_ends_at)
            }
        };
        let at = lapses_at(stream.held_at, ruling_grace_ends_at, stream.hold_limit_secs);
        require_gte!(now, checked(at)?, BudgetError::HoldNotOver);
        Ok(())
    }
}

pub fn handle_lapse_stream(ctx: Context<LapseStream>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(now)?;

    let LapseStream { treasury, stream, record, epoch: _ } = ctx.accounts;
    let stream_key = stream.key();
    let mut stream = stream.load_mut()?;
    let returned = stream.end(now)?;
    record.load_mut()?.book_cancellation();
    let (seq, committed) = {
        let mut books = treasury.load_mut()?;
        books.release(returned, stream.category, stream.is_risk != 0)?;
        (books.next_seq()?, books.committed)
    };

    emit!(StreamLapsed { seq, treasury: treasury.key(), stream: stream_key, returned, committed });
    Ok(())
}
