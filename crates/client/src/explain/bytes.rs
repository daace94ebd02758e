//! From bytes to a message: what a wallet is handed, or has signed.

use solana_message::{MESSAGE_VERSION_PREFIX, VersionedMessage};
use solana_transaction::versioned::VersionedTransaction;

use super::Refusal;

/// Bytes of a signature.
const SIGNATURE_BYTES: usize = 64;

/// A message, with the signatures that came with it and the bytes that they sign.
pub(super) struct Signed<'b> {
    /// `None` for a message that came alone.
    pub signatures: Option<Vec<solana_signature::Signature>>,
    pub message: VersionedMessage,
    /// What is signed.
    pub payload: &'b [u8],
}

/// Reads a transaction, or a message alone.
pub(super) fn read(bytes: &[u8]) -> Result<Signed<'_>, Refusal> {
    // SECURITY: read both ways, so that bytes which a wallet might take for the other thing are
    // not explained as one of them.
    match (transaction(bytes), message(bytes)) {
        (Ok(_), Ok(_)) => Err(Refusal::Ambiguous),
        (Ok(signed), Err(_)) | (Err(_), Ok(signed)) => Ok(signed),
        (Err(one), Err(other)) => Err(telling(one, other)),
    }
}

/// The reason that tells more: a message alone that was taken for a transaction, or the reverse,
/// fails in ways that mean nothing.
fn telling(transaction: Refusal, message: Refusal) -> Refusal {
    let rank = |refusal: &Refusal| match refusal {
        Refusal::Version(_) => 0,
        Refusal::Trailing(_) => 1,
        Refusal::Unsound => 2,
        _ => 3,
    };
    if rank(&message) < rank(&transaction) { message } else { transaction }
}

fn transaction(bytes: &[u8]) -> Result<Signed<'_>, Refusal> {
    let count = *bytes.first().ok_or(Refusal::NotATransaction)?;
    if count & MESSAGE_VERSION_PREFIX != 0 {
        return Err(Refusal::NotATransaction);
    }
    let payload = bytes.get(1 + usize::from(count) * SIGNATURE_BYTES..);
    let payload = payload.ok_or(Refusal::NotATransaction)?;
    let mut rest = bytes;
    let read: VersionedTransaction =
        wincode::deserialize_from(&mut rest).map_err(|_| Refusal::NotATransaction)?;
    whole(rest, read.sanitize().is_ok())?;
    Ok(Signed { signatures: Some(read.signatures), message: read.message, payload })
}

fn message(bytes: &[u8]) -> Result<Signed<'_>, Refusal> {
    version(bytes)?;
    let mut rest = bytes;
    let message: VersionedMessage =
        wincode::deserialize_from(&mut rest).map_err(|_| Refusal::NotATransaction)?;
    whole(rest, message.sanitize().is_ok())?;
    Ok(Signed { signatures: None, message, payload: bytes })
}

/// Refuses versions that this crate does not know; a transaction of version 1 begins as its
/// message.
fn version(message: &[u8]) -> Result<(), Refusal> {
    match message.first() {
        Some(first) if *first > MESSAGE_VERSION_PREFIX => {
            Err(Refusal::Version(first & !MESSAGE_VERSION_PREFIX))
        }
        _ => Ok(()),
    }
}

/// Refuses parts that do not fit together, and bytes behind a transaction that is one.
fn whole(rest: &[u8], sound: bool) -> Result<(), Refusal> {
    match (sound, rest.len()) {
        (true, 0) => Ok(()),
        (true, count) => Err(Refusal::Trailing(count)),
        (false, 0) => Err(Refusal::Unsound),
        (false, _) => Err(Refusal::NotATransaction),
    }
}
