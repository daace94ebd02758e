//! The proposal file: an ask for money, or an act, as people write and review it in TOML.
//!
//! `cli/examples/proposal-*.toml` has one of each kind. A file says exactly one thing; nothing is
//! sent from one with an unknown key.

use std::path::{Path, PathBuf};

use anchor_lang::prelude::Pubkey;
use community_budget::state::{Role, SECTIONS};
use serde::{Deserialize, Deserializer, de::Error};
use solana_sha256_hasher::hashv;
use toml::{Table, Value};

use crate::{
    exit::{Failure, Result},
    files::{self, plain},
    quantity,
    view::{self, StreamName},
};

/// What is proposed, before names and amounts are looked up.
#[derive(Debug, PartialEq)]
pub struct Proposed {
    /// What it is called and where its long text is.
    pub words: Words,
    /// What it asks for.
    pub matter: Matter,
}

/// Title and long text of a proposal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// What is asked for, in words.
    pub title: String,
    /// Where the long text is; empty for nowhere.
    pub uri: String,
    /// The long text, here, to be hashed.
    pub metadata: Option<PathBuf>,
    /// Its SHA-256, where the text is not here.
    pub metadata_hash: Option<[u8; 32]>,
}

/// What a proposal asks for.
#[derive(Debug, PartialEq)]
pub enum Matter {
    /// Money.
    Award(AwardAsk),
    /// Values of one section of the policy.
    SetPolicy {
        /// One of [`SECTIONS`].
        section: &'static str,
        /// The values, as a policy file writes them.
        values: Table,
    },
    /// Another holder of a role.
    SetRole {
        /// The role.
        role: Role,
        /// Who holds it then; the zero key for nobody.
        holder: Pubkey,
    },
    /// A ruling on a stream.
    RuleOnStream {
        /// The stream.
        stream: StreamName,
        /// The ruling.
        ruling: RulingAsk,
    },
    /// The end of the breaker's present trip.
    ClearBreaker,
    /// A loss.
    WriteOff {
        /// Category, by name or number.
        category: String,
        /// Tokens.
        amount: String,
    },
}

/// An award that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwardAsk {
    /// Category, by name or number.
    pub category: String,
    /// Tokens.
    pub amount: String,
    /// Who receives it; the proposer unless given.
    pub recipient: Option<Pubkey>,
    /// Length of the stream in seconds.
    pub duration_secs: u32,
    /// Seconds from the start in which nothing is released.
    pub cliff_secs: u32,
    /// Reviews.
    pub checkpoints: u8,
}

/// A ruling, before the checkpoint that holds the stream is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RulingAsk {
    /// A held stream goes on.
    Resume,
    /// A share of what is unreleased stays.
    Reduce {
        /// Basis points that stay.
        keep_bps: u16,
    },
    /// Nothing of what is unreleased stays.
    Cancel,
}

/// Reads a proposal file. Files that it names lie relative to it.
///
/// # Errors
/// Exit codes `file`; `input` with a sentence that names the key or the line.
pub fn read(path: &Path) -> Result<Proposed> {
    let text = files::text(path)?;
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    parse(&text, folder).map_err(|why| Failure::input(format!("{}: {why}.", path.display())))
}

fn parse(text: &str, folder: &Path) -> std::result::Result<Proposed, String> {
    let raw: Raw = toml::from_str(text).map_err(|error| no_proposal(text, &error))?;
    let Raw { title, uri, metadata, metadata_hash, .. } = &raw;
    let words = Words {
        title: title.clone(),
        uri: uri.clone().unwrap_or_default(),
        metadata: metadata.as_ref().map(|file| folder.join(file)),
        metadata_hash: *metadata_hash,
    };
    Ok(Proposed { words, matter: raw.matter()? })
}

