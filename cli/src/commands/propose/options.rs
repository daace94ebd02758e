//! A proposal by options instead of a file.

use std::path::PathBuf;

use anchor_lang::prelude::Pubkey;
use budget_rules::stream::MAX_CHECKPOINTS;
use clap::{Args, Subcommand};
use community_budget::state::Role;
use toml::{Table, Value};

use crate::{
    exit::{Failure, Result},
    proposal_file::{
        AwardAsk, Matter, Proposed, RulingAsk, Words, holder, kept_share, role, section,
    },
    quantity::span,
    view::{StreamName, hash, stream_name},
};

/// Who pays and who signs besides the proposer.
#[derive(Args, Clone, Debug, Default)]
pub struct Sending {
    /// Key file of the recipient, whose signature accepts an award at once.
    #[arg(long, value_name = "FILE")]
    pub recipient_keypair: Option<PathBuf>,
    /// The recipient signs as well, with a key that is elsewhere. Only with --unsigned.
    #[arg(long)]
    pub recipient_signs: bool,
    /// Token account that pays slot fee and bond; your associated one unless given.
    #[arg(long, value_name = "ADDRESS")]
    pub source: Option<Pubkey>,
}

/// What is proposed.
#[derive(Subcommand)]
pub enum ProposeKind {
    /// Ask for money.
    Award(AwardOptions),
    /// Ask for an act: policy, a role, a stream, the breaker, a loss.
    #[command(subcommand)]
    Act(ActKind),
}

/// Title and long text.
#[derive(Args)]
pub struct WordOptions {
    /// What is proposed, in 1 to 64 bytes. Voters sign it.
    #[arg(long)]
    title: String,
    /// Where the long text is, at most 128 bytes.
    #[arg(long, default_value = "")]
    uri: String,
    /// The long text: its SHA-256 goes on chain, so that anyone can check what the address leads to.
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// Its SHA-256, where the text is not here.
    #[arg(long, value_name = "HEX", value_parser = hash)]
    metadata_hash: Option<[u8; 32]>,
}

/// `budget propose award`.
#[derive(Args)]
pub struct AwardOptions {
    #[command(flatten)]
    words: WordOptions,
    /// The category, by its name in the policy or its number.
    #[arg(long)]
    category: String,
    /// Tokens asked for, for example 18,000.
    #[arg(long)]
    amount: String,
    /// Who receives it; you unless given.
    #[arg(long, value_name = "ADDRESS")]
    recipient: Option<Pubkey>,
    /// Length of the stream from its execution, 1 day to 4 years, for example 90d.
    #[arg(long, value_parser = span)]
    duration: u32,
    /// Nothing is released this long after the start.
    #[arg(long, value_parser = span, default_value = "0s")]
    cliff: u32,
    /// Reviews that cut the stream into parts.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(..=i64::from(MAX_CHECKPOINTS)))]
    checkpoints: u8,
    #[command(flatten)]
    sending: Sending,
}

/// What every act has.
#[derive(Args)]
pub struct ActOptions {
    #[command(flatten)]
    words: WordOptions,
    /// Token account that pays slot fee and bond; your associated one unless given.
    #[arg(long, value_name = "ADDRESS")]
    source: Option<Pubkey>,
}

/// `budget propose act ...`.
#[derive(Subcommand)]
pub enum ActKind {
    /// Change values of one section of the policy, from the next epoch on.
    SetPolicy {
        /// The section, for example slate.
        #[arg(value_parser = section)]
        section: &'static str,
        /// A value as in a policy file, for example bond=25 or small.quorum_bps=4%; may be repeated.
        #[arg(long = "set", value_name = "KEY=VALUE", required = true, value_parser = setting)]
        set: Vec<(String, String)>,
        #[command(flatten)]
        options: ActOptions,
    },
    /// Give a role to another key.
    SetRole {
        /// guardian, reviewer or risk_reporter.
        #[arg(value_parser = role)]
        role: Role,
        /// Who holds it then, or `nobody`.
        #[arg(value_parser = holder)]
        holder: Pubkey,
        #[command(flatten)]
        options: ActOptions,
    },
    /// Let a held stream go on.
    Resume {
        /// The stream: its address, or epoch and entry as in 0/3.
        #[arg(value_parser = stream_name)]
        stream: StreamName,
        #[command(flatten)]
        options: ActOptions,
    },
    /// Keep a share of what a stream has not released, and take the rest back.
    Reduce {
        /// The stream: its address, or epoch and entry as in 0/3.
        #[arg(value_parser = stream_name)]
        stream: StreamName,
        /// The share that stays, for example 50%.
        #[arg(long, value_parser = kept_share)]
        keep: u16,
        #[command(flatten)]
        options: ActOptions,
    },
    /// End a stream: everything unreleased returns.
    Cancel {
        /// The stream: its address, or epoch and entry as in 0/3.
        #[arg(value_parser = stream_name)]
        stream: StreamName,
        #[command(flatten)]
        options: ActOptions,
    },
    /// End the breaker's present trip.
    ClearBreaker {
        #[command(flatten)]
        options: ActOptions,
    },
    /// Take money of a category at risk for lost.
    WriteOff {
        /// The category, by its name in the policy or its number.
        category: String,
        /// Tokens.
        amount: String,
        #[command(flatten)]
        options: ActOptions,
    },
}

