//! What a keeper says while it works: one line each.

use std::fmt;

use anchor_lang::prelude::Pubkey;
use serde::{Serialize, Serializer};

use crate::Crank;

/// Something that happened. Its text is one line for a log; it serialises as well.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Said {
    /// A step landed.
    Landed {
        /// Its kind.
        crank: Crank,
        /// The account that it was about.
        #[serde(serialize_with = "as_text")]
        subject: Pubkey,
        /// Why it was due.
        why: String,
        /// Network time, unix seconds.
        at: i64,
        /// Seconds for which it had been due, where that can be told.
        lag_secs: Option<i64>,
        /// The transaction.
        signature: String,
        /// The slot that it is in.
        slot: u64,
        /// Lamports.
        fee: u64,
    },
    /// Somebody else did it first, or it was due no more for another reason.
    LostRace {
        /// Its kind.
        crank: Crank,
        /// The account that it was about.
        #[serde(serialize_with = "as_text")]
        subject: Pubkey,
    },
    /// A step was refused, though it is still due; it is set aside for a while.
    SetAside {
        /// Its kind.
        crank: Crank,
        /// The account that it is about.
        #[serde(serialize_with = "as_text")]
        subject: Pubkey,
        /// Name of the refusal.
        name: String,
        /// The refusal in a sentence.
        why: String,
        /// Unix seconds at which it is tried again.
        until: i64,
    },
    /// A step or a reading got no answer; it is tried again.
    NoAnswer {
        /// What was tried.
        what: String,
        /// The trouble in a sentence.
        why: String,
    },
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Landed { crank, why, lag_secs, signature, slot, .. } => {
                write!(f, "{crank}: {why}; landed in slot {slot}")?;
                if let Some(lag) = lag_secs.filter(|lag| *lag > 0) {
                    write!(f, ", {lag} s after it was due")?;
                }
                write!(f, " ({signature})")
            }
            Self::LostRace { crank, subject } => {
                write!(f, "{crank}: no longer due for {subject}; somebody else was first")
            }
            Self::SetAside { crank, subject, why, until, .. } => {
                let why = why.trim_end_matches('.');
                write!(f, "{crank}: set aside for {subject} until {until}: {why}")
            }
            Self::NoAnswer { what, why } => {
                write!(f, "{what}: {}; trying again", why.trim_end_matches('.'))
            }
        }
    }
}

pub(crate) fn as_text<S: Serializer>(key: &Pubkey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(key)
}