impl Words {
    /// SHA-256 of the long text; zeros where there is none.
    ///
    /// # Errors
    /// Exit codes `file`; `input` when an address comes without anything to check it against, or two
    /// hashes differ.
    pub fn hash(&self) -> Result<[u8; 32]> {
        let of_file = match &self.metadata {
            Some(path) => Some(hash_of(path)?),
            None => None,
        };
        match (of_file, self.metadata_hash) {
            (Some(found), Some(given)) if found != given => Err(Failure::input(format!(
                "the long text hashes to {}, not to the {} that is given.",
                view::hex(&found),
                view::hex(&given)
            ))),
            (Some(hash), _) | (None, Some(hash)) => Ok(hash),
            (None, None) if !self.uri.is_empty() => Err(Failure::input(
                "the address of the long text says nothing unless voters can check what it leads to; \
                 name the text with --metadata FILE (`metadata` in a file).",
            )),
            (None, None) => Ok([0; 32]),
        }
    }

    /// Refuses a title or address that a screen would not show as it is written.
    ///
    /// # Errors
    /// Exit code `input`.
    pub fn check(&self) -> Result<()> {
        for (what, text) in [("title", &self.title), ("address", &self.uri)] {
            if plain(text) != *text {
                return Err(Failure::input(format!(
                    "the {what} has characters that no screen shows; voters could not read it."
                )));
            }
        }
        Ok(())
    }
}

/// SHA-256 of a file.
///
/// # Errors
/// Exit code `file`.
pub fn hash_of(path: &Path) -> Result<[u8; 32]> {
    Ok(hashv(&[&files::bytes(path)?]).to_bytes())
}

/// The role that `text` names.
///
/// # Errors
/// A sentence.
pub fn role(text: &str) -> std::result::Result<Role, String> {
    match text.replace(['-', ' '], "_").as_str() {
        "guardian" => Ok(Role::Guardian),
        "reviewer" => Ok(Role::Reviewer),
        "risk_reporter" => Ok(Role::RiskReporter),
        _ => Err(format!(
            "`{}` is no role; there are guardian, reviewer and risk_reporter",
            plain(text)
        )),
    }
}

/// The holder that `text` names: an address, or `nobody`.
///
/// # Errors
/// A sentence.
pub fn holder(text: &str) -> std::result::Result<Pubkey, String> {
    if text == "nobody" || text == "vacant" {
        return Ok(Pubkey::default());
    }
    text.parse().map_err(|_| format!("`{}` is no address, nor nobody", plain(text)))
}

/// A share that a reduced stream keeps: neither nothing nor everything.
///
/// # Errors
/// A sentence.
pub fn kept_share(text: &str) -> std::result::Result<u16, String> {
    let share = quantity::bps(text)?;
    if (1..10_000).contains(&share) {
        return Ok(share);
    }
    Err("a reduced stream keeps more than 0 % and less than 100 %; cancel ends one".to_owned())
}

/// The name of a section of the policy.
///
/// # Errors
/// A sentence.
pub fn section(text: &str) -> std::result::Result<&'static str, String> {
    SECTIONS.iter().find(|known| **known == text).copied().ok_or_else(|| {
        format!("`{}` is no section of the policy; there are {}", plain(text), SECTIONS.join(", "))
    })
}

