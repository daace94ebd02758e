//! Error codes are ABI: each is pinned, each is asserted somewhere, and what `lib.rs` says an
//! instruction fails with is what the tests of that instruction assert.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use community_budget::BudgetError;
use serde_json::Value;

use crate::substitution::BY_ARGUMENT;

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
    (6033, BudgetError::TooManyCheckpoints),
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
    (6062, BudgetError::RoleRequired),
    (6063, BudgetError::DurableNonceRefused),
    (6064, BudgetError::NotOwnerOrDelegate),
    (6065, BudgetError::DelegateLockedOut),
    (6066, BudgetError::DelegateUnchanged),
    (6067, BudgetError::VotingInProgress),
    (6068, BudgetError::AlreadyDormant),
    (6069, BudgetError::NotDormant),
    (6070, BudgetError::SlotReserved),
    (6071, BudgetError::StakeTooSmall),
    (6072, BudgetError::ReservedSlotUsed),
    (6073, BudgetError::WrongAction),
    (6074, BudgetError::ActionOutOfRange),
    (6075, BudgetError::StreamMissing),
    (6076, BudgetError::TooFewCheckpoints),
    (6077, BudgetError::EntryNotApproved),
    (6078, BudgetError::TimelockOver),
    (6079, BudgetError::VetoNotAllowed),
    (6080, BudgetError::ExecutionBlocked),
    (6081, BudgetError::TargetChanged),
    (6082, BudgetError::CategoryInUse),
    (6083, BudgetError::BreakerAlreadyTripped),
    (6084, BudgetError::BreakerResting),
    (6085, BudgetError::TripConditionNotMet),
    (6086, BudgetError::BreakerNotTripped),
    (6087, BudgetError::PauseExceedsAllowance),
    (6088, BudgetError::PausedRecently),
    (6089, BudgetError::OutflowLimited),
    (6090, BudgetError::StreamEnded),
    (6091, BudgetError::StreamHeld),
    (6092, BudgetError::StreamNotHeld),
    (6093, BudgetError::NoCheckpointOpen),
    (6094, BudgetError::UpdateNotDue),
    (6095, BudgetError::VerdictNotDue),
    (6096, BudgetError::UpdateNotOverdue),
    (6097, BudgetError::ScoreOutOfRange),
    (6098, BudgetError::EvidenceChanged),
    (6099, BudgetError::HoldNotOver),
    (6100, BudgetError::ReviewNotDecided),
    (6101, BudgetError::ReviewsOpen),
    (6102, BudgetError::NotARiskCategory),
    (6103, BudgetError::WrongRewardAccount),
    (6104, BudgetError::RewardUnpayable),
    (6105, BudgetError::RewardsClaimable),
    (6106, BudgetError::NothingToReclaim),
    (6107, BudgetError::EpochNotCurrent),
];

/// Errors that no state reachable by instructions leads to, and that no instruction lists: only
/// accounts written by hand raise them, in [`BY_HAND`].
const UNREACHABLE: [&str; 2] = ["TransferAmountMismatch", "InvariantViolated"];

/// The test of this folder that raises them.
const BY_HAND: &str = "tests/suite/laws/corrupted.rs";

/// What `substitution.rs` raises for every instruction that lists it, where accounts can.
const SUBSTITUTED: &str = "AccountMismatch";

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

/// An error that a source names, and the act of [`World`](budget_tests::World) that its statement
/// calls, where there is one.
struct Named {
    error: String,
    act: Option<String>,
    /// It stands in a function that several tests share, of which each takes what concerns it.
    shared: bool,
}

/// Every `BudgetError::` of a source, and those of the shared functions that it calls.
fn errors_in(source: &str, shared: &BTreeMap<String, Vec<String>>) -> Vec<Named> {
    let act_in = |text: &str| {
        let mut calls = text.split("w.").skip(1).map(word);
        calls.find(|act| !instructions_of(act).is_empty())
    };
    let named = |rest: &str| {
        let statement = rest.split(';').next().unwrap_or_default();
        // The act may have a name: `let again = |w: &mut World| ..; refused(&mut w, .., again);`
        let given = statement.split(", ").nth(1).map(word).filter(|name| !name.is_empty());
        let bound = given.and_then(|name| source.split(&format!("let {name} = ")).nth(1));
        let bound = bound.and_then(|text| text.split(';').next()).and_then(act_in);
        Named { error: word(rest), act: act_in(statement).or(bound), shared: false }
    };
    let own = source.split("BudgetError::").skip(1).map(named);
    let mut all: Vec<Named> =
        own.filter(|named| named.error.starts_with(char::is_uppercase)).collect();
    for (function, errors) in shared {
        if source.contains(&format!("{function}(")) {
            let shared = |error: &String| Named { error: error.clone(), act: None, shared: true };
            all.extend(errors.iter().map(shared));
        }
    }
    all
}

/// The identifier that a text begins with.
fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Errors by function, of a file that the tests of a folder share.
fn shared_in(source: &str) -> BTreeMap<String, Vec<String>> {
    let function = |text: &str| {
        let errors = errors_in(text, &BTreeMap::new());
        (word(text), errors.into_iter().map(|named| named.error).collect::<Vec<_>>())
    };
    let all = source.split("\npub fn ").skip(1).map(function);
    all.filter(|(_, errors)| !errors.is_empty()).collect()
}

