//! `assess_ask`: what a hypothetical ask would do to the treasury. Changes nothing.

use anchor_lang::prelude::*;
use budget_rules::{
    allocation::{Limits, MAX_CATEGORIES},
    risk::{HypotheticalAsk, assess},
};

use crate::{
    error::{BudgetError, checked, require},
    state::{BudgetEpoch, Treasury},
};

/// An ask that nobody has to have submitted.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy)]
pub struct AssessAskArgs {
    /// Base units of the budget mint.
    pub amount: u64,
    /// Index of the policy's category.
    pub category: u8,
    /// Base units awarded to the same recipient in this epoch already.
    pub recipient_awarded: u64,
}

/// What the ask would do, by the numbers that settlement applies (R10).
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskAssessment {
    /// 0 if it fits, else the reason that settlement would store.
    pub refused: u8,
    /// 0 to 100: the scarcest room that it leaves, in hundredths; 0 when it does not fit.
    pub score: u8,
    /// Share of the cap that its recipient would hold, in basis points.
    pub concentration_bps: u16,
    /// Vault over everything promised, set aside and asked, in basis points; `u64::MAX` for none.
    pub coverage_bps: u64,
    /// Hundredths of an epoch; `u64::MAX` without outflow.
    pub runway_before_centi: u64,
    pub runway_after_centi: u64,
    /// Exposure and its limit by category, in base units; no limit for operating ones.
    pub exposure_after: [u64; MAX_CATEGORIES],
    pub exposure_limit: [u64; MAX_CATEGORIES],
}

/// Accounts of `assess_ask`.
#[derive(Accounts)]
pub struct AssessAsk<'info> {
    pub treasury: AccountLoader<'info, Treasury>,
    /// The current epoch, not settled yet: its cap is what the ask is held against.
    #[account(has_one = treasury @ BudgetError::AccountMismatch)]
    pub epoch: AccountLoader<'info, BudgetEpoch>,
}

pub fn handle_assess_ask(ctx: Context<AssessAsk>, args: AssessAskArgs) -> Result<AskAssessment> {
    let now = Clock::get()?.unix_timestamp;
    let AssessAsk { treasury, epoch } = ctx.accounts;
    let (books, header) = (treasury.load()?, epoch.load()?);
    // The books hold what a settled epoch awarded; another epoch's cap says nothing about them.
    let current = books.current_epoch() == Some(header.index) && header.settled_at == 0;
    require!(current, BudgetError::EpochNotCurrent);
    require!(header.policy.has_category(args.category), BudgetError::UnknownCategory);

    let standing = books.standing(header.cap, now)?;
    let limits = Limits {
        cap: header.cap,
        ask: header.limits(),
        category_caps: header.category_caps,
        risk: checked(standing.limits())?,
    };
    let ask = HypotheticalAsk {
        amount: args.amount,
        category: args.category,
        recipient_awarded: args.recipient_awarded,
        awarded: [0; MAX_CATEGORIES],
    };
    let found = checked(assess(&standing, &limits, &ask))?;
    Ok(AskAssessment {
        refused: found.refused.map_or(0, u8::from),
        score: found.score,
        concentration_bps: found.concentration_bps,
        coverage_bps: found.coverage_bps,
        runway_before_centi: found.runway_before_centi,
        runway_after_centi: found.runway_after_centi,
        exposure_after: found.exposure_after,
        exposure_limit: found.exposure_limit,
    })
}
