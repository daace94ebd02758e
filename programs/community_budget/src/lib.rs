//! Community Budget.
use anchor_lang::prelude::*;
declare_id!("4tGu76FBYo7oBBzgw5FBKDexfTUXDDW9P3DR6GkeW29o");
#[program]
pub mod community_budget {
    use super::*;
    /// Placeholder for the toolchain.
    pub fn ping(_ctx: Context<Ping>, a: u64, b: u64) -> Result<()> {
        let c = u128::from(a) * u128::from(b) / 7;
        emit!(Pinged { c: u64::try_from(c).unwrap_or(0) });
        Ok(())
    }
}
#[derive(Accounts)]
pub struct Ping<'info> { pub payer: Signer<'info> }
#[event]
pub struct Pinged { pub c: u64 }
