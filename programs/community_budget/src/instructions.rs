//! One file per instruction: its accounts, its `validate`, its handler.
//!
//! Order in every handler: check, effect, interaction, prove, emit. Account constraints prove which
//! account; `validate` proves who and when; the rules prove how much.

mod absorb_surplus;
mod accept_proposal;
mod cast_vote;
mod close_epoch;
mod close_proposal;
mod close_stake;
mod close_stream;
mod close_vote_record;
mod create_treasury;
mod deposit_funds;
mod execute_award;
mod lapse_proposal;
mod open_epoch;
mod open_recipient_record;
mod open_stake;
mod redirect_payout;
mod request_unstake;
mod retract_vote;
mod revise_vote;
mod set_lock;
mod settle_epoch;
mod stake;
mod submit_proposal;
mod withdraw_proposal;
mod withdraw_stream;
mod withdraw_unstaked;

pub use absorb_surplus::*;
pub use accept_proposal::*;
pub use cast_vote::*;
pub use close_epoch::*;
pub use close_proposal::*;
pub use close_stake::*;
pub use close_stream::*;
pub use close_vote_record::*;
pub use create_treasury::*;
pub use deposit_funds::*;
pub use execute_award::*;
pub use lapse_proposal::*;
pub use open_epoch::*;
pub use open_recipient_record::*;
pub use open_stake::*;
pub use redirect_payout::*;
pub use request_unstake::*;
pub use retract_vote::*;
pub use revise_vote::*;
pub use set_lock::*;
pub use settle_epoch::*;
pub use stake::*;
pub use submit_proposal::*;
pub use withdraw_proposal::*;
pub use withdraw_stream::*;
pub use withdraw_unstaked::*;

use anchor_lang::prelude::*;

use crate::{
    events::StakeChanged,
    state::{Stake, Treasury},
};

/// Emits a stake's state after a change of weight, under the treasury's next number.
fn announce_stake(treasury: &AccountLoader<'_, Treasury>, stake: &Stake) -> Result<()> {
    let mut books = treasury.load_mut()?;
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
