//! Error codes are ABI: each is pinned, each is asserted somewhere, and what `lib.rs` says an
//! instruction fails with is what the tests of that instruction assert.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use community_budget::BudgetError;

/// Every error and its code, in order.
const CODES: &[(u32, BudgetError)] = &[
    (6000, BudgetError::PolicyOutOfBounds),
    (6001, BudgetError::PolicyInconsistent),
    (6002, BudgetError::MintExtensionNotAllowed),
    (6003, BudgetError::AmountIsZero),
    (6004, BudgetError::TransferAmountMismatch),
    (6005, BudgetError::NoSurplus),
    (6006, BudgetError::EpochNotSettled),
    (6007, BudgetError::ArithmeticOverflow),
    (6008, BudgetError::InvariantViolated),
    (6009, BudgetError::WrongTokenAccount),
    (6010, BudgetError::AccountMismatch),
    (6011, BudgetError::StakeAlreadyOpen),
    (6012, BudgetError::InsufficientStake),
    (6013, BudgetError::NothingCooling),
    (6014, BudgetError::StillCooling),
    (6015, BudgetError::LockOutOfRange),
    (6016, BudgetError::LockUnchanged),
    (6017, BudgetError::StakeNotEmpty),
    (6018, BudgetError::TooEarlyToOpen),
    (6019, BudgetError::CapBelowMinimum),
    (6020, BudgetError::NotInSubmission),
    (6021, BudgetError::NotInVoting),
    (6022, BudgetError::NotInTallying),
    (6023, BudgetError::NotSettled),
    (6024, BudgetError::SlateFull),
    (6025, BudgetError::TooManyProposals),
    (6026, BudgetError::TitleLength),
    (6027, BudgetError::UriLength),
    (6028, BudgetError::UnknownCategory),
    (6029, BudgetError::AskTooLarge),
    (6030, BudgetError::StreamLength),
    (6031, BudgetError::StreamTooShortForTier),
    (6032, BudgetError::CliffAfterEnd),
    (6033, BudgetError::CheckpointsNotSupported),
    (6034, BudgetError::RecipientNotAllowed),
    (6035, BudgetError::RecipientRecordMissing),
    (6036, BudgetError::AlreadyAccepted),
    (6037, BudgetError::AlreadyWithdrawn),
    (6038, BudgetError::RecordAlreadyOpen),
    (6039, BudgetError::SlateChanged),
    (6040, BudgetError::BallotMalformed),
    (6041, BudgetError::EntryNotVotable),
    (6042, BudgetError::NoVotingPower),
    (6043, BudgetError::AlreadyVoted),
    (6044, BudgetError::BallotUnchanged),
    (6045, BudgetError::LatePassRefused),
    (6046, BudgetError::EntryNotFunded),
    (6047, BudgetError::StillTimelocked),
    (6048, BudgetError::GraceOver),
    (6049, BudgetError::GraceNotOver),
    (6050, BudgetError::AlreadyExecuted),
    (6051, BudgetError::NothingToWithdraw),
    (6052, BudgetError::WrongPayoutAccount),
    (6053, BudgetError::PayoutNotAllowed),
    (6054, BudgetError::WrongRentPayer),
    (6055, BudgetError::EntryNotFinal),
    (6056, BudgetError::StreamNotFinished),
    (6057, BudgetError::EpochNotEmpty),
    (6058, BudgetError::BondUnpayable),
    (6059, BudgetError::WrongBondAccount),
    (6060, BudgetError::TreasuryAlreadyExists),
    (6061, BudgetError::InsufficientTokens),
];

/// Errors that guard against what cannot happen, and so have no test that reaches them through an
/// instruction.
const UNREACHABLE: &[(&str, &str)] = &[
    (
        "TransferAmountMismatch",
        "extensions that change what arrives are refused with the mint, and Anchor refuses one \
         account in two writable slots",
    ),
    (
        "InvariantViolated",
        "the books are checked after every change although every change keeps them",
    ),
];

/// Name of an error code of the program.
pub fn name_of(code: u32) -> Option<String> {
    CODES.iter().find(|(number, _)| *number == code).map(|(_, error)| error.name())
}

pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Names after `BudgetError::` in a source.
fn errors_in(source: &str) -> BTreeSet<String> {
    let names = source.split("BudgetError::").skip(1);
    let name = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric()).collect::<String>();
    names.map(name).filter(|name| name.starts_with(char::is_uppercase)).collect()
}

