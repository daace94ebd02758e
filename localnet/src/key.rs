//! `key`: development keypair files, for a machine that has no other tool to make them.

use std::path::{Path, PathBuf};

use solana_keypair::{Keypair, read_keypair_file, write_keypair_file};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::fail::{Failure, Result, fail};

/// Which files.
#[derive(clap::Args)]
pub struct Options {
    /// Keypair files; one that exists is left as it is
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// Makes the files that are missing, readable by their owner alone, and prints the address of each.
///
/// # Errors
///
/// One sentence when a file exists and is no keypair, or cannot be written.
pub fn run(options: &Options) -> Result {
    for file in &options.files {
        println!("{}", address(file)?);
    }
    Ok(())
}

fn address(file: &Path) -> Result<Pubkey> {
    if file.exists() {
        // The error is not shown: it may quote the file, which may hold a secret.
        return match read_keypair_file(file) {
            Ok(key) => Ok(key.pubkey()),
            Err(_) => fail(format!("{} exists and is no keypair.", file.display())),
        };
    }
    let key = Keypair::new();
    write_keypair_file(&key, file).map_err(|error| {
        Failure::Message(format!("{} could not be written: {error}.", file.display()))
    })?;
    Ok(key.pubkey())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys/authority.json");
        let made = address(&file).unwrap();
        assert_eq!(address(&file), Ok(made));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o077, 0);
    }

    #[test]
    fn a_file_that_is_no_key_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("notes.txt");
        fs::write(&file, "notes").unwrap();
        let failure = address(&file).unwrap_err();
        assert!(failure.text().ends_with("notes.txt exists and is no keypair."));
        assert_eq!(fs::read_to_string(&file).unwrap(), "notes");
    }
}