/// A proposal file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    title: String,
    uri: Option<String>,
    metadata: Option<PathBuf>,
    #[serde(default, deserialize_with = "hash")]
    metadata_hash: Option<[u8; 32]>,
    award: Option<RawAward>,
    set_policy: Option<Table>,
    set_role: Option<RawRole>,
    rule_on_stream: Option<RawRuling>,
    clear_breaker: Option<Nothing>,
    write_off: Option<RawLoss>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAward {
    category: String,
    #[serde(deserialize_with = "tokens")]
    amount: String,
    #[serde(default, deserialize_with = "address")]
    recipient: Option<Pubkey>,
    #[serde(deserialize_with = "span")]
    duration: u32,
    #[serde(default, deserialize_with = "span")]
    cliff: u32,
    #[serde(default)]
    checkpoints: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRole {
    role: String,
    holder: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRuling {
    stream: String,
    ruling: String,
    keep: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLoss {
    category: String,
    #[serde(deserialize_with = "tokens")]
    amount: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl Raw {
    fn matter(self) -> std::result::Result<Matter, String> {
        let mut found = Vec::new();
        if let Some(award) = self.award {
            found.push(Matter::Award(AwardAsk {
                category: award.category,
                amount: award.amount,
                recipient: award.recipient,
                duration_secs: award.duration,
                cliff_secs: award.cliff,
                checkpoints: award.checkpoints,
            }));
        }
        if let Some(sections) = self.set_policy {
            found.push(patch(sections)?);
        }
        if let Some(RawRole { role: name, holder: whom }) = self.set_role {
            found.push(Matter::SetRole { role: role(&name)?, holder: holder(&whom)? });
        }
        if let Some(raw) = self.rule_on_stream {
            found.push(raw.matter()?);
        }
        if let Some(Nothing {}) = self.clear_breaker {
            found.push(Matter::ClearBreaker);
        }
        if let Some(RawLoss { category, amount }) = self.write_off {
            found.push(Matter::WriteOff { category, amount });
        }
        match (found.pop(), found.is_empty()) {
            (Some(matter), true) => Ok(matter),
            _ => Err("a proposal has exactly one of [award], [set_policy.SECTION], [set_role], \
                      [rule_on_stream], [clear_breaker] and [write_off]"
                .to_owned()),
        }
    }
}

fn patch(sections: Table) -> std::result::Result<Matter, String> {
    let mut listed = sections.into_iter();
    match (listed.next(), listed.next()) {
        (Some((name, Value::Table(values))), None) => {
            Ok(Matter::SetPolicy { section: section(&name)?, values })
        }
        (Some((name, _)), None) => {
            Err(format!("set_policy.{} must be a section: [set_policy.slate]", plain(&name)))
        }
        _ => Err("a vote replaces one section of the policy at a time; propose the others apart"
            .to_owned()),
    }
}

impl RawRuling {
    fn matter(self) -> std::result::Result<Matter, String> {
        let stream = view::stream_name(&self.stream)?;
        let ruling = match (self.ruling.as_str(), self.keep) {
            ("resume", None) => RulingAsk::Resume,
            ("cancel", None) => RulingAsk::Cancel,
            ("reduce", Some(keep)) => RulingAsk::Reduce { keep_bps: kept_share(&keep)? },
            ("reduce", None) => {
                return Err("reduce needs the share to keep: keep = \"50%\"".to_owned());
            }
            ("resume" | "cancel", Some(_)) => {
                return Err("only reduce has a share to keep".to_owned());
            }
            (other, _) => {
                return Err(format!(
                    "`{}` is no ruling; there are resume, reduce and cancel",
                    plain(other)
                ));
            }
        };
        Ok(Matter::RuleOnStream { stream, ruling })
    }
}

/// Tokens, as a text or a whole number.
fn tokens<'de, D: Deserializer<'de>>(value: D) -> std::result::Result<String, D::Error> {
    match Value::deserialize(value)? {
        Value::String(text) => Ok(text),
        Value::Integer(number) if number >= 0 => Ok(number.to_string()),
        _ => {
            Err(D::Error::custom("an amount is tokens in quotes, as \"18,000.5\", or whole tokens"))
        }
    }
}

fn span<'de, D: Deserializer<'de>>(value: D) -> std::result::Result<u32, D::Error> {
    let text = String::deserialize(value)?;
    quantity::span(&text).map_err(D::Error::custom)
}

fn address<'de, D: Deserializer<'de>>(value: D) -> std::result::Result<Option<Pubkey>, D::Error> {
    let text = String::deserialize(value)?;
    let key = text.parse().map_err(|_| D::Error::custom(format!("`{text}` is no address")))?;
    Ok(Some(key))
}

fn hash<'de, D: Deserializer<'de>>(value: D) -> std::result::Result<Option<[u8; 32]>, D::Error> {
    let text = String::deserialize(value)?;
    view::hash(&text).map(Some).map_err(D::Error::custom)
}

/// What is wrong with a file, in one line.
fn no_proposal(text: &str, error: &toml::de::Error) -> String {
    let at = error.span().map_or(0, |span| span.start);
    let before = text.get(..at).unwrap_or_default();
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let why = plain(&error.message().replace('\n', " "));
    format!("line {line}: {}", why.trim_end_matches('.'))
}

#[cfg(test)]
mod tests;
