//! `retract_vote`: a voter takes all choices back; the record and who owns it stay.

use anchor_lang::prelude::*;

use crate::{
    error::{BudgetError, require},
    events::VoteRetracted,
    instructions::{ReviseVote, revise_vote::Replaced},
    state::Phase,
};

fn validate(accounts: &ReviseVote<'_>, now: i64) -> Result<()> {
    let epoch = accounts.epoch.load()?;
    require!(epoch.phase(now) == Phase::Voting, BudgetError::NotInVoting);
    Ok(())
}

pub fn handle_retract_vote(ctx: Context<ReviseVote>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    validate(ctx.accounts, now)?;

    let Replaced { seq, owner, weight, by_delegate, voting_closes_at } =
        ctx.accounts.replace(&[], now)?;
    let epoch = ctx.accounts.epoch.key();

    emit!(VoteRetracted { seq, epoch, owner, weight, by_delegate, voting_closes_at });
    Ok(())
}
