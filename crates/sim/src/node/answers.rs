//! What the node answers to each request.

use anchor_lang::prelude::{Pubkey, Rent};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use solana_account::Account;
use solana_rpc_client_api::{
    client_error::Result,
    config::RpcProgramAccountsConfig,
    filter::RpcFilterType,
    request::{RpcError, RpcRequest, RpcResponseErrorData},
};
use solana_signature::Signature;
use solana_transaction::{Transaction, versioned::VersionedTransaction};
use solana_transaction_status_client_types::{TransactionConfirmationStatus, TransactionStatus};

use super::Ledger;
use crate::World;

/// Codes of the JSON-RPC and of Solana's nodes.
const INVALID_PARAMS: i64 = -32_602;
const UNKNOWN_METHOD: i64 = -32_601;
const SIGNATURE_FAILED: i64 = -32_003;

pub(super) fn answer(
    world: &mut World,
    ledger: &mut Ledger,
    request: RpcRequest,
    params: &Value,
) -> Result<Value> {
    Ok(match request {
        RpcRequest::GetAccountInfo => {
            let found = world.svm.get(&key(&params[0])?);
            in_context(ledger, found.map_or(Value::Null, |account| encoded(&account)))
        }
        RpcRequest::GetMultipleAccounts => {
            let keys: Vec<String> = argument(params, 0)?;
            let account = |text: String| -> Result<Value> {
                let found = world.svm.get(&parsed(&text)?);
                Ok(found.map_or(Value::Null, |account| encoded(&account)))
            };
            let accounts = keys.into_iter().map(account).collect::<Result<Vec<_>>>()?;
            in_context(ledger, json!(accounts))
        }
        RpcRequest::GetProgramAccounts => json!(program_accounts(world, params)?),
        RpcRequest::GetMinimumBalanceForRentExemption => {
            json!(Rent::default().minimum_balance(argument(params, 0)?))
        }
        RpcRequest::GetLatestBlockhash => {
            let (hash, height) = (ledger.blockhash(), ledger.last_valid_height());
            in_context(
                ledger,
                json!({ "blockhash": hash.to_string(), "lastValidBlockHeight": height }),
            )
        }
        RpcRequest::GetBlockHeight | RpcRequest::GetSlot => json!(ledger.height()),
        RpcRequest::SimulateTransaction => simulate(world, ledger, params)?,
        RpcRequest::SendTransaction => {
            let transaction = transaction(params)?;
            if transaction.verify().is_err() {
                return Err(refusal(SIGNATURE_FAILED, "a signature does not verify"));
            }
            let signature = transaction.signatures.first().copied().unwrap_or_default();
            ledger.take(world, transaction);
            json!(signature.to_string())
        }
        RpcRequest::GetSignatureStatuses => {
            let signatures: Vec<String> = argument(params, 0)?;
            let status = |text: String| -> Result<Value> { Ok(status(ledger, &parsed(&text)?)) };
            let statuses = signatures.into_iter().map(status).collect::<Result<Vec<_>>>()?;
            in_context(ledger, json!(statuses))
        }
        RpcRequest::GetTransaction => {
            let signature: Signature = parsed(&argument::<String>(params, 0)?)?;
            recorded(ledger, &signature)?
        }
        other => return Err(refusal(UNKNOWN_METHOD, &format!("this node does not know {other}"))),
    })
}

fn refusal(code: i64, message: &str) -> solana_rpc_client_api::client_error::Error {
    let (message, data) = (message.to_owned(), RpcResponseErrorData::Empty);
    RpcError::RpcResponseError { code, message, data }.into()
}

fn argument<T: DeserializeOwned>(params: &Value, position: usize) -> Result<T> {
    serde_json::from_value(params[position].clone())
        .map_err(|error| refusal(INVALID_PARAMS, &error.to_string()))
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| refusal(INVALID_PARAMS, &format!("{text} is not understood")))
}

fn key(value: &Value) -> Result<Pubkey> {
    parsed(value.as_str().unwrap_or_default())
}

fn in_context(ledger: &Ledger, value: Value) -> Value {
    json!({ "context": { "slot": ledger.height() }, "value": value })
}

fn encoded(account: &Account) -> Value {
    json!({
        "lamports": account.lamports,
        "data": [BASE64_STANDARD.encode(&account.data), "base64"],
        "owner": account.owner.to_string(),
        "executable": account.executable,
        "rentEpoch": account.rent_epoch,
        "space": account.data.len(),
    })
}

fn program_accounts(world: &World, params: &Value) -> Result<Vec<Value>> {
    let program = key(&params[0])?;
    let config: RpcProgramAccountsConfig = argument(params, 1)?;
    let filters = config.filters.unwrap_or_default();
    let matches = |data: &[u8]| {
        filters.iter().all(|filter| match filter {
            RpcFilterType::Memcmp(compare) => compare.bytes_match(data),
            RpcFilterType::DataSize(bytes) => u64::try_from(data.len()) == Ok(*bytes),
            RpcFilterType::TokenAccountState => false,
        })
    };
    let found = world.svm.snapshot().into_iter();
    let found = found.filter(|(_, account)| account.owner == program && matches(&account.data));
    Ok(found
        .map(|(key, account)| json!({ "pubkey": key.to_string(), "account": encoded(&account) }))
        .collect())
}

fn transaction(params: &Value) -> Result<Transaction> {
    let text: String = argument(params, 0)?;
    let not_understood = || refusal(INVALID_PARAMS, "the transaction is not understood");
    let bytes = BASE64_STANDARD.decode(text).map_err(|_| not_understood())?;
    let transaction: VersionedTransaction =
        wincode::deserialize(&bytes).map_err(|_| not_understood())?;
    transaction.into_legacy_transaction().ok_or_else(not_understood)
}

/// Runs the transaction on a copy of the world, whoever has signed it.
fn simulate(world: &World, ledger: &Ledger, params: &Value) -> Result<Value> {
    let ran = world.svm.clone().submit(transaction(params)?);
    let outcome = match ran {
        Ok(landed) => json!({
            "err": null,
            "logs": landed.logs,
            "unitsConsumed": landed.compute_units,
            "returnData": {
                "programId": community_budget::ID.to_string(),
                "data": [BASE64_STANDARD.encode(&landed.return_data), "base64"],
            },
        }),
        Err(refusal) => json!({ "err": refusal.error, "logs": refusal.logs }),
    };
    Ok(in_context(ledger, outcome))
}

fn status(ledger: &Ledger, signature: &Signature) -> Value {
    let Some(recorded) = ledger.get(signature) else { return Value::Null };
    let err = recorded.error.clone();
    json!(TransactionStatus {
        slot: recorded.slot,
        confirmations: None,
        status: err.clone().map_or(Ok(()), Err),
        err,
        confirmation_status: Some(TransactionConfirmationStatus::Finalized),
    })
}

fn recorded(ledger: &Ledger, signature: &Signature) -> Result<Value> {
    let Some(recorded) = ledger.get(signature) else { return Ok(Value::Null) };
    let bytes = wincode::serialize(&recorded.transaction)
        .map_err(|error| refusal(INVALID_PARAMS, &error.to_string()))?;
    let status = match &recorded.error {
        None => json!({ "Ok": null }),
        Some(error) => json!({ "Err": error }),
    };
    Ok(json!({
        "slot": recorded.slot,
        "blockTime": null,
        "transaction": [BASE64_STANDARD.encode(bytes), "base64"],
        "meta": {
            "err": recorded.error,
            "status": status,
            "fee": 0,
            "preBalances": [],
            "postBalances": [],
            "logMessages": recorded.logs,
        },
    }))
}
