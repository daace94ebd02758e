//! One file per instruction: its accounts, its `validate`, its handler.
//!
//! Order in every handler: check, effect, interaction, prove, emit. Account constraints prove which
//! account; `validate` proves who and when; the rules prove how much.

mod absorb_surplus;
mod accept_proposal;
mod assess_ask;
mod cast_vote;
mod close_epoch;
mod close_proposal;
mod close_review;
mod close_stake;
mod close_stream;
mod close_vote_record;
mod create_treasury;
mod deposit_funds;
mod execute_award;
mod execute_clear_breaker;
mod execute_set_policy;
mod execute_set_role;
mod execute_stream_ruling;
mod execute_write_off;
mod file_update;
mod hold_stream;
mod lapse_proposal;
mod lapse_stream;
mod mark_dormant;
mod mark_position;
mod open_epoch;
mod open_recipient_record;
mod open_stake;
mod pause_executions;
mod pause_stream;
mod reclaim_rewards;
mod redirect_payout;
mod refresh_stake;
mod request_unstake;
mod retract_vote;
mod return_funds;
mod revise_vote;
mod score_update;
mod set_delegate;
mod set_lock;
mod settle_epoch;
mod stake;
mod submit_action;
mod submit_proposal;
mod trip_breaker;
mod veto_proposal;
mod withdraw_proposal;
mod withdraw_stream;
mod withdraw_unstaked;

pub use absorb_surplus::*;
pub use accept_proposal::*;
pub use assess_ask::*;
pub use cast_vote::*;
pub use close_epoch::*;
pub use close_proposal::*;
pub use close_review::*;
pub use close_stake::*;
pub use close_stream::*;
pub use close_vote_record::*;
pub use create_treasury::*;
pub use deposit_funds::*;
pub use execute_award::*;
pub use execute_clear_breaker::*;
pub use execute_set_policy::*;
pub use execute_set_role::*;
pub use execute_stream_ruling::*;
pub use execute_write_off::*;
pub use file_update::*;
pub use hold_stream::*;
pub use lapse_proposal::*;
pub use lapse_stream::*;
pub use mark_dormant::*;
pub use mark_position::*;
pub use open_epoch::*;
pub use open_recipient_record::*;
pub use open_stake::*;
pub use pause_executions::*;
pub use pause_stream::*;
pub use reclaim_rewards::*;
pub use redirect_payout::*;
pub use refresh_stake::*;
pub use request_unstake::*;
pub use retract_vote::*;
pub use return_funds::*;
pub use revise_vote::*;
pub use score_update::*;
pub use set_delegate::*;
pub use set_lock::*;
pub use settle_epoch::*;
pub use stake::*;
pub use submit_action::*;
pub use submit_proposal::*;
pub use trip_breaker::*;
pub use veto_proposal::*;
pub use withdraw_proposal::*;
pub use withdraw_stream::*;
pub use withdraw_unstaked::*;

use anchor_lang::{prelude::*, token::Mint};
use solana_instructions_sysvar::load_instruction_at_checked;

use crate::{
    error::{BudgetError, checked, require},
    events::StakeChanged,
    state::{
        Action, BudgetEpoch, Entry, Outcome, Proposal, Stake, Treasury, load_epoch, load_epoch_mut,
    },
    token::Movement,
};

/// Emits a stake's state after a change of weight, under the treasury's next number.
fn announce_stake(
    treasury: &AccountLoader<'_, Treasury>,
    stake: &AccountLoader<'_, Stake>,
) -> Result<()> {
    let mut books = treasury.load_mut()?;
    let stake = stake.load()?;
    emit!(StakeChanged {
        seq: books.next_seq()?,
        treasury: stake.treasury,
        owner: stake.owner,
        amount: stake.amount,
        cooling: stake.cooling,
        cooling_until: stake.cooling_until,
        lock_secs: stake.lock_secs,
        weight: stake.weight,
        total_weight: books.total_weight,
    });
    Ok(())
}

/// What a submission costs, and who pays it.
struct Charge<'a, 'info> {
    treasury: &'a AccountLoader<'info, Treasury>,
    vault: &'a AccountInfo<'info>,
    bond_vault: &'a AccountInfo<'info>,
    source: &'a AccountInfo<'info>,
    budget_mint: &'a InterfaceAccount<'info, Mint>,
    proposer: &'a AccountInfo<'info>,
    token_program: Pubkey,
}

impl Charge<'_, '_> {
    /// Books and moves slot fee and bond, where there are any.
    #[inline(never)]
    fn collect(self, slot_fee: u64, bond: u64) -> Result<()> {
        if self.source.key == self.vault.key || self.source.key == self.bond_vault.key {
            return Err(ErrorCode::ConstraintDuplicateMutableAccount.into());
        }
        {
            let mut books = self.treasury.load_mut()?;
            books.book_deposit(slot_fee)?;
            books.book_bond(bond)?;
        }
        for (amount, to) in [(slot_fee, self.vault), (bond, self.bond_vault)] {
            if amount > 0 {
                Movement {
                    from: self.source,
                    to,
                    mint: self.budget_mint,
                    authority: self.proposer,
                    token_program: self.token_program,
                }
                .run(amount)?;
            }
        }
        Ok(())
    }
}

/// Books that a funded or approved entry will not be executed, and returns the amount that frees.
fn drop_entry(
    books: &mut Treasury,
    header: &mut BudgetEpoch,
    slate: &mut [Entry],
    index: u8,
    outcome: Outcome,
) -> Result<u64> {
    let category = checked(slate.get(usize::from(index)))?.category;
    let amount = header.drop_entry(slate, index, outcome)?;
    books.release(amount, category, amount > 0 && header.policy.is_risk(category))?;
    books.drop_outflow(header.index, amount);
    Ok(amount)
}

/// Refuses a transaction that a role could have signed long ago: a durable nonce keeps a signature
/// valid until it is used.
///
/// # Errors
/// [`BudgetError::DurableNonceRefused`]
fn refuse_durable_nonce(instructions: &AccountInfo<'_>) -> Result<()> {
    const ADVANCE_NONCE_ACCOUNT: [u8; 4] = [4, 0, 0, 0];
    let first = load_instruction_at_checked(0, instructions)?;
    let advances = first.program_id == anchor_lang::system_program::ID
        && first.data.get(..4) == Some(&ADVANCE_NONCE_ACCOUNT);
    require!(!advances, BudgetError::DurableNonceRefused);
    Ok(())
}

/// Accounts of the instructions that carry an approved act out and touch the treasury alone.
#[derive(Accounts)]
pub struct Resolution<'info> {
    #[account(mut)]
    pub treasury: AccountLoader<'info, Treasury>,
    #[account(mut, has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
    #[account(has_one = epoch @ BudgetError::AccountMismatch)]
    pub proposal: Account<'info, Proposal>,
}

impl Resolution<'_> {
    /// Refuses an act whose time has not come or is over, or whose target has changed since.
    fn validate(&self, now: i64) -> Result<()> {
        let action: &Action = &self.proposal.action;
        let treasury = self.treasury.load()?;
        let (header, slate) = load_epoch(&self.epoch)?;
        let standstill = treasury.standstill_secs(now)?;
        header.executable(&slate, self.proposal.index, Outcome::Approved, standstill, now)?;
        treasury.require_unchanged(&header, action.target())
    }

    /// Books the execution and returns its event number.
    fn carry_out(&self) -> Result<u64> {
        let (mut header, mut slate) = load_epoch_mut(&self.epoch)?;
        header.execute_entry(&mut slate, self.proposal.index)?;
        header.next_seq()
    }
}
