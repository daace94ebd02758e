//! `create_treasury`: a community's treasury, its three vaults and its first policy.

use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenAccount, TokenInterface};
use budget_rules::snapshot::NEVER;

use crate::{
    constants::*,
    events::TreasuryCreated,
    state::{Policy, Treasury},
    token::require_plain_mint,
};

/// What the founder decides once.
#[derive(AnchorSerialize, AnchorDeserialize, Clone)]
pub struct CreateTreasuryArgs {
    /// Tells the treasuries of one founder apart.
    pub id: u64,
    /// Unix seconds. No epoch opens before.
    pub first_open_at: i64,
    /// First policy; must lie within the hard bounds.
    pub policy: Policy,
}

/// Accounts of `create_treasury`.
#[derive(Accounts)]
#[instruction(args: CreateTreasuryArgs)]
pub struct CreateTreasury<'info> {
    /// Part of the treasury's address; has no power over it afterwards.
    pub founder: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    #[account(
        init,
        payer = payer,
        space = 8 + core::mem::size_of::<Treasury>(),
        seeds = [TREASURY_SEED, founder.key().as_ref(), &args.id.to_le_bytes()],
        bump
    )]
    pub treasury: AccountLoader<'info, Treasury>,
    pub budget_mint: Box<InterfaceAccount<'info, Mint>>,
    pub stake_mint: Box<InterfaceAccount<'info, Mint>>,
    #[account(
        init,
        payer = payer,
        seeds = [VAULT_SEED, treasury.key().as_ref()],
        bump,
        token::mint = budget_mint,
        token::authority = treasury,
        token::token_program = budget_token_program
    )]
    pub vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(
        init,
        payer = payer,
        seeds = [STAKE_VAULT_SEED, treasury.key().as_ref()],
        bump,
        token::mint = stake_mint,
        token::authority = treasury,
        token::token_program = stake_token_program
    )]
    pub stake_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    #[account(
        init,
        payer = payer,
        seeds = [BOND_VAULT_SEED, treasury.key().as_ref()],
        bump,
        token::mint = budget_mint,
        token::authority = treasury,
        token::token_program = budget_token_program
    )]
    pub bond_vault: Box<InterfaceAccount<'info, TokenAccount>>,
    pub budget_token_program: Interface<'info, TokenInterface>,
    pub stake_token_program: Interface<'info, TokenInterface>,
    pub system_program: Program<'info, System>,
}

impl CreateTreasury<'_> {
    fn validate(&self, args: &CreateTreasuryArgs) -> Result<()> {
        require_plain_mint(self.budget_mint.as_ref().as_ref())?;
        require_plain_mint(self.stake_mint.as_ref().as_ref())?;
        args.policy.check()
    }
}

pub fn handle_create_treasury(
    ctx: Context<CreateTreasury>,
    args: CreateTreasuryArgs,
) -> Result<()> {
    ctx.accounts.validate(&args)?;

    let CreateTreasury {
        founder,
        payer: _,
        treasury,
        budget_mint,
        stake_mint,
        vault,
        stake_vault,
        bond_vault,
        budget_token_program: _,
        stake_token_program: _,
        system_program: _,
    } = ctx.accounts;
    {
        let mut state = treasury.load_init()?;
        state.version = ACCOUNT_VERSION;
        state.bump = ctx.bumps.treasury;
        state.vault_bump = ctx.bumps.vault;
        state.stake_vault_bump = ctx.bumps.stake_vault;
        state.bond_vault_bump = ctx.bumps.bond_vault;
        state.budget_decimals = budget_mint.decimals;
        state.stake_decimals = stake_mint.decimals;
        state.frozen_epoch = NEVER;
        state.id = args.id;
        state.founder = founder.key();
        state.budget_mint = budget_mint.key();
        state.stake_mint = stake_mint.key();
        state.vault = vault.key();
        state.stake_vault = stake_vault.key();
        state.bond_vault = bond_vault.key();
        state.first_open_at = args.first_open_at;
        state.policy = args.policy;
        state.seq = 1;
        state.invariant()?;
    }
    emit!(TreasuryCreated {
        seq: 1,
        treasury: treasury.key(),
        founder: founder.key(),
        budget_mint: budget_mint.key(),
        stake_mint: stake_mint.key(),
        first_open_at: args.first_open_at,
    });
    Ok(())
}
