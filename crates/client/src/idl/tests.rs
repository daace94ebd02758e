//! What the description says, beside what the program's own types say.

mod generated;
mod layout;
pub(crate) mod typed;

use std::{collections::BTreeSet, fs, path::Path};

use community_budget::state::{
    BudgetEpoch, Proposal, RecipientRecord, Review, Stake, Stream, Treasury, VoteRecord,
};
use serde_json::json;

use self::typed::Told;
use super::*;
use crate::{
    account::{Readable, choices, slate},
    samples,
};

/// Names and bytes of the accounts in `tests/fixtures`.
fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut fixtures = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        // A part of accounts, not one.
        if name == "policy" {
            continue;
        }
        let hex: String = fs::read_to_string(path).unwrap().split_whitespace().collect();
        let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        fixtures.push((name, (0..hex.len()).step_by(2).map(byte).collect()));
    }
    fixtures.sort();
    fixtures
}

fn typed<T: Readable + Told>(data: &[u8]) -> serde_json::Value {
    T::read(&ID, data).unwrap().told()
}

#[test]
fn every_fixture_is_what_the_programs_types_say() {
    let fixtures = fixtures();
    assert_eq!(fixtures.len(), 24);
    let mut kinds = BTreeSet::new();
    for (name, data) in &fixtures {
        let decoded = account(&ID, data).unwrap();
        let expected = match decoded.name {
            "Treasury" => typed::<Treasury>(data),
            "BudgetEpoch" => {
                let mut head = typed::<BudgetEpoch>(data);
                head["slate"] = slate(&ID, data).unwrap().iter().map(Told::told).collect();
                head
            }
            "VoteRecord" => {
                let mut head = typed::<VoteRecord>(data);
                assert!(choices(&ID, data).unwrap().is_empty());
                head["ballot"] = json!({ "for": [], "against": [], "abstain": [] });
                head
            }
            "Stake" => typed::<Stake>(data),
            "Stream" => typed::<Stream>(data),
            "RecipientRecord" => typed::<RecipientRecord>(data),
            "Proposal" => typed::<Proposal>(data),
            "Review" => typed::<Review>(data),
            other => panic!("{other}"),
        };
        assert_eq!(decoded.json(), expected, "{name}");
        // Streamed, it is the same.
        assert_eq!(serde_json::to_value(&decoded).unwrap(), expected, "{name}");
        assert!(!decoded.docs.is_empty(), "{name}");
        kinds.insert(decoded.name);
    }
    let accounts: BTreeSet<&str> = IDL.accounts.iter().map(|kind| kind.name.as_str()).collect();
    assert_eq!(kinds, accounts);
}

#[test]
fn a_ballot_behind_a_vote_record_is_unpacked() {
    let (_, mut data) = fixtures().into_iter().find(|(name, _)| name == "vote_record").unwrap();
    data.extend(samples::ballot().ballot);
    data.resize(8 + 112 + 32, 0);
    let said = json!({ "for": [0, 7], "against": [5], "abstain": [6] });
    assert_eq!(account(&ID, &data).unwrap().json()["ballot"], said);
    data.push(0);
    assert_eq!(account(&ID, &data), Err(Undecodable::Trailing(1)));
}

#[test]
fn every_instruction_is_what_it_was_built_from() {
    let samples = samples::all();
    for sample in &samples {
        let decoded = instruction(&sample.instruction.data).unwrap();
        assert_eq!(decoded.name, sample.name);
        assert_eq!(decoded.json(), sample.arguments, "{}", sample.name);
        assert_eq!(serde_json::to_value(&decoded).unwrap(), sample.arguments);
    }
    let built: BTreeSet<&str> = samples.iter().map(|sample| sample.name).collect();
    let described: BTreeSet<&str> = IDL.instructions.iter().map(|of| of.name.as_str()).collect();
    assert_eq!(built, described);
    assert_eq!(built.len(), 48);
}

