//! A question to the program, asked by simulation: nothing is signed and nothing is sent.

use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction};
use base64::{Engine, prelude::BASE64_STANDARD};
use budget_rpc::{Refused, Trouble, named};
use solana_message::Message;
use solana_rpc_client_api::config::RpcSimulateTransactionConfig;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;

use crate::{
    context::Context,
    exit::{Failure, Result},
};

/// The first of `candidates` that has SOL.
///
/// # Errors
/// Exit code `funds` when none has.
pub fn payer_with_sol(context: &Context, candidates: &[Pubkey]) -> Result<Pubkey> {
    let network = context.network()?;
    for candidate in candidates {
        if network.lamports(candidate)? > 0 {
            return Ok(*candidate);
        }
    }
    Err(Failure::Funds(
        "the simulation needs an account with some SOL as its fee payer, though nothing is spent; give \
         --keypair."
            .to_owned(),
    ))
}

/// Runs one instruction without sending it, and returns what it returned. Nobody signs it.
///
/// # Errors
/// Exit codes `refused`, `funds`, `unreachable`.
pub fn simulate(context: &Context, payer: &Pubkey, instruction: Instruction) -> Result<Vec<u8>> {
    let network = context.network()?;
    let transaction = Transaction::new_unsigned(Message::new(&[instruction], Some(payer)));
    let config = RpcSimulateTransactionConfig {
        sig_verify: false,
        replace_recent_blockhash: true,
        ..RpcSimulateTransactionConfig::default()
    };
    let client = network.client();
    let answer = network
        .ask(|| client.simulate_transaction_with_config(&transaction, config.clone()))?
        .value;
    if let Some(error) = answer.err {
        return Err(Failure::Trouble(refusal(
            error.into(),
            answer.logs.unwrap_or_default(),
            payer,
        )));
    }
    let data = answer.return_data.and_then(|data| BASE64_STANDARD.decode(data.data.0).ok());
    Ok(data.unwrap_or_default())
}

/// What a failed simulation means.
fn refusal(error: TransactionError, logs: Vec<String>, payer: &Pubkey) -> Trouble {
    match error {
        TransactionError::InstructionError(position, error) => {
            let text = error.to_string();
            let code = text.rsplit_once("custom program error: 0x");
            let code = code.and_then(|(_, code)| u32::from_str_radix(code, 16).ok());
            let (name, message) = code.and_then(named).unzip();
            let program = Some(community_budget::ID);
            Trouble::Refused(Box::new(Refused {
                position,
                error,
                code,
                name,
                message,
                program,
                logs,
            }))
        }
        TransactionError::AccountNotFound | TransactionError::InsufficientFundsForFee => {
            Trouble::NoSol { payer: *payer }
        }
        other => Trouble::NotAccepted(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_simulation_is_named() {
        use budget_rpc::Class;

        let payer = Pubkey::new_unique();
        let code = u32::from(community_budget::BudgetError::EpochNotCurrent);
        let text = format!("{{\"InstructionError\":[0,{{\"Custom\":{code}}}]}}");
        let error: TransactionError = serde_json::from_str(&text).unwrap();
        let trouble = refusal(error, Vec::new(), &payer);
        assert!(trouble.to_string().contains("(EpochNotCurrent)"), "{trouble}");
        assert_eq!(trouble.class(), Class::Refused);
        let poor = refusal(TransactionError::AccountNotFound, Vec::new(), &payer);
        assert_eq!(poor.class(), Class::Funds);
    }
}
