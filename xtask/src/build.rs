//! `build`: the program as a shared object.

use std::fs;
use std::path::{Path, PathBuf};

use crate::fail::{Context, Result, fail};
use crate::{files, process};

/// Everything that decides the bytes of the object.
const INPUTS: [&str; 7] = [
    "Cargo.toml",
    "Cargo.lock",
    "programs",
    "crates/anchor",
    "crates/rules",
    "tools/sbf",
    "keys/development-only-program-keypair.json",
];

/// How to build.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Build even when nothing changed since the last build
    #[arg(long)]
    pub force: bool,
    /// Use tools/sbf even where Solana's own cargo build-sbf is installed
    #[arg(long)]
    pub force_tools_sbf: bool,
}

/// The object that a build made or found.
pub struct Built {
    /// Size in bytes.
    pub size: u64,
    /// Lower-case hexadecimal sha-256.
    pub sha256: String,
}

/// Builds, then prints where the object is, its size and its hash.
pub fn run(options: &Options) -> Result {
    let built = build(options)?;
    println!("target/deploy/community_budget.so  {} bytes  sha256 {}", built.size, built.sha256);
    Ok(())
}

/// Builds unless the object is newer than everything it is made from. Speaks on standard error
/// only, so that a command with machine-readable output can build first.
pub fn build(options: &Options) -> Result<Built> {
    let object = files::object();
    let stamp_file = files::deploy().join("community_budget.stamp");
    let official = if options.force_tools_sbf { None } else { official_tool() };
    let builder = official.as_deref().unwrap_or("tools/sbf");
    let inputs = files::sha256_of_all(&INPUTS, builder)?;

    if !options.force && object.is_file() {
        let built = describe(&object)?;
        let stamp = fs::read_to_string(&stamp_file).unwrap_or_default();
        if stamp == stamp_text(&inputs, &built) {
            copy_keypair()?;
            return Ok(built);
        }
    }

    fs::create_dir_all(files::deploy()).context(|| "target/deploy could not be made".to_owned())?;
    match &official {
        Some(version) => build_officially(version)?,
        None => build_here()?,
    }
    copy_keypair()?;
    let built = describe(&object)?;
    fs::write(&stamp_file, stamp_text(&inputs, &built))
        .context(|| format!("{} could not be written", stamp_file.display()))?;
    Ok(built)
}

/// The first line of the version of Solana's own tool, if that is what `cargo build-sbf` is here.
fn official_tool() -> Option<String> {
    let version = process::probe(process::cargo().args(["build-sbf", "--version"]))?;
    let first = version.lines().next()?.to_owned();
    // tools/sbf/bin may be on PATH: then the answer comes from our stand-in.
    first.starts_with("solana-cargo-build-sbf").then_some(first)
}

fn build_officially(version: &str) -> Result {
    eprintln!("xtask: building with {version}");
    let mut command = process::cargo();
    command.args(["build-sbf", "--arch", "v3", "--manifest-path"]);
    command.arg(files::program().join("Cargo.toml"));
    command.arg("--sbf-out-dir").arg(files::deploy());
    match process::run(&mut command, "cargo build-sbf") {
        Ok(()) => Ok(()),
        // Installed but without its compiler (it downloads one at its first use), or with one that
        // is too old for this workspace.
        Err(_) => {
            eprintln!("xtask: cargo build-sbf is installed but failed");
            build_here()
        }
    }
}

fn build_here() -> Result {
    eprintln!("xtask: building with tools/sbf");
    let mut command = process::at_root(files::root().join("tools/sbf/sbf"));
    command.arg("build").arg(files::program()).arg(files::object());
    process::run(&mut command, "the build of the program with tools/sbf")
}

/// A program whose functions have names.
pub struct WithSymbols {
    /// The program.
    pub object: PathBuf,
    /// The object that its linker made first, which holds the names.
    pub symbols: PathBuf,
}

/// Builds the program into target/deploy/profile with tools/sbf, whose linker can keep the names; it
/// leaves out the last pass, which would move instructions away from them.
pub fn with_symbols() -> Result<WithSymbols> {
    let folder = files::deploy().join("profile");
    fs::create_dir_all(&folder).context(|| format!("{} could not be made", folder.display()))?;
    let built = WithSymbols {
        object: folder.join("community_budget.so"),
        symbols: folder.join("community_budget.o"),
    };
    let mut command = process::at_root(files::root().join("tools/sbf/sbf"));
    command.arg("build").arg(files::program()).arg(&built.object);
    command.arg("--symbols").arg(&built.symbols);
    process::run(&mut command, "the build of the program with symbols")?;
    Ok(built)
}

/// The Anchor CLI makes a random key when it finds none, and the program id would not match it.
fn copy_keypair() -> Result {
    let target = files::deploy().join("community_budget-keypair.json");
    if target.exists() {
        return Ok(());
    }
    let source = files::root().join("keys/development-only-program-keypair.json");
    match fs::copy(&source, &target) {
        Ok(_) => Ok(()),
        Err(error) => fail(format!("{} could not be written: {error}", target.display())),
    }
}

fn describe(object: &Path) -> Result<Built> {
    let metadata = fs::metadata(object).context(|| format!("{} is missing", object.display()))?;
    Ok(Built { size: metadata.len(), sha256: files::sha256_of(object)? })
}

/// Ties the inputs to the very object they made: an object that was replaced by hand is rebuilt.
fn stamp_text(inputs: &str, built: &Built) -> String {
    format!("{inputs} {}\n", built.sha256)
}
