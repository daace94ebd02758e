//! `bench --peers`: other programs, built with the same tool as ours.

use std::ffi::OsString;
use std::fs;

use crate::fail::{Context, Result};
use crate::{files, process, simulate};

/// Folders of tools/peers, and names of the crates in them.
const PEERS: [&str; 2] = ["spl-governance", "squads-multisig-program"];

/// Everything that decides the bytes of the objects.
const INPUTS: [&str; 2] = ["tools/peers", "tools/sbf"];

/// Builds what is measured, other programs only where they are asked for, and measures it.
pub fn bench(args: &[OsString]) -> Result {
    if args.iter().any(|arg| arg == "--peers") {
        for name in PEERS {
            build(name)?;
        }
    }
    simulate::run("bench", args)
}

/// Builds into target/peers, unless the object there was made from the same inputs.
fn build(name: &str) -> Result {
    let folder = files::root().join("target/peers");
    let (object, stamp_file) =
        (folder.join(format!("{name}.so")), folder.join(format!("{name}.stamp")));
    let inputs = files::sha256_of_all(&INPUTS, name)?;
    let stamp = |object: &str| format!("{inputs} {object}\n");
    if object.is_file() {
        let made = stamp(&files::sha256_of(&object)?);
        if fs::read_to_string(&stamp_file).is_ok_and(|written| written == made) {
            return Ok(());
        }
    }
    eprintln!("xtask: building {name} with tools/peers");
    let mut command = process::at_root(files::root().join("tools/peers/build"));
    command.arg(name).arg(&object);
    process::run(&mut command, &format!("the build of {name} with tools/peers"))?;
    fs::write(&stamp_file, stamp(&files::sha256_of(&object)?))
        .context(|| format!("{} could not be written", stamp_file.display()))
}
