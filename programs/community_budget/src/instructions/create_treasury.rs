//! `create_treasury`: a community's treasury, its three vaults and its first policy.

use anchor_lang::{prelude::*, token::Mint};
use anchor_spl::token_interface::TokenInterface;
use budget_rules::snapshot::NEVER;

use crate::{
    constants::*,
    create::{Creation, mark},
    error::BudgetError,
    events::TreasuryCreated,
    state::{Policy, Roles, Treasury, split_mut},
    token::{NewVault, require_plain_mint},
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
    /// Who may stop, score and mark from the start. A vote can replace each.
    pub roles: Roles,
}

/// Accounts of `create_treasury`.
#[derive(Accounts)]
#[cfg_attr(feature = "idl-build", instruction(args: CreateTreasuryArgs))]
pub struct CreateTreasury<'info> {
    /// Part of the treasury's address; has no power over it afterwards.
    pub founder: Signer<'info>,
    #[account(mut)]
    pub payer: Signer<'info>,
    /// CHECK: `Creation` proves that its address is that of the seeds, and that nothing is there yet.
    #[cfg_attr(feature = "idl-build", account(mut, seeds = [TREASURY_SEED, founder.key().as_ref(), &args.id.to_le_bytes()], bump))]
    #[cfg_attr(not(feature = "idl-build"), account(mut))]
    pub treasury: UncheckedAccount<'info>,
    #[account(mint::token_program = budget_token_program)]
    pub budget_mint: InterfaceAccount<'info, Mint>,
    #[account(mint::token_program = stake_token_program)]
    pub stake_mint: InterfaceAccount<'info, Mint>,
    /// CHECK: as `treasury`; the handler makes it a token account.
    #[cfg_attr(feature = "idl-build", account(mut, seeds = [VAULT_SEED, treasury.key().as_ref()], bump))]
    #[cfg_attr(not(feature = "idl-build"), account(mut))]
    pub vault: UncheckedAccount<'info>,
    /// CHECK: as `vault`.
    #[cfg_attr(feature = "idl-build", account(mut, seeds = [STAKE_VAULT_SEED, treasury.key().as_ref()], bump))]
    #[cfg_attr(not(feature = "idl-build"), account(mut))]
    pub stake_vault: UncheckedAccount<'info>,
    /// CHECK: as `vault`.
    #[cfg_attr(feature = "idl-build", account(mut, seeds = [BOND_VAULT_SEED, treasury.key().as_ref()], bump))]
    #[cfg_attr(not(feature = "idl-build"), account(mut))]
    pub bond_vault: UncheckedAccount<'info>,
    pub budget_token_program: Interface<'info, TokenInterface>,
    pub stake_token_program: Interface<'info, TokenInterface>,
    pub system_program: Program<'info, System>,
}

impl CreateTreasury<'_> {
    fn validate(&self, args: &CreateTreasuryArgs) -> Result<()> {
        require_plain_mint(self.budget_mint.as_ref())?;
        require_plain_mint(self.stake_mint.as_ref())?;
        args.policy.check()
    }

    /// Creates treasury and vaults, still empty.
    fn create(&self, id: u64) -> Result<Bumps> {
        let founder = self.founder.key();
        let treasury = Creation {
            account: &self.treasury,
            payer: &self.payer,
            owner: &crate::ID,
            space: Treasury::SPACE,
            seeds: &[TREASURY_SEED, founder.as_ref(), &id.to_le_bytes()],
            exists: BudgetError::TreasuryAlreadyExists,
        }
        .run()?;
        let treasury_key = self.treasury.key();
        let vault = |account, seed: &[u8], mint, token_program| {
            NewVault {
                account,
                mint,
                authority: &self.treasury,
                payer: &self.payer,
                token_program,
                seeds: &[seed, treasury_key.as_ref()],
            }
            .create()
        };
        let (budget, stake) = (&self.budget_mint, &self.stake_mint);
        let (budget_program, stake_program) =
            (self.budget_token_program.key(), self.stake_token_program.key());
        Ok(Bumps {
            treasury,
            vault: vault(&self.vault, VAULT_SEED, budget, budget_program)?,
            stake_vault: vault(&self.stake_vault, STAKE_VAULT_SEED, stake, stake_program)?,
            bond_vault: vault(&self.bond_vault, BOND_VAULT_SEED, budget, budget_program)?,
        })
    }
}

/// Bumps of the addresses that a treasury signs or is found by.
struct Bumps {
    treasury: u8,
    vault: u8,
    stake_vault: u8,
    bond_vault: u8,
}

pub fn handle_create_treasury(
    ctx: Context<CreateTreasury>,
    args: CreateTreasuryArgs,
) -> Result<()> {
    ctx.accounts.validate(&args)?;

    let bumps = ctx.accounts.create(args.id)?;
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
    mark::<Treasury>(treasury)?;
    {
        let (mut state, _) = split_mut::<Treasury>(treasury.try_borrow_mut_data()?)?;
        state.version = ACCOUNT_VERSION;
        state.bump = bumps.treasury;
        state.vault_bump = bumps.vault;
        state.stake_vault_bump = bumps.stake_vault;
        state.bond_vault_bump = bumps.bond_vault;
        state.budget_decimals = budget_mint.decimals()?;
        state.stake_decimals = stake_mint.decimals()?;
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
        state.in_force = args.policy;
        state.guardian = args.roles.guardian;
        state.reviewer = args.roles.reviewer;
        state.risk_reporter = args.roles.risk_reporter;
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
        guardian: args.roles.guardian,
        reviewer: args.roles.reviewer,
        risk_reporter: args.roles.risk_reporter,
    });
    Ok(())
}
