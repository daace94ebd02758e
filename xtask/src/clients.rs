//! `clients`: the TypeScript client, generated from the committed IDL, and the golden vectors that
//! every client is held against. Both are committed, so that a change shows in a review.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fail::{Context, Result, fail};
use crate::{files, process};

const GENERATED: &str = "clients/ts/src/generated";

/// What decides which packages are installed.
const LOCK: &[&str] =
    &["package-lock.json", "package.json", ".npmrc", "app/package.json", "clients/ts/package.json"];

/// Oldest Node that the client's tools run on.
const NODE: u32 = 20;

/// Writes the generated client and the vectors; with `check` writes nothing, fails when one of them is
/// stale, and checks the types, form and tests of the client and of the dashboard, which stands on it.
pub fn run(check: bool) -> Result {
    install()?;
    if !check {
        generate(&files::root().join(GENERATED))?;
        return vectors(false);
    }
    let fresh = files::root().join("target/clients/generated");
    generate(&fresh)?;
    if let Some(name) = first_difference(&files::root().join(GENERATED), &fresh)? {
        return fail(format!(
            "{GENERATED}/{name} is stale; run `cargo xtask clients` and commit it."
        ));
    }
    vectors(true)?;
    for package in ["client", "app"] {
        let name = format!("@community-budget/{package}");
        process::run(&mut npm(&name, &["run", "lint"]), &format!("the form and types of {name}"))?;
        process::run(&mut npm(&name, &["test"]), &format!("the tests of {name}"))?;
    }
    Ok(())
}

fn generate(folder: &Path) -> Result {
    let mut generator = process::at_root("node");
    generator.arg("clients/ts/scripts/generate.mjs").arg(folder);
    process::run(&mut generator, "the generation of the TypeScript client")
}

fn vectors(check: bool) -> Result {
    let mut vectors = process::cargo();
    vectors.args(["run", "--quiet", "--profile", "tools", "--package", "budget-vectors", "--"]);
    if check {
        vectors.arg("--check");
    }
    process::run(&mut vectors, "budget-vectors")
}

/// Installs the packages of the lock file, unless what lies there came from the same one.
pub fn install() -> Result {
    let version = process::probe(process::at_root("node").arg("--version"));
    if version.as_deref().and_then(major).is_none_or(|major| major < NODE) {
        return fail(format!(
            "the TypeScript client needs Node {NODE} or newer, with npm; `node --version` says {}.",
            version.as_deref().map_or("nothing", str::trim)
        ));
    }
    let wanted = files::sha256_of_all(LOCK, "npm ci")?;
    let stamp = files::root().join("target/clients/installed");
    let installed = fs::read_to_string(&stamp).unwrap_or_default();
    if installed == wanted && files::root().join("node_modules/.package-lock.json").is_file() {
        return Ok(());
    }
    let mut ci = process::at_root("npm");
    // No package's own script runs: none of those used here needs one.
    ci.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]);
    process::run(&mut ci, "npm ci")?;
    let folder = stamp.parent().map_or_else(files::root, Path::to_path_buf);
    fs::create_dir_all(folder).context(|| "target/clients could not be made".to_owned())?;
    fs::write(&stamp, wanted).context(|| "target/clients/installed could not be written".to_owned())
}

/// The 20 of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn npm(package: &str, args: &[&str]) -> Command {
    let mut npm = process::at_root("npm");
    npm.args(args).args(["--silent", "--workspace", package]);
    npm
}

/// The first file, by name, that only one of the folders has or that they have with other bytes.
fn first_difference(committed: &Path, fresh: &Path) -> Result<Option<String>> {
    let (committed, mut fresh) = (tree(committed)?, tree(fresh)?);
    let mut differing: Vec<String> = Vec::new();
    for (name, bytes) in committed {
        if fresh.remove(&name).as_ref() != Some(&bytes) {
            differing.push(name);
        }
    }
    differing.extend(fresh.into_keys());
    Ok(differing.into_iter().min())
}

/// Every file below a folder by its relative name, with its bytes; nothing for a missing folder.
fn tree(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(relative) = waiting.pop() {
        let here = folder.join(&relative);
        if here.is_dir() {
            let listing = fs::read_dir(&here);
            for entry in listing.context(|| format!("{} unreadable", here.display()))? {
                let entry = entry.context(|| format!("{} unreadable", here.display()))?;
                waiting.push(relative.join(entry.file_name()));
            }
        } else if here.is_file() {
            let bytes = fs::read(&here).context(|| format!("{} unreadable", here.display()))?;
            found.insert(relative.to_string_lossy().into_owned(), bytes);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_major_version() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("20"), None);
        assert_eq!(major(""), None);
    }

    #[test]
    fn finds_what_differs_and_nothing_else() {
        let root = std::env::temp_dir().join(format!("clients-{}", std::process::id()));
        let write = |name: &str, text: &str| {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let differs = || first_difference(&root.join("a"), &root.join("b")).unwrap();
        assert_eq!(differs(), None);
        for side in ["a", "b"] {
            write(&format!("{side}/types/one.ts"), "1");
            write(&format!("{side}/index.ts"), "2");
        }
        assert_eq!(differs(), None);
        write("b/types/two.ts", "3");
        assert_eq!(differs().as_deref(), Some("types/two.ts"));
        write("a/types/two.ts", "4");
        assert_eq!(differs().as_deref(), Some("types/two.ts"));
        write("a/old.ts", "5");
        assert_eq!(differs().as_deref(), Some("old.ts"));
        fs::remove_dir_all(root).unwrap();
    }
}
