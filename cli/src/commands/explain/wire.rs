//! A transaction as people pass it around.

use base64::{Engine, prelude::BASE64_STANDARD};
use budget_client::explain::{Explanation, Refusal, explain};

use crate::exit::{Failure, Result};

/// Characters beyond which no text is read: a transaction has at most 1,232 bytes.
pub const MOST_CHARACTERS: usize = 8_192;

/// What the transaction in `text` does.
///
/// # Errors
/// Exit codes `input` for what is neither base64 nor base58, `refused` for bytes that are not
/// explained.
pub fn explained(text: &str) -> Result<Explanation> {
    if text.len() > MOST_CHARACTERS {
        return Err(Failure::input("this is too long for a transaction."));
    }
    let text: String = text.split_whitespace().collect();
    let readings = [BASE64_STANDARD.decode(&text).ok(), bs58::decode(&text).into_vec().ok()];
    let readings: Vec<Vec<u8>> =
        readings.into_iter().flatten().filter(|bytes| !bytes.is_empty()).collect();
    if readings.is_empty() {
        return Err(Failure::input("this is neither base64 nor base58, as transactions come."));
    }
    chosen(readings.iter().map(|bytes| explain(bytes)).collect())
}

/// The one reading that is a transaction. Text of letters and digits alone can be both base64 and
/// base58: read both ways, so that neither stands in for the other.
fn chosen(answers: Vec<std::result::Result<Explanation, Refusal>>) -> Result<Explanation> {
    let is_something = |answer: &std::result::Result<Explanation, Refusal>| {
        !matches!(answer, Err(Refusal::NotATransaction))
    };
    let (mut those, others): (Vec<_>, Vec<_>) = answers.into_iter().partition(is_something);
    let found = those.iter().filter(|answer| answer.is_ok()).count();
    if found > 1 {
        return Err(Failure::Refused(
            "this reads as one transaction in base64 and as another in base58: do not sign it."
                .to_owned(),
        ));
    }
    if let Some(at) = those.iter().position(|answer| answer.is_ok()) {
        those.swap(0, at);
    }
    match those.into_iter().chain(others).next() {
        Some(Ok(explanation)) => Ok(explanation),
        Some(Err(refusal)) => Err(Failure::Refused(format!("{refusal}."))),
        None => Err(Failure::Refused(format!("{}.", Refusal::NotATransaction))),
    }
}

#[cfg(test)]
pub mod tests;
