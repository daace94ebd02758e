//! What can go wrong between here and a changed account.

use std::fmt;

use anchor_lang::prelude::Pubkey;
use budget_client::account::Unreadable;
use solana_rpc_client_api::client_error::{Error as ClientError, ErrorKind};
use solana_signature::Signature;
use solana_transaction_error::TransactionError;

use crate::refusal::Refused;

/// What a command comes to.
pub type Result<T> = std::result::Result<T, Trouble>;

/// What kind of trouble it is: what a script does about it. Each is one exit code of `budget`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The network gave no answer, or none that makes sense.
    Unreachable,
    /// The network answers but is not the one that was meant.
    WrongNetwork,
    /// An account that is needed does not exist.
    Missing,
    /// An account is not what its address promises.
    NotBelieved,
    /// SOL or tokens do not suffice.
    Funds,
    /// The program refused, by name.
    Refused,
    /// The transaction did not land in time and never will.
    Expired,
    /// The transaction may still land: it is not known.
    Unknown,
}

/// One thing that went wrong; its text is one sentence for people.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// No answer after every try.
    NoAnswer {
        /// Where it was asked.
        url: String,
        /// What the last try ran into.
        why: String,
    },
    /// The node refused the question itself.
    NodeRefused {
        /// Where it was asked.
        url: String,
        /// The node's words.
        why: String,
    },
    /// The program is not deployed there.
    NoProgram {
        /// Where it was looked for.
        url: String,
        /// Its id.
        program: Pubkey,
    },
    /// An account does not exist.
    NoAccount {
        /// What it would be, for example "stake of ...".
        what: String,
        /// Where it was looked for.
        key: Pubkey,
    },
    /// An account's bytes were not believed.
    NotBelieved {
        /// What it should be.
        what: String,
        /// Its address.
        key: Pubkey,
        /// Why not.
        why: Unreadable,
    },
    /// The fee payer has too little SOL.
    NoSol {
        /// Who pays the fee.
        payer: Pubkey,
    },
    /// The program, or another one that it calls, refused.
    Refused(Box<Refused>),
    /// The network refused the transaction before any program ran.
    NotAccepted(TransactionError),
    /// The blockhash ran out before the transaction landed. Nothing happened.
    Expired(Signature),
    /// No answer about a transaction that was sent; it may have happened.
    Unknown {
        /// The transaction.
        signature: Signature,
        /// What the last try ran into.
        why: String,
    },
    /// The transaction does not fit: it could not be put together.
    TooLarge(String),
}

impl Trouble {
    /// The kind of trouble.
    pub fn class(&self) -> Class {
        match self {
            Self::NoAnswer { .. } | Self::NodeRefused { .. } => Class::Unreachable,
            Self::NoProgram { .. } => Class::WrongNetwork,
            Self::NoAccount { .. } => Class::Missing,
            Self::NotBelieved { .. } => Class::NotBelieved,
            Self::NoSol { .. } => Class::Funds,
            Self::Refused(refused) if refused.lacks_funds() => Class::Funds,
            Self::Refused(_) | Self::NotAccepted(_) | Self::TooLarge(_) => Class::Refused,
            Self::Expired(_) => Class::Expired,
            Self::Unknown { .. } => Class::Unknown,
        }
    }

    /// Whether asking again could help, with nothing changed in between.
    pub fn is_passing(&self) -> bool {
        matches!(self.class(), Class::Unreachable | Class::Expired | Class::Unknown)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer { url, why } => write!(
                f,
                "{url} does not answer ({why}); check --url, or start `cargo xtask localnet`."
            ),
            Self::NodeRefused { url, why } => write!(f, "{url} refused the request: {why}."),
            Self::NoProgram { url, program } => write!(
                f,
                "the program {program} is not deployed at {url}; check --url, or deploy it first."
            ),
            Self::NoAccount { what, key } => write!(f, "there is no {what} (at {key})."),
            Self::NotBelieved { what, key, why } => {
                write!(f, "{key} is not the {what} that it should be: {why}.")
            }
            Self::NoSol { payer } => write!(
                f,
                "the fee payer {payer} has too little SOL for this transaction; send it some."
            ),
            Self::Refused(refused) => refused.fmt(f),
            Self::NotAccepted(error) => {
                write!(f, "the network did not accept the transaction: {error}.")
            }
            Self::Expired(signature) => write!(
                f,
                "the transaction {signature} did not land before its blockhash expired; nothing \
                 happened, so it is safe to run the command again."
            ),
            Self::Unknown { signature, why } => write!(
                f,
                "the transaction {signature} was sent, but whether it landed is not known ({why}); \
                 look it up before running the command again."
            ),
            Self::TooLarge(why) => write!(f, "the transaction could not be put together: {why}."),
        }
    }
}

impl std::error::Error for Trouble {}

/// Whether another try could get another answer: the transport failed, or the node was busy.
pub(crate) fn is_worth_another_try(error: &ClientError) -> bool {
    match error.kind() {
        ErrorKind::Io(_) | ErrorKind::Reqwest(_) | ErrorKind::Middleware(_) => true,
        // What came was no JSON, or not the JSON that was asked for: an answer cut short.
        ErrorKind::SerdeJson(_) => true,
        ErrorKind::RpcError(error) => is_busy(error),
        ErrorKind::SigningError(_) | ErrorKind::TransactionError(_) | ErrorKind::Custom(_) => false,
    }
}

fn is_busy(error: &solana_rpc_client_api::request::RpcError) -> bool {
    use solana_rpc_client_api::request::RpcError;
    match error {
        RpcError::RpcRequestError(_) | RpcError::ParseError(_) => true,
        // The codes by which nodes say that they are behind or still starting.
        RpcError::RpcResponseError { code, .. } => {
            matches!(code, -32005 | -32004 | -32014 | -32016 | -32603)
        }
        RpcError::ForUser(_) => false,
    }
}

/// A client error in few words: without the address, which the sentence around it names.
pub(crate) fn in_words(error: &ClientError) -> String {
    match error.kind() {
        ErrorKind::Reqwest(error) if error.is_timeout() => "no answer in time".to_owned(),
        ErrorKind::Reqwest(error) if error.is_connect() => "connection refused".to_owned(),
        ErrorKind::Reqwest(error) => match error.status() {
            Some(status) => format!("HTTP status {status}"),
            None => "the connection broke".to_owned(),
        },
        ErrorKind::RpcError(solana_rpc_client_api::request::RpcError::RpcResponseError {
            code,
            message,
            ..
        }) => format!("{message} (code {code})"),
        other => other.to_string().trim_end_matches('.').to_owned(),
    }
}
