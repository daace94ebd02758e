//! What several commands show or read in the same way: categories, tiers, hashes, aligned lines.

use anchor_lang::prelude::Pubkey;
use budget_client::{Community, address};
use budget_words::page::Page;
use community_budget::state::Policy;

use crate::{
    exit::{Failure, Result},
    files::plain,
};

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The 32 bytes of a hash that `text` writes in hexadecimal.
///
/// # Errors
/// A sentence.
pub fn hash(text: &str) -> std::result::Result<[u8; 32], String> {
    let wrong = || format!("`{text}` is no SHA-256 hash; write its 64 hexadecimal digits");
    let text = text.trim();
    if text.len() != 64 || !text.is_ascii() {
        return Err(wrong());
    }
    let mut hash = [0; 32];
    for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
        let digits = text.get(at..at + 2).filter(|pair| !pair.starts_with('+'));
        let value = digits.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        *byte = value.ok_or_else(wrong)?;
    }
    Ok(hash)
}

/// A tier by the number that slate entries store.
pub fn tier(number: u8) -> &'static str {
    match number {
        0 => "small",
        1 => "medium",
        2 => "large",
        _ => "constitutional",
    }
}

/// What the policy calls a category.
pub fn category(policy: &Policy, index: u8) -> String {
    let found = policy.risk.categories.get(usize::from(index));
    let bytes = found.filter(|_| policy.has_category(index)).map(|found| found.name);
    let name = bytes.unwrap_or_default();
    let name = String::from_utf8_lossy(&name);
    let name = plain(name.trim_end_matches('\0'));
    if name.is_empty() { format!("category {index}") } else { name }
}

/// The category that `text` means: its name in the policy, or its number.
///
/// # Errors
/// Exit code `input`, with the names that there are.
pub fn category_named(policy: &Policy, text: &str) -> Result<u8> {
    let all = 0..policy.risk.category_count;
    let by_name = all.clone().find(|index| category(policy, *index).eq_ignore_ascii_case(text));
    let by_number = || text.parse().ok().filter(|index| policy.has_category(*index));
    by_name.or_else(by_number).ok_or_else(|| {
        let names: Vec<String> = all.map(|index| category(policy, index)).collect();
        Failure::input(format!(
            "the policy has no category `{}`; it has {}.",
            plain(text),
            names.join(", ")
        ))
    })
}

/// How people name a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamName {
    /// By its address.
    Key(Pubkey),
    /// By the award that it pays.
    Award {
        /// Position of the epoch.
        epoch: u32,
        /// Number of the entry.
        entry: u8,
    },
}

impl StreamName {
    /// The stream's address.
    pub fn key(self, community: &Community) -> Pubkey {
        match self {
            Self::Key(key) => key,
            Self::Award { epoch, entry } => {
                address::stream(&address::proposal(&community.epoch(epoch), entry))
            }
        }
    }
}

/// The stream that `text` names: an address, or epoch and entry as in `0/3`.
///
/// # Errors
/// A sentence.
pub fn stream_name(text: &str) -> std::result::Result<StreamName, String> {
    if let Ok(key) = text.parse() {
        return Ok(StreamName::Key(key));
    }
    let parts = text.split_once('/');
    let numbers = parts.and_then(|(epoch, entry)| Some((epoch.parse().ok()?, entry.parse().ok()?)));
    let (epoch, entry) = numbers.ok_or_else(|| {
        format!("`{text}` is no stream; give its address, or epoch and entry as in 0/3")
    })?;
    Ok(StreamName::Award { epoch, entry })
}

/// Pairs of a word and what it stands for, one to a line, in two columns.
pub fn aligned(page: &Page, pairs: &[(String, String)]) -> Vec<String> {
    let width = pairs.iter().map(|(word, _)| word.chars().count()).max().unwrap_or(0);
    let line = |(word, figure): &(String, String)| {
        format!("  {}  {figure}", page.faint(&format!("{word:<width$}")))
    };
    pairs.iter().map(line).collect()
}

/// A pair for [`aligned`].
pub fn pair(word: impl Into<String>, figure: impl Into<String>) -> (String, String) {
    (word.into(), figure.into())
}

/// `3 ballots`, `1 entry`: a number with its noun, for nouns that only take an s.
pub fn counted(number: u64, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", budget_words::format::count(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        let mut policy = Policy::default();
        policy.risk.category_count = 2;
        policy.risk.categories[1].name = *b"hedge\x1b[2J\0\0\0\0\0\0\0";
        policy
    }

    #[test]
    fn hashes_are_read_as_they_are_written() {
        let bytes: [u8; 32] = std::array::from_fn(|at| u8::try_from(at * 7).unwrap());
        assert_eq!(hash(&hex(&bytes)), Ok(bytes));
        assert_eq!(hash(&hex(&bytes).to_uppercase()), Ok(bytes));
        for text in ["", "ab", &"a".repeat(66), &"g".repeat(64), &"+1".repeat(32), &"é".repeat(32)]
        {
            assert!(hash(text).is_err(), "{text}");
        }
    }

    #[test]
    fn categories_go_by_name_and_by_number() {
        let policy = policy();
        assert_eq!(category(&policy, 0), "general");
        assert_eq!(category(&policy, 1), "hedge\u{fffd}[2J");
        assert_eq!(category(&policy, 2), "category 2");
        assert_eq!(category_named(&policy, "General").unwrap(), 0);
        assert_eq!(category_named(&policy, "1").unwrap(), 1);
        let refused = category_named(&policy, "2").unwrap_err().to_string();
        assert!(refused.contains("`2`") && refused.contains("general"), "{refused}");
    }

    #[test]
    fn streams_go_by_address_and_by_award() {
        let key = Pubkey::new_unique();
        assert_eq!(stream_name(&key.to_string()), Ok(StreamName::Key(key)));
        assert_eq!(stream_name("7/12"), Ok(StreamName::Award { epoch: 7, entry: 12 }));
        for text in ["", "7", "7/", "/3", "7/256", "-1/2", "nonsense"] {
            assert!(stream_name(text).is_err(), "{text}");
        }
    }

    #[test]
    fn words_are_aligned_by_characters() {
        let lines = aligned(&Page::new(), &[pair("ö", "1"), pair("longer", "2")]);
        assert_eq!(lines, ["  ö       1", "  longer  2"]);
    }
}
