//! Prints the IDL of the program crate in the folder given as the only argument.
//!
//! What `anchor idl build` does, without the Anchor CLI. The library behind both runs
//! `rustup toolchain install` when RUSTUP_TOOLCHAIN is set, and every `cargo run` sets it: start
//! this binary directly, with that variable removed (`cargo xtask idl` does).

use std::path::PathBuf;
use std::process::ExitCode;

use anchor_lang_idl::build::IdlBuilder;

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
    match built.and_then(|idl| Ok(serde_json::to_string_pretty(&idl)?)) {
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
