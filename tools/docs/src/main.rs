//! `budget-docs [--check]`: writes the generated pages, or fails when a committed one is stale.

use std::{env, fs, process::ExitCode};

fn main() -> ExitCode {
    let check = match env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [option] if option == "--check" => true,
        _ => {
            eprintln!("usage: budget-docs [--check]");
            return ExitCode::from(2);
        }
    };
    match run(check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("budget-docs: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(check: bool) -> Result<(), String> {
    for page in budget_docs::pages()? {
        let path = budget_docs::at_root(page.path);
        if fs::read_to_string(&path).is_ok_and(|committed| committed == page.text) {
            continue;
        }
        if check {
            return Err(format!("{} is stale; run `cargo run -p budget-docs`", page.path));
        }
        fs::write(&path, page.text).map_err(|error| format!("{}: {error}", page.path))?;
        println!("{}", page.path);
    }
    Ok(())
}
