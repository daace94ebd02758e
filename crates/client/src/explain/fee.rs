//! What a transaction costs at most.

use anchor_lang::{prelude::Pubkey, system_program};
use serde::Serialize;

use super::{Step, others::COMPUTE_BUDGET};
use crate::idl::Value;

/// Lamports for each signature.
const LAMPORTS_PER_SIGNATURE: u64 = 5_000;
/// The most compute units of a transaction.
const MOST_UNITS: u64 = 1_400_000;
/// What an instruction is given when no limit is set, and what one of a built-in program is.
const DEFAULT_UNITS: u64 = 200_000;
const BUILTIN_UNITS: u64 = 3_000;

/// The fee that the payer may be charged. Rent for new accounts comes on top of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fee {
    /// Lamports for the signatures.
    pub signature_lamports: u64,
    /// Compute units that the transaction may use.
    pub compute_units: u64,
    /// Whether it says so itself.
    pub limit_is_set: bool,
    /// Micro-lamports for each compute unit.
    pub price_micro_lamports: u64,
    /// Lamports for the compute units, all of them, rounded up; charged whether used or not.
    pub priority_lamports: u64,
    /// Both together.
    pub most_lamports: u64,
}

pub(super) fn fee(signatures: usize, steps: &[Step]) -> Fee {
    let said = |name: &str| {
        let of = steps.iter().filter(|step| step.program == COMPUTE_BUDGET);
        let named = of.filter(|step| step.name == Some(name));
        // The runtime refuses a second one; the larger is the one to be told of.
        named.filter_map(|step| step.arguments.first().map(|field| &field.value)).fold(
            None,
            |most, value| match value {
                Value::Unsigned(number) => most.max(Some(*number)),
                _ => most,
            },
        )
    };
    let default = || steps.iter().map(|step| default_units(&step.program)).sum::<u64>();
    let limit = said("SetComputeUnitLimit");
    let compute_units = limit.unwrap_or_else(default).min(MOST_UNITS);
    let price_micro_lamports = said("SetComputeUnitPrice").unwrap_or(0);
    let micro = u128::from(compute_units) * u128::from(price_micro_lamports);
    let priority_lamports = u64::try_from(micro.div_ceil(1_000_000)).unwrap_or(u64::MAX);
    let signatures = u64::try_from(signatures).unwrap_or(u64::MAX);
    let signature_lamports = signatures.saturating_mul(LAMPORTS_PER_SIGNATURE);
    Fee {
        signature_lamports,
        compute_units,
        limit_is_set: limit.is_some(),
        price_micro_lamports,
        priority_lamports,
        most_lamports: signature_lamports.saturating_add(priority_lamports),
    }
}

fn default_units(program: &Pubkey) -> u64 {
    if [system_program::ID, COMPUTE_BUDGET].contains(program) {
        BUILTIN_UNITS
    } else {
        DEFAULT_UNITS
    }
}