/// The instructions that an act sends one of.
fn instructions_of(act: &str) -> &'static [&'static str] {
    match act {
        "accept" => &["accept_proposal"],
        "cast" => &["cast_vote"],
        "claim" => &["withdraw_stream"],
        "deposit" => &["deposit_funds"],
        "execute" => &["execute_award"],
        "execute_action" => &[
            "execute_set_policy",
            "execute_set_role",
            "execute_stream_ruling",
            "execute_clear_breaker",
            "execute_write_off",
        ],
        "file_update" | "file_update_at" => &["file_update"],
        "hold" => &["hold_stream"],
        "lapse" => &["lapse_proposal"],
        "mark" => &["mark_position"],
        "retract" => &["retract_vote"],
        "revise" => &["revise_vote"],
        "score" | "score_at" | "score_by" => &["score_update"],
        "settle" => &["settle_epoch"],
        "submission" | "submit" | "submit_for" => &["submit_proposal"],
        "submit_action" | "submit_action_with" => &["submit_action"],
        "trip" => &["trip_breaker"],
        "unstake" => &["request_unstake"],
        "veto" => &["veto_proposal"],
        "withdraw" => &["withdraw_proposal"],
        "close_epoch" => &["close_epoch"],
        "close_proposal" => &["close_proposal"],
        "close_review" => &["close_review"],
        "close_stream" => &["close_stream"],
        "close_vote_record" => &["close_vote_record"],
        "lapse_stream" => &["lapse_stream"],
        "open_epoch" => &["open_epoch"],
        "pause_executions" => &["pause_executions"],
        "pause_stream" => &["pause_stream"],
        "reclaim_rewards" => &["reclaim_rewards"],
        "return_funds" => &["return_funds"],
        _ => &[],
    }
}

/// Errors that the tests use, by file stem. This folder is left out: it names all of them.
fn asserted() -> BTreeMap<String, Vec<Named>> {
    let mut by_file = BTreeMap::new();
    for folder in fs::read_dir(repository("tests/suite")).expect("the suite's folder") {
        let folder = folder.unwrap().path();
        if !folder.is_dir() || folder.ends_with("laws") {
            continue;
        }
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let files: Vec<PathBuf> =
            files.filter(|file| file.extension().is_some_and(|e| e == "rs")).collect();
        let stem = |file: &PathBuf| file.file_stem().unwrap().to_string_lossy().into_owned();
        let is_shared = |file: &&PathBuf| !stem(file).starts_with("test_");
        let shared =
            files.iter().filter(is_shared).flat_map(|file| shared_in(&read(file))).collect();
        for file in &files {
            by_file.insert(stem(file), errors_in(&read(file), &shared));
        }
    }
    by_file
}

/// The "Fails" list of every instruction in `lib.rs`; its keys are the instructions.
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
            let end = rest.find(['(', '<']).expect("a function has arguments");
            lists.insert(rest[..end].to_owned(), std::mem::take(&mut names));
            listing = false;
        }
    }
    assert_eq!(lists.len(), 48, "instructions of the program");
    lists
}

#[test]
fn every_code_is_what_it_always_was() {
    for (index, (code, error)) in (6_000..).zip(CODES) {
        assert_eq!(*code, index, "the table is in order");
        assert_eq!(u32::from(*error), *code, "{}", error.name());
    }
    let idl: Value = serde_json::from_str(&read(&repository("idl/community_budget.json"))).unwrap();
    let described = idl["errors"].as_array().unwrap();
    assert_eq!(described.len(), CODES.len(), "every error is in the table");
    for (described, (code, error)) in described.iter().zip(CODES) {
        assert_eq!(described["code"], *code);
        assert_eq!(described["name"], error.name());
        assert_eq!(described["msg"], error.to_string());
    }
}

#[test]
fn every_error_is_raised_by_a_test() {
    let names = |named: Vec<Named>| named.into_iter().map(|named| named.error);
    let mut all: BTreeSet<String> = asserted().into_values().flat_map(names).collect();
    let by_hand: BTreeSet<String> =
        names(errors_in(&read(&repository(BY_HAND)), &BTreeMap::new())).collect();
    assert_eq!(by_hand, UNREACHABLE.map(str::to_owned).into(), "what only {BY_HAND} raises");
    all.extend(by_hand);
    let missing: Vec<String> =
        CODES.iter().map(|(_, error)| error.name()).filter(|name| !all.contains(name)).collect();
    assert!(missing.is_empty(), "no test raises {missing:?}");
}

#[test]
fn what_an_instruction_fails_with_is_what_its_tests_assert() {
    let (documented, asserted) = (documented(), asserted());
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
        let mut tested = BTreeSet::new();
        for (stem, named) in &asserted {
            let own_file = parts.contains(&stem);
            for Named { error, act, shared } in named {
                let concerns = !shared || fails.contains(error);
                let sent = act.as_deref().map_or(&[][..], instructions_of);
                let by_act = sent == [instruction.as_str()];
                let by_file = own_file && (sent.is_empty() || sent.contains(&&**instruction));
                if concerns && (by_act || by_file) {
                    tested.insert(error.clone());
                }
            }
        }
        let elsewhere =
            |name: &str| name == SUBSTITUTED && !BY_ARGUMENT.contains(&instruction.as_str());
        let untested: Vec<_> = fails.difference(&tested).filter(|n| !elsewhere(n)).collect();
        let undocumented: Vec<_> = tested.difference(fails).collect();
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
fn documented_errors_exist() {
    let names: BTreeSet<String> = CODES.iter().map(|(_, error)| error.name()).collect();
    for (instruction, fails) in documented() {
        let unknown: Vec<_> = fails.difference(&names).collect();
        assert!(unknown.is_empty(), "{instruction} lists {unknown:?}");
        assert!(!fails.is_empty(), "{instruction} lists no failures");
        let by_hand = fails.iter().any(|name| UNREACHABLE.contains(&name.as_str()));
        assert!(!by_hand, "{instruction} lists what nobody can bring about");
    }
}