/// Errors that the tests use, by file stem. This folder is left out: it names all of them.
fn asserted() -> BTreeMap<String, BTreeSet<String>> {
    let mut by_file = BTreeMap::new();
    for folder in fs::read_dir(repository("tests/suite")).expect("the suite's folder") {
        let folder = folder.unwrap().path();
        if !folder.is_dir() || folder.ends_with("laws") {
            continue;
        }
        for file in fs::read_dir(folder).unwrap() {
            let file = file.unwrap().path();
            if file.extension().is_some_and(|extension| extension == "rs") {
                let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
                by_file.insert(stem, errors_in(&read(&file)));
            }
        }
    }
    by_file
}

/// The "Fails" list of every instruction in `lib.rs`.
pub fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let source = read(&repository("programs/community_budget/src/lib.rs"));
    let program = source.split("pub mod community_budget").nth(1).expect("the program's module");
    let (mut lists, mut names, mut listing) = (BTreeMap::new(), BTreeSet::new(), false);
    for line in program.lines().map(str::trim) {
        if let Some(doc) = line.strip_prefix("///") {
            listing = doc.starts_with(" - Fails:") || (listing && !doc.starts_with(" - "));
            if listing {
                names.extend(doc.split('`').skip(1).step_by(2).map(str::to_owned));
            }
        } else if let Some(rest) = line.strip_prefix("pub fn ") {
            let name = rest.split('(').next().unwrap_or_default().to_owned();
            lists.insert(name, std::mem::take(&mut names));
            listing = false;
        }
    }
    lists
}

#[test]
fn every_code_is_what_it_always_was() {
    for (index, (code, error)) in (6_000..).zip(CODES) {
        assert_eq!(*code, index, "the table is in order");
        assert_eq!(u32::from(*error), *code, "{}", error.name());
    }
    let source = read(&repository("programs/community_budget/src/error.rs"));
    assert_eq!(source.matches("#[msg(").count(), CODES.len(), "every error is in the table");
}

#[test]
fn every_error_is_asserted_by_a_test() {
    let all: BTreeSet<String> = asserted().into_values().flatten().collect();
    let spared = |name: &String| UNREACHABLE.iter().any(|(error, _)| error == name);
    let missing: Vec<String> = CODES
        .iter()
        .map(|(_, error)| error.name())
        .filter(|name| !all.contains(name) && !spared(name))
        .collect();
    assert!(missing.is_empty(), "no test asserts {missing:?}");
}

#[test]
fn what_an_instruction_fails_with_is_what_its_tests_assert() {
    let (documented, asserted) = (documented(), asserted());
    assert_eq!(documented.len(), 26, "instructions of the program");
    let spared = |name: &String| UNREACHABLE.iter().any(|(error, _)| error == name);
    let mut differences = Vec::new();
    for (instruction, fails) in &documented {
        let file = format!("test_{instruction}");
        // A long list of tests continues in test_<instruction>_<part>.rs.
        let part = format!("{file}_");
        let own = |stem: &&String| **stem == file || stem.starts_with(&part);
        let parts: Vec<&String> = asserted.keys().filter(own).collect();
        if parts.is_empty() {
            differences.push(format!("{file}.rs does not exist"));
            continue;
        }
        let tested: BTreeSet<String> =
            parts.into_iter().flat_map(|stem| asserted[stem].clone()).collect();
        let untested: Vec<_> = fails.difference(&tested).collect();
        let undocumented: Vec<_> = tested.difference(fails).filter(|n| !spared(n)).collect();
        if !untested.is_empty() {
            differences.push(format!("{file}.rs does not assert {untested:?}"));
        }
        if !undocumented.is_empty() {
            differences.push(format!("lib.rs does not list {undocumented:?} for {instruction}"));
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[test]
pub fn documented_errors_exist() {
    let names: BTreeSet<String> = CODES.iter().map(|(_, error)| error.name()).collect();
    for (instruction, fails) in documented() {
        let unknown: Vec<_> = fails.difference(&names).collect();
        assert!(unknown.is_empty(), "{instruction} lists {unknown:?}");
        let expected = instruction == "open_stake" || !fails.is_empty();
        assert!(expected, "{instruction} lists no failures");
    }
}
