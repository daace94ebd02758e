//! Files that the user names.

use std::{collections::HashMap, path::Path};

use anchor_lang::prelude::Pubkey;
use solana_keypair::Keypair;

use crate::exit::{Failure, Result};

/// The text of a file.
///
/// # Errors
/// Exit code `file`.
pub fn text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

/// The bytes of a file.
///
/// # Errors
/// Exit code `file`.
pub fn bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| unreadable(path, &error))
}

/// A key pair as solana-keygen writes it: a JSON list of 64 bytes.
///
/// # Errors
/// Exit codes `file`, `input`. The sentence never shows a byte of the file.
pub fn keypair(path: &Path) -> Result<Keypair> {
    let bytes: Option<Vec<u8>> = serde_json::from_str(&text(path)?).ok();
    let pair = bytes.and_then(|bytes| Keypair::try_from(bytes.as_slice()).ok());
    pair.ok_or_else(|| {
        Failure::input(format!("{} is no key file as solana-keygen writes it.", path.display()))
    })
}

/// A file of names; what else it says is for others.
#[derive(serde::Deserialize)]
struct File {
    names: HashMap<String, String>,
}

/// Names for addresses, tokens among them: `{"names": {"ADDRESS": "name"}}`.
///
/// # Errors
/// Exit codes `file`, `input`.
pub fn names(path: &Path) -> Result<HashMap<Pubkey, String>> {
    let wrong =
        |why: String| Failure::input(format!("{} is no file of names: {why}.", path.display()));
    let File { names: listed } =
        serde_json::from_str(&text(path)?).map_err(|error| wrong(error.to_string()))?;
    let name = |(key, name): (String, String)| match key.parse() {
        Ok(key) => Ok((key, plain(&name))),
        Err(_) => Err(wrong(format!("`{key}` is no address"))),
    };
    listed.into_iter().map(name).collect()
}

/// Text without what could move a terminal's cursor or turn its direction: what a stranger wrote is
/// shown as written, or visibly not.
pub fn plain(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().map(|c| if hidden(c) { '\u{fffd}' } else { c }).collect()
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::File(format!("{} cannot be read: {error}.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_move_the_cursor_or_turn_the_text_is_marked() {
        assert_eq!(plain("Grün \u{1b}[31mred\u{202e}txt"), "Grün \u{fffd}[31mred\u{fffd}txt");
    }

    #[test]
    fn a_key_file_is_read_and_a_wrong_one_is_not_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let pair = Keypair::new();
        std::fs::write(&path, serde_json::to_string(&pair.to_bytes().to_vec()).unwrap()).unwrap();
        assert_eq!(keypair(&path).unwrap(), pair);
        std::fs::write(&path, "[1, 2, 77]").unwrap();
        let failure = keypair(&path).unwrap_err().to_string();
        assert!(failure.contains("solana-keygen") && !failure.contains("77"), "{failure}");
        assert!(matches!(keypair(&folder.path().join("none")), Err(Failure::File(_))));
    }

    #[test]
    fn names_belong_to_addresses() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("names.json");
        let key = Pubkey::new_unique();
        std::fs::write(&path, format!("{{\"names\": {{\"{key}\": \"Ada\"}}, \"note\": 1}}"))
            .unwrap();
        assert_eq!(names(&path).unwrap()[&key], "Ada");
        for wrong in ["{\"names\": {\"nonsense\": \"Ada\"}}", "{}", "nonsense"] {
            std::fs::write(&path, wrong).unwrap();
            assert!(matches!(names(&path), Err(Failure::Input(_))), "{wrong}");
        }
    }
}
