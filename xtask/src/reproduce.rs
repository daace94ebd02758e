//! `reproduce`: two builds in two places must give the same bytes.
//!
//! Both places are fresh: a clone of the last commit, a home, a cargo home and a folder for the
//! toolchain, with paths of different length. Only what was downloaded and built before is shared:
//! the Cargo registry through a link, the toolchain through a copy.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fail::{Context, Result, fail};
use crate::{files, process};

/// Builds twice, prints both hashes, and fails when they differ.
pub fn run() -> Result {
    let root = files::root();
    let commit = process::output(
        process::at_root("git").args(["rev-parse", "HEAD"]),
        "git rev-parse HEAD (the build needs a commit to clone)",
    )?;
    println!("commit  {}", commit.trim());
    let changes =
        process::output(process::at_root("git").args(["status", "--porcelain"]), "git status")?;
    if !changes.is_empty() {
        eprintln!("xtask: changes that are not committed are not part of this");
    }
    process::run(process::at_root(root.join("tools/sbf/sbf")).arg("setup"), "tools/sbf/sbf setup")?;

    // Below target/, so that what an interrupted run leaves is out of git's sight and is removed by
    // the next run at the latest.
    let scratch = Scratch::new(root.join("target/reproduce"))?;
    let first = Place::new(scratch.0.join("a"))?.build()?;
    println!("first   {first}");
    let second = Place::new(scratch.0.join("a-second-place/with/a/longer/path"))?.build()?;
    println!("second  {second}");
    if first != second {
        return fail("the two builds differ, so this program is not reproducible.");
    }
    println!("match   the two objects are the same");
    Ok(())
}

/// A folder that is removed when the command ends, in success or in failure.
struct Scratch(PathBuf);

impl Scratch {
    fn new(path: PathBuf) -> Result<Self> {
        if path.exists() {
            fs::remove_dir_all(&path)
                .context(|| format!("{} could not be removed", path.display()))?;
        }
        make(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("xtask: {} could not be removed: {error}", self.0.display());
        }
    }
}

/// Somewhere to build that knows nothing of the place this program runs in.
struct Place {
    checkout: PathBuf,
    home: PathBuf,
}

impl Place {
    fn new(path: PathBuf) -> Result<Self> {
        let place = Self { checkout: path.join("checkout"), home: path.join("home") };
        make(&place.home)?;
        let mut clone = process::at_root("git");
        clone.args(["clone", "--quiet", "--no-hardlinks", "."]).arg(&place.checkout);
        process::run(&mut clone, "git clone")?;
        place.copy_toolchain()?;
        place.link_registry()?;
        Ok(place)
    }

    fn sbf_home(&self) -> PathBuf {
        self.home.join("sbf")
    }

    fn cargo_home(&self) -> PathBuf {
        self.home.join("cargo")
    }

    /// Copies what `sbf setup` made, without the folders that builds were made in.
    fn copy_toolchain(&self) -> Result {
        make(&self.sbf_home())?;
        let source = sbf_home()?;
        let listing = fs::read_dir(&source).context(|| format!("{}", source.display()))?;
        for entry in listing {
            let entry = entry.context(|| format!("{}", source.display()))?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name == "bin" || name == "llvm" || name.starts_with("sysroot-") {
                let mut copy = Command::new("cp");
                copy.args(["-a", "--reflink=auto"]).arg(entry.path()).arg(self.sbf_home());
                process::run(&mut copy, "the copy of the toolchain")?;
            }
        }
        Ok(())
    }

    fn link_registry(&self) -> Result {
        make(&self.cargo_home())?;
        let source = cargo_home()?;
        // The settings say where the registry is, on machines that use a mirror.
        for name in ["registry", "config.toml"] {
            let target = source.join(name);
            if target.exists() {
                symlink(&target, self.cargo_home().join(name))
                    .context(|| format!("{} could not be linked", target.display()))?;
            }
        }
        Ok(())
    }

    /// Builds here and returns the hash of the object.
    fn build(&self) -> Result<String> {
        let script = self.checkout.join("tools/sbf/sbf");
        if !script.is_file() {
            return fail("the last commit has no tools/sbf/sbf; commit it first.");
        }
        let object = self.home.join("community_budget.so");
        let mut command = Command::new(script);
        command.arg("build").arg(self.checkout.join("programs/community_budget")).arg(&object);
        command.current_dir(&self.checkout);
        command.env("HOME", &self.home);
        command.env("SBF_HOME", self.sbf_home());
        command.env("CARGO_HOME", self.cargo_home());
        process::run(&mut command, "one of the two builds")?;
        files::sha256_of(&object)
    }
}

fn make(folder: &Path) -> Result {
    fs::create_dir_all(folder).context(|| format!("{} could not be made", folder.display()))
}

/// The folder of the finished set-up, found as `tools/sbf/sbf` finds it.
fn sbf_home() -> Result<PathBuf> {
    match std::env::var_os("SBF_HOME") {
        Some(path) => Ok(path.into()),
        None => Ok(home()?.join(".cache/community-budget/sbf")),
    }
}

fn cargo_home() -> Result<PathBuf> {
    match std::env::var_os("CARGO_HOME") {
        Some(path) => Ok(path.into()),
        None => Ok(home()?.join(".cargo")),
    }
}

fn home() -> Result<PathBuf> {
    match std::env::var_os("HOME") {
        Some(path) => Ok(path.into()),
        None => fail("HOME is not set."),
    }
}