impl From<WordOptions> for Words {
    fn from(options: WordOptions) -> Self {
        let WordOptions { title, uri, metadata, metadata_hash } = options;
        Self { title, uri, metadata, metadata_hash }
    }
}

impl ProposeKind {
    /// What the options say, and who pays and signs.
    ///
    /// # Errors
    /// Exit code `input` for values of a policy that name one thing twice.
    pub fn proposed(self) -> Result<(Proposed, Sending)> {
        match self {
            Self::Award(options) => {
                let matter = Matter::Award(AwardAsk {
                    category: options.category,
                    amount: options.amount,
                    recipient: options.recipient,
                    duration_secs: options.duration,
                    cliff_secs: options.cliff,
                    checkpoints: options.checkpoints,
                });
                Ok((Proposed { words: options.words.into(), matter }, options.sending))
            }
            Self::Act(kind) => {
                let (matter, options) = kind.matter()?;
                let sending = Sending { source: options.source, ..Sending::default() };
                Ok((Proposed { words: options.words.into(), matter }, sending))
            }
        }
    }
}

impl ActKind {
    fn matter(self) -> Result<(Matter, ActOptions)> {
        let ruling = |stream, ruling| Matter::RuleOnStream { stream, ruling };
        Ok(match self {
            Self::SetPolicy { section, set, options } => {
                (Matter::SetPolicy { section, values: table(&set)? }, options)
            }
            Self::SetRole { role, holder, options } => (Matter::SetRole { role, holder }, options),
            Self::Resume { stream, options } => (ruling(stream, RulingAsk::Resume), options),
            Self::Reduce { stream, keep, options } => {
                (ruling(stream, RulingAsk::Reduce { keep_bps: keep }), options)
            }
            Self::Cancel { stream, options } => (ruling(stream, RulingAsk::Cancel), options),
            Self::ClearBreaker { options } => (Matter::ClearBreaker, options),
            Self::WriteOff { category, amount, options } => {
                (Matter::WriteOff { category, amount }, options)
            }
        })
    }
}

/// `KEY=VALUE`.
fn setting(text: &str) -> std::result::Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(key, value)| !key.is_empty() && !value.is_empty());
    let (key, value) =
        parts.ok_or_else(|| format!("`{text}` sets nothing; write bond=25, for example"))?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

/// Values as a policy file would write them: whole numbers and texts, tiers in sections.
fn table(set: &[(String, String)]) -> Result<Table> {
    let mut table = Table::new();
    for (key, text) in set {
        let value = match text.parse() {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::String(text.clone()),
        };
        let twice = || Failure::input(format!("{key} is set twice."));
        let (place, name) = match key.split_once('.') {
            None => (&mut table, key.as_str()),
            Some((within, name)) => {
                let inner = table.entry(within).or_insert_with(|| Value::Table(Table::new()));
                (inner.as_table_mut().ok_or_else(twice)?, name)
            }
        };
        if place.insert(name.to_owned(), value).is_some() {
            return Err(twice());
        }
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(pairs: &[&str]) -> Result<Table> {
        table(&pairs.iter().map(|text| setting(text).unwrap()).collect::<Vec<_>>())
    }

    #[test]
    fn values_become_what_a_policy_file_would_say() {
        let table = set(&["bond=25", "small.quorum_bps=4%", "small.min_checkpoints = 1"]).unwrap();
        let wanted: Table =
            "bond = 25\n[small]\nquorum_bps = \"4%\"\nmin_checkpoints = 1".parse().unwrap();
        assert_eq!(table, wanted);
    }

    #[test]
    fn what_is_set_twice_or_to_nothing_is_refused() {
        for pairs in [["bond=25", "bond=26"], ["small=1", "small.quorum_bps=4%"]] {
            assert!(set(&pairs).unwrap_err().to_string().contains("is set twice"), "{pairs:?}");
        }
        for text in ["bond", "=5", "bond="] {
            assert!(setting(text).is_err(), "{text}");
        }
    }
}
