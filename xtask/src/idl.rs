//! `idl`: the program's interface description, committed so that clients are generated from a
//! file and a change of the interface shows in a review.

use std::fs;
use std::path::PathBuf;

use crate::fail::{Context, Result, fail};
use crate::{files, process};

const FILE: &str = "idl/community_budget.json";

/// Lines of a difference that are shown; the rest is only counted.
const SHOWN: usize = 20;

/// Writes the IDL, or with `check` compares it with the committed file.
pub fn run(check: bool) -> Result {
    let fresh = generate()?;
    let path = files::root().join(FILE);
    if check {
        let committed = fs::read_to_string(&path).unwrap_or_default();
        if committed == fresh {
            return Ok(());
        }
        eprint!("{}", difference(&committed, &fresh));
        return fail(format!("{FILE} is stale; run `cargo xtask idl` and commit it."));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).context(|| "idl/ could not be made".to_owned())?;
    }
    fs::write(&path, &fresh).context(|| format!("{FILE} could not be written"))?;
    println!("{FILE}  {} bytes", fresh.len());
    Ok(())
}

fn generate() -> Result<String> {
    let mut build = process::cargo();
    build.args(["build", "--quiet", "--package", "budget-idl"]);
    process::run(&mut build, "the build of tools/idl")?;
    // Started directly: `cargo run` would set RUSTUP_TOOLCHAIN, and the library that makes the IDL
    // installs a toolchain when it sees that variable.
    let mut command = process::at_root(generator()?);
    command.arg(files::program()).env_remove("RUSTUP_TOOLCHAIN");
    process::output(&mut command, "the generation of the IDL")
}

/// The generator lies beside this very program, whatever the target folder is called.
fn generator() -> Result<PathBuf> {
    let this = std::env::current_exe().context(|| "xtask's own place is unknown".to_owned())?;
    Ok(this.with_file_name("budget-idl"))
}

/// The lines between the common beginning and the common end, in the usual notation.
fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let removed = old[..old.len() - end].iter().map(|line| format!("-{line}\n"));
    let added = new[..new.len() - end].iter().map(|line| format!("+{line}\n"));
    let mut text = format!("{FILE}, from line {}:\n", start + 1);
    for side in [removed.collect::<Vec<_>>(), added.collect()] {
        text.extend(side.iter().take(SHOWN).map(String::as_str));
        if side.len() > SHOWN {
            text += &format!(" ... and {} lines more\n", side.len() - SHOWN);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{FILE, difference};

    #[test]
    fn shows_only_what_differs() {
        let shown = difference("a\nb\nc\nd\n", "a\nx\ny\nd\n");
        assert_eq!(shown, format!("{FILE}, from line 2:\n-b\n-c\n+x\n+y\n"));
    }

    #[test]
    fn a_missing_file_differs_in_every_line() {
        assert_eq!(difference("", "a\n"), format!("{FILE}, from line 1:\n+a\n"));
    }
}