#[test]
fn accounts_of_instructions_are_named_in_their_order() {
    for sample in samples::all() {
        let named = instruction_accounts(sample.name).unwrap();
        let given = &sample.instruction.accounts;
        // Dormancy is shown with the vote records of the epochs missed.
        let more = if sample.name == "mark_dormant" { 8 } else { 0 };
        assert_eq!(named.len() + more, given.len(), "{}", sample.name);
        for (account, meta) in named.iter().zip(given) {
            let place = format!("{} of {}", account.name, sample.name);
            let left_out = account.optional && meta.pubkey == ID;
            if !left_out {
                assert_eq!(meta.pubkey, samples::expected(sample.name, &account.name), "{place}");
                assert_eq!(meta.is_writable, account.writable, "{place}");
            }
            // The recipient of a submission may sign, and then accepts by it.
            if (sample.name, account.name.as_str()) != ("submit_proposal", "recipient") {
                assert_eq!(meta.is_signer, account.signer, "{place}");
            }
        }
    }
    assert_eq!(instruction_accounts("no_such_instruction"), None);
}

#[test]
fn fields_come_in_the_order_of_the_description() {
    let sample = samples::all().into_iter().find(|of| of.name == "submit_proposal").unwrap();
    let text = serde_json::to_string(&instruction(&sample.instruction.data).unwrap()).unwrap();
    let names = ["category", "checkpoints", "amount", "duration_secs", "cliff_secs", "title"];
    let places = names.map(|name| text.find(&format!("\"{name}\":")).unwrap());
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn units_stay_with_their_fields() {
    let sample = samples::all().into_iter().find(|of| of.name == "submit_proposal").unwrap();
    let decoded = instruction(&sample.instruction.data).unwrap();
    let Some(Value::Struct(fields)) = decoded.get("args") else { panic!("arguments") };
    let amount = fields.iter().find(|field| field.name == "amount").unwrap();
    assert_eq!(amount.docs, ["Base units of the budget mint."]);
    assert_eq!(decoded.get("args.amount"), Some(&Value::Unsigned(42_000)));
    assert_eq!(decoded.get("args.nothing"), None);
    assert_eq!(decoded.get("args.amount.nothing"), None);
    assert_eq!(decoded.get("amount"), None);
}

#[test]
fn a_path_leads_through_a_variant() {
    let sample = samples::acts_ruling();
    let decoded = instruction(&sample.data).unwrap();
    let stream = decoded.get("args.action.RuleOnStream.stream");
    assert_eq!(stream, Some(&Value::Key(samples::stream())));
    assert_eq!(decoded.get("args.action.SetRole.role"), None);
}

#[test]
fn names_of_categories_are_words() {
    let sample = samples::all().into_iter().find(|of| of.name == "create_treasury").unwrap();
    let decoded = instruction(&sample.instruction.data).unwrap();
    let Some(Value::List(categories)) = decoded.get("args.policy.risk.categories") else {
        panic!("categories")
    };
    assert_eq!(categories[0].get("name"), Some(&Value::Text("general".into())));
    assert_eq!(categories[1].get("name"), Some(&Value::Text(String::new())));
}

#[test]
fn a_view_returns_what_the_program_says() {
    let assessment = community_budget::AskAssessment {
        refused: 1,
        score: 2,
        concentration_bps: 3,
        coverage_bps: u64::MAX,
        runway_before_centi: 5,
        runway_after_centi: 6,
        exposure_after: [7; 8],
        exposure_limit: [8; 8],
    };
    let mut bytes = Vec::new();
    anchor_lang::AnchorSerialize::serialize(&assessment, &mut bytes).unwrap();
    let said = returned("assess_ask", &bytes).unwrap().json();
    let expected = json!({
        "refused": 1, "score": 2, "concentration_bps": 3, "coverage_bps": u64::MAX,
        "runway_before_centi": 5, "runway_after_centi": 6,
        "exposure_after": [7, 7, 7, 7, 7, 7, 7, 7], "exposure_limit": [8, 8, 8, 8, 8, 8, 8, 8],
    });
    assert_eq!(said, expected);
    bytes.push(0);
    assert_eq!(returned("assess_ask", &bytes), Err(Undecodable::Trailing(1)));
    assert_eq!(returned("assess_ask", &[]), Err(Undecodable::Truncated("value.refused".into())));
    let none = Err(Undecodable::Discriminator("instruction"));
    assert_eq!(returned("cast_vote", &[]), none);
    assert_eq!(returned("nothing", &[]), none);
}

#[test]
fn every_instruction_says_in_a_sentence_what_it_is() {
    for instruction in &IDL.instructions {
        let sentence = first_sentence(&instruction.docs);
        assert!(sentence.ends_with('.') && sentence.len() > 10, "{}: {sentence}", instruction.name);
        assert!(!sentence.contains("- Signer"), "{}: {sentence}", instruction.name);
    }
    let docs = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    assert_eq!(first_sentence(&docs(&["Pays 3.5 of", "it. And more."])), "Pays 3.5 of it.");
    assert_eq!(first_sentence(&docs(&["Alone", "", "- Signer: x. Y."])), "Alone");
    assert_eq!(first_sentence(&[]), "");
}

#[test]
fn what_cannot_be_decoded_is_named() {
    let other = samples::key(9);
    assert_eq!(account(&other, &[]), Err(Undecodable::Owner(other)));
    for bytes in [&[][..], &[0], &[255; 40]] {
        assert_eq!(account(&ID, bytes), Err(Undecodable::Discriminator("account")));
        assert_eq!(event(bytes), Err(Undecodable::Discriminator("event")));
        assert_eq!(instruction(bytes), Err(Undecodable::Discriminator("instruction")));
    }
    let truncated = |field: &str| Err(Undecodable::Truncated(field.to_owned()));
    // deposit_funds, one byte short and one too long.
    assert_eq!(instruction(&[2, 1, 0, 0, 0, 0, 0, 0]), truncated("amount"));
    assert_eq!(instruction(&[2, 1, 0, 0, 0, 0, 0, 0, 0, 0]), Err(Undecodable::Trailing(1)));
    // A ballot that says it is longer than the bytes.
    let mut ballot = samples::all().into_iter().find(|of| of.name == "cast_vote").unwrap();
    ballot.instruction.data[33..37].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(instruction(&ballot.instruction.data), truncated("args.ballot"));
    // An unknown health, and a text that is none.
    let update = samples::all().into_iter().find(|of| of.name == "file_update").unwrap();
    let mut data = update.instruction.data.clone();
    data[2] = 3;
    let health = Undecodable::Value { field: "args.health".into(), value: 3 };
    assert_eq!(health.to_string(), "`args.health` cannot be 3");
    assert_eq!(instruction(&data), Err(health));
    let mut data = update.instruction.data;
    *data.last_mut().unwrap() = 0xff;
    assert_eq!(instruction(&data), Err(Undecodable::Text("args.evidence_uri".into())));
}

#[test]
fn every_cut_of_an_account_is_named_and_so_are_bytes_too_many() {
    for (name, data) in fixtures() {
        // A shorter slate is a slate; half an entry is not.
        let whole = data.len() - if name == "budget_epoch" { 64 } else { 0 };
        for end in (8..whole).step_by(if whole > 500 { 7 } else { 1 }) {
            let cut = account(&ID, &data[..end]);
            assert!(matches!(cut, Err(Undecodable::Truncated(_))), "{name} at {end}: {cut:?}");
        }
        for more in [1, 63] {
            let mut data = data.clone();
            data.resize(data.len() + more, 1);
            // A vote record has room for 32 bytes of choices.
            let room = if name == "vote_record" { 32 } else { 0 };
            if more > room {
                assert_eq!(account(&ID, &data), Err(Undecodable::Trailing(more - room)), "{name}");
            }
        }
    }
}

#[test]
fn unused_room_for_texts_is_no_flaw() {
    for (name, mut data) in fixtures() {
        if !["review", "proposal_award"].contains(&name.as_str()) {
            continue;
        }
        let whole = account(&ID, &data).unwrap();
        data.resize(data.len() + 100, 0);
        assert_eq!(account(&ID, &data).unwrap(), whole);
        data.push(1);
        data.push(0);
        assert_eq!(account(&ID, &data), Err(Undecodable::Trailing(101)));
    }
}
