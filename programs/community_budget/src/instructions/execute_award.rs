//! `execute_award`: a funded award becomes a stream.

use anchor_lang::prelude::*;
use anchor_spl::{
    associated_token::get_associated_token_address_with_program_id, token_interface::Mint,
};

use crate::{
    constants::*,
    create::{Creation, store},
    error::{BudgetError, checked},
    events::AwardExecuted,
    state::{BudgetEpoch, Outcome, Proposal, Stream, Treasury, load_epoch, load_epoch_mut},
};

/// Accounts of `execute_award`.
#[derive(Accounts)]
pub struct ExecuteAward<'info> {
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(has_one = budget_mint @ BudgetError::AccountMismatch)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
    #[account(has_one = epoch @ BudgetError::AccountMismatch)]
    pub proposal: Box<Account<'info, Proposal>>,
    /// CHECK: the seeds prove the address; `Creation` proves that nothing is there yet.
    #[account(mut, seeds = [STREAM_SEED, proposal.key().as_ref()], bump)]
    pub stream: UncheckedAccount<'info>,
    /// Its owner is the token program that derives the recipient's associated account.
    pub budget_mint: Box<InterfaceAccount<'info, Mint>>,
    pub system_program: Program<'info, System>,
}

impl ExecuteAward<'_> {
    fn validate(&self, now: i64) -> Result<()> {
        let (header, slate) = load_epoch(&self.epoch)?;
        require_neq!(header.settled_at, 0, BudgetError::NotSettled);
        let entry = checked(slate.get(usize::from(self.proposal.index)))?;
        require!(!entry.is(Outcome::Executed), BudgetError::AlreadyExecuted);
        require!(entry.is(Outcome::Funded), BudgetError::EntryNotFunded);
        let executable_at = checked(header.executable_at(entry.tier))?;
        require_gte!(now, executable_at, BudgetError::StillTimelocked);
        require_gt!(checked(header.grace_ends_at())?, now, BudgetError::GraceOver);
        Ok(())
    }
}

pub fn handle_execute_award(ctx: Context<ExecuteAward>) -> Result<()> {
    let now = Clock::get()?.unix_timestamp;
    ctx.accounts.validate(now)?;

    let bump = ctx.bumps.stream;
    let ExecuteAward { payer, treasury, epoch, proposal, stream, budget_mint, system_program: _ } =
        ctx.accounts;
    let (epoch_index, seq, executed) = {
        let (mut header, mut slate) = load_epoch_mut(epoch)?;
        header.execute_entry(&mut slate, proposal.index)?;
        (header.index, header.next_seq()?, header.executed)
    };
    let proposal_key = proposal.key();
    Creation {
        account: stream,
        payer,
        owner: &crate::ID,
        space: Stream::SPACE,
        seeds: &[STREAM_SEED, proposal_key.as_ref(), &[bump]],
        exists: BudgetError::AlreadyExecuted,
    }
    .run()?;
    let terms = &proposal.terms;
    let token_program = *budget_mint.to_account_info().owner;
    let opened = Box::new(Stream {
        version: ACCOUNT_VERSION,
        bump,
        entry_index: proposal.index,
        category: terms.category,
        epoch_index,
        treasury: treasury.key(),
        proposal: proposal_key,
        recipient: terms.recipient,
        payout_account: get_associated_token_address_with_program_id(
            &terms.recipient,
            &budget_mint.key(),
            &token_program,
        ),
        rent_payer: payer.key(),
        total: terms.amount,
        withdrawn: 0,
        started_at: now,
        duration_secs: terms.duration_secs,
        cliff_secs: terms.cliff_secs,
        reserved: [0; 256],
    });
    opened.invariant()?;
    store(stream, &*opened)?;

    emit!(AwardExecuted {
        seq,
        epoch: epoch.key(),
        index: proposal.index,
        stream: stream.key(),
        recipient: terms.recipient,
        total: terms.amount,
        started_at: now,
        executed,
    });
    Ok(())
}
