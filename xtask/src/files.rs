//! Places in the workspace, and hashes of what lies there.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::fail::{Context, Result};

/// The root of the workspace that this program was started in.
pub fn root() -> PathBuf {
    // cargo sets the variable for `cargo run`; the constant serves a binary started by hand.
    let crate_dir = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    crate_dir.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// The program's crate.
pub fn program() -> PathBuf {
    root().join("programs/community_budget")
}

/// Where the object and its keypair are looked for by the tests and by the Anchor CLI.
pub fn deploy() -> PathBuf {
    root().join("target/deploy")
}

/// The program's shared object.
pub fn object() -> PathBuf {
    deploy().join("community_budget.so")
}

/// Lower-case hexadecimal sha-256 of a file.
pub fn sha256_of(path: &Path) -> Result<String> {
    let bytes = fs::read(path).context(|| format!("{} could not be read", path.display()))?;
    Ok(hex(&Sha256::digest(bytes)))
}

/// One sha-256 over the names and contents of these files and folders, relative to the root.
/// A name that does not exist counts as absent, so that its appearing later changes the hash.
pub fn sha256_of_all(names: &[&str], salt: &str) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(salt);
    let root = root();
    for name in names {
        let mut files = Vec::new();
        collect(&root.join(name), &mut files)?;
        files.sort();
        for file in files {
            let relative = file.strip_prefix(&root).unwrap_or(&file);
            hash.update(relative.as_os_str().as_encoded_bytes());
            hash.update([0]);
            hash.update(sha256_of(&file)?);
        }
    }
    Ok(hex(&hash.finalize()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result {
    if path.is_file() {
        files.push(path.to_path_buf());
    } else if path.is_dir() {
        let listing = fs::read_dir(path).context(|| format!("{} unreadable", path.display()))?;
        for entry in listing {
            let entry = entry.context(|| format!("{} unreadable", path.display()))?;
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
