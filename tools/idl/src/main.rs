//! Prints the IDL of the program crate in the folder given as the only argument.
//!
//! What `anchor idl build` does, without the Anchor CLI. The library behind both runs
//! `rustup toolchain install` when RUSTUP_TOOLCHAIN is set, and every `cargo run` sets it: start
//! this binary directly, with that variable removed (`cargo xtask idl` does).

use std::path::PathBuf;
use std::process::ExitCode;

use anchor_lang_idl::build::IdlBuilder;
use anchor_lang_idl::types::{Idl, IdlInstructionAccountItem, IdlSeed};

fn main() -> ExitCode {
    let Some(program) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: budget-idl PROGRAM_CRATE_DIR");
        return ExitCode::from(2);
    };
    if std::env::var_os("RUSTUP_TOOLCHAIN").is_some() {
        eprintln!("budget-idl: RUSTUP_TOOLCHAIN is set; use `cargo xtask idl`.");
        return ExitCode::from(2);
    }
    // Only the library's tests print the IDL; without `--lib` every test binary would be built.
    let built = IdlBuilder::new()
        .program_path(program)
        .cargo_args(vec!["--locked".into(), "--lib".into()])
        .build();
    let mended = built.and_then(|mut idl| {
        name_the_voter(&mut idl)?;
        Ok(serde_json::to_string_pretty(&idl)?)
    });
    match mended {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("budget-idl: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The seeds of a vote record end with the owner of the stake. The program reads it out of a
/// zero-copy account, and Anchor's parser stops at `stake.load()?`: its path would name the stake
/// account itself, and every client that derives addresses by the IDL would look in the wrong place.
fn name_the_voter(idl: &mut Idl) -> anyhow::Result<()> {
    let accounts = idl.instructions.iter_mut().filter(|found| found.name == "cast_vote");
    let seeds = accounts.flat_map(|found| &mut found.accounts).filter_map(|item| match item {
        IdlInstructionAccountItem::Single(account) if account.name == "vote_record" => {
            account.pda.as_mut()
        }
        _ => None,
    });
    let mut renamed = 0;
    for seed in seeds.flat_map(|pda| &mut pda.seeds) {
        if let IdlSeed::Account(seed) = seed
            && seed.path == "stake"
        {
            seed.path = "stake.owner".to_owned();
            seed.account = Some("Stake".to_owned());
            renamed += 1;
        }
    }
    anyhow::ensure!(renamed == 1, "the vote record of cast_vote has no seed `stake` to correct");
    Ok(())
}
